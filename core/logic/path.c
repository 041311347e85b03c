/*
** path.c - one way through a rule's body, as operators.
**
** What has been filled so far and which goals are done decide what may come next; of what
** may, the step with the fewest rows to be expected is taken (the least fan-out), since
** every later step is paid for each row.  Where two are alike the head's first column is
** filled before its last one: rows of the head are then added to one after the other.
**
** Rows are estimated from counts and distinct values as if columns were independent.
*/
#include <string.h>

#include "logic/route.h"

typedef struct path {
  dsr_router *router;
  const dsr_rule *rule; /* `own` */
  dsr_rule own;  /* the rule, with a variable for each time that must be written */
  bool *written; /* by variable: it must not be DSR_WORD_NONE, to be tested yet */
  int first;
  dsr_op *ops;
  int n;
  int *slot;  /* by variable: where it is, or -1: not filled */
  int *uses;  /* by variable: how often it stands in the rule */
  bool *done; /* by goal */
  int n_slots;
  int deferred;     /* the variable that a SLICE fills at the end, or -1 */
  int chunk;        /* the slot of its chunk: key, from, to */
  bool stored_wide; /* wide atoms are filled variable by variable: the body is cyclic */
} path;

static const dsr_predicate *predicate_of(const path *p, const dsr_goal *goal) {
  return &p->router->book->predicates.items[goal->predicate];
}

static dsr_extent *extent_of(const path *p, const dsr_goal *goal) {
  return p->router->seats[goal->predicate].extent;
}

static dsr_status too_long(const path *p) {
  return dsr_fail(
      p->router->error, DSR_ELIMIT,
      "a rule at line %d is too long: it has more than %d goals or variables",
      p->rule->at.line, DSR_SLOTS - 4);
}

/* A further operator, all zero; NULL: there are too many. */
static dsr_op *push(path *p, dsr_op_kind kind) {
  if (p->n == DSR_PATH_OPS - 1) return NULL;
  dsr_op *op = &p->ops[p->n++];
  memset(op, 0, sizeof *op);
  op->kind = kind;
  return op;
}

/* ---- arguments ------------------------------------------------------------------- */

/* Does nothing else in the rule need the argument's value? */
static bool is_any(const path *p, const dsr_arg *arg) {
  return arg->var == DSR_ARG_ANY || (arg->var >= 0 && p->uses[arg->var] == 1);
}

static bool is_known(const path *p, const dsr_arg *arg) {
  return dsr_arg_known(arg) || (arg->var >= 0 && p->slot[arg->var] >= 0);
}

/* What an operator reads an argument from: it is known. */
static dsr_status ref_of(const path *p, const dsr_arg *arg, dsr_ref *out) {
  if (arg->var >= 0) {
    *out = (dsr_ref){p->slot[arg->var], 0};
    return DSR_OK;
  }
  out->slot = -1;
  return dsr_calls_number(p->router->calls, dsr_arg_word(p->router->book, arg),
                          &out->number);
}

/* Give a variable its slot. */
static dsr_status fill(path *p, int var, dsr_take *take) {
  if (p->n_slots >= DSR_SLOTS) return too_long(p);
  p->slot[var] = p->n_slots++;
  *take = (dsr_take){DSR_TAKE_FILL, {p->slot[var], 0}};
  return DSR_OK;
}

/* What is done with a column that holds an argument. */
static dsr_status take_of(path *p, const dsr_arg *arg, dsr_take *take) {
  *take = (dsr_take){DSR_TAKE_SKIP, {-1, 0}};
  if (is_any(p, arg)) return DSR_OK;
  if (!is_known(p, arg)) return fill(p, arg->var, take);
  take->kind = DSR_TAKE_MATCH;
  return ref_of(p, arg, &take->ref);
}

static bool all_known(const path *p, const dsr_goal *goal, int n) {
  for (int i = 0; i < n; i++) {
    if (!is_known(p, &goal->args[i])) return false;
  }
  return true;
}

/* Does a variable stand in it twice? */
static bool has_twin(const dsr_goal *goal) {
  for (int i = 0; i < goal->n_args; i++) {
    for (int k = 0; k < i && goal->args[i].var >= 0; k++) {
      if (goal->args[k].var == goal->args[i].var) return true;
    }
  }
  return false;
}

/* ---- ways ------------------------------------------------------------------------ */

/* The order with the columns in `known` first, then `next` (-1: none in particular), then
** what is needed, then the rest. */
static void order_columns(const path *p, const dsr_goal *goal, unsigned known, int next,
                          uint8_t *order) {
  int n = 0;
  for (int i = 0; i < goal->n_args; i++) {
    if (known >> i & 1) order[n++] = (uint8_t)i;
  }
  if (next >= 0) order[n++] = (uint8_t)next;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < goal->n_args; i++) {
      if ((known >> i & 1) || i == next) continue;
      if (is_any(p, &goal->args[i]) == (pass == 1)) order[n++] = (uint8_t)i;
    }
  }
}

/* The way into an atom by its known columns. */
static dsr_status find_way(path *p, const dsr_goal *goal, unsigned known, int next,
                           bool distinct, dsr_way *out) {
  uint8_t order[DSR_WIDTH_MAX];
  int prefix = __builtin_popcount(known);
  order_columns(p, goal, known, next, order);
  TRY(dsr_extent_index(extent_of(p, goal), order, prefix, distinct, &out->index));
  out->prefix = prefix;
  const uint8_t *given = dsr_index_order(out->index);
  for (int i = 0; i < prefix; i++) {
    TRY(ref_of(p, &goal->args[given[i]], &out->key[i]));
  }
  return DSR_OK;
}

static unsigned known_columns(const path *p, const dsr_goal *goal) {
  unsigned known = 0;
  for (int i = 0; i < goal->n_args; i++) {
    if (is_known(p, &goal->args[i])) known |= 1u << i;
  }
  return known;
}

/* ---- goals that fill nothing, or compute ------------------------------------------- */

static dsr_status add_test(path *p, const dsr_goal *goal, int n_args) {
  dsr_op *op = push(p, DSR_OP_TEST);
  if (op == NULL) return too_long(p);
  TRY(dsr_calls_test(p->router->calls, goal, &op->test, &op->ud));
  op->n_args = n_args;
  for (int i = 0; i < n_args; i++) TRY(ref_of(p, &goal->args[i], &op->args[i]));
  op->negated = goal->negated;
  return DSR_OK;
}

/* One side becomes the other. */
static dsr_status add_bind(path *p, const dsr_goal *goal, const dsr_arg *from,
                           const dsr_arg *to) {
  dsr_op *op = push(p, DSR_OP_CALL);
  if (op == NULL) return too_long(p);
  TRY(dsr_calls_bind(p->router->calls, goal, p->uses[to->var] > 2, &op->call, &op->ud));
  op->n_args = op->n_takes = 1;
  TRY(ref_of(p, from, &op->args[0]));
  return fill(p, to->var, &op->takes[0]);
}

static dsr_status add_compare(path *p, const dsr_goal *goal, bool *added) {
  bool left = is_known(p, &goal->args[0]), right = is_known(p, &goal->args[1]);
  *added = true;
  if (left && right) return add_test(p, goal, 2);
  if (goal->op == DSR_EQ && !goal->negated && left != right) {
    return left ? add_bind(p, goal, &goal->args[0], &goal->args[1])
                : add_bind(p, goal, &goal->args[1], &goal->args[0]);
  }
  *added = false;
  return DSR_OK;
}

static dsr_status add_call(path *p, const dsr_goal *goal) {
  dsr_op *op = push(p, DSR_OP_CALL);
  if (op == NULL) return too_long(p);
  TRY(dsr_calls_function(p->router->calls, goal, &op->call, &op->ud));
  op->n_args = goal->n_in;
  op->n_takes = goal->n_args - goal->n_in;
  for (int i = 0; i < goal->n_in; i++) TRY(ref_of(p, &goal->args[i], &op->args[i]));
  for (int i = 0; i < op->n_takes; i++) {
    TRY(take_of(p, &goal->args[goal->n_in + i], &op->takes[i]));
  }
  return DSR_OK;
}

static dsr_status is_written(void *ud, const uint32_t *args, bool *out) {
  *out = args[0] != (uint32_t)(uintptr_t)ud;
  return DSR_OK;
}

/* A variable that holds a time which must be written was filled. */
static dsr_status add_written(path *p, int var) {
  uint32_t none;
  dsr_op *op = push(p, DSR_OP_TEST);
  if (op == NULL) return too_long(p);
  TRY(dsr_calls_number(p->router->calls, DSR_WORD_NONE, &none));
  op->test = is_written;
  op->ud = (void *)(uintptr_t)none;
  op->n_args = 1;
  op->args[0] = (dsr_ref){p->slot[var], 0};
  p->written[var] = false;
  return DSR_OK;
}

/* Keep rows by whether there is a tuple under the known columns. */
static dsr_status add_has(path *p, const dsr_goal *goal) {
  dsr_op *op = push(p, DSR_OP_HAS);
  if (op == NULL) return too_long(p);
  op->n_ways = 1;
  op->negated = goal->negated;
  return find_way(p, goal, known_columns(p, goal), -1, false, &op->ways[0]);
}

static dsr_status add_otherwise(path *p, const dsr_goal *goal) {
  int last = goal->n_args - 1;
  dsr_op *op = push(p, DSR_OP_DEFAULT);
  if (op == NULL) return too_long(p);
  op->n_ways = op->n_takes = 1;
  TRY(find_way(p, goal, (1u << last) - 1, last, false, &op->ways[0]));
  TRY(dsr_calls_number(p->router->calls, goal->word, &op->otherwise));
  return take_of(p, &goal->args[last], &op->takes[0]);
}

/* Keep rows for which no result matches: what is "any" is not looked at. */
static dsr_status add_no_call(path *p, const dsr_goal *goal) {
  dsr_op *op = push(p, DSR_OP_TEST);
  if (op == NULL) return too_long(p);
  TRY(dsr_calls_test(p->router->calls, goal, &op->test, &op->ud));
  op->negated = true;
  op->n_args = goal->n_args;
  for (int i = 0; i < goal->n_args; i++) {
    op->args[i] = (dsr_ref){-1, DSR_NUMBER_NONE};
    if (is_known(p, &goal->args[i])) TRY(ref_of(p, &goal->args[i], &op->args[i]));
  }
  return DSR_OK;
}

/* Are all columns known but those that are "any"? */
static bool nothing_left(const path *p, const dsr_goal *goal) {
  for (int i = 0; i < goal->n_args; i++) {
    if (!is_known(p, &goal->args[i]) && !is_any(p, &goal->args[i])) return false;
  }
  return true;
}

/* Will nothing fill more of a negated atom's columns?  Its variables that stand nowhere
** else are "any". */
static bool settled(const path *p, const dsr_goal *goal) {
  for (int i = 0; i < goal->n_args; i++) {
    const dsr_arg *arg = &goal->args[i];
    if (is_any(p, arg) || is_known(p, arg)) continue;
    return false;
  }
  return true;
}

/* Add the goal if it may run now. */
static dsr_status try_goal(path *p, const dsr_goal *goal, bool *added) {
  *added = true;
  switch (goal->kind) {
    case DSR_GOAL_COMPARE:
      return add_compare(p, goal, added);
    case DSR_GOAL_TIME:
    case DSR_GOAL_GRADE:
      if (all_known(p, goal, 2)) return add_test(p, goal, 2);
      break;
    case DSR_GOAL_VIEW:
      if (all_known(p, goal, 1)) return add_test(p, goal, 1);
      break;
    case DSR_GOAL_CALL:
      if (goal->negated ? settled(p, goal) : all_known(p, goal, goal->n_in)) {
        return goal->negated ? add_no_call(p, goal) : add_call(p, goal);
      }
      break;
    case DSR_GOAL_ATOM:
      if (goal->otherwise) {
        if (all_known(p, goal, goal->n_args - 1)) return add_otherwise(p, goal);
      } else if (goal->negated ? settled(p, goal) : nothing_left(p, goal)) {
        return add_has(p, goal);
      }
      break;
  }
  *added = false;
  return DSR_OK;
}

/* Does the goal only throw rows away?  Those go before calls, which may cost more. */
static bool only_filters(const dsr_goal *goal) {
  return goal->kind != DSR_GOAL_CALL && !goal->otherwise;
}

/* Run whatever may run, until nothing more may. */
static dsr_status settle(path *p) {
  bool more = true;
  for (int var = 0; var < p->rule->n_vars; var++) {
    if (p->written[var] && p->slot[var] >= 0) TRY(add_written(p, var));
  }
  while (more) {
    more = false;
    for (int pass = 0; pass < 2 && !more; pass++) {
      for (int i = 0; i < p->rule->n_goals && !(pass == 1 && more); i++) {
        bool added;
        const dsr_goal *goal = &p->rule->goals[i];
        if (p->done[i] || only_filters(goal) == (pass == 1)) continue;
        TRY(try_goal(p, goal, &added));
        p->done[i] = added;
        more = more || added;
      }
    }
  }
  return DSR_OK;
}

/* ---- steps that fill ------------------------------------------------------------- */

/* May the atom be filled one column at a time?  Its index then gives distinct values. */
static bool by_column(const path *p, const dsr_goal *goal) {
  if (has_twin(goal) || goal->n_args == 0) return false;
  dsr_extent_kind kind = dsr_extent_kind_of(extent_of(p, goal));
  if (kind == DSR_EXTENT_BEST) return false;
  if (goal->n_args <= 2) return true;
  return kind == DSR_EXTENT_STORED && p->stored_wide;
}

/* The column of the atom that holds the variable; -1. */
static int column_of(const dsr_goal *goal, int var) {
  for (int i = 0; i < goal->n_args; i++) {
    if (goal->args[i].var == var) return i;
  }
  return -1;
}

static bool is_open(const path *p, int i) {
  const dsr_goal *goal = &p->rule->goals[i];
  return !p->done[i] && goal->kind == DSR_GOAL_ATOM && !goal->negated &&
         !goal->otherwise;
}

/* How many values of column `column` there are under the known ones, on average. */
static dsr_status fan_out(path *p, const dsr_goal *goal, int column, double *out) {
  const dsr_seat *seat;
  TRY(dsr_seat_count(p->router, goal->predicate, &seat));
  double rows = seat->count;
  for (int i = 0; i < goal->n_args; i++) {
    if (!is_known(p, &goal->args[i])) continue;
    rows /= seat->distinct[i] > 1 ? seat->distinct[i] : 1;
  }
  if (column >= 0 && rows > seat->distinct[column]) rows = seat->distinct[column];
  *out = rows;
  return DSR_OK;
}

/* A step that may come next. */
typedef struct step {
  int var;  /* fill it from all that have it; or -1 and */
  int goal; /* all that is left of this atom */
  double rows;
} step;

static dsr_status weigh_variable(path *p, int var, step *out) {
  *out = (step){var, -1, -1};
  for (int i = 0; i < p->rule->n_goals; i++) {
    const dsr_goal *goal = &p->rule->goals[i];
    double rows;
    if (!is_open(p, i) || !by_column(p, goal) || column_of(goal, var) < 0) continue;
    TRY(fan_out(p, goal, column_of(goal, var), &rows));
    if (out->rows < 0 || rows < out->rows) out->rows = rows;
  }
  return DSR_OK;
}

/* An order among equals: the head's first column early, its last one late. */
static int preference(const path *p, int var) {
  int width = p->router->book->predicates.items[p->rule->head].width;
  if (width < 2 || var < 0) return 1;
  if (p->rule->args[0].var == var) return 0;
  return p->rule->args[width - 1].var == var ? 2 : 1;
}

static uint64_t next_random(dsr_router *router) {
  router->random =
      router->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return router->random >> 33;
}

/* Keep the better of two steps; with a seed either, by chance. */
static void offer(path *p, step *best, const step *other, int *n) {
  bool better;
  ++*n;
  if (p->router->options->shuffle != 0) {
    better = next_random(p->router) % (unsigned)*n == 0;
  } else if (*n == 1 || other->rows < best->rows * 0.99) {
    better = true;
  } else {
    better = other->rows <= best->rows * 1.01 &&
             preference(p, other->var) < preference(p, best->var);
  }
  if (better) *best = *other;
}

static dsr_status offer_variables(path *p, step *best, int *n) {
  for (int var = 0; var < p->rule->n_vars; var++) {
    step s;
    if (p->slot[var] >= 0 || p->uses[var] < 2 || var == p->deferred) continue;
    TRY(weigh_variable(p, var, &s));
    if (s.rows >= 0) offer(p, best, &s, n);
  }
  return DSR_OK;
}

static dsr_status offer_atoms(path *p, step *best, int *n) {
  for (int i = 0; i < p->rule->n_goals; i++) {
    const dsr_goal *goal = &p->rule->goals[i];
    step s = {-1, i, 0};
    if (!is_open(p, i) || by_column(p, goal)) continue;
    TRY(fan_out(p, goal, -1, &s.rows));
    offer(p, best, &s, n);
  }
  return DSR_OK;
}

/* Fill a variable from every atom that has it. */
static dsr_status add_variable(path *p, int var) {
  dsr_op *op = push(p, DSR_OP_MEET);
  dsr_take take;
  if (op == NULL) return too_long(p);
  for (int i = 0; i < p->rule->n_goals && op->n_ways < DSR_MEMBERS; i++) {
    const dsr_goal *goal = &p->rule->goals[i];
    int column = column_of(goal, var);
    if (!is_open(p, i) || !by_column(p, goal) || column < 0) continue;
    TRY(find_way(p, goal, known_columns(p, goal), column, true,
                 &op->ways[op->n_ways++]));
  }
  if (op->n_ways == 1) op->kind = DSR_OP_JOIN;
  TRY(fill(p, var, &take));
  op->n_takes = 1;
  op->takes[0] = take;
  for (int i = 0, n = 0; i < p->rule->n_goals; i++) {
    const dsr_goal *goal = &p->rule->goals[i];
    if (!is_open(p, i) || !by_column(p, goal) || column_of(goal, var) < 0) continue;
    if (++n <= DSR_MEMBERS && nothing_left(p, goal)) p->done[i] = true;
  }
  return DSR_OK;
}

/* How many columns after the prefix are needed: those that are "any" stand last. */
static int needed(const path *p, const dsr_goal *goal, const uint8_t *order,
                  int prefix) {
  int n = 0;
  for (int i = prefix; i < goal->n_args; i++) {
    if (!is_any(p, &goal->args[order[i]])) n = i - prefix + 1;
  }
  return n;
}

/* Fill all that is left of an atom. */
static dsr_status add_atom(path *p, int at) {
  const dsr_goal *goal = &p->rule->goals[at];
  dsr_op *op = push(p, DSR_OP_JOIN);
  if (op == NULL) return too_long(p);
  op->n_ways = 1;
  op->rest = true;
  TRY(find_way(p, goal, known_columns(p, goal), -1, false, &op->ways[0]));
  const uint8_t *order = dsr_index_order(op->ways[0].index);
  int prefix = op->ways[0].prefix, n = needed(p, goal, order, prefix);
  for (int i = 0; i < n; i++) {
    TRY(take_of(p, &goal->args[order[prefix + i]], &op->takes[i]));
  }
  op->n_takes = n;
  p->done[at] = true;
  return DSR_OK;
}

/* Fill until nothing is left to fill. */
static dsr_status fill_all(path *p) {
  for (;;) {
    step best = {-1, -1, 0};
    int n = 0;
    TRY(settle(p));
    TRY(offer_variables(p, &best, &n));
    TRY(offer_atoms(p, &best, &n));
    if (n == 0) return DSR_OK;
    TRY(best.var >= 0 ? add_variable(p, best.var) : add_atom(p, best.goal));
  }
}

/* ---- sources --------------------------------------------------------------------- */

/* The variable in the second column of the fed atom, if only the head's last column needs
** it: then chunks go through the body, and their items are added whole. */
static int deferrable(const path *p, const dsr_goal *goal) {
  int width = predicate_of(p, &(dsr_goal){.predicate = p->rule->head})->width;
  if (goal->n_args != 2 || width != 2 || has_twin(goal)) return -1;
  if (dsr_extent_kind_of(extent_of(p, goal)) != DSR_EXTENT_MADE) return -1;
  int var = goal->args[1].var;
  if (var < 0 || goal->args[0].var < 0 || p->uses[var] != 2) return -1;
  return p->rule->args[1].var == var && p->rule->args[0].var != var &&
                 p->rule->n_goals > 1
             ? var
             : -1;
}

static dsr_status add_chunk(path *p, const dsr_goal *goal) {
  dsr_op *op = push(p, DSR_OP_CHUNK);
  if (op == NULL || p->n_slots + 3 > DSR_SLOTS) return too_long(p);
  op->extent = extent_of(p, goal);
  op->n_takes = 3;
  TRY(fill(p, goal->args[0].var, &op->takes[0]));
  p->chunk = p->n_slots;
  for (int i = 1; i < 3; i++) {
    op->takes[i] = (dsr_take){DSR_TAKE_FILL, {p->n_slots++, 0}};
  }
  return DSR_OK;
}

static dsr_status add_slice(path *p) {
  const dsr_goal *goal = &p->rule->goals[p->first];
  dsr_op *op = push(p, DSR_OP_SLICE);
  if (op == NULL) return too_long(p);
  op->extent = extent_of(p, goal);
  op->n_args = 3;
  op->args[0] = (dsr_ref){p->slot[goal->args[0].var], 0};
  op->args[1] = (dsr_ref){p->chunk, 0};
  op->args[2] = (dsr_ref){p->chunk + 1, 0};
  op->n_takes = 1;
  return fill(p, p->deferred, &op->takes[0]);
}

static dsr_status add_delta(path *p, const dsr_goal *goal, dsr_op_kind kind) {
  dsr_op *op = push(p, kind);
  if (op == NULL) return too_long(p);
  op->extent = extent_of(p, goal);
  op->n_takes = goal->n_args;
  for (int i = 0; i < goal->n_args; i++) {
    TRY(take_of(p, &goal->args[i], &op->takes[i]));
  }
  return DSR_OK;
}

/* The atom to scan where nothing is fed: the one with the fewest rows, if nothing of it is
** known and the body is no circle; -1: begin with nothing. */
static dsr_status scanned(path *p, int *out) {
  double least = -1;
  *out = -1;
  for (int i = 0; i < p->rule->n_goals; i++) {
    const dsr_seat *seat;
    if (!is_open(p, i)) continue;
    if (known_columns(p, &p->rule->goals[i]) != 0 || p->stored_wide) {
      *out = -1;
      return DSR_OK;
    }
    if (least < 0 && p->rule->n_goals == 1) {
      *out = i;
      return DSR_OK;
    }
    TRY(dsr_seat_count(p->router, p->rule->goals[i].predicate, &seat));
    if (least >= 0 && seat->count >= least) continue;
    least = seat->count;
    *out = i;
  }
  return DSR_OK;
}

static dsr_status add_source(path *p) {
  int scan = -1;
  if (p->first >= 0) {
    const dsr_goal *goal = &p->rule->goals[p->first];
    p->done[p->first] = true;
    p->deferred = deferrable(p, goal);
    return p->deferred >= 0 ? add_chunk(p, goal) : add_delta(p, goal, DSR_OP_DELTA);
  }
  TRY(scanned(p, &scan));
  if (scan < 0 || p->rule->goals[scan].n_args == 0) {
    return push(p, DSR_OP_ONCE) != NULL ? DSR_OK : too_long(p);
  }
  p->done[scan] = true;
  return add_delta(p, &p->rule->goals[scan], DSR_OP_SCAN);
}

/* ---- the whole ------------------------------------------------------------------- */

static void count_uses(path *p) {
  int width = p->router->book->predicates.items[p->rule->head].width;
  for (int i = 0; i < width; i++) {
    if (p->rule->args[i].var >= 0) p->uses[p->rule->args[i].var]++;
  }
  for (int i = 0; i < p->rule->n_goals; i++) {
    const dsr_goal *goal = &p->rule->goals[i];
    for (int k = 0; k < goal->n_args; k++) {
      if (goal->args[k].var >= 0) p->uses[goal->args[k].var]++;
    }
  }
}

/* Do the positive atoms over open variables form a circle?  Ears are taken off (GYO) until
** none is left: an atom is an ear when what it shares with all others stands in one other.
*/
static bool is_cyclic(const path *p) {
  int n = p->rule->n_goals;
  bool gone[256] = {false};
  if (n > 256) return false;
  for (int i = 0; i < n; i++) gone[i] = !is_open(p, i);
  for (bool more = true; more;) {
    more = false;
    for (int i = 0; i < n; i++) {
      bool ear = false;
      if (gone[i]) continue;
      for (int k = 0; k < n && !ear; k++) {
        if (k == i || gone[k]) continue;
        ear = true;
        for (int a = 0; a < p->rule->goals[i].n_args && ear; a++) {
          int var = p->rule->goals[i].args[a].var;
          if (var < 0 || column_of(&p->rule->goals[k], var) >= 0) continue;
          for (int m = 0; m < n && ear; m++) {
            if (m != i && !gone[m] && column_of(&p->rule->goals[m], var) >= 0) {
              ear = false;
            }
          }
        }
      }
      if (ear) gone[i] = more = true;
    }
  }
  int left = 0;
  for (int i = 0; i < n; i++) left += !gone[i];
  return left > 1;
}

static dsr_status add_emit(path *p) {
  dsr_op *op = &p->ops[p->n++]; /* push() leaves room for it */
  memset(op, 0, sizeof *op);
  op->kind = DSR_OP_EMIT;
  op->extent = p->router->seats[p->rule->head].extent;
  op->n_args = p->router->book->predicates.items[p->rule->head].width;
  for (int i = 0; i < op->n_args; i++) {
    TRY(ref_of(p, &p->rule->args[i], &op->args[i]));
  }
  return DSR_OK;
}

/* Is an atom's extent empty for good? */
static dsr_status never_holds(const path *p, bool *out) {
  *out = false;
  for (int i = 0; i < p->rule->n_goals && !*out; i++) {
    uint64_t count;
    const dsr_goal *goal = &p->rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || goal->negated || goal->otherwise) continue;
    if (dsr_route_grows(p->router, goal->predicate, p->rule->stratum)) continue;
    if (dsr_extent_kind_of(extent_of(p, goal)) == DSR_EXTENT_STORED &&
        dsr_extent_bytes(extent_of(p, goal)) > 4096) {
      continue; /* it has something; counting would sort it */
    }
    TRY(dsr_extent_count(extent_of(p, goal), &count));
    *out = count == 0;
  }
  return DSR_OK;
}

static dsr_status find(path *p) {
  bool never;
  TRY(never_holds(p, &never));
  if (never) return DSR_OK;
  count_uses(p);
  p->stored_wide = is_cyclic(p);
  TRY(add_source(p));
  TRY(fill_all(p));
  if (p->deferred >= 0) TRY(add_slice(p));
  return add_emit(p);
}

/* The time column of an atom that asks for a written one; NULL for any other goal. */
static dsr_arg *written_time(const path *p, dsr_goal *goal) {
  if (goal->kind != DSR_GOAL_ATOM || !goal->written_time || goal->negated) return NULL;
  dsr_arg *arg = &goal->args[predicate_of(p, goal)->arity];
  return dsr_arg_known(arg) ? NULL : arg;
}

/* Copy the rule, so that each time that must be written is a variable. */
static dsr_status copy_rule(path *p, const dsr_rule *rule) {
  size_t bytes = (size_t)rule->n_goals * sizeof *rule->goals;
  int vars = rule->n_vars + rule->n_goals;
  p->own = *rule;
  p->rule = &p->own;
  p->own.goals = dsr_alloc(bytes + 1);
  p->slot = dsr_alloc(2 * ((size_t)vars + 1) * sizeof *p->slot);
  p->done = dsr_alloc((size_t)rule->n_goals + 1);
  p->written = dsr_alloc((size_t)vars + 1);
  if (p->own.goals == NULL || p->slot == NULL || p->done == NULL ||
      p->written == NULL) {
    return dsr_fail_memory(p->router->error);
  }
  p->uses = p->slot + vars + 1;
  if (bytes > 0) memcpy(p->own.goals, rule->goals, bytes);
  for (int i = 0; i < vars; i++) p->slot[i] = -1;
  for (int i = 0; i < rule->n_goals; i++) {
    dsr_arg *time = written_time(p, &p->own.goals[i]);
    if (time == NULL) continue;
    if (time->var < 0) time->var = p->own.n_vars++;
    p->written[time->var] = true;
    p->uses[time->var]++;
  }
  return DSR_OK;
}

dsr_status dsr_path_find(dsr_router *router, const dsr_rule *rule, int first,
                         dsr_op *ops, int *n) {
  path p = {.router = router, .first = first, .ops = ops, .deferred = -1};
  dsr_status rc = copy_rule(&p, rule);
  if (rc >= 0) rc = find(&p);
  dsr_free(p.own.goals);
  dsr_free(p.slot);
  dsr_free(p.done);
  dsr_free(p.written);
  if (rc >= 0) *n = p.n;
  return rc;
}
