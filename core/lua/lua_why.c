/*
** lua_why.c - kb:why: a proof as a tree of tables, and such a tree written out.
**
** Steps come in order, each with its depth; the tables of those that are still open stand
** on the stack, a list of children for each.  To be written out, a tree (or a part of one,
** or what a script made of it) becomes steps again, whose strings its tables hold.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

/* The userdata that holds the steps while tables are made of them. */
#define ACCOUNT "dossier.Account"

static int account_free(lua_State *L) {
  dsr_why_free(luaL_checkudata(L, 1, ACCOUNT));
  return 0;
}

/* "article background/2", as reports cite it. */
static void push_citation(lua_State *L, const dsr_why_claim *claim) {
  dsr_lua_push_str(L, claim->source);
  if (claim->locator.len == 0) return;
  lua_pushliteral(L, " ");
  dsr_lua_push_str(L, claim->locator);
  lua_concat(L, 3);
}

static void push_claim(lua_State *L, const dsr_why_claim *claim) {
  lua_createtable(L, 0, 10);
  dsr_lua_set_str(L, "text", claim->text);
  dsr_lua_set_str(L, "fact", claim->fact);
  dsr_lua_set_str(L, "source", claim->source);
  dsr_lua_set_str(L, "locator", claim->locator);
  dsr_lua_set_str(L, "speaker", claim->speaker);
  dsr_lua_set_str(L, "grade", claim->grade);
  dsr_lua_set_str(L, "kind", claim->kind);
  lua_pushboolean(L, claim->denies);
  lua_setfield(L, -2, "denies");
  dsr_lua_set_str(L, "verb", dsr_str_of(claim->denies ? "denies" : "asserts"));
  push_citation(L, claim);
  lua_setfield(L, -2, "citation");
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
  lua_pushstring(L, dsr_why_kind_word(step->kind));
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

/* "joined/2": its arity, and *name without it; -1 where it has none. */
static int split_arity(dsr_str *name) {
  if (name->len < 3 || name->data[name->len - 2] != '/') return -1;
  char digit = name->data[name->len - 1];
  if (digit < '0' || digit > '0' + DSR_ARITY_MAX) return -1;
  name->len -= 2;
  return digit - '0';
}

/* The name of a relation as programs have it, pushed. */
static void push_name(lua_State *L, dsr_str name) {
  dsr_lua_push_str(L, name);
  if (name.len > 0 && name.data[0] == '<') return;
  if (is_plain(lua_tostring(L, -1))) return;
  push_quoted(L, lua_tostring(L, -1), '\'');
  lua_remove(L, -2);
}

/* What is to be explained, as text: given so, a fact, or a relation and its columns; one
** value more than "joined/2" has columns is the time. */
static dsr_str check_asked(lua_State *L) {
  luaL_Buffer b;
  int n = lua_gettop(L);
  if (luaL_testudata(L, 2, DSR_LUA_FACT) != NULL) {
    dsr_lua_push_text(L, 2, dsr_lua_check_fact(L, 2));
    return dsr_lua_check_str(L, -1);
  }
  dsr_str name = dsr_lua_check_str(L, 2);
  int arity = split_arity(&name), columns = n - 2;
  if (n == 2 && arity != 0) return dsr_lua_check_str(L, 2);
  if (arity >= 0 && columns == arity + 1) columns = arity;
  if (arity >= 0 && columns != arity) {
    luaL_error(L, "%s takes %d value%s, and perhaps a time; came %d",
               lua_tostring(L, 2), arity, arity == 1 ? "" : "s", columns);
  }
  luaL_checkstack(L, n + 8, NULL);
  for (int i = 3; i <= n; i++) push_argument(L, i);
  if (arity >= 0) {
    push_name(L, name);
  } else {
    dsr_lua_push_str(L, name);
  }
  luaL_buffinit(L, &b);
  luaL_addstring(&b, lua_tostring(L, n + n - 1));
  for (int i = 3; i < 3 + columns; i++) {
    luaL_addstring(&b, i == 3 ? "(" : ", ");
    luaL_addstring(&b, lua_tostring(L, n + i - 2));
  }
  if (columns > 0) luaL_addchar(&b, ')');
  if (n > 2 + columns) {
    luaL_addstring(&b, " @ ");
    luaL_addstring(&b, lua_tostring(L, n + n - 2));
  }
  luaL_pushresult(&b);
  return dsr_lua_check_str(L, -1);
}

/* kb:why(fact) | kb:why(relation, ...) -> proof | nil, message, code */
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
  lua_setfield(L, -2, "holds");
  return 1;
}

/* ---- written out --------------------------------------------------------------------- */

/* Field `name` of the table on top as text that the table holds; none where it has none. */
static dsr_str text_field(lua_State *L, const char *name) {
  dsr_str text = {NULL, 0};
  if (lua_getfield(L, -1, name) == LUA_TSTRING) text = dsr_lua_check_str(L, -1);
  lua_pop(L, 1);
  return text;
}

static dsr_why_kind kind_of(lua_State *L) {
  dsr_str word = text_field(L, "kind");
  for (int kind = DSR_WHY_FACT; kind <= DSR_WHY_FAILS; kind++) {
    if (dsr_str_is(word, dsr_why_kind_word((dsr_why_kind)kind)))
      return (dsr_why_kind)kind;
  }
  luaL_error(L, "a step of a proof is of the kind \"%s\"; see dossier.Proof",
             word.data != NULL ? word.data : "nil");
  return DSR_WHY_FACT;
}

/* The claims of the step on top. */
static void take_claims(lua_State *L, dsr_arena *arena, dsr_why_step *step) {
  if (lua_getfield(L, -1, "claims") == LUA_TTABLE) {
    int n = (int)lua_rawlen(L, -1);
    dsr_why_claim *claims = dsr_arena_alloc(arena, (size_t)(n + 1) * sizeof *claims);
    if (claims == NULL) luaL_error(L, "out of memory");
    for (int i = 0; i < n; i++) {
      lua_rawgeti(L, -1, i + 1);
      luaL_checktype(L, -1, LUA_TTABLE);
      claims[i] = (dsr_why_claim){.text = text_field(L, "text"),
                                  .fact = text_field(L, "fact"),
                                  .source = text_field(L, "source"),
                                  .locator = text_field(L, "locator"),
                                  .speaker = text_field(L, "speaker"),
                                  .grade = text_field(L, "grade"),
                                  .kind = text_field(L, "kind")};
      lua_getfield(L, -1, "denies");
      claims[i].denies = lua_toboolean(L, -1);
      lua_pop(L, 2);
    }
    step->claims = claims;
    step->n_claims = n;
  }
  lua_pop(L, 1);
}

/* The step on top, `depth` deep, and those that it rests on. */
static void take_step(lua_State *L, dsr_account *why, int depth) {
  dsr_why_step step = {.depth = depth};
  luaL_checktype(L, -1, LUA_TTABLE);
  if (depth > DSR_WHY_DEPTH + 1) luaL_error(L, "too deep a proof");
  luaL_checkstack(L, 20, "too deep a proof");
  step.kind = kind_of(L);
  step.text = text_field(L, "fact");
  step.how = text_field(L, "how");
  step.trust = text_field(L, "trust");
  if (lua_getfield(L, -1, "rule") == LUA_TTABLE) {
    step.rule = text_field(L, "text");
    step.file = text_field(L, "file");
    lua_getfield(L, -1, "line");
    step.line = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  take_claims(L, &why->arena, &step);
  if (!VEC_PUSH(&why->steps, step)) luaL_error(L, "out of memory");
  if (lua_getfield(L, -1, "children") == LUA_TTABLE) {
    lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= n; i++) {
      lua_rawgeti(L, -1, i);
      take_step(L, why, depth + 1);
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
}

/* The proof at 1, written out, pushed. */
static void push_written(lua_State *L, dsr_why_format format) {
  dsr_account *why = lua_newuserdatauv(L, sizeof *why, 0);
  *why = (dsr_account){0};
  luaL_setmetatable(L, ACCOUNT);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  dsr_bytes out = {0};
  lua_pushvalue(L, 1);
  take_step(L, why, 0);
  bool fine = dsr_why_put(why->steps.items, why->steps.len, format, &out);
  *bag = (dsr_lua_bag){out.items, out.len, out.cap}; /* which the stack holds */
  if (!fine) luaL_error(L, "out of memory");
  size_t len = out.len;
  if (len > 0 && out.items[len - 1] == '\n') len--;
  lua_pushlstring(L, (const char *)out.items, len);
}

/* proof:render(format) -> text */
static int proof_render(lua_State *L) {
  static const char *const names[] = {"text", "json", "md"};
  luaL_checktype(L, 1, LUA_TTABLE);
  const char *name = luaL_optstring(L, 2, names[0]);
  int format = 0;
  while (format < 3 && strcmp(name, names[format]) != 0) format++;
  if (format == 3) {
    return luaL_error(L, "no format %s of a proof; there are text, json and md", name);
  }
  lua_settop(L, 1);
  push_written(L, (dsr_why_format)(DSR_WHY_TEXT + format));
  return 1;
}

/* tostring(proof) */
static int proof_tostring(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_written(L, DSR_WHY_TEXT);
  return 1;
}

const luaL_Reg dsr_lua_why_methods[] = {{"why", base_why}, {NULL, NULL}};

void dsr_lua_open_why(lua_State *L) {
  static const luaL_Reg account[] = {
      {"__gc", account_free}, {"__close", account_free}, {NULL, NULL}};
  static const luaL_Reg proof[] = {{"__tostring", proof_tostring}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"render", proof_render}, {NULL, NULL}};
  dsr_lua_class(L, ACCOUNT, account, NULL);
  dsr_lua_class(L, DSR_LUA_PROOF, proof, methods);
}
