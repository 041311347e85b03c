/*
** marks.h - a list of numbers drawn as a bitmap, to ask what is in it by a load.
**
** The bitmap stays when a list is erased, all zero, and is drawn into again; it is as long
** as the greatest number that was ever drawn, and some.  All zero is an empty one.
**
** Cost: drawing and erasing touch a word for each number of the list.
*/
#ifndef DSR_EVAL_MARKS_H
#define DSR_EVAL_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "ground/status.h"

typedef struct dsr_marks {
  uint64_t *words;
  uint32_t room; /* numbers below it have a bit */
} dsr_marks;

/* Draw n (not 0) ascending numbers into what is all zero.  DSR_ENOMEM, without words. */
dsr_status dsr_marks_draw(dsr_marks *marks, const uint32_t *numbers, uint32_t n);
/* All zero again: the numbers are those that were drawn. */
void dsr_marks_erase(dsr_marks *marks, const uint32_t *numbers, uint32_t n);
void dsr_marks_free(dsr_marks *marks);

/* Is a number, which is below `room`, drawn. */
static inline bool dsr_marks_has(const uint64_t *words, uint32_t number) {
  return words[number >> 6] >> (number & 63) & 1;
}

#endif
