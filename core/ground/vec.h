/*
** vec.h - arrays that grow.
**
** VEC(type) is a struct of items, len and cap, all zero when empty.  VEC_PUSH doubles
** the room when it is full and gives false where there is no memory, the vector as it
** was.  Pointers to items are good until the next push.
*/
#ifndef DSR_GROUND_VEC_H
#define DSR_GROUND_VEC_H

#include <stdbool.h>
#include <stddef.h>

#define VEC(type) \
  struct {        \
    type *items;  \
    size_t len;   \
    size_t cap;   \
  }

/* Room for `n` more items: true, or false and nothing changed. */
#define VEC_RESERVE(vec, n)                                                      \
  dsr_vec_reserve((void **)&(vec)->items, &(vec)->cap, (vec)->len + (size_t)(n), \
                  sizeof *(vec)->items)

#define VEC_PUSH(vec, item) \
  (VEC_RESERVE(vec, 1) ? ((vec)->items[(vec)->len++] = (item), true) : false)

#define VEC_FREE(vec)            \
  do {                           \
    dsr_free((vec)->items);      \
    (vec)->items = NULL;         \
    (vec)->len = (vec)->cap = 0; \
  } while (0)

bool dsr_vec_reserve(void **items, size_t *cap, size_t need, size_t item_size);

#endif
