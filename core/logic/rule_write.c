/*
** rule_write.c - a rule of the book, back in the language.
**
** Predicates that the language has no name for are written as they are called in the book,
** min{1}(Y, N); variables without a name as V1, V2, ...  What a base predicate reads beside
** its columns stands where the language has it: deny, @, from.  Constants that are the
** query's parameters are written as such.
*/
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/aggregate.h"
#include "logic/plan.h"
#include "logic/rule.h"

typedef struct writer {
  const dsr_rulebook *book;
  const dsr_rule *rule;
  VEC(char) text;
  bool failed;
} writer;

static void put(writer *w, dsr_str text) {
  if (w->failed || text.len == 0) return;
  if (!VEC_RESERVE(&w->text, text.len)) {
    w->failed = true;
    return;
  }
  memcpy(w->text.items + w->text.len, text.data, text.len);
  w->text.len += text.len;
}

static void say(writer *w, const char *text) { put(w, dsr_str_of(text)); }

static void count(writer *w, const char *before, int n) {
  char buffer[32];
  snprintf(buffer, sizeof buffer, "%s%d", before, n);
  say(w, buffer);
}

/* ---- arguments ----------------------------------------------------------------------- */

static dsr_status put_word(writer *w, dsr_word word) {
  dsr_arena arena = {0};
  dsr_str spelled;
  if (word == DSR_WORD_NONE) {
    say(w, "unknown");
    return DSR_OK;
  }
  dsr_status rc =
      dsr_word_write(dsr_facts_symbols(w->book->facts), word, &arena, &spelled);
  if (rc >= 0) put(w, spelled);
  dsr_arena_free(&arena);
  return rc;
}

static dsr_status put_arg(writer *w, const dsr_arg *arg) {
  if (arg->var >= 0) {
    dsr_str name = w->rule->vars[arg->var];
    if (name.len > 0) {
      put(w, name);
    } else {
      count(w, "V", arg->var + 1);
    }
    return DSR_OK;
  }
  switch (arg->var) {
    case DSR_ARG_PARAMETER:
      say(w, "$");
      put(w, w->book->parameters.items[arg->word].name);
      return DSR_OK;
    case DSR_ARG_ANY:
      say(w, "_");
      return DSR_OK;
    default:
      return put_word(w, arg->word);
  }
}

static dsr_status put_list(writer *w, const dsr_arg *args, int n) {
  if (n > 0) say(w, "(");
  for (int i = 0; i < n; i++) {
    if (i > 0) say(w, ", ");
    TRY(put_arg(w, &args[i]));
  }
  if (n > 0) say(w, ")");
  return DSR_OK;
}

/* ---- atoms --------------------------------------------------------------------------- */

static dsr_status put_time(writer *w, const dsr_arg *arg, bool written) {
  bool none = arg->var == DSR_ARG_CONSTANT && arg->word == DSR_WORD_NONE;
  if (arg->var == DSR_ARG_ANY && !written) return DSR_OK;
  say(w, " @ ");
  if (!written && !none) say(w, "?"); /* it may be none */
  return put_arg(w, arg);
}

static dsr_status put_parts(writer *w, const dsr_predicate *p, const dsr_arg *args) {
  static const char *const words[DSR_PARTS] = {
      [DSR_PART_SOURCE] = " from ",     [DSR_PART_LOCATOR] = " at ",
      [DSR_PART_SPEAKER] = " by ",      [DSR_PART_GRADE] = " grade ",
      [DSR_PART_QUOTATION] = " quote ", [DSR_PART_CONFIDENCE] = " confidence "};
  unsigned parts = p->use == DSR_USE_CLAIMED ? 1u << DSR_PART_SOURCE : p->parts;
  if (p->claimed && parts == 0) say(w, " from _");
  for (int i = 0; i < DSR_PARTS; i++) {
    if (!(parts >> i & 1)) continue;
    say(w, words[i]);
    TRY(put_arg(w, args++));
  }
  return DSR_OK;
}

static dsr_status put_atom(writer *w, int predicate, const dsr_arg *args, bool written,
                           bool head) {
  const dsr_predicate *p = &w->book->predicates.items[predicate];
  if (p->scan_flags & DSR_SCAN_DENIED) say(w, "deny ");
  if (p->claimed && p->manner >= 0) {
    say(w, dsr_kind_word((dsr_kind)p->manner));
    say(w, " ");
  }
  put(w, p->name);
  TRY(put_list(w, args, p->arity));
  bool none = p->timed && args[p->arity].var == DSR_ARG_CONSTANT &&
              args[p->arity].word == DSR_WORD_NONE;
  if (p->timed && !(head && none)) {
    TRY(put_time(w, &args[p->arity], written || head));
  }
  return put_parts(w, p, args + p->arity + p->timed);
}

/* ---- other goals ----------------------------------------------------------------------- */

static const char *operator_of(dsr_compare op) {
  static const char *const signs[] = {
      [DSR_EQ] = " = ",  [DSR_NE] = " != ", [DSR_LT] = " < ",
      [DSR_LE] = " <= ", [DSR_GT] = " > ",  [DSR_GE] = " >= "};
  return signs[op];
}

static dsr_status put_pair(writer *w, const dsr_goal *goal, const char *between) {
  TRY(put_arg(w, &goal->args[0]));
  say(w, between);
  return put_arg(w, &goal->args[1]);
}

static dsr_status put_compare(writer *w, const dsr_goal *goal) {
  if (!goal->numeric) return put_pair(w, goal, operator_of(goal->op));
  return put_pair(w, goal, goal->op == DSR_EQ ? " =:= " : " =\\= ");
}

static dsr_status put_test(writer *w, const dsr_goal *goal) {
  char between[32];
  snprintf(between, sizeof between, " %s ", dsr_time_test_name(goal->test));
  if (goal->possibly) say(w, "possibly ");
  return put_pair(w, goal, between);
}

/* X + Y, -X, f(X, Y). */
static dsr_status put_applied(writer *w, const dsr_goal *goal) {
  dsr_str name = goal->fn != NULL ? dsr_str_of(goal->fn->name) : goal->defined;
  char first = name.len > 0 ? name.data[0] : 'f';
  bool sign = strchr("+-*/", first) != NULL || dsr_str_is(name, "mod");
  if (goal->n_in == 2 && sign) {
    TRY(put_arg(w, &goal->args[0]));
    say(w, " ");
    put(w, name);
    say(w, " ");
    return put_arg(w, &goal->args[1]);
  }
  if (dsr_str_is(name, "neg")) {
    say(w, "-");
    return put_arg(w, &goal->args[0]);
  }
  put(w, name);
  return put_list(w, goal->args, goal->n_in);
}

static dsr_status put_call(writer *w, const dsr_goal *goal) {
  if (goal->n_args == goal->n_in + 1) {
    TRY(put_arg(w, &goal->args[goal->n_in]));
    say(w, " = ");
    return put_applied(w, goal);
  }
  put(w, goal->defined);
  return put_list(w, goal->args, goal->n_args);
}

static dsr_status put_goal(writer *w, const dsr_goal *goal) {
  if (goal->negated) say(w, "not ");
  switch (goal->kind) {
    case DSR_GOAL_ATOM:
      TRY(put_atom(w, goal->predicate, goal->args, goal->written_time, false));
      if (goal->otherwise) say(w, " else ");
      return goal->otherwise ? put_word(w, goal->word) : DSR_OK;
    case DSR_GOAL_COMPARE:
      return put_compare(w, goal);
    case DSR_GOAL_TIME:
      return put_test(w, goal);
    case DSR_GOAL_CALL:
      return put_call(w, goal);
    case DSR_GOAL_VIEW:
      TRY(put_arg(w, &goal->args[0]));
      say(w, " in view");
      return DSR_OK;
    case DSR_GOAL_GRADE:
      return put_pair(w, goal, " has grade ");
  }
  return DSR_OK;
}

/* ---- rules ----------------------------------------------------------------------------- */

static dsr_status put_fold(writer *w) {
  const dsr_rule *rule = w->rule;
  TRY(put_arg(w, &rule->args[rule->groups]));
  say(w, " = ");
  say(w, dsr_aggregate_name((dsr_fold_kind)rule->fold));
  say(w, "{ ");
  for (int i = rule->groups; i < rule->goals[0].n_args; i++) {
    if (i > rule->groups) say(w, ", ");
    TRY(put_arg(w, &rule->goals[0].args[i]));
  }
  say(w, " : ");
  TRY(put_goal(w, &rule->goals[0]));
  say(w, " }");
  return DSR_OK;
}

static dsr_status put_body(writer *w) {
  if (w->rule->origin == DSR_ORIGIN_FOLD) return put_fold(w);
  for (int i = 0; i < w->rule->n_goals; i++) {
    if (i > 0) say(w, ", ");
    if (w->rule->origin == DSR_ORIGIN_BASE) {
      const dsr_predicate *p = &w->book->predicates.items[w->rule->goals[i].predicate];
      say(w, p->kind == DSR_PREDICATE_TABLE ? "table " : "base ");
    }
    TRY(put_goal(w, &w->rule->goals[i]));
  }
  return DSR_OK;
}

static dsr_status put_rule(writer *w) {
  TRY(put_atom(w, w->rule->head, w->rule->args, false, true));
  if (w->rule->n_goals > 0) say(w, " :- ");
  TRY(put_body(w));
  say(w, ".");
  return DSR_OK;
}

/* What was written, in the arena. */
static dsr_status finish(writer *w, dsr_status rc, dsr_arena *arena, dsr_str *out) {
  if (rc >= 0 && !w->failed) {
    dsr_str text = dsr_arena_str(arena, (dsr_str){w->text.items, w->text.len});
    w->failed = text.data == NULL;
    if (!w->failed) *out = text;
  }
  VEC_FREE(&w->text);
  if (rc < 0) return rc;
  return w->failed ? dsr_fail_memory(dsr_facts_error(w->book->facts)) : DSR_OK;
}

dsr_status dsr_rule_write(const dsr_rulebook *book, const dsr_rule *rule,
                          dsr_arena *arena, dsr_str *out) {
  writer w = {.book = book, .rule = rule};
  return finish(&w, put_rule(&w), arena, out);
}

dsr_status dsr_goal_write(const dsr_rulebook *book, const dsr_rule *rule,
                          const dsr_goal *goal, dsr_arena *arena, dsr_str *out) {
  writer w = {.book = book, .rule = rule};
  return finish(&w, put_goal(&w, goal), arena, out);
}
