/*
** loop.c - running components to their fixpoints.
**
** A component is run by turns: what its ordinary feeds hold is handed to their
** pipelines until all of them are dry; then the components that it calls are run; then
** what waited on the guarded feeds when these came back is handed out; and again, until
** a turn finds nothing.  Then its folds are made, which may feed others.
**
** With several threads pipelines are run apart where that pays (apart.h), one after the
** other as ever: the loop is the caller's alone.
**
** A feed hands out some thousand tuples at a time, in order of arrival, so that
** pipelines run over whole batches and no tuple waits for long.
*/
#include "eval/loop.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "eval/apart.h"
#include "ground/mem.h"
#include "ground/pace.h"

enum {
  CHUNKS = 4096,       /* at most handed out at once */
  CHUNK_TUPLES = 8192, /* of some so many tuples */
  COUNTS = 8,          /* batches between two looks at the number of tuples */
  LOOKS = 64,          /* the same at clock and memory */
  LABEL = 240,         /* bytes for the name of what is at work */
  GROUPED = 32,        /* for a number in words */
  CREW_TIMES =
      8, /* with several threads so many times the chunks are handed out at once */
};

typedef struct feed {
  dsr_extent *extent;
  dsr_tap *tap;
  bool guarded;
  bool
      goes_on; /* the first pipeline goes on with what it adds to rows; no other does */
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
  int64_t began;     /* milliseconds of a clock */
  unsigned looks;
  dsr_guard guard;
  dsr_at_work at_work; /* the last that ran */
  const char *beside;  /* other work that is done now; or NULL */
  dsr_eval_label label;
  void *label_ud;
  dsr_pace pace;
  uint64_t folded; /* tuples that folds made */
  dsr_crew *crew;  /* NULL: the caller alone */
};

static dsr_status no_memory(dsr_eval *eval) { return dsr_fail_memory(eval->error); }

/* ---- making ---------------------------------------------------------------------- */

static dsr_status look(void *ud);
static int64_t milliseconds(void);

dsr_status dsr_eval_new(dsr_numbers *numbers, dsr_error *error, dsr_eval **out) {
  dsr_eval *eval = dsr_alloc(sizeof *eval);
  if (eval == NULL) return dsr_fail_memory(error);
  eval->numbers = numbers;
  eval->error = error;
  eval->guard = (dsr_guard){look, eval};
  eval->began = milliseconds();
  *out = eval;
  return DSR_OK;
}

void dsr_eval_labels(dsr_eval *eval, dsr_eval_label call, void *ud) {
  eval->label = call;
  eval->label_ud = ud;
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
  dsr_crew_free(eval->crew);
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

void dsr_eval_release(dsr_eval *eval, const dsr_extent *extent) {
  for (size_t i = 0; i < eval->extents.len; i++) {
    if (eval->extents.items[i] != extent) continue;
    eval->extents.items[i] = eval->extents.items[--eval->extents.len];
    return;
  }
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
  if (!dsr_pipeline_goes_on(*out)) return DSR_OK;
  if (guarded || to->goes_on) {
    dsr_pipeline_hold(*out);
    return DSR_OK;
  }
  to->goes_on = true;
  to->pipelines.items[to->pipelines.len - 1] = to->pipelines.items[0];
  to->pipelines.items[0] = *out;
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
  uint64_t n = eval->folded;
  if (eval->crew != NULL) n += dsr_crew_kept(eval->crew);
  for (size_t i = 0; i < eval->pipelines.len; i++) {
    n += dsr_pipeline_stats_of(eval->pipelines.items[i])->kept;
  }
  return n;
}

uint64_t dsr_eval_made(const dsr_eval *eval) {
  uint64_t n = eval->folded;
  for (size_t i = 0; i < eval->pipelines.len; i++) {
    n += dsr_pipeline_stats_of(eval->pipelines.items[i])->made;
  }
  return n;
}

uint64_t dsr_eval_apart(const dsr_eval *eval) {
  uint64_t n = 0;
  for (size_t i = 0; i < eval->pipelines.len; i++) {
    n += dsr_pipeline_stats_of(eval->pipelines.items[i])->apart;
  }
  return n;
}

size_t dsr_eval_bytes(const dsr_eval *eval) {
  size_t n = dsr_numbers_bytes(eval->numbers);
  if (eval->crew != NULL) n += dsr_crew_bytes(eval->crew);
  for (size_t i = 0; i < eval->extents.len; i++) {
    n += dsr_extent_bytes(eval->extents.items[i]);
  }
  return n;
}

/* 1,234,567 */
static const char *grouped(uint64_t n, char *out) {
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), to = 0;
  for (int i = 0; i < len; i++) {
    if (i > 0 && (len - i) % 3 == 0) out[to++] = ',';
    out[to++] = digits[i];
  }
  out[to] = '\0';
  return out;
}

/* What is at work, or nothing. */
static void name_work(const dsr_eval *eval, char *out, size_t size) {
  const dsr_at_work *at = &eval->at_work;
  snprintf(out, size, "%s", eval->beside != NULL ? eval->beside : "");
  if (eval->beside != NULL) return;
  if (eval->label == NULL || (at->pipeline == NULL && at->fold == NULL)) return;
  eval->label(eval->label_ud, at, out, size);
}

/* A rule may count without end, or the limit may be too low: the words name what was at
** work, and what would do. */
static dsr_status passed(dsr_eval *eval, const char *what) {
  char rule[LABEL];
  name_work(eval, rule, sizeof rule);
  return dsr_fail(eval->error, DSR_ELIMIT,
                  "%s%s%s%s; raise the limit or bind more of the query; a rule that "
                  "computes new values without end needs a bound on them",
                  what, rule[0] != '\0' ? ": " : "", rule,
                  rule[0] != '\0' ? " was running" : "");
}

static dsr_status stopped(dsr_eval *eval) {
  char rule[LABEL], kept[GROUPED];
  name_work(eval, rule, sizeof rule);
  return dsr_fail(eval->error, DSR_ESTOPPED,
                  "the query was stopped after %s tuples%s%s%s",
                  grouped(dsr_eval_kept(eval), kept), rule[0] != '\0' ? ": " : "", rule,
                  rule[0] != '\0' ? " was running" : "");
}

static dsr_status look_at_count(dsr_eval *eval) {
  char what[120], most[GROUPED];
  if (eval->bounds.tuples == 0 || dsr_eval_kept(eval) <= eval->bounds.tuples) {
    return DSR_OK;
  }
  snprintf(what, sizeof what, "stopped after %s tuples (limit tuples)",
           grouped(eval->bounds.tuples, most));
  return passed(eval, what);
}

/* Tell the host how far it is, where that is due. */
static dsr_status tell_progress(dsr_eval *eval) {
  char rule[LABEL];
  if (!dsr_pace_due(&eval->pace)) return DSR_OK;
  name_work(eval, rule, sizeof rule);
  dsr_pace_turn(&eval->pace, rule, "");
  dsr_status rc = dsr_pace_ask(&eval->pace, (int64_t)dsr_eval_kept(eval), 0);
  return rc < 0 ? stopped(eval) : DSR_OK;
}

static dsr_status look_closely(dsr_eval *eval) {
  char what[120];
  const dsr_bounds *b = &eval->bounds;
  if (b->bytes > 0 && dsr_eval_bytes(eval) > b->bytes) {
    snprintf(what, sizeof what, "stopped at %zu MB of memory (limit memory)",
             b->bytes >> 20);
    return passed(eval, what);
  }
  if (b->milliseconds > 0 && milliseconds() - eval->began > b->milliseconds) {
    snprintf(what, sizeof what, "stopped after %.15g seconds (limit time)",
             (double)b->milliseconds / 1000);
    return passed(eval, what);
  }
  return tell_progress(eval);
}

/* Looked at by pipelines, once a batch. */
static dsr_status look(void *ud) {
  dsr_eval *eval = ud;
  if (eval->bounds.stop != NULL && *eval->bounds.stop != 0) return stopped(eval);
  if (++eval->looks % COUNTS == 0) TRY(look_at_count(eval));
  return eval->looks % LOOKS == 0 ? look_closely(eval) : DSR_OK;
}

/* ---- running --------------------------------------------------------------------- */

static dsr_status run_component(dsr_eval *eval, int at, bool *progress);

static dsr_status run_pipeline(dsr_eval *eval, dsr_pipeline *pipeline,
                               dsr_chunk *chunks, size_t n) {
  eval->at_work = (dsr_at_work){.pipeline = pipeline};
  if (eval->crew != NULL) {
    return dsr_apart_run(eval->crew, pipeline, chunks, n, &eval->guard);
  }
  return dsr_pipeline_run(pipeline, chunks, n, &eval->guard);
}

static dsr_status run_once(dsr_eval *eval, component *c, bool *progress) {
  if (c->begun) return DSR_OK;
  c->begun = *progress = true;
  for (size_t i = 0; i < c->once.len; i++) {
    TRY(run_pipeline(eval, c->once.items[i], NULL, 0));
  }
  return DSR_OK;
}

/* The first pipeline went on with what was added to the rows of its chunks: that is
** taken from the tap, so that it does not come again.  What was added to a row after
** its chunk was done comes with it: these are the chunks to be handed out next, the
** last first, so that what feeds backwards in one round feeds forwards in the next.
** How many. */
static size_t take_more(const feed *f, dsr_chunk *chunks, size_t n) {
  size_t left = 0;
  for (size_t i = 0; i < n; i++) {
    dsr_chunk more = chunks[i];
    if (!dsr_tap_more(f->tap, &more) || more.to <= chunks[i].to) continue;
    chunks[left++] = (dsr_chunk){more.key, chunks[i].to, more.to};
  }
  for (size_t i = 0; i < left / 2; i++) {
    dsr_chunk chunk = chunks[i];
    chunks[i] = chunks[left - 1 - i];
    chunks[left - 1 - i] = chunk;
  }
  return left;
}

static dsr_status run_all(dsr_eval *eval, const feed *f, dsr_chunk *chunks, size_t n) {
  TRY(look(eval));
  for (size_t i = 0; i < f->pipelines.len; i++) {
    TRY(run_pipeline(eval, f->pipelines.items[i], chunks, n));
  }
  return DSR_OK;
}

/* Hand chunks to all pipelines of a feed. */
static dsr_status hand_out(dsr_eval *eval, const feed *f, dsr_chunk *chunks, size_t n) {
  uint32_t end = chunks[n - 1].to;
  TRY(run_all(eval, f, chunks, n));
  if (!f->goes_on) return DSR_OK;
  if (dsr_extent_width(f->extent) == 1) { /* it came as one chunk */
    dsr_chunk more = chunks[0];
    return more.to > end ? dsr_tap_take(f->tap, &more, 1, more.to - end, &n) : DSR_OK;
  }
  while ((n = take_more(f, chunks, n)) > 0) TRY(run_all(eval, f, chunks, n));
  return DSR_OK;
}

static size_t at_once(const dsr_eval *eval) {
  return eval->crew != NULL ? CREW_TIMES : 1;
}

/* Take from each ordinary feed in turn until all are dry. */
static dsr_status run_feeds(dsr_eval *eval, component *c, dsr_chunk *chunks,
                            bool *progress) {
  bool more = true;
  size_t times = at_once(eval);
  while (more) {
    more = false;
    for (size_t i = 0; i < c->feeds.len; i++) {
      size_t n;
      const feed *f = &c->feeds.items[i];
      if (f->guarded) continue;
      TRY(dsr_tap_take(f->tap, chunks, times * CHUNKS, times * CHUNK_TUPLES, &n));
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

static dsr_status give_guarded(dsr_eval *eval, const component *c, waiting *w,
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

/* What waits on guarded feeds was called for, since the calls were made after it came;
** what comes while it is handed out was not, and waits for the next turn. */
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

static dsr_status gather_row(dsr_eval *eval, const uint32_t *row, int width,
                             gathered *out) {
  if (!VEC_RESERVE(&out->rows, (size_t)width)) return no_memory(eval);
  memcpy(out->rows.items + out->rows.len, row, (size_t)width * sizeof *row);
  out->rows.len += (size_t)width;
  out->n++;
  return DSR_OK;
}

/* Of an index to values: the rows under the first `n` columns, which `tuple` has. */
static dsr_status gather_values(dsr_eval *eval, const fold *f, uint32_t *tuple, int n,
                                gathered *out) {
  dsr_range range;
  int width = dsr_extent_width(f->from);
  if (!dsr_index_range(f->index, tuple, n, &range)) return DSR_OK;
  for (uint32_t i = 0; i < range.n; i++) {
    tuple[n] = range.items[i];
    TRY(n + 1 < width ? gather_values(eval, f, tuple, n + 1, out)
                      : gather_row(eval, tuple + f->group, width - f->group, out));
  }
  return DSR_OK;
}

static dsr_status gather_tuples(dsr_eval *eval, const fold *f, const uint32_t *group,
                                gathered *out) {
  dsr_range range;
  int rest = dsr_extent_width(f->from) - f->group;
  if (!dsr_index_range(f->index, group, f->group, &range)) return DSR_OK;
  for (uint32_t i = 0; i < range.n; i++) {
    if (!dsr_extent_counts(f->from, range.items[i])) continue;
    const uint32_t *tuple = dsr_extent_tuple(f->from, range.items[i]);
    TRY(gather_row(eval, tuple + f->group, rest, out));
  }
  return DSR_OK;
}

static dsr_status gather(dsr_eval *eval, const fold *f, const uint32_t *group,
                         gathered *out) {
  uint32_t tuple[DSR_WIDTH_MAX];
  out->rows.len = out->n = 0;
  if (dsr_index_kind(f->index) == DSR_RANGE_TUPLES) {
    return gather_tuples(eval, f, group, out);
  }
  if (f->group > 0) memcpy(tuple, group, (size_t)f->group * sizeof *group);
  return gather_values(eval, f, tuple, f->group, out);
}

/* A fold at work: the groups that were folded, each once. */
typedef struct folding {
  dsr_eval *eval;
  const fold *fold;
  dsr_extent *done;
  gathered rows;
} folding;

/* Fold one group, unless that was done. */
static dsr_status fold_group(folding *w, const uint32_t *group) {
  uint32_t tuple[DSR_WIDTH_MAX];
  const fold *f = w->fold;
  dsr_status rc = dsr_extent_add(w->done, group);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  TRY(look(w->eval));
  TRY(gather(w->eval, f, group, &w->rows));
  if (f->group > 0) memcpy(tuple, group, (size_t)f->group * sizeof *group);
  rc = f->call(f->ud, w->rows.rows.items, w->rows.n,
               dsr_extent_width(f->from) - f->group, &tuple[f->group]);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  rc = dsr_extent_add(f->to, tuple);
  if (rc == DSR_OK) w->eval->folded++;
  return rc < 0 ? rc : DSR_OK;
}

/* The groups of a chunk. */
static dsr_status fold_chunk(folding *w, const dsr_chunk *chunk) {
  const fold *f = w->fold;
  int width = dsr_extent_width(f->from), rows_of = dsr_extent_rows_of(f->from);
  uint32_t none = 0, wide[DSR_WIDTH_MAX];
  if (f->group == 0) return fold_group(w, &none);
  if (width == 2 && f->group == 1 && dsr_extent_kind_of(f->from) == DSR_EXTENT_MADE) {
    return fold_group(w, &chunk->key);
  }
  if (width > 2 && rows_of >= 0) dsr_chunk_key(f->from, chunk->key, wide);
  for (uint32_t i = chunk->from; i < chunk->to; i++) {
    const uint32_t *items = dsr_chunk_items(f->from, chunk);
    uint32_t pair[2] = {chunk->key, items != NULL ? items[i - chunk->from] : 0};
    if (width > 2 && rows_of >= 0) wide[rows_of] = pair[1];
    const uint32_t *tuple = items == NULL ? dsr_extent_tuple(f->from, i)
                            : width > 2   ? wide
                            : width == 2  ? pair
                                          : &pair[1];
    TRY(fold_group(w, tuple));
  }
  return DSR_OK;
}

static dsr_status fold_all(folding *w, dsr_chunk *chunks, bool *progress) {
  for (;;) {
    size_t n;
    TRY(dsr_tap_take(w->fold->tap, chunks, CHUNKS, SIZE_MAX, &n));
    if (n == 0) return DSR_OK;
    *progress = true;
    for (size_t k = 0; k < n; k++) TRY(fold_chunk(w, &chunks[k]));
  }
}

static dsr_status run_folds(dsr_eval *eval, component *c, dsr_chunk *chunks,
                            bool *progress) {
  for (size_t i = 0; i < c->folds.len; i++) {
    folding w = {.eval = eval, .fold = &c->folds.items[i]};
    if (dsr_tap_dry(w.fold->tap)) continue;
    eval->at_work = (dsr_at_work){.fold = w.fold->to};
    TRY(dsr_extent_new(DSR_EXTENT_MADE, w.fold->group, eval->error, &w.done));
    dsr_status rc = fold_all(&w, chunks, progress);
    dsr_extent_free(w.done);
    VEC_FREE(&w.rows.rows);
    TRY(rc);
  }
  return DSR_OK;
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
  /* Not zeroed: most runs hand out few. */
  dsr_chunk *chunks = dsr_resize(NULL, at_once(eval) * CHUNKS * sizeof *chunks);
  if (chunks == NULL) return no_memory(eval);
  dsr_status rc = run_turns(eval, at, chunks, progress);
  dsr_free(chunks);
  return rc;
}

/* Have as many threads as the bounds ask for. */
static dsr_status enlist(dsr_eval *eval) {
  int n = eval->bounds.threads > 1 ? eval->bounds.threads : 1;
  if (n == (eval->crew != NULL ? dsr_crew_wanted(eval->crew) : 1)) return DSR_OK;
  dsr_crew_free(eval->crew);
  eval->crew = NULL;
  if (n == 1) return DSR_OK;
  if (dsr_crew_new(n, eval->bounds.worth, &eval->crew) < 0) return no_memory(eval);
  return DSR_OK;
}

static void begin_bounds(dsr_eval *eval, const dsr_bounds *bounds) {
  eval->bounds = bounds != NULL ? *bounds : (dsr_bounds){0};
  if (eval->bounds.progress != NULL && eval->pace.call == NULL) {
    dsr_pace_start(&eval->pace, eval->bounds.progress, eval->bounds.ud, eval->error);
  }
}

const dsr_guard *dsr_eval_guard(dsr_eval *eval, const dsr_bounds *bounds,
                                const char *what) {
  begin_bounds(eval, bounds);
  eval->beside = what;
  return &eval->guard;
}

dsr_status dsr_eval_run(dsr_eval *eval, int at, const dsr_bounds *bounds) {
  bool progress = false;
  eval->beside = NULL;
  begin_bounds(eval, bounds);
  TRY(enlist(eval));
  TRY(look_at_count(eval));
  TRY(look_closely(eval));
  TRY(run_component(eval, at, &progress));
  return look_at_count(eval);
}
