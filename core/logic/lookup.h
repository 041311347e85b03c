/*
** lookup.h - reading a base relation by what is asked of it, not whole.
**
** A large base relation that a query reads only where something leads to it is not scanned:
** its extent is supplied (eval/asked.h) by scans with a pattern, one for each value that a
** rule comes by.  What was fetched stays with the world.  Where a query comes by a good part
** of the relation the extent is filled by one scan after all.
**
** What leads to an atom are constants, demands, derived and small relations, and whatever
** those lead to in turn, over the columns by which facts are found: an atom that nothing
** leads to has the relation read whole at once, so that it is planned by what is known of
** it.  The same order of goals is looked at that demand goes by (sideways.h).
**
** How many facts share a value is estimated from some hundred facts of each order.
**
** Cost: choosing, a look at each rule; a look-up, that of a scan with a pattern.
*/
#ifndef DSR_LOGIC_LOOKUP_H
#define DSR_LOGIC_LOOKUP_H

#include "logic/feed.h"

/* A relation of fewer rows is read whole, for less than a plan costs. */
enum { DSR_LOOKUP_LARGE_ROWS = 4096 };

/* When relations are read by look-up. */
typedef enum dsr_lookup_when {
  DSR_LOOKUP_LARGE = 0, /* where they are large enough */
  DSR_LOOKUP_NEVER,
  DSR_LOOKUP_ALWAYS, /* whenever something leads to them, however much is asked */
} dsr_lookup_when;

/* Choose the base predicates of a book, with demand or without, that are to be read by
** look-up: looked_up[i] for predicate i, all false before. */
dsr_status dsr_lookup_choose(const dsr_rulebook *book, dsr_lookup_when when,
                             dsr_error *error, bool *looked_up);

/* A stored extent of a base predicate that is supplied by look-ups.  The predicate is
** copied (its names are not kept), all else that `feed` has is borrowed. */
dsr_status dsr_lookup_extent(const dsr_feed *feed, dsr_lookup_when when,
                             dsr_extent **out);

#endif
