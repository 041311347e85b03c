/*
** pile.h - memory that is given back in the order opposite to that in which it was taken.
**
** Terms of a statement nest as its brackets do: what was taken behind a mark is given back
** with dsr_pile_release(), and what was taken before it stays where it is.  Taking is a
** step of a pointer; a block is kept for the next time, so a reader that takes and gives
** back in turns asks for no memory.
*/
#ifndef DSR_IO_PILE_H
#define DSR_IO_PILE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct dsr_pile_block dsr_pile_block;

typedef struct dsr_pile_mark {
  dsr_pile_block *block;
  size_t used;
} dsr_pile_mark;

typedef struct dsr_pile { /* starts as all zero */
  dsr_pile_mark top;
  dsr_pile_block *spare;
  size_t held; /* bytes of the blocks below `top` */
} dsr_pile;

/* `size` bytes, aligned for any type and not zeroed; NULL where there is no memory. */
void *dsr_pile_take(dsr_pile *pile, size_t size);

static inline dsr_pile_mark dsr_pile_here(const dsr_pile *pile) { return pile->top; }

/* Give back all that was taken since `mark`. */
void dsr_pile_release(dsr_pile *pile, dsr_pile_mark mark);

void dsr_pile_free(dsr_pile *pile); /* back to all zero */

#endif
