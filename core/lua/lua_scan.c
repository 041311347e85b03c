/*
** lua_scan.c - loops over facts: kb:facts, kb:about, kb:history, kb:conflicts; and
** kb:histories.
**
** A loop's state is a userdata that holds the core's scans; it is also the loop's
** closing value, so that a break or an error ends them at once.  All scans of a pattern
** start before the first row is given: the loop sees the base as it was then.
**
** A loop over a relation reads its first rows at once.  Where these are all, as in most
** look-ups, nothing of the core stays open: the rows wait, as facts, in the step itself,
** and there is no userdata and nothing to close.
**
** A loop that is closed leaves its userdata to the next one of its home, which spares a
** finalizer.  Whoever kept the step of the old loop has the number of its run, and gets
** nothing of the new one.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/atom.h"
#include "lua/conflicting.h"
#include "lua/lua_aid.h"

enum { SCANS_MOST = 1024, FACT_ONLY = -1, AHEAD = 4 };

/* Matches that were read before the loop asked for them. */
typedef struct ahead {
  int n, at;
  dsr_match matches[AHEAD];
} ahead;

/* The userdata DSR_LUA_SCAN; user value 1 is its home. */
typedef struct lua_scan {
  dsr_lua_child self; /* first member */
  dsr_lua_home *home;
  uint32_t txn;           /* the transaction that was open in Lua, or 0 */
  lua_Integer run;        /* which loop it is of: it may be used again */
  dsr_scan **scans, *one; /* where there is but one, it needs no memory */
  size_t n, at;
  ahead ahead;
  /* What a loop begins with as zero. */
  struct {
    int arity;           /* columns to give before the fact, or FACT_ONLY */
    bool broken;         /* off before its end */
    bool history;        /* of kb:history: what matches the atom below */
    dsr_lua_known known; /* the entity of a column that was asked for by it */
  } how;
  dsr_claimed claimed; /* of kb:history */
} lua_scan;

static bool is_over(const lua_scan *scan) {
  return scan->at == scan->n && scan->ahead.at == scan->ahead.n;
}

static void end_scan(dsr_lua_child *child) {
  lua_scan *scan = (lua_scan *)child;
  if (!is_over(scan)) scan->how.broken = true;
  for (; scan->at < scan->n; scan->at++) dsr_scan_stop(scan->scans[scan->at]);
  if (scan->scans != &scan->one) dsr_free(scan->scans);
  scan->scans = &scan->one;
  scan->n = scan->at = 0;
  scan->ahead.n = scan->ahead.at = 0;
  dsr_lua_leave(child);
}

static int scan_gc(lua_State *L) {
  lua_scan *scan = luaL_checkudata(L, 1, DSR_LUA_SCAN);
  end_scan(&scan->self);
  return 0;
}

/* The end of a loop: the next one of the home may have what is left. */
static int scan_close(lua_State *L) {
  lua_scan *scan = lua_touserdata(L, 1);
  bool sure = lua_getmetatable(L, 1) && lua_rawequal(L, -1, lua_upvalueindex(1));
  if (!sure) scan = luaL_checkudata(L, 1, DSR_LUA_SCAN);
  dsr_lua_home *home = scan->home;
  end_scan(&scan->self);
  if (home->base == NULL || home->spare != NULL) return 0;
  lua_getiuservalue(L, 1, 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, DSR_HOME_SPARE);
  home->spare = scan;
  return 0;
}

static lua_scan *push_new_scan(lua_State *L, int index) {
  lua_scan *scan = lua_newuserdatauv(L, sizeof *scan, 1);
  memset(scan, 0, sizeof *scan);
  scan->self.end = end_scan;
  scan->home = lua_touserdata(L, index);
  scan->scans = &scan->one;
  lua_pushvalue(L, index);
  lua_setiuservalue(L, -2, 1);
  luaL_setmetatable(L, DSR_LUA_SCAN);
  return scan;
}

/* The home's spare, which it has no more. */
static lua_scan *push_spare(lua_State *L, int index, dsr_lua_home *home) {
  lua_scan *scan = home->spare;
  home->spare = NULL;
  lua_getiuservalue(L, index, DSR_HOME_SPARE);
  lua_pushnil(L);
  lua_setiuservalue(L, index, DSR_HOME_SPARE);
  return scan;
}

/* A scan without a row yet, on the stack. */
static lua_scan *push_scan(lua_State *L, int index, int arity) {
  dsr_lua_home *home = lua_touserdata(L, index);
  lua_scan *scan =
      home->spare != NULL ? push_spare(L, index, home) : push_new_scan(L, index);
  memset(&scan->how, 0, sizeof scan->how);
  scan->run++;
  scan->txn = dsr_lua_root(home)->open_txn;
  scan->how.arity = arity;
  scan->how.known.column = -1;
  dsr_lua_join(home, &scan->self);
  return scan;
}

/* Room for `n` scans. */
static dsr_status make_room(lua_scan *scan, size_t n) {
  if (n <= 1) return DSR_OK;
  dsr_scan **scans = dsr_alloc(n * sizeof *scans);
  if (scans == NULL) return dsr_fail_memory(scan->home->base->error);
  scan->scans = scans;
  return DSR_OK;
}

/* To the next match of any of the scans. */
static dsr_status next_match(lua_scan *scan, const dsr_match **match) {
  if (scan->ahead.at < scan->ahead.n) {
    *match = &scan->ahead.matches[scan->ahead.at++];
    return DSR_ROW;
  }
  while (scan->at < scan->n) {
    dsr_status rc = dsr_scan_next(scan->scans[scan->at], match);
    bool in = true;
    if (rc == DSR_ROW && scan->how.history) {
      TRY(dsr_claimed_fits(scan->home->base->facts, &scan->claimed, *match, &in));
    }
    if (!in) continue;
    if (rc != DSR_DONE) return rc;
    dsr_scan_stop(scan->scans[scan->at++]);
  }
  return DSR_DONE;
}

/* There is no row in a loop that is over.  One that was broken off says so: whoever steps
** on would take it for the end. */
static int step_past(lua_State *L, lua_scan *scan, bool own) {
  if (own && scan->how.broken) return luaL_error(L, "the loop was closed");
  if (own) end_scan(&scan->self);
  return 0;
}

/* The next row: columns, fact.  Upvalues: the scan, its home, the scan's run, the entity
** that is known. */
static int scan_step(lua_State *L) {
  const int index = lua_upvalueindex(2);
  lua_scan *scan = lua_touserdata(L, lua_upvalueindex(1));
  const dsr_match *match;
  dsr_lua_check_alive(L, scan->home);
  bool own = lua_tointeger(L, lua_upvalueindex(3)) == scan->run;
  if (!own || is_over(scan)) return step_past(L, scan, own);
  dsr_lua_check_txn(L, scan->home, scan->txn);
  dsr_status rc = next_match(scan, &match);
  if (rc < 0) return dsr_lua_raise(L, scan->home, rc);
  if (rc == DSR_DONE) {
    end_scan(&scan->self);
    return 0;
  }
  int n = scan->how.arity == FACT_ONLY ? 0 : scan->how.arity;
  dsr_word row[DSR_ARITY_MAX]; /* a finalizer may free the match */
  memcpy(row, match->args, (size_t)n * sizeof *row);
  dsr_lua_push_fact(L, index, scan->home, &match->fact, match->certain);
  if (n == 0) return 1;
  dsr_lua_push_row(L, index, scan->home, row, n, &scan->how.known);
  lua_pushvalue(L, -2 - n);
  return n + 1;
}

/* step, nil, nil, scan: what stands in a for head, from the scan on top. */
static int push_loop(lua_State *L, int index) {
  int at = lua_gettop(L), n = 3;
  lua_scan *scan = lua_touserdata(L, at);
  lua_pushvalue(L, at);
  lua_pushvalue(L, index);
  lua_pushinteger(L, scan->run);
  if (scan->how.known.column >= 0) {
    lua_pushvalue(L, scan->how.known.index);
    scan->how.known.index = lua_upvalueindex(++n);
  }
  lua_pushcclosure(L, scan_step, n);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, at);
  return 4;
}

/* ---- kb:facts -------------------------------------------------------------------- */

/* How many scans the pattern comes to: the product of its columns' words. */
static size_t count_scans(const dsr_lua_pattern *pattern) {
  size_t n = 1;
  for (int i = 0; i < pattern->arity && n > 0 && n <= SCANS_MOST; i++) {
    if (!pattern->columns[i].open) n *= pattern->columns[i].words.len;
  }
  return n;
}

/* The words of the `which`-th of the pattern's scans. */
static void choose_words(const dsr_lua_pattern *pattern, size_t which,
                         dsr_word *words) {
  for (int i = 0; i < pattern->arity; i++) {
    const dsr_lua_column *column = &pattern->columns[i];
    words[i] = DSR_WORD_NONE;
    if (column->open) continue;
    words[i] = column->words.items[which % column->words.len];
    which /= column->words.len;
  }
}

/* Start a scan of one pattern, the next of `scan`. */
static dsr_status start_one(lua_scan *scan, uint32_t relation, const dsr_word *words) {
  dsr_base *base = scan->home->base;
  TRY(dsr_scan_start(base->facts, base->view, relation, words, DSR_WORD_NONE, 0,
                     &scan->scans[scan->n]));
  scan->n++;
  return DSR_OK;
}

/* Start all scans of a pattern; those started stay in `scan` also on failure. */
static dsr_status start_scans(lua_scan *scan, const dsr_lua_pattern *pattern,
                              size_t n) {
  TRY(make_room(scan, n));
  for (size_t i = 0; i < n; i++) {
    dsr_word words[DSR_ARITY_MAX] = {0};
    choose_words(pattern, i, words);
    TRY(start_one(scan, pattern->relation, words));
  }
  return DSR_OK;
}

/* kb:facts() of a pattern whose strings may mean several things. */
static int push_many(lua_State *L, dsr_lua_home *home, const dsr_relation *relation) {
  const dsr_lua_pattern *pattern = dsr_lua_push_pattern(L, home, relation, 3);
  size_t n = count_scans(pattern);
  if (n > SCANS_MOST) {
    return luaL_error(L,
                      "the pattern's strings may mean too much; use dossier.entity "
                      "and dossier.text");
  }
  lua_scan *scan = push_scan(L, 1, pattern->arity);
  dsr_lua_try(L, home, start_scans(scan, pattern, n));
  return push_loop(L, 1);
}

/* The first entity among the arguments from `arg` on, which a plain pattern of these words
** was made from. */
static dsr_lua_known first_entity(lua_State *L, int arg, const dsr_word *words, int n) {
  int last = lua_gettop(L);
  for (int i = 0; i < n && arg + i <= last; i++) {
    if (lua_type(L, arg + i) == LUA_TUSERDATA) {
      return (dsr_lua_known){i, arg + i, words[i]};
    }
  }
  return (dsr_lua_known){.column = -1};
}

/* Start the home's loose scan and read its first rows: DSR_DONE where they are all, and
** the scan is over; DSR_ROW where there may be more. */
static dsr_status read_ahead(dsr_lua_home *home, uint32_t relation,
                             const dsr_word *words, ahead *out) {
  const dsr_match *match;
  dsr_status rc = DSR_ROW;
  dsr_scan_stop(home->loose); /* an error left it */
  home->loose = NULL;
  TRY(dsr_scan_start(home->base->facts, home->base->view, relation, words,
                     DSR_WORD_NONE, 0, &home->loose));
  while (out->n < AHEAD && (rc = dsr_scan_next(home->loose, &match)) == DSR_ROW) {
    out->matches[out->n++] = *match;
  }
  if (rc == DSR_ROW) return rc;
  dsr_scan_stop(home->loose);
  home->loose = NULL;
  return rc;
}

/* Is a row what its fact says, column by column, also in the one that is known? */
static bool says_fact(const dsr_match *match, int arity, const dsr_lua_known *known) {
  return match->fact.arity == arity &&
         memcmp(match->args, match->fact.args, (size_t)arity * sizeof(dsr_word)) == 0 &&
         (known->column < 0 || match->args[known->column] == known->word);
}

static bool say_facts(const ahead *rows, int arity, const dsr_lua_known *known) {
  for (int i = 0; i < rows->n; i++) {
    if (!says_fact(&rows->matches[i], arity, known)) return false;
  }
  return true;
}

/* Where a loop of few rows stands, as an integer: the known column, from 1 (0: none), how
** many rows there are, how many were given. */
enum { FEW_COLUMN = 16, FEW_ROWS = 16, FEW_GIVEN = FEW_COLUMN * FEW_ROWS };

/* The next row of few.  Upvalues: the home, where it stands, the entity that is known if
** there is one, the facts. */
static int few_step(lua_State *L) {
  const int index = lua_upvalueindex(1);
  dsr_lua_home *home = lua_touserdata(L, index);
  unsigned state = (unsigned)lua_tointeger(L, lua_upvalueindex(2));
  int at = (int)(state / FEW_GIVEN), column = (int)(state % FEW_COLUMN) - 1;
  dsr_lua_check_alive(L, home);
  if (at == (int)(state / FEW_COLUMN % FEW_ROWS)) return 0;
  lua_pushinteger(L, (lua_Integer)state + FEW_GIVEN);
  lua_replace(L, lua_upvalueindex(2));
  int place = lua_upvalueindex((column < 0 ? 3 : 4) + at);
  const dsr_lua_fact *fact = lua_touserdata(L, place);
  dsr_lua_check_txn(L, home, fact->txn);
  dsr_lua_known known = {.column = column, .index = lua_upvalueindex(3)};
  if (column >= 0) known.word = fact->args[column];
  dsr_lua_push_row(L, index, home, fact->args, fact->arity, &known);
  lua_pushvalue(L, place);
  return fact->arity + 1;
}

/* The step of a loop of few rows, for the home at 1. */
static int push_few(lua_State *L, dsr_lua_home *home, const ahead *rows,
                    const dsr_lua_known *known) {
  int n = 2 + rows->n;
  unsigned state = (unsigned)(known->column + 1) + FEW_COLUMN * (unsigned)rows->n;
  lua_pushvalue(L, 1);
  lua_pushinteger(L, (lua_Integer)state);
  if (known->column >= 0) {
    lua_pushvalue(L, known->index);
    n++;
  }
  for (int i = 0; i < rows->n; i++) {
    dsr_lua_push_fact(L, 1, home, &rows->matches[i].fact, rows->matches[i].certain);
  }
  lua_pushcclosure(L, few_step, n);
  return 1;
}

/* step, nil, nil, scan, of a relation by such words.  Where few rows match, that is step
** alone. */
static int push_plain(lua_State *L, dsr_lua_home *home, uint32_t relation, int arity,
                      const dsr_word *words) {
  ahead rows;
  rows.n = rows.at = 0;
  dsr_lua_known known = first_entity(L, 3, words, arity);
  dsr_status rc = read_ahead(home, relation, words, &rows);
  dsr_lua_try(L, home, rc);
  if (rc == DSR_DONE && say_facts(&rows, arity, &known))
    return push_few(L, home, &rows, &known);
  lua_scan *scan = push_scan(L, 1, arity);
  scan->how.known = known;
  scan->ahead = rows;
  scan->one = home->loose;
  scan->n = home->loose != NULL ? 1 : 0;
  home->loose = NULL;
  return push_loop(L, 1);
}

/* kb:facts(relation, ...) -> step, nil, nil, scan */
static int base_facts(lua_State *L) {
  static const ahead none = {0};
  dsr_word words[DSR_ARITY_MAX] = {0};
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_str name = dsr_lua_check_str(L, 2);
  const dsr_relation *relation =
      dsr_lua_check_relation(L, home, name, lua_gettop(L) - 2);
  uint32_t number = relation->number;
  int arity = relation->arity;
  dsr_status rc = dsr_lua_plain_pattern(L, home, relation, 3, words);
  if (rc == DSR_OK) return push_plain(L, home, number, arity, words);
  if (rc == DSR_DONE) return push_few(L, home, &none, &(dsr_lua_known){.column = -1});
  return push_many(L, home, dsr_relation_get(dsr_lua_facts(home), number));
}

/* ---- kb:about -------------------------------------------------------------------- */

static dsr_status start_about(lua_scan *scan, dsr_str id) {
  dsr_word entity;
  dsr_base *base = scan->home->base;
  dsr_status rc =
      dsr_symbols_find(dsr_facts_symbols(base->facts), DSR_SYM_ENTITY, id, &entity);
  if (rc != DSR_OK) return rc; /* never met: no rows */
  TRY(dsr_scan_about(base->facts, base->view, entity, scan->scans));
  scan->n = 1;
  return DSR_OK;
}

/* kb:about(entity) -> step, nil, nil, scan */
static int base_about(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_str id = dsr_lua_check_id(L, 2);
  lua_scan *scan = push_scan(L, 1, FACT_ONLY);
  dsr_lua_try(L, home, start_about(scan, id));
  return push_loop(L, 1);
}

/* ---- kb:history ------------------------------------------------------------------ */

/* Start the scan of an atom's facts: none where it names what the base has never met. */
static dsr_status start_history(lua_scan *scan, dsr_str text) {
  dsr_base *base = scan->home->base;
  dsr_status rc = dsr_base_read_atom(base, text, &scan->claimed);
  if (rc != DSR_OK) return rc;
  scan->how.history = true;
  TRY(dsr_claimed_start(base->facts, base->view, &scan->claimed, scan->scans));
  scan->n = 1;
  return DSR_OK;
}

/* kb:history(atom) -> step, nil, nil, scan */
static int base_history(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_str text = dsr_lua_check_str(L, 2);
  lua_scan *scan = push_scan(L, 1, FACT_ONLY);
  dsr_lua_try(L, home, start_history(scan, text));
  return push_loop(L, 1);
}

/* kb:histories(atom) -> list */
static int base_histories(lua_State *L) {
  dsr_claimed claimed;
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_status rc = dsr_base_read_atom(home->base, dsr_lua_check_str(L, 2), &claimed);
  dsr_lua_try(L, home, rc);
  dsr_tellings **list = dsr_lua_push_tellings(L);
  if (rc == DSR_NOTHING) return 1;
  dsr_lua_try(
      L, home,
      dsr_tellings_claimed(dsr_lua_facts(home), home->base->view, &claimed, list));
  return 1;
}

/* ---- kb:conflicts ---------------------------------------------------------------- */

/* Keeps conflicts in memory of the stack's. */
typedef struct taker {
  dsr_lua_home *home;
  dsr_lua_bag *bag;
  dsr_arena *arena;
} taker;

/* A copy in the arena, ended by NUL; none of none. */
static bool keep_str(dsr_arena *arena, dsr_str *text) {
  if (text->data == NULL) return true;
  *text = dsr_arena_str(arena, *text);
  return text->data != NULL;
}

static dsr_status take_conflict(void *ud, const dsr_conflicting *conflict) {
  taker *to = ud;
  dsr_conflicting kept = *conflict;
  size_t bytes = (size_t)conflict->n_facts * sizeof *conflict->facts;
  dsr_tuple *facts = dsr_arena_alloc(to->arena, bytes + 1);
  dsr_str file = dsr_str_of(conflict->file);
  bool fine = facts != NULL && keep_str(to->arena, &kept.relation) &&
              keep_str(to->arena, &kept.message) && keep_str(to->arena, &file);
  if (!fine) return dsr_fail_memory(to->home->base->error);
  if (bytes > 0) memcpy(facts, conflict->facts, bytes);
  kept.facts = facts;
  kept.file = file.data;
  if (dsr_lua_bag_add(to->bag, &kept, sizeof kept)) return DSR_OK;
  return dsr_fail_memory(to->home->base->error);
}

/* A fact of a conflict, which may be in view as possible only. */
static void push_side(lua_State *L, int index, const dsr_tuple *fact) {
  bool certain = true;
  dsr_lua_home *home = lua_touserdata(L, index);
  const dsr_relation *stored = dsr_relation_get(dsr_lua_facts(home), fact->relation);
  if (stored != NULL) {
    dsr_lua_try(L, home, dsr_view_time(home->base->view, stored, fact->time, &certain));
  }
  dsr_lua_push_fact(L, index, home, fact, certain);
}

/* The fields of an answer to a constraint, into the table on top. */
static void set_breach(lua_State *L, int index, const dsr_conflicting *breach) {
  dsr_lua_push_str(L, breach->message);
  lua_setfield(L, -2, "message");
  dsr_lua_set_str(L, "file", dsr_str_of(breach->file));
  lua_pushinteger(L, breach->line);
  lua_setfield(L, -2, "line");
  lua_createtable(L, breach->n_facts, 0);
  for (int i = 0; i < breach->n_facts; i++) {
    push_side(L, index, &breach->facts[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "facts");
}

/* A conflict as a table. */
static void push_conflict(lua_State *L, int index, const dsr_conflicting *conflict) {
  luaL_checkstack(L, 12, NULL);
  lua_createtable(L, 0, 6);
  dsr_lua_set_str(L, "kind", dsr_str_of(dsr_conflict_word(conflict->kind)));
  if (conflict->kind == DSR_CONFLICT_CONSTRAINT) {
    set_breach(L, index, conflict);
  } else {
    dsr_lua_set_str(L, "relation", conflict->relation);
    push_side(L, index, &conflict->facts[0]);
    lua_setfield(L, -2, "a");
    push_side(L, index, &conflict->facts[1]);
    lua_setfield(L, -2, "b");
  }
  luaL_setmetatable(L, DSR_LUA_CONFLICT);
}

/* The next conflict.  Upvalues: the bag, the home, how many were given, the transaction
** that was open in Lua, or 0, and the arena that holds what they say. */
static int conflict_step(lua_State *L) {
  const dsr_lua_bag *bag = lua_touserdata(L, lua_upvalueindex(1));
  dsr_lua_home *home = lua_touserdata(L, lua_upvalueindex(2));
  size_t at = (size_t)lua_tointeger(L, lua_upvalueindex(3));
  dsr_lua_check_alive(L, home);
  dsr_lua_check_txn(L, home, (uint32_t)lua_tointeger(L, lua_upvalueindex(4)));
  if (at >= bag->len) return 0;
  lua_pushinteger(L, (lua_Integer)at + 1);
  lua_replace(L, lua_upvalueindex(3));
  dsr_lua_try(L, home, dsr_facts_read(dsr_lua_facts(home), false));
  push_conflict(L, lua_upvalueindex(2), (const dsr_conflicting *)bag->items + at);
  return 1;
}

/* kb:conflicts() -> step */
static int base_conflicts(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_arena *arena = dsr_lua_push_arena(L);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  taker to = {home, bag, arena};
  dsr_lua_try(L, home, dsr_base_conflicts(home->base, take_conflict, &to));
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushinteger(L, (lua_Integer)dsr_lua_root(home)->open_txn);
  lua_pushvalue(L, -5); /* the arena */
  lua_pushcclosure(L, conflict_step, 5);
  return 1;
}

/* tostring(conflict): "key held_on: joined(a, b) @ 1994 / joined(a, c) @ 1994" */
static int conflict_tostring(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_getfield(L, 1, "message") == LUA_TSTRING) {
    lua_pushfstring(L, "constraint: %s", lua_tostring(L, -1));
    return 1;
  }
  lua_settop(L, 1);
  lua_getfield(L, 1, "kind");
  lua_getfield(L, 1, "relation");
  lua_getfield(L, 1, "a");
  lua_getfield(L, -1, "text");
  lua_getfield(L, 1, "b");
  lua_getfield(L, -1, "text");
  lua_pushfstring(L, "%s %s: %s / %s", luaL_tolstring(L, 2, NULL),
                  luaL_tolstring(L, 3, NULL), luaL_tolstring(L, 5, NULL),
                  luaL_tolstring(L, 7, NULL));
  return 1;
}

const luaL_Reg dsr_lua_scan_methods[] = {
    {"facts", base_facts},         {"about", base_about},
    {"history", base_history},     {"histories", base_histories},
    {"conflicts", base_conflicts}, {NULL, NULL}};

void dsr_lua_open_scan(lua_State *L) {
  static const luaL_Reg scan[] = {{"__gc", scan_gc}, {NULL, NULL}};
  static const luaL_Reg conflict[] = {{"__tostring", conflict_tostring}, {NULL, NULL}};
  dsr_lua_class(L, DSR_LUA_SCAN, scan, NULL);
  luaL_getmetatable(L, DSR_LUA_SCAN);
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, scan_close, 1);
  lua_setfield(L, -2, "__close");
  lua_pop(L, 1);
  dsr_lua_class(L, DSR_LUA_CONFLICT, conflict, NULL);
}
