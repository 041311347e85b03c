/*
** stack.c - memory that is given back in the order opposite to that in which it was taken.
**
** Blocks of one size, each with a link to the one before it; a piece that is too large for
** one has a block of its own.  One block of the usual size is kept when others are freed.
*/
#include "ground/mem.h"
#include "io/stack.h"

enum { BLOCK = 64 * 1024 };

static dsr_stack_block *new_block(dsr_stack *stack, size_t size) {
  dsr_stack_block *block = stack->spare;
  if (size <= BLOCK && block) {
    stack->spare = NULL;
    return block;
  }
  if (size < BLOCK) size = BLOCK;
  block = dsr_resize(NULL, sizeof *block + size);
  if (block) block->size = size;
  return block;
}

void *dsr_stack_take_more(dsr_stack *stack, size_t size) {
  dsr_stack_mark *top = &stack->top;
  dsr_stack_block *block = new_block(stack, size);
  if (!block) return NULL;
  block->before = top->block;
  block->before_used = top->used;
  if (top->block) stack->held += top->block->size;
  *top = (dsr_stack_mark){block, size};
  return block->data;
}

void dsr_stack_release(dsr_stack *stack, dsr_stack_mark mark) {
  while (stack->top.block != mark.block) {
    dsr_stack_block *block = stack->top.block;
    stack->top = (dsr_stack_mark){block->before, block->before_used};
    if (block->before) stack->held -= block->before->size;
    if (!stack->spare && block->size == BLOCK) {
      stack->spare = block;
    } else {
      dsr_free(block);
    }
  }
  stack->top.used = mark.used;
}

void dsr_stack_free(dsr_stack *stack) {
  dsr_stack_release(stack, (dsr_stack_mark){NULL, 0});
  dsr_free(stack->spare);
  *stack = (dsr_stack){{NULL, 0}, NULL, 0};
}
