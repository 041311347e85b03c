/*
** rank.c - the rows of one relation in the order of values.
**
** Each word gets a key, a number whose order is that of values: what it is in the top three
** bits, then for booleans, integers, decimals of one form and exact days what the word
** itself says, for names their rank among the names met.  A day and the other times go
** together: the earliest start, then 0 for a day or the rank among the other times.
**
** The keys of a row are packed into as few 64-bit numbers as their ranges ask for, and rows
** are sorted by these, from the last to the first, eleven bits at a time.  Names are sorted
** by multikey quicksort (Bentley and Sedgewick, "Fast Algorithms for Sorting and Searching
** Strings", 1997), eight bytes being one letter.
*/
#include "io/rank.h"

#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "ground/mergesort.h"

enum {
  CLASS_SHIFT = 61,
  CLASS_BOOL = 1,
  CLASS_NUMBER,
  CLASS_TIME,
  CLASS_ENTITY,
  CLASS_TEXT,
  START_SHIFT = 29, /* where in the key of a time its earliest start is */
  DIGIT = 11,
  FEW = 12, /* rows or names that are sorted by insertion */
};

void dsr_rank_start(dsr_rank *rank, dsr_facts *facts) {
  *rank = (dsr_rank){.facts = facts};
}

void dsr_rank_free(dsr_rank *rank) {
  VEC_FREE(&rank->rows);
  VEC_FREE(&rank->order);
  VEC_FREE(&rank->of);
  VEC_FREE(&rank->entities);
  VEC_FREE(&rank->texts);
  VEC_FREE(&rank->times);
  VEC_FREE(&rank->numbers);
}

static dsr_status no_memory(dsr_rank *rank) {
  return dsr_fail_memory(dsr_facts_error(rank->facts));
}

static dsr_symbols *symbols_of(dsr_rank *rank) {
  return dsr_facts_symbols(rank->facts);
}

/* No symbol is met. */
static void forget(dsr_rank *rank) {
  uint32_t *of = rank->of.items;
  for (size_t i = 0; i < rank->entities.len; i++) {
    of[dsr_word_payload(rank->entities.items[i].word)] = 0;
  }
  for (size_t i = 0; i < rank->texts.len; i++) {
    of[dsr_word_payload(rank->texts.items[i].word)] = 0;
  }
  for (size_t i = 0; i < rank->times.len; i++) {
    of[dsr_word_payload(rank->times.items[i])] = 0;
  }
  for (size_t i = 0; i < rank->numbers.len; i++) {
    if (!dsr_word_interned(rank->numbers.items[i])) continue;
    of[dsr_word_payload(rank->numbers.items[i])] = 0;
  }
  rank->entities.len = rank->texts.len = rank->times.len = rank->numbers.len = 0;
}

void dsr_rank_clear(dsr_rank *rank, int arity, bool symmetric) {
  forget(rank);
  rank->columns = arity + 1;
  rank->symmetric = symmetric;
  rank->rows.len = rank->order.len = 0;
}

dsr_status dsr_rank_put(dsr_rank *rank, const uint64_t *row, uint64_t set,
                        uint64_t flags) {
  size_t n = (size_t)rank->columns;
  if (!VEC_RESERVE(&rank->rows, n + 2)) return no_memory(rank);
  uint64_t *to = rank->rows.items + rank->rows.len;
  memcpy(to, row, n * sizeof *row);
  to[n] = set;
  to[n + 1] = flags;
  rank->rows.len += n + 2;
  return DSR_OK;
}

/* ---- names ------------------------------------------------------------------------ */

static uint64_t front_at(dsr_str text, size_t depth) {
  unsigned char bytes[8] = {0};
  const unsigned char *at = (const unsigned char *)text.data + depth;
  if (depth >= text.len) return 0;
  if (text.len - depth < 8) {
    memcpy(bytes, at, text.len - depth);
    at = bytes;
  }
  return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
         (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
         (uint64_t)at[6] << 8 | at[7];
}

/* Names that are alike up to where their fronts are from. */
static void insert_names(dsr_rank_name *names, size_t n) {
  for (size_t i = 1; i < n; i++) {
    dsr_rank_name one = names[i];
    size_t k = i;
    for (; k > 0; k--) {
      const dsr_rank_name *before = &names[k - 1];
      if (before->front < one.front) break;
      if (before->front == one.front && dsr_str_cmp(before->text, one.text) <= 0) break;
      names[k] = *before;
    }
    names[k] = one;
  }
}

static uint64_t middle_of(uint64_t a, uint64_t b, uint64_t c) {
  if (a > b) {
    uint64_t swap = a;
    a = b;
    b = swap;
  }
  return c < a ? a : c > b ? b : c;
}

/* Part names into those below, at and above `pivot`. */
static void part_names(dsr_rank_name *names, size_t n, uint64_t pivot, size_t *low,
                       size_t *high) {
  size_t i = 0, below = 0, above = n;
  while (i < above) {
    dsr_rank_name one = names[i];
    if (one.front < pivot) {
      names[i++] = names[below];
      names[below++] = one;
    } else if (one.front > pivot) {
      names[i] = names[--above];
      names[above] = one;
    } else {
      i++;
    }
  }
  *low = below;
  *high = above;
}

/* Sort names that are alike up to `depth`.  The largest part is gone on with, so that the
** calls nest no deeper than a logarithm of their number. */
static void sort_names(dsr_rank_name *names, size_t n, size_t depth) {
  while (n > FEW) {
    size_t low, high;
    uint64_t pivot = middle_of(names[0].front, names[n / 2].front, names[n - 1].front);
    part_names(names, n, pivot, &low, &high);
    dsr_rank_name *same = names + low;
    size_t n_same = high - low, n_above = n - high;
    for (size_t i = 0; i < n_same; i++) {
      same[i].front = front_at(same[i].text, depth + 8);
    }
    if (n_same >= low && n_same >= n_above) {
      sort_names(names, low, depth);
      sort_names(names + high, n_above, depth);
      names = same;
      n = n_same;
      depth += 8;
    } else if (low >= n_above) {
      sort_names(same, n_same, depth + 8);
      sort_names(names + high, n_above, depth);
      n = low;
    } else {
      sort_names(same, n_same, depth + 8);
      sort_names(names, low, depth);
      names += high;
      n = n_above;
    }
  }
  insert_names(names, n);
}

/* ---- what is met ------------------------------------------------------------------ */

static dsr_status meet_symbol(dsr_rank *rank, dsr_word word) {
  dsr_symbol_kind kind;
  dsr_rank_name name = {.word = word};
  bool ok = true;
  TRY(dsr_symbols_get(symbols_of(rank), word, &kind, &name.text));
  name.front = front_at(name.text, 0);
  switch (kind) {
    case DSR_SYM_ENTITY:
      ok = VEC_PUSH(&rank->entities, name);
      break;
    case DSR_SYM_TEXT:
      ok = VEC_PUSH(&rank->texts, name);
      break;
    case DSR_SYM_TIME:
      ok = VEC_PUSH(&rank->times, word);
      break;
    case DSR_SYM_NUMBER:
      ok = VEC_PUSH(&rank->numbers, word);
      break;
  }
  if (!ok) return no_memory(rank);
  if (dsr_word_payload(word) >= rank->of.len) {
    return dsr_fail(dsr_facts_error(rank->facts), DSR_EDAMAGED,
                    "damaged base: a fact names no symbol");
  }
  rank->of.items[dsr_word_payload(word)] = 1;
  return DSR_OK;
}

/* Room to note that a symbol was met. */
static dsr_status grow(dsr_rank *rank, uint64_t number) {
  uint64_t next = dsr_symbols_next(symbols_of(rank));
  size_t need = (size_t)(number >= next ? number + 1 : next);
  if (number >= DSR_SYMBOL_MOST) return DSR_OK; /* damaged: told when it is looked at */
  if (need <= rank->of.len) return DSR_OK;
  if (!VEC_RESERVE(&rank->of, need - rank->of.len)) return no_memory(rank);
  memset(rank->of.items + rank->of.len, 0,
         (need - rank->of.len) * sizeof *rank->of.items);
  rank->of.len = need;
  return DSR_OK;
}

static dsr_status meet(dsr_rank *rank, dsr_word word, unsigned *tags) {
  uint64_t number = dsr_word_payload(word);
  *tags |= 1u << dsr_word_tag(word);
  if (!dsr_word_interned(word)) return DSR_OK;
  if (number >= rank->of.len) TRY(grow(rank, number));
  if (number < rank->of.len && rank->of.items[number] != 0) return DSR_OK;
  return meet_symbol(rank, word);
}

static dsr_status word_order(void *ud, const void *a, const void *b, int *order) {
  return dsr_value_compare(ud, *(const dsr_word *)a, *(const dsr_word *)b, order);
}

/* Sort words by value. */
static dsr_status sort_words(dsr_rank *rank, dsr_word *words, size_t n) {
  return dsr_mergesort(words, n, sizeof *words, word_order, symbols_of(rank),
                       dsr_facts_error(rank->facts));
}

/* Where numbers are of several forms, all of them are listed, each once. */
static dsr_status list_numbers(dsr_rank *rank) {
  size_t width = (size_t)rank->columns + 2, kept = 0;
  for (size_t at = 0; at < rank->rows.len; at += width) {
    for (int c = 0; c < rank->columns; c++) {
      dsr_word word = rank->rows.items[at + (size_t)c];
      int tag = dsr_word_tag(word);
      if (tag != DSR_TAG_INT && tag != DSR_TAG_DECIMAL) continue;
      if (!VEC_PUSH(&rank->numbers, word)) return no_memory(rank);
    }
  }
  TRY(sort_words(rank, rank->numbers.items, rank->numbers.len));
  for (size_t i = 0; i < rank->numbers.len; i++) {
    dsr_word word = rank->numbers.items[i];
    if (kept > 0 && rank->numbers.items[kept - 1] == word) continue;
    rank->numbers.items[kept++] = word;
  }
  rank->numbers.len = kept;
  return DSR_OK;
}

static dsr_status rank_symbols(dsr_rank *rank, unsigned tags) {
  uint32_t *of = rank->of.items;
  sort_names(rank->entities.items, rank->entities.len, 0);
  sort_names(rank->texts.items, rank->texts.len, 0);
  TRY(sort_words(rank, rank->times.items, rank->times.len));
  bool both = (tags >> DSR_TAG_INT & 1) && (tags >> DSR_TAG_DECIMAL & 1);
  rank->mixed = both || rank->numbers.len > 0;
  if (rank->mixed) TRY(list_numbers(rank));
  for (size_t i = 0; i < rank->entities.len; i++) {
    of[dsr_word_payload(rank->entities.items[i].word)] = (uint32_t)i + 1;
  }
  for (size_t i = 0; i < rank->texts.len; i++) {
    of[dsr_word_payload(rank->texts.items[i].word)] = (uint32_t)i + 1;
  }
  for (size_t i = 0; i < rank->times.len; i++) {
    of[dsr_word_payload(rank->times.items[i])] = (uint32_t)i + 1;
  }
  for (size_t i = 0; i < rank->numbers.len; i++) {
    if (!dsr_word_interned(rank->numbers.items[i])) continue;
    of[dsr_word_payload(rank->numbers.items[i])] = (uint32_t)i + 1;
  }
  return DSR_OK;
}

/* ---- keys ------------------------------------------------------------------------- */

static uint64_t key_in(int class, uint64_t payload) {
  return (uint64_t) class << CLASS_SHIFT | payload;
}

/* The place of a number that has a word of its own, among all. */
static dsr_status place_of_number(dsr_rank *rank, dsr_word word, uint64_t *out) {
  size_t low = 0, high = rank->numbers.len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order;
    TRY(dsr_value_compare(symbols_of(rank), rank->numbers.items[middle], word, &order));
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  *out = low + 1;
  return DSR_OK;
}

static dsr_status key_of_other(dsr_rank *rank, dsr_word word, uint64_t *out) {
  uint64_t place = rank->of.items[dsr_word_payload(word)];
  dsr_symbol_kind kind;
  dsr_str text;
  dsr_time time;
  TRY(dsr_symbols_get(symbols_of(rank), word, &kind, &text));
  if (kind == DSR_SYM_NUMBER) {
    *out = key_in(CLASS_NUMBER, place);
    return DSR_OK;
  }
  TRY(dsr_word_time(symbols_of(rank), word, &time));
  uint64_t start = (uint64_t)((int64_t)time.es - DSR_DAY_FIRST);
  *out = key_in(CLASS_TIME, start << START_SHIFT | place);
  return DSR_OK;
}

static dsr_status key_of(dsr_rank *rank, dsr_word word, uint64_t *out) {
  uint64_t payload = dsr_word_payload(word);
  switch (dsr_word_tag(word)) {
    case DSR_TAG_NONE:
      *out = 0;
      return DSR_OK;
    case DSR_TAG_BOOL:
      *out = key_in(CLASS_BOOL, payload);
      return DSR_OK;
    case DSR_TAG_INT:
    case DSR_TAG_DECIMAL:
      if (rank->mixed) TRY(place_of_number(rank, word, &payload));
      *out = key_in(CLASS_NUMBER, payload);
      return DSR_OK;
    case DSR_TAG_DAY:
      payload = (uint64_t)(dsr_word_signed(word) - DSR_DAY_FIRST) << START_SHIFT;
      *out = key_in(CLASS_TIME, payload);
      return DSR_OK;
    case DSR_TAG_ENTITY:
      *out = key_in(CLASS_ENTITY, rank->of.items[payload]);
      return DSR_OK;
    case DSR_TAG_TEXT:
      *out = key_in(CLASS_TEXT, rank->of.items[payload]);
      return DSR_OK;
    default:
      return key_of_other(rank, word, out);
  }
}

/* ---- rows ------------------------------------------------------------------------- */

/* How the keys of a row are packed: for each column what is taken off its key, and where
** in which number it goes. */
typedef struct packing {
  int columns, numbers;
  uint64_t least[DSR_ROW_MAX], most[DSR_ROW_MAX];
  int number[DSR_ROW_MAX], shift[DSR_ROW_MAX];
  int bits[DSR_ROW_MAX]; /* in use of each number */
} packing;

static int bits_of(uint64_t n) {
  int bits = 0;
  for (; n > 0; n >>= 1) bits++;
  return bits;
}

/* Fill the numbers from the last column on. */
static void plan_packing(packing *plan) {
  int at = 0, used = 0;
  for (int c = plan->columns - 1; c >= 0; c--) {
    int bits = bits_of(plan->most[c] - plan->least[c]);
    if (used + bits > 64) {
      plan->bits[at++] = used;
      used = 0;
    }
    plan->number[c] = at;
    plan->shift[c] = bits > 0 ? used : 0;
    used += bits;
  }
  plan->bits[at++] = used;
  plan->numbers = at;
}

/* Find the ranges of the columns' keys; put symmetric rows in order. */
static dsr_status survey(dsr_rank *rank, packing *plan) {
  size_t width = (size_t)rank->columns + 2;
  plan->columns = rank->columns;
  for (int c = 0; c < rank->columns; c++) {
    plan->least[c] = UINT64_MAX;
    plan->most[c] = 0;
  }
  for (size_t at = 0; at < rank->rows.len; at += width) {
    uint64_t *row = rank->rows.items + at, keys[DSR_ROW_MAX] = {0};
    for (int c = 0; c < rank->columns; c++) TRY(key_of(rank, row[c], &keys[c]));
    if (rank->symmetric && keys[0] > keys[1]) {
      uint64_t key = keys[0], word = row[0];
      keys[0] = keys[1], keys[1] = key;
      row[0] = row[1], row[1] = word;
    }
    for (int c = 0; c < rank->columns; c++) {
      if (keys[c] < plan->least[c]) plan->least[c] = keys[c];
      if (keys[c] > plan->most[c]) plan->most[c] = keys[c];
    }
  }
  plan_packing(plan);
  return DSR_OK;
}

static dsr_status pack(dsr_rank *rank, const packing *plan, uint64_t *out) {
  size_t width = (size_t)rank->columns + 2, n = (size_t)plan->numbers;
  for (size_t at = 0; at < rank->rows.len; at += width, out += n) {
    memset(out, 0, n * sizeof *out);
    for (int c = 0; c < rank->columns; c++) {
      uint64_t key;
      if (plan->least[c] == plan->most[c]) continue;
      TRY(key_of(rank, rank->rows.items[at + (size_t)c], &key));
      out[plan->number[c]] |= (key - plan->least[c]) << plan->shift[c];
    }
  }
  return DSR_OK;
}

typedef struct pair {
  uint64_t key;
  uint32_t row;
} pair;

/* One pass over `bits` bits from `shift` on. */
static void radix_pass(const pair *from, pair *to, size_t n, int shift) {
  size_t count[1 << DIGIT] = {0}, sum = 0;
  uint64_t mask = (1u << DIGIT) - 1;
  for (size_t i = 0; i < n; i++) count[from[i].key >> shift & mask]++;
  for (size_t d = 0; d <= mask; d++) {
    size_t here = count[d];
    count[d] = sum;
    sum += here;
  }
  for (size_t i = 0; i < n; i++) to[count[from[i].key >> shift & mask]++] = from[i];
}

static void insert_pairs(pair *pairs, size_t n) {
  for (size_t i = 1; i < n; i++) {
    pair one = pairs[i];
    size_t k = i;
    for (; k > 0 && pairs[k - 1].key > one.key; k--) pairs[k] = pairs[k - 1];
    pairs[k] = one;
  }
}

static bool in_order(const pair *pairs, size_t n) {
  for (size_t i = 1; i < n; i++) {
    if (pairs[i - 1].key > pairs[i].key) return false;
  }
  return true;
}

/* Sort the rows by one of their numbers, keeping the order of equals. */
static void sort_by(dsr_rank *rank, const uint64_t *keys, int numbers, int which,
                    int bits, pair *pairs, pair *spare) {
  size_t n = rank->order.len;
  for (size_t i = 0; i < n; i++) {
    uint32_t row = rank->order.items[i];
    pairs[i] = (pair){keys[(size_t)row * (size_t)numbers + (size_t)which], row};
  }
  if (in_order(pairs, n)) return;
  if (n <= FEW) {
    insert_pairs(pairs, n);
  } else {
    for (int shift = 0; shift < bits; shift += DIGIT) {
      radix_pass(pairs, spare, n, shift);
      pair *swap = pairs;
      pairs = spare;
      spare = swap;
    }
  }
  for (size_t i = 0; i < n; i++) rank->order.items[i] = pairs[i].row;
}

/* Of equal rows keep the first, with the flags of all. */
static void merge_equals(dsr_rank *rank, const uint64_t *keys, size_t numbers) {
  size_t kept = 0, width = (size_t)rank->columns + 2;
  uint32_t *order = rank->order.items;
  for (size_t i = 0; i < rank->order.len; i++) {
    if (kept > 0 && memcmp(keys + order[kept - 1] * numbers, keys + order[i] * numbers,
                           numbers * sizeof *keys) == 0) {
      rank->rows.items[order[kept - 1] * width + width - 1] |=
          rank->rows.items[order[i] * width + width - 1];
      continue;
    }
    order[kept++] = order[i];
  }
  rank->order.len = kept;
}

static dsr_status sort_packed(dsr_rank *rank, const packing *plan, size_t n) {
  uint64_t *keys = dsr_alloc((n * (size_t)plan->numbers + 1) * sizeof *keys);
  pair *pairs = dsr_alloc((2 * n + 1) * sizeof *pairs);
  dsr_status rc = DSR_OK;
  if (keys == NULL || pairs == NULL || !VEC_RESERVE(&rank->order, n)) {
    rc = no_memory(rank);
  }
  if (rc >= 0) rc = pack(rank, plan, keys);
  if (rc >= 0) {
    for (size_t i = 0; i < n; i++) rank->order.items[i] = (uint32_t)i;
    rank->order.len = n;
    for (int k = 0; k < plan->numbers; k++) {
      sort_by(rank, keys, plan->numbers, k, plan->bits[k], pairs, pairs + n);
    }
    merge_equals(rank, keys, (size_t)plan->numbers);
  }
  dsr_free(keys);
  dsr_free(pairs);
  return rc;
}

dsr_status dsr_rank_sort(dsr_rank *rank) {
  size_t width = (size_t)rank->columns + 2, n = rank->rows.len / width;
  unsigned tags = 0;
  packing plan = {.columns = 0};
  rank->order.len = 0;
  if (n == 0) return DSR_OK;
  if (n > UINT32_MAX) {
    return dsr_fail(dsr_facts_error(rank->facts), DSR_ELIMIT,
                    "a relation of more than %u facts cannot be put in order",
                    UINT32_MAX);
  }
  for (size_t at = 0; at < rank->rows.len; at += width) {
    for (int c = 0; c < rank->columns; c++) {
      TRY(meet(rank, rank->rows.items[at + (size_t)c], &tags));
    }
  }
  TRY(rank_symbols(rank, tags));
  TRY(survey(rank, &plan));
  return sort_packed(rank, &plan, n);
}
