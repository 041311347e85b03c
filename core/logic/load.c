/*
** load.c - a program's declarations, sources and facts, into the base.
**
** What a later clause needs is recorded first: relations, prefixes, sources.  Then come
** the clauses in the order written, rules and queries last.  Errors of the language are gathered apart from the
** facts' own words, since each call on the facts that fails replaces those; the first
** ten are told at the end, and the caller rolls back.  A hard failure ends it at once.
**
** Cost: one look-up of the relation and of each constant, and one claim, for each fact.
*/
#include "logic/load.h"

#include <stdio.h>

#include "ground/text.h"
#include "logic/heading.h"
#include "logic/mass.h"
#include "logic/replay.h"
#include "logic/resolve.h"
#include "logic/rules.h"
#include "logic/schema.h"
#include "logic/written.h"

/* What is to be claimed of each tuple of a clause, or which claims are to be closed. */
typedef struct work {
  dsr_resolve *r;
  dsr_claim_row claim;
  dsr_claim_filter filter;
  bool idle;  /* no claim agrees with what is to be closed */
  bool found; /* some claim was closed */
} work;

/* What was found of sources or prefixes no longer counts where facts of them change. */
static void note_change(dsr_resolve *r, uint32_t relation) {
  if (relation == DSR_REL_PREFIX || relation == DSR_REL_SOURCE) dsr_resolve_forget(r);
}

static dsr_status add_tuple(void *ud, const dsr_tuple *tuple) {
  work *w = ud;
  note_change(w->r, tuple->relation);
  return dsr_claim_add(w->r->facts, tuple, &w->claim);
}

static dsr_status retract_tuple(void *ud, const dsr_tuple *tuple) {
  work *w = ud;
  if (w->idle) return DSR_NOTHING;
  note_change(w->r, tuple->relation);
  dsr_status rc = dsr_claim_retract(w->r->facts, tuple, &w->filter);
  w->found = w->found || rc == DSR_OK;
  return rc;
}

/* Run `found` over the atom's tuples.  What the atom itself is refused for was told at
** its place; what the facts refuse is told at the atom's. */
static dsr_status each_tuple(work *w, const dsr_atom *atom, dsr_intern_mode mode,
                             bool create, dsr_written_found found) {
  int told = w->r->error->count;
  dsr_status rc = dsr_written_each(w->r, atom, mode, create, found, w);
  if (rc < 0 && w->r->error->count > told) return rc;
  return dsr_resolve_retell(w->r, atom->at, rc);
}

static dsr_status load_fact(dsr_resolve *r, const dsr_clause *clause) {
  work w = {.r = r};
  TRY(dsr_written_claim(r, &clause->head, &w.claim));
  return each_tuple(&w, &clause->head, DSR_INTERN, true, add_tuple);
}

/* The clause's line from the clause on; columns are characters. */
static dsr_str clause_line(const dsr_resolve *r, const dsr_clause *clause) {
  dsr_str line = dsr_program_line(r->program, clause->file, clause->at.line);
  size_t at = 0;
  for (int column = 1; column < clause->at.column && at < line.len; column++) {
    size_t size;
    dsr_utf8_char(line, at, &size);
    at += size;
  }
  return (dsr_str){line.data + at, line.len - at};
}

/* Tell of a clause that has no effect, the *count-th of its sort; only of the first ones. */
static void tell_vain(const dsr_loading *how, const dsr_program *program,
                      const dsr_clause *clause, int64_t *count, const char *what,
                      const char *more) {
  char words[512];
  if (++*count > DSR_ERROR_MOST || how->note == NULL) return;
  snprintf(words, sizeof words, "%.255s:%d:%d: %s%s",
           program->files.items[clause->file].data, clause->at.line, clause->at.column,
           what, more);
  how->note(how->ud, words);
}

/* A retraction found nothing. */
static void tell_idle(dsr_resolve *r, const dsr_clause *clause, dsr_loading *how) {
  dsr_shown line = dsr_show(clause_line(r, clause));
  tell_vain(how, r->program, clause, &how->idle, "nothing to retract: ", line.text);
}

static dsr_status retract(work *w, const dsr_clause *clause, dsr_loading *how) {
  TRY(each_tuple(w, &clause->head, DSR_INTERN_FIND, false, retract_tuple));
  if (!w->found) tell_idle(w->r, clause, how);
  return DSR_OK;
}

/* Close the one claim that a clause of a replayed transaction spells out. */
static dsr_status close_claim(dsr_resolve *r, const dsr_clause *clause,
                              const dsr_claim_row *claim) {
  work w = {.r = r, .filter = {.exactly = claim}};
  TRY(each_tuple(&w, &clause->head, DSR_INTERN_FIND, false, retract_tuple));
  if (w.found) return DSR_OK;
  return dsr_resolve_fail(r, clause->head.at, DSR_EABSENT,
                          "there is no such claim to close: in a transaction, retract "
                          "says all that the claim says");
}

static dsr_status load_closing(dsr_resolve *r, const dsr_clause *clause) {
  dsr_claim_row claim;
  r->closing = true;
  dsr_status rc = dsr_written_claim(r, &clause->head, &claim);
  r->closing = false;
  return rc < 0 ? rc : close_claim(r, clause, &claim);
}

static dsr_status load_retraction(dsr_resolve *r, const dsr_clause *clause,
                                  dsr_loading *how) {
  if (clause->transaction > 0) return load_closing(r, clause);
  work w = {.r = r};
  dsr_status rc = dsr_written_filter(r, &clause->head, &w.filter);
  if (rc < 0) return rc;
  w.idle = rc == DSR_NOTHING; /* the fact is checked all the same */
  return retract(&w, clause, how);
}

/* A verdict is on a fact, or on what one source claims of it. */
static dsr_status check_judged(dsr_resolve *r, const dsr_atom *atom) {
  const dsr_claim_part *part = &atom->claim;
  const dsr_term *others[] = {&part->locator, &part->speaker, &part->grade,
                              &part->quotation, &part->confidence};
  bool more = atom->denied || (part->present && part->kind >= 0);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    more = more || others[i]->kind != DSR_TERM_NONE;
  }
  if (!more) return DSR_OK;
  return dsr_resolve_fail(r, atom->at, DSR_EUNSUPPORTED,
                          "a verdict is on a fact, or on the claims of one source: "
                          "deprecate joined(a, b) from article because \"...\" by me");
}

/* What the clause says of a verdict: none where it does not.  DSR_NOTHING where its
** reason was never met. */
static dsr_status verdict_row(dsr_resolve *r, const dsr_clause *clause,
                              dsr_intern_mode mode, dsr_claim_row *out) {
  dsr_str none = {NULL, 0};
  dsr_term by = {.kind = DSR_TERM_ENTITY, .at = clause->name_at, .text = clause->name};
  const dsr_term *judged = &clause->head.claim.source;
  *out = (dsr_claim_row){.verb = clause->prefers ? DSR_PREFERS : DSR_DEPRECATES};
  TRY(check_judged(r, &clause->head));
  if (clause->name.len > 0) TRY(dsr_resolve_source(r, &by, &out->source));
  if (judged->kind != DSR_TERM_NONE) TRY(dsr_resolve_source(r, judged, &out->target));
  if (clause->text.len == 0) return DSR_OK;
  return dsr_text_word(dsr_facts_symbols(r->facts), clause->text, none, none, mode,
                       &out->quotation);
}

static dsr_status load_verdict(dsr_resolve *r, const dsr_clause *clause) {
  work w = {.r = r};
  TRY(verdict_row(r, clause, DSR_INTERN, &w.claim));
  return each_tuple(&w, &clause->head, DSR_INTERN, false, add_tuple);
}

static dsr_status load_verdict_closing(dsr_resolve *r, const dsr_clause *clause) {
  dsr_claim_row claim;
  r->closing = true;
  dsr_status rc = verdict_row(r, clause, DSR_INTERN, &claim);
  r->closing = false;
  if (rc < 0) return rc;
  if (clause->name.len == 0) claim.source = dsr_facts_base_source(r->facts);
  return close_claim(r, clause, &claim);
}

static dsr_status load_verdict_retraction(dsr_resolve *r, const dsr_clause *clause,
                                          dsr_loading *how) {
  if (clause->transaction > 0) return load_verdict_closing(r, clause);
  work w = {.r = r};
  dsr_claim_row row;
  dsr_status rc = verdict_row(r, clause, DSR_INTERN_FIND, &row);
  if (rc < 0) return rc;
  w.idle = rc == DSR_NOTHING;
  w.filter = (dsr_claim_filter){.verb = row.verb,
                                .source = row.source,
                                .quotation = row.quotation,
                                .target = row.target};
  return retract(&w, clause, how);
}

dsr_status dsr_load_clause(dsr_resolve *r, const dsr_clause *clause, dsr_loading *how) {
  switch (clause->kind) {
    case DSR_CLAUSE_FACT:
      return load_fact(r, clause);
    case DSR_CLAUSE_RETRACT:
      return load_retraction(r, clause, how);
    case DSR_CLAUSE_RETRACT_VERDICT:
      return load_verdict_retraction(r, clause, how);
    case DSR_CLAUSE_VERDICT:
      return load_verdict(r, clause);
    case DSR_CLAUSE_QUERY:
    case DSR_CLAUSE_RULE:
    case DSR_CLAUSE_CONSTRAINT:
    case DSR_CLAUSE_RELATION:
    case DSR_CLAUSE_SOURCE:
    case DSR_CLAUSE_PREFIX:
    case DSR_CLAUSE_NOTE:
    case DSR_CLAUSE_FACTS:
      return DSR_OK;
  }
  return DSR_OK;
}

/* Facts in a row: many enough, and they are put in bulk. */
static dsr_status load_facts(dsr_resolve *r, dsr_loading *how, size_t number,
                             int64_t *done) {
  const dsr_program *program = r->program;
  const dsr_clause *clause;
  dsr_mass *mass = NULL;
  dsr_clauses walk = dsr_clauses_start(program, number, dsr_facts_error(r->facts));
  dsr_status rc =
      dsr_mass_start(r, how, program->clauses.items[number].facts->n, &mass);
  if (mass != NULL) dsr_pace_turn(how->pace, "reading", "facts"); /* then it stores */
  while (rc >= 0) {
    rc = dsr_clauses_next(&walk, &clause);
    if (rc != DSR_ROW || walk.at != number + 1) break;
    dsr_resolve_clause(r, clause);
    rc = mass != NULL ? dsr_mass_load(mass, clause) : load_fact(r, clause);
    if (!dsr_resolve_hard(rc)) rc = DSR_OK;
    if (rc >= 0) rc = dsr_pace_step(how->pace, ++*done, how->total);
  }
  r->clause = NULL; /* it was the walk's */
  dsr_clauses_stop(&walk);
  if (rc >= 0 && mass != NULL) rc = dsr_mass_finish(mass);
  if (rc < 0) dsr_facts_doom(r->facts, rc); /* in its own words */
  if (mass != NULL) dsr_pace_turn(how->pace, "storing", "");
  dsr_mass_free(mass);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_load_clauses(dsr_resolve *r, dsr_loading *how, int transaction,
                            size_t *at) {
  size_t n = r->program->clauses.len;
  for (; *at < n; ++*at) {
    const dsr_clause *clause = &r->program->clauses.items[*at];
    if (clause->transaction > transaction) break;
    if (clause->transaction < transaction) continue;
    if (clause->kind == DSR_CLAUSE_FACTS) {
      TRY(load_facts(r, how, *at, &how->done));
      continue;
    }
    dsr_resolve_clause(r, clause);
    dsr_status rc = dsr_load_clause(r, clause, how);
    if (dsr_resolve_hard(rc)) return rc;
    TRY(dsr_pace_step(how->pace, ++how->done, how->total));
  }
  return DSR_OK;
}

/* The clauses that wait for all others. */
static dsr_status load_rules(dsr_resolve *r, const dsr_loading *how) {
  dsr_rules *rules;
  dsr_status rc = DSR_OK;
  TRY(dsr_rules_new(r, &rules));
  for (int i = 0; how != NULL && i < how->n_supposed && rc >= 0; i++) {
    rc = dsr_rules_suppose(rules, how->supposed[i]);
  }
  dsr_kept_begin(r->facts);
  for (size_t i = 0; i < r->program->clauses.len && !dsr_resolve_hard(rc); i++) {
    const dsr_clause *clause = &r->program->clauses.items[i];
    if (dsr_rules_wait(clause)) rc = dsr_rules_load(rules, clause);
  }
  dsr_rules_free(rules);
  return dsr_resolve_hard(rc) ? rc : DSR_OK;
}

/* Everything, in its order; below zero for hard failures only. */
static dsr_status load_all(dsr_resolve *r, dsr_loading *how) {
  size_t at = 0;
  how->done = 0;
  how->total = (int64_t)r->program->clauses.len + r->program->facts;
  TRY(dsr_schema_declare(r, &how->declared));
  if (r->program->transactions.len > 0) {
    TRY(dsr_replay(r, how));
    return load_rules(r, how);
  }
  TRY(dsr_heading_prefixes(r));
  TRY(dsr_heading_sources(r));
  TRY(dsr_load_clauses(r, how, 0, &at));
  return load_rules(r, how);
}

/* Hand on a query, or tell that it was not run. */
static void tell_query(const dsr_program *program, const dsr_clause *clause,
                       dsr_loading *how) {
  if (how->query != NULL) {
    how->query(how->ud, clause->written, program->files.items[clause->file].data,
               clause->at.line);
    return;
  }
  tell_vain(how, program, clause, &how->queries, "a load answers no queries",
            "; run it with 'dossier query'");
}

void dsr_load_tell(const dsr_program *program, dsr_loading *how) {
  for (size_t i = 0; i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    if (clause->kind == DSR_CLAUSE_QUERY) tell_query(program, clause, how);
    if (clause->kind == DSR_CLAUSE_NOTE) {
      tell_vain(how, program, clause, &how->skipped, clause->text.data, "");
    }
  }
}

/* Doom the transaction and leave `told` as the words of the failure. */
static dsr_status fail_load(dsr_facts *facts, dsr_status rc, const dsr_error *told) {
  *dsr_facts_error(facts) = *told;
  return dsr_facts_doom(facts, rc);
}

dsr_status dsr_load_program(dsr_facts *facts, const dsr_program *program,
                            dsr_loading *how) {
  dsr_error told = {0};
  dsr_loading plain = {0};
  dsr_resolve r;
  if (how == NULL) how = &plain;
  dsr_resolve_start(&r, facts, program, &told);
  if (how->made != NULL) how->made->at = &r.file;
  bool replays = program->transactions.len > 0; /* what was made then is not made now */
  dsr_facts_making(facts, replays ? NULL : how->made);
  dsr_pace_turn(how->pace, "storing", "");
  dsr_status rc = load_all(&r, how);
  dsr_facts_making(facts, NULL);
  dsr_resolve_stop(&r);
  if (rc < 0) {
    told = *dsr_facts_error(facts);
    return fail_load(facts, rc, &told);
  }
  if (told.count > 0) return fail_load(facts, told.code, &told);
  return DSR_OK;
}
