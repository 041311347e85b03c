/*
** lua_search.c - kb:search, kb:find_entity, kb:twins, and the care of the search.
**
** A search is done when the loop begins: it gives what was found then.
*/
#include <math.h>

#include "facts/nearby.h"
#include "facts/search.h"
#include "facts/seek.h"
#include "facts/twins.h"
#include "ground/text.h"
#include "lua/lua_aid.h"

#define SEEK "dossier.Seek"

/* ---- kb:search ------------------------------------------------------------------- */

/* The userdata SEEK: what a search found. */
typedef struct lua_seek {
  dsr_seek found;
  uint32_t txn; /* the transaction that was open in Lua, or 0 */
  size_t at;
} lua_seek;

static int seek_free(lua_State *L) {
  lua_seek *seek = luaL_checkudata(L, 1, SEEK);
  dsr_seek_free(&seek->found);
  return 0;
}

/* The claims on the fact whose text is on top give way to the first that quotes `text`. */
static void push_quoting(lua_State *L, int index, const dsr_sought *sought,
                         dsr_str text) {
  int list = lua_gettop(L);
  dsr_lua_push_claims(L, index, &sought->fact, false);
  lua_Integer n = (lua_Integer)lua_rawlen(L, list);
  for (lua_Integer i = 1; i <= n; i++) {
    size_t len;
    lua_rawgeti(L, list, i);
    lua_getfield(L, -1, "quotation");
    const char *quoted = lua_tolstring(L, -1, &len);
    if (quoted != NULL && dsr_str_eq((dsr_str){quoted, len}, text)) {
      lua_pop(L, 1);
      lua_replace(L, list);
      return;
    }
    lua_pop(L, 2);
  }
  lua_pushnil(L);
  lua_replace(L, list);
}

/* A hit as a table.  `index` is the home's. */
static void push_hit(lua_State *L, int index, const dsr_sought *sought, bool some) {
  char scratch[DSR_WORD_TEXT];
  dsr_lua_home *home = lua_touserdata(L, index);
  dsr_value text;
  luaL_checkstack(L, 16, NULL);
  dsr_lua_try(L, home,
              dsr_word_value(dsr_lua_symbols(home), sought->text, scratch, &text));
  lua_createtable(L, 0, 6);
  lua_pushnumber(L, sought->points);
  lua_setfield(L, -2, "score");
  dsr_lua_set_word(L, index, "text", sought->text);
  dsr_lua_set_word(L, index, "entity", sought->entity);
  dsr_lua_push_fact(L, index, lua_touserdata(L, index), &sought->fact, sought->certain);
  lua_setfield(L, -2, "fact");
  lua_pushboolean(L, some);
  lua_setfield(L, -2, "partial");
  if (sought->claim == 0) return;
  dsr_lua_push_written(L, home, &sought->fact);
  push_quoting(L, index, sought, text.text);
  lua_setfield(L, -2, "claim");
}

/* The next hit.  Upvalues: what was found, its home. */
static int seek_step(lua_State *L) {
  const int index = lua_upvalueindex(2);
  lua_seek *seek = lua_touserdata(L, lua_upvalueindex(1));
  dsr_lua_home *home = lua_touserdata(L, index);
  dsr_lua_check_alive(L, home);
  dsr_lua_check_txn(L, home, seek->txn);
  if (seek->at >= seek->found.hits.len) return 0;
  dsr_lua_try(L, home, dsr_facts_read(dsr_lua_facts(home), false));
  lua_pushvalue(L, index);
  push_hit(L, lua_gettop(L), &seek->found.hits.items[seek->at], seek->found.some);
  seek->at++;
  return 1;
}

static const char *const search_keys[] = {"limit", "prefix", NULL};

static void check_search_options(lua_State *L, int arg, dsr_seek_options *options) {
  *options = (dsr_seek_options){0};
  if (lua_isnoneornil(L, arg)) return;
  dsr_lua_check_keys(L, arg, search_keys);
  options->prefix = dsr_lua_option_bool(L, arg, "prefix");
  if (lua_getfield(L, arg, "limit") == LUA_TNUMBER &&
      lua_tonumber(L, -1) == (lua_Number)HUGE_VAL) {
    options->limit = -1;
  } else if (!lua_isnil(L, -1)) {
    lua_Integer limit = luaL_checkinteger(L, -1);
    luaL_argcheck(L, limit >= 1, arg, "a limit is 1 or more, or math.huge");
    options->limit = limit;
  }
  lua_pop(L, 1);
}

/* kb:search(words, options) -> step */
static int base_search(lua_State *L) {
  dsr_seek_options options;
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_str words = dsr_lua_check_str(L, 2);
  lua_settop(L, 3);
  check_search_options(L, 3, &options);
  lua_seek *seek = lua_newuserdatauv(L, sizeof *seek, 0);
  *seek = (lua_seek){.txn = dsr_lua_root(home)->open_txn};
  luaL_setmetatable(L, SEEK);
  dsr_lua_try(L, home,
              dsr_seek_texts(dsr_lua_facts(home), home->base->view, words, &options,
                             &seek->found));
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, seek_step, 2);
  return 1;
}

/* ---- kb:find_entity, kb:twins ------------------------------------------------------ */

/* Copies of what was found, in memory of the stack's; their strings stay. */
typedef struct taker {
  dsr_lua_bag *bag;
  size_t size;
  bool failed;
} taker;

static int take_named(void *ud, const dsr_named *named) {
  taker *to = ud;
  to->failed = !dsr_lua_bag_add(to->bag, named, sizeof *named);
  return to->failed;
}

static int take_twins(void *ud, const dsr_twins *twins) {
  taker *to = ud;
  to->failed = !dsr_lua_bag_add(to->bag, twins, sizeof *twins);
  return to->failed;
}

static void try_taken(lua_State *L, dsr_lua_home *home, const taker *to,
                      dsr_status rc) {
  dsr_lua_try(L, home, rc);
  if (to->failed) dsr_lua_try(L, home, dsr_fail_memory(home->base->error));
}

static void set_entity(lua_State *L, int index, const char *field, dsr_str id) {
  dsr_word word;
  dsr_lua_home *home = lua_touserdata(L, index);
  dsr_status rc = dsr_symbols_find(dsr_lua_symbols(home), DSR_SYM_ENTITY, id, &word);
  dsr_lua_try(L, home, rc);
  if (rc == DSR_OK) dsr_lua_set_word(L, index, field, word);
}

static int check_limit(lua_State *L, int arg) {
  static const char *const keys[] = {"limit", NULL};
  if (lua_isnoneornil(L, arg)) return 0;
  dsr_lua_check_keys(L, arg, keys);
  int limit = dsr_lua_option_int(L, arg, "limit", 0);
  luaL_argcheck(L, limit >= 0, arg, "a limit is 1 or more");
  return limit;
}

/* kb:find_entity(name, options) -> list */
static int base_find_entity(lua_State *L) {
  static const char *const fits[] = {"", "exact", "folded", "prefix", "words", "near"};
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_str name = dsr_lua_check_id(L, 2);
  lua_settop(L, 3);
  int limit = check_limit(L, 3);
  taker to = {.bag = dsr_lua_push_bag(L)};
  try_taken(L, home, &to,
            dsr_nearby_find(dsr_lua_facts(home), home->base->view, name, limit,
                            take_named, &to));
  const dsr_named *items = to.bag->items;
  lua_createtable(L, (int)to.bag->len, 0);
  for (size_t i = 0; i < to.bag->len; i++) {
    lua_createtable(L, 0, 5);
    set_entity(L, 1, "entity", items[i].entity);
    dsr_lua_set_str(L, "name", items[i].name);
    dsr_lua_set_str(L, "kind", dsr_str_of(items[i].kind));
    dsr_lua_set_str(L, "fit", dsr_str_of(fits[items[i].fit]));
    lua_pushinteger(L, items[i].distance);
    lua_setfield(L, -2, "distance");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* kb:twins(options) -> list */
static int base_twins(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  lua_settop(L, 2);
  int limit = check_limit(L, 2);
  taker to = {.bag = dsr_lua_push_bag(L)};
  try_taken(
      L, home, &to,
      dsr_twins_each(dsr_lua_facts(home), home->base->view, limit, take_twins, &to));
  const dsr_twins *items = to.bag->items;
  lua_createtable(L, (int)to.bag->len, 0);
  for (size_t i = 0; i < to.bag->len; i++) {
    lua_createtable(L, 0, 4);
    set_entity(L, 1, "entity", items[i].entity);
    dsr_lua_set_str(L, "name", items[i].name);
    set_entity(L, 1, "other", items[i].other);
    dsr_lua_set_str(L, "other_name", items[i].other_name);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---- care ------------------------------------------------------------------------ */

static int finish(lua_State *L, dsr_lua_home *home, dsr_status rc) {
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushboolean(L, 1);
  return 1;
}

/* kb:rebuild_search() -> true | nil, message, code */
static int base_rebuild_search(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_status rc = dsr_base_writable(home->base);
  if (rc >= 0) rc = dsr_search_renew(dsr_lua_facts(home));
  return finish(L, home, rc);
}

/* kb:verify() -> true | nil, message, code */
static int base_verify(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  return finish(L, home, dsr_search_verify(dsr_lua_facts(home)));
}

const luaL_Reg dsr_lua_search_methods[] = {
    {"search", base_search}, {"find_entity", base_find_entity},
    {"twins", base_twins},   {"rebuild_search", base_rebuild_search},
    {"verify", base_verify}, {NULL, NULL}};

void dsr_lua_open_search(lua_State *L) {
  static const luaL_Reg seek[] = {{"__gc", seek_free}, {NULL, NULL}};
  dsr_lua_class(L, SEEK, seek, NULL);
}
