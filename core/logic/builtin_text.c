/*
** builtin_text.c - built-in functions on texts, and between texts and other values.
**
** What comes out of a text keeps its language, as in SPARQL; a datatype says how the whole
** string is to be read, and is dropped with the first change.  UTF-8 is searched as bytes:
** no character's bytes begin within another's.
*/
#include <string.h>

#include "ground/text.h"
#include "logic/builtin.h"

static const dsr_str none = {NULL, 0};

/* A text's parts; DSR_NOTHING where the word is none. */
static dsr_status text_of(dsr_symbols *symbols, dsr_word word, dsr_value *out) {
  char scratch[DSR_WORD_TEXT];
  if (dsr_word_tag(word) != DSR_TAG_TEXT) return DSR_NOTHING;
  return dsr_word_value(symbols, word, scratch, out);
}

/* Two texts. */
static dsr_status texts_of(dsr_symbols *symbols, const dsr_word *args, dsr_value *a,
                           dsr_value *b) {
  dsr_status rc = text_of(symbols, args[0], a);
  return rc == DSR_OK ? text_of(symbols, args[1], b) : rc;
}

static dsr_status give_text(dsr_symbols *symbols, dsr_str string, dsr_str lang,
                            dsr_word *out) {
  return dsr_text_word(symbols, string, lang, none, DSR_INTERN_TEMP, out);
}

static dsr_status too_long(dsr_symbols *symbols, const char *what) {
  return dsr_fail(dsr_symbols_error(symbols), DSR_ELIMIT,
                  "%s would make a text of more than %d bytes", what, DSR_TEXT_MOST);
}

dsr_status dsr_builtin_length(dsr_symbols *symbols, const dsr_word *args, int n,
                              dsr_word *out) {
  dsr_value text;
  (void)n;
  dsr_status rc = text_of(symbols, args[0], &text);
  if (rc == DSR_OK) *out = dsr_word_int((int64_t)dsr_utf8_count(text.text));
  return rc;
}

/* ---- other letters, fewer characters ------------------------------------------------ */

static dsr_status map_text(dsr_symbols *symbols, dsr_word word,
                           dsr_str (*map)(dsr_arena *, dsr_str), dsr_word *out) {
  dsr_value text;
  dsr_arena arena = {0};
  dsr_status rc = text_of(symbols, word, &text);
  if (rc != DSR_OK) return rc;
  dsr_str mapped = map(&arena, text.text);
  rc = mapped.data != NULL ? give_text(symbols, mapped, text.lang, out)
                           : dsr_fail_memory(dsr_symbols_error(symbols));
  dsr_arena_free(&arena);
  return rc;
}

dsr_status dsr_builtin_lower(dsr_symbols *symbols, const dsr_word *args, int n,
                             dsr_word *out) {
  (void)n;
  return map_text(symbols, args[0], dsr_text_lower, out);
}

dsr_status dsr_builtin_upper(dsr_symbols *symbols, const dsr_word *args, int n,
                             dsr_word *out) {
  (void)n;
  return map_text(symbols, args[0], dsr_text_upper, out);
}

dsr_status dsr_builtin_trim(dsr_symbols *symbols, const dsr_word *args, int n,
                            dsr_word *out) {
  dsr_value text;
  (void)n;
  dsr_status rc = text_of(symbols, args[0], &text);
  if (rc != DSR_OK) return rc;
  return give_text(symbols, dsr_text_trim(text.text), text.lang, out);
}

/* From character args[1], counted from 1, args[2] of them, or all; what there is. */
dsr_status dsr_builtin_substring(dsr_symbols *symbols, const dsr_word *args, int n,
                                 dsr_word *out) {
  dsr_value text;
  int64_t from, count = INT64_MAX;
  dsr_status rc = text_of(symbols, args[0], &text);
  if (rc != DSR_OK) return rc;
  if (!dsr_word_integer(symbols, args[1], &from) || from < 1) return DSR_NOTHING;
  if (n > 2 && (!dsr_word_integer(symbols, args[2], &count) || count < 0)) {
    return DSR_NOTHING;
  }
  dsr_str part = text.text;
  size_t skipped = dsr_utf8_skip(part, (size_t)from - 1);
  if (skipped > 0) part.data += skipped;
  part.len -= skipped;
  part.len = dsr_utf8_skip(part, (size_t)count);
  return give_text(symbols, part, text.lang, out);
}

/* ---- putting together --------------------------------------------------------------- */

/* The language that all of them have; none where they differ. */
static dsr_str common_language(const dsr_value *parts, int n) {
  for (int i = 1; i < n; i++) {
    if (!dsr_str_eq(parts[i].lang, parts[0].lang)) return none;
  }
  return parts[0].lang;
}

dsr_status dsr_builtin_concat(dsr_symbols *symbols, const dsr_word *args, int n,
                              dsr_word *out) {
  char scratch[DSR_BUILTIN_ARGS][DSR_WORD_TEXT];
  dsr_value parts[DSR_BUILTIN_ARGS];
  size_t size = 0, at = 0;
  for (int i = 0; i < n; i++) {
    if (args[i] == DSR_WORD_NONE) return DSR_NOTHING;
    TRY(dsr_word_value(symbols, args[i], scratch[i], &parts[i]));
    size += parts[i].text.len; /* at most eight times 16 MB */
  }
  if (size > DSR_TEXT_MOST) return too_long(symbols, "concat");
  char *made = dsr_alloc(size + 1);
  if (made == NULL) return dsr_fail_memory(dsr_symbols_error(symbols));
  for (int i = 0; i < n; i++) {
    if (parts[i].text.len > 0) memcpy(made + at, parts[i].text.data, parts[i].text.len);
    at += parts[i].text.len;
  }
  dsr_status rc =
      give_text(symbols, (dsr_str){made, size}, common_language(parts, n), out);
  dsr_free(made);
  return rc;
}

/* Where `part`, which is not empty, stands first in `text` from byte `from` on; the length
** where it does not. */
static size_t find_part(dsr_str text, dsr_str part, size_t from) {
  if (from >= text.len) return text.len;
  const char *found = memmem(text.data + from, text.len - from, part.data, part.len);
  return found != NULL ? (size_t)(found - text.data) : text.len;
}

/* `text` with `to` in every place of `from`; how long it is, and the bytes in `made` unless
** that is NULL.  Past the most that a text may have, counting ends. */
static size_t put_instead(dsr_str text, dsr_str from, dsr_str to, char *made) {
  size_t size = 0, at = 0;
  while (at < text.len && size <= DSR_TEXT_MOST) {
    size_t found = find_part(text, from, at), kept = found - at;
    if (made != NULL) memcpy(made + size, text.data + at, kept);
    size += kept;
    at = found;
    if (at == text.len) break;
    if (made != NULL && to.len > 0) memcpy(made + size, to.data, to.len);
    size += to.len;
    at += from.len;
  }
  return size;
}

dsr_status dsr_builtin_replace(dsr_symbols *symbols, const dsr_word *args, int n,
                               dsr_word *out) {
  dsr_value text, from, to;
  (void)n;
  dsr_status rc = texts_of(symbols, args, &text, &from);
  if (rc == DSR_OK) rc = text_of(symbols, args[2], &to);
  if (rc != DSR_OK) return rc;
  if (from.text.len == 0) return give_text(symbols, text.text, text.lang, out);
  size_t size = put_instead(text.text, from.text, to.text, NULL);
  if (size > DSR_TEXT_MOST) return too_long(symbols, "replace");
  char *made = dsr_alloc(size + 1);
  if (made == NULL) return dsr_fail_memory(dsr_symbols_error(symbols));
  put_instead(text.text, from.text, to.text, made);
  rc = give_text(symbols, (dsr_str){made, size}, text.lang, out);
  dsr_free(made);
  return rc;
}

/* ---- asking ----------------------------------------------------------------------- */

static dsr_status test_texts(dsr_symbols *symbols, const dsr_word *args,
                             bool (*test)(dsr_str, dsr_str), dsr_word *out) {
  dsr_value text, part;
  dsr_status rc = texts_of(symbols, args, &text, &part);
  if (rc == DSR_OK) *out = dsr_word_bool(test(text.text, part.text));
  return rc;
}

static bool contains_part(dsr_str text, dsr_str part) {
  return part.len == 0 || find_part(text, part, 0) < text.len;
}

dsr_status dsr_builtin_contains(dsr_symbols *symbols, const dsr_word *args, int n,
                                dsr_word *out) {
  (void)n;
  return test_texts(symbols, args, contains_part, out);
}

static bool starts_with_part(dsr_str text, dsr_str part) {
  return text.len >= part.len && dsr_str_eq((dsr_str){text.data, part.len}, part);
}

dsr_status dsr_builtin_starts_with(dsr_symbols *symbols, const dsr_word *args, int n,
                                   dsr_word *out) {
  (void)n;
  return test_texts(symbols, args, starts_with_part, out);
}

static bool ends_with_part(dsr_str text, dsr_str part) {
  if (text.len < part.len) return false;
  return dsr_str_eq((dsr_str){text.data + text.len - part.len, part.len}, part);
}

dsr_status dsr_builtin_ends_with(dsr_symbols *symbols, const dsr_word *args, int n,
                                 dsr_word *out) {
  (void)n;
  return test_texts(symbols, args, ends_with_part, out);
}

dsr_status dsr_builtin_language(dsr_symbols *symbols, const dsr_word *args, int n,
                                dsr_word *out) {
  dsr_value text;
  (void)n;
  dsr_status rc = text_of(symbols, args[0], &text);
  if (rc != DSR_OK) return rc;
  return text.lang.len > 0 ? give_text(symbols, text.lang, none, out) : DSR_NOTHING;
}

/* ---- between texts and other values ------------------------------------------------- */

dsr_status dsr_builtin_text(dsr_symbols *symbols, const dsr_word *args, int n,
                            dsr_word *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  (void)n;
  if (args[0] == DSR_WORD_NONE) return DSR_NOTHING;
  TRY(dsr_word_value(symbols, args[0], scratch, &value));
  return give_text(symbols, value.text, none, out);
}

/* The number that a numeral is; DSR_NOTHING where it is none. */
static dsr_status read_number(dsr_symbols *symbols, dsr_str numeral, dsr_word *out) {
  if (numeral.len == 0 || numeral.len > DSR_NAME_MOST) return DSR_NOTHING;
  char *canonical = dsr_alloc(numeral.len + 3);
  if (canonical == NULL) return dsr_fail_memory(dsr_symbols_error(symbols));
  dsr_status rc = dsr_number_parse(numeral, out, canonical);
  if (rc == DSR_NOTHING) {
    rc = dsr_symbols_temp(symbols, DSR_SYM_NUMBER, dsr_str_of(canonical), out);
  } else if (rc < 0) {
    rc = DSR_NOTHING;
  }
  dsr_free(canonical);
  return rc;
}

dsr_status dsr_builtin_number(dsr_symbols *symbols, const dsr_word *args, int n,
                              dsr_word *out) {
  dsr_value text;
  double number;
  (void)n;
  if (dsr_word_double(symbols, args[0], &number)) {
    *out = args[0];
    return DSR_OK;
  }
  dsr_status rc = text_of(symbols, args[0], &text);
  return rc == DSR_OK ? read_number(symbols, text.text, out) : rc;
}
