/*
** trie.h - a stored extent sorted by one order of its columns.
**
** The distinct tuples, level by level: level i holds one value for each distinct prefix of
** i + 1 columns, those under one prefix side by side and ascending.  Built once, never
** changed.  An extent has one trie for each order that was asked for (extent.c): the first
** is built from columns as they came, duplicates and all; the others are turned from it.
**
** Finding the first value of a prefix is one look into an array where the values are
** dense, each further value a search among its siblings.
**
** Cost: 4 bytes a value of each level and 4 for where its children begin; building is a
** radix sort, turning two columns a counting sort.
*/
#ifndef DSR_EVAL_TRIE_H
#define DSR_EVAL_TRIE_H

#include "eval/extent.h"

typedef struct dsr_trie_level {
  const uint32_t *values;
  const uint32_t *starts; /* n + 1 of them: the children of value i are at [starts[i],
                          ** starts[i + 1]) of the next level; NULL at the last level */
  uint32_t n;
} dsr_trie_level;

/* Readers' loops may look into it; only trie.c writes it. */
typedef struct dsr_trie {
  int width;
  uint8_t order[DSR_WIDTH_MAX]; /* level i holds column order[i] */
  dsr_trie_level levels[DSR_WIDTH_MAX];
  /* Where value v stands in level 0: places[v] for v < n_places, at a value that is not
  ** there UINT32_MAX.  NULL where values are too far apart: search for it. */
  const uint32_t *places;
  uint32_t n_places;
  size_t bytes;
} dsr_trie;

/*
** Build a trie of `width` >= 1 columns: columns[c] has n values of column c, from
** dsr_alloc or dsr_resize (NULL where n is 0); the trie takes the arrays over, whatever
** comes of it, and sets the pointers to NULL.  Duplicates are dropped.  DSR_ENOMEM;
** DSR_ELIMIT past 2^32 - 16 tuples.
*/
dsr_status dsr_trie_build(uint32_t **columns, size_t n, const uint8_t *order, int width,
                          dsr_error *error, dsr_trie **out);
/* The same tuples in another order.  DSR_ENOMEM. */
dsr_status dsr_trie_turn(const dsr_trie *trie, const uint8_t *order, dsr_error *error,
                         dsr_trie **out);
void dsr_trie_free(dsr_trie *trie);

/* How many tuples.  Bytes held: trie->bytes. */
uint64_t dsr_trie_count(const dsr_trie *trie);
/* How many distinct prefixes of `n` columns, 0 to width. */
uint32_t dsr_trie_distinct(const dsr_trie *trie, int n);

/* Where in level `n` the values under a prefix of n values stand, n < width: [*from, *to).
** False, and nothing written, where there are none. */
bool dsr_trie_find(const dsr_trie *trie, const uint32_t *prefix, int n, uint32_t *from,
                   uint32_t *to);
/* Is there a tuple that begins with the n values, 0 to width. */
bool dsr_trie_has(const dsr_trie *trie, const uint32_t *prefix, int n);

/* Copy tuples from number *at on, in the trie's order, up to `room`, into columns[c] for
** column c of the extent (NULL: not wanted); how many.  Moves *at on. */
size_t dsr_trie_walk(const dsr_trie *trie, uint64_t *at, uint32_t *const *columns,
                     size_t room);

#endif
