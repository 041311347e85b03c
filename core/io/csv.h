/*
** csv.h - the rows of a table in CSV or TSV.
**
** CSV is that of RFC 4180 and its kin: a field may stand in quotes, which then are doubled
** inside, and may hold delimiters and line ends; lines end with LF, CR LF or CR; the last
** one need not; a byte order mark at the start is passed over.  Quotes inside a field that
** does not begin with one are characters as any.  The delimiter is a comma, unless the
** first line has none and either tabs or semicolons.
**
** TSV has tabs and no quotes; \t, \n, \r and \\ in a field are a tab, a line feed, a
** carriage return and a backslash, as `query --format tsv` writes them; another backslash
** stands for itself.
**
** Lines without anything on them are passed over.  All rows have as many fields as the
** first.  Text is UTF-8 without NUL, which is checked.
**
** Memory holds a span of the input, or twice the longest row.  A row costs a pass over its
** bytes, sixteen at a time, and one that checks UTF-8.
*/
#ifndef DSR_IO_CSV_H
#define DSR_IO_CSV_H

#include "io/input.h"

/* What is read is refused with DSR_ELIMIT beyond these. */
enum {
  DSR_CSV_FIELD_MOST = 16 << 20, /* bytes of a field */
  DSR_CSV_ROW_MOST = 64 << 20,   /* bytes of a row */
  DSR_CSV_FIELDS_MOST = 10000,   /* fields of a row */
};

/* All zero: CSV whose delimiter is told by the first line. */
typedef struct dsr_csv_options {
  bool tsv;
  char delimiter; /* of CSV */
} dsr_csv_options;

/* A row, borrowed until the next is asked for. */
typedef struct dsr_csv_row {
  const dsr_str *fields;
  size_t n;
  dsr_str raw;  /* as written, without its line end */
  int64_t line; /* on which it begins, from 1 */
} dsr_csv_row;

typedef struct dsr_csv dsr_csv;

/* Rows of `input`, which is kept, as is `error`.  NULL for the usual options. */
dsr_status dsr_csv_new(dsr_input *input, const dsr_csv_options *options,
                       dsr_error *error, dsr_csv **out);
void dsr_csv_free(dsr_csv *csv); /* NULL is allowed */

/*
** The next row: DSR_ROW, or DSR_DONE behind the last.
**
** A bad row is DSR_ESYNTAX or DSR_ELIMIT, told as "FILE:LINE:COLUMN: ..."; *out has no
** fields then, but the bytes to set aside and their line, and reading goes on behind them.
** What dsr_input_more() returns, or DSR_ENOMEM, ends the reading.
*/
dsr_status dsr_csv_next(dsr_csv *csv, dsr_csv_row *out);

/* Tell of something wrong with field `i` of the row that was asked for last. */
dsr_status dsr_csv_fail(dsr_csv *csv, size_t i, dsr_status code, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));

/* What stands between fields, once a row was read. */
char dsr_csv_delimiter(const dsr_csv *csv);

#endif
