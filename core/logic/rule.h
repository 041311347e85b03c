/*
** rule.h - the rulebook: a program as predicates, rules and goals over variables.
**
** What the loader, the evaluator's planner and `why` need of a program, and nothing of how
** it was spelled: names are resolved, constants are words, nested terms are goals of their
** own, aggregates are predicates of their own, `is`, `symmetric` and `inverse` of derived
** relations are rules of their own.  Four stages work on it, each a file:
**
**   rulebook.c   clauses -> rulebook, with every error of the language at its place
**   strata.c     which predicates depend on which; components in order; what may not loop
**   demand.c     rulebook and query -> a rulebook that derives only what the query needs
**   route.c      rulebook -> pipelines of the evaluator: join order, indexes
**
** A *predicate* is a list of columns.  The columns of a written atom come first; a
** predicate with time has the written time after them (DSR_WORD_NONE for a fact without
** `@`, which `@ T` does not match).  One relation of the language may have several:
** - a *base* predicate for each way in which bodies read it: with time or without, as
**   asserted or denied, with which parts of the claims;
** - a *ruled* one, where rules have it as their head: the union of its rules, one of which
**   copies the base's own facts;
** - a *ruled* one with the source after the time, where some body asks `from` of it: of the
**   base's claims, and of rules whose head says `from`.
**
** Everything lives in the rulebook's arena.
*/
#ifndef DSR_LOGIC_RULE_H
#define DSR_LOGIC_RULE_H

#include "eval/extent.h"
#include "logic/builtin.h"
#include "logic/resolve.h"

/* An argument: a variable of the rule, a constant, or anything. */
enum { DSR_ARG_CONSTANT = -1, DSR_ARG_ANY = -2 };
typedef struct dsr_arg {
  int var; /* 0 .., or one of the above */
  dsr_word word;
} dsr_arg;

typedef enum dsr_predicate_kind {
  DSR_PREDICATE_BASE = 1, /* facts of a relation, seen through the view */
  DSR_PREDICATE_TABLE,    /* an extent that was read from a file */
  DSR_PREDICATE_RULED,    /* derived */
} dsr_predicate_kind;

/* What a ruled predicate is there for. */
typedef enum dsr_predicate_use {
  DSR_USE_RELATION = 1, /* a relation of the language */
  DSR_USE_CLAIMED,      /* one with sources */
  DSR_USE_QUERY,        /* the answers: a column for each column of the query */
  DSR_USE_CONSTRAINT, /* the answers to a constraint: a column for each named variable */
  DSR_USE_TUPLES,     /* what an aggregate ranges over: groups, then the tuple */
  DSR_USE_FOLDED,     /* an aggregate: groups, then its value */
  DSR_USE_DEMAND,     /* what is asked of a predicate: its bound columns */
  DSR_USE_BEGUN,      /* a body up to some goal, kept (supplementary) */
} dsr_predicate_use;

typedef struct dsr_predicate {
  dsr_predicate_kind kind;
  dsr_predicate_use use;
  dsr_str
      name; /* the relation's, or one made for --explain: "joined", "?1", "demand of p" */
  int arity;  /* columns of the relation as written */
  int width;  /* all columns */
  bool timed; /* column `arity` is the written time */
  dsr_domain types[DSR_WIDTH_MAX];
  /* base: how the facts are read; columns after the time are the claim's parts that
  ** `parts` has a bit for (DSR_PART_*), in order */
  uint32_t relation;
  unsigned scan_flags;
  bool claimed;
  int verb, manner; /* dsr_verb; dsr_kind or -1 */
  unsigned parts;
  /* table */
  dsr_extent *table;
  /* ruled: of tuples alike in all columns but the last only the one with the least
  ** (DSR_FOLD_MIN) or greatest (DSR_FOLD_MAX) last one counts; 0: all do */
  int best;
  /* told by strata.c */
  int component;
  bool recursive;
} dsr_predicate;

typedef enum dsr_goal_kind {
  DSR_GOAL_ATOM = 1,
  DSR_GOAL_COMPARE, /* args[0] op args[1]; with op = one side may be filled by it */
  DSR_GOAL_TIME,    /* args[0] test args[1] */
  DSR_GOAL_CALL,    /* fn(args[0..n_in-1]) gives args[n_in..]: none, one or more rows */
  DSR_GOAL_VIEW, /* a happening or state of `relation` at args[0] is in the view's time */
} dsr_goal_kind;

typedef struct dsr_goal {
  dsr_goal_kind kind;
  dsr_place at;
  bool
      negated; /* of an atom: no tuple matches; `_` and variables found nowhere else are
                ** "any" there */
  int predicate;
  int n_args;
  dsr_arg args[DSR_WIDTH_MAX];
  bool written_time; /* atom: the time column must not be none */
  bool
      otherwise; /* atom of a folded predicate: where the groups (all filled before) have
                     ** no tuple, the last column is `word` */
  dsr_word word;
  dsr_compare op;
  bool numeric;
  dsr_time_test test;
  bool possibly;
  const dsr_builtin *fn; /* call: a built-in; or NULL and */
  dsr_str defined;       /* the name of a defined one */
  int n_in;
  uint32_t relation; /* view */
} dsr_goal;

/* Where a rule comes from. */
typedef enum dsr_rule_origin {
  DSR_ORIGIN_WRITTEN = 1,
  DSR_ORIGIN_BASE, /* the base's own facts of a ruled relation */
  DSR_ORIGIN_IS,   /* a special relation's facts are the general one's */
  DSR_ORIGIN_SYMMETRIC,
  DSR_ORIGIN_INVERSE,
  DSR_ORIGIN_QUERY,
  DSR_ORIGIN_CONSTRAINT,
  DSR_ORIGIN_TUPLES, /* the body of an aggregate */
  DSR_ORIGIN_FOLD, /* one goal, an atom of the tuples; the head is the folded predicate */
  DSR_ORIGIN_DEMAND,
} dsr_rule_origin;

typedef struct dsr_rule {
  dsr_rule_origin origin;
  const dsr_program *program; /* where it was written; NULL: nowhere */
  const dsr_clause *clause;
  dsr_place at;
  int head; /* a predicate */
  dsr_arg args[DSR_WIDTH_MAX];
  int n_goals;
  dsr_goal *goals;
  int n_vars;
  dsr_str *vars; /* names; none for those that were made */
  dsr_domain *types;
  int fold;   /* DSR_ORIGIN_FOLD: a dsr_fold_kind; the groups are the first `groups` */
  int groups; /* columns of the goal's atom */
} dsr_rule;

/* A set of predicates that depend on one another, or one alone. */
typedef struct dsr_stratum {
  VEC(int) predicates;
  bool recursive;
  VEC(int)
  calls; /* with demand: components to complete before guarded goals are read */
} dsr_stratum;

typedef struct dsr_rulebook {
  dsr_arena arena;
  dsr_facts *facts;
  VEC(dsr_predicate) predicates;
  VEC(dsr_rule) rules;
  VEC(dsr_stratum) strata; /* callees first */
  int query;               /* the predicate of the answers; -1: none */
  VEC(int) constraints;    /* predicates; their rule has the clause with the message */
} dsr_rulebook;

/* A table that bodies may read by name. */
typedef struct dsr_table_given {
  dsr_str name;
  int width;
  dsr_domain types[DSR_WIDTH_MAX];
  dsr_extent *extent; /* borrowed */
} dsr_table_given;

/* What a rulebook is made of. */
typedef struct dsr_rule_source {
  int n_programs;
  const dsr_program *const *programs; /* their rules and constraints count */
  const dsr_program *query_program;   /* NULL: none; its rules count too */
  const dsr_clause *query;
  int n_tables;
  const dsr_table_given *tables;
  const struct dsr_defined *defined; /* functions of the host; may be NULL */
  bool constraints;                  /* make predicates for the constraints, too */
  bool whole; /* all rules, else those only that the query and the constraints reach */
} dsr_rule_source;

/* ---- rulebook.c ------------------------------------------------------------------ */

/* Make a rulebook.  Errors are told in `error` with place, line and caret, up to ten. */
dsr_status dsr_rulebook_new(dsr_facts *facts, dsr_view *view,
                            const dsr_rule_source *source, dsr_error *error,
                            dsr_rulebook **out);
void dsr_rulebook_free(dsr_rulebook *book);
int dsr_rulebook_predicate(dsr_rulebook *book, const dsr_predicate *spec); /* add; -1 */
dsr_rule *dsr_rulebook_rule(dsr_rulebook *book, int head); /* add an empty one; NULL */

/* ---- strata.c -------------------------------------------------------------------- */

/* Find components and their order.  DSR_ESYNTAX, with the cycle in words ("p needs not q,
** q needs p"), where negation or an aggregate is part of a loop, unless it is min or max
** and every rule of the loop uses it in a monotone way. */
dsr_status dsr_rulebook_stratify(dsr_rulebook *book, dsr_error *error);

/* ---- demand.c -------------------------------------------------------------------- */

/* A stratified rulebook that gives the same answers to the query (and constraints) and
** derives only what they ask for; `out` shares nothing with `book` but programs and tables.
** DSR_NOTHING where nothing would be saved. */
dsr_status dsr_rulebook_demand(const dsr_rulebook *book, dsr_error *error,
                               dsr_rulebook **out);

/* ---- rule_write.c ---------------------------------------------------------------- */

/* A rule in the language, as --explain shows it, in `arena`. */
dsr_status dsr_rule_write(const dsr_rulebook *book, const dsr_rule *rule,
                          dsr_arena *arena, dsr_str *out);

#endif
