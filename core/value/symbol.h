/*
** symbol.h - interning: one number for each name, text, time and wide number.
**
** Numbers are dense, from 1, in order of first use; a symbol once committed never
** changes or goes away.  The table keeps what it has met in memory and asks its
** `backing` (the store) for the rest, by number or by spelling.  Spellings are kept in
** an arena: a dsr_str from here is good as long as the table.
**
** Temporaries stand for literals that a query names and the base has never met.  Their
** numbers begin at DSR_SYMBOL_TEMP; they are never stored and compare equal by number
** with nothing but themselves.
**
** Cost: a hash probe where the symbol is in memory, else one call of the backing.
*/
#ifndef DSR_VALUE_SYMBOL_H
#define DSR_VALUE_SYMBOL_H

#include "ground/bytes.h"
#include "value/date.h"
#include "value/value.h"

typedef enum dsr_symbol_kind {
  DSR_SYM_ENTITY = 1, /* nato; an IRI is spelled with its brackets, a blank node _:b */
  DSR_SYM_TEXT,       /* string, or string NUL "@uk", or string NUL "^^" datatype IRI */
  DSR_SYM_TIME,       /* EDTF as written, other than one exact day */
  DSR_SYM_NUMBER,     /* a canonical decimal numeral that fits no word */
} dsr_symbol_kind;

enum {
  DSR_NAME_MOST = 65535,    /* bytes of an entity's or relation's name */
  DSR_TEXT_MOST = 16777216, /* bytes of a text */
};
#define DSR_SYMBOL_MOST UINT32_C(0x7fffffff)
#define DSR_SYMBOL_TEMP (UINT64_C(1) << 40)

/* Where symbols are kept that the table has not met.  Both return DSR_OK with the
** output set, DSR_NOTHING where there is none, or a failure.  `spelling` borrowed until
** the next call. */
typedef struct dsr_symbol_backing {
  dsr_status (*by_number)(void *ud, uint64_t number, dsr_symbol_kind *kind,
                          dsr_str *spelling);
  dsr_status (*by_spelling)(void *ud, dsr_symbol_kind kind, dsr_str spelling,
                            uint64_t *number);
  void *ud;
} dsr_symbol_backing;

typedef struct dsr_symbols dsr_symbols;

/* `backing` may be NULL (all in memory).  `next` is the first number not yet given. */
dsr_status dsr_symbols_new(const dsr_symbol_backing *backing, uint64_t next,
                           dsr_error *error, dsr_symbols **out);
void dsr_symbols_free(dsr_symbols *symbols);
/* Where the table tells of failures: the error that it was made with. */
dsr_error *dsr_symbols_error(const dsr_symbols *symbols);

/* May a symbol be spelled so?  DSR_ELIMIT where it is too long, DSR_ESYNTAX where it is
** empty or not UTF-8. */
dsr_status dsr_symbol_check(dsr_symbols *symbols, dsr_symbol_kind kind,
                            dsr_str spelling);

/* The word of a symbol, given a number if new.  DSR_ELIMIT where it is too long. */
dsr_status dsr_symbols_intern(dsr_symbols *symbols, dsr_symbol_kind kind,
                              dsr_str spelling, dsr_word *out);
/* The same without giving numbers: DSR_NOTHING where it is unknown. */
dsr_status dsr_symbols_find(dsr_symbols *symbols, dsr_symbol_kind kind,
                            dsr_str spelling, dsr_word *out);
/* The same, with a temporary where it is unknown. */
dsr_status dsr_symbols_temp(dsr_symbols *symbols, dsr_symbol_kind kind,
                            dsr_str spelling, dsr_word *out);
/* The same for n spellings: several times faster where many symbols are in memory, since
** the waits for it overlap.  *done is how many came out, also where one failed. */
dsr_status dsr_symbols_temps(dsr_symbols *symbols, dsr_symbol_kind kind,
                             const dsr_str *spellings, size_t n, dsr_word *out,
                             size_t *done);
/* Ask memory for what finding a few spellings will read: the waits overlap, as above. */
void dsr_symbols_expect(const dsr_symbols *symbols, dsr_symbol_kind kind,
                        const dsr_str *spellings, size_t n);
/* The spelling of an interned word. */
dsr_status dsr_symbols_get(dsr_symbols *symbols, dsr_word word, dsr_symbol_kind *kind,
                           dsr_str *spelling);

/* What is new since the backing was last told: numbers [first, next).  `sync` says that
** numbers below `next` are now in the backing (another handle may have put them there:
** then `next` is beyond this table's own).  `rollback` forgets numbers from `to` on. */
uint64_t dsr_symbols_next(const dsr_symbols *symbols);
void dsr_symbols_sync(dsr_symbols *symbols, uint64_t next);
void dsr_symbols_rollback(dsr_symbols *symbols, uint64_t to);

/* ---- values over symbols ------------------------------------------------------ */

/* How a literal that is not in the table becomes a word. */
typedef enum dsr_intern_mode {
  DSR_INTERN,
  DSR_INTERN_TEMP,
  DSR_INTERN_FIND
} dsr_intern_mode;

/* The word for EDTF text: a day word for one exact day, DSR_WORD_NONE for "unknown".
** DSR_ETIME (words in the error) where it is none. */
dsr_status dsr_time_word(dsr_symbols *symbols, dsr_str edtf, dsr_intern_mode mode,
                         dsr_word *out);
/* The word for a numeral, a 64-bit integer, a double (its shortest form that reads
** back). */
dsr_status dsr_number_word(dsr_symbols *symbols, dsr_str numeral, dsr_intern_mode mode,
                           dsr_word *out);
dsr_status dsr_int_word(dsr_symbols *symbols, int64_t value, dsr_intern_mode mode,
                        dsr_word *out);
dsr_status dsr_double_word(dsr_symbols *symbols, double value, dsr_intern_mode mode,
                           dsr_word *out);
/* The word for a text with a language or a datatype (either may be none, not both). */
dsr_status dsr_text_word(dsr_symbols *symbols, dsr_str string, dsr_str lang,
                         dsr_str datatype, dsr_intern_mode mode, dsr_word *out);

/* The four days of a time word (a day, or an interned time; DSR_WORD_NONE is the
** unknown time).  DSR_ETYPE for other words.  Parsed once and remembered. */
dsr_status dsr_word_time(dsr_symbols *symbols, dsr_word word, dsr_time *out);

/* How that text is spelled as a symbol, in `room`: appended to it, and borrowed until it
** changes; the string itself where there is nothing to append. */
dsr_status dsr_text_spelling(dsr_symbols *symbols, dsr_str string, dsr_str lang,
                             dsr_str datatype, dsr_bytes *room, dsr_str *out);

/* And taken apart again: parts of the spelling, or none. */
void dsr_text_parts(dsr_str spelling, dsr_str *string, dsr_str *lang,
                    dsr_str *datatype);

/* What a word is, and its parts: the pieces of dsr_value.  Borrowed from the table, but
** for numbers and days, which are spelled into `scratch`. */
dsr_status dsr_word_value(dsr_symbols *symbols, dsr_word word,
                          char scratch[DSR_WORD_TEXT], dsr_value *out);

/* A numeric word as a double, and as an integer where it is written as one (2.0 is
** not).  False: not such a number. */
bool dsr_word_double(dsr_symbols *symbols, dsr_word word, double *out);
bool dsr_word_integer(dsr_symbols *symbols, dsr_word word, int64_t *out);

/*
** The order of values, total and the same on every machine: by what they are (none,
** booleans, numbers by value, times by their four days and then as written, entities
** by identifier, texts by string, language, datatype), then within.  Numbers equal
** in value but not in form (2 and 2.0): the integer first.  *out < 0, 0, > 0; 0 only
** for equal words.
*/
dsr_status dsr_value_compare(dsr_symbols *symbols, dsr_word a, dsr_word b, int *out);
/* Numbers by value alone and exactly, at any width: 2 and 2.0 are equal.  False: one is
** no number. */
bool dsr_number_compare(dsr_symbols *symbols, dsr_word a, dsr_word b, int *out);

/* A word in the language: `nato`, "text"@uk with escapes, 1994, 'Any Thing' quoted
** where it must be.  In `arena`. */
dsr_status dsr_word_write(dsr_symbols *symbols, dsr_word word, dsr_arena *arena,
                          dsr_str *out);
/* Does the language read a time, as it is written, in a column as that very time: in one
** declared a date, or in any?  Elsewhere it stands behind an "@": p(a, @1994). */
bool dsr_time_stands_alone(dsr_str edtf, bool date);
/* A name as an entity or a relation is written, in quotes where it needs them. */
dsr_status dsr_name_write(dsr_symbols *symbols, dsr_str name, dsr_arena *arena,
                          dsr_str *out);

#endif
