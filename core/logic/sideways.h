/*
** sideways.h - in which order a rule's goals pass bindings on, for demand.c.
**
** What is bound when a rule is asked for its head is known first: the head's columns that
** the demand gives, and constants.  A variable is *restricted* when what is bound leads to
** it: through an atom that has a bound column or few tuples, an equality, a function.  Only
** restricted variables make a demand narrower than "all"; a variable that an unrestricted
** atom fills is *filled*, and takes part in no demand.
**
** This is the sideways information passing strategy of magic sets (Beeri and Ramakrishnan
** 1991), a full left-to-right one over an order that is chosen here.
*/
#ifndef DSR_LOGIC_SIDEWAYS_H
#define DSR_LOGIC_SIDEWAYS_H

#include "logic/rule.h"

typedef struct dsr_sideways {
  const dsr_rulebook *book;
  const dsr_rule *rule;
  const bool *small; /* by predicate: few tuples, so it restricts what it fills */
  /* By predicate: the columns that stored tuples are found by; 0: all.  NULL: all of every
  ** predicate.  Set after the start. */
  const unsigned *leads;
  bool *filled; /* by variable */
  bool *restricted;
  bool *placed; /* by goal */
  int *order;   /* goals in the order they are to be passed */
  int n;
} dsr_sideways;

/* Begin with the head's columns in `mask` bound. */
dsr_status dsr_sideways_start(dsr_sideways *way, const dsr_rulebook *book,
                              const dsr_rule *rule, unsigned mask, const bool *small,
                              dsr_error *error);
/* The next goal, or -1 when all were given.  Before dsr_sideways_pass() `filled` and
** `restricted` are as they stand ahead of it. */
int dsr_sideways_next(dsr_sideways *way);
void dsr_sideways_pass(dsr_sideways *way, int goal);
void dsr_sideways_stop(dsr_sideways *way);

/* The columns of an atom, among its first `columns`, that are bound in a way that narrows
** a demand: a bit each. */
unsigned dsr_sideways_mask(const dsr_sideways *way, const dsr_goal *atom, int columns);

#endif
