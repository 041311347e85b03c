/*
** csv.c - the rows of a table in CSV or TSV: one look for where fields end, then the few
** that hold quotes or escapes are written out anew.
**
** A row is looked at whole; where the span ends inside it, more is asked for and the row is
** begun anew, so the bytes of the span stay as they are until the next row: what is bad is
** set aside as it came.  Offsets of fields are kept from the row's beginning.
*/
#include "io/csv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <stdio.h>
#include <string.h>

#include "ground/bytes.h"
#include "ground/text.h"

typedef struct cell {
  size_t at, from, len; /* where it begins, with its quote; what is inside */
  bool coded;           /* doubled quotes or escapes are in it */
} cell;

struct dsr_csv {
  dsr_input *input;
  dsr_error *error;
  bool tsv, started, last; /* last: nothing comes behind the span */
  char delimiter;          /* 0: not known yet */
  dsr_str span;
  size_t at;    /* of the row in the span */
  size_t next;  /* of what comes behind it */
  int64_t line; /* of the row */
  size_t width; /* 0: no row yet */
  dsr_str raw;
  VEC(cell) cells;
  VEC(dsr_str) fields;
  dsr_bytes room;
};

/* What a look at a row came to, beside DSR_OK and failures: the span ends inside it. */
#define CUT DSR_NOTHING

/* ---- places ----------------------------------------------------------------------- */

/* Where offset `at` of the row is, and the line that it stands in. */
static dsr_place place_of(const dsr_csv *csv, size_t at, dsr_str *text) {
  const char *row = csv->span.data + csv->at;
  size_t rest = csv->span.len - csv->at, from = 0;
  int64_t line = csv->line;
  for (size_t i = 0; i < at; i++) {
    if (row[i] != '\n') continue;
    from = i + 1;
    line++;
  }
  size_t end = from;
  while (end < rest && row[end] != '\n' && row[end] != '\r') end++;
  *text = (dsr_str){row + from, end - from};
  size_t column = dsr_utf8_count((dsr_str){row + from, at - from}) + 1;
  return (dsr_place){line > INT32_MAX ? INT32_MAX : (int)line,
                     column > INT32_MAX ? INT32_MAX : (int)column};
}

/* Of a line only what is UTF-8 is shown. */
static dsr_str shown(dsr_str text) {
  text.len = dsr_utf8_valid(text);
  return text;
}

static dsr_status fail_at(dsr_csv *csv, size_t at, dsr_status code, const char *words) {
  dsr_str text;
  dsr_place place = place_of(csv, at, &text);
  return dsr_error_at(csv->error, code, dsr_input_name(csv->input), place, shown(text),
                      "%s", words);
}

dsr_status dsr_csv_fail(dsr_csv *csv, size_t i, dsr_status code, const char *format,
                        ...) {
  char words[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  return fail_at(csv, i < csv->cells.len ? csv->cells.items[i].at : 0, code, words);
}

/* ---- looking ---------------------------------------------------------------------- */

/* The next delimiter or line end at or behind `at`, or `end`: bytes behind it are zero. */
static const char *find_end(const char *at, const char *end, char delimiter) {
#ifdef __SSE2__
  const __m128i one = _mm_set1_epi8(delimiter), lf = _mm_set1_epi8('\n'),
                cr = _mm_set1_epi8('\r');
  for (; at < end; at += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i met = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, one), _mm_cmpeq_epi8(bytes, lf)),
        _mm_cmpeq_epi8(bytes, cr));
    int mask = _mm_movemask_epi8(met);
    if (mask != 0) return at + __builtin_ctz((unsigned)mask);
  }
  return end;
#else
  while (at < end && *at != delimiter && *at != '\n' && *at != '\r') at++;
  return at;
#endif
}

/* Be done with the row up to the line end at or behind `at`: CUT where none is in sight. */
static dsr_status pass_line(dsr_csv *csv, size_t at) {
  const char *begin = csv->span.data + csv->at, *end = csv->span.data + csv->span.len;
  const char *p = memchr(begin + at, '\n', (size_t)(end - begin) - at);
  if (!p && !csv->last && csv->span.len - csv->at < DSR_CSV_ROW_MOST) return CUT;
  csv->next = (size_t)((p ? p + 1 : end) - csv->span.data);
  if (!p) p = end;
  if (p > begin && p[-1] == '\r') p--;
  csv->raw = (dsr_str){begin, (size_t)(p - begin)};
  return DSR_OK;
}

/* The row is bad at offset `at`: the line at whose `from` it is noticed ends it. */
static dsr_status bad(dsr_csv *csv, size_t at, size_t from, dsr_status code,
                      const char *words) {
  dsr_status rc = pass_line(csv, from);
  if (rc == CUT) return rc;
  csv->fields.len = 0;
  return fail_at(csv, at, code, words);
}

static dsr_status unclosed(dsr_csv *csv, size_t at) {
  if (!csv->last && csv->span.len - csv->at < DSR_CSV_ROW_MOST) return CUT;
  return bad(csv, at, 0, DSR_ESYNTAX,
             "the quote that opens this field is not closed; a quote inside a field is "
             "written twice");
}

/* A field in quotes, the opening one at `p`: *out is behind the closing one. */
static dsr_status look_quoted(dsr_csv *csv, const char *p, cell *field,
                              const char **out) {
  const char *begin = csv->span.data + csv->at, *end = csv->span.data + csv->span.len;
  const char *q = p + 1;
  for (;; q += 2) {
    q = memchr(q, '"', (size_t)(end - q));
    if (!q) return unclosed(csv, (size_t)(p - begin));
    if (q + 1 == end && !csv->last) return CUT;
    if (q[1] != '"' || q + 1 == end) break;
    field->coded = true;
  }
  field->from = (size_t)(p + 1 - begin);
  field->len = (size_t)(q - p) - 1;
  q++;
  if (q < end && *q != csv->delimiter && *q != '\n' && *q != '\r') {
    char words[120];
    snprintf(words, sizeof words,
             "expected %s or the line's end behind the closing quote; a quote inside a "
             "field is written twice",
             csv->delimiter == '\t'  ? "a tab"
             : csv->delimiter == ';' ? "\";\""
                                     : "\",\"");
    return bad(csv, (size_t)(q - begin), (size_t)(q - begin), DSR_ESYNTAX, words);
  }
  *out = q;
  return DSR_OK;
}

static void look_plain(dsr_csv *csv, const char *p, cell *field, const char **out) {
  const char *begin = csv->span.data + csv->at, *end = csv->span.data + csv->span.len;
  const char *q = find_end(p, end, csv->delimiter);
  field->from = (size_t)(p - begin);
  field->len = (size_t)(q - p);
  field->coded = csv->tsv && memchr(p, '\\', field->len) != NULL;
  *out = q;
}

/* The row at csv->at into cells: DSR_OK, CUT, or how it is bad. */
static dsr_status look(dsr_csv *csv) {
  const char *begin = csv->span.data + csv->at, *end = csv->span.data + csv->span.len;
  const char *p = begin;
  csv->cells.len = 0;
  for (;;) {
    cell field = {.at = (size_t)(p - begin)};
    if (p < end && *p == '"' && !csv->tsv) {
      dsr_status rc = look_quoted(csv, p, &field, &p);
      if (rc != DSR_OK) return rc;
    } else {
      look_plain(csv, p, &field, &p);
    }
    if (field.len > DSR_CSV_FIELD_MOST) {
      return bad(csv, field.at, (size_t)(p - begin), DSR_ELIMIT,
                 "a field of more than 16 MB");
    }
    if (p == end && !csv->last) {
      if (csv->span.len - csv->at < DSR_CSV_ROW_MOST) return CUT;
      return bad(csv, 0, 0, DSR_ELIMIT, "a row of more than 64 MB");
    }
    if (csv->cells.len == DSR_CSV_FIELDS_MOST) {
      return bad(csv, field.at, (size_t)(p - begin), DSR_ELIMIT,
                 "more than 10000 fields in a row");
    }
    if (!VEC_PUSH(&csv->cells, field)) return dsr_fail_memory(csv->error);
    if (p == end || *p != csv->delimiter) break;
    p++;
  }
  if (p < end && *p == '\r' && p + 1 == end && !csv->last) return CUT;
  csv->raw = (dsr_str){begin, (size_t)(p - begin)};
  if (p < end) p += 1 + (*p == '\r' && p + 1 < end && p[1] == '\n');
  csv->next = (size_t)(p - csv->span.data);
  return DSR_OK;
}

/* ---- fields ----------------------------------------------------------------------- */

static char escaped(char c) {
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case '\\':
      return '\\';
    default:
      return 0;
  }
}

/* Into room that is there: what is written out is never longer. */
static dsr_str decoded(dsr_csv *csv, const char *text, size_t len) {
  char *begin = (char *)csv->room.items + csv->room.len, *to = begin;
  for (size_t i = 0; i < len; i++) {
    char c = text[i];
    if (!csv->tsv) {
      i += c == '"';
    } else if (c == '\\' && i + 1 < len && escaped(text[i + 1]) != 0) {
      c = escaped(text[++i]);
    }
    *to++ = c;
  }
  csv->room.len += (size_t)(to - begin);
  return (dsr_str){begin, (size_t)(to - begin)};
}

static dsr_status fill_fields(dsr_csv *csv) {
  bool coded = false;
  csv->fields.len = csv->room.len = 0;
  if (!VEC_RESERVE(&csv->fields, csv->cells.len)) return dsr_fail_memory(csv->error);
  for (size_t i = 0; i < csv->cells.len; i++) coded |= csv->cells.items[i].coded;
  if (coded && !VEC_RESERVE(&csv->room, csv->raw.len)) {
    return dsr_fail_memory(csv->error);
  }
  for (size_t i = 0; i < csv->cells.len; i++) {
    const cell *field = &csv->cells.items[i];
    const char *text = csv->raw.data + field->from;
    csv->fields.items[csv->fields.len++] =
        field->coded ? decoded(csv, text, field->len) : (dsr_str){text, field->len};
  }
  return DSR_OK;
}

static dsr_status check(dsr_csv *csv) {
  size_t good = dsr_utf8_valid(csv->raw);
  if (good < csv->raw.len) {
    return fail_at(csv, good, DSR_ESYNTAX,
                   csv->raw.data[good] == '\0' ? "a NUL byte" : "this is not UTF-8");
  }
  if (csv->width == 0) csv->width = csv->cells.len;
  if (csv->cells.len == csv->width) return DSR_OK;
  char words[80];
  snprintf(words, sizeof words, "%zu field%s where the first row has %zu",
           csv->cells.len, csv->cells.len == 1 ? "" : "s", csv->width);
  return fail_at(csv, 0, DSR_ESYNTAX, words);
}

/* ---- rows ------------------------------------------------------------------------- */

static dsr_status more(dsr_csv *csv) {
  dsr_status rc = dsr_input_more(csv->input, csv->at, csv->error, &csv->span);
  if (rc < 0) return rc;
  csv->at = 0;
  csv->last = rc == DSR_DONE;
  return DSR_OK;
}

/* What the first line tells of the delimiter: CUT where its end is not in sight. */
static dsr_status sniff(dsr_csv *csv) {
  size_t commas = 0, tabs = 0, semicolons = 0, i = csv->at;
  bool quoted = false, ended = false;
  for (; i < csv->span.len && !ended; i++) {
    char c = csv->span.data[i];
    quoted ^= c == '"';
    if (quoted) continue;
    commas += c == ',';
    tabs += c == '\t';
    semicolons += c == ';';
    ended = c == '\n' || c == '\r';
  }
  if (!ended && !csv->last && i - csv->at < DSR_CSV_ROW_MOST) return CUT;
  csv->delimiter = ',';
  if (commas == 0 && tabs > 0 && semicolons == 0) csv->delimiter = '\t';
  if (commas == 0 && semicolons > 0 && tabs == 0) csv->delimiter = ';';
  return DSR_OK;
}

static dsr_status start(dsr_csv *csv) {
  do {
    TRY(more(csv));
  } while (csv->span.len < 3 && !csv->last);
  if (csv->span.len >= 3 && memcmp(csv->span.data, "\xef\xbb\xbf", 3) == 0) csv->at = 3;
  while (csv->delimiter == 0 && sniff(csv) == CUT) TRY(more(csv));
  csv->next = csv->at;
  csv->started = true;
  return DSR_OK;
}

/* Pass over lines without anything on them: CUT at the span's end. */
static dsr_status pass_empty(dsr_csv *csv) {
  while (csv->at < csv->span.len) {
    char c = csv->span.data[csv->at];
    if (c != '\n' && c != '\r') return DSR_OK;
    if (c == '\r' && csv->at + 1 == csv->span.len && !csv->last) return CUT;
    csv->at += 1 + (c == '\r' && csv->span.data[csv->at + 1] == '\n');
    csv->line++;
  }
  return csv->last ? DSR_DONE : CUT;
}

/* Behind the row that was given out. */
static void step(dsr_csv *csv) {
  const char *p = csv->span.data + csv->at, *end = csv->span.data + csv->next;
  int64_t lines = 0;
  if (csv->next == csv->at) return;
  while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) p++, lines++;
  csv->line += lines > 0 ? lines : 1;
  csv->at = csv->next;
}

dsr_status dsr_csv_next(dsr_csv *csv, dsr_csv_row *out) {
  dsr_status rc;
  if (!csv->started) TRY(start(csv));
  step(csv);
  while ((rc = pass_empty(csv)) == CUT || (rc == DSR_OK && (rc = look(csv)) == CUT)) {
    TRY(more(csv));
    csv->next = csv->at;
  }
  if (rc == DSR_DONE) {
    csv->next = csv->at;
    return DSR_DONE;
  }
  if (rc != DSR_ESYNTAX && rc != DSR_ELIMIT && rc < 0) return rc;
  *out = (dsr_csv_row){NULL, 0, csv->raw, csv->line};
  if (rc < 0) return rc;
  TRY(check(csv));
  TRY(fill_fields(csv));
  out->fields = csv->fields.items;
  out->n = csv->fields.len;
  return DSR_ROW;
}

char dsr_csv_delimiter(const dsr_csv *csv) { return csv->delimiter; }

dsr_status dsr_csv_new(dsr_input *input, const dsr_csv_options *options,
                       dsr_error *error, dsr_csv **out) {
  dsr_csv *csv = dsr_alloc(sizeof *csv);
  if (!csv) return dsr_fail_memory(error);
  *csv = (dsr_csv){.input = input, .error = error, .line = 1};
  if (options) {
    csv->tsv = options->tsv;
    csv->delimiter = options->delimiter;
  }
  if (csv->tsv) csv->delimiter = '\t';
  *out = csv;
  return DSR_OK;
}

void dsr_csv_free(dsr_csv *csv) {
  if (!csv) return;
  VEC_FREE(&csv->cells);
  VEC_FREE(&csv->fields);
  VEC_FREE(&csv->room);
  dsr_free(csv);
}
