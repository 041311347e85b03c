/*
** sorted.h - rows of words in the order that a query asks for, and as many as it asks for.
**
** A row is a word for each column.  Rows are in order of the columns that keys name, first
** key first, then of all other columns from left to right, so that distinct rows have one
** order whatever they came in.  Words are compared by value (dsr_value_compare).
**
** Cost: n log n comparisons; with a limit n log k for k rows kept, and beside the rows a
** number for each.
*/
#ifndef DSR_LOGIC_SORTED_H
#define DSR_LOGIC_SORTED_H

#include "logic/program.h"
#include "value/symbol.h"

typedef struct dsr_sorted_key {
  int column;
  bool descending;
} dsr_sorted_key;

/* Which rows are told, and in which order.  Without keys: from left to right. */
typedef struct dsr_sorted {
  int width;
  int n_keys;
  const dsr_sorted_key *keys; /* borrowed */
  uint64_t offset;            /* rows passed over */
  uint64_t limit;             /* rows told then; UINT64_MAX: all */
} dsr_sorted;

/* Put the *n rows at `rows` into order, and leave those that are told at its beginning;
** *n tells how many.  DSR_ENOMEM, or what looking a symbol up came to, in `error`; the rows
** may be in any order then. */
dsr_status dsr_sorted_rows(const dsr_sorted *how, dsr_symbols *symbols,
                           dsr_error *error, dsr_word *rows, size_t *n);

#endif
