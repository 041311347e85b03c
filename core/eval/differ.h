/*
** differ.h - do the tuples that a pipeline emits differ, all of them?
*/
#ifndef DSR_EVAL_DIFFER_H
#define DSR_EVAL_DIFFER_H

#include "eval/pipeline.h"

/* True: no two rows that reach the EMIT at the end of the n operators are alike, however
** the run goes, so there is no need to look for duplicates.  False: some may be. */
bool dsr_ops_differ(const dsr_op *ops, int n);

#endif
