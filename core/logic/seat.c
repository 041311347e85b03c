/*
** seat.c - how large extents are, for the planner.
**
** Distinct values are counted exactly, with a bit for each number, over the first millions
** of tuples.  What is not derived yet is taken to be larger than most, with a handful of
** tuples under each value: so it is joined after what is known to be small, and before what
** is known to be wide.
*/
#include <string.h>

#include "logic/route.h"

enum { BLOCK = 4096 };
static const uint64_t WALKED = 4000000;
static const double GUESSED_COUNT = 1e6, GUESSED_FAN = 8;

typedef struct marks {
  uint64_t *bits[DSR_WIDTH_MAX];
  uint32_t *columns[DSR_WIDTH_MAX];
  int width;
} marks;

static bool make_marks(marks *m, int width, uint32_t numbers) {
  m->width = width;
  for (int i = 0; i < width; i++) {
    m->bits[i] = dsr_alloc(((size_t)numbers / 64 + 1) * sizeof *m->bits[i]);
    m->columns[i] = dsr_alloc(BLOCK * sizeof *m->columns[i]);
    if (m->bits[i] == NULL || m->columns[i] == NULL) return false;
  }
  return true;
}

static void free_marks(marks *m) {
  for (int i = 0; i < m->width; i++) {
    dsr_free(m->bits[i]);
    dsr_free(m->columns[i]);
  }
}

static void mark(const marks *m, size_t n, double *distinct) {
  for (int c = 0; c < m->width; c++) {
    uint64_t fresh = 0, *bits = m->bits[c];
    for (size_t i = 0; i < n; i++) {
      uint32_t value = m->columns[c][i];
      fresh += !(bits[value >> 6] >> (value & 63) & 1);
      bits[value >> 6] |= UINT64_C(1) << (value & 63);
    }
    distinct[c] += (double)fresh;
  }
}

static dsr_status walk(const marks *m, dsr_extent *extent, double *distinct) {
  dsr_walk at;
  uint64_t seen = 0;
  size_t n = 1;
  TRY(dsr_walk_start(&at, extent));
  while (n > 0 && seen < WALKED) {
    TRY(dsr_walk_next(&at, m->columns, BLOCK, &n));
    mark(m, n, distinct);
    seen += n;
  }
  return DSR_OK;
}

static dsr_status count(dsr_router *router, dsr_seat *seat, int width) {
  uint64_t n;
  marks m = {0};
  TRY(dsr_extent_count(seat->extent, &n));
  memset(seat->distinct, 0, sizeof seat->distinct);
  seat->count = (double)n;
  dsr_status rc = dsr_fail_memory(router->error);
  if (make_marks(&m, width, dsr_calls_numbers(router->calls))) {
    rc = walk(&m, seat->extent, seat->distinct);
  }
  free_marks(&m);
  seat->counted = rc >= 0;
  return rc;
}

dsr_status dsr_seat_count(dsr_router *router, int predicate, const dsr_seat **out) {
  dsr_seat *seat = &router->seats[predicate];
  int width = router->book->predicates.items[predicate].width;
  *out = seat;
  if (seat->counted) return DSR_OK;
  if (!dsr_route_grows(router, predicate, router->planning)) {
    return count(router, seat, width);
  }
  seat->count = GUESSED_COUNT;
  for (int i = 0; i < width; i++) seat->distinct[i] = GUESSED_COUNT / GUESSED_FAN;
  return DSR_OK;
}
