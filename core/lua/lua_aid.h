/*
** lua_aid.h - what the files of the Lua binding share.
**
** A *home* is the userdata of a base or view.  Whatever reads from it for longer than
** one call (a view, a scan, a query) is its *child*: a link in the home's list, so that
** a base that is closed first ends its children, and a user value the other way, so
** that the order of collection cannot hurt.
**
** Functions that take a lua_State raise Lua errors; they are called only where nothing
** is owned that the stack does not hold.  Memory that the core fills during one call
** lives in a *bag* or an *arena* userdata for the same reason.
*/
#ifndef DSR_LUA_AID_H
#define DSR_LUA_AID_H

#include <lauxlib.h>
#include <lua.h>

#include "facts/tellings.h"
#include "facts/trust.h"
#include "lua/base.h"

/* The names of metatables. */
#define DSR_LUA_BASE "dossier.Base"
#define DSR_LUA_TX "dossier.Tx"
#define DSR_LUA_ENTITY "dossier.Entity"
#define DSR_LUA_TEXT "dossier.Text"
#define DSR_LUA_TIME "dossier.Time"
#define DSR_LUA_FACT "dossier.Fact"
#define DSR_LUA_CLAIM "dossier.Claim"
#define DSR_LUA_CONFLICT "dossier.Conflict"
#define DSR_LUA_QUERY "dossier.Query"
#define DSR_LUA_ROWS "dossier.Rows"
#define DSR_LUA_SCAN "dossier.Scan"
#define DSR_LUA_PROOF "dossier.Proof"
#define DSR_LUA_TELLINGS "dossier.Tellings"

#define DSR_LUA_WEAK "dossier.weak" /* of tables with weak values */

/* Something that ends with its home.  `end` must be safe to call twice. */
typedef struct dsr_lua_child {
  struct dsr_lua_child *next, **prev; /* prev NULL: in no list */
  void (*end)(struct dsr_lua_child *child);
  bool running; /* a query whose step is at work: it calls a function, and cannot end */
} dsr_lua_child;

/* A language or datatype that some text of a relation has; see lua_pattern.c. */
typedef struct dsr_lua_flavour {
  dsr_str lang, datatype;
} dsr_lua_flavour;

typedef struct dsr_lua_flavours {
  uint32_t relation;
  uint64_t generation;
  unsigned columns; /* a bit for each column that holds texts */
  VEC(dsr_lua_flavour) items;
} dsr_lua_flavours;

/* What a relation's name was found to mean; see lua_pattern.c. */
enum { DSR_LUA_NAMES = 32, DSR_LUA_NAME_MOST = 104 };
typedef struct dsr_lua_name {
  uint64_t generation;
  uint32_t relation; /* 0: nothing here */
  uint8_t len, n;    /* of the name; of the pattern's columns */
  char name[DSR_LUA_NAME_MOST];
} dsr_lua_name;

/* The cache from words to objects; see lua_value.c. */
typedef struct dsr_lua_cache {
  size_t own, shared;    /* its places */
  uint32_t *keys;        /* of what is in the shared ones, or 0; its table keeps them */
  size_t crowded, bytes; /* how many came to a place that was another's; what is kept */
} dsr_lua_cache;

/* What there was in a Lua state: kept by its registry. */
typedef struct dsr_lua_count {
  uint32_t homes, roots;
  const void *entities; /* their metatable, as lua_topointer() tells it */
} dsr_lua_count;

/* The userdata DSR_LUA_BASE. */
typedef struct dsr_lua_home {
  dsr_lua_child self; /* of a view: in its parent's list; first member */
  dsr_base *base;     /* NULL: closed */
  struct dsr_lua_home *parent;
  dsr_lua_child *children;
  bool borrowed; /* the host's: not closed with the userdata */
  /* Of a root: the transaction open in Lua (0: none), how many there were, and which
  ** were rolled back, so that facts read in them and cached words are not used. */
  uint32_t open_txn, txns;
  VEC(uint32_t) lost;
  uint32_t number; /* in the state */
  const dsr_lua_count *count;
  /* Of a root: its cache; the number of the home that gave all that is there, or
  ** DSR_LUA_SEVERAL; symbols below `lasting` were in no open transaction when last
  ** looked. */
  dsr_lua_cache cache;
  uint32_t giver;
  uint64_t lasting;
  size_t kept_age;   /* of the labels and claims: how many were lost, and */
  uint64_t kept_at;  /* the generation that they are of */
  size_t n_labels;   /* how many were put there, roughly */
  void *spare;       /* what user value DSR_HOME_SPARE is, or NULL */
  dsr_scan *loose;   /* one that no userdata has yet, or NULL */
  dsr_arena scratch; /* for one call into the core at a time */
  VEC(dsr_lua_flavours) flavours; /* of a root */
  dsr_lua_name *names;            /* of a root: DSR_LUA_NAMES of them, or NULL */
} dsr_lua_home;

/* The user values of a home. */
enum {
  DSR_HOME_PARENT = 1,
  DSR_HOME_PATH,
  DSR_HOME_CACHE,   /* of a root */
  DSR_HOME_LABELS,  /* word of an entity -> its label in this view */
  DSR_HOME_CLAIMS,  /* number of a claim -> its metatable; weak */
  DSR_HOME_DEFINED, /* of a root: the functions that it defined, by their address */
  DSR_HOME_SPARE,   /* a scan that nobody uses now */
  DSR_HOME_FACTS,   /* the metatable of facts, at hand */
  DSR_HOME_VALUES = DSR_HOME_FACTS
};

#define DSR_LUA_SEVERAL UINT32_MAX

/* Its address is a key in the registry: of the metatable of homes. */
extern const char dsr_lua_base_key;

/* ---- lua_aid.c ------------------------------------------------------------------- */

void dsr_lua_join(dsr_lua_home *home, dsr_lua_child *child);
void dsr_lua_leave(dsr_lua_child *child);

/* A new, still closed home on the stack; `parent` is its index there, or 0. */
dsr_lua_home *dsr_lua_push_home(lua_State *L, int parent);
/* The home at `arg`, open; raises for anything else. */
dsr_lua_home *dsr_lua_check_home(lua_State *L, int arg);
/* The same, ready to be read. */
dsr_lua_home *dsr_lua_check_reader(lua_State *L, int arg);
/* kb:close(): also the end by <close> and by collection. */
int dsr_lua_home_close(lua_State *L);
/* Raise where the home was closed. */
void dsr_lua_check_alive(lua_State *L, const dsr_lua_home *home);
static inline dsr_lua_home *dsr_lua_root(dsr_lua_home *home) {
  while (home->parent != NULL) home = home->parent;
  return home;
}

/* Short ways to what a home's base has. */
static inline dsr_facts *dsr_lua_facts(const dsr_lua_home *home) {
  return home->base->facts;
}
static inline dsr_symbols *dsr_lua_symbols(const dsr_lua_home *home) {
  return dsr_facts_symbols(home->base->facts);
}

/* Raise the words of the home's base. */
int dsr_lua_raise(lua_State *L, const dsr_lua_home *home, dsr_status status);
/* Raise where `status` failed. */
void dsr_lua_try(lua_State *L, const dsr_lua_home *home, dsr_status status);
/* nil, message, code. */
int dsr_lua_fail(lua_State *L, const dsr_lua_home *home, dsr_status status);

/* Memory that the stack holds. */
dsr_arena *dsr_lua_push_arena(lua_State *L);
typedef struct dsr_lua_bag {
  void *items;
  size_t len, cap;
} dsr_lua_bag;
dsr_lua_bag *dsr_lua_push_bag(lua_State *L);
/* Add a copy of `item`; false where there is no memory.  Raises nothing. */
bool dsr_lua_bag_add(dsr_lua_bag *bag, const void *item, size_t size);

void dsr_lua_push_str(lua_State *L, dsr_str text);
/* The string at `arg`, borrowed from the stack. */
dsr_str dsr_lua_check_str(lua_State *L, int arg);
/* Set field `name` of the table on top, unless `text` is none. */
void dsr_lua_set_str(lua_State *L, const char *name, dsr_str text);

/* Make a metatable: its methods, and __index a table of `methods` where there are. */
void dsr_lua_class(lua_State *L, const char *name, const luaL_Reg *meta,
                   const luaL_Reg *methods);

/* Raise where the table at `arg` has a key that is not among `keys` (NULL-ended). */
void dsr_lua_check_keys(lua_State *L, int arg, const char *const *keys);
/* Field `key` of the table at `arg` as a string, NULL if nil; numbers with `number`.
** It stays on the stack, which grows by one. */
const char *dsr_lua_option(lua_State *L, int arg, const char *key, bool number);
/* Field `key` as an integer, or as a boolean; `none` if nil. */
int dsr_lua_option_int(lua_State *L, int arg, const char *key, int none);
bool dsr_lua_option_bool(lua_State *L, int arg, const char *key);
/* Field `key`, a string or a list of them, as a NULL-ended list, held by the stack,
** which grows by two; NULL if nil. */
const char *const *dsr_lua_option_list(lua_State *L, int arg, const char *key);

/* ---- lua_entity.c ---------------------------------------------------------------- */

/* The userdata DSR_LUA_ENTITY: one for each identifier in a state. */
typedef struct dsr_lua_entity {
  dsr_lua_home *home; /* NULL: from no base; else user value 1 keeps it */
  dsr_word word;      /* in the base whose root has the number `root` */
  uint32_t root;      /* 0: its word is not known in any */
  uint32_t len;
  char id[]; /* ended by NUL */
} dsr_lua_entity;

/* The one object of an identifier, pushed. */
dsr_lua_entity *dsr_lua_push_entity(lua_State *L, dsr_str id);
/* The metatable of entities, pushed. */
void dsr_lua_push_entity_meta(lua_State *L);
/* The entity at `arg`; NULL where it is none. */
dsr_lua_entity *dsr_lua_test_entity(lua_State *L, int arg);
/* The same of a userdata, by what the state's count says. */
static inline dsr_lua_entity *dsr_lua_as_entity(lua_State *L, int arg,
                                                const dsr_lua_home *home) {
  if (!lua_getmetatable(L, arg)) return NULL;
  bool sure = lua_topointer(L, -1) == home->count->entities;
  lua_pop(L, 1);
  return sure ? (dsr_lua_entity *)lua_touserdata(L, arg) : NULL;
}
/* Its identifier, good as long as the object. */
dsr_str dsr_lua_entity_id(const dsr_lua_entity *entity);
/* The entity, on top, was produced by the home at `index`, which is no index from the
** top. */
void dsr_lua_entity_from(lua_State *L, int index, dsr_lua_entity *entity);
/* Will the word mean the same for as long as the base is open: no rollback gives its
** number back? */
bool dsr_lua_lasts(dsr_lua_home *home, dsr_word word);
/* The word that the entity is known to have in the base of `home`; false where none is. */
bool dsr_lua_entity_word(dsr_lua_home *home, const dsr_lua_entity *entity,
                         dsr_word *out);
/* It has this word there; remembered where that lasts. */
void dsr_lua_entity_is(dsr_lua_home *home, dsr_lua_entity *entity, dsr_word word);
/* Its word there, from the entity or the base, which is ready to be read; DSR_NOTHING
** where the base has not met it. */
dsr_status dsr_lua_find_entity(dsr_lua_home *home, dsr_lua_entity *entity,
                               dsr_word *out);
/* The label of an entity word in the view of `home`; its identifier if none. */
dsr_status dsr_lua_label(dsr_lua_home *home, dsr_word entity, dsr_str *out);
/* Keep the label on top, which stays, in the table at `labels`. */
void dsr_lua_keep_label(lua_State *L, dsr_lua_home *home, int labels, dsr_word word);
/* dossier.entity */
int dsr_lua_make_entity(lua_State *L);

/* ---- lua_value.c ----------------------------------------------------------------- */

/* A word of the base at index `home`, as a Lua value.  None gives the unknown time. */
void dsr_lua_push_word(lua_State *L, int home, dsr_word word);
/* An entity that is at hand: at `index`, no index from the top. */
typedef struct dsr_lua_known {
  int column; /* of the row that it may stand in, or below 0 */
  int index;
  dsr_word word;
} dsr_lua_known;
/* Those of n words, one after the other, for the home at `index`, which is no index from
** the top; below them, unless n is 0, stays one value more.  `known` may be NULL. */
void dsr_lua_push_row(lua_State *L, int index, dsr_lua_home *home,
                      const dsr_word *words, int n, const dsr_lua_known *known);
/* Field `name` of the table on top, unless the word is none.  `home` is absolute. */
void dsr_lua_set_word(lua_State *L, int home, const char *name, dsr_word word);

/* What a Lua value is. */
typedef struct dsr_lua_value {
  dsr_value value;
  bool plain; /* a plain string: an entity or a text, as the place asks */
  char scratch[DSR_WORD_TEXT];
} dsr_lua_value;
/* The value at `arg`, held by the stack; `base` is only asked how numbers are spelled.
** `what` names the place in errors.  Raises for nil, tables, functions, other users' */
void dsr_lua_check_value(lua_State *L, dsr_lua_home *home, int arg, const char *what,
                         dsr_lua_value *out);
/* Its word, by `mode`; a plain string as `domain` asks (text where it asks nothing). */
dsr_status dsr_lua_value_word(dsr_lua_home *home, const dsr_lua_value *value,
                              dsr_domain domain, dsr_intern_mode mode, dsr_word *out);
/* The identifier given at `arg`, as a string or an entity. */
dsr_str dsr_lua_check_id(lua_State *L, int arg);
/* The table of labels or of claims that the home at `index` (absolute) keeps, pushed:
** an empty one where the base has moved since it was made. */
void dsr_lua_push_kept(lua_State *L, int index, int which);
/* A tuple in the language, pushed; the base is ready to be read. */
void dsr_lua_push_written(lua_State *L, dsr_lua_home *home, const dsr_tuple *tuple);
/* If the value at `arg` is an entity or a time: its identifier or EDTF is pushed. */
bool dsr_lua_push_spelling(lua_State *L, int arg);
/* a .. b, in words, for every kind of object */
int dsr_lua_concat(lua_State *L);
/* entity, text, time, nearest, width, fold. */
extern const luaL_Reg dsr_lua_value_functions[];

/* ---- lua_pattern.c --------------------------------------------------------------- */

/* The relation that `name` ("joined", "joined/2") means, given `n` pattern columns;
** raises where there is none, or where several may be meant.  It is looked for once for
** each generation of the base, if the last names asked for are few. */
const dsr_relation *dsr_lua_check_relation(lua_State *L, dsr_lua_home *home,
                                           dsr_str name, int n);
/* The same; NULL where there is none. */
const dsr_relation *dsr_lua_find_relation(lua_State *L, dsr_lua_home *home,
                                          dsr_str name, int n);
/* What may stand in one column of a pattern: any of these words; none: anything. */
typedef struct dsr_lua_column {
  bool open; /* anything */
  VEC(dsr_word) words;
} dsr_lua_column;
typedef struct dsr_lua_pattern {
  uint32_t relation;
  int arity;
  dsr_lua_column columns[DSR_ARITY_MAX];
} dsr_lua_pattern;
/* Do the values at `arg` and after mean at most one word each, which is then in `words`
** (none: anything)?  DSR_OK, DSR_DONE where nothing can match, DSR_NOTHING where
** dsr_lua_push_pattern() has to tell. */
dsr_status dsr_lua_plain_pattern(lua_State *L, dsr_lua_home *home,
                                 const dsr_relation *asked, int arg, dsr_word *words);
/* A pattern from the values at `arg` and after, on the stack. */
dsr_lua_pattern *dsr_lua_push_pattern(lua_State *L, dsr_lua_home *home,
                                      const dsr_relation *asked, int arg);

/* ---- lua_fact.c ------------------------------------------------------------------ */

/* The userdata DSR_LUA_FACT. */
typedef struct dsr_lua_fact {
  dsr_lua_home *home; /* its user value keeps it */
  dsr_word time;
  uint32_t txn; /* the transaction that was open in Lua, or 0 */
  uint32_t relation;
  signed char arity;
  bool certain;
  signed char trust; /* as first seen, or below 0 */
  signed char held;
  dsr_word args[];
} dsr_lua_fact;

/* The fact at `arg`, its home open and its words still good; raises for anything else. */
dsr_lua_fact *dsr_lua_check_fact(lua_State *L, int arg);
/* Are both of one base and relation, with the same columns; and of one time, too? */
bool dsr_lua_same_columns(const dsr_lua_fact *a, const dsr_lua_fact *b);
bool dsr_lua_same_fact(const dsr_lua_fact *a, const dsr_lua_fact *b);
/* The fact at `arg` (absolute) as people read it, or in the language, pushed. */
void dsr_lua_push_words(lua_State *L, int arg, const dsr_lua_fact *fact);
void dsr_lua_push_text(lua_State *L, int arg, const dsr_lua_fact *fact);

/* The metatable of facts, pushed. */
void dsr_lua_push_fact_meta(lua_State *L);
/* A fact of the home at `index` (absolute). */
void dsr_lua_push_fact(lua_State *L, int index, dsr_lua_home *home,
                       const dsr_tuple *tuple, bool certain);

/* ---- lua_claim.c ----------------------------------------------------------------- */

/* The text of `tuple` on top of the stack gives way to a list of the live claims in view
** on it, with `finer` also of what supports it; or of all that were ever made.  `index`
** (absolute) is the home's, whose base is ready to be read. */
void dsr_lua_push_claims(lua_State *L, int index, const dsr_tuple *tuple, bool finer);
void dsr_lua_push_history(lua_State *L, int index, const dsr_tuple *tuple);

/* ---- lua_many.c ------------------------------------------------------------------ */

/* require "dossier.many" */
int dsr_lua_open_many(lua_State *L);

/* ---- lua_tellings.c -------------------------------------------------------------- */

/* Room for a list of tellings of the home at 1, pushed; NULL is in it. */
dsr_tellings **dsr_lua_push_tellings(lua_State *L);

/* ---- lua_catalog.c --------------------------------------------------------------- */

/* The second column of the first fact relation(subject, X) in view; DSR_NOTHING where
** there is none. */
dsr_status dsr_lua_first(dsr_lua_home *home, uint32_t relation, dsr_word subject,
                         dsr_word *out);

/* ---- the methods of a base, by file ---------------------------------------------- */

extern const luaL_Reg dsr_lua_change_methods[];  /* lua_change.c */
extern const luaL_Reg dsr_lua_scan_methods[];    /* lua_scan.c */
extern const luaL_Reg dsr_lua_catalog_methods[]; /* lua_catalog.c */
extern const luaL_Reg dsr_lua_figures_methods[]; /* lua_figures.c */
extern const luaL_Reg dsr_lua_rule_methods[];    /* lua_rule.c */
extern const luaL_Reg dsr_lua_export_methods[];  /* lua_export.c */
extern const luaL_Reg dsr_lua_diff_methods[];    /* lua_diff.c */
extern const luaL_Reg dsr_lua_import_methods[];  /* lua_import.c */
extern const luaL_Reg dsr_lua_care_methods[];    /* lua_care.c */
extern const luaL_Reg dsr_lua_query_methods[];   /* lua_query.c */
extern const luaL_Reg dsr_lua_why_methods[];     /* lua_why.c */
extern const luaL_Reg dsr_lua_define_methods[];  /* lua_define.c */
extern const luaL_Reg dsr_lua_search_methods[];  /* lua_search.c */

/* dossier.open(path, options) -> base | nil, message, code */
int dsr_lua_open(lua_State *L);

/* Metatables, made once in a state. */
void dsr_lua_open_value(lua_State *L);
void dsr_lua_open_entity(lua_State *L);
void dsr_lua_open_base(lua_State *L);
void dsr_lua_open_change(lua_State *L);
void dsr_lua_open_fact(lua_State *L);
void dsr_lua_open_claim(lua_State *L);
void dsr_lua_open_scan(lua_State *L);
void dsr_lua_open_tellings(lua_State *L);
void dsr_lua_open_query(lua_State *L);
void dsr_lua_open_why(lua_State *L);
void dsr_lua_open_search(lua_State *L);

/* The transaction that is open in Lua is undone: what was read in it is gone. */
void dsr_lua_mark_lost(dsr_lua_home *root);
/* Raise where the transaction `txn` (0: none) was rolled back. */
void dsr_lua_check_txn(lua_State *L, dsr_lua_home *home, uint32_t txn);

/* `base`, which stays the host's, as a value. */
void dsr_lua_push_borrowed(lua_State *L, dsr_base *base);

DSR_API int luaopen_dossier(lua_State *L);

#endif
