/*
** mass.h - facts of a program, put in bulk.
**
** Facts that stand in a row are checked one by one, with the words and places that single
** ones have, and put by a bulk load (facts/bulk.h), which is finished before anything else
** of the program is looked at: what comes behind them, a retraction or a verdict, finds
** them in the base.
*/
#ifndef DSR_LOGIC_MASS_H
#define DSR_LOGIC_MASS_H

#include "logic/load.h"
#include "logic/resolve.h"

typedef struct dsr_mass dsr_mass;

/* For `n` facts to come; *out NULL where putting them singly is better: they are few, few
** beside what the base has, or somebody watches. */
dsr_status dsr_mass_start(dsr_resolve *r, const dsr_loading *how, size_t n,
                          dsr_mass **out);
/* A clause that is a fact. */
dsr_status dsr_mass_load(dsr_mass *mass, const dsr_clause *clause);
/* Everything is in the transaction then. */
dsr_status dsr_mass_finish(dsr_mass *mass);
/* Let go; what was not finished must have doomed the transaction.  NULL is allowed. */
void dsr_mass_free(dsr_mass *mass);

#endif
