/*
** asked.h - a stored extent whose tuples are fetched as they are asked for.
**
** A *supplied* extent is a stored one that nobody has filled.  Whoever asks an index of it
** for a range has the tuples under that prefix fetched from the supply, once: what was
** asked for is kept, and so is that there was nothing.  What is under a longer prefix of
** what was fetched is not fetched again.
**
** A supply may have to look at many tuples to give few: it finds them by some of the columns.
** Where that was so of the first fetches by prefixes of a length, one column less is asked
** for, and what is there is kept for all that begin so.
**
** The supply can fetch by some columns only.  A range under a prefix that has none of them,
** and a walk, need all tuples: then the extent is filled from the supply and is from there
** on as any stored one (it is *complete*).  So it is once fetching has cost a share of
** what all tuples cost.  Indexes stay, ranges that were given out stay good, and list the
** same values in the same order: readers do not notice.
**
** A fetch that fails has no way to say so: the range is empty, and the extent keeps the
** failure, which whoever ran the readers must ask for when they are done.  What fetches
** is not for two threads at a time.
**
** Cost: a fetch costs what the supply takes, a sort of its tuples, and 4 bytes for each
** value and 32 for each prefix; a prefix that was asked for is a look into a hash, and one
** that was not costs a look for each of its shorter ones, too.
*/
#ifndef DSR_EVAL_ASKED_H
#define DSR_EVAL_ASKED_H

#include "eval/extent.h"

/* Tuples one after the other. */
typedef VEC(uint32_t) dsr_fetched;

typedef struct dsr_supply {
  /* Append the tuples whose column columns[i] is key[i] for each i < n; others may be
  ** among them.  *walked: how many tuples were looked at for that. */
  dsr_status (*some)(void *ud, const uint8_t *columns, const uint32_t *key, int n,
                     dsr_fetched *out, uint64_t *walked);
  /* Fill the extent with all tuples. */
  dsr_status (*all)(void *ud, dsr_extent *extent);
  void (*stop)(void *ud); /* the extent ends */
  void *ud;
  unsigned columns; /* a prefix must have one of these to be fetched by: a bit each */
  bool patient;     /* never fill it because of what fetching has cost (for tests) */
  /* Estimates, for whoever plans. */
  double count, distinct[DSR_WIDTH_MAX];
} dsr_supply;

/* Have a new stored extent be supplied.  The supply is copied; it is stopped also where
** this fails. */
dsr_status dsr_extent_supply(dsr_extent *extent, const dsr_supply *supply);
/* The supply of an extent that is not complete; NULL of any other. */
const dsr_supply *dsr_extent_supply_of(const dsr_extent *extent);
/* Fill it now, if it is not complete. */
dsr_status dsr_extent_complete(dsr_extent *extent);
/* What a fetch failed with, if one did; such an extent can only be freed. */
dsr_status dsr_extent_failure(const dsr_extent *extent);

/* ---- for extent.c ----------------------------------------------------------------- */

typedef struct dsr_asked dsr_asked; /* what an index has been asked for */

dsr_status dsr_asked_new(dsr_extent *extent, dsr_asked **out);
void dsr_asked_free(dsr_asked *asked);
size_t dsr_asked_bytes(const dsr_asked *asked);
/* The range under n values, fewer than the width; is there a tuple that begins with n. */
bool dsr_asked_range(const dsr_index *index, const uint32_t *prefix, int n,
                     dsr_range *out);
bool dsr_asked_has(const dsr_index *index, const uint32_t *prefix, int n);
/* How many distinct values stand in the first n columns of the order, by estimate. */
double dsr_asked_distinct(const dsr_index *index, int n);

#endif
