/*
** lua_query.c - asking in the language: kb:prepare, kb:query, and loops over answers.
**
** A query is a child of its home and holds one prepared plan.  A loop over its rows is
** a *run*; a plan has one run at a time, so a later one ends an earlier one, which then
** says so.  kb:query is prepare, rows and close in one: the loop's end is the query's.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

/* The userdata DSR_LUA_QUERY; user value 1 is its home. */
typedef struct lua_query {
  dsr_lua_child self; /* first member */
  dsr_lua_home *home;
  dsr_plan *plan; /* NULL: closed */
  uint32_t txn;
  lua_Integer runs; /* how many were started; the last is the one that goes on */
} lua_query;

/* The userdata DSR_LUA_ROWS, a loop's closing value; user value 1 is its query. */
typedef struct lua_rows {
  lua_query *query;
  lua_Integer run;
  bool whole; /* the query ends with it */
} lua_rows;

static void end_query(dsr_lua_child *child) {
  lua_query *query = (lua_query *)child;
  if (query->plan != NULL) dsr_base_plan_free(query->home->base, query->plan);
  query->plan = NULL;
  dsr_lua_leave(child);
}

/* A function that the query calls may not start, step or end the query. */
static void check_idle(lua_State *L, const lua_query *query) {
  if (query->self.running) luaL_error(L, "the query is waiting for this function");
}

static int query_close(lua_State *L) {
  lua_query *query = luaL_checkudata(L, 1, DSR_LUA_QUERY);
  check_idle(L, query);
  end_query(&query->self);
  return 0;
}

/* A query without a plan yet, on the stack. */
static lua_query *push_query(lua_State *L, int index) {
  lua_query *query = lua_newuserdatauv(L, sizeof *query, 1);
  memset(query, 0, sizeof *query);
  query->self.end = end_query;
  query->home = lua_touserdata(L, index);
  lua_pushvalue(L, index);
  lua_setiuservalue(L, -2, 1);
  luaL_setmetatable(L, DSR_LUA_QUERY);
  dsr_lua_join(query->home, &query->self);
  return query;
}

static lua_query *check_query(lua_State *L, int arg) {
  lua_query *query = luaL_checkudata(L, arg, DSR_LUA_QUERY);
  dsr_lua_check_alive(L, query->home);
  if (query->plan == NULL) luaL_error(L, "the query is closed");
  return query;
}

/* ---- parameters ------------------------------------------------------------------ */

/* Bind one parameter to the value at `arg`. */
static void bind_one(lua_State *L, lua_query *query, dsr_str name, int arg) {
  dsr_lua_value given;
  dsr_word word = DSR_WORD_NONE;
  dsr_lua_home *home = query->home;
  if (name.len > 0 && name.data[0] == '$') {
    name.data++;
    name.len--;
  }
  dsr_lua_check_value(L, home, arg, "a parameter", &given);
  if (given.plain) {
    dsr_lua_try(L, home, dsr_plan_bind_text(query->plan, name, given.value.text));
    return;
  }
  dsr_lua_try(L, home,
              dsr_lua_value_word(home, &given, DSR_COL_ANY, DSR_INTERN_TEMP, &word));
  dsr_lua_try(L, home, dsr_plan_bind(query->plan, name, word));
}

/* Bind the fields of the table at `arg`, if there is one. */
static void bind_all(lua_State *L, lua_query *query, int arg) {
  if (lua_isnoneornil(L, arg)) return;
  luaL_checktype(L, arg, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, arg) != 0) {
    if (lua_type(L, -2) != LUA_TSTRING) {
      luaL_error(L, "parameters go by name; came the key %s",
                 luaL_tolstring(L, -2, NULL));
    }
    bind_one(L, query, dsr_lua_check_str(L, -2), lua_gettop(L));
    lua_pop(L, 1);
  }
}

/* ---- rows ------------------------------------------------------------------------ */

static void end_rows(lua_rows *rows) {
  lua_query *query = rows->query;
  if (rows->run != query->runs || query->plan == NULL) return;
  if (rows->whole) {
    end_query(&query->self);
  } else {
    dsr_plan_reset(query->plan);
  }
}

/* The end of a loop.  The query may have gone on to another run: that one stays. */
static int rows_close(lua_State *L) {
  lua_rows *rows = luaL_checkudata(L, 1, DSR_LUA_ROWS);
  if (rows->run == rows->query->runs) check_idle(L, rows->query);
  end_rows(rows);
  rows->run = -1;
  return 0;
}

/* Refuse a step of a run that is over. */
static void check_run(lua_State *L, const lua_rows *rows) {
  const lua_query *query = rows->query;
  dsr_lua_check_alive(L, query->home);
  dsr_lua_check_txn(L, query->home, query->txn);
  if (query->plan == NULL) luaL_error(L, "the query is closed");
  if (rows->run != query->runs)
    luaL_error(L, "a later run of the query ended this one");
}

/* The next row, a value for each column; `true` where there are no columns.  Upvalues:
** the rows, the home. */
static int rows_step(lua_State *L) {
  lua_rows *rows = lua_touserdata(L, lua_upvalueindex(1));
  const dsr_word *row;
  if (rows->run < 0) return 0;
  check_run(L, rows);
  lua_query *query = rows->query;
  check_idle(L, query);
  query->self.running = true;
  dsr_status rc = dsr_plan_step(query->plan, &row);
  query->self.running = false;
  if (rc < 0) return dsr_lua_raise(L, query->home, rc);
  if (rc == DSR_DONE) {
    end_rows(rows);
    rows->run = -1;
    return 0;
  }
  int n = dsr_plan_columns(query->plan);
  dsr_lua_push_row(L, lua_upvalueindex(2), query->home, row, n, NULL);
  if (n == 0) lua_pushboolean(L, 1);
  return n > 0 ? n : 1;
}

/* step, nil, nil, rows: a new run of the query on top of the stack. */
static int push_run(lua_State *L, lua_query *query, bool whole) {
  int top = lua_gettop(L);
  lua_rows *rows = lua_newuserdatauv(L, sizeof *rows, 1);
  *rows = (lua_rows){query, ++query->runs, whole};
  lua_pushvalue(L, top);
  lua_setiuservalue(L, -2, 1);
  luaL_setmetatable(L, DSR_LUA_ROWS);
  lua_pushvalue(L, top + 1);
  lua_getiuservalue(L, top, 1);
  lua_pushcclosure(L, rows_step, 2);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, top + 1);
  return 4;
}

/* Make ready to step from the start, with these parameters. */
static void start_run(lua_State *L, lua_query *query, int parameters) {
  dsr_plan_reset(query->plan);
  query->runs++; /* whatever ran before is over, also if a parameter is refused */
  query->txn = dsr_lua_root(query->home)->open_txn;
  dsr_error_clear(query->home->base->error);
  dsr_lua_try(L, query->home, dsr_facts_read(dsr_lua_facts(query->home), false));
  bind_all(L, query, parameters);
}

/* q:rows(parameters) -> step, nil, nil, rows */
static int query_rows(lua_State *L) {
  lua_query *query = check_query(L, 1);
  check_idle(L, query);
  lua_settop(L, 2);
  start_run(L, query, 2);
  lua_pushvalue(L, 1);
  return push_run(L, query, false);
}

/* ---- answers at once ---------------------------------------------------------------- */

/* The next row of the query, guarded: a function that it calls must not end it. */
static dsr_status next_row(lua_query *query, const dsr_word **row) {
  query->self.running = true;
  dsr_status rc = dsr_plan_step(query->plan, row);
  query->self.running = false;
  return rc;
}

/* Ready for a run that this call also ends. */
static lua_query *start_whole(lua_State *L) {
  lua_query *query = check_query(L, 1);
  lua_settop(L, 2);
  check_idle(L, query);
  start_run(L, query, 2);
  lua_getiuservalue(L, 1, 1);
  return query; /* its home is at 3 */
}

/* q:first(parameters) -> the values of the first row, or nil */
static int query_first(lua_State *L) {
  const dsr_word *row;
  lua_query *query = start_whole(L);
  dsr_status rc = next_row(query, &row);
  if (rc < 0) return dsr_lua_raise(L, query->home, rc);
  int n = rc == DSR_ROW ? dsr_plan_columns(query->plan) : 0;
  luaL_checkstack(L, n + 12, "too many columns");
  for (int i = 0; i < n; i++) dsr_lua_push_word(L, 3, row[i]);
  if (n == 0 && rc == DSR_ROW) lua_pushboolean(L, 1);
  if (rc == DSR_DONE) lua_pushnil(L);
  dsr_plan_reset(query->plan);
  return n > 0 ? n : 1;
}

/* A row as a table: values by place and by the columns' names. */
static void push_row_table(lua_State *L, const lua_query *query, const dsr_word *row) {
  int n = dsr_plan_columns(query->plan);
  lua_createtable(L, n, n);
  for (int i = 0; i < n; i++) {
    dsr_lua_push_word(L, 3, row[i]);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, i + 1);
    dsr_lua_push_str(L, dsr_plan_column(query->plan, i));
    lua_insert(L, -2);
    lua_rawset(L, -3);
  }
}

/* q:all(parameters) -> a list of rows */
static int query_all(lua_State *L) {
  const dsr_word *row;
  dsr_status rc;
  lua_query *query = start_whole(L);
  luaL_checkstack(L, 16, "no room");
  lua_newtable(L);
  for (lua_Integer i = 1; (rc = next_row(query, &row)) == DSR_ROW; i++) {
    push_row_table(L, query, row);
    lua_rawseti(L, -2, i);
  }
  if (rc < 0) return dsr_lua_raise(L, query->home, rc);
  dsr_plan_reset(query->plan);
  return 1;
}

/* q:count(parameters) -> integer */
static int query_count(lua_State *L) {
  uint64_t n = 0;
  lua_query *query = start_whole(L);
  query->self.running = true;
  dsr_status rc = dsr_plan_count(query->plan, &n);
  query->self.running = false;
  if (rc < 0) return dsr_lua_raise(L, query->home, rc);
  lua_pushinteger(L, (lua_Integer)n);
  return 1;
}

/* q:explain(parameters) -> string, or nil where it is answered by scans */
static int query_explain(lua_State *L) {
  dsr_str plan;
  lua_query *query = start_whole(L);
  query->self.running = true;
  dsr_status rc = dsr_plan_explain(query->plan, &plan);
  query->self.running = false;
  if (rc < 0) return dsr_lua_raise(L, query->home, rc);
  if (rc == DSR_NOTHING) return 0;
  dsr_lua_push_str(L, plan);
  return 1;
}

/* kb:table(name, path) -> true | nil, message, code */
static int base_table(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str name = dsr_lua_check_str(L, 2);
  const char *path = luaL_checkstring(L, 3);
  dsr_status rc = dsr_base_table(home->base, name, path);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushboolean(L, 1);
  return 1;
}

/* The option in units of the engine's; 0 where it is not given, -1 where it is false. */
static int64_t limit_option(lua_State *L, const char *key, double unit) {
  int type = lua_getfield(L, 2, key), exact;
  lua_Number value = lua_tonumberx(L, -1, &exact);
  bool none = type == LUA_TBOOLEAN && !lua_toboolean(L, -1);
  bool number = type == LUA_TNUMBER && value > 0 && value < 1e12;
  if (type != LUA_TNIL && !none && !number) {
    luaL_error(L,
               "option \"%s\" takes a number above 0, or false for no limit; came %s",
               key, luaL_tolstring(L, -1, NULL));
  }
  lua_pop(L, 1);
  if (!number) return none ? -1 : 0;
  return value * unit < 1 ? 1 : (int64_t)(value * unit);
}

/* kb:limit(options) */
static int base_limit(lua_State *L) {
  static const char *const keys[] = {"tuples", "memory", "time", NULL};
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  lua_settop(L, 2);
  if (!lua_isnil(L, 2)) {
    dsr_lua_check_keys(L, 2, keys);
    dsr_base_limit(home->base, limit_option(L, "tuples", 1),
                   limit_option(L, "memory", 1 << 20), limit_option(L, "time", 1000));
  } else {
    dsr_base_limit(home->base, 0, 0, 0);
  }
  return 0;
}

/* kb:query(text, parameters) -> step, nil, nil, rows */
static int base_query(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str text = dsr_lua_check_str(L, 2);
  lua_settop(L, 3);
  lua_query *query = push_query(L, 1);
  dsr_lua_try(L, home, dsr_base_prepare(home->base, text, &query->plan));
  start_run(L, query, 3);
  return push_run(L, query, true);
}

/* kb:prepare(text) -> query | nil, message, code */
static int base_prepare(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  dsr_str text = dsr_lua_check_str(L, 2);
  lua_query *query = push_query(L, 1);
  dsr_status rc = dsr_base_prepare(home->base, text, &query->plan);
  return rc < 0 ? dsr_lua_fail(L, home, rc) : 1;
}

/* q.columns, q.warning */
static int query_index(lua_State *L) {
  luaL_checkudata(L, 1, DSR_LUA_QUERY);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "warning") == 0) {
    const char *warning = dsr_plan_warning(check_query(L, 1)->plan);
    if (warning[0] == '\0') return 0;
    lua_pushstring(L, warning);
    return 1;
  }
  if (strcmp(key, "columns") != 0) {
    lua_getfield(L, lua_upvalueindex(1), key);
    return 1;
  }
  const lua_query *query = check_query(L, 1);
  int n = dsr_plan_columns(query->plan);
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    dsr_lua_push_str(L, dsr_plan_column(query->plan, i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

const luaL_Reg dsr_lua_query_methods[] = {{"query", base_query},
                                          {"prepare", base_prepare},
                                          {"table", base_table},
                                          {"limit", base_limit},
                                          {NULL, NULL}};

void dsr_lua_open_query(lua_State *L) {
  static const luaL_Reg query[] = {
      {"__gc", query_close}, {"__close", query_close}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"rows", query_rows},
                                     {"first", query_first},
                                     {"all", query_all},
                                     {"count", query_count},
                                     {"explain", query_explain},
                                     {"close", query_close},
                                     {NULL, NULL}};
  static const luaL_Reg rows[] = {
      {"__gc", rows_close}, {"__close", rows_close}, {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_QUERY, query, NULL);
  luaL_getmetatable(L, DSR_LUA_QUERY);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, query_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  dsr_lua_class(L, DSR_LUA_ROWS, rows, NULL);
}
