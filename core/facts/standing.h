/*
** standing.h - which facts are held, and how far they are to be trusted: of many.
**
** What dsr_view_holds() and dsr_trust_of() say, for facts whose claim sets are known.  Where
** nothing else bears on a fact that is the only one of its tuple, its trust is that of its
** set, which is weighed once and remembered, a byte for each set.
*/
#ifndef DSR_FACTS_STANDING_H
#define DSR_FACTS_STANDING_H

#include "facts/engine.h"

/* All zero but the first two at first; dsr_standing_free() ends it. */
typedef struct dsr_standing {
  dsr_facts *facts;
  dsr_view *view;
  bool begun, joins, checked;
  uint64_t generation; /* of the base, when it was begun */
  uint32_t relation;   /* that `checked` is of; 0: of none */
  dsr_weighing weighing;
  dsr_seen trusts; /* by set: its trust, and one */
} dsr_standing;

/* What is known of a fact at a generation of the base. */
typedef struct dsr_standing_fact {
  const dsr_tuple *fact; /* canonical */
  uint64_t set;
  bool lone;           /* no other fact of its tuple was ever claimed */
  uint64_t generation; /* once the base has moved, all is asked of it anew */
} dsr_standing_fact;

/* *trust is set where the fact is held. */
dsr_status dsr_standing_of(dsr_standing *standing, const dsr_standing_fact *known,
                           bool *held, dsr_trust *trust);
void dsr_standing_free(dsr_standing *standing);

#endif
