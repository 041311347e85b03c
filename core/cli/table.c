/*
** table.c - rows of text with their columns aligned.
**
** The first thousand rows are kept until their widths are known; the rest are written
** as they come, in columns of that width, so that memory is bounded and the first rows
** of a long answer do not wait for the last.  A cell that is wider pushes its row.
**
** Control characters are shown as escapes: a text cannot break a row or talk to the
** terminal.  Widths are of characters: marks take no column, wide ones two, by ranges
** that do not depend on the locale.
*/
#include "cli/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_ROWS = 1000, GAP = 2 };

typedef struct cell {
  char *text;
  int width;
  int number;
} cell;

struct dsr_table {
  FILE *out;
  int columns;
  int streaming;  /* the widths are settled */
  size_t n, room; /* cells kept */
  cell *cells;
  int *widths;
  int *numbers; /* has the column numbers only, so far; the header aside */
};

/* ---- width ---------------------------------------------------------------------- */

typedef struct range {
  uint32_t first, last;
} range;

static const range no_width[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},
    {0x064b, 0x065f}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},
    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
};

static const range two_wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe4f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f900, 0x1f9ff}, {0x20000, 0x2fffd}, {0x30000, 0x3fffd},
};

static int in_ranges(uint32_t point, const range *ranges, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (point >= ranges[i].first && point <= ranges[i].last) return 1;
  }
  return 0;
}

static int width_of(uint32_t point) {
  if (point < 0x300) return 1;
  if (in_ranges(point, no_width, sizeof no_width / sizeof *no_width)) return 0;
  return 1 + in_ranges(point, two_wide, sizeof two_wide / sizeof *two_wide);
}

/* Columns that valid UTF-8 takes. */
static int text_width(const char *text) {
  int width = 0;
  const unsigned char *at = (const unsigned char *)text;
  while (*at != 0) {
    uint32_t point = *at;
    int more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc0 ? 1 : 0;
    if (more > 0) point &= 0x3fu >> more;
    for (at++; more > 0 && *at != 0; more--) point = point << 6 | (*at++ & 0x3f);
    width += width_of(point);
  }
  return width;
}

/* ---- cells ---------------------------------------------------------------------- */

/* Copy `text` to `to`, control characters as escapes of up to four bytes; the end. */
static char *show(char *to, dsr_str text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte == '\n' || byte == '\t' || byte == '\r') {
      *to++ = '\\';
      *to++ = byte == '\n' ? 'n' : byte == '\t' ? 't' : 'r';
    } else if (byte < 0x20 || byte == 0x7f) {
      to += sprintf(to, "\\x%02x", byte);
    } else {
      *to++ = (char)byte;
    }
  }
  *to = '\0';
  return to;
}

/* A cell's text, to be freed; NULL where there is no memory. */
static char *shown(dsr_str text, dsr_str lang) {
  char *made = malloc(4 * (text.len + lang.len) + 2);
  if (made == NULL) return NULL;
  char *end = show(made, text);
  if (lang.len > 0) {
    *end++ = '@';
    show(end, lang);
  }
  return made;
}

static void pad(FILE *out, int n) {
  while (n-- > 0) fputc(' ', out);
}

/* Write one row, nothing behind its last cell that is not empty, and free its cells. */
static void write_row(dsr_table *table, cell *row) {
  int last = table->columns - 1;
  while (last > 0 && row[last].width == 0) last--;
  for (int i = 0; i < table->columns; i++) {
    int space = table->widths[i] - row[i].width;
    if (table->numbers[i]) pad(table->out, space);
    fputs(row[i].text, table->out);
    if (i < last) pad(table->out, (table->numbers[i] ? 0 : space) + GAP);
    free(row[i].text);
  }
  fputc('\n', table->out);
}

/* Write all whole rows that are kept. */
static void write_rows(dsr_table *table) {
  size_t columns = (size_t)table->columns;
  size_t whole = table->n / columns * columns;
  for (size_t i = 0; i < whole; i += columns) write_row(table, &table->cells[i]);
  table->n -= whole;
  memmove(table->cells, table->cells + whole, table->n * sizeof *table->cells);
}

dsr_table *dsr_table_new(FILE *out, int columns) {
  dsr_table *table = calloc(1, sizeof *table);
  if (table == NULL) return NULL;
  table->out = out;
  table->columns = columns;
  table->widths = calloc((size_t)columns, sizeof *table->widths);
  table->numbers = calloc((size_t)columns, sizeof *table->numbers);
  if (table->widths == NULL || table->numbers == NULL) {
    dsr_table_end(table);
    return NULL;
  }
  return table;
}

static int make_room(dsr_table *table) {
  if (table->n < table->room) return 0;
  size_t room = table->room == 0 ? 64 : table->room * 2;
  cell *cells = realloc(table->cells, room * sizeof *cells);
  if (cells == NULL) return -1;
  table->cells = cells;
  table->room = room;
  return 0;
}

/* Let a cell of the rows that are kept count for its column. */
static void measure(dsr_table *table, const cell *added) {
  size_t at = (size_t)(added - table->cells);
  size_t row = at / (size_t)table->columns, column = at % (size_t)table->columns;
  if (added->width > table->widths[column]) table->widths[column] = added->width;
  if (row == 1) table->numbers[column] = 1;
  if (row >= 1 && !added->number) table->numbers[column] = 0;
}

int dsr_table_add(dsr_table *table, dsr_str text, dsr_str lang, int number) {
  size_t columns = (size_t)table->columns;
  if (make_room(table) < 0) return -1;
  cell *added = &table->cells[table->n];
  *added = (cell){shown(text, lang), 0, number};
  if (added->text == NULL) return -1;
  added->width = text_width(added->text);
  if (!table->streaming) measure(table, added);
  table->n++;
  if (table->n % columns != 0) return 0;
  if (table->n / columns > KEPT_ROWS) table->streaming = 1;
  if (table->streaming) write_rows(table);
  return 0;
}

void dsr_table_end(dsr_table *table) {
  if (table == NULL) return;
  if (table->n > 0) write_rows(table);
  for (size_t i = 0; i < table->n; i++) free(table->cells[i].text); /* of half a row */
  free(table->cells);
  free(table->widths);
  free(table->numbers);
  free(table);
}
