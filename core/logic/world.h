/*
** world.h - what queries with rules are answered from: a view's facts as numbers, tables,
** functions, rules, and what was derived before.
**
** A world belongs to one view of one handle.  It keeps the numbering of values and, for
** each way in which rules have read a base relation, the extent that was filled from it:
** both are good until the base moves (dsr_facts_generation), and are then forgotten.  So is
** what rules derived of whole relations (shelf.h).
** Tables are read into the world's numbers, when it is first refreshed and again when the
** base has moved (a name may have become a symbol of the base).  Functions and rules are
** those of the base at the root.
**
** Cost: a base relation that rules read whole is scanned once for each generation and way
** of reading, 4 bytes a column and row; one that is read by look-up (lookup.h) costs what
** was asked for; one of which a run can use a part only (narrow.h) may be scanned once for
** each such part.
*/
#ifndef DSR_LOGIC_WORLD_H
#define DSR_LOGIC_WORLD_H

#include "eval/loop.h"
#include "logic/lookup.h"
#include "logic/route.h"
#include "logic/shelf.h"

typedef struct dsr_world dsr_world;

/* A tab-separated file that bodies may read by name. */
typedef struct dsr_table_file {
  char *name, *path; /* the realm's own */
} dsr_table_file;

/* What the worlds of one base share, owned by the base at the root. */
typedef struct dsr_realm {
  const dsr_program *rules; /* those that the base keeps, or NULL */
  uint64_t rules_version;
  VEC(dsr_table_file) tables;
  struct dsr_defined *defined;
  dsr_status (*follow)(
      void *ud); /* have `rules` and `defined` as they are now; or NULL */
  void *ud;
  dsr_bounds bounds;
  volatile int stop; /* set from anywhere: the query at work, or the next one, ends */
  dsr_route_options route;
  bool no_demand;         /* derive whole relations: for tests and measurements */
  dsr_lookup_when lookup; /* another one than before: what was read is forgotten */
  dsr_shelves shelves;
  /* What was done so far, for tests: rulebooks made, rewritten, and paths looked for. */
  uint64_t books, plans, searches;
} dsr_realm;

dsr_status dsr_world_new(dsr_facts *facts, dsr_view *view, dsr_realm *realm,
                         dsr_world **out);
void dsr_world_free(dsr_world *world);

dsr_facts *dsr_world_facts(const dsr_world *world);
dsr_view *dsr_world_view(const dsr_world *world);
dsr_realm *dsr_world_realm(const dsr_world *world);
dsr_numbers *dsr_world_numbers(const dsr_world *world);

/* Name a file as a table: DSR_EDECLARE where the name is taken by another.  It is read
** when it is first needed. */
dsr_status dsr_realm_table(dsr_realm *realm, dsr_error *error, dsr_str name,
                           const char *path);
void dsr_realm_free(dsr_realm *realm); /* what it owns */

/* Be as the base is now: forget what is of another generation or has grown past use.
** Nothing that was borrowed from the world may be in use. */
dsr_status dsr_world_refresh(dsr_world *world);

/* The extent of a base predicate; borrowed until a refresh.  `looked_up`: a supplied one
** will do, else it is complete. */
dsr_status dsr_world_base(dsr_world *world, const dsr_predicate *predicate,
                          bool looked_up, dsr_extent **out);
/* Give a router the extents of a book's base predicates and tables; with `whole` all that
** is in them, else of large ones perhaps only what the book can use (narrow.h). */
dsr_status dsr_world_seat(dsr_world *world, const dsr_rulebook *book,
                          dsr_router *router, bool whole);
/* How many facts of the base were read so far. */
uint64_t dsr_world_read(const dsr_world *world);

/* Counts how often all was forgotten: what was borrowed from the world when it was less is
** gone. */
uint64_t dsr_world_epoch(const dsr_world *world);
/* Derived relations that are kept; NULL where none are. */
dsr_shelf *dsr_world_shelf(const dsr_world *world);
/* Runs read from the world, maybe within one another: nothing is forgotten meanwhile. */
void dsr_world_enter(dsr_world *world);
void dsr_world_leave(dsr_world *world);

/* The tables, read; borrowed until a refresh. */
const dsr_table_given *dsr_world_tables(const dsr_world *world, int *n);

#endif
