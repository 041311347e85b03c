/*
** column.h - one column of a packed block, as it lies.
**
** The forms are drawn in block.c.  A column that was read knows where its numbers lie, so
** that some can be found without unpacking the others, and all be unpacked by themselves.
*/
#ifndef DSR_STORE_COLUMN_H
#define DSR_STORE_COLUMN_H

#include "store/coding.h"

enum {
  DSR_FORM_CONSTANT = 0,
  DSR_FORM_FRAMED = 1,
  DSR_FORM_ASCENDING = 2,
  DSR_FORM_RUNS = 3,
  DSR_FORM_CODED = 8,
  DSR_COLUMN_SPARE = 16, /* bytes that may be read behind a block's last */
};

typedef struct dsr_column {
  int form;
  bool coded;
  int bits, length_bits;
  uint64_t base; /* constant: the word; ascending: the first one */
  size_t n;      /* numbers at `data`: rows, or runs */
  const unsigned char *data, *lengths;
  const unsigned char *end; /* of the column */
  /* Ascending: the words of some rows; runs: the rows that some runs begin with (probe.c). */
  uint64_t *samples;
  size_t n_samples;
} dsr_column;

/* Read a column of a block of so many rows, its bytes borrowed, or make the reader bad. */
void dsr_column_read(dsr_bytes_reader *in, size_t rows, dsr_column *out);
/* Unpack all of it; false where its runs do not come to the rows. */
bool dsr_column_unpack(const dsr_column *column, size_t rows, uint64_t *out);

/* n numbers of `bits` bits, `base` added to each, of which `avail` bytes may be read. */
void dsr_bits_unpack(const unsigned char *data, size_t avail, size_t n, int bits,
                     uint64_t base, uint64_t *out);
/* Up to 64 bits from bit `bit` of `data`. */
uint64_t dsr_bits_careful(const unsigned char *data, size_t avail, size_t bit,
                          int bits);
/* Codes into words, in place; n > 0. */
void dsr_words_of_codes(uint64_t *out, size_t n);

/* ---- single numbers, of bytes with DSR_COLUMN_SPARE behind them ----------------------- */

static inline uint64_t dsr_number_at(const unsigned char *data, size_t i, int bits) {
  size_t bit = i * (size_t)bits;
  const unsigned char *at = data + (bit >> 3);
  int skip = (int)(bit & 7);
  uint64_t value = dsr_load64(at) >> skip;
  if (bits + skip > 64) value |= (uint64_t)at[8] << (64 - skip);
  return bits == 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

static inline uint64_t dsr_column_decoded(const dsr_column *in, uint64_t number) {
  return in->coded ? dsr_code_word(number) : number;
}

/* A word of a framed column, or of run i. */
static inline uint64_t dsr_column_framed(const dsr_column *in, size_t i) {
  return dsr_column_decoded(in, in->base + dsr_number_at(in->data, i, in->bits));
}

static inline size_t dsr_column_length(const dsr_column *in, size_t run) {
  return (size_t)dsr_number_at(in->lengths, run, in->length_bits) + 1;
}

#endif
