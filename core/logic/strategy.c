/*
** strategy.c - one run of a rulebook: shelf, demand, strata, and what is kept.
*/
#include "logic/strategy.h"

#include <string.h>

#include "ground/mem.h"

/* Answers of one query that are shelved take at most this part of what shelves hold: they
** are of use to that query only. */
enum { ANSWERS_SHARE = 64 };

static dsr_error *error_of(const dsr_evaluation *e) {
  return dsr_facts_error(dsr_world_facts(e->world));
}

/* ---- the strategy ------------------------------------------------------------------- */

/* Let go of the plan; numbers stay. */
static void forget_plan(dsr_strategy *s) {
  dsr_routes_free(&s->routes);
  dsr_rulebook_free(s->demanded);
  dsr_rulebook_free(s->reduced);
  dsr_free(s->shelved);
  s->demanded = s->reduced = NULL;
  s->shelved = NULL;
}

void dsr_strategy_stop(dsr_strategy *s) {
  forget_plan(s);
  dsr_free(s->numbers);
  *s = (dsr_strategy){0};
}

void dsr_strategy_start(dsr_strategy *s, const dsr_rulebook *book, bool anew) {
  dsr_strategy_stop(s);
  s->book = book;
  s->anew = anew;
}

/* Begin anew where the world or what the planner was told is another. */
static void check_good(const dsr_evaluation *e) {
  dsr_strategy *s = e->strategy;
  const dsr_realm *realm = dsr_world_realm(e->world);
  uint64_t epoch = dsr_world_epoch(e->world);
  if (s->epoch == epoch && s->no_demand == realm->no_demand &&
      s->shuffle == realm->route.shuffle) {
    return;
  }
  bool whole = s->whole;
  dsr_strategy_start(s, s->book, s->anew);
  s->whole = whole;
  s->epoch = epoch;
  s->no_demand = realm->no_demand;
  s->shuffle = realm->route.shuffle;
}

/* ---- what is on the shelf ------------------------------------------------------------ */

static dsr_status number_all(const dsr_evaluation *e) {
  dsr_strategy *s = e->strategy;
  dsr_shelf *shelf = dsr_world_shelf(e->world);
  if (s->numbers != NULL || s->anew || shelf == NULL) return DSR_OK;
  uint32_t *numbers = dsr_alloc((s->book->predicates.len + 1) * sizeof *numbers);
  if (numbers == NULL) return dsr_fail_memory(error_of(e));
  dsr_status rc = dsr_shelf_number(shelf, s->book, numbers);
  if (rc < 0) {
    dsr_free(numbers);
    return rc;
  }
  s->numbers = numbers;
  return DSR_OK;
}

static dsr_status borrow(dsr_evaluation *e, int predicate, dsr_extent **out) {
  uint32_t number = e->strategy->numbers[predicate];
  if (!VEC_RESERVE(&e->borrowed, 1)) return dsr_fail_memory(error_of(e));
  *out = dsr_shelf_borrow(dsr_world_shelf(e->world), number);
  if (*out != NULL) (void)VEC_PUSH(&e->borrowed, number);
  return DSR_OK;
}

/* Borrow what is there; the answers alone, where they are. */
static dsr_status borrow_all(dsr_evaluation *e, dsr_extent **extents) {
  const dsr_rulebook *book = e->strategy->book;
  if (e->strategy->numbers == NULL) return DSR_OK;
  if (book->query >= 0) {
    TRY(borrow(e, book->query, &e->answers));
    if (e->answers != NULL) return DSR_OK;
  }
  for (size_t i = 0; i < book->predicates.len; i++) {
    TRY(borrow(e, (int)i, &extents[i]));
  }
  return DSR_OK;
}

/* ---- planning ------------------------------------------------------------------------ */

/* Is the plan one for what is on the shelf now? */
static bool fits(const dsr_strategy *s, dsr_extent *const *extents) {
  for (size_t i = 0; i < s->book->predicates.len; i++) {
    if (s->shelved[i] != (extents[i] != NULL)) return false;
    if (extents[i] != NULL && s->reduced->predicates.items[i].table != extents[i]) {
      return false;
    }
  }
  return true;
}

/* Explanations want all that bodies have. */
static unsigned how_to_ask(const dsr_strategy *s) {
  if (s->no_demand) return DSR_DEMAND_LEAST;
  return s->whole || s->book->asks ? 0 : DSR_DEMAND_TAILS;
}

static dsr_status make_plan(const dsr_evaluation *e, dsr_extent *const *extents) {
  dsr_strategy *s = e->strategy;
  const dsr_rulebook *book = s->book;
  size_t n = s->book->predicates.len;
  bool any = false;
  forget_plan(s);
  bool *shelved = dsr_alloc(n + 1);
  if (shelved == NULL) return dsr_fail_memory(error_of(e));
  for (size_t i = 0; i < n; i++) any = (shelved[i] = extents[i] != NULL) || any;
  dsr_status rc = DSR_OK;
  if (any) rc = dsr_rulebook_reduce(s->book, extents, error_of(e), &s->reduced);
  if (any) book = s->reduced;
  if (rc >= 0 && (!s->no_demand || book->asks)) {
    rc = dsr_rulebook_demand(book, how_to_ask(s), error_of(e), &s->demanded);
  }
  if (rc < 0) {
    dsr_free(shelved);
    return rc;
  }
  s->shelved = shelved;
  dsr_world_realm(e->world)->plans++;
  return DSR_OK;
}

static void give_parameters(const dsr_rulebook *from, dsr_rulebook *to) {
  for (size_t i = 0; to != NULL && i < from->parameters.len; i++) {
    to->parameters.items[i] = from->parameters.items[i];
  }
}

static dsr_status plan(dsr_evaluation *e, dsr_extent *const *extents) {
  dsr_strategy *s = e->strategy;
  if (s->shelved == NULL || !fits(s, extents)) TRY(make_plan(e, extents));
  give_parameters(s->book, s->reduced);
  give_parameters(s->book, s->demanded);
  e->book = s->demanded != NULL  ? s->demanded
            : s->reduced != NULL ? s->reduced
                                 : s->book;
  return DSR_OK;
}

/* ---- running ------------------------------------------------------------------------- */

/* Each stratum is planned when those before it are complete. */
static dsr_status run_strata(dsr_evaluation *e) {
  const dsr_realm *realm = dsr_world_realm(e->world);
  for (size_t i = 0; i < e->book->strata.len; i++) {
    TRY(dsr_route_stratum(&e->router, (int)i));
    if (e->book->strata.items[i].called) continue;
    TRY(dsr_eval_run(e->eval, (int)i, &realm->bounds));
  }
  return DSR_OK;
}

static dsr_status evaluate(dsr_evaluation *e) {
  dsr_world *world = e->world;
  dsr_realm *realm = dsr_world_realm(world);
  dsr_numbers *numbers = dsr_world_numbers(world);
  dsr_routes *routes = &e->strategy->routes;
  uint64_t searches = routes->searches, read = dsr_world_read(world);
  TRY(dsr_calls_new(numbers, dsr_world_facts(world), dsr_world_view(world),
                    realm->defined, error_of(e), &e->calls));
  TRY(dsr_eval_new(numbers, error_of(e), &e->eval));
  TRY(dsr_router_start(&e->router, e->book, routes, &realm->route, e->calls, e->eval,
                       error_of(e)));
  e->router.only_count = e->only_count;
  dsr_eval_labels(e->eval, dsr_route_label, &e->router);
  TRY(dsr_world_seat(world, e->book, &e->router, e->strategy->whole));
  TRY(run_strata(e));
  TRY(dsr_calls_failure(e->calls));
  realm->searches += routes->searches - searches;
  e->router.read = dsr_world_read(world) - read;
  return dsr_router_remember(&e->router);
}

/* ---- what is kept -------------------------------------------------------------------- */

/* The predicate as written that `at` is a whole copy of; -1. */
static int whole_of(const dsr_evaluation *e, int at) {
  const dsr_predicate *p = &e->book->predicates.items[at];
  if (p->kind != DSR_PREDICATE_RULED || e->router.seats[at].grows) return -1;
  if (e->book->strata.items[p->component].called) return -1;
  return e->book == e->strategy->demanded ? p->copy_of - 1 : at;
}

/* Whatever else may be derived, with a reduced book some predicates have no rules left. */
static bool has_rules(const dsr_evaluation *e, int predicate) {
  for (size_t i = 0; i < e->book->rules.len; i++) {
    if (e->book->rules.items[i].head == predicate) return true;
  }
  return false;
}

static void keep(dsr_evaluation *e, int at, int of) {
  dsr_shelf *shelf = dsr_world_shelf(e->world);
  dsr_extent *extent = e->router.seats[at].extent;
  const dsr_predicate *p = &e->strategy->book->predicates.items[of];
  if (dsr_extent_only_counts(extent)) return;
  size_t bytes = dsr_extent_bytes(extent);
  size_t share = p->use == DSR_USE_QUERY ? ANSWERS_SHARE : 1;
  if (bytes > SIZE_MAX / share || p->use == DSR_USE_TUPLES) return;
  uint32_t number = e->strategy->numbers[of];
  if (!dsr_shelf_wants(shelf, number, bytes * share) || !has_rules(e, at)) return;
  if (!VEC_RESERVE(&e->borrowed, 1)) return; /* it is only not kept */
  dsr_eval_release(e->eval, extent);
  dsr_shelf_put(shelf, number, extent);
  (void)VEC_PUSH(&e->borrowed, number);
}

/* The order of a best extent was that of the run's calls; nothing is added any more that
** would ask for it.  What is put on the shelf is borrowed for as long as the run is looked at. */
static void keep_all(dsr_evaluation *e) {
  if (e->strategy->numbers == NULL) return;
  for (size_t i = 0; i < e->book->predicates.len; i++) {
    int of = whole_of(e, (int)i);
    if (of >= 0) keep(e, (int)i, of);
  }
}

/* ---- the whole ----------------------------------------------------------------------- */

static dsr_status run(dsr_evaluation *e, dsr_extent **extents) {
  check_good(e);
  TRY(number_all(e));
  TRY(borrow_all(e, extents));
  if (e->answers != NULL) return DSR_OK;
  TRY(plan(e, extents));
  TRY(evaluate(e));
  if (e->book->query >= 0) e->answers = e->router.seats[e->book->query].extent;
  keep_all(e);
  return DSR_OK;
}

dsr_status dsr_evaluation_run(dsr_evaluation *e, dsr_world *world, dsr_strategy *s,
                              bool only_count) {
  *e = (dsr_evaluation){.world = world, .strategy = s, .only_count = only_count};
  dsr_extent **extents =
      dsr_alloc((s->book->predicates.len + 1) * sizeof(dsr_extent *));
  if (extents == NULL) return dsr_fail_memory(error_of(e));
  dsr_world_enter(world);
  e->entered = true;
  dsr_status rc = run(e, extents);
  e->done = rc >= 0;
  if (rc == DSR_ESTOPPED) dsr_world_realm(world)->stop = 0;
  dsr_free(extents);
  return rc;
}

void dsr_evaluation_stop(dsr_evaluation *e) {
  dsr_router_stop(&e->router);
  dsr_eval_free(e->eval);
  dsr_calls_free(e->calls);
  for (size_t i = 0; i < e->borrowed.len; i++) {
    dsr_shelf_give_back(dsr_world_shelf(e->world), e->borrowed.items[i], e->done);
  }
  VEC_FREE(&e->borrowed);
  if (e->entered) dsr_world_leave(e->world);
  *e = (dsr_evaluation){0};
}
