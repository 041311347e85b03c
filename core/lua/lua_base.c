/*
** lua_base.c - a base in Lua: opening, loading, views, and its plain fields.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

/* ---- dossier.open ---------------------------------------------------------------- */

static const char *const open_keys[] = {"read_only",  "must_exist",  "busy_ms",
                                        "now",        "merge_bound", "block_bytes",
                                        "derived_mb", NULL};

/* The options in the table at `arg`; the stack keeps their strings. */
static void check_open_options(lua_State *L, int arg, dsr_open_options *options) {
  *options = (dsr_open_options){0};
  if (lua_isnoneornil(L, arg)) return;
  dsr_lua_check_keys(L, arg, open_keys);
  options->read_only = dsr_lua_option_bool(L, arg, "read_only");
  options->must_exist = dsr_lua_option_bool(L, arg, "must_exist");
  options->busy_ms = dsr_lua_option_int(L, arg, "busy_ms", 5000);
  if (options->busy_ms == 0) options->busy_ms = -1; /* asked for: do not wait */
  options->merge_bound = dsr_lua_option_int(L, arg, "merge_bound", 0);
  options->block_bytes = dsr_lua_option_int(L, arg, "block_bytes", 0);
  options->derived_mb = dsr_lua_option_int(L, arg, "derived_mb", 0);
  options->now = dsr_lua_option(L, arg, "now", false);
}

/* A path as C has it. */
static const char *check_path(lua_State *L, int arg) {
  size_t len;
  luaL_checktype(L, arg, LUA_TSTRING);
  const char *path = lua_tolstring(L, arg, &len);
  luaL_argcheck(L, strlen(path) == len, arg, "a path cannot hold a NUL byte");
  return path;
}

int dsr_lua_open(lua_State *L) {
  dsr_open_options options;
  lua_settop(L, 2);
  const char *path = lua_isnil(L, 1) ? NULL : check_path(L, 1);
  check_open_options(L, 2, &options);
  dsr_lua_home *home = dsr_lua_push_home(L, 0);
  if (path != NULL) {
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, DSR_HOME_PATH);
  }
  dsr_status rc = dsr_base_open(path, &options, &home->base);
  if (rc >= 0) return 1;
  int results = dsr_lua_fail(L, home, rc);
  dsr_base_close(home->base);
  home->base = NULL;
  return results;
}

/* ---- loading --------------------------------------------------------------------- */

static int finish(lua_State *L, dsr_lua_home *home, dsr_status rc) {
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushboolean(L, 1);
  return 1;
}

static const char *const load_keys[] = {"replace", "dry_run", NULL};

static void check_load_options(lua_State *L, int arg, dsr_load_options *options) {
  *options = (dsr_load_options){0};
  if (lua_isnoneornil(L, arg)) return;
  dsr_lua_check_keys(L, arg, load_keys);
  options->replace = dsr_lua_option_bool(L, arg, "replace");
  options->dry_run = dsr_lua_option_bool(L, arg, "dry_run");
}

static void set_count(lua_State *L, const char *name, int64_t count) {
  lua_pushinteger(L, (lua_Integer)count);
  lua_setfield(L, -2, name);
}

/* Load, and push what came of it. */
static int load_files(lua_State *L, dsr_lua_home *home, const char *const *paths, int n,
                      const dsr_load_options *options) {
  dsr_load_report report = {0};
  dsr_status rc = dsr_base_load_files(home->base, paths, n, options, &report);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushboolean(L, 1);
  lua_createtable(L, 0, 12);
  set_count(L, "added", report.added);
  set_count(L, "retracted", report.retracted);
  set_count(L, "idle", report.idle);
  set_count(L, "declared", report.declared);
  set_count(L, "left_out", report.left_out);
  set_count(L, "files_new", report.files_new);
  set_count(L, "rules_added", report.rules_added);
  set_count(L, "rules_dropped", report.rules_dropped);
  set_count(L, "rules_left_out", report.rules_left_out);
  set_count(L, "queries", report.queries);
  set_count(L, "skipped", report.skipped);
  return 2;
}

/* kb:load(path | paths, options) -> true, report | nil, message, code */
static int base_load(lua_State *L) {
  dsr_load_options options;
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  lua_settop(L, 3);
  check_load_options(L, 3, &options);
  if (!lua_istable(L, 2)) {
    const char *path = check_path(L, 2);
    return load_files(L, home, &path, 1, &options);
  }
  int n = (int)lua_rawlen(L, 2);
  const char **paths = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *paths, 0);
  for (int i = 0; i < n; i++) {
    if (lua_rawgeti(L, 2, i + 1) != LUA_TSTRING) {
      return luaL_argerror(L, 2, "a path or a list of paths is due");
    }
    paths[i] = check_path(L, lua_gettop(L));
    lua_pop(L, 1); /* the list keeps it */
  }
  return load_files(L, home, paths, n, &options);
}

/* kb:load_text(text, name) -> true | nil, message, code */
static int base_load_text(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str text = dsr_lua_check_str(L, 2);
  const char *name = lua_isnoneornil(L, 3) ? NULL : check_path(L, 3);
  return finish(L, home, dsr_base_load(home->base, name, text));
}

/* ---- undoing, renaming ----------------------------------------------------------- */

/* kb:undo(number) -> number | false | nil, message, code */
static int base_undo(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  lua_Integer number = luaL_optinteger(L, 2, 0);
  int64_t undone = 0;
  dsr_status rc = dsr_base_undo(home->base, number, &undone);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  if (rc == DSR_NOTHING) {
    lua_pushboolean(L, 0);
  } else {
    lua_pushinteger(L, undone);
  }
  return 1;
}

static const char *const rename_keys[] = {"merge", NULL};

/* kb:rename(old, name, options) -> boolean | nil, message, code */
static int base_rename(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str old = dsr_lua_check_id(L, 2), name = dsr_lua_check_id(L, 3);
  bool merge = false;
  lua_settop(L, 4);
  if (!lua_isnil(L, 4)) {
    dsr_lua_check_keys(L, 4, rename_keys);
    merge = dsr_lua_option_bool(L, 4, "merge");
  }
  dsr_status rc = dsr_base_rename(home->base, old, name, merge);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushboolean(L, rc != DSR_NOTHING);
  return 1;
}

/* ---- checking -------------------------------------------------------------------- */

#define FINDINGS "dossier.Findings"

static int findings_free(lua_State *L) {
  dsr_findings_free(luaL_checkudata(L, 1, FINDINGS));
  return 0;
}

/* The path, or the paths in the table, at `arg`; the stack holds the list. */
static const char *const *check_paths(lua_State *L, int arg, int *n) {
  bool list = lua_istable(L, arg);
  *n = list ? (int)lua_rawlen(L, arg) : 1;
  const char **paths = lua_newuserdatauv(L, ((size_t)*n + 1) * sizeof *paths, 0);
  if (!list) paths[0] = check_path(L, arg);
  for (int i = 0; list && i < *n; i++) {
    if (lua_rawgeti(L, arg, i + 1) != LUA_TSTRING) {
      luaL_argerror(L, arg, "a path or a list of paths is due");
    }
    paths[i] = check_path(L, lua_gettop(L));
    lua_pop(L, 1); /* the list keeps it */
  }
  return paths;
}

static void push_finding(lua_State *L, const dsr_finding *told) {
  lua_createtable(L, 0, 6);
  lua_pushstring(L, told->file);
  lua_setfield(L, -2, "file");
  lua_pushinteger(L, told->line);
  lua_setfield(L, -2, "line");
  lua_pushinteger(L, told->column);
  lua_setfield(L, -2, "column");
  lua_pushboolean(L, told->error);
  lua_setfield(L, -2, "error");
  lua_pushstring(L, told->kind);
  lua_setfield(L, -2, "kind");
  lua_pushstring(L, told->text);
  lua_setfield(L, -2, "text");
}

/* kb:check(path | paths) -> findings | nil, message, code */
static int base_check(lua_State *L) {
  int n;
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  const char *const *paths = check_paths(L, 2, &n);
  dsr_findings *found = lua_newuserdatauv(L, sizeof *found, 0);
  *found = (dsr_findings){.lacking = false};
  luaL_setmetatable(L, FINDINGS);
  dsr_status rc = dsr_base_check(home->base, paths, n, found);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_createtable(L, (int)found->items.len, 0);
  for (size_t i = 0; i < found->items.len; i++) {
    push_finding(L, &found->items.items[i].told);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  dsr_findings_free(found);
  return 1;
}

/* ---- views ----------------------------------------------------------------------- */

static const char *const view_keys[] = {"as_of",   "since",    "until",    "known_at",
                                        "sources", "kinds",    "speakers", "min_grade",
                                        "settled", "possible", "fold",     NULL};

/* A transaction's number, "#17", or an instant. */
static const char *check_known_at(lua_State *L, int arg) {
  if (lua_getfield(L, arg, "known_at") == LUA_TNUMBER && lua_isinteger(L, -1)) {
    lua_pushfstring(L, "#%I", (LUAI_UACINT)lua_tointeger(L, -1));
    return lua_tostring(L, -1);
  }
  lua_pop(L, 1);
  return dsr_lua_option(L, arg, "known_at", false);
}

/* The options in the table at `arg`; the stack keeps their strings. */
static void check_view_options(lua_State *L, int arg, dsr_view_options *options) {
  dsr_lua_check_keys(L, arg, view_keys);
  luaL_checkstack(L, 20, NULL);
  *options = (dsr_view_options){
      .as_of = dsr_lua_option(L, arg, "as_of", false),
      .since = dsr_lua_option(L, arg, "since", false),
      .until = dsr_lua_option(L, arg, "until", false),
      .known_at = check_known_at(L, arg),
      .sources = dsr_lua_option_list(L, arg, "sources"),
      .kinds = dsr_lua_option_list(L, arg, "kinds"),
      .speakers = dsr_lua_option_list(L, arg, "speakers"),
      .min_grade = dsr_lua_option(L, arg, "min_grade", false),
      .settled = dsr_lua_option_bool(L, arg, "settled"),
      .possible = dsr_lua_option_bool(L, arg, "possible"),
      .fold = dsr_lua_option_bool(L, arg, "fold"),
  };
}

/* kb:view(options) -> base */
static int base_view(lua_State *L) {
  dsr_view_options options;
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  check_view_options(L, 2, &options);
  dsr_lua_home *view = dsr_lua_push_home(L, 1);
  lua_getiuservalue(L, 1, DSR_HOME_PATH);
  lua_setiuservalue(L, -2, DSR_HOME_PATH);
  dsr_lua_try(L, home, dsr_base_view(home->base, &options, &view->base));
  return 1;
}

/* kb:refresh() -> true | nil, message, code */
static int base_refresh(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_error_clear(home->base->error);
  return finish(L, home, dsr_facts_read(dsr_lua_facts(home), true));
}

/* ---- fields ---------------------------------------------------------------------- */

/* The day of a view's `as_of`, as text; nothing where it has none. */
static int push_day(lua_State *L, const dsr_lua_home *home) {
  char text[16];
  dsr_day day;
  if (!dsr_view_day(home->base->view, &day)) return 0;
  dsr_day_format(day, text);
  lua_pushstring(L, text);
  return 1;
}

/* kb.path, kb.read_only, kb.changes, kb.as_of; methods, which look at what they are given,
** are in the upvalue. */
static int base_index(lua_State *L) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  luaL_checkudata(L, 1, DSR_LUA_BASE);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "path") == 0) {
    lua_getiuservalue(L, 1, DSR_HOME_PATH);
  } else if (strcmp(key, "read_only") == 0) {
    const dsr_base *base = dsr_lua_check_home(L, 1)->base;
    dsr_store *store = dsr_facts_store(base->facts);
    lua_pushboolean(L, base->parent != NULL || dsr_store_read_only(store));
  } else if (strcmp(key, "changes") == 0) {
    lua_pushinteger(L, dsr_facts_changes(dsr_lua_facts(dsr_lua_check_home(L, 1))));
  } else if (strcmp(key, "as_of") == 0) {
    return push_day(L, dsr_lua_check_home(L, 1));
  }
  return 1; /* nil for any other key */
}

static int base_tostring(lua_State *L) {
  const dsr_lua_home *home = luaL_checkudata(L, 1, DSR_LUA_BASE);
  lua_getiuservalue(L, 1, DSR_HOME_PATH);
  lua_pushfstring(L, "%s %s%s", home->parent != NULL ? "view of" : "base",
                  lua_isstring(L, -1) ? lua_tostring(L, -1) : "in memory",
                  home->base == NULL ? " (closed)" : "");
  return 1;
}

void dsr_lua_open_base(lua_State *L) {
  static const luaL_Reg meta[] = {{"__gc", dsr_lua_home_close},
                                  {"__close", dsr_lua_home_close},
                                  {"__tostring", base_tostring},
                                  {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"load", base_load}, {"load_text", base_load_text}, {"check", base_check},
      {"view", base_view}, {"refresh", base_refresh},     {"close", dsr_lua_home_close},
      {"undo", base_undo}, {"rename", base_rename},       {NULL, NULL}};
  static const luaL_Reg findings[] = {{"__gc", findings_free}, {NULL, NULL}};
  dsr_lua_class(L, FINDINGS, findings, NULL);
  dsr_lua_class(L, DSR_LUA_BASE, meta, NULL);
  luaL_getmetatable(L, DSR_LUA_BASE);
  luaL_newlib(L, methods);
  luaL_setfuncs(L, dsr_lua_change_methods, 0);
  luaL_setfuncs(L, dsr_lua_scan_methods, 0);
  luaL_setfuncs(L, dsr_lua_catalog_methods, 0);
  luaL_setfuncs(L, dsr_lua_figures_methods, 0);
  luaL_setfuncs(L, dsr_lua_query_methods, 0);
  luaL_setfuncs(L, dsr_lua_define_methods, 0);
  luaL_setfuncs(L, dsr_lua_rule_methods, 0);
  luaL_setfuncs(L, dsr_lua_export_methods, 0);
  luaL_setfuncs(L, dsr_lua_diff_methods, 0);
  luaL_setfuncs(L, dsr_lua_import_methods, 0);
  luaL_setfuncs(L, dsr_lua_care_methods, 0);
  luaL_setfuncs(L, dsr_lua_why_methods, 0);
  luaL_setfuncs(L, dsr_lua_search_methods, 0);
  lua_pushcclosure(L, base_index, 1);
  lua_setfield(L, -2, "__index");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &dsr_lua_base_key);
}
