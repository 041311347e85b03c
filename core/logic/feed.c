/*
** feed.c - a scan of a base relation, as columns of numbers.
**
** Tuples are handed to the extent a block at a time.  Cost: that of the scan, and a
** look-up of each value's number.
*/
#include "logic/feed.h"

#include "logic/plan.h"
#include "logic/test.h"

enum { FEED_BLOCK = 1024 };

typedef struct feeder {
  dsr_facts *facts;
  dsr_view *view;
  const dsr_predicate *predicate;
  dsr_numbers *numbers;
  dsr_extent *extent;
  size_t n; /* tuples waiting in `values` */
  uint32_t *values;
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
  size_t n = f->n;
  f->n = 0;
  return n > 0 ? dsr_extent_fill(f->extent, f->values, n) : DSR_OK;
}

/* One tuple of words. */
static dsr_status push(feeder *f, const dsr_word *words) {
  int width = f->predicate->width;
  uint32_t *to = f->values + f->n * (size_t)width;
  for (int i = 0; i < width; i++) {
    TRY(dsr_numbers_give(f->numbers, words[i], &to[i]));
  }
  return ++f->n == FEED_BLOCK ? flush(f) : DSR_OK;
}

/* The claim's parts after the columns; *in false where one that is asked for is not
** there. */
static dsr_status take_parts(feeder *f, const dsr_claim_row *claim, dsr_word *words,
                             bool *in) {
  const dsr_predicate *p = f->predicate;
  *in = claim->verb == (dsr_verb)p->verb &&
        (p->manner < 0 || claim->kind == (dsr_kind)p->manner);
  for (int part = 0; part < DSR_PARTS && *in; part++) {
    if (!(p->parts >> part & 1)) continue;
    TRY(dsr_claim_part_word(f->facts, f->view, part, claim, words));
    *in = *words++ != DSR_WORD_NONE;
  }
  return DSR_OK;
}

/* A tuple for each live claim in view on the fact. */
static dsr_status push_claims(feeder *f, const dsr_match *match, dsr_word *words,
                              int n) {
  dsr_set set;
  TRY(dsr_set_get(f->facts, match->set, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    bool in;
    TRY(dsr_view_entry(f->view, match->fact.relation, &set, i, &in));
    if (!in) continue;
    TRY(dsr_claim_get(f->facts, set.entries[i].claim, &claim));
    TRY(take_parts(f, claim, words + n, &in));
    if (in) TRY(push(f, words));
  }
  return DSR_OK;
}

static dsr_status take_match(feeder *f, const dsr_match *match) {
  const dsr_predicate *p = f->predicate;
  dsr_word words[DSR_WIDTH_MAX];
  int n = 0;
  for (; n < p->arity; n++) TRY(dsr_test_same(f->view, match->args[n], &words[n]));
  if (p->timed) words[n++] = match->time;
  return p->claimed ? push_claims(f, match, words, n) : push(f, words);
}

static dsr_status walk(feeder *f, dsr_scan *scan) {
  const dsr_match *match;
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) TRY(take_match(f, match));
  return rc < 0 ? rc : flush(f);
}

dsr_status dsr_feed_base(dsr_facts *facts, dsr_view *view,
                         const dsr_predicate *predicate, dsr_numbers *numbers,
                         dsr_extent *out) {
  dsr_word pattern[DSR_ARITY_MAX] = {0};
  dsr_scan *scan;
  feeder f = {facts, view, predicate, numbers, out, 0, NULL};
  f.values = dsr_alloc(FEED_BLOCK * (size_t)(predicate->width + 1) * sizeof *f.values);
  if (f.values == NULL) return dsr_fail_memory(dsr_facts_error(facts));
  dsr_status rc = dsr_scan_start(facts, view, predicate->relation, pattern,
                                 DSR_WORD_NONE, predicate->scan_flags, &scan);
  if (rc >= 0) {
    rc = walk(&f, scan);
    dsr_scan_stop(scan);
  }
  dsr_free(f.values);
  return rc;
}
