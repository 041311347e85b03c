/*
** pattern.h - what the rows of a table say: `event(subject, relation, object) @ date`.
**
**   PATTERN = RELATION "(" SLOT {"," SLOT} ")" ["@" SLOT ["/" SLOT]] {PART SLOT}
**   RELATION = WORD | 'NAME' | <IRI> | {COLUMN}
**   PART = from | locator | grade | speaker | quote | confidence
**   SLOT = COLUMN [":" TYPE] | CONSTANT
**   COLUMN = WORD | {ANY NAME} | $N | #N            by its name, or by its number from 1
**   TYPE = entity | text | text@LANG | int | decimal | date | bool
**   CONSTANT = "text" | "text"@LANG | 'entity' | <IRI> | 12 | 0.5 | 1994-02-08 | true
**
** A WORD is of letters, digits, _, - and dots, and begins with no digit.  In front of "("
** it is the relation's name; elsewhere it is a column, whatever its first letter: what is
** the same in every row stands in quotes, as in the language.  Behind "@" 1994 is a year.
*/
#ifndef DSR_IO_PATTERN_H
#define DSR_IO_PATTERN_H

#include "ground/mem.h"
#include "value/value.h"

typedef enum dsr_slot_kind {
  DSR_SLOT_NONE,
  DSR_SLOT_COLUMN, /* by name */
  DSR_SLOT_NUMBER, /* by number */
  DSR_SLOT_ENTITY, /* constants, by what they are */
  DSR_SLOT_TEXT,
  DSR_SLOT_NUMERAL,
  DSR_SLOT_TIME,
  DSR_SLOT_BOOL,
} dsr_slot_kind;

typedef enum dsr_slot_type {
  DSR_SLOT_ANY, /* as declared, or as it looks */
  DSR_SLOT_AS_ENTITY,
  DSR_SLOT_AS_TEXT,
  DSR_SLOT_AS_INT,
  DSR_SLOT_AS_DECIMAL,
  DSR_SLOT_AS_DATE,
  DSR_SLOT_AS_BOOL,
} dsr_slot_type;

typedef struct dsr_slot {
  dsr_slot_kind kind;
  dsr_slot_type type;
  dsr_str text; /* the column's name, or the constant */
  dsr_str lang; /* of a text */
  int number;   /* of a column, from 1 */
  size_t at;    /* offset in the pattern */
} dsr_slot;

/* The parts of a claim that stand behind the fact. */
typedef enum dsr_pattern_part {
  DSR_PART_SOURCE,
  DSR_PART_LOCATOR,
  DSR_PART_GRADE,
  DSR_PART_SPEAKER,
  DSR_PART_QUOTATION,
  DSR_PART_CONFIDENCE,
  DSR_PARTS
} dsr_pattern_part;

typedef struct dsr_pattern {
  dsr_str text;
  dsr_slot relation; /* an entity slot holds the name */
  int arity;
  dsr_slot args[DSR_ARITY_MAX];
  dsr_slot time, till;       /* `till` where an interval is written from two slots */
  dsr_slot parts[DSR_PARTS]; /* of kind DSR_SLOT_NONE where they are not there */
} dsr_pattern;

/* Read a pattern; names and constants are kept in `arena`.  DSR_EMISUSE, told as
** "pattern:1:COLUMN: ...". */
dsr_status dsr_pattern_parse(dsr_str text, dsr_arena *arena, dsr_error *error,
                             dsr_pattern *out);

/* Tell of something wrong at an offset of the pattern. */
dsr_status dsr_pattern_fail(const dsr_pattern *pattern, size_t at, dsr_error *error,
                            const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
