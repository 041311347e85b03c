/*
** pile.h - any number of rows, put in any order and given back sorted, in bounded memory.
**
** Rows have one width, each with a value of its own; they come back in ascending order of
** their words, from the first column to the last, and equal ones as they were put.  What
** outgrows the pile's memory is sorted and written, as a *run*, to a file without a name;
** the runs are merged as they are read.
**
** Cost: in memory eight bytes a row where the columns' ranges allow it, while sorting
** twice that; else the row and some forty bytes.  Some two hundred instructions a row, and
** as many again for one that went through the file.
*/
#ifndef DSR_STORE_PILE_H
#define DSR_STORE_PILE_H

#include "ground/mem.h"
#include "ground/status.h"

enum { DSR_PILE_WIDTH = DSR_ARITY_MAX + 2 };

typedef struct dsr_pile dsr_pile;

/* Rows that come in the order of what stands behind the first `lead` columns, as in that
** of their numbers, are sorted by these alone; others have a lead of `width`.
** `memory` in bytes: what the rows may take before they are spilled.  `folder` is where
** the file is made, if one is needed, and is kept: the pile's owner has it as long. */
dsr_status dsr_pile_new(int width, int lead, size_t memory, const char *folder,
                        dsr_error *error, dsr_pile **out);
void dsr_pile_free(dsr_pile *pile); /* NULL is allowed */

/* Words and values may be anything.  DSR_ENOMEM, DSR_EIO. */
dsr_status dsr_pile_put(dsr_pile *pile, const uint64_t *row, uint64_t value);
/* The same for n rows, given by column, their values behind the last. */
dsr_status dsr_pile_put_some(dsr_pile *pile, const uint64_t *const *columns, size_t n);
/* Whom to tell from now on what fails: for a pile that another thread sorts. */
void dsr_pile_report(dsr_pile *pile, dsr_error *error);
uint64_t dsr_pile_rows(const dsr_pile *pile); /* how many were put */

/* No more rows come: be ready to give them. */
dsr_status dsr_pile_sort(dsr_pile *pile);
/* DSR_ROW with the next row, borrowed until the next call, and its value; DSR_DONE. */
dsr_status dsr_pile_next(dsr_pile *pile, const uint64_t **row, uint64_t *value);
/* Instead, many at once and by column, their values behind the last: *n rows, at most
** `room`; none where there are no more. */
dsr_status dsr_pile_take(dsr_pile *pile, uint64_t *const *columns, size_t room,
                         size_t *n);

/* Empty again, its memory kept for as many rows; the file is let go. */
void dsr_pile_clear(dsr_pile *pile);

#endif
