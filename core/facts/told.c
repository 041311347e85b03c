/*
** told.c - what a base tells: each thing once, however often and finely it is told.
**
** The facts of one tuple, held or not, are a group.  Where two of a group bear on each
** other, one is the finer of the two: of such pairs there is a list, by the coarser one
** and by the finer.  A time within another begins and ends within it, so that pairs are
** looked for among those whose begin is in a time's span, and a group of single days has
** none.
**
** What a view that folds, or has verdicts, lets through is asked of a scan that goes
** along; else the claim set and the time say it.
*/
#include "facts/told.h"

#include <stdlib.h>

#include "facts/engine.h"

/* What goes with a member of the group. */
typedef struct mark {
  bool visible, certain;
  bool reached; /* by a denial of a coarser time */
  bool weighed;
  dsr_trust trust;
} mark;

/* A member that another refines, by their places in the group. */
typedef struct pair {
  uint32_t coarse, fine;
} pair;

typedef struct begin {
  dsr_day es;
  uint32_t place;
} begin;

typedef struct told {
  dsr_facts *facts;
  dsr_view *view;
  const dsr_told_options *options;
  dsr_told_met *met;
  void *ud;

  const dsr_relation *relation;
  bool checked; /* conflicts of facts of the relation are possible */
  bool dated;   /* the view looks at valid times */
  dsr_scan *visible;
  const dsr_match *next; /* of that, not met yet in the walk; NULL: no more */

  dsr_siblings group;
  VEC(mark) marks;
  bool joined; /* same_as joins an entity of the tuple with others */
  VEC(begin) begins;
  VEC(pair) finer, coarser; /* the same, in order of the coarse one and the fine one */
  VEC(uint64_t) sets;

  dsr_weighing weighing;
  dsr_seen alone;  /* by set: the trust of a fact with this set alone, and one */
  dsr_seen spoken; /* by set: does the source asserts in it, and one */
} told;

/* ---- what is remembered of sets -------------------------------------------------- */

/* What was kept of a set; 0: nothing. */
static unsigned kept_of(const dsr_seen *seen, uint64_t set) {
  return set < seen->len ? seen->items[set] : 0;
}

static dsr_status keep(dsr_facts *facts, dsr_seen *seen, uint64_t set, unsigned what) {
  if (set >= seen->len) {
    size_t more = set + 1 - seen->len;
    if (!VEC_RESERVE(seen, more)) return dsr_fail_memory(facts->error);
    memset(seen->items + seen->len, 0, more);
    seen->len = set + 1;
  }
  seen->items[set] = (unsigned char)what;
  return DSR_OK;
}

/* ---- trust ----------------------------------------------------------------------- */

/* The trust of a set alone.  Those of built-in relations are seen in another way. */
static dsr_status weigh_set(told *t, uint64_t set, dsr_trust *out) {
  bool own = t->relation->number >= DSR_REL_FIRST;
  unsigned kept = own ? kept_of(&t->alone, set) : 0;
  if (kept != 0) {
    *out = (dsr_trust)(kept - 1);
    return DSR_OK;
  }
  TRY(dsr_weigh_sets(&t->weighing, t->relation->number, &set, 1, out));
  return own ? keep(t->facts, &t->alone, set, (unsigned)*out + 1) : DSR_OK;
}

static size_t first_finer(const told *t, uint32_t coarse) {
  size_t low = 0, high = t->finer.len;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (t->finer.items[mid].coarse < coarse) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low;
}

static size_t first_coarser(const told *t, uint32_t fine) {
  size_t low = 0, high = t->coarser.len;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (t->coarser.items[mid].fine < fine) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low;
}

static dsr_status add_set(told *t, uint64_t set) {
  return VEC_PUSH(&t->sets, set) ? DSR_OK : dsr_fail_memory(t->facts->error);
}

/* The trust that the assertions on a member and on finer ones make. */
static dsr_status weigh_support(told *t, uint32_t i, dsr_trust *out) {
  size_t at = first_finer(t, i);
  if (at == t->finer.len || t->finer.items[at].coarse != i) {
    return weigh_set(t, t->group.items[i].set, out);
  }
  t->sets.len = 0;
  TRY(add_set(t, t->group.items[i].set));
  for (; at < t->finer.len && t->finer.items[at].coarse == i; at++) {
    const dsr_sibling *fine = &t->group.items[t->finer.items[at].fine];
    if (fine->in_time && fine->sees & DSR_SEES_HELD) TRY(add_set(t, fine->set));
  }
  return dsr_weigh_sets(&t->weighing, t->relation->number, t->sets.items, t->sets.len,
                        out);
}

static dsr_status weigh(told *t, uint32_t i, dsr_trust *out) {
  const dsr_sibling *own = &t->group.items[i];
  if (t->joined) return dsr_trust_of(t->facts, t->view, &own->fact, out);
  bool contested = own->sees & DSR_SEES_DENIED || t->marks.items[i].reached;
  if (!contested && t->checked) {
    TRY(dsr_trust_clashes(t->facts, t->view, &own->fact, &contested));
  }
  *out = DSR_CONTESTED;
  return contested ? DSR_OK : weigh_support(t, i, out);
}

/* The trust of a member, worked out once. */
static dsr_status trust_of(told *t, uint32_t i, dsr_trust *out) {
  mark *at = &t->marks.items[i];
  if (!at->weighed) TRY(weigh(t, i, &at->trust));
  at->weighed = true;
  *out = at->trust;
  return DSR_OK;
}

/* ---- pairs ----------------------------------------------------------------------- */

static int begin_order(const void *a, const void *b) {
  const begin *x = a, *y = b;
  if (x->es != y->es) return x->es < y->es ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

static int coarse_order(const void *a, const void *b) {
  const pair *x = a, *y = b;
  if (x->coarse != y->coarse) return x->coarse < y->coarse ? -1 : 1;
  return (x->fine > y->fine) - (x->fine < y->fine);
}

static int fine_order(const void *a, const void *b) {
  const pair *x = a, *y = b;
  if (x->fine != y->fine) return x->fine < y->fine ? -1 : 1;
  return (x->coarse > y->coarse) - (x->coarse < y->coarse);
}

/* Have the members' times; are they all single days, of which none refines another? */
static dsr_status read_times(told *t, bool *days) {
  *days = true;
  for (size_t i = 0; i < t->group.len; i++) {
    dsr_sibling *one = &t->group.items[i];
    TRY(dsr_word_time(t->facts->symbols, one->fact.time, &one->time));
    *days = *days && dsr_time_is_day(&one->time);
  }
  return DSR_OK;
}

static bool list_begins(told *t) {
  t->begins.len = 0;
  for (size_t i = 0; i < t->group.len; i++) {
    begin made = {t->group.items[i].time.es, (uint32_t)i};
    if (!VEC_PUSH(&t->begins, made)) return false;
  }
  qsort(t->begins.items, t->begins.len, sizeof(begin), begin_order);
  return true;
}

/* The pairs whose coarse one is at `at` among the begins. */
static bool add_pairs(told *t, size_t at) {
  uint32_t i = t->begins.items[at].place;
  const dsr_sibling *coarse = &t->group.items[i];
  while (at > 0 && t->begins.items[at - 1].es == coarse->time.es) at--;
  for (; at < t->begins.len && t->begins.items[at].es <= coarse->time.le; at++) {
    uint32_t k = t->begins.items[at].place;
    const dsr_sibling *fine = &t->group.items[k];
    if (k == i || !dsr_time_refines(&fine->time, &coarse->time, t->relation->occurs)) {
      continue;
    }
    if (dsr_sibling_reached(t->view, fine, coarse, t->relation->occurs)) {
      t->marks.items[k].reached = true;
    }
    pair made = {i, k};
    if (!VEC_PUSH(&t->finer, made) || !VEC_PUSH(&t->coarser, made)) return false;
  }
  return true;
}

static dsr_status find_pairs(told *t) {
  bool days, fine;
  t->finer.len = t->coarser.len = 0;
  if (t->group.len == 1) return DSR_OK;
  TRY(read_times(t, &days));
  if (days) return DSR_OK;
  fine = list_begins(t);
  for (size_t at = 0; fine && at < t->begins.len; at++) fine = add_pairs(t, at);
  if (!fine) return dsr_fail_memory(t->facts->error);
  if (t->finer.len == 0) return DSR_OK;
  qsort(t->finer.items, t->finer.len, sizeof(pair), coarse_order);
  qsort(t->coarser.items, t->coarser.len, sizeof(pair), fine_order);
  for (size_t i = 0; i < t->group.len; i++) {
    TRY(dsr_sibling_settle(t->facts, t->view, &t->group.items[i]));
  }
  return DSR_OK;
}

/* ---- who is told ----------------------------------------------------------------- */

/* Does a fact take in another, which says the same or less?  What has no time says least.
 */
static bool takes_in(const told *t, const dsr_sibling *fine,
                     const dsr_sibling *coarse) {
  if (coarse->fact.time == DSR_WORD_NONE) return true;
  return fine->fact.time != DSR_WORD_NONE &&
         dsr_time_refines(&fine->time, &coarse->time, t->relation->occurs);
}

/* Of two that take in each other: is it `fine` that stays? */
static dsr_status comes_first(const told *t, const dsr_sibling *fine,
                              const dsr_sibling *coarse, bool *out) {
  int order = dsr_time_compare(&fine->time, &coarse->time);
  if (order == 0) {
    TRY(dsr_value_compare(t->facts->symbols, fine->fact.time, coarse->fact.time,
                          &order));
  }
  *out = order < 0;
  return DSR_OK;
}

/* Is a member told by a finer one? */
static dsr_status is_folded(const told *t, uint32_t i, bool *out) {
  const dsr_sibling *own = &t->group.items[i];
  *out = false;
  for (size_t at = first_finer(t, i); at < t->finer.len && !*out; at++) {
    uint32_t k = t->finer.items[at].fine;
    const dsr_sibling *other = &t->group.items[k];
    if (t->finer.items[at].coarse != i) break;
    if (!t->marks.items[k].visible || !takes_in(t, other, own)) continue;
    *out = true;
    if (takes_in(t, own, other)) TRY(comes_first(t, other, own, out));
  }
  return DSR_OK;
}

/* Have in t->sets those of what the member tells; its trust, if that is asked for. */
static dsr_status take_coarser(told *t, uint32_t i, bool weighing, dsr_trust *trust) {
  *trust = DSR_UNSUPPORTED;
  if (weighing) TRY(trust_of(t, i, trust));
  for (size_t at = first_coarser(t, i); weighing && at < t->coarser.len; at++) {
    dsr_trust other;
    uint32_t k = t->coarser.items[at].coarse;
    if (t->coarser.items[at].fine != i) break;
    if (!t->marks.items[k].visible) continue;
    if (!takes_in(t, &t->group.items[i], &t->group.items[k])) continue;
    TRY(trust_of(t, k, &other));
    if (other > *trust) *trust = other;
  }
  t->sets.len = 0;
  TRY(add_set(t, t->group.items[i].set));
  for (size_t at = first_coarser(t, i); at < t->coarser.len; at++) {
    uint32_t k = t->coarser.items[at].coarse;
    if (t->coarser.items[at].fine != i) break;
    if (!t->marks.items[k].visible) continue;
    if (!takes_in(t, &t->group.items[i], &t->group.items[k])) continue;
    TRY(add_set(t, t->group.items[k].set));
  }
  return DSR_OK;
}

/* ---- what is asked for ----------------------------------------------------------- */

static bool is_time(dsr_symbols *symbols, dsr_word word) {
  dsr_time time;
  if (dsr_word_tag(word) == DSR_TAG_DAY) return true;
  return dsr_word_tag(word) == DSR_TAG_OTHER &&
         dsr_word_time(symbols, word, &time) >= 0;
}

dsr_word dsr_told_when(dsr_facts *facts, const dsr_tuple *fact) {
  if (fact->time != DSR_WORD_NONE) return fact->time;
  for (int i = 0; i < fact->arity; i++) {
    if (is_time(facts->symbols, fact->args[i])) return fact->args[i];
  }
  return DSR_WORD_NONE;
}

/* May the date of a fact be in the span? */
static dsr_status in_span(const told *t, const dsr_tuple *fact, bool *out) {
  const dsr_told_options *options = t->options;
  *out = true;
  if (!options->dated && !options->since && !options->until) return DSR_OK;
  dsr_time time;
  dsr_word when = dsr_told_when(t->facts, fact);
  *out = when != DSR_WORD_NONE;
  if (!*out || (!options->since && !options->until)) return DSR_OK;
  TRY(dsr_word_time(t->facts->symbols, when, &time));
  *out = !(options->since && dsr_time_certain(DSR_BEFORE, &time, options->since)) &&
         !(options->until && dsr_time_certain(DSR_AFTER, &time, options->until));
  return DSR_OK;
}

/* Does the source asked for assert in the set? */
static dsr_status asserts_in(told *t, uint64_t number, bool *out) {
  dsr_set set;
  bool own = t->relation->number >= DSR_REL_FIRST;
  unsigned kept = own ? kept_of(&t->spoken, number) : 0;
  *out = kept == 2;
  if (kept != 0) return DSR_OK;
  TRY(dsr_set_get(t->facts, number, &set));
  for (size_t i = 0; i < set.n && !*out; i++) {
    const dsr_claim_row *claim;
    TRY(dsr_view_entry(t->view, t->relation->number, &set, i, out));
    if (!*out) continue;
    TRY(dsr_claim_get(t->facts, set.entries[i].claim, &claim));
    *out = claim->verb == DSR_ASSERTS && claim->source == t->options->source;
  }
  return own ? keep(t->facts, &t->spoken, number, *out ? 2 : 1) : DSR_OK;
}

typedef struct denier {
  dsr_word source;
  bool met;
} denier;

static dsr_status note_denial(void *ud, const dsr_claim_seen *seen) {
  denier *wanted = ud;
  wanted->met |=
      seen->claim->verb == DSR_DENIES && seen->claim->source == wanted->source;
  return DSR_OK;
}

/* Does the source asked for say it or, where it is contested, deny it? */
static dsr_status spoken_of(told *t, const dsr_told_one *telling, bool *out) {
  *out = t->options->source == DSR_WORD_NONE;
  for (size_t i = 0; i < telling->n && !*out; i++) {
    TRY(asserts_in(t, telling->sets[i], out));
  }
  if (*out || telling->trust != DSR_CONTESTED) return DSR_OK;
  denier wanted = {t->options->source, false};
  TRY(dsr_claims_on(t->facts, t->view, telling->fact, true, note_denial, &wanted));
  *out = wanted.met;
  return DSR_OK;
}

/* Tell of a member, which no other tells, if it is what was asked for. */
static dsr_status tell(told *t, uint32_t i) {
  const dsr_told_options *options = t->options;
  dsr_told_one telling = {.fact = &t->group.items[i].fact,
                          .certain = t->marks.items[i].certain};
  bool fits;
  TRY(in_span(t, telling.fact, &fits));
  if (!fits) return DSR_OK;
  bool weighing =
      options->weigh || options->trusts != 0 || options->source != DSR_WORD_NONE;
  TRY(take_coarser(t, i, weighing, &telling.trust));
  if (options->trusts != 0 && !(options->trusts >> telling.trust & 1)) return DSR_OK;
  telling.sets = t->sets.items;
  telling.n = t->sets.len;
  TRY(spoken_of(t, &telling, &fits));
  return fits ? t->met(t->ud, &telling) : DSR_OK;
}

static dsr_status tell_group(told *t) {
  bool any = false;
  for (size_t i = 0; i < t->marks.len; i++) any |= t->marks.items[i].visible;
  dsr_status rc = any ? find_pairs(t) : DSR_OK;
  for (size_t i = 0; any && rc >= 0 && i < t->group.len; i++) {
    bool folded = false;
    if (!t->marks.items[i].visible) continue;
    if (t->finer.len > 0) rc = is_folded(t, (uint32_t)i, &folded);
    if (rc >= 0 && !folded) rc = tell(t, (uint32_t)i);
  }
  t->group.len = t->marks.len = 0;
  return rc < 0 ? rc : DSR_OK;
}

/* ---- the walk -------------------------------------------------------------------- */

/* Is an entity of the tuple among those that same_as joins, which are in order? */
static bool is_joined(const dsr_view *view, const dsr_tuple *fact) {
  const dsr_words *same = &view->same;
  for (int i = 0; same->len > 0 && i < fact->arity; i++) {
    size_t low = 0, high = same->len / 2;
    while (low < high) {
      size_t mid = (low + high) / 2;
      if (same->items[2 * mid] == fact->args[i]) return true;
      if (same->items[2 * mid] < fact->args[i]) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
  }
  return false;
}

/* Is the row the next that the view lets through? */
static dsr_status is_next(told *t, const dsr_match *row, bool *out) {
  *out = t->next != NULL && dsr_tuple_order(&t->next->fact, &row->fact) == 0;
  if (!*out) return DSR_OK;
  dsr_status rc = dsr_scan_next(t->visible, &t->next);
  if (rc != DSR_ROW) t->next = NULL;
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status take_row(told *t, const dsr_match *row) {
  dsr_sibling made = {.fact = row->fact, .set = row->set, .in_time = true};
  mark at = {.certain = true};
  TRY(dsr_view_set(t->view, t->relation->number, row->set, &made.sees));
  if (t->dated) {
    dsr_status rc = dsr_view_time(t->view, t->relation, row->time, &at.certain);
    if (rc < 0) return rc;
    made.in_time = rc == DSR_ROW;
  }
  at.visible = made.in_time && made.sees & DSR_SEES_HELD;
  if (t->visible) TRY(is_next(t, row, &at.visible));
  if (!at.visible && !(made.sees & (DSR_SEES_HELD | DSR_SEES_DENIED))) return DSR_OK;
  bool fine = VEC_PUSH(&t->group, made) && VEC_PUSH(&t->marks, at);
  return fine ? DSR_OK : dsr_fail_memory(t->facts->error);
}

static bool same_tuple(const dsr_tuple *a, const dsr_tuple *b) {
  return memcmp(a->args, b->args, (size_t)a->arity * sizeof *a->args) == 0;
}

static dsr_status walk(told *t, dsr_scan *every) {
  const dsr_match *row;
  dsr_status rc;
  while ((rc = dsr_scan_next(every, &row)) == DSR_ROW) {
    if (t->group.len > 0 && !same_tuple(&t->group.items[0].fact, &row->fact)) {
      TRY(tell_group(t));
    }
    if (t->group.len == 0) t->joined = is_joined(t->view, &row->fact);
    TRY(take_row(t, row));
  }
  return rc < 0 ? rc : tell_group(t);
}

/* Start the scan of what the view lets through, where sets and times do not say it. */
static dsr_status start_visible(told *t) {
  bool folds = t->view->settled;
  for (const dsr_view *v = t->view; v && !folds; v = v->parent) folds = v->fold;
  if (!folds) return DSR_OK;
  TRY(dsr_scan_start(t->facts, t->view, t->relation->number, NULL, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_ONCE, &t->visible));
  dsr_status rc = dsr_scan_next(t->visible, &t->next);
  if (rc != DSR_ROW) t->next = NULL;
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status tell_relation(told *t, uint32_t number) {
  dsr_scan *every;
  t->relation = dsr_relation_get(t->facts, number);
  if (!t->relation || t->relation->inverse != 0) return DSR_OK;
  TRY(dsr_conflict_checked(t->facts, t->relation, &t->checked));
  TRY(dsr_scan_start(t->facts, t->view, number, NULL, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_EVERY | DSR_SCAN_ONCE, &every));
  dsr_status rc = start_visible(t);
  if (rc >= 0) rc = walk(t, every);
  dsr_scan_stop(every);
  dsr_scan_stop(t->visible);
  t->visible = NULL;
  t->next = NULL;
  return rc;
}

dsr_status dsr_told_each(dsr_facts *facts, dsr_view *view,
                         const dsr_told_options *options, dsr_told_met *met, void *ud) {
  TRY(dsr_facts_read(facts, false));
  told t = {.facts = facts, .view = view, .options = options, .met = met, .ud = ud};
  t.dated = dsr_view_dated(view);
  t.weighing.facts = facts;
  t.weighing.view = view;
  const dsr_relation *relation;
  dsr_status rc = DSR_OK;
  for (size_t i = 0; rc >= 0 && options->some && i < options->n_relations; i++) {
    rc = tell_relation(&t, options->relations[i]);
  }
  for (size_t i = 0; rc >= 0 && !options->some; i++) {
    relation = dsr_relation_at(facts, i);
    if (relation == NULL) break;
    if (relation->number >= DSR_REL_FIRST) rc = tell_relation(&t, relation->number);
  }
  VEC_FREE(&t.group);
  VEC_FREE(&t.marks);
  VEC_FREE(&t.begins);
  VEC_FREE(&t.finer);
  VEC_FREE(&t.coarser);
  VEC_FREE(&t.sets);
  VEC_FREE(&t.weighing.origins);
  VEC_FREE(&t.alone);
  VEC_FREE(&t.spoken);
  return rc < 0 ? rc : DSR_OK;
}
