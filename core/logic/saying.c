/*
** saying.c - what a predicate says, spelled out.
**
** Predicates of the stratum are numbered from 0 as they are met, beginning with the one
** that is asked about; those of lower strata are told by the number on the shelf of what
** they say, base relations and tables by how they are read.  Then each predicate of the
** stratum is followed by its rules in their order, each argument by its variable and word.
** Every list has its length before it, so that no two rulebooks run into the same words.
**
** Types are part of it, since comparing and naming look at them; names and places are not.
*/
#include "ground/mem.h"
#include "logic/shelf.h"

typedef struct speaker {
  const dsr_rulebook *book;
  const uint32_t *numbers;
  dsr_error *error;
  int stratum;
  VEC(int) met; /* predicates of the stratum, by their number here */
  bool unsaid;  /* something is never kept */
  dsr_saying *out;
} speaker;

static dsr_status say(speaker *s, uint64_t word) {
  return VEC_PUSH(s->out, word) ? DSR_OK : dsr_fail_memory(s->error);
}

static dsr_status say_types(speaker *s, const dsr_domain *types, int n) {
  TRY(say(s, (uint64_t)n));
  for (int i = 0; i < n; i++) TRY(say(s, (uint64_t)types[i]));
  return DSR_OK;
}

static dsr_status say_shape(speaker *s, const dsr_predicate *p) {
  TRY(say(s, (uint64_t)p->kind << 32 | (uint64_t)p->use));
  TRY(say(s, (uint64_t)p->arity << 32 | (uint64_t)p->timed));
  TRY(say(s, p->relation));
  TRY(say(s, (uint64_t)p->best));
  return say_types(s, p->types, p->width);
}

static dsr_status say_base(speaker *s, const dsr_predicate *p) {
  TRY(say_shape(s, p));
  TRY(say(s, (uint64_t)p->scan_flags << 1 | p->claimed));
  TRY(say(s, (uint64_t)p->parts));
  TRY(say(s, (uint64_t)(p->claimed ? p->verb : 0)));
  return say(s, (uint64_t)(p->claimed ? p->manner : 0));
}

/* Which predicate an atom or a head is about. */
static dsr_status say_predicate(speaker *s, int predicate) {
  const dsr_predicate *p = &s->book->predicates.items[predicate];
  TRY(say(s, (uint64_t)p->kind));
  if (p->kind == DSR_PREDICATE_BASE) return say_base(s, p);
  if (p->kind == DSR_PREDICATE_TABLE) {
    TRY(say_types(s, p->types, p->width));
    return say(s, (uint64_t)(uintptr_t)p->table);
  }
  if (p->component != s->stratum) {
    s->unsaid = s->unsaid || s->numbers[predicate] == 0;
    TRY(say(s, 0));
    return say(s, s->numbers[predicate]);
  }
  size_t at = 0;
  while (at < s->met.len && s->met.items[at] != predicate) at++;
  if (at == s->met.len && !VEC_PUSH(&s->met, predicate)) {
    return dsr_fail_memory(s->error);
  }
  TRY(say(s, 1));
  return say(s, at);
}

static dsr_status say_args(speaker *s, const dsr_arg *args, int n) {
  TRY(say(s, (uint64_t)n));
  for (int i = 0; i < n; i++) {
    s->unsaid = s->unsaid || args[i].var == DSR_ARG_PARAMETER;
    TRY(say(s, (uint64_t)(int64_t)args[i].var));
    TRY(say(s, args[i].var == DSR_ARG_CONSTANT ? args[i].word : 0));
  }
  return DSR_OK;
}

static dsr_status say_goal(speaker *s, const dsr_goal *goal) {
  bool atom = goal->kind == DSR_GOAL_ATOM;
  s->unsaid = s->unsaid || goal->defined.len > 0;
  TRY(say(s, (uint64_t)goal->kind));
  TRY(say(s, (uint64_t)(goal->negated | goal->written_time << 1 | goal->otherwise << 2 |
                        goal->numeric << 3 | goal->possibly << 4)));
  TRY(say(s, goal->word));
  TRY(say(s, (uint64_t)goal->op << 32 | (uint64_t)goal->test));
  TRY(say(s, (uint64_t)(uintptr_t)goal->fn));
  TRY(say(s, (uint64_t)goal->n_in << 32 | goal->relation));
  if (atom) TRY(say_predicate(s, goal->predicate));
  return say_args(s, goal->args, goal->n_args);
}

static dsr_status say_rule(speaker *s, const dsr_rule *rule) {
  const dsr_predicate *head = &s->book->predicates.items[rule->head];
  TRY(say(s, (uint64_t)rule->origin));
  TRY(say(s, (uint64_t)rule->fold << 32 | (uint64_t)rule->groups));
  TRY(say_types(s, rule->types, rule->n_vars));
  TRY(say_args(s, rule->args, head->width));
  TRY(say(s, (uint64_t)rule->n_goals));
  for (int i = 0; i < rule->n_goals; i++) TRY(say_goal(s, &rule->goals[i]));
  return DSR_OK;
}

static dsr_status say_rules(speaker *s, int predicate) {
  size_t n = 0;
  for (size_t i = 0; i < s->book->rules.len; i++) {
    n += s->book->rules.items[i].head == predicate;
  }
  TRY(say(s, n));
  for (size_t i = 0; i < s->book->rules.len && !s->unsaid; i++) {
    const dsr_rule *rule = &s->book->rules.items[i];
    if (rule->head == predicate) TRY(say_rule(s, rule));
  }
  return DSR_OK;
}

static dsr_status say_all(speaker *s, int predicate) {
  if (!VEC_PUSH(&s->met, predicate)) return dsr_fail_memory(s->error);
  for (size_t i = 0; i < s->met.len && !s->unsaid; i++) {
    TRY(say_shape(s, &s->book->predicates.items[s->met.items[i]]));
    TRY(say_rules(s, s->met.items[i]));
  }
  return s->unsaid ? DSR_NOTHING : DSR_OK;
}

dsr_status dsr_saying_of(const dsr_rulebook *book, int predicate,
                         const uint32_t *numbers, dsr_error *error, dsr_saying *out) {
  speaker s = {.book = book, .numbers = numbers, .error = error, .out = out};
  s.stratum = book->predicates.items[predicate].component;
  out->len = 0;
  dsr_status rc = say_all(&s, predicate);
  VEC_FREE(&s.met);
  return rc;
}
