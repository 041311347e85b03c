/*
** host.c - facts and claims that a host gives as values, in words of the base.
**
** The same checks as for text, with messages that have no place.  An integer of four
** digits is a year where the column is one of dates, as in the language.  The relation
** is met last, so that a fact that is refused leaves none behind.
*/
#include <stdio.h>

#include "ground/text.h"
#include "logic/load.h"
#include "logic/resolve.h"

/* Names and texts go into the file: they must be what every reader can show. */
static dsr_status check_utf8(dsr_facts *facts, dsr_str text, const char *what) {
  size_t bad = dsr_utf8_valid(text);
  if (bad == text.len) return DSR_OK;
  return dsr_fail(dsr_facts_error(facts), DSR_ESYNTAX,
                  "%s is not valid UTF-8, or holds a NUL, at byte %zu", what, bad + 1);
}

static dsr_status name_word(dsr_facts *facts, dsr_symbol_kind kind, dsr_str name,
                            const char *what, dsr_intern_mode mode, dsr_word *out) {
  dsr_symbols *symbols = dsr_facts_symbols(facts);
  TRY(check_utf8(facts, name, what));
  if (name.len == 0 && kind == DSR_SYM_ENTITY) {
    return dsr_fail(dsr_facts_error(facts), DSR_ETYPE,
                    "%s has no name; an entity has at least one letter", what);
  }
  switch (mode) {
    case DSR_INTERN:
      return dsr_symbols_intern(symbols, kind, name, out);
    case DSR_INTERN_TEMP:
      return dsr_symbols_temp(symbols, kind, name, out);
    default:
      return dsr_symbols_find(symbols, kind, name, out);
  }
}

static dsr_status text_value(dsr_facts *facts, const dsr_value *value,
                             dsr_intern_mode mode, dsr_word *out) {
  TRY(check_utf8(facts, value->text, "a text"));
  TRY(check_utf8(facts, value->lang, "a text's language"));
  TRY(check_utf8(facts, value->datatype, "a text's datatype"));
  if (value->lang.len > 0 && value->datatype.len > 0) {
    return dsr_fail(dsr_facts_error(facts), DSR_EMISUSE,
                    "a text has a language or a datatype, not both");
  }
  return dsr_text_word(dsr_facts_symbols(facts), value->text, value->lang,
                       value->datatype, mode, out);
}

/* The year that an integer stands for, as text; none where it is no year. */
static dsr_str year_text(int64_t value, char buffer[8]) {
  if (value < 1000 || value > 9999) return (dsr_str){NULL, 0};
  snprintf(buffer, 8, "%d", (int)value);
  return (dsr_str){buffer, 4};
}

/* A time in a column: `unknown` says when a fact holds, and is no value. */
static dsr_status time_value(dsr_facts *facts, dsr_str edtf, int column,
                             dsr_intern_mode mode, dsr_word *out) {
  dsr_status rc = dsr_time_word(dsr_facts_symbols(facts), edtf, mode, out);
  if (rc != DSR_OK || *out != DSR_WORD_NONE) return rc;
  return dsr_fail(dsr_facts_error(facts), DSR_ETYPE,
                  "column %d of the fact: an unknown time is no value of a column",
                  column + 1);
}

dsr_status dsr_host_word(dsr_facts *facts, const dsr_value *value, dsr_domain type,
                         int column, dsr_intern_mode mode, dsr_word *out) {
  char buffer[8];
  dsr_str year;
  dsr_symbols *symbols = dsr_facts_symbols(facts);
  switch (value->type) {
    case DSR_BOOL:
      *out = dsr_word_bool(value->integer != 0);
      return DSR_OK;
    case DSR_INT:
      year = year_text(value->integer, buffer);
      if (type == DSR_COL_TIME && year.len > 0) {
        return dsr_time_word(symbols, year, mode, out);
      }
      return dsr_int_word(symbols, value->integer, mode, out);
    case DSR_DECIMAL:
      return dsr_number_word(symbols, value->text, mode, out);
    case DSR_TIME:
      return time_value(facts, value->text, column, mode, out);
    case DSR_ENTITY:
      return name_word(facts, DSR_SYM_ENTITY, value->text, "an entity", mode, out);
    case DSR_TEXT:
      return text_value(facts, value, mode, out);
    default:
      break;
  }
  return dsr_fail(dsr_facts_error(facts), DSR_EMISUSE,
                  "column %d of the fact has no value", column + 1);
}

static dsr_status check_shape(dsr_facts *facts, const dsr_fact *fact) {
  dsr_error *error = dsr_facts_error(facts);
  if (fact->relation.len == 0) {
    return dsr_fail(error, DSR_EMISUSE, "the fact names no relation");
  }
  if (fact->arity < 0 || fact->arity > DSR_ARITY_MAX) {
    return dsr_fail(error, DSR_EMISUSE, "a fact has 0 to %d columns; came %d",
                    DSR_ARITY_MAX, fact->arity);
  }
  return check_utf8(facts, fact->relation, "a relation's name");
}

/* Entities are looked up one after the other: have memory bring them side by side. */
static void expect_names(dsr_facts *facts, const dsr_fact *fact) {
  dsr_str names[DSR_ARITY_MAX];
  size_t n = 0;
  for (int i = 0; i < fact->arity; i++) {
    if (fact->args[i].type == DSR_ENTITY) names[n++] = fact->args[i].text;
  }
  if (n > 1) dsr_symbols_expect(dsr_facts_symbols(facts), DSR_SYM_ENTITY, names, n);
}

static dsr_status fact_words(dsr_facts *facts, const dsr_fact *fact,
                             const dsr_relation *relation, dsr_intern_mode mode,
                             dsr_tuple *out) {
  expect_names(facts, fact);
  for (int i = 0; i < fact->arity; i++) {
    dsr_domain type = relation ? relation->types[i] : DSR_COL_ANY;
    dsr_status rc = dsr_host_word(facts, &fact->args[i], type, i, mode, &out->args[i]);
    if (rc != DSR_OK) return rc;
  }
  if (fact->valid.len == 0) return DSR_OK;
  return dsr_time_word(dsr_facts_symbols(facts), fact->valid, mode, &out->time);
}

dsr_status dsr_fact_tuple(dsr_facts *facts, const dsr_fact *fact, dsr_intern_mode mode,
                          bool create, dsr_tuple *out) {
  TRY(check_shape(facts, fact));
  const dsr_relation *relation = dsr_relation_find(facts, fact->relation, fact->arity);
  if (relation == NULL && !create) {
    return dsr_relation_meet(facts, fact->relation, fact->arity, false, &relation);
  }
  int column;
  dsr_tuple tuple = {.arity = fact->arity, .time = DSR_WORD_NONE};
  dsr_status rc = fact_words(facts, fact, relation, mode, &tuple);
  if (rc != DSR_OK) return rc;
  if (relation == NULL) {
    TRY(dsr_relation_meet(facts, fact->relation, fact->arity, true, &relation));
  }
  tuple.relation = relation->number;
  TRY(dsr_tuple_check(facts, &tuple, &column));
  *out = tuple;
  return DSR_OK;
}

/* ---- claims --------------------------------------------------------------------- */

/* The source's word.  Whoever records a claim needs a declared one; whoever looks for
** claims does not. */
static dsr_status source_word(dsr_facts *facts, dsr_str name, dsr_intern_mode mode,
                              dsr_word *out) {
  bool declared = false;
  *out = dsr_facts_base_source(facts);
  if (name.len == 0) return DSR_OK;
  TRY(check_utf8(facts, name, "a source's name"));
  dsr_status rc = dsr_symbols_find(dsr_facts_symbols(facts), DSR_SYM_ENTITY, name, out);
  if (rc < 0 || mode != DSR_INTERN) return rc;
  if (rc == DSR_OK) TRY(dsr_source_declared(facts, *out, &declared));
  return declared ? DSR_OK : dsr_source_unknown(facts, name);
}

static dsr_status check_claim(dsr_facts *facts, const dsr_claim *claim) {
  dsr_error *error = dsr_facts_error(facts);
  if (claim->kind < DSR_STATED || claim->kind > DSR_ASSESSED) {
    return dsr_fail(error, DSR_EMISUSE, "no such kind of claim: %d", (int)claim->kind);
  }
  if ((claim->kind == DSR_ATTRIBUTED) != (claim->speaker.len > 0)) {
    return dsr_fail(error, DSR_EMISUSE,
                    "a speaker goes with attributed claims and only with them");
  }
  if (claim->has_confidence && !(claim->confidence >= 0 && claim->confidence <= 1)) {
    return dsr_fail(error, DSR_ETYPE, "a confidence is a number from 0 to 1; came %g",
                    claim->confidence);
  }
  return DSR_OK;
}

/* An optional text of a claim. */
static dsr_status text_part(dsr_facts *facts, dsr_str text, const char *what,
                            dsr_intern_mode mode, dsr_word *out) {
  if (text.len == 0) return DSR_OK;
  TRY(check_utf8(facts, text, what));
  dsr_str none = {NULL, 0};
  return dsr_text_word(dsr_facts_symbols(facts), text, none, none, mode, out);
}

static dsr_status grade_part(dsr_facts *facts, dsr_str grade, dsr_claim_row *row) {
  if (grade.len == 0) return DSR_OK;
  if (dsr_grade_parse(grade, &row->reliability, &row->credibility)) return DSR_OK;
  return dsr_fail(dsr_facts_error(facts), DSR_ETYPE,
                  "a grade is a letter a-f, a digit 1-6 or both, as in b2; came \"%s\"",
                  dsr_show(grade).text);
}

dsr_status dsr_claim_words(dsr_facts *facts, const dsr_claim *claim,
                           dsr_intern_mode mode, dsr_verb verb, dsr_claim_row *out) {
  dsr_claim_row row = {.verb = verb, .kind = claim->kind};
  TRY(check_claim(facts, claim));
  TRY(grade_part(facts, claim->grade, &row));
  dsr_status rc = source_word(facts, claim->source, mode, &row.source);
  if (rc == DSR_OK) {
    rc = text_part(facts, claim->locator, "a locator", mode, &row.locator);
  }
  if (rc == DSR_OK) {
    rc = text_part(facts, claim->quotation, "a quotation", mode, &row.quotation);
  }
  if (rc == DSR_OK && claim->speaker.len > 0) {
    rc = name_word(facts, DSR_SYM_ENTITY, claim->speaker, "a speaker", mode,
                   &row.speaker);
  }
  if (rc == DSR_OK && claim->has_confidence) {
    rc = dsr_double_word(dsr_facts_symbols(facts), claim->confidence, mode,
                         &row.confidence);
  }
  if (rc == DSR_OK) *out = row;
  return rc;
}
