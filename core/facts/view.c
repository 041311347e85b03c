/*
** view.c - which claims and which times a view lets through.
**
** What a set says is worked out once for each set and remembered as three bits beside a
** "known" bit, in a table by set number; sets never change.  Two tables, since names,
** types and sources are read past the filters but for `known_at`.  Where `min_grade`
** asks for the reliability of sources, which can change, the tables are dropped
** whenever the base moved.
*/
#include <stdlib.h>

#include "facts/engine.h"
#include "ground/text.h"

/* ---- making a view -------------------------------------------------------------- */

static dsr_status option_day(dsr_facts *facts, const char *name, const char *edtf,
                             bool last, bool *has, dsr_day *out) {
  if (!edtf) return DSR_OK;
  dsr_time time;
  char why[256];
  if (dsr_time_parse(dsr_str_of(edtf), &time, why, sizeof why) < 0) {
    return dsr_fail(facts->error, DSR_ETIME, "%s: %s", name, why);
  }
  dsr_day day = last ? time.le : time.es;
  if (day == DSR_DAY_FIRST || day == DSR_DAY_LAST) {
    return dsr_fail(facts->error, DSR_ETIME,
                    "%s: %s has no %s day; write one, as in 2010-01-01", name, edtf,
                    last ? "last" : "first");
  }
  *has = true;
  *out = day;
  return DSR_OK;
}

/* The last transaction stamped at or before `stamp`: a binary search. */
static dsr_status txn_at(dsr_facts *facts, int64_t stamp, uint64_t *out) {
  uint64_t low = 0, high = dsr_store_next(facts->store, DSR_REC_TXN) - 1;
  while (low < high) {
    uint64_t mid = low + (high - low + 1) / 2;
    int64_t met;
    TRY(dsr_store_stamp(facts->store, mid, &met));
    if (met <= stamp) {
      low = mid;
    } else {
      high = mid - 1;
    }
  }
  *out = low;
  return DSR_OK;
}

static dsr_status option_known_at(dsr_view *view, const char *text) {
  if (!text) return DSR_OK;
  int64_t stamp;
  view->has_known_at = true;
  if (text[0] == '#') {
    char *end;
    view->known_at = strtoull(text + 1, &end, 10);
    if (text[1] >= '0' && text[1] <= '9' && !*end) return DSR_OK;
  } else if (dsr_stamp_parse(dsr_str_of(text), true, &stamp)) {
    return txn_at(view->facts, stamp, &view->known_at);
  }
  return dsr_fail(
      view->facts->error, DSR_EMISUSE,
      "known_at is \"%s\"; a date, an instant such as \"2026-01-02T03:04:05Z\" "
      "or a transaction such as \"#17\" would do",
      text);
}

static dsr_status no_speaker(dsr_view *view, const char *name) {
  dsr_str near;
  TRY(dsr_entity_nearest(view->facts, dsr_str_of(name), &near));
  return dsr_fail(view->facts->error, DSR_EABSENT,
                  "the base knows no entity \"%s\"%s%.*s%s", name,
                  near.len > 0 ? "; did you mean \"" : "", (int)near.len,
                  near.len > 0 ? near.data : "", near.len > 0 ? "\"?" : "");
}

static dsr_status option_speakers(dsr_view *view, const char *const *names) {
  view->has_speakers = names != NULL;
  for (; names && *names; names++) {
    dsr_word word;
    dsr_status rc = dsr_symbols_find(view->facts->symbols, DSR_SYM_ENTITY,
                                     dsr_str_of(*names), &word);
    if (rc < 0) return rc;
    if (rc == DSR_NOTHING) {
      return no_speaker(view, *names);
    }
    if (!VEC_PUSH(&view->speakers, word)) return dsr_fail_memory(view->facts->error);
  }
  return DSR_OK;
}

static dsr_status option_kinds(dsr_view *view, const char *const *names) {
  view->has_kinds = names != NULL;
  for (; names && *names; names++) {
    dsr_kind kind;
    if (!dsr_kind_named(dsr_str_of(*names), &kind)) {
      return dsr_fail(
          view->facts->error, DSR_EMISUSE,
          "no kind of claim is called \"%s\"; there are stated, attributed and "
          "assessed",
          *names);
    }
    view->kinds |= 1u << kind;
  }
  return DSR_OK;
}

/* A source by name; `base` is one before the base knows any name.  One that was never
** declared is told as such, with the nearest that was. */
static dsr_status source_named(dsr_facts *facts, dsr_str name, dsr_word *out) {
  bool declared = false;
  dsr_status rc = DSR_OK;
  if (dsr_str_is(name, "base")) {
    *out = dsr_facts_base_source(facts);
    return DSR_OK;
  }
  rc = dsr_symbols_find(facts->symbols, DSR_SYM_ENTITY, name, out);
  if (rc == DSR_OK) rc = dsr_source_declared(facts, *out, &declared);
  if (rc < 0) return rc;
  return declared ? DSR_OK : dsr_source_unknown(facts, name);
}

static dsr_status option_sources(dsr_view *view, const char *const *names) {
  view->has_sources = names != NULL;
  for (; names && *names; names++) {
    dsr_word word;
    TRY(source_named(view->facts, dsr_str_of(*names), &word));
    if (!VEC_PUSH(&view->sources, word)) return dsr_fail_memory(view->facts->error);
  }
  return DSR_OK;
}

static dsr_status set_options(dsr_view *view, const dsr_view_options *options) {
  dsr_facts *facts = view->facts;
  TRY(option_day(facts, "as_of", options->as_of, true, &view->has_as_of, &view->as_of));
  TRY(option_day(facts, "since", options->since, false, &view->has_since,
                 &view->since));
  TRY(option_day(facts, "until", options->until, true, &view->has_until, &view->until));
  TRY(option_known_at(view, options->known_at));
  TRY(option_sources(view, options->sources));
  TRY(option_speakers(view, options->speakers));
  TRY(option_kinds(view, options->kinds));
  view->settled = options->settled;
  view->possible = options->possible;
  view->fold = options->fold;
  if (options->min_grade &&
      !dsr_grade_parse(dsr_str_of(options->min_grade), &view->min_reliability,
                       &view->min_credibility)) {
    return dsr_fail(
        facts->error, DSR_EMISUSE,
        "min_grade is \"%s\"; a letter a-f, a digit 1-6 or both (\"b2\") would "
        "do",
        options->min_grade);
  }
  return DSR_OK;
}

/* What the parent has and the child only narrows. */
static void inherit(dsr_view *view, const dsr_view *parent) {
  if (!parent) return;
  view->settled |= parent->settled;
  view->fold |= parent->fold;
  if (parent->has_known_at &&
      (!view->has_known_at || parent->known_at < view->known_at)) {
    view->has_known_at = true;
    view->known_at = parent->known_at;
  }
}

dsr_status dsr_view_new(dsr_facts *facts, const dsr_view *parent,
                        const dsr_view_options *options, dsr_view **out) {
  TRY(dsr_facts_read(facts, false));
  dsr_view *view = dsr_alloc(sizeof *view);
  if (!view) return dsr_fail_memory(facts->error);
  view->facts = facts;
  view->parent = parent;
  dsr_status rc = options ? set_options(view, options) : DSR_OK;
  if (rc < 0) {
    dsr_view_free(view);
    return rc;
  }
  inherit(view, parent);
  *out = view;
  return DSR_OK;
}

void dsr_view_free(dsr_view *view) {
  if (!view) return;
  VEC_FREE(&view->sources);
  VEC_FREE(&view->speakers);
  VEC_FREE(&view->filtered);
  VEC_FREE(&view->bare);
  VEC_FREE(&view->same);
  dsr_free(view);
}

bool dsr_view_day(const dsr_view *view, dsr_day *out) {
  for (; view != NULL; view = view->parent) {
    if (!view->has_as_of) continue;
    *out = view->as_of;
    return true;
  }
  return false;
}

bool dsr_view_dated(const dsr_view *view) {
  for (; view != NULL; view = view->parent) {
    if (view->has_as_of || view->has_since || view->has_until) return true;
  }
  return false;
}

static bool asks_nothing(const dsr_view *view) {
  return !view->has_sources && !view->has_speakers && !view->has_kinds &&
         !view->min_reliability && !view->min_credibility && !view->has_known_at &&
         !view->settled && !view->fold;
}

bool dsr_view_lets_all(const dsr_view *view) {
  bool all = !dsr_view_dated(view);
  for (; view != NULL && all; view = view->parent) all = asks_nothing(view);
  return all;
}

/* ---- claims --------------------------------------------------------------------- */

static bool holds_word(const dsr_words *list, dsr_word word) {
  for (size_t i = 0; i < list->len; i++) {
    if (list->items[i] == word) return true;
  }
  return false;
}

static bool entry_live(const dsr_view *view, const dsr_entry *entry) {
  if (!view->has_known_at) return entry->closed == 0;
  return entry->opened <= view->known_at &&
         (entry->closed == 0 || entry->closed > view->known_at);
}

/* The reliability that a source was declared with: a letter, or 0. */
static dsr_status source_reliability(dsr_view *view, dsr_word source, char *out) {
  *out = 0;
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  dsr_facts *facts = view->facts;
  TRY(dsr_cursor_start(facts->store, DSR_REL_SOURCE_GRADE, 3, 0, &source, 1, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    unsigned sees;
    dsr_word letter = row[1];
    rc = dsr_view_set(view, DSR_REL_SOURCE_GRADE, set, &sees);
    if (rc < 0) break;
    if (!(sees & DSR_SEES_HELD)) continue;
    dsr_symbol_kind kind;
    dsr_str name;
    char digit;
    rc = dsr_symbols_get(facts->symbols, letter, &kind, &name);
    if (rc < 0) break;
    if (dsr_grade_parse(name, out, &digit)) break; /* the first counts, as is shown */
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* The reliability that counts for a claim: its own, or else its source's; 0: none. */
static dsr_status claim_reliability(dsr_view *view, const dsr_claim_row *claim,
                                    char *out) {
  *out = claim->reliability;
  return *out ? DSR_OK : source_reliability(view, claim->source, out);
}

/* F and 6 say that nothing can be judged: they pass no minimum, nor does no grade. */
static dsr_status passes_grade(dsr_view *top, const dsr_view *view,
                               const dsr_claim_row *claim, bool *in) {
  *in = true;
  if (view->min_credibility) {
    *in = claim->credibility && claim->credibility != '6' &&
          claim->credibility <= view->min_credibility;
  }
  if (!*in || !view->min_reliability) return DSR_OK;
  char letter;
  TRY(claim_reliability(top, claim, &letter));
  *in = letter && letter != 'f' && letter <= view->min_reliability;
  return DSR_OK;
}

/* Do the filters of one view of the chain let the claim through. */
static dsr_status passes(dsr_view *top, const dsr_view *view,
                         const dsr_claim_row *claim, bool *in) {
  *in = (!view->has_sources || holds_word(&view->sources, claim->source)) &&
        (!view->has_speakers || holds_word(&view->speakers, claim->speaker)) &&
        (!view->has_kinds || (view->kinds >> claim->kind & 1));
  return *in ? passes_grade(top, view, claim, in) : DSR_OK;
}

/* Does the verdict on a fact rule out the claim on it: deprecate it, or prefer the fact
** that it denies. */
static bool overrules(const dsr_claim_row *verdict, const dsr_claim_row *claim) {
  if (verdict->verb == DSR_PREFERS) return claim->verb == DSR_DENIES;
  return verdict->verb == DSR_DEPRECATES &&
         (verdict->target == DSR_WORD_NONE || verdict->target == claim->source);
}

/* Does a live verdict in the set rule out the claim. */
static dsr_status overruled(dsr_view *view, const dsr_set *set,
                            const dsr_claim_row *claim, bool *out) {
  *out = false;
  for (size_t i = 0; i < set->n && !*out; i++) {
    const dsr_claim_row *verdict;
    if (!entry_live(view, &set->entries[i])) continue;
    TRY(dsr_claim_get(view->facts, set->entries[i].claim, &verdict));
    *out = overrules(verdict, claim);
  }
  return DSR_OK;
}

/* Names, types and what is declared of sources are read past the filters; what rules alone
** derive, which is of no relation, is not. */
bool dsr_relation_bare(uint32_t relation) {
  return relation != 0 && relation < DSR_REL_BUILTINS && relation != DSR_REL_SAME_AS;
}

static dsr_status entry_in(dsr_view *view, bool bare, const dsr_set *set, size_t i,
                           bool *in, const dsr_claim_row **claim) {
  *in = entry_live(view, &set->entries[i]);
  if (!*in) return DSR_OK;
  TRY(dsr_claim_get(view->facts, set->entries[i].claim, claim));
  if ((*claim)->verb >= DSR_PREFERS) return DSR_OK;
  for (const dsr_view *v = bare ? NULL : view; v && *in; v = v->parent) {
    TRY(passes(view, v, *claim, in));
  }
  if (!*in || !view->settled) return DSR_OK;
  bool out;
  TRY(overruled(view, set, *claim, &out));
  *in = !out;
  return DSR_OK;
}

dsr_status dsr_view_entry(dsr_view *view, uint32_t relation, const dsr_set *set,
                          size_t entry, bool *in) {
  const dsr_claim_row *claim;
  return entry_in(view, dsr_relation_bare(relation), set, entry, in, &claim);
}

static dsr_status judge_set(dsr_view *view, bool bare, uint64_t number,
                            unsigned *sees) {
  dsr_set set;
  *sees = 0;
  TRY(dsr_set_get(view->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    bool in;
    const dsr_claim_row *claim;
    TRY(entry_in(view, bare, &set, i, &in, &claim));
    if (!in) continue;
    if (claim->verb == DSR_ASSERTS) *sees |= DSR_SEES_HELD;
    if (claim->verb == DSR_DENIES) *sees |= DSR_SEES_DENIED;
    if (claim->verb == DSR_PREFERS) *sees |= DSR_SEES_PREFERRED;
  }
  return DSR_OK;
}

static bool asks_reliability(const dsr_view *view) {
  for (; view; view = view->parent) {
    if (view->min_reliability) return true;
  }
  return false;
}

/* Set numbers of a transaction that was rolled back are given again: what was
** remembered from the last marked one on may be of other sets. */
static void distrust(dsr_view *view) {
  uint64_t generation = dsr_facts_generation(view->facts);
  if (view->built_at == generation) return;
  view->built_at = generation;
  uint64_t keep = asks_reliability(view) ? 0 : view->facts->marked_sets;
  if (view->filtered.len > keep) view->filtered.len = keep;
  if (view->bare.len > keep) view->bare.len = keep;
}

static dsr_status look_at_set(dsr_view *view, bool bare, uint64_t set, unsigned *sees) {
  distrust(view);
  if (dsr_view_recall(view, bare, set, sees)) return DSR_OK;
  dsr_seen *seen = bare ? &view->bare : &view->filtered;
  TRY(judge_set(view, bare, set, sees));
  if (set >= seen->len) {
    size_t more = set + 1 - seen->len;
    if (!VEC_RESERVE(seen, more)) return dsr_fail_memory(view->facts->error);
    memset(seen->items + seen->len, 0, more);
    seen->len = set + 1;
  }
  seen->items[set] = (unsigned char)(*sees | DSR_VIEW_KNOWS);
  return DSR_OK;
}

dsr_status dsr_view_set(dsr_view *view, uint32_t relation, uint64_t set,
                        unsigned *sees) {
  return look_at_set(view, dsr_relation_bare(relation), set, sees);
}

dsr_status dsr_view_bare(dsr_view *view, uint64_t set, unsigned *sees) {
  return look_at_set(view, true, set, sees);
}

/* ---- times ---------------------------------------------------------------------- */

/* A view's own day, too, is asked as possible where it or one above it says so: what
** is below can only narrow. */
static bool possibles(const dsr_view *view) {
  for (; view; view = view->parent) {
    if (view->possible) return true;
  }
  return false;
}

static bool passes_times(const dsr_view *view, bool occurs, const dsr_time *time,
                         bool *certain) {
  if (view->has_since && time->le < view->since) return false;
  if (view->has_until && time->es > view->until) return false;
  if (!view->has_as_of) return true;
  dsr_day day = view->as_of;
  bool sure = occurs ? time->le <= day : time->ls <= day && day <= time->ee;
  bool may = occurs ? time->es <= day : time->es <= day && day <= time->le;
  if (!sure) *certain = false;
  return sure || (may && possibles(view));
}

dsr_status dsr_view_time(dsr_view *view, const dsr_relation *relation, dsr_word word,
                         bool *certain) {
  *certain = true;
  if (dsr_relation_bare(relation->number) || !relation->timed) return DSR_ROW;
  dsr_time time;
  TRY(dsr_word_time(view->facts->symbols, word, &time));
  for (const dsr_view *v = view; v; v = v->parent) {
    if (!passes_times(v, relation->occurs, &time, certain)) return DSR_DONE;
  }
  return DSR_ROW;
}
