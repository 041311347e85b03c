/*
** breach.h - the answers to the constraints that a base keeps: what its rules say must not be.
*/
#ifndef DSR_LUA_BREACH_H
#define DSR_LUA_BREACH_H

#include "lua/base.h"

enum { DSR_BREACH_FACTS = 16 }; /* more are not told of one breach */

/* One answer: the constraint, its columns, and the base's facts that its positive atoms are
** about, where the answer tells their columns. */
typedef struct dsr_breach {
  const char *file; /* borrowed from the base's rules, as the next two */
  int line;
  dsr_str message; /* as written: {X} stands for the column X */
  int n_columns;
  const dsr_str *names; /* good during the call */
  const dsr_word *row;
  int n_facts;
  dsr_tuple facts[DSR_BREACH_FACTS];
} dsr_breach;

/* Told of a breach; below zero ends the telling. */
typedef dsr_status (*dsr_breach_found)(void *ud, const dsr_breach *breach);

/* Tell of all breaches in the base's view, by constraint in the order in which they are kept,
** then in order of value.  Cost: each constraint is a query, then a scan for each fact. */
dsr_status dsr_base_breaches(dsr_base *base, dsr_breach_found found, void *ud);

#endif
