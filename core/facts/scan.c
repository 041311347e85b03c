/*
** scan.c - every fact that answers one atom.
**
** A scan walks *legs* (legs.c), each a stored relation with a pattern of its own.
**
** A leg walks the order whose leading columns are known furthest, by one range of that
** order, and skips rows that the other known columns rule out.  Its rows come as a
** stretch of columns (store.h), and where nothing but its set decides on a row, all that
** follow with the same set are a *span* that is let through, or passed over, by one look.
** Spans are short at first, so that who wants one match pays for few.  No row is copied;
** the match is rewritten in place, or the columns are handed on as they lie.
*/
#include <stddef.h>
#include <stdlib.h>

#include "facts/scan_inside.h"

enum { SPAN_FIRST = 16, SPAN_MOST = 4096 };

/* ---- walking a leg -------------------------------------------------------------- */

/* The column that order `order` sorts by in place `place`. */
static int order_column(int order, int place) {
  if (place == 0) return order;
  return place <= order ? place - 1 : place;
}

/* How many places at the front of the order are known; their words go to `prefix`. */
static int known_front(const dsr_leg *walked, dsr_word time, int order,
                       uint64_t *prefix) {
  int arity = walked->stored->arity, n = 0;
  for (; n < arity; n++) {
    dsr_word word = walked->pattern[order_column(order, n)];
    if (word == DSR_WORD_NONE) return n;
    prefix[n] = word;
  }
  if (time != DSR_WORD_NONE) prefix[n++] = time;
  return n;
}

/* Must rows be looked at, where the front of their order has `n` known places? */
static bool needs_sifting(const dsr_scan *scan, const dsr_leg *walked, int n) {
  int known = scan->time != DSR_WORD_NONE;
  for (int i = 0; i < walked->stored->arity; i++) {
    if (walked->stands[i] != DSR_WORD_NONE) return true;
    known += walked->pattern[i] != DSR_WORD_NONE;
  }
  return walked->mirrored || known > n;
}

static bool view_folds(const dsr_view *view) {
  for (; view; view = view->parent) {
    if (view->fold) return true;
  }
  return false;
}

/* May facts of the leg be left out for another's sake? */
static bool needs_others(const dsr_scan *scan, const dsr_leg *walked) {
  if (scan->flags & (DSR_SCAN_EVERY | DSR_SCAN_UNSETTLED)) return false;
  return scan->preferring || (walked->stored->timed && view_folds(scan->view));
}

/* Is all that a row that fits needs to be a match, and its words as they stand, in its
** set? */
static bool set_decides(const dsr_scan *scan, const dsr_leg *walked) {
  bool past = scan->flags & (DSR_SCAN_EVERY | DSR_SCAN_BARE); /* the times in view */
  bool dated = scan->dated && walked->stored->timed && !past;
  return !dated && !scan->joining && walked->about < 1 && !needs_others(scan, walked);
}

static void end_leg(dsr_scan *scan) {
  dsr_cursor_stop(scan->cursor);
  scan->cursor = NULL;
  scan->run.n = scan->at = scan->ready = 0;
}

static bool one_alternative(const dsr_strain *strain) {
  return strain->n == 0 || strain->tests[strain->n - 1].alternative == 0;
}

static void strain_word(dsr_strain *strain, int column, dsr_word word) {
  dsr_strain_range only = {0, UINT64_MAX, word, word};
  if (word == DSR_WORD_NONE || strain->n == DSR_STRAIN_TESTS) return;
  strain->tests[strain->n++] = (dsr_strain_test){0, column, only};
}

/* Have the leg's rows strained: by the strain that was given, whose tests are made ones of
** stored columns, behind which the time comes; where the pattern leads to none of them, by
** the pattern. */
static void strain_leg(dsr_scan *scan, const dsr_leg *walked, bool led) {
  dsr_strain *strain = &scan->own;
  int arity = walked->stored->arity;
  strain->n = 0;
  if (scan->joining) return;
  if (scan->strain != NULL) *strain = *scan->strain;
  for (int i = 0; i < strain->n; i++) {
    int *column = &strain->tests[i].column;
    *column = *column < walked->arity ? walked->map[*column] : arity;
  }
  if (!led && scan->sifting && one_alternative(strain)) {
    for (int c = 0; c < arity; c++) strain_word(strain, c, walked->pattern[c]);
    strain_word(strain, arity, scan->time);
  }
  dsr_cursor_strain(scan->cursor, strain);
}

static dsr_status begin_leg(dsr_scan *scan) {
  const dsr_leg *walked = &scan->legs.items[scan->leg];
  uint64_t prefix[DSR_ROW_MAX], other[DSR_ROW_MAX];
  int arity = walked->stored->arity, order = 0;
  int n = known_front(walked, scan->time, 0, prefix);
  if (arity > 1) {
    int m = known_front(walked, scan->time, 1, other);
    if (m > n) {
      order = 1;
      n = m;
      memcpy(prefix, other, sizeof prefix);
    }
    if (n == 0 && walked->map[scan->lead] == 1) order = 1;
  }
  scan->sifting = needs_sifting(scan, walked, n);
  scan->plain = set_decides(scan, walked);
  scan->bare = scan->flags & DSR_SCAN_BARE || dsr_relation_bare(walked->stored->number);
  scan->reach = SPAN_FIRST;
  scan->last.set = 0; /* names and types are seen otherwise */
  TRY(dsr_cursor_start(scan->facts->store, walked->stored->number, arity + 1, order,
                       prefix, n, &scan->cursor));
  strain_leg(scan, walked, n > 0);
  return DSR_OK;
}

/* Does the stored column `column` of the leg take the word. */
static bool takes(const dsr_scan *scan, const dsr_leg *walked, int column,
                  dsr_word word) {
  dsr_word known = walked->pattern[column], whole = walked->stands[column], stands;
  if (known != DSR_WORD_NONE && known != word) return false;
  if (whole == DSR_WORD_NONE) return true;
  return dsr_view_same(scan->view, word, &stands) >= 0 && stands == whole;
}

/* Does the row of a mirrored leg fit the other way round, too. */
static bool fits_plain(const dsr_scan *scan, const dsr_leg *walked,
                       const uint64_t *row) {
  for (int i = 0; i < walked->arity; i++) {
    if (!takes(scan, walked, walked->map[i], row[walked->plain[i]])) return false;
  }
  return true;
}

static bool row_fits(const dsr_scan *scan, const dsr_leg *walked, const uint64_t *row) {
  int arity = walked->stored->arity;
  for (int i = 0; i < arity; i++) {
    if (!takes(scan, walked, i, row[i])) return false;
  }
  if (scan->time != DSR_WORD_NONE && row[arity] != scan->time) return false;
  if (walked->mirrored) { /* a pair of equals mirrors itself */
    bool differs = false;
    for (int i = 0; i < walked->arity; i++) {
      differs |= row[walked->map[i]] != row[walked->plain[i]];
    }
    if (!differs) return false;
    if (scan->flags & DSR_SCAN_ONCE && fits_plain(scan, walked, row)) return false;
  }
  return true;
}

/* Was the row told by an earlier column, which holds the entity too? */
static dsr_status told_before(dsr_scan *scan, const dsr_leg *walked,
                              const uint64_t *row, bool *told) {
  dsr_word entity, other;
  *told = false;
  if (walked->about < 1) return DSR_OK;
  TRY(dsr_view_same(scan->view, row[walked->about], &entity));
  for (int i = 0; i < walked->about && !*told; i++) {
    TRY(dsr_view_same(scan->view, row[i], &other));
    *told = other == entity;
  }
  return DSR_OK;
}

static dsr_status fill_match(dsr_scan *scan, const dsr_leg *walked, const uint64_t *row,
                             uint64_t set) {
  dsr_match *match = &scan->match;
  int arity = walked->stored->arity;
  match->fact.relation = walked->stored->number;
  match->fact.arity = arity;
  for (int i = 0; i < arity; i++) match->fact.args[i] = row[i];
  match->time = match->fact.time = row[arity];
  match->set = set;
  for (int i = 0; i < walked->arity; i++) {
    match->args[i] = row[walked->map[i]];
    if (scan->joining) TRY(dsr_view_same(scan->view, match->args[i], &match->args[i]));
  }
  return DSR_OK;
}

/* Is a fact seen at all: held (or denied, as asked) in view, at a time in view. */
static dsr_status seen(dsr_view *view, unsigned flags, const dsr_relation *stored,
                       dsr_word time, uint64_t set, bool *in, bool *certain) {
  unsigned sees, bare = flags & DSR_SCAN_BARE;
  *in = *certain = true;
  if (flags & DSR_SCAN_EVERY) return DSR_OK;
  TRY(bare ? dsr_view_bare(view, set, &sees)
           : dsr_view_set(view, stored->number, set, &sees));
  *in = sees & (flags & DSR_SCAN_DENIED ? DSR_SEES_DENIED : DSR_SEES_HELD);
  if (!*in || bare) return DSR_OK;
  dsr_status rc = dsr_view_time(view, stored, time, certain);
  if (rc < 0) return rc;
  *in = rc == DSR_ROW;
  return DSR_OK;
}

/* Did the fact lose a conflict to one that a verdict prefers? */
static dsr_status lost(dsr_scan *scan, const dsr_tuple *fact, bool *out) {
  *out = false;
  if (!scan->preferring || scan->flags & DSR_SCAN_DENIED) return DSR_OK;
  return dsr_conflict_lost(scan->facts, scan->view, fact, out);
}

/* Does `other` say the same as the match, or say it more precisely?  Of two that refine
** each other the lesser stays. */
static dsr_status takes_in(dsr_scan *scan, const dsr_relation *stored,
                           const dsr_tuple *other, bool *out) {
  const dsr_tuple *fact = &scan->match.fact;
  dsr_time own, finer;
  *out = false;
  int order = dsr_tuple_order(fact, other);
  if (order == 0) return DSR_OK;
  TRY(dsr_word_time(scan->facts->symbols, fact->time, &own));
  TRY(dsr_word_time(scan->facts->symbols, other->time, &finer));
  if (!dsr_time_refines(&finer, &own, stored->occurs)) return DSR_OK;
  if (dsr_time_refines(&own, &finer, stored->occurs) && order < 0) return DSR_OK;
  TRY(lost(scan, other, out));
  *out = !*out;
  return DSR_OK;
}

/* Does a finer fact of the same tuple, in view, say the same as the match? */
static dsr_status folded(dsr_scan *scan, const dsr_relation *stored, bool *out) {
  const dsr_tuple *fact = &scan->match.fact;
  unsigned flags = scan->flags | DSR_SCAN_OWN | DSR_SCAN_UNSETTLED;
  dsr_scan *others;
  const dsr_match *match;
  *out = false;
  TRY(dsr_scan_start(scan->facts, scan->view, fact->relation, fact->args, DSR_WORD_NONE,
                     flags, &others));
  dsr_status rc = DSR_OK;
  while (!*out && (rc = dsr_scan_next(others, &match)) == DSR_ROW) {
    dsr_tuple other = match->fact;
    rc = takes_in(scan, stored, &other, out);
    if (rc < 0) break;
  }
  dsr_scan_stop(others);
  return rc < 0 ? rc : DSR_OK;
}

/* What a set says in the leg's view, which mostly remembers it. */
static dsr_status set_says(dsr_scan *scan, const dsr_leg *walked, uint64_t set,
                           unsigned *sees) {
  if (dsr_view_recall(scan->view, scan->bare, set, sees)) return DSR_OK;
  return scan->bare ? dsr_view_bare(scan->view, set, sees)
                    : dsr_view_set(scan->view, walked->stored->number, set, sees);
}

/* As seen(), where no valid time is asked about: rows of one set follow each other. */
static dsr_status set_seen(dsr_scan *scan, const dsr_leg *walked, uint64_t set,
                           bool *in) {
  uint64_t generation = scan->facts->moves;
  unsigned sees;
  scan->match.certain = *in = true;
  if (scan->flags & DSR_SCAN_EVERY) return DSR_OK;
  if (set != scan->last.set || generation != scan->last.at) {
    TRY(set_says(scan, walked, set, &sees));
    scan->last.in =
        sees & (scan->flags & DSR_SCAN_DENIED ? DSR_SEES_DENIED : DSR_SEES_HELD);
    scan->last.set = set;
    scan->last.at = generation;
  }
  *in = scan->last.in;
  return DSR_OK;
}

static dsr_status judge_row(dsr_scan *scan, const dsr_leg *walked, const uint64_t *row,
                            uint64_t set, bool *in) {
  *in = !scan->sifting || row_fits(scan, walked, row);
  if (!*in) return DSR_OK;
  if (scan->dated) {
    TRY(seen(scan->view, scan->flags, walked->stored, row[walked->stored->arity], set,
             in, &scan->match.certain));
  } else {
    TRY(set_seen(scan, walked, set, in));
  }
  bool told = false;
  if (*in && walked->about > 0) TRY(told_before(scan, walked, row, &told));
  *in = *in && !told;
  if (!*in) return DSR_OK;
  TRY(fill_match(scan, walked, row, set));
  if (!needs_others(scan, walked)) return DSR_OK;
  bool out = false;
  if (walked->stored->timed && view_folds(scan->view)) {
    TRY(folded(scan, walked->stored, &out));
  }
  if (!out) TRY(lost(scan, &scan->match.fact, &out));
  *in = !out;
  return DSR_OK;
}

static inline void run_row(const dsr_scan *scan, size_t r, int width, uint64_t *row) {
  for (int c = 0; c < width; c++) row[c] = scan->run.columns[c][r];
}

/* Is the row that is next a match?  Then it is in scan->match. */
static dsr_status judge_next(dsr_scan *scan, const dsr_leg *walked, bool *in) {
  uint64_t row[DSR_ROW_MAX];
  size_t r = scan->at++;
  run_row(scan, r, walked->stored->arity + 1, row);
  scan->ready = scan->at;
  return judge_row(scan, walked, row, scan->run.sets[r], in);
}

static bool fits_at(const dsr_scan *scan, const dsr_leg *walked, size_t r) {
  uint64_t row[DSR_ROW_MAX];
  run_row(scan, r, walked->stored->arity + 1, row);
  return row_fits(scan, walked, row);
}

/* One past the last row, before `end`, that has the set of row r. */
static size_t same_set(const uint64_t *sets, size_t r, size_t end) {
  uint64_t set = sets[r];
  while (r < end && sets[r] == set) r++;
  return r;
}

/* Find the next span, of a leg whose rows hang on their sets; *in: there is one. */
static dsr_status judge_span(dsr_scan *scan, const dsr_leg *walked, bool *in) {
  size_t at = scan->at, end = scan->run.n;
  uint64_t set = scan->run.sets[at];
  TRY(set_seen(scan, walked, set, in));
  if (!scan->run.one_set || scan->sifting) {
    if (end - at > scan->reach) end = at + scan->reach;
    if (scan->reach < SPAN_MOST) scan->reach *= 2;
    if (!scan->run.one_set) end = same_set(scan->run.sets, at, end);
  }
  if (*in && scan->sifting) {
    while (at < end && !fits_at(scan, walked, at)) at++;
    size_t fit = at;
    while (fit < end && fits_at(scan, walked, fit)) fit++;
    end = fit;
  }
  *in = *in && at < end;
  scan->at = *in ? at : end;
  scan->ready = end;
  scan->match.fact.relation = walked->stored->number;
  scan->match.fact.arity = walked->stored->arity;
  return DSR_OK;
}

/* Have rows of the run to look at: DSR_ROW, or DSR_DONE. */
static dsr_status have_run(dsr_scan *scan) {
  uint64_t moves = scan->facts->moves;
  if (scan->at < scan->run.n) {
    if (scan->moves == moves) return DSR_ROW;
    return dsr_fail(scan->facts->error, DSR_EMISUSE,
                    "the base has changed under a scan");
  }
  dsr_status rc = dsr_cursor_some(scan->cursor, &scan->run);
  if (rc < 0) return rc;
  scan->walked += scan->run.skipped;
  scan->strained += scan->run.skipped;
  if (rc != DSR_ROW) return rc;
  scan->at = scan->ready = 0;
  scan->moves = moves;
  return DSR_ROW;
}

/* Find what comes next: DSR_ROW with a span of matches from scan->at to scan->ready, or
** where it is empty with one in scan->match; or DSR_DONE. */
static dsr_status walk(dsr_scan *scan) {
  while (scan->leg < scan->legs.len) {
    if (!scan->cursor) TRY(begin_leg(scan));
    const dsr_leg *walked = &scan->legs.items[scan->leg];
    dsr_status rc;
    while ((rc = have_run(scan)) == DSR_ROW) {
      bool in;
      size_t from = scan->at;
      TRY(scan->plain ? judge_span(scan, walked, &in) : judge_next(scan, walked, &in));
      scan->walked += scan->ready - from;
      if (in) return DSR_ROW;
    }
    if (rc < 0) return rc;
    end_leg(scan);
    scan->leg++;
  }
  return DSR_DONE;
}

/* Put the first match of the span into scan->match. */
static inline void take_row(dsr_scan *scan) {
  const dsr_leg *walked = &scan->legs.items[scan->leg];
  const dsr_stretch *run = &scan->run;
  dsr_match *match = &scan->match;
  size_t r = scan->at++;
  int stored = match->fact.arity;
  for (int i = 0; i < stored; i++) match->fact.args[i] = run->columns[i][r];
  for (int i = 0; i < walked->arity; i++) {
    match->args[i] = run->columns[walked->map[i]][r];
  }
  match->time = match->fact.time = run->columns[stored][r];
  match->set = run->sets[r];
}

/* The next match in scan->match. */
static dsr_status walk_on(dsr_scan *scan) {
  if (scan->at == scan->ready) {
    dsr_status rc = walk(scan);
    if (rc != DSR_ROW) return rc;
  }
  if (scan->at < scan->ready) take_row(scan);
  return DSR_ROW;
}

/* ---- the scan ------------------------------------------------------------------- */

/* Take all that is left into memory, since the base is about to change.  Where it fails
** on the way, what was taken is given first and the walk goes on behind it. */
static dsr_status drain(dsr_reader *reader) {
  dsr_scan *scan = (dsr_scan *)reader;
  dsr_match current = scan->match;
  dsr_status rc = DSR_ROW;
  while (rc == DSR_ROW) {
    if (!VEC_RESERVE(&scan->taken, 1)) { /* before the walk, or its row would be lost */
      rc = dsr_fail_memory(scan->facts->error);
      break;
    }
    rc = walk_on(scan);
    if (rc == DSR_ROW) scan->taken.items[scan->taken.len++] = scan->match;
  }
  scan->match = current;
  scan->ready = scan->at; /* what is left is behind what was taken, and to be judged */
  scan->drained = rc == DSR_DONE;
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status any_preferred(dsr_scan *scan) {
  scan->preferring = false;
  if (!scan->view->settled || scan->flags & DSR_SCAN_UNSETTLED) return DSR_OK;
  uint64_t rows;
  TRY(dsr_store_rows(scan->facts->store, DSR_REL_PREFERRED, &rows));
  scan->preferring = rows > 0;
  return DSR_OK;
}

/* All zero, with room for some legs: the spare scan, or a new one. */
static dsr_scan *scan_new(dsr_facts *facts) {
  dsr_scan *scan = facts->spare;
  if (scan == NULL) return dsr_alloc(sizeof *scan);
  dsr_leg *items = scan->legs.items;
  size_t cap = scan->legs.cap;
  facts->spare = NULL;
  memset(scan, 0, offsetof(dsr_scan, run));
  scan->run.n = 0;
  scan->legs.items = items;
  scan->legs.cap = cap;
  return scan;
}

static dsr_status new_scan(dsr_facts *facts, dsr_view *view, unsigned flags,
                           dsr_scan **out) {
  TRY(dsr_facts_read(facts, false));
  dsr_scan *scan = scan_new(facts);
  if (!scan) return dsr_fail_memory(facts->error);
  scan->reader.drain = drain;
  scan->facts = facts;
  scan->view = view;
  scan->flags = flags;
  dsr_status rc = any_preferred(scan);
  if (rc >= 0) rc = dsr_view_same_build(view);
  if (rc < 0) {
    dsr_scan_stop(scan);
    return rc;
  }
  scan->joining = view->same.len > 0;
  scan->dated = dsr_view_dated(view);
  *out = scan;
  return DSR_OK;
}

/* Is one leg all that a scan comes to, unless entities are joined? */
static bool is_lone(const dsr_relation *relation) {
  return !relation->symmetric && !relation->general && !relation->named &&
         relation->inverse == 0;
}

dsr_status dsr_scan_lone(dsr_facts *facts, dsr_view *view, uint32_t relation,
                         bool *lone) {
  const dsr_relation *found = dsr_relation_get(facts, relation);
  bool joins;
  TRY(dsr_view_joins(view, &joins));
  dsr_catalogue_kin(facts);
  *lone = found != NULL && !joins && is_lone(found);
  return DSR_OK;
}

/* What dsr_legs_add() then does. */
static dsr_status add_lone(dsr_scan *scan, const dsr_word *pattern,
                           const dsr_relation *relation) {
  if (!VEC_RESERVE(&scan->legs, 1)) return dsr_fail_memory(scan->facts->error);
  dsr_leg *made = &scan->legs.items[scan->legs.len++];
  *made = (dsr_leg){.stored = relation, .arity = relation->arity, .about = -1};
  memcpy(made->map, dsr_legs_identity, sizeof dsr_legs_identity);
  if (pattern) memcpy(made->pattern, pattern, (size_t)made->arity * sizeof *pattern);
  return DSR_OK;
}

dsr_status dsr_scan_start(dsr_facts *facts, dsr_view *view, uint32_t relation,
                          const dsr_word *pattern, dsr_word time, unsigned flags,
                          dsr_scan **out) {
  dsr_scan *scan;
  const dsr_relation *found = dsr_relation_get(facts, relation);
  if (!found) return dsr_fail(facts->error, DSR_ERELATION, "no such relation");
  TRY(new_scan(facts, view, flags, &scan));
  scan->time = time;
  if (relation == DSR_REL_SAME_AS) scan->joining = false; /* who is joined, as told */
  dsr_asked_for ask = {pattern, found->arity};
  dsr_catalogue_kin(facts);
  dsr_status rc = !scan->joining && is_lone(found)
                      ? add_lone(scan, pattern, found)
                      : dsr_legs_add(scan, &ask, found, dsr_legs_identity);
  if (rc < 0) {
    dsr_scan_stop(scan);
    return rc;
  }
  dsr_reader_join(facts, &scan->reader);
  *out = scan;
  return DSR_OK;
}

/* What is next: taken before, or found now. */
static dsr_status next_match(dsr_scan *scan, const dsr_match **out) {
  if (scan->given < scan->taken.len) {
    *out = &scan->taken.items[scan->given++];
    return DSR_ROW;
  }
  if (scan->drained) return DSR_DONE;
  dsr_status rc = walk(scan);
  if (rc == DSR_ROW) {
    if (scan->at < scan->ready) take_row(scan);
    *out = &scan->match;
  } else {
    dsr_reader_leave(&scan->reader);
  }
  return rc;
}

dsr_status dsr_scan_next(dsr_scan *scan, const dsr_match **out) {
  if (scan->at == scan->ready) return next_match(scan, out);
  take_row(scan);
  *out = &scan->match;
  return DSR_ROW;
}

/* A match by itself, as columns. */
static void give_match(const dsr_match *match, dsr_matches *out) {
  out->n = 1;
  out->relation = match->fact.relation;
  out->certain = match->certain;
  for (int i = 0; i < DSR_ARITY_MAX; i++) out->args[i] = &match->args[i];
  out->times = &match->time;
  out->sets = &match->set;
}

/* The rest of the span. */
static void give_span(dsr_scan *scan, dsr_matches *out) {
  const dsr_leg *walked = &scan->legs.items[scan->leg];
  const dsr_stretch *run = &scan->run;
  size_t r = scan->at;
  out->n = scan->ready - r;
  out->relation = walked->stored->number;
  out->certain = scan->match.certain;
  for (int i = 0; i < walked->arity; i++)
    out->args[i] = run->columns[walked->map[i]] + r;
  out->times = run->columns[walked->stored->arity] + r;
  out->sets = run->sets + r;
  scan->at = scan->ready;
}

dsr_status dsr_scan_some(dsr_scan *scan, dsr_matches *out) {
  if (scan->at == scan->ready && scan->given == scan->taken.len && !scan->drained) {
    dsr_status rc = walk(scan);
    if (rc != DSR_ROW) {
      dsr_reader_leave(&scan->reader);
      return rc;
    }
    if (scan->at == scan->ready) {
      give_match(&scan->match, out);
      return DSR_ROW;
    }
  }
  if (scan->at < scan->ready) {
    give_span(scan, out);
    return DSR_ROW;
  }
  if (scan->given == scan->taken.len) return DSR_DONE;
  give_match(&scan->taken.items[scan->given++], out);
  return DSR_ROW;
}

uint64_t dsr_scan_walked(const dsr_scan *scan) { return scan->walked; }
uint64_t dsr_scan_strained(const dsr_scan *scan) { return scan->strained; }

void dsr_scan_strain(dsr_scan *scan, const dsr_strain *strain) {
  scan->strain = strain->n > 0 ? strain : NULL;
}

void dsr_scan_lead(dsr_scan *scan, int column) { scan->lead = column; }

void dsr_scan_stop(dsr_scan *scan) {
  if (!scan) return;
  dsr_cursor_stop(scan->cursor);
  dsr_reader_leave(&scan->reader);
  VEC_FREE(&scan->taken);
  scan->legs.len = 0;
  dsr_facts *facts = scan->facts;
  if (facts->spare != NULL) dsr_scan_spare_free(facts);
  facts->spare = scan;
}

void dsr_scan_spare_free(dsr_facts *facts) {
  if (facts->spare == NULL) return;
  VEC_FREE(&facts->spare->legs);
  dsr_free(facts->spare);
  facts->spare = NULL;
}

/* ---- about ---------------------------------------------------------------------- */

/* A leg for each relation and column that mentions this very entity. */
static dsr_status add_mentions(dsr_scan *scan, dsr_word entity) {
  dsr_facts *facts = scan->facts;
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(facts->store, DSR_REL_MENTION, 3, 0, &entity, 1, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    const dsr_relation *stored =
        dsr_relation_get(facts, (uint32_t)dsr_word_signed(row[1]));
    int column = (int)dsr_word_signed(row[2]);
    if (!stored || column < 0 || column >= stored->arity) {
      rc = dsr_fail(facts->error, DSR_EDAMAGED,
                    "damaged base: a mention names no column");
      break;
    }
    dsr_leg made = {.stored = stored, .arity = stored->arity, .about = column};
    memcpy(made.map, dsr_legs_identity, sizeof dsr_legs_identity);
    made.pattern[column] = entity;
    rc = dsr_legs_push(scan, &made);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static int leg_before(const void *a, const void *b) {
  const dsr_leg *x = a, *y = b;
  if (x->stored != y->stored) return x->stored->number < y->stored->number ? -1 : 1;
  return x->about - y->about;
}

dsr_status dsr_scan_about(dsr_facts *facts, dsr_view *view, dsr_word entity,
                          dsr_scan **out) {
  dsr_scan *scan;
  TRY(new_scan(facts, view, 0, &scan));
  dsr_word stands;
  bool met = false;
  dsr_status rc = dsr_view_same(view, entity, &stands);
  for (size_t k = 0; rc >= 0 && k < view->same.len; k += 2) {
    if (view->same.items[k + 1] != stands) continue;
    rc = add_mentions(scan, view->same.items[k]);
    met = true;
  }
  if (rc >= 0 && !met) rc = add_mentions(scan, entity);
  if (rc < 0) {
    dsr_scan_stop(scan);
    return rc;
  }
  if (scan->legs.len > 0) {
    qsort(scan->legs.items, scan->legs.len, sizeof(dsr_leg), leg_before);
  }
  dsr_reader_join(facts, &scan->reader);
  *out = scan;
  return DSR_OK;
}
