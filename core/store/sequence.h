/*
** sequence.h - one order of one relation, as lists of packed blocks.
**
** An order is a few *levels*, each a list of blocks in order that do not overlap.  Level 0
** lies at the bottom and is the largest; each one above is newer and smaller: where two
** have the same row, the upper one's word on it counts.  What is folded makes a new level
** at the top, and swallows those above which it would tower (merge.c), so that a commit
** does not write a large order anew.  Whatever was loaded in bulk or packed anew is one
** level.  All orders of a relation have the same rows in the same levels.
**
** The *extent* of a sequence says of each level how many blocks and rows it has and what
** the checksums of its directory entries come to; the root says the same of all extents.
** Extents are read, all of them, when the first packed row is asked for; the directory
** of a sequence, all its levels, when it is first used, but that the first few questions to
** a large one read a part of it (glimpse.h).  A row that is missing from either, or stands
** there too much, does not go unnoticed.
*/
#ifndef DSR_STORE_SEQUENCE_H
#define DSR_STORE_SEQUENCE_H

#include "store/cache.h"
#include "store/file.h"
#include "store/format.h"
#include "store/sieve.h"

/* A block as the directory knows it. */
typedef struct dsr_entry_place {
  uint64_t block;
  uint64_t rows;
  uint64_t checksum; /* of its directory row */
} dsr_entry_place;

enum { DSR_LEVELS_ABOVE = DSR_LEVELS_MOST - 1, DSR_GLIMPSES = 16 };

/* One level of a sequence; the lowest stands for the whole. */
typedef struct dsr_sequence {
  uint64_t key;      /* dsr_sequence_key() */
  uint64_t checksum; /* of the extent's row; the lowest level's is kept up */
  dsr_extent_row extent;
  int level;
  bool loaded;
  /* Once loaded, in order: extent.blocks of each, keys `width` words a piece. */
  dsr_entry_place *places;
  uint64_t *first;
  uint64_t *last;
  dsr_sieve sieve; /* of its rows; of content rows, of their first words */
  /* In the lowest level: those above it, levels 1 to n_above. */
  struct dsr_sequence *above[DSR_LEVELS_ABOVE];
  int n_above;
  /* Before it is loaded: blocks of it that were asked for (glimpse.h). */
  struct dsr_sequence *glimpses[DSR_GLIMPSES];
  int n_glimpses;
} dsr_sequence;

/* All sequences, by key: their lowest levels. */
typedef struct dsr_sequences {
  bool loaded;
  dsr_sequence **slots;
  size_t n_slots;
  size_t n;
} dsr_sequences;

static inline uint64_t dsr_sequence_key(uint32_t relation, int order) {
  return (uint64_t)relation << 4 | (unsigned)order;
}
/* The id of a directory row. */
static inline int64_t dsr_sequence_entry_id(uint64_t key, uint64_t block) {
  return (int64_t)(key << 34 | block);
}
#define DSR_BLOCK_ID_MOST ((UINT64_C(1) << 34) - 1)

void dsr_sequence_free(dsr_sequence *sequence);
void dsr_sequences_free(dsr_sequences *sequences); /* to all zero */

/* Read all extents and hold them against the root's count and sum. */
dsr_status dsr_sequences_load(dsr_sequences *sequences, dsr_file *file,
                              const dsr_root *root);
/* NULL where there is none; not loaded. */
dsr_sequence *dsr_sequences_find(const dsr_sequences *sequences, uint64_t key);
/* Put in a level, in place of that level and all above it, which are freed; one above the
** lowest brings that one's new checksum.  Room for it must be reserved first, so that this
** cannot fail. */
dsr_status dsr_sequences_reserve(dsr_sequences *sequences, size_t more);
void dsr_sequences_set(dsr_sequences *sequences, dsr_sequence *sequence);

/* Level `i` of a sequence, from 0 to its n_above. */
static inline dsr_sequence *dsr_sequence_level(dsr_sequence *sequence, int i) {
  return i == 0 ? sequence : sequence->above[i - 1];
}
/* The rows of all levels: one that stands in two counts twice. */
uint64_t dsr_sequence_rows(const dsr_sequence *sequence);

/* The blocks of the levels above the lowest. */
uint64_t dsr_sequence_above(const dsr_sequence *sequence);

/* Read the directory, if it has not been. */
dsr_status dsr_sequence_load(dsr_sequence *sequence, dsr_file *file);
/* Read the entry of the sequence's greatest block up to `block`: DSR_ROW, its data good
** until the statement DSR_SQL_ENTRY_UPTO is ended, which the caller does, whatever is
** returned; DSR_NOTHING where there is none, or none that can be read. */
dsr_status dsr_sequence_entry(const dsr_sequence *sequence, dsr_file *file,
                              uint64_t block, uint64_t *id, dsr_str *data,
                              dsr_entry_row *entry);
/* Read what it has of the levels above the lowest, if their blocks are the newest:
** DSR_NOTHING where they are not, or something is missing. */
dsr_status dsr_sequence_load_above(dsr_sequence *sequence, dsr_file *file);

static inline const uint64_t *dsr_sequence_first(const dsr_sequence *sequence,
                                                 size_t i) {
  return sequence->first + i * sequence->extent.width;
}
static inline const uint64_t *dsr_sequence_last(const dsr_sequence *sequence,
                                                size_t i) {
  return sequence->last + i * sequence->extent.width;
}

/* The first block that may hold a row whose first `n` words are not below `prefix`;
** extent.blocks where there is none. */
size_t dsr_sequence_seek(const dsr_sequence *sequence, const uint64_t *prefix, int n);

/* Below, equal, above: the first n words of two keys. */
static inline int dsr_key_compare(const uint64_t *a, const uint64_t *b, int n) {
  for (int i = 0; i < n; i++) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

/* Block `i`, unpacked, held against its directory entry.  See cache.h for how long it
** is good. */
dsr_status dsr_sequence_block(const dsr_sequence *sequence, dsr_file *file,
                              dsr_cache *cache, size_t i, dsr_cached **out);

#endif
