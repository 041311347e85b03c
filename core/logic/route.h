/*
** route.h - from a rulebook to pipelines: which order a body is joined in, by which indexes.
**
** A body is a graph of goals over variables.  A *route* fixes the order in which variables
** are filled.  Where the body is acyclic (an ear removal ends, GYO), atoms are joined one
** after the other, the most selective first; a last column that nobody but the head needs
** is filled last, so that whole rows are added at once.  Where it is cyclic, variables are
** filled one at a time, each from all atoms that have it and whose columns before it are
** filled (generic join), so the work is within the bound of the largest possible answer.
** Comparisons, tests, calls and negated atoms run as soon as what they read is filled.
**
** Estimates come from the extents' counts and distinct prefixes where they are filled
** already, and from the rules' own shape where not.  Each rule gets a pipeline for every
** atom whose extent may still grow, with that atom first, and one that runs once where none
** may.  Orders of columns are chosen for all pipelines together: one index serves every
** prefix of its order.
*/
#ifndef DSR_LOGIC_ROUTE_H
#define DSR_LOGIC_ROUTE_H

#include "eval/loop.h"
#include "logic/rule.h"

/* What the planner is told to do, for tests and measurements.  All zero is the default. */
typedef struct dsr_route_options {
  unsigned shuffle; /* a seed: take any order that is right instead of a good one */
  bool no_generic_join;
} dsr_route_options;

/* Where a predicate's tuples are: for base and table predicates filled by the caller. */
typedef struct dsr_seat {
  dsr_extent *extent;
} dsr_seat;

/* Functions that goals call at run time: one object for the world, see world.h. */
typedef struct dsr_calls dsr_calls;

/* Make the eval's extents (for ruled predicates; `seats` has one entry a predicate, those
** of base and table predicates set), components (in order of the book's strata, with the
** same numbers), pipelines and folds.  `ranks` of the calls' user data: see call.h. */
dsr_status dsr_route_plan(const dsr_rulebook *book, const dsr_route_options *options,
                          dsr_seat *seats, dsr_calls *calls, dsr_eval *eval,
                          dsr_error *error);

/* The plan in words, a line each operator, in `arena`: what --explain prints; with the
** counts and times of the runs so far. */
dsr_status dsr_route_explain(const dsr_rulebook *book, const dsr_eval *eval,
                             dsr_arena *arena, dsr_str *out);

#endif
