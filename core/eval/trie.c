/*
** trie.c - a stored extent sorted by one order of its columns.
**
** Building has three steps.  *Deal*: tuples go into blocks of some thousand first values
** that follow one another, then within a block, which fits a cache, to their first value;
** what is left of a tuple is a record of its other columns.  Dealing to a million first
** values at once misses the cache and the page tables with every tuple, and takes three
** times as long.  *Sort* the records of each first value: most are few and are sorted by
** networks and insertion; more by radix, the last column first, with digits as long as
** they deserve; what is in order already is left alone.  *Lay out* the levels, leaving
** out what is there twice.  With two columns the sorted records are the second level, so
** they are closed up in place.
**
** Where first values are far apart (a small relation over late numbers), whole tuples are
** sorted by radix.
**
** Cost: two passes over tuples, and as much memory again as the columns take, which are
** given back after the first pass.
*/
#include <assert.h>
#include <string.h>

#include "eval/trie.h"
#include "ground/mem.h"

enum {
  SHORT_GROUP = 24,  /* records; longer ones are sorted by radix */
  LONG_GROUP = 4096, /* from here on with long digits */
  DIGIT = 8,
  LONG_DIGIT = 11,
  THIN = 4,     /* numbers up to so many times the tuples are dense */
  SPARE = 1024, /* and these always */
  BLOCK_BITS =
      11,        /* first values of a block, a power of two: at least, and more where */
  BLOCKS = 1024, /* there would be more blocks than these */
};

#define TUPLES_MOST (UINT32_MAX - 15)

static size_t words(size_t n) { return n * sizeof(uint32_t); }

/* A further array of a trie; NULL where there is no memory. */
static uint32_t *array(dsr_trie *trie, size_t n) {
  uint32_t *items = dsr_resize(NULL, words(n));
  if (items) trie->bytes += words(n);
  return items;
}

/* ---- sorting records of k words ---------------------------------------------------- */

static bool precedes(const uint32_t *a, const uint32_t *b, int k) {
  for (int i = 0; i < k; i++) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

static bool in_order(const uint32_t *records, size_t n, int k) {
  for (size_t i = 1; i < n; i++) {
    if (precedes(records + i * k, records + (i - 1) * k, k)) return false;
  }
  return true;
}

static inline void exchange(uint32_t *a, uint32_t *b) {
  uint32_t less = *a < *b ? *a : *b, more = *a < *b ? *b : *a;
  *a = less;
  *b = more;
}

/* Up to four words, by networks: branches on what random words are cost more. */
static void sort_few(uint32_t *items, size_t n) {
  if (n == 4) {
    exchange(items, items + 1);
    exchange(items + 2, items + 3);
    exchange(items, items + 2);
    exchange(items + 1, items + 3);
    exchange(items + 1, items + 2);
  } else if (n == 3) {
    exchange(items, items + 1);
    exchange(items + 1, items + 2);
    exchange(items, items + 1);
  } else if (n == 2) {
    exchange(items, items + 1);
  }
}

static void insert_words(uint32_t *items, size_t n) {
  if (n <= 4) {
    sort_few(items, n);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    uint32_t item = items[i];
    size_t at = i;
    for (; at > 0 && items[at - 1] > item; at--) items[at] = items[at - 1];
    items[at] = item;
  }
}

static uint64_t pair_at(const uint32_t *records, size_t at) {
  return (uint64_t)records[2 * at] << 32 | records[2 * at + 1];
}

static void insert_pairs(uint32_t *records, size_t n) {
  for (size_t i = 1; i < n; i++) {
    uint64_t record = pair_at(records, i);
    size_t at = i;
    for (; at > 0 && pair_at(records, at - 1) > record; at--) {
      memcpy(records + 2 * at, records + 2 * (at - 1), words(2));
    }
    records[2 * at] = (uint32_t)(record >> 32);
    records[2 * at + 1] = (uint32_t)record;
  }
}

static void insert_records(uint32_t *records, size_t n, int k) {
  uint32_t record[DSR_WIDTH_MAX];
  if (k == 2) {
    insert_pairs(records, n);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    size_t at = i;
    memcpy(record, records + i * k, words(k));
    while (at > 0 && precedes(record, records + (at - 1) * k, k)) at--;
    memmove(records + (at + 1) * k, records + at * k, words((i - at) * k));
    memcpy(records + at * k, record, words(k));
  }
}

/* Move records by one digit of word c, in order of the digit, else as they stood. */
static void deal(const uint32_t *from, uint32_t *to, size_t n, int k, int c, int shift,
                 int digit) {
  uint32_t starts[1 << LONG_DIGIT];
  uint32_t mask = (UINT32_C(1) << digit) - 1, sum = 0;
  memset(starts, 0, words(mask + 1));
  for (size_t i = 0; i < n; i++) starts[from[i * k + c] >> shift & mask]++;
  for (uint32_t i = 0; i <= mask; i++) {
    uint32_t count = starts[i];
    starts[i] = sum;
    sum += count;
  }
  if (k == 1) {
    for (size_t i = 0; i < n; i++) to[starts[from[i] >> shift & mask]++] = from[i];
    return;
  }
  if (k == 2) {
    for (size_t i = 0; i < n; i++) {
      size_t at = starts[from[i * 2 + c] >> shift & mask]++;
      memcpy(to + at * 2, from + i * 2, words(2));
    }
    return;
  }
  for (size_t i = 0; i < n; i++) {
    size_t at = starts[from[i * k + c] >> shift & mask]++;
    memcpy(to + at * k, from + i * k, words(k));
  }
}

/* Sort more than SHORT_GROUP records by radix, the last word first; digits in which no
** two differ are passed over.  `scratch` is as long as they. */
static void sort_long(uint32_t *records, uint32_t *scratch, size_t n, int k) {
  uint32_t *from = records, *to = scratch;
  int digit = n < LONG_GROUP ? DIGIT : LONG_DIGIT;
  for (int c = k - 1; c >= 0; c--) {
    uint32_t differ = 0;
    for (size_t i = 1; i < n; i++) differ |= from[i * k + c] ^ from[c];
    for (int shift = 0; shift < 32; shift += digit) {
      if ((differ >> shift & ((UINT32_C(1) << digit) - 1)) == 0) continue;
      deal(from, to, n, k, c, shift, digit);
      uint32_t *turned = from;
      from = to;
      to = turned;
    }
  }
  if (from != records) memcpy(records, from, words(n * k));
}

static void sort_group(uint32_t *records, uint32_t *scratch, size_t n, int k) {
  if (n < 2) return;
  if (n <= SHORT_GROUP && k == 1) {
    insert_words(records, n);
  } else if (n <= SHORT_GROUP) {
    insert_records(records, n, k);
  } else if (!in_order(records, n, k)) {
    sort_long(records, scratch, n, k);
  }
}

/* ---- dealing ------------------------------------------------------------------------ */

/* A trie under way. */
typedef struct building {
  dsr_trie *trie;
  uint32_t **columns; /* as they came, in the trie's order; given back once dealt */
  size_t n;           /* tuples */
  /* Dealt to blocks, a first value and its record each; sorted, records alone, of k words
  ** each.  Where first values are sparse, whole tuples: k is the width. */
  uint32_t *records;
  int k;
  uint32_t *firsts; /* where the records of first value v stand; NULL: sparse */
  uint32_t n_firsts;
  int bits;       /* a block has two to this first values */
  size_t *blocks; /* where each block begins; one more than there are */
  uint32_t n_blocks;
  uint32_t groups; /* first values that have any records */
  uint32_t kept;   /* records that are left, where k is 1 */
} building;

static void drop_columns(building *b) {
  for (int c = 0; c < b->trie->width; c++) {
    dsr_free(b->columns[c]);
    b->columns[c] = NULL;
  }
}

static uint32_t greatest(const uint32_t *items, size_t n) {
  uint32_t most = 0;
  for (size_t i = 0; i < n; i++) most = items[i] > most ? items[i] : most;
  return most;
}

/* Is a first column with such a greatest value dense among n tuples. */
static bool is_dense(uint32_t most, size_t n) {
  return most < SPARE || most / THIN <= n;
}

/* Room for tuples to be dealt to blocks by `firsts`, which are at most `most`: blocks[i]
** is where block i begins, and moves on as it is dealt to. */
static dsr_status open_blocks(building *b, const uint32_t *firsts, uint32_t most) {
  b->k = b->trie->width - 1;
  b->n_firsts = most + 1;
  b->bits = BLOCK_BITS;
  while (most >> b->bits >= BLOCKS) b->bits++;
  b->n_blocks = (most >> b->bits) + 1;
  b->blocks = dsr_alloc(((size_t)b->n_blocks + 1) * sizeof *b->blocks);
  b->records = dsr_resize(NULL, words(b->n * (size_t)(b->k + 1)));
  if (!b->blocks || !b->records) return DSR_ENOMEM;
  for (size_t i = 0; i < b->n; i++) b->blocks[(firsts[i] >> b->bits) + 1]++;
  for (uint32_t i = 1; i < b->n_blocks; i++) b->blocks[i + 1] += b->blocks[i];
  return DSR_OK;
}

/* All are dealt: each block begins again where the one before it ends. */
static void close_blocks(building *b) {
  memmove(b->blocks + 1, b->blocks, b->n_blocks * sizeof *b->blocks);
  b->blocks[0] = 0;
}

static inline void deal_pair(building *b, uint32_t first, uint32_t second) {
  uint32_t *to = b->records + b->blocks[first >> b->bits]++ * 2;
  to[0] = first;
  to[1] = second;
}

static void deal_columns(building *b) {
  const uint32_t *firsts = b->columns[0];
  if (b->k == 1) {
    const uint32_t *seconds = b->columns[1];
    for (size_t i = 0; i < b->n; i++) deal_pair(b, firsts[i], seconds[i]);
    return;
  }
  size_t width = (size_t)b->k + 1;
  for (size_t i = 0; i < b->n; i++) {
    uint32_t *to = b->records + b->blocks[firsts[i] >> b->bits]++ * width;
    for (size_t c = 0; c < width; c++) to[c] = b->columns[c][i];
  }
}

/* Whole tuples, to be sorted as one group. */
static dsr_status gather(building *b) {
  b->k = b->trie->width;
  if (b->k == 1) { /* the column itself will do */
    b->records = b->columns[0];
    b->columns[0] = NULL;
    return DSR_OK;
  }
  b->records = dsr_resize(NULL, words(b->n * (size_t)b->k));
  if (!b->records) return DSR_ENOMEM;
  for (size_t i = 0; i < b->n; i++) {
    for (int c = 0; c < b->k; c++) b->records[i * b->k + c] = b->columns[c][i];
  }
  return DSR_OK;
}

static dsr_status deal_all(building *b) {
  if (b->trie->width == 1) return gather(b);
  uint32_t most = greatest(b->columns[0], b->n);
  if (!is_dense(most, b->n)) return gather(b);
  TRY(open_blocks(b, b->columns[0], most));
  deal_columns(b);
  close_blocks(b);
  return DSR_OK;
}

/* ---- sorting what was dealt ------------------------------------------------------------- */

/* What sorting a block needs. */
typedef struct sort_bench {
  uint32_t *starts;  /* where the records of each first value stand, and two more */
  uint32_t *records; /* of one block */
  uint32_t *scratch; /* as long */
  size_t room;       /* records */
} sort_bench;

static dsr_status bench_room(sort_bench *bench, size_t n, int k) {
  if (n <= bench->room) return DSR_OK;
  dsr_free(bench->records);
  dsr_free(bench->scratch);
  bench->room = 0;
  bench->records = dsr_resize(NULL, words(n * (size_t)k));
  bench->scratch = dsr_resize(NULL, words(n * (size_t)k));
  if (!bench->records || !bench->scratch) return DSR_ENOMEM;
  bench->room = n;
  return DSR_OK;
}

static void bench_free(sort_bench *bench) {
  dsr_free(bench->starts);
  dsr_free(bench->records);
  dsr_free(bench->scratch);
}

/* Deal the n records of a block, each behind its first value, to first values: those of
** value v of the block to [starts[v], starts[v + 1]). */
static inline __attribute__((always_inline)) void deal_block(const uint32_t *block,
                                                             size_t n, int k, int bits,
                                                             sort_bench *bench) {
  uint32_t mask = (UINT32_C(1) << bits) - 1;
  uint32_t *starts = bench->starts;
  size_t step = (size_t)k + 1;
  memset(starts, 0, words((size_t)mask + 3));
  for (size_t i = 0; i < n; i++) starts[(block[i * step] & mask) + 2]++;
  for (uint32_t v = 0; v <= mask; v++) starts[v + 2] += starts[v + 1];
  for (size_t i = 0; i < n; i++) {
    size_t at = starts[(block[i * step] & mask) + 1]++;
    memcpy(bench->records + at * k, block + i * step + 1, words(k));
  }
}

/* Sort a block of pairs and append its seconds to those that are sorted, each once. */
static void sort_pairs(building *b, uint32_t block, sort_bench *bench) {
  size_t from = b->blocks[block], n = b->blocks[block + 1] - from;
  uint32_t base = block << b->bits, left = b->n_firsts - base, kept = b->kept;
  uint32_t span = UINT32_C(1) << b->bits, *out = b->records;
  deal_block(b->records + from * 2, n, 1, b->bits, bench);
  for (uint32_t v = 0; v < span && v < left; v++) {
    const uint32_t *items = bench->records;
    uint32_t i = bench->starts[v], end = bench->starts[v + 1];
    b->firsts[base + v] = kept;
    if (i == end) continue;
    sort_group(bench->records + i, bench->scratch, end - i, 1);
    b->groups++;
    out[kept++] = items[i];
    while (++i < end) {
      out[kept] = items[i];
      kept += items[i] != items[i - 1];
    }
  }
  b->kept = kept;
}

/* Sort a block of longer records and put them where they belong, in place. */
static void sort_wide(building *b, uint32_t block, sort_bench *bench) {
  size_t from = b->blocks[block], n = b->blocks[block + 1] - from, k = (size_t)b->k;
  uint32_t base = block << b->bits, left = b->n_firsts - base;
  uint32_t span = UINT32_C(1) << b->bits;
  if (b->k == 2) {
    deal_block(b->records + from * 3, n, 2, b->bits, bench);
  } else {
    deal_block(b->records + from * (k + 1), n, b->k, b->bits, bench);
  }
  for (uint32_t v = 0; v < span && v < left; v++) {
    uint32_t at = bench->starts[v], end = bench->starts[v + 1];
    b->firsts[base + v] = (uint32_t)from + at;
    if (at == end) continue;
    sort_group(bench->records + at * k, bench->scratch, end - at, b->k);
    b->groups++;
  }
  if (n > 0) memcpy(b->records + from * k, bench->records, words(n * k));
}

static dsr_status sort_blocks(building *b, sort_bench *bench) {
  b->firsts = dsr_resize(NULL, words((size_t)b->n_firsts + 1));
  bench->starts = dsr_resize(NULL, words(((size_t)1 << b->bits) + 2));
  if (!b->firsts || !bench->starts) return DSR_ENOMEM;
  for (uint32_t i = 0; i < b->n_blocks; i++) {
    TRY(bench_room(bench, b->blocks[i + 1] - b->blocks[i], b->k));
    if (b->k == 1) {
      sort_pairs(b, i, bench);
    } else {
      sort_wide(b, i, bench);
    }
  }
  b->firsts[b->n_firsts] = b->k == 1 ? b->kept : (uint32_t)b->n;
  return DSR_OK;
}

static dsr_status sort_one_group(const building *b, sort_bench *bench) {
  if (b->n > SHORT_GROUP) {
    bench->scratch = dsr_resize(NULL, words(b->n * (size_t)b->k));
    if (!bench->scratch) return DSR_ENOMEM;
  }
  sort_group(b->records, bench->scratch, b->n, b->k);
  return DSR_OK;
}

static dsr_status sort_all(building *b) {
  sort_bench bench = {0};
  dsr_status rc = b->blocks ? sort_blocks(b, &bench) : sort_one_group(b, &bench);
  bench_free(&bench);
  return rc;
}

/* ---- laying out ----------------------------------------------------------------------- */

/* Take what is there twice out of sorted words; how many are left. */
static uint32_t close_up(uint32_t *items, size_t n) {
  size_t kept = n > 0;
  for (size_t i = 1; i < n; i++) {
    items[kept] = items[i];
    kept += items[i] != items[kept - 1];
  }
  return (uint32_t)kept;
}

/* Give an array the size of what is in it. */
static uint32_t *fit(dsr_trie *trie, uint32_t *items, size_t n) {
  uint32_t *fitted = dsr_resize(items, words(n));
  trie->bytes += words(n);
  return fitted ? fitted : items;
}

/* The first level of two or more, from where the groups stand among `starts`. */
static dsr_status lay_firsts(dsr_trie *trie, const uint32_t *firsts, uint32_t n_firsts,
                             uint32_t n) {
  uint32_t *values = array(trie, n), *starts = array(trie, (size_t)n + 1);
  uint32_t at = 0;
  trie->levels[0] = (dsr_trie_level){.values = values, .starts = starts, .n = n};
  if (!values || !starts) return DSR_ENOMEM;
  for (uint32_t v = 0; v < n_firsts; v++) {
    if (firsts[v] == firsts[v + 1]) continue;
    values[at] = v;
    starts[at++] = firsts[v];
  }
  starts[n] = firsts[n_firsts];
  return DSR_OK;
}

/* Hand the array of firsts over to the trie. */
static void take_firsts(building *b) {
  b->trie->firsts = fit(b->trie, b->firsts, (size_t)b->n_firsts + 1);
  b->trie->n_firsts = b->n_firsts;
  b->firsts = NULL;
}

static dsr_status lay_pairs(building *b) {
  uint32_t *values = fit(b->trie, b->records, b->kept);
  b->trie->levels[1] = (dsr_trie_level){.values = values, .n = b->kept};
  b->records = NULL;
  TRY(lay_firsts(b->trie, b->firsts, b->n_firsts, b->groups));
  take_firsts(b);
  return DSR_OK;
}

static void lay_single(building *b) {
  uint32_t n = close_up(b->records, b->n);
  b->trie->levels[0] = (dsr_trie_level){.values = fit(b->trie, b->records, n), .n = n};
  b->records = NULL;
}

/* The first of the k words in which a record differs from the one before it; k: none. */
static int first_change(const uint32_t *record, int k) {
  int c = 0;
  while (c < k && record[c] == record[c - k]) c++;
  return c;
}

/* How many values each level gets from records [from, to), which are one group. */
static void count_levels(const building *b, size_t from, size_t to, uint32_t *counts) {
  int k = b->k;
  for (size_t i = from; i < to; i++) {
    int c = i > from ? first_change(b->records + i * k, k) : 0;
    for (; c < k; c++) counts[c]++;
  }
}

/* Append them; ends[c] is how many word c's level has.  The first level of the records is
** `base`. */
static void fill_levels(const building *b, int base, size_t from, size_t to,
                        uint32_t *ends) {
  dsr_trie_level *levels = b->trie->levels + base;
  int k = b->k;
  for (size_t i = from; i < to; i++) {
    const uint32_t *record = b->records + i * k;
    for (int c = i > from ? first_change(record, k) : 0; c < k; c++) {
      ((uint32_t *)levels[c].values)[ends[c]] = record[c];
      if (c + 1 < k) ((uint32_t *)levels[c].starts)[ends[c]] = ends[c + 1];
      ends[c]++;
    }
  }
}

static dsr_status make_levels(building *b, int base, const uint32_t *counts) {
  dsr_trie *trie = b->trie;
  for (int c = 0; c < b->k; c++) {
    dsr_trie_level *level = &trie->levels[base + c];
    level->n = counts[c];
    level->values = array(trie, counts[c]);
    if (!level->values) return DSR_ENOMEM;
    if (c + 1 == b->k) break;
    uint32_t *starts = array(trie, (size_t)counts[c] + 1);
    if (!starts) return DSR_ENOMEM;
    starts[counts[c]] = counts[c + 1];
    level->starts = starts;
  }
  return DSR_OK;
}

/* All levels of whole tuples. */
static dsr_status lay_one_group(building *b) {
  uint32_t counts[DSR_WIDTH_MAX] = {0}, ends[DSR_WIDTH_MAX] = {0};
  count_levels(b, 0, b->n, counts);
  TRY(make_levels(b, 0, counts));
  fill_levels(b, 0, 0, b->n, ends);
  return DSR_OK;
}

/* Of tuples in groups by their first value. */
static dsr_status lay_groups(building *b) {
  uint32_t counts[DSR_WIDTH_MAX] = {0}, ends[DSR_WIDTH_MAX] = {0};
  uint32_t from = 0;
  for (uint32_t v = 0; v < b->n_firsts; v++) {
    count_levels(b, b->firsts[v], b->firsts[v + 1], counts);
  }
  TRY(make_levels(b, 1, counts));
  for (uint32_t v = 0; v < b->n_firsts; v++) {
    uint32_t to = b->firsts[v + 1];
    b->firsts[v] = ends[0];
    fill_levels(b, 1, from, to, ends);
    from = to;
  }
  b->firsts[b->n_firsts] = ends[0];
  TRY(lay_firsts(b->trie, b->firsts, b->n_firsts, b->groups));
  take_firsts(b);
  return DSR_OK;
}

static dsr_status lay_out(building *b) {
  if (b->k == 1 && !b->firsts) {
    lay_single(b);
    return DSR_OK;
  }
  if (!b->firsts) return lay_one_group(b);
  return b->k == 1 ? lay_pairs(b) : lay_groups(b);
}

/* First values that lead to their children need none. */
static dsr_status raise_fences(dsr_trie *trie) {
  for (int i = trie->firsts ? 1 : 0; i < trie->width; i++) {
    dsr_trie_level *level = &trie->levels[i];
    const dsr_trie_level *above = i > 0 ? level - 1 : NULL;
    TRY(dsr_fences_raise(&level->fences, level->values, level->n,
                         above ? above->starts : NULL, above ? above->n : 1,
                         &trie->bytes));
  }
  return DSR_OK;
}

/* ---- building ------------------------------------------------------------------------- */

static dsr_status new_trie(const uint8_t *order, int width, dsr_trie **out) {
  assert(width >= 1);
  assert(width <= DSR_WIDTH_MAX);
  dsr_trie *trie = dsr_alloc(sizeof *trie);
  if (!trie) return DSR_ENOMEM;
  trie->width = width;
  trie->bytes = sizeof *trie;
  memcpy(trie->order, order, (size_t)width);
  *out = trie;
  return DSR_OK;
}

void dsr_trie_free(dsr_trie *trie) {
  if (!trie) return;
  for (int i = 0; i < trie->width; i++) {
    dsr_free((void *)trie->levels[i].values);
    dsr_free((void *)trie->levels[i].starts);
    dsr_fences_free(&trie->levels[i].fences);
  }
  dsr_free((void *)trie->firsts);
  dsr_free(trie);
}

/* What is left to do once tuples are dealt, or dealing has failed. */
static dsr_status finish(building *b, dsr_status rc) {
  if (rc == DSR_OK) rc = sort_all(b);
  if (rc == DSR_OK) rc = lay_out(b);
  if (rc == DSR_OK) rc = raise_fences(b->trie);
  dsr_free(b->records);
  dsr_free(b->firsts);
  dsr_free(b->blocks);
  return rc;
}

/* All of it, from columns in the trie's order. */
static dsr_status build(building *b) {
  dsr_status rc = deal_all(b);
  drop_columns(b);
  return finish(b, rc);
}

dsr_status dsr_trie_build(uint32_t **columns, size_t n, const uint8_t *order, int width,
                          dsr_error *error, dsr_trie **out) {
  uint32_t *turned[DSR_WIDTH_MAX];
  building b = {.columns = turned, .n = n};
  for (int i = 0; i < width; i++) turned[i] = columns[order[i]];
  for (int c = 0; c < width; c++) columns[c] = NULL;
  dsr_status rc = new_trie(order, width, &b.trie);
  if (rc < 0) {
    for (int i = 0; i < width; i++) dsr_free(turned[i]);
    return dsr_fail_memory(error);
  }
  if (n > TUPLES_MOST) {
    drop_columns(&b);
    rc = dsr_fail(error, DSR_ELIMIT, "a predicate cannot have %zu tuples: at most %u",
                  n, (unsigned)TUPLES_MOST);
  } else if (build(&b) < 0) {
    rc = dsr_fail_memory(error);
  }
  if (rc < 0) {
    dsr_trie_free(b.trie);
    return rc;
  }
  *out = b.trie;
  return DSR_OK;
}

/* ---- turning ---------------------------------------------------------------------------- */

/* Two columns, the second dense: no column is written out. */
static dsr_status deal_turned(building *b, const dsr_trie *from, uint32_t most) {
  const dsr_trie_level *level = &from->levels[0];
  const uint32_t *seconds = from->levels[1].values;
  TRY(open_blocks(b, seconds, most));
  for (uint32_t i = 0; i < level->n; i++) {
    uint32_t first = level->values[i];
    for (uint32_t j = level->starts[i]; j < level->starts[i + 1]; j++) {
      deal_pair(b, seconds[j], first);
    }
  }
  close_blocks(b);
  return DSR_OK;
}

/* The columns of a trie, in the order of another: columns[i] is for level i of that. */
static dsr_status write_columns(const dsr_trie *from, const dsr_trie *trie,
                                uint32_t **columns) {
  uint32_t *by_column[DSR_WIDTH_MAX];
  uint64_t at = 0;
  size_t n = (size_t)dsr_trie_count(from);
  for (int i = 0; i < trie->width; i++) {
    columns[i] = dsr_resize(NULL, words(n));
    if (!columns[i]) return DSR_ENOMEM;
    by_column[trie->order[i]] = columns[i];
  }
  dsr_trie_walk(from, &at, by_column, n);
  return DSR_OK;
}

static dsr_status turn(const dsr_trie *from, dsr_trie *trie) {
  uint32_t *columns[DSR_WIDTH_MAX] = {0};
  building b = {.trie = trie, .columns = columns, .n = (size_t)dsr_trie_count(from)};
  if (trie->width == 2 && trie->order[0] != from->order[0]) {
    uint32_t most = greatest(from->levels[1].values, from->levels[1].n);
    if (is_dense(most, b.n)) return finish(&b, deal_turned(&b, from, most));
  }
  if (write_columns(from, trie, columns) < 0) {
    drop_columns(&b);
    return DSR_ENOMEM;
  }
  return build(&b);
}

dsr_status dsr_trie_turn(const dsr_trie *trie, const uint8_t *order, dsr_error *error,
                         dsr_trie **out) {
  dsr_trie *turned = NULL;
  dsr_status rc = new_trie(order, trie->width, &turned);
  if (rc == DSR_OK) rc = turn(trie, turned);
  if (rc < 0) {
    dsr_trie_free(turned);
    return dsr_fail_memory(error);
  }
  *out = turned;
  return DSR_OK;
}

/* ---- reading ------------------------------------------------------------------------------ */

uint64_t dsr_trie_count(const dsr_trie *trie) {
  return trie->levels[trie->width - 1].n;
}

uint32_t dsr_trie_distinct(const dsr_trie *trie, int n) {
  return n > 0 ? trie->levels[n - 1].n : trie->levels[0].n > 0;
}

bool dsr_trie_has(const dsr_trie *trie, const uint32_t *prefix, int n) {
  uint32_t from, to;
  if (n < trie->width) return dsr_trie_find(trie, prefix, n, &from, &to);
  if (!dsr_trie_find(trie, prefix, n - 1, &from, &to)) return false;
  const dsr_trie_level *level = &trie->levels[n - 1];
  return dsr_level_has(level, level->values + from, to - from, prefix[n - 1]);
}

/* The value of a level whose descendants include number `at` of the next one. */
static uint32_t parent_of(const dsr_trie_level *level, uint32_t at) {
  /* starts ascend strictly: the last that is not past `at` */
  return dsr_sorted_at(level->starts, level->n + 1, at + 1) - 1;
}

/* Write values of one level, each as often as it has tuples among [from, to) of the last;
** `position` is where the level stands for the first of these. */
static void walk_level(const dsr_trie *trie, int level, uint32_t position,
                       uint32_t from, uint32_t to, uint32_t *out) {
  const dsr_trie_level *here = &trie->levels[level];
  while (from < to) {
    uint32_t end = position + 1;
    for (int i = level; i + 1 < trie->width; i++) end = trie->levels[i].starts[end];
    if (end > to) end = to;
    uint32_t value = here->values[position++];
    while (from < end) {
      *out++ = value;
      from++;
    }
  }
}

size_t dsr_trie_walk(const dsr_trie *trie, uint64_t *at, uint32_t *const *columns,
                     size_t room) {
  uint64_t left = dsr_trie_count(trie) - *at;
  size_t n = left < room ? (size_t)left : room;
  uint32_t from = (uint32_t)*at, position = from;
  if (n == 0) return 0;
  for (int level = trie->width - 1; level >= 0; level--) {
    uint32_t *column = columns[trie->order[level]];
    if (level + 1 < trie->width) position = parent_of(&trie->levels[level], position);
    if (column) walk_level(trie, level, position, from, from + (uint32_t)n, column);
  }
  *at += n;
  return n;
}
