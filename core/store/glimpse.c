/*
** glimpse.c - one block of a large directory, found without reading the rest of it.
**
** The search keeps two ids, with the words that their entries begin with, between which the
** block must lie if ids ascend as keys do; it looks at first where the prefix would be if
** words were spread evenly, which hashes and numbers of names nearly are, and then halves.
*/
#include "store/glimpse.h"

#include <string.h>

enum {
  BLOCKS_LEAST = 16, /* a smaller directory is read at once */
  BLOCKS_EACH = 8,   /* of the directory for each glimpse that may be had before */
  EVENLY = 5,        /* looks before the search halves */
  LOOKS = 24,
};

/* A sequence of one block, with what it points to. */
typedef struct glimpse {
  dsr_sequence level;
  dsr_entry_place place;
  uint64_t first[DSR_ROW_MAX], last[DSR_ROW_MAX];
} glimpse;

/* An entry that was read. */
typedef struct look {
  uint64_t block;
  uint64_t checksum;
  dsr_entry_row row;
} look;

static bool inside(const uint64_t *first, const uint64_t *last, const uint64_t *prefix,
                   int n) {
  return dsr_key_compare(first, prefix, n) < 0 && dsr_key_compare(last, prefix, n) > 0;
}

/* The entry of the greatest block up to `block`: DSR_ROW; DSR_NOTHING where the sequence
** has none, or none that can be read. */
static dsr_status read_entry(const dsr_sequence *sequence, dsr_file *file,
                             uint64_t block, look *out) {
  uint64_t id;
  dsr_str data;
  dsr_status rc = dsr_sequence_entry(sequence, file, block, &id, &data, &out->row);
  if (rc == DSR_ROW) {
    out->block = id & DSR_BLOCK_ID_MOST;
    out->checksum = dsr_format_kept(data);
  }
  dsr_file_end(file, DSR_SQL_ENTRY_UPTO);
  return rc;
}

/* Where between two blocks, neither of them meant, to look for a word. */
static uint64_t guess(uint64_t low, uint64_t high, uint64_t low_word,
                      uint64_t high_word, uint64_t word, bool evenly) {
  uint64_t between = high - low;
  double part = 0.5;
  if (evenly && high_word > low_word && word >= low_word && word <= high_word) {
    part = (double)(word - low_word) / (double)(high_word - low_word);
  }
  uint64_t step = (uint64_t)((double)between * part);
  return low + (step < 1 ? 1 : step >= between ? between - 1 : step);
}

/* The greatest block that lies below all those of the levels above the lowest. */
static uint64_t below_above(const dsr_sequence *sequence) {
  uint64_t least = DSR_BLOCK_ID_MOST + 1;
  for (int i = 0; i < sequence->n_above; i++) {
    const dsr_sequence *level = sequence->above[i];
    for (size_t k = 0; k < level->extent.blocks; k++) {
      if (level->places[k].block < least) least = level->places[k].block;
    }
  }
  return least - 1;
}

/* Find the entry that the prefix lies inside of: DSR_ROW, or DSR_NOTHING. */
static dsr_status find_entry(const dsr_sequence *sequence, dsr_file *file,
                             const uint64_t *prefix, int n, look *at) {
  dsr_status rc = read_entry(sequence, file, below_above(sequence), at);
  if (rc != DSR_ROW) return rc;
  if (at->block < sequence->extent.blocks) return DSR_NOTHING; /* entries are missing */
  uint64_t high = at->block + 1, high_word = at->row.last[0];
  uint64_t low = high - sequence->extent.blocks, low_word = 0;
  if (inside(at->row.first, at->row.last, prefix, n)) return DSR_ROW;
  rc = read_entry(sequence, file, low, at);
  if (rc != DSR_ROW || inside(at->row.first, at->row.last, prefix, n)) return rc;
  low_word = at->row.first[0];
  for (int i = 0; i < LOOKS && high - low > 1; i++) {
    uint64_t middle = guess(low, high, low_word, high_word, prefix[0], i < EVENLY);
    rc = read_entry(sequence, file, middle, at);
    if (rc != DSR_ROW || inside(at->row.first, at->row.last, prefix, n)) return rc;
    if (dsr_key_compare(at->row.first, prefix, n) >= 0) {
      high = at->block;
      high_word = at->row.first[0];
    } else {
      low = middle;
      low_word = at->row.last[0];
    }
    if (high <= low) break; /* ids do not ascend as keys do */
  }
  return DSR_NOTHING;
}

/* The glimpse that was had of it before, or NULL. */
static dsr_sequence *had_before(const dsr_sequence *sequence, const uint64_t *prefix,
                                int n) {
  for (int i = 0; i < sequence->n_glimpses; i++) {
    dsr_sequence *level = sequence->glimpses[i];
    if (inside(level->first, level->last, prefix, n)) return level;
  }
  return NULL;
}

static dsr_sequence *glimpse_new(const dsr_sequence *sequence, const look *at) {
  glimpse *new = dsr_alloc(sizeof *new);
  if (new == NULL) return NULL;
  size_t size = (size_t)sequence->extent.width * sizeof *new->first;
  memcpy(new->first, at->row.first, size);
  memcpy(new->last, at->row.last, size);
  new->place = (dsr_entry_place){at->block, at->row.rows, at->checksum};
  new->level.key = sequence->key;
  new->level.extent = (dsr_extent_row){sequence->extent.width, 1, at->row.rows, 0};
  new->level.loaded = true;
  new->level.places = &new->place;
  new->level.first = new->first;
  new->level.last = new->last;
  return &new->level;
}

/* Is the directory so large, and were so few of its blocks asked for, that another may be
** found by itself? */
static bool worth_it(const dsr_sequence *sequence) {
  uint64_t blocks = sequence->extent.blocks;
  return blocks >= BLOCKS_LEAST && sequence->n_glimpses < DSR_GLIMPSES &&
         (uint64_t)sequence->n_glimpses < blocks / BLOCKS_EACH &&
         dsr_sequence_above(sequence) < blocks / BLOCKS_EACH;
}

/* Find another block: *out stays NULL where that does not work. */
static dsr_status find_glimpse(dsr_sequence *sequence, dsr_file *file,
                               const uint64_t *prefix, int n, dsr_sequence **out) {
  look at;
  dsr_status rc = dsr_sequence_load_above(sequence, file);
  if (rc == DSR_OK) rc = find_entry(sequence, file, prefix, n, &at);
  TRY(rc);
  if (rc != DSR_ROW || at.row.level != 0) return DSR_OK;
  *out = glimpse_new(sequence, &at);
  if (*out == NULL) return dsr_fail_memory(file->error);
  sequence->glimpses[sequence->n_glimpses++] = *out;
  return DSR_OK;
}

dsr_status dsr_glimpse(dsr_sequence *sequence, dsr_file *file, const uint64_t *prefix,
                       int n, dsr_sequence **out) {
  *out = NULL;
  if (n == 0) return DSR_OK;
  dsr_sequence *found = had_before(sequence, prefix, n);
  if (found == NULL && worth_it(sequence)) {
    TRY(find_glimpse(sequence, file, prefix, n, &found));
  }
  if (found == NULL) return DSR_OK;
  found->n_above = sequence->n_above;
  memcpy(found->above, sequence->above, sizeof found->above);
  *out = found;
  return DSR_OK;
}
