/*
** rank.h - the rows of one relation in the order of values.
**
** Rows are put as they come; dsr_rank_sort() puts them in order by columns, then time.  The
** order is that of values (dsr_value_compare), but that texts of one string come plain
** first, then those with a language, then those with a datatype; so it does not depend on
** the numbers of symbols.
**
** Cost: each name that is met in the relation is sorted once, by bytes; rows are then
** sorted by small numbers, without a look at names.  Memory: the rows, as much again, and
** four bytes for each symbol of the base.
*/
#ifndef DSR_IO_RANK_H
#define DSR_IO_RANK_H

#include "facts/fact.h"
#include "ground/vec.h"

/* A name met, and the bytes that it is sorted by. */
typedef struct dsr_rank_name {
  uint64_t front; /* the next eight bytes, big-endian */
  dsr_str text;
  dsr_word word;
} dsr_rank_name;

typedef struct dsr_rank {
  dsr_facts *facts;
  int columns; /* of a row, with the time; behind them stand its set and its flags */
  bool symmetric;
  VEC(uint64_t) rows;
  VEC(uint32_t) order; /* of rows, once sorted */

  VEC(uint32_t) of; /* by symbol: its rank, from 1, or 0 where it was not met */
  VEC(dsr_rank_name) entities, texts;
  VEC(dsr_word) times, numbers;
  bool mixed; /* numbers of several forms: only then are all of them in `numbers` */
} dsr_rank;

void dsr_rank_start(dsr_rank *rank, dsr_facts *facts);
void dsr_rank_free(dsr_rank *rank);

/* Forget the rows: those of a relation come. */
void dsr_rank_clear(dsr_rank *rank, int arity, bool symmetric);
dsr_status dsr_rank_put(dsr_rank *rank, const uint64_t *row, uint64_t set,
                        uint64_t flags);
/* Sort; of a symmetric relation the lesser of the first two columns goes first in each
** row.  Equal rows become one, with the flags of all. */
dsr_status dsr_rank_sort(dsr_rank *rank);

static inline size_t dsr_rank_len(const dsr_rank *rank) { return rank->order.len; }
/* Row `i` in order: columns, time, set, flags. */
static inline const uint64_t *dsr_rank_row(const dsr_rank *rank, size_t i) {
  return rank->rows.items + (size_t)rank->order.items[i] * (size_t)(rank->columns + 2);
}

#endif
