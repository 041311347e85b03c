/*
** lua_pattern.c - which relation a name means, and what a pattern's values may be.
**
** A plain string in a pattern means the entity so spelled, and the text so spelled in
** any language or datatype; a declared column decides between them.  Texts are interned
** with their language, so "any" has to be spelled out: a relation's *flavours* are the
** languages and datatypes that its texts have, found by one scan of the relation and
** remembered until the base changes.  A string then stands for a few exact words, and
** a pattern for the product of its columns' words: look-ups, not scans.
*/
#include <string.h>

#include "facts/kept.h"
#include "ground/text.h"
#include "lua/lua_aid.h"

#define PATTERN "dossier.pattern"

/* ---- relations by name ----------------------------------------------------------- */

/* Split "joined/2"; the arity is -1 where the name has none. */
static dsr_str split_name(dsr_str name, int *arity) {
  *arity = -1;
  if (name.len < 3 || name.data[name.len - 2] != '/') return name;
  char digit = name.data[name.len - 1];
  if (digit < '0' || digit > '0' + DSR_ARITY_MAX) return name;
  *arity = digit - '0';
  name.len -= 2;
  return name;
}

/* "joined/2" on the stack. */
static const char *push_signature(lua_State *L, const dsr_relation *relation) {
  dsr_lua_push_str(L, relation->name);
  lua_pushfstring(L, "/%d", relation->arity);
  lua_concat(L, 2);
  return lua_tostring(L, -1);
}

/* Which arities the name has, a bit each. */
static unsigned arities_of(dsr_facts *facts, dsr_str name) {
  unsigned arities = 0;
  for (int i = 0; i <= DSR_ARITY_MAX; i++) {
    if (dsr_relation_find(facts, name, i) != NULL) arities |= 1u << i;
  }
  return arities;
}

/* The name alone means several relations: say which. */
static void several(lua_State *L, const char *name, unsigned arities) {
  luaL_Buffer list;
  luaL_buffinit(L, &list);
  for (int i = 0, n = 0; i <= DSR_ARITY_MAX; i++) {
    if ((arities >> i & 1) == 0) continue;
    lua_pushfstring(L, n++ > 0 ? ", %s/%d" : "%s/%d", name, i);
    luaL_addvalue(&list);
  }
  luaL_pushresult(&list);
  luaL_error(L, "several relations are called \"%s\": %s; say which", name,
             lua_tostring(L, -1));
}

static int lowest_bit(unsigned bits) {
  int i = 0;
  while ((bits >> i & 1) == 0) i++;
  return i;
}

const dsr_relation *dsr_lua_find_relation(lua_State *L, dsr_lua_home *home,
                                          dsr_str name, int n) {
  int arity;
  dsr_facts *facts = dsr_lua_facts(home);
  dsr_str bare = split_name(name, &arity);
  if (arity >= 0) return dsr_relation_find(facts, bare, arity);
  unsigned arities = arities_of(facts, bare);
  if (arities == 0) return NULL;
  if ((arities & (arities - 1)) == 0) {
    return dsr_relation_find(facts, bare, lowest_bit(arities));
  }
  if (n <= 0 || (arities >> n & 1) == 0) several(L, name.data, arities);
  return dsr_relation_find(facts, bare, n);
}

/* As dsr_lua_check_relation(), of a name that is not known yet. */
static const dsr_relation *look_up(lua_State *L, dsr_lua_home *home, dsr_str name,
                                   int n) {
  int arity, other = -1;
  const dsr_relation *found = dsr_lua_find_relation(L, home, name, n);
  if (found != NULL) return found;
  dsr_str bare = split_name(name, &arity);
  if (dsr_kept_deriving(dsr_lua_facts(home), bare, arity) != NULL) {
    luaL_error(L,
               "\"%s\" is derived by rules, and no claim is on a fact of it; ask "
               "kb:query",
               name.data);
  }
  dsr_str near = dsr_relation_nearest(dsr_lua_facts(home), bare, &other);
  if (near.len == 0) luaL_error(L, "there is no relation \"%s\"", name.data);
  dsr_lua_push_str(L, near);
  if (other >= 0) {
    luaL_error(L, "there is no relation \"%s\"; there is %s/%d", name.data,
               lua_tostring(L, -1), other);
  }
  luaL_error(L, "there is no relation \"%s\"; did you mean \"%s\"?", name.data,
             lua_tostring(L, -1));
  return NULL;
}

enum { ENDS = 4 }; /* bytes by which names differ, mostly */

/* The place of a name among those that were found; NULL without memory for it. */
static dsr_lua_name *place_of(dsr_lua_home *root, dsr_str name, int n) {
  if (root->names == NULL) root->names = dsr_alloc(DSR_LUA_NAMES * sizeof *root->names);
  if (root->names == NULL || name.len == 0 || name.len > DSR_LUA_NAME_MOST) return NULL;
  size_t at = name.len + (size_t)n;
  for (size_t i = name.len > ENDS ? name.len - ENDS : 0; i < name.len; i++) {
    at = at * 31 + (unsigned char)name.data[i];
  }
  return &root->names[at % DSR_LUA_NAMES];
}

const dsr_relation *dsr_lua_check_relation(lua_State *L, dsr_lua_home *home,
                                           dsr_str name, int n) {
  dsr_facts *facts = dsr_lua_facts(home);
  uint64_t generation = dsr_facts_generation(facts);
  dsr_lua_name *place = place_of(dsr_lua_root(home), name, n);
  bool known = place != NULL && place->relation != 0 && place->n == (uint8_t)n &&
               place->generation == generation && place->len == name.len &&
               memcmp(place->name, name.data, name.len) == 0;
  if (known) {
    const dsr_relation *relation = dsr_relation_get(facts, place->relation);
    if (relation != NULL) return relation;
  }
  const dsr_relation *found = look_up(L, home, name, n);
  if (place == NULL || n < 0 || n > DSR_ARITY_MAX) return found;
  *place = (dsr_lua_name){.generation = generation,
                          .relation = found->number,
                          .len = (uint8_t)name.len,
                          .n = (uint8_t)n};
  memcpy(place->name, name.data, name.len);
  return found;
}

/* ---- flavours -------------------------------------------------------------------- */

static bool known_flavour(const dsr_lua_flavours *flavours, const dsr_value *text) {
  for (size_t i = 0; i < flavours->items.len; i++) {
    const dsr_lua_flavour *one = &flavours->items.items[i];
    if (dsr_str_eq(one->lang, text->lang) &&
        dsr_str_eq(one->datatype, text->datatype)) {
      return true;
    }
  }
  return false;
}

/* Take note of the texts in one row.  The strings stay in the symbols. */
static dsr_status note_row(dsr_lua_home *home, const dsr_match *match, int arity,
                           dsr_lua_flavours *flavours) {
  char scratch[DSR_WORD_TEXT];
  dsr_value text;
  for (int i = 0; i < arity; i++) {
    if (dsr_word_tag(match->args[i]) != DSR_TAG_TEXT) continue;
    flavours->columns |= 1u << i;
    TRY(dsr_word_value(dsr_lua_symbols(home), match->args[i], scratch, &text));
    if (known_flavour(flavours, &text)) continue;
    dsr_lua_flavour fresh = {text.lang, text.datatype};
    if (!VEC_PUSH(&flavours->items, fresh)) return dsr_fail_memory(home->base->error);
  }
  return DSR_OK;
}

/* Fill in flavours by a scan of all that was ever claimed. */
static dsr_status find_flavours(dsr_lua_home *home, int arity,
                                dsr_lua_flavours *flavours) {
  static const dsr_word anything[DSR_ARITY_MAX] = {0};
  const dsr_match *match;
  dsr_scan *scan;
  flavours->columns = 0;
  flavours->items.len = 0;
  TRY(dsr_scan_start(dsr_lua_facts(home), home->base->view, flavours->relation,
                     anything, DSR_WORD_NONE, DSR_SCAN_EVERY, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    rc = note_row(home, match, arity, flavours);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

/* The flavours of a relation's texts as the base is now. */
static dsr_status get_flavours(dsr_lua_home *home, uint32_t relation, int arity,
                               const dsr_lua_flavours **out) {
  dsr_lua_home *root = dsr_lua_root(home);
  uint64_t generation = dsr_facts_generation(dsr_lua_facts(home));
  dsr_lua_flavours *found = NULL;
  for (size_t i = 0; i < root->flavours.len; i++) {
    if (root->flavours.items[i].relation == relation) found = &root->flavours.items[i];
  }
  if (found == NULL) {
    dsr_lua_flavours fresh = {.relation = relation, .generation = generation - 1};
    if (!VEC_PUSH(&root->flavours, fresh)) return dsr_fail_memory(home->base->error);
    found = &root->flavours.items[root->flavours.len - 1];
  }
  if (found->generation != generation) {
    TRY(find_flavours(root, arity, found));
    found->generation = generation;
  }
  *out = found;
  return DSR_OK;
}

/* ---- patterns -------------------------------------------------------------------- */

static int pattern_gc(lua_State *L) {
  dsr_lua_pattern *pattern = luaL_checkudata(L, 1, PATTERN);
  for (int i = 0; i < DSR_ARITY_MAX; i++) VEC_FREE(&pattern->columns[i].words);
  return 0;
}

static dsr_lua_pattern *push_empty(lua_State *L) {
  dsr_lua_pattern *pattern = lua_newuserdatauv(L, sizeof *pattern, 0);
  memset(pattern, 0, sizeof *pattern);
  if (luaL_newmetatable(L, PATTERN)) {
    lua_pushcfunction(L, pattern_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return pattern;
}

/* Add what `rc` found, if it found something; an unknown time is in no column. */
static dsr_status add_word(dsr_lua_home *home, dsr_lua_column *column, dsr_status rc,
                           dsr_word word) {
  if (rc != DSR_OK || word == DSR_WORD_NONE) return rc;
  return VEC_PUSH(&column->words, word) ? DSR_OK : dsr_fail_memory(home->base->error);
}

/* One word, the given one's, if the base has met it. */
static dsr_status add_exact(dsr_lua_home *home, const dsr_lua_value *given,
                            dsr_domain domain, dsr_lua_column *column) {
  dsr_word word = DSR_WORD_NONE;
  dsr_status rc = dsr_lua_value_word(home, given, domain, DSR_INTERN_FIND, &word);
  return add_word(home, column, rc, word);
}

/* A text in each flavour that the relation's texts have. */
static dsr_status add_texts(dsr_lua_home *home, dsr_lua_pattern *pattern, int i,
                            const dsr_lua_value *given) {
  const dsr_lua_flavours *flavours = NULL;
  TRY(get_flavours(home, pattern->relation, pattern->arity, &flavours));
  if ((flavours->columns >> i & 1) == 0) return DSR_OK;
  for (size_t f = 0; f < flavours->items.len; f++) {
    dsr_word word = DSR_WORD_NONE;
    dsr_status rc = dsr_text_word(
        dsr_lua_symbols(home), given->value.text, flavours->items.items[f].lang,
        flavours->items.items[f].datatype, DSR_INTERN_FIND, &word);
    TRY(add_word(home, &pattern->columns[i], rc, word));
  }
  return DSR_OK;
}

/* All that a given value may mean in column `i`. */
static dsr_status add_meanings(dsr_lua_home *home, dsr_lua_pattern *pattern, int i,
                               dsr_domain domain, const dsr_lua_value *given) {
  dsr_lua_column *column = &pattern->columns[i];
  if (!given->plain || domain == DSR_COL_ENTITY || domain == DSR_COL_TIME) {
    return add_exact(home, given, domain, column);
  }
  if (domain == DSR_COL_ANY) TRY(add_exact(home, given, DSR_COL_ENTITY, column));
  return add_texts(home, pattern, i, given);
}

/* A plain string can mean nothing in a column of numbers or booleans. */
static void check_column(lua_State *L, const dsr_relation *relation, int i,
                         const dsr_lua_value *given) {
  dsr_domain domain = relation->types[i];
  if (!given->plain || domain == DSR_COL_ANY || domain == DSR_COL_ENTITY ||
      domain == DSR_COL_TEXT || domain == DSR_COL_TIME) {
    return;
  }
  luaL_error(L, "column %d of %s takes %s; came the string \"%s\"", i + 1,
             push_signature(L, relation), dsr_domain_word(domain),
             given->value.text.data);
}

dsr_lua_pattern *dsr_lua_push_pattern(lua_State *L, dsr_lua_home *home,
                                      const dsr_relation *asked, int arg) {
  int last = lua_gettop(L);
  dsr_relation copy = *asked, *relation = &copy; /* a scan may move the catalogue */
  if (last - arg + 1 > relation->arity) {
    luaL_error(L, "%s has %d columns; the pattern has %d", push_signature(L, relation),
               relation->arity, last - arg + 1);
  }
  dsr_lua_pattern *pattern = push_empty(L);
  pattern->relation = relation->number;
  pattern->arity = relation->arity;
  for (int i = 0; i < relation->arity; i++) {
    pattern->columns[i].open = arg + i > last || lua_isnil(L, arg + i);
  }
  for (int i = 0; i < pattern->arity; i++) {
    if (pattern->columns[i].open) continue;
    dsr_lua_value given;
    dsr_domain domain = relation->types[i];
    dsr_lua_check_value(L, home, arg + i, "a pattern", &given);
    check_column(L, relation, i, &given);
    dsr_lua_try(L, home, add_meanings(home, pattern, i, domain, &given));
  }
  return pattern;
}

/* ---- patterns that need no memory ------------------------------------------------- */

/* Can the string in column `i` mean an entity only? */
static bool only_entity(dsr_lua_home *home, const dsr_relation *relation, int i) {
  const dsr_lua_flavours *flavours = NULL;
  if (relation->types[i] == DSR_COL_ENTITY) return true;
  if (relation->types[i] != DSR_COL_ANY) return false;
  if (get_flavours(home, relation->number, relation->arity, &flavours) < 0)
    return false;
  return (flavours->columns >> i & 1) == 0;
}

/* The one word that the value at `arg` means in column `i`: DSR_OK, DSR_DONE where the base
** has not met it, below zero where that is not for here. */
static dsr_status plain_word(lua_State *L, dsr_lua_home *home,
                             const dsr_relation *relation, int i, int arg,
                             dsr_word *out) {
  dsr_lua_entity *entity;
  dsr_status rc;
  switch (lua_type(L, arg)) {
    case LUA_TNIL:
      return DSR_OK;
    case LUA_TUSERDATA:
      entity = dsr_lua_as_entity(L, arg, home);
      if (entity == NULL) return DSR_EMISUSE;
      rc = dsr_lua_find_entity(home, entity, out);
      break;
    case LUA_TSTRING:
      if (!only_entity(home, relation, i)) return DSR_EMISUSE;
      rc = dsr_symbols_find(dsr_lua_symbols(home), DSR_SYM_ENTITY,
                            dsr_lua_check_str(L, arg), out);
      break;
    default:
      return DSR_EMISUSE;
  }
  return rc == DSR_NOTHING ? DSR_DONE : rc;
}

dsr_status dsr_lua_plain_pattern(lua_State *L, dsr_lua_home *home,
                                 const dsr_relation *asked, int arg, dsr_word *words) {
  int last = lua_gettop(L);
  dsr_relation copy = *asked, *relation = &copy; /* a scan may move the catalogue */
  bool none = false;
  if (last - arg + 1 > relation->arity) return DSR_NOTHING;
  for (int i = 0; i < relation->arity; i++) {
    words[i] = DSR_WORD_NONE;
    if (arg + i > last) continue;
    dsr_status rc = plain_word(L, home, relation, i, arg + i, &words[i]);
    if (rc < 0) return DSR_NOTHING;
    none = none || rc != DSR_OK;
  }
  return none ? DSR_DONE : DSR_OK;
}
