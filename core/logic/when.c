/*
** when.c - times that look like slips: too late, told too early, far from all others.
**
** A time is the one after `@`, or one in a column.  Three things are looked for, the
** first that fits is told:
**
**   ahead     it certainly begins more than ten years after now
**   unborn    a source states something that certainly began after the source's date
**             (its own judgement, and what it reports others to say, may look ahead)
**   far       it is the first or the last of all times that its source gives, five at
**             least; more than a hundred years lie between it and the nearest other, and
**             five times as much as between the first and last of the others
**
** Far is judged over the starts of times, and where a start is open, the end; equal
** times count as one to stand apart, and are told at the first.
**
** Cost: one look for the date of each source; the times are kept and sorted.
*/
#include <stdio.h>
#include <stdlib.h>

#include "ground/text.h"
#include "logic/suspect.h"

enum {
  AHEAD_DAYS = 3653, /* ten years */
  FAR_DAYS = 36525,  /* a hundred */
  FAR_TIMES = 5,     /* as much as all others span */
  FAR_LEAST = 5,     /* times that a source gives */
};

/* A source that gives times. */
typedef struct giver {
  dsr_word source;
  bool dated;
  dsr_day last; /* the last day that its date may mean */
} giver;

/* A time given. */
typedef struct given {
  size_t by;
  dsr_day low, high; /* where it starts, earliest and latest */
  dsr_spotted where;
  dsr_str written;
  size_t turn; /* of those with one start, the first written goes first */
} given;

struct dsr_dates {
  dsr_suspect *s;
  dsr_day today;
  dsr_map by_word;
  VEC(giver) givers;
  VEC(given) all;
};

static dsr_day day_of_stamp(int64_t stamp) {
  int64_t day = INT64_C(86400) * 1000000;
  return (dsr_day)(stamp >= 0 ? stamp / day : (stamp - day + 1) / day);
}

dsr_status dsr_dates_new(dsr_suspect *s, dsr_dates **out) {
  *out = dsr_alloc(sizeof **out);
  if (*out == NULL) return dsr_suspect_memory(s);
  (*out)->s = s;
  (*out)->today = day_of_stamp(dsr_facts_now(s->facts));
  return DSR_OK;
}

void dsr_dates_free(dsr_dates *d) {
  if (d == NULL) return;
  dsr_map_free(&d->by_word);
  VEC_FREE(&d->givers);
  VEC_FREE(&d->all);
  dsr_free(d);
}

/* ---- sources and their dates ---------------------------------------------------------- */

static dsr_status find_date(dsr_dates *d, giver *one) {
  dsr_scan *scan;
  const dsr_match *match;
  dsr_status rc;
  const dsr_word pattern[DSR_ARITY_MAX] = {one->source};
  TRY(dsr_scan_start(d->s->facts, d->s->view, DSR_REL_SOURCE_DATE, pattern,
                     DSR_WORD_NONE, 0, &scan));
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_time time;
    if (dsr_word_time(d->s->symbols, match->args[1], &time) < 0) continue;
    if (!one->dated || time.le > one->last) one->last = time.le;
    one->dated = true;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status find_giver(dsr_dates *d, dsr_word source, size_t *out) {
  bool fresh;
  size_t *at = dsr_map_put(&d->by_word, source, &fresh);
  if (at == NULL) return dsr_suspect_memory(d->s);
  if (fresh) {
    giver one = {.source = source};
    *at = d->givers.len;
    TRY(find_date(d, &one));
    if (!VEC_PUSH(&d->givers, one)) return dsr_suspect_memory(d->s);
  }
  *out = *at;
  return DSR_OK;
}

/* ---- gathering -------------------------------------------------------------------------- */

/* Is the word a time?  Numbers too wide for a word have the same tag. */
static bool is_time(dsr_suspect *s, dsr_word word, dsr_time *out) {
  dsr_symbol_kind kind;
  dsr_str spelling;
  int tag = dsr_word_tag(word);
  if (tag != DSR_TAG_DAY && tag != DSR_TAG_OTHER) return false;
  if (tag == DSR_TAG_OTHER &&
      (dsr_symbols_get(s->symbols, word, &kind, &spelling) < 0 ||
       kind != DSR_SYM_TIME)) {
    return false;
  }
  return dsr_word_time(s->symbols, word, out) == DSR_OK;
}

static bool known_day(dsr_day day) { return day > DSR_DAY_FIRST && day < DSR_DAY_LAST; }

/* Keep the time to be compared with others of its source, if it says when at all. */
static dsr_status keep(dsr_dates *d, size_t by, const dsr_time *time, dsr_spotted where,
                       dsr_str written) {
  given one = {.by = by, .where = where, .written = written, .turn = d->all.len};
  if (known_day(time->es) && known_day(time->ls)) {
    one.low = time->es;
    one.high = time->ls;
  } else if (known_day(time->ee) && known_day(time->le)) {
    one.low = time->ee;
    one.high = time->le;
  } else {
    return DSR_OK;
  }
  return VEC_PUSH(&d->all, one) ? DSR_OK : dsr_suspect_memory(d->s);
}

static dsr_str spelled(dsr_dates *d, dsr_word source) {
  dsr_str name = {NULL, 0};
  if (dsr_suspect_spelling(d->s, source, &name) < 0) return (dsr_str){"?", 1};
  return name;
}

static dsr_status take_time(dsr_dates *d, const dsr_said *said, dsr_word word,
                            const dsr_term *term) {
  dsr_time time;
  size_t by = 0;
  dsr_spotted where = {said->clause->file, term->at};
  const dsr_claim_row *claim = said->claim;
  if (!is_time(d->s, word, &time)) return DSR_OK;
  if (time.es > d->today + AHEAD_DAYS) {
    return dsr_suspect_tell(d->s, where, "date",
                            "%s is more than ten years ahead; is a digit wrong?",
                            dsr_show(term->text).text);
  }
  TRY(find_giver(d, claim->source, &by));
  const giver *source = &d->givers.items[by];
  if (source->dated && time.es > source->last && claim->verb == DSR_ASSERTS &&
      claim->kind == DSR_STATED) {
    char date[16];
    dsr_day_format(source->last, date);
    return dsr_suspect_tell(d->s, where, "date",
                            "%s is after the date of its source, %s (up to %s), which "
                            "cannot state it; a forecast is assessed",
                            dsr_show(term->text).text,
                            dsr_show(spelled(d, source->source)).text, date);
  }
  return keep(d, by, &time, where, term->text);
}

/* When a source itself was written is no time that a source gives. */
dsr_status dsr_dates_take(dsr_dates *d, const dsr_said *said) {
  const dsr_atom *atom = &said->clause->head;
  if (dsr_suspect_builtin(said->relation)) return DSR_OK;
  for (int i = 0; i < said->tuple->arity; i++) {
    TRY(take_time(d, said, said->tuple->args[i], &atom->args[i]));
  }
  return take_time(d, said, said->tuple->time, &atom->time);
}

/* ---- far from all others ------------------------------------------------------------------ */

static int by_start(const void *left, const void *right) {
  const given *a = left, *b = right;
  if (a->by != b->by) return a->by < b->by ? -1 : 1;
  if (a->low != b->low) return a->low < b->low ? -1 : 1;
  if (a->high != b->high) return a->high < b->high ? -1 : 1;
  return a->turn < b->turn ? -1 : 1;
}

static bool one_time(const given *a, const given *b) {
  return a->low == b->low && a->high == b->high;
}

static int year_of(dsr_day day) {
  int year, month, dom;
  dsr_day_civil(day, &year, &month, &dom);
  return year;
}

/* `one` stands apart from the others, which reach from `first` to `last`, by `gap`. */
static dsr_status judge(dsr_dates *d, const given *one, dsr_day first, dsr_day last,
                        int64_t gap, const char *side) {
  if (gap <= FAR_DAYS || gap <= (int64_t)FAR_TIMES * (last - first)) return DSR_OK;
  dsr_word source = d->givers.items[one->by].source;
  bool own = source == dsr_facts_base_source(d->s->facts);
  char others[32];
  if (year_of(first) == year_of(last)) {
    snprintf(others, sizeof others, "%d", year_of(first));
  } else {
    snprintf(others, sizeof others, "%d to %d", year_of(first), year_of(last));
  }
  return dsr_suspect_tell(d->s, one->where, "date",
                          "%s is %d years %s all other dates%s%s (%s); is a digit "
                          "missing or wrong?",
                          dsr_show(one->written).text, (int)(gap / 365.2425), side,
                          own ? " without a source" : " of ",
                          own ? "" : dsr_show(spelled(d, source)).text, others);
}

/* The times of one source, in order. */
static dsr_status judge_ends(dsr_dates *d, const given *all, size_t n) {
  size_t low = 1, high = n - 1;
  dsr_day last = all[0].high;
  while (low < n && one_time(&all[low], &all[0])) low++;
  while (high > 0 && one_time(&all[high - 1], &all[n - 1])) high--;
  if (n < FAR_LEAST || low >= n) return DSR_OK;
  for (size_t i = 0; i < high; i++) last = all[i].high > last ? all[i].high : last;
  if (n - high < n - 1) { /* more than one other */
    TRY(judge(d, &all[high], all[0].low, last, (int64_t)all[high].low - last, "after"));
  }
  last = all[low].high;
  for (size_t i = low; i < n; i++) last = all[i].high > last ? all[i].high : last;
  if (low < n - 1) {
    return judge(d, &all[0], all[low].low, last, (int64_t)all[low].low - all[0].high,
                 "before");
  }
  return DSR_OK;
}

dsr_status dsr_dates_tell(dsr_dates *d) {
  given *all = d->all.items;
  if (d->all.len == 0) return DSR_OK;
  qsort(all, d->all.len, sizeof *all, by_start);
  for (size_t i = 0, next; i < d->all.len; i = next) {
    next = i + 1;
    while (next < d->all.len && all[next].by == all[i].by) next++;
    TRY(judge_ends(d, all + i, next - i));
  }
  return DSR_OK;
}
