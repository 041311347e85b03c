/*
** lua_care.c - kb:compact, kb:backup, kb:forget, kb:tables, for Lua.
*/
#include <stdio.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

static const char *const backup_keys[] = {"replace", NULL};

static void set_count(lua_State *L, const char *name, int64_t n) {
  lua_pushinteger(L, n);
  lua_setfield(L, -2, name);
}

/* kb:compact() -> { before, after } | nil, message, code */
static int base_compact(lua_State *L) {
  dsr_compact_report report = {0, 0};
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_status rc = dsr_base_compact(home->base, NULL, NULL, &report);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_createtable(L, 0, 2);
  set_count(L, "before", report.before);
  set_count(L, "after", report.after);
  return 1;
}

/* kb:backup(path, options) -> bytes | nil, message, code */
static int base_backup(lua_State *L) {
  int64_t bytes = 0;
  bool replace = false;
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  const char *path = luaL_checkstring(L, 2);
  if (!lua_isnoneornil(L, 3)) {
    dsr_lua_check_keys(L, 3, backup_keys);
    replace = dsr_lua_option_bool(L, 3, "replace");
  }
  dsr_status rc = dsr_base_backup(home->base, path, replace, NULL, NULL, &bytes);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushinteger(L, bytes);
  return 1;
}

static const char *const forget_keys[] = {"dry_run", NULL};

/* kb:forget(source, options) -> { claims, facts, names, before, after }
**   | nil, message, code */
static int base_forget(lua_State *L) {
  dsr_forget_options options = {0};
  dsr_forget_report report;
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str source = dsr_lua_check_str(L, 2);
  if (!lua_isnoneornil(L, 3)) {
    dsr_lua_check_keys(L, 3, forget_keys);
    options.dry_run = dsr_lua_option_bool(L, 3, "dry_run");
  }
  dsr_status rc = dsr_base_forget(home->base, source, &options, &report);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_createtable(L, 0, 5);
  set_count(L, "claims", report.claims);
  set_count(L, "facts", report.facts);
  set_count(L, "names", report.names);
  set_count(L, "before", report.before);
  set_count(L, "after", report.after);
  return 1;
}

typedef struct table_size {
  char name[64];
  int64_t bytes;
} table_size;

static dsr_status keep_table(void *ud, dsr_str name, int64_t bytes) {
  table_size size = {.bytes = bytes};
  snprintf(size.name, sizeof size.name, "%.*s", (int)name.len, name.data);
  return dsr_lua_bag_add(ud, &size, sizeof size) ? DSR_OK : DSR_ENOMEM;
}

/* kb:tables() -> list of { name, bytes } */
static int base_tables(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  dsr_store *store = dsr_facts_store(dsr_lua_facts(home));
  dsr_status rc = dsr_store_tables(store, keep_table, bag);
  if (rc == DSR_ENOMEM) rc = dsr_fail_memory(home->base->error);
  dsr_lua_try(L, home, rc);
  const table_size *sizes = bag->items;
  lua_createtable(L, (int)bag->len, 0);
  for (size_t i = 0; i < bag->len; i++) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, sizes[i].name);
    lua_setfield(L, -2, "name");
    set_count(L, "bytes", sizes[i].bytes);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

const luaL_Reg dsr_lua_care_methods[] = {{"tables", base_tables},
                                         {"compact", base_compact},
                                         {"backup", base_backup},
                                         {"forget", base_forget},
                                         {NULL, NULL}};
