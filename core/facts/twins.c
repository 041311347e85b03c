/*
** twins.c - names that are too alike: perhaps their entities are one.
**
** The orders are by plain name, by plain name read backwards, and by words sorted, of which
** a hash is enough since only equal ones count.  Each name is compared with the few that
** follow it.  Where many are alike, few of their pairs are told: a heap gives these.
*/
#include "facts/twins.h"

#include <stdlib.h>
#include <string.h>

#include "facts/engine.h"
#include "facts/plain.h"
#include "facts/roll.h"
#include "ground/text.h"

enum {
  TWINS = 100,
  FOLLOWING = 8,
  TWIN_LEAST = 6, /* bytes of a name that may differ from its twin by a letter */
  TWIN_LONG = 16, /* by two */
  NAMES_MOST = 0x7fffffff,
};

/* A text that is a label or an alias. */
typedef struct text {
  uint64_t letters;
  size_t start; /* of its plain name */
  uint32_t len;
  uint32_t number; /* of its symbol */
  uint32_t rank;   /* among the plain names, equal ones alike */
} text;

/* That an entity is called so. */
typedef struct name {
  dsr_word entity;
  uint32_t text; /* its place among the texts */
  dsr_name_is kind;
} name;

/* A name in one of the orders. */
typedef struct keyed {
  uint64_t head; /* what is compared first */
  uint32_t name;
} keyed;

typedef struct pair {
  uint32_t a, b; /* names */
} pair;

typedef struct pairing {
  dsr_facts *facts;
  dsr_view *view;
  dsr_arena arena; /* of one name */
  dsr_bytes plain;
  VEC(text) texts; /* by number */
  VEC(name) names; /* labels by entity and text, then aliases */
  VEC(keyed) keys;
  VEC(pair) pairs; /* a heap in the end, the first on top */
} pairing;

static dsr_status no_memory(const pairing *p) {
  return dsr_fail_memory(p->facts->error);
}

/* ---- the names --------------------------------------------------------------------- */

static dsr_status add_text(void *ud, dsr_word word, dsr_str spelled) {
  pairing *p = ud;
  if (dsr_word_tag(word) != DSR_TAG_TEXT) return DSR_OK;
  dsr_arena_mark here = dsr_arena_here(&p->arena);
  dsr_str plain = dsr_plain_name(&p->arena, spelled);
  if (plain.data == NULL) return no_memory(p);
  text made = {.letters = dsr_plain_letters(plain),
               .start = p->plain.len,
               .len = (uint32_t)plain.len,
               .number = (uint32_t)dsr_word_payload(word)};
  bool ok =
      VEC_PUSH(&p->texts, made) && dsr_bytes_put(&p->plain, plain.data, plain.len);
  dsr_arena_back(&p->arena, here);
  return ok ? DSR_OK : no_memory(p);
}

/* The place of a text; the number of texts where it is none of them. */
static size_t find_text(const pairing *p, dsr_word word) {
  uint64_t number = dsr_word_payload(word);
  size_t lo = 0, hi = p->texts.len;
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (p->texts.items[middle].number < number) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  bool there = dsr_word_tag(word) == DSR_TAG_TEXT && lo < p->texts.len &&
               p->texts.items[lo].number == number;
  return there ? lo : p->texts.len;
}

static dsr_status add_names(pairing *p, dsr_name_is kind) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(p->facts->store, dsr_roll_relation(kind), DSR_ROLL_WIDTH, 0,
                       NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    size_t place = find_text(p, row[1]);
    if (place == p->texts.len || p->texts.items[place].len == 0) continue;
    name made = {row[0], (uint32_t)place, kind};
    if (p->names.len == NAMES_MOST || !VEC_PUSH(&p->names, made)) rc = no_memory(p);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status read_names(pairing *p) {
  dsr_roll roll;
  if (dsr_arena_alloc(&p->arena, 1) == NULL) return no_memory(p); /* a chunk stays */
  TRY(dsr_roll_make(p->facts, &roll));
  dsr_status rc = dsr_roll_each(p->facts, &roll, add_text, p);
  dsr_roll_free(&roll);
  if (rc >= 0) rc = add_names(p, DSR_IS_LABEL);
  if (rc >= 0) rc = add_names(p, DSR_IS_ALIAS);
  return rc;
}

static const text *text_of(const pairing *p, uint32_t of) {
  return &p->texts.items[p->names.items[of].text];
}

static dsr_str plain_of(const pairing *p, const text *t) {
  return (dsr_str){(const char *)p->plain.items + t->start, t->len};
}

static dsr_word word_of(const pairing *p, uint32_t of) {
  return dsr_word_make(DSR_TAG_TEXT, text_of(p, of)->number);
}

/* ---- orders ------------------------------------------------------------------------ */

typedef enum order { FORWARDS, BACKWARDS, SORTED } order;

static unsigned char byte_at(dsr_str plain, size_t i, order by) {
  return (unsigned char)plain.data[by == FORWARDS ? i : plain.len - 1 - i];
}

/* The first eight bytes, so that numbers are in their order. */
static uint64_t head_of(dsr_str plain, order by) {
  uint64_t head = 0;
  for (size_t i = 0; i < 8; i++) {
    head = head << 8 | (i < plain.len ? byte_at(plain, i, by) : 0);
  }
  return head;
}

static int compare_backwards(dsr_str a, dsr_str b) {
  for (size_t i = 0; i < a.len && i < b.len; i++) {
    int apart = byte_at(a, i, BACKWARDS) - byte_at(b, i, BACKWARDS);
    if (apart != 0) return apart;
  }
  return (a.len > b.len) - (a.len < b.len);
}

static int keyed_order(const keyed *a, const keyed *b, const pairing *p, order by) {
  if (a->head != b->head) return a->head < b->head ? -1 : 1;
  int apart = 0;
  if (by != SORTED && text_of(p, a->name) != text_of(p, b->name)) {
    dsr_str x = plain_of(p, text_of(p, a->name)), y = plain_of(p, text_of(p, b->name));
    apart = by == FORWARDS ? dsr_str_cmp(x, y) : compare_backwards(x, y);
  }
  return apart != 0 ? apart : (a->name > b->name) - (a->name < b->name);
}

static int by_forwards(const void *a, const void *b, void *ud) {
  return keyed_order(a, b, ud, FORWARDS);
}

static int by_backwards(const void *a, const void *b, void *ud) {
  return keyed_order(a, b, ud, BACKWARDS);
}

static int by_sorted(const void *a, const void *b, void *ud) {
  return keyed_order(a, b, ud, SORTED);
}

static int by_bytes(const void *left, const void *right) {
  return dsr_str_cmp(*(const dsr_str *)left, *(const dsr_str *)right);
}

/* The words in order, in the arena; the name itself where it has one or too many.  data
** NULL without memory. */
static dsr_str sorted_words(dsr_arena *arena, dsr_str plain) {
  dsr_str words[DSR_PLAIN_WORDS];
  size_t n = 0, at = 0, len = 0;
  while (n < DSR_PLAIN_WORDS && dsr_plain_next(plain, &at, &words[n])) n++;
  if (n < 2 || at < plain.len) return plain;
  qsort(words, n, sizeof *words, by_bytes);
  char *out = dsr_arena_alloc(arena, plain.len + 1);
  for (size_t i = 0; out && i < n; i++) {
    if (i > 0) out[len++] = ' ';
    memcpy(out + len, words[i].data, words[i].len);
    len += words[i].len;
  }
  return (dsr_str){out, len};
}

static dsr_status add_key(pairing *p, uint32_t of, order by) {
  dsr_str plain = plain_of(p, text_of(p, of));
  keyed made = {0, of};
  if (by == SORTED) {
    dsr_arena_mark here = dsr_arena_here(&p->arena);
    dsr_str sorted = sorted_words(&p->arena, plain);
    if (sorted.data == NULL) return no_memory(p);
    made.head = dsr_hash(sorted.data, sorted.len, 0);
    dsr_arena_back(&p->arena, here);
  } else {
    made.head = head_of(plain, by);
  }
  return VEC_PUSH(&p->keys, made) ? DSR_OK : no_memory(p);
}

/* Have the keys in one of the orders. */
static dsr_status put_in_order(pairing *p, order by) {
  static int (*const compare[])(const void *, const void *, void *) = {
      by_forwards, by_backwards, by_sorted};
  p->keys.len = 0;
  for (uint32_t i = 0; i < p->names.len; i++) TRY(add_key(p, i, by));
  if (p->keys.len > 0) {
    qsort_r(p->keys.items, p->keys.len, sizeof *p->keys.items, compare[by], p);
  }
  return DSR_OK;
}

/* Give the texts their ranks: the keys are in order of plain names. */
static void rank_texts(pairing *p) {
  uint32_t rank = 0;
  for (size_t i = 0; i < p->keys.len; i++) {
    text *t = &p->texts.items[p->names.items[p->keys.items[i].name].text];
    if (i > 0) {
      const text *before = text_of(p, p->keys.items[i - 1].name);
      rank += !dsr_str_eq(plain_of(p, before), plain_of(p, t));
    }
    t->rank = rank;
  }
}

/* ---- pairs ------------------------------------------------------------------------- */

/* The next digit of a text from *at on; 0 where there is none. */
static char next_digit(dsr_str of, size_t *at) {
  while (*at < of.len) {
    char c = of.data[(*at)++];
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

static bool are_alike(const pairing *p, const text *x, const text *y) {
  if (x == y) return true;
  dsr_str a = plain_of(p, x), b = plain_of(p, y);
  size_t shorter = a.len < b.len ? a.len : b.len;
  int limit = shorter < TWIN_LONG ? 1 : 2;
  if (!dsr_plain_may_be_near(x->letters, y->letters, limit)) return false;
  if (dsr_str_eq(a, b)) return true;
  if (shorter < TWIN_LEAST || a.len > DSR_PLAIN_COMPARED ||
      b.len > DSR_PLAIN_COMPARED) {
    return false;
  }
  return same_digits(a, b) && dsr_plain_edits(a, b, limit) <= limit;
}

/* Have two names the same words? */
static dsr_status have_same_words(pairing *p, const text *x, const text *y,
                                  bool *same) {
  *same = x == y;
  if (*same) return DSR_OK;
  dsr_arena_mark here = dsr_arena_here(&p->arena);
  dsr_str a = sorted_words(&p->arena, plain_of(p, x));
  dsr_str b = sorted_words(&p->arena, plain_of(p, y));
  if (a.data == NULL || b.data == NULL) return no_memory(p);
  *same = dsr_str_eq(a, b);
  dsr_arena_back(&p->arena, here);
  return DSR_OK;
}

/* Of two names: the one whose plain name is less comes first. */
static dsr_status add_pair(pairing *p, uint32_t a, uint32_t b) {
  if (p->names.items[a].entity == p->names.items[b].entity) return DSR_OK;
  uint32_t x = text_of(p, a)->rank, y = text_of(p, b)->rank;
  bool turned = x > y || (x == y && a > b);
  pair made = turned ? (pair){b, a} : (pair){a, b};
  return VEC_PUSH(&p->pairs, made) ? DSR_OK : no_memory(p);
}

/* Compare each name with those that follow it. */
static dsr_status compare_by(pairing *p, order by) {
  if (by != FORWARDS) TRY(put_in_order(p, by)); /* else they are */
  const keyed *keys = p->keys.items;
  for (size_t i = 0; i < p->keys.len; i++) {
    const text *t = text_of(p, keys[i].name);
    for (size_t k = i + 1; k < p->keys.len && k <= i + FOLLOWING; k++) {
      bool alike;
      if (by != SORTED) {
        alike = are_alike(p, t, text_of(p, keys[k].name));
      } else {
        if (keys[k].head != keys[i].head) break;
        TRY(have_same_words(p, t, text_of(p, keys[k].name), &alike));
      }
      if (alike) TRY(add_pair(p, keys[i].name, keys[k].name));
    }
  }
  return DSR_OK;
}

/* In order of names; a name before its numbers are compared. */
static int pair_order(const pairing *p, const pair *x, const pair *y) {
  uint32_t a = text_of(p, x->a)->rank, b = text_of(p, y->a)->rank;
  if (a == b) a = text_of(p, x->b)->rank, b = text_of(p, y->b)->rank;
  if (a == b) a = x->a, b = y->a;
  if (a == b) a = x->b, b = y->b;
  return (a > b) - (a < b);
}

static void sift_down(pairing *p, size_t at) {
  pair *heap = p->pairs.items, moved = heap[at];
  for (size_t child; (child = 2 * at + 1) < p->pairs.len; at = child) {
    if (child + 1 < p->pairs.len && pair_order(p, &heap[child + 1], &heap[child]) < 0) {
      child++;
    }
    if (pair_order(p, &moved, &heap[child]) <= 0) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

/* The first of the pairs, taken off the heap with all that are the same. */
static pair take_pair(pairing *p) {
  pair first = p->pairs.items[0];
  while (p->pairs.len > 0 && pair_order(p, &p->pairs.items[0], &first) == 0) {
    p->pairs.items[0] = p->pairs.items[--p->pairs.len];
    if (p->pairs.len > 0) sift_down(p, 0);
  }
  return first;
}

/* ---- telling ----------------------------------------------------------------------- */

typedef struct twin_list {
  VEC(pair) entities; /* names that were told */
  VEC(dsr_twins) told;
} twin_list;

/* Is the name still held? */
static dsr_status stands(const pairing *p, uint32_t of, bool *is) {
  const name *n = &p->names.items[of];
  return dsr_roll_stands(p->facts, p->view, n->kind, n->entity, word_of(p, of), is);
}

/* Is the pair to be told: both names are in view, and the entities are two? */
static dsr_status is_pair(const pairing *p, const pair *one, bool *is) {
  dsr_word x, y;
  TRY(dsr_view_same(p->view, p->names.items[one->a].entity, &x));
  TRY(dsr_view_same(p->view, p->names.items[one->b].entity, &y));
  *is = x != y;
  if (*is) TRY(stands(p, one->a, is));
  if (*is) TRY(stands(p, one->b, is));
  return DSR_OK;
}

static bool pair_told(const pairing *p, const twin_list *list, const pair *one) {
  const name *names = p->names.items;
  dsr_word a = names[one->a].entity, b = names[one->b].entity;
  for (size_t i = 0; i < list->entities.len; i++) {
    dsr_word x = names[list->entities.items[i].a].entity;
    dsr_word y = names[list->entities.items[i].b].entity;
    if ((x == a && y == b) || (x == b && y == a)) return true;
  }
  return false;
}

static dsr_status spelled_as(const pairing *p, dsr_word word, dsr_str *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  TRY(dsr_word_value(p->facts->symbols, word, scratch, &value));
  *out = value.text;
  return DSR_OK;
}

static dsr_status add_twins(const pairing *p, const pair *one, twin_list *list) {
  dsr_twins twins;
  TRY(spelled_as(p, p->names.items[one->a].entity, &twins.entity));
  TRY(spelled_as(p, word_of(p, one->a), &twins.name));
  TRY(spelled_as(p, p->names.items[one->b].entity, &twins.other));
  TRY(spelled_as(p, word_of(p, one->b), &twins.other_name));
  bool fine = VEC_PUSH(&list->entities, *one) && VEC_PUSH(&list->told, twins);
  return fine ? DSR_OK : no_memory(p);
}

static dsr_status pair_up(pairing *p, size_t limit, twin_list *list) {
  TRY(read_names(p));
  TRY(put_in_order(p, FORWARDS));
  rank_texts(p);
  TRY(compare_by(p, FORWARDS));
  TRY(compare_by(p, BACKWARDS));
  TRY(compare_by(p, SORTED));
  VEC_FREE(&p->keys);
  for (size_t i = p->pairs.len / 2; i-- > 0;) sift_down(p, i);
  while (p->pairs.len > 0 && list->told.len < limit) {
    pair one = take_pair(p);
    bool is;
    if (pair_told(p, list, &one)) continue;
    TRY(is_pair(p, &one, &is));
    if (is) TRY(add_twins(p, &one, list));
  }
  return list->told.len > 0 ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_twins_each(dsr_facts *facts, dsr_view *view, int limit,
                          dsr_twins_found found, void *ud) {
  pairing p = {.facts = facts, .view = view};
  twin_list list = {.entities = {0}};
  TRY(dsr_facts_read(facts, false));
  dsr_status rc = pair_up(&p, limit == 0 ? TWINS : (size_t)limit, &list);
  for (size_t i = 0; rc == DSR_OK && i < list.told.len; i++) {
    if (found(ud, &list.told.items[i]) != 0) break;
  }
  VEC_FREE(&list.entities);
  VEC_FREE(&list.told);
  VEC_FREE(&p.plain);
  VEC_FREE(&p.texts);
  VEC_FREE(&p.names);
  VEC_FREE(&p.keys);
  VEC_FREE(&p.pairs);
  dsr_arena_free(&p.arena);
  return rc;
}
