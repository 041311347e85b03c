/*
** cross.h - a MEET whose members are all sorted and stand still (cross.c).
*/
#ifndef DSR_EVAL_CROSS_H
#define DSR_EVAL_CROSS_H

#include "eval/operator.h"

/* Are all members of a MEET ways into tries? */
bool dsr_cross_fits(const dsr_op *op);
/* Run a MEET that fits.  What it needs beside the batch is kept in the stage. */
dsr_status dsr_cross_run(dsr_pipeline *pipeline, int at, size_t n);
/* How many values there are for n rows together. */
dsr_status dsr_cross_count(dsr_pipeline *pipeline, int at, size_t n, uint64_t *out);
void dsr_cross_free(dsr_cross *cross);

#endif
