/*
** field.h - what a field of a table can be, and the word for it.
**
** A field is what stands between tabs, as it is.  It can be
**   a boolean  true, false
**   an integer 7, -12; not 007 and not +7, which would come back as something else
**   a decimal  0.5, and integers, which read 7.0 in a column of decimals
**   a time     EDTF that begins with a digit, - or .: 1994-02-08, 1994/2004
**   a name     of an entity: a letter, then letters, digits, _ - . : /
**   a text     anything that is UTF-8
*/
#ifndef DSR_EVAL_FIELD_H
#define DSR_EVAL_FIELD_H

#include "value/symbol.h"

typedef enum dsr_field_type {
  DSR_FIELD_BOOL = 0,
  DSR_FIELD_INT,
  DSR_FIELD_DECIMAL,
  DSR_FIELD_TIME,
  DSR_FIELD_ENTITY,
  DSR_FIELD_TEXT,
} dsr_field_type;

#define DSR_FIELD_ALL 0x3fu

/* Which types of `among`, a bit for each (1u << type), the field can be; a text is not
** looked into. */
unsigned dsr_field_types(dsr_str field, unsigned among);

/* The word for the field as a value of a type; new names are temporaries.  DSR_NOTHING:
** it is not of this type.  DSR_ESYNTAX (a text that is not UTF-8), DSR_ELIMIT and
** DSR_ENOMEM in the words of the table of symbols. */
dsr_status dsr_field_word(dsr_symbols *symbols, dsr_field_type type, dsr_str field,
                          dsr_word *out);

#endif
