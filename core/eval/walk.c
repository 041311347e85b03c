/*
** walk.c - all tuples of an extent, some at a time, as columns.
**
** Where a walk is is kept in at most three numbers, so tuples may be added meanwhile: those
** behind it are not gone back to.
*/
#include <string.h>

#include "eval/extent_inside.h"

dsr_status dsr_walk_start(dsr_walk *walk, dsr_extent *extent) {
  if (extent->shape == DSR_SHAPE_TRIES && !dsr_extent_is_open(extent))
    TRY(dsr_extent_seal(extent));
  TRY(dsr_extent_complete(extent));
  *walk = (dsr_walk){.extent = extent};
  return DSR_OK;
}

/* at: how many items were walked. */
static size_t walk_row(dsr_walk *walk, uint32_t *const *columns, size_t room) {
  const dsr_row *row = &walk->extent->row;
  size_t n = row->n - (size_t)walk->at[0];
  if (n > room) n = room;
  if (n > 0 && columns[0]) {
    memcpy(columns[0], row->items + walk->at[0], n * sizeof *columns[0]);
  }
  walk->at[0] += n;
  return n;
}

/* The row's key, as often as there are items, in all columns but that of the rows. */
static void repeat_key(const dsr_extent *extent, uint32_t row, uint32_t *const *columns,
                       size_t from, size_t n) {
  uint32_t tuple[DSR_WIDTH_MAX] = {extent->pairs.keys[row]};
  if (extent->shape == DSR_SHAPE_ROWS) dsr_chunk_key(extent, tuple[0], tuple);
  for (int c = 0; c < extent->width; c++) {
    if (c == extent->value || !columns[c]) continue;
    for (size_t i = 0; i < n; i++) columns[c][from + i] = tuple[c];
  }
}

/* at: the row, and how many of its items were walked. */
static size_t walk_pairs(dsr_walk *walk, uint32_t *const *columns, size_t room) {
  const dsr_pairs *pairs = &walk->extent->pairs;
  uint32_t *values = columns[walk->extent->value];
  size_t done = 0;
  while (done < room && walk->at[0] < pairs->n_rows) {
    const dsr_row *row = &pairs->rows[walk->at[0]];
    size_t n = row->n - (size_t)walk->at[1];
    if (n > room - done) n = room - done;
    repeat_key(walk->extent, (uint32_t)walk->at[0], columns, done, n);
    if (n > 0 && values) {
      memcpy(values + done, row->items + walk->at[1], n * sizeof *values);
    }
    done += n;
    walk->at[1] += n;
    if (walk->at[1] < row->n) break;
    walk->at[0]++;
    walk->at[1] = 0;
  }
  return done;
}

/* at: the tuple. */
static size_t walk_tuples(dsr_walk *walk, uint32_t *const *columns, size_t room) {
  const dsr_tuples *tuples = &walk->extent->tuples;
  size_t done = 0;
  for (; done < room && walk->at[0] < tuples->n; walk->at[0]++) {
    if (!dsr_tuples_counts(tuples, (uint32_t)walk->at[0])) continue;
    const uint32_t *tuple = dsr_tuples_at(tuples, (uint32_t)walk->at[0]);
    for (int c = 0; c < tuples->width; c++) {
      if (columns[c]) columns[c][done] = tuple[c];
    }
    done++;
  }
  return done;
}

/* at: the tuple. */
static size_t walk_open(dsr_walk *walk, uint32_t *const *columns, size_t room) {
  const dsr_extent *extent = walk->extent;
  size_t n = (size_t)(extent->filled - walk->at[0]);
  if (n > room) n = room;
  for (int c = 0; c < extent->width && n > 0; c++) {
    if (!columns[c]) continue;
    memcpy(columns[c], extent->columns[c].items + walk->at[0], n * sizeof *columns[c]);
  }
  walk->at[0] += n;
  return n;
}

static size_t walk_stored(dsr_walk *walk, uint32_t *const *columns, size_t room) {
  const dsr_extent *extent = walk->extent;
  if (dsr_extent_is_open(extent)) return walk_open(walk, columns, room);
  if (extent->width > 0) {
    return dsr_trie_walk(dsr_extent_first(extent)->trie, &walk->at[0], columns, room);
  }
  if (room == 0 || extent->filled == 0 || walk->at[0]++ > 0) return 0;
  return 1;
}

dsr_status dsr_walk_next(dsr_walk *walk, uint32_t *const *columns, size_t room,
                         size_t *n) {
  switch (walk->extent->shape) {
    case DSR_SHAPE_TRIES:
    case DSR_SHAPE_ASKED: /* it was completed when the walk began */
      *n = walk_stored(walk, columns, room);
      break;
    case DSR_SHAPE_ROW:
      *n = walk_row(walk, columns, room);
      break;
    case DSR_SHAPE_PAIRS:
    case DSR_SHAPE_ROWS:
      *n = walk_pairs(walk, columns, room);
      break;
    case DSR_SHAPE_TUPLES:
      *n = walk_tuples(walk, columns, room);
      break;
  }
  return DSR_OK;
}
