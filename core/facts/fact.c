/*
** fact.c - the engine: its life, its transactions, and changes to what is claimed.
**
** Every change goes through dsr_claim_add or dsr_claim_retract: look up the fact's set,
** make the set that comes after, put it.  All checks come before the first put.  A
** failure after it dooms the transaction: later changes return the same error, and a
** commit lands nothing.
*/
#include <assert.h>
#include <time.h>

#include "facts/engine.h"
#include "ground/text.h"

/* How long a snapshot may serve before a reader asks for a newer one, milliseconds. */
enum { SNAPSHOT_MS = 100 };

/* ---- symbols in the store ------------------------------------------------------- */

/* A name record is the symbol's kind, a byte, and its spelling. */
static dsr_status name_by_number(void *ud, uint64_t number, dsr_symbol_kind *kind,
                                 dsr_str *spelling) {
  dsr_facts *facts = ud;
  dsr_str bytes;
  if (number >= dsr_store_next(facts->store, DSR_REC_NAME)) return DSR_NOTHING;
  TRY(dsr_store_record(facts->store, DSR_REC_NAME, number, &bytes));
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

static bool name_bytes(dsr_facts *facts, dsr_symbol_kind kind, dsr_str spelling) {
  unsigned char head = (unsigned char)kind;
  facts->scratch.len = 0;
  return dsr_bytes_put(&facts->scratch, &head, 1) &&
         dsr_bytes_put(&facts->scratch, spelling.data, spelling.len);
}

static dsr_status name_by_spelling(void *ud, dsr_symbol_kind kind, dsr_str spelling,
                                   uint64_t *number) {
  dsr_facts *facts = ud;
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

/* Take over what the store has beyond what this handle has read. */
static dsr_status follow(dsr_facts *facts) {
  facts->moves++;
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
  dsr_symbol_backing backing = {name_by_number, name_by_spelling, facts};
  TRY(dsr_symbols_new(&backing, 1, facts->error, &facts->symbols));
  bool moved;
  TRY(dsr_store_read(facts->store, true, &moved));
  dsr_symbols_sync(facts->symbols, dsr_store_next(facts->store, DSR_REC_NAME));
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
  *out = facts;
  return DSR_OK;
}

void dsr_facts_close(dsr_facts *facts) {
  if (!facts) return;
  dsr_catalogue_free(facts);
  dsr_symbols_free(facts->symbols);
  dsr_store_close(facts->store);
  VEC_FREE(&facts->claims);
  VEC_FREE(&facts->sets);
  VEC_FREE(&facts->scratch);
  dsr_arena_free(&facts->arena);
  dsr_free(facts);
}

dsr_symbols *dsr_facts_symbols(dsr_facts *facts) { return facts->symbols; }
dsr_store *dsr_facts_store(dsr_facts *facts) { return facts->store; }
dsr_error *dsr_facts_error(dsr_facts *facts) { return facts->error; }
bool dsr_facts_writing(const dsr_facts *facts) { return facts->writing; }
int64_t dsr_facts_changes(const dsr_facts *facts) { return facts->changes; }

uint64_t dsr_facts_generation(const dsr_facts *facts) { return facts->moves; }

/* ---- readers and snapshots ------------------------------------------------------ */

void dsr_reader_join(dsr_facts *facts, dsr_reader *reader) {
  reader->next = facts->readers;
  reader->prev = &facts->readers;
  if (reader->next) reader->next->prev = &reader->next;
  facts->readers = reader;
}

void dsr_reader_leave(dsr_reader *reader) {
  if (!reader->prev) return;
  *reader->prev = reader->next;
  if (reader->next) reader->next->prev = reader->prev;
  reader->next = NULL;
  reader->prev = NULL;
}

static dsr_status drain_readers(dsr_facts *facts) {
  while (facts->readers) {
    dsr_reader *reader = facts->readers;
    TRY(reader->drain(reader));
    dsr_reader_leave(reader);
  }
  return DSR_OK;
}

static int64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The failure that doomed the open transaction, in its own words; DSR_OK where none
** did. */
static dsr_status check_sound(dsr_facts *facts) {
  if (facts->doomed < 0) *facts->error = facts->why;
  return facts->doomed;
}

dsr_status dsr_facts_read(dsr_facts *facts, bool newest) {
  if (facts->writing) return check_sound(facts);
  int64_t now = clock_ms();
  if (!newest && (facts->readers || now - facts->read_at < SNAPSHOT_MS)) return DSR_OK;
  TRY(drain_readers(facts));
  bool moved;
  TRY(dsr_store_read(facts->store, newest, &moved));
  facts->read_at = now;
  return moved ? follow(facts) : DSR_OK;
}

/* ---- transactions --------------------------------------------------------------- */

static int64_t clock_us(const dsr_facts *facts) {
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
  if (facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "a transaction is open already");
  }
  TRY(drain_readers(facts));
  bool moved;
  TRY(dsr_store_begin(facts->store, clock_us(facts), &moved));
  dsr_status rc = moved ? follow(facts) : DSR_OK;
  if (rc >= 0) rc = begin_marks(facts);
  if (rc < 0) {
    dsr_store_rollback(facts->store);
    return rc;
  }
  facts->writing = true;
  facts->doomed = DSR_OK;
  facts->wrote_schema = false;
  facts->changes = 0;
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
  facts->writing = false;
  facts->moves++;
  facts->changes = 0;
  dsr_symbols_rollback(facts->symbols, facts->marked_symbols);
  dsr_claims_rollback(facts);
  if (!facts->wrote_schema) return DSR_OK;
  dsr_catalogue_free(facts);
  return dsr_catalogue_open(facts);
}

dsr_status dsr_facts_rollback(dsr_facts *facts) {
  if (!facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "no transaction is open");
  }
  dsr_status drained = drain_readers(facts);
  dsr_store_rollback(facts->store);
  TRY(forget(facts));
  return drained;
}

dsr_status dsr_facts_commit(dsr_facts *facts) {
  if (!facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "no transaction is open");
  }
  dsr_status rc = drain_readers(facts);
  if (rc >= 0) rc = check_sound(facts);
  bool changed = facts->changes > 0 || facts->wrote_schema;
  if (rc >= 0 && changed) rc = append_symbols(facts);
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
  facts->moves++;
  dsr_symbols_sync(facts->symbols, dsr_store_next(facts->store, DSR_REC_NAME));
  return DSR_OK;
}

dsr_status dsr_facts_change(dsr_facts *facts) {
  if (!facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE, "a change needs an open transaction");
  }
  TRY(check_sound(facts));
  TRY(drain_readers(facts));
  facts->moves++;
  return DSR_OK;
}

/* ---- rows ----------------------------------------------------------------------- */

void dsr_tuple_canonical(dsr_facts *facts, dsr_tuple *tuple) {
  bool swap;
  const dsr_relation *relation = dsr_relation_get(facts, tuple->relation);
  const dsr_relation *stored = dsr_relation_stored(facts, relation, &swap);
  tuple->relation = stored->number;
  if (stored->symmetric) swap = tuple->args[0] > tuple->args[1];
  if (!swap) return;
  dsr_word first = tuple->args[0];
  tuple->args[0] = tuple->args[1];
  tuple->args[1] = first;
}

/* The row of a canonical fact: its columns, then its time. */
static void row_of(const dsr_tuple *tuple, uint64_t row[DSR_WIDTH_MAX]) {
  memcpy(row, tuple->args, sizeof *row * (size_t)tuple->arity);
  row[tuple->arity] = tuple->time;
}

dsr_status dsr_fact_set(dsr_facts *facts, const dsr_tuple *tuple, uint64_t *set) {
  uint64_t row[DSR_WIDTH_MAX];
  row_of(tuple, row);
  return dsr_store_get(facts->store, tuple->relation, tuple->arity + 1, row, set);
}

/* Note that the fact's entities are mentioned, and where. */
static dsr_status put_mentions(dsr_facts *facts, const dsr_tuple *tuple) {
  for (int i = 0; i < tuple->arity; i++) {
    if (dsr_word_tag(tuple->args[i]) != DSR_TAG_ENTITY) continue;
    uint64_t row[3] = {tuple->args[i], dsr_word_int(tuple->relation), dsr_word_int(i)};
    uint64_t set;
    dsr_status rc = dsr_store_get(facts->store, DSR_REL_MENTION, 3, row, &set);
    if (rc == DSR_NOTHING) {
      rc = dsr_store_put(facts->store, DSR_REL_MENTION, 3, 1u, row, 1);
    }
    if (rc < 0) return rc;
  }
  return DSR_OK;
}

/* Put the fact with the set that comes after `before` (0: it is new). */
static dsr_status put_fact(dsr_facts *facts, const dsr_tuple *tuple, uint64_t before,
                           uint64_t set) {
  uint64_t row[DSR_WIDTH_MAX];
  row_of(tuple, row);
  TRY(dsr_store_put(facts->store, tuple->relation, tuple->arity + 1,
                    dsr_relation_orders(tuple->arity), row, set));
  if (before == 0) TRY(put_mentions(facts, tuple));
  if (tuple->time != DSR_WORD_NONE) TRY(dsr_catalogue_timed(facts, tuple->relation));
  facts->changes++;
  return DSR_OK;
}

/* ---- checks of a claim ---------------------------------------------------------- */

static dsr_status check_claim(dsr_facts *facts, const dsr_tuple *tuple,
                              const dsr_claim_row *claim) {
  if (claim->source != facts->last.source) {
    bool declared;
    TRY(dsr_source_declared(facts, claim->source, &declared));
    if (!declared) {
      dsr_symbol_kind kind;
      dsr_str name;
      TRY(dsr_symbols_get(facts->symbols, claim->source, &kind, &name));
      return dsr_source_unknown(facts, name);
    }
    facts->last.source = claim->source;
  }
  if (tuple->relation == DSR_REL_DERIVED_FROM && claim->verb == DSR_ASSERTS) {
    return dsr_source_check_derivation(facts, tuple->args[0], tuple->args[1]);
  }
  return DSR_OK;
}

/* ---- changes -------------------------------------------------------------------- */

static bool same_claim(const dsr_claim_row *a, const dsr_claim_row *b) {
  return a->verb == b->verb && a->kind == b->kind && a->reliability == b->reliability &&
         a->credibility == b->credibility && a->source == b->source &&
         a->locator == b->locator && a->speaker == b->speaker &&
         a->quotation == b->quotation && a->confidence == b->confidence &&
         a->target == b->target;
}

static dsr_status number_claim(dsr_facts *facts, const dsr_claim_row *claim,
                               uint64_t *number) {
  if (facts->last.claim == 0 || !same_claim(&facts->last.row, claim)) {
    uint64_t found;
    TRY(dsr_claim_intern(facts, claim, &found));
    facts->last.row = *claim;
    facts->last.claim = found;
    facts->last.to_set = 0;
  }
  *number = facts->last.claim;
  return DSR_OK;
}

/* The set after `before` that also holds the claim, live since now. */
static dsr_status set_with(dsr_facts *facts, uint64_t before, const dsr_set *old,
                           uint64_t claim, uint64_t *after) {
  if (facts->last.to_set != 0 && facts->last.from_set == before &&
      facts->last.claim == claim) {
    *after = facts->last.to_set;
    return DSR_OK;
  }
  dsr_entry *entries = dsr_alloc((old->n + 1) * sizeof *entries);
  if (!entries) return dsr_fail_memory(facts->error);
  if (old->n > 0) memcpy(entries, old->entries, old->n * sizeof *entries);
  entries[old->n] = (dsr_entry){claim, dsr_store_txn(facts->store), 0};
  dsr_status rc = dsr_set_intern(facts, entries, old->n + 1, after);
  dsr_free(entries);
  if (rc < 0) return rc;
  facts->last.from_set = before;
  facts->last.to_set = *after;
  return DSR_OK;
}

static dsr_status apply_add(dsr_facts *facts, const dsr_tuple *fact, uint64_t before,
                            const dsr_set *old, uint64_t claim) {
  uint64_t after;
  TRY(set_with(facts, before, old, claim, &after));
  return put_fact(facts, fact, before, after);
}

dsr_status dsr_claim_add(dsr_facts *facts, const dsr_tuple *tuple,
                         const dsr_claim_row *claim) {
  TRY(dsr_facts_change(facts));
  dsr_tuple fact = *tuple;
  dsr_tuple_canonical(facts, &fact);
  TRY(check_claim(facts, &fact, claim));
  uint64_t before = 0, number;
  dsr_set old = {0};
  dsr_status rc = dsr_fact_set(facts, &fact, &before);
  if (rc < 0) return rc;
  if (rc == DSR_OK) TRY(dsr_set_get(facts, before, &old));
  if (rc == DSR_NOTHING && claim->verb >= DSR_PREFERS) {
    return dsr_fail(
        facts->error, DSR_EABSENT,
        "there is no claim on that fact to judge; write it, with its time, as "
        "the source claims it");
  }
  rc = number_claim(facts, claim, &number);
  if (rc < 0) return dsr_facts_doom(facts, rc);
  for (size_t i = 0; i < old.n; i++) {
    if (old.entries[i].claim == number && old.entries[i].closed == 0)
      return DSR_NOTHING;
  }
  rc = apply_add(facts, &fact, before, &old, number);
  if (rc >= 0 && claim->verb == DSR_PREFERS) {
    uint64_t row[1] = {dsr_word_int(fact.relation)};
    rc = dsr_store_put(facts->store, DSR_REL_PREFERRED, 1, 1u, row, 1);
  }
  return rc < 0 ? dsr_facts_doom(facts, rc) : DSR_OK;
}

static bool filter_admits(const dsr_claim_filter *filter, const dsr_claim_row *claim) {
  bool verb = filter->verb ? claim->verb == filter->verb : claim->verb <= DSR_DENIES;
  return verb && (!filter->by_kind || claim->kind == filter->kind) &&
         (!filter->reliability || claim->reliability == filter->reliability) &&
         (!filter->credibility || claim->credibility == filter->credibility) &&
         (!filter->source || claim->source == filter->source) &&
         (!filter->locator || claim->locator == filter->locator) &&
         (!filter->speaker || claim->speaker == filter->speaker) &&
         (!filter->quotation || claim->quotation == filter->quotation) &&
         (!filter->confidence || claim->confidence == filter->confidence);
}

/* Copy the entries, those that the filter admits closed now; one that this very
** transaction opened was never seen and is left out.  *closed counts. */
static dsr_status close_entries(dsr_facts *facts, const dsr_set *old,
                                const dsr_claim_filter *filter, dsr_entry *entries,
                                size_t *n, size_t *closed) {
  uint64_t txn = dsr_store_txn(facts->store);
  *n = *closed = 0;
  for (size_t i = 0; i < old->n; i++) {
    dsr_entry entry = old->entries[i];
    const dsr_claim_row *claim;
    TRY(dsr_claim_get(facts, entry.claim, &claim));
    if (entry.closed == 0 && filter_admits(filter, claim)) {
      entry.closed = txn;
      ++*closed;
      if (entry.opened == txn) continue;
    }
    entries[(*n)++] = entry;
  }
  return DSR_OK;
}

dsr_status dsr_claim_retract(dsr_facts *facts, const dsr_tuple *tuple,
                             const dsr_claim_filter *filter) {
  TRY(dsr_facts_change(facts));
  dsr_tuple fact = *tuple;
  dsr_tuple_canonical(facts, &fact);
  uint64_t before, after;
  dsr_set old;
  dsr_status rc = dsr_fact_set(facts, &fact, &before);
  if (rc != DSR_OK) return rc;
  TRY(dsr_set_get(facts, before, &old));
  dsr_entry *entries = dsr_alloc((old.n + 1) * sizeof *entries);
  if (!entries) return dsr_fail_memory(facts->error);
  size_t n, closed;
  rc = close_entries(facts, &old, filter, entries, &n, &closed);
  if (rc >= 0 && closed > 0) {
    rc = dsr_set_intern(facts, entries, n, &after);
    if (rc >= 0) rc = put_fact(facts, &fact, before, after);
    if (rc < 0) dsr_facts_doom(facts, rc);
    facts->changes += rc < 0 ? 0 : (int64_t)closed - 1;
    facts->last.source = DSR_WORD_NONE; /* it may have been a source's declaration */
  }
  dsr_free(entries);
  if (rc < 0) return rc;
  return closed > 0 ? DSR_OK : DSR_NOTHING;
}
