/*
** derive.h - answering a query by rules: the whole way from clauses to rows.
**
** A derivation is made once for a query and run as often as wanted.  Making it checks the
** program; running it makes the rulebook for the base as it is, transforms it by demand,
** stratifies, plans and evaluates it component by component, and leaves the answers: a set
** of rows, in value order of their columns unless only their number is asked for.
**
** Cost: what the evaluation costs; the answers take 4 bytes a column and row, and sorting
** them a rank for each value that occurs.
*/
#ifndef DSR_LOGIC_DERIVE_H
#define DSR_LOGIC_DERIVE_H

#include "logic/world.h"

typedef struct dsr_derivation dsr_derivation;

/* Make one for the query clause of `program`; both must outlive it.  DSR_ESYNTAX,
** DSR_ERELATION, DSR_ETYPE ... with place and caret in the facts' error. */
dsr_status dsr_derivation_new(dsr_world *world, const dsr_program *program,
                              const dsr_clause *query, dsr_derivation **out);
void dsr_derivation_free(dsr_derivation *derivation);

/* Evaluate; `rows` false: only to count.  Parameters are told by `given`, a word each, in
** the order of the rulebook's.  Whatever ran before is forgotten. */
dsr_status dsr_derivation_run(dsr_derivation *derivation, const dsr_word *given,
                              bool rows);
/* After a run. */
uint64_t dsr_derivation_count(const dsr_derivation *derivation);
/* Row `at` of the answers in value order: a word a column, into `out`. */
void dsr_derivation_row(const dsr_derivation *derivation, uint64_t at, dsr_word *out);
/* Let go of what a run left. */
void dsr_derivation_reset(dsr_derivation *derivation);

/* Tuples kept in the last run, those of `demand` among them. */
uint64_t dsr_derivation_kept(const dsr_derivation *derivation);

/* The plan of the last run in words, in `arena`; before any run, one is planned. */
dsr_status dsr_derivation_explain(dsr_derivation *derivation, dsr_arena *arena,
                                  dsr_str *out);

#endif
