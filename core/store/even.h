/*
** even.h - columns that hold one word all over, shared by the blocks that have such.
**
** The times of undated facts, the sets of what one source said, the leading column of a
** large class: many blocks have a column of one word, and then many have the same one.
** It is in memory once, as long as the longest of them, so that it costs them neither
** time nor room, and whoever reads it often finds it in the processor's cache.
*/
#ifndef DSR_STORE_EVEN_H
#define DSR_STORE_EVEN_H

#include "ground/mem.h"

typedef struct dsr_even {
  size_t users;
  uint64_t word;
  size_t n;
  uint64_t words[];
} dsr_even;

/* Those used last; all zero at first. */
enum { DSR_EVENS = 8 };
typedef struct dsr_evens {
  dsr_even *kept[DSR_EVENS];
  unsigned turn; /* the one to go next */
} dsr_evens;

/* A column of at least n times the word, to be given back with dsr_even_drop(); *made
** tells its bytes where it is new, 0 else.  NULL without memory. */
dsr_even *dsr_even_take(dsr_evens *evens, uint64_t word, size_t n, size_t *made);
void dsr_even_drop(dsr_even *even); /* NULL is allowed */

/* Forget them; those that are in use stay until they are dropped. */
void dsr_evens_free(dsr_evens *evens);

#endif
