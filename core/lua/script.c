/*
** script.c - the Lua states that scripts run in.
**
** A run makes a state, gives it all of Lua, `dossier` and the host's base, and hands it
** to runner.lua, which does the rest through the few functions here.  The state is gone
** before the words of a failure are told, so that nothing of the script speaks last.
** Everything that can raise runs under one protected call.  Lua prints numbers and orders
** strings by the locale of the thread: a run has the plain one, so that a report does not
** depend on the host's.
**
** Cost: about a millisecond to set up a state; its memory comes from ground/mem.
*/
#include "lua/script.h"

#include <dirent.h>
#include <locale.h>
#include <lualib.h>
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"
#include "lua/state.h"

/* One run, as its protected call sees it. */
typedef struct job {
  dsr_base *base;
  const char *name;
  const char *const *argv;
  const dsr_script_options *options;
  dsr_script_found found;
  void *ud;
  dsr_status status;
  int exit_code;
  char *message; /* of a failure; NULL: none, or no memory for it */
} job;

/* ---- what runner.lua is given ---------------------------------------------------- */

/* host.write(text): the host may refuse, which ends the script. */
static int host_write(lua_State *L) {
  const job *run = lua_touserdata(L, lua_upvalueindex(1));
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  const dsr_script_options *options = run->options;
  if (options == NULL || options->write == NULL) return 0;
  if (options->write(options->ud, text, len) == 0) return 0;
  return luaL_error(L, "the output could not be written");
}

/* host.embedded(name) -> text | nil */
static int host_embedded(lua_State *L) {
  const dsr_embedded *file = dsr_state_source(luaL_checkstring(L, 1));
  if (file == NULL) return 0;
  lua_pushlstring(L, file->data, file->len);
  return 1;
}

/* host.chunk(name, called) -> function: what embedded() gives, compiled */
static int host_chunk(lua_State *L) {
  dsr_state_load(L, luaL_checkstring(L, 1), luaL_checkstring(L, 2));
  return 1;
}

/* host.bundled() -> names of the bundled scripts */
static int host_bundled(lua_State *L) {
  static const char folder[] = "scripts/";
  const size_t skip = sizeof folder - 1;
  lua_Integer n = 0;
  lua_newtable(L);
  for (const dsr_embedded *file = dsr_embedded_files; file->name != NULL; file++) {
    if (strncmp(file->name, folder, skip) != 0) continue;
    lua_pushstring(L, file->name + skip);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

static int folder_gc(lua_State *L) {
  DIR **folder = lua_touserdata(L, 1);
  if (*folder != NULL) closedir(*folder);
  *folder = NULL;
  return 0;
}

/* host.list(folder) -> names of the files in it | nil */
static int host_list(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  DIR **folder = lua_newuserdatauv(L, sizeof(DIR *), 0);
  *folder = NULL;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, folder_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  *folder = opendir(path);
  if (*folder == NULL) return 0;
  const struct dirent *entry;
  lua_Integer n = 0;
  lua_newtable(L);
  while ((entry = readdir(*folder)) != NULL) {
    lua_pushstring(L, entry->d_name);
    lua_rawseti(L, -2, ++n);
  }
  closedir(*folder);
  *folder = NULL;
  return 1;
}

static void set_argv(lua_State *L, const char *const *argv) {
  lua_newtable(L);
  for (int i = 0; argv != NULL && argv[i] != NULL; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "argv");
}

/* The table that the functions of runner.lua take. */
static void push_host(lua_State *L, job *run) {
  static const luaL_Reg functions[] = {{"embedded", host_embedded},
                                       {"chunk", host_chunk},
                                       {"bundled", host_bundled},
                                       {"list", host_list},
                                       {NULL, NULL}};
  const dsr_script_options *options = run->options;
  luaL_newlib(L, functions);
  lua_pushlightuserdata(L, run);
  lua_pushcclosure(L, host_write, 1);
  lua_setfield(L, -2, "write");
  lua_pushstring(L, run->name != NULL ? run->name : "");
  lua_setfield(L, -2, "name");
  bool format = options != NULL && options->format != NULL;
  lua_pushstring(L, format ? options->format : "text");
  lua_setfield(L, -2, "format");
  lua_pushinteger(L, options != NULL ? options->width : 0);
  lua_setfield(L, -2, "width");
  lua_pushboolean(L, options != NULL && options->colour);
  lua_setfield(L, -2, "colour");
  set_argv(L, run->argv);
  if (run->base == NULL) return;
  dsr_lua_push_borrowed(L, run->base);
  lua_setfield(L, -2, "base");
}

/* ---- states ---------------------------------------------------------------------- */

/* runner.lua's table on the stack. */
static void push_runner(lua_State *L) {
  luaL_openlibs(L);
  luaL_requiref(L, "dossier", luaopen_dossier, 0);
  dsr_state_load(L, "runner", "=dossier.runner");
  lua_call(L, 0, 1);
}

static char *keep(const char *message) {
  return message != NULL ? dsr_copy(message, strlen(message)) : NULL;
}

/* The protected part of dsr_script_start(). */
static int start(lua_State *L) {
  job *run = lua_touserdata(L, 1);
  push_runner(L);
  lua_getfield(L, -1, "run");
  push_host(L, run);
  lua_call(L, 1, 3);
  const char *kind = lua_tostring(L, -3);
  run->exit_code = (int)lua_tointeger(L, -2);
  run->message = keep(lua_tostring(L, -1));
  if (kind == NULL || strcmp(kind, "script") == 0) run->status = DSR_ESCRIPT;
  if (kind != NULL && strcmp(kind, "absent") == 0) run->status = DSR_EABSENT;
  return 0;
}

/* The protected part of dsr_script_list(). */
static int list(lua_State *L) {
  job *run = lua_touserdata(L, 1);
  push_runner(L);
  lua_getfield(L, -1, "list");
  push_host(L, run);
  lua_call(L, 1, 1);
  lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, i);
    lua_getfield(L, -1, "name");
    lua_getfield(L, -2, "where");
    lua_getfield(L, -3, "summary");
    run->found(run->ud, lua_tostring(L, -3), lua_tostring(L, -2), lua_tostring(L, -1));
    lua_pop(L, 4);
  }
  return 0;
}

static void run_in_plain_state(job *run, lua_CFunction part) {
  lua_State *L = dsr_state_new();
  if (L == NULL) {
    run->status = DSR_ENOMEM;
    return;
  }
  lua_pushcfunction(L, part);
  lua_pushlightuserdata(L, run);
  int failed = lua_pcall(L, 1, 0, 0);
  if (failed == LUA_ERRMEM) {
    run->status = DSR_ENOMEM;
  } else if (failed != LUA_OK) {
    run->status = DSR_ESCRIPT;
    run->exit_code = 2;
    run->message = keep(lua_tostring(L, -1));
  }
  lua_close(L);
}

/* Run `part` in a state of its own; what it came to is in `run`. */
static void run_in_state(job *run, lua_CFunction part) {
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) {
    run->status = DSR_ENOMEM;
    return;
  }
  locale_t before = uselocale(plain);
  run_in_plain_state(run, part);
  uselocale(before);
  freelocale(plain);
}

/* Tell of a failure: in the base's error, or where there is none to the host. */
static dsr_status tell(const job *run) {
  const char *words =
      run->message != NULL ? run->message : dsr_status_text(run->status);
  if (run->base != NULL && run->status == DSR_ENOMEM) {
    return dsr_fail_memory(run->base->error);
  }
  if (run->base != NULL) return dsr_fail(run->base->error, run->status, "%s", words);
  const dsr_script_options *options = run->options;
  if (options != NULL && options->write != NULL) {
    options->write(options->ud, words, strlen(words));
    options->write(options->ud, "\n", 1);
  }
  return run->status;
}

dsr_status dsr_script_start(dsr_base *base, const char *name, const char *const *argv,
                            const dsr_script_options *options, int *exit_code) {
  job run = {.base = base, .name = name, .argv = argv, .options = options};
  run_in_state(&run, start);
  dsr_status rc = run.status < 0 ? tell(&run) : DSR_OK;
  /* Also on failure: 2 tells bad arguments apart from what a script found. */
  if (exit_code != NULL) *exit_code = rc < 0 ? 2 : run.exit_code;
  dsr_free(run.message);
  return rc;
}

dsr_status dsr_script_list(dsr_script_found found, void *ud) {
  job run = {.found = found, .ud = ud};
  run_in_state(&run, list);
  dsr_free(run.message);
  return run.status;
}
