/*
** table.h - rows of text with their columns aligned.
*/
#ifndef DSR_CLI_TABLE_H
#define DSR_CLI_TABLE_H

#include <stdio.h>

#include "dossier.h"

typedef struct dsr_table dsr_table;

/* A table of `columns` columns that is written to `out`; NULL where there is no memory.
** With a `width` above 0 it fits that many columns of a terminal: the widest give way,
** and their cells go on below.  `heads`, if not NULL, stand on top; with `bold` they
** stand out. */
dsr_table *dsr_table_new(FILE *out, int columns, const char *const *heads, int width,
                         int bold);

/* The next cell, from left to right and row by row.  Copied; with `lang`, "@lang" comes
** behind it.  A column of numbers only is aligned at the right.  0, or -1 where there
** is no memory. */
int dsr_table_add(dsr_table *table, dsr_str text, dsr_str lang, int number);

/* Write what is left, and free the table (NULL is allowed).  0, or -1 where there was no
** memory. */
int dsr_table_end(dsr_table *table);

#endif
