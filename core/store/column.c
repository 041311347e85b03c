/*
** column.c - one column of a packed block, as it lies.
*/
#include "store/column.h"

/* ---- reading --------------------------------------------------------------------- */

static const unsigned char *take_packed(dsr_bytes_reader *in, size_t n, int *bits) {
  unsigned char wide = (unsigned char)dsr_bytes_get_byte(in);
  *bits = wide;
  if (wide > 64) in->bad = true;
  return dsr_bytes_get(in, (n * wide + 7) / 8);
}

void dsr_column_read(dsr_bytes_reader *in, size_t rows, dsr_column *out) {
  unsigned form = dsr_bytes_get_byte(in);
  out->form = (int)(form & ~(unsigned)DSR_FORM_CODED);
  out->coded = (form & DSR_FORM_CODED) != 0;
  out->n = rows;
  if (out->form == DSR_FORM_RUNS) out->n = dsr_bytes_get_number(in);
  out->base = dsr_bytes_get_number(in);
  if (out->form == DSR_FORM_ASCENDING && out->coded) in->bad = true;
  if (out->form > DSR_FORM_RUNS || out->n == 0 || out->n > rows) in->bad = true;
  if (in->bad || out->form == DSR_FORM_CONSTANT) return;
  if (out->form == DSR_FORM_ASCENDING) out->n--;
  out->data = take_packed(in, out->n, &out->bits);
  if (out->form == DSR_FORM_RUNS) {
    out->lengths = take_packed(in, out->n, &out->length_bits);
  }
  out->end = in->at;
}

/* ---- unpacking ------------------------------------------------------------------- */

/* Up to 64 bits from bit `bit` of `data`, of which `avail` bytes may be read. */
uint64_t dsr_bits_careful(const unsigned char *data, size_t avail, size_t bit,
                          int bits) {
  uint64_t value = 0;
  size_t at = bit / 8;
  int skip = (int)(bit % 8);
  for (int got = -skip; got < bits && at < avail; got += 8, at++) {
    value |= got < 0 ? (uint64_t)data[at] >> -got : (uint64_t)data[at] << got;
  }
  return bits == 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

/* n numbers of `bits` bits, `base` added to each.  The loops in the middle are where a
** scan of what is not in memory spends its time: an unaligned load for each word, or for
** two, then shift, mask and add. */
void dsr_bits_unpack(const unsigned char *data, size_t avail, size_t n, int bits,
                     uint64_t base, uint64_t *out) {
  size_t r = 0;
  if (bits > 0 && bits <= 56 && avail >= 8) {
    size_t fast = ((avail - 8) * 8 + 7) / (size_t)bits + 1, bit = 0;
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    if (fast > n) fast = n;
    for (; bits <= 28 && r + 2 <= fast; r += 2, bit += 2 * (size_t)bits) {
      uint64_t two = dsr_load64(data + (bit >> 3)) >> (bit & 7);
      out[r] = base + (two & mask);
      out[r + 1] = base + (two >> bits & mask);
    }
    for (; r < fast; r++, bit += (size_t)bits) {
      out[r] = base + (dsr_load64(data + (bit >> 3)) >> (bit & 7) & mask);
    }
  }
  for (; r < n; r++) {
    out[r] = base + dsr_bits_careful(data, avail, r * (size_t)bits, bits);
  }
}

/* Codes into words: mostly of one tag, so that no word is asked for its own. */
void dsr_words_of_codes(uint64_t *out, size_t n) {
  uint64_t first = out[0], differ = 0, tag = first & 7;
  for (size_t r = 0; r < n; r++) differ |= out[r] ^ first;
  if ((differ & 7) != 0) {
    for (size_t r = 0; r < n; r++) out[r] = dsr_code_word(out[r]);
  } else if (dsr_code_signed((unsigned)tag)) {
    for (size_t r = 0; r < n; r++) {
      out[r] = tag << 61 | (dsr_unfold(out[r] >> 3) + DSR_CODE_BIAS);
    }
  } else {
    for (size_t r = 0; r < n; r++) out[r] = tag << 61 | out[r] >> 3;
  }
}

/* Runs: their words are read into the end of the room and spread from its start. */
static bool unpack_runs(const dsr_column *in, size_t rows, uint64_t *out) {
  uint64_t *words = out + (rows - in->n);
  size_t avail = (size_t)(in->end - in->data), r = 0;
  dsr_bits_unpack(in->data, avail, in->n, in->bits, in->base, words);
  if (in->coded) dsr_words_of_codes(words, in->n);
  for (size_t i = 0; i < in->n; i++) {
    uint64_t word = words[i];
    size_t length = dsr_column_length(in, i);
    /* Each run to come has a row at least: what is spread never reaches words[i + 1]. */
    if (length == 0 || length > rows - r - (in->n - 1 - i)) return false;
    for (size_t end = r + length; r < end; r++) out[r] = word;
  }
  return r == rows;
}

bool dsr_column_unpack(const dsr_column *in, size_t rows, uint64_t *out) {
  size_t avail = (size_t)(in->end - in->data);
  switch (in->form) {
    case DSR_FORM_CONSTANT:
      for (size_t r = 0; r < rows; r++) out[r] = dsr_column_decoded(in, in->base);
      return true;
    case DSR_FORM_FRAMED:
      dsr_bits_unpack(in->data, avail, rows, in->bits, in->base, out);
      break;
    case DSR_FORM_ASCENDING:
      out[0] = in->base;
      dsr_bits_unpack(in->data, avail, in->n, in->bits, 0, out + 1);
      for (size_t r = 1; r < rows; r++) out[r] += out[r - 1];
      break;
    default:
      return unpack_runs(in, rows, out);
  }
  if (in->coded) dsr_words_of_codes(out, rows);
  return true;
}
