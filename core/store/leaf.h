/*
** leaf.h - what the text search holds, summed from the pages that FTS5 keeps it on.
**
** FTS5 gives all that it holds, too, a row of SQL for each word of each text, at 0.7 µs; the
** pages themselves take a twentieth of that.
*/
#ifndef DSR_STORE_LEAF_H
#define DSR_STORE_LEAF_H

#include "store/file.h"

/* Add every word of every text at its place to the sum (search.h), whatever segments they
** are in.  DSR_NOTHING where anything is not as FTS5 of a known version writes it, damage
** included: then FTS5 must be asked.  DSR_ENOMEM.  Words may be left in the file's error. */
dsr_status dsr_leaf_sum(dsr_file *file, uint64_t *sum);

#endif
