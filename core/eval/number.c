/*
** number.c - a run's values, numbered densely in 32 bits.
**
** Most words come from dense ranges: small integers, entities and texts of the base,
** temporaries.  Each such range is a *lane*: an array from where a word stands in the
** range to its number + 1 (0: none).  A lane is as long as it can be while it is an eighth
** full, or up to a million places; what lies past its end, and all other words, are in
** a hash of open addressing.  When a lane grows, what the hash has of its range is filed
** in the lane; the slots in the hash are left behind, since nobody looks there again, and
** are dropped when the hash grows.
**
** Cost: a look into a lane is one load; into the hash two misses, slot and word.
*/
#include <assert.h>
#include <string.h>

#include "eval/number.h"
#include "ground/mem.h"
#include "value/symbol.h"

enum {
  LANE_INT = 0,
  LANE_SYMBOL, /* a lane for each tag of symbols, and for each of temporaries */
  LANE_TEMP = LANE_SYMBOL + 3,
  LANES = LANE_TEMP + 3,
  NO_LANE = LANES,
  /* Lengths of lanes, as powers of two. */
  LANE_FIRST = 12,
  LANE_SPARE = 20, /* a lane may be so long however empty it is */
  LANE_THIN = 3,   /* and is otherwise full to one in two to this */
  LANE_BITS = 30,  /* and at most two to this long */
  HASH_FIRST = 64,
};

#define NUMBERS_MOST (UINT32_MAX - 15)

typedef struct number_lane {
  uint32_t *numbers;           /* number + 1, or 0 */
  uint32_t size;               /* a power of two, or 0 */
  uint32_t met[LANE_BITS + 1]; /* words so far, here or in the hash, by the length in
                               ** bits of where they stand */
} number_lane;

struct dsr_numbers {
  dsr_error *error;
  number_lane lanes[LANES];
  VEC(dsr_word) words;
  uint32_t *slots; /* number + 1, or 0 */
  size_t n_slots;  /* a power of two, or 0 */
  size_t taken;    /* slots */
};

dsr_status dsr_numbers_new(dsr_error *error, dsr_numbers **out) {
  dsr_numbers *numbers = dsr_alloc(sizeof *numbers);
  if (!numbers) return dsr_fail_memory(error);
  numbers->error = error;
  *out = numbers;
  return DSR_OK;
}

void dsr_numbers_free(dsr_numbers *numbers) {
  if (!numbers) return;
  for (int i = 0; i < LANES; i++) dsr_free(numbers->lanes[i].numbers);
  VEC_FREE(&numbers->words);
  dsr_free(numbers->slots);
  dsr_free(numbers);
}

/* ---- lanes ---------------------------------------------------------------------- */

/* Which lane a word belongs to, and where; NO_LANE: to none. */
static int lane_of(dsr_word word, uint64_t *at) {
  int tag = dsr_word_tag(word);
  uint64_t payload = dsr_word_payload(word);
  if (tag == DSR_TAG_INT) {
    *at = payload - DSR_WORD_BIAS;
    return *at >> LANE_BITS == 0 ? LANE_INT : NO_LANE;
  }
  *at = payload;
  if (tag < DSR_TAG_ENTITY) return NO_LANE;
  bool temp = payload >= DSR_SYMBOL_TEMP;
  if (temp) *at -= DSR_SYMBOL_TEMP;
  if (*at >> LANE_BITS != 0) return NO_LANE;
  return (temp ? LANE_TEMP : LANE_SYMBOL) + tag - DSR_TAG_ENTITY;
}

/* The length of a number in bits; 0 of 0. */
static int bits(uint64_t at) { return at > 0 ? 64 - __builtin_clzll(at) : 0; }

static bool in_lane(const number_lane *lane, uint64_t at) { return at < lane->size; }

/* File in a lane that has grown what the hash has of its range. */
static void fetch(dsr_numbers *numbers, int which) {
  number_lane *lane = &numbers->lanes[which];
  uint64_t at;
  for (size_t i = 0; i < numbers->n_slots; i++) {
    uint32_t number = numbers->slots[i];
    if (number == 0) continue;
    if (lane_of(numbers->words.items[number - 1], &at) != which) continue;
    if (in_lane(lane, at)) lane->numbers[at] = number;
  }
}

/* Let a lane reach `at` if it is full enough to; where it is not, or memory is short, the
** hash will do. */
static void reach(dsr_numbers *numbers, int which, uint64_t at) {
  number_lane *lane = &numbers->lanes[which];
  int length = bits(at) > LANE_FIRST ? bits(at) : LANE_FIRST;
  uint64_t met = 0;
  for (int i = 0; i <= length; i++) met += lane->met[i];
  if (length > LANE_SPARE && met < UINT64_C(1) << (length - LANE_THIN)) return;
  uint32_t size = UINT32_C(1) << length;
  uint32_t *longer = dsr_alloc((size_t)size * sizeof *longer);
  if (!longer) return;
  if (lane->size > 0) memcpy(longer, lane->numbers, lane->size * sizeof *longer);
  dsr_free(lane->numbers);
  lane->numbers = longer;
  lane->size = size;
  fetch(numbers, which);
}

/* ---- the hash ------------------------------------------------------------------- */

static size_t slot_of(const dsr_numbers *numbers, dsr_word word) {
  uint64_t spread = (word ^ word >> 32) * UINT64_C(0x9e3779b97f4a7c15);
  return (size_t)(spread >> 32) & (numbers->n_slots - 1);
}

/* The slot that has the word, or the free one where it would stand. */
static uint32_t *slot_for(const dsr_numbers *numbers, dsr_word word) {
  size_t mask = numbers->n_slots - 1, at = slot_of(numbers, word);
  for (;; at = (at + 1) & mask) {
    uint32_t number = numbers->slots[at];
    if (number == 0 || numbers->words.items[number - 1] == word) {
      return &numbers->slots[at];
    }
  }
}

/* Does the hash answer for this word. */
static bool is_hashed(const dsr_numbers *numbers, dsr_word word) {
  uint64_t at;
  int which = lane_of(word, &at);
  return which == NO_LANE || !in_lane(&numbers->lanes[which], at);
}

/* Room for one more; at most two thirds of the slots are taken. */
static dsr_status reserve(dsr_numbers *numbers) {
  if ((numbers->taken + 1) * 3 <= numbers->n_slots * 2) return DSR_OK;
  uint32_t *old = numbers->slots;
  size_t n_old = numbers->n_slots;
  size_t n_slots = n_old > 0 ? n_old * 2 : HASH_FIRST;
  uint32_t *slots = dsr_alloc(n_slots * sizeof *slots);
  if (!slots) return dsr_fail_memory(numbers->error);
  numbers->slots = slots;
  numbers->n_slots = n_slots;
  numbers->taken = 0;
  for (size_t i = 0; i < n_old; i++) {
    if (old[i] == 0) continue;
    dsr_word word = numbers->words.items[old[i] - 1];
    if (!is_hashed(numbers, word)) continue;
    *slot_for(numbers, word) = old[i];
    numbers->taken++;
  }
  dsr_free(old);
  return DSR_OK;
}

/* The number of a word that stands at `at` of a lane; none is 0 - 1 everywhere. */
static uint32_t find(const dsr_numbers *numbers, dsr_word word, int which,
                     uint64_t at) {
  if (which != NO_LANE && in_lane(&numbers->lanes[which], at)) {
    return numbers->lanes[which].numbers[at] - 1;
  }
  return numbers->n_slots > 0 ? *slot_for(numbers, word) - 1 : DSR_NUMBER_NONE;
}

/* ---- giving numbers -------------------------------------------------------------- */

static dsr_status append(dsr_numbers *numbers, dsr_word word, uint32_t *out) {
  if (numbers->words.len >= NUMBERS_MOST) {
    return dsr_fail(numbers->error, DSR_ELIMIT,
                    "a query cannot look at more than %u different values",
                    (unsigned)NUMBERS_MOST);
  }
  if (!VEC_PUSH(&numbers->words, word)) return dsr_fail_memory(numbers->error);
  *out = (uint32_t)numbers->words.len - 1;
  return DSR_OK;
}

static dsr_status new_in_hash(dsr_numbers *numbers, dsr_word word, uint32_t *out) {
  TRY(reserve(numbers));
  TRY(append(numbers, word, out));
  *slot_for(numbers, word) = *out + 1;
  numbers->taken++;
  return DSR_OK;
}

static dsr_status new_in_lane(dsr_numbers *numbers, dsr_word word, int which,
                              uint64_t at, uint32_t *out) {
  number_lane *lane = &numbers->lanes[which];
  if (!in_lane(lane, at)) reach(numbers, which, at);
  if (in_lane(lane, at)) {
    TRY(append(numbers, word, out));
    lane->numbers[at] = *out + 1;
  } else {
    TRY(new_in_hash(numbers, word, out));
  }
  lane->met[bits(at)]++;
  return DSR_OK;
}

dsr_status dsr_numbers_give(dsr_numbers *numbers, dsr_word word, uint32_t *out) {
  uint64_t at;
  int which = lane_of(word, &at);
  uint32_t number = find(numbers, word, which, at);
  if (number == DSR_NUMBER_NONE) {
    return which == NO_LANE ? new_in_hash(numbers, word, out)
                            : new_in_lane(numbers, word, which, at, out);
  }
  *out = number;
  return DSR_OK;
}

/* Have the place in its lane ready where the word belongs to one. */
static void make_ready(const dsr_numbers *numbers, dsr_word word) {
  uint64_t at;
  int which = lane_of(word, &at);
  if (which == NO_LANE || !in_lane(&numbers->lanes[which], at)) return;
  __builtin_prefetch(&numbers->lanes[which].numbers[at]);
}

dsr_status dsr_numbers_give_all(dsr_numbers *numbers, const dsr_word *words, size_t n,
                                uint32_t *out) {
  enum { AHEAD = 16 };
  for (size_t i = 0; i < n; i++) {
    if (i + AHEAD < n) make_ready(numbers, words[i + AHEAD]);
    TRY(dsr_numbers_give(numbers, words[i], &out[i]));
  }
  return DSR_OK;
}

/* What is there is looked up first, without a branch that waits for it: so misses of the
** cache overlap, and what is new finds its place near. */
dsr_status dsr_numbers_give_ints(dsr_numbers *numbers, const int64_t *values, size_t n,
                                 uint32_t *out) {
  static const uint32_t none[1];
  const uint32_t *places = numbers->lanes[LANE_INT].numbers;
  uint64_t size = numbers->lanes[LANE_INT].size;
  if (size == 0) places = none;
  for (size_t i = 0; i < n; i++) {
    uint64_t at = (uint64_t)values[i];
    uint32_t number = places[at < size ? at : 0];
    out[i] = at < size ? number - 1 : DSR_NUMBER_NONE;
  }
  for (size_t i = 0; i < n; i++) {
    if (out[i] != DSR_NUMBER_NONE) continue;
    assert(dsr_word_int_fits(values[i]));
    TRY(dsr_numbers_give(numbers, dsr_word_int(values[i]), &out[i]));
  }
  return DSR_OK;
}

/* ---- asking ---------------------------------------------------------------------- */

uint32_t dsr_numbers_find(const dsr_numbers *numbers, dsr_word word) {
  uint64_t at;
  int which = lane_of(word, &at);
  return find(numbers, word, which, at);
}

dsr_word dsr_numbers_word(const dsr_numbers *numbers, uint32_t number) {
  assert(number < numbers->words.len);
  return numbers->words.items[number];
}

const dsr_word *dsr_numbers_words(const dsr_numbers *numbers) {
  return numbers->words.items;
}

uint32_t dsr_numbers_count(const dsr_numbers *numbers) {
  return (uint32_t)numbers->words.len;
}

size_t dsr_numbers_bytes(const dsr_numbers *numbers) {
  size_t bytes = sizeof *numbers + numbers->words.cap * sizeof(dsr_word) +
                 numbers->n_slots * sizeof *numbers->slots;
  for (int i = 0; i < LANES; i++) {
    bytes += (size_t)numbers->lanes[i].size * sizeof *numbers->lanes[i].numbers;
  }
  return bytes;
}
