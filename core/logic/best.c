/*
** best.c - min and max of what depends on them.
**
** When this is allowed and why it is right is told in rule.h.  A fold inside a loop is taken
** out: the rule that has the aggregate gets the body that makes its tuples, and the value
** before the colon in the last column of its head.  Then each rule of the loop is looked
** over: from the last columns of the loop's atoms on, through functions, every place where
** such a value comes is one that it may come to.
**
** Cost: linear in the rules, but for the search of a fold's one reader and one maker.
*/
#include <stdio.h>
#include <string.h>

#include "logic/aggregate.h"
#include "logic/rule.h"

static dsr_status fail_at(const dsr_rule *rule, dsr_place at, dsr_error *error,
                          const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static dsr_status fail_at(const dsr_rule *rule, dsr_place at, dsr_error *error,
                          const char *format, ...) {
  char words[700];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  if (rule->program == NULL) return dsr_fail(error, DSR_ESYNTAX, "%s", words);
  return dsr_program_error(rule->program, rule->clause->file, at, error, DSR_ESYNTAX,
                           "%s", words);
}

static bool in_loop(const dsr_rulebook *book, const dsr_rule *rule,
                    const dsr_goal *goal) {
  if (goal->kind != DSR_GOAL_ATOM) return false;
  const dsr_predicate *p = &book->predicates.items[goal->predicate];
  return p->kind == DSR_PREDICATE_RULED && p->component == rule->stratum;
}

/* ---- taking folds out ----------------------------------------------------------------- */

/* The rule that has an atom of the predicate; *at tells which goal. */
static dsr_rule *find_reader(dsr_rulebook *book, int predicate, int *at) {
  for (size_t i = 0; i < book->rules.len; i++) {
    dsr_rule *rule = &book->rules.items[i];
    for (int k = 0; k < rule->n_goals; k++) {
      const dsr_goal *goal = &rule->goals[k];
      if (goal->kind != DSR_GOAL_ATOM || goal->predicate != predicate) continue;
      *at = k;
      return rule;
    }
  }
  return NULL;
}

static dsr_rule *find_maker(dsr_rulebook *book, int predicate) {
  for (size_t i = 0; i < book->rules.len; i++) {
    if (book->rules.items[i].head == predicate) return &book->rules.items[i];
  }
  return NULL;
}

/* Is the aggregate's value what the rule derives, in its last column? */
static bool is_value(const dsr_rulebook *book, const dsr_rule *rule,
                     const dsr_goal *atom) {
  const dsr_predicate *p = &book->predicates.items[rule->head];
  int value = atom->args[atom->n_args - 1].var;
  return p->use == DSR_USE_RELATION && !p->timed && p->width > 0 && value >= 0 &&
         rule->args[p->width - 1].var == value;
}

static bool same_goal(const dsr_goal *a, const dsr_goal *b) {
  if (a->kind != DSR_GOAL_ATOM || b->kind != DSR_GOAL_ATOM) return false;
  if (a->predicate != b->predicate || a->negated || b->negated || a->otherwise ||
      b->otherwise || a->written_time != b->written_time) {
    return false;
  }
  for (int i = 0; i < a->n_args; i++) {
    bool same = a->args[i].var == b->args[i].var &&
                a->args[i].word == b->args[i].word && a->args[i].var != DSR_ARG_ANY;
    if (!same) return false;
  }
  return true;
}

/* The rule as it becomes: variables are its own, then those of the tuples' rule. */
typedef struct joining {
  dsr_rule *rule;
  const dsr_rule *tuples;
  dsr_arg *map; /* by variable of the tuples' rule */
  dsr_goal *goals;
  int n;
} joining;

static dsr_arg mapped(const joining *j, dsr_arg arg) {
  return arg.var >= 0 ? j->map[arg.var] : arg;
}

static void push(joining *j, const dsr_goal *goal) {
  for (int i = 0; i < j->n; i++) {
    if (same_goal(&j->goals[i], goal)) return;
  }
  j->goals[j->n++] = *goal;
}

/* The groups of the tuples are the atom's; one that is a constant there is equal to it. */
static void join_groups(joining *j, const dsr_goal *atom) {
  for (int i = 0; i < atom->n_args - 1; i++) {
    const dsr_arg *column = &j->tuples->args[i];
    if (atom->args[i].var == DSR_ARG_ANY) continue;
    if (column->var >= 0) {
      j->map[column->var] = atom->args[i];
      continue;
    }
    dsr_goal equal = {.kind = DSR_GOAL_COMPARE, .at = atom->at, .op = DSR_EQ};
    equal.n_args = 2;
    equal.args[0] = atom->args[i];
    equal.args[1] = *column;
    push(j, &equal);
  }
}

/* Put the value before the colon in the place of the aggregate's. */
static void join_value(joining *j, const dsr_goal *atom) {
  int value = atom->args[atom->n_args - 1].var;
  dsr_arg with = mapped(j, j->tuples->args[atom->n_args - 1]);
  for (int i = 0; i < DSR_WIDTH_MAX; i++) {
    if (j->rule->args[i].var == value) j->rule->args[i] = with;
  }
  for (int i = 0; i < j->n; i++) {
    for (int k = 0; k < j->goals[i].n_args; k++) {
      if (j->goals[i].args[k].var == value) j->goals[i].args[k] = with;
    }
  }
}

static dsr_status join(dsr_rulebook *book, joining *j, int at) {
  const dsr_rule *tuples = j->tuples;
  dsr_rule *rule = j->rule;
  const dsr_goal atom = rule->goals[at];
  size_t vars = (size_t)(rule->n_vars + tuples->n_vars) + 1;
  size_t goals = (size_t)(rule->n_goals + tuples->n_goals + atom.n_args) + 1;
  dsr_str *names = dsr_arena_alloc(&book->arena, vars * sizeof *names);
  dsr_domain *types = dsr_arena_alloc(&book->arena, vars * sizeof *types);
  j->map = dsr_arena_alloc(&book->arena, vars * sizeof *j->map);
  j->goals = dsr_arena_alloc(&book->arena, goals * sizeof *j->goals);
  if (!names || !types || !j->map || !j->goals) return DSR_ENOMEM;
  for (int i = 0; i < rule->n_vars; i++) {
    names[i] = rule->vars[i];
    types[i] = rule->types[i];
  }
  for (int i = 0; i < tuples->n_vars; i++) {
    j->map[i] = (dsr_arg){rule->n_vars + i, 0};
    names[rule->n_vars + i] = tuples->vars[i];
    types[rule->n_vars + i] = tuples->types[i];
  }
  for (int i = 0; i < rule->n_goals; i++) {
    if (i != at) push(j, &rule->goals[i]);
  }
  join_groups(j, &atom);
  for (int i = 0; i < tuples->n_goals; i++) {
    dsr_goal goal = tuples->goals[i];
    if (!dsr_goal_counts(tuples, &goal)) continue;
    for (int k = 0; k < goal.n_args; k++) goal.args[k] = mapped(j, goal.args[k]);
    push(j, &goal);
  }
  join_value(j, &atom);
  rule->n_vars += tuples->n_vars;
  rule->vars = names;
  rule->types = types;
  rule->goals = j->goals;
  rule->n_goals = j->n;
  return DSR_OK;
}

/* Take out the fold that is rule `at` of the book. */
static dsr_status take_out(dsr_rulebook *book, size_t at, dsr_error *error) {
  int goal = 0;
  const dsr_rule fold = book->rules.items[at];
  dsr_rule *reader = find_reader(book, fold.head, &goal);
  joining j = {.rule = reader, .tuples = find_maker(book, fold.goals[0].predicate)};
  const char *name = dsr_aggregate_name((dsr_fold_kind)fold.fold);
  if (reader == NULL || j.tuples == NULL) return DSR_NOTHING;
  if (!is_value(book, reader, &reader->goals[goal])) {
    return fail_at(&fold, fold.at, error,
                   "a %s that depends on itself must be the last column of what is "
                   "derived, without a time: d(Y, N) :- N = %s{ ... }",
                   name, name);
  }
  dsr_predicate *p = &book->predicates.items[reader->head];
  if (p->best != 0 && p->best != fold.fold) {
    return fail_at(&fold, fold.at, error,
                   "\"%s\" depends on itself through min and through max: it can have "
                   "only one of them",
                   dsr_show(p->name).text);
  }
  p->best = fold.fold;
  return join(book, &j, goal) < 0 ? dsr_fail_memory(error) : DSR_OK;
}

/* The rules that were taken out go. */
static void drop_folds(dsr_rulebook *book, const bool *taken) {
  size_t n = 0;
  for (size_t i = 0; i < book->rules.len; i++) {
    if (!taken[book->rules.items[i].head])
      book->rules.items[n++] = book->rules.items[i];
  }
  book->rules.len = n;
}

static dsr_status take_all(dsr_rulebook *book, bool *taken, bool *any,
                           dsr_error *error) {
  dsr_status failed = DSR_OK;
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    bool best = rule->fold == DSR_FOLD_MIN || rule->fold == DSR_FOLD_MAX;
    if (rule->origin != DSR_ORIGIN_FOLD || !best) continue;
    if (!in_loop(book, rule, &rule->goals[0])) continue;
    dsr_status rc = take_out(book, i, error);
    if (rc == DSR_ENOMEM) return rc;
    if (rc < 0) failed = rc;
    if (rc != DSR_OK) continue;
    *any = taken[rule->head] = taken[rule->goals[0].predicate] = true;
  }
  return failed;
}

dsr_status dsr_rulebook_best(dsr_rulebook *book, dsr_error *error) {
  bool any = false;
  bool *taken = dsr_alloc((book->predicates.len + 1) * sizeof *taken);
  if (taken == NULL) return dsr_fail_memory(error);
  dsr_status rc = take_all(book, taken, &any, error);
  if (any) drop_folds(book, taken);
  dsr_free(taken);
  if (rc < 0) return rc;
  return any ? DSR_OK : DSR_NOTHING;
}

/* ---- looking rules over ----------------------------------------------------------------- */

/* One rule of a loop: how each variable goes with the loop's values: 1, it rises with them;
** -1, it falls; 0, it does not come from them. */
typedef struct course {
  const dsr_rulebook *book;
  const dsr_rule *rule;
  dsr_error *error;
  int best;
  int *way;
} course;

static int way_of(const course *c, const dsr_arg *arg) {
  return arg->var >= 0 ? c->way[arg->var] : 0;
}

static const char *extreme(int best) {
  return best == DSR_FOLD_MIN ? "least" : "greatest";
}

/* A value of the loop comes to where it must not. */
static dsr_status misplaced(const course *c, int var, dsr_place at) {
  const dsr_predicate *head = &c->book->predicates.items[c->rule->head];
  bool least = c->best == DSR_FOLD_MIN;
  dsr_str name = c->rule->vars[var];
  return fail_at(
      c->rule, at, c->error,
      "%s%s%s comes from \"%s\", which keeps the %s only and may still get %s: "
      "it may go up with that (X + 1, X * 2) to the last column of the head, "
      "and be compared as in X %s 9; nothing else",
      name.len > 0 ? "\"" : "", name.len > 0 ? dsr_show(name).text : "this",
      name.len > 0 ? "\"" : "", dsr_show(head->name).text, extreme(c->best),
      least ? "lesser ones" : "greater ones", least ? "<" : ">");
}

/* The atoms of the loop: their last columns are where its values come from. */
static dsr_status find_sources(course *c) {
  for (int i = 0; i < c->rule->n_goals; i++) {
    const dsr_goal *goal = &c->rule->goals[i];
    if (!in_loop(c->book, c->rule, goal)) continue;
    const dsr_predicate *p = &c->book->predicates.items[goal->predicate];
    const dsr_arg *last = &goal->args[goal->n_args - 1];
    if (p->best == 0) {
      return fail_at(
          c->rule, goal->at, c->error,
          "\"%s\" stands between \"%s\" and itself and keeps more than the %s: "
          "write what it is derived from inside the braces instead",
          dsr_show(p->name).text,
          dsr_show(c->book->predicates.items[c->rule->head].name).text,
          extreme(c->best));
    }
    if (p->best != c->best) {
      return fail_at(
          c->rule, goal->at, c->error,
          "\"%s\" keeps the %s, and what depends on it in turn the %s: a loop "
          "may have one of them",
          dsr_show(p->name).text, extreme(p->best), extreme(c->best));
    }
    if (last->var >= 0 && c->way[last->var] != 0) {
      return misplaced(c, last->var, goal->at); /* two atoms meet in it */
    }
    if (last->var >= 0) c->way[last->var] = 1;
    if (dsr_arg_known(last)) {
      return fail_at(
          c->rule, goal->at, c->error,
          "the last column of \"%s\" keeps the %s only and may still change: "
          "put a variable here, and compare it",
          dsr_show(p->name).text, extreme(p->best));
    }
  }
  return DSR_OK;
}

/* How what a function gives goes with the loop's values. */
static dsr_status follow_call(course *c, const dsr_goal *goal, bool *more) {
  dsr_word words[DSR_WIDTH_MAX];
  dsr_symbols *symbols = dsr_facts_symbols(c->book->facts);
  int way = 0;
  for (int i = 0; i < goal->n_in; i++) {
    bool constant = goal->args[i].var == DSR_ARG_CONSTANT;
    words[i] = constant ? goal->args[i].word : DSR_WORD_NONE;
  }
  for (int i = 0; i < goal->n_in; i++) {
    int from = way_of(c, &goal->args[i]);
    if (from == 0) continue;
    dsr_course step = goal->fn != NULL && !goal->negated
                          ? dsr_builtin_course(goal->fn, symbols, words, i)
                          : DSR_COURSE_NONE;
    int to = step == DSR_COURSE_FALLS ? -from : from;
    if (step == DSR_COURSE_NONE || (way != 0 && way != to)) {
      return misplaced(c, goal->args[i].var, goal->at);
    }
    way = to;
  }
  if (way == 0) return DSR_OK;
  const dsr_arg *out = &goal->args[goal->n_in];
  if (out->var == DSR_ARG_ANY) return DSR_OK;
  if (out->var < 0 || (c->way[out->var] != 0 && c->way[out->var] != way)) {
    for (int i = 0; i < goal->n_in; i++) {
      if (way_of(c, &goal->args[i]) != 0) {
        return misplaced(c, goal->args[i].var, goal->at);
      }
    }
  }
  *more = *more || c->way[out->var] == 0;
  c->way[out->var] = way;
  return DSR_OK;
}

static dsr_status follow_calls(course *c) {
  for (bool more = true; more;) {
    more = false;
    for (int i = 0; i < c->rule->n_goals; i++) {
      const dsr_goal *goal = &c->rule->goals[i];
      if (goal->kind == DSR_GOAL_CALL) TRY(follow_call(c, goal, &more));
    }
  }
  return DSR_OK;
}

/* Does a comparison hold of a better value, where it holds of a worse one? */
static dsr_status check_compare(const course *c, const dsr_goal *goal) {
  int left = way_of(c, &goal->args[0]), right = way_of(c, &goal->args[1]);
  bool less = goal->op == DSR_LT || goal->op == DSR_LE;
  bool order = less || goal->op == DSR_GT || goal->op == DSR_GE;
  if (left == 0 && right == 0) return DSR_OK;
  int var = goal->args[left != 0 ? 0 : 1].var;
  if (!order || (left != 0 && right != 0)) return misplaced(c, var, goal->at);
  if (goal->negated) less = !less;
  int lesser =
      left != 0 ? left : -right; /* 1: better is lesser, and stands on the left */
  if (c->best == DSR_FOLD_MAX) lesser = -lesser;
  return less == (lesser > 0) ? DSR_OK : misplaced(c, var, goal->at);
}

/* No value of the loop in the arguments but in the last one, of the loop's own atoms. */
static dsr_status check_args(const course *c, const dsr_goal *goal, int n) {
  for (int i = 0; i < n; i++) {
    if (way_of(c, &goal->args[i]) != 0) {
      return misplaced(c, goal->args[i].var, goal->at);
    }
  }
  return DSR_OK;
}

static dsr_status check_goal(const course *c, const dsr_goal *goal) {
  switch (goal->kind) {
    case DSR_GOAL_ATOM:
      return check_args(c, goal, goal->n_args - in_loop(c->book, c->rule, goal));
    case DSR_GOAL_COMPARE:
      return check_compare(c, goal);
    case DSR_GOAL_CALL:
      return DSR_OK;
    default:
      return check_args(c, goal, goal->n_args);
  }
}

/* Where a variable comes from: the function that gives it, or the rule. */
static dsr_place place_of(const dsr_rule *rule, int var) {
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind == DSR_GOAL_CALL && goal->args[goal->n_args - 1].var == var) {
      return goal->at;
    }
  }
  return rule->at;
}

static dsr_status check_head(const course *c) {
  const dsr_rule *rule = c->rule;
  int width = c->book->predicates.items[rule->head].width;
  for (int i = 0; i < width; i++) {
    int way = way_of(c, &rule->args[i]);
    if (way == 0 || (way > 0 && i == width - 1)) continue;
    return misplaced(c, rule->args[i].var, place_of(rule, rule->args[i].var));
  }
  return DSR_OK;
}

static dsr_status check_rule(course *c) {
  TRY(find_sources(c));
  TRY(follow_calls(c));
  for (int i = 0; i < c->rule->n_goals; i++) {
    TRY(check_goal(c, &c->rule->goals[i]));
  }
  return check_head(c);
}

/* The least or greatest that predicates of the rule's loop keep; 0: none does. */
static int loop_best(const dsr_rulebook *book, const dsr_rule *rule) {
  const dsr_stratum *stratum = &book->strata.items[rule->stratum];
  for (size_t i = 0; i < stratum->predicates.len && stratum->recursive; i++) {
    int best = book->predicates.items[stratum->predicates.items[i]].best;
    if (best != 0) return best;
  }
  return 0;
}

/* A relation of such a loop that keeps all that it derives. */
static dsr_status check_keeps(const course *c) {
  const dsr_predicate *head = &c->book->predicates.items[c->rule->head];
  if (head->best != 0) return DSR_OK;
  return fail_at(
      c->rule, c->rule->at, c->error,
      "\"%s\" depends on what keeps the %s only and may still change, and that "
      "depends on it: write this body inside the braces instead",
      dsr_show(head->name).text, extreme(c->best));
}

dsr_status dsr_rulebook_monotone(const dsr_rulebook *book, dsr_error *error) {
  dsr_status failed = DSR_OK;
  for (size_t i = 0; i < book->rules.len; i++) {
    course c = {.book = book, .rule = &book->rules.items[i], .error = error};
    c.best = loop_best(book, c.rule);
    if (c.best == 0) continue;
    c.way = dsr_alloc(((size_t)c.rule->n_vars + 1) * sizeof *c.way);
    if (c.way == NULL) return dsr_fail_memory(error);
    dsr_status rc = check_keeps(&c);
    if (rc >= 0) rc = check_rule(&c);
    dsr_free(c.way);
    if (rc < 0) failed = rc;
  }
  return failed;
}
