/*
** merge.c - folding what is fresh into packed blocks.
**
** What is pending is added to the tail, where pending rows win, and each order of each
** relation is merged by itself.  Fresh rows come sorted, from a feed, and become a level of
** their own on top of the others; a level that is less than LEVEL_TIMES as large as what
** comes to lie on it is swallowed: it is merged with it, into one.  So a row is written
** again some LEVEL_TIMES times for each time that its order grows as much, and no commit
** writes the whole of an order unless it adds a part of it that counts.  Rows that ask what
** was there before them (bulk loads) are merged with all levels into one.
**
** Of the lowest level that is swallowed, a block that no other row falls into stays as it
** is, the others are read, merged with the rows that do and packed again under new ids,
** neighbours together.  Inside a level the last two blocks of a group share their rows evenly where the last would
** be small, so that later rows find room; at the end of a level, where rows that
** ascend arrive, blocks are packed full.
**
** Memory: two blocks, one for each level swallowed, and of fresh rows what the feed keeps.
*/
#include <assert.h>

#include "store/inside.h"
#include "store/layers.h"
#include "store/sort.h"

enum {
  ENOUGH_FIRST = 2048,
  LEVEL_TIMES = 4,
  LEVEL_LEAST = 256, /* a level of fewer rows is always swallowed */
};

/* One order of one relation being merged. */
typedef struct merger {
  dsr_store *store;
  dsr_root *root;
  dsr_inflow *feed; /* its row is the first one not merged */
  bool done;        /* there is none */
  uint32_t relation;
  int width;
  int order;
  uint64_t key;
  dsr_sequence *sequence;  /* NULL where nothing is packed yet */
  int level;               /* the one that is made; it takes the place of all above */
  dsr_layers layers;       /* those above it, where there are any */
  const dsr_sequence *old; /* what is there in its place; or NULL */
  size_t n_old;

  dsr_sequence *made;
  VEC(dsr_entry_place) places;
  VEC(uint64_t) first;
  VEC(uint64_t) last;

  size_t block_rows; /* most rows of a block */
  size_t enough;     /* rows that were enough to fill a block so far */
  size_t room;       /* for rows */
  /* Merged and not packed: [start, n), in the order's columns, in the store's room. */
  uint64_t *columns[DSR_ROW_MAX];
  uint64_t *sets;
  size_t start, n;
  unsigned char *packed;
  dsr_bytes entry;
} merger;

static dsr_status no_memory(const merger *m) {
  return dsr_fail_memory(m->store->error);
}

/* ---- the directory --------------------------------------------------------------- */

static dsr_status add_place(merger *m, dsr_entry_place place, const uint64_t *first,
                            const uint64_t *last) {
  size_t width = (size_t)m->width;
  if (!VEC_RESERVE(&m->places, 1) || !VEC_RESERVE(&m->first, width) ||
      !VEC_RESERVE(&m->last, width)) {
    return no_memory(m);
  }
  m->places.items[m->places.len++] = place;
  memcpy(m->first.items + m->first.len, first, width * sizeof *first);
  memcpy(m->last.items + m->last.len, last, width * sizeof *last);
  m->first.len += width;
  m->last.len += width;
  m->made->extent.rows += place.rows;
  m->made->extent.sum += place.checksum;
  m->made->extent.blocks++;
  return DSR_OK;
}

/* Take over the old blocks [from, to). */
static dsr_status keep_blocks(merger *m, size_t from, size_t to) {
  if (from < to) dsr_sieve_free(&m->made->sieve); /* their rows are not looked at */
  for (size_t i = from; i < to; i++) {
    TRY(add_place(m, m->old->places[i], dsr_sequence_first(m->old, i),
                  dsr_sequence_last(m->old, i)));
  }
  return DSR_OK;
}

static dsr_status drop_block(merger *m, const dsr_sequence *level, size_t i) {
  dsr_file *file = &m->store->file;
  uint64_t block = level->places[i].block;
  TRY(dsr_file_change(file, DSR_SQL_BLOCK_DROP, (int64_t)block, NULL, 0));
  return dsr_file_change(file, DSR_SQL_ENTRY_DROP, dsr_sequence_entry_id(m->key, block),
                         NULL, 0);
}

/* Put rows that are written into the sieve. */
static void sift_rows(merger *m, size_t n) {
  dsr_sieve *sieve = &m->made->sieve;
  int words = m->relation > DSR_RELATION_MOST ? 1 : m->width;
  uint64_t key[DSR_ROW_MAX];
  if (sieve->words == NULL) return;
  for (size_t r = m->start; r < m->start + n; r++) {
    for (int c = 0; c < words; c++) key[c] = m->columns[c][r];
    dsr_sieve_add(sieve, dsr_sieve_hash(key, words));
  }
}

/* Write a packed block of the buffer's first `taken` rows, and its directory row. */
static dsr_status write_block(merger *m, uint64_t id, size_t len, size_t taken) {
  dsr_file *file = &m->store->file;
  dsr_entry_row entry = {.level = (uint64_t)m->level, .rows = taken};
  for (int c = 0; c < m->width; c++) {
    entry.first[c] = m->columns[c][m->start];
    entry.last[c] = m->columns[c][m->start + taken - 1];
  }
  int64_t entry_id = dsr_sequence_entry_id(m->key, id);
  m->entry.len = 0;
  if (!dsr_entry_write((uint64_t)entry_id, &entry, m->width, &m->entry)) {
    return no_memory(m);
  }
  dsr_str bytes = {(const char *)m->entry.items, m->entry.len};
  dsr_entry_place place = {id, taken, dsr_format_kept(bytes)};
  TRY(dsr_file_run(file, DSR_SQL_BLOCK_ADD, (int64_t)id, m->packed, len));
  TRY(dsr_file_run(file, DSR_SQL_ENTRY_ADD, entry_id, bytes.data, bytes.len));
  TRY(add_place(m, place, entry.first, entry.last));
  sift_rows(m, taken);
  m->start += taken;
  return DSR_OK;
}

/* ---- the buffer ------------------------------------------------------------------ */

/* Pack one block from the buffer's front.  With `even`, a small rest is not left.  With
** `full`, none is written where more rows would go into it: DSR_NOTHING. */
static dsr_status pack_one(merger *m, bool even, bool full) {
  size_t left = m->n - m->start, len, taken;
  const uint64_t *columns[DSR_ROW_MAX];
  const uint64_t *sets = m->sets + m->start;
  dsr_block_key key = {m->root->next_block, m->relation, m->order};
  size_t most = m->store->block_bytes;
  for (int c = 0; c < m->width; c++) columns[c] = m->columns[c] + m->start;
  if (key.id > DSR_BLOCK_ID_MOST) {
    return dsr_fail(m->store->error, DSR_ELIMIT, "the base has used up its block ids");
  }
  dsr_status rc = dsr_block_pack(&key, m->width, columns, sets, left, most, m->packed,
                                 &len, &taken);
  if (rc >= 0 && full && taken == left && left < m->block_rows) return DSR_NOTHING;
  if (rc >= 0 && even && taken < left && left - taken < taken / 2) {
    rc = dsr_block_pack(&key, m->width, columns, sets, (left + 1) / 2, most, m->packed,
                        &len, &taken);
  }
  if (rc < 0) return dsr_fail(m->store->error, rc, "a block could not be packed");
  if (full) m->store->enough = taken + taken / 8;
  m->root->next_block++;
  return write_block(m, key.id, len, taken);
}

/* Pack whole blocks while enough rows are there, and move the rest to the front. */
static dsr_status make_room(merger *m) {
  while (m->n - m->start >= m->enough) {
    dsr_status rc = pack_one(m, false, true);
    if (rc < 0) return rc;
    if (rc != DSR_NOTHING) continue;
    m->enough = m->enough * 2 < m->block_rows ? m->enough * 2 : m->block_rows;
  }
  size_t left = (m->n - m->start) * sizeof *m->sets;
  for (int c = 0; c < m->width; c++) {
    memmove(m->columns[c], m->columns[c] + m->start, left);
  }
  memmove(m->sets, m->sets + m->start, left);
  m->n -= m->start;
  m->start = 0;
  return DSR_OK;
}

static dsr_status pack_rest(merger *m, bool even) {
  while (m->start < m->n) TRY(pack_one(m, even, false));
  m->start = m->n = 0;
  return DSR_OK;
}

/* Room for one more row in the buffer, which is kept small: it should stay in the
** processor's cache. */
static inline dsr_status have_room(merger *m) {
  return m->n == 2 * m->enough ? make_room(m) : DSR_OK;
}

/* To the feed's next row. */
static dsr_status step_feed(merger *m) {
  dsr_status rc = m->feed->next(m->feed);
  m->done = rc == DSR_DONE;
  return rc;
}

/* Put the feed's row, which replaces one with the set `old` (0: none). */
static dsr_status put_fresh(merger *m, uint64_t old) {
  TRY(have_room(m));
  for (int c = 0; c < m->width; c++) m->columns[c][m->n] = m->feed->row[c];
  TRY(m->feed->settle(m->feed, old, &m->sets[m->n]));
  m->n++;
  return step_feed(m);
}

static dsr_status put_packed(merger *m, const dsr_block *block, size_t r) {
  TRY(have_room(m));
  for (int c = 0; c < m->width; c++) m->columns[c][m->n] = block->columns[c][r];
  m->sets[m->n++] = block->sets[r];
  return DSR_OK;
}

/* ---- merging --------------------------------------------------------------------- */

/* The next fresh row against a key in the order's columns; above it at the end. */
static int fresh_compare(const merger *m, const uint64_t *key) {
  return m->done ? 1 : dsr_key_compare(m->feed->row, key, m->width);
}

/* Merge a block with the fresh rows up to its last, then those below `limit`. */
static dsr_status merge_block(merger *m, const dsr_block *block,
                              const uint64_t *limit) {
  uint64_t key[DSR_ROW_MAX];
  for (size_t r = 0; r < block->rows; r++) {
    for (int c = 0; c < m->width; c++) key[c] = block->columns[c][r];
    int way = fresh_compare(m, key);
    for (; way < 0; way = fresh_compare(m, key)) TRY(put_fresh(m, 0));
    if (way == 0) {
      TRY(put_fresh(m, block->sets[r]));
    } else {
      TRY(put_packed(m, block, r));
    }
  }
  while (!m->done && (limit == NULL || fresh_compare(m, limit) < 0)) {
    TRY(put_fresh(m, 0));
  }
  return DSR_OK;
}

/* All fresh rows where there are no old ones. */
static dsr_status merge_some(merger *m) {
  uint64_t *columns[DSR_ROW_MAX];
  for (size_t n = 1; n > 0; m->n += n) {
    TRY(have_room(m));
    size_t room = m->room < 2 * m->enough ? m->room : 2 * m->enough;
    for (int c = 0; c < m->width; c++) columns[c] = m->columns[c] + m->n;
    TRY(m->feed->some(m->feed, columns, m->sets + m->n, room - m->n, &n));
  }
  return pack_rest(m, false);
}

/* The old block that the next fresh row belongs to, at `from` or after. */
static size_t block_of_next(const merger *m, size_t from) {
  size_t lo = from + 1, hi = m->n_old; /* the first that begins above it */
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (fresh_compare(m, dsr_sequence_first(m->old, middle)) >= 0) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo - 1;
}

/* Merge old block `i` with its fresh rows into the buffer. */
static dsr_status merge_old(merger *m, size_t i) {
  dsr_cached *cached;
  dsr_store *store = m->store;
  TRY(dsr_sequence_block(m->old, &store->file, &store->cache, i, &cached));
  dsr_cache_pin(cached);
  dsr_status rc = merge_block(
      m, cached->block, i + 1 < m->n_old ? dsr_sequence_first(m->old, i + 1) : NULL);
  dsr_cache_unpin(cached);
  return rc < 0 ? rc : drop_block(m, m->old, i);
}

/* Every fresh row, group by group; old blocks without any are kept. */
static dsr_status merge_all(merger *m) {
  size_t i = 0;
  if (m->n_old == 0) {
    while (!m->done) TRY(put_fresh(m, 0));
    return pack_rest(m, false);
  }
  while (!m->done) {
    size_t next = block_of_next(m, i);
    TRY(keep_blocks(m, i, next));
    i = next;
    do {
      TRY(merge_old(m, i++));
    } while (!m->done && i < m->n_old && block_of_next(m, i) == i);
    TRY(pack_rest(m, i < m->n_old));
  }
  return keep_blocks(m, i, m->n_old);
}

/* ---- one order ------------------------------------------------------------------- */

static dsr_status merger_start(merger *m, uint64_t n_fresh) {
  size_t width = (size_t)m->width;
  m->block_rows = DSR_BLOCK_WORDS / (width + 1);
  m->enough = m->store->enough < ENOUGH_FIRST ? ENOUGH_FIRST : m->store->enough;
  if (m->enough > m->block_rows) m->enough = m->block_rows;
  /* A short sequence needs no more than it can come to have. */
  size_t rows = 2 * m->block_rows;
  uint64_t all = n_fresh;
  if (m->sequence != NULL) all += dsr_sequence_rows(m->sequence);
  if (all < rows) rows = (size_t)all + 1; /* one, to be told that there are no more */
  m->room = rows;
  m->made = dsr_alloc(sizeof *m->made);
  m->store->room.len = 0;
  if (m->made == NULL || !VEC_RESERVE(&m->store->room, rows * (width + 1))) {
    return no_memory(m);
  }
  for (size_t c = 0; c < width; c++) m->columns[c] = m->store->room.items + c * rows;
  m->sets = m->store->room.items + rows * width;
  m->packed = dsr_resize(NULL, m->store->block_bytes + 256);
  if (m->packed == NULL) return no_memory(m);
  m->made->key = m->key;
  m->made->level = m->level;
  m->made->extent.width = width;
  return DSR_OK;
}

static void merger_end(merger *m) {
  dsr_layers_stop(&m->layers);
  dsr_sequence_free(m->made);
  VEC_FREE(&m->places);
  VEC_FREE(&m->first);
  VEC_FREE(&m->last);
  VEC_FREE(&m->entry);
  dsr_free(m->packed);
}

/* Drop the blocks of the levels that were swallowed whole, `from` and up. */
static dsr_status drop_levels(merger *m, int from) {
  for (int l = from; m->sequence != NULL && l <= m->sequence->n_above; l++) {
    const dsr_sequence *level = dsr_sequence_level(m->sequence, l);
    for (size_t i = 0; i < level->extent.blocks; i++) TRY(drop_block(m, level, i));
  }
  return DSR_OK;
}

/* Write the extent, tell the root, and hand the new level over. */
static dsr_status hand_over(merger *m, dsr_merge *merge) {
  dsr_sequence *made = m->made;
  dsr_extent_row levels[DSR_LEVELS_MOST];
  for (int l = 0; l < m->level; l++) {
    levels[l] = dsr_sequence_level(m->sequence, l)->extent;
  }
  levels[m->level] = made->extent;
  m->entry.len = 0;
  if (!dsr_extent_write(m->key, levels, m->level + 1, &m->entry) ||
      !VEC_RESERVE(&merge->made, 1)) {
    return no_memory(m);
  }
  TRY(dsr_file_run(&m->store->file, DSR_SQL_EXTENT_SET, (int64_t)m->key, m->entry.items,
                   m->entry.len));
  made->checksum =
      dsr_format_kept((dsr_str){(const char *)m->entry.items, m->entry.len});
  m->root->extents += m->sequence == NULL ? 1 : 0;
  m->root->extents_sum +=
      made->checksum - (m->sequence == NULL ? 0 : m->sequence->checksum);
  made->places = m->places.items;
  made->first = m->first.items;
  made->last = m->last.items;
  made->loaded = true;
  memset(&m->places, 0, sizeof m->places);
  memset(&m->first, 0, sizeof m->first);
  memset(&m->last, 0, sizeof m->last);
  merge->made.items[merge->made.len++] = made;
  m->made = NULL;
  return DSR_OK;
}

/* The rows of level `from` and those above. */
static uint64_t rows_from(dsr_sequence *sequence, int from) {
  uint64_t rows = 0;
  for (int i = from; sequence != NULL && i <= sequence->n_above; i++) {
    rows += dsr_sequence_level(sequence, i)->extent.rows;
  }
  return rows;
}

/* Which level n rows become.  All orders of a relation come to the same: only numbers of
** rows decide. */
static int level_of(const dsr_store *store, dsr_sequence *sequence, uint64_t n) {
  int level = sequence->n_above + 1;
  size_t least = store->merge_bound < LEVEL_LEAST ? store->merge_bound : LEVEL_LEAST;
  for (; level > 0; level--) {
    uint64_t below = dsr_sequence_level(sequence, level - 1)->extent.rows;
    bool large = below >= least && below / LEVEL_TIMES >= n;
    if (large && level < DSR_LEVELS_MOST) break;
    n += below;
  }
  return level;
}

/* Say which level is made, and have the others that it takes the place of fed, too. */
static dsr_status merger_level(merger *m, int level) {
  dsr_sequence *sequence = m->sequence;
  m->level = level;
  if (level > sequence->n_above) return DSR_OK;
  m->old = dsr_sequence_level(sequence, level);
  m->n_old = m->old->extent.blocks;
  if (level == sequence->n_above) return DSR_OK;
  TRY(dsr_layers_start(&m->layers, m->store, sequence, level + 1, m->feed));
  m->feed = &m->layers.feed;
  return DSR_OK;
}

dsr_status dsr_merge_feed(dsr_store *store, dsr_root *root, uint32_t relation,
                          int width, int order, dsr_inflow *feed, uint64_t n,
                          bool whole, dsr_merge *merge) {
  dsr_status rc = DSR_OK;
  merger m = {.store = store, .root = root, .feed = feed, .order = order};
  m.relation = relation;
  m.width = width;
  m.key = dsr_sequence_key(relation, order);
  TRY(dsr_store_sequence(store, relation, width, order, &m.sequence));
  if (m.sequence != NULL) {
    rc = merger_level(&m, whole ? 0 : level_of(store, m.sequence, n));
  }
  if (rc >= 0) rc = merger_start(&m, n);
  if (rc >= 0 && order == 0 && !whole) {
    dsr_sieve_start(&m.made->sieve, n + rows_from(m.sequence, m.level));
  }
  if (rc >= 0 && m.n_old == 0 && m.feed->some != NULL) {
    rc = merge_some(&m);
  } else if (rc >= 0) {
    rc = step_feed(&m);
    if (rc >= 0 && !m.done) rc = merge_all(&m);
  }
  bool none = m.places.len == 0;
  if (rc >= 0 && !none) rc = drop_levels(&m, m.level + 1);
  if (rc >= 0 && !none) rc = hand_over(&m, merge);
  merger_end(&m);
  return rc < 0 ? rc : DSR_OK;
}

/* ---- packing anew ---------------------------------------------------------------- */

/* Take the rows of all levels that are to stay. */
static dsr_status sift_all(merger *m, dsr_row_sift *sift, void *ud) {
  uint64_t row[DSR_ROW_MAX], set;
  TRY(step_feed(m));
  while (!m->done) {
    dsr_status rc = m->feed->settle(m->feed, 0, &set);
    for (int place = 0; place < m->width; place++) {
      row[dsr_order_column(m->order, place)] = m->feed->row[place];
    }
    if (sift != NULL) rc = sift(ud, m->relation, m->width, row, set);
    TRY(rc);
    TRY(rc == DSR_OK ? put_fresh(m, 0) : step_feed(m));
  }
  TRY(pack_rest(m, false));
  return drop_levels(m, 0);
}

dsr_status dsr_merge_sift(dsr_store *store, dsr_root *root, uint64_t key,
                          dsr_row_sift *sift, void *ud, dsr_merge *merge) {
  dsr_sequence *sequence = dsr_sequences_find(&store->sequences, key);
  if (sequence == NULL || dsr_sequence_rows(sequence) == 0) return DSR_OK;
  TRY(dsr_sequence_load(sequence, &store->file));
  merger m = {.store = store, .root = root, .key = key, .sequence = sequence};
  m.relation = (uint32_t)(key >> 4);
  m.order = (int)(key & 15);
  m.width = (int)sequence->extent.width;
  dsr_status rc = dsr_layers_start(&m.layers, store, sequence, 0, NULL);
  m.feed = &m.layers.feed;
  if (rc >= 0) rc = merger_start(&m, 0);
  if (rc >= 0) rc = sift_all(&m, sift, ud);
  if (rc >= 0) rc = hand_over(&m, merge);
  merger_end(&m);
  return rc;
}

/* ---- rows in memory --------------------------------------------------------------- */

/* Fresh rows as a feed. */
typedef struct rows_feed {
  dsr_inflow feed;
  const dsr_rows *rows;
  int order;
  size_t at; /* one past the one that is out */
} rows_feed;

static dsr_status next_fresh(dsr_inflow *feed) {
  rows_feed *from = (rows_feed *)feed;
  const dsr_rows *rows = from->rows;
  if (from->at == rows->n) return DSR_DONE;
  uint32_t number = rows->sorted[from->order].numbers[from->at++];
  const uint64_t *row = dsr_rows_at(rows, number);
  for (int place = 0; place < rows->width; place++) {
    feed->row[place] = row[dsr_order_column(from->order, place)];
  }
  return DSR_ROW;
}

static dsr_status settle_fresh(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  const rows_feed *from = (rows_feed *)feed;
  (void)old;
  *set = from->rows->sets[from->rows->sorted[from->order].numbers[from->at - 1]];
  return DSR_OK;
}

static dsr_status merge_order(dsr_store *store, dsr_root *root, dsr_rows *fresh,
                              int order, dsr_merge *merge) {
  if (dsr_rows_sort(fresh, order, true) < 0) return dsr_fail_memory(store->error);
  rows_feed from = {{.next = next_fresh, .settle = settle_fresh}, fresh, order, 0};
  dsr_status rc = dsr_merge_feed(store, root, fresh->relation, fresh->width, order,
                                 &from.feed, fresh->n, false, merge);
  dsr_rows_unsort(fresh, order);
  return rc;
}

static dsr_status merge_rows(dsr_store *store, dsr_root *root, dsr_rows *fresh,
                             dsr_merge *merge) {
  for (int order = 0; order < fresh->width; order++) {
    if ((fresh->orders >> order & 1) == 0) continue;
    TRY(merge_order(store, root, fresh, order, merge));
  }
  return DSR_OK;
}

/* ---- everything ------------------------------------------------------------------ */

/* The rows by which records are found: (hash, number), into `fresh`. */
static dsr_status content_rows(const dsr_records *records, dsr_record_kind kind,
                               dsr_fresh *fresh) {
  for (size_t i = 0; i < records->list.len; i++) {
    uint64_t row[DSR_CONTENT_WIDTH] = {dsr_record_word(records->list.items[i]),
                                       records->first + i};
    TRY(dsr_fresh_put(fresh, DSR_CONTENT_RELATION(kind), DSR_CONTENT_WIDTH, 1, row, 0,
                      true));
  }
  return DSR_OK;
}

static dsr_status merge_content(dsr_store *store, dsr_root *root, dsr_record_kind kind,
                                dsr_merge *merge) {
  const uint64_t first[DSR_REC_KINDS] = {0};
  dsr_fresh fresh;
  dsr_fresh_start(&fresh, first);
  dsr_status rc = content_rows(&store->tail.records[kind], kind, &fresh);
  if (rc >= 0) rc = content_rows(&store->pending.records[kind], kind, &fresh);
  if (rc < 0) rc = dsr_fail_memory(store->error);
  if (rc >= 0 && fresh.relations.len > 0) {
    rc = merge_rows(store, root, fresh.relations.items[0], merge);
  }
  dsr_fresh_free(&fresh);
  return rc;
}

dsr_status dsr_merge_run(dsr_store *store, dsr_root *root, dsr_merge *merge) {
  TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  store->folded = true; /* a rollback is to read the tail anew */
  if (dsr_fresh_absorb_rows(&store->tail, &store->pending) < 0) {
    return dsr_fail_memory(store->error);
  }
  for (size_t i = 0; i < store->tail.relations.len; i++) {
    TRY(merge_rows(store, root, store->tail.relations.items[i], merge));
  }
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    TRY(dsr_record_merge(store, kind));
    if (kind <= DSR_REC_SET) TRY(merge_content(store, root, kind, merge));
    root->packed[kind] = root->next[kind];
  }
  TRY(dsr_file_run(&store->file, DSR_SQL_RUNS_DROP, 0, NULL, 0));
  if (dsr_sequences_reserve(&store->sequences, merge->made.len) < 0) {
    return dsr_fail_memory(store->error);
  }
  root->run_first = root->txn + 1;
  root->merges++;
  return DSR_OK;
}

void dsr_merge_install(dsr_store *store, dsr_merge *merge) {
  for (size_t i = 0; i < merge->made.len; i++) {
    dsr_sequences_set(&store->sequences, merge->made.items[i]);
  }
  merge->made.len = 0;
}

void dsr_merge_free(dsr_merge *merge) {
  for (size_t i = 0; i < merge->made.len; i++) dsr_sequence_free(merge->made.items[i]);
  VEC_FREE(&merge->made);
}
