/*
** source.c - where rows come from: all tuples of an extent, or chunks of what is new.
**
** Tuples are read in blocks, straight into the columns of the batch where no column is
** matched.  After a batch was passed the items of a chunk are asked for again, since
** they may have moved.
*/
#include "eval/operator.h"

static uint32_t *const no_input[DSR_SLOTS]; /* a source's */

/* Where a walk puts the extent's column `c`: into the batch, or where it is matched
** first. */
static uint32_t *column_of(const dsr_pipeline *p, const dsr_stage *s, int c) {
  const dsr_take *take = &s->op.takes[c];
  if (take->kind == DSR_TAKE_SKIP) return NULL;
  if (s->matches) return p->scratch[c];
  uint32_t *column = s->columns[take->ref.slot];
  return column != NULL ? column + s->n : NULL;
}

/* Put n tuples that stand in columns of scratch. */
static void put_matching(dsr_stage *s, uint32_t *const *columns, size_t n,
                         uint32_t *const *in, size_t row) {
  for (size_t i = 0; i < n; i++) {
    uint32_t values[DSR_WIDTH_MAX];
    for (int c = 0; c < s->op.n_takes; c++) {
      values[c] = columns[c] != NULL ? columns[c][i] : 0;
    }
    dsr_stage_put(s, values, in, row);
  }
}

/* All tuples of an extent, beside one row of the input. */
static dsr_status scan_beside(dsr_pipeline *p, int at, uint32_t *const *in,
                              size_t row) {
  dsr_stage *s = &p->stages[at];
  dsr_walk walk;
  TRY(dsr_walk_start(&walk, s->op.extent));
  for (;;) {
    uint32_t *columns[DSR_WIDTH_MAX];
    size_t n;
    for (int c = 0; c < s->op.n_takes; c++) columns[c] = column_of(p, s, c);
    TRY(dsr_walk_next(&walk, columns, DSR_BATCH - s->n, &n));
    if (n == 0) return DSR_OK;
    if (s->matches) {
      put_matching(s, columns, n, in, row);
    } else {
      for (size_t i = 0; i < n; i++) s->source[s->n + i] = (uint32_t)row;
      s->n += n;
    }
    TRY(dsr_pipeline_room(p, at));
  }
}

static dsr_status run_scan(dsr_pipeline *p, int at, size_t n) {
  if (at == 0) return scan_beside(p, 0, no_input, 0);
  for (size_t row = 0; row < n; row++) {
    TRY(scan_beside(p, at, dsr_pipeline_input(p, at), row));
  }
  return DSR_OK;
}

/* The tuples of one chunk of an extent of one or two columns. */
static dsr_status delta_rows(dsr_pipeline *p, const dsr_chunk *chunk) {
  dsr_stage *s = &p->stages[0];
  bool pair = dsr_extent_width(s->op.extent) == 2;
  uint32_t values[2] = {chunk->key, 0};
  for (uint32_t i = chunk->from; i < chunk->to;) {
    const uint32_t *items = dsr_chunk_items(s->op.extent, chunk);
    for (; i < chunk->to && s->n < DSR_BATCH; i++) {
      values[pair] = items[i - chunk->from];
      dsr_stage_put(s, values, no_input, 0);
    }
    TRY(dsr_pipeline_room(p, 0));
  }
  return DSR_OK;
}

/* Both columns into slots, nothing to match: the common case. */
static dsr_status delta_pairs(dsr_pipeline *p, const dsr_chunk *chunk) {
  dsr_stage *s = &p->stages[0];
  uint32_t *keys = s->columns[s->op.takes[0].ref.slot];
  uint32_t *values = s->columns[s->op.takes[1].ref.slot];
  for (uint32_t done = chunk->from; done < chunk->to;) {
    const uint32_t *items = dsr_chunk_items(s->op.extent, chunk) + (done - chunk->from);
    size_t n = chunk->to - done, room = DSR_BATCH - s->n;
    if (n > room) n = room;
    if (keys != NULL) {
      for (size_t i = 0; i < n; i++) keys[s->n + i] = chunk->key;
    }
    if (values != NULL) memcpy(values + s->n, items, n * sizeof *items);
    s->n += n;
    done += (uint32_t)n;
    TRY(dsr_pipeline_room(p, 0));
  }
  return DSR_OK;
}

static dsr_status delta_tuples(dsr_pipeline *p, const dsr_chunk *chunk) {
  dsr_stage *s = &p->stages[0];
  for (uint32_t i = chunk->from; i < chunk->to;) {
    for (; i < chunk->to && s->n < DSR_BATCH; i++) {
      if (!dsr_extent_counts(s->op.extent, i)) continue;
      dsr_stage_put(s, dsr_extent_tuple(s->op.extent, i), no_input, 0);
    }
    TRY(dsr_pipeline_room(p, 0));
  }
  return DSR_OK;
}

/* Tuples of three columns and more that stand in rows. */
static dsr_status delta_wide(dsr_pipeline *p, const dsr_chunk *chunk) {
  dsr_stage *s = &p->stages[0];
  uint32_t tuple[DSR_WIDTH_MAX];
  int column = dsr_extent_rows_of(s->op.extent);
  dsr_chunk_key(s->op.extent, chunk->key, tuple);
  for (uint32_t i = chunk->from; i < chunk->to;) {
    const uint32_t *items = dsr_chunk_items(s->op.extent, chunk);
    for (; i < chunk->to && s->n < DSR_BATCH; i++) {
      tuple[column] = items[i - chunk->from];
      dsr_stage_put(s, tuple, no_input, 0);
    }
    TRY(dsr_pipeline_room(p, 0));
  }
  return DSR_OK;
}

static bool plain_pair(const dsr_stage *s) {
  return s->op.n_takes == 2 && s->op.takes[0].kind == DSR_TAKE_FILL &&
         s->op.takes[1].kind == DSR_TAKE_FILL;
}

static dsr_status run_delta(dsr_pipeline *p) {
  const dsr_stage *s = &p->stages[0];
  int width = dsr_extent_width(s->op.extent);
  bool whole =
      width > 2 || width == 0 || dsr_extent_kind_of(s->op.extent) == DSR_EXTENT_BEST;
  bool wide = width > 2 && dsr_extent_rows_of(s->op.extent) >= 0;
  for (size_t i = 0; i < p->n_chunks; i++) {
    const dsr_chunk *chunk = &p->chunks[i];
    if (wide) {
      TRY(delta_wide(p, chunk));
    } else if (whole) {
      TRY(delta_tuples(p, chunk));
    } else {
      TRY(width == 2 && plain_pair(s) ? delta_pairs(p, chunk) : delta_rows(p, chunk));
    }
  }
  return DSR_OK;
}

/* Of more than two columns the key's values come after the chunk itself; it has
** none of the rows' column. */
static dsr_status run_chunk(dsr_pipeline *p) {
  dsr_stage *s = &p->stages[0];
  bool wide = dsr_extent_width(s->op.extent) > 2;
  for (size_t i = 0; i < p->n_chunks; i++) {
    const dsr_chunk *chunk = &p->chunks[i];
    uint32_t values[3 + DSR_WIDTH_MAX] = {chunk->key, chunk->from, chunk->to};
    if (wide) dsr_chunk_key(s->op.extent, chunk->key, values + 3);
    dsr_stage_put(s, values, no_input, 0);
    TRY(dsr_pipeline_room(p, 0));
  }
  return DSR_OK;
}

/* ---- slices ---------------------------------------------------------------------- */

dsr_status dsr_source_slice(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  uint32_t *const *in = dsr_pipeline_input(p, at);
  for (size_t row = 0; row < n; row++) {
    dsr_chunk chunk = {dsr_ref_value(&s->op.args[0], in, row),
                       dsr_ref_value(&s->op.args[1], in, row),
                       dsr_ref_value(&s->op.args[2], in, row)};
    uint32_t from = chunk.from;
    for (uint32_t i = from; i < chunk.to;) {
      const uint32_t *items = dsr_chunk_items(s->op.extent, &chunk);
      if (!s->matches) {
        size_t some = chunk.to - i, room = DSR_BATCH - s->n;
        if (some > room) some = room;
        dsr_stage_fill(s, items + (i - from), some, row);
        i += (uint32_t)some;
      }
      for (; s->matches && i < chunk.to && s->n < DSR_BATCH; i++) {
        dsr_stage_put(s, &items[i - from], in, row);
      }
      TRY(dsr_pipeline_room(p, at));
    }
  }
  return DSR_OK;
}

dsr_status dsr_source_run(dsr_pipeline *p, int at, size_t n) {
  switch (p->stages[at].op.kind) {
    case DSR_OP_SCAN:
      return run_scan(p, at, n);
    case DSR_OP_DELTA:
      return run_delta(p);
    case DSR_OP_CHUNK:
      return run_chunk(p);
    default: /* ONCE */
      p->stages[0].n = 1;
      p->stages[0].source[0] = 0;
      return DSR_OK;
  }
}
