/*
** literal.c - words from what texts and hosts say, and the parts of a word back.
**
** Each kind of literal first looks whether it fits a word by itself and is interned
** only if not.
**
** Doubles go through digits: the shortest run of them that reads back.  The digits are
** picked out of C's exponent form and handed back to it in the same, without a point,
** so that no locale's comma gets in.
*/
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "value/symbol.h"

enum {
  DOUBLE_DIGITS = 17,   /* enough for any double to read back */
  NUMERAL_MOST = 400,   /* bytes of any double's numeral */
  DIGITS_COUNT = 800,   /* digits past these only break ties in rounding to a double */
  SCRATCH_BYTES = 1024, /* literals up to this size need no allocation */
};

#define EXACT_MOST (INT64_C(1) << 53) /* a double holds every integer up to here */

static dsr_status intern(dsr_symbols *symbols, dsr_symbol_kind kind, dsr_str spelling,
                         dsr_intern_mode mode, dsr_word *out) {
  switch (mode) {
    case DSR_INTERN:
      return dsr_symbols_intern(symbols, kind, spelling, out);
    case DSR_INTERN_TEMP:
      return dsr_symbols_temp(symbols, kind, spelling, out);
    default:
      return dsr_symbols_find(symbols, kind, spelling, out);
  }
}

/* ---- times ---------------------------------------------------------------------- */

dsr_status dsr_time_word(dsr_symbols *symbols, dsr_str edtf, dsr_intern_mode mode,
                         dsr_word *out) {
  char why[256];
  dsr_time time;
  if (dsr_time_parse(edtf, &time, why, sizeof why) < 0) {
    return dsr_fail(dsr_symbols_error(symbols), DSR_ETIME, "%s", why);
  }
  if (dsr_str_is(edtf, "unknown")) { /* as if no time were written */
    *out = DSR_WORD_NONE;
    return DSR_OK;
  }
  bool as_written = !memchr(edtf.data, 'X', edtf.len); /* a day has one spelling */
  if (dsr_time_is_day(&time) && as_written) {
    *out = dsr_word_day(time.es);
    return DSR_OK;
  }
  return intern(symbols, DSR_SYM_TIME, edtf, mode, out);
}

/* ---- numbers -------------------------------------------------------------------- */

static dsr_status number_word(dsr_symbols *symbols, dsr_str numeral, char *canonical,
                              dsr_intern_mode mode, dsr_word *out) {
  dsr_status rc = dsr_number_parse(numeral, out, canonical);
  if (rc == DSR_NOTHING) {
    return intern(symbols, DSR_SYM_NUMBER, dsr_str_of(canonical), mode, out);
  }
  if (rc < 0) {
    return dsr_fail(dsr_symbols_error(symbols), rc,
                    "\"%.*s\" is no number; numbers are written -12 or 0.5",
                    (int)(numeral.len < 40 ? numeral.len : 40),
                    numeral.data ? numeral.data : "");
  }
  return DSR_OK;
}

dsr_status dsr_number_word(dsr_symbols *symbols, dsr_str numeral, dsr_intern_mode mode,
                           dsr_word *out) {
  char scratch[SCRATCH_BYTES];
  char *canonical = scratch;
  if (numeral.len + 3 > sizeof scratch) {
    canonical = dsr_alloc(numeral.len + 3);
    if (!canonical) return dsr_fail_memory(dsr_symbols_error(symbols));
  }
  dsr_status rc = number_word(symbols, numeral, canonical, mode, out);
  if (canonical != scratch) dsr_free(canonical);
  return rc;
}

dsr_status dsr_int_word(dsr_symbols *symbols, int64_t value, dsr_intern_mode mode,
                        dsr_word *out) {
  char numeral[24];
  if (dsr_word_int_fits(value)) {
    *out = dsr_word_int(value);
    return DSR_OK;
  }
  snprintf(numeral, sizeof numeral, "%" PRId64, value);
  return intern(symbols, DSR_SYM_NUMBER, dsr_str_of(numeral), mode, out);
}

/* The fewest digits that read back as `value`, which is finite and not negative, and
** where the point goes: value = 0.digits * 10^point.  Returns how many. */
static int shortest(double value, char digits[DOUBLE_DIGITS + 1], int *point) {
  char form[64];
  int precision = 0;
  do {
    snprintf(form, sizeof form, "%.*e", precision, value);
  } while (strtod(form, NULL) != value && ++precision < DOUBLE_DIGITS);
  int n = 0;
  const char *at = form;
  for (; *at && *at != 'e'; at++) {
    if (*at >= '0' && *at <= '9' && n < DOUBLE_DIGITS) digits[n++] = *at;
  }
  digits[n] = '\0';
  *point = (*at ? (int)strtol(at + 1, NULL, 10) : 0) + 1;
  return n;
}

/* Digits with a point among them: "0.005", "1200.0". */
static size_t spell_double(double value, char out[NUMERAL_MOST]) {
  char digits[DOUBLE_DIGITS + 1];
  int point;
  size_t len = 0;
  int n = shortest(fabs(value), digits, &point);
  if (signbit(value)) out[len++] = '-';
  if (point <= 0) out[len++] = '0';
  for (int i = 0; i < point; i++) out[len++] = i < n ? digits[i] : '0';
  out[len++] = '.';
  for (int i = point; i < 0; i++) out[len++] = '0';
  for (int i = point > 0 ? point : 0; i < n; i++) out[len++] = digits[i];
  if (point >= n) out[len++] = '0';
  assert(len < NUMERAL_MOST);
  return len;
}

dsr_status dsr_double_word(dsr_symbols *symbols, double value, dsr_intern_mode mode,
                           dsr_word *out) {
  char numeral[NUMERAL_MOST];
  if (!isfinite(value)) {
    return dsr_fail(dsr_symbols_error(symbols), DSR_ETYPE,
                    "%s is no number that a base can hold",
                    isnan(value) ? "not-a-number" : "infinity");
  }
  size_t len = spell_double(value, numeral);
  return dsr_number_word(symbols, (dsr_str){numeral, len}, mode, out);
}

/* ---- texts ---------------------------------------------------------------------- */

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Letters, then groups of letters and digits after minuses: "uk", "zh-Hant". */
static bool is_language(dsr_str lang) {
  bool first = true; /* in the first group */
  size_t group = 0;  /* characters in this one so far */
  for (size_t i = 0; i < lang.len; i++) {
    char c = lang.data[i];
    if (c == '-' && group > 0) {
      first = false;
      group = 0;
    } else if (is_letter(c) || (!first && is_digit(c))) {
      group++;
    } else {
      return false;
    }
  }
  return group > 0;
}

/* A scheme, a colon, and nothing that an IRI in brackets cannot hold. */
static bool is_iri(dsr_str iri) {
  const char *colon = iri.len > 0 ? memchr(iri.data, ':', iri.len) : NULL;
  if (!colon || !is_letter(iri.data[0])) return false;
  for (const char *at = iri.data; at < colon; at++) {
    bool fits = is_letter(*at) || is_digit(*at) || memchr("+.-", *at, 3);
    if (!fits) return false;
  }
  for (size_t i = 0; i < iri.len; i++) {
    unsigned char c = (unsigned char)iri.data[i];
    if (c <= ' ' || memchr("<>\"{}|^`\\", c, 9)) return false;
  }
  return true;
}

/* `iri` without the brackets that it may stand in. */
static dsr_str without_brackets(dsr_str iri) {
  bool both = iri.len >= 2 && iri.data[0] == '<' && iri.data[iri.len - 1] == '>';
  return both ? (dsr_str){iri.data + 1, iri.len - 2} : iri;
}

static dsr_status check_parts(dsr_symbols *symbols, dsr_str lang, dsr_str datatype) {
  dsr_error *error = dsr_symbols_error(symbols);
  if (lang.len > 0 && datatype.len > 0) {
    return dsr_fail(error, DSR_EMISUSE,
                    "a text has a language or a datatype, not both");
  }
  if (lang.len > 0 && !is_language(lang)) {
    return dsr_fail(error, DSR_ESYNTAX,
                    "\"%.*s\" is no language; write \"uk\" or \"en-GB\"",
                    (int)(lang.len < 40 ? lang.len : 40), lang.data);
  }
  if (datatype.len > 0 && !is_iri(datatype)) {
    return dsr_fail(error, DSR_ESYNTAX, "\"%.*s\" is no IRI, as a datatype must be",
                    (int)(datatype.len < 80 ? datatype.len : 80), datatype.data);
  }
  return DSR_OK;
}

/* The string, a NUL, "@" or "^^", and the language or datatype. */
static dsr_status marked_word(dsr_symbols *symbols, dsr_str string, const char *mark,
                              dsr_str part, dsr_intern_mode mode, dsr_word *out) {
  char scratch[SCRATCH_BYTES];
  char *spelling = scratch;
  size_t n_mark = strlen(mark), len = string.len + 1 + n_mark + part.len;
  if (len > sizeof scratch) {
    spelling = dsr_alloc(len);
    if (!spelling) return dsr_fail_memory(dsr_symbols_error(symbols));
  }
  if (string.len > 0) memcpy(spelling, string.data, string.len);
  spelling[string.len] = '\0';
  memcpy(spelling + string.len + 1, mark, n_mark);
  memcpy(spelling + string.len + 1 + n_mark, part.data, part.len);
  dsr_status rc = intern(symbols, DSR_SYM_TEXT, (dsr_str){spelling, len}, mode, out);
  if (spelling != scratch) dsr_free(spelling);
  return rc;
}

dsr_status dsr_text_word(dsr_symbols *symbols, dsr_str string, dsr_str lang,
                         dsr_str datatype, dsr_intern_mode mode, dsr_word *out) {
  datatype = without_brackets(datatype);
  TRY(check_parts(symbols, lang, datatype));
  if (string.len > 0 && memchr(string.data, '\0', string.len)) {
    if (mode == DSR_INTERN_FIND) return DSR_NOTHING; /* no text holds one */
    return dsr_fail(dsr_symbols_error(symbols), DSR_ESYNTAX,
                    "a text cannot hold a NUL");
  }
  if (lang.len > 0) return marked_word(symbols, string, "@", lang, mode, out);
  if (datatype.len > 0) return marked_word(symbols, string, "^^", datatype, mode, out);
  return intern(symbols, DSR_SYM_TEXT, string, mode, out);
}

dsr_status dsr_text_spelling(dsr_symbols *symbols, dsr_str string, dsr_str lang,
                             dsr_str datatype, dsr_bytes *room, dsr_str *out) {
  datatype = without_brackets(datatype);
  TRY(check_parts(symbols, lang, datatype));
  if (string.len > 0 && memchr(string.data, '\0', string.len)) {
    return dsr_fail(dsr_symbols_error(symbols), DSR_ESYNTAX,
                    "a text cannot hold a NUL");
  }
  *out = string;
  if (lang.len + datatype.len == 0) return DSR_OK;
  size_t start = room->len;
  const char *mark = lang.len > 0 ? "@" : "^^";
  dsr_str part = lang.len > 0 ? lang : datatype;
  if (!dsr_bytes_put(room, string.data, string.len) || !dsr_bytes_put(room, "", 1) ||
      !dsr_bytes_put(room, mark, strlen(mark)) ||
      !dsr_bytes_put(room, part.data, part.len)) {
    return dsr_fail_memory(dsr_symbols_error(symbols));
  }
  *out = (dsr_str){(const char *)room->items + start, room->len - start};
  return DSR_OK;
}

void dsr_text_parts(dsr_str spelling, dsr_str *string, dsr_str *lang,
                    dsr_str *datatype) {
  const char *nul = spelling.len > 0 ? memchr(spelling.data, '\0', spelling.len) : NULL;
  *string = spelling;
  *lang = *datatype = (dsr_str){NULL, 0};
  if (!nul) return;
  string->len = (size_t)(nul - spelling.data);
  dsr_str rest = {nul + 1, spelling.len - string->len - 1};
  if (rest.len > 1 && rest.data[0] == '@') {
    *lang = (dsr_str){rest.data + 1, rest.len - 1};
  } else if (rest.len > 2) {
    *datatype = (dsr_str){rest.data + 2, rest.len - 2};
  }
}

/* ---- what a word is ------------------------------------------------------------- */

/* The symbol of an interned word, whose kind must be what the tag says. */
static dsr_status symbol_of(dsr_symbols *symbols, dsr_word word, dsr_symbol_kind *kind,
                            dsr_str *spelling) {
  int tag = dsr_word_tag(word);
  TRY(dsr_symbols_get(symbols, word, kind, spelling));
  bool fits = tag == DSR_TAG_ENTITY ? *kind == DSR_SYM_ENTITY
              : tag == DSR_TAG_TEXT ? *kind == DSR_SYM_TEXT
                                    : *kind == DSR_SYM_TIME || *kind == DSR_SYM_NUMBER;
  if (fits) return DSR_OK;
  return dsr_fail(dsr_symbols_error(symbols), DSR_EDAMAGED,
                  "the base is damaged: a name is of the wrong kind");
}

/* An integer numeral as an int64_t; false where it has a point or is wider. */
static bool read_integer(dsr_str numeral, int64_t *out) {
  bool negative = numeral.len > 0 && numeral.data[0] == '-';
  uint64_t most = (uint64_t)INT64_MAX + negative, size = 0;
  if (numeral.len == negative) return false;
  for (size_t i = negative; i < numeral.len; i++) {
    if (!is_digit(numeral.data[i])) return false;
    unsigned digit = (unsigned)(numeral.data[i] - '0');
    if (size > (most - digit) / 10) return false;
    size = size * 10 + digit;
  }
  *out = negative ? -(int64_t)(size - 1) - 1 : (int64_t)size;
  return true;
}

static void symbol_value(dsr_symbol_kind kind, dsr_str spelling, dsr_value *out) {
  switch (kind) {
    case DSR_SYM_ENTITY:
      out->type = DSR_ENTITY;
      break;
    case DSR_SYM_TEXT:
      out->type = DSR_TEXT;
      dsr_text_parts(spelling, &out->text, &out->lang, &out->datatype);
      return;
    case DSR_SYM_TIME:
      out->type = DSR_TIME;
      break;
    default:
      out->type = read_integer(spelling, &out->integer) ? DSR_INT : DSR_DECIMAL;
      break;
  }
  out->text = spelling;
}

dsr_status dsr_word_value(dsr_symbols *symbols, dsr_word word,
                          char scratch[DSR_WORD_TEXT], dsr_value *out) {
  static const dsr_type types[] = {DSR_NULL, DSR_BOOL, DSR_INT, DSR_DECIMAL, DSR_TIME};
  dsr_value value = {0};
  if (dsr_word_interned(word)) {
    dsr_symbol_kind kind;
    dsr_str spelling;
    TRY(symbol_of(symbols, word, &kind, &spelling));
    symbol_value(kind, spelling, &value);
  } else {
    value.type = types[dsr_word_tag(word)];
    value.text = (dsr_str){scratch, (size_t)dsr_word_format(word, scratch)};
    if (value.type == DSR_BOOL) value.integer = (int64_t)dsr_word_payload(word);
    if (value.type == DSR_INT) value.integer = dsr_word_signed(word);
  }
  *out = value;
  return DSR_OK;
}

/* A numeral as the nearest double. */
static double read_double(dsr_str numeral) {
  char form[DIGITS_COUNT + 32];
  size_t n = 0, digits = 0;
  long exponent = 0;
  bool past_point = false, dropped = false;
  for (size_t i = 0; i < numeral.len; i++) {
    char c = numeral.data[i];
    if (c == '.') {
      past_point = true;
    } else if (c == '-') {
      form[n++] = c;
    } else if (digits < DIGITS_COUNT) {
      form[n++] = c;
      digits += digits > 0 || c != '0';
      exponent -= past_point;
      if (digits == 0) n--; /* zeros in front say nothing */
    } else {
      dropped = dropped || c != '0';
      exponent += !past_point;
    }
  }
  if (dropped) {
    form[n++] = '1';
    exponent--;
  }
  if (digits == 0) form[n++] = '0';
  snprintf(form + n, sizeof form - n, "e%ld", exponent);
  return strtod(form, NULL);
}

/* Millionths divide exactly where a double holds them; else by the digits. */
static double decimal_double(dsr_word word) {
  char text[DSR_WORD_TEXT];
  int64_t millionths = dsr_word_signed(word);
  if (millionths >= -EXACT_MOST && millionths <= EXACT_MOST) {
    return (double)millionths / 1e6;
  }
  int len = dsr_word_format(word, text);
  return read_double((dsr_str){text, (size_t)len});
}

bool dsr_word_double(dsr_symbols *symbols, dsr_word word, double *out) {
  dsr_symbol_kind kind;
  dsr_str spelling;
  switch (dsr_word_tag(word)) {
    case DSR_TAG_INT:
      *out = (double)dsr_word_signed(word);
      return true;
    case DSR_TAG_DECIMAL:
      *out = decimal_double(word);
      return true;
    case DSR_TAG_OTHER:
      if (symbol_of(symbols, word, &kind, &spelling) < 0) return false;
      if (kind != DSR_SYM_NUMBER) return false;
      *out = read_double(spelling);
      return true;
    default:
      return false;
  }
}

bool dsr_word_integer(dsr_symbols *symbols, dsr_word word, int64_t *out) {
  dsr_symbol_kind kind;
  dsr_str spelling;
  if (dsr_word_tag(word) == DSR_TAG_INT) {
    *out = dsr_word_signed(word);
    return true;
  }
  return dsr_word_tag(word) == DSR_TAG_OTHER &&
         symbol_of(symbols, word, &kind, &spelling) >= 0 && kind == DSR_SYM_NUMBER &&
         read_integer(spelling, out);
}
