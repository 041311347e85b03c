/*
** aggregate.h - count, sum, min, max and avg, over words one after the other.
**
** What an aggregate ranges over is a set of tuples; what is added here is the first column
** of each (count looks at none).  Results do not depend on the order of adding:
**
**   count  how many; 0 of none
**   sum    exact: an integer where all are, in 64 bits, else a decimal as value/reckon.h
**          rounds it, once, at the end; 0 of none
**   avg    the exact sum divided by how many, a decimal of at most 15 digits where it does
**          not end before: avg of 1, 2, 2 is 1.66666666666667; nothing of none
**   min    the first in the order of values (dsr_value_compare: numbers by value, times by
**   max    the order of telling), and the last; nothing of none
**
** Cost: a few instructions an integer; sums of wide numbers allocate.
*/
#ifndef DSR_LOGIC_AGGREGATE_H
#define DSR_LOGIC_AGGREGATE_H

#include "facts/relation.h"
#include "value/reckon.h"

typedef enum dsr_fold_kind {
  DSR_FOLD_COUNT = 1,
  DSR_FOLD_SUM,
  DSR_FOLD_MIN,
  DSR_FOLD_MAX,
  DSR_FOLD_AVG,
} dsr_fold_kind;

/* The word of an aggregate, "count", and back; 0 where there is none. */
const char *dsr_aggregate_name(dsr_fold_kind kind);
dsr_fold_kind dsr_aggregate_named(dsr_str name);
/* What it ranges over, and what it gives of what is known to be `have`. */
dsr_domain dsr_aggregate_takes(dsr_fold_kind kind);
dsr_domain dsr_aggregate_gives(dsr_fold_kind kind, dsr_domain have);

typedef struct dsr_aggregate {
  dsr_symbols *symbols;
  dsr_fold_kind kind;
  int64_t n;
  dsr_word best;   /* min, max */
  dsr_total total; /* sum, avg */
} dsr_aggregate;

/* Begin.  `aggregate` is stopped or was never begun. */
void dsr_aggregate_start(dsr_aggregate *aggregate, dsr_fold_kind kind,
                         dsr_symbols *symbols);
/* DSR_ETYPE, in words, for a sum or average of what is no number. */
dsr_status dsr_aggregate_add(dsr_aggregate *aggregate, dsr_word word);
/* What all that was added comes to; more may be added.  DSR_NOTHING of none; DSR_ELIMIT for
** a sum past 64 bits. */
dsr_status dsr_aggregate_finish(dsr_aggregate *aggregate, dsr_word *out);
void dsr_aggregate_stop(dsr_aggregate *aggregate); /* also twice */

/* Is `a` before `b` as the result of min, or after it as that of max. */
dsr_status dsr_aggregate_better(dsr_symbols *symbols, dsr_fold_kind kind, dsr_word a,
                                dsr_word b, bool *out);

#endif
