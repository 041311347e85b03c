/*
** compose.c - predicates that are composed with themselves.
**
** When this is allowed and why it is right is told in rule.h.  A column of such a rule
**
**   p(C, X, Z) :- p(C, X, Y), p(C, Y, Z).
**
** is *shared* (C: the same in both atoms and the head), *left* (X: the head has it from
** the one atom, and the other atom has a link there) or *right* (Z); each link stands once
** in a right column of the one atom and once in a left column of the other.
**
** Cost: rules times columns squared.
*/
#include <stdio.h>
#include <string.h>

#include "logic/rule.h"

/* ---- which rules ------------------------------------------------------------------ */

static bool is_plain_atom(const dsr_goal *goal) {
  return goal->kind == DSR_GOAL_ATOM && !goal->negated && !goal->otherwise &&
         !goal->written_time;
}

static int count_var(const dsr_arg *args, int n, int var) {
  int count = 0;
  for (int i = 0; i < n; i++) count += args[i].var == var;
  return count;
}

/* Is the variable in one column of the atom alone, and is that a left or a right one? */
static bool is_link(const dsr_arg *head, const dsr_goal *atom, const dsr_goal *other,
                    int var) {
  int n = atom->n_args, column = -1;
  if (var < 0 || count_var(head, n, var) > 0) return false;
  if (count_var(atom->args, n, var) != 1 || count_var(other->args, n, var) != 1) {
    return false;
  }
  for (int i = 0; i < n; i++) {
    if (atom->args[i].var == var) column = i;
  }
  return head[column].var == other->args[column].var;
}

/* Is the head what comes of the atoms as one relation after the other?  In which order
** they are taken makes no difference. */
static bool composes(const dsr_rule *rule, const dsr_goal *a, const dsr_goal *b) {
  const dsr_arg *head = rule->args;
  int n = a->n_args, links = 0;
  for (int c = 0; c < n; c++) {
    int h = head[c].var, from_a = count_var(a->args, n, h), from_b;
    from_b = count_var(b->args, n, h);
    if (h < 0 || count_var(head, n, h) != 1 || from_a > 1 || from_b > 1) return false;
    bool left = a->args[c].var == h, right = b->args[c].var == h;
    if (from_a != left || from_b != right || (!left && !right)) return false;
    if (left && right) continue;
    if (left && !is_link(head, a, b, b->args[c].var)) return false;
    if (right && !is_link(head, b, a, a->args[c].var)) return false;
    links++;
  }
  return links > 0;
}

/* The goal that goes first, which has the first of the head's columns that are not shared;
** -1: the rule does not compose its head with itself. */
static int first_of(const dsr_rulebook *book, const dsr_rule *rule) {
  const dsr_predicate *p = &book->predicates.items[rule->head];
  if (rule->n_goals != 2 || rule->origin == DSR_ORIGIN_FOLD || p->best != 0) return -1;
  for (int i = 0; i < 2; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (!is_plain_atom(goal) || goal->predicate != rule->head) return -1;
  }
  if (!composes(rule, &rule->goals[0], &rule->goals[1])) return -1;
  for (int c = 0; c < p->width; c++) {
    if (rule->goals[0].args[c].var != rule->args[c].var) return 1;
    if (rule->goals[1].args[c].var != rule->args[c].var) return 0;
  }
  return 0;
}

static int column_of(const dsr_goal *atom, int var) {
  for (int i = 0; i < atom->n_args; i++) {
    if (atom->args[i].var == var) return i;
  }
  return -1;
}

/* The column that has a link where column `c` of the composing rule's head has its place: a
** left one for a right one, and back; `c` for a shared one. */
static int opposite(const dsr_rule *rule, int c) {
  const dsr_goal *a = &rule->goals[0], *b = &rule->goals[1];
  bool left = a->args[c].var == rule->args[c].var;
  if (left && b->args[c].var == rule->args[c].var) return c;
  return left ? column_of(a, b->args[c].var) : column_of(b, a->args[c].var);
}

/* Does `other` give each tuple of the composing rule's head the other way round, left
** columns for right ones? */
static bool turns_round(const dsr_rule *rule, const dsr_rule *other) {
  if (other->n_goals != 1 || other->origin == DSR_ORIGIN_FOLD) return false;
  const dsr_goal *atom = &other->goals[0];
  if (!is_plain_atom(atom) || atom->predicate != rule->head) return false;
  for (int c = 0; c < atom->n_args; c++) {
    int var = other->args[c].var;
    if (var < 0 || count_var(other->args, atom->n_args, var) != 1) return false;
    if (atom->args[opposite(rule, c)].var != var) return false;
  }
  return true;
}

/* Do all other rules of its head need nothing of its component, but for those that turn
** tuples round, and is there one? */
static bool others_are_complete(const dsr_rulebook *book, const dsr_rule *rule) {
  int component = book->predicates.items[rule->head].component, n = 0;
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *other = &book->rules.items[i];
    if (other->head != rule->head || other == rule) continue;
    if (turns_round(rule, other)) continue;
    n++;
    for (int k = 0; k < other->n_goals; k++) {
      const dsr_goal *goal = &other->goals[k];
      if (goal->kind != DSR_GOAL_ATOM) continue;
      if (book->predicates.items[goal->predicate].component == component) return false;
    }
  }
  return n > 0;
}

/* ---- what becomes of them --------------------------------------------------------- */

/* The one other rule of the head; NULL: there are more. */
static const dsr_rule *only_other(const dsr_rulebook *book, const dsr_rule *rule) {
  const dsr_rule *found = NULL;
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *other = &book->rules.items[i];
    if (other->head != rule->head || other == rule) continue;
    if (found != NULL) return NULL;
    found = other;
  }
  return found;
}

/* The column of the head that has the variable; -1. */
static int head_column(const dsr_rule *rule, int width, int var) {
  for (int i = 0; i < width && var >= 0; i++) {
    if (rule->args[i].var == var) return i;
  }
  return -1;
}

/* Is the head the columns of one atom, in any order?  Then that can be read in its place:
** `out` is the atom with the arguments of `in`. */
static bool is_renaming(const dsr_rule *rule, const dsr_goal *in, dsr_goal *out) {
  int width = in->n_args;
  if (rule == NULL || rule->n_goals != 1 || !is_plain_atom(&rule->goals[0]))
    return false;
  const dsr_goal *atom = &rule->goals[0];
  for (int c = 0; c < width; c++) {
    int var = rule->args[c].var;
    if (var < 0 || count_var(rule->args, width, var) != 1) return false;
    if (count_var(atom->args, atom->n_args, var) != 1) return false;
  }
  *out = *atom;
  out->at = in->at;
  for (int c = 0; c < atom->n_args; c++) {
    int column = head_column(rule, width, atom->args[c].var);
    if (column >= 0) {
      out->args[c] = in->args[column];
    } else if (atom->args[c].var >= 0) {
      return false;
    }
  }
  return true;
}

/* A predicate for what the other rules derive. */
static int add_direct(dsr_rulebook *book, const dsr_predicate *p) {
  char name[300];
  dsr_predicate spec = *p;
  snprintf(name, sizeof name, "%.*s{direct}",
           (int)(p->name.len < 200 ? p->name.len : 200), p->name.data);
  spec.name = dsr_arena_str(&book->arena, (dsr_str){name, strlen(name)});
  spec.relation = 0;
  spec.columns = NULL;
  return spec.name.data != NULL ? dsr_rulebook_predicate(book, &spec) : -1;
}

/* p(V, ...) :- direct(V, ...). */
static dsr_status add_copy(dsr_rulebook *book, size_t like, int direct) {
  const dsr_rule from = book->rules.items[like];
  int width = book->predicates.items[from.head].width;
  dsr_rule *rule = dsr_rulebook_rule(book, from.head);
  if (rule == NULL) return DSR_ENOMEM;
  rule->origin = from.origin;
  rule->program = from.program;
  rule->clause = from.clause;
  rule->at = from.at;
  rule->n_vars = from.n_vars;
  rule->vars = from.vars;
  rule->types = from.types;
  memcpy(rule->args, from.args, sizeof rule->args);
  rule->goals = dsr_arena_alloc(&book->arena, sizeof *rule->goals);
  if (rule->goals == NULL) return DSR_ENOMEM;
  rule->n_goals = 1;
  rule->goals[0] = (dsr_goal){.kind = DSR_GOAL_ATOM, .at = from.at};
  rule->goals[0].predicate = direct;
  rule->goals[0].n_args = width;
  memcpy(rule->goals[0].args, from.args, sizeof rule->goals[0].args);
  return DSR_OK;
}

/* What turns tuples round does it with direct ones: their closure is the same both ways
** then. */
static void make_direct(dsr_rule *rule, int direct) {
  for (int i = 0; i < rule->n_goals; i++) {
    dsr_goal *goal = &rule->goals[i];
    if (goal->kind == DSR_GOAL_ATOM && goal->predicate == rule->head) {
      goal->predicate = direct;
    }
  }
  rule->head = direct;
}

/* Have rule `at` go on from its first atom by what the other rules derive. */
static dsr_status linearise(dsr_rulebook *book, size_t at, int first) {
  dsr_rule *rule = &book->rules.items[at];
  dsr_goal goals[2] = {rule->goals[first], rule->goals[1 - first]};
  int head = rule->head;
  if (!is_renaming(only_other(book, rule), &rule->goals[1 - first], &goals[1])) {
    int direct = add_direct(book, &book->predicates.items[head]);
    if (direct < 0) return DSR_ENOMEM;
    for (size_t i = 0; i < book->rules.len; i++) {
      if (i != at && book->rules.items[i].head == head) {
        make_direct(&book->rules.items[i], direct);
      }
    }
    goals[1].predicate = direct;
    TRY(add_copy(book, at, direct));
  }
  memcpy(book->rules.items[at].goals, goals, sizeof goals);
  return DSR_OK;
}

static int composing(const dsr_rulebook *book, int head) {
  int n = 0;
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    n += rule->head == head && first_of(book, rule) >= 0;
  }
  return n;
}

dsr_status dsr_rulebook_compose(dsr_rulebook *book, dsr_error *error) {
  bool any = false;
  size_t n = book->rules.len; /* what is added composes nothing */
  for (size_t i = 0; i < n; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    int first = first_of(book, rule);
    if (first < 0 || composing(book, rule->head) != 1) continue;
    if (!others_are_complete(book, rule)) continue;
    if (linearise(book, i, first) < 0) return dsr_fail_memory(error);
    any = true;
  }
  return any ? dsr_rulebook_stratify(book, error) : DSR_NOTHING;
}
