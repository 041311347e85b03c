/*
** lua_entity.c - entities as Lua objects: one object per identifier in a state.
**
** So `==` and table keys work across bases and calls.  An object has its identifier in
** itself, as C has it; a Lua string is made when a script asks for one.  It remembers the
** home that last produced it, and takes its label from there, and the word that it has in
** that home's base, so that a pattern with it asks for no name.
**
** All that live are in one weak table by a number worked out of the identifier.  Where two
** identifiers share one, the later is in that table by its string.
**
** Cost of an object: one allocation, one place in the table.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

enum {
  ENTITY_HOME = 1, /* its user value */
  SHORT = 256,     /* identifiers that are copied to where no finalizer can free them */
};

/* Their addresses are keys in the registry: of the metatable, and of the weak table. */
static const char meta_key, entities;

/* ---- one object per identifier --------------------------------------------------- */

/* The identifier's number in the table.  Where failures are tested there are few, so that
** they are shared there. */
static lua_Integer number_of(dsr_str id) {
  uint64_t hash = dsr_hash(id.data, id.len, 0);
#ifdef DSR_FAULTS
  hash &= 0xff;
#endif
  return (lua_Integer)hash;
}

static bool has_id(const dsr_lua_entity *entity, dsr_str id) {
  return entity->len == id.len && memcmp(entity->id, id.data, id.len) == 0;
}

static dsr_lua_entity *push_new(lua_State *L, dsr_str id) {
  dsr_lua_entity *entity =
      lua_newuserdatauv(L, sizeof *entity + id.len + 1, ENTITY_HOME);
  *entity = (dsr_lua_entity){.len = (uint32_t)id.len};
  memcpy(entity->id, id.data, id.len);
  entity->id[id.len] = '\0';
  lua_rawgetp(L, LUA_REGISTRYINDEX, &meta_key);
  lua_setmetatable(L, -2);
  return entity;
}

/* Were numbers ever shared?  The table on top has `true` among its keys then. */
static bool any_shared(lua_State *L) {
  lua_pushboolean(L, 1);
  bool shared = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 1);
  return shared;
}

/* The object of an identifier whose number is another's, in the table on top. */
static dsr_lua_entity *push_shared(lua_State *L, dsr_str id) {
  lua_pushboolean(L, 1);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  dsr_lua_push_str(L, id);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) == LUA_TUSERDATA) {
    lua_replace(L, -2);
    return lua_touserdata(L, -1);
  }
  lua_pop(L, 1);
  dsr_lua_entity *entity = push_new(L, id);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -2);
  lua_rawset(L, -5);
  lua_replace(L, -2);
  return entity;
}

/* The object that is in the table on top by its string, pushed; NULL, and nothing pushed,
** where none is. */
static dsr_lua_entity *push_by_string(lua_State *L, dsr_str id) {
  if (!any_shared(L)) return NULL;
  dsr_lua_push_str(L, id);
  if (lua_rawget(L, -2) == LUA_TUSERDATA) return lua_touserdata(L, -1);
  lua_pop(L, 1);
  return NULL;
}

/* As dsr_lua_push_entity(), of an identifier that stays where it is. */
static dsr_lua_entity *push_entity(lua_State *L, dsr_str id) {
  lua_Integer number = number_of(id);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &entities);
  dsr_lua_entity *entity;
  if (lua_rawgeti(L, -1, number) == LUA_TUSERDATA) {
    entity = lua_touserdata(L, -1);
    if (!has_id(entity, id)) {
      lua_pop(L, 1);
      entity = push_shared(L, id);
    }
  } else {
    lua_pop(L, 1);
    entity = push_by_string(L, id);
    if (entity == NULL) {
      entity = push_new(L, id);
      if (lua_rawgeti(L, -2, number) != LUA_TNIL) { /* by a finalizer, just now */
        lua_pop(L, 3);
        return push_entity(L, id);
      }
      lua_pop(L, 1);
      lua_pushvalue(L, -1);
      lua_rawseti(L, -3, number);
    }
  }
  lua_replace(L, -2);
  return entity;
}

dsr_lua_entity *dsr_lua_push_entity(lua_State *L, dsr_str id) {
  char copy[SHORT];
  if (id.len <= SHORT) {
    memcpy(copy, id.data, id.len);
    return push_entity(L, (dsr_str){copy, id.len});
  }
  dsr_lua_push_str(L, id);
  id.data = lua_tostring(L, -1);
  dsr_lua_entity *entity = push_entity(L, id);
  lua_replace(L, -2);
  return entity;
}

void dsr_lua_entity_from(lua_State *L, int index, dsr_lua_entity *entity) {
  entity->home = lua_touserdata(L, index);
  lua_pushvalue(L, index);
  lua_setiuservalue(L, -2, ENTITY_HOME);
}

void dsr_lua_push_entity_meta(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &meta_key);
}

dsr_lua_entity *dsr_lua_test_entity(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TUSERDATA || !lua_getmetatable(L, arg)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &meta_key);
  bool sure = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return sure ? lua_touserdata(L, arg) : NULL;
}

static dsr_lua_entity *check_entity(lua_State *L, int arg) {
  dsr_lua_entity *entity = dsr_lua_test_entity(L, arg);
  return entity != NULL ? entity : luaL_checkudata(L, arg, DSR_LUA_ENTITY);
}

dsr_str dsr_lua_entity_id(const dsr_lua_entity *entity) {
  return (dsr_str){entity->id, entity->len};
}

/* ---- words of entities ------------------------------------------------------------ */

bool dsr_lua_lasts(dsr_lua_home *home, dsr_word word) {
  dsr_lua_home *root = dsr_lua_root(home);
  uint64_t number = dsr_word_payload(word);
  if (number < root->lasting || !dsr_word_interned(word)) return true;
  if (!dsr_facts_writing(dsr_lua_facts(home))) {
    root->lasting = dsr_symbols_next(dsr_lua_symbols(home));
  }
  return number < root->lasting;
}

bool dsr_lua_entity_word(dsr_lua_home *home, const dsr_lua_entity *entity,
                         dsr_word *out) {
  if (entity->root != dsr_lua_root(home)->number) return false;
  *out = entity->word;
  return true;
}

void dsr_lua_entity_is(dsr_lua_home *home, dsr_lua_entity *entity, dsr_word word) {
  if (!dsr_lua_lasts(home, word)) return;
  entity->word = word;
  entity->root = dsr_lua_root(home)->number;
}

dsr_status dsr_lua_find_entity(dsr_lua_home *home, dsr_lua_entity *entity,
                               dsr_word *out) {
  if (dsr_lua_entity_word(home, entity, out)) return DSR_OK;
  dsr_status rc = dsr_symbols_find(dsr_lua_symbols(home), DSR_SYM_ENTITY,
                                   dsr_lua_entity_id(entity), out);
  if (rc == DSR_OK) dsr_lua_entity_is(home, entity, *out);
  return rc;
}

/* ---- labels ---------------------------------------------------------------------- */

dsr_status dsr_lua_label(dsr_lua_home *home, dsr_word entity, dsr_str *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_status rc = dsr_entity_label(dsr_lua_facts(home), home->base->view, entity,
                                   (dsr_str){NULL, 0}, out);
  if (rc != DSR_NOTHING) return rc;
  TRY(dsr_word_value(dsr_lua_symbols(home), entity, scratch, &value));
  *out = value.text;
  return DSR_OK;
}

/* The nearest home of the entity at 1 that is still open, pushed: a closed view's base
** will do.  NULL, with nothing of use pushed, where there is none. */
static dsr_lua_home *push_open_home(lua_State *L, const dsr_lua_entity *entity) {
  dsr_lua_home *home = entity->home;
  lua_getiuservalue(L, 1, ENTITY_HOME);
  while (home != NULL && home->base == NULL) {
    home = home->parent;
    lua_getiuservalue(L, -1, DSR_HOME_PARENT);
    lua_replace(L, -2);
  }
  return home;
}

/* The label of the entity in the home whose labels are on top, if it is there; pushed. */
static bool push_known_label(lua_State *L, dsr_word word) {
  if (lua_rawgeti(L, -1, (lua_Integer)word) == LUA_TSTRING) return true;
  lua_pop(L, 1);
  return false;
}

/* The label of an entity that the base has met; the home is at `index`. */
static void push_label(lua_State *L, int index, dsr_lua_home *home, dsr_word word) {
  dsr_str label;
  dsr_lua_push_kept(L, index, DSR_HOME_LABELS);
  if (push_known_label(L, word)) return;
  dsr_lua_try(L, home, dsr_lua_label(home, word, &label));
  dsr_lua_push_str(L, label);
  dsr_lua_keep_label(L, home, -2, word);
}

void dsr_lua_keep_label(lua_State *L, dsr_lua_home *home, int labels, dsr_word word) {
  labels = lua_absindex(L, labels);
  lua_pushvalue(L, -1);
  lua_rawseti(L, labels, (lua_Integer)word);
  home->n_labels++;
}

/* entity.label: from the home's labels, once it is there. */
static int entity_label(lua_State *L, dsr_lua_entity *entity) {
  dsr_word word;
  dsr_lua_home *home = push_open_home(L, entity);
  int index = lua_gettop(L);
  if (home == NULL) {
    dsr_lua_push_str(L, dsr_lua_entity_id(entity));
    return 1;
  }
  if (dsr_lua_entity_word(home, entity, &word)) {
    dsr_lua_push_kept(L, index, DSR_HOME_LABELS);
    if (push_known_label(L, word)) return 1;
  }
  dsr_lua_try(L, home, dsr_facts_read(dsr_lua_facts(home), false));
  dsr_status rc = dsr_lua_find_entity(home, entity, &word);
  dsr_lua_try(L, home, rc);
  if (rc == DSR_OK) {
    push_label(L, index, home, word);
  } else {
    dsr_lua_push_str(L, dsr_lua_entity_id(entity));
  }
  return 1;
}

/* ---- metamethods ------------------------------------------------------------------ */

/* entity.id, entity.label.  Upvalue: the metatable. */
static int entity_index(lua_State *L) {
  bool sure = lua_getmetatable(L, 1) && lua_rawequal(L, -1, lua_upvalueindex(1));
  dsr_lua_entity *entity = sure ? lua_touserdata(L, 1) : check_entity(L, 1);
  const char *key = luaL_checkstring(L, 2);
  lua_settop(L, 2);
  if (strcmp(key, "label") == 0) return entity_label(L, entity);
  if (strcmp(key, "id") != 0) return 0;
  dsr_lua_push_str(L, dsr_lua_entity_id(entity));
  return 1;
}

static int entity_tostring(lua_State *L) {
  dsr_lua_push_str(L, dsr_lua_entity_id(check_entity(L, 1)));
  return 1;
}

static int compare(lua_State *L) {
  const dsr_lua_entity *a = check_entity(L, 1), *b = check_entity(L, 2);
  return dsr_str_cmp(dsr_lua_entity_id(a), dsr_lua_entity_id(b));
}

static int entity_lt(lua_State *L) {
  lua_pushboolean(L, compare(L) < 0);
  return 1;
}

static int entity_le(lua_State *L) {
  lua_pushboolean(L, compare(L) <= 0);
  return 1;
}

/* dossier.entity(id) */
int dsr_lua_make_entity(lua_State *L) {
  if (dsr_lua_test_entity(L, 1) == NULL) {
    dsr_str id = dsr_lua_check_str(L, 1);
    luaL_argcheck(L, id.len > 0, 1, "an entity's identifier cannot be empty");
    luaL_argcheck(L, id.len <= DSR_NAME_MOST, 1,
                  "an identifier has at most 65535 bytes");
    luaL_argcheck(L, dsr_utf8_valid(id) == id.len, 1, "an identifier must be UTF-8");
    dsr_lua_push_entity(L, id);
  } else {
    lua_settop(L, 1);
  }
  return 1;
}

void dsr_lua_open_entity(lua_State *L) {
  static const luaL_Reg entity[] = {{"__tostring", entity_tostring},
                                    {"__lt", entity_lt},
                                    {"__le", entity_le},
                                    {"__concat", dsr_lua_concat},
                                    {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_ENTITY, entity, NULL);
  luaL_getmetatable(L, DSR_LUA_ENTITY);
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, entity_index, 1);
  lua_setfield(L, -2, "__index");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &meta_key);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &entities) != LUA_TTABLE) {
    lua_newtable(L);
    luaL_setmetatable(L, DSR_LUA_WEAK);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &entities);
  }
  lua_pop(L, 1);
}
