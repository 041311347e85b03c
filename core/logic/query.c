/*
** query.c - a prepared query: its parameters, its runs, its answers.
**
** A run begins at the first step: constants and order are looked after where the base
** has moved, and the plan joins the readers.  Answers are kept as they come, in a table
** with a hash set over it, since they are a set; where no two solutions can be one answer
** none is looked for, and those that were given are let go of.  When the base is about to change, all
** answers that are left are worked out at once, so that the run goes on as if nothing
** had happened.
**
** Where answers have an order, or only some of them are told, which are the first in value
** order, all are worked out before the first is told; of these only those that may be told
** are kept, and as many again.
**
** Cost: one row of words for each distinct answer that may be told, until the query is reset;
** where answers cannot be equal, of one at a time.
*/
#include "logic/query.h"

#include <stdio.h>
#include <string.h>

#include "ground/text.h"
#include "logic/plan.h"

enum { TABLE_FIRST = 64, ROWS_SLACK = 4096 };

static dsr_error *error_of(const dsr_plan *plan) {
  return dsr_facts_error(plan->facts);
}

/* ---- preparing ------------------------------------------------------------------ */

/* Is the entity known; where that cannot be told, it is. */
static bool entity_known(dsr_facts *facts, dsr_str name) {
  dsr_word word;
  bool known = true;
  dsr_status rc =
      dsr_symbols_find(dsr_facts_symbols(facts), DSR_SYM_ENTITY, name, &word);
  if (rc == DSR_NOTHING) return false;
  return rc < 0 || dsr_entity_known(facts, word, &known) < 0 || known;
}

/* Is a fact of the relation left, or a declaration? */
static bool relation_known(dsr_facts *facts, const dsr_asked_name *asked) {
  bool known = true;
  const dsr_relation *relation = dsr_relation_find(facts, asked->name, asked->arity);
  return !relation || dsr_relation_known(facts, relation, &known) < 0 || known;
}

static bool note_name(dsr_plan *plan, dsr_str name, int arity) {
  dsr_asked_name *asked = &plan->named[plan->n_named];
  *asked = (dsr_asked_name){dsr_arena_str(&plan->arena, name), arity};
  if (asked->name.data != NULL) plan->n_named++;
  return asked->name.data != NULL;
}

/* Note the atom's names, but those that rules of the query's own may be behind. */
static bool note_atom(dsr_plan *plan, const dsr_atom *atom) {
  bool ok = true;
  if (!atom->curie && plan->derivation == NULL) {
    ok = note_name(plan, atom->name, atom->n_args);
  }
  for (int k = 0; ok && k < atom->n_args; k++) {
    const dsr_term *term = &atom->args[k];
    if (term->kind != DSR_TERM_ENTITY || term->curie) continue;
    ok = note_name(plan, term->text, -1);
  }
  return ok;
}

/* What is not wrong and yet looks like a slip: told now where the text alone shows it;
** whether the base knows all names is looked after by who asks. */
static dsr_status note_slips(dsr_resolve *r, const dsr_clause *clause, dsr_plan *plan) {
  size_t most = 1;
  dsr_resolve_hint(r, plan->warning, sizeof plan->warning);
  plan->hinted = plan->warning[0] != '\0';
  for (int i = 0; i < clause->n_body; i++) {
    if (clause->body[i].atom) most += 1 + (size_t)clause->body[i].atom->n_args;
  }
  plan->named = dsr_arena_alloc(&plan->arena, most * sizeof *plan->named);
  bool ok = plan->named != NULL;
  for (int i = 0; ok && i < clause->n_body; i++) {
    if (clause->body[i].atom) ok = note_atom(plan, clause->body[i].atom);
  }
  return ok ? DSR_OK : dsr_fail_memory(error_of(plan));
}

/* The program and its text go, unless a derivation borrows them. */
static void settle_program(dsr_program *program, char *text, dsr_plan *plan) {
  if (plan != NULL && plan->derivation != NULL) {
    plan->program = program;
    plan->text = text;
    return;
  }
  dsr_program_free(program);
  dsr_free(program);
  dsr_free(text);
}

dsr_status dsr_plan_new(dsr_world *world, dsr_program *program,
                        const dsr_clause *clause, char *text, dsr_plan **out) {
  dsr_resolve r;
  dsr_plan *plan = NULL;
  dsr_facts *facts = dsr_world_facts(world);
  dsr_status rc = dsr_facts_read(facts, false);
  if (rc >= 0) {
    dsr_resolve_start(&r, facts, program, dsr_facts_error(facts));
    dsr_resolve_clause(&r, clause);
    rc = dsr_plan_compile(&r, dsr_world_view(world), world, &plan);
    if (rc >= 0) rc = note_slips(&r, clause, plan);
    dsr_resolve_stop(&r);
  }
  settle_program(program, text, plan);
  if (rc < 0) {
    dsr_plan_free(plan);
    return rc;
  }
  *out = plan;
  return DSR_OK;
}

/* Put into words that no fact of the relation is left. */
static void warn_spent(dsr_plan *plan, const dsr_asked_name *asked) {
  int arity;
  dsr_str near = dsr_relation_nearest(plan->facts, asked->name, &arity);
  int n =
      snprintf(plan->warning, sizeof plan->warning,
               "no fact of \"%s\" is on record any more", dsr_show(asked->name).text);
  if (near.len == 0 || n < 0 || (size_t)n >= sizeof plan->warning) return;
  snprintf(plan->warning + n, sizeof plan->warning - (size_t)n,
           "; did you mean \"%s\"?", dsr_show(near).text);
}

/* Put into words that the entity is not known. */
static void warn_unknown(dsr_plan *plan, const dsr_asked_name *asked) {
  dsr_str nearest;
  if (dsr_entity_nearest(plan->facts, asked->name, &nearest) < 0) return;
  int n = snprintf(plan->warning, sizeof plan->warning, "no fact speaks of \"%s\"",
                   dsr_show(asked->name).text);
  if (nearest.len == 0 || n < 0 || (size_t)n >= sizeof plan->warning) return;
  snprintf(plan->warning + n, sizeof plan->warning - (size_t)n,
           "; did you mean \"%s\"?", dsr_show(nearest).text);
}

/* Relations first: of one that is spent, the entities are of no matter. */
static void look_for_slips(dsr_plan *plan) {
  for (size_t i = 0; i < plan->n_named; i++) {
    const dsr_asked_name *asked = &plan->named[i];
    if (asked->arity < 0 || relation_known(plan->facts, asked)) continue;
    warn_spent(plan, asked);
    return;
  }
  for (size_t i = 0; i < plan->n_named; i++) {
    const dsr_asked_name *asked = &plan->named[i];
    if (asked->arity >= 0 || entity_known(plan->facts, asked->name)) continue;
    warn_unknown(plan, asked);
    return;
  }
}

const char *dsr_plan_warning(dsr_plan *plan) {
  if (plan->hinted || dsr_facts_read(plan->facts, false) < 0) return plan->warning;
  uint64_t now = dsr_facts_generation(plan->facts);
  if (!plan->looked || plan->looked_at != now) {
    plan->warning[0] = '\0';
    look_for_slips(plan);
    plan->looked = true;
    plan->looked_at = now;
  }
  return plan->warning;
}

static dsr_status drain(dsr_reader *reader);

/* Back to before the first step; what was given stays good no longer. */
void dsr_plan_reset(dsr_plan *plan) {
  dsr_run_stop(plan);
  dsr_reader_leave(&plan->reader);
  plan->state = DSR_PLAN_IDLE;
  plan->rows.len = plan->kept.len = plan->row.len = 0;
  plan->n_rows = plan->given = 0;
  plan->whole = false;
  if (plan->table != NULL) memset(plan->table, 0, plan->n_table * sizeof *plan->table);
  dsr_arena_free(&plan->kept_arena);
  if (plan->derivation != NULL) dsr_derivation_reset(plan->derivation);
}

/* What answers and their order took. */
static void free_answers(dsr_plan *plan) {
  VEC_FREE(&plan->rows);
  VEC_FREE(&plan->kept);
  VEC_FREE(&plan->row);
  dsr_free(plan->table);
  plan->table = NULL;
  plan->n_table = 0;
}

dsr_plan_note *dsr_plan_noted(dsr_plan *plan) { return &plan->note; }

void dsr_plan_rest(dsr_plan *plan) {
  dsr_plan_reset(plan);
  free_answers(plan);
  for (size_t i = 0; i < plan->parameters.len; i++) {
    dsr_slot *slot = &plan->slots.items[plan->parameters.items[i]];
    slot->word = DSR_WORD_NONE;
    slot->given = false;
  }
}

void dsr_plan_free(dsr_plan *plan) {
  if (plan == NULL) return;
  dsr_plan_reset(plan);
  free_answers(plan);
  dsr_free((char *)plan->note.text.data);
  for (size_t i = 0; i < plan->slots.len; i++) dsr_free(plan->slots.items[i].spelling);
  VEC_FREE(&plan->slots);
  VEC_FREE(&plan->goals);
  VEC_FREE(&plan->steps);
  VEC_FREE(&plan->columns);
  VEC_FREE(&plan->parameters);
  VEC_FREE(&plan->keys);
  dsr_free(plan->cells);
  dsr_derivation_free(plan->derivation);
  if (plan->program != NULL) dsr_program_free(plan->program);
  dsr_free(plan->program);
  dsr_free(plan->text);
  dsr_arena_free(&plan->arena);
  dsr_free(plan);
}

int dsr_plan_columns(const dsr_plan *plan) { return (int)plan->columns.len; }

dsr_str dsr_plan_column(const dsr_plan *plan, int i) {
  if (i < 0 || (size_t)i >= plan->columns.len) return (dsr_str){NULL, 0};
  return plan->slots.items[plan->columns.items[i]].name;
}

int dsr_plan_parameters(const dsr_plan *plan) { return (int)plan->parameters.len; }

/* The slot of parameter `i`; NULL where there is none. */
static const dsr_slot *parameter_at(const dsr_plan *plan, int i) {
  if (i < 0 || (size_t)i >= plan->parameters.len) return NULL;
  return &plan->slots.items[plan->parameters.items[i]];
}

dsr_str dsr_plan_parameter(const dsr_plan *plan, int i) {
  const dsr_slot *slot = parameter_at(plan, i);
  return slot != NULL ? slot->name : (dsr_str){NULL, 0};
}

dsr_domain dsr_plan_parameter_domain(const dsr_plan *plan, int i) {
  const dsr_slot *slot = parameter_at(plan, i);
  return slot != NULL ? slot->type : DSR_COL_ANY;
}

/* ---- parameters ----------------------------------------------------------------- */

static dsr_status no_parameter(const dsr_plan *plan, dsr_str name) {
  dsr_nearest race;
  dsr_nearest_start(&race, name);
  for (size_t i = 0; i < plan->parameters.len; i++) {
    dsr_nearest_offer(&race, dsr_plan_parameter(plan, (int)i));
  }
  if (race.best.len > 0) {
    return dsr_fail(error_of(plan), DSR_EMISUSE,
                    "the query has no parameter $%s; did you mean $%s?",
                    dsr_show(name).text, dsr_show(race.best).text);
  }
  return dsr_fail(error_of(plan), DSR_EMISUSE, "the query has no parameter $%s",
                  dsr_show(name).text);
}

/* The slot of the parameter `name`, which may be set now. */
static dsr_status find_parameter(dsr_plan *plan, dsr_str name, int *out) {
  if (plan->state == DSR_PLAN_RUNNING) {
    return dsr_fail(error_of(plan), DSR_EMISUSE,
                    "the query is being stepped through; reset it before $%s is set",
                    dsr_show(name).text);
  }
  for (size_t i = 0; i < plan->parameters.len; i++) {
    if (!dsr_str_eq(dsr_plan_parameter(plan, (int)i), name)) continue;
    *out = plan->parameters.items[i];
    return DSR_OK;
  }
  return no_parameter(plan, name);
}

static dsr_status set_parameter(dsr_plan *plan, int slot, dsr_word word) {
  if (plan->state != DSR_PLAN_IDLE) dsr_plan_reset(plan);
  return dsr_slot_set(plan, slot, word);
}

static dsr_status wrong_parameter(const dsr_plan *plan, const dsr_slot *slot,
                                  const char *came) {
  return dsr_fail(error_of(plan), DSR_ETYPE, "$%s is %s; came %s",
                  dsr_show(slot->name).text, dsr_domain_due(slot->type), came);
}

/* A four-digit integer is a year where a date is asked for. */
static dsr_status year_word(dsr_plan *plan, dsr_word word, dsr_word *out) {
  char text[DSR_WORD_TEXT];
  int len = dsr_word_format(word, text);
  dsr_str year = {text, (size_t)len};
  if (!dsr_four_digits(year)) return DSR_NOTHING;
  return dsr_time_word(dsr_facts_symbols(plan->facts), year, DSR_INTERN_TEMP, out);
}

dsr_status dsr_plan_bind(dsr_plan *plan, dsr_str name, dsr_word value) {
  int at;
  TRY(find_parameter(plan, name, &at));
  const dsr_slot *slot = &plan->slots.items[at];
  dsr_domain have = dsr_word_domain(dsr_facts_symbols(plan->facts), value);
  if (slot->type == DSR_COL_TIME && have == DSR_COL_INT) {
    dsr_status rc = year_word(plan, value, &value);
    if (rc < 0) return rc;
    if (rc == DSR_OK) have = DSR_COL_TIME;
  }
  if (value == DSR_WORD_NONE) return wrong_parameter(plan, slot, "an unknown time");
  if (!dsr_domain_meets(slot->type, have)) {
    return wrong_parameter(plan, slot, dsr_domain_due(have));
  }
  return set_parameter(plan, at, value);
}

static dsr_status text_bool(const dsr_plan *plan, const dsr_slot *slot, dsr_str value,
                            dsr_word *out) {
  bool yes = dsr_str_is(value, "true");
  if (!yes && !dsr_str_is(value, "false")) {
    return wrong_parameter(plan, slot, "another word");
  }
  *out = dsr_word_bool(yes);
  return DSR_OK;
}

/* A plain string as the place of a parameter asks for. */
static dsr_status text_word(dsr_plan *plan, const dsr_slot *slot, dsr_str value,
                            dsr_word *out) {
  dsr_str none = {NULL, 0};
  dsr_symbols *symbols = dsr_facts_symbols(plan->facts);
  switch (slot->type) {
    case DSR_COL_ENTITY:
      return dsr_symbols_temp(symbols, DSR_SYM_ENTITY, value, out);
    case DSR_COL_TEXT:
      return dsr_text_word(symbols, value, none, none, DSR_INTERN_TEMP, out);
    case DSR_COL_TIME:
      return dsr_time_word(symbols, value, DSR_INTERN_TEMP, out);
    case DSR_COL_INT:
    case DSR_COL_NUMBER:
      return dsr_number_word(symbols, value, DSR_INTERN_TEMP, out);
    case DSR_COL_BOOL:
      return text_bool(plan, slot, value, out);
    case DSR_COL_ANY:
      break;
  }
  return dsr_fail(
      error_of(plan), DSR_ETYPE,
      "$%s may be an entity or a text: nothing tells which; give an entity "
      "(dsr_bind_entity, dossier.entity) or a text (dossier.text), or declare "
      "the relation's columns",
      dsr_show(slot->name).text);
}

dsr_status dsr_plan_bind_text(dsr_plan *plan, dsr_str name, dsr_str value) {
  int at;
  dsr_word word;
  TRY(find_parameter(plan, name, &at));
  if (dsr_utf8_valid(value) < value.len) {
    return dsr_fail(error_of(plan), DSR_EMISUSE,
                    "the value of $%s is not valid UTF-8, or holds a NUL",
                    dsr_show(name).text);
  }
  TRY(text_word(plan, &plan->slots.items[at], value, &word));
  if (word == DSR_WORD_NONE) {
    return wrong_parameter(plan, &plan->slots.items[at], "an unknown time");
  }
  return set_parameter(plan, at, word);
}

/* ---- starting ------------------------------------------------------------------- */

static dsr_status check_given(const dsr_plan *plan) {
  for (size_t i = 0; i < plan->parameters.len; i++) {
    const dsr_slot *slot = parameter_at(plan, (int)i);
    if (slot->given) continue;
    return dsr_fail(error_of(plan), DSR_EMISUSE, "$%s was never set; it is %s",
                    dsr_show(slot->name).text, dsr_domain_due(slot->type));
  }
  return DSR_OK;
}

/* Relations keep their numbers, except those met in a transaction that was rolled back:
** find such a one again by its name. */
static dsr_status find_relations(dsr_plan *plan) {
  for (size_t i = 0; i < plan->goals.len; i++) {
    dsr_stage *goal = &plan->goals.items[i];
    if (goal->kind != DSR_STAGE_SCAN) continue;
    const dsr_relation *relation;
    TRY(dsr_relation_meet(plan->facts, goal->name, goal->arity, false, &relation));
    goal->relation = relation->number;
  }
  return DSR_OK;
}

static bool is_column(const dsr_plan *plan, int slot) {
  for (size_t i = 0; i < plan->columns.len; i++) {
    if (plan->columns.items[i] == slot) return true;
  }
  return false;
}

/* Is each solution of the plan another answer?  So it is where all that tells the facts of
** its only scan apart is known or among the columns. */
static dsr_status find_unique(dsr_plan *plan) {
  const dsr_stage *scan = NULL;
  bool lone = false;
  plan->unique = false;
  for (size_t i = 0; i < plan->steps.len; i++) {
    const dsr_stage *step = &plan->steps.items[i];
    if (step->kind == DSR_STAGE_COMPARE || step->kind == DSR_STAGE_TEST) continue;
    if (step->kind != DSR_STAGE_SCAN || scan != NULL) return DSR_OK;
    scan = step;
  }
  if (scan == NULL) return DSR_OK;
  for (int i = 0; i < scan->arity; i++) {
    if (!(scan->known >> i & 1) && !is_column(plan, scan->args[i])) return DSR_OK;
  }
  const dsr_relation *relation = dsr_relation_get(plan->facts, scan->relation);
  bool one_time = scan->when == DSR_WHEN_UNKNOWN || scan->known_time ||
                  (relation != NULL && !relation->timed);
  if (!one_time && (scan->when == DSR_WHEN_ANY || !is_column(plan, scan->time))) {
    return DSR_OK;
  }
  TRY(dsr_scan_lone(plan->facts, plan->view, scan->relation, &lone));
  plan->unique = lone;
  return DSR_OK;
}

/* Constants and order for the base as it is now. */
static dsr_status fit(dsr_plan *plan) {
  uint64_t generation = dsr_facts_generation(plan->facts);
  if (plan->fitted && plan->generation == generation) return DSR_OK;
  plan->fitted = false;
  TRY(find_relations(plan));
  TRY(dsr_slot_refresh(plan));
  TRY(dsr_order_steps(plan));
  dsr_free(plan->cells);
  plan->cells = dsr_alloc((plan->steps.len + 1) * sizeof *plan->cells);
  if (plan->cells == NULL) return dsr_fail_memory(error_of(plan));
  TRY(find_unique(plan));
  plan->fitted = true;
  plan->generation = generation;
  return DSR_OK;
}

/* The number of answers that a slot holds; `none` where there is no slot. */
static dsr_status count_in(const dsr_plan *plan, int at, uint64_t none, uint64_t *out) {
  int64_t count;
  *out = none;
  if (at == DSR_SLOT_NONE) return DSR_OK;
  const dsr_slot *slot = &plan->slots.items[at];
  bool whole = dsr_word_integer(dsr_facts_symbols(plan->facts), slot->word, &count);
  if (!whole || count < 0) {
    return dsr_fail(error_of(plan), DSR_ETYPE,
                    "$%s is a number of answers, and is 0 or more",
                    dsr_show(slot->name).text);
  }
  *out = (uint64_t)count;
  return DSR_OK;
}

/* How many answers are worked out, and how many of these passed over. */
static dsr_status read_counts(dsr_plan *plan, uint64_t *limit, uint64_t *offset) {
  TRY(count_in(plan, plan->limit, UINT64_MAX, limit));
  TRY(count_in(plan, plan->offset, 0, offset));
  plan->most = *limit < UINT64_MAX - *offset ? *limit + *offset : UINT64_MAX;
  return DSR_OK;
}

/* ---- what rules answer ------------------------------------------------------------ */

/* The parameters, in the order of the rulebook. */
static dsr_status derived_words(const dsr_plan *plan, dsr_word **out) {
  const dsr_rulebook *book = dsr_derivation_book(plan->derivation);
  dsr_word *words = dsr_alloc((book->parameters.len + 1) * sizeof *words);
  if (words == NULL) return dsr_fail_memory(error_of(plan));
  for (size_t i = 0; i < book->parameters.len; i++) {
    for (size_t k = 0; k < plan->parameters.len; k++) {
      const dsr_slot *slot = parameter_at(plan, (int)k);
      if (dsr_str_eq(slot->name, book->parameters.items[i].name)) words[i] = slot->word;
    }
  }
  *out = words;
  return DSR_OK;
}

/* Derive the answers; `wanted` as for a derivation. */
static dsr_status derive(dsr_plan *plan, unsigned wanted) {
  dsr_word *words = NULL;
  int n = (int)plan->keys.len;
  TRY(check_given(plan));
  TRY(dsr_facts_read(plan->facts, false));
  TRY(dsr_slot_refresh(plan));
  TRY(derived_words(plan, &words));
  dsr_answers_key *keys = dsr_alloc(((size_t)n + 1) * sizeof *keys);
  dsr_status rc = keys != NULL ? DSR_OK : dsr_fail_memory(error_of(plan));
  for (int i = 0; i < n && rc >= 0; i++) {
    keys[i] =
        (dsr_answers_key){plan->keys.items[i].column, plan->keys.items[i].descending};
  }
  if (rc >= 0) rc = dsr_derivation_run(plan->derivation, words, wanted, keys, n);
  dsr_free(keys);
  dsr_free(words);
  return rc;
}

/* How many answers are told, of all that there are, and how many are passed over. */
static dsr_status told(dsr_plan *plan, uint64_t all, uint64_t *n, uint64_t *offset) {
  uint64_t limit;
  TRY(read_counts(plan, &limit, offset));
  if (*offset > all) *offset = all;
  *n = all - *offset < limit ? all - *offset : limit;
  return DSR_OK;
}

/* Derive, and have the answers that are told as rows. */
static dsr_status start_derived(dsr_plan *plan) {
  uint64_t n, offset;
  size_t width = plan->columns.len;
  TRY(derive(plan, DSR_DERIVE_ROWS));
  TRY(told(plan, dsr_derivation_count(plan->derivation), &n, &offset));
  if (!VEC_RESERVE(&plan->rows, (size_t)n * width + 1)) {
    return dsr_fail_memory(error_of(plan));
  }
  for (uint64_t i = 0; i < n; i++) {
    dsr_derivation_row(plan->derivation, offset + i, plan->rows.items + i * width);
  }
  plan->rows.len = (size_t)n * width;
  plan->n_rows = (size_t)n;
  plan->given = 0;
  plan->reader.drain = drain;
  dsr_reader_join(plan->facts,
                  &plan->reader); /* rows outlive a rollback as others do */
  plan->state = DSR_PLAN_RUNNING;
  plan->whole = true;
  dsr_derivation_reset(plan->derivation);
  return DSR_OK;
}

static dsr_status start(dsr_plan *plan) {
  uint64_t limit, offset;
  if (plan->derivation != NULL) return start_derived(plan);
  TRY(check_given(plan));
  TRY(read_counts(plan, &limit, &offset));
  TRY(dsr_facts_read(plan->facts, false));
  TRY(fit(plan));
  plan->level = 0;
  plan->back = false;
  for (size_t i = 0; i < plan->steps.len; i++) plan->cells[i].strained = false;
  plan->reader.drain = drain;
  dsr_reader_join(plan->facts, &plan->reader);
  plan->state = DSR_PLAN_RUNNING;
  return DSR_OK;
}

/* ---- answers -------------------------------------------------------------------- */

static uint64_t row_hash(const dsr_word *row, size_t n) {
  return dsr_hash(row, n * sizeof *row, 0);
}

/* The place of a row in the table: where it is, or where it would go. */
static size_t find_row(const dsr_plan *plan, const dsr_word *row) {
  size_t n = plan->columns.len, mask = plan->n_table - 1;
  size_t at = (size_t)row_hash(row, n) & mask;
  while (plan->table[at] != 0) {
    const dsr_word *met = plan->rows.items + (plan->table[at] - 1) * n;
    if (memcmp(met, row, n * sizeof *row) == 0) break;
    at = (at + 1) & mask;
  }
  return at;
}

/* Keep the table at most half full. */
static dsr_status grow_table(dsr_plan *plan) {
  if (plan->n_rows * 2 < plan->n_table) return DSR_OK;
  size_t n = plan->columns.len;
  size_t room = plan->n_table == 0 ? TABLE_FIRST : plan->n_table * 2;
  size_t *table = dsr_alloc(room * sizeof *table);
  if (table == NULL) return dsr_fail_memory(error_of(plan));
  dsr_free(plan->table);
  plan->table = table;
  plan->n_table = room;
  for (size_t i = 0; i < plan->n_rows; i++) {
    table[find_row(plan, plan->rows.items + i * n)] = i + 1;
  }
  return DSR_OK;
}

/* Put the solution that the slots hold behind the rows, of which it is to be one. */
static dsr_status put_row(dsr_plan *plan) {
  size_t n = plan->columns.len;
  if (!VEC_RESERVE(&plan->rows, n)) return dsr_fail_memory(error_of(plan));
  for (size_t i = 0; i < n; i++) {
    plan->rows.items[plan->rows.len + i] =
        plan->slots.items[plan->columns.items[i]].word;
  }
  return DSR_OK;
}

/* Put the solution that the slots hold among the rows; *fresh tells that it is new. */
static dsr_status keep_row(dsr_plan *plan, bool *fresh) {
  size_t n = plan->columns.len, first = plan->rows.len;
  *fresh = plan->n_rows == 0 || plan->unique;
  if (n > 0 && plan->unique) {
    TRY(put_row(plan));
    plan->rows.len = first + n;
  } else if (n > 0) {
    TRY(grow_table(plan));
    TRY(put_row(plan));
    size_t at = find_row(plan, plan->rows.items + first);
    *fresh = plan->table[at] == 0;
    if (!*fresh) return DSR_OK;
    plan->table[at] = plan->n_rows + 1;
    plan->rows.len = first + n;
  }
  if (*fresh) plan->n_rows++;
  return DSR_OK;
}

/* Let go of answers that were given and that no other is to be held against. */
static void let_go(dsr_plan *plan) {
  if (!plan->unique || plan->most != UINT64_MAX || plan->given < plan->n_rows) return;
  plan->rows.len = 0;
  plan->n_rows = plan->given = 0;
}

/* Work out one more answer: DSR_ROW, or DSR_DONE when all are there. */
static dsr_status more(dsr_plan *plan) {
  dsr_status rc;
  if (plan->whole || (!plan->ordered && plan->n_rows >= plan->most)) return DSR_DONE;
  let_go(plan);
  while ((rc = dsr_run_next(plan)) == DSR_ROW) {
    bool fresh;
    TRY(keep_row(plan, &fresh));
    if (fresh) return DSR_ROW;
  }
  return rc;
}

/* Put the answers so far into order and let go of those that are none of the first `most`;
** what was let go of and comes again is let go of again. */
static dsr_status keep_first(dsr_plan *plan, dsr_sorted how) {
  how.offset = 0;
  how.limit = plan->most;
  TRY(dsr_sorted_rows(&how, dsr_facts_symbols(plan->facts), error_of(plan),
                      plan->rows.items, &plan->n_rows));
  plan->rows.len = plan->n_rows * plan->columns.len;
  if (plan->unique) return DSR_OK;
  memset(plan->table, 0, plan->n_table * sizeof *plan->table);
  for (size_t i = 0; i < plan->n_rows; i++) {
    plan->table[find_row(plan, plan->rows.items + i * plan->columns.len)] = i + 1;
  }
  return DSR_OK;
}

/* The last of the answers that may be told, so far, and what was held against it last. */
typedef struct last_told {
  size_t
      row; /* one more than its number; 0: there are fewer answers than may be told */
  dsr_word last;
  bool behind;
} last_told;

/* Does the solution at hand come after the bar by the column that counts first?  Solutions
** that follow on each other often have the same word there. */
static dsr_status is_behind(const dsr_plan *plan, last_told *bar, bool *out) {
  int order, column = plan->keys.len > 0 ? plan->keys.items[0].column : 0;
  bool down = plan->keys.len > 0 && plan->keys.items[0].descending;
  dsr_word word = plan->slots.items[plan->columns.items[column]].word;
  if (word == DSR_WORD_NONE || word != bar->last) {
    const dsr_word *row = plan->rows.items + (bar->row - 1) * plan->columns.len;
    TRY(dsr_value_compare(dsr_facts_symbols(plan->facts), word, row[column], &order));
    bar->behind = down ? order < 0 : order > 0;
    bar->last = word;
  }
  *out = bar->behind;
  return DSR_OK;
}

/* Work out all answers, and keep those that may be told, and not many more. */
static dsr_status gather(dsr_plan *plan, const dsr_sorted *how) {
  dsr_status rc;
  bool fresh, behind = false;
  last_told bar = {0, DSR_WORD_NONE, false};
  size_t room = SIZE_MAX;
  if (plan->most == 0) return DSR_OK;
  if (plan->most < SIZE_MAX / 4) room = 2 * (size_t)plan->most + ROWS_SLACK;
  while ((rc = dsr_run_next(plan)) == DSR_ROW) {
    if (bar.row > 0) TRY(is_behind(plan, &bar, &behind));
    if (behind) continue;
    TRY(keep_row(plan, &fresh));
    if (plan->n_rows < room) continue;
    TRY(keep_first(plan, *how));
    bar.row = plan->n_rows;
    bar.last = DSR_WORD_NONE;
  }
  return rc;
}

/* Work out all answers and put them in order. */
static dsr_status put_in_order(dsr_plan *plan) {
  dsr_sorted how = {.width = (int)plan->columns.len,
                    .n_keys = (int)plan->keys.len,
                    .keys = plan->keys.items};
  TRY(read_counts(plan, &how.limit, &how.offset));
  TRY(gather(plan, &how));
  TRY(dsr_sorted_rows(&how, dsr_facts_symbols(plan->facts), error_of(plan),
                      plan->rows.items, &plan->n_rows));
  plan->rows.len = plan->n_rows * plan->columns.len;
  plan->whole = true;
  dsr_run_stop(plan);
  return DSR_OK;
}

/* Work out answers up to the first that is told. */
static dsr_status pass_over(dsr_plan *plan) {
  uint64_t limit, offset;
  dsr_status rc = DSR_ROW;
  if (plan->ordered) return put_in_order(plan);
  TRY(read_counts(plan, &limit, &offset));
  while (rc == DSR_ROW && plan->n_rows < offset) rc = more(plan);
  plan->given = plan->n_rows;
  return rc;
}

/* The plan has no more work to do; how it ended. */
static void end(dsr_plan *plan, dsr_status rc) {
  dsr_run_stop(plan);
  dsr_reader_leave(&plan->reader);
  plan->state = rc < 0 ? DSR_PLAN_FAILED : DSR_PLAN_ENDED;
  plan->failure = rc;
}

/* ---- answers that outlive a change ---------------------------------------------- */

static dsr_status spell(dsr_plan *plan, dsr_word word, dsr_kept *out) {
  *out = (dsr_kept){.spelling = {NULL, 0}};
  if (!dsr_word_interned(word)) return DSR_OK;
  dsr_str spelling;
  TRY(dsr_symbols_get(dsr_facts_symbols(plan->facts), word, &out->kind, &spelling));
  out->spelling = dsr_arena_str(&plan->kept_arena, spelling);
  return out->spelling.data != NULL ? DSR_OK : dsr_fail_memory(error_of(plan));
}

/* Spell out the rows not given yet. */
static dsr_status spell_rows(dsr_plan *plan) {
  plan->kept_from = plan->given;
  for (size_t i = plan->given * plan->columns.len; i < plan->rows.len; i++) {
    dsr_kept kept;
    TRY(spell(plan, plan->rows.items[i], &kept));
    if (!VEC_PUSH(&plan->kept, kept)) return dsr_fail_memory(error_of(plan));
  }
  if (VEC_RESERVE(&plan->row, plan->columns.len + 1)) return DSR_OK;
  return dsr_fail_memory(error_of(plan));
}

/* The base is about to change: take all answers that are left.  What fails here fails
** the query at its next step, and not the change. */
static dsr_status drain(dsr_reader *reader) {
  dsr_plan *plan = (dsr_plan *)reader;
  dsr_status rc;
  do rc = more(plan);
  while (rc == DSR_ROW);
  if (rc >= 0 && dsr_facts_writing(plan->facts)) rc = spell_rows(plan);
  end(plan, rc);
  return DSR_OK;
}

/* A row that was spelled out, in words that are good now. */
static dsr_status kept_row(dsr_plan *plan, size_t at, const dsr_word **out) {
  size_t n = plan->columns.len;
  dsr_symbols *symbols = dsr_facts_symbols(plan->facts);
  for (size_t i = 0; i < n; i++) {
    const dsr_kept *kept = &plan->kept.items[(at - plan->kept_from) * n + i];
    plan->row.items[i] = plan->rows.items[at * n + i];
    if (kept->spelling.data == NULL) continue;
    TRY(dsr_symbols_temp(symbols, kept->kind, kept->spelling, &plan->row.items[i]));
  }
  *out = plan->row.items;
  return DSR_OK;
}

/* ---- stepping ------------------------------------------------------------------- */

/* Give the next row, which is there. */
static dsr_status give(dsr_plan *plan, const dsr_word **row) {
  size_t at = plan->given;
  if (plan->kept.len > 0 && at >= plan->kept_from) {
    TRY(kept_row(plan, at, row));
  } else {
    *row = plan->rows.items + at * plan->columns.len;
  }
  plan->given++;
  return DSR_ROW;
}

static dsr_status failed(const dsr_plan *plan) {
  dsr_error *error = error_of(plan);
  if (error->code == plan->failure) return plan->failure; /* its own words */
  return dsr_fail(
      error, plan->failure,
      "the query failed when it was stepped through; reset it to try again");
}

/* Begin a run, at the first answer that is told. */
static dsr_status begin(dsr_plan *plan) {
  TRY(start(plan));
  dsr_status rc = plan->whole ? DSR_OK : pass_over(plan);
  if (rc < 0) end(plan, rc);
  return rc;
}

dsr_status dsr_plan_step(dsr_plan *plan, const dsr_word **row) {
  if (plan->state == DSR_PLAN_IDLE) TRY(begin(plan));
  if (plan->given < plan->n_rows) return give(plan, row);
  if (plan->state == DSR_PLAN_ENDED) return DSR_DONE;
  if (plan->state == DSR_PLAN_FAILED) return failed(plan);
  dsr_status rc = more(plan);
  if (rc == DSR_ROW) return give(plan, row);
  end(plan, rc);
  return rc;
}

/* ---- counting and explaining ------------------------------------------------------- */

dsr_status dsr_plan_count(dsr_plan *plan, uint64_t *out) {
  const dsr_word *row;
  uint64_t n = 0, offset;
  dsr_status rc;
  dsr_plan_reset(plan);
  if (plan->derivation != NULL) {
    TRY(derive(plan, 0));
    return told(plan, dsr_derivation_count(plan->derivation), out, &offset);
  }
  bool ordered = plan->ordered;
  plan->ordered = false; /* how many there are does not depend on which */
  while ((rc = dsr_plan_step(plan, &row)) == DSR_ROW) n++;
  dsr_plan_reset(plan);
  plan->ordered = ordered;
  if (rc < 0) return rc;
  *out = n;
  return DSR_OK;
}

dsr_status dsr_plan_explain(dsr_plan *plan, dsr_str *out) {
  dsr_plan_reset(plan);
  if (plan->derivation == NULL) {
    *out = (dsr_str){NULL, 0};
    return DSR_NOTHING;
  }
  TRY(derive(plan, DSR_DERIVE_EXPLAIN));
  *out = dsr_derivation_plan(plan->derivation);
  return DSR_OK;
}

uint64_t dsr_plan_kept(const dsr_plan *plan) {
  return plan->derivation != NULL ? dsr_derivation_kept(plan->derivation) : 0;
}

uint64_t dsr_plan_read(const dsr_plan *plan) {
  return plan->derivation != NULL ? dsr_derivation_read(plan->derivation) : 0;
}
