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
**   copies the base's own facts.  It has time where some head has `@`, where the base's
**   facts have, or where some body asks;
** - a *ruled* one with the source after the time, where some body asks `from` of it: of the
**   base's claims, and of rules whose head says `from`.
** A relation is ruled, too, where a special case of it or its inverse is.  What only the
** base can have (denials, locators, grades, kinds of claims) is read from the base.
**
** In the normal form of a written rule
** - a nested term is a CALL that fills a variable without a name;
** - an equation that only names something (X = Y, X = kyiv) is no goal: the one stands for
**   the other; a variable that is asked for nowhere else is `any`;
** - `@ 1994` is a variable and a goal TIME;
** - an aggregate is an atom of a *folded* predicate over its groups (the variables that
**   stand outside of the braces, too) and its value.  Its tuples are a predicate of their
**   own, groups first, whose rule borrows goals from around the braces for a group that
**   nothing inside fills.  A group that nothing outside fills ranges over the groups that
**   there are; where all are filled, count and sum have 0 `otherwise`;
** - `not` before what is no single goal (a literal with calls that may have no result,
**   with `@ 1994` or `@ _`, with an aggregate) is a negated atom of a predicate for just
**   that;
** - a rule whose head has `@` (`@ unknown`, too) ends with a goal VIEW where the view looks
**   at times: what was derived is looked at once, where it comes to be.
**
** Words are as good as the base's generation; entities that same_as joins in the view are
** one word.  Everything else lives in the rulebook's arena.
*/
#ifndef DSR_LOGIC_RULE_H
#define DSR_LOGIC_RULE_H

#include "eval/extent.h"
#include "logic/builtin.h"
#include "logic/resolve.h"

/* An argument: a variable of the rule, a constant, anything, or a parameter, which is a
** constant that is told later: `word` is its place in the rulebook's parameters.  It may
** stand wherever a constant may, and binds as one. */
enum { DSR_ARG_CONSTANT = -1, DSR_ARG_ANY = -2, DSR_ARG_PARAMETER = -3 };
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
  DSR_USE_CLAIMED,      /* one with sources: the last column */
  DSR_USE_QUERY,        /* the answers: a column for each column of the query */
  DSR_USE_CONSTRAINT, /* the answers to a constraint: a column for each named variable */
  DSR_USE_TUPLES,     /* what an aggregate ranges over: groups, then the tuple */
  DSR_USE_FOLDED,     /* an aggregate: groups, then its value */
  DSR_USE_NEGATED,    /* what a `not` is before, where that is more than one goal */
  DSR_USE_DEMAND,     /* what is asked of a predicate: its bound columns */
  DSR_USE_BEGUN,      /* a body up to some goal, kept (supplementary) */
} dsr_predicate_use;

typedef struct dsr_predicate {
  dsr_predicate_kind kind;
  dsr_predicate_use use;
  dsr_str name; /* the relation's, or one made for --explain: "joined", "min{1}" */
  int arity;    /* columns of the relation as written */
  int width;    /* all columns */
  bool timed;   /* column `arity` is the written time */
  dsr_domain types[DSR_WIDTH_MAX]; /* as declared, or as all rules agree; else ANY */
  const dsr_str *columns; /* query, constraint: the variables' names; else NULL */
  uint32_t relation;      /* base, and ruled where the base has it; else 0 */
  /* base: how the facts are read; columns after the time are the claim's parts that
  ** `parts` has a bit for (1 << DSR_PART_*), in order.  A claim that lacks one of them
  ** is no tuple; entities are given as dsr_view_same() has them.  `claimed` without parts:
  ** there is a claim of the kind */
  unsigned scan_flags;
  bool claimed;
  int verb, manner; /* dsr_verb; dsr_kind or -1 */
  unsigned parts;
  /* table */
  dsr_extent *table;
  /* ruled: of tuples alike in all columns but the last only the one with the least
  ** (DSR_FOLD_MIN) or greatest (DSR_FOLD_MAX) last one counts; 0: all do.  See best.c */
  int best;
  int copy_of; /* with demand: of which predicate as written, from 1; 0: of none */
  /* Columns, a bit each, that only those fill who ask for it (loose.c): it can be derived
  ** with demand alone */
  unsigned asked;
  /* told by strata.c */
  int component; /* its stratum; -1: base, table */
  bool recursive;
} dsr_predicate;

typedef enum dsr_goal_kind {
  DSR_GOAL_ATOM = 1,
  DSR_GOAL_COMPARE, /* args[0] op args[1]; with op = one side may be filled by it */
  DSR_GOAL_TIME,    /* args[0] test args[1] */
  DSR_GOAL_CALL,    /* fn(args[0..n_in-1]) gives args[n_in..]: none, one or more rows */
  DSR_GOAL_VIEW, /* a happening or state of `relation` (0: a state) at args[0] is in the
                 ** view's time */
  DSR_GOAL_GRADE, /* args[0], a claim's grade, has the halves that args[1] has: b2 has 2 */
} dsr_goal_kind;

typedef struct dsr_goal {
  dsr_goal_kind kind;
  dsr_place at;
  /* Of an atom: no tuple matches.  Of a call: no row of its results does.  Either may have
  ** `any` among its arguments; all their variables are filled by other goals. */
  bool negated;
  int predicate;
  int n_args; /* of an atom: the predicate's width */
  dsr_arg args[DSR_WIDTH_MAX];
  /* Atom: the time column must not be DSR_WORD_NONE.  `@ unknown` is that constant. */
  bool written_time;
  /* Atom of a folded predicate, not negated: where there is no tuple of the groups, which
  ** other goals fill, the last column is `word`. */
  bool otherwise;
  /* It stands around an aggregate or a `not`, and is here too for what it fills; nothing is
  ** lost without it where that is filled otherwise. */
  bool borrowed;
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
  DSR_ORIGIN_TUPLES,  /* the body of an aggregate */
  DSR_ORIGIN_NEGATED, /* what a `not` is before */
  DSR_ORIGIN_FOLD, /* one goal, an atom of the tuples; the head is the folded predicate */
  DSR_ORIGIN_DEMAND,
} dsr_rule_origin;

typedef struct dsr_rule {
  dsr_rule_origin origin;
  const dsr_program *program; /* where it was written; NULL: nowhere */
  const dsr_clause *clause;
  dsr_place at;
  int stratum; /* where it runs: its head's; with demand, that of the rule it came from */
  int head;    /* a predicate */
  dsr_arg args[DSR_WIDTH_MAX];
  int n_goals;
  dsr_goal *goals;
  int n_vars;
  dsr_str *vars; /* names; none for those that were made */
  dsr_domain *types;
  bool loose; /* its borrowed goals do not count: see loose.c */
  /* DSR_ORIGIN_FOLD: a dsr_fold_kind.  The goal's atom has distinct variables, one for
  ** each column of the tuples; the first `groups` are the head's, whose last column is
  ** args[groups], a variable that the fold fills (from column `groups` of the tuples). */
  int fold;
  int groups;
} dsr_rule;

/* A set of predicates that depend on one another, or one alone. */
typedef struct dsr_stratum {
  VEC(int) predicates;
  bool recursive;
  bool called;    /* with demand: it runs only when another calls it */
  VEC(int) calls; /* with demand: strata to complete before guarded goals are read */
} dsr_stratum;

/* A column of the answers. */
typedef struct dsr_answer {
  dsr_str name; /* the variable's */
  int column;   /* of the query's predicate */
} dsr_answer;

/* A parameter of the query. */
typedef struct dsr_rule_parameter {
  dsr_str name;    /* without the $ */
  dsr_domain type; /* what its places ask for */
  dsr_place at;
  bool given;
  dsr_word word; /* DSR_WORD_NONE until it is given */
} dsr_rule_parameter;

typedef struct dsr_rulebook {
  dsr_arena arena;
  dsr_facts *facts;
  VEC(dsr_predicate) predicates;
  VEC(dsr_rule) rules;
  VEC(dsr_stratum) strata; /* callees first */
  /* The predicate of the answers, a column each, in order of appearance; -1: none.  A
  ** query that is one atom of a derived relation, its columns named variables of their own,
  ** is answered by the relation's predicate itself; any other has one of its own
  ** (DSR_USE_QUERY). */
  int query;
  VEC(dsr_answer) answers; /* in order of appearance in the query */
  VEC(dsr_rule_parameter) parameters;
  VEC(int) constraints; /* predicates; their rule has the clause with the message */
  bool asks;            /* some predicate is asked for its columns */
} dsr_rulebook;

/* The word of a constant or parameter. */
static inline dsr_word dsr_arg_word(const dsr_rulebook *book, const dsr_arg *arg) {
  return arg->var == DSR_ARG_PARAMETER ? book->parameters.items[arg->word].word
                                       : arg->word;
}
/* Is it known before anything is filled? */
static inline bool dsr_arg_known(const dsr_arg *arg) {
  return arg->var == DSR_ARG_CONSTANT || arg->var == DSR_ARG_PARAMETER;
}

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
  struct dsr_defined *defined; /* functions of the host; may be NULL */
  bool constraints;            /* make predicates for the constraints, too */
  bool whole; /* all rules, else those only that the query and the constraints reach */
  /* Nothing is told of a name that means nothing in so many of the first programs; nor,
  ** anywhere, of these names of relations.  The clause counts for nothing, then. */
  int n_trusted;
  int n_supposed;
  const dsr_str *supposed;
} dsr_rule_source;

/* ---- rulebook.c ------------------------------------------------------------------ */

/* Make a rulebook, stratified.  Errors are told in `error`, with place, line and caret, up
** to ten; each clause tells its first, and all variables that nothing fills.  Texts of the
** programs are borrowed: they must outlive the book.  A rule that the query does not reach
** is not looked at, unless `whole`. */
dsr_status dsr_rulebook_new(dsr_facts *facts, dsr_view *view,
                            const dsr_rule_source *source, dsr_error *error,
                            dsr_rulebook **out);
void dsr_rulebook_free(dsr_rulebook *book);
int dsr_rulebook_predicate(dsr_rulebook *book, const dsr_predicate *spec); /* add; -1 */
dsr_rule *dsr_rulebook_rule(dsr_rulebook *book, int head); /* add an empty one; NULL */
/* Let go of predicates that nothing reaches from the query and the constraints (with
** `whole`: that no rule or atom has), and number the others anew.  Before stratifying. */
dsr_status dsr_rulebook_prune(dsr_rulebook *book, bool whole);

/* ---- strata.c -------------------------------------------------------------------- */

/* Find components and their order: once more after rules were added.  DSR_ESYNTAX, with
** the cycle in words ("p needs not q, q needs p"), where negation or an aggregate is part
** of a loop, unless best.c could make the aggregates of the loop part of it. */
dsr_status dsr_rulebook_stratify(dsr_rulebook *book, dsr_error *error);

/* Does the goal count in its rule? */
static inline bool dsr_goal_counts(const dsr_rule *rule, const dsr_goal *goal) {
  return !(rule->loose && goal->borrowed);
}

/* ---- loose.c --------------------------------------------------------------------- */

/* Let go of borrowed goals that alone make an aggregate or a `not` part of a loop;
** components must be known, and are out of date afterwards.  DSR_NOTHING where there are
** none. */
dsr_status dsr_rulebook_loosen(dsr_rulebook *book, dsr_error *error);

/* ---- best.c ---------------------------------------------------------------------- */

/*
** Aggregates in recursion: where d is defined through min (or max) of itself,
**
**   d(Y, N) :- N = min{ D + W : d(X, D), edge(X, Y, W) }.
**
** the fold becomes an ordinary rule, d(Y, N) :- d(X, D), edge(X, Y, W), N = D + W, into a
** predicate that keeps the least last column for each choice of the others (`best`).  All
** rules and facts of d are candidates alike: d(Y, N) says that N is the least of what its
** derivations give.  This is the least fixpoint (of the order in which a lesser value is
** more) where every rule of the loop is monotone in what it reads of the loop:
**
** - each predicate of the loop is defined by min, or each by max: it has a rule whose last
**   column is the aggregate's value;
** - the last column of an atom of the loop is a variable that is in no other atom and
**   in no other place than as argument of functions that rise (or fall: an even number of
**   times) with it, whatever else they take, up to the last column of the head: D + W,
**   D * 2, min(D, W);
** - or in a comparison that the better value passes where the worse one does: D < W, D =< 9
**   for min; its other side does not come from the loop;
** - nothing of the loop is negated or aggregated otherwise.
**
** Values that are no longer best may be read before better ones are there: what they give
** is replaced, or is worse than what the better ones give.  Where a loop goes on to better
** values for ever (a cycle of negative weight) the run ends at a limit.  Ross and Sagiv,
** "Monotonic aggregation in deductive databases" (1992); Köstler, Kießling, Thöne,
** Güntzer, "Fixpoint iteration with subsumption in deductive databases" (1995); Abo Khamis,
** Ngo, Pichler, Suciu, Wang, "Convergence of datalog over (pre-)semirings" (2022).
**
** Turn the folds by min and max of recursive components so; components must be known, and
** are out of date afterwards.  DSR_NOTHING where there is none; DSR_ESYNTAX for one whose
** value is not the last column of what is derived.
*/
dsr_status dsr_rulebook_best(dsr_rulebook *book, dsr_error *error);
/* Are all rules of loops with best predicates as above?  DSR_ESYNTAX at the place of what
** is in the way, with what would do. */
dsr_status dsr_rulebook_monotone(const dsr_rulebook *book, dsr_error *error);

/* ---- compose.c ------------------------------------------------------------------- */

/*
** A predicate with one rule that composes it with itself, and others that do not need it,
**
**   p(X, Z) :- p(X, Y), p(Y, Z).     p(X, Y) :- b(X, Y).
**
** is the closure of what the others derive, since composing relations is associative: all
** that the rule gives is also had by going on from p one step of b at a time,
** p(X, Z) :- p(X, Y), b(Y, Z), each pair of tuples once and not each split of a path.  With
** a first column bound, that needs p of nothing else.  The rule may have any number of
** columns that are passed on so, and others that are the same throughout.  Among the others
** may be one that turns what there is round, p(X, Y) :- p(Y, X): then b is made to stand both
** ways, and its closure does so by itself.  (Zhang, Yu,
** Troy, "Necessary and sufficient conditions to linearize doubly recursive programs in
** logic databases", 1990.)
**
** Rewrite such rules so; the book is stratified.  The others' head becomes a predicate of
** its own unless they are one rule that renames columns.  DSR_NOTHING: there is none.
*/
dsr_status dsr_rulebook_compose(dsr_rulebook *book, dsr_error *error);

/* ---- demand.c -------------------------------------------------------------------- */

/* A stratified rulebook that gives the same answers to the query (and constraints) and
** derives only what they ask for; `out` shares nothing with `book` but programs and tables.
** DSR_NOTHING where nothing would be saved; never for a book that `asks`, which cannot be
** run without. */
enum {
  DSR_DEMAND_LEAST = 1, /* all is derived whole that can be */
  DSR_DEMAND_TAILS =
      2, /* what stands in the body of a rule need not all be derived that
                        ** the rule was asked for (tail.h) */
};
dsr_status dsr_rulebook_demand(const dsr_rulebook *book, unsigned how, dsr_error *error,
                               dsr_rulebook **out);

/* ---- rule_write.c ---------------------------------------------------------------- */

/* A rule in the language, as --explain shows it, in `arena`. */
dsr_status dsr_rule_write(const dsr_rulebook *book, const dsr_rule *rule,
                          dsr_arena *arena, dsr_str *out);
/* One goal of it; its arguments may have been made constants. */
dsr_status dsr_goal_write(const dsr_rulebook *book, const dsr_rule *rule,
                          const dsr_goal *goal, dsr_arena *arena, dsr_str *out);

#endif
