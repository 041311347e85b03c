/*
** claimed.h - facts that were ever claimed and match an atom, held or not.
*/
#ifndef DSR_FACTS_CLAIMED_H
#define DSR_FACTS_CLAIMED_H

#include "facts/view.h"

/* An atom: the word that each column of the relation asked for holds, and the time; none
** matches anything.  Column i, the time coming last, holds what column twin[i] before it
** holds, where that is another. */
typedef struct dsr_claimed {
  uint32_t relation;
  int arity;
  dsr_word args[DSR_ARITY_MAX];
  dsr_word time;
  bool timeless; /* those alone that were written without `@` */
  bool twins;    /* some column has one that is another */
  uint8_t twin[DSR_ARITY_MAX + 1];
} dsr_claimed;

/* Start a scan of what may match.  A view hides nothing here. */
dsr_status dsr_claimed_start(dsr_facts *facts, dsr_view *view,
                             const dsr_claimed *claimed, dsr_scan **out);
/* Does what the scan gave match, and was it ever claimed?  What one transaction claimed and
** took back was not. */
dsr_status dsr_claimed_fits(dsr_facts *facts, const dsr_claimed *claimed,
                            const dsr_match *match, bool *fits);

/* Tell `met` of each, as the scan gives them: one that matches in several ways may come as
** often.  A result below zero ends it and is returned. */
typedef dsr_status dsr_claimed_met(void *ud, const dsr_match *match);
dsr_status dsr_claimed_each(dsr_facts *facts, dsr_view *view,
                            const dsr_claimed *claimed, dsr_claimed_met *met, void *ud);

#endif
