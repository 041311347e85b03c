/*
** lua_dossier.c - `require "dossier"`: the module's table and its opener.
**
** The module loads into any Lua 5.4: stock lua5.4 finds it as dossier.so, the states
** that scripts run in have it built in.  The Lua half of the library travels inside,
** compiled, and is loaded when it is first required.
*/
#include <string.h>

#include "lua/layout.h"
#include "lua/lua_aid.h"
#include "lua/state.h"

/* The Lua modules that scripts may require as "dossier.NAME". */
static const char *const modules[] = {"report", "runs",   "formats",
                                      "tell",   "follow", NULL};

/* require "dossier.NAME".  Upvalue: the embedded file. */
static int open_module(lua_State *L) {
  const dsr_embedded *file = lua_touserdata(L, lua_upvalueindex(1));
  lua_pushfstring(L, "=dossier.%s", file->name);
  dsr_state_load(L, file->name, lua_tostring(L, -1));
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static void set_modules(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (int i = 0; modules[i] != NULL; i++) {
    const dsr_embedded *file = dsr_state_source(modules[i]);
    if (file == NULL) continue;
    lua_pushfstring(L, "dossier.%s", file->name);
    lua_pushlightuserdata(L, (void *)file);
    lua_pushcclosure(L, open_module, 1);
    lua_rawset(L, -3);
  }
  lua_pushcfunction(L, dsr_lua_open_many);
  lua_setfield(L, -2, "dossier.many");
  lua_pop(L, 1);
}

/* What dossier.format reads with, made at its first call in a state. */
typedef struct lua_reader {
  dsr_error error;
  dsr_grammar *grammar;
} lua_reader;

static const char reader_key; /* its address is the reader's key in the registry */

static int reader_gc(lua_State *L) {
  lua_reader *reader = lua_touserdata(L, 1);
  dsr_grammar_free(reader->grammar);
  reader->grammar = NULL;
  return 0;
}

/* Push the reader; its grammar is NULL, its error told, where there was no memory. */
static lua_reader *push_reader(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &reader_key) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    memset(lua_newuserdatauv(L, sizeof(lua_reader), 0), 0, sizeof(lua_reader));
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, reader_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &reader_key);
  }
  lua_reader *reader = lua_touserdata(L, -1);
  dsr_error_clear(&reader->error);
  if (reader->grammar == NULL) dsr_grammar_new(&reader->error, &reader->grammar);
  return reader;
}

/* dossier.format(text, name) -> text, or nil, message, code */
static int format(lua_State *L) {
  dsr_str text = dsr_lua_check_str(L, 1);
  const char *name = luaL_optstring(L, 2, "<text>");
  dsr_lua_bag *bag = dsr_lua_push_bag(L); /* frees the result, whatever happens */
  lua_reader *reader = push_reader(L);
  dsr_bytes out = {0};
  dsr_status rc = DSR_ENOMEM;
  if (reader->grammar != NULL) {
    rc = dsr_layout(reader->grammar, &reader->error, name, text, &out);
  }
  *bag = (dsr_lua_bag){out.items, out.len, out.cap};
  if (rc >= 0) {
    lua_pushlstring(L, out.len > 0 ? (const char *)out.items : "", out.len);
    return 1;
  }
  lua_pushnil(L);
  lua_pushlstring(L, reader->error.text, reader->error.len);
  lua_pushstring(L, dsr_status_text(rc));
  return 3;
}

int luaopen_dossier(lua_State *L) {
  luaL_checkversion(L);
  dsr_lua_open_value(L);
  dsr_lua_open_base(L);
  dsr_lua_open_change(L);
  dsr_lua_open_fact(L);
  dsr_lua_open_claim(L);
  dsr_lua_open_scan(L);
  dsr_lua_open_tellings(L);
  dsr_lua_open_query(L);
  dsr_lua_open_why(L);
  dsr_lua_open_search(L);
  set_modules(L);
  lua_newtable(L);
  luaL_setfuncs(L, dsr_lua_value_functions, 0);
  lua_pushcfunction(L, dsr_lua_open);
  lua_setfield(L, -2, "open");
  lua_pushcfunction(L, format);
  lua_setfield(L, -2, "format");
  lua_pushstring(L, DSR_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}
