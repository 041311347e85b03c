/*
** fence.c - where to look in a long run of ascending values.
**
** Two passes over the runs: one adds up what the fences of the long ones take, one puts
** them up.  A piece is as wide as a power of two, so that a shift finds it.
*/
#include <stdbool.h>

#include "eval/fence.h"
#include "ground/mem.h"

enum { HEAD = 3 }; /* least value, shift, pieces */

/* How many pieces a run has, from a quarter of its values to a half; values are distinct,
** so its span has room for them. */
static uint32_t pieces(const uint32_t *values, uint32_t n, uint32_t *shift) {
  uint32_t span = values[n - 1] - values[0];
  *shift = 0;
  while (span >> *shift >= n / 2) ++*shift;
  return (span >> *shift) + 1;
}

static void raise_run(dsr_fences *fences, const uint32_t *values, uint32_t from,
                      uint32_t to, uint32_t at) {
  uint32_t *marks = fences->marks + at, piece = 0;
  fences->posts[from / DSR_LONG + (from % DSR_LONG > 0)] = at;
  marks[0] = values[from];
  marks[2] = pieces(values + from, to - from, &marks[1]);
  for (uint32_t i = from; i < to; i++) {
    uint32_t of = (values[i] - marks[0]) >> marks[1];
    while (piece <= of) marks[HEAD + piece++] = i;
  }
  marks[HEAD + piece] = to;
}

/* The runs, one by one: the end of run i, which begins where the one before it ends. */
static uint32_t end_of(const uint32_t *starts, uint32_t i, uint32_t n) {
  return starts ? starts[i + 1] : n;
}

/* What the fences of all long runs take, in words; 0: none is long. */
static size_t words_needed(const uint32_t *values, uint32_t n, const uint32_t *starts,
                           uint32_t n_runs) {
  size_t words = 0;
  uint32_t shift, from = 0;
  for (uint32_t i = 0; i < n_runs; i++) {
    uint32_t to = end_of(starts, i, n);
    if (to - from >= DSR_LONG) {
      words += HEAD + 1 + pieces(values + from, to - from, &shift);
    }
    from = to;
  }
  return words;
}

dsr_status dsr_fences_raise(dsr_fences *fences, const uint32_t *values, uint32_t n,
                            const uint32_t *starts, uint32_t n_runs, size_t *bytes) {
  size_t words = words_needed(values, n, starts, n_runs);
  size_t n_posts = (size_t)n / DSR_LONG + 1;
  uint32_t from = 0, at = 0;
  if (words == 0) return DSR_OK;
  fences->posts = dsr_alloc(n_posts * sizeof *fences->posts);
  fences->marks = dsr_resize(NULL, words * sizeof *fences->marks);
  if (!fences->posts || !fences->marks) {
    dsr_fences_free(fences);
    return DSR_ENOMEM;
  }
  for (uint32_t i = 0; i < n_runs; i++) {
    uint32_t to = end_of(starts, i, n);
    if (to - from >= DSR_LONG) {
      raise_run(fences, values, from, to, at);
      at += HEAD + 1 + fences->marks[at + 2];
    }
    from = to;
  }
  *bytes += n_posts * sizeof *fences->posts + words * sizeof *fences->marks;
  return DSR_OK;
}

void dsr_fences_free(dsr_fences *fences) {
  dsr_free(fences->posts);
  dsr_free(fences->marks);
  *fences = (dsr_fences){0};
}
