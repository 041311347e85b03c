/*
** derive.c - a query's rulebook, its runs, and what they leave.
**
** A run owns its eval, router and calls, and lets go of them when the answers are taken; the
** numbers and base extents are the world's and stay.
*/
#include "logic/derive.h"

#include "logic/define.h"
#include "logic/route.h"

struct dsr_derivation {
  dsr_world *world;
  const dsr_program *program;
  const dsr_clause *query;
  dsr_rulebook *book; /* for `generation` and the rules' version */
  uint64_t generation, rules_version, defined_age;
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
  dsr_rulebook_free(d->book);
  d->book = book;
  d->generation = dsr_facts_generation(dsr_world_facts(d->world));
  d->rules_version = realm->rules_version;
  d->defined_age = age_of(realm);
  return DSR_OK;
}

/* Have the rulebook for the base as it is. */
static dsr_status refresh(dsr_derivation *d) {
  const dsr_realm *realm = dsr_world_realm(d->world);
  uint64_t generation;
  TRY(dsr_world_refresh(d->world));
  generation = dsr_facts_generation(dsr_world_facts(d->world));
  if (d->book != NULL && d->generation == generation &&
      d->rules_version == realm->rules_version && d->defined_age == age_of(realm) &&
      realm->tables.len == 0) {
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
  dsr_rulebook_free(d->book);
  dsr_free(d);
}

const dsr_rulebook *dsr_derivation_book(const dsr_derivation *d) { return d->book; }

/* ---- a run ------------------------------------------------------------------------ */

typedef struct run {
  dsr_derivation *d;
  dsr_rulebook *demanded; /* NULL: nothing would be saved */
  const dsr_rulebook *book;
  dsr_calls *calls;
  dsr_eval *eval;
  dsr_router router;
  uint64_t read_before;
} run;

static dsr_status make_demand(run *r) {
  r->book = r->d->book;
  bool whole = dsr_world_realm(r->d->world)->no_demand;
  if (whole && !r->book->asks) return DSR_OK;
  unsigned how = whole ? DSR_DEMAND_LEAST : r->book->asks ? 0 : DSR_DEMAND_TAILS;
  dsr_status rc = dsr_rulebook_demand(r->d->book, how, error_of(r->d), &r->demanded);
  if (rc == DSR_OK) r->book = r->demanded;
  return rc < 0 ? rc : DSR_OK;
}

/* Each stratum is planned when those before it are complete. */
static dsr_status evaluate(run *r) {
  const dsr_realm *realm = dsr_world_realm(r->d->world);
  for (size_t i = 0; i < r->book->strata.len; i++) {
    TRY(dsr_route_stratum(&r->router, (int)i));
    if (r->book->strata.items[i].called) continue;
    TRY(dsr_eval_run(r->eval, (int)i, &realm->bounds));
  }
  return DSR_OK;
}

static dsr_status take_answers(run *r, unsigned wanted, const dsr_answers_key *keys,
                               int n_keys) {
  dsr_derivation *d = r->d;
  dsr_facts *facts = dsr_world_facts(d->world);
  dsr_extent *extent = r->router.seats[r->book->query].extent;
  TRY(dsr_extent_count(extent, &d->count));
  d->kept = dsr_eval_kept(r->eval);
  r->router.read = d->read = dsr_world_read(d->world) - r->read_before;
  if (wanted & DSR_DERIVE_EXPLAIN) {
    TRY(dsr_route_explain(&r->router, &d->arena, &d->plan));
  }
  if (!(wanted & DSR_DERIVE_ROWS)) return DSR_OK;
  return dsr_answers_take(
      &d->answers, extent, NULL, r->book->predicates.items[r->book->query].width, keys,
      n_keys, dsr_world_numbers(d->world), dsr_facts_symbols(facts), error_of(d));
}

static dsr_status run_all(run *r, unsigned wanted, const dsr_answers_key *keys,
                          int n_keys) {
  dsr_world *world = r->d->world;
  dsr_realm *realm = dsr_world_realm(world);
  dsr_numbers *numbers = dsr_world_numbers(world);
  r->read_before = dsr_world_read(world);
  TRY(make_demand(r));
  TRY(dsr_calls_new(numbers, dsr_world_facts(world), dsr_world_view(world),
                    realm->defined, error_of(r->d), &r->calls));
  TRY(dsr_eval_new(numbers, error_of(r->d), &r->eval));
  TRY(dsr_router_start(&r->router, r->book, &realm->route, r->calls, r->eval,
                       error_of(r->d)));
  r->router.only_count = !(wanted & DSR_DERIVE_ROWS);
  TRY(dsr_world_seat(world, r->book, &r->router));
  TRY(evaluate(r));
  TRY(dsr_calls_failure(r->calls));
  return take_answers(r, wanted, keys, n_keys);
}

dsr_status dsr_derivation_run(dsr_derivation *d, const dsr_word *given, unsigned wanted,
                              const dsr_answers_key *keys, int n_keys) {
  run r = {.d = d};
  dsr_derivation_reset(d);
  d->kept = d->read = 0;
  TRY(refresh(d));
  for (size_t i = 0; i < d->book->parameters.len; i++) {
    d->book->parameters.items[i].word = given[i];
    d->book->parameters.items[i].given = true;
  }
  dsr_facts *facts = dsr_world_facts(d->world);
  dsr_facts_hold(facts, true); /* look-ups go on reading what the first one saw */
  dsr_status rc = run_all(&r, wanted, keys, n_keys);
  dsr_facts_hold(facts, false);
  dsr_router_stop(&r.router);
  dsr_eval_free(r.eval);
  dsr_calls_free(r.calls);
  dsr_rulebook_free(r.demanded);
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
