/*
** atom.c - one atom in the language, as a pattern of what was ever claimed.
*/
#include "lua/atom.h"

#include "logic/resolve.h"

static dsr_status no_atom(dsr_resolve *r, const dsr_clause *clause) {
  return dsr_resolve_fail(r, clause->at, DSR_ESYNTAX,
                          "one atom is due here, as in joined(ukraine, X) @ T; who "
                          "claims it is in the history of each fact");
}

static bool is_open(const dsr_term *term) {
  return term->kind == DSR_TERM_VARIABLE || term->kind == DSR_TERM_ANYTHING;
}

/* Column `i` of the pattern; a variable that an earlier column has is its twin. */
static dsr_status read_column(dsr_resolve *r, dsr_claimed *claimed,
                              const dsr_atom *atom, int i, dsr_domain type,
                              dsr_word *out) {
  bool last = i == atom->n_args;
  const dsr_term *term = last ? &atom->time : &atom->args[i];
  claimed->twin[i] = (uint8_t)i;
  *out = DSR_WORD_NONE;
  if (last && term->kind == DSR_TERM_NONE) return DSR_OK;
  if (last && dsr_resolve_unknown_time(term)) {
    claimed->timeless = true;
    return DSR_OK;
  }
  if (!is_open(term)) {
    dsr_spot spot = {.what = last ? "the time after @" : "a column"};
    return dsr_resolve_term(r, term, type, last, DSR_INTERN_FIND, spot, out);
  }
  for (int k = i - 1; k >= 0 && term->kind == DSR_TERM_VARIABLE; k--) {
    if (atom->args[k].kind != DSR_TERM_VARIABLE) continue;
    if (atom->args[k].var != term->var) continue;
    claimed->twin[i] = (uint8_t)k;
    claimed->twins = true;
  }
  return DSR_OK;
}

static dsr_status read_atom(dsr_resolve *r, const dsr_clause *clause,
                            dsr_claimed *out) {
  const dsr_literal *body = clause->body;
  const dsr_relation *relation;
  bool plain = clause->n_body == 1 && body->kind == DSR_LIT_ATOM && !body->negated &&
               !body->atom->denied && !body->atom->claim.present;
  if (!plain) return no_atom(r, clause);
  const dsr_atom *atom = body->atom;
  TRY(dsr_resolve_relation(r, atom, false, &relation));
  out->relation = relation->number;
  out->arity = atom->n_args;
  for (int i = 0; i <= atom->n_args; i++) {
    bool last = i == atom->n_args;
    dsr_domain type = last ? DSR_COL_TIME : relation->types[i];
    dsr_status rc =
        read_column(r, out, atom, i, type, last ? &out->time : &out->args[i]);
    if (rc != DSR_OK) return rc;
  }
  return DSR_OK;
}

dsr_status dsr_base_read_atom(dsr_base *base, dsr_str text, dsr_claimed *out) {
  dsr_program program = {0};
  dsr_claimed claimed = {0};
  dsr_status rc = dsr_base_read_one(base, "<atom>", text, false, &program);
  if (rc >= 0) {
    dsr_resolve r;
    dsr_resolve_start(&r, base->facts, &program, base->error);
    dsr_resolve_clause(&r, &program.clauses.items[0]);
    rc = read_atom(&r, &program.clauses.items[0], &claimed);
    dsr_resolve_stop(&r);
  }
  dsr_program_free(&program);
  if (rc == DSR_OK) *out = claimed;
  return rc;
}
