/*
** table.h - a tab-separated file as a stored extent.
**
** Every line is a tuple; all have as many fields as the first.  What a column holds is
** told by all of its fields: integers, decimals, EDTF dates (written with a `-`), else
** entities where each field is a plain name (a letter, then letters, digits, _ - . : /),
** else texts.  No quoting and no header, as Datalog engines' fact files have it; \r\n ends
** a line too; empty lines at the end are skipped.
**
** Read in blocks, so memory is what the extent and the numbering take.  A field that does
** not fit what its column was taken for makes the columns before be read again as texts.
** Cost: one pass, some hundred MB/s for integers.
*/
#ifndef DSR_EVAL_TABLE_H
#define DSR_EVAL_TABLE_H

#include "eval/extent.h"
#include "value/symbol.h"

typedef enum dsr_table_type {
  DSR_TABLE_INT = 1,
  DSR_TABLE_DECIMAL,
  DSR_TABLE_TIME,
  DSR_TABLE_ENTITY,
  DSR_TABLE_TEXT,
} dsr_table_type;

typedef struct dsr_table_shape {
  int width;
  dsr_table_type types[DSR_WIDTH_MAX];
  uint64_t lines;
} dsr_table_shape;

/* How many fields the first line has; 0 for an empty file.  DSR_EABSENT, DSR_EIO,
** DSR_ELIMIT past DSR_ARITY_MAX. */
dsr_status dsr_table_width(const char *path, dsr_error *error, int *out);

/* Read the file into a new stored extent; new names become temporaries of `symbols`.
** DSR_EABSENT, DSR_EIO; DSR_ESYNTAX "edges.tsv:17: 3 fields where the first line has 2",
** or text that is not UTF-8; DSR_ELIMIT; DSR_ESTOPPED through `stop` (may be NULL). */
dsr_status dsr_table_read(const char *path, dsr_symbols *symbols, dsr_numbers *numbers,
                          const volatile int *stop, dsr_error *error,
                          dsr_table_shape *shape, dsr_extent **out);

#endif
