/*
** world.c - numbers and base extents of a view, kept while the base stands still.
**
** Extents are found by going through all of them: a program reads few relations.  The
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

typedef struct base_extent {
  dsr_predicate predicate; /* as it was asked for; names are not kept */
  dsr_extent *extent;
} base_extent;

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

static void forget(dsr_world *world) {
  dsr_shelf_free(world->shelf);
  world->shelf = NULL;
  world->epoch++;
  for (size_t i = 0; i < world->bases.len; i++) {
    dsr_extent_free(world->bases.items[i].extent);
  }
  VEC_FREE(&world->bases);
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
static dsr_status make(dsr_world *world, const dsr_predicate *predicate, bool looked_up,
                       dsr_extent **out) {
  dsr_extent *extent;
  dsr_feed feed = {world->facts,   world->view,  predicate,
                   world->numbers, &world->read, &world->own};
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

dsr_status dsr_world_base(dsr_world *world, const dsr_predicate *predicate,
                          bool looked_up, dsr_extent **out) {
  for (size_t i = 0; i < world->bases.len; i++) {
    if (!alike(&world->bases.items[i].predicate, predicate)) continue;
    *out = world->bases.items[i].extent;
    return looked_up ? DSR_OK : dsr_extent_complete(*out);
  }
  base_extent base = {*predicate, NULL};
  if (!VEC_RESERVE(&world->bases, 1)) {
    return dsr_fail_memory(dsr_facts_error(world->facts));
  }
  TRY(make(world, predicate, looked_up, &base.extent));
  (void)VEC_PUSH(&world->bases, base);
  *out = base.extent;
  return DSR_OK;
}

static dsr_status seat_all(dsr_world *world, const dsr_rulebook *book,
                           dsr_router *router, bool *looked_up) {
  TRY(dsr_lookup_choose(book, world->realm->lookup, dsr_facts_error(world->facts),
                        looked_up));
  for (size_t i = 0; i < book->predicates.len; i++) {
    const dsr_predicate *p = &book->predicates.items[i];
    dsr_extent *extent = p->table;
    if (p->kind == DSR_PREDICATE_RULED) continue;
    if (p->kind == DSR_PREDICATE_BASE) {
      TRY(dsr_world_base(world, p, looked_up[i], &extent));
      if (dsr_extent_supply_of(extent) != NULL) dsr_calls_open(router->calls);
    }
    dsr_router_seat(router, (int)i, extent);
  }
  return DSR_OK;
}

dsr_status dsr_world_seat(dsr_world *world, const dsr_rulebook *book,
                          dsr_router *router) {
  bool *looked_up = dsr_alloc(book->predicates.len + 1);
  if (looked_up == NULL) return dsr_fail_memory(dsr_facts_error(world->facts));
  dsr_status rc = seat_all(world, book, router, looked_up);
  dsr_free(looked_up);
  return rc;
}

uint64_t dsr_world_read(const dsr_world *world) { return world->read; }
