/*
** pairs.h - a relation of two columns that grows: for each first value a row.
**
** A first value's row is found through a directory of pages, so an extent over a few of
** very many numbers costs little; rows and their keys stand in order of creation.  A
** row pointer is good until the next row is made.
**
** Made with membership, rows are sets; made without, rows are lists (an index by the
** second column, groups of tuples' numbers).
**
** Watched, it keeps a queue of rows that got items: a row waits in it once, and may
** have nothing past `taken` left when its turn comes.  Rows are taken in rounds: those
** that are queued in one round have their turn in the next, the last first.  So if in
** one round each row feeds one that had its turn already, in the next it feeds one that
** has not, and more comes together in it before it is looked at.
**
** Cost: 36 bytes a row, 4 a number of the directory's pages in use (1024 numbers each),
** and, watched, 4 a row.
*/
#ifndef DSR_EVAL_PAIRS_H
#define DSR_EVAL_PAIRS_H

#include "eval/row.h"

enum { DSR_PAGE_BITS = 10, DSR_PAGE = 1 << DSR_PAGE_BITS, DSR_PAIRS_BLOCK = 64 };

typedef struct dsr_pairs {
  dsr_pool pool;
  dsr_row *rows;
  uint32_t *keys; /* the first value of each row */
  uint32_t n_rows, room;
  uint32_t **pages; /* where x's row is, + 1: pages[x / DSR_PAGE][x % DSR_PAGE] */
  uint32_t n_pages; /* a page that was never written is one shared page of zeros */
  bool lists;
  bool watched;
  /* The rows that wait: two stacks in one array of `room` places, from its two ends.
  ** One is taken from, the other is put on; when the one is empty they change parts. */
  uint32_t *queue;
  uint32_t waiting[2];            /* from the beginning, from the end */
  uint8_t taking;                 /* which is taken from */
  uint64_t count;                 /* of pairs, as dsr_pairs_grew was told */
  size_t bytes;                   /* besides the pool's */
  const struct dsr_pairs *lender; /* a row that is made begins as the lender's: the same
                                  ** blocks, which are the borrower's then (sink.c) */
} dsr_pairs;

void dsr_pairs_free(dsr_pairs *pairs); /* back to all zero */
/* Have no rows, without giving anything back: whoever has taken their blocks over frees
** them. */
void dsr_pairs_forget(dsr_pairs *pairs);
size_t dsr_pairs_bytes(const dsr_pairs *pairs);

/* The row of x, made if there is none.  DSR_ENOMEM. */
dsr_status dsr_pairs_make(dsr_pairs *pairs, uint32_t x, dsr_row **out);
/* Add up to DSR_PAIRS_BLOCK pairs whose first values differ, as a rule: what all of
** them touch is asked for before any is added.  `fresh`: the numbers of those that were
** new, *n_fresh of them, also where it fails.  DSR_ENOMEM. */
dsr_status dsr_pairs_add(dsr_pairs *pairs, const uint32_t *firsts,
                         const uint32_t *seconds, size_t n, uint32_t *fresh,
                         size_t *n_fresh);
/* Keep a queue from now on; all rows that have items wait in it. */
dsr_status dsr_pairs_watch(dsr_pairs *pairs);

/* ---- inside loops ---------------------------------------------------------------- */

static inline dsr_row *dsr_pairs_find(const dsr_pairs *pairs, uint32_t x) {
  uint32_t page = x >> DSR_PAGE_BITS;
  if (page >= pairs->n_pages) return NULL;
  uint32_t at = pairs->pages[page][x & (DSR_PAGE - 1)];
  return at > 0 ? pairs->rows + (at - 1) : NULL;
}

static inline bool dsr_pairs_has(const dsr_pairs *pairs, uint32_t x, uint32_t y) {
  const dsr_row *row = dsr_pairs_find(pairs, x);
  return row && dsr_row_has(row, y);
}

/* Say that a row has grown since it had `before` items. */
static inline void dsr_pairs_grew(dsr_pairs *pairs, dsr_row *row, uint32_t before) {
  if (row->n == before) return;
  pairs->count += row->n - before;
  if (!pairs->watched || row->queued) return;
  uint32_t number = (uint32_t)(row - pairs->rows);
  if (pairs->taking == 1) {
    pairs->queue[pairs->waiting[0]++] = number;
  } else {
    pairs->queue[pairs->room - ++pairs->waiting[1]] = number;
  }
  row->queued = true;
}

/* The row whose turn it is; NULL: none waits. */
static inline dsr_row *dsr_pairs_first(dsr_pairs *pairs) {
  if (pairs->waiting[pairs->taking] == 0) pairs->taking ^= 1;
  uint32_t n = pairs->waiting[pairs->taking];
  if (n == 0) return NULL;
  return pairs->rows + pairs->queue[pairs->taking == 0 ? n - 1 : pairs->room - n];
}

/* That row waits no longer. */
static inline void dsr_pairs_shift(dsr_pairs *pairs) {
  uint32_t n = pairs->waiting[pairs->taking]--;
  uint32_t number = pairs->queue[pairs->taking == 0 ? n - 1 : pairs->room - n];
  pairs->rows[number].queued = false;
}

static inline uint32_t dsr_pairs_key(const dsr_pairs *pairs, const dsr_row *row) {
  return pairs->keys[row - pairs->rows];
}

#endif
