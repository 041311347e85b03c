/*
** turtle.c - reading Turtle and TriG: not yet.
*/
#include "io/lex.h"
#include "io/reader.h"

dsr_status dsr_rdf_statements(dsr_input *input, bool graphs, dsr_str base,
                              const dsr_rdf_sink *sink, dsr_error *error) {
  (void)input, (void)base, (void)sink;
  return dsr_fail(error, DSR_EUNSUPPORTED, "%s is not read yet",
                  graphs ? "TriG" : "Turtle");
}
