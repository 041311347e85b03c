/*
** plain.c - drafts, made plain, as rules of the book.
**
** An equation goes where it only names something: where nothing else fills one of its sides,
** which then stands for the other, or where both sides are of a type in which equal values
** are one value (entities, texts, integers: not times, of which 1994 has several, and not
** numbers at large, since 2 = 2.0).  A variable that is asked for nowhere else is `any`.
**
** Cost: for each equation, one look at what fills what.
*/
#include <string.h>

#include "logic/scope.h"

typedef struct plainer {
  dsr_author *author;
  dsr_draft *draft;
  dsr_scope scope; /* to ask what fills what */
} plainer;

static dsr_draft_var *var_at(plainer *p, int var) { return &p->draft->vars.items[var]; }

/* ---- equations ------------------------------------------------------------------- */

/* Is the variable the value of an aggregate that may be 0 for want of tuples?  It must stay
** a variable that nothing else fills. */
static bool is_default(plainer *p, int var) {
  for (size_t i = 0; i < p->draft->goals.len; i++) {
    const dsr_goal *goal = &p->draft->goals.items[i].goal;
    bool last = goal->kind == DSR_GOAL_ATOM && goal->otherwise &&
                goal->args[goal->n_args - 1].var == var;
    if (last && !p->draft->goals.items[i].gone) return true;
  }
  return false;
}

static bool is_number(dsr_domain type) {
  return type == DSR_COL_INT || type == DSR_COL_NUMBER;
}

static dsr_domain type_of(plainer *p, const dsr_arg *arg) {
  if (arg->var >= 0) return var_at(p, arg->var)->type;
  if (arg->var == DSR_ARG_PARAMETER) {
    return p->author->book->parameters.items[arg->word].type;
  }
  return dsr_word_domain(dsr_facts_symbols(p->author->facts), arg->word);
}

/* An integer, and no decimal that equals one? */
static bool is_firm(plainer *p, const dsr_arg *arg) {
  if (arg->var >= 0) return var_at(p, arg->var)->firm;
  return arg->var == DSR_ARG_CONSTANT;
}

/* Are equal values of the two one value?  One that is a constant entity, text or boolean
** equals nothing but itself. */
static bool is_identity(plainer *p, const dsr_arg *a, const dsr_arg *b) {
  dsr_domain x = type_of(p, a), y = type_of(p, b);
  if (x == DSR_COL_INT && !(is_firm(p, a) && is_firm(p, b))) return false;
  if (b->var == DSR_ARG_CONSTANT && y != DSR_COL_INT) x = y;
  return x == y && (x == DSR_COL_ENTITY || x == DSR_COL_TEXT || x == DSR_COL_BOOL ||
                    x == DSR_COL_INT);
}

/* Put `with` in the place of the variable everywhere. */
static void replace(plainer *p, int var, dsr_arg with) {
  if (with.var >= 0) {
    dsr_draft_var *kept = var_at(p, with.var), *lost = var_at(p, var);
    if (kept->name.len == 0) kept->name = lost->name;
    if (kept->type == DSR_COL_ANY || lost->type == DSR_COL_INT) kept->type = lost->type;
    kept->firm = kept->firm || lost->firm;
  }
  for (size_t i = 0; i < p->draft->goals.len; i++) {
    dsr_goal *goal = &p->draft->goals.items[i].goal;
    for (int k = 0; k < goal->n_args; k++) {
      if (goal->args[k].var == var) goal->args[k] = with;
    }
  }
  for (int k = 0; k < DSR_WIDTH_MAX; k++) {
    if (p->draft->rule.args[k].var == var) p->draft->rule.args[k] = with;
  }
}

/* May the variable `a` go for `b`, in an equation? */
static bool may_replace(plainer *p, const dsr_goal *goal, const dsr_arg *a,
                        const dsr_arg *b) {
  if (a->var < 0) return false;
  bool filled = dsr_fill_has(&p->scope, a);
  if (goal->numeric && !is_number(type_of(p, a)) && !is_number(type_of(p, b))) {
    return false;
  }
  if (is_default(p, a->var)) return false;
  if (b->var >= 0 && is_default(p, b->var)) return !filled;
  return !filled || is_identity(p, a, b);
}

/* Do without equation `at` if that can be; true if it went. */
static dsr_status drop_equation(plainer *p, size_t at, bool *went) {
  dsr_draft_goal *draft = &p->draft->goals.items[at];
  const dsr_arg a = draft->goal.args[0], b = draft->goal.args[1];
  draft->held = true; /* what is filled without it */
  dsr_status rc = dsr_fill_run(&p->scope);
  draft->held = false;
  TRY(rc);
  *went = true;
  if (a.var >= 0 && a.var == b.var) {
    *went = !draft->goal.numeric || is_number(type_of(p, &a));
  } else if (may_replace(p, &draft->goal, &a, &b)) {
    replace(p, a.var, b);
  } else if (may_replace(p, &draft->goal, &b, &a)) {
    replace(p, b.var, a);
  } else {
    *went = false;
  }
  draft->gone = *went;
  return DSR_OK;
}

static dsr_status drop_equations(plainer *p) {
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < p->draft->goals.len; i++) {
      const dsr_draft_goal *draft = &p->draft->goals.items[i];
      bool equation = draft->goal.kind == DSR_GOAL_COMPARE &&
                      draft->goal.op == DSR_EQ && !draft->goal.negated;
      bool went;
      if (!equation || draft->gone) continue;
      TRY(drop_equation(p, i, &went));
      more = more || went;
    }
  }
  return DSR_OK;
}

/* ---- variables -------------------------------------------------------------------- */

/* How often each variable stands. */
static void count_uses(plainer *p, int *uses) {
  for (int k = 0; k < DSR_WIDTH_MAX; k++) {
    if (p->draft->rule.args[k].var >= 0) uses[p->draft->rule.args[k].var] += 2;
  }
  for (size_t i = 0; i < p->draft->goals.len; i++) {
    const dsr_draft_goal *draft = &p->draft->goals.items[i];
    for (int k = 0; k < draft->goal.n_args && !draft->gone; k++) {
      if (draft->goal.args[k].var >= 0) uses[draft->goal.args[k].var]++;
    }
  }
}

/* What is asked for once is anything, where nothing has to be filled by it. */
static void loosen(plainer *p, const int *uses) {
  for (size_t i = 0; i < p->draft->goals.len; i++) {
    dsr_goal *goal = &p->draft->goals.items[i].goal;
    int from = goal->kind == DSR_GOAL_CALL ? goal->n_in : 0;
    int to = goal->n_args - goal->otherwise;
    bool fills = goal->kind == DSR_GOAL_ATOM || goal->kind == DSR_GOAL_CALL;
    for (int k = from; k < to && fills && !goal->negated; k++) {
      int var = goal->args[k].var;
      if (var >= 0 && uses[var] == 1) goal->args[k].var = DSR_ARG_ANY;
    }
  }
}

/* Number the variables that are left anew. */
static void renumber(plainer *p, dsr_rule *rule, int *number) {
  size_t n = p->draft->vars.len;
  for (size_t i = 0; i < n; i++) number[i] = -1;
  for (int g = -1; g < rule->n_goals; g++) {
    dsr_arg *args = g < 0 ? rule->args : rule->goals[g].args;
    int n_args = g < 0 ? p->author->book->predicates.items[rule->head].width
                       : rule->goals[g].n_args;
    for (int k = 0; k < n_args; k++) {
      int var = args[k].var;
      if (var < 0) continue;
      if (number[var] < 0) {
        number[var] = rule->n_vars++;
        rule->vars[number[var]] = var_at(p, var)->name;
        rule->types[number[var]] = var_at(p, var)->type;
      }
      args[k].var = number[var];
    }
  }
}

/* ---- rules ------------------------------------------------------------------------ */

static dsr_status copy_goals(plainer *p, dsr_rule *rule) {
  size_t n = p->draft->goals.len;
  dsr_arena *arena = &p->author->book->arena;
  rule->goals = dsr_arena_alloc(arena, (n + 1) * sizeof *rule->goals);
  if (rule->goals == NULL) return dsr_author_memory(p->author);
  for (size_t i = 0; i < n; i++) {
    if (p->draft->goals.items[i].gone) continue;
    rule->goals[rule->n_goals++] = p->draft->goals.items[i].goal;
  }
  return DSR_OK;
}

static dsr_status emit(plainer *p, int *number) {
  size_t n = p->draft->vars.len + 1;
  dsr_arena *arena = &p->author->book->arena;
  dsr_rule *rule = dsr_rulebook_rule(p->author->book, p->draft->rule.head);
  if (rule == NULL) return dsr_author_memory(p->author);
  *rule = p->draft->rule;
  rule->vars = dsr_arena_alloc(arena, n * sizeof *rule->vars);
  rule->types = dsr_arena_alloc(arena, n * sizeof *rule->types);
  if (rule->vars == NULL || rule->types == NULL) return dsr_author_memory(p->author);
  TRY(copy_goals(p, rule));
  renumber(p, rule, number);
  return DSR_OK;
}

static dsr_status make_plain(plainer *p, int *numbers) {
  if (p->draft->rule.origin != DSR_ORIGIN_FOLD) {
    TRY(drop_equations(p));
    count_uses(p, numbers);
    loosen(p, numbers);
  }
  return emit(p, numbers);
}

dsr_status dsr_plain_rules(dsr_author *author) {
  for (size_t i = 0; i < author->drafts.len; i++) {
    plainer p = {.author = author, .draft = author->drafts.items[i]};
    p.scope.author = author;
    p.scope.draft = p.draft;
    int *numbers = dsr_alloc((p.draft->vars.len + 1) * sizeof *numbers);
    dsr_status rc = DSR_ENOMEM;
    if (numbers != NULL) rc = p.draft->rule.head < 0 ? DSR_OK : make_plain(&p, numbers);
    VEC_FREE(&p.scope.by);
    dsr_free(numbers);
    if (rc < 0) return dsr_author_memory(author);
  }
  return DSR_OK;
}
