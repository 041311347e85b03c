/*
** tuples.c - tuples of any width that grow in number: back to back, in order of arrival.
**
** All room is made before anything is written.  The hash grows by being filled anew from
** the tuples, which are read in order.
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

/* ---- tuples -------------------------------------------------------------------------- */

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

static dsr_status grow_slots(dsr_tuples *tuples) {
  size_t old = dsr_slots_bytes(&tuples->slots);
  TRY(dsr_slots_make(&tuples->slots,
                     tuples->n + 1)); /* out of date ones, too: numbers must fit */
  for (uint32_t i = 0; i < tuples->n; i++) {
    if (!dsr_tuples_counts(tuples, i)) continue;
    uint64_t hash = dsr_slots_hash(dsr_tuples_at(tuples, i), tuples->key);
    dsr_slots_add(&tuples->slots, hash, i);
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

dsr_status dsr_tuples_add(dsr_tuples *tuples, const uint32_t *tuple) {
  if (tuples->n >= tuples->slots.room) TRY(grow_slots(tuples));
  uint64_t hash = dsr_slots_hash(tuple, tuples->key);
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

void dsr_tuples_free(dsr_tuples *tuples) {
  dsr_free(tuples->values);
  dsr_free(tuples->stale);
  dsr_slots_free(&tuples->slots);
}

/* ---- groupings ----------------------------------------------------------------------- */

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
  uint32_t n = grouping->groups.n_rows;
  TRY(dsr_slots_make(&grouping->slots, n + 1));
  for (uint32_t i = 0; i < n; i++) {
    const uint32_t *key = grouping->keys.items + (size_t)i * (size_t)grouping->prefix;
    dsr_slots_add(&grouping->slots, dsr_slots_hash(key, grouping->prefix), i);
  }
  return DSR_OK;
}

static dsr_status make_group(dsr_grouping *grouping, const uint32_t *prefix,
                             dsr_row **out) {
  if (grouping->prefix == 1) return dsr_pairs_make(&grouping->groups, *prefix, out);
  if (grouping->groups.n_rows >= grouping->slots.room) TRY(grow_groups(grouping));
  uint64_t hash = dsr_slots_hash(prefix, grouping->prefix);
  uint32_t slot, group;
  if (search_group(grouping, prefix, hash, &slot, &group)) {
    *out = &grouping->groups.rows[group];
    return DSR_OK;
  }
  size_t n = (size_t)grouping->prefix;
  if (!VEC_RESERVE(&grouping->keys, n + 1)) return DSR_ENOMEM; /* never no memory */
  group = grouping->groups.n_rows;
  TRY(dsr_pairs_make(&grouping->groups, group, out));
  if (n > 0)
    memcpy(grouping->keys.items + grouping->keys.len, prefix, n * sizeof *prefix);
  grouping->keys.len += n;
  dsr_slots_put(&grouping->slots, slot, hash, group);
  return DSR_OK;
}

dsr_status dsr_grouping_file(dsr_grouping *grouping, const dsr_tuples *tuples,
                             uint32_t at) {
  const uint32_t *tuple = dsr_tuples_at(tuples, at);
  uint32_t prefix[DSR_WIDTH_MAX];
  dsr_row *row;
  for (int i = 0; i < grouping->prefix; i++) prefix[i] = tuple[grouping->order[i]];
  TRY(make_group(grouping, prefix, &row));
  uint32_t item = grouping->values ? tuple[grouping->order[grouping->prefix]] : at;
  uint32_t before = row->n;
  TRY(dsr_row_append(&grouping->groups.pool, row, &item, 1));
  dsr_pairs_grew(&grouping->groups, row, before);
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
