/*
** table.c - rows of text with their columns aligned.
**
** The first thousand rows are kept until their widths are known; the rest are written
** as they come, in columns of that width, so that memory is bounded and the first rows
** of a long answer do not wait for the last.  Without a width to fit, a cell that is
** wider pushes its row.  With one, the columns are held to the greatest width at which
** all fit, and longer cells are broken: at a space, behind a sign within a long name, or
** where nothing else is left, anywhere between two characters.
**
** Controls are shown as escapes: a text cannot break a row or talk to the terminal.
** Cost of a row: its bytes copied twice, no allocation.
*/
#include "cli/table.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/buffer.h"
#include "cli/out.h"

enum { KEPT_ROWS = 1000, GAP = 2, COLUMN_LEAST = 8 };

typedef struct cell {
  size_t at, len; /* in the text that is kept */
  int width;
  int number;
} cell;

struct dsr_table {
  FILE *out;
  int columns;
  int fits;       /* columns of the terminal; 0: any */
  int bold;       /* the head stands out */
  int headed;     /* the first row that is kept is the head */
  int streaming;  /* the widths are settled */
  size_t n, room; /* cells kept */
  cell *cells;
  dsr_buffer text; /* of those cells */
  dsr_buffer row;  /* one row, as it is written */
  int *widths;
  int *numbers; /* has the column numbers only, so far; the head aside; -1: no cell */
};

/* ---- fitting -------------------------------------------------------------------- */

/* What the table takes where no column is wider than `most`; those of numbers, which
** cannot be read in pieces, may be. */
static long total(const dsr_table *table, int most) {
  long sum = (long)GAP * (table->columns - 1);
  for (int i = 0; i < table->columns; i++) {
    int whole = table->widths[i] < most || table->numbers[i];
    sum += whole ? table->widths[i] : most;
  }
  return sum;
}

/* Hold the columns to a width at which the table fits. */
static void fit(dsr_table *table) {
  if (table->fits <= 0 || total(table, INT_MAX) <= table->fits) return;
  int most = table->fits;
  while (most > COLUMN_LEAST && total(table, most) > table->fits) most--;
  long spare = table->fits - total(table, most);
  for (int i = 0; i < table->columns; i++) {
    if (table->widths[i] <= most || table->numbers[i]) continue;
    table->widths[i] = most + (spare-- > 0);
  }
}

/* Bytes of `text` that go on a line of `width` columns; *taken: with the
** space that the break takes. */
static size_t line_of(dsr_str text, int width, size_t *taken) {
  int columns;
  size_t len = dsr_text_fit(text, width, &columns);
  *taken = len;
  if (len == text.len) return len;
  if (len == 0) { /* a wide character, and one column */
    *taken = len = dsr_text_fit(text, width + 1, &columns);
    return len > 0 ? len : (*taken = text.len);
  }
  size_t sign = 0;
  for (size_t at = len; at > 0; at--) {
    if (text.data[at] == ' ') {
      *taken = at + 1;
      return at;
    }
    if (sign == 0 && strchr("-_/.,;:", text.data[at - 1]) != NULL) sign = at;
  }
  return *taken = sign > 0 ? sign : len;
}

/* ---- writing -------------------------------------------------------------------- */

static void pad(dsr_buffer *row, int n) {
  static const char spaces[] = "                                ";
  for (; n > 0; n -= (int)sizeof spaces - 1) {
    size_t now = n < (int)sizeof spaces - 1 ? (size_t)n : sizeof spaces - 1;
    dsr_buffer_add(row, spaces, now);
  }
}

/* Add what of `cell` goes on this line; it keeps the rest.  Is there any. */
static int add_piece(dsr_table *table, cell *from, int column, int last) {
  const char *text = table->text.data != NULL ? table->text.data + from->at : "";
  size_t len = from->len, taken = len;
  int width = from->width;
  if (table->fits > 0 && width > table->widths[column]) {
    len = line_of((dsr_str){text, len}, table->widths[column], &taken);
    dsr_text_fit((dsr_str){text, len}, INT_MAX, &width);
  }
  int space = table->widths[column] - width;
  if (table->numbers[column]) pad(&table->row, space);
  dsr_buffer_add(&table->row, text, len);
  if (column < last) pad(&table->row, (table->numbers[column] ? 0 : space) + GAP);
  from->at += taken;
  from->len -= taken;
  from->width -= width + (int)(taken - len);
  return from->len > 0;
}

/* The last cell of a row with something in it. */
static int last_of(const dsr_table *table, const cell *row) {
  int last = table->columns - 1;
  while (last > 0 && row[last].len == 0) last--;
  return last;
}

/* Write one row, nothing behind its last cell that is not empty. */
static void write_row(dsr_table *table, cell *row, int bold) {
  int more = 1;
  while (more) {
    int last = last_of(table, row);
    more = 0;
    table->row.len = 0;
    if (bold) dsr_buffer_put(&table->row, "\033[1m");
    for (int i = 0; i <= last; i++) more |= add_piece(table, &row[i], i, last);
    dsr_buffer_put(&table->row, bold ? "\033[0m\n" : "\n");
    if (table->row.failed) return;
    fwrite(table->row.data, 1, table->row.len, table->out);
  }
}

/* Write all whole rows that are kept: all there are, but for a table that ends within
** one. */
static void write_rows(dsr_table *table) {
  size_t columns = (size_t)table->columns;
  for (size_t i = 0; i + columns <= table->n; i += columns) {
    write_row(table, &table->cells[i], table->headed && table->bold);
    table->headed = 0;
  }
  table->n = 0;
  table->text.len = 0;
}

/* ---- cells ---------------------------------------------------------------------- */

dsr_table *dsr_table_new(FILE *out, int columns, const char *const *heads, int width,
                         int bold) {
  dsr_table *table = calloc(1, sizeof *table);
  if (table == NULL) return NULL;
  *table = (dsr_table){.out = out, .columns = columns, .fits = width, .bold = bold};
  table->widths = calloc(2 * (size_t)columns, sizeof *table->widths);
  if (table->widths == NULL) {
    free(table);
    return NULL;
  }
  table->numbers = table->widths + columns;
  for (int i = 0; i < columns; i++) table->numbers[i] = -1; /* not known yet */
  table->headed = heads != NULL;
  for (int i = 0; heads != NULL && i < columns; i++) {
    if (dsr_table_add(table, dsr_out_str(heads[i]), (dsr_str){NULL, 0}, -1) == 0) {
      continue;
    }
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
  int column = (int)((size_t)(added - table->cells) % (size_t)table->columns);
  if (added->width > table->widths[column]) table->widths[column] = added->width;
  if (added->number == -1) return;
  if (!added->number || table->numbers[column] == -1) {
    table->numbers[column] = added->number;
  }
}

/* The widths are known: hold the columns to them. */
static void settle(dsr_table *table) {
  if (table->streaming) return;
  table->streaming = 1;
  for (int i = 0; i < table->columns; i++) {
    if (table->numbers[i] == -1) table->numbers[i] = 0;
  }
  fit(table);
}

int dsr_table_add(dsr_table *table, dsr_str text, dsr_str lang, int number) {
  size_t columns = (size_t)table->columns;
  if (make_room(table) < 0) return -1;
  cell *added = &table->cells[table->n];
  *added = (cell){table->text.len, 0, 0, number};
  dsr_buffer_show(&table->text, text);
  if (lang.len > 0) {
    dsr_buffer_add(&table->text, "@", 1);
    dsr_buffer_show(&table->text, lang);
  }
  if (table->text.failed || table->row.failed) return -1;
  added->len = table->text.len - added->at;
  if (added->len > 0) {
    dsr_str shown = {table->text.data + added->at, added->len};
    dsr_text_fit(shown, INT_MAX, &added->width);
  }
  if (!table->streaming) measure(table, added);
  table->n++;
  if (table->n % columns != 0) return 0;
  if (table->n / columns > KEPT_ROWS) settle(table);
  if (table->streaming) write_rows(table);
  return 0;
}

int dsr_table_end(dsr_table *table) {
  if (table == NULL) return 0;
  settle(table);
  write_rows(table);
  int failed = table->text.failed || table->row.failed;
  dsr_buffer_free(&table->text);
  dsr_buffer_free(&table->row);
  free(table->cells);
  free(table->widths);
  free(table);
  return failed ? -1 : 0;
}
