/*
** lua_define.c - functions for rules and queries that are written in Lua: kb:define.
**
** A definition is a userdata with three user values: the function, the home of its base at
** the root, and a thread of its own to run in, since a query may be stepped by another
** coroutine than the one that defined.  The home keeps the definition, the definition the
** home, and a weak table in the registry leads from its address to it: so a base that
** nobody holds is collected with all its functions.
**
** Whatever Lua raises in a call, the function's own error or that of a result that is no
** value, ends there and becomes the query's error, with the function's name and place.
*/
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/load.h"
#include "logic/resolve.h"
#include "lua/lua_aid.h"

#define DEFINED "dossier.defined" /* registry: address -> definition, weak */

enum { DEFINED_FUNCTION = 1, DEFINED_HOME, DEFINED_THREAD };

typedef struct lua_defined {
  dsr_lua_home *home;
  lua_State *thread;
  bool rows; /* it returns an iterator or a list of rows */
  char place[LUA_IDSIZE + 16];
} lua_defined;

/* One call of one. */
typedef struct calling {
  const lua_defined *of;
  const dsr_word *args;
  int n;
  dsr_emit *emit;
  dsr_status failed; /* not of the function: what the core came to */
} calling;

/* Where a call's values stand on the stack. */
enum { CALL_HOME = 1, CALL_RESULTS };

/* ---- results ---------------------------------------------------------------------- */

/* A failure of the core ends the function, by a raise that the call catches. */
static void try_call(lua_State *L, calling *call, dsr_status rc) {
  if (rc >= 0) return;
  call->failed = rc;
  dsr_lua_raise(L, call->of->home, rc);
}

/* Result `i`, from 0, which is at `arg`. */
static dsr_word check_result(lua_State *L, calling *call, int i, int arg) {
  char what[32];
  dsr_lua_value given;
  dsr_word word = DSR_WORD_NONE;
  dsr_domain due = call->emit->of->gives[i];
  snprintf(what, sizeof what, "result %d", i + 1);
  dsr_lua_check_value(L, call->of->home, arg, what, &given);
  if (given.plain && due == DSR_COL_ENTITY) given.value.type = DSR_ENTITY;
  if (given.plain && due == DSR_COL_TIME) given.value.type = DSR_TIME;
  dsr_lua_try(L, call->of->home,
              dsr_host_word(dsr_lua_facts(call->of->home), &given.value, due, i,
                            DSR_INTERN_TEMP, &word));
  return word;
}

/* Hand over the row whose values stand from `first` on. */
static void give_row(lua_State *L, calling *call, int first) {
  dsr_word row[DSR_ARITY_MAX];
  for (int i = 0; i < call->emit->of->n_results; i++) {
    row[i] = check_result(L, call, i, first + i);
  }
  try_call(L, call, dsr_emit_row(call->emit, row));
}

/* One row from what was returned: nil is none; of a test, what Lua takes for false. */
static void give_returned(lua_State *L, calling *call) {
  int n = call->emit->of->n_results;
  if (n == 0 ? lua_toboolean(L, CALL_RESULTS) : !lua_isnil(L, CALL_RESULTS)) {
    give_row(L, call, CALL_RESULTS);
    return;
  }
  for (int i = 1; i < n; i++) {
    if (!lua_isnil(L, CALL_RESULTS + i)) {
      luaL_error(L, "result 1 is nil, and result %d is not", i + 1);
    }
  }
}

/* Rows from a list: each a list of values, or a value where there is one result. */
static void give_list(lua_State *L, calling *call) {
  int n = call->emit->of->n_results;
  lua_Integer len = (lua_Integer)lua_rawlen(L, CALL_RESULTS);
  lua_settop(L, CALL_RESULTS);
  for (lua_Integer at = 1; at <= len; at++) {
    if (lua_rawgeti(L, CALL_RESULTS, at) == LUA_TTABLE) {
      for (int i = 1; i <= n; i++) lua_rawgeti(L, CALL_RESULTS + 1, i);
      give_row(L, call, CALL_RESULTS + 2);
    } else if (n == 1) {
      give_row(L, call, CALL_RESULTS + 1);
    } else {
      luaL_error(L, "row %d is a %s; a list of %d values is due", (int)at,
                 luaL_typename(L, -1), n);
    }
    lua_settop(L, CALL_RESULTS);
  }
}

/* Rows from what stands in a `for` head: step, state, control, and what is to be closed. */
static void give_loop(lua_State *L, calling *call) {
  enum { STEP = CALL_RESULTS, STATE, CONTROL, CLOSING, ROW };
  lua_settop(L, CLOSING);
  if (!lua_isnil(L, CLOSING)) lua_toclose(L, CLOSING);
  for (;;) {
    lua_pushvalue(L, STEP);
    lua_pushvalue(L, STATE);
    lua_pushvalue(L, CONTROL);
    lua_call(L, 2, call->emit->of->n_results);
    if (lua_isnil(L, ROW)) return;
    lua_pushvalue(L, ROW);
    lua_replace(L, CONTROL);
    give_row(L, call, ROW);
    lua_settop(L, CLOSING);
  }
}

/* ---- calls ------------------------------------------------------------------------- */

/* Push a definition, if the registry still leads to it. */
static bool push_defined(lua_State *L, const void *address) {
  lua_getfield(L, LUA_REGISTRYINDEX, DEFINED);
  lua_rawgetp(L, -1, address);
  lua_remove(L, -2);
  return lua_isuserdata(L, -1);
}

/* The whole call, protected.  Upvalues: none; argument: the calling. */
static int run_protected(lua_State *L) {
  calling *call = lua_touserdata(L, 1);
  int results = call->of->rows ? 4 : call->emit->of->n_results;
  luaL_checkstack(L, 2 * DSR_ARITY_MAX + 16, NULL);
  lua_settop(L, 0);
  if (!push_defined(L, call->of)) return luaL_error(L, "it is gone");
  lua_getiuservalue(L, 1, DEFINED_HOME);
  lua_getiuservalue(L, 1, DEFINED_FUNCTION);
  lua_remove(L, 1);
  for (int i = 0; i < call->n; i++) dsr_lua_push_word(L, CALL_HOME, call->args[i]);
  lua_call(L, call->n, results > 0 ? results : 1);
  if (!call->of->rows) {
    give_returned(L, call);
  } else if (lua_istable(L, CALL_RESULTS) &&
             luaL_getmetafield(L, CALL_RESULTS, "__call") == LUA_TNIL) {
    give_list(L, call);
  } else if (!lua_isnil(L, CALL_RESULTS)) {
    give_loop(L, call);
  }
  return 0;
}

/* What the call raised, which is on top, as the base's error. */
static dsr_status raised(lua_State *L, const calling *call, int how) {
  dsr_error *error = call->of->home->base->error;
  if (how == LUA_ERRMEM || call->failed == DSR_ENOMEM) return dsr_fail_memory(error);
  const char *words = lua_tostring(L, -1);
  if (words == NULL) words = "it raised an error that is no text";
  if (call->failed < 0) return dsr_fail(error, call->failed, "%s", words);
  return dsr_fail(error, DSR_ESCRIPT, "the function \"%s\" (%s) failed: %s",
                  dsr_show(call->emit->of->name).text, call->of->place, words);
}

static dsr_status run(void *ud, const dsr_word *args, int n, dsr_emit *emit) {
  const lua_defined *of = ud;
  lua_State *L = of->thread;
  calling call = {of, args, n, emit, DSR_OK};
  int top = lua_gettop(L);
  if (!lua_checkstack(L, 4)) return dsr_fail_memory(of->home->base->error);
  lua_pushcfunction(L, run_protected);
  lua_pushlightuserdata(L, &call);
  int how = lua_pcall(L, 1, 0, 0);
  dsr_status rc = how == LUA_OK ? DSR_OK : raised(L, &call, how);
  lua_settop(L, top);
  return rc;
}

/* ---- definitions -------------------------------------------------------------------- */

/* The home keeps it no longer. */
static void drop(void *ud) {
  const lua_defined *of = ud;
  lua_State *L = of->thread;
  int top = lua_gettop(L);
  if (!lua_checkstack(L, 4)) return; /* then it stays until the home goes */
  if (push_defined(L, of)) {         /* else both are being collected */
    lua_getiuservalue(L, -1, DEFINED_HOME);
    if (lua_getiuservalue(L, -1, DSR_HOME_DEFINED) == LUA_TTABLE) {
      lua_pushnil(L);
      lua_rawsetp(L, -2, of);
    }
  }
  lua_settop(L, top);
}

/* Push the home at the root of the one at `index`. */
static void push_root(lua_State *L, int index) {
  lua_pushvalue(L, index);
  while (((dsr_lua_home *)lua_touserdata(L, -1))->parent != NULL) {
    lua_getiuservalue(L, -1, DSR_HOME_PARENT);
    lua_remove(L, -2);
  }
}

/* Push the table of what the home on top defined. */
static void push_kept(lua_State *L) {
  if (lua_getiuservalue(L, -1, DSR_HOME_DEFINED) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, -3, DSR_HOME_DEFINED);
}

/* The table in the registry, with weak values. */
static void push_registered(lua_State *L) {
  if (luaL_getsubtable(L, LUA_REGISTRYINDEX, DEFINED)) return;
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
}

static void note_place(lua_State *L, int function, lua_defined *of) {
  lua_Debug debug;
  lua_pushvalue(L, function);
  lua_getinfo(L, ">S", &debug);
  if (debug.linedefined > 0) {
    snprintf(of->place, sizeof of->place, "%s:%d", debug.short_src, debug.linedefined);
  } else {
    snprintf(of->place, sizeof of->place, "%s", debug.short_src);
  }
}

/* A definition of the function at `function` for the home at 1, on the stack and kept. */
static lua_defined *push_new(lua_State *L, int function, bool rows) {
  push_root(L, 1);
  int root = lua_gettop(L);
  lua_defined *of = lua_newuserdatauv(L, sizeof *of, DEFINED_THREAD);
  *of = (lua_defined){.home = lua_touserdata(L, root), .rows = rows};
  note_place(L, function, of);
  lua_pushvalue(L, function);
  lua_setiuservalue(L, -2, DEFINED_FUNCTION);
  lua_pushvalue(L, root);
  lua_setiuservalue(L, -2, DEFINED_HOME);
  of->thread = lua_newthread(L);
  lua_setiuservalue(L, -2, DEFINED_THREAD);
  push_registered(L);
  lua_pushvalue(L, -2);
  lua_rawsetp(L, -2, of);
  lua_pushvalue(L, root);
  push_kept(L);
  lua_pushvalue(L, root + 1);
  lua_rawsetp(L, -2, of);
  lua_settop(L, root + 1);
  return of;
}

/* ---- kb:define ---------------------------------------------------------------------- */

/* The type that the string on top names. */
static dsr_domain check_type(lua_State *L, const char *key) {
  static const char *const words[] = {"any",  "bool",   "int",  "number",
                                      "date", "entity", "text", NULL};
  const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  for (int i = 0; words[i] != NULL; i++) {
    if (strcmp(word, words[i]) == 0) return dsr_domain_named(dsr_str_of(word));
  }
  luaL_error(
      L,
      "option \"%s\" takes a number, or a list of types: any, bool, int, number, "
      "date, entity, text; came %s",
      key, luaL_tolstring(L, -1, NULL));
  return DSR_COL_ANY;
}

/* Field `key` of the options at 4: how many columns, and what they are; `none` if nil. */
static int check_columns(lua_State *L, const char *key, int none, dsr_domain *types) {
  int n = none;
  int type = lua_getfield(L, 4, key);
  if (type == LUA_TTABLE) {
    n = (int)lua_rawlen(L, -1);
    luaL_argcheck(L, n <= DSR_ARITY_MAX, 4, "a function has at most 8 columns");
    for (int i = 0; i < n; i++) {
      lua_rawgeti(L, -1, i + 1);
      types[i] = check_type(L, key);
      lua_pop(L, 1);
    }
  } else if (lua_isinteger(L, -1)) {
    lua_Integer given = lua_tointeger(L, -1);
    luaL_argcheck(L, given >= 0 && given <= DSR_ARITY_MAX, 4,
                  "a function has 0 to 8 columns");
    n = (int)given;
  } else if (type != LUA_TNIL) {
    check_type(L, key);
    luaL_error(L, "option \"%s\" takes a number, or a list of types", key);
  }
  lua_pop(L, 1);
  return n;
}

/* How many parameters the function at 3 has; -1 where it does not tell. */
static int parameters_of(lua_State *L) {
  lua_Debug debug;
  lua_pushvalue(L, 3);
  lua_getinfo(L, ">u", &debug);
  return debug.isvararg ? -1 : debug.nparams;
}

static const char *const define_keys[] = {"args", "results", "rows", NULL};

/* What the function at 3 takes and gives; true where it gives rows. */
static bool check_shape(lua_State *L, dsr_definition *out) {
  bool rows = false;
  out->n_args = parameters_of(L);
  out->n_results = 1;
  if (!lua_isnil(L, 4)) {
    dsr_lua_check_keys(L, 4, define_keys);
    out->n_args = check_columns(L, "args", out->n_args, out->takes);
    out->n_results = check_columns(L, "results", 1, out->gives);
    rows = dsr_lua_option_bool(L, 4, "rows");
  }
  if (out->n_args < 0) {
    luaL_error(L,
               "how many arguments the function takes is not to be seen; say it with "
               "{ args = 1 }");
  }
  if (rows && out->n_results == 0) {
    luaL_error(L, "rows without results say no more than one; leave `rows` out");
  }
  return rows;
}

/* Take a name back. */
static int undefine(lua_State *L, dsr_lua_home *home, dsr_str name) {
  dsr_status rc = dsr_base_undefine(home->base, name);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushboolean(L, rc != DSR_NOTHING);
  return 1;
}

/* kb:define(name, f, options) -> true | nil, message, code */
static int base_define(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_definition definition = {
      .name = dsr_lua_check_str(L, 2), .call = run, .drop = drop};
  lua_settop(L, 4);
  if (lua_isnil(L, 3) && lua_isnil(L, 4)) return undefine(L, home, definition.name);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  bool rows = check_shape(L, &definition);
  lua_defined *of = push_new(L, 3, rows);
  definition.ud = of;
  definition.owner = of->home;
  dsr_status rc = dsr_base_define(home->base, &definition);
  if (rc < 0) {
    drop(of);
    return dsr_lua_fail(L, home, rc);
  }
  lua_pushboolean(L, 1);
  return 1;
}

const luaL_Reg dsr_lua_define_methods[] = {{"define", base_define}, {NULL, NULL}};
