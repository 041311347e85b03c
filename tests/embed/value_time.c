/*
** value_time.c - the tests of time that Lua cannot reach, against an oracle.
**
**   value_time [SEED [PAIRS]]
**
** Random times of small bounds, some without bounds; every choice of days within them
*is
** tried.  Checks what exclude, refine and clash say, and that what span and intersect
** make is right for every choice, and left open only where choices differ.
**
** Prints its seed and the pair where something differs; exit code 1 if anything does.
*/
#include <stdio.h>
#include <stdlib.h>

#include "value/date.h"

/* Bounds are two of `bound`; days of a choice also lie beside and between them. */
enum { BOUNDS = 9, DAYS = 15 };
static const dsr_day bound[BOUNDS] = {DSR_DAY_FIRST, 0, 1, 2, 3, 4, 5, 6, DSR_DAY_LAST};
static const dsr_day day[DAYS] = {
    DSR_DAY_FIRST, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, DSR_DAY_LAST};

typedef struct span {
  dsr_day start, end;
} span;

typedef struct choices {
  span at[DAYS * DAYS];
  int n;
} choices;

static unsigned state;

static int chance(int n) {
  state = state * 1103515245u + 12345u;
  return (int)(state >> 8) % n;
}

static choices choose(const dsr_time *time) {
  choices all = {.n = 0};
  for (int i = 0; i < DAYS; i++) {
    for (int j = i; j < DAYS; j++) {
      span at = {day[i], day[j]};
      bool fits = at.start >= time->es && at.start <= time->ls && at.end >= time->ee &&
                  at.end <= time->le;
      if (fits) all.at[all.n++] = at;
    }
  }
  return all;
}

static int within(int value, int most) { return value > most ? most : value; }

/* Bounds that some choice reaches, as all times have that were read. */
static dsr_time random_time(void) {
  int es = chance(BOUNDS), ls = within(es + chance(3), BOUNDS - 1);
  int ee = chance(3) > 0 ? within(es + chance(BOUNDS), BOUNDS - 1) : es;
  int le = within(ee + chance(3), BOUNDS - 1);
  if (chance(4) == 0) ls = es;
  if (chance(4) == 0) le = ee;
  if (chance(12) == 0) {
    es = ee = 0;
    ls = le = BOUNDS - 1;
  }
  if (ls > le) ls = le;
  return (dsr_time){bound[es], bound[ls], bound[ee], bound[le], false};
}

static bool same(span a, span b) { return a.start == b.start && a.end == b.end; }

static bool has(const choices *all, span one) {
  for (int i = 0; i < all->n; i++) {
    if (same(all->at[i], one)) return true;
  }
  return false;
}

/* They share more than a day on which one ends and the other starts. */
static bool overlap(span a, span b) {
  bool shared = a.start <= b.end && b.start <= a.end;
  bool hand_over = a.end == b.start || b.end == a.start;
  return shared && (!hand_over || (a.start == a.end && same(a, b)));
}

static bool meets_oracle(const dsr_time *a, const dsr_time *b) {
  choices of_a = choose(a), of_b = choose(b);
  bool common = false, subset = true, clash = true;
  for (int i = 0; i < of_a.n; i++) {
    if (has(&of_b, of_a.at[i])) {
      common = true;
    } else {
      subset = false;
    }
    for (int j = 0; j < of_b.n; j++) clash = clash && overlap(of_a.at[i], of_b.at[j]);
  }
  bool moment_common = false, moment_subset = true;
  for (int i = 0; i < DAYS; i++) {
    bool in_a = day[i] >= a->es && day[i] <= a->le;
    bool in_b = day[i] >= b->es && day[i] <= b->le;
    moment_common = moment_common || (in_a && in_b);
    moment_subset = moment_subset && (!in_a || in_b);
  }
  return dsr_time_excludes(a, b, false) == !common &&
         dsr_time_excludes(a, b, true) == !moment_common &&
         dsr_time_refines(a, b, false) == subset &&
         dsr_time_refines(a, b, true) == moment_subset &&
         dsr_time_clash(a, b) == clash && dsr_time_clash(b, a) == clash;
}

static dsr_day least(dsr_day a, dsr_day b) { return a < b ? a : b; }
static dsr_day most(dsr_day a, dsr_day b) { return a > b ? a : b; }

/* Do all choices of two times give one `span` (or intersection) with a day in it? */
static bool agree(const dsr_time *a, const dsr_time *b, bool shared, span *out) {
  choices of_a = choose(a), of_b = choose(b);
  for (int i = 0; i < of_a.n; i++) {
    for (int j = 0; j < of_b.n; j++) {
      span x = of_a.at[i], y = of_b.at[j];
      span got = shared ? (span){most(x.start, y.start), least(x.end, y.end)}
                        : (span){least(x.start, y.start), most(x.end, y.end)};
      if (got.start > got.end) return false;
      if (i + j > 0 && !same(got, *out)) return false;
      *out = got;
    }
  }
  return true;
}

static bool makes(bool made, const dsr_time *time, bool agreed, span wanted) {
  if (made != agreed) return false;
  return !made || (time->es == wanted.start && time->ls == wanted.start &&
                   time->ee == wanted.end && time->le == wanted.end &&
                   time->lone == (wanted.start == wanted.end));
}

static bool meets_makers(const dsr_time *a, const dsr_time *b) {
  dsr_time made = {0};
  span wanted = {0, 0};
  bool agreed = agree(a, b, false, &wanted);
  if (!makes(dsr_time_span(a, b, &made), &made, agreed, wanted)) return false;
  agreed = agree(a, b, true, &wanted);
  return makes(dsr_time_intersect(a, b, &made), &made, agreed, wanted);
}

static void tell(const char *name, const dsr_time *time) {
  printf("  %s: starts %d to %d, ends %d to %d\n", name, (int)time->es, (int)time->ls,
         (int)time->ee, (int)time->le);
}

int main(int argc, char **argv) {
  unsigned seed = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 20261124u;
  int pairs = argc > 2 ? atoi(argv[2]) : 4000;
  state = seed;
  for (int i = 0; i < pairs; i++) {
    dsr_time a = random_time(), b = random_time();
    bool tests = meets_oracle(&a, &b), makers = meets_makers(&a, &b);
    if (tests && makers) continue;
    printf("seed %u, pair %d: %s\n", seed, i,
           tests ? "made wrongly" : "tested wrongly");
    tell("a", &a);
    tell("b", &b);
    return 1;
  }
  return 0;
}
