/*
** source.c - sources: are they declared, and from what are they derived.
**
** A source is an entity of which the built-in relation source/1 holds; what is known of
** it stands in the other source relations, as facts with claims and a history.
*/
#include "facts/engine.h"
#include "ground/text.h"

enum { DEPTH_MOST = 64, NAME_SHOWN = 80 };

/* Is a fact of a built-in relation asserted by a live claim? */
static dsr_status is_live(dsr_facts *facts, uint64_t number, bool *live) {
  dsr_set set;
  TRY(dsr_set_get(facts, number, &set));
  *live = false;
  for (size_t i = 0; i < set.n && !*live; i++) {
    const dsr_claim_row *claim;
    if (set.entries[i].closed != 0) continue;
    TRY(dsr_claim_get(facts, set.entries[i].claim, &claim));
    *live = claim->verb == DSR_ASSERTS;
  }
  return DSR_OK;
}

dsr_status dsr_source_declared(dsr_facts *facts, dsr_word source, bool *declared) {
  dsr_tuple tuple = {.relation = DSR_REL_SOURCE, .arity = 1, .args = {source}};
  uint64_t set;
  *declared = source == dsr_facts_base_source(facts);
  if (*declared) return DSR_OK;
  dsr_status rc = dsr_fact_set(facts, &tuple, &set);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  return is_live(facts, set, declared);
}

/* Offer every declared source to the race. */
static dsr_status offer_sources(dsr_facts *facts, dsr_nearest *race) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(facts->store, DSR_REL_SOURCE, 2, 0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    dsr_symbol_kind kind;
    dsr_str known;
    bool live;
    dsr_word source = row[0];
    rc = is_live(facts, set, &live);
    if (rc >= 0) rc = dsr_symbols_get(facts->symbols, source, &kind, &known);
    if (rc < 0) break;
    if (live) dsr_nearest_offer(race, known);
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* How much of a name a message shows. */
static int shown(dsr_str name) {
  return name.len > NAME_SHOWN ? NAME_SHOWN : (int)name.len;
}

dsr_status dsr_source_unknown(dsr_facts *facts, dsr_str name) {
  dsr_nearest race;
  dsr_nearest_start(&race, name);
  TRY(offer_sources(facts, &race));
  if (race.best.len == 0) {
    return dsr_fail(
        facts->error, DSR_ESOURCE,
        "no source called \"%.*s\"; declare it: source %.*s { title: \"...\" }.",
        shown(name), name.data, shown(name), name.data);
  }
  return dsr_fail(facts->error, DSR_ESOURCE,
                  "no source called \"%.*s\"; did you mean \"%.*s\"?", shown(name),
                  name.data, shown(race.best), race.best.data);
}

/* What a source is derived from, gone through; each source once, since two ways that part
** and meet again and again would be a great many. */
typedef struct ancestry {
  dsr_facts *facts;
  dsr_word to; /* looked for */
  bool found;
  dsr_word *met; /* a table of hashed places; none is free */
  size_t n, room;
} ancestry;

static size_t place_of(const dsr_word *met, size_t room, dsr_word source) {
  size_t at = (size_t)(source * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (room - 1);
  while (met[at] != DSR_WORD_NONE && met[at] != source) at = (at + 1) & (room - 1);
  return at;
}

static dsr_status grow(ancestry *a) {
  size_t room = a->room > 0 ? 2 * a->room : 32;
  dsr_word *met = dsr_alloc(room * sizeof *met);
  if (met == NULL) return dsr_fail_memory(a->facts->error);
  for (size_t i = 0; i < a->room; i++) {
    if (a->met[i] == DSR_WORD_NONE) continue;
    met[place_of(met, room, a->met[i])] = a->met[i];
  }
  dsr_free(a->met);
  a->met = met;
  a->room = room;
  return DSR_OK;
}

/* DSR_NOTHING where the source was met before. */
static dsr_status meet(ancestry *a, dsr_word source) {
  if (2 * a->n >= a->room) TRY(grow(a));
  size_t at = place_of(a->met, a->room, source);
  if (a->met[at] == source) return DSR_NOTHING;
  a->met[at] = source;
  a->n++;
  return DSR_OK;
}

/* Go through `from` and what it is derived from, until `to` is found. */
static dsr_status derives(ancestry *a, dsr_word from, int depth) {
  a->found = from == a->to;
  if (a->found) return DSR_OK;
  if (depth > DEPTH_MOST) {
    return dsr_fail(a->facts->error, DSR_ELIMIT,
                    "more than %d sources are derived from one another in a row",
                    DEPTH_MOST);
  }
  dsr_status rc = meet(a, from);
  if (rc != DSR_OK) return rc;
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(a->facts->store, DSR_REL_DERIVED_FROM, 3, 0, &from, 1, &cursor));
  while (!a->found && (rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    bool live;
    uint64_t parent = row[1];
    rc = is_live(a->facts, set, &live);
    if (rc >= 0 && live) rc = derives(a, parent, depth + 1);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_source_check_derivation(dsr_facts *facts, dsr_word child,
                                       dsr_word parent) {
  ancestry a = {.facts = facts, .to = child};
  dsr_status rc = derives(&a, parent, 0);
  dsr_free(a.met);
  if (rc < 0) return rc;
  if (!a.found) return DSR_OK;
  return dsr_fail(facts->error, DSR_EDECLARE,
                  "a source would be derived from itself: derived_from cannot go round "
                  "in a circle");
}
