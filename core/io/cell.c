/*
** cell.c - what stands in a table as a value: numbers and days are read here, without
** memory; names are handed on as they are spelled.
*/
#include "io/cell.h"

#include <stdio.h>
#include <strings.h>

#include "facts/relation.h"
#include "ground/text.h"

enum { FIGURES_MOST = 4000, EXPONENT_MOST = 2000, SHOWN = 60 };

/* ---- aids ------------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* For a message: a beginning of the text, in whole characters. */
static int shown(dsr_str text) {
  size_t len = text.len;
  if (len > SHOWN) {
    len = SHOWN;
    while (len > 0 && (text.data[len] & 0xc0) == 0x80) len--;
  }
  return (int)len;
}

static dsr_str trim(dsr_str text) {
  while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
    text.data++;
    text.len--;
  }
  while (text.len > 0 &&
         (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t')) {
    text.len--;
  }
  return text;
}

static dsr_status as_name(dsr_symbol_kind kind, dsr_str spelling, dsr_cell_value *out) {
  *out = (dsr_cell_value){DSR_WORD_NONE, kind, spelling};
  return DSR_OK;
}

static dsr_status as_word(dsr_word word, dsr_cell_value *out) {
  *out = (dsr_cell_value){.word = word};
  return DSR_OK;
}

/* ---- numbers ---------------------------------------------------------------------- */

/* A numeral of the language: DSR_ETYPE, without words, where it is none. */
static dsr_status read_numeral(dsr_str text, dsr_bytes *room, dsr_cell_value *out) {
  dsr_word word;
  if (text.len > FIGURES_MOST) return DSR_ELIMIT;
  room->len = 0;
  if (!VEC_RESERVE(room, text.len + 4)) return DSR_ENOMEM;
  dsr_status rc = dsr_number_parse(text, &word, (char *)room->items);
  if (rc == DSR_NOTHING) {
    return as_name(DSR_SYM_NUMBER, dsr_str_of((char *)room->items), out);
  }
  return rc < 0 ? DSR_ETYPE : as_word(word, out);
}

static size_t pass_digits(dsr_str text, size_t at) {
  while (at < text.len && is_digit(text.data[at])) at++;
  return at;
}

/* Is it a number with an exponent, as JSON writes them? */
static bool has_exponent(dsr_str text) {
  size_t from = text.len > 0 && text.data[0] == '-';
  size_t at = pass_digits(text, from);
  if (at == from) return false;
  if (at < text.len && text.data[at] == '.') {
    from = at + 1;
    at = pass_digits(text, from);
    if (at == from) return false;
  }
  if (at == text.len || (text.data[at] | 0x20) != 'e') return false;
  at++;
  if (at < text.len && (text.data[at] == '+' || text.data[at] == '-')) at++;
  return at < text.len && pass_digits(text, at) == text.len;
}

/* JSON's 12e3 and 1.5E-7, exactly: figures, and where the point stands among them. */
static dsr_status read_exponent(dsr_str text, dsr_bytes *room, dsr_cell_value *out) {
  char figures[FIGURES_MOST + EXPONENT_MOST * 2 + 8];
  char plain[FIGURES_MOST * 2 + EXPONENT_MOST * 2 + 16];
  size_t n = 0, at = 0, e = 0;
  long point = 0, exponent = 0;
  bool pointed = false, below = text.data[0] == '-';
  if (text.len > FIGURES_MOST) return DSR_ELIMIT;
  for (e = below; e < text.len && (text.data[e] | 0x20) != 'e'; e++) {
    if (text.data[e] == '.') {
      pointed = true;
    } else {
      figures[n++] = text.data[e];
      point += !pointed;
    }
  }
  bool minus = text.data[++e] == '-';
  if (!is_digit(text.data[e])) e++;
  for (; e < text.len && exponent <= EXPONENT_MOST; e++) {
    exponent = exponent * 10 + (text.data[e] - '0');
  }
  if (exponent > EXPONENT_MOST) return DSR_ELIMIT;
  point += minus ? -exponent : exponent;
  if (below) plain[at++] = '-';
  if (point <= 0) plain[at++] = '0';
  for (long i = 0; i < point; i++) plain[at++] = (size_t)i < n ? figures[i] : '0';
  if (point < (long)n) {
    plain[at++] = '.';
    for (long i = point; i < (long)n; i++) plain[at++] = i < 0 ? '0' : figures[i];
  }
  return read_numeral((dsr_str){plain, at}, room, out);
}

static dsr_status read_number(dsr_str text, bool whole, dsr_bytes *room, char *why,
                              dsr_cell_value *out) {
  bool exponent = has_exponent(text);
  dsr_cell_value value = {0};
  dsr_status rc =
      exponent ? read_exponent(text, room, &value) : read_numeral(text, room, &value);
  if (rc == DSR_ENOMEM) return rc;
  if (rc == DSR_ELIMIT) {
    snprintf(why, DSR_CELL_WHY, "a number of more than %d figures",
             exponent ? EXPONENT_MOST : FIGURES_MOST);
    return rc;
  }
  bool pointed = value.kind
                     ? memchr(value.spelling.data, '.', value.spelling.len) != NULL
                     : dsr_word_tag(value.word) == DSR_TAG_DECIMAL;
  if (rc < 0 || (whole && pointed)) {
    snprintf(why, DSR_CELL_WHY, "\"%.*s\" is no %s; numbers are written -12%s",
             shown(text), text.data, whole ? "integer" : "number",
             whole ? "" : " or 0.5");
    return DSR_ETYPE;
  }
  *out = value;
  return DSR_OK;
}

/* ---- times ------------------------------------------------------------------------ */

static int figures(const char *p, int n) {
  int value = 0;
  for (int i = 0; i < n; i++) {
    if (!is_digit(p[i])) return -1;
    value = value * 10 + (p[i] - '0');
  }
  return value;
}

/* 1994-02-08, or 19940208 with `basic` (ISO 8601-1:2019, 5.2.2.1): does it exist? */
static bool read_day(dsr_str text, bool basic, dsr_day *out) {
  int gap = text.len == 10 ? 1 : 0;
  if (gap ? text.data[4] != '-' || text.data[7] != '-' : !basic || text.len != 8) {
    return false;
  }
  int year = figures(text.data, 4), month = figures(text.data + 4 + gap, 2),
      day = figures(text.data + 6 + gap + gap, 2);
  if (year < 0 || month < 0 || day < 0 || !dsr_date_exists(year, month, day)) {
    return false;
  }
  *out = dsr_day_of(year, month, day);
  return true;
}

/* 8/2/1994, 08.02.94: figures in three groups, as people write days. */
static bool looks_local(dsr_str text) {
  int groups = 1, run = 0;
  char between = 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    if (is_digit(c)) {
      if (++run > 4) return false;
      continue;
    }
    if (run == 0 || run == 3 || (c != '/' && c != '.') || (between && c != between)) {
      return false;
    }
    if (groups == 1 && run == 4) return false; /* 1994/02/08 is EDTF's to refuse */
    between = c;
    groups++;
    run = 0;
  }
  return groups == 3 && (run == 2 || run == 4);
}

static dsr_status local(dsr_str text, char *why) {
  snprintf(why, DSR_CELL_WHY,
           "\"%.*s\": which is the month? a day is written 1994-02-08", shown(text),
           text.data);
  return DSR_ETIME;
}

static dsr_status read_time(dsr_str text, char *why, dsr_cell_value *out) {
  dsr_day day;
  dsr_time time;
  if (read_day(text, true, &day)) return as_word(dsr_word_day(day), out);
  if (looks_local(text)) return local(text, why);
  if (dsr_time_parse(text, &time, why, DSR_CELL_WHY) < 0) return DSR_ETIME;
  if (dsr_str_is(text, "unknown")) return DSR_NOTHING;
  if (dsr_time_is_day(&time) && !memchr(text.data, 'X', text.len)) {
    return as_word(dsr_word_day(time.es), out);
  }
  return as_name(DSR_SYM_TIME, text, out);
}

/* ---- names ------------------------------------------------------------------------ */

static dsr_status read_entity(dsr_str text, char *why, dsr_cell_value *out) {
  if (text.len <= DSR_NAME_MOST) return as_name(DSR_SYM_ENTITY, text, out);
  snprintf(
      why, DSR_CELL_WHY,
      "a name of %zu bytes, the most is %d; \":text\" behind the column takes more",
      text.len, DSR_NAME_MOST);
  return DSR_ELIMIT;
}

static dsr_status read_text(dsr_symbols *symbols, const dsr_cell *cell, dsr_str lang,
                            dsr_bytes *room, char *why, dsr_cell_value *out) {
  dsr_str tag = cell->lang.len > 0 || cell->datatype.len > 0 ? cell->lang : lang;
  dsr_str spelling = cell->text;
  if (cell->text.len > DSR_TEXT_MOST - tag.len - cell->datatype.len - 3) {
    snprintf(why, DSR_CELL_WHY, "a text of more than 16 MB");
    return DSR_ELIMIT;
  }
  room->len = 0;
  dsr_status rc = tag.len + cell->datatype.len == 0
                      ? DSR_OK
                      : dsr_text_spelling(symbols, cell->text, tag, cell->datatype,
                                          room, &spelling);
  if (rc < 0 && rc != DSR_ENOMEM) {
    snprintf(why, DSR_CELL_WHY, "%.*s", DSR_CELL_WHY - 1,
             dsr_symbols_error(symbols)->text);
    dsr_error_clear(dsr_symbols_error(symbols));
  }
  return rc < 0 ? rc : as_name(DSR_SYM_TEXT, spelling, out);
}

/* ---- by how it looks -------------------------------------------------------------- */

/* Would the figures come back as they are written? */
static bool is_canonical(dsr_str text) {
  size_t i = text.data[0] == '-';
  if (i == text.len || !is_digit(text.data[i])) return false;
  if (text.data[i] == '0' && i + 1 < text.len && text.data[i + 1] != '.') return false;
  size_t points = 0;
  for (; i < text.len; i++) {
    if (text.data[i] == '.') points++;
    if (text.data[i] != '.' && !is_digit(text.data[i])) return false;
  }
  return points <= 1 && is_digit(text.data[text.len - 1]) && text.len < 400;
}

static dsr_status by_looks(const dsr_cell *cell, dsr_bytes *room, char *why,
                           dsr_cell_value *out) {
  dsr_str text = cell->text;
  dsr_day day;
  dsr_time time;
  char ignored[DSR_CELL_WHY];
  char c = text.data[0];
  if (cell->kind == DSR_CELL_PLAIN && (c == 't' || c == 'f') &&
      (dsr_str_is(text, "true") || dsr_str_is(text, "false"))) {
    return as_word(dsr_word_bool(c == 't'), out);
  }
  if (!is_digit(c) && c != '-' && c != '.') return read_entity(text, why, out);
  if (read_day(text, false, &day)) return as_word(dsr_word_day(day), out);
  if (cell->kind == DSR_CELL_PLAIN && is_canonical(text)) {
    return read_numeral(text, room, out);
  }
  if (looks_local(text) && memchr(text.data, '/', text.len)) return local(text, why);
  bool dashed = memchr(text.data, '-', text.len) || memchr(text.data, '/', text.len);
  if (dashed && text.len < 100 &&
      dsr_time_parse(text, &time, ignored, sizeof ignored) >= 0) {
    return read_time(text, why, out);
  }
  return read_entity(text, why, out);
}

static dsr_status read_bool(dsr_str text, char *why, dsr_cell_value *out) {
  bool yes = text.len == 4 && strncasecmp(text.data, "true", 4) == 0;
  bool no = text.len == 5 && strncasecmp(text.data, "false", 5) == 0;
  if (yes || no) return as_word(dsr_word_bool(yes), out);
  snprintf(why, DSR_CELL_WHY, "\"%.*s\" is neither true nor false", shown(text),
           text.data);
  return DSR_ETYPE;
}

/* What it is where nothing is wanted of it. */
static dsr_slot_type own_type(const dsr_cell *cell) {
  switch (cell->kind) {
    case DSR_CELL_NUMBER:
      return DSR_SLOT_AS_DECIMAL;
    case DSR_CELL_BOOL:
      return DSR_SLOT_AS_BOOL;
    case DSR_CELL_ENTITY:
      return DSR_SLOT_AS_ENTITY;
    case DSR_CELL_TEXT:
      return DSR_SLOT_AS_TEXT;
    case DSR_CELL_TIME:
      return DSR_SLOT_AS_DATE;
    default:
      return DSR_SLOT_ANY;
  }
}

dsr_status dsr_cell_read(dsr_symbols *symbols, const dsr_cell *cell, dsr_slot_type type,
                         dsr_str lang, dsr_bytes *room, char why[DSR_CELL_WHY],
                         dsr_cell_value *out) {
  if (cell->kind == DSR_CELL_NONE) return DSR_NOTHING;
  dsr_slot_type own = own_type(cell);
  if (type == DSR_SLOT_ANY || cell->kind >= DSR_CELL_ENTITY) type = own;
  if (cell->text.len == 0 && type != DSR_SLOT_AS_TEXT) return DSR_NOTHING;
  switch (type) {
    case DSR_SLOT_AS_ENTITY:
      return read_entity(cell->text, why, out);
    case DSR_SLOT_AS_TEXT:
      return read_text(symbols, cell, lang, room, why, out);
    case DSR_SLOT_AS_INT:
    case DSR_SLOT_AS_DECIMAL:
      return read_number(trim(cell->text), type == DSR_SLOT_AS_INT, room, why, out);
    case DSR_SLOT_AS_DATE:
      return read_time(trim(cell->text), why, out);
    case DSR_SLOT_AS_BOOL:
      return read_bool(trim(cell->text), why, out);
    default:
      return by_looks(cell, room, why, out);
  }
}

/* An end of an interval as EDTF: behind what is in `room`. */
static dsr_status put_end(const dsr_cell *cell, dsr_bytes *room, char *why) {
  dsr_day day;
  char text[16];
  dsr_str end = trim(cell->text);
  if (cell->kind == DSR_CELL_NONE || end.len == 0) end = dsr_str_of("..");
  if (end.len == 8 && read_day(end, true, &day)) {
    end = (dsr_str){text, (size_t)dsr_day_format(day, text)};
  }
  if (looks_local(end)) return local(end, why);
  return dsr_bytes_put(room, end.data, end.len) ? DSR_OK : DSR_ENOMEM;
}

static bool is_none(const dsr_cell *cell) {
  return cell->kind == DSR_CELL_NONE || trim(cell->text).len == 0;
}

dsr_status dsr_cell_interval(const dsr_cell *from, const dsr_cell *till,
                             dsr_bytes *room, char why[DSR_CELL_WHY],
                             dsr_cell_value *out) {
  if (is_none(from) && is_none(till)) return DSR_NOTHING;
  room->len = 0;
  TRY(put_end(from, room, why));
  if (!dsr_bytes_put(room, "/", 1)) return DSR_ENOMEM;
  TRY(put_end(till, room, why));
  return read_time((dsr_str){(char *)room->items, room->len}, why, out);
}

/* ---- types ------------------------------------------------------------------------ */

dsr_slot_type dsr_cell_type_of(const dsr_cell_value *value) {
  switch (value->kind) {
    case DSR_SYM_ENTITY:
      return DSR_SLOT_AS_ENTITY;
    case DSR_SYM_TEXT:
      return DSR_SLOT_AS_TEXT;
    case DSR_SYM_TIME:
      return DSR_SLOT_AS_DATE;
    case DSR_SYM_NUMBER:
      return memchr(value->spelling.data, '.', value->spelling.len)
                 ? DSR_SLOT_AS_DECIMAL
                 : DSR_SLOT_AS_INT;
  }
  switch (dsr_word_tag(value->word)) {
    case DSR_TAG_BOOL:
      return DSR_SLOT_AS_BOOL;
    case DSR_TAG_INT:
      return DSR_SLOT_AS_INT;
    case DSR_TAG_DECIMAL:
      return DSR_SLOT_AS_DECIMAL;
    case DSR_TAG_DAY:
      return DSR_SLOT_AS_DATE;
    default:
      return DSR_SLOT_ANY;
  }
}

dsr_slot_type dsr_cell_type(int domain) {
  static const dsr_slot_type types[] = {
      [DSR_COL_ANY] = DSR_SLOT_ANY,      [DSR_COL_BOOL] = DSR_SLOT_AS_BOOL,
      [DSR_COL_INT] = DSR_SLOT_AS_INT,   [DSR_COL_NUMBER] = DSR_SLOT_AS_DECIMAL,
      [DSR_COL_TIME] = DSR_SLOT_AS_DATE, [DSR_COL_ENTITY] = DSR_SLOT_AS_ENTITY,
      [DSR_COL_TEXT] = DSR_SLOT_AS_TEXT,
  };
  return types[domain];
}

bool dsr_cell_fits(const dsr_cell_value *value, int domain) {
  dsr_slot_type want = dsr_cell_type(domain), is = dsr_cell_type_of(value);
  if (want == DSR_SLOT_ANY || want == is) return true;
  return want == DSR_SLOT_AS_DECIMAL && is == DSR_SLOT_AS_INT;
}

const char *dsr_cell_word(const dsr_cell_value *value) {
  static const char *const words[] = {
      [DSR_SLOT_ANY] = "nothing",        [DSR_SLOT_AS_ENTITY] = "entity",
      [DSR_SLOT_AS_TEXT] = "text",       [DSR_SLOT_AS_INT] = "int",
      [DSR_SLOT_AS_DECIMAL] = "decimal", [DSR_SLOT_AS_DATE] = "date",
      [DSR_SLOT_AS_BOOL] = "bool",
  };
  return words[dsr_cell_type_of(value)];
}
