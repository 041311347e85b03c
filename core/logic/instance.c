/*
** instance.c - backtracking through a rule's body.
**
** At each step a goal that only tests goes first, if all that it reads is known; then
** what computes; then the atom with the most columns known.  What is negated and has a
** variable that nothing fills ("any") goes last.
*/
#include "logic/instance.h"

#include <string.h>

#include "eval/asked.h"
#include "ground/mem.h"

enum { TEST = 1, BIND, FUNCTION };

typedef struct search {
  dsr_instances *in;
  const dsr_rule *rule;
  dsr_instance *at;
  const dsr_instance_watch *watch;
} search;

static dsr_status step(search *s);

dsr_status dsr_instance_new(const dsr_rule *rule, dsr_arena *arena, dsr_error *error,
                            dsr_instance *out) {
  size_t vars = (size_t)rule->n_vars + 1, goals = (size_t)rule->n_goals + 1;
  out->values = dsr_arena_alloc(arena, vars * sizeof *out->values);
  out->done = dsr_arena_alloc(arena, goals);
  out->empty = dsr_arena_alloc(arena, goals);
  out->tuples = dsr_arena_alloc(arena, goals * sizeof *out->tuples);
  if (out->values == NULL || out->done == NULL || out->empty == NULL ||
      out->tuples == NULL) {
    return dsr_fail_memory(error);
  }
  for (size_t i = 0; i < vars; i++) out->values[i] = DSR_NUMBER_NONE;
  return DSR_OK;
}

void dsr_instances_stop(dsr_instances *in) { VEC_FREE(&in->made); }

/* ---- arguments --------------------------------------------------------------------- */

/* The number of an argument, DSR_NUMBER_NONE where it is not known. */
static dsr_status number_of(dsr_instances *in, const dsr_instance *at,
                            const dsr_arg *arg, uint32_t *out) {
  *out = DSR_NUMBER_NONE;
  if (arg->var >= 0) *out = at->values[arg->var];
  if (!dsr_arg_known(arg)) return DSR_OK;
  return dsr_calls_number(in->calls, dsr_arg_word(in->book, arg), out);
}

static dsr_status numbers_of(dsr_instances *in, const dsr_instance *at,
                             const dsr_arg *args, int n, uint32_t *out) {
  for (int i = 0; i < n; i++) TRY(number_of(in, at, &args[i], &out[i]));
  return DSR_OK;
}

dsr_status dsr_instance_match(dsr_instances *in, dsr_instance *at, const dsr_arg *args,
                              int n, const uint32_t *tuple, bool *fits) {
  *fits = true;
  for (int i = 0; i < n && *fits; i++) {
    uint32_t number;
    TRY(number_of(in, at, &args[i], &number));
    if (number != DSR_NUMBER_NONE) {
      *fits = number == tuple[i];
    } else if (args[i].var >= 0) {
      at->values[args[i].var] = tuple[i];
    }
  }
  return DSR_OK;
}

dsr_status dsr_instance_tuple(dsr_instances *in, const dsr_instance *at,
                              const dsr_arg *args, int n, uint32_t *out, bool *known) {
  TRY(numbers_of(in, at, args, n, out));
  *known = true;
  for (int i = 0; i < n; i++) *known = *known && out[i] != DSR_NUMBER_NONE;
  return DSR_OK;
}

static bool is_known(const search *s, const dsr_arg *arg) {
  return dsr_arg_known(arg) ||
         (arg->var >= 0 && s->at->values[arg->var] != DSR_NUMBER_NONE);
}

static int count_known(const search *s, const dsr_goal *goal, int n) {
  int known = 0;
  for (int i = 0; i < n; i++) known += is_known(s, &goal->args[i]);
  return known;
}

/* Are all known but those that are "any"? */
static bool settled(const search *s, const dsr_goal *goal) {
  for (int i = 0; i < goal->n_args; i++) {
    if (goal->args[i].var >= 0 && !is_known(s, &goal->args[i])) return false;
  }
  return true;
}

/* ---- calls ------------------------------------------------------------------------- */

static dsr_status call_of(search *s, const dsr_goal *goal, int how,
                          dsr_instance_call *out) {
  dsr_instances *in = s->in;
  for (size_t i = 0; i < in->made.len; i++) {
    *out = in->made.items[i];
    if (out->goal == goal && out->how == how) return DSR_OK;
  }
  *out = (dsr_instance_call){.goal = goal, .how = how};
  if (how == TEST) {
    TRY(dsr_calls_test(in->calls, goal, &out->test, &out->ud));
  } else if (how == BIND) {
    TRY(dsr_calls_bind(in->calls, goal, true, &out->call, &out->ud));
  } else {
    TRY(dsr_calls_function(in->calls, goal, &out->call, &out->ud));
  }
  return VEC_PUSH(&in->made, *out) ? DSR_OK : dsr_fail_memory(in->error);
}

/* Go on where the test says yes. */
static dsr_status go_test(search *s, const dsr_goal *goal, int n_args) {
  uint32_t args[DSR_WIDTH_MAX];
  dsr_instance_call call;
  bool yes;
  TRY(call_of(s, goal, TEST, &call));
  TRY(numbers_of(s->in, s->at, goal->args, n_args, args));
  TRY(call.test(call.ud, args, &yes));
  return yes != goal->negated ? step(s) : DSR_OK;
}

/* Go on with each row of results that fits. */
static dsr_status go_call(search *s, const dsr_goal *goal, int how, const dsr_arg *from,
                          int n_from, const dsr_arg *to, int n_to) {
  uint32_t args[DSR_WIDTH_MAX], had[DSR_WIDTH_MAX];
  dsr_instance_call call;
  dsr_results rows = {.width = n_to};
  TRY(call_of(s, goal, how, &call));
  TRY(numbers_of(s->in, s->at, from, n_from, args));
  TRY(numbers_of(s->in, s->at, to, n_to, had));
  dsr_status rc = call.call(call.ud, args, &rows);
  for (size_t i = 0; i < rows.rows && rc == DSR_OK; i++) {
    bool fits;
    rc = dsr_instance_match(s->in, s->at, to, n_to,
                            rows.numbers.items + i * (size_t)n_to, &fits);
    if (rc >= 0 && fits) rc = step(s);
    for (int k = 0; k < n_to; k++) {
      if (to[k].var >= 0) s->at->values[to[k].var] = had[k];
    }
  }
  VEC_FREE(&rows.numbers);
  return rc;
}

/* ---- atoms ------------------------------------------------------------------------- */

/* An atom on its way through an index. */
typedef struct entering {
  search *s;
  const dsr_goal *goal;
  int at; /* the goal's number */
  dsr_index *index;
  uint32_t prefix[DSR_WIDTH_MAX];
  dsr_status none; /* result */
  uint32_t unwritten;
} entering;

static dsr_status enter_index(search *s, const dsr_goal *goal, dsr_index **out,
                              int *n) {
  uint8_t order[DSR_WIDTH_MAX];
  int known = 0, all = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < goal->n_args; i++) {
      if (is_known(s, &goal->args[i]) == (pass == 0)) order[all++] = (uint8_t)i;
    }
    if (pass == 0) known = all;
  }
  *n = known;
  return dsr_extent_index(s->in->extents[goal->predicate], order, known, false, out);
}

/* Nothing was found: because what looks it up failed? */
static dsr_status failure(const dsr_index *index) {
  return dsr_extent_failure(dsr_index_extent(index));
}

/* All columns are there: go on with this tuple. */
static dsr_status take_tuple(entering *e) {
  search *s = e->s;
  const uint8_t *order = dsr_index_order(e->index);
  const dsr_predicate *p = &s->in->book->predicates.items[e->goal->predicate];
  uint32_t *tuple = s->at->tuples[e->at];
  for (int i = 0; i < e->goal->n_args; i++) tuple[order[i]] = e->prefix[i];
  if (e->goal->written_time && tuple[p->arity] == e->unwritten) return DSR_OK;
  if (s->watch->admit != NULL && !s->watch->admit(s->watch->ud, e->goal, tuple)) {
    return DSR_OK;
  }
  return step(s);
}

/* Choose column `n` of the index's order, and those after it. */
static dsr_status descend(entering *e, int n) {
  dsr_range range;
  if (n == e->goal->n_args) return take_tuple(e);
  const dsr_arg *arg = &e->goal->args[dsr_index_order(e->index)[n]];
  uint32_t had;
  TRY(number_of(e->s->in, e->s->at, arg, &had));
  if (!dsr_index_range(e->index, e->prefix, n, &range)) return failure(e->index);
  for (uint32_t i = 0; i < range.n; i++) {
    uint32_t value = range.items[i];
    if (had != DSR_NUMBER_NONE && value != had) continue;
    e->prefix[n] = value;
    if (arg->var >= 0) e->s->at->values[arg->var] = value;
    dsr_status rc = descend(e, n + 1);
    if (arg->var >= 0) e->s->at->values[arg->var] = had;
    if (rc != DSR_OK) return rc;
  }
  return DSR_OK;
}

static dsr_status go_flag(search *s, int at) {
  const dsr_goal *goal = &s->rule->goals[at];
  uint64_t count;
  TRY(dsr_extent_count(s->in->extents[goal->predicate], &count));
  if ((count > 0) == goal->negated) return DSR_OK;
  if (count > 0 && s->watch->admit != NULL &&
      !s->watch->admit(s->watch->ud, goal, s->at->tuples[at])) {
    return DSR_OK;
  }
  return step(s);
}

/* Go on with the value where there is no tuple of the groups. */
static dsr_status go_otherwise(search *s, int at) {
  const dsr_goal *goal = &s->rule->goals[at];
  const dsr_arg *arg = &goal->args[goal->n_args - 1];
  uint32_t number, had;
  bool fits;
  TRY(dsr_calls_number(s->in->calls, goal->word, &number));
  TRY(number_of(s->in, s->at, arg, &had));
  TRY(dsr_instance_match(s->in, s->at, arg, 1, &number, &fits));
  s->at->empty[at] = true;
  dsr_status rc = fits ? step(s) : DSR_OK;
  s->at->empty[at] = false;
  if (arg->var >= 0) s->at->values[arg->var] = had;
  return rc;
}

/* Is there a tuple under what is known of the first `n` columns in the index's order? */
static dsr_status begins(search *s, const dsr_goal *goal, bool groups, bool *out) {
  dsr_goal asked = *goal;
  dsr_index *index;
  uint32_t prefix[DSR_WIDTH_MAX];
  int n;
  if (groups) asked.args[goal->n_args - 1].var = DSR_ARG_ANY;
  TRY(enter_index(s, &asked, &index, &n));
  const uint8_t *order = dsr_index_order(index);
  for (int i = 0; i < n; i++) {
    TRY(number_of(s->in, s->at, &asked.args[order[i]], &prefix[i]));
  }
  dsr_range range;
  *out = n == asked.n_args ? dsr_index_has(index, prefix, n)
                           : dsr_index_range(index, prefix, n, &range);
  return failure(index);
}

static dsr_status go_atom(search *s, int at) {
  const dsr_goal *goal = &s->rule->goals[at];
  entering e = {.s = s, .goal = goal, .at = at};
  bool there;
  int n;
  if (goal->n_args == 0) return go_flag(s, at);
  if (goal->negated) {
    TRY(begins(s, goal, false, &there));
    return there ? DSR_OK : step(s);
  }
  if (goal->otherwise) {
    TRY(begins(s, goal, true, &there));
    if (!there) return go_otherwise(s, at);
  }
  TRY(dsr_calls_number(s->in->calls, DSR_WORD_NONE, &e.unwritten));
  TRY(enter_index(s, goal, &e.index, &n));
  const uint8_t *order = dsr_index_order(e.index);
  for (int i = 0; i < n; i++) {
    TRY(number_of(s->in, s->at, &goal->args[order[i]], &e.prefix[i]));
  }
  if (n == goal->n_args) {
    return dsr_index_has(e.index, e.prefix, n) ? take_tuple(&e) : failure(e.index);
  }
  return descend(&e, n);
}

/* ---- which goal is next ------------------------------------------------------------ */

/* How soon a goal should go; 0: not yet. */
static int urgency(const search *s, const dsr_goal *goal) {
  enum { LAST = 1, ATOM = 10, CALL = 100, NOW = 1000 };
  int n = goal->n_args, known = count_known(s, goal, n);
  switch (goal->kind) {
    case DSR_GOAL_ATOM:
      if (goal->negated) return settled(s, goal) ? NOW : LAST;
      if (goal->otherwise) {
        return count_known(s, goal, n - 1) == n - 1 ? CALL : 0;
      }
      return known == n ? NOW : ATOM + 2 * known + (known > 0 ? 20 : 0);
    case DSR_GOAL_COMPARE:
      known = count_known(s, goal, 2);
      if (known == 2) return NOW;
      return known == 1 && goal->op == DSR_EQ && !goal->negated ? CALL : 0;
    case DSR_GOAL_VIEW:
      return is_known(s, &goal->args[0]) ? NOW : 0;
    case DSR_GOAL_CALL:
      if (count_known(s, goal, goal->n_in) < goal->n_in) return 0;
      if (goal->negated) return settled(s, goal) ? NOW : LAST;
      return CALL;
    default:
      return count_known(s, goal, 2) == 2 ? NOW : 0;
  }
}

static dsr_status go(search *s, int at) {
  const dsr_goal *goal = &s->rule->goals[at];
  const dsr_arg *args = goal->args;
  switch (goal->kind) {
    case DSR_GOAL_ATOM:
      return go_atom(s, at);
    case DSR_GOAL_COMPARE:
      if (count_known(s, goal, 2) == 2) return go_test(s, goal, 2);
      return is_known(s, &args[0]) ? go_call(s, goal, BIND, args, 1, args + 1, 1)
                                   : go_call(s, goal, BIND, args + 1, 1, args, 1);
    case DSR_GOAL_VIEW:
      return go_test(s, goal, 1);
    case DSR_GOAL_CALL:
      if (goal->negated) return go_test(s, goal, goal->n_args);
      return go_call(s, goal, FUNCTION, args, goal->n_in, args + goal->n_in,
                     goal->n_args - goal->n_in);
    default:
      return go_test(s, goal, 2);
  }
}

static dsr_status step(search *s) {
  int best = -1, most = 0;
  const dsr_guard *guard = s->in->guard;
  if (guard != NULL) TRY(guard->look(guard->ud));
  for (int i = 0; i < s->rule->n_goals; i++) {
    int urgent = s->at->done[i] ? 0 : urgency(s, &s->rule->goals[i]);
    if (urgent <= most) continue;
    most = urgent;
    best = i;
  }
  if (best < 0) return s->watch->found(s->watch->ud, s->at);
  s->at->done[best] = true;
  dsr_status rc = go(s, best);
  s->at->done[best] = false;
  return rc;
}

dsr_status dsr_instance_each(dsr_instances *in, const dsr_rule *rule, dsr_instance *at,
                             const dsr_instance_watch *watch) {
  search s = {in, rule, at, watch};
  return step(&s);
}
