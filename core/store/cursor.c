/*
** cursor.c - walking the rows of one order that begin with a prefix.
**
** A cursor merges sorted sources: the levels of the pending rows, the levels of the
** tail, the upper levels of packed blocks, and the lowest, in this order of precedence.  On equal rows the first
** source is heard and all of them step on.  Where nothing is fresh, a step is a copy out
** of the unpacked block.
**
** The block that a cursor stands on is pinned in the cache.  A few rows within one that is
** not there are taken out of its bytes (probe.h): who looks up single keys in a base larger
** than the cache would unpack a block for each.  Under a strain it is one of the rows of a
** block that the strain leaves, and the block itself is not unpacked.
*/
#include <assert.h>
#include <string.h>

#include "store/sort.h"
#include "store/levels.h"
#include "store/strained.h"

/* A sorted level of fresh rows, what is left of it; or a packed level above the lowest. */
typedef struct source {
  dsr_level_walk *walk; /* NULL: of fresh rows */
  const dsr_rows *rows;
  const uint32_t *at;
  const uint32_t *end;
} source;

enum { FEW = 8 };

/* Rows that were taken out of a block, as a block of them. */
typedef struct few {
  dsr_block block;
  uint64_t words[DSR_ROW_MAX + 1][FEW];
} few;

struct dsr_cursor {
  dsr_store *store;
  uint64_t generation;
  int width;
  int order;
  int n_prefix;
  uint64_t prefix[DSR_ROW_MAX];
  uint64_t row[DSR_ROW_MAX]; /* the one given out */
  uint64_t set;              /* and its set, where it is a run by itself */

  dsr_level_walk walks[DSR_LEVELS_ABOVE];
  /* The lowest level; NULL: nothing is packed, or nothing is left. */
  const dsr_sequence *sequence;
  size_t next_block;
  const dsr_block *block;   /* NULL between blocks */
  bool one_set;             /* its rows have all the same */
  dsr_cached *cached;       /* what it is of, pinned; NULL: of `strained` or `few` */
  const dsr_strain *strain; /* NULL: all rows are wanted */
  dsr_strained *strained;   /* made when it is first of use */
  uint64_t skipped;         /* rows that were left out since the last were given */
  size_t r, r_end;
  uint64_t head[DSR_ROW_MAX]; /* the row at r in natural order, while merging */
  few few;

  bool front_known;
  size_t front;
  size_t n_sources;
  size_t cap_sources;
  source sources[];
};

/* ---- starting -------------------------------------------------------------------- */

/* Where in a sorted level the rows with the prefix begin, or with `past` end. */
static const uint32_t *level_bound(const dsr_rows *rows, const dsr_cursor *cursor,
                                   const uint32_t *lo, const uint32_t *hi, bool past) {
  while (lo < hi) {
    const uint32_t *middle = lo + (hi - lo) / 2;
    int way = dsr_order_prefix(dsr_rows_at(rows, *middle), cursor->order,
                               cursor->prefix, cursor->n_prefix);
    if (way < 0 || (past && way == 0)) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo;
}

static void add_sources(dsr_cursor *cursor, const dsr_rows *rows) {
  const dsr_sorted *sorted = &rows->sorted[cursor->order];
  size_t start = 0;
  for (int level = 0; level < sorted->levels; level++) {
    const uint32_t *lo = sorted->numbers + start;
    const uint32_t *hi = sorted->numbers + sorted->ends[level];
    lo = level_bound(rows, cursor, lo, hi, false);
    hi = level_bound(rows, cursor, lo, hi, true);
    if (lo < hi) cursor->sources[cursor->n_sources++] = (source){NULL, rows, lo, hi};
    start = sorted->ends[level];
  }
}

/* The packed levels above the lowest that have rows with the prefix, newest first. */
static dsr_status add_walks(dsr_cursor *cursor, dsr_sequence *sequence) {
  for (int i = sequence == NULL ? 0 : sequence->n_above; i > 0; i--) {
    dsr_level_walk *walk = &cursor->walks[i - 1];
    dsr_status rc =
        dsr_level_walk_start(walk, cursor->store, dsr_sequence_level(sequence, i),
                             cursor->order, cursor->prefix, cursor->n_prefix);
    TRY(rc);
    if (rc == DSR_ROW) {
      cursor->sources[cursor->n_sources++] = (source){walk, NULL, NULL, NULL};
    }
  }
  return DSR_OK;
}

/* Have the relation's fresh rows sorted; NULL where there are none. */
static dsr_status fresh_rows(dsr_store *store, dsr_fresh *fresh, uint32_t relation,
                             int width, int order, dsr_rows **out) {
  dsr_rows *rows = dsr_fresh_find_rows(fresh, relation);
  if (rows != NULL && (rows->width != width || (rows->orders >> order & 1) == 0)) {
    return dsr_fail(store->error, DSR_EMISUSE,
                    "the relation has rows of another width, or no such order");
  }
  if (rows != NULL && dsr_rows_sort(rows, order, false) < 0) {
    return dsr_fail_memory(store->error);
  }
  *out = rows;
  return DSR_OK;
}

/* The spare cursor, or a new one, with room for that many sources. */
static dsr_cursor *cursor_new(dsr_store *store, size_t n_sources) {
  dsr_cursor *cursor = store->spare;
  if (cursor != NULL && cursor->cap_sources >= n_sources) {
    store->spare = NULL;
  } else {
    cursor = dsr_resize(NULL, sizeof *cursor + n_sources * sizeof(source));
    if (cursor == NULL) return NULL;
    cursor->cap_sources = n_sources;
  }
  cursor->store = store;
  cursor->generation = store->generation;
  cursor->sequence = NULL;
  cursor->cached = NULL;
  cursor->block = NULL;
  cursor->strain = NULL;
  cursor->strained = NULL;
  cursor->skipped = 0;
  cursor->r = cursor->r_end = 0;
  cursor->n_sources = 0;
  cursor->front_known = false;
  return cursor;
}

static size_t levels(const dsr_rows *rows, int order) {
  return rows == NULL ? 0 : (size_t)rows->sorted[order].levels;
}

/* Is the relation packed under other orders than the one asked for? */
static bool other_orders(const dsr_store *store, uint32_t relation) {
  for (int order = 0; order < DSR_ROW_MAX; order++) {
    uint64_t key = dsr_sequence_key(relation, order);
    if (dsr_sequences_find(&store->sequences, key) != NULL) return true;
  }
  return false;
}

dsr_status dsr_cursor_start(dsr_store *store, uint32_t relation, int width, int order,
                            const uint64_t *prefix, int n_prefix, dsr_cursor **out) {
  dsr_rows *tail, *pending = NULL;
  dsr_sequence *sequence;
  if (width < 1 || width > DSR_ROW_MAX || order < 0 || order >= width || n_prefix < 0 ||
      n_prefix > width) {
    return dsr_fail(store->error, DSR_EMISUSE, "no cursor has such a width or prefix");
  }
  TRY(dsr_store_ready(store));
  TRY(dsr_store_part(store, relation, width, order, prefix, n_prefix, &sequence));
  if (sequence == NULL && other_orders(store, relation)) {
    return dsr_fail(store->error, DSR_EMISUSE, "the relation has no such order");
  }
  TRY(fresh_rows(store, &store->tail, relation, width, order, &tail));
  if (store->writing) {
    TRY(fresh_rows(store, &store->pending, relation, width, order, &pending));
  }
  size_t above = sequence == NULL ? 0 : (size_t)sequence->n_above;
  dsr_cursor *cursor =
      cursor_new(store, levels(tail, order) + levels(pending, order) + above);
  if (cursor == NULL) return dsr_fail_memory(store->error);
  cursor->width = width;
  cursor->order = order;
  cursor->n_prefix = n_prefix;
  if (n_prefix > 0) memcpy(cursor->prefix, prefix, (size_t)n_prefix * sizeof *prefix);
  if (pending != NULL) add_sources(cursor, pending);
  if (tail != NULL) add_sources(cursor, tail);
  dsr_status rc = add_walks(cursor, sequence);
  if (rc < 0) {
    dsr_cursor_stop(cursor);
    return rc;
  }
  if (sequence != NULL) {
    cursor->next_block = dsr_sequence_seek(sequence, cursor->prefix, n_prefix);
    cursor->sequence = sequence;
  }
  *out = cursor;
  return DSR_OK;
}

void dsr_cursor_strain(dsr_cursor *cursor, const dsr_strain *strain) {
  for (int i = 0; i < strain->n; i++) {
    assert(strain->tests[i].column < cursor->width);
  }
  cursor->strain = strain->n > 0 ? strain : NULL;
}

void dsr_cursor_stop(dsr_cursor *cursor) {
  if (cursor == NULL) return;
  dsr_strained_free(cursor->strained);
  if (cursor->cached != NULL) dsr_cache_unpin(cursor->cached);
  for (size_t i = 0; i < cursor->n_sources; i++) {
    if (cursor->sources[i].walk != NULL) dsr_level_walk_stop(cursor->sources[i].walk);
  }
  if (cursor->store->spare == NULL) {
    cursor->store->spare = cursor;
  } else {
    dsr_free(cursor);
  }
}

/* ---- blocks ---------------------------------------------------------------------- */

/* The row at r, in natural column order. */
static inline void block_row(const dsr_cursor *cursor, uint64_t *row) {
  const dsr_block *block = cursor->block;
  size_t r = cursor->r;
  int order = cursor->order;
  row[order] = block->columns[0][r];
  for (int c = 0; c < order; c++) row[c] = block->columns[c + 1][r];
  for (int c = order + 1; c < cursor->width; c++) row[c] = block->columns[c][r];
}

/* Where the rows with the prefix end, which begin at `r`: of a few without a search. */
static size_t run_end(const dsr_block *block, const uint64_t *prefix, int n, size_t r) {
  size_t most = block->rows - r > FEW ? r + FEW : block->rows;
  for (; r < most; r++) {
    for (int c = n - 1; c >= 0; c--) {
      if (block->columns[c][r] != prefix[c]) return r;
    }
  }
  return r == block->rows ? r : dsr_block_seek(block, prefix, n, true);
}

/* Take the rows with the prefix out of block `i`, inside of which they lie, if it is not
** unpacked and they are few: DSR_OK, or DSR_NOTHING. */
static dsr_status take_few(dsr_cursor *cursor, size_t i) {
  dsr_store *store = cursor->store;
  dsr_block *block = &cursor->few.block;
  dsr_probe *probe;
  size_t from, to;
  TRY(dsr_probes_at(&store->probes, cursor->sequence, &store->file, &store->cache, i,
                    &probe));
  if (probe == NULL) return DSR_NOTHING;
  dsr_probe_find(probe, cursor->prefix, cursor->n_prefix, &from, &to);
  if (to - from > FEW) return DSR_NOTHING;
  memset(block, 0, sizeof *block);
  block->width = cursor->width;
  block->rows = to - from;
  for (int c = 0; c <= cursor->width; c++) {
    uint64_t *words = cursor->few.words[c];
    for (size_t r = from; r < to; r++) words[r - from] = dsr_probe_word(probe, c, r);
    *(c < cursor->width ? &block->columns[c] : &block->sets) = words;
  }
  cursor->block = block;
  cursor->r_end = block->rows;
  cursor->next_block = cursor->sequence->extent.blocks;
  cursor->one_set = false;
  return DSR_OK;
}

/* Have the rows of block `i` that are wanted, if it is not unpacked; else no block. */
static dsr_status strain_block(dsr_cursor *cursor, size_t i) {
  dsr_store *store = cursor->store;
  dsr_probe *probe;
  TRY(dsr_probes_packed(&store->probes, cursor->sequence, &store->file, &store->cache,
                        i, &probe));
  if (probe == NULL) return DSR_OK;
  if (cursor->strained == NULL) {
    cursor->strained = dsr_strained_new(cursor->strain, cursor->order);
  }
  dsr_status rc = cursor->strained == NULL
                      ? DSR_ENOMEM
                      : dsr_strained_rows(cursor->strained, probe, &cursor->block,
                                          &cursor->one_set);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(store->error);
  if (rc < 0) return dsr_file_damaged(&store->file, "a block's columns do not match");
  if (rc == DSR_NOTHING) return DSR_OK;
  cursor->skipped += cursor->sequence->places[i].rows - cursor->block->rows;
  return DSR_OK;
}

/* Have block `i`, all of it, or if it is `inside` the prefix what is wanted of it. */
static dsr_status have_block(dsr_cursor *cursor, size_t i, bool inside) {
  dsr_store *store = cursor->store;
  cursor->block = NULL;
  if (cursor->strain != NULL && inside) TRY(strain_block(cursor, i));
  if (cursor->block != NULL) return DSR_OK;
  TRY(dsr_sequence_block(cursor->sequence, &store->file, &store->cache, i,
                         &cursor->cached));
  dsr_cache_pin(cursor->cached);
  cursor->block = cursor->cached->block;
  cursor->one_set = dsr_block_one_set(cursor->block);
  return DSR_OK;
}

/* To the next block that has rows with the prefix; DSR_DONE where there is none. */
static dsr_status enter_block(dsr_cursor *cursor) {
  const dsr_sequence *sequence = cursor->sequence;
  const uint64_t *prefix = cursor->prefix;
  int n = cursor->n_prefix;
  size_t i = cursor->next_block;
  if (cursor->cached != NULL) dsr_cache_unpin(cursor->cached);
  cursor->cached = NULL;
  cursor->r = cursor->r_end = 0;
  if (i >= sequence->extent.blocks ||
      dsr_key_compare(dsr_sequence_first(sequence, i), prefix, n) > 0) {
    cursor->sequence = NULL;
    return DSR_DONE;
  }
  bool begins_inside = dsr_key_compare(dsr_sequence_first(sequence, i), prefix, n) < 0;
  bool ends_inside = dsr_key_compare(dsr_sequence_last(sequence, i), prefix, n) > 0;
  if (begins_inside && ends_inside &&
      dsr_cache_find(&cursor->store->cache, sequence->places[i].block) == NULL) {
    dsr_status rc = take_few(cursor, i);
    if (rc != DSR_NOTHING) return rc;
  }
  TRY(have_block(cursor, i, !begins_inside && !ends_inside));
  const dsr_block *block = cursor->block;
  cursor->r = begins_inside ? dsr_block_seek(block, prefix, n, false) : 0;
  cursor->r_end = ends_inside ? run_end(block, prefix, n, cursor->r) : block->rows;
  cursor->next_block = ends_inside ? sequence->extent.blocks : i + 1;
  return DSR_OK;
}

/* Stand on a packed row, its head filled in where there is more than this source. */
static dsr_status stand(dsr_cursor *cursor) {
  while (cursor->sequence != NULL && cursor->r == cursor->r_end) {
    TRY(enter_block(cursor));
    if (cursor->r < cursor->r_end && cursor->n_sources > 0) {
      block_row(cursor, cursor->head);
    }
  }
  return DSR_OK;
}

static void step_block(dsr_cursor *cursor) {
  if (++cursor->r < cursor->r_end) block_row(cursor, cursor->head);
}

/* ---- stepping -------------------------------------------------------------------- */

static dsr_status outlived(dsr_cursor *cursor) {
  return dsr_fail(cursor->store->error, DSR_EMISUSE,
                  "the base has changed under a scan");
}

/* Nothing fresh: rows straight from the blocks. */
static dsr_status next_packed(dsr_cursor *cursor, const uint64_t **row, uint64_t *set) {
  if (cursor->r == cursor->r_end) {
    TRY(stand(cursor));
    if (cursor->sequence == NULL) return DSR_DONE;
  }
  block_row(cursor, cursor->row);
  *row = cursor->row;
  *set = cursor->block->sets[cursor->r++];
  return DSR_ROW;
}

static const uint64_t *source_row(const source *from) {
  return from->walk ? from->walk->row : dsr_rows_at(from->rows, *from->at);
}

static uint64_t source_set(const source *from) {
  return from->walk ? dsr_level_walk_set(from->walk) : from->rows->sets[*from->at];
}

/* To the source's next row: DSR_DONE where it is at its end. */
static dsr_status step_source(source *from) {
  if (from->walk) return dsr_level_walk_step(from->walk);
  return ++from->at < from->end ? DSR_ROW : DSR_DONE;
}

/* Have the first source in precedence that stands on the least of their rows: it is known
** until one of them steps, so that runs of packed rows cost one comparison each. */
static const source *front(dsr_cursor *cursor) {
  if (cursor->front_known) return &cursor->sources[cursor->front];
  size_t best = 0;
  for (size_t i = 1; i < cursor->n_sources; i++) {
    if (dsr_order_compare(source_row(&cursor->sources[i]),
                          source_row(&cursor->sources[best]), cursor->width,
                          cursor->order) < 0) {
      best = i;
    }
  }
  cursor->front = best;
  cursor->front_known = true;
  return &cursor->sources[best];
}

/* Step every source that stands on the row given out; drop those at their ends. */
static dsr_status step_sources(dsr_cursor *cursor) {
  size_t size = (size_t)cursor->width * sizeof *cursor->row, kept = 0;
  dsr_status failed = DSR_OK;
  for (size_t i = 0; i < cursor->n_sources; i++) {
    source from = cursor->sources[i];
    dsr_status rc = DSR_ROW;
    if (memcmp(source_row(&from), cursor->row, size) == 0) rc = step_source(&from);
    if (rc < 0) failed = rc;
    if (rc == DSR_ROW) cursor->sources[kept++] = from;
  }
  cursor->n_sources = kept;
  cursor->front_known = false;
  return failed;
}

/* The least row of all sources and the packed ones, with its set; all that stand on it
** step. */
static dsr_status next_merged(dsr_cursor *cursor, uint64_t *set) {
  const source *from = front(cursor);
  const uint64_t *row = source_row(from);
  size_t size = (size_t)cursor->width * sizeof *row;
  int way = -1;
  if (cursor->sequence != NULL) {
    way = dsr_order_compare(row, cursor->head, cursor->width, cursor->order);
  }
  *set = way > 0 ? cursor->block->sets[cursor->r] : source_set(from);
  memcpy(cursor->row, way > 0 ? cursor->head : row, size);
  if (way >= 0) step_block(cursor);
  return way <= 0 ? step_sources(cursor) : DSR_OK;
}

dsr_status dsr_cursor_next(dsr_cursor *cursor, const uint64_t **row, uint64_t *set) {
  dsr_store *store = cursor->store;
  if (!store->snapshot && !store->writing) TRY(dsr_store_ready(store));
  if (cursor->generation != store->generation) return outlived(cursor);
  if (cursor->n_sources == 0) return next_packed(cursor, row, set);
  uint64_t found = 0;
  TRY(stand(cursor));
  TRY(next_merged(cursor, &found));
  *row = cursor->row;
  *set = found;
  return DSR_ROW;
}

/* ---- runs ------------------------------------------------------------------------ */

/* The rows from `r` up to `end`, which the cursor is to stand on next. */
static void give_packed(dsr_cursor *cursor, size_t end, dsr_stretch *out) {
  const dsr_block *block = cursor->block;
  size_t r = cursor->r;
  int order = cursor->order;
  out->n = end - r;
  out->sets = block->sets + r;
  out->one_set = cursor->one_set;
  out->columns[order] = block->columns[0] + r;
  for (int c = 0; c < order; c++) out->columns[c] = block->columns[c + 1] + r;
  for (int c = order + 1; c < cursor->width; c++) {
    out->columns[c] = block->columns[c] + r;
  }
  cursor->r = end;
}

/* The least row of the sources above the packed one; none: NULL. */
static const uint64_t *least_above(const dsr_cursor *cursor) {
  const uint64_t *best = NULL;
  for (size_t i = 0; i < cursor->n_sources; i++) {
    const uint64_t *row = source_row(&cursor->sources[i]);
    if (best == NULL ||
        dsr_order_compare(row, best, cursor->width, cursor->order) < 0) {
      best = row;
    }
  }
  return best;
}

/* Where in the block the rows before `row` end, which lies beyond the one at r. */
static size_t packed_before(const dsr_cursor *cursor, const uint64_t *row) {
  uint64_t key[DSR_ROW_MAX];
  int order = cursor->order;
  key[0] = row[order];
  for (int c = 0; c < order; c++) key[c + 1] = row[c];
  for (int c = order + 1; c < cursor->width; c++) key[c] = row[c];
  size_t end = dsr_block_seek(cursor->block, key, cursor->width, false);
  return end < cursor->r_end ? end : cursor->r_end;
}

/* Packed rows up to the next of another source; or that one by itself. */
static dsr_status some_merged(dsr_cursor *cursor, dsr_stretch *out) {
  TRY(stand(cursor));
  const uint64_t *row = least_above(cursor);
  if (cursor->sequence != NULL &&
      dsr_order_compare(cursor->head, row, cursor->width, cursor->order) < 0) {
    give_packed(cursor, packed_before(cursor, row), out);
    if (cursor->r < cursor->r_end) block_row(cursor, cursor->head);
    return DSR_ROW;
  }
  TRY(dsr_cursor_next(cursor, &row, &cursor->set));
  for (int c = 0; c < cursor->width; c++) out->columns[c] = row + c;
  out->sets = &cursor->set;
  out->one_set = true;
  out->n = 1;
  return DSR_ROW;
}

static dsr_status some(dsr_cursor *cursor, dsr_stretch *out) {
  if (cursor->n_sources > 0) return some_merged(cursor, out);
  if (cursor->r == cursor->r_end) {
    TRY(stand(cursor));
    if (cursor->sequence == NULL) return DSR_DONE;
  }
  give_packed(cursor, cursor->r_end, out);
  return DSR_ROW;
}

dsr_status dsr_cursor_some(dsr_cursor *cursor, dsr_stretch *out) {
  dsr_store *store = cursor->store;
  if (!store->snapshot && !store->writing) TRY(dsr_store_ready(store));
  if (cursor->generation != store->generation) return outlived(cursor);
  dsr_status rc = some(cursor, out);
  out->skipped = cursor->skipped;
  cursor->skipped = 0;
  return rc;
}
