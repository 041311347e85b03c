/*
** lua_import.c - kb:import, for Lua: files in other formats, into a base.
*/
#include <string.h>

#include "lua/lua_aid.h"

static const char *const import_keys[] = {
    "format",     "source",   "iri",     "as",        "header", "null",
    "keep_blank", "skip_bad", "dry_run", "memory_mb", NULL};

/* true, false, or left out. */
static int check_header(lua_State *L, int arg) {
  int header = 0;
  if (lua_getfield(L, arg, "header") != LUA_TNIL) {
    header = dsr_lua_option_bool(L, arg, "header") ? 1 : -1;
  }
  lua_pop(L, 1);
  return header;
}

static const char *pattern_at(lua_State *L, int arg, int index) {
  size_t len;
  const char *pattern = lua_tolstring(L, index, &len);
  luaL_argcheck(L, strlen(pattern) == len, arg, "a pattern cannot hold a NUL byte");
  return pattern;
}

/* One pattern or a list, in memory that the stack holds. */
static const char *const *check_patterns(lua_State *L, int arg) {
  int kind = lua_getfield(L, arg, "as"), value = lua_gettop(L);
  if (kind == LUA_TNIL) return NULL;
  size_t n = kind == LUA_TTABLE ? lua_rawlen(L, value) : 1;
  const char **patterns = lua_newuserdatauv(L, (n + 1) * sizeof *patterns, 0);
  memset(patterns, 0, (n + 1) * sizeof *patterns);
  if (kind == LUA_TSTRING) patterns[0] = pattern_at(L, arg, value);
  for (size_t i = 0; kind == LUA_TTABLE && i < n; i++) {
    if (lua_rawgeti(L, value, (lua_Integer)i + 1) != LUA_TSTRING) {
      luaL_argerror(L, arg, "\"as\" is a pattern or a list of patterns");
    }
    patterns[i] = pattern_at(L, arg, -1);
    lua_pop(L, 1); /* the list keeps it */
  }
  if (kind != LUA_TSTRING && kind != LUA_TTABLE) {
    luaL_argerror(L, arg, "\"as\" is a pattern or a list of patterns");
  }
  return patterns;
}

static void check_options(lua_State *L, int arg, dsr_import_options *options) {
  if (lua_isnil(L, arg)) return;
  dsr_lua_check_keys(L, arg, import_keys);
  luaL_checkstack(L, 20, NULL);
  options->format = dsr_lua_option(L, arg, "format", false);
  options->source = dsr_lua_option(L, arg, "source", false);
  options->iri = dsr_lua_option(L, arg, "iri", false);
  options->null = dsr_lua_option(L, arg, "null", false);
  options->skip_bad = dsr_lua_option(L, arg, "skip_bad", false);
  options->keep_blank = dsr_lua_option_bool(L, arg, "keep_blank");
  options->dry_run = dsr_lua_option_bool(L, arg, "dry_run");
  options->memory_mb = dsr_lua_option_int(L, arg, "memory_mb", 0);
  options->header = check_header(L, arg);
  options->as = check_patterns(L, arg);
}

static const char *path_at(lua_State *L, int index) {
  size_t len;
  const char *path = lua_tolstring(L, index, &len);
  luaL_argcheck(L, strlen(path) == len, 2, "a path cannot hold a NUL byte");
  return path;
}

/* The paths of a string or a list, in memory that the stack holds. */
static const char **check_paths(lua_State *L, int *n) {
  bool list = lua_istable(L, 2);
  *n = list ? (int)lua_rawlen(L, 2) : 1;
  const char **paths = lua_newuserdatauv(L, ((size_t)*n + 1) * sizeof *paths, 0);
  if (!list) {
    luaL_checktype(L, 2, LUA_TSTRING);
    paths[0] = path_at(L, 2);
    return paths;
  }
  for (int i = 0; i < *n; i++) {
    if (lua_rawgeti(L, 2, i + 1) != LUA_TSTRING) {
      luaL_argerror(L, 2, "a path or a list of paths is due");
    }
    paths[i] = path_at(L, -1);
    lua_pop(L, 1); /* the list keeps it */
  }
  return paths;
}

static void set_count(lua_State *L, const char *name, int64_t count) {
  lua_pushinteger(L, (lua_Integer)count);
  lua_setfield(L, -2, name);
}

/* kb:import(path | paths, options) -> true, report | nil, message, code */
static int base_import(lua_State *L) {
  int n;
  dsr_import_options options = {0};
  dsr_import_report report = {0};
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  lua_settop(L, 3);
  check_options(L, 3, &options);
  const char **paths = check_paths(L, &n);
  dsr_status rc = dsr_base_import(home->base, paths, n, &options, &report);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushboolean(L, 1);
  lua_createtable(L, 0, 8);
  set_count(L, "rows", report.rows);
  set_count(L, "claims", report.claims);
  set_count(L, "sources", report.sources);
  set_count(L, "skipped", report.skipped);
  set_count(L, "bytes", report.bytes);
  return 2;
}

const luaL_Reg dsr_lua_import_methods[] = {{"import", base_import}, {NULL, NULL}};
