/*
** undo.c - taking back what a transaction did.
**
** Every set of claims tells which transaction opened and which closed each of its
** entries.  To undo transaction N is, in every set: an entry that N opened and that is
** live is closed; a claim whose entry N closed is made again, unless it is live.  A claim
** that was live before N and after it (N closed and opened it) stays as it is.  So the
** undoing of an undoing is the transaction done again.
**
** What it does to a set is worked out once for each set.  Facts are changed a relation at
** a time, since no cursor outlives a change; then what no single change shows is checked:
** sources that are gone, derivations in a circle.  The caller rolls back what was refused.
**
** Cost: a pass over the base, in memory the facts changed of one relation; another pass
** where a source is gone.
*/
#include <stdlib.h>

#include "facts/engine.h"
#include "ground/text.h"

enum { UNKNOWN = 0, UNTOUCHED, TOUCHED }; /* of a set */

typedef struct undoing {
  dsr_facts *facts;
  uint64_t number, now;
  VEC(unsigned char) sets; /* by number: what it does to the set */
  VEC(uint64_t) rows;      /* of one relation: columns, time, set */
  VEC(dsr_entry) entries;  /* of the set at hand, as they will be */
  dsr_words gone;          /* sources that are not declared any more */
  dsr_words needed;        /* sources of claims made again; some more than once */
  dsr_words derived;       /* child, parent: derivations claimed again */
  int64_t changes;
  bool made; /* it noted what files make */
} undoing;

/* ---- what it does to a set ------------------------------------------------------ */

/* Does N both open and close the claim of the entry: it was there before and after. */
static bool stays(const undoing *u, const dsr_set *set, const dsr_entry *entry) {
  bool opened = false, closed = false;
  for (size_t i = 0; i < set->n; i++) {
    if (set->entries[i].claim != entry->claim) continue;
    opened |= set->entries[i].opened == u->number;
    closed |= set->entries[i].closed == u->number;
  }
  return opened && closed;
}

static bool is_live(const dsr_set *set, uint64_t claim) {
  for (size_t i = 0; i < set->n; i++) {
    if (set->entries[i].claim == claim && set->entries[i].closed == 0) return true;
  }
  return false;
}

/* -1: the entry is closed; +1: its claim is made again; 0: neither. */
static int change_of(const undoing *u, const dsr_set *set, const dsr_entry *entry) {
  if (entry->opened == u->number && entry->closed == 0) {
    return stays(u, set, entry) ? 0 : -1;
  }
  if (entry->closed != u->number || is_live(set, entry->claim)) return 0;
  return stays(u, set, entry) ? 0 : 1;
}

static dsr_status touches(undoing *u, uint64_t number, bool *out) {
  if (number >= u->sets.len) {
    size_t more = number + 1 - u->sets.len;
    if (!VEC_RESERVE(&u->sets, more)) return dsr_fail_memory(u->facts->error);
    memset(u->sets.items + u->sets.len, UNKNOWN, more);
    u->sets.len = number + 1;
  }
  if (u->sets.items[number] == UNKNOWN) {
    dsr_set set;
    bool found = false;
    TRY(dsr_set_get(u->facts, number, &set));
    for (size_t i = 0; i < set.n && !found; i++) {
      found = change_of(u, &set, &set.entries[i]) != 0;
    }
    u->sets.items[number] = found ? TOUCHED : UNTOUCHED;
  }
  *out = u->sets.items[number] == TOUCHED;
  return DSR_OK;
}

/* The set that comes after: entries closed, then those made again in their order. */
static dsr_status set_after(undoing *u, const dsr_set *set, uint64_t *out) {
  u->entries.len = 0;
  if (!VEC_RESERVE(&u->entries, 2 * set->n)) return dsr_fail_memory(u->facts->error);
  for (size_t i = 0; i < set->n; i++) {
    dsr_entry entry = set->entries[i];
    if (change_of(u, set, &set->entries[i]) < 0) entry.closed = u->now;
    u->entries.items[u->entries.len++] = entry;
  }
  for (size_t i = 0; i < set->n; i++) {
    if (change_of(u, set, &set->entries[i]) <= 0) continue;
    dsr_entry again = {set->entries[i].claim, u->now, 0};
    u->entries.items[u->entries.len++] = again;
  }
  return dsr_set_intern(u->facts, u->entries.items, u->entries.len, out);
}

/* ---- the facts of a relation ---------------------------------------------------- */

static dsr_status gather(undoing *u, const dsr_relation *relation) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  size_t width = (size_t)relation->arity + 1;
  u->rows.len = 0;
  TRY(dsr_cursor_start(u->facts->store, relation->number, (int)width, 0, NULL, 0,
                       &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    bool touched = false;
    rc = touches(u, set, &touched);
    if (rc < 0) break;
    if (!touched) continue;
    if (!VEC_RESERVE(&u->rows, width + 1)) {
      rc = dsr_fail_memory(u->facts->error);
      break;
    }
    memcpy(u->rows.items + u->rows.len, row, width * sizeof *row);
    u->rows.len += width;
    u->rows.items[u->rows.len++] = set;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status add_word(undoing *u, dsr_words *list, dsr_word word) {
  if (list->len > 0 && list->items[list->len - 1] == word) return DSR_OK;
  return VEC_PUSH(list, word) ? DSR_OK : dsr_fail_memory(u->facts->error);
}

/* Note what has to be checked of a claim that is made again. */
static dsr_status note_again(undoing *u, const dsr_tuple *fact,
                             const dsr_claim_row *claim) {
  TRY(add_word(u, &u->needed, claim->source));
  if (fact->relation != DSR_REL_DERIVED_FROM || claim->verb != DSR_ASSERTS) {
    return DSR_OK;
  }
  if (!VEC_RESERVE(&u->derived, 2)) return dsr_fail_memory(u->facts->error);
  u->derived.items[u->derived.len++] = fact->args[0];
  u->derived.items[u->derived.len++] = fact->args[1];
  return DSR_OK;
}

/* Count and tell what changes of a fact: first what is closed. */
static dsr_status tell_changes(undoing *u, const dsr_tuple *fact, const dsr_set *set) {
  for (int which = -1; which <= 1; which += 2) {
    for (size_t i = 0; i < set->n; i++) {
      const dsr_claim_row *claim;
      if (change_of(u, set, &set->entries[i]) != which) continue;
      TRY(dsr_claim_get(u->facts, set->entries[i].claim, &claim));
      if (which > 0) TRY(note_again(u, fact, claim));
      TRY(dsr_facts_tell(u->facts, which, fact, claim));
      u->changes++;
    }
  }
  return DSR_OK;
}

static dsr_status change_fact(undoing *u, const dsr_tuple *fact, uint64_t number) {
  dsr_facts *facts = u->facts;
  bool source = fact->relation == DSR_REL_SOURCE, before = false, after = false;
  dsr_set set;
  uint64_t next;
  if (source) TRY(dsr_source_declared(facts, fact->args[0], &before));
  TRY(dsr_set_get(facts, number, &set));
  TRY(set_after(u, &set, &next));
  TRY(dsr_fact_put(facts, fact, number, next));
  TRY(tell_changes(u, fact, &set));
  if (source) TRY(dsr_source_declared(facts, fact->args[0], &after));
  return before && !after ? add_word(u, &u->gone, fact->args[0]) : DSR_OK;
}

static dsr_status change_relation(undoing *u, const dsr_relation *relation) {
  dsr_tuple fact = {.relation = relation->number, .arity = relation->arity};
  size_t width = (size_t)relation->arity + 2;
  TRY(gather(u, relation));
  for (size_t at = 0; at < u->rows.len; at += width) {
    const uint64_t *row = u->rows.items + at;
    memcpy(fact.args, row, (size_t)fact.arity * sizeof *row);
    fact.time = row[fact.arity];
    TRY(change_fact(u, &fact, row[fact.arity + 1]));
  }
  return DSR_OK;
}

/* ---- what no single change shows ------------------------------------------------- */

static int by_number(const void *left, const void *right) {
  dsr_word a = *(const dsr_word *)left, b = *(const dsr_word *)right;
  return a < b ? -1 : a > b;
}

/* Put the words in order, each once. */
static void sort_words(dsr_words *list) {
  size_t kept = 0;
  if (list->len == 0) return;
  qsort(list->items, list->len, sizeof *list->items, by_number);
  for (size_t i = 0; i < list->len; i++) {
    if (kept > 0 && list->items[kept - 1] == list->items[i]) continue;
    list->items[kept++] = list->items[i];
  }
  list->len = kept;
}

static bool is_gone(const undoing *u, dsr_word source) {
  return bsearch(&source, u->gone.items, u->gone.len, sizeof source, by_number) != NULL;
}

/* How many live claims in the set name a source that is gone. */
static dsr_status count_set(undoing *u, uint64_t number, int64_t *n) {
  dsr_set set;
  TRY(dsr_set_get(u->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    if (set.entries[i].closed != 0) continue;
    TRY(dsr_claim_get(u->facts, set.entries[i].claim, &claim));
    *n += is_gone(u, claim->source) || is_gone(u, claim->target);
  }
  return DSR_OK;
}

static dsr_status count_relation(undoing *u, const dsr_relation *relation, int64_t *n) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(u->facts->store, relation->number, relation->arity + 1, 0, NULL,
                       0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    rc = count_set(u, set, n);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status check_gone(undoing *u) {
  dsr_facts *facts = u->facts;
  dsr_symbol_kind kind;
  dsr_str name;
  int64_t n = 0;
  if (u->gone.len == 0) return DSR_OK;
  sort_words(&u->gone);
  for (size_t i = 0; i < facts->catalogue.all.len; i++) {
    TRY(count_relation(u, facts->catalogue.all.items[i], &n));
  }
  if (n == 0) return DSR_OK;
  TRY(dsr_symbols_get(facts->symbols, u->gone.items[0], &kind, &name));
  return dsr_fail(
      facts->error, DSR_ESOURCE,
      "transaction %llu declared the source \"%.*s\"%s, and %lld claim%s of "
      "other transactions name%s it; undo or retract those first",
      (unsigned long long)u->number, (int)name.len, name.data,
      u->gone.len > 1 ? " and others" : "", (long long)n, n == 1 ? "" : "s",
      n == 1 ? "s" : "");
}

/* A claim made again needs its source, which a later transaction may have taken away. */
static dsr_status check_needed(undoing *u) {
  sort_words(&u->needed);
  for (size_t i = 0; i < u->needed.len; i++) {
    bool declared;
    dsr_symbol_kind kind;
    dsr_str name;
    TRY(dsr_source_declared(u->facts, u->needed.items[i], &declared));
    if (declared) continue;
    TRY(dsr_symbols_get(u->facts->symbols, u->needed.items[i], &kind, &name));
    return dsr_fail(u->facts->error, DSR_ESOURCE,
                    "claims of the source \"%.*s\" would be made again, and it is not "
                    "declared any more; declare it first",
                    (int)name.len, name.data);
  }
  return DSR_OK;
}

static dsr_status check_derived(undoing *u) {
  for (size_t i = 0; i < u->derived.len; i += 2) {
    TRY(dsr_source_check_derivation(u->facts, u->derived.items[i],
                                    u->derived.items[i + 1]));
  }
  return DSR_OK;
}

/* ---- undoing -------------------------------------------------------------------- */

static dsr_status undo(undoing *u) {
  dsr_facts *facts = u->facts;
  for (size_t i = 0; i < facts->catalogue.all.len; i++) {
    TRY(change_relation(u, facts->catalogue.all.items[i]));
  }
  TRY(dsr_made_undo(facts, u->number, &u->made));
  facts->changes += u->changes;
  facts->last.source = DSR_WORD_NONE; /* it may not be declared any more */
  TRY(check_gone(u));
  TRY(check_needed(u));
  return check_derived(u);
}

dsr_status dsr_transaction_undo(dsr_facts *facts, uint64_t number) {
  TRY(dsr_facts_change(facts));
  uint64_t now = dsr_store_txn(facts->store);
  if (number == 0 || number >= now) {
    if (now == 1) {
      return dsr_fail(facts->error, DSR_EABSENT, "the base has no transactions yet");
    }
    return dsr_fail(facts->error, DSR_EABSENT,
                    "there is no transaction %llu; the last is %llu",
                    (unsigned long long)number, (unsigned long long)now - 1);
  }
  uint64_t forgot;
  dsr_store_erasures(facts->store, &forgot);
  if (number <= forgot) {
    return dsr_fail(facts->error, DSR_EABSENT,
                    "transaction %llu cannot be undone: a source was forgotten after "
                    "transaction %llu, and what was before is not whole",
                    (unsigned long long)number, (unsigned long long)forgot);
  }
  undoing u = {.facts = facts, .number = number, .now = now};
  dsr_status rc = undo(&u);
  VEC_FREE(&u.sets);
  VEC_FREE(&u.rows);
  VEC_FREE(&u.entries);
  VEC_FREE(&u.gone);
  VEC_FREE(&u.needed);
  VEC_FREE(&u.derived);
  if (rc < 0) return dsr_facts_doom(facts, rc);
  return u.changes > 0 || u.made ? DSR_OK : DSR_NOTHING;
}
