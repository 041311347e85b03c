/*
** lua_fact.c - facts as Lua objects.
**
** A fact keeps its words and the home that it was read from; what its columns, claims
** and trust are is looked up when asked for.  Claims, support and trust stay as they
** were first seen; how it reads is remembered for as long as the base stays as it is.  A
** fact read in a transaction that was rolled back says so: its words may mean something
** else by now.
**
** Scripts ask the same of every fact of a base, so that what was seen lies in the fact
** itself: a field that was asked for before costs one look-up by name.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

enum { UNSEEN = -1 };

/* The user value of a fact: its home or, once anything was seen of it, a table of that and
** of the home.  Most facts of a loop are let go as they came. */
enum { FACT_KEEPS = 1 };

/* The places in that table. */
enum { FACT_CLAIMS = 1, FACT_SUPPORT, FACT_TEXT, FACT_WORDS, FACT_HOME, FACT_WORDED };

static const char meta_key; /* its address is the metatable's key in the registry */

void dsr_lua_push_fact_meta(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &meta_key);
}

void dsr_lua_push_fact(lua_State *L, int index, dsr_lua_home *home,
                       const dsr_tuple *tuple, bool certain) {
  dsr_word words[DSR_ARITY_MAX]; /* a finalizer may free what is borrowed */
  size_t args = (size_t)tuple->arity * sizeof(dsr_word);
  dsr_lua_fact made = {.home = home,
                       .time = tuple->time,
                       .relation = tuple->relation,
                       .arity = (signed char)tuple->arity,
                       .certain = certain,
                       .trust = UNSEEN,
                       .held = UNSEEN};
  made.txn = dsr_lua_root(home)->open_txn;
  memcpy(words, tuple->args, args);
  dsr_lua_fact *fact = lua_newuserdatauv(L, sizeof *fact + args, FACT_KEEPS);
  *fact = made;
  memcpy(fact->args, words, args);
  lua_pushvalue(L, index);
  lua_setiuservalue(L, -2, FACT_KEEPS);
  lua_getiuservalue(L, index, DSR_HOME_FACTS);
  lua_setmetatable(L, -2);
}

/* What was seen of the fact at `arg`, pushed: nil where nothing was; its type. */
static int get_seen(lua_State *L, int arg, int what) {
  if (lua_getiuservalue(L, arg, FACT_KEEPS) == LUA_TTABLE) {
    int type = lua_rawgeti(L, -1, what);
    lua_replace(L, -2);
    return type;
  }
  lua_pop(L, 1);
  lua_pushnil(L);
  return LUA_TNIL;
}

/* Keep the value on top as what was seen. */
static void keep_seen(lua_State *L, int arg, int what) {
  arg = lua_absindex(L, arg);
  if (lua_getiuservalue(L, arg, FACT_KEEPS) != LUA_TTABLE) {
    lua_createtable(L, FACT_HOME, 0);
    lua_insert(L, -2);
    lua_rawseti(L, -2, FACT_HOME);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, arg, FACT_KEEPS);
  }
  lua_pushvalue(L, -2);
  lua_rawseti(L, -2, what);
  lua_pop(L, 1);
}

/* The home of the fact at `arg` is pushed; its index. */
static int push_fact_home(lua_State *L, int arg) {
  if (lua_getiuservalue(L, arg, FACT_KEEPS) == LUA_TTABLE) {
    lua_rawgeti(L, -1, FACT_HOME);
    lua_replace(L, -2);
  }
  return lua_gettop(L);
}

/* As luaL_testudata(), without a search for the metatable by its name. */
static dsr_lua_fact *test_fact(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TUSERDATA || !lua_getmetatable(L, arg)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &meta_key);
  bool sure = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return sure ? lua_touserdata(L, arg) : NULL;
}

dsr_lua_fact *dsr_lua_check_fact(lua_State *L, int arg) {
  dsr_lua_fact *fact = test_fact(L, arg);
  if (fact == NULL) fact = luaL_checkudata(L, arg, DSR_LUA_FACT);
  dsr_lua_check_alive(L, fact->home);
  dsr_lua_check_txn(L, fact->home, fact->txn);
  return fact;
}

static dsr_tuple tuple_of(const dsr_lua_fact *fact) {
  dsr_tuple tuple = {
      .relation = fact->relation, .arity = fact->arity, .time = fact->time};
  memcpy(tuple.args, fact->args, (size_t)fact->arity * sizeof *fact->args);
  return tuple;
}

bool dsr_lua_same_columns(const dsr_lua_fact *a, const dsr_lua_fact *b) {
  return a->relation == b->relation && a->arity == b->arity &&
         dsr_lua_root(a->home) == dsr_lua_root(b->home) &&
         memcmp(a->args, b->args, (size_t)a->arity * sizeof *a->args) == 0;
}

bool dsr_lua_same_fact(const dsr_lua_fact *a, const dsr_lua_fact *b) {
  return a->time == b->time && dsr_lua_same_columns(a, b);
}

static const dsr_relation *relation_of(lua_State *L, const dsr_lua_fact *fact) {
  dsr_lua_try(L, fact->home, dsr_facts_read(dsr_lua_facts(fact->home), false));
  const dsr_relation *found =
      dsr_relation_get(dsr_lua_facts(fact->home), fact->relation);
  if (found == NULL) luaL_error(L, "the fact's relation is not there any more");
  return found;
}

/* ---- a fact in words ------------------------------------------------------------- */

/* Add the label of an entity of the fact at 1: from the home's labels, once it is there. */
static void add_label(lua_State *L, luaL_Buffer *words, const dsr_lua_fact *fact,
                      dsr_word entity, int labels) {
  dsr_str label;
  if (lua_rawgeti(L, labels, (lua_Integer)entity) != LUA_TSTRING) {
    lua_pop(L, 1);
    dsr_lua_try(L, fact->home, dsr_lua_label(fact->home, entity, &label));
    dsr_lua_push_str(L, label);
    dsr_lua_keep_label(L, fact->home, labels, entity);
  }
  luaL_addvalue(words);
}

/* A column as people read it: an entity's label, a text's string, a time as written. */
static void add_column(lua_State *L, luaL_Buffer *words, const dsr_lua_fact *fact,
                       int i, int labels) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_word word = fact->args[i];
  int tag = dsr_word_tag(word);
  if (tag == DSR_TAG_ENTITY) {
    add_label(L, words, fact, word, labels);
  } else if (tag < DSR_TAG_ENTITY) {
    luaL_addlstring(words, scratch, (size_t)dsr_word_format(word, scratch));
  } else {
    dsr_symbols *symbols = dsr_lua_symbols(fact->home);
    dsr_lua_try(L, fact->home, dsr_word_value(symbols, word, scratch, &value));
    luaL_addlstring(words, value.text.data, value.text.len);
  }
}

/* The words of the fact, pushed, new. */
static void put_into_words(lua_State *L, const dsr_lua_fact *fact,
                           const dsr_relation *relation, int labels) {
  luaL_Buffer words;
  dsr_wording piece = {.relation = relation};
  luaL_buffinit(L, &words);
  while (dsr_wording_next(&piece)) {
    if (piece.column < 0) {
      luaL_addlstring(&words, piece.text.data, piece.text.len);
    } else {
      add_column(L, &words, fact, piece.column, labels);
    }
  }
  luaL_pushresult(&words);
}

/* Are the fact's words, if it has any, of this generation? */
static bool worded_at(lua_State *L, int arg, uint64_t generation) {
  bool same = get_seen(L, arg, FACT_WORDED) == LUA_TNUMBER &&
              lua_tointeger(L, -1) == (lua_Integer)generation;
  lua_pop(L, 1);
  return same;
}

/* Those words that the fact keeps, while the base has not moved since. */
void dsr_lua_push_words(lua_State *L, int arg, const dsr_lua_fact *fact) {
  luaL_checkstack(L, 14, NULL);
  const dsr_relation *relation = relation_of(L, fact); /* may see the base move */
  uint64_t generation = dsr_facts_generation(dsr_lua_facts(fact->home));
  if (worded_at(L, arg, generation)) {
    get_seen(L, arg, FACT_WORDS);
    return;
  }
  dsr_lua_push_kept(L, push_fact_home(L, arg), DSR_HOME_LABELS);
  put_into_words(L, fact, relation, lua_gettop(L));
  keep_seen(L, arg, FACT_WORDS);
  lua_pushinteger(L, (lua_Integer)generation);
  keep_seen(L, arg, FACT_WORDED);
  lua_pop(L, 1);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

/* tostring(fact) */
static int fact_tostring(lua_State *L) {
  dsr_lua_push_words(L, 1, dsr_lua_check_fact(L, 1));
  return 1;
}

void dsr_lua_push_text(lua_State *L, int arg, const dsr_lua_fact *fact) {
  if (get_seen(L, arg, FACT_TEXT) == LUA_TSTRING) return;
  lua_pop(L, 1);
  dsr_tuple tuple = tuple_of(fact);
  relation_of(L, fact); /* makes ready to read */
  dsr_lua_push_written(L, fact->home, &tuple);
  keep_seen(L, arg, FACT_TEXT);
}

/* ---- the fields of a fact -------------------------------------------------------- */

/* A list of claims on the fact at 1, from what kept them or, the first time, the core. */
static int push_claims(lua_State *L, const dsr_lua_fact *fact, int kept) {
  if (get_seen(L, 1, kept) == LUA_TTABLE) return 1;
  dsr_tuple tuple = tuple_of(fact);
  relation_of(L, fact); /* makes ready to read */
  int index = push_fact_home(L, 1);
  dsr_lua_push_text(L, 1, fact);
  dsr_lua_push_claims(L, index, &tuple, kept == FACT_SUPPORT);
  keep_seen(L, 1, kept);
  return 1;
}

static int field_claims(lua_State *L, dsr_lua_fact *fact) {
  return push_claims(L, fact, FACT_CLAIMS);
}

static int field_support(lua_State *L, dsr_lua_fact *fact) {
  return push_claims(L, fact, FACT_SUPPORT);
}

static int field_trust(lua_State *L, dsr_lua_fact *fact) {
  if (fact->trust == UNSEEN) {
    dsr_trust trust = DSR_UNSUPPORTED;
    dsr_tuple tuple = tuple_of(fact);
    dsr_base *base = fact->home->base;
    relation_of(L, fact); /* makes ready to read */
    dsr_lua_try(L, fact->home, dsr_trust_of(base->facts, base->view, &tuple, &trust));
    fact->trust = (signed char)trust;
  }
  lua_pushstring(L, dsr_trust_word((dsr_trust)fact->trust));
  return 1;
}

static int field_relation(lua_State *L, dsr_lua_fact *fact) {
  dsr_lua_push_str(L, relation_of(L, fact)->name);
  return 1;
}

static int field_arity(lua_State *L, dsr_lua_fact *fact) {
  lua_pushinteger(L, fact->arity);
  return 1;
}

static int field_valid(lua_State *L, dsr_lua_fact *fact) {
  if (fact->time == DSR_WORD_NONE) return 0;
  relation_of(L, fact); /* makes ready to read */
  dsr_lua_push_word(L, push_fact_home(L, 1), fact->time);
  return 1;
}

static int field_certain(lua_State *L, dsr_lua_fact *fact) {
  lua_pushboolean(L, fact->certain);
  return 1;
}

static int field_held(lua_State *L, dsr_lua_fact *fact) {
  if (fact->held == UNSEEN) {
    bool held = false;
    dsr_tuple tuple = tuple_of(fact);
    relation_of(L, fact); /* makes ready to read */
    dsr_lua_try(L, fact->home, dsr_view_holds(fact->home->base->view, &tuple, &held));
    fact->held = held;
  }
  lua_pushboolean(L, fact->held);
  return 1;
}

static int field_occurs(lua_State *L, dsr_lua_fact *fact) {
  const dsr_relation *relation = relation_of(L, fact);
  lua_pushboolean(L, relation->occurs || relation->once);
  return 1;
}

static int field_text(lua_State *L, dsr_lua_fact *fact) {
  dsr_lua_push_text(L, 1, fact);
  return 1;
}

/* fact:history() -> claims */
static int fact_history(lua_State *L) {
  const dsr_lua_fact *fact = dsr_lua_check_fact(L, 1);
  dsr_tuple tuple = tuple_of(fact);
  relation_of(L, fact); /* makes ready to read */
  int index = push_fact_home(L, 1);
  dsr_lua_push_text(L, 1, fact);
  dsr_lua_push_history(L, index, &tuple);
  return 1;
}

static int field_history(lua_State *L, dsr_lua_fact *fact) {
  (void)fact;
  lua_pushcfunction(L, fact_history);
  return 1;
}

static const struct field {
  const char *name;
  int (*push)(lua_State *L, dsr_lua_fact *fact);
} fields[] = {{"valid", field_valid},     {"relation", field_relation},
              {"claims", field_claims},   {"support", field_support},
              {"trust", field_trust},     {"text", field_text},
              {"held", field_held},       {"arity", field_arity},
              {"certain", field_certain}, {"history", field_history},
              {"occurs", field_occurs},   {NULL, NULL}};

static int fact_column(lua_State *L, const dsr_lua_fact *fact) {
  lua_Integer i = lua_tointeger(L, 2);
  if (i < 1 || i > fact->arity) return 0;
  dsr_lua_push_word(L, push_fact_home(L, 1), fact->args[i - 1]);
  return 1;
}

/* fact[i], fact.field.  Upvalues: the places of fields by name, the metatable. */
static int fact_index(lua_State *L) {
  bool sure = lua_getmetatable(L, 1) && lua_rawequal(L, -1, lua_upvalueindex(2));
  lua_settop(L, 2);
  dsr_lua_fact *fact =
      sure ? lua_touserdata(L, 1) : luaL_checkudata(L, 1, DSR_LUA_FACT);
  dsr_lua_check_alive(L, fact->home);
  dsr_lua_check_txn(L, fact->home, fact->txn);
  if (lua_isinteger(L, 2)) return fact_column(L, fact);
  luaL_checkstring(L, 2);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNUMBER) return 0;
  lua_Integer place = lua_tointeger(L, -1);
  lua_settop(L, 2);
  return fields[place].push(L, fact);
}

/* Give the metatable on top its __index. */
static void set_index(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; fields[i].name != NULL; i++) {
    lua_pushinteger(L, i);
    lua_setfield(L, -2, fields[i].name);
  }
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, fact_index, 2);
  lua_setfield(L, -2, "__index");
}

/* ---- order and equality ---------------------------------------------------------- */

static int fact_len(lua_State *L) {
  return field_arity(L, luaL_checkudata(L, 1, DSR_LUA_FACT));
}

static int fact_eq(lua_State *L) {
  const dsr_lua_fact *a = test_fact(L, 1), *b = test_fact(L, 2);
  lua_pushboolean(L, a != NULL && b != NULL && dsr_lua_same_fact(a, b));
  return 1;
}

/* By relation, columns, time: total, and the same in every run. */
static int compare_facts(lua_State *L) {
  const dsr_lua_fact *a = dsr_lua_check_fact(L, 1), *b = dsr_lua_check_fact(L, 2);
  if (dsr_lua_root(a->home) != dsr_lua_root(b->home)) {
    luaL_error(L, "facts of two bases have no order");
  }
  dsr_symbols *symbols = dsr_lua_symbols(a->home);
  int order = dsr_str_cmp(relation_of(L, a)->name, relation_of(L, b)->name);
  if (order == 0) order = a->arity - b->arity;
  for (int i = 0; i < a->arity && order == 0; i++) {
    dsr_lua_try(L, a->home, dsr_value_compare(symbols, a->args[i], b->args[i], &order));
  }
  if (order == 0) {
    dsr_lua_try(L, a->home, dsr_value_compare(symbols, a->time, b->time, &order));
  }
  return order;
}

static int fact_lt(lua_State *L) {
  lua_pushboolean(L, compare_facts(L) < 0);
  return 1;
}

static int fact_le(lua_State *L) {
  lua_pushboolean(L, compare_facts(L) <= 0);
  return 1;
}

static int fact_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

void dsr_lua_open_fact(lua_State *L) {
  static const luaL_Reg fact[] = {{"__tostring", fact_tostring},
                                  {"__len", fact_len},
                                  {"__eq", fact_eq},
                                  {"__lt", fact_lt},
                                  {"__le", fact_le},
                                  {"__concat", fact_concat},
                                  {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_FACT, fact, NULL);
  luaL_getmetatable(L, DSR_LUA_FACT);
  set_index(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &meta_key);
}
