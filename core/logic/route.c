/*
** route.c - planning a stratum: which pipelines its rules become.
**
** What may grow while a stratum runs is what it derives itself and what it calls for.  A
** rule that reads something of a called stratum in a way that needs it complete (negated,
** or with a value for nothing) is guarded: its one growing atom is handed out only after
** the calls.
*/
#include "logic/route.h"

#include <string.h>

dsr_status dsr_router_start(dsr_router *router, const dsr_rulebook *book,
                            const dsr_route_options *options, dsr_calls *calls,
                            dsr_eval *eval, dsr_error *error) {
  *router = (dsr_router){.book = book, .options = options, .calls = calls};
  router->eval = eval;
  router->error = error;
  router->random = options->shuffle;
  router->seats = dsr_alloc((book->predicates.len + 1) * sizeof *router->seats);
  if (router->seats == NULL) return dsr_fail_memory(error);
  for (size_t i = 0; i < book->predicates.len; i++) {
    const dsr_predicate *p = &book->predicates.items[i];
    if (p->kind != DSR_PREDICATE_RULED) continue;
    dsr_extent **extent = &router->seats[i].extent;
    dsr_extent_kind kind = p->best != 0 ? DSR_EXTENT_BEST : DSR_EXTENT_MADE;
    TRY(dsr_eval_extent(eval, kind, p->width, extent));
    if (p->best == 0) continue;
    void *ud;
    dsr_better better;
    TRY(dsr_calls_better(calls, p->best, &better, &ud));
    dsr_extent_order_best(*extent, better, ud);
  }
  for (size_t i = 0; i < book->strata.len; i++) {
    int number;
    TRY(dsr_eval_component(eval, &number));
  }
  return DSR_OK;
}

void dsr_router_stop(dsr_router *router) {
  dsr_free(router->seats);
  VEC_FREE(&router->routed);
  *router = (dsr_router){0};
}

void dsr_router_seat(dsr_router *router, int predicate, dsr_extent *extent) {
  router->seats[predicate].extent = extent;
}

bool dsr_route_grows(const dsr_router *router, int predicate, int stratum) {
  const dsr_predicate *p = &router->book->predicates.items[predicate];
  if (p->kind != DSR_PREDICATE_RULED) return false;
  if (p->component == stratum) return true;
  const dsr_stratum *own = &router->book->strata.items[stratum];
  for (size_t i = 0; i < own->calls.len; i++) {
    if (own->calls.items[i] == p->component) return true;
  }
  return false;
}

/* ---- rules ----------------------------------------------------------------------- */

static dsr_status note(dsr_router *router, const dsr_rule *rule, int first,
                       bool guarded, dsr_pipeline *pipeline) {
  dsr_routed routed = {rule, rule->stratum, first, guarded, pipeline};
  return VEC_PUSH(&router->routed, routed) ? DSR_OK : dsr_fail_memory(router->error);
}

/* One pipeline of a rule. */
static dsr_status plan_path(dsr_router *router, const dsr_rule *rule, int first,
                            bool guarded) {
  dsr_pipeline *pipeline = NULL;
  int n;
  dsr_op *ops = dsr_alloc(DSR_PATH_OPS * sizeof *ops);
  if (ops == NULL) return dsr_fail_memory(router->error);
  dsr_status rc = dsr_path_find(router, rule, first, ops, &n);
  if (rc >= 0 && n > 0 && first >= 0) {
    dsr_extent *extent = router->seats[rule->goals[first].predicate].extent;
    rc = dsr_eval_feed(router->eval, rule->stratum, extent, guarded, ops, n, &pipeline);
  } else if (rc >= 0 && n > 0) {
    rc = dsr_eval_once(router->eval, rule->stratum, ops, n, &pipeline);
  }
  dsr_free(ops);
  return rc < 0 ? rc : note(router, rule, first, guarded, pipeline);
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
    TRY(plan_path(router, rule, i, guarded));
  }
  return fed ? DSR_OK : plan_path(router, rule, -1, false);
}

static dsr_status plan_fold(dsr_router *router, const dsr_rule *rule) {
  dsr_fold_call call;
  void *ud;
  TRY(dsr_calls_fold(router->calls, rule->fold, &call, &ud));
  TRY(dsr_eval_fold(router->eval, rule->stratum,
                    router->seats[rule->goals[0].predicate].extent, rule->groups, call,
                    ud, router->seats[rule->head].extent));
  return note(router, rule, -1, false, NULL);
}

dsr_status dsr_route_stratum(dsr_router *router, int stratum) {
  const dsr_rulebook *book = router->book;
  const dsr_stratum *own = &book->strata.items[stratum];
  router->planning = stratum;
  for (size_t i = 0; i < own->calls.len; i++) {
    TRY(dsr_eval_calls(router->eval, stratum, own->calls.items[i]));
  }
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    if (rule->stratum != stratum) continue;
    TRY(rule->origin == DSR_ORIGIN_FOLD ? plan_fold(router, rule)
                                        : plan_rule(router, rule));
  }
  return DSR_OK;
}
