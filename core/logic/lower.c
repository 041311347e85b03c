/*
** lower.c - from a path's steps to operators of the evaluator.
**
** Every needed variable is, once filled, a slot or, where = made it so, a constant.
*/
#include <string.h>

#include "logic/path.h"

typedef struct lowering {
  const dsr_sketch *body;
  dsr_op *ops;
  int n, n_slots;
  dsr_ref refs[DSR_SKETCH_VARS];
  bool filled[DSR_SKETCH_VARS];
  dsr_ref key; /* of the piece that is fed */
  int from;    /* the slot of where it begins; that of its end comes after it */
} lowering;

static const dsr_sketch_part *part_of(const lowering *l, int goal) {
  return &l->body->parts[goal];
}

static dsr_extent *extent_of(const lowering *l, int goal) {
  return l->body->router->seats[part_of(l, goal)->goal->predicate].extent;
}

static dsr_status push(lowering *l, dsr_op_kind kind, dsr_op **out) {
  if (l->n == DSR_PATH_OPS) {
    return dsr_fail(l->body->router->error, DSR_ELIMIT,
                    "the rule at line %d takes more than %d steps",
                    l->body->rule->at.line, DSR_PATH_OPS);
  }
  dsr_op *op = &l->ops[l->n++];
  memset(op, 0, sizeof *op);
  op->kind = kind;
  *out = op;
  return DSR_OK;
}

/* ---- arguments -------------------------------------------------------------------- */

static int var_of(const lowering *l, const dsr_arg *arg) {
  return arg->var >= 0 ? l->body->dense[arg->var] : -1;
}

/* What an operator reads an argument from.  One that is "any" is the number of none. */
static dsr_status ref_of(const lowering *l, const dsr_arg *arg, dsr_ref *out) {
  int var = var_of(l, arg);
  *out = (dsr_ref){-1, DSR_NUMBER_NONE};
  if (var >= 0) {
    *out = l->refs[var];
    return DSR_OK;
  }
  if (!dsr_arg_known(arg)) return DSR_OK;
  return dsr_calls_number(l->body->router->calls,
                          dsr_arg_word(l->body->router->book, arg), &out->number);
}

/* The same of an atom's column. */
static dsr_status ref_of_column(const lowering *l, const dsr_sketch_part *part,
                                int column, dsr_ref *out) {
  int var = part->vars[column];
  if (var < 0) return ref_of(l, &part->goal->args[column], out);
  *out = l->refs[var];
  return DSR_OK;
}

static int new_slot(lowering *l) { return l->n_slots++; }

static dsr_take fill(lowering *l, int var) {
  l->filled[var] = true;
  l->refs[var] = (dsr_ref){new_slot(l), 0};
  return (dsr_take){DSR_TAKE_FILL, l->refs[var]};
}

/* What is done with a variable that an operator comes by. */
static dsr_take take_var(lowering *l, int var) {
  if (l->filled[var]) return (dsr_take){DSR_TAKE_MATCH, l->refs[var]};
  return fill(l, var);
}

static dsr_status take_column(lowering *l, const dsr_sketch_part *part, int column,
                              dsr_take *out) {
  int var = part->vars[column];
  *out = (dsr_take){DSR_TAKE_SKIP, {-1, 0}};
  if (var == DSR_VAR_ANY) return DSR_OK;
  if (var >= 0) {
    *out = take_var(l, var);
    return DSR_OK;
  }
  out->kind = DSR_TAKE_MATCH;
  return ref_of_column(l, part, column, &out->ref);
}

/* The same of a result. */
static dsr_status take_result(lowering *l, const dsr_arg *arg, dsr_take *out) {
  int var = var_of(l, arg);
  *out = (dsr_take){DSR_TAKE_SKIP, {-1, 0}};
  if (var >= 0) {
    *out = take_var(l, var);
    return DSR_OK;
  }
  if (!dsr_arg_known(arg)) return DSR_OK;
  out->kind = DSR_TAKE_MATCH;
  return ref_of(l, arg, &out->ref);
}

static dsr_status set_args(const lowering *l, const dsr_arg *args, int n, dsr_op *op) {
  op->n_args = n;
  for (int i = 0; i < n; i++) TRY(ref_of(l, &args[i], &op->args[i]));
  return DSR_OK;
}

/* ---- ways ------------------------------------------------------------------------- */

static dsr_status set_way(const lowering *l, const dsr_member *member, bool distinct,
                          dsr_way *out) {
  uint8_t order[DSR_WIDTH_MAX];
  const dsr_sketch_part *part = part_of(l, member->goal);
  dsr_extent *extent = extent_of(l, member->goal);
  int prefix = __builtin_popcount(member->known);
  dsr_columns_order(l->body->router, extent, member->known, member->next, order);
  TRY(dsr_extent_index(extent, order, prefix, distinct, &out->index));
  out->prefix = prefix;
  const uint8_t *given = dsr_index_order(out->index);
  for (int i = 0; i < prefix; i++) {
    TRY(ref_of_column(l, part, given[i], &out->key[i]));
  }
  return DSR_OK;
}

/* ---- sources ---------------------------------------------------------------------- */

static dsr_status lower_tuples(lowering *l, const dsr_path_step *step,
                               dsr_op_kind kind) {
  dsr_op *op;
  const dsr_sketch_part *part = part_of(l, step->goal);
  TRY(push(l, kind, &op));
  op->extent = extent_of(l, step->goal);
  op->n_takes = part->goal->n_args;
  for (int i = 0; i < op->n_takes; i++) TRY(take_column(l, part, i, &op->takes[i]));
  return DSR_OK;
}

static dsr_status lower_chunk(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  TRY(push(l, DSR_OP_CHUNK, &op));
  op->extent = extent_of(l, step->goal);
  op->n_takes = 3;
  int width = dsr_extent_width(op->extent), rows_of = dsr_extent_rows_of(op->extent);
  if (width == 2) TRY(take_column(l, part_of(l, step->goal), 0, &op->takes[0]));
  if (op->takes[0].kind == DSR_TAKE_SKIP) { /* a SLICE needs it all the same */
    op->takes[0] = (dsr_take){DSR_TAKE_FILL, {new_slot(l), 0}};
  }
  for (int i = 0; i < width && width > 2; i++) {
    dsr_take *take = &op->takes[op->n_takes++];
    if (i != rows_of) TRY(take_column(l, part_of(l, step->goal), i, take));
  }
  l->key = op->takes[0].ref;
  l->from = l->n_slots;
  for (int i = 1; i < 3; i++) {
    op->takes[i] = (dsr_take){DSR_TAKE_FILL, {new_slot(l), 0}};
  }
  return DSR_OK;
}

static dsr_status lower_slice(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  TRY(push(l, DSR_OP_SLICE, &op));
  op->extent = extent_of(l, step->goal);
  op->n_args = 3;
  op->args[0] = l->key;
  op->args[1] = (dsr_ref){l->from, 0};
  op->args[2] = (dsr_ref){l->from + 1, 0};
  op->n_takes = 1;
  op->takes[0] = fill(l, step->var);
  return DSR_OK;
}

/* ---- the others ------------------------------------------------------------------- */

static dsr_status lower_fill(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  TRY(push(l, step->n_members == 1 ? DSR_OP_JOIN : DSR_OP_MEET, &op));
  op->n_ways = step->n_members;
  for (int i = 0; i < step->n_members; i++) {
    TRY(set_way(l, &step->members[i], true, &op->ways[i]));
  }
  op->n_takes = 1;
  op->takes[0] = fill(l, step->var);
  return DSR_OK;
}

/* Columns that are "any" and stand last are not gone through where that is known not to
** lose anything: of sorted extents. */
static int taken(const lowering *l, const dsr_path_step *step, const uint8_t *order,
                 int prefix) {
  const dsr_sketch_part *part = part_of(l, step->goal);
  int n = part->goal->n_args;
  if (!part->by_column) return n - prefix;
  while (n > prefix + 1 && part->vars[order[n - 1]] == DSR_VAR_ANY) n--;
  return n - prefix;
}

static dsr_status lower_rest(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  const dsr_sketch_part *part = part_of(l, step->goal);
  TRY(push(l, DSR_OP_JOIN, &op));
  op->n_ways = 1;
  op->rest = true;
  TRY(set_way(l, &step->members[0], false, &op->ways[0]));
  const uint8_t *order = dsr_index_order(op->ways[0].index);
  int prefix = op->ways[0].prefix;
  op->n_takes = taken(l, step, order, prefix);
  for (int i = 0; i < op->n_takes; i++) {
    TRY(take_column(l, part, order[prefix + i], &op->takes[i]));
  }
  return DSR_OK;
}

static dsr_status lower_has(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  TRY(push(l, DSR_OP_HAS, &op));
  op->n_ways = 1;
  op->negated = part_of(l, step->goal)->goal->negated;
  return set_way(l, &step->members[0], false, &op->ways[0]);
}

static dsr_status lower_default(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  const dsr_goal *goal = part_of(l, step->goal)->goal;
  TRY(push(l, DSR_OP_DEFAULT, &op));
  op->n_ways = 1;
  TRY(set_way(l, &step->members[0], true, &op->ways[0]));
  TRY(dsr_calls_number(l->body->router->calls, goal->word, &op->otherwise));
  op->n_takes = 1;
  return take_column(l, part_of(l, step->goal), goal->n_args - 1, &op->takes[0]);
}

static dsr_status lower_test(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  const dsr_goal *goal = part_of(l, step->goal)->goal;
  TRY(push(l, DSR_OP_TEST, &op));
  TRY(dsr_calls_test(l->body->router->calls, goal, &op->test, &op->ud));
  op->negated = goal->negated;
  op->shared = dsr_calls_shares(goal);
  return set_args(l, goal->args, goal->n_args, op);
}

static dsr_status lower_written(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  TRY(push(l, DSR_OP_TEST, &op));
  TRY(dsr_calls_written(l->body->router->calls, &op->test, &op->ud));
  op->shared = true;
  op->n_args = 1;
  op->args[0] = l->refs[step->var];
  return DSR_OK;
}

/* A built-in whose result is there already is a test: it gives no value a number. */
static dsr_status make_test(lowering *l, const dsr_goal *goal, dsr_op *op) {
  op->kind = DSR_OP_TEST;
  op->args[op->n_args++] = op->takes[0].ref;
  op->n_takes = 0;
  op->shared = dsr_calls_shares(goal);
  return dsr_calls_test(l->body->router->calls, goal, &op->test, &op->ud);
}

static dsr_status lower_call(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  const dsr_goal *goal = part_of(l, step->goal)->goal;
  TRY(push(l, DSR_OP_CALL, &op));
  TRY(dsr_calls_function(l->body->router->calls, goal, &op->call, &op->ud));
  TRY(set_args(l, goal->args, goal->n_in, op));
  op->n_takes = goal->n_args - goal->n_in;
  for (int i = 0; i < op->n_takes; i++) {
    TRY(take_result(l, &goal->args[goal->n_in + i], &op->takes[i]));
  }
  if (goal->fn == NULL || op->takes[0].kind != DSR_TAKE_MATCH) return DSR_OK;
  return make_test(l, goal, op);
}

static dsr_status lower_bind(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  const dsr_goal *goal = part_of(l, step->goal)->goal;
  bool joined = (l->body->by_atoms & dsr_bit(step->var)) != 0 ||
                l->body->rule->origin == DSR_ORIGIN_DEMAND;
  TRY(push(l, DSR_OP_CALL, &op));
  TRY(dsr_calls_bind(l->body->router->calls, goal, joined, &op->call, &op->ud));
  TRY(set_args(l, &goal->args[step->from], 1, op));
  op->n_takes = 1;
  op->takes[0] = fill(l, step->var);
  return DSR_OK;
}

static dsr_status lower_alias(lowering *l, const dsr_path_step *step) {
  TRY(ref_of(l, &part_of(l, step->goal)->goal->args[step->from], &l->refs[step->var]));
  l->filled[step->var] = true;
  return DSR_OK;
}

static dsr_status lower_step(lowering *l, const dsr_path_step *step) {
  dsr_op *op;
  switch (step->kind) {
    case DSR_STEP_ONCE:
      return push(l, DSR_OP_ONCE, &op);
    case DSR_STEP_SCAN:
      return lower_tuples(l, step, DSR_OP_SCAN);
    case DSR_STEP_DELTA:
      return lower_tuples(l, step, DSR_OP_DELTA);
    case DSR_STEP_CHUNK:
      return lower_chunk(l, step);
    case DSR_STEP_SLICE:
      return lower_slice(l, step);
    case DSR_STEP_FILL:
      return lower_fill(l, step);
    case DSR_STEP_REST:
      return lower_rest(l, step);
    case DSR_STEP_HAS:
      return lower_has(l, step);
    case DSR_STEP_DEFAULT:
      return lower_default(l, step);
    case DSR_STEP_TEST:
      return lower_test(l, step);
    case DSR_STEP_WRITTEN:
      return lower_written(l, step);
    case DSR_STEP_CALL:
      return lower_call(l, step);
    case DSR_STEP_BIND:
      return lower_bind(l, step);
    case DSR_STEP_ALIAS:
      return lower_alias(l, step);
  }
  return DSR_EMISUSE;
}

static dsr_status lower_head(lowering *l) {
  dsr_op *op;
  const dsr_router *router = l->body->router;
  const dsr_rule *rule = l->body->rule;
  TRY(push(l, DSR_OP_EMIT, &op));
  op->extent = router->seats[rule->head].extent;
  return set_args(l, rule->args, router->book->predicates.items[rule->head].width, op);
}

dsr_status dsr_lower_path(const dsr_sketch *body, const dsr_path_step *steps,
                          int n_steps, dsr_op *ops, int *n) {
  lowering l = {.body = body, .ops = ops};
  for (int i = 0; i < n_steps; i++) TRY(lower_step(&l, &steps[i]));
  TRY(lower_head(&l));
  *n = l.n;
  return DSR_OK;
}
