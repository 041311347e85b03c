/*
** mem.c - the one place that memory comes from.
**
** Everything goes through malloc's family, so a host that replaces those replaces ours.
** Built with -DDSR_FAULTS, each thread counts its allocations and fails the one it was
** told to; a resize counts as one.  Threads that work for another count with it.
**
** An arena is a list of chunks.  Chunks grow with what the arena holds, so a small
** arena costs a kilobyte and a large one wastes little; a piece too large for a fresh
** chunk of the usual size gets a chunk of its own *behind* the newest, which goes on
** being filled.
*/
#include <limits.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "ground/mem.h"

enum { CHUNK_LEAST = 960, CHUNK_MOST = 256 * 1024, LARGE_PAGE = 2 << 20 };

struct dsr_arena_chunk {
  struct dsr_arena_chunk *older;
  size_t size; /* of data */
  alignas(max_align_t) unsigned char data[];
};

#ifdef DSR_FAULTS
struct dsr_fault_count {
  atomic_long left;
};

static _Thread_local dsr_fault_count own_faults;
static _Thread_local dsr_fault_count *shared_faults; /* NULL: own_faults */

dsr_fault_count *dsr_mem_faults(void) {
  return shared_faults ? shared_faults : &own_faults;
}

void dsr_mem_share_faults(dsr_fault_count *count) { shared_faults = count; }

static bool fault(void) {
  dsr_fault_count *count = dsr_mem_faults();
  return atomic_load_explicit(&count->left, memory_order_relaxed) > 0 &&
         atomic_fetch_sub(&count->left, 1) == 1;
}

void dsr_mem_fail_at(long n) { atomic_store(&own_faults.left, n); }
#else
dsr_fault_count *dsr_mem_faults(void) { return NULL; }

void dsr_mem_share_faults(dsr_fault_count *count) { (void)count; }

static bool fault(void) { return false; }

void dsr_mem_fail_at(long n) { (void)n; }
#endif

void *dsr_alloc(size_t size) {
  if (fault() || size > PTRDIFF_MAX) return NULL;
  return calloc(1, size > 0 ? size : 1);
}

void *dsr_alloc_table(size_t size) {
  char *memory = dsr_alloc(size);
#ifdef MADV_HUGEPAGE
  size_t front = (LARGE_PAGE - (uintptr_t)memory % LARGE_PAGE) % LARGE_PAGE;
  if (memory != NULL && size >= 2 * (size_t)LARGE_PAGE) {
    madvise(memory + front, (size - front) / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
  }
#endif
  return memory;
}

void *dsr_resize(void *old, size_t size) {
  if (fault() || size > PTRDIFF_MAX) return NULL;
  return realloc(old, size > 0 ? size : 1);
}

void dsr_free(void *memory) { free(memory); }

char *dsr_copy(const char *data, size_t len) {
  if (fault() || len >= PTRDIFF_MAX) return NULL;
  char *copy = malloc(len + 1);
  if (!copy) return NULL;
  if (len > 0) memcpy(copy, data, len);
  copy[len] = '\0';
  return copy;
}

/* The next usual size: a quarter of what there is already, within limits. */
static size_t usual_chunk(const dsr_arena *arena) {
  size_t size = arena->total / 4;
  if (size < CHUNK_LEAST) return CHUNK_LEAST;
  return size < CHUNK_MOST ? size : CHUNK_MOST;
}

static struct dsr_arena_chunk *new_chunk(dsr_arena *arena, size_t size) {
  if (size > PTRDIFF_MAX - sizeof(struct dsr_arena_chunk)) return NULL;
  struct dsr_arena_chunk *chunk = dsr_alloc(sizeof *chunk + size);
  if (!chunk) return NULL;
  chunk->size = size;
  arena->total += size;
  return chunk;
}

static void *alloc_alone(dsr_arena *arena, size_t size) {
  struct dsr_arena_chunk *chunk = new_chunk(arena, size);
  if (!chunk) return NULL;
  if (arena->chunks) {
    chunk->older = arena->chunks->older;
    arena->chunks->older = chunk;
  } else {
    arena->chunks = chunk;
    arena->used = size;
  }
  return chunk->data;
}

void *dsr_arena_alloc(dsr_arena *arena, size_t size) {
  size_t align = alignof(max_align_t);
  if (size > PTRDIFF_MAX - align) return NULL;
  size = size > 0 ? (size + align - 1) / align * align : align;
  struct dsr_arena_chunk *chunk = arena->chunks;
  if (!chunk || chunk->size - arena->used < size) {
    size_t usual = usual_chunk(arena);
    if (size > usual / 2) return alloc_alone(arena, size);
    chunk = new_chunk(arena, usual);
    if (!chunk) return NULL;
    chunk->older = arena->chunks;
    arena->chunks = chunk;
    arena->used = 0;
  }
  void *piece = chunk->data + arena->used;
  arena->used += size;
  return piece;
}

dsr_str dsr_arena_str(dsr_arena *arena, dsr_str text) {
  if (text.len >= PTRDIFF_MAX) return (dsr_str){NULL, 0};
  char *copy = dsr_arena_alloc(arena, text.len + 1);
  if (!copy) return (dsr_str){NULL, 0};
  if (text.len > 0) memcpy(copy, text.data, text.len);
  return (dsr_str){copy, text.len};
}

void dsr_arena_free(dsr_arena *arena) {
  struct dsr_arena_chunk *chunk = arena->chunks;
  while (chunk) {
    struct dsr_arena_chunk *older = chunk->older;
    dsr_free(chunk);
    chunk = older;
  }
  *arena = (dsr_arena){0};
}

dsr_arena_mark dsr_arena_here(const dsr_arena *arena) {
  struct dsr_arena_chunk *chunk = arena->chunks;
  return (dsr_arena_mark){chunk, chunk != NULL ? chunk->older : NULL, arena->used};
}

/* Free the chunks from *at to the one before `end`. */
static void free_until(dsr_arena *arena, struct dsr_arena_chunk **at,
                       const struct dsr_arena_chunk *end) {
  while (*at != end) {
    struct dsr_arena_chunk *older = (*at)->older;
    arena->total -= (*at)->size;
    dsr_free(*at);
    *at = older;
  }
}

void dsr_arena_back(dsr_arena *arena, dsr_arena_mark mark) {
  struct dsr_arena_chunk *newest = arena->chunks;
  free_until(arena, &arena->chunks, mark.chunk);
  if (mark.chunk == NULL) {
    arena->used = 0;
    return;
  }
  free_until(arena, &mark.chunk->older, mark.older); /* large pieces lie behind it */
  size_t end = newest == mark.chunk ? arena->used : mark.chunk->size;
  memset(mark.chunk->data + mark.used, 0, end - mark.used);
  arena->used = mark.used;
}
