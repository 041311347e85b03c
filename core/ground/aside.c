/*
** aside.c - a piece of work that another thread does meanwhile.
*/
#include "ground/aside.h"

#include <signal.h>

static void *run(void *ud) {
  dsr_aside *aside = ud;
  dsr_mem_share_faults(aside->faults);
  aside->status = aside->work(aside->ud);
  atomic_store(&aside->done, true);
  return NULL;
}

void dsr_aside_start(dsr_aside *aside, dsr_aside_work *work, void *ud) {
  sigset_t all, before;
  *aside = (dsr_aside){.work = work, .ud = ud, .faults = dsr_mem_faults()};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  aside->running = pthread_create(&aside->thread, NULL, run, aside) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!aside->running) aside->status = work(ud);
}

bool dsr_aside_done(dsr_aside *aside) {
  return !aside->running || atomic_load(&aside->done);
}

dsr_status dsr_aside_wait(dsr_aside *aside) {
  dsr_status status = aside->status;
  if (aside->running) {
    pthread_join(aside->thread, NULL);
    status = aside->status;
  }
  *aside = (dsr_aside){.status = DSR_OK};
  return status;
}
