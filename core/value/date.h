/*
** date.h - EDTF dates and intervals, and every test of time.
**
** A time is four days: the earliest and the latest that it may start, the earliest and
** the latest that it may end.  All tests are answered from these alone.  A *choice* is
** a start and an end, each within its bounds, the start not after the end.  A test is
** certain where it is true for every choice, possible where it is true for some.  Every
** bound is reached by some choice: 2004-06/2004 ends in June at the earliest.
**
**   written                es          ls          ee          le
**   2014-03-18             that day, four times
**   1994                   1994-01-01  1994-12-31  1994-01-01  1994-12-31
**   1994/2004              1994-01-01  1994-12-31  2004-01-01  2004-12-31
**   2019-05-20/..          2019-05-20  2019-05-20  +inf        +inf        open end
**   2019-05-20/            2019-05-20  2019-05-20  2019-05-20  +inf        unknown end
**   1994?  1994~  1994?~   one year more on each side (a day or a month, by precision)
**   199X  2014-XX-05       all that the digits could be
**   unknown                -inf        +inf        -inf        +inf
**
** Source: the Extended Date/Time Format, levels 0 and 1 of ISO 8601-2:2019 with X in
** any digit; times of day and seasons are refused.  Years -9999..9999.  Calendar:
** proleptic Gregorian.  Allen, "Maintaining knowledge about temporal intervals"
** (1983): his thirteen relations here compare the days themselves, so that intervals
** `meet` when the last day of one is the first of the other, both reaching beyond
** it; a single day and an interval that begins with it: the day `starts` it.  Each
** pair stands in exactly one.
*/
#ifndef DSR_VALUE_DATE_H
#define DSR_VALUE_DATE_H

#include "ground/status.h"

typedef int32_t dsr_day; /* days since 1970-01-01 */
#define DSR_DAY_FIRST (-((dsr_day)1 << 29))
#define DSR_DAY_LAST ((dsr_day)1 << 29)

typedef struct dsr_time {
  dsr_day es, ls; /* earliest and latest start */
  dsr_day ee, le; /* earliest and latest end */
  bool lone;      /* one date, not an interval */
} dsr_time;

extern const dsr_time dsr_time_unknown;

dsr_day dsr_day_of(int year, int month, int day); /* a date that exists */
void dsr_day_civil(dsr_day day, int *year, int *month, int *dom);
bool dsr_date_exists(int year, int month, int day);

/* Read EDTF.  On failure DSR_ETIME and, in `why` (size given), what is wrong and what
** would do: "2023-02-30: February 2023 has 28 days". */
dsr_status dsr_time_parse(dsr_str edtf, dsr_time *out, char *why, size_t why_size);

/* One exact day, four times the same and lone. */
bool dsr_time_is_day(const dsr_time *time);

/* Tests.  The thirteen of Allen, then those of everyday use. */
typedef enum dsr_time_test {
  DSR_BEFORE,
  DSR_AFTER,
  DSR_MEETS,
  DSR_MET_BY,
  DSR_OVERLAPS,
  DSR_OVERLAPPED_BY,
  DSR_STARTS,
  DSR_STARTED_BY,
  DSR_DURING,
  DSR_CONTAINS,
  DSR_FINISHES,
  DSR_FINISHED_BY,
  DSR_EQUALS,
  DSR_WITHIN,     /* inside the whole extent of the second: es <= start, end <= le */
  DSR_INTERSECTS, /* they share a day */
  DSR_TIME_TESTS
} dsr_time_test;

/* The word of a test, "met_by", and back; DSR_TIME_TESTS where there is none. */
const char *dsr_time_test_name(dsr_time_test test);
dsr_time_test dsr_time_test_named(dsr_str name);

bool dsr_time_certain(dsr_time_test test, const dsr_time *a, const dsr_time *b);
bool dsr_time_possible(dsr_time_test test, const dsr_time *a, const dsr_time *b);

/* Is `a` a more precise telling of `b`, or the same: each of its bounds within b's.
** For a happening (`occurs`) the extents decide: a moment in a is a moment in b. */
bool dsr_time_refines(const dsr_time *a, const dsr_time *b, bool occurs);

/* Can `a` and `b` not be one and the same time?  Happenings: no day in common; times
** held: no choice in common. */
bool dsr_time_excludes(const dsr_time *a, const dsr_time *b, bool occurs);

/* Do two times that are held certainly overlap by more than a shared end day?  One day
** that ends one and starts the other is no overlap, unless both are that very day. */
bool dsr_time_clash(const dsr_time *a, const dsr_time *b);

/* Constructors: false where the four days leave the answer open. */
bool dsr_time_start(const dsr_time *time, dsr_day *out);
bool dsr_time_end(const dsr_time *time, dsr_day *out);
bool dsr_time_year(const dsr_time *time, int *out); /* the one year that it lies in */
bool dsr_time_days(const dsr_time *time,
                   int64_t *out); /* first to last, both counted */
/* From the earlier start to the later end; the days that both have. */
bool dsr_time_span(const dsr_time *a, const dsr_time *b, dsr_time *out);
bool dsr_time_intersect(const dsr_time *a, const dsr_time *b, dsr_time *out);

/* Order of telling: by earliest start, latest start, earliest end, latest end. */
int dsr_time_compare(const dsr_time *a, const dsr_time *b);

/* EDTF for a day, NUL-ended ("2014-03-18"), and for four days that `span` or
** `intersect` made (day, day/day, or with .. for an open side). */
int dsr_day_format(dsr_day day, char out[16]);
int dsr_time_format(const dsr_time *time, char out[40]);

#endif
