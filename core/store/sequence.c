/*
** sequence.c - one order of one relation, as lists of packed blocks.
**
** A directory row's id is sequence << 34 | block, so a sequence's rows lie together; they
** say which level they are of, and are sorted by first key once they are in memory.  Loading costs one pass over these rows,
** a few dozen bytes for each block of some thousands.
*/
#include "store/sequence.h"

#include <string.h>

enum { SLOTS_FIRST = 16 };

static void unload_level(dsr_sequence *level) {
  dsr_free(level->places);
  dsr_free(level->first);
  dsr_free(level->last);
  level->places = NULL;
  level->first = level->last = NULL;
  level->loaded = false;
}

/* Free the levels above level `i`. */
static void cut(dsr_sequence *sequence, int i) {
  while (sequence->n_above > i) dsr_sequence_free(sequence->above[--sequence->n_above]);
}

void dsr_sequence_free(dsr_sequence *sequence) {
  if (sequence == NULL) return;
  cut(sequence, 0);
  while (sequence->n_glimpses > 0) {
    dsr_free(sequence->glimpses[--sequence->n_glimpses]); /* in one piece */
  }
  unload_level(sequence);
  dsr_sieve_free(&sequence->sieve);
  dsr_free(sequence);
}

uint64_t dsr_sequence_above(const dsr_sequence *sequence) {
  uint64_t blocks = 0;
  for (int i = 0; i < sequence->n_above; i++) {
    blocks += sequence->above[i]->extent.blocks;
  }
  return blocks;
}

uint64_t dsr_sequence_rows(const dsr_sequence *sequence) {
  uint64_t rows = sequence->extent.rows;
  for (int i = 0; i < sequence->n_above; i++) rows += sequence->above[i]->extent.rows;
  return rows;
}

void dsr_sequences_free(dsr_sequences *sequences) {
  for (size_t i = 0; i < sequences->n_slots; i++) {
    dsr_sequence_free(sequences->slots[i]);
  }
  dsr_free(sequences->slots);
  memset(sequences, 0, sizeof *sequences);
}

/* ---- all of them ----------------------------------------------------------------- */

static size_t slot_of(dsr_sequence *const *slots, size_t n_slots, uint64_t key) {
  uint64_t mixed = key * UINT64_C(0x9e3779b97f4a7c15);
  size_t slot = (size_t)(mixed ^ mixed >> 32) & (n_slots - 1);
  while (slots[slot] != NULL && slots[slot]->key != key) {
    slot = (slot + 1) & (n_slots - 1);
  }
  return slot;
}

dsr_sequence *dsr_sequences_find(const dsr_sequences *sequences, uint64_t key) {
  if (sequences->n_slots == 0) return NULL;
  return sequences->slots[slot_of(sequences->slots, sequences->n_slots, key)];
}

dsr_status dsr_sequences_reserve(dsr_sequences *sequences, size_t more) {
  size_t n_slots = sequences->n_slots == 0 ? SLOTS_FIRST : sequences->n_slots;
  while ((sequences->n + more) * 2 > n_slots) n_slots *= 2;
  if (n_slots == sequences->n_slots) return DSR_OK;
  dsr_sequence **slots = dsr_alloc(n_slots * sizeof *slots);
  if (slots == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < sequences->n_slots; i++) {
    dsr_sequence *moved = sequences->slots[i];
    if (moved != NULL) slots[slot_of(slots, n_slots, moved->key)] = moved;
  }
  dsr_free(sequences->slots);
  sequences->slots = slots;
  sequences->n_slots = n_slots;
  return DSR_OK;
}

void dsr_sequences_set(dsr_sequences *sequences, dsr_sequence *sequence) {
  size_t slot = slot_of(sequences->slots, sequences->n_slots, sequence->key);
  dsr_sequence *lowest = sequences->slots[slot];
  if (sequence->level == 0) {
    if (lowest == NULL) sequences->n++;
    dsr_sequence_free(lowest);
    sequences->slots[slot] = sequence;
  } else {
    cut(lowest, sequence->level - 1);
    lowest->above[lowest->n_above++] = sequence;
    lowest->checksum = sequence->checksum;
  }
}

static dsr_status add_extent(dsr_sequences *sequences, dsr_file *file, uint64_t id,
                             dsr_str data) {
  dsr_extent_row levels[DSR_LEVELS_MOST];
  int n;
  if (!dsr_extent_read(id, data, levels, &n)) {
    return dsr_file_damaged(file, "an extent does not match its checksum");
  }
  for (int i = 0; i < n; i++) {
    dsr_sequence *level = dsr_alloc(sizeof *level);
    if (level == NULL || dsr_sequences_reserve(sequences, 1) < 0) {
      dsr_free(level);
      return dsr_fail_memory(file->error);
    }
    level->key = id;
    level->checksum = dsr_format_kept(data);
    level->extent = levels[i];
    level->level = i;
    dsr_sequences_set(sequences, level);
  }
  return DSR_OK;
}

static dsr_status read_extents(dsr_sequences *sequences, dsr_file *file,
                               const dsr_root *root) {
  uint64_t sum = 0;
  dsr_str data;
  dsr_status rc;
  TRY(dsr_file_query(file, DSR_SQL_EXTENTS, 0, 0));
  while ((rc = dsr_file_step(file, DSR_SQL_EXTENTS)) == DSR_ROW) {
    TRY(dsr_file_data(file, DSR_SQL_EXTENTS, &data));
    TRY(add_extent(sequences, file, (uint64_t)dsr_file_id(file, DSR_SQL_EXTENTS),
                   data));
    sum += dsr_format_kept(data);
  }
  TRY(rc);
  if (sequences->n != root->extents || sum != root->extents_sum) {
    return dsr_file_damaged(file, "an extent is missing or does not belong");
  }
  return DSR_OK;
}

dsr_status dsr_sequences_load(dsr_sequences *sequences, dsr_file *file,
                              const dsr_root *root) {
  if (sequences->loaded) return DSR_OK;
  dsr_status rc = DSR_OK;
  if (file->db != NULL) {
    rc = read_extents(sequences, file, root);
    dsr_file_end(file, DSR_SQL_EXTENTS);
  }
  if (rc < 0) dsr_sequences_free(sequences);
  sequences->loaded = rc >= 0;
  return rc;
}

/* ---- a directory ----------------------------------------------------------------- */

/* A level's directory being read, in order of block ids.  It grows with what is there,
** whatever the extent says. */
typedef struct loading {
  VEC(dsr_entry_place) places;
  VEC(uint64_t) first;
  VEC(uint64_t) last;
  uint64_t sum, rows;
} loading;

static void loading_free(loading *load) {
  VEC_FREE(&load->places);
  VEC_FREE(&load->first);
  VEC_FREE(&load->last);
}

static bool loading_reserve(loading *load, size_t n, size_t width) {
  return VEC_RESERVE(&load->places, n) && VEC_RESERVE(&load->first, n * width) &&
         VEC_RESERVE(&load->last, n * width);
}

/* Add an entry, with room reserved. */
static void loading_add(loading *load, dsr_entry_place place, const uint64_t *first,
                        const uint64_t *last, size_t width) {
  load->places.items[load->places.len++] = place;
  memcpy(load->first.items + load->first.len, first, width * sizeof *first);
  memcpy(load->last.items + load->last.len, last, width * sizeof *last);
  load->first.len += width;
  load->last.len += width;
  load->sum += place.checksum;
  load->rows += place.rows;
}

static dsr_status add_entry(loading *loads, const dsr_sequence *sequence,
                            dsr_file *file, uint64_t id, dsr_str data) {
  dsr_entry_row entry;
  size_t width = sequence->extent.width;
  if (!dsr_entry_read(id, data, (int)width, &entry) ||
      entry.level > (uint64_t)sequence->n_above) {
    return dsr_file_damaged(file, "a directory entry does not match its checksum");
  }
  loading *load = &loads[entry.level];
  if (!loading_reserve(load, 1, width)) return dsr_fail_memory(file->error);
  dsr_entry_place place = {id & DSR_BLOCK_ID_MOST, entry.rows, dsr_format_kept(data)};
  loading_add(load, place, entry.first, entry.last, width);
  return DSR_OK;
}

/* Is what was read of a level what its extent says? */
static bool complete(const loading *load, const dsr_sequence *level) {
  return load->places.len == level->extent.blocks && load->sum == level->extent.sum &&
         load->rows == level->extent.rows;
}

/* Read the entries of all levels into `loads`, one for each. */
static dsr_status read_directory(loading *loads, dsr_sequence *sequence,
                                 dsr_file *file) {
  dsr_str data;
  dsr_status rc;
  int64_t from = dsr_sequence_entry_id(sequence->key, 0);
  TRY(dsr_file_query(file, DSR_SQL_ENTRIES, from, from + (int64_t)DSR_BLOCK_ID_MOST));
  while ((rc = dsr_file_step(file, DSR_SQL_ENTRIES)) == DSR_ROW) {
    TRY(dsr_file_data(file, DSR_SQL_ENTRIES, &data));
    TRY(add_entry(loads, sequence, file, (uint64_t)dsr_file_id(file, DSR_SQL_ENTRIES),
                  data));
  }
  TRY(rc);
  for (int i = 0; i <= sequence->n_above; i++) {
    if (!complete(&loads[i], dsr_sequence_level(sequence, i))) {
      return dsr_file_damaged(file, "a directory entry is missing or does not belong");
    }
  }
  return DSR_OK;
}

/* The numbers 0 .. n-1 sorted by first key, merged bottom up; from dsr_resize. */
static uint32_t *by_first(const loading *load, size_t width) {
  size_t n = load->places.len;
  const uint64_t *keys = load->first.items;
  uint32_t *numbers = dsr_resize(NULL, 2 * (n + 1) * sizeof *numbers);
  if (numbers == NULL) return NULL;
  uint32_t *from = numbers, *to = numbers + n + 1;
  for (size_t i = 0; i < n; i++) from[i] = (uint32_t)i;
  for (size_t step = 1; step < n; step *= 2) {
    for (size_t start = 0; start < n; start += 2 * step) {
      size_t middle = start + step < n ? start + step : n;
      size_t end = middle + step < n ? middle + step : n;
      size_t left = start, right = middle;
      for (size_t out = start; out < end; out++) {
        bool take =
            left == middle ||
            (right < end && dsr_key_compare(keys + from[right] * width,
                                            keys + from[left] * width, (int)width) < 0);
        to[out] = take ? from[right++] : from[left++];
      }
    }
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != numbers) memcpy(numbers, from, n * sizeof *numbers);
  return numbers;
}

/* Put what was read into the sequence, in order of first keys. */
static bool install(dsr_sequence *sequence, const loading *load) {
  loading sorted = {.sum = 0};
  size_t width = sequence->extent.width, n = load->places.len;
  uint32_t *numbers = by_first(load, width);
  if (numbers == NULL || !loading_reserve(&sorted, n, width)) {
    loading_free(&sorted);
    dsr_free(numbers);
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    size_t at = numbers[i] * width;
    loading_add(&sorted, load->places.items[numbers[i]], load->first.items + at,
                load->last.items + at, width);
  }
  dsr_free(numbers);
  sequence->places = sorted.places.items;
  sequence->first = sorted.first.items;
  sequence->last = sorted.last.items;
  return true;
}

/* Do the blocks follow on each other, none reaching into the next? */
static bool in_order(const dsr_sequence *sequence) {
  int width = (int)sequence->extent.width;
  for (size_t i = 0; i < sequence->extent.blocks; i++) {
    const uint64_t *last = dsr_sequence_last(sequence, i);
    if (dsr_key_compare(dsr_sequence_first(sequence, i), last, width) > 0) return false;
    if (i + 1 < sequence->extent.blocks &&
        dsr_key_compare(last, dsr_sequence_first(sequence, i + 1), width) >= 0) {
      return false;
    }
  }
  return true;
}

/* Put what was read into a level, if it can be what it says it is. */
static dsr_status install_level(dsr_sequence *level, const loading *load,
                                dsr_file *file) {
  if (load->places.len > UINT32_MAX / 2) {
    return dsr_file_damaged(file, "a directory has an impossible size");
  }
  if (!install(level, load)) return dsr_fail_memory(file->error);
  if (!in_order(level)) return dsr_file_damaged(file, "a directory is out of order");
  level->loaded = true;
  return DSR_OK;
}

/* Install those of the levels, from level `from` on, that are not yet, all or none; what
** was read is freed. */
static dsr_status install_levels(dsr_sequence *sequence, int from, loading *loads,
                                 dsr_file *file, dsr_status rc) {
  unsigned installed = 0;
  for (int i = 0; i <= sequence->n_above; i++) {
    dsr_sequence *level = dsr_sequence_level(sequence, i);
    if (rc == DSR_OK && i >= from && !level->loaded) {
      installed |= 1u << i;
      rc = install_level(level, &loads[i], file);
    }
    loading_free(&loads[i]);
  }
  for (int i = 0; rc < 0 && i <= sequence->n_above; i++) {
    if (installed >> i & 1) unload_level(dsr_sequence_level(sequence, i));
  }
  return rc;
}

dsr_status dsr_sequence_load(dsr_sequence *sequence, dsr_file *file) {
  if (sequence->loaded) return DSR_OK;
  loading loads[DSR_LEVELS_MOST] = {{.sum = 0}};
  dsr_status rc = read_directory(loads, sequence, file);
  dsr_file_end(file, DSR_SQL_ENTRIES);
  return install_levels(sequence, 0, loads, file, rc);
}

dsr_status dsr_sequence_entry(const dsr_sequence *sequence, dsr_file *file,
                              uint64_t block, uint64_t *id, dsr_str *data,
                              dsr_entry_row *entry) {
  TRY(dsr_file_query(file, DSR_SQL_ENTRY_UPTO,
                     dsr_sequence_entry_id(sequence->key, block), 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_ENTRY_UPTO);
  TRY(rc);
  if (rc != DSR_ROW) return DSR_NOTHING;
  *id = (uint64_t)dsr_file_id(file, DSR_SQL_ENTRY_UPTO);
  TRY(dsr_file_data(file, DSR_SQL_ENTRY_UPTO, data));
  bool ours = *id >> 34 == sequence->key &&
              dsr_entry_read(*id, *data, (int)sequence->extent.width, entry);
  return ours ? DSR_ROW : DSR_NOTHING;
}

/* Read the entry of the greatest block up to *block, and go below it: DSR_NOTHING where it
** is of another sequence or the lowest level. */
static dsr_status read_upper(loading *loads, const dsr_sequence *sequence,
                             dsr_file *file, uint64_t *block) {
  uint64_t id;
  dsr_str data;
  dsr_entry_row entry;
  dsr_status rc = dsr_sequence_entry(sequence, file, *block, &id, &data, &entry);
  if (rc != DSR_ROW || entry.level == 0) return rc < 0 ? rc : DSR_NOTHING;
  *block = (id & DSR_BLOCK_ID_MOST) - 1;
  return add_entry(loads, sequence, file, id, data);
}

dsr_status dsr_sequence_load_above(dsr_sequence *sequence, dsr_file *file) {
  loading loads[DSR_LEVELS_MOST] = {{.sum = 0}};
  uint64_t block = DSR_BLOCK_ID_MOST, left = dsr_sequence_above(sequence);
  dsr_status rc = DSR_OK;
  if (left == 0 || sequence->above[0]->loaded) return DSR_OK;
  for (; left > 0 && rc == DSR_OK; left--) {
    rc = read_upper(loads, sequence, file, &block);
    dsr_file_end(file, DSR_SQL_ENTRY_UPTO);
  }
  for (int i = 1; i <= sequence->n_above && rc == DSR_OK; i++) {
    if (!complete(&loads[i], sequence->above[i - 1])) rc = DSR_NOTHING;
  }
  return install_levels(sequence, 1, loads, file, rc);
}

/* ---- blocks ---------------------------------------------------------------------- */

size_t dsr_sequence_seek(const dsr_sequence *sequence, const uint64_t *prefix, int n) {
  size_t lo = 0, hi = sequence->extent.blocks, width = sequence->extent.width;
  const uint64_t *last = sequence->last;
  if (n == 0) return 0;
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    const uint64_t *key = last + middle * width;
    if (key[0] < prefix[0] ||
        (key[0] == prefix[0] && dsr_key_compare(key, prefix, n) < 0)) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo;
}

static bool row_is(const dsr_block *block, size_t r, const uint64_t *key) {
  for (int c = 0; c < block->width; c++) {
    if (block->columns[c][r] != key[c]) return false;
  }
  return true;
}

/* Read and unpack block `i`, and hold it against what the directory says of it. */
static dsr_status read_block(const dsr_sequence *sequence, dsr_file *file,
                             dsr_evens *evens, size_t i, dsr_block **out) {
  const dsr_entry_place *place = &sequence->places[i];
  dsr_block_key key = {place->block, (uint32_t)(sequence->key >> 4),
                       (int)(sequence->key & 15)};
  dsr_str data;
  dsr_block *block;
  TRY(dsr_file_query(file, DSR_SQL_BLOCK, (int64_t)place->block, 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_BLOCK);
  TRY(rc);
  if (rc != DSR_ROW) return dsr_file_damaged(file, "a block is missing");
  TRY(dsr_file_data(file, DSR_SQL_BLOCK, &data));
  rc = dsr_block_unpack(&key, (int)sequence->extent.width, data.data, data.len, evens,
                        &block);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(file->error);
  if (rc < 0) return dsr_file_damaged(file, "a block does not match its checksum");
  if (block->rows != place->rows ||
      !row_is(block, 0, dsr_sequence_first(sequence, i)) ||
      !row_is(block, block->rows - 1, dsr_sequence_last(sequence, i))) {
    dsr_block_free(block);
    return dsr_file_damaged(file, "a block is not the one of its directory");
  }
  *out = block;
  return DSR_OK;
}

dsr_status dsr_sequence_block(const dsr_sequence *sequence, dsr_file *file,
                              dsr_cache *cache, size_t i, dsr_cached **out) {
  dsr_block *block = NULL;
  *out = dsr_cache_find(cache, sequence->places[i].block);
  if (*out != NULL) return DSR_OK;
  dsr_status rc = read_block(sequence, file, &cache->evens, i, &block);
  dsr_file_end(file, DSR_SQL_BLOCK);
  TRY(rc);
  if (dsr_cache_add(cache, sequence->places[i].block, block, NULL, out) < 0) {
    return dsr_fail_memory(file->error);
  }
  return DSR_OK;
}
