/*
** rdf.c - which reader reads what.
*/
#include <string.h>
#include <strings.h>

#include "ground/text.h"
#include "io/reader.h"

dsr_status dsr_rdf_read(dsr_input *input, dsr_rdf_syntax syntax, dsr_str base,
                        const dsr_rdf_sink *sink, dsr_error *error) {
  switch (syntax) {
    case DSR_RDF_NTRIPLES:
    case DSR_RDF_NQUADS:
      return dsr_rdf_lines(input, syntax == DSR_RDF_NQUADS, sink, error);
    default:
      return dsr_rdf_statements(input, syntax == DSR_RDF_TRIG, base, sink, error);
  }
}

/* Take `ending` off the end of *name, if it is there. */
static bool take_ending(dsr_str *name, const char *ending) {
  size_t len = strlen(ending);
  if (name->len < len) return false;
  if (strncasecmp(name->data + name->len - len, ending, len) != 0) return false;
  name->len -= len;
  return true;
}

bool dsr_rdf_syntax_of(const char *path, dsr_rdf_syntax *out) {
  static const struct {
    const char *ending;
    dsr_rdf_syntax syntax;
  } known[] = {{".nt", DSR_RDF_NTRIPLES},
               {".nq", DSR_RDF_NQUADS},
               {".ttl", DSR_RDF_TURTLE},
               {".trig", DSR_RDF_TRIG}};
  dsr_str name = dsr_str_of(path);
  if (!take_ending(&name, ".gz") && !take_ending(&name, ".zst")) {
    take_ending(&name, ".zstd");
  }
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (!take_ending(&name, known[i].ending)) continue;
    *out = known[i].syntax;
    return true;
  }
  return false;
}
