/*
** same.c - entities joined by same_as.
**
** The facts of same_as in view make classes of entities; the member met first by the
** base (the least word) stands for its class wherever facts are read.  Classes are
** worked out once for each state of the base, in one pass over the relation; a base
** without such facts pays a look at its row count.
*/
#include <stdlib.h>

#include "facts/engine.h"

/* The index in `same` of the entity's pair, or where it would go. */
static size_t find_pair(const dsr_words *same, dsr_word entity) {
  size_t low = 0, high = same->len / 2;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (same->items[2 * mid] < entity) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low;
}

static bool has_pair(const dsr_words *same, size_t at, dsr_word entity) {
  return 2 * at < same->len && same->items[2 * at] == entity;
}

static bool add_pair(dsr_words *same, dsr_word entity) {
  size_t at = find_pair(same, entity);
  if (has_pair(same, at, entity)) return true;
  if (!VEC_RESERVE(same, 2)) return false;
  memmove(same->items + 2 * at + 2, same->items + 2 * at,
          (same->len - 2 * at) * sizeof *same->items);
  same->items[2 * at] = same->items[2 * at + 1] = entity;
  same->len += 2;
  return true;
}

/* Join the classes of two entities under the lesser of the two that stand for them. */
static bool join(dsr_words *same, dsr_word a, dsr_word b) {
  if (!add_pair(same, a) || !add_pair(same, b)) return false;
  dsr_word x = same->items[2 * find_pair(same, a) + 1];
  dsr_word y = same->items[2 * find_pair(same, b) + 1];
  dsr_word low = x < y ? x : y, high = x < y ? y : x;
  for (size_t i = 1; i < same->len; i += 2) {
    if (same->items[i] == high) same->items[i] = low;
  }
  return true;
}

static dsr_status join_row(dsr_view *view, const dsr_relation *relation,
                           const uint64_t *row, uint64_t set) {
  unsigned sees;
  bool certain;
  dsr_word a = row[0], b = row[1], time = row[2];
  TRY(dsr_view_set(view, DSR_REL_SAME_AS, set, &sees));
  if (!(sees & DSR_SEES_HELD)) return DSR_OK;
  dsr_status rc = dsr_view_time(view, relation, time, &certain);
  if (rc != DSR_ROW) return rc < 0 ? rc : DSR_OK;
  return join(&view->same, a, b) ? DSR_OK : dsr_fail_memory(view->facts->error);
}

dsr_status dsr_view_same_build(dsr_view *view) {
  dsr_facts *facts = view->facts;
  uint64_t rows, generation = dsr_facts_generation(facts);
  if (view->same_known && view->same_at == generation) return DSR_OK;
  view->same.len = 0;
  TRY(dsr_store_rows(facts->store, DSR_REL_SAME_AS, &rows));
  dsr_status rc = DSR_OK;
  if (rows > 0) {
    dsr_cursor *cursor;
    const dsr_relation *relation = dsr_relation_get(facts, DSR_REL_SAME_AS);
    const uint64_t *row;
    uint64_t set;
    TRY(dsr_cursor_start(facts->store, DSR_REL_SAME_AS, 3, 0, NULL, 0, &cursor));
    while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
      rc = join_row(view, relation, row, set);
      if (rc < 0) break;
    }
    dsr_cursor_stop(cursor);
  }
  if (rc < 0) return rc;
  view->same_known = true;
  view->same_at = generation;
  return DSR_OK;
}

dsr_status dsr_view_joins(dsr_view *view, bool *joins) {
  TRY(dsr_view_same_build(view));
  *joins = view->same.len > 0;
  return DSR_OK;
}

dsr_status dsr_view_same(dsr_view *view, dsr_word entity, dsr_word *out) {
  TRY(dsr_view_same_build(view));
  size_t at = find_pair(&view->same, entity);
  *out = has_pair(&view->same, at, entity) ? view->same.items[2 * at + 1] : entity;
  return DSR_OK;
}
