/*
** strain.h - rows that a walk over an order may leave out.
**
** Who looks for rows with certain words in columns that lead no order says so by *tests*:
** of the words from `from` to `to` of a column only those from `lo` to `hi` are wanted;
** about any other word a test says nothing.  A row is wanted where it passes all tests of
** some alternative.  A cursor that has a strain (store.h) may leave out rows that are not
** wanted; it need not: whoever must have none of them asks again.
*/
#ifndef DSR_STORE_STRAIN_H
#define DSR_STORE_STRAIN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct dsr_strain_range {
  uint64_t from, to; /* the test says something of these words; from > to: of none */
  uint64_t lo, hi;   /* these pass, lo <= hi; outside from..to where none of them do */
} dsr_strain_range;

typedef struct dsr_strain_test {
  int alternative; /* ascending */
  int column;      /* in natural order */
  dsr_strain_range range;
} dsr_strain_test;

enum { DSR_STRAIN_TESTS = 16 };
typedef struct dsr_strain {
  int n; /* no tests: all rows are wanted */
  dsr_strain_test tests[DSR_STRAIN_TESTS];
} dsr_strain;

static inline bool dsr_strain_tells(const dsr_strain_range *range, uint64_t word) {
  return range->from <= range->to && word - range->from <= range->to - range->from;
}

/* Does a word pass?  Whatever the test says nothing about does. */
static inline bool dsr_strain_takes(const dsr_strain_range *range, uint64_t word) {
  return word - range->lo <= range->hi - range->lo || !dsr_strain_tells(range, word);
}

#endif
