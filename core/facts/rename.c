/*
** rename.c - another identifier for an entity, or another name for a relation.
**
** An identifier cannot change, since history is told in it: the live claims on every fact
** that mentions the old entity are closed, and made again on the fact with the new one in
** its place; so are claims that the old entity makes as a source, speaks, or has judged.
** Where the two facts meet, as they may when two entities become one, their claims do too.
** What was known before still shows the old identifier.
**
** A relation keeps its number, so a new name is a record in the catalogue, and its history
** has that name from then on.
**
** The letters a to f in `source_reliability` are no entities, whatever else is so called.
**
** Cost of an entity: two passes over the base, in memory the facts changed of one relation.
*/
#include "facts/engine.h"

#include "ground/text.h"

/* Of a set, remembered by number: what its live claims name. */
enum { LOOKED = 1, LIVE = 2, NAMES_OLD = 4, NAMES_NEW = 8 };

typedef struct renaming {
  dsr_facts *facts;
  dsr_word old, name; /* `name` is none where the base has not met it */
  dsr_seen sets;
  VEC(uint64_t) rows; /* of one relation: columns, time */
  VEC(dsr_entry) entries;
  VEC(dsr_claim_row) again; /* claims to be made, on the fact at hand */
  dsr_words derived;        /* child, parent: derivations claimed again */
} renaming;

/* ---- who is named ---------------------------------------------------------------- */

static bool claim_names(const dsr_claim_row *claim, dsr_word entity) {
  return claim->source == entity || claim->speaker == entity || claim->target == entity;
}

static dsr_status look_at_set(renaming *r, uint64_t number, unsigned *out) {
  if (number >= r->sets.len) {
    size_t more = number + 1 - r->sets.len;
    if (!VEC_RESERVE(&r->sets, more)) return dsr_fail_memory(r->facts->error);
    memset(r->sets.items + r->sets.len, 0, more);
    r->sets.len = number + 1;
  }
  unsigned looks = r->sets.items[number];
  if (!looks) {
    dsr_set set;
    looks = LOOKED;
    TRY(dsr_set_get(r->facts, number, &set));
    for (size_t i = 0; i < set.n; i++) {
      const dsr_claim_row *claim;
      if (set.entries[i].closed != 0) continue;
      TRY(dsr_claim_get(r->facts, set.entries[i].claim, &claim));
      looks |= LIVE | (claim_names(claim, r->old) ? NAMES_OLD : 0u);
      if (r->name && claim_names(claim, r->name)) looks |= NAMES_NEW;
    }
    r->sets.items[number] = (unsigned char)looks;
  }
  *out = looks;
  return DSR_OK;
}

/* How many columns of a relation may hold entities that have a name to change. */
static int named_columns(const dsr_relation *relation) {
  return relation->number == DSR_REL_SOURCE_GRADE ? 1 : relation->arity;
}

static bool row_names(const dsr_relation *relation, const uint64_t *row,
                      dsr_word entity) {
  for (int i = 0; i < named_columns(relation); i++) {
    if (row[i] == entity) return true;
  }
  return false;
}

/* What a live row names, in its columns or by its claims; 0 where none is live. */
static dsr_status look_at_row(renaming *r, const dsr_relation *relation,
                              const uint64_t *row, uint64_t set, unsigned *out) {
  TRY(look_at_set(r, set, out));
  if (!(*out & LIVE)) {
    *out = 0;
    return DSR_OK;
  }
  if (row_names(relation, row, r->old)) *out |= NAMES_OLD;
  if (r->name && row_names(relation, row, r->name)) *out |= NAMES_NEW;
  return DSR_OK;
}

/* Walk a relation: *names has what any live fact names; with `keep`, the rows that name
** the old entity are kept. */
static dsr_status walk(renaming *r, const dsr_relation *relation, bool keep,
                       unsigned *names) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  size_t width = (size_t)relation->arity + 1;
  r->rows.len = 0;
  TRY(dsr_cursor_start(r->facts->store, relation->number, (int)width, 0, NULL, 0,
                       &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    unsigned looks = 0;
    rc = look_at_row(r, relation, row, set, &looks);
    if (rc < 0) break;
    *names |= looks;
    if (!keep || !(looks & NAMES_OLD)) continue;
    if (!VEC_RESERVE(&r->rows, width)) {
      rc = dsr_fail_memory(r->facts->error);
      break;
    }
    memcpy(r->rows.items + r->rows.len, row, width * sizeof *row);
    r->rows.len += width;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* ---- one fact -------------------------------------------------------------------- */

static dsr_word renamed(const renaming *r, dsr_word word) {
  return word == r->old ? r->name : word;
}

static dsr_claim_row renamed_claim(const renaming *r, const dsr_claim_row *claim) {
  dsr_claim_row made = *claim;
  made.source = renamed(r, claim->source);
  made.speaker = renamed(r, claim->speaker);
  made.target = renamed(r, claim->target);
  return made;
}

static dsr_tuple renamed_fact(const renaming *r, const dsr_tuple *fact) {
  dsr_tuple made = *fact;
  const dsr_relation *relation = dsr_relation_get(r->facts, fact->relation);
  for (int i = 0; i < named_columns(relation); i++) {
    made.args[i] = renamed(r, fact->args[i]);
  }
  dsr_tuple_canonical(r->facts, &made);
  return made;
}

static dsr_status put_entries(renaming *r, const dsr_tuple *fact, uint64_t before) {
  uint64_t after;
  TRY(dsr_set_intern(r->facts, r->entries.items, r->entries.len, &after));
  return dsr_fact_put(r->facts, fact, before, after);
}

/* Close the live claims on a fact: all of them, or else those that name the old entity.
** What each is to be instead is left in `again`. */
static dsr_status close_claims(renaming *r, const dsr_tuple *fact, bool all) {
  dsr_facts *facts = r->facts;
  uint64_t number, now = dsr_store_txn(facts->store);
  dsr_set set;
  r->again.len = r->entries.len = 0;
  TRY(dsr_fact_set(facts, fact, &number));
  TRY(dsr_set_get(facts, number, &set));
  if (!VEC_RESERVE(&r->entries, set.n + 1) || !VEC_RESERVE(&r->again, set.n)) {
    return dsr_fail_memory(facts->error);
  }
  for (size_t i = 0; i < set.n; i++) {
    dsr_entry entry = set.entries[i];
    const dsr_claim_row *claim;
    TRY(dsr_claim_get(facts, entry.claim, &claim));
    if (entry.closed == 0 && (all || claim_names(claim, r->old))) {
      r->again.items[r->again.len++] = renamed_claim(r, claim);
      TRY(dsr_facts_tell(facts, -1, fact, claim));
      facts->changes++;
      entry.closed = now;
      if (entry.opened == now) continue; /* nobody has seen it */
    }
    r->entries.items[r->entries.len++] = entry;
  }
  return r->again.len > 0 ? put_entries(r, fact, number) : DSR_OK;
}

static bool is_live(const renaming *r, uint64_t claim) {
  for (size_t i = 0; i < r->entries.len; i++) {
    if (r->entries.items[i].claim == claim && r->entries.items[i].closed == 0) {
      return true;
    }
  }
  return false;
}

/* Make the claims in `again` on the fact, those that are not live there already. */
static dsr_status make_again(renaming *r, const dsr_tuple *fact) {
  dsr_facts *facts = r->facts;
  uint64_t before = 0, now = dsr_store_txn(facts->store);
  dsr_set set = {0};
  dsr_status rc = dsr_fact_set(facts, fact, &before);
  if (rc == DSR_OK) rc = dsr_set_get(facts, before, &set);
  if (rc < 0) return rc;
  r->entries.len = 0;
  if (!VEC_RESERVE(&r->entries, set.n + r->again.len + 1)) {
    return dsr_fail_memory(facts->error);
  }
  if (set.n > 0) memcpy(r->entries.items, set.entries, set.n * sizeof *set.entries);
  r->entries.len = set.n;
  for (size_t i = 0; i < r->again.len; i++) {
    dsr_entry made = {.opened = now};
    TRY(dsr_claim_intern(facts, &r->again.items[i], &made.claim));
    if (is_live(r, made.claim)) continue;
    r->entries.items[r->entries.len++] = made;
    TRY(dsr_search_quote(facts, fact, &r->again.items[i]));
    TRY(dsr_facts_tell(facts, 1, fact, &r->again.items[i]));
    facts->changes++;
  }
  return r->entries.len > set.n ? put_entries(r, fact, before) : DSR_OK;
}

static dsr_status note_derived(renaming *r, const dsr_tuple *fact) {
  if (fact->relation != DSR_REL_DERIVED_FROM) return DSR_OK;
  if (!VEC_RESERVE(&r->derived, 2)) return dsr_fail_memory(r->facts->error);
  r->derived.items[r->derived.len++] = fact->args[0];
  r->derived.items[r->derived.len++] = fact->args[1];
  return DSR_OK;
}

/* That two are the same says nothing when they have become one. */
static bool became_one(const dsr_tuple *fact, const dsr_tuple *made) {
  return fact->relation == DSR_REL_SAME_AS && fact->args[0] != fact->args[1] &&
         made->args[0] == made->args[1];
}

static dsr_status rename_fact(renaming *r, const dsr_tuple *fact) {
  dsr_tuple made = renamed_fact(r, fact);
  bool moves = dsr_tuple_order(fact, &made) != 0;
  TRY(close_claims(r, fact, moves));
  if (became_one(fact, &made)) return DSR_OK;
  TRY(note_derived(r, &made));
  return make_again(r, &made);
}

static dsr_status rename_in(renaming *r, const dsr_relation *relation) {
  dsr_tuple fact = {.relation = relation->number, .arity = relation->arity};
  unsigned names = 0;
  size_t width = (size_t)relation->arity + 1;
  TRY(walk(r, relation, true, &names));
  for (size_t at = 0; at < r->rows.len; at += width) {
    memcpy(fact.args, r->rows.items + at, (size_t)fact.arity * sizeof *fact.args);
    fact.time = r->rows.items[at + width - 1];
    TRY(rename_fact(r, &fact));
  }
  return DSR_OK;
}

/* ---- an entity ------------------------------------------------------------------- */

/* A name that every reader of the file can show, and a text can hold. */
static dsr_status check_name(dsr_facts *facts, dsr_str name) {
  if (name.len == 0) {
    return dsr_fail(facts->error, DSR_ESYNTAX,
                    "the new name is empty; a name has at least one letter");
  }
  if (name.len > DSR_NAME_MOST) {
    return dsr_fail(facts->error, DSR_ELIMIT, "a name has at most %d bytes",
                    DSR_NAME_MOST);
  }
  size_t bad = dsr_utf8_valid(name);
  if (bad == name.len) return DSR_OK;
  return dsr_fail(facts->error, DSR_ESYNTAX,
                  "the new name is not valid UTF-8, or holds a NUL, at byte %zu",
                  bad + 1);
}

static dsr_status refuse_base(dsr_facts *facts) {
  return dsr_fail(facts->error, DSR_EDECLARE,
                  "\"base\" is the source of claims that name none; it keeps its name, "
                  "and nothing else can have it");
}

/* What live facts and claims name, of the two. */
static dsr_status find_named(renaming *r, unsigned *names) {
  const dsr_catalogue *catalogue = &r->facts->catalogue;
  *names = 0;
  for (size_t i = 0; i < catalogue->all.len; i++) {
    TRY(walk(r, catalogue->all.items[i], false, names));
  }
  return DSR_OK;
}

static dsr_status rename_everywhere(renaming *r) {
  const dsr_catalogue *catalogue = &r->facts->catalogue;
  for (size_t i = 0; i < catalogue->all.len; i++) {
    TRY(rename_in(r, catalogue->all.items[i]));
  }
  r->facts->last.source = DSR_WORD_NONE; /* it may be called otherwise now */
  for (size_t i = 0; i < r->derived.len; i += 2) {
    TRY(dsr_source_check_derivation(r->facts, r->derived.items[i],
                                    r->derived.items[i + 1]));
  }
  return DSR_OK;
}

dsr_status dsr_entity_named(dsr_facts *facts, dsr_str name) {
  unsigned names = 0;
  renaming r = {.facts = facts};
  dsr_status rc = dsr_symbols_find(facts->symbols, DSR_SYM_ENTITY, name, &r.old);
  if (rc != DSR_OK) return rc;
  rc = find_named(&r, &names);
  VEC_FREE(&r.sets);
  TRY(rc);
  return names & NAMES_OLD ? DSR_OK : DSR_NOTHING;
}

static dsr_status rename_entity(renaming *r, dsr_str old, dsr_str name, bool merge) {
  dsr_symbols *symbols = r->facts->symbols;
  unsigned names;
  dsr_status rc = dsr_symbols_find(symbols, DSR_SYM_ENTITY, old, &r->old);
  if (rc != DSR_OK) return rc;
  TRY(dsr_symbols_find(symbols, DSR_SYM_ENTITY, name, &r->name));
  TRY(find_named(r, &names));
  if (!(names & NAMES_OLD)) return DSR_NOTHING;
  dsr_word base = dsr_facts_base_source(r->facts);
  if (r->old == base || r->name == base) return refuse_base(r->facts);
  if (names & NAMES_NEW && !merge) {
    return dsr_fail(
        r->facts->error, DSR_EDECLARE,
        "something is called \"%.*s\" already; the two become one only where "
        "that is asked for (merge)",
        (int)name.len, name.data);
  }
  TRY(dsr_symbols_intern(symbols, DSR_SYM_ENTITY, name, &r->name));
  rc = rename_everywhere(r);
  return rc < 0 ? dsr_facts_doom(r->facts, rc) : DSR_OK;
}

dsr_status dsr_entity_rename(dsr_facts *facts, dsr_str old, dsr_str name, bool merge) {
  TRY(dsr_facts_change(facts));
  TRY(check_name(facts, name));
  if (dsr_str_eq(old, name)) return DSR_NOTHING;
  renaming r = {.facts = facts};
  dsr_status rc = rename_entity(&r, old, name, merge);
  VEC_FREE(&r.sets);
  VEC_FREE(&r.rows);
  VEC_FREE(&r.entries);
  VEC_FREE(&r.again);
  VEC_FREE(&r.derived);
  return rc;
}

/* ---- a relation ------------------------------------------------------------------ */

dsr_status dsr_relation_rename(dsr_facts *facts, uint32_t number, dsr_str name) {
  TRY(dsr_facts_change(facts));
  TRY(check_name(facts, name));
  const dsr_relation *old = dsr_relation_get(facts, number);
  if (number < DSR_REL_FIRST) {
    return dsr_fail(facts->error, DSR_EDECLARE,
                    "relation %.*s/%d is built in and keeps its name",
                    (int)old->name.len, old->name.data, old->arity);
  }
  if (dsr_str_eq(old->name, name)) return DSR_NOTHING;
  if (dsr_relation_find(facts, name, old->arity) != NULL) {
    return dsr_fail(facts->error, DSR_EDECLARE,
                    "there is a relation %.*s/%d already; relations do not become one",
                    (int)name.len, name.data, old->arity);
  }
  dsr_relation changed = *old;
  changed.name = name;
  return dsr_catalogue_record(facts, &changed);
}
