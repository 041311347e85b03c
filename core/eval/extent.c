/*
** extent.c - the tuples of one predicate in a run, and the ways to find them.
**
** Each call looks at the extent's shape and hands over to the file that keeps it:
** trie.c, row.c, pairs.c, tuples.c.  What is new of a made extent is filed in its other
** indexes right after it was added, a whole row at a time where it came so.
*/
#include <math.h>
#include <string.h>

#include "eval/extent_inside.h"
#include "eval/sink.h"
#include "ground/mem.h"

/* ---- making and freeing ---------------------------------------------------------- */

static dsr_extent_shape shape_of(dsr_extent_kind kind, int width) {
  if (kind == DSR_EXTENT_STORED) return DSR_SHAPE_TRIES;
  if (kind == DSR_EXTENT_MADE && width == 1) return DSR_SHAPE_ROW;
  if (kind == DSR_EXTENT_MADE && width == 2) return DSR_SHAPE_PAIRS;
  return DSR_SHAPE_TUPLES;
}

static bool less(void *ud, uint32_t a, uint32_t b) {
  (void)ud;
  return a < b;
}

dsr_status dsr_extent_new(dsr_extent_kind kind, int width, dsr_error *error,
                          dsr_extent **out) {
  assert(width >= 0);
  assert(width <= DSR_WIDTH_MAX);
  dsr_extent *extent = dsr_alloc(sizeof *extent);
  if (!extent) return dsr_fail_memory(error);
  extent->kind = kind;
  extent->shape = shape_of(kind, width);
  extent->width = width;
  extent->error = error;
  extent->value = width - 1;
  extent->swapped.lists = true;
  extent->tuples.width = width;
  extent->tuples.key = kind == DSR_EXTENT_BEST && width > 0 ? width - 1 : width;
  extent->tuples.better = less;
  *out = extent;
  return DSR_OK;
}

static void free_index(dsr_index *index) {
  dsr_trie_free(index->trie);
  dsr_asked_free(index->asked);
  dsr_grouping_free(&index->grouping);
  dsr_free(index);
}

void dsr_extent_free(dsr_extent *extent) {
  if (!extent) return;
  if (extent->supply.stop) extent->supply.stop(extent->supply.ud);
  for (dsr_index *index = extent->indexes, *next; index; index = next) {
    next = index->next;
    free_index(index);
  }
  for (dsr_tap *tap = extent->taps, *next; tap; tap = next) {
    next = tap->next;
    VEC_FREE(&tap->before);
    dsr_free(tap);
  }
  for (int c = 0; c < extent->width; c++) VEC_FREE(&extent->columns[c]);
  VEC_FREE(&extent->log);
  dsr_sinks_free(extent);
  dsr_row_free(&extent->pool, &extent->row);
  dsr_pool_free(&extent->pool);
  dsr_pairs_free(&extent->pairs);
  dsr_pairs_free(&extent->swapped);
  dsr_tuples_free(&extent->tuples);
  dsr_keys_free(&extent->keys);
  dsr_free(extent);
}

void dsr_extent_order_best(dsr_extent *extent, dsr_better better, void *ud) {
  assert(extent->kind == DSR_EXTENT_BEST);
  assert(extent->tuples.n == 0);
  extent->tuples.better = better;
  extent->tuples.ud = ud;
}

dsr_status dsr_extent_by_rows(dsr_extent *extent, int column) {
  if (extent->shape != DSR_SHAPE_TUPLES || extent->kind != DSR_EXTENT_MADE ||
      extent->width < 3 || extent->tuples.n > 0 || extent->indexes || extent->taps) {
    return DSR_NOTHING;
  }
  extent->shape = DSR_SHAPE_ROWS;
  extent->value = column;
  extent->keys.width = extent->width - 1;
  return DSR_OK;
}

int dsr_extent_rows_of(const dsr_extent *extent) {
  return dsr_extent_in_rows(extent) ? extent->value : -1;
}

int dsr_extent_width(const dsr_extent *extent) { return extent->width; }
dsr_extent_kind dsr_extent_kind_of(const dsr_extent *extent) { return extent->kind; }

/* Tell of a failure that a part came to without words. */
static dsr_status tell(const dsr_extent *extent, dsr_status rc) {
  if (rc == DSR_ENOMEM) return dsr_fail_memory(extent->error);
  if (rc == DSR_ELIMIT) {
    return dsr_fail(extent->error, DSR_ELIMIT,
                    "a predicate has more tuples than can be numbered");
  }
  return rc;
}

/* ---- stored: sealing ------------------------------------------------------------- */

static dsr_status build_trie(dsr_extent *extent, const uint8_t *order, dsr_trie **out) {
  if (extent->sealed) {
    if (!extent->indexes) return dsr_fail_memory(extent->error); /* as the first time */
    return dsr_trie_turn(dsr_extent_first(extent)->trie, order, extent->error, out);
  }
  uint32_t *columns[DSR_WIDTH_MAX];
  for (int c = 0; c < extent->width; c++) {
    columns[c] = extent->columns[c].items;
    extent->columns[c].items = NULL;
    extent->columns[c].len = extent->columns[c].cap = 0;
  }
  extent->sealed = true;
  return dsr_trie_build(columns, (size_t)extent->filled, order, extent->width,
                        extent->error, out);
}

void dsr_extent_store(dsr_extent *extent, bool only_count) {
  assert(extent->kind == DSR_EXTENT_MADE);
  assert(extent->width > 0);
  assert(!extent->indexes && !extent->taps);
  extent->kind = DSR_EXTENT_STORED;
  extent->shape = DSR_SHAPE_TRIES;
  extent->distinct = true;
  extent->only_count = only_count;
}

bool dsr_extent_only_counts(const dsr_extent *extent) { return extent->only_count; }

dsr_status dsr_extent_seal(dsr_extent *extent) {
  uint8_t order[DSR_WIDTH_MAX];
  dsr_index *index;
  assert(!extent->only_count);
  if (extent->indexes) return DSR_OK;
  for (int c = 0; c < extent->width; c++) order[c] = (uint8_t)c;
  return dsr_extent_index(extent, order, extent->width, false, &index);
}

static uint64_t stored_count(const dsr_extent *extent) {
  if (extent->width == 0) return extent->filled > 0;
  return dsr_trie_count(dsr_extent_first(extent)->trie);
}

/* The columns as arrays of the same room. */
static dsr_status fill_room(dsr_extent *extent, size_t n) {
  assert(extent->kind == DSR_EXTENT_STORED);
  assert(!extent->sealed);
  for (int c = 0; c < extent->width; c++) {
    if (!VEC_RESERVE(&extent->columns[c], n)) return dsr_fail_memory(extent->error);
  }
  return DSR_OK;
}

dsr_status dsr_extent_fill(dsr_extent *extent, const uint32_t *values, size_t n) {
  size_t width = (size_t)extent->width;
  TRY(fill_room(extent, n));
  for (size_t c = 0; c < width; c++) {
    uint32_t *to = extent->columns[c].items + extent->columns[c].len;
    for (size_t i = 0; i < n; i++) to[i] = values[i * width + c];
    extent->columns[c].len += n;
  }
  extent->filled += n;
  return DSR_OK;
}

dsr_status dsr_extent_fill_columns(dsr_extent *extent, const uint32_t *const *columns,
                                   size_t n) {
  TRY(fill_room(extent, n));
  for (int c = 0; c < extent->width && n > 0; c++) {
    memcpy(extent->columns[c].items + extent->columns[c].len, columns[c],
           n * sizeof *columns[c]);
    extent->columns[c].len += n;
  }
  extent->filled += n;
  return DSR_OK;
}

/* ---- counts ---------------------------------------------------------------------- */

dsr_status dsr_extent_count(dsr_extent *extent, uint64_t *out) {
  switch (extent->shape) {
    case DSR_SHAPE_TRIES:
      if (!dsr_extent_is_open(extent)) TRY(dsr_extent_seal(extent));
      *out = dsr_extent_is_open(extent) ? extent->filled : stored_count(extent);
      break;
    case DSR_SHAPE_ASKED:
      *out = (uint64_t)extent->supply.count;
      break;
    case DSR_SHAPE_ROW:
      *out = extent->row.n;
      break;
    case DSR_SHAPE_PAIRS:
    case DSR_SHAPE_ROWS:
      *out = extent->pairs.count;
      break;
    case DSR_SHAPE_TUPLES:
      *out = extent->tuples.counting;
      break;
  }
  return DSR_OK;
}

bool dsr_extent_lost(const dsr_extent *extent) {
  return extent->sealed && extent->indexes == NULL && extent->width > 0;
}

size_t dsr_extent_bytes(const dsr_extent *extent) {
  size_t bytes = sizeof *extent + extent->pool.bytes + dsr_pairs_bytes(&extent->pairs) +
                 dsr_pairs_bytes(&extent->swapped) + extent->tuples.bytes +
                 dsr_keys_bytes(&extent->keys) +
                 extent->log.cap * sizeof *extent->log.items + extent->sink_bytes;
  for (int c = 0; c < extent->width; c++) {
    bytes += extent->columns[c].cap * sizeof *extent->columns[c].items;
  }
  for (const dsr_index *index = extent->indexes; index; index = index->next) {
    bytes += sizeof *index + dsr_grouping_bytes(&index->grouping);
    if (index->trie) bytes += index->trie->bytes;
    if (index->asked) bytes += dsr_asked_bytes(index->asked);
  }
  for (const dsr_tap *tap = extent->taps; tap; tap = tap->next) {
    bytes += sizeof *tap + tap->before.cap * sizeof *tap->before.items;
  }
  return bytes;
}

/* ---- adding ---------------------------------------------------------------------- */

/* File the tuples from number `from` on wherever they are to be found. */
static dsr_status file_tuples(dsr_extent *extent, uint32_t from) {
  dsr_tuples *tuples = &extent->tuples;
  for (dsr_index *index = extent->indexes; index; index = index->next) {
    if (index->way != DSR_WAY_GROUPS) continue;
    TRY(tell(extent, dsr_grouping_file(&index->grouping, tuples, from, tuples->n)));
  }
  return DSR_OK;
}

/* The tuple of a key and a value. */
static void compose(const dsr_extent *extent, uint32_t number, uint32_t value,
                    uint32_t *tuple) {
  const uint32_t *key = dsr_keys_at(&extent->keys, number);
  for (int c = 0; c < extent->width; c++) {
    tuple[c] = c == extent->value ? value : *key++;
  }
}

/* The columns of a tuple but that of the rows. */
static void key_of(const dsr_extent *extent, const uint32_t *tuple, uint32_t *key) {
  for (int c = 0; c < extent->width; c++) {
    if (c != extent->value) *key++ = tuple[c];
  }
}

/* List tuples that stand in rows. */
static dsr_status list_tuples(dsr_extent *extent, const uint32_t *numbers,
                              const uint32_t *values, size_t n) {
  uint32_t tuple[DSR_WIDTH_MAX];
  for (size_t i = 0; i < n; i++) {
    compose(extent, numbers[i], values[i], tuple);
    TRY(tell(extent, dsr_tuples_append(&extent->tuples, tuple)));
  }
  return file_tuples(extent, extent->tuples.n - (uint32_t)n);
}

/* File pairs in the index by the second column. */
static dsr_status file_pairs(dsr_extent *extent, const uint32_t *firsts,
                             const uint32_t *seconds, size_t n) {
  uint32_t fresh[DSR_PAIRS_BLOCK];
  size_t n_fresh;
  if (extent->shape == DSR_SHAPE_ROWS) return list_tuples(extent, firsts, seconds, n);
  return tell(extent,
              dsr_pairs_add(&extent->swapped, seconds, firsts, n, fresh, &n_fresh));
}

/* File the items of `row` from `before` on under their own values. */
dsr_status dsr_extent_file_row(dsr_extent *extent, const dsr_row *row,
                               uint32_t before) {
  uint32_t firsts[DSR_PAIRS_BLOCK];
  uint32_t first = dsr_pairs_key(&extent->pairs, row);
  for (size_t i = 0; i < DSR_PAIRS_BLOCK && i < row->n - before; i++) firsts[i] = first;
  for (uint32_t i = before, n; i < row->n; i += n) {
    n = row->n - i < DSR_PAIRS_BLOCK ? row->n - i : DSR_PAIRS_BLOCK;
    TRY(file_pairs(extent, firsts, row->items + i, n));
  }
  return DSR_OK;
}

dsr_status dsr_extent_add_row(dsr_extent *extent, uint32_t first,
                              const uint32_t *seconds, size_t n, uint64_t *kept) {
  assert(dsr_extent_in_rows(extent));
  dsr_filling filling;
  *kept = 0;
  if (n == 0) return DSR_OK;
  TRY(tell(extent, dsr_filling_begin(&filling, extent, first)));
  dsr_status rc = dsr_filling_add(&filling, seconds, n);
  TRY(dsr_filling_end(&filling, kept));
  return tell(extent, rc);
}

/* The number of the row that a tuple is in. */
static dsr_status number_row(dsr_extent *extent, const uint32_t *tuple, uint32_t *out) {
  uint32_t key[DSR_WIDTH_MAX];
  key_of(extent, tuple, key);
  return tell(extent, dsr_keys_number(&extent->keys, key, out));
}

static dsr_status add_tuple(dsr_extent *extent, const uint32_t *tuple) {
  dsr_tuples *tuples = &extent->tuples;
  dsr_status rc = dsr_tuples_add(tuples, tuple, dsr_tuples_hash(tuples, tuple));
  if (rc != DSR_OK) return tell(extent, rc);
  return file_tuples(extent, tuples->n - 1);
}

static dsr_status add_values(dsr_extent *extent, const uint32_t *values, size_t n,
                             uint64_t *kept) {
  uint32_t before = extent->row.n;
  dsr_status rc = dsr_row_append(&extent->pool, &extent->row, values, n);
  *kept = extent->row.n - before;
  return tell(extent, rc);
}

dsr_status dsr_extent_add(dsr_extent *extent, const uint32_t *tuple) {
  uint64_t kept;
  uint32_t row;
  assert(extent->kind != DSR_EXTENT_STORED);
  switch (extent->shape) {
    case DSR_SHAPE_PAIRS:
      TRY(dsr_extent_add_row(extent, tuple[0], tuple + 1, 1, &kept));
      break;
    case DSR_SHAPE_ROWS:
      TRY(number_row(extent, tuple, &row));
      TRY(dsr_extent_add_row(extent, row, tuple + extent->value, 1, &kept));
      break;
    case DSR_SHAPE_ROW:
      TRY(add_values(extent, tuple, 1, &kept));
      break;
    default:
      return add_tuple(extent, tuple);
  }
  return kept > 0 ? DSR_OK : DSR_NOTHING;
}

/* A block of pairs of which each is likely to be of a row of its own. */
static dsr_status add_apart(dsr_extent *extent, const uint32_t *firsts,
                            const uint32_t *seconds, size_t n, uint64_t *kept) {
  uint32_t fresh[DSR_PAIRS_BLOCK], x[DSR_PAIRS_BLOCK], y[DSR_PAIRS_BLOCK];
  size_t n_fresh;
  dsr_status rc = dsr_pairs_add(&extent->pairs, firsts, seconds, n, fresh, &n_fresh);
  *kept += n_fresh;
  TRY(tell(extent, rc));
  if (!extent->files) return DSR_OK;
  for (size_t i = 0; i < n_fresh; i++) {
    x[i] = firsts[fresh[i]];
    y[i] = seconds[fresh[i]];
  }
  return file_pairs(extent, x, y, n_fresh);
}

/* How many of the values from `i` on are equal. */
static size_t equal_run(const uint32_t *values, size_t i, size_t n) {
  size_t next = i + 1;
  while (next < n && values[next] == values[i]) next++;
  return next - i;
}

/* Long runs of a first value are added as rows, what is between them in blocks. */
static dsr_status add_pairs(dsr_extent *extent, const uint32_t *const *columns,
                            size_t n, uint64_t *kept) {
  enum { LONG_RUN = 4 };
  const uint32_t *firsts = columns[0], *seconds = columns[1];
  size_t i = 0;
  while (i < n) {
    size_t run = equal_run(firsts, i, n), to = i;
    if (run >= LONG_RUN) {
      uint64_t some;
      TRY(dsr_extent_add_row(extent, firsts[i], seconds + i, run, &some));
      *kept += some;
      i += run;
      continue;
    }
    while (run > 0 && run < LONG_RUN && to - i + run <= DSR_PAIRS_BLOCK) {
      to += run;
      run = to < n ? equal_run(firsts, to, n) : 0;
    }
    TRY(add_apart(extent, firsts + i, seconds + i, to - i, kept));
    i = to;
  }
  return DSR_OK;
}

/* A block: what the search for each tuple will look at is asked for before any
** begins. */
static dsr_status add_block(dsr_extent *extent, const uint32_t *const *columns,
                            size_t from, size_t n) {
  uint32_t block[DSR_PAIRS_BLOCK][DSR_WIDTH_MAX];
  uint64_t hashes[DSR_PAIRS_BLOCK];
  dsr_tuples *tuples = &extent->tuples;
  for (size_t i = 0; i < n; i++) {
    for (int c = 0; c < extent->width; c++) block[i][c] = columns[c][from + i];
    hashes[i] = dsr_tuples_hash(tuples, block[i]);
    dsr_tuples_await_slot(tuples, hashes[i]);
  }
  for (size_t i = 0; i < n; i++) dsr_tuples_await_tuple(tuples, hashes[i]);
  for (size_t i = 0; i < n; i++) {
    TRY(tell(extent, dsr_tuples_add(tuples, block[i], hashes[i])));
  }
  return DSR_OK;
}

static dsr_status add_tuples(dsr_extent *extent, const uint32_t *const *columns,
                             size_t n, uint64_t *kept) {
  for (size_t i = 0; i < n; i += DSR_PAIRS_BLOCK) {
    size_t some = n - i < DSR_PAIRS_BLOCK ? n - i : DSR_PAIRS_BLOCK;
    uint32_t before = extent->tuples.n;
    dsr_status rc = add_block(extent, columns, i, some);
    *kept += extent->tuples.n - before;
    TRY(rc);
    TRY(file_tuples(extent, before));
  }
  return DSR_OK;
}

/* Tuples of one key stand together as a rule. */
static dsr_status number_rows(dsr_extent *extent, const uint32_t *const *columns,
                              size_t from, size_t n, uint32_t *numbers) {
  for (size_t i = 0; i < n; i++) {
    uint32_t key[DSR_WIDTH_MAX];
    bool again = i > 0;
    for (int c = 0, k = 0; c < extent->width; c++) {
      if (c == extent->value) continue;
      key[k++] = columns[c][from + i];
      again = again && columns[c][from + i] == columns[c][from + i - 1];
    }
    if (again) {
      numbers[i] = numbers[i - 1];
    } else {
      TRY(tell(extent, dsr_keys_number(&extent->keys, key, &numbers[i])));
    }
  }
  return DSR_OK;
}

static dsr_status add_rows(dsr_extent *extent, const uint32_t *const *columns, size_t n,
                           uint64_t *kept) {
  enum { SOME = 512 };
  uint32_t numbers[SOME];
  for (size_t i = 0; i < n; i += SOME) {
    size_t some = n - i < SOME ? n - i : SOME;
    const uint32_t *pair[2] = {numbers, columns[extent->value] + i};
    TRY(number_rows(extent, columns, i, some, numbers));
    TRY(add_pairs(extent, pair, some, kept));
  }
  return DSR_OK;
}

static dsr_status add_stored(dsr_extent *extent, const uint32_t *const *columns,
                             size_t n, uint64_t *kept) {
  assert(extent->distinct);
  if (extent->only_count) {
    extent->filled += n;
  } else {
    TRY(dsr_extent_fill_columns(extent, columns, n));
  }
  *kept = n;
  return DSR_OK;
}

dsr_status dsr_extent_add_columns(dsr_extent *extent, const uint32_t *const *columns,
                                  size_t n, uint64_t *kept) {
  *kept = 0;
  if (n == 0) return DSR_OK;
  if (extent->shape == DSR_SHAPE_TRIES) return add_stored(extent, columns, n, kept);
  if (extent->shape == DSR_SHAPE_PAIRS) return add_pairs(extent, columns, n, kept);
  if (extent->shape == DSR_SHAPE_ROWS) return add_rows(extent, columns, n, kept);
  if (extent->shape == DSR_SHAPE_ROW) return add_values(extent, columns[0], n, kept);
  return add_tuples(extent, columns, n, kept);
}

/* Is there a tuple of a trie whose columns, in the extent's order, are `tuple`. */
static bool trie_has_tuple(const dsr_trie *trie, const uint32_t *tuple) {
  uint32_t turned[DSR_WIDTH_MAX];
  for (int i = 0; i < trie->width; i++) turned[i] = tuple[trie->order[i]];
  return dsr_trie_has(trie, turned, trie->width);
}

static bool rows_have(const dsr_extent *extent, const uint32_t *tuple) {
  uint32_t key[DSR_WIDTH_MAX], row;
  key_of(extent, tuple, key);
  return dsr_keys_find(&extent->keys, key, &row) &&
         dsr_pairs_has(&extent->pairs, row, tuple[extent->value]);
}

bool dsr_extent_has(const dsr_extent *extent, const uint32_t *tuple) {
  switch (extent->shape) {
    case DSR_SHAPE_PAIRS:
      return dsr_pairs_has(&extent->pairs, tuple[0], tuple[1]);
    case DSR_SHAPE_ROW:
      return dsr_row_has(&extent->row, tuple[0]);
    case DSR_SHAPE_ROWS:
      return rows_have(extent, tuple);
    case DSR_SHAPE_TUPLES:
      return dsr_tuples_has(&extent->tuples, tuple);
    case DSR_SHAPE_ASKED: /* its first index has the columns' own order */
      return dsr_index_has(extent->indexes, tuple, extent->width);
    default:
      if (extent->width == 0) return extent->filled > 0;
      assert(extent->sealed);
      return trie_has_tuple(dsr_extent_first(extent)->trie, tuple);
  }
}

/* ---- indexes: making ------------------------------------------------------------- */

static dsr_index_way way_of(const dsr_extent *extent, const uint8_t *order,
                            int prefix) {
  int width = extent->width;
  if (extent->shape == DSR_SHAPE_TRIES) return DSR_WAY_TRIE;
  if (extent->shape == DSR_SHAPE_ASKED) return DSR_WAY_ASKED;
  if (extent->shape == DSR_SHAPE_ROW) return DSR_WAY_ROW;
  if (extent->shape == DSR_SHAPE_PAIRS) {
    return order[0] == 0 ? DSR_WAY_PAIRS : DSR_WAY_SWAPPED;
  }
  if (prefix == width && width > 0) return DSR_WAY_WHOLE;
  if (extent->shape == DSR_SHAPE_ROWS && prefix == width - 1 &&
      order[prefix] == extent->value) {
    return DSR_WAY_REST;
  }
  if (extent->tuples.key < width && prefix == width - 1 && order[prefix] == width - 1) {
    return DSR_WAY_KEY;
  }
  return DSR_WAY_GROUPS;
}

/* Is it an index that serves: of groups, the columns after the prefix do not matter. */
static bool serves(const dsr_index *index, dsr_index_way way, const uint8_t *order,
                   int prefix) {
  int n = way == DSR_WAY_GROUPS ? prefix : index->extent->width;
  if (index->way != way) return false;
  if (way == DSR_WAY_GROUPS && index->prefix != prefix) return false;
  return n == 0 || memcmp(index->order, order, (size_t)n) == 0;
}

static dsr_status file_swapped(dsr_extent *extent) {
  for (uint32_t i = 0; i < extent->pairs.n_rows; i++) {
    dsr_status rc = dsr_extent_file_row(extent, &extent->pairs.rows[i], 0);
    if (rc < 0) {
      dsr_pairs_free(&extent->swapped);
      return rc;
    }
  }
  extent->files = true;
  return DSR_OK;
}

/* Tuples that stand in rows are listed from now on, unless they are. */
static dsr_status list_all(dsr_extent *extent) {
  if (extent->shape != DSR_SHAPE_ROWS || extent->files) return DSR_OK;
  for (uint32_t i = 0; i < extent->pairs.n_rows; i++) {
    TRY(dsr_extent_file_row(extent, &extent->pairs.rows[i], 0));
  }
  extent->files = true;
  return DSR_OK;
}

/* What is there already is filed in the index. */
static dsr_status file_all(dsr_extent *extent, dsr_index *index) {
  if (index->way == DSR_WAY_GROUPS) TRY(list_all(extent));
  if (index->way == DSR_WAY_SWAPPED) return file_swapped(extent);
  if (index->way == DSR_WAY_GROUPS) {
    dsr_tuples *tuples = &extent->tuples;
    TRY(tell(extent, dsr_grouping_file(&index->grouping, tuples, 0, tuples->n)));
  }
  if (index->way == DSR_WAY_ASKED) return dsr_asked_new(extent, &index->asked);
  if (index->way == DSR_WAY_TRIE && extent->width > 0) {
    TRY(build_trie(extent, index->order, &index->trie));
  }
  return DSR_OK;
}

static void set_grouping(const dsr_extent *extent, const uint8_t *order, int prefix,
                         dsr_grouping *out) {
  out->width = extent->width;
  out->prefix = prefix;
  out->groups.lists = true;
  out->values = extent->kind == DSR_EXTENT_MADE && prefix == extent->width - 1;
  memcpy(out->order, order, (size_t)extent->width);
}

/* The first index stays the first: it is the trie that others are turned from. */
static void link_index(dsr_extent *extent, dsr_index *index) {
  dsr_index **at = &extent->indexes;
  while (*at) at = &(*at)->next;
  *at = index;
}

dsr_status dsr_extent_index(dsr_extent *extent, const uint8_t *order, int prefix,
                            bool distinct, dsr_index **out) {
  dsr_index_way way = way_of(extent, order, prefix);
  assert(prefix <= extent->width);
  for (dsr_index *index = extent->indexes; index; index = index->next) {
    if (!serves(index, way, order, prefix)) continue;
    if (distinct && way == DSR_WAY_GROUPS && !index->grouping.values) break;
    if (index->prefix < prefix) index->prefix = prefix;
    *out = index;
    return DSR_OK;
  }
  dsr_index *index = dsr_alloc(sizeof *index);
  if (!index) return dsr_fail_memory(extent->error);
  index->extent = extent;
  index->way = way;
  index->prefix = prefix;
  if (extent->width > 0) memcpy(index->order, order, (size_t)extent->width);
  if (way == DSR_WAY_GROUPS) set_grouping(extent, order, prefix, &index->grouping);
  dsr_status rc = DSR_OK;
  if (distinct && way == DSR_WAY_GROUPS && !index->grouping.values) {
    rc = dsr_fail(extent->error, DSR_EUNSUPPORTED,
                  "an index by %d of %d columns has no distinct values", prefix,
                  extent->width);
  }
  if (rc >= 0) rc = file_all(extent, index);
  if (rc < 0) {
    free_index(index);
    return rc;
  }
  link_index(extent, index);
  *out = index;
  return DSR_OK;
}

dsr_status dsr_extent_index_all(dsr_extent *extent) {
  for (dsr_index *index = extent->indexes; index; index = index->next) {
    TRY(build_trie(extent, index->order, &index->trie));
  }
  extent->shape = DSR_SHAPE_TRIES;
  for (dsr_index *index = extent->indexes; index; index = index->next) {
    index->way = DSR_WAY_TRIE;
  }
  return DSR_OK;
}

/* ---- indexes: finding ------------------------------------------------------------ */

dsr_range_kind dsr_index_kind(const dsr_index *index) {
  if (index->way == DSR_WAY_GROUPS && !index->grouping.values) return DSR_RANGE_TUPLES;
  return DSR_RANGE_VALUES;
}

dsr_extent *dsr_index_extent(const dsr_index *index) { return index->extent; }
const uint8_t *dsr_index_order(const dsr_index *index) { return index->order; }

static bool range_of_keys(const dsr_pairs *pairs, dsr_range *out) {
  if (pairs->n_rows == 0) return false;
  *out = (dsr_range){
      .items = pairs->keys, .n = pairs->n_rows, .how = DSR_HOW_KEYS, .row = pairs};
  return true;
}

static bool range_of_group(const dsr_index *index, const uint32_t *prefix, int n,
                           dsr_range *out) {
  (void)n;
  assert(n == index->prefix);
  const dsr_row *row = dsr_grouping_find(&index->grouping, prefix);
  if (!dsr_range_of_row(row, out)) return false;
  out->how = DSR_HOW_GROUP;
  out->row = index;
  out->key = (uint32_t)(row - index->grouping.groups.rows);
  return true;
}

/* The values of an index's first columns as a tuple's. */
static void unturn(const dsr_index *index, const uint32_t *prefix, int n,
                   uint32_t *tuple) {
  for (int i = 0; i < n; i++) tuple[index->order[i]] = prefix[i];
}

static bool range_of_rest(const dsr_index *index, const uint32_t *prefix, int n,
                          dsr_range *out) {
  const dsr_extent *extent = index->extent;
  uint32_t tuple[DSR_WIDTH_MAX], key[DSR_WIDTH_MAX], row;
  assert(n == extent->width - 1);
  unturn(index, prefix, n, tuple);
  tuple[extent->value] = 0;
  key_of(extent, tuple, key);
  return dsr_keys_find(&extent->keys, key, &row) &&
         dsr_range_of_row(dsr_pairs_find(&extent->pairs, row), out);
}

static bool range_of_key(const dsr_index *index, const uint32_t *prefix, int n,
                         dsr_range *out) {
  const dsr_tuples *tuples = &index->extent->tuples;
  uint32_t key[DSR_WIDTH_MAX], at;
  assert(n == index->prefix);
  unturn(index, prefix, n, key);
  if (!dsr_tuples_find(tuples, key, &at)) return false;
  const uint32_t *value = dsr_tuples_at(tuples, at) + tuples->key;
  *out = (dsr_range){.items = value, .n = 1, .sorted = true, .how = DSR_HOW_SORTED};
  return true;
}

bool dsr_index_range_other(const dsr_index *index, const uint32_t *prefix, int n,
                           dsr_range *out) {
  switch (index->way) {
    case DSR_WAY_ASKED:
      return dsr_asked_range(index, prefix, n, out);
    case DSR_WAY_ROW:
      return dsr_range_of_row(&index->extent->row, out);
    case DSR_WAY_PAIRS:
      return range_of_keys(&index->extent->pairs, out);
    case DSR_WAY_SWAPPED:
      return range_of_keys(&index->extent->swapped, out);
    case DSR_WAY_GROUPS:
      return range_of_group(index, prefix, n, out);
    case DSR_WAY_KEY:
      return range_of_key(index, prefix, n, out);
    case DSR_WAY_REST:
      return range_of_rest(index, prefix, n, out);
    default:
      return false;
  }
}

bool dsr_index_range(const dsr_index *index, const uint32_t *prefix, int n,
                     dsr_range *out) {
  return dsr_index_range_inside(index, prefix, n, out);
}

/* Is `value` in a group of values: is the whole tuple there. */
static bool group_has(const dsr_index *index, uint32_t group, uint32_t value) {
  const dsr_grouping *grouping = &index->grouping;
  uint32_t tuple[DSR_WIDTH_MAX];
  size_t n = (size_t)grouping->prefix;
  unturn(index, grouping->keys.items + group * n, grouping->prefix, tuple);
  tuple[index->order[n]] = value;
  return dsr_extent_has(index->extent, tuple);
}

bool dsr_range_has_other(const dsr_range *range, uint32_t value) {
  if (range->how == DSR_HOW_KEYS) return dsr_pairs_find(range->row, value) != NULL;
  if (range->how == DSR_HOW_FIRSTS) return dsr_trie_has(range->row, &value, 1);
  assert(range->how == DSR_HOW_GROUP);
  return group_has(range->row, range->key, value);
}

bool dsr_range_has(const dsr_range *range, uint32_t value) {
  return dsr_range_has_inside(range, value);
}

static bool pairs_has_prefix(const dsr_index *index, const uint32_t *prefix, int n) {
  const dsr_pairs *pairs = &index->extent->pairs;
  bool swapped = index->way == DSR_WAY_SWAPPED;
  if (n == 0) return pairs->count > 0;
  if (n == 1) {
    return dsr_pairs_find(swapped ? &index->extent->swapped : pairs, *prefix) != NULL;
  }
  return dsr_pairs_has(pairs, prefix[swapped], prefix[!swapped]);
}

/* Of a best extent all that a group leads to may be out of date. */
static bool tuples_have_prefix(const dsr_index *index, const uint32_t *prefix, int n) {
  const dsr_tuples *tuples = &index->extent->tuples;
  dsr_range range;
  uint32_t tuple[DSR_WIDTH_MAX];
  if (n == index->extent->width) {
    unturn(index, prefix, n, tuple);
    return dsr_extent_has(index->extent, tuple);
  }
  if (!dsr_index_range(index, prefix, n, &range)) return false;
  if (!tuples->stale || dsr_index_kind(index) == DSR_RANGE_VALUES) return true;
  for (uint32_t i = 0; i < range.n; i++) {
    if (dsr_tuples_counts(tuples, range.items[i])) return true;
  }
  return false;
}

bool dsr_index_has(const dsr_index *index, const uint32_t *prefix, int n) {
  const dsr_extent *extent = index->extent;
  switch (extent->shape) {
    case DSR_SHAPE_TRIES:
      if (extent->width == 0) return extent->filled > 0;
      return dsr_trie_has(index->trie, prefix, n);
    case DSR_SHAPE_ASKED:
      return dsr_asked_has(index, prefix, n);
    case DSR_SHAPE_ROW:
      return n == 0 ? extent->row.n > 0 : dsr_row_has(&extent->row, *prefix);
    case DSR_SHAPE_PAIRS:
      return pairs_has_prefix(index, prefix, n);
    default:
      return tuples_have_prefix(index, prefix, n);
  }
}

/* ---- statistics ------------------------------------------------------------------ */

/* Between what is known: 1 of no columns, `groups` of the first `prefix`, `all` of
** all. */
static double interpolate(double groups, int prefix, double all, int width, int n) {
  if (all < 1 || n == 0) return all < 1 ? 0 : 1;
  if (n == prefix) return groups;
  if (n >= width) return all;
  if (n < prefix) return pow(groups, (double)n / prefix);
  return groups * pow(all / groups, (double)(n - prefix) / (width - prefix));
}

double dsr_index_distinct(const dsr_index *index, int n) {
  const dsr_extent *extent = index->extent;
  double all = extent->shape == DSR_SHAPE_ROWS ? (double)extent->pairs.count
                                               : extent->tuples.counting;
  switch (index->way) {
    case DSR_WAY_TRIE:
      if (extent->width == 0) return extent->filled > 0;
      return dsr_trie_distinct(index->trie, n);
    case DSR_WAY_ASKED:
      return dsr_asked_distinct(index, n);
    case DSR_WAY_ROW:
      return n == 0 ? extent->row.n > 0 : extent->row.n;
    case DSR_WAY_PAIRS:
      return interpolate(extent->pairs.n_rows, 1, (double)extent->pairs.count, 2, n);
    case DSR_WAY_SWAPPED:
      return interpolate(extent->swapped.n_rows, 1, (double)extent->pairs.count, 2, n);
    case DSR_WAY_GROUPS:
      return interpolate(index->grouping.groups.n_rows, index->prefix, all,
                         extent->width, n);
    case DSR_WAY_KEY:
      return interpolate(all, index->prefix, all, extent->width, n);
    case DSR_WAY_REST:
      return interpolate(extent->pairs.n_rows, index->prefix, all, extent->width, n);
    default:
      return interpolate(all, extent->width, all, extent->width, n);
  }
}

/* ---- tuples ---------------------------------------------------------------------- */

const uint32_t *dsr_extent_tuple(const dsr_extent *extent, uint32_t at) {
  if (!extent->tuples.values) return NULL;
  return dsr_tuples_at(&extent->tuples, at);
}

bool dsr_extent_counts(const dsr_extent *extent, uint32_t at) {
  return dsr_tuples_counts(&extent->tuples, at);
}

void dsr_chunk_key(const dsr_extent *extent, uint32_t key, uint32_t *columns) {
  compose(extent, key, 0, columns);
}
