/*
** changing.c - one fact at a time: claims made and withdrawn, as values or as text.
*/
#include "ground/text.h"
#include "lua/base.h"

/* A fact as it comes: as values, or else as a clause of a program. */
typedef struct given {
  const dsr_fact *fact;
  const dsr_program *program;
} given;

static dsr_status tuple_of(dsr_base *base, given from, bool create, dsr_tuple *out) {
  dsr_intern_mode mode = create ? DSR_INTERN : DSR_INTERN_FIND;
  if (from.fact != NULL) {
    return dsr_fact_tuple(base->facts, from.fact, mode, create, out);
  }
  return dsr_clause_tuple(base->facts, from.program, &from.program->clauses.items[0],
                          mode, create, out);
}

/* The claim first: a source that is refused must not leave a relation behind. */
static dsr_status add_claim(dsr_base *base, dsr_verb verb, given from,
                            const dsr_claim *claim) {
  static const dsr_claim by_base = {0};
  dsr_claim_row row;
  dsr_tuple tuple;
  if (claim == NULL) claim = &by_base;
  TRY(dsr_claim_words(base->facts, claim, DSR_INTERN, verb, &row));
  TRY(tuple_of(base, from, true, &tuple));
  return dsr_claim_add(base->facts, &tuple, &row);
}

/*
** The fields set in `claim`, as a filter.  DSR_NOTHING where one of them names what the
** base has never met: then no claim agrees.  A kind of zero cannot be told from one
** that was not set, and means any, unless `stated` says that it was.
*/
static dsr_status filter_of(dsr_base *base, const dsr_claim *claim, bool stated,
                            dsr_claim_filter *out) {
  *out = (dsr_claim_filter){0};
  if (claim == NULL) return DSR_OK;
  dsr_claim where = *claim;
  dsr_claim_row row;
  where.kind = DSR_STATED; /* a kind without its speaker is fine here */
  where.speaker = (dsr_str){NULL, 0};
  dsr_status rc =
      dsr_claim_words(base->facts, &where, DSR_INTERN_FIND, DSR_ASSERTS, &row);
  if (rc != DSR_OK) return rc;
  *out = (dsr_claim_filter){.by_kind = stated || claim->kind != DSR_STATED,
                            .kind = claim->kind,
                            .reliability = row.reliability,
                            .credibility = row.credibility,
                            .source = claim->source.len > 0 ? row.source : 0,
                            .locator = row.locator,
                            .quotation = row.quotation,
                            .confidence = row.confidence};
  if (claim->speaker.len == 0) return DSR_OK;
  return dsr_symbols_find(dsr_facts_symbols(base->facts), DSR_SYM_ENTITY,
                          claim->speaker, &out->speaker);
}

static dsr_status retract_claims(dsr_base *base, given from, const dsr_claim *claim,
                                 bool stated) {
  dsr_claim_filter filter;
  dsr_tuple tuple;
  dsr_status rc = tuple_of(base, from, false, &tuple);
  if (rc == DSR_OK) rc = filter_of(base, claim, stated, &filter);
  if (rc != DSR_OK) return rc;
  return dsr_claim_retract(base->facts, &tuple, &filter);
}

static dsr_status apply(dsr_base *base, dsr_change change, given from,
                        const dsr_claim *claim) {
  switch (change) {
    case DSR_CHANGE_ADD:
      return add_claim(base, DSR_ASSERTS, from, claim);
    case DSR_CHANGE_DENY:
      return add_claim(base, DSR_DENIES, from, claim);
    case DSR_CHANGE_RETRACT:
      return retract_claims(base, from, claim, false);
    case DSR_CHANGE_RETRACT_STATED:
      return retract_claims(base, from, claim, true);
  }
  return dsr_fail(base->error, DSR_EMISUSE, "no such change: %d", (int)change);
}

static dsr_status change_given(dsr_base *base, dsr_change change, given from,
                               const dsr_claim *claim) {
  bool own;
  TRY(dsr_base_begin(base, &own));
  return dsr_base_end(base, own, apply(base, change, from, claim));
}

dsr_status dsr_base_change(dsr_base *base, dsr_change change, const dsr_fact *fact,
                           const dsr_claim *claim) {
  TRY(dsr_base_writable(base));
  return change_given(base, change, (given){fact, NULL}, claim);
}

dsr_status dsr_base_change_text(dsr_base *base, dsr_change change, const char *fact,
                                const dsr_claim *claim) {
  TRY(dsr_base_writable(base));
  dsr_program program = {0};
  dsr_status rc = dsr_base_read_one(base, "<fact>", dsr_str_of(fact), true, &program);
  if (rc >= 0) rc = change_given(base, change, (given){NULL, &program}, claim);
  dsr_program_free(&program);
  return rc;
}
