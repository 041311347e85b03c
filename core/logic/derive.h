/*
** derive.h - answering a query by rules: the whole way from clauses to rows.
**
** A derivation is made once for a query and run as often as wanted.  Making it checks the
** program; running it makes the rulebook for the base as it is (unless that stands since the
** last run), transforms it by demand, plans and evaluates it stratum by stratum, and leaves
** the answers: a set of rows in value order, unless only their number is asked for.
**
** Cost: what the evaluation costs; see answers.h for what the answers take.
*/
#ifndef DSR_LOGIC_DERIVE_H
#define DSR_LOGIC_DERIVE_H

#include "logic/answers.h"
#include "logic/world.h"

typedef struct dsr_derivation dsr_derivation;

/* What is wanted of a run. */
enum {
  DSR_DERIVE_ROWS = 1,    /* the answers, not only how many there are */
  DSR_DERIVE_EXPLAIN = 2, /* the plan in words */
};

/* Make one for a query clause of `program`; both must outlive it.  DSR_ESYNTAX,
** DSR_ERELATION, DSR_ETYPE ... with place and caret in the facts' error. */
dsr_status dsr_derivation_new(dsr_world *world, const dsr_program *program,
                              const dsr_clause *query, dsr_derivation **out);
void dsr_derivation_free(dsr_derivation *derivation);

/* The rulebook of the query, as written: its columns and parameters; good until a run. */
const dsr_rulebook *dsr_derivation_book(const dsr_derivation *derivation);

/* Evaluate with these parameters, a word each in the book's order.  Whatever ran before is
** forgotten. */
dsr_status dsr_derivation_run(dsr_derivation *derivation, const dsr_word *given,
                              unsigned wanted, const dsr_answers_key *keys, int n_keys);
/* After a run: how many answers; row `at`, a word a column; tuples kept by all rules, those
** of demands among them; the plan, borrowed until the next run. */
uint64_t dsr_derivation_count(const dsr_derivation *derivation);
void dsr_derivation_row(const dsr_derivation *derivation, uint64_t at, dsr_word *out);
uint64_t dsr_derivation_kept(const dsr_derivation *derivation);
/* Facts of the base that were read: those that runs before have left are not. */
uint64_t dsr_derivation_read(const dsr_derivation *derivation);
dsr_str dsr_derivation_plan(const dsr_derivation *derivation);
/* Let go of what a run left, but for what it kept and read. */
void dsr_derivation_reset(dsr_derivation *derivation);

#endif
