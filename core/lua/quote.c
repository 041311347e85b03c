/*
** quote.c - what stands between quotes, with its escapes resolved.
**
** Text that holds none is not copied.  What is read is never longer than what was
** written, so one piece of memory of that size is enough.
*/
#include "lua/quote.h"

#include <stdint.h>
#include <string.h>

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* The character that `digits` hex digits at `at` stand for; 0 where there is none. */
static uint32_t hex_character(dsr_str raw, size_t at, size_t digits) {
  uint32_t code = 0;
  if (raw.len - at < digits) return 0;
  for (size_t i = at; i < at + digits; i++) {
    int value = hex(raw.data[i]);
    if (value < 0) return 0;
    code = code << 4 | (uint32_t)value;
  }
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : code;
}

static size_t put_utf8(char *out, uint32_t code) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = n - 1; i > 0; i--) {
    out[i] = (char)(0x80 | (code & 0x3f));
    code >>= 6;
  }
  out[0] = (char)((0xf00 >> n & 0xff) | code);
  return n;
}

/* Read the escape at raw.data[*at], a backslash, into `out`: how many bytes, or 0. */
static size_t unescape_one(dsr_str raw, size_t *at, char *out) {
  static const char letters[] = "ntrbf\"'\\", meant[] = "\n\t\r\b\f\"'\\";
  char c = raw.data[*at + 1];
  const char *letter = strchr(letters, c);
  if (letter != NULL) {
    *at += 2;
    out[0] = meant[letter - letters];
    return 1;
  }
  size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
  uint32_t code = digits > 0 ? hex_character(raw, *at + 2, digits) : 0;
  if (code == 0) return 0;
  *at += 2 + digits;
  return put_utf8(out, code);
}

dsr_status dsr_quote_read(dsr_str raw, char quote, dsr_arena *arena, dsr_str *out,
                          size_t *bad_at) {
  size_t n = 0;
  bool plain = raw.len == 0 || (!memchr(raw.data, '\\', raw.len) &&
                                (quote == '"' || !memchr(raw.data, '\'', raw.len)));
  if (plain) {
    *out = raw;
    return DSR_OK;
  }
  char *copy = dsr_arena_alloc(arena, raw.len + 1);
  if (copy == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < raw.len;) {
    if (raw.data[i] == '\\') {
      size_t bytes = unescape_one(raw, &i, copy + n);
      *bad_at = i;
      if (bytes == 0) return DSR_ESYNTAX;
      n += bytes;
    } else {
      if (raw.data[i] == '\'' && quote == '\'') i++; /* '' */
      copy[n++] = raw.data[i++];
    }
  }
  *out = (dsr_str){copy, n};
  return DSR_OK;
}
