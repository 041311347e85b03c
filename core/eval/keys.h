/*
** keys.h - numbering short tuples in the order in which they first come.
**
** Of a relation whose tuples stand in rows, a row for each tuple of all columns but one
** (extent.h), these are the first parts: number i is that of row i's key, or of one
** that has no row yet.
**
** Cost: 4 bytes a column, and 6.4 to 13 for the hash.
*/
#ifndef DSR_EVAL_KEYS_H
#define DSR_EVAL_KEYS_H

#include "eval/slots.h"
#include "ground/vec.h"

typedef struct dsr_keys {
  int width; /* of a key, at least one */
  uint32_t n;
  VEC(uint32_t) values;
  dsr_slots slots;
} dsr_keys;

/* The number of a key, given one if it is new.  DSR_ENOMEM, DSR_ELIMIT, without words.
** */
dsr_status dsr_keys_number(dsr_keys *keys, const uint32_t *key, uint32_t *out);
/* The number of a key; false: it has none. */
bool dsr_keys_find(const dsr_keys *keys, const uint32_t *key, uint32_t *out);
size_t dsr_keys_bytes(const dsr_keys *keys);
void dsr_keys_free(dsr_keys *keys);

static inline const uint32_t *dsr_keys_at(const dsr_keys *keys, uint32_t number) {
  return keys->values.items + (size_t)number * (size_t)keys->width;
}

#endif
