/*
** sketch.c - what the planner knows of a rule's body.
**
** Rows are estimated as if columns were independent of one another and the values of a
** column that has few lay among those of the one that has most.  The estimates need only
** tell good orders from bad ones.
*/
#include "logic/path.h"

#include <string.h>

#include "ground/mem.h"

/* What part of the rows a goal is expected to keep. */
static const double KEEPS_EQUAL = 0.1, KEEPS_ORDER = 0.4, KEEPS_OTHER = 0.7;
/* Rows that a defined function gives. */
static const double GIVES = 2;

/* ---- variables -------------------------------------------------------------------- */

static dsr_status too_long(const dsr_router *router, const dsr_rule *rule) {
  return dsr_fail(
      router->error, DSR_ELIMIT,
      "the rule at line %d has more than %d variables that stand in it twice",
      rule->at.line, DSR_SKETCH_VARS);
}

static void count_uses(const dsr_router *router, const dsr_rule *rule, int *uses) {
  int width = router->book->predicates.items[rule->head].width;
  for (int i = 0; i < width; i++) {
    if (rule->args[i].var >= 0) uses[rule->args[i].var]++;
  }
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    for (int k = 0; k < goal->n_args; k++) {
      if (goal->args[k].var >= 0) uses[goal->args[k].var]++;
    }
    /* = fills a variable that nobody else looks at, too. */
    for (int k = 0; k < 2 && goal->kind == DSR_GOAL_COMPARE; k++) {
      if (goal->args[k].var >= 0) uses[goal->args[k].var]++;
    }
    /* A time that must be a written one is looked at. */
    if (goal->kind != DSR_GOAL_ATOM || !goal->written_time) continue;
    int arity = router->book->predicates.items[goal->predicate].arity;
    if (goal->args[arity].var >= 0) uses[goal->args[arity].var]++;
  }
}

/* Number the variables that are needed. */
static dsr_status number_vars(dsr_sketch *body) {
  const dsr_rule *rule = body->rule;
  count_uses(body->router, rule, body->dense);
  for (int i = 0; i < rule->n_vars; i++) {
    bool needed = body->dense[i] > 1;
    body->dense[i] = -1;
    if (!needed) continue;
    if (body->n_vars == DSR_SKETCH_VARS) return too_long(body->router, rule);
    body->vars[body->n_vars] = i;
    body->dense[i] = body->n_vars++;
  }
  return DSR_OK;
}

/* A time that must be a written one, and is looked at by nobody else, is filled to be
** tested. */
static dsr_status number_times(dsr_sketch *body) {
  for (int i = 0; i < body->n_parts; i++) {
    const dsr_goal *goal = &body->rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || !goal->written_time || goal->negated) continue;
    int arity = body->router->book->predicates.items[goal->predicate].arity;
    if (goal->args[arity].var != DSR_ARG_ANY) continue;
    if (body->n_vars == DSR_SKETCH_VARS) return too_long(body->router, body->rule);
    body->vars[body->n_vars] = -1;
    body->parts[i].time = ++body->n_vars;
  }
  return DSR_OK;
}

static uint64_t bit_of(const dsr_sketch *body, const dsr_arg *arg) {
  if (arg->var < 0 || body->dense[arg->var] < 0) return 0;
  return dsr_bit(body->dense[arg->var]);
}

static uint64_t bits_of(const dsr_sketch *body, const dsr_goal *goal, int from,
                        int to) {
  uint64_t bits = 0;
  for (int i = from; i < to; i++) bits |= bit_of(body, &goal->args[i]);
  return bits;
}

/* ---- goals ------------------------------------------------------------------------ */

/* May it be filled a column at a time?  Its index must give distinct values. */
static bool by_column(const dsr_sketch_part *part) {
  dsr_extent_kind kind = dsr_extent_kind_of(part->seat->extent);
  if (part->goal->n_args == 0 || kind == DSR_EXTENT_BEST) return false;
  return kind == DSR_EXTENT_STORED || part->goal->n_args <= 2;
}

static dsr_status set_atom(dsr_sketch *body, dsr_sketch_part *part) {
  const dsr_goal *goal = part->goal;
  uint64_t met = 0;
  for (int i = 0; i < goal->n_args; i++) {
    const dsr_arg *arg = &goal->args[i];
    uint64_t bit = bit_of(body, arg);
    part->vars[i] = bit != 0             ? (int8_t)body->dense[arg->var]
                    : dsr_arg_known(arg) ? DSR_VAR_KNOWN
                                         : DSR_VAR_ANY;
    part->twin = part->twin || (bit & met) != 0;
    met |= bit;
  }
  if (part->time > 0) {
    part->vars[body->router->book->predicates.items[goal->predicate].arity] =
        (int8_t)(part->time - 1);
    met |= dsr_bit(part->time - 1);
  }
  part->seat = &body->router->seats[goal->predicate];
  part->by_column = by_column(part);
  if (goal->negated) {
    part->kind = DSR_SKETCH_CHECKS;
    part->reads = met;
  } else if (goal->otherwise) {
    part->kind = DSR_SKETCH_GIVES;
    part->reads = bits_of(body, goal, 0, goal->n_args - 1);
    part->fills = bits_of(body, goal, goal->n_args - 1, goal->n_args);
  } else {
    part->kind = DSR_SKETCH_FILLS;
    part->fills = met;
    body->by_atoms |= met;
    return dsr_seat_count(body->router, goal->predicate, &part->seat);
  }
  return DSR_OK;
}

static void set_call(dsr_sketch *body, dsr_sketch_part *part) {
  const dsr_goal *goal = part->goal;
  part->kind = goal->negated ? DSR_SKETCH_CHECKS : DSR_SKETCH_GIVES;
  part->reads = bits_of(body, goal, 0, goal->negated ? goal->n_args : goal->n_in);
  if (!goal->negated) part->fills = bits_of(body, goal, goal->n_in, goal->n_args);
  body->by_calls |= part->fills;
}

/* The type of an argument as far as it is known. */
static dsr_domain type_of(const dsr_sketch *body, const dsr_arg *arg) {
  return arg->var >= 0 ? body->rule->types[arg->var] : DSR_COL_ANY;
}

/*
** What may = fill?  It compares by value, while atoms are joined by word.  In no order of
** goals must that make a difference, so it does not fill what a call gives (which has a word
** of its own), nor one of two times that atoms fill, since times may be equal in more than
** one spelling.  (Numbers have two forms: see dsr_calls_bind.)
*/
static uint64_t may_fill(const dsr_sketch *body, const dsr_goal *goal) {
  if (goal->op != DSR_EQ || goal->negated) return 0;
  uint64_t left = bit_of(body, &goal->args[0]), right = bit_of(body, &goal->args[1]);
  bool times = type_of(body, &goal->args[0]) == DSR_COL_TIME ||
               type_of(body, &goal->args[1]) == DSR_COL_TIME;
  if (times && (left & body->by_atoms) != 0 && (right & body->by_atoms) != 0) return 0;
  return (left | right) & ~body->by_calls;
}

static void set_compare(const dsr_sketch *body, dsr_sketch_part *part) {
  const dsr_goal *goal = part->goal;
  part->kind = DSR_SKETCH_CHECKS;
  part->reads = bits_of(body, goal, 0, 2);
  part->may = may_fill(body, goal);
  if (part->may == 0) return;
  part->kind = DSR_SKETCH_EQUATES;
  part->sides[0] = bit_of(body, &goal->args[0]);
  part->sides[1] = bit_of(body, &goal->args[1]);
}

static dsr_status set_parts(dsr_sketch *body) {
  for (int i = 0; i < body->n_parts; i++) {
    dsr_sketch_part *part = &body->parts[i];
    part->goal = &body->rule->goals[i];
    if (part->goal->kind == DSR_GOAL_ATOM) TRY(set_atom(body, part));
    if (part->goal->kind == DSR_GOAL_CALL) set_call(body, part);
  }
  for (int i = 0; i < body->n_parts; i++) {
    dsr_sketch_part *part = &body->parts[i];
    switch (part->goal->kind) {
      case DSR_GOAL_ATOM:
      case DSR_GOAL_CALL:
        break;
      case DSR_GOAL_COMPARE:
        set_compare(body, part);
        break;
      default:
        part->kind = DSR_SKETCH_CHECKS;
        part->reads = bits_of(body, part->goal, 0, part->goal->n_args);
    }
  }
  return DSR_OK;
}

static void set_head(dsr_sketch *body) {
  const dsr_predicate *head = &body->router->book->predicates.items[body->rule->head];
  if (head->width == 0) return;
  int last = dsr_extent_rows_of(body->router->seats[body->rule->head].extent);
  body->pairs = last >= 0;
  if (last < 0) last = head->width - 1;
  for (int i = 0; i < (body->pairs ? head->width : 1); i++) {
    if (i != last) body->head_first |= bit_of(body, &body->rule->args[i]);
  }
  body->head_last = bit_of(body, &body->rule->args[last]);
  body->pairs = body->pairs && (body->head_last & ~body->head_first) != 0;
}

/* Raise the domains of the atoms' variables to what their extents have: those that were
** counted, or only guessed. */
static void raise_domains(dsr_sketch *body, bool counted) {
  for (int i = 0; i < body->n_parts; i++) {
    const dsr_sketch_part *part = &body->parts[i];
    if (part->kind != DSR_SKETCH_FILLS || part->seat->counted != counted) continue;
    for (int c = 0; c < part->goal->n_args; c++) {
      int var = part->vars[c];
      if (var < 0 || part->seat->distinct[c] <= body->domain[var]) continue;
      body->domain[var] = part->seat->distinct[c];
    }
  }
}

/* Guesses are for variables of which nothing is known. */
static void set_domains(dsr_sketch *body) {
  double known[DSR_SKETCH_VARS];
  raise_domains(body, true);
  memcpy(known, body->domain, sizeof known);
  raise_domains(body, false);
  for (int i = 0; i < body->n_vars; i++) {
    if (known[i] > 0) body->domain[i] = known[i];
  }
}

dsr_status dsr_sketch_start(dsr_sketch *body, dsr_router *router, const dsr_rule *rule,
                            int first) {
  *body = (dsr_sketch){.router = router, .rule = rule, .first = first};
  body->n_parts = rule->n_goals;
  body->parts = dsr_alloc(((size_t)rule->n_goals + 1) * sizeof *body->parts);
  body->dense = dsr_alloc(((size_t)rule->n_vars + 1) * sizeof *body->dense);
  dsr_status rc = DSR_ENOMEM;
  if (body->parts == NULL || body->dense == NULL) {
    rc = dsr_fail_memory(router->error);
  } else {
    rc = number_vars(body);
    if (rc >= 0) rc = number_times(body);
    if (rc >= 0) rc = set_parts(body);
  }
  if (rc < 0) {
    dsr_sketch_stop(body);
    return rc;
  }
  set_head(body);
  set_domains(body);
  return DSR_OK;
}

void dsr_sketch_stop(dsr_sketch *body) {
  dsr_free(body->parts);
  dsr_free(body->dense);
  *body = (dsr_sketch){0};
}

/* ---- what is known ---------------------------------------------------------------- */

unsigned dsr_sketch_known(const dsr_sketch_part *part, uint64_t filled) {
  unsigned known = 0;
  for (int i = 0; i < part->goal->n_args; i++) {
    int var = part->vars[i];
    if (var == DSR_VAR_KNOWN || (var >= 0 && (filled >> var & 1))) known |= 1u << i;
  }
  return known;
}

int dsr_sketch_column(const dsr_sketch_part *part, int var) {
  for (int i = 0; i < part->goal->n_args; i++) {
    if (part->vars[i] == var) return i;
  }
  return -1;
}

bool dsr_sketch_ready(const dsr_sketch_part *part, uint64_t filled) {
  if (part->kind == DSR_SKETCH_FILLS) return (part->fills & ~filled) == 0;
  if (part->kind != DSR_SKETCH_EQUATES) return (part->reads & ~filled) == 0;
  uint64_t left = part->sides[0] & ~filled, right = part->sides[1] & ~filled;
  return (left & ~part->may) == 0 && (right & ~part->may) == 0 &&
         (left == 0 || right == 0);
}

/* ---- estimates -------------------------------------------------------------------- */

double dsr_sketch_fan(const dsr_sketch_part *part, unsigned known, int column) {
  double rows = part->seat->count;
  for (int i = 0; i < part->goal->n_args; i++) {
    if ((known >> i & 1) && part->seat->distinct[i] > 1)
      rows /= part->seat->distinct[i];
  }
  if (column >= 0 && rows > part->seat->distinct[column]) {
    rows = part->seat->distinct[column];
  }
  return rows;
}

double dsr_sketch_share(const dsr_sketch *body, const dsr_sketch_part *part,
                        unsigned known, int column) {
  double domain = body->domain[part->vars[column]];
  double share = domain > 1 ? dsr_sketch_fan(part, known, column) / domain : 1;
  return share < 1 ? share : 1;
}

static double keeps(const dsr_sketch_part *part, uint64_t filled) {
  const dsr_goal *goal = part->goal;
  switch (part->kind) {
    case DSR_SKETCH_FILLS:
      return 1; /* counted where its variables are filled */
    case DSR_SKETCH_EQUATES:
      return (part->sides[0] & ~filled) == 0 && (part->sides[1] & ~filled) == 0
                 ? KEEPS_EQUAL
                 : 1;
    case DSR_SKETCH_GIVES:
      if (part->fills != 0 && (part->fills & ~filled) == 0) return KEEPS_EQUAL;
      return goal->kind == DSR_GOAL_CALL && goal->fn == NULL ? GIVES : 1;
    default:
      if (goal->kind != DSR_GOAL_COMPARE) return KEEPS_OTHER;
      return goal->op == DSR_EQ ? KEEPS_EQUAL : goal->op == DSR_NE ? 1 : KEEPS_ORDER;
  }
}

uint64_t dsr_sketch_settle(const dsr_sketch *body, uint64_t before, uint64_t filled,
                           double *rows) {
  bool more = true;
  while (more) {
    more = false;
    for (int i = 0; i < body->n_parts; i++) {
      const dsr_sketch_part *part = &body->parts[i];
      if (part->kind == DSR_SKETCH_FILLS || i == body->first) continue;
      if (!dsr_sketch_ready(part, filled)) continue;
      uint64_t gives = part->kind == DSR_SKETCH_EQUATES
                           ? part->sides[0] | part->sides[1]
                           : part->fills;
      if ((gives & ~filled) == 0) continue;
      filled |= gives;
      more = true;
    }
  }
  for (int i = 0; i < body->n_parts; i++) {
    const dsr_sketch_part *part = &body->parts[i];
    if (dsr_sketch_ready(part, filled) && !dsr_sketch_ready(part, before)) {
      *rows *= keeps(part, before);
    }
  }
  return filled;
}

/* ---- circles ---------------------------------------------------------------------- */

/* Is what edge `at` shares with all others within one other? */
static bool is_ear(const uint64_t *edges, int n, int at) {
  uint64_t shared = 0;
  for (int i = 0; i < n; i++) {
    if (i != at) shared |= edges[at] & edges[i];
  }
  if (shared == 0) return true;
  for (int i = 0; i < n; i++) {
    if (i != at && (shared & ~edges[i]) == 0) return true;
  }
  return false;
}

/* Ears are taken off until none is left (Graham; Yu and Ozsoyoglu: GYO). */
bool dsr_sketch_cyclic(const dsr_sketch *body, uint64_t filled) {
  uint64_t edges[DSR_SKETCH_VARS];
  int n = 0;
  for (int i = 0; i < body->n_parts; i++) {
    const dsr_sketch_part *part = &body->parts[i];
    uint64_t open = part->fills & ~filled;
    if (part->kind != DSR_SKETCH_FILLS || i == body->first || open == 0) continue;
    if (n == DSR_SKETCH_VARS) return true;
    edges[n++] = open;
  }
  for (int i = 0; i < n;) {
    if (is_ear(edges, n, i)) {
      edges[i] = edges[--n];
      i = 0;
    } else {
      i++;
    }
  }
  return n > 0;
}
