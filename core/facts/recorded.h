/*
** recorded.h - the facts that some transactions changed.
*/
#ifndef DSR_FACTS_RECORDED_H
#define DSR_FACTS_RECORDED_H

#include "facts/view.h"

/* Tell `met` of each fact of the base's own relations that has a claim, assertion, denial
** or verdict, that was opened or closed after transaction `first` and up to `last`; in
** stored order, good for the call, with its claim set.  A set is looked at once, so that others cost a few
** tens of nanoseconds.  A result below zero ends it and is returned. */
typedef dsr_status dsr_recorded_met(void *ud, const dsr_tuple *fact, uint64_t set);
dsr_status dsr_recorded_each(dsr_facts *facts, dsr_view *view, uint64_t first,
                             uint64_t last, dsr_recorded_met *met, void *ud);

#endif
