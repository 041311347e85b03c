/*
** sink.c - where threads add to one extent of two columns at once.
**
** A sink's directory is a dsr_pairs whose lender is the extent's.  Blocks know no pool: one
** that was made by the extent's may be given to a sink's, as long as all live, and the
** bytes of each are right only in their sum.
*/
#include "eval/sink.h"

#include "ground/mem.h"

dsr_status dsr_sinks_make(dsr_extent *extent, int n) {
  assert(extent->shape == DSR_SHAPE_PAIRS);
  if (n <= extent->n_sinks) return DSR_OK;
  dsr_extent **sinks = dsr_resize(extent->sinks, (size_t)n * sizeof *sinks);
  if (!sinks) return dsr_fail_memory(extent->error);
  extent->sinks = sinks;
  while (extent->n_sinks < n) {
    dsr_extent *sink;
    TRY(dsr_extent_new(DSR_EXTENT_MADE, 2, extent->error, &sink));
    sinks[extent->n_sinks++] = sink;
  }
  return DSR_OK;
}

void dsr_sink_open(dsr_extent *extent, int i, dsr_error *error, bool read) {
  dsr_extent *sink = extent->sinks[i];
  assert(sink->pairs.n_rows == 0);
  sink->error = error;
  sink->pairs.lender = &extent->pairs;
  sink->pairs.pool.limit = extent->pairs.pool.limit;
  if (read) dsr_pool_hold(&sink->pairs.pool);
}

/* A row goes home. */
static dsr_status bring(dsr_extent *extent, uint32_t first, dsr_row *row) {
  dsr_row *home = dsr_pairs_find(&extent->pairs, first);
  if (!home) TRY(dsr_pairs_make(&extent->pairs, first, &home));
  uint32_t before = home->n, taken = home->taken;
  bool queued = home->queued;
  *home = *row;
  home->taken = taken;
  home->queued = queued;
  *row = (dsr_row){0};
  if (home->n == before) return DSR_OK;
  dsr_pairs_grew(&extent->pairs, home, before);
  return extent->files ? dsr_extent_file_row(extent, home, before) : DSR_OK;
}

dsr_status dsr_sink_close(dsr_extent *extent, int i) {
  dsr_extent *sink = extent->sinks[i];
  dsr_pairs *pairs = &sink->pairs;
  dsr_status rc = DSR_OK;
  for (uint32_t k = 0; k < pairs->n_rows; k++) {
    dsr_status one = bring(extent, pairs->keys[k], &pairs->rows[k]);
    if (one < 0) rc = one;
  }
  pairs->lender = NULL;
  dsr_pool_let_go(&pairs->pool);
  if (extent->pairs.pool.limit < pairs->pool.limit) {
    extent->pairs.pool.limit = pairs->pool.limit;
  }
  if (rc >= 0) dsr_pairs_forget(pairs); /* else a row that has no home is still there */
  extent->sink_bytes = 0;
  for (int k = 0; k < extent->n_sinks; k++) {
    extent->sink_bytes += dsr_sink_bytes(extent->sinks[k]);
  }
  return rc;
}

size_t dsr_sink_bytes(const dsr_extent *sink) { return dsr_pairs_bytes(&sink->pairs); }

void dsr_sinks_free(dsr_extent *extent) {
  for (int i = 0; i < extent->n_sinks; i++) dsr_extent_free(extent->sinks[i]);
  dsr_free(extent->sinks);
}
