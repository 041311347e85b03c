/*
** postings.c - which words stand where, gathered in memory for many texts at once.
**
** What a term has of its texts is a list of numbers, seven bits a byte, low ones first, in
** chunks that grow from 20 bytes to two thousand:
**
**   odd    a text begins: twice its distance from the one before, and 1
**   even   twice a number of FTS5's position list: the distance from the place before and
**          2, or 1 where the next column begins
*/
#include "store/postings.h"

#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "store/varint.h"

enum { SLOTS_FIRST = 1024, CHUNK_FIRST = 32, CHUNK_MOST = 2048 };
enum {
  PUT_MOST = 5 + 1 + 5
}; /* bytes that a word's place takes: text, column, place */
enum { STEPPED = 2, NEXT_COLUMN = 1 }; /* in FTS5's position lists */

typedef struct dsr_postings_chunk {
  struct dsr_postings_chunk *next;
  uint32_t size; /* of the data */
  unsigned char data[];
} chunk;

static const size_t chunk_head = offsetof(chunk, data);

typedef struct term {
  const char *spelling;
  uint32_t len;
  uint32_t place; /* where it stood last, in the column */
  uint64_t id;    /* in the text */
  uint64_t hash;
  int column;
  chunk *first, *last;
  unsigned char *at, *end; /* of the last chunk */
} term;

typedef struct term_slot {
  uint32_t hash, term; /* the term's number and 1; 0 is free */
} term_slot;

struct dsr_postings {
  dsr_arena arena; /* spellings and chunks */
  VEC(term) terms;
  term_slot *slots;
  size_t n_slots; /* a power of two */
  VEC(dsr_text_sizes) texts;
  dsr_text_sizes text; /* at hand */
  uint64_t sum;
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
  dsr_free(postings->slots);
  dsr_arena_free(&postings->arena);
  dsr_free(postings);
}

size_t dsr_postings_memory(const dsr_postings *postings) {
  return postings->arena.total + postings->terms.cap * sizeof *postings->terms.items +
         postings->texts.cap * sizeof *postings->texts.items +
         postings->n_slots * sizeof *postings->slots;
}

uint64_t dsr_postings_sum(const dsr_postings *postings) { return postings->sum; }

const dsr_text_sizes *dsr_postings_texts(const dsr_postings *postings, size_t *n) {
  *n = postings->texts.len;
  return postings->texts.items;
}

/* ---- the sum --------------------------------------------------------------------- */

static inline uint64_t sum_part(uint64_t hash, uint64_t id, int column,
                                uint64_t place) {
  uint64_t at = (id << 28 ^ place) * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)column;
  at = (at ^ hash ^ at >> 32) * UINT64_C(0xd1342543de82ef95);
  return at ^ at >> 29;
}

uint64_t dsr_postings_sum_word(uint64_t id, int column, uint64_t place, dsr_str word) {
  return sum_part(dsr_hash(word.data, word.len, 0), id, column, place);
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

dsr_str dsr_postings_spelling(const dsr_postings *postings, uint32_t number) {
  const term *t = &postings->terms.items[number];
  return (dsr_str){t->spelling, t->len};
}

static chunk *add_chunk(dsr_postings *postings, size_t size) {
  chunk *made = dsr_arena_alloc(&postings->arena, size);
  if (made != NULL) made->size = (uint32_t)(size - chunk_head);
  return made;
}

static void use_chunk(term *t, chunk *made) {
  t->last = made;
  t->at = made->data;
  t->end = made->data + made->size;
}

static dsr_status add_term(dsr_postings *postings, dsr_str word, uint64_t hash,
                           uint32_t *out) {
  term made = {.len = (uint32_t)word.len, .hash = hash};
  if (postings->terms.len * 2 >= postings->n_slots) TRY(grow_slots(postings));
  made.spelling = dsr_arena_str(&postings->arena, word).data;
  made.first = add_chunk(postings, CHUNK_FIRST);
  if (made.spelling == NULL || made.first == NULL) return DSR_ENOMEM;
  use_chunk(&made, made.first);
  if (!VEC_PUSH(&postings->terms, made)) return DSR_ENOMEM;
  size_t at = hash & (postings->n_slots - 1);
  while (postings->slots[at].term != 0) at = (at + 1) & (postings->n_slots - 1);
  *out = (uint32_t)postings->terms.len - 1;
  postings->slots[at] = (term_slot){(uint32_t)hash, *out + 1};
  return DSR_OK;
}

dsr_status dsr_postings_term(dsr_postings *postings, dsr_str word, uint32_t *out) {
  uint64_t hash = dsr_hash(word.data, word.len, 0);
  size_t mask = postings->n_slots - 1, at = hash & mask;
  for (; postings->slots[at].term != 0; at = (at + 1) & mask) {
    uint32_t number = postings->slots[at].term - 1;
    if (postings->slots[at].hash != (uint32_t)hash) continue;
    if (!dsr_str_eq(dsr_postings_spelling(postings, number), word)) continue;
    *out = number;
    return DSR_OK;
  }
  return add_term(postings, word, hash, out);
}

/* ---- texts ----------------------------------------------------------------------- */

void dsr_postings_start(dsr_postings *postings, uint64_t id) {
  postings->text = (dsr_text_sizes){.id = (uint32_t)id};
}

/* The last chunk is full. */
static dsr_status make_room(dsr_postings *postings, term *t) {
  size_t size = 2 * (chunk_head + t->last->size);
  chunk *made = add_chunk(postings, size < CHUNK_MOST ? size : CHUNK_MOST);
  if (made == NULL) return DSR_ENOMEM;
  t->last->size = (uint32_t)(t->at - t->last->data);
  t->last->next = made;
  use_chunk(t, made);
  return DSR_OK;
}

static inline unsigned char *put_number(unsigned char *at, uint64_t number) {
  for (; number >= 0x80; number >>= 7) *at++ = (unsigned char)(number | 0x80);
  *at++ = (unsigned char)number;
  return at;
}

void dsr_postings_ready(const dsr_postings *postings, const uint32_t *terms, size_t n) {
  const term *all = postings->terms.items;
  for (size_t i = 0; i < n; i++) __builtin_prefetch(&all[terms[i]]);
  for (size_t i = 0; i < n; i++) __builtin_prefetch(all[terms[i]].at);
}

dsr_status dsr_postings_put(dsr_postings *postings, int column, uint32_t number) {
  term *t = &postings->terms.items[number];
  uint64_t id = postings->text.id;
  uint32_t place = postings->text.words[column]++;
  postings->sum += sum_part(t->hash, id, column, place);
  if (t->end - t->at < PUT_MOST) TRY(make_room(postings, t));
  if (t->id != id) {
    t->at = put_number(t->at, (id - t->id) << 1 | 1);
    t->id = id;
    t->place = 0;
    t->column = 0;
  }
  if (t->column != column) {
    t->at = put_number(t->at, NEXT_COLUMN << 1);
    t->place = 0;
    t->column = column;
  }
  t->at = put_number(t->at, (uint64_t)(place - t->place + STEPPED) << 1);
  t->place = place;
  return DSR_OK;
}

dsr_status dsr_postings_end(dsr_postings *postings) {
  const dsr_text_sizes *text = &postings->text;
  uint64_t sizes[DSR_SEARCH_COLUMNS] = {text->words[0], text->words[1]};
  if (sizes[0] + sizes[1] == 0) return DSR_OK;
  if (!VEC_PUSH(&postings->texts, *text)) return DSR_ENOMEM;
  postings->sum += dsr_postings_sum_sizes(text->id, sizes);
  return DSR_OK;
}

/* ---- reading --------------------------------------------------------------------- */

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

dsr_status dsr_postings_sort(const dsr_postings *postings, uint32_t **order,
                             size_t *n) {
  *n = postings->terms.len;
  sorted *list = dsr_resize(NULL, (*n + 1) * sizeof *list);
  uint32_t *numbers = dsr_resize(NULL, (*n + 1) * sizeof *numbers);
  if (list == NULL || numbers == NULL) {
    dsr_free(list);
    dsr_free(numbers);
    return DSR_ENOMEM;
  }
  for (size_t i = 0; i < *n; i++) {
    const term *t = &postings->terms.items[i];
    list[i] = (sorted){0, t};
    for (uint32_t c = 0; c < 8; c++) {
      list[i].first =
          list[i].first << 8 | (c < t->len ? (unsigned char)t->spelling[c] : 0);
    }
  }
  qsort(list, *n, sizeof *list, by_bytes);
  for (size_t i = 0; i < *n; i++) {
    numbers[i] = (uint32_t)(list[i].of - postings->terms.items);
  }
  dsr_free(list);
  *order = numbers;
  return DSR_OK;
}

static bool next_number(dsr_postings_walk *walk, uint64_t *number) {
  while (walk->at == walk->end) {
    if (walk->chunk == NULL || walk->chunk->next == NULL) return false;
    walk->chunk = walk->chunk->next;
    walk->at = walk->chunk->data;
    walk->end = walk->chunk->next != NULL ? walk->at + walk->chunk->size : walk->last;
  }
  *number = 0;
  for (int shift = 0;; shift += 7) {
    unsigned char byte = *walk->at++;
    *number |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
}

void dsr_postings_walk_start(const dsr_postings *postings, uint32_t number,
                             dsr_postings_walk *walk) {
  const term *t = &postings->terms.items[number];
  uint64_t first;
  *walk = (dsr_postings_walk){.chunk = t->first, .at = t->first->data, .last = t->at};
  walk->end = t->first->next != NULL ? walk->at + t->first->size : walk->last;
  if (next_number(walk, &first)) walk->next = first >> 1;
}

static bool put_varint(dsr_bytes *out, uint64_t number) {
  unsigned char bytes[DSR_VARINT_MOST];
  return dsr_bytes_put(out, bytes, dsr_varint_put(bytes, number));
}

dsr_status dsr_postings_walk_next(dsr_postings_walk *walk, uint64_t *id,
                                  dsr_bytes *places) {
  uint64_t number;
  if (walk->next == 0) return DSR_DONE;
  *id = walk->id += walk->next;
  walk->next = 0;
  while (next_number(walk, &number)) {
    if (number & 1) {
      walk->next = number >> 1;
      break;
    }
    if (!put_varint(places, number >> 1)) return DSR_ENOMEM;
    if (number >> 1 == NEXT_COLUMN && !put_varint(places, 1)) return DSR_ENOMEM;
  }
  return DSR_ROW;
}
