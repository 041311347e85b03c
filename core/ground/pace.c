/*
** pace.c - telling a host how far a long call is, and being told to stop.
**
** The clock is one that no one sets back.
*/
#include "ground/pace.h"

#include <stdio.h>
#include <time.h>

enum { FIRST_MS = 1000, EVERY_MS = 100, STEPS = 1024 };

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void dsr_pace_start(dsr_pace *pace, dsr_progress call, void *ud, dsr_error *error) {
  *pace = (dsr_pace){.call = call, .ud = ud, .error = error};
  if (call != NULL) pace->due = now_ms() + FIRST_MS;
}

void dsr_pace_turn(dsr_pace *pace, const char *what, const char *name) {
  if (pace == NULL) return;
  snprintf(pace->what, sizeof pace->what, "%s%s%s", what, name[0] != '\0' ? " " : "",
           name);
}

dsr_status dsr_pace_ask(dsr_pace *pace, int64_t done, int64_t total) {
  if (pace == NULL || pace->call == NULL) return DSR_OK;
  if (pace->call(pace->ud, pace->what, done, total) == 0) return DSR_OK;
  return dsr_fail(pace->error, DSR_ESTOPPED, "stopped; nothing was changed");
}

bool dsr_pace_due(dsr_pace *pace) {
  if (pace->call == NULL) return false;
  int64_t now = now_ms();
  if (now < pace->due) return false;
  pace->due = now + EVERY_MS;
  return true;
}

dsr_status dsr_pace_step(dsr_pace *pace, int64_t done, int64_t total) {
  if (pace == NULL || ++pace->steps % STEPS != 0) return DSR_OK;
  return dsr_pace_due(pace) ? dsr_pace_ask(pace, done, total) : DSR_OK;
}

dsr_status dsr_pace_steps(dsr_pace *pace, size_t n, int64_t done, int64_t total) {
  if (pace == NULL) return DSR_OK;
  unsigned before = pace->steps;
  pace->steps += (unsigned)n;
  if (n < STEPS && before / STEPS == pace->steps / STEPS) return DSR_OK;
  return dsr_pace_due(pace) ? dsr_pace_ask(pace, done, total) : DSR_OK;
}
