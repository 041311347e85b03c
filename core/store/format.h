/*
** format.h - the bytes of the root, of runs, of directory entries and of extents.
**
** Each begins with a checksum, 8 bytes, over what follows, seeded by what the row is
** and the key that it is kept under: a row that was changed, or that stands in another's
** place, does not pass.
*/
#ifndef DSR_STORE_FORMAT_H
#define DSR_STORE_FORMAT_H

#include "store/coding.h"
#include "store/fresh.h"

/*
** Formats: 1 has no text search.  2 may have a table `search` and, once every text is in
** it, a row 2 in `root` (search.h).  3 may have several levels in an order of a relation
** (sequence.h); where it has one, its rows are those of format 2.  A base of an older
** format is read as it is; the first commit to it makes it one of the newest, so that a
** program that would leave new texts out of the search, or not see a level, refuses it.
*/
#define DSR_FORMAT 3 /* what this version writes, and the newest that it reads */
#define DSR_FORMAT_OLDEST 1
#define DSR_RELATION_MOST (UINT32_C(1) << 24)
#define DSR_RECORD_MOST ((size_t)64 << 20) /* bytes of a record */

/* What a row is: the first part of its checksum's seed. */
typedef enum dsr_row_kind {
  DSR_ROW_ROOT = 1,
  DSR_ROW_RUN,
  DSR_ROW_RECORD,
  DSR_ROW_ENTRY,
  DSR_ROW_EXTENT,
  DSR_ROW_SEARCH,
} dsr_row_kind;

enum { DSR_LEVELS_MOST = 8 };

enum { DSR_ROOT_SIZE = 8 * (9 + 2 * DSR_REC_KINDS) };

/* The one row that all others are counted in. */
typedef struct dsr_root {
  uint64_t format;
  uint64_t txn;        /* the last one: 0 in a base just made */
  uint64_t stamp;      /* its stamp */
  uint64_t run_first;  /* runs run_first .. txn are not merged yet */
  uint64_t merges;     /* how many there were: moves when blocks do */
  uint64_t next_block; /* the first id never used */
  uint64_t extents;    /* how many, and the sum of their checksums */
  uint64_t extents_sum;
  uint64_t next[DSR_REC_KINDS];   /* first record number not in use */
  uint64_t packed[DSR_REC_KINDS]; /* first record number not in a packed block */
} dsr_root;

/* A block in the directory: keys are `width` words in the order's column order. */
typedef struct dsr_entry_row {
  uint64_t level;
  uint64_t rows;
  uint64_t first[DSR_ROW_MAX];
  uint64_t last[DSR_ROW_MAX];
} dsr_entry_row;

/* A level of an order of a relation: its blocks, rows, and the sum of its entries'
** checksums. */
typedef struct dsr_extent_row {
  uint64_t width;
  uint64_t blocks;
  uint64_t rows;
  uint64_t sum;
} dsr_extent_row;

uint64_t dsr_format_checksum(dsr_row_kind kind, uint64_t id, const void *data,
                             size_t len);
/* The checksum of a row that begins with it, as kept; 0 where it is too short. */
uint64_t dsr_format_kept(dsr_str bytes);
/* Seal a row whose first 8 bytes were left for the checksum. */
void dsr_format_seal(dsr_row_kind kind, uint64_t id, unsigned char *data, size_t len);
/* A reader on what follows a right checksum; false where it is wrong. */
bool dsr_format_open(dsr_row_kind kind, uint64_t id, dsr_str bytes,
                     dsr_bytes_reader *in);

void dsr_root_write(const dsr_root *root, unsigned char out[DSR_ROOT_SIZE]);
bool dsr_root_read(dsr_str bytes, dsr_root *out);

/* One commit, as a run: what `fresh` holds, the transaction's own record left out. */
dsr_status dsr_run_write(uint64_t txn, uint64_t stamp, const dsr_fresh *fresh,
                         dsr_bytes *out);
/* Add a run to `fresh`.  DSR_EDAMAGED where it is not the run `txn`; `fresh` then holds
** a part of it and must be dropped. */
dsr_status dsr_run_read(uint64_t txn, dsr_str bytes, dsr_fresh *fresh);

/* Appends to `out`, which must be empty. */
bool dsr_entry_write(uint64_t id, const dsr_entry_row *entry, int width,
                     dsr_bytes *out);
bool dsr_entry_read(uint64_t id, dsr_str bytes, int width, dsr_entry_row *out);
/* The n levels of an order, the lowest first: 1 to DSR_LEVELS_MOST, of one width. */
bool dsr_extent_write(uint64_t id, const dsr_extent_row *levels, int n, dsr_bytes *out);
bool dsr_extent_read(uint64_t id, dsr_str bytes, dsr_extent_row *levels, int *n);

/* A stamp as a record: 8 bytes, big-endian. */
void dsr_stamp_write(uint64_t stamp, char out[8]);
bool dsr_stamp_read(dsr_str bytes, uint64_t *stamp);

#endif
