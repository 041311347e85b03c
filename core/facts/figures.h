/*
** figures.h - what a base holds, in figures.
**
** Counted in one walk over a relation's own facts, those that a view lets through: some
** tens of nanoseconds a fact, and no memory.
*/
#ifndef DSR_FACTS_FIGURES_H
#define DSR_FACTS_FIGURES_H

#include "facts/view.h"

typedef struct dsr_figures {
  uint64_t facts; /* stored under the relation itself, and held */
  bool dated;
  int first, last; /* the earliest and the latest year that a fact's time may reach */
} dsr_figures;

/* A fact's time is its valid time, or without one the first time in its columns. */
dsr_status dsr_figures_of(dsr_facts *facts, dsr_view *view, uint32_t relation,
                          dsr_figures *out);

#endif
