/*
** height.h - what a query derives, and how far each tuple is from the base's facts.
**
** The query is evaluated as always, with demand; the tuples of all copies of a predicate
** are put together again.  Then a second, slow evaluation goes through the rules as
** written, round by round: a tuple's *height* is the round in which it first comes.
** Facts of the base have height 0, also where rules derive more of their relation; what a
** rule gives is one higher than the highest of its body; an aggregate is one higher than
** the highest tuple it ranges over; negation, comparisons and functions add nothing.
**
** A tuple that an instance of a rule with lower tuples derives has a proof that ends; the
** least such proof is found from the heights alone.  Of a predicate that keeps only the
** best (min and max in recursion) a tuple may have none: its proof may need values that
** better ones have replaced.
**
** What is there is right also for negation: every atom of an instance of a rule whose head
** was asked for was asked for itself.
**
** Cost: the evaluation; a copy of what it derived; each instance of a rule as often as its
** body has derived atoms.
*/
#ifndef DSR_LOGIC_HEIGHT_H
#define DSR_LOGIC_HEIGHT_H

#include "logic/instance.h"
#include "logic/world.h"

typedef struct dsr_heights dsr_heights;

/* Evaluate the book's query.  All arguments are borrowed; the heights end before the world
** is refreshed.  `heights` false: only what is derived is wanted. */
dsr_status dsr_heights_new(dsr_world *world, dsr_rulebook *book, bool heights,
                           dsr_heights **out);
void dsr_heights_free(dsr_heights *heights);

/* Where instances of the book's rules are looked for. */
dsr_instances *dsr_heights_in(dsr_heights *heights);
/* How many tuples a derived predicate has. */
size_t dsr_heights_count(const dsr_heights *heights, int predicate);

/* The number of a derived tuple, from 0; -1: it is not derived. */
int64_t dsr_heights_find(const dsr_heights *heights, int predicate,
                         const uint32_t *tuple);
/* Its height; -1: no proof that ends is known. */
int dsr_heights_of(const dsr_heights *heights, int64_t at);
int dsr_heights_predicate(const dsr_heights *heights, int64_t at);
const uint32_t *dsr_heights_tuple(const dsr_heights *heights, int64_t at);
/* Derived tuples are numbered from 0 up to this. */
int64_t dsr_heights_all(const dsr_heights *heights);

#endif
