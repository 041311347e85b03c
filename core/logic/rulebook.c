/*
** rulebook.c - the rulebook, and the way from clauses to it.
**
** The query and the constraints are drafted first; what they reach follows, relation by
** relation.  Errors of the language are gathered apart from the facts' own words, since each
** call on the facts that fails replaces those.  What is gathered while it is made (draft.h)
** goes at the end.
*/
#include <string.h>

#include "ground/text.h"
#include "logic/scope.h"

/* ---- the book ---------------------------------------------------------------------- */

static void free_strata(dsr_rulebook *book) {
  for (size_t i = 0; i < book->strata.len; i++) {
    VEC_FREE(&book->strata.items[i].predicates);
    VEC_FREE(&book->strata.items[i].calls);
  }
  VEC_FREE(&book->strata);
}

void dsr_rulebook_free(dsr_rulebook *book) {
  if (book == NULL) return;
  free_strata(book);
  VEC_FREE(&book->predicates);
  VEC_FREE(&book->rules);
  VEC_FREE(&book->answers);
  VEC_FREE(&book->parameters);
  VEC_FREE(&book->constraints);
  dsr_arena_free(&book->arena);
  dsr_free(book);
}

int dsr_rulebook_predicate(dsr_rulebook *book, const dsr_predicate *spec) {
  if (!VEC_PUSH(&book->predicates, *spec)) return -1;
  return (int)book->predicates.len - 1;
}

dsr_rule *dsr_rulebook_rule(dsr_rulebook *book, int head) {
  dsr_rule rule = {.head = head};
  if (!VEC_PUSH(&book->rules, rule)) return NULL;
  return &book->rules.items[book->rules.len - 1];
}

/* ---- pruning ------------------------------------------------------------------------ */

/* Mark what rules of marked predicates read, until nothing is new. */
static void reach(const dsr_rulebook *book, bool *marked) {
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < book->rules.len; i++) {
      const dsr_rule *rule = &book->rules.items[i];
      for (int k = 0; k < rule->n_goals && marked[rule->head]; k++) {
        if (rule->goals[k].kind != DSR_GOAL_ATOM || marked[rule->goals[k].predicate]) {
          continue;
        }
        marked[rule->goals[k].predicate] = more = true;
      }
    }
  }
}

static void mark_roots(const dsr_rulebook *book, bool whole, bool *marked) {
  if (book->query >= 0) marked[book->query] = true;
  for (size_t i = 0; i < book->constraints.len; i++) {
    marked[book->constraints.items[i]] = true;
  }
  for (size_t i = 0; whole && i < book->predicates.len; i++) {
    dsr_predicate_use use = book->predicates.items[i].use;
    if (use == DSR_USE_RELATION || use == DSR_USE_CLAIMED) marked[i] = true;
  }
}

/* Keep what has a number, under it. */
static void renumber(dsr_rulebook *book, const int *number) {
  size_t n = 0;
  for (size_t i = 0; i < book->predicates.len; i++) {
    if (number[i] >= 0) book->predicates.items[number[i]] = book->predicates.items[i];
  }
  for (size_t i = 0; i < book->rules.len; i++) {
    dsr_rule rule = book->rules.items[i];
    if (number[rule.head] < 0) continue;
    rule.head = number[rule.head];
    for (int k = 0; k < rule.n_goals; k++) {
      if (rule.goals[k].kind != DSR_GOAL_ATOM) continue;
      rule.goals[k].predicate = number[rule.goals[k].predicate];
    }
    book->rules.items[n++] = rule;
  }
  book->rules.len = n;
  if (book->query >= 0) book->query = number[book->query];
  for (size_t i = 0; i < book->constraints.len; i++) {
    book->constraints.items[i] = number[book->constraints.items[i]];
  }
}

dsr_status dsr_rulebook_prune(dsr_rulebook *book, bool whole) {
  size_t n = book->predicates.len + 1;
  int last = 0, *number = dsr_alloc(n * sizeof *number);
  bool *marked = dsr_alloc(n * sizeof *marked);
  if (number != NULL && marked != NULL) {
    mark_roots(book, whole, marked);
    reach(book, marked);
    for (size_t i = 0; i < book->predicates.len; i++) {
      number[i] = marked[i] ? last++ : -1;
    }
    renumber(book, number);
    book->predicates.len = (size_t)last;
  }
  dsr_status rc = number != NULL && marked != NULL
                      ? DSR_OK
                      : dsr_fail_memory(dsr_facts_error(book->facts));
  dsr_free(number);
  dsr_free(marked);
  return rc;
}

/* ---- the author ---------------------------------------------------------------------- */

dsr_status dsr_author_memory(dsr_author *author) {
  return dsr_fail_memory(dsr_facts_error(author->facts));
}

bool dsr_author_trusts(const dsr_author *author, const dsr_resolve *r) {
  return r - author->resolves < author->source->n_trusted;
}

dsr_status dsr_author_predicate(dsr_author *author, const dsr_predicate *spec,
                                int *out) {
  if (!VEC_PUSH(&author->earlier, -1) || !VEC_PUSH(&author->of, -1)) {
    return dsr_author_memory(author);
  }
  int made = dsr_rulebook_predicate(author->book, spec);
  if (made < 0) return dsr_author_memory(author);
  *out = made;
  author->book->predicates.items[made].component = -1;
  return DSR_OK;
}

dsr_status dsr_author_draft(dsr_author *author, dsr_rule_origin origin, int head,
                            dsr_draft **out) {
  dsr_draft *draft = dsr_alloc(sizeof *draft);
  if (draft == NULL || !VEC_PUSH(&author->drafts, draft)) {
    dsr_free(draft);
    return dsr_author_memory(author);
  }
  draft->rule.origin = origin;
  draft->rule.head = head;
  for (int i = 0; i < DSR_WIDTH_MAX; i++) draft->rule.args[i].var = DSR_ARG_ANY;
  *out = draft;
  return DSR_OK;
}

dsr_status dsr_draft_push(dsr_author *author, dsr_draft *draft,
                          const dsr_draft_goal *goal) {
  return VEC_PUSH(&draft->goals, *goal) ? DSR_OK : dsr_author_memory(author);
}

dsr_status dsr_draft_var_add(dsr_author *author, dsr_draft *draft,
                             const dsr_draft_var *var, int *out) {
  if (!VEC_PUSH(&draft->vars, *var)) return dsr_author_memory(author);
  *out = (int)draft->vars.len - 1;
  return DSR_OK;
}

void dsr_author_open(dsr_author *author, int predicate) {
  dsr_predicate *p = dsr_author_at(author, predicate);
  for (int i = 0; i < p->width; i++) {
    if (p->types[i] == (dsr_domain)DSR_COL_UNTOLD) p->types[i] = DSR_COL_ANY;
  }
}

static dsr_status start(dsr_author *author) {
  const dsr_rule_source *source = author->source;
  int n = source->n_programs + (source->query_program != NULL);
  author->book = dsr_alloc(sizeof *author->book);
  author->resolves = dsr_alloc(((size_t)n + 1) * sizeof *author->resolves);
  if (author->book == NULL || author->resolves == NULL)
    return dsr_author_memory(author);
  author->book->facts = author->facts;
  author->book->query = -1;
  author->dated = dsr_view_dated(author->view);
  for (int i = 0; i < n; i++) {
    const dsr_program *program =
        i < source->n_programs ? source->programs[i] : source->query_program;
    dsr_resolve_start(&author->resolves[i], author->facts, program, author->error);
  }
  author->n_resolves = n;
  return DSR_OK;
}

static void stop(dsr_author *author) {
  for (int i = 0; i < author->n_resolves; i++) dsr_resolve_stop(&author->resolves[i]);
  for (size_t i = 0; i < author->drafts.len; i++) {
    VEC_FREE(&author->drafts.items[i]->goals);
    VEC_FREE(&author->drafts.items[i]->vars);
    dsr_free(author->drafts.items[i]);
  }
  VEC_FREE(&author->drafts);
  VEC_FREE(&author->terms);
  dsr_meaning_forget(author);
  dsr_free(author->resolves);
  dsr_rulebook_free(author->book);
}

/* ---- drafting -------------------------------------------------------------------------- */

/* Errors of the language are counted; only others end the work. */
static dsr_status hard(dsr_status rc) { return dsr_resolve_hard(rc) ? rc : DSR_OK; }

static dsr_status draft_query(dsr_author *author) {
  const dsr_rule_source *source = author->source;
  if (source->query == NULL) return DSR_OK;
  dsr_resolve *r = &author->resolves[author->n_resolves - 1];
  return hard(dsr_body_query(author, r, source->query));
}

static dsr_status draft_constraints(dsr_author *author) {
  for (int i = 0; i < author->n_resolves && author->source->constraints; i++) {
    dsr_resolve *r = &author->resolves[i];
    for (size_t k = 0; k < r->program->clauses.len; k++) {
      const dsr_clause *clause = &r->program->clauses.items[k];
      if (clause->kind != DSR_CLAUSE_CONSTRAINT) continue;
      TRY(hard(dsr_body_constraint(author, r, clause)));
    }
  }
  return DSR_OK;
}

static dsr_status draft_reached(dsr_author *author) {
  int predicate;
  for (size_t i = 0; author->source->whole && i < author->derived.len; i++) {
    TRY(dsr_meaning_predicate(author, &author->derived.items[i], false, &predicate));
  }
  for (size_t i = 0; i < author->waiting.len; i++) {
    TRY(hard(dsr_derived_rules(author, author->waiting.items[i])));
  }
  return DSR_OK;
}

static dsr_status draft_all(dsr_author *author) {
  TRY(dsr_meaning_gather(author));
  TRY(draft_query(author));
  TRY(draft_constraints(author));
  TRY(draft_reached(author));
  return dsr_infer(author);
}

/* ---- answers ---------------------------------------------------------------------------- */

static dsr_status name_answers(dsr_author *author) {
  dsr_rulebook *book = author->book;
  if (book->query < 0) return DSR_OK;
  const dsr_predicate *p = &book->predicates.items[book->query];
  for (int i = 0; i < p->width; i++) {
    dsr_answer answer = {p->columns[i], i};
    if (!VEC_PUSH(&book->answers, answer)) return dsr_author_memory(author);
  }
  return DSR_OK;
}

/* The one rule of the query; NULL where it has another number of them. */
static const dsr_rule *query_rule(const dsr_rulebook *book) {
  const dsr_rule *found = NULL;
  for (size_t i = 0; i < book->rules.len && book->query >= 0; i++) {
    if (book->rules.items[i].head == book->query) found = &book->rules.items[i];
  }
  return found;
}

/* The column of the atom that holds what the head's column `at` does; -1. */
static int column_of(const dsr_rule *rule, int at) {
  const dsr_goal *atom = &rule->goals[0];
  int found = -1;
  for (int i = 0; i < atom->n_args; i++) {
    if (atom->args[i].var == rule->args[at].var) found = i;
  }
  return found;
}

/* Is the query one atom of a derived relation, all of whose columns are asked for, in their
** order? */
static bool is_direct(const dsr_rulebook *book, const dsr_rule *rule) {
  if (rule == NULL || rule->n_goals != 1) return false;
  const dsr_goal *atom = &rule->goals[0];
  if (atom->kind != DSR_GOAL_ATOM || atom->negated || atom->written_time) return false;
  const dsr_predicate *p = &book->predicates.items[atom->predicate];
  int width = book->predicates.items[rule->head].width;
  bool relation = p->use == DSR_USE_RELATION || p->use == DSR_USE_CLAIMED;
  if (p->kind != DSR_PREDICATE_RULED || !relation || p->width != width) return false;
  for (int i = 0; i < width; i++) {
    if (rule->args[i].var < 0 || column_of(rule, i) != i) return false;
    for (int k = 0; k < i; k++) {
      if (rule->args[k].var == rule->args[i].var) return false;
    }
  }
  return true;
}

/* Let the atom's own predicate answer. */
static void answer_directly(dsr_rulebook *book) {
  const dsr_rule *rule = query_rule(book);
  if (!is_direct(book, rule)) return;
  book->query = rule->goals[0].predicate;
}

static dsr_status make(dsr_author *author) {
  TRY(start(author));
  TRY(draft_all(author));
  if (author->error->count > author->told) return author->error->code;
  TRY(dsr_plain_rules(author));
  TRY(name_answers(author));
  answer_directly(author->book);
  TRY(dsr_rulebook_prune(author->book, author->source->whole));
  return dsr_rulebook_stratify(author->book, author->error);
}

/* Leave in `error` what went wrong; `told` has the errors of the language. */
static dsr_status fail(dsr_facts *facts, dsr_status rc, const dsr_error *told,
                       dsr_error *error) {
  dsr_error *own = dsr_facts_error(facts);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(error);
  if (dsr_resolve_hard(rc)) {
    return error == own ? rc : dsr_fail(error, rc, "%s", own->text);
  }
  if (error == own) *own = *told;
  return rc;
}

dsr_status dsr_rulebook_new(dsr_facts *facts, dsr_view *view,
                            const dsr_rule_source *source, dsr_error *error,
                            dsr_rulebook **out) {
  dsr_error apart = {0};
  dsr_author author = {.facts = facts, .view = view, .source = source};
  author.error = error == dsr_facts_error(facts) ? &apart : error;
  author.told = author.error->count;
  dsr_status rc = make(&author);
  if (rc >= 0) {
    *out = author.book;
    author.book = NULL;
  }
  stop(&author);
  return rc < 0 ? fail(facts, rc, author.error, error) : DSR_OK;
}
