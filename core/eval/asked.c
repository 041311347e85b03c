/*
** asked.c - a stored extent whose tuples are fetched as they are asked for.
**
** An index keeps for each length of prefix a hash of the prefixes that are known: to the
** sorted distinct values after it, in an arena, so that they never move.  Whatever is in
** it is whole: fetching a prefix files everything below it.  So a prefix that is not there
** but has a shorter one that is, has no tuples.
*/
#include "eval/asked.h"

#include <assert.h>
#include <string.h>

#include "eval/extent_inside.h"
#include "ground/mem.h"

/* What a fetch costs, in tuples of a scan of all; and the share of all that may be spent
** before all are read. */
static const double FETCH = 12, SHARE = 0.5;
/* What looking at a tuple that is not given costs, in those that are; how many fetches tell
** that they are wasteful, and how much they must look at for what they give. */
static const double LOOK = 0.1, WASTEFUL = 4;
enum { TRIED = 4 };

/* A prefix.  Of all columns it has no values: `n` is whether the tuple is there. */
typedef struct known {
  const uint32_t *key, *values;
  uint32_t n;
} known;

typedef struct known_set {
  VEC(known) entries;
  uint32_t *table; /* numbers of entries plus one; a power of two of them */
  size_t room;
} known_set;

/* What fetches by prefixes of one length came to. */
typedef struct yield {
  uint64_t fetches, walked, given;
} yield;

struct dsr_asked {
  int width;
  dsr_arena arena;
  known_set sets[DSR_WIDTH_MAX + 1]; /* by length of prefix, from 1 */
  yield yields[DSR_WIDTH_MAX + 1];
  dsr_fetched fetched; /* scratch of a fetch: tuples, */
  uint32_t *rows;      /* then their columns in the index's order */
};

/* ---- prefixes that are known ------------------------------------------------------ */

static size_t hash_of(const uint32_t *key, int n) {
  uint64_t hash = 0;
  for (int i = 0; i < n; i++) {
    hash = (hash ^ key[i]) * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 32;
  }
  return (size_t)hash;
}

static const known *find(const known_set *set, const uint32_t *key, int n) {
  if (set->room == 0) return NULL;
  size_t mask = set->room - 1;
  for (size_t at = hash_of(key, n) & mask; set->table[at] != 0; at = (at + 1) & mask) {
    const known *met = &set->entries.items[set->table[at] - 1];
    if (memcmp(met->key, key, (size_t)n * sizeof *key) == 0) return met;
  }
  return NULL;
}

static void file(known_set *set, size_t entry, int n) {
  size_t mask = set->room - 1, at = hash_of(set->entries.items[entry].key, n) & mask;
  while (set->table[at] != 0) at = (at + 1) & mask;
  set->table[at] = (uint32_t)entry + 1;
}

static bool grow(known_set *set, int n) {
  if (set->entries.len * 2 < set->room) return true;
  size_t room = set->room > 0 ? 2 * set->room : 64;
  uint32_t *table = dsr_alloc(room * sizeof *table);
  if (table == NULL) return false;
  dsr_free(set->table);
  set->table = table;
  set->room = room;
  for (size_t i = 0; i < set->entries.len; i++) file(set, i, n);
  return true;
}

/* Note a prefix that is not known yet.  Its key and values are in the arena. */
static dsr_status note(known_set *set, const known *fresh, int n) {
  if (!grow(set, n) || !VEC_PUSH(&set->entries, *fresh)) return DSR_ENOMEM;
  file(set, set->entries.len - 1, n);
  return DSR_OK;
}

/* Was the prefix, or a shorter one, fetched?  *out: the prefix, NULL where it has no
** tuples. */
static bool is_known(const dsr_asked *asked, const uint32_t *key, int n,
                     const known **out) {
  *out = find(&asked->sets[n], key, n);
  if (*out != NULL) return true;
  for (int m = n - 1; m > 0; m--) {
    if (find(&asked->sets[m], key, m) != NULL) return true;
  }
  return false;
}

/* ---- sorting what was fetched ----------------------------------------------------- */

static int order_rows(const uint32_t *a, const uint32_t *b, int width) {
  for (int i = 0; i < width; i++) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

/* Merge [from, middle) and [middle, to) of `rows` into `out`. */
static void merge(const uint32_t *rows, uint32_t *out, size_t from, size_t middle,
                  size_t to, int width) {
  size_t w = (size_t)width, a = from, b = middle;
  for (size_t i = from; i < to; i++) {
    bool first =
        b == to || (a < middle && order_rows(rows + a * w, rows + b * w, width) <= 0);
    memcpy(out + i * w, rows + (first ? a++ : b++) * w, w * sizeof *rows);
  }
}

/* Deal n rows out by eight bits of a column. */
static void deal(const uint32_t *rows, uint32_t *out, size_t n, size_t width, size_t c,
                 int shift) {
  size_t starts[257] = {0};
  for (size_t i = 0; i < n; i++) starts[(rows[i * width + c] >> shift & 255) + 1]++;
  for (int d = 0; d < 255; d++) starts[d + 1] += starts[d];
  for (size_t i = 0; i < n; i++) {
    size_t to = starts[rows[i * width + c] >> shift & 255]++;
    memcpy(out + to * width, rows + i * width, width * sizeof *rows);
  }
}

/* Bits of a column in which rows differ. */
static uint32_t differing(const uint32_t *rows, size_t n, size_t width, size_t c) {
  uint32_t bits = 0;
  for (size_t i = 1; i < n; i++) bits |= rows[i * width + c] ^ rows[c];
  return bits;
}

/* Sort n rows by digits, the last column first, with room for as many behind them; where
** they are then. */
static uint32_t *sort_many(uint32_t *rows, size_t n, size_t width) {
  uint32_t *from = rows, *to = rows + n * width;
  for (size_t c = width; c-- > 0;) {
    uint32_t bits = differing(from, n, width, c);
    for (int shift = 0; shift < 32; shift += 8) {
      if ((bits >> shift & 255) == 0) continue;
      deal(from, to, n, width, c, shift);
      uint32_t *swapped = from;
      from = to;
      to = swapped;
    }
  }
  return from;
}

/* The same of any number of rows, few of them by merging. */
static uint32_t *sort_rows(uint32_t *rows, size_t n, int width) {
  enum { MANY = 256 };
  if (n >= MANY) return sort_many(rows, n, (size_t)width);
  uint32_t *from = rows, *to = rows + n * (size_t)width;
  for (size_t run = 1; run < n; run *= 2) {
    for (size_t at = 0; at < n; at += 2 * run) {
      size_t middle = at + run < n ? at + run : n;
      size_t end = at + 2 * run < n ? at + 2 * run : n;
      merge(from, to, at, middle, end, width);
    }
    uint32_t *swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

static size_t drop_equal(uint32_t *rows, size_t n, int width) {
  size_t w = (size_t)width, kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (kept > 0 && order_rows(rows + (kept - 1) * w, rows + i * w, width) == 0) {
      continue;
    }
    if (kept != i) memcpy(rows + kept * w, rows + i * w, w * sizeof *rows);
    kept++;
  }
  return kept;
}

/* The fetched tuples that have the prefix, turned to the index's order, sorted, each
** once. */
static dsr_status turn(dsr_asked *asked, const dsr_index *index, const uint32_t *prefix,
                       int n, uint32_t **rows, size_t *n_rows) {
  size_t width = (size_t)asked->width, kept = 0;
  size_t count = asked->fetched.len / width;
  uint32_t *room = dsr_resize(asked->rows, (2 * count + 1) * width * sizeof *room);
  if (room == NULL) return DSR_ENOMEM;
  asked->rows = room;
  for (size_t i = 0; i < count; i++) {
    const uint32_t *tuple = asked->fetched.items + i * width;
    uint32_t *row = room + kept * width;
    for (size_t c = 0; c < width; c++) row[c] = tuple[index->order[c]];
    kept += memcmp(row, prefix, (size_t)n * sizeof *row) == 0;
  }
  *rows = sort_rows(room, kept, asked->width);
  *n_rows = drop_equal(*rows, kept, asked->width);
  return DSR_OK;
}

/* ---- filing what was fetched ------------------------------------------------------ */

static const uint32_t *keep(dsr_asked *asked, const uint32_t *values, size_t n) {
  uint32_t *kept = dsr_arena_alloc(&asked->arena, (n + 1) * sizeof *kept);
  if (kept != NULL && n > 0) memcpy(kept, values, n * sizeof *kept);
  return kept;
}

/* The distinct values of column n in rows that are alike before it, in the arena. */
static dsr_status set_values(dsr_asked *asked, const uint32_t *rows, size_t n_rows,
                             int n, known *out) {
  size_t width = (size_t)asked->width;
  uint32_t *values = dsr_arena_alloc(&asked->arena, (n_rows + 1) * sizeof *values);
  if (values == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < n_rows; i++) {
    uint32_t value = rows[i * width + (size_t)n];
    if (out->n == 0 || values[out->n - 1] != value) values[out->n++] = value;
  }
  out->values = values;
  return DSR_OK;
}

/* File rows that are alike in the first n columns, and all that is under them. */
static dsr_status file_rows(dsr_asked *asked, const uint32_t *prefix,
                            const uint32_t *rows, size_t n_rows, int n) {
  size_t width = (size_t)asked->width;
  known fresh = {.key = keep(asked, prefix, (size_t)n)};
  if (fresh.key == NULL) return DSR_ENOMEM;
  if (n == asked->width) {
    fresh.n = n_rows > 0;
  } else {
    TRY(set_values(asked, rows, n_rows, n, &fresh));
  }
  for (size_t i = 0; n < asked->width - 1 && i < n_rows;) {
    size_t to = i;
    const uint32_t *row = rows + i * width;
    while (to < n_rows && order_rows(row, rows + to * width, n + 1) == 0) to++;
    TRY(file_rows(asked, row, row, to - i, n + 1));
    i = to;
  }
  return find(&asked->sets[n], prefix, n) == NULL ? note(&asked->sets[n], &fresh, n)
                                                  : DSR_OK;
}

/* ---- fetching --------------------------------------------------------------------- */

/* Has fetching cost so much that all should be read? */
static bool is_spent(const dsr_extent *extent) {
  const dsr_supply *supply = &extent->supply;
  return !supply->patient && extent->spent > SHARE * supply->count;
}

static bool can_fetch(const dsr_index *index, int n) {
  unsigned columns = 0;
  for (int i = 0; i < n; i++) columns |= 1u << index->order[i];
  return (columns & index->extent->supply.columns) != 0;
}

static bool is_wasteful(const yield *y) {
  double given = (double)y->given + FETCH * (double)y->fetches;
  return y->fetches >= TRIED && (double)y->walked > WASTEFUL * given;
}

/* How long a prefix to fetch by. */
static int length_of(const dsr_index *index, int n) {
  const yield *yields = index->asked->yields;
  assert(n <= DSR_WIDTH_MAX);
  while (n > 1 && can_fetch(index, n - 1) && is_wasteful(yields + n)) n--;
  return n;
}

static void note_yield(const dsr_index *index, int n, uint64_t walked) {
  dsr_extent *extent = index->extent;
  yield *y = &index->asked->yields[n];
  uint64_t given = index->asked->fetched.len / (size_t)index->asked->width;
  y->fetches++;
  y->walked += walked;
  y->given += given;
  extent->spent += FETCH + (double)given + LOOK * (double)walked;
}

static dsr_status fetch(const dsr_index *index, const uint32_t *prefix, int asked_for) {
  dsr_extent *extent = index->extent;
  dsr_asked *asked = index->asked;
  uint32_t *rows;
  size_t n_rows;
  uint64_t walked = 0;
  int n = length_of(index, asked_for);
  asked->fetched.len = 0;
  TRY(extent->supply.some(extent->supply.ud, index->order, prefix, n, &asked->fetched,
                          &walked));
  note_yield(index, n, walked);
  dsr_status rc = turn(asked, index, prefix, n, &rows, &n_rows);
  if (rc >= 0) rc = file_rows(asked, prefix, rows, n_rows, n);
  return rc < 0 ? dsr_fail_memory(extent->error) : DSR_OK;
}

/* Have the prefix known, or the extent complete. */
static dsr_status ask(const dsr_index *index, const uint32_t *prefix, int n) {
  if (!can_fetch(index, n) || is_spent(index->extent)) {
    return dsr_extent_complete(index->extent);
  }
  return fetch(index, prefix, n);
}

/* False: it failed, and the extent knows. */
static bool have(const dsr_index *index, const uint32_t *prefix, int n) {
  dsr_extent *extent = index->extent;
  if (extent->failure < 0) return false;
  dsr_status rc = ask(index, prefix, n);
  if (rc < 0) extent->failure = rc;
  return rc >= 0;
}

bool dsr_asked_range(const dsr_index *index, const uint32_t *prefix, int n,
                     dsr_range *out) {
  const known *met;
  if (!is_known(index->asked, prefix, n, &met)) {
    if (!have(index, prefix, n)) return false;
    if (index->way != DSR_WAY_ASKED) return dsr_index_range(index, prefix, n, out);
    met = find(&index->asked->sets[n], prefix, n);
  }
  if (met == NULL || met->n == 0) return false;
  *out = (dsr_range){
      .items = met->values, .n = met->n, .sorted = true, .how = DSR_HOW_SORTED};
  return true;
}

bool dsr_asked_has(const dsr_index *index, const uint32_t *prefix, int n) {
  const dsr_asked *asked = index->asked;
  const known *met;
  if (n == asked->width && n > 1) { /* among the values of what is one shorter? */
    met = find(&asked->sets[n - 1], prefix, n - 1);
    if (met != NULL) return dsr_sorted_has(met->values, met->n, prefix[n - 1]);
  }
  if (!is_known(asked, prefix, n, &met)) {
    if (!have(index, prefix, n)) return false;
    if (index->way != DSR_WAY_ASKED) return dsr_index_has(index, prefix, n);
    met = find(&asked->sets[n], prefix, n);
  }
  return met != NULL && met->n > 0;
}

double dsr_asked_distinct(const dsr_index *index, int n) {
  const dsr_supply *supply = &index->extent->supply;
  double distinct = 1;
  for (int i = 0; i < n; i++) distinct *= supply->distinct[index->order[i]];
  return distinct < supply->count ? distinct : supply->count;
}

/* ---- making and ending ------------------------------------------------------------ */

dsr_status dsr_asked_new(dsr_extent *extent, dsr_asked **out) {
  dsr_asked *asked = dsr_alloc(sizeof *asked);
  if (asked == NULL) return dsr_fail_memory(extent->error);
  asked->width = extent->width;
  *out = asked;
  return DSR_OK;
}

void dsr_asked_free(dsr_asked *asked) {
  if (asked == NULL) return;
  for (int n = 0; n <= DSR_WIDTH_MAX; n++) {
    VEC_FREE(&asked->sets[n].entries);
    dsr_free(asked->sets[n].table);
  }
  VEC_FREE(&asked->fetched);
  dsr_free(asked->rows);
  dsr_arena_free(&asked->arena);
  dsr_free(asked);
}

size_t dsr_asked_bytes(const dsr_asked *asked) {
  size_t bytes = sizeof *asked + asked->arena.total;
  for (int n = 0; n <= asked->width; n++) {
    bytes += asked->sets[n].room * sizeof *asked->sets[n].table +
             asked->sets[n].entries.cap * sizeof(known);
  }
  return bytes;
}

dsr_status dsr_extent_supply(dsr_extent *extent, const dsr_supply *supply) {
  uint8_t order[DSR_WIDTH_MAX];
  dsr_index *index;
  assert(extent->kind == DSR_EXTENT_STORED);
  assert(extent->width > 0);
  assert(!extent->sealed);
  extent->supply = *supply;
  extent->shape = DSR_SHAPE_ASKED;
  for (int c = 0; c < extent->width; c++) order[c] = (uint8_t)c;
  return dsr_extent_index(extent, order, extent->width, false, &index);
}

const dsr_supply *dsr_extent_supply_of(const dsr_extent *extent) {
  return extent->shape == DSR_SHAPE_ASKED ? &extent->supply : NULL;
}

dsr_status dsr_extent_failure(const dsr_extent *extent) { return extent->failure; }

dsr_status dsr_extent_complete(dsr_extent *extent) {
  if (extent->shape != DSR_SHAPE_ASKED) return DSR_OK;
  if (extent->failure < 0) return extent->failure;
  dsr_status rc = extent->supply.all(extent->supply.ud, extent);
  if (rc >= 0) rc = dsr_extent_index_all(extent);
  if (rc < 0) extent->failure = rc;
  return rc;
}
