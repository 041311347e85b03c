/*
** deriving.c - what bounds rules at work for a command, stops them, and shows how far they
** are.
**
** The first interrupt stops the query, a second one the command.  The line names the rule at
** work, the tuples so far and how many they are a second, from the first second on; it
** stands where that of a load stood, and is gone before anything else is written.
*/
#include "cli/deriving.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/progress.h"
#include "cli/stop.h"

enum { THREADS_MOST = 64 };

static dsr_base *volatile at_work; /* what an interrupt stops */
static dsr_progress_line line;
static int64_t
    begun; /* milliseconds, when the query at hand was; 0: none is shown yet */

static void on_interrupt(int number) {
  (void)number;
  dsr_interrupt(at_work);
}

/* ---- bounds ------------------------------------------------------------------------ */

/* The value of a limit times `unit`; 0: not given.  -1 where it is no number, told. */
static int64_t limit_of(const dsr_options *options, int which, int64_t unit) {
  char *end;
  const char *text = options->flag[which];
  if (text == NULL) return 0;
  double value = strtod(text, &end);
  if (*text != '\0' && *end == '\0' && value > 0 && value < 1e12) {
    return (int64_t)(value * (double)unit);
  }
  dsr_tell("%s takes a number above 0; came %s", options->flags[which].name, text);
  return -1;
}

static int set_limits(const dsr_options *options, dsr_base *base) {
  dsr_limits limits = {limit_of(options, DSR_DERIVING_TUPLES, 1),
                       limit_of(options, DSR_DERIVING_MEMORY, 1 << 20),
                       limit_of(options, DSR_DERIVING_TIME, 1000)};
  if (limits.tuples < 0 || limits.bytes < 0 || limits.milliseconds < 0) return -1;
  return dsr_limit(base, &limits) < 0 ? -1 : 0;
}

static int set_threads(const dsr_options *options, dsr_base *base) {
  char *end;
  const char *text = options->flag[DSR_DERIVING_THREADS];
  if (text == NULL) return 0;
  long n = strtol(text, &end, 10);
  if (*text == '\0' || *end != '\0' || n < 1 || n > THREADS_MOST) {
    dsr_tell("--threads takes a number from 1 to %d; came %s", THREADS_MOST, text);
    return -1;
  }
  return dsr_threads(base, (int)n) < 0 ? -1 : 0;
}

/* ---- progress ---------------------------------------------------------------------- */

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 950, 12.3 k, 4.56 M. */
static void put_number(double n, char *out, size_t size) {
  static const char *const units[] = {"", " k", " M", " G", " T"};
  int unit = 0;
  for (; n >= 1000 && unit < 4; unit++) n /= 1000;
  int places = unit == 0 || n >= 100 ? 0 : n >= 10 ? 1 : 2;
  snprintf(out, size, "%.*f%s", places, n, units[unit]);
}

/* "rule reach at a.dl:12  4.56 M tuples, 1.23 M/s". */
static int show(void *ud, const char *what, int64_t done, int64_t total) {
  char words[300], tuples[32], rate[32];
  int64_t spent = now_ms() - begun;
  (void)ud;
  (void)total;
  put_number((double)done, tuples, sizeof tuples);
  put_number((double)done * 1000 / (double)(spent > 0 ? spent : 1), rate, sizeof rate);
  snprintf(words, sizeof words, "  %s tuples, %s/s", tuples, rate);
  dsr_progress_words(&line, what[0] != '\0' ? what : "deriving", words);
  return 0;
}

void dsr_deriving_clear(void) {
  dsr_progress_clear(&line);
  begun = now_ms();
}

/* ---- the whole --------------------------------------------------------------------- */

int dsr_deriving_start(const dsr_options *options, dsr_base *base) {
  if (set_limits(options, base) < 0 || set_threads(options, base) < 0) return -1;
  at_work = base;
  dsr_stop_handle(on_interrupt);
  dsr_progress_start(&line);
  if (options->flag[DSR_DERIVING_QUIET] != NULL) line.terminal = 0;
  begun = now_ms();
  if (line.terminal && dsr_on_progress(base, show, NULL) < 0) return -1;
  return 0;
}

void dsr_deriving_end(void) {
  dsr_progress_clear(&line);
  at_work = NULL;
}

int dsr_deriving_code(dsr_status status, int code) {
  return status == DSR_ESTOPPED ? dsr_stop_code() : code;
}
