/*
** conflict.c - facts that do not go together.
**
** A fact is checked at its own relation, at every relation that `is` makes it a case
** of, and under every inverse name: for each key there, against the facts that agree on
** the key's columns; for `once`, against the same tuple at other times.  A denial is
** checked against the held facts that it reaches.  Each costs one scan with the known
** columns.
*/
#include <stdlib.h>

#include "facts/engine.h"
#include "facts/trust.h"

enum { DEPTH_MOST = 32 };

static const char *const conflict_words[] = {"", "key", "once", "denial", "constraint"};

const char *dsr_conflict_word(dsr_conflict_kind kind) { return conflict_words[kind]; }

typedef struct pair {
  dsr_conflict_kind kind;
  dsr_tuple other;
} pair;

/* The check of one fact: who wants to know, and which pairs were told already.
** Verdicts are read past the filters, so what they decide is weighed past them, too:
** `raw` looks at facts whatever their sources and times, as if no verdict preferred any.
*/
typedef struct check {
  dsr_facts *facts;
  dsr_view *view;
  const dsr_tuple *fact;
  const dsr_relation *stored; /* the relation that the fact is stored under */
  bool once_a_pair;           /* of all facts: tell a pair only at its lesser fact */
  bool raw;
  dsr_conflict_found found;
  void *ud;
  VEC(pair) told;
  struct { /* of all facts: those of the tuple at hand, looked up once */
    dsr_siblings all;
    VEC(size_t) denied; /* places */
    size_t at;          /* of the fact met last: they come in the same order */
  } tuple;
} check;

/* ---- pairs ---------------------------------------------------------------------- */

int dsr_tuple_order(const dsr_tuple *a, const dsr_tuple *b) {
  if (a->relation != b->relation) return a->relation < b->relation ? -1 : 1;
  for (int i = 0; i < a->arity; i++) {
    if (a->args[i] != b->args[i]) return a->args[i] < b->args[i] ? -1 : 1;
  }
  return (a->time > b->time) - (a->time < b->time);
}

static dsr_status lost_in_view(const check *c, const dsr_tuple *fact, bool *lost) {
  *lost = false;
  if (!c->view->settled || c->raw) return DSR_OK;
  return dsr_conflict_lost(c->facts, c->view, fact, lost);
}

static int pair_order(const pair *a, const pair *b) {
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  return dsr_tuple_order(&a->other, &b->other);
}

/* Where the pair stands among those told, which are in order, or would go. */
static size_t find_pair(const check *c, const pair *made) {
  size_t low = 0, high = c->told.len;
  if (high > 0 && pair_order(&c->told.items[high - 1], made) < 0) return high;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (pair_order(&c->told.items[mid], made) < 0) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low;
}

/* Tell of a conflict with `other`, once. */
static dsr_status tell(check *c, dsr_conflict_kind kind, const dsr_relation *at,
                       unsigned key, const dsr_tuple *other) {
  int order = dsr_tuple_order(c->fact, other);
  if (order == 0 || (order > 0 && c->once_a_pair)) return DSR_OK;
  pair made = {kind, *other};
  size_t at_pair = find_pair(c, &made);
  if (at_pair < c->told.len && pair_order(&c->told.items[at_pair], &made) == 0)
    return DSR_OK;
  if (!VEC_PUSH(&c->told, made)) return dsr_fail_memory(c->facts->error);
  memmove(c->told.items + at_pair + 1, c->told.items + at_pair,
          (c->told.len - 1 - at_pair) * sizeof made);
  c->told.items[at_pair] = made;
  bool lost;
  TRY(lost_in_view(c, c->fact, &lost));
  if (!lost) TRY(lost_in_view(c, other, &lost));
  if (lost) return DSR_OK;
  dsr_conflict conflict = {.kind = kind, .relation = at->number, .key = key};
  conflict.a = order < 0 ? *c->fact : *other;
  conflict.b = order < 0 ? *other : *c->fact;
  return c->found(c->ud, &conflict);
}

/* ---- times and values ----------------------------------------------------------- */

static dsr_status time_of(dsr_facts *facts, const dsr_relation *relation, dsr_word word,
                          dsr_time *out) {
  if (relation->timed) return dsr_word_time(facts->symbols, word, out);
  *out = (dsr_time){DSR_DAY_FIRST, DSR_DAY_FIRST, DSR_DAY_LAST, DSR_DAY_LAST, false};
  return DSR_OK;
}

/* Are both facts there at one time?  Certainly so where their valid times overlap; where
** neither is dated, nothing sets them apart; and what happens once has but one time. */
static dsr_status overlap(const check *c, const dsr_relation *at,
                          const dsr_tuple *other, bool *out) {
  const dsr_relation *relation = dsr_relation_get(c->facts, other->relation);
  dsr_time a, b;
  bool undated = c->fact->time == DSR_WORD_NONE && other->time == DSR_WORD_NONE;
  *out = at->once || undated;
  if (*out) return DSR_OK;
  TRY(time_of(c->facts, c->stored, c->fact->time, &a));
  TRY(time_of(c->facts, relation, other->time, &b));
  *out = dsr_time_clash(&a, &b);
  return DSR_OK;
}

/* Do two values exclude each other?  Times that could be the same do not. */
static dsr_status exclude(dsr_facts *facts, dsr_word a, dsr_word b, bool *out) {
  dsr_time x, y;
  double number;
  *out = a != b;
  if (!*out) return DSR_OK;
  int tags[2] = {dsr_word_tag(a), dsr_word_tag(b)};
  for (int i = 0; i < 2; i++) {
    if (tags[i] != DSR_TAG_DAY && tags[i] != DSR_TAG_OTHER) return DSR_OK;
  }
  if (dsr_word_double(facts->symbols, a, &number) ||
      dsr_word_double(facts->symbols, b, &number)) {
    return DSR_OK;
  }
  TRY(dsr_word_time(facts->symbols, a, &x));
  TRY(dsr_word_time(facts->symbols, b, &y));
  *out = dsr_time_excludes(&x, &y, false);
  return DSR_OK;
}

static dsr_status differ(const check *c, const dsr_relation *at, unsigned key,
                         const dsr_word *a, const dsr_word *b, bool *out) {
  *out = false;
  for (int i = 0; i < at->arity && !*out; i++) {
    if (!(key >> i & 1)) TRY(exclude(c->facts, a[i], b[i], out));
  }
  return DSR_OK;
}

/* ---- checks at one relation ----------------------------------------------------- */

static dsr_status start_check(const check *c, const dsr_relation *at,
                              const dsr_word *pattern, dsr_scan **scan) {
  unsigned flags = DSR_SCAN_UNSETTLED | (c->raw ? DSR_SCAN_BARE : 0u);
  return dsr_scan_start(c->facts, c->view, at->number, pattern, DSR_WORD_NONE, flags,
                        scan);
}

static dsr_status check_key(check *c, const dsr_relation *at, const dsr_word *args,
                            unsigned key) {
  dsr_word pattern[DSR_ARITY_MAX] = {0};
  for (int i = 0; i < at->arity; i++) {
    if (key >> i & 1) pattern[i] = args[i];
  }
  dsr_scan *scan;
  const dsr_match *match;
  TRY(start_check(c, at, pattern, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    bool clash;
    dsr_tuple other = match->fact;
    rc = differ(c, at, key, args, match->args, &clash);
    if (rc >= 0 && clash) rc = overlap(c, at, &other, &clash);
    if (rc >= 0 && clash) rc = tell(c, DSR_CONFLICT_KEY, at, key, &other);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status check_once(check *c, const dsr_relation *at, const dsr_word *args) {
  dsr_scan *scan;
  const dsr_match *match;
  dsr_time own, time;
  TRY(dsr_word_time(c->facts->symbols, c->fact->time, &own));
  TRY(start_check(c, at, args, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_tuple other = match->fact;
    rc = dsr_word_time(c->facts->symbols, other.time, &time);
    if (rc >= 0 && dsr_time_excludes(&own, &time, true)) {
      rc = tell(c, DSR_CONFLICT_ONCE, at, 0, &other);
    }
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status check_at(check *c, const dsr_relation *at, const dsr_word *args) {
  for (int k = 0; k < DSR_KEYS_MAX; k++) {
    if (at->keys[k]) TRY(check_key(c, at, args, at->keys[k]));
  }
  return at->once ? check_once(c, at, args) : DSR_OK;
}

/* ---- every relation that the fact is a case of ---------------------------------- */

typedef dsr_status (*case_found)(void *ud, const dsr_relation *at,
                                 const dsr_word *args);

static void swap_args(const dsr_word *args, int arity, dsr_word *out) {
  memcpy(out, args, sizeof *args * (size_t)arity);
  out[0] = args[1];
  out[1] = args[0];
}

static dsr_status each_case(dsr_facts *facts, const dsr_relation *relation,
                            const dsr_word *args, int depth, case_found found,
                            void *ud);

/* The relation under this very name, both ways round where it is symmetric, and the
** relations that the name is a special case of. */
static dsr_status each_general(dsr_facts *facts, const dsr_relation *name,
                               const dsr_word *args, int depth, case_found found,
                               void *ud) {
  TRY(found(ud, name, args));
  for (int k = 0; k < name->n_is; k++) {
    const dsr_relation *general = dsr_relation_get(facts, name->is[k].general);
    dsr_word mapped[DSR_ARITY_MAX];
    for (int i = 0; i < general->arity; i++) mapped[i] = args[name->is[k].map[i]];
    TRY(each_case(facts, general, mapped, depth + 1, found, ud));
  }
  return DSR_OK;
}

static dsr_status each_case(dsr_facts *facts, const dsr_relation *relation,
                            const dsr_word *args, int depth, case_found found,
                            void *ud) {
  if (depth > DEPTH_MOST) return DSR_OK;
  dsr_word turned[DSR_ARITY_MAX];
  TRY(each_general(facts, relation, args, depth, found, ud));
  if (relation->arity < 2) return DSR_OK;
  swap_args(args, relation->arity, turned);
  if (relation->symmetric && args[0] != args[1]) {
    TRY(each_general(facts, relation, turned, depth, found, ud));
  }
  for (size_t r = 0; relation->named && r < facts->catalogue.all.len; r++) {
    const dsr_relation *name = facts->catalogue.all.items[r];
    if (name->inverse == relation->number) {
      TRY(each_general(facts, name, turned, depth, found, ud));
    }
  }
  return DSR_OK;
}

static dsr_status check_case(void *ud, const dsr_relation *at, const dsr_word *args) {
  return check_at(ud, at, args);
}

static dsr_status note_checks(void *ud, const dsr_relation *at, const dsr_word *args) {
  (void)args;
  if (at->once || at->keys[0]) *(bool *)ud = true;
  return DSR_OK;
}

dsr_status dsr_conflict_checked(dsr_facts *facts, const dsr_relation *relation,
                                bool *out) {
  static const dsr_word any[DSR_ARITY_MAX] = {1, 2}; /* two that differ */
  *out = false;
  dsr_catalogue_kin(facts);
  return each_case(facts, relation, any, 0, note_checks, out);
}

/* Key and once conflicts of the fact. */
static dsr_status check_cases(check *c) {
  dsr_word args[DSR_ARITY_MAX];
  for (int i = 0; i < c->fact->arity; i++) {
    TRY(dsr_view_same(c->view, c->fact->args[i], &args[i]));
  }
  return each_case(c->facts, c->stored, args, 0, check_case, c);
}

/* ---- denials -------------------------------------------------------------------- */

/* Pairs of a held fact and a denial that reaches it, of which the fact asked for is one. */
static dsr_status check_denials(check *c) {
  dsr_siblings siblings = {0};
  dsr_status rc = dsr_siblings_of(c->facts, c->view, c->fact, &siblings);
  for (size_t i = 0; rc >= 0 && i < siblings.len; i++) {
    const dsr_sibling *held = &siblings.items[i];
    bool own = dsr_tuple_order(&held->fact, c->fact) == 0;
    if (!(held->sees & DSR_SEES_HELD) || !held->in_time) continue;
    for (size_t k = 0; rc >= 0 && k < siblings.len; k++) {
      const dsr_sibling *denied = &siblings.items[k];
      if (!own && dsr_tuple_order(&denied->fact, c->fact) != 0) continue;
      if (!dsr_sibling_reached(c->view, held, denied, c->stored->occurs)) continue;
      dsr_conflict conflict = {.kind = DSR_CONFLICT_DENIAL,
                               .relation = c->stored->number,
                               .a = held->fact,
                               .b = denied->fact};
      rc = c->found(c->ud, &conflict);
    }
  }
  VEC_FREE(&siblings);
  return rc < 0 ? rc : DSR_OK;
}

static bool same_columns(const dsr_tuple *a, const dsr_tuple *b) {
  return a->relation == b->relation &&
         memcmp(a->args, b->args, (size_t)a->arity * sizeof *a->args) == 0;
}

/* Have the siblings of the fact, those that the fact before had where it is of its tuple. */
static dsr_status have_tuple(check *c) {
  if (c->tuple.at < c->tuple.all.len &&
      same_columns(&c->tuple.all.items[c->tuple.at].fact, c->fact)) {
    return DSR_OK;
  }
  c->tuple.all.len = c->tuple.denied.len = c->tuple.at = 0;
  TRY(dsr_siblings_of(c->facts, c->view, c->fact, &c->tuple.all));
  for (size_t i = 0; i < c->tuple.all.len; i++) {
    if (!(c->tuple.all.items[i].sees & DSR_SEES_DENIED)) continue;
    if (!VEC_PUSH(&c->tuple.denied, i)) return dsr_fail_memory(c->facts->error);
  }
  return DSR_OK;
}

/* The fact's place among its siblings, which is at or behind the last one's. */
static bool find_place(check *c) {
  for (size_t n = 0; n < c->tuple.all.len; n++) {
    size_t at = (c->tuple.at + n) % c->tuple.all.len;
    if (dsr_tuple_order(&c->tuple.all.items[at].fact, c->fact) != 0) continue;
    c->tuple.at = at;
    return true;
  }
  return false;
}

/* Of all facts: the denials that reach the fact, if it is held. */
static dsr_status check_denied(check *c) {
  TRY(have_tuple(c));
  if (c->tuple.denied.len == 0 || !find_place(c)) return DSR_OK;
  const dsr_sibling *held = &c->tuple.all.items[c->tuple.at];
  if (!(held->sees & DSR_SEES_HELD) || !held->in_time) return DSR_OK;
  for (size_t i = 0; i < c->tuple.denied.len; i++) {
    const dsr_sibling *denied = &c->tuple.all.items[c->tuple.denied.items[i]];
    if (!dsr_sibling_reached(c->view, held, denied, c->stored->occurs)) continue;
    dsr_conflict conflict = {.kind = DSR_CONFLICT_DENIAL,
                             .relation = c->stored->number,
                             .a = held->fact,
                             .b = denied->fact};
    TRY(c->found(c->ud, &conflict));
  }
  return DSR_OK;
}

/* ---- one fact, all facts -------------------------------------------------------- */

static dsr_status check_fact(check *c, const dsr_tuple *fact, bool cases,
                             bool denials) {
  c->fact = fact;
  c->stored = dsr_relation_get(c->facts, fact->relation);
  dsr_catalogue_kin(c->facts);
  dsr_status rc = DSR_OK;
  if (cases) rc = check_cases(c);
  if (rc >= 0 && denials) rc = c->once_a_pair ? check_denied(c) : check_denials(c);
  VEC_FREE(&c->told);
  return rc < 0 ? rc : DSR_OK;
}

/* Does a live denial in view stand on some fact of the relation, whatever its time? */
static dsr_status has_denials(dsr_facts *facts, dsr_view *view, uint32_t relation,
                              bool *out) {
  dsr_scan *scan;
  const dsr_match *match;
  *out = false;
  TRY(dsr_scan_start(facts, view, relation, NULL, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_EVERY, &scan));
  dsr_status rc = DSR_OK;
  while (!*out && (rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    unsigned sees;
    rc = dsr_view_set(view, relation, match->set, &sees);
    if (rc < 0) break;
    *out = sees & DSR_SEES_DENIED;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status check_relation(check *c, const dsr_relation *relation) {
  bool cases, denials;
  TRY(dsr_conflict_checked(c->facts, relation, &cases));
  TRY(has_denials(c->facts, c->view, relation->number, &denials));
  if (!cases && !denials) return DSR_OK;
  dsr_scan *scan;
  const dsr_match *match;
  dsr_tuple last = {0};
  TRY(dsr_scan_start(c->facts, c->view, relation->number, NULL, DSR_WORD_NONE,
                     DSR_SCAN_OWN | DSR_SCAN_UNSETTLED, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_tuple fact = match->fact;
    if (dsr_tuple_order(&fact, &last) <= 0)
      continue; /* the mirror of a symmetric pair */
    last = fact;
    rc = check_fact(c, &fact, cases, denials);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  VEC_FREE(&c->tuple.all);
  VEC_FREE(&c->tuple.denied);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_conflicts(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                         dsr_conflict_found found, void *ud) {
  TRY(dsr_facts_read(facts, false));
  check c = {.facts = facts, .view = view, .found = found, .ud = ud};
  if (tuple) {
    dsr_tuple fact = *tuple;
    dsr_tuple_canonical(facts, &fact);
    return check_fact(&c, &fact, true, true);
  }
  c.once_a_pair = true;
  for (size_t i = 0; i < facts->catalogue.all.len; i++) {
    const dsr_relation *relation = facts->catalogue.all.items[i];
    if (relation->inverse != 0) continue;
    TRY(check_relation(&c, relation));
  }
  return DSR_OK;
}

dsr_status dsr_conflict_cases(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                              dsr_conflict_found found, void *ud) {
  TRY(dsr_facts_read(facts, false));
  check c = {.facts = facts, .view = view, .found = found, .ud = ud};
  dsr_tuple fact = *tuple;
  dsr_tuple_canonical(facts, &fact);
  return check_fact(&c, &fact, true, false);
}

/* ---- verdicts ------------------------------------------------------------------- */

typedef struct verdict {
  dsr_facts *facts;
  dsr_view *view;
  const dsr_tuple *fact;
  bool lost;
} verdict;

static dsr_status preferred(dsr_facts *facts, dsr_view *view, const dsr_tuple *fact,
                            bool *out) {
  uint64_t set;
  unsigned sees;
  *out = false;
  dsr_status rc = dsr_fact_set(facts, fact, &set);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  TRY(dsr_view_set(view, fact->relation, set, &sees));
  *out = sees & DSR_SEES_PREFERRED;
  return DSR_OK;
}

static dsr_status judge_pair(void *ud, const dsr_conflict *conflict) {
  verdict *v = ud;
  const dsr_tuple *other = &conflict->a;
  if (dsr_tuple_order(other, v->fact) == 0) other = &conflict->b;
  bool wins;
  TRY(preferred(v->facts, v->view, other, &wins));
  v->lost |= wins;
  return DSR_OK;
}

dsr_status dsr_conflict_lost(dsr_facts *facts, dsr_view *view, const dsr_tuple *fact,
                             bool *lost) {
  bool stays;
  uint64_t rows;
  *lost = false;
  TRY(dsr_store_rows(facts->store, DSR_REL_PREFERRED, &rows));
  if (rows == 0) return DSR_OK;
  TRY(preferred(facts, view, fact, &stays));
  if (stays) return DSR_OK;
  verdict v = {facts, view, fact, false};
  check c = {.facts = facts, .view = view, .raw = true, .found = judge_pair, .ud = &v};
  dsr_status rc = check_fact(&c, fact, true, false);
  if (rc < 0) return rc;
  *lost = v.lost;
  return DSR_OK;
}
