/*
** pace.h - telling a host how far a long call is, and being told to stop.
**
** A pace belongs to one call.  Work goes past dsr_pace_step() in small steps; the clock is
** looked at every thousand of them, the host is called from the first second on and at
** most some ten times a second.  A step costs a count.
*/
#ifndef DSR_GROUND_PACE_H
#define DSR_GROUND_PACE_H

#include "ground/status.h"

typedef struct dsr_pace {
  dsr_progress call; /* NULL: nobody is told */
  void *ud;
  dsr_error *error;
  char what[300]; /* "reading a.dl" */
  int64_t due;    /* milliseconds: when the host is to be called next */
  unsigned steps;
} dsr_pace;

void dsr_pace_start(dsr_pace *pace, dsr_progress call, void *ud, dsr_error *error);

/* Turn to another piece of work, "reading a.dl", in at most three hundred bytes. */
void dsr_pace_turn(dsr_pace *pace, const char *what, const char *name);

/* `done` of `total` are done.  DSR_ESTOPPED, in words, where the host stops the call.
** NULL is allowed. */
dsr_status dsr_pace_step(dsr_pace *pace, int64_t done, int64_t total);
/* The same for n steps at once. */
dsr_status dsr_pace_steps(dsr_pace *pace, size_t n, int64_t done, int64_t total);

/* Is the host to be told something now?  Looks at the clock at once, for work that goes in
** longer steps; dsr_pace_ask() is to follow. */
bool dsr_pace_due(dsr_pace *pace);

/* The same, with the host asked at once: something else was interrupted. */
dsr_status dsr_pace_ask(dsr_pace *pace, int64_t done, int64_t total);

#endif
