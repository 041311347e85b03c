/*
** row.h - a set of numbers that remembers in what order they came.
**
** The numbers stand one after the other in `items`, in order of arrival, and never
** leave: what is new since some moment is the tail.  A row that is a set also knows
** quickly what is in it: by looking at all of them while they are few (compared four at
** a time), then by an open-addressing hash, then by a bitmap, as soon as that takes no
** more than twice the bytes of the hash.  A row that is a *list* takes what it is
** given; its maker knows that nothing comes twice.
**
** A row is 32 bytes and starts as all zero (dsr_row_list for a list).  Its blocks come
** from a pool, which keeps short blocks by size for the next row that grows to it; long
** ones come from the allocator, which joins neighbours.  Adding moves blocks: a pointer
** to items is good until the next number is added to the same row.
**
** Numbers are below DSR_NUMBER_NONE, which marks what is empty.
**
** Cost: adding is some nanoseconds (a bitmap has no branch that depends on what is in
** it).  Memory is 4 to 8 bytes a number (to 6 past 256 of them); for membership nothing
** up to 32, then 6 to 16 for a hash, and for a bitmap a bit for each number there is.
*/
#ifndef DSR_EVAL_ROW_H
#define DSR_EVAL_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ground/status.h"

enum {
  DSR_POOL_CLASSES =
      8, /* blocks of 16, 32, ... 2048 bytes; longer ones are not pooled */
  DSR_ROW_SHORT_MOST = 32,
};

/* Where rows' blocks come from; starts as all zero. */
typedef struct dsr_pool {
  void *free[DSR_POOL_CLASSES]; /* lists of blocks by size */
  unsigned char *at, *end;      /* what is left of the newest chunk */
  struct dsr_pool_chunk *chunks;
  size_t bytes;   /* of chunks and of blocks that are not pooled */
  uint32_t limit; /* bitmaps are at least so long: one above the numbers seen */
  bool holds;     /* blocks that rows leave stay as they are (dsr_pool_hold) */
  struct dsr_held *held;
  uint32_t n_held, held_room;
} dsr_pool;

typedef enum dsr_row_kind {
  DSR_ROW_SHORT = 0,
  DSR_ROW_HASH,
  DSR_ROW_BITS,
  DSR_ROW_LIST,
} dsr_row_kind;

typedef struct dsr_row {
  uint32_t *items;
  void *set;      /* hash: size slots of uint32_t; bits: words of 64 */
  uint32_t n;     /* items */
  uint32_t taken; /* of them, taken by the extent's tap */
  uint32_t size;  /* hash: slots; bits: how many numbers, a multiple of 64 */
  uint8_t class;  /* of items: how many there is room for, dsr_row_room() */
  uint8_t kind;
  uint8_t shift; /* hash: 32 less the logarithm of size */
  bool queued;   /* it waits for the extent's tap */
} dsr_row;

/* Add those of `n` numbers that are not in the row yet, in their order; of a list all.
** `numbers` may lie in any row: in this one if it is a set.  DSR_ENOMEM: some may have
** been added. */
dsr_status dsr_row_append(dsr_pool *pool, dsr_row *row, const uint32_t *numbers,
                          size_t n);
/* The items of a row that is not a set, whatever is in it. */
void dsr_row_list(dsr_row *row);
/* Give back what is not pooled.  The row is to be forgotten. */
void dsr_row_free(dsr_pool *pool, dsr_row *row);
void dsr_pool_free(dsr_pool *pool);
/* From now on a block that a row grows out of stays as it is, for who reads it meanwhile,
** until the pool is to let go of all such blocks. */
void dsr_pool_hold(dsr_pool *pool);
void dsr_pool_let_go(dsr_pool *pool);

/* Add what is in `from`, a bitmap in the same pool's extent or another, to a row that is
** one, a word of 64 at a time.  DSR_ENOMEM: some may have been added. */
dsr_status dsr_row_merge(dsr_pool *pool, dsr_row *row, const dsr_row *from);

/* ---- inside loops ---------------------------------------------------------------- */

typedef uint32_t dsr_four __attribute__((vector_size(16), may_alias));
typedef uint64_t dsr_two __attribute__((vector_size(16), may_alias));

/* How many items there is room for: 0, 4, 8, ... 128, 192, 256, 384, ... */
static inline uint32_t dsr_row_room(const dsr_row *row) {
  return row->class > 0 ? (2u + (row->class & 1)) << (row->class >> 1) : 0;
}

/* What is past the n-th up to a multiple of four must be readable and not the
** number. */
static inline bool dsr_short_has(const uint32_t *items, uint32_t n, uint32_t number) {
  dsr_four wanted = {number, number, number, number};
  dsr_four hit = {0, 0, 0, 0};
  for (uint32_t i = 0; i < n; i += 4) {
    hit |= (dsr_four)(*(const dsr_four *)(items + i) == wanted);
  }
  dsr_two both = (dsr_two)hit;
  return (both[0] | both[1]) != 0;
}

/* Where a number's search in a hash begins. */
static inline uint32_t dsr_row_slot(uint32_t number, int shift) {
  return (number * UINT32_C(0x9e3779b1)) >> shift;
}

static inline bool dsr_hash_has(const dsr_row *row, uint32_t number) {
  const uint32_t *slots = row->set;
  uint32_t at = dsr_row_slot(number, row->shift);
  while (slots[at] != number) {
    if (slots[at] == UINT32_MAX) return false;
    at = (at + 1) & (row->size - 1);
  }
  return true;
}

static inline bool dsr_bits_has(const dsr_row *row, uint32_t number) {
  const uint64_t *words = row->set;
  return number < row->size && (words[number >> 6] >> (number & 63) & 1) != 0;
}

/* dsr_row_append() inline where the row is a bitmap with room for all: without a branch
** that depends on what is there. */
static inline dsr_status dsr_row_extend(dsr_pool *pool, dsr_row *row,
                                        const uint32_t *numbers, size_t n) {
  if (row->kind == DSR_ROW_BITS && n <= dsr_row_room(row) - row->n) {
    uint32_t *items = row->items;
    uint64_t *words = row->set;
    uint32_t len = row->n, size = row->size;
    size_t i = 0;
    for (; i < n && numbers[i] < size; i++) {
      uint32_t number = numbers[i];
      uint64_t word = words[number >> 6];
      items[len] = number;
      len += (word >> (number & 63) & 1) ^ 1;
      words[number >> 6] = word | UINT64_C(1) << (number & 63);
    }
    row->n = len;
    if (i == n) return DSR_OK;
    numbers += i;
    n -= i;
  }
  return dsr_row_append(pool, row, numbers, n);
}

/* Add one number. */
static inline dsr_status dsr_row_add(dsr_pool *pool, dsr_row *row, uint32_t number) {
  if (row->kind != DSR_ROW_BITS || number >= row->size || row->n == dsr_row_room(row)) {
    return dsr_row_append(pool, row, &number, 1);
  }
  uint64_t *words = row->set;
  uint64_t word = words[number >> 6];
  row->items[row->n] = number;
  row->n += (word >> (number & 63) & 1) ^ 1;
  words[number >> 6] = word | UINT64_C(1) << (number & 63);
  return DSR_OK;
}

/* Bring what adding a number will touch into the cache. */
static inline void dsr_row_await(const dsr_row *row, uint32_t number) {
  if (row->items) __builtin_prefetch(row->items + row->n, 1);
  if (row->kind == DSR_ROW_HASH) {
    __builtin_prefetch((const uint32_t *)row->set + dsr_row_slot(number, row->shift),
                       1);
  } else if (row->kind == DSR_ROW_BITS && number < row->size) {
    __builtin_prefetch((const uint64_t *)row->set + (number >> 6), 1);
  } else if (row->n > 0) {
    __builtin_prefetch(row->items);
  }
}

/* Is a bitmap gone through sooner than `n` of the numbers in it are looked up?  A word
** takes about as long as one of them. */
static inline bool dsr_row_is_dense(const dsr_row *row, uint32_t n) {
  return row->kind == DSR_ROW_BITS && n >= row->size / 64;
}

/* Is it in a row that is a set. */
static inline bool dsr_row_has(const dsr_row *row, uint32_t number) {
  switch (row->kind) {
    case DSR_ROW_BITS:
      return dsr_bits_has(row, number);
    case DSR_ROW_HASH:
      return dsr_hash_has(row, number);
    default:
      return dsr_short_has(row->items, row->n, number);
  }
}

#endif
