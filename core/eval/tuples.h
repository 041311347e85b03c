/*
** tuples.h - tuples of any width that grow in number: back to back, in order of
** arrival.
**
** All are found through a hash over their key, which is the whole tuple; or, where only
** the best counts, all columns but the last.  Then a tuple that is better than the one
** of the same key is a new tuple, and the other is marked out of date: so numbers never
** change, and whoever reads on from a number sees what became better.
**
** A *grouping* leads from the values of some columns to the tuples that have them: to
** their numbers, or to their values of the one column that is left.
**
** Cost: a tuple takes 4 bytes a column and 6.4 to 13 for the hash; in a grouping 4 to
** 8, and each group some 60 bytes.
*/
#ifndef DSR_EVAL_TUPLES_H
#define DSR_EVAL_TUPLES_H

#include "eval/extent.h"
#include "eval/pairs.h"
#include "eval/slots.h"

typedef struct dsr_tuples {
  int width, key;   /* columns; of them, from the first on, in the key */
  uint32_t n, room; /* tuples, those out of date too */
  uint32_t counting;
  uint32_t *values;
  uint64_t *stale; /* a bit for each tuple; NULL: none ever was out of date */
  dsr_slots slots;
  dsr_better better; /* where key < width */
  void *ud;
  size_t bytes;
} dsr_tuples;

typedef struct dsr_grouping {
  int width, prefix;
  uint8_t order[DSR_WIDTH_MAX]; /* the first `prefix` of them make the group */
  bool values;                  /* of column order[prefix]; else numbers of tuples */
  dsr_pairs groups;   /* lists, by value where prefix is 1, else by number of group */
  uint32_t n_groups;  /* where prefix is not 1 */
  dsr_slots slots;    /* of groups */
  VEC(uint32_t) keys; /* of groups, `prefix` values each */
} dsr_grouping;

/* The hash of a tuple's key. */
static inline uint64_t dsr_tuples_hash(const dsr_tuples *tuples,
                                       const uint32_t *tuple) {
  return dsr_slots_hash(tuple, tuples->key);
}

/* Add a tuple: DSR_OK; DSR_NOTHING where it is there, or one as good.  DSR_ENOMEM,
** DSR_ELIMIT: nothing was added. */
dsr_status dsr_tuples_add(dsr_tuples *tuples, const uint32_t *tuple, uint64_t hash);
/* Append a tuple that is not there, to a list that no hash leads to.  DSR_ENOMEM,
** DSR_ELIMIT. */
dsr_status dsr_tuples_append(dsr_tuples *tuples, const uint32_t *tuple);
/* Is it there and counts. */
bool dsr_tuples_has(const dsr_tuples *tuples, const uint32_t *tuple);
/* The number of the tuple that counts for a key; false: there is none. */
bool dsr_tuples_find(const dsr_tuples *tuples, const uint32_t *key, uint32_t *out);
void dsr_tuples_free(dsr_tuples *tuples);

static inline const uint32_t *dsr_tuples_at(const dsr_tuples *tuples, uint32_t at) {
  return tuples->values + (size_t)at * (size_t)tuples->width;
}

/* Bring the slot that the search for a tuple begins with into the cache. */
static inline void dsr_tuples_await_slot(const dsr_tuples *tuples, uint64_t hash) {
  if (!tuples->slots.slots) return;
  __builtin_prefetch(&tuples->slots.slots[dsr_slots_start(&tuples->slots, hash)]);
}

/* And then the tuple that it is likely to be compared with. */
static inline void dsr_tuples_await_tuple(const dsr_tuples *tuples, uint64_t hash) {
  uint32_t at, number;
  if (!tuples->slots.slots) return;
  at = dsr_slots_start(&tuples->slots, hash);
  if (!dsr_slots_next(&tuples->slots, hash, &at, &number)) return;
  __builtin_prefetch(dsr_tuples_at(tuples, number));
}

static inline bool dsr_tuples_counts(const dsr_tuples *tuples, uint32_t at) {
  return !tuples->stale || (tuples->stale[at >> 6] >> (at & 63) & 1) == 0;
}

/* File tuples [from, to), which were not filed before. */
dsr_status dsr_grouping_file(dsr_grouping *grouping, const dsr_tuples *tuples,
                             uint32_t from, uint32_t to);
/* The group of `prefix` values; NULL: none. */
const dsr_row *dsr_grouping_find(const dsr_grouping *grouping, const uint32_t *prefix);
size_t dsr_grouping_bytes(const dsr_grouping *grouping);
void dsr_grouping_free(dsr_grouping *grouping);

#endif
