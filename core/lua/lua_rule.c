/*
** lua_rule.c - the rules that a base keeps, for Lua: kb:rules, kb:drop_rule.
*/
#include <stdio.h>

#include "facts/kept.h"
#include "ground/text.h"
#include "lua/lua_aid.h"

static void set_number(lua_State *L, const char *name, lua_Integer number) {
  lua_pushinteger(L, number);
  lua_setfield(L, -2, name);
}

static void push_rule(lua_State *L, const dsr_kept_rule *rule) {
  lua_createtable(L, 0, 8);
  set_number(L, "number", rule->number);
  set_number(L, "line", rule->at.line);
  dsr_lua_set_str(L, "file", rule->file);
  dsr_lua_set_str(L, "text", rule->text);
  lua_pushboolean(L, rule->constraint);
  lua_setfield(L, -2, "constraint");
  if (rule->constraint) return;
  dsr_lua_set_str(L, "relation", rule->name);
  set_number(L, "arity", rule->arity);
}

/* kb:rules() -> list */
static int base_rules(lua_State *L) {
  const dsr_kept_rule *rule;
  dsr_facts *facts = dsr_lua_facts(dsr_lua_check_reader(L, 1));
  lua_newtable(L);
  for (size_t i = 0; (rule = dsr_kept_at(facts, i)) != NULL; i++) {
    push_rule(L, rule);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int count_rule(void *ud, const dsr_written_rule *rule) {
  (void)rule;
  ++*(lua_Integer *)ud;
  return 0;
}

/* kb:drop_rule(which) -> how many | nil, message, code */
static int base_drop_rule(lua_State *L) {
  char number[32];
  lua_Integer dropped = 0;
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str which;
  if (lua_isinteger(L, 2)) {
    snprintf(number, sizeof number, "#%lld", (long long)lua_tointeger(L, 2));
    which = dsr_str_of(number);
  } else {
    which = dsr_lua_check_str(L, 2);
  }
  if (which.len == 0)
    return luaL_argerror(L, 2, "a rule's number or a relation is due");
  dsr_status rc = dsr_base_rule_drop(home->base, which, count_rule, &dropped);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushinteger(L, dropped);
  return 1;
}

const luaL_Reg dsr_lua_rule_methods[] = {
    {"rules", base_rules}, {"drop_rule", base_drop_rule}, {NULL, NULL}};
