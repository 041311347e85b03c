/*
** lua_change.c - writing from Lua: kb:transaction and what its function can do.
**
** Inside the function every failure is an error: one that nobody catches rolls all of
** the transaction back.  The transaction is known by its number in its root home, so
** that what was read in it can be told apart if it is undone.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

/* The userdata DSR_LUA_TX; user value 1 is its home. */
typedef struct lua_tx {
  dsr_lua_home *home;
  uint32_t number; /* the home's `open_txn` while it is open */
} lua_tx;

/* ---- what is written ------------------------------------------------------------- */

static const char *const claim_keys[] = {"valid",     "source",     "locator",
                                         "kind",      "speaker",    "grade",
                                         "quotation", "confidence", NULL};

static dsr_kind check_kind(lua_State *L, const char *word) {
  dsr_kind kind = DSR_STATED;
  if (dsr_kind_named(dsr_str_of(word), &kind)) return kind;
  dsr_nearest race;
  dsr_nearest_start(&race, dsr_str_of(word));
  for (int i = DSR_STATED; i <= DSR_ASSESSED; i++) {
    dsr_nearest_offer(&race, dsr_str_of(dsr_kind_word((dsr_kind)i)));
  }
  if (race.best.len > 0) {
    luaL_error(L, "there is no kind \"%s\"; did you mean \"%s\"?", word,
               race.best.data);
  }
  luaL_error(L, "there is no kind \"%s\"; there are stated, attributed, assessed",
             word);
  return kind;
}

static void check_confidence(lua_State *L, int arg, dsr_claim *claim) {
  int number;
  int type = lua_getfield(L, arg, "confidence");
  claim->confidence = lua_tonumberx(L, -1, &number);
  claim->has_confidence = type != LUA_TNIL;
  if (type != LUA_TNIL && (type != LUA_TNUMBER || !number)) {
    luaL_error(L, "option \"confidence\" takes a number; came a %s",
               luaL_typename(L, -1));
  }
  lua_pop(L, 1);
}

/* The claim and the time in the table at `arg`; the stack keeps their strings. */
static void check_claim(lua_State *L, int arg, dsr_claim *claim, dsr_str *valid) {
  *claim = (dsr_claim){0};
  *valid = (dsr_str){NULL, 0};
  if (lua_isnoneornil(L, arg)) return;
  dsr_lua_check_keys(L, arg, claim_keys);
  *valid = dsr_str_of(dsr_lua_option(L, arg, "valid", false));
  claim->source = dsr_str_of(dsr_lua_option(L, arg, "source", false));
  claim->locator = dsr_str_of(dsr_lua_option(L, arg, "locator", false));
  claim->speaker = dsr_str_of(dsr_lua_option(L, arg, "speaker", false));
  claim->grade = dsr_str_of(dsr_lua_option(L, arg, "grade", true));
  claim->quotation = dsr_str_of(dsr_lua_option(L, arg, "quotation", false));
  const char *kind = dsr_lua_option(L, arg, "kind", false);
  if (kind != NULL) claim->kind = check_kind(L, kind);
  if (kind == NULL && claim->speaker.len > 0) claim->kind = DSR_ATTRIBUTED;
  check_confidence(L, arg, claim);
}

/* A plain string where nothing says whether it is an entity or a text: the relation has
** no such declaration, or none with that many columns. */
static void undecided(lua_State *L, dsr_lua_home *home, dsr_str relation, int n, int i,
                      dsr_str text) {
  int arity;
  dsr_str near = dsr_relation_nearest(dsr_lua_facts(home), relation, &arity);
  if (arity >= 0 && arity != n) {
    luaL_error(L, "no relation %s/%d: %s has %d columns", near.data, n, near.data,
               arity);
  }
  luaL_error(
      L,
      "nothing declares column %d of %s/%d an entity or a text, so \"%s\" may be "
      "either; declare the relation, or write dossier.entity(\"%s\") or "
      "dossier.text(\"%s\")",
      i + 1, relation.data, n, text.data, text.data, text.data);
}

/* A value for column `i`: the declared type decides what a plain string is. */
static void check_column(lua_State *L, dsr_lua_home *home, dsr_str name, int n, int i,
                         dsr_lua_value *out) {
  const dsr_relation *relation = dsr_relation_find(dsr_lua_facts(home), name, n);
  dsr_domain domain = relation != NULL ? relation->types[i] : DSR_COL_ANY;
  dsr_lua_check_value(L, home, -1, "a column", out);
  if (!out->plain) return;
  if (domain == DSR_COL_ANY) undecided(L, home, name, n, i, out->value.text);
  if (domain == DSR_COL_ENTITY) out->value.type = DSR_ENTITY;
  if (domain == DSR_COL_TIME) out->value.type = DSR_TIME;
}

/* How many columns the list at `arg` has: a hole or a name in it is an error. */
static int check_length(lua_State *L, int arg) {
  luaL_checktype(L, arg, LUA_TTABLE);
  size_t n = lua_rawlen(L, arg), keys = 0;
  if (n > DSR_ARITY_MAX) {
    luaL_error(L, "a fact has at most %d columns; came %d", DSR_ARITY_MAX, (int)n);
  }
  for (lua_pushnil(L); lua_next(L, arg) != 0; lua_pop(L, 1)) keys++;
  if (keys != n) luaL_error(L, "the columns must be a list without holes or names");
  return (int)n;
}

/* "joined/2" is taken as "joined" where there are two columns. */
static dsr_str check_name(lua_State *L, int arg, int n) {
  dsr_str name = dsr_lua_check_str(L, arg);
  if (name.len < 3 || name.data[name.len - 2] != '/') return name;
  if (name.data[name.len - 1] != '0' + n) {
    luaL_error(L, "%s: came %d columns", name.data, n);
  }
  lua_pushlstring(L, name.data, name.len - 2);
  lua_replace(L, arg);
  return dsr_lua_check_str(L, arg);
}

/* The transaction at `arg`, still open. */
static lua_tx *check_tx(lua_State *L, int arg) {
  lua_tx *tx = luaL_checkudata(L, arg, DSR_LUA_TX);
  dsr_lua_check_alive(L, tx->home);
  if (tx->home->open_txn != tx->number) luaL_error(L, "the transaction is over");
  return tx;
}

/* Does the claim at `arg` say that it is stated?  Unsaid is the same to the core. */
static bool says_stated(lua_State *L, int arg) {
  if (lua_isnil(L, arg)) return false;
  bool said = lua_getfield(L, arg, "kind") == LUA_TSTRING &&
              strcmp(lua_tostring(L, -1), dsr_kind_word(DSR_STATED)) == 0;
  lua_pop(L, 1);
  return said;
}

/* A fact's values, on the stack and here. */
typedef struct columns {
  dsr_lua_value values[DSR_ARITY_MAX];
  dsr_value args[DSR_ARITY_MAX];
} columns;

/* The transaction at 1, and the fact of the relation at 2 and the list at 3; with the
** table at 4 the stack has four places. */
static dsr_lua_home *check_fact(lua_State *L, columns *room, dsr_fact *fact) {
  lua_settop(L, 4);
  dsr_lua_home *home = check_tx(L, 1)->home;
  *fact = (dsr_fact){.arity = check_length(L, 3)};
  fact->relation = check_name(L, 2, fact->arity);
  fact->args = room->args;
  luaL_checkstack(L, DSR_ARITY_MAX + 20, NULL);
  for (int i = 0; i < fact->arity; i++) {
    lua_rawgeti(L, 3, i + 1);
    check_column(L, home, fact->relation, fact->arity, i, &room->values[i]);
    room->args[i] = room->values[i].value;
  }
  return home;
}

/* Whether something changed; raises where it failed. */
static int push_changed(lua_State *L, dsr_lua_home *home, dsr_status rc) {
  dsr_lua_try(L, home, rc);
  lua_pushboolean(L, rc != DSR_NOTHING);
  return 1;
}

/* tx:verb(relation, args, claim) -> whether something changed */
static int change(lua_State *L, dsr_change what) {
  columns room;
  dsr_claim claim;
  dsr_fact fact;
  dsr_lua_home *home = check_fact(L, &room, &fact);
  check_claim(L, 4, &claim, &fact.valid);
  bool any = what == DSR_CHANGE_RETRACT && lua_isnil(L, 4);
  if (what == DSR_CHANGE_RETRACT && says_stated(L, 4)) what = DSR_CHANGE_RETRACT_STATED;
  dsr_status rc = dsr_base_change(home->base, what, &fact, any ? NULL : &claim);
  return push_changed(L, home, rc);
}

static int tx_add(lua_State *L) { return change(L, DSR_CHANGE_ADD); }
static int tx_deny(lua_State *L) { return change(L, DSR_CHANGE_DENY); }
static int tx_retract(lua_State *L) { return change(L, DSR_CHANGE_RETRACT); }

static const char *const verdict_keys[] = {"valid", "because", "by", "of", NULL};

/* tx:verb(relation, args, verdict) -> whether something changed */
static int judge(lua_State *L, dsr_judgement what) {
  columns room;
  dsr_verdict verdict = {0};
  dsr_fact fact;
  dsr_lua_home *home = check_fact(L, &room, &fact);
  if (!lua_isnil(L, 4)) {
    dsr_lua_check_keys(L, 4, verdict_keys);
    fact.valid = dsr_str_of(dsr_lua_option(L, 4, "valid", false));
    verdict.because = dsr_str_of(dsr_lua_option(L, 4, "because", false));
    verdict.by = dsr_str_of(dsr_lua_option(L, 4, "by", false));
    verdict.of = dsr_str_of(dsr_lua_option(L, 4, "of", false));
  }
  return push_changed(L, home, dsr_base_judge(home->base, what, &fact, &verdict));
}

static int tx_prefer(lua_State *L) { return judge(L, DSR_JUDGE_PREFER); }
static int tx_deprecate(lua_State *L) { return judge(L, DSR_JUDGE_DEPRECATE); }
static int tx_withdraw(lua_State *L) { return judge(L, DSR_JUDGE_WITHDRAW); }

/* ---- kb:transaction -------------------------------------------------------------- */

/* A transaction that was left open, as by a failed allocation, is undone. */
static int tx_gc(lua_State *L) {
  lua_tx *tx = luaL_checkudata(L, 1, DSR_LUA_TX);
  dsr_lua_home *home = tx->home;
  if (home == NULL || home->base == NULL || tx->number == 0) return 0;
  if (home->open_txn != tx->number) return 0;
  dsr_facts_rollback(dsr_lua_facts(home));
  dsr_lua_mark_lost(home);
  return 0;
}

static lua_tx *push_tx(lua_State *L, int index) {
  lua_tx *tx = lua_newuserdatauv(L, sizeof *tx, 1);
  *tx = (lua_tx){lua_touserdata(L, index), 0};
  lua_pushvalue(L, index);
  lua_setiuservalue(L, -2, 1);
  luaL_setmetatable(L, DSR_LUA_TX);
  return tx;
}

static dsr_status begin(lua_tx *tx) {
  dsr_lua_home *home = tx->home;
  TRY(dsr_base_writable(home->base));
  if (!VEC_RESERVE(&home->lost, 1)) return dsr_fail_memory(home->base->error);
  TRY(dsr_facts_begin(dsr_lua_facts(home)));
  tx->number = home->open_txn = ++home->txns;
  return DSR_OK;
}

/* The function went well: what it returned stands from `first` on. */
static int land(lua_State *L, dsr_lua_home *home, int first) {
  dsr_status rc = dsr_facts_commit(dsr_lua_facts(home));
  if (rc < 0) {
    dsr_lua_mark_lost(home);
    return dsr_lua_fail(L, home, rc);
  }
  home->open_txn = 0;
  return lua_gettop(L) - first + 1;
}

/* kb:transaction(f) -> what f returned | nil, message, code */
static int base_transaction(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  if (home->open_txn != 0) return luaL_error(L, "a transaction is open already");
  lua_tx *tx = push_tx(L, 1);
  dsr_status rc = begin(tx);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 3);
  int failed = lua_pcall(L, 1, LUA_MULTRET, 0);
  bool open = home->base != NULL && home->open_txn == tx->number;
  if (!failed && open) return land(L, home, 4);
  if (open) {
    dsr_facts_rollback(dsr_lua_facts(home));
    dsr_lua_mark_lost(home);
  }
  return failed ? lua_error(L)
                : luaL_error(L, "the base was closed in its transaction");
}

const luaL_Reg dsr_lua_change_methods[] = {{"transaction", base_transaction},
                                           {NULL, NULL}};

void dsr_lua_open_change(lua_State *L) {
  static const luaL_Reg tx[] = {{"__gc", tx_gc}, {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"add", tx_add},       {"deny", tx_deny},           {"retract", tx_retract},
      {"prefer", tx_prefer}, {"deprecate", tx_deprecate}, {"withdraw", tx_withdraw},
      {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_TX, tx, methods);
}
