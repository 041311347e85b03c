/*
** crew.c - threads that work for an evaluation.
**
** One mutex, one condition each way.  A piece of work has a number; a helper that sees a
** new number does its part and counts itself off.
*/
#include "eval/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "ground/mem.h"

enum {
  LINE = 64,       /* bytes: what one thread writes often is in a line of its own */
  WORTH = 1 << 17, /* rows: some tenths of a millisecond */
};

typedef struct told {
  _Atomic uint64_t kept;
  _Atomic size_t bytes;
  char rest[LINE - sizeof(uint64_t) - sizeof(size_t)];
} told;

typedef struct helper {
  struct dsr_crew *crew;
  int number;
  pthread_t thread;
} helper;

struct dsr_crew {
  int wanted, size; /* size 0: not started */
  uint64_t worth;
  pthread_mutex_t mutex;
  pthread_cond_t begin, done;
  uint64_t piece; /* the number of the work at hand */
  int busy;       /* helpers that are not done with it */
  bool ended;
  dsr_crew_work work;
  void *ud;
  dsr_fault_count *faults; /* the caller's: a test fails helpers' allocations, too */
  helper helpers[DSR_THREADS_MOST];
  told told[DSR_THREADS_MOST];
};

dsr_status dsr_crew_new(int n, uint64_t worth, dsr_crew **out) {
  dsr_crew *crew = dsr_alloc(sizeof *crew);
  if (crew == NULL) return DSR_ENOMEM;
  crew->worth = worth > 0 ? worth : WORTH;
  crew->wanted = n < DSR_THREADS_MOST ? n : DSR_THREADS_MOST;
  if (pthread_mutex_init(&crew->mutex, NULL) != 0) goto fail;
  if (pthread_cond_init(&crew->begin, NULL) != 0) goto fail_mutex;
  if (pthread_cond_init(&crew->done, NULL) != 0) goto fail_begin;
  *out = crew;
  return DSR_OK;
fail_begin:
  pthread_cond_destroy(&crew->begin);
fail_mutex:
  pthread_mutex_destroy(&crew->mutex);
fail:
  dsr_free(crew);
  return DSR_ENOMEM;
}

void dsr_crew_free(dsr_crew *crew) {
  if (crew == NULL) return;
  pthread_mutex_lock(&crew->mutex);
  crew->ended = true;
  pthread_cond_broadcast(&crew->begin);
  pthread_mutex_unlock(&crew->mutex);
  for (int i = 1; i < crew->size; i++) pthread_join(crew->helpers[i].thread, NULL);
  pthread_cond_destroy(&crew->done);
  pthread_cond_destroy(&crew->begin);
  pthread_mutex_destroy(&crew->mutex);
  dsr_free(crew);
}

/* ---- helpers --------------------------------------------------------------------- */

/* The next piece of work after number *piece; false: there will be none. */
static bool await_work(dsr_crew *crew, uint64_t *piece) {
  pthread_mutex_lock(&crew->mutex);
  while (crew->piece == *piece && !crew->ended) {
    pthread_cond_wait(&crew->begin, &crew->mutex);
  }
  *piece = crew->piece;
  bool more = !crew->ended;
  pthread_mutex_unlock(&crew->mutex);
  return more;
}

static void count_off(dsr_crew *crew) {
  pthread_mutex_lock(&crew->mutex);
  if (--crew->busy == 0) pthread_cond_signal(&crew->done);
  pthread_mutex_unlock(&crew->mutex);
}

static void *help(void *ud) {
  helper *h = ud;
  uint64_t piece = 0;
  while (await_work(h->crew, &piece)) {
    dsr_mem_share_faults(h->crew->faults);
    h->crew->work(h->crew->ud, h->number);
    count_off(h->crew);
  }
  return NULL;
}

static void start(dsr_crew *crew) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  crew->size = 1;
  while (crew->size < crew->wanted) {
    helper *h = &crew->helpers[crew->size];
    *h = (helper){.crew = crew, .number = crew->size};
    if (pthread_create(&h->thread, NULL, help, h) != 0) break;
    crew->size++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int dsr_crew_wanted(const dsr_crew *crew) { return crew->wanted; }

uint64_t dsr_crew_worth(const dsr_crew *crew) { return crew->worth; }

int dsr_crew_size(dsr_crew *crew) {
  if (crew->size == 0) start(crew);
  return crew->size;
}

/* ---- work ------------------------------------------------------------------------ */

static struct timespec soon(void) {
  enum { NANOSECONDS = 10 * 1000 * 1000, SECOND = 1000 * 1000 * 1000 };
  struct timespec when;
  clock_gettime(CLOCK_REALTIME, &when);
  when.tv_nsec += NANOSECONDS;
  if (when.tv_nsec >= SECOND) {
    when.tv_nsec -= SECOND;
    when.tv_sec++;
  }
  return when;
}

static void hand_out(dsr_crew *crew, dsr_crew_work work, void *ud) {
  pthread_mutex_lock(&crew->mutex);
  crew->work = work;
  crew->ud = ud;
  crew->faults = dsr_mem_faults();
  crew->busy = crew->size - 1;
  crew->piece++;
  pthread_cond_broadcast(&crew->begin);
  pthread_mutex_unlock(&crew->mutex);
}

static void await_all(dsr_crew *crew, dsr_crew_meanwhile meanwhile, void *ud) {
  pthread_mutex_lock(&crew->mutex);
  while (crew->busy > 0) {
    struct timespec when = soon();
    if (pthread_cond_timedwait(&crew->done, &crew->mutex, &when) == 0) continue;
    pthread_mutex_unlock(&crew->mutex);
    meanwhile(ud);
    pthread_mutex_lock(&crew->mutex);
  }
  pthread_mutex_unlock(&crew->mutex);
}

void dsr_crew_do(dsr_crew *crew, dsr_crew_work work, dsr_crew_meanwhile meanwhile,
                 void *ud) {
  hand_out(crew, work, ud);
  work(ud, 0);
  await_all(crew, meanwhile, ud);
  for (int i = 0; i < crew->size; i++) dsr_crew_tell(crew, i, 0, 0);
}

/* ---- what threads tell ----------------------------------------------------------- */

void dsr_crew_tell(dsr_crew *crew, int worker, uint64_t kept, size_t bytes) {
  atomic_store_explicit(&crew->told[worker].kept, kept, memory_order_relaxed);
  atomic_store_explicit(&crew->told[worker].bytes, bytes, memory_order_relaxed);
}

uint64_t dsr_crew_kept(const dsr_crew *crew) {
  uint64_t n = 0;
  for (int i = 0; i < crew->size; i++) {
    n += atomic_load_explicit(&crew->told[i].kept, memory_order_relaxed);
  }
  return n;
}

size_t dsr_crew_bytes(const dsr_crew *crew) {
  size_t n = 0;
  for (int i = 0; i < crew->size; i++) {
    n += atomic_load_explicit(&crew->told[i].bytes, memory_order_relaxed);
  }
  return n;
}
