/*
** lua_why.c - kb:why: a proof as a tree of tables.
**
** Steps come in order, each with its depth; the tables of those that are still open stand
** on the stack, a list of children for each.
*/
#include "ground/text.h"
#include "lua/lua_aid.h"

/* The userdata that holds the steps while tables are made of them. */
#define ACCOUNT "dossier.Account"

static int account_free(lua_State *L) {
  dsr_why_free(luaL_checkudata(L, 1, ACCOUNT));
  return 0;
}

static const char *kind_word(dsr_why_kind kind) {
  static const char *const words[] = {[DSR_WHY_FACT] = "fact",
                                      [DSR_WHY_TABLE] = "table",
                                      [DSR_WHY_DERIVED] = "derived",
                                      [DSR_WHY_SAME] = "same",
                                      [DSR_WHY_AGGREGATE] = "aggregate",
                                      [DSR_WHY_ROW] = "row",
                                      [DSR_WHY_NOT] = "not",
                                      [DSR_WHY_COMPUTED] = "computed",
                                      [DSR_WHY_QUESTION] = "question",
                                      [DSR_WHY_AGAIN] = "again",
                                      [DSR_WHY_MORE] = "more",
                                      [DSR_WHY_ABSENT] = "absent",
                                      [DSR_WHY_TRIED] = "tried",
                                      [DSR_WHY_FAILS] = "fails"};
  return words[kind];
}

static void push_claim(lua_State *L, const dsr_why_claim *claim) {
  lua_createtable(L, 0, 8);
  dsr_lua_set_str(L, "text", claim->text);
  dsr_lua_set_str(L, "fact", claim->fact);
  dsr_lua_set_str(L, "source", claim->source);
  dsr_lua_set_str(L, "locator", claim->locator);
  dsr_lua_set_str(L, "speaker", claim->speaker);
  dsr_lua_set_str(L, "grade", claim->grade);
  dsr_lua_set_str(L, "kind", claim->kind);
  lua_pushboolean(L, claim->denies);
  lua_setfield(L, -2, "denies");
}

static void push_claims(lua_State *L, const dsr_why_step *step) {
  lua_createtable(L, step->n_claims, 0);
  for (int i = 0; i < step->n_claims; i++) {
    push_claim(L, &step->claims[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "claims");
}

static void push_rule(lua_State *L, const dsr_why_step *step) {
  if (step->rule.len == 0) return;
  lua_createtable(L, 0, 3);
  dsr_lua_set_str(L, "text", step->rule);
  dsr_lua_set_str(L, "file", step->file);
  lua_pushinteger(L, step->line);
  lua_setfield(L, -2, "line");
  lua_setfield(L, -2, "rule");
}

/* A step's table, and the list of its children, still empty, on top. */
static void push_step(lua_State *L, const dsr_why_step *step) {
  lua_createtable(L, 0, 8);
  luaL_setmetatable(L, DSR_LUA_PROOF);
  lua_pushstring(L, kind_word(step->kind));
  lua_setfield(L, -2, "kind");
  dsr_lua_set_str(L, "fact", step->text);
  dsr_lua_set_str(L, "how", step->how);
  dsr_lua_set_str(L, "trust", step->trust);
  push_rule(L, step);
  push_claims(L, step);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "children");
}

/* The tree of the steps, pushed. */
static void push_tree(lua_State *L, const dsr_account *why) {
  int bottom = lua_gettop(L), depth = 0; /* open steps: a table and a list each */
  for (size_t i = 0; i < why->steps.len; i++) {
    const dsr_why_step *step = &why->steps.items[i];
    if (step->depth < depth) {
      depth = step->depth;
      lua_settop(L, bottom + 2 * depth);
    }
    luaL_checkstack(L, 20, "too deep a proof");
    push_step(L, step);
    if (depth > 0) { /* into the list of the step that it is part of */
      lua_pushvalue(L, -2);
      lua_rawseti(L, bottom + 2 * depth,
                  (lua_Integer)lua_rawlen(L, bottom + 2 * depth) + 1);
    }
    depth++;
  }
  lua_settop(L, bottom + 1);
}

/* A string between marks, with what the language escapes. */
static void push_quoted(lua_State *L, const char *text, char mark) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addchar(&b, mark);
  for (; *text != '\0'; text++) {
    if (*text == mark || *text == '\\') luaL_addchar(&b, '\\');
    if (*text == '\n') {
      luaL_addstring(&b, "\\n");
    } else {
      luaL_addchar(&b, *text);
    }
  }
  luaL_addchar(&b, mark);
  luaL_pushresult(&b);
}

/* Is the name one that needs no marks? */
static bool is_plain(const char *name) {
  if (!(*name >= 'a' && *name <= 'z')) return false;
  for (; *name != '\0'; name++) {
    bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
    if (!letter && !(*name >= '0' && *name <= '9') && *name != '_') return false;
  }
  return true;
}

/* The value at `arg` as programs have it, pushed; nil: anything. */
static void push_argument(lua_State *L, int arg) {
  if (lua_isnoneornil(L, arg)) {
    lua_pushliteral(L, "_");
  } else if (luaL_testudata(L, arg, DSR_LUA_TEXT) != NULL) {
    push_quoted(L, luaL_tolstring(L, arg, NULL), '"');
    lua_remove(L, -2);
  } else if (lua_type(L, arg) == LUA_TSTRING ||
             luaL_testudata(L, arg, DSR_LUA_ENTITY)) {
    if (!dsr_lua_push_spelling(L, arg)) lua_pushvalue(L, arg);
    if (is_plain(lua_tostring(L, -1))) return;
    push_quoted(L, lua_tostring(L, -1), '\'');
    lua_remove(L, -2);
  } else if (!dsr_lua_push_spelling(L, arg)) {
    luaL_tolstring(L, arg, NULL);
  }
}

/* What is to be explained, as text: given so, a fact, or a relation and its columns. */
static dsr_str check_asked(lua_State *L) {
  luaL_Buffer b;
  int n = lua_gettop(L);
  if (luaL_testudata(L, 2, DSR_LUA_FACT) != NULL) {
    dsr_lua_push_text(L, 2, dsr_lua_check_fact(L, 2));
    return dsr_lua_check_str(L, -1);
  }
  dsr_str name = dsr_lua_check_str(L, 2);
  if (n == 2) return name;
  for (int i = 3; i <= n; i++) push_argument(L, i);
  luaL_buffinit(L, &b);
  luaL_addlstring(&b, name.data, name.len);
  for (int i = 3; i <= n; i++) {
    luaL_addstring(&b, i == 3 ? "(" : ", ");
    luaL_addstring(&b, lua_tostring(L, n + i - 2));
  }
  luaL_addchar(&b, ')');
  luaL_pushresult(&b);
  return dsr_lua_check_str(L, -1);
}

/* kb:why(fact) | kb:why(relation, ...) -> proof, holds | nil, message, code */
static int base_why(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str asked = check_asked(L);
  dsr_account *why = lua_newuserdatauv(L, sizeof *why, 0);
  *why = (dsr_account){0};
  luaL_setmetatable(L, ACCOUNT);
  dsr_status rc = dsr_base_why(home->base, asked, why);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  push_tree(L, why);
  lua_pushboolean(L, rc == DSR_OK);
  return 2;
}

/* tostring(proof) */
static int proof_tostring(lua_State *L) {
  if (lua_getfield(L, 1, "fact") == LUA_TSTRING) return 1;
  lua_pushliteral(L, "a rule that gives nothing");
  return 1;
}

const luaL_Reg dsr_lua_why_methods[] = {{"why", base_why}, {NULL, NULL}};

void dsr_lua_open_why(lua_State *L) {
  static const luaL_Reg account[] = {
      {"__gc", account_free}, {"__close", account_free}, {NULL, NULL}};
  static const luaL_Reg proof[] = {{"__tostring", proof_tostring}, {NULL, NULL}};
  dsr_lua_class(L, ACCOUNT, account, NULL);
  dsr_lua_class(L, DSR_LUA_PROOF, proof, NULL);
}
