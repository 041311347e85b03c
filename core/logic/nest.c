/*
** nest.c - aggregates and `not`, as predicates of their own.
**
** An aggregate ranges over a set of tuples.  They become a predicate, groups first, whose
** rule is what stands in the braces; a second one has the groups and the aggregate, and an
** atom of it stands in the body around.  The groups are the variables that this body owns.
**
** A group is *filled elsewhere* where a goal other than an aggregate's groups fills it; then
** the tuples are asked for those groups alone, and if nothing in the braces fills a group,
** goals around do.  Where some group of an aggregate is not filled elsewhere, the aggregate
** ranges over the groups that its tuples have.  So what an aggregate means does not depend
** on the order of goals; two aggregates that share such a group join on it.
**
** `not` before one goal is that goal, negated; before anything else, a negated atom of a
** predicate for what it is before, over the variables that the body around owns, which it
** must fill.  So a literal of which some part has no value is not derived, and `not` holds.
*/
#include <stdio.h>
#include <string.h>

#include "logic/aggregate.h"
#include "logic/scope.h"

/* ---- variables ------------------------------------------------------------------- */

/* Those among the flags that the body owns: how many; past `room` are only counted. */
static int shared(const dsr_scope *s, const bool *set, int *out, int room) {
  int n = 0;
  for (int i = 0; i < s->clause->n_vars; i++) {
    if (!set[i] || !s->own[i]) continue;
    if (n < room) out[n] = i;
    n++;
  }
  return n;
}

/* The same of a term or a literal, whatever is inside it. */
static dsr_status find_shared(dsr_scope *s, const dsr_term *term,
                              const dsr_literal *literal, int *out, int *n) {
  bool *set = dsr_alloc(((size_t)s->clause->n_vars + 1) * sizeof *set);
  if (set == NULL) return dsr_author_memory(s->author);
  if (term != NULL) dsr_term_mark(term, true, set);
  if (literal != NULL) dsr_literal_mark(literal, true, set);
  *n = shared(s, set, out, DSR_WIDTH_MAX);
  dsr_free(set);
  return DSR_OK;
}

static dsr_status too_wide(dsr_scope *s, dsr_place at, const char *what) {
  return dsr_resolve_fail(
      s->r, at, DSR_ELIMIT,
      "too many variables: %s may share at most %d with what stands "
      "around it, and count over as many less those",
      what, DSR_WIDTH_MAX);
}

/* ---- predicates and drafts --------------------------------------------------------- */

/* A predicate "name{n}" of `width` columns. */
static dsr_status add_predicate(dsr_scope *s, dsr_predicate_use use, const char *name,
                                int number, int width, int *out) {
  char buffer[40];
  int n = snprintf(buffer, sizeof buffer, "%s{%d}", name, number);
  dsr_predicate spec = {.kind = DSR_PREDICATE_RULED, .use = use};
  spec.name = dsr_arena_str(&s->author->book->arena, (dsr_str){buffer, (size_t)n});
  if (spec.name.data == NULL) return dsr_author_memory(s->author);
  spec.arity = spec.width = width;
  for (int i = 0; i < width; i++) spec.types[i] = (dsr_domain)DSR_COL_UNTOLD;
  return dsr_author_predicate(s->author, &spec, out);
}

static dsr_status add_draft(dsr_scope *s, dsr_rule_origin origin, int head,
                            dsr_place at, dsr_draft **out) {
  TRY(dsr_author_draft(s->author, origin, head, out));
  (*out)->r = s->r;
  (*out)->rule.program = s->r->program;
  (*out)->rule.clause = s->clause;
  (*out)->rule.at = at;
  return DSR_OK;
}

/* An atom over variables of the clause; *value, if any, comes last. */
static dsr_status push_atom(dsr_scope *s, int predicate, dsr_place at, const int *vars,
                            int n, int value, bool negated) {
  dsr_draft_goal atom = {.goal = {.kind = DSR_GOAL_ATOM, .at = at}};
  atom.goal.predicate = predicate;
  atom.goal.negated = negated;
  for (int i = 0; i < n; i++) {
    TRY(dsr_scope_var(s, vars[i], &atom.goal.args[i].var));
    atom.at[i] = at;
  }
  if (value >= 0) atom.goal.args[n].var = value;
  atom.at[n < DSR_WIDTH_MAX ? n : 0] = at;
  atom.goal.n_args = n + (value >= 0);
  atom.held = value >= 0;
  return dsr_scope_push(s, &atom);
}

/* ---- aggregates: planning ----------------------------------------------------------- */

dsr_status dsr_nest_fold(dsr_scope *s, const dsr_term *term, int *out) {
  dsr_fold_use use = {.term = term, .kind = dsr_aggregate_named(term->text)};
  TRY(dsr_scope_made(s, term->at, &use.value));
  if (!VEC_PUSH(&s->folds, use)) return dsr_author_memory(s->author);
  *out = use.value;
  return DSR_OK;
}

/* Groups, predicates and the atom of an aggregate. */
static dsr_status plan_fold(dsr_scope *s, dsr_fold_use *use) {
  const dsr_term *term = use->term;
  TRY(find_shared(s, term, NULL, use->groups, &use->n_groups));
  if (use->n_groups + term->n_args > DSR_WIDTH_MAX ||
      use->n_groups + 1 > DSR_WIDTH_MAX) {
    return too_wide(s, term->at, "an aggregate");
  }
  int number = ++s->author->made[0];
  TRY(add_predicate(s, DSR_USE_TUPLES, "tuples", number, use->n_groups + term->n_args,
                    &use->tuples));
  TRY(add_predicate(s, DSR_USE_FOLDED, dsr_aggregate_name((dsr_fold_kind)use->kind),
                    number, use->n_groups + 1, &use->folded));
  use->goal = (int)s->draft->goals.len;
  return push_atom(s, use->folded, term->at, use->groups, use->n_groups, use->value,
                   false);
}

static dsr_draft_goal *atom_of(dsr_scope *s, const dsr_fold_use *use) {
  return &s->draft->goals.items[use->goal];
}

static bool groups_filled(dsr_scope *s, const dsr_fold_use *use) {
  const dsr_goal *goal = &atom_of(s, use)->goal;
  for (int i = 0; i < use->n_groups; i++) {
    if (!dsr_fill_has(s, &goal->args[i])) return false;
  }
  return true;
}

/* Let aggregates go whose groups are filled elsewhere; those have a value for each. */
static bool let_filled(dsr_scope *s, bool *held) {
  bool any = false;
  *held = false;
  for (size_t i = 0; i < s->folds.len; i++) {
    const dsr_fold_use *use = &s->folds.items[i];
    dsr_draft_goal *atom = atom_of(s, use);
    if (!atom->held) continue;
    if (!groups_filled(s, use)) {
      *held = true;
      continue;
    }
    atom->held = false;
    atom->goal.otherwise = use->kind == DSR_FOLD_COUNT || use->kind == DSR_FOLD_SUM;
    atom->goal.word = dsr_word_int(0);
    any = true;
  }
  return any;
}

/* Let those range over the groups there are that would have to even if all values of
** aggregates were filled; all of them where that is none. */
static dsr_status let_range(dsr_scope *s) {
  int *values = dsr_alloc((s->folds.len + 1) * sizeof *values);
  if (values == NULL) return dsr_author_memory(s->author);
  for (size_t i = 0; i < s->folds.len; i++) values[i] = s->folds.items[i].value;
  dsr_status rc = dsr_fill_suppose(s, values, s->folds.len);
  dsr_free(values);
  TRY(rc);
  bool any = false;
  for (int all = 0; all < 2 && !any; all++) {
    for (size_t i = 0; i < s->folds.len; i++) {
      const dsr_fold_use *use = &s->folds.items[i];
      dsr_draft_goal *atom = atom_of(s, use);
      if (!atom->held || (!all && groups_filled(s, use))) continue;
      atom->held = false;
      any = true;
    }
  }
  return DSR_OK;
}

static dsr_status decide(dsr_scope *s) {
  bool held = true;
  while (held) {
    TRY(dsr_fill_run(s));
    if (let_filled(s, &held)) continue;
    if (held) TRY(let_range(s));
  }
  return dsr_fill_run(s);
}

/* ---- what is inside ------------------------------------------------------------------ */

/* Borrow goals for what the body shares with the one around and cannot fill. */
static dsr_status borrow(dsr_scope *s) {
  for (int i = 0; i < s->clause->n_vars; i++) {
    if (!s->own[i] || !s->outer->own[i] || s->map[i] < 0) continue;
    if (s->by.items[s->map[i]] >= 0 || s->outer->map[i] < 0) continue;
    TRY(dsr_fill_borrow(s, s->outer->map[i]));
  }
  return DSR_OK;
}

/* The head's first columns are variables of the clause. */
static dsr_status share_columns(dsr_scope *s, const int *vars, int n, dsr_place at) {
  for (int i = 0; i < n; i++) {
    s->own[vars[i]] = true;
    TRY(dsr_scope_var(s, vars[i], &s->draft->rule.args[i].var));
    s->draft->arg_at[i] = at;
  }
  return DSR_OK;
}

static dsr_status fill_tuples(dsr_scope *s, const dsr_fold_use *use) {
  const dsr_term *term = use->term;
  for (int i = 0; i < term->n_args; i++) {
    dsr_term_mark(&term->args[i], false, s->own);
  }
  for (int i = 0; i < term->n_body; i++) {
    dsr_literal_mark(&term->body[i], false, s->own);
  }
  TRY(share_columns(s, use->groups, use->n_groups, term->at));
  for (int i = 0; i < term->n_body; i++) {
    TRY(dsr_body_literal(s, &term->body[i], false));
  }
  for (int i = 0; i < term->n_args; i++) {
    int column = use->n_groups + i;
    TRY(dsr_body_term(s, &term->args[i], true, &s->draft->rule.args[column]));
    s->draft->arg_at[column] = term->args[i].at;
  }
  return dsr_nest_finish(s);
}

/* The rule that makes the aggregate of the tuples. */
static dsr_status draft_fold(dsr_scope *s, const dsr_fold_use *use) {
  dsr_draft *draft;
  int width = use->n_groups + use->term->n_args;
  dsr_draft_goal atom = {.goal = {.kind = DSR_GOAL_ATOM, .at = use->term->at}};
  TRY(add_draft(s, DSR_ORIGIN_FOLD, use->folded, use->term->at, &draft));
  draft->rule.fold = use->kind;
  draft->rule.groups = use->n_groups;
  atom.goal.predicate = use->tuples;
  atom.goal.n_args = width;
  for (int i = 0; i <= width; i++) {
    dsr_draft_var var = {.of = -1, .at = use->term->at};
    int made;
    TRY(dsr_draft_var_add(s->author, draft, &var, &made));
    if (i < width) atom.goal.args[i].var = made;
    if (i < use->n_groups) draft->rule.args[i].var = made;
  }
  for (int i = 0; i < DSR_WIDTH_MAX; i++) {
    atom.at[i] = draft->arg_at[i] = use->term->at;
  }
  draft->rule.args[use->n_groups].var = width;
  return dsr_draft_push(s->author, draft, &atom);
}

static dsr_status draft_tuples(dsr_scope *s, const dsr_fold_use *use) {
  dsr_draft *draft;
  dsr_scope inner;
  TRY(add_draft(s, DSR_ORIGIN_TUPLES, use->tuples, use->term->at, &draft));
  TRY(dsr_scope_start(&inner, s->author, s->r, s->clause, draft, s));
  inner.self = use->goal;
  dsr_status rc = fill_tuples(&inner, use);
  if (rc < 0) draft->rule.head = -1;
  dsr_scope_stop(&inner);
  TRY(rc);
  return draft_fold(s, use);
}

/* ---- not ----------------------------------------------------------------------------- */

static dsr_status fill_negated(dsr_scope *s, const dsr_literal *literal,
                               const int *vars, int n) {
  dsr_literal_mark(literal, false, s->own);
  TRY(share_columns(s, vars, n, literal->at));
  TRY(dsr_body_literal(s, literal, true));
  return dsr_nest_finish(s);
}

/* All variables that a `not` shares must be filled, or what it is before is about too much:
** the atom of it alone tells that. */
static bool all_filled(dsr_scope *s, const int *vars, int n) {
  for (int i = 0; i < n; i++) {
    int var = s->map[vars[i]];
    if (var < 0 || (size_t)var >= s->by.len || s->by.items[var] < 0) return false;
  }
  return true;
}

static dsr_status draft_negated(dsr_scope *s, const dsr_literal *literal) {
  int vars[DSR_WIDTH_MAX], n, predicate;
  dsr_draft *draft;
  dsr_scope inner;
  dsr_status rc = dsr_body_negated(s, literal);
  if (rc != DSR_NOTHING) return rc;
  TRY(find_shared(s, NULL, literal, vars, &n));
  if (n > DSR_WIDTH_MAX) return too_wide(s, literal->at, "\"not\"");
  TRY(add_predicate(s, DSR_USE_NEGATED, "not", ++s->author->made[1], n, &predicate));
  TRY(push_atom(s, predicate, literal->at, vars, n, -1, true));
  TRY(dsr_fill_run(s));
  if (!all_filled(s, vars, n)) return DSR_OK; /* told by the check of this body */
  TRY(add_draft(s, DSR_ORIGIN_NEGATED, predicate, literal->at, &draft));
  TRY(dsr_scope_start(&inner, s->author, s->r, s->clause, draft, s));
  rc = fill_negated(&inner, literal, vars, n);
  if (rc < 0) draft->rule.head = -1;
  dsr_scope_stop(&inner);
  return rc;
}

/* ---- the whole ----------------------------------------------------------------------- */

dsr_status dsr_nest_finish(dsr_scope *s) {
  for (size_t i = 0; i < s->folds.len; i++) TRY(plan_fold(s, &s->folds.items[i]));
  TRY(dsr_fill_run(s));
  if (s->outer != NULL) TRY(borrow(s));
  TRY(decide(s));
  for (size_t i = 0; i < s->folds.len; i++) TRY(draft_tuples(s, &s->folds.items[i]));
  for (size_t i = 0; i < s->negated.len; i++) {
    TRY(draft_negated(s, s->negated.items[i]));
  }
  TRY(dsr_fill_check(s));
  return dsr_fill_names(s);
}
