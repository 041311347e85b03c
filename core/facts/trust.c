/*
** trust.c - the claims that bear on a fact, and what they say together.
**
** A fact's siblings are the facts of the same tuple with other times.  Claims on finer
** siblings support it; denials of coarser ones reach it.  Origins are counted by
** joining claims whose sources are related, or that report the same speaker.
*/
#include "facts/trust.h"

#include <stdlib.h>

#include "facts/engine.h"
#include "ground/mergesort.h"

static const char *const trust_words[] = {"unsupported", "single-source",
                                          "corroborated", "contested"};

const char *dsr_trust_word(dsr_trust trust) { return trust_words[trust]; }

/* ---- siblings ------------------------------------------------------------------- */

dsr_status dsr_sibling_settle(dsr_facts *facts, dsr_view *view, dsr_sibling *sibling) {
  bool lost;
  if (!view->settled || !(sibling->sees & DSR_SEES_HELD)) return DSR_OK;
  TRY(dsr_conflict_lost(facts, view, &sibling->fact, &lost));
  if (lost) sibling->sees &= ~(unsigned)DSR_SEES_HELD;
  return DSR_OK;
}

dsr_status dsr_siblings_of(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                           dsr_siblings *out) {
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(facts, view, tuple->relation, tuple->args, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_EVERY, &scan));
  const dsr_relation *relation = dsr_relation_get(facts, tuple->relation);
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_sibling made = {.fact = match->fact, .set = match->set};
    bool certain;
    rc = dsr_word_time(facts->symbols, match->time, &made.time);
    if (rc >= 0) rc = dsr_view_set(view, tuple->relation, match->set, &made.sees);
    if (rc >= 0) rc = dsr_view_time(view, relation, match->time, &certain);
    if (rc < 0) break;
    made.in_time = rc == DSR_ROW;
    rc = dsr_sibling_settle(facts, view, &made);
    if (rc >= 0 && !VEC_PUSH(out, made)) rc = dsr_fail_memory(facts->error);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

bool dsr_sibling_reached(const dsr_view *view, const dsr_sibling *held,
                         const dsr_sibling *denied, bool occurs) {
  if (!(denied->sees & DSR_SEES_DENIED)) return false;
  if (dsr_tuple_order(&held->fact, &denied->fact) == 0) return true;
  if (view->settled && held->sees & DSR_SEES_PREFERRED) return false;
  return dsr_time_refines(&held->time, &denied->time, occurs);
}

/* How a sibling stands to the fact: it is the fact itself, its assertions support it, its
** denials reach it; times that say the same in other words do both. */
enum { BEARS_OWN = 1, BEARS_SUPPORT = 2, BEARS_DENIAL = 4 };

static unsigned bearing_of(const dsr_view *view, const dsr_sibling *sibling,
                           const dsr_sibling *own, bool occurs) {
  if (dsr_tuple_order(&sibling->fact, &own->fact) == 0) return BEARS_OWN;
  bool held = sibling->in_time && sibling->sees & DSR_SEES_HELD;
  bool supports = held && dsr_time_refines(&sibling->time, &own->time, occurs);
  bool reaches = dsr_sibling_reached(view, own, sibling, occurs);
  return (supports ? BEARS_SUPPORT : 0u) | (reaches ? BEARS_DENIAL : 0u);
}

/* ---- claims --------------------------------------------------------------------- */

typedef VEC(dsr_claim_seen) seen_list;

static bool bears_claim(unsigned bears, dsr_verb verb) {
  return bears & BEARS_OWN || (verb == DSR_ASSERTS && bears & BEARS_SUPPORT) ||
         (verb == DSR_DENIES && bears & BEARS_DENIAL);
}

static dsr_status add_claims(dsr_view *view, const dsr_sibling *sibling, unsigned bears,
                             seen_list *out) {
  dsr_facts *facts = view->facts;
  dsr_set set;
  TRY(dsr_set_get(facts, sibling->set, &set));
  for (size_t i = 0; i < set.n; i++) {
    bool in;
    dsr_claim_seen seen = {.number = set.entries[i].claim,
                           .opened = set.entries[i].opened,
                           .closed = set.entries[i].closed,
                           .on = sibling->fact};
    TRY(dsr_view_entry(view, sibling->fact.relation, &set, i, &in));
    if (!in) continue;
    TRY(dsr_claim_get(facts, seen.number, &seen.claim));
    if (!bears_claim(bears, seen.claim->verb)) continue;
    if (!VEC_PUSH(out, seen)) return dsr_fail_memory(facts->error);
  }
  return DSR_OK;
}

/* The sibling that the fact itself is; one without claims where it has none. */
static dsr_status find_own(dsr_facts *facts, const dsr_siblings *siblings,
                           const dsr_tuple *tuple, dsr_sibling *own) {
  *own = (dsr_sibling){.fact = *tuple};
  for (size_t i = 0; i < siblings->len; i++) {
    if (dsr_tuple_order(&siblings->items[i].fact, tuple) == 0)
      *own = siblings->items[i];
  }
  return dsr_word_time(facts->symbols, tuple->time, &own->time);
}

static dsr_status gather(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                         bool finer, seen_list *out) {
  dsr_siblings siblings = {0};
  dsr_sibling own;
  const dsr_relation *relation = dsr_relation_get(facts, tuple->relation);
  dsr_status rc = dsr_siblings_of(facts, view, tuple, &siblings);
  if (rc >= 0) rc = find_own(facts, &siblings, tuple, &own);
  for (size_t i = 0; rc >= 0 && i < siblings.len; i++) {
    const dsr_sibling *sibling = &siblings.items[i];
    unsigned bears = bearing_of(view, sibling, &own, relation->occurs);
    if (!finer) bears &= ~(unsigned)BEARS_SUPPORT;
    if (bears) rc = add_claims(view, sibling, bears, out);
  }
  VEC_FREE(&siblings);
  return rc < 0 ? rc : DSR_OK;
}

/* By source identifier, locator, transaction, number. */
static dsr_status seen_order(void *ud, const void *left, const void *right,
                             int *order) {
  dsr_facts *facts = ud;
  const dsr_claim_seen *a = left, *b = right;
  TRY(dsr_value_compare(facts->symbols, a->claim->source, b->claim->source, order));
  if (*order == 0) {
    TRY(dsr_value_compare(facts->symbols, a->claim->locator, b->claim->locator, order));
  }
  if (*order == 0) *order = (a->opened > b->opened) - (a->opened < b->opened);
  if (*order == 0) *order = (a->number > b->number) - (a->number < b->number);
  return DSR_OK;
}

dsr_status dsr_claims_on(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                         bool finer, dsr_claim_found found, void *ud) {
  seen_list list = {0};
  dsr_tuple fact = *tuple;
  dsr_tuple_canonical(facts, &fact);
  dsr_status rc = gather(facts, view, &fact, finer, &list);
  if (rc >= 0) {
    rc = dsr_mergesort(list.items, list.len, sizeof *list.items, seen_order, facts,
                       facts->error);
  }
  for (size_t i = 0; rc >= 0 && i < list.len; i++) rc = found(ud, &list.items[i]);
  VEC_FREE(&list);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_history_of(dsr_facts *facts, const dsr_tuple *tuple,
                          dsr_claim_found found, void *ud) {
  dsr_tuple fact = *tuple;
  dsr_set set;
  uint64_t number;
  TRY(dsr_facts_read(facts, false));
  dsr_tuple_canonical(facts, &fact);
  dsr_status rc = dsr_fact_set(facts, &fact, &number);
  if (rc != DSR_OK) return rc;
  TRY(dsr_set_get(facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    dsr_claim_seen seen = {.number = set.entries[i].claim,
                           .opened = set.entries[i].opened,
                           .closed = set.entries[i].closed,
                           .on = fact};
    TRY(dsr_claim_get(facts, seen.number, &seen.claim));
    TRY(found(ud, &seen));
  }
  return DSR_OK;
}

/* ---- origins -------------------------------------------------------------------- */

static bool in_list(const dsr_words *list, dsr_word word) {
  for (size_t i = 0; i < list->len; i++) {
    if (list->items[i] == word) return true;
  }
  return false;
}

/* Add the sources one step of derived_from away, up or down, that are not in the
** list. */
static dsr_status add_related(dsr_facts *facts, dsr_view *view, dsr_word source,
                              int side, dsr_words *list) {
  dsr_word pattern[2] = {DSR_WORD_NONE, DSR_WORD_NONE};
  pattern[side] = source;
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(facts, view, DSR_REL_DERIVED_FROM, pattern, DSR_WORD_NONE, 0,
                     &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_word other = match->args[1 - side];
    if (!in_list(list, other) && !VEC_PUSH(list, other)) {
      rc = dsr_fail_memory(facts->error);
      break;
    }
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_source_origin(dsr_facts *facts, dsr_view *view, dsr_word source,
                             dsr_word *out) {
  uint64_t rows;
  dsr_word least = source;
  TRY(dsr_facts_read(facts, false));
  TRY(dsr_view_same(view, source, &least));
  TRY(dsr_store_rows(facts->store, DSR_REL_DERIVED_FROM, &rows));
  dsr_words list = {0};
  dsr_status rc = DSR_OK;
  if (rows > 0 && !VEC_PUSH(&list, least)) rc = dsr_fail_memory(facts->error);
  for (size_t i = 0; rc >= 0 && i < list.len; i++) {
    int order;
    rc = add_related(facts, view, list.items[i], 0, &list);
    if (rc >= 0) rc = add_related(facts, view, list.items[i], 1, &list);
    if (rc >= 0) rc = dsr_value_compare(facts->symbols, list.items[i], least, &order);
    if (rc >= 0 && order < 0) least = list.items[i];
  }
  VEC_FREE(&list);
  if (rc < 0) return rc;
  *out = least;
  return DSR_OK;
}

typedef struct voice {
  dsr_word origin;
  dsr_word speaker;
  int group;
} voice;
typedef VEC(voice) voice_list;

/* Give the voice the group of those that it is one with, joining their groups. */
static bool add_voice(voice_list *voices, dsr_word origin, dsr_word speaker) {
  int group = (int)voices->len;
  for (size_t i = 0; i < voices->len; i++) { /* many claims are of few voices */
    const voice *met = &voices->items[i];
    if (met->origin == origin && met->speaker == speaker) return true;
  }
  for (size_t i = 0; i < voices->len; i++) {
    const voice *met = &voices->items[i];
    bool one =
        met->origin == origin || (speaker != DSR_WORD_NONE && met->speaker == speaker);
    if (!one || met->group == group) continue;
    int joined = met->group;
    for (size_t k = 0; k < voices->len; k++) {
      if (voices->items[k].group == group) voices->items[k].group = joined;
    }
    group = joined;
  }
  voice made = {origin, speaker, group};
  return VEC_PUSH(voices, made);
}

static int count_groups(const voice_list *voices) {
  int n = 0;
  for (size_t i = 0; i < voices->len; i++) {
    bool first = true;
    for (size_t k = 0; k < i; k++)
      first &= voices->items[k].group != voices->items[i].group;
    n += first;
  }
  return n;
}

/* The origin of a source, from those that were asked for before, which are in order. */
static dsr_status known_origin(dsr_weighing *w, dsr_word source, dsr_word *out) {
  size_t low = 0, high = w->origins.len / 2;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (w->origins.items[2 * mid] < source) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  dsr_word *at = w->origins.items + 2 * low;
  if (2 * low < w->origins.len && *at == source) {
    *out = at[1];
    return DSR_OK;
  }
  TRY(dsr_source_origin(w->facts, w->view, source, out));
  if (!VEC_RESERVE(&w->origins, 2)) return dsr_fail_memory(w->facts->error);
  at = w->origins.items + 2 * low;
  memmove(at + 2, at, (w->origins.len - 2 * low) * sizeof *at);
  at[0] = source;
  at[1] = *out;
  w->origins.len += 2;
  return DSR_OK;
}

/* Hear an assertion. */
static dsr_status hear(dsr_weighing *w, const dsr_claim_row *claim,
                       voice_list *voices) {
  dsr_word origin, speaker = DSR_WORD_NONE;
  if (claim->source == dsr_facts_base_source(w->facts)) return DSR_OK;
  if (claim->kind == DSR_ATTRIBUTED) speaker = claim->speaker;
  if (speaker != DSR_WORD_NONE) TRY(dsr_view_same(w->view, speaker, &speaker));
  TRY(known_origin(w, claim->source, &origin));
  return add_voice(voices, origin, speaker) ? DSR_OK : dsr_fail_memory(w->facts->error);
}

static dsr_trust trust_by(const voice_list *voices) {
  int origins = count_groups(voices);
  if (origins == 0) return DSR_UNSUPPORTED;
  return origins == 1 ? DSR_SINGLE_SOURCE : DSR_CORROBORATED;
}

static dsr_status weigh_claims(dsr_facts *facts, dsr_view *view,
                               const seen_list *claims, dsr_trust *out, bool *denied) {
  voice_list voices = {0};
  dsr_weighing w = {.facts = facts, .view = view};
  dsr_status rc = DSR_OK;
  *denied = false;
  for (size_t i = 0; rc >= 0 && i < claims->len; i++) {
    const dsr_claim_row *claim = claims->items[i].claim;
    if (claim->verb == DSR_DENIES) *denied = true;
    if (claim->verb == DSR_ASSERTS) rc = hear(&w, claim, &voices);
  }
  *out = trust_by(&voices);
  VEC_FREE(&voices);
  VEC_FREE(&w.origins);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status hear_set(dsr_weighing *w, uint32_t relation, uint64_t number,
                           voice_list *voices) {
  dsr_set set;
  TRY(dsr_set_get(w->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    bool in;
    const dsr_claim_row *claim;
    TRY(dsr_view_entry(w->view, relation, &set, i, &in));
    if (!in) continue;
    TRY(dsr_claim_get(w->facts, set.entries[i].claim, &claim));
    if (claim->verb == DSR_ASSERTS) TRY(hear(w, claim, voices));
  }
  return DSR_OK;
}

dsr_status dsr_weigh_sets(dsr_weighing *weighing, uint32_t relation,
                          const uint64_t *sets, size_t n, dsr_trust *out) {
  voice_list voices = {0};
  dsr_status rc = DSR_OK;
  for (size_t i = 0; rc >= 0 && i < n; i++) {
    rc = hear_set(weighing, relation, sets[i], &voices);
  }
  if (rc >= 0) *out = trust_by(&voices);
  VEC_FREE(&voices);
  return rc;
}

/* ---- trust ---------------------------------------------------------------------- */

static dsr_status note_conflict(void *ud, const dsr_conflict *conflict) {
  (void)conflict;
  *(bool *)ud = true;
  return DSR_OK;
}

dsr_status dsr_trust_clashes(dsr_facts *facts, dsr_view *view, const dsr_tuple *fact,
                             bool *out) {
  *out = false;
  return dsr_conflict_cases(facts, view, fact, note_conflict, out);
}

dsr_status dsr_trust_of(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                        dsr_trust *out) {
  seen_list claims = {0};
  dsr_tuple fact = *tuple;
  dsr_trust trust = DSR_UNSUPPORTED;
  bool contested = false;
  TRY(dsr_facts_read(facts, false));
  dsr_tuple_canonical(facts, &fact);
  dsr_status rc = gather(facts, view, &fact, true, &claims);
  if (rc >= 0) rc = weigh_claims(facts, view, &claims, &trust, &contested);
  VEC_FREE(&claims);
  if (rc >= 0 && !contested) {
    /* A denial that makes a conflict is among the claims. */
    rc = dsr_trust_clashes(facts, view, &fact, &contested);
  }
  if (rc < 0) return rc;
  *out = contested ? DSR_CONTESTED : trust;
  return DSR_OK;
}
