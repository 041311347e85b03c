/*
** latest.h - the last of what a base tells.
*/
#ifndef DSR_FACTS_LATEST_H
#define DSR_FACTS_LATEST_H

#include "facts/told.h"

/*
** The last `most` of the dated tellings that `options` (told.h) asks for, the latest
** first: by time, then by words, then by how they are written.  `met` is told of each;
** *all is how many there are.
**
** Cost: a walk as dsr_told_each() has it and the memory of `most` tellings; words are
** made of those alone that share a date with the earliest of the last.
*/
dsr_status dsr_told_latest(dsr_facts *facts, dsr_view *view,
                           const dsr_told_options *options, size_t most,
                           dsr_told_met *met, void *ud, uint64_t *all);

#endif
