/*
** sort.h - putting rows in an order without moving them.
**
** Rows lie one after the other, `width` words each; what is sorted is a list of their
** numbers.  Order k compares column k first, then the others from left to right.
**
** Short lists are merged, long ones sorted by digits, from the last column to the
** first, with the digits skipped in which no two rows differ: a million rows of four
** columns take about a tenth of a second.  A list in order already costs one pass.
*/
#ifndef DSR_STORE_SORT_H
#define DSR_STORE_SORT_H

#include "ground/mem.h"
#include "ground/status.h"

/* Which column stands at place `place` when rows are compared in `order`. */
static inline int dsr_order_column(int order, int place) {
  return place == 0 ? order : place <= order ? place - 1 : place;
}

/* Below, equal, above: two rows, given in natural column order, by `order`. */
static inline int dsr_order_compare(const uint64_t *a, const uint64_t *b, int width,
                                    int order) {
  if (a[order] != b[order]) return a[order] < b[order] ? -1 : 1;
  for (int c = 0; c < width; c++) {
    if (a[c] != b[c]) return a[c] < b[c] ? -1 : 1;
  }
  return 0;
}

/* The same for the first `n` words in `order` of a row, against a prefix in order. */
static inline int dsr_order_prefix(const uint64_t *row, int order,
                                   const uint64_t *prefix, int n) {
  for (int place = 0; place < n; place++) {
    uint64_t word = row[dsr_order_column(order, place)];
    if (word != prefix[place]) return word < prefix[place] ? -1 : 1;
  }
  return 0;
}

/* Sort `n` row numbers.  DSR_ENOMEM leaves them in some order. */
dsr_status dsr_sort(const uint64_t *rows, int width, int order, uint32_t *numbers,
                    size_t n);

/* Merge the sorted lists numbers[0..middle) and numbers[middle..n); the same. */
dsr_status dsr_sort_merge(const uint64_t *rows, int width, int order, uint32_t *numbers,
                          size_t middle, size_t n);

#endif
