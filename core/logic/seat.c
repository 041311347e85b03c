/*
** seat.c - how large extents are, for the planner.
**
** How many distinct values a column has is estimated from the first tuples (Charikar,
** Chaudhuri, Motwani, Narasayya 2000: values seen once in the sample stand for the root of
** the inverse of its share each, others for themselves); of a sorted extent's first column
** it is known.  A supplied extent has estimates of its own.  What is not derived yet is taken to be larger than most, with a handful of
** tuples under each value: so it is joined after what is known to be small, and before what
** is known to be wide.
*/
#include <math.h>
#include <string.h>

#include "ground/mem.h"
#include "logic/path.h"

enum { SAMPLE = 8192, SLOTS = 2 * SAMPLE };
static const double GUESSED_COUNT = 1e6, GUESSED_FAN = 8, ASKED_COUNT = 1e4;

typedef struct sampler {
  uint32_t *columns[DSR_WIDTH_MAX];
  uint32_t values[SLOTS]; /* a hash set of a column's: one more than the value */
  bool again[SLOTS];      /* it came more than once */
} sampler;

/* Values of a column that came, and those that came once. */
static void tally(sampler *s, const uint32_t *column, size_t n, size_t *seen,
                  size_t *once) {
  memset(s->values, 0, sizeof s->values);
  memset(s->again, 0, sizeof s->again);
  *seen = *once = 0;
  for (size_t i = 0; i < n; i++) {
    size_t at = column[i] * UINT32_C(2654435769) >> 18;
    while (s->values[at] != 0 && s->values[at] != column[i] + 1) at = (at + 1) % SLOTS;
    if (s->values[at] == 0) {
      s->values[at] = column[i] + 1;
      ++*seen;
      ++*once;
    } else if (!s->again[at]) {
      s->again[at] = true;
      --*once;
    }
  }
}

static void estimate(sampler *s, size_t n, int width, dsr_seat *seat) {
  for (int c = 0; c < width; c++) {
    size_t seen, once;
    tally(s, s->columns[c], n, &seen, &once);
    double share = n > 0 ? seat->count / (double)n : 1;
    seat->distinct[c] = sqrt(share) * (double)once + (double)(seen - once);
    if (seat->distinct[c] > seat->count) seat->distinct[c] = seat->count;
  }
}

static dsr_status look(sampler *s, int width, dsr_seat *seat) {
  dsr_walk walk;
  size_t n;
  TRY(dsr_walk_start(&walk, seat->extent));
  TRY(dsr_walk_next(&walk, s->columns, SAMPLE, &n));
  estimate(s, n, width, seat);
  return DSR_OK;
}

static dsr_status sample(dsr_router *router, int width, dsr_seat *seat) {
  sampler *s = dsr_alloc(sizeof *s);
  dsr_status rc = s != NULL ? DSR_OK : dsr_fail_memory(router->error);
  for (int c = 0; c < width && rc >= 0; c++) {
    s->columns[c] = dsr_alloc(SAMPLE * sizeof *s->columns[c]);
    if (s->columns[c] == NULL) rc = dsr_fail_memory(router->error);
  }
  if (rc >= 0) rc = look(s, width, seat);
  for (int c = 0; c < width && s != NULL; c++) dsr_free(s->columns[c]);
  dsr_free(s);
  return rc;
}

/* The extent is sorted by its columns' own order, which others then use. */
static dsr_status count_sorted(dsr_router *router, int width, dsr_seat *seat) {
  uint8_t order[DSR_WIDTH_MAX];
  dsr_index *index;
  for (int i = 0; i < width; i++) order[i] = (uint8_t)i;
  TRY(dsr_extent_index(seat->extent, order, 0, false, &index));
  TRY(dsr_columns_have(router, seat->extent));
  if (width > 0) seat->distinct[0] = dsr_index_distinct(index, 1);
  return DSR_OK;
}

static dsr_status count(dsr_router *router, dsr_seat *seat, int width) {
  uint64_t n;
  bool stored = dsr_extent_kind_of(seat->extent) == DSR_EXTENT_STORED;
  const dsr_supply *supply = dsr_extent_supply_of(seat->extent);
  if (supply != NULL) {
    seat->count = supply->count;
    memcpy(seat->distinct, supply->distinct, sizeof seat->distinct);
    seat->counted = true;
    return dsr_columns_have(router, seat->extent);
  }
  TRY(dsr_extent_count(seat->extent, &n));
  seat->count = (double)n;
  if (width > 0 && n > 0) TRY(sample(router, width, seat));
  if (stored) TRY(count_sorted(router, width, seat));
  seat->counted = true;
  return DSR_OK;
}

/* The numbers are there; the order that an extent is counted by is said to be. */
static dsr_status recall(dsr_router *router, dsr_seat *seat, int width) {
  bool stored = dsr_extent_kind_of(seat->extent) == DSR_EXTENT_STORED;
  if (stored) TRY(count_sorted(router, width, seat));
  seat->recalled = false;
  return DSR_OK;
}

dsr_status dsr_seat_count(dsr_router *router, int predicate, const dsr_seat **out) {
  dsr_seat *seat = &router->seats[predicate];
  const dsr_predicate *p = &router->book->predicates.items[predicate];
  *out = seat;
  if (seat->recalled) return recall(router, seat, p->width);
  if (seat->counted) return DSR_OK;
  if (!dsr_route_grows(router, predicate, router->planning)) {
    return count(router, seat, p->width);
  }
  bool asked = p->use == DSR_USE_DEMAND || p->use == DSR_USE_BEGUN;
  seat->count = asked ? ASKED_COUNT : GUESSED_COUNT;
  for (int i = 0; i < p->width; i++) {
    seat->distinct[i] = p->width == 1 ? seat->count : seat->count / GUESSED_FAN;
  }
  return DSR_OK;
}
