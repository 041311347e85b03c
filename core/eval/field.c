/*
** field.c - what a field of a table can be, and the word for it.
**
** Being of a type is decided by the same functions when a column is typed and when it is
** read, so a column that was typed by all of its fields can be read.
*/
#include <string.h>

#include "eval/field.h"
#include "ground/text.h"

enum {
  WORD_DIGITS = 18, /* so many digits always fit a word */
  TIME_MOST = 64,   /* bytes; no EDTF time is longer */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits from `at` on. */
static size_t digits(dsr_str text, size_t at) {
  size_t end = at;
  while (end < text.len && is_digit(text.data[end])) end++;
  return end - at;
}

/* The bytes of a sign and of digits without an idle zero in front; 0: there are none. */
static size_t whole_part(dsr_str text) {
  size_t sign = text.len > 0 && text.data[0] == '-';
  size_t n = digits(text, sign);
  if (n == 0 || (n > 1 && text.data[sign] == '0')) return 0;
  return sign + n;
}

static bool is_int(dsr_str text) {
  size_t whole = whole_part(text);
  if (whole == 0 || whole != text.len) return false;
  return text.data[0] != '-' || !dsr_str_is(text, "-0");
}

static bool is_decimal(dsr_str text) {
  if (is_int(text)) return true;
  size_t whole = whole_part(text);
  if (whole == 0 || whole == text.len || text.data[whole] != '.') return false;
  size_t fraction = digits(text, whole + 1);
  return fraction > 0 && whole + 1 + fraction == text.len;
}

static bool is_time(dsr_str text) {
  char why[256];
  dsr_time time;
  if (text.len < 4 || text.len > TIME_MOST) return false;
  char first = text.data[0];
  if (!is_digit(first) && first != '-' && first != '.') return false;
  return dsr_time_parse(text, &time, why, sizeof why) >= 0;
}

static bool is_name(dsr_str text) {
  size_t size;
  if (text.len == 0 || text.len > DSR_NAME_MOST) return false;
  for (size_t at = 0; at < text.len; at += size) {
    char c = text.data[at];
    size = 1;
    if (is_letter(c)) continue;
    if ((unsigned char)c >= 0x80) {
      dsr_char class = dsr_utf8_char(text, at, &size);
      if (class == DSR_CHAR_SMALL || class == DSR_CHAR_CAPITAL) continue;
      if (at == 0 || class != DSR_CHAR_FOLLOW) return false;
    } else if (at == 0 || !(is_digit(c) || memchr("_-.:/", c, 5))) {
      return false;
    }
  }
  return true;
}

static bool is_bool(dsr_str text) {
  return dsr_str_is(text, "true") || dsr_str_is(text, "false");
}

static bool is_of(dsr_str field, dsr_field_type type) {
  switch (type) {
    case DSR_FIELD_BOOL:
      return is_bool(field);
    case DSR_FIELD_INT:
      return is_int(field);
    case DSR_FIELD_DECIMAL:
      return is_decimal(field);
    case DSR_FIELD_TIME:
      return is_time(field);
    case DSR_FIELD_ENTITY:
      return is_name(field);
    default:
      return true;
  }
}

unsigned dsr_field_types(dsr_str field, unsigned among) {
  unsigned types = 0;
  for (int type = DSR_FIELD_BOOL; type <= DSR_FIELD_TEXT; type++) {
    unsigned bit = 1u << type;
    bool is_known = type == DSR_FIELD_DECIMAL && (types & 1u << DSR_FIELD_INT);
    if ((among & bit) && (is_known || is_of(field, (dsr_field_type)type))) types |= bit;
  }
  return types;
}

/* ---- words ------------------------------------------------------------------------- */

static dsr_status int_word(dsr_symbols *symbols, dsr_str field, dsr_word *out) {
  if (field.len > WORD_DIGITS) {
    return dsr_number_word(symbols, field, DSR_INTERN_TEMP, out);
  }
  bool negative = field.data[0] == '-';
  int64_t value = 0;
  for (size_t i = negative; i < field.len; i++)
    value = value * 10 + (field.data[i] - '0');
  *out = dsr_word_int(negative ? -value : value);
  return DSR_OK;
}

/* An integer among decimals gets a point. */
static dsr_status decimal_word(dsr_symbols *symbols, dsr_str field, dsr_word *out) {
  if (memchr(field.data, '.', field.len)) {
    return dsr_number_word(symbols, field, DSR_INTERN_TEMP, out);
  }
  char *pointed = dsr_alloc(field.len + 2);
  if (!pointed) return dsr_fail_memory(dsr_symbols_error(symbols));
  memcpy(pointed, field.data, field.len);
  memcpy(pointed + field.len, ".0", 2);
  dsr_status rc =
      dsr_number_word(symbols, (dsr_str){pointed, field.len + 2}, DSR_INTERN_TEMP, out);
  dsr_free(pointed);
  return rc;
}

dsr_status dsr_field_word(dsr_symbols *symbols, dsr_field_type type, dsr_str field,
                          dsr_word *out) {
  if (!is_of(field, type)) return DSR_NOTHING;
  switch (type) {
    case DSR_FIELD_BOOL:
      *out = dsr_word_bool(field.data[0] == 't');
      return DSR_OK;
    case DSR_FIELD_INT:
      return int_word(symbols, field, out);
    case DSR_FIELD_DECIMAL:
      return decimal_word(symbols, field, out);
    case DSR_FIELD_TIME:
      return dsr_time_word(symbols, field, DSR_INTERN_TEMP, out);
    case DSR_FIELD_ENTITY:
      return dsr_symbols_temp(symbols, DSR_SYM_ENTITY, field, out);
    default:
      return dsr_symbols_temp(symbols, DSR_SYM_TEXT, field, out);
  }
}
