/*
** fill.c - which goals fill which variables.
**
** An atom fills what stands in it; an equation one side from the other; a function what it
** gives, once all that it takes is filled.  A goal is credited with a variable only where it
** is the first to fill it, so following credits never runs in circles.
**
** Cost: the goals once for each round; a round fills a variable.
*/
#include "logic/scope.h"

bool dsr_fill_has(const dsr_scope *s, const dsr_arg *arg) {
  if (arg->var >= 0) return s->by.items[arg->var] >= 0;
  return arg->var != DSR_ARG_ANY;
}

static bool has_all(const dsr_scope *s, const dsr_arg *args, int n) {
  for (int i = 0; i < n; i++) {
    if (!dsr_fill_has(s, &args[i])) return false;
  }
  return true;
}

/* Credit goal `at` with the variables among the arguments that have none yet. */
static bool credit(dsr_scope *s, const dsr_arg *args, int n, int at) {
  bool any = false;
  for (int i = 0; i < n; i++) {
    if (args[i].var < 0 || s->by.items[args[i].var] >= 0) continue;
    s->by.items[args[i].var] = at;
    any = true;
  }
  return any;
}

/* How many arguments a goal reads before it fills the others; -1: it fills none. */
static int reads(const dsr_draft_goal *draft) {
  const dsr_goal *goal = &draft->goal;
  if (goal->negated) return -1;
  if (goal->kind == DSR_GOAL_ATOM) return goal->otherwise ? goal->n_args - 1 : 0;
  return goal->kind == DSR_GOAL_CALL ? goal->n_in : -1;
}

static bool is_equation(const dsr_goal *goal) {
  return goal->kind == DSR_GOAL_COMPARE && goal->op == DSR_EQ && !goal->negated;
}

/* Let a goal fill what it can. */
static bool fire(dsr_scope *s, int at) {
  const dsr_goal *goal = &s->draft->goals.items[at].goal;
  int n = reads(&s->draft->goals.items[at]);
  if (s->draft->goals.items[at].held) return false;
  if (is_equation(goal) &&
      (dsr_fill_has(s, &goal->args[0]) || dsr_fill_has(s, &goal->args[1]))) {
    return credit(s, goal->args, 2, at);
  }
  if (n < 0 || !has_all(s, goal->args, n)) return false;
  return credit(s, goal->args + n, goal->n_args - n, at);
}

/* Let all goals fill what they can, but aggregates; or these, which come last, so that they
** are credited only with groups that nothing else fills. */
static bool fire_all(dsr_scope *s, bool folds) {
  bool any = false;
  for (size_t i = 0; i < s->draft->goals.len; i++) {
    const dsr_goal *goal = &s->draft->goals.items[i].goal;
    bool fold = goal->kind == DSR_GOAL_ATOM &&
                dsr_author_at(s->author, goal->predicate)->use == DSR_USE_FOLDED;
    if (fold == folds) any = fire(s, (int)i) || any;
  }
  return any;
}

dsr_status dsr_fill_suppose(dsr_scope *s, const int *vars, size_t n) {
  size_t have = s->draft->vars.len;
  s->by.len = 0;
  if (!VEC_RESERVE(&s->by, have + 1)) return dsr_author_memory(s->author);
  s->by.len = have;
  for (size_t i = 0; i < have; i++) s->by.items[i] = -1;
  for (size_t i = 0; i < n; i++) s->by.items[vars[i]] = (int)s->draft->goals.len;
  while (fire_all(s, false) || fire_all(s, true)) continue;
  return DSR_OK;
}

dsr_status dsr_fill_run(dsr_scope *s) { return dsr_fill_suppose(s, NULL, 0); }

/* ---- borrowing ------------------------------------------------------------------- */

/* What a variable of the body around is here. */
static dsr_status lend(dsr_scope *s, int outer, int *out) {
  const dsr_draft_var *var = &s->outer->draft->vars.items[outer];
  if (var->of >= 0) {
    TRY(dsr_scope_var(s, var->of, out));
  } else {
    for (size_t i = 0; i < s->lent.len; i++) {
      if (s->lent.items[i].outer != outer) continue;
      *out = s->lent.items[i].inner;
      return DSR_OK;
    }
    TRY(dsr_scope_made(s, var->at, out));
    dsr_lent lent = {outer, *out};
    if (!VEC_PUSH(&s->lent, lent)) return dsr_author_memory(s->author);
  }
  if (!VEC_RESERVE(&s->by, s->draft->vars.len)) return dsr_author_memory(s->author);
  while (s->by.len < s->draft->vars.len) s->by.items[s->by.len++] = -1;
  return DSR_OK;
}

static bool was_taken(const dsr_scope *s, int goal) {
  for (size_t i = 0; i < s->taken.len; i++) {
    if (s->taken.items[i] == goal) return true;
  }
  return false;
}

/* Borrow what fills the arguments that a goal reads. */
static dsr_status borrow_read(dsr_scope *s, const dsr_draft_goal *goal, int var) {
  int inner, n = reads(goal);
  bool equation = is_equation(&goal->goal);
  for (int i = 0; i < (equation ? 2 : n); i++) {
    int read = goal->goal.args[i].var;
    if (read < 0 || read == var) continue;
    TRY(lend(s, read, &inner));
    if (s->by.items[inner] >= 0) continue;
    dsr_status rc = dsr_fill_borrow(s, read);
    if (rc != DSR_OK) return rc;
  }
  return DSR_OK;
}

dsr_status dsr_fill_borrow(dsr_scope *s, int var) {
  int goal = s->outer->by.items[var];
  if (goal < 0 || goal == s->self) return DSR_NOTHING;
  if (was_taken(s, goal)) return DSR_OK;
  if (!VEC_PUSH(&s->taken, goal)) return dsr_author_memory(s->author);
  dsr_draft_goal copy = s->outer->draft->goals.items[goal];
  copy.goal.borrowed = true;
  dsr_status rc = borrow_read(s, &copy, var);
  if (rc != DSR_OK) return rc;
  for (int i = 0; i < copy.goal.n_args; i++) {
    if (copy.goal.args[i].var < 0) continue;
    TRY(lend(s, copy.goal.args[i].var, &copy.goal.args[i].var));
  }
  TRY(dsr_scope_push(s, &copy));
  return dsr_fill_run(s);
}

/* ---- equations that name ------------------------------------------------------------ */

dsr_status dsr_fill_names(dsr_scope *s) {
  for (size_t i = 0; i < s->draft->goals.len; i++) {
    dsr_draft_goal *draft = &s->draft->goals.items[i];
    if (!is_equation(&draft->goal)) continue;
    draft->held = true;
    dsr_status rc = dsr_fill_run(s);
    draft->held = false;
    TRY(rc);
    draft->names = !has_all(s, draft->goal.args, 2);
  }
  return dsr_fill_run(s);
}

/* ---- what nothing fills ------------------------------------------------------------ */

enum { IN_HEAD = 1, IN_NOT = 2, IN_GOAL = 4 };

/* Where a variable stands. */
static int stands(const dsr_scope *s, int var) {
  int where = 0;
  for (int i = 0; i < DSR_WIDTH_MAX; i++) {
    if (s->draft->rule.args[i].var == var) where |= IN_HEAD;
  }
  for (size_t i = 0; i < s->draft->goals.len; i++) {
    const dsr_goal *goal = &s->draft->goals.items[i].goal;
    for (int k = 0; k < goal->n_args; k++) {
      if (goal->args[k].var == var) where |= goal->negated ? IN_NOT : IN_GOAL;
    }
  }
  return where;
}

static dsr_status tell(dsr_scope *s, int at) {
  const dsr_draft_var *var = &s->draft->vars.items[at];
  int where = stands(s, at);
  if (where & IN_GOAL) return dsr_clash_unfilled(s->r, var->of);
  if (where & IN_NOT) {
    return dsr_resolve_fail(
        s->r, var->at, DSR_ESYNTAX,
        "\"%s\" stands under \"not\", which finds no values; an atom "
        "must hold it, or write \"_\" for anything",
        dsr_show(var->name).text);
  }
  return dsr_resolve_fail(s->r, var->at, DSR_ESYNTAX,
                          "\"%s\" stands in no atom of the body, so nothing finds it",
                          dsr_show(var->name).text);
}

dsr_status dsr_fill_check(dsr_scope *s) {
  dsr_status rc = DSR_OK;
  int made = -1;
  bool any = false;
  TRY(dsr_fill_run(s));
  for (size_t i = 0; i < s->draft->vars.len; i++) {
    int of = s->draft->vars.items[i].of;
    if (s->by.items[i] >= 0) continue;
    rc = DSR_ESYNTAX;
    if (of < 0) made = (int)i;
    if (of < 0) continue;
    any = true;
    if (s->told[of]) continue;
    s->told[of] = true;
    rc = tell(s, (int)i);
    if (dsr_resolve_hard(rc)) return rc;
  }
  if (rc == DSR_OK || any) return rc;
  return dsr_resolve_fail(s->r, s->draft->vars.items[made].at, DSR_ESYNTAX,
                          "nothing finds what this is reckoned from");
}
