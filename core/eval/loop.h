/*
** loop.h - components of rules, each run until it derives nothing new.
**
** A component is a set of predicates that depend on one another.  Its rules are
** pipelines: those that run *once*, and for each atom of a body whose extent may still
** grow a pipeline that is *fed* by a tap of that extent.  Each tuple passes each tap
** once, after it was added, and every pipeline sees in its other extents at least what
** passed before: so no derivation is missed, and no round is a copy (semi-naive
** evaluation; asynchronous, as there is no barrier between rounds).
**
** Negation and aggregates read extents that are complete.  Without demand they are,
** since components run in order.  With demand (magic sets), what is complete is what
** was asked for: a component *calls* others, that is, runs them to their fixpoint
** whenever its own ordinary feeds have run dry, and only then hands out what waits on
** its *guarded* feeds, whose pipelines read what the called ones were asked for.  A
** called component is never one that calls back: the order of strata is that of the
** program as written.
**
** A *fold* makes an extent of groups and aggregates from an extent of tuples: at the
** component's fixpoint, each group that got new tuples since is folded whole.
**
** Cost: what the pipelines cost; a chunk is looked at once for each tap.
*/
#ifndef DSR_EVAL_LOOP_H
#define DSR_EVAL_LOOP_H

#include "eval/pipeline.h"

/* All tuples of one group, folded: `rows` are n tuples of `width` numbers (those after
** the group).  *out is the aggregate; DSR_NOTHING where the group has none. */
typedef dsr_status (*dsr_fold_call)(void *ud, const uint32_t *rows, size_t n, int width,
                                    uint32_t *out);

typedef struct dsr_eval dsr_eval;

/* Bounds of a run; 0 is none. */
typedef struct dsr_bounds {
  uint64_t tuples; /* kept, in all made extents together */
  size_t bytes;
  int64_t milliseconds;
  const volatile int *stop; /* non-zero: end with DSR_ESTOPPED; may be set by another
                            ** thread or a signal's handler; NULL: none */
  dsr_progress progress;    /* told of a run of over a second: what is at work, tuples
                            ** kept, 0; non-zero ends it with DSR_ESTOPPED; or NULL */
  void *ud;
  int threads; /* 0 and 1: the caller's alone; at most DSR_THREADS_MOST */
  uint64_t
      worth; /* rows that a run of a pipeline looks at to be done by several threads;
                  ** 0: as many as pay */
} dsr_bounds;

/* What is at work: a pipeline, or the fold into an extent; one of the two is NULL. */
typedef struct dsr_at_work {
  const dsr_pipeline *pipeline;
  const dsr_extent *fold;
} dsr_at_work;
/* Write what messages call it, "rule reach at a.dl:12", in at most `size` bytes with the
** last a NUL; nothing where it has no name. */
typedef void (*dsr_eval_label)(void *ud, const dsr_at_work *at, char *out, size_t size);

/* The clock of time limits and of progress begins here. */
dsr_status dsr_eval_new(dsr_numbers *numbers, dsr_error *error, dsr_eval **out);
void dsr_eval_free(dsr_eval *eval); /* and its extents, pipelines and components */

/* How what is at work is called where a run is stopped or tells how far it is. */
void dsr_eval_labels(dsr_eval *eval, dsr_eval_label call, void *ud);

/* A further extent, component, pipeline: owned by the eval, which gives numbers from 0.
** */
dsr_status dsr_eval_extent(dsr_eval *eval, dsr_extent_kind kind, int width,
                           dsr_extent **out);
/* An extent of the eval's is the caller's from now on; the eval may only be freed then. */
void dsr_eval_release(dsr_eval *eval, const dsr_extent *extent);
dsr_status dsr_eval_component(dsr_eval *eval, int *out);
dsr_status dsr_eval_once(dsr_eval *eval, int component, const dsr_op *ops, int n,
                         dsr_pipeline **out);
dsr_status dsr_eval_feed(dsr_eval *eval, int component, dsr_extent *extent,
                         bool guarded, const dsr_op *ops, int n, dsr_pipeline **out);
/* `from` has `group` columns and more; `to` has group + 1. */
dsr_status dsr_eval_fold(dsr_eval *eval, int component, dsr_extent *from, int group,
                         dsr_fold_call call, void *ud, dsr_extent *to);
dsr_status dsr_eval_calls(dsr_eval *eval, int component, int callee);

/* Run a component to its fixpoint.  Run again it goes on with what is new in the
** extents that feed it.  After a failure (DSR_ELIMIT, DSR_ESTOPPED, DSR_ENOMEM, or what
** a function came to) the eval can only be freed. */
dsr_status dsr_eval_run(dsr_eval *eval, int component, const dsr_bounds *bounds);

/* For other work, after runs, under the same bounds and on the same clock: what is to be
** looked at now and then.  Messages call it `what`, which is borrowed. */
const dsr_guard *dsr_eval_guard(dsr_eval *eval, const dsr_bounds *bounds,
                                const char *what);

/* Tuples kept and emitted in all runs so far; bytes held now. */
uint64_t dsr_eval_kept(const dsr_eval *eval);
uint64_t dsr_eval_made(const dsr_eval *eval);
/* Runs of pipelines that several threads did together. */
uint64_t dsr_eval_apart(const dsr_eval *eval);
size_t dsr_eval_bytes(const dsr_eval *eval);

#endif
