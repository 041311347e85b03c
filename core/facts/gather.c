/*
** gather.c - the words of many texts, on their way into the search.
*/
#include "facts/gather.h"

#include <string.h>

#include "facts/search.h"
#include "ground/text.h"
#include "value/symbol.h"

enum { SLOTS_FIRST = 4096, COLUMN_STEMS = 0, COLUMN_WORDS = 1, MEMORY_LEAST = 1 << 20 };

static const uint32_t no_term = UINT32_MAX;

/* A word of a language, and the terms that it goes into the index as. */
typedef struct known_word {
  const char *word;
  uint32_t hash;
  uint16_t len;
  uint16_t language;
  uint32_t stem, whole, bare; /* no_term: none */
} known_word;

typedef struct dsr_gatherer {
  dsr_postings *postings;
  dsr_stemmers stemmers;
  VEC(known_word) words;
  uint32_t *slots; /* a word's number and 1; 0 is free */
  size_t n_slots;  /* a power of two */
  dsr_arena spellings;
  dsr_arena scratch;    /* of a word or text */
  VEC(uint32_t) others; /* terms of the text's second column */
} gatherer;

/* ---- life ------------------------------------------------------------------------ */

static void free_work(gatherer *g) {
  if (g == NULL) return;
  dsr_postings_free(g->postings);
  dsr_stemmers_free(&g->stemmers);
  VEC_FREE(&g->words);
  VEC_FREE(&g->others);
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

static dsr_status learn(gatherer *g, int language, dsr_str word, uint32_t hash,
                        size_t *out) {
  dsr_spelling spelling;
  known_word made = {
      .hash = hash, .len = (uint16_t)word.len, .language = (uint16_t)language};
  if (g->words.len * 2 >= g->n_slots) TRY(grow_slots(g));
  TRY(dsr_spell(&g->stemmers, language, word, &g->scratch, &spelling));
  TRY(find_term(g, spelling.stem, &made.stem));
  TRY(find_term(g, spelling.word, &made.whole));
  TRY(find_term(g, spelling.bare, &made.bare));
  made.word = dsr_arena_str(&g->spellings, word).data;
  if (made.word == NULL || !VEC_PUSH(&g->words, made)) return DSR_ENOMEM;
  *out = g->words.len - 1;
  size_t at = hash & (g->n_slots - 1);
  while (g->slots[at] != 0) at = (at + 1) & (g->n_slots - 1);
  g->slots[at] = (uint32_t)*out + 1;
  return DSR_OK;
}

/* A folded word of the text at hand. */
static dsr_status meet(gatherer *g, int language, dsr_str word) {
  uint32_t hash = (uint32_t)dsr_hash(word.data, word.len, (uint64_t)language);
  size_t mask = g->n_slots - 1, at = hash & mask, found = SIZE_MAX;
  for (; found == SIZE_MAX && g->slots[at] != 0; at = (at + 1) & mask) {
    const known_word *known = &g->words.items[g->slots[at] - 1];
    if (known->hash == hash && known->len == word.len && known->language == language &&
        memcmp(known->word, word.data, word.len) == 0) {
      found = g->slots[at] - 1;
    }
  }
  if (found == SIZE_MAX) TRY(learn(g, language, word, hash, &found));
  known_word known = g->words.items[found];
  TRY(dsr_postings_put(g->postings, COLUMN_STEMS, known.stem));
  if (known.whole != no_term && !VEC_PUSH(&g->others, known.whole)) return DSR_ENOMEM;
  if (known.bare != no_term && !VEC_PUSH(&g->others, known.bare)) return DSR_ENOMEM;
  return DSR_OK;
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
  char word[DSR_WORD_MOST];
  for (size_t at = 0; at < text.len;) {
    size_t len = 0;
    for (char c; at < text.len; at++) {
      c = small_letters[(unsigned char)text.data[at]];
      if (c == 0 && len > 0) break;
      if (c != 0 && len < DSR_WORD_MOST) word[len++] = c;
    }
    if (len > 0) TRY(meet(g, language, (dsr_str){word, len}));
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
