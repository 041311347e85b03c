/*
** turtle.h - what the parts of the reader of Turtle and TriG share: its state, tokens
** (turtle_term.c) and names (turtle_name.c).
**
** A token is taken whole: the functions here read more of the input until they have it,
** move lex->at behind it, and keep what they give in the stack, so that no text of a term
** moves while the statement goes on.  Addresses in the span are good for one token.
*/
#ifndef DSR_IO_TURTLE_H
#define DSR_IO_TURTLE_H

#include "io/lex.h"

typedef struct dsr_turtle_prefix {
  dsr_str label; /* owned, and the IRI */
  dsr_str iri;
  uint64_t hash;
} dsr_turtle_prefix;

typedef struct dsr_turtle {
  dsr_lex lex;
  const dsr_rdf_sink *sink;
  bool graphs;
  int depth;                   /* of brackets */
  int64_t blanks;              /* nodes without a label so far */
  const dsr_rdf_term *graph;   /* that the statement is in; NULL: none */
  dsr_str base;                /* owned; data NULL where there is none */
  dsr_turtle_prefix *prefixes; /* a hash, at most half full */
  size_t prefix_slots;
  size_t prefix_count;
  const dsr_turtle_prefix *last; /* that was looked up; NULL: none */
} dsr_turtle;

/* Take the token that `call` scans from lex->at: again, with more of the input, as long as
** the span is too short for it. */
#define DSR_TOKEN(lex, call)                        \
  do {                                              \
    dsr_status token_rc_;                           \
    while ((token_rc_ = (call)) == DSR_LEX_SHORT) { \
      TRY(dsr_lex_more((lex), (lex)->at));          \
    }                                               \
    if (token_rc_ < 0) return token_rc_;            \
  } while (0)

/* "expected WANTED, found ..." at lex->at. */
dsr_status dsr_turtle_expected(dsr_turtle *t, const char *wanted);

/* Pass white space and comments.  Three bytes are there then, or the end is near. */
dsr_status dsr_turtle_spaces(dsr_turtle *t);

static inline dsr_status dsr_turtle_space(dsr_turtle *t) {
  dsr_lex *lex = &t->lex;
  if (*lex->at == ' ') lex->at++;
  bool none = (unsigned char)*lex->at > ' ' && *lex->at != '#';
  return none && lex->end - lex->at >= 3 ? DSR_OK : dsr_turtle_spaces(t);
}

/* Pass `sign`, of at most three characters, behind white space. */
dsr_status dsr_turtle_sign(dsr_turtle *t, const char *sign, const char *wanted);

/* ---- names (turtle_name.c) -------------------------------------------------------- */

/* IRIREF, resolved. */
dsr_status dsr_turtle_iri(dsr_turtle *t, dsr_str *iri);

/* PNAME_LN or PNAME_NS, looked up; or, where it has no ':', a word that stays where it is,
** good for one token (without bytes where there was a name, or no letter). */
dsr_status dsr_turtle_name(dsr_turtle *t, dsr_str *iri, dsr_str *word);

/* PNAME_NS, without its ':', in the stack. */
dsr_status dsr_turtle_label(dsr_turtle *t, dsr_str *label);

/* From now on; both are copied. */
dsr_status dsr_turtle_declare(dsr_turtle *t, dsr_str label, dsr_str iri);
dsr_status dsr_turtle_rebase(dsr_turtle *t, dsr_str iri);

void dsr_turtle_free_names(dsr_turtle *t);

/* ---- terms (turtle_term.c) -------------------------------------------------------- */

/* A blank node that was not met before. */
dsr_status dsr_turtle_fresh(dsr_turtle *t, dsr_rdf_term *term);

/* The same with its label in `label`, of DSR_TURTLE_LABEL bytes. */
enum { DSR_TURTLE_LABEL = 24 };
void dsr_turtle_number(dsr_turtle *t, char *label, dsr_rdf_term *term);

dsr_status dsr_turtle_blank(dsr_turtle *t, dsr_rdf_term *term);   /* at '_' */
dsr_status dsr_turtle_string(dsr_turtle *t, dsr_rdf_term *term);  /* at a quote */
dsr_status dsr_turtle_numeral(dsr_turtle *t, dsr_rdf_term *term); /* at a digit, sign */
bool dsr_turtle_boolean(dsr_str word, dsr_rdf_term *term);        /* true or false */

/* STRING_LITERAL_QUOTE or SINGLE_QUOTE, whatever it says. */
dsr_status dsr_turtle_version(dsr_turtle *t);

#endif
