/*
** postings.c - which words stand where, gathered in memory for many texts at once.
**
** The terms of all texts stand one after the other, column by column, in one list: what a
** text has of it, and where, is told by the texts' sizes.  To read them, terms are given
** their place in the order of their bytes for a number; then each of a run of terms has its
** part of some memory, as many as it has words, and one pass over the list fills these.
*/
#include "store/postings.h"

#include <stdlib.h>
#include <string.h>

#include "ground/text.h"

enum {
  SLOTS_FIRST = 1024,
  LAID_LEAST = 1 << 20, /* words that are laid out at a time */
  LAID_SHARE = 4,       /* or such a share of all */
  FIRST_BYTES = 1 << 16 /* what the first two bytes of a word can be */
};

typedef struct term {
  const char *spelling;
  uint32_t len;
} term;

typedef struct term_slot {
  uint32_t hash, term; /* the term's number and 1; 0 is free */
} term_slot;

struct dsr_postings {
  dsr_arena arena; /* spellings */
  VEC(term) terms;
  term_slot *slots;
  size_t n_slots; /* a power of two */
  VEC(dsr_text_sizes) texts;
  VEC(uint32_t) list; /* terms, text by text */
};

dsr_postings *dsr_postings_new(void) {
  dsr_postings *postings = dsr_alloc(sizeof *postings);
  if (postings == NULL) return NULL;
  postings->slots = dsr_alloc(SLOTS_FIRST * sizeof *postings->slots);
  postings->n_slots = SLOTS_FIRST;
  if (postings->slots != NULL) return postings;
  dsr_free(postings);
  return NULL;
}

void dsr_postings_free(dsr_postings *postings) {
  if (postings == NULL) return;
  VEC_FREE(&postings->terms);
  VEC_FREE(&postings->texts);
  VEC_FREE(&postings->list);
  dsr_free(postings->slots);
  dsr_arena_free(&postings->arena);
  dsr_free(postings);
}

size_t dsr_postings_memory(const dsr_postings *postings) {
  return postings->arena.total + postings->terms.cap * sizeof *postings->terms.items +
         postings->texts.cap * sizeof *postings->texts.items +
         postings->list.cap * sizeof *postings->list.items +
         postings->n_slots * sizeof *postings->slots;
}

const dsr_text_sizes *dsr_postings_texts(const dsr_postings *postings, size_t *n) {
  *n = postings->texts.len;
  return postings->texts.items;
}

/* ---- the sum --------------------------------------------------------------------- */

uint64_t dsr_postings_hash(dsr_str word) { return dsr_hash(word.data, word.len, 0); }

uint64_t dsr_postings_sum_word(uint64_t id, int column, uint64_t place, dsr_str word) {
  return dsr_postings_sum_part(dsr_postings_hash(word), id, column, place);
}

uint64_t dsr_postings_sum_sizes(uint64_t id, const uint64_t sizes[DSR_SEARCH_COLUMNS]) {
  size_t len = DSR_SEARCH_COLUMNS * sizeof *sizes;
  return dsr_postings_sum_word(id, DSR_SEARCH_COLUMNS, 0,
                               (dsr_str){(const char *)sizes, len});
}

/* ---- terms ----------------------------------------------------------------------- */

static dsr_status grow_slots(dsr_postings *postings) {
  size_t n = postings->n_slots * 2;
  term_slot *slots = dsr_alloc(n * sizeof *slots);
  if (slots == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < postings->n_slots; i++) {
    term_slot moved = postings->slots[i];
    size_t to = moved.hash & (n - 1);
    if (moved.term == 0) continue;
    while (slots[to].term != 0) to = (to + 1) & (n - 1);
    slots[to] = moved;
  }
  dsr_free(postings->slots);
  postings->slots = slots;
  postings->n_slots = n;
  return DSR_OK;
}

static dsr_str spelling(const dsr_postings *postings, uint32_t number) {
  const term *t = &postings->terms.items[number];
  return (dsr_str){t->spelling, t->len};
}

static dsr_status add_term(dsr_postings *postings, dsr_str word, uint32_t hash,
                           uint32_t *out) {
  term made = {.len = (uint32_t)word.len};
  if (postings->terms.len * 2 >= postings->n_slots) TRY(grow_slots(postings));
  made.spelling = dsr_arena_str(&postings->arena, word).data;
  if (made.spelling == NULL || !VEC_PUSH(&postings->terms, made)) return DSR_ENOMEM;
  size_t at = hash & (postings->n_slots - 1);
  while (postings->slots[at].term != 0) at = (at + 1) & (postings->n_slots - 1);
  *out = (uint32_t)postings->terms.len - 1;
  postings->slots[at] = (term_slot){hash, *out + 1};
  return DSR_OK;
}

dsr_status dsr_postings_term(dsr_postings *postings, dsr_str word, uint32_t *out) {
  uint32_t hash = (uint32_t)dsr_postings_hash(word);
  size_t mask = postings->n_slots - 1, at = hash & mask;
  for (; postings->slots[at].term != 0; at = (at + 1) & mask) {
    uint32_t number = postings->slots[at].term - 1;
    if (postings->slots[at].hash != hash) continue;
    if (!dsr_str_eq(spelling(postings, number), word)) continue;
    *out = number;
    return DSR_OK;
  }
  return add_term(postings, word, hash, out);
}

dsr_status dsr_postings_put(dsr_postings *postings, const dsr_text_sizes *text,
                            const uint32_t *const terms[DSR_SEARCH_COLUMNS]) {
  size_t all = 0;
  for (int c = 0; c < DSR_SEARCH_COLUMNS; c++) all += text->words[c];
  if (all == 0) return DSR_OK;
  if (!VEC_RESERVE(&postings->list, all) || !VEC_PUSH(&postings->texts, *text)) {
    return DSR_ENOMEM;
  }
  uint32_t *to = postings->list.items + postings->list.len;
  for (int c = 0; c < DSR_SEARCH_COLUMNS; c++) {
    for (uint32_t i = 0; i < text->words[c]; i++) *to++ = terms[c][i];
  }
  postings->list.len += all;
  return DSR_OK;
}

/* ---- the order of terms ---------------------------------------------------------- */

/* A term to be sorted by its first bytes, mostly. */
typedef struct sorted {
  uint64_t first; /* eight bytes, as a number that is in their order */
  const term *of;
} sorted;

static int by_bytes(const void *left, const void *right) {
  const sorted *a = left, *b = right;
  if (a->first != b->first) return a->first < b->first ? -1 : 1;
  return dsr_str_cmp((dsr_str){a->of->spelling, a->of->len},
                     (dsr_str){b->of->spelling, b->of->len});
}

static uint64_t first_bytes(const term *t) {
  uint64_t first = 0;
  for (uint32_t c = 0; c < 8; c++) {
    first = first << 8 | (c < t->len ? (unsigned char)t->spelling[c] : 0);
  }
  return first;
}

static inline size_t first_two(const term *t) {
  size_t second = t->len > 1 ? (unsigned char)t->spelling[1] : 0;
  return (size_t)(unsigned char)t->spelling[0] << 8 | second;
}

/* By the first two bytes, and then those that have these in common. */
static void sort_terms(const dsr_postings *postings, sorted *list, uint32_t *ends) {
  size_t n = postings->terms.len, start = 0;
  const term *terms = postings->terms.items;
  uint32_t sum = 0;
  memset(ends, 0, FIRST_BYTES * sizeof *ends);
  for (size_t i = 0; i < n; i++) ends[first_two(&terms[i])]++;
  for (size_t b = 0; b < FIRST_BYTES; b++) {
    uint32_t some = ends[b];
    ends[b] = sum;
    sum += some;
  }
  for (size_t i = 0; i < n; i++) {
    list[ends[first_two(&terms[i])]++] = (sorted){first_bytes(&terms[i]), &terms[i]};
  }
  for (size_t b = 0; b < FIRST_BYTES; start = ends[b++]) {
    if (ends[b] > start + 1)
      qsort(list + start, ends[b] - start, sizeof *list, by_bytes);
  }
}

static dsr_status order_terms(const dsr_postings *postings, uint32_t *order) {
  size_t n = postings->terms.len;
  sorted *list = dsr_resize(NULL, (n + 1) * sizeof *list);
  uint32_t *ends = dsr_resize(NULL, FIRST_BYTES * sizeof *ends);
  bool ok = list != NULL && ends != NULL;
  if (ok) {
    sort_terms(postings, list, ends);
    for (size_t i = 0; i < n; i++) {
      order[i] = (uint32_t)(list[i].of - postings->terms.items);
    }
  }
  dsr_free(ends);
  dsr_free(list);
  return ok ? DSR_OK : DSR_ENOMEM;
}

/* ---- reading --------------------------------------------------------------------- */

/* Number terms by their order, and count their words. */
static dsr_status rank(dsr_postings *postings, const uint32_t *order,
                       uint32_t *counts) {
  size_t n = postings->terms.len;
  uint32_t *ranks = dsr_resize(NULL, (n + 1) * sizeof *ranks);
  if (ranks == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < n; i++) ranks[order[i]] = (uint32_t)i;
  for (size_t i = 0; i < postings->list.len; i++) {
    uint32_t *at = &postings->list.items[i];
    *at = ranks[*at];
    counts[*at]++;
  }
  dsr_free(ranks);
  return DSR_OK;
}

dsr_status dsr_postings_read(dsr_postings *postings, dsr_postings_reader *reader) {
  size_t n = postings->terms.len;
  dsr_postings_reader made = {.postings = postings};
  made.order = dsr_resize(NULL, (n + 1) * sizeof *made.order);
  made.ends = dsr_alloc((n + 1) * sizeof *made.ends);
  bool ok = made.order != NULL && made.ends != NULL;
  dsr_status rc = ok ? order_terms(postings, made.order) : DSR_ENOMEM;
  if (rc >= 0) rc = rank(postings, made.order, made.ends);
  if (rc < 0) {
    dsr_postings_stop(&made);
    return rc;
  }
  *reader = made;
  return DSR_OK;
}

void dsr_postings_stop(dsr_postings_reader *reader) {
  dsr_free(reader->order);
  dsr_free(reader->ends);
  dsr_free(reader->laid);
  *reader = (dsr_postings_reader){0};
}

/* Put the words of a text where they belong, if they are of the terms at hand. */
static inline void lay_words(dsr_postings_reader *reader, const uint32_t *terms,
                             uint32_t n, dsr_posting at) {
  uint32_t first = (uint32_t)reader->at, many = (uint32_t)(reader->to - reader->at);
  for (uint32_t i = 0; i < n; i++, at.place++) {
    if (terms[i] - first < many) reader->laid[reader->ends[terms[i]]++] = at;
  }
}

static void lay_texts(dsr_postings_reader *reader) {
  const dsr_postings *postings = reader->postings;
  const uint32_t *terms = postings->list.items;
  for (size_t i = 0; i < postings->texts.len; i++) {
    const dsr_text_sizes *text = &postings->texts.items[i];
    lay_words(reader, terms, text->words[0], (dsr_posting){text->id, 0});
    terms += text->words[0];
    lay_words(reader, terms, text->words[1],
              (dsr_posting){text->id, DSR_POSTING_SECOND});
    terms += text->words[1];
  }
}

/* Lay out terms from the next one on. */
static dsr_status lay_some(dsr_postings_reader *reader) {
  const dsr_postings *postings = reader->postings;
  size_t most = postings->list.len / LAID_SHARE + 1, all = 0;
  if (most < LAID_LEAST) most = LAID_LEAST;
  reader->to = reader->at;
  while (reader->to < postings->terms.len) {
    uint32_t count = reader->ends[reader->to];
    if (reader->to > reader->at && all + count > most) break;
    reader->ends[reader->to++] = (uint32_t)all;
    all += count;
  }
  if (all > reader->room) {
    dsr_free(reader->laid);
    reader->room = 0;
    reader->laid = dsr_resize(NULL, all * sizeof *reader->laid);
    if (reader->laid == NULL) return DSR_ENOMEM;
    reader->room = all;
  }
  lay_texts(reader);
  reader->start = 0;
  return DSR_OK;
}

dsr_status dsr_postings_next(dsr_postings_reader *reader, dsr_str *word,
                             const dsr_posting **list, size_t *n) {
  do {
    if (reader->at == reader->to) {
      if (reader->at == reader->postings->terms.len) return DSR_DONE;
      TRY(lay_some(reader));
    }
    *word = spelling(reader->postings, reader->order[reader->at]);
    *list = reader->laid + reader->start;
    *n = reader->ends[reader->at] - reader->start;
    reader->start += *n;
    reader->at++;
  } while (*n == 0);
  return DSR_ROW;
}
