/*
** lookup.c - reading a base relation by what is asked of it.
**
** A look-up gives the scan those columns of the prefix that are columns of the relation;
** its time and the parts of claims are compared afterwards, by whoever asked.
*/
#include "logic/lookup.h"

#include <math.h>
#include <string.h>

#include "ground/mem.h"
#include "logic/sideways.h"

enum { SAMPLE = 256 };

/* ---- choosing --------------------------------------------------------------------- */

typedef struct chooser {
  const dsr_rulebook *book;
  dsr_error *error;
  unsigned *leads; /* by predicate: columns by which it is found; 0: it is read whole */
  bool *small;     /* by predicate: it leads on, also where nothing leads to it */
  bool any;
} chooser;

/* What the predicate may be found by, and how large it is. */
static dsr_status look(chooser *c, dsr_lookup_when when, int at) {
  dsr_facts *facts = c->book->facts;
  const dsr_predicate *p = &c->book->predicates.items[at];
  uint64_t size = 0;
  if (p->kind == DSR_PREDICATE_TABLE) TRY(dsr_extent_count(p->table, &size));
  if (p->kind == DSR_PREDICATE_BASE) {
    TRY(dsr_scan_estimate(facts, p->relation, 0, &size));
  }
  c->small[at] = size < DSR_LOOKUP_LARGE_ROWS;
  /* Its entities are told as the one that stands for them, and found as themselves. */
  if (p->kind != DSR_PREDICATE_BASE || p->relation == DSR_REL_SAME_AS) return DSR_OK;
  if (when != DSR_LOOKUP_ALWAYS && c->small[at]) return DSR_OK;
  TRY(dsr_scan_leads(facts, p->relation, &c->leads[at]));
  c->leads[at] &= (1u << p->arity) - 1;
  c->any = c->any || c->leads[at] != 0;
  return DSR_OK;
}

/* Follow what the goals of a rule lead to: who is come by without is read whole. */
static dsr_status follow(chooser *c, const dsr_rule *rule) {
  dsr_sideways way;
  int at;
  TRY(dsr_sideways_start(&way, c->book, rule, 0, c->small, c->error));
  way.leads = c->leads;
  while ((at = dsr_sideways_next(&way)) >= 0) {
    const dsr_goal *goal = &rule->goals[at];
    if (goal->kind == DSR_GOAL_ATOM && (dsr_sideways_mask(&way, goal, goal->n_args) &
                                        c->leads[goal->predicate]) == 0) {
      c->leads[goal->predicate] = 0;
    }
    dsr_sideways_pass(&way, at);
  }
  dsr_sideways_stop(&way);
  return DSR_OK;
}

static dsr_status choose(chooser *c, dsr_lookup_when when) {
  for (size_t i = 0; i < c->book->predicates.len; i++) TRY(look(c, when, (int)i));
  for (size_t i = 0; c->any && i < c->book->rules.len; i++) {
    const dsr_rule *rule = &c->book->rules.items[i];
    if (rule->origin != DSR_ORIGIN_FOLD) TRY(follow(c, rule));
  }
  return DSR_OK;
}

dsr_status dsr_lookup_choose(const dsr_rulebook *book, dsr_lookup_when when,
                             dsr_error *error, bool *looked_up) {
  size_t n = book->predicates.len + 1;
  if (when == DSR_LOOKUP_NEVER) return DSR_OK;
  chooser c = {.book = book, .error = error};
  c.leads = dsr_alloc(n * (sizeof *c.leads + sizeof *c.small));
  if (c.leads == NULL) return dsr_fail_memory(error);
  c.small = (bool *)(c.leads + n);
  dsr_status rc = choose(&c, when);
  for (size_t i = 0; rc >= 0 && i < book->predicates.len; i++) {
    looked_up[i] = c.leads[i] != 0;
  }
  dsr_free(c.leads);
  return rc;
}

/* ---- estimates -------------------------------------------------------------------- */

/* Words of a column that came, and came once: the rest stand for what they stand for,
** each of these for the root of the inverse of the sample's share (see seat.c). */
static double distinct(const dsr_word *words, size_t n, double count) {
  size_t seen = 0, once = 0;
  for (size_t i = 0; i < n; i++) {
    size_t before = 0, after = 0;
    for (size_t k = 0; k < i && before == 0; k++) before += words[k] == words[i];
    for (size_t k = i + 1; k < n && after == 0; k++) after += words[k] == words[i];
    seen += before == 0;
    once += before == 0 && after == 0;
  }
  double values = sqrt(count / (double)n) * (double)once + (double)(seen - once);
  return values < count ? values : count;
}

/* Of a column that the sample was ordered by: as many in all as there; but where values
** have so many facts that one begins several blocks, those that begin blocks. */
static dsr_status distinct_in_order(const dsr_feed *feed, int column,
                                    const dsr_word *words, size_t n, double count,
                                    double *out) {
  uint64_t values, blocks;
  size_t runs = 1;
  TRY(dsr_scan_spread(feed->facts, feed->predicate->relation, column, &values,
                      &blocks));
  for (size_t i = 1; i < n; i++) runs += words[i] != words[i - 1];
  *out = count * (double)runs / (double)n;
  if (values > 0 && values < blocks / 2) *out = (double)values;
  return DSR_OK;
}

typedef struct sample {
  size_t n;
  dsr_word columns[DSR_ARITY_MAX + 1][SAMPLE]; /* the time is the last */
} sample;

/* Some facts, seen or not, in the order that a column begins. */
static dsr_status take_sample(const dsr_feed *feed, int lead, sample *out) {
  static const dsr_word any[DSR_ARITY_MAX];
  const dsr_predicate *p = feed->predicate;
  const dsr_match *match;
  dsr_scan *scan;
  dsr_status rc = DSR_ROW;
  out->n = 0;
  TRY(dsr_scan_start(feed->facts, feed->view, p->relation, any, DSR_WORD_NONE,
                     p->scan_flags | DSR_SCAN_EVERY, &scan));
  dsr_scan_lead(scan, lead);
  while (out->n < SAMPLE && (rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    for (int c = 0; c < p->arity; c++) out->columns[c][out->n] = match->args[c];
    out->columns[p->arity][out->n++] = match->time;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status estimate(const dsr_feed *feed, sample *s, dsr_supply *out) {
  const dsr_predicate *p = feed->predicate;
  uint64_t count;
  TRY(dsr_scan_estimate(feed->facts, p->relation, 0, &count));
  out->count = count > 0 ? (double)count : 1;
  for (int c = 0; c < p->width; c++) out->distinct[c] = sqrt(out->count);
  for (int lead = 0; lead < p->arity; lead++) {
    if (lead > 0 && !(out->columns >> lead & 1)) continue;
    TRY(take_sample(feed, lead, s));
    for (int c = 0; c < p->arity + p->timed && lead == 0 && s->n > 0; c++) {
      out->distinct[c] = distinct(s->columns[c], s->n, out->count);
    }
    if (s->n == 0 || !(out->columns >> lead & 1)) continue;
    TRY(distinct_in_order(feed, lead, s->columns[lead], s->n, out->count,
                          &out->distinct[lead]));
  }
  return DSR_OK;
}

/* ---- the supply ------------------------------------------------------------------- */

typedef struct lookup {
  dsr_feed feed;
  dsr_predicate predicate;
} lookup;

static dsr_status fetch_some(void *ud, const uint8_t *columns, const uint32_t *key,
                             int n, dsr_fetched *out, uint64_t *walked) {
  const lookup *l = ud;
  dsr_word pattern[DSR_ARITY_MAX] = {0};
  for (int i = 0; i < n; i++) {
    if (columns[i] >= l->predicate.arity) continue;
    if (key[i] >= dsr_numbers_count(l->feed.numbers)) return DSR_OK;
    pattern[columns[i]] = dsr_numbers_word(l->feed.numbers, key[i]);
    if (pattern[columns[i]] == DSR_WORD_NONE) return DSR_OK; /* no column of a fact */
  }
  return dsr_feed_some(&l->feed, pattern, out, walked);
}

static dsr_status fetch_all(void *ud, dsr_extent *extent) {
  const lookup *l = ud;
  return dsr_feed_base(&l->feed, extent);
}

static dsr_status set_supply(const dsr_feed *feed, dsr_supply *out) {
  sample *s = dsr_alloc(sizeof *s);
  if (s == NULL) return dsr_fail_memory(dsr_facts_error(feed->facts));
  dsr_status rc = dsr_scan_leads(feed->facts, feed->predicate->relation, &out->columns);
  if (rc >= 0) rc = estimate(feed, s, out);
  dsr_free(s);
  return rc;
}

dsr_status dsr_lookup_extent(const dsr_feed *feed, dsr_lookup_when when,
                             dsr_extent **out) {
  dsr_extent *extent;
  dsr_supply supply = {.some = fetch_some, .all = fetch_all, .stop = dsr_free};
  TRY(set_supply(feed, &supply));
  supply.patient = when == DSR_LOOKUP_ALWAYS;
  dsr_error *error = dsr_facts_error(feed->facts);
  lookup *l = dsr_alloc(sizeof *l);
  if (l == NULL) return dsr_fail_memory(error);
  l->feed = *feed;
  l->predicate = *feed->predicate;
  l->feed.predicate = &l->predicate;
  supply.ud = l;
  dsr_status rc = dsr_extent_new(DSR_EXTENT_STORED, l->predicate.width, error, &extent);
  if (rc < 0) {
    dsr_free(l);
    return rc;
  }
  rc = dsr_extent_supply(extent, &supply);
  if (rc < 0) {
    dsr_extent_free(extent);
    return rc;
  }
  *out = extent;
  return DSR_OK;
}
