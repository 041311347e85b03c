/*
** told.h - what a base tells: each thing once, however often and finely it is told.
**
** A *telling* is a fact in view that no finer fact in view of the same tuple says again,
** with the coarser ones that it takes in; its trust is the strongest of theirs.  Of facts
** whose times say the same in other words, the first by time is the finest.
**
** One walk over the rows of each relation, whose order has the facts of a tuple side by
** side.  What a fact that stands alone comes to is worked out once for each claim set, so
** that it costs some tens of nanoseconds; where tellings bear on each other, or a key or
** `once` is declared, each is looked at.  Memory: a byte or two for each claim set, and
** the facts of one tuple.
*/
#ifndef DSR_FACTS_TOLD_H
#define DSR_FACTS_TOLD_H

#include "facts/trust.h"

typedef struct dsr_told_one {
  const dsr_tuple *fact; /* the finest */
  const uint64_t *sets;  /* of the facts that tell it: the finest's first */
  size_t n;
  dsr_trust trust; /* where it was asked for */
  bool certain;
} dsr_told_one;

/* Which are told of: all zero, all of the base's own relations. */
typedef struct dsr_told_options {
  bool some; /* of these relations alone, facts stored under them */
  const uint32_t *relations;
  size_t n_relations;
  bool weigh;                    /* tell the trust */
  unsigned trusts;               /* those of these alone, a bit each */
  bool dated;                    /* those with a date, valid time or column, alone */
  const dsr_time *since, *until; /* whose date may be in the span; NULL: no bound */
  dsr_word source; /* that it asserts or, contested, denies; DSR_WORD_NONE: any */
} dsr_told_options;

/* Tell `met` of each, by relation, then in order of words; what it is told is good for the
** call.  It must not change the base.  A result below zero ends it and is returned. */
typedef dsr_status dsr_told_met(void *ud, const dsr_told_one *telling);
dsr_status dsr_told_each(dsr_facts *facts, dsr_view *view,
                         const dsr_told_options *options, dsr_told_met *met, void *ud);

/* When a fact is: its time, else the first date in its columns; DSR_WORD_NONE: undated. */
dsr_word dsr_told_when(dsr_facts *facts, const dsr_tuple *fact);

#endif
