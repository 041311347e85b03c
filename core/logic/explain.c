/*
** explain.c - a plan in words, for --explain.
**
**   stratum 2: reach (recursive)
**     reach(X, Z) :- edge(X, Y), reach(Y, Z).
**       new reach(Y, Z), a row at a time
**       X of edge(X, Y)                              ~1.9
**       each new Z                                   ~15
**       add reach(X, Z)
**       12 runs, 5310 made, 4200 kept, 0.31 ms
**   facts read: 4210
**   orders: edge 1 2, edge 2 1
**
** A rule stands once for each pipeline.  A line says what an operator does: `each` goes
** through tuples, `of` through values that all the atoms named have, `if` asks.  What
** follows `~` is the planner's guess of how many rows there are by then, for each tuple or
** row that is fed, or in all.  An order lists columns, by which tuples are kept sorted.
** Facts that earlier queries have read and left in memory are not read again.
*/
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ground/mem.h"
#include "logic/path.h"

enum { GUESS_AT = 50 }; /* the column where guesses stand */

typedef struct teller {
  const dsr_router *router;
  const dsr_routed *routed;
  VEC(char) text;
  size_t line; /* where the line began */
} teller;

static dsr_status put(teller *t, dsr_str text) {
  if (text.len == 0) return DSR_OK;
  if (!VEC_RESERVE(&t->text, text.len)) return dsr_fail_memory(t->router->error);
  memcpy(t->text.items + t->text.len, text.data, text.len);
  t->text.len += text.len;
  return DSR_OK;
}

static dsr_status say(teller *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static dsr_status say(teller *t, const char *format, ...) {
  char buffer[200];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(buffer, sizeof buffer, format, args);
  va_end(args);
  return put(t,
             (dsr_str){buffer, n < (int)sizeof buffer ? (size_t)n : sizeof buffer - 1});
}

static dsr_status end_line(teller *t) {
  TRY(say(t, "\n"));
  t->line = t->text.len;
  return DSR_OK;
}

/* The end of a line with a guess of rows. */
static dsr_status end_guess(teller *t, double rows) {
  do TRY(say(t, " "));
  while (t->text.len - t->line < GUESS_AT);
  if (rows >= 1e15) {
    TRY(say(t, "~%.0e", rows));
  } else {
    TRY(say(t, rows < 10 ? "~%.2g" : "~%.0f", rows));
  }
  return end_line(t);
}

/* ---- rules and goals -------------------------------------------------------------- */

/* The rule without its final dot, from byte `skip` on; or only how long it is. */
static dsr_status put_rule(teller *t, const dsr_rule *rule, size_t skip, size_t *len) {
  dsr_arena arena = {0};
  dsr_str text;
  dsr_status rc = dsr_rule_write(t->router->book, rule, &arena, &text);
  if (rc >= 0) {
    size_t end = text.len > 0 ? text.len - 1 : 0;
    if (len != NULL) {
      *len = end;
    } else {
      rc = put(t, (dsr_str){text.data + skip, end > skip ? end - skip : 0});
    }
  }
  dsr_arena_free(&arena);
  return rc;
}

static dsr_status put_head(teller *t) {
  dsr_rule head = *t->routed->rule;
  head.origin = DSR_ORIGIN_WRITTEN;
  head.n_goals = 0;
  return put_rule(t, &head, 0, NULL);
}

static dsr_status put_goal(teller *t, int goal) {
  size_t head_len;
  dsr_rule one = *t->routed->rule;
  one.origin = DSR_ORIGIN_WRITTEN;
  one.n_goals = 0;
  TRY(put_rule(t, &one, 0, &head_len));
  one.goals += goal;
  one.n_goals = 1;
  return put_rule(t, &one, head_len + strlen(" :- "), NULL);
}

/* ---- steps ------------------------------------------------------------------------ */

/* The name of a needed variable: as it is numbered in the body. */
static dsr_status put_var(teller *t, const dsr_sketch *body, int var) {
  int own = body->vars[var];
  if (own < 0) return say(t, "the time");
  dsr_str name = t->routed->rule->vars[own];
  return name.len > 0 ? put(t, name) : say(t, "V%d", own + 1);
}

static dsr_status put_members(teller *t, const dsr_path_step *step) {
  for (int i = 0; i < step->n_members; i++) {
    TRY(say(t, i == 0 ? " of " : " and "));
    TRY(put_goal(t, step->members[i].goal));
  }
  return DSR_OK;
}

static dsr_status put_fed(teller *t, const dsr_path_step *step) {
  TRY(say(t, "new "));
  TRY(put_goal(t, step->goal));
  if (step->kind == DSR_STEP_CHUNK) TRY(say(t, ", a row at a time"));
  return t->routed->guarded ? say(t, ", when what it asks for is complete") : DSR_OK;
}

/* What the step says, and whether it has a guess. */
static dsr_status put_step(teller *t, const dsr_sketch *body, const dsr_path_step *step,
                           bool *guess) {
  *guess = false;
  switch (step->kind) {
    case DSR_STEP_ONCE:
      return say(t, "once");
    case DSR_STEP_DELTA:
    case DSR_STEP_CHUNK:
      return put_fed(t, step);
    case DSR_STEP_SLICE:
      *guess = true;
      TRY(say(t, "each new "));
      return put_var(t, body, step->var);
    case DSR_STEP_FILL:
      *guess = true;
      TRY(put_var(t, body, step->var));
      return put_members(t, step);
    case DSR_STEP_SCAN:
    case DSR_STEP_REST:
    case DSR_STEP_DEFAULT:
      *guess = step->kind != DSR_STEP_DEFAULT;
      TRY(say(t, "each "));
      return put_goal(t, step->goal);
    case DSR_STEP_HAS:
    case DSR_STEP_TEST:
      TRY(say(t, "if "));
      return put_goal(t, step->goal);
    case DSR_STEP_WRITTEN:
      TRY(say(t, "if "));
      TRY(put_var(t, body, step->var));
      return say(t, " is written");
    case DSR_STEP_CALL:
    case DSR_STEP_BIND:
    case DSR_STEP_ALIAS:
      TRY(say(t, "let "));
      return put_goal(t, step->goal);
  }
  return DSR_OK;
}

static dsr_status put_stats(teller *t) {
  if (t->routed->pipeline == NULL) return DSR_OK;
  const dsr_pipeline_stats *stats = dsr_pipeline_stats_of(t->routed->pipeline);
  if (stats->runs == 0) return DSR_OK;
  TRY(say(t, "    %llu run%s", (unsigned long long)stats->runs,
          stats->runs == 1 ? "" : "s"));
  if (stats->apart > 0) {
    TRY(say(t, " (%llu by several threads)", (unsigned long long)stats->apart));
  }
  TRY(say(t, ", %llu made, %llu kept, %.2f ms", (unsigned long long)stats->made,
          (unsigned long long)stats->kept, (double)stats->nanoseconds / 1e6));
  return end_line(t);
}

static dsr_status put_steps(teller *t, const dsr_sketch *body) {
  for (int i = 0; i < t->routed->n_steps; i++) {
    bool guess;
    const dsr_path_step *step = &t->routed->steps[i];
    TRY(say(t, "    "));
    TRY(put_step(t, body, step, &guess));
    TRY(guess ? end_guess(t, step->rows) : end_line(t));
  }
  TRY(say(t, "    add "));
  TRY(put_head(t));
  TRY(end_line(t));
  return put_stats(t);
}

static dsr_status put_routed(teller *t) {
  dsr_sketch body;
  const dsr_routed *routed = t->routed;
  TRY(say(t, "  "));
  TRY(put_rule(t, routed->rule, 0, NULL));
  TRY(say(t, "."));
  TRY(end_line(t));
  if (routed->never) {
    TRY(say(t, "    nothing: some relation of the body is empty"));
    return end_line(t);
  }
  if (routed->rule->origin == DSR_ORIGIN_FOLD) {
    TRY(say(t, "    once a group's tuples are complete"));
    return end_line(t);
  }
  TRY(dsr_sketch_start(&body, (dsr_router *)t->router, routed->rule, routed->first));
  dsr_status rc = put_steps(t, &body);
  dsr_sketch_stop(&body);
  return rc;
}

/* ---- strata ----------------------------------------------------------------------- */

static bool has_rules(const dsr_router *router, int stratum) {
  for (size_t i = 0; i < router->routed.len; i++) {
    if (router->routed.items[i].rule->stratum == stratum) return true;
  }
  return false;
}

static dsr_status put_names(teller *t, const dsr_stratum *stratum) {
  for (size_t i = 0; i < stratum->predicates.len; i++) {
    TRY(say(t, i == 0 ? " " : ", "));
    TRY(put(t, t->router->book->predicates.items[stratum->predicates.items[i]].name));
  }
  return DSR_OK;
}

static dsr_status put_stratum(teller *t, int at) {
  const dsr_router *router = t->router;
  const dsr_stratum *stratum = &router->book->strata.items[at];
  if (!has_rules(router, at)) return DSR_OK;
  TRY(say(t, "stratum %d:", at + 1));
  TRY(put_names(t, stratum));
  if (stratum->recursive) TRY(say(t, " (recursive)"));
  if (stratum->called) TRY(say(t, " (as it is asked for)"));
  TRY(end_line(t));
  for (size_t i = 0; i < router->routed.len; i++) {
    t->routed = &router->routed.items[i];
    if (t->routed->rule->stratum == at) TRY(put_routed(t));
  }
  return DSR_OK;
}

/* The name of a predicate that has the extent. */
static dsr_str name_of(const dsr_router *router, const dsr_extent *extent) {
  for (size_t i = 0; i < router->book->predicates.len; i++) {
    if (router->seats[i].extent == extent)
      return router->book->predicates.items[i].name;
  }
  return (dsr_str){"?", 1};
}

static dsr_status put_orders(teller *t) {
  const dsr_router *router = t->router;
  for (size_t i = 0; i < router->columns.len; i++) {
    const dsr_columns *order = &router->columns.items[i];
    TRY(say(t, i == 0 ? "orders: " : ", "));
    TRY(put(t, name_of(router, order->extent)));
    for (int b = 0; b < order->n_blocks; b++) {
      TRY(say(t, " %d", __builtin_ctz(order->blocks[b]) + 1));
    }
  }
  return router->columns.len > 0 ? end_line(t) : DSR_OK;
}

static dsr_status tell(teller *t) {
  for (size_t i = 0; i < t->router->book->strata.len; i++) TRY(put_stratum(t, (int)i));
  TRY(say(t, "facts read: %llu", (unsigned long long)t->router->read));
  TRY(end_line(t));
  return put_orders(t);
}

dsr_status dsr_route_explain(const dsr_router *router, dsr_arena *arena, dsr_str *out) {
  teller t = {.router = router};
  dsr_status rc = tell(&t);
  if (rc >= 0) {
    dsr_str text = dsr_arena_str(arena, (dsr_str){t.text.items, t.text.len});
    if (text.data == NULL) rc = dsr_fail_memory(router->error);
    if (rc >= 0) *out = text;
  }
  VEC_FREE(&t.text);
  return rc;
}
