/*
** heading.c - what a text says of itself: its prefixes and its sources, into the base.
**
** Both become facts of built-in relations, claimed by the source `base`: they have a
** history and can be asked for like any fact.  Declaring a prefix or a property of a
** source again replaces what `base` said of it before; properties that the new
** declaration does not name stay as they are.
**
** A source may be derived from one that is declared later, so derivations are recorded
** when all sources are there.
*/
#include "logic/heading.h"

#include <stdio.h>

#include "ground/text.h"

/* What may be said of a source. */
static const struct property {
  const char *name;
  uint32_t relation;
  dsr_domain type;
} properties[] = {
    {"title", DSR_REL_SOURCE_TITLE, DSR_COL_TEXT},
    {"kind", DSR_REL_SOURCE_KIND, DSR_COL_ENTITY},
    {"date", DSR_REL_SOURCE_DATE, DSR_COL_TIME},
    {"reliability", DSR_REL_SOURCE_GRADE, DSR_COL_ENTITY},
    {"derived_from", DSR_REL_DERIVED_FROM, DSR_COL_ENTITY},
    {"url", DSR_REL_SOURCE_URL, DSR_COL_TEXT},
    {"author", DSR_REL_SOURCE_AUTHOR, DSR_COL_TEXT},
    {"publisher", DSR_REL_SOURCE_PUBLISHER, DSR_COL_TEXT},
};
enum {
  N_PROPERTIES = sizeof properties / sizeof *properties,
  VALUES_MOST = 32, /* sources that one is derived from, in one declaration */
};

/* ---- facts about one thing ------------------------------------------------------ */

static dsr_status add_fact(dsr_resolve *r, uint32_t relation, int arity,
                           dsr_word subject, dsr_word value) {
  dsr_tuple tuple = {.relation = relation, .arity = arity, .args = {subject, value}};
  dsr_claim_row claim = {.verb = DSR_ASSERTS,
                         .source = dsr_facts_base_source(r->facts)};
  return dsr_claim_add(r->facts, &tuple, &claim);
}

/* Is the value one of those that stay? */
static bool stays(const dsr_word *keep, int n, dsr_word value) {
  for (int i = 0; i < n; i++) {
    if (keep[i] == value) return true;
  }
  return false;
}

/* Does `base` assert a fact, of which this is the set? */
static dsr_status said_by_base(dsr_resolve *r, uint64_t number, bool *out) {
  dsr_set set;
  TRY(dsr_set_get(r->facts, number, &set));
  *out = false;
  for (size_t i = 0; i < set.n && !*out; i++) {
    const dsr_claim_row *claim;
    if (set.entries[i].closed != 0) continue;
    TRY(dsr_claim_get(r->facts, set.entries[i].claim, &claim));
    *out =
        claim->verb == DSR_ASSERTS && claim->source == dsr_facts_base_source(r->facts);
  }
  return DSR_OK;
}

/* A fact of `base` about `subject` whose value is not to stay, or DSR_NOTHING. */
static dsr_status find_other(dsr_resolve *r, uint32_t relation, dsr_word subject,
                             const dsr_word *keep, int n, dsr_tuple *out) {
  dsr_view *view;
  dsr_scan *scan;
  const dsr_match *match;
  dsr_status rc = DSR_OK;
  bool other = false;
  const dsr_word pattern[DSR_ARITY_MAX] = {subject};
  TRY(dsr_resolve_view(r, &view));
  TRY(dsr_scan_start(r->facts, view, relation, pattern, DSR_WORD_NONE, DSR_SCAN_OWN,
                     &scan));
  while (!other && (rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    const dsr_tuple *fact = &match->fact;
    if (fact->args[0] != subject || stays(keep, n, fact->args[1])) continue;
    rc = said_by_base(r, match->set, &other);
    if (rc < 0) break;
    if (other) *out = *fact;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : other ? DSR_OK : DSR_NOTHING;
}

/* Close what `base` says of `subject` other than the values that stay. */
static dsr_status retract_others(dsr_resolve *r, uint32_t relation, dsr_word subject,
                                 const dsr_word *keep, int n) {
  dsr_claim_filter filter = {.verb = DSR_ASSERTS,
                             .source = dsr_facts_base_source(r->facts)};
  dsr_tuple other;
  dsr_status rc;
  while ((rc = find_other(r, relation, subject, keep, n, &other)) == DSR_OK) {
    TRY(dsr_claim_retract(r->facts, &other, &filter));
  }
  return rc < 0 ? rc : DSR_OK;
}

/* ---- prefixes ------------------------------------------------------------------- */

static dsr_status record_prefix(dsr_resolve *r, const dsr_clause *clause) {
  dsr_word name, iri;
  dsr_str none = {NULL, 0}, text = clause->text;
  dsr_symbols *symbols = dsr_facts_symbols(r->facts);
  if (text.len > 1 && text.data[0] == '<' && text.data[text.len - 1] == '>') {
    text = (dsr_str){text.data + 1, text.len - 2};
  }
  TRY(dsr_text_word(symbols, clause->name, none, none, DSR_INTERN, &name));
  TRY(dsr_text_word(symbols, text, none, none, DSR_INTERN, &iri));
  TRY(retract_others(r, DSR_REL_PREFIX, name, &iri, 1));
  return add_fact(r, DSR_REL_PREFIX, 2, name, iri);
}

dsr_status dsr_heading_prefixes(dsr_resolve *r) {
  for (size_t i = 0; i < r->program->clauses.len; i++) {
    const dsr_clause *clause = &r->program->clauses.items[i];
    if (clause->kind != DSR_CLAUSE_PREFIX) continue;
    dsr_resolve_clause(r, clause);
    dsr_status rc = dsr_resolve_retell(r, clause->name_at, record_prefix(r, clause));
    if (dsr_resolve_hard(rc)) return rc;
  }
  dsr_resolve_forget(r);
  return DSR_OK;
}

/* ---- sources -------------------------------------------------------------------- */

static int property_named(dsr_str name) {
  int i = 0;
  while (i < N_PROPERTIES && !dsr_str_is(name, properties[i].name)) i++;
  return i;
}

static dsr_status no_property(dsr_resolve *r, const dsr_property *property) {
  dsr_nearest race;
  dsr_nearest_start(&race, property->name);
  for (int i = 0; i < N_PROPERTIES; i++) {
    dsr_nearest_offer(&race, dsr_str_of(properties[i].name));
  }
  if (race.best.len > 0) {
    return dsr_resolve_fail(r, property->at, DSR_ESYNTAX,
                            "a source has no property \"%s\"; did you mean \"%s\"?",
                            dsr_show(property->name).text, dsr_show(race.best).text);
  }
  return dsr_resolve_fail(r, property->at, DSR_ESYNTAX,
                          "a source has no property \"%s\"; it has title, kind, date, "
                          "reliability, derived_from, url, author and publisher",
                          dsr_show(property->name).text);
}

static dsr_status check_letter(dsr_resolve *r, const dsr_term *term) {
  char letter = 0, digit = 0;
  if (term->kind != DSR_TERM_ENTITY ||
      (dsr_grade_parse(term->text, &letter, &digit) && digit == 0)) {
    return DSR_OK; /* another kind of term is told of by its type */
  }
  return dsr_resolve_fail(r, term->at, DSR_ETYPE,
                          "reliability is a letter from a to f; came %s",
                          dsr_show(term->text).text);
}

/* The value of a property: a URL may be written as an IRI. */
static dsr_status property_value(dsr_resolve *r, const dsr_property *property, int kind,
                                 dsr_word *out) {
  dsr_term term = property->value;
  bool iri = term.kind == DSR_TERM_ENTITY && !term.curie && term.text.len > 1 &&
             term.text.data[0] == '<';
  if (properties[kind].relation == DSR_REL_SOURCE_URL && iri) {
    term.kind = DSR_TERM_TEXT;
    term.text = (dsr_str){term.text.data + 1, term.text.len - 2};
  }
  if (properties[kind].relation == DSR_REL_SOURCE_GRADE) TRY(check_letter(r, &term));
  if (properties[kind].relation == DSR_REL_DERIVED_FROM) {
    return dsr_resolve_source(r, &term, out);
  }
  dsr_spot spot = {.what = properties[kind].name};
  return dsr_resolve_term(r, &term, properties[kind].type, false, DSR_INTERN, spot,
                          out);
}

/* The values that a declaration gives for one property; *last is where the last is. */
static dsr_status property_values(dsr_resolve *r, const dsr_clause *clause, int kind,
                                  dsr_word values[VALUES_MOST], int *n,
                                  dsr_place *last) {
  int most = properties[kind].relation == DSR_REL_DERIVED_FROM ? VALUES_MOST : 1;
  *n = 0;
  for (int i = 0; i < clause->n_properties; i++) {
    const dsr_property *property = &clause->properties[i];
    if (property_named(property->name) != kind) continue;
    *last = property->at;
    if (*n == most) {
      return dsr_resolve_fail(r, property->at, DSR_ESYNTAX,
                              "%s is given more than %s; keep one",
                              properties[kind].name, most == 1 ? "once" : "32 times");
    }
    TRY(property_value(r, property, kind, &values[*n]));
    ++*n;
  }
  return DSR_OK;
}

/* Record one property of a source in place of what it was. */
static dsr_status record_property(dsr_resolve *r, const dsr_clause *clause, int kind,
                                  dsr_word source) {
  dsr_word values[VALUES_MOST];
  dsr_place last;
  int n;
  TRY(property_values(r, clause, kind, values, &n, &last));
  if (n == 0) return DSR_OK;
  uint32_t relation = properties[kind].relation;
  dsr_status rc = retract_others(r, relation, source, values, n);
  for (int i = 0; rc >= 0 && i < n; i++) {
    rc = add_fact(r, relation, 2, source, values[i]);
  }
  return dsr_resolve_retell(r, last, rc);
}

/* Record one sort of property, errors told and left behind. */
static dsr_status record_kinds(dsr_resolve *r, const dsr_clause *clause, bool derived) {
  dsr_word source;
  dsr_status rc = dsr_symbols_find(dsr_facts_symbols(r->facts), DSR_SYM_ENTITY,
                                   clause->name, &source);
  for (int kind = 0; rc == DSR_OK && kind < N_PROPERTIES; kind++) {
    if ((properties[kind].relation == DSR_REL_DERIVED_FROM) != derived) continue;
    dsr_status one = record_property(r, clause, kind, source);
    if (dsr_resolve_hard(one)) rc = one;
  }
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status record_source(dsr_resolve *r, const dsr_clause *clause) {
  dsr_word source;
  for (int i = 0; i < clause->n_properties; i++) {
    if (property_named(clause->properties[i].name) == N_PROPERTIES) {
      no_property(r, &clause->properties[i]);
    }
  }
  dsr_status rc = dsr_symbols_intern(dsr_facts_symbols(r->facts), DSR_SYM_ENTITY,
                                     clause->name, &source);
  if (rc >= 0) rc = add_fact(r, DSR_REL_SOURCE, 1, source, DSR_WORD_NONE);
  rc = dsr_resolve_retell(r, clause->name_at, rc);
  return rc < 0 ? rc : record_kinds(r, clause, false);
}

static dsr_status each_source(dsr_resolve *r,
                              dsr_status (*work)(dsr_resolve *r,
                                                 const dsr_clause *clause)) {
  for (size_t i = 0; i < r->program->clauses.len; i++) {
    const dsr_clause *clause = &r->program->clauses.items[i];
    if (clause->kind != DSR_CLAUSE_SOURCE) continue;
    dsr_resolve_clause(r, clause);
    dsr_status rc = work(r, clause);
    if (dsr_resolve_hard(rc)) return rc;
  }
  return DSR_OK;
}

static dsr_status record_derivations(dsr_resolve *r, const dsr_clause *clause) {
  return record_kinds(r, clause, true);
}

dsr_status dsr_heading_sources(dsr_resolve *r) {
  TRY(each_source(r, record_source));
  TRY(each_source(r, record_derivations));
  dsr_resolve_forget(r);
  return DSR_OK;
}
