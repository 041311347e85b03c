/*
** lua_aid.c - checks, pushes and ends that the files of the Lua binding share.
**
** Order of ends: closing a home ends its children, newest first; collecting a child
** takes it out of its home's list.  A child's user value keeps its home's memory for as
** long as the child's own finalizer may look at it.
*/
#include "lua/lua_aid.h"

#include <string.h>

#include "ground/text.h"

#define ARENA "dossier.arena"
#define BAG "dossier.bag"

/* Its address is a key in the registry: of the state's dsr_lua_count. */
static const char count_key;
const char dsr_lua_base_key;

/* ---- homes and children ---------------------------------------------------------- */

void dsr_lua_join(dsr_lua_home *home, dsr_lua_child *child) {
  child->next = home->children;
  child->prev = &home->children;
  if (child->next != NULL) child->next->prev = &child->next;
  home->children = child;
}

void dsr_lua_leave(dsr_lua_child *child) {
  if (child->prev == NULL) return;
  *child->prev = child->next;
  if (child->next != NULL) child->next->prev = child->prev;
  child->next = NULL;
  child->prev = NULL;
}

static void free_flavours(dsr_lua_home *home) {
  for (size_t i = 0; i < home->flavours.len; i++) {
    VEC_FREE(&home->flavours.items[i].items);
  }
  VEC_FREE(&home->flavours);
}

/* End a home: its children, a transaction left open, then the base itself. */
static void end_home(dsr_lua_child *child) {
  dsr_lua_home *home = (dsr_lua_home *)child;
  while (home->children != NULL) {
    dsr_lua_child *first = home->children;
    first->end(first);
    dsr_lua_leave(first);
  }
  dsr_lua_leave(child);
  dsr_scan_stop(home->loose);
  home->loose = NULL;
  if (home->open_txn != 0 && home->base != NULL) {
    dsr_facts_rollback(dsr_lua_facts(home));
    home->open_txn = 0;
  }
  free_flavours(home);
  dsr_free(home->names);
  home->names = NULL;
  dsr_arena_free(&home->scratch);
  VEC_FREE(&home->lost);
  if (home->base != NULL) dsr_defined_disown(dsr_base_root(home->base)->defined, home);
  if (!home->borrowed) dsr_base_close(home->base);
  home->base = NULL;
}

/* Is a query of the home, or of its views, waiting for a function that it calls? */
static bool is_running(const dsr_lua_child *child) {
  if (child->running || child->end != end_home) return child->running;
  const dsr_lua_home *home = (const dsr_lua_home *)child;
  if (home->base != NULL && home->parent == NULL &&
      dsr_defined_busy(dsr_base_root(home->base)->defined)) {
    return true;
  }
  for (child = home->children; child != NULL; child = child->next) {
    if (is_running(child)) return true;
  }
  return false;
}

int dsr_lua_home_close(lua_State *L) {
  dsr_lua_home *home = luaL_checkudata(L, 1, DSR_LUA_BASE);
  if (is_running(&home->self)) {
    return luaL_error(L, "a base cannot be closed by a function that its query calls");
  }
  end_home(&home->self);
  lua_pushnil(L);
  lua_setiuservalue(L, 1, DSR_HOME_CACHE);
  memset(&home->cache, 0, sizeof home->cache);
  return 0;
}

/* Count the home among those that the state has had. */
static void number_home(lua_State *L, dsr_lua_home *home) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &count_key) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    *(dsr_lua_count *)lua_newuserdatauv(L, sizeof(dsr_lua_count), 0) =
        (dsr_lua_count){0};
    dsr_lua_push_entity_meta(L);
    ((dsr_lua_count *)lua_touserdata(L, -2))->entities = lua_topointer(L, -1);
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &count_key);
  }
  dsr_lua_count *count = lua_touserdata(L, -1);
  lua_pop(L, 1);
  home->number = ++count->homes;
  home->count = count;
  if (home->parent == NULL) count->roots++;
}

dsr_lua_home *dsr_lua_push_home(lua_State *L, int parent) {
  if (parent != 0) parent = lua_absindex(L, parent);
  dsr_lua_home *home = lua_newuserdatauv(L, sizeof *home, DSR_HOME_VALUES);
  memset(home, 0, sizeof *home);
  home->self.end = end_home;
  if (parent != 0) {
    home->parent = lua_touserdata(L, parent);
    lua_pushvalue(L, parent);
    lua_setiuservalue(L, -2, DSR_HOME_PARENT);
    dsr_lua_join(home->parent, &home->self);
  }
  dsr_lua_push_fact_meta(L);
  lua_setiuservalue(L, -2, DSR_HOME_FACTS);
  number_home(L, home);
  luaL_setmetatable(L, DSR_LUA_BASE);
  return home;
}

void dsr_lua_push_borrowed(lua_State *L, dsr_base *base) {
  dsr_lua_home *home = dsr_lua_push_home(L, 0);
  home->base = base;
  home->borrowed = true;
}

void dsr_lua_check_alive(lua_State *L, const dsr_lua_home *home) {
  if (home->base == NULL) luaL_error(L, "the base is closed");
}

/* The home at `arg`, without a search for the metatable by its name; NULL. */
static dsr_lua_home *test_home(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TUSERDATA || !lua_getmetatable(L, arg)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &dsr_lua_base_key);
  bool sure = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return sure ? lua_touserdata(L, arg) : NULL;
}

dsr_lua_home *dsr_lua_check_home(lua_State *L, int arg) {
  dsr_lua_home *home = test_home(L, arg);
  if (home == NULL) home = luaL_checkudata(L, arg, DSR_LUA_BASE);
  dsr_lua_check_alive(L, home);
  return home;
}

dsr_lua_home *dsr_lua_check_reader(lua_State *L, int arg) {
  dsr_lua_home *home = dsr_lua_check_home(L, arg);
  dsr_error_clear(home->base->error);
  dsr_lua_try(L, home, dsr_facts_read(dsr_lua_facts(home), false));
  return home;
}

void dsr_lua_mark_lost(dsr_lua_home *root) {
  /* Room was made when the transaction began. */
  if (root->open_txn != 0) root->lost.items[root->lost.len++] = root->open_txn;
  root->open_txn = 0;
  free_flavours(root);
}

void dsr_lua_check_txn(lua_State *L, dsr_lua_home *home, uint32_t txn) {
  if (txn == 0) return;
  const dsr_lua_home *root = dsr_lua_root(home);
  for (size_t i = 0; i < root->lost.len; i++) {
    if (root->lost.items[i] == txn) {
      luaL_error(L, "this was read in a transaction that was rolled back");
    }
  }
}

/* ---- failures -------------------------------------------------------------------- */

static const char *words(const dsr_lua_home *home, dsr_status status) {
  const dsr_error *error = home->base != NULL ? home->base->error : NULL;
  if (error == NULL || error->len == 0) return dsr_status_text(status);
  return error->text;
}

int dsr_lua_raise(lua_State *L, const dsr_lua_home *home, dsr_status status) {
  return luaL_error(L, "%s", words(home, status));
}

void dsr_lua_try(lua_State *L, const dsr_lua_home *home, dsr_status status) {
  if (status < 0) dsr_lua_raise(L, home, status);
}

int dsr_lua_fail(lua_State *L, const dsr_lua_home *home, dsr_status status) {
  lua_pushnil(L);
  lua_pushstring(L, words(home, status));
  lua_pushstring(L, dsr_status_text(status));
  return 3;
}

/* ---- memory that the stack holds ------------------------------------------------- */

/* Let the userdata on top be of class `name`, which is freed by `gc`. */
static void collect_by(lua_State *L, const char *name, lua_CFunction gc) {
  if (luaL_newmetatable(L, name)) {
    lua_pushcfunction(L, gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
}

static int arena_gc(lua_State *L) {
  dsr_arena_free(luaL_checkudata(L, 1, ARENA));
  return 0;
}

dsr_arena *dsr_lua_push_arena(lua_State *L) {
  dsr_arena *arena = lua_newuserdatauv(L, sizeof *arena, 0);
  *arena = (dsr_arena){0};
  collect_by(L, ARENA, arena_gc);
  return arena;
}

static int bag_gc(lua_State *L) {
  dsr_lua_bag *bag = luaL_checkudata(L, 1, BAG);
  dsr_free(bag->items);
  *bag = (dsr_lua_bag){0};
  return 0;
}

dsr_lua_bag *dsr_lua_push_bag(lua_State *L) {
  dsr_lua_bag *bag = lua_newuserdatauv(L, sizeof *bag, 0);
  *bag = (dsr_lua_bag){0};
  collect_by(L, BAG, bag_gc);
  return bag;
}

bool dsr_lua_bag_add(dsr_lua_bag *bag, const void *item, size_t size) {
  if (!dsr_vec_reserve(&bag->items, &bag->cap, bag->len + 1, size)) return false;
  memcpy((char *)bag->items + bag->len++ * size, item, size);
  return true;
}

/* ---- strings and tables ---------------------------------------------------------- */

void dsr_lua_push_str(lua_State *L, dsr_str text) {
  lua_pushlstring(L, text.data != NULL ? text.data : "", text.len);
}

dsr_str dsr_lua_check_str(lua_State *L, int arg) {
  dsr_str text;
  luaL_checktype(L, arg, LUA_TSTRING);
  text.data = lua_tolstring(L, arg, &text.len);
  return text;
}

void dsr_lua_set_str(lua_State *L, const char *name, dsr_str text) {
  if (text.data == NULL) return;
  dsr_lua_push_str(L, text);
  lua_setfield(L, -2, name);
}

void dsr_lua_class(lua_State *L, const char *name, const luaL_Reg *meta,
                   const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  luaL_setfuncs(L, meta, 0);
  if (methods != NULL) {
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
}

/* ---- tables of options ----------------------------------------------------------- */

static bool among(const char *const *keys, const char *key) {
  for (; *keys != NULL; keys++) {
    if (strcmp(*keys, key) == 0) return true;
  }
  return false;
}

/* The key that the stack's string `key` is nearest to is told, too. */
static int unknown_key(lua_State *L, const char *const *keys, const char *key) {
  dsr_nearest race;
  luaL_Buffer list;
  dsr_nearest_start(&race, dsr_str_of(key));
  for (int i = 0; keys[i] != NULL; i++) dsr_nearest_offer(&race, dsr_str_of(keys[i]));
  if (race.best.len > 0) {
    /* The candidates are NUL-ended, so that the best one is, too. */
    return luaL_error(L, "there is no option \"%s\"; did you mean \"%s\"?", key,
                      race.best.data);
  }
  luaL_buffinit(L, &list);
  for (int i = 0; keys[i] != NULL; i++) {
    luaL_addstring(&list, i > 0 ? ", " : "");
    luaL_addstring(&list, keys[i]);
  }
  luaL_pushresult(&list);
  return luaL_error(L, "there is no option \"%s\"; there are %s", key,
                    lua_tostring(L, -1));
}

void dsr_lua_check_keys(lua_State *L, int arg, const char *const *keys) {
  luaL_checktype(L, arg, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, arg) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING) {
      luaL_error(L, "options go by name; came the key %s", luaL_tolstring(L, -1, NULL));
    }
    const char *key = lua_tostring(L, -1);
    if (!among(keys, key)) unknown_key(L, keys, key);
  }
}

/* The C string on top of the stack, which came for `key`. */
static const char *no_nul(lua_State *L, const char *key) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  if (strlen(text) != len) luaL_error(L, "option \"%s\" holds a NUL byte", key);
  return text;
}

const char *dsr_lua_option(lua_State *L, int arg, const char *key, bool number) {
  luaL_checkstack(L, 4, NULL);
  int type = lua_getfield(L, arg, key);
  if (type == LUA_TNIL) return NULL;
  if (dsr_lua_push_spelling(L, -1)) {
    lua_remove(L, -2);
  } else if (type != LUA_TSTRING && !(number && lua_isinteger(L, -1))) {
    luaL_error(L, "option \"%s\" takes a string; came a %s", key, luaL_typename(L, -1));
  }
  return no_nul(L, key);
}

int dsr_lua_option_int(lua_State *L, int arg, const char *key, int none) {
  int exact, type = lua_getfield(L, arg, key);
  lua_Integer value = lua_tointegerx(L, -1, &exact);
  if (type != LUA_TNIL && (!exact || type != LUA_TNUMBER || value != (int)value)) {
    luaL_error(L, "option \"%s\" takes an integer; came %s", key,
               luaL_tolstring(L, -1, NULL));
  }
  lua_pop(L, 1);
  return type == LUA_TNIL ? none : (int)value;
}

bool dsr_lua_option_bool(lua_State *L, int arg, const char *key) {
  int type = lua_getfield(L, arg, key);
  bool value = lua_toboolean(L, -1);
  if (type != LUA_TNIL && type != LUA_TBOOLEAN) {
    luaL_error(L, "option \"%s\" takes true or false; came a %s", key,
               luaL_typename(L, -1));
  }
  lua_pop(L, 1);
  return value;
}

/* Item `i` of the list at `list`, as a C string that the list's item keeps. */
static const char *list_item(lua_State *L, int list, lua_Integer i, const char *key) {
  int type = lua_rawgeti(L, list, i);
  if (dsr_lua_push_spelling(L, -1)) {
    lua_remove(L, -2);
  } else if (type != LUA_TSTRING) {
    luaL_error(L, "option \"%s\" takes strings; item %d is a %s", key, (int)i,
               luaL_typename(L, -1));
  }
  const char *item = no_nul(L, key);
  lua_pop(L, 1);
  return item;
}

const char *const *dsr_lua_option_list(lua_State *L, int arg, const char *key) {
  luaL_checkstack(L, 6, NULL);
  int type = lua_getfield(L, arg, key);
  int top = lua_gettop(L);
  if (type == LUA_TNIL) {
    lua_pushnil(L); /* so that the stack always grows by two */
    return NULL;
  }
  size_t n = type == LUA_TTABLE ? (size_t)lua_rawlen(L, top) : 1;
  const char **list = lua_newuserdatauv(L, (n + 1) * sizeof *list, 0);
  list[n] = NULL;
  if (type == LUA_TTABLE) {
    for (size_t i = 0; i < n; i++) list[i] = list_item(L, top, (lua_Integer)i + 1, key);
  } else {
    lua_pushvalue(L, top);
    if (dsr_lua_push_spelling(L, -1)) {
      lua_replace(L, top);
    } else if (type != LUA_TSTRING) {
      luaL_error(L, "option \"%s\" takes a string or a list of them; came a %s", key,
                 luaL_typename(L, -1));
    }
    lua_settop(L, top + 1);
    lua_pushvalue(L, top);
    list[0] = no_nul(L, key);
    lua_pop(L, 1);
  }
  return list;
}
