/*
** figures.h - what a base holds, in figures.
**
** Facts are counted in one walk over them, those that a view lets through: some tens of
** nanoseconds a fact.  Figures by what is told count as told.h does.  All are of the
** base's own relations, but for dsr_figures_of().
*/
#ifndef DSR_FACTS_FIGURES_H
#define DSR_FACTS_FIGURES_H

#include "facts/told.h"

typedef struct dsr_figures {
  uint64_t facts;   /* stored under the relation itself, and held */
  uint64_t undated; /* of these, with no time at all */
  bool dated;
  int first, last; /* the earliest and the latest year that a fact's time may reach */
} dsr_figures;

/* A fact's time is its valid time, or without one the first time in its columns. */
dsr_status dsr_figures_of(dsr_facts *facts, dsr_view *view, uint32_t relation,
                          dsr_figures *out);

/* How many facts mention an entity, in whatever columns: a fact counts once.  `met` is
** told of the `most` that most facts mention, the most first, equals by label, then by
** identifier; *entities is how many are mentioned at all.  Memory: four bytes for each
** name of the base, and what equals in the last place take. */
typedef dsr_status dsr_mention_met(void *ud, dsr_word entity, uint64_t facts);
dsr_status dsr_figures_mentions(dsr_facts *facts, dsr_view *view, size_t most,
                                dsr_mention_met *met, void *ud, uint64_t *entities);

/* How many tellings a relation has, and how many of which trust.  `met` is told of each
** relation that has some, in the order in which they are walked. */
typedef struct dsr_support {
  uint32_t relation;
  uint64_t told, by_trust[DSR_CONTESTED + 1];
} dsr_support;
typedef dsr_status dsr_support_met(void *ud, const dsr_support *support);
dsr_status dsr_figures_support(dsr_facts *facts, dsr_view *view,
                               const dsr_told_options *options, dsr_support_met *met,
                               void *ud);

/* What a source asserts in view.  `met` is told of each that asserts something, in order
** of words.  Memory: sixteen bytes for each claim set. */
typedef struct dsr_coverage {
  dsr_word source;
  uint64_t facts;                     /* that it asserts */
  uint64_t told, only;                /* tellings; those that no other asserts */
  uint64_t by_kind[DSR_ASSESSED + 1]; /* tellings, once for each kind of claim */
} dsr_coverage;
typedef dsr_status dsr_coverage_met(void *ud, const dsr_coverage *coverage);
dsr_status dsr_figures_coverage(dsr_facts *facts, dsr_view *view, dsr_coverage_met *met,
                                void *ud);

#endif
