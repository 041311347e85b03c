/*
** why.c - the proof of an answer, as a list of steps.
**
** Steps are found from the answer down, each tuple's rule and instance from the heights of
** what they rest on.  A step's trust is known when all below it is; so it is filled in
** afterwards.  What is not told any more (too many steps, rows after the first ten) is
** gone through all the same, since the weakest leaf may be there.
*/
#include "logic/why.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/mem.h"
#include "ground/text.h"

/* What was found of a derived tuple. */
typedef struct proved {
  bool told; /* its proof stands among the steps, or what of it there is */
  int trust;
} proved;

typedef struct prover {
  dsr_account *why;
  dsr_world *world;
  dsr_heights *heights;
  dsr_instances *in;
  proved *proved;
  int quiet; /* above zero: nothing is told */
  bool cut;
} prover;

static dsr_status prove(prover *p, int64_t at, int depth, int *trust);

static const dsr_predicate *predicate_at(const prover *p, int predicate) {
  return &p->in->book->predicates.items[predicate];
}

/* ---- steps --------------------------------------------------------------------------- */

static void note(prover *p, size_t step, const char *how) {
  if (step < p->why->steps.len) p->why->steps.items[step].how = dsr_str_of(how);
}

static void note_trust(prover *p, size_t step, int trust) {
  if (step < p->why->steps.len) p->why->steps.items[step].trust = dsr_why_trust(trust);
}

/* A step, unless no more are told; *step: where it is, past the end where it is not. */
static dsr_status tell(prover *p, int depth, dsr_why_kind kind, dsr_str text,
                       const dsr_rule *rule, size_t *step) {
  *step = SIZE_MAX;
  if (p->why->steps.len >= DSR_WHY_STEPS) p->cut = true;
  if (p->quiet > 0 || p->cut) return DSR_OK;
  *step = p->why->steps.len;
  return dsr_why_step_add(p->why, p->in, depth, kind, text, rule);
}

static int weaker(int a, int b) { return a < b ? a : b; }

/* ---- which instance -------------------------------------------------------------------- */

typedef struct choice {
  prover *p;
  const dsr_rule *rule;
  int below; /* only tuples lower than this take part */
  bool any;
  int exact; /* of the best: tests of time against the very time */
  dsr_instance best;
} choice;

static bool admit(void *ud, const dsr_goal *goal, const uint32_t *tuple) {
  const choice *c = ud;
  if (predicate_at(c->p, goal->predicate)->kind != DSR_PREDICATE_RULED) return true;
  int64_t at = dsr_heights_find(c->p->heights, goal->predicate, tuple);
  if (at < 0) return false;
  int height = dsr_heights_of(c->p->heights, at);
  return height >= 0 && height < c->below;
}

/* Of a query: how many of its tests of time are met by the very time that they name. */
static dsr_status count_exact(choice *c, const dsr_instance *at, int *out) {
  *out = 0;
  for (int i = 0; i < c->rule->n_goals; i++) {
    const dsr_goal *goal = &c->rule->goals[i];
    uint32_t args[2];
    bool known;
    if (goal->kind != DSR_GOAL_TIME || c->rule->origin != DSR_ORIGIN_QUERY) continue;
    TRY(dsr_instance_tuple(c->p->in, at, goal->args, 2, args, &known));
    *out += known && args[0] == args[1];
  }
  return DSR_OK;
}

/* Is `a` before the best so far: by the atoms' values, from left to right. */
static dsr_status before(choice *c, const dsr_instance *a, bool *out) {
  *out = false;
  for (int i = 0; i < c->rule->n_goals; i++) {
    const dsr_goal *goal = &c->rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || goal->negated) continue;
    if (a->empty[i] || c->best.empty[i]) continue;
    for (int k = 0; k < goal->n_args; k++) {
      int order;
      TRY(dsr_why_order(c->p->in, a->tuples[i][k], c->best.tuples[i][k], &order));
      *out = order < 0;
      if (order != 0) return DSR_OK;
    }
  }
  return DSR_OK;
}

static void copy(const dsr_rule *rule, const dsr_instance *from, dsr_instance *to) {
  size_t vars = (size_t)rule->n_vars, goals = (size_t)rule->n_goals;
  if (vars > 0) memcpy(to->values, from->values, vars * sizeof *to->values);
  if (goals == 0) return;
  memcpy(to->empty, from->empty, goals * sizeof *to->empty);
  memcpy(to->tuples, from->tuples, goals * sizeof *to->tuples);
}

static dsr_status found(void *ud, const dsr_instance *instance) {
  choice *c = ud;
  int exact;
  bool better = !c->any;
  TRY(count_exact(c, instance, &exact));
  if (c->any && exact == c->exact) TRY(before(c, instance, &better));
  if (better || exact > c->exact) {
    copy(c->rule, instance, &c->best);
    c->exact = exact;
  }
  c->any = true;
  return DSR_OK;
}

/* The least instance of a rule that gives the tuple; c->any false: there is none. */
static dsr_status choose_instance(choice *c, const uint32_t *tuple) {
  dsr_instance at;
  dsr_arena arena = {0};
  bool fits = true;
  dsr_instance_watch watch = {admit, found, c};
  int width = predicate_at(c->p, c->rule->head)->width;
  dsr_error *error = c->p->in->error;
  dsr_status rc = dsr_instance_new(c->rule, &c->p->why->arena, error, &c->best);
  if (rc >= 0) rc = dsr_instance_new(c->rule, &arena, error, &at);
  if (rc >= 0) {
    rc = dsr_instance_match(c->p->in, &at, c->rule->args, width, tuple, &fits);
  }
  if (rc >= 0 && fits) rc = dsr_instance_each(c->p->in, c->rule, &at, &watch);
  dsr_arena_free(&arena);
  return rc < 0 ? rc : DSR_OK;
}

/* The first rule that gives a tuple from lower ones. */
static dsr_status choose(prover *p, int64_t at, choice *out) {
  int predicate = dsr_heights_predicate(p->heights, at);
  for (size_t i = 0; i < p->in->book->rules.len; i++) {
    *out = (choice){.p = p, .rule = &p->in->book->rules.items[i]};
    out->below = dsr_heights_of(p->heights, at);
    if (out->rule->head != predicate) continue;
    if (out->rule->origin == DSR_ORIGIN_FOLD) continue;
    TRY(choose_instance(out, dsr_heights_tuple(p->heights, at)));
    if (out->any) return DSR_OK;
  }
  return DSR_OK;
}

/* ---- goals ----------------------------------------------------------------------------- */

static dsr_status tell_stored(prover *p, int predicate, const uint32_t *tuple,
                              int depth, int *trust) {
  dsr_str text;
  dsr_why_step claims = {0};
  size_t step;
  bool table = predicate_at(p, predicate)->kind == DSR_PREDICATE_TABLE;
  *trust = DSR_WHY_UNSUPPORTED;
  TRY(dsr_why_tuple(p->why, p->in, predicate, tuple, &text));
  TRY(tell(p, depth, table ? DSR_WHY_TABLE : DSR_WHY_FACT, text, NULL, &step));
  if (!table) {
    TRY(dsr_why_leaf(p->why, p->world, p->in, predicate, tuple, false, &claims, trust));
  }
  if (step < p->why->steps.len) {
    p->why->steps.items[step].claims = claims.claims;
    p->why->steps.items[step].n_claims = claims.n_claims;
    p->why->steps.items[step].how = claims.how;
  }
  note_trust(p, step, *trust);
  return DSR_OK;
}

/* A goal that rests on nothing, or on there being nothing. */
static dsr_status tell_test(prover *p, const choice *c, const dsr_goal *goal,
                            int depth) {
  dsr_str text;
  size_t step;
  TRY(dsr_why_goal(p->why, p->in, c->rule, goal, c->best.values, NULL, &text));
  return tell(p, depth, goal->negated ? DSR_WHY_NOT : DSR_WHY_COMPUTED, text, NULL,
              &step);
}

static dsr_status tell_empty(prover *p, const choice *c, const dsr_goal *goal,
                             int depth) {
  dsr_str text;
  size_t step;
  TRY(dsr_why_goal(p->why, p->in, c->rule, goal, c->best.values, NULL, &text));
  TRY(tell(p, depth, DSR_WHY_AGGREGATE, text, NULL, &step));
  note(p, step, "no rows");
  return DSR_OK;
}

static dsr_status tell_goal(prover *p, const choice *c, int i, int depth, int *trust) {
  const dsr_goal *goal = &c->rule->goals[i];
  const uint32_t *tuple = c->best.tuples[i];
  *trust = DSR_WHY_FREE;
  if (goal->kind != DSR_GOAL_ATOM || goal->negated) return tell_test(p, c, goal, depth);
  if (c->best.empty[i]) return tell_empty(p, c, goal, depth);
  if (predicate_at(p, goal->predicate)->kind != DSR_PREDICATE_RULED) {
    return tell_stored(p, goal->predicate, tuple, depth, trust);
  }
  return prove(p, dsr_heights_find(p->heights, goal->predicate, tuple), depth, trust);
}

static dsr_status tell_goals(prover *p, const choice *c, int depth, int *trust) {
  *trust = DSR_WHY_FREE;
  for (int i = 0; i < c->rule->n_goals; i++) {
    int one;
    TRY(tell_goal(p, c, i, depth, &one));
    *trust = weaker(*trust, one);
  }
  return DSR_OK;
}

/* ---- aggregates ------------------------------------------------------------------------ */

/* The derived tuples that an aggregate's value is over, in order. */
typedef struct rows {
  prover *p;
  dsr_status rc;
  VEC(int64_t) items;
} rows;

static int compare_rows(const void *a, const void *b, void *ud) {
  rows *r = ud;
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  const uint32_t *one = dsr_heights_tuple(r->p->heights, x);
  const uint32_t *two = dsr_heights_tuple(r->p->heights, y);
  int order = 0;
  int width = predicate_at(r->p, dsr_heights_predicate(r->p->heights, x))->width;
  for (int i = 0; i < width && order == 0; i++) {
    dsr_status rc = dsr_why_order(r->p->in, one[i], two[i], &order);
    if (rc < 0) r->rc = rc;
  }
  return order;
}

static dsr_status find_rows(rows *r, const dsr_rule *fold, const uint32_t *tuple) {
  const dsr_heights *h = r->p->heights;
  for (int64_t i = 0; i < dsr_heights_all(h); i++) {
    if (dsr_heights_predicate(h, i) != fold->goals[0].predicate) continue;
    size_t bytes = (size_t)fold->groups * sizeof *tuple;
    if (memcmp(dsr_heights_tuple(h, i), tuple, bytes) != 0) continue;
    if (!VEC_PUSH(&r->items, i)) return dsr_fail_memory(r->p->in->error);
  }
  if (r->items.len > 1) {
    qsort_r(r->items.items, r->items.len, sizeof(int64_t), compare_rows, r);
  }
  return r->rc;
}

/* A row: the atom that it is, or its values over what they rest on. */
static dsr_status tell_row(prover *p, const dsr_rule *fold, int64_t at, int depth,
                           int *trust) {
  choice c;
  dsr_str text;
  size_t step;
  *trust = DSR_WHY_FREE;
  TRY(choose(p, at, &c));
  if (!c.any) return DSR_OK;
  if (c.rule->n_goals == 1) return tell_goals(p, &c, depth, trust);
  TRY(dsr_why_values(p->why, p->in, dsr_heights_tuple(p->heights, at), fold->groups,
                     predicate_at(p, c.rule->head)->width, &text));
  TRY(tell(p, depth, DSR_WHY_ROW, text, NULL, &step));
  TRY(tell_goals(p, &c, depth + 1, trust));
  note_trust(p, step, *trust);
  return DSR_OK;
}

static dsr_status tell_more(prover *p, int depth, const char *format, size_t n) {
  char text[80];
  size_t step;
  snprintf(text, sizeof text, format, n);
  dsr_str kept = dsr_arena_str(&p->why->arena, dsr_str_of(text));
  if (kept.data == NULL) return dsr_fail_memory(p->in->error);
  return tell(p, depth, DSR_WHY_MORE, kept, NULL, &step);
}

static dsr_status tell_rows(prover *p, rows *r, const dsr_rule *fold, int depth,
                            int *trust) {
  *trust = DSR_WHY_FREE;
  for (size_t i = 0; i < r->items.len; i++) {
    int one;
    if (i == DSR_WHY_ROWS) {
      TRY(tell_more(p, depth, "%zu more rows", r->items.len - DSR_WHY_ROWS));
    }
    p->quiet += i >= DSR_WHY_ROWS;
    dsr_status rc = tell_row(p, fold, r->items.items[i], depth, &one);
    p->quiet -= i >= DSR_WHY_ROWS;
    if (rc < 0) return rc;
    *trust = weaker(*trust, one);
  }
  return DSR_OK;
}

static dsr_status tell_fold(prover *p, const dsr_rule *fold, int64_t at, int depth,
                            int *trust) {
  rows r = {.p = p};
  char count[32];
  dsr_str text;
  size_t step;
  const uint32_t *tuple = dsr_heights_tuple(p->heights, at);
  TRY(dsr_why_tuple(p->why, p->in, fold->head, tuple, &text));
  TRY(tell(p, depth, DSR_WHY_AGGREGATE, text, NULL, &step));
  dsr_status rc = find_rows(&r, fold, tuple);
  if (rc >= 0 && step < p->why->steps.len) {
    snprintf(count, sizeof count, "%zu row%s", r.items.len,
             r.items.len == 1 ? "" : "s");
    dsr_str kept = dsr_arena_str(&p->why->arena, dsr_str_of(count));
    if (kept.data != NULL) p->why->steps.items[step].how = kept;
  }
  if (rc >= 0) rc = tell_rows(p, &r, fold, depth + 1, trust);
  VEC_FREE(&r.items);
  note_trust(p, step, *trust);
  return rc;
}

static const dsr_rule *fold_of(const prover *p, int predicate) {
  for (size_t i = 0; i < p->in->book->rules.len; i++) {
    const dsr_rule *rule = &p->in->book->rules.items[i];
    if (rule->origin == DSR_ORIGIN_FOLD && rule->head == predicate) return rule;
  }
  return NULL;
}

/* ---- derived tuples ---------------------------------------------------------------------- */

const char *dsr_why_way(dsr_rule_origin origin) {
  switch (origin) {
    case DSR_ORIGIN_IS:
      return "is";
    case DSR_ORIGIN_SYMMETRIC:
      return "symmetric";
    case DSR_ORIGIN_INVERSE:
      return "inverse";
    default:
      return NULL;
  }
}

/* The step of a derived tuple, and those that it rests on. */
static dsr_status tell_derived(prover *p, const choice *c, dsr_str text, int depth,
                               int *trust) {
  size_t step;
  const char *way = dsr_why_way(c->rule->origin);
  if (c->rule->origin == DSR_ORIGIN_QUERY) {
    bool alone = c->rule->n_goals == 1;
    for (int i = 0; i < c->rule->n_goals && !alone; i++) {
      alone = c->rule->goals[i].kind == DSR_GOAL_ATOM && c->rule->n_goals == 2 &&
              c->rule->goals[1 - i].kind == DSR_GOAL_TIME && c->exact == 1;
      if (alone) return tell_goal(p, c, i, depth, trust);
    }
    if (alone) return tell_goals(p, c, depth, trust);
    TRY(tell(p, depth, DSR_WHY_QUESTION, c->rule->clause->written, NULL, &step));
  } else {
    TRY(tell(p, depth, way != NULL ? DSR_WHY_SAME : DSR_WHY_DERIVED, text,
             way != NULL ? NULL : c->rule, &step));
    if (way != NULL) note(p, step, way);
  }
  TRY(tell_goals(p, c, depth + 1, trust));
  note_trust(p, step, *trust);
  return DSR_OK;
}

/* A tuple whose proof is not shown, or not found. */
static dsr_status tell_bare(prover *p, dsr_str text, int depth, dsr_why_kind kind,
                            const char *how, int trust) {
  size_t step;
  TRY(tell(p, depth, kind, text, NULL, &step));
  if (how != NULL) note(p, step, how);
  note_trust(p, step, trust);
  return DSR_OK;
}

static dsr_status prove_new(prover *p, int64_t at, dsr_str text, int depth,
                            int *trust) {
  const dsr_rule *fold = fold_of(p, dsr_heights_predicate(p->heights, at));
  choice c = {0};
  *trust = DSR_WHY_FREE;
  if (depth > DSR_WHY_DEPTH) {
    return tell_bare(p, text, depth, DSR_WHY_MORE, "too deep to be shown", *trust);
  }
  if (fold != NULL) return tell_fold(p, fold, at, depth, trust);
  TRY(choose(p, at, &c));
  if (!c.any) {
    return tell_bare(p, text, depth, DSR_WHY_DERIVED,
                     "from values that better ones have replaced", *trust);
  }
  if (c.rule->origin == DSR_ORIGIN_BASE) return tell_goals(p, &c, depth, trust);
  return tell_derived(p, &c, text, depth, trust);
}

static dsr_status prove(prover *p, int64_t at, int depth, int *trust) {
  dsr_str text;
  proved *known = &p->proved[at];
  if (known->told && p->quiet > 0) {
    *trust = known->trust;
    return DSR_OK;
  }
  TRY(dsr_why_tuple(p->why, p->in, dsr_heights_predicate(p->heights, at),
                    dsr_heights_tuple(p->heights, at), &text));
  if (known->told && dsr_heights_of(p->heights, at) > 0) {
    *trust = known->trust;
    return tell_bare(p, text, depth, DSR_WHY_AGAIN, NULL, *trust);
  }
  TRY(prove_new(p, at, text, depth, trust));
  known->trust = *trust;
  known->told = known->told || p->quiet == 0;
  return DSR_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

/* The first answer, in order of values; -1: there is none.  *n: how many there are. */
static dsr_status first_answer(prover *p, int64_t *out, size_t *n) {
  int query = p->in->book->query, width = predicate_at(p, query)->width;
  *out = -1;
  *n = 0;
  for (int64_t i = 0; i < dsr_heights_all(p->heights); i++) {
    int order = -1;
    if (dsr_heights_predicate(p->heights, i) != query) continue;
    ++*n;
    for (int k = 0; k < width && *out >= 0; k++) {
      TRY(dsr_why_order(p->in, dsr_heights_tuple(p->heights, i)[k],
                        dsr_heights_tuple(p->heights, *out)[k], &order));
      if (order != 0) break;
    }
    if (*out < 0 || order < 0) *out = i;
  }
  return DSR_OK;
}

static dsr_status prove_answer(prover *p) {
  int64_t answer;
  size_t n;
  int trust;
  TRY(first_answer(p, &answer, &n));
  if (answer < 0) return DSR_NOTHING;
  p->proved = dsr_alloc(((size_t)dsr_heights_all(p->heights) + 1) * sizeof *p->proved);
  if (p->proved == NULL) return dsr_fail_memory(p->in->error);
  dsr_status rc = prove(p, answer, 0, &trust);
  dsr_free(p->proved);
  if (rc >= 0 && n > 1 && !p->cut) {
    rc = tell_more(p, 1, "the first of %zu answers", n);
  }
  if (rc < 0 || !p->cut) return rc < 0 ? rc : DSR_OK;
  p->cut = false;
  dsr_str text = dsr_str_of("the proof goes on: these are its first 2000 steps");
  return dsr_why_step_add(p->why, p->in, 1, DSR_WHY_MORE, text, NULL);
}

static dsr_status make_book(dsr_world *world, const dsr_program *program,
                            const dsr_clause *query, dsr_rulebook **out) {
  const dsr_realm *realm = dsr_world_realm(world);
  dsr_rule_source source = {.query_program = program, .query = query};
  source.n_programs = realm->rules != NULL;
  source.programs = &realm->rules;
  source.tables = dsr_world_tables(world, &source.n_tables);
  source.defined = realm->defined;
  return dsr_rulebook_new(dsr_world_facts(world), dsr_world_view(world), &source,
                          dsr_facts_error(dsr_world_facts(world)), out);
}

static dsr_status explain(dsr_world *world, dsr_rulebook *book, const dsr_clause *query,
                          dsr_account *why) {
  prover p = {.why = why, .world = world};
  if (book->parameters.len > 0) {
    return dsr_fail(dsr_facts_error(dsr_world_facts(world)), DSR_EMISUSE,
                    "what is to be explained has no parameters; came $%s",
                    dsr_show(book->parameters.items[0].name).text);
  }
  TRY(dsr_heights_new(world, book, true, &p.heights));
  p.in = dsr_heights_in(p.heights);
  dsr_status rc = prove_answer(&p);
  dsr_heights_free(p.heights);
  if (rc != DSR_NOTHING) return rc;
  rc = dsr_why_not(why, world, book, query);
  return rc < 0 ? rc : DSR_NOTHING;
}

dsr_status dsr_why_explain(dsr_world *world, const dsr_program *program,
                           const dsr_clause *query, dsr_account *out) {
  dsr_rulebook *book;
  dsr_account why = {0};
  TRY(dsr_world_refresh(world));
  TRY(make_book(world, program, query, &book));
  dsr_facts_hold(dsr_world_facts(world), true); /* look-ups read one snapshot */
  dsr_status rc = explain(world, book, query, &why);
  dsr_facts_hold(dsr_world_facts(world), false);
  dsr_rulebook_free(book);
  if (rc < 0) {
    dsr_why_free(&why);
  } else {
    *out = why;
  }
  return rc;
}

void dsr_why_free(dsr_account *why) {
  VEC_FREE(&why->steps);
  dsr_arena_free(&why->arena);
}
