/*
** varint.h - numbers as SQLite and FTS5 write them: seven bits a byte, high ones first, the
** top bit saying that more follow.  Here none has more than 56 bits.
*/
#ifndef DSR_STORE_VARINT_H
#define DSR_STORE_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DSR_VARINT_MOST = 8 };

/* Write a number; its bytes, at most DSR_VARINT_MOST. */
static inline size_t dsr_varint_put(unsigned char *at, uint64_t number) {
  size_t n = 3;
  if (number < 0x80) {
    *at = (unsigned char)number;
    return 1;
  }
  if (number < 0x4000) {
    at[0] = (unsigned char)(number >> 7 | 0x80);
    at[1] = (unsigned char)(number & 0x7f);
    return 2;
  }
  for (uint64_t rest = number >> 21; rest != 0; rest >>= 7) n++;
  for (size_t i = n; i-- > 0; number >>= 7) {
    at[i] = (unsigned char)((number & 0x7f) | (i + 1 < n ? 0x80 : 0));
  }
  return n;
}

/* Read one, and step past it; false where it does not end before `end`. */
static inline bool dsr_varint_get(const unsigned char **at, const unsigned char *end,
                                  uint64_t *number) {
  *number = 0;
  for (size_t i = 0; i < DSR_VARINT_MOST && *at < end; i++) {
    unsigned char byte = *(*at)++;
    *number = *number << 7 | (byte & 0x7f);
    if (byte < 0x80) return true;
  }
  return false;
}

#endif
