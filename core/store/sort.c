/*
** sort.c - merging short lists of rows, sorting long ones by digits.
**
** The digits of a column run from the lowest to the highest bit in which any two rows
** differ, so a column of a million symbols takes two passes, and a constant one none.
** Each pass keeps the order of equals, which is what lets the last column come first.
** Some hundreds of rows are sorted by the highest digits of their first column alone, and
** those that agree in these by merging.
*/
#include "store/sort.h"

#include <string.h>

#include "store/coding.h"

enum {
  DIGIT = 11,
  BUCKETS = 1 << DIGIT,
  DIGITS_FROM = 2048,
  FRONT_DIGIT = 8, /* a short list has few rows for each bucket */
  FRONT_BITS = 3 * FRONT_DIGIT,
  FRONT_FROM = 96,
  INSERT_MOST = 12,
};

/* A row's number and its word in the column at work. */
typedef struct keyed {
  uint64_t word;
  uint32_t number;
} keyed;

typedef struct sorter {
  const uint64_t *rows;
  int width;
  int order;
} sorter;

static bool below(const sorter *by, uint32_t a, uint32_t b) {
  size_t width = (size_t)by->width;
  return dsr_order_compare(by->rows + a * width, by->rows + b * width, by->width,
                           by->order) < 0;
}

/* ---- merging --------------------------------------------------------------------- */

/* Merge two sorted neighbours; `room` takes the first, so equals stay in order. */
static void merge(const sorter *by, uint32_t *numbers, size_t middle, size_t n,
                  uint32_t *room) {
  size_t left = 0, right = middle, out = 0;
  memcpy(room, numbers, middle * sizeof *room);
  while (left < middle && right < n) {
    bool take_right = below(by, numbers[right], room[left]);
    numbers[out++] = take_right ? numbers[right++] : room[left++];
  }
  memcpy(numbers + out, room + left, (middle - left) * sizeof *room);
}

static void insert_sort(const sorter *by, uint32_t *numbers, size_t n) {
  for (size_t i = 1; i < n; i++) {
    uint32_t number = numbers[i];
    size_t at = i;
    for (; at > 0 && below(by, number, numbers[at - 1]); at--) {
      numbers[at] = numbers[at - 1];
    }
    numbers[at] = number;
  }
}

static void merge_sort(const sorter *by, uint32_t *numbers, size_t n, uint32_t *room) {
  if (n <= INSERT_MOST) {
    insert_sort(by, numbers, n);
    return;
  }
  size_t middle = n / 2;
  merge_sort(by, numbers, middle, room);
  merge_sort(by, numbers + middle, n - middle, room);
  if (below(by, numbers[middle], numbers[middle - 1])) {
    merge(by, numbers, middle, n, room);
  }
}

/* ---- digits ---------------------------------------------------------------------- */

/* One stable pass from `from` to `to`, by the digit that begins at bit `shift`. */
static inline void digit_pass(const keyed *from, keyed *to, size_t n, int shift,
                              size_t buckets) {
  uint32_t starts[BUCKETS], sum = 0;
  memset(starts, 0, buckets * sizeof *starts);
  for (size_t i = 0; i < n; i++) starts[from[i].word >> shift & (buckets - 1)]++;
  for (size_t b = 0; b < buckets; b++) {
    uint32_t count = starts[b];
    starts[b] = sum;
    sum += count;
  }
  for (size_t i = 0; i < n; i++) {
    to[starts[from[i].word >> shift & (buckets - 1)]++] = from[i];
  }
}

/* Sort `items` by the digits of their words from bit `low` on, with `room` for as many;
** where the result lies. */
static keyed *word_sort(keyed *items, keyed *room, size_t n, uint64_t differ, int low,
                        int digit) {
  size_t buckets = (size_t)1 << digit;
  for (int shift = low; shift < dsr_bits(differ); shift += digit) {
    if ((differ >> shift & (buckets - 1)) == 0) continue;
    digit_pass(items, room, n, shift, buckets);
    keyed *swap = items;
    items = room;
    room = swap;
  }
  return items;
}

/* Give each item its word in a column; the bits in which any two differ. */
static uint64_t take_words(const sorter *by, int column, keyed *items, size_t n) {
  uint64_t differ = 0;
  for (size_t i = 0; i < n; i++) {
    items[i].word = by->rows[items[i].number * (size_t)by->width + (size_t)column];
    differ |= items[i].word ^ items[0].word;
  }
  return differ;
}

/* Sort `items` by one column, with `room` for as many; where the result lies. */
static keyed *column_sort(const sorter *by, int column, keyed *items, keyed *room,
                          size_t n) {
  uint64_t differ = take_words(by, column, items, n);
  if (differ == 0) return items;
  return word_sort(items, room, n, differ, __builtin_ctzll(differ), DIGIT);
}

static dsr_status digit_sort(const sorter *by, uint32_t *numbers, size_t n) {
  keyed *memory = dsr_resize(NULL, 2 * n * sizeof *memory);
  if (memory == NULL) return DSR_ENOMEM;
  keyed *items = memory;
  for (size_t i = 0; i < n; i++) items[i].number = numbers[i];
  for (int place = by->width - 1; place >= 0; place--) {
    keyed *room = items == memory ? memory + n : memory;
    items = column_sort(by, dsr_order_column(by->order, place), items, room, n);
  }
  for (size_t i = 0; i < n; i++) numbers[i] = items[i].number;
  dsr_free(memory);
  return DSR_OK;
}

/* Sort by the front of the first column, then what agrees there. */
static dsr_status front_sort(const sorter *by, uint32_t *numbers, size_t n) {
  keyed *memory = dsr_resize(NULL, 2 * n * sizeof *memory);
  if (memory == NULL) return DSR_ENOMEM;
  keyed *items = memory;
  for (size_t i = 0; i < n; i++) items[i].number = numbers[i];
  uint64_t differ = take_words(by, dsr_order_column(by->order, 0), items, n);
  int low = dsr_bits(differ) - FRONT_BITS;
  if (differ != 0 && low < __builtin_ctzll(differ)) low = __builtin_ctzll(differ);
  if (differ != 0) items = word_sort(items, memory + n, n, differ, low, FRONT_DIGIT);
  for (size_t i = 0; i < n; i++) numbers[i] = items[i].number;
  uint32_t *room = (uint32_t *)(items == memory ? memory + n : memory);
  for (size_t from = 0, to; from < n; from = to) {
    uint64_t front = differ == 0 ? 0 : items[from].word >> low;
    for (to = from + 1; to < n && (differ == 0 || items[to].word >> low == front);)
      to++;
    if (to - from > 1) merge_sort(by, numbers + from, to - from, room);
  }
  dsr_free(memory);
  return DSR_OK;
}

/* ---- the header's ---------------------------------------------------------------- */

static bool sorted(const sorter *by, const uint32_t *numbers, size_t n) {
  for (size_t i = 1; i < n; i++) {
    if (below(by, numbers[i], numbers[i - 1])) return false;
  }
  return true;
}

dsr_status dsr_sort(const uint64_t *rows, int width, int order, uint32_t *numbers,
                    size_t n) {
  sorter by = {rows, width, order};
  if (sorted(&by, numbers, n)) return DSR_OK;
  if (n >= DIGITS_FROM) return digit_sort(&by, numbers, n);
  if (n >= FRONT_FROM) return front_sort(&by, numbers, n);
  uint32_t *room = dsr_resize(NULL, n * sizeof *room);
  if (room == NULL) return DSR_ENOMEM;
  merge_sort(&by, numbers, n, room);
  dsr_free(room);
  return DSR_OK;
}

dsr_status dsr_sort_merge(const uint64_t *rows, int width, int order, uint32_t *numbers,
                          size_t middle, size_t n) {
  sorter by = {rows, width, order};
  if (middle == 0 || middle >= n || !below(&by, numbers[middle], numbers[middle - 1])) {
    return DSR_OK;
  }
  uint32_t *room = dsr_resize(NULL, middle * sizeof *room);
  if (room == NULL) return DSR_ENOMEM;
  merge(&by, numbers, middle, n, room);
  dsr_free(room);
  return DSR_OK;
}
