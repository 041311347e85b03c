/*
** made.c - which claims and rules the loads of each file made.
**
** Facts of a relation of the engine's own keep it: (path, mark) with MAKES for a claim
** that the file's loads made up to its last replacement and since, and MADE for one that
** a replacement let go, and the transaction since when, so that it can be taken back.  Of
** a rule the two are MAKES_RULE and MADE_RULE, which are not taken back: rules stay.
** Being rows they land, roll back, are checked and are merged with everything else, and a
** load that makes the same claims as the last one puts none.
**
** A mark is the hash of a claim on a fact, by content: the stored relation's number, the
** canonical tuple and time, and the claim's number.  None of these ever changes in a base,
** so the same claim has the same mark in every file and at every load.  A rule's mark is
** the hash of its canonical text.  Marks have 61 bits: of a million claims dropped from a base of ten million, one in 200,000 such loads
** would meet a wrong one.
**
** Cost: a hash and a row of some seven bytes for each claim at the first load; later ones
** read the file's marks and write what differs.  A replacement that dropped something
** reads the marks of all files and scans the base once.
*/
#include "facts/made.h"

#include "facts/engine.h"
#include "ground/text.h"
#include "store/coding.h"

enum { MADE_RULE = 0, MAKES = 1, MADE = 2, MAKES_RULE = 3, WIDTH = 2, ORDERS = 1 };
enum { MERGE_LEAST = 1 << 14, MERGE_SHARE = 16 };

/* What stands behind a row: transaction << 2 | one of the above. */
static bool makes(uint64_t state) {
  return (state & 3) == MAKES || (state & 3) == MAKES_RULE;
}

static bool of_rule(uint64_t state) {
  return (state & 3) == MADE_RULE || (state & 3) == MAKES_RULE;
}

/* ---- marks ----------------------------------------------------------------------- */

uint64_t dsr_made_mark(const dsr_tuple *fact, uint64_t claim) {
  unsigned char bytes[8 * (DSR_ARITY_MAX + 3)];
  size_t len = 0;
  dsr_save64(bytes, fact->relation);
  for (int i = 0; i < fact->arity; i++) dsr_save64(bytes + (len += 8), fact->args[i]);
  dsr_save64(bytes + (len += 8), fact->time);
  dsr_save64(bytes + (len += 8), claim);
  return dsr_hash(bytes, len + 8, 0) >> 3;
}

static uint64_t mark_of_rule(dsr_str canonical) {
  return dsr_hash(canonical.data, canonical.len, DSR_REL_MADE) >> 3;
}

void dsr_facts_making(dsr_facts *facts, dsr_made *made) { facts->making = made; }

/* The file at work, if what it makes is noted. */
static dsr_made_file *file_at_work(const dsr_facts *facts) {
  const dsr_made *made = facts->making;
  if (made == NULL || *made->at < 0 || *made->at >= made->n) return NULL;
  dsr_made_file *file = &made->files[*made->at];
  return file->path != NULL ? file : NULL;
}

dsr_status dsr_made_note(dsr_facts *facts, const dsr_tuple *fact, uint64_t claim) {
  dsr_made_file *file = file_at_work(facts);
  if (file == NULL || VEC_PUSH(&file->marks, dsr_made_mark(fact, claim))) return DSR_OK;
  return dsr_fail_memory(facts->error);
}

dsr_status dsr_made_note_rule(dsr_facts *facts, dsr_str canonical) {
  dsr_made_file *file = file_at_work(facts);
  uint64_t mark = mark_of_rule(canonical);
  if (file == NULL) return DSR_OK;
  if (VEC_PUSH(&file->marks, mark) && VEC_PUSH(&file->rules, mark)) return DSR_OK;
  return dsr_fail_memory(facts->error);
}

void dsr_made_free(dsr_made *made) {
  for (int i = 0; i < made->n; i++) {
    VEC_FREE(&made->files[i].marks);
    VEC_FREE(&made->files[i].rules);
  }
  dsr_free(made->files);
  *made = (dsr_made){0};
}

static bool in_order(const dsr_marks *in) {
  for (size_t i = 1; i < in->len; i++) {
    if (in->items[i - 1] > in->items[i]) return false;
  }
  return true;
}

/* Few enough: each goes to its place among those before it. */
static void sort_few(uint64_t *items, size_t n) {
  for (size_t i = 1; i < n; i++) {
    uint64_t mark = items[i];
    size_t at = i;
    for (; at > 0 && items[at - 1] > mark; at--) items[at] = items[at - 1];
    items[at] = mark;
  }
}

/* Sort in place by the byte at `shift`, and then each part by those below it.  Marks are
** hashes: parts are about as large as one another. */
static void sort_by_bytes(uint64_t *items, size_t n, int shift) {
  enum { FEW = 32, BYTES = 256 };
  size_t begin[BYTES + 1] = {0}, at[BYTES];
  if (n <= FEW) {
    sort_few(items, n);
    return;
  }
  for (size_t i = 0; i < n; i++) begin[(items[i] >> shift & 0xff) + 1]++;
  for (int byte = 0; byte < BYTES; byte++) {
    begin[byte + 1] += begin[byte];
    at[byte] = begin[byte];
  }
  for (int byte = 0; byte < BYTES; byte++) {
    while (at[byte] < begin[byte + 1]) {
      uint64_t mark = items[at[byte]];
      size_t *to = &at[mark >> shift & 0xff];
      items[at[byte]] = items[*to];
      items[(*to)++] = mark;
    }
  }
  for (int byte = 0; shift > 0 && byte < BYTES; byte++) {
    sort_by_bytes(items + begin[byte], begin[byte + 1] - begin[byte], shift - 8);
  }
}

/* Put `in` in order, each once. */
static void sort_marks(dsr_marks *in) {
  size_t kept = 0;
  if (!in_order(in)) sort_by_bytes(in->items, in->len, 56);
  for (size_t i = 0; i < in->len; i++) {
    uint64_t mark = in->items[i];
    if (kept == 0 || in->items[kept - 1] != mark) in->items[kept++] = mark;
  }
  in->len = kept;
}

/* The place of `mark` among sorted ones, or `n`. */
static size_t find_mark(const dsr_marks *in, uint64_t mark) {
  size_t lo = 0, hi = in->len;
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (in->items[middle] < mark) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo < in->len && in->items[lo] == mark ? lo : in->len;
}

/* ---- a file against its last load ------------------------------------------------ */

/* Was the file never loaded before? */
static dsr_status is_first(dsr_facts *facts, dsr_word path, bool *first) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t state;
  TRY(dsr_cursor_start(facts->store, DSR_REL_MADE, WIDTH, 0, &path, 1, &cursor));
  dsr_status rc = dsr_cursor_next(cursor, &row, &state);
  dsr_cursor_stop(cursor);
  *first = rc == DSR_DONE;
  return rc < 0 ? rc : DSR_OK;
}

/* What of a file is to be written. */
typedef struct difference {
  bool known; /* it was loaded before */
  dsr_marks come, gone;
  dsr_marks rules; /* those of `gone` that are of rules */
} difference;

static bool difference_step(difference *d, const dsr_marks *now, size_t *at,
                            uint64_t mark, uint64_t state) {
  d->known = true;
  for (; *at < now->len && now->items[*at] < mark; ++*at) {
    if (!VEC_PUSH(&d->come, now->items[*at])) return false;
  }
  if (*at < now->len && now->items[*at] == mark) {
    ++*at;
    return makes(state) || VEC_PUSH(&d->come, mark);
  }
  if (!makes(state)) return true;
  return VEC_PUSH(&d->gone, mark) && (!of_rule(state) || VEC_PUSH(&d->rules, mark));
}

/* What a file makes `now` that it did not at its last load, and the reverse. */
static dsr_status differ(dsr_facts *facts, dsr_word path, const dsr_marks *now,
                         difference *d) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t state;
  size_t at = 0;
  bool room = true;
  dsr_status rc;
  TRY(dsr_cursor_start(facts->store, DSR_REL_MADE, WIDTH, 0, &path, 1, &cursor));
  while (room && (rc = dsr_cursor_next(cursor, &row, &state)) == DSR_ROW) {
    room = difference_step(d, now, &at, row[1], state);
  }
  dsr_cursor_stop(cursor);
  for (; room && rc >= 0 && at < now->len; at++) {
    room = VEC_PUSH(&d->come, now->items[at]);
  }
  if (!room) return dsr_fail_memory(facts->error);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status put_mark(dsr_facts *facts, dsr_word path, uint64_t mark,
                           uint64_t state) {
  uint64_t row[WIDTH] = {path, mark};
  state |= dsr_store_txn(facts->store) << 2;
  facts->wrote_made = true;
  return dsr_store_put(facts->store, DSR_REL_MADE, WIDTH, ORDERS, row, state);
}

/* Marks on their way into the store, in order. */
typedef struct marking {
  dsr_inflow feed;
  dsr_word path;
  const dsr_marks *list, *rules;
  uint64_t state, of_rules;
  size_t at;
} marking;

static dsr_status next_mark(dsr_inflow *feed) {
  marking *m = (marking *)feed;
  if (m->at == m->list->len) return DSR_DONE;
  feed->row[0] = m->path;
  feed->row[1] = m->list->items[m->at++];
  return DSR_ROW;
}

static dsr_status settle_mark(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  const marking *m = (const marking *)feed;
  bool rule = m->rules->len > 0 && find_mark(m->rules, feed->row[1]) < m->rules->len;
  (void)old;
  *set = rule ? m->of_rules : m->state;
  return DSR_OK;
}

/* Are they so many that writing them at once is better than one by one? */
static dsr_status worth_merging(dsr_facts *facts, const dsr_marks *list, bool *out) {
  uint64_t rows;
  TRY(dsr_store_rows(facts->store, DSR_REL_MADE, &rows));
  *out = list->len >= MERGE_LEAST && list->len >= rows / MERGE_SHARE;
  return DSR_OK;
}

static dsr_status merge_marks(dsr_facts *facts, dsr_word path, const dsr_marks *list,
                              const dsr_marks *rules, uint64_t state,
                              uint64_t of_rules) {
  uint64_t txn = dsr_store_txn(facts->store) << 2;
  marking m = {.feed = {.next = next_mark, .settle = settle_mark},
               .path = path,
               .list = list,
               .rules = rules,
               .state = state | txn,
               .of_rules = of_rules | txn};
  TRY(dsr_store_fold(facts->store));
  facts->wrote_made = true;
  return dsr_store_feed(facts->store, DSR_REL_MADE, WIDTH, 0, &m.feed, list->len);
}

/* The marks, those among `rules` with another state. */
static dsr_status put_marks(dsr_facts *facts, dsr_word path, const dsr_marks *list,
                            const dsr_marks *rules, uint64_t state, uint64_t of_rules) {
  bool merge;
  TRY(worth_merging(facts, list, &merge));
  if (merge) return merge_marks(facts, path, list, rules, state, of_rules);
  for (size_t i = 0; i < list->len; i++) {
    uint64_t mark = list->items[i];
    bool rule = rules->len > 0 && find_mark(rules, mark) < rules->len;
    TRY(put_mark(facts, path, mark, rule ? of_rules : state));
  }
  return DSR_OK;
}

/* Put what a file makes on record; what it no longer makes is added to `gone`, and stays
** what the file made unless it is replaced. */
static dsr_status land_file(dsr_facts *facts, const dsr_made_file *file, bool replace,
                            dsr_marks *gone, int *files_new) {
  difference d = {0};
  const dsr_marks *now = &file->marks;
  bool first;
  TRY(is_first(facts, file->word, &first));
  if (first) { /* nothing to compare with, and no need of a copy */
    ++*files_new;
    return put_marks(facts, file->word, now, &file->rules, MAKES, MAKES_RULE);
  }
  dsr_status rc = differ(facts, file->word, now, &d);
  if (rc >= 0) {
    rc = put_marks(facts, file->word, &d.come, &file->rules, MAKES, MAKES_RULE);
  }
  if (rc >= 0 && replace) {
    rc = put_marks(facts, file->word, &d.gone, &d.rules, MADE, MADE_RULE);
  }
  for (size_t i = 0; rc >= 0 && i < d.gone.len; i++) {
    if (!VEC_PUSH(gone, d.gone.items[i])) rc = dsr_fail_memory(facts->error);
  }
  *files_new += !d.known;
  VEC_FREE(&d.come);
  VEC_FREE(&d.gone);
  VEC_FREE(&d.rules);
  return rc;
}

/* ---- what no file makes any more ------------------------------------------------- */

/* Take out of `gone` what some file's last load makes. */
static dsr_status keep_made(dsr_facts *facts, dsr_marks *gone) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t state;
  dsr_status rc;
  size_t left = 0;
  unsigned char *made = dsr_alloc(gone->len + 1);
  if (made == NULL) return dsr_fail_memory(facts->error);
  rc = dsr_cursor_start(facts->store, DSR_REL_MADE, WIDTH, 0, NULL, 0, &cursor);
  if (rc >= 0) {
    while ((rc = dsr_cursor_next(cursor, &row, &state)) == DSR_ROW) {
      if (makes(state)) made[find_mark(gone, row[1])] = 1; /* or behind the last */
    }
    dsr_cursor_stop(cursor);
  }
  for (size_t i = 0; i < gone->len; i++) {
    if (!made[i]) gone->items[left++] = gone->items[i];
  }
  gone->len = left;
  dsr_free(made);
  return rc < 0 ? rc : DSR_OK;
}

/* Told of every live claim of the base. */
typedef struct visitor {
  dsr_status (*visit)(struct visitor *visitor, const dsr_tuple *fact, uint64_t claim);
  dsr_facts *facts;
  dsr_pace *pace;
  int64_t done, total;
  const dsr_marks *gone;
  VEC(dsr_tuple) facts_met; /* those whose claim, at the same place, is to be closed */
  dsr_marks claims;
  dsr_marks vanished; /* sources that are not declared any more, in order */
  dsr_marks naming;   /* beside each: live claims that name it */
} visitor;

static dsr_status visit_row(visitor *v, const dsr_relation *relation,
                            const uint64_t *row, uint64_t number) {
  dsr_set set;
  dsr_tuple fact = {.relation = relation->number, .arity = relation->arity};
  TRY(dsr_set_get(v->facts, number, &set));
  memcpy(fact.args, row, (size_t)fact.arity * sizeof *row);
  fact.time = row[fact.arity];
  for (size_t i = 0; i < set.n; i++) {
    if (set.entries[i].closed == 0) TRY(v->visit(v, &fact, set.entries[i].claim));
  }
  return dsr_pace_step(v->pace, v->done++, v->total);
}

static dsr_status visit_relation(visitor *v, const dsr_relation *relation) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  dsr_status rc;
  TRY(dsr_cursor_start(v->facts->store, relation->number, relation->arity + 1, 0, NULL,
                       0, &cursor));
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    rc = visit_row(v, relation, row, set);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status visit_all(visitor *v) {
  const dsr_relation *relation;
  v->done = v->total = 0;
  for (size_t i = 0; (relation = dsr_relation_at(v->facts, i)) != NULL; i++) {
    uint64_t rows;
    TRY(dsr_store_rows(v->facts->store, relation->number, &rows));
    v->total += (int64_t)rows;
  }
  for (size_t i = 0; (relation = dsr_relation_at(v->facts, i)) != NULL; i++) {
    TRY(visit_relation(v, relation));
  }
  return DSR_OK;
}

static dsr_status visit_gone(visitor *v, const dsr_tuple *fact, uint64_t claim) {
  if (find_mark(v->gone, dsr_made_mark(fact, claim)) == v->gone->len) return DSR_OK;
  if (VEC_PUSH(&v->facts_met, *fact) && VEC_PUSH(&v->claims, claim)) return DSR_OK;
  return dsr_fail_memory(v->facts->error);
}

static dsr_status close_met(visitor *v) {
  for (size_t i = 0; i < v->claims.len; i++) {
    dsr_claim_filter filter = {0};
    TRY(dsr_claim_get(v->facts, v->claims.items[i], &filter.exactly));
    TRY(dsr_claim_retract(v->facts, &v->facts_met.items[i], &filter));
  }
  return DSR_OK;
}

/* ---- sources --------------------------------------------------------------------- */

static void count_naming(visitor *v, dsr_word source) {
  size_t at = source != DSR_WORD_NONE ? find_mark(&v->vanished, source) : v->naming.len;
  if (at < v->naming.len) v->naming.items[at]++;
}

static dsr_status visit_naming(visitor *v, const dsr_tuple *fact, uint64_t number) {
  const dsr_claim_row *claim;
  TRY(dsr_claim_get(v->facts, number, &claim));
  count_naming(v, claim->source);
  if (claim->target != claim->source) count_naming(v, claim->target);
  bool derived = fact->relation == DSR_REL_DERIVED_FROM;
  if (derived && fact->args[1] != claim->source) count_naming(v, fact->args[1]);
  return DSR_OK;
}

static dsr_status refuse_vanished(visitor *v, dsr_word source, uint64_t naming) {
  dsr_symbol_kind kind;
  dsr_str name;
  bool one = naming == 1;
  TRY(dsr_symbols_get(v->facts->symbols, source, &kind, &name));
  int shown = name.len > 80 ? 80 : (int)name.len;
  return dsr_fail(v->facts->error, DSR_ESOURCE,
                  "source \"%.*s\" is no longer declared, and %llu live claim%s still "
                  "name%s it; declare it, or retract %s",
                  shown, name.data, (unsigned long long)naming, one ? "" : "s",
                  one ? "s" : "", one ? "that claim" : "those claims");
}

/* The sources whose declaration was closed, in order. */
static dsr_status gather_vanished(visitor *v) {
  for (size_t i = 0; i < v->facts_met.len; i++) {
    const dsr_tuple *fact = &v->facts_met.items[i];
    bool declared = true;
    if (fact->relation != DSR_REL_SOURCE) continue;
    TRY(dsr_source_declared(v->facts, fact->args[0], &declared));
    if (declared) continue;
    if (!VEC_PUSH(&v->vanished, fact->args[0])) return dsr_fail_memory(v->facts->error);
  }
  sort_marks(&v->vanished);
  return DSR_OK;
}

/* Of the sources whose declaration was closed, is none named by a live claim? */
static dsr_status check_sources(visitor *v) {
  TRY(gather_vanished(v));
  size_t n = v->vanished.len;
  if (n == 0) return DSR_OK;
  if (!VEC_RESERVE(&v->naming, n)) return dsr_fail_memory(v->facts->error);
  memset(v->naming.items, 0, n * sizeof *v->naming.items);
  v->naming.len = n;
  v->visit = visit_naming;
  TRY(visit_all(v));
  for (size_t i = 0; i < n; i++) {
    if (v->naming.items[i] == 0) continue;
    return refuse_vanished(v, v->vanished.items[i], v->naming.items[i]);
  }
  return DSR_OK;
}

/* ---- rules ----------------------------------------------------------------------- */

/* The place of the next rule, from *at on, whose mark is among `marks`; NULL: none. */
static const dsr_kept_rule *next_among(dsr_facts *facts, const dsr_marks *marks,
                                       size_t *at) {
  const dsr_kept_rule *rule;
  for (; (rule = dsr_kept_at(facts, *at)) != NULL; ++*at) {
    if (find_mark(marks, mark_of_rule(rule->canonical)) < marks->len) break;
  }
  return rule;
}

static dsr_status drop_rules(dsr_facts *facts, const dsr_marks *gone) {
  const dsr_kept_rule *rule;
  size_t at = 0;
  while ((rule = next_among(facts, gone, &at)) != NULL) {
    TRY(dsr_kept_drop(facts, rule->number));
  }
  return DSR_OK;
}

static int64_t count_rules(dsr_facts *facts, const dsr_marks *gone) {
  int64_t n = 0;
  for (size_t at = 0; next_among(facts, gone, &at) != NULL; at++) n++;
  return n;
}

/* ---- what is gone ---------------------------------------------------------------- */

/* Close the claims, and drop the rules, that no file makes any more. */
static dsr_status close_gone(dsr_facts *facts, dsr_marks *gone, dsr_pace *pace) {
  visitor v = {.visit = visit_gone, .facts = facts, .pace = pace, .gone = gone};
  sort_marks(gone);
  TRY(keep_made(facts, gone));
  if (gone->len == 0) return DSR_OK;
  dsr_pace_turn(pace, "replacing", "");
  dsr_status rc = visit_all(&v);
  if (rc >= 0) rc = close_met(&v);
  if (rc >= 0) rc = check_sources(&v);
  if (rc >= 0) rc = drop_rules(facts, gone);
  VEC_FREE(&v.facts_met);
  VEC_FREE(&v.claims);
  VEC_FREE(&v.vanished);
  VEC_FREE(&v.naming);
  return rc;
}

/* How many of the claims are live, and how many of the rules are kept. */
static dsr_status count_left(dsr_facts *facts, dsr_marks *gone, dsr_pace *pace,
                             dsr_made_came *came) {
  visitor v = {.visit = visit_gone, .facts = facts, .pace = pace, .gone = gone};
  sort_marks(gone);
  dsr_status rc = visit_all(&v);
  if (rc >= 0) came->left_out = (int64_t)v.claims.len;
  if (rc >= 0) came->rules_left_out = count_rules(facts, gone);
  VEC_FREE(&v.facts_met);
  VEC_FREE(&v.claims);
  return rc;
}

/* ---- landing --------------------------------------------------------------------- */

static dsr_status add_marks(dsr_facts *facts, dsr_marks *to, const dsr_marks *from) {
  for (size_t i = 0; i < from->len; i++) {
    if (!VEC_PUSH(to, from->items[i])) return dsr_fail_memory(facts->error);
  }
  return DSR_OK;
}

/* Give each file the word of its path; one that is there twice makes what both make. */
static dsr_status name_files(dsr_facts *facts, dsr_made *made) {
  for (int i = 0; i < made->n; i++) {
    dsr_made_file *file = &made->files[i];
    int first = 0;
    if (file->path == NULL) continue;
    TRY(dsr_symbols_intern(facts->symbols, DSR_SYM_TEXT, dsr_str_of(file->path),
                           &file->word));
    while (made->files[first].path == NULL || made->files[first].word != file->word) {
      first++;
    }
    if (first == i) continue;
    TRY(add_marks(facts, &made->files[first].marks, &file->marks));
    TRY(add_marks(facts, &made->files[first].rules, &file->rules));
    file->path = NULL;
  }
  return DSR_OK;
}

dsr_status dsr_made_land(dsr_facts *facts, dsr_made *made, bool replace, dsr_pace *pace,
                         dsr_made_came *out) {
  dsr_marks gone = {0};
  dsr_made_came came = {0};
  dsr_status rc = DSR_OK;
  TRY(dsr_facts_change(facts));
  TRY(name_files(facts, made));
  for (int i = 0; rc >= 0 && i < made->n; i++) {
    dsr_made_file *file = &made->files[i];
    if (file->path == NULL) continue;
    sort_marks(&file->marks);
    sort_marks(&file->rules);
    rc = land_file(facts, file, replace, &gone, &came.files_new);
  }
  if (rc >= 0 && gone.len > 0) {
    rc = replace ? close_gone(facts, &gone, pace)
                 : count_left(facts, &gone, pace, &came);
  }
  VEC_FREE(&gone);
  if (rc >= 0) *out = came;
  return rc;
}

/* ---- undoing --------------------------------------------------------------------- */

/* Path, mark and state of the rows that transaction `number` was the last to put, those
** of rules left out. */
static dsr_status gather_put(dsr_facts *facts, uint64_t number, dsr_marks *out) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t state;
  dsr_status rc;
  bool room = true;
  TRY(dsr_cursor_start(facts->store, DSR_REL_MADE, WIDTH, 0, NULL, 0, &cursor));
  while (room && (rc = dsr_cursor_next(cursor, &row, &state)) == DSR_ROW) {
    if (state >> 2 != number || of_rule(state)) continue;
    room = VEC_PUSH(out, row[0]) && VEC_PUSH(out, row[1]) && VEC_PUSH(out, state);
  }
  dsr_cursor_stop(cursor);
  if (!room) return dsr_fail_memory(facts->error);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_made_undo(dsr_facts *facts, uint64_t number, bool *some) {
  dsr_marks put = {0};
  dsr_status rc = gather_put(facts, number, &put);
  for (size_t i = 0; rc >= 0 && i < put.len; i += 3) {
    uint64_t turned = makes(put.items[i + 2]) ? MADE : MAKES;
    rc = put_mark(facts, put.items[i], put.items[i + 1], turned);
  }
  if (rc >= 0) *some = put.len > 0;
  VEC_FREE(&put);
  return rc;
}
