/*
** tellings.h - all that a base tells, in order of telling.
**
** The tellings that told.h tells of, as a list: by time, the undated last, then by words,
** then by how they are written.  The list has what it tells as it was when the list was
** made; words and labels are the view's, which must outlive the list, as must the base.
**
** Cost: a walk as dsr_told_each() has it and a sort; some 70 bytes a telling.  Words are
** made for the sort, those of one date at a time, and again when they are asked for.
*/
#ifndef DSR_FACTS_TELLINGS_H
#define DSR_FACTS_TELLINGS_H

#include "facts/claimed.h"
#include "facts/told.h"
#include "ground/bytes.h"

typedef struct dsr_tellings dsr_tellings;

/* One of them.  `set` is that of the finest fact; `alone`: no coarser fact tells it.  Those
** of one relation and columns have one `tuple`. */
typedef struct dsr_tellings_item {
  dsr_tuple fact;
  uint64_t set, tuple;
  dsr_trust trust;
  bool certain, alone;
} dsr_tellings_item;

/* Trust is weighed, whatever `options` say. */
dsr_status dsr_tellings_new(dsr_facts *facts, dsr_view *view,
                            const dsr_told_options *options, dsr_tellings **out);
/* Of the facts that dsr_recorded_each() tells of, in the same order: each is alone, and its
** trust is not weighed. */
dsr_status dsr_tellings_recorded(dsr_facts *facts, dsr_view *view, uint64_t first,
                                 uint64_t last, dsr_tellings **out);
/* Of the facts that dsr_claimed_each() tells of, each once, held or not: each is alone, and
** its trust is not weighed. */
dsr_status dsr_tellings_claimed(dsr_facts *facts, dsr_view *view,
                                const dsr_claimed *claimed, dsr_tellings **out);
/* Does not look at the base, which may be closed. */
void dsr_tellings_free(dsr_tellings *tellings);

size_t dsr_tellings_count(const dsr_tellings *tellings);
/* That at place `i`, from 0, which there must be. */
void dsr_tellings_at(const dsr_tellings *tellings, size_t i, dsr_tellings_item *out);
/* Add its words, as people read it, to `out`. */
dsr_status dsr_tellings_words(dsr_tellings *tellings, size_t i, dsr_bytes *out);
/* Is its finest fact held as the base is now, and, where it is, how far is that to be
** trusted: itself, whatever else tells the same. */
dsr_status dsr_tellings_standing(dsr_tellings *tellings, size_t i, bool *held,
                                 dsr_trust *trust);

#endif
