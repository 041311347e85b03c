/*
** ntriples.c - reading N-Triples and N-Quads, line by line.
**
** A line is read where it lies in the span, from its first term to its end, and pushed
** once all of it is known to be right.  A line that the span cuts is begun anew when more
** is there.  What most lines are made of, IRIs and strings of ASCII without escapes, is
** scanned here, sixteen bytes at a time, and borrowed; anything else goes through lex.h.
**
** Grammar: RDF 1.2 N-Triples, 5.3, and RDF 1.2 N-Quads.
*/
#include "io/iri.h"
#include "io/lex.h"
#include "io/reader.h"

typedef struct lines {
  dsr_lex lex;
  const dsr_rdf_sink *sink;
  bool graphs;
  dsr_rdf_term terms[4];
  dsr_rdf_quad quad;
} lines;

static dsr_status read_object(lines *r, const char *at, int depth, dsr_rdf_term *term,
                              const char **after);

static inline const char *skip_blanks(const char *at) {
  while (*at == ' ' || *at == '\t') at++;
  return at;
}

/* ---- terms ------------------------------------------------------------------------ */

static inline bool is_absolute(dsr_str iri) {
  const char *at = iri.data;
  if (iri.len > 6 && memcmp(at, "http", 4) == 0 &&
      (at[4] == ':' || (at[4] == 's' && at[5] == ':'))) {
    return true;
  }
  return dsr_iri_scheme(iri) > 0;
}

/* The IRI at `at`, at its '<'. */
static inline dsr_status read_iri(lines *r, const char *at, dsr_str *iri,
                                  const char **after) {
  const char *end = dsr_lex_skip_iri(at + 1);
  if (*end == '>' && end - at <= DSR_RDF_IRI_MOST) {
    *iri = (dsr_str){at + 1, (size_t)(end - at - 1)};
    *after = end + 1;
  } else {
    TRY(dsr_lex_iri(&r->lex, at, iri, after));
  }
  if (is_absolute(*iri)) return DSR_OK;
  return dsr_lex_expected(&r->lex, at, "an absolute IRI");
}

static inline dsr_status read_iri_term(lines *r, const char *at, dsr_rdf_term *term,
                                       const char **after) {
  *term = (dsr_rdf_term){.kind = DSR_RDF_IRI};
  return read_iri(r, at, &term->text, after);
}

static inline dsr_status read_subject(lines *r, const char *at, const char *wanted,
                                      dsr_rdf_term *term, const char **after) {
  if (*at == '<' && at[1] != '<') return read_iri_term(r, at, term, after);
  if (*at == '_') {
    *term = (dsr_rdf_term){.kind = DSR_RDF_BLANK};
    return dsr_lex_label(&r->lex, at, &term->text, after);
  }
  return dsr_lex_expected(&r->lex, at, wanted);
}

static inline dsr_status read_predicate(lines *r, const char *at, dsr_rdf_term *term,
                                        const char **after) {
  if (*at == '<' && at[1] != '<') return read_iri_term(r, at, term, after);
  return dsr_lex_expected(&r->lex, at, "an IRI as the predicate");
}

/* The literal at `at`, at its quote.  Blanks may stand before what belongs to it. */
static dsr_status read_literal(lines *r, const char *at, dsr_rdf_term *term,
                               const char **after) {
  dsr_str datatype;
  const char *end = dsr_lex_skip_string(at + 1, '"', false);
  *term = (dsr_rdf_term){.kind = DSR_RDF_LITERAL};
  if (*end == '"' && end - at <= DSR_RDF_TERM_MOST) {
    term->text = (dsr_str){at + 1, (size_t)(end - at - 1)};
    *after = end + 1;
  } else {
    TRY(dsr_lex_string(&r->lex, at, false, &term->text, after));
  }
  const char *p = skip_blanks(*after);
  if (*p == '@') return dsr_lex_language(&r->lex, p, term, after);
  if (*p != '^') return DSR_OK;
  if (p[1] != '^') return dsr_lex_expected(&r->lex, p, "\"^^\"");
  p = skip_blanks(p + 2);
  if (*p != '<') return dsr_lex_expected(&r->lex, p, "a datatype's IRI");
  TRY(read_iri(r, p, &datatype, after));
  return dsr_lex_datatype(&r->lex, p, datatype, term);
}

/* The triple term at `at`, at its "<<(". */
static dsr_status read_triple_term(lines *r, const char *at, int depth,
                                   dsr_rdf_term *term, const char **after) {
  dsr_lex *lex = &r->lex;
  if (depth > DSR_RDF_DEPTH_MOST) {
    return dsr_lex_wrong(lex, DSR_ELIMIT, at, "brackets nested more than %d deep",
                         DSR_RDF_DEPTH_MOST);
  }
  dsr_rdf_term *terms = dsr_stack_take(&lex->stack, 3 * sizeof *terms);
  if (!terms) return dsr_fail_memory(lex->error);
  const char *p = skip_blanks(at + 3);
  TRY(read_subject(r, p, "an IRI or a blank node", &terms[0], &p));
  p = skip_blanks(p);
  TRY(read_predicate(r, p, &terms[1], &p));
  p = skip_blanks(p);
  TRY(read_object(r, p, depth + 1, &terms[2], &p));
  p = skip_blanks(p);
  if (memcmp(p, ")>>", 3) != 0) {
    return dsr_lex_expected(lex, p, "\")>>\" behind the triple term");
  }
  *term = (dsr_rdf_term){.kind = DSR_RDF_TRIPLE, .triple = terms};
  *after = p + 3;
  return DSR_OK;
}

static dsr_status read_object(lines *r, const char *at, int depth, dsr_rdf_term *term,
                              const char **after) {
  static const char wanted[] = "an IRI, a blank node, a literal or a triple term";
  if (*at == '"') return read_literal(r, at, term, after);
  if (*at == '<' && at[1] == '<') {
    if (at[2] == '(') return read_triple_term(r, at, depth, term, after);
    return dsr_lex_expected(&r->lex, at, wanted);
  }
  return read_subject(r, at, wanted, term, after);
}

/* ---- lines ------------------------------------------------------------------------ */

/* The line ends at `at`, behind blanks; or a comment begins. */
static dsr_status end_line(lines *r, const char *at, const char **after) {
  at = skip_blanks(at);
  if (*at != '\n' && *at != '\r' && *at != '#') {
    if (dsr_lex_open(&r->lex, at)) return DSR_LEX_SHORT;
    if (at < r->lex.end) return dsr_lex_expected(&r->lex, at, "the end of the line");
  }
  *after = at;
  return DSR_OK;
}

/* "VERSION" and what it says, which is a hint that changes nothing. */
static dsr_status read_version(lines *r, const char *at) {
  dsr_str version;
  if (memcmp(at, "VERSION", 7) != 0) {
    return dsr_lex_expected(&r->lex, at, "an IRI or a blank node as the subject");
  }
  const char *p = skip_blanks(at + 7);
  if (*p != '"') return dsr_lex_expected(&r->lex, p, "a version in double quotes");
  TRY(dsr_lex_string(&r->lex, p, false, &version, &p));
  TRY(end_line(r, p, &p));
  r->lex.at = p;
  return DSR_OK;
}

/* The graph's name, or nothing, and the '.' at the end. */
static inline dsr_status read_rest(lines *r, const char *at, const char **after) {
  const char *p = skip_blanks(at);
  r->quad.graph = NULL;
  if (*p != '.' && r->graphs) {
    TRY(read_subject(r, p, "'.' or a graph's IRI or blank node", &r->terms[3], &p));
    r->quad.graph = &r->terms[3];
    p = skip_blanks(p);
  }
  if (*p != '.') return dsr_lex_expected(&r->lex, p, "'.' at the end of the statement");
  return end_line(r, p + 1, after);
}

/* The line whose first term is at lex->at: all of it, or DSR_LEX_SHORT and as before. */
static dsr_status read_line(lines *r) {
  const char *p = r->lex.at;
  if (*p == 'V') return read_version(r, p);
  TRY(read_subject(r, p, "an IRI or a blank node as the subject", &r->terms[0], &p));
  p = skip_blanks(p);
  TRY(read_predicate(r, p, &r->terms[1], &p));
  p = skip_blanks(p);
  TRY(read_object(r, p, 1, &r->terms[2], &p));
  TRY(read_rest(r, p, &p));
  r->quad.line = r->lex.line;
  TRY(r->sink->quad(r->sink->ud, &r->quad));
  r->lex.at = p;
  return DSR_OK;
}

/* Pass blanks and line breaks; DSR_DONE at the end. */
static inline dsr_status next_line(lines *r) {
  dsr_lex *lex = &r->lex;
  for (;;) {
    char c = *lex->at;
    if (c == '\n' || c == ' ' || c == '\t') {
      lex->at++;
      if (c == '\n') dsr_lex_line(lex, lex->at);
    } else if (c == '\r' && !dsr_lex_open(lex, lex->at + 1)) {
      lex->at++;
      if (*lex->at != '\n') dsr_lex_line(lex, lex->at);
    } else if (c == '#') {
      TRY(dsr_lex_comment(lex));
    } else if (c == '\r' || dsr_lex_open(lex, lex->at)) {
      TRY(dsr_lex_more(lex, lex->at));
    } else {
      return lex->at >= lex->end ? DSR_DONE : DSR_OK;
    }
  }
}

static dsr_status read_lines(lines *r) {
  for (;;) {
    dsr_status rc = next_line(r);
    if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
    dsr_stack_mark mark = dsr_stack_here(&r->lex.stack);
    rc = read_line(r);
    dsr_stack_release(&r->lex.stack, mark);
    if (rc == DSR_LEX_SHORT) rc = dsr_lex_more(&r->lex, r->lex.at);
    if (rc < 0) return rc;
  }
}

dsr_status dsr_rdf_lines(dsr_input *input, bool graphs, const dsr_rdf_sink *sink,
                         dsr_error *error) {
  lines r = {.sink = sink, .graphs = graphs};
  r.quad = (dsr_rdf_quad){
      .subject = &r.terms[0], .predicate = &r.terms[1], .object = &r.terms[2]};
  dsr_status rc = dsr_lex_start(&r.lex, input, error);
  if (rc >= 0) rc = read_lines(&r);
  dsr_lex_stop(&r.lex);
  return rc;
}
