/*
** builtin_time.c - built-in functions on times.
**
** All are answered from the four days alone, and only where every choice of days within
** them gives the same result.
*/
#include <stdio.h>

#include "ground/text.h"
#include "logic/plan.h"

/* A time's four days; DSR_NOTHING where the word is none. */
static dsr_status time_of(dsr_symbols *symbols, dsr_word word, dsr_time *out) {
  if (dsr_word_domain(symbols, word) != DSR_COL_TIME) return DSR_NOTHING;
  return dsr_word_time(symbols, word, out);
}

static dsr_status times_of(dsr_symbols *symbols, const dsr_word *args, dsr_time *a,
                           dsr_time *b) {
  dsr_status rc = time_of(symbols, args[0], a);
  return rc == DSR_OK ? time_of(symbols, args[1], b) : rc;
}

static dsr_status give_time(dsr_symbols *symbols, const dsr_time *time, dsr_word *out) {
  char edtf[40];
  size_t len = (size_t)dsr_time_format(time, edtf);
  return dsr_time_word(symbols, (dsr_str){edtf, len}, DSR_INTERN_TEMP, out);
}

/* What a function makes of one time, from its four days alone; false: nothing. */
static dsr_status of_time(dsr_symbols *symbols, const dsr_word *args,
                          bool (*part)(const dsr_time *, dsr_word *), dsr_word *out) {
  dsr_time time;
  dsr_word made;
  dsr_status rc = time_of(symbols, args[0], &time);
  if (rc != DSR_OK) return rc;
  if (!part(&time, &made)) return DSR_NOTHING;
  *out = made;
  return DSR_OK;
}

/* ---- constructors ----------------------------------------------------------------- */

static bool start_of(const dsr_time *time, dsr_word *out) {
  dsr_day day;
  if (!dsr_time_start(time, &day)) return false;
  *out = dsr_word_day(day);
  return true;
}

dsr_status dsr_builtin_start(dsr_symbols *symbols, const dsr_word *args, int n,
                             dsr_word *out) {
  (void)n;
  return of_time(symbols, args, start_of, out);
}

static bool end_of(const dsr_time *time, dsr_word *out) {
  dsr_day day;
  if (!dsr_time_end(time, &day)) return false;
  *out = dsr_word_day(day);
  return true;
}

dsr_status dsr_builtin_end(dsr_symbols *symbols, const dsr_word *args, int n,
                           dsr_word *out) {
  (void)n;
  return of_time(symbols, args, end_of, out);
}

static dsr_status join_times(dsr_symbols *symbols, const dsr_word *args,
                             bool (*join)(const dsr_time *, const dsr_time *,
                                          dsr_time *),
                             dsr_word *out) {
  dsr_time a, b, joined;
  dsr_status rc = times_of(symbols, args, &a, &b);
  if (rc != DSR_OK) return rc;
  return join(&a, &b, &joined) ? give_time(symbols, &joined, out) : DSR_NOTHING;
}

dsr_status dsr_builtin_span(dsr_symbols *symbols, const dsr_word *args, int n,
                            dsr_word *out) {
  (void)n;
  return join_times(symbols, args, dsr_time_span, out);
}

dsr_status dsr_builtin_intersect(dsr_symbols *symbols, const dsr_word *args, int n,
                                 dsr_word *out) {
  (void)n;
  return join_times(symbols, args, dsr_time_intersect, out);
}

/* ---- parts ------------------------------------------------------------------------ */

static bool bounded(const dsr_time *time) {
  return time->es > DSR_DAY_FIRST && time->le < DSR_DAY_LAST;
}

static bool year_of(const dsr_time *time, dsr_word *out) {
  int year;
  if (!dsr_time_year(time, &year)) return false;
  *out = dsr_word_int(year);
  return true;
}

dsr_status dsr_builtin_year(dsr_symbols *symbols, const dsr_word *args, int n,
                            dsr_word *out) {
  (void)n;
  return of_time(symbols, args, year_of, out);
}

static bool month_of(const dsr_time *time, dsr_word *out) {
  int years[2], months[2], day;
  if (!bounded(time)) return false;
  dsr_day_civil(time->es, &years[0], &months[0], &day);
  dsr_day_civil(time->le, &years[1], &months[1], &day);
  *out = dsr_word_int(months[0]);
  return years[0] == years[1] && months[0] == months[1];
}

dsr_status dsr_builtin_month(dsr_symbols *symbols, const dsr_word *args, int n,
                             dsr_word *out) {
  (void)n;
  return of_time(symbols, args, month_of, out);
}

static bool day_of(const dsr_time *time, dsr_word *out) {
  int year, month, day;
  if (!bounded(time) || time->es != time->le) return false;
  dsr_day_civil(time->es, &year, &month, &day);
  *out = dsr_word_int(day);
  return true;
}

dsr_status dsr_builtin_day(dsr_symbols *symbols, const dsr_word *args, int n,
                           dsr_word *out) {
  (void)n;
  return of_time(symbols, args, day_of, out);
}

/* ---- counting days ------------------------------------------------------------------ */

static bool days_of(const dsr_time *time, dsr_word *out) {
  int64_t days;
  if (!dsr_time_days(time, &days)) return false;
  *out = dsr_word_int(days);
  return true;
}

dsr_status dsr_builtin_days(dsr_symbols *symbols, const dsr_word *args, int n,
                            dsr_word *out) {
  (void)n;
  return of_time(symbols, args, days_of, out);
}

dsr_status dsr_builtin_days_between(dsr_symbols *symbols, const dsr_word *args, int n,
                                    dsr_word *out) {
  dsr_time a, b;
  (void)n;
  dsr_status rc = times_of(symbols, args, &a, &b);
  if (rc != DSR_OK) return rc;
  if (!bounded(&a) || a.es != a.le || !bounded(&b) || b.es != b.le) return DSR_NOTHING;
  *out = dsr_word_int((int64_t)b.es - a.es);
  return DSR_OK;
}

/* A day moved, where it stays within the calendar. */
static bool move_day(dsr_day *day, int64_t by) {
  const dsr_day first = dsr_day_of(-9999, 1, 1), last = dsr_day_of(9999, 12, 31);
  if (by < first - (int64_t)last || by > last - (int64_t)first) return false;
  int64_t moved = *day + by;
  *day = (dsr_day)moved;
  return moved >= first && moved <= last;
}

dsr_status dsr_builtin_add_days(dsr_symbols *symbols, const dsr_word *args, int n,
                                dsr_word *out) {
  dsr_time time;
  dsr_day start, end;
  int64_t by;
  (void)n;
  dsr_status rc = time_of(symbols, args[0], &time);
  if (rc != DSR_OK) return rc;
  if (!dsr_word_integer(symbols, args[1], &by)) return DSR_NOTHING;
  if (!dsr_time_start(&time, &start) || !dsr_time_end(&time, &end)) return DSR_NOTHING;
  if (!move_day(&start, by) || !move_day(&end, by)) return DSR_NOTHING;
  dsr_time moved = {start, start, end, end, start == end};
  return give_time(symbols, &moved, out);
}

/* ---- from other values --------------------------------------------------------------- */

/* EDTF, or what it is not: DSR_NOTHING.  No value of a column is unknown. */
static dsr_status read_time(dsr_symbols *symbols, dsr_str edtf, dsr_word *out) {
  char why[256];
  dsr_time time;
  if (dsr_str_is(edtf, "unknown")) return DSR_NOTHING;
  if (dsr_time_parse(edtf, &time, why, sizeof why) < 0) return DSR_NOTHING;
  return dsr_time_word(symbols, edtf, DSR_INTERN_TEMP, out);
}

dsr_status dsr_builtin_date(dsr_symbols *symbols, const dsr_word *args, int n,
                            dsr_word *out) {
  char scratch[DSR_WORD_TEXT], year[16];
  dsr_value value;
  (void)n;
  if (args[0] == DSR_WORD_NONE) return DSR_NOTHING;
  TRY(dsr_word_value(symbols, args[0], scratch, &value));
  if (value.type == DSR_TEXT) return read_time(symbols, value.text, out);
  if (value.type == DSR_TIME) {
    *out = args[0];
    return DSR_OK;
  }
  if (value.type != DSR_INT || value.integer < -9999 || value.integer > 9999) {
    return DSR_NOTHING;
  }
  int number = (int)value.integer;
  snprintf(year, sizeof year, "%s%04d", number < 0 ? "-" : "",
           number < 0 ? -number : number);
  return read_time(symbols, dsr_str_of(year), out);
}

dsr_status dsr_builtin_date_of(dsr_symbols *symbols, const dsr_word *args, int n,
                               dsr_word *out) {
  int64_t part[3] = {0};
  for (int i = 0; i < n; i++) {
    if (!dsr_word_integer(symbols, args[i], &part[i])) return DSR_NOTHING;
    if (part[i] < -9999 || part[i] > 9999) return DSR_NOTHING;
  }
  int year = (int)part[0], month = (int)part[1], day = (int)part[2];
  if (!dsr_date_exists(year, month, day)) return DSR_NOTHING;
  *out = dsr_word_day(dsr_day_of(year, month, day));
  return DSR_OK;
}
