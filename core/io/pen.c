/*
** pen.c - writing out what is exported: bytes gathered, words in the language.
**
** What is written, the language reads back as the same value.  Most names are plain: a
** small letter, then letters, digits and `_` of ASCII, or an IRI; these go out as they are,
** all others by way of dsr_word_write().
*/
#include "io/pen.h"

#include <stdarg.h>
#include <stdio.h>

#include "ground/text.h"

enum { SEND = 1 << 16, SPARE_MOST = 1 << 16 };

/* What a byte may be in. */
enum { NAME = 1, IRI = 2, TEXT = 4 };

static unsigned char byte_class(unsigned char c) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  bool name = letter || (c >= '0' && c <= '9') || c == '_';
  bool iri = c > ' ' && c < 0x7f && memchr("<>\"{}|^`\\", c, 9) == NULL;
  bool text = c != '"' && c != '\\' && c != '\n' && c != '\t' && c != '\r';
  return (unsigned char)((name ? NAME : 0) | (iri ? IRI : 0) | (text ? TEXT : 0));
}

void dsr_pen_start(dsr_pen *pen, dsr_facts *facts, dsr_write write, void *ud) {
  *pen = (dsr_pen){.facts = facts, .write = write, .ud = ud, .failed = DSR_OK};
  for (int c = 0; c < 256; c++) pen->classes[c] = byte_class((unsigned char)c);
}

void dsr_pen_fail(dsr_pen *pen, dsr_status rc) {
  if (rc < 0 && pen->failed >= 0) pen->failed = rc;
}

static void send(dsr_pen *pen) {
  size_t len = pen->bytes.len;
  pen->bytes.len = 0;
  if (pen->failed < 0 || len == 0) return;
  if (pen->write(pen->ud, pen->bytes.items, len) == 0) return;
  dsr_pen_fail(
      pen, dsr_fail(dsr_facts_error(pen->facts), DSR_ESTOPPED, "writing was stopped"));
}

dsr_status dsr_pen_end(dsr_pen *pen) {
  send(pen);
  return pen->failed;
}

void dsr_pen_free(dsr_pen *pen) {
  VEC_FREE(&pen->bytes);
  dsr_arena_free(&pen->arena);
}

/* Room for `len` more bytes; NULL where there is none. */
static char *room(dsr_pen *pen, size_t len) {
  if (pen->bytes.len >= SEND && pen->write != NULL) send(pen);
  if (pen->failed < 0) return NULL;
  bool fits = len <= pen->bytes.cap - pen->bytes.len;
  if (!fits && !VEC_RESERVE(&pen->bytes, len)) {
    dsr_pen_fail(pen, dsr_fail_memory(dsr_facts_error(pen->facts)));
    return NULL;
  }
  return pen->bytes.items + pen->bytes.len;
}

void dsr_pen_bytes(dsr_pen *pen, const char *data, size_t len) {
  char *at = len > 0 ? room(pen, len) : NULL;
  if (at == NULL) return;
  memcpy(at, data, len);
  pen->bytes.len += len;
}

void dsr_pen_format(dsr_pen *pen, const char *format, ...) {
  char words[256];
  va_list list;
  va_start(list, format);
  int n = vsnprintf(words, sizeof words, format, list);
  va_end(list);
  if (n > 0) dsr_pen_bytes(pen, words, (size_t)n < sizeof words ? (size_t)n : 255);
}

/* ---- words ----------------------------------------------------------------------- */

/* Are all bytes from `from` to `to` of the class? */
static bool all(const dsr_pen *pen, dsr_str text, size_t from, size_t to, unsigned of) {
  for (size_t i = from; i < to; i++) {
    if (!(pen->classes[(unsigned char)text.data[i]] & of)) return false;
  }
  return true;
}

/* Is it "<http://...>" or "<https://...>" in ASCII, without a doubt? */
static bool plain_iri(const dsr_pen *pen, dsr_str name) {
  if (name.len < 9 || memcmp(name.data, "<http", 5) != 0) return false;
  size_t colon = name.data[5] == 's' ? 6 : 5;
  return name.data[colon] == ':' && name.data[name.len - 1] == '>' &&
         all(pen, name, 1, name.len - 1, IRI);
}

static bool plain_name(const dsr_pen *pen, dsr_str name) {
  if (name.len == 0 || name.data[0] < 'a' || name.data[0] > 'z') return false;
  if (!all(pen, name, 1, name.len, NAME)) return false;
  bool short_one = name.len >= 3 && name.len <= 5 && strchr("ntf", name.data[0]);
  return !short_one || (!dsr_str_is(name, "not") && !dsr_str_is(name, "true") &&
                        !dsr_str_is(name, "false"));
}

static dsr_symbols *symbols_of(dsr_pen *pen) { return dsr_facts_symbols(pen->facts); }

/* Put what was written in the arena, which is emptied now and then. */
static void put_written(dsr_pen *pen, dsr_status rc, dsr_str text) {
  dsr_pen_fail(pen, rc);
  if (rc >= 0) dsr_pen_str(pen, text);
  if (pen->arena.total > SPARE_MOST) dsr_arena_free(&pen->arena);
}

void dsr_pen_name(dsr_pen *pen, dsr_str name) {
  dsr_str text = name;
  if (plain_name(pen, name) || plain_iri(pen, name)) {
    dsr_pen_str(pen, name);
    return;
  }
  dsr_status rc = dsr_name_write(symbols_of(pen), name, &pen->arena, &text);
  put_written(pen, rc, text);
}

void dsr_pen_quoted(dsr_pen *pen, dsr_str text) {
  size_t from = 0;
  dsr_pen_bytes(pen, "\"", 1);
  for (size_t i = 0; i < text.len; i++) {
    if (pen->classes[(unsigned char)text.data[i]] & TEXT) continue;
    dsr_pen_bytes(pen, text.data + from, i - from);
    from = i + 1;
    switch (text.data[i]) {
      case '\n':
        dsr_pen_bytes(pen, "\\n", 2);
        break;
      case '\t':
        dsr_pen_bytes(pen, "\\t", 2);
        break;
      case '\r':
        dsr_pen_bytes(pen, "\\r", 2);
        break;
      default:
        dsr_pen_bytes(pen, "\\", 1);
        from = i;
    }
  }
  dsr_pen_bytes(pen, text.data + from, text.len - from);
  dsr_pen_bytes(pen, "\"", 1);
}

dsr_value dsr_pen_value(dsr_pen *pen, dsr_word word, char scratch[DSR_WORD_TEXT]) {
  dsr_value value = {.type = DSR_NULL};
  if (word != DSR_WORD_NONE) {
    dsr_pen_fail(pen, dsr_word_value(symbols_of(pen), word, scratch, &value));
  }
  return value;
}

static void put_interned(dsr_pen *pen, dsr_word word) {
  dsr_str text = {NULL, 0};
  dsr_status rc = dsr_word_write(symbols_of(pen), word, &pen->arena, &text);
  put_written(pen, rc, text);
}

static void put_time(dsr_pen *pen, dsr_str edtf, dsr_domain type) {
  if (!dsr_time_stands_alone(edtf, type == DSR_COL_TIME)) dsr_pen_bytes(pen, "@", 1);
  dsr_pen_str(pen, edtf);
}

/* "1994-02-08", where the year has four digits. */
static bool put_day(dsr_pen *pen, dsr_word word) {
  int year, month, dom;
  if (dsr_word_tag(word) != DSR_TAG_DAY) return false;
  dsr_day_civil((dsr_day)dsr_word_signed(word), &year, &month, &dom);
  if (year < 0 || year > 9999) return false;
  const char digits[] = {(char)('0' + year / 1000),
                         (char)('0' + year / 100 % 10),
                         (char)('0' + year / 10 % 10),
                         (char)('0' + year % 10),
                         '-',
                         (char)('0' + month / 10),
                         (char)('0' + month % 10),
                         '-',
                         (char)('0' + dom / 10),
                         (char)('0' + dom % 10)};
  dsr_pen_bytes(pen, digits, sizeof digits);
  return true;
}

void dsr_pen_word(dsr_pen *pen, dsr_word word, dsr_domain type) {
  char scratch[DSR_WORD_TEXT];
  dsr_symbol_kind kind;
  dsr_str text;
  if (put_day(pen, word)) return;
  if (!dsr_word_interned(word)) {
    int len = dsr_word_format(word, scratch);
    dsr_pen_bytes(pen, scratch, (size_t)len);
    return;
  }
  dsr_status rc = dsr_symbols_get(symbols_of(pen), word, &kind, &text);
  if (rc < 0) {
    dsr_pen_fail(pen, rc);
  } else if (kind == DSR_SYM_ENTITY) {
    dsr_pen_name(pen, text);
  } else if (kind == DSR_SYM_TEXT && !memchr(text.data ? text.data : "", 0, text.len)) {
    dsr_pen_quoted(pen, text);
  } else if (kind == DSR_SYM_TIME) {
    put_time(pen, text, type);
  } else {
    put_interned(pen, word);
  }
}

void dsr_pen_time(dsr_pen *pen, dsr_word time) {
  char scratch[DSR_WORD_TEXT];
  if (!put_day(pen, time)) dsr_pen_str(pen, dsr_pen_value(pen, time, scratch).text);
}
