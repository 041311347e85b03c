/*
** answers.h - the tuples of an extent as rows of words, in an order that depends on nothing
** but the values.
**
** Numbers are given in order of first use, which depends on the plan; so rows are ordered
** by their values: each value that occurs gets a rank, and rows are sorted by ranks, column
** by column (a radix sort).  Columns may be told to come first, or in descending order.
**
** Cost: 4 bytes a column and row, 4 a row for the order, and while it is made 4 for each
** number of the run.
*/
#ifndef DSR_LOGIC_ANSWERS_H
#define DSR_LOGIC_ANSWERS_H

#include "eval/extent.h"
#include "value/symbol.h"

typedef struct dsr_answers {
  int width;
  size_t n;
  uint32_t *columns[DSR_WIDTH_MAX]; /* ranks */
  uint32_t *order;                  /* rows in order; NULL: as they stand */
  dsr_word *words;                  /* by rank */
} dsr_answers;

/* A column that rows are ordered by before all others. */
typedef struct dsr_answers_key {
  int column;
  bool descending;
} dsr_answers_key;

/* Take all tuples of the extent: answer column i is column map[i] of it (map NULL: the
** same).  Keys come first, in their order; then the columns from the first on. */
dsr_status dsr_answers_take(dsr_answers *answers, dsr_extent *extent, const int *map,
                            int width, const dsr_answers_key *keys, int n_keys,
                            const dsr_numbers *numbers, dsr_symbols *symbols,
                            dsr_error *error);
/* Row `at` in order, a word a column. */
void dsr_answers_row(const dsr_answers *answers, size_t at, dsr_word *out);
void dsr_answers_free(dsr_answers *answers); /* back to all zero */

#endif
