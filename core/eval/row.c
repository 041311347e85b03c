/*
** row.c - a set of numbers that remembers in what order they came.
**
** Numbers are added by a loop for each kind of row.  It runs until it meets a number
** that is new while there is no room for one more, and says how far it came; then room
** is made, which may change the kind, and the loop of the new kind goes on.  So the
** loops have no call in them, and a row is never grown for numbers that it has.
**
** A bitmap is taken instead of a hash where it needs at most twice the hash's bytes:
** adding to it takes half the time.  The numbers seen anywhere in the pool say how long
** it is made, so that the bitmaps of an extent seldom grow.
*/
#include <assert.h>
#include <string.h>

#include "eval/row.h"
#include "ground/mem.h"

enum {
  BLOCK_LEAST = 16, /* bytes of the shortest block */
  CHUNK_LEAST = 1024,
  CHUNK_MOST = 128 * 1024,
  CLASS_FIRST = 2,   /* room for 4 items */
  CLASS_STEADY = 14, /* 256 items; up to here room doubles, then grows by half */
  SHORT_CLASS = 8,   /* room for DSR_ROW_SHORT_MOST */
};

struct dsr_pool_chunk {
  struct dsr_pool_chunk *older;
  uint64_t unused; /* so that blocks are aligned to 16 */
};

/* A block that is held. */
struct dsr_held {
  void *block;
  size_t bytes;
};

/* ---- blocks ---------------------------------------------------------------------- */

/* The class of blocks of at least `bytes`; DSR_POOL_CLASSES and more: not pooled. */
static int class_of(size_t bytes) {
  int class = 0;
  while (class < DSR_POOL_CLASSES && (size_t)BLOCK_LEAST << class < bytes) class ++;
  return class;
}

/* A chunk that has room for a block of `least` bytes. */
static bool new_chunk(dsr_pool *pool, size_t least) {
  size_t size = pool->bytes / 8;
  if (size < CHUNK_LEAST) size = CHUNK_LEAST;
  if (size > CHUNK_MOST) size = CHUNK_MOST;
  if (size < least) size = least;
  size = size / BLOCK_LEAST * BLOCK_LEAST;
  struct dsr_pool_chunk *chunk = dsr_resize(NULL, sizeof *chunk + size);
  if (!chunk) return false;
  chunk->older = pool->chunks;
  pool->chunks = chunk;
  pool->at = (unsigned char *)(chunk + 1);
  pool->end = pool->at + size;
  pool->bytes += size;
  return true;
}

static void put_back(dsr_pool *pool, void *block, size_t bytes) {
  int class = class_of(bytes);
  if (class >= DSR_POOL_CLASSES) {
    dsr_free(block);
    pool->bytes -= bytes;
    return;
  }
  memcpy(block, &pool->free[class], sizeof(void *));
  pool->free[class] = block;
}

/* There is room to hold it (room_to_hold). */
static void give(dsr_pool *pool, void *block, size_t bytes) {
  if (!block) return;
  if (pool->holds) {
    assert(pool->n_held < pool->held_room);
    pool->held[pool->n_held++] = (struct dsr_held){block, bytes};
    return;
  }
  put_back(pool, block, bytes);
}

/* Room to hold what a row gives when it grows: its items and its set. */
static bool room_to_hold(dsr_pool *pool) {
  enum { FIRST = 64 };
  if (!pool->holds || pool->n_held + 2 <= pool->held_room) return true;
  uint32_t room = pool->held_room > 0 ? pool->held_room * 2 : FIRST;
  struct dsr_held *held = dsr_resize(pool->held, room * sizeof *held);
  if (!held) return false;
  pool->held = held;
  pool->held_room = room;
  return true;
}

void dsr_pool_hold(dsr_pool *pool) { pool->holds = true; }

void dsr_pool_let_go(dsr_pool *pool) {
  pool->holds = false;
  for (uint32_t i = 0; i < pool->n_held; i++) {
    put_back(pool, pool->held[i].block, pool->held[i].bytes);
  }
  pool->n_held = 0;
}

/* What is left of the newest chunk goes to the lists, the longest blocks first. */
static void give_rest(dsr_pool *pool) {
  for (int class = DSR_POOL_CLASSES - 1; class >= 0; class --) {
    size_t size = (size_t)BLOCK_LEAST << class;
    while ((size_t)(pool->end - pool->at) >= size) {
      put_back(pool, pool->at, size);
      pool->at += size;
    }
  }
}

static void *take(dsr_pool *pool, size_t bytes) {
  int class = class_of(bytes);
  if (class >= DSR_POOL_CLASSES) {
    void *block = dsr_resize(NULL, bytes);
    if (block) pool->bytes += bytes;
    return block;
  }
  void *block = pool->free[class];
  if (block) {
    memcpy(&pool->free[class], block, sizeof(void *));
    return block;
  }
  size_t size = (size_t)BLOCK_LEAST << class;
  if (size > (size_t)(pool->end - pool->at)) {
    if (pool->at) give_rest(pool);
    if (!new_chunk(pool, size)) return NULL;
  }
  block = pool->at;
  pool->at += size;
  return block;
}

void dsr_pool_free(dsr_pool *pool) {
  dsr_pool_let_go(pool);
  dsr_free(pool->held);
  struct dsr_pool_chunk *chunk = pool->chunks;
  while (chunk) {
    struct dsr_pool_chunk *older = chunk->older;
    dsr_free(chunk);
    chunk = older;
  }
  *pool = (dsr_pool){0};
}

/* ---- making room ----------------------------------------------------------------- */

static size_t set_bytes(const dsr_row *row) {
  if (row->kind == DSR_ROW_BITS) return row->size / 8;
  return row->kind == DSR_ROW_HASH ? (size_t)row->size * sizeof(uint32_t) : 0;
}

static size_t items_bytes(const dsr_row *row) {
  return (size_t)dsr_row_room(row) * sizeof(uint32_t);
}

/* The block is longer than those of the pool, and stays so: the allocator moves it. */
static bool resize_items(dsr_pool *pool, dsr_row *row, size_t old, size_t bytes) {
  uint32_t *items = dsr_resize(pool->holds ? NULL : row->items, bytes);
  if (!items) return false;
  if (pool->holds) {
    memcpy(items, row->items, old);
    give(pool, row->items, old);
    pool->bytes += bytes;
  } else {
    pool->bytes += bytes - old;
  }
  row->items = items;
  return true;
}

static bool grow_items(dsr_pool *pool, dsr_row *row) {
  dsr_row next = *row;
  next.class = row->class == 0 ? CLASS_FIRST : row->class + 2;
  if (row->class >= CLASS_STEADY) next.class = row->class + 1;
  size_t old = items_bytes(row), bytes = items_bytes(&next);
  if (class_of(old) >= DSR_POOL_CLASSES) {
    if (!resize_items(pool, row, old, bytes)) return false;
  } else {
    uint32_t *items = take(pool, bytes);
    if (!items) return false;
    if (old > 0) memcpy(items, row->items, old);
    if (row->kind == DSR_ROW_SHORT) memset((char *)items + old, 0xff, bytes - old);
    give(pool, row->items, old);
    row->items = items;
  }
  row->class = next.class;
  return true;
}

/* How long a bitmap for the row's items and `number` is to be.  One that grows does so
** by a quarter at least. */
static uint64_t bits_wanted(const dsr_pool *pool, const dsr_row *row, uint32_t number) {
  uint64_t limit = (uint64_t)number + 1;
  if (row->kind == DSR_ROW_BITS) {
    uint64_t more = row->size + (uint64_t)row->size / 4;
    if (limit < more) limit = more;
  } else {
    for (uint32_t i = 0; i < row->n; i++) {
      if (row->items[i] >= limit) limit = (uint64_t)row->items[i] + 1;
    }
  }
  if (pool->limit > limit) limit = pool->limit;
  return (limit + 127) / 128 * 128;
}

static bool to_bits(dsr_pool *pool, dsr_row *row, uint64_t size) {
  uint64_t *words = take(pool, size / 8);
  if (!words) return false;
  memset(words, 0, size / 8);
  if (row->kind == DSR_ROW_BITS) {
    memcpy(words, row->set, row->size / 8);
  } else {
    for (uint32_t i = 0; i < row->n; i++) {
      words[row->items[i] >> 6] |= UINT64_C(1) << (row->items[i] & 63);
    }
  }
  give(pool, row->set, set_bytes(row));
  row->set = words;
  row->kind = DSR_ROW_BITS;
  row->size = (uint32_t)size;
  if (pool->limit < size) pool->limit = row->size;
  return true;
}

static bool to_hash(dsr_pool *pool, dsr_row *row, int log) {
  uint32_t size = UINT32_C(1) << log;
  uint32_t *slots = take(pool, (size_t)size * sizeof *slots);
  if (!slots) return false;
  memset(slots, 0xff, (size_t)size * sizeof *slots);
  for (uint32_t i = 0; i < row->n; i++) {
    uint32_t at = dsr_row_slot(row->items[i], 32 - log);
    while (slots[at] != UINT32_MAX) at = (at + 1) & (size - 1);
    slots[at] = row->items[i];
  }
  give(pool, row->set, set_bytes(row));
  row->set = slots;
  row->kind = DSR_ROW_HASH;
  row->size = size;
  row->shift = (uint8_t)(32 - log);
  return true;
}

/* How many items a hash may hold. */
static uint32_t hash_most(const dsr_row *row) { return row->size / 2 + row->size / 8; }

/* Membership for more items than now, `number` among them. */
static bool grow_set(dsr_pool *pool, dsr_row *row, uint32_t number) {
  int log = 6; /* twice DSR_ROW_SHORT_MOST */
  while (log < 31 && (UINT32_C(1) << log) / 2 < row->n + 1) log++;
  uint64_t bits = bits_wanted(pool, row, number);
  if (bits / 8 <= (uint64_t)8 << log && bits < UINT32_MAX) {
    return to_bits(pool, row, bits);
  }
  return to_hash(pool, row, log);
}

/* Room for one more item, `number`. */
static bool make_room(dsr_pool *pool, dsr_row *row, uint32_t number) {
  if (!room_to_hold(pool)) return false;
  switch (row->kind) {
    case DSR_ROW_SHORT:
      if (row->n == DSR_ROW_SHORT_MOST && !grow_set(pool, row, number)) return false;
      break;
    case DSR_ROW_HASH:
      if (row->n >= hash_most(row) && !grow_set(pool, row, number)) return false;
      break;
    case DSR_ROW_BITS:
      if (number >= row->size && !grow_set(pool, row, number)) return false;
      break;
    default:
      break;
  }
  return row->n < dsr_row_room(row) || grow_items(pool, row);
}

/* ---- adding: each says how many numbers it has dealt with ------------------------ */

static size_t add_short(dsr_row *row, const uint32_t *numbers, size_t n) {
  uint32_t *items = row->items;
  uint32_t len = row->n, room = dsr_row_room(row);
  size_t i = 0;
  if (room > DSR_ROW_SHORT_MOST) room = DSR_ROW_SHORT_MOST;
  for (; i < n; i++) {
    if (dsr_short_has(items, len, numbers[i])) continue;
    if (len == room) break;
    items[len++] = numbers[i];
  }
  row->n = len;
  return i;
}

static size_t add_hash(dsr_row *row, const uint32_t *numbers, size_t n) {
  uint32_t *items = row->items, *slots = row->set;
  uint32_t len = row->n, room = dsr_row_room(row), mask = row->size - 1;
  int shift = row->shift;
  size_t i = 0;
  if (room > hash_most(row)) room = hash_most(row);
  for (; i < n; i++) {
    uint32_t number = numbers[i], at = dsr_row_slot(number, shift);
    while (slots[at] != number && slots[at] != UINT32_MAX) at = (at + 1) & mask;
    if (slots[at] == number) continue;
    if (len == room) break;
    slots[at] = number;
    items[len++] = number;
  }
  row->n = len;
  return i;
}

/* There is room for all of them: without a branch on what is there. */
static size_t add_bits_freely(dsr_row *row, const uint32_t *restrict numbers,
                              size_t n) {
  uint32_t *restrict items = row->items;
  uint64_t *restrict words = row->set;
  uint32_t len = row->n, size = row->size;
  size_t i = 0;
  for (; i < n; i++) {
    uint32_t number = numbers[i];
    if (number >= size) break;
    uint64_t word = words[number >> 6];
    items[len] = number;
    len += (word >> (number & 63) & 1) ^ 1;
    words[number >> 6] = word | UINT64_C(1) << (number & 63);
  }
  row->n = len;
  return i;
}

static size_t add_bits(dsr_row *row, const uint32_t *numbers, size_t n) {
  size_t i = 0;
  while (i < n) {
    size_t room = dsr_row_room(row) - row->n;
    if (room == 0) {
      while (i < n && dsr_bits_has(row, numbers[i])) i++;
      break;
    }
    if (room > n - i) room = n - i;
    size_t done = add_bits_freely(row, numbers + i, room);
    i += done;
    if (done < room) break;
  }
  return i;
}

static size_t add_list(dsr_row *row, const uint32_t *numbers, size_t n) {
  size_t room = dsr_row_room(row) - row->n;
  if (n > room) n = room;
  if (n > 0) memcpy(row->items + row->n, numbers, n * sizeof *numbers);
  row->n += (uint32_t)n;
  return n;
}

dsr_status dsr_row_append(dsr_pool *pool, dsr_row *row, const uint32_t *numbers,
                          size_t n) {
  uintptr_t at = (uintptr_t)numbers, own = (uintptr_t)row->items;
  if (row->kind != DSR_ROW_LIST && at - own < row->n * sizeof *numbers) return DSR_OK;
  for (;;) {
    size_t done = row->kind == DSR_ROW_BITS    ? add_bits(row, numbers, n)
                  : row->kind == DSR_ROW_SHORT ? add_short(row, numbers, n)
                  : row->kind == DSR_ROW_HASH  ? add_hash(row, numbers, n)
                                               : add_list(row, numbers, n);
    if (done == n) return DSR_OK;
    numbers += done;
    n -= done;
    if (!make_room(pool, row, *numbers)) return DSR_ENOMEM;
  }
}

/* The numbers of one word of a bitmap, of which there is room for all. */
static void add_word(dsr_row *row, uint32_t first, uint64_t word) {
  uint32_t *items = row->items, len = row->n;
  for (; word != 0; word &= word - 1) {
    items[len++] = first + (uint32_t)__builtin_ctzll(word);
  }
  row->n = len;
}

dsr_status dsr_row_merge(dsr_pool *pool, dsr_row *row, const dsr_row *from) {
  assert(row->kind == DSR_ROW_BITS && from->kind == DSR_ROW_BITS);
  if (row == from) return DSR_OK;
  if (row->size < from->size &&
      (!room_to_hold(pool) || !to_bits(pool, row, from->size))) {
    return DSR_ENOMEM;
  }
  const uint64_t *theirs = from->set;
  uint64_t *words = row->set;
  for (uint32_t i = 0; i < from->size / 64; i++) {
    uint64_t fresh = theirs[i] & ~words[i];
    if (fresh == 0) continue;
    while (dsr_row_room(row) - row->n < 64) {
      if (!room_to_hold(pool) || !grow_items(pool, row)) return DSR_ENOMEM;
    }
    words[i] |= fresh;
    add_word(row, i * 64, fresh);
  }
  return DSR_OK;
}

void dsr_row_list(dsr_row *row) {
  assert(row->n == 0);
  row->kind = DSR_ROW_LIST;
}

void dsr_row_free(dsr_pool *pool, dsr_row *row) {
  if (class_of(items_bytes(row)) >= DSR_POOL_CLASSES) {
    give(pool, row->items, items_bytes(row));
  }
  if (class_of(set_bytes(row)) >= DSR_POOL_CLASSES) {
    give(pool, row->set, set_bytes(row));
  }
  *row = (dsr_row){0};
}
