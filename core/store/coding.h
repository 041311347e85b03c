/*
** coding.h - words and fixed numbers as bytes, on top of ground/bytes.h.
**
** A word (value.h, a room further on) has a tag in its top three bits, and the signed
** payloads of tags 2 to 4 are biased by 2^60, so that small values of two tags lie far
** apart.  The *code* of a word has the tag at the bottom and the sign folded in: small
** values have small codes whatever their tag.  Every 64-bit number has exactly one code
** and every code one number; nothing here depends on what a word means.
*/
#ifndef DSR_STORE_CODING_H
#define DSR_STORE_CODING_H

#include <endian.h>
#include <string.h>

#include "ground/bytes.h"
#include "ground/status.h"
#include "ground/text.h"

enum { DSR_NUMBER_MOST = 10 }; /* bytes of the longest number */

static inline uint64_t dsr_load64(const unsigned char *from) {
  uint64_t value;
  memcpy(&value, from, sizeof value);
  return le64toh(value);
}

static inline void dsr_save64(unsigned char *to, uint64_t value) {
  value = htole64(value);
  memcpy(to, &value, sizeof value);
}

/* How many bits `value` needs, 0..64. */
static inline int dsr_bits(uint64_t value) {
  return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

/* Bytes that dsr_bytes_number() takes for `value`. */
static inline size_t dsr_number_size(uint64_t value) {
  return (size_t)(dsr_bits(value | 1) + 6) / 7;
}

/* The same number where there is room for DSR_NUMBER_MOST bytes; its size. */
static inline size_t dsr_number_write(unsigned char *to, uint64_t value) {
  size_t size = 0;
  while (value >= 0x80) to[size++] = (unsigned char)(value | 0x80), value >>= 7;
  to[size++] = (unsigned char)value;
  return size;
}

static inline size_t dsr_bytes_left(const dsr_bytes_reader *in) {
  return in->bad ? 0 : (size_t)(in->end - in->at);
}

/* The next `len` bytes; NULL, and the reader bad, where there are fewer. */
static inline const unsigned char *dsr_bytes_get(dsr_bytes_reader *in, size_t len) {
  if (in->bad || len > (size_t)(in->end - in->at)) {
    in->bad = true;
    in->at = in->end;
    return NULL;
  }
  in->at += len;
  return in->at - len;
}

static inline unsigned dsr_bytes_get_byte(dsr_bytes_reader *in) {
  const unsigned char *at = dsr_bytes_get(in, 1);
  return at != NULL ? *at : 0;
}

static inline uint64_t dsr_bytes_get_64(dsr_bytes_reader *in) {
  const unsigned char *at = dsr_bytes_get(in, 8);
  return at != NULL ? dsr_load64(at) : 0;
}

/* A difference of two numbers, small ones of either sign made small. */
static inline uint64_t dsr_fold(uint64_t difference) {
  return difference << 1 ^ (0 - (difference >> 63));
}

static inline uint64_t dsr_unfold(uint64_t folded) {
  return folded >> 1 ^ (0 - (folded & 1));
}

#define DSR_CODE_BIAS (UINT64_C(1) << 60)

/* Does the tag have a signed payload, biased? */
static inline bool dsr_code_signed(unsigned tag) { return tag >= 2 && tag <= 4; }

static inline uint64_t dsr_code_of(uint64_t word) {
  unsigned tag = (unsigned)(word >> 61);
  uint64_t payload = word & ((UINT64_C(1) << 61) - 1);
  if (dsr_code_signed(tag)) payload = dsr_fold(payload - DSR_CODE_BIAS);
  return payload << 3 | tag;
}

static inline uint64_t dsr_code_word(uint64_t code) {
  unsigned tag = (unsigned)(code & 7);
  uint64_t payload = code >> 3;
  if (dsr_code_signed(tag)) payload = dsr_unfold(payload) + DSR_CODE_BIAS;
  return (uint64_t)tag << 61 | payload;
}

#endif
