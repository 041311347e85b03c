/*
** changing.c - one fact at a time: claims made, judged and withdrawn, as values or as
** text; a transaction taken back.
**
** Each call is a transaction of its own where none is open.
*/
#include <stdio.h>
#include <string.h>

#include "facts/trust.h"
#include "ground/text.h"
#include "logic/resolve.h"
#include "lua/base.h"
#include "lua/conflicting.h"

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
  bool by_kind = stated || claim->has_kind || claim->kind != DSR_STATED;
  *out = (dsr_claim_filter){.by_kind = by_kind,
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

/* Close what agrees with the verdict, of the sorts that are asked for. */
static dsr_status withdraw(dsr_base *base, dsr_judgement what, const dsr_tuple *tuple,
                           const dsr_verdict *verdict) {
  dsr_claim_row row;
  dsr_status rc = verdict_words(base, verdict, DSR_INTERN_FIND, &row);
  bool found = false;
  if (rc != DSR_OK) return rc;
  for (dsr_verb verb = DSR_PREFERS; verb <= DSR_DEPRECATES; verb++) {
    if (verb == DSR_PREFERS && what == DSR_JUDGE_WITHDRAW_DEPRECATE) continue;
    if (verb == DSR_DEPRECATES && what == DSR_JUDGE_WITHDRAW_PREFER) continue;
    dsr_claim_filter filter = {.verb = verb,
                               .source = verdict->by.len > 0 ? row.source : 0,
                               .quotation = row.quotation,
                               .target = row.target};
    rc = dsr_claim_retract(base->facts, tuple, &filter);
    if (rc < 0) return rc;
    found |= rc == DSR_OK;
  }
  return found ? DSR_OK : DSR_NOTHING;
}

static dsr_status judge(dsr_base *base, dsr_judgement what, given from,
                        const dsr_verdict *verdict) {
  static const dsr_verdict by_base = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
  dsr_tuple tuple;
  dsr_claim_row row;
  if (verdict == NULL) verdict = &by_base;
  if (what >= DSR_JUDGE_WITHDRAW) {
    dsr_status rc = judged_tuple(base, from, &tuple);
    return rc == DSR_OK ? withdraw(base, what, &tuple, verdict) : rc;
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

/* ---- what is on record ----------------------------------------------------------- */

/* Who is told of claims on a fact, and of which. */
typedef struct telling {
  dsr_base *base;
  dsr_claims which;
  dsr_tuple on;  /* claims on this very fact; for DSR_CLAIMS_FOR on any */
  dsr_verb verb; /* 0: any */
  dsr_told told;
  void *ud;
  bool any, ended;
} telling;

static bool same_fact(const dsr_tuple *a, const dsr_tuple *b) {
  return a->relation == b->relation && a->time == b->time &&
         memcmp(a->args, b->args, (size_t)a->arity * sizeof *a->args) == 0;
}

static dsr_status tell_claim(void *ud, const dsr_claim_seen *seen) {
  telling *to = ud;
  bool very = to->which == DSR_CLAIMS_FOR || same_fact(&seen->on, &to->on);
  if (to->ended || !very || (to->verb && to->verb != seen->claim->verb)) return DSR_OK;
  dsr_arena arena = {0};
  dsr_str text;
  dsr_status rc =
      dsr_claim_write(to->base->facts, &seen->on, seen->claim, &arena, &text);
  if (rc >= 0) {
    to->any = true;
    to->ended = to->told(to->ud, text) != 0;
  }
  dsr_arena_free(&arena);
  return rc;
}

static dsr_status tell_on(telling *to, const dsr_tuple *fact, dsr_verb verb) {
  to->on = *fact;
  to->verb = verb;
  return dsr_claims_on(to->base->facts, to->base->view, fact,
                       to->which == DSR_CLAIMS_FOR, tell_claim, to);
}

static dsr_status tell_around(telling *to, const dsr_tuple *fact) {
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(to->base->facts, to->base->view, fact->relation, fact->args,
                     DSR_WORD_NONE, DSR_SCAN_OWN | DSR_SCAN_EVERY | DSR_SCAN_ONCE,
                     &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_tuple other = match->fact;
    rc = tell_on(to, &other, 0);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

/* The two sides of a conflict: which fact it was asked of is in `about`. */
typedef struct against {
  telling *to;
  const dsr_tuple *about;
} against;

static dsr_status tell_conflict(void *ud, const dsr_conflicting *conflict) {
  const against *at = ud;
  dsr_tuple about = *at->about;
  dsr_tuple_canonical(at->to->base->facts, &about);
  if (conflict->kind == DSR_CONFLICT_DENIAL) {
    bool held = same_fact(&conflict->facts[0], &about);
    return held ? tell_on(at->to, &conflict->facts[1], DSR_DENIES) : DSR_OK;
  }
  for (int i = 0; i < conflict->n_facts; i++) {
    if (same_fact(&conflict->facts[i], &about)) continue;
    TRY(tell_on(at->to, &conflict->facts[i], DSR_ASSERTS));
  }
  return DSR_OK;
}

static dsr_status tell_which(telling *to, const dsr_tuple *fact) {
  against at = {to, fact};
  switch (to->which) {
    case DSR_CLAIMS_ON:
      return tell_on(to, fact, 0);
    case DSR_CLAIMS_AROUND:
      return tell_around(to, fact);
    case DSR_CLAIMS_FOR:
      return tell_on(to, fact, DSR_ASSERTS);
    case DSR_CLAIMS_AGAINST:
      return dsr_base_conflicts_of(to->base, fact, tell_conflict, &at);
  }
  return dsr_fail(to->base->error, DSR_EMISUSE, "there are no claims numbered %d",
                  (int)to->which);
}

dsr_status dsr_base_claims_of(dsr_base *base, dsr_claims which, const char *fact,
                              dsr_told told, void *ud) {
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts, false));
  dsr_program program = {0};
  dsr_tuple tuple;
  telling to = {.base = base, .which = which, .told = told, .ud = ud};
  dsr_status rc = dsr_base_read_one(base, "<fact>", dsr_str_of(fact), true, &program);
  if (rc >= 0 && which == DSR_CLAIMS_AROUND) { /* its time may be one never met */
    program.clauses.items[0].head.time.kind = DSR_TERM_NONE;
  }
  if (rc >= 0) rc = tuple_of(base, (given){NULL, &program}, false, &tuple);
  if (rc == DSR_OK) {
    dsr_tuple_canonical(base->facts, &tuple);
    rc = tell_which(&to, &tuple);
  }
  dsr_program_free(&program);
  if (rc < 0) return rc;
  return to.any ? DSR_OK : DSR_NOTHING;
}

/* ---- slips ----------------------------------------------------------------------- */

/* "no relation is called "joind" yet; did you mean "joined"?": told unless none is near. */
static void tell_slip(telling *to, const char *what, dsr_str name, dsr_str near) {
  char text[256];
  if (to->ended || near.len == 0 || dsr_str_eq(near, name)) return;
  snprintf(text, sizeof text, "%s \"%s\" yet; did you mean \"%s\"?", what,
           dsr_show(name).text, dsr_show(near).text);
  to->any = true;
  to->ended = to->told(to->ud, dsr_str_of(text)) != 0;
}

/* A word on its own, which may be one that the shell has cut off from a fact. */
static void tell_bare(telling *to, const dsr_atom *atom) {
  char text[256];
  if (to->ended) return;
  snprintf(text, sizeof text, "no relation is called \"%s\" yet, without columns",
           dsr_show(atom->name).text);
  to->any = true;
  to->ended = to->told(to->ud, dsr_str_of(text)) != 0;
}

static dsr_status find_slips(telling *to, const dsr_atom *atom) {
  dsr_base *base = to->base;
  dsr_symbols *symbols = dsr_facts_symbols(base->facts);
  int arity;
  const dsr_relation *relation =
      dsr_relation_find(base->facts, atom->name, atom->n_args);
  bool known = relation != NULL;
  if (known) TRY(dsr_relation_known(base->facts, relation, &known));
  if (!atom->curie && !known) {
    dsr_str near = dsr_relation_nearest(base->facts, atom->name, &arity);
    tell_slip(to, "no relation is called", atom->name, near);
    if (near.len == 0 && atom->n_args == 0) tell_bare(to, atom);
  }
  for (int i = 0; i < atom->n_args; i++) {
    const dsr_term *term = &atom->args[i];
    dsr_word word;
    dsr_str near;
    if (term->kind != DSR_TERM_ENTITY || term->curie) continue;
    dsr_status rc = dsr_symbols_find(symbols, DSR_SYM_ENTITY, term->text, &word);
    if (rc < 0) return rc;
    if (rc == DSR_OK) TRY(dsr_entity_known(base->facts, word, &known));
    if (rc == DSR_OK && known) continue;
    TRY(dsr_entity_nearest(base->facts, term->text, &near));
    tell_slip(to, "no fact speaks of", term->text, near);
  }
  return DSR_OK;
}

dsr_status dsr_base_fact_slips(dsr_base *base, const char *fact, dsr_told told,
                               void *ud) {
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts, false));
  dsr_program program = {0};
  telling to = {.base = base, .told = told, .ud = ud};
  dsr_status rc = dsr_base_read_one(base, "<fact>", dsr_str_of(fact), true, &program);
  if (rc >= 0) rc = find_slips(&to, &program.clauses.items[0].head);
  dsr_program_free(&program);
  if (rc < 0) return rc;
  return to.any ? DSR_OK : DSR_NOTHING;
}

/* ---- undoing -------------------------------------------------------------------- */

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
