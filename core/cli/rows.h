/*
** rows.h - rows of values, written in any of the formats there are.
*/
#ifndef DSR_CLI_ROWS_H
#define DSR_CLI_ROWS_H

#include <stdio.h>

#include "dossier.h"

typedef enum dsr_rows_format {
  DSR_ROWS_TABLE = 0,
  DSR_ROWS_CSV,
  DSR_ROWS_TSV,
  DSR_ROWS_JSON,
  DSR_ROWS_MD,
} dsr_rows_format;

/* The format that is called `name`, a table where that is NULL: 0, or -1 where there is
** none, which was told. */
int dsr_rows_format_of(const char *name, dsr_rows_format *format);

/* Is there a format of reports that is called `name` (NULL is allowed)?  0, or -1, which
** was told. */
int dsr_report_format(const char *name);

typedef struct dsr_rows dsr_rows;

/* How rows look. */
typedef struct dsr_rows_look {
  dsr_rows_format format;
  int headless; /* a table has no head; other formats always do */
  int width;    /* that a table fits; 0: any */
  int colour;
} dsr_rows_look;

/* Rows of `columns` columns, written to `out`; NULL where there is no memory.  `names` is
** copied, the names in it are kept. */
dsr_rows *dsr_rows_new(FILE *out, int columns, const char *const *names,
                       const dsr_rows_look *look);

/* The next cell, from left to right and row by row; copied.  `text` is its text, of
** numbers too.  0, or -1 where there is no memory. */
int dsr_rows_add(dsr_rows *rows, const dsr_value *cell);

/* Write what is left, and free the rows (NULL is allowed).  `whole`: there are no more;
** else the rows broke off, and JSON is left open so that nobody takes it for whole.  0,
** or -1 where there was no memory. */
int dsr_rows_end(dsr_rows *rows, int whole);

#endif
