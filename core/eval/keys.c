/*
** keys.c - numbering short tuples in the order in which they first come.
*/
#include "eval/keys.h"

#include <string.h>

#include "ground/mem.h"

static bool same(const uint32_t *a, const uint32_t *b, int n) {
  for (int i = 0; i < n; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

/* Where the key is in the hash, or would be. */
static bool search(const dsr_keys *keys, const uint32_t *key, uint64_t hash,
                   uint32_t *at, uint32_t *out) {
  *at = dsr_slots_start(&keys->slots, hash);
  while (dsr_slots_next(&keys->slots, hash, at, out)) {
    if (same(dsr_keys_at(keys, *out), key, keys->width)) return true;
    ++*at;
  }
  return false;
}

static dsr_status grow(dsr_keys *keys) {
  TRY(dsr_slots_make(&keys->slots, keys->n + 1));
  for (uint32_t i = 0; i < keys->n; i++) {
    dsr_slots_add(&keys->slots, dsr_slots_hash(dsr_keys_at(keys, i), keys->width), i);
  }
  return DSR_OK;
}

dsr_status dsr_keys_number(dsr_keys *keys, const uint32_t *key, uint32_t *out) {
  uint32_t at;
  size_t n = (size_t)keys->width;
  uint64_t hash = dsr_slots_hash(key, keys->width);
  if (keys->n >= keys->slots.room) TRY(grow(keys));
  if (search(keys, key, hash, &at, out)) return DSR_OK;
  if (!VEC_RESERVE(&keys->values, n)) return DSR_ENOMEM;
  memcpy(keys->values.items + keys->values.len, key, n * sizeof *key);
  keys->values.len += n;
  *out = keys->n++;
  dsr_slots_put(&keys->slots, at, hash, *out);
  return DSR_OK;
}

bool dsr_keys_find(const dsr_keys *keys, const uint32_t *key, uint32_t *out) {
  uint32_t at;
  if (!keys->slots.slots) return false;
  return search(keys, key, dsr_slots_hash(key, keys->width), &at, out);
}

size_t dsr_keys_bytes(const dsr_keys *keys) {
  return keys->values.cap * sizeof *keys->values.items + dsr_slots_bytes(&keys->slots);
}

void dsr_keys_free(dsr_keys *keys) {
  VEC_FREE(&keys->values);
  dsr_slots_free(&keys->slots);
}
