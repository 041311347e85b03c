/*
** reckon.c - arithmetic on numbers as words.
**
** Two ways to every result.  The short one works on what words hold, 64-bit integers and
** millionths, and gives up where that overflows or would not be exact.  The long one works
** on decimal digits, written out in arrays of fixed size, by the methods of school; it is
** slow, needs no memory, and rounds once, at the end.
**
** Operands have at most SIDE digits on either side of the point, so that two of them, and
** sums of as many as can be counted, fit an array when their points are put in line.
*/
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "value/reckon.h"

enum {
  SIDE = 1000,       /* digits before the point, and after it */
  DIGITS = 2100,     /* of an array: both sides, and what sums grow by */
  EXACT_DIGITS = 19, /* of a decimal result */
  QUOTIENT = 15,     /* of a quotient that does not end */
  MICRO = 6,         /* places of a decimal word */
};
#define MILLION INT64_C(1000000)

/* A number: digits * 10^exponent, the first digit the greatest; none in front or behind is
** zero, and zero has none. */
typedef struct digits {
  bool negative;
  int n;
  int exponent;
  uint8_t d[DIGITS];
} digits;

struct dsr_total_wide {
  digits sum;
};

/* ---- words of failures ------------------------------------------------------------- */

typedef struct shown {
  char text[64];
} shown;

/* A number as it is written, cut to fit a message. */
static shown show(dsr_symbols *symbols, dsr_word word) {
  shown out = {"?"};
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  if (dsr_word_value(symbols, word, scratch, &value) < 0) return out;
  bool cut = value.text.len > 40;
  snprintf(out.text, sizeof out.text, "%.*s%s", cut ? 40 : (int)value.text.len,
           value.text.data, cut ? "..." : "");
  return out;
}

static const char *const signs[] = {"?", "+", "-", "*", "/", "mod", "rem"};

static dsr_status past_64(dsr_symbols *symbols, dsr_reckon_op op, dsr_word a,
                          dsr_word b) {
  return dsr_fail(
      dsr_symbols_error(symbols), DSR_ELIMIT,
      "%s %s %s does not fit in 64 bits; as decimals (1.0, not 1) numbers may "
      "be wider",
      show(symbols, a).text, signs[op], show(symbols, b).text);
}

static dsr_status too_long(dsr_symbols *symbols, const char *what) {
  return dsr_fail(
      dsr_symbols_error(symbols), DSR_ELIMIT,
      "%s has more than %d digits on a side of the point, which is past what "
      "is reckoned with",
      what, SIDE);
}

/* ---- digits ------------------------------------------------------------------------- */

/* Drop zeros in front and behind. */
static void trim(digits *x) {
  int front = 0;
  while (x->n > 0 && x->d[x->n - 1] == 0) {
    x->n--;
    x->exponent++;
  }
  while (front < x->n && x->d[front] == 0) front++;
  x->n -= front;
  memmove(x->d, x->d + front, (size_t)x->n);
  if (x->n == 0) x->negative = false;
}

/* The digit that counts 10^place. */
static int digit_at(const digits *x, int place) {
  int i = x->n - 1 - (place - x->exponent);
  return i >= 0 && i < x->n ? x->d[i] : 0;
}

/* A canonical numeral's digits; false where there are too many. */
static bool read_numeral(dsr_str numeral, digits *out, bool *decimal) {
  const char *at = numeral.data, *end = at + numeral.len, *point;
  out->negative = at < end && *at == '-';
  at += out->negative;
  point = memchr(at, '.', (size_t)(end - at));
  *decimal = point != NULL;
  out->exponent = point != NULL ? -(int)(end - point - 1) : 0;
  if ((point != NULL ? point : end) - at > SIDE || out->exponent < -SIDE) return false;
  for (out->n = 0; at < end; at++) {
    if (*at != '.') out->d[out->n++] = (uint8_t)(*at - '0');
  }
  trim(out);
  return true;
}

/* The digits of a word; DSR_NOTHING where it is no number. */
static dsr_status read_word(dsr_symbols *symbols, dsr_word word, digits *out,
                            bool *decimal) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  int tag = dsr_word_tag(word);
  if (tag != DSR_TAG_INT && tag != DSR_TAG_DECIMAL && tag != DSR_TAG_OTHER) {
    return DSR_NOTHING;
  }
  TRY(dsr_word_value(symbols, word, scratch, &value));
  if (value.type != DSR_INT && value.type != DSR_DECIMAL) return DSR_NOTHING;
  if (read_numeral(value.text, out, decimal)) return DSR_OK;
  return too_long(symbols, show(symbols, word).text);
}

static void read_integer(int64_t value, int exponent, digits *out) {
  char text[24];
  bool decimal;
  int len = snprintf(text, sizeof text, "%" PRId64, value);
  read_numeral((dsr_str){text, (size_t)len}, out, &decimal);
  out->exponent += exponent;
}

/* Drop the digits below 10^place. */
static void round_at(digits *x, int place, dsr_reckon_way way) {
  if (x->n == 0 || x->exponent >= place) return;
  int keep = x->n + x->exponent - place;
  bool up = way == DSR_RECKON_FLOOR     ? x->negative
            : way == DSR_RECKON_CEILING ? !x->negative
                                        : keep >= 0 && x->d[keep] >= 5;
  int i = keep > 0 ? keep - 1 : -1;
  x->n = i + 1;
  x->exponent = place;
  if (up) {
    while (i >= 0 && x->d[i] == 9) x->d[i--] = 0;
    if (i >= 0) {
      x->d[i]++;
    } else { /* all nines, or nothing was kept */
      memmove(x->d + 1, x->d, (size_t)x->n);
      x->d[0] = 1;
      x->n++;
    }
  }
  trim(x);
}

static void round_to(digits *x, int most) {
  round_at(x, x->exponent + x->n - most, DSR_RECKON_NEAREST);
}

/* ---- the methods of school ---------------------------------------------------------- */

static int top_of(const digits *x) { return x->exponent + x->n; }

/* Without their signs. */
static int compare_sizes(const digits *a, const digits *b) {
  if (a->n == 0 || b->n == 0) return (a->n > 0) - (b->n > 0);
  if (top_of(a) != top_of(b)) return top_of(a) < top_of(b) ? -1 : 1;
  int low = a->exponent < b->exponent ? a->exponent : b->exponent;
  for (int place = top_of(a) - 1; place >= low; place--) {
    int x = digit_at(a, place), y = digit_at(b, place);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/* Sizes a + b, or a - b where a is not the smaller; `out` is neither. */
static void combine(const digits *a, const digits *b, int sign, digits *out) {
  int low = a->exponent < b->exponent ? a->exponent : b->exponent;
  int top = top_of(a) > top_of(b) ? top_of(a) : top_of(b), carry = 0;
  out->n = top + 1 - low;
  out->exponent = low;
  for (int place = low; place <= top; place++) {
    int sum = digit_at(a, place) + sign * digit_at(b, place) + carry;
    carry = sum < 0 ? -1 : sum / 10;
    out->d[out->n - 1 - (place - low)] = (uint8_t)(sum - carry * 10);
  }
}

/* a + b; `out` is neither. */
static void add_digits(const digits *a, const digits *b, digits *out) {
  const digits *greater = compare_sizes(a, b) < 0 ? b : a;
  bool alike = a->negative == b->negative;
  out->negative = greater->negative;
  if (a->n == 0 || b->n == 0) { /* the point of zero may be anywhere */
    *out = *greater;
  } else {
    combine(greater, greater == a ? b : a, alike ? 1 : -1, out);
  }
  trim(out);
}

/* a * b, rounded; `out` is neither. */
static void multiply_digits(const digits *a, const digits *b, digits *out) {
  uint8_t product[2 * DIGITS] = {0};
  int n = a->n + b->n, front = 0;
  for (int i = a->n - 1; i >= 0; i--) {
    int carry = 0, at = i + b->n;
    for (int j = b->n - 1; j >= 0; j--, at--) {
      int sum = product[at] + a->d[i] * b->d[j] + carry;
      product[at] = (uint8_t)(sum % 10);
      carry = sum / 10;
    }
    product[at] = (uint8_t)carry;
  }
  while (front < n && product[front] == 0) front++;
  /* One digit past those that are kept tells how to round. */
  out->n = n - front <= EXACT_DIGITS + 1 ? n - front : EXACT_DIGITS + 1;
  out->exponent = a->exponent + b->exponent + (n - front - out->n);
  out->negative = a->negative != b->negative;
  memcpy(out->d, product + front, (size_t)out->n);
  trim(out);
  round_to(out, EXACT_DIGITS);
}

/* Take `b` off the `n` + 1 digits of `rest`, as often as goes; how often. */
static int take_off(uint8_t *rest, const digits *b) {
  for (int times = 0;; times++) {
    if (rest[0] == 0 && memcmp(rest + 1, b->d, (size_t)b->n) < 0) return times;
    int borrow = 0;
    for (int i = b->n; i >= 0; i--) {
      int left = rest[i] - (i > 0 ? b->d[i - 1] : 0) - borrow;
      borrow = left < 0;
      rest[i] = (uint8_t)(left + 10 * borrow);
    }
  }
}

static bool all_zero(const uint8_t *rest, int n) {
  int i = 0;
  while (i < n && rest[i] == 0) i++;
  return i == n;
}

/* a / b, rounded; b is not zero, `out` is neither. */
static void divide_digits(const digits *a, const digits *b, digits *out) {
  uint8_t rest[DIGITS + 1] = {0};
  int taken = 0;
  bool ends = false;
  out->n = 0;
  out->negative = a->negative != b->negative;
  while (out->n <= EXACT_DIGITS && !ends) {
    memmove(rest, rest + 1, (size_t)b->n);
    rest[b->n] = taken < a->n ? a->d[taken] : 0;
    taken++;
    int digit = take_off(rest, b);
    if (out->n > 0 || digit > 0) out->d[out->n++] = (uint8_t)digit;
    ends = taken >= a->n && all_zero(rest, b->n + 1);
  }
  out->exponent = a->exponent + a->n - taken - b->exponent;
  trim(out);
  if (!ends || out->n > EXACT_DIGITS) round_to(out, QUOTIENT);
}

/* ---- results ---------------------------------------------------------------------- */

static dsr_status decimal_word(dsr_symbols *symbols, digits *x, dsr_word *out) {
  char text[2 * SIDE + 8];
  size_t len = 0;
  round_at(x, -SIDE, DSR_RECKON_NEAREST);
  if (x->n > 0 && top_of(x) > SIDE) return too_long(symbols, "a result");
  int top = x->n > 0 && top_of(x) > 0 ? top_of(x) : 1;
  int low = x->n > 0 && x->exponent < 0 ? x->exponent : -1;
  if (x->negative) text[len++] = '-';
  for (int place = top - 1; place >= low; place--) {
    if (place == -1) text[len++] = '.';
    text[len++] = (char)('0' + digit_at(x, place));
  }
  return dsr_number_word(symbols, (dsr_str){text, len}, DSR_INTERN_TEMP, out);
}

/* A whole number as an integer; false where it does not fit in 64 bits. */
static bool whole(const digits *x, int64_t *out) {
  int64_t value = 0;
  if (x->n > 0 && top_of(x) > EXACT_DIGITS) return false;
  for (int place = x->n > 0 ? top_of(x) - 1 : -1; place >= 0; place--) {
    int digit = digit_at(x, place);
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, x->negative ? -digit : digit, &value)) {
      return false;
    }
  }
  *out = value;
  return true;
}

/* ---- the short way ------------------------------------------------------------------ */

/* a op b of integers; DSR_NOTHING for a division by zero; DSR_ELIMIT, untold. */
static dsr_status integers(dsr_reckon_op op, int64_t a, int64_t b, int64_t *out) {
  bool past = false;
  switch (op) {
    case DSR_RECKON_ADD:
      past = __builtin_add_overflow(a, b, out);
      break;
    case DSR_RECKON_SUBTRACT:
      past = __builtin_sub_overflow(a, b, out);
      break;
    case DSR_RECKON_MULTIPLY:
      past = __builtin_mul_overflow(a, b, out);
      break;
    case DSR_RECKON_DIVIDE:
      if (b == 0) return DSR_NOTHING;
      past = a == INT64_MIN && b == -1;
      if (!past) *out = a / b;
      break;
    default:
      if (b == 0) return DSR_NOTHING;
      *out = b == -1 ? 0 : a % b;
      if (op == DSR_RECKON_MODULO && *out != 0 && (*out < 0) != (b < 0)) *out += b;
  }
  return past ? DSR_ELIMIT : DSR_OK;
}

/* An integer or decimal word in millionths; false where they do not fit. */
static bool millionths(dsr_word word, int64_t *out) {
  int tag = dsr_word_tag(word);
  *out = dsr_word_signed(word);
  if (tag == DSR_TAG_DECIMAL) return true;
  return tag == DSR_TAG_INT && !__builtin_mul_overflow(*out, MILLION, out);
}

static bool decimal_fits(int64_t value, dsr_word *out) {
  if (!dsr_word_int_fits(value)) return false;
  *out = dsr_word_make(DSR_TAG_DECIMAL, dsr_word_payload(dsr_word_int(value)));
  return true;
}

/* a op b with a decimal among them, where words alone will do. */
static bool short_decimals(dsr_reckon_op op, dsr_word a, dsr_word b, dsr_word *out) {
  int64_t x, y, result;
  if (!millionths(a, &x) || !millionths(b, &y)) return false;
  switch (op) {
    case DSR_RECKON_ADD:
      return !__builtin_add_overflow(x, y, &result) && decimal_fits(result, out);
    case DSR_RECKON_SUBTRACT:
      return !__builtin_sub_overflow(x, y, &result) && decimal_fits(result, out);
    case DSR_RECKON_MULTIPLY:
      return !__builtin_mul_overflow(x, y, &result) && result % MILLION == 0 &&
             decimal_fits(result / MILLION, out);
    default:
      return false;
  }
}

/* ---- operations -------------------------------------------------------------------- */

/* With a decimal, or an integer wider than 64 bits, on a side. */
static dsr_status reckon_digits(dsr_symbols *symbols, dsr_reckon_op op, dsr_word a,
                                dsr_word b, dsr_word *out) {
  digits x, y, result;
  bool of_a, of_b;
  dsr_status rc = read_word(symbols, a, &x, &of_a);
  if (rc == DSR_OK) rc = read_word(symbols, b, &y, &of_b);
  if (rc != DSR_OK) return rc;
  if (op == DSR_RECKON_MODULO || op == DSR_RECKON_REMAINDER) {
    return of_a || of_b ? DSR_NOTHING : past_64(symbols, op, a, b);
  }
  if (op == DSR_RECKON_DIVIDE && y.n == 0) return DSR_NOTHING;
  if (!of_a && !of_b) return past_64(symbols, op, a, b);
  if (op == DSR_RECKON_MULTIPLY) {
    multiply_digits(&x, &y, &result);
  } else if (op == DSR_RECKON_DIVIDE) {
    divide_digits(&x, &y, &result);
  } else {
    if (op == DSR_RECKON_SUBTRACT && y.n > 0) y.negative = !y.negative;
    add_digits(&x, &y, &result);
    round_to(&result, EXACT_DIGITS);
  }
  return decimal_word(symbols, &result, out);
}

dsr_status dsr_reckon(dsr_symbols *symbols, dsr_reckon_op op, dsr_word a, dsr_word b,
                      dsr_word *out) {
  int64_t x, y, result;
  if (!dsr_word_integer(symbols, a, &x) || !dsr_word_integer(symbols, b, &y)) {
    if (short_decimals(op, a, b, out)) return DSR_OK;
    return reckon_digits(symbols, op, a, b, out);
  }
  dsr_status rc = integers(op, x, y, &result);
  if (rc == DSR_ELIMIT) return past_64(symbols, op, a, b);
  if (rc != DSR_OK) return rc;
  return dsr_int_word(symbols, result, DSR_INTERN_TEMP, out);
}

dsr_status dsr_reckon_whole(dsr_symbols *symbols, dsr_reckon_way way, dsr_word number,
                            dsr_word *out) {
  digits x;
  bool decimal;
  int64_t value;
  dsr_status rc = read_word(symbols, number, &x, &decimal);
  if (rc != DSR_OK) return rc;
  if (!decimal) {
    *out = number;
    return DSR_OK;
  }
  round_at(&x, 0, way);
  if (whole(&x, &value)) return dsr_int_word(symbols, value, DSR_INTERN_TEMP, out);
  return dsr_fail(dsr_symbols_error(symbols), DSR_ELIMIT,
                  "%s as an integer does not fit in 64 bits",
                  show(symbols, number).text);
}

dsr_status dsr_reckon_places(dsr_symbols *symbols, dsr_word number, int64_t places,
                             dsr_word *out) {
  digits x;
  bool decimal;
  dsr_status rc = read_word(symbols, number, &x, &decimal);
  if (rc != DSR_OK) return rc;
  if (places > SIDE) places = SIDE;
  if (places < -SIDE - 1) places = -SIDE - 1; /* past every digit */
  round_at(&x, -(int)places, DSR_RECKON_NEAREST);
  return decimal_word(symbols, &x, out);
}

/* ---- totals ----------------------------------------------------------------------- */

static dsr_status add_wide(dsr_symbols *symbols, dsr_total *total, const digits *x) {
  digits sum;
  if (total->wide == NULL) {
    total->wide = dsr_alloc(sizeof *total->wide);
    if (total->wide == NULL) return dsr_fail_memory(dsr_symbols_error(symbols));
  }
  add_digits(&total->wide->sum, x, &sum);
  total->wide->sum = sum;
  return DSR_OK;
}

/* Add to a part that words fill; what it held goes to the wide sum where it overflows. */
static dsr_status add_short(dsr_symbols *symbols, dsr_total *total, int64_t *part,
                            int exponent, int64_t value) {
  int64_t sum;
  if (__builtin_add_overflow(*part, value, &sum)) {
    digits x;
    read_integer(*part, exponent, &x);
    TRY(add_wide(symbols, total, &x));
    sum = value;
  }
  *part = sum;
  return DSR_OK;
}

dsr_status dsr_reckon_add(dsr_symbols *symbols, dsr_total *total, dsr_word number) {
  digits x;
  bool decimal;
  int64_t value = dsr_word_signed(number);
  switch (dsr_word_tag(number)) {
    case DSR_TAG_INT:
      return add_short(symbols, total, &total->integers, 0, value);
    case DSR_TAG_DECIMAL:
      total->decimal = true;
      return add_short(symbols, total, &total->millionths, -MICRO, value);
    default:
      break;
  }
  dsr_status rc = read_word(symbols, number, &x, &decimal);
  if (rc != DSR_OK) return rc;
  TRY(add_wide(symbols, total, &x));
  total->decimal = total->decimal || decimal;
  return DSR_OK;
}

/* All parts together, exactly. */
static void whole_total(const dsr_total *total, digits *out) {
  digits part, sum;
  read_integer(total->integers, 0, out);
  read_integer(total->millionths, -MICRO, &part);
  add_digits(out, &part, &sum);
  *out = sum;
  if (total->wide == NULL) return;
  add_digits(out, &total->wide->sum, &sum);
  *out = sum;
}

dsr_status dsr_reckon_sum(dsr_symbols *symbols, const dsr_total *total, dsr_word *out) {
  digits sum;
  int64_t value;
  if (total->wide == NULL && !total->decimal) {
    return dsr_int_word(symbols, total->integers, DSR_INTERN_TEMP, out);
  }
  if (total->wide == NULL &&
      !__builtin_mul_overflow(total->integers, MILLION, &value) &&
      !__builtin_add_overflow(value, total->millionths, &value) &&
      decimal_fits(value, out)) {
    return DSR_OK;
  }
  whole_total(total, &sum);
  if (total->decimal) {
    round_to(&sum, EXACT_DIGITS);
    return decimal_word(symbols, &sum, out);
  }
  if (whole(&sum, &value)) return dsr_int_word(symbols, value, DSR_INTERN_TEMP, out);
  return dsr_fail(dsr_symbols_error(symbols), DSR_ELIMIT,
                  "a sum of integers does not fit in 64 bits; as decimals (1.0, not 1) "
                  "numbers may be wider");
}

dsr_status dsr_reckon_mean(dsr_symbols *symbols, const dsr_total *total, int64_t n,
                           dsr_word *out) {
  digits sum, count, mean;
  whole_total(total, &sum);
  read_integer(n, 0, &count);
  divide_digits(&sum, &count, &mean);
  return decimal_word(symbols, &mean, out);
}

void dsr_reckon_free(dsr_total *total) {
  dsr_free(total->wide);
  *total = (dsr_total){0};
}
