/*
** allen.c - every test of time, from the four days of each side.
**
** A test is a list of *steps*, all of which must hold: "this day, plus k, is not after
** that day", with k 0 or 1.  The days are the start and end of the first time and the
** start and end of the second.  From that one table both answers follow:
**
** - Possible: raise the lower bound of each day as the steps and the order of start and
**   end demand, until nothing moves.  The lower bounds are then themselves a choice, and
**   the least one; so there is a choice if and only if none has passed its upper bound.
**   The steps of a test form no circle that climbs, so each of four days is raised at
**   most three times.
** - Certain: no step can be broken.  To break "a + k <= b" is "b + (1 - k) <= a", one
**   step more that must not be possible.
**
** An unbounded day is a day like any other, far off: two open ends are the same day.
*/
#include <string.h>

#include "ground/text.h"
#include "value/date.h"

enum { A_START, A_END, B_START, B_END, DAYS };

typedef struct step {
  unsigned char from, gap, to; /* day[from] + gap <= day[to] */
} step;

enum { STEPS = 4 };

/* Where the starts lie, and where the ends do. */
#define SAME_START \
  {A_START, 0, B_START}, { B_START, 0, A_START }
#define SAME_END \
  {A_END, 0, B_END}, { B_END, 0, A_END }
#define STARTS_FIRST \
  { A_START, 1, B_START }
#define STARTS_LATER \
  { B_START, 1, A_START }
#define ENDS_FIRST \
  { A_END, 1, B_END }
#define ENDS_LATER \
  { B_END, 1, A_END }

typedef struct rule {
  const char *name;
  int n;
  step steps[STEPS];
} rule;

static const rule rules[DSR_TIME_TESTS] = {
    [DSR_BEFORE] = {"before", 1, {{A_END, 1, B_START}}},
    [DSR_AFTER] = {"after", 1, {{B_END, 1, A_START}}},
    [DSR_MEETS] =
        {"meets",
         4,
         {STARTS_FIRST, {A_END, 0, B_START}, {B_START, 0, A_END}, ENDS_FIRST}},
    [DSR_MET_BY] =
        {"met_by",
         4,
         {STARTS_LATER, {A_START, 0, B_END}, {B_END, 0, A_START}, ENDS_LATER}},
    [DSR_OVERLAPS] = {"overlaps", 3, {STARTS_FIRST, {B_START, 1, A_END}, ENDS_FIRST}},
    [DSR_OVERLAPPED_BY] = {"overlapped_by",
                           3,
                           {STARTS_LATER, {A_START, 1, B_END}, ENDS_LATER}},
    [DSR_STARTS] = {"starts", 3, {SAME_START, ENDS_FIRST}},
    [DSR_STARTED_BY] = {"started_by", 3, {SAME_START, ENDS_LATER}},
    [DSR_DURING] = {"during", 2, {STARTS_LATER, ENDS_FIRST}},
    [DSR_CONTAINS] = {"contains", 2, {STARTS_FIRST, ENDS_LATER}},
    [DSR_FINISHES] = {"finishes", 3, {STARTS_LATER, SAME_END}},
    [DSR_FINISHED_BY] = {"finished_by", 3, {STARTS_FIRST, SAME_END}},
    [DSR_EQUALS] = {"equals", 4, {SAME_START, SAME_END}},
    /* `within` is of the second's whole extent: see bounds_of. */
    [DSR_WITHIN] = {"within", 2, {{B_START, 0, A_START}, {A_END, 0, B_END}}},
    [DSR_INTERSECTS] = {"intersects", 2, {{A_START, 0, B_END}, {B_START, 0, A_END}}},
};

const char *dsr_time_test_name(dsr_time_test test) {
  return test < DSR_TIME_TESTS ? rules[test].name : "";
}

dsr_time_test dsr_time_test_named(dsr_str name) {
  int test = 0;
  while (test < DSR_TIME_TESTS && !dsr_str_is(name, rules[test].name)) test++;
  return (dsr_time_test)test;
}

/* ---- possible and certain ------------------------------------------------------- */

typedef struct bounds {
  dsr_day low[DAYS], high[DAYS];
} bounds;

static bounds bounds_of(dsr_time_test test, const dsr_time *a, const dsr_time *b) {
  bounds all = {{a->es, a->ee, b->es, b->ee}, {a->ls, a->le, b->ls, b->le}};
  if (test == DSR_WITHIN) { /* the second stands for its first and its last day */
    all.high[B_START] = b->es;
    all.low[B_END] = b->le;
  }
  return all;
}

/* Raise the later day of a step; false where it passes its upper bound. */
static bool raise(bounds *all, step s, bool *moved) {
  dsr_day least = all->low[s.from] + s.gap;
  if (least <= all->low[s.to]) return true;
  all->low[s.to] = least;
  *moved = true;
  return least <= all->high[s.to];
}

/* Is there a choice for which all steps hold? */
static bool feasible(bounds all, const step *steps, int n) {
  static const step ordered[] = {{A_START, 0, A_END}, {B_START, 0, B_END}};
  bool moved = true;
  while (moved) {
    moved = false;
    for (int i = 0; i < 2; i++) {
      if (!raise(&all, ordered[i], &moved)) return false;
    }
    for (int i = 0; i < n; i++) {
      if (!raise(&all, steps[i], &moved)) return false;
    }
  }
  return true;
}

bool dsr_time_possible(dsr_time_test test, const dsr_time *a, const dsr_time *b) {
  return feasible(bounds_of(test, a, b), rules[test].steps, rules[test].n);
}

static bool certain(const bounds *all, const step *steps, int n) {
  for (int i = 0; i < n; i++) {
    step broken = {steps[i].to, (unsigned char)(1 - steps[i].gap), steps[i].from};
    if (feasible(*all, &broken, 1)) return false;
  }
  return true;
}

bool dsr_time_certain(dsr_time_test test, const dsr_time *a, const dsr_time *b) {
  bounds all = bounds_of(test, a, b);
  return certain(&all, rules[test].steps, rules[test].n);
}

/* ---- how two tellings of a time go together ------------------------------------- */

static dsr_day earlier(dsr_day a, dsr_day b) { return a < b ? a : b; }
static dsr_day later(dsr_day a, dsr_day b) { return a > b ? a : b; }

bool dsr_time_is_day(const dsr_time *time) {
  return time->lone && time->es == time->le;
}

bool dsr_time_refines(const dsr_time *a, const dsr_time *b, bool occurs) {
  bool inside = a->es >= b->es && a->le <= b->le;
  return inside && (occurs || (a->ls <= b->ls && a->ee >= b->ee));
}

bool dsr_time_excludes(const dsr_time *a, const dsr_time *b, bool occurs) {
  dsr_day es = later(a->es, b->es), ls = earlier(a->ls, b->ls);
  dsr_day ee = later(a->ee, b->ee), le = earlier(a->le, b->le);
  return es > le || (!occurs && (es > ls || ee > le));
}

/* A day on which one ends and the other starts is shared and no more than a hand-over;
** only of two times that are the same single day is it all there is. */
bool dsr_time_clash(const dsr_time *a, const dsr_time *b) {
  static const step beyond[] = {{A_START, 1, B_END}, {B_START, 1, A_END}};
  bounds all = bounds_of(DSR_INTERSECTS, a, b);
  if (certain(&all, beyond, 2)) return true;
  return a->es == a->le && b->es == b->le && a->es == b->es;
}

int dsr_time_compare(const dsr_time *a, const dsr_time *b) {
  if (a->es != b->es) return a->es < b->es ? -1 : 1;
  if (a->ls != b->ls) return a->ls < b->ls ? -1 : 1;
  if (a->ee != b->ee) return a->ee < b->ee ? -1 : 1;
  return (a->le > b->le) - (a->le < b->le);
}

/* ---- constructors --------------------------------------------------------------- */

static bool bounded(dsr_day day) { return day > DSR_DAY_FIRST && day < DSR_DAY_LAST; }

bool dsr_time_start(const dsr_time *time, dsr_day *out) {
  if (time->es != time->ls || !bounded(time->es)) return false;
  *out = time->es;
  return true;
}

bool dsr_time_end(const dsr_time *time, dsr_day *out) {
  if (time->ee != time->le || !bounded(time->le)) return false;
  *out = time->le;
  return true;
}

bool dsr_time_year(const dsr_time *time, int *out) {
  int first, last, month, day;
  if (!bounded(time->es) || !bounded(time->le)) return false;
  dsr_day_civil(time->es, &first, &month, &day);
  dsr_day_civil(time->le, &last, &month, &day);
  if (first != last) return false;
  *out = first;
  return true;
}

bool dsr_time_days(const dsr_time *time, int64_t *out) {
  dsr_day start, end;
  if (!dsr_time_start(time, &start) || !dsr_time_end(time, &end)) return false;
  *out = (int64_t)end - start + 1;
  return true;
}

/* The time from `start` to `end`: one day, or an interval. */
static bool make(dsr_day start, dsr_day end, dsr_time *out) {
  if (start > end) return false;
  *out = (dsr_time){start, start, end, end, start == end};
  return true;
}

/* From where the earlier one starts to where the later one ends. */
bool dsr_time_span(const dsr_time *a, const dsr_time *b, dsr_time *out) {
  dsr_day start = earlier(a->es, b->es), end = later(a->le, b->le);
  if (start != earlier(a->ls, b->ls) || end != later(a->ee, b->ee)) return false;
  return make(start, end, out);
}

/* The days that both have. */
bool dsr_time_intersect(const dsr_time *a, const dsr_time *b, dsr_time *out) {
  dsr_day start = later(a->es, b->es), end = earlier(a->le, b->le);
  if (start != later(a->ls, b->ls) || end != earlier(a->ee, b->ee)) return false;
  return make(start, end, out);
}
