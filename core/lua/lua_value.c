/*
** lua_value.c - values in Lua: entities, texts, times, and the words they stand for.
**
** An entity is one object per identifier in a Lua state, kept in a weak table, so that
** `==` and table keys work across bases and calls.  It remembers the base that last
** produced it, and takes its label from there.  Texts with a language or a datatype and
** times are plain immutable objects, equal by what they say.
**
** Each home has a weak cache from words to objects: a row's entity costs one look-up by
** number.  A rollback gives numbers back, so it ends the cache.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

#define WEAK "dossier.weak" /* the metatable of tables with weak values */

typedef struct lua_entity {
  dsr_lua_home *home;  /* NULL: from no base; else user value 1 keeps it */
  uint64_t generation; /* of the base when the label was looked up */
} lua_entity;

enum { ENTITY_HOME = 1, ENTITY_LABEL, ENTITY_ID };
enum { TEXT_STRING = 1, TEXT_LANG, TEXT_DATATYPE };
enum { TIME_EDTF = 1 };

/* Their addresses are keys in the registry: of the metatable, and of a weak table from
** identifiers to entities. */
static const char entity_meta, entities;

/* ---- entities -------------------------------------------------------------------- */

/* The one object for an identifier in this state. */
static void push_entity(lua_State *L, dsr_str id) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &entities);
  dsr_lua_push_str(L, id);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_entity *entity = lua_newuserdatauv(L, sizeof *entity, ENTITY_ID);
    *entity = (lua_entity){0};
    lua_pushvalue(L, -2);
    lua_setiuservalue(L, -2, ENTITY_ID);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &entity_meta);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -5);
  }
  lua_replace(L, -3);
  lua_pop(L, 1);
}

/* The entity on top of the stack was produced by the home at `index`. */
static void set_home(lua_State *L, int index) {
  lua_entity *entity = lua_touserdata(L, -1);
  dsr_lua_home *home = lua_touserdata(L, index);
  if (entity->home == home) return;
  lua_pushvalue(L, index);
  lua_setiuservalue(L, -2, ENTITY_HOME);
  if (entity->home != NULL) {
    lua_pushnil(L);
    lua_setiuservalue(L, -2, ENTITY_LABEL);
  }
  entity->home = home;
}

/* As luaL_checkudata(), without a search for the metatable by its name. */
static void check_entity(lua_State *L, int arg) {
  bool sure = false;
  if (lua_type(L, arg) == LUA_TUSERDATA && lua_getmetatable(L, arg)) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &entity_meta);
    sure = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
  }
  if (!sure) luaL_checkudata(L, arg, DSR_LUA_ENTITY);
}

static dsr_str entity_id(lua_State *L, int arg) {
  dsr_str id;
  check_entity(L, arg);
  lua_getiuservalue(L, arg, ENTITY_ID);
  id.data = lua_tolstring(L, -1, &id.len);
  lua_pop(L, 1); /* the entity keeps it */
  return id;
}

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

/* The label of `id` in the view of `home`; `id` itself where there is none. */
static dsr_status label_of(dsr_lua_home *home, dsr_str id, dsr_str *out) {
  dsr_word word;
  TRY(dsr_facts_read(dsr_lua_facts(home), false));
  dsr_status rc = dsr_symbols_find(dsr_lua_symbols(home), DSR_SYM_ENTITY, id, &word);
  *out = id;
  if (rc != DSR_OK) return rc;
  return dsr_lua_label(home, word, out);
}

/* The nearest home of an entity that is still open: a closed view's base will do. */
static dsr_lua_home *open_home(const lua_entity *entity) {
  dsr_lua_home *home = entity->home;
  while (home != NULL && home->base == NULL) home = home->parent;
  return home;
}

static int entity_label(lua_State *L) {
  dsr_str label, id = entity_id(L, 1);
  lua_entity *entity = lua_touserdata(L, 1);
  dsr_lua_home *home = open_home(entity);
  if (home == NULL) {
    dsr_lua_push_str(L, id);
    return 1;
  }
  bool fresh = entity->generation == dsr_facts_generation(dsr_lua_facts(home));
  if (lua_getiuservalue(L, 1, ENTITY_LABEL) == LUA_TSTRING && fresh) return 1;
  dsr_lua_try(L, home, label_of(home, id, &label));
  dsr_lua_push_str(L, label);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, 1, ENTITY_LABEL);
  entity->generation = dsr_facts_generation(dsr_lua_facts(home));
  return 1;
}

/* entity.id, entity.label */
static int entity_index(lua_State *L) {
  check_entity(L, 1);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "label") == 0) return entity_label(L);
  if (strcmp(key, "id") != 0) return 0;
  lua_getiuservalue(L, 1, ENTITY_ID);
  return 1;
}

static int entity_tostring(lua_State *L) {
  dsr_lua_push_str(L, entity_id(L, 1));
  return 1;
}

static int entity_lt(lua_State *L) {
  lua_pushboolean(L, dsr_str_cmp(entity_id(L, 1), entity_id(L, 2)) < 0);
  return 1;
}

static int entity_le(lua_State *L) {
  lua_pushboolean(L, dsr_str_cmp(entity_id(L, 1), entity_id(L, 2)) <= 0);
  return 1;
}

/* a .. b, in words, for every kind of object here */
static int value_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

/* dossier.entity(id) */
static int make_entity(lua_State *L) {
  if (luaL_testudata(L, 1, DSR_LUA_ENTITY) == NULL) {
    dsr_str id = dsr_lua_check_str(L, 1);
    luaL_argcheck(L, id.len > 0, 1, "an entity's identifier cannot be empty");
    luaL_argcheck(L, id.len <= DSR_NAME_MOST, 1,
                  "an identifier has at most 65535 bytes");
    luaL_argcheck(L, dsr_utf8_valid(id) == id.len, 1, "an identifier must be UTF-8");
    push_entity(L, id);
  } else {
    lua_settop(L, 1);
  }
  return 1;
}

/* ---- texts ----------------------------------------------------------------------- */

/* A text object from the three strings or nils on top of the stack. */
static void wrap_text(lua_State *L) {
  lua_newuserdatauv(L, 0, TEXT_DATATYPE);
  for (int part = TEXT_STRING; part <= TEXT_DATATYPE; part++) {
    lua_pushvalue(L, -5 + part);
    lua_setiuservalue(L, -2, part);
  }
  luaL_setmetatable(L, DSR_LUA_TEXT);
  lua_replace(L, -4);
  lua_pop(L, 2);
}

static void push_optional(lua_State *L, dsr_str text) {
  if (text.len == 0) {
    lua_pushnil(L);
  } else {
    dsr_lua_push_str(L, text);
  }
}

/* One part of a text, borrowed from the object; none where it is nil. */
static dsr_str text_part(lua_State *L, int arg, int part) {
  dsr_str text = {NULL, 0};
  if (lua_getiuservalue(L, arg, part) == LUA_TSTRING) {
    text.data = lua_tolstring(L, -1, &text.len);
  }
  lua_pop(L, 1);
  return text;
}

/* dossier.text(string, lang, datatype) */
static int make_text(lua_State *L) {
  dsr_str text = dsr_lua_check_str(L, 1);
  lua_settop(L, 3);
  if (!lua_isnil(L, 2)) dsr_lua_check_str(L, 2);
  if (!lua_isnil(L, 3)) dsr_lua_check_str(L, 3);
  luaL_argcheck(L, lua_isnil(L, 2) || lua_isnil(L, 3), 3,
                "a text has a language or a datatype, not both");
  luaL_argcheck(L, dsr_utf8_valid(text) == text.len, 1, "a text must be UTF-8");
  wrap_text(L);
  return 1;
}

/* text.string, text.lang, text.datatype */
static int text_index(lua_State *L) {
  static const char *const names[] = {"", "string", "lang", "datatype"};
  luaL_checkudata(L, 1, DSR_LUA_TEXT);
  const char *key = luaL_checkstring(L, 2);
  for (int part = TEXT_STRING; part <= TEXT_DATATYPE; part++) {
    if (strcmp(key, names[part]) != 0) continue;
    lua_getiuservalue(L, 1, part);
    return 1;
  }
  return 0;
}

static int text_tostring(lua_State *L) {
  luaL_checkudata(L, 1, DSR_LUA_TEXT);
  lua_getiuservalue(L, 1, TEXT_STRING);
  return 1;
}

/* By string, language, datatype. */
static int compare_texts(lua_State *L) {
  luaL_checkudata(L, 1, DSR_LUA_TEXT);
  luaL_checkudata(L, 2, DSR_LUA_TEXT);
  int order = 0;
  for (int part = TEXT_STRING; part <= TEXT_DATATYPE && order == 0; part++) {
    order = dsr_str_cmp(text_part(L, 1, part), text_part(L, 2, part));
  }
  return order;
}

static int text_eq(lua_State *L) {
  bool both = luaL_testudata(L, 1, DSR_LUA_TEXT) && luaL_testudata(L, 2, DSR_LUA_TEXT);
  lua_pushboolean(L, both && compare_texts(L) == 0);
  return 1;
}

static int text_lt(lua_State *L) {
  lua_pushboolean(L, compare_texts(L) < 0);
  return 1;
}

static int text_le(lua_State *L) {
  lua_pushboolean(L, compare_texts(L) <= 0);
  return 1;
}

/* ---- times ----------------------------------------------------------------------- */

static void push_time(lua_State *L, dsr_str edtf, const dsr_time *time) {
  dsr_time *object = lua_newuserdatauv(L, sizeof *object, TIME_EDTF);
  *object = *time;
  dsr_lua_push_str(L, edtf);
  lua_setiuservalue(L, -2, TIME_EDTF);
  luaL_setmetatable(L, DSR_LUA_TIME);
}

static dsr_str time_edtf(lua_State *L, int arg) {
  dsr_str edtf;
  luaL_checkudata(L, arg, DSR_LUA_TIME);
  lua_getiuservalue(L, arg, TIME_EDTF);
  edtf.data = lua_tolstring(L, -1, &edtf.len);
  lua_pop(L, 1);
  return edtf;
}

/* The time given at `arg`, as an object or as EDTF; raises where it is neither. */
static dsr_time check_time(lua_State *L, int arg) {
  char why[256];
  dsr_time time, *object = luaL_testudata(L, arg, DSR_LUA_TIME);
  if (object != NULL) return *object;
  if (lua_type(L, arg) != LUA_TSTRING) luaL_typeerror(L, arg, "time or EDTF string");
  if (dsr_time_parse(dsr_lua_check_str(L, arg), &time, why, sizeof why) < 0) {
    luaL_argerror(L, arg, why);
  }
  return time;
}

/* dossier.time(edtf) -> time | nil, message */
static int make_time(lua_State *L) {
  char why[256];
  dsr_time time;
  if (luaL_testudata(L, 1, DSR_LUA_TIME) != NULL) {
    lua_settop(L, 1);
    return 1;
  }
  dsr_str edtf = dsr_lua_check_str(L, 1);
  if (dsr_time_parse(edtf, &time, why, sizeof why) < 0) {
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
  }
  push_time(L, edtf, &time);
  return 1;
}

static dsr_time_test check_test(lua_State *L, int arg) {
  dsr_str name = dsr_lua_check_str(L, arg);
  dsr_time_test test = dsr_time_test_named(name);
  if (test != DSR_TIME_TESTS) return test;
  dsr_nearest race;
  dsr_nearest_start(&race, name);
  for (int i = 0; i < DSR_TIME_TESTS; i++) {
    dsr_nearest_offer(&race, dsr_str_of(dsr_time_test_name((dsr_time_test)i)));
  }
  if (race.best.len == 0) race.best = dsr_str_of("before"); /* any, as an example */
  luaL_error(L, "there is no test of time \"%s\"; did you mean \"%s\"?", name.data,
             race.best.data);
  return test;
}

/* time:certainly(test, other) */
static int time_certainly(lua_State *L) {
  dsr_time *time = luaL_checkudata(L, 1, DSR_LUA_TIME), other = check_time(L, 3);
  lua_pushboolean(L, dsr_time_certain(check_test(L, 2), time, &other));
  return 1;
}

/* time:possibly(test, other) */
static int time_possibly(lua_State *L) {
  dsr_time *time = luaL_checkudata(L, 1, DSR_LUA_TIME), other = check_time(L, 3);
  lua_pushboolean(L, dsr_time_possible(check_test(L, 2), time, &other));
  return 1;
}

/* time:refines(other, occurs) */
static int time_refines(lua_State *L) {
  dsr_time *time = luaL_checkudata(L, 1, DSR_LUA_TIME), other = check_time(L, 2);
  lua_pushboolean(L, dsr_time_refines(time, &other, lua_toboolean(L, 3)));
  return 1;
}

/* A day in EDTF; nil where the bound is none. */
static int push_day(lua_State *L, dsr_day day) {
  char text[16];
  if (day <= DSR_DAY_FIRST || day >= DSR_DAY_LAST) return 0;
  dsr_day_format(day, text);
  lua_pushstring(L, text);
  return 1;
}

static int push_year(lua_State *L, const dsr_time *time) {
  int year;
  if (!dsr_time_year(time, &year)) return 0;
  lua_pushinteger(L, year);
  return 1;
}

/* time.edtf and the other fields; its methods are in the upvalue */
static int time_index(lua_State *L) {
  const dsr_time *time = luaL_checkudata(L, 1, DSR_LUA_TIME);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "edtf") == 0) return lua_getiuservalue(L, 1, TIME_EDTF) != LUA_TNONE;
  if (strcmp(key, "earliest_start") == 0) return push_day(L, time->es);
  if (strcmp(key, "latest_start") == 0) return push_day(L, time->ls);
  if (strcmp(key, "earliest_end") == 0) return push_day(L, time->ee);
  if (strcmp(key, "latest_end") == 0) return push_day(L, time->le);
  if (strcmp(key, "year") == 0) return push_year(L, time);
  if (strcmp(key, "open") == 0) {
    lua_pushboolean(L, time->ee >= DSR_DAY_LAST);
    return 1;
  }
  lua_getfield(L, lua_upvalueindex(1), key);
  return 1;
}

static int time_tostring(lua_State *L) {
  dsr_lua_push_str(L, time_edtf(L, 1));
  return 1;
}

/* By the four days, then as written. */
static int compare_times(lua_State *L) {
  const dsr_time *a = luaL_checkudata(L, 1, DSR_LUA_TIME);
  const dsr_time *b = luaL_checkudata(L, 2, DSR_LUA_TIME);
  int order = dsr_time_compare(a, b);
  return order != 0 ? order : dsr_str_cmp(time_edtf(L, 1), time_edtf(L, 2));
}

/* Equal means written alike: 1994 and 1994-01-01/1994-12-31 are two times. */
static int time_eq(lua_State *L) {
  bool both = luaL_testudata(L, 1, DSR_LUA_TIME) && luaL_testudata(L, 2, DSR_LUA_TIME);
  lua_pushboolean(L, both && dsr_str_eq(time_edtf(L, 1), time_edtf(L, 2)));
  return 1;
}

static int time_lt(lua_State *L) {
  lua_pushboolean(L, compare_times(L) < 0);
  return 1;
}

static int time_le(lua_State *L) {
  lua_pushboolean(L, compare_times(L) <= 0);
  return 1;
}

/* ---- from words ------------------------------------------------------------------ */

/* The home's cache on the stack, new where a rollback has ended the last one. */
static void push_cache(lua_State *L, int index, dsr_lua_home *home) {
  size_t age = dsr_lua_root(home)->lost.len;
  if (lua_getiuservalue(L, index, DSR_HOME_CACHE) == LUA_TTABLE &&
      home->cache_age == age) {
    return;
  }
  lua_pop(L, 1);
  lua_newtable(L);
  luaL_setmetatable(L, WEAK);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, index, DSR_HOME_CACHE);
  home->cache_age = age;
}

void dsr_lua_push_kept(lua_State *L, int index, int which) {
  dsr_lua_home *home = lua_touserdata(L, index);
  size_t age = dsr_lua_root(home)->lost.len;
  uint64_t generation = dsr_facts_generation(dsr_lua_facts(home));
  if (home->kept_age != age || home->kept_at != generation) {
    for (int i = DSR_HOME_LABELS; i <= DSR_HOME_CLAIMS; i++) {
      lua_pushnil(L);
      lua_setiuservalue(L, index, i);
    }
    home->kept_age = age;
    home->kept_at = generation;
  }
  if (lua_getiuservalue(L, index, which) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  if (which == DSR_HOME_CLAIMS) luaL_setmetatable(L, WEAK);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, index, which);
}

void dsr_lua_push_written(lua_State *L, dsr_lua_home *home, const dsr_tuple *tuple) {
  dsr_str text;
  dsr_arena_free(&home->scratch); /* an error left it full */
  dsr_status rc = dsr_tuple_write(dsr_lua_facts(home), tuple, &home->scratch, &text);
  dsr_lua_try(L, home, rc);
  dsr_lua_push_str(L, text);
  dsr_arena_free(&home->scratch);
}

static void push_value_text(lua_State *L, const dsr_value *value) {
  dsr_lua_push_str(L, value->text);
  if (value->lang.len == 0 && value->datatype.len == 0) return;
  push_optional(L, value->lang);
  push_optional(L, value->datatype);
  wrap_text(L);
}

/* A number that has no word of its own: an integer where 64 bits hold it. */
static void push_wide(lua_State *L, dsr_symbols *symbols, dsr_word word) {
  int64_t integer;
  double number;
  if (dsr_word_integer(symbols, word, &integer)) {
    lua_pushinteger(L, integer);
  } else if (dsr_word_double(symbols, word, &number)) {
    lua_pushnumber(L, number);
  } else {
    lua_pushnil(L);
  }
}

/* What a word that has no place in the cache yet comes to. */
static void push_new(lua_State *L, int index, dsr_lua_home *home, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_time time;
  dsr_symbols *symbols = dsr_lua_symbols(home);
  dsr_lua_try(L, home, dsr_word_value(symbols, word, scratch, &value));
  switch (value.type) {
    case DSR_ENTITY:
      push_entity(L, value.text);
      set_home(L, index);
      break;
    case DSR_TEXT:
      push_value_text(L, &value);
      break;
    case DSR_TIME:
      dsr_lua_try(L, home, dsr_word_time(symbols, word, &time));
      push_time(L, value.text, &time);
      break;
    default:
      push_wide(L, symbols, word);
      break;
  }
}

/* An object from the cache at `cache`, or a new one put there. */
static void push_cached(lua_State *L, int index, int cache, dsr_word word) {
  if (lua_rawgeti(L, cache, (lua_Integer)word) == LUA_TUSERDATA) {
    if (dsr_word_tag(word) == DSR_TAG_ENTITY) set_home(L, index);
    return;
  }
  lua_pop(L, 1);
  push_new(L, index, lua_touserdata(L, index), word);
  if (lua_type(L, -1) == LUA_TUSERDATA) { /* strings would never leave the cache */
    lua_pushvalue(L, -1);
    lua_rawseti(L, cache, (lua_Integer)word);
  }
}

/* The value of a word.  `cache` is where the home's cache lies; 0: it is to be found. */
static void push_word(lua_State *L, int home, int cache, dsr_word word) {
  switch (dsr_word_tag(word)) {
    case DSR_TAG_NONE:
      push_time(L, dsr_str_of("unknown"), &dsr_time_unknown);
      break;
    case DSR_TAG_BOOL:
      lua_pushboolean(L, dsr_word_payload(word) != 0);
      break;
    case DSR_TAG_INT:
      lua_pushinteger(L, dsr_word_signed(word));
      break;
    case DSR_TAG_DECIMAL:
      lua_pushnumber(L, (lua_Number)dsr_word_signed(word) / 1e6);
      break;
    default:
      home = lua_absindex(L, home);
      if (cache == 0) push_cache(L, home, lua_touserdata(L, home));
      push_cached(L, home, cache == 0 ? lua_gettop(L) : cache, word);
      if (cache == 0) lua_remove(L, -2);
      break;
  }
}

void dsr_lua_push_word(lua_State *L, int home, dsr_word word) {
  luaL_checkstack(L, 10, NULL);
  push_word(L, home, 0, word);
}

void dsr_lua_push_row(lua_State *L, int home, const dsr_word *words, int n) {
  luaL_checkstack(L, n + 12, "too many columns");
  if (n == 0) return;
  push_cache(L, home, lua_touserdata(L, home));
  int cache = lua_gettop(L);
  for (int i = 0; i < n; i++) push_word(L, home, cache, words[i]);
}

void dsr_lua_set_word(lua_State *L, int home, const char *name, dsr_word word) {
  if (word == DSR_WORD_NONE) return;
  dsr_lua_push_word(L, home, word);
  lua_setfield(L, -2, name);
}

/* ---- to words -------------------------------------------------------------------- */

bool dsr_lua_push_spelling(lua_State *L, int arg) {
  if (luaL_testudata(L, arg, DSR_LUA_ENTITY) != NULL) {
    lua_getiuservalue(L, arg, ENTITY_ID);
    return true;
  }
  if (luaL_testudata(L, arg, DSR_LUA_TIME) != NULL) {
    lua_getiuservalue(L, arg, TIME_EDTF);
    return true;
  }
  return false;
}

dsr_str dsr_lua_check_id(lua_State *L, int arg) {
  if (luaL_testudata(L, arg, DSR_LUA_ENTITY) != NULL) return entity_id(L, arg);
  if (lua_type(L, arg) != LUA_TSTRING) luaL_typeerror(L, arg, "entity or string");
  return dsr_lua_check_str(L, arg);
}

/* A float as the base spells it: the shortest decimal that reads back. */
static void check_float(lua_State *L, dsr_lua_home *home, int arg, dsr_lua_value *out) {
  dsr_word word;
  dsr_symbols *symbols = dsr_lua_symbols(home);
  dsr_lua_try(L, home,
              dsr_double_word(symbols, lua_tonumber(L, arg), DSR_INTERN_TEMP, &word));
  dsr_lua_try(L, home, dsr_word_value(symbols, word, out->scratch, &out->value));
}

static void check_object(lua_State *L, int arg, const char *what, dsr_value *out) {
  if (luaL_testudata(L, arg, DSR_LUA_ENTITY) != NULL) {
    *out = (dsr_value){.type = DSR_ENTITY, .text = entity_id(L, arg)};
  } else if (luaL_testudata(L, arg, DSR_LUA_TIME) != NULL) {
    *out = (dsr_value){.type = DSR_TIME, .text = time_edtf(L, arg)};
  } else if (luaL_testudata(L, arg, DSR_LUA_TEXT) != NULL) {
    *out = (dsr_value){.type = DSR_TEXT,
                       .text = text_part(L, arg, TEXT_STRING),
                       .lang = text_part(L, arg, TEXT_LANG),
                       .datatype = text_part(L, arg, TEXT_DATATYPE)};
  } else {
    luaL_error(L, "%s takes an entity, text, time, number or boolean; came a %s", what,
               luaL_typename(L, arg));
  }
}

void dsr_lua_check_value(lua_State *L, dsr_lua_home *home, int arg, const char *what,
                         dsr_lua_value *out) {
  arg = lua_absindex(L, arg);
  *out = (dsr_lua_value){0};
  switch (lua_type(L, arg)) {
    case LUA_TBOOLEAN:
      out->value = (dsr_value){.type = DSR_BOOL, .integer = lua_toboolean(L, arg)};
      break;
    case LUA_TNUMBER:
      if (lua_isinteger(L, arg)) {
        out->value = (dsr_value){.type = DSR_INT, .integer = lua_tointeger(L, arg)};
      } else {
        check_float(L, home, arg, out);
      }
      break;
    case LUA_TSTRING:
      out->plain = true;
      out->value = (dsr_value){.type = DSR_TEXT, .text = dsr_lua_check_str(L, arg)};
      break;
    default:
      check_object(L, arg, what, &out->value);
      break;
  }
}

dsr_status dsr_lua_value_word(dsr_lua_home *home, const dsr_lua_value *given,
                              dsr_domain domain, dsr_intern_mode mode, dsr_word *out) {
  dsr_symbols *symbols = dsr_lua_symbols(home);
  const dsr_value *value = &given->value;
  dsr_type type = value->type;
  if (given->plain && domain == DSR_COL_ENTITY) type = DSR_ENTITY;
  if (given->plain && domain == DSR_COL_TIME) type = DSR_TIME;
  switch (type) {
    case DSR_BOOL:
      *out = dsr_word_bool(value->integer != 0);
      return DSR_OK;
    case DSR_INT:
      return dsr_int_word(symbols, value->integer, mode, out);
    case DSR_DECIMAL:
      return dsr_number_word(symbols, value->text, mode, out);
    case DSR_TIME:
      return dsr_time_word(symbols, value->text, mode, out);
    case DSR_TEXT:
      return dsr_text_word(symbols, value->text, value->lang, value->datatype, mode,
                           out);
    default:
      break;
  }
  if (mode == DSR_INTERN_FIND) {
    return dsr_symbols_find(symbols, DSR_SYM_ENTITY, value->text, out);
  }
  if (mode == DSR_INTERN_TEMP) {
    return dsr_symbols_temp(symbols, DSR_SYM_ENTITY, value->text, out);
  }
  return dsr_symbols_intern(symbols, DSR_SYM_ENTITY, value->text, out);
}

/* ---- small functions of the module ----------------------------------------------- */

/* dossier.nearest(word, words) -> word | nil */
static int nearest(lua_State *L) {
  dsr_nearest race;
  dsr_nearest_start(&race, dsr_lua_check_str(L, 1));
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_Integer n = (lua_Integer)lua_rawlen(L, 2);
  for (lua_Integer i = 1; i <= n; i++) {
    if (lua_rawgeti(L, 2, i) != LUA_TSTRING) {
      return luaL_argerror(L, 2, "a list of strings is due");
    }
    dsr_nearest_offer(&race, dsr_lua_check_str(L, -1));
    lua_pop(L, 1); /* the list keeps it */
  }
  push_optional(L, race.best);
  return 1;
}

/* dossier.width(text) -> columns */
static int width(lua_State *L) {
  lua_pushinteger(L, dsr_utf8_width(dsr_lua_check_str(L, 1)));
  return 1;
}

/* dossier.fold(text) -> text */
static int fold(lua_State *L) {
  dsr_str text = dsr_lua_check_str(L, 1);
  luaL_argcheck(L, dsr_utf8_valid(text) == text.len, 1, "not UTF-8");
  dsr_str folded = dsr_text_fold(dsr_lua_push_arena(L), text);
  if (folded.data == NULL && text.len > 0) return luaL_error(L, "out of memory");
  dsr_lua_push_str(L, folded);
  return 1;
}

const luaL_Reg dsr_lua_value_functions[] = {{"entity", make_entity},
                                            {"text", make_text},
                                            {"time", make_time},
                                            {"nearest", nearest},
                                            {"width", width},
                                            {"fold", fold},
                                            {NULL, NULL}};

/* ---- metatables ------------------------------------------------------------------ */

void dsr_lua_open_value(lua_State *L) {
  static const luaL_Reg entity[] = {
      {"__index", entity_index}, {"__tostring", entity_tostring}, {"__lt", entity_lt},
      {"__le", entity_le},       {"__concat", value_concat},      {NULL, NULL}};
  static const luaL_Reg text[] = {{"__index", text_index},
                                  {"__tostring", text_tostring},
                                  {"__eq", text_eq},
                                  {"__lt", text_lt},
                                  {"__le", text_le},
                                  {"__concat", value_concat},
                                  {NULL, NULL}};
  static const luaL_Reg time[] = {{"__tostring", time_tostring},
                                  {"__eq", time_eq},
                                  {"__lt", time_lt},
                                  {"__le", time_le},
                                  {"__concat", value_concat},
                                  {NULL, NULL}};
  static const luaL_Reg methods[] = {{"certainly", time_certainly},
                                     {"possibly", time_possibly},
                                     {"refines", time_refines},
                                     {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_ENTITY, entity, NULL);
  luaL_getmetatable(L, DSR_LUA_ENTITY);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &entity_meta);
  dsr_lua_class(L, DSR_LUA_TEXT, text, NULL);
  dsr_lua_class(L, DSR_LUA_TIME, time, NULL);
  luaL_getmetatable(L, DSR_LUA_TIME);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, time_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newmetatable(L, WEAK);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_pop(L, 1);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &entities) != LUA_TTABLE) {
    lua_newtable(L);
    luaL_setmetatable(L, WEAK);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &entities);
  }
  lua_pop(L, 1);
}
