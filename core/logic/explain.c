/*
** explain.c - a plan in words.
**
** Strata in the order they run; under each its rules as they are evaluated, and under each
** rule its pipelines, an operator a line:
**
**   stratum 2 (recursive): reach
**     reach(X, Z) :- reach(X, Y), edge(Y, Z).
**       fed by reach            made 12, kept 7, 0.1 ms
**         join edge(Y, Z) by 1
**
** "by 1, 2" names the columns that are known when the relation is entered; "meet" walks the
** shortest of several and asks the others; "whole rows" adds what it finds to a row at once.
*/
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ground/bytes.h"
#include "logic/route.h"

typedef struct teller {
  const dsr_router *router;
  dsr_bytes out;
  bool failed;
} teller;

static void say(teller *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(teller *t, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (n < 0) return;
  if ((size_t)n >= sizeof text) n = (int)sizeof text - 1;
  if (!dsr_bytes_put(&t->out, text, (size_t)n)) t->failed = true;
}

static void say_str(teller *t, dsr_str text) {
  if (!dsr_bytes_put(&t->out, text.data, text.len)) t->failed = true;
}

/* The predicate whose extent this is. */
static const dsr_predicate *predicate_of(const teller *t, const dsr_extent *extent) {
  const dsr_rulebook *book = t->router->book;
  for (size_t i = 0; i < book->predicates.len; i++) {
    if (t->router->seats[i].extent == extent) return &book->predicates.items[i];
  }
  return NULL;
}

static void say_extent(teller *t, const dsr_extent *extent) {
  const dsr_predicate *p = predicate_of(t, extent);
  if (p != NULL) say_str(t, p->name);
}

/* "edge by 1, 2": the columns that are known. */
static void say_way(teller *t, const dsr_way *way) {
  const uint8_t *order = dsr_index_order(way->index);
  say_extent(t, dsr_index_extent(way->index));
  for (int i = 0; i < way->prefix; i++) {
    say(t, "%s%d", i == 0 ? " by column " : ", ", order[i] + 1);
  }
}

static void say_ways(teller *t, const char *word, const dsr_op *op) {
  say(t, "%s ", word);
  for (int i = 0; i < op->n_ways; i++) {
    if (i > 0) say(t, " and ");
    say_way(t, &op->ways[i]);
  }
}

static void say_op(teller *t, const dsr_op *op) {
  switch (op->kind) {
    case DSR_OP_ONCE:
      return;
    case DSR_OP_SCAN:
      say(t, "        scan ");
      say_extent(t, op->extent);
      break;
    case DSR_OP_DELTA:
      say(t, "        each new tuple of ");
      say_extent(t, op->extent);
      break;
    case DSR_OP_CHUNK:
      say(t, "        each row of new tuples of ");
      say_extent(t, op->extent);
      break;
    case DSR_OP_SLICE:
      say(t, "        the row whole");
      break;
    case DSR_OP_JOIN:
      say_ways(t, "        join", op);
      break;
    case DSR_OP_MEET:
      say_ways(t, "        meet", op);
      break;
    case DSR_OP_HAS:
      say_ways(t, op->negated ? "        unless" : "        where", op);
      break;
    case DSR_OP_DEFAULT:
      say_ways(t, "        look up", op);
      break;
    case DSR_OP_TEST:
      say(t, "        test");
      break;
    case DSR_OP_CALL:
      say(t, "        compute");
      break;
    case DSR_OP_EMIT:
      return;
  }
  say(t, "\n");
}

static void say_pipeline(teller *t, const dsr_routed *routed) {
  const dsr_rulebook *book = t->router->book;
  if (routed->pipeline == NULL) {
    say(t, routed->rule->origin == DSR_ORIGIN_FOLD
               ? "      folded group by group\n"
               : "      never: something that it needs is empty\n");
    return;
  }
  const dsr_pipeline_stats *stats = dsr_pipeline_stats_of(routed->pipeline);
  if (routed->first >= 0) {
    const dsr_goal *goal = &routed->rule->goals[routed->first];
    say(t, "      %s ", routed->guarded ? "after calls, fed by" : "fed by");
    say_str(t, book->predicates.items[goal->predicate].name);
  } else {
    say(t, "      once");
  }
  say(t, ": made %llu, kept %llu, %.1f ms\n", (unsigned long long)stats->made,
      (unsigned long long)stats->kept, (double)stats->nanoseconds / 1e6);
  for (int i = 0; i < dsr_pipeline_length(routed->pipeline); i++) {
    say_op(t, dsr_pipeline_op(routed->pipeline, i));
  }
}

static dsr_status say_rules(teller *t, int stratum, dsr_arena *arena) {
  const dsr_rule *last = NULL;
  for (size_t i = 0; i < t->router->routed.len; i++) {
    const dsr_routed *routed = &t->router->routed.items[i];
    if (routed->stratum != stratum) continue;
    if (routed->rule != last) {
      dsr_str text;
      TRY(dsr_rule_write(t->router->book, routed->rule, arena, &text));
      say(t, "    ");
      say_str(t, text);
      say(t, "\n");
    }
    last = routed->rule;
    say_pipeline(t, routed);
  }
  return DSR_OK;
}

static void say_stratum(teller *t, int at) {
  const dsr_rulebook *book = t->router->book;
  const dsr_stratum *stratum = &book->strata.items[at];
  say(t, "  stratum %d%s%s:", at + 1, stratum->recursive ? ", recursive" : "",
      stratum->called ? ", when called" : "");
  for (size_t i = 0; i < stratum->predicates.len; i++) {
    say(t, i == 0 ? " " : ", ");
    say_str(t, book->predicates.items[stratum->predicates.items[i]].name);
  }
  for (size_t i = 0; i < stratum->calls.len; i++) {
    say(t, "%s%d", i == 0 ? "; calls " : ", ", stratum->calls.items[i] + 1);
  }
  say(t, "\n");
}

static dsr_status tell(teller *t, dsr_arena *arena) {
  say(t, "tuples made %llu, kept %llu\n",
      (unsigned long long)dsr_eval_made(t->router->eval),
      (unsigned long long)dsr_eval_kept(t->router->eval));
  for (size_t i = 0; i < t->router->book->strata.len; i++) {
    if (t->router->book->strata.items[i].predicates.len == 0) continue;
    say_stratum(t, (int)i);
    TRY(say_rules(t, (int)i, arena));
  }
  return DSR_OK;
}

dsr_status dsr_route_explain(const dsr_router *router, dsr_arena *arena, dsr_str *out) {
  teller t = {.router = router};
  dsr_status rc = tell(&t, arena);
  if (rc >= 0 && !t.failed) {
    *out = dsr_arena_str(arena, (dsr_str){(const char *)t.out.items, t.out.len});
    t.failed = out->data == NULL;
  }
  VEC_FREE(&t.out);
  if (rc >= 0 && t.failed) return dsr_fail_memory(router->error);
  return rc;
}
