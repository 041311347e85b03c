/*
** nearby.c - entities by names that are right or nearly right, and names too alike.
**
** A look-up goes over the signatures of all pieces, which are whole names and their words,
** with two questions: can the piece begin with what is looked for (no letter is missing),
** and can it be as few edits away as its length allows (an edit changes two bits at most)?
** What passes is compared.  The best are kept in a short list; where too few of those are in
** view, the list is made longer and the walk done again.
**
** Names that are alike stand side by side in one of three orders, mostly: by name, by name
** read backwards, by words sorted.  Each is compared with the few that follow it.
*/
#include "facts/nearby.h"

#include <stdlib.h>

#include "facts/engine.h"
#include "ground/text.h"

enum {
  LIMIT = 10,
  TWINS = 100,
  QUERY_WORDS = 16,
  COMPARED = 64, /* longer names are not near to anything */
  FOLLOWING = 8,
  NAME_MOST = 0x7fff, /* bytes of a name in the book */
  LONG_PIECE = 255,
  CHUNKED = 16, /* shorter words have no chunks worth comparing */
  TWIN_LEAST = 6,
  TWIN_LONG = 16,
};

typedef enum name_kind { IDENTIFIER, LABEL, ALIAS } name_kind;
static const char *const kind_words[] = {"identifier", "label", "alias"};

typedef struct name {
  dsr_word entity;
  dsr_word written; /* the entity itself, or the text */
  dsr_str plain;    /* its words without case and accents, a space between */
  uint32_t piece;   /* its first one, which is all of it */
  name_kind kind;
} name;

typedef struct piece {
  uint32_t name;
  uint16_t start : 15, all : 1; /* `all`: it is the whole name */
  uint8_t len;                  /* LONG_PIECE: so much or more */
  uint8_t first;                /* its first byte */
} piece;

struct dsr_nearby {
  uint64_t epoch;
  dsr_arena arena;
  VEC(name) names;
  VEC(uint64_t) signatures; /* by piece */
  VEC(piece) pieces;
};

static dsr_status no_memory(dsr_facts *facts) { return dsr_fail_memory(facts->error); }

/* ---- the book -------------------------------------------------------------------- */

static uint64_t signature_of(dsr_str text) {
  uint64_t signature = 0;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    int bit = c >= 'a' && c <= 'z'   ? c - 'a'
              : c >= '0' && c <= '9' ? c - '0' + 26
              : c == ' '             ? 36
                                     : 37 + c % 27;
    signature |= UINT64_C(1) << bit;
  }
  return signature;
}

/* An ASCII letter or digit as a small one; 0 for others. */
static char small_letter(char c) {
  if (c >= 'A' && c <= 'Z') return (char)(c - 'A' + 'a');
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
}

/* What plain_of() makes of ASCII, in one go and no more memory than it takes; false where
** the text is other, has no words, or there is no memory. */
static bool plain_ascii(dsr_arena *arena, dsr_str text, dsr_str *plain) {
  size_t words = 0, letters = 0;
  for (size_t i = 0; i < text.len; i++) {
    if ((unsigned char)text.data[i] >= 0x80) return false;
    letters += small_letter(text.data[i]) != 0;
  }
  char *out = letters > 0 ? dsr_arena_alloc(arena, text.len + 1) : NULL;
  if (out == NULL) return false;
  size_t len = 0, word = 0; /* letters of the word at hand */
  for (size_t i = 0; i < text.len; i++) {
    char c = small_letter(text.data[i]);
    if (c != 0 && word == 0 && words++ > 0) out[len++] = ' ';
    word = c != 0 ? word + 1 : 0;
    if (c != 0 && word <= DSR_WORD_MOST) out[len++] = c;
  }
  *plain = (dsr_str){out, len};
  return true;
}

/* The words of a text without case and accents, a space between; the folded text where it
** has none.  data NULL without memory. */
static dsr_str plain_of(dsr_arena *arena, dsr_str text) {
  dsr_str plain;
  if (plain_ascii(arena, text, &plain)) return plain;
  dsr_str folded = dsr_text_fold(arena, text), word;
  size_t at = 0;
  bool joined;
  dsr_str none = {NULL, 0};
  if (folded.data == NULL) return none;
  char *out = dsr_arena_alloc(arena, 2 * folded.len + 1);
  plain = (dsr_str){out, 0};
  if (out == NULL) return none;
  while (dsr_word_next(folded, &at, &word, &joined)) {
    dsr_str bare = dsr_word_bare(arena, word);
    if (bare.data == NULL) return none;
    size_t space = plain.len > 0;
    if (plain.len + space + bare.len > 2 * folded.len) break;
    if (space) out[plain.len++] = ' ';
    memcpy(out + plain.len, bare.data, bare.len);
    plain.len += bare.len;
  }
  return plain.len > 0 ? plain : folded;
}

static bool add_piece(dsr_nearby *book, size_t start, size_t len) {
  const name *of = &book->names.items[book->names.len - 1];
  piece made = {.name = (uint32_t)(book->names.len - 1),
                .start = (uint16_t)(start & NAME_MOST),
                .all = len == of->plain.len,
                .len = (uint8_t)(len < LONG_PIECE ? len : LONG_PIECE),
                .first = (uint8_t)of->plain.data[start]};
  dsr_str text = {of->plain.data + start, len};
  return VEC_PUSH(&book->signatures, signature_of(text)) &&
         VEC_PUSH(&book->pieces, made);
}

/* The next word of plain text, by its spaces. */
static bool next_word(dsr_str plain, size_t *at, dsr_str *word) {
  if (*at >= plain.len) return false;
  const char *start = plain.data + *at;
  const char *space = memchr(start, ' ', plain.len - *at);
  *word = (dsr_str){start, space ? (size_t)(space - start) : plain.len - *at};
  *at += word->len + 1;
  return true;
}

static bool add_name(dsr_nearby *book, dsr_word entity, dsr_word written,
                     name_kind kind, dsr_str text) {
  name made = {entity, written, plain_of(&book->arena, text),
               (uint32_t)book->pieces.len, kind};
  size_t at = 0;
  dsr_str word;
  if (made.plain.data == NULL) return false;
  if (made.plain.len == 0) return true;
  if (made.plain.len > NAME_MOST || book->names.len >= UINT32_MAX) return true;
  if (!VEC_PUSH(&book->names, made)) return false;
  if (!add_piece(book, 0, made.plain.len)) return false;
  while (next_word(made.plain, &at, &word)) {
    if (word.len == made.plain.len) break;
    if (!add_piece(book, (size_t)(word.data - made.plain.data), word.len)) return false;
  }
  return true;
}

/* A book that is being written. */
typedef struct writing {
  dsr_facts *facts;
  dsr_nearby *book;
} writing;

static dsr_status add_identifier(void *ud, dsr_word entity, dsr_str spelled) {
  const writing *w = ud;
  bool added = add_name(w->book, entity, entity, IDENTIFIER, spelled);
  return added ? DSR_OK : no_memory(w->facts);
}

static dsr_status add_texts(dsr_facts *facts, dsr_nearby *book, uint32_t relation,
                            name_kind kind) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(facts->store, relation, 3, 0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    dsr_symbol_kind symbol;
    dsr_str spelling, string, lang, datatype;
    dsr_word entity = row[0], text = row[1];
    if (dsr_word_tag(text) != DSR_TAG_TEXT) continue;
    rc = dsr_facts_name(facts, text, &symbol, &spelling);
    if (rc < 0) break;
    dsr_text_parts(spelling, &string, &lang, &datatype);
    if (!add_name(book, entity, text, kind, string)) rc = no_memory(facts);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

void dsr_nearby_free(dsr_nearby *book) {
  if (!book) return;
  VEC_FREE(&book->names);
  VEC_FREE(&book->signatures);
  VEC_FREE(&book->pieces);
  dsr_arena_free(&book->arena);
  dsr_free(book);
}

/* The book as the base is now. */
static dsr_status open_book(dsr_facts *facts, dsr_nearby **out) {
  *out = facts->nearby;
  if (facts->nearby && facts->nearby->epoch == facts->named) return DSR_OK;
  dsr_nearby_free(facts->nearby);
  facts->nearby = NULL;
  dsr_nearby *book = dsr_alloc(sizeof *book);
  if (!book) return no_memory(facts);
  book->epoch = facts->named;
  writing w = {facts, book};
  dsr_status rc = dsr_entity_each(facts, add_identifier, &w);
  if (rc >= 0) rc = add_texts(facts, book, DSR_REL_LABEL, LABEL);
  if (rc >= 0) rc = add_texts(facts, book, DSR_REL_ALIAS, ALIAS);
  if (rc < 0) {
    dsr_nearby_free(book);
    return rc;
  }
  facts->nearby = *out = book;
  return DSR_OK;
}

/* ---- what is in view -------------------------------------------------------------- */

static dsr_status is_called(dsr_facts *facts, dsr_view *view, const name *n, bool *in) {
  dsr_word pattern[2] = {n->entity, n->written};
  const dsr_match *match;
  dsr_scan *scan;
  if (n->kind == IDENTIFIER) return dsr_entity_stands(facts, view, n->entity, in);
  TRY(dsr_scan_start(facts, view, n->kind == LABEL ? DSR_REL_LABEL : DSR_REL_ALIAS,
                     pattern, DSR_WORD_NONE, 0, &scan));
  dsr_status rc = dsr_scan_next(scan, &match);
  dsr_scan_stop(scan);
  *in = rc == DSR_ROW;
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status spelled(dsr_facts *facts, dsr_word word, dsr_str *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  TRY(dsr_word_value(facts->symbols, word, scratch, &value));
  *out = value.text;
  return DSR_OK;
}

/* Have more than `n` bits of the word been set?  There are few. */
static inline bool more_bits(uint64_t bits, int n) {
  while (n-- > 0) bits &= bits - 1;
  return bits != 0;
}

/* May words of these signatures be so few edits apart?  An edit takes a letter away from
** one, gives one to the other, or both. */
static inline bool may_be_near(uint64_t a, uint64_t b, int limit) {
  return !more_bits(a & ~b, limit) && !more_bits(b & ~a, limit);
}

/* ---- looking up ------------------------------------------------------------------- */

typedef struct candidate {
  dsr_fit fit;
  int distance;
  uint32_t name;
} candidate;

typedef struct lookup {
  dsr_facts *facts;
  dsr_view *view;
  dsr_nearby *book;
  dsr_arena arena;
  dsr_str asked, plain;
  dsr_str words[QUERY_WORDS];
  int n_words;
  dsr_str longest; /* of the words */
  size_t most;     /* how long the list may be */
  bool full;       /* something was left out of it */
  VEC(candidate) best;
} lookup;

/* How many edits a word of this length may be away. */
static int reach(size_t len) {
  return len <= 3 ? 0 : len <= 5 ? 1 : len <= 14 ? 2 : len <= COMPARED ? 3 : 0;
}

static bool begins(dsr_str text, dsr_str with) {
  return text.len >= with.len && memcmp(text.data, with.data, with.len) == 0;
}

/* Do the two share a part, at about the same place, as they must where they are so few edits
** apart?  Of 2 * limit + 1 parts, edits can touch all but one: an edit that swaps neighbours
** touches two. */
static bool share_chunk(dsr_str a, dsr_str b, int limit) {
  size_t chunks = 2 * (size_t)limit + 1, size = a.len / chunks;
  for (size_t i = 0; i < chunks; i++) {
    for (int shift = -limit; shift <= limit; shift++) {
      ptrdiff_t at = (ptrdiff_t)(i * size) + shift;
      if (at < 0 || (size_t)at + size > b.len) continue;
      if (memcmp(a.data + i * size, b.data + at, size) == 0) return true;
    }
  }
  return false;
}

static int edits(dsr_str a, dsr_str b, int limit) {
  size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
  if (apart > (size_t)limit) return limit + 1;
  if (dsr_str_eq(a, b)) return 0;
  if (limit == 0) return 1;
  if (a.len >= CHUNKED && !share_chunk(a, b, limit)) return limit + 1;
  return dsr_text_distance(a, b, limit);
}

/* Edits from a word that is asked for to the nearest in a name; past its reach: none. */
static int word_edits(dsr_str plain, dsr_str word) {
  int limit = reach(word.len), least = limit + 1;
  size_t at = 0;
  dsr_str of;
  while (next_word(plain, &at, &of)) {
    if (begins(of, word)) return 0;
    int distance = edits(of, word, limit);
    if (distance < least) least = distance;
  }
  return least <= limit ? least : -1;
}

static bool fit_words(const lookup *l, dsr_str plain, candidate *out) {
  int sum = 0;
  for (int i = 0; i < l->n_words; i++) {
    int distance = word_edits(plain, l->words[i]);
    if (distance < 0) return false;
    sum += distance;
  }
  if (l->n_words == 0) return false;
  out->fit = sum == 0 ? DSR_FIT_WORDS : DSR_FIT_NEAR;
  out->distance = sum;
  return true;
}

/* How a name fits, if it does. */
static bool fit_name(const lookup *l, const name *n, candidate *out) {
  out->distance = 0;
  out->fit = DSR_FIT_FOLDED;
  if (dsr_str_eq(n->plain, l->plain)) return true;
  out->fit = DSR_FIT_PREFIX;
  if (begins(n->plain, l->plain)) return true;
  if (fit_words(l, n->plain, out)) return true;
  int limit = reach(l->plain.len);
  out->fit = DSR_FIT_NEAR;
  out->distance = edits(n->plain, l->plain, limit);
  return out->distance <= limit;
}

static int candidate_order(const lookup *l, const candidate *a, const candidate *b) {
  const name *x = &l->book->names.items[a->name], *y = &l->book->names.items[b->name];
  if (a->fit != b->fit) return a->fit < b->fit ? -1 : 1;
  if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
  if (x->kind != y->kind && a->fit <= DSR_FIT_FOLDED) return x->kind < y->kind ? -1 : 1;
  if (x->plain.len != y->plain.len) return x->plain.len < y->plain.len ? -1 : 1;
  int order = dsr_str_cmp(x->plain, y->plain);
  if (order == 0) order = (x->kind > y->kind) - (x->kind < y->kind);
  if (order == 0) order = (a->name > b->name) - (a->name < b->name);
  return order;
}

/* Put a candidate into the list, in its place, unless it stands there. */
static dsr_status offer(lookup *l, candidate one) {
  size_t at = l->best.len;
  while (at > 0) {
    int order = candidate_order(l, &one, &l->best.items[at - 1]);
    if (order == 0) return DSR_OK;
    if (order > 0) break;
    at--;
  }
  if (at >= l->most) {
    l->full = true;
    return DSR_OK;
  }
  if (l->best.len == l->most) {
    l->full = true;
    l->best.len--;
  }
  if (!VEC_RESERVE(&l->best, 1)) return no_memory(l->facts);
  memmove(l->best.items + at + 1, l->best.items + at,
          (l->best.len - at) * sizeof *l->best.items);
  l->best.items[at] = one;
  l->best.len++;
  return DSR_OK;
}

static dsr_status consider(lookup *l, uint32_t number) {
  const name *n = &l->book->names.items[number];
  candidate one = {.name = number};
  if (!fit_name(l, n, &one)) return DSR_OK;
  if (one.fit == DSR_FIT_FOLDED) {
    dsr_str written;
    TRY(spelled(l->facts, n->written, &written));
    if (dsr_str_eq(written, l->asked)) one.fit = DSR_FIT_EXACT;
  }
  return offer(l, one);
}

/* Something that pieces are compared with. */
typedef struct wanted {
  dsr_str text;
  uint64_t signature;
  uint8_t shortest; /* piece that may begin so */
  int limit;
} wanted;

static wanted want(dsr_str text) {
  uint8_t shortest = (uint8_t)(text.len < LONG_PIECE ? text.len : LONG_PIECE);
  return (wanted){text, signature_of(text), shortest, reach(text.len)};
}

/* May the piece begin so, or be near, by its letters, its length and where it begins? */
static inline bool may_be(const wanted *w, uint64_t there, const piece *p) {
  if (more_bits(w->signature & ~there, w->limit)) return false;
  if (p->first == (unsigned char)w->text.data[0] && p->len >= w->shortest &&
      (w->signature & ~there) == 0) {
    return true;
  }
  int apart = (int)w->text.len - (int)p->len;
  return apart <= w->limit && -apart <= w->limit &&
         !more_bits(there & ~w->signature, w->limit);
}

/* Does the piece begin so, or is it near? */
static bool is_in(const wanted *w, dsr_str text) {
  return begins(text, w->text) || edits(text, w->text, w->limit) <= w->limit;
}

static dsr_status walk(lookup *l) {
  const dsr_nearby *book = l->book;
  const wanted whole = want(l->plain), word = want(l->longest);
  l->best.len = 0;
  l->full = false;
  for (size_t i = 0; i < book->pieces.len; i++) {
    uint64_t there = book->signatures.items[i];
    const piece *p = &book->pieces.items[i];
    const wanted *w = p->all ? &whole : &word;
    if (!may_be(w, there, p)) continue;
    const name *n = &book->names.items[p->name];
    size_t len = p->all ? n->plain.len : p->len;
    if (is_in(w, (dsr_str){n->plain.data + p->start, len})) TRY(consider(l, p->name));
  }
  return DSR_OK;
}

/* Is the entity that stands for this one among those told? */
static bool is_told(const dsr_words *told, dsr_word entity) {
  for (size_t i = 0; i < told->len; i++) {
    if (told->items[i] == entity) return true;
  }
  return false;
}

typedef struct telling {
  dsr_words told; /* entities */
  VEC(dsr_named) named;
} telling;

/* Take what of the list is in view, up to the limit. */
static dsr_status choose(lookup *l, size_t limit, telling *to) {
  for (size_t i = 0; i < l->best.len && to->named.len < limit; i++) {
    const candidate *one = &l->best.items[i];
    const name *n = &l->book->names.items[one->name];
    dsr_named named = {.kind = kind_words[n->kind], .fit = one->fit};
    dsr_word entity;
    bool in;
    TRY(dsr_view_same(l->view, n->entity, &entity));
    if (is_told(&to->told, entity)) continue;
    TRY(is_called(l->facts, l->view, n, &in));
    if (!in) continue;
    TRY(spelled(l->facts, entity, &named.entity));
    TRY(spelled(l->facts, n->written, &named.name));
    named.distance = one->distance;
    if (!VEC_PUSH(&to->told, entity) || !VEC_PUSH(&to->named, named)) {
      return no_memory(l->facts);
    }
  }
  return DSR_OK;
}

static dsr_status read_name(lookup *l) {
  size_t at = 0;
  dsr_str word;
  if (dsr_utf8_valid(l->asked) < l->asked.len) return DSR_NOTHING;
  l->plain = plain_of(&l->arena, l->asked);
  if (l->plain.data == NULL) return no_memory(l->facts);
  while (l->n_words < QUERY_WORDS && next_word(l->plain, &at, &word)) {
    l->words[l->n_words++] = word;
    if (word.len > l->longest.len) l->longest = word;
  }
  return l->n_words > 0 ? DSR_OK : DSR_NOTHING;
}

static dsr_status find(lookup *l, size_t limit, telling *to) {
  dsr_status rc = read_name(l);
  if (rc != DSR_OK) return rc;
  TRY(open_book(l->facts, &l->book));
  for (l->most = 4 * limit + 32;; l->most *= 8) {
    to->told.len = to->named.len = 0;
    TRY(walk(l));
    TRY(choose(l, limit, to));
    if (to->named.len >= limit || !l->full) break;
  }
  return to->named.len > 0 ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_nearby_find(dsr_facts *facts, dsr_view *view, dsr_str asked, int limit,
                           dsr_named_found found, void *ud) {
  lookup l = {.facts = facts, .view = view, .asked = asked};
  telling to = {.told = {0}};
  TRY(dsr_facts_read(facts, false));
  dsr_status rc = find(&l, limit == 0 ? LIMIT : (size_t)limit, &to);
  for (size_t i = 0; rc == DSR_OK && i < to.named.len; i++) {
    if (found(ud, &to.named.items[i]) != 0) break;
  }
  VEC_FREE(&to.told);
  VEC_FREE(&to.named);
  VEC_FREE(&l.best);
  dsr_arena_free(&l.arena);
  return rc;
}

/* ---- twins ------------------------------------------------------------------------ */

typedef struct pair {
  uint32_t a, b;
} pair;

/* A name in one of the orders. */
typedef struct keyed {
  dsr_str key;
  uint32_t name;
} keyed;

typedef struct pairing {
  dsr_facts *facts;
  dsr_nearby *book;
  dsr_arena arena;
  VEC(keyed) keys;
  VEC(pair) pairs;
} pairing;

static int by_key(const void *left, const void *right) {
  const keyed *a = left, *b = right;
  int order = dsr_str_cmp(a->key, b->key);
  return order != 0 ? order : (a->name > b->name) - (a->name < b->name);
}

/* The next digit of a text from *at on; 0 where there is none. */
static char next_digit(dsr_str text, size_t *at) {
  while (*at < text.len) {
    char c = text.data[(*at)++];
    if (c >= '0' && c <= '9') return c;
  }
  return 0;
}

static bool same_digits(dsr_str a, dsr_str b) {
  size_t at = 0, bt = 0;
  for (;;) {
    char x = next_digit(a, &at), y = next_digit(b, &bt);
    if (x != y) return false;
    if (x == 0) return true;
  }
}

static bool are_alike(const dsr_nearby *book, uint32_t left, uint32_t right) {
  const name *x = &book->names.items[left], *y = &book->names.items[right];
  dsr_str a = x->plain, b = y->plain;
  size_t shorter = a.len < b.len ? a.len : b.len;
  if (dsr_str_eq(a, b)) return true;
  if (shorter < TWIN_LEAST || a.len > COMPARED || b.len > COMPARED) return false;
  int limit = shorter < TWIN_LONG ? 1 : 2;
  if (!may_be_near(book->signatures.items[x->piece], book->signatures.items[y->piece],
                   limit)) {
    return false;
  }
  return same_digits(a, b) && edits(a, b, limit) <= limit;
}

static dsr_status add_pair(pairing *p, uint32_t a, uint32_t b) {
  const name *names = p->book->names.items;
  if (names[a].entity == names[b].entity) return DSR_OK;
  pair made = {a, b};
  int order = dsr_str_cmp(names[a].plain, names[b].plain);
  if (order == 0) order = (a > b) - (a < b);
  if (order > 0) made = (pair){b, a};
  return VEC_PUSH(&p->pairs, made) ? DSR_OK : no_memory(p->facts);
}

/* Compare each name with those that follow it in the order of the keys; `same`: only where
** the keys are equal. */
static dsr_status compare_keys(pairing *p, bool same) {
  const keyed *keys = p->keys.items;
  if (p->keys.len == 0) return DSR_OK;
  qsort(p->keys.items, p->keys.len, sizeof *keys, by_key);
  for (size_t i = 0; i < p->keys.len; i++) {
    for (size_t k = i + 1; k < p->keys.len && k <= i + FOLLOWING; k++) {
      bool alike = same ? dsr_str_eq(keys[i].key, keys[k].key)
                        : are_alike(p->book, keys[i].name, keys[k].name);
      if (alike) TRY(add_pair(p, keys[i].name, keys[k].name));
    }
  }
  return DSR_OK;
}

static dsr_str backwards(dsr_arena *arena, dsr_str text) {
  char *out = dsr_arena_alloc(arena, text.len + 1);
  for (size_t i = 0; out && i < text.len; i++) out[i] = text.data[text.len - 1 - i];
  return (dsr_str){out, text.len};
}

static int by_bytes(const void *left, const void *right) {
  return dsr_str_cmp(*(const dsr_str *)left, *(const dsr_str *)right);
}

/* The words sorted; the text itself where it has one or too many. */
static dsr_str sorted_words(dsr_arena *arena, dsr_str text) {
  dsr_str words[QUERY_WORDS];
  size_t n = 0, at = 0, len = 0;
  while (n < QUERY_WORDS && next_word(text, &at, &words[n])) n++;
  if (n < 2 || at < text.len) return text;
  qsort(words, n, sizeof *words, by_bytes);
  char *out = dsr_arena_alloc(arena, text.len + 1);
  for (size_t i = 0; out && i < n; i++) {
    if (i > 0) out[len++] = ' ';
    memcpy(out + len, words[i].data, words[i].len);
    len += words[i].len;
  }
  return (dsr_str){out, len};
}

static dsr_str itself(dsr_arena *arena, dsr_str text) {
  (void)arena;
  return text;
}

static dsr_status compare_by(pairing *p, dsr_str (*key)(dsr_arena *, dsr_str),
                             bool same) {
  dsr_arena_free(&p->arena);
  p->keys.len = 0;
  for (size_t i = 0; i < p->book->names.len; i++) {
    const name *n = &p->book->names.items[i];
    if (n->kind == IDENTIFIER) continue;
    keyed made = {key(&p->arena, n->plain), (uint32_t)i};
    if (made.key.data == NULL || !VEC_PUSH(&p->keys, made)) return no_memory(p->facts);
  }
  return compare_keys(p, same);
}

/* In order of names; a name before its numbers are compared. */
static int pair_order(const pairing *p, const pair *x, const pair *y) {
  const name *names = p->book->names.items;
  int order = dsr_str_cmp(names[x->a].plain, names[y->a].plain);
  if (order == 0) order = dsr_str_cmp(names[x->b].plain, names[y->b].plain);
  if (order == 0) order = (x->a > y->a) - (x->a < y->a);
  return order != 0 ? order : (x->b > y->b) - (x->b < y->b);
}

static int compare_pairs(const void *left, const void *right, void *ud) {
  return pair_order(ud, left, right);
}

/* Is the pair to be told: both names are in view, and the entities are two? */
static dsr_status is_pair(const pairing *p, dsr_view *view, const pair *one, bool *is) {
  const name *a = &p->book->names.items[one->a], *b = &p->book->names.items[one->b];
  dsr_word x, y;
  TRY(dsr_view_same(view, a->entity, &x));
  TRY(dsr_view_same(view, b->entity, &y));
  *is = x != y;
  if (*is) TRY(is_called(p->facts, view, a, is));
  if (*is) TRY(is_called(p->facts, view, b, is));
  return DSR_OK;
}

typedef struct twin_list {
  VEC(pair) entities; /* as words would be too many: names that were told */
  VEC(dsr_twins) told;
} twin_list;

static bool pair_told(const pairing *p, const twin_list *list, const pair *one) {
  const name *names = p->book->names.items;
  dsr_word a = names[one->a].entity, b = names[one->b].entity;
  for (size_t i = 0; i < list->entities.len; i++) {
    dsr_word x = names[list->entities.items[i].a].entity;
    dsr_word y = names[list->entities.items[i].b].entity;
    if ((x == a && y == b) || (x == b && y == a)) return true;
  }
  return false;
}

static dsr_status add_twins(const pairing *p, const pair *one, twin_list *list) {
  const name *a = &p->book->names.items[one->a], *b = &p->book->names.items[one->b];
  dsr_twins twins;
  TRY(spelled(p->facts, a->entity, &twins.entity));
  TRY(spelled(p->facts, a->written, &twins.name));
  TRY(spelled(p->facts, b->entity, &twins.other));
  TRY(spelled(p->facts, b->written, &twins.other_name));
  bool fine = VEC_PUSH(&list->entities, *one) && VEC_PUSH(&list->told, twins);
  return fine ? DSR_OK : no_memory(p->facts);
}

static dsr_status pair_up(pairing *p, dsr_view *view, size_t limit, twin_list *list) {
  TRY(open_book(p->facts, &p->book));
  TRY(compare_by(p, itself, false));
  TRY(compare_by(p, backwards, false));
  TRY(compare_by(p, sorted_words, true));
  if (p->pairs.len == 0) return DSR_NOTHING;
  qsort_r(p->pairs.items, p->pairs.len, sizeof *p->pairs.items, compare_pairs, p);
  for (size_t i = 0; i < p->pairs.len && list->told.len < limit; i++) {
    const pair *one = &p->pairs.items[i];
    bool is;
    if (i > 0 && pair_order(p, one, one - 1) == 0) continue;
    if (pair_told(p, list, one)) continue;
    TRY(is_pair(p, view, one, &is));
    if (is) TRY(add_twins(p, one, list));
  }
  return list->told.len > 0 ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_nearby_twins(dsr_facts *facts, dsr_view *view, int limit,
                            dsr_twins_found found, void *ud) {
  pairing p = {.facts = facts};
  twin_list list = {.entities = {0}};
  TRY(dsr_facts_read(facts, false));
  dsr_status rc = pair_up(&p, view, limit == 0 ? TWINS : (size_t)limit, &list);
  for (size_t i = 0; rc == DSR_OK && i < list.told.len; i++) {
    if (found(ud, &list.told.items[i]) != 0) break;
  }
  VEC_FREE(&list.entities);
  VEC_FREE(&list.told);
  VEC_FREE(&p.keys);
  VEC_FREE(&p.pairs);
  dsr_arena_free(&p.arena);
  return rc;
}
