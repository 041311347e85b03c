/*
** loose.c - aggregates and `not` that are about values of a loop, and of nothing else in it.
**
**   p(X) :- p(Y), e(Y, X), N = count{ Z : q(Z), Z < X }, N < 3.
**
** What is in the braces reads q alone; but nothing there fills X, so e(Y, X) was borrowed,
** or p(X) where that fills it (fill.c).  A borrowed goal only narrows what is derived: so
** where borrowed goals would make the aggregate a part of the loop that they are of, its
** tuples do without them, and are derived for the values that the loop asks for, when it
** asks for them, by demand (demand.c): what is in the braces is complete then, and what was
** asked for stays as it is.
**
** The goals stay in the rule, marked: who goes through instances of it one by one (height.c,
** why.c) needs them, and what they say is true.
**
** Cost: a look at each rule, and for a loosened one a round of its goals for each variable.
*/
#include <string.h>

#include "logic/rule.h"

static bool in_loop(const dsr_rulebook *book, const dsr_rule *rule,
                    const dsr_goal *goal) {
  if (goal->kind != DSR_GOAL_ATOM) return false;
  const dsr_predicate *p = &book->predicates.items[goal->predicate];
  return p->kind == DSR_PREDICATE_RULED && p->component == rule->stratum;
}

/* ---- what is filled ----------------------------------------------------------------- */

static bool has_all(const bool *filled, const dsr_arg *args, int n) {
  for (int i = 0; i < n; i++) {
    if (args[i].var >= 0 && !filled[args[i].var]) return false;
    if (args[i].var == DSR_ARG_ANY) return false;
  }
  return true;
}

static bool fill(bool *filled, const dsr_arg *args, int n) {
  bool any = false;
  for (int i = 0; i < n; i++) {
    if (args[i].var < 0 || filled[args[i].var]) continue;
    filled[args[i].var] = any = true;
  }
  return any;
}

/* An atom fills what it is not asked with. */
static bool fire_atom(const dsr_rulebook *book, const dsr_goal *goal, bool *filled) {
  unsigned asked = book->predicates.items[goal->predicate].asked;
  if (goal->otherwise && !has_all(filled, goal->args, goal->n_args - 1)) return false;
  for (int i = 0; i < goal->n_args; i++) {
    if ((asked >> i & 1) && !has_all(filled, goal->args + i, 1)) return false;
  }
  return fill(filled, goal->args, goal->n_args);
}

/* Let a goal fill what it can; true where that is something. */
static bool fire(const dsr_rulebook *book, const dsr_goal *goal, bool *filled) {
  const dsr_arg *args = goal->args;
  if (goal->negated) return false;
  switch (goal->kind) {
    case DSR_GOAL_ATOM:
      return fire_atom(book, goal, filled);
    case DSR_GOAL_CALL:
      return has_all(filled, args, goal->n_in) &&
             fill(filled, args + goal->n_in, goal->n_args - goal->n_in);
    case DSR_GOAL_COMPARE:
      return goal->op == DSR_EQ &&
             (has_all(filled, args, 1) || has_all(filled, args + 1, 1)) &&
             fill(filled, args, 2);
    default:
      return false;
  }
}

/* The columns of the rule's head that its goals, but the borrowed ones, do not fill. */
static unsigned unfilled(const dsr_rulebook *book, const dsr_rule *rule, bool *filled) {
  unsigned mask = 0;
  int width = book->predicates.items[rule->head].width;
  for (bool more = true; more;) {
    more = false;
    for (int i = 0; i < rule->n_goals; i++) {
      const dsr_goal *goal = &rule->goals[i];
      if (!goal->borrowed) more = fire(book, goal, filled) || more;
    }
  }
  for (int i = 0; i < width; i++) {
    if (rule->args[i].var >= 0 && !filled[rule->args[i].var]) mask |= 1u << i;
  }
  return mask;
}

/* ---- loosening ---------------------------------------------------------------------- */

static bool wants(const dsr_rulebook *book, const dsr_rule *rule) {
  if (rule->loose) return false;
  if (rule->origin != DSR_ORIGIN_TUPLES && rule->origin != DSR_ORIGIN_NEGATED) {
    return false;
  }
  for (int i = 0; i < rule->n_goals; i++) {
    if (rule->goals[i].borrowed && in_loop(book, rule, &rule->goals[i])) return true;
  }
  return false;
}

/* The columns are asked for, of what an aggregate makes of the tuples, too.  True where that
** is new. */
static bool ask(dsr_rulebook *book, int predicate, unsigned mask) {
  dsr_predicate *p = &book->predicates.items[predicate];
  if (p->asked == mask) return false;
  p->asked = mask;
  for (size_t i = 0; i < book->rules.len && p->use == DSR_USE_TUPLES; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    bool reads =
        rule->origin == DSR_ORIGIN_FOLD && rule->goals[0].predicate == predicate;
    if (reads) book->predicates.items[rule->head].asked = mask;
  }
  book->asks = true;
  return true;
}

/* Find what is to be asked for; one that is inside of another may make it ask for more. */
static dsr_status ask_all(dsr_rulebook *book, dsr_error *error) {
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < book->rules.len; i++) {
      const dsr_rule *rule = &book->rules.items[i];
      if (!rule->loose) continue;
      bool *filled = dsr_alloc((size_t)rule->n_vars + 1);
      if (filled == NULL) return dsr_fail_memory(error);
      more = ask(book, rule->head, unfilled(book, rule, filled)) || more;
      dsr_free(filled);
    }
  }
  return DSR_OK;
}

dsr_status dsr_rulebook_loosen(dsr_rulebook *book, dsr_error *error) {
  bool any = false;
  for (size_t i = 0; i < book->rules.len; i++) {
    dsr_rule *rule = &book->rules.items[i];
    if (!wants(book, rule)) continue;
    rule->loose = any = true;
  }
  return any ? ask_all(book, error) : DSR_NOTHING;
}
