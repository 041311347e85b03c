/*
** lua_many.c - dossier.many: what scripts do to all facts of a base at once.
**
** Functions that tell.lua and report.lua are built on; users have them there, as
** tell.sort and report.fold.  They look at the words of the core, so that no fact has to
** be written to be compared: a sort of n facts costs n wordings and the comparing, the
** grouping by tuples one look-up a fact.
**
** All memory is the stack's: whatever is raised on the way, nothing is left behind.
** Facts and their words are kept in tables meanwhile, since a finalizer may run between.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

/* Item `i` of the list at `list`, pushed; raises where it is no fact. */
static dsr_lua_fact *push_fact_at(lua_State *L, int list, lua_Integer i) {
  lua_rawgeti(L, list, i);
  if (luaL_testudata(L, -1, DSR_LUA_FACT) == NULL) {
    luaL_error(L, "a list of facts is due; item %d is a %s", (int)i,
               luaL_typename(L, -1));
  }
  return dsr_lua_check_fact(L, -1);
}

/* ---- the order of telling -------------------------------------------------------- */

/* What decides a fact's place. */
typedef struct told {
  dsr_lua_fact *fact;
  dsr_word when; /* DSR_WORD_NONE: undated */
  dsr_time time;
  dsr_str words;
} told;

/* A sort in progress. */
typedef struct sorting {
  lua_State *L;
  int facts; /* on the stack: the facts as they came */
  told *items;
} sorting;

/* When a fact is: its time, else the first date among its columns. */
static dsr_status find_when(const dsr_lua_fact *fact, dsr_word *out) {
  *out = fact->time;
  for (int i = 0; i < fact->arity && *out == DSR_WORD_NONE; i++) {
    char scratch[DSR_WORD_TEXT];
    dsr_value value;
    int tag = dsr_word_tag(fact->args[i]);
    if (tag != DSR_TAG_DAY && tag != DSR_TAG_OTHER) continue;
    TRY(dsr_word_value(dsr_lua_symbols(fact->home), fact->args[i], scratch, &value));
    if (value.type == DSR_TIME) *out = fact->args[i];
  }
  return DSR_OK;
}

/* Look at fact `i` (from 1) of the table at `facts`; its words go into that at `words`. */
static void look_at(lua_State *L, int facts, int words, lua_Integer i, told *out) {
  dsr_lua_fact *fact = push_fact_at(L, facts, i);
  int arg = lua_gettop(L);
  out->fact = fact;
  dsr_lua_try(L, fact->home, find_when(fact, &out->when));
  dsr_lua_try(L, fact->home,
              dsr_word_time(dsr_lua_symbols(fact->home), out->when, &out->time));
  dsr_lua_push_words(L, arg, fact);
  out->words.data = lua_tolstring(L, -1, &out->words.len);
  lua_rawseti(L, words, i);
  lua_pop(L, 1);
}

static int compare_times(const sorting *s, const told *a, const told *b) {
  bool dated = a->when != DSR_WORD_NONE, other = b->when != DSR_WORD_NONE;
  if (!dated || !other) return (int)other - (int)dated;
  int order = dsr_time_compare(&a->time, &b->time);
  if (order != 0) return order;
  if (dsr_lua_root(a->fact->home) == dsr_lua_root(b->fact->home)) {
    dsr_symbols *symbols = dsr_lua_symbols(a->fact->home);
    dsr_lua_try(s->L, a->fact->home,
                dsr_value_compare(symbols, a->when, b->when, &order));
  }
  return order;
}

static dsr_str text_of(const sorting *s, uint32_t i) {
  dsr_str text;
  lua_rawgeti(s->L, s->facts, (lua_Integer)i + 1);
  dsr_lua_push_text(s->L, lua_gettop(s->L), s->items[i].fact);
  text.data = lua_tolstring(s->L, -1, &text.len);
  lua_pop(s->L, 2); /* the fact keeps it */
  return text;
}

/* By time, the undated last; then by words; then in the language. */
static int compare(const sorting *s, uint32_t i, uint32_t k) {
  const told *a = &s->items[i], *b = &s->items[k];
  int order = compare_times(s, a, b);
  if (order == 0) order = dsr_str_cmp(a->words, b->words);
  if (order != 0 || dsr_lua_same_fact(a->fact, b->fact)) return order;
  return dsr_str_cmp(text_of(s, i), text_of(s, k));
}

/* Merge from[low..mid) and from[mid..high) into `to`; equals stay as they came. */
static void merge(const sorting *s, const uint32_t *from, uint32_t *to, size_t low,
                  size_t mid, size_t high) {
  size_t i = low, k = mid;
  bool sorted = mid >= high || compare(s, from[mid - 1], from[mid]) <= 0;
  for (size_t o = low; o < high; o++) {
    bool first =
        sorted ? i < mid : k >= high || (i < mid && compare(s, from[i], from[k]) <= 0);
    to[o] = first ? from[i++] : from[k++];
  }
}

/* The places 0..n-1 in order; `order` has room for 2n, and the result is in it. */
static const uint32_t *merge_sort(const sorting *s, uint32_t *order, size_t n) {
  uint32_t *from = order, *to = order + n;
  for (size_t i = 0; i < n; i++) from[i] = (uint32_t)i;
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t low = 0; low < n; low += 2 * width) {
      size_t mid = low + width < n ? low + width : n;
      size_t high = low + 2 * width < n ? low + 2 * width : n;
      merge(s, from, to, low, mid, high);
    }
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/* A copy of the list at `list`, on the stack; its length. */
static size_t copy_list(lua_State *L, int list) {
  luaL_checktype(L, list, LUA_TTABLE);
  size_t n = (size_t)lua_rawlen(L, list);
  luaL_argcheck(L, n < UINT32_MAX / 4, list, "too many facts");
  lua_createtable(L, (int)n, 0);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, list, (lua_Integer)i);
    lua_rawseti(L, -2, (lua_Integer)i);
  }
  return n;
}

/* The first n items of the list at `list`, whose copy is at `copy`, in an order; those
** that `keep` (NULL: all) has; the places left over are emptied. */
static void put_in_order(lua_State *L, int list, int copy, const uint32_t *order,
                         const bool *keep, size_t n) {
  lua_Integer kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (keep != NULL && !keep[i]) continue;
    lua_rawgeti(L, copy, (lua_Integer)order[i] + 1);
    lua_rawseti(L, list, ++kept);
  }
  for (size_t i = (size_t)kept; i < n; i++) {
    lua_pushnil(L);
    lua_rawseti(L, list, (lua_Integer)i + 1);
  }
}

/* many.sort(facts, once, along): in order of telling; with `once`, repeated facts go;
** `along` is a list as long, whose items move as the facts do. */
static int many_sort(lua_State *L) {
  bool once = lua_toboolean(L, 2);
  lua_settop(L, 3);
  bool with = !lua_isnil(L, 3);
  size_t n = copy_list(L, 1);
  int facts = 4, words = 5, along = 8;
  luaL_checkstack(L, 16, NULL);
  lua_createtable(L, (int)n, 0);
  sorting s = {L, facts, lua_newuserdatauv(L, (n + 1) * sizeof *s.items, 0)};
  uint32_t *order = lua_newuserdatauv(L, (2 * n + 1) * sizeof *order, 0);
  for (size_t i = 0; i < n; i++) {
    look_at(L, facts, words, (lua_Integer)i + 1, &s.items[i]);
  }
  const uint32_t *sorted = merge_sort(&s, order, n);
  if (with) luaL_argcheck(L, copy_list(L, 3) == n, 3, "as many items as facts are due");
  bool *keep = once ? lua_newuserdatauv(L, n + 1, 0) : NULL;
  for (size_t i = 0; once && i < n; i++) {
    const dsr_lua_fact *fact = s.items[sorted[i]].fact;
    keep[i] = i == 0 || !dsr_lua_same_fact(s.items[sorted[i - 1]].fact, fact);
  }
  put_in_order(L, 1, facts, sorted, keep, n);
  if (with) put_in_order(L, 3, along, sorted, keep, n);
  return 0;
}

/* ---- facts by tuple -------------------------------------------------------------- */

/* Facts under their tuples: `slots` has a tuple's first fact, as its place from 1, by the
** hash of the tuple; `next` leads from each fact to the next of its tuple. */
typedef struct grouping {
  const dsr_lua_fact **facts;
  uint32_t *slots, *next;
  size_t mask;
} grouping;

static size_t hash_columns(const dsr_lua_fact *fact) {
  uint64_t hash = fact->relation;
  for (int i = 0; i < fact->arity; i++) {
    hash = (hash ^ fact->args[i]) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  }
  return (size_t)hash;
}

/* Put fact `place` (from 1) where its tuple is, unless it is there already; is it the
** first of its tuple? */
static bool put_fact(const grouping *g, uint32_t place) {
  const dsr_lua_fact *fact = g->facts[place];
  size_t at = hash_columns(fact) & g->mask;
  while (g->slots[at] != 0 && !dsr_lua_same_columns(g->facts[g->slots[at]], fact)) {
    at = (at + 1) & g->mask;
  }
  uint32_t *last = &g->slots[at];
  for (; *last != 0; last = &g->next[*last]) {
    if (g->facts[*last]->time == fact->time) return false;
  }
  *last = place;
  return last == &g->slots[at];
}

/* The places of the facts of a tuple: a number, or a list where there are several. */
static void push_places(lua_State *L, const grouping *g, uint32_t first) {
  if (g->next[first] == 0) {
    lua_pushinteger(L, first);
    return;
  }
  lua_Integer n = 0;
  lua_newtable(L);
  for (uint32_t place = first; place != 0; place = g->next[place]) {
    lua_pushinteger(L, place);
    lua_rawseti(L, -2, ++n);
  }
}

/* many.tuples(facts): the places of facts of one tuple together, each fact once, in order
** of first mention. */
static int many_tuples(lua_State *L) {
  lua_settop(L, 1);
  size_t n = copy_list(L, 1), slots = 16;
  lua_Integer found = 0;
  luaL_checkstack(L, 16, NULL);
  while (slots < 2 * n) slots *= 2;
  grouping g = {.mask = slots - 1};
  g.facts = lua_newuserdatauv(L, (n + 1) * sizeof *g.facts, 0);
  g.next = lua_newuserdatauv(L, (n + 1) * sizeof *g.next, 0);
  g.slots = lua_newuserdatauv(L, slots * sizeof *g.slots, 0);
  memset(g.next, 0, (n + 1) * sizeof *g.next);
  memset(g.slots, 0, slots * sizeof *g.slots);
  bool *first = lua_newuserdatauv(L, n + 1, 0);
  for (uint32_t i = 1; i <= n; i++) {
    g.facts[i] = push_fact_at(L, 2, i);
    lua_pop(L, 1);
    first[i] = put_fact(&g, i);
  }
  lua_createtable(L, (int)n, 0);
  for (uint32_t i = 1; i <= n; i++) {
    if (!first[i]) continue;
    push_places(L, &g, i);
    lua_rawseti(L, -2, ++found);
  }
  return 1;
}

/* ---- lines ----------------------------------------------------------------------- */

/* many.plain(text) -> plain, ascii: is it so that nothing need be done to it to stand on a
** line: no controls, no signs that turn the writing, single spaces between words; and is
** each byte a column.  False may also be said of what is plain: the sign's first byte is
** enough. */
static int many_plain(lua_State *L) {
  dsr_str text = dsr_lua_check_str(L, 1);
  bool plain = true, ascii = true;
  unsigned char before = ' ';
  for (size_t i = 0; plain && i < text.len; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    plain = byte > ' ' ? byte != 127 && byte != 0xc2 && byte != 0xe2
                       : byte == ' ' && before != ' ';
    ascii = ascii && byte < 128;
    before = byte;
  }
  lua_pushboolean(L, plain && (text.len == 0 || before != ' '));
  lua_pushboolean(L, plain && ascii);
  return 2;
}

int dsr_lua_open_many(lua_State *L) {
  static const luaL_Reg functions[] = {{"sort", many_sort},
                                       {"tuples", many_tuples},
                                       {"plain", many_plain},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
