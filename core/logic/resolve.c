/*
** resolve.c - from words as written to words of the base, with errors at their places.
**
** A constant becomes a word by the column it stands in: four bare digits are a year
** where a time is due, a CURIE is spelled out by its declared prefix, anything of the
** wrong type is told with what would do.  Looking for the nearest name reads all names
** of its sort; only errors pay for that.
*/
#include "logic/resolve.h"

#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/compound.h"
#include "logic/load.h"

/* Errors that look through the whole program for what may have been meant. */
enum { HINTS_MOST = 100 };

/* ---- the resolver --------------------------------------------------------------- */

void dsr_resolve_start(dsr_resolve *r, dsr_facts *facts, const dsr_program *program,
                       dsr_error *error) {
  *r = (dsr_resolve){.facts = facts, .program = program, .error = error};
}

void dsr_resolve_stop(dsr_resolve *r) {
  dsr_view_free(r->view);
  VEC_FREE(&r->prefixes);
  VEC_FREE(&r->scratch);
  r->view = NULL;
}

void dsr_resolve_clause(dsr_resolve *r, const dsr_clause *clause) {
  r->clause = clause;
  r->file = clause->file;
}

dsr_status dsr_resolve_view(dsr_resolve *r, dsr_view **out) {
  if (r->view == NULL) TRY(dsr_view_new(r->facts, NULL, NULL, &r->view));
  *out = r->view;
  return DSR_OK;
}

void dsr_resolve_forget(dsr_resolve *r) {
  r->prefixes.len = 0;
  r->source = (dsr_str){NULL, 0};
}

/* ---- names in messages ---------------------------------------------------------- */

dsr_shown dsr_show(dsr_str name) {
  enum { MOST = 60 };
  dsr_shown shown;
  size_t n = name.len;
  if (n > MOST) {
    n = MOST;
    while (n > 0 && ((unsigned char)name.data[n] & 0xc0) == 0x80) n--;
  }
  if (n > 0) memcpy(shown.text, name.data, n);
  memcpy(shown.text + n, n < name.len ? "..." : "", n < name.len ? 4 : 1);
  return shown;
}

dsr_shown dsr_show_relation(dsr_str name, int arity) {
  dsr_shown shown = dsr_show(name);
  size_t n = strlen(shown.text);
  snprintf(shown.text + n, sizeof shown.text - n, "/%d", arity);
  return shown;
}

const char *dsr_domain_due(dsr_domain type) {
  switch (type) {
    case DSR_COL_ANY:
      return "a value";
    case DSR_COL_BOOL:
      return "true or false";
    case DSR_COL_INT:
      return "an integer";
    case DSR_COL_NUMBER:
      return "a number";
    case DSR_COL_TIME:
      return "a date";
    case DSR_COL_ENTITY:
      return "an entity";
    case DSR_COL_TEXT:
      return "a text";
  }
  return "a value";
}

bool dsr_four_digits(dsr_str text) {
  if (text.len != 4) return false;
  for (size_t i = 0; i < 4; i++) {
    if (text.data[i] < '0' || text.data[i] > '9') return false;
  }
  return true;
}

/* ---- "did you mean": variables that look like entities --------------------------- */

static bool term_names(const dsr_term *term, dsr_str name) {
  if (term->kind == DSR_TERM_ENTITY) return dsr_str_eq(term->text, name);
  for (int i = 0; i < term->n_args; i++) {
    if (term_names(&term->args[i], name)) return true;
  }
  return false;
}

static bool atom_names(const dsr_atom *atom, dsr_str name) {
  for (int i = 0; i < atom->n_args; i++) {
    if (term_names(&atom->args[i], name)) return true;
  }
  return term_names(&atom->claim.source, name) ||
         term_names(&atom->claim.speaker, name);
}

static bool clause_names(const dsr_clause *clause, dsr_str name) {
  if (clause->kind == DSR_CLAUSE_SOURCE && dsr_str_eq(clause->name, name)) return true;
  if (atom_names(&clause->head, name)) return true;
  for (int i = 0; i < clause->n_body; i++) {
    if (clause->body[i].atom && atom_names(clause->body[i].atom, name)) return true;
  }
  return false;
}

/* Is `name` an entity of the base, or one that the program speaks of? */
static bool known_entity(dsr_resolve *r, dsr_str name) {
  dsr_word word;
  dsr_symbols *symbols = dsr_facts_symbols(r->facts);
  if (dsr_symbols_find(symbols, DSR_SYM_ENTITY, name, &word) == DSR_OK) return true;
  if (r->error->count >= HINTS_MOST) return false;
  bool named = false;
  const dsr_clause *clause;
  dsr_error error = {0};
  dsr_clauses walk = dsr_clauses_start(r->program, 0, &error);
  while (!named && dsr_clauses_next(&walk, &clause) == DSR_ROW) {
    named = clause_names(clause, name);
  }
  dsr_clauses_stop(&walk);
  return named;
}

/* The entity that a variable's name is in lower case; "" where there is none. */
static dsr_shown entity_meant(dsr_resolve *r, dsr_str variable) {
  dsr_shown shown = {""};
  dsr_arena arena = {0};
  dsr_str lower = dsr_text_fold(&arena, variable);
  if (lower.data != NULL && !dsr_str_eq(lower, variable) && known_entity(r, lower)) {
    shown = dsr_show(lower);
  }
  dsr_arena_free(&arena);
  return shown;
}

void dsr_resolve_hint(dsr_resolve *r, char *out, size_t size) {
  const dsr_clause *clause = r->clause;
  out[0] = '\0';
  if (clause == NULL || clause->kind != DSR_CLAUSE_QUERY) return;
  for (int i = 0; i < clause->n_vars; i++) {
    if (clause->var_uses[i] != 1 || clause->vars[i].len < 2) continue;
    dsr_shown meant = entity_meant(r, clause->vars[i]);
    if (meant.text[0] == '\0') continue;
    snprintf(out, size, "\"%s\" is a variable: did you mean %s?",
             dsr_show(clause->vars[i]).text, meant.text);
    return;
  }
}

/* ---- telling -------------------------------------------------------------------- */

bool dsr_resolve_hard(dsr_status rc) {
  switch (rc) {
    case DSR_ENOMEM:
    case DSR_EIO:
    case DSR_EBUSY:
    case DSR_EDAMAGED:
    case DSR_EFOREIGN:
    case DSR_EREADONLY:
    case DSR_EMISUSE:
      return true;
    default:
      return false;
  }
}

dsr_status dsr_resolve_fail(dsr_resolve *r, dsr_place at, dsr_status code,
                            const char *format, ...) {
  char words[1024], hint[240];
  va_list list;
  va_start(list, format);
  vsnprintf(words, sizeof words, format, list);
  va_end(list);
  if (r->error->count >= DSR_ERROR_MOST && r->error->told == NULL) {
    /* Only counted: no need of its line. */
    return dsr_error_at(r->error, code, "", at, (dsr_str){NULL, 0}, "%s", words);
  }
  dsr_resolve_hint(r, hint, sizeof hint);
  return dsr_program_error(r->program, r->file, at, r->error, code, "%s%s%s", words,
                           hint[0] ? "; " : "", hint);
}

dsr_status dsr_resolve_retell(dsr_resolve *r, dsr_place at, dsr_status rc) {
  if (rc >= 0 || dsr_resolve_hard(rc)) return rc;
  dsr_error *told = dsr_facts_error(r->facts);
  char words[1000];
  snprintf(words, sizeof words, "%.999s", told->text);
  if (r->error == told) dsr_error_clear(told);
  return dsr_resolve_fail(r, at, rc, "%s", words);
}

/* ---- prefixes ------------------------------------------------------------------- */

/* The text of a word; none where it is no text. */
static dsr_str text_of(dsr_symbols *symbols, dsr_word word) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value = {0};
  if (dsr_word_tag(word) != DSR_TAG_TEXT) return (dsr_str){NULL, 0};
  if (dsr_word_value(symbols, word, scratch, &value) < 0) return (dsr_str){NULL, 0};
  return value.text;
}

/* Read all declared prefixes; the first of a name counts. */
static dsr_status read_prefixes(dsr_resolve *r) {
  dsr_view *view;
  dsr_scan *scan;
  const dsr_match *match;
  dsr_status rc;
  dsr_symbols *symbols = dsr_facts_symbols(r->facts);
  const dsr_word any[DSR_ARITY_MAX] = {0};
  TRY(dsr_resolve_view(r, &view));
  TRY(dsr_scan_start(r->facts, view, DSR_REL_PREFIX, any, DSR_WORD_NONE, 0, &scan));
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_prefix prefix = {text_of(symbols, match->args[0]),
                         text_of(symbols, match->args[1])};
    if (VEC_PUSH(&r->prefixes, prefix)) continue;
    rc = dsr_fail_memory(dsr_facts_error(r->facts));
    break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

static const dsr_prefix *find_prefix(const dsr_resolve *r, dsr_str name) {
  for (size_t i = 0; i < r->prefixes.len; i++) {
    if (dsr_str_eq(r->prefixes.items[i].name, name)) return &r->prefixes.items[i];
  }
  return NULL;
}

static dsr_status no_prefix(dsr_resolve *r, dsr_place at, dsr_str name) {
  dsr_nearest race;
  dsr_nearest_start(&race, name);
  for (size_t i = 0; i < r->prefixes.len; i++) {
    dsr_nearest_offer(&race, r->prefixes.items[i].name);
  }
  if (race.best.len > 0) {
    return dsr_resolve_fail(r, at, DSR_EABSENT,
                            "no prefix called \"%s\"; did you mean \"%s\"?",
                            dsr_show(name).text, dsr_show(race.best).text);
  }
  return dsr_resolve_fail(
      r, at, DSR_EABSENT,
      "no prefix called \"%s\"; declare it: prefix %s: <http://...>.",
      dsr_show(name).text, dsr_show(name).text);
}

/* Spell out a CURIE, "ex:thing", into the resolver's scratch. */
static dsr_status expand_curie(dsr_resolve *r, const dsr_term *term, dsr_str *out) {
  const char *colon = memchr(term->text.data, ':', term->text.len);
  if (colon == NULL) {
    *out = term->text;
    return DSR_OK;
  }
  dsr_str name = {term->text.data, (size_t)(colon - term->text.data)};
  dsr_str local = {colon + 1, term->text.len - name.len - 1};
  if (r->prefixes.len == 0) TRY(read_prefixes(r));
  const dsr_prefix *prefix = find_prefix(r, name);
  if (prefix == NULL) return no_prefix(r, term->at, name);
  r->scratch.len = 0;
  size_t len = prefix->iri.len + local.len + 2;
  if (!VEC_RESERVE(&r->scratch, len + 1)) {
    return dsr_fail_memory(dsr_facts_error(r->facts));
  }
  snprintf(r->scratch.items, len + 1, "<%.*s%.*s>", (int)prefix->iri.len,
           prefix->iri.data, (int)local.len, local.data);
  *out = (dsr_str){r->scratch.items, len};
  return DSR_OK;
}

/* ---- constants ------------------------------------------------------------------ */

/* What a term is, for messages: `the text "abc"`. */
static void describe(const dsr_term *term, char *out, size_t size) {
  dsr_shown shown = dsr_show(term->text);
  switch (term->kind) {
    case DSR_TERM_ENTITY:
      snprintf(out, size, "the entity %s", shown.text);
      break;
    case DSR_TERM_TEXT:
      snprintf(out, size, "the text \"%s\"", shown.text);
      break;
    case DSR_TERM_NUMBER:
      snprintf(out, size, "the number %s", shown.text);
      break;
    case DSR_TERM_TIME:
      snprintf(out, size, "the date %s", shown.text);
      break;
    case DSR_TERM_BOOL:
      snprintf(out, size, "%s, a boolean", term->flag ? "true" : "false");
      break;
    case DSR_TERM_PARAMETER:
      snprintf(out, size, "the parameter $%s", shown.text);
      break;
    default:
      snprintf(out, size, "something else");
      break;
  }
}

/* What would make the term fit, as the end of a message. */
static const char *remedy(const dsr_term *term, dsr_domain type) {
  if (type == DSR_COL_ENTITY && term->kind == DSR_TERM_TEXT) {
    return "; write it without quotes, or in single ones";
  }
  if (type == DSR_COL_TEXT) return "; write it in double quotes";
  if (type == DSR_COL_TIME && term->kind == DSR_TERM_NUMBER) {
    return "; a year has four digits, and a date is written 1994-02-08";
  }
  if (type == DSR_COL_TIME && term->kind == DSR_TERM_TEXT) {
    return "; write it without quotes, as in 1994-02-08";
  }
  if (term->kind == DSR_TERM_TIME && type != DSR_COL_ENTITY) {
    return "; a minus between numbers needs spaces";
  }
  return "";
}

static dsr_status wrong_type(dsr_resolve *r, const dsr_term *term, dsr_domain type,
                             dsr_spot spot) {
  char what[120], where[320] = "";
  describe(term, what, sizeof what);
  if (spot.relation != NULL) {
    const dsr_relation *relation = spot.relation;
    dsr_str role = relation->roles[spot.column];
    snprintf(where, sizeof where, "column %d of %s%s%s%s takes %s", spot.column + 1,
             dsr_show_relation(relation->name, relation->arity).text,
             role.len > 0 ? " (" : "", dsr_show(role).text, role.len > 0 ? ")" : "",
             dsr_domain_due(type));
  } else if (spot.what != NULL) {
    snprintf(where, sizeof where, "%s is %s", spot.what, dsr_domain_due(type));
  } else {
    snprintf(where, sizeof where, "%s is due here", dsr_domain_due(type));
  }
  return dsr_resolve_fail(r, term->at, DSR_ETYPE, "%s; came %s%s", where, what,
                          remedy(term, type));
}

static dsr_status no_variables(dsr_resolve *r, const dsr_term *term) {
  dsr_shown name =
      term->kind == DSR_TERM_ANYTHING ? (dsr_shown){"_"} : dsr_show(term->text);
  dsr_shown meant = {""};
  if (term->kind == DSR_TERM_VARIABLE) meant = entity_meant(r, term->text);
  if (meant.text[0] != '\0') {
    return dsr_resolve_fail(
        r, term->at, DSR_ESYNTAX,
        "facts hold no variables: \"%s\" is a variable; did you mean %s?", name.text,
        meant.text);
  }
  return dsr_resolve_fail(r, term->at, DSR_ESYNTAX,
                          "facts hold no variables: \"%s\" is a variable; a name in "
                          "single quotes may begin with any letter",
                          name.text);
}

/* What may be a name with signs in it, read as names with a minus between: "ada-marlow",
** put together in `out`.  False where the term is something else, or too long. */
static bool dashed_name(const dsr_term *term, dsr_shown *out) {
  bool minus = term->kind == DSR_TERM_CALL && dsr_str_is(term->text, "-");
  const dsr_term *part = term;
  *out = (dsr_shown){""};
  if (minus) {
    if (term->n_args != 2 || !dashed_name(&term->args[0], out)) return false;
    part = &term->args[1];
  }
  bool digits = minus && part->kind == DSR_TERM_NUMBER;
  if (part->kind != DSR_TERM_ENTITY && !digits) return false;
  size_t used = strlen(out->text), room = sizeof out->text - used;
  int n = snprintf(out->text + used, room, "%s%.*s", minus ? "-" : "",
                   (int)part->text.len, part->text.data);
  return !part->curie && n > 0 && (size_t)n < room;
}

dsr_status dsr_resolve_dashed(dsr_resolve *r, const dsr_term *term) {
  dsr_shown dashed;
  if (term->kind != DSR_TERM_CALL || !dashed_name(term, &dashed)) return DSR_OK;
  return dsr_resolve_fail(
      r, term->at, DSR_EUNSUPPORTED,
      "this takes one name from another; a name with a - in it is quoted: '%s'",
      dashed.text);
}

/* A term that is no constant. */
static dsr_status no_constant(dsr_resolve *r, const dsr_term *term, dsr_domain type) {
  switch (term->kind) {
    case DSR_TERM_VARIABLE:
    case DSR_TERM_ANYTHING:
      return no_variables(r, term);
    case DSR_TERM_PARAMETER:
      return dsr_resolve_fail(r, term->at, DSR_ESYNTAX,
                              "parameters stand in queries; $%s is one",
                              dsr_show(term->text).text);
    case DSR_TERM_RANGE:
      return dsr_resolve_fail(r, term->at, DSR_ETYPE,
                              "a range stands for a column of a fact; write a value");
    case DSR_TERM_AGGREGATE:
      return dsr_resolve_fail(r, term->at, DSR_EUNSUPPORTED,
                              "aggregates are read but not evaluated by this version");
    default:
      break;
  }
  if (type == DSR_COL_TIME && dsr_str_is(term->text, "/")) {
    return dsr_resolve_fail(r, term->at, DSR_ETYPE,
                            "an interval has a month or \"..\" on a side, as in "
                            "1994-01/2004, except after @");
  }
  TRY(dsr_resolve_dashed(r, term));
  return dsr_compound_fact(r, term);
}

static dsr_status entity_word(dsr_resolve *r, const dsr_term *term,
                              dsr_intern_mode mode, dsr_word *out) {
  dsr_symbols *symbols = dsr_facts_symbols(r->facts);
  dsr_str name = term->text;
  if (term->curie) TRY(expand_curie(r, term, &name));
  switch (mode) {
    case DSR_INTERN:
      if (r->bulk) return dsr_bulk_name(r->bulk, DSR_SYM_ENTITY, name, out);
      return dsr_symbols_intern(symbols, DSR_SYM_ENTITY, name, out);
    case DSR_INTERN_TEMP:
      return dsr_symbols_temp(symbols, DSR_SYM_ENTITY, name, out);
    default:
      return dsr_symbols_find(symbols, DSR_SYM_ENTITY, name, out);
  }
}

/* Does a number stand for a time here? */
static bool is_year(const dsr_term *term, dsr_domain type, bool edtf) {
  return term->kind == DSR_TERM_NUMBER && type == DSR_COL_TIME &&
         (edtf || dsr_four_digits(term->text));
}

/* Can a column of `type` hold the term at all? */
static bool term_fits(const dsr_term *term, dsr_domain type) {
  switch (type) {
    case DSR_COL_ANY:
      return true;
    case DSR_COL_BOOL:
      return term->kind == DSR_TERM_BOOL;
    case DSR_COL_INT:
      return term->kind == DSR_TERM_NUMBER &&
             memchr(term->text.data, '.', term->text.len) == NULL;
    case DSR_COL_NUMBER:
      return term->kind == DSR_TERM_NUMBER;
    case DSR_COL_TIME:
      return term->kind == DSR_TERM_TIME;
    case DSR_COL_ENTITY:
      return term->kind == DSR_TERM_ENTITY;
    case DSR_COL_TEXT:
      return term->kind == DSR_TERM_TEXT;
  }
  return false;
}

static dsr_status make_word(dsr_resolve *r, const dsr_term *term, dsr_intern_mode mode,
                            dsr_word *out) {
  dsr_symbols *symbols = dsr_facts_symbols(r->facts);
  switch (term->kind) {
    case DSR_TERM_ENTITY:
      return entity_word(r, term, mode, out);
    case DSR_TERM_TEXT:
      if (r->bulk != NULL && mode == DSR_INTERN) {
        return dsr_bulk_text(r->bulk, term->text, term->lang, term->datatype, out);
      }
      return dsr_text_word(symbols, term->text, term->lang, term->datatype, mode, out);
    case DSR_TERM_NUMBER:
      return dsr_number_word(symbols, term->text, mode, out);
    case DSR_TERM_TIME:
      return dsr_time_word(symbols, term->text, mode, out);
    default:
      *out = dsr_word_bool(term->flag);
      return DSR_OK;
  }
}

dsr_status dsr_resolve_term(dsr_resolve *r, const dsr_term *term, dsr_domain type,
                            bool edtf, dsr_intern_mode mode, dsr_spot spot,
                            dsr_word *out) {
  switch (term->kind) {
    case DSR_TERM_ENTITY:
    case DSR_TERM_TEXT:
    case DSR_TERM_NUMBER:
    case DSR_TERM_TIME:
    case DSR_TERM_BOOL:
      break;
    default:
      return no_constant(r, term, type);
  }
  if (is_year(term, type, edtf)) {
    dsr_status rc = dsr_time_word(dsr_facts_symbols(r->facts), term->text, mode, out);
    return dsr_resolve_retell(r, term->at, rc);
  }
  if (!term_fits(term, type)) return wrong_type(r, term, type, spot);
  int told = r->error->count; /* a CURIE tells its own error */
  dsr_status rc = make_word(r, term, mode, out);
  if (rc < 0 && r->error->count > told) return rc;
  return dsr_resolve_retell(r, term->at, rc);
}

bool dsr_resolve_unknown_time(const dsr_term *term) {
  return term->kind == DSR_TERM_TIME && dsr_str_is(term->text, "unknown");
}

/* ---- relations ------------------------------------------------------------------ */

/* An arity that `name` was declared with; -1 where it was not. */
static int declared_arity(dsr_facts *facts, dsr_str name) {
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    const dsr_relation *relation = dsr_relation_find(facts, name, arity);
    if (relation != NULL && relation->declared) return arity;
  }
  return -1;
}

static const char *columns_of(int arity) { return arity == 1 ? "column" : "columns"; }

void dsr_relation_unknown(dsr_str name, int arity, char *why, size_t size) {
  dsr_time_test test = dsr_time_test_named(name);
  if (arity == 2 && test != DSR_TIME_TESTS) {
    snprintf(why, size, "of times it stands between the two, as in T %s U",
             dsr_time_test_name(test));
  } else {
    snprintf(why, size, "none is declared, and no fact has it");
  }
}

/* No relation of this name and arity: say what there is. */
static dsr_status refuse_relation(dsr_facts *facts, dsr_str name, int arity) {
  int other;
  dsr_error *error = dsr_facts_error(facts);
  dsr_str nearest = dsr_relation_nearest(facts, name, &other);
  int declared = declared_arity(facts, name);
  if (declared >= 0) other = declared;
  if (other >= 0) {
    return dsr_fail(error, DSR_ERELATION, "\"%s\" has %d %s, and here %s %d",
                    dsr_show(name).text, other, columns_of(other),
                    arity == 1 ? "is" : "are", arity);
  }
  if (nearest.len > 0) {
    return dsr_fail(error, DSR_ERELATION,
                    "no relation called \"%s\"; did you mean \"%s\"?",
                    dsr_show(name).text, dsr_show(nearest).text);
  }
  char why[120];
  dsr_relation_unknown(name, arity, why, sizeof why);
  return dsr_fail(error, DSR_ERELATION, "no relation called \"%s\": %s",
                  dsr_show(name).text, why);
}

dsr_status dsr_relation_meet(dsr_facts *facts, dsr_str name, int arity, bool create,
                             const dsr_relation **out) {
  const dsr_relation *relation = dsr_relation_find(facts, name, arity);
  if (relation == NULL && (!create || declared_arity(facts, name) >= 0)) {
    return refuse_relation(facts, name, arity);
  }
  if (relation == NULL) {
    uint32_t number;
    dsr_relation spec = {.name = name, .arity = arity};
    TRY(dsr_relation_declare(facts, &spec, &number));
    relation = dsr_relation_get(facts, number);
  }
  *out = relation;
  return DSR_OK;
}

dsr_status dsr_resolve_name(dsr_resolve *r, const dsr_atom *atom, dsr_str *out) {
  *out = atom->name;
  if (!atom->curie) return DSR_OK;
  dsr_term written = {.kind = DSR_TERM_ENTITY, .at = atom->at, .text = atom->name};
  return expand_curie(r, &written, out);
}

dsr_status dsr_resolve_known(dsr_resolve *r, const dsr_atom *atom,
                             const dsr_relation **out) {
  dsr_str name;
  TRY(dsr_resolve_name(r, atom, &name));
  *out = dsr_relation_find(r->facts, name, atom->n_args);
  return DSR_OK;
}

dsr_status dsr_resolve_relation(dsr_resolve *r, const dsr_atom *atom, bool create,
                                const dsr_relation **out) {
  dsr_str name;
  TRY(dsr_resolve_name(r, atom, &name));
  dsr_status rc = dsr_relation_meet(r->facts, name, atom->n_args, create, out);
  return dsr_resolve_retell(r, atom->at, rc);
}

/* ---- sources -------------------------------------------------------------------- */

/* No such source: tell it, where the facts of one block do not say so once more. */
static dsr_status refuse_source(dsr_resolve *r, dsr_str name, dsr_place at) {
  dsr_error *told = dsr_facts_error(r->facts);
  dsr_status rc = dsr_source_unknown(r->facts, name);
  if (dsr_resolve_hard(rc)) return rc;
  bool again = r->error != told && r->refused_at.line > 0 &&
               r->refused_file == r->file && r->refused_at.line == at.line &&
               r->refused_at.column == at.column;
  if (again) return rc;
  r->refused_file = r->file;
  r->refused_at = at;
  return dsr_resolve_retell(r, at, rc);
}

dsr_status dsr_resolve_source(dsr_resolve *r, const dsr_term *term, dsr_word *out) {
  dsr_str name = term->text;
  bool keep = term->kind == DSR_TERM_ENTITY && !term->curie;
  if (keep && r->source.data != NULL && dsr_str_eq(r->source, name)) {
    *out = r->source_word;
    return DSR_OK;
  }
  bool declared = false;
  dsr_word word;
  dsr_spot spot = {.what = "the source of a claim"};
  dsr_status rc =
      dsr_resolve_term(r, term, DSR_COL_ENTITY, false, DSR_INTERN_FIND, spot, &word);
  if (rc < 0) return rc;
  if (rc == DSR_OK && r->closing) {
    *out = word;
    return DSR_OK;
  }
  if (rc == DSR_OK) rc = dsr_source_declared(r->facts, word, &declared);
  if (rc < 0) return dsr_resolve_retell(r, term->at, rc);
  if (!declared) return refuse_source(r, name, term->at);
  if (keep) {
    r->source = name;
    r->source_word = word;
  }
  *out = word;
  return DSR_OK;
}
