/*
** slots.h - finding numbered things by what they are: an open-addressing hash of
** numbers.
**
** A slot is 32 bits: the number of a thing, and in what bits are left a piece of its
** hash, so that things that differ are seldom looked at.  Whoever has the things
** computes their hashes and compares them:
**
**   at = dsr_slots_start(slots, hash);
**   while (dsr_slots_next(slots, hash, &at, &number)) {
**     if (the thing with this number is the one) return number;
**     at++;
**   }
**   ... it is not there; dsr_slots_put(slots, at, hash, number) puts it at `at`
**
** Cost: 4 bytes a slot, of which at most five in eight are taken; a search that misses
** touches one line of memory as a rule.
*/
#ifndef DSR_EVAL_SLOTS_H
#define DSR_EVAL_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ground/status.h"

typedef struct dsr_slots {
  uint32_t *slots; /* 0: empty */
  int log;         /* there are 1 << log of them */
  uint32_t room;   /* things that fit */
} dsr_slots;

/* Make `slots`, all zero or freed, an empty hash that has room for `n` things; what was
** in it is left to be put again.  DSR_ENOMEM, DSR_ELIMIT (no words), `slots` as it
** was. */
dsr_status dsr_slots_make(dsr_slots *slots, uint32_t n);
void dsr_slots_free(dsr_slots *slots);

static inline size_t dsr_slots_bytes(const dsr_slots *slots) {
  return slots->slots ? sizeof *slots->slots << slots->log : 0;
}

static inline uint64_t dsr_slots_hash(const uint32_t *numbers, int n) {
  uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
  for (int i = 0; i < n; i++) {
    hash = (hash ^ numbers[i]) * UINT64_C(0xd1342543de82ef95);
    hash ^= hash >> 32;
  }
  return hash * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint32_t dsr_slots_start(const dsr_slots *slots, uint64_t hash) {
  return (uint32_t)(hash >> (64 - slots->log));
}

/* The part of the hash that a slot holds, above the number. */
static inline uint32_t dsr_slots_tag(const dsr_slots *slots, uint64_t hash) {
  return (uint32_t)hash << slots->log;
}

/* The next thing, from *at on, that may be the one.  False: there is none, and *at is
** an empty slot.  `slots` must have been made. */
static inline bool dsr_slots_next(const dsr_slots *slots, uint64_t hash, uint32_t *at,
                                  uint32_t *number) {
  uint32_t mask = (UINT32_C(1) << slots->log) - 1, tag = dsr_slots_tag(slots, hash);
  for (;; ++*at) {
    *at &= mask;
    uint32_t slot = slots->slots[*at];
    if (slot == 0) return false;
    if ((slot & ~mask) != tag) continue;
    *number = (slot & mask) - 1;
    return true;
  }
}

static inline void dsr_slots_put(dsr_slots *slots, uint32_t at, uint64_t hash,
                                 uint32_t number) {
  slots->slots[at] = dsr_slots_tag(slots, hash) | (number + 1);
}

/* Put a thing that is surely not there. */
static inline void dsr_slots_add(dsr_slots *slots, uint64_t hash, uint32_t number) {
  uint32_t mask = (UINT32_C(1) << slots->log) - 1, at = dsr_slots_start(slots, hash);
  while (slots->slots[at & mask] != 0) at++;
  dsr_slots_put(slots, at & mask, hash, number);
}

#endif
