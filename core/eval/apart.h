/*
** apart.h - one run of a pipeline by several threads, where that pays.
**
** Each thread has a *part*: a copy of the pipeline with batches of its own.  All parts read
** the same rows up to some operator, and from there on each has its share of them.
** Nothing that an operator reads is changed while parts run, so readers need no locks.
** What is made comes into the head in one of four ways:
**   rows     a pipeline that goes straight through the rows that it adds to (straight.c):
**            each row, from its chunk to its end, is done by one thread
**   owned    a head of two columns whose first is known early: each thread takes the rows
**            whose first value is its own, and adds at once, to a sink (sink.h)
**   counted  a head that is only counted (dsr_extent_store): each thread counts
**   kept     else: each thread takes units of rows as it comes to them, and keeps what it
**            makes and the head has not; the caller adds that, in order of units
** So what is derived is the same, and for a number of threads it comes in the same order,
** whichever is quicker.
**
** Apart runs what is worth it: an estimate from the indexes' statistics and the number of
** rows that it begins with, or for the first way what it made so far.  Not apart: what
** calls functions that are for one thread (dsr_op.shared); what only copies; one column that
** goes straight through itself (it waits for memory that threads share: no gain was
** measured); what adds whole rows of the head to others (they are merged by their
** bitmaps, which threads would have to do without); and what adds whole ranges to rows that
** are not owned, since it would have to keep tuples one by one.
**
** Cost: a part's batches; each thread repeats the operators before the share.
*/
#ifndef DSR_EVAL_APART_H
#define DSR_EVAL_APART_H

#include "eval/crew.h"
#include "eval/pipeline.h"

/* dsr_pipeline_run() with a crew, which may be used or not.  The guard looks in the
** caller's thread only; a failure of any thread ends all and is told as the caller's. */
dsr_status dsr_apart_run(dsr_crew *crew, dsr_pipeline *pipeline, dsr_chunk *chunks,
                         size_t n, const dsr_guard *guard);

#endif
