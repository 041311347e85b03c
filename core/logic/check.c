/*
** check.c - a program gone through for what is wrong and what looks wrong.
**
** First all is loaded that can be, with every error told.  What a clause that cannot be
** read would have declared (its source, relation or prefix) is made up beforehand, so
** that one slip is not told again wherever the name is used.  Then each clause is looked
** at again: facts that were refused were told of, rules are looked at though this
** version refuses them.
*/
#include "logic/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/heading.h"
#include "logic/load.h"
#include "logic/rules.h"
#include "logic/schema.h"
#include "logic/suspect.h"
#include "logic/written.h"

/* ---- what the files that look share ------------------------------------------------ */

dsr_status dsr_suspect_memory(dsr_suspect *s) {
  return dsr_fail_memory(dsr_facts_error(s->facts));
}

dsr_status dsr_suspect_tell(dsr_suspect *s, dsr_spotted where, const char *kind,
                            const char *format, ...) {
  char words[800];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  if (dsr_findings_add(s->findings, where, false, kind, words)) return DSR_OK;
  return dsr_suspect_memory(s);
}

bool dsr_suspect_unread(const dsr_suspect *s, dsr_str name, dsr_role role) {
  return dsr_map_get(&s->unread, dsr_map_key(name, role)) != NULL;
}

dsr_status dsr_suspect_spelling(dsr_suspect *s, dsr_word entity, dsr_str *out) {
  dsr_symbol_kind kind;
  return dsr_symbols_get(s->symbols, entity, &kind, out);
}

dsr_status dsr_suspect_any(dsr_suspect *s, uint32_t relation, const dsr_word *pattern,
                           bool *any) {
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_scan_start(s->facts, s->view, relation, pattern, DSR_WORD_NONE, 0, &scan));
  dsr_status rc = dsr_scan_next(scan, &match);
  dsr_scan_stop(scan);
  *any = rc == DSR_ROW;
  return rc < 0 ? rc : DSR_OK;
}

/* ---- one check --------------------------------------------------------------------- */

/* A relation that is used and not known, and its uses. */
typedef struct unknown {
  dsr_str name; /* in the findings' arena, or the program's */
  int arity;
  size_t uses;
  dsr_spotted first;
} unknown;

typedef struct use {
  size_t of;
  dsr_spotted where;
} use;

typedef struct check {
  dsr_suspect s;
  dsr_resolve r;
  dsr_error told; /* of loading: heard by the findings */
  bool *refused;  /* by clause: an error in it was told */
  uint32_t known; /* the last number of a relation that the base had */
  bool any_declared;

  dsr_rules *rules;
  const dsr_whole *whole;
  VEC(dsr_str) supposed; /* names that rules may have had, had they been read */
  dsr_map strange;
  VEC(unknown) unknowns;
  VEC(use) uses;

  dsr_map claiming; /* sources that clauses name, by name */
  bool sourced;     /* the program uses sources at all */
  dsr_map claims;   /* by their hash: the clause */
  dsr_mentions *mentions;
  dsr_dates *dates;
} check;

static dsr_status mark(check *c, dsr_map *map, uint64_t key) {
  bool fresh;
  return dsr_map_put(map, key, &fresh) != NULL ? DSR_OK : dsr_suspect_memory(&c->s);
}

static dsr_spotted spot_of(const dsr_clause *clause, dsr_place at) {
  return (dsr_spotted){clause->file, at};
}

/* ---- what could not be read --------------------------------------------------------- */

/* The next word of `text` from *at on, and *at behind it; none at the end.  Quotes and
** signs part words; letters beyond ASCII are in them. */
static dsr_str next_word(dsr_str text, size_t *at) {
  static const char in[] =
      "_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  size_t i = *at;
#define IN_WORD(c) (((unsigned char)(c)&0x80) || ((c) != '\0' && strchr(in, (c))))
  while (i < text.len && !IN_WORD(text.data[i])) i++;
  size_t from = i;
  while (i < text.len && IN_WORD(text.data[i])) i++;
#undef IN_WORD
  *at = i;
  return (dsr_str){text.data + from, i - from};
}

static dsr_status add_fact(check *c, uint32_t relation, int arity, dsr_word subject,
                           dsr_word value) {
  dsr_tuple tuple = {.relation = relation, .arity = arity, .args = {subject, value}};
  dsr_claim_row claim = {.verb = DSR_ASSERTS,
                         .source = dsr_facts_base_source(c->s.facts)};
  dsr_status rc = dsr_claim_add(c->s.facts, &tuple, &claim);
  return dsr_resolve_hard(rc) ? rc : DSR_OK;
}

static dsr_status make_source(check *c, dsr_str name) {
  dsr_word word;
  TRY(dsr_symbols_intern(c->s.symbols, DSR_SYM_ENTITY, name, &word));
  return add_fact(c, DSR_REL_SOURCE, 1, word, DSR_WORD_NONE);
}

static dsr_status make_prefix(check *c, dsr_str name) {
  dsr_word word;
  dsr_str none = {NULL, 0};
  TRY(dsr_text_word(c->s.symbols, name, none, none, DSR_INTERN, &word));
  return add_fact(c, DSR_REL_PREFIX, 2, word, word);
}

/* A relation with the columns that stand in brackets behind its name. */
static dsr_status make_relation(check *c, dsr_str name, dsr_str behind) {
  uint32_t number;
  dsr_relation spec = {.name = name, .declared = true};
  const char *end = behind.len > 0 ? memchr(behind.data, ')', behind.len) : NULL;
  dsr_str columns = {behind.data, end != NULL ? (size_t)(end - behind.data) : 0};
  size_t at = 0;
  if (end == NULL || behind.data[0] != '(') return DSR_OK;
  for (;;) {
    dsr_str role = next_word(columns, &at);
    if (role.len == 0) break;
    if (spec.arity == DSR_ARITY_MAX) return DSR_OK;
    spec.roles[spec.arity] = role;
    spec.types[spec.arity++] = dsr_domain_named(role);
  }
  if (dsr_relation_find(c->s.facts, name, spec.arity) != NULL) return DSR_OK;
  dsr_status rc = dsr_relation_declare(c->s.facts, &spec, &number);
  return dsr_resolve_hard(rc) ? rc : DSR_OK;
}

/* What a word says of the one behind it; 0: nothing. */
static uint64_t role_after(dsr_str word) {
  if (dsr_str_is(word, "relation")) return DSR_ROLE_RELATION;
  if (dsr_str_is(word, "label")) return DSR_ROLE_LABELLED;
  if (dsr_str_is(word, "from") || dsr_str_is(word, "by") ||
      dsr_str_is(word, "derived_from") || dsr_str_is(word, "source")) {
    return DSR_ROLE_SOURCE;
  }
  return 0;
}

/* Go through the words of something unread: remember what each one seems to be, and
** make up what would have been declared. */
static dsr_status guess(check *c, dsr_str text) {
  dsr_str word, before = {NULL, 0};
  for (size_t at = 0; (word = next_word(text, &at)).len > 0; before = word) {
    uint64_t role = role_after(before);
    if (role != 0) TRY(mark(c, &c->s.unread, dsr_map_key(word, role)));
    if (word.len > DSR_NAME_MOST || dsr_utf8_valid(word) < word.len) continue;
    if (dsr_str_is(before, "source")) TRY(make_source(c, word));
    if (dsr_str_is(before, "prefix")) TRY(make_prefix(c, word));
    if (dsr_str_is(before, "relation")) {
      TRY(make_relation(c, word, (dsr_str){text.data + at, text.len - at}));
    }
  }
  return DSR_OK;
}

static dsr_status guess_unread(check *c) {
  const dsr_program *program = c->s.program;
  for (size_t i = 0; i < program->unread.len; i++) {
    TRY(guess(c, program->unread.items[i]));
  }
  return DSR_OK;
}

/* ---- loading ------------------------------------------------------------------------ */

/* A clause that could not be read may have said something of any relation that it begins
** with the name of. */
static dsr_status suppose_unread(check *c) {
  const dsr_program *program = c->s.program;
  for (size_t i = 0; i < program->unread.len; i++) {
    size_t at = 0;
    dsr_str name = next_word(program->unread.items[i], &at);
    TRY(dsr_rules_suppose(c->rules, name));
    if (!VEC_PUSH(&c->supposed, name)) return dsr_suspect_memory(&c->s);
  }
  return DSR_OK;
}

/* Look at the rules together; those that were refused may have derived something. */
static dsr_status check_rules(check *c) {
  const dsr_program *program = c->s.program;
  dsr_whole whole = *c->whole;
  for (size_t i = 0; i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    if (clause->kind != DSR_CLAUSE_RULE || !c->refused[i]) continue;
    if (!VEC_PUSH(&c->supposed, clause->head.name)) return dsr_suspect_memory(&c->s);
  }
  whole.refused = c->refused;
  whole.supposed = c->supposed.items;
  whole.n_supposed = (int)c->supposed.len;
  dsr_status rc = dsr_whole_check(c->s.facts, program, &whole, &c->told);
  return dsr_resolve_hard(rc) ? rc : DSR_OK;
}

/* Load what waits for everything else. */
static dsr_status load_rules(check *c) {
  const dsr_program *program = c->s.program;
  TRY(dsr_rules_new(&c->r, &c->rules));
  TRY(suppose_unread(c));
  dsr_kept_begin(c->s.facts);
  for (size_t i = 0; i < program->clauses.len; i++) {
    int before = c->told.count;
    if (!dsr_rules_wait(&program->clauses.items[i])) continue;
    dsr_status rc = dsr_rules_load(c->rules, &program->clauses.items[i]);
    if (dsr_resolve_hard(rc)) return rc;
    c->refused[i] = c->told.count > before;
  }
  return check_rules(c);
}

static dsr_status load_clauses(check *c) {
  const dsr_program *program = c->s.program;
  dsr_loading plain = {0};
  for (size_t i = 0; i < program->clauses.len; i++) {
    int before = c->told.count;
    dsr_resolve_clause(&c->r, &program->clauses.items[i]);
    dsr_status rc = dsr_load_clause(&c->r, &program->clauses.items[i], &plain);
    if (dsr_resolve_hard(rc)) return rc;
    c->refused[i] = c->told.count > before;
  }
  return load_rules(c);
}

/* Load what can be loaded; below zero for hard failures only. */
static dsr_status load(check *c) {
  const dsr_relation *relation;
  for (size_t i = 0; (relation = dsr_relation_at(c->s.facts, i)) != NULL; i++) {
    if (relation->number > c->known) c->known = relation->number;
  }
  TRY(guess_unread(c));
  TRY(dsr_schema_declare(&c->r, &(int64_t){0}));
  TRY(dsr_heading_prefixes(&c->r));
  TRY(dsr_heading_sources(&c->r));
  return load_clauses(c);
}

/* ---- relations ---------------------------------------------------------------------- */

static dsr_status use_relation(check *c, const dsr_clause *clause,
                               const dsr_atom *atom) {
  const dsr_relation *relation;
  bool fresh, derived;
  uint64_t key = dsr_map_key(atom->name, (uint64_t)atom->n_args);
  if (dsr_resolve_known(&c->r, atom, &relation) != DSR_OK) return DSR_OK;
  if (relation != NULL && (relation->declared || relation->number <= c->known)) {
    return DSR_OK;
  }
  TRY(dsr_rules_derived(c->rules, atom, &derived));
  if (derived || dsr_suspect_unread(&c->s, atom->name, DSR_ROLE_RELATION)) {
    return DSR_OK;
  }
  size_t *at = dsr_map_put(&c->strange, key, &fresh);
  if (at == NULL) return dsr_suspect_memory(&c->s);
  if (fresh) {
    unknown one = {.name = atom->name, .arity = atom->n_args};
    one.first = spot_of(clause, atom->at);
    *at = c->unknowns.len;
    if (!VEC_PUSH(&c->unknowns, one)) return dsr_suspect_memory(&c->s);
  }
  use here = {*at, spot_of(clause, atom->at)};
  c->unknowns.items[*at].uses++;
  return VEC_PUSH(&c->uses, here) ? DSR_OK : dsr_suspect_memory(&c->s);
}

/* The declared relation that may have been meant: one of the same name, or the one with
** the nearest; NULL where there is none. */
static const dsr_relation *meant(check *c, const unknown *one) {
  const dsr_relation *relation, *best = NULL;
  dsr_nearest race;
  dsr_nearest_start(&race, one->name);
  for (size_t i = 0; (relation = dsr_relation_at(c->s.facts, i)) != NULL; i++) {
    if (!relation->declared && !dsr_suspect_builtin(relation)) continue;
    dsr_nearest_offer(&race, relation->name);
    if (race.best.data == relation->name.data) best = relation;
  }
  return best;
}

static dsr_status tell_unknown(check *c, const unknown *one, const dsr_relation *near,
                               dsr_spotted where) {
  dsr_shown name = dsr_show_relation(one->name, one->arity);
  if (near != NULL) {
    return dsr_suspect_tell(&c->s, where, "unknown-relation",
                            "relation %s is not declared; did you mean %s?", name.text,
                            dsr_show_relation(near->name, near->arity).text);
  }
  char times[48] = "";
  if (one->uses > 1) snprintf(times, sizeof times, " (used %zu times)", one->uses);
  return dsr_suspect_tell(&c->s, where, "unknown-relation",
                          "relation %s is not declared%s; declare it: relation "
                          "%s(...).",
                          name.text, times, dsr_show(one->name).text);
}

static dsr_status tell_unknowns(check *c) {
  const dsr_relation *relation;
  for (size_t i = 0; (relation = dsr_relation_at(c->s.facts, i)) != NULL; i++) {
    if (relation->declared && !dsr_suspect_builtin(relation)) c->any_declared = true;
  }
  if (!c->any_declared || c->unknowns.len == 0) return DSR_OK;
  const dsr_relation **near = dsr_alloc(c->unknowns.len * sizeof *near);
  if (near == NULL) return dsr_suspect_memory(&c->s);
  dsr_status rc = DSR_OK;
  for (size_t i = 0; i < c->unknowns.len; i++)
    near[i] = meant(c, &c->unknowns.items[i]);
  for (size_t i = 0; rc >= 0 && i < c->uses.len; i++) {
    const use *one = &c->uses.items[i];
    const unknown *of = &c->unknowns.items[one->of];
    bool first = one->where.file == of->first.file &&
                 one->where.at.line == of->first.at.line &&
                 one->where.at.column == of->first.at.column;
    if (near[one->of] != NULL || first) {
      rc = tell_unknown(c, of, near[one->of], one->where);
    }
  }
  dsr_free(near);
  return rc;
}

/* ---- sources ------------------------------------------------------------------------ */

/* Remember the source that a term names. */
static dsr_status use_source(check *c, const dsr_term *term) {
  if (term->kind != DSR_TERM_ENTITY) return DSR_OK;
  return mark(c, &c->claiming, dsr_map_key(term->text, 0));
}

static dsr_status use_sources(check *c, const dsr_clause *clause) {
  TRY(use_source(c, &clause->head.claim.source));
  if (clause->head.claim.source.kind != DSR_TERM_NONE) c->sourced = true;
  if (clause->kind == DSR_CLAUSE_SOURCE) c->sourced = true;
  if (clause->kind == DSR_CLAUSE_VERDICT && clause->name.len > 0) {
    TRY(mark(c, &c->claiming, dsr_map_key(clause->name, 0)));
  }
  for (int i = 0; i < clause->n_properties; i++) {
    if (!dsr_str_is(clause->properties[i].name, "derived_from")) continue;
    TRY(use_source(c, &clause->properties[i].value));
  }
  return DSR_OK;
}

/* Remember the sources of all claims ever made in the base, by word. */
static dsr_status gather_claims(check *c, dsr_map *sources) {
  uint64_t end = dsr_store_next(dsr_facts_store(c->s.facts), DSR_REC_CLAIM);
  for (uint64_t number = 1; number < end; number++) {
    dsr_claim_row row;
    bool there;
    TRY(dsr_claim_read(c->s.facts, number, &row, &there));
    if (!there) continue;
    TRY(mark(c, sources, row.source));
    if (row.target != DSR_WORD_NONE) TRY(mark(c, sources, row.target));
  }
  return DSR_OK;
}

/* Does anything in the base come of the source? */
static dsr_status source_works(check *c, const dsr_map *sources, dsr_str name,
                               bool *works) {
  dsr_word pattern[DSR_ARITY_MAX] = {0};
  dsr_status rc = dsr_symbols_find(c->s.symbols, DSR_SYM_ENTITY, name, &pattern[1]);
  if (rc != DSR_OK) return rc;
  *works = dsr_map_get(sources, pattern[1]) != NULL;
  return *works ? DSR_OK : dsr_suspect_any(&c->s, DSR_REL_DERIVED_FROM, pattern, works);
}

static dsr_status tell_unused(check *c, dsr_map *sources) {
  const dsr_program *program = c->s.program;
  bool gathered = false;
  for (size_t i = 0; i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    bool works = true;
    if (clause->kind != DSR_CLAUSE_SOURCE ||
        dsr_map_get(&c->claiming, dsr_map_key(clause->name, 0)) ||
        dsr_suspect_unread(&c->s, clause->name, DSR_ROLE_SOURCE)) {
      continue;
    }
    if (!gathered) TRY(gather_claims(c, sources));
    gathered = true;
    TRY(source_works(c, sources, clause->name, &works));
    if (works) continue;
    TRY(dsr_suspect_tell(&c->s, spot_of(clause, clause->name_at), "unused-source",
                         "source \"%s\" claims nothing; is it spelled so where it is "
                         "used?",
                         dsr_show(clause->name).text));
  }
  return DSR_OK;
}

/* Is the fact of the clause claimed by nobody, though it tells of the world? */
static bool without_source(check *c, const dsr_clause *clause, bool *matters) {
  const dsr_relation *relation;
  *matters = false;
  if (clause->kind != DSR_CLAUSE_FACT) return false;
  if (dsr_resolve_known(&c->r, &clause->head, &relation) < 0) return false;
  *matters = relation == NULL || !dsr_suspect_builtin(relation);
  return *matters && clause->head.claim.source.kind == DSR_TERM_NONE &&
         !clause->head.claim.lost;
}

static dsr_status tell_run(check *c, const dsr_clause *first, size_t n) {
  char more[64] = "this fact is";
  if (n > 1) {
    snprintf(more, sizeof more, "this fact and the %zu that follow are", n - 1);
  }
  if (n == 0) return DSR_OK;
  return dsr_suspect_tell(&c->s, spot_of(first, first->head.at), "no-source",
                          "%s claimed by no source; write from SOURCE { ... } around "
                          "%s, or from SOURCE behind",
                          more, n > 1 ? "them" : "it");
}

/* Facts without a source that follow one another are told once; only a fact with a
** source, or the end of a file, ends such a run. */
static dsr_status tell_sourceless(check *c) {
  const dsr_program *program = c->s.program;
  const dsr_clause *first = NULL;
  size_t n = 0;
  for (size_t i = 0; c->sourced && i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    bool matters, lacks = without_source(c, clause, &matters);
    if (n > 0 && (clause->file != first->file || (matters && !lacks))) {
      TRY(tell_run(c, first, n));
      n = 0;
    }
    if (lacks && n++ == 0) first = clause;
  }
  return tell_run(c, first, n);
}

/* ---- variables ---------------------------------------------------------------------- */

/* Is the variable the name of an entity, but for its letters' size?  Tells so. */
static dsr_status tell_entity(check *c, const dsr_clause *clause, int i, bool *told) {
  dsr_word word;
  dsr_arena arena = {0};
  dsr_str name = clause->vars[i];
  dsr_str lower = dsr_text_fold(&arena, name);
  dsr_status rc = DSR_OK;
  *told = name.len > 1 && lower.data != NULL && !dsr_str_eq(lower, name) &&
          dsr_symbols_find(c->s.symbols, DSR_SYM_ENTITY, lower, &word) == DSR_OK;
  if (*told) {
    rc = dsr_suspect_tell(&c->s, spot_of(clause, clause->var_at[i]), "variable",
                          "\"%s\" is a variable, used once; did you mean %s?",
                          dsr_show(name).text, dsr_show(lower).text);
  }
  dsr_arena_free(&arena);
  return rc;
}

/* A whole name that begins as variables do. */
static bool is_variable(dsr_str name) {
  size_t size, at = 0;
  if (name.len == 0) return false;
  bool variable =
      name.data[0] == '_' || dsr_utf8_char(name, 0, &size) == DSR_CHAR_CAPITAL;
  for (; variable && at < name.len; at += size) {
    variable = dsr_utf8_char(name, at, &size) != DSR_CHAR_OTHER;
  }
  return variable;
}

/* The next variable, {X}, in the message of a constraint, from *at on; none at its end. */
static dsr_str next_hole(dsr_str message, size_t *at) {
  for (size_t i = *at; i < message.len; i++) {
    size_t from = i + 1, end = from;
    if (message.data[i] != '{') continue;
    while (end < message.len && message.data[end] != '}') end++;
    if (end == message.len) break;
    dsr_str name = {message.data + from, end - from};
    if (!is_variable(name)) continue;
    *at = end;
    return name;
  }
  return (dsr_str){NULL, 0};
}

static bool message_has(const dsr_clause *clause, dsr_str name) {
  size_t at = 0;
  dsr_str hole;
  if (clause->kind != DSR_CLAUSE_CONSTRAINT) return false;
  while ((hole = next_hole(clause->text, &at)).len > 0) {
    if (dsr_str_eq(hole, name)) return true;
  }
  return false;
}

static dsr_status look_at_variables(check *c, const dsr_clause *clause) {
  for (int i = 0; i < clause->n_vars; i++) {
    bool told;
    dsr_str name = clause->vars[i];
    if (clause->var_uses[i] != 1 || message_has(clause, name)) continue;
    TRY(tell_entity(c, clause, i, &told));
    if (told || clause->kind == DSR_CLAUSE_QUERY || name.data[0] == '_') continue;
    TRY(dsr_suspect_tell(&c->s, spot_of(clause, clause->var_at[i]), "once",
                         "\"%s\" is used once; write _%s where anything will do",
                         dsr_show(name).text, dsr_show(name).text));
  }
  return DSR_OK;
}

/* What the message of a constraint names is in its body. */
static dsr_status look_at_message(check *c, const dsr_clause *clause) {
  size_t at = 0;
  dsr_str hole;
  if (clause->kind != DSR_CLAUSE_CONSTRAINT) return DSR_OK;
  while ((hole = next_hole(clause->text, &at)).len > 0) {
    int i = 0;
    while (i < clause->n_vars && !dsr_str_eq(clause->vars[i], hole)) i++;
    if (i < clause->n_vars) continue;
    TRY(dsr_suspect_tell(&c->s, spot_of(clause, clause->at), "message",
                         "the message names {%s}, and no condition has that variable",
                         dsr_show(hole).text));
  }
  return DSR_OK;
}

/* ---- claims made twice --------------------------------------------------------------- */

static uint64_t claim_key(check *c, const dsr_said *said) {
  uint64_t words[DSR_ARITY_MAX + 8] = {0};
  /* In a history a claim may be made, closed, and made again. */
  uint64_t transaction = (uint64_t)said->clause->transaction;
  dsr_tuple tuple = *said->tuple;
  const dsr_claim_row *claim = said->claim;
  dsr_tuple_canonical(c->s.facts, &tuple);
  memcpy(words, tuple.args, sizeof tuple.args);
  uint64_t *rest = words + DSR_ARITY_MAX;
  rest[0] = tuple.relation;
  rest[1] = tuple.time;
  rest[2] = (uint64_t)claim->verb;
  rest[3] = (uint64_t)claim->kind;
  rest[4] = claim->source;
  rest[5] = claim->locator;
  rest[6] = claim->speaker;
  rest[7] = transaction;
  return dsr_map_key((dsr_str){(const char *)words, sizeof words}, 0);
}

static dsr_status look_for_same(check *c, const dsr_said *said) {
  bool fresh;
  const dsr_clause *clause = said->clause;
  const dsr_program *program = c->s.program;
  for (int i = 0; i < clause->head.n_args; i++) {
    if (clause->head.args[i].kind == DSR_TERM_RANGE) return DSR_OK;
  }
  size_t *at = dsr_map_put(&c->claims, claim_key(c, said), &fresh);
  if (at == NULL) return dsr_suspect_memory(&c->s);
  if (fresh) {
    *at = (size_t)(clause - program->clauses.items);
    return DSR_OK;
  }
  const dsr_clause *first = &program->clauses.items[*at];
  return dsr_suspect_tell(
      &c->s, spot_of(clause, clause->head.at), "same",
      "the same claim stands at %s:%d:%d; leave one out, or tell its own locator",
      dsr_show(program->files.items[first->file]).text, first->head.at.line,
      first->head.at.column);
}

/* ---- going through -------------------------------------------------------------------- */

/* What is found of the facts of a clause. */
typedef struct taking {
  check *c;
  dsr_said said;
  bool taken;
} taking;

/* The first tuple of a clause; its ranges' others say nothing more. */
static dsr_status take_tuple(void *ud, const dsr_tuple *tuple) {
  taking *t = ud;
  check *c = t->c;
  if (t->taken) return DSR_ESTOPPED;
  t->taken = true;
  t->said.tuple = tuple;
  t->said.relation = dsr_relation_get(c->s.facts, tuple->relation);
  TRY(look_for_same(c, &t->said));
  TRY(dsr_mentions_take(c->mentions, &t->said));
  return dsr_dates_take(c->dates, &t->said);
}

static dsr_status take_fact(check *c, const dsr_clause *clause) {
  dsr_claim_row claim;
  taking t = {.c = c, .said = {.clause = clause, .claim = &claim}};
  TRY(dsr_written_claim(&c->r, &clause->head, &claim));
  dsr_status rc =
      dsr_written_each(&c->r, &clause->head, DSR_INTERN_FIND, false, take_tuple, &t);
  return rc == DSR_ESTOPPED ? DSR_OK : rc;
}

/* Whose atoms are told of. */
typedef struct used {
  check *c;
  const dsr_clause *clause;
} used;

static dsr_status use_atom(void *ud, const dsr_atom *atom) {
  const used *u = ud;
  return use_relation(u->c, u->clause, atom);
}

static dsr_status look_at_relations(check *c, const dsr_clause *clause) {
  if (clause->kind != DSR_CLAUSE_QUERY && clause->kind != DSR_CLAUSE_RULE &&
      clause->kind != DSR_CLAUSE_CONSTRAINT) {
    return clause->head.name.len > 0 ? use_relation(c, clause, &clause->head) : DSR_OK;
  }
  used u = {c, clause};
  TRY(dsr_rules_each(clause, use_atom, &u));
  TRY(look_at_message(c, clause));
  return look_at_variables(c, clause);
}

static dsr_status look_at(check *c, const dsr_clause *clause, bool refused) {
  bool rule = clause->kind == DSR_CLAUSE_RULE || clause->kind == DSR_CLAUSE_CONSTRAINT;
  dsr_resolve_clause(&c->r, clause);
  TRY(use_sources(c, clause));
  if (refused && !rule) return DSR_OK;
  TRY(look_at_relations(c, clause));
  return clause->kind == DSR_CLAUSE_FACT ? take_fact(c, clause) : DSR_OK;
}

static dsr_status look(check *c) {
  const dsr_program *program = c->s.program;
  dsr_map sources = {0};
  TRY(dsr_resolve_view(&c->r, &c->s.view));
  TRY(dsr_mentions_new(&c->s, &c->mentions));
  TRY(dsr_dates_new(&c->s, &c->dates));
  for (size_t i = 0; i < program->clauses.len; i++) {
    dsr_status rc = look_at(c, &program->clauses.items[i], c->refused[i]);
    if (dsr_resolve_hard(rc)) return rc;
  }
  TRY(tell_unknowns(c));
  TRY(tell_sourceless(c));
  dsr_status rc = tell_unused(c, &sources);
  dsr_map_free(&sources);
  TRY(rc);
  TRY(dsr_mentions_tell(c->mentions));
  return dsr_dates_tell(c->dates);
}

static void stop(check *c) {
  dsr_resolve_stop(&c->r);
  dsr_mentions_free(c->mentions);
  dsr_dates_free(c->dates);
  dsr_map_free(&c->s.unread);
  dsr_rules_free(c->rules);
  dsr_map_free(&c->strange);
  dsr_map_free(&c->claiming);
  dsr_map_free(&c->claims);
  VEC_FREE(&c->supposed);
  VEC_FREE(&c->unknowns);
  VEC_FREE(&c->uses);
  dsr_free(c->refused);
  dsr_free(c);
}

dsr_status dsr_check_program(dsr_facts *facts, const dsr_whole *whole,
                             dsr_findings *findings) {
  check *c = dsr_alloc(sizeof *c);
  if (c == NULL) return dsr_fail_memory(dsr_facts_error(facts));
  c->s = (dsr_suspect){.facts = facts,
                       .symbols = dsr_facts_symbols(facts),
                       .program = &findings->program,
                       .findings = findings};
  c->whole = whole;
  c->told.told = dsr_findings_hear;
  c->told.ud = findings;
  dsr_resolve_start(&c->r, facts, c->s.program, &c->told);
  c->refused = dsr_alloc(c->s.program->clauses.len + 1);
  dsr_status rc = c->refused != NULL ? load(c) : dsr_suspect_memory(&c->s);
  c->told.told = NULL; /* what is wrong was told */
  if (rc >= 0) rc = look(c);
  if (rc >= 0 && findings->lacking) rc = dsr_suspect_memory(&c->s);
  stop(c);
  return rc;
}
