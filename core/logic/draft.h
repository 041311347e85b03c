/*
** draft.h - a rulebook while it is being made: what its files share.
**
** Work goes by relation: the query and the constraints are drafted, what their atoms mean
** is looked up, and every derived relation that is met for the first time waits for its own
** rules to be drafted.  When nothing waits any more all types are worked out together,
** constants become words, and drafts become rules.
**
**   meaning.c   what an atom's name means; which relations are derived, and from what
**   derived.c   the rules that are not written: the base's facts, `is`, `symmetric`, ...
**   body.c      clauses, literals and terms -> goals over variables
**   nest.c      aggregates and `not` -> predicates of their own
**   fill.c      which goals fill which variables; what nothing fills
**   infer.c     types of variables and columns; constants -> words
**   plain.c     equations that only name things go; drafts -> rules
**
** A clause that has an error is dropped and its head's columns may be anything, so that the
** others are looked at all the same.
*/
#ifndef DSR_LOGIC_DRAFT_H
#define DSR_LOGIC_DRAFT_H

#include "logic/clash.h"
#include "logic/define.h"
#include "logic/plan.h"
#include "logic/rule.h"
#include "logic/suspect.h"

/* In drafts, an argument may also be a constant that waits for its column's type: `word` is
** its place in the author's terms. */
enum { DSR_ARG_TERM = -4 };

/* A column of a derived relation that no rule has told the type of yet. */
enum { DSR_COL_UNTOLD = -1 };

typedef struct dsr_waiting_term {
  const dsr_term *term;
  bool edtf; /* it stands after @ */
} dsr_waiting_term;

typedef struct dsr_draft_goal {
  dsr_goal goal;
  dsr_place at[DSR_WIDTH_MAX]; /* where the arguments stand */
  bool held;                   /* fills nothing for now; see nest.c */
  bool names;                  /* an equation that alone fills one of its sides */
  bool gone;
} dsr_draft_goal;

typedef struct dsr_draft_var {
  dsr_str name;
  int of; /* the clause's variable; -1: made */
  dsr_place at;
  dsr_domain type;
  dsr_place type_at; /* where it was told */
  bool untold;       /* it stands in a column that is untold */
  bool firm;         /* an integer, and no decimal that equals one */
} dsr_draft_var;

typedef struct dsr_draft {
  dsr_rule rule; /* without goals and variables */
  dsr_place arg_at[DSR_WIDTH_MAX];
  dsr_resolve *r; /* of its program; NULL where it was not written */
  VEC(dsr_draft_goal) goals;
  VEC(dsr_draft_var) vars;
} dsr_draft;

/* A relation that is derived. */
typedef struct dsr_derived {
  dsr_str name;
  int arity;
  uint32_t relation;            /* of the base; 0: it has none of the name */
  const dsr_table_given *table; /* rows of a table are facts of it, too */
  bool timed;
  int heads;     /* its first rule, a place in the author's heads; -1: none */
  int last;      /* its last one */
  int predicate; /* -1 until it is asked for */
  int claimed;   /* with sources, likewise */
  int next;      /* of another name with the same hash */
} dsr_derived;

/* A rule as written. */
typedef struct dsr_head {
  dsr_resolve *r;
  const dsr_clause *clause;
  bool refused; /* its errors were told */
  int next;
} dsr_head;

typedef struct dsr_author {
  dsr_facts *facts;
  dsr_view *view;
  const dsr_rule_source *source;
  dsr_error *error; /* where errors of the language are told */
  int told;         /* those that were told before */
  dsr_rulebook *book;
  dsr_resolve *resolves; /* by program; that of the query comes last */
  int n_resolves;
  bool dated; /* the view looks at times */

  VEC(dsr_derived) derived;
  VEC(dsr_head) heads;
  dsr_map names;    /* of derived relations: place plus one */
  dsr_map bases;    /* of base predicates: the last one of the relation, plus one */
  VEC(int) earlier; /* by predicate: an earlier one of the same relation; -1: none */
  VEC(int) tabled;  /* by table: its predicate; -1 until it is asked for */
  VEC(int) waiting; /* predicates of derived relations whose rules are to be drafted */
  VEC(int) of;      /* by predicate: the derived relation, or -1 */

  VEC(dsr_draft *) drafts;
  VEC(dsr_waiting_term) terms;
  int made[2]; /* predicates made so far, by what they are called */
} dsr_author;

/* Is nothing told of names that mean nothing in the resolver's program? */
bool dsr_author_trusts(const dsr_author *author, const dsr_resolve *r);
/* What went wrong is the machine's: tell it and give it back. */
dsr_status dsr_author_memory(dsr_author *author);
/* Add a predicate. */
dsr_status dsr_author_predicate(dsr_author *author, const dsr_predicate *spec,
                                int *out);
static inline dsr_predicate *dsr_author_at(dsr_author *author, int predicate) {
  return &author->book->predicates.items[predicate];
}
/* A new draft; good as long as the author. */
dsr_status dsr_author_draft(dsr_author *author, dsr_rule_origin origin, int head,
                            dsr_draft **out);
dsr_status dsr_draft_push(dsr_author *author, dsr_draft *draft,
                          const dsr_draft_goal *goal);
dsr_status dsr_draft_var_add(dsr_author *author, dsr_draft *draft,
                             const dsr_draft_var *var, int *out);
/* The columns of a predicate may be anything. */
void dsr_author_open(dsr_author *author, int predicate);

/* ---- meaning.c ------------------------------------------------------------------- */

typedef struct dsr_meaning {
  int predicate; /* -1: it is a function */
  const dsr_definition *definition;
  const dsr_builtin *fn; /* that is true or false of what stands in the atom */
} dsr_meaning;

/* Find all that is derived, and whether it has time. */
dsr_status dsr_meaning_gather(dsr_author *author);
/* What an atom means; DSR_ERELATION at its place. */
dsr_status dsr_meaning_find(dsr_author *author, dsr_resolve *r, const dsr_atom *atom,
                            dsr_meaning *out);
/* The derived relation of that name; NULL where there is none. */
dsr_derived *dsr_meaning_derived(dsr_author *author, dsr_str name, int arity);
/* The predicate of a derived relation, whose rules will be drafted. */
dsr_status dsr_meaning_predicate(dsr_author *author, dsr_derived *derived, bool claimed,
                                 int *out);
/* A base predicate; `spec` says how it is read. */
dsr_status dsr_meaning_base(dsr_author *author, const dsr_relation *relation,
                            const dsr_predicate *spec, int *out);
dsr_status dsr_meaning_table(dsr_author *author, const dsr_table_given *table,
                             int *out);
void dsr_meaning_forget(dsr_author *author);

/* ---- derived.c ------------------------------------------------------------------- */

/* Draft all rules of a predicate that waits. */
dsr_status dsr_derived_rules(dsr_author *author, int predicate);

/* ---- body.c ---------------------------------------------------------------------- */

typedef struct dsr_scope dsr_scope;

/* Draft a rule as written, for its relation's predicate or the one with sources. */
dsr_status dsr_body_rule(dsr_author *author, dsr_resolve *r, const dsr_clause *clause,
                         int predicate);
dsr_status dsr_body_query(dsr_author *author, dsr_resolve *r, const dsr_clause *clause);
dsr_status dsr_body_constraint(dsr_author *author, dsr_resolve *r,
                               const dsr_clause *clause);

/* ---- infer.c --------------------------------------------------------------------- */

/* Work out all types, tell of clashes, and make words of the constants that wait. */
dsr_status dsr_infer(dsr_author *author);

/* ---- plain.c --------------------------------------------------------------------- */

/* Make the rules of the book. */
dsr_status dsr_plain_rules(dsr_author *author);

#endif
