/*
** levels.h - the rows of one level of a sequence, one after the other.
**
** A walk stands on a row or is over.  The block that it stands in is pinned in the cache.
** Cursors and merges have one for each level that lies above the lowest.
*/
#ifndef DSR_STORE_LEVELS_H
#define DSR_STORE_LEVELS_H

#include "store/inside.h"

typedef struct dsr_level_walk {
  dsr_store *store;
  const dsr_sequence *level;
  const uint64_t *prefix; /* borrowed */
  int n_prefix;
  int order; /* `row` is arranged as a row of that order's is naturally */
  size_t next_block;
  dsr_cached *cached; /* NULL: it is over */
  size_t r, r_end;
  uint64_t row[DSR_ROW_MAX]; /* the one that it stands on */
} dsr_level_walk;

/* Begin with the first row that has the prefix, and step: DSR_ROW, or DSR_DONE where the
** walk is over.  Rows are given in natural column order; with order 0, as they lie. */
dsr_status dsr_level_walk_start(dsr_level_walk *walk, dsr_store *store,
                                const dsr_sequence *level, int order,
                                const uint64_t *prefix, int n_prefix);
dsr_status dsr_level_walk_step(dsr_level_walk *walk);
static inline uint64_t dsr_level_walk_set(const dsr_level_walk *walk) {
  return walk->cached->block->sets[walk->r];
}
void dsr_level_walk_stop(dsr_level_walk *walk);

#endif
