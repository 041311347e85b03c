/*
** lua_fact.c - facts as Lua objects, and the claims on them.
**
** A fact keeps its words and the home that it was read from; what its columns, claims
** and trust are is looked up when asked for.  Claims, support and trust stay as they
** were first seen.  A fact read in a transaction that was rolled back says so: its
** words may mean something else by now.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

typedef struct lua_fact {
  dsr_lua_home *home; /* user value 1 keeps it */
  uint64_t txn;       /* the transaction that was open in Lua, or 0 */
  dsr_word time;
  uint32_t relation;
  int arity;
  bool certain;
  dsr_word args[];
} lua_fact;

enum { FACT_HOME = 1, FACT_SEEN };

void dsr_lua_push_fact(lua_State *L, int home, const dsr_tuple *tuple, bool certain) {
  size_t args = (size_t)tuple->arity * sizeof(dsr_word);
  lua_fact *fact = lua_newuserdatauv(L, sizeof *fact + args, FACT_SEEN);
  fact->home = lua_touserdata(L, home);
  fact->txn = dsr_lua_root(fact->home)->open_txn;
  fact->time = tuple->time;
  fact->relation = tuple->relation;
  fact->arity = tuple->arity;
  fact->certain = certain;
  memcpy(fact->args, tuple->args, args);
  lua_pushvalue(L, home);
  lua_setiuservalue(L, -2, FACT_HOME);
  luaL_setmetatable(L, DSR_LUA_FACT);
}

/* The fact at `arg`, its home open and its words still good. */
static const lua_fact *check_fact(lua_State *L, int arg) {
  const lua_fact *fact = luaL_checkudata(L, arg, DSR_LUA_FACT);
  dsr_lua_check_alive(L, fact->home);
  dsr_lua_check_txn(L, fact->home, fact->txn);
  return fact;
}

static dsr_tuple tuple_of(const lua_fact *fact) {
  dsr_tuple tuple = {
      .relation = fact->relation, .arity = fact->arity, .time = fact->time};
  memcpy(tuple.args, fact->args, (size_t)fact->arity * sizeof *fact->args);
  return tuple;
}

static bool same_tuple(const dsr_tuple *a, const dsr_tuple *b) {
  return a->relation == b->relation && a->arity == b->arity && a->time == b->time &&
         memcmp(a->args, b->args, (size_t)a->arity * sizeof *a->args) == 0;
}

static const dsr_relation *relation_of(lua_State *L, const lua_fact *fact) {
  dsr_lua_try(L, fact->home, dsr_facts_read(dsr_lua_facts(fact->home), false));
  const dsr_relation *found =
      dsr_relation_get(dsr_lua_facts(fact->home), fact->relation);
  if (found == NULL) luaL_error(L, "the fact's relation is not there any more");
  return found;
}

/* The home of the fact at 1 is pushed; its index. */
static int push_fact_home(lua_State *L) {
  lua_getiuservalue(L, 1, FACT_HOME);
  return lua_gettop(L);
}

/* ---- a fact in words ------------------------------------------------------------- */

/* A column as people read it: an entity's label, a text's string, a time as written. */
static dsr_status display(dsr_lua_home *home, dsr_word word,
                          char scratch[DSR_WORD_TEXT], dsr_str *out) {
  dsr_value value;
  int tag = dsr_word_tag(word);
  if (tag == DSR_TAG_ENTITY) return dsr_lua_label(home, word, out);
  if (tag < DSR_TAG_ENTITY) {
    *out = (dsr_str){scratch, (size_t)dsr_word_format(word, scratch)};
    return DSR_OK;
  }
  TRY(dsr_word_value(dsr_lua_symbols(home), word, scratch, &value));
  *out = value.text;
  return DSR_OK;
}

static void add_column(lua_State *L, luaL_Buffer *words, const lua_fact *fact, int i) {
  char scratch[DSR_WORD_TEXT];
  dsr_str text;
  dsr_lua_try(L, fact->home, display(fact->home, fact->args[i], scratch, &text));
  luaL_addlstring(words, text.data, text.len);
}

/* "{1} joined {2}" with the columns in their places. */
static void add_phrase(lua_State *L, luaL_Buffer *words, const lua_fact *fact,
                       dsr_str phrase) {
  for (size_t at = 0; at < phrase.len; at++) {
    int i = at + 2 < phrase.len ? phrase.data[at + 1] - '1' : -1;
    bool place = phrase.data[at] == '{' && i >= 0 && i < fact->arity &&
                 phrase.data[at + 2] == '}';
    if (place) {
      add_column(L, words, fact, i);
      at += 2;
    } else {
      luaL_addchar(words, phrase.data[at]);
    }
  }
}

/* tostring(fact) */
static int fact_tostring(lua_State *L) {
  const lua_fact *fact = check_fact(L, 1);
  const dsr_relation *relation = relation_of(L, fact);
  dsr_str name = relation->name, phrase = relation->phrase;
  luaL_Buffer words;
  luaL_buffinit(L, &words);
  if (phrase.len > 0) {
    add_phrase(L, &words, fact, phrase);
  } else {
    luaL_addlstring(&words, name.data, name.len);
    for (int i = 0; i < fact->arity; i++) {
      luaL_addstring(&words, i == 0 ? "(" : ", ");
      add_column(L, &words, fact, i);
    }
    if (fact->arity > 0) luaL_addchar(&words, ')');
  }
  luaL_pushresult(&words);
  return 1;
}

/* A tuple in the language, pushed. */
static void push_written(lua_State *L, dsr_lua_home *home, const dsr_tuple *tuple) {
  dsr_str text;
  dsr_arena *arena = dsr_lua_push_arena(L);
  dsr_lua_try(L, home, dsr_tuple_write(dsr_lua_facts(home), tuple, arena, &text));
  dsr_lua_push_str(L, text);
  lua_remove(L, -2);
  dsr_arena_free(arena);
}

/* ---- claims ---------------------------------------------------------------------- */

/* Takes claims while the core tells of them. */
typedef struct taker {
  dsr_lua_home *home;
  dsr_lua_bag *bag;
  const dsr_tuple *only; /* NULL: claims on any fact */
} taker;

static dsr_status take_claim(void *ud, const dsr_claim_seen *seen) {
  taker *to = ud;
  if (to->only != NULL && !same_tuple(to->only, &seen->on)) return DSR_OK;
  if (dsr_lua_bag_add(to->bag, seen, sizeof *seen)) return DSR_OK;
  return dsr_fail_memory(to->home->base->error);
}

static const char *verb_word(dsr_verb verb) {
  switch (verb) {
    case DSR_DENIES:
      return "denies";
    case DSR_PREFERS:
      return "prefers";
    case DSR_DEPRECATES:
      return "deprecates";
    default:
      return "asserts";
  }
}

/* The source's own reliability, 'a'..'f', or 0. */
static char source_letter(lua_State *L, dsr_lua_home *home, dsr_word source) {
  char scratch[DSR_WORD_TEXT];
  dsr_word letter;
  dsr_value value;
  dsr_status rc = dsr_lua_first(home, DSR_REL_SOURCE_GRADE, source, &letter);
  dsr_lua_try(L, home, rc);
  if (rc != DSR_OK) return 0;
  dsr_lua_try(L, home, dsr_word_value(dsr_lua_symbols(home), letter, scratch, &value));
  return value.text.len == 1 ? value.text.data[0] : 0;
}

/* "b2": as the claim gives it. */
static void set_grade(lua_State *L, dsr_lua_home *home, const dsr_claim_row *claim) {
  char grade[3] = {0};
  size_t n = 0;
  if (claim->reliability != 0) grade[n++] = claim->reliability;
  if (claim->credibility != 0) grade[n++] = claim->credibility;
  if (n > 0) dsr_lua_set_str(L, "grade", (dsr_str){grade, n});
  char letter = claim->reliability;
  if (letter == 0) letter = source_letter(L, home, claim->source);
  if (letter != 0) dsr_lua_set_str(L, "reliability", (dsr_str){&letter, 1});
  if (claim->credibility == 0) return;
  lua_pushinteger(L, claim->credibility - '0');
  lua_setfield(L, -2, "credibility");
}

/* The string of a text word, whatever its language; none where the word is none. */
static dsr_str string_of(lua_State *L, dsr_lua_home *home, dsr_word word,
                         char scratch[DSR_WORD_TEXT]) {
  dsr_value value;
  if (word == DSR_WORD_NONE) return (dsr_str){NULL, 0};
  dsr_lua_try(L, home, dsr_word_value(dsr_lua_symbols(home), word, scratch, &value));
  return value.text;
}

/* "article background/2" */
static void set_citation(lua_State *L, dsr_lua_home *home, const dsr_claim_row *claim) {
  char scratch[DSR_WORD_TEXT], scratch2[DSR_WORD_TEXT];
  dsr_str locator = string_of(L, home, claim->locator, scratch);
  dsr_lua_push_str(L, string_of(L, home, claim->source, scratch2));
  if (locator.len > 0) {
    lua_pushliteral(L, " ");
    dsr_lua_push_str(L, locator);
    lua_concat(L, 3);
  }
  lua_setfield(L, -2, "citation");
}

static void set_transactions(lua_State *L, const dsr_claim_seen *seen) {
  lua_pushinteger(L, (lua_Integer)seen->opened);
  lua_setfield(L, -2, "opened");
  if (seen->closed == 0) return;
  lua_pushinteger(L, (lua_Integer)seen->closed);
  lua_setfield(L, -2, "closed");
}

/* A claim as a table.  `index` is the home's. */
static void push_claim(lua_State *L, int index, const dsr_claim_seen *seen) {
  char scratch[DSR_WORD_TEXT];
  dsr_lua_home *home = lua_touserdata(L, index);
  const dsr_claim_row *claim = seen->claim;
  lua_createtable(L, 0, 16);
  dsr_lua_set_str(L, "verb", dsr_str_of(verb_word(claim->verb)));
  dsr_lua_set_str(L, "kind", dsr_str_of(dsr_kind_word(claim->kind)));
  dsr_lua_set_word(L, index, "source", claim->source);
  dsr_lua_set_str(L, "locator", string_of(L, home, claim->locator, scratch));
  dsr_lua_set_word(L, index, "speaker", claim->speaker);
  dsr_lua_set_str(L, "quotation", string_of(L, home, claim->quotation, scratch));
  dsr_lua_set_word(L, index, "confidence", claim->confidence);
  dsr_lua_set_word(L, index, "target", claim->target);
  dsr_lua_set_word(L, index, "valid", seen->on.time);
  set_grade(L, home, claim);
  set_citation(L, home, claim);
  set_transactions(L, seen);
  push_written(L, home, &seen->on);
  lua_setfield(L, -2, "fact");
  luaL_setmetatable(L, DSR_LUA_CLAIM);
}

/* The bag on top of the stack gives way to a list of its claims. */
static void list_claims(lua_State *L, int index, const dsr_lua_bag *bag) {
  const dsr_claim_seen *seen = bag->items;
  luaL_checkstack(L, 12, NULL);
  lua_createtable(L, (int)bag->len, 0);
  for (size_t i = 0; i < bag->len; i++) {
    push_claim(L, index, &seen[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_remove(L, -2);
}

/* tostring(claim): "article background/2 asserts joined(ukraine, pfp) @ 1994" */
static int claim_tostring(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "citation");
  lua_pushliteral(L, " ");
  lua_getfield(L, 1, "verb");
  lua_pushliteral(L, " ");
  lua_getfield(L, 1, "fact");
  for (int i = 2; i <= 6; i += 2) {
    luaL_tolstring(L, i, NULL); /* the fields are the script's to change */
    lua_replace(L, i);
  }
  lua_concat(L, 5);
  return 1;
}

/* ---- the fields of a fact -------------------------------------------------------- */

static int push_claims(lua_State *L, const lua_fact *fact, bool finer) {
  dsr_tuple tuple = tuple_of(fact);
  int index = push_fact_home(L);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  taker to = {fact->home, bag, finer ? NULL : &tuple};
  dsr_lua_try(L, fact->home,
              dsr_claims_on(dsr_lua_facts(fact->home), fact->home->base->view, &tuple,
                            finer, take_claim, &to));
  list_claims(L, index, bag);
  return 1;
}

static int field_claims(lua_State *L, const lua_fact *fact) {
  return push_claims(L, fact, false);
}

static int field_support(lua_State *L, const lua_fact *fact) {
  return push_claims(L, fact, true);
}

static int field_trust(lua_State *L, const lua_fact *fact) {
  dsr_trust trust = DSR_UNSUPPORTED;
  dsr_tuple tuple = tuple_of(fact);
  dsr_lua_try(
      L, fact->home,
      dsr_trust_of(dsr_lua_facts(fact->home), fact->home->base->view, &tuple, &trust));
  lua_pushstring(L, dsr_trust_word(trust));
  return 1;
}

static int field_relation(lua_State *L, const lua_fact *fact) {
  dsr_lua_push_str(L, relation_of(L, fact)->name);
  return 1;
}

static int field_arity(lua_State *L, const lua_fact *fact) {
  lua_pushinteger(L, fact->arity);
  return 1;
}

static int field_valid(lua_State *L, const lua_fact *fact) {
  if (fact->time == DSR_WORD_NONE) {
    lua_pushnil(L);
  } else {
    dsr_lua_push_word(L, push_fact_home(L), fact->time);
  }
  return 1;
}

static int field_certain(lua_State *L, const lua_fact *fact) {
  lua_pushboolean(L, fact->certain);
  return 1;
}

static int field_held(lua_State *L, const lua_fact *fact) {
  bool held = false;
  dsr_tuple tuple = tuple_of(fact);
  dsr_lua_try(L, fact->home, dsr_view_holds(fact->home->base->view, &tuple, &held));
  lua_pushboolean(L, held);
  return 1;
}

static int field_occurs(lua_State *L, const lua_fact *fact) {
  const dsr_relation *relation = relation_of(L, fact);
  lua_pushboolean(L, relation->occurs || relation->once);
  return 1;
}

static int field_text(lua_State *L, const lua_fact *fact) {
  dsr_tuple tuple = tuple_of(fact);
  push_written(L, fact->home, &tuple);
  return 1;
}

/* fact:history() -> claims */
static int fact_history(lua_State *L) {
  const lua_fact *fact = check_fact(L, 1);
  dsr_tuple tuple = tuple_of(fact);
  relation_of(L, fact); /* also makes ready to read */
  int index = push_fact_home(L);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  taker to = {fact->home, bag, NULL};
  dsr_lua_try(L, fact->home,
              dsr_history_of(dsr_lua_facts(fact->home), &tuple, take_claim, &to));
  list_claims(L, index, bag);
  return 1;
}

static int field_history(lua_State *L, const lua_fact *fact) {
  (void)fact;
  lua_pushcfunction(L, fact_history);
  return 1;
}

static const struct field {
  const char *name;
  int (*push)(lua_State *L, const lua_fact *fact);
  bool kept; /* as first seen */
} fields[] = {{"valid", field_valid, true},      {"relation", field_relation, false},
              {"claims", field_claims, true},    {"support", field_support, true},
              {"trust", field_trust, true},      {"text", field_text, true},
              {"held", field_held, true},        {"arity", field_arity, false},
              {"certain", field_certain, false}, {"history", field_history, false},
              {"occurs", field_occurs, false},   {NULL, NULL, false}};

/* A field that stays as it was first seen, from the table in the user value. */
static int push_kept(lua_State *L, const lua_fact *fact, const struct field *field) {
  if (lua_getiuservalue(L, 1, FACT_SEEN) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, FACT_SEEN);
  }
  int seen = lua_gettop(L);
  if (lua_getfield(L, seen, field->name) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  relation_of(L, fact); /* makes ready to read */
  field->push(L, fact);
  lua_pushvalue(L, -1);
  lua_setfield(L, seen, field->name);
  return 1;
}

static int fact_column(lua_State *L, const lua_fact *fact) {
  lua_Integer i = lua_tointeger(L, 2);
  if (i < 1 || i > fact->arity) return 0;
  dsr_lua_push_word(L, push_fact_home(L), fact->args[i - 1]);
  return 1;
}

/* fact[i], fact.field */
static int fact_index(lua_State *L) {
  const lua_fact *fact = check_fact(L, 1);
  if (lua_isinteger(L, 2)) return fact_column(L, fact);
  const char *key = luaL_checkstring(L, 2);
  for (const struct field *field = fields; field->name != NULL; field++) {
    if (strcmp(field->name, key) != 0) continue;
    return field->kept ? push_kept(L, fact, field) : field->push(L, fact);
  }
  return 0;
}

/* ---- order and equality ---------------------------------------------------------- */

static int fact_len(lua_State *L) {
  return field_arity(L, luaL_checkudata(L, 1, DSR_LUA_FACT));
}

static int fact_eq(lua_State *L) {
  const lua_fact *a = luaL_testudata(L, 1, DSR_LUA_FACT);
  const lua_fact *b = luaL_testudata(L, 2, DSR_LUA_FACT);
  bool same = a != NULL && b != NULL && dsr_lua_root(a->home) == dsr_lua_root(b->home);
  if (same) {
    dsr_tuple left = tuple_of(a), right = tuple_of(b);
    same = same_tuple(&left, &right);
  }
  lua_pushboolean(L, same);
  return 1;
}

/* By relation, columns, time: total, and the same in every run. */
static int compare_facts(lua_State *L) {
  const lua_fact *a = check_fact(L, 1), *b = check_fact(L, 2);
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
  static const luaL_Reg fact[] = {
      {"__index", fact_index},   {"__tostring", fact_tostring},
      {"__len", fact_len},       {"__eq", fact_eq},
      {"__lt", fact_lt},         {"__le", fact_le},
      {"__concat", fact_concat}, {NULL, NULL}};
  static const luaL_Reg claim[] = {{"__tostring", claim_tostring}, {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_FACT, fact, NULL);
  dsr_lua_class(L, DSR_LUA_CLAIM, claim, NULL);
}
