/*
** lua_catalog.c - what a base knows of its names: entities, relations, sources.
**
** Everything here is a small result: it is gathered in C, sorted so that two runs never
** differ, and given as plain tables.
*/
#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

/* How many facts are looked at for names near to one that was not found. */
enum { NEAR_ROWS_MOST = 20000 };

/* ---- gathering ------------------------------------------------------------------- */

/* Something gathered, with what it is sorted by. */
typedef struct named {
  dsr_word word;
  dsr_str lang, text;
} named;

/* By language (none first), then by text. */
static int compare_named(const void *a, const void *b) {
  const named *left = a, *right = b;
  int order = dsr_str_cmp(left->lang, right->lang);
  return order != 0 ? order : dsr_str_cmp(left->text, right->text);
}

static void sort_named(dsr_lua_bag *bag) {
  if (bag->len > 1) qsort(bag->items, bag->len, sizeof(named), compare_named);
}

/* Add a word with its spelling.  (Entities and texts: the spelling stays.) */
static dsr_status add_named(dsr_lua_home *home, dsr_lua_bag *bag, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  TRY(dsr_word_value(dsr_lua_symbols(home), word, scratch, &value));
  named one = {word, value.lang, value.text};
  if (!dsr_word_interned(word)) one.text = (dsr_str){NULL, 0};
  if (!dsr_lua_bag_add(bag, &one, sizeof one))
    return dsr_fail_memory(home->base->error);
  return DSR_OK;
}

/* Column `column` of the facts relation(subject, _), subject none: of all facts. */
static dsr_status gather(dsr_lua_home *home, uint32_t relation, dsr_word subject,
                         int column, dsr_lua_bag *bag) {
  dsr_word words[DSR_ARITY_MAX] = {subject};
  const dsr_match *match;
  dsr_scan *scan;
  TRY(dsr_scan_start(dsr_lua_facts(home), home->base->view, relation, words,
                     DSR_WORD_NONE, 0, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    rc = add_named(home, bag, match->args[column]);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  sort_named(bag);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_lua_first(dsr_lua_home *home, uint32_t relation, dsr_word subject,
                         dsr_word *out) {
  dsr_word words[DSR_ARITY_MAX] = {subject};
  const dsr_match *match;
  dsr_scan *scan;
  TRY(dsr_scan_start(dsr_lua_facts(home), home->base->view, relation, words,
                     DSR_WORD_NONE, 0, &scan));
  dsr_status rc = dsr_scan_next(scan, &match);
  if (rc == DSR_ROW) *out = match->args[1];
  dsr_scan_stop(scan);
  if (rc == DSR_DONE) return DSR_NOTHING;
  return rc < 0 ? rc : DSR_OK;
}

/* The bag on top gives way to a list of its words' values, each once. */
static void list_words(lua_State *L, int home, const dsr_lua_bag *bag) {
  const named *items = bag->items;
  lua_createtable(L, (int)bag->len, 0);
  for (size_t i = 0, n = 0; i < bag->len; i++) {
    if (i > 0 && items[i].word == items[i - 1].word) continue;
    dsr_lua_push_word(L, home, items[i].word);
    lua_rawseti(L, -2, (lua_Integer)++n);
  }
  lua_remove(L, -2);
}

/* A list of column `column` of relation(subject, _), pushed. */
static void push_gathered(lua_State *L, int index, uint32_t relation, dsr_word subject,
                          int column) {
  dsr_lua_home *home = lua_touserdata(L, index);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  dsr_lua_try(L, home, gather(home, relation, subject, column, bag));
  list_words(L, index, bag);
}

/* ---- kb:find --------------------------------------------------------------------- */

/* A race between names, case aside; `best` as it was offered. */
typedef struct contest {
  dsr_nearest folded;
  dsr_arena *arena;
  dsr_str best;
} contest;

static dsr_status offer(dsr_lua_home *home, contest *race, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  int tag = dsr_word_tag(word);
  if (tag != DSR_TAG_ENTITY && tag != DSR_TAG_TEXT) return DSR_OK;
  TRY(dsr_word_value(dsr_lua_symbols(home), word, scratch, &value));
  if (value.text.len > 64 || value.text.len == 0) return DSR_OK; /* far from anything */
  dsr_str folded = dsr_text_fold(race->arena, value.text);
  if (folded.data == NULL) return dsr_fail_memory(home->base->error);
  dsr_nearest_offer(&race->folded, folded);
  if (race->folded.best.data == folded.data) race->best = value.text;
  return DSR_OK;
}

/* Offer what stands in a relation's facts: its texts where they are names, else its
** entities. */
static dsr_status offer_relation(dsr_lua_home *home, contest *race,
                                 const dsr_relation *relation, bool names, int *rows) {
  static const dsr_word anything[DSR_ARITY_MAX] = {0};
  const dsr_match *match;
  dsr_scan *scan;
  int arity = relation->arity;
  TRY(dsr_scan_start(dsr_lua_facts(home), home->base->view, relation->number, anything,
                     DSR_WORD_NONE, DSR_SCAN_OWN, &scan));
  dsr_status rc = DSR_OK;
  while (rc >= 0 && *rows > 0 && (rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    (*rows)--;
    for (int i = 0; i < arity && rc >= 0; i++) {
      bool text = dsr_word_tag(match->args[i]) == DSR_TAG_TEXT;
      if (names == text) rc = offer(home, race, match->args[i]);
    }
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

/* The nearest name of an entity: labels and aliases first, then whatever is mentioned,
** up to a bound. */
static dsr_status nearest_name(dsr_lua_home *home, contest *race) {
  int rows = NEAR_ROWS_MOST;
  const dsr_relation *relation;
  dsr_facts *facts = dsr_lua_facts(home);
  for (size_t i = 0; (relation = dsr_relation_at(facts, i)) != NULL; i++) {
    bool name = relation->number == DSR_REL_LABEL || relation->number == DSR_REL_ALIAS;
    bool metadata =
        relation->number < DSR_REL_FIRST && !name && relation->number != DSR_REL_TYPE;
    if (!metadata) TRY(offer_relation(home, race, relation, name, &rows));
  }
  return DSR_OK;
}

/* nil, message: nothing is so called */
static int push_unknown(lua_State *L, dsr_lua_home *home, dsr_str name) {
  contest race = {.arena = dsr_lua_push_arena(L)};
  dsr_str folded = dsr_text_fold(race.arena, name);
  dsr_nearest_start(&race.folded, folded);
  if (folded.len > 0) dsr_lua_try(L, home, nearest_name(home, &race));
  if (race.best.len == 0) { /* speakers, too */
    dsr_lua_try(L, home, dsr_entity_nearest(dsr_lua_facts(home), name, &race.best));
  }
  lua_pushnil(L);
  if (race.best.len > 0) {
    dsr_lua_push_str(L, race.best);
    lua_pushfstring(L, "nothing is called \"%s\"; did you mean \"%s\"?", name.data,
                    lua_tostring(L, -1));
    lua_remove(L, -2);
  } else {
    lua_pushfstring(L, "nothing is called \"%s\"", name.data);
  }
  return 2;
}

/* nil, message, candidates: several are so called.  The list is on top. */
static int push_several(lua_State *L, dsr_str name) {
  luaL_Buffer words;
  int list = lua_gettop(L), n = (int)lua_rawlen(L, list);
  luaL_buffinit(L, &words);
  for (int i = 1; i <= n; i++) {
    if (i > 1) luaL_addstring(&words, i == n ? " or " : ", ");
    lua_rawgeti(L, list, i);
    luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
    luaL_addvalue(&words);
  }
  luaL_pushresult(&words);
  lua_pushfstring(L, "\"%s\" may mean %s", name.data, lua_tostring(L, -1));
  lua_pushnil(L);
  lua_insert(L, -2);
  lua_pushvalue(L, list);
  return 3;
}

typedef struct finder {
  dsr_lua_home *home;
  dsr_lua_bag *bag;
  dsr_status rc;
} finder;

static void take_entity(void *ud, dsr_word entity) {
  finder *to = ud;
  if (to->rc >= 0) to->rc = add_named(to->home, to->bag, entity);
}

/* kb:find(name) -> entity | nil, message, candidates */
static int base_find(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_str name = dsr_lua_check_id(L, 2);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  finder to = {home, bag, DSR_OK};
  dsr_lua_try(
      L, home,
      dsr_entity_find(dsr_lua_facts(home), home->base->view, name, take_entity, &to));
  dsr_lua_try(L, home, to.rc);
  if (bag->len == 0) return push_unknown(L, home, name);
  sort_named(bag);
  list_words(L, 1, bag);
  if (lua_rawlen(L, -1) > 1) return push_several(L, name);
  lua_rawgeti(L, -1, 1);
  return 1;
}

/* kb:names(entity) -> labels, aliases */
static int base_names(lua_State *L) {
  dsr_word word;
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_str id = dsr_lua_check_id(L, 2);
  dsr_status rc = dsr_symbols_find(dsr_lua_symbols(home), DSR_SYM_ENTITY, id, &word);
  dsr_lua_try(L, home, rc);
  if (rc == DSR_NOTHING) {
    lua_newtable(L);
    lua_newtable(L);
    return 2;
  }
  push_gathered(L, 1, DSR_REL_LABEL, word, 1);
  push_gathered(L, 1, DSR_REL_ALIAS, word, 1);
  return 2;
}

/* ---- kb:relation ----------------------------------------------------------------- */

static void set_bool(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

static void set_columns(lua_State *L, const dsr_relation *relation) {
  lua_createtable(L, relation->arity, 0);
  for (int i = 0; i < relation->arity; i++) {
    lua_createtable(L, 0, 2);
    if (relation->roles[i].len > 0) dsr_lua_set_str(L, "role", relation->roles[i]);
    dsr_lua_set_str(L, "type", dsr_str_of(dsr_domain_word(relation->types[i])));
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "columns");
}

static void set_keys(lua_State *L, const dsr_relation *relation) {
  lua_newtable(L);
  for (int k = 0, n = 0; k < DSR_KEYS_MAX; k++) {
    if (relation->keys[k] == 0) continue;
    lua_newtable(L);
    for (int i = 0, m = 0; i < relation->arity; i++) {
      if ((relation->keys[k] >> i & 1) == 0) continue;
      lua_pushinteger(L, i + 1);
      lua_rawseti(L, -2, ++m);
    }
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "keys");
}

static void set_generals(lua_State *L, dsr_facts *facts, const dsr_relation *relation) {
  lua_newtable(L);
  for (int k = 0, n = 0; k < relation->n_is; k++) {
    const dsr_relation *general = dsr_relation_get(facts, relation->is[k].general);
    if (general == NULL) continue;
    lua_createtable(L, 0, 2);
    dsr_lua_set_str(L, "relation", general->name);
    lua_createtable(L, general->arity, 0);
    for (int i = 0; i < general->arity; i++) {
      lua_pushinteger(L, relation->is[k].map[i] + 1);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "columns");
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "is");
}

static void push_relation(lua_State *L, dsr_facts *facts, const dsr_relation *asked) {
  const dsr_relation relation = *asked;
  const dsr_relation *other =
      relation.inverse != 0 ? dsr_relation_get(facts, relation.inverse) : NULL;
  const dsr_relation *kept = other != NULL ? other : asked; /* whose facts they are */
  bool occurs = kept->occurs, timed = kept->timed, known = true;
  dsr_relation_known(facts, asked, &known); /* what cannot be told is */
  luaL_checkstack(L, 10, NULL);
  lua_createtable(L, 0, 15);
  dsr_lua_set_str(L, "name", relation.name);
  lua_pushinteger(L, relation.arity);
  lua_setfield(L, -2, "arity");
  set_bool(L, "declared", relation.declared);
  set_bool(L, "known", known);
  set_bool(L, "builtin", relation.number < DSR_REL_FIRST);
  set_bool(L, "occurs", occurs);
  set_bool(L, "once", relation.once);
  set_bool(L, "timed", timed);
  set_bool(L, "symmetric", relation.symmetric);
  if (relation.phrase.len > 0) dsr_lua_set_str(L, "phrase", relation.phrase);
  if (other != NULL) dsr_lua_set_str(L, "inverse", other->name);
  set_columns(L, &relation);
  set_keys(L, &relation);
  set_generals(L, facts, &relation);
}

/* kb:relation(name) -> table | nil */
static int base_relation(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  const dsr_relation *found =
      dsr_lua_find_relation(L, home, dsr_lua_check_str(L, 2), 0);
  if (found == NULL) return 0;
  push_relation(L, dsr_lua_facts(home), found);
  return 1;
}

/* kb:relations() -> list */
static int base_relations(lua_State *L) {
  const dsr_relation *relation;
  dsr_facts *facts = dsr_lua_facts(dsr_lua_check_reader(L, 1));
  lua_newtable(L);
  for (size_t i = 0; (relation = dsr_relation_at(facts, i)) != NULL; i++) {
    push_relation(L, facts, relation);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---- kb:sources, kb:transactions ------------------------------------------------- */

/* Field `name`: what relation(source, X) says, if it does.  A text gives its string. */
static void set_first(lua_State *L, int index, const char *name, uint32_t relation,
                      dsr_word source) {
  dsr_word word;
  dsr_lua_home *home = lua_touserdata(L, index);
  dsr_status rc = dsr_lua_first(home, relation, source, &word);
  dsr_lua_try(L, home, rc);
  if (rc != DSR_OK) return;
  dsr_lua_push_word(L, index, word);
  if (relation != DSR_REL_SOURCE_DATE) {
    luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
  }
  lua_setfield(L, -2, name);
}

static void push_source(lua_State *L, int index, dsr_word source) {
  static const struct {
    const char *name;
    uint32_t relation;
  } fields[] = {{"title", DSR_REL_SOURCE_TITLE},
                {"kind", DSR_REL_SOURCE_KIND},
                {"date", DSR_REL_SOURCE_DATE},
                {"reliability", DSR_REL_SOURCE_GRADE},
                {"url", DSR_REL_SOURCE_URL},
                {"author", DSR_REL_SOURCE_AUTHOR},
                {"publisher", DSR_REL_SOURCE_PUBLISHER}};
  dsr_word origin;
  dsr_lua_home *home = lua_touserdata(L, index);
  lua_createtable(L, 0, 12);
  dsr_lua_set_word(L, index, "entity", source);
  lua_getfield(L, -1, "entity");
  luaL_tolstring(L, -1, NULL);
  lua_setfield(L, -3, "id");
  lua_pop(L, 1);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    set_first(L, index, fields[i].name, fields[i].relation, source);
  }
  push_gathered(L, index, DSR_REL_DERIVED_FROM, source, 1);
  lua_setfield(L, -2, "derived_from");
  dsr_lua_try(
      L, home,
      dsr_source_origin(dsr_lua_facts(home), home->base->view, source, &origin));
  dsr_lua_set_word(L, index, "origin", origin);
}

/* kb:sources() -> list */
static int base_sources(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_lua_bag *bag = dsr_lua_push_bag(L);
  dsr_lua_try(L, home, gather(home, DSR_REL_SOURCE, DSR_WORD_NONE, 0, bag));
  const named *items = bag->items;
  luaL_checkstack(L, 12, NULL);
  lua_createtable(L, (int)bag->len, 0);
  for (size_t i = 0, n = 0; i < bag->len; i++) {
    if (i > 0 && items[i].word == items[i - 1].word) continue;
    push_source(L, 1, items[i].word);
    lua_rawseti(L, -2, (lua_Integer)++n);
  }
  return 1;
}

/* kb:transactions() -> list; an open one is not in it yet */
static int base_transactions(lua_State *L) {
  dsr_lua_home *home = dsr_lua_check_reader(L, 1);
  dsr_facts *facts = dsr_lua_facts(home);
  dsr_store *store = dsr_facts_store(facts);
  uint64_t last = dsr_store_txn(store);
  if (dsr_facts_writing(facts)) last--;
  lua_newtable(L);
  for (uint64_t i = 1; i <= last; i++) {
    int64_t stamp = 0;
    char text[32];
    dsr_lua_try(L, home, dsr_store_stamp(store, i, &stamp));
    dsr_stamp_format(stamp, text);
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, (lua_Integer)i);
    lua_setfield(L, -2, "number");
    lua_pushstring(L, text);
    lua_setfield(L, -2, "time");
    lua_rawseti(L, -2, (lua_Integer)i);
  }
  return 1;
}

const luaL_Reg dsr_lua_catalog_methods[] = {{"find", base_find},
                                            {"names", base_names},
                                            {"relation", base_relation},
                                            {"relations", base_relations},
                                            {"sources", base_sources},
                                            {"transactions", base_transactions},
                                            {NULL, NULL}};
