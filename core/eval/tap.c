/*
** tap.c - what is new of a made extent, handed out in chunks to each of its readers.
**
** Where tuples are numbered (one column; tuples back to back) a tap is the number of
** the next one.  Rows of pairs are found through the extent's queue: a row has one
** mark, up to where it was handed out.  While there is one tap it reads the queue
** itself.  With more, what comes off the queue is logged, whoever asked for it, and
** each tap reads the log; chunks that all have read are dropped from it.  A tap that
** comes late is first given what was handed out before.
*/
#include <string.h>

#include "eval/extent_inside.h"
#include "ground/mem.h"

/* ---- making ---------------------------------------------------------------------- */

/* What earlier taps have been given. */
static dsr_status remember(const dsr_extent *extent, dsr_tap *tap) {
  const dsr_pairs *pairs = &extent->pairs;
  for (uint32_t i = 0; i < pairs->n_rows; i++) {
    dsr_chunk chunk = {pairs->keys[i], 0, pairs->rows[i].taken};
    if (chunk.to == 0) continue;
    if (!VEC_PUSH(&tap->before, chunk)) return DSR_ENOMEM;
  }
  return DSR_OK;
}

static dsr_status start_on_pairs(dsr_extent *extent, dsr_tap *tap) {
  if (!extent->pairs.watched) return dsr_pairs_watch(&extent->pairs);
  TRY(remember(extent, tap));
  tap->at = extent->log_from + extent->log.len;
  extent->logged = true;
  return DSR_OK;
}

dsr_status dsr_extent_tap(dsr_extent *extent, dsr_tap **out) {
  assert(extent->kind != DSR_EXTENT_STORED);
  dsr_tap *tap = dsr_alloc(sizeof *tap);
  if (!tap) return dsr_fail_memory(extent->error);
  tap->extent = extent;
  if (dsr_extent_in_rows(extent) && start_on_pairs(extent, tap) < 0) {
    VEC_FREE(&tap->before);
    dsr_free(tap);
    return dsr_fail_memory(extent->error);
  }
  dsr_tap **at = &extent->taps;
  while (*at) at = &(*at)->next;
  *at = tap;
  *out = tap;
  return DSR_OK;
}

/* ---- chunks of pairs ------------------------------------------------------------- */

/* Drop what all taps have read, where that is half of the log. */
static void trim(dsr_extent *extent) {
  uint64_t least = UINT64_MAX;
  for (const dsr_tap *tap = extent->taps; tap; tap = tap->next) {
    if (tap->at < least) least = tap->at;
  }
  size_t read = (size_t)(least - extent->log_from);
  if (read < extent->log.len - read || read == 0) return;
  extent->log.len -= read;
  if (extent->log.len > 0) {
    memmove(extent->log.items, extent->log.items + read,
            extent->log.len * sizeof *extent->log.items);
  }
  extent->log_from = least;
}

static bool log_room(dsr_extent *extent) {
  if (extent->log.len == extent->log.cap) trim(extent);
  return VEC_RESERVE(&extent->log, 1);
}

/* Hand out what is new of a row, up to `most`. */
static dsr_chunk hand_out(dsr_pairs *pairs, dsr_row *row, size_t most) {
  dsr_chunk chunk = {dsr_pairs_key(pairs, row), row->taken, row->n};
  if (chunk.to - chunk.from > most) chunk.to = chunk.from + (uint32_t)most;
  row->taken = chunk.to;
  return chunk;
}

/* The next chunk from the queue, of at most `most` tuples; false: there is none. */
static bool next_chunk(dsr_pairs *pairs, size_t most, dsr_chunk *out) {
  for (;;) {
    dsr_row *row = dsr_pairs_first(pairs);
    if (!row) return false;
    bool some = row->taken < row->n;
    if (some) *out = hand_out(pairs, row, most);
    if (row->taken == row->n) dsr_pairs_shift(pairs);
    if (some) return true;
  }
}

static bool from_log(dsr_tap *tap, dsr_chunk *out) {
  dsr_extent *extent = tap->extent;
  if (tap->before_at < tap->before.len) {
    *out = tap->before.items[tap->before_at++];
    if (tap->before_at == tap->before.len) VEC_FREE(&tap->before);
    return true;
  }
  if (tap->at == extent->log_from + extent->log.len) return false;
  *out = extent->log.items[tap->at++ - extent->log_from];
  return true;
}

/* One chunk for this tap: DSR_OK or DSR_NOTHING. */
static dsr_status take_one(dsr_tap *tap, size_t most, dsr_chunk *out) {
  dsr_extent *extent = tap->extent;
  if (!extent->logged) {
    return next_chunk(&extent->pairs, most, out) ? DSR_OK : DSR_NOTHING;
  }
  if (from_log(tap, out)) return DSR_OK;
  if (!log_room(extent)) return dsr_fail_memory(extent->error);
  if (!next_chunk(&extent->pairs, most, out)) return DSR_NOTHING;
  extent->log.items[extent->log.len++] = *out;
  tap->at++;
  return DSR_OK;
}

static dsr_status take_pairs(dsr_tap *tap, dsr_chunk *out, size_t room, size_t tuples,
                             size_t *n) {
  size_t done = 0, handed = 0;
  while (done < room && handed < tuples) {
    dsr_status rc = take_one(tap, tuples - handed, &out[done]);
    if (rc < 0 && done == 0) return rc; /* else what was handed out is told first */
    if (rc != DSR_OK) break;
    handed += out[done].to - out[done].from;
    done++;
  }
  tap->taken += handed;
  *n = done;
  return DSR_OK;
}

/* ---- chunks of numbered tuples --------------------------------------------------- */

static uint32_t numbered(const dsr_extent *extent) {
  return extent->shape == DSR_SHAPE_ROW ? extent->row.n : extent->tuples.n;
}

static size_t take_numbered(dsr_tap *tap, dsr_chunk *out, size_t tuples) {
  uint64_t n = numbered(tap->extent) - tap->taken;
  if (n > tuples) n = tuples;
  if (n == 0) return 0;
  *out = (dsr_chunk){0, (uint32_t)tap->taken, (uint32_t)(tap->taken + n)};
  tap->taken += n;
  return 1;
}

/* ---- taking ---------------------------------------------------------------------- */

dsr_status dsr_tap_take(dsr_tap *tap, dsr_chunk *out, size_t room, size_t tuples,
                        size_t *n) {
  assert(room > 0);
  if (tuples == 0) tuples = 1;
  if (dsr_extent_in_rows(tap->extent)) {
    return take_pairs(tap, out, room, tuples, n);
  }
  *n = take_numbered(tap, out, tuples);
  return DSR_OK;
}

/* The row stays in the queue if it is there: its turn may come to nothing. */
bool dsr_tap_more(dsr_tap *tap, dsr_chunk *chunk) {
  dsr_extent *extent = tap->extent;
  if (!dsr_extent_in_rows(extent)) return false;
  dsr_row *row = dsr_pairs_find(&extent->pairs, chunk->key);
  if (!row || row->taken == row->n) return false;
  if (extent->logged) {
    uint64_t end = extent->log_from + extent->log.len;
    if (tap->at != end || tap->before_at < tap->before.len) return false;
    if (!log_room(extent)) return false;
  }
  *chunk = hand_out(&extent->pairs, row, UINT32_MAX);
  tap->taken += chunk->to - chunk->from;
  if (extent->logged) {
    extent->log.items[extent->log.len++] = *chunk;
    tap->at++;
  }
  return true;
}

bool dsr_tap_dry(const dsr_tap *tap) {
  const dsr_extent *extent = tap->extent;
  if (dsr_extent_in_rows(extent)) return tap->taken == extent->pairs.count;
  return tap->taken == numbered(extent);
}

const uint32_t *dsr_chunk_items(const dsr_extent *extent, const dsr_chunk *chunk) {
  if (extent->shape == DSR_SHAPE_ROW) return extent->row.items + chunk->from;
  if (!dsr_extent_in_rows(extent)) return NULL;
  const dsr_row *row = dsr_pairs_find(&extent->pairs, chunk->key);
  return row ? row->items + chunk->from : NULL;
}
