/*
** recorded.c - the facts that some transactions changed.
**
** Whether a claim set has a claim of theirs is remembered by the number of the set, a byte
** each.
*/
#include "facts/recorded.h"

#include "facts/engine.h"

enum { SET_NOT = 1, SET_CHANGED };

typedef struct recorded {
  dsr_facts *facts;
  dsr_view *view;
  uint64_t first, last;
  dsr_recorded_met *met;
  void *ud;
  dsr_seen sets;
} recorded;

static bool within(const recorded *r, uint64_t txn) {
  return txn > r->first && txn <= r->last;
}

static dsr_status look_at_set(recorded *r, uint64_t number, bool *changed) {
  dsr_set set;
  TRY(dsr_set_get(r->facts, number, &set));
  *changed = false;
  for (size_t i = 0; i < set.n && !*changed; i++) {
    *changed = within(r, set.entries[i].opened) || within(r, set.entries[i].closed);
  }
  if (number >= r->sets.len) {
    size_t more = (size_t)number + 1 - r->sets.len;
    if (!VEC_RESERVE(&r->sets, more)) return dsr_fail_memory(r->facts->error);
    memset(r->sets.items + r->sets.len, 0, more);
    r->sets.len = (size_t)number + 1;
  }
  r->sets.items[number] = *changed ? SET_CHANGED : SET_NOT;
  return DSR_OK;
}

static dsr_status take(recorded *r, const dsr_match *match) {
  unsigned kept = match->set < r->sets.len ? r->sets.items[match->set] : 0;
  bool changed = kept == SET_CHANGED;
  if (kept == 0) TRY(look_at_set(r, match->set, &changed));
  return changed ? r->met(r->ud, &match->fact, match->set) : DSR_OK;
}

static dsr_status walk(recorded *r, uint32_t relation) {
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(r->facts, r->view, relation, NULL, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_EVERY | DSR_SCAN_ONCE, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    rc = take(r, match);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_recorded_each(dsr_facts *facts, dsr_view *view, uint64_t first,
                             uint64_t last, dsr_recorded_met *met, void *ud) {
  TRY(dsr_facts_read(facts, false));
  recorded r = {facts, view, first, last, met, ud, {0}};
  const dsr_relation *relation;
  dsr_status rc = DSR_OK;
  for (size_t i = 0; rc >= 0 && (relation = dsr_relation_at(facts, i)) != NULL; i++) {
    if (relation->number < DSR_REL_FIRST || relation->inverse != 0) continue;
    rc = walk(&r, relation->number);
  }
  VEC_FREE(&r.sets);
  return rc;
}
