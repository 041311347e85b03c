/*
** sideways.c - choosing the order in which bindings are passed.
**
** Goals that only test or compute go as soon as what they read is filled.  Of atoms, those
** that are bound go first, the base's before derived ones (they restrict at no cost), the
** more columns bound the sooner; then small ones; then those that are bound in columns only
** by which nothing is found; atoms that nothing restricts go last.
** Negated atoms come after everything that may narrow what is asked of them.
*/
#include "logic/sideways.h"

#include <string.h>

dsr_status dsr_sideways_start(dsr_sideways *way, const dsr_rulebook *book,
                              const dsr_rule *rule, unsigned mask, const bool *small,
                              dsr_error *error) {
  size_t vars = (size_t)rule->n_vars + 1, goals = (size_t)rule->n_goals + 1;
  *way = (dsr_sideways){.book = book, .rule = rule, .small = small};
  bool *flags = dsr_alloc((2 * vars + goals) * sizeof *flags);
  way->order = dsr_alloc(goals * sizeof *way->order);
  way->filled = flags;
  if (flags == NULL || way->order == NULL) {
    dsr_sideways_stop(way);
    return dsr_fail_memory(error);
  }
  way->restricted = flags + vars;
  way->placed = flags + 2 * vars;
  int width = book->predicates.items[rule->head].width;
  for (int i = 0; i < rule->n_goals; i++) {
    way->placed[i] = !dsr_goal_counts(rule, &rule->goals[i]);
  }
  for (int i = 0; i < width; i++) {
    if (!(mask >> i & 1) || rule->args[i].var < 0) continue;
    way->filled[rule->args[i].var] = way->restricted[rule->args[i].var] = true;
  }
  return DSR_OK;
}

void dsr_sideways_stop(dsr_sideways *way) {
  dsr_free(way->filled);
  dsr_free(way->order);
  *way = (dsr_sideways){0};
}

/* ---- what is known of a goal ----------------------------------------------------- */

static bool arg_filled(const dsr_sideways *way, const dsr_arg *arg) {
  return arg->var < 0 || way->filled[arg->var];
}

static bool arg_restricted(const dsr_sideways *way, const dsr_arg *arg) {
  return dsr_arg_known(arg) || (arg->var >= 0 && way->restricted[arg->var]);
}

unsigned dsr_sideways_mask(const dsr_sideways *way, const dsr_goal *atom, int columns) {
  unsigned mask = 0;
  for (int i = 0; i < columns; i++) {
    if (arg_restricted(way, &atom->args[i])) mask |= 1u << i;
  }
  return mask;
}

static bool is_ruled(const dsr_sideways *way, const dsr_goal *goal) {
  return way->book->predicates.items[goal->predicate].kind == DSR_PREDICATE_RULED;
}

/* How many of the columns are restricted. */
static int bound_columns(const dsr_sideways *way, const dsr_goal *goal) {
  int n = 0;
  for (int i = 0; i < goal->n_args; i++) n += arg_restricted(way, &goal->args[i]);
  return n;
}

/* May the test, comparison or call run now? */
static bool computable(const dsr_sideways *way, const dsr_goal *goal) {
  bool left = arg_filled(way, &goal->args[0]), right = arg_filled(way, &goal->args[1]);
  switch (goal->kind) {
    case DSR_GOAL_COMPARE:
      if (goal->op == DSR_EQ && !goal->negated) return left || right;
      return left && right;
    case DSR_GOAL_TIME:
    case DSR_GOAL_GRADE:
      return left && right;
    case DSR_GOAL_VIEW:
      return left;
    case DSR_GOAL_CALL:
      for (int i = 0; i < (goal->negated ? goal->n_args : goal->n_in); i++) {
        if (!arg_filled(way, &goal->args[i])) return false;
      }
      return true;
    default:
      return false;
  }
}

/* Are the columns filled that the atom must be asked with? */
static bool askable(const dsr_sideways *way, const dsr_goal *goal) {
  unsigned asked = way->book->predicates.items[goal->predicate].asked;
  for (int i = 0; i < goal->n_args; i++) {
    if ((asked >> i & 1) && !arg_filled(way, &goal->args[i])) return false;
  }
  return true;
}

/* Are the groups of an `otherwise` atom filled? */
static bool readable(const dsr_sideways *way, const dsr_goal *goal) {
  for (int i = 0; i < goal->n_args - 1; i++) {
    if (!arg_filled(way, &goal->args[i])) return false;
  }
  return true;
}

/* Ranks; STORED and DERIVED have room for a count of columns. */
enum {
  NOT_NOW,
  NEGATED,
  UNRESTRICTED,
  FILTERED,
  FOLDED,
  FEW,
  DERIVED,
  STORED = 40,
  AT_ONCE = 80
};

/* Is some column restricted by which the atom's tuples are found? */
static bool is_found(const dsr_sideways *way, const dsr_goal *goal) {
  unsigned leads = way->leads != NULL ? way->leads[goal->predicate] : 0;
  return leads == 0 || (leads & dsr_sideways_mask(way, goal, goal->n_args)) != 0;
}

/* The order is a greedy one: the goal with the greatest rank goes next. */
static int rank(const dsr_sideways *way, const dsr_goal *goal) {
  if (goal->kind != DSR_GOAL_ATOM) return computable(way, goal) ? AT_ONCE : NOT_NOW;
  if (!askable(way, goal)) return NOT_NOW;
  if (goal->negated) return NEGATED;
  if (goal->otherwise) return readable(way, goal) ? FOLDED : NOT_NOW;
  int bound = bound_columns(way, goal);
  if (goal->n_args == 0) return AT_ONCE - 1;
  bool found = is_found(way, goal);
  if (bound > 0 && found) return (is_ruled(way, goal) ? DERIVED : STORED) + bound;
  if (way->small[goal->predicate]) return FEW;
  return bound > 0 ? FILTERED : UNRESTRICTED;
}

int dsr_sideways_next(dsr_sideways *way) {
  const dsr_rule *rule = way->rule;
  int best = -1, best_rank = -1;
  for (int i = 0; i < rule->n_goals; i++) {
    if (way->placed[i]) continue;
    int r = rank(way, &rule->goals[i]);
    if (r > best_rank) {
      best = i;
      best_rank = r;
    }
  }
  return best;
}

/* ---- passing --------------------------------------------------------------------- */

static void fill(dsr_sideways *way, const dsr_arg *arg, bool restricted) {
  if (arg->var < 0) return;
  way->filled[arg->var] = true;
  if (restricted) way->restricted[arg->var] = true;
}

static void pass_atom(dsr_sideways *way, const dsr_goal *goal) {
  if (goal->negated) return;
  bool restricted =
      goal->n_args == 0 || bound_columns(way, goal) > 0 || way->small[goal->predicate];
  for (int i = 0; i < goal->n_args; i++) fill(way, &goal->args[i], restricted);
}

static void pass_equal(dsr_sideways *way, const dsr_goal *goal) {
  const dsr_arg *a = &goal->args[0], *b = &goal->args[1];
  if (goal->op != DSR_EQ || goal->negated) return;
  bool restricted = arg_restricted(way, a) || arg_restricted(way, b);
  fill(way, a, restricted);
  fill(way, b, restricted);
}

static void pass_call(dsr_sideways *way, const dsr_goal *goal) {
  bool restricted = true;
  if (goal->negated) return;
  for (int i = 0; i < goal->n_in; i++) {
    restricted = restricted && arg_restricted(way, &goal->args[i]);
  }
  for (int i = goal->n_in; i < goal->n_args; i++) {
    fill(way, &goal->args[i], restricted);
  }
}

void dsr_sideways_pass(dsr_sideways *way, int at) {
  const dsr_goal *goal = &way->rule->goals[at];
  way->placed[at] = true;
  way->order[way->n++] = at;
  if (goal->kind == DSR_GOAL_ATOM) pass_atom(way, goal);
  if (goal->kind == DSR_GOAL_COMPARE) pass_equal(way, goal);
  if (goal->kind == DSR_GOAL_CALL) pass_call(way, goal);
}
