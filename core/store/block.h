/*
** block.h - sorted tuples packed into bytes, and back.
**
** A block holds rows of one width in ascending order, column by column, each column in
** the smallest of a few forms, so that a scan decodes it in tight loops and a million
** rows that share a set, a time or a first column pay nothing for it.
**
** The bytes are drawn in block.c.  The header's checksum covers the block's id, its
** relation and order, and the content; first and last key are part of the content.
** Packing and unpacking know nothing of files.
*/
#ifndef DSR_STORE_BLOCK_H
#define DSR_STORE_BLOCK_H

#include "ground/mem.h"
#include "ground/status.h"
#include "store/even.h"

/* Most words of a block unpacked: its rows times (width + 1). */
enum { DSR_BLOCK_WORDS = 65536 };

/* What a block belongs to; goes into its checksum. */
typedef struct dsr_block_key {
  uint64_t id;
  uint32_t relation;
  int order;
} dsr_block_key;

/* Rows unpacked: column c of row r is columns[c][r], in the columns' sorted order (the
** order's leading column first); `sets` likewise.  What is shared must not be written to. */
typedef struct dsr_block {
  int width;
  size_t rows;
  uint64_t *columns[9];
  uint64_t *sets;
  dsr_even *evens[10]; /* of the columns, and of the sets behind them; NULL: its own */
  size_t bytes;        /* memory that it takes */
} dsr_block;

/*
** Pack as many of `n` rows as fit in `max_bytes`, at least one.  columns[c][r].
** *taken tells how many; out has at least max_bytes + 256 bytes, *len what was used.
*/
dsr_status dsr_block_pack(const dsr_block_key *key, int width,
                          const uint64_t *const *columns, const uint64_t *sets,
                          size_t n, size_t max_bytes, unsigned char *out, size_t *len,
                          size_t *taken);

/* Unpack into fresh memory, columns of one word taken from `evens`; DSR_EDAMAGED where the
** checksum or any length is off. */
dsr_status dsr_block_unpack(const dsr_block_key *key, int width, const void *data,
                            size_t len, dsr_evens *evens, dsr_block **out);
void dsr_block_free(dsr_block *block);

/* Have all rows the same set? */
static inline bool dsr_block_one_set(const dsr_block *block) {
  return block->evens[block->width] != NULL;
}

/* Are these the bytes that were packed under the key?  Rows begin behind the head. */
enum { DSR_BLOCK_HEAD = 9 };
bool dsr_block_whole(const dsr_block_key *key, int width, const void *data, size_t len);

/* The first row whose first `n` words are not below `prefix` (or, with `past`, are above
** it); block->rows if there is none.  Costs a few looks where words lie evenly, those of
** a binary search and a few more where they do not. */
size_t dsr_block_seek(const dsr_block *block, const uint64_t *prefix, int n, bool past);

#endif
