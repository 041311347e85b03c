/*
** compile.c - from a query as written to goals over slots.
**
** What a variable or a parameter stands for is told by its places: a column's declared
** type, a time after `@`, a side of a time test.  Places that tell different things are
** an error, told at the later one.  A comparison hands on what one side is known to be;
** a constant says nothing of a variable that it is only unequal to.
**
** Every variable must be filled by some atom, or by an equation with something filled.
*/
#include "ground/text.h"
#include "logic/clash.h"
#include "logic/define.h"
#include "logic/plan.h"
#include "logic/written.h"

typedef struct compiler {
  dsr_resolve *r;
  dsr_plan *plan;
  const dsr_clause *clause;
} compiler;

/* ---- slots and their types ------------------------------------------------------ */

/* What a variable or a parameter is called in messages. */
static const char *sigil(const dsr_slot *slot) {
  return slot->kind == DSR_SLOT_PARAMETER ? "$" : "";
}

/* A place of slot `at` asks for `type`. */
static dsr_status type_slot(compiler *c, int at, dsr_domain type, dsr_place place) {
  dsr_slot *slot = &c->plan->slots.items[at];
  if (type == DSR_COL_ANY) return DSR_OK;
  if (slot->type == DSR_COL_ANY) {
    slot->type = type;
    slot->at = place;
    return DSR_OK;
  }
  if (dsr_domain_meets(slot->type, type)) {
    if (type == DSR_COL_INT) slot->type = type;
    return DSR_OK;
  }
  return dsr_clash_variable(c->r, place, sigil(slot), slot->name, type, slot->type,
                            slot->at);
}

/* A slot of the plan, or a failure. */
static dsr_status add_slot(compiler *c, dsr_slot_kind kind, dsr_str name, int *out) {
  int slot = dsr_slot_add(c->plan, kind, name);
  if (slot == DSR_SLOT_NONE) return DSR_ENOMEM;
  *out = slot;
  return DSR_OK;
}

static dsr_status parameter_slot(compiler *c, dsr_str name, int *out) {
  dsr_plan *plan = c->plan;
  for (size_t i = 0; i < plan->parameters.len; i++) {
    *out = plan->parameters.items[i];
    if (dsr_str_eq(plan->slots.items[*out].name, name)) return DSR_OK;
  }
  TRY(add_slot(c, DSR_SLOT_PARAMETER, name, out));
  if (VEC_PUSH(&plan->parameters, *out)) return DSR_OK;
  return dsr_fail_memory(dsr_facts_error(plan->facts));
}

/* A slot that holds a constant's word. */
static dsr_status word_slot(compiler *c, dsr_word word, int *out) {
  dsr_str none = {NULL, 0};
  TRY(add_slot(c, DSR_SLOT_CONSTANT, none, out));
  c->plan->slots.items[*out].type =
      dsr_word_domain(dsr_facts_symbols(c->plan->facts), word);
  return dsr_slot_set(c->plan, *out, word);
}

/* The slot of a term; none for `_` and for what was not written. */
static dsr_status term_slot(compiler *c, const dsr_term *term, dsr_domain type,
                            dsr_spot spot, int *out) {
  dsr_word word;
  switch (term->kind) {
    case DSR_TERM_NONE:
    case DSR_TERM_ANYTHING:
      *out = DSR_SLOT_NONE;
      return DSR_OK;
    case DSR_TERM_VARIABLE:
      *out = term->var;
      return type_slot(c, *out, type, term->at);
    case DSR_TERM_PARAMETER:
      TRY(parameter_slot(c, term->text, out));
      return type_slot(c, *out, type, term->at);
    default:
      TRY(dsr_resolve_term(c->r, term, type, false, DSR_INTERN_TEMP, spot, &word));
      return word_slot(c, word, out);
  }
}

/* ---- goals ---------------------------------------------------------------------- */

static dsr_stage new_goal(dsr_stage_kind kind, dsr_place at) {
  dsr_stage goal = {.kind = kind, .at = at, .time = DSR_SLOT_NONE, .manner = -1};
  for (int i = 0; i < DSR_ARITY_MAX; i++) goal.args[i] = DSR_SLOT_NONE;
  for (int i = 0; i < DSR_PARTS; i++) goal.parts[i] = DSR_SLOT_NONE;
  goal.left = goal.right = DSR_SLOT_NONE;
  return goal;
}

static dsr_status push_goal(compiler *c, const dsr_stage *goal) {
  if (VEC_PUSH(&c->plan->goals, *goal)) return DSR_OK;
  return dsr_fail_memory(dsr_facts_error(c->plan->facts));
}

/* `@ 1994` is `@ T, T within 1994`. */
static dsr_status literal_time(compiler *c, const dsr_term *term, dsr_stage *atom) {
  dsr_str none = {NULL, 0};
  dsr_stage test = new_goal(DSR_STAGE_TEST, term->at);
  test.test = DSR_WITHIN;
  if (term->kind == DSR_TERM_PARAMETER) {
    TRY(term_slot(c, term, DSR_COL_TIME, (dsr_spot){0}, &test.right));
  } else {
    dsr_word word;
    dsr_spot spot = {.what = "the time after @"};
    TRY(dsr_resolve_term(c->r, term, DSR_COL_TIME, true, DSR_INTERN_TEMP, spot, &word));
    TRY(word_slot(c, word, &test.right));
  }
  TRY(add_slot(c, DSR_SLOT_VARIABLE, none, &test.left));
  c->plan->slots.items[test.left].type = DSR_COL_TIME;
  atom->time = test.left;
  return push_goal(c, &test);
}

static dsr_status atom_time(compiler *c, const dsr_term *term, dsr_stage *atom) {
  atom->when = DSR_WHEN_WRITTEN;
  switch (term->kind) {
    case DSR_TERM_NONE:
      atom->when = DSR_WHEN_ANY;
      return DSR_OK;
    case DSR_TERM_ANYTHING:
      return DSR_OK;
    case DSR_TERM_VARIABLE:
      return term_slot(c, term, DSR_COL_TIME, (dsr_spot){0}, &atom->time);
    default:
      break;
  }
  if (dsr_resolve_unknown_time(term)) {
    atom->when = DSR_WHEN_UNKNOWN;
    return DSR_OK;
  }
  return literal_time(c, term, atom);
}

/* A source that is named must be there; else nothing could answer. */
static dsr_status source_part(compiler *c, const dsr_term *term, int *out) {
  dsr_word word;
  if (term->kind != DSR_TERM_ENTITY) {
    dsr_spot spot = {.what = "the source of a claim"};
    return term_slot(c, term, DSR_COL_ENTITY, spot, out);
  }
  TRY(dsr_resolve_source(c->r, term, &word));
  return word_slot(c, word, out);
}

/* A grade as written is kept as its text: "b2". */
static dsr_status grade_part(compiler *c, const dsr_term *term, int *out) {
  char letter, digit;
  dsr_word word;
  dsr_str none = {NULL, 0};
  switch (term->kind) {
    case DSR_TERM_NONE:
    case DSR_TERM_ANYTHING:
    case DSR_TERM_VARIABLE:
    case DSR_TERM_PARAMETER:
      return term_slot(c, term, DSR_COL_TEXT, (dsr_spot){0}, out);
    default:
      break;
  }
  TRY(dsr_written_grade(c->r, term, &letter, &digit));
  TRY(dsr_text_word(dsr_facts_symbols(c->plan->facts), term->text, none, none,
                    DSR_INTERN_TEMP, &word));
  return word_slot(c, word, out);
}

static dsr_status claim_parts(compiler *c, const dsr_claim_part *part,
                              dsr_stage *atom) {
  int *slots = atom->parts;
  dsr_spot locator = {.what = "a place in a source"}, speaker = {.what = "a speaker"};
  dsr_spot quotation = {.what = "a quotation"}, confidence = {.what = "a confidence"};
  atom->claimed = true;
  atom->manner = part->kind;
  TRY(source_part(c, &part->source, &slots[DSR_PART_SOURCE]));
  TRY(term_slot(c, &part->locator, DSR_COL_TEXT, locator, &slots[DSR_PART_LOCATOR]));
  TRY(term_slot(c, &part->speaker, DSR_COL_ENTITY, speaker, &slots[DSR_PART_SPEAKER]));
  TRY(grade_part(c, &part->grade, &slots[DSR_PART_GRADE]));
  TRY(term_slot(c, &part->quotation, DSR_COL_TEXT, quotation,
                &slots[DSR_PART_QUOTATION]));
  return term_slot(c, &part->confidence, DSR_COL_NUMBER, confidence,
                   &slots[DSR_PART_CONFIDENCE]);
}

static dsr_status compile_atom(compiler *c, const dsr_atom *atom) {
  const dsr_relation *relation;
  dsr_stage goal = new_goal(DSR_STAGE_SCAN, atom->at);
  TRY(dsr_resolve_relation(c->r, atom, false, &relation));
  goal.relation = relation->number;
  goal.arity = relation->arity;
  goal.name = dsr_arena_str(&c->plan->arena, relation->name);
  if (goal.name.data == NULL) return dsr_fail_memory(dsr_facts_error(c->plan->facts));
  goal.flags = atom->denied ? DSR_SCAN_DENIED : 0;
  goal.verb = atom->denied ? DSR_DENIES : DSR_ASSERTS;
  for (int i = 0; i < atom->n_args; i++) {
    dsr_spot spot = {.relation = relation, .column = i};
    TRY(term_slot(c, &atom->args[i], relation->types[i], spot, &goal.args[i]));
  }
  TRY(atom_time(c, &atom->time, &goal));
  if (atom->claim.present) TRY(claim_parts(c, &atom->claim, &goal));
  return push_goal(c, &goal);
}

/* The slot of one side of a comparison or test. */
static dsr_status side_slot(compiler *c, const dsr_term *term, dsr_domain type,
                            int *out) {
  if (term->kind == DSR_TERM_ANYTHING) {
    return dsr_resolve_fail(
        c->r, term->at, DSR_ESYNTAX,
        "\"_\" stands for anything, and a comparison needs a value; "
        "name it as an atom does");
  }
  dsr_spot spot = {.what = "a side of a test of time"};
  if (type != DSR_COL_TIME) spot.what = NULL;
  return term_slot(c, term, type, spot, out);
}

static dsr_status compile_compare(compiler *c, const dsr_literal *literal) {
  dsr_stage goal = new_goal(DSR_STAGE_COMPARE, literal->at);
  goal.op = literal->op;
  goal.numeric = literal->numeric;
  goal.negated = literal->negated;
  TRY(side_slot(c, &literal->left, DSR_COL_ANY, &goal.left));
  TRY(side_slot(c, &literal->right, DSR_COL_ANY, &goal.right));
  return push_goal(c, &goal);
}

static dsr_status compile_test(compiler *c, const dsr_literal *literal) {
  dsr_stage goal = new_goal(DSR_STAGE_TEST, literal->at);
  goal.test = literal->test;
  goal.possibly = literal->possibly;
  goal.negated = literal->negated;
  TRY(side_slot(c, &literal->left, DSR_COL_TIME, &goal.left));
  TRY(side_slot(c, &literal->right, DSR_COL_TIME, &goal.right));
  return push_goal(c, &goal);
}

static dsr_status compile_literal(compiler *c, const dsr_literal *literal) {
  switch (literal->kind) {
    case DSR_LIT_COMPARE:
      return compile_compare(c, literal);
    case DSR_LIT_TIME:
      return compile_test(c, literal);
    case DSR_LIT_ATOM:
      break;
  }
  if (literal->negated) {
    return dsr_resolve_fail(c->r, literal->at, DSR_EUNSUPPORTED,
                            "`not` before an atom is read but not evaluated by this "
                            "version");
  }
  return compile_atom(c, literal->atom);
}

/* ---- what comparisons tell ------------------------------------------------------ */

/* What `from` is, `to` is too, where the goal tells that. */
static dsr_status spread(compiler *c, const dsr_stage *goal, int from, int to,
                         bool *more) {
  const dsr_slot *source = &c->plan->slots.items[from];
  const dsr_slot *target = &c->plan->slots.items[to];
  bool equal = goal->op == DSR_EQ && !goal->negated;
  if (target->type != DSR_COL_ANY || source->type == DSR_COL_ANY) return DSR_OK;
  if (!equal && target->kind != DSR_SLOT_PARAMETER) return DSR_OK;
  *more = true;
  return type_slot(c, to, source->type, goal->at);
}

static dsr_status spread_types(compiler *c) {
  bool more = true;
  while (more) {
    more = false;
    for (size_t i = 0; i < c->plan->goals.len; i++) {
      const dsr_stage *goal = &c->plan->goals.items[i];
      if (goal->kind != DSR_STAGE_COMPARE) continue;
      TRY(spread(c, goal, goal->left, goal->right, &more));
      TRY(spread(c, goal, goal->right, goal->left, &more));
    }
  }
  return DSR_OK;
}

static dsr_status check_compare(compiler *c, const dsr_stage *goal) {
  return dsr_clash_compare(c->r, goal->at, goal->op, goal->numeric,
                           c->plan->slots.items[goal->left].type,
                           c->plan->slots.items[goal->right].type);
}

/* ---- safety --------------------------------------------------------------------- */

static dsr_status check_filled(compiler *c, const bool *filled, int slot) {
  if (c->plan->slots.items[slot].kind != DSR_SLOT_VARIABLE || filled[slot]) {
    return DSR_OK;
  }
  return dsr_clash_unfilled(c->r, slot);
}

static dsr_status check_goals(compiler *c, const bool *filled) {
  for (size_t i = 0; i < c->plan->goals.len; i++) {
    const dsr_stage *goal = &c->plan->goals.items[i];
    if (goal->kind == DSR_STAGE_SCAN) continue;
    TRY(check_filled(c, filled, goal->left));
    TRY(check_filled(c, filled, goal->right));
    if (goal->kind == DSR_STAGE_COMPARE) TRY(check_compare(c, goal));
  }
  return DSR_OK;
}

static dsr_status check_safe(compiler *c) {
  bool *filled = dsr_alloc((c->plan->slots.len + 1) * sizeof *filled);
  if (filled == NULL) return dsr_fail_memory(dsr_facts_error(c->plan->facts));
  dsr_order_filled(c->plan, filled);
  dsr_status rc = check_goals(c, filled);
  dsr_free(filled);
  return rc;
}

/* ---- columns -------------------------------------------------------------------- */

static dsr_status find_columns(compiler *c) {
  dsr_plan *plan = c->plan;
  if (!VEC_RESERVE(&plan->columns, c->clause->n_vars + 1)) {
    return dsr_fail_memory(dsr_facts_error(plan->facts));
  }
  plan->columns.len = (size_t)dsr_clause_columns(c->clause, plan->columns.items);
  return DSR_OK;
}

/* ---- how answers are told ------------------------------------------------------- */

static dsr_status compile_key(compiler *c, const dsr_order_key *key) {
  dsr_plan *plan = c->plan;
  for (size_t i = 0; i < plan->columns.len; i++) {
    dsr_sorted_key sorted = {(int)i, key->descending};
    if (plan->columns.items[i] != key->var) continue;
    if (VEC_PUSH(&plan->keys, sorted)) return DSR_OK;
    return dsr_fail_memory(dsr_facts_error(plan->facts));
  }
  return dsr_resolve_fail(c->r, key->at, DSR_ESYNTAX,
                          "answers are ordered by their columns, and \"%s\" is none",
                          dsr_show(c->clause->vars[key->var]).text);
}

static dsr_status compile_telling(compiler *c) {
  const dsr_telling *telling = c->clause->telling;
  dsr_spot spot = {.what = NULL};
  c->plan->limit = c->plan->offset = DSR_SLOT_NONE;
  if (telling == NULL) return DSR_OK;
  for (int i = 0; i < telling->n_keys; i++) TRY(compile_key(c, &telling->keys[i]));
  TRY(term_slot(c, &telling->limit, DSR_COL_INT, spot, &c->plan->limit));
  TRY(term_slot(c, &telling->offset, DSR_COL_INT, spot, &c->plan->offset));
  bool some = c->plan->limit != DSR_SLOT_NONE || c->plan->offset != DSR_SLOT_NONE;
  c->plan->ordered = c->plan->columns.len > 0 && (telling->n_keys > 0 || some);
  return DSR_OK;
}

/* ---- the whole ------------------------------------------------------------------ */

static dsr_status compile_clause(compiler *c) {
  int slot;
  if (c->clause->kind != DSR_CLAUSE_QUERY) {
    return dsr_resolve_fail(c->r, c->clause->at, DSR_ESYNTAX,
                            "a query is due here, as in ?- joined(X, pfp) @ T.");
  }
  for (int i = 0; i < c->clause->n_vars; i++) {
    TRY(add_slot(c, DSR_SLOT_VARIABLE, c->clause->vars[i], &slot));
  }
  for (int i = 0; i < c->clause->n_body; i++) {
    TRY(compile_literal(c, &c->clause->body[i]));
  }
  TRY(spread_types(c));
  TRY(check_safe(c));
  TRY(find_columns(c));
  return compile_telling(c);
}

/* ---- what only rules can answer --------------------------------------------------- */

static bool term_computes(const dsr_term *term) {
  return term->kind == DSR_TERM_CALL || term->kind == DSR_TERM_AGGREGATE;
}

static bool head_named(const dsr_program *program, dsr_str name, int arity) {
  for (size_t i = 0; program != NULL && i < program->clauses.len; i++) {
    const dsr_clause *clause = &program->clauses.items[i];
    if (clause->kind == DSR_CLAUSE_RULE && clause->head.n_args == arity &&
        dsr_str_eq(clause->head.name, name)) {
      return true;
    }
  }
  return false;
}

static bool has_rules(const dsr_program *program) {
  for (size_t i = 0; program != NULL && i < program->clauses.len; i++) {
    if (program->clauses.items[i].kind == DSR_CLAUSE_RULE) return true;
  }
  return false;
}

/* May rules, a table or a function have to do with the atom? */
static bool atom_derived(const compiler *c, const dsr_realm *realm,
                         const dsr_atom *atom) {
  bool rules = has_rules(c->r->program) || has_rules(realm->rules);
  const dsr_relation *relation =
      dsr_relation_find(c->plan->facts, atom->name, atom->n_args);
  if (term_computes(&atom->time)) return true;
  for (int i = 0; i < atom->n_args; i++) {
    if (term_computes(&atom->args[i])) return true;
  }
  for (size_t i = 0; i < realm->tables.len; i++) {
    if (dsr_str_eq(dsr_str_of(realm->tables.items[i].name), atom->name)) return true;
  }
  if (realm->defined != NULL && dsr_defined_find(realm->defined, atom->name) != NULL) {
    return true;
  }
  if (relation == NULL && dsr_builtin_test(atom->name, atom->n_args)) return true;
  if (!rules) return false;
  if (relation == NULL || relation->general || relation->named ||
      relation->inverse != 0 || relation->symmetric || atom->curie) {
    return true;
  }
  return head_named(c->r->program, atom->name, atom->n_args) ||
         head_named(realm->rules, atom->name, atom->n_args);
}

/* Does the query need more than scans, comparisons and tests of time? */
static bool needs_rules(const compiler *c, const dsr_world *world) {
  static const dsr_realm none;
  const dsr_realm *realm = world != NULL ? dsr_world_realm(world) : &none;
  for (int i = 0; i < c->clause->n_body; i++) {
    const dsr_literal *literal = &c->clause->body[i];
    if (literal->kind == DSR_LIT_ATOM) {
      if (literal->negated || atom_derived(c, realm, literal->atom)) return true;
    } else if (term_computes(&literal->left) || term_computes(&literal->right)) {
      return true;
    }
  }
  return false;
}

static bool is_open(const dsr_term *term) {
  return term->kind == DSR_TERM_VARIABLE || term->kind == DSR_TERM_ANYTHING;
}

/* How many rows a scan for the atom walks, where it is of a relation and without a
** constant, a time or a source; 0 for any other. */
static dsr_status open_rows(const compiler *c, const dsr_atom *atom, uint64_t *rows) {
  *rows = 0;
  if (atom->denied || atom->claim.present || atom->time.kind != DSR_TERM_NONE) {
    return DSR_OK;
  }
  for (int i = 0; i < atom->n_args; i++) {
    if (!is_open(&atom->args[i])) return DSR_OK;
  }
  const dsr_relation *relation =
      dsr_relation_find(c->plan->facts, atom->name, atom->n_args);
  if (relation == NULL) return DSR_OK;
  return dsr_scan_estimate(c->plan->facts, relation->number, 0, rows);
}

static bool share_variable(const dsr_atom *a, const dsr_atom *b) {
  for (int i = 0; i < a->n_args; i++) {
    if (a->args[i].kind != DSR_TERM_VARIABLE) continue;
    for (int k = 0; k < b->n_args; k++) {
      const dsr_term *other = &b->args[k];
      if (other->kind == DSR_TERM_VARIABLE && other->var == a->args[i].var) return true;
    }
  }
  return false;
}

/* Are all atoms of the body joined, each by variables with those before it?  Where not, the
** answers are a product, which whoever steps through it may not want whole. */
static bool is_joined(const dsr_clause *clause) {
  for (int i = 1; i < clause->n_body; i++) {
    bool any = false;
    for (int k = 0; k < i && !any; k++) {
      any = share_variable(clause->body[i].atom, clause->body[k].atom);
    }
    if (!any) return false;
  }
  return true;
}

/* Does the query join relations as they are, of so many facts that reading each of them
** once is less work than a scan for each row of the one before?  What the relations hold
** later changes no answer. */
static dsr_status joins_many(const compiler *c, bool *many) {
  enum { MANY = 20000 };
  const dsr_clause *clause = c->clause;
  uint64_t rows, most = 0;
  *many = false;
  if (clause->n_body < 2) return DSR_OK;
  if (clause->telling != NULL && clause->telling->limit.kind != DSR_TERM_NONE) {
    return DSR_OK;
  }
  for (int i = 0; i < clause->n_body; i++) {
    if (clause->body[i].kind != DSR_LIT_ATOM) return DSR_OK;
    TRY(open_rows(c, clause->body[i].atom, &rows));
    if (rows == 0) return DSR_OK;
    if (rows > most) most = rows;
  }
  *many = most >= MANY && is_joined(clause);
  return DSR_OK;
}

/* The parameters of the rulebook, as slots. */
static dsr_status derived_parameters(compiler *c) {
  const dsr_rulebook *book = dsr_derivation_book(c->plan->derivation);
  for (size_t i = 0; i < book->parameters.len; i++) {
    int slot;
    const dsr_rule_parameter *parameter = &book->parameters.items[i];
    TRY(parameter_slot(c, parameter->name, &slot));
    c->plan->slots.items[slot].type = parameter->type;
    c->plan->slots.items[slot].at = parameter->at;
  }
  return DSR_OK;
}

/* The columns are those of the answers: a variable within an aggregate alone is none. */
static dsr_status derived_columns(compiler *c) {
  const dsr_rulebook *book = dsr_derivation_book(c->plan->derivation);
  for (size_t i = 0; i < book->answers.len; i++) {
    int slot = 0;
    while (slot < c->clause->n_vars - 1 &&
           !dsr_str_eq(c->clause->vars[slot], book->answers.items[i].name)) {
      slot++;
    }
    if (!VEC_PUSH(&c->plan->columns, slot)) {
      return dsr_fail_memory(dsr_facts_error(c->plan->facts));
    }
  }
  return DSR_OK;
}

static dsr_status compile_derived(compiler *c, dsr_world *world) {
  int slot;
  for (int i = 0; i < c->clause->n_vars; i++) {
    TRY(add_slot(c, DSR_SLOT_VARIABLE, c->clause->vars[i], &slot));
  }
  if (world != NULL) {
    TRY(dsr_derivation_new(world, c->r->program, c->clause, &c->plan->derivation));
    TRY(derived_parameters(c));
    TRY(derived_columns(c));
    return compile_telling(c);
  }
  TRY(find_columns(c));
  return compile_telling(c);
}

dsr_status dsr_plan_compile(dsr_resolve *r, dsr_view *view, dsr_world *world,
                            dsr_plan **out) {
  dsr_plan *plan = dsr_alloc(sizeof *plan);
  if (plan == NULL) return dsr_fail_memory(dsr_facts_error(r->facts));
  plan->facts = r->facts;
  plan->view = view;
  plan->realm = world != NULL ? dsr_world_realm(world) : NULL;
  compiler c = {r, plan, r->clause};
  bool query = r->clause->kind == DSR_CLAUSE_QUERY;
  bool derives = query && needs_rules(&c, world);
  dsr_status rc = DSR_OK;
  if (query && !derives && world != NULL) rc = joins_many(&c, &derives);
  if (rc >= 0) rc = derives ? compile_derived(&c, world) : compile_clause(&c);
  if (rc < 0) {
    dsr_plan_free(plan);
    return rc;
  }
  *out = plan;
  return DSR_OK;
}

dsr_status dsr_plan_check(dsr_resolve *r, const dsr_clause *clause) {
  dsr_view *view;
  dsr_plan *plan;
  dsr_resolve_clause(r, clause);
  TRY(dsr_resolve_view(r, &view));
  TRY(dsr_plan_compile(r, view, NULL, &plan));
  dsr_plan_free(plan);
  return DSR_OK;
}
