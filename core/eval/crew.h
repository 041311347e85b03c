/*
** crew.h - threads that work for an evaluation: its own caller, and helpers.
**
** Threads are started when they are first wanted, wait between pieces of work, and end
** with the crew.  They take no signals, so a handler runs where the host expects it.
** Where the system gives fewer threads than were asked for, the crew is smaller.
**
** Cost: starting a helper some 30 microseconds, handing out a piece of work and waiting
** for all some 10: work that is shorter is done alone (apart.c).
*/
#ifndef DSR_EVAL_CREW_H
#define DSR_EVAL_CREW_H

#include "eval/pipeline.h"

typedef struct dsr_crew dsr_crew;

/* A crew of up to n threads, the caller's among them, for runs that look at `worth` rows and
** more (0: as many as pay).  DSR_ENOMEM, without words. */
dsr_status dsr_crew_new(int n, uint64_t worth, dsr_crew **out);
void dsr_crew_free(dsr_crew *crew);

/* How many threads were asked for; and how many there are, started if they were not. */
int dsr_crew_wanted(const dsr_crew *crew);
int dsr_crew_size(dsr_crew *crew);
uint64_t dsr_crew_worth(const dsr_crew *crew);

/* Have each thread do `work` with its number, the caller with 0, and wait for all; while
** the caller waits it calls `meanwhile` now and then. */
typedef void (*dsr_crew_work)(void *ud, int worker);
typedef void (*dsr_crew_meanwhile)(void *ud);
void dsr_crew_do(dsr_crew *crew, dsr_crew_work work, dsr_crew_meanwhile meanwhile,
                 void *ud);

/* What a thread has come to in the work at hand: tuples kept, and bytes that the extents
** do not count yet (a difference, which may be below zero).  The sums are good for the
** caller at any time, and nothing when no work is at hand. */
void dsr_crew_tell(dsr_crew *crew, int worker, uint64_t kept, size_t bytes);
uint64_t dsr_crew_kept(const dsr_crew *crew);
size_t dsr_crew_bytes(const dsr_crew *crew);

#endif
