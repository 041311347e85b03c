/*
** declare.c - what may be declared of a relation, and what fits its columns.
**
** A declaration is checked against the catalogue and against the stored facts before
** anything is written.  Checking column types reads the relation's facts once; the rest
** is a look at the catalogue.
*/
#include "facts/engine.h"
#include "ground/text.h"

enum { NEST_MOST = 64, RELATIONS_MOST = 1 << 24 };

static bool domain_admits(dsr_symbols *symbols, dsr_domain domain, dsr_word word) {
  int tag = dsr_word_tag(word);
  dsr_time time;
  double number;
  int64_t integer;
  switch (domain) {
    case DSR_COL_ANY:
      return true;
    case DSR_COL_BOOL:
      return tag == DSR_TAG_BOOL;
    case DSR_COL_INT:
      return dsr_word_integer(symbols, word, &integer);
    case DSR_COL_NUMBER:
      return dsr_word_double(symbols, word, &number);
    case DSR_COL_TIME:
      if (tag == DSR_TAG_DAY) return true;
      return tag == DSR_TAG_OTHER && !dsr_word_double(symbols, word, &number) &&
             dsr_word_time(symbols, word, &time) == DSR_OK;
    case DSR_COL_ENTITY:
      return tag == DSR_TAG_ENTITY;
    case DSR_COL_TEXT:
      return tag == DSR_TAG_TEXT;
  }
  return false;
}

/* What a word is, for messages. */
static const char *word_kind(dsr_symbols *symbols, dsr_word word) {
  double number;
  switch (dsr_word_tag(word)) {
    case DSR_TAG_BOOL:
      return "a boolean";
    case DSR_TAG_INT:
      return "an integer";
    case DSR_TAG_DECIMAL:
      return "a decimal";
    case DSR_TAG_DAY:
      return "a date";
    case DSR_TAG_ENTITY:
      return "an entity";
    case DSR_TAG_TEXT:
      return "a text";
    case DSR_TAG_OTHER:
      return dsr_word_double(symbols, word, &number) ? "a number" : "a time";
  }
  return "nothing";
}

/* The first column of `row` that does not fit the relation's types, or -1. */
static int misfit(dsr_symbols *symbols, const dsr_relation *relation,
                  const dsr_word *row) {
  for (int i = 0; i < relation->arity; i++) {
    if (!domain_admits(symbols, relation->types[i], row[i])) return i;
  }
  return -1;
}

dsr_status dsr_tuple_check(dsr_facts *facts, const dsr_tuple *tuple, int *column) {
  const dsr_relation *relation = dsr_relation_get(facts, tuple->relation);
  int i = misfit(facts->symbols, relation, tuple->args);
  if (i < 0) return DSR_OK;
  *column = i;
  dsr_arena arena = {0};
  dsr_str shown;
  dsr_status rc = dsr_word_write(facts->symbols, tuple->args[i], &arena, &shown);
  if (rc >= 0) {
    rc = dsr_fail(
        facts->error, DSR_ETYPE, "column %d of %.*s/%d is declared %s, and %.*s is %s",
        i + 1, (int)relation->name.len, relation->name.data, relation->arity,
        dsr_domain_word(relation->types[i]), shown.len > 80 ? 80 : (int)shown.len,
        shown.data, word_kind(facts->symbols, tuple->args[i]));
  }
  dsr_arena_free(&arena);
  return rc;
}

/* ---- checks of a declaration ---------------------------------------------------- */

static dsr_status refuse(dsr_facts *facts, const dsr_relation *spec, const char *why) {
  return dsr_fail(facts->error, DSR_EDECLARE, "relation %.*s/%d: %s",
                  (int)spec->name.len, spec->name.data, spec->arity, why);
}

/* Facts of an inverse are kept under the other relation, which must keep all that is
** declared of them.  What is wrong with that, or NULL. */
static const char *inverse_clash(const dsr_relation *inverse,
                                 const dsr_relation *kept) {
  if (!kept->declared) return "must both be declared";
  if (inverse->types[0] != kept->types[1] || inverse->types[1] != kept->types[0]) {
    return "need columns of the same types, in the other order";
  }
  if (inverse->symmetric && !kept->symmetric) return "must both be symmetric";
  if (inverse->occurs && !kept->occurs) return "must both occur";
  return NULL;
}

static dsr_status refuse_inverse(dsr_facts *facts, const dsr_relation *spec,
                                 const dsr_relation *other, const char *why) {
  return dsr_fail(facts->error, DSR_EDECLARE,
                  "relation %.*s/%d: it and its inverse %.*s %s", (int)spec->name.len,
                  spec->name.data, spec->arity, (int)other->name.len, other->name.data,
                  why);
}

/* The declaration in itself and against the rest of the catalogue. */
static dsr_status check_shape(dsr_facts *facts, const dsr_relation *spec) {
  if (spec->symmetric && spec->arity < 2) {
    return refuse(facts, spec, "symmetric needs two columns or more");
  }
  if (spec->symmetric && spec->types[0] != spec->types[1]) {
    return refuse(facts, spec, "symmetric needs its first two columns of one type");
  }
  for (size_t i = 0; i + 2 < spec->phrase.len; i++) {
    const char *at = spec->phrase.data + i;
    bool names_column = at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}';
    if (names_column && (at[1] == '0' || at[1] - '0' > spec->arity)) {
      return refuse(facts, spec, "its phrase names a column that it does not have");
    }
  }
  for (int i = 0; i < DSR_KEYS_MAX; i++) {
    if (spec->keys[i] != 0 && spec->keys[i] == (1u << spec->arity) - 1) {
      return refuse(facts, spec,
                    "a key of all columns rules nothing out; leave one column out");
    }
  }
  if (spec->inverse == 0) return DSR_OK;
  const dsr_relation *other = dsr_relation_get(facts, spec->inverse);
  if (spec->arity != 2 || !other || other->arity != 2) {
    return refuse(facts, spec, "inverse is for two relations of two columns");
  }
  if (other->inverse != 0 || other->number == spec->number) {
    return refuse(facts, spec,
                  "it is the inverse of a relation that is itself stored as another");
  }
  const char *why = inverse_clash(spec, other);
  return why ? refuse_inverse(facts, spec, other, why) : DSR_OK;
}

/* Does `from`, through what it is a special case of, lead back to `number`? */
static bool leads_to(dsr_facts *facts, uint32_t from, uint32_t number, int depth) {
  if (from == number) return true;
  const dsr_relation *relation = dsr_relation_get(facts, from);
  if (!relation || depth > NEST_MOST) return true;
  for (int i = 0; i < relation->n_is; i++) {
    if (leads_to(facts, relation->is[i].general, number, depth + 1)) return true;
  }
  return false;
}

static dsr_status check_generals(dsr_facts *facts, const dsr_relation *spec,
                                 uint32_t number) {
  for (int i = 0; i < spec->n_is; i++) {
    const dsr_relation *general = dsr_relation_get(facts, spec->is[i].general);
    if (!general) return refuse(facts, spec, "it is a case of an unknown relation");
    for (int c = 0; c < general->arity; c++) {
      if (spec->is[i].map[c] >= spec->arity) {
        return refuse(facts, spec, "`is` names a column that it does not have");
      }
    }
    if (number != 0 && leads_to(facts, general->number, number, 0)) {
      return refuse(facts, spec, "by `is` it would be a special case of itself");
    }
  }
  return DSR_OK;
}

/* One stored row against the declaration. */
static dsr_status check_row(dsr_facts *facts, const dsr_relation *spec,
                            const dsr_word *row) {
  int column = misfit(facts->symbols, spec, row);
  bool ordered = !spec->symmetric || row[0] <= row[1];
  if (column < 0 && ordered) return DSR_OK;
  dsr_tuple tuple = {.relation = spec->number, .arity = spec->arity};
  memcpy(tuple.args, row, sizeof *row * (size_t)spec->arity);
  tuple.time = row[spec->arity];
  dsr_arena arena = {0};
  dsr_str shown;
  dsr_status rc = dsr_tuple_write(facts, &tuple, &arena, &shown);
  if (rc >= 0 && column >= 0) {
    rc = dsr_fail(facts->error, DSR_EDECLARE,
                  "relation %.*s/%d: column %d cannot be %s, since the base holds %.*s",
                  (int)spec->name.len, spec->name.data, spec->arity, column + 1,
                  dsr_domain_word(spec->types[column]), (int)shown.len, shown.data);
  } else if (rc >= 0) {
    rc = dsr_fail(
        facts->error, DSR_EDECLARE,
        "relation %.*s/%d: it cannot become symmetric, since the base already "
        "holds %.*s; declare it before its first fact",
        (int)spec->name.len, spec->name.data, spec->arity, (int)shown.len, shown.data);
  }
  dsr_arena_free(&arena);
  return rc;
}

/* The declaration against the facts that are stored under `old`. */
static dsr_status check_stored(dsr_facts *facts, const dsr_relation *spec,
                               const dsr_relation *old) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  TRY(dsr_cursor_start(facts->store, old->number, old->arity + 1, 0, NULL, 0, &cursor));
  dsr_relation numbered = *spec;
  numbered.number = old->number;
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    if (spec->inverse != old->inverse) {
      rc =
          refuse(facts, spec, "it has facts of its own; declare `inverse` before them");
    } else {
      rc = check_row(facts, &numbered, row);
    }
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* ---- declaring ------------------------------------------------------------------ */

static bool same_declaration(const dsr_relation *a, const dsr_relation *b) {
  bool same =
      a->declared == b->declared && a->occurs == b->occurs && a->once == b->once &&
      a->symmetric == b->symmetric && a->inverse == b->inverse && a->n_is == b->n_is &&
      dsr_str_eq(a->phrase, b->phrase) && memcmp(a->keys, b->keys, sizeof a->keys) == 0;
  for (int i = 0; same && i < a->arity; i++) {
    same = a->types[i] == b->types[i] && dsr_str_eq(a->roles[i], b->roles[i]);
  }
  for (int i = 0; same && i < a->n_is; i++) {
    same = a->is[i].general == b->is[i].general &&
           memcmp(a->is[i].map, b->is[i].map, sizeof a->is[i].map) == 0;
  }
  return same;
}

/* A relation that others are the inverse of must stay where they are stored, and fit. */
static dsr_status check_dependents(dsr_facts *facts, const dsr_relation *spec,
                                   uint32_t number) {
  for (size_t i = 0; i < facts->catalogue.all.len; i++) {
    const dsr_relation *other = facts->catalogue.all.items[i];
    if (other->inverse != number) continue;
    if (spec->inverse != 0) {
      return refuse(facts, spec, "another relation is already declared its inverse");
    }
    const char *why = inverse_clash(other, spec);
    if (why) return refuse_inverse(facts, spec, other, why);
  }
  return DSR_OK;
}

static dsr_status replace(dsr_facts *facts, const dsr_relation *old,
                          dsr_relation *changed, uint32_t *number) {
  changed->number = *number = old->number;
  changed->timed = old->timed;
  if (!changed->declared || same_declaration(old, changed)) return DSR_NOTHING;
  if (old->number < DSR_REL_FIRST) {
    return refuse(facts, changed, "it is built in and cannot be declared again");
  }
  if (facts->bulk) {
    return refuse(facts, changed, "a bulk load is open that may hold facts of it");
  }
  TRY(check_dependents(facts, changed, old->number));
  TRY(check_stored(facts, changed, old));
  return dsr_catalogue_record(facts, changed);
}

dsr_status dsr_relation_declare(dsr_facts *facts, const dsr_relation *spec,
                                uint32_t *number) {
  TRY(dsr_facts_change(facts));
  if (spec->name.len > DSR_NAME_MOST) {
    return dsr_fail(facts->error, DSR_ELIMIT, "a relation's name has at most %d bytes",
                    DSR_NAME_MOST);
  }
  const dsr_relation *old = dsr_relation_find(facts, spec->name, spec->arity);
  dsr_relation made = *spec;
  if (made.once) made.occurs = true;
  TRY(check_shape(facts, &made));
  TRY(check_generals(facts, &made, old ? old->number : 0));
  if (old) return replace(facts, old, &made, number);
  if (facts->catalogue.next_number >= RELATIONS_MOST) {
    return dsr_fail(facts->error, DSR_ELIMIT, "a base has at most %d relations",
                    RELATIONS_MOST);
  }
  made.number = facts->catalogue.next_number;
  made.timed = false;
  TRY(dsr_catalogue_record(facts, &made));
  *number = made.number;
  return DSR_OK;
}
