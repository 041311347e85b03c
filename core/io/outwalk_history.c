/*
** outwalk_history.c - all that was ever claimed, transaction by transaction.
**
** What each transaction opened and closed stands in the sets of claims.  A pass over the
** base counts these events for each transaction; then, for as many transactions as have a
** bound of them together, another pass gathers them, and they are told in this order:
**
**   1  claims closed, but for declarations of sources that do not come back at once
**   2  sources staged: claims of this transaction name them, and it did not declare them
**   3  declarations of sources by `base`, then by others
**   4  claims opened, then verdicts
**   5  declarations of sources closed, staged sources taken back
**
** so that what replays them meets no claim of a source that is not there, and no derivation
** in a circle.  Within each, by relation, fact and claim, as ever.
**
** Cost: a pass, and one more for each half a million events; in memory these, or those of
** the one transaction that has more.
*/
#include <stdlib.h>

#include "io/outwalk.h"

enum { EVENTS_MOST = 500000 };

typedef enum phase {
  PHASE_CLOSE,
  PHASE_STAGE,
  PHASE_DECLARE,
  PHASE_DECLARE_BY_OTHERS,
  PHASE_OPEN,
  PHASE_JUDGE,
  PHASE_CLOSE_SOURCES,
  PHASES
} phase;

typedef struct event {
  uint64_t txn;
  phase phase;
  bool alone;
  uint32_t relation; /* by place in the walk's list */
  uint64_t row;      /* where in `rows` its fact is; of a staged source: its word */
  dsr_out_claim claim;
} event;

typedef struct history {
  dsr_outwalking *w;
  uint64_t last;             /* transaction */
  uint64_t from, to;         /* those at hand */
  VEC(uint64_t) counts;      /* of events, by transaction */
  VEC(uint64_t) rows;        /* of facts at hand */
  VEC(event) events;         /* at hand, as gathered ... */
  VEC(event) sorted;         /* ... and in their order */
  VEC(dsr_word) staged;      /* sources of one transaction */
  VEC(dsr_out_claim) claims; /* of the set at hand */
} history;

static dsr_status no_memory(history *h) {
  return dsr_fail_memory(dsr_facts_error(h->w->facts));
}

static bool in_hand(const history *h, uint64_t txn) {
  return txn >= h->from && txn <= h->to;
}

/* ---- counting --------------------------------------------------------------------- */

static dsr_status count_set(history *h, uint64_t number) {
  dsr_set set;
  TRY(dsr_set_get(h->w->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    if (set.entries[i].opened <= h->last) h->counts.items[set.entries[i].opened]++;
    if (set.entries[i].closed != 0 && set.entries[i].closed <= h->last) {
      h->counts.items[set.entries[i].closed]++;
    }
  }
  return DSR_OK;
}

static dsr_status count_relation(history *h, const dsr_relation *relation) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(dsr_facts_store(h->w->facts), relation->number,
                       relation->arity + 1, 0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    rc = count_set(h, set);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status count_events(history *h) {
  size_t n = (size_t)h->last + 1;
  if (!VEC_RESERVE(&h->counts, n)) return no_memory(h);
  memset(h->counts.items, 0, n * sizeof *h->counts.items);
  h->counts.len = n;
  for (size_t i = 0; i < h->w->relations.len; i++) {
    TRY(count_relation(h, h->w->relations.items[i]));
  }
  return DSR_OK;
}

/* ---- gathering -------------------------------------------------------------------- */

static dsr_status touches(history *h, uint64_t number, bool *out) {
  dsr_set set;
  *out = false;
  TRY(dsr_set_get(h->w->facts, number, &set));
  for (size_t i = 0; i < set.n && !*out; i++) {
    *out = in_hand(h, set.entries[i].opened) || in_hand(h, set.entries[i].closed);
  }
  return DSR_OK;
}

static dsr_status gather_rows(history *h, const dsr_relation *relation) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set, last = 0;
  bool is = false;
  dsr_rank *rank = &h->w->rank;
  dsr_rank_clear(rank, relation->arity, relation->symmetric);
  TRY(dsr_cursor_start(dsr_facts_store(h->w->facts), relation->number,
                       relation->arity + 1, 0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    if (set != last) rc = touches(h, set, &is);
    last = set;
    if (rc >= 0 && is) rc = dsr_rank_put(rank, row, set, 0);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : dsr_rank_sort(rank);
}

/* Does the transaction that closes the claim open the same again? */
static bool comes_back(const history *h, const dsr_out_claim *claim, uint64_t txn) {
  for (size_t i = 0; i < h->claims.len; i++) {
    const dsr_out_claim *other = &h->claims.items[i];
    if (other->number == claim->number && other->opened == txn) return true;
  }
  return false;
}

/* Is there, when the transaction judges the fact, nothing on record of it? */
static bool judged_alone(const history *h, uint64_t txn) {
  for (size_t i = 0; i < h->claims.len; i++) {
    const dsr_out_claim *other = &h->claims.items[i];
    if (other->opened < txn) return false;
    if (other->opened == txn && other->row->verb <= DSR_DENIES) return false;
  }
  return true;
}

/* The claims that assert that `source` is one, into `out`. */
static dsr_status source_set(dsr_facts *facts, dsr_word source, dsr_set *out) {
  dsr_tuple tuple = {.relation = DSR_REL_SOURCE, .arity = 1, .args = {source}};
  uint64_t number;
  *out = (dsr_set){0, NULL};
  dsr_status rc = dsr_fact_set(facts, &tuple, &number);
  return rc == DSR_OK ? dsr_set_get(facts, number, out) : rc;
}

/* Is the source declared when the transaction comes to the phase? */
static dsr_status declared_by(history *h, dsr_word source, uint64_t txn, phase at,
                              bool *out) {
  dsr_facts *facts = h->w->facts;
  dsr_set set;
  *out = source == DSR_WORD_NONE || source == dsr_facts_base_source(facts);
  if (*out) return DSR_OK;
  dsr_status rc = source_set(facts, source, &set);
  if (rc < 0) return rc;
  for (size_t i = 0; i < set.n && !*out; i++) {
    const dsr_entry *entry = &set.entries[i];
    const dsr_claim_row *claim;
    TRY(dsr_claim_get(facts, entry->claim, &claim));
    bool base = claim->source == dsr_facts_base_source(facts);
    bool now = entry->opened == txn && (at >= PHASE_OPEN || base);
    bool open =
        (entry->opened < txn || now) && (entry->closed == 0 || entry->closed >= txn);
    bool again = false;
    for (size_t k = 0; k < set.n && entry->closed == txn; k++) {
      again |= set.entries[k].claim == entry->claim && set.entries[k].opened == txn;
    }
    *out = claim->verb == DSR_ASSERTS && open && !again;
  }
  return DSR_OK;
}

static dsr_status add_event(history *h, const event *what) {
  return VEC_PUSH(&h->events, *what) ? DSR_OK : no_memory(h);
}

/* Where the source is not declared by then, it is staged. */
static dsr_status add_staged(history *h, dsr_word source, uint64_t txn, phase at) {
  bool declared;
  TRY(declared_by(h, source, txn, at, &declared));
  if (declared) return DSR_OK;
  event stage = {.txn = txn, .phase = PHASE_STAGE, .row = source};
  return add_event(h, &stage);
}

static dsr_status add_opened(history *h, event made) {
  dsr_facts *facts = h->w->facts;
  const dsr_relation *relation = h->w->relations.items[made.relation];
  const dsr_claim_row *claim = made.claim.row;
  made.txn = made.claim.opened;
  made.phase = PHASE_OPEN;
  if (relation->number == DSR_REL_SOURCE) {
    bool base = claim->source == dsr_facts_base_source(facts);
    made.phase = base ? PHASE_DECLARE : PHASE_DECLARE_BY_OTHERS;
  }
  if (claim->verb >= DSR_PREFERS) {
    made.phase = PHASE_JUDGE;
    made.alone = judged_alone(h, made.txn);
  }
  TRY(add_staged(h, claim->source, made.txn, made.phase));
  TRY(add_staged(h, claim->target, made.txn, made.phase));
  return add_event(h, &made);
}

static dsr_status add_closed(history *h, event made) {
  const dsr_relation *relation = h->w->relations.items[made.relation];
  made.txn = made.claim.closed;
  bool last = relation->number == DSR_REL_SOURCE &&
              made.claim.row->verb == DSR_ASSERTS &&
              !comes_back(h, &made.claim, made.txn);
  made.phase = last ? PHASE_CLOSE_SOURCES : PHASE_CLOSE;
  return add_event(h, &made);
}

static dsr_status list_claims(history *h, uint64_t number) {
  dsr_set set;
  h->claims.len = 0;
  TRY(dsr_set_get(h->w->facts, number, &set));
  if (!VEC_RESERVE(&h->claims, set.n)) return no_memory(h);
  for (size_t i = 0; i < set.n; i++) {
    const dsr_entry *entry = &set.entries[i];
    dsr_out_claim claim = {NULL, entry->claim, entry->opened, entry->closed};
    TRY(dsr_claim_get(h->w->facts, entry->claim, &claim.row));
    h->claims.items[h->claims.len++] = claim;
  }
  return dsr_outwalk_sort_claims(h->w->facts, h->claims.items, h->claims.len);
}

static dsr_status gather_row(history *h, uint32_t place, const uint64_t *row,
                             uint64_t *listed) {
  size_t width = (size_t)h->w->relations.items[place]->arity + 1;
  event made = {.relation = place, .row = h->rows.len};
  if (*listed != row[width]) TRY(list_claims(h, row[width]));
  *listed = row[width];
  if (!VEC_RESERVE(&h->rows, width)) return no_memory(h);
  memcpy(h->rows.items + h->rows.len, row, width * sizeof *row);
  h->rows.len += width;
  for (size_t i = 0; i < h->claims.len; i++) {
    made.claim = h->claims.items[i];
    if (in_hand(h, made.claim.opened)) TRY(add_opened(h, made));
    if (in_hand(h, made.claim.closed)) TRY(add_closed(h, made));
  }
  return DSR_OK;
}

static dsr_status gather_events(history *h) {
  h->rows.len = h->events.len = 0;
  for (size_t i = 0; i < h->w->relations.len; i++) {
    uint64_t listed = 0;
    TRY(gather_rows(h, h->w->relations.items[i]));
    for (size_t k = 0; k < dsr_rank_len(&h->w->rank); k++) {
      TRY(gather_row(h, (uint32_t)i, dsr_rank_row(&h->w->rank, k), &listed));
    }
  }
  return DSR_OK;
}

/* ---- telling ---------------------------------------------------------------------- */

static size_t slot_of(const history *h, const event *e) {
  return (size_t)(e->txn - h->from) * PHASES + (size_t)e->phase;
}

/* By transaction and phase, else as they came. */
static dsr_status sort_events(history *h) {
  size_t slots = (size_t)(h->to - h->from + 1) * PHASES, n = h->events.len, sum = 0;
  size_t *starts = dsr_alloc((slots + 1) * sizeof *starts);
  h->sorted.len = 0;
  if (starts == NULL || !VEC_RESERVE(&h->sorted, n)) {
    dsr_free(starts);
    return no_memory(h);
  }
  for (size_t i = 0; i < n; i++) starts[slot_of(h, &h->events.items[i])]++;
  for (size_t s = 0; s < slots; s++) {
    size_t here = starts[s];
    starts[s] = sum;
    sum += here;
  }
  for (size_t i = 0; i < n; i++) {
    const event *e = &h->events.items[i];
    h->sorted.items[starts[slot_of(h, e)]++] = *e;
  }
  h->sorted.len = n;
  dsr_free(starts);
  return DSR_OK;
}

/* Put a staged source in its place among those of the transaction, once. */
static dsr_status stage(history *h, dsr_word source) {
  size_t at = h->staged.len;
  for (; at > 0; at--) {
    int order;
    TRY(dsr_value_compare(dsr_facts_symbols(h->w->facts), h->staged.items[at - 1],
                          source, &order));
    if (order == 0) return DSR_OK;
    if (order < 0) break;
  }
  if (!VEC_RESERVE(&h->staged, 1)) return no_memory(h);
  dsr_word *to = h->staged.items + at;
  memmove(to + 1, to, (h->staged.len - at) * sizeof *to);
  *to = source;
  h->staged.len++;
  return DSR_OK;
}

static dsr_status tell_event(history *h, const event *e) {
  const dsr_sink *sink = h->w->sink;
  dsr_out_fact fact;
  dsr_outwalk_fact(h->w->relations.items[e->relation], h->rows.items + e->row, &fact);
  TRY(dsr_outwalk_step(h->w));
  if (e->phase == PHASE_CLOSE || e->phase == PHASE_CLOSE_SOURCES) {
    return sink->closed(sink->ud, &fact, &e->claim);
  }
  return sink->opened(sink->ud, &fact, &e->claim, e->alone);
}

/* Has some fact of the relation, of those that were ever claimed, a time? */
static dsr_status has_times(history *h, const dsr_relation *relation, bool *out) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t number;
  *out = false;
  TRY(dsr_cursor_start(dsr_facts_store(h->w->facts), relation->number,
                       relation->arity + 1, 0, NULL, 0, &cursor));
  dsr_status rc = DSR_OK;
  while (!*out && (rc = dsr_cursor_next(cursor, &row, &number)) == DSR_ROW) {
    dsr_set set;
    if (row[relation->arity] == DSR_WORD_NONE) continue;
    rc = dsr_set_get(h->w->facts, number, &set);
    if (rc < 0) break;
    *out = set.n > 0;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Tell of relations that once had times, and have none on record. */
static dsr_status tell_untimed(history *h) {
  dsr_outwalking *w = h->w;
  for (size_t i = 0; i < w->relations.len; i++) {
    const dsr_relation *relation = w->relations.items[i];
    bool times = true;
    dsr_out_fact first;
    if (relation->timed) TRY(has_times(h, relation, &times));
    if (times) continue;
    TRY(dsr_outwalk_gather(w, relation, DSR_WANT_FACTS));
    if (dsr_rank_len(&w->rank) == 0) continue;
    dsr_outwalk_fact(relation, dsr_rank_row(&w->rank, 0), &first);
    TRY(w->sink->relation_end(w->sink->ud, relation, &first));
  }
  return DSR_OK;
}

/* Tell what one transaction did, from event *at on. */
static dsr_status tell_transaction(history *h, uint64_t txn, size_t *at) {
  const dsr_sink *sink = h->w->sink;
  int64_t stamp;
  h->staged.len = 0;
  TRY(dsr_store_stamp(dsr_facts_store(h->w->facts), txn, &stamp));
  TRY(sink->transaction(sink->ud, txn, stamp));
  for (; *at < h->sorted.len && h->sorted.items[*at].txn == txn; ++*at) {
    const event *e = &h->sorted.items[*at];
    const event *next = *at + 1 < h->sorted.len ? e + 1 : NULL;
    if (e->phase != PHASE_STAGE) {
      TRY(tell_event(h, e));
      continue;
    }
    TRY(stage(h, e->row));
    bool more = next != NULL && next->txn == txn && next->phase == PHASE_STAGE;
    if (more) continue;
    TRY(sink->undeclared(sink->ud, h->staged.items, h->staged.len, false));
  }
  if (txn == h->last && sink->relation_end != NULL) TRY(tell_untimed(h));
  if (h->staged.len == 0) return DSR_OK;
  return sink->undeclared(sink->ud, h->staged.items, h->staged.len, true);
}

static dsr_status tell_some(history *h) {
  size_t at = 0;
  TRY(gather_events(h));
  TRY(sort_events(h));
  for (uint64_t txn = h->from; txn <= h->to; txn++) {
    TRY(tell_transaction(h, txn, &at));
  }
  return DSR_OK;
}

static dsr_status tell_all(history *h) {
  TRY(count_events(h));
  h->w->done = h->w->total = 0;
  for (uint64_t txn = 1; txn <= h->last; txn++) {
    h->w->total += (int64_t)h->counts.items[txn];
  }
  for (h->from = 1; h->from <= h->last; h->from = h->to + 1) {
    uint64_t sum = h->counts.items[h->from];
    h->to = h->from;
    while (h->to < h->last && sum + h->counts.items[h->to + 1] <= EVENTS_MOST &&
           h->to - h->from < EVENTS_MOST) {
      sum += h->counts.items[++h->to];
    }
    TRY(tell_some(h));
  }
  return DSR_OK;
}

dsr_status dsr_outwalk_history(dsr_outwalking *w) {
  dsr_store *store = dsr_facts_store(w->facts);
  history h = {.w = w, .last = dsr_store_next(store, DSR_REC_TXN) - 1};
  if (dsr_facts_writing(w->facts) && dsr_facts_changes(w->facts) > 0) h.last++;
  dsr_status rc = tell_all(&h);
  VEC_FREE(&h.counts);
  VEC_FREE(&h.rows);
  VEC_FREE(&h.events);
  VEC_FREE(&h.sorted);
  VEC_FREE(&h.staged);
  VEC_FREE(&h.claims);
  return rc;
}
