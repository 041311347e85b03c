/*
** gather.c - the words of many texts, on their way into the search.
**
** A language has a table of its words, of open addressing and at most half full, whose slots
** hold the first eight bytes of a word and its stem, which is all that most words are asked
** for; what else is known lies beside.  Words are looked up side by side, those of many texts
** together, so that slots are in the cache when they are read.
*/
#include "facts/gather.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "facts/search.h"
#include "ground/text.h"
#include "value/symbol.h"

enum { SLOTS_FIRST = 1024, MEMORY_LEAST = 1 << 20, TOGETHER = 64, BUFFER = 1 << 14 };
enum {
  HEAD = 8 /* bytes of a word in its slot */,
  STEP = 16 /* that are folded at once */
};

static const size_t memory_most = (size_t)1 << 33;

/* What a slot says of its word's number, which is one more than it is: 0 is free. */
static const uint32_t is_long = UINT32_C(1) << 31;    /* it goes on behind the head */
static const uint32_t has_others = UINT32_C(1) << 30; /* forms for the second column */
static const uint32_t number_bits = (UINT32_C(1) << 30) - 1;

static const uint32_t no_term = UINT32_MAX;

typedef struct word_slot {
  uint64_t head; /* zero behind the word's end */
  uint32_t stem; /* the term that it goes into the first column as */
  uint32_t word; /* see above */
} word_slot;

typedef struct word_table {
  word_slot *slots;
  size_t n_slots, n; /* a power of two, or 0 */
} word_table;

/* A word of a language, but for its head. */
typedef struct known_word {
  const char *tail;
  uint32_t hash, len;
  uint32_t whole, bare; /* terms of the second column; no_term: none */
} known_word;

/* A word that waits. */
typedef struct met_word {
  dsr_str word;
  uint64_t head;
  uint32_t hash;
} met_word;

/* A text that waits; its words are those up to `end`. */
typedef struct met_text {
  uint32_t id;
  int language;
  size_t end;
} met_text;

typedef VEC(uint32_t) term_list;

typedef struct dsr_gatherer {
  dsr_postings *postings;
  dsr_stemmers stemmers;
  word_table tables[DSR_STEM_LANGUAGES];
  size_t slots; /* of all tables */
  VEC(known_word) words;
  dsr_arena spellings;
  dsr_arena folding; /* of a text */
  dsr_arena scratch; /* of a word */
  dsr_arena_mark empty;
  dsr_bytes folded; /* texts whose words wait; STEP bytes stay free behind these */
  met_word met[TOGETHER];
  met_text texts[TOGETHER];
  size_t n_met, n_texts;
  int language;                          /* of the text at hand */
  uint64_t languages;                    /* that texts were in, a bit each */
  term_list columns[DSR_SEARCH_COLUMNS]; /* of the text whose words are being put */
} gatherer;

/* ---- life ------------------------------------------------------------------------ */

static void free_work(gatherer *g) {
  if (g == NULL) return;
  dsr_postings_free(g->postings);
  dsr_stemmers_free(&g->stemmers);
  for (int i = 0; i < DSR_STEM_LANGUAGES; i++) dsr_free(g->tables[i].slots);
  for (int c = 0; c < DSR_SEARCH_COLUMNS; c++) VEC_FREE(&g->columns[c]);
  VEC_FREE(&g->words);
  VEC_FREE(&g->folded);
  dsr_arena_free(&g->spellings);
  dsr_arena_free(&g->folding);
  dsr_arena_free(&g->scratch);
  dsr_free(g);
}

static dsr_status new_work(gatherer **out) {
  gatherer *g = dsr_alloc(sizeof *g);
  if (g == NULL) return DSR_ENOMEM;
  g->postings = dsr_postings_new();
  if (g->postings == NULL || !VEC_RESERVE(&g->folded, BUFFER) ||
      dsr_arena_alloc(&g->scratch, 1) == NULL) {
    free_work(g);
    return DSR_ENOMEM;
  }
  g->empty = dsr_arena_here(&g->scratch);
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
         g->words.cap * sizeof *g->words.items + g->slots * sizeof(word_slot);
}

/* ---- words ----------------------------------------------------------------------- */

/* There are bytes to be read behind the word. */
static inline uint64_t head_of(dsr_str word) {
  uint64_t head;
  memcpy(&head, word.data, HEAD);
  return word.len < HEAD ? head & ((UINT64_C(1) << 8 * word.len) - 1) : head;
}

/* For words of these tables: most have no more than eight bytes. */
static inline uint32_t hash_word(uint64_t head, dsr_str word) {
  uint64_t hash = head * UINT64_C(0x9e3779b97f4a7c15);
  if (word.len > HEAD) hash ^= dsr_hash(word.data + HEAD, word.len - HEAD, hash);
  return (uint32_t)(hash >> 32);
}

static dsr_status grow_table(gatherer *g, word_table *table) {
  size_t n = table->n_slots == 0 ? SLOTS_FIRST : table->n_slots * 2;
  word_slot *slots = dsr_alloc_table(n * sizeof *slots);
  if (slots == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < table->n_slots; i++) {
    word_slot moved = table->slots[i];
    if (moved.word == 0) continue;
    size_t at = g->words.items[(moved.word & number_bits) - 1].hash & (n - 1);
    while (slots[at].word != 0) at = (at + 1) & (n - 1);
    slots[at] = moved;
  }
  dsr_free(table->slots);
  g->slots += n - table->n_slots;
  table->slots = slots;
  table->n_slots = n;
  return DSR_OK;
}

static dsr_status find_term(gatherer *g, dsr_str word, uint32_t *term) {
  *term = no_term;
  return word.len == 0 ? DSR_OK : dsr_postings_term(g->postings, word, term);
}

/* What a word is, and its terms. */
static dsr_status spell(gatherer *g, int language, dsr_str word, known_word *made,
                        uint32_t *stem) {
  dsr_spelling spelling;
  TRY(dsr_spell(&g->stemmers, language, word, &g->scratch, &spelling));
  TRY(find_term(g, spelling.stem, stem));
  TRY(find_term(g, spelling.word, &made->whole));
  TRY(find_term(g, spelling.bare, &made->bare));
  dsr_arena_back(&g->scratch, g->empty);
  if (word.len <= HEAD) return DSR_OK;
  dsr_str tail = {word.data + HEAD, word.len - HEAD};
  made->tail = dsr_arena_str(&g->spellings, tail).data;
  return made->tail != NULL ? DSR_OK : DSR_ENOMEM;
}

static dsr_status learn(gatherer *g, int language, const met_word *met,
                        word_slot *out) {
  word_table *table = &g->tables[language];
  known_word made = {.hash = met->hash, .len = (uint32_t)met->word.len};
  if (g->words.len >= number_bits) return DSR_ENOMEM;
  if (table->n * 2 >= table->n_slots) TRY(grow_table(g, table));
  *out = (word_slot){.head = met->head};
  TRY(spell(g, language, met->word, &made, &out->stem));
  if (!VEC_PUSH(&g->words, made)) return DSR_ENOMEM;
  out->word = (uint32_t)g->words.len;
  if (met->word.len > HEAD) out->word |= is_long;
  if (made.whole != no_term || made.bare != no_term) out->word |= has_others;
  size_t at = met->hash & (table->n_slots - 1);
  while (table->slots[at].word != 0) at = (at + 1) & (table->n_slots - 1);
  table->slots[at] = *out;
  table->n++;
  return DSR_OK;
}

static inline bool is_word(const gatherer *g, const word_slot *slot,
                           const met_word *met) {
  dsr_str word = met->word;
  if (slot->head != met->head) return false;
  if ((slot->word & is_long) == 0) return word.len <= HEAD;
  const known_word *known = &g->words.items[(slot->word & number_bits) - 1];
  return known->len == word.len &&
         memcmp(known->tail, word.data + HEAD, word.len - HEAD) == 0;
}

/* What is known of a word; it is learned if it was never met. */
static inline dsr_status find_word(gatherer *g, int language, const met_word *met,
                                   word_slot *found) {
  const word_table *table = &g->tables[language];
  size_t mask = table->n_slots - 1;
  for (size_t at = met->hash & mask; table->slots[at].word != 0; at = (at + 1) & mask) {
    if (!is_word(g, &table->slots[at], met)) continue;
    *found = table->slots[at];
    return DSR_OK;
  }
  return learn(g, language, met, found);
}

static dsr_status put_word(gatherer *g, const met_text *text, const met_word *met) {
  word_slot found;
  term_list *stems = &g->columns[0], *others = &g->columns[1];
  TRY(find_word(g, text->language, met, &found));
  if (stems->len == stems->cap && !VEC_RESERVE(stems, TOGETHER)) return DSR_ENOMEM;
  stems->items[stems->len++] = found.stem;
  if ((found.word & has_others) == 0) return DSR_OK;
  const known_word *known = &g->words.items[(found.word & number_bits) - 1];
  if (known->whole != no_term && !VEC_PUSH(others, known->whole)) return DSR_ENOMEM;
  if (known->bare != no_term && !VEC_PUSH(others, known->bare)) return DSR_ENOMEM;
  return DSR_OK;
}

static dsr_status put_text(gatherer *g, const met_text *text) {
  dsr_text_sizes sizes = {.id = text->id};
  const uint32_t *terms[DSR_SEARCH_COLUMNS];
  for (int c = 0; c < DSR_SEARCH_COLUMNS; c++) {
    terms[c] = g->columns[c].items;
    sizes.words[c] = (uint32_t)g->columns[c].len;
    g->columns[c].len = 0;
  }
  if (sizes.words[0] > 0) g->languages |= UINT64_C(1) << text->language;
  return dsr_postings_put(g->postings, &sizes, terms);
}

/* Put the words that were met, and the texts that are over; the one at hand goes on. */
static dsr_status put_met(gatherer *g) {
  met_text last = {.language = g->language};
  size_t at = 0;
  for (size_t i = 0; i < g->n_texts; i++) {
    const met_text *text = &g->texts[i];
    for (; at < text->end; at++) TRY(put_word(g, text, &g->met[at]));
    TRY(put_text(g, text));
  }
  for (; at < g->n_met; at++) TRY(put_word(g, &last, &g->met[at]));
  g->n_met = g->n_texts = 0;
  return DSR_OK;
}

/* A folded word of the text at hand, good while it waits. */
static inline dsr_status meet(gatherer *g, dsr_str word) {
  const word_table *table = &g->tables[g->language];
  met_word *met = &g->met[g->n_met++];
  met->word = word;
  met->head = head_of(word);
  met->hash = hash_word(met->head, word);
  __builtin_prefetch(&table->slots[met->hash & (table->n_slots - 1)]);
  return g->n_met < TOGETHER ? DSR_OK : put_met(g);
}

/* ---- texts ----------------------------------------------------------------------- */

static bool is_plain(dsr_str text) {
  uint64_t all = 0, some = 0;
  size_t at = 0;
  for (; at + sizeof some <= text.len; at += sizeof some) {
    memcpy(&some, text.data + at, sizeof some);
    all |= some;
  }
  some = 0;
  if (at < text.len) memcpy(&some, text.data + at, text.len - at);
  return ((all | some) & UINT64_C(0x8080808080808080)) == 0;
}

/* Fold STEP bytes of ASCII: a bit for each that is a letter or a digit, the lowest for the
** first; what is none is not folded as it should be. */
#ifdef __SSE2__
static inline uint32_t fold_step(const char *from, char *to) {
  const __m128i below_a = _mm_set1_epi8('a' - 1), behind_z = _mm_set1_epi8('z' + 1);
  const __m128i below_0 = _mm_set1_epi8('0' - 1), behind_9 = _mm_set1_epi8('9' + 1);
  __m128i x = _mm_loadu_si128((const __m128i *)(const void *)from);
  __m128i small = _mm_or_si128(x, _mm_set1_epi8(0x20));
  __m128i letter =
      _mm_and_si128(_mm_cmpgt_epi8(small, below_a), _mm_cmplt_epi8(small, behind_z));
  __m128i digit =
      _mm_and_si128(_mm_cmpgt_epi8(x, below_0), _mm_cmplt_epi8(x, behind_9));
  _mm_storeu_si128((__m128i *)(void *)to, small);
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(letter, digit));
}
#else
static inline uint32_t fold_step(const char *from, char *to) {
  uint32_t bits = 0;
  for (int i = 0; i < STEP; i++) {
    char small = (char)(from[i] | 0x20);
    bool fits = (small >= 'a' && small <= 'z') || (from[i] >= '0' && from[i] <= '9');
    bits |= (uint32_t)fits << i;
    to[i] = small;
  }
  return bits;
}
#endif

/* Room for a folded text, behind those whose words wait. */
static dsr_status fold_room(gatherer *g, size_t len, char **to) {
  if (g->folded.cap - g->folded.len < len + STEP) {
    TRY(put_met(g));
    g->folded.len = 0;
    if (!VEC_RESERVE(&g->folded, len + STEP)) return DSR_ENOMEM;
  }
  *to = (char *)g->folded.items + g->folded.len;
  g->folded.len += len;
  return DSR_OK;
}

/* A word of plain text, perhaps longer than one may be. */
static inline dsr_status meet_cut(gatherer *g, const char *from, const char *to) {
  size_t len = (size_t)(to - from);
  return meet(g, (dsr_str){from, len < DSR_WORD_MOST ? len : DSR_WORD_MOST});
}

/* What dsr_text_fold() and dsr_word_next() make of ASCII, in one go: where the bits of two
** neighbours differ, a word begins or ends. */
static dsr_status meet_plain(gatherer *g, dsr_str text) {
  char *folded, last[STEP] = {0};
  const char *begun = NULL; /* NULL: no word is under way */
  TRY(fold_room(g, text.len, &folded));
  for (size_t at = 0; at < text.len; at += STEP) {
    const char *from = text.data + at;
    if (text.len - at < STEP) from = memcpy(last, from, text.len - at);
    uint32_t bits = fold_step(from, folded + at);
    uint32_t edges = bits ^ (bits << 1 | (begun != NULL));
    for (edges &= (UINT32_C(1) << STEP) - 1; edges != 0; edges &= edges - 1) {
      const char *edge = folded + at + __builtin_ctz(edges);
      if (begun != NULL) TRY(meet_cut(g, begun, edge));
      begun = begun == NULL ? edge : NULL;
    }
  }
  return begun == NULL ? DSR_OK : meet_cut(g, begun, folded + text.len);
}

static dsr_status meet_folded(gatherer *g, dsr_str text) {
  dsr_str folded = dsr_text_fold(&g->folding, text), word;
  size_t at = 0;
  char *kept;
  bool joined;
  if (folded.data == NULL) return DSR_ENOMEM;
  TRY(fold_room(g, folded.len, &kept));
  if (folded.len > 0) memcpy(kept, folded.data, folded.len);
  folded.data = kept;
  dsr_arena_free(&g->folding);
  while (dsr_word_next(folded, &at, &word, &joined)) TRY(meet(g, word));
  return DSR_OK;
}

static dsr_status add_text(gatherer *g, uint64_t number, int language, dsr_str text) {
  word_table *table = &g->tables[language];
  if (table->n_slots == 0) TRY(grow_table(g, table));
  if (g->n_texts == TOGETHER) TRY(put_met(g));
  g->language = language;
  if (is_plain(text)) {
    TRY(meet_plain(g, text));
  } else {
    TRY(meet_folded(g, text));
  }
  g->texts[g->n_texts++] = (met_text){(uint32_t)number, language, g->n_met};
  return DSR_OK;
}

dsr_status dsr_gathering_add(dsr_gathering *gathering, uint64_t number,
                             dsr_str spelling) {
  dsr_str text, lang, datatype;
  dsr_text_parts(spelling, &text, &lang, &datatype);
  int language = dsr_stem_language(lang);
  if (gathering->work == NULL) TRY(new_work(&gathering->work));
  TRY(add_text(gathering->work, number, language, text));
  size_t most = gathering->memory > MEMORY_LEAST ? gathering->memory : MEMORY_LEAST;
  if (most > memory_most) most = memory_most;
  return taken(gathering->work) > most ? dsr_gathering_end(gathering) : DSR_OK;
}

dsr_status dsr_gathering_end(dsr_gathering *gathering) {
  dsr_segment *made;
  if (gathering->work == NULL) return DSR_OK;
  if (!VEC_RESERVE(&gathering->segments, 1)) return DSR_ENOMEM;
  TRY(put_met(gathering->work));
  TRY(dsr_segment_build(gathering->work->postings, &made));
  gathering->languages |= gathering->work->languages;
  free_work(gathering->work);
  gathering->work = NULL;
  gathering->segments.items[gathering->segments.len++] = made;
  gathering->laid += dsr_segment_memory(made);
  return DSR_OK;
}

bool dsr_gathering_full(const dsr_gathering *gathering) {
  return gathering->laid > gathering->memory && gathering->laid > MEMORY_LEAST;
}
