/*
** cell.h - what stands in a table as a value of a base.
**
** A cell is a field of CSV, or a value of JSON.  What it becomes is told by the type that
** is wanted; where none is, by how it looks:
**
**   true, false            a boolean
**   7  -12  0.5            a number, where it comes back as it is written: not 007, not +7
**   1994-02-08  1994/2004  a time: EDTF with a - or a / in it (1994 is a number)
**   08/02/1994             refused: which is the month?
**   anything else          an entity of that name
**
** Strings of JSON are no numbers and no booleans; its numbers are never times.  A date may
** be written 19940208, too, where one is wanted.
*/
#ifndef DSR_IO_CELL_H
#define DSR_IO_CELL_H

#include "ground/bytes.h"
#include "io/pattern.h"
#include "value/symbol.h"

typedef enum dsr_cell_kind {
  DSR_CELL_NONE,   /* no value */
  DSR_CELL_PLAIN,  /* a field */
  DSR_CELL_STRING, /* of JSON, as are these: */
  DSR_CELL_NUMBER,
  DSR_CELL_BOOL,
  DSR_CELL_ENTITY, /* told to be these */
  DSR_CELL_TEXT,
  DSR_CELL_TIME,
} dsr_cell_kind;

typedef struct dsr_cell {
  dsr_cell_kind kind;
  dsr_str text;
  dsr_str lang, datatype; /* of a text */
} dsr_cell;

/* A value: a word, or a name that is to become one. */
typedef struct dsr_cell_value {
  dsr_word word;
  dsr_symbol_kind kind; /* 0: the word is there */
  dsr_str spelling;
} dsr_cell_value;

enum { DSR_CELL_WHY = 512 };

/*
** What a cell comes to as a value of `type`; a text without a language of its own has
** `lang`.  The spelling is borrowed from the cell or from `room`, which is written anew.
**
** Returns DSR_OK, DSR_NOTHING where there is no value; DSR_ETYPE, DSR_ETIME or DSR_ELIMIT
** with the words in `why`; DSR_ENOMEM.
*/
dsr_status dsr_cell_read(dsr_symbols *symbols, const dsr_cell *cell, dsr_slot_type type,
                         dsr_str lang, dsr_bytes *room, char why[DSR_CELL_WHY],
                         dsr_cell_value *out);

/* The time from the one cell to the other; an empty one leaves that end open. */
dsr_status dsr_cell_interval(const dsr_cell *from, const dsr_cell *till,
                             dsr_bytes *room, char why[DSR_CELL_WHY],
                             dsr_cell_value *out);

/* Does a column of a declared type take the value? */
bool dsr_cell_fits(const dsr_cell_value *value, int domain);

/* The type to want for a column of a declared type. */
dsr_slot_type dsr_cell_type(int domain);

/* What a value is, as a type, and in a word: "entity". */
dsr_slot_type dsr_cell_type_of(const dsr_cell_value *value);
const char *dsr_cell_word(const dsr_cell_value *value);

#endif
