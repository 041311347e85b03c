/*
** answers.c - ranks for the values that occur, and rows sorted by them.
**
** Values are compared once each against some others, rows never: they are distributed by
** sixteen bits of a rank at a time, the last column first, by fewer where there are fewer
** ranks, so that a short answer costs no more than what is in it.
*/
#include "logic/answers.h"

#include <stdlib.h>
#include <string.h>

#include "ground/mem.h"

enum { BLOCK = 4096, DIGIT_MOST = 16 };

typedef struct ranking {
  dsr_symbols *symbols;
  dsr_status rc; /* the first failure of a comparison */
} ranking;

static int compare_words(const void *a, const void *b, void *ud) {
  ranking *r = ud;
  const dsr_word *x = a, *y = b;
  int order = 0;
  if (*x == *y) return 0;
  if (dsr_word_tag(*x) == DSR_TAG_INT && dsr_word_tag(*y) == DSR_TAG_INT) {
    return *x < *y ? -1 : 1;
  }
  dsr_status rc = dsr_value_compare(r->symbols, *x, *y, &order);
  if (rc < 0 && r->rc >= 0) r->rc = rc;
  return order;
}

/* ---- reading --------------------------------------------------------------------- */

static dsr_status make_room(dsr_answers *a, size_t n, dsr_error *error) {
  for (int i = 0; i < a->width; i++) {
    a->columns[i] = dsr_alloc((n + 1) * sizeof *a->columns[i]);
    if (a->columns[i] == NULL) return dsr_fail_memory(error);
  }
  return DSR_OK;
}

/* The extent's tuples into the columns, as numbers. */
static dsr_status read_tuples(dsr_answers *a, dsr_extent *extent, const int *map,
                              size_t count) {
  dsr_walk walk;
  TRY(dsr_walk_start(&walk, extent));
  while (a->n < count) {
    uint32_t *columns[DSR_WIDTH_MAX] = {NULL};
    size_t n, room = count - a->n < BLOCK ? count - a->n : BLOCK;
    for (int i = 0; i < a->width; i++) {
      columns[map != NULL ? map[i] : i] = a->columns[i] + a->n;
    }
    TRY(dsr_walk_next(&walk, columns, room, &n));
    if (n == 0) break;
    a->n += n;
  }
  return DSR_OK;
}

/* ---- ranking --------------------------------------------------------------------- */

/* The words that occur, each once, ascending, into a->words; how many.  `ranks` is by
** number, and zero. */
static dsr_status collect(dsr_answers *a, uint32_t *ranks, uint32_t numbers,
                          const dsr_numbers *of, ranking *r, dsr_error *error,
                          size_t *out) {
  size_t n = 0;
  for (int c = 0; c < a->width; c++) {
    for (size_t i = 0; i < a->n; i++) ranks[a->columns[c][i]] = 1;
  }
  for (uint32_t i = 0; i < numbers; i++) n += ranks[i];
  a->words = dsr_alloc((n + 1) * sizeof *a->words);
  if (a->words == NULL) return dsr_fail_memory(error);
  n = 0;
  for (uint32_t i = 0; i < numbers; i++) {
    if (ranks[i] != 0) a->words[n++] = dsr_numbers_word(of, i);
  }
  qsort_r(a->words, n, sizeof *a->words, compare_words, r);
  *out = n;
  return r->rc;
}

/* Put each value's rank in place of its number. */
static dsr_status rank(dsr_answers *a, const dsr_numbers *numbers, dsr_symbols *symbols,
                       dsr_error *error, size_t *n_words) {
  ranking r = {symbols, DSR_OK};
  uint32_t n = dsr_numbers_count(numbers);
  uint32_t *ranks = dsr_alloc(((size_t)n + 1) * sizeof *ranks);
  if (ranks == NULL) return dsr_fail_memory(error);
  dsr_status rc = collect(a, ranks, n, numbers, &r, error, n_words);
  for (size_t i = 0; i < *n_words && rc >= 0; i++) {
    ranks[dsr_numbers_find(numbers, a->words[i])] = (uint32_t)i;
  }
  for (int c = 0; c < a->width && rc >= 0; c++) {
    for (size_t i = 0; i < a->n; i++) a->columns[c][i] = ranks[a->columns[c][i]];
  }
  dsr_free(ranks);
  return rc;
}

/* ---- sorting --------------------------------------------------------------------- */

typedef struct sorter {
  uint32_t *from, *to, *counts;
  size_t n;
  uint32_t greatest; /* rank */
  int digit;         /* bits that it is distributed by at a time */
} sorter;

static size_t buckets_of(const sorter *s) { return (size_t)1 << s->digit; }

/* One distribution by sixteen bits of a column's ranks. */
static void distribute(sorter *s, const uint32_t *column, bool descending, int shift) {
  uint32_t flip = descending ? s->greatest : 0, sum = 0;
  uint32_t mask = (uint32_t)buckets_of(s) - 1;
  memset(s->counts, 0, buckets_of(s) * sizeof *s->counts);
  for (size_t i = 0; i < s->n; i++) {
    uint32_t value = descending ? flip - column[i] : column[i];
    s->counts[value >> shift & mask]++;
  }
  for (uint32_t i = 0; i <= mask; i++) {
    uint32_t n = s->counts[i];
    s->counts[i] = sum;
    sum += n;
  }
  for (size_t i = 0; i < s->n; i++) {
    uint32_t row = s->from[i], value = column[row];
    if (descending) value = flip - value;
    s->to[s->counts[value >> shift & mask]++] = row;
  }
  uint32_t *swap = s->from;
  s->from = s->to;
  s->to = swap;
}

static void sort_by(sorter *s, const uint32_t *column, bool descending) {
  distribute(s, column, descending, 0);
  if (s->greatest >> s->digit != 0) distribute(s, column, descending, s->digit);
}

static dsr_status sort_rows(dsr_answers *a, const dsr_answers_key *keys, int n_keys,
                            size_t n_words, dsr_error *error) {
  sorter s = {.n = a->n, .greatest = n_words > 0 ? (uint32_t)n_words - 1 : 0};
  while (s.digit < DIGIT_MOST && s.greatest >> s.digit != 0) s.digit++;
  s.from = dsr_alloc((a->n + 1) * sizeof *s.from);
  s.to = dsr_alloc((a->n + 1) * sizeof *s.to);
  s.counts = dsr_alloc(buckets_of(&s) * sizeof *s.counts);
  bool room = s.from != NULL && s.to != NULL && s.counts != NULL;
  if (room) {
    for (size_t i = 0; i < a->n; i++) s.from[i] = (uint32_t)i;
    for (int c = a->width - 1; c >= 0; c--) sort_by(&s, a->columns[c], false);
    for (int k = n_keys - 1; k >= 0; k--) {
      sort_by(&s, a->columns[keys[k].column], keys[k].descending);
    }
    a->order = s.from;
    s.from = NULL;
  }
  dsr_free(s.from);
  dsr_free(s.to);
  dsr_free(s.counts);
  return room ? DSR_OK : dsr_fail_memory(error);
}

/* ---- the whole ------------------------------------------------------------------- */

static dsr_status take(dsr_answers *a, dsr_extent *extent, const int *map,
                       const dsr_answers_key *keys, int n_keys,
                       const dsr_numbers *numbers, dsr_symbols *symbols,
                       dsr_error *error) {
  uint64_t count;
  size_t n_words = 0;
  TRY(dsr_extent_count(extent, &count));
  if (count >= UINT32_MAX) {
    return dsr_fail(
        error, DSR_ELIMIT,
        "the query has more than 2^32 answers; ask for their number, or bind "
        "more of it");
  }
  TRY(make_room(a, (size_t)count, error));
  if (a->width == 0) {
    a->n = count > 0;
    return DSR_OK;
  }
  TRY(read_tuples(a, extent, map, (size_t)count));
  TRY(rank(a, numbers, symbols, error, &n_words));
  return sort_rows(a, keys, n_keys, n_words, error);
}

dsr_status dsr_answers_take(dsr_answers *answers, dsr_extent *extent, const int *map,
                            int width, const dsr_answers_key *keys, int n_keys,
                            const dsr_numbers *numbers, dsr_symbols *symbols,
                            dsr_error *error) {
  dsr_answers fresh = {.width = width};
  dsr_status rc = take(&fresh, extent, map, keys, n_keys, numbers, symbols, error);
  if (rc < 0) {
    dsr_answers_free(&fresh);
    return rc;
  }
  *answers = fresh;
  return DSR_OK;
}

void dsr_answers_row(const dsr_answers *answers, size_t at, dsr_word *out) {
  size_t row = answers->order != NULL ? answers->order[at] : at;
  for (int i = 0; i < answers->width; i++) {
    out[i] = answers->words[answers->columns[i][row]];
  }
}

void dsr_answers_free(dsr_answers *answers) {
  for (int i = 0; i < answers->width; i++) dsr_free(answers->columns[i]);
  dsr_free(answers->order);
  dsr_free(answers->words);
  *answers = (dsr_answers){0};
}
