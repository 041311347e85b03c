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

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct dsr_pile_block {
  struct dsr_pile_block *before;
  size_t before_used;
  size_t size; /* of data */
  alignas(max_align_t) char data[];
} dsr_pile_block;

typedef struct dsr_pile_mark {
  dsr_pile_block *block;
  size_t used;
} dsr_pile_mark;

typedef struct dsr_pile { /* starts as all zero */
  dsr_pile_mark top;
  dsr_pile_block *spare;
  size_t held; /* bytes of the blocks below `top` */
} dsr_pile;

/* The same from a new block. */
void *dsr_pile_take_more(dsr_pile *pile, size_t size);

/* `size` bytes, aligned for any type and not zeroed; NULL where there is no memory. */
static inline void *dsr_pile_take(dsr_pile *pile, size_t size) {
  dsr_pile_mark *top = &pile->top;
  size =
      (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
  if (!top->block || top->block->size - top->used < size) {
    return dsr_pile_take_more(pile, size);
  }
  void *taken = top->block->data + top->used;
  top->used += size;
  return taken;
}

static inline dsr_pile_mark dsr_pile_here(const dsr_pile *pile) { return pile->top; }

/* Give back all that was taken since `mark`. */
void dsr_pile_release(dsr_pile *pile, dsr_pile_mark mark);

void dsr_pile_free(dsr_pile *pile); /* back to all zero */

#endif
