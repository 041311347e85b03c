/*
** named.h - does a clause name an entity, or a relation?
*/
#ifndef DSR_LOGIC_NAMED_H
#define DSR_LOGIC_NAMED_H

#include "logic/resolve.h"

/* What is looked for: an entity (DSR_WORD_NONE: none), a relation (0: none). */
typedef struct dsr_sought {
  dsr_word entity;
  uint32_t relation;
} dsr_sought;

/* Look for it in head and body, by whatever the clause writes for it; a CURIE that is short
** for nothing names nothing.  Below zero for failures that have nothing to do with names. */
dsr_status dsr_clause_names(dsr_resolve *r, const dsr_clause *clause, dsr_sought what,
                            bool *names);

#endif
