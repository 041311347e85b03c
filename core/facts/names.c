/*
** names.c - from entities to their names, and from names to entities.
**
** A label costs one short scan.  Finding by name reads all labels and aliases once, and
** folds them; an identifier that fits exactly needs no more than a look-up.
*/
#include <stdlib.h>

#include "facts/engine.h"
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

typedef struct search {
  dsr_facts *facts;
  dsr_view *view;
  dsr_str name;
  dsr_str folded;
  dsr_arena arena;
  dsr_words exact; /* entities with a label or alias spelled like the name */
  dsr_words alike; /* the same, but for case */
} search;

static bool add_once(dsr_words *list, dsr_word word) {
  for (size_t i = 0; i < list->len; i++) {
    if (list->items[i] == word) return true;
  }
  return VEC_PUSH(list, word);
}

static dsr_status consider(search *s, dsr_word entity, dsr_str spelled) {
  bool ok = true;
  if (dsr_str_eq(spelled, s->name)) ok = add_once(&s->exact, entity);
  dsr_str folded = dsr_text_fold(&s->arena, spelled);
  if (folded.data && dsr_str_eq(folded, s->folded)) {
    ok = ok && add_once(&s->alike, entity);
  }
  return ok ? DSR_OK : dsr_fail_memory(s->facts->error);
}

static dsr_status search_names(search *s, uint32_t relation) {
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(s->facts, s->view, relation, NULL, DSR_WORD_NONE, 0, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_value value;
    rc = text_parts(s->facts, match->args[1], &value);
    if (rc >= 0) rc = consider(s, match->args[0], value.text);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

/* Call `met` for every entity that facts mention, with its identifier. */
static dsr_status each_mentioned(dsr_facts *facts,
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
    rc = dsr_symbols_get(facts->symbols, last, &kind, &spelled);
    if (rc >= 0) rc = met(ud, last, spelled);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Keep an entity whose identifier is spelled like the name, but for case. */
static dsr_status keep_alike(void *ud, dsr_word entity, dsr_str spelled) {
  search *s = ud;
  dsr_str folded = dsr_text_fold(&s->arena, spelled);
  if (!folded.data || !dsr_str_eq(folded, s->folded)) return DSR_OK;
  return add_once(&s->alike, entity) ? DSR_OK : dsr_fail_memory(s->facts->error);
}

static dsr_status offer_spelled(void *ud, dsr_word entity, dsr_str spelled) {
  (void)entity;
  dsr_nearest_offer(ud, spelled);
  return DSR_OK;
}

dsr_status dsr_entity_nearest(dsr_facts *facts, dsr_str name, dsr_str *out) {
  dsr_nearest race;
  TRY(dsr_facts_read(facts, false));
  dsr_nearest_start(&race, name);
  TRY(each_mentioned(facts, offer_spelled, &race));
  *out = race.best;
  return DSR_OK;
}

/* The entity with exactly this identifier, if some fact mentions it. */
static dsr_status search_identifier(search *s, dsr_word *out) {
  dsr_word word;
  *out = DSR_WORD_NONE;
  dsr_status rc = dsr_symbols_find(s->facts->symbols, DSR_SYM_ENTITY, s->name, &word);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(s->facts->store, DSR_REL_MENTION, 3, 0, &word, 1, &cursor));
  rc = dsr_cursor_next(cursor, &row, &set);
  dsr_cursor_stop(cursor);
  if (rc == DSR_ROW) *out = word;
  return rc < 0 ? rc : DSR_OK;
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
  TRY(search_names(s, DSR_REL_LABEL));
  TRY(search_names(s, DSR_REL_ALIAS));
  if (s->exact.len > 0) return tell(s, &s->exact, found, ud);
  if (s->folded.data) TRY(each_mentioned(s->facts, keep_alike, s));
  if (s->alike.len == 0) return DSR_NOTHING;
  return tell(s, &s->alike, found, ud);
}

dsr_status dsr_entity_find(dsr_facts *facts, dsr_view *view, dsr_str name,
                           void (*found)(void *ud, dsr_word entity), void *ud) {
  TRY(dsr_facts_read(facts, false));
  search s = {.facts = facts, .view = view, .name = name};
  dsr_status rc = find(&s, found, ud);
  VEC_FREE(&s.exact);
  VEC_FREE(&s.alike);
  dsr_arena_free(&s.arena);
  return rc;
}
