/*
** fact.c - facts as rows, and changes to what is claimed of them.
**
** Every change goes through dsr_claim_add or dsr_claim_retract: look up the fact's set,
** make the set that comes after, put it.  All checks come before the first put.
*/
#include "facts/engine.h"

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
static void row_of(const dsr_tuple *tuple, uint64_t row[DSR_ROW_MAX]) {
  memcpy(row, tuple->args, sizeof *row * (size_t)tuple->arity);
  row[tuple->arity] = tuple->time;
}

dsr_status dsr_fact_set(dsr_facts *facts, const dsr_tuple *tuple, uint64_t *set) {
  uint64_t row[DSR_ROW_MAX];
  row_of(tuple, row);
  return dsr_store_get(facts->store, tuple->relation, tuple->arity + 1, row, set);
}

dsr_status dsr_view_holds(dsr_view *view, const dsr_tuple *fact, bool *held) {
  uint64_t set;
  *held = false;
  dsr_status rc = dsr_fact_set(view->facts, fact, &set);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  return dsr_view_holds_by(view, fact, set, held);
}

dsr_status dsr_view_holds_by(dsr_view *view, const dsr_tuple *fact, uint64_t set,
                             bool *held) {
  dsr_facts *facts = view->facts;
  const dsr_relation *relation = dsr_relation_get(facts, fact->relation);
  unsigned sees;
  bool certain, lost = false;
  *held = false;
  TRY(dsr_view_set(view, fact->relation, set, &sees));
  if (!(sees & DSR_SEES_HELD)) return DSR_OK;
  dsr_status rc = dsr_view_time(view, relation, fact->time, &certain);
  if (rc != DSR_ROW) return rc < 0 ? rc : DSR_OK;
  if (view->settled) TRY(dsr_conflict_lost(facts, view, fact, &lost));
  *held = !lost;
  return DSR_OK;
}

/* The table of mentions that are known to be noted, made when the first is due. */
static dsr_status need_mentions(dsr_facts *facts) {
  if (facts->mentions != NULL) return DSR_OK;
  facts->mentions = dsr_alloc(DSR_MENTIONS * sizeof *facts->mentions);
  return facts->mentions != NULL ? DSR_OK : dsr_fail_memory(facts->error);
}

/* Where the mention is kept or would be. */
static dsr_mention *mention_slot(dsr_facts *facts, const dsr_mention *mention) {
  uint64_t hash = (mention->entity ^ mention->where << 32 ^ mention->where) *
                  UINT64_C(0x9e3779b97f4a7c15);
  return &facts->mentions[hash >> 32 & (DSR_MENTIONS - 1)];
}

/* Does column i mention an entity of which it is not known that it is noted already?  Then
** the mention's row, and where it is to be known. */
static dsr_mention *new_mention(dsr_facts *facts, const dsr_tuple *tuple, int i,
                                dsr_mention *mention, uint64_t row[3]) {
  if (dsr_word_tag(tuple->args[i]) != DSR_TAG_ENTITY) return NULL;
  *mention =
      (dsr_mention){tuple->args[i], (uint64_t)tuple->relation << 8 | (unsigned)i};
  dsr_mention *met = mention_slot(facts, mention);
  if (met->entity == mention->entity && met->where == mention->where) return NULL;
  row[0] = tuple->args[i];
  row[1] = dsr_word_int(tuple->relation);
  row[2] = dsr_word_int(i);
  return met;
}

/* The rows of a fact that is added are looked for one by one, in tables that no cache
** holds: have memory bring what leads to them side by side. */
static void expect_rows(dsr_facts *facts, const dsr_tuple *tuple) {
  dsr_mention mention;
  uint64_t row[DSR_ROW_MAX];
  row_of(tuple, row);
  dsr_store_expect(facts->store, tuple->relation, tuple->arity + 1, row);
  for (int i = 0; facts->mentions != NULL && i < tuple->arity; i++) {
    if (new_mention(facts, tuple, i, &mention, row) == NULL) continue;
    dsr_store_expect(facts->store, DSR_REL_MENTION, 3, row);
  }
}

/* Note that the fact's entities are mentioned, and where. */
static dsr_status put_mentions(dsr_facts *facts, const dsr_tuple *tuple) {
  TRY(need_mentions(facts));
  for (int i = 0; i < tuple->arity; i++) {
    dsr_mention mention;
    uint64_t row[3], set;
    dsr_mention *met = new_mention(facts, tuple, i, &mention, row);
    if (met == NULL) continue;
    dsr_status rc = dsr_store_get(facts->store, DSR_REL_MENTION, 3, row, &set);
    if (rc == DSR_NOTHING) {
      rc = dsr_store_put(facts->store, DSR_REL_MENTION, 3, 1u, row, 1);
      facts->named++;
    }
    if (rc < 0) return rc;
    *met = mention;
  }
  return DSR_OK;
}

dsr_status dsr_fact_put(dsr_facts *facts, const dsr_tuple *tuple, uint64_t before,
                        uint64_t set) {
  uint64_t row[DSR_ROW_MAX];
  row_of(tuple, row);
  TRY(dsr_store_put(facts->store, tuple->relation, tuple->arity + 1,
                    dsr_relation_orders(tuple->arity), row, set));
  if (before == 0) TRY(put_mentions(facts, tuple));
  if (before == 0) TRY(dsr_search_put(facts, tuple));
  bool name = tuple->relation == DSR_REL_LABEL || tuple->relation == DSR_REL_ALIAS;
  if (before == 0 && name) facts->named++;
  if (tuple->time != DSR_WORD_NONE) TRY(dsr_catalogue_timed(facts, tuple->relation));
  return DSR_OK;
}

/* ---- checks of a claim ---------------------------------------------------------- */

/* Words that a host holds may be of names that were forgotten meanwhile. */
static dsr_status check_words(dsr_facts *facts, const dsr_tuple *tuple,
                              const dsr_claim_row *claim) {
  const dsr_word parts[] = {claim->source,    claim->locator,    claim->speaker,
                            claim->quotation, claim->confidence, claim->target,
                            tuple->time};
  dsr_symbol_kind kind;
  dsr_str name;
  for (int i = 0; i < tuple->arity; i++) {
    if (!dsr_word_interned(tuple->args[i])) continue;
    TRY(dsr_symbols_get(facts->symbols, tuple->args[i], &kind, &name));
  }
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!dsr_word_interned(parts[i])) continue;
    TRY(dsr_symbols_get(facts->symbols, parts[i], &kind, &name));
  }
  return DSR_OK;
}

static dsr_status check_claim(dsr_facts *facts, const dsr_tuple *tuple,
                              const dsr_claim_row *claim) {
  if (facts->erasures > 1) TRY(check_words(facts, tuple, claim));
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

/* ---- telling --------------------------------------------------------------------- */

void dsr_facts_watch(dsr_facts *facts, dsr_watcher watcher, void *ud) {
  facts->watcher = watcher;
  facts->watcher_ud = ud;
}

bool dsr_facts_watched(const dsr_facts *facts) { return facts->watcher != NULL; }

dsr_status dsr_facts_tell(dsr_facts *facts, int change, const dsr_tuple *fact,
                          const dsr_claim_row *claim) {
  if (!facts->watcher) return DSR_OK;
  dsr_arena arena = {0};
  dsr_str text;
  dsr_status rc = dsr_claim_write(facts, fact, claim, &arena, &text);
  if (rc >= 0) facts->watcher(facts->watcher_ud, change, text);
  dsr_arena_free(&arena);
  return rc;
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
  TRY(dsr_fact_put(facts, fact, before, after));
  facts->changes++;
  return DSR_OK;
}

dsr_status dsr_claim_add(dsr_facts *facts, const dsr_tuple *tuple,
                         const dsr_claim_row *claim) {
  TRY(dsr_facts_change(facts));
  dsr_tuple fact = *tuple;
  dsr_tuple_canonical(facts, &fact);
  expect_rows(facts, &fact);
  TRY(check_claim(facts, &fact, claim));
  uint64_t before = 0, number;
  dsr_set old = {0};
  dsr_status rc = dsr_fact_set(facts, &fact, &before);
  if (rc < 0) return rc;
  if (rc == DSR_OK) TRY(dsr_set_get(facts, before, &old));
  if (old.n == 0 && claim->verb >= DSR_PREFERS) {
    return dsr_fail(
        facts->error, DSR_EABSENT,
        "there is no claim on that fact to judge; write it, with its time, as "
        "the source claims it");
  }
  rc = number_claim(facts, claim, &number);
  if (rc >= 0) rc = dsr_made_note(facts, &fact, number);
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
  if (rc >= 0) rc = dsr_search_quote(facts, &fact, claim);
  if (rc >= 0) facts->opened++;
  if (rc >= 0) rc = dsr_facts_tell(facts, 1, &fact, claim);
  return rc < 0 ? dsr_facts_doom(facts, rc) : DSR_OK;
}

static bool filter_admits(const dsr_claim_filter *filter, const dsr_claim_row *claim) {
  if (filter->exactly) return same_claim(filter->exactly, claim);
  bool verb = filter->verb ? claim->verb == filter->verb : claim->verb <= DSR_DENIES;
  return verb && (!filter->by_kind || claim->kind == filter->kind) &&
         (!filter->reliability || claim->reliability == filter->reliability) &&
         (!filter->credibility || claim->credibility == filter->credibility) &&
         (!filter->source || claim->source == filter->source) &&
         (!filter->locator || claim->locator == filter->locator) &&
         (!filter->speaker || claim->speaker == filter->speaker) &&
         (!filter->quotation || claim->quotation == filter->quotation) &&
         (!filter->confidence || claim->confidence == filter->confidence) &&
         (!filter->target || claim->target == filter->target);
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

/* Tell of the live entries that the filter admits: they were closed. */
static dsr_status tell_closed(dsr_facts *facts, const dsr_tuple *fact,
                              const dsr_set *old, const dsr_claim_filter *filter) {
  for (size_t i = 0; facts->watcher && i < old->n; i++) {
    const dsr_claim_row *claim;
    if (old->entries[i].closed != 0) continue;
    TRY(dsr_claim_get(facts, old->entries[i].claim, &claim));
    if (filter_admits(filter, claim)) TRY(dsr_facts_tell(facts, -1, fact, claim));
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
    if (rc >= 0) rc = dsr_fact_put(facts, &fact, before, after);
    if (rc >= 0) rc = tell_closed(facts, &fact, &old, filter);
    if (rc < 0) dsr_facts_doom(facts, rc);
    facts->changes += rc < 0 ? 0 : (int64_t)closed;
    facts->last.source = DSR_WORD_NONE; /* it may have been a source's declaration */
  }
  dsr_free(entries);
  if (rc < 0) return rc;
  return closed > 0 ? DSR_OK : DSR_NOTHING;
}
