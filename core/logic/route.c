/*
** route.c - planning a stratum: which pipelines its rules become.
**
** What may grow while a stratum runs is what it derives itself and, with demand, whatever is
** derived as it is asked for.  A rule that reads something of that kind in a way that needs
** it complete (negated, or with a value for nothing) is guarded: its one growing atom is
** handed out only after the calls.
**
** All paths of a stratum are found before the first operator is made, so that orders of
** columns can serve several of them.
*/
#include "logic/route.h"

#include <string.h>

#include "ground/mem.h"
#include "logic/ease.h"
#include "logic/path.h"

/* ---- what grows ------------------------------------------------------------------- */

/* Does the rule read what is asked for, or what was begun from it? */
static bool reads_asked(const dsr_router *router, const dsr_rule *rule) {
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || goal->negated || goal->otherwise) continue;
    dsr_predicate_use use = router->book->predicates.items[goal->predicate].use;
    if (use == DSR_USE_DEMAND) return true;
    if (!router->seats[goal->predicate].grows) continue;
    if (use == DSR_USE_BEGUN || rule->origin == DSR_ORIGIN_FOLD) return true;
  }
  return false;
}

/* With demand every rule of a predicate that is not derived whole begins with what is asked
** for.  One that is whole is complete once its stratum has run, whatever it reads. */
static void find_growing(dsr_router *router) {
  const dsr_rulebook *book = router->book;
  for (size_t i = 0; i < book->predicates.len; i++) {
    router->seats[i].grows = book->predicates.items[i].use == DSR_USE_DEMAND;
  }
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < book->rules.len; i++) {
      const dsr_rule *rule = &book->rules.items[i];
      if (router->seats[rule->head].grows || !reads_asked(router, rule)) continue;
      router->seats[rule->head].grows = more = true;
    }
  }
}

bool dsr_route_grows(const dsr_router *router, int predicate, int stratum) {
  const dsr_predicate *p = &router->book->predicates.items[predicate];
  return p->kind == DSR_PREDICATE_RULED &&
         (p->component == stratum || router->seats[predicate].grows);
}

/* ---- the router ------------------------------------------------------------------- */

static dsr_status make_extent(dsr_router *router, const dsr_predicate *p,
                              dsr_extent **out) {
  void *ud;
  dsr_better better;
  dsr_extent_kind kind = p->best != 0 ? DSR_EXTENT_BEST : DSR_EXTENT_MADE;
  TRY(dsr_eval_extent(router->eval, kind, p->width, out));
  if (p->best == 0) return DSR_OK;
  TRY(dsr_calls_better(router->calls, p->best, &better, &ud));
  dsr_extent_order_best(*out, better, ud);
  return DSR_OK;
}

/* Numbers of an earlier run stand for those of this one. */
static void recall(dsr_router *router) {
  for (size_t i = 0; router->routes->seats != NULL && i < router->book->predicates.len;
       i++) {
    router->seats[i] = router->routes->seats[i];
    router->seats[i].extent = NULL;
    router->seats[i].recalled = router->seats[i].counted;
  }
}

dsr_status dsr_router_remember(const dsr_router *router) {
  size_t n = router->book->predicates.len + 1;
  dsr_routes *routes = router->routes;
  if (routes->seats == NULL) routes->seats = dsr_alloc(n * sizeof *routes->seats);
  if (routes->seats == NULL) return dsr_fail_memory(router->error);
  memcpy(routes->seats, router->seats, n * sizeof *routes->seats);
  return DSR_OK;
}

void dsr_routes_free(dsr_routes *routes) {
  for (size_t i = 0; i < routes->paths.len; i++) dsr_free(routes->paths.items[i].steps);
  VEC_FREE(&routes->paths);
  VEC_FREE(&routes->rows);
  VEC_FREE(&routes->rows_chosen);
  dsr_free(routes->seats);
  routes->seats = NULL;
}

dsr_status dsr_router_start(dsr_router *router, const dsr_rulebook *book,
                            dsr_routes *routes, const dsr_route_options *options,
                            dsr_calls *calls, dsr_eval *eval, dsr_error *error) {
  *router = (dsr_router){.book = book, .options = options, .calls = calls};
  router->routes = routes;
  router->eval = eval;
  router->error = error;
  router->random = options->shuffle;
  router->seats = dsr_alloc((book->predicates.len + 1) * sizeof *router->seats);
  if (router->seats == NULL) return dsr_fail_memory(error);
  recall(router);
  for (size_t i = 0; i < book->predicates.len; i++) {
    const dsr_predicate *p = &book->predicates.items[i];
    if (p->kind == DSR_PREDICATE_RULED) {
      TRY(make_extent(router, p, &router->seats[i].extent));
    }
  }
  for (size_t i = 0; i < book->strata.len; i++) {
    int number;
    TRY(dsr_eval_component(eval, &number));
  }
  find_growing(router);
  return DSR_OK;
}

void dsr_router_stop(dsr_router *router) {
  dsr_free(router->seats);
  VEC_FREE(&router->routed);
  VEC_FREE(&router->columns);
  *router = (dsr_router){0};
}

void dsr_router_seat(dsr_router *router, int predicate, dsr_extent *extent) {
  router->seats[predicate].extent = extent;
}

/* ---- rules ------------------------------------------------------------------------ */

/* Is an atom's extent empty for good? */
static dsr_status never_holds(const dsr_router *router, const dsr_rule *rule,
                              bool *out) {
  *out = false;
  for (int i = 0; i < rule->n_goals && !*out; i++) {
    uint64_t count;
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || goal->negated || goal->otherwise) continue;
    if (dsr_route_grows(router, goal->predicate, rule->stratum)) continue;
    TRY(dsr_extent_count(router->seats[goal->predicate].extent, &count));
    *out = count == 0;
  }
  return DSR_OK;
}

/* Look for a path. */
static dsr_status search(dsr_router *router, dsr_found_path *path) {
  dsr_sketch body;
  dsr_routes *routes = router->routes;
  if (!VEC_RESERVE(&routes->paths, 1)) return dsr_fail_memory(router->error);
  TRY(dsr_sketch_start(&body, router, path->rule, path->first));
  dsr_status rc = dsr_path_find(&body, &path->steps, &path->n_steps);
  dsr_sketch_stop(&body);
  TRY(rc);
  routes->searches++;
  (void)VEC_PUSH(&routes->paths, *path);
  return DSR_OK;
}

/* The steps of a path, as they were found before or are now. */
static dsr_status steps_of(dsr_router *router, dsr_routed *routed) {
  dsr_found_path path = {.rule = routed->rule, .first = routed->first};
  bool found = false;
  for (size_t i = 0; i < router->routes->paths.len && !found; i++) {
    const dsr_found_path *met = &router->routes->paths.items[i];
    found = met->rule == path.rule && met->first == path.first;
    if (found) path = *met;
  }
  if (!found) TRY(search(router, &path));
  routed->steps = path.steps;
  routed->n_steps = path.n_steps;
  return DSR_OK;
}

/* Find one path of a rule. */
static dsr_status find_path(dsr_router *router, const dsr_rule *rule, int first,
                            bool guarded) {
  dsr_routed routed = {.rule = rule, .first = first, .guarded = guarded};
  if (!VEC_RESERVE(&router->routed, 1)) return dsr_fail_memory(router->error);
  TRY(never_holds(router, rule, &routed.never));
  if (!routed.never) TRY(steps_of(router, &routed));
  (void)VEC_PUSH(&router->routed, routed);
  return DSR_OK;
}

/* Make the pipeline of a path. */
static dsr_status lower_path(dsr_router *router, dsr_routed *routed, dsr_op *ops) {
  int n;
  dsr_sketch body;
  const dsr_rule *rule = routed->rule;
  TRY(dsr_sketch_start(&body, router, rule, routed->first));
  dsr_status rc = dsr_lower_path(&body, routed->steps, routed->n_steps, ops, &n);
  dsr_sketch_stop(&body);
  TRY(rc);
  dsr_ease_head(router, routed, ops, n);
  if (routed->first < 0) {
    return dsr_eval_once(router->eval, rule->stratum, ops, n, &routed->pipeline);
  }
  dsr_extent *extent = router->seats[rule->goals[routed->first].predicate].extent;
  return dsr_eval_feed(router->eval, rule->stratum, extent, routed->guarded, ops, n,
                       &routed->pipeline);
}

static dsr_status lower_paths(dsr_router *router, size_t from) {
  dsr_status rc = DSR_OK;
  for (size_t i = from; i < router->routed.len; i++) {
    TRY(dsr_columns_want_all(router, &router->routed.items[i]));
  }
  /* Not zeroed: each is when it is made, and there are few. */
  dsr_op *ops = dsr_resize(NULL, DSR_PATH_OPS * sizeof *ops);
  if (ops == NULL) return dsr_fail_memory(router->error);
  for (size_t i = from; i < router->routed.len && rc >= 0; i++) {
    dsr_routed *routed = &router->routed.items[i];
    if (routed->n_steps > 0) rc = lower_path(router, routed, ops);
  }
  dsr_free(ops);
  dsr_columns_fix(router);
  return rc;
}

/* Does the rule need something complete that may still grow? */
static bool is_guarded(const dsr_router *router, const dsr_rule *rule) {
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind == DSR_GOAL_ATOM && (goal->negated || goal->otherwise) &&
        dsr_route_grows(router, goal->predicate, rule->stratum)) {
      return true;
    }
  }
  return false;
}

static dsr_status plan_rule(dsr_router *router, const dsr_rule *rule) {
  bool guarded = is_guarded(router, rule), fed = false;
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || goal->negated || goal->otherwise) continue;
    if (!dsr_route_grows(router, goal->predicate, rule->stratum)) continue;
    fed = true;
    TRY(find_path(router, rule, i, guarded));
  }
  return fed ? DSR_OK : find_path(router, rule, -1, false);
}

static dsr_status plan_fold(dsr_router *router, const dsr_rule *rule) {
  dsr_fold_call call;
  void *ud;
  dsr_routed routed = {.rule = rule, .first = -1};
  TRY(dsr_calls_fold(router->calls, rule->fold, &call, &ud));
  TRY(dsr_eval_fold(router->eval, rule->stratum,
                    router->seats[rule->goals[0].predicate].extent, rule->groups, call,
                    ud, router->seats[rule->head].extent));
  return VEC_PUSH(&router->routed, routed) ? DSR_OK : dsr_fail_memory(router->error);
}

/* ---- rows ------------------------------------------------------------------------- */

/* Has a step a way into an extent of three columns and more by all columns but one?  Then
** that is let stand in rows. */
static dsr_status ask_for_rows(const dsr_router *router, const dsr_rule *rule,
                               const dsr_path_step *step) {
  for (int m = 0; m < step->n_members; m++) {
    const dsr_member *member = &step->members[m];
    int predicate = rule->goals[member->goal].predicate;
    dsr_extent *extent = router->seats[predicate].extent;
    unsigned rest = ((1u << dsr_extent_width(extent)) - 1) & ~member->known;
    if (router->book->predicates.items[predicate].component != rule->stratum) continue;
    if (__builtin_popcount(rest) != 1) continue;
    dsr_rows_of rows = {predicate, __builtin_ctz(rest)};
    if (dsr_extent_by_rows(extent, rows.column) != DSR_OK) continue;
    if (!VEC_PUSH(&router->routes->rows, rows)) return dsr_fail_memory(router->error);
  }
  return DSR_OK;
}

static bool is_wide(const dsr_router *router, int stratum) {
  const dsr_rulebook *book = router->book;
  for (size_t i = 0; i < book->predicates.len; i++) {
    const dsr_predicate *p = &book->predicates.items[i];
    if (p->component == stratum && p->width > 2 && p->best == 0) return true;
  }
  return false;
}

/* Plan all rules as if no extent stood in rows, ask for rows by that, and forget it. */
static dsr_status try_paths(dsr_router *router, int stratum) {
  const dsr_rulebook *book = router->book;
  dsr_routes *routes = router->routes;
  size_t from = router->routed.len, paths = routes->paths.len;
  dsr_status rc = DSR_OK;
  for (size_t i = 0; i < book->rules.len && rc >= 0; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    if (rule->stratum != stratum || rule->origin == DSR_ORIGIN_FOLD) continue;
    rc = plan_rule(router, rule);
  }
  while (router->routed.len > from) {
    dsr_routed *routed = &router->routed.items[--router->routed.len];
    for (int k = 0; k < routed->n_steps && rc >= 0; k++) {
      rc = ask_for_rows(router, routed->rule, &routed->steps[k]);
    }
  }
  while (routes->paths.len > paths) {
    dsr_free(routes->paths.items[--routes->paths.len].steps);
  }
  return rc;
}

/* Choose which extents of the stratum are to stand in rows, or have them do as was chosen
** before.  Wide ones only need it. */
static dsr_status choose_rows(dsr_router *router, int stratum) {
  dsr_routes *routes = router->routes;
  if (!is_wide(router, stratum)) return DSR_OK;
  for (size_t i = 0; i < routes->rows_chosen.len; i++) {
    if (routes->rows_chosen.items[i] != stratum) continue;
    for (size_t k = 0; k < routes->rows.len; k++) {
      const dsr_rows_of *rows = &routes->rows.items[k];
      if (router->book->predicates.items[rows->predicate].component != stratum)
        continue;
      (void)dsr_extent_by_rows(router->seats[rows->predicate].extent, rows->column);
    }
    return DSR_OK;
  }
  TRY(try_paths(router, stratum));
  return VEC_PUSH(&routes->rows_chosen, stratum) ? DSR_OK
                                                 : dsr_fail_memory(router->error);
}

/* ---- strata ----------------------------------------------------------------------- */

dsr_status dsr_route_stratum(dsr_router *router, int stratum) {
  const dsr_rulebook *book = router->book;
  const dsr_stratum *own = &book->strata.items[stratum];
  size_t from = router->routed.len;
  router->planning = stratum;
  TRY(dsr_ease_bodies(router, stratum));
  for (size_t i = 0; i < own->calls.len; i++) {
    TRY(dsr_eval_calls(router->eval, stratum, own->calls.items[i]));
  }
  TRY(choose_rows(router, stratum));
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    if (rule->stratum != stratum) continue;
    TRY(rule->origin == DSR_ORIGIN_FOLD ? plan_fold(router, rule)
                                        : plan_rule(router, rule));
  }
  return lower_paths(router, from);
}
