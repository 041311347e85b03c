/*
** vec.c - arrays that grow.
**
** Room doubles, so a push costs a constant number of copies of an item over a vector's
** life.  The array's address is copied in and out as bytes: the caller's pointer is of
** another type than void *, and may not be read as one.
*/
#include <stdint.h>
#include <string.h>

#include "ground/mem.h"
#include "ground/vec.h"

enum { FIRST_CAP = 8 };

bool dsr_vec_reserve(void **items, size_t *cap, size_t need, size_t item_size) {
  if (need <= *cap) return true;
  size_t most = PTRDIFF_MAX / item_size;
  if (need > most) return false;
  size_t room = *cap > most / 2 ? most : *cap * 2;
  if (room < FIRST_CAP && FIRST_CAP <= most) room = FIRST_CAP;
  if (room < need) room = need;
  void *array;
  memcpy(&array, items, sizeof array);
  array = dsr_resize(array, room * item_size);
  if (!array) return false;
  memcpy(items, &array, sizeof array);
  *cap = room;
  return true;
}
