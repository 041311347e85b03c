/*
** outwalk.c - the walk through what is in view: facts, claims, verdicts.
**
** A relation's rows are gathered, put in order, and told one by one.  Which claims of a set
** are in view is worked out when the set comes, and kept while it comes again: a bulk of
** facts with one set costs a look.  Where the view asks for nothing, rows come straight from
** the store's cursor; else from scans of the view, of what is held and of what is denied.
*/
#include "io/outwalk.h"

#include <stdlib.h>

#include "ground/text.h"
#include "ground/mergesort.h"

/* Of a set: does it hold live claims, live verdicts. */
enum { SET_LIVE = 1, SET_JUDGED = 2, SET_KNOWN = 128 };
/* Of a row: what the view says of it. */
enum { ROW_HELD = 1, ROW_DENIED = 2 };

dsr_status dsr_outwalk_step(dsr_outwalking *w) {
  w->done++;
  if (w->how->pen->failed < 0) return w->how->pen->failed;
  return dsr_pace_step(w->how->pace, w->done, w->total);
}

static dsr_status no_memory(dsr_outwalking *w) {
  return dsr_fail_memory(dsr_facts_error(w->facts));
}

/* ---- relations -------------------------------------------------------------------- */

static int by_name(const void *left, const void *right) {
  const dsr_relation *a = *(const dsr_relation *const *)left;
  const dsr_relation *b = *(const dsr_relation *const *)right;
  int order = dsr_str_cmp(a->name, b->name);
  return order != 0 ? order : a->arity - b->arity;
}

static bool asked_for(const dsr_exporting *how, uint32_t number) {
  for (size_t i = 0; i < how->n_relations; i++) {
    if (how->relations[i] == number) return true;
  }
  return how->n_relations == 0;
}

dsr_status dsr_outwalk_relations(dsr_outwalking *w) {
  const dsr_relation *relation;
  for (size_t i = 0; (relation = dsr_relation_at(w->facts, i)) != NULL; i++) {
    uint64_t rows;
    if (relation->inverse != 0 || !asked_for(w->how, relation->number)) continue;
    if (!VEC_PUSH(&w->relations, relation)) return no_memory(w);
    TRY(dsr_store_rows(dsr_facts_store(w->facts), relation->number, &rows));
    w->total += (int64_t)rows;
  }
  if (w->relations.len > 0) {
    qsort(w->relations.items, w->relations.len, sizeof *w->relations.items, by_name);
  }
  return DSR_OK;
}

/* ---- rows ------------------------------------------------------------------------- */

static dsr_status judge_set(dsr_outwalking *w, uint64_t number, unsigned char *out) {
  dsr_set set;
  *out = SET_KNOWN;
  TRY(dsr_set_get(w->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    if (set.entries[i].closed != 0 && w->whole && !w->every) continue;
    TRY(dsr_claim_get(w->facts, set.entries[i].claim, &claim));
    *out |= claim->verb >= DSR_PREFERS ? SET_JUDGED : SET_LIVE;
  }
  return DSR_OK;
}

/* What there is in a set, whatever the view. */
static dsr_status look_at_set(dsr_outwalking *w, uint64_t number, unsigned char *out) {
  if (number >= w->sets.len) {
    size_t more = (size_t)number + 1 - w->sets.len;
    if (!VEC_RESERVE(&w->sets, more)) return no_memory(w);
    memset(w->sets.items + w->sets.len, 0, more);
    w->sets.len += more;
  }
  if (w->sets.items[number] == 0) TRY(judge_set(w, number, &w->sets.items[number]));
  *out = w->sets.items[number];
  w->met |= *out;
  return DSR_OK;
}

static dsr_status gather_whole(dsr_outwalking *w, const dsr_relation *relation,
                               int want) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  unsigned char wanted = want == DSR_WANT_VERDICTS ? SET_JUDGED : SET_LIVE, is;
  TRY(dsr_cursor_start(dsr_facts_store(w->facts), relation->number, relation->arity + 1,
                       0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    rc = look_at_set(w, set, &is);
    if (rc >= 0 && is & wanted) {
      rc = dsr_rank_put(&w->rank, row, set, ROW_HELD | ROW_DENIED);
    }
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_outwalk_lives(dsr_outwalking *w, const dsr_relation *relation,
                             bool *out) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  unsigned char is;
  *out = false;
  TRY(dsr_cursor_start(dsr_facts_store(w->facts), relation->number, relation->arity + 1,
                       0, NULL, 0, &cursor));
  dsr_status rc = DSR_OK;
  while (!*out && (rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    rc = look_at_set(w, set, &is);
    if (rc < 0) break;
    *out = is & (SET_LIVE | SET_JUDGED);
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Gather what the view holds or, with DSR_SCAN_DENIED, denies. */
static dsr_status gather_seen(dsr_outwalking *w, const dsr_relation *relation, int want,
                              unsigned flags) {
  uint64_t row[DSR_ROW_MAX], mark = flags & DSR_SCAN_DENIED ? ROW_DENIED : ROW_HELD;
  dsr_scan *scan;
  const dsr_match *match;
  unsigned char is;
  TRY(dsr_scan_start(w->facts, w->how->view, relation->number, NULL, DSR_WORD_NONE,
                     flags | DSR_SCAN_OWN | DSR_SCAN_ONCE, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    const dsr_tuple *fact = &match->fact;
    rc = look_at_set(w, match->set, &is);
    memcpy(row, fact->args, (size_t)fact->arity * sizeof *row);
    row[fact->arity] = fact->time;
    if (rc >= 0 && (want == DSR_WANT_FACTS || is & SET_JUDGED)) {
      rc = dsr_rank_put(&w->rank, row, match->set, mark);
    }
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_outwalk_gather(dsr_outwalking *w, const dsr_relation *relation,
                              int want) {
  dsr_rank_clear(&w->rank, relation->arity, relation->symmetric);
  if (w->whole || w->every) {
    TRY(gather_whole(w, relation, want));
  } else {
    TRY(gather_seen(w, relation, want, 0));
    TRY(gather_seen(w, relation, want, DSR_SCAN_DENIED));
  }
  return dsr_rank_sort(&w->rank);
}

void dsr_outwalk_fact(const dsr_relation *relation, const uint64_t *row,
                      dsr_out_fact *out) {
  *out =
      (dsr_out_fact){.relation = relation, .args = row, .time = row[relation->arity]};
  out->tuple.relation = relation->number;
  out->tuple.arity = relation->arity;
  out->tuple.time = out->time;
  memcpy(out->tuple.args, row, (size_t)relation->arity * sizeof *row);
  if (relation->symmetric && row[0] > row[1]) {
    out->tuple.args[0] = row[1];
    out->tuple.args[1] = row[0];
  }
}

/* ---- claims ----------------------------------------------------------------------- */

/* By source, locator, and then all that a claim has. */
static dsr_status claim_order(void *ud, const void *one, const void *other,
                              int *order) {
  dsr_facts *facts = ud;
  const dsr_out_claim *left = one, *right = other;
  const dsr_claim_row *a = left->row, *b = right->row;
  const dsr_word words[][2] = {
      {a->source, b->source},         {a->locator, b->locator},
      {a->speaker, b->speaker},       {a->quotation, b->quotation},
      {a->confidence, b->confidence}, {a->target, b->target}};
  dsr_symbols *symbols = dsr_facts_symbols(facts);
  *order = 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (i == 2) *order = a->verb != b->verb ? (int)a->verb - (int)b->verb : 0;
    if (i == 2 && *order == 0) *order = (int)a->kind - (int)b->kind;
    if (*order != 0) return DSR_OK;
    TRY(dsr_value_compare(symbols, words[i][0], words[i][1], order));
    if (*order != 0) return DSR_OK;
  }
  *order = a->reliability - b->reliability;
  if (*order == 0) *order = a->credibility - b->credibility;
  if (*order == 0) {
    *order = (left->opened > right->opened) - (left->opened < right->opened);
  }
  return DSR_OK;
}

dsr_status dsr_outwalk_sort_claims(dsr_facts *facts, dsr_out_claim *claims, size_t n) {
  return dsr_mergesort(claims, n, sizeof *claims, claim_order, facts,
                       dsr_facts_error(facts));
}

/* Does the entry count: live and let through, or with `every` at all. */
static dsr_status entry_counts(dsr_outwalking *w, uint32_t relation, const dsr_set *set,
                               size_t i, bool *in) {
  *in = w->every || set->entries[i].closed == 0;
  if (w->every || w->whole) return DSR_OK;
  return dsr_view_entry(w->how->view, relation, set, i, in);
}

/* The entries of a set that count, claims or verdicts, in order, into w->claims. */
static dsr_status list_claims(dsr_outwalking *w, uint32_t relation, uint64_t number,
                              uint64_t flags, int want) {
  dsr_set set;
  w->claims.len = w->n_plain = 0;
  TRY(dsr_set_get(w->facts, number, &set));
  if (!VEC_RESERVE(&w->claims, set.n)) return no_memory(w);
  for (size_t i = 0; i < set.n; i++) {
    const dsr_entry *entry = &set.entries[i];
    dsr_out_claim claim = {NULL, entry->claim, entry->opened, entry->closed};
    bool in;
    TRY(dsr_claim_get(w->facts, entry->claim, &claim.row));
    dsr_verb verb = claim.row->verb;
    if ((verb >= DSR_PREFERS) != (want == DSR_WANT_VERDICTS)) continue;
    if (verb == DSR_ASSERTS && !(flags & ROW_HELD)) continue;
    if (verb == DSR_DENIES && !(flags & ROW_DENIED)) continue;
    TRY(entry_counts(w, relation, &set, i, &in));
    if (!in) continue;
    w->claims.items[w->claims.len++] = claim;
    w->n_plain |= dsr_outwalk_plain(w, claim.row);
  }
  return dsr_outwalk_sort_claims(w->facts, w->claims.items, w->claims.len);
}

/* The claims of the row at hand, as they were where its set was the last one's, too. */
static dsr_status claims_of(dsr_outwalking *w, uint32_t relation, uint64_t set,
                            uint64_t flags) {
  if (w->claims_of.set == set && w->claims_of.flags == flags &&
      w->claims_of.relation == relation) {
    return DSR_OK;
  }
  w->claims_of.set = 0;
  TRY(list_claims(w, relation, set, flags, DSR_WANT_FACTS));
  w->claims_of.set = set;
  w->claims_of.flags = flags;
  w->claims_of.relation = relation;
  return DSR_OK;
}

/* ---- facts ------------------------------------------------------------------------ */

/* Take the plain claim of `base` out of the claims at hand: it was told. */
static void drop_plain(dsr_outwalking *w) {
  size_t kept = 0;
  for (size_t i = 0; i < w->claims.len; i++) {
    const dsr_out_claim *claim = &w->claims.items[i];
    if (claim->closed == 0 && dsr_outwalk_plain(w, claim->row)) continue;
    w->claims.items[kept++] = *claim;
  }
  w->claims.len = kept;
  w->claims_of.set = 0;
}

static dsr_status tell_fact(dsr_outwalking *w, const dsr_relation *relation,
                            const uint64_t *row) {
  int arity = relation->arity;
  dsr_out_fact fact;
  TRY(claims_of(w, relation->number, row[arity + 1], row[arity + 2]));
  if (relation->number < DSR_REL_BUILTINS && w->n_plain > 0) {
    bool taken;
    TRY(dsr_outwalk_taken(w, relation, row, &taken));
    if (taken) drop_plain(w);
  }
  if (w->claims.len == 0) return DSR_OK;
  dsr_outwalk_fact(relation, row, &fact);
  fact.n_claims = w->claims.len;
  fact.claims = w->claims.items;
  for (size_t i = 0; i < fact.n_claims && !fact.held; i++) {
    fact.held = fact.claims[i].row->verb == DSR_ASSERTS && fact.claims[i].closed == 0;
  }
  return w->sink->fact(w->sink->ud, &fact);
}

static dsr_status tell_relation(dsr_outwalking *w, const dsr_relation *relation) {
  bool times = false;
  size_t n;
  dsr_out_fact first;
  TRY(dsr_outwalk_gather(w, relation, DSR_WANT_FACTS));
  n = dsr_rank_len(&w->rank);
  w->subject = DSR_WORD_NONE;
  w->taken = 0;
  for (size_t i = 0; i < n; i++) {
    const uint64_t *row = dsr_rank_row(&w->rank, i);
    times = times || row[relation->arity] != DSR_WORD_NONE;
    TRY(tell_fact(w, relation, row));
    TRY(dsr_outwalk_step(w));
  }
  if (n == 0 || w->sink->relation_end == NULL) return DSR_OK;
  dsr_outwalk_fact(relation, dsr_rank_row(&w->rank, 0), &first);
  bool lost = relation->timed && !times && w->whole;
  return w->sink->relation_end(w->sink->ud, relation, lost ? &first : NULL);
}

/* ---- verdicts --------------------------------------------------------------------- */

static dsr_status tell_judged(dsr_outwalking *w, const dsr_relation *relation,
                              const uint64_t *row) {
  int arity = relation->arity;
  uint64_t set = row[arity + 1];
  unsigned char is;
  dsr_out_fact fact;
  TRY(look_at_set(w, set, &is));
  TRY(list_claims(w, relation->number, set, row[arity + 2], DSR_WANT_VERDICTS));
  dsr_outwalk_fact(relation, row, &fact);
  for (size_t i = 0; i < w->claims.len; i++) {
    bool alone = w->whole && !(is & SET_LIVE);
    TRY(w->sink->verdict(w->sink->ud, &fact, &w->claims.items[i], alone));
  }
  return DSR_OK;
}

static dsr_status tell_verdicts(dsr_outwalking *w, const dsr_relation *relation) {
  TRY(dsr_outwalk_gather(w, relation, DSR_WANT_VERDICTS));
  for (size_t i = 0; i < dsr_rank_len(&w->rank); i++) {
    TRY(tell_judged(w, relation, dsr_rank_row(&w->rank, i)));
  }
  return DSR_OK;
}

/* ---- the walk --------------------------------------------------------------------- */

static dsr_status walk_facts(dsr_outwalking *w) {
  size_t n = w->relations.len;
  if (!VEC_RESERVE(&w->judged, n)) return no_memory(w);
  for (size_t i = 0; i < n; i++) {
    w->met = 0;
    TRY(tell_relation(w, w->relations.items[i]));
    w->judged.items[w->judged.len++] = w->met & SET_JUDGED;
  }
  w->claims_of.set = 0;
  for (size_t i = 0; w->sink->verdict != NULL && i < n; i++) {
    if (w->judged.items[i]) TRY(tell_verdicts(w, w->relations.items[i]));
  }
  return DSR_OK;
}

static dsr_status walk_all(dsr_outwalking *w) {
  const dsr_sink *sink = w->sink;
  bool by_transaction = w->how->options->history && sink->transaction != NULL;
  TRY(dsr_outwalk_relations(w));
  if (sink->relation != NULL) TRY(dsr_outwalk_declarations(w));
  if (by_transaction) {
    TRY(dsr_outwalk_history(w));
  } else {
    TRY(dsr_outwalk_used(w));
    if (sink->prefix != NULL) TRY(dsr_outwalk_prefixes(w));
    if (sink->source != NULL) TRY(dsr_outwalk_sources(w));
    if (sink->undeclared != NULL) TRY(dsr_outwalk_undeclared(w, false));
    TRY(walk_facts(w));
    if (sink->undeclared != NULL) TRY(dsr_outwalk_undeclared(w, true));
  }
  if (sink->rule != NULL && w->how->n_relations == 0) TRY(dsr_outwalk_rules(w));
  return sink->end != NULL ? sink->end(sink->ud) : DSR_OK;
}

dsr_status dsr_outwalk(const dsr_exporting *how, const dsr_sink *sink) {
  dsr_outwalking w = {.how = how, .sink = sink, .facts = how->facts};
  w.whole = dsr_view_lets_all(how->view);
  w.every = how->options->history != 0;
  dsr_rank_start(&w.rank, how->facts);
  dsr_status rc = walk_all(&w);
  dsr_rank_free(&w.rank);
  VEC_FREE(&w.relations);
  VEC_FREE(&w.sets);
  VEC_FREE(&w.used);
  VEC_FREE(&w.judged);
  VEC_FREE(&w.claims);
  return rc;
}
