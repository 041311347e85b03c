/*
** lua_dossier.c - `require "dossier"`: the module's table and its opener.
**
** The module loads into any Lua 5.4: stock lua5.4 finds it as dossier.so, the states
** that scripts run in have it built in.  The Lua half of the library travels inside as
** text and is compiled when it is first required.
*/
#include "lua/lua_aid.h"
#include "lua/state.h"

/* The Lua modules that scripts may require as "dossier.NAME". */
static const char *const modules[] = {"report", "formats", "tell", NULL};

/* require "dossier.NAME".  Upvalue: the embedded file. */
static int open_module(lua_State *L) {
  const dsr_embedded *file = lua_touserdata(L, lua_upvalueindex(1));
  lua_pushfstring(L, "=dossier.%s", file->name);
  int rc = luaL_loadbufferx(L, file->data, file->len, lua_tostring(L, -1), "t");
  if (rc != LUA_OK) return lua_error(L);
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
  lua_pop(L, 1);
}

int luaopen_dossier(lua_State *L) {
  luaL_checkversion(L);
  dsr_lua_open_value(L);
  dsr_lua_open_base(L);
  dsr_lua_open_change(L);
  dsr_lua_open_fact(L);
  dsr_lua_open_scan(L);
  dsr_lua_open_query(L);
  set_modules(L);
  lua_newtable(L);
  luaL_setfuncs(L, dsr_lua_value_functions, 0);
  lua_pushcfunction(L, dsr_lua_open);
  lua_setfield(L, -2, "open");
  lua_pushstring(L, DSR_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}
