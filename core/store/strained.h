/*
** strained.h - the rows of a packed block that a walk may not leave out.
*/
#ifndef DSR_STORE_STRAINED_H
#define DSR_STORE_STRAINED_H

#include "store/probe.h"
#include "store/strain.h"

typedef struct dsr_strained dsr_strained;

/* For blocks of one order of one relation; NULL without memory. */
dsr_strained *dsr_strained_new(const dsr_strain *strain, int order);
void dsr_strained_free(dsr_strained *strained); /* NULL is allowed */

/* Rows of a block among which are all that are wanted, in order, as a block that is good
** until the next call; *one_set: they have all the same.  DSR_NOTHING where so many are
** that it is better unpacked; DSR_ENOMEM, DSR_EDAMAGED, both without words. */
dsr_status dsr_strained_rows(dsr_strained *strained, const dsr_probe *probe,
                             const dsr_block **out, bool *one_set);

#endif
