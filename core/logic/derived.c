/*
** derived.c - all that a derived relation takes its facts from.
**
** The rules that are written; the base's own facts, and rows of a table; derived facts of
** special cases (`is`) and of the inverse; its own, with arguments swapped, where it is
** symmetric.  The base's scans do the same for facts of the base, so only what is derived
** of other relations is copied here.
**
** Cost: a rule for each; those that are not written are copies of tuples.
*/
#include "logic/scope.h"

/* A rule that copies one predicate into another. */
typedef struct copying {
  dsr_author *author;
  int to;
  dsr_draft *draft;
} copying;

/* Begin a copy from `from`: a variable for each of its columns. */
static dsr_status begin(copying *c, dsr_rule_origin origin, int from) {
  dsr_draft_goal atom = {.goal = {.kind = DSR_GOAL_ATOM, .predicate = from}};
  atom.goal.n_args = dsr_author_at(c->author, from)->width;
  TRY(dsr_author_draft(c->author, origin, c->to, &c->draft));
  for (int i = 0; i < atom.goal.n_args; i++) {
    dsr_draft_var var = {.of = -1};
    TRY(dsr_draft_var_add(c->author, c->draft, &var, &atom.goal.args[i].var));
  }
  return dsr_draft_push(c->author, c->draft, &atom);
}

/* The columns after the relation's are those of `from`; no time where it has none. */
static void copy_rest(copying *c, int from) {
  const dsr_predicate *to = dsr_author_at(c->author, c->to);
  const dsr_predicate *source = dsr_author_at(c->author, from);
  dsr_arg *args = c->draft->rule.args;
  int column = source->arity, at = to->arity;
  if (to->timed) {
    args[at] = (dsr_arg){DSR_ARG_CONSTANT, DSR_WORD_NONE};
    if (source->timed) args[at].var = column;
    at++;
  }
  if (source->timed) column++;
  while (at < to->width) args[at++].var = column++;
}

/* The first two columns are swapped. */
static void swap_columns(copying *c) {
  const dsr_predicate *to = dsr_author_at(c->author, c->to);
  for (int i = 0; i < to->arity; i++) c->draft->rule.args[i].var = i < 2 ? 1 - i : i;
}

static dsr_status copy_swapped(copying *c, dsr_rule_origin origin, int from) {
  TRY(begin(c, origin, from));
  swap_columns(c);
  copy_rest(c, from);
  return DSR_OK;
}

static dsr_status copy_plain(copying *c, int from) {
  TRY(begin(c, DSR_ORIGIN_BASE, from));
  int arity = dsr_author_at(c->author, c->to)->arity;
  for (int i = 0; i < arity; i++) c->draft->rule.args[i].var = i;
  copy_rest(c, from);
  return DSR_OK;
}

/* ---- where facts come from -------------------------------------------------------- */

static bool is_claimed(copying *c) {
  return dsr_author_at(c->author, c->to)->use == DSR_USE_CLAIMED;
}

static dsr_status from_base(copying *c, const dsr_relation *relation) {
  int base;
  dsr_predicate how = {.timed = dsr_author_at(c->author, c->to)->timed, .manner = -1};
  if (is_claimed(c)) {
    how.claimed = true;
    how.verb = DSR_ASSERTS;
    how.parts = 1u << DSR_PART_SOURCE;
  }
  TRY(dsr_meaning_base(c->author, relation, &how, &base));
  return copy_plain(c, base);
}

static dsr_status from_table(copying *c, const dsr_table_given *table) {
  int from;
  TRY(dsr_meaning_table(c->author, table, &from));
  return copy_plain(c, from);
}

/* What another relation derives; DSR_NOTHING where it is not a derived one. */
static dsr_status from_other(copying *c, const dsr_relation *other, int *out) {
  dsr_derived *derived = dsr_meaning_derived(c->author, other->name, other->arity);
  if (derived == NULL) return DSR_NOTHING;
  return dsr_meaning_predicate(c->author, derived, is_claimed(c), out);
}

static dsr_status from_special(copying *c, const dsr_relation *special,
                               const dsr_is *is) {
  int from;
  dsr_status rc = from_other(c, special, &from);
  if (rc != DSR_OK) return rc;
  TRY(begin(c, DSR_ORIGIN_IS, from));
  int arity = dsr_author_at(c->author, c->to)->arity;
  for (int i = 0; i < arity; i++) c->draft->rule.args[i].var = is->map[i];
  copy_rest(c, from);
  return DSR_OK;
}

/* Has an inverse of `number` more than what comes from `number` itself? */
static bool has_own(copying *c, const dsr_relation *inverse, uint32_t number) {
  dsr_facts *facts = c->author->facts;
  const dsr_relation *other;
  const dsr_derived *derived =
      dsr_meaning_derived(c->author, inverse->name, inverse->arity);
  if (derived == NULL || derived->heads >= 0 || derived->table != NULL) return true;
  for (size_t i = 0; (other = dsr_relation_at(facts, i)) != NULL; i++) {
    bool feeds =
        (other->inverse == inverse->number || inverse->inverse == other->number) &&
        other->number != number;
    for (int k = 0; k < other->n_is; k++) {
      feeds = feeds || other->is[k].general == inverse->number;
    }
    if (feeds && dsr_meaning_derived(c->author, other->name, other->arity) != NULL) {
      return true;
    }
  }
  return false;
}

static dsr_status from_inverse(copying *c, const dsr_relation *other) {
  int from;
  uint32_t number = dsr_author_at(c->author, c->to)->relation;
  if (!has_own(c, other, number)) return DSR_OK;
  dsr_status rc = from_other(c, other, &from);
  return rc == DSR_OK ? copy_swapped(c, DSR_ORIGIN_INVERSE, from) : rc;
}

static dsr_status from_relations(copying *c, const dsr_relation *relation) {
  dsr_facts *facts = c->author->facts;
  const dsr_relation *other;
  uint32_t number = relation->number, inverse = relation->inverse;
  bool more = relation->general || relation->named;
  if (relation->symmetric) TRY(copy_swapped(c, DSR_ORIGIN_SYMMETRIC, c->to));
  other = inverse != 0 ? dsr_relation_get(facts, inverse) : NULL;
  if (other != NULL) TRY(from_inverse(c, other));
  for (size_t i = 0; more && (other = dsr_relation_at(facts, i)) != NULL; i++) {
    if (other->inverse == number) TRY(from_inverse(c, other));
    for (int k = 0; k < other->n_is; k++) {
      if (other->is[k].general == number) TRY(from_special(c, other, &other->is[k]));
    }
  }
  return DSR_OK;
}

/* Rules as written; of those with sources, the ones whose head says one. */
static dsr_status from_rules(copying *c, int head) {
  bool claimed = is_claimed(c);
  for (; head >= 0; head = c->author->heads.items[head].next) {
    const dsr_head at = c->author->heads.items[head];
    bool sourced = at.clause->head.claim.source.kind != DSR_TERM_NONE;
    if (at.refused || (claimed && !sourced)) continue;
    dsr_status rc = dsr_body_rule(c->author, at.r, at.clause, c->to);
    if (dsr_resolve_hard(rc)) return rc;
    if (rc < 0) c->author->heads.items[head].refused = true;
  }
  return DSR_OK;
}

dsr_status dsr_derived_rules(dsr_author *author, int predicate) {
  copying c = {author, predicate, NULL};
  const dsr_derived derived = author->derived.items[author->of.items[predicate]];
  const dsr_relation *relation =
      derived.relation != 0 ? dsr_relation_get(author->facts, derived.relation) : NULL;
  if (relation != NULL) TRY(from_base(&c, relation));
  if (derived.table != NULL && !is_claimed(&c)) TRY(from_table(&c, derived.table));
  TRY(from_rules(&c, derived.heads));
  return relation != NULL ? from_relations(&c, relation) : DSR_OK;
}
