/*
** sorted.c - rows of words in the order that a query asks for, and as many as it asks for.
**
** Comparing two symbols by value reads both, so values are not compared row by row: the
** distinct words of all rows are sorted once, each gets its place as a rank, and rows are
** sorted by ranks, which takes no more than moving numbers.  A descending key has its
** ranks turned round.
**
** Where few of many rows are told, a heap keeps the best ones so far with the worst on
** top, and most rows cost one comparison with that; only what is left is ranked.
*/
#include "logic/sorted.h"

#include <string.h>

#include "ground/vec.h"
#include "store/sort.h"

enum { FEW = 8 }; /* the heap is used where it keeps less than one row in so many */

typedef struct sorting {
  const dsr_sorted *how;
  dsr_symbols *symbols;
  dsr_error *error;
  dsr_word *rows;
  size_t n;
  int order[DSR_VARIABLES_MOST]; /* all columns, as they are compared */
  bool down[DSR_VARIABLES_MOST];
  VEC(dsr_word) words; /* the distinct ones; sorted, their places are the ranks */
  size_t *slots;       /* a hash of them: index plus one; 0 is free */
  size_t n_slots;
  uint64_t *ranks; /* by index in `words` as they were met */
  uint64_t *keys;  /* of rows: ranks in the order of comparison */
  uint32_t *numbers;
} sorting;

static dsr_status no_memory(sorting *s) { return dsr_fail_memory(s->error); }

/* The keys, then the other columns from left to right. */
static void find_order(sorting *s) {
  int n = 0;
  bool there[DSR_VARIABLES_MOST] = {false};
  for (int i = 0; i < s->how->n_keys; i++) {
    int column = s->how->keys[i].column;
    if (there[column]) continue;
    there[column] = true;
    s->down[n] = s->how->keys[i].descending;
    s->order[n++] = column;
  }
  for (int i = 0; i < s->how->width; i++) {
    if (!there[i]) s->order[n++] = i;
  }
}

/* ---- the best few ----------------------------------------------------------------- */

static dsr_status compare_rows(const sorting *s, const dsr_word *a, const dsr_word *b,
                               int *out) {
  *out = 0;
  for (int i = 0; i < s->how->width && *out == 0; i++) {
    int column = s->order[i];
    TRY(dsr_value_compare(s->symbols, a[column], b[column], out));
    if (s->down[i]) *out = -*out;
  }
  return DSR_OK;
}

static dsr_word *row_at(const sorting *s, size_t i) {
  return s->rows + i * (size_t)s->how->width;
}

static void swap_rows(const sorting *s, size_t a, size_t b) {
  dsr_word *x = row_at(s, a), *y = row_at(s, b);
  for (int i = 0; i < s->how->width; i++) {
    dsr_word word = x[i];
    x[i] = y[i];
    y[i] = word;
  }
}

/* Let row `at` sink in the heap of the first `n` rows, the last in order on top. */
static dsr_status sink(const sorting *s, size_t at, size_t n) {
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    int order;
    if (child + 1 < n) {
      TRY(compare_rows(s, row_at(s, child + 1), row_at(s, child), &order));
      child += order > 0;
    }
    TRY(compare_rows(s, row_at(s, child), row_at(s, at), &order));
    if (order <= 0) return DSR_OK;
    swap_rows(s, at, child);
  }
  return DSR_OK;
}

/* Leave the first `keep` rows in order, in any order. */
static dsr_status keep_few(sorting *s, size_t keep) {
  for (size_t i = keep / 2; i > 0; i--) TRY(sink(s, i - 1, keep));
  for (size_t i = keep; i < s->n && keep > 0; i++) {
    int order;
    TRY(compare_rows(s, row_at(s, i), row_at(s, 0), &order));
    if (order >= 0) continue;
    swap_rows(s, i, 0);
    TRY(sink(s, 0, keep));
  }
  s->n = keep;
  return DSR_OK;
}

/* ---- ranks ------------------------------------------------------------------------ */

static size_t slot_of(const sorting *s, dsr_word word) {
  size_t mask = s->n_slots - 1;
  size_t at = (size_t)((word * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & mask;
  while (s->slots[at] != 0 && s->words.items[s->slots[at] - 1] != word) {
    at = (at + 1) & mask;
  }
  return at;
}

static dsr_status grow_slots(sorting *s) {
  size_t n = s->n_slots > 0 ? 2 * s->n_slots : 256;
  size_t *slots = dsr_alloc(n * sizeof *slots);
  if (slots == NULL) return no_memory(s);
  dsr_free(s->slots);
  s->slots = slots;
  s->n_slots = n;
  for (size_t i = 0; i < s->words.len; i++) {
    slots[slot_of(s, s->words.items[i])] = i + 1;
  }
  return DSR_OK;
}

/* The index of a word among the distinct ones. */
static dsr_status meet(sorting *s, dsr_word word, uint64_t *index) {
  if (2 * s->words.len >= s->n_slots) TRY(grow_slots(s));
  size_t at = slot_of(s, word);
  if (s->slots[at] == 0) {
    if (!VEC_PUSH(&s->words, word)) return no_memory(s);
    s->slots[at] = s->words.len;
  }
  *index = s->slots[at] - 1;
  return DSR_OK;
}

/* Indexes for words, in the order of comparison. */
static dsr_status index_rows(sorting *s) {
  int width = s->how->width;
  s->keys = dsr_resize(NULL, (s->n * (size_t)width + 1) * sizeof *s->keys);
  if (s->keys == NULL) return no_memory(s);
  for (size_t r = 0; r < s->n; r++) {
    const dsr_word *row = row_at(s, r);
    uint64_t *keys = s->keys + r * (size_t)width;
    for (int i = 0; i < width; i++) TRY(meet(s, row[s->order[i]], &keys[i]));
  }
  return DSR_OK;
}

/* Merge list[lo..middle) and list[middle..hi), which are sorted, by way of `spare`. */
static dsr_status merge(const sorting *s, uint32_t *list, uint32_t *spare, size_t lo,
                        size_t middle, size_t hi) {
  size_t a = lo, b = middle;
  for (size_t i = lo; i < hi; i++) {
    int order = -1;
    if (a < middle && b < hi) {
      TRY(dsr_value_compare(s->symbols, s->words.items[list[a]],
                            s->words.items[list[b]], &order));
    }
    bool first = a < middle && (b == hi || order <= 0);
    spare[i] = list[first ? a++ : b++];
  }
  memcpy(list + lo, spare + lo, (hi - lo) * sizeof *list);
  return DSR_OK;
}

/* Sort indexes of words by value, from runs of one on. */
static dsr_status sort_words(const sorting *s, uint32_t *list, uint32_t *spare) {
  size_t n = s->words.len;
  for (size_t run = 1; run < n; run *= 2) {
    for (size_t lo = 0; lo + run < n; lo += 2 * run) {
      size_t hi = lo + 2 * run < n ? lo + 2 * run : n;
      TRY(merge(s, list, spare, lo, lo + run, hi));
    }
  }
  return DSR_OK;
}

static dsr_status rank_words(sorting *s) {
  size_t n = s->words.len;
  uint32_t *list = dsr_resize(NULL, (n + 1) * sizeof *list);
  uint32_t *spare = dsr_resize(NULL, (n + 1) * sizeof *spare);
  s->ranks = dsr_resize(NULL, (n + 1) * sizeof *s->ranks);
  dsr_status rc = DSR_OK;
  if (list == NULL || spare == NULL || s->ranks == NULL) rc = no_memory(s);
  for (size_t i = 0; rc >= 0 && i < n; i++) list[i] = (uint32_t)i;
  if (rc >= 0) rc = sort_words(s, list, spare);
  for (size_t i = 0; rc >= 0 && i < n; i++) s->ranks[list[i]] = i;
  dsr_free(list);
  dsr_free(spare);
  return rc;
}

/* ---- rows ------------------------------------------------------------------------- */

/* Put the rows in the order of `numbers`, by way of the keys' room. */
static void move_rows(sorting *s) {
  size_t width = (size_t)s->how->width;
  for (size_t i = 0; i < s->n; i++) {
    memcpy(s->keys + i * width, row_at(s, s->numbers[i]), width * sizeof *s->rows);
  }
  memcpy(s->rows, s->keys, s->n * width * sizeof *s->rows);
}

static dsr_status sort_rows(sorting *s) {
  int width = s->how->width;
  TRY(index_rows(s));
  TRY(rank_words(s));
  uint64_t last = s->words.len;
  for (size_t i = 0; i < s->n * (size_t)width; i++) {
    uint64_t rank = s->ranks[s->keys[i]];
    s->keys[i] = s->down[i % (size_t)width] ? last - rank : rank;
  }
  s->numbers = dsr_resize(NULL, (s->n + 1) * sizeof *s->numbers);
  if (s->numbers == NULL) return no_memory(s);
  for (size_t i = 0; i < s->n; i++) s->numbers[i] = (uint32_t)i;
  if (dsr_sort(s->keys, width, 0, s->numbers, s->n) < 0) return no_memory(s);
  move_rows(s);
  return DSR_OK;
}

/* Leave out the rows that are passed over, which stand first. */
static void pass_over(sorting *s) {
  size_t width = (size_t)s->how->width;
  size_t offset = s->how->offset < s->n ? (size_t)s->how->offset : s->n;
  memmove(s->rows, s->rows + offset * width, (s->n - offset) * width * sizeof *s->rows);
  s->n -= offset;
  if (s->n > s->how->limit) s->n = (size_t)s->how->limit;
}

dsr_status dsr_sorted_rows(const dsr_sorted *how, dsr_symbols *symbols,
                           dsr_error *error, dsr_word *rows, size_t *n) {
  sorting s = {.how = how, .symbols = symbols, .error = error, .rows = rows, .n = *n};
  uint64_t keep = how->offset + how->limit;
  dsr_status rc = DSR_OK;
  if (*n == 0) return DSR_OK; /* there may be no room for rows, either */
  if (*n > UINT32_MAX / 2) {
    return dsr_fail(error, DSR_ELIMIT, "more than 2^31 answers cannot be put in order");
  }
  find_order(&s);
  if (keep < how->limit) keep = UINT64_MAX; /* a sum past the last number */
  if (how->width > 0 && keep < s.n / FEW) rc = keep_few(&s, (size_t)keep);
  if (rc >= 0 && how->width > 0 && s.n > 1) rc = sort_rows(&s);
  VEC_FREE(&s.words);
  dsr_free(s.slots);
  dsr_free(s.ranks);
  dsr_free(s.keys);
  dsr_free(s.numbers);
  if (rc < 0) return rc;
  pass_over(&s);
  *n = s.n;
  return DSR_OK;
}
