/*
** figures.c - what a base holds, in figures.
*/
#include "facts/figures.h"

/* The time of the last fact: those of a relation often share it. */
typedef struct tally {
  dsr_facts *facts;
  dsr_figures *out;
  dsr_word last;
} tally;

static bool is_time(dsr_symbols *symbols, dsr_word word) {
  dsr_time time;
  if (dsr_word_tag(word) == DSR_TAG_DAY) return true;
  return dsr_word_tag(word) == DSR_TAG_OTHER &&
         dsr_word_time(symbols, word, &time) >= 0;
}

static dsr_word time_of(const tally *t, const dsr_match *match) {
  if (match->fact.time != DSR_WORD_NONE) return match->fact.time;
  for (int i = 0; i < match->fact.arity; i++) {
    if (is_time(dsr_facts_symbols(t->facts), match->fact.args[i])) {
      return match->fact.args[i];
    }
  }
  return DSR_WORD_NONE;
}

static void take_day(dsr_figures *out, dsr_day day) {
  int year, month, dom;
  if (day <= DSR_DAY_FIRST || day >= DSR_DAY_LAST) return;
  dsr_day_civil(day, &year, &month, &dom);
  if (!out->dated || year < out->first) out->first = year;
  if (!out->dated || year > out->last) out->last = year;
  out->dated = true;
}

static dsr_status take(tally *t, const dsr_match *match) {
  dsr_time time;
  dsr_word word = time_of(t, match);
  t->out->facts++;
  if (word == DSR_WORD_NONE || word == t->last) return DSR_OK;
  t->last = word;
  TRY(dsr_word_time(dsr_facts_symbols(t->facts), word, &time));
  take_day(t->out, time.es > DSR_DAY_FIRST ? time.es : time.ls);
  take_day(t->out, time.le < DSR_DAY_LAST ? time.le : time.ee);
  return DSR_OK;
}

dsr_status dsr_figures_of(dsr_facts *facts, dsr_view *view, uint32_t relation,
                          dsr_figures *out) {
  dsr_word pattern[DSR_ARITY_MAX] = {0};
  dsr_figures figures = {0};
  tally t = {.facts = facts, .out = &figures};
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(facts, view, relation, pattern, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_ONCE, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    rc = take(&t, match);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  if (rc < 0) return rc;
  *out = figures;
  return DSR_OK;
}
