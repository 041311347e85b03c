/*
** rules.c - rules and constraints on their way into a base, and queries that need them.
**
** What is derived is gathered before the first body is looked at, so that rules may stand
** in any order, in one file or in several.  Relations are known by name and number of
** columns, CURIEs by what they are short for.
*/
#include "logic/rules.h"

#include "ground/text.h"
#include "logic/builtin.h"
#include "logic/compound.h"
#include "logic/plan.h"
#include "logic/suspect.h"

/* A relation that the program's rules derive. */
typedef struct head {
  dsr_str name;
  int arity;
} head;

struct dsr_rules {
  dsr_resolve *r;
  dsr_arena arena; /* of names that CURIEs are short for */
  dsr_map derived; /* by name and arity: those of the program and of the base */
  VEC(head) heads; /* those of the program */
};

static dsr_status no_memory(dsr_rules *rules) {
  return dsr_fail_memory(dsr_facts_error(rules->r->facts));
}

/* ---- atoms ------------------------------------------------------------------------ */

static dsr_status each_term(const dsr_term *term, dsr_rules_atom told, void *ud);

static dsr_status each_literal(const dsr_literal *literal, dsr_rules_atom told,
                               void *ud) {
  if (literal->kind != DSR_LIT_ATOM) {
    TRY(each_term(&literal->left, told, ud));
    return each_term(&literal->right, told, ud);
  }
  TRY(told(ud, literal->atom));
  for (int i = 0; i < literal->atom->n_args; i++) {
    TRY(each_term(&literal->atom->args[i], told, ud));
  }
  return DSR_OK;
}

static dsr_status each_term(const dsr_term *term, dsr_rules_atom told, void *ud) {
  for (int i = 0; i < term->n_args; i++) TRY(each_term(&term->args[i], told, ud));
  for (int i = 0; i < term->n_body; i++) TRY(each_literal(&term->body[i], told, ud));
  return DSR_OK;
}

dsr_status dsr_rules_each(const dsr_clause *clause, dsr_rules_atom told, void *ud) {
  for (int i = 0; i < clause->n_body; i++) {
    TRY(each_literal(&clause->body[i], told, ud));
  }
  return DSR_OK;
}

/* ---- what is derived --------------------------------------------------------------- */

static dsr_status add_derived(dsr_rules *rules, dsr_str name, int arity) {
  bool fresh;
  uint64_t key = dsr_map_key(name, (uint64_t)arity);
  return dsr_map_put(&rules->derived, key, &fresh) ? DSR_OK : no_memory(rules);
}

dsr_status dsr_rules_suppose(dsr_rules *rules, dsr_str name) {
  for (int arity = 0; name.len > 0 && arity <= DSR_ARITY_MAX; arity++) {
    TRY(add_derived(rules, name, arity));
  }
  return DSR_OK;
}

/* A head of the program.  One whose name cannot be told is told of when it is loaded. */
static dsr_status add_head(dsr_rules *rules, const dsr_clause *clause) {
  head one = {.arity = clause->head.n_args};
  dsr_error quiet = {0}, *error = rules->r->error;
  if (clause->head.curie) rules->r->error = &quiet;
  dsr_resolve_clause(rules->r, clause);
  dsr_status rc = dsr_resolve_name(rules->r, &clause->head, &one.name);
  rules->r->error = error;
  if (rc < 0) return dsr_resolve_hard(rc) ? rc : DSR_OK;
  if (clause->head.curie) one.name = dsr_arena_str(&rules->arena, one.name);
  if (one.name.data == NULL || !VEC_PUSH(&rules->heads, one)) return no_memory(rules);
  return add_derived(rules, one.name, one.arity);
}

static dsr_status gather(dsr_rules *rules) {
  const dsr_kept_rule *kept;
  const dsr_program *program = rules->r->program;
  for (size_t i = 0; (kept = dsr_kept_at(rules->r->facts, i)) != NULL; i++) {
    if (!kept->constraint) TRY(add_derived(rules, kept->name, kept->arity));
  }
  for (size_t i = 0; i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    if (clause->kind == DSR_CLAUSE_RULE) TRY(add_head(rules, clause));
  }
  return DSR_OK;
}

dsr_status dsr_rules_new(dsr_resolve *r, dsr_rules **out) {
  dsr_rules *rules = dsr_alloc(sizeof *rules);
  if (rules == NULL) return dsr_fail_memory(dsr_facts_error(r->facts));
  rules->r = r;
  dsr_status rc = gather(rules);
  if (rc < 0) {
    dsr_rules_free(rules);
    return rc;
  }
  *out = rules;
  return DSR_OK;
}

void dsr_rules_free(dsr_rules *rules) {
  if (rules == NULL) return;
  dsr_map_free(&rules->derived);
  VEC_FREE(&rules->heads);
  dsr_arena_free(&rules->arena);
  dsr_free(rules);
}

dsr_status dsr_rules_derived(dsr_rules *rules, const dsr_atom *atom, bool *derived) {
  dsr_str name;
  *derived = false;
  if (rules->derived.n == 0) return DSR_OK;
  TRY(dsr_resolve_name(rules->r, atom, &name));
  *derived = dsr_map_get(&rules->derived, dsr_map_key(name, (uint64_t)atom->n_args));
  return DSR_OK;
}

/* ---- names ------------------------------------------------------------------------ */

/* The program derives the name, in another number of columns; else -1. */
static int derived_arity(const dsr_rules *rules, dsr_str name) {
  for (size_t i = 0; i < rules->heads.len; i++) {
    if (dsr_str_eq(rules->heads.items[i].name, name))
      return rules->heads.items[i].arity;
  }
  return -1;
}

/* No relation of the atom's name and columns: what there is of the base is told by the
** resolver, unless something that the program derives is nearer. */
static dsr_status refuse(dsr_rules *rules, const dsr_atom *atom) {
  int other;
  dsr_str name;
  const dsr_relation *none;
  dsr_resolve *r = rules->r;
  dsr_nearest race;
  TRY(dsr_resolve_name(r, atom, &name));
  dsr_str stored = dsr_relation_nearest(r->facts, name, &other);
  int derived = derived_arity(rules, name);
  if (other >= 0) return dsr_resolve_relation(r, atom, false, &none);
  if (derived >= 0) {
    return dsr_resolve_fail(r, atom->at, DSR_ERELATION,
                            "\"%s\" has %d column%s, and here %s %d",
                            dsr_show(name).text, derived, derived == 1 ? "" : "s",
                            atom->n_args == 1 ? "is" : "are", atom->n_args);
  }
  dsr_nearest_start(&race, name);
  if (stored.len > 0) dsr_nearest_offer(&race, stored);
  for (size_t i = 0; i < rules->heads.len; i++) {
    dsr_nearest_offer(&race, rules->heads.items[i].name);
  }
  if (race.best.len == 0) return dsr_compound_atom(r, atom, name);
  if (race.best.data == stored.data) {
    return dsr_resolve_relation(r, atom, false, &none);
  }
  return dsr_resolve_fail(r, atom->at, DSR_ERELATION,
                          "no relation called \"%s\"; did you mean \"%s\"?",
                          dsr_show(name).text, dsr_show(race.best).text);
}

/* An atom in a body names a relation that is known, or a function that is a test. */
static dsr_status check_atom(void *ud, const dsr_atom *atom) {
  bool derived;
  dsr_rules *rules = ud;
  const dsr_relation *relation;
  TRY(dsr_resolve_known(rules->r, atom, &relation));
  if (relation != NULL) return DSR_OK;
  TRY(dsr_rules_derived(rules, atom, &derived));
  if (dsr_builtin_test(atom->name, atom->n_args) != NULL) return DSR_OK;
  return derived ? DSR_OK : refuse(rules, atom);
}

/* A relation that is declared is derived with the columns that it has. */
static dsr_status check_head(dsr_rules *rules, const dsr_atom *atom, dsr_str *name) {
  const dsr_relation *relation;
  TRY(dsr_resolve_name(rules->r, atom, name));
  *name = dsr_arena_str(&rules->arena, *name);
  if (name->data == NULL) return no_memory(rules);
  if (dsr_relation_find(rules->r->facts, *name, atom->n_args) != NULL) return DSR_OK;
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    relation = dsr_relation_find(rules->r->facts, *name, arity);
    if (relation == NULL || !relation->declared) continue;
    return dsr_resolve_relation(rules->r, atom, false, &relation);
  }
  return DSR_OK;
}

/* ---- queries ---------------------------------------------------------------------- */

static bool worked_out(const dsr_term *term, dsr_place *at) {
  *at = term->at;
  return term->kind == DSR_TERM_CALL || term->kind == DSR_TERM_AGGREGATE;
}

/* Does the atom call a function that is a test? */
static dsr_status is_test(dsr_rules *rules, const dsr_atom *atom, bool *test) {
  const dsr_relation *relation = NULL;
  *test = dsr_builtin_test(atom->name, atom->n_args) != NULL;
  if (*test) TRY(dsr_resolve_known(rules->r, atom, &relation));
  *test = *test && relation == NULL;
  return DSR_OK;
}

static dsr_status literal_asks(dsr_rules *rules, const dsr_literal *literal,
                               bool *asked, dsr_place *at) {
  *asked = true;
  *at = literal->at;
  if (literal->kind != DSR_LIT_ATOM) {
    *asked = worked_out(&literal->left, at) || worked_out(&literal->right, at);
    return DSR_OK;
  }
  if (literal->negated) return DSR_OK;
  *at = literal->atom->at;
  TRY(dsr_rules_derived(rules, literal->atom, asked));
  if (!*asked) TRY(is_test(rules, literal->atom, asked));
  if (!*asked) *asked = worked_out(&literal->atom->time, at);
  for (int i = 0; i < literal->atom->n_args && !*asked; i++) {
    *asked = worked_out(&literal->atom->args[i], at);
  }
  return DSR_OK;
}

dsr_status dsr_rules_asked(dsr_rules *rules, const dsr_clause *query, bool *asked,
                           dsr_place *at) {
  *asked = false;
  for (int i = 0; i < query->n_body && !*asked; i++) {
    TRY(literal_asks(rules, &query->body[i], asked, at));
  }
  return DSR_OK;
}

/* ---- loading ---------------------------------------------------------------------- */

bool dsr_rules_wait(const dsr_clause *clause) {
  return clause->kind == DSR_CLAUSE_RULE || clause->kind == DSR_CLAUSE_CONSTRAINT ||
         clause->kind == DSR_CLAUSE_QUERY;
}

static dsr_status keep(dsr_rules *rules, const dsr_clause *clause, dsr_str name) {
  const dsr_program *program = rules->r->program;
  dsr_kept_rule rule = {.constraint = clause->kind == DSR_CLAUSE_CONSTRAINT,
                        .name = name,
                        .arity = clause->head.n_args,
                        .text = clause->written,
                        .canonical = clause->canonical,
                        .file = program->files.items[clause->file],
                        .at = clause->at};
  return dsr_kept_add(rules->r->facts, &rule);
}

dsr_status dsr_rules_load(dsr_rules *rules, const dsr_clause *clause) {
  bool asked;
  dsr_place at;
  dsr_str name = {NULL, 0};
  dsr_resolve_clause(rules->r, clause);
  if (clause->kind == DSR_CLAUSE_QUERY) {
    TRY(dsr_rules_asked(rules, clause, &asked, &at));
    if (!asked) TRY(dsr_plan_check(rules->r, clause));
  }
  if (clause->kind == DSR_CLAUSE_RULE) TRY(check_head(rules, &clause->head, &name));
  TRY(dsr_rules_each(clause, check_atom, rules));
  return clause->kind == DSR_CLAUSE_QUERY ? DSR_OK : keep(rules, clause, name);
}
