/*
** breach.c - constraints asked as queries, and the facts that their answers are about.
**
** The rules that the base keeps are held meanwhile, since a function that a constraint calls
** may look at them.  Words of an answer are as good as the step that gave it.
*/
#include "lua/breach.h"

#include <string.h>

#include "ground/text.h"

typedef struct asking {
  dsr_base *base;
  const dsr_program *program;
  const dsr_clause *clause;
  dsr_plan *plan;
  dsr_word *by_slot; /* a word for each variable of the clause, or none */
  dsr_str *names;
  dsr_breach breach;
} asking;

/* "?-" and the body: what stands behind the ":-" that follows the message. */
static dsr_status body_of(const asking *a, dsr_arena *arena, dsr_str *out) {
  dsr_str written = a->clause->written;
  size_t at = 0;
  bool quoted = false;
  while (at + 1 < written.len) {
    char c = written.data[at];
    if (!quoted && c == ':' && written.data[at + 1] == '-') break;
    if (c == '"') quoted = !quoted;
    at += quoted && c == '\\' ? 2 : 1;
  }
  if (at + 1 >= written.len) return DSR_NOTHING;
  size_t len = written.len - at;
  char *text = dsr_arena_alloc(arena, len + 1);
  if (text == NULL) return dsr_fail_memory(a->base->error);
  memcpy(text, written.data + at, len);
  text[0] = '?';
  *out = (dsr_str){text, len};
  return DSR_OK;
}

static void place_row(asking *a, const dsr_word *row) {
  a->breach.row = row;
  for (int i = 0; i < a->clause->n_vars; i++) {
    a->by_slot[i] = DSR_WORD_NONE;
    for (int k = 0; k < a->breach.n_columns; k++) {
      if (dsr_str_eq(a->clause->vars[i], a->names[k])) a->by_slot[i] = row[k];
    }
  }
}

/* ---- facts ------------------------------------------------------------------------ */

static dsr_status pattern_word(const asking *a, dsr_resolve *r, const dsr_term *term,
                               dsr_domain type, bool edtf, dsr_word *out) {
  *out = DSR_WORD_NONE;
  switch (term->kind) {
    case DSR_TERM_VARIABLE:
      *out = a->by_slot[term->var];
      return DSR_OK;
    case DSR_TERM_ENTITY:
    case DSR_TERM_TEXT:
    case DSR_TERM_NUMBER:
    case DSR_TERM_TIME:
    case DSR_TERM_BOOL:
      return dsr_resolve_term(r, term, type, edtf, DSR_INTERN_TEMP, (dsr_spot){0}, out);
    default:
      return DSR_OK;
  }
}

static void add_fact(dsr_breach *breach, const dsr_tuple *fact) {
  if (breach->n_facts == DSR_BREACH_FACTS) return;
  for (int i = 0; i < breach->n_facts; i++) {
    const dsr_tuple *other = &breach->facts[i];
    if (other->relation == fact->relation && other->time == fact->time &&
        memcmp(other->args, fact->args, sizeof *fact->args * (size_t)fact->arity) ==
            0) {
      return;
    }
  }
  breach->facts[breach->n_facts++] = *fact;
}

static dsr_status facts_of(asking *a, dsr_resolve *r, const dsr_atom *atom) {
  const dsr_relation *relation;
  dsr_word pattern[DSR_ARITY_MAX] = {0}, time = DSR_WORD_NONE;
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_resolve_known(r, atom, &relation));
  if (relation == NULL) return DSR_OK;
  for (int i = 0; i < atom->n_args; i++) {
    TRY(pattern_word(a, r, &atom->args[i], relation->types[i], false, &pattern[i]));
  }
  if (atom->time.kind == DSR_TERM_VARIABLE) time = a->by_slot[atom->time.var];
  TRY(dsr_scan_start(a->base->facts, a->base->view, relation->number, pattern, time,
                     atom->denied ? DSR_SCAN_DENIED : 0, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    add_fact(&a->breach, &match->fact);
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status find_facts(asking *a) {
  dsr_resolve r;
  dsr_status rc = DSR_OK;
  a->breach.n_facts = 0;
  dsr_resolve_start(&r, a->base->facts, a->program, a->base->error);
  dsr_resolve_clause(&r, a->clause);
  for (int i = 0; i < a->clause->n_body && rc >= 0; i++) {
    const dsr_literal *literal = &a->clause->body[i];
    bool tells = literal->kind == DSR_LIT_ATOM && !literal->negated;
    if (tells) rc = facts_of(a, &r, literal->atom);
  }
  dsr_resolve_stop(&r);
  return rc < 0 ? rc : DSR_OK;
}

/* ---- constraints ------------------------------------------------------------------ */

static dsr_status step_through(asking *a, dsr_breach_found found, void *ud) {
  const dsr_word *row;
  dsr_status rc;
  while ((rc = dsr_plan_step(a->plan, &row)) == DSR_ROW) {
    place_row(a, row);
    TRY(find_facts(a));
    TRY(found(ud, &a->breach));
  }
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status ask(asking *a, dsr_arena *arena, dsr_breach_found found, void *ud) {
  dsr_str query;
  TRY(body_of(a, arena, &query));
  TRY(dsr_base_prepare(a->base, query, &a->plan));
  a->breach.n_columns = dsr_plan_columns(a->plan);
  size_t n = (size_t)a->breach.n_columns;
  a->names = dsr_arena_alloc(arena, (n + 1) * sizeof *a->names);
  a->by_slot =
      dsr_arena_alloc(arena, ((size_t)a->clause->n_vars + 1) * sizeof *a->by_slot);
  if (a->names == NULL || a->by_slot == NULL) return dsr_fail_memory(a->base->error);
  for (int i = 0; i < a->breach.n_columns; i++)
    a->names[i] = dsr_plan_column(a->plan, i);
  a->breach.names = a->names;
  a->breach.message = a->clause->text;
  a->breach.file = a->program->files.items[a->clause->file].data;
  a->breach.line = a->clause->at.line;
  return step_through(a, found, ud);
}

dsr_status dsr_base_breaches(dsr_base *base, dsr_breach_found found, void *ud) {
  const dsr_program *rules;
  dsr_status rc = DSR_OK;
  TRY(dsr_base_enter(base));
  TRY(dsr_facts_read(base->facts, false));
  TRY(dsr_base_rules(base, &rules, NULL));
  dsr_base_rules_hold(base, rules);
  for (size_t i = 0; i < rules->clauses.len && rc >= 0; i++) {
    asking a = {.base = base, .program = rules, .clause = &rules->clauses.items[i]};
    dsr_arena arena = {0};
    if (a.clause->kind != DSR_CLAUSE_CONSTRAINT) continue;
    rc = ask(&a, &arena, found, ud);
    dsr_base_plan_free(base, a.plan);
    dsr_arena_free(&arena);
  }
  dsr_base_rules_let_go(base, rules);
  return rc < 0 ? rc : DSR_OK;
}
