/*
** naming.c - the names of a bulk load, until they are in the store.
**
** Names lie one after the other in pieces of a megabyte, each on a multiple of eight
** bytes:
**
**   0  4  number
**   4  4  bytes of the record
**   8  .  the record: the kind, a byte, and the spelling
**
** and are known by their *place*, the piece and where in it.  A table of open addressing,
** at most three quarters full, has a place and half a hash in eight bytes, so that a name
** that is met again costs one miss for its slot and one for its bytes.  A list has the
** places of the new names by number.
**
** Names that the base had before are asked of the store once each and kept as well.
*/
#include "facts/naming.h"

#include <assert.h>
#include <string.h>

#include "facts/engine.h"
#include "ground/text.h"
#include "store/pile.h"

enum {
  PIECE_SHIFT = 20, /* a megabyte */
  UNIT_SHIFT = 3,   /* places count eight bytes each */
  HEAD = 8,
  SLOTS_FIRST = 1024,
  AHEAD = 32,      /* names looked up side by side */
  SPARE_SHARE = 4, /* pieces are taken by such a share of all */
};

static const size_t piece_size = (size_t)1 << PIECE_SHIFT;

typedef struct name_slot {
  uint32_t hash;
  uint32_t place; /* 1 + the name's; 0 is free */
} name_slot;

struct dsr_naming {
  dsr_facts *facts;
  VEC(char *) pieces;   /* where each begins; a long name spans several */
  VEC(char *) memories; /* to be freed */
  size_t used;          /* of the last piece */
  char *spare;          /* pieces that are yet to be used: where, and how many */
  size_t n_spare;
  name_slot *slots;
  size_t n_slots;       /* a power of two */
  size_t n;             /* names in it */
  VEC(uint32_t) places; /* of new names, from `first` on */
  uint64_t first, next; /* numbers */
  bool asks;            /* there are names in the store */
  dsr_bytes scratch;
};

static dsr_status no_memory(const dsr_naming *naming) {
  return dsr_fail_memory(naming->facts->error);
}

/* ---- names in memory ------------------------------------------------------------- */

static const char *at_place(const dsr_naming *naming, uint32_t place) {
  uint64_t byte = (uint64_t)place << UNIT_SHIFT;
  return naming->pieces.items[byte >> PIECE_SHIFT] + (byte & (piece_size - 1));
}

static uint32_t number_at(const char *name) {
  uint32_t number;
  memcpy(&number, name, sizeof number);
  return number;
}

static dsr_str record_at(const char *name) {
  uint32_t len;
  memcpy(&len, name + 4, sizeof len);
  return (dsr_str){name + HEAD, len};
}

/* Memory for n pieces.  Where there are many, more are taken at a time, for the sake of
** large pages. */
static dsr_status take_memory(dsr_naming *naming, size_t n, char **out) {
  if (naming->n_spare < n) {
    size_t some = naming->pieces.len / SPARE_SHARE;
    if (some < n) some = n;
    if (!VEC_RESERVE(&naming->memories, 1)) return no_memory(naming);
    char *memory = dsr_alloc_table(some << PIECE_SHIFT);
    if (memory == NULL) return no_memory(naming);
    naming->memories.items[naming->memories.len++] = memory;
    naming->spare = memory;
    naming->n_spare = some;
  }
  *out = naming->spare;
  naming->spare += n << PIECE_SHIFT;
  naming->n_spare -= n;
  return DSR_OK;
}

/* Room for `size` bytes in the pieces, one after the other. */
static dsr_status add_pieces(dsr_naming *naming, size_t size) {
  size_t n = (size + piece_size - 1) >> PIECE_SHIFT;
  if ((naming->pieces.len + n) >> (32 + UNIT_SHIFT - PIECE_SHIFT) != 0) {
    return dsr_fail(naming->facts->error, DSR_ELIMIT,
                    "one load brings more names than fit in memory");
  }
  if (!VEC_RESERVE(&naming->pieces, n)) return no_memory(naming);
  char *memory = NULL;
  TRY(take_memory(naming, n, &memory));
  for (size_t i = 0; i < n; i++) {
    naming->pieces.items[naming->pieces.len++] = memory + (i << PIECE_SHIFT);
  }
  naming->used = 0;
  return DSR_OK;
}

/* Keep a name; its place. */
static dsr_status keep_name(dsr_naming *naming, const dsr_naming_name *name,
                            uint64_t number, uint32_t *place) {
  size_t len = name->spelling.len + 1;
  size_t size = (HEAD + len + 7) & ~(size_t)7;
  bool full = naming->pieces.len == 0 || naming->used + size > piece_size;
  if (full) TRY(add_pieces(naming, size));
  /* A long name begins at the first of its pieces and leaves its last one full. */
  size_t pieces = (size + piece_size - 1) >> PIECE_SHIFT;
  size_t piece = naming->pieces.len - pieces;
  char *to = naming->pieces.items[piece] + naming->used;
  uint32_t head[2] = {(uint32_t)number, (uint32_t)len};
  memcpy(to, head, sizeof head);
  to[HEAD] = (char)name->kind;
  if (len > 1) memcpy(to + HEAD + 1, name->spelling.data, len - 1);
  *place = (uint32_t)(((piece << PIECE_SHIFT) + naming->used) >> UNIT_SHIFT);
  naming->used = pieces > 1 ? piece_size : naming->used + size;
  return DSR_OK;
}

/* ---- the table ------------------------------------------------------------------- */

static inline uint64_t eight_bytes(const char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

__extension__ typedef unsigned __int128 wide_word;

static inline uint64_t mix(uint64_t a, uint64_t b) {
  wide_word product = (wide_word)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Sixteen bytes at a time, the last ones up to the end; it is for this table only, and a
** few times faster than dsr_hash() for what is as short as a name. */
static uint32_t hash_name(const dsr_naming_name *name) {
  const uint64_t a = UINT64_C(0x9e3779b97f4a7c15), b = UINT64_C(0xd1342543de82ef95);
  const char *at = name->spelling.data;
  size_t len = name->spelling.len;
  uint64_t hash = (uint64_t)name->kind << 32 ^ len ^ a, low = 0, high = 0;
  for (size_t left = len; left > 16; left -= 16, at += 16) {
    hash = mix(eight_bytes(at) ^ hash, eight_bytes(at + 8) ^ b);
  }
  if (len >= 16) {
    low = eight_bytes(name->spelling.data + len - 16);
    high = eight_bytes(name->spelling.data + len - 8);
  } else if (len >= 8) {
    low = eight_bytes(at);
    high = eight_bytes(at + len - 8);
  } else if (len > 0) {
    memcpy(&low, at, len);
  }
  hash = mix(low ^ hash, high ^ b);
  return (uint32_t)(hash ^ hash >> 32);
}

static bool is_name(const char *at, const dsr_naming_name *name) {
  dsr_str record = record_at(at);
  return record.len == name->spelling.len + 1 && record.data[0] == (char)name->kind &&
         memcmp(record.data + 1, name->spelling.data, name->spelling.len) == 0;
}

/* The slot where the name is or would be. */
static name_slot *find_slot(const dsr_naming *naming, const dsr_naming_name *name,
                            uint32_t hash) {
  size_t mask = naming->n_slots - 1, slot = hash & mask;
  for (; naming->slots[slot].place != 0; slot = (slot + 1) & mask) {
    const name_slot *at = &naming->slots[slot];
    if (at->hash == hash && is_name(at_place(naming, at->place - 1), name)) break;
  }
  return &naming->slots[slot];
}

static dsr_status grow_slots(dsr_naming *naming) {
  size_t n_slots = naming->n_slots == 0 ? SLOTS_FIRST : naming->n_slots * 2;
  name_slot *slots = dsr_alloc_table(n_slots * sizeof *slots);
  if (slots == NULL) return no_memory(naming);
  for (size_t i = 0; i < naming->n_slots; i++) {
    name_slot moved = naming->slots[i];
    size_t to = moved.hash & (n_slots - 1);
    if (moved.place == 0) continue;
    while (slots[to].place != 0) to = (to + 1) & (n_slots - 1);
    slots[to] = moved;
  }
  dsr_free(naming->slots);
  naming->slots = slots;
  naming->n_slots = n_slots;
  return DSR_OK;
}

/* Put a name with its number into memory and table. */
static dsr_status enter(dsr_naming *naming, const dsr_naming_name *name, uint32_t hash,
                        uint64_t number) {
  uint32_t place;
  bool fresh = number >= naming->first;
  if ((naming->n + 1) * 4 > naming->n_slots * 3) TRY(grow_slots(naming));
  if (fresh && !VEC_RESERVE(&naming->places, 1)) return no_memory(naming);
  TRY(keep_name(naming, name, number, &place));
  *find_slot(naming, name, hash) = (name_slot){hash, place + 1};
  naming->n++;
  if (fresh) naming->places.items[naming->places.len++] = place;
  return DSR_OK;
}

/* ---- beside the symbols ---------------------------------------------------------- */

/* Take over the names that the symbols gave a number; *some. */
static dsr_status take_over(dsr_naming *naming, bool *some) {
  dsr_symbols *symbols = naming->facts->symbols;
  uint64_t next = dsr_symbols_next(symbols);
  *some = naming->next < next;
  for (; naming->next < next; naming->next++) {
    dsr_naming_name name;
    dsr_word any_tag = dsr_word_make(DSR_TAG_ENTITY, naming->next);
    TRY(dsr_symbols_get(symbols, any_tag, &name.kind, &name.spelling));
    TRY(enter(naming, &name, hash_name(&name), naming->next));
  }
  return DSR_OK;
}

static dsr_status find_stored(dsr_naming *naming, const dsr_naming_name *name,
                              uint64_t *number) {
  unsigned char kind = (unsigned char)name->kind;
  naming->scratch.len = 0;
  if (!dsr_bytes_put(&naming->scratch, &kind, 1) ||
      !dsr_bytes_put(&naming->scratch, name->spelling.data, name->spelling.len)) {
    return no_memory(naming);
  }
  dsr_str record = {(const char *)naming->scratch.items, naming->scratch.len};
  return dsr_store_find(naming->facts->store, DSR_REC_NAME, record, number);
}

/* A name that is not in memory: from the symbols, the store, or new. */
static dsr_status meet(dsr_naming *naming, const dsr_naming_name *name, uint32_t hash,
                       uint64_t *number) {
  bool some;
  TRY(take_over(naming, &some));
  if (some) {
    const name_slot *slot = find_slot(naming, name, hash);
    if (slot->place != 0) {
      *number = number_at(at_place(naming, slot->place - 1));
      return DSR_OK;
    }
  }
  if (naming->asks) {
    dsr_status rc = find_stored(naming, name, number);
    if (rc < 0) return rc;
    if (rc == DSR_OK) return enter(naming, name, hash, *number);
  }
  TRY(dsr_symbol_check(naming->facts->symbols, name->kind, name->spelling));
  if (naming->next > DSR_SYMBOL_MOST) {
    return dsr_fail(naming->facts->error, DSR_ELIMIT,
                    "the base has as many names as it can");
  }
  TRY(enter(naming, name, hash, naming->next));
  *number = naming->next++;
  dsr_symbols_sync(naming->facts->symbols, naming->next);
  return DSR_OK;
}

/* ---- words ----------------------------------------------------------------------- */

static dsr_word word_of(dsr_symbol_kind kind, uint64_t number) {
  int tag = kind == DSR_SYM_ENTITY ? DSR_TAG_ENTITY
            : kind == DSR_SYM_TEXT ? DSR_TAG_TEXT
                                   : DSR_TAG_OTHER;
  return dsr_word_make(tag, number);
}

/* Have slots and names in the cache: each pass reads what the one before asked for.
** Tells where each name is if it is in the table. */
static void make_ready(const dsr_naming *naming, const uint32_t *hashes, size_t n,
                       uint32_t *places) {
  size_t mask = naming->n_slots - 1;
  for (size_t i = 0; i < n; i++) __builtin_prefetch(&naming->slots[hashes[i] & mask]);
  for (size_t i = 0; i < n; i++) {
    const name_slot *slot = &naming->slots[hashes[i] & mask];
    while (slot->place != 0 && slot->hash != hashes[i]) {
      slot = slot == naming->slots + mask ? naming->slots : slot + 1;
    }
    places[i] = slot->place;
    if (slot->place != 0) __builtin_prefetch(at_place(naming, slot->place - 1));
  }
}

/* `place`: where it is likely to be; 0: unknown. */
static dsr_status word_for(dsr_naming *naming, const dsr_naming_name *name,
                           uint32_t hash, uint32_t place, dsr_word *out) {
  uint64_t number;
  if (place == 0 || !is_name(at_place(naming, place - 1), name)) {
    place = find_slot(naming, name, hash)->place;
  }
  if (place != 0) {
    number = number_at(at_place(naming, place - 1));
  } else {
    TRY(meet(naming, name, hash, &number));
  }
  *out = word_of(name->kind, number);
  return DSR_OK;
}

dsr_status dsr_naming_words(dsr_naming *naming, const dsr_naming_name *names, size_t n,
                            dsr_word *out, size_t *done) {
  uint32_t hashes[AHEAD], places[AHEAD] = {0};
  for (size_t from = 0; from < n; from += AHEAD) {
    size_t some = n - from < AHEAD ? n - from : AHEAD;
    for (size_t i = 0; i < some; i++) hashes[i] = hash_name(&names[from + i]);
    make_ready(naming, hashes, some, places);
    for (size_t i = 0; i < some; i++) {
      *done = from + i;
      TRY(word_for(naming, &names[from + i], hashes[i], places[i], &out[from + i]));
    }
  }
  *done = n;
  return DSR_OK;
}

const void *dsr_naming_place(const dsr_naming *naming, uint64_t number) {
  assert(number >= naming->first && number - naming->first < naming->places.len);
  return at_place(naming, naming->places.items[number - naming->first]);
}

dsr_symbol_kind dsr_naming_at(const void *place, dsr_str *spelling) {
  dsr_str record = record_at(place);
  *spelling = (dsr_str){record.data + 1, record.len - 1};
  return (dsr_symbol_kind)record.data[0];
}

dsr_status dsr_naming_by_number(dsr_naming *naming, uint64_t number,
                                dsr_symbol_kind *kind, dsr_str *spelling) {
  if (number < naming->first || number - naming->first >= naming->places.len) {
    return DSR_NOTHING;
  }
  uint32_t place = naming->places.items[number - naming->first];
  dsr_str record = record_at(at_place(naming, place));
  *kind = (dsr_symbol_kind)record.data[0];
  *spelling = (dsr_str){record.data + 1, record.len - 1};
  return DSR_OK;
}

dsr_status dsr_naming_by_spelling(dsr_naming *naming, dsr_symbol_kind kind,
                                  dsr_str spelling, uint64_t *number) {
  dsr_naming_name name = {kind, spelling};
  const name_slot *slot = find_slot(naming, &name, hash_name(&name));
  if (slot->place == 0) return DSR_NOTHING;
  *number = number_at(at_place(naming, slot->place - 1));
  return DSR_OK;
}

/* ---- life ------------------------------------------------------------------------ */

dsr_status dsr_naming_new(dsr_facts *facts, dsr_naming **out) {
  bool some;
  dsr_naming *naming = dsr_alloc(sizeof *naming);
  if (naming == NULL) return dsr_fail_memory(facts->error);
  naming->facts = facts;
  naming->first = naming->next = dsr_store_next(facts->store, DSR_REC_NAME);
  naming->asks = naming->first > 1;
  dsr_status rc = grow_slots(naming);
  if (rc >= 0) rc = take_over(naming, &some);
  if (rc < 0) {
    dsr_naming_free(naming);
    return rc;
  }
  dsr_symbols_sync(facts->symbols, naming->next);
  *out = naming;
  return DSR_OK;
}

void dsr_naming_free(dsr_naming *naming) {
  if (naming == NULL) return;
  for (size_t i = 0; i < naming->memories.len; i++) {
    dsr_free(naming->memories.items[i]);
  }
  VEC_FREE(&naming->memories);
  VEC_FREE(&naming->pieces);
  VEC_FREE(&naming->places);
  VEC_FREE(&naming->scratch);
  dsr_free(naming->slots);
  dsr_free(naming);
}

/* ---- landing --------------------------------------------------------------------- */

/* The new names' records, and then (word, number) of each in order. */
typedef struct landing {
  dsr_inflow feed;
  dsr_naming *naming;
  size_t at;
  dsr_pile *found;
} landing;

static dsr_status next_record(void *ud, dsr_str *bytes) {
  landing *land = ud;
  dsr_naming *naming = land->naming;
  if (land->at == naming->places.len) return DSR_DONE;
  const char *name = at_place(naming, naming->places.items[land->at++]);
  *bytes = record_at(name);
  uint64_t row[DSR_FOUND_WIDTH] = {dsr_store_word(*bytes), number_at(name)};
  TRY(dsr_pile_put(land->found, row, 0));
  return DSR_ROW;
}

static dsr_status next_found(dsr_inflow *feed) {
  landing *land = (landing *)feed;
  const uint64_t *row;
  uint64_t value;
  dsr_status rc = dsr_pile_next(land->found, &row, &value);
  if (rc == DSR_ROW) memcpy(feed->row, row, DSR_FOUND_WIDTH * sizeof *row);
  return rc;
}

static dsr_status settle_found(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  (void)feed, (void)old;
  *set = 0;
  return DSR_OK;
}

dsr_status dsr_naming_land(dsr_naming *naming, size_t memory, const char *folder) {
  dsr_store *store = naming->facts->store;
  landing land = {{.next = next_found, .settle = settle_found}, naming, 0, NULL};
  bool some;
  TRY(take_over(naming, &some));
  assert(dsr_store_next(store, DSR_REC_NAME) == naming->first);
  TRY(dsr_pile_new(DSR_FOUND_WIDTH, 1, memory, folder, naming->facts->error,
                   &land.found));
  dsr_status rc = dsr_store_pack(store, DSR_REC_NAME, next_record, &land);
  if (rc >= 0) rc = dsr_pile_sort(land.found);
  if (rc >= 0) {
    rc = dsr_store_feed_found(store, DSR_REC_NAME, &land.feed,
                              dsr_pile_rows(land.found));
  }
  dsr_pile_free(land.found);
  if (rc >= 0) dsr_symbols_sync(naming->facts->symbols, naming->next);
  return rc;
}
