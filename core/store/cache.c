/*
** cache.c - unpacked blocks by id, the least recently used ones let go.
**
** A hash of chains finds them, a list from newest to oldest says which to let go.
*/
#include "store/cache.h"

#include <assert.h>

enum { BUCKETS_FIRST = 64 };

void dsr_pack_free(dsr_pack *pack) {
  if (pack == NULL) return;
  dsr_free(pack->ends);
  dsr_free(pack->bytes);
  dsr_free(pack);
}

static void cached_free(dsr_cached *cached) {
  dsr_block_free(cached->block);
  dsr_pack_free(cached->pack);
  dsr_free(cached);
}

static dsr_cached **bucket(const dsr_cache *cache, uint64_t id) {
  uint64_t mixed = id * UINT64_C(0x9e3779b97f4a7c15);
  return &cache->buckets[(mixed ^ mixed >> 32) & (cache->n_buckets - 1)];
}

/* ---- the list -------------------------------------------------------------------- */

static void unlist(dsr_cache *cache, dsr_cached *cached) {
  *(cached->newer != NULL ? &cached->newer->older : &cache->newest) = cached->older;
  *(cached->older != NULL ? &cached->older->newer : &cache->oldest) = cached->newer;
}

static void list_newest(dsr_cache *cache, dsr_cached *cached) {
  cached->newer = NULL;
  cached->older = cache->newest;
  *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = cached;
  cache->newest = cached;
}

dsr_cached *dsr_cache_find(dsr_cache *cache, uint64_t id) {
  if (cache->n_buckets == 0) return NULL;
  dsr_cached *cached = *bucket(cache, id);
  while (cached != NULL && cached->id != id) cached = cached->chain;
  if (cached != NULL && cached != cache->newest) {
    unlist(cache, cached);
    list_newest(cache, cached);
  }
  return cached;
}

/* ---- coming and going ------------------------------------------------------------ */

void dsr_cache_drop(dsr_cache *cache, dsr_cached *cached) {
  dsr_cached **link = bucket(cache, cached->id);
  while (*link != cached) link = &(*link)->chain;
  *link = cached->chain;
  unlist(cache, cached);
  cache->n--;
  cache->bytes -= cached->bytes;
  cached->dropped = true;
  if (cached->pins == 0) cached_free(cached);
}

void dsr_cache_unpin(dsr_cached *cached) {
  assert(cached->pins > 0);
  if (--cached->pins == 0 && cached->dropped) cached_free(cached);
}

/* Let go of the oldest that are not pinned until `more` bytes fit. */
static void make_room(dsr_cache *cache, size_t more) {
  dsr_cached *cached = cache->oldest;
  while (cached != NULL && cache->bytes + more > cache->limit) {
    dsr_cached *newer = cached->newer;
    if (cached->pins == 0) dsr_cache_drop(cache, cached);
    cached = newer;
  }
}

/* More chains where they would be long.  Without memory they stay as they are. */
static void grow(dsr_cache *cache) {
  size_t n = cache->n_buckets == 0 ? BUCKETS_FIRST : cache->n_buckets * 2;
  dsr_cached **buckets = dsr_alloc(n * sizeof *buckets);
  if (buckets == NULL) return;
  dsr_free(cache->buckets);
  cache->buckets = buckets;
  cache->n_buckets = n;
  for (dsr_cached *at = cache->newest; at != NULL; at = at->older) {
    dsr_cached **link = bucket(cache, at->id);
    at->chain = *link;
    *link = at;
  }
}

dsr_status dsr_cache_add(dsr_cache *cache, uint64_t id, dsr_block *block,
                         dsr_pack *pack, dsr_cached **out) {
  dsr_cached *cached = dsr_alloc(sizeof *cached);
  if (cached != NULL && cache->n >= cache->n_buckets) grow(cache);
  if (cached == NULL || cache->n_buckets == 0) {
    dsr_free(cached);
    dsr_block_free(block);
    dsr_pack_free(pack);
    return DSR_ENOMEM;
  }
  cached->id = id;
  cached->block = block;
  cached->pack = pack;
  cached->bytes = sizeof *cached + (block != NULL ? block->bytes : pack->size);
  make_room(cache, cached->bytes);
  dsr_cached **link = bucket(cache, id);
  cached->chain = *link;
  *link = cached;
  list_newest(cache, cached);
  cache->n++;
  cache->bytes += cached->bytes;
  *out = cached;
  return DSR_OK;
}

void dsr_cache_free(dsr_cache *cache) {
  while (cache->newest != NULL) dsr_cache_drop(cache, cache->newest);
  dsr_free(cache->buckets);
  dsr_evens_free(&cache->evens);
  *cache = (dsr_cache){.limit = cache->limit};
}
