/*
** scope.h - one body while it is drafted: a clause's, that of an aggregate, that under a
** `not`.
**
** A clause's variables have a number in each body that has them.  A body *owns* those that
** stand in it outside of aggregates, and those that it shares with the body around it; the
** others inside an aggregate are the aggregate's own.
*/
#ifndef DSR_LOGIC_SCOPE_H
#define DSR_LOGIC_SCOPE_H

#include "logic/draft.h"

/* An aggregate that a literal has. */
typedef struct dsr_fold_use {
  const dsr_term *term;
  int kind;  /* a dsr_fold_kind */
  int value; /* the variable that stands for it */
  int n_groups;
  int groups[DSR_WIDTH_MAX]; /* the clause's variables */
  int tuples, folded;        /* predicates */
  int goal;                  /* its atom, a place in the draft's goals */
} dsr_fold_use;

typedef struct dsr_lent {
  int outer, inner; /* a variable of the body around this one, and what it is here */
} dsr_lent;

struct dsr_scope {
  dsr_author *author;
  dsr_resolve *r;
  const dsr_clause *clause;
  dsr_draft *draft;
  dsr_scope *outer; /* the body around, or NULL */
  bool column;      /* a term of an atom's column is at hand */
  int self;         /* the goal there that this body is about, or -1 */
  int *map;         /* by the clause's variable: the draft's, or -1 */
  bool *own;        /* by the clause's variable */
  bool *told;       /* by the clause's variable: that nothing fills it; all bodies' */
  VEC(dsr_fold_use) folds;
  VEC(const dsr_literal *) negated; /* to be drafted when all else is */
  VEC(int) by; /* by variable: the goal that fills it first; fill.c */
  VEC(dsr_lent) lent;
  VEC(int) taken; /* goals of the body around that were copied */
};

/* Begin a body; ends it. */
dsr_status dsr_scope_start(dsr_scope *scope, dsr_author *author, dsr_resolve *r,
                           const dsr_clause *clause, dsr_draft *draft,
                           dsr_scope *outer);
void dsr_scope_stop(dsr_scope *scope);

dsr_status dsr_scope_push(dsr_scope *scope, const dsr_draft_goal *goal);
/* The draft's variable for the clause's; one without a name. */
dsr_status dsr_scope_var(dsr_scope *scope, int of, int *out);
dsr_status dsr_scope_made(dsr_scope *scope, dsr_place at, int *out);

/* ---- body.c ---------------------------------------------------------------------- */

/* Goals of a literal; one with `not` waits, unless `asserted`. */
dsr_status dsr_body_literal(dsr_scope *scope, const dsr_literal *literal,
                            bool asserted);
/* A literal with `not` that is one goal: push it.  DSR_NOTHING where it is not. */
dsr_status dsr_body_negated(dsr_scope *scope, const dsr_literal *literal);
/* The argument that a term comes to, with goals for what is nested; `_` is refused where
** a value is due. */
dsr_status dsr_body_term(dsr_scope *scope, const dsr_term *term, bool value,
                         dsr_arg *out);

/* ---- nest.c ---------------------------------------------------------------------- */

/* The aggregate as a variable, whose predicates come when the body is finished. */
dsr_status dsr_nest_fold(dsr_scope *scope, const dsr_term *term, int *out);
/* All goals but those of aggregates and `not` are there: draft these, and check that
** everything is filled. */
dsr_status dsr_nest_finish(dsr_scope *scope);

/* ---- fill.c ---------------------------------------------------------------------- */

/* Find what fills which variable, as goals stand now. */
dsr_status dsr_fill_run(dsr_scope *scope);
bool dsr_fill_has(const dsr_scope *scope, const dsr_arg *arg);
/* The same, were these variables filled: `by` is left as that makes it. */
dsr_status dsr_fill_suppose(dsr_scope *scope, const int *vars, size_t n);
/* Copy the goals of the body around that fill its variable `var`, unless they need the
** goal that this body is about: DSR_NOTHING. */
dsr_status dsr_fill_borrow(dsr_scope *scope, int var);
/* Mark the equations that alone fill one of their sides. */
dsr_status dsr_fill_names(dsr_scope *scope);
/* DSR_ESYNTAX at each variable that nothing fills. */
dsr_status dsr_fill_check(dsr_scope *scope);

#endif
