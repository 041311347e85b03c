/*
** rows.c - rows of values as a table, CSV, TSV, JSON or Markdown.
**
** All but tables are written row by row as they come: memory is that of one row.
**
**   csv    as RFC 4180 has it, lines ended by LF.  It is for spreadsheets: a text that
**          one would take for a formula (it begins with = + - or @) has a ' before it.
**          An empty cell alone in its row is "", since readers skip empty lines.
**   tsv    for programs: tabs, line ends and backslashes in values are \t \n \r \\.
**   json   an array of an object for each row, a line each.  Numbers, booleans and null
**          are themselves, an entity is {"id": ...}, a time {"time": ...}, a text a
**          string or, with a language, {"text": ..., "lang": ...}.
**   md     a table as GitHub's flavour has it; a column is set to the right where its
**          first cell is a number.
**
** In csv, tsv and md, as in a table, "@lang" stands behind a text that has a language.
*/
#include "cli/rows.h"

#include <stdlib.h>
#include <string.h>

#include "cli/buffer.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/table.h"

struct dsr_rows {
  FILE *out;
  int columns, at; /* at: the column of the next cell */
  const char **names;
  dsr_rows_format format;
  dsr_table *table;
  int begun;     /* what stands before the rows is written */
  char *numeric; /* by column: a number in the first row */
  dsr_buffer row;
  dsr_buffer cell; /* a text with its language, before it is quoted */
};

/* ---- the formats ----------------------------------------------------------------- */

static const char *const names[] = {"table", "csv", "tsv", "json", "md"};
static const char *const of_reports[] = {"text", "table", "md", "html",
                                         "json", "csv",   "tsv"};
enum { NAMES = sizeof names / sizeof *names };
enum { OF_REPORTS = sizeof of_reports / sizeof *of_reports };

/* Where `name` is among `n` words, or -1, told with the nearest. */
static int find(const char *name, const char *const *words, int n, const char *all) {
  dsr_near race;
  dsr_near_start(&race, name);
  for (int i = 0; i < n; i++) {
    if (strcmp(name, words[i]) == 0) return i;
    dsr_near_offer(&race, words[i]);
  }
  if (race.best[0] != '\0') {
    dsr_tell("there is no format \"%s\"; did you mean %s?", name, race.best);
  } else {
    dsr_tell("there is no format \"%s\"; there are %s", name, all);
  }
  return -1;
}

int dsr_rows_format_of(const char *name, dsr_rows_format *format) {
  if (name != NULL && strcmp(name, "html") == 0) {
    dsr_tell(
        "html is a format of reports; for rows there are table, csv, tsv, json, md");
    return -1;
  }
  int text = name == NULL || strcmp(name, "text") == 0;
  int found = text ? 0 : find(name, names, NAMES, "table, csv, tsv, json, md");
  if (found < 0) return -1;
  *format = (dsr_rows_format)found;
  return 0;
}

int dsr_report_format(const char *name) {
  if (name == NULL) return 0;
  int found = find(name, of_reports, OF_REPORTS, "text, md, html, json, csv, tsv");
  return found < 0 ? -1 : 0;
}

static int is_numeric(dsr_type type) { return type == DSR_INT || type == DSR_DECIMAL; }

/* ---- cells ----------------------------------------------------------------------- */

/* Has the text none of the bytes that add_escaped() hands on?  Most have none. */
static int is_plain(dsr_str text, const char *special) {
  unsigned char found = 0;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    found |= (unsigned char)((byte < 0x20) | (byte == 0x7f));
  }
  for (; *special != '\0' && !found; special++) {
    found = text.len > 0 && memchr(text.data, *special, text.len) != NULL;
  }
  return !found;
}

/* Add `text` with each byte that `special` has, and each control of one byte, handed to
** `escape`. */
static void add_escaped(dsr_buffer *row, dsr_str text, const char *special,
                        void (*escape)(dsr_buffer *row, unsigned char byte)) {
  size_t done = 0;
  if (is_plain(text, special)) {
    dsr_buffer_add(row, text.data, text.len);
    return;
  }
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte >= 0x20 && byte != 0x7f && strchr(special, byte) == NULL) continue;
    dsr_buffer_add(row, text.data + done, i - done);
    escape(row, byte);
    done = i + 1;
  }
  if (done < text.len) dsr_buffer_add(row, text.data + done, text.len - done);
}

static void escape_json(dsr_buffer *row, unsigned char byte) {
  static const char from[] = "\b\f\n\r\t", to[] = "bfnrt";
  const char *at = byte != 0 ? strchr(from, byte) : NULL;
  char made[8];
  if (byte == '"' || byte == '\\') {
    snprintf(made, sizeof made, "\\%c", byte);
  } else if (at != NULL) {
    snprintf(made, sizeof made, "\\%c", to[at - from]);
  } else {
    snprintf(made, sizeof made, "\\u%04x", byte);
  }
  dsr_buffer_put(row, made);
}

/* JSON asks for C0 only; a terminal obeys other controls, too. */
static void add_string(dsr_buffer *row, dsr_str text) {
  char made[8];
  dsr_buffer_put(row, "\"");
  while (text.len > 0) {
    size_t size = dsr_until_control(text);
    add_escaped(row, (dsr_str){text.data, size}, "\"\\", escape_json);
    text = (dsr_str){text.data + size, text.len - size};
    size = dsr_control(text);
    if (size == 1) escape_json(row, (unsigned char)text.data[0]);
    if (size > 1) {
      snprintf(made, sizeof made, "\\u%04x", dsr_control_point(text.data, size));
      dsr_buffer_put(row, made);
    }
    text = (dsr_str){text.data + size, text.len - size};
  }
  dsr_buffer_put(row, "\"");
}

/* {"name": "text"}, of which more may follow. */
static void add_object(dsr_buffer *row, const char *name, dsr_str text) {
  dsr_buffer_put(row, "{\"");
  dsr_buffer_put(row, name);
  dsr_buffer_put(row, "\": ");
  add_string(row, text);
}

/* The digits at text[*at], stepped over; how many. */
static size_t digits(dsr_str text, size_t *at) {
  size_t from = *at;
  while (*at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9') ++*at;
  return *at - from;
}

/* Is the text a number to JSON. */
static int is_number(dsr_str text) {
  size_t at = text.len > 0 && text.data[0] == '-';
  size_t first = at, n = digits(text, &at);
  if (n == 0 || (n > 1 && text.data[first] == '0')) return 0;
  if (at < text.len && text.data[at] == '.') {
    at++;
    if (digits(text, &at) == 0) return 0;
  }
  return at == text.len;
}

static void add_json(dsr_rows *rows, const dsr_value *cell) {
  dsr_buffer *row = &rows->row;
  dsr_buffer_put(row, rows->at == 0 ? "  {" : ", ");
  add_string(row, dsr_out_str(rows->names[rows->at]));
  dsr_buffer_put(row, ": ");
  if (cell->type == DSR_NULL) {
    dsr_buffer_put(row, "null");
  } else if (cell->type == DSR_ENTITY || cell->type == DSR_TIME) {
    add_object(row, cell->type == DSR_TIME ? "time" : "id", cell->text);
    dsr_buffer_put(row, "}");
  } else if (cell->type == DSR_TEXT && cell->lang.len > 0) {
    add_object(row, "text", cell->text);
    dsr_buffer_put(row, ", \"lang\": ");
    add_string(row, cell->lang);
    dsr_buffer_put(row, "}");
  } else if (cell->type == DSR_BOOL ||
             (cell->type != DSR_TEXT && is_number(cell->text))) {
    dsr_buffer_add(row, cell->text.data, cell->text.len);
  } else {
    add_string(row, cell->text);
  }
}

/* A cell's text with its language behind it. */
static dsr_str whole_text(dsr_rows *rows, const dsr_value *cell) {
  if (cell->lang.len == 0) return cell->text;
  rows->cell.len = 0;
  dsr_buffer_add(&rows->cell, cell->text.data, cell->text.len);
  dsr_buffer_put(&rows->cell, "@");
  dsr_buffer_add(&rows->cell, cell->lang.data, cell->lang.len);
  return (dsr_str){rows->cell.data, rows->cell.len};
}

/* Would a spreadsheet take the text for a formula. */
static int is_formula(dsr_str text) {
  if (text.len == 0 || strchr("=+-@", text.data[0]) == NULL) return 0;
  return text.data[0] != '\0' && !is_number(text);
}

/* Does CSV quote the text. */
static int is_quoted(dsr_str text) {
  for (size_t i = 0; i < text.len; i++) {
    char byte = text.data[i];
    if (byte == ',' || byte == '"' || byte == '\r' || byte == '\n' || byte == '\0') {
      return 1;
    }
  }
  if (text.len == 0) return 0;
  char first = text.data[0], last = text.data[text.len - 1];
  return first == ' ' || first == '\t' || last == ' ' || last == '\t';
}

static void add_csv(dsr_buffer *row, dsr_str text, int may_be_formula) {
  int quoted = is_quoted(text);
  if (quoted) dsr_buffer_put(row, "\"");
  if (may_be_formula && is_formula(text)) dsr_buffer_put(row, "'");
  for (size_t i = 0, from = 0; i <= text.len; i++) {
    if (i < text.len && text.data[i] != '"') continue;
    dsr_buffer_add(row, text.data + from, i - from);
    if (i < text.len) dsr_buffer_put(row, "\"\"");
    from = i + 1;
  }
  if (quoted) dsr_buffer_put(row, "\"");
}

static void escape_tsv(dsr_buffer *row, unsigned char byte) {
  static const char from[] = "\\\n\r\t", to[] = "\\nrt";
  const char *at = byte != 0 ? strchr(from, byte) : NULL;
  char made[2] = {'\\', (char)byte};
  if (at != NULL) made[1] = to[at - from];
  dsr_buffer_add(row, at != NULL ? made : made + 1, at != NULL ? 2 : 1);
}

static void escape_md(dsr_buffer *row, unsigned char byte) {
  char made[2] = {'\\', (char)byte};
  dsr_buffer_add(row, made, 2);
}

/* A text that Markdown reads as it is. */
static void add_md(dsr_rows *rows, dsr_str text) {
  dsr_buffer plain = {0};
  dsr_buffer_plain(&plain, text);
  text = (dsr_str){plain.data, plain.len};
  size_t at = 0;
  if (text.len > 0 && strchr("#+-", text.data[0]) != NULL) {
    dsr_buffer_put(&rows->row, "\\");
  } else if (digits(text, &at) > 0 && at + 1 < text.len && text.data[at + 1] == ' ' &&
             (text.data[at] == '.' || text.data[at] == ')')) {
    dsr_buffer_add(&rows->row, text.data, at); /* no item of a list */
    dsr_buffer_put(&rows->row, "\\");
    text = (dsr_str){text.data + at, text.len - at};
  }
  if (text.len > 0) add_escaped(&rows->row, text, "\\`*_[]<>|~&", escape_md);
  rows->row.failed |= plain.failed;
  dsr_buffer_free(&plain);
}

/* Add a cell with what stands before it in its row.  Only a text or a name can be a
** formula, and a number has nothing that Markdown would read. */
static void add_cell(dsr_rows *rows, dsr_str text, dsr_type type) {
  dsr_buffer *row = &rows->row;
  switch (rows->format) {
    case DSR_ROWS_CSV:
      if (rows->at > 0) dsr_buffer_put(row, ",");
      if (rows->columns == 1 && text.len == 0) dsr_buffer_put(row, "\"\"");
      add_csv(row, text, type == DSR_TEXT || type == DSR_ENTITY);
      break;
    case DSR_ROWS_TSV:
      if (rows->at > 0) dsr_buffer_put(row, "\t");
      add_escaped(row, text, "\\", escape_tsv);
      break;
    default:
      dsr_buffer_put(row, "| ");
      if (is_numeric(type)) {
        dsr_buffer_add(row, text.data, text.len);
      } else {
        add_md(rows, text);
      }
      dsr_buffer_put(row, rows->at + 1 == rows->columns ? " |" : " ");
      break;
  }
}

/* ---- rows ------------------------------------------------------------------------ */

/* Free the rows; gives NULL. */
static dsr_rows *discard(dsr_rows *rows) {
  dsr_buffer_free(&rows->row);
  dsr_buffer_free(&rows->cell);
  free(rows->names);
  free(rows->numeric);
  free(rows);
  return NULL;
}

dsr_rows *dsr_rows_new(FILE *out, int columns, const char *const *column_names,
                       const dsr_rows_look *look) {
  dsr_rows *rows = calloc(1, sizeof *rows);
  if (rows == NULL) return NULL;
  *rows = (dsr_rows){.out = out, .columns = columns, .format = look->format};
  rows->names = malloc((size_t)columns * sizeof *rows->names);
  rows->numeric = calloc((size_t)columns, 1);
  if (rows->names == NULL || rows->numeric == NULL) return discard(rows);
  for (int i = 0; i < columns; i++) rows->names[i] = column_names[i];
  if (rows->format != DSR_ROWS_TABLE) return rows;
  const char *const *heads = look->headless ? NULL : column_names;
  rows->table = dsr_table_new(out, columns, heads, look->width, look->colour);
  return rows->table != NULL ? rows : discard(rows);
}

static int flush(dsr_rows *rows) {
  if (rows->row.failed || rows->cell.failed) return -1;
  fwrite(rows->row.data, 1, rows->row.len, rows->out);
  rows->row.len = 0;
  return 0;
}

/* Write what stands before the rows. */
static int begin(dsr_rows *rows) {
  dsr_buffer first = rows->row; /* the row that waits for its head */
  rows->begun = 1;
  if (rows->format == DSR_ROWS_JSON) return 0;
  rows->row = (dsr_buffer){0};
  for (rows->at = 0; rows->at < rows->columns; rows->at++) {
    add_cell(rows, dsr_out_str(rows->names[rows->at]), DSR_TEXT);
  }
  dsr_buffer_put(&rows->row, "\n");
  for (int i = 0; rows->format == DSR_ROWS_MD && i < rows->columns; i++) {
    dsr_buffer_put(&rows->row, rows->numeric[i] ? "| ---: " : "| --- ");
  }
  if (rows->format == DSR_ROWS_MD) dsr_buffer_put(&rows->row, "|\n");
  int rc = flush(rows);
  dsr_buffer_free(&rows->row);
  rows->row = first;
  return rc;
}

static int end_row(dsr_rows *rows) {
  int first = !rows->begun;
  if (first && begin(rows) < 0) return -1;
  if (rows->format == DSR_ROWS_JSON) {
    fputs(first ? "[\n" : ",\n", rows->out);
    dsr_buffer_put(&rows->row, "}");
  } else {
    dsr_buffer_put(&rows->row, "\n");
  }
  rows->at = 0;
  return flush(rows);
}

int dsr_rows_add(dsr_rows *rows, const dsr_value *cell) {
  int number = is_numeric(cell->type);
  if (rows->table != NULL) {
    return dsr_table_add(rows->table, cell->text, cell->lang, number);
  }
  if (!rows->begun) rows->numeric[rows->at] = (char)number;
  if (rows->format == DSR_ROWS_JSON) {
    add_json(rows, cell);
  } else {
    add_cell(rows, whole_text(rows, cell), cell->type);
  }
  rows->at++;
  return rows->at == rows->columns ? end_row(rows) : 0;
}

int dsr_rows_end(dsr_rows *rows, int whole) {
  if (rows == NULL) return 0;
  int failed = dsr_table_end(rows->table);
  if (rows->table == NULL && whole && !rows->begun) {
    failed = begin(rows);
    if (rows->format == DSR_ROWS_JSON) fputs("[]\n", rows->out);
  } else if (rows->format == DSR_ROWS_JSON && whole) {
    fputs("\n]\n", rows->out);
  }
  discard(rows);
  return failed;
}
