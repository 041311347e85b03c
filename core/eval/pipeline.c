/*
** pipeline.c - making pipelines, and handing batches from operator to operator.
**
** What is worked out once: which slots are read after an operator, so that only these
** are carried through it; which operator takes the EMIT over; whether the whole runs
** straight through.  See operator.h for the parts.
*/
#include "eval/cross.h"

#include <time.h>

#include "ground/mem.h"

/* ---- making ---------------------------------------------------------------------- */

static void need(bool *live, const dsr_ref *ref) {
  if (ref->slot >= 0) live[ref->slot] = true;
}

/* Mark what an operator reads of its input. */
static void mark_reads(const dsr_op *op, bool *live) {
  for (int i = 0; i < op->n_ways; i++) {
    for (int k = 0; k < op->ways[i].prefix; k++) need(live, &op->ways[i].key[k]);
  }
  for (int i = 0; i < op->n_takes; i++) {
    if (op->takes[i].kind == DSR_TAKE_MATCH) need(live, &op->takes[i].ref);
  }
  for (int i = 0; i < op->n_args; i++) need(live, &op->args[i]);
}

static void unmark_fills(const dsr_op *op, bool *live) {
  for (int i = 0; i < op->n_takes; i++) {
    if (op->takes[i].kind == DSR_TAKE_FILL) live[op->takes[i].ref.slot] = false;
  }
}

/* Find the columns that match an earlier column of the same operator. */
static void find_twins(dsr_stage *s) {
  for (int i = 0; i < s->op.n_takes; i++) {
    s->twin[i] = -1;
    if (s->op.takes[i].kind != DSR_TAKE_MATCH) continue;
    s->matches = true;
    for (int k = 0; k < i; k++) {
      const dsr_take *take = &s->op.takes[k];
      if (take->kind == DSR_TAKE_FILL && take->ref.slot == s->op.takes[i].ref.slot) {
        s->twin[i] = k;
      }
    }
  }
}

/* Not zeroed: what is read of a column was written before, and most runs are short. */
static uint32_t *new_column(void) {
  return dsr_resize(NULL, DSR_BATCH * sizeof(uint32_t));
}

/* Give the stage the columns that are `live` after it. */
static dsr_status make_batch(dsr_stage *s, const bool *live) {
  bool own[DSR_SLOTS] = {false};
  for (int i = 0; i < s->op.n_takes; i++) {
    if (s->op.takes[i].kind == DSR_TAKE_FILL) own[s->op.takes[i].ref.slot] = true;
  }
  s->source = new_column();
  if (s->source == NULL) return DSR_ENOMEM;
  for (int slot = 0; slot < DSR_SLOTS; slot++) {
    if (!live[slot]) continue;
    s->columns[slot] = new_column();
    if (s->columns[slot] == NULL) return DSR_ENOMEM;
    if (!own[slot]) s->carry[s->n_carry++] = (uint8_t)slot;
  }
  return DSR_OK;
}

/* Is what the way leads to larger than a cache, and found by one slot? */
static bool is_far(const dsr_way *way) {
  enum { CACHE = 1 << 19 };
  const dsr_trie *trie = way->index->trie;
  return way->prefix == 1 && way->key[0].slot >= 0 && trie != NULL &&
         trie->firsts != NULL && trie->bytes > CACHE;
}

static dsr_status make_stages(dsr_pipeline *p, const dsr_op *ops) {
  bool live[DSR_SLOTS] = {false};
  for (int i = p->n - 1; i >= 0; i--) {
    dsr_stage *s = &p->stages[i];
    s->op = ops[i];
    for (int k = 0; k < s->op.n_ways; k++) {
      p->asks = p->asks || s->op.ways[k].index->way == DSR_WAY_ASKED;
    }
    s->far = s->op.kind == DSR_OP_JOIN && is_far(&s->op.ways[0]);
    find_twins(s);
    if (i == p->n - 2 && (p->part == NULL || !dsr_part_keeps(p->part))) {
      s->head = dsr_head_with(&ops[i], &ops[i + 1]);
    }
    if (i < p->n - 1 && s->head == DSR_HEAD_NONE && make_batch(s, live) < 0) {
      return DSR_ENOMEM;
    }
    unmark_fills(&ops[i], live);
    mark_reads(&ops[i], live);
    for (int k = 0; k < s->op.n_takes; k++) {
      if (s->twin[k] >= 0) live[s->op.takes[k].ref.slot] = false;
    }
  }
  if (p->part == NULL || dsr_part_straight(p->part)) {
    p->straight = dsr_straight_of(p->stages, p->n);
  }
  return DSR_OK;
}

/* Columns of constants for the EMIT, and of scratch for walks. */
static dsr_status make_columns(dsr_pipeline *p) {
  const dsr_op *emit = &p->stages[p->n - 1].op;
  for (int i = 0; i < emit->n_args; i++) {
    if (emit->args[i].slot >= 0) continue;
    p->constants[i] = new_column();
    if (p->constants[i] == NULL) return DSR_ENOMEM;
    for (int k = 0; k < DSR_BATCH; k++) p->constants[i][k] = emit->args[i].number;
  }
  for (int i = 0; i < p->n; i++) {
    if (p->stages[i].op.kind != DSR_OP_SCAN) continue;
    for (int k = 0; k < p->stages[i].op.n_takes; k++) {
      if (p->scratch[k] == NULL) p->scratch[k] = new_column();
      if (p->scratch[k] == NULL) return DSR_ENOMEM;
    }
  }
  return DSR_OK;
}

static dsr_status make(const dsr_op *ops, int n, dsr_part *part, dsr_error *error,
                       dsr_pipeline **out) {
  dsr_pipeline *p = dsr_alloc(sizeof *p);
  if (p == NULL) return dsr_fail_memory(error);
  p->error = error;
  p->part = part;
  p->n = n;
  p->stages = dsr_alloc((size_t)n * sizeof *p->stages);
  if (p->stages == NULL || make_stages(p, ops) < 0 || make_columns(p) < 0) {
    dsr_pipeline_free(p);
    return dsr_fail_memory(error);
  }
  *out = p;
  return DSR_OK;
}

dsr_status dsr_pipeline_new(const dsr_op *ops, int n, dsr_error *error,
                            dsr_pipeline **out) {
  return make(ops, n, NULL, error, out);
}

dsr_status dsr_pipeline_part(const dsr_pipeline *p, dsr_part *part, dsr_extent *sink,
                             bool own, dsr_error *error, dsr_pipeline **out) {
  dsr_op *ops = dsr_alloc((size_t)p->n * sizeof *ops);
  if (ops == NULL) return dsr_fail_memory(error);
  for (int i = 0; i < p->n; i++) ops[i] = p->stages[i].op;
  if (sink != NULL) ops[p->n - 1].extent = sink;
  if (own) ops[0].extent = sink;
  dsr_status rc = make(ops, p->n, part, error, out);
  dsr_free(ops);
  return rc;
}

void dsr_pipeline_free(dsr_pipeline *p) {
  if (p == NULL) return;
  dsr_apart_free(p->apart);
  for (int i = 0; p->stages != NULL && i < p->n; i++) {
    dsr_free(p->stages[i].source);
    dsr_marks_free(&p->stages[i].marks);
    dsr_cross_free(p->stages[i].cross);
    for (int k = 0; k < DSR_SLOTS; k++) dsr_free(p->stages[i].columns[k]);
  }
  for (int i = 0; i < DSR_WIDTH_MAX; i++) {
    dsr_free(p->scratch[i]);
    dsr_free(p->constants[i]);
  }
  VEC_FREE(&p->results.numbers);
  dsr_free(p->stages);
  dsr_free(p);
}

const dsr_pipeline_stats *dsr_pipeline_stats_of(const dsr_pipeline *p) {
  return &p->stats;
}
int dsr_pipeline_length(const dsr_pipeline *p) { return p->n; }
const dsr_op *dsr_pipeline_op(const dsr_pipeline *p, int i) { return &p->stages[i].op; }

bool dsr_pipeline_goes_on(const dsr_pipeline *p) {
  return p->straight != DSR_STRAIGHT_NONE && !p->held;
}

bool dsr_pipeline_asks(const dsr_pipeline *p) { return p->asks; }

void dsr_pipeline_hold(dsr_pipeline *p) {
  p->held = true;
  if (p->straight != DSR_STRAIGHT_CHUNK) p->straight = DSR_STRAIGHT_NONE;
}

/* ---- batches --------------------------------------------------------------------- */

/* Copy the carried slots of the rows that do not have them yet. */
static void carry(dsr_pipeline *p, int at) {
  dsr_stage *s = &p->stages[at];
  if (at > 0) {
    uint32_t *const *in = dsr_pipeline_input(p, at);
    for (int c = 0; c < s->n_carry; c++) {
      const uint32_t *restrict from = in[s->carry[c]], *restrict source = s->source;
      uint32_t *restrict to = s->columns[s->carry[c]];
      for (size_t i = s->copied, n = s->n; i < n; i++) to[i] = from[source[i]];
    }
  }
  s->copied = s->n;
}

dsr_status dsr_pipeline_stage(dsr_pipeline *p, int at, size_t n) {
  if (p->stages[at].head != DSR_HEAD_NONE) return dsr_head_run(p, at, n);
  switch (p->stages[at].op.kind) {
    case DSR_OP_ONCE:
    case DSR_OP_SCAN:
    case DSR_OP_DELTA:
    case DSR_OP_CHUNK:
      return dsr_source_run(p, at, n);
    case DSR_OP_SLICE:
      return dsr_source_slice(p, at, n);
    case DSR_OP_JOIN:
      return dsr_step_join(p, at, n);
    case DSR_OP_MEET:
      return dsr_meet_run(p, at, n);
    case DSR_OP_HAS:
      return dsr_step_has(p, at, n);
    case DSR_OP_DEFAULT:
      return dsr_step_default(p, at, n);
    case DSR_OP_TEST:
      return dsr_step_test(p, at, n);
    case DSR_OP_CALL:
      return dsr_step_call(p, at, n);
    case DSR_OP_EMIT:
      return dsr_head_emit(p, at, n);
  }
  return DSR_EMISUSE;
}

dsr_status dsr_pipeline_pass(dsr_pipeline *p, int at) {
  dsr_stage *s = &p->stages[at], *next = s + 1;
  carry(p, at);
  TRY(dsr_pipeline_look(p));
  if (p->part != NULL && dsr_part_shares(p->part, at)) {
    TRY(dsr_part_pass(p, at));
  } else {
    TRY(dsr_pipeline_stage(p, at + 1, s->n));
  }
  if (at + 1 < p->n - 1 && next->head == DSR_HEAD_NONE) carry(p, at + 1);
  s->n = s->copied = 0;
  return DSR_OK;
}

dsr_status dsr_pipeline_flush(dsr_pipeline *p, int at) {
  for (; at < p->n - 1 && p->stages[at].head == DSR_HEAD_NONE; at++) {
    if (p->stages[at].n > 0) TRY(dsr_pipeline_pass(p, at));
  }
  return DSR_OK;
}

/* ---- running --------------------------------------------------------------------- */

static dsr_status run_all(dsr_pipeline *p) {
  if (p->straight != DSR_STRAIGHT_NONE) return dsr_straight_run(p);
  for (int i = 0; i < p->n; i++) p->stages[i].n = p->stages[i].copied = 0;
  TRY(dsr_pipeline_stage(p, 0, 0));
  return dsr_pipeline_flush(p, 0);
}

int64_t dsr_pipeline_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What fetching for the run failed with. */
static dsr_status failure(const dsr_pipeline *p) {
  for (int i = 0; p->asks && i < p->n; i++) {
    for (int k = 0; k < p->stages[i].op.n_ways; k++) {
      TRY(dsr_extent_failure(p->stages[i].op.ways[k].index->extent));
    }
  }
  return DSR_OK;
}

dsr_status dsr_pipeline_run(dsr_pipeline *p, dsr_chunk *chunks, size_t n,
                            const dsr_guard *guard) {
  int64_t began = dsr_pipeline_clock();
  p->chunks = chunks;
  p->n_chunks = n;
  p->guard = guard;
  dsr_status rc = run_all(p);
  if (rc >= 0) rc = failure(p);
  p->stats.runs++;
  p->stats.nanoseconds += (uint64_t)(dsr_pipeline_clock() - began);
  return rc;
}
