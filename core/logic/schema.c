/*
** schema.c - the relation declarations of a program, into the catalogue.
**
** `is` and `inverse` may name a relation that the text declares later, or in another
** file: a declaration waits for those that it names, so the catalogue meets them in an
** order in which each name is known.  Of two relations that call each other inverse,
** the one written first keeps the facts.
**
** Cost: one walk over the declarations for each, to find what a name means.
*/
#include "logic/schema.h"

#include <stdio.h>
#include <string.h>

#include "ground/text.h"

typedef enum state { WAITING = 0, OPEN, READY, REFUSED } state;

/* A declaration at work. */
typedef struct item {
  const dsr_clause *clause;
  state state;
} item;

typedef struct schema {
  dsr_resolve *r;
  VEC(item) items;
  int depth; /* declarations open at once, each waiting for the next */
  int64_t changed;
} schema;

enum { DEPTH_MOST = 200 };

static dsr_status declare_item(schema *s, size_t at);

/* ---- one declaration ------------------------------------------------------------ */

/* The column that a key's word means: a role that stands once, or a number from 1. */
static int key_column(const dsr_declaration *d, dsr_str word) {
  int found = -1;
  for (int i = 0; i < d->arity; i++) {
    if (!dsr_str_eq(d->roles[i], word)) continue;
    if (found >= 0) return -2; /* twice */
    found = i;
  }
  if (found < 0 && word.len == 1 && word.data[0] >= '1' &&
      word.data[0] <= '0' + d->arity) {
    return word.data[0] - '1';
  }
  return found;
}

static dsr_status no_key_column(dsr_resolve *r, dsr_place at, const dsr_declaration *d,
                                dsr_str word, int found) {
  if (found == -2) {
    return dsr_resolve_fail(r, at, DSR_EDECLARE,
                            "key: \"%s\" names two columns; give the column's number, "
                            "from 1",
                            dsr_show(word).text);
  }
  dsr_nearest race;
  dsr_nearest_start(&race, word);
  for (int i = 0; i < d->arity; i++) dsr_nearest_offer(&race, d->roles[i]);
  if (race.best.len > 0) {
    return dsr_resolve_fail(r, at, DSR_EDECLARE,
                            "key: no column called \"%s\"; did you mean \"%s\"?",
                            dsr_show(word).text, dsr_show(race.best).text);
  }
  return dsr_resolve_fail(
      r, at, DSR_EDECLARE,
      "key: no column called \"%s\"; a column's word or its number, "
      "from 1 to %d, is due",
      dsr_show(word).text, d->arity);
}

static dsr_status read_keys(dsr_resolve *r, const dsr_declaration *d,
                            dsr_relation *spec) {
  for (int k = 0; k < d->n_keys; k++) {
    for (int i = 0; i < d->keys[k].n; i++) {
      dsr_str word = d->keys[k].columns[i];
      int column = key_column(d, word);
      if (column < 0) return no_key_column(r, d->keys[k].at, d, word, column);
      spec->keys[k] |= 1u << column;
    }
  }
  return DSR_OK;
}

/* What can be read without knowing other relations. */
static dsr_status read_spec(dsr_resolve *r, const dsr_clause *clause,
                            dsr_relation *spec) {
  const dsr_declaration *d = clause->declaration;
  if (d->holds && (d->occurs || d->once)) {
    return dsr_resolve_fail(r, clause->name_at, DSR_EDECLARE,
                            "a relation holds or occurs, not both%s",
                            d->once ? "; `once` means that it occurs" : "");
  }
  *spec = (dsr_relation){.name = clause->name,
                         .arity = d->arity,
                         .declared = true,
                         .occurs = d->occurs || d->once,
                         .once = d->once,
                         .symmetric = d->symmetric,
                         .phrase = d->phrase};
  for (int i = 0; i < d->arity; i++) {
    spec->roles[i] = d->roles[i];
    spec->types[i] = dsr_domain_named(d->roles[i]);
  }
  return read_keys(r, d, spec);
}

/* ---- names of other relations --------------------------------------------------- */

/* The waiting or declared item of a name and arity; items.len where there is none. */
static size_t find_item(const schema *s, dsr_str name, int arity) {
  size_t i = 0;
  for (; i < s->items.len; i++) {
    const item *one = &s->items.items[i];
    if (one->clause->declaration->arity == arity &&
        dsr_str_eq(one->clause->name, name)) {
      break;
    }
  }
  return i;
}

/* No relation of the name and arity: say what there is, here or in the base. */
static dsr_status refuse_name(schema *s, dsr_place at, dsr_str name, int arity) {
  dsr_nearest race;
  dsr_nearest_start(&race, name);
  for (size_t i = 0; i < s->items.len; i++) {
    const dsr_clause *clause = s->items.items[i].clause;
    if (dsr_str_eq(clause->name, name)) {
      return dsr_resolve_fail(s->r, at, DSR_EDECLARE,
                              "\"%s\" has %d columns, and here it would have %d",
                              dsr_show(name).text, clause->declaration->arity, arity);
    }
    dsr_nearest_offer(&race, clause->name);
  }
  if (race.best.len > 0) {
    return dsr_resolve_fail(s->r, at, DSR_EDECLARE,
                            "no relation called \"%s\"; did you mean \"%s\"?",
                            dsr_show(name).text, dsr_show(race.best).text);
  }
  const dsr_relation *none;
  dsr_status rc = dsr_relation_meet(s->r->facts, name, arity, false, &none);
  if (rc == DSR_ERELATION) rc = DSR_EDECLARE;
  return dsr_resolve_retell(s->r, at, rc);
}

/* The number of the relation that a declaration names, declared first if it waits.
** DSR_NOTHING where that one was refused, and was told of. */
static dsr_status other_relation(schema *s, dsr_place at, dsr_str name, int arity,
                                 uint32_t *out) {
  size_t i = find_item(s, name, arity);
  if (i < s->items.len) {
    const dsr_clause *clause = s->r->clause;
    dsr_status rc = declare_item(s, i);
    dsr_resolve_clause(s->r, clause);
    if (rc < 0) return rc;
    if (s->items.items[i].state == OPEN) {
      return dsr_resolve_fail(
          s->r, at, DSR_EDECLARE,
          "by way of \"%s\" this relation would be a special case of itself",
          dsr_show(name).text);
    }
    if (s->items.items[i].state == REFUSED) return DSR_NOTHING;
  }
  const dsr_relation *relation = dsr_relation_find(s->r->facts, name, arity);
  if (relation == NULL) return refuse_name(s, at, name, arity);
  *out = relation->number;
  return DSR_OK;
}

static dsr_status read_is(schema *s, const dsr_declaration *d, int i,
                          dsr_relation *spec) {
  dsr_is *is = &spec->is[spec->n_is];
  dsr_status rc =
      other_relation(s, d->is[i].at, d->is[i].general, d->is[i].n, &is->general);
  if (rc != DSR_OK) return rc;
  for (int c = 0; c < d->is[i].n; c++) {
    int column = d->is[i].map[c];
    if (column < 1 || column > d->arity) {
      return dsr_resolve_fail(s->r, d->is[i].at, DSR_EDECLARE,
                              "is %s: there is no column %d; this relation has %d",
                              dsr_show(d->is[i].general).text, column, d->arity);
    }
    is->map[c] = (uint8_t)(column - 1);
  }
  spec->n_is++;
  return DSR_OK;
}

/* Do the columns of the general relation take what this one's hold? */
static dsr_status check_is(schema *s, const dsr_declaration *d, int i,
                           const dsr_relation *spec) {
  const dsr_is *is = &spec->is[spec->n_is - 1];
  const dsr_relation *general = dsr_relation_get(s->r->facts, is->general);
  for (int c = 0; c < general->arity; c++) {
    dsr_domain due = general->types[c], have = spec->types[is->map[c]];
    bool number = due == DSR_COL_NUMBER && have == DSR_COL_INT;
    if (due == DSR_COL_ANY || have == DSR_COL_ANY || due == have || number) continue;
    return dsr_resolve_fail(s->r, d->is[i].at, DSR_EDECLARE,
                            "column %d of %s takes %s, and column %d of this relation "
                            "holds %s",
                            c + 1,
                            dsr_show_relation(general->name, general->arity).text,
                            dsr_domain_due(due), is->map[c] + 1, dsr_domain_due(have));
  }
  return DSR_OK;
}

/* Does the declaration of `name` call `back` its inverse, and stand before `at`? */
static bool inverse_before(const schema *s, size_t at, dsr_str name, dsr_str back) {
  size_t i = find_item(s, name, 2);
  return i > at && i < s->items.len &&
         dsr_str_eq(s->items.items[i].clause->declaration->inverse, back);
}

static dsr_status read_others(schema *s, size_t at, dsr_relation *spec) {
  const dsr_clause *clause = s->items.items[at].clause;
  const dsr_declaration *d = clause->declaration;
  for (int i = 0; i < d->n_is; i++) {
    dsr_status rc = read_is(s, d, i, spec);
    if (rc == DSR_OK) rc = check_is(s, d, i, spec);
    if (rc != DSR_OK) return rc;
  }
  if (d->inverse.len == 0 || inverse_before(s, at, d->inverse, clause->name)) {
    return DSR_OK;
  }
  if (dsr_str_eq(d->inverse, clause->name)) {
    return dsr_resolve_fail(s->r, d->inverse_at, DSR_EDECLARE,
                            "a relation is not its own inverse; write symmetric");
  }
  return other_relation(s, d->inverse_at, d->inverse, d->arity, &spec->inverse);
}

/* ---- all of them ---------------------------------------------------------------- */

/* Are two declarations of one relation the same, word for word? */
static bool same_words(const dsr_declaration *a, const dsr_declaration *b) {
  bool same = a->arity == b->arity && a->occurs == b->occurs && a->holds == b->holds &&
              a->once == b->once && a->symmetric == b->symmetric &&
              dsr_str_eq(a->inverse, b->inverse) && a->n_keys == b->n_keys &&
              a->n_is == b->n_is && dsr_str_eq(a->phrase, b->phrase);
  for (int i = 0; same && i < a->arity; i++) {
    same = dsr_str_eq(a->roles[i], b->roles[i]);
  }
  for (int k = 0; same && k < a->n_keys; k++) {
    same = a->keys[k].n == b->keys[k].n;
    for (int i = 0; same && i < a->keys[k].n; i++) {
      same = dsr_str_eq(a->keys[k].columns[i], b->keys[k].columns[i]);
    }
  }
  for (int k = 0; same && k < a->n_is; k++) {
    same = a->is[k].n == b->is[k].n && dsr_str_eq(a->is[k].general, b->is[k].general) &&
           memcmp(a->is[k].map, b->is[k].map, sizeof a->is[k].map) == 0;
  }
  return same;
}

static dsr_status declare_spec(schema *s, size_t at, dsr_relation *spec) {
  uint32_t number;
  const dsr_clause *clause = s->items.items[at].clause;
  dsr_status rc = read_spec(s->r, clause, spec);
  if (rc == DSR_OK) rc = read_others(s, at, spec);
  if (rc != DSR_OK) return rc;
  rc = dsr_relation_declare(s->r->facts, spec, &number);
  s->changed += rc == DSR_OK;
  rc = dsr_resolve_retell(s->r, clause->name_at, rc);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status too_deep(schema *s, size_t at) {
  return dsr_resolve_fail(
      s->r, s->items.items[at].clause->name_at, DSR_ELIMIT,
      "more than %d relations are special cases of one another in a "
      "row",
      DEPTH_MOST);
}

/* Declare one item, unless it was or is at work. */
static dsr_status declare_item(schema *s, size_t at) {
  if (s->items.items[at].state != WAITING) return DSR_OK;
  s->items.items[at].state = OPEN;
  dsr_resolve_clause(s->r, s->items.items[at].clause);
  dsr_relation spec;
  s->depth++;
  dsr_status rc = s->depth > DEPTH_MOST ? too_deep(s, at) : declare_spec(s, at, &spec);
  s->depth--;
  s->items.items[at].state = rc == DSR_OK ? READY : REFUSED;
  return dsr_resolve_hard(rc) ? rc : DSR_OK;
}

/* A relation declared twice in one program: the same is fine, another is an error. */
static dsr_status declared_twice(schema *s, size_t first, const dsr_clause *clause) {
  const dsr_clause *before = s->items.items[first].clause;
  if (same_words(before->declaration, clause->declaration)) return DSR_OK;
  dsr_resolve_clause(s->r, clause);
  dsr_str file = s->r->program->files.items[before->file];
  return dsr_resolve_fail(
      s->r, clause->name_at, DSR_EDECLARE,
      "%s is declared in other words at %s:%d:%d; keep one",
      dsr_show_relation(clause->name, clause->declaration->arity).text,
      dsr_show(file).text, before->name_at.line, before->name_at.column);
}

static dsr_status gather(schema *s) {
  const dsr_program *program = s->r->program;
  for (size_t i = 0; i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    if (clause->kind != DSR_CLAUSE_RELATION) continue;
    size_t before = find_item(s, clause->name, clause->declaration->arity);
    if (before < s->items.len) {
      declared_twice(s, before, clause);
    } else if (!VEC_PUSH(&s->items, ((item){.clause = clause}))) {
      return dsr_fail_memory(dsr_facts_error(s->r->facts));
    }
  }
  return DSR_OK;
}

dsr_status dsr_schema_declare(dsr_resolve *r, int64_t *changed) {
  schema s = {.r = r};
  dsr_status rc = gather(&s);
  for (size_t i = 0; rc >= 0 && i < s.items.len; i++) rc = declare_item(&s, i);
  VEC_FREE(&s.items);
  *changed = s.changed;
  return rc < 0 ? rc : DSR_OK;
}
