/*
** replay.c - the transactions of a history, one after the other, into an empty base.
**
** They land together, as one commit: all of them, or none.  Numbers are given from 1
** without gaps, as those of an export are; stamps are kept, so that what was known at a time
** is known again.  Which files made the claims is not, and is not noted.
**
** In a transaction a claim that is retracted is spelled out, and exactly that is closed.
*/
#include "logic/replay.h"

#include <inttypes.h>

static bool is_claim(dsr_clause_kind kind) {
  return kind == DSR_CLAUSE_FACT || kind == DSR_CLAUSE_VERDICT ||
         kind == DSR_CLAUSE_RETRACT || kind == DSR_CLAUSE_RETRACT_VERDICT;
}

static bool is_recorded(dsr_clause_kind kind) {
  return is_claim(kind) || kind == DSR_CLAUSE_SOURCE || kind == DSR_CLAUSE_PREFIX;
}

/* Claims stand in transactions, all else outside of them. */
static void check_place(dsr_resolve *r, const dsr_clause *clause) {
  dsr_resolve_clause(r, clause);
  if (clause->transaction == 0 && is_recorded(clause->kind)) {
    dsr_resolve_fail(r, clause->at, DSR_ESYNTAX,
                     "beside transactions, what is recorded stands in one of them");
  }
  if (clause->transaction > 0 && !is_claim(clause->kind)) {
    dsr_resolve_fail(
        r, clause->at, DSR_ESYNTAX,
        "a transaction holds claims, verdicts and retractions; sources and "
        "prefixes are written as facts there, and declarations of "
        "relations, rules and queries stand outside");
  }
}

/* DSR_NOTHING, told at the first transaction, where the base is not empty. */
static dsr_status check_empty(dsr_resolve *r) {
  const dsr_replayed *first = &r->program->transactions.items[0];
  dsr_store *store = dsr_facts_store(r->facts);
  uint64_t n = dsr_store_next(store, DSR_REC_TXN) - 1;
  if (n == 0 && dsr_facts_changes(r->facts) == 0) return DSR_OK;
  r->file = first->file;
  r->clause = NULL;
  dsr_resolve_fail(r, first->at, DSR_EDECLARE,
                   "a history is replayed into an empty base, and this one has %" PRIu64
                   " transaction%s; load it into a new one",
                   n, n == 1 ? "" : "s");
  return DSR_NOTHING;
}

/* Are all clauses where they may be?  Below zero for hard failures only. */
static dsr_status check_places(dsr_resolve *r) {
  const dsr_clause *clause;
  dsr_status rc;
  dsr_clauses walk = dsr_clauses_start(r->program, 0, dsr_facts_error(r->facts));
  while ((rc = dsr_clauses_next(&walk, &clause)) == DSR_ROW) {
    check_place(r, clause);
    if (clause->transaction > 0) dsr_clauses_skip(&walk);
  }
  r->clause = NULL;
  dsr_clauses_stop(&walk);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_replay(dsr_resolve *r, dsr_loading *how) {
  const dsr_program *program = r->program;
  size_t at = 0;
  dsr_status rc = check_empty(r);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  TRY(check_places(r));
  if (r->error->count > 0) return DSR_OK;
  for (size_t i = 0; i < program->transactions.len; i++) {
    TRY(dsr_facts_replay(r->facts, program->transactions.items[i].stamp, i > 0));
    dsr_resolve_forget(r);
    TRY(dsr_load_clauses(r, how, (int)i + 1, &at));
  }
  return DSR_OK;
}
