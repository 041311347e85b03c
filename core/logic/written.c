/*
** written.c - the facts and claims that a clause writes, in words of the base.
**
** Every argument is checked against its column before anything is recorded, at its own
** place in the text.  A range stands for one fact for each of its numbers; several
** ranges in one clause multiply, and the product has a limit.
*/
#include "logic/written.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ground/text.h"

/* ---- tuples --------------------------------------------------------------------- */

static dsr_status atom_args(dsr_resolve *r, const dsr_relation *relation,
                            const dsr_atom *atom, const dsr_term *args,
                            dsr_intern_mode mode, dsr_tuple *tuple) {
  for (int i = 0; i < atom->n_args; i++) {
    dsr_domain type = relation ? relation->types[i] : DSR_COL_ANY;
    dsr_spot spot = {.relation = relation, .column = i};
    dsr_status rc =
        dsr_resolve_term(r, &args[i], type, false, mode, spot, &tuple->args[i]);
    if (rc != DSR_OK) return rc;
  }
  if (atom->time.kind == DSR_TERM_NONE || dsr_resolve_unknown_time(&atom->time)) {
    return DSR_OK;
  }
  dsr_spot spot = {.what = "the time after @"};
  return dsr_resolve_term(r, &atom->time, DSR_COL_TIME, true, mode, spot, &tuple->time);
}

/* The tuple of an atom, its arguments being `args`. */
static dsr_status atom_tuple(dsr_resolve *r, const dsr_atom *atom, const dsr_term *args,
                             dsr_intern_mode mode, bool create, dsr_tuple *out) {
  const dsr_relation *relation;
  TRY(dsr_resolve_known(r, atom, &relation));
  if (relation == NULL && !create) {
    return dsr_resolve_relation(r, atom, false, &relation); /* refuses */
  }
  dsr_tuple tuple = {.arity = atom->n_args, .time = DSR_WORD_NONE};
  dsr_status rc = atom_args(r, relation, atom, args, mode, &tuple);
  if (rc != DSR_OK) return rc;
  if (relation == NULL) TRY(dsr_resolve_relation(r, atom, true, &relation));
  tuple.relation = relation->number;
  *out = tuple;
  return DSR_OK;
}

dsr_status dsr_clause_tuple(dsr_facts *facts, const dsr_program *program,
                            const dsr_clause *clause, dsr_intern_mode mode, bool create,
                            dsr_tuple *out) {
  dsr_resolve r;
  dsr_resolve_start(&r, facts, program, dsr_facts_error(facts));
  dsr_resolve_clause(&r, clause);
  dsr_status rc;
  if (clause->kind != DSR_CLAUSE_FACT || clause->head.denied) {
    rc =
        dsr_resolve_fail(&r, clause->at, DSR_ESYNTAX,
                         "a plain fact is due here, as in joined(ukraine, pfp) @ 1994");
  } else {
    rc = atom_tuple(&r, &clause->head, clause->head.args, mode, create, out);
  }
  dsr_resolve_stop(&r);
  return rc;
}

/* ---- ranges --------------------------------------------------------------------- */

/* One column's range, where it stands, and the numeral that is its turn. */
typedef struct range {
  int column;
  int64_t from, to, at;
  char numeral[24];
} range;

/* The integer that an end of a range is; only small ones, so that counts cannot
** wrap. */
static dsr_status range_end(dsr_resolve *r, const dsr_term *term, int64_t *out) {
  dsr_word word;
  dsr_spot spot = {.what = "an end of a range"};
  TRY(dsr_resolve_term(r, term, DSR_COL_INT, false, DSR_INTERN_TEMP, spot, &word));
  if (!dsr_word_integer(dsr_facts_symbols(r->facts), word, out) ||
      !dsr_word_int_fits(*out)) {
    return dsr_resolve_fail(r, term->at, DSR_ELIMIT,
                            "an end of a range has at most 18 digits");
  }
  return DSR_OK;
}

static dsr_status read_range(dsr_resolve *r, const dsr_term *term, int64_t *total,
                             range *out) {
  TRY(range_end(r, &term->args[0], &out->from));
  TRY(range_end(r, &term->args[1], &out->to));
  if (out->from > out->to) {
    return dsr_resolve_fail(r, term->at, DSR_ETYPE,
                            "the range %" PRId64 "..%" PRId64
                            " is empty; its smaller end comes first",
                            out->from, out->to);
  }
  int64_t n = out->to - out->from + 1;
  if (n > DSR_RANGE_MOST / *total) {
    return dsr_resolve_fail(r, term->at, DSR_ELIMIT,
                            "the ranges of one clause make at most %d facts",
                            (int)DSR_RANGE_MOST);
  }
  *total *= n;
  return DSR_OK;
}

static dsr_status read_ranges(dsr_resolve *r, const dsr_atom *atom, range *ranges,
                              int *n) {
  int64_t total = 1;
  *n = 0;
  for (int i = 0; i < atom->n_args; i++) {
    if (atom->args[i].kind != DSR_TERM_RANGE) continue;
    TRY(read_range(r, &atom->args[i], &total, &ranges[*n]));
    ranges[*n].column = i;
    (*n)++;
  }
  return DSR_OK;
}

/* Put a range at `at`: its column of `args` becomes that number. */
static void set_range(range *one, int64_t at, dsr_term *args) {
  dsr_term *term = &args[one->column];
  one->at = at;
  int len = snprintf(one->numeral, sizeof one->numeral, "%" PRId64, at);
  *term = (dsr_term){
      .kind = DSR_TERM_NUMBER, .at = term->at, .text = {one->numeral, (size_t)len}};
}

/* Move the ranges on, the last one fastest; false when all have been through. */
static bool next_ranges(range *ranges, int n, dsr_term *args) {
  for (int i = n - 1; i >= 0; i--) {
    if (ranges[i].at < ranges[i].to) {
      set_range(&ranges[i], ranges[i].at + 1, args);
      return true;
    }
    set_range(&ranges[i], ranges[i].from, args);
  }
  return false;
}

dsr_status dsr_written_each(dsr_resolve *r, const dsr_atom *atom, dsr_intern_mode mode,
                            bool create, dsr_written_found found, void *ud) {
  range ranges[DSR_ARITY_MAX];
  dsr_term args[DSR_ARITY_MAX];
  dsr_tuple tuple;
  int n;
  TRY(read_ranges(r, atom, ranges, &n));
  for (int i = 0; i < atom->n_args; i++) args[i] = atom->args[i];
  for (int i = 0; i < n; i++) set_range(&ranges[i], ranges[i].from, args);
  do {
    dsr_status rc = atom_tuple(r, atom, args, mode, create, &tuple);
    if (rc == DSR_OK) rc = found(ud, &tuple);
    if (rc < 0) return rc;
  } while (next_ranges(ranges, n, args));
  return DSR_OK;
}

/* ---- claims --------------------------------------------------------------------- */

dsr_status dsr_written_grade(dsr_resolve *r, const dsr_term *term, char *reliability,
                             char *credibility) {
  if (term->kind == DSR_TERM_VARIABLE || term->kind == DSR_TERM_ANYTHING) {
    dsr_word unused;
    return dsr_resolve_term(r, term, DSR_COL_TEXT, false, DSR_INTERN_FIND,
                            (dsr_spot){0}, &unused); /* refuses */
  }
  if (dsr_grade_parse(term->text, reliability, credibility)) return DSR_OK;
  return dsr_resolve_fail(
      r, term->at, DSR_ETYPE,
      "a grade is a letter a-f, a digit 1-6 or both, as in b2; came \"%s\"",
      dsr_show(term->text).text);
}

/* An optional part of a claim; leaves *out alone where it was not written. */
static dsr_status part_word(dsr_resolve *r, const dsr_term *term, dsr_domain type,
                            const char *what, dsr_intern_mode mode, dsr_word *out) {
  if (term->kind == DSR_TERM_NONE) return DSR_OK;
  dsr_spot spot = {.what = what};
  return dsr_resolve_term(r, term, type, false, mode, spot, out);
}

static dsr_status confidence_word(dsr_resolve *r, const dsr_term *term, dsr_word *out) {
  double value;
  TRY(part_word(r, term, DSR_COL_NUMBER, "a confidence", DSR_INTERN, out));
  if (term->kind == DSR_TERM_NONE) return DSR_OK;
  if (dsr_word_double(dsr_facts_symbols(r->facts), *out, &value) && value >= 0 &&
      value <= 1) {
    return DSR_OK;
  }
  return dsr_resolve_fail(r, term->at, DSR_ETYPE,
                          "a confidence is a number from 0 to 1; came %s",
                          dsr_show(term->text).text);
}

static dsr_status check_speaker(dsr_resolve *r, const dsr_atom *atom) {
  const dsr_claim_part *part = &atom->claim;
  if ((part->kind == DSR_ATTRIBUTED) == (part->speaker.kind != DSR_TERM_NONE)) {
    return DSR_OK;
  }
  return dsr_resolve_fail(r, atom->at, DSR_ESYNTAX,
                          "a speaker goes with attributed claims and only with them: "
                          "attributed(somebody) %s(...)",
                          dsr_show(atom->name).text);
}

dsr_status dsr_written_claim(dsr_resolve *r, const dsr_atom *atom, dsr_claim_row *out) {
  const dsr_claim_part *part = &atom->claim;
  dsr_claim_row row = {.verb = atom->denied ? DSR_DENIES : DSR_ASSERTS,
                       .source = dsr_facts_base_source(r->facts)};
  if (!part->present) {
    *out = row;
    return DSR_OK;
  }
  TRY(check_speaker(r, atom));
  if (part->kind >= 0) row.kind = (dsr_kind)part->kind;
  if (part->source.kind != DSR_TERM_NONE) {
    TRY(dsr_resolve_source(r, &part->source, &row.source));
  }
  TRY(part_word(r, &part->locator, DSR_COL_TEXT, "a place in a source", DSR_INTERN,
                &row.locator));
  TRY(part_word(r, &part->speaker, DSR_COL_ENTITY, "a speaker", DSR_INTERN,
                &row.speaker));
  TRY(part_word(r, &part->quotation, DSR_COL_TEXT, "a quotation", DSR_INTERN,
                &row.quotation));
  TRY(confidence_word(r, &part->confidence, &row.confidence));
  if (part->grade.kind != DSR_TERM_NONE) {
    TRY(dsr_written_grade(r, &part->grade, &row.reliability, &row.credibility));
  }
  *out = row;
  return DSR_OK;
}

dsr_status dsr_written_filter(dsr_resolve *r, const dsr_atom *atom,
                              dsr_claim_filter *out) {
  const dsr_claim_part *part = &atom->claim;
  dsr_claim_filter filter = {0};
  if (atom->denied) filter.verb = DSR_DENIES;
  filter.by_kind = part->present && part->kind >= 0;
  if (filter.by_kind) filter.kind = (dsr_kind)part->kind;
  if (part->source.kind != DSR_TERM_NONE) {
    TRY(dsr_resolve_source(r, &part->source, &filter.source));
  }
  if (part->grade.kind != DSR_TERM_NONE) {
    TRY(dsr_written_grade(r, &part->grade, &filter.reliability, &filter.credibility));
  }
  const struct {
    const dsr_term *term;
    dsr_domain type;
    const char *what;
    dsr_word *out;
  } parts[] = {
      {&part->locator, DSR_COL_TEXT, "a place in a source", &filter.locator},
      {&part->speaker, DSR_COL_ENTITY, "a speaker", &filter.speaker},
      {&part->quotation, DSR_COL_TEXT, "a quotation", &filter.quotation},
      {&part->confidence, DSR_COL_NUMBER, "a confidence", &filter.confidence},
  };
  bool met = true;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    dsr_status rc = part_word(r, parts[i].term, parts[i].type, parts[i].what,
                              DSR_INTERN_FIND, parts[i].out);
    if (rc < 0) return rc;
    met = met && rc != DSR_NOTHING;
  }
  *out = filter;
  return met ? DSR_OK : DSR_NOTHING;
}
