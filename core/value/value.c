/*
** value.c - one value in one 64-bit word: numerals in, the language's forms out.
**
** A numeral is brought into canonical form first, digit by digit, and only then
** weighed: whether it fits a word depends on its value, never on how it was padded.  So
** each number has one word, or one canonical spelling to be interned by.
*/
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "value/date.h"
#include "value/value.h"

enum { FRACTION = 6 }; /* digits after the point that a decimal word holds */
#define MILLION INT64_C(1000000)

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* How many digits `text` has from `at` on. */
static size_t run(dsr_str text, size_t at) {
  size_t end = at;
  while (end < text.len && is_digit(text.data[end])) end++;
  return end - at;
}

/* A numeral taken apart: digits before and after the point, without idle zeros. */
typedef struct numeral {
  bool negative;
  bool pointed;
  const char *whole, *fraction;
  size_t n_whole, n_fraction; /* the fraction has none where it is all zeros */
} numeral;

static bool take_apart(dsr_str text, numeral *out) {
  size_t at = 0;
  *out = (numeral){0};
  if (text.len > 0 && (text.data[0] == '-' || text.data[0] == '+')) {
    out->negative = text.data[0] == '-';
    at++;
  }
  out->n_whole = run(text, at);
  if (out->n_whole == 0) return false;
  out->whole = text.data + at;
  at += out->n_whole;
  if (at < text.len && text.data[at] == '.') {
    out->pointed = true;
    out->fraction = text.data + ++at;
    out->n_fraction = run(text, at);
    if (out->n_fraction == 0) return false;
    at += out->n_fraction;
  }
  if (at != text.len) return false;
  while (out->n_whole > 1 && out->whole[0] == '0') {
    out->whole++;
    out->n_whole--;
  }
  while (out->n_fraction > 0 && out->fraction[out->n_fraction - 1] == '0') {
    out->n_fraction--;
  }
  if (out->n_whole == 1 && out->whole[0] == '0' && out->n_fraction == 0) {
    out->negative = false;
  }
  return true;
}

static void put_together(const numeral *in, char *canonical) {
  if (in->negative) *canonical++ = '-';
  memcpy(canonical, in->whole, in->n_whole);
  canonical += in->n_whole;
  if (in->pointed) {
    *canonical++ = '.';
    if (in->n_fraction > 0) memcpy(canonical, in->fraction, in->n_fraction);
    canonical += in->n_fraction;
    if (in->n_fraction == 0) *canonical++ = '0';
  }
  *canonical = '\0';
}

/* The digit at `i` of the numeral written out with enough places. */
static int digit_at(const numeral *in, size_t i) {
  if (i < in->n_whole) return in->whole[i] - '0';
  i -= in->n_whole;
  return i < in->n_fraction ? in->fraction[i] - '0' : 0;
}

/* The numeral in units of 10^-places; false where that is not exact or does not fit. */
static bool scaled(const numeral *in, size_t places, int64_t *out) {
  const int64_t bound = (INT64_C(1) << 60) / 10;
  int64_t value = 0;
  if (in->n_fraction > places) return false;
  for (size_t i = 0; i < in->n_whole + places; i++) {
    if (value > bound || value < -bound) return false;
    /* Built below zero where it is: -2^60 fits, 2^60 does not. */
    int digit = digit_at(in, i);
    value = value * 10 + (in->negative ? -digit : digit);
  }
  if (!dsr_word_int_fits(value)) return false;
  *out = value;
  return true;
}

dsr_status dsr_number_parse(dsr_str text, dsr_word *out, char *canonical) {
  numeral parts;
  int64_t value;
  if (!take_apart(text, &parts)) return DSR_ESYNTAX;
  put_together(&parts, canonical);
  if (!scaled(&parts, parts.pointed ? FRACTION : 0, &value)) return DSR_NOTHING;
  *out = dsr_word_int(value);
  if (parts.pointed) {
    *out = dsr_word_make(DSR_TAG_DECIMAL, dsr_word_payload(*out));
  }
  return DSR_OK;
}

static int format_decimal(int64_t millionths, char out[DSR_WORD_TEXT]) {
  /* The sign is written apart: -0.5 has none in its whole part. */
  uint64_t size = millionths < 0 ? (uint64_t)-millionths : (uint64_t)millionths;
  int len = snprintf(out, DSR_WORD_TEXT, "%s%" PRIu64 ".%06" PRIu64,
                     millionths < 0 ? "-" : "", size / MILLION, size % MILLION);
  while (out[len - 1] == '0' && out[len - 2] != '.') len--;
  out[len] = '\0';
  return len;
}

int dsr_word_format(dsr_word word, char out[DSR_WORD_TEXT]) {
  int64_t value = dsr_word_signed(word);
  switch (dsr_word_tag(word)) {
    case DSR_TAG_BOOL:
      return snprintf(out, DSR_WORD_TEXT, "%s",
                      dsr_word_payload(word) ? "true" : "false");
    case DSR_TAG_INT:
      return snprintf(out, DSR_WORD_TEXT, "%" PRId64, value);
    case DSR_TAG_DECIMAL:
      return format_decimal(value, out);
    case DSR_TAG_DAY:
      if (value < DSR_DAY_FIRST) value = DSR_DAY_FIRST;
      if (value > DSR_DAY_LAST) value = DSR_DAY_LAST;
      return dsr_day_format((dsr_day)value, out);
    default:
      out[0] = '\0';
      return 0;
  }
}
