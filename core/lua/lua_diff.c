/*
** lua_diff.c - kb:diff, for Lua: a loop over what differs.
**
** All of it is found before the first is handed over, so that a loop may change either
** base.  It lies in a bag: for each a header, the statement, and the one before.
*/
#include <string.h>

#include "lua/lua_aid.h"

typedef struct header {
  char sign;
  size_t text, before;
} header;

typedef struct told {
  dsr_lua_bag *bag;
  bool no_memory;
} told;

static int on_found(void *ud, const dsr_difference *difference) {
  told *to = ud;
  size_t text = difference->text.len, before = difference->before.len;
  header head = {difference->sign, text, before};
  dsr_lua_bag *bag = to->bag;
  size_t more = sizeof head + text + before;
  if (!dsr_vec_reserve(&bag->items, &bag->cap, bag->len + more, 1)) {
    to->no_memory = true;
    return 1;
  }
  char *at = (char *)bag->items + bag->len;
  memcpy(at, &head, sizeof head);
  if (text > 0) memcpy(at + sizeof head, difference->text.data, text);
  if (before > 0) memcpy(at + sizeof head + text, difference->before.data, before);
  bag->len += more;
  return 0;
}

/* step() -> sign, statement, the statement before */
static int diff_step(lua_State *L) {
  header head;
  const dsr_lua_bag *bag = lua_touserdata(L, lua_upvalueindex(1));
  size_t at = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  if (at >= bag->len) return 0;
  const char *items = bag->items;
  memcpy(&head, items + at, sizeof head);
  at += sizeof head;
  lua_pushinteger(L, (lua_Integer)(at + head.text + head.before));
  lua_replace(L, lua_upvalueindex(2));
  lua_pushlstring(L, &head.sign, 1);
  lua_pushlstring(L, items + at, head.text);
  if (head.before == 0) return 2;
  lua_pushlstring(L, items + at + head.text, head.before);
  return 3;
}

/* kb:diff(other) -> step */
static int base_diff(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_lua_home *other = dsr_lua_check_home(L, 2);
  told to = {.bag = dsr_lua_push_bag(L)};
  dsr_status rc = dsr_base_diff(home->base, other->base, NULL, on_found, &to);
  if (to.no_memory) rc = dsr_fail_memory(home->base->error);
  if (rc < 0) return dsr_lua_raise(L, home, rc);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, diff_step, 2);
  return 1;
}

const luaL_Reg dsr_lua_diff_methods[] = {{"diff", base_diff}, {NULL, NULL}};
