/*
** fresh.h - what is not in packed blocks yet, in memory.
**
** A dsr_fresh holds rows by relation, found by a hash of the row or walked in any of
** their orders, and records by number, found by content too.  A store has two: the
** tail, read from the runs of commits not merged yet, and what the open transaction has
** put.  Both die whole, so that a rollback has nothing to undo.
**
** Orders are sorted when first walked.  Rows that come later are sorted as a level of
** their own, and levels are merged as they double: a scan between any two of n puts
** costs log n levels, and every row is merged log n times.
*/
#ifndef DSR_STORE_FRESH_H
#define DSR_STORE_FRESH_H

#include "ground/mem.h"
#include "ground/vec.h"
#include "store/store.h"

enum { DSR_LEVELS = 33, DSR_FRESH_RECENT = 16 };

/* Row numbers in one order: sorted levels, each ending where ends[] says. */
typedef struct dsr_sorted {
  uint32_t *numbers;
  size_t n;
  size_t ends[DSR_LEVELS];
  int levels;
} dsr_sorted;

/* The fresh rows of one relation, each once, in natural column order. */
typedef struct dsr_rows {
  uint32_t relation;
  int width;
  unsigned orders;
  size_t n;
  size_t cap;
  uint64_t *rows; /* n * width */
  uint64_t *sets;
  uint64_t *slots; /* row's hash << 32 | number + 1, or 0; as many as a power of two */
  size_t n_slots;
  dsr_sorted sorted[DSR_ROW_MAX];
} dsr_rows;

/* The fresh records of one kind: numbers first, first + 1, ... */
typedef struct dsr_records {
  uint64_t first;
  VEC(dsr_str) list;
  bool by_content;
  uint32_t *slots; /* place in the list + 1, or 0 */
  size_t n_slots;
} dsr_records;

typedef struct dsr_fresh {
  VEC(dsr_rows *) relations; /* in order of first put */
  uint32_t *slots;           /* place in `relations` + 1, or 0 */
  size_t n_slots;
  dsr_rows *recent[DSR_FRESH_RECENT]; /* found last, by the low bits of the relation */
  dsr_records records[DSR_REC_KINDS];
  dsr_arena arena; /* the records' bytes */
  size_t n_rows;
  size_t n_records;
} dsr_fresh;

/* Empty, its records to be numbered from first[kind]. */
void dsr_fresh_start(dsr_fresh *fresh, const uint64_t first[DSR_REC_KINDS]);
void dsr_fresh_free(dsr_fresh *fresh); /* to all zero */

/* The rows of a relation; NULL where it has none. */
dsr_rows *dsr_fresh_find_rows(dsr_fresh *fresh, uint32_t relation);

/* Put a row; one that is there gets the new set unless `keep`.  DSR_EMISUSE where width
** or orders are not those of the relation's other rows. */
dsr_status dsr_fresh_put(dsr_fresh *fresh, uint32_t relation, int width,
                         unsigned orders, const uint64_t *row, uint64_t set, bool keep);
bool dsr_rows_get(const dsr_rows *rows, const uint64_t *row, uint64_t *set);

/* Ask memory for the slot of a row. */
void dsr_rows_expect(const dsr_rows *rows, const uint64_t *row);

/* Have sorted[order] cover every row, as levels or, with `whole`, as one. */
dsr_status dsr_rows_sort(dsr_rows *rows, int order, bool whole);
/* Forget the order again: its memory is needed. */
void dsr_rows_unsort(dsr_rows *rows, int order);

static inline const uint64_t *dsr_rows_at(const dsr_rows *rows, size_t number) {
  return rows->rows + number * (size_t)rows->width;
}

dsr_status dsr_fresh_append(dsr_fresh *fresh, dsr_record_kind kind, dsr_str bytes);
/* The record of that number: {NULL, 0} where it is not here. */
dsr_str dsr_fresh_record(const dsr_fresh *fresh, dsr_record_kind kind, uint64_t number);
bool dsr_fresh_find(const dsr_fresh *fresh, dsr_record_kind kind, dsr_str bytes,
                    uint64_t *number);
static inline uint64_t dsr_fresh_next(const dsr_fresh *fresh, dsr_record_kind kind) {
  return fresh->records[kind].first + fresh->records[kind].list.len;
}

/* Add all of `later`, which follows on `fresh`: its rows win, its records go on.  Or its
** rows alone.  On failure some are there. */
dsr_status dsr_fresh_absorb_rows(dsr_fresh *fresh, const dsr_fresh *later);
dsr_status dsr_fresh_absorb(dsr_fresh *fresh, const dsr_fresh *later);

#endif
