/*
** eval_extent.c - the evaluator's sets of tuples against a naive model.
**
**   eval_extent [SEED [STEPS]]
**   eval_extent bench [graph | chain | tree]
**
** Extents of every kind and of 0 to 6 columns are filled at random, from few and from
** many numbers, while indexes by all orders (of five and six columns some) and taps are
** made before and in between.  What is found, counted, walked and handed out must be
** what a sorted array of tuples has.  Where the library was built with faults,
** allocations fail one by one: each failure is told and nothing leaks.
**
** Prints its seed, and what differed; exit code 1 if anything did.  `bench` times three
** closures with hand-written loops over extents, beside loops that know their input.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eval/extent_inside.h"
#include "ground/mem.h"

enum {
  WIDTHS = 6,
  MODEL_MOST = 20000,
  INDEXES_MOST = 160,
  TAPS_MOST = 3,
  CHUNKS = 16,
  BLOCK_MOST = 300,
};

/* ---- chance ---------------------------------------------------------------------- */

static uint64_t chance_state;

static uint64_t chance(void) {
  chance_state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = chance_state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

static uint32_t below(uint32_t n) { return (uint32_t)(chance() % n); }

/* ---- failing --------------------------------------------------------------------- */

#define CHECK(condition, ...)                                \
  do {                                                       \
    if (!(condition)) {                                      \
      printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
      printf(__VA_ARGS__);                                   \
      printf("\n");                                          \
      return DSR_EMISUSE;                                    \
    }                                                        \
  } while (0)

/* ---- the model: tuples in ascending order ---------------------------------------- */

typedef struct tuple {
  uint32_t at[WIDTHS];
} tuple;

typedef struct set {
  int width;
  size_t n;
  tuple tuples[MODEL_MOST];
} set;

static int compare(const tuple *a, const tuple *b, int n) {
  for (int c = 0; c < n; c++) {
    if (a->at[c] != b->at[c]) return a->at[c] < b->at[c] ? -1 : 1;
  }
  return 0;
}

/* The first place whose first n columns are not less. */
static size_t place(const set *in, const tuple *key, int n) {
  size_t low = 0, high = in->n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (compare(&in->tuples[middle], key, n) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* Where a tuple is that agrees in the first n columns; in->n: nowhere. */
static size_t find(const set *in, const tuple *key, int n) {
  size_t at = place(in, key, n);
  return at < in->n && compare(&in->tuples[at], key, n) == 0 ? at : in->n;
}

/* False: it is there. */
static bool insert(set *in, const tuple *what) {
  size_t at = place(in, what, in->width);
  if (at < in->n && compare(&in->tuples[at], what, in->width) == 0) return false;
  memmove(&in->tuples[at + 1], &in->tuples[at], (in->n - at) * sizeof *what);
  in->tuples[at] = *what;
  in->n++;
  return true;
}

static int compare_all(const void *a, const void *b) { return compare(a, b, WIDTHS); }

static void sort_set(set *what) {
  qsort(what->tuples, what->n, sizeof *what->tuples, compare_all);
}

static bool twice(const set *sorted) {
  for (size_t i = 1; i < sorted->n; i++) {
    if (compare_all(&sorted->tuples[i - 1], &sorted->tuples[i]) == 0) return true;
  }
  return false;
}

/* As a best extent has it: the greatest last column counts. */
static bool insert_best(set *in, const tuple *what) {
  int key = in->width - 1;
  size_t at = find(in, what, key);
  if (at == in->n) return insert(in, what);
  if (what->at[key] <= in->tuples[at].at[key]) return false;
  in->tuples[at].at[key] = what->at[key];
  return true;
}

/* ---- a case ---------------------------------------------------------------------- */

typedef struct reader {
  dsr_tap *tap;
  set seen; /* in the order in which they were handed out */
} reader;

typedef struct test {
  dsr_extent_kind kind;
  int width;
  uint32_t numbers; /* how many differ in a column */
  uint32_t spread;  /* and how far they are apart */
  dsr_extent *extent;
  dsr_error error;
  set model;
  size_t kept; /* adds that were told to be new */
  dsr_index *indexes[INDEXES_MOST];
  uint8_t orders[INDEXES_MOST][WIDTHS];
  int prefixes[INDEXES_MOST];
  int n_indexes;
  reader readers[TAPS_MOST];
  int n_readers;
} test;

static bool greater(void *ud, uint32_t a, uint32_t b) {
  (void)ud;
  return a > b;
}

static tuple any_tuple(const test *t) {
  tuple out = {{0}};
  for (int c = 0; c < t->width; c++) out.at[c] = below(t->numbers) * t->spread;
  return out;
}

/* One that is there, as often as not. */
static tuple likely_tuple(const test *t) {
  return t->model.n > 0 && below(2) ? t->model.tuples[below((uint32_t)t->model.n)]
                                    : any_tuple(t);
}

static bool model_add(test *t, const tuple *what) {
  bool best = t->kind == DSR_EXTENT_BEST && t->width > 0;
  bool new = best ? insert_best(&t->model, what) : insert(&t->model, what);
  t->kept += new;
  return new;
}

/* ---- adding ---------------------------------------------------------------------- */

static dsr_status add_one(test *t) {
  tuple what = likely_tuple(t);
  dsr_status rc = dsr_extent_add(t->extent, what.at);
  if (rc < 0) return rc;
  bool new = model_add(t, &what);
  CHECK((rc == DSR_OK) == new, "%d", (int)rc);
  return DSR_OK;
}

static dsr_status add_columns(test *t) {
  static uint32_t values[WIDTHS][BLOCK_MOST];
  const uint32_t *columns[WIDTHS] = {NULL};
  uint64_t kept, wanted = 0;
  size_t n = below(BLOCK_MOST);
  uint32_t first = any_tuple(t).at[0];
  for (size_t i = 0; i < n; i++) {
    tuple what = any_tuple(t);
    if (below(3)) what.at[0] = first;
    for (int c = 0; c < t->width; c++) values[c][i] = what.at[c];
  }
  for (int c = 0; c < t->width; c++) columns[c] = values[c];
  TRY(dsr_extent_add_columns(t->extent, columns, n, &kept));
  for (size_t i = 0; i < n; i++) {
    tuple what = {{0}};
    for (int c = 0; c < t->width; c++) what.at[c] = values[c][i];
    wanted += model_add(t, &what);
  }
  CHECK(kept == wanted, "%d for %d", (int)kept, (int)wanted);
  return DSR_OK;
}

/* A row from outside, of another first value, or of the same. */
static dsr_status add_row(test *t) {
  static uint32_t values[BLOCK_MOST];
  static const uint8_t order[2] = {0, 1};
  tuple what = likely_tuple(t), other = likely_tuple(t);
  dsr_index *index;
  dsr_range range;
  uint64_t kept, wanted = 0;
  const uint32_t *items = values;
  size_t n = below(BLOCK_MOST), from = 0;
  for (size_t i = 0; i < n; i++) values[i] = any_tuple(t).at[1];
  TRY(dsr_extent_index(t->extent, order, 1, true, &index));
  if (below(2) && dsr_index_range(index, below(3) ? other.at : what.at, 1, &range)) {
    from = below(range.n);
    items = range.items + from;
    n = range.n - from;
    if (n > BLOCK_MOST) n = BLOCK_MOST;
    memcpy(values, items, n * sizeof *items);
  }
  TRY(dsr_extent_add_row(t->extent, what.at[0], items, n, &kept));
  for (size_t i = 0; i < n; i++) {
    what.at[1] = values[i];
    wanted += model_add(t, &what);
  }
  CHECK(kept == wanted, "%d for %d", (int)kept, (int)wanted);
  return DSR_OK;
}

static dsr_status fill(test *t) {
  static uint32_t values[WIDTHS * BLOCK_MOST], apart[WIDTHS][BLOCK_MOST];
  const uint32_t *columns[WIDTHS] = {NULL};
  size_t n = below(BLOCK_MOST);
  for (size_t i = 0; i < n; i++) {
    tuple what = likely_tuple(t);
    for (int c = 0; c < t->width; c++) {
      values[i * (size_t)t->width + (size_t)c] = apart[c][i] = what.at[c];
    }
    insert(&t->model, &what);
  }
  for (int c = 0; c < t->width; c++) columns[c] = apart[c];
  return below(2) ? dsr_extent_fill(t->extent, values, n)
                  : dsr_extent_fill_columns(t->extent, columns, n);
}

static dsr_status add_some(test *t) {
  if (t->kept + t->model.n + BLOCK_MOST >= MODEL_MOST) return DSR_OK;
  if (t->kind == DSR_EXTENT_STORED) return fill(t);
  uint32_t what = below(8);
  if (what < 2) return add_columns(t);
  if (what < 5 && t->kind == DSR_EXTENT_MADE && t->width == 2) return add_row(t);
  return add_one(t);
}

/* ---- indexes --------------------------------------------------------------------- */

/* The model's tuples in an index's order. */
static void turn(const test *t, int index, set *out) {
  out->width = t->width;
  out->n = t->model.n;
  for (size_t i = 0; i < t->model.n; i++) {
    tuple turned = {{0}};
    for (int c = 0; c < t->width; c++) {
      turned.at[c] = t->model.tuples[i].at[t->orders[index][c]];
    }
    out->tuples[i] = turned;
  }
  sort_set(out);
}

static bool gives_values(const test *t, const uint8_t *order, int prefix) {
  if (t->kind == DSR_EXTENT_STORED) return true;
  if (t->kind == DSR_EXTENT_MADE) return t->width <= 2 || prefix == t->width - 1;
  return prefix == t->width - 1 && order[prefix] == prefix;
}

static dsr_status make_index(test *t, const uint8_t *order, int prefix) {
  dsr_index *again;
  int n = t->n_indexes;
  bool values = t->width > 0 && prefix < t->width && gives_values(t, order, prefix);
  bool distinct = below(2) && prefix < t->width;
  dsr_status rc = dsr_extent_index(t->extent, order, prefix, distinct, &t->indexes[n]);
  if (rc == DSR_EUNSUPPORTED && distinct && !values) return DSR_OK;
  TRY(rc);
  CHECK(!distinct || values, "prefix %d", prefix);
  if (prefix < t->width) {
    CHECK((dsr_index_kind(t->indexes[n]) == DSR_RANGE_VALUES) == values, "%d", prefix);
  }
  TRY(dsr_extent_index(t->extent, order, prefix, distinct, &again));
  CHECK(again == t->indexes[n], "not the same");
  CHECK(dsr_index_extent(again) == t->extent, "not its extent");
  if (t->width > 0) memcpy(t->orders[n], order, (size_t)t->width);
  t->prefixes[n] = prefix;
  t->n_indexes++;
  return DSR_OK;
}

static bool next_order(uint8_t *order, int n) {
  int i = n - 2, j = n - 1;
  while (i >= 0 && order[i] > order[i + 1]) i--;
  if (i < 0) return false;
  while (order[j] < order[i]) j--;
  uint8_t swap = order[i];
  order[i] = order[j], order[j] = swap;
  for (int a = i + 1, b = n - 1; a < b; a++, b--) {
    swap = order[a];
    order[a] = order[b], order[b] = swap;
  }
  return true;
}

/* All orders and prefixes, or of many some. */
static dsr_status make_indexes(test *t) {
  uint8_t order[WIDTHS] = {0, 1, 2, 3, 4, 5};
  do {
    for (int prefix = 0; prefix <= t->width; prefix++) {
      if (t->n_indexes == INDEXES_MOST) return DSR_OK;
      if (t->width > 4 && below(100)) continue;
      TRY(make_index(t, order, prefix));
    }
  } while (next_order(order, t->width));
  return DSR_OK;
}

static dsr_status check_values(const set *turned, const tuple *key, int n,
                               const dsr_range *range, size_t distinct) {
  CHECK(range->n == distinct, "%d for %d", (int)range->n, (int)distinct);
  for (uint32_t i = 0; i < range->n; i++) {
    tuple full = *key;
    full.at[n] = range->items[i];
    CHECK(find(turned, &full, n + 1) < turned->n, "%u", full.at[n]);
    CHECK(!range->sorted || i == 0 || range->items[i - 1] < range->items[i], "%u", i);
    CHECK(dsr_range_has(range, range->items[i]), "%u", range->items[i]);
  }
  return DSR_OK;
}

/* Each tuple that counts once; others are out of date. */
static dsr_status check_tuples(const test *t, int index, const tuple *key, int n,
                               const dsr_range *range, size_t wanted) {
  size_t counting = 0;
  for (uint32_t i = 0; i < range->n; i++) {
    const uint32_t *found = dsr_extent_tuple(t->extent, range->items[i]);
    CHECK(i == 0 || range->items[i - 1] < range->items[i], "%u", i);
    for (int c = 0; c < n; c++) {
      CHECK(found[t->orders[index][c]] == key->at[c], "column %d", c);
    }
    if (!dsr_extent_counts(t->extent, range->items[i])) continue;
    CHECK(dsr_extent_has(t->extent, found), "not there");
    counting++;
  }
  CHECK(counting == wanted, "%d for %d", (int)counting, (int)wanted);
  return DSR_OK;
}

static dsr_status check_prefix(const test *t, int index, const set *turned,
                               const tuple *key, int n) {
  dsr_range range = {0};
  size_t from = find(turned, key, n), to = from, distinct = 0;
  bool there = from < turned->n;
  CHECK(dsr_index_has(t->indexes[index], key->at, n) == there, "prefix %d", n);
  if (n >= t->width) return DSR_OK;
  for (; to < turned->n && compare(&turned->tuples[to], key, n) == 0; to++) {
    const tuple *last = &turned->tuples[to];
    distinct += to == from || compare(last, last - 1, n + 1) != 0;
  }
  bool found = dsr_index_range(t->indexes[index], key->at, n, &range);
  bool values = dsr_index_kind(t->indexes[index]) == DSR_RANGE_VALUES;
  if (!found) range.n = 0;
  CHECK(found || !there, "prefix %d", n);
  if (!values) return check_tuples(t, index, key, n, &range, to - from);
  CHECK(found == there, "prefix %d", n);
  TRY(check_values(turned, key, n, &range, distinct));
  for (int i = 0; found && i < 20; i++) {
    tuple other = *key;
    other.at[n] = any_tuple(t).at[n];
    bool has = find(turned, &other, n + 1) < turned->n;
    CHECK(dsr_range_has(&range, other.at[n]) == has, "%u", other.at[n]);
  }
  return DSR_OK;
}

static dsr_status check_index(const test *t, int index) {
  static set turned;
  bool any = t->kind == DSR_EXTENT_STORED ||
             (t->kind == DSR_EXTENT_MADE && (t->width == 1 || t->width == 2));
  int from = any ? 0 : t->prefixes[index], to = any ? t->width : from;
  turn(t, index, &turned);
  for (int n = from; n <= to; n++) {
    for (int i = 0; i < 12; i++) {
      tuple key = any_tuple(t);
      if (turned.n > 0 && i < 8) key = turned.tuples[below((uint32_t)turned.n)];
      TRY(check_prefix(t, index, &turned, &key, n));
    }
    double distinct = dsr_index_distinct(t->indexes[index], n);
    CHECK(distinct >= 0 && distinct <= (double)(t->kept + t->model.n) + 1, "%f",
          distinct);
  }
  return DSR_OK;
}

/* ---- counts, walks --------------------------------------------------------------- */

static dsr_status check_walk(test *t) {
  static set seen;
  static uint32_t values[WIDTHS][64];
  uint32_t *columns[WIDTHS] = {NULL};
  dsr_walk walk;
  size_t n;
  int skipped = t->width > 1 && below(3) == 0 ? (int)below((uint32_t)t->width) : -1;
  uint64_t total = 0;
  seen.width = t->width;
  seen.n = 0;
  for (int c = 0; c < t->width; c++) columns[c] = c == skipped ? NULL : values[c];
  TRY(dsr_walk_start(&walk, t->extent));
  do {
    TRY(dsr_walk_next(&walk, columns, 1 + below(64), &n));
    total += n;
    for (size_t i = 0; i < n && skipped < 0; i++) {
      tuple what = {{0}};
      for (int c = 0; c < t->width; c++) what.at[c] = values[c][i];
      CHECK(find(&t->model, &what, t->width) < t->model.n, "walked to none");
      CHECK(seen.n < MODEL_MOST, "walked past the end");
      seen.tuples[seen.n++] = what;
    }
  } while (n > 0);
  CHECK(total == t->model.n, "%d for %d", (int)total, (int)t->model.n);
  sort_set(&seen);
  CHECK(!twice(&seen), "walked to it twice");
  return DSR_OK;
}

static dsr_status check_all(test *t) {
  uint64_t n;
  TRY(dsr_extent_count(t->extent, &n));
  CHECK(n == t->model.n, "%d for %d", (int)n, (int)t->model.n);
  TRY(check_walk(t));
  for (int i = 0; i < 50; i++) {
    tuple what = likely_tuple(t);
    bool there = find(&t->model, &what, t->width) < t->model.n;
    CHECK(dsr_extent_has(t->extent, what.at) == there, "%d", i);
  }
  if (t->n_indexes > 0) {
    for (int i = 0; i < 6; i++) TRY(check_index(t, (int)below((uint32_t)t->n_indexes)));
  }
  CHECK(dsr_extent_bytes(t->extent) >= t->model.n * (size_t)t->width, "bytes");
  return DSR_OK;
}

/* ---- taps ------------------------------------------------------------------------ */

static dsr_status make_tap(test *t) {
  if (t->kind == DSR_EXTENT_STORED || t->n_readers == TAPS_MOST) return DSR_OK;
  reader *r = &t->readers[t->n_readers];
  TRY(dsr_extent_tap(t->extent, &r->tap));
  r->seen.width = t->width;
  r->seen.n = 0;
  t->n_readers++;
  return DSR_OK;
}

static dsr_status see(const test *t, reader *r, const dsr_chunk *chunk) {
  const uint32_t *items = dsr_chunk_items(t->extent, chunk);
  CHECK(chunk->from < chunk->to, "%u to %u", chunk->from, chunk->to);
  CHECK((items == NULL) == (dsr_extent_tuple(t->extent, chunk->from) != NULL), "items");
  for (uint32_t i = chunk->from; i < chunk->to; i++) {
    tuple what = {{0}};
    if (items && t->width == 2) {
      what = (tuple){{chunk->key, items[i - chunk->from]}};
    } else if (items) {
      what.at[0] = items[i - chunk->from];
    } else if (t->width > 0) {
      memcpy(what.at, dsr_extent_tuple(t->extent, i), (size_t)t->width * 4);
    }
    CHECK(r->seen.n < MODEL_MOST, "handed out too many");
    r->seen.tuples[r->seen.n++] = what;
    bool counts = t->kind != DSR_EXTENT_BEST || dsr_extent_counts(t->extent, i);
    bool there = find(&t->model, &what, t->width) < t->model.n;
    CHECK(counts == there, "handed out, and not there");
  }
  return DSR_OK;
}

static dsr_status take(test *t, reader *r, size_t *n) {
  dsr_chunk chunks[CHUNKS];
  size_t tuples = 1 + below(below(2) ? 10 : 1000), got = 0;
  bool pairs = t->extent->shape == DSR_SHAPE_PAIRS;
  TRY(dsr_tap_take(r->tap, chunks, 1 + below(CHUNKS), tuples, n));
  CHECK(*n > 0 || dsr_tap_dry(r->tap), "nothing, and not dry");
  for (size_t i = 0; i < *n; i++) {
    if (pairs && below(2)) {
      dsr_row *row = dsr_pairs_find(&t->extent->pairs, chunks[i].key);
      dsr_tap_widen(r->tap, row, &chunks[i]);
    }
    TRY(see(t, r, &chunks[i]));
    got += chunks[i].to - chunks[i].from;
  }
  CHECK(*n < 2 || got < tuples + MODEL_MOST, "%d", (int)got);
  if (*n > 0 && below(3) == 0) {
    dsr_chunk *last = &chunks[*n - 1];
    dsr_row *row = pairs ? dsr_pairs_find(&t->extent->pairs, last->key) : NULL;
    bool more = row && below(2) ? dsr_tap_more_of_row(r->tap, row, last)
                                : dsr_tap_more(r->tap, last);
    if (more) TRY(see(t, r, last));
  }
  return DSR_OK;
}

static dsr_status drain(test *t) {
  for (int i = 0; i < t->n_readers; i++) {
    reader *r = &t->readers[i];
    size_t n = 0;
    for (;;) {
      bool dry = dsr_tap_dry(r->tap);
      TRY(take(t, r, &n));
      CHECK(dry == (n == 0), "dry is %d, and %d chunks", dry, (int)n);
      if (n == 0) break;
    }
    sort_set(&r->seen);
    CHECK(r->seen.n == t->kept, "%d for %d", (int)r->seen.n, (int)t->kept);
    CHECK(!twice(&r->seen), "handed out twice");
  }
  return DSR_OK;
}

/* ---- cases ----------------------------------------------------------------------- */

static dsr_status step(test *t) {
  size_t n;
  uint32_t what = below(40);
  if (what == 0) return make_tap(t);
  if (what < 6 && t->n_readers > 0) {
    return take(t, &t->readers[below((uint32_t)t->n_readers)], &n);
  }
  if (what == 6 && t->kind != DSR_EXTENT_STORED) return check_all(t);
  return add_some(t);
}

static dsr_status go(test *t, int steps) {
  TRY(dsr_extent_new(t->kind, t->width, &t->error, &t->extent));
  if (t->kind == DSR_EXTENT_BEST) dsr_extent_order_best(t->extent, greater, NULL);
  bool early = below(2) && t->kind != DSR_EXTENT_STORED;
  if (early) TRY(make_indexes(t));
  if (below(2)) TRY(make_tap(t));
  for (int i = 0; i < steps; i++) TRY(step(t));
  if (!early) TRY(make_indexes(t));
  TRY(check_all(t));
  for (int i = 0; t->kind != DSR_EXTENT_STORED && i < steps / 4; i++) TRY(step(t));
  TRY(check_all(t));
  return drain(t);
}

static test the_test;

/* Of few numbers, of as many as a bitmap likes, of many, of numbers far apart. */
static test *set_up(dsr_extent_kind kind, int width) {
  static const uint32_t numbers[] = {4, 60, 300, 3000};
  static const uint32_t spreads[] = {1, 1, 7, 1400000};
  test *t = &the_test;
  uint32_t n = below(4);
  if (t->extent) dsr_extent_free(t->extent);
  memset(t, 0, offsetof(test, model));
  t->kind = kind;
  t->width = t->model.width = width;
  t->model.n = t->kept = 0;
  t->n_indexes = t->n_readers = 0;
  t->numbers = width > 3 && n > 1 ? 20 : numbers[n];
  t->spread = spreads[below(4)];
  return t;
}

static void tear_down(test *t) {
  dsr_extent_free(t->extent);
  t->extent = NULL;
}

static bool run_cases(int steps) {
  for (int width = 0; width <= WIDTHS; width++) {
    for (dsr_extent_kind kind = DSR_EXTENT_STORED; kind <= DSR_EXTENT_BEST; kind++) {
      for (int i = 0; i < 4; i++) {
        test *t = set_up(kind, width);
        dsr_status rc = go(t, steps);
        if (rc < 0) {
          printf("kind %d, %d columns, %u numbers by %u: %d %s\n", (int)kind, width,
                 t->numbers, t->spread, (int)rc, t->error.text);
          return false;
        }
        tear_down(t);
      }
    }
  }
  return true;
}

/* ---- failing allocations --------------------------------------------------------- */

/* The n-th allocation of a case fails. */
static dsr_status fail_at(long n, dsr_extent_kind kind, int width, uint64_t seed) {
  chance_state = seed;
  test *t = set_up(kind, width);
  dsr_mem_fail_at(n);
  dsr_status rc = go(t, 40);
  dsr_mem_fail_at(0);
  if (rc == DSR_ENOMEM && t->extent) {
    CHECK(t->error.text[0] != '\0', "allocation %ld failed without words", n);
  }
  tear_down(t);
  return rc;
}

static bool fail_one_by_one(uint64_t seed) {
  for (int width = 0; width <= 4; width++) {
    for (dsr_extent_kind kind = DSR_EXTENT_STORED; kind <= DSR_EXTENT_BEST; kind++) {
      dsr_status rc = DSR_ENOMEM;
      long n = 1;
      for (; rc == DSR_ENOMEM; n += 1 + n / 40) rc = fail_at(n, kind, width, seed);
      if (rc < 0) {
        printf("kind %d, %d columns, allocation %ld: %d\n", (int)kind, width, n,
               (int)rc);
        return false;
      }
    }
  }
  return true;
}

/* ---- closures, by hand ----------------------------------------------------------- */

typedef struct graph {
  const char *name;
  uint32_t nodes, edges;
  uint32_t *from, *to;
  uint32_t *starts, *targets; /* the targets of x: [starts[x], starts[x + 1]) */
} graph;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* A random graph, a chain, a tree. */
static graph make_graph(int which) {
  static const char *const names[] = {"graph", "chain", "tree"};
  static const uint32_t nodes[] = {2000, 2000, 131071}, edges[] = {4000, 1999, 131070};
  graph g = {.name = names[which], .nodes = nodes[which], .edges = edges[which]};
  g.from = malloc(g.edges * sizeof *g.from);
  g.to = malloc(g.edges * sizeof *g.to);
  for (uint32_t i = 0; i < g.edges; i++) {
    g.from[i] = which == 1 ? i : i / 2;
    g.to[i] = which == 0 ? below(g.nodes) : i + 1;
  }
  return g;
}

/* Edges lead from `from` to `to`. */
static void sort_edges(graph *g, const uint32_t *from, const uint32_t *to) {
  g->starts = calloc(g->nodes + 2, sizeof *g->starts);
  g->targets = malloc(g->edges * sizeof *g->targets);
  for (uint32_t i = 0; i < g->edges; i++) g->starts[from[i] + 2]++;
  for (uint32_t x = 0; x < g->nodes; x++) g->starts[x + 2] += g->starts[x + 1];
  for (uint32_t i = 0; i < g->edges; i++) g->targets[g->starts[from[i] + 1]++] = to[i];
}

/* It knows that the closure is wanted of all nodes, one after the other. */
static uint64_t by_hand(const graph *g) {
  uint64_t *words = calloc(g->nodes / 64 + 1, sizeof *words), total = 0;
  uint32_t *found = malloc(((size_t)g->nodes + 1) * sizeof *found);
  uint32_t **kept = calloc(g->nodes, sizeof *kept);
  for (uint32_t x = 0; x < g->nodes; x++) {
    uint32_t n = 0;
    for (uint32_t i = 0, y = x;; y = found[i++]) {
      for (uint32_t e = g->starts[y]; e < g->starts[y + 1]; e++) {
        uint32_t z = g->targets[e];
        uint64_t word = words[z >> 6];
        found[n] = z;
        n += (word >> (z & 63) & 1) ^ 1;
        words[z >> 6] = word | UINT64_C(1) << (z & 63);
      }
      if (i == n) break;
    }
    for (uint32_t i = 0; i < n; i++) words[found[i] >> 6] = 0;
    if (n > 0) {
      kept[x] = malloc(n * sizeof *found);
      memcpy(kept[x], found, n * sizeof *found);
    }
    total += n;
  }
  for (uint32_t x = 0; x < g->nodes; x++) free(kept[x]);
  free(kept);
  free(found);
  free(words);
  return total;
}

/* reach(X, Y) :- edge(X, Y). */
static dsr_status begin_closure(const graph *g, dsr_extent *extent) {
  uint64_t kept;
  for (uint32_t x = 0; x < g->nodes; x++) {
    TRY(dsr_extent_add_row(extent, x, g->targets + g->starts[x],
                           g->starts[x + 1] - g->starts[x], &kept));
  }
  return DSR_OK;
}

/* What follows from a chunk by reach(X, Z) :- reach(X, Y), edge(Y, Z); and, where there
** is `more`, from what is new of its row by then. */
static dsr_status step_right(const graph *g, dsr_extent *extent, dsr_chunk *chunk,
                             dsr_tap *more) {
  dsr_filling filling;
  uint64_t kept = 0;
  TRY(dsr_filling_begin(&filling, extent, chunk->key));
  if (more) dsr_tap_widen(more, filling.row, chunk);
  do {
    for (uint32_t i = chunk->from; i < chunk->to; i++) {
      uint32_t y = filling.row->items[i], start = g->starts[y];
      uint32_t n = g->starts[y + 1] - start;
      if (n > 0) TRY(dsr_filling_add(&filling, g->targets + start, n));
    }
  } while (more && dsr_tap_more_of_row(more, filling.row, chunk));
  return dsr_filling_end(&filling, &kept);
}

/* The same by reach(X, Z) :- edge(X, Y), reach(Y, Z): `g` has its edges the other
** way. */
static dsr_status step_left(const graph *g, dsr_extent *extent, dsr_chunk *chunk,
                            dsr_tap *more) {
  if (more) dsr_tap_widen(more, dsr_pairs_find(&extent->pairs, chunk->key), chunk);
  for (uint32_t e = g->starts[chunk->key]; e < g->starts[chunk->key + 1]; e++) {
    dsr_filling filling;
    uint64_t kept = 0;
    TRY(dsr_filling_begin(&filling, extent, g->targets[e]));
    const uint32_t *items = dsr_chunk_items(extent, chunk);
    TRY(dsr_filling_add(&filling, items, chunk->to - chunk->from));
    TRY(dsr_filling_end(&filling, &kept));
  }
  return DSR_OK;
}

typedef dsr_status (*closure_step)(const graph *g, dsr_extent *extent, dsr_chunk *chunk,
                                   dsr_tap *more);

/* `edges` begin the closure; `g` is what the step reads; `more`: a row that grew
** meanwhile is gone on with at once. */
static dsr_status closure(const graph *edges, const graph *g, closure_step call,
                          bool more, dsr_extent *extent) {
  enum { ROOM = 1024 };
  static dsr_chunk chunks[ROOM];
  dsr_tap *tap;
  size_t n;
  TRY(dsr_extent_tap(extent, &tap));
  TRY(begin_closure(edges, extent));
  for (;;) {
    TRY(dsr_tap_take(tap, chunks, ROOM, 4096, &n));
    if (n == 0) return DSR_OK;
    for (size_t i = 0; i < n; i++) {
      TRY(call(g, extent, &chunks[i], more ? tap : NULL));
    }
  }
}

static dsr_status time_closure(const char *what, const graph *edges, const graph *g,
                               closure_step call, bool more, double floor) {
  static dsr_error error;
  double least = 1e9;
  uint64_t n = 0;
  size_t bytes = 0;
  for (int i = 0; i < 9; i++) {
    dsr_extent *extent;
    double start = seconds();
    TRY(dsr_extent_new(DSR_EXTENT_MADE, 2, &error, &extent));
    TRY(closure(edges, g, call, more, extent));
    TRY(dsr_extent_count(extent, &n));
    bytes = dsr_extent_bytes(extent);
    dsr_extent_free(extent);
    double took = seconds() - start;
    if (took < least) least = took;
  }
  printf("%-6s %-12s %8llu pairs  %.4f s  %.2f of the floor  %.1f MB\n", edges->name,
         what, (unsigned long long)n, least, least / floor, (double)bytes / 1e6);
  return DSR_OK;
}

static double time_floor(const graph *g) {
  double least = 1e9;
  for (int i = 0; i < 9; i++) {
    double start = seconds();
    uint64_t n = by_hand(g);
    double took = seconds() - start;
    if (took < least) least = took;
    if (i == 0) printf("%-6s by hand      %8llu pairs", g->name, (unsigned long long)n);
  }
  printf("  %.4f s\n", least);
  return least;
}

/* Of the one graph, or of all. */
static dsr_status bench(const char *name) {
  for (int which = 0; which < 3; which++) {
    for (int up = 0; up < 2; up++) {
      graph g = make_graph(which), back;
      if (name && strcmp(name, g.name) != 0) {
        free(g.from), free(g.to);
        continue;
      }
      if (up) {
        uint32_t *from = g.from;
        g.from = g.to, g.to = from;
      }
      back = g;
      sort_edges(&g, g.from, g.to);
      sort_edges(&back, back.to, back.from);
      double floor = time_floor(&g);
      TRY(time_closure("right", &g, &g, step_right, false, floor));
      TRY(time_closure("right, more", &g, &g, step_right, true, floor));
      TRY(time_closure("left", &g, &back, step_left, false, floor));
      TRY(time_closure("left, more", &g, &back, step_left, true, floor));
      free(g.from), free(g.to), free(g.starts), free(g.targets);
      free(back.starts), free(back.targets);
    }
  }
  return DSR_OK;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "bench") == 0) return bench(argv[2]) < 0;
  uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL);
  int steps = argc > 2 ? atoi(argv[2]) : 120;
  printf("eval_extent: seed %llu\n", (unsigned long long)seed);
  chance_state = seed;
  if (!run_cases(steps) || !fail_one_by_one(seed)) return 1;
  printf("eval_extent: agreed\n");
  return 0;
}
