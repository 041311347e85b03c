/*
** spell.c - words in the language.
**
** What is written here, the language reads back as the same value.  A name goes without
** quotes only where that is beyond doubt: the grammar's letters are Unicode's, but it
** takes none from the blocks of signs that hold a few (superscripts, letter-like signs,
** CJK marks), so a name with one of these is quoted.
*/
#include <string.h>

#include "ground/text.h"
#include "value/symbol.h"

/* ---- names ---------------------------------------------------------------------- */

/* The kind of the character at `at` for a name that has no quotes. */
static dsr_char plain_char(dsr_str name, size_t at, size_t *size) {
  dsr_char kind = dsr_utf8_char(name, at, size);
  unsigned char first = (unsigned char)name.data[at];
  unsigned char second = *size > 1 ? (unsigned char)name.data[at + 1] : 0;
  bool signs = (first == 0xe2 && second < 0xb0) || (first == 0xe3 && second == 0x80) ||
               (first == 0xf0 && second == 0x9f);
  return signs ? DSR_CHAR_OTHER : kind;
}

/* Does `name` need quotes to be read as an entity or relation (it starts with no
** lower-case letter, holds odd characters, or is a reserved word)? */
static bool needs_quotes(dsr_str name) {
  size_t size, at = 0;
  if (name.len == 0 || plain_char(name, 0, &size) != DSR_CHAR_SMALL) return true;
  for (; at < name.len; at += size) {
    if (plain_char(name, at, &size) == DSR_CHAR_OTHER) return true;
  }
  return dsr_str_is(name, "not") || dsr_str_is(name, "true") ||
         dsr_str_is(name, "false");
}

static bool is_letter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

/* "<scheme:...>" with nothing in it that ends or breaks an IRI? */
static bool is_bracketed(dsr_str name) {
  if (name.len < 4 || name.data[0] != '<' || name.data[name.len - 1] != '>')
    return false;
  bool in_scheme = true;
  for (size_t i = 1; i < name.len - 1; i++) {
    unsigned char c = (unsigned char)name.data[i];
    if (c <= ' ' || memchr("<>\"{}|^`\\", c, 9)) return false;
    if (in_scheme && c == ':') {
      if (i == 1) return false;
      in_scheme = false;
    }
    bool fits = is_letter(c) || (i > 1 && (is_digit(c) || memchr("+.-", c, 3)));
    if (in_scheme && !fits) return false;
  }
  return !in_scheme;
}

/* "_:b1", in ASCII? */
static bool is_blank_node(dsr_str name) {
  if (name.len < 3 || name.data[0] != '_' || name.data[1] != ':') return false;
  for (size_t i = 2; i < name.len; i++) {
    unsigned char c = (unsigned char)name.data[i];
    if (!is_letter(c) && !is_digit(c) && c != '_') return false;
  }
  return true;
}

/* ---- times ---------------------------------------------------------------------- */

/* A side of an interval, or a date, that is no number: "1994-02", "1994?", "19XX", "..". */
static bool is_strong(dsr_str side) {
  if (side.len == 2 && side.data[0] == '.') return true;
  for (size_t i = 0; i < side.len; i++) {
    char c = side.data[i];
    if (c == '?' || c == '~' || c == 'X' || (c == '-' && i > 0)) return true;
  }
  return false;
}

static bool is_plain_year(dsr_str side) {
  return side.len == 4 && is_digit(side.data[0]) && is_digit(side.data[1]) &&
         is_digit(side.data[2]) && is_digit(side.data[3]);
}

bool dsr_time_stands_alone(dsr_str edtf, bool date) {
  const char *slash = edtf.len > 0 ? memchr(edtf.data, '/', edtf.len) : NULL;
  if (slash == NULL) return is_strong(edtf) || (date && is_plain_year(edtf));
  dsr_str left = {edtf.data, (size_t)(slash - edtf.data)};
  dsr_str right = {slash + 1, edtf.len - left.len - 1};
  bool open = right.len == 0 || is_plain_year(right);
  if (is_strong(left)) return open || is_strong(right);
  if (left.len == 0) return is_strong(right) && right.data[0] != '.';
  return is_plain_year(left) && is_strong(right);
}

/* ---- escapes -------------------------------------------------------------------- */

/* What stands after a backslash for `c` within `quote`s; 0 where it stands for
** itself. */
static char escape_of(char c, char quote) {
  switch (c) {
    case '\\':
      return '\\';
    case '\n':
      return 'n';
    case '\t':
      return 't';
    case '\r':
      return 'r';
    default:
      return c == quote ? c : 0;
  }
}

static size_t quoted_len(dsr_str text, char quote) {
  size_t len = text.len + 2;
  for (size_t i = 0; i < text.len; i++) len += escape_of(text.data[i], quote) != 0;
  return len;
}

/* Write `text` in `quote`s at `at`; gives where it ends. */
static char *put_quoted(char *at, dsr_str text, char quote) {
  *at++ = quote;
  for (size_t i = 0; i < text.len; i++) {
    char escape = escape_of(text.data[i], quote);
    if (escape) *at++ = '\\';
    *at++ = escape ? escape : text.data[i];
  }
  *at++ = quote;
  return at;
}

static char *put(char *at, dsr_str text) {
  if (text.len > 0) memcpy(at, text.data, text.len);
  return at + text.len;
}

/* ---- words ---------------------------------------------------------------------- */

/* Room for `len` bytes and a NUL in `arena`. */
static dsr_status make_room(dsr_symbols *symbols, dsr_arena *arena, size_t len,
                            char **out) {
  *out = dsr_arena_alloc(arena, len + 1);
  return *out ? DSR_OK : dsr_fail_memory(dsr_symbols_error(symbols));
}

static dsr_status write_plain(dsr_symbols *symbols, dsr_str text, dsr_arena *arena,
                              dsr_str *out) {
  dsr_str copy = dsr_arena_str(arena, text);
  if (!copy.data) return dsr_fail_memory(dsr_symbols_error(symbols));
  *out = copy;
  return DSR_OK;
}

dsr_status dsr_name_write(dsr_symbols *symbols, dsr_str name, dsr_arena *arena,
                          dsr_str *out) {
  char *text;
  if (is_bracketed(name) || is_blank_node(name) || !needs_quotes(name)) {
    return write_plain(symbols, name, arena, out);
  }
  size_t len = quoted_len(name, '\'');
  TRY(make_room(symbols, arena, len, &text));
  put_quoted(text, name, '\'');
  *out = (dsr_str){text, len};
  return DSR_OK;
}

static dsr_status write_text(dsr_symbols *symbols, const dsr_value *value,
                             dsr_arena *arena, dsr_str *out) {
  char *text;
  dsr_str lang = value->lang, datatype = value->datatype;
  size_t len = quoted_len(value->text, '"') + (lang.len > 0 ? lang.len + 1 : 0) +
               (datatype.len > 0 ? datatype.len + 4 : 0);
  TRY(make_room(symbols, arena, len, &text));
  char *at = put_quoted(text, value->text, '"');
  if (lang.len > 0) {
    *at++ = '@';
    at = put(at, lang);
  }
  if (datatype.len > 0) {
    at = put(at, dsr_str_of("^^<"));
    at = put(at, datatype);
    *at++ = '>';
  }
  *out = (dsr_str){text, (size_t)(at - text)};
  return DSR_OK;
}

dsr_status dsr_word_write(dsr_symbols *symbols, dsr_word word, dsr_arena *arena,
                          dsr_str *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  TRY(dsr_word_value(symbols, word, scratch, &value));
  if (value.type == DSR_ENTITY) return dsr_name_write(symbols, value.text, arena, out);
  if (value.type == DSR_TEXT) return write_text(symbols, &value, arena, out);
  return write_plain(symbols, value.text, arena, out);
}
