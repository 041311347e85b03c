/*
** stack.h - memory that is given back in the order opposite to that in which it was taken.
**
** Terms of a statement nest as its brackets do: what was taken behind a mark is given back
** with dsr_stack_release(), and what was taken before it stays where it is.  Taking is a
** step of a pointer; a block is kept for the next time, so a reader that takes and gives
** back in turns asks for no memory.
*/
#ifndef DSR_IO_STACK_H
#define DSR_IO_STACK_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct dsr_stack_block {
  struct dsr_stack_block *before;
  size_t before_used;
  size_t size; /* of data */
  alignas(max_align_t) char data[];
} dsr_stack_block;

typedef struct dsr_stack_mark {
  dsr_stack_block *block;
  size_t used;
} dsr_stack_mark;

typedef struct dsr_stack { /* starts as all zero */
  dsr_stack_mark top;
  dsr_stack_block *spare;
  size_t held; /* bytes of the blocks below `top` */
} dsr_stack;

/* The same from a new block. */
void *dsr_stack_take_more(dsr_stack *stack, size_t size);

/* `size` bytes, aligned for any type and not zeroed; NULL where there is no memory. */
static inline void *dsr_stack_take(dsr_stack *stack, size_t size) {
  dsr_stack_mark *top = &stack->top;
  size =
      (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
  if (!top->block || top->block->size - top->used < size) {
    return dsr_stack_take_more(stack, size);
  }
  void *taken = top->block->data + top->used;
  top->used += size;
  return taken;
}

static inline dsr_stack_mark dsr_stack_here(const dsr_stack *stack) {
  return stack->top;
}

/* Give back all that was taken since `mark`. */
void dsr_stack_release(dsr_stack *stack, dsr_stack_mark mark);

void dsr_stack_free(dsr_stack *stack); /* back to all zero */

#endif
