/*
** sink.h - where threads add to one extent of two columns at once.
**
** Each thread has a *sink*, an extent of its own, and first values that are its alone: a
** row that it begins there is begun as the extent's own row, blocks and all, and grows from
** there, while the extent stays as it was: whoever reads it sees the items that were
** there when the sinks were opened (not whether something is among them: membership is
** the sink's).  When all threads are done, the rows go home.
**
** Cost: opening nothing, closing a copy of each row that was begun.  A number is added once,
** as without sinks; only the index by the second column is filed at the end, by the one
** who closes.  A sink's pool keeps short blocks for the extent, and goes with it.
*/
#ifndef DSR_EVAL_SINK_H
#define DSR_EVAL_SINK_H

#include "eval/extent_inside.h"

/* Have `n` sinks.  DSR_ENOMEM. */
dsr_status dsr_sinks_make(dsr_extent *extent, int n);
/* Open sink i for a thread that tells failures to `error`.  `read`: the extent is read
** while rows grow, so the blocks that they leave stay. */
void dsr_sink_open(dsr_extent *extent, int i, dsr_error *error, bool read);
/* The rows go home; also after a failure, so that the extent can be freed.  The threads
** are done with all sinks.  DSR_ENOMEM, without words. */
dsr_status dsr_sink_close(dsr_extent *extent, int i);
/* Bytes of the sink's blocks, those of rows that it borrowed left out: a difference that
** may be below zero, as an unsigned one. */
size_t dsr_sink_bytes(const dsr_extent *sink);
void dsr_sinks_free(dsr_extent *extent);

#endif
