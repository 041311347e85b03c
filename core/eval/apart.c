/*
** apart.c - one run of a pipeline by several threads, where that pays.
**
** How a pipeline runs apart is found once, when a run is first worth it; its parts are made
** then and kept.  An owner is found by a multiplicative hash, so that values that follow
** one another, which are often alike, go to different threads.  Units are claimed by
** counting; every part counts the units that come by and does those that it has claimed.
**
** A part that has kept enough claims no more; when all have stopped the caller adds what
** they kept, and the parts go on with the first unit that nobody claimed.  So memory is
** bounded whatever a pipeline makes, but for what comes of one unit.
*/
#include "eval/apart.h"

#include <stdatomic.h>

#include "eval/operator.h"
#include "eval/sink.h"
#include "ground/mem.h"

enum {
  UNITS = 32,  /* at least so many for each thread, where there are the rows */
  ENOUGH = 2,  /* times the rows that are worth a run: kept by a part */
  PROBES = 32, /* pieces of which the first are done alone */
  CHEAP = 4,   /* what all threads repeat is at most so small a share */
};

typedef enum way {
  WAY_ALONE = 1,
  WAY_ROWS,
  WAY_OWNED,
  WAY_KEPT,
  WAY_COUNTED,
} way;

/* What was kept up to row `end` is of this unit, or of those after the segment before. */
typedef struct segment {
  uint64_t unit;
  size_t end;
} segment;

struct dsr_part {
  way how;
  int worker, workers;
  int at;   /* the stage whose rows are shared; WAY_ROWS: -1 */
  int slot; /* WAY_OWNED: that has the first value */
  /* WAY_KEPT */
  const dsr_extent *head;
  bool asks;              /* leaves out what the head has */
  _Atomic uint64_t *next; /* the unit that is claimed next */
  uint64_t unit, mine;    /* that comes by next; that is claimed */
  size_t grain;           /* rows of a unit */
  size_t most; /* rows that it keeps before it stops, but for the last unit */
  int width;
  VEC(uint32_t) columns[DSR_WIDTH_MAX];
  VEC(segment) segments;
  bool enough;
  /* WAY_COUNTED */
  uint64_t count;
};

/* A thread's hands: a part and what belongs to its run. */
typedef struct hand {
  struct dsr_apart *apart;
  dsr_part part;
  dsr_pipeline *pipeline;
  dsr_extent *sink;
  size_t sink_bytes; /* before */
  VEC(dsr_chunk) chunks;
  dsr_chunk *given; /* of the run */
  size_t n_given;
  dsr_guard guard;
  dsr_status rc;
  dsr_error error;
} hand;

struct dsr_apart {
  dsr_crew *crew;
  dsr_extent *head;
  way how;
  int at, slot;
  bool reads; /* the head, beside the rows that are added to */
  int n;
  hand *hands;
  _Atomic uint64_t next;
  _Atomic bool end; /* all are to stop */
  dsr_status looked;
  const dsr_guard *guard; /* the caller's */
};

/* ---- which way ------------------------------------------------------------------- */

static const dsr_op *op_at(const dsr_pipeline *p, int i) { return &p->stages[i].op; }
static dsr_extent *head_of(const dsr_pipeline *p) { return op_at(p, p->n - 1)->extent; }

/* May every operator be run by several threads? */
static bool is_shared(const dsr_pipeline *p) {
  if (dsr_pipeline_asks(p)) return false;
  for (int i = 0; i < p->n; i++) {
    const dsr_op *op = op_at(p, i);
    if ((op->kind == DSR_OP_TEST || op->kind == DSR_OP_CALL) && !op->shared)
      return false;
  }
  return true;
}

static bool has_way_to(const dsr_op *op, const dsr_extent *extent) {
  for (int i = 0; i < op->n_ways; i++) {
    if (op->ways[i].index->extent == extent) return true;
  }
  return false;
}

/* Is the head read, and is it asked whether something is in it? */
static bool reads_head(const dsr_pipeline *p, bool *asks) {
  const dsr_extent *head = head_of(p);
  bool reads = false;
  *asks = false;
  for (int i = 0; i < p->n - 1; i++) {
    const dsr_op *op = op_at(p, i);
    bool ways = has_way_to(op, head);
    reads = reads || ways || op->extent == head;
    *asks = *asks || (ways && op->kind != DSR_OP_JOIN);
  }
  return reads;
}

/* The stage that fills a slot. */
static int filled_at(const dsr_pipeline *p, int slot) {
  for (int i = 0; i < p->n; i++) {
    const dsr_op *op = op_at(p, i);
    for (int k = 0; k < op->n_takes; k++) {
      if (op->takes[k].kind == DSR_TAKE_FILL && op->takes[k].ref.slot == slot) return i;
    }
  }
  return p->n;
}

/* ---- how much work --------------------------------------------------------------- */

/* Values under a prefix, on average. */
static double fan_of_way(const dsr_way *w, int columns) {
  double under = dsr_index_distinct(w->index, w->prefix);
  double all = dsr_index_distinct(w->index, w->prefix + columns);
  return under >= 1 ? all / under : 0;
}

/* Rows that an operator looks at for one of its input; `tuples`: of a chunk. */
static double fan_of(const dsr_op *op, double tuples) {
  uint64_t count = 0;
  double least = 1;
  switch (op->kind) {
    case DSR_OP_JOIN:
      return fan_of_way(&op->ways[0], op->rest ? op->n_takes : 1);
    case DSR_OP_MEET:
      for (int i = 0; i < op->n_ways; i++) {
        double fan = fan_of_way(&op->ways[i], 1);
        if (i == 0 || fan < least) least = fan;
      }
      return least;
    case DSR_OP_SLICE:
      return tuples;
    case DSR_OP_SCAN:
      return dsr_extent_count(op->extent, &count) < 0 ? 0 : (double)count;
    default:
      return 1;
  }
}

/* What a run looks at: rows of the first operator, and of all those from `from` on. */
static double work_of(const dsr_pipeline *p, const dsr_chunk *chunks, size_t n,
                      int from, double *first) {
  double tuples = 0, rows, all = 0;
  for (size_t i = 0; i < n; i++) tuples += chunks[i].to - chunks[i].from;
  const dsr_op *op = op_at(p, 0);
  rows = op->kind == DSR_OP_SCAN    ? fan_of(op, 0)
         : op->kind == DSR_OP_CHUNK ? (double)n
         : op->kind == DSR_OP_DELTA ? tuples
                                    : 1;
  *first = rows;
  for (int i = 1; i < p->n - 1; i++) {
    rows *= fan_of(op_at(p, i), n > 0 ? tuples / (double)n : 0);
    if (i >= from) all += rows;
  }
  return all;
}

/* ---- choosing -------------------------------------------------------------------- */

/* What it costs to repeat the operators up to `at` is small beside the rest? */
static bool repeats_little(const dsr_pipeline *p, const dsr_chunk *chunks, size_t n,
                           int at) {
  double first, all = work_of(p, chunks, n, 0, &first);
  double rest = work_of(p, chunks, n, at + 1, &first);
  return CHEAP * (first + all - rest) <= first + all;
}

/* Are whole rows of the head added to others of its rows?  They may be merged by their
** bitmaps, which is quick, and not to be read while others add to them. */
static bool adds_own_rows(const dsr_pipeline *p) {
  const dsr_op *op = op_at(p, p->n - 2);
  return op->extent == head_of(p) || has_way_to(op, head_of(p));
}

/* Does the last operator add whole ranges to rows?  That costs less than to keep tuples one
** by one and add them afterwards. */
static bool adds_whole(const dsr_pipeline *p) {
  return p->stages[p->n - 2].head != DSR_HEAD_NONE;
}

static void choose(dsr_apart *a, const dsr_pipeline *p, const dsr_chunk *chunks,
                   size_t n) {
  const dsr_op *emit = op_at(p, p->n - 1);
  bool asks;
  a->head = emit->extent;
  a->how = WAY_ALONE;
  a->at = -1;
  if (emit->n_args == 0 || p->n < 3 || !is_shared(p)) return;
  if (p->straight == DSR_STRAIGHT_ONLY) return;
  a->reads = reads_head(p, &asks);
  if (p->straight == DSR_STRAIGHT_ROW) {
    if (a->head->shape == DSR_SHAPE_PAIRS && !adds_own_rows(p)) a->how = WAY_ROWS;
    a->reads = false;
    return;
  }
  bool counts = dsr_extent_only_counts(a->head);
  a->at = op_at(p, 0)->kind == DSR_OP_ONCE;
  if (a->at <= p->n - 3 && (counts || !adds_whole(p))) {
    a->how = counts ? WAY_COUNTED : WAY_KEPT;
  }
  if (asks || a->head->shape != DSR_SHAPE_PAIRS) return;
  if (adds_whole(p) && adds_own_rows(p)) return;
  int slot = emit->args[0].slot, at = slot >= 0 ? filled_at(p, slot) : p->n;
  if (at > p->n - 3 || !repeats_little(p, chunks, n, at)) return;
  a->how = WAY_OWNED;
  a->at = at;
  a->slot = slot;
}

/* ---- sharing rows ---------------------------------------------------------------- */

bool dsr_part_shares(const dsr_part *part, int at) { return part->at == at; }
bool dsr_part_straight(const dsr_part *part) { return part->how == WAY_ROWS; }
bool dsr_part_keeps(const dsr_part *part) { return part->how == WAY_KEPT; }

void dsr_part_count(dsr_part *part, uint64_t made) { part->count += made; }

static inline int owner_of(uint32_t value, int workers) {
  uint32_t hash = value * UINT32_C(0x9e3779b1);
  return (int)((uint64_t)hash * (uint64_t)workers >> 32);
}

/* Leave the rows of the batch whose first value is the part's own. */
static void sift(dsr_pipeline *p, int at) {
  const dsr_part *part = p->part;
  dsr_stage *s = &p->stages[at];
  uint16_t mine[DSR_BATCH];
  const uint32_t *firsts = s->columns[part->slot];
  size_t n = 0;
  for (size_t i = 0; i < s->n; i++) {
    mine[n] = (uint16_t)i;
    n += owner_of(firsts[i], part->workers) == part->worker;
  }
  for (int slot = 0; slot < DSR_SLOTS; slot++) {
    uint32_t *column = s->columns[slot];
    for (size_t i = 0; column != NULL && i < n; i++) column[i] = column[mine[i]];
  }
  s->n = s->copied = n;
}

static void move_down(dsr_stage *s, size_t from, size_t n) {
  for (int slot = 0; slot < DSR_SLOTS && from > 0; slot++) {
    uint32_t *column = s->columns[slot];
    if (column != NULL) memmove(column, column + from, n * sizeof *column);
  }
}

static uint64_t claim(dsr_part *part) {
  return atomic_fetch_add_explicit(part->next, 1, memory_order_relaxed);
}

/* Run a unit: the first n rows of the batch, to their end. */
static dsr_status run_unit(dsr_pipeline *p, int at, size_t n) {
  dsr_part *part = p->part;
  TRY(dsr_pipeline_stage(p, at + 1, n));
  TRY(dsr_pipeline_flush(p, at + 1));
  segment done = {part->mine, part->columns[0].len};
  if (!VEC_PUSH(&part->segments, done)) return dsr_fail_memory(p->error);
  part->enough = part->columns[0].len >= part->most;
  if (part->enough)
    return DSR_ESTOPPED; /* what is claimed next is done in the next round */
  part->mine = claim(part);
  return DSR_OK;
}

/* Rows that belong to units which another has claimed are left where they are. */
static dsr_status pass_units(dsr_pipeline *p, int at) {
  dsr_part *part = p->part;
  dsr_stage *s = &p->stages[at];
  size_t total = s->n, moved = 0;
  for (size_t from = 0; from < total; from += part->grain) {
    size_t n = total - from < part->grain ? total - from : part->grain;
    if (part->unit++ != part->mine) continue;
    move_down(s, from - moved, total - from);
    moved = from;
    s->n = s->copied = n;
    TRY(run_unit(p, at, n));
  }
  return DSR_OK;
}

dsr_status dsr_part_pass(dsr_pipeline *p, int at) {
  if (p->part->how >= WAY_KEPT) return pass_units(p, at);
  sift(p, at);
  return dsr_pipeline_stage(p, at + 1, p->stages[at].n);
}

/* ---- keeping --------------------------------------------------------------------- */

/* Which of n tuples the head has not; how many. */
static size_t find_new(const dsr_part *part, const uint32_t *const *columns, size_t n,
                       uint16_t *out) {
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t tuple[DSR_WIDTH_MAX];
    for (int c = 0; c < part->width; c++) tuple[c] = columns[c][i];
    out[m] = (uint16_t)i;
    m += !dsr_extent_has(part->head, tuple);
  }
  return m;
}

dsr_status dsr_part_keep(dsr_pipeline *p, const uint32_t *const *columns, size_t n) {
  dsr_part *part = p->part;
  uint16_t chosen[DSR_BATCH];
  size_t m = part->asks ? find_new(part, columns, n, chosen) : n;
  for (int c = 0; c < part->width && m > 0; c++) {
    if (!VEC_RESERVE(&part->columns[c], m)) return dsr_fail_memory(p->error);
    uint32_t *to = part->columns[c].items + part->columns[c].len;
    if (part->asks) {
      for (size_t i = 0; i < m; i++) to[i] = columns[c][chosen[i]];
    } else {
      memcpy(to, columns[c], m * sizeof *to);
    }
    part->columns[c].len += m;
  }
  return DSR_OK;
}

/* The hand whose next segment is of the least unit; NULL: all are done. */
static hand *least_unit(const dsr_apart *a, const size_t *at) {
  hand *least = NULL;
  uint64_t unit = UINT64_MAX;
  for (int i = 0; i < a->n; i++) {
    dsr_part *part = &a->hands[i].part;
    if (at[i] == part->segments.len || part->segments.items[at[i]].unit > unit)
      continue;
    unit = part->segments.items[at[i]].unit;
    least = &a->hands[i];
  }
  return least;
}

/* Add what was kept to the head, in order of units. */
static dsr_status add_kept(dsr_apart *a, dsr_pipeline *p) {
  size_t at[DSR_THREADS_MOST] = {0};
  for (hand *h; (h = least_unit(a, at)) != NULL;) {
    const uint32_t *columns[DSR_WIDTH_MAX];
    dsr_part *part = &h->part;
    size_t number = at[part->worker]++;
    size_t from = number > 0 ? part->segments.items[number - 1].end : 0;
    uint64_t kept = 0;
    for (int c = 0; c < part->width; c++) columns[c] = part->columns[c].items + from;
    dsr_status rc = dsr_extent_add_columns(
        a->head, columns, part->segments.items[number].end - from, &kept);
    p->stats.kept += kept;
    TRY(rc);
  }
  return DSR_OK;
}

/* ---- hands ----------------------------------------------------------------------- */

/* What a thread's guard sees: whether all are to stop; the caller's looks itself. */
static dsr_status look(void *ud) {
  hand *h = ud;
  dsr_apart *a = h->apart;
  size_t bytes = 0;
  if (a->how < WAY_KEPT) {
    bytes = dsr_sink_bytes(h->sink) - h->sink_bytes;
  } else {
    for (int c = 0; c < h->part.width; c++) {
      bytes += h->part.columns[c].cap * sizeof(uint32_t);
    }
  }
  dsr_crew_tell(a->crew, h->part.worker, h->pipeline->stats.kept, bytes);
  if (h->part.worker == 0 && a->guard != NULL && a->looked >= 0) {
    a->looked = a->guard->look(a->guard->ud);
    if (a->looked < 0) atomic_store(&a->end, true);
  }
  return atomic_load_explicit(&a->end, memory_order_relaxed) ? DSR_ESTOPPED : DSR_OK;
}

/* The caller is done and waits for others. */
static void look_meanwhile(void *ud) {
  dsr_apart *a = ud;
  (void)look(&a->hands[0]);
}

static void work(void *ud, int worker) {
  dsr_apart *a = ud;
  hand *h = &a->hands[worker];
  h->pipeline->stats = (dsr_pipeline_stats){0};
  h->rc = dsr_pipeline_run(h->pipeline, h->given, h->n_given, &h->guard);
  if (h->rc < 0 && h->part.enough) h->rc = DSR_OK;
  if (h->rc < 0) atomic_store(&a->end, true);
}

static void free_hands(dsr_apart *a) {
  for (int i = 0; i < a->n; i++) {
    hand *h = &a->hands[i];
    dsr_pipeline_free(h->pipeline);
    for (int c = 0; c < DSR_WIDTH_MAX; c++) VEC_FREE(&h->part.columns[c]);
    VEC_FREE(&h->part.segments);
    VEC_FREE(&h->chunks);
  }
  dsr_free(a->hands);
  a->hands = NULL;
  a->n = 0;
}

static dsr_status make_hand(dsr_apart *a, const dsr_pipeline *p, int i) {
  hand *h = &a->hands[i];
  bool sinks = a->how < WAY_KEPT;
  h->apart = a;
  h->guard = (dsr_guard){look, h};
  h->part = (dsr_part){.how = a->how,
                       .worker = i,
                       .workers = dsr_crew_size(a->crew),
                       .at = a->at,
                       .slot = a->slot,
                       .head = a->head,
                       .next = &a->next,
                       .most = (size_t)(ENOUGH * dsr_crew_worth(a->crew)),
                       .width = dsr_extent_width(a->head)};
  if (sinks) h->sink = a->head->sinks[i];
  return dsr_pipeline_part(p, &h->part, h->sink, a->how == WAY_ROWS, &h->error,
                           &h->pipeline);
}

/* Have a hand for each thread. */
static dsr_status make_hands(dsr_apart *a, const dsr_pipeline *p, dsr_crew *crew) {
  int n = dsr_crew_size(crew);
  if (a->n == n && a->crew == crew) return DSR_OK;
  free_hands(a);
  a->crew = crew;
  if (a->how < WAY_KEPT) TRY(dsr_sinks_make(a->head, n));
  a->hands = dsr_alloc((size_t)n * sizeof *a->hands);
  if (a->hands == NULL) return dsr_fail_memory(p->error);
  for (; a->n < n; a->n++) {
    dsr_status rc = make_hand(a, p, a->n);
    if (rc >= 0) continue;
    a->n++;
    free_hands(a);
    return dsr_fail_memory(p->error);
  }
  return DSR_OK;
}

void dsr_apart_free(dsr_apart *a) {
  if (a == NULL) return;
  free_hands(a);
  dsr_free(a);
}

/* ---- a run ----------------------------------------------------------------------- */

/* What all came to, in the caller's words. */
static dsr_status outcome(const dsr_apart *a, const dsr_pipeline *p) {
  if (a->looked < 0) return a->looked;
  for (int i = 0; i < a->n; i++) {
    const hand *h = &a->hands[i];
    if (h->rc == DSR_ENOMEM) return dsr_fail_memory(p->error);
    if (h->rc >= 0 || h->rc == DSR_ESTOPPED) continue;
    if (h->error.code != h->rc)
      return h->rc; /* a function's own words are the caller's */
    return dsr_fail(p->error, h->rc, "%s", h->error.text);
  }
  return DSR_OK;
}

static dsr_status run_hands(dsr_apart *a, dsr_pipeline *p, const dsr_guard *guard) {
  a->guard = guard;
  a->looked = DSR_OK;
  atomic_store(&a->end, false);
  dsr_crew_do(a->crew, work, look_meanwhile, a);
  for (int i = 0; i < a->n; i++) p->stats.made += a->hands[i].pipeline->stats.made;
  return outcome(a, p);
}

/* Stored extents that are walked are sorted now, not by whichever thread comes first. */
static dsr_status make_ready(const dsr_pipeline *p) {
  for (int i = 0; i < p->n; i++) {
    uint64_t count;
    const dsr_op *op = op_at(p, i);
    if (op->kind != DSR_OP_SCAN) continue;
    TRY(dsr_extent_complete(op->extent));
    TRY(dsr_extent_count(op->extent, &count));
  }
  return DSR_OK;
}

/* Open the sinks, run, close them. */
static dsr_status run_sinks(dsr_apart *a, dsr_pipeline *p, const dsr_guard *guard) {
  for (int i = 0; i < a->n; i++) {
    hand *h = &a->hands[i];
    dsr_sink_open(a->head, i, &h->error, a->reads);
    h->sink_bytes = dsr_sink_bytes(h->sink);
  }
  dsr_status rc = run_hands(a, p, guard);
  for (int i = 0; i < a->n; i++) {
    dsr_status one = dsr_sink_close(a->head, i);
    if (one < 0 && rc >= 0) rc = dsr_fail_memory(p->error);
    p->stats.kept += a->hands[i].pipeline->stats.kept;
  }
  return rc;
}

static void give_all(dsr_apart *a, dsr_chunk *chunks, size_t n) {
  for (int i = 0; i < a->n; i++) {
    a->hands[i].given = chunks;
    a->hands[i].n_given = n;
  }
}

/* Each thread gets the chunks of its rows; afterwards they tell how far these were done. */
static dsr_status run_rows(dsr_apart *a, dsr_pipeline *p, dsr_chunk *chunks, size_t n,
                           const dsr_guard *guard) {
  size_t at[DSR_THREADS_MOST] = {0};
  for (int i = 0; i < a->n; i++) a->hands[i].chunks.len = 0;
  for (size_t i = 0; i < n; i++) {
    hand *h = &a->hands[owner_of(chunks[i].key, a->n)];
    if (!VEC_PUSH(&h->chunks, chunks[i])) return dsr_fail_memory(p->error);
  }
  for (int i = 0; i < a->n; i++) {
    a->hands[i].given = a->hands[i].chunks.items;
    a->hands[i].n_given = a->hands[i].chunks.len;
  }
  TRY(run_sinks(a, p, guard));
  for (size_t i = 0; i < n; i++) {
    int owner = owner_of(chunks[i].key, a->n);
    chunks[i] = a->hands[owner].chunks.items[at[owner]++];
  }
  return DSR_OK;
}

/* Does the caller look up each tuple before it is kept: where most are there already, or
** it costs little. */
static bool asks(const dsr_apart *a, const dsr_pipeline *p) {
  if (a->head->kind == DSR_EXTENT_BEST) return false;
  if (a->head->shape == DSR_SHAPE_TRIES) return false; /* all differ */
  return a->head->shape != DSR_SHAPE_TUPLES || p->stats.made / 2 > p->stats.kept;
}

static void start_round(dsr_apart *a, const dsr_pipeline *p, size_t grain) {
  for (int i = 0; i < a->n; i++) {
    dsr_part *part = &a->hands[i].part;
    for (int c = 0; c < part->width; c++) part->columns[c].len = 0;
    part->segments.len = 0;
    part->asks = asks(a, p);
    part->grain = grain;
    part->unit = 0;
    part->enough = false;
    part->count = 0;
    part->mine = claim(part);
  }
}

/* Add to the head what was only counted. */
static dsr_status add_counts(dsr_apart *a, dsr_pipeline *p) {
  uint64_t kept = 0;
  for (int i = 0; i < a->n; i++) {
    TRY(dsr_extent_add_columns(a->head, NULL, (size_t)a->hands[i].part.count, &kept));
    p->stats.kept += kept;
  }
  return DSR_OK;
}

static dsr_status run_kept(dsr_apart *a, dsr_pipeline *p, double rows,
                           const dsr_guard *guard) {
  double grain = rows / (UNITS * a->n);
  bool more = true;
  atomic_store(&a->next, 0);
  while (more) {
    start_round(a, p, grain < 1 ? 1 : grain > DSR_BATCH ? DSR_BATCH : (size_t)grain);
    TRY(run_hands(a, p, guard));
    TRY(a->how == WAY_COUNTED ? add_counts(a, p) : add_kept(a, p));
    if (guard != NULL) TRY(guard->look(guard->ud));
    more = false;
    for (int i = 0; i < a->n; i++) more = more || a->hands[i].part.enough;
  }
  return DSR_OK;
}

static dsr_status run_together(dsr_crew *crew, dsr_pipeline *p, dsr_chunk *chunks,
                               size_t n, double first, const dsr_guard *guard) {
  dsr_apart *a = p->apart;
  TRY(make_ready(p));
  TRY(make_hands(a, p, crew));
  p->stats.apart++;
  if (a->how == WAY_ROWS) return run_rows(a, p, chunks, n, guard);
  give_all(a, chunks, n);
  return a->how == WAY_OWNED ? run_sinks(a, p, guard) : run_kept(a, p, first, guard);
}

/* ---- whether --------------------------------------------------------------------- */

/* Rows that are done straight to their ends: nobody knows how long that is.  So some are
** done alone, until they have made what is worth it; what is left then is shared. */
static dsr_status probe(dsr_crew *crew, dsr_pipeline *p, dsr_chunk *chunks, size_t n,
                        const dsr_guard *guard) {
  size_t piece = n / PROBES + 1, at = 0;
  uint64_t made = p->stats.made, worth = dsr_crew_worth(crew);
  while (at + 2 * piece < n && p->stats.made - made < worth) {
    TRY(dsr_pipeline_run(p, chunks + at, piece, guard));
    at += piece;
  }
  if (at + 2 * piece >= n) return dsr_pipeline_run(p, chunks + at, n - at, guard);
  return run_together(crew, p, chunks + at, n - at, 0, guard);
}

/* Find the way, if it was not found. */
static dsr_status have_way(dsr_pipeline *p, const dsr_chunk *chunks, size_t n) {
  if (p->apart != NULL) return DSR_OK;
  p->apart = dsr_alloc(sizeof *p->apart);
  if (p->apart == NULL) return dsr_fail_memory(p->error);
  choose(p->apart, p, chunks, n);
  return DSR_OK;
}

static dsr_status run(dsr_crew *crew, dsr_pipeline *p, dsr_chunk *chunks, size_t n,
                      const dsr_guard *guard) {
  double first = 0;
  bool straight = p->straight == DSR_STRAIGHT_ROW;
  if (p->apart != NULL && p->apart->how == WAY_ALONE) goto alone;
  double work = work_of(p, chunks, n, 1, &first);
  if (!straight && work < (double)dsr_crew_worth(crew)) goto alone;
  TRY(have_way(p, chunks, n));
  if (p->apart->how == WAY_ALONE || dsr_crew_size(crew) < 2) goto alone;
  if (straight) return probe(crew, p, chunks, n, guard);
  return run_together(crew, p, chunks, n, first, guard);
alone:
  return dsr_pipeline_run(p, chunks, n, guard);
}

dsr_status dsr_apart_run(dsr_crew *crew, dsr_pipeline *p, dsr_chunk *chunks, size_t n,
                         const dsr_guard *guard) {
  uint64_t runs = p->stats.runs, nanoseconds = p->stats.nanoseconds;
  int64_t began = dsr_pipeline_clock();
  dsr_status rc = run(crew, p, chunks, n, guard);
  p->stats.runs = runs + 1;
  p->stats.nanoseconds = nanoseconds + (uint64_t)(dsr_pipeline_clock() - began);
  return rc;
}
