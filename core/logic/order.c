/*
** order.c - in which order the goals of a plan run.
**
** Greedy: whatever can only say yes or no runs as soon as its slots are filled; an
** equation with one side known fills the other; else the atom goes next whose scan is
** thought to visit the fewest rows with what is known by then, the first of equals.  No
** order is best for all data, but this one never takes a product where a join would do.
*/
#include <string.h>

#include "logic/plan.h"

/* ---- what a goal reads and fills ------------------------------------------------ */

/* Is the slot filled?  Constants and parameters always are. */
static bool is_filled(const dsr_plan *plan, const bool *filled, int slot) {
  if (slot == DSR_SLOT_NONE) return false;
  return plan->slots.items[slot].kind != DSR_SLOT_VARIABLE || filled[slot];
}

static bool is_filter(const dsr_stage *goal) {
  return goal->kind == DSR_STAGE_COMPARE || goal->kind == DSR_STAGE_TEST;
}

/* May the goal give one side the value of the other? */
static bool is_equation(const dsr_stage *goal) {
  return goal->kind == DSR_STAGE_COMPARE && goal->op == DSR_EQ && !goal->negated;
}

static void fill(bool *filled, int slot) {
  if (slot != DSR_SLOT_NONE) filled[slot] = true;
}

static void fill_atom(const dsr_stage *goal, bool *filled) {
  for (int i = 0; i < goal->arity; i++) fill(filled, goal->args[i]);
  fill(filled, goal->time);
  for (int i = 0; goal->claimed && i < DSR_PARTS; i++) fill(filled, goal->parts[i]);
}

/* Fill what equations with one filled side give; true if that was any. */
static bool fill_equations(const dsr_plan *plan, bool *filled) {
  bool more = false;
  for (size_t i = 0; i < plan->goals.len; i++) {
    const dsr_stage *goal = &plan->goals.items[i];
    if (!is_equation(goal)) continue;
    bool left = is_filled(plan, filled, goal->left);
    bool right = is_filled(plan, filled, goal->right);
    if (left == right) continue;
    fill(filled, left ? goal->right : goal->left);
    more = true;
  }
  return more;
}

void dsr_order_filled(const dsr_plan *plan, bool *filled) {
  memset(filled, 0, plan->slots.len * sizeof *filled);
  for (size_t i = 0; i < plan->goals.len; i++) {
    const dsr_stage *goal = &plan->goals.items[i];
    if (goal->kind == DSR_STAGE_SCAN) fill_atom(goal, filled);
  }
  bool more;
  do more = fill_equations(plan, filled);
  while (more);
}

/* ---- steps ---------------------------------------------------------------------- */

typedef struct ordering {
  dsr_plan *plan;
  bool *filled;  /* by slot */
  bool *by_atom; /* by slot: some atom fills it */
  bool *done;    /* by goal */
} ordering;

static dsr_status push_step(ordering *o, const dsr_stage *step) {
  if (VEC_PUSH(&o->plan->steps, *step)) return DSR_OK;
  return dsr_fail_memory(dsr_facts_error(o->plan->facts));
}

/* The scan of an atom: which of its slots are filled by then, which by itself. */
static dsr_status push_scan(ordering *o, const dsr_stage *goal) {
  dsr_stage step = *goal;
  step.known = step.repeat = 0;
  for (int i = 0; i < goal->arity; i++) {
    if (is_filled(o->plan, o->filled, goal->args[i])) step.known |= 1u << i;
  }
  step.known_time = is_filled(o->plan, o->filled, goal->time);
  for (int i = 0; i < goal->arity; i++) {
    if (goal->args[i] == DSR_SLOT_NONE || (step.known >> i & 1)) continue;
    if (is_filled(o->plan, o->filled, goal->args[i])) step.repeat |= 1u << i;
    fill(o->filled, goal->args[i]);
  }
  step.repeat_time = !step.known_time && is_filled(o->plan, o->filled, goal->time);
  fill(o->filled, goal->time);
  return push_step(o, &step);
}

static dsr_status push_claim(ordering *o, const dsr_stage *goal) {
  dsr_stage step = *goal;
  step.kind = DSR_STAGE_CLAIM;
  step.known_parts = 0;
  for (int i = 0; i < DSR_PARTS; i++) {
    /* Parts are taken in this order, so one slot may stand in two: the first fills it.
     */
    if (is_filled(o->plan, o->filled, goal->parts[i])) step.known_parts |= 1u << i;
    fill(o->filled, goal->parts[i]);
  }
  return push_step(o, &step);
}

static dsr_status push_atom(ordering *o, const dsr_stage *goal) {
  TRY(push_scan(o, goal));
  return goal->claimed ? push_claim(o, goal) : DSR_OK;
}

/* An equation with one side filled, as a step that fills the other. */
static dsr_status push_bind(ordering *o, const dsr_stage *goal, bool left_filled) {
  dsr_stage step = *goal;
  step.kind = DSR_STAGE_BIND;
  step.left = left_filled ? goal->right : goal->left;
  step.right = left_filled ? goal->left : goal->right;
  fill(o->filled, step.left);
  return push_step(o, &step);
}

/*
** May an equation fill slot `to` from slot `from`?  Comparing is by value and scanning
** by word, and 2 = 2.0 whatever the order: a number, or what may be one, is handed on
** only to a variable that no atom fills.
*/
static bool may_bind(const ordering *o, int from, int to) {
  dsr_domain type = o->plan->slots.items[from].type;
  bool number = type == DSR_COL_ANY || type == DSR_COL_INT || type == DSR_COL_NUMBER;
  return !number || !o->by_atom[to];
}

/* Run every goal that needs no scan and can run; *any tells that there was one. */
static dsr_status push_ready(ordering *o, bool *any) {
  *any = false;
  for (size_t i = 0; i < o->plan->goals.len; i++) {
    const dsr_stage *goal = &o->plan->goals.items[i];
    if (o->done[i] || !is_filter(goal)) continue;
    bool left = is_filled(o->plan, o->filled, goal->left);
    bool right = is_filled(o->plan, o->filled, goal->right);
    bool both = left && right;
    if (!both) {
      if (!is_equation(goal) || !(left || right)) continue;
      int from = left ? goal->left : goal->right, to = left ? goal->right : goal->left;
      if (!may_bind(o, from, to)) continue;
    }
    TRY(both ? push_step(o, goal) : push_bind(o, goal, left));
    o->done[i] = *any = true;
  }
  return DSR_OK;
}

static dsr_status estimate(const ordering *o, const dsr_stage *goal, uint64_t *rows) {
  unsigned known = 0;
  for (int i = 0; i < goal->arity; i++) {
    if (is_filled(o->plan, o->filled, goal->args[i])) known |= 1u << i;
  }
  return dsr_scan_estimate(o->plan->facts, goal->relation, known, rows);
}

/* The cheapest atom left; goals.len where none is. */
static dsr_status cheapest(const ordering *o, size_t *out) {
  uint64_t least = UINT64_MAX;
  *out = o->plan->goals.len;
  for (size_t i = 0; i < o->plan->goals.len; i++) {
    uint64_t rows;
    if (o->done[i] || o->plan->goals.items[i].kind != DSR_STAGE_SCAN) continue;
    TRY(estimate(o, &o->plan->goals.items[i], &rows));
    if (rows >= least && *out < o->plan->goals.len) continue;
    least = rows;
    *out = i;
  }
  return DSR_OK;
}

static dsr_status push_all(ordering *o) {
  for (;;) {
    bool any;
    size_t next;
    do TRY(push_ready(o, &any));
    while (any);
    TRY(cheapest(o, &next));
    if (next == o->plan->goals.len) return DSR_OK;
    TRY(push_atom(o, &o->plan->goals.items[next]));
    o->done[next] = true;
  }
}

/* ---- the cut -------------------------------------------------------------------- */

static bool is_column(const dsr_plan *plan, int slot) {
  for (size_t i = 0; i < plan->columns.len; i++) {
    if (plan->columns.items[i] == slot) return true;
  }
  return false;
}

/* Does the step fill a column of the answer? */
static bool fills_column(const dsr_plan *plan, const dsr_stage *step) {
  switch (step->kind) {
    case DSR_STAGE_BIND:
      return is_column(plan, step->left);
    case DSR_STAGE_CLAIM:
      for (int i = 0; i < DSR_PARTS; i++) {
        if (!(step->known_parts >> i & 1) && is_column(plan, step->parts[i]))
          return true;
      }
      return false;
    case DSR_STAGE_SCAN:
      for (int i = 0; i < step->arity; i++) {
        if (!(step->known >> i & 1) && is_column(plan, step->args[i])) return true;
      }
      return !step->known_time && is_column(plan, step->time);
    default:
      return false;
  }
}

static void find_cut(dsr_plan *plan) {
  plan->cut = -1;
  for (size_t i = 0; i < plan->steps.len; i++) {
    if (fills_column(plan, &plan->steps.items[i])) plan->cut = (int)i;
  }
}

static dsr_status order_goals(ordering *o) {
  dsr_plan *plan = o->plan;
  plan->steps.len = 0;
  for (size_t i = 0; i < plan->goals.len; i++) {
    const dsr_stage *goal = &plan->goals.items[i];
    if (goal->kind == DSR_STAGE_SCAN) fill_atom(goal, o->by_atom);
  }
  return push_all(o);
}

dsr_status dsr_order_steps(dsr_plan *plan) {
  ordering o = {.plan = plan};
  o.filled = dsr_alloc((plan->slots.len + 1) * sizeof *o.filled);
  o.by_atom = dsr_alloc((plan->slots.len + 1) * sizeof *o.by_atom);
  o.done = dsr_alloc((plan->goals.len + 1) * sizeof *o.done);
  bool room = o.filled != NULL && o.by_atom != NULL && o.done != NULL;
  dsr_status rc =
      room ? order_goals(&o) : dsr_fail_memory(dsr_facts_error(plan->facts));
  dsr_free(o.filled);
  dsr_free(o.by_atom);
  dsr_free(o.done);
  if (rc >= 0) find_cut(plan);
  return rc;
}
