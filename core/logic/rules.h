/*
** rules.h - rules and constraints on their way into a base, and queries that need them.
**
** While a program is loaded, this knows what its rules and those that the base keeps
** derive.  A rule that is well-formed is kept (facts/kept.h).  Queries of a program that
** are about base relations alone are checked by compiling them; others, like the bodies of
** rules, by name, and together by dsr_whole_check() (whole.h).
**
** Cost: a look at each atom.
*/
#ifndef DSR_LOGIC_RULES_H
#define DSR_LOGIC_RULES_H

#include "facts/kept.h"
#include "logic/resolve.h"

typedef struct dsr_rules dsr_rules;

/* What the rules of the resolver's program and of its base derive.  The prefixes that the
** program declares are there already. */
dsr_status dsr_rules_new(dsr_resolve *r, dsr_rules **out);
void dsr_rules_free(dsr_rules *rules);

/* Suppose that a relation of the name is derived, in any number of columns: something that
** could not be read may say so.  `name` is kept. */
dsr_status dsr_rules_suppose(dsr_rules *rules, dsr_str name);

/* Does the clause wait until all facts of the program are there: a rule, a constraint, a
** query? */
bool dsr_rules_wait(const dsr_clause *clause);

/* Check such a clause, and keep it if it is a rule or a constraint; errors at their
** places, as the resolver tells them. */
dsr_status dsr_rules_load(dsr_rules *rules, const dsr_clause *clause);

/* Does the query ask for what only rules can tell: a relation that some rule derives, a
** negated atom, an aggregate, something worked out?  *at: the first place that does. */
dsr_status dsr_rules_asked(dsr_rules *rules, const dsr_clause *query, bool *asked,
                           dsr_place *at);

/* Is the relation of the atom one that some rule derives? */
dsr_status dsr_rules_derived(dsr_rules *rules, const dsr_atom *atom, bool *derived);

/* Told of an atom; below zero ends the telling, and is what that comes to. */
typedef dsr_status (*dsr_rules_atom)(void *ud, const dsr_atom *atom);
/* Tell of all atoms in the clause's body, those inside aggregates too, in order. */
dsr_status dsr_rules_each(const dsr_clause *clause, dsr_rules_atom told, void *ud);

#endif
