/*
** names.c - from entities to their names, from names to entities, and lists of names.
**
** A label costs one short scan.  Finding by name is a walk over all names (roll.h), and a
** short scan for what is spelled like it; an identifier that fits exactly needs no more than
** a look-up.
**
** Names of entities are in no order that the store keeps: to tell of those that begin
** with a prefix, the mention order is walked once and what fits is sorted; facts are
** looked at for the names that are told, no more.
*/
#include <stdlib.h>
#include <string.h>

#include "facts/engine.h"
#include "facts/roll.h"
#include "ground/text.h"

/* ---- labels --------------------------------------------------------------------- */

/* The string and the language of a text word. */
static dsr_status text_parts(dsr_facts *facts, dsr_word word, dsr_value *out) {
  char scratch[DSR_WORD_TEXT];
  return dsr_word_value(facts->symbols, word, scratch, out);
}

/* Is label `a` better than `b` where `lang` is wanted: that language, then none, then
** the least language; of equals the least string. */
static bool better(const dsr_value *a, const dsr_value *b, dsr_str lang) {
  bool a_is = lang.len > 0 && dsr_str_eq(a->lang, lang);
  bool b_is = lang.len > 0 && dsr_str_eq(b->lang, lang);
  if (a_is != b_is) return a_is;
  int order = dsr_str_cmp(a->lang, b->lang);
  if (order == 0) order = dsr_str_cmp(a->text, b->text);
  return order < 0;
}

dsr_status dsr_entity_label(dsr_facts *facts, dsr_view *view, dsr_word entity,
                            dsr_str lang, dsr_str *out) {
  dsr_word pattern[2] = {entity, DSR_WORD_NONE};
  dsr_scan *scan;
  const dsr_match *match;
  dsr_value best = {0};
  bool found = false;
  TRY(dsr_scan_start(facts, view, DSR_REL_LABEL, pattern, DSR_WORD_NONE, 0, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_value value;
    rc = text_parts(facts, match->args[1], &value);
    if (rc < 0) break;
    if (!found || better(&value, &best, lang)) best = value;
    found = true;
  }
  dsr_scan_stop(scan);
  if (rc < 0) return rc;
  if (!found) return DSR_NOTHING;
  *out = best.text;
  return DSR_OK;
}

/* ---- finding -------------------------------------------------------------------- */

/* An entity or a text that is spelled like the name, but for case. */
typedef struct likeness {
  dsr_word word;
  bool exact; /* for case, too */
} likeness;

typedef struct search {
  dsr_facts *facts;
  dsr_view *view;
  dsr_str name;
  dsr_str folded;
  dsr_arena arena;
  VEC(likeness) likenesses;
  dsr_words exact; /* entities with a label or alias spelled like the name */
  dsr_words alike; /* the same, but for case */
} search;

static bool add_once(dsr_words *list, dsr_word word) {
  for (size_t i = 0; i < list->len; i++) {
    if (list->items[i] == word) return true;
  }
  return VEC_PUSH(list, word);
}

static dsr_status add_to(const search *s, dsr_words *list, dsr_word word) {
  return add_once(list, word) ? DSR_OK : dsr_fail_memory(s->facts->error);
}

static bool is_ascii(dsr_str text) {
  size_t i = 0;
  while (i < text.len && (unsigned char)text.data[i] < 0x80) i++;
  return i == text.len;
}

/* Is it spelled like the name, but for case?  Folding leaves ASCII as long as it is. */
static bool is_alike(search *s, dsr_str spelled) {
  if (s->folded.data == NULL) return false;
  if (spelled.len != s->folded.len && is_ascii(spelled)) return false;
  dsr_arena_mark here = dsr_arena_here(&s->arena);
  dsr_str folded = dsr_text_fold(&s->arena, spelled);
  bool alike = folded.data && dsr_str_eq(folded, s->folded);
  dsr_arena_back(&s->arena, here);
  return alike;
}

static dsr_status keep_likeness(void *ud, dsr_word word, dsr_str spelled) {
  search *s = ud;
  likeness met = {word, dsr_str_eq(spelled, s->name)};
  if (!met.exact && !is_alike(s, spelled)) return DSR_OK;
  bool kept = VEC_PUSH(&s->likenesses, met);
  return kept ? DSR_OK : dsr_fail_memory(s->facts->error);
}

/* Have what is spelled like the name. */
static dsr_status search_spellings(search *s) {
  dsr_roll roll;
  TRY(dsr_roll_make(s->facts, &roll));
  dsr_status rc = dsr_roll_each(s->facts, &roll, keep_likeness, s);
  dsr_roll_free(&roll);
  return rc;
}

/* The entities that are called by the text in view. */
static dsr_status search_called(search *s, dsr_name_is kind, const likeness *of) {
  dsr_word pattern[2] = {DSR_WORD_NONE, of->word};
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(s->facts, s->view, dsr_roll_relation(kind), pattern, DSR_WORD_NONE,
                     0, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    if (of->exact) rc = add_to(s, &s->exact, match->args[0]);
    if (rc >= 0) rc = add_to(s, &s->alike, match->args[0]);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status search_names(search *s) {
  TRY(search_spellings(s));
  for (size_t i = 0; i < s->likenesses.len; i++) {
    const likeness *of = &s->likenesses.items[i];
    if (dsr_word_tag(of->word) != DSR_TAG_TEXT) continue;
    TRY(search_called(s, DSR_IS_LABEL, of));
    TRY(search_called(s, DSR_IS_ALIAS, of));
  }
  return DSR_OK;
}

dsr_status dsr_entity_each(dsr_facts *facts,
                           dsr_status (*met)(void *ud, dsr_word entity,
                                             dsr_str spelled),
                           void *ud) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  dsr_word last = DSR_WORD_NONE;
  TRY(dsr_cursor_start(facts->store, DSR_REL_MENTION, 3, 0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    dsr_symbol_kind kind;
    dsr_str spelled;
    if (row[0] == last) continue;
    last = row[0];
    rc = dsr_facts_name(facts, last, &kind, &spelled);
    if (rc >= 0) rc = met(ud, last, spelled);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Call `met` for every speaker of a claim, known or not from facts; one may come again. */
static dsr_status each_speaker(dsr_facts *facts,
                               dsr_status (*met)(void *ud, dsr_word entity,
                                                 dsr_str spelled),
                               void *ud) {
  uint64_t end = dsr_store_next(facts->store, DSR_REC_CLAIM);
  dsr_word last = DSR_WORD_NONE;
  for (uint64_t number = 1; number < end; number++) {
    dsr_claim_row claim;
    dsr_symbol_kind kind;
    dsr_str spelled;
    bool there;
    TRY(dsr_claim_read(facts, number, &claim, &there));
    if (!there || claim.speaker == DSR_WORD_NONE || claim.speaker == last) continue;
    last = claim.speaker;
    TRY(dsr_symbols_get(facts->symbols, last, &kind, &spelled));
    TRY(met(ud, last, spelled));
  }
  return DSR_OK;
}

/* ---- what is left ---------------------------------------------------------------- */

/* Does some row with `column` as given (-1: any row) have a live claim that asserts or
** denies it? */
static dsr_status some_row_lives(dsr_facts *facts, const dsr_relation *relation,
                                 int column, dsr_word entity, bool *lives) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t number;
  int bound = column < 0 ? 0 : 1;
  *lives = false;
  TRY(dsr_cursor_start(facts->store, relation->number, relation->arity + 1,
                       column < 0 ? 0 : column, &entity, bound, &cursor));
  dsr_status rc = DSR_OK;
  while (!*lives && (rc = dsr_cursor_next(cursor, &row, &number)) == DSR_ROW) {
    dsr_set set;
    rc = dsr_set_get(facts, number, &set);
    if (rc < 0) break;
    for (size_t i = 0; i < set.n; i++) *lives |= set.entries[i].closed == 0;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_relation_known(dsr_facts *facts, const dsr_relation *relation,
                              bool *known) {
  bool swapped;
  *known = relation->number < DSR_REL_FIRST || relation->declared;
  if (*known) return DSR_OK;
  return some_row_lives(facts, dsr_relation_stored(facts, relation, &swapped), -1,
                        DSR_WORD_NONE, known);
}

dsr_status dsr_entity_known(dsr_facts *facts, dsr_word entity, bool *known) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  *known = false;
  TRY(dsr_cursor_start(facts->store, DSR_REL_MENTION, 3, 0, &entity, 1, &cursor));
  dsr_status rc = DSR_OK;
  while (!*known && (rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    const dsr_relation *relation =
        dsr_relation_get(facts, (uint32_t)dsr_word_signed(row[1]));
    int column = (int)dsr_word_signed(row[2]);
    if (!relation) continue;
    *known = column > 1; /* no order leads there: the mention will do */
    if (!*known) rc = some_row_lives(facts, relation, column, entity, known);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* ---- finding --------------------------------------------------------------------- */

/* Does some fact mention the entity? */
static dsr_status is_mentioned(dsr_facts *facts, dsr_word entity, bool *is) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(facts->store, DSR_REL_MENTION, 3, 0, &entity, 1, &cursor));
  dsr_status rc = dsr_cursor_next(cursor, &row, &set);
  dsr_cursor_stop(cursor);
  *is = rc == DSR_ROW;
  return rc < 0 ? rc : DSR_OK;
}

/* Entities whose identifiers are spelled like the name, but for case. */
static dsr_status search_identifiers(search *s) {
  for (size_t i = 0; i < s->likenesses.len; i++) {
    dsr_word word = s->likenesses.items[i].word;
    bool mentioned;
    if (dsr_word_tag(word) != DSR_TAG_ENTITY) continue;
    TRY(is_mentioned(s->facts, word, &mentioned));
    if (mentioned) TRY(add_to(s, &s->alike, word));
  }
  return DSR_OK;
}

/* Keep a speaker whose identifier is the name, or is spelled like it, but for case. */
static dsr_status keep_speaker(void *ud, dsr_word entity, dsr_str spelled) {
  search *s = ud;
  if (dsr_str_eq(spelled, s->name)) return add_to(s, &s->exact, entity);
  return is_alike(s, spelled) ? add_to(s, &s->alike, entity) : DSR_OK;
}

/* A race between identifiers that live facts mention. */
typedef struct race {
  dsr_facts *facts;
  dsr_nearest nearest;
} race;

/* What would win is looked at: is there a live fact of it? */
static dsr_status offer_spelled(void *ud, dsr_word entity, dsr_str spelled) {
  race *r = ud;
  dsr_nearest before = r->nearest;
  dsr_symbol_kind kind;
  bool known;
  dsr_nearest_offer(&r->nearest, spelled);
  if (r->nearest.best.data == before.best.data) return DSR_OK;
  TRY(dsr_symbols_get(r->facts->symbols, entity, &kind, &r->nearest.best)); /* kept */
  TRY(dsr_entity_known(r->facts, entity, &known));
  if (!known) r->nearest = before;
  return DSR_OK;
}

static dsr_status offer_speaker(void *ud, dsr_word entity, dsr_str spelled) {
  (void)entity;
  dsr_nearest_offer(&((race *)ud)->nearest, spelled);
  return DSR_OK;
}

dsr_status dsr_entity_nearest(dsr_facts *facts, dsr_str name, dsr_str *out) {
  race r = {.facts = facts};
  TRY(dsr_facts_read(facts, false));
  dsr_nearest_start(&r.nearest, name);
  TRY(dsr_roll_each(facts, NULL, offer_spelled, &r));
  TRY(each_speaker(facts, offer_speaker, &r));
  *out = r.nearest.best;
  return DSR_OK;
}

/* The entity with exactly this identifier, if some fact mentions it. */
static dsr_status search_identifier(search *s, dsr_word *out) {
  dsr_word word;
  bool mentioned;
  *out = DSR_WORD_NONE;
  dsr_status rc = dsr_symbols_find(s->facts->symbols, DSR_SYM_ENTITY, s->name, &word);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  TRY(is_mentioned(s->facts, word, &mentioned));
  if (mentioned) *out = word;
  return DSR_OK;
}

/* Tell of the entities in the list, one for each class of same_as, by identifier. */
static dsr_status tell(search *s, dsr_words *list, void (*found)(void *, dsr_word),
                       void *ud) {
  for (size_t i = 0; i < list->len; i++) {
    TRY(dsr_view_same(s->view, list->items[i], &list->items[i]));
  }
  for (size_t i = 1; i < list->len; i++) { /* an insertion sort: lists are short */
    for (size_t k = i; k > 0; k--) {
      int order;
      TRY(dsr_value_compare(s->facts->symbols, list->items[k - 1], list->items[k],
                            &order));
      if (order <= 0) break;
      dsr_word moved = list->items[k];
      list->items[k] = list->items[k - 1];
      list->items[k - 1] = moved;
    }
  }
  for (size_t i = 0; i < list->len; i++) {
    if (i == 0 || list->items[i] != list->items[i - 1]) found(ud, list->items[i]);
  }
  return DSR_OK;
}

static dsr_status find(search *s, void (*found)(void *, dsr_word), void *ud) {
  dsr_word exact;
  TRY(search_identifier(s, &exact));
  if (exact != DSR_WORD_NONE) {
    if (!VEC_PUSH(&s->exact, exact)) return dsr_fail_memory(s->facts->error);
    return tell(s, &s->exact, found, ud);
  }
  s->folded = dsr_text_fold(&s->arena, s->name);
  TRY(search_names(s));
  if (s->exact.len > 0) return tell(s, &s->exact, found, ud);
  if (s->folded.data) TRY(search_identifiers(s));
  if (s->folded.data && s->alike.len == 0) TRY(each_speaker(s->facts, keep_speaker, s));
  if (s->exact.len > 0) return tell(s, &s->exact, found, ud);
  if (s->alike.len == 0) return DSR_NOTHING;
  return tell(s, &s->alike, found, ud);
}

dsr_status dsr_entity_find(dsr_facts *facts, dsr_view *view, dsr_str name,
                           void (*found)(void *ud, dsr_word entity), void *ud) {
  TRY(dsr_facts_read(facts, false));
  search s = {.facts = facts, .view = view, .name = name};
  dsr_status rc = find(&s, found, ud);
  VEC_FREE(&s.likenesses);
  VEC_FREE(&s.exact);
  VEC_FREE(&s.alike);
  dsr_arena_free(&s.arena);
  return rc;
}

/* ---- listing -------------------------------------------------------------------- */

typedef struct named {
  dsr_str written;
  dsr_word word; /* of an entity; else none */
} named;

typedef struct listing {
  dsr_facts *facts;
  dsr_view *view;
  dsr_str prefix;
  dsr_arena arena;
  VEC(named) names;
} listing;

static bool begins(dsr_str text, dsr_str prefix) {
  return text.len >= prefix.len &&
         (prefix.len == 0 || memcmp(text.data, prefix.data, prefix.len) == 0);
}

/* Keep a name that fits: as it is spelled, or in quotes where the prefix has one. */
static dsr_status keep_name(listing *l, dsr_word word, dsr_str spelled) {
  dsr_str written;
  bool quoted = l->prefix.len > 0 && l->prefix.data[0] == '\'';
  if (!quoted && !begins(spelled, l->prefix)) return DSR_OK;
  TRY(dsr_name_write(l->facts->symbols, spelled, &l->arena, &written));
  if (quoted && !begins(written, l->prefix)) return DSR_OK;
  if (!VEC_PUSH(&l->names, ((named){written, word}))) {
    return dsr_fail_memory(l->facts->error);
  }
  return DSR_OK;
}

static dsr_status keep_mentioned(void *ud, dsr_word entity, dsr_str spelled) {
  return keep_name(ud, entity, spelled);
}

static dsr_status keep_relations(listing *l) {
  const dsr_relation *relation;
  for (size_t i = 0; (relation = dsr_relation_at(l->facts, i)) != NULL; i++) {
    bool known;
    if (relation->number < DSR_REL_FIRST) continue;
    TRY(dsr_relation_known(l->facts, relation, &known));
    if (known) TRY(keep_name(l, DSR_WORD_NONE, relation->name));
  }
  return DSR_OK;
}

/* Is what stands there a word for a source, of which nobody asks: `newspaper`, `b`? */
static bool grades_sources(const dsr_relation *relation, int column) {
  bool word = relation->number == DSR_REL_SOURCE_KIND ||
              relation->number == DSR_REL_SOURCE_GRADE;
  return word && column == 1;
}

/* Does some row of `relation` with `entity` in `column` stand in view, asserted or
** denied?  A later column than the second leads no order: there, the mention will do. */
static dsr_status column_stands(const listing *l, const dsr_relation *relation,
                                int column, dsr_word entity, bool *stands) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  *stands = column > 1;
  if (*stands) return DSR_OK;
  TRY(dsr_cursor_start(l->facts->store, relation->number, relation->arity + 1, column,
                       &entity, 1, &cursor));
  dsr_status rc = DSR_OK;
  while (!*stands && (rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    unsigned sees;
    rc = dsr_view_set(l->view, relation->number, set, &sees);
    if (rc < 0) break;
    *stands = (sees & (DSR_SEES_HELD | DSR_SEES_DENIED)) != 0;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Does a fact in view still speak of the entity? */
static dsr_status entity_stands(const listing *l, dsr_word entity, bool *stands) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  *stands = false;
  TRY(dsr_cursor_start(l->facts->store, DSR_REL_MENTION, 3, 0, &entity, 1, &cursor));
  dsr_status rc = DSR_OK;
  while (!*stands && (rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    const dsr_relation *relation =
        dsr_relation_get(l->facts, (uint32_t)dsr_word_signed(row[1]));
    int column = (int)dsr_word_signed(row[2]);
    if (!relation || grades_sources(relation, column)) continue;
    rc = column_stands(l, relation, column, entity, stands);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_entity_stands(dsr_facts *facts, dsr_view *view, dsr_word entity,
                             bool *stands) {
  const listing l = {.facts = facts, .view = view};
  return entity_stands(&l, entity, stands);
}

/* Keep a source that the set says is declared. */
static dsr_status keep_source(listing *l, dsr_word source, uint64_t set) {
  dsr_symbol_kind kind;
  dsr_str spelled;
  unsigned sees;
  TRY(dsr_view_set(l->view, DSR_REL_SOURCE, set, &sees));
  if ((sees & DSR_SEES_HELD) == 0) return DSR_OK;
  TRY(dsr_symbols_get(l->facts->symbols, source, &kind, &spelled));
  return keep_name(l, DSR_WORD_NONE, spelled);
}

static dsr_status keep_sources(listing *l) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(l->facts->store, DSR_REL_SOURCE, 2, 0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    dsr_word source = row[0];
    rc = keep_source(l, source, set);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static int named_order(const void *a, const void *b) {
  return dsr_str_cmp(((const named *)a)->written, ((const named *)b)->written);
}

/* Tell what was kept, in order, each once, until `found` has enough. */
static dsr_status tell_names(listing *l, dsr_name_found found, void *ud) {
  if (l->names.len == 0) return DSR_OK;
  qsort(l->names.items, l->names.len, sizeof *l->names.items, named_order);
  for (size_t i = 0; i < l->names.len; i++) {
    const named *name = &l->names.items[i];
    bool stands = true;
    if (i > 0 && dsr_str_eq(name->written, name[-1].written)) continue;
    if (name->word != DSR_WORD_NONE) TRY(entity_stands(l, name->word, &stands));
    if (stands && found(ud, name->written) != 0) return DSR_OK;
  }
  return DSR_OK;
}

dsr_status dsr_names_each(dsr_facts *facts, dsr_view *view, dsr_name_kind kind,
                          dsr_str prefix, dsr_name_found found, void *ud) {
  dsr_status rc = dsr_facts_read(facts, false);
  if (rc < 0) return rc;
  listing l = {.facts = facts, .view = view, .prefix = prefix};
  if (kind == DSR_NAME_ENTITY) rc = dsr_entity_each(facts, keep_mentioned, &l);
  if (kind == DSR_NAME_RELATION) rc = keep_relations(&l);
  if (kind == DSR_NAME_SOURCE) rc = keep_sources(&l);
  if (rc >= 0) rc = tell_names(&l, found, ud);
  VEC_FREE(&l.names);
  dsr_arena_free(&l.arena);
  return rc < 0 ? rc : DSR_OK;
}
