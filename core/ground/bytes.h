/*
** bytes.h - numbers and strings into a growing buffer of bytes, and back.
**
** Numbers are written seven bits a byte, low ones first, the top bit saying that more
** follow (LEB128).  A reader never leaves its buffer: past the end, or on a number of
** more than 64 bits, it is marked bad and gives zeros from then on, so that a caller
** checks once, at the end.
*/
#ifndef DSR_GROUND_BYTES_H
#define DSR_GROUND_BYTES_H

#include <string.h>

#include "ground/mem.h"
#include "ground/vec.h"

typedef VEC(unsigned char) dsr_bytes;

static inline bool dsr_bytes_put(dsr_bytes *out, const void *data, size_t len) {
  if (out->cap - out->len < len && !VEC_RESERVE(out, len)) return false;
  if (len > 0) memcpy(out->items + out->len, data, len);
  out->len += len;
  return true;
}

static inline bool dsr_bytes_number(dsr_bytes *out, uint64_t value) {
  unsigned char coded[10];
  size_t n = 0;
  while (value >= 0x80) {
    coded[n++] = (unsigned char)(value | 0x80);
    value >>= 7;
  }
  coded[n++] = (unsigned char)value;
  return dsr_bytes_put(out, coded, n);
}

static inline bool dsr_bytes_str(dsr_bytes *out, dsr_str text) {
  return dsr_bytes_number(out, text.len) && dsr_bytes_put(out, text.data, text.len);
}

typedef struct dsr_bytes_reader {
  const unsigned char *at;
  const unsigned char *end;
  bool bad;
} dsr_bytes_reader;

static inline dsr_bytes_reader dsr_bytes_read(dsr_str bytes) {
  const unsigned char *at = (const unsigned char *)bytes.data;
  return (dsr_bytes_reader){at, at ? at + bytes.len : at, false};
}

static inline uint64_t dsr_bytes_get_number(dsr_bytes_reader *in) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && in->at < in->end; shift += 7) {
    unsigned char byte = *in->at++;
    if (shift == 63 && byte > 1) break;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  in->bad = true;
  in->at = in->end;
  return 0;
}

/* Borrowed from the reader's buffer. */
static inline dsr_str dsr_bytes_get_str(dsr_bytes_reader *in) {
  uint64_t len = dsr_bytes_get_number(in);
  if (in->bad || len > (uint64_t)(in->end - in->at)) {
    in->bad = true;
    in->at = in->end;
    return (dsr_str){NULL, 0};
  }
  dsr_str text = {(const char *)in->at, (size_t)len};
  in->at += len;
  return text;
}

#endif
