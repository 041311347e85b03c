/*
** date.c - the calendar, and EDTF in and out.
**
** A date is read into a *pattern*: a sign and up to eight places, each a digit or X.  A
** pattern without X names one year, month or day.  With X, its first and its last match
** are looked for among the dates that exist, from either end: at most ten thousand
** years of twelve months, and in practice one or two.  So "XXXX-02-29" begins and ends
** in leap years.
**
** The first day of the first match and the last day of the last are the two bounds of a
** date; `?` and `~` move them outward.  A lone date has these for its start and for its
** end; an interval takes them from either side.  The four days are then tightened: no
** start after the latest end, no end before the earliest start.  Every bound is thereby
** reached by some choice, which the tests (allen.c) count on.
*/
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "value/date.h"

enum { YEAR_FIRST = -9999, YEAR_LAST = 9999 };
enum { YEAR = 1, MONTH, DAY }; /* how far a date is written out */

const dsr_time dsr_time_unknown = {DSR_DAY_FIRST, DSR_DAY_LAST, DSR_DAY_FIRST,
                                   DSR_DAY_LAST, false};

/* ---- the calendar --------------------------------------------------------------- */

/* Years are counted from March, so that the day that comes and goes is the last of its
** year, and in cycles of 400 years, which all have the same 146,097 days. */
enum { CYCLE_YEARS = 400, CYCLE_DAYS = 146097, TO_1970 = 719468 };

static int floor_div(int a, int b) { return a / b - (a % b < 0); }

/* Days from 1 March to the first of a month that is counted from March. */
static int days_before(int month) { return (153 * month + 2) / 5; }

dsr_day dsr_day_of(int year, int month, int day) {
  if (month < 3) year--;
  int cycle = floor_div(year, CYCLE_YEARS);
  int in_cycle = year - cycle * CYCLE_YEARS;
  int in_year = days_before((month + 9) % 12) + day - 1;
  int leaps = in_cycle / 4 - in_cycle / 100;
  return cycle * CYCLE_DAYS + in_cycle * 365 + leaps + in_year - TO_1970;
}

void dsr_day_civil(dsr_day day, int *year, int *month, int *dom) {
  int since = day + TO_1970;
  int cycle = floor_div(since, CYCLE_DAYS);
  int rest = since - cycle * CYCLE_DAYS;
  /* Take the leap days out; what is left are years of 365. */
  int years = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
  int in_year = rest - (years * 365 + years / 4 - years / 100);
  int from_march = (5 * in_year + 2) / 153;
  *dom = in_year - days_before(from_march) + 1;
  *month = from_march < 10 ? from_march + 3 : from_march - 9;
  *year = cycle * CYCLE_YEARS + years + (*month < 3);
}

static int days_in(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

bool dsr_date_exists(int year, int month, int day) {
  return year >= YEAR_FIRST && year <= YEAR_LAST && month >= 1 && month <= 12 &&
         day >= 1 && day <= days_in(year, month);
}

static dsr_day calendar_first(void) { return dsr_day_of(YEAR_FIRST, 1, 1); }
static dsr_day calendar_last(void) { return dsr_day_of(YEAR_LAST, 12, 31); }

/* ---- what went wrong ------------------------------------------------------------ */

/* Where the words go, and the text that they begin with. */
typedef struct reading {
  dsr_str whole; /* all of the EDTF */
  char *why;
  size_t why_size;
} reading;

/* The text as it may be shown in a message: short, one line. */
static void show(dsr_str text, char out[64]) {
  size_t n = 0;
  bool utf8 = dsr_utf8_valid(text) == text.len;
  for (; n < text.len && n < 40; n++) {
    unsigned char c = (unsigned char)text.data[n];
    out[n] = c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8) ? '?' : text.data[n];
  }
  while (n < text.len && utf8 && ((unsigned char)text.data[n] & 0xc0) == 0x80) {
    out[n] = text.data[n];
    n++;
  }
  strcpy(out + n, n < text.len ? "..." : "");
}

__attribute__((format(printf, 2, 3))) static dsr_status refuse(reading *in,
                                                               const char *format,
                                                               ...) {
  char shown[64], words[256];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  show(in->whole, shown);
  if (in->why && in->why_size > 0) {
    snprintf(in->why, in->why_size, "%s%s%s", shown, shown[0] ? ": " : "", words);
  }
  return DSR_ETIME;
}

/* ---- patterns ------------------------------------------------------------------- */

typedef struct pattern {
  bool negative; /* years before year 0 */
  char year[5], month[3], day[3];
  int written; /* YEAR, MONTH or DAY */
  bool masked; /* some place is X */
  bool widened;
} pattern;

/* Can `digits` with its X's stand for `value`? */
static bool stands_for(const char *digits, int value) {
  for (size_t i = strlen(digits); i-- > 0; value /= 10) {
    if (digits[i] != 'X' && digits[i] - '0' != value % 10) return false;
  }
  return value == 0;
}

/* The number of `digits` with `fill` for X. */
static int number(const char *digits, char fill) {
  int value = 0;
  for (; *digits; digits++)
    value = value * 10 + (*digits == 'X' ? fill : *digits) - '0';
  return value;
}

typedef struct civil {
  int year, month, day;
} civil;

/* The first day in month `at` that the pattern allows, or the last. */
static bool match_day(const pattern *in, bool last, civil *at) {
  int days = days_in(at->year, at->month);
  for (int i = 1; i <= days; i++) {
    at->day = last ? days + 1 - i : i;
    if (in->written < DAY || stands_for(in->day, at->day)) return true;
  }
  return false;
}

/* The same in a year. */
static bool match_month(const pattern *in, bool last, civil *at) {
  for (int i = 1; i <= 12; i++) {
    at->month = last ? 13 - i : i;
    bool fits = in->written < MONTH || stands_for(in->month, at->month);
    if (fits && match_day(in, last, at)) return true;
  }
  return false;
}

/* The same in all years. */
static bool match(const pattern *in, bool last, civil *out) {
  int low = number(in->year, '0'), high = number(in->year, '9');
  if (in->negative && low == 0) low = 1; /* there is no year -0000 */
  bool up = last == in->negative;
  for (int i = 0; i <= high - low; i++) {
    int size = up ? low + i : high - i;
    out->year = in->negative ? -size : size;
    if (stands_for(in->year, size) && match_month(in, last, out)) return true;
  }
  return false;
}

static const char *const month_names[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

/* Why a pattern has no match. */
static dsr_status explain(reading *in, const pattern *p) {
  if (p->negative && number(p->year, '9') == 0) {
    return refuse(in, "there is no year -0000; year 0 is written 0000");
  }
  if (p->masked) return refuse(in, "no date that exists has these digits");
  int year = number(p->year, '0'), month = number(p->month, '0');
  if (p->negative) year = -year;
  if (month >= 21 && month <= 41) {
    return refuse(in, "seasons are not read; write months, as in %.4s-03/%.4s-05",
                  p->year, p->year);
  }
  if (month < 1 || month > 12) {
    return refuse(in, "there is no month %s; months go from 01 to 12", p->month);
  }
  int days = days_in(year, month);
  if (number(p->day, '0') < 1) {
    return refuse(in, "there is no day 00; %s %d has days 01 to %d",
                  month_names[month - 1], year, days);
  }
  return refuse(in, "%s %d has %d days", month_names[month - 1], year, days);
}

/* ---- reading a date ------------------------------------------------------------- */

static bool is_place(char c) { return (c >= '0' && c <= '9') || c == 'X'; }

/* How many places (digits or X) `text` begins with. */
static size_t places(dsr_str text) {
  size_t n = 0;
  while (n < text.len && is_place(text.data[n])) n++;
  return n;
}

static dsr_str after(dsr_str text, size_t n) {
  return (dsr_str){text.data + n, text.len - n};
}

/* Take `n` places off the front of `text`. */
static void take(pattern *p, dsr_str *text, char *digits, size_t n) {
  memcpy(digits, text->data, n);
  digits[n] = '\0';
  if (memchr(digits, 'X', n)) p->masked = true;
  *text = after(*text, n);
}

/* Words for what stands after a date where it should have ended. */
static dsr_status refuse_rest(reading *in, dsr_str rest) {
  char shown[64];
  char c = rest.data[0];
  if (memchr(rest.data, '%', rest.len)) {
    return refuse(in,
                  "uncertain and approximate is written ?~, since %% starts a comment");
  }
  if (c == 'T' || c == 't' || c == ':') {
    return refuse(in, "times of day are not kept; write the date alone");
  }
  if (c == 'x' || c == 'u') return refuse(in, "an unknown digit is written X");
  if (c == ' ') return refuse(in, "a time has no spaces in it");
  if (c == '?' || c == '~') {
    return refuse(in, "the marks are ?, ~ and ?~, once, at the end of a date");
  }
  show(rest, shown);
  return refuse(in, "\"%s\" is left over; a date is 1994, 1994-02 or 1994-02-08",
                shown);
}

/* Months or days: two places after a minus.  `name` is for the message. */
static dsr_status read_pair(reading *in, pattern *p, dsr_str *text, char *digits,
                            const char *name) {
  *text = after(*text, 1);
  size_t n = places(*text);
  if (n == 4 && digits == p->month) {
    return refuse(in, "from year to year is written %s/%.4s", p->year, text->data);
  }
  if (n != 2) {
    char c = n < 2 && n < text->len ? text->data[n] : '\0';
    if (c == 'x' || c == 'u') return refuse(in, "an unknown digit is written X");
    return refuse(in, "a %s has two digits, as in 1994-02-08", name);
  }
  take(p, text, digits, 2);
  p->written++;
  return DSR_OK;
}

static dsr_status read_year(reading *in, pattern *p, dsr_str *text) {
  if (text->len > 0 && text->data[0] == '-') {
    p->negative = true;
    *text = after(*text, 1);
  }
  size_t n = places(*text);
  bool long_year = text->len > 0 && (text->data[0] == 'Y' || text->data[0] == 'y');
  if (long_year || (n > 4 && n != 8)) {
    return refuse(in, "a year has four digits, from -9999 to 9999");
  }
  if (n == 8) return refuse(in, "a date has minuses, as in 1994-02-08");
  if (text->len > 0 && (text->data[0] == '[' || text->data[0] == '{')) {
    return refuse(in, "sets of dates are not read; write an interval or several facts");
  }
  if (n == 0) {
    return refuse(in, "not a date; write 1994, 1994-02 or 1994-02-08");
  }
  if (n < 4) {
    char c = n < text->len ? text->data[n] : '\0';
    if (c == 'x' || c == 'u') return refuse(in, "an unknown digit is written X");
    return refuse(in, "a year has four digits, as in 0476 or 1994");
  }
  take(p, text, p->year, 4);
  p->written = YEAR;
  return DSR_OK;
}

static dsr_status read_marks(reading *in, pattern *p, dsr_str *text) {
  bool uncertain = text->len > 0 && text->data[0] == '?';
  if (uncertain) *text = after(*text, 1);
  bool approximate = text->len > 0 && text->data[0] == '~';
  if (approximate) *text = after(*text, 1);
  p->widened = uncertain || approximate;
  if (p->widened && text->len > 0 && text->data[0] == '-') {
    return refuse(in, "marks within a date are not read; put them at its end");
  }
  return DSR_OK;
}

static dsr_status read_pattern(reading *in, dsr_str text, pattern *p) {
  *p = (pattern){0};
  TRY(read_year(in, p, &text));
  if (text.len > 0 && text.data[0] == '-') {
    TRY(read_pair(in, p, &text, p->month, "month"));
  }
  if (p->written == MONTH && text.len > 0 && text.data[0] == '-') {
    TRY(read_pair(in, p, &text, p->day, "day"));
  }
  TRY(read_marks(in, p, &text));
  return text.len == 0 ? DSR_OK : refuse_rest(in, text);
}

/* ---- bounds --------------------------------------------------------------------- */

/* One side of an interval, or a lone date. */
typedef struct side {
  dsr_day low, high; /* no day before, no day after */
} side;

static dsr_day widened(civil at, int precision, bool last) {
  int by = last ? 1 : -1;
  if (precision == DAY) return dsr_day_of(at.year, at.month, at.day) + by;
  if (precision == YEAR) at.year += by;
  if (precision == MONTH) at.month += by;
  if (at.month < 1 || at.month > 12) {
    at.year += by;
    at.month = last ? 1 : 12;
  }
  return dsr_day_of(at.year, at.month, last ? days_in(at.year, at.month) : 1);
}

/* A pattern without X, the usual case, is its own first and last match. */
static bool match_plain(const pattern *p, civil *low, civil *high) {
  int year = number(p->year, '0');
  if (p->negative && year == 0) return false;
  if (p->negative) year = -year;
  *low = (civil){year, p->written >= MONTH ? number(p->month, '0') : 1,
                 p->written >= DAY ? number(p->day, '0') : 1};
  if (!dsr_date_exists(low->year, low->month, low->day)) return false;
  *high = *low;
  if (p->written == YEAR) high->month = 12;
  if (p->written < DAY) high->day = days_in(year, high->month);
  return true;
}

static dsr_status read_date(reading *in, dsr_str text, side *out) {
  pattern p;
  civil low, high;
  TRY(read_pattern(in, text, &p));
  bool found = p.masked ? match(&p, false, &low) && match(&p, true, &high)
                        : match_plain(&p, &low, &high);
  if (!found) return explain(in, &p);
  out->low = dsr_day_of(low.year, low.month, low.day);
  out->high = dsr_day_of(high.year, high.month, high.day);
  if (!p.widened) return DSR_OK;
  out->low = widened(low, p.written, false);
  out->high = widened(high, p.written, true);
  /* The calendar ends somewhere; what is beyond cannot be written. */
  if (out->low < calendar_first()) out->low = calendar_first();
  if (out->high > calendar_last()) out->high = calendar_last();
  return DSR_OK;
}

/* ---- reading a time ------------------------------------------------------------- */

/* One side of an interval; `end` is the day that an open side means. */
static dsr_status read_side(reading *in, dsr_str text, dsr_day end, side *out) {
  if (dsr_str_is(text, "..")) {
    *out = (side){end, end};
    return DSR_OK;
  }
  if (text.len == 0) {
    *out = (side){DSR_DAY_FIRST, DSR_DAY_LAST};
    return DSR_OK;
  }
  if (dsr_str_is(text, "open")) return refuse(in, "an open side is written ..");
  if (dsr_str_is(text, "unknown")) return refuse(in, "an unknown side is left empty");
  return read_date(in, text, out);
}

static dsr_status read_interval(reading *in, size_t slash, dsr_time *out) {
  dsr_str first = {in->whole.data, slash}, second = after(in->whole, slash + 1);
  side start, end;
  if (memchr(second.data, '/', second.len)) {
    return refuse(in, "an interval has two sides, as in 1994/2004");
  }
  if (first.len == 0 && second.len == 0) {
    return refuse(in, "an interval needs a date or `..` on one side at least");
  }
  TRY(read_side(in, first, DSR_DAY_FIRST, &start));
  TRY(read_side(in, second, DSR_DAY_LAST, &end));
  if (end.high < start.low) return refuse(in, "the interval ends before it starts");
  out->es = start.low;
  out->ls = start.high < end.high ? start.high : end.high;
  out->ee = end.low > start.low ? end.low : start.low;
  out->le = end.high;
  out->lone = false;
  return DSR_OK;
}

dsr_status dsr_time_parse(dsr_str edtf, dsr_time *out, char *why, size_t why_size) {
  reading in = {edtf, why, why_size};
  side date;
  if (edtf.len == 0) {
    return refuse(&in, "an empty text is no time; write 1994 or 1994-02-08");
  }
  if (dsr_str_is(edtf, "unknown")) {
    *out = dsr_time_unknown;
    return DSR_OK;
  }
  const char *slash = memchr(edtf.data, '/', edtf.len);
  if (slash) return read_interval(&in, (size_t)(slash - edtf.data), out);
  if (dsr_str_is(edtf, "..")) {
    return refuse(&in, "an open side needs the other side, as in 1994/..");
  }
  TRY(read_date(&in, edtf, &date));
  *out = (dsr_time){date.low, date.high, date.low, date.high, true};
  return DSR_OK;
}

/* ---- writing -------------------------------------------------------------------- */

static char *put_two(char *out, unsigned number) {
  *out++ = (char)('0' + number / 10 % 10);
  *out++ = (char)('0' + number % 10);
  return out;
}

/* By hand, since whoever prints many facts does little else. */
int dsr_day_format(dsr_day day, char out[16]) {
  int year, month, dom;
  dsr_day_civil(day, &year, &month, &dom);
  char *end = out;
  unsigned size = (unsigned)(year < 0 ? -year : year) % 10000000u;
  if (year < 0) *end++ = '-';
  if (size > 9999) {
    end += snprintf(end, 8, "%u", size);
  } else {
    end = put_two(put_two(end, size / 100), size);
  }
  *end++ = '-';
  end = put_two(end, (unsigned)month);
  *end++ = '-';
  end = put_two(end, (unsigned)dom);
  *end = '\0';
  return (int)(end - out);
}

/* A day, or `..` where there is no bound; its length. */
static int format_side(dsr_day day, char *out) {
  if (day > DSR_DAY_FIRST && day < DSR_DAY_LAST) return dsr_day_format(day, out);
  strcpy(out, "..");
  return 2;
}

int dsr_time_format(const dsr_time *time, char out[40]) {
  int len = format_side(time->es, out);
  if (time->lone && time->es == time->le) return len;
  out[len++] = '/';
  return len + format_side(time->le, out + len);
}
