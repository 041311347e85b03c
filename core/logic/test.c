/*
** test.c - comparisons and tests of time, on words.
**
** What is asked most, two integers, is answered first and without a call.
*/
#include "logic/test.h"

#include "logic/plan.h"

dsr_status dsr_test_same(dsr_view *view, dsr_word word, dsr_word *out) {
  *out = word;
  if (view == NULL || dsr_word_tag(word) != DSR_TAG_ENTITY) return DSR_OK;
  return dsr_view_same(view, word, out);
}

bool dsr_test_order(dsr_compare op, int order) {
  switch (op) {
    case DSR_EQ:
      return order == 0;
    case DSR_NE:
      return order != 0;
    case DSR_LT:
      return order < 0;
    case DSR_LE:
      return order <= 0;
    case DSR_GT:
      return order > 0;
    case DSR_GE:
      return order >= 0;
  }
  return false;
}

/* A date and a number that meet only at run time, in columns of any type. */
static dsr_status check_order(dsr_symbols *symbols, dsr_word a, dsr_word b) {
  dsr_domain x = dsr_word_domain(symbols, a), y = dsr_word_domain(symbols, b);
  bool mixed = (x == DSR_COL_TIME || y == DSR_COL_TIME) && x != y &&
               dsr_domain_meets(DSR_COL_NUMBER, x == DSR_COL_TIME ? y : x);
  if (!mixed) return DSR_OK;
  return dsr_fail(dsr_symbols_error(symbols), DSR_ETYPE,
                  "a comparison met a date and a number; declare the column as one of "
                  "dates, and compare times with before and after");
}

static dsr_status order_of(dsr_symbols *symbols, dsr_view *view, dsr_word a, dsr_word b,
                           int *out) {
  if (dsr_number_compare(symbols, a, b, out)) return DSR_OK;
  TRY(dsr_test_same(view, a, &a));
  TRY(dsr_test_same(view, b, &b));
  return dsr_value_compare(symbols, a, b, out);
}

dsr_status dsr_test_compare(dsr_symbols *symbols, dsr_view *view, dsr_compare op,
                            bool numeric, dsr_word a, dsr_word b, bool *out) {
  int order = 0, tag = dsr_word_tag(a);
  if (tag == DSR_TAG_INT && dsr_word_tag(b) == DSR_TAG_INT) {
    *out = dsr_test_order(op, (a > b) - (a < b));
    return DSR_OK;
  }
  if (numeric) {
    *out = dsr_number_compare(symbols, a, b, &order) && dsr_test_order(op, order);
    return DSR_OK;
  }
  if (a != b) {
    if (op != DSR_EQ && op != DSR_NE) TRY(check_order(symbols, a, b));
    TRY(order_of(symbols, view, a, b, &order));
  }
  *out = dsr_test_order(op, order);
  return DSR_OK;
}

/* A time word's four days; DSR_NOTHING for any other word. */
static dsr_status time_of(dsr_symbols *symbols, dsr_word word, dsr_time *out) {
  if (dsr_word_domain(symbols, word) != DSR_COL_TIME) return DSR_NOTHING;
  return dsr_word_time(symbols, word, out);
}

dsr_status dsr_test_time(dsr_symbols *symbols, dsr_time_test test, bool possibly,
                         dsr_word a, dsr_word b, bool *out) {
  dsr_time of_a, of_b;
  dsr_status rc = time_of(symbols, a, &of_a);
  if (rc == DSR_OK) rc = time_of(symbols, b, &of_b);
  if (rc < 0) return rc;
  *out = rc == DSR_OK && (possibly ? dsr_time_possible(test, &of_a, &of_b)
                                   : dsr_time_certain(test, &of_a, &of_b));
  return DSR_OK;
}
