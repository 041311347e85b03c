/*
** pile.c - memory that is given back in the order opposite to that in which it was taken.
**
** Blocks of one size, each with a link to the one before it; a piece that is too large for
** one has a block of its own.  One block of the usual size is kept when others are freed.
*/
#include "ground/mem.h"
#include "io/pile.h"

enum { BLOCK = 64 * 1024 };

static dsr_pile_block *new_block(dsr_pile *pile, size_t size) {
  dsr_pile_block *block = pile->spare;
  if (size <= BLOCK && block) {
    pile->spare = NULL;
    return block;
  }
  if (size < BLOCK) size = BLOCK;
  block = dsr_resize(NULL, sizeof *block + size);
  if (block) block->size = size;
  return block;
}

void *dsr_pile_take_more(dsr_pile *pile, size_t size) {
  dsr_pile_mark *top = &pile->top;
  dsr_pile_block *block = new_block(pile, size);
  if (!block) return NULL;
  block->before = top->block;
  block->before_used = top->used;
  if (top->block) pile->held += top->block->size;
  *top = (dsr_pile_mark){block, size};
  return block->data;
}

void dsr_pile_release(dsr_pile *pile, dsr_pile_mark mark) {
  while (pile->top.block != mark.block) {
    dsr_pile_block *block = pile->top.block;
    pile->top = (dsr_pile_mark){block->before, block->before_used};
    if (block->before) pile->held -= block->before->size;
    if (!pile->spare && block->size == BLOCK) {
      pile->spare = block;
    } else {
      dsr_free(block);
    }
  }
  pile->top.used = mark.used;
}

void dsr_pile_free(dsr_pile *pile) {
  dsr_pile_release(pile, (dsr_pile_mark){NULL, 0});
  dsr_free(pile->spare);
  *pile = (dsr_pile){{NULL, 0}, NULL, 0};
}
