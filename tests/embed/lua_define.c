/*
** lua_define.c - runs a Lua script, from standard input, that may call what it defined.
**
** The script has `dossier`, a base `kb` that is the host's, and
**
**   call(name, ...) -> a list of rows, each a list of values; or nil, message, code
**
** which calls a defined function of that base as a query does.  After the script's state is
** closed, nothing may be defined any more.
*/
#include <lauxlib.h>
#include <lualib.h>

#include "check.h"
#include "lua/lua_aid.h"

enum { ROWS_MOST = 10000 };

typedef struct gathered {
  dsr_base *base;
  dsr_word rows[ROWS_MOST][DSR_ARITY_MAX];
  int n, width;
} gathered;

static dsr_status gather(void *ud, const dsr_word *row) {
  gathered *all = ud;
  if (all->n >= ROWS_MOST) {
    return dsr_fail(all->base->error, DSR_ELIMIT, "more than %d rows", ROWS_MOST);
  }
  for (int i = 0; i < all->width; i++) all->rows[all->n][i] = row[i];
  all->n++;
  return DSR_OK;
}

static int call(lua_State *L) {
  dsr_word args[DSR_ARITY_MAX];
  dsr_lua_home *home = lua_touserdata(L, lua_upvalueindex(1));
  const dsr_definition *of =
      dsr_defined_find(home->base->defined, dsr_lua_check_str(L, 1));
  if (of == NULL) return luaL_error(L, "nothing is called so");
  luaL_argcheck(L, lua_gettop(L) - 1 == of->n_args, 2, "wrong number of arguments");
  for (int i = 0; i < of->n_args; i++) {
    dsr_lua_value given;
    dsr_lua_check_value(L, home, i + 2, "an argument", &given);
    dsr_lua_try(
        L, home,
        dsr_lua_value_word(home, &given, DSR_COL_ANY, DSR_INTERN_TEMP, &args[i]));
  }
  gathered *all = lua_newuserdatauv(L, sizeof *all, 0);
  all->base = home->base;
  all->n = 0;
  all->width = of->n_results;
  dsr_emit emit = {.row = gather, .ud = all};
  dsr_lua_try(L, home, dsr_facts_read(home->base->facts, false));
  dsr_status rc = dsr_defined_call(home->base->defined, of, args, &emit);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_newtable(L);
  for (int i = 0; i < all->n; i++) {
    lua_newtable(L);
    for (int k = 0; k < all->width; k++) {
      dsr_lua_push_word(L, lua_upvalueindex(1), all->rows[i][k]);
      lua_rawseti(L, -2, k + 1);
    }
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

int main(void) {
  static char script[1 << 20];
  dsr_base *base;
  size_t len = fread(script, 1, sizeof script, stdin);
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  lua_State *L = luaL_newstate();
  CHECK(L != NULL);
  luaL_openlibs(L);
  luaL_requiref(L, "dossier", luaopen_dossier, 1);
  dsr_lua_push_borrowed(L, base);
  lua_pushvalue(L, -1);
  lua_setglobal(L, "kb");
  lua_pushcclosure(L, call, 1);
  lua_setglobal(L, "call");
  int bad = luaL_loadbuffer(L, script, len, "=script") || lua_pcall(L, 0, 0, 0);
  if (bad) printf("%s\n", lua_tostring(L, -1));
  lua_close(L);
  CHECK(dsr_defined_at(base->defined, 0) == NULL);
  CHECK(dsr_close(base) == DSR_OK);
  return bad;
}
