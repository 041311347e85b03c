/*
** trie.h - a stored extent sorted by one order of its columns.
**
** The distinct tuples, level by level: level i holds one value for each distinct prefix of
** i + 1 columns, those under one prefix side by side and ascending.  Built once, never
** changed.  An extent has one trie for each order that was asked for (extent.c): the first
** is built from columns as they came, duplicates and all; the others are turned from it.
**
** Finding the children of a first value is one look into an array where the values are
** dense, each further value a search among its siblings.
**
** Cost: 4 bytes a value of each level, 4 for where its children begin, 4 for each number
** up to the greatest first value where those are dense.  Building is a counting sort by
** the first column and a sort of what stands under each first value; turning two columns
** is a counting sort alone.
*/
#ifndef DSR_EVAL_TRIE_H
#define DSR_EVAL_TRIE_H

#include "eval/extent.h"
#include "eval/fence.h"

typedef struct dsr_trie_level {
  const uint32_t *values;
  const uint32_t *starts; /* n + 1 of them: the children of value i are at [starts[i],
                          ** starts[i + 1]) of the next level; NULL at the last level */
  uint32_t n;
  dsr_fences fences; /* of children that are many; of level 0, all values, where there
                     ** are no `firsts` */
} dsr_trie_level;

/* Readers' loops may look into it; only trie.c writes it. */
typedef struct dsr_trie {
  int width;
  uint8_t order[DSR_WIDTH_MAX]; /* level i holds column order[i] */
  dsr_trie_level levels[DSR_WIDTH_MAX];
  /* The children of first value v < n_firsts: in level 1 at [firsts[v], firsts[v + 1]),
  ** none where v is not there.  NULL where values are too far apart, and where there is
  ** but one level: search level 0. */
  const uint32_t *firsts;
  uint32_t n_firsts;
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

/* Is there a tuple that begins with the n values, 0 to width. */
bool dsr_trie_has(const dsr_trie *trie, const uint32_t *prefix, int n);

/* Copy tuples from number *at on, in the trie's order, up to `room`, into columns[c] for
** column c of the extent (NULL: not wanted); how many.  Moves *at on. */
size_t dsr_trie_walk(const dsr_trie *trie, uint64_t *at, uint32_t *const *columns,
                     size_t room);

/* ---- inside loops ----------------------------------------------------------------- */

/* From a value of level `level` among its siblings [*from, *to) to its children. */
static inline bool dsr_trie_down(const dsr_trie *trie, int level, uint32_t value,
                                 uint32_t *from, uint32_t *to) {
  const dsr_trie_level *here = &trie->levels[level];
  uint32_t at;
  if (!dsr_fences_find(&here->fences, here->values, *from, *to, value, &at))
    return false;
  *from = here->starts[at];
  *to = here->starts[at + 1];
  return true;
}

/* Is a value among n of a level that are all the children of one value, or all of level 0
** where there are no `firsts`. */
static inline bool dsr_level_has(const dsr_trie_level *level, const uint32_t *items,
                                 uint32_t n, uint32_t value) {
  uint32_t from = (uint32_t)(items - level->values), at;
  return dsr_fences_find(&level->fences, level->values, from, from + n, value, &at);
}

/* Where in level `n` the values under a prefix of n values stand, n < width: [*from, *to).
** False where there are none. */
static inline bool dsr_trie_find(const dsr_trie *trie, const uint32_t *prefix, int n,
                                 uint32_t *from, uint32_t *to) {
  uint32_t a = 0, b = trie->levels[0].n;
  int level = 0;
  if (n > 0 && trie->firsts) {
    if (prefix[0] >= trie->n_firsts) return false;
    a = trie->firsts[prefix[0]];
    b = trie->firsts[prefix[0] + 1];
    level = 1;
  }
  for (; level < n; level++) {
    if (!dsr_trie_down(trie, level, prefix[level], &a, &b)) return false;
  }
  *from = a;
  *to = b;
  return a < b;
}

#endif
