/*
** mem.h - the one place that memory comes from.
**
** dsr_alloc and friends wrap malloc; a test can make the n-th allocation of this thread
** fail and see that the failure is reported and nothing is lost.  An arena gives many
** small pieces that are freed together.
*/
#ifndef DSR_GROUND_MEM_H
#define DSR_GROUND_MEM_H

#include <stddef.h>

#include "ground/status.h"

void *dsr_alloc(size_t size);                 /* zeroed; NULL where there is none */
void *dsr_resize(void *old, size_t size);     /* as realloc; new bytes are not zeroed */
void dsr_free(void *memory);                  /* NULL is allowed */
char *dsr_copy(const char *data, size_t len); /* with a NUL after it */

/* The same as dsr_alloc() for a table that is read here and there: one of many megabytes
** has large pages where the system gives them, which saves looking up where small ones
** lie. */
void *dsr_alloc_table(size_t size);

/* Make the n-th allocation of this thread from now on fail, once; 0 turns it off.
** Only where the library was built with -DDSR_FAULTS; elsewhere it does nothing. */
DSR_API void dsr_mem_fail_at(long n);

/* What counts this thread's allocations down; and have another thread's count count those
** of this thread, too, from now on. */
typedef struct dsr_fault_count dsr_fault_count;
dsr_fault_count *dsr_mem_faults(void);
void dsr_mem_share_faults(dsr_fault_count *count);

typedef struct dsr_arena {
  struct dsr_arena_chunk *chunks;
  size_t used;  /* in the newest chunk */
  size_t total; /* bytes in all chunks */
} dsr_arena;

/* An arena starts as all zero.  Memory is zeroed and aligned for any type. */
void *dsr_arena_alloc(dsr_arena *arena, size_t size);
/* A copy with a NUL after it, which `len` leaves out; data NULL on failure. */
dsr_str dsr_arena_str(dsr_arena *arena, dsr_str text);
void dsr_arena_free(dsr_arena *arena); /* back to all zero */

/* How far an arena is; going back to there lets go of what came since. */
typedef struct dsr_arena_mark {
  struct dsr_arena_chunk *chunk, *older;
  size_t used;
} dsr_arena_mark;
dsr_arena_mark dsr_arena_here(const dsr_arena *arena);
void dsr_arena_back(dsr_arena *arena, dsr_arena_mark mark);

#endif
