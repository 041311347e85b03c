/*
** symbol.c - interning: one number for each name, text, time and wide number.
**
** The symbols met so far are a list of entries; two tables of open addressing, of one
** size and at most three quarters full, lead to an entry from its spelling and from its
** number.  A slot is four bytes, and eight where it has the spelling's hash beside it, so
** that entries of other spellings are not looked at: in a table of a million each would be
** a miss of the cache.  An entry is 32 bytes, and the spelling lies in the arena.
**
** A number that this table gave and has not yet handed to the backing is in the list
** for certain; so a miss asks the backing only for what it can know: numbers below
** `synced`, and spellings once anything was synced.  A temporary and a symbol may have
** the same spelling, when the symbol came later: their entries differ in what the
** number says.  The backing did not know a temporary's spelling when it was made, and
** is asked for it again only when more was synced since.
**
** A rollback drops entries and builds both tables anew in place: it cannot fail.  Their
** spellings stay in the arena, since someone may still look at them.
*/
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "ground/text.h"
#include "ground/vec.h"
#include "value/symbol.h"

enum { FIRST_SLOTS = 64 };
#define ENTRIES_MOST UINT32_C(0xfffffff0)

typedef struct entry {
  uint64_t number;
  const char *data;
  uint32_t len;
  uint32_t hash;
  uint32_t time; /* 1 + its place among the times; 0: not yet read */
  uint8_t kind;
} entry;

typedef struct name_slot {
  uint32_t hash;
  uint32_t entry; /* 1 + its place; 0 is free */
} name_slot;

struct dsr_symbols {
  dsr_symbol_backing backing; /* functions NULL: none */
  dsr_error *error;
  dsr_arena arena;
  VEC(entry) entries;
  VEC(dsr_time) times;
  uint32_t *by_number; /* 1 + place among the entries; 0 is free */
  name_slot *by_name;
  size_t slots;    /* of each; a power of two, or 0 */
  uint64_t next;   /* the number to be given next */
  uint64_t synced; /* the backing has the numbers below */
  uint64_t next_temp;
  uint64_t sure_temp; /* temporaries from here on were made since `synced` moved up */
};

dsr_status dsr_symbols_new(const dsr_symbol_backing *backing, uint64_t next,
                           dsr_error *error, dsr_symbols **out) {
  dsr_symbols *symbols = dsr_alloc(sizeof *symbols);
  if (!symbols) return dsr_fail_memory(error);
  if (backing) symbols->backing = *backing;
  symbols->error = error;
  symbols->next = next > 0 ? next : 1;
  symbols->synced = symbols->next;
  symbols->next_temp = symbols->sure_temp = DSR_SYMBOL_TEMP;
  *out = symbols;
  return DSR_OK;
}

void dsr_symbols_free(dsr_symbols *symbols) {
  if (!symbols) return;
  VEC_FREE(&symbols->entries);
  VEC_FREE(&symbols->times);
  dsr_free(symbols->by_name);
  dsr_free(symbols->by_number);
  dsr_arena_free(&symbols->arena);
  dsr_free(symbols);
}

dsr_error *dsr_symbols_error(const dsr_symbols *symbols) { return symbols->error; }

/* ---- the two tables ------------------------------------------------------------ */

static uint32_t hash_name(dsr_symbol_kind kind, dsr_str spelling) {
  return (uint32_t)dsr_hash(spelling.data, spelling.len, (uint64_t)kind);
}

static size_t number_slot(const dsr_symbols *symbols, uint64_t number) {
  uint64_t spread = number * UINT64_C(0x9e3779b97f4a7c15);
  return (size_t)(spread >> 32) & (symbols->slots - 1);
}

static bool is_temp(uint64_t number) { return number >= DSR_SYMBOL_TEMP; }

/* Put entry `i` into both tables, which have room. */
static void file_entry(dsr_symbols *symbols, size_t i) {
  size_t mask = symbols->slots - 1;
  const entry *e = &symbols->entries.items[i];
  size_t slot = e->hash & mask;
  while (symbols->by_name[slot].entry) slot = (slot + 1) & mask;
  symbols->by_name[slot] = (name_slot){e->hash, (uint32_t)i + 1};
  slot = number_slot(symbols, e->number);
  while (symbols->by_number[slot]) slot = (slot + 1) & mask;
  symbols->by_number[slot] = (uint32_t)i + 1;
}

/* Room in both tables for one more. */
static bool reserve_slots(dsr_symbols *symbols) {
  if ((symbols->entries.len + 1) * 4 <= symbols->slots * 3) return true;
  size_t slots = symbols->slots > 0 ? symbols->slots * 2 : FIRST_SLOTS;
  name_slot *by_name = dsr_alloc(slots * sizeof *by_name);
  uint32_t *by_number = dsr_alloc(slots * sizeof *by_number);
  if (!by_name || !by_number) {
    dsr_free(by_name);
    dsr_free(by_number);
    return false;
  }
  dsr_free(symbols->by_name);
  dsr_free(symbols->by_number);
  symbols->by_name = by_name;
  symbols->by_number = by_number;
  symbols->slots = slots;
  for (size_t i = 0; i < symbols->entries.len; i++) file_entry(symbols, i);
  return true;
}

static entry *met_number(dsr_symbols *symbols, uint64_t number) {
  if (symbols->slots == 0) return NULL;
  size_t mask = symbols->slots - 1, slot = number_slot(symbols, number);
  for (; symbols->by_number[slot]; slot = (slot + 1) & mask) {
    entry *e = &symbols->entries.items[symbols->by_number[slot] - 1];
    if (e->number == number) return e;
  }
  return NULL;
}

/* What is met of a spelling. */
typedef struct namesakes {
  entry *symbol, *temp; /* or NULL */
} namesakes;

static namesakes met_name(dsr_symbols *symbols, dsr_symbol_kind kind, dsr_str spelling,
                          uint32_t hash) {
  namesakes met = {NULL, NULL};
  if (symbols->slots == 0) return met;
  size_t mask = symbols->slots - 1, slot = hash & mask;
  for (; symbols->by_name[slot].entry; slot = (slot + 1) & mask) {
    if (symbols->by_name[slot].hash != hash) continue;
    entry *e = &symbols->entries.items[symbols->by_name[slot].entry - 1];
    if (e->kind != kind || !dsr_str_eq((dsr_str){e->data, e->len}, spelling)) continue;
    if (is_temp(e->number)) {
      met.temp = e;
    } else {
      met.symbol = e;
      break;
    }
  }
  return met;
}

/* Take a symbol into memory; its spelling is copied. */
static dsr_status meet(dsr_symbols *symbols, uint64_t number, dsr_symbol_kind kind,
                       dsr_str spelling, uint32_t hash, entry **out) {
  if (symbols->entries.len >= ENTRIES_MOST) {
    return dsr_fail(symbols->error, DSR_ELIMIT, "too many names in memory");
  }
  if (!reserve_slots(symbols) || !VEC_RESERVE(&symbols->entries, 1)) {
    return dsr_fail_memory(symbols->error);
  }
  dsr_str kept = dsr_arena_str(&symbols->arena, spelling);
  if (!kept.data) return dsr_fail_memory(symbols->error);
  size_t i = symbols->entries.len++;
  symbols->entries.items[i] =
      (entry){number, kept.data, (uint32_t)kept.len, hash, 0, (uint8_t)kind};
  file_entry(symbols, i);
  *out = &symbols->entries.items[i];
  return DSR_OK;
}

/* ---- what may be a symbol -------------------------------------------------------- */

static size_t most_bytes(dsr_symbol_kind kind) {
  return kind == DSR_SYM_TEXT ? DSR_TEXT_MOST : DSR_NAME_MOST;
}

static const char *kind_word(dsr_symbol_kind kind) {
  switch (kind) {
    case DSR_SYM_ENTITY:
      return "a name";
    case DSR_SYM_TEXT:
      return "a text";
    case DSR_SYM_TIME:
      return "a time";
    default:
      return "a number";
  }
}

/* Is all of it UTF-8, with no NUL but the one before a text's language or datatype? */
static dsr_status check_utf8(dsr_symbols *symbols, dsr_symbol_kind kind,
                             dsr_str spelling) {
  size_t bad = dsr_utf8_valid(spelling);
  if (bad == spelling.len) return DSR_OK;
  if (kind == DSR_SYM_TEXT && spelling.data[bad] == '\0') {
    dsr_str rest = {spelling.data + bad + 1, spelling.len - bad - 1};
    bool marked = rest.len > 0 && (rest.data[0] == '@' || rest.data[0] == '^');
    size_t bad_rest = dsr_utf8_valid(rest);
    if (marked && bad_rest == rest.len) return DSR_OK;
    if (marked) bad += 1 + bad_rest;
  }
  return dsr_fail(symbols->error, DSR_ESYNTAX, "%s is not UTF-8: %s at byte %zu",
                  kind_word(kind), spelling.data[bad] ? "a wrong byte" : "a NUL",
                  bad + 1);
}

dsr_status dsr_symbol_check(dsr_symbols *symbols, dsr_symbol_kind kind,
                            dsr_str spelling) {
  if (spelling.len > most_bytes(kind)) {
    return dsr_fail(symbols->error, DSR_ELIMIT,
                    "%s of %zu bytes is too long: at most %zu", kind_word(kind),
                    spelling.len, most_bytes(kind));
  }
  if (spelling.len == 0 && kind != DSR_SYM_TEXT) {
    return dsr_fail(symbols->error, DSR_ESYNTAX, "%s cannot be empty", kind_word(kind));
  }
  return check_utf8(symbols, kind, spelling);
}

/* ---- asking --------------------------------------------------------------------- */

static dsr_word word_of(const entry *e) {
  int tag = e->kind == DSR_SYM_ENTITY ? DSR_TAG_ENTITY
            : e->kind == DSR_SYM_TEXT ? DSR_TAG_TEXT
                                      : DSR_TAG_OTHER;
  return dsr_word_make(tag, e->number);
}

/* A symbol by spelling: DSR_OK or DSR_NOTHING, and then the temporary that there may
** be. */
static dsr_status find(dsr_symbols *symbols, dsr_symbol_kind kind, dsr_str spelling,
                       uint32_t hash, namesakes *out) {
  uint64_t number;
  *out = met_name(symbols, kind, spelling, hash);
  if (out->symbol) return DSR_OK;
  if (out->temp && out->temp->number >= symbols->sure_temp) return DSR_NOTHING;
  if (!symbols->backing.by_spelling || symbols->synced <= 1 ||
      spelling.len > most_bytes(kind)) {
    return DSR_NOTHING;
  }
  dsr_status rc =
      symbols->backing.by_spelling(symbols->backing.ud, kind, spelling, &number);
  if (rc != DSR_OK) return rc;
  return meet(symbols, number, kind, spelling, hash, &out->symbol);
}

dsr_status dsr_symbols_find(dsr_symbols *symbols, dsr_symbol_kind kind,
                            dsr_str spelling, dsr_word *out) {
  namesakes met;
  dsr_status rc = find(symbols, kind, spelling, hash_name(kind, spelling), &met);
  if (rc == DSR_OK) *out = word_of(met.symbol);
  return rc;
}

dsr_status dsr_symbols_intern(dsr_symbols *symbols, dsr_symbol_kind kind,
                              dsr_str spelling, dsr_word *out) {
  namesakes met;
  uint32_t hash = hash_name(kind, spelling);
  dsr_status rc = find(symbols, kind, spelling, hash, &met);
  if (rc == DSR_NOTHING) {
    TRY(dsr_symbol_check(symbols, kind, spelling));
    if (symbols->next > DSR_SYMBOL_MOST) {
      return dsr_fail(symbols->error, DSR_ELIMIT,
                      "the base has as many names as it can");
    }
    rc = meet(symbols, symbols->next, kind, spelling, hash, &met.symbol);
    if (rc == DSR_OK) symbols->next++;
  }
  if (rc == DSR_OK) *out = word_of(met.symbol);
  return rc;
}

/* The symbol, or a temporary where it is unknown. */
static dsr_status find_or_temp(dsr_symbols *symbols, dsr_symbol_kind kind,
                               dsr_str spelling, uint32_t hash, dsr_word *out) {
  namesakes met;
  dsr_status rc = find(symbols, kind, spelling, hash, &met);
  if (rc < 0) return rc;
  entry *e = rc == DSR_OK ? met.symbol : met.temp;
  if (!e) {
    TRY(dsr_symbol_check(symbols, kind, spelling));
    TRY(meet(symbols, symbols->next_temp, kind, spelling, hash, &e));
    symbols->next_temp++;
  }
  *out = word_of(e);
  return DSR_OK;
}

dsr_status dsr_symbols_temp(dsr_symbols *symbols, dsr_symbol_kind kind,
                            dsr_str spelling, dsr_word *out) {
  return find_or_temp(symbols, kind, spelling, hash_name(kind, spelling), out);
}

/* ---- many at once ---------------------------------------------------------------- */

enum { AHEAD = 32 }; /* spellings looked up side by side */

/* The entry that has the hash, where one is met; it may be of another spelling. */
static const entry *likely(const dsr_symbols *symbols, uint32_t hash) {
  size_t mask = symbols->slots - 1, slot = hash & mask;
  for (; symbols->by_name[slot].entry; slot = (slot + 1) & mask) {
    const name_slot *name = &symbols->by_name[slot];
    if (name->hash == hash) return &symbols->entries.items[name->entry - 1];
  }
  return NULL;
}

/* Have slots, entries and spellings ready: each pass reads what the one before it asked
** memory for, so that the misses of many spellings overlap. */
static void make_ready(const dsr_symbols *symbols, const uint32_t *hashes, size_t n) {
  const entry *entries[AHEAD];
  if (symbols->slots == 0) return;
  for (size_t i = 0; i < n; i++) {
    __builtin_prefetch(&symbols->by_name[hashes[i] & (symbols->slots - 1)]);
  }
  for (size_t i = 0; i < n; i++) {
    entries[i] = likely(symbols, hashes[i]);
    if (entries[i]) __builtin_prefetch(entries[i]);
  }
  for (size_t i = 0; i < n; i++) {
    if (entries[i]) __builtin_prefetch(entries[i]->data);
  }
}

void dsr_symbols_expect(const dsr_symbols *symbols, dsr_symbol_kind kind,
                        const dsr_str *spellings, size_t n) {
  uint32_t hashes[AHEAD];
  if (n > AHEAD) n = AHEAD;
  for (size_t i = 0; i < n; i++) hashes[i] = hash_name(kind, spellings[i]);
  make_ready(symbols, hashes, n);
}

dsr_status dsr_symbols_temps(dsr_symbols *symbols, dsr_symbol_kind kind,
                             const dsr_str *spellings, size_t n, dsr_word *out,
                             size_t *done) {
  uint32_t hashes[AHEAD];
  for (size_t from = 0; from < n; from += AHEAD) {
    size_t some = n - from < AHEAD ? n - from : AHEAD;
    for (size_t i = 0; i < some; i++) hashes[i] = hash_name(kind, spellings[from + i]);
    make_ready(symbols, hashes, some);
    for (size_t i = 0; i < some; i++) {
      *done = from + i;
      TRY(find_or_temp(symbols, kind, spellings[from + i], hashes[i], &out[from + i]));
    }
  }
  *done = n;
  return DSR_OK;
}

/* ---- by number ------------------------------------------------------------------- */

/* The entry of a number, from memory or the backing. */
static dsr_status entry_of(dsr_symbols *symbols, uint64_t number, entry **out) {
  dsr_symbol_kind kind;
  dsr_str spelling;
  *out = met_number(symbols, number);
  if (*out) return DSR_OK;
  bool ours = number >= symbols->synced && number < symbols->next;
  dsr_status rc = DSR_NOTHING;
  if (symbols->backing.by_number && number > 0 && !ours && !is_temp(number)) {
    rc = symbols->backing.by_number(symbols->backing.ud, number, &kind, &spelling);
  }
  if (rc == DSR_OK) {
    return meet(symbols, number, kind, spelling, hash_name(kind, spelling), out);
  }
  if (rc < 0) return rc;
  return dsr_fail(symbols->error, DSR_EDAMAGED,
                  "the base is damaged: it has no name of number %" PRIu64, number);
}

dsr_status dsr_symbols_get(dsr_symbols *symbols, dsr_word word, dsr_symbol_kind *kind,
                           dsr_str *spelling) {
  entry *e;
  assert(dsr_word_interned(word));
  TRY(entry_of(symbols, dsr_word_payload(word), &e));
  *kind = (dsr_symbol_kind)e->kind;
  *spelling = (dsr_str){e->data, e->len};
  return DSR_OK;
}

/* ---- what is new ---------------------------------------------------------------- */

uint64_t dsr_symbols_next(const dsr_symbols *symbols) { return symbols->next; }

void dsr_symbols_sync(dsr_symbols *symbols, uint64_t next) {
  if (next > symbols->synced) {
    symbols->synced = next;
    symbols->sure_temp = symbols->next_temp;
  }
  if (next > symbols->next) symbols->next = next;
}

void dsr_symbols_rollback(dsr_symbols *symbols, uint64_t to) {
  size_t kept = 0;
  for (size_t i = 0; i < symbols->entries.len; i++) {
    entry e = symbols->entries.items[i];
    if (e.number < to || is_temp(e.number)) symbols->entries.items[kept++] = e;
  }
  if (to < symbols->next) symbols->next = to;
  if (to < symbols->synced) symbols->synced = to;
  if (kept == symbols->entries.len) return;
  symbols->entries.len = kept;
  memset(symbols->by_name, 0, symbols->slots * sizeof *symbols->by_name);
  memset(symbols->by_number, 0, symbols->slots * sizeof *symbols->by_number);
  for (size_t i = 0; i < kept; i++) file_entry(symbols, i);
}

/* ---- times ---------------------------------------------------------------------- */

/* Read the EDTF of a time symbol and remember its four days. */
static dsr_status read_time(dsr_symbols *symbols, entry *e) {
  char why[256];
  dsr_time time;
  if (dsr_time_parse((dsr_str){e->data, e->len}, &time, why, sizeof why) < 0) {
    return dsr_fail(symbols->error, DSR_EDAMAGED, "the base is damaged: a time is %s",
                    why);
  }
  if (!VEC_PUSH(&symbols->times, time)) return dsr_fail_memory(symbols->error);
  e->time = (uint32_t)symbols->times.len;
  return DSR_OK;
}

static dsr_status no_time(dsr_symbols *symbols) {
  return dsr_fail(symbols->error, DSR_ETYPE, "the value is not a time");
}

dsr_status dsr_word_time(dsr_symbols *symbols, dsr_word word, dsr_time *out) {
  entry *e;
  int tag = dsr_word_tag(word);
  if (tag == DSR_TAG_NONE) {
    *out = dsr_time_unknown;
    return DSR_OK;
  }
  if (tag == DSR_TAG_DAY) {
    dsr_day day = (dsr_day)dsr_word_signed(word);
    *out = (dsr_time){day, day, day, day, true};
    return DSR_OK;
  }
  if (tag != DSR_TAG_OTHER) return no_time(symbols);
  TRY(entry_of(symbols, dsr_word_payload(word), &e));
  if (e->kind != DSR_SYM_TIME) return no_time(symbols);
  if (e->time == 0) TRY(read_time(symbols, e));
  *out = symbols->times.items[e->time - 1];
  return DSR_OK;
}
