/*
** engine.c - the engine's life: opening, snapshots and readers, transactions.
**
** Everything that the engine keeps beside the store is a cache: of symbols, claims, sets
** and the catalogue.  A snapshot that moves adds to them, a rollback takes away what the
** transaction added.  A failure after a transaction's first change dooms it: later
** changes return the same error, and a commit lands nothing.
*/
#include "facts/engine.h"

#include <assert.h>
#include <time.h>

#include "ground/text.h"

/* How long a snapshot may serve before a reader asks for a newer one, milliseconds. */
enum { SNAPSHOT_MS = 100 };

/* ---- symbols in the store ------------------------------------------------------- */

/* A name record is the symbol's kind, a byte, and its spelling. */
static dsr_status name_by_number(void *ud, uint64_t number, dsr_symbol_kind *kind,
                                 dsr_str *spelling) {
  dsr_facts *facts = ud;
  dsr_str bytes;
  if (facts->naming) {
    dsr_status rc = dsr_naming_by_number(facts->naming, number, kind, spelling);
    if (rc != DSR_NOTHING) return rc;
  }
  if (number >= dsr_store_next(facts->store, DSR_REC_NAME)) return DSR_NOTHING;
  TRY(dsr_store_record(facts->store, DSR_REC_NAME, number, &bytes));
  if (bytes.len == 0 && facts->erasures > 1) {
    return dsr_fail(facts->error, DSR_EABSENT,
                    "the name was forgotten with the source that used it");
  }
  if (bytes.len == 0 || bytes.data[0] < DSR_SYM_ENTITY ||
      bytes.data[0] > DSR_SYM_NUMBER) {
    return dsr_fail(facts->error, DSR_EDAMAGED,
                    "damaged base: name %llu cannot be read",
                    (unsigned long long)number);
  }
  *kind = (dsr_symbol_kind)bytes.data[0];
  *spelling = (dsr_str){bytes.data + 1, bytes.len - 1};
  return DSR_OK;
}

dsr_status dsr_facts_name(dsr_facts *facts, dsr_word word, dsr_symbol_kind *kind,
                          dsr_str *spelling) {
  dsr_status rc = name_by_number(facts, dsr_word_payload(word), kind, spelling);
  if (rc != DSR_NOTHING) return rc;
  return dsr_symbols_get(facts->symbols, word, kind, spelling);
}

static bool name_bytes(dsr_facts *facts, dsr_symbol_kind kind, dsr_str spelling) {
  unsigned char head = (unsigned char)kind;
  facts->scratch.len = 0;
  return dsr_bytes_put(&facts->scratch, &head, 1) &&
         dsr_bytes_put(&facts->scratch, spelling.data, spelling.len);
}

static dsr_status name_by_spelling(void *ud, dsr_symbol_kind kind, dsr_str spelling,
                                   uint64_t *number) {
  dsr_facts *facts = ud;
  if (facts->naming) {
    dsr_status rc = dsr_naming_by_spelling(facts->naming, kind, spelling, number);
    if (rc != DSR_NOTHING) return rc;
  }
  if (!name_bytes(facts, kind, spelling)) return dsr_fail_memory(facts->error);
  dsr_str bytes = {(const char *)facts->scratch.items, facts->scratch.len};
  return dsr_store_find(facts->store, DSR_REC_NAME, bytes, number);
}

/* Hand the symbols that the open transaction gave numbers to the store. */
static dsr_status append_symbols(dsr_facts *facts) {
  uint64_t next = dsr_symbols_next(facts->symbols);
  for (uint64_t n = dsr_store_next(facts->store, DSR_REC_NAME); n < next; n++) {
    dsr_symbol_kind kind;
    dsr_str spelling;
    uint64_t number;
    dsr_word any_tag = dsr_word_make(DSR_TAG_ENTITY, n);
    TRY(dsr_symbols_get(facts->symbols, any_tag, &kind, &spelling));
    if (!name_bytes(facts, kind, spelling)) return dsr_fail_memory(facts->error);
    dsr_str bytes = {(const char *)facts->scratch.items, facts->scratch.len};
    TRY(dsr_store_append(facts->store, DSR_REC_NAME, bytes, &number));
    assert(number == n);
  }
  return DSR_OK;
}

/* ---- life ----------------------------------------------------------------------- */

/* The entity `base` is the first symbol of every base. */
dsr_word dsr_facts_base_source(dsr_facts *facts) {
  (void)facts;
  return dsr_word_make(DSR_TAG_ENTITY, 1);
}

/* Records were erased: what is kept of names, claims and sets may be of such.  Of the
** catalogue nothing is that counts. */
static void forget_records(dsr_facts *facts) {
  facts->erasures = dsr_store_erasures(facts->store, NULL);
  dsr_symbols_rollback(facts->symbols, 1);
  facts->claims.len = facts->sets.len = 0;
  dsr_arena_free(&facts->arena);
  memset(&facts->last, 0, sizeof facts->last);
}

static void forget_mentions(dsr_facts *facts) {
  dsr_free(facts->mentions);
  facts->mentions = NULL;
}

/* Take over what the store has beyond what this handle has read. */
static dsr_status follow(dsr_facts *facts) {
  facts->moves++;
  facts->named++;
  forget_mentions(facts);
  if (dsr_store_erasures(facts->store, NULL) != facts->erasures) forget_records(facts);
  dsr_symbols_sync(facts->symbols, dsr_store_next(facts->store, DSR_REC_NAME));
  return dsr_catalogue_follow(facts);
}

static dsr_status open_parts(dsr_facts *facts, const char *path,
                             const dsr_open_options *options) {
  if (options && options->now) {
    facts->fixed_clock = true;
    if (!dsr_stamp_parse(dsr_str_of(options->now), false, &facts->now)) {
      return dsr_fail(
          facts->error, DSR_EMISUSE,
          "now is \"%s\"; an instant such as \"2026-01-02T03:04:05Z\" would do",
          options->now);
    }
  }
  TRY(dsr_store_open(path, options, facts->error, &facts->store));
  dsr_search_open(facts);
  dsr_symbol_backing backing = {name_by_number, name_by_spelling, facts};
  TRY(dsr_symbols_new(&backing, 1, facts->error, &facts->symbols));
  bool moved;
  TRY(dsr_store_read(facts->store, true, &moved));
  dsr_symbols_sync(facts->symbols, dsr_store_next(facts->store, DSR_REC_NAME));
  facts->erasures = dsr_store_erasures(facts->store, NULL);
  return dsr_catalogue_open(facts);
}

dsr_status dsr_facts_open(const char *path, const dsr_open_options *options,
                          dsr_error *error, dsr_facts **out) {
  dsr_facts *facts = dsr_alloc(sizeof *facts);
  if (!facts) return dsr_fail_memory(error);
  facts->error = error;
  dsr_status rc = open_parts(facts, path, options);
  if (rc < 0) {
    dsr_facts_close(facts);
    return rc;
  }
  dsr_facts_rest(facts);
  *out = facts;
  return DSR_OK;
}

void dsr_facts_close(dsr_facts *facts) {
  if (!facts) return;
  dsr_scan_spare_free(facts);
  dsr_catalogue_free(facts);
  dsr_search_close(facts);
  dsr_nearby_free(facts->nearby);
  dsr_symbols_free(facts->symbols);
  dsr_store_close(facts->store);
  VEC_FREE(&facts->claims);
  VEC_FREE(&facts->sets);
  VEC_FREE(&facts->rules.said);
  VEC_FREE(&facts->scratch);
  dsr_free(facts->mentions);
  dsr_arena_free(&facts->arena);
  dsr_free(facts);
}

dsr_symbols *dsr_facts_symbols(dsr_facts *facts) { return facts->symbols; }
dsr_store *dsr_facts_store(dsr_facts *facts) { return facts->store; }
dsr_error *dsr_facts_error(dsr_facts *facts) { return facts->error; }
bool dsr_facts_writing(const dsr_facts *facts) { return facts->writing; }
int64_t dsr_facts_changes(const dsr_facts *facts) { return facts->changes; }
int64_t dsr_facts_opened(const dsr_facts *facts) { return facts->opened; }

uint64_t dsr_facts_generation(const dsr_facts *facts) { return facts->moves; }

/* ---- readers and snapshots ------------------------------------------------------ */

void dsr_reader_join(dsr_facts *facts, dsr_reader *reader) {
  reader->facts = facts;
  reader->next = facts->readers;
  reader->prev = &facts->readers;
  if (reader->next) reader->next->prev = &reader->next;
  facts->readers = reader;
}

/* By ticks, which is exact enough and costs a look-up a tenth less. */
static int64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void dsr_facts_hold(dsr_facts *facts, bool on) { facts->held += on ? 1 : -1; }

/* A change would end, under their feet, the queries that wait for a function. */
static dsr_status check_free(dsr_facts *facts) {
  if (facts->held == 0) return DSR_OK;
  return dsr_fail(facts->error, DSR_EMISUSE,
                  "a function that a query calls can read the base, not change it");
}

void dsr_facts_rest(dsr_facts *facts) {
  if (facts->readers || facts->writing || facts->held > 0) return;
  dsr_store_idle(facts->store);
  facts->resting = true;
}

void dsr_reader_leave(dsr_reader *reader) {
  if (!reader->prev) return;
  *reader->prev = reader->next;
  if (reader->next) reader->next->prev = reader->prev;
  reader->next = NULL;
  reader->prev = NULL;
  if (clock_ms() - reader->facts->read_at >= SNAPSHOT_MS) dsr_facts_rest(reader->facts);
}

static dsr_status drain_readers(dsr_facts *facts) {
  while (facts->readers) {
    dsr_reader *reader = facts->readers;
    TRY(reader->drain(reader));
    dsr_reader_leave(reader);
  }
  return DSR_OK;
}

/* The failure that doomed the open transaction, in its own words; DSR_OK where none
** did. */
static dsr_status check_sound(dsr_facts *facts) {
  if (facts->doomed < 0) *facts->error = facts->why;
  return facts->doomed;
}

dsr_status dsr_facts_read(dsr_facts *facts, bool newest) {
  if (facts->writing) return check_sound(facts);
  if (facts->held > 0 && !facts->resting) return DSR_OK;
  int64_t now = clock_ms();
  bool fresh = facts->readers || now - facts->read_at < SNAPSHOT_MS;
  if (!newest && fresh && !facts->resting) return DSR_OK;
  TRY(drain_readers(facts));
  bool moved;
  TRY(dsr_store_read(facts->store, newest, &moved));
  facts->read_at = now;
  facts->resting = false;
  return moved ? follow(facts) : DSR_OK;
}

/* ---- transactions --------------------------------------------------------------- */

int64_t dsr_facts_now(const dsr_facts *facts) {
  if (facts->fixed_clock) return facts->now;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A new base gets its first symbol, and what a rollback goes back to is marked. */
static dsr_status begin_marks(dsr_facts *facts) {
  facts->marked_symbols = dsr_symbols_next(facts->symbols);
  facts->marked_claims = dsr_store_next(facts->store, DSR_REC_CLAIM);
  facts->marked_sets = dsr_store_next(facts->store, DSR_REC_SET);
  if (facts->marked_symbols > 1) return DSR_OK;
  dsr_word word;
  return dsr_symbols_intern(facts->symbols, DSR_SYM_ENTITY, dsr_str_of("base"), &word);
}

dsr_status dsr_facts_begin(dsr_facts *facts) {
  TRY(check_free(facts));
  if (facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "a transaction is open already");
  }
  TRY(drain_readers(facts));
  bool moved;
  TRY(dsr_store_begin(facts->store, dsr_facts_now(facts), &moved));
  dsr_status rc = moved ? follow(facts) : DSR_OK;
  if (rc >= 0) rc = begin_marks(facts);
  if (rc < 0) {
    dsr_store_rollback(facts->store);
    return rc;
  }
  facts->writing = true;
  facts->doomed = DSR_OK;
  facts->wrote_schema = facts->wrote_made = false;
  facts->changes = facts->opened = 0;
  facts->rules.added = facts->rules.dropped = 0;
  memset(&facts->last, 0, sizeof facts->last);
  return DSR_OK;
}

dsr_status dsr_facts_doom(dsr_facts *facts, dsr_status why) {
  if (facts->writing && facts->doomed >= 0) {
    facts->doomed = why;
    facts->why = *facts->error;
  }
  return why;
}

/* Forget all that the transaction, no longer open in the store, put into the caches. */
static dsr_status forget(dsr_facts *facts) {
  dsr_bulk_cut(facts);
  facts->writing = false;
  facts->resting = true; /* the store may have to read anew: see dsr_facts_read */
  facts->moves++;
  facts->changes = 0;
  facts->named++;
  forget_mentions(facts);
  dsr_search_end(facts);
  dsr_symbols_rollback(facts->symbols, facts->marked_symbols);
  dsr_claims_rollback(facts);
  if (!facts->wrote_schema) return DSR_OK;
  dsr_catalogue_free(facts);
  return dsr_catalogue_open(facts);
}

dsr_status dsr_facts_rollback(dsr_facts *facts) {
  TRY(check_free(facts));
  if (!facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "no transaction is open");
  }
  dsr_status drained = drain_readers(facts);
  dsr_store_rollback(facts->store);
  TRY(forget(facts));
  return drained;
}

dsr_status dsr_facts_commit(dsr_facts *facts) {
  TRY(check_free(facts));
  if (!facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "no transaction is open");
  }
  TRY(dsr_bulk_check(facts));
  dsr_status rc = drain_readers(facts);
  if (rc >= 0) rc = check_sound(facts);
  bool changed = facts->changes > 0 || facts->wrote_schema || facts->wrote_made ||
                 facts->indexing.whole;
  if (rc >= 0 && changed) rc = append_symbols(facts);
  if (rc >= 0 && changed) rc = dsr_search_commit(facts);
  if (rc >= 0 && changed) {
    rc = dsr_store_commit(facts->store);
  } else {
    dsr_store_rollback(facts->store);
  }
  if (rc < 0 || !changed) {
    dsr_status undone = forget(facts);
    return undone < 0 ? undone : rc;
  }
  facts->writing = false;
  facts->indexing.ready = true;
  dsr_search_end(facts);
  facts->moves++;
  dsr_symbols_sync(facts->symbols, dsr_store_next(facts->store, DSR_REC_NAME));
  return DSR_OK;
}

dsr_status dsr_facts_replay(dsr_facts *facts, int64_t stamp, bool next) {
  TRY(dsr_facts_change(facts));
  TRY(dsr_store_replay(facts->store, stamp, next));
  memset(&facts->last, 0, sizeof facts->last); /* its sets are of the one before */
  facts->wrote_made = true;                    /* one that has no claims lands, too */
  return DSR_OK;
}

dsr_status dsr_facts_change(dsr_facts *facts) {
  TRY(check_free(facts));
  if (!facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "a change needs an open transaction");
  }
  TRY(check_sound(facts));
  TRY(drain_readers(facts));
  facts->moves++;
  return DSR_OK;
}
