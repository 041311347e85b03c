/*
** reduce.c - a rulebook without the rules of what is there already.
**
** Predicates and strata keep their numbers, so rules are copied as they are and their goals
** are shared.  A stratum of which no rule is left has nothing to run.
*/
#include "ground/mem.h"
#include "logic/strategy.h"

/* Mark what is needed, from the roots on; what is a table needs nothing. */
static void mark(const dsr_rulebook *book, bool *needed) {
  if (book->query >= 0) needed[book->query] = true;
  for (size_t i = 0; i < book->constraints.len; i++) {
    needed[book->constraints.items[i]] = true;
  }
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < book->rules.len; i++) {
      const dsr_rule *rule = &book->rules.items[i];
      bool live = needed[rule->head] &&
                  book->predicates.items[rule->head].kind == DSR_PREDICATE_RULED;
      for (int k = 0; k < rule->n_goals && live; k++) {
        const dsr_goal *goal = &rule->goals[k];
        if (goal->kind != DSR_GOAL_ATOM || needed[goal->predicate]) continue;
        needed[goal->predicate] = more = true;
      }
    }
  }
}

static bool copy_predicates(const dsr_rulebook *book, dsr_extent *const *extents,
                            dsr_rulebook *to) {
  for (size_t i = 0; i < book->predicates.len; i++) {
    dsr_predicate p = book->predicates.items[i];
    if (extents[i] != NULL) {
      p.kind = DSR_PREDICATE_TABLE;
      p.table = extents[i];
      p.component = -1;
    }
    if (!VEC_PUSH(&to->predicates, p)) return false;
  }
  return true;
}

/* Copy the rules, to be picked from; all there is room for is there. */
static bool copy_rules(const dsr_rulebook *book, dsr_rulebook *to) {
  for (size_t i = 0; i < book->rules.len; i++) {
    if (!VEC_PUSH(&to->rules, book->rules.items[i])) return false;
  }
  return true;
}

static bool copy_strata(const dsr_rulebook *book, dsr_rulebook *to) {
  for (size_t i = 0; i < book->strata.len; i++) {
    const dsr_stratum *from = &book->strata.items[i];
    dsr_stratum fresh = {.recursive = from->recursive};
    if (!VEC_PUSH(&to->strata, fresh)) return false;
    dsr_stratum *stratum = &to->strata.items[i];
    for (size_t k = 0; k < from->predicates.len; k++) {
      if (!VEC_PUSH(&stratum->predicates, from->predicates.items[k])) return false;
    }
  }
  return true;
}

static bool copy_rest(const dsr_rulebook *book, dsr_rulebook *to) {
  to->facts = book->facts;
  to->query = book->query;
  to->asks = book->asks;
  for (size_t i = 0; i < book->parameters.len; i++) {
    if (!VEC_PUSH(&to->parameters, book->parameters.items[i])) return false;
  }
  for (size_t i = 0; i < book->answers.len; i++) {
    if (!VEC_PUSH(&to->answers, book->answers.items[i])) return false;
  }
  for (size_t i = 0; i < book->constraints.len; i++) {
    if (!VEC_PUSH(&to->constraints, book->constraints.items[i])) return false;
  }
  return true;
}

static void pick_rules(dsr_rulebook *book, const bool *needed) {
  size_t n = 0;
  for (size_t i = 0; i < book->rules.len; i++) {
    int head = book->rules.items[i].head;
    bool ruled = book->predicates.items[head].kind == DSR_PREDICATE_RULED;
    if (ruled && needed[head]) book->rules.items[n++] = book->rules.items[i];
  }
  book->rules.len = n;
}

dsr_status dsr_rulebook_reduce(const dsr_rulebook *book, dsr_extent *const *extents,
                               dsr_error *error, dsr_rulebook **out) {
  dsr_rulebook *to = dsr_alloc(sizeof *to);
  bool *needed = dsr_alloc(book->predicates.len + 1);
  bool done = to != NULL && needed != NULL && copy_predicates(book, extents, to) &&
              copy_rules(book, to) && copy_strata(book, to) && copy_rest(book, to);
  if (done) {
    mark(to, needed);
    pick_rules(to, needed);
    *out = to;
  } else {
    dsr_rulebook_free(to);
  }
  dsr_free(needed);
  return done ? DSR_OK : dsr_fail_memory(error);
}
