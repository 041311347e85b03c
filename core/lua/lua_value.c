/*
** lua_value.c - values in Lua: texts, times, and what the words of a base come to.
**
** Texts with a language or a datatype and times are plain immutable objects, equal by what
** they say.  Entities are in lua_entity.c.
**
** Each base has a cache from words to objects, which its views share.  It begins small: a
** place for a word by the last bits of its number, and whoever comes later has the place.
** Once a good part of the base's names was asked for, each of the first two million has a
** place of its own, which needs no key beside it: a row's entity then costs one look-up by
** its number, one miss of the processor's cache where there are many.  What has no such
** place stays with the shared ones, which come to 5 MB.  When what is kept comes to some
** 256 MB, the cache begins anew.  What a rollback may give another meaning never gets in.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

enum {
  SHARED_FIRST = 256, /* places of a cache that words share */
  SHARED_MOST = 1 << 18,
  SHARED_GROW = 4,
  OWN_MOST = 1 << 21, /* those that are a word's own: */
  OWN_SHARE = 8,      /* made once a word in so many was asked for, roughly */
  OBJECT = 128,       /* bytes of one, roughly, without its spelling */
  LABELS_MOST = 1 << 16,
  KEPT_MOST = 256, /* bytes of a spelling that the cache keeps */
  FEW = 32,        /* columns of a row; */
  ROOM = 4,        /* those that the stack of a C function has room for anyway */
};
/* What is kept in a cache, roughly.  Where failures are tested it is little, so that it is
** come to there. */
#ifdef DSR_FAULTS
enum { CACHE_MOST = 512 << 10 };
#else
enum { CACHE_MOST = 256 << 20 };
#endif
enum { TEXT_STRING = 1, TEXT_LANG, TEXT_DATATYPE };
enum { TIME_EDTF = 1 };

/* a .. b, in words, for every kind of object here */
int dsr_lua_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
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

/* The cache that a call looks into: a table of objects, first those with a place of their
** own, by number, and behind them those that share places, with the keys of these in C.
** Its parts stay with one another, also where the home's cache grows meanwhile. */
typedef struct cache {
  int table;     /* its index */
  size_t own;    /* how many */
  size_t shared; /* a power of two */
  uint32_t *keys;
} cache;

/* What tells words in a cache apart; 0: it is none to keep there.  Symbols that are no
** temporaries have numbers below 2^31, days of the calendar stay far from that. */
static uint32_t key_of(dsr_word word) {
  const int64_t far = INT64_C(1) << 30;
  uint64_t number = dsr_word_payload(word);
  if (dsr_word_interned(word)) return number < UINT64_C(1) << 31 ? (uint32_t)number : 0;
  int64_t day = dsr_word_signed(word);
  return day > -far && day < far ? (uint32_t)(day + far) | UINT32_C(1) << 31 : 0;
}

/* The place of a key, from 1. */
static inline lua_Integer place_of(const cache *in, uint32_t key) {
  size_t at = key < in->own ? key : in->own + (key & (in->shared - 1));
  return (lua_Integer)at + 1;
}

/* Keep the object on top, which is taken off, where its key belongs. */
static void put(lua_State *L, const cache *in, uint32_t key) {
  if (key >= in->own) in->keys[key & (in->shared - 1)] = key;
  lua_rawseti(L, in->table, place_of(in, key));
}

/* Put what is in one cache into another; allocates nothing. */
static void move_objects(lua_State *L, const cache *from, const cache *to) {
  for (size_t key = 1; key < from->own; key++) {
    if (lua_rawgeti(L, from->table, (lua_Integer)key + 1) == LUA_TUSERDATA) {
      put(L, to, (uint32_t)key);
    } else {
      lua_pop(L, 1);
    }
  }
  for (size_t i = 0; i < from->shared; i++) {
    if (from->keys[i] == 0) continue;
    lua_rawgeti(L, from->table, (lua_Integer)(from->own + i) + 1);
    put(L, to, from->keys[i]);
  }
}

static size_t power_above(size_t n) {
  size_t power = SHARED_FIRST;
  while (power < n) power *= 2;
  return power;
}

/* How large the root's cache is to be now; false: as it is.  Places that are a word's own
** come before more that are shared. */
static bool choose_size(const dsr_lua_home *root, cache *out) {
  size_t names = dsr_symbols_next(dsr_lua_symbols(root));
  if (names > OWN_MOST) names = OWN_MOST;
  *out = (cache){.own = root->cache.own, .shared = root->cache.shared};
  if (out->shared == 0) {
    out->shared = SHARED_FIRST;
  } else if (names > out->own && names / OWN_SHARE <= out->own + out->shared) {
    out->own = power_above(names);
  } else if (out->shared < SHARED_MOST) {
    out->shared *= SHARED_GROW;
  }
  return out->own > root->cache.own || out->shared > root->cache.shared;
}

/* Have the cache of the root at `index` begin anew. */
static void drop_cache(lua_State *L, int index, dsr_lua_home *root) {
  memset(&root->cache, 0, sizeof root->cache);
  lua_pushnil(L);
  lua_setiuservalue(L, index, DSR_HOME_CACHE);
}

/* A larger cache for the root at `index`, pushed. */
static void push_larger(lua_State *L, int index, dsr_lua_home *root, cache *to) {
  lua_createtable(L, (int)(to->own + to->shared), 1);
  to->table = lua_gettop(L);
  to->keys = lua_newuserdatauv(L, to->shared * sizeof *to->keys, 0);
  memset(to->keys, 0, to->shared * sizeof *to->keys);
  lua_rawseti(L, to->table, 0); /* the table keeps them */
  lua_getiuservalue(L, index, DSR_HOME_CACHE);
  cache from = {lua_gettop(L), root->cache.own, root->cache.shared, root->cache.keys};
  move_objects(L, &from, to);
  lua_pop(L, 1);
  lua_pushvalue(L, to->table);
  lua_setiuservalue(L, index, DSR_HOME_CACHE);
  root->cache.own = to->own;
  root->cache.shared = to->shared;
  root->cache.keys = to->keys;
}

/* See whether the cache of the root at `index` is of a good size. */
static void fit_cache(lua_State *L, int index, dsr_lua_home *root) {
  cache to;
  root->cache.crowded = 0;
  if (root->cache.bytes > CACHE_MOST) drop_cache(L, index, root);
  if (root->base == NULL || !choose_size(root, &to)) return;
  push_larger(L, index, root, &to);
  lua_pop(L, 1);
}

/* The root of the home at `index`, pushed. */
static void push_root(lua_State *L, int index, const dsr_lua_home *home) {
  lua_pushvalue(L, index);
  for (; home->parent != NULL; home = home->parent) {
    lua_getiuservalue(L, -1, DSR_HOME_PARENT);
    lua_replace(L, -2);
  }
}

/* The cache of the home at `index`, its table pushed; views have that of their base. */
static cache push_cache(lua_State *L, int index, dsr_lua_home *home) {
  dsr_lua_home *root = dsr_lua_root(home);
  bool fit =
      root->cache.crowded < root->cache.shared / 8 && root->cache.bytes <= CACHE_MOST;
  if (root != home || !fit) {
    push_root(L, index, home);
    if (!fit) fit_cache(L, lua_gettop(L), root);
    lua_getiuservalue(L, -1, DSR_HOME_CACHE);
    lua_replace(L, -2);
  } else {
    lua_getiuservalue(L, index, DSR_HOME_CACHE);
  }
  return (cache){lua_gettop(L), root->cache.own, root->cache.shared, root->cache.keys};
}

void dsr_lua_push_kept(lua_State *L, int index, int which) {
  dsr_lua_home *home = lua_touserdata(L, index);
  size_t age = dsr_lua_root(home)->lost.len;
  uint64_t generation = dsr_facts_generation(dsr_lua_facts(home));
  bool full = home->n_labels > LABELS_MOST;
  if (home->kept_age != age || home->kept_at != generation || full) {
    for (int i = DSR_HOME_LABELS; i <= DSR_HOME_CLAIMS; i++) {
      lua_pushnil(L);
      lua_setiuservalue(L, index, i);
    }
    home->kept_age = age;
    home->kept_at = generation;
    home->n_labels = 0;
  }
  if (lua_getiuservalue(L, index, which) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  if (which == DSR_HOME_CLAIMS) luaL_setmetatable(L, DSR_LUA_WEAK);
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

/* An entity that the home at `index` produced. */
static void push_own_entity(lua_State *L, int index, dsr_lua_home *home, dsr_word word,
                            dsr_str id) {
  dsr_lua_entity *entity = dsr_lua_push_entity(L, id);
  if (entity->home != home) dsr_lua_entity_from(L, index, entity);
  if (home->base != NULL) dsr_lua_entity_is(home, entity, word);
}

/* What a word that has no place in the cache yet comes to; its bytes, roughly. */
static size_t push_new(lua_State *L, int index, dsr_lua_home *home, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_time time;
  dsr_lua_check_alive(L, home); /* a finalizer may have closed it */
  dsr_symbols *symbols = dsr_lua_symbols(home);
  dsr_lua_try(L, home, dsr_word_value(symbols, word, scratch, &value));
  size_t bytes = value.text.len;
  switch (value.type) {
    case DSR_ENTITY:
      push_own_entity(L, index, home, word, value.text);
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
  return bytes;
}

/* Has no other home of the state given an entity that is in the home's cache?  Then all
** of these are its own already. */
static bool is_sole_giver(const dsr_lua_home *home, const dsr_lua_home *root) {
  return home->count->roots == 1 && root->giver == home->number;
}

static void note_giver(const dsr_lua_home *home, dsr_lua_home *root) {
  if (root->giver == home->number) return;
  root->giver = root->giver == 0 ? home->number : DSR_LUA_SEVERAL;
}

/* The home gives the entity on top, which is in its cache or may be. */
static void give_again(lua_State *L, int index, dsr_lua_home *home) {
  dsr_lua_home *root = dsr_lua_root(home);
  if (is_sole_giver(home, root)) return;
  dsr_lua_entity *entity = lua_touserdata(L, -1);
  if (entity->home != home) dsr_lua_entity_from(L, index, entity);
  note_giver(home, root);
}

/* The object of a key, pushed; false, and nothing pushed, where the cache has none. */
static bool push_kept(lua_State *L, const cache *in, uint32_t key) {
  if (key >= in->own &&
      (key == 0 || in->shared == 0 || in->keys[key & (in->shared - 1)] != key)) {
    return false;
  }
  if (lua_rawgeti(L, in->table, place_of(in, key)) == LUA_TUSERDATA) return true;
  lua_pop(L, 1);
  return false;
}

/* Keep the object on top, which stays, if it is of `bytes` more than an object is. */
static void keep(lua_State *L, const cache *in, dsr_lua_home *root, uint32_t key,
                 size_t bytes) {
  if (in->shared == 0) return;
  if (key < in->own) {
    root->cache.bytes += OBJECT + bytes;
  } else if (in->keys[key & (in->shared - 1)] != 0) {
    root->cache.crowded++;
  }
  lua_pushvalue(L, -1);
  put(L, in, key);
}

/* An object from the cache, or a new one put there: strings are their own cache. */
static void push_cached(lua_State *L, int index, dsr_lua_home *home, const cache *in,
                        dsr_word word) {
  uint32_t key = key_of(word);
  if (push_kept(L, in, key)) {
    if (dsr_word_tag(word) == DSR_TAG_ENTITY) give_again(L, index, home);
    return;
  }
  size_t bytes = push_new(L, index, home, word);
  dsr_lua_home *root = dsr_lua_root(home);
  note_giver(home, root);
  if (key == 0 || bytes > KEPT_MOST || lua_type(L, -1) != LUA_TUSERDATA) return;
  if (home->base != NULL && dsr_lua_lasts(home, word)) keep(L, in, root, key, bytes);
}

/* The value of a word. */
static void push_word(lua_State *L, int index, dsr_lua_home *home, const cache *in,
                      dsr_word word) {
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
      push_cached(L, index, home, in, word);
      break;
  }
}

void dsr_lua_push_word(lua_State *L, int index, dsr_word word) {
  luaL_checkstack(L, 12, NULL);
  index = lua_absindex(L, index);
  dsr_lua_home *home = lua_touserdata(L, index);
  cache in = push_cache(L, index, home);
  push_word(L, index, home, &in, word);
  lua_replace(L, -2);
}

void dsr_lua_push_row(lua_State *L, int index, dsr_lua_home *home,
                      const dsr_word *words, int n, const dsr_lua_known *known) {
  dsr_word few[FEW]; /* a finalizer may free what is borrowed */
  if (n == 0) return;
  if (n > ROOM) luaL_checkstack(L, n + 14, "too many columns");
  if (n <= FEW) {
    memcpy(few, words, (size_t)n * sizeof *few);
    words = few;
  }
  cache in = push_cache(L, index, home);
  for (int i = 0; i < n; i++) {
    if (known != NULL && i == known->column && words[i] == known->word) {
      lua_pushvalue(L, known->index);
      give_again(L, index, home);
    } else {
      push_word(L, index, home, &in, words[i]);
    }
  }
}

void dsr_lua_set_word(lua_State *L, int home, const char *name, dsr_word word) {
  if (word == DSR_WORD_NONE) return;
  dsr_lua_push_word(L, home, word);
  lua_setfield(L, -2, name);
}

/* ---- to words -------------------------------------------------------------------- */

bool dsr_lua_push_spelling(lua_State *L, int arg) {
  const dsr_lua_entity *entity = dsr_lua_test_entity(L, arg);
  if (entity != NULL) {
    dsr_lua_push_str(L, dsr_lua_entity_id(entity));
    return true;
  }
  if (luaL_testudata(L, arg, DSR_LUA_TIME) != NULL) {
    lua_getiuservalue(L, arg, TIME_EDTF);
    return true;
  }
  return false;
}

dsr_str dsr_lua_check_id(lua_State *L, int arg) {
  const dsr_lua_entity *entity = dsr_lua_test_entity(L, arg);
  if (entity != NULL) return dsr_lua_entity_id(entity);
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
  const dsr_lua_entity *entity = dsr_lua_test_entity(L, arg);
  if (entity != NULL) {
    *out = (dsr_value){.type = DSR_ENTITY, .text = dsr_lua_entity_id(entity)};
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

const luaL_Reg dsr_lua_value_functions[] = {{"entity", dsr_lua_make_entity},
                                            {"text", make_text},
                                            {"time", make_time},
                                            {"nearest", nearest},
                                            {"width", width},
                                            {"fold", fold},
                                            {NULL, NULL}};

/* ---- metatables ------------------------------------------------------------------ */

void dsr_lua_open_value(lua_State *L) {
  static const luaL_Reg text[] = {{"__index", text_index},
                                  {"__tostring", text_tostring},
                                  {"__eq", text_eq},
                                  {"__lt", text_lt},
                                  {"__le", text_le},
                                  {"__concat", dsr_lua_concat},
                                  {NULL, NULL}};
  static const luaL_Reg time[] = {{"__tostring", time_tostring},
                                  {"__eq", time_eq},
                                  {"__lt", time_lt},
                                  {"__le", time_le},
                                  {"__concat", dsr_lua_concat},
                                  {NULL, NULL}};
  static const luaL_Reg methods[] = {{"certainly", time_certainly},
                                     {"possibly", time_possibly},
                                     {"refines", time_refines},
                                     {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_TEXT, text, NULL);
  dsr_lua_class(L, DSR_LUA_TIME, time, NULL);
  luaL_getmetatable(L, DSR_LUA_TIME);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, time_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newmetatable(L, DSR_LUA_WEAK);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_pop(L, 1);
  dsr_lua_open_entity(L);
}
