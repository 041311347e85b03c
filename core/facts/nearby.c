/*
** nearby.c - entities by names that are right or nearly right.
**
** A name can only fit where it has most of the letters of the longest word that is asked
** for.  That is seen in the text as it is written, by a table that knows of each byte what
** letters it may become.
**
** The best are kept in a short list; where too few of those are in view, the list is made
** longer and the walk done again.
*/
#include "facts/nearby.h"

#include <stdlib.h>
#include <string.h>

#include "facts/engine.h"
#include "facts/plain.h"
#include "facts/roll.h"
#include "ground/text.h"

enum { LIMIT = 10, NAME_IS_ENTITY = 31 };

static const char *const kind_words[] = {"identifier", "label", "alias"};
static const size_t book_most = (size_t)128 << 20; /* bytes of names in a book */

/* A name in the book; it ends where the next one begins. */
typedef struct page {
  uint32_t
      symbol; /* its number, and whether it is an entity in the bit NAME_IS_ENTITY */
  uint32_t start;
} page;

struct dsr_nearby {
  uint64_t epoch; /* of the names, as the roll has them */
  dsr_roll roll;
  bool asked;  /* somebody asked since the names changed */
  bool booked; /* the book is whole */
  bool large;  /* it would be too large */
  dsr_bytes plain;
  VEC(page) pages;
  VEC(uint64_t) letters; /* by page */
};

static dsr_status no_memory(dsr_facts *facts) { return dsr_fail_memory(facts->error); }

/* ---- what is kept ------------------------------------------------------------------ */

static void free_book(dsr_nearby *nearby) {
  nearby->booked = false;
  VEC_FREE(&nearby->plain);
  VEC_FREE(&nearby->pages);
  VEC_FREE(&nearby->letters);
}

void dsr_nearby_free(dsr_nearby *nearby) {
  if (nearby == NULL) return;
  free_book(nearby);
  dsr_roll_free(&nearby->roll);
  dsr_free(nearby);
}

/* What is kept, with the roll as the base is now. */
static dsr_status open_nearby(dsr_facts *facts, dsr_nearby **out) {
  dsr_nearby *nearby = facts->nearby;
  *out = nearby;
  if (nearby != NULL && nearby->epoch == facts->named) return DSR_OK;
  dsr_nearby_free(nearby);
  facts->nearby = NULL;
  nearby = dsr_alloc(sizeof *nearby);
  if (nearby == NULL) return no_memory(facts);
  nearby->epoch = facts->named;
  dsr_status rc = dsr_roll_make(facts, &nearby->roll);
  if (rc < 0) {
    dsr_free(nearby);
    return rc;
  }
  facts->nearby = *out = nearby;
  return DSR_OK;
}

/* ---- the book ---------------------------------------------------------------------- */

static bool add_page(dsr_nearby *nearby, dsr_word word, dsr_str plain) {
  uint32_t entity = dsr_word_tag(word) == DSR_TAG_ENTITY;
  page made = {(uint32_t)dsr_word_payload(word) | entity << NAME_IS_ENTITY,
               (uint32_t)nearby->plain.len};
  return dsr_bytes_put(&nearby->plain, plain.data, plain.len) &&
         VEC_PUSH(&nearby->letters, dsr_plain_letters(plain)) &&
         VEC_PUSH(&nearby->pages, made);
}

static dsr_word page_word(const page *p) {
  bool entity = p->symbol >> NAME_IS_ENTITY != 0;
  uint64_t number = p->symbol & ~(UINT32_C(1) << NAME_IS_ENTITY);
  return dsr_word_make(entity ? DSR_TAG_ENTITY : DSR_TAG_TEXT, number);
}

static dsr_str page_plain(const dsr_nearby *nearby, size_t i) {
  size_t start = nearby->pages.items[i].start;
  size_t end =
      i + 1 < nearby->pages.len ? nearby->pages.items[i + 1].start : nearby->plain.len;
  return (dsr_str){(const char *)nearby->plain.items + start, end - start};
}

/* A book that is being written. */
typedef struct writing {
  dsr_facts *facts;
  dsr_nearby *nearby;
  dsr_arena arena; /* of one name */
} writing;

/* DSR_ELIMIT, without words, where they are too many. */
static dsr_status write_name(void *ud, dsr_word word, dsr_str spelled) {
  writing *w = ud;
  dsr_arena_mark here = dsr_arena_here(&w->arena);
  dsr_str plain = dsr_plain_name(&w->arena, spelled);
  if (w->nearby->plain.len + plain.len > book_most) return DSR_ELIMIT;
  bool ok = plain.data != NULL && add_page(w->nearby, word, plain);
  dsr_arena_back(&w->arena, here);
  return ok ? DSR_OK : no_memory(w->facts);
}

static dsr_status write_book(dsr_facts *facts, dsr_nearby *nearby) {
  writing w = {facts, nearby, {0}};
  dsr_status rc = DSR_OK;
  if (dsr_arena_alloc(&w.arena, 1) == NULL) rc = no_memory(facts); /* a chunk stays */
  if (rc >= 0) rc = dsr_roll_each(facts, &nearby->roll, write_name, &w);
  dsr_arena_free(&w.arena);
  nearby->booked = rc >= 0;
  nearby->large = rc == DSR_ELIMIT;
  if (rc < 0) free_book(nearby);
  return nearby->large ? DSR_OK : rc;
}

/* ---- looking up ------------------------------------------------------------------- */

static dsr_status spelled_as(dsr_facts *facts, dsr_word word, dsr_str *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  TRY(dsr_word_value(facts->symbols, word, scratch, &value));
  *out = value.text;
  return DSR_OK;
}

typedef struct candidate {
  dsr_fit fit;
  int distance;
  dsr_name_is kind;
  dsr_str plain;            /* a copy of its own */
  dsr_word entity, written; /* the entity itself again, or the text */
} candidate;

/* A word that is asked for, or all of them. */
typedef struct wanted {
  dsr_str text;
  uint64_t letters;
  int reach; /* edits that it may be away */
} wanted;

typedef struct lookup {
  dsr_facts *facts;
  dsr_view *view;
  dsr_nearby *nearby;
  dsr_arena arena; /* of what is asked */
  dsr_arena room;  /* of the name at hand */
  dsr_str asked;
  wanted whole;
  wanted words[DSR_PLAIN_WORDS]; /* the longest first */
  int n_words;
  uint64_t table[256];
  size_t most;         /* how long the list may be */
  bool full;           /* something was left out of it */
  VEC(candidate) best; /* up to twice as long, on the way */
  bool cut;            /* its first ones are in order: the best of those met before */
  candidate one;       /* the name at hand, its copy not made */
} lookup;

/* How many edits a word of this length may be away. */
static int reach(size_t len) {
  return len <= 3                    ? 0
         : len <= 5                  ? 1
         : len <= 14                 ? 2
         : len <= DSR_PLAIN_COMPARED ? 3
                                     : 0;
}

static wanted want(dsr_str text) {
  return (wanted){text, dsr_plain_letters(text), reach(text.len)};
}

/* May a name of these letters have the word, or nearly so? */
static inline bool may_have(const wanted *w, uint64_t letters) {
  return !dsr_plain_more(w->letters & ~letters, w->reach);
}

/* May a name of these letters fit? */
static bool may_fit(const lookup *l, uint64_t letters) {
  for (int i = 0; i < l->n_words; i++) {
    if (!may_have(&l->words[i], letters)) return may_have(&l->whole, letters);
  }
  return true;
}

/* Edits from a word that is asked for to the nearest in a name; past its reach: -1. */
static int word_edits(dsr_str plain, const wanted *w) {
  int least = w->reach + 1;
  size_t at = 0;
  dsr_str of;
  while (dsr_plain_next(plain, &at, &of)) {
    if (dsr_plain_begins(of, w->text)) return 0;
    size_t apart = of.len > w->text.len ? of.len - w->text.len : w->text.len - of.len;
    if (apart > (size_t)w->reach || w->reach == 0) continue;
    if (!dsr_plain_may_be_near(dsr_plain_letters(of), w->letters, w->reach)) continue;
    int distance = dsr_plain_edits(of, w->text, w->reach);
    if (distance < least) least = distance;
  }
  return least <= w->reach ? least : -1;
}

static bool fit_words(const lookup *l, dsr_str plain, candidate *out) {
  int sum = 0;
  for (int i = 0; i < l->n_words; i++) {
    int distance = word_edits(plain, &l->words[i]);
    if (distance < 0) return false;
    sum += distance;
  }
  out->fit = sum == 0 ? DSR_FIT_WORDS : DSR_FIT_NEAR;
  out->distance = sum;
  return true;
}

/* How a name fits, if it does. */
static bool fit_name(const lookup *l, dsr_str plain, uint64_t letters, candidate *out) {
  const wanted *whole = &l->whole;
  out->distance = 0;
  out->fit = DSR_FIT_FOLDED;
  if (dsr_str_eq(plain, whole->text)) return true;
  out->fit = DSR_FIT_PREFIX;
  if (dsr_plain_begins(plain, whole->text)) return true;
  if (fit_words(l, plain, out)) return true;
  if (!dsr_plain_may_be_near(letters, whole->letters, whole->reach)) return false;
  out->fit = DSR_FIT_NEAR;
  out->distance = dsr_plain_edits(plain, whole->text, whole->reach);
  return out->distance <= whole->reach;
}

static int candidate_order(const candidate *a, const candidate *b) {
  if (a->fit != b->fit) return a->fit < b->fit ? -1 : 1;
  if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
  if (a->kind != b->kind && a->fit <= DSR_FIT_FOLDED) return a->kind < b->kind ? -1 : 1;
  if (a->plain.len != b->plain.len) return a->plain.len < b->plain.len ? -1 : 1;
  int order = dsr_str_cmp(a->plain, b->plain);
  if (order == 0) order = (a->kind > b->kind) - (a->kind < b->kind);
  if (order == 0) order = (a->entity > b->entity) - (a->entity < b->entity);
  if (order == 0) order = (a->written > b->written) - (a->written < b->written);
  return order;
}

/* ---- the list ---------------------------------------------------------------------- */

/* Would the candidate have a place among the best? */
static bool is_better(const lookup *l, const candidate *one) {
  return !l->cut || candidate_order(one, &l->best.items[l->most - 1]) < 0;
}

static void drop_from(lookup *l, size_t len) {
  while (l->best.len > len) dsr_free((char *)l->best.items[--l->best.len].plain.data);
}

static int by_order(const void *left, const void *right) {
  return candidate_order(left, right);
}

/* Put the list in order, and leave the best. */
static void cut(lookup *l) {
  if (l->best.len > 0) qsort(l->best.items, l->best.len, sizeof(candidate), by_order);
  if (l->best.len <= l->most) return;
  drop_from(l, l->most);
  l->cut = l->full = true;
}

/* Put the candidate at hand into the list, as one of this entity. */
static dsr_status offer(void *ud, dsr_word entity) {
  lookup *l = ud;
  candidate one = l->one;
  one.entity = entity;
  l->full |= !is_better(l, &one);
  if (!is_better(l, &one)) return DSR_OK;
  one.plain.data = dsr_copy(one.plain.data, one.plain.len);
  if (one.plain.data == NULL || !VEC_PUSH(&l->best, one)) {
    dsr_free((char *)one.plain.data);
    return no_memory(l->facts);
  }
  if (l->best.len / 2 >= l->most) cut(l);
  return DSR_OK;
}

/* Offer the name at hand for every entity that has it. */
static dsr_status offer_all(lookup *l, dsr_word word) {
  for (int kind = DSR_IS_IDENTIFIER; kind < DSR_IS_KINDS; kind++) {
    if (!dsr_roll_has(&l->nearby->roll, word, (dsr_name_is)kind)) continue;
    l->one.kind = (dsr_name_is)kind;
    l->one.entity = DSR_WORD_NONE; /* before any other */
    if (!is_better(l, &l->one)) {
      l->full = true;
    } else if (kind == DSR_IS_IDENTIFIER) {
      TRY(offer(l, word));
    } else {
      TRY(dsr_roll_called(l->facts, (dsr_name_is)kind, word, offer, l));
    }
  }
  return DSR_OK;
}

static dsr_status consider(lookup *l, dsr_word word, dsr_str plain, uint64_t letters) {
  dsr_str written;
  if (!fit_name(l, plain, letters, &l->one)) return DSR_OK;
  if (l->one.fit == DSR_FIT_FOLDED) {
    TRY(spelled_as(l->facts, word, &written));
    if (dsr_str_eq(written, l->asked)) l->one.fit = DSR_FIT_EXACT;
  }
  l->one.plain = plain;
  l->one.written = word;
  return offer_all(l, word);
}

/* ---- walks ------------------------------------------------------------------------- */

/* What a name has of letters, and more where it is not ASCII. */
static inline uint64_t letters_written(const lookup *l, dsr_str spelled) {
  uint64_t letters = 0;
  for (size_t i = 0; i < spelled.len; i++) {
    letters |= l->table[(unsigned char)spelled.data[i]];
  }
  return letters;
}

static dsr_status meet_name(void *ud, dsr_word word, dsr_str spelled) {
  lookup *l = ud;
  if (!may_fit(l, letters_written(l, spelled))) return DSR_OK;
  dsr_arena_mark here = dsr_arena_here(&l->room);
  dsr_str plain = dsr_plain_name(&l->room, spelled);
  if (plain.data == NULL) return no_memory(l->facts);
  uint64_t letters = dsr_plain_letters(plain);
  dsr_status rc = DSR_OK;
  if (may_fit(l, letters)) rc = consider(l, word, plain, letters);
  dsr_arena_back(&l->room, here);
  return rc;
}

static dsr_status walk_names(lookup *l) {
  dsr_plain_table(l->table);
  if (dsr_arena_alloc(&l->room, 1) == NULL) return no_memory(l->facts);
  return dsr_roll_each(l->facts, &l->nearby->roll, meet_name, l);
}

static dsr_status walk_book(lookup *l) {
  const dsr_nearby *nearby = l->nearby;
  for (size_t i = 0; i < nearby->pages.len; i++) {
    uint64_t letters = nearby->letters.items[i];
    if (!may_fit(l, letters)) continue;
    TRY(consider(l, page_word(&nearby->pages.items[i]), page_plain(nearby, i),
                 letters));
  }
  return DSR_OK;
}

/* Have the list of the best, as long as it may be. */
static dsr_status walk(lookup *l) {
  dsr_nearby *nearby = l->nearby;
  drop_from(l, 0);
  l->full = l->cut = false;
  if (nearby->asked && !nearby->booked && !nearby->large) {
    TRY(write_book(l->facts, nearby));
  }
  nearby->asked = true;
  TRY(nearby->booked ? walk_book(l) : walk_names(l));
  cut(l);
  return DSR_OK;
}

/* ---- telling ----------------------------------------------------------------------- */

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
    dsr_named named = {.kind = kind_words[one->kind], .fit = one->fit};
    dsr_word entity;
    bool in;
    TRY(dsr_view_same(l->view, one->entity, &entity));
    if (is_told(&to->told, entity)) continue;
    TRY(dsr_roll_stands(l->facts, l->view, one->kind, one->entity, one->written, &in));
    if (!in) continue;
    TRY(spelled_as(l->facts, entity, &named.entity));
    TRY(spelled_as(l->facts, one->written, &named.name));
    named.distance = one->distance;
    if (!VEC_PUSH(&to->told, entity) || !VEC_PUSH(&to->named, named)) {
      return no_memory(l->facts);
    }
  }
  return DSR_OK;
}

static int longer_first(const void *left, const void *right) {
  size_t a = ((const wanted *)left)->text.len, b = ((const wanted *)right)->text.len;
  return (a < b) - (a > b);
}

static dsr_status read_name(lookup *l) {
  size_t at = 0;
  dsr_str word;
  if (dsr_utf8_valid(l->asked) < l->asked.len) return DSR_NOTHING;
  dsr_str plain = dsr_plain_name(&l->arena, l->asked);
  if (plain.data == NULL) return no_memory(l->facts);
  l->whole = want(plain);
  while (l->n_words < DSR_PLAIN_WORDS && dsr_plain_next(plain, &at, &word)) {
    l->words[l->n_words++] = want(word);
  }
  qsort(l->words, (size_t)l->n_words, sizeof *l->words, longer_first);
  return l->n_words > 0 ? DSR_OK : DSR_NOTHING;
}

static dsr_status find(lookup *l, size_t limit, telling *to) {
  dsr_status rc = read_name(l);
  if (rc != DSR_OK) return rc;
  TRY(open_nearby(l->facts, &l->nearby));
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
  drop_from(&l, 0);
  VEC_FREE(&l.best);
  dsr_arena_free(&l.arena);
  dsr_arena_free(&l.room);
  return rc;
}
