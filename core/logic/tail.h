/*
** tail.h - recursion that only passes on what it is asked, for demand.c.
**
** Asked for right(a, Z), the rule
**
**   right(X, Z) :- edge(X, Y), right(Y, Z).
**
** asks for right(Y, Z) and has nothing to do with the answers but give them on: Z is that
** of the head, and nothing else reads it.  Such a goal is a *tail*.  Where every rule of a
** predicate has a tail or no recursion, what was asked for first need only be led along:
** which Y it comes to (a *way*), and what the other rules give there.  So the answers for
** each Y, which nobody asked for, are not derived: of n entities in a circle n tuples
** instead of n * n.
**
** Several first demands would each be led along by themselves, where answers of one could
** serve the others; demand.c therefore does this only where there is one of them.
**
** Source: Naughton, Ramakrishnan, Sagiv, Ullman 1989 (factoring of right-linear rules);
** Ross 1991 (tail recursion in magic sets).
*/
#ifndef DSR_LOGIC_TAIL_H
#define DSR_LOGIC_TAIL_H

#include "logic/rule.h"

enum { DSR_TAIL_NONE = -1, DSR_TAIL_OTHER = -2 };

/* Is a predicate, asked with the columns of `mask` among its first `columns` bound, one
** whose recursion is tails only?  `small` as for dsr_sideways_start(). */
dsr_status dsr_tail_only(const dsr_rulebook *book, int predicate, unsigned mask,
                         int columns, const bool *small, dsr_error *error, bool *out);
/* The tail among the goals of one of its rules: DSR_TAIL_NONE where it does not recur,
** DSR_TAIL_OTHER where it does so otherwise. */
dsr_status dsr_tail_goal(const dsr_rulebook *book, const dsr_rule *rule, unsigned mask,
                         int columns, const bool *small, dsr_error *error, int *out);

#endif
