/*
** ease.h - extents of what rules derive, in shapes that cost less.
*/
#ifndef DSR_LOGIC_EASE_H
#define DSR_LOGIC_EASE_H

#include "logic/route.h"

/* Have the head of a path that is about to run, whose n operators are `ops`, stored without
** a hash, or only counted, where that comes to the same. */
void dsr_ease_head(const dsr_router *router, const dsr_routed *routed, dsr_op *ops,
                   int n);

/* Have complete predicates that cyclic bodies of a stratum read sorted.  Before any path of
** the stratum is found.  DSR_ENOMEM. */
dsr_status dsr_ease_bodies(dsr_router *router, int stratum);

#endif
