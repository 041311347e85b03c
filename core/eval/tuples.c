/*
** tuples.c - tuples of any width that grow in number: back to back, in order of
** arrival.
**
** All room is made before anything is written.  The hash grows by being filled anew
** from the tuples, which are read in order.
*/
#include <string.h>

#include "eval/tuples.h"
#include "ground/mem.h"

enum { TUPLES_FIRST = 16 };

static bool same(const uint32_t *a, const uint32_t *b, int n) {
  for (int i = 0; i < n; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

/* ---- tuples ---------------------------------------------------------------------- */

static dsr_status grow_values(dsr_tuples *tuples) {
  size_t old = tuples->room;
  size_t room = old > 0 ? old * 2 : TUPLES_FIRST;
  if (room >= UINT32_MAX) return DSR_ELIMIT;
  size_t each = (size_t)tuples->width * sizeof *tuples->values;
  uint32_t *values = dsr_resize(tuples->values, room * each);
  if (!values) return DSR_ENOMEM;
  tuples->values = values;
  if (tuples->stale) {
    uint64_t *stale = dsr_resize(tuples->stale, (room + 63) / 64 * sizeof *stale);
    if (!stale) return DSR_ENOMEM;
    size_t words = (old + 63) / 64;
    memset(stale + words, 0, ((room + 63) / 64 - words) * sizeof *stale);
    tuples->bytes += ((room + 63) / 64 - words) * sizeof *stale;
    tuples->stale = stale;
  }
  tuples->bytes += (room - old) * each;
  tuples->room = (uint32_t)room;
  return DSR_OK;
}

/* Room for tuples that are out of date, too: their numbers must fit in a slot. */
static dsr_status grow_slots(dsr_tuples *tuples) {
  enum { AHEAD = 16 };
  uint64_t hashes[AHEAD];
  size_t old = dsr_slots_bytes(&tuples->slots);
  TRY(dsr_slots_make(&tuples->slots, tuples->n + 1));
  for (uint32_t i = 0; i < tuples->n + AHEAD; i++) {
    if (i >= AHEAD && dsr_tuples_counts(tuples, i - AHEAD)) {
      dsr_slots_add(&tuples->slots, hashes[i % AHEAD], i - AHEAD);
    }
    if (i >= tuples->n) continue;
    hashes[i % AHEAD] = dsr_tuples_hash(tuples, dsr_tuples_at(tuples, i));
    dsr_tuples_await_slot(tuples, hashes[i % AHEAD]);
  }
  tuples->bytes += dsr_slots_bytes(&tuples->slots) - old;
  return DSR_OK;
}

static dsr_status mark_stale(dsr_tuples *tuples, uint32_t at) {
  if (!tuples->stale) {
    size_t bytes = ((size_t)tuples->room + 63) / 64 * sizeof *tuples->stale;
    tuples->stale = dsr_alloc(bytes);
    if (!tuples->stale) return DSR_ENOMEM;
    tuples->bytes += bytes;
  }
  tuples->stale[at >> 6] |= UINT64_C(1) << (at & 63);
  return DSR_OK;
}

/* Where the tuple with this key is in the hash; true: `*out` counts for it. */
static bool search(const dsr_tuples *tuples, const uint32_t *key, uint64_t hash,
                   uint32_t *at, uint32_t *out) {
  *at = dsr_slots_start(&tuples->slots, hash);
  while (dsr_slots_next(&tuples->slots, hash, at, out)) {
    if (same(dsr_tuples_at(tuples, *out), key, tuples->key)) return true;
    ++*at;
  }
  return false;
}

bool dsr_tuples_find(const dsr_tuples *tuples, const uint32_t *key, uint32_t *out) {
  uint32_t at;
  if (!tuples->slots.slots) return false;
  return search(tuples, key, dsr_slots_hash(key, tuples->key), &at, out);
}

bool dsr_tuples_has(const dsr_tuples *tuples, const uint32_t *tuple) {
  uint32_t at;
  if (!dsr_tuples_find(tuples, tuple, &at)) return false;
  return same(dsr_tuples_at(tuples, at) + tuples->key, tuple + tuples->key,
              tuples->width - tuples->key);
}

dsr_status dsr_tuples_add(dsr_tuples *tuples, const uint32_t *tuple, uint64_t hash) {
  if (tuples->n >= tuples->slots.room) TRY(grow_slots(tuples));
  uint32_t slot, old, last = (uint32_t)tuples->width - 1;
  bool found = search(tuples, tuple, hash, &slot, &old);
  if (found &&
      (tuples->key == tuples->width ||
       !tuples->better(tuples->ud, tuple[last], dsr_tuples_at(tuples, old)[last]))) {
    return DSR_NOTHING;
  }
  if (tuples->n == tuples->room) TRY(grow_values(tuples));
  if (found) TRY(mark_stale(tuples, old));
  if (tuples->width > 0) {
    memcpy(tuples->values + (size_t)tuples->n * (size_t)tuples->width, tuple,
           (size_t)tuples->width * sizeof *tuple);
  }
  dsr_slots_put(&tuples->slots, slot, hash, tuples->n++);
  if (!found) tuples->counting++;
  return DSR_OK;
}

dsr_status dsr_tuples_append(dsr_tuples *tuples, const uint32_t *tuple) {
  size_t n = (size_t)tuples->width;
  if (tuples->n == tuples->room) TRY(grow_values(tuples));
  memcpy(tuples->values + (size_t)tuples->n * n, tuple, n * sizeof *tuple);
  tuples->n++;
  return DSR_OK;
}

void dsr_tuples_free(dsr_tuples *tuples) {
  dsr_free(tuples->values);
  dsr_free(tuples->stale);
  dsr_slots_free(&tuples->slots);
}

/* ---- groupings ------------------------------------------------------------------- */

static const uint32_t *group_key(const dsr_grouping *grouping, uint32_t group) {
  return grouping->keys.items + (size_t)group * (size_t)grouping->prefix;
}

/* The group of a prefix, by its place in the hash. */
static bool search_group(const dsr_grouping *grouping, const uint32_t *prefix,
                         uint64_t hash, uint32_t *at, uint32_t *out) {
  *at = dsr_slots_start(&grouping->slots, hash);
  while (dsr_slots_next(&grouping->slots, hash, at, out)) {
    const uint32_t *key =
        grouping->keys.items + (size_t)*out * (size_t)grouping->prefix;
    if (same(key, prefix, grouping->prefix)) return true;
    ++*at;
  }
  return false;
}

static dsr_status grow_groups(dsr_grouping *grouping) {
  TRY(dsr_slots_make(&grouping->slots, grouping->n_groups + 1));
  for (uint32_t i = 0; i < grouping->n_groups; i++) {
    uint64_t hash = dsr_slots_hash(group_key(grouping, i), grouping->prefix);
    dsr_slots_add(&grouping->slots, hash, i);
  }
  return DSR_OK;
}

/* The number of a prefix's group, given one if new. */
static dsr_status number_group(dsr_grouping *grouping, const uint32_t *prefix,
                               uint64_t hash, uint32_t *out) {
  uint32_t slot;
  size_t n = (size_t)grouping->prefix;
  if (grouping->n_groups >= grouping->slots.room) TRY(grow_groups(grouping));
  if (search_group(grouping, prefix, hash, &slot, out)) return DSR_OK;
  if (!VEC_RESERVE(&grouping->keys, n + 1)) return DSR_ENOMEM; /* never no memory */
  if (n > 0) {
    memcpy(grouping->keys.items + grouping->keys.len, prefix, n * sizeof *prefix);
  }
  grouping->keys.len += n;
  *out = grouping->n_groups++;
  dsr_slots_put(&grouping->slots, slot, hash, *out);
  return DSR_OK;
}

/* The numbers of the groups of a block of tuples. */
static dsr_status number_groups(dsr_grouping *grouping, const dsr_tuples *tuples,
                                uint32_t from, size_t n, uint32_t *groups) {
  uint32_t prefixes[DSR_PAIRS_BLOCK][DSR_WIDTH_MAX];
  uint64_t hashes[DSR_PAIRS_BLOCK];
  const dsr_slots *slots = &grouping->slots;
  for (size_t i = 0; i < n; i++) {
    const uint32_t *tuple = dsr_tuples_at(tuples, from + (uint32_t)i);
    for (int c = 0; c < grouping->prefix; c++)
      prefixes[i][c] = tuple[grouping->order[c]];
    hashes[i] = dsr_slots_hash(prefixes[i], grouping->prefix);
    if (slots->slots) {
      __builtin_prefetch(&slots->slots[dsr_slots_start(slots, hashes[i])]);
    }
  }
  for (size_t i = 0; i < n; i++) {
    TRY(number_group(grouping, prefixes[i], hashes[i], &groups[i]));
  }
  return DSR_OK;
}

/* The groups are numbered in the order of their rows: a group's row is made when its
** first tuple is filed. */
static dsr_status file_block(dsr_grouping *grouping, const dsr_tuples *tuples,
                             uint32_t from, size_t n) {
  uint32_t groups[DSR_PAIRS_BLOCK], items[DSR_PAIRS_BLOCK], fresh[DSR_PAIRS_BLOCK];
  size_t n_fresh;
  for (size_t i = 0; i < n; i++) {
    const uint32_t *tuple = dsr_tuples_at(tuples, from + (uint32_t)i);
    items[i] = from + (uint32_t)i;
    if (grouping->values) items[i] = tuple[grouping->order[grouping->prefix]];
    if (grouping->prefix == 1) groups[i] = tuple[grouping->order[0]];
  }
  if (grouping->prefix != 1) {
    TRY(number_groups(grouping, tuples, from, n, groups));
  }
  return dsr_pairs_add(&grouping->groups, groups, items, n, fresh, &n_fresh);
}

dsr_status dsr_grouping_file(dsr_grouping *grouping, const dsr_tuples *tuples,
                             uint32_t from, uint32_t to) {
  while (from < to) {
    uint32_t n = to - from < DSR_PAIRS_BLOCK ? to - from : DSR_PAIRS_BLOCK;
    TRY(file_block(grouping, tuples, from, n));
    from += n;
  }
  return DSR_OK;
}

const dsr_row *dsr_grouping_find(const dsr_grouping *grouping, const uint32_t *prefix) {
  if (grouping->prefix == 1) return dsr_pairs_find(&grouping->groups, *prefix);
  uint32_t slot, group;
  if (!grouping->slots.slots) return NULL;
  uint64_t hash = dsr_slots_hash(prefix, grouping->prefix);
  if (!search_group(grouping, prefix, hash, &slot, &group)) return NULL;
  return &grouping->groups.rows[group];
}

size_t dsr_grouping_bytes(const dsr_grouping *grouping) {
  return dsr_pairs_bytes(&grouping->groups) + dsr_slots_bytes(&grouping->slots) +
         grouping->keys.cap * sizeof *grouping->keys.items;
}

void dsr_grouping_free(dsr_grouping *grouping) {
  dsr_pairs_free(&grouping->groups);
  dsr_slots_free(&grouping->slots);
  VEC_FREE(&grouping->keys);
}
