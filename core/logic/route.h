/*
** route.h - from a rulebook to pipelines: which order a body is joined in, by which indexes.
**
** A body is a set of goals over variables.  A *path* is one order of doing them: every step
** fills one variable from the atoms that have it and whose columns before it are filled
** (generic join: the shortest range is walked, the others are asked, so that the work on a
** cyclic body stays within the bound of its largest possible answer), or all that is left
** of one wide atom.  Where the body is acyclic, an atom that would only be asked takes part
** where it is expected to say no, and is joined in its turn where not.  Comparisons, tests,
** calls, atoms with nothing left to fill and negated atoms run as soon as what they read is
** filled.
**
** Of all orders the one with the least expected cost is taken: rows that come out of each
** step, by the extents' counts and their columns' distinct values.  The search goes through
** all sets of variables where there are few, else it takes the next step with the fewest
** rows.  A stratum is planned right before it is first run, when the strata before it are
** complete and their sizes known.
**
** A rule gets a pipeline for every atom whose extent may still grow while the stratum runs,
** with that atom first, and where none may, one that runs once.  New pairs come as pieces of
** rows: what needs the first column only is done once for the piece, and a last column that
** only the head needs is added by whole pieces.
**
** Orders of columns are chosen for all pipelines of a stratum together: one sorted order
** serves every set of known columns that it begins with.
*/
#ifndef DSR_LOGIC_ROUTE_H
#define DSR_LOGIC_ROUTE_H

#include "eval/asked.h"
#include "logic/call.h"

/* What the planner is told to do, for tests and measurements.  All zero is the default. */
typedef struct dsr_route_options {
  unsigned shuffle; /* a seed: any order that is right instead of a good one; 0: good */
} dsr_route_options;

/* Where a predicate's tuples are. */
typedef struct dsr_seat {
  dsr_extent *extent;
  bool grows; /* with demand: its tuples come as they are asked for */
  /* Told once it is needed: how many tuples, and distinct values by column. */
  bool counted;
  bool recalled; /* what is told comes from an earlier run */
  double count, distinct[DSR_WIDTH_MAX];
} dsr_seat;

/* One pipeline as planned, for explanations. */
typedef struct dsr_routed {
  const dsr_rule *rule;
  int first; /* the goal that is fed, or -1 */
  bool guarded;
  bool never; /* an extent is empty for good: there is no pipeline */
  int n_steps;
  const struct dsr_path_step *steps; /* of the routes */
  dsr_pipeline *pipeline;
} dsr_routed;

/* An order of an extent's columns, as far as it is settled: blocks of columns, a bit each,
** of which only the order of the blocks is. */
typedef struct dsr_columns {
  dsr_extent *extent;
  int n_blocks;
  unsigned blocks[DSR_WIDTH_MAX];
} dsr_columns;

/* What planning has found, for further runs of the same book on the same base: paths, and
** what they were found by.  A later run makes its pipelines of them, with other parameters
** or extents that came out otherwise; a rule that had nothing to do in earlier runs is
** planned when it first has.  All zero at first. */
typedef struct dsr_found_path {
  const dsr_rule *rule;
  int first;
  int n_steps;
  struct dsr_path_step *steps;
} dsr_found_path;
/* A predicate of which the extent is to stand in rows of a column. */
typedef struct dsr_rows_of {
  int predicate, column;
} dsr_rows_of;

typedef struct dsr_routes {
  VEC(dsr_found_path) paths;
  VEC(dsr_rows_of) rows;
  VEC(int) rows_chosen; /* strata for which they were chosen */
  dsr_seat *seats;   /* by predicate, for their numbers; NULL: no run came to its end */
  uint64_t searches; /* how many paths were looked for */
} dsr_routes;
void dsr_routes_free(dsr_routes *routes); /* empty again */

typedef struct dsr_router {
  const dsr_rulebook *book;
  dsr_routes *routes;
  const dsr_route_options *options;
  dsr_calls *calls;
  dsr_eval *eval;
  dsr_error *error;
  dsr_seat *seats;        /* by predicate */
  VEC(dsr_routed) routed; /* by stratum, as they were planned */
  VEC(dsr_columns) columns;
  uint64_t random;
  int planning;    /* the stratum at work */
  uint64_t read;   /* facts of the base that the run has read: for explanations */
  bool only_count; /* nobody reads the query's answers, only how many there are */
} dsr_router;

/* Make the eval's extents for ruled predicates and its components, numbered as the book's
** strata.  All arguments are borrowed until dsr_router_stop(); `routes` are those of the
** book, and are added to. */
dsr_status dsr_router_start(dsr_router *router, const dsr_rulebook *book,
                            dsr_routes *routes, const dsr_route_options *options,
                            dsr_calls *calls, dsr_eval *eval, dsr_error *error);
void dsr_router_stop(dsr_router *router);
/* A run came to its end: have its numbers for the next, too. */
dsr_status dsr_router_remember(const dsr_router *router);

/* Give a base predicate or a table its extent; all of them before any stratum is planned. */
void dsr_router_seat(dsr_router *router, int predicate, dsr_extent *extent);

/* Plan the rules of a stratum; those that it calls are planned before it. */
dsr_status dsr_route_stratum(dsr_router *router, int stratum);

/* May the predicate's extent grow while the stratum runs? */
bool dsr_route_grows(const dsr_router *router, int predicate, int stratum);

/* ---- label.c ---------------------------------------------------------------------- */

/* What messages call a rule at work: a dsr_eval_label whose `ud` is the router. */
void dsr_route_label(void *ud, const dsr_at_work *at, char *out, size_t size);

/* ---- seat.c ----------------------------------------------------------------------- */

/* Count the extent of a predicate and the distinct values of its columns, unless that was
** done; of what may grow while the stratum at work runs both are guessed.  Cost: a look at
** some thousand tuples, once; a stored extent is sorted. */
dsr_status dsr_seat_count(dsr_router *router, int predicate, const dsr_seat **out);

/* ---- explain.c -------------------------------------------------------------------- */

/* The plan in words: strata, the rules as rewritten, and for each pipeline its operators in
** order, a line each; after a run with tuples made and kept and milliseconds.  In `arena`.
*/
dsr_status dsr_route_explain(const dsr_router *router, dsr_arena *arena, dsr_str *out);

#endif
