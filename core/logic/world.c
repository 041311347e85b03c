/*
** world.c - numbers and base extents of a view, kept while the base stands still.
**
** Extents are found by going through all of them: a program reads few relations.  Narrowed
** ones (narrow.h) are kept for the next run of the same query, a few of them.  The
** numbering is begun anew when the base has moved, and when runs have left in it many times
** what the base's own facts brought.
*/
#include "logic/world.h"

#include <string.h>

#include "eval/table.h"
#include "ground/text.h"

/* Numbers that runs may leave behind before all is read anew, beside four times those of
** the base. */
enum { NUMBERS_SLACK = 1 << 22 };

/* A relation is read whole once narrowing it left more than this part of its rows, or it was
** narrowed so often by what an index finds; and so many narrowed extents are kept. */
enum { WIDE_PART = 4, NARROWED_MOST = 4 };

typedef struct base_extent {
  dsr_predicate predicate; /* as it was asked for; names are not kept */
  dsr_extent *extent;
  bool narrowed; /* it has the rows only that `narrow` keeps */
  dsr_narrow narrow;
} base_extent;

/* A relation that is better read whole. */
typedef struct base_habit {
  uint32_t relation;
  int narrowed; /* so often by what an index finds */
  bool wide;
} base_habit;

struct dsr_world {
  dsr_facts *facts;
  dsr_view *view;
  dsr_realm *realm;
  dsr_numbers *numbers;
  uint32_t own; /* numbers that base facts and tables brought */
  uint64_t generation, epoch;
  dsr_lookup_when lookup;
  uint64_t read; /* facts of the base */
  int runs;      /* that are at work */
  dsr_shelf *shelf;
  VEC(base_extent) bases;
  VEC(base_habit) habits;
  VEC(dsr_table_given) tables;
};

dsr_status dsr_world_new(dsr_facts *facts, dsr_view *view, dsr_realm *realm,
                         dsr_world **out) {
  dsr_world *world = dsr_alloc(sizeof *world);
  if (world == NULL) return dsr_fail_memory(dsr_facts_error(facts));
  *world = (dsr_world){.facts = facts, .view = view, .realm = realm};
  *out = world;
  return DSR_OK;
}

static void free_base(base_extent *base) {
  dsr_extent_free(base->extent);
  dsr_narrow_free(&base->narrow);
}

/* Let go of narrowed extents, where there are many. */
static void drop_narrowed(dsr_world *world) {
  size_t n = 0, narrowed = 0;
  for (size_t i = 0; i < world->bases.len; i++) {
    narrowed += world->bases.items[i].narrowed;
  }
  for (size_t i = 0; i < world->bases.len && narrowed > NARROWED_MOST; i++) {
    base_extent *base = &world->bases.items[i];
    if (base->narrowed) {
      free_base(base);
    } else {
      world->bases.items[n++] = *base;
    }
  }
  if (narrowed > NARROWED_MOST) world->bases.len = n;
}

static void forget(dsr_world *world) {
  dsr_shelf_free(world->shelf);
  world->shelf = NULL;
  world->epoch++;
  for (size_t i = 0; i < world->bases.len; i++) free_base(&world->bases.items[i]);
  VEC_FREE(&world->bases);
  VEC_FREE(&world->habits);
  for (size_t i = 0; i < world->tables.len; i++) {
    dsr_extent_free(world->tables.items[i].extent);
  }
  VEC_FREE(&world->tables);
  dsr_numbers_free(world->numbers);
  world->numbers = NULL;
}

void dsr_world_free(dsr_world *world) {
  if (world == NULL) return;
  forget(world);
  dsr_free(world);
}

dsr_facts *dsr_world_facts(const dsr_world *world) { return world->facts; }
dsr_view *dsr_world_view(const dsr_world *world) { return world->view; }
dsr_realm *dsr_world_realm(const dsr_world *world) { return world->realm; }
dsr_numbers *dsr_world_numbers(const dsr_world *world) { return world->numbers; }

uint64_t dsr_world_epoch(const dsr_world *world) { return world->epoch; }
dsr_shelf *dsr_world_shelf(const dsr_world *world) { return world->shelf; }
void dsr_world_enter(dsr_world *world) { world->runs++; }
void dsr_world_leave(dsr_world *world) { world->runs--; }

/* Did some look-up fail? */
static bool failed(const dsr_world *world) {
  for (size_t i = 0; i < world->bases.len; i++) {
    if (dsr_extent_failure(world->bases.items[i].extent) < 0) return true;
  }
  return false;
}

/* Did memory run out over one of the extents? */
static bool any_lost(const dsr_world *world) {
  bool lost = false;
  for (size_t i = 0; i < world->bases.len; i++) {
    lost = lost || dsr_extent_lost(world->bases.items[i].extent);
  }
  for (size_t i = 0; i < world->tables.len; i++) {
    lost = lost || dsr_extent_lost(world->tables.items[i].extent);
  }
  return lost;
}

/* Have runs left more than is worth keeping, or less than all? */
static bool overgrown(const dsr_world *world) {
  if (world->runs > 0) return false;
  if (any_lost(world)) return true;
  if (world->shelf != NULL && dsr_shelf_full(world->shelf)) return true;
  return dsr_numbers_count(world->numbers) / 4 > world->own + NUMBERS_SLACK / 4;
}

/* ---- tables --------------------------------------------------------------------- */

dsr_status dsr_realm_table(dsr_realm *realm, dsr_error *error, dsr_str name,
                           const char *path) {
  for (size_t i = 0; i < realm->tables.len; i++) {
    if (!dsr_str_eq(dsr_str_of(realm->tables.items[i].name), name)) continue;
    return dsr_fail(error, DSR_EDECLARE, "there is a table \"%s\" already",
                    dsr_show(name).text);
  }
  dsr_table_file file = {dsr_copy(name.data, name.len), dsr_copy(path, strlen(path))};
  if (file.name != NULL && file.path != NULL && VEC_PUSH(&realm->tables, file)) {
    return DSR_OK;
  }
  dsr_free(file.name);
  dsr_free(file.path);
  return dsr_fail_memory(error);
}

void dsr_realm_free(dsr_realm *realm) {
  for (size_t i = 0; i < realm->tables.len; i++) {
    dsr_free(realm->tables.items[i].name);
    dsr_free(realm->tables.items[i].path);
  }
  VEC_FREE(&realm->tables);
}

/* What a column of a table's type is for rules. */
static dsr_domain domain_of(dsr_field_type type) {
  switch (type) {
    case DSR_FIELD_BOOL:
      return DSR_COL_BOOL;
    case DSR_FIELD_INT:
      return DSR_COL_INT;
    case DSR_FIELD_DECIMAL:
      return DSR_COL_NUMBER;
    case DSR_FIELD_TIME:
      return DSR_COL_TIME;
    case DSR_FIELD_ENTITY:
      return DSR_COL_ENTITY;
    case DSR_FIELD_TEXT:
      return DSR_COL_TEXT;
  }
  return DSR_COL_ANY;
}

static dsr_status read_table(dsr_world *world, const dsr_table_file *file) {
  dsr_table_shape shape;
  dsr_table_given table = {.name = dsr_str_of(file->name)};
  dsr_error *error = dsr_facts_error(world->facts);
  if (!VEC_RESERVE(&world->tables, 1)) return dsr_fail_memory(error);
  TRY(dsr_table_read(file->path, dsr_facts_symbols(world->facts), world->numbers,
                     world->realm->bounds.stop, error, &shape, &table.extent));
  table.width = shape.width;
  for (int i = 0; i < shape.width; i++) table.types[i] = domain_of(shape.types[i]);
  (void)VEC_PUSH(&world->tables, table);
  return DSR_OK;
}

/* Read the tables that the world does not have yet. */
static dsr_status read_tables(dsr_world *world) {
  while (world->tables.len < world->realm->tables.len) {
    TRY(read_table(world, &world->realm->tables.items[world->tables.len]));
    world->own = dsr_numbers_count(world->numbers);
  }
  return DSR_OK;
}

const dsr_table_given *dsr_world_tables(const dsr_world *world, int *n) {
  *n = (int)world->tables.len;
  return world->tables.items;
}

/* ---- keeping up ----------------------------------------------------------------- */

dsr_status dsr_world_refresh(dsr_world *world) {
  dsr_realm *realm = world->realm;
  TRY(dsr_facts_read(world->facts, false));
  if (realm->follow != NULL) TRY(realm->follow(realm->ud));
  realm->bounds.stop = &realm->stop;
  uint64_t generation = dsr_facts_generation(world->facts);
  if (world->numbers == NULL || world->generation != generation || overgrown(world) ||
      world->lookup != realm->lookup || (world->runs == 0 && failed(world))) {
    forget(world);
    TRY(dsr_numbers_new(dsr_facts_error(world->facts), &world->numbers));
    world->generation = generation;
    world->lookup = realm->lookup;
    world->own = 0;
  }
  if (world->runs == 0) drop_narrowed(world);
  if (world->shelf == NULL && realm->shelves.limit > 0) {
    TRY(dsr_shelf_new(&realm->shelves, dsr_facts_error(world->facts), &world->shelf));
  }
  return read_tables(world);
}

/* Do two base predicates read the same? */
static bool alike(const dsr_predicate *a, const dsr_predicate *b) {
  return a->relation == b->relation && a->timed == b->timed &&
         a->scan_flags == b->scan_flags && a->claimed == b->claimed &&
         (!a->claimed ||
          (a->verb == b->verb && a->manner == b->manner && a->parts == b->parts));
}

/* A new extent: filled, or to be looked up. */
static dsr_status make(dsr_world *world, const base_extent *base, bool looked_up,
                       dsr_extent **out) {
  dsr_extent *extent;
  const dsr_predicate *predicate = &base->predicate;
  dsr_feed feed = {world->facts,
                   world->view,
                   predicate,
                   world->numbers,
                   &world->read,
                   &world->own,
                   base->narrowed ? &base->narrow : NULL};
  if (looked_up) return dsr_lookup_extent(&feed, world->realm->lookup, out);
  TRY(dsr_extent_new(DSR_EXTENT_STORED, predicate->width, dsr_facts_error(world->facts),
                     &extent));
  dsr_status rc = dsr_feed_base(&feed, extent);
  if (rc < 0) {
    dsr_extent_free(extent);
    return rc;
  }
  *out = extent;
  return DSR_OK;
}

static base_extent *find_base(dsr_world *world, const dsr_predicate *predicate,
                              const dsr_narrow *narrow) {
  for (size_t i = 0; i < world->bases.len; i++) {
    base_extent *base = &world->bases.items[i];
    if (!alike(&base->predicate, predicate)) continue;
    if (!base->narrowed) return base;
    if (narrow != NULL && dsr_narrow_equal(&base->narrow, narrow)) return base;
  }
  return NULL;
}

/* Make a base extent and keep it; `base` is taken over. */
static dsr_status keep_base(dsr_world *world, base_extent *base, bool looked_up,
                            dsr_extent **out) {
  dsr_status rc = DSR_OK;
  if (!VEC_RESERVE(&world->bases, 1)) {
    rc = dsr_fail_memory(dsr_facts_error(world->facts));
  }
  if (rc >= 0) rc = make(world, base, looked_up, &base->extent);
  if (rc < 0) {
    dsr_narrow_free(&base->narrow);
    return rc;
  }
  (void)VEC_PUSH(&world->bases, *base);
  *out = base->extent;
  return DSR_OK;
}

dsr_status dsr_world_base(dsr_world *world, const dsr_predicate *predicate,
                          bool looked_up, dsr_extent **out) {
  const base_extent *there = find_base(world, predicate, NULL);
  if (there != NULL) {
    *out = there->extent;
    return looked_up ? DSR_OK : dsr_extent_complete(*out);
  }
  base_extent base = {.predicate = *predicate};
  return keep_base(world, &base, looked_up, out);
}

/* ---- narrowing ------------------------------------------------------------------- */

static base_habit *habit_of(dsr_world *world, uint32_t relation) {
  base_habit made = {.relation = relation};
  for (size_t i = 0; i < world->habits.len; i++) {
    if (world->habits.items[i].relation == relation) return &world->habits.items[i];
  }
  if (!VEC_PUSH(&world->habits, made)) return NULL;
  return &world->habits.items[world->habits.len - 1];
}

/* Is it worth while?  A small relation is soon read whole. */
static dsr_status may_narrow(dsr_world *world, const dsr_predicate *p, bool *may) {
  uint64_t size;
  *may = world->realm->lookup == DSR_LOOKUP_ALWAYS;
  if (*may || world->realm->lookup == DSR_LOOKUP_NEVER) return DSR_OK;
  TRY(dsr_scan_estimate(world->facts, p->relation, 0, &size));
  const base_habit *habit = habit_of(world, p->relation);
  if (habit == NULL) return dsr_fail_memory(dsr_facts_error(world->facts));
  *may =
      size >= DSR_LOOKUP_LARGE_ROWS && !habit->wide && habit->narrowed < NARROWED_MOST;
  return DSR_OK;
}

/* What came of it. */
static dsr_status note_habit(dsr_world *world, const base_extent *base, uint64_t read) {
  uint64_t kept;
  base_habit *habit = habit_of(world, base->predicate.relation);
  if (habit == NULL) return DSR_OK;
  TRY(dsr_extent_count(base->extent, &kept));
  habit->wide = habit->wide || kept > read / WIDE_PART;
  habit->narrowed += base->narrow.exact;
  return DSR_OK;
}

/* The extent of a predicate that is read whole, or what of it the book can use. */
static dsr_status narrowed_base(dsr_world *world, const dsr_rulebook *book, int at,
                                dsr_extent **out) {
  const dsr_predicate *p = &book->predicates.items[at];
  base_extent base = {.predicate = *p};
  bool may;
  if (find_base(world, p, NULL) != NULL) return dsr_world_base(world, p, false, out);
  TRY(may_narrow(world, p, &may));
  dsr_status rc =
      may ? dsr_narrow_make(book, at, world->view, &base.narrow) : DSR_NOTHING;
  if (rc != DSR_OK) return rc < 0 ? rc : dsr_world_base(world, p, false, out);
  base.narrowed = true;
  const base_extent *there = find_base(world, p, &base.narrow);
  if (there != NULL) {
    *out = there->extent;
    dsr_narrow_free(&base.narrow);
    return DSR_OK;
  }
  uint64_t read = world->read;
  TRY(keep_base(world, &base, false, out));
  return note_habit(world, &base, world->read - read);
}

static dsr_status seat_base(dsr_world *world, const dsr_rulebook *book, int at,
                            bool looked_up, bool whole, dsr_extent **out) {
  const dsr_predicate *p = &book->predicates.items[at];
  if (looked_up || whole) return dsr_world_base(world, p, looked_up, out);
  return narrowed_base(world, book, at, out);
}

static dsr_status seat_all(dsr_world *world, const dsr_rulebook *book,
                           dsr_router *router, bool whole, bool *looked_up) {
  TRY(dsr_lookup_choose(book, world->realm->lookup, dsr_facts_error(world->facts),
                        looked_up));
  for (size_t i = 0; i < book->predicates.len; i++) {
    const dsr_predicate *p = &book->predicates.items[i];
    dsr_extent *extent = p->table;
    if (p->kind == DSR_PREDICATE_RULED) continue;
    if (p->kind == DSR_PREDICATE_BASE) {
      TRY(seat_base(world, book, (int)i, looked_up[i], whole, &extent));
      if (dsr_extent_supply_of(extent) != NULL) dsr_calls_open(router->calls);
    }
    dsr_router_seat(router, (int)i, extent);
  }
  return DSR_OK;
}

dsr_status dsr_world_seat(dsr_world *world, const dsr_rulebook *book,
                          dsr_router *router, bool whole) {
  bool *looked_up = dsr_alloc(book->predicates.len + 1);
  if (looked_up == NULL) return dsr_fail_memory(dsr_facts_error(world->facts));
  dsr_status rc = seat_all(world, book, router, whole, looked_up);
  dsr_free(looked_up);
  return rc;
}

uint64_t dsr_world_read(const dsr_world *world) { return world->read; }
