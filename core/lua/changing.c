/*
** changing.c - one fact at a time: claims made, judged and withdrawn, as values or as
** text; a transaction taken back, a thing renamed.
**
** Each call is a transaction of its own where none is open.
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

/* ---- verdicts -------------------------------------------------------------------- */

/* The sources and the reason of a verdict.  DSR_NOTHING where one to be withdrawn names
** what the base has never met. */
static dsr_status verdict_words(dsr_base *base, const dsr_verdict *verdict,
                                dsr_intern_mode mode, dsr_claim_row *out) {
  dsr_claim by = {.source = verdict->by, .quotation = verdict->because};
  dsr_claim of = {.source = verdict->of};
  dsr_claim_row judged;
  dsr_status rc = dsr_claim_words(base->facts, &by, mode, DSR_PREFERS, out);
  if (rc != DSR_OK || verdict->of.len == 0) return rc;
  rc = dsr_claim_words(base->facts, &of, mode, DSR_PREFERS, &judged);
  out->target = judged.source;
  return rc;
}

/* The fact to judge: DSR_NOTHING where it was never claimed. */
static dsr_status judged_tuple(dsr_base *base, given from, dsr_tuple *out) {
  uint64_t number;
  dsr_set set;
  dsr_status rc = tuple_of(base, from, false, out);
  if (rc != DSR_OK) return rc;
  dsr_tuple_canonical(base->facts, out);
  rc = dsr_fact_set(base->facts, out, &number);
  if (rc != DSR_OK) return rc;
  TRY(dsr_set_get(base->facts, number, &set));
  return set.n > 0 ? DSR_OK : DSR_NOTHING;
}

/* Close what agrees with the verdict, whether it prefers or deprecates. */
static dsr_status withdraw(dsr_base *base, const dsr_tuple *tuple,
                           const dsr_verdict *verdict) {
  dsr_claim_row row;
  dsr_status rc = verdict_words(base, verdict, DSR_INTERN_FIND, &row);
  if (rc != DSR_OK) return rc;
  dsr_claim_filter filter = {.verb = DSR_PREFERS,
                             .source = verdict->by.len > 0 ? row.source : 0,
                             .quotation = row.quotation,
                             .target = row.target};
  rc = dsr_claim_retract(base->facts, tuple, &filter);
  if (rc < 0) return rc;
  filter.verb = DSR_DEPRECATES;
  dsr_status second = dsr_claim_retract(base->facts, tuple, &filter);
  return second < 0 || rc == DSR_NOTHING ? second : rc;
}

static dsr_status judge(dsr_base *base, dsr_judgement what, given from,
                        const dsr_verdict *verdict) {
  static const dsr_verdict by_base = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
  dsr_tuple tuple;
  dsr_claim_row row;
  if (verdict == NULL) verdict = &by_base;
  if (what == DSR_JUDGE_WITHDRAW) {
    dsr_status rc = judged_tuple(base, from, &tuple);
    return rc == DSR_OK ? withdraw(base, &tuple, verdict) : rc;
  }
  TRY(verdict_words(base, verdict, DSR_INTERN, &row));
  row.verb = what == DSR_JUDGE_PREFER ? DSR_PREFERS : DSR_DEPRECATES;
  dsr_status rc = judged_tuple(base, from, &tuple);
  return rc == DSR_OK ? dsr_claim_add(base->facts, &tuple, &row) : rc;
}

static dsr_status judge_given(dsr_base *base, dsr_judgement what, given from,
                              const dsr_verdict *verdict) {
  bool own;
  TRY(dsr_base_begin(base, &own));
  return dsr_base_end(base, own, judge(base, what, from, verdict));
}

dsr_status dsr_base_judge(dsr_base *base, dsr_judgement what, const dsr_fact *fact,
                          const dsr_verdict *verdict) {
  TRY(dsr_base_writable(base));
  return judge_given(base, what, (given){fact, NULL}, verdict);
}

dsr_status dsr_base_judge_text(dsr_base *base, dsr_judgement what, const char *fact,
                               const dsr_verdict *verdict) {
  TRY(dsr_base_writable(base));
  dsr_program program = {0};
  dsr_status rc = dsr_base_read_one(base, "<fact>", dsr_str_of(fact), true, &program);
  if (rc >= 0) rc = judge_given(base, what, (given){NULL, &program}, verdict);
  dsr_program_free(&program);
  return rc;
}

/* ---- undoing, renaming ----------------------------------------------------------- */

static dsr_status undo(dsr_base *base, int64_t number, int64_t *undone) {
  int64_t last = (int64_t)dsr_store_txn(dsr_facts_store(base->facts)) - 1;
  if (number == 0) number = last;
  if (number < 0) {
    return dsr_fail(base->error, DSR_EABSENT, "transactions are numbered from 1");
  }
  dsr_status rc = dsr_transaction_undo(base->facts, (uint64_t)number);
  if (rc >= 0) *undone = number;
  return rc;
}

dsr_status dsr_base_undo(dsr_base *base, int64_t number, int64_t *undone) {
  bool own;
  int64_t found = 0;
  TRY(dsr_base_writable(base));
  TRY(dsr_base_begin(base, &own));
  dsr_status rc = dsr_base_end(base, own, undo(base, number, &found));
  if (rc >= 0 && undone != NULL) *undone = found;
  return rc;
}

/* "joined/2": the name without the arity; the arity, or -1 where there is none. */
static int split_arity(dsr_str *name) {
  size_t len = name->len;
  if (len < 3 || name->data[len - 2] != '/') return -1;
  int arity = name->data[len - 1] - '0';
  if (arity < 0 || arity > DSR_ARITY_MAX) return -1;
  name->len -= 2;
  return arity;
}

/* The relation that `old` means; DSR_NOTHING where there is none. */
static dsr_status relation_called(dsr_base *base, dsr_str old, int *arity,
                                  uint32_t *number) {
  dsr_str name = old;
  int asked = split_arity(&name), found = 0;
  for (int i = 0; i <= DSR_ARITY_MAX; i++) {
    const dsr_relation *relation = dsr_relation_find(base->facts, name, i);
    if (relation == NULL || (asked >= 0 && i != asked)) continue;
    *number = relation->number;
    *arity = i;
    found++;
  }
  if (found < 2) return found == 1 ? DSR_OK : DSR_NOTHING;
  return dsr_fail(base->error, DSR_ERELATION,
                  "several relations are called \"%.*s\"; write which, as in %.*s/%d",
                  (int)name.len, name.data, (int)name.len, name.data, *arity);
}

static dsr_status rename_thing(dsr_base *base, dsr_str old, dsr_str name, bool merge) {
  uint32_t number = 0;
  int arity = 0;
  dsr_status rc = dsr_entity_rename(base->facts, old, name, merge);
  if (rc != DSR_NOTHING) return rc;
  rc = relation_called(base, old, &arity, &number);
  if (rc != DSR_OK) return rc;
  dsr_str bare = name;
  if (split_arity(&bare) == arity) name = bare;
  return dsr_relation_rename(base->facts, number, name);
}

dsr_status dsr_base_rename(dsr_base *base, dsr_str old, dsr_str name, bool merge) {
  bool own;
  TRY(dsr_base_writable(base));
  TRY(dsr_base_begin(base, &own));
  return dsr_base_end(base, own, rename_thing(base, old, name, merge));
}
