/*
** tail.c - recursion that only passes on what it is asked.
**
** A tail is the last goal in the order in which bindings are passed (sideways.h), asks with
** the same columns bound as the head was asked with, and its other columns are the head's,
** by variables that stand nowhere else.
*/
#include "logic/tail.h"

#include "logic/sideways.h"

static int component_of(const dsr_rulebook *book, int predicate) {
  return book->predicates.items[predicate].component;
}

/* The one goal that recurs; DSR_TAIL_NONE; DSR_TAIL_OTHER: several, or of another
** predicate. */
static int recurring_goal(const dsr_rulebook *book, const dsr_rule *rule) {
  int found = DSR_TAIL_NONE;
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM) continue;
    if (component_of(book, goal->predicate) != component_of(book, rule->head)) continue;
    bool plain = !goal->negated && !goal->otherwise && !goal->written_time;
    if (!plain || goal->predicate != rule->head || found >= 0) return DSR_TAIL_OTHER;
    found = i;
  }
  return found;
}

/* In how many arguments of head and goals the variable stands. */
static int uses_of(const dsr_rule *rule, int width, int var) {
  int n = 0;
  for (int i = 0; i < width; i++) n += rule->args[i].var == var;
  for (int g = 0; g < rule->n_goals; g++) {
    for (int k = 0; k < rule->goals[g].n_args; k++) {
      n += rule->goals[g].args[k].var == var;
    }
  }
  return n;
}

/* Are the columns that are not bound those of the head, and nobody else's? */
static bool passes_on(const dsr_rule *rule, const dsr_goal *goal, unsigned mask,
                      int width) {
  for (int i = 0; i < width; i++) {
    int var = goal->args[i].var;
    if (mask >> i & 1) continue;
    if (var < 0 || rule->args[i].var != var || uses_of(rule, width, var) != 2) {
      return false;
    }
  }
  return true;
}

/* Is the goal the last to go, with just the columns of `mask` bound? */
static dsr_status is_last(const dsr_rulebook *book, const dsr_rule *rule, int goal,
                          unsigned mask, int columns, const bool *small,
                          dsr_error *error, bool *out) {
  dsr_sideways way;
  int at, last = -1;
  unsigned bound = 0;
  TRY(dsr_sideways_start(&way, book, rule, mask, small, error));
  while ((at = dsr_sideways_next(&way)) >= 0) {
    last = at;
    if (at == goal) bound = dsr_sideways_mask(&way, &rule->goals[at], columns);
    dsr_sideways_pass(&way, at);
  }
  dsr_sideways_stop(&way);
  *out = last == goal && bound == mask;
  return DSR_OK;
}

dsr_status dsr_tail_goal(const dsr_rulebook *book, const dsr_rule *rule, unsigned mask,
                         int columns, const bool *small, dsr_error *error, int *out) {
  int width = book->predicates.items[rule->head].width;
  int goal = recurring_goal(book, rule);
  bool last = true;
  if (goal >= 0 && !passes_on(rule, &rule->goals[goal], mask, width)) {
    goal = DSR_TAIL_OTHER;
  }
  if (goal >= 0) {
    TRY(is_last(book, rule, goal, mask, columns, small, error, &last));
  }
  *out = last ? goal : DSR_TAIL_OTHER;
  return DSR_OK;
}

dsr_status dsr_tail_only(const dsr_rulebook *book, int predicate, unsigned mask,
                         int columns, const bool *small, dsr_error *error, bool *out) {
  const dsr_predicate *p = &book->predicates.items[predicate];
  int tails = 0;
  *out = false;
  if (!p->recursive || p->best != 0 || mask == 0) return DSR_OK;
  if ((mask & ((1u << p->width) - 1)) == (1u << p->width) - 1) return DSR_OK;
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    int goal;
    if (rule->head != predicate) continue;
    if (rule->origin == DSR_ORIGIN_FOLD) return DSR_OK;
    TRY(dsr_tail_goal(book, rule, mask, columns, small, error, &goal));
    if (goal == DSR_TAIL_OTHER) return DSR_OK;
    tails += goal >= 0;
  }
  *out = tails > 0;
  return DSR_OK;
}
