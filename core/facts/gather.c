/*
** gather.c - the words of many texts, on their way into the search.
*/
#include "facts/gather.h"

#include <string.h>

#include "facts/search.h"
#include "ground/text.h"
#include "value/symbol.h"

enum { SLOTS_FIRST = 4096, COLUMN_STEMS = 0, COLUMN_WORDS = 1, MEMORY_LEAST = 1 << 20 };
enum { TOGETHER = 32 /* words looked up side by side */ };

static const uint32_t no_term = UINT32_MAX;

/* A word of a language, and the terms that it goes into the index as. */
typedef struct known_word {
  uint64_t head;    /* its first eight bytes, zero behind its end */
  const char *tail; /* what is behind these */
  uint32_t hash;
  uint16_t len, language;
  uint32_t stem, whole, bare; /* no_term: none */
} known_word;

/* A word that waits. */
typedef struct met_word {
  dsr_str word;
  uint64_t head;
  uint32_t hash;
} met_word;

typedef struct dsr_gatherer {
  dsr_postings *postings;
  dsr_stemmers stemmers;
  VEC(known_word) words;
  uint32_t *slots; /* a word's number and 1; 0 is free */
  size_t n_slots;  /* a power of two */
  dsr_arena spellings;
  dsr_arena scratch;    /* of a word or text */
  VEC(uint32_t) others; /* terms of the text's second column */
  dsr_bytes folded;     /* the text, where it is ASCII */
  met_word met[TOGETHER];
  size_t n_met;
} gatherer;

/* ---- life ------------------------------------------------------------------------ */

static void free_work(gatherer *g) {
  if (g == NULL) return;
  dsr_postings_free(g->postings);
  dsr_stemmers_free(&g->stemmers);
  VEC_FREE(&g->words);
  VEC_FREE(&g->others);
  VEC_FREE(&g->folded);
  dsr_free(g->slots);
  dsr_arena_free(&g->spellings);
  dsr_arena_free(&g->scratch);
  dsr_free(g);
}

static dsr_status new_work(gatherer **out) {
  gatherer *g = dsr_alloc(sizeof *g);
  if (g == NULL) return DSR_ENOMEM;
  g->postings = dsr_postings_new();
  g->n_slots = SLOTS_FIRST;
  g->slots = dsr_alloc(g->n_slots * sizeof *g->slots);
  if (g->postings == NULL || g->slots == NULL) {
    free_work(g);
    return DSR_ENOMEM;
  }
  *out = g;
  return DSR_OK;
}

void dsr_gathering_free(dsr_gathering *gathering) {
  free_work(gathering->work);
  for (size_t i = 0; i < gathering->segments.len; i++) {
    dsr_segment_free(gathering->segments.items[i]);
  }
  VEC_FREE(&gathering->segments);
  *gathering = (dsr_gathering){0};
}

static size_t taken(const gatherer *g) {
  return dsr_postings_memory(g->postings) + g->spellings.total +
         g->words.cap * sizeof *g->words.items + g->n_slots * sizeof *g->slots;
}

/* ---- words ----------------------------------------------------------------------- */

static dsr_status grow_slots(gatherer *g) {
  size_t n = g->n_slots * 2;
  uint32_t *slots = dsr_alloc(n * sizeof *slots);
  if (slots == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < g->words.len; i++) {
    size_t at = g->words.items[i].hash & (n - 1);
    while (slots[at] != 0) at = (at + 1) & (n - 1);
    slots[at] = (uint32_t)i + 1;
  }
  dsr_free(g->slots);
  g->slots = slots;
  g->n_slots = n;
  return DSR_OK;
}

static dsr_status find_term(gatherer *g, dsr_str word, uint32_t *term) {
  *term = no_term;
  return word.len == 0 ? DSR_OK : dsr_postings_term(g->postings, word, term);
}

static inline uint64_t head_of(dsr_str word) {
  uint64_t head = 0;
  memcpy(&head, word.data, word.len < sizeof head ? word.len : sizeof head);
  return head;
}

/* For words of this table: most have no more than eight bytes. */
static inline uint32_t hash_word(uint64_t head, dsr_str word, int language) {
  uint64_t hash = head ^ (uint64_t)language << 56 ^ word.len << 48;
  hash *= UINT64_C(0x9e3779b97f4a7c15);
  if (word.len > sizeof head) {
    hash ^= dsr_hash(word.data + sizeof head, word.len - sizeof head, hash);
  }
  return (uint32_t)(hash ^ hash >> 32);
}

static inline bool is_word(const known_word *known, uint64_t head, dsr_str word,
                           int language) {
  return known->head == head && known->len == word.len && known->language == language &&
         (word.len <= sizeof head ||
          memcmp(known->tail, word.data + sizeof head, word.len - sizeof head) == 0);
}

static dsr_status learn(gatherer *g, int language, dsr_str word, uint32_t hash,
                        size_t *out) {
  dsr_spelling spelling;
  known_word made = {.head = head_of(word),
                     .hash = hash,
                     .len = (uint16_t)word.len,
                     .language = (uint16_t)language};
  if (g->words.len * 2 >= g->n_slots) TRY(grow_slots(g));
  TRY(dsr_spell(&g->stemmers, language, word, &g->scratch, &spelling));
  TRY(find_term(g, spelling.stem, &made.stem));
  TRY(find_term(g, spelling.word, &made.whole));
  TRY(find_term(g, spelling.bare, &made.bare));
  if (word.len > sizeof made.head) {
    dsr_str tail = {word.data + sizeof made.head, word.len - sizeof made.head};
    made.tail = dsr_arena_str(&g->spellings, tail).data;
    if (made.tail == NULL) return DSR_ENOMEM;
  }
  if (!VEC_PUSH(&g->words, made)) return DSR_ENOMEM;
  *out = g->words.len - 1;
  size_t at = hash & (g->n_slots - 1);
  while (g->slots[at] != 0) at = (at + 1) & (g->n_slots - 1);
  g->slots[at] = (uint32_t)*out + 1;
  return DSR_OK;
}

/* The number of a word; it is learned if it was never met. */
static dsr_status find_word(gatherer *g, int language, const met_word *met,
                            size_t *found) {
  size_t mask = g->n_slots - 1, at = met->hash & mask;
  for (; g->slots[at] != 0; at = (at + 1) & mask) {
    const known_word *known = &g->words.items[g->slots[at] - 1];
    if (!is_word(known, met->head, met->word, language)) continue;
    *found = g->slots[at] - 1;
    return DSR_OK;
  }
  return learn(g, language, met->word, met->hash, found);
}

static dsr_status put_known(gatherer *g, const known_word *known) {
  TRY(dsr_postings_put(g->postings, COLUMN_STEMS, known->stem));
  if (known->whole != no_term && !VEC_PUSH(&g->others, known->whole)) return DSR_ENOMEM;
  if (known->bare != no_term && !VEC_PUSH(&g->others, known->bare)) return DSR_ENOMEM;
  return DSR_OK;
}

/* Put the words that were met: what each pass reads, the one before asked for. */
static dsr_status put_met(gatherer *g, int language) {
  uint32_t stems[TOGETHER] = {0};
  size_t found[TOGETHER], n = g->n_met;
  g->n_met = 0;
  for (size_t i = 0; i < n; i++) {
    met_word *met = &g->met[i];
    met->head = head_of(met->word);
    met->hash = hash_word(met->head, met->word, language);
    __builtin_prefetch(&g->slots[met->hash & (g->n_slots - 1)]);
  }
  for (size_t i = 0; i < n; i++) {
    uint32_t slot = g->slots[g->met[i].hash & (g->n_slots - 1)];
    if (slot != 0) __builtin_prefetch(&g->words.items[slot - 1]);
  }
  for (size_t i = 0; i < n; i++) {
    TRY(find_word(g, language, &g->met[i], &found[i]));
    stems[i] = g->words.items[found[i]].stem;
  }
  dsr_postings_ready(g->postings, stems, n);
  for (size_t i = 0; i < n; i++) TRY(put_known(g, &g->words.items[found[i]]));
  return DSR_OK;
}

/* A folded word of the text at hand, good until the text's end. */
static inline dsr_status meet(gatherer *g, int language, dsr_str word) {
  g->met[g->n_met++].word = word;
  return g->n_met < TOGETHER ? DSR_OK : put_met(g, language);
}

/* ---- texts ----------------------------------------------------------------------- */

static bool is_plain(dsr_str text) {
  unsigned char all = 0;
  for (size_t i = 0; i < text.len; i++) all |= (unsigned char)text.data[i];
  return all < 0x80;
}

/* An ASCII letter or digit as a small one; 0 for what is between words. */
static const char small_letters[128] = {
    ['0'] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ['A'] = 'a', 'b', 'c',
    'd',         'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',         'o', 'p',
    'q',         'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', ['a'] = 'a', 'b', 'c',
    'd',         'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',         'o', 'p',
    'q',         'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
};

/* What dsr_text_fold() and dsr_word_next() make of ASCII, in one go. */
static dsr_status meet_plain(gatherer *g, int language, dsr_str text) {
  g->folded.len = 0;
  if (!VEC_RESERVE(&g->folded, text.len)) return DSR_ENOMEM;
  char *folded = (char *)g->folded.items;
  for (size_t at = 0, start; at < text.len; at++) {
    for (start = at; at < text.len; at++) {
      folded[at] = small_letters[(unsigned char)text.data[at]];
      if (folded[at] == 0) break;
    }
    size_t len = at - start < DSR_WORD_MOST ? at - start : DSR_WORD_MOST;
    if (len > 0) TRY(meet(g, language, (dsr_str){folded + start, len}));
  }
  return DSR_OK;
}

static dsr_status meet_words(gatherer *g, int language, dsr_str text) {
  if (is_plain(text)) return meet_plain(g, language, text);
  dsr_str folded = dsr_text_fold(&g->scratch, text), word;
  size_t at = 0;
  bool joined;
  if (folded.data == NULL) return DSR_ENOMEM;
  while (dsr_word_next(folded, &at, &word, &joined)) TRY(meet(g, language, word));
  return DSR_OK;
}

static dsr_status add_text(gatherer *g, uint64_t number, int language, dsr_str text) {
  g->others.len = 0;
  dsr_postings_start(g->postings, number);
  TRY(meet_words(g, language, text));
  TRY(put_met(g, language));
  dsr_postings_ready(g->postings, g->others.items, g->others.len);
  for (size_t i = 0; i < g->others.len; i++) {
    TRY(dsr_postings_put(g->postings, COLUMN_WORDS, g->others.items[i]));
  }
  if (g->scratch.total > 0) dsr_arena_free(&g->scratch);
  return dsr_postings_end(g->postings);
}

dsr_status dsr_gathering_add(dsr_gathering *gathering, uint64_t number,
                             dsr_str spelling) {
  dsr_str text, lang, datatype;
  dsr_text_parts(spelling, &text, &lang, &datatype);
  int language = dsr_stem_language(lang);
  size_t before, after;
  if (gathering->work == NULL) TRY(new_work(&gathering->work));
  dsr_postings_texts(gathering->work->postings, &before);
  TRY(add_text(gathering->work, number, language, text));
  dsr_postings_texts(gathering->work->postings, &after);
  if (after > before) gathering->languages |= UINT64_C(1) << language;
  size_t most = gathering->memory > MEMORY_LEAST ? gathering->memory : MEMORY_LEAST;
  return taken(gathering->work) > most ? dsr_gathering_end(gathering) : DSR_OK;
}

dsr_status dsr_gathering_end(dsr_gathering *gathering) {
  dsr_segment *made;
  if (gathering->work == NULL) return DSR_OK;
  if (!VEC_RESERVE(&gathering->segments, 1)) return DSR_ENOMEM;
  TRY(dsr_segment_build(gathering->work->postings, &made));
  free_work(gathering->work);
  gathering->work = NULL;
  gathering->segments.items[gathering->segments.len++] = made;
  gathering->laid += dsr_segment_memory(made);
  return DSR_OK;
}

bool dsr_gathering_full(const dsr_gathering *gathering) {
  return gathering->laid > gathering->memory && gathering->laid > MEMORY_LEAST;
}
