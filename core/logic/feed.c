/*
** feed.c - a scan of a base relation, as columns of numbers.
**
** Tuples are handed to the extent a block at a time.  Cost: that of the scan, and a
** look-up of each value's number.
*/
#include "logic/feed.h"

#include "logic/plan.h"
#include "logic/test.h"

enum { FEED_BLOCK = 1024, FEED_WORDS = 2048 };

typedef struct feeder {
  dsr_feed of;
  dsr_extent *extent; /* NULL: tuples stay in `values` */
  dsr_fetched *values;
  dsr_narrow_memory memory;
} feeder;

static dsr_status grade_word(dsr_facts *facts, const dsr_claim_row *claim,
                             dsr_word *out) {
  char text[2];
  dsr_str grade = {text, 0}, none = {NULL, 0};
  if (claim->reliability != 0) text[grade.len++] = claim->reliability;
  if (claim->credibility != 0) text[grade.len++] = claim->credibility;
  *out = DSR_WORD_NONE;
  if (grade.len == 0) return DSR_OK;
  return dsr_text_word(dsr_facts_symbols(facts), grade, none, none, DSR_INTERN_TEMP,
                       out);
}

dsr_status dsr_claim_part_word(dsr_facts *facts, dsr_view *view, int part,
                               const dsr_claim_row *claim, dsr_word *out) {
  switch (part) {
    case DSR_PART_SOURCE:
      return dsr_test_same(view, claim->source, out);
    case DSR_PART_SPEAKER:
      return dsr_test_same(view, claim->speaker, out);
    case DSR_PART_LOCATOR:
      *out = claim->locator;
      return DSR_OK;
    case DSR_PART_QUOTATION:
      *out = claim->quotation;
      return DSR_OK;
    case DSR_PART_CONFIDENCE:
      *out = claim->confidence;
      return DSR_OK;
    default:
      return grade_word(facts, claim, out);
  }
}

static dsr_status flush(feeder *f) {
  size_t width = (size_t)f->of.predicate->width, n = f->values->len;
  if (f->extent == NULL || n == 0) return DSR_OK;
  f->values->len = 0;
  return dsr_extent_fill(f->extent, f->values->items, n / width);
}

/* One tuple of words. */
static dsr_status push(feeder *f, const dsr_word *words) {
  size_t width = (size_t)f->of.predicate->width;
  if (width == 0) return dsr_extent_fill(f->extent, NULL, 1);
  if (f->values->len >= FEED_BLOCK * width) TRY(flush(f));
  if (!VEC_RESERVE(f->values, width)) {
    return dsr_fail_memory(dsr_facts_error(f->of.facts));
  }
  uint32_t *to = f->values->items + f->values->len;
  for (size_t i = 0; i < width; i++) {
    TRY(dsr_numbers_give(f->of.numbers, words[i], &to[i]));
  }
  f->values->len += width;
  return DSR_OK;
}

/* The claim's parts after the columns; *in false where one that is asked for is not
** there. */
static dsr_status take_parts(feeder *f, const dsr_claim_row *claim, dsr_word *words,
                             bool *in) {
  const dsr_predicate *p = f->of.predicate;
  *in = claim->verb == (dsr_verb)p->verb &&
        (p->manner < 0 || claim->kind == (dsr_kind)p->manner);
  for (int part = 0; part < DSR_PARTS && *in; part++) {
    if (!(p->parts >> part & 1)) continue;
    TRY(dsr_claim_part_word(f->of.facts, f->of.view, part, claim, words));
    *in = *words++ != DSR_WORD_NONE;
  }
  return DSR_OK;
}

/* A tuple for each live claim in view on the fact. */
static dsr_status push_claims(feeder *f, const dsr_match *match, dsr_word *words,
                              int n) {
  dsr_set set;
  TRY(dsr_set_get(f->of.facts, match->set, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    bool in;
    TRY(dsr_view_entry(f->of.view, match->fact.relation, &set, i, &in));
    if (!in) continue;
    TRY(dsr_claim_get(f->of.facts, set.entries[i].claim, &claim));
    TRY(take_parts(f, claim, words + n, &in));
    if (in) TRY(push(f, words));
  }
  return DSR_OK;
}

static dsr_status take_match(feeder *f, const dsr_match *match) {
  const dsr_predicate *p = f->of.predicate;
  dsr_word words[DSR_WIDTH_MAX];
  int n = 0;
  for (; n < p->arity; n++) TRY(dsr_test_same(f->of.view, match->args[n], &words[n]));
  if (p->timed) words[n++] = match->time;
  if (f->of.narrow != NULL &&
      !dsr_narrow_keeps(f->of.narrow, dsr_facts_symbols(f->of.facts), f->of.view,
                        words)) {
    return DSR_OK;
  }
  return p->claimed ? push_claims(f, match, words, n) : push(f, words);
}

/* Are a fact's words, as a scan gives them, its tuple? */
static dsr_status is_plain(const feeder *f, bool *plain) {
  bool joins;
  TRY(dsr_view_joins(f->of.view, &joins));
  *plain = !joins && !f->of.predicate->claimed && f->of.predicate->width > 0;
  return DSR_OK;
}

/* The rows of some matches that are listed, their words side by side. */
static void gather(const dsr_predicate *p, const dsr_word *const *columns,
                   const uint32_t *rows, size_t n, dsr_word *words) {
  size_t width = (size_t)p->width;
  for (int c = 0; c < p->width; c++) {
    for (size_t i = 0; i < n; i++) words[i * width + (size_t)c] = columns[c][rows[i]];
  }
}

/* List rows `from` to `to` of some matches that are tuples. */
static size_t list_rows(feeder *f, const dsr_word *const *columns, size_t from,
                        size_t to, uint32_t *rows) {
  size_t n = 0;
  if (f->of.narrow != NULL) {
    return dsr_narrow_sift(f->of.narrow, &f->memory, dsr_facts_symbols(f->of.facts),
                           f->of.view, columns, from, to, rows);
  }
  for (size_t i = from; i < to; i++) rows[n++] = (uint32_t)i;
  return n;
}

static dsr_status take_rows(feeder *f, const dsr_word *const *columns,
                            const uint32_t *rows, size_t n) {
  dsr_word words[FEED_WORDS];
  size_t width = (size_t)f->of.predicate->width;
  if (f->values->len >= FEED_BLOCK * width) TRY(flush(f));
  if (!VEC_RESERVE(f->values, n * width)) {
    return dsr_fail_memory(dsr_facts_error(f->of.facts));
  }
  gather(f->of.predicate, columns, rows, n, words);
  TRY(dsr_numbers_give_all(f->of.numbers, words, n * width,
                           f->values->items + f->values->len));
  f->values->len += n * width;
  return DSR_OK;
}

static dsr_status take_some(feeder *f, const dsr_matches *some) {
  uint32_t rows[FEED_WORDS];
  const dsr_word *columns[DSR_WIDTH_MAX];
  const dsr_predicate *p = f->of.predicate;
  size_t most = FEED_WORDS / (size_t)p->width;
  for (int c = 0; c < p->width; c++) {
    columns[c] = c < p->arity ? some->args[c] : some->times;
  }
  for (size_t at = 0; at < some->n; at += most) {
    size_t to = some->n - at < most ? some->n : at + most;
    size_t n = list_rows(f, columns, at, to, rows);
    if (n > 0) TRY(take_rows(f, columns, rows, n));
  }
  return DSR_OK;
}

/* As walk() below, where tuples are plain. */
static dsr_status walk_plain(feeder *f, dsr_scan *scan) {
  dsr_matches some;
  dsr_status rc;
  while ((rc = dsr_scan_some(scan, &some)) == DSR_ROW) {
    *f->of.read += some.n;
    TRY(take_some(f, &some));
  }
  return rc < 0 ? rc : flush(f);
}

static dsr_status walk(feeder *f, dsr_scan *scan) {
  const dsr_match *match;
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    ++*f->of.read;
    TRY(take_match(f, match));
  }
  return rc < 0 ? rc : flush(f);
}

static dsr_status read_matching(feeder *f, const dsr_word *pattern, uint64_t *walked) {
  dsr_scan *scan;
  uint32_t before = dsr_numbers_count(f->of.numbers);
  TRY(dsr_scan_start(f->of.facts, f->of.view, f->of.predicate->relation, pattern,
                     DSR_WORD_NONE, f->of.predicate->scan_flags, &scan));
  dsr_strain strain;
  if (f->of.narrow != NULL) {
    dsr_narrow_strain(f->of.narrow, &strain);
    dsr_scan_strain(scan, &strain);
  }
  bool plain = false;
  dsr_status rc = is_plain(f, &plain);
  if (rc >= 0) rc = plain ? walk_plain(f, scan) : walk(f, scan);
  *walked = dsr_scan_walked(scan);
  *f->of.read += dsr_scan_strained(scan);
  dsr_scan_stop(scan);
  *f->of.gave += dsr_numbers_count(f->of.numbers) - before;
  return rc;
}

dsr_status dsr_feed_base(const dsr_feed *feed, dsr_extent *out) {
  static const dsr_word any[DSR_ARITY_MAX];
  dsr_fetched values = {0};
  feeder f = {.of = *feed, .extent = out, .values = &values};
  uint64_t walked;
  dsr_status rc = read_matching(&f, any, &walked);
  dsr_narrow_forget(&f.memory);
  VEC_FREE(&values);
  return rc;
}

dsr_status dsr_feed_some(const dsr_feed *feed, const dsr_word *pattern,
                         dsr_fetched *out, uint64_t *walked) {
  feeder f = {.of = *feed, .values = out};
  dsr_status rc = read_matching(&f, pattern, walked);
  dsr_narrow_forget(&f.memory);
  return rc;
}
