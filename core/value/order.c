/*
** order.c - the order of values, total and the same on every machine.
**
** Values are ordered by what they are, then within.  Words of one tag up to decimals
** are in value order, so most comparisons look at nothing else.  Numbers of different
** forms are compared by their digits, which is exact at any width.  Where all that can
** be seen is equal (a temporary and a symbol that was interned after it), numbers of
** symbols decide: only equal words are equal.
*/
#include <string.h>

#include "ground/text.h"
#include "value/symbol.h"

typedef enum rank {
  RANK_NONE,
  RANK_BOOL,
  RANK_NUMBER,
  RANK_TIME,
  RANK_ENTITY,
  RANK_TEXT
} rank;

static rank rank_of(dsr_type type) {
  switch (type) {
    case DSR_BOOL:
      return RANK_BOOL;
    case DSR_INT:
    case DSR_DECIMAL:
      return RANK_NUMBER;
    case DSR_TIME:
      return RANK_TIME;
    case DSR_ENTITY:
      return RANK_ENTITY;
    case DSR_TEXT:
      return RANK_TEXT;
    default:
      return RANK_NONE;
  }
}

static int compare_words(dsr_word a, dsr_word b) { return (a > b) - (a < b); }

/* ---- numbers ------------------------------------------------------------------ */

/* A canonical numeral's digits before and after the point. */
typedef struct digits {
  bool negative;
  dsr_str whole, fraction; /* fraction.data NULL: an integer */
} digits;

static digits digits_of(dsr_str numeral) {
  digits out = {numeral.len > 0 && numeral.data[0] == '-', numeral, {NULL, 0}};
  if (out.negative) {
    out.whole.data++;
    out.whole.len--;
  }
  const char *point = memchr(out.whole.data, '.', out.whole.len);
  if (point) {
    size_t n_whole = (size_t)(point - out.whole.data);
    out.fraction = (dsr_str){point + 1, out.whole.len - n_whole - 1};
    out.whole.len = n_whole;
  }
  return out;
}

/* Digits after a point, as if zeros followed without end. */
static int compare_fractions(dsr_str a, dsr_str b) {
  size_t len = a.len > b.len ? a.len : b.len;
  for (size_t i = 0; i < len; i++) {
    char of_a = i < a.len ? a.data[i] : '0', of_b = i < b.len ? b.data[i] : '0';
    if (of_a != of_b) return of_a < of_b ? -1 : 1;
  }
  return 0;
}

static int compare_digits(const digits *a, const digits *b) {
  if (a->negative != b->negative) return a->negative ? -1 : 1;
  int order = (a->whole.len > b->whole.len) - (a->whole.len < b->whole.len);
  if (order == 0) order = dsr_str_cmp(a->whole, b->whole);
  if (order == 0) order = compare_fractions(a->fraction, b->fraction);
  return a->negative ? -order : order;
}

/* By value; of equals the integer first. */
static int compare_numerals(dsr_str a_text, dsr_str b_text) {
  digits a = digits_of(a_text), b = digits_of(b_text);
  int order = compare_digits(&a, &b);
  if (order != 0) return order;
  return (a.fraction.data != NULL) - (b.fraction.data != NULL);
}

/* A number as its digits; false where the word is none. */
static bool number_digits(dsr_symbols *symbols, dsr_word word,
                          char scratch[DSR_WORD_TEXT], digits *out) {
  dsr_value value;
  if (dsr_word_value(symbols, word, scratch, &value) < 0) return false;
  if (value.type != DSR_INT && value.type != DSR_DECIMAL) return false;
  *out = digits_of(value.text);
  return true;
}

bool dsr_number_compare(dsr_symbols *symbols, dsr_word a, dsr_word b, int *out) {
  char scratch_a[DSR_WORD_TEXT], scratch_b[DSR_WORD_TEXT];
  digits of_a, of_b;
  int tag = dsr_word_tag(a);
  if (tag == dsr_word_tag(b) && (tag == DSR_TAG_INT || tag == DSR_TAG_DECIMAL)) {
    *out = compare_words(a, b);
    return true;
  }
  if (!number_digits(symbols, a, scratch_a, &of_a) ||
      !number_digits(symbols, b, scratch_b, &of_b)) {
    return false;
  }
  *out = compare_digits(&of_a, &of_b);
  return true;
}

/* ---- all values ------------------------------------------------------------------ */

/* By string, language, datatype; what has none comes before what has some. */
static int compare_texts(const dsr_value *a, const dsr_value *b) {
  int order = dsr_str_cmp(a->text, b->text);
  if (order == 0) order = dsr_str_cmp(a->lang, b->lang);
  return order != 0 ? order : dsr_str_cmp(a->datatype, b->datatype);
}

static dsr_status compare_times(dsr_symbols *symbols, dsr_word a, dsr_word b,
                                int *out) {
  dsr_time of_a, of_b;
  TRY(dsr_word_time(symbols, a, &of_a));
  TRY(dsr_word_time(symbols, b, &of_b));
  *out = dsr_time_compare(&of_a, &of_b);
  return DSR_OK;
}

static dsr_status compare_different(dsr_symbols *symbols, dsr_word a, dsr_word b,
                                    int *out) {
  char scratch_a[DSR_WORD_TEXT], scratch_b[DSR_WORD_TEXT];
  dsr_value of_a, of_b;
  TRY(dsr_word_value(symbols, a, scratch_a, &of_a));
  TRY(dsr_word_value(symbols, b, scratch_b, &of_b));
  rank rank_a = rank_of(of_a.type), rank_b = rank_of(of_b.type);
  int order = (rank_a > rank_b) - (rank_a < rank_b);
  if (order == 0 && rank_a == RANK_TIME) TRY(compare_times(symbols, a, b, &order));
  if (order == 0) {
    order = rank_a == RANK_NUMBER ? compare_numerals(of_a.text, of_b.text)
            : rank_a == RANK_TEXT ? compare_texts(&of_a, &of_b)
                                  : dsr_str_cmp(of_a.text, of_b.text);
  }
  *out = order != 0 ? order : compare_words(a, b);
  return DSR_OK;
}

dsr_status dsr_value_compare(dsr_symbols *symbols, dsr_word a, dsr_word b, int *out) {
  bool in_value_order =
      dsr_word_tag(a) == dsr_word_tag(b) && dsr_word_tag(a) < DSR_TAG_ENTITY;
  if (a == b || in_value_order) {
    *out = compare_words(a, b);
    return DSR_OK;
  }
  return compare_different(symbols, a, b, out);
}
