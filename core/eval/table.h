/*
** table.h - a tab-separated file as a stored extent.
**
** Every line is a tuple; all have as many fields as the first.  What a column holds is
** told by all of its fields (field.h): booleans, integers, decimals, EDTF dates of which
** some are written with a `-`, else entities where each field is a plain name, else texts.
** No quoting and no header, as Datalog engines' fact files have it; \r\n ends a line too;
** empty lines at the end are skipped.
**
** Read in blocks, so memory is what the extent and the numbering take.  Columns are typed
** by the first block; where a later field does not fit, all fields are looked at, and the
** file is read again, which a pipe cannot be.
**
** Cost: one pass, for columns of small integers some 15 M lines a second; for a field of
** another type a look into the table of symbols.
*/
#ifndef DSR_EVAL_TABLE_H
#define DSR_EVAL_TABLE_H

#include "eval/extent.h"
#include "eval/field.h"

typedef struct dsr_table_shape {
  int width;
  dsr_field_type types[DSR_WIDTH_MAX];
  uint64_t lines;
} dsr_table_shape;

/* How many fields the first line has; 0 for an empty file.  DSR_EABSENT, DSR_EIO,
** DSR_ELIMIT past DSR_ARITY_MAX. */
dsr_status dsr_table_width(const char *path, dsr_error *error, int *out);

/* Read the file into a new stored extent; new names become temporaries of `symbols`.
** DSR_EABSENT, DSR_EIO; DSR_ESYNTAX "edges.tsv:17: 3 fields where the first line has 2",
** a NUL, or text that is not UTF-8; DSR_ELIMIT; DSR_ENOMEM; DSR_ESTOPPED through `stop`
** (may be NULL).  An empty file has width 0 and no tuples. */
dsr_status dsr_table_read(const char *path, dsr_symbols *symbols, dsr_numbers *numbers,
                          const volatile int *stop, dsr_error *error,
                          dsr_table_shape *shape, dsr_extent **out);

#endif
