/*
** lua_claim.c - claims as Lua tables.
**
** Many facts rest on few claims: "article background/2 states it" is one claim of the
** core, made for each fact of a paragraph.  What is the same wherever a claim is met is
** made once, in a table by the claim's number, which the home keeps weakly; the claim
** that a script holds has its own fact, time and transactions, and falls back on that
** table for the rest.  So a claim costs a table of four fields.  It reads as if all were
** its own: pairs() gives all fields, and what a script sets is that one claim's alone.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

enum { FEW = 8 }; /* more claims than most facts have */

/* Takes claims while the core tells of them: a few here, more in a bag. */
typedef struct taker {
  dsr_lua_home *home;
  const dsr_tuple *only; /* NULL: claims on any fact */
  dsr_lua_bag *bag;      /* NULL: what does not fit is counted */
  size_t n;
  dsr_claim_seen few[FEW];
} taker;

static bool same_tuple(const dsr_tuple *a, const dsr_tuple *b) {
  return a->relation == b->relation && a->arity == b->arity && a->time == b->time &&
         memcmp(a->args, b->args, (size_t)a->arity * sizeof *a->args) == 0;
}

static dsr_status take_claim(void *ud, const dsr_claim_seen *seen) {
  taker *to = ud;
  if (to->only != NULL && !same_tuple(to->only, &seen->on)) return DSR_OK;
  size_t at = to->n++;
  if (to->bag != NULL) {
    if (dsr_lua_bag_add(to->bag, seen, sizeof *seen)) return DSR_OK;
    return dsr_fail_memory(to->home->base->error);
  }
  if (at < FEW) to->few[at] = *seen;
  return DSR_OK;
}

/* ---- what all uses of a claim share ---------------------------------------------- */

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

static int claim_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  if (lua_next(L, 1) != 0) return 2;
  lua_pushnil(L);
  return 1;
}

/* pairs(claim): the shared fields become its own. */
static int claim_pairs(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (luaL_getmetafield(L, 1, "__index") == LUA_TTABLE) {
    lua_pushnil(L);
    while (lua_next(L, 2) != 0) {
      lua_pushvalue(L, -2);
      bool own = lua_rawget(L, 1) != LUA_TNIL;
      lua_pop(L, 1);
      lua_pushvalue(L, -2);
      lua_insert(L, -2); /* table, key, key, value */
      if (own) {
        lua_pop(L, 2);
      } else {
        lua_rawset(L, 1);
      }
    }
  }
  lua_pushcfunction(L, claim_next);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
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

/* What is so of the claim whatever it is made on, as a new table.  `index` is the
** home's. */
static void push_shared(lua_State *L, int index, const dsr_claim_row *claim) {
  char scratch[DSR_WORD_TEXT];
  dsr_lua_home *home = lua_touserdata(L, index);
  lua_createtable(L, 0, 12);
  dsr_lua_set_str(L, "verb", dsr_str_of(verb_word(claim->verb)));
  dsr_lua_set_str(L, "kind", dsr_str_of(dsr_kind_word(claim->kind)));
  dsr_lua_set_word(L, index, "source", claim->source);
  dsr_lua_set_str(L, "locator", string_of(L, home, claim->locator, scratch));
  dsr_lua_set_word(L, index, "speaker", claim->speaker);
  dsr_lua_set_str(L, "quotation", string_of(L, home, claim->quotation, scratch));
  dsr_lua_set_word(L, index, "confidence", claim->confidence);
  dsr_lua_set_word(L, index, "target", claim->target);
  set_grade(L, home, claim);
  set_citation(L, home, claim);
}

/* A metatable for the uses of a claim. */
static void push_meta(lua_State *L, int index, const dsr_claim_row *claim) {
  lua_createtable(L, 0, 4);
  luaL_getmetatable(L, DSR_LUA_CLAIM);
  static const char *const shared[] = {"__name", "__tostring", "__pairs"};
  for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
    lua_getfield(L, -1, shared[i]);
    lua_setfield(L, -3, shared[i]);
  }
  lua_pop(L, 1);
  push_shared(L, index, claim);
  lua_setfield(L, -2, "__index");
}

/* An entity that a claim names comes from this home, also where it is met again. */
static void touch(lua_State *L, int index, dsr_word word) {
  if (word == DSR_WORD_NONE) return;
  dsr_lua_push_word(L, index, word);
  lua_pop(L, 1);
}

/* The metatable of the claim, pushed: from the home's at `metas`, once it is there. */
static void push_claim_meta(lua_State *L, int index, int metas,
                            const dsr_claim_seen *seen) {
  if (lua_rawgeti(L, metas, (lua_Integer)seen->number) == LUA_TTABLE) {
    touch(L, index, seen->claim->source);
    touch(L, index, seen->claim->speaker);
    touch(L, index, seen->claim->target);
    return;
  }
  lua_pop(L, 1);
  push_meta(L, index, seen->claim);
  lua_pushvalue(L, -1);
  lua_rawseti(L, metas, (lua_Integer)seen->number);
}

/* ---- claims on a fact ------------------------------------------------------------ */

/* A claim as a table.  `index` is the home's, `text` that of the text of `tuple`. */
static void push_claim(lua_State *L, int index, int metas, int text,
                       const dsr_tuple *tuple, const dsr_claim_seen *seen) {
  dsr_lua_home *home = lua_touserdata(L, index);
  lua_createtable(L, 0, seen->closed == 0 ? 3 : 4);
  if (same_tuple(tuple, &seen->on)) {
    lua_pushvalue(L, text);
  } else {
    dsr_lua_push_written(L, home, &seen->on);
  }
  lua_setfield(L, -2, "fact");
  dsr_lua_set_word(L, index, "valid", seen->on.time);
  lua_pushinteger(L, (lua_Integer)seen->opened);
  lua_setfield(L, -2, "opened");
  if (seen->closed != 0) {
    lua_pushinteger(L, (lua_Integer)seen->closed);
    lua_setfield(L, -2, "closed");
  }
  push_claim_meta(L, index, metas, seen);
  lua_setmetatable(L, -2);
}

/* The text on top of the stack gives way to a list of claims. */
static void list_claims(lua_State *L, int index, const dsr_tuple *tuple,
                        const dsr_claim_seen *seen, size_t n) {
  luaL_checkstack(L, 16, NULL);
  int text = lua_gettop(L);
  dsr_lua_push_kept(L, index, DSR_HOME_CLAIMS);
  int metas = text + 1;
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    push_claim(L, index, metas, text, tuple, &seen[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_replace(L, text);
  lua_settop(L, text);
}

/* Claims by `tell`, into what the stack keeps where they are many. */
static void gather(lua_State *L, int index, const dsr_tuple *tuple, taker *to,
                   dsr_status (*tell)(taker *to, const dsr_tuple *tuple)) {
  dsr_lua_try(L, to->home, tell(to, tuple));
  if (to->n <= FEW) {
    list_claims(L, index, tuple, to->few, to->n);
    return;
  }
  to->bag = dsr_lua_push_bag(L);
  lua_insert(L, -2); /* below the text */
  dsr_lua_try(L, to->home, tell(to, tuple));
  list_claims(L, index, tuple, to->bag->items, to->bag->len);
  lua_remove(L, -2);
}

static dsr_status tell_own(taker *to, const dsr_tuple *tuple) {
  dsr_base *base = to->home->base;
  to->only = tuple;
  return dsr_claims_on(base->facts, base->view, tuple, false, take_claim, to);
}

static dsr_status tell_finer(taker *to, const dsr_tuple *tuple) {
  dsr_base *base = to->home->base;
  return dsr_claims_on(base->facts, base->view, tuple, true, take_claim, to);
}

static dsr_status tell_history(taker *to, const dsr_tuple *tuple) {
  return dsr_history_of(to->home->base->facts, tuple, take_claim, to);
}

void dsr_lua_push_claims(lua_State *L, int index, const dsr_tuple *tuple, bool finer) {
  taker to = {.home = lua_touserdata(L, index)};
  gather(L, index, tuple, &to, finer ? tell_finer : tell_own);
}

void dsr_lua_push_history(lua_State *L, int index, const dsr_tuple *tuple) {
  taker to = {.home = lua_touserdata(L, index)};
  gather(L, index, tuple, &to, tell_history);
}

void dsr_lua_open_claim(lua_State *L) {
  static const luaL_Reg claim[] = {
      {"__tostring", claim_tostring}, {"__pairs", claim_pairs}, {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_CLAIM, claim, NULL);
}
