/*
** pairs.c - a relation of two columns that grows: for each first value a row.
**
** Rows, keys and the queue have the same room and grow together, so that a row that is
** there can always be queued.
*/
#include <assert.h>
#include <string.h>

#include "eval/pairs.h"
#include "ground/mem.h"

enum { ROWS_FIRST = 8 };

static uint32_t nothing[DSR_PAGE]; /* never written */

void dsr_pairs_free(dsr_pairs *pairs) {
  for (uint32_t i = 0; i < pairs->n_rows; i++) {
    dsr_row_free(&pairs->pool, &pairs->rows[i]);
  }
  for (uint32_t i = 0; i < pairs->n_pages; i++) {
    if (pairs->pages[i] != nothing) dsr_free(pairs->pages[i]);
  }
  dsr_free(pairs->pages);
  dsr_free(pairs->rows);
  dsr_free(pairs->keys);
  dsr_free(pairs->queue);
  dsr_pool_free(&pairs->pool);
  *pairs = (dsr_pairs){.lists = pairs->lists};
}

void dsr_pairs_forget(dsr_pairs *pairs) {
  assert(!pairs->watched);
  for (uint32_t i = 0; i < pairs->n_rows; i++) {
    uint32_t x = pairs->keys[i];
    pairs->pages[x >> DSR_PAGE_BITS][x & (DSR_PAGE - 1)] = 0;
  }
  pairs->n_rows = 0;
  pairs->count = 0;
}

size_t dsr_pairs_bytes(const dsr_pairs *pairs) {
  return pairs->bytes + pairs->pool.bytes;
}

/* ---- the directory --------------------------------------------------------------- */

static dsr_status grow_directory(dsr_pairs *pairs, uint32_t page) {
  uint32_t n = pairs->n_pages * 2;
  if (n <= page) n = page + 1;
  uint32_t **pages = dsr_resize(pairs->pages, n * sizeof *pages);
  if (!pages) return DSR_ENOMEM;
  for (uint32_t i = pairs->n_pages; i < n; i++) pages[i] = nothing;
  pairs->bytes += (n - pairs->n_pages) * sizeof *pages;
  pairs->pages = pages;
  pairs->n_pages = n;
  return DSR_OK;
}

static dsr_status page_of(dsr_pairs *pairs, uint32_t x, uint32_t **out) {
  uint32_t page = x >> DSR_PAGE_BITS;
  if (page >= pairs->n_pages) TRY(grow_directory(pairs, page));
  if (pairs->pages[page] == nothing) {
    uint32_t *fresh = dsr_alloc(DSR_PAGE * sizeof *fresh);
    if (!fresh) return DSR_ENOMEM;
    pairs->pages[page] = fresh;
    pairs->bytes += DSR_PAGE * sizeof *fresh;
  }
  *out = pairs->pages[page];
  return DSR_OK;
}

/* ---- rows ------------------------------------------------------------------------ */

/* An array of `room` places with what waits at its ends. */
static bool new_queue(dsr_pairs *pairs, uint32_t room) {
  uint32_t *queue = dsr_resize(NULL, (size_t)room * sizeof *queue);
  uint32_t low = pairs->waiting[0], high = pairs->waiting[1];
  if (!queue) return false;
  if (low > 0) memcpy(queue, pairs->queue, low * sizeof *queue);
  if (high > 0) {
    memcpy(queue + room - high, pairs->queue + pairs->room - high,
           high * sizeof *queue);
  }
  dsr_free(pairs->queue);
  pairs->queue = queue;
  return true;
}

static dsr_status grow_rows(dsr_pairs *pairs) {
  uint32_t room = pairs->room > 0 ? pairs->room * 2 : ROWS_FIRST;
  if (room < pairs->room) return DSR_ENOMEM;
  dsr_row *rows = dsr_resize(pairs->rows, (size_t)room * sizeof *rows);
  if (!rows) return DSR_ENOMEM;
  pairs->rows = rows;
  uint32_t *keys = dsr_resize(pairs->keys, (size_t)room * sizeof *keys);
  if (!keys) return DSR_ENOMEM;
  pairs->keys = keys;
  size_t each = sizeof *rows + sizeof *keys;
  if (pairs->watched) {
    if (!new_queue(pairs, room)) return DSR_ENOMEM;
    each += sizeof *pairs->queue;
  }
  pairs->bytes += (size_t)(room - pairs->room) * each;
  pairs->room = room;
  return DSR_OK;
}

static void borrow(const dsr_pairs *lender, uint32_t x, dsr_row *out) {
  const dsr_row *row = dsr_pairs_find(lender, x);
  if (row) *out = *row;
}

dsr_status dsr_pairs_make(dsr_pairs *pairs, uint32_t x, dsr_row **out) {
  dsr_row *row = dsr_pairs_find(pairs, x);
  if (!row) {
    uint32_t *page;
    TRY(page_of(pairs, x, &page));
    if (pairs->n_rows == pairs->room) TRY(grow_rows(pairs));
    row = &pairs->rows[pairs->n_rows];
    *row = (dsr_row){0};
    if (pairs->lists) dsr_row_list(row);
    if (pairs->lender) borrow(pairs->lender, x, row);
    pairs->keys[pairs->n_rows++] = x;
    page[x & (DSR_PAGE - 1)] = pairs->n_rows;
  }
  *out = row;
  return DSR_OK;
}

/* The directory's place of x. */
static void await_place(const dsr_pairs *pairs, uint32_t x) {
  uint32_t page = x >> DSR_PAGE_BITS;
  if (page < pairs->n_pages)
    __builtin_prefetch(&pairs->pages[page][x & (DSR_PAGE - 1)]);
}

dsr_status dsr_pairs_add(dsr_pairs *pairs, const uint32_t *firsts,
                         const uint32_t *seconds, size_t n, uint32_t *fresh,
                         size_t *n_fresh) {
  uint32_t rows[DSR_PAIRS_BLOCK];
  *n_fresh = 0;
  for (size_t i = 0; i < n; i++) await_place(pairs, firsts[i]);
  for (size_t i = 0; i < n; i++) {
    dsr_row *row;
    TRY(dsr_pairs_make(pairs, firsts[i], &row));
    rows[i] = (uint32_t)(row - pairs->rows);
    __builtin_prefetch(row, 1);
  }
  for (size_t i = 0; i < n; i++) dsr_row_await(&pairs->rows[rows[i]], seconds[i]);
  for (size_t i = 0; i < n; i++) {
    dsr_row *row = &pairs->rows[rows[i]];
    uint32_t before = row->n;
    TRY(dsr_row_add(&pairs->pool, row, seconds[i]));
    if (row->n == before) continue;
    dsr_pairs_grew(pairs, row, before);
    fresh[(*n_fresh)++] = (uint32_t)i;
  }
  return DSR_OK;
}

dsr_status dsr_pairs_watch(dsr_pairs *pairs) {
  if (pairs->room == 0) TRY(grow_rows(pairs));
  if (!new_queue(pairs, pairs->room)) return DSR_ENOMEM;
  pairs->bytes += (size_t)pairs->room * sizeof *pairs->queue;
  pairs->watched = true;
  for (uint32_t i = 0; i < pairs->n_rows; i++) {
    if (pairs->rows[i].n == 0) continue;
    pairs->queue[pairs->waiting[0]++] = i;
    pairs->rows[i].queued = true;
  }
  return DSR_OK;
}
