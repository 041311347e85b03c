/*
** why_text.c - what the steps of an explanation say, in the language.
*/
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/aggregate.h"
#include "logic/why.h"

static dsr_status no_memory(const dsr_instances *in) {
  return dsr_fail_memory(in->error);
}

/* ---- pieces ------------------------------------------------------------------------ */

typedef VEC(char) pieces;

static bool put(pieces *to, dsr_str text) {
  if (!VEC_RESERVE(to, text.len + 1)) return false;
  if (text.len > 0) memcpy(to->items + to->len, text.data, text.len);
  to->len += text.len;
  return true;
}

static bool say(pieces *to, const char *text) { return put(to, dsr_str_of(text)); }

static dsr_status keep(dsr_account *why, const dsr_instances *in, pieces *from,
                       bool fine, dsr_str *out) {
  dsr_str text = {NULL, 0};
  if (fine) text = dsr_arena_str(&why->arena, (dsr_str){from->items, from->len});
  VEC_FREE(from);
  if (text.data == NULL) return no_memory(in);
  *out = text;
  return DSR_OK;
}

/* ---- rules' own predicates ----------------------------------------------------------- */

static const dsr_rule *rule_of(const dsr_instances *in, int head) {
  for (size_t i = 0; i < in->book->rules.len; i++) {
    if (in->book->rules.items[i].head == head) return &in->book->rules.items[i];
  }
  return NULL;
}

/* The goals of a rule, between commas, with these values. */
static dsr_status put_goals(dsr_account *why, dsr_instances *in, const dsr_rule *rule,
                            const uint32_t *values, pieces *to, bool *fine) {
  for (int i = 0; i < rule->n_goals && *fine; i++) {
    dsr_str text;
    TRY(dsr_why_goal(why, in, rule, &rule->goals[i], values, NULL, &text));
    *fine = (i == 0 || say(to, ", ")) && put(to, text);
  }
  return DSR_OK;
}

/* An argument of a rule's head by its name, or its value. */
static dsr_status put_arg(dsr_account *why, dsr_instances *in, const dsr_rule *rule,
                          const dsr_arg *arg, const uint32_t *values, pieces *to,
                          bool *fine) {
  uint32_t number = DSR_NUMBER_NONE;
  dsr_str text;
  if (arg->var >= 0) number = values[arg->var];
  if (dsr_arg_known(arg)) {
    TRY(dsr_calls_number(in->calls, dsr_arg_word(in->book, arg), &number));
  }
  if (number != DSR_NUMBER_NONE) {
    TRY(dsr_why_values(why, in, &number, 0, 1, &text));
    *fine = *fine && put(to, text);
  } else {
    dsr_str name = arg->var >= 0 ? rule->vars[arg->var] : (dsr_str){"_", 1};
    *fine = *fine && (name.len > 0 ? put(to, name) : say(to, "V"));
  }
  return DSR_OK;
}

/* The values of a rule's variables where its head's first `n` columns are `tuple`. */
static dsr_status bind_head(dsr_account *why, dsr_instances *in, const dsr_rule *rule,
                            const uint32_t *tuple, int n, dsr_instance *out) {
  bool fits;
  TRY(dsr_instance_new(rule, &why->arena, in->error, out));
  for (int i = 0; i < n; i++) {
    if (tuple[i] == DSR_NUMBER_NONE) continue;
    TRY(dsr_instance_match(in, out, &rule->args[i], 1, &tuple[i], &fits));
  }
  return DSR_OK;
}

/* count{ Y : joined(ukraine, Y) } = 2 */
static dsr_status write_fold(dsr_account *why, dsr_instances *in, const dsr_rule *fold,
                             const uint32_t *tuple, dsr_str *out) {
  pieces to = {0};
  dsr_instance at;
  dsr_str value = {"?", 1};
  const dsr_rule *rule = rule_of(in, fold->goals[0].predicate);
  bool fine = say(&to, dsr_aggregate_name((dsr_fold_kind)fold->fold)) && say(&to, "{ ");
  dsr_status rc = DSR_OK;
  if (rule != NULL) {
    int width = in->book->predicates.items[rule->head].width;
    rc = bind_head(why, in, rule, tuple, fold->groups, &at);
    for (int i = fold->groups; i < width && rc >= 0; i++) {
      if (i > fold->groups) fine = fine && say(&to, ", ");
      rc = put_arg(why, in, rule, &rule->args[i], at.values, &to, &fine);
    }
    fine = fine && say(&to, " : ");
    if (rc >= 0) rc = put_goals(why, in, rule, at.values, &to, &fine);
  }
  if (rc >= 0 && tuple[fold->groups] != DSR_NUMBER_NONE) {
    rc = dsr_why_values(why, in, tuple, fold->groups, fold->groups + 1, &value);
  }
  fine = fine && say(&to, " } = ") && put(&to, value);
  if (rc < 0) {
    VEC_FREE(&to);
    return rc;
  }
  return keep(why, in, &to, fine, out);
}

/* What a `not` is before. */
static dsr_status write_negated(dsr_account *why, dsr_instances *in, int predicate,
                                const uint32_t *tuple, bool negated, dsr_str *out) {
  pieces to = {0};
  dsr_instance at;
  const dsr_rule *rule = rule_of(in, predicate);
  bool fine = say(&to, negated ? "not (" : "(");
  dsr_status rc = DSR_OK;
  if (rule != NULL) {
    int width = in->book->predicates.items[predicate].width;
    rc = bind_head(why, in, rule, tuple, width, &at);
    if (rc >= 0) rc = put_goals(why, in, rule, at.values, &to, &fine);
  }
  fine = fine && say(&to, ")");
  if (rc < 0) {
    VEC_FREE(&to);
    return rc;
  }
  return keep(why, in, &to, fine, out);
}

/* ---- goals --------------------------------------------------------------------------- */

/* Make what is known of an argument a constant. */
static dsr_status fill(dsr_instances *in, dsr_arg *arg, uint32_t number) {
  if (number == DSR_NUMBER_NONE) return DSR_OK;
  *arg = (dsr_arg){DSR_ARG_CONSTANT, dsr_numbers_word(in->numbers, number)};
  return DSR_OK;
}

/* The time of an atom is written where it has one. */
static void show_time(const dsr_instances *in, dsr_goal *goal) {
  const dsr_predicate *p = &in->book->predicates.items[goal->predicate];
  if (!p->timed) return;
  dsr_arg *time = &goal->args[p->arity];
  bool none = time->var == DSR_ARG_CONSTANT && time->word == DSR_WORD_NONE;
  if (none && !goal->written_time) time->var = DSR_ARG_ANY;
  goal->written_time = goal->written_time || time->var == DSR_ARG_CONSTANT;
}

dsr_status dsr_why_goal(dsr_account *why, dsr_instances *in, const dsr_rule *rule,
                        const dsr_goal *goal, const uint32_t *values,
                        const uint32_t *tuple, dsr_str *out) {
  dsr_goal told = *goal;
  uint32_t numbers[DSR_WIDTH_MAX];
  for (int i = 0; i < goal->n_args; i++) {
    const dsr_arg *arg = &goal->args[i];
    numbers[i] = DSR_NUMBER_NONE;
    if (tuple != NULL) {
      numbers[i] = tuple[i];
    } else if (dsr_arg_known(arg)) {
      TRY(dsr_calls_number(in->calls, dsr_arg_word(in->book, arg), &numbers[i]));
    } else if (arg->var >= 0) {
      numbers[i] = values[arg->var];
    }
    if (tuple != NULL || !dsr_arg_known(arg)) TRY(fill(in, &told.args[i], numbers[i]));
  }
  told.otherwise = false;
  if (goal->kind == DSR_GOAL_ATOM) {
    const dsr_predicate *p = &in->book->predicates.items[goal->predicate];
    const dsr_rule *fold = rule_of(in, goal->predicate);
    if (p->use == DSR_USE_FOLDED && fold != NULL && fold->origin == DSR_ORIGIN_FOLD) {
      return write_fold(why, in, fold, numbers, out);
    }
    if (p->use == DSR_USE_NEGATED) {
      return write_negated(why, in, goal->predicate, numbers, goal->negated, out);
    }
    show_time(in, &told);
  }
  return dsr_goal_write(in->book, rule, &told, &why->arena, out);
}

dsr_status dsr_why_tuple(dsr_account *why, dsr_instances *in, int predicate,
                         const uint32_t *tuple, dsr_str *out) {
  dsr_rule none = {0};
  dsr_goal goal = {.kind = DSR_GOAL_ATOM, .predicate = predicate};
  goal.n_args = in->book->predicates.items[predicate].width;
  for (int i = 0; i < goal.n_args; i++) goal.args[i].var = DSR_ARG_ANY;
  return dsr_why_goal(why, in, &none, &goal, NULL, tuple, out);
}

dsr_status dsr_why_values(dsr_account *why, dsr_instances *in, const uint32_t *tuple,
                          int from, int to, dsr_str *out) {
  pieces text = {0};
  bool fine = true;
  for (int i = from; i < to && fine; i++) {
    dsr_str one = {"unknown", 7};
    dsr_word word = dsr_numbers_word(in->numbers, tuple[i]);
    dsr_status rc = DSR_OK;
    if (word != DSR_WORD_NONE) {
      rc = dsr_word_write(dsr_facts_symbols(in->book->facts), word, &why->arena, &one);
    }
    if (rc < 0) {
      VEC_FREE(&text);
      return rc;
    }
    fine = (i == from || say(&text, ", ")) && put(&text, one);
  }
  return keep(why, in, &text, fine, out);
}

dsr_status dsr_why_order(dsr_instances *in, uint32_t a, uint32_t b, int *out) {
  dsr_word x = dsr_numbers_word(in->numbers, a), y = dsr_numbers_word(in->numbers, b);
  *out = 0;
  if (x == y) return DSR_OK;
  if (x == DSR_WORD_NONE || y == DSR_WORD_NONE) {
    *out = x == DSR_WORD_NONE ? -1 : 1;
    return DSR_OK;
  }
  return dsr_value_compare(dsr_facts_symbols(in->book->facts), x, y, out);
}

/* ---- steps --------------------------------------------------------------------------- */

/* A rule on one line: as written, or where comments are in it, by its tokens. */
static dsr_status one_line(dsr_account *why, const dsr_instances *in,
                           const dsr_clause *clause, dsr_str *out) {
  pieces to = {0};
  dsr_str text = clause->written;
  bool fine = true, blank = false;
  if (text.len > 0 && memchr(text.data, '%', text.len) != NULL)
    text = clause->canonical;
  if (text.len == 0 || memchr(text.data, '\n', text.len) == NULL) {
    *out = text;
    return DSR_OK;
  }
  for (size_t i = 0; i < text.len && fine; i++) {
    char c = text.data[i];
    if (c == '\n' || c == '\r' || (blank && (c == ' ' || c == '\t'))) {
      blank = true;
      continue;
    }
    if (blank) fine = say(&to, " ");
    blank = false;
    fine = fine && put(&to, (dsr_str){&c, 1});
  }
  return keep(why, in, &to, fine, out);
}

/* A copy that lives as long as the steps. */
static dsr_status own(dsr_account *why, const dsr_instances *in, dsr_str text,
                      dsr_str *out) {
  *out = text;
  if (text.data == NULL) return DSR_OK;
  *out = dsr_arena_str(&why->arena, text);
  return out->data != NULL ? DSR_OK : no_memory(in);
}

dsr_status dsr_why_step_add(dsr_account *why, dsr_instances *in, int depth,
                            dsr_why_kind kind, dsr_str text, const dsr_rule *rule) {
  dsr_why_step step = {.depth = depth, .kind = kind};
  TRY(own(why, in, text, &step.text));
  if (rule != NULL && rule->clause != NULL) {
    const dsr_program *program = rule->program;
    TRY(one_line(why, in, rule->clause, &step.rule));
    TRY(own(why, in, step.rule, &step.rule));
    if (program != NULL && (size_t)rule->clause->file < program->files.len) {
      TRY(own(why, in, program->files.items[rule->clause->file], &step.file));
    }
    step.line = rule->at.line;
  }
  return VEC_PUSH(&why->steps, step) ? DSR_OK : no_memory(in);
}
