/*
** derive.c - a query's rulebook, its runs, and what they leave.
**
** A run lets go of what it made when the answers are taken; the rulebook and the strategy
** stay for the next, and what is the world's.
*/
#include "logic/derive.h"

#include "logic/define.h"
#include "logic/strategy.h"

struct dsr_derivation {
  dsr_world *world;
  const dsr_program *program;
  const dsr_clause *query;
  dsr_rulebook *book; /* as written, for what is told by: */
  dsr_strategy strategy;
  uint64_t epoch, rules_version, defined_age;
  size_t n_tables;
  dsr_answers answers;
  uint64_t count, kept, read;
  dsr_arena arena; /* of the plan in words */
  dsr_str plan;
};

static dsr_error *error_of(const dsr_derivation *d) {
  return dsr_facts_error(dsr_world_facts(d->world));
}

/* ---- the rulebook ----------------------------------------------------------------- */

static uint64_t age_of(const dsr_realm *realm) {
  return realm->defined != NULL ? dsr_defined_age(realm->defined) : 0;
}

static dsr_status make_book(dsr_derivation *d) {
  const dsr_realm *realm = dsr_world_realm(d->world);
  dsr_rulebook *book;
  dsr_rule_source source = {.query_program = d->program, .query = d->query};
  source.n_programs = realm->rules != NULL;
  source.programs = &realm->rules;
  source.tables = dsr_world_tables(d->world, &source.n_tables);
  source.defined = realm->defined;
  TRY(dsr_rulebook_new(dsr_world_facts(d->world), dsr_world_view(d->world), &source,
                       error_of(d), &book));
  dsr_status rc = dsr_rulebook_compose(book, error_of(d));
  if (rc < 0) {
    dsr_rulebook_free(book);
    return rc;
  }
  dsr_strategy_start(&d->strategy, book, false);
  dsr_rulebook_free(d->book);
  d->book = book;
  d->epoch = dsr_world_epoch(d->world);
  d->n_tables = realm->tables.len;
  d->rules_version = realm->rules_version;
  d->defined_age = age_of(realm);
  dsr_world_realm(d->world)->books++;
  return DSR_OK;
}

/* Have the rulebook for the base as it is. */
static dsr_status refresh(dsr_derivation *d) {
  const dsr_realm *realm = dsr_world_realm(d->world);
  TRY(dsr_world_refresh(d->world));
  if (d->book != NULL && d->epoch == dsr_world_epoch(d->world) &&
      d->rules_version == realm->rules_version && d->defined_age == age_of(realm) &&
      d->n_tables == realm->tables.len) {
    return DSR_OK;
  }
  return make_book(d);
}

dsr_status dsr_derivation_new(dsr_world *world, const dsr_program *program,
                              const dsr_clause *query, dsr_derivation **out) {
  dsr_derivation *d = dsr_alloc(sizeof *d);
  if (d == NULL) return dsr_fail_memory(dsr_facts_error(dsr_world_facts(world)));
  d->world = world;
  d->program = program;
  d->query = query;
  dsr_status rc = refresh(d);
  if (rc < 0) {
    dsr_derivation_free(d);
    return rc;
  }
  *out = d;
  return DSR_OK;
}

void dsr_derivation_reset(dsr_derivation *d) {
  dsr_answers_free(&d->answers);
  dsr_arena_free(&d->arena);
  d->plan = (dsr_str){NULL, 0};
  d->count = 0;
}

void dsr_derivation_free(dsr_derivation *d) {
  if (d == NULL) return;
  dsr_derivation_reset(d);
  dsr_strategy_stop(&d->strategy);
  dsr_rulebook_free(d->book);
  dsr_free(d);
}

const dsr_rulebook *dsr_derivation_book(const dsr_derivation *d) { return d->book; }

/* ---- a run ------------------------------------------------------------------------ */

static dsr_status take_answers(dsr_derivation *d, const dsr_evaluation *e,
                               unsigned wanted, const dsr_answers_key *keys,
                               int n_keys) {
  dsr_facts *facts = dsr_world_facts(d->world);
  TRY(dsr_extent_count(e->answers, &d->count));
  d->kept = e->eval != NULL ? dsr_eval_kept(e->eval) : 0;
  d->read = e->router.read;
  if (wanted & DSR_DERIVE_EXPLAIN) {
    TRY(dsr_route_explain(&e->router, &d->arena, &d->plan));
  }
  if (!(wanted & DSR_DERIVE_ROWS)) return DSR_OK;
  return dsr_answers_take(
      &d->answers, e->answers, NULL, d->book->predicates.items[d->book->query].width,
      keys, n_keys, dsr_world_numbers(d->world), dsr_facts_symbols(facts), error_of(d));
}

static dsr_status run_by(dsr_derivation *d, dsr_strategy *strategy, unsigned wanted,
                         const dsr_answers_key *keys, int n_keys) {
  dsr_evaluation e;
  dsr_status rc =
      dsr_evaluation_run(&e, d->world, strategy, !(wanted & DSR_DERIVE_ROWS));
  if (rc >= 0) rc = take_answers(d, &e, wanted, keys, n_keys);
  dsr_evaluation_stop(&e);
  return rc;
}

dsr_status dsr_derivation_run(dsr_derivation *d, const dsr_word *given, unsigned wanted,
                              const dsr_answers_key *keys, int n_keys) {
  dsr_strategy anew = {0};
  dsr_derivation_reset(d);
  d->kept = d->read = 0;
  TRY(refresh(d));
  for (size_t i = 0; i < d->book->parameters.len; i++) {
    d->book->parameters.items[i].word = given[i];
    d->book->parameters.items[i].given = true;
  }
  dsr_facts *facts = dsr_world_facts(d->world);
  dsr_strategy_start(&anew, d->book, true);
  dsr_strategy *strategy = wanted & DSR_DERIVE_EXPLAIN ? &anew : &d->strategy;
  dsr_facts_hold(facts, true); /* look-ups go on reading what the first one saw */
  dsr_status rc = run_by(d, strategy, wanted, keys, n_keys);
  dsr_facts_hold(facts, false);
  dsr_strategy_stop(&anew);
  if (rc < 0) dsr_derivation_reset(d);
  if (rc == DSR_ESTOPPED) dsr_world_realm(d->world)->stop = 0;
  return rc;
}

uint64_t dsr_derivation_count(const dsr_derivation *d) { return d->count; }
uint64_t dsr_derivation_kept(const dsr_derivation *d) { return d->kept; }
uint64_t dsr_derivation_read(const dsr_derivation *d) { return d->read; }
dsr_str dsr_derivation_plan(const dsr_derivation *d) { return d->plan; }

void dsr_derivation_row(const dsr_derivation *d, uint64_t at, dsr_word *out) {
  dsr_answers_row(&d->answers, (size_t)at, out);
}
