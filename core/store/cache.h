/*
** cache.h - unpacked blocks by id, the least recently used ones let go.
**
** Tuple blocks are immutable and their ids are never used twice, so what is here never
** goes stale.  A packed block of records may be replaced by a longer one under the same
** id; who finds it too short drops it and reads again.
**
** A block with pins stays, and is good, until it is unpinned; any other until the next
** call of dsr_cache_add().
*/
#ifndef DSR_STORE_CACHE_H
#define DSR_STORE_CACHE_H

#include "store/block.h"

/* Records unpacked: record i is bytes[ends[i - 1] .. ends[i]). */
typedef struct dsr_pack {
  uint64_t first; /* number of record 0 */
  size_t n;
  size_t *ends;
  char *bytes;
  size_t size;   /* memory that it takes */
  size_t packed; /* bytes that it took in the file */
} dsr_pack;

void dsr_pack_free(dsr_pack *pack);

typedef struct dsr_cached {
  uint64_t id;
  dsr_block *block; /* one of the two */
  dsr_pack *pack;
  size_t bytes;
  int pins;
  bool dropped; /* no longer found; freed when the last pin goes */
  struct dsr_cached *newer, *older;
  struct dsr_cached *chain;
} dsr_cached;

typedef struct dsr_cache {
  dsr_cached **buckets;
  size_t n_buckets; /* a power of two */
  size_t n;
  size_t bytes;
  size_t limit;
  dsr_cached *newest, *oldest;
  dsr_evens evens; /* that the blocks share */
} dsr_cache;

/* Is there hardly room for more? */
static inline bool dsr_cache_full(const dsr_cache *cache) {
  return cache->bytes > cache->limit - cache->limit / 16;
}
/* NULL where it is not here; found, it becomes the newest. */
dsr_cached *dsr_cache_find(dsr_cache *cache, uint64_t id);
/* Takes what it is given, on failure too (DSR_ENOMEM). */
dsr_status dsr_cache_add(dsr_cache *cache, uint64_t id, dsr_block *block,
                         dsr_pack *pack, dsr_cached **out);
void dsr_cache_drop(dsr_cache *cache, dsr_cached *cached);
static inline void dsr_cache_pin(dsr_cached *cached) { cached->pins++; }
void dsr_cache_unpin(dsr_cached *cached);
void dsr_cache_free(dsr_cache *cache); /* nothing may be pinned */

#endif
