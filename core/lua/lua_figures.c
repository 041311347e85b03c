/*
** lua_figures.c - what a base holds and tells, counted in the core, or few of many.
**
** Facts become Lua values only where they are what was asked for: counting those of a
** large base takes no memory here.
*/
#include "facts/figures.h"

#include "facts/latest.h"
#include "facts/recorded.h"
#include "ground/text.h"
#include "lua/lua_aid.h"

static void set_count(lua_State *L, const char *name, uint64_t n) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_setfield(L, -2, name);
}

/* ---- kb:figures ------------------------------------------------------------------ */

static void push_figures(lua_State *L, const dsr_relation *relation,
                         const dsr_figures *figures) {
  lua_createtable(L, 0, 6);
  dsr_lua_set_str(L, "relation", relation->name);
  set_count(L, "arity", (uint64_t)relation->arity);
  set_count(L, "facts", figures->facts);
  if (figures->undated > 0) set_count(L, "undated", figures->undated);
  if (!figures->dated) return;
  lua_pushinteger(L, figures->first);
  lua_setfield(L, -2, "first");
  lua_pushinteger(L, figures->last);
  lua_setfield(L, -2, "last");
}

/* Is the relation one that figures are asked of: the base's own, or one that names things? */
static bool is_counted(const dsr_relation *relation, bool naming) {
  return relation->inverse == 0 && (relation->number >= DSR_REL_FIRST ||
                                    (naming && relation->number <= DSR_REL_SAME_AS));
}

/* kb:figures(options) -> list, an item for each relation that is not built in and, with
** options.naming, for label, alias, type, prefix and same_as */
static int base_figures(lua_State *L) {
  static const char *const keys[] = {"naming", NULL};
  bool naming = false;
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  if (!lua_isnoneornil(L, 2)) {
    dsr_lua_check_keys(L, 2, keys);
    naming = dsr_lua_option_bool(L, 2, "naming");
  }
  dsr_facts *facts = dsr_lua_facts(home);
  const dsr_relation *relation;
  dsr_figures figures = {0};
  lua_newtable(L);
  for (size_t i = 0, n = 0; (relation = dsr_relation_at(facts, i)) != NULL; i++) {
    if (!is_counted(relation, naming)) continue;
    dsr_lua_try(L, home,
                dsr_figures_of(facts, home->base->view, relation->number, &figures));
    push_figures(L, relation, &figures);
    lua_rawseti(L, -2, (lua_Integer)++n);
  }
  return 1;
}

/* ---- kb:mentions ----------------------------------------------------------------- */

typedef struct mentioned {
  dsr_word entity;
  uint64_t facts;
} mentioned;

/* What is found goes into memory of the stack's. */
typedef struct taker {
  dsr_lua_home *home;
  dsr_lua_bag *bag;
} taker;

static dsr_status take(taker *to, const void *item, size_t size) {
  if (dsr_lua_bag_add(to->bag, item, size)) return DSR_OK;
  return dsr_fail_memory(to->home->base->error);
}

static dsr_status take_mention(void *ud, dsr_word entity, uint64_t facts) {
  mentioned one = {entity, facts};
  return take(ud, &one, sizeof one);
}

/* How many are asked for at `arg`; nil: all. */
static size_t check_most(lua_State *L, int arg) {
  if (lua_isnoneornil(L, arg)) return SIZE_MAX;
  lua_Integer most = luaL_checkinteger(L, arg);
  luaL_argcheck(L, most >= 0, arg, "how many are asked for is no less than 0");
  return (size_t)most;
}

/* kb:mentions(most) -> list, entities */
static int base_mentions(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  size_t most = check_most(L, 2);
  uint64_t entities = 0;
  lua_settop(L, 2);
  taker to = {home, dsr_lua_push_bag(L)};
  dsr_lua_try(L, home,
              dsr_figures_mentions(dsr_lua_facts(home), home->base->view, most,
                                   take_mention, &to, &entities));
  const mentioned *items = to.bag->items;
  luaL_checkstack(L, 12, NULL);
  lua_createtable(L, (int)to.bag->len, 0);
  for (size_t i = 0; i < to.bag->len; i++) {
    lua_createtable(L, 0, 2);
    dsr_lua_set_word(L, 1, "entity", items[i].entity);
    set_count(L, "facts", items[i].facts);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushinteger(L, (lua_Integer)entities);
  return 2;
}

/* ---- what is asked of tellings --------------------------------------------------- */

/* Options at `arg`, with what they point to on the stack. */
typedef struct asked {
  dsr_told_options options;
  dsr_time since, until;
} asked;

static void check_relations(lua_State *L, dsr_lua_home *home, int arg,
                            dsr_told_options *out) {
  const char *const *names = dsr_lua_option_list(L, arg, "relations");
  size_t n = 0, room = 0;
  if (names == NULL) return;
  while (names[room] != NULL) room++;
  uint32_t *numbers = lua_newuserdatauv(L, (room + 1) * sizeof *numbers, 0);
  for (size_t i = 0; i < room; i++) {
    const dsr_relation *found =
        dsr_lua_check_relation(L, home, dsr_str_of(names[i]), -1);
    uint32_t number = found->inverse != 0 ? found->inverse : found->number;
    bool met = false;
    for (size_t k = 0; k < n; k++) met |= numbers[k] == number;
    if (!met) numbers[n++] = number;
  }
  out->some = true;
  out->relations = numbers;
  out->n_relations = n;
}

static void check_trusts(lua_State *L, int arg, dsr_told_options *out) {
  const char *const *words = dsr_lua_option_list(L, arg, "trust");
  for (; words != NULL && *words != NULL; words++) {
    int trust = DSR_UNSUPPORTED;
    while (trust <= DSR_CONTESTED &&
           !dsr_str_is(dsr_str_of(*words), dsr_trust_word((dsr_trust)trust))) {
      trust++;
    }
    if (trust > DSR_CONTESTED) {
      luaL_error(L,
                 "there is no trust \"%s\"; there are unsupported, single-source, "
                 "corroborated and contested",
                 *words);
    }
    out->trusts |= 1u << trust;
  }
}

static const dsr_time *check_day(lua_State *L, int arg, const char *key,
                                 dsr_time *time) {
  char why[256];
  const char *edtf = dsr_lua_option(L, arg, key, false);
  if (edtf == NULL) return NULL;
  if (dsr_time_parse(dsr_str_of(edtf), time, why, sizeof why) < 0) {
    luaL_error(L, "option \"%s\": %s", key, why);
  }
  return time;
}

static dsr_status find_source(dsr_lua_home *home, dsr_str name, dsr_word *out) {
  bool declared = false;
  dsr_facts *facts = dsr_lua_facts(home);
  *out = dsr_facts_base_source(facts);
  if (dsr_str_is(name, "base")) return DSR_OK;
  dsr_status rc = dsr_symbols_find(dsr_lua_symbols(home), DSR_SYM_ENTITY, name, out);
  if (rc == DSR_OK) rc = dsr_source_declared(facts, *out, &declared);
  if (rc < 0) return rc;
  return declared ? DSR_OK : dsr_source_unknown(facts, name);
}

static void check_asked(lua_State *L, dsr_lua_home *home, int arg, asked *out) {
  static const char *const keys[] = {"relations", "trust",  "since",
                                     "until",     "source", NULL};
  *out = (asked){0};
  if (lua_isnoneornil(L, arg)) return;
  luaL_checktype(L, arg, LUA_TTABLE);
  luaL_checkstack(L, 20, NULL);
  dsr_lua_check_keys(L, arg, keys);
  check_relations(L, home, arg, &out->options);
  check_trusts(L, arg, &out->options);
  out->options.since = check_day(L, arg, "since", &out->since);
  out->options.until = check_day(L, arg, "until", &out->until);
  const char *source = dsr_lua_option(L, arg, "source", false);
  if (source == NULL) return;
  dsr_lua_try(L, home, find_source(home, dsr_str_of(source), &out->options.source));
}

/* A call with its options at `arg`, last: what is asked, and a bag, pushed, for the answers. */
static taker begin_asking(lua_State *L, int arg, asked *out) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  lua_settop(L, arg);
  check_asked(L, home, arg, out);
  return (taker){home, dsr_lua_push_bag(L)};
}

/* ---- kb:support ------------------------------------------------------------------ */

static dsr_status take_support(void *ud, const dsr_support *support) {
  return take(ud, support, sizeof *support);
}

/* kb:support(options) -> list */
static int base_support(lua_State *L) {
  asked ask;
  taker to = begin_asking(L, 2, &ask);
  dsr_lua_home *home = to.home;
  dsr_lua_try(L, home,
              dsr_figures_support(dsr_lua_facts(home), home->base->view, &ask.options,
                                  take_support, &to));
  const dsr_support *items = to.bag->items;
  luaL_checkstack(L, 12, NULL);
  lua_createtable(L, (int)to.bag->len, 0);
  for (size_t i = 0; i < to.bag->len; i++) {
    const dsr_relation *relation =
        dsr_relation_get(dsr_lua_facts(home), items[i].relation);
    lua_createtable(L, 0, 7);
    dsr_lua_set_str(L, "relation", relation->name);
    set_count(L, "arity", (uint64_t)relation->arity);
    set_count(L, "told", items[i].told);
    for (int k = DSR_UNSUPPORTED; k <= DSR_CONTESTED; k++) {
      set_count(L, dsr_trust_word((dsr_trust)k), items[i].by_trust[k]);
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---- kb:coverage ----------------------------------------------------------------- */

static dsr_status take_coverage(void *ud, const dsr_coverage *coverage) {
  return take(ud, coverage, sizeof *coverage);
}

static void push_coverage(lua_State *L, const dsr_coverage *one) {
  lua_createtable(L, 0, 7);
  dsr_lua_set_word(L, 1, "source", one->source);
  set_count(L, "facts", one->facts);
  set_count(L, "told", one->told);
  set_count(L, "only", one->only);
  for (int kind = DSR_STATED; kind <= DSR_ASSESSED; kind++) {
    set_count(L, dsr_kind_word((dsr_kind)kind), one->by_kind[kind]);
  }
}

/* kb:coverage() -> table, by the identifier of the source */
static int base_coverage(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  lua_settop(L, 1);
  taker to = {home, dsr_lua_push_bag(L)};
  dsr_lua_try(
      L, home,
      dsr_figures_coverage(dsr_lua_facts(home), home->base->view, take_coverage, &to));
  const dsr_coverage *items = to.bag->items;
  luaL_checkstack(L, 12, NULL);
  lua_createtable(L, 0, (int)to.bag->len);
  for (size_t i = 0; i < to.bag->len; i++) {
    push_coverage(L, &items[i]);
    lua_getfield(L, -1, "source");
    luaL_tolstring(L, -1, NULL);
    lua_replace(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -3);
  }
  return 1;
}

/* ---- kb:told, kb:latest, kb:recorded ---------------------------------------------------------- */

typedef struct kept {
  dsr_tuple fact;
  bool certain;
} kept;

static dsr_status take_telling(void *ud, const dsr_told_one *telling) {
  kept one = {*telling->fact, telling->certain};
  return take(ud, &one, sizeof one);
}

/* The next fact.  Upvalues: the bag, the home, how many were given, and the transaction
** that was open in Lua, or 0. */
static int fact_step(lua_State *L) {
  const dsr_lua_bag *bag = lua_touserdata(L, lua_upvalueindex(1));
  dsr_lua_home *home = lua_touserdata(L, lua_upvalueindex(2));
  size_t at = (size_t)lua_tointeger(L, lua_upvalueindex(3));
  dsr_lua_check_alive(L, home);
  dsr_lua_check_txn(L, home, (uint64_t)lua_tointeger(L, lua_upvalueindex(4)));
  if (at >= bag->len) return 0;
  lua_pushinteger(L, (lua_Integer)at + 1);
  lua_replace(L, lua_upvalueindex(3));
  const kept *one = (const kept *)bag->items + at;
  dsr_lua_push_fact(L, lua_upvalueindex(2), lua_touserdata(L, lua_upvalueindex(2)),
                    &one->fact, one->certain);
  return 1;
}

/* The bag on top gives way to a function that gives its facts. */
static int push_step(lua_State *L, dsr_lua_home *home) {
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushinteger(L, (lua_Integer)dsr_lua_root(home)->open_txn);
  lua_pushcclosure(L, fact_step, 4);
  return 1;
}

/* kb:told(options) -> step */
static int base_told(lua_State *L) {
  asked ask;
  taker to = begin_asking(L, 2, &ask);
  dsr_lua_home *home = to.home;
  dsr_lua_try(L, home,
              dsr_told_each(dsr_lua_facts(home), home->base->view, &ask.options,
                            take_telling, &to));
  return push_step(L, home);
}

/* kb:tellings(options) -> list */
static int base_tellings(lua_State *L) {
  asked ask;
  dsr_lua_home *home = begin_asking(L, 2, &ask).home;
  dsr_tellings **list = dsr_lua_push_tellings(L);
  dsr_lua_try(
      L, home,
      dsr_tellings_new(dsr_lua_facts(home), home->base->view, &ask.options, list));
  return 1;
}

static dsr_status take_recorded(void *ud, const dsr_tuple *fact, uint64_t set) {
  (void)set;
  kept one = {*fact, true};
  return take(ud, &one, sizeof one);
}

/* The numbers of transactions at 2 and 3, the second "up to now" where it is nil. */
static void check_span(lua_State *L, uint64_t *first, uint64_t *last) {
  lua_Integer from = luaL_checkinteger(L, 2);
  lua_Integer to = luaL_optinteger(L, 3, LUA_MAXINTEGER);
  luaL_argcheck(L, from >= 0, 2, "the number of a transaction is no less than 0");
  luaL_argcheck(L, to >= 0, 3, "the number of a transaction is no less than 0");
  *first = (uint64_t)from;
  *last = (uint64_t)to;
}

/* kb:recorded(first, last) -> step */
static int base_recorded(lua_State *L) {
  uint64_t first, last;
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  check_span(L, &first, &last);
  taker to = {home, dsr_lua_push_bag(L)};
  dsr_lua_try(L, home,
              dsr_recorded_each(dsr_lua_facts(home), home->base->view, first, last,
                                take_recorded, &to));
  return push_step(L, home);
}

/* kb:recordings(first, last) -> list */
static int base_recordings(lua_State *L) {
  uint64_t first, last;
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  check_span(L, &first, &last);
  dsr_tellings **list = dsr_lua_push_tellings(L);
  dsr_lua_try(
      L, home,
      dsr_tellings_recorded(dsr_lua_facts(home), home->base->view, first, last, list));
  return 1;
}

/* kb:latest(most, options) -> list, all */
static int base_latest(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  size_t most = check_most(L, 2);
  uint64_t all = 0;
  asked ask;
  taker to = begin_asking(L, 3, &ask);
  dsr_lua_try(L, home,
              dsr_told_latest(dsr_lua_facts(home), home->base->view, &ask.options, most,
                              take_telling, &to, &all));
  const kept *items = to.bag->items;
  lua_createtable(L, (int)to.bag->len, 0);
  for (size_t i = 0; i < to.bag->len; i++) {
    dsr_lua_push_fact(L, 1, lua_touserdata(L, 1), &items[i].fact, items[i].certain);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushinteger(L, (lua_Integer)all);
  return 2;
}

const luaL_Reg dsr_lua_figures_methods[] = {
    {"figures", base_figures},   {"mentions", base_mentions},
    {"support", base_support},   {"coverage", base_coverage},
    {"told", base_told},         {"tellings", base_tellings},
    {"recorded", base_recorded}, {"recordings", base_recordings},
    {"latest", base_latest},     {NULL, NULL}};
