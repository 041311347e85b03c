/*
** figures.c - what a base holds, in figures.
**
** What depends on claims alone is counted by claim set, and each set is looked at once,
** at the end.
*/
#include "facts/figures.h"

#include <stdlib.h>

#include "facts/engine.h"
#include "ground/text.h"

/* ---- facts, their number and years ----------------------------------------------- */

/* The time of the last fact: those of a relation often share it. */
typedef struct tally {
  dsr_facts *facts;
  dsr_figures *out;
  dsr_word last;
} tally;

static void take_day(dsr_figures *out, dsr_day day) {
  int year, month, dom;
  if (day <= DSR_DAY_FIRST || day >= DSR_DAY_LAST) return;
  dsr_day_civil(day, &year, &month, &dom);
  if (!out->dated || year < out->first) out->first = year;
  if (!out->dated || year > out->last) out->last = year;
  out->dated = true;
}

static dsr_status take(void *ud, const dsr_match *match) {
  tally *t = ud;
  dsr_time time;
  dsr_word word = dsr_told_when(t->facts, &match->fact);
  t->out->facts++;
  t->out->undated += word == DSR_WORD_NONE;
  if (word == DSR_WORD_NONE || word == t->last) return DSR_OK;
  t->last = word;
  TRY(dsr_word_time(dsr_facts_symbols(t->facts), word, &time));
  take_day(t->out, time.es > DSR_DAY_FIRST ? time.es : time.ls);
  take_day(t->out, time.le < DSR_DAY_LAST ? time.le : time.ee);
  return DSR_OK;
}

/* Call `met` for every fact that is stored under the relation and that the view lets
** through. */
static dsr_status each_fact(dsr_facts *facts, dsr_view *view, uint32_t relation,
                            dsr_status (*met)(void *ud, const dsr_match *match),
                            void *ud) {
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(facts, view, relation, NULL, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_ONCE, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    rc = met(ud, match);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

/* For every fact of the base's own relations. */
static dsr_status each_own(dsr_facts *facts, dsr_view *view,
                           dsr_status (*met)(void *ud, const dsr_match *match),
                           void *ud) {
  const dsr_relation *relation;
  TRY(dsr_facts_read(facts, false));
  for (size_t i = 0; (relation = dsr_relation_at(facts, i)) != NULL; i++) {
    if (relation->number < DSR_REL_FIRST || relation->inverse != 0) continue;
    TRY(each_fact(facts, view, relation->number, met, ud));
  }
  return DSR_OK;
}

dsr_status dsr_figures_of(dsr_facts *facts, dsr_view *view, uint32_t relation,
                          dsr_figures *out) {
  dsr_figures figures = {0};
  tally t = {.facts = facts, .out = &figures};
  TRY(each_fact(facts, view, relation, take, &t));
  *out = figures;
  return DSR_OK;
}

/* ---- mentions -------------------------------------------------------------------- */

typedef VEC(uint32_t) counts;

/* An entity among those that may be named. */
typedef struct named {
  uint64_t number;
  uint32_t facts;
  dsr_str label, id;
} named;
typedef VEC(named) named_list;

typedef struct mentions {
  dsr_facts *facts;
  counts of; /* by number of the entity's name; what is beyond has none */
  uint64_t entities;
} mentions;

/* Room for a number, a good deal at once. */
static bool reach(counts *of, uint64_t number) {
  size_t more = (size_t)number + 1 - of->len;
  if (!VEC_RESERVE(of, more)) return false;
  size_t all = of->cap;
  memset(of->items + of->len, 0, (all - of->len) * sizeof *of->items);
  of->len = all;
  return true;
}

static bool stands_before(const dsr_tuple *fact, int column) {
  for (int i = 0; i < column; i++) {
    if (fact->args[i] == fact->args[column]) return true;
  }
  return false;
}

static dsr_status mention(void *ud, const dsr_match *match) {
  mentions *m = ud;
  const dsr_tuple *fact = &match->fact;
  for (int i = 0; i < fact->arity; i++) {
    if (dsr_word_tag(fact->args[i]) != DSR_TAG_ENTITY || stands_before(fact, i)) {
      continue;
    }
    uint64_t number = dsr_word_payload(fact->args[i]);
    if (number >= m->of.len && !reach(&m->of, number))
      return dsr_fail_memory(m->facts->error);
    m->entities += m->of.items[number]++ == 0;
  }
  return DSR_OK;
}

static int more_first(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x < y) - (x > y);
}

/* The number of facts that the last of the `most` has, at least; a copy of the counts is
** sorted. */
static dsr_status find_bound(const mentions *m, size_t most, uint32_t *out) {
  counts kept = {0};
  *out = 1;
  if (m->entities <= most) return DSR_OK;
  if (!VEC_RESERVE(&kept, m->entities)) return dsr_fail_memory(m->facts->error);
  for (size_t i = 0; i < m->of.len; i++) {
    if (m->of.items[i] > 0) kept.items[kept.len++] = m->of.items[i];
  }
  qsort(kept.items, kept.len, sizeof *kept.items, more_first);
  *out = most > 0 ? kept.items[most - 1] : UINT32_MAX;
  VEC_FREE(&kept);
  return DSR_OK;
}

static dsr_status name_entity(dsr_facts *facts, dsr_view *view, named *one) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_word word = dsr_word_make(DSR_TAG_ENTITY, one->number);
  TRY(dsr_word_value(facts->symbols, word, scratch, &value));
  one->id = one->label = value.text;
  dsr_status rc = dsr_entity_label(facts, view, word, (dsr_str){NULL, 0}, &one->label);
  return rc < 0 ? rc : DSR_OK;
}

static int mention_order(const void *a, const void *b) {
  const named *x = a, *y = b;
  if (x->facts != y->facts) return x->facts > y->facts ? -1 : 1;
  int order = dsr_str_cmp(x->label, y->label);
  return order != 0 ? order : dsr_str_cmp(x->id, y->id);
}

/* Those with as many facts as the bound, or more, named. */
static dsr_status list_named(const mentions *m, dsr_view *view, uint32_t bound,
                             named_list *out) {
  for (size_t i = 0; i < m->of.len; i++) {
    named one = {.number = i, .facts = m->of.items[i]};
    if (one.facts < bound) continue;
    TRY(name_entity(m->facts, view, &one));
    if (!VEC_PUSH(out, one)) return dsr_fail_memory(m->facts->error);
  }
  if (out->len > 1) qsort(out->items, out->len, sizeof *out->items, mention_order);
  return DSR_OK;
}

dsr_status dsr_figures_mentions(dsr_facts *facts, dsr_view *view, size_t most,
                                dsr_mention_met *met, void *ud, uint64_t *entities) {
  mentions m = {.facts = facts};
  named_list list = {0};
  uint32_t bound;
  dsr_status rc = each_own(facts, view, mention, &m);
  if (rc >= 0) rc = find_bound(&m, most, &bound);
  if (rc >= 0) rc = list_named(&m, view, bound, &list);
  for (size_t i = 0; rc >= 0 && i < list.len && i < most; i++) {
    const named *one = &list.items[i];
    rc = met(ud, dsr_word_make(DSR_TAG_ENTITY, one->number), one->facts);
  }
  VEC_FREE(&list);
  VEC_FREE(&m.of);
  if (rc >= 0) *entities = m.entities;
  return rc < 0 ? rc : DSR_OK;
}

/* ---- support --------------------------------------------------------------------- */

typedef struct supporting {
  dsr_support_met *met;
  void *ud;
  dsr_support now; /* of the relation at hand; told 0: none yet */
} supporting;

static dsr_status flush(supporting *s) {
  if (s->now.told == 0) return DSR_OK;
  dsr_support done = s->now;
  s->now = (dsr_support){0};
  return s->met(s->ud, &done);
}

static dsr_status count_support(void *ud, const dsr_told_one *telling) {
  supporting *s = ud;
  if (s->now.relation != telling->fact->relation) TRY(flush(s));
  s->now.relation = telling->fact->relation;
  s->now.told++;
  s->now.by_trust[telling->trust]++;
  return DSR_OK;
}

dsr_status dsr_figures_support(dsr_facts *facts, dsr_view *view,
                               const dsr_told_options *options, dsr_support_met *met,
                               void *ud) {
  supporting s = {.met = met, .ud = ud};
  dsr_told_options weighing = *options;
  weighing.weigh = true;
  TRY(dsr_told_each(facts, view, &weighing, count_support, &s));
  return flush(&s);
}

/* ---- coverage -------------------------------------------------------------------- */

/* How many facts have a set, and how many tellings have it alone. */
typedef struct of_set {
  uint64_t facts, told;
} of_set;

/* A source that asserts something in some sets, and in what manners. */
typedef struct voice {
  dsr_word source;
  unsigned kinds;
} voice;

typedef struct covering {
  dsr_facts *facts;
  dsr_view *view;
  VEC(of_set) sets;
  VEC(dsr_coverage) sources; /* in order of words */
  VEC(voice) voices;         /* of the sets that were looked at last */
} covering;

static dsr_status set_at(covering *c, uint64_t set, of_set **out) {
  if (set >= c->sets.len) {
    if (!VEC_RESERVE(&c->sets, set + 1 - c->sets.len)) {
      return dsr_fail_memory(c->facts->error);
    }
    memset(c->sets.items + c->sets.len, 0,
           (c->sets.cap - c->sets.len) * sizeof *c->sets.items);
    c->sets.len = c->sets.cap;
  }
  *out = &c->sets.items[set];
  return DSR_OK;
}

static dsr_status source_at(covering *c, dsr_word source, dsr_coverage **out) {
  size_t low = 0, high = c->sources.len;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (c->sources.items[mid].source < source) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  if (low == c->sources.len || c->sources.items[low].source != source) {
    if (!VEC_RESERVE(&c->sources, 1)) return dsr_fail_memory(c->facts->error);
    dsr_coverage *at = c->sources.items + low;
    memmove(at + 1, at, (c->sources.len++ - low) * sizeof *at);
    *at = (dsr_coverage){.source = source};
  }
  *out = &c->sources.items[low];
  return DSR_OK;
}

static dsr_status add_voice(covering *c, const dsr_claim_row *claim) {
  for (size_t i = 0; i < c->voices.len; i++) {
    if (c->voices.items[i].source != claim->source) continue;
    c->voices.items[i].kinds |= 1u << claim->kind;
    return DSR_OK;
  }
  voice made = {claim->source, 1u << claim->kind};
  return VEC_PUSH(&c->voices, made) ? DSR_OK : dsr_fail_memory(c->facts->error);
}

/* Add the voices of a set.  (Relations that are not built in are all seen alike.) */
static dsr_status hear_set(covering *c, uint64_t number) {
  dsr_set set;
  TRY(dsr_set_get(c->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    bool in;
    const dsr_claim_row *claim;
    TRY(dsr_view_entry(c->view, DSR_REL_FIRST, &set, i, &in));
    if (!in) continue;
    TRY(dsr_claim_get(c->facts, set.entries[i].claim, &claim));
    if (claim->verb == DSR_ASSERTS) TRY(add_voice(c, claim));
  }
  return DSR_OK;
}

/* Count what was heard for so many facts and tellings. */
static dsr_status count_voices(covering *c, uint64_t facts, uint64_t told) {
  for (size_t i = 0; i < c->voices.len; i++) {
    const voice *one = &c->voices.items[i];
    dsr_coverage *at = NULL;
    TRY(source_at(c, one->source, &at));
    at->facts += facts;
    at->told += told;
    if (c->voices.len == 1) at->only += told;
    for (int kind = 0; kind <= DSR_ASSESSED; kind++) {
      if (one->kinds >> kind & 1) at->by_kind[kind] += told;
    }
  }
  return DSR_OK;
}

static dsr_status cover_fact(void *ud, const dsr_match *match) {
  of_set *at = NULL;
  TRY(set_at(ud, match->set, &at));
  at->facts++;
  return DSR_OK;
}

static dsr_status cover_telling(void *ud, const dsr_told_one *telling) {
  covering *c = ud;
  if (telling->n == 1) {
    of_set *at = NULL;
    TRY(set_at(c, telling->sets[0], &at));
    at->told++;
    return DSR_OK;
  }
  c->voices.len = 0;
  for (size_t i = 0; i < telling->n; i++) TRY(hear_set(c, telling->sets[i]));
  return count_voices(c, 0, 1);
}

static dsr_status cover_sets(covering *c) {
  for (size_t i = 0; i < c->sets.len; i++) {
    of_set at = c->sets.items[i];
    if (at.facts == 0 && at.told == 0) continue;
    c->voices.len = 0;
    TRY(hear_set(c, i));
    TRY(count_voices(c, at.facts, at.told));
  }
  return DSR_OK;
}

dsr_status dsr_figures_coverage(dsr_facts *facts, dsr_view *view, dsr_coverage_met *met,
                                void *ud) {
  static const dsr_told_options all;
  covering c = {.facts = facts, .view = view};
  dsr_status rc = each_own(facts, view, cover_fact, &c);
  if (rc >= 0) rc = dsr_told_each(facts, view, &all, cover_telling, &c);
  if (rc >= 0) rc = cover_sets(&c);
  for (size_t i = 0; rc >= 0 && i < c.sources.len; i++) {
    rc = met(ud, &c.sources.items[i]);
  }
  VEC_FREE(&c.sets);
  VEC_FREE(&c.sources);
  VEC_FREE(&c.voices);
  return rc < 0 ? rc : DSR_OK;
}
