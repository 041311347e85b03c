/*
** mergesort.c - sorting where a comparison may fail.
*/
#include "ground/mergesort.h"

#include <string.h>

#include "ground/mem.h"

/* Two sorted runs, [low, mid) and [mid, high), become one. */
typedef struct run {
  size_t low, mid, high;
} run;

static dsr_status merge(const char *from, char *to, run r, size_t size,
                        dsr_comparing *compare, void *ud) {
  size_t i = r.low, k = r.mid;
  for (size_t o = r.low; o < r.high; o++) {
    int order = i < r.mid ? -1 : 1;
    if (i < r.mid && k < r.high) {
      TRY(compare(ud, from + i * size, from + k * size, &order));
    }
    size_t next = order <= 0 ? i++ : k++;
    memcpy(to + o * size, from + next * size, size);
  }
  return DSR_OK;
}

static dsr_status merge_all(const char *from, char *to, size_t n, size_t width,
                            size_t size, dsr_comparing *compare, void *ud) {
  for (size_t low = 0; low < n; low += 2 * width) {
    run r = {low, low + width < n ? low + width : n,
             low + 2 * width < n ? low + 2 * width : n};
    TRY(merge(from, to, r, size, compare, ud));
  }
  return DSR_OK;
}

dsr_status dsr_mergesort(void *items, size_t n, size_t size, dsr_comparing *compare,
                         void *ud, dsr_error *error) {
  if (n < 2) return DSR_OK;
  char *spare = dsr_alloc(n * size), *from = items, *to = spare;
  if (spare == NULL) return dsr_fail_memory(error);
  dsr_status rc = DSR_OK;
  for (size_t width = 1; rc >= 0 && width < n; width *= 2) {
    rc = merge_all(from, to, n, width, size, compare, ud);
    if (rc < 0) break; /* `from` has all of them */
    char *swap = from;
    from = to;
    to = swap;
  }
  if (from != items) memcpy(items, from, n * size);
  dsr_free(spare);
  return rc < 0 ? rc : DSR_OK;
}
