/*
** aside.h - a piece of work that another thread does meanwhile.
**
** What it works on belongs to it from start to wait.  What it comes to must not hang on
** what its caller does meanwhile: where no thread is to be had it is done at once.  It
** takes no signals.  Some 30 microseconds.
*/
#ifndef DSR_GROUND_ASIDE_H
#define DSR_GROUND_ASIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "ground/mem.h"

typedef dsr_status dsr_aside_work(void *ud);

/* All zero: nothing is being done. */
typedef struct dsr_aside {
  dsr_aside_work *work;
  void *ud;
  dsr_status status;
  dsr_fault_count *faults; /* the caller's: a test fails these allocations, too */
  bool running;
  atomic_bool done; /* it is, and need not be waited for long */
  pthread_t thread;
} dsr_aside;

/* Start it; both are kept until it is waited for. */
void dsr_aside_start(dsr_aside *aside, dsr_aside_work *work, void *ud);
/* Is nothing being done, or has it been? */
bool dsr_aside_done(dsr_aside *aside);
/* Its status once it is done; DSR_OK where nothing was started. */
dsr_status dsr_aside_wait(dsr_aside *aside);

#endif
