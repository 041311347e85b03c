/*
** kept.c - rules and constraints that a base keeps, as text.
**
** They stand among the schema records, which are read whole with the catalogue, land and
** roll back with it.  A record of a rule begins where a relation's has its number, which
** is never 0:
**
**   number  0
**   number  what follows: 1 a rule kept, or said anew; 2 one dropped
**   number  the rule's
**   kept only:
**   number  1 for a constraint, else 0
**   number  columns of the relation derived
**   number  line, number column
**   texts   name of the relation, words, canonical text, file
**
** The last record of a number counts.  A base that holds no rules has none of these, and
** is what it was before there were any.
**
** Finding a rule walks all of them: a base has some hundreds.
*/
#include "facts/kept.h"

#include "facts/engine.h"
#include "ground/text.h"

enum { KEPT = 1, DROPPED = 2, RULES_MOST = 1 << 24 };

/* ---- finding ---------------------------------------------------------------------- */

const dsr_kept_rule *dsr_kept_at(dsr_facts *facts, size_t i) {
  const dsr_catalogue *catalogue = &facts->catalogue;
  return i < catalogue->rules.len ? &catalogue->rules.items[i] : NULL;
}

/* The place of the rule `number`, or behind the last. */
static size_t place_of(const dsr_catalogue *catalogue, uint32_t number) {
  size_t i = 0;
  while (i < catalogue->rules.len && catalogue->rules.items[i].number != number) i++;
  return i;
}

const dsr_kept_rule *dsr_kept_get(dsr_facts *facts, uint32_t number) {
  return dsr_kept_at(facts, place_of(&facts->catalogue, number));
}

const dsr_kept_rule *dsr_kept_deriving(dsr_facts *facts, dsr_str name, int arity) {
  const dsr_kept_rule *rule;
  for (size_t i = 0; (rule = dsr_kept_at(facts, i)) != NULL; i++) {
    if (rule->constraint || (arity >= 0 && rule->arity != arity)) continue;
    if (dsr_str_eq(rule->name, name)) return rule;
  }
  return NULL;
}

static const dsr_kept_rule *find(dsr_facts *facts, dsr_str canonical) {
  const dsr_kept_rule *rule;
  for (size_t i = 0; (rule = dsr_kept_at(facts, i)) != NULL; i++) {
    if (dsr_str_eq(rule->canonical, canonical)) break;
  }
  return rule;
}

uint64_t dsr_kept_version(const dsr_facts *facts) { return facts->rules.version; }
int64_t dsr_kept_added(const dsr_facts *facts) { return facts->rules.added; }
int64_t dsr_kept_dropped(const dsr_facts *facts) { return facts->rules.dropped; }

/* ---- records ---------------------------------------------------------------------- */

static bool encode_kept(dsr_bytes *out, const dsr_kept_rule *rule) {
  return dsr_bytes_number(out, 0) && dsr_bytes_number(out, KEPT) &&
         dsr_bytes_number(out, rule->number) &&
         dsr_bytes_number(out, rule->constraint) &&
         dsr_bytes_number(out, (uint64_t)rule->arity) &&
         dsr_bytes_number(out, (uint64_t)rule->at.line) &&
         dsr_bytes_number(out, (uint64_t)rule->at.column) &&
         dsr_bytes_str(out, rule->name) && dsr_bytes_str(out, rule->text) &&
         dsr_bytes_str(out, rule->canonical) && dsr_bytes_str(out, rule->file);
}

static bool decode_kept(dsr_bytes_reader *in, dsr_kept_rule *rule) {
  rule->constraint = dsr_bytes_get_number(in) != 0;
  uint64_t arity = dsr_bytes_get_number(in);
  uint64_t line = dsr_bytes_get_number(in), column = dsr_bytes_get_number(in);
  rule->name = dsr_bytes_get_str(in);
  rule->text = dsr_bytes_get_str(in);
  rule->canonical = dsr_bytes_get_str(in);
  rule->file = dsr_bytes_get_str(in);
  rule->arity = (int)arity;
  rule->at = (dsr_place){(int)line, (int)column};
  return !in->bad && arity <= DSR_ARITY_MAX && line - 1 < INT32_MAX &&
         column - 1 < INT32_MAX;
}

static bool own_strings(dsr_arena *arena, dsr_kept_rule *rule) {
  dsr_str *strings[] = {&rule->name, &rule->text, &rule->canonical, &rule->file};
  for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
    *strings[i] = dsr_arena_str(arena, *strings[i]);
    if (strings[i]->data == NULL) return false;
  }
  return true;
}

/* Put a rule in its place: rules stand in order of number. */
static bool install(dsr_catalogue *catalogue, const dsr_kept_rule *rule) {
  size_t place = place_of(catalogue, rule->number);
  if (place < catalogue->rules.len) {
    catalogue->rules.items[place] = *rule;
    return true;
  }
  if (rule->number >= catalogue->next_rule) catalogue->next_rule = rule->number + 1;
  return VEC_PUSH(&catalogue->rules, *rule);
}

static void take_out(dsr_catalogue *catalogue, uint32_t number) {
  size_t place = place_of(catalogue, number), n = catalogue->rules.len;
  dsr_kept_rule *at = catalogue->rules.items + place;
  if (place == n) return;
  memmove(at, at + 1, (n - place - 1) * sizeof *at);
  catalogue->rules.len--;
}

dsr_status dsr_kept_read(dsr_facts *facts, dsr_bytes_reader *in) {
  dsr_kept_rule rule = {.number = 0};
  uint64_t what = dsr_bytes_get_number(in), number = dsr_bytes_get_number(in);
  if (in->bad || number == 0 || number >= RULES_MOST) return DSR_EDAMAGED;
  rule.number = (uint32_t)number;
  facts->rules.version++;
  if (what == DROPPED) {
    if (in->at != in->end) return DSR_EDAMAGED;
    take_out(&facts->catalogue, rule.number);
    /* All that is left of it may be that it was dropped. */
    if (rule.number >= facts->catalogue.next_rule) {
      facts->catalogue.next_rule = rule.number + 1;
    }
    return DSR_OK;
  }
  if (what != KEPT || !decode_kept(in, &rule) || in->at != in->end) return DSR_EDAMAGED;
  bool room =
      own_strings(&facts->catalogue.arena, &rule) && install(&facts->catalogue, &rule);
  return room ? DSR_OK : dsr_fail_memory(facts->error);
}

/* Append what is in `scratch`, and read it back. */
static dsr_status append(dsr_facts *facts, bool encoded) {
  if (!encoded) return dsr_fail_memory(facts->error);
  dsr_str bytes = {(const char *)facts->scratch.items, facts->scratch.len};
  return dsr_catalogue_append(facts, bytes);
}

/* ---- changes ---------------------------------------------------------------------- */

void dsr_kept_begin(dsr_facts *facts) { facts->rules.said.len = 0; }

bool dsr_kept_said(const dsr_facts *facts, uint32_t number) {
  for (size_t i = 0; i < facts->rules.said.len; i++) {
    if (facts->rules.said.items[i] == number) return true;
  }
  return false;
}

/* Was the rule said since the load began?  From now on it was. */
static dsr_status say(dsr_facts *facts, uint32_t number, bool *before) {
  *before = dsr_kept_said(facts, number);
  if (*before || VEC_PUSH(&facts->rules.said, number)) return DSR_OK;
  return dsr_fail_memory(facts->error);
}

static bool same_words(const dsr_kept_rule *a, const dsr_kept_rule *b) {
  return dsr_str_eq(a->text, b->text) && dsr_str_eq(a->file, b->file) &&
         a->at.line == b->at.line && a->at.column == b->at.column;
}

static dsr_status put(dsr_facts *facts, const dsr_kept_rule *rule, uint32_t number) {
  dsr_kept_rule numbered = *rule;
  numbered.number = number;
  facts->scratch.len = 0;
  return append(facts, encode_kept(&facts->scratch, &numbered));
}

/* A rule that is kept is said again. */
static dsr_status say_again(dsr_facts *facts, const dsr_kept_rule *old,
                            const dsr_kept_rule *rule) {
  bool before;
  TRY(say(facts, old->number, &before));
  if (!before && !same_words(old, rule)) TRY(put(facts, rule, old->number));
  return DSR_NOTHING;
}

static dsr_status add(dsr_facts *facts, const dsr_kept_rule *rule) {
  bool before;
  uint32_t number = facts->catalogue.next_rule;
  if (number >= RULES_MOST) {
    return dsr_fail(facts->error, DSR_ELIMIT, "a base is given at most %d rules",
                    RULES_MOST);
  }
  TRY(put(facts, rule, number));
  facts->rules.added++;
  return say(facts, number, &before);
}

dsr_status dsr_kept_add(dsr_facts *facts, const dsr_kept_rule *rule) {
  TRY(dsr_facts_change(facts));
  const dsr_kept_rule *old = find(facts, rule->canonical);
  dsr_status rc = old != NULL ? say_again(facts, old, rule) : add(facts, rule);
  dsr_status noted = rc < 0 ? rc : dsr_made_note_rule(facts, rule->canonical);
  if (noted < 0) return dsr_facts_doom(facts, noted);
  return rc;
}

dsr_status dsr_kept_drop(dsr_facts *facts, uint32_t number) {
  TRY(dsr_facts_change(facts));
  if (dsr_kept_get(facts, number) == NULL) return DSR_NOTHING;
  dsr_bytes *out = &facts->scratch;
  out->len = 0;
  TRY(append(facts, dsr_bytes_number(out, 0) && dsr_bytes_number(out, DROPPED) &&
                        dsr_bytes_number(out, number)));
  facts->rules.dropped++;
  return DSR_OK;
}

/* ---- erasing ----------------------------------------------------------------------- */

dsr_status dsr_kept_scrub(dsr_facts *facts, dsr_str record, dsr_bytes *out) {
  dsr_bytes_reader in = dsr_bytes_read(record);
  if (dsr_bytes_get_number(&in) != 0) return DSR_OK;
  uint64_t what = dsr_bytes_get_number(&in), number = dsr_bytes_get_number(&in);
  if (in.bad || what != KEPT) return DSR_OK;
  const dsr_kept_rule *rule = dsr_kept_get(facts, (uint32_t)number);
  bool ok = rule != NULL ? encode_kept(out, rule)
                         : dsr_bytes_number(out, 0) && dsr_bytes_number(out, DROPPED) &&
                               dsr_bytes_number(out, number);
  if (!ok) return dsr_fail_memory(facts->error);
  bool same = out->len == record.len && memcmp(out->items, record.data, out->len) == 0;
  return same ? DSR_OK : DSR_ROW;
}
