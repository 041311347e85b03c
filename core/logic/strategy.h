/*
** strategy.h - how a rulebook is evaluated in a world, and the evaluation.
**
** A *strategy* is what can be known before a run: which predicates are on the world's shelf
** already (their rules are left out, and they are read as tables are), the rulebook that
** derives only what is asked for of the rest (demand.c), and the paths of its rules.  It is
** good for the book as long as the world's base stands still, whatever the parameters are;
** a run makes it where there is none or the shelf has other things now.  So a query that
** runs again costs its pipelines and what these do, and no planning.
**
** An *evaluation* is one run: calls, extents, pipelines.  What it has derived whole goes to
** the shelf when it has come to its end.
**
** Whoever explains (`anew`) uses no shelf and adds nothing: all of it is derived again.
*/
#ifndef DSR_LOGIC_STRATEGY_H
#define DSR_LOGIC_STRATEGY_H

#include "logic/world.h"

/* All zero is none yet; the book must outlive it. */
typedef struct dsr_strategy {
  const dsr_rulebook *book; /* as written */
  bool anew;
  bool whole; /* all that a body has is derived, for explanations (DSR_DEMAND_TAILS) */
  uint64_t epoch;         /* of the world */
  bool no_demand;         /* as the realm had it, and */
  unsigned shuffle;       /* ditto */
  uint32_t *numbers;      /* on the shelf, by predicate; NULL: nothing is shelved */
  bool *shelved;          /* by predicate: it is read from the shelf */
  dsr_rulebook *reduced;  /* without what is shelved; NULL: nothing is */
  dsr_rulebook *demanded; /* NULL: nothing would be saved */
  dsr_routes routes;
} dsr_strategy;

/* A run, or all zero. */
typedef struct dsr_evaluation {
  dsr_world *world;
  dsr_strategy *strategy;
  const dsr_rulebook
      *book; /* what is evaluated: `copy_of` leads to the one as written */
  dsr_calls *calls;
  dsr_eval *eval;
  dsr_router router;
  bool entered, done, only_count;
  VEC(uint32_t) borrowed; /* from the shelf */
  dsr_extent *answers;    /* of the book's query; NULL where it has none */
} dsr_evaluation;

/* Begin to use a strategy for another book; what it had is let go. */
void dsr_strategy_start(dsr_strategy *strategy, const dsr_rulebook *book, bool anew);
void dsr_strategy_stop(dsr_strategy *strategy);

/* Evaluate, with the parameters that the book as written has now.  `only_count`: nobody
** reads the answers, only how many there are.  Ended by
** dsr_evaluation_stop(), also after a failure. */
dsr_status dsr_evaluation_run(dsr_evaluation *evaluation, dsr_world *world,
                              dsr_strategy *strategy, bool only_count);
void dsr_evaluation_stop(dsr_evaluation *evaluation);

/* ---- reduce.c ---------------------------------------------------------------------- */

/* The book with the predicates that have an extent (by predicate) as tables, without their
** rules and those that nothing needs any more; numbers stay.  It borrows all else from
** `book`. */
dsr_status dsr_rulebook_reduce(const dsr_rulebook *book, dsr_extent *const *extents,
                               dsr_error *error, dsr_rulebook **out);

#endif
