/*
** named.c - does a clause name an entity, or a relation?
**
** Every term and atom is looked up as a query would, so that quotes and prefixes do not
** matter.  Cost: a look-up for each.
*/
#include "logic/named.h"

typedef struct look {
  dsr_resolve *r;
  dsr_sought what;
  bool found;
} look;

static dsr_status look_at_body(look *l, const dsr_literal *body, int n);

static dsr_status look_at_term(look *l, const dsr_term *term) {
  dsr_word word = DSR_WORD_NONE;
  if (term->kind == DSR_TERM_ENTITY && l->what.entity != DSR_WORD_NONE) {
    dsr_status rc = dsr_resolve_term(l->r, term, DSR_COL_ENTITY, false, DSR_INTERN_FIND,
                                     (dsr_spot){0}, &word);
    if (dsr_resolve_hard(rc)) return rc;
    l->found = l->found || (rc == DSR_OK && word == l->what.entity);
  }
  for (int i = 0; i < term->n_args; i++) TRY(look_at_term(l, &term->args[i]));
  return look_at_body(l, term->body, term->n_body);
}

static dsr_status look_at_atom(look *l, const dsr_atom *atom) {
  const dsr_relation *relation = NULL;
  if (atom->name.len == 0) return DSR_OK; /* a constraint's head */
  dsr_status rc = dsr_resolve_known(l->r, atom, &relation);
  if (dsr_resolve_hard(rc)) return rc;
  bool known = rc == DSR_OK && relation != NULL;
  l->found = l->found || (known && relation->number == l->what.relation);
  for (int i = 0; i < atom->n_args; i++) TRY(look_at_term(l, &atom->args[i]));
  TRY(look_at_term(l, &atom->time));
  TRY(look_at_term(l, &atom->claim.source));
  return look_at_term(l, &atom->claim.speaker);
}

static dsr_status look_at_body(look *l, const dsr_literal *body, int n) {
  for (int i = 0; i < n; i++) {
    if (body[i].kind == DSR_LIT_ATOM) {
      TRY(look_at_atom(l, body[i].atom));
      continue;
    }
    TRY(look_at_term(l, &body[i].left));
    TRY(look_at_term(l, &body[i].right));
  }
  return DSR_OK;
}

dsr_status dsr_clause_names(dsr_resolve *r, const dsr_clause *clause, dsr_sought what,
                            bool *names) {
  look l = {.r = r, .what = what};
  dsr_resolve_clause(r, clause);
  TRY(look_at_atom(&l, &clause->head));
  TRY(look_at_body(&l, clause->body, clause->n_body));
  *names = l.found;
  return DSR_OK;
}
