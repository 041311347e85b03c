/*
** outwalk_head.c - what a walk tells of relations, prefixes, sources and rules.
**
** Prefixes and sources are facts.  What `base` claims of them with nothing else said of the
** claim goes out as a declaration: the first IRI of a prefix, the first value of a
** property, up to 32 sources that one is derived from.  All else goes out as facts; which,
** dsr_outwalk_taken() tells when the facts come, by the same rules.
**
** Cost: sources are gone through once, with a look at each of their properties.
*/
#include <stdlib.h>

#include "ground/text.h"
#include "io/outwalk.h"

enum { PARENTS_MOST = 32, N_PROPERTIES = 8 };

static const struct {
  const char *name;
  uint32_t relation;
} properties[N_PROPERTIES] = {
    {"title", DSR_REL_SOURCE_TITLE},
    {"kind", DSR_REL_SOURCE_KIND},
    {"date", DSR_REL_SOURCE_DATE},
    {"reliability", DSR_REL_SOURCE_GRADE},
    {"url", DSR_REL_SOURCE_URL},
    {"author", DSR_REL_SOURCE_AUTHOR},
    {"publisher", DSR_REL_SOURCE_PUBLISHER},
    {"derived_from", DSR_REL_DERIVED_FROM},
};

static dsr_status no_memory(dsr_outwalking *w) {
  return dsr_fail_memory(dsr_facts_error(w->facts));
}

/* ---- relations -------------------------------------------------------------------- */

/* Does a relation that is declared name this one as a general case of itself? */
static bool is_general(dsr_facts *facts, const dsr_relation *relation) {
  const dsr_relation *other;
  for (size_t i = 0; (other = dsr_relation_at(facts, i)) != NULL; i++) {
    for (int k = 0; k < other->n_is; k++) {
      if (other->is[k].general == relation->number) return true;
    }
  }
  return false;
}

typedef VEC(const dsr_relation *) relation_list;

static bool listed(const relation_list *list, const dsr_relation *relation) {
  for (size_t i = 0; i < list->len; i++) {
    if (list->items[i] == relation) return true;
  }
  return false;
}

/* Add a relation and what its declaration names. */
static dsr_status add_relation(dsr_outwalking *w, relation_list *list,
                               uint32_t number) {
  const dsr_relation *relation = dsr_relation_get(w->facts, number);
  if (relation == NULL || listed(list, relation)) return DSR_OK;
  if (!VEC_PUSH(list, relation)) return no_memory(w);
  for (int k = 0; k < relation->n_is; k++) {
    TRY(add_relation(w, list, relation->is[k].general));
  }
  return relation->inverse != 0 ? add_relation(w, list, relation->inverse) : DSR_OK;
}

static int by_name(const void *left, const void *right) {
  const dsr_relation *a = *(const dsr_relation *const *)left;
  const dsr_relation *b = *(const dsr_relation *const *)right;
  int order = dsr_str_cmp(a->name, b->name);
  return order != 0 ? order : a->arity - b->arity;
}

static dsr_status list_declared(dsr_outwalking *w, relation_list *list) {
  const dsr_exporting *how = w->how;
  const dsr_relation *relation;
  for (size_t i = 0; i < how->n_relations; i++) {
    TRY(add_relation(w, list, how->relations[i]));
  }
  for (size_t i = 0; how->n_relations == 0; i++) {
    relation = dsr_relation_at(w->facts, i);
    if (relation == NULL) break;
    if (!VEC_PUSH(list, relation)) return no_memory(w);
  }
  if (list->len > 0) qsort(list->items, list->len, sizeof *list->items, by_name);
  return DSR_OK;
}

/* What a rule calls the relation by at least: of an IRI, which a prefix may stand in for,
** what is behind the last sign in it. */
static dsr_str shortest_name(const dsr_relation *relation) {
  dsr_str name = relation->name;
  if (name.len < 2 || name.data[0] != '<') return name;
  size_t end = name.len - 1, from = end;
  while (from > 1 && memchr(":/#?", name.data[from - 1], 4) == NULL) from--;
  return (dsr_str){name.data + from, end - from};
}

static bool is_in(dsr_str part, dsr_str text) {
  for (size_t i = 0; i + part.len <= text.len; i++) {
    if (memcmp(text.data + i, part.data, part.len) == 0) return true;
  }
  return false;
}

/* May a rule speak of it?  The words alone are looked at. */
static bool is_in_rules(dsr_facts *facts, const dsr_relation *relation) {
  const dsr_kept_rule *rule;
  dsr_str name = shortest_name(relation);
  for (size_t i = 0; (rule = dsr_kept_at(facts, i)) != NULL; i++) {
    if (is_in(name, rule->canonical)) return true;
  }
  return false;
}

/* Is the relation declared, or would what names it not be led to it by a fact? */
static dsr_status is_needed(dsr_outwalking *w, const dsr_relation *relation,
                            bool *out) {
  bool lives = true;
  if (!relation->declared && is_in_rules(w->facts, relation)) {
    TRY(dsr_outwalk_lives(w, relation, &lives));
  }
  *out = relation->declared || !lives || is_general(w->facts, relation);
  return DSR_OK;
}

/* A relation that was only met is declared where facts could not be met again: where one of
** its name, with other columns, is declared. */
static dsr_status to_declare(dsr_outwalking *w, const dsr_relation *relation,
                             bool *out) {
  bool shadowed = false;
  *out = false;
  if (relation->number < DSR_REL_FIRST) return DSR_OK;
  TRY(is_needed(w, relation, out));
  for (int arity = 0; arity <= DSR_ARITY_MAX && !*out && !shadowed; arity++) {
    const dsr_relation *other = dsr_relation_find(w->facts, relation->name, arity);
    if (other != NULL && other != relation) TRY(is_needed(w, other, &shadowed));
  }
  return shadowed ? dsr_outwalk_lives(w, relation, out) : DSR_OK;
}

dsr_status dsr_outwalk_declarations(dsr_outwalking *w) {
  relation_list list = {0};
  dsr_status rc = list_declared(w, &list);
  for (size_t i = 0; rc >= 0 && i < list.len; i++) {
    bool due;
    rc = to_declare(w, list.items[i], &due);
    if (rc >= 0 && due) rc = w->sink->relation(w->sink->ud, list.items[i]);
  }
  VEC_FREE(&list);
  return rc;
}

/* ---- plain claims ----------------------------------------------------------------- */

bool dsr_outwalk_plain(const dsr_outwalking *w, const dsr_claim_row *claim) {
  return claim->verb == DSR_ASSERTS && claim->kind == DSR_STATED &&
         claim->source == dsr_facts_base_source(w->facts) && claim->reliability == 0 &&
         claim->credibility == 0 && claim->locator == DSR_WORD_NONE &&
         claim->speaker == DSR_WORD_NONE && claim->quotation == DSR_WORD_NONE &&
         claim->confidence == DSR_WORD_NONE;
}

dsr_status dsr_outwalk_plain_set(dsr_outwalking *w, uint32_t relation, uint64_t set,
                                 bool *out) {
  dsr_set entries;
  *out = false;
  TRY(dsr_set_get(w->facts, set, &entries));
  for (size_t i = 0; i < entries.n && !*out; i++) {
    const dsr_claim_row *claim;
    bool in;
    TRY(dsr_claim_get(w->facts, entries.entries[i].claim, &claim));
    if (!dsr_outwalk_plain(w, claim)) continue;
    TRY(dsr_view_entry(w->how->view, relation, &entries, i, &in));
    *out = in;
  }
  return DSR_OK;
}

static bool is_used(const dsr_outwalking *w, dsr_word source) {
  uint64_t number = dsr_word_payload(source);
  return number / 8 < w->used.len && (w->used.items[number / 8] >> number % 8 & 1);
}

/* Does the source go out as a declaration? */
static dsr_status is_declared(dsr_outwalking *w, dsr_word source, bool *out) {
  dsr_tuple tuple = {.relation = DSR_REL_SOURCE, .arity = 1, .args = {source}};
  uint64_t set;
  *out = false;
  if (w->sink->source == NULL) return DSR_OK;
  if (w->how->n_relations > 0 && !is_used(w, source)) return DSR_OK;
  dsr_status rc = dsr_fact_set(w->facts, &tuple, &set);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  return dsr_outwalk_plain_set(w, DSR_REL_SOURCE, set, out);
}

/* The spelling of a text, where it has neither language nor datatype; else none. */
static dsr_str plain_text(dsr_outwalking *w, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value = dsr_pen_value(w->how->pen, word, scratch);
  bool plain = value.type == DSR_TEXT && value.lang.len + value.datatype.len == 0;
  return plain ? value.text : (dsr_str){NULL, 0};
}

/* Is a name written as it is, in or without brackets? */
static dsr_status stands_bare(dsr_outwalking *w, dsr_str name, dsr_arena *arena,
                              bool *out) {
  dsr_str written;
  TRY(dsr_name_write(dsr_facts_symbols(w->facts), name, arena, &written));
  *out = dsr_str_eq(name, written);
  return DSR_OK;
}

/* "<iri>" */
static dsr_status in_brackets(dsr_outwalking *w, dsr_str iri, dsr_arena *arena,
                              dsr_str *out) {
  char *text = dsr_arena_alloc(arena, iri.len + 3);
  if (text == NULL) return no_memory(w);
  text[0] = '<';
  memcpy(text + 1, iri.data, iri.len);
  text[iri.len + 1] = '>';
  *out = (dsr_str){text, iri.len + 2};
  return DSR_OK;
}

/* Can the prefix be declared: is its name a plain one, its IRI one in brackets? */
static dsr_status prefix_fits(dsr_outwalking *w, const uint64_t *row, bool *out) {
  dsr_str name = plain_text(w, row[0]), iri = plain_text(w, row[1]);
  dsr_str whole = {NULL, 0};
  dsr_arena arena = {0};
  *out = false;
  if (row[2] != DSR_WORD_NONE || name.len == 0 || iri.len == 0) return DSR_OK;
  if (name.data[0] == '<' || name.data[0] == '_') return DSR_OK;
  dsr_status rc = stands_bare(w, name, &arena, out);
  if (rc >= 0 && *out) rc = in_brackets(w, iri, &arena, &whole);
  if (rc >= 0 && *out) rc = stands_bare(w, whole, &arena, out);
  dsr_arena_free(&arena);
  return rc;
}

/* Can the value stand in a declaration of its source? */
static dsr_status value_fits(dsr_outwalking *w, uint32_t relation, dsr_word value,
                             bool *out) {
  dsr_symbol_kind kind;
  dsr_str name;
  char letter = 0, digit = 0;
  *out = true;
  if (relation == DSR_REL_DERIVED_FROM) return is_declared(w, value, out);
  if (relation != DSR_REL_SOURCE_GRADE) return DSR_OK;
  TRY(dsr_symbols_get(dsr_facts_symbols(w->facts), value, &kind, &name));
  *out =
      name.len == 1 && dsr_grade_parse(name, &letter, &digit) && letter == name.data[0];
  return DSR_OK;
}

static bool is_property(uint32_t relation) {
  for (int i = 0; i < N_PROPERTIES; i++) {
    if (properties[i].relation == relation) return true;
  }
  return false;
}

dsr_status dsr_outwalk_taken(dsr_outwalking *w, const dsr_relation *relation,
                             const uint64_t *row, bool *out) {
  uint32_t number = relation->number;
  bool fits = false;
  if (row[0] != w->subject) w->taken = 0;
  w->subject = row[0];
  *out = false;
  if (w->every) return DSR_OK;
  if (number == DSR_REL_SOURCE) {
    return row[1] == DSR_WORD_NONE ? is_declared(w, row[0], out) : DSR_OK;
  }
  if (number == DSR_REL_PREFIX) {
    if (w->sink->prefix != NULL && w->taken == 0) TRY(prefix_fits(w, row, out));
  } else if (is_property(number) && row[2] == DSR_WORD_NONE) {
    int most = number == DSR_REL_DERIVED_FROM ? PARENTS_MOST : 1;
    if (w->taken < most) TRY(is_declared(w, row[0], &fits));
    if (fits) TRY(value_fits(w, number, row[1], out));
  }
  w->taken += *out;
  return DSR_OK;
}

/* ---- prefixes and sources --------------------------------------------------------- */

static dsr_status each_taken(dsr_outwalking *w, uint32_t number,
                             dsr_status (*tell)(dsr_outwalking *w,
                                                const uint64_t *row)) {
  const dsr_relation *relation = dsr_relation_get(w->facts, number);
  TRY(dsr_outwalk_gather(w, relation, DSR_WANT_FACTS));
  w->subject = DSR_WORD_NONE;
  w->taken = 0;
  for (size_t i = 0; i < dsr_rank_len(&w->rank); i++) {
    const uint64_t *row = dsr_rank_row(&w->rank, i);
    bool plain, taken = false;
    TRY(dsr_outwalk_plain_set(w, number, row[relation->arity + 1], &plain));
    if (plain) TRY(dsr_outwalk_taken(w, relation, row, &taken));
    if (taken) TRY(tell(w, row));
  }
  return DSR_OK;
}

static dsr_status tell_prefix(dsr_outwalking *w, const uint64_t *row) {
  return w->sink->prefix(w->sink->ud, row[0], row[1]);
}

dsr_status dsr_outwalk_prefixes(dsr_outwalking *w) {
  if (w->how->n_relations > 0) return DSR_OK;
  return each_taken(w, DSR_REL_PREFIX, tell_prefix);
}

typedef VEC(dsr_word) word_list;

/* The values of a source's property that can stand in its declaration. */
static dsr_status list_values(dsr_outwalking *w, uint32_t relation, dsr_word source,
                              word_list *out) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  out->len = 0;
  TRY(dsr_cursor_start(dsr_facts_store(w->facts), relation, 3, 0, &source, 1, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    dsr_word value = row[1];
    bool fits = row[2] == DSR_WORD_NONE;
    if (fits) rc = dsr_outwalk_plain_set(w, relation, set, &fits);
    if (rc >= 0 && fits) rc = value_fits(w, relation, value, &fits);
    if (rc >= 0 && fits && !VEC_PUSH(out, value)) rc = no_memory(w);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Sort a few words by value. */
static dsr_status sort_values(dsr_outwalking *w, dsr_word *words, size_t n) {
  for (size_t i = 1; i < n; i++) {
    dsr_word one = words[i];
    size_t k = i;
    for (; k > 0; k--) {
      int order;
      TRY(dsr_value_compare(dsr_facts_symbols(w->facts), words[k - 1], one, &order));
      if (order <= 0) break;
      words[k] = words[k - 1];
    }
    words[k] = one;
  }
  return DSR_OK;
}

static dsr_status tell_source(dsr_outwalking *w, const uint64_t *row) {
  dsr_out_property told[N_PROPERTIES + PARENTS_MOST];
  dsr_out_source source = {.entity = row[0], .properties = told};
  word_list values = {0};
  dsr_status rc = DSR_OK;
  for (int i = 0; rc >= 0 && i < N_PROPERTIES; i++) {
    uint32_t relation = properties[i].relation;
    size_t most = relation == DSR_REL_DERIVED_FROM ? PARENTS_MOST : 1;
    rc = list_values(w, relation, source.entity, &values);
    if (rc >= 0) rc = sort_values(w, values.items, values.len);
    for (size_t k = 0; rc >= 0 && k < values.len && k < most; k++) {
      told[source.n_properties++] =
          (dsr_out_property){properties[i].name, relation, values.items[k]};
    }
  }
  VEC_FREE(&values);
  return rc < 0 ? rc : w->sink->source(w->sink->ud, &source);
}

dsr_status dsr_outwalk_sources(dsr_outwalking *w) {
  return each_taken(w, DSR_REL_SOURCE, tell_source);
}

/* ---- sources that claims name ------------------------------------------------------ */

static dsr_status mark_used(dsr_outwalking *w, dsr_word source, bool *new) {
  size_t number = (size_t)dsr_word_payload(source), byte = number / 8;
  unsigned char bit = (unsigned char)(1u << number % 8);
  if (source == DSR_WORD_NONE || number > DSR_SYMBOL_MOST) return DSR_OK;
  if (byte >= w->used.len) {
    size_t more = byte + 1 - w->used.len;
    if (!VEC_RESERVE(&w->used, more)) return no_memory(w);
    memset(w->used.items + w->used.len, 0, more);
    w->used.len += more;
  }
  *new = *new || !(w->used.items[byte] & bit);
  w->used.items[byte] |= bit;
  return DSR_OK;
}

static dsr_status use_set(dsr_outwalking *w, uint32_t relation, uint64_t number) {
  dsr_set set;
  TRY(dsr_set_get(w->facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    bool in, new = false;
    TRY(dsr_view_entry(w->how->view, relation, &set, i, &in));
    if (!in) continue;
    TRY(dsr_claim_get(w->facts, set.entries[i].claim, &claim));
    TRY(mark_used(w, claim->source, &new));
    TRY(mark_used(w, claim->target, &new));
  }
  return DSR_OK;
}

/* Go through the sets of a relation, each once: a run of rows has one, mostly. */
static dsr_status use_relation(dsr_outwalking *w, const dsr_relation *relation) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set, last = 0;
  TRY(dsr_cursor_start(dsr_facts_store(w->facts), relation->number, relation->arity + 1,
                       0, NULL, 0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    if (set == last) continue;
    last = set;
    rc = use_set(w, relation->number, set);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

/* Mark what used sources are derived from, until nothing is new. */
static dsr_status use_parents(dsr_outwalking *w) {
  bool new = true;
  while (new) {
    dsr_cursor *cursor;
    const uint64_t *row;
    uint64_t set;
    new = false;
    TRY(dsr_cursor_start(dsr_facts_store(w->facts), DSR_REL_DERIVED_FROM, 3, 0, NULL, 0,
                         &cursor));
    dsr_status rc;
    while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
      dsr_word parent = row[1];
      bool plain = false;
      if (!is_used(w, row[0])) continue;
      rc = dsr_outwalk_plain_set(w, DSR_REL_DERIVED_FROM, set, &plain);
      if (rc >= 0 && plain) rc = mark_used(w, parent, &new);
      if (rc < 0) break;
    }
    dsr_cursor_stop(cursor);
    if (rc < 0) return rc;
  }
  return DSR_OK;
}

dsr_status dsr_outwalk_used(dsr_outwalking *w) {
  bool some = w->how->n_relations > 0;
  if (w->sink->undeclared == NULL && !(some && w->sink->source != NULL)) return DSR_OK;
  for (size_t i = 0; i < w->relations.len; i++) {
    TRY(use_relation(w, w->relations.items[i]));
  }
  return some ? use_parents(w) : DSR_OK;
}

static dsr_status list_undeclared(dsr_outwalking *w, word_list *out) {
  for (size_t number = 1; number / 8 < w->used.len; number++) {
    dsr_word source = dsr_word_make(DSR_TAG_ENTITY, number);
    bool declared;
    if (!is_used(w, source) || source == dsr_facts_base_source(w->facts)) continue;
    TRY(is_declared(w, source, &declared));
    if (!declared && !VEC_PUSH(out, source)) return no_memory(w);
  }
  return sort_values(w, out->items, out->len);
}

dsr_status dsr_outwalk_undeclared(dsr_outwalking *w, bool after) {
  word_list list = {0};
  dsr_status rc = list_undeclared(w, &list);
  if (rc >= 0 && list.len > 0) {
    rc = w->sink->undeclared(w->sink->ud, list.items, list.len, after);
  }
  VEC_FREE(&list);
  return rc;
}

/* ---- rules ------------------------------------------------------------------------ */

static int rule_order(const void *left, const void *right) {
  const dsr_kept_rule *a = *(const dsr_kept_rule *const *)left;
  const dsr_kept_rule *b = *(const dsr_kept_rule *const *)right;
  int order = (int)a->constraint - (int)b->constraint;
  if (order == 0) order = dsr_str_cmp(a->name, b->name);
  if (order == 0) order = a->arity - b->arity;
  return order != 0 ? order : dsr_str_cmp(a->canonical, b->canonical);
}

dsr_status dsr_outwalk_rules(dsr_outwalking *w) {
  VEC(const dsr_kept_rule *) list = {0};
  const dsr_kept_rule *rule;
  dsr_status rc = DSR_OK;
  for (size_t i = 0; rc >= 0 && (rule = dsr_kept_at(w->facts, i)) != NULL; i++) {
    if (!VEC_PUSH(&list, rule)) rc = no_memory(w);
  }
  if (list.len > 0) qsort(list.items, list.len, sizeof *list.items, rule_order);
  for (size_t i = 0; rc >= 0 && i < list.len; i++) {
    rc = w->sink->rule(w->sink->ud, list.items[i]);
  }
  VEC_FREE(&list);
  return rc;
}
