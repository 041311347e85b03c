/*
** fence.h - where to look in a long run of ascending values.
**
** A level of a trie is runs of ascending values, one after the other.  A search in a short
** run, without a branch that depends on what is found, costs less than anything cleverer.
** A run of DSR_LONG values and more is fenced: its span is cut into pieces of equal width,
** half as many as there are values or fewer, and for each piece it is noted where its
** values begin.  So a value is searched for among some few, wherever values are spread
** evenly: in a run of 100,000 in a third of the time.
**
** A run that is so long has a position in it that is a multiple of DSR_LONG; by the first
** of these its fences are found.
**
** Cost: at most 2 bytes for each value of a long run, 4 for every DSR_LONG values of a
** level that has any; nothing where none is long.
*/
#ifndef DSR_EVAL_FENCE_H
#define DSR_EVAL_FENCE_H

#include "ground/status.h"

enum { DSR_LONG = 1024 };

typedef struct dsr_fences {
  /* Of the run in which position i * DSR_LONG is the first such: where in `marks` its
  ** least value stands, then the shift that leads from what is above it to a piece, then
  ** how many pieces, then where each begins in the level, and the end. */
  uint32_t *posts;
  uint32_t *marks;
} dsr_fences;

/* Fence the runs of n values: run i is [starts[i], starts[i + 1]), of n_runs; `starts`
** NULL: all are one run.  *bytes grows by what is held.  DSR_ENOMEM. */
dsr_status dsr_fences_raise(dsr_fences *fences, const uint32_t *values, uint32_t n,
                            const uint32_t *starts, uint32_t n_runs, size_t *bytes);
void dsr_fences_free(dsr_fences *fences); /* back to all zero */

/* ---- inside loops ----------------------------------------------------------------- */

/* Where among n ascending values the first one stands that is `value` or more. */
static inline uint32_t dsr_sorted_at(const uint32_t *values, uint32_t n,
                                     uint32_t value) {
  uint32_t at = 0;
  if (n == 0) return 0;
  while (n > 1) { /* spelled so that no branch depends on what is found */
    uint32_t half = n / 2;
    at += half & -(uint32_t)(values[at + half - 1] < value);
    n -= half;
  }
  return at + (values[at] < value);
}

/* Narrow a whole run of a level to where `value` stands if it is there. */
static inline void dsr_fences_narrow(const dsr_fences *fences, uint32_t value,
                                     uint32_t *from, uint32_t *to) {
  if (*to - *from < DSR_LONG) return;
  uint32_t post = *from / DSR_LONG + (*from % DSR_LONG > 0);
  const uint32_t *marks = fences->marks + fences->posts[post];
  uint32_t piece = (value - marks[0]) >> marks[1];
  if (value < marks[0] || piece >= marks[2]) {
    *to = *from;
    return;
  }
  *from = marks[3 + piece];
  *to = marks[4 + piece];
}

/* Where `value` stands in a whole run [from, to) of a level; false: it does not. */
static inline bool dsr_fences_find(const dsr_fences *fences, const uint32_t *values,
                                   uint32_t from, uint32_t to, uint32_t value,
                                   uint32_t *at) {
  dsr_fences_narrow(fences, value, &from, &to);
  *at = from + dsr_sorted_at(values + from, to - from, value);
  return *at < to && values[*at] == value;
}

#endif
