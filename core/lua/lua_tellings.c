/*
** lua_tellings.c - all that a base tells, in order of telling, as a list for Lua.
**
** A list keeps its tellings in the core's form, a few dozen bytes each; what is looked at
** becomes a Lua value.  So half a million can be gone through, twice if need be, without as
** many facts being there at once; and who only wants the words, the date and the trust of
** each (list:line) makes no fact at all.
*/
#include "ground/text.h"
#include "lua/lua_aid.h"

/* Its user values. */
enum { LIST_HOME = 1, LIST_NAMES /* number of a relation -> "joined/2" */ };

/* The userdata DSR_LUA_TELLINGS. */
typedef struct listed {
  dsr_tellings *list;
  dsr_lua_home *home; /* the user value keeps it */
  uint32_t txn;       /* the transaction that was open in Lua, or 0 */
  dsr_bytes words;    /* of the line that was asked for last */
} listed;

dsr_tellings **dsr_lua_push_tellings(lua_State *L) {
  listed *made = lua_newuserdatauv(L, sizeof *made, LIST_NAMES);
  *made = (listed){.home = lua_touserdata(L, 1)};
  made->txn = dsr_lua_root(made->home)->open_txn;
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, LIST_HOME);
  lua_newtable(L);
  lua_setiuservalue(L, -2, LIST_NAMES);
  luaL_setmetatable(L, DSR_LUA_TELLINGS);
  return &made->list;
}

static int list_gc(lua_State *L) {
  listed *of = luaL_checkudata(L, 1, DSR_LUA_TELLINGS);
  dsr_tellings_free(of->list);
  of->list = NULL;
  VEC_FREE(&of->words);
  return 0;
}

/* The list at 1, its base open and ready to be read. */
static listed *check_list(lua_State *L) {
  listed *of = luaL_checkudata(L, 1, DSR_LUA_TELLINGS);
  dsr_lua_check_alive(L, of->home);
  dsr_lua_check_txn(L, of->home, of->txn);
  dsr_lua_try(L, of->home, dsr_facts_read(dsr_lua_facts(of->home), false));
  return of;
}

/* The telling whose place is at 2; false where there is none. */
static bool find(lua_State *L, const listed *of, dsr_tellings_item *out) {
  lua_Integer i = luaL_checkinteger(L, 2);
  if (of->list == NULL || i < 1 || (lua_Unsigned)i > dsr_tellings_count(of->list)) {
    return false;
  }
  dsr_tellings_at(of->list, (size_t)i - 1, out);
  return true;
}

/* #list */
static int list_len(lua_State *L) {
  const listed *of = luaL_checkudata(L, 1, DSR_LUA_TELLINGS);
  lua_pushinteger(L, of->list ? (lua_Integer)dsr_tellings_count(of->list) : 0);
  return 1;
}

/* When the fact is, as written; then whether that is the time of a happening, and whether it
** is the fact's own and not a column's.  nil, false, false where it has no date. */
static void push_when(lua_State *L, const listed *of, const dsr_tuple *fact) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_facts *facts = dsr_lua_facts(of->home);
  dsr_word when = dsr_told_when(facts, fact);
  bool happens = false;
  if (when == DSR_WORD_NONE) {
    lua_pushnil(L);
  } else {
    const dsr_relation *relation = dsr_relation_get(facts, fact->relation);
    dsr_lua_try(L, of->home,
                dsr_word_value(dsr_lua_symbols(of->home), when, scratch, &value));
    dsr_lua_push_str(L, value.text);
    happens =
        relation && fact->time != DSR_WORD_NONE && (relation->occurs || relation->once);
  }
  lua_pushboolean(L, happens);
  lua_pushboolean(L, fact->time != DSR_WORD_NONE);
}

/* list:when(i) -> written, happens, own */
static int list_when(lua_State *L) {
  dsr_tellings_item one;
  const listed *of = check_list(L);
  if (!find(L, of, &one)) return 0;
  push_when(L, of, &one.fact);
  return 3;
}

/* list:line(i) -> words, written, happens, trust, certain, set */
static int list_line(lua_State *L) {
  dsr_tellings_item one;
  listed *of = check_list(L);
  if (!find(L, of, &one)) return 0;
  of->words.len = 0;
  dsr_lua_try(
      L, of->home,
      dsr_tellings_words(of->list, (size_t)lua_tointeger(L, 2) - 1, &of->words));
  dsr_lua_push_str(L, (dsr_str){(const char *)of->words.items, of->words.len});
  push_when(L, of, &one.fact);
  lua_pop(L, 1);
  lua_pushstring(L, dsr_trust_word(one.trust));
  lua_pushboolean(L, one.certain);
  if (!one.alone) return 5;
  lua_pushinteger(L, (lua_Integer)one.set);
  return 6;
}

/* list:standing(i) -> held, trust */
static int list_standing(lua_State *L) {
  dsr_tellings_item one;
  bool held = false;
  dsr_trust trust = DSR_UNSUPPORTED;
  listed *of = check_list(L);
  if (!find(L, of, &one)) return 0;
  size_t at = (size_t)lua_tointeger(L, 2) - 1;
  dsr_lua_try(L, of->home, dsr_tellings_standing(of->list, at, &held, &trust));
  lua_pushboolean(L, held);
  if (!held) return 1;
  lua_pushstring(L, dsr_trust_word(trust));
  return 2;
}

/* "joined/2", pushed: made once for each relation. */
static void push_name(lua_State *L, const listed *of, uint32_t number) {
  lua_getiuservalue(L, 1, LIST_NAMES);
  if (lua_rawgeti(L, -1, number) != LUA_TSTRING) {
    const dsr_relation *relation = dsr_relation_get(dsr_lua_facts(of->home), number);
    if (relation == NULL) luaL_error(L, "the fact's relation is not there any more");
    lua_pop(L, 1);
    dsr_lua_push_str(L, relation->name);
    lua_pushfstring(L, "/%d", relation->arity);
    lua_concat(L, 2);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, number);
  }
  lua_remove(L, -2);
}

/* list:tuple(i) -> number, relation, set */
static int list_tuple(lua_State *L) {
  dsr_tellings_item one;
  const listed *of = check_list(L);
  if (!find(L, of, &one)) return 0;
  lua_pushinteger(L, (lua_Integer)one.tuple);
  push_name(L, of, one.fact.relation);
  if (!one.alone) return 2;
  lua_pushinteger(L, (lua_Integer)one.set);
  return 3;
}

/* list[i] -> the finest fact; list.method */
static int list_index(lua_State *L) {
  dsr_tellings_item one;
  if (!lua_isinteger(L, 2)) {
    lua_settop(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
  }
  const listed *of = check_list(L);
  if (!find(L, of, &one)) return 0;
  lua_getiuservalue(L, 1, LIST_HOME);
  dsr_lua_push_fact(L, lua_gettop(L), of->home, &one.fact, one.certain);
  return 1;
}

void dsr_lua_open_tellings(lua_State *L) {
  static const luaL_Reg meta[] = {{"__gc", list_gc}, {"__len", list_len}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"line", list_line},
                                     {"when", list_when},
                                     {"tuple", list_tuple},
                                     {"standing", list_standing},
                                     {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_TELLINGS, meta, NULL);
  luaL_getmetatable(L, DSR_LUA_TELLINGS);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, list_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
