/*
** straight.c - pipelines that run straight through, without batches.
**
** Some rules are fed with what they add to: r(X, Z) :- r(X, Y), e(Y, Z) adds to the
** very row of X that a chunk of it came from.  Such a row is gone through to its end,
** what is added meanwhile included, before the next: while its items and its membership
** are in the cache, with no chunk made for each step.  The chunk is told to reach to
** where the row came to; who hands chunks out has that taken from the tap (loop.c), and
** if that cannot be the tuples come once more, which costs time and changes nothing.
** The same goes for one column.
**
** A chunk that goes whole into other rows, r(X, Z) :- e(X, Y), r(Y, Z), needs no batch
** either: for each X that the join finds, the chunk's items are added to its row.  What
** its own row got since it was handed out goes with it.
*/
#include "eval/head.h"

/* ---- which ----------------------------------------------------------------------- */

static bool is_slot(const dsr_ref *ref, const dsr_take *take) {
  return take->kind == DSR_TAKE_FILL && ref->slot == take->ref.slot;
}

/* Does the operator find one column of values under one slot of the source? */
static bool joins_by(const dsr_op *join, const dsr_take *take) {
  return join->kind == DSR_OP_JOIN && join->n_takes == 1 && join->ways[0].prefix == 1 &&
         join->takes[0].kind == DSR_TAKE_FILL &&
         dsr_index_kind(join->ways[0].index) == DSR_RANGE_VALUES &&
         is_slot(&join->ways[0].key[0], take);
}

static dsr_straight_kind of_delta(const dsr_stage *stages) {
  const dsr_op *delta = &stages[0].op, *join = &stages[1].op, *emit = &stages[2].op;
  if (emit->extent != delta->extent) return DSR_STRAIGHT_NONE;
  if (stages[1].head == DSR_HEAD_ONLY) {
    return joins_by(join, &delta->takes[0]) ? DSR_STRAIGHT_ONLY : DSR_STRAIGHT_NONE;
  }
  bool row = (stages[1].head == DSR_HEAD_SECOND || stages[1].head == DSR_HEAD_ROWS) &&
             !stages[0].matches && joins_by(join, &delta->takes[emit->extent->value]);
  for (int c = 0; c < emit->n_args; c++) {
    row =
        row && (c == emit->extent->value || is_slot(&emit->args[c], &delta->takes[c]));
  }
  return row ? DSR_STRAIGHT_ROW : DSR_STRAIGHT_NONE;
}

static dsr_straight_kind of_chunk(const dsr_stage *stages) {
  const dsr_op *chunk = &stages[0].op, *join = &stages[1].op, *slice = &stages[2].op;
  bool whole = stages[2].head == DSR_HEAD_SECOND && slice->kind == DSR_OP_SLICE &&
               chunk->extent->shape == DSR_SHAPE_PAIRS &&
               slice->extent == chunk->extent && !stages[0].matches &&
               joins_by(join, &chunk->takes[0]) &&
               is_slot(&stages[3].op.args[0], &join->takes[0]);
  for (int i = 0; i < 3; i++) {
    whole = whole && is_slot(&slice->args[i], &chunk->takes[i]);
  }
  return whole ? DSR_STRAIGHT_CHUNK : DSR_STRAIGHT_NONE;
}

dsr_straight_kind dsr_straight_of(const dsr_stage *stages, int n) {
  if (n == 3 && stages[0].op.kind == DSR_OP_DELTA) return of_delta(stages);
  if (n == 4 && stages[0].op.kind == DSR_OP_CHUNK) return of_chunk(stages);
  return DSR_STRAIGHT_NONE;
}

/* ---- rows that grow while they are read ------------------------------------------ */

/* Have the ranges of the row's next items ready. */
static inline void await(const dsr_way *way, const dsr_row *row, uint32_t i) {
  dsr_way_ahead(way, row->items, i, row->n);
}

/* The same as run_row() for as long as the row is a bitmap with room, by a stored
** extent: all that the loop needs is in registers.  An item that it cannot do whole is
** left to be done again: what is there already is not added twice. */
static dsr_status run_bitmap(dsr_pipeline *p, dsr_row *row, const dsr_trie *trie,
                             uint32_t *at) {
  const uint32_t *firsts = trie->firsts, *values = trie->levels[1].values;
  uint32_t n_firsts = trie->n_firsts, size = row->size, room = dsr_row_room(row);
  uint32_t *items = row->items, len = row->n, i = *at;
  uint64_t *words = row->set, made = 0;
  for (; i < len; i++) {
    uint32_t key = items[i];
    if (key >= n_firsts) continue;
    uint32_t from = firsts[key], to = firsts[key + 1];
    if (to - from > room - len) break;
    for (; from < to && values[from] < size; from++) {
      uint32_t number = values[from];
      uint64_t word = words[number >> 6];
      items[len] = number;
      len += (word >> (number & 63) & 1) ^ 1;
      words[number >> 6] = word | UINT64_C(1) << (number & 63);
    }
    if (from < to) break;
    made += to - firsts[key];
  }
  row->n = len;
  *at = i;
  return dsr_pipeline_count(p, made);
}

/* Gather what stands under the row's items from `i` on, up to the end of the row, a
** long range or enough; where it came to. */
static uint32_t gather_stored(const dsr_stage *s, const dsr_row *row,
                              const dsr_trie *trie, uint32_t i, dsr_gather *g) {
  const uint32_t *firsts = trie->firsts, *values = trie->levels[1].values;
  const uint32_t *items = row->items;
  uint32_t n_firsts = trie->n_firsts, n = row->n, len = g->n;
  for (; i < n && len < DSR_GATHER; i++) {
    uint32_t key = items[i];
    if (s->far) await(&s->op.ways[0], row, i);
    if (key >= n_firsts) continue;
    uint32_t from = firsts[key], some = firsts[key + 1] - from;
    if (some > DSR_GATHER_SHORT) break;
    for (uint32_t k = 0; k < some; k++) g->values[len + k] = values[from + k];
    len += some;
  }
  g->n = len;
  return i;
}

/* Add what is found under one item, which a stored extent may have. */
static dsr_status add_under(dsr_pipeline *p, uint32_t item, dsr_gather *g) {
  dsr_values found;
  if (!dsr_values_under(p->stages[1].op.ways[0].index, item, &found)) return DSR_OK;
  TRY(dsr_gather_add(g, &found));
  return dsr_pipeline_count(p, found.n);
}

/* The trie of a stored extent whose values are found by one look; NULL: another way. */
static const dsr_trie *quick_trie(const dsr_index *index) {
  return index->trie != NULL && index->trie->firsts != NULL ? index->trie : NULL;
}

/* Add what is found under the row's items from *at on, to the end of the row. */
static dsr_status run_row(dsr_pipeline *p, dsr_pool *pool, dsr_row *row, uint32_t *at) {
  const dsr_stage *s = &p->stages[1];
  const dsr_trie *trie = quick_trie(s->op.ways[0].index);
  uint32_t i = *at;
  dsr_gather g;
  dsr_gather_start(&g, pool, row);
  for (;;) {
    uint32_t before = g.n;
    if (trie != NULL) i = gather_stored(s, row, trie, i, &g);
    TRY(dsr_pipeline_count(p, g.n - before));
    if (i < row->n && g.n < DSR_GATHER) {
      TRY(add_under(p, row->items[i++], &g));
      continue;
    }
    TRY(dsr_gather_flush(&g));
    if (trie != NULL && !s->far && row->kind == DSR_ROW_BITS) {
      TRY(run_bitmap(p, row, trie, &i));
    }
    if (i == row->n) break;
  }
  *at = i;
  return DSR_OK;
}

static dsr_status run_rows(dsr_pipeline *p) {
  dsr_extent *extent = p->stages[0].op.extent;
  for (size_t i = 0; i < p->n_chunks; i++) {
    dsr_filling filling;
    uint32_t at = p->chunks[i].from;
    TRY(dsr_filling_begin(&filling, extent, p->chunks[i].key)); /* it is there */
    dsr_status rc = run_row(p, &extent->pairs.pool, filling.row, &at);
    TRY(dsr_filling_end(&filling, &p->stats.kept));
    TRY(rc);
    p->chunks[i].to = at;
  }
  return DSR_OK;
}

static dsr_status run_only(dsr_pipeline *p) {
  dsr_extent *extent = p->stages[0].op.extent;
  for (size_t i = 0; i < p->n_chunks; i++) {
    uint32_t before = extent->row.n, at = p->chunks[i].from;
    dsr_status rc = run_row(p, &extent->pool, &extent->row, &at);
    p->stats.kept += extent->row.n - before;
    TRY(rc);
    p->chunks[i].to = at;
  }
  return DSR_OK;
}

/* ---- chunks ---------------------------------------------------------------------- */

/* Add the chunk's items to the rows of the firsts. */
static dsr_status spread(dsr_pipeline *p, const dsr_chunk *chunk,
                         const uint32_t *firsts, uint32_t n) {
  dsr_extent *extent = p->stages[3].op.extent;
  uint32_t some = chunk->to - chunk->from;
  const dsr_pairs *pairs = &p->stages[0].op.extent->pairs;
  for (uint32_t i = 0; i < n; i++) {
    dsr_filling filling;
    TRY(dsr_filling_begin(&filling, extent, firsts[i]));
    /* which may have moved rows, and have added to the chunk's own */
    const dsr_row *row = dsr_pairs_find(pairs, chunk->key);
    const uint32_t *items = row->items + chunk->from;
    bool dense = filling.row->kind == DSR_ROW_BITS && dsr_row_is_dense(row, some);
    dsr_status rc = dense       ? dsr_row_merge(&extent->pairs.pool, filling.row, row)
                    : some == 1 ? dsr_filling_add_one(&filling, *items)
                                : dsr_filling_add(&filling, items, some);
    TRY(dsr_filling_end(&filling, &p->stats.kept));
    TRY(rc);
    TRY(dsr_pipeline_count(p, some));
  }
  return DSR_OK;
}

static dsr_status run_chunks(dsr_pipeline *p) {
  enum { BLOCK = 256 };
  const dsr_index *index = p->stages[1].op.ways[0].index;
  const dsr_pairs *pairs = &p->stages[0].op.extent->pairs;
  for (size_t i = 0; i < p->n_chunks; i++) {
    dsr_chunk *chunk = &p->chunks[i];
    uint32_t block[BLOCK], done = 0;
    dsr_values range;
    if (!p->held) chunk->to = dsr_pairs_find(pairs, chunk->key)->n;
    /* copied, since the range may grow with what is added */
    while (dsr_values_under(index, chunk->key, &range) && done < range.n) {
      uint32_t some = range.n - done < BLOCK ? range.n - done : BLOCK;
      memcpy(block, range.items + done, some * sizeof *block);
      TRY(spread(p, chunk, block, some));
      done += some;
    }
  }
  return DSR_OK;
}

dsr_status dsr_straight_run(dsr_pipeline *p) {
  dsr_status rc = p->straight == DSR_STRAIGHT_ROW    ? run_rows(p)
                  : p->straight == DSR_STRAIGHT_ONLY ? run_only(p)
                                                     : run_chunks(p);
  return rc == DSR_ENOMEM ? dsr_fail_memory(p->error) : rc;
}
