/*
** copy.c - what a view sees of a base, into an empty one.
**
** For work that would write, where the base itself cannot or must not be written.
** Relations keep their declarations, facts who asserts them; rules are kept whole; locators, grades, denials
** and history stay behind.  A relation waits for those that its declaration names.
**
** Cost: a walk over all facts in view, and a claim for each.
*/
#include "ground/text.h"
#include "facts/kept.h"
#include "logic/check.h"

typedef struct copy {
  dsr_facts *from, *to;
  dsr_view *view;
  VEC(dsr_word) words; /* by symbol number of `from`: the word in `to`, or none yet */
} copy;

static dsr_status no_memory(copy *c) { return dsr_fail_memory(dsr_facts_error(c->to)); }

/* ---- words ----------------------------------------------------------------------- */

static dsr_status copy_symbol(copy *c, dsr_word word, dsr_word *out) {
  dsr_symbol_kind kind;
  dsr_str spelling;
  uint64_t number = dsr_word_payload(word);
  if (number >= c->words.len) {
    size_t more = (size_t)number + 1 - c->words.len;
    if (!VEC_RESERVE(&c->words, more)) return no_memory(c);
    for (size_t i = 0; i < more; i++) c->words.items[c->words.len++] = DSR_WORD_NONE;
  }
  if (c->words.items[number] == DSR_WORD_NONE) {
    dsr_word made;
    TRY(dsr_symbols_get(dsr_facts_symbols(c->from), word, &kind, &spelling));
    TRY(dsr_symbols_intern(dsr_facts_symbols(c->to), kind, spelling, &made));
    c->words.items[number] = made;
  }
  *out = c->words.items[number];
  return DSR_OK;
}

static dsr_status copy_word(copy *c, dsr_word word, dsr_word *out) {
  if (dsr_word_interned(word)) return copy_symbol(c, word, out);
  *out = word;
  return DSR_OK;
}

/* ---- relations ------------------------------------------------------------------- */

/* The number in `to` of the relation `number` of `from`; 0 where it is not there yet. */
static uint32_t number_of(copy *c, uint32_t number) {
  const dsr_relation *there, *here = dsr_relation_get(c->from, number);
  if (here == NULL) return 0;
  there = dsr_relation_find(c->to, here->name, here->arity);
  return there != NULL ? there->number : 0;
}

/* Declare one relation; DSR_NOTHING where one that it names is not there yet. */
static dsr_status copy_relation(copy *c, const dsr_relation *relation) {
  uint32_t number;
  dsr_relation spec = *relation;
  if (spec.inverse != 0) {
    spec.inverse = number_of(c, spec.inverse);
    if (spec.inverse == 0) return DSR_NOTHING;
  }
  for (int i = 0; i < spec.n_is; i++) {
    spec.is[i].general = number_of(c, spec.is[i].general);
    if (spec.is[i].general == 0) return DSR_NOTHING;
  }
  TRY(dsr_relation_declare(c->to, &spec, &number));
  return DSR_OK;
}

/* Go through the relations until no more of them can be declared. */
static dsr_status copy_relations(copy *c) {
  const dsr_relation *relation;
  bool more = true;
  while (more) {
    more = false;
    for (size_t i = 0; (relation = dsr_relation_at(c->from, i)) != NULL; i++) {
      if (relation->number < DSR_REL_FIRST || number_of(c, relation->number) != 0) {
        continue;
      }
      dsr_status rc = copy_relation(c, relation);
      if (rc < 0) return rc;
      more = more || rc == DSR_OK;
    }
  }
  return DSR_OK;
}

/* ---- facts ----------------------------------------------------------------------- */

static dsr_status copy_tuple(copy *c, const dsr_tuple *fact, dsr_tuple *out) {
  *out = (dsr_tuple){.relation = number_of(c, fact->relation), .arity = fact->arity};
  for (int i = 0; i < fact->arity; i++) {
    TRY(copy_word(c, fact->args[i], &out->args[i]));
  }
  return copy_word(c, fact->time, &out->time);
}

/* Whose claim it is in `to`: the base's, where the source is none there. */
static dsr_status copy_source(copy *c, dsr_word source, dsr_word *out) {
  bool declared;
  TRY(copy_word(c, source, out));
  TRY(dsr_source_declared(c->to, *out, &declared));
  if (!declared) *out = dsr_facts_base_source(c->to);
  return DSR_OK;
}

/* A fact, with the claims in view that assert it; names are seen past the filters, and
** may have none. */
static dsr_status copy_fact(copy *c, const dsr_match *match) {
  dsr_set set;
  dsr_tuple tuple;
  dsr_claim_row own = {.verb = DSR_ASSERTS, .source = dsr_facts_base_source(c->to)};
  bool claimed = false;
  TRY(copy_tuple(c, &match->fact, &tuple));
  TRY(dsr_set_get(c->from, match->set, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *row;
    bool in;
    dsr_claim_row claim = {.verb = DSR_ASSERTS};
    TRY(dsr_view_entry(c->view, match->fact.relation, &set, i, &in));
    if (!in) continue;
    TRY(dsr_claim_get(c->from, set.entries[i].claim, &row));
    if (row->verb != DSR_ASSERTS) continue;
    TRY(copy_source(c, row->source, &claim.source));
    TRY(dsr_claim_add(c->to, &tuple, &claim));
    claimed = true;
  }
  return claimed ? DSR_OK : dsr_claim_add(c->to, &tuple, &own);
}

static dsr_status copy_facts(copy *c, uint32_t relation) {
  dsr_scan *scan;
  const dsr_match *match;
  const dsr_word any[DSR_ARITY_MAX] = {0};
  dsr_status rc;
  TRY(dsr_scan_start(c->from, c->view, relation, any, DSR_WORD_NONE, DSR_SCAN_OWN,
                     &scan));
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    rc = copy_fact(c, match);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status copy_rules(copy *c) {
  const dsr_kept_rule *rule;
  for (size_t i = 0; (rule = dsr_kept_at(c->from, i)) != NULL; i++) {
    dsr_status rc = dsr_kept_add(c->to, rule);
    if (rc < 0) return rc;
  }
  return DSR_OK;
}

/* Sources first: the claims on all the rest are theirs. */
static dsr_status copy_all(copy *c) {
  const dsr_relation *relation;
  TRY(copy_relations(c));
  TRY(copy_facts(c, DSR_REL_SOURCE));
  for (size_t i = 0; (relation = dsr_relation_at(c->from, i)) != NULL; i++) {
    if (relation->number == DSR_REL_SOURCE || relation->inverse != 0) continue;
    TRY(copy_facts(c, relation->number));
  }
  return copy_rules(c);
}

dsr_status dsr_facts_copy(dsr_facts *from, dsr_view *view, dsr_facts *to) {
  copy c = {.from = from, .to = to, .view = view};
  dsr_status rc = copy_all(&c);
  VEC_FREE(&c.words);
  return rc;
}
