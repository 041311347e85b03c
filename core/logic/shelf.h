/*
** shelf.h - derived relations that are kept while the base stands still.
**
** What is kept of a predicate goes by what the predicate *says*: its rules, spelled out
** with those of all that they read, down to the base's relations and tables.  Two
** predicates that say the same, in rulebooks of any queries, have the same number on the
** shelf, and the extent that was derived for one answers for the other.  So a query whose
** own text adds to a relation of the base's rules cannot be taken for one that does not,
** and nothing has to be known of where rules come from.
**
** A shelf belongs to a world: it is good for one view, one numbering of values and one
** state of the base, and goes with them.  What says the same is told apart by bytes, not
** by hashes.  Never kept is
** - what depends on a parameter of a query, since it is of no use to the next;
** - what depends on a function that the host or a script defines: such a function is called
**   by each query anew, so one that looks at a clock or a file is not made older than it
**   was;
** - what was derived in part only, as it was asked for (demand).
**
** All shelves of a handle together hold so many bytes (dsr_shelves); where there is no room
** the extent that was used longest ago goes, whichever shelf it is on.  An extent that is
** borrowed stays.
**
** Cost: some hundred bytes a predicate of a rulebook, and a look-up each.
*/
#ifndef DSR_LOGIC_SHELF_H
#define DSR_LOGIC_SHELF_H

#include "logic/rule.h"

typedef struct dsr_shelf dsr_shelf;

/* What the shelves of one handle share. */
typedef struct dsr_shelves {
  size_t limit; /* bytes; 0: nothing is kept */
  size_t bytes;
  struct dsr_shelved *newest, *oldest; /* by last use: all that have an extent */
} dsr_shelves;

/* `shelves` must outlive it. */
dsr_status dsr_shelf_new(dsr_shelves *shelves, dsr_error *error, dsr_shelf **out);
void dsr_shelf_free(dsr_shelf *shelf); /* with its extents: none may be borrowed */
/* Have so many predicates been numbered that the shelf had better be begun anew? */
bool dsr_shelf_full(const dsr_shelf *shelf);

/* Number the derived predicates of a rulebook: into out[i] what predicate `i` says, 0 where
** it is no derived one or is never kept. */
dsr_status dsr_shelf_number(dsr_shelf *shelf, const dsr_rulebook *book, uint32_t *out);

/* Borrow the extent of a number, until it is given back as often; NULL: there is none.  One
** that comes back from a run that failed (not `sound`) is not lent again: making an index of
** it may be what failed. */
dsr_extent *dsr_shelf_borrow(dsr_shelf *shelf, uint32_t number);
void dsr_shelf_give_back(dsr_shelf *shelf, uint32_t number, bool sound);

/* Is there room for an extent of that size, and none of the number yet? */
bool dsr_shelf_wants(const dsr_shelf *shelf, uint32_t number, size_t bytes);
/* Put an extent there, which is wanted: it is the shelf's, and borrowed once. */
void dsr_shelf_put(dsr_shelf *shelf, uint32_t number, dsr_extent *extent);

/* ---- saying.c ---------------------------------------------------------------------- */

/* The bytes that a predicate says, in `out`; `numbers` has what those of strata before its
** own say.  DSR_NOTHING where it is never kept. */
typedef VEC(uint64_t) dsr_saying;
dsr_status dsr_saying_of(const dsr_rulebook *book, int predicate,
                         const uint32_t *numbers, dsr_error *error, dsr_saying *out);

#endif
