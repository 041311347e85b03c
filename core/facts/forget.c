/*
** forget.c - a source forgotten: what it claimed, and what only that named, is erased.
**
** What is used is marked, and all else goes.  One pass over the rows of all relations
** marks claim sets, by these claims, and by both names; rows with no claim left, and the
** source's own declaration, go:
**
**   claims    of the source, and verdicts on it
**   rows      that no claim is left on; what declares the source, whoever said it; its
**             labels, aliases and types where nothing else names it
**   sets      keep their numbers, without the claims that went
**   names     entities, texts, times and numbers that nothing names any more
**   rules     stay; one that names what would go is a refusal.  What is left of rules
**             that were dropped, or said anew, goes
**   files     what they are remembered to have made of it
**
** Transactions keep their numbers and times, declarations of relations stay.  Words that
** open handles hold are of no use for what went; numbers are never given again.
**
** Cost: two passes over the base, and a byte or two in memory for each name, claim and
** set; then the file is written anew (care.c).
*/
#include <stdlib.h>

#include "facts/care.h"
#include "facts/engine.h"
#include "ground/text.h"
#include "store/coding.h"

enum { USED = 1, GONE = 2, CHANGED = 4, EMPTY = 8, KNOWN = 16 };

typedef struct forgetting {
  dsr_facts *facts;
  dsr_word source;
  const dsr_forget_options *options;
  dsr_pace *pace;
  int64_t done, total;
  unsigned char *names, *claims, *sets; /* by number: what is known of each */
  uint64_t n_names, n_claims, n_sets;
  bool weak_goes; /* labels and the like of the source go */
  bool weak_met;
  VEC(uint64_t) marks; /* of claims that went, as files make them; then in order */
  dsr_bytes room[2];   /* what was edited last, and before */
  int turn;
  dsr_forget_report report;
} forgetting;

static dsr_status no_memory(const forgetting *f) {
  return dsr_fail_memory(f->facts->error);
}

static dsr_status step(forgetting *f) {
  return dsr_pace_step(f->pace, f->done++, f->total);
}

/* ---- marking ---------------------------------------------------------------------- */

static void use_word(forgetting *f, dsr_word word) {
  if (!dsr_word_interned(word)) return;
  uint64_t number = dsr_word_payload(word);
  if (number < f->n_names) f->names[number] |= USED;
}

static bool used_word(const forgetting *f, dsr_word word) {
  if (!dsr_word_interned(word)) return true;
  uint64_t number = dsr_word_payload(word);
  return number >= f->n_names || (f->names[number] & USED);
}

static dsr_status gather_claims(forgetting *f) {
  for (uint64_t n = 1; n < f->n_claims; n++) {
    dsr_claim_row row;
    bool there;
    TRY(dsr_claim_read(f->facts, n, &row, &there));
    if (!there) continue;
    if (row.source == f->source || row.target == f->source) f->claims[n] = GONE;
    TRY(step(f));
  }
  return DSR_OK;
}

/* The entries of a set, one by one; false at the end. */
static bool next_entry(dsr_bytes_reader *in, dsr_entry *out) {
  if (in->at >= in->end) return false;
  out->claim = dsr_bytes_get_number(in);
  out->opened = dsr_bytes_get_number(in);
  out->closed = dsr_bytes_get_number(in);
  return !in->bad;
}

static bool goes(const forgetting *f, const dsr_entry *entry) {
  return entry->claim < f->n_claims && (f->claims[entry->claim] & GONE);
}

/* Know whether the set loses claims, or all. */
static dsr_status look_at_set(forgetting *f, uint64_t number) {
  dsr_str bytes;
  dsr_entry entry;
  size_t left = 0, gone = 0;
  if (number >= f->n_sets || (f->sets[number] & KNOWN)) return DSR_OK;
  TRY(dsr_store_record(f->facts->store, DSR_REC_SET, number, &bytes));
  dsr_bytes_reader in = dsr_bytes_read(bytes);
  while (next_entry(&in, &entry)) *(goes(f, &entry) ? &gone : &left) += 1;
  f->sets[number] |= KNOWN;
  if (gone > 0) f->sets[number] |= left > 0 ? CHANGED : CHANGED | EMPTY;
  return DSR_OK;
}

/* A row that stays has the set: so its claims stay. */
static dsr_status use_set(forgetting *f, uint64_t number) {
  dsr_str bytes;
  dsr_entry entry;
  if (number >= f->n_sets || (f->sets[number] & USED)) return DSR_OK;
  TRY(dsr_store_record(f->facts->store, DSR_REC_SET, number, &bytes));
  dsr_bytes_reader in = dsr_bytes_read(bytes);
  f->sets[number] |= USED;
  while (next_entry(&in, &entry)) {
    if (entry.claim < f->n_claims && !goes(f, &entry)) f->claims[entry.claim] |= USED;
  }
  return DSR_OK;
}

/* Does the row declare the source, or derive another from it? */
static bool declares(const forgetting *f, uint32_t relation, const uint64_t *row) {
  if (relation < DSR_REL_SOURCE || relation > DSR_REL_SOURCE_PUBLISHER) return false;
  if (row[0] == f->source) return true;
  return relation == DSR_REL_DERIVED_FROM && row[1] == f->source;
}

/* Does it only tell what the source is called? */
static bool is_weak(const forgetting *f, uint32_t relation, const uint64_t *row) {
  return row[0] == f->source && (relation == DSR_REL_LABEL ||
                                 relation == DSR_REL_ALIAS || relation == DSR_REL_TYPE);
}

static bool row_goes(const forgetting *f, uint32_t relation, const uint64_t *row,
                     uint64_t set) {
  if (set < f->n_sets && (f->sets[set] & EMPTY)) return true;
  return declares(f, relation, row) || (f->weak_goes && is_weak(f, relation, row));
}

static dsr_status use_row(forgetting *f, const dsr_relation *relation,
                          const uint64_t *row, uint64_t set) {
  for (int i = 0; i <= relation->arity; i++) use_word(f, row[i]);
  return use_set(f, set);
}

/* ---- what goes --------------------------------------------------------------------- */

static dsr_status tell_gone(forgetting *f, const dsr_tuple *fact, uint64_t number) {
  const dsr_claim_row *claim;
  dsr_arena arena = {0};
  dsr_str text;
  if (f->options->told == NULL) return DSR_OK;
  TRY(dsr_claim_get(f->facts, number, &claim));
  dsr_status rc = dsr_claim_write(f->facts, fact, claim, &arena, &text);
  if (rc >= 0 && f->options->told(f->options->ud, text) != 0) {
    rc = dsr_fail(f->facts->error, DSR_ESTOPPED, "stopped; nothing was changed");
  }
  dsr_arena_free(&arena);
  return rc;
}

/* Count and tell the claims that the row loses; all of them where it goes. */
static dsr_status lose(forgetting *f, const dsr_relation *relation, const uint64_t *row,
                       uint64_t set, bool whole) {
  dsr_tuple fact = {.relation = relation->number, .arity = relation->arity};
  dsr_str bytes;
  dsr_entry entry;
  memcpy(fact.args, row, (size_t)fact.arity * sizeof *row);
  fact.time = row[fact.arity];
  f->report.facts += whole;
  TRY(dsr_store_record(f->facts->store, DSR_REC_SET, set, &bytes));
  dsr_bytes_reader in = dsr_bytes_read(bytes);
  VEC(dsr_entry) lost = {NULL, 0, 0};
  dsr_status rc = DSR_OK;
  while (rc >= 0 && next_entry(&in, &entry)) {
    if ((whole || goes(f, &entry)) && !VEC_PUSH(&lost, entry)) rc = no_memory(f);
  }
  for (size_t i = 0; rc >= 0 && i < lost.len; i++) {
    uint64_t claim = lost.items[i].claim;
    f->report.claims++;
    if (!VEC_PUSH(&f->marks, dsr_made_mark(&fact, claim))) rc = no_memory(f);
    if (rc >= 0) rc = tell_gone(f, &fact, claim);
  }
  VEC_FREE(&lost);
  return rc;
}

static dsr_status mark_row(forgetting *f, const dsr_relation *relation,
                           const uint64_t *row, uint64_t set) {
  TRY(look_at_set(f, set));
  bool whole = row_goes(f, relation->number, row, set);
  bool weak = !whole && is_weak(f, relation->number, row);
  bool changed = set < f->n_sets && (f->sets[set] & CHANGED);
  f->weak_met |= weak;
  if (whole || changed) TRY(lose(f, relation, row, set, whole));
  return whole || weak ? DSR_OK : use_row(f, relation, row, set);
}

typedef dsr_status row_visit(forgetting *f, const dsr_relation *relation,
                             const uint64_t *row, uint64_t set);

static dsr_status visit_relation(forgetting *f, const dsr_relation *relation,
                                 const dsr_word *first, row_visit *visit) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set, copy[DSR_ROW_MAX];
  dsr_status rc;
  size_t width = (size_t)relation->arity + 1;
  TRY(dsr_cursor_start(f->facts->store, relation->number, (int)width, 0, first,
                       first != NULL, &cursor));
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    memcpy(copy, row, width * sizeof *row);
    rc = visit(f, relation, copy, set);
    if (rc >= 0) rc = step(f);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status mark_rows(forgetting *f) {
  const dsr_relation *relation;
  for (size_t i = 0; (relation = dsr_relation_at(f->facts, i)) != NULL; i++) {
    TRY(visit_relation(f, relation, NULL, mark_row));
  }
  return DSR_OK;
}

/* Names in claims that stay. */
static dsr_status mark_claims(forgetting *f) {
  for (uint64_t n = 1; n < f->n_claims; n++) {
    dsr_claim_row row;
    bool there;
    if (!(f->claims[n] & USED)) continue;
    TRY(dsr_claim_read(f->facts, n, &row, &there));
    use_word(f, row.source);
    use_word(f, row.locator);
    use_word(f, row.speaker);
    use_word(f, row.quotation);
    use_word(f, row.confidence);
    use_word(f, row.target);
  }
  return DSR_OK;
}

/* A row that tells what the source is called: it stays, or goes, with the source. */
static dsr_status settle_weak(forgetting *f, const dsr_relation *relation,
                              const uint64_t *row, uint64_t set) {
  if (set < f->n_sets && (f->sets[set] & EMPTY)) return DSR_OK; /* counted already */
  if (!f->weak_goes) return use_row(f, relation, row, set);
  return lose(f, relation, row, set, true);
}

static dsr_status mark_weak(forgetting *f) {
  static const uint32_t weak[] = {DSR_REL_LABEL, DSR_REL_ALIAS, DSR_REL_TYPE};
  if (!f->weak_met) return DSR_OK;
  f->weak_goes = !used_word(f, f->source);
  for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
    const dsr_relation *relation = dsr_relation_get(f->facts, weak[i]);
    TRY(visit_relation(f, relation, &f->source, settle_weak));
  }
  return mark_claims(f);
}

/* ---- what files made ---------------------------------------------------------------- */

static int by_mark(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return a < b ? -1 : a > b;
}

static bool mark_goes(const forgetting *f, uint64_t mark) {
  return f->marks.len > 0 &&
         bsearch(&mark, f->marks.items, f->marks.len, sizeof mark, by_mark) != NULL;
}

/* Paths of files that are still known to have made something. */
static dsr_status mark_files(forgetting *f) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t state;
  dsr_status rc;
  if (f->marks.len > 0) qsort(f->marks.items, f->marks.len, sizeof(uint64_t), by_mark);
  TRY(dsr_cursor_start(f->facts->store, DSR_REL_MADE, 2, 0, NULL, 0, &cursor));
  while ((rc = dsr_cursor_next(cursor, &row, &state)) == DSR_ROW) {
    if (!mark_goes(f, row[1])) use_word(f, row[0]);
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* ---- rules ------------------------------------------------------------------------- */

static bool in_name(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '_' || c >= 0x80;
}

static dsr_status refuse_rule(forgetting *f, const dsr_kept_rule *rule, dsr_str name) {
  int shown = name.len > 80 ? 80 : (int)name.len;
  return dsr_fail(
      f->facts->error, DSR_EDECLARE,
      "rule #%u names \"%.*s\", which would be forgotten; drop the rule first: "
      "dossier rules --drop '#%u'",
      (unsigned)rule->number, shown, name.data, (unsigned)rule->number);
}

/* Would a name of these words go? */
static dsr_status check_name(forgetting *f, const dsr_kept_rule *rule, dsr_str name) {
  static const dsr_symbol_kind kinds[] = {DSR_SYM_ENTITY, DSR_SYM_TEXT};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds && name.len > 0; i++) {
    dsr_word word;
    dsr_status rc = dsr_symbols_find(f->facts->symbols, kinds[i], name, &word);
    if (rc < 0) return rc;
    if (rc == DSR_OK && !used_word(f, word)) return refuse_rule(f, rule, name);
  }
  return DSR_OK;
}

/* Names stand as they are, or between quotes or angles; prefixed ones have a colon. */
static dsr_status check_rule(forgetting *f, const dsr_kept_rule *rule) {
  const char *at = rule->canonical.data, *end = at + rule->canonical.len;
  while (at < end) {
    char close = *at == '"' ? '"' : *at == '\'' ? '\'' : *at == '<' ? '>' : '\0';
    const char *start = at;
    const char *last =
        close ? memchr(at + 1, close, (size_t)(end - at) - 1) : (const char *)NULL;
    if (last != NULL) {
      TRY(check_name(f, rule, (dsr_str){at + 1, (size_t)(last - at) - 1}));
    }
    if (last != NULL && close != '>') { /* an angle may be a comparison */
      at = last + 1;
      continue;
    }
    while (at < end && in_name((unsigned char)*at)) at++;
    TRY(check_name(f, rule, (dsr_str){start, (size_t)(at - start)}));
    if (at == start) at++;
  }
  return DSR_OK;
}

static dsr_status check_rules(forgetting *f) {
  const dsr_kept_rule *rule;
  for (size_t i = 0; (rule = dsr_kept_at(f->facts, i)) != NULL; i++) {
    TRY(check_rule(f, rule));
  }
  return DSR_OK;
}

/* ---- finding ----------------------------------------------------------------------- */

static dsr_status find_source(forgetting *f, dsr_str name) {
  dsr_facts *facts = f->facts;
  bool declared = false;
  dsr_status rc = dsr_symbols_find(facts->symbols, DSR_SYM_ENTITY, name, &f->source);
  if (rc < 0) return rc;
  if (rc == DSR_OK && f->source == dsr_facts_base_source(facts)) {
    return dsr_fail(
        facts->error, DSR_EDECLARE,
        "the source \"base\" is built in and cannot be forgotten; it is that "
        "of claims that name none");
  }
  if (rc == DSR_OK) TRY(dsr_source_declared(facts, f->source, &declared));
  for (uint64_t n = 1; rc == DSR_OK && !declared && n < f->n_claims; n++) {
    dsr_claim_row row; /* it may have been retracted, and its claims */
    bool there;
    TRY(dsr_claim_read(facts, n, &row, &there));
    declared = there && (row.source == f->source || row.target == f->source);
  }
  return declared ? DSR_OK : dsr_source_unknown(facts, name);
}

static void count_names(forgetting *f) {
  for (uint64_t n = 1; n < f->n_names; n++) f->report.names += !(f->names[n] & USED);
}

static dsr_status make_room(forgetting *f) {
  dsr_store *store = f->facts->store;
  uint64_t rows;
  const dsr_relation *relation;
  f->n_names = dsr_store_next(store, DSR_REC_NAME);
  f->n_claims = dsr_store_next(store, DSR_REC_CLAIM);
  f->n_sets = dsr_store_next(store, DSR_REC_SET);
  f->names = dsr_alloc((size_t)f->n_names + 1);
  f->claims = dsr_alloc((size_t)f->n_claims + 1);
  f->sets = dsr_alloc((size_t)f->n_sets + 1);
  if (f->names == NULL || f->claims == NULL || f->sets == NULL) return no_memory(f);
  f->total = (int64_t)f->n_claims;
  for (size_t i = 0; (relation = dsr_relation_at(f->facts, i)) != NULL; i++) {
    TRY(dsr_store_rows(store, relation->number, &rows));
    f->total += (int64_t)rows;
  }
  return DSR_OK;
}

static dsr_status find_all(forgetting *f, dsr_str name) {
  TRY(make_room(f));
  TRY(find_source(f, name));
  use_word(f, dsr_facts_base_source(f->facts));
  TRY(gather_claims(f));
  TRY(mark_rows(f));
  TRY(mark_claims(f));
  TRY(mark_weak(f));
  TRY(mark_files(f));
  TRY(check_rules(f));
  count_names(f);
  return DSR_OK;
}

/* ---- erasing ----------------------------------------------------------------------- */

static dsr_status sift(void *ud, uint32_t relation, int width, const uint64_t *row,
                       uint64_t set) {
  const forgetting *f = ud;
  bool gone = false;
  if (relation == DSR_REL_MADE) {
    gone = mark_goes(f, row[1]);
  } else if (relation < DSR_REL_BUILTINS || relation >= DSR_REL_FIRST) {
    gone = row_goes(f, relation, row, set);
  } else { /* where names stand */
    for (int i = 0; i < width; i++) gone |= !used_word(f, row[i]);
  }
  return gone ? DSR_NOTHING : DSR_OK;
}

static dsr_status erase(dsr_str *bytes) {
  if (bytes->len == 0) return DSR_OK; /* long gone */
  *bytes = (dsr_str){"", 0};
  return DSR_ROW;
}

static dsr_status edit_name(void *ud, uint64_t number, dsr_str *bytes) {
  const forgetting *f = ud;
  return number >= f->n_names || (f->names[number] & USED) ? DSR_OK : erase(bytes);
}

static dsr_status edit_claim(void *ud, uint64_t number, dsr_str *bytes) {
  const forgetting *f = ud;
  return number >= f->n_claims || (f->claims[number] & USED) ? DSR_OK : erase(bytes);
}

static dsr_bytes *next_room(forgetting *f) {
  dsr_bytes *room = &f->room[f->turn ^= 1];
  room->len = 0;
  return room;
}

static dsr_status edit_set(void *ud, uint64_t number, dsr_str *bytes) {
  forgetting *f = ud;
  dsr_entry entry;
  if (number >= f->n_sets) return DSR_OK;
  if (!(f->sets[number] & USED)) return erase(bytes);
  if (!(f->sets[number] & CHANGED)) return DSR_OK;
  dsr_bytes *room = next_room(f);
  dsr_bytes_reader in = dsr_bytes_read(*bytes);
  while (next_entry(&in, &entry)) {
    if (goes(f, &entry)) continue;
    if (!dsr_bytes_number(room, entry.claim) || !dsr_bytes_number(room, entry.opened) ||
        !dsr_bytes_number(room, entry.closed)) {
      return no_memory(f);
    }
  }
  *bytes = (dsr_str){(const char *)room->items, room->len};
  return DSR_ROW;
}

static dsr_status edit_schema(void *ud, uint64_t number, dsr_str *bytes) {
  forgetting *f = ud;
  dsr_bytes *room = next_room(f);
  (void)number;
  dsr_status rc = dsr_kept_scrub(f->facts, *bytes, room);
  if (rc == DSR_ROW) *bytes = (dsr_str){(const char *)room->items, room->len};
  return rc;
}

static dsr_status erase_all(forgetting *f) {
  dsr_erasing how = {.sift = sift, .ud = f};
  how.edit[DSR_REC_NAME] = edit_name;
  how.edit[DSR_REC_CLAIM] = edit_claim;
  how.edit[DSR_REC_SET] = edit_set;
  how.edit[DSR_REC_SCHEMA] = edit_schema;
  dsr_pace_turn(f->pace, "erasing", "");
  return dsr_care_land(f->facts, &how, f->pace);
}

static void forgetting_end(forgetting *f) {
  dsr_free(f->names);
  dsr_free(f->claims);
  dsr_free(f->sets);
  VEC_FREE(&f->marks);
  VEC_FREE(&f->room[0]);
  VEC_FREE(&f->room[1]);
}

/* It has landed; is it out of the file, too? */
static dsr_status clean(forgetting *f) {
  dsr_facts *facts = f->facts;
  TRY(dsr_facts_read(facts, true));
  dsr_status rc = dsr_store_squeeze(facts->store, NULL);
  if (rc >= 0) return dsr_search_renew(facts); /* the index went as a whole */
  dsr_error why = *facts->error;
  return dsr_fail(facts->error, rc,
                  "the source is forgotten, but what it said lies in free parts of the "
                  "file or its log until the base is packed (dossier compact): %s",
                  why.text);
}

static dsr_status forget(forgetting *f, dsr_str name) {
  dsr_facts *facts = f->facts;
  bool dry = f->options->dry_run != 0;
  TRY(dsr_facts_begin(facts));
  dsr_pace_turn(f->pace, "looking for", "what goes");
  dsr_status rc = find_all(f, name);
  if (rc >= 0 && !dry) return erase_all(f);
  dsr_error why = *facts->error;
  dsr_status ended = dsr_facts_rollback(facts);
  if (rc < 0) *facts->error = why;
  return rc < 0 ? rc : ended;
}

dsr_status dsr_facts_forget(dsr_facts *facts, dsr_str source,
                            const dsr_forget_options *options, dsr_forget_report *out) {
  forgetting f = {.facts = facts, .options = options};
  dsr_pace pace;
  dsr_pace_start(&pace, options->progress, options->ud, facts->error);
  f.pace = &pace;
  TRY(dsr_care_alone(facts, "a source is forgotten", options->dry_run != 0));
  f.report.before = dsr_store_bytes(facts->store);
  dsr_status rc = forget(&f, source);
  if (rc >= 0 && !options->dry_run) rc = clean(&f);
  forgetting_end(&f);
  if (rc < 0) return rc;
  f.report.after = dsr_store_bytes(facts->store);
  *out = f.report;
  return DSR_OK;
}
