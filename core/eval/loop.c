/*
** loop.c - running components to their fixpoints.
**
** A component is run by turns: what its ordinary feeds hold is handed to their pipelines
** until all of them are dry; then the components that it calls are run; then what waited on
** the guarded feeds when these came back is handed out; and again, until a turn finds
** nothing.  Then its folds are made, which may feed others.
**
** A feed hands out some thousand tuples at a time, in order of arrival, so that pipelines
** run over whole batches and no tuple waits for long.
*/
#include "eval/loop.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ground/mem.h"

enum {
  CHUNKS = 4096,       /* at most handed out at once */
  CHUNK_TUPLES = 8192, /* of some so many tuples */
  LOOKS = 16,          /* batches between two looks at clock and memory */
};

typedef struct feed {
  dsr_extent *extent;
  dsr_tap *tap;
  bool guarded;
  VEC(dsr_pipeline *) pipelines;
} feed;

typedef struct fold {
  dsr_extent *from, *to;
  dsr_tap *tap;
  dsr_index *index; /* of `from`, by its groups */
  int group;
  dsr_fold_call call;
  void *ud;
} fold;

typedef struct component {
  VEC(dsr_pipeline *) once;
  bool begun;
  VEC(feed) feeds;
  VEC(fold) folds;
  VEC(int) calls;
} component;

struct dsr_eval {
  dsr_numbers *numbers;
  dsr_error *error;
  VEC(dsr_extent *) extents;
  VEC(dsr_pipeline *) pipelines;
  VEC(component) components;
  dsr_bounds bounds; /* of the run at work */
  int64_t due;       /* milliseconds; 0: no limit */
  unsigned looks;
  dsr_guard guard;
};

static dsr_status no_memory(dsr_eval *eval) { return dsr_fail_memory(eval->error); }

/* ---- making ---------------------------------------------------------------------- */

static dsr_status look(void *ud);

dsr_status dsr_eval_new(dsr_numbers *numbers, dsr_error *error, dsr_eval **out) {
  dsr_eval *eval = dsr_alloc(sizeof *eval);
  if (eval == NULL) return dsr_fail_memory(error);
  eval->numbers = numbers;
  eval->error = error;
  eval->guard = (dsr_guard){look, eval};
  *out = eval;
  return DSR_OK;
}

static void free_component(component *c) {
  for (size_t i = 0; i < c->feeds.len; i++) VEC_FREE(&c->feeds.items[i].pipelines);
  VEC_FREE(&c->once);
  VEC_FREE(&c->feeds);
  VEC_FREE(&c->folds);
  VEC_FREE(&c->calls);
}

void dsr_eval_free(dsr_eval *eval) {
  if (eval == NULL) return;
  for (size_t i = 0; i < eval->components.len; i++) {
    free_component(&eval->components.items[i]);
  }
  for (size_t i = 0; i < eval->pipelines.len; i++) {
    dsr_pipeline_free(eval->pipelines.items[i]);
  }
  for (size_t i = 0; i < eval->extents.len; i++) {
    dsr_extent_free(eval->extents.items[i]);
  }
  VEC_FREE(&eval->components);
  VEC_FREE(&eval->pipelines);
  VEC_FREE(&eval->extents);
  dsr_free(eval);
}

dsr_status dsr_eval_extent(dsr_eval *eval, dsr_extent_kind kind, int width,
                           dsr_extent **out) {
  if (!VEC_RESERVE(&eval->extents, 1)) return no_memory(eval);
  TRY(dsr_extent_new(kind, width, eval->error, out));
  (void)VEC_PUSH(&eval->extents, *out);
  return DSR_OK;
}

dsr_status dsr_eval_component(dsr_eval *eval, int *out) {
  component fresh = {0};
  if (!VEC_PUSH(&eval->components, fresh)) return no_memory(eval);
  *out = (int)eval->components.len - 1;
  return DSR_OK;
}

/* A pipeline that the eval owns. */
static dsr_status add_pipeline(dsr_eval *eval, const dsr_op *ops, int n,
                               dsr_pipeline **out) {
  if (!VEC_RESERVE(&eval->pipelines, 1)) return no_memory(eval);
  TRY(dsr_pipeline_new(ops, n, eval->error, out));
  (void)VEC_PUSH(&eval->pipelines, *out);
  return DSR_OK;
}

dsr_status dsr_eval_once(dsr_eval *eval, int at, const dsr_op *ops, int n,
                         dsr_pipeline **out) {
  component *c = &eval->components.items[at];
  if (!VEC_RESERVE(&c->once, 1)) return no_memory(eval);
  TRY(add_pipeline(eval, ops, n, out));
  (void)VEC_PUSH(&c->once, *out);
  return DSR_OK;
}

/* The component's feed of an extent, made if there is none. */
static dsr_status find_feed(dsr_eval *eval, component *c, dsr_extent *extent,
                            bool guarded, feed **out) {
  for (size_t i = 0; i < c->feeds.len; i++) {
    *out = &c->feeds.items[i];
    if ((*out)->extent == extent && (*out)->guarded == guarded) return DSR_OK;
  }
  feed fresh = {.extent = extent, .guarded = guarded};
  TRY(dsr_extent_tap(extent, &fresh.tap));
  if (!VEC_PUSH(&c->feeds, fresh)) return no_memory(eval);
  *out = &c->feeds.items[c->feeds.len - 1];
  return DSR_OK;
}

dsr_status dsr_eval_feed(dsr_eval *eval, int at, dsr_extent *extent, bool guarded,
                         const dsr_op *ops, int n, dsr_pipeline **out) {
  feed *to = NULL;
  TRY(find_feed(eval, &eval->components.items[at], extent, guarded, &to));
  if (!VEC_RESERVE(&to->pipelines, 1)) return no_memory(eval);
  TRY(add_pipeline(eval, ops, n, out));
  (void)VEC_PUSH(&to->pipelines, *out);
  return DSR_OK;
}

dsr_status dsr_eval_fold(dsr_eval *eval, int at, dsr_extent *from, int group,
                         dsr_fold_call call, void *ud, dsr_extent *to) {
  uint8_t order[DSR_WIDTH_MAX];
  component *c = &eval->components.items[at];
  fold fresh = {.from = from, .to = to, .group = group, .call = call, .ud = ud};
  for (int i = 0; i < DSR_WIDTH_MAX; i++) order[i] = (uint8_t)i;
  if (!VEC_RESERVE(&c->folds, 1)) return no_memory(eval);
  TRY(dsr_extent_index(from, order, group, false, &fresh.index));
  TRY(dsr_extent_tap(from, &fresh.tap));
  (void)VEC_PUSH(&c->folds, fresh);
  return DSR_OK;
}

dsr_status dsr_eval_calls(dsr_eval *eval, int at, int callee) {
  component *c = &eval->components.items[at];
  return VEC_PUSH(&c->calls, callee) ? DSR_OK : no_memory(eval);
}

/* ---- limits ---------------------------------------------------------------------- */

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t dsr_eval_kept(const dsr_eval *eval) {
  uint64_t n = 0;
  for (size_t i = 0; i < eval->pipelines.len; i++) {
    n += dsr_pipeline_stats_of(eval->pipelines.items[i])->kept;
  }
  return n;
}

uint64_t dsr_eval_made(const dsr_eval *eval) {
  uint64_t n = 0;
  for (size_t i = 0; i < eval->pipelines.len; i++) {
    n += dsr_pipeline_stats_of(eval->pipelines.items[i])->made;
  }
  return n;
}

size_t dsr_eval_bytes(const dsr_eval *eval) {
  size_t n = dsr_numbers_bytes(eval->numbers);
  for (size_t i = 0; i < eval->extents.len; i++) {
    n += dsr_extent_bytes(eval->extents.items[i]);
  }
  return n;
}

/* The words say what would let it end: a rule may count without end, or the limit may be
** too low. */
static dsr_status passed(dsr_eval *eval, const char *what) {
  return dsr_fail(
      eval->error, DSR_ELIMIT,
      "%s; a rule that computes new values without end is stopped this way: "
      "bound its values, bind more of the query, or raise the limit",
      what);
}

static dsr_status look_closely(dsr_eval *eval) {
  char what[120];
  const dsr_bounds *b = &eval->bounds;
  if (b->tuples > 0 && dsr_eval_kept(eval) > b->tuples) {
    snprintf(what, sizeof what, "more than %llu tuples were derived",
             (unsigned long long)b->tuples);
    return passed(eval, what);
  }
  if (b->bytes > 0 && dsr_eval_bytes(eval) > b->bytes) {
    snprintf(what, sizeof what, "deriving took more than %zu MB of memory",
             b->bytes >> 20);
    return passed(eval, what);
  }
  if (eval->due > 0 && milliseconds() > eval->due) {
    snprintf(what, sizeof what, "deriving took more than %lld ms",
             (long long)b->milliseconds);
    return passed(eval, what);
  }
  return DSR_OK;
}

/* Looked at by pipelines, once a batch. */
static dsr_status look(void *ud) {
  dsr_eval *eval = ud;
  if (eval->bounds.stop != NULL && *eval->bounds.stop != 0) {
    return dsr_fail(eval->error, DSR_ESTOPPED, "the query was stopped");
  }
  return ++eval->looks % LOOKS == 0 ? look_closely(eval) : DSR_OK;
}

/* ---- running --------------------------------------------------------------------- */

static dsr_status run_component(dsr_eval *eval, int at, bool *progress);

static dsr_status run_once(dsr_eval *eval, component *c, bool *progress) {
  if (c->begun) return DSR_OK;
  c->begun = *progress = true;
  for (size_t i = 0; i < c->once.len; i++) {
    TRY(dsr_pipeline_run(c->once.items[i], NULL, 0, &eval->guard));
  }
  return DSR_OK;
}

/* Hand chunks to all pipelines of a feed. */
static dsr_status hand_out(dsr_eval *eval, const feed *f, const dsr_chunk *chunks,
                           size_t n) {
  TRY(look(eval));
  for (size_t i = 0; i < f->pipelines.len; i++) {
    TRY(dsr_pipeline_run(f->pipelines.items[i], chunks, n, &eval->guard));
  }
  return DSR_OK;
}

/* Take from each ordinary feed in turn until all are dry. */
static dsr_status run_feeds(dsr_eval *eval, component *c, dsr_chunk *chunks,
                            bool *progress) {
  bool more = true;
  while (more) {
    more = false;
    for (size_t i = 0; i < c->feeds.len; i++) {
      size_t n;
      const feed *f = &c->feeds.items[i];
      if (f->guarded) continue;
      TRY(dsr_tap_take(f->tap, chunks, CHUNKS, CHUNK_TUPLES, &n));
      if (n == 0) continue;
      more = *progress = true;
      TRY(hand_out(eval, f, chunks, n));
    }
  }
  return DSR_OK;
}

/* Chunks that wait, and on which feed. */
typedef struct waiting {
  VEC(dsr_chunk) chunks;
  VEC(size_t) ends; /* by guarded feed: where its chunks end */
} waiting;

/* Take all that waits on a feed. */
static dsr_status take_all(dsr_eval *eval, const feed *f, waiting *w) {
  size_t n = 1;
  while (n > 0) {
    if (!VEC_RESERVE(&w->chunks, CHUNKS)) return no_memory(eval);
    TRY(dsr_tap_take(f->tap, w->chunks.items + w->chunks.len, CHUNKS, SIZE_MAX, &n));
    w->chunks.len += n;
  }
  return VEC_PUSH(&w->ends, w->chunks.len) ? DSR_OK : no_memory(eval);
}

static dsr_status take_guarded(dsr_eval *eval, const component *c, waiting *w) {
  for (size_t i = 0; i < c->feeds.len; i++) {
    if (c->feeds.items[i].guarded) TRY(take_all(eval, &c->feeds.items[i], w));
  }
  return DSR_OK;
}

static dsr_status give_guarded(dsr_eval *eval, const component *c, const waiting *w,
                               bool *progress) {
  size_t from = 0, at = 0;
  for (size_t i = 0; i < c->feeds.len; i++) {
    if (!c->feeds.items[i].guarded) continue;
    size_t to = w->ends.items[at++];
    if (to > from) {
      *progress = true;
      TRY(hand_out(eval, &c->feeds.items[i], w->chunks.items + from, to - from));
    }
    from = to;
  }
  return DSR_OK;
}

/* What waits on guarded feeds was called for, since the calls were made after it came; what
** comes while it is handed out was not, and waits for the next turn. */
static dsr_status run_guarded(dsr_eval *eval, const component *c, bool *progress) {
  waiting w = {0};
  dsr_status rc = take_guarded(eval, c, &w);
  if (rc >= 0) rc = give_guarded(eval, c, &w, progress);
  VEC_FREE(&w.chunks);
  VEC_FREE(&w.ends);
  return rc;
}

static dsr_status run_calls(dsr_eval *eval, component *c, bool *progress) {
  for (size_t i = 0; i < c->calls.len; i++) {
    TRY(run_component(eval, c->calls.items[i], progress));
  }
  return DSR_OK;
}

/* ---- folds ----------------------------------------------------------------------- */

/* The rest columns of the tuples of a group, row after row. */
typedef struct gathered {
  VEC(uint32_t) rows;
  size_t n;
} gathered;

static dsr_status gather(dsr_eval *eval, const fold *f, const uint32_t *group,
                         gathered *out) {
  dsr_range range;
  int width = dsr_extent_width(f->from), rest = width - f->group;
  bool tuples = dsr_index_kind(f->index) == DSR_RANGE_TUPLES;
  out->rows.len = out->n = 0;
  if (!dsr_index_range(f->index, group, f->group, &range)) return DSR_OK;
  if (!VEC_RESERVE(&out->rows, (size_t)range.n * (size_t)rest)) return no_memory(eval);
  for (uint32_t i = 0; i < range.n; i++) {
    if (tuples && !dsr_extent_counts(f->from, range.items[i])) continue;
    const uint32_t *from =
        tuples ? dsr_extent_tuple(f->from, range.items[i]) + f->group : &range.items[i];
    memcpy(out->rows.items + out->rows.len, from, (size_t)rest * sizeof *from);
    out->rows.len += (size_t)rest;
    out->n++;
  }
  return DSR_OK;
}

/* Fold one group, unless that was done. */
static dsr_status fold_group(dsr_eval *eval, const fold *f, const uint32_t *group,
                             gathered *rows) {
  uint32_t tuple[DSR_WIDTH_MAX];
  TRY(gather(eval, f, group, rows));
  if (f->group > 0) memcpy(tuple, group, (size_t)f->group * sizeof *group);
  dsr_status rc = f->call(f->ud, rows->rows.items, rows->n,
                          dsr_extent_width(f->from) - f->group, &tuple[f->group]);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  rc = dsr_extent_add(f->to, tuple);
  return rc < 0 ? rc : DSR_OK;
}

/* The groups of a chunk. */
static dsr_status fold_chunk(dsr_eval *eval, const fold *f, const dsr_chunk *chunk,
                             gathered *rows) {
  int width = dsr_extent_width(f->from);
  uint32_t last[DSR_WIDTH_MAX], *key = last;
  bool any = false;
  if (width == 2 && f->group == 1) return fold_group(eval, f, &chunk->key, rows);
  if (f->group == 0) return fold_group(eval, f, last, rows);
  for (uint32_t i = chunk->from; i < chunk->to; i++) {
    const uint32_t *items = dsr_chunk_items(f->from, chunk);
    uint32_t pair[2] = {chunk->key, items != NULL ? items[i - chunk->from] : 0};
    const uint32_t *tuple = width > 2    ? dsr_extent_tuple(f->from, i)
                            : width == 2 ? pair
                                         : &pair[1];
    size_t bytes = (size_t)f->group * sizeof *tuple;
    if (any && memcmp(last, tuple, bytes) == 0) continue;
    memcpy(key, tuple, bytes);
    any = true;
    TRY(fold_group(eval, f, key, rows));
  }
  return DSR_OK;
}

static dsr_status run_folds(dsr_eval *eval, component *c, dsr_chunk *chunks,
                            bool *progress) {
  gathered rows = {0};
  dsr_status rc = DSR_OK;
  for (size_t i = 0; i < c->folds.len && rc >= 0; i++) {
    const fold *f = &c->folds.items[i];
    size_t n = 1;
    while (rc >= 0) {
      rc = dsr_tap_take(f->tap, chunks, CHUNKS, SIZE_MAX, &n);
      if (rc < 0 || n == 0) break;
      *progress = true;
      for (size_t k = 0; k < n && rc >= 0; k++) {
        rc = fold_chunk(eval, f, &chunks[k], &rows);
      }
    }
  }
  VEC_FREE(&rows.rows);
  return rc;
}

/* ---- the whole ------------------------------------------------------------------- */

static dsr_status run_turns(dsr_eval *eval, int at, dsr_chunk *chunks, bool *progress) {
  bool more = true;
  while (more) {
    component *c = &eval->components.items[at];
    more = false;
    TRY(run_once(eval, c, &more));
    TRY(run_feeds(eval, c, chunks, &more));
    TRY(run_calls(eval, c, &more));
    TRY(run_guarded(eval, c, &more));
    *progress = *progress || more;
  }
  return run_folds(eval, &eval->components.items[at], chunks, progress);
}

static dsr_status run_component(dsr_eval *eval, int at, bool *progress) {
  dsr_chunk *chunks = dsr_alloc(CHUNKS * sizeof *chunks);
  if (chunks == NULL) return no_memory(eval);
  dsr_status rc = run_turns(eval, at, chunks, progress);
  dsr_free(chunks);
  return rc;
}

dsr_status dsr_eval_run(dsr_eval *eval, int at, const dsr_bounds *bounds) {
  bool progress = false;
  eval->bounds = bounds != NULL ? *bounds : (dsr_bounds){0};
  eval->due =
      eval->bounds.milliseconds > 0 ? milliseconds() + eval->bounds.milliseconds : 0;
  TRY(look_closely(eval));
  return run_component(eval, at, &progress);
}
