/*
** meaning.c - what an atom's name means.
**
** A name with its arity is a derived relation (rules have it as their head, or what is
** derived is a case or the inverse of it), else a table that was given, else a relation of
** the base, else a function.  What is derived is found once for all programs; predicates
** come to be when an atom first asks for them.
**
** Cost: one look at every clause for each rulebook.
*/
#include <string.h>

#include "ground/text.h"
#include "logic/compound.h"
#include "logic/draft.h"

/* ---- derived relations ----------------------------------------------------------- */

dsr_derived *dsr_meaning_derived(dsr_author *author, dsr_str name, int arity) {
  const size_t *at = dsr_map_get(&author->names, dsr_map_key(name, (uint64_t)arity));
  for (int i = at != NULL ? (int)*at - 1 : -1; i >= 0;) {
    dsr_derived *derived = &author->derived.items[i];
    if (derived->arity == arity && dsr_str_eq(derived->name, name)) return derived;
    i = derived->next;
  }
  return NULL;
}

/* The derived relation of that name, made if need be. */
static dsr_status derive(dsr_author *author, dsr_str name, int arity,
                         dsr_derived **out) {
  *out = dsr_meaning_derived(author, name, arity);
  if (*out != NULL) return DSR_OK;
  bool fresh;
  dsr_derived made = {.arity = arity, .heads = -1, .last = -1, .predicate = -1};
  made.claimed = -1;
  made.name = dsr_arena_str(&author->book->arena, name);
  size_t *at = dsr_map_put(&author->names, dsr_map_key(name, (uint64_t)arity), &fresh);
  if (made.name.data == NULL || at == NULL) return dsr_author_memory(author);
  made.next = fresh ? -1 : (int)*at - 1;
  const dsr_relation *relation = dsr_relation_find(author->facts, name, arity);
  if (relation != NULL) {
    made.relation = relation->number;
    made.timed = relation->timed;
  }
  if (!VEC_PUSH(&author->derived, made)) return dsr_author_memory(author);
  *at = author->derived.len;
  *out = &author->derived.items[author->derived.len - 1];
  return DSR_OK;
}

static dsr_status add_head(dsr_author *author, dsr_resolve *r,
                           const dsr_clause *clause) {
  dsr_str name;
  dsr_derived *derived;
  dsr_resolve_clause(r, clause);
  TRY(dsr_resolve_name(r, &clause->head, &name));
  TRY(derive(author, name, clause->head.n_args, &derived));
  dsr_head head = {.r = r, .clause = clause, .next = -1};
  if (!VEC_PUSH(&author->heads, head)) return dsr_author_memory(author);
  int at = (int)author->heads.len - 1;
  if (derived->heads < 0) derived->heads = at;
  if (derived->last >= 0) author->heads.items[derived->last].next = at;
  derived->last = at;
  if (clause->head.time.kind != DSR_TERM_NONE) derived->timed = true;
  return DSR_OK;
}

static dsr_status add_heads(dsr_author *author) {
  for (int i = 0; i < author->n_resolves; i++) {
    dsr_resolve *r = &author->resolves[i];
    for (size_t k = 0; k < r->program->clauses.len; k++) {
      const dsr_clause *clause = &r->program->clauses.items[k];
      if (clause->kind != DSR_CLAUSE_RULE) continue;
      dsr_status rc = add_head(author, r, clause);
      if (dsr_resolve_hard(rc)) return rc;
    }
  }
  return DSR_OK;
}

/* A relation of the base has facts, as far as is known. */
static dsr_status has_facts(dsr_author *author, const dsr_relation *relation,
                            bool *has) {
  const dsr_word any[DSR_ARITY_MAX] = {0};
  const dsr_match *match;
  dsr_scan *scan;
  TRY(dsr_scan_start(author->facts, author->view, relation->number, any, DSR_WORD_NONE,
                     0, &scan));
  dsr_status rc = dsr_scan_next(scan, &match);
  dsr_scan_stop(scan);
  *has = rc == DSR_ROW;
  return rc < 0 ? rc : DSR_OK;
}

/* A table whose name rules or facts have, too, is a part of a derived relation. */
static dsr_status add_tables(dsr_author *author) {
  for (int i = 0; i < author->source->n_tables; i++) {
    const dsr_table_given *table = &author->source->tables[i];
    bool has = false;
    dsr_derived *derived = dsr_meaning_derived(author, table->name, table->width);
    const dsr_relation *relation =
        dsr_relation_find(author->facts, table->name, table->width);
    if (derived == NULL && relation != NULL) TRY(has_facts(author, relation, &has));
    if (has) TRY(derive(author, table->name, table->width, &derived));
    if (derived != NULL) derived->table = table;
    if (!VEC_PUSH(&author->tabled, -1)) return dsr_author_memory(author);
  }
  return DSR_OK;
}

/* What is derived of a relation is derived of `other`, too. */
static dsr_status follow(dsr_author *author, size_t from, uint32_t other) {
  dsr_derived *derived;
  const dsr_relation *relation = dsr_relation_get(author->facts, other);
  if (relation == NULL) return DSR_OK;
  TRY(derive(author, relation->name, relation->arity, &derived));
  if (author->derived.items[from].timed) derived->timed = true;
  return DSR_OK;
}

static dsr_status follow_inverses(dsr_author *author, size_t at,
                                  const dsr_relation *relation) {
  const dsr_relation *other;
  uint32_t number = relation->number;
  if (relation->inverse != 0) TRY(follow(author, at, relation->inverse));
  if (!relation->named) return DSR_OK;
  for (size_t i = 0; (other = dsr_relation_at(author->facts, i)) != NULL; i++) {
    if (other->inverse == number) TRY(follow(author, at, other->number));
  }
  return DSR_OK;
}

/* Relations that take their facts from derived ones; from the first, since time may come
** late. */
static dsr_status add_followers(dsr_author *author) {
  size_t n;
  do {
    n = author->derived.len;
    for (size_t i = 0; i < author->derived.len; i++) {
      const dsr_relation *relation =
          dsr_relation_get(author->facts, author->derived.items[i].relation);
      if (author->derived.items[i].relation == 0 || relation == NULL) continue;
      for (int k = 0; k < relation->n_is; k++) {
        TRY(follow(author, i, relation->is[k].general));
      }
      TRY(follow_inverses(author, i, relation));
    }
  } while (author->derived.len > n);
  return DSR_OK;
}

/* ---- which have time because a body asks ------------------------------------------ */

static void ask_atom(dsr_author *author, const dsr_atom *atom) {
  if (atom == NULL || atom->time.kind == DSR_TERM_NONE) return;
  if (!atom->curie) {
    dsr_derived *derived = dsr_meaning_derived(author, atom->name, atom->n_args);
    if (derived != NULL) derived->timed = true;
    return;
  }
  /* Which one it is will be told where errors are; that it has time does no harm. */
  for (size_t i = 0; i < author->derived.len; i++) {
    dsr_derived *derived = &author->derived.items[i];
    if (derived->name.len > 0 && derived->name.data[0] == '<') derived->timed = true;
  }
}

static void ask_literals(dsr_author *author, const dsr_literal *body, int n);

static void ask_term(dsr_author *author, const dsr_term *term) {
  for (int i = 0; i < term->n_args; i++) ask_term(author, &term->args[i]);
  ask_literals(author, term->body, term->n_body);
}

static void ask_literals(dsr_author *author, const dsr_literal *body, int n) {
  for (int i = 0; i < n; i++) {
    ask_atom(author, body[i].atom);
    ask_term(author, &body[i].left);
    ask_term(author, &body[i].right);
  }
}

static void ask_all(dsr_author *author) {
  for (int i = 0; i < author->n_resolves; i++) {
    const dsr_program *program = author->resolves[i].program;
    for (size_t k = 0; k < program->clauses.len; k++) {
      const dsr_clause *clause = &program->clauses.items[k];
      if (clause->kind == DSR_CLAUSE_QUERY && clause != author->source->query) continue;
      ask_literals(author, clause->body, clause->n_body);
    }
  }
}

dsr_status dsr_meaning_gather(dsr_author *author) {
  TRY(add_heads(author));
  TRY(add_tables(author));
  TRY(add_followers(author)); /* so that all are there to be asked */
  ask_all(author);
  /* A chain of relations hands time on in as many rounds as it is long. */
  for (bool more = true; more;) {
    size_t timed = 0, after = 0;
    for (size_t i = 0; i < author->derived.len; i++)
      timed += author->derived.items[i].timed;
    TRY(add_followers(author));
    for (size_t i = 0; i < author->derived.len; i++)
      after += author->derived.items[i].timed;
    more = after > timed;
  }
  return DSR_OK;
}

void dsr_meaning_forget(dsr_author *author) {
  VEC_FREE(&author->derived);
  VEC_FREE(&author->heads);
  VEC_FREE(&author->earlier);
  VEC_FREE(&author->tabled);
  VEC_FREE(&author->waiting);
  VEC_FREE(&author->of);
  dsr_map_free(&author->names);
  dsr_map_free(&author->bases);
}

/* ---- predicates ------------------------------------------------------------------ */

/* What stands in the columns after those of the relation. */
static void add_columns(dsr_predicate *p) {
  static const dsr_domain parts[DSR_PARTS] = {
      [DSR_PART_SOURCE] = DSR_COL_ENTITY,  [DSR_PART_LOCATOR] = DSR_COL_TEXT,
      [DSR_PART_SPEAKER] = DSR_COL_ENTITY, [DSR_PART_GRADE] = DSR_COL_TEXT,
      [DSR_PART_QUOTATION] = DSR_COL_TEXT, [DSR_PART_CONFIDENCE] = DSR_COL_NUMBER};
  p->width = p->arity;
  if (p->timed) p->types[p->width++] = DSR_COL_TIME;
  for (int i = 0; i < DSR_PARTS; i++) {
    if (p->parts >> i & 1) p->types[p->width++] = parts[i];
  }
}

/* Derived columns are of the declared types, or of those that rules tell. */
static void derived_types(dsr_author *author, const dsr_derived *derived,
                          dsr_predicate *p) {
  const dsr_relation *relation =
      derived->relation != 0 ? dsr_relation_get(author->facts, derived->relation)
                             : NULL;
  for (int i = 0; i < p->arity; i++) {
    p->types[i] = (dsr_domain)DSR_COL_UNTOLD;
    if (relation != NULL) p->types[i] = relation->types[i];
  }
}

dsr_status dsr_meaning_predicate(dsr_author *author, dsr_derived *derived, bool claimed,
                                 int *out) {
  int *known = claimed ? &derived->claimed : &derived->predicate;
  if (*known < 0) {
    dsr_predicate spec = {.kind = DSR_PREDICATE_RULED,
                          .use = claimed ? DSR_USE_CLAIMED : DSR_USE_RELATION,
                          .name = derived->name,
                          .arity = derived->arity,
                          .timed = derived->timed,
                          .relation = derived->relation,
                          .parts = claimed ? 1u << DSR_PART_SOURCE : 0};
    int of = (int)(derived - author->derived.items);
    derived_types(author, derived, &spec);
    add_columns(&spec);
    spec.parts = 0;
    TRY(dsr_author_predicate(author, &spec, known));
    author->of.items[*known] = of;
    if (!VEC_PUSH(&author->waiting, *known)) return dsr_author_memory(author);
  }
  *out = *known;
  return DSR_OK;
}

static bool alike(const dsr_predicate *a, const dsr_predicate *b) {
  return a->timed == b->timed && a->scan_flags == b->scan_flags &&
         a->claimed == b->claimed &&
         (!a->claimed ||
          (a->verb == b->verb && a->manner == b->manner && a->parts == b->parts));
}

dsr_status dsr_meaning_base(dsr_author *author, const dsr_relation *relation,
                            const dsr_predicate *how, int *out) {
  bool fresh;
  size_t *last = dsr_map_put(&author->bases, (uint64_t)relation->number + 1, &fresh);
  if (last == NULL) return dsr_author_memory(author);
  for (int i = (int)*last - 1; i >= 0; i = author->earlier.items[i]) {
    *out = i;
    if (alike(dsr_author_at(author, i), how)) return DSR_OK;
  }
  dsr_predicate spec = *how;
  spec.kind = DSR_PREDICATE_BASE;
  spec.arity = relation->arity;
  spec.relation = relation->number;
  memcpy(spec.types, relation->types, sizeof relation->types);
  add_columns(&spec);
  spec.name = dsr_arena_str(&author->book->arena, relation->name);
  if (spec.name.data == NULL) return dsr_author_memory(author);
  TRY(dsr_author_predicate(author, &spec, out));
  author->earlier.items[*out] = (int)*last - 1;
  *last = (size_t)*out + 1;
  return DSR_OK;
}

dsr_status dsr_meaning_table(dsr_author *author, const dsr_table_given *table,
                             int *out) {
  int *known = &author->tabled.items[table - author->source->tables];
  if (*known < 0) {
    dsr_predicate spec = {.kind = DSR_PREDICATE_TABLE,
                          .arity = table->width,
                          .width = table->width,
                          .table = table->extent};
    memcpy(spec.types, table->types, sizeof spec.types);
    spec.name = dsr_arena_str(&author->book->arena, table->name);
    if (spec.name.data == NULL) return dsr_author_memory(author);
    TRY(dsr_author_predicate(author, &spec, known));
  }
  *out = *known;
  return DSR_OK;
}

/* ---- names that mean nothing ------------------------------------------------------- */

/* An arity that the name has: of what is derived, a table, a relation; -1: none. */
static int other_arity(dsr_author *author, dsr_str name) {
  for (size_t i = 0; i < author->derived.len; i++) {
    if (dsr_str_eq(author->derived.items[i].name, name)) {
      return author->derived.items[i].arity;
    }
  }
  for (int i = 0; i < author->source->n_tables; i++) {
    if (dsr_str_eq(author->source->tables[i].name, name)) {
      return author->source->tables[i].width;
    }
  }
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    if (dsr_relation_find(author->facts, name, arity) != NULL) return arity;
  }
  const dsr_definition *definition = dsr_defined_find(author->source->defined, name);
  return definition != NULL ? definition->n_args + definition->n_results : -1;
}

/* The nearest name of all that atoms may name. */
static dsr_str nearest_name(dsr_author *author, dsr_str name) {
  int arity;
  dsr_nearest race;
  const dsr_definition *definition;
  dsr_nearest_start(&race, name);
  dsr_str of_base = dsr_relation_nearest(author->facts, name, &arity);
  if (of_base.len > 0) dsr_nearest_offer(&race, of_base);
  for (size_t i = 0; i < author->derived.len; i++) {
    dsr_nearest_offer(&race, author->derived.items[i].name);
  }
  for (int i = 0; i < author->source->n_tables; i++) {
    dsr_nearest_offer(&race, author->source->tables[i].name);
  }
  for (size_t i = 0; (definition = dsr_defined_at(author->source->defined, i)); i++) {
    dsr_nearest_offer(&race, definition->name);
  }
  return race.best;
}

/* May something have the name that is not here? */
static bool is_supposed(const dsr_author *author, const dsr_resolve *r, dsr_str name) {
  if (dsr_author_trusts(author, r)) return true;
  for (int i = 0; i < author->source->n_supposed; i++) {
    if (dsr_str_eq(author->source->supposed[i], name)) return true;
  }
  return false;
}

static dsr_status unknown(dsr_author *author, dsr_resolve *r, const dsr_atom *atom,
                          dsr_str name) {
  if (is_supposed(author, r, name)) return DSR_ERELATION;
  int arity = other_arity(author, name);
  const dsr_builtin *fn = dsr_builtin_named(name);
  if (arity >= 0) {
    return dsr_resolve_fail(r, atom->at, DSR_ERELATION,
                            "\"%s\" has %d %s, and here %s %d", dsr_show(name).text,
                            arity, arity == 1 ? "column" : "columns",
                            atom->n_args == 1 ? "is" : "are", atom->n_args);
  }
  if (fn != NULL) {
    return dsr_resolve_fail(r, atom->at, DSR_ERELATION,
                            "\"%s\" is a function, and no relation: it stands beside a "
                            "comparison, as in X = %s(...)",
                            fn->name, fn->name);
  }
  dsr_str nearest = nearest_name(author, name);
  if (nearest.len > 0) {
    return dsr_resolve_fail(r, atom->at, DSR_ERELATION,
                            "no relation called \"%s\"; did you mean \"%s\"?",
                            dsr_show(name).text, dsr_show(nearest).text);
  }
  return dsr_compound_atom(r, atom, name);
}

/* ---- finding --------------------------------------------------------------------- */

static bool says(const dsr_term *part) {
  return part->kind != DSR_TERM_NONE && part->kind != DSR_TERM_ANYTHING;
}

/* The parts of claims that an atom asks for, a bit each. */
static unsigned parts_asked(const dsr_claim_part *claim) {
  const dsr_term *const terms[DSR_PARTS] = {[DSR_PART_SOURCE] = &claim->source,
                                            [DSR_PART_LOCATOR] = &claim->locator,
                                            [DSR_PART_SPEAKER] = &claim->speaker,
                                            [DSR_PART_GRADE] = &claim->grade,
                                            [DSR_PART_QUOTATION] = &claim->quotation,
                                            [DSR_PART_CONFIDENCE] = &claim->confidence};
  unsigned parts = 0;
  for (int i = 0; i < DSR_PARTS; i++) parts |= says(terms[i]) ? 1u << i : 0;
  return parts;
}

/* Only what the base has can be denied, and have more than a source. */
static bool for_base(const dsr_atom *atom) {
  const dsr_claim_part *claim = &atom->claim;
  unsigned source = 1u << DSR_PART_SOURCE;
  return atom->denied ||
         (claim->present && (claim->kind >= 0 || (parts_asked(claim) & ~source) != 0));
}

static dsr_status find_base(dsr_author *author, const dsr_atom *atom,
                            const dsr_relation *relation, int *out) {
  dsr_predicate how = {.timed = atom->time.kind != DSR_TERM_NONE, .manner = -1};
  if (atom->denied) how.scan_flags = DSR_SCAN_DENIED;
  if (atom->claim.present) {
    how.claimed = true;
    how.verb = atom->denied ? DSR_DENIES : DSR_ASSERTS;
    how.manner = atom->claim.kind;
    how.parts = parts_asked(&atom->claim);
  }
  return dsr_meaning_base(author, relation, &how, out);
}

static dsr_status find_table(dsr_author *author, dsr_resolve *r, const dsr_atom *atom,
                             const dsr_table_given *table, int *out) {
  if (atom->denied || atom->claim.present || atom->time.kind != DSR_TERM_NONE) {
    return dsr_resolve_fail(r, atom->at, DSR_ERELATION,
                            "\"%s\" is a table: its rows have no times and no sources",
                            dsr_show(table->name).text);
  }
  return dsr_meaning_table(author, table, out);
}

static const dsr_table_given *table_named(dsr_author *author, dsr_str name, int width) {
  for (int i = 0; i < author->source->n_tables; i++) {
    const dsr_table_given *table = &author->source->tables[i];
    if (table->width == width && dsr_str_eq(table->name, name)) return table;
  }
  return NULL;
}

/* A function that may stand as an atom. */
static bool find_function(dsr_author *author, dsr_str name, int n, dsr_meaning *out) {
  const dsr_definition *defined = dsr_defined_find(author->source->defined, name);
  if (defined != NULL && defined->n_args + defined->n_results == n) {
    out->definition = defined;
    return true;
  }
  out->fn = dsr_builtin_test(name, n);
  return out->fn != NULL;
}

static dsr_status refuse_parts(dsr_resolve *r, const dsr_atom *atom) {
  if (!atom->denied && !atom->claim.present && atom->time.kind == DSR_TERM_NONE) {
    return DSR_OK;
  }
  return dsr_resolve_fail(r, atom->at, DSR_ERELATION,
                          "\"%s\" is a function: it has no times and no sources",
                          dsr_show(atom->name).text);
}

dsr_status dsr_meaning_find(dsr_author *author, dsr_resolve *r, const dsr_atom *atom,
                            dsr_meaning *out) {
  dsr_str name;
  *out = (dsr_meaning){.predicate = -1};
  TRY(dsr_resolve_name(r, atom, &name));
  dsr_derived *derived = dsr_meaning_derived(author, name, atom->n_args);
  const dsr_relation *relation = dsr_relation_find(author->facts, name, atom->n_args);
  const dsr_table_given *table = table_named(author, name, atom->n_args);
  if (derived != NULL && for_base(atom) && relation == NULL) {
    return dsr_resolve_fail(
        r, atom->at, DSR_ERELATION,
        "\"%s\" is derived by rules alone: nobody denies it, and no "
        "claim has more than a source",
        dsr_show(name).text);
  }
  if (derived != NULL && !for_base(atom)) {
    return dsr_meaning_predicate(author, derived, atom->claim.present, &out->predicate);
  }
  if (derived == NULL && table != NULL) {
    return find_table(author, r, atom, table, &out->predicate);
  }
  if (relation != NULL) return find_base(author, atom, relation, &out->predicate);
  if (find_function(author, name, atom->n_args, out)) return refuse_parts(r, atom);
  return unknown(author, r, atom, name);
}
