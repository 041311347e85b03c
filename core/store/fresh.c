/*
** fresh.c - what is not in packed blocks yet, in memory.
**
** Tables of slots are powers of two, at most half full, probed one by one.  Those of rows
** have the hash beside the number, so that other rows are not looked at.
*/
#include "store/fresh.h"

#include <string.h>

#include "ground/text.h"
#include "store/sort.h"

enum { SLOTS_FIRST = 16 };

void dsr_fresh_start(dsr_fresh *fresh, const uint64_t first[DSR_REC_KINDS]) {
  memset(fresh, 0, sizeof *fresh);
  for (int kind = 1; kind < DSR_REC_KINDS; kind++) {
    fresh->records[kind].first = first[kind];
    fresh->records[kind].by_content = kind <= DSR_REC_SET;
  }
}

static void rows_free(dsr_rows *rows) {
  for (int order = 0; order < DSR_ROW_MAX; order++) dsr_rows_unsort(rows, order);
  dsr_free(rows->rows);
  dsr_free(rows->sets);
  dsr_free(rows->slots);
  dsr_free(rows);
}

void dsr_fresh_free(dsr_fresh *fresh) {
  for (size_t i = 0; i < fresh->relations.len; i++)
    rows_free(fresh->relations.items[i]);
  VEC_FREE(&fresh->relations);
  dsr_free(fresh->slots);
  for (int kind = 0; kind < DSR_REC_KINDS; kind++) {
    VEC_FREE(&fresh->records[kind].list);
    dsr_free(fresh->records[kind].slots);
  }
  dsr_arena_free(&fresh->arena);
  memset(fresh, 0, sizeof *fresh);
}

/* ---- relations ------------------------------------------------------------------- */

static size_t mix(uint64_t word) {
  word *= UINT64_C(0x9e3779b97f4a7c15);
  return (size_t)(word ^ word >> 32);
}

/* The slot where `relation` is or would be. */
static size_t relation_slot(const dsr_fresh *fresh, uint32_t relation) {
  size_t slot = mix(relation) & (fresh->n_slots - 1);
  while (fresh->slots[slot] != 0 &&
         fresh->relations.items[fresh->slots[slot] - 1]->relation != relation) {
    slot = (slot + 1) & (fresh->n_slots - 1);
  }
  return slot;
}

dsr_rows *dsr_fresh_find_rows(dsr_fresh *fresh, uint32_t relation) {
  dsr_rows **recent = &fresh->recent[relation % DSR_FRESH_RECENT];
  if (*recent != NULL && (*recent)->relation == relation) return *recent;
  if (fresh->n_slots == 0) return NULL;
  uint32_t found = fresh->slots[relation_slot(fresh, relation)];
  if (found == 0) return NULL;
  return *recent = fresh->relations.items[found - 1];
}

/* Double a table of slots where it would be over half full: a new, empty one, and true;
** the caller fills it.  *failed where there is no memory. */
static bool slots_grow(uint32_t **slots, size_t *n_slots, size_t used, bool *failed) {
  if (used * 2 < *n_slots) return false;
  size_t more = *n_slots == 0 ? SLOTS_FIRST : *n_slots * 2;
  uint32_t *bigger = dsr_alloc(more * sizeof *bigger);
  if (bigger == NULL) {
    *failed = true;
    return false;
  }
  dsr_free(*slots);
  *slots = bigger;
  *n_slots = more;
  return true;
}

static dsr_rows *rows_new(dsr_fresh *fresh, uint32_t relation, int width,
                          unsigned orders) {
  bool failed = false;
  if (slots_grow(&fresh->slots, &fresh->n_slots, fresh->relations.len + 1, &failed)) {
    for (uint32_t i = 0; i < fresh->relations.len; i++) {
      fresh->slots[relation_slot(fresh, fresh->relations.items[i]->relation)] = i + 1;
    }
  }
  dsr_rows *rows = failed ? NULL : dsr_alloc(sizeof *rows);
  if (rows == NULL || !VEC_PUSH(&fresh->relations, rows)) {
    dsr_free(rows);
    return NULL;
  }
  rows->relation = relation;
  rows->width = width;
  rows->orders = orders;
  fresh->slots[relation_slot(fresh, relation)] = (uint32_t)fresh->relations.len;
  return rows;
}

/* ---- rows ------------------------------------------------------------------------ */

static uint32_t row_hash(const uint64_t *row, int width) {
  uint64_t hash = UINT64_C(0x243f6a8885a308d3);
  for (int c = 0; c < width; c++) {
    hash = (hash ^ row[c]) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 29;
  }
  return (uint32_t)(hash ^ hash >> 32);
}

static bool same_row(const uint64_t *a, const uint64_t *b, int width) {
  for (int c = 0; c < width; c++) {
    if (a[c] != b[c]) return false;
  }
  return true;
}

/* The slot where `row` is or would be. */
static size_t row_slot(const dsr_rows *rows, const uint64_t *row, uint32_t hash) {
  size_t slot = hash & (rows->n_slots - 1);
  for (; rows->slots[slot] != 0; slot = (slot + 1) & (rows->n_slots - 1)) {
    uint64_t there = rows->slots[slot];
    if (there >> 32 == hash &&
        same_row(dsr_rows_at(rows, (uint32_t)there - 1), row, rows->width)) {
      break;
    }
  }
  return slot;
}

bool dsr_rows_get(const dsr_rows *rows, const uint64_t *row, uint64_t *set) {
  if (rows->n_slots == 0) return false;
  uint32_t hash = row_hash(row, rows->width);
  uint32_t found = (uint32_t)rows->slots[row_slot(rows, row, hash)];
  if (found != 0) *set = rows->sets[found - 1];
  return found != 0;
}

void dsr_rows_expect(const dsr_rows *rows, const uint64_t *row) {
  if (rows->n_slots == 0) return;
  __builtin_prefetch(&rows->slots[row_hash(row, rows->width) & (rows->n_slots - 1)]);
}

/* Double the slots; rows are not looked at. */
static bool row_slots_grow(dsr_rows *rows) {
  size_t n = rows->n_slots == 0 ? SLOTS_FIRST : rows->n_slots * 2;
  uint64_t *bigger = dsr_alloc(n * sizeof *bigger);
  if (bigger == NULL) return false;
  for (size_t i = 0; i < rows->n_slots; i++) {
    uint64_t moved = rows->slots[i];
    if (moved == 0) continue;
    size_t slot = moved >> 32 & (n - 1);
    while (bigger[slot] != 0) slot = (slot + 1) & (n - 1);
    bigger[slot] = moved;
  }
  dsr_free(rows->slots);
  rows->slots = bigger;
  rows->n_slots = n;
  return true;
}

/* Room for one more row, in the lists and among the slots. */
static dsr_status rows_reserve(dsr_rows *rows) {
  if (rows->n >= UINT32_MAX - 1) return DSR_ELIMIT;
  if (rows->n == rows->cap) {
    size_t cap = rows->cap == 0 ? 8 : rows->cap * 2;
    uint64_t *list = dsr_resize(rows->rows, cap * (size_t)rows->width * sizeof *list);
    if (list == NULL) return DSR_ENOMEM;
    rows->rows = list;
    list = dsr_resize(rows->sets, cap * sizeof *list);
    if (list == NULL) return DSR_ENOMEM;
    rows->sets = list;
    rows->cap = cap;
  }
  bool room = (rows->n + 1) * 2 < rows->n_slots;
  return room || row_slots_grow(rows) ? DSR_OK : DSR_ENOMEM;
}

dsr_status dsr_fresh_put(dsr_fresh *fresh, uint32_t relation, int width,
                         unsigned orders, const uint64_t *row, uint64_t set,
                         bool keep) {
  dsr_rows *rows = dsr_fresh_find_rows(fresh, relation);
  if (rows == NULL) rows = rows_new(fresh, relation, width, orders);
  if (rows == NULL) return DSR_ENOMEM;
  if (rows->width != width || rows->orders != orders) return DSR_EMISUSE;
  TRY(rows_reserve(rows));
  uint32_t hash = row_hash(row, width);
  size_t slot = row_slot(rows, row, hash);
  if (rows->slots[slot] != 0) {
    if (!keep) rows->sets[(uint32_t)rows->slots[slot] - 1] = set;
    return DSR_OK;
  }
  memcpy(rows->rows + rows->n * (size_t)width, row, (size_t)width * sizeof *row);
  rows->sets[rows->n++] = set;
  rows->slots[slot] = (uint64_t)hash << 32 | rows->n;
  fresh->n_rows++;
  return DSR_OK;
}

/* ---- orders ---------------------------------------------------------------------- */

void dsr_rows_unsort(dsr_rows *rows, int order) {
  dsr_free(rows->sorted[order].numbers);
  memset(&rows->sorted[order], 0, sizeof rows->sorted[order]);
}

static size_t level_start(const dsr_sorted *sorted, int level) {
  return level == 0 ? 0 : sorted->ends[level - 1];
}

/* Merge the last two levels. */
static dsr_status level_merge(const dsr_rows *rows, int order, dsr_sorted *sorted) {
  int last = sorted->levels - 1;
  size_t start = level_start(sorted, last - 1), middle = sorted->ends[last - 1] - start;
  TRY(dsr_sort_merge(rows->rows, rows->width, order, sorted->numbers + start, middle,
                     sorted->ends[last] - start));
  sorted->ends[last - 1] = sorted->ends[last];
  sorted->levels--;
  return DSR_OK;
}

/* Is the level before the last less than twice its size? */
static bool levels_uneven(const dsr_sorted *sorted) {
  int last = sorted->levels - 1;
  if (last < 1) return false;
  size_t middle = sorted->ends[last - 1];
  return middle - level_start(sorted, last - 1) < 2 * (sorted->ends[last] - middle);
}

dsr_status dsr_rows_sort(dsr_rows *rows, int order, bool whole) {
  dsr_sorted *sorted = &rows->sorted[order];
  if (sorted->n < rows->n) {
    uint32_t *more = dsr_resize(sorted->numbers, rows->cap * sizeof *more);
    if (more == NULL) return DSR_ENOMEM;
    sorted->numbers = more;
    for (size_t i = sorted->n; i < rows->n; i++) more[i] = (uint32_t)i;
    TRY(dsr_sort(rows->rows, rows->width, order, more + sorted->n,
                 rows->n - sorted->n));
    sorted->n = rows->n;
    sorted->ends[sorted->levels++] = rows->n;
  }
  while (whole ? sorted->levels > 1 : levels_uneven(sorted)) {
    dsr_status rc = level_merge(rows, order, sorted);
    if (rc < 0) {
      dsr_rows_unsort(rows, order); /* levels left uneven could outgrow their table */
      return rc;
    }
  }
  return DSR_OK;
}

/* ---- records --------------------------------------------------------------------- */

static size_t record_slot(const dsr_records *records, dsr_str bytes) {
  size_t slot = (size_t)dsr_hash(bytes.data, bytes.len, 0) & (records->n_slots - 1);
  while (records->slots[slot] != 0 &&
         !dsr_str_eq(records->list.items[records->slots[slot] - 1], bytes)) {
    slot = (slot + 1) & (records->n_slots - 1);
  }
  return slot;
}

/* Put place `i` of the list among the slots; of equal records the first stays. */
static void record_enter(dsr_records *records, size_t i) {
  size_t slot = record_slot(records, records->list.items[i]);
  if (records->slots[slot] == 0) records->slots[slot] = (uint32_t)i + 1;
}

dsr_status dsr_fresh_append(dsr_fresh *fresh, dsr_record_kind kind, dsr_str bytes) {
  dsr_records *records = &fresh->records[kind];
  if (records->list.len >= UINT32_MAX - 1) return DSR_ELIMIT;
  dsr_str copy = dsr_arena_str(&fresh->arena, bytes);
  if (copy.data == NULL || !VEC_RESERVE(&records->list, 1)) return DSR_ENOMEM;
  if (records->by_content) {
    bool failed = false;
    if (slots_grow(&records->slots, &records->n_slots, records->list.len + 1,
                   &failed)) {
      for (size_t i = 0; i < records->list.len; i++) record_enter(records, i);
    }
    if (failed) return DSR_ENOMEM;
  }
  records->list.items[records->list.len++] = copy;
  if (records->by_content) record_enter(records, records->list.len - 1);
  fresh->n_records++;
  return DSR_OK;
}

dsr_str dsr_fresh_record(const dsr_fresh *fresh, dsr_record_kind kind,
                         uint64_t number) {
  const dsr_records *records = &fresh->records[kind];
  if (number < records->first || number - records->first >= records->list.len) {
    return (dsr_str){NULL, 0};
  }
  return records->list.items[number - records->first];
}

bool dsr_fresh_find(const dsr_fresh *fresh, dsr_record_kind kind, dsr_str bytes,
                    uint64_t *number) {
  const dsr_records *records = &fresh->records[kind];
  if (records->n_slots == 0) return false;
  uint32_t found = records->slots[record_slot(records, bytes)];
  if (found != 0) *number = records->first + found - 1;
  return found != 0;
}

/* ---- both ------------------------------------------------------------------------ */

static dsr_status absorb_rows(dsr_fresh *fresh, const dsr_rows *later) {
  for (size_t i = 0; i < later->n; i++) {
    TRY(dsr_fresh_put(fresh, later->relation, later->width, later->orders,
                      dsr_rows_at(later, i), later->sets[i], false));
  }
  return DSR_OK;
}

dsr_status dsr_fresh_absorb_rows(dsr_fresh *fresh, const dsr_fresh *later) {
  for (size_t i = 0; i < later->relations.len; i++) {
    TRY(absorb_rows(fresh, later->relations.items[i]));
  }
  return DSR_OK;
}

dsr_status dsr_fresh_absorb(dsr_fresh *fresh, const dsr_fresh *later) {
  TRY(dsr_fresh_absorb_rows(fresh, later));
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    for (size_t i = 0; i < later->records[kind].list.len; i++) {
      TRY(dsr_fresh_append(fresh, kind, later->records[kind].list.items[i]));
    }
  }
  return DSR_OK;
}
