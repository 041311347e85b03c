/*
** glimpse.h - one block of a large directory, found without reading the rest of it.
**
** Blocks of a level do not overlap.  So where a prefix lies between the first and the last
** row of a block, and is that of neither, every row that has it is in this block, and where
** the block has none there is none: one entry of the directory answers, whatever the others
** are.  It is looked for by its id, since what was written at once was numbered in order.
** Only a guess: where it does not lead to such a block, or many have been asked for, the
** directory is to be read.
**
** Costs some entries' reading at any size; a directory costs one for each of its blocks.
*/
#ifndef DSR_STORE_GLIMPSE_H
#define DSR_STORE_GLIMPSE_H

#include "store/sequence.h"

/* The part of a sequence, not loaded, that all rows with the first `n` words of `prefix`
** are in, as a sequence of one block, good as long as the sequence is; NULL where the
** directory is to be read. */
dsr_status dsr_glimpse(dsr_sequence *sequence, dsr_file *file, const uint64_t *prefix,
                       int n, dsr_sequence **out);

#endif
