/*
** whole.c - the rules of a base looked at together, as a load changes them.
**
** A rulebook with all rules tells what is wrong with them; queries come after, each in a
** rulebook of its own, when the rules are sound.  Errors are gathered apart from the facts'
** own words, since each call on the facts that fails replaces those.
*/
#include "logic/whole.h"

#include "logic/rule.h"
#include "logic/rules.h"

typedef struct whole {
  dsr_facts *facts;
  const dsr_whole *how;
  dsr_error *error;
  dsr_view *view;
  dsr_program kept;  /* from before */
  bool rules;        /* there are some */
  dsr_program sound; /* the program without what was refused: shares all but the list */
} whole;

static bool is_rule(const dsr_clause *clause) {
  return clause->kind == DSR_CLAUSE_RULE || clause->kind == DSR_CLAUSE_CONSTRAINT;
}

bool dsr_whole_asked(const dsr_program *program) {
  for (size_t i = 0; i < program->clauses.len; i++) {
    if (dsr_rules_wait(&program->clauses.items[i])) return true;
  }
  return false;
}

static dsr_status leave_out(whole *w, const dsr_program *program) {
  w->sound = *program;
  w->sound.clauses.items = NULL;
  w->sound.clauses.len = w->sound.clauses.cap = 0;
  for (size_t i = 0; i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    if (w->how->refused != NULL && w->how->refused[i]) continue;
    if (!dsr_rules_wait(clause)) continue;
    if (!VEC_PUSH(&w->sound.clauses, *clause)) return dsr_fail_memory(w->error);
  }
  return DSR_OK;
}

/* Make a rulebook and let go of it. */
static dsr_status try_book(whole *w, const dsr_clause *query) {
  const dsr_program *programs[] = {&w->kept, &w->sound};
  dsr_rule_source source = {.n_programs = query == NULL ? 2 : 1,
                            .programs = programs,
                            .query_program = query != NULL ? &w->sound : NULL,
                            .query = query,
                            .defined = w->how->defined,
                            .constraints = query == NULL,
                            .whole = query == NULL,
                            .n_trusted = 1,
                            .n_supposed = w->how->n_supposed,
                            .supposed = w->how->supposed};
  dsr_rulebook *book;
  TRY(dsr_rulebook_new(w->facts, w->view, &source, w->error, &book));
  dsr_rulebook_free(book);
  return DSR_OK;
}

/* A query of base relations alone was compiled when it was met, if there are no rules. */
static dsr_status try_query(whole *w, dsr_rules *rules, dsr_resolve *r,
                            const dsr_clause *query) {
  bool asked;
  dsr_place at;
  dsr_resolve_clause(r, query);
  TRY(dsr_rules_asked(rules, query, &asked, &at));
  return asked || w->rules ? try_book(w, query) : DSR_OK;
}

static dsr_status try_queries(whole *w) {
  dsr_resolve r;
  dsr_rules *rules;
  dsr_status first = DSR_OK;
  dsr_resolve_start(&r, w->facts, &w->sound, w->error);
  dsr_status rc = dsr_rules_new(&r, &rules);
  if (rc < 0) rules = NULL;
  for (size_t i = 0; rc >= 0 && i < w->sound.clauses.len; i++) {
    const dsr_clause *clause = &w->sound.clauses.items[i];
    if (clause->kind != DSR_CLAUSE_QUERY) continue;
    dsr_status one = try_query(w, rules, &r, clause);
    if (dsr_resolve_hard(one)) rc = one;
    if (one < 0 && first >= 0) first = one;
  }
  dsr_rules_free(rules);
  dsr_resolve_stop(&r);
  return rc < 0 ? rc : first;
}

static dsr_status run(whole *w, const dsr_program *program) {
  if (w->how->kept != NULL) TRY(w->how->kept(w->how->ud, w->facts, &w->kept));
  TRY(leave_out(w, program));
  w->rules = w->kept.clauses.len > 0;
  for (size_t i = 0; i < w->sound.clauses.len && !w->rules; i++) {
    w->rules = is_rule(&w->sound.clauses.items[i]);
  }
  if (w->rules) TRY(try_book(w, NULL));
  return try_queries(w);
}

dsr_status dsr_whole_check(dsr_facts *facts, const dsr_program *program,
                           const dsr_whole *how, dsr_error *error) {
  dsr_error apart = {0};
  bool own = error == dsr_facts_error(facts);
  whole w = {.facts = facts, .how = how, .error = own ? &apart : error};
  TRY(dsr_view_new(facts, NULL, NULL, &w.view));
  dsr_status rc = run(&w, program);
  if (rc < 0 && own && apart.text[0] != 0) *error = apart; /* else the facts said it */
  VEC_FREE(&w.sound.clauses);
  dsr_program_free(&w.kept);
  dsr_view_free(w.view);
  return rc;
}
