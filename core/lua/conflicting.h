/*
** conflicting.h - conflicts of all kinds: what both Lua and hosts in C are told of.
*/
#ifndef DSR_LUA_CONFLICTING_H
#define DSR_LUA_CONFLICTING_H

#include "facts/trust.h"
#include "lua/base.h"

/* A conflict: two facts that do not go together, or an answer to a constraint.  All is
** borrowed for the call. */
typedef struct dsr_conflicting {
  dsr_conflict_kind kind;
  dsr_str relation; /* where the key or `once` was declared; none of a constraint */
  dsr_str message;  /* of a constraint: its words, variables filled in ... */
  const char *file; /* ... and where it stands */
  int line;
  int n_facts; /* two, of a denial the denied one last; of a constraint those that its
               ** atoms are about, where the answer tells their columns */
  const dsr_tuple *facts;
} dsr_conflicting;

/* Told of a conflict; below zero ends the telling. */
typedef dsr_status (*dsr_conflicting_found)(void *ud, const dsr_conflicting *conflict);

/* Tell of all conflicts in the base's view: of two facts in a fixed order, then by
** constraint.  The facts are read; nothing else may be asked of the base meanwhile. */
dsr_status dsr_base_conflicts(dsr_base *base, dsr_conflicting_found found, void *ud);

/* The same of a fact's only. */
dsr_status dsr_base_conflicts_of(dsr_base *base, const dsr_tuple *fact,
                                 dsr_conflicting_found found, void *ud);

#endif
