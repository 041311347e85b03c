/*
** sieve.h - which keys are surely not in a set.
**
** One word of 64 bits for each few keys, of which a key sets three bits: a question costs
** one look into memory, and one in a hundred keys that are not there passes.  Levels that
** a handle has made by itself have one, so that a fact which is new is not looked for in
** each of them.  It is never written: a handle that reads a level asks its blocks.
*/
#ifndef DSR_STORE_SIEVE_H
#define DSR_STORE_SIEVE_H

#include "ground/mem.h"

typedef struct dsr_sieve {
  uint64_t *words; /* NULL: everything passes */
  size_t mask;     /* how many words, a power of two, less one */
} dsr_sieve;

enum { DSR_SIEVE_MOST = 1 << 20 }; /* keys: two bytes each */

/* Room for n keys, none in it; false, and all pass, where there is no memory or are too
** many keys. */
static inline bool dsr_sieve_start(dsr_sieve *sieve, uint64_t n) {
  size_t words = 1;
  sieve->words = NULL;
  if (n > DSR_SIEVE_MOST) return false;
  while (words * 4 < n) words *= 2;
  sieve->words = dsr_alloc(words * sizeof *sieve->words);
  sieve->mask = words - 1;
  return sieve->words != NULL;
}

static inline void dsr_sieve_free(dsr_sieve *sieve) {
  dsr_free(sieve->words);
  sieve->words = NULL;
}

static inline uint64_t dsr_sieve_hash(const uint64_t *key, int n) {
  uint64_t hash = 0;
  for (int i = 0; i < n; i++) {
    hash = (hash ^ key[i]) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
  }
  return hash;
}

static inline uint64_t dsr_sieve_bits(uint64_t hash) {
  return UINT64_C(1) << (hash & 63) | UINT64_C(1) << (hash >> 6 & 63) |
         UINT64_C(1) << (hash >> 12 & 63);
}

static inline void dsr_sieve_add(dsr_sieve *sieve, uint64_t hash) {
  sieve->words[hash >> 18 & sieve->mask] |= dsr_sieve_bits(hash);
}

/* Ask memory for what the next call reads. */
static inline void dsr_sieve_expect(const dsr_sieve *sieve, uint64_t hash) {
  if (sieve->words == NULL) return;
  __builtin_prefetch(&sieve->words[hash >> 18 & sieve->mask]);
}

static inline bool dsr_sieve_passes(const dsr_sieve *sieve, uint64_t hash) {
  uint64_t bits = dsr_sieve_bits(hash);
  return sieve->words == NULL ||
         (sieve->words[hash >> 18 & sieve->mask] & bits) == bits;
}

#endif
