/*
** whole.h - the rules of a base looked at together, as a load changes them.
**
** Alone a rule is checked for its names (rules.h).  What is wrong between rules (a loop that
** has no strata, columns of two types, a variable that nothing fills) shows only in a
** rulebook: this makes one of the rules that a program says and those that the base keeps
** from before, and lets go of it.  So a base never keeps rules that no query could ask.
**
** Cost: that of a rulebook, and of reading the rules that were kept; a load that says no
** rule and declares nothing need not ask.
*/
#ifndef DSR_LOGIC_WHOLE_H
#define DSR_LOGIC_WHOLE_H

#include "logic/define.h"
#include "logic/resolve.h"

typedef struct dsr_whole {
  /* Read into `out` the rules that the base keeps and the program does not say; NULL: there
  ** are none.  Nothing is told of a name in them that means nothing: a function or a table
  ** of another day. */
  dsr_status (*kept)(void *ud, dsr_facts *facts, dsr_program *out);
  void *ud;
  struct dsr_defined *defined; /* functions of the host; may be NULL */
  int n_supposed;              /* names that something may have which is not here: */
  const dsr_str *supposed;     /* a table, a clause that could not be read */
  const bool *refused; /* by clause of the program: leave it out, its errors were told;
                       ** may be NULL */
} dsr_whole;

/* Does a load of the program ask for a look at all rules: does it say one, or a query? */
bool dsr_whole_asked(const dsr_program *program);

/* Check the rules and constraints of the program, what it declares being in the base, and
** its queries that need rules.  DSR_OK, or below zero with the errors told at their places,
** those of rules that were kept too. */
dsr_status dsr_whole_check(dsr_facts *facts, const dsr_program *program,
                           const dsr_whole *how, dsr_error *error);

#endif
