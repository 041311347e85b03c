/*
** eval_run.c - pipelines and components against naive evaluation.
**
**   eval_run [SEED [STEPS]]
**
** Each step makes a random stratified program over few numbers: relations of no to
** three columns, stored and made, two components; rules with constants, repeated
** variables, negation, tests, calls and defaults.  It is compiled into operators by
** chance: any order of atoms, any split of known columns between prefix and match, MEET
** where one value is left, chunks and slices.  What components derive must be what
** nested loops derive. Where the library was built with faults, allocations fail one by
** one.
**
** Prints its seed, and the program where the two differ; exit code 1 if they did.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/loop.h"
#include "ground/mem.h"

enum {
  DOMAIN = 6,
  RELATIONS = 7,
  STORED = 3, /* of them; then two made in a first component, two in a second */
  WIDTH = 3,
  CELLS = DOMAIN * DOMAIN * DOMAIN,
  VARS = 8,
  BODY = 6,
  RULES = 12,
  OPS = 12,
  WILD = -2, /* as a slot: any value */
  SLOT_FROM = 20,
  SLOT_TO,
};

typedef enum literal_kind { ATOM, NOT, TEST, CALL, DEFAULT } literal_kind;

typedef struct literal {
  literal_kind kind;
  int relation; /* CALL: which function */
  int n;
  dsr_ref args[WIDTH + 1]; /* CALL: two arguments, results; DEFAULT: the last is it */
  uint32_t otherwise;
  bool negated; /* TEST */
} literal;

typedef struct rule {
  literal head;
  int n;
  literal body[BODY];
} rule;

typedef struct relation {
  int width, component;
  bool has[CELLS];
  dsr_extent *extent;
} relation;

typedef struct program {
  relation relations[RELATIONS];
  int n;
  rule rules[RULES];
} program;

/* ---- chance ---------------------------------------------------------------------- */

static uint64_t chance_state;

static uint32_t below(uint32_t n) {
  chance_state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = chance_state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (uint32_t)((z ^ z >> 31) % n);
}

static bool percent(uint32_t p) { return below(100) < p; }

static void shuffle(uint8_t *items, int n) {
  for (int i = n - 1; i > 0; i--) {
    int k = (int)below((uint32_t)i + 1);
    uint8_t item = items[i];
    items[i] = items[k];
    items[k] = item;
  }
}

/* ---- telling --------------------------------------------------------------------- */

static void print_ref(dsr_ref ref) {
  if (ref.slot == WILD) {
    printf("_");
  } else if (ref.slot >= 0) {
    printf("%c", 'A' + ref.slot);
  } else {
    printf("%u", ref.number);
  }
}

static void print_literal(const literal *l) {
  static const char *const names[] = {"r", "not r", "test", "call", "default r"};
  printf("%s%s%d(", l->negated ? "not " : "", names[l->kind], l->relation);
  for (int i = 0; i < l->n; i++) {
    if (i > 0) printf(", ");
    print_ref(l->args[i]);
  }
  printf(l->kind == DEFAULT ? ") else %u" : ")", l->otherwise);
}

static void print_program(const program *p) {
  for (int r = 0; r < STORED; r++) {
    printf("r%d/%d, stored\n", r, p->relations[r].width);
  }
  for (int i = 0; i < p->n; i++) {
    print_literal(&p->rules[i].head);
    for (int k = 0; k < p->rules[i].n; k++) {
      printf(k == 0 ? " :- " : ", ");
      print_literal(&p->rules[i].body[k]);
    }
    printf(".\n");
  }
}

/* ---- the functions --------------------------------------------------------------- */

static bool test_of(const uint32_t *args) { return (args[0] + 2 * args[1]) % 3 != 0; }

static dsr_status run_test(void *ud, const uint32_t *args, bool *out) {
  (void)ud;
  *out = test_of(args);
  return DSR_OK;
}

/* 0: the sum; 1: two rows; 2: no columns, some rows. */
static int call_rows(int which, const uint32_t *args) {
  return which == 2 ? (int)(args[0] % 3) : which + 1;
}
static int call_width(int which) { return which == 2 ? 0 : 1; }
static uint32_t call_value(const uint32_t *args, int row) {
  return (args[0] + args[1] + 2 * (uint32_t)row) % DOMAIN;
}

static dsr_status call_any(int which, const uint32_t *args, dsr_results *out) {
  for (int row = 0; row < call_rows(which, args); row++) {
    if (call_width(which) > 0) {
      if (!VEC_PUSH(&out->numbers, call_value(args, row))) return DSR_ENOMEM;
    }
    out->rows++;
  }
  return DSR_OK;
}

static dsr_status call_0(void *ud, const uint32_t *args, dsr_results *out) {
  (void)ud;
  return call_any(0, args, out);
}
static dsr_status call_1(void *ud, const uint32_t *args, dsr_results *out) {
  (void)ud;
  return call_any(1, args, out);
}
static dsr_status call_2(void *ud, const uint32_t *args, dsr_results *out) {
  (void)ud;
  return call_any(2, args, out);
}
static const dsr_op_call calls[] = {call_0, call_1, call_2};

/* ---- making a program ------------------------------------------------------------ */

static dsr_ref variable(int slot) { return (dsr_ref){slot, 0}; }
static dsr_ref constant(uint32_t number) { return (dsr_ref){-1, number}; }

static int cells(int width) {
  int n = 1;
  while (width-- > 0) n *= DOMAIN;
  return n;
}

static literal any_atom(const program *p, int most) {
  literal l = {.kind = ATOM};
  l.relation = (int)below((uint32_t)most);
  l.n = p->relations[l.relation].width;
  for (int i = 0; i < l.n; i++) {
    l.args[i] = percent(12) ? constant(below(DOMAIN)) : variable((int)below(5));
  }
  return l;
}

/* A variable that the first `n` literals bind, or a constant. */
static dsr_ref any_bound(const rule *r, int n) {
  for (int tries = 0; tries < 8 && n > 0; tries++) {
    const literal *l = &r->body[below((uint32_t)n)];
    if (l->kind != ATOM || l->n == 0) continue;
    dsr_ref ref = l->args[below((uint32_t)l->n)];
    if (ref.slot >= 0) return ref;
  }
  return constant(below(DOMAIN));
}

static void add_function(rule *r, int atoms) {
  literal l = {.kind = percent(50) ? TEST : CALL, .n = 2, .negated = false};
  l.args[0] = any_bound(r, atoms);
  l.args[1] = any_bound(r, atoms);
  if (l.kind == TEST) l.negated = percent(30);
  if (l.kind == CALL) {
    l.relation = (int)below(3);
    if (call_width(l.relation) > 0) {
      l.args[l.n++] = percent(70) ? variable(5) : any_bound(r, atoms);
    }
  }
  r->body[r->n++] = l;
}

/* A negated atom or a default, of a relation that is complete. */
static void add_complete(const program *p, rule *r, int atoms, int most) {
  literal l = any_atom(p, most);
  bool defaults = l.n > 0 && percent(40);
  l.kind = defaults ? DEFAULT : NOT;
  l.otherwise = below(DOMAIN);
  for (int i = 0; i < l.n; i++) {
    if (l.args[i].slot < 0) continue;
    l.args[i] = any_bound(r, atoms);
    if (!defaults && percent(15)) l.args[i] = variable(WILD);
  }
  if (defaults) {
    l.args[l.n - 1] = percent(70) ? variable(6) : any_bound(r, atoms);
  }
  r->body[r->n++] = l;
}

static void make_rule(program *p, int head) {
  rule *r = &p->rules[p->n++];
  int component = p->relations[head].component;
  int most = STORED + 2 * (component + 1), complete = STORED + 2 * component;
  *r = (rule){.head = {.kind = ATOM, .relation = head}};
  int atoms = percent(5) ? 0 : 1 + (int)below(3);
  for (int i = 0; i < atoms; i++) r->body[r->n++] = any_atom(p, most);
  if (percent(25)) add_function(r, atoms);
  if (percent(25)) add_complete(p, r, atoms, complete);
  r->head.n = p->relations[head].width;
  for (int i = 0; i < r->head.n; i++) {
    r->head.args[i] = percent(10) ? constant(below(DOMAIN)) : any_bound(r, atoms);
    for (int k = atoms; k < r->n; k++) { /* what a function gives */
      const literal *l = &r->body[k];
      bool gives = l->kind == DEFAULT || (l->kind == CALL && l->n > 2);
      if (gives && l->args[l->n - 1].slot >= 0 && percent(40)) {
        r->head.args[i] = l->args[l->n - 1];
      }
    }
  }
}

static void make_program(program *p) {
  *p = (program){.n = 0};
  for (int r = 0; r < RELATIONS; r++) {
    relation *rel = &p->relations[r];
    rel->width = percent(5) ? 0 : 1 + (int)below(WIDTH);
    if (percent(35)) rel->width = 2;
    rel->component = r < STORED ? -1 : (r - STORED) / 2;
    uint32_t share = 5 + below(rel->width < 3 ? 50 : 20);
    for (int i = 0; r < STORED && i < cells(rel->width); i++) {
      rel->has[i] = percent(share);
    }
  }
  for (int r = STORED; r < RELATIONS; r++) {
    for (int n = 1 + (int)below(3); n > 0; n--) make_rule(p, r);
  }
}

/* ---- naive evaluation ------------------------------------------------------------ */

static int cell_of(const uint32_t *tuple, int width) {
  int cell = 0;
  for (int i = 0; i < width; i++) cell = cell * DOMAIN + (int)tuple[i];
  return cell;
}

static void tuple_of(int cell, int width, uint32_t *tuple) {
  for (int i = width - 1; i >= 0; i--) {
    tuple[i] = (uint32_t)(cell % DOMAIN);
    cell /= DOMAIN;
  }
}

static uint32_t value_of(dsr_ref ref, const int *env) {
  return ref.slot >= 0 ? (uint32_t)env[ref.slot] : ref.number;
}

/* Is the argument the value, now or from now on? */
static bool unify(dsr_ref ref, uint32_t value, int *env) {
  if (ref.slot == WILD) return true;
  if (ref.slot >= 0 && env[ref.slot] < 0) env[ref.slot] = (int)value;
  return value_of(ref, env) == value;
}

static bool solve(program *p, const rule *r, int at, const int *env);

/* Go on with each tuple of the relation that fits; how many did. */
static int solve_tuples(program *p, const rule *r, int at, const int *env, int fixed,
                        bool *news) {
  const literal *l = &r->body[at];
  int fitting = 0;
  for (int cell = 0; cell < cells(l->n); cell++) {
    uint32_t tuple[WIDTH];
    int next[VARS];
    if (!p->relations[l->relation].has[cell]) continue;
    memcpy(next, env, sizeof next);
    tuple_of(cell, l->n, tuple);
    bool fits = true;
    for (int i = 0; i < fixed && fits; i++) fits = unify(l->args[i], tuple[i], next);
    fitting += fits;
    for (int i = fixed; i < l->n && fits; i++) fits = unify(l->args[i], tuple[i], next);
    if (fits && news != NULL) *news = solve(p, r, at + 1, next) || *news;
  }
  return fitting;
}

static bool solve_call(program *p, const rule *r, int at, const int *env) {
  const literal *l = &r->body[at];
  uint32_t args[2] = {value_of(l->args[0], env), value_of(l->args[1], env)};
  bool news = false;
  for (int row = 0; row < call_rows(l->relation, args); row++) {
    int next[VARS];
    memcpy(next, env, sizeof next);
    if (l->n > 2 && !unify(l->args[2], call_value(args, row), next)) continue;
    news = solve(p, r, at + 1, next) || news;
  }
  return news;
}

/* Derive what the literals from `at` on let; whether anything is new. */
static bool solve(program *p, const rule *r, int at, const int *env) {
  bool news = false;
  if (at == r->n) {
    uint32_t tuple[WIDTH];
    for (int i = 0; i < r->head.n; i++) tuple[i] = value_of(r->head.args[i], env);
    bool *has = &p->relations[r->head.relation].has[cell_of(tuple, r->head.n)];
    news = !*has;
    *has = true;
    return news;
  }
  const literal *l = &r->body[at];
  switch (l->kind) {
    case ATOM:
      solve_tuples(p, r, at, env, l->n, &news);
      return news;
    case NOT:
      return solve_tuples(p, r, at, env, l->n, NULL) == 0 && solve(p, r, at + 1, env);
    case TEST: {
      uint32_t args[2] = {value_of(l->args[0], env), value_of(l->args[1], env)};
      return test_of(args) != l->negated && solve(p, r, at + 1, env);
    }
    case CALL:
      return solve_call(p, r, at, env);
    case DEFAULT: {
      if (solve_tuples(p, r, at, env, l->n - 1, &news) > 0) return news;
      int next[VARS];
      memcpy(next, env, sizeof next);
      return unify(l->args[l->n - 1], l->otherwise, next) && solve(p, r, at + 1, next);
    }
  }
  return news;
}

static void solve_all(program *p) {
  for (int component = 0; component < 2; component++) {
    for (bool news = true; news;) {
      news = false;
      for (int i = 0; i < p->n; i++) {
        static const int env[VARS] = {-1, -1, -1, -1, -1, -1, -1, -1};
        if (p->relations[p->rules[i].head.relation].component != component) continue;
        news = solve(p, &p->rules[i], 0, env) || news;
      }
    }
  }
}

/* ---- compiling ------------------------------------------------------------------- */

typedef struct build {
  program *p;
  const rule *r;
  dsr_op ops[OPS];
  int n;
  bool bound[VARS];
  bool done[BODY];
} build;

static bool known(const build *b, dsr_ref ref) {
  return ref.slot == -1 || (ref.slot >= 0 && b->bound[ref.slot]);
}

/* How often a variable is written in the rule. */
static int uses(const rule *r, int slot) {
  int n = 0;
  for (int i = 0; i < r->head.n; i++) n += r->head.args[i].slot == slot;
  for (int k = 0; k < r->n; k++) {
    for (int i = 0; i < r->body[k].n; i++) n += r->body[k].args[i].slot == slot;
  }
  return n;
}

/* What is done with a column that is met with the argument `ref`. */
static dsr_take take_of(build *b, dsr_ref ref) {
  if (ref.slot == WILD) return (dsr_take){0};
  if (known(b, ref)) return (dsr_take){DSR_TAKE_MATCH, ref};
  if (uses(b->r, ref.slot) == 1 && percent(50)) return (dsr_take){0};
  b->bound[ref.slot] = true;
  return (dsr_take){DSR_TAKE_FILL, ref};
}

static dsr_op *add_op(build *b, dsr_op_kind kind) {
  dsr_op *op = &b->ops[b->n++];
  *op = (dsr_op){.kind = kind};
  return op;
}

static dsr_extent *extent_of(const build *b, const literal *l) {
  return b->p->relations[l->relation].extent;
}

/* Give the operator a way into the atom's extent: `order` begins with `prefix` columns.
** */
static dsr_status add_way(const build *b, dsr_op *op, const literal *l,
                          const uint8_t *order, int prefix, bool distinct) {
  dsr_way *way = &op->ways[op->n_ways++];
  way->prefix = prefix;
  for (int i = 0; i < prefix; i++) way->key[i] = l->args[order[i]];
  return dsr_extent_index(extent_of(b, l), order, prefix, distinct, &way->index);
}

/* The columns of the atom: those known, of which some may be left out, first. */
static int split(const build *b, const literal *l, uint8_t *order, uint32_t left_out) {
  uint8_t free[WIDTH];
  int n = 0, n_free = 0;
  for (int i = 0; i < l->n; i++) {
    if (known(b, l->args[i]) && !percent(left_out)) {
      order[n++] = (uint8_t)i;
    } else {
      free[n_free++] = (uint8_t)i;
    }
  }
  shuffle(order, n);
  shuffle(free, n_free);
  memcpy(order + n, free, (size_t)n_free);
  return n;
}

/* May only the column after the prefix be looked at? */
static bool alone(const build *b, const literal *l, const uint8_t *order, int prefix) {
  if (b->p->relations[l->relation].component >= 0) return prefix == l->n - 1;
  for (int i = prefix + 1; i < l->n; i++) {
    dsr_ref ref = l->args[order[i]];
    if (known(b, ref) || uses(b->r, ref.slot) > 1) return false;
  }
  return true;
}

static dsr_status add_scan(build *b, const literal *l) {
  dsr_op *op = add_op(b, DSR_OP_SCAN);
  op->extent = extent_of(b, l);
  op->n_takes = l->n;
  for (int i = 0; i < l->n; i++) op->takes[i] = take_of(b, l->args[i]);
  return DSR_OK;
}

static dsr_status add_atom(build *b, const literal *l) {
  uint8_t order[WIDTH];
  int prefix = split(b, l, order, 20);
  if (b->n == 0 || (prefix == 0 && percent(50))) return add_scan(b, l);
  if (prefix == l->n) {
    return add_way(b, add_op(b, DSR_OP_HAS), l, order, prefix, false);
  }
  dsr_op *op = add_op(b, DSR_OP_JOIN);
  TRY(add_way(b, op, l, order, prefix, false));
  const uint8_t *has = dsr_index_order(op->ways[0].index);
  op->rest = !alone(b, l, has, prefix) || percent(30);
  op->n_takes = op->rest ? l->n - prefix : 1;
  for (int i = 0; i < op->n_takes; i++) {
    op->takes[i] = take_of(b, l->args[has[prefix + i]]);
  }
  return DSR_OK;
}

/* Is the variable the one argument of the atom that is not known? */
static bool only_lacks(const build *b, const literal *l, int slot) {
  int n = 0;
  for (int i = 0; i < l->n; i++) {
    if (known(b, l->args[i])) continue;
    if (l->args[i].slot != slot) return false;
    n++;
  }
  return n == 1;
}

/* MEET of all atoms that lack but this variable; *met: there were at least two. */
static dsr_status add_meet(build *b, int slot, bool *met) {
  int members[BODY], n = 0;
  *met = false;
  for (int k = 0; k < b->r->n; k++) {
    const literal *l = &b->r->body[k];
    if (!b->done[k] && l->kind == ATOM && only_lacks(b, l, slot)) members[n++] = k;
  }
  if (b->n == 0 || n < 2) return DSR_OK;
  dsr_op *op = add_op(b, DSR_OP_MEET);
  for (int m = 0; m < n; m++) {
    uint8_t order[WIDTH];
    const literal *l = &b->r->body[members[m]];
    int prefix = split(b, l, order, 0);
    TRY(add_way(b, op, l, order, prefix, true));
    b->done[members[m]] = true;
  }
  op->n_takes = 1;
  op->takes[0] = take_of(b, variable(slot));
  *met = true;
  return DSR_OK;
}

static dsr_status add_negation(build *b, const literal *l) {
  uint8_t order[WIDTH];
  int prefix = split(b, l, order, 0);
  dsr_op *op = add_op(b, DSR_OP_HAS);
  op->negated = true;
  return add_way(b, op, l, order, prefix, false);
}

static dsr_status add_default(build *b, const literal *l) {
  uint8_t order[WIDTH] = {0, 1, 2};
  dsr_op *op = add_op(b, DSR_OP_DEFAULT);
  op->otherwise = l->otherwise;
  op->n_takes = 1;
  op->takes[0] = take_of(b, l->args[l->n - 1]);
  return add_way(b, op, l, order, l->n - 1, false);
}

static void add_call(build *b, const literal *l) {
  dsr_op *op = add_op(b, l->kind == TEST ? DSR_OP_TEST : DSR_OP_CALL);
  op->n_args = 2;
  memcpy(op->args, l->args, 2 * sizeof *op->args);
  op->negated = l->negated;
  op->test = run_test;
  op->shared = percent(50);
  if (l->kind == CALL) op->call = calls[l->relation];
  op->n_takes = l->n - 2;
  if (l->n > 2) op->takes[0] = take_of(b, l->args[2]);
}

static dsr_status add_literal(build *b, const literal *l) {
  if (b->n == 0 && l->kind != ATOM) add_op(b, DSR_OP_ONCE);
  if (l->kind == ATOM) return add_atom(b, l);
  if (l->kind == NOT) return add_negation(b, l);
  if (l->kind == DEFAULT) return add_default(b, l);
  add_call(b, l);
  return DSR_OK;
}

/* Can the literal be done now? */
static bool ready(const build *b, const literal *l) {
  int inputs = l->kind == CALL ? 2 : l->kind == DEFAULT ? l->n - 1 : l->n;
  if (l->kind == ATOM) return true;
  for (int i = 0; i < inputs; i++) {
    if (l->args[i].slot != WILD && !known(b, l->args[i])) return false;
  }
  return true;
}

static void add_delta(build *b, const literal *l) {
  dsr_extent *extent = extent_of(b, l);
  bool chunk = l->n == 2 && percent(60);
  dsr_op *op = add_op(b, chunk ? DSR_OP_CHUNK : DSR_OP_DELTA);
  op->extent = extent;
  op->n_takes = chunk ? 3 : l->n;
  for (int i = 0; i < l->n; i++) {
    if (chunk && i > 0) break;
    op->takes[i] = take_of(b, l->args[i]);
  }
  if (!chunk) return;
  op->takes[1] = (dsr_take){DSR_TAKE_FILL, {SLOT_FROM, 0}};
  op->takes[2] = (dsr_take){DSR_TAKE_FILL, {SLOT_TO, 0}};
  /* SLICE asks for the key, whatever became of it. */
  dsr_ref key = l->args[0];
  if (op->takes[0].kind == DSR_TAKE_SKIP) {
    op->takes[0] = (dsr_take){DSR_TAKE_FILL, key};
    b->bound[key.slot] = true;
  }
  op = add_op(b, DSR_OP_SLICE);
  op->extent = extent;
  op->n_args = 3;
  op->args[0] = key;
  op->args[1] = variable(SLOT_FROM);
  op->args[2] = variable(SLOT_TO);
  op->n_takes = 1;
  op->takes[0] = take_of(b, l->args[1]);
}

/* The operators of a rule, fed by its literal `delta` (-1: run once). */
static dsr_status compile(program *p, const rule *r, int delta, build *b) {
  *b = (build){.p = p, .r = r};
  int left = r->n;
  if (delta >= 0) {
    add_delta(b, &r->body[delta]);
    b->done[delta] = true;
  }
  while (left > 0) {
    bool met = false;
    if (percent(50)) TRY(add_meet(b, (int)below(5), &met));
    int k = (int)below((uint32_t)r->n);
    if (!met && !b->done[k] && ready(b, &r->body[k])) {
      b->done[k] = true;
      TRY(add_literal(b, &r->body[k]));
    }
    left = 0;
    for (int i = 0; i < r->n; i++) left += !b->done[i];
  }
  if (b->n == 0) add_op(b, DSR_OP_ONCE);
  dsr_op *op = add_op(b, DSR_OP_EMIT);
  op->extent = p->relations[r->head.relation].extent;
  op->n_args = r->head.n;
  memcpy(op->args, r->head.args, sizeof r->head.args);
  return DSR_OK;
}

static dsr_status add_rule(dsr_eval *eval, program *p, const rule *r,
                           const int *components) {
  build b;
  dsr_pipeline *made;
  int component = p->relations[r->head.relation].component, fed = 0;
  for (int k = 0; k < r->n; k++) {
    const literal *l = &r->body[k];
    if (l->kind != ATOM || p->relations[l->relation].component != component) continue;
    TRY(compile(p, r, k, &b));
    TRY(dsr_eval_feed(eval, components[component], extent_of(&b, l), percent(20), b.ops,
                      b.n, &made));
    fed++;
  }
  if (fed > 0) return DSR_OK;
  TRY(compile(p, r, -1, &b));
  return dsr_eval_once(eval, components[component], b.ops, b.n, &made);
}

/* ---- running --------------------------------------------------------------------- */

static dsr_status fill(const relation *rel) {
  uint32_t tuple[WIDTH];
  for (int cell = 0; cell < cells(rel->width); cell++) {
    if (!rel->has[cell]) continue;
    tuple_of(cell, rel->width, tuple);
    TRY(dsr_extent_fill(rel->extent, tuple, 1));
  }
  return DSR_OK;
}

static dsr_status derive(dsr_eval *eval, program *p, const dsr_bounds *bounds) {
  int components[2];
  TRY(dsr_eval_component(eval, &components[0]));
  TRY(dsr_eval_component(eval, &components[1]));
  for (int r = 0; r < RELATIONS; r++) {
    relation *rel = &p->relations[r];
    TRY(dsr_eval_extent(eval, r < STORED ? DSR_EXTENT_STORED : DSR_EXTENT_MADE,
                        rel->width, &rel->extent));
    if (r < STORED) TRY(fill(rel));
  }
  for (int i = 0; i < p->n; i++) TRY(add_rule(eval, p, &p->rules[i], components));
  TRY(dsr_eval_run(eval, components[0], bounds));
  return dsr_eval_run(eval, components[1], bounds);
}

/* Does the extent have what the model has? */
static dsr_status agrees(const relation *rel, uint64_t *count, bool *out) {
  static bool seen[CELLS];
  uint32_t columns[WIDTH][64], *into[WIDTH] = {columns[0], columns[1], columns[2]};
  dsr_walk walk;
  size_t n;
  uint64_t told;
  memset(seen, 0, sizeof seen);
  *out = true;
  *count = 0;
  TRY(dsr_walk_start(&walk, rel->extent));
  for (;;) {
    TRY(dsr_walk_next(&walk, into, 64, &n));
    if (n == 0) break;
    for (size_t i = 0; i < n; i++) {
      uint32_t tuple[WIDTH] = {columns[0][i], columns[1][i], columns[2][i]};
      int cell = cell_of(tuple, rel->width);
      if (seen[cell] || !rel->has[cell]) *out = false;
      seen[cell] = true;
      ++*count;
    }
  }
  TRY(dsr_extent_count(rel->extent, &told));
  if (told != *count) *out = false;
  for (int cell = 0; cell < cells(rel->width); cell++) {
    if (rel->has[cell] && !seen[cell]) *out = false;
  }
  return DSR_OK;
}

static uint64_t apart; /* runs by several threads, in all programs */

/* Derive by pipelines; *ok: the result, and how many tuples were counted as kept, are
** those of the model. */
static dsr_status run_once(program *p, const dsr_bounds *bounds, dsr_error *error,
                           bool *ok) {
  dsr_numbers *numbers = NULL;
  dsr_eval *eval = NULL;
  uint64_t all = 0, count;
  TRY(dsr_numbers_new(error, &numbers));
  dsr_status rc = dsr_eval_new(numbers, error, &eval);
  if (rc >= 0) rc = derive(eval, p, bounds);
  *ok = true;
  for (int r = STORED; r < RELATIONS && rc >= 0; r++) {
    bool same;
    rc = agrees(&p->relations[r], &count, &same);
    if (rc >= 0 && !same) {
      printf("r%d differs: has %llu\n", r, (unsigned long long)count);
      *ok = false;
    }
    all += count;
  }
  if (rc >= 0 && dsr_eval_kept(eval) != all) {
    printf("kept %llu, not %llu\n", (unsigned long long)dsr_eval_kept(eval),
           (unsigned long long)all);
    *ok = false;
  }
  if (rc >= 0 && dsr_eval_made(eval) < all) *ok = false;
  if (eval != NULL) apart += dsr_eval_apart(eval);
  dsr_eval_free(eval);
  dsr_numbers_free(numbers);
  return rc;
}

/* Let allocations fail one after the other until none does. */
static bool run_with_faults(program *p, const dsr_bounds *bounds, dsr_error *error) {
  uint64_t state = chance_state;
  for (long at = 1;; at++) {
    bool ok;
    chance_state = state;
    dsr_error_clear(error);
    dsr_mem_fail_at(at);
    dsr_status rc = run_once(p, bounds, error, &ok);
    dsr_mem_fail_at(0);
    if (rc >= 0) return ok;
    if (rc != DSR_ENOMEM || error->len == 0) {
      printf("allocation %ld failed: %d, %s\n", at, (int)rc, error->text);
      return false;
    }
  }
}

static bool step(unsigned long long seed, long number, dsr_error *error) {
  static program p;
  bool ok = false;
  chance_state = seed * UINT64_C(1000003) + (uint64_t)number;
  make_program(&p);
  solve_all(&p);
  dsr_bounds bounds = {.threads = (int)(number % 4) + 1, .worth = number % 3 + 1};
  dsr_status rc = run_once(&p, &bounds, error, &ok);
  if (rc < 0) printf("came to %d: %s\n", (int)rc, error->text);
  if (rc >= 0 && ok && number % 50 < 2) ok = run_with_faults(&p, &bounds, error);
  if (rc >= 0 && ok) return true;
  printf("step %ld differs:\n", number);
  print_program(&p);
  return false;
}

int main(int argc, char **argv) {
  unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  long steps = argc > 2 ? strtol(argv[2], NULL, 10) : 1000;
  static dsr_error error;
  for (long i = 1; i <= steps; i++) {
    if (!step(seed, i, &error)) {
      printf("eval_run: seed %llu: differed\n", seed);
      return 1;
    }
  }
  printf("eval_run: agreed on %ld programs, seed %llu; %llu runs by several threads\n",
         steps, seed, (unsigned long long)apart);
  return 0;
}
