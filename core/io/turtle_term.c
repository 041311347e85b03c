/*
** turtle_term.c - terms of Turtle and TriG that are one token: blank nodes, literals.
*/
#include <stdio.h>

#include "ground/text.h"
#include "io/turtle.h"

#define XSD "http://www.w3.org/2001/XMLSchema#"
#define TEXT(literal) ((dsr_str){literal, sizeof(literal) - 1})

static dsr_status keep(dsr_turtle *t, const char *from, const char *to, dsr_str *out) {
  size_t len = (size_t)(to - from);
  char *copy = dsr_stack_take(&t->lex.stack, len);
  if (!copy) return dsr_fail_memory(t->lex.error);
  if (len > 0) memcpy(copy, from, len);
  *out = (dsr_str){copy, len};
  return DSR_OK;
}

/* ---- blank nodes ------------------------------------------------------------------ */

void dsr_turtle_number(dsr_turtle *t, char *label, dsr_rdf_term *term) {
  int len = snprintf(label, DSR_TURTLE_LABEL, "-%lld", (long long)++t->blanks);
  *term = (dsr_rdf_term){.kind = DSR_RDF_BLANK, .text = {label, (size_t)len}};
}

dsr_status dsr_turtle_fresh(dsr_turtle *t, dsr_rdf_term *term) {
  char *label = dsr_stack_take(&t->lex.stack, DSR_TURTLE_LABEL);
  if (!label) return dsr_fail_memory(t->lex.error);
  dsr_turtle_number(t, label, term);
  return DSR_OK;
}

dsr_status dsr_turtle_blank(dsr_turtle *t, dsr_rdf_term *term) {
  dsr_str label;
  const char *after = t->lex.at;
  DSR_TOKEN(&t->lex, dsr_lex_label(&t->lex, t->lex.at, &label, &after));
  *term = (dsr_rdf_term){.kind = DSR_RDF_BLANK};
  TRY(keep(t, label.data, label.data + label.len, &term->text));
  t->lex.at = after;
  return DSR_OK;
}

/* ---- strings ---------------------------------------------------------------------- */

static bool is_long(const char *at) { return at[0] == at[1] && at[1] == at[2]; }

/* The string at lex->at, to the stack unless it is there. */
static dsr_status take_string(dsr_turtle *t, dsr_str *text) {
  dsr_lex *lex = &t->lex;
  const char *after = lex->at;
  DSR_TOKEN(lex, dsr_lex_string(lex, lex->at, true, text, &after));
  const char *from = text->data;
  if (from >= lex->at && from < after) TRY(keep(t, from, from + text->len, text));
  if (is_long(lex->at)) dsr_lex_lines(lex, lex->at, after);
  lex->at = after;
  return DSR_OK;
}

static dsr_status take_language(dsr_turtle *t, dsr_rdf_term *term) {
  const char *after = t->lex.at;
  DSR_TOKEN(&t->lex, dsr_lex_language(&t->lex, t->lex.at, term, &after));
  dsr_str written = term->language;
  TRY(keep(t, written.data, written.data + written.len, &term->language));
  t->lex.at = after;
  return DSR_OK;
}

static dsr_status take_datatype(dsr_turtle *t, dsr_rdf_term *term) {
  dsr_str iri, word = {NULL, 0};
  t->lex.at += 2;
  TRY(dsr_turtle_space(t));
  if (*t->lex.at == '<') {
    TRY(dsr_turtle_iri(t, &iri));
  } else {
    TRY(dsr_turtle_name(t, &iri, &word));
    if (word.data) return dsr_turtle_expected(t, "a datatype's IRI");
  }
  DSR_TOKEN(&t->lex, dsr_lex_datatype(&t->lex, t->lex.at, iri, term));
  return DSR_OK;
}

dsr_status dsr_turtle_string(dsr_turtle *t, dsr_rdf_term *term) {
  *term = (dsr_rdf_term){.kind = DSR_RDF_LITERAL};
  TRY(take_string(t, &term->text));
  TRY(dsr_turtle_space(t));
  if (*t->lex.at == '@') return take_language(t, term);
  if (*t->lex.at != '^') return DSR_OK;
  if (t->lex.at[1] != '^') return dsr_turtle_expected(t, "\"^^\"");
  return take_datatype(t, term);
}

dsr_status dsr_turtle_version(dsr_turtle *t) {
  const char *at = t->lex.at;
  dsr_str text;
  if ((*at != '"' && *at != '\'') || is_long(at)) {
    return dsr_turtle_expected(t, "a version in single or double quotes");
  }
  return take_string(t, &text);
}

/* ---- numbers and truth ------------------------------------------------------------ */

static const char *skip_digits(const char *at) {
  while (dsr_lex_is(*at, DSR_LEX_DIGIT)) at++;
  return at;
}

/* EXPONENT at `at`, or nothing: what is behind it. */
static const char *skip_exponent(const char *at) {
  if (*at != 'e' && *at != 'E') return at;
  const char *digits = at + 1 + (at[1] == '+' || at[1] == '-');
  const char *end = skip_digits(digits);
  return end > digits ? end : at;
}

/* INTEGER, DECIMAL or DOUBLE, the longest that is there.  A '.' with nothing behind it
** that is part of the number ends the statement. */
static dsr_status scan_number(dsr_lex *lex, dsr_str *datatype, const char **after) {
  const char *at = lex->at + (*lex->at == '+' || *lex->at == '-');
  const char *whole = skip_digits(at), *end = whole;
  *datatype = TEXT(XSD "integer");
  if (*whole == '.') {
    const char *part = skip_digits(whole + 1);
    bool decimal = part > whole + 1;
    if (decimal || (whole > at && skip_exponent(part) > part)) end = part;
    if (decimal) *datatype = TEXT(XSD "decimal");
  }
  if (end > at && skip_exponent(end) > end) {
    end = skip_exponent(end);
    *datatype = TEXT(XSD "double");
  }
  if (lex->end - end < 4 && !lex->ended) return DSR_LEX_SHORT; /* "." and "e+1" */
  if (end == at) return dsr_lex_expected(lex, lex->at, "a number");
  if (end - at > DSR_RDF_IRI_MOST) {
    return dsr_lex_wrong(lex, DSR_ELIMIT, lex->at, "a number of more than %d KB",
                         DSR_RDF_IRI_MOST / 1024);
  }
  *after = end;
  return DSR_OK;
}

dsr_status dsr_turtle_numeral(dsr_turtle *t, dsr_rdf_term *term) {
  const char *after = t->lex.at;
  *term = (dsr_rdf_term){.kind = DSR_RDF_LITERAL};
  DSR_TOKEN(&t->lex, scan_number(&t->lex, &term->datatype, &after));
  TRY(keep(t, t->lex.at, after, &term->text));
  t->lex.at = after;
  return DSR_OK;
}

bool dsr_turtle_boolean(dsr_str word, dsr_rdf_term *term) {
  bool yes = dsr_str_is(word, "true");
  if (!yes && !dsr_str_is(word, "false")) return false;
  *term = (dsr_rdf_term){.kind = DSR_RDF_LITERAL,
                         .text = yes ? TEXT("true") : TEXT("false"),
                         .datatype = TEXT(XSD "boolean")};
  return true;
}
