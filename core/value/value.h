/*
** value.h - one value in one 64-bit word.
**
**   bits 63..61  tag          bits 60..0  payload
**   0 none                    0: no value; in a pattern, any value
**   1 bool                    0 or 1
**   2 int                     value + 2^60
**   3 decimal                 value * 10^6 + 2^60, where that is exact and fits
**   4 day                     days since 1970-01-01 + 2^60: one exact date
**   5 entity                  symbol number: identifier, IRI or blank node
**   6 text                    symbol number: string with language or datatype
**   7 other                   symbol number: any other EDTF time, any wider number
**
** Equality is equality of words.  Words of one tag in 1..4 are in value order; the
** order of whole values needs the symbols (dsr_value_compare in symbol.h).  A value
** has one word: a number that fits is never interned, an exact day neither.
*/
#ifndef DSR_VALUE_VALUE_H
#define DSR_VALUE_VALUE_H

#include "ground/status.h"

typedef uint64_t dsr_word;

enum {
  DSR_TAG_NONE = 0,
  DSR_TAG_BOOL,
  DSR_TAG_INT,
  DSR_TAG_DECIMAL,
  DSR_TAG_DAY,
  DSR_TAG_ENTITY,
  DSR_TAG_TEXT,
  DSR_TAG_OTHER,
  DSR_TAG_SHIFT = 61,
};

#define DSR_WORD_NONE ((dsr_word)0)
#define DSR_WORD_PAYLOAD (((dsr_word)1 << DSR_TAG_SHIFT) - 1)
#define DSR_WORD_BIAS ((dsr_word)1 << 60)

static inline int dsr_word_tag(dsr_word word) { return (int)(word >> DSR_TAG_SHIFT); }
static inline uint64_t dsr_word_payload(dsr_word word) {
  return word & DSR_WORD_PAYLOAD;
}
static inline dsr_word dsr_word_make(int tag, uint64_t payload) {
  return (dsr_word)tag << DSR_TAG_SHIFT | payload;
}
/* Does the word stand for a symbol, and which. */
static inline bool dsr_word_interned(dsr_word word) {
  return dsr_word_tag(word) >= DSR_TAG_ENTITY;
}
static inline dsr_word dsr_word_bool(bool value) {
  return dsr_word_make(DSR_TAG_BOOL, value ? 1 : 0);
}
static inline dsr_word dsr_word_day(int32_t day) {
  return dsr_word_make(DSR_TAG_DAY, (uint64_t)((int64_t)day + (int64_t)DSR_WORD_BIAS));
}
/* The signed payload of an int, decimal (in millionths) or day word. */
static inline int64_t dsr_word_signed(dsr_word word) {
  return (int64_t)dsr_word_payload(word) - (int64_t)DSR_WORD_BIAS;
}
/* Does `value` fit an int word, -2^60 .. 2^60-1. */
static inline bool dsr_word_int_fits(int64_t value) {
  return value >= -(INT64_C(1) << 60) && value < (INT64_C(1) << 60);
}
static inline dsr_word dsr_word_int(int64_t value) { /* value must fit */
  return dsr_word_make(DSR_TAG_INT, (uint64_t)(value + (int64_t)DSR_WORD_BIAS));
}

/*
** Read a decimal numeral, "-12.50" or "7" (digits, one point with a digit after it,
** an optional sign).  Where it is exact in the word, *out is an int word (no point)
** or a decimal word, and the result is DSR_OK; where it is well formed but wider, it
** is DSR_NOTHING (intern it as DSR_SYM_NUMBER, in the canonical form that
** `canonical` receives: no leading zeros, no trailing zeros after the point but one
** digit, "-0.0" is "0.0").  DSR_ESYNTAX otherwise.  `canonical` has room for
** text.len + 3 bytes.
*/
dsr_status dsr_number_parse(dsr_str text, dsr_word *out, char *canonical);

/* The language's form of a bool, int, decimal or day word, NUL-ended; its length.
** A decimal always shows a point: "2.0". */
enum { DSR_WORD_TEXT = 40 };
int dsr_word_format(dsr_word word, char out[DSR_WORD_TEXT]);

#endif
