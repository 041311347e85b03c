/*
** levels.c - the rows of one level of a sequence, one after the other.
*/
#include "store/levels.h"

#include "store/sort.h"

static dsr_status stand(dsr_level_walk *walk) {
  const dsr_block *block = walk->cached->block;
  for (int place = 0; place < block->width; place++) {
    walk->row[dsr_order_column(walk->order, place)] = block->columns[place][walk->r];
  }
  return DSR_ROW;
}

void dsr_level_walk_stop(dsr_level_walk *walk) {
  if (walk->cached != NULL) dsr_cache_unpin(walk->cached);
  walk->cached = NULL;
}

/* Into the next block that has rows with the prefix. */
static dsr_status enter(dsr_level_walk *walk) {
  const dsr_sequence *level = walk->level;
  const uint64_t *prefix = walk->prefix;
  int n = walk->n_prefix;
  dsr_level_walk_stop(walk);
  for (; walk->next_block < level->extent.blocks; walk->next_block++) {
    size_t i = walk->next_block;
    dsr_cached *cached;
    if (dsr_key_compare(dsr_sequence_first(level, i), prefix, n) > 0) break;
    TRY(dsr_sequence_block(level, &walk->store->file, &walk->store->cache, i, &cached));
    const dsr_block *block = cached->block;
    bool begins_inside = dsr_key_compare(dsr_sequence_first(level, i), prefix, n) < 0;
    bool ends_inside = dsr_key_compare(dsr_sequence_last(level, i), prefix, n) > 0;
    walk->r = begins_inside ? dsr_block_seek(block, prefix, n, false) : 0;
    walk->r_end = ends_inside ? dsr_block_seek(block, prefix, n, true) : block->rows;
    if (walk->r == walk->r_end) continue;
    dsr_cache_pin(cached);
    walk->cached = cached;
    walk->next_block++;
    return stand(walk);
  }
  return DSR_DONE;
}

dsr_status dsr_level_walk_start(dsr_level_walk *walk, dsr_store *store,
                                const dsr_sequence *level, int order,
                                const uint64_t *prefix, int n_prefix) {
  walk->store = store;
  walk->level = level;
  walk->order = order;
  walk->prefix = prefix;
  walk->n_prefix = n_prefix;
  walk->cached = NULL;
  walk->next_block = dsr_sequence_seek(level, prefix, n_prefix);
  return enter(walk);
}

dsr_status dsr_level_walk_step(dsr_level_walk *walk) {
  return ++walk->r < walk->r_end ? stand(walk) : enter(walk);
}
