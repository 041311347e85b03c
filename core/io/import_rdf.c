/*
** import_rdf.c - RDF into a base.
*/
#include "io/import.h"
#include "io/rdf.h"

static dsr_status on_quad(void *ud, const dsr_rdf_quad *quad) {
  dsr_importing *im = ud;
  (void)quad;
  im->report->rows++;
  return DSR_OK;
}

static dsr_status read(dsr_importing *im, dsr_input *input, dsr_rdf_syntax syntax) {
  dsr_rdf_sink sink = {.ud = im, .quad = on_quad};
  return dsr_rdf_read(input, syntax, (dsr_str){NULL, 0}, &sink, im->error);
}

dsr_status dsr_import_nt(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_NTRIPLES);
}

dsr_status dsr_import_nq(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_NQUADS);
}

dsr_status dsr_import_ttl(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_TURTLE);
}

dsr_status dsr_import_trig(dsr_importing *im, dsr_input *input) {
  return read(im, input, DSR_RDF_TRIG);
}
