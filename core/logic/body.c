/*
** body.c - clauses, literals and terms, as goals over variables.
**
** Whatever is nested becomes a goal of its own that fills a variable without a name.
** Constants of atoms and functions wait until their columns' types are known; those of
** comparisons and tests of time are what they look like.
*/
#include <string.h>

#include "ground/text.h"
#include "logic/compound.h"
#include "logic/scope.h"
#include "logic/written.h"

/* ---- scopes ---------------------------------------------------------------------- */

dsr_status dsr_scope_start(dsr_scope *s, dsr_author *author, dsr_resolve *r,
                           const dsr_clause *clause, dsr_draft *draft,
                           dsr_scope *outer) {
  size_t n = (size_t)clause->n_vars + 1;
  *s = (dsr_scope){.author = author, .r = r, .clause = clause, .draft = draft};
  s->outer = outer;
  s->self = -1;
  s->map = dsr_alloc(n * sizeof *s->map);
  s->own = dsr_alloc(n * sizeof *s->own);
  s->told = outer != NULL ? outer->told : dsr_alloc(n * sizeof *s->told);
  if (s->map == NULL || s->own == NULL || s->told == NULL) {
    dsr_scope_stop(s);
    return dsr_author_memory(author);
  }
  for (size_t i = 0; i < n; i++) s->map[i] = -1;
  return DSR_OK;
}

void dsr_scope_stop(dsr_scope *s) {
  dsr_free(s->map);
  dsr_free(s->own);
  if (s->outer == NULL) dsr_free(s->told);
  VEC_FREE(&s->folds);
  VEC_FREE(&s->negated);
  VEC_FREE(&s->by);
  VEC_FREE(&s->lent);
  VEC_FREE(&s->taken);
  s->map = NULL;
  s->own = s->told = NULL;
}

dsr_status dsr_scope_push(dsr_scope *s, const dsr_draft_goal *goal) {
  return dsr_draft_push(s->author, s->draft, goal);
}

dsr_status dsr_scope_var(dsr_scope *s, int of, int *out) {
  if (s->map[of] < 0) {
    dsr_draft_var var = {.of = of};
    var.name = s->clause->vars[of];
    var.at = s->clause->var_at[of];
    TRY(dsr_draft_var_add(s->author, s->draft, &var, &s->map[of]));
  }
  *out = s->map[of];
  return DSR_OK;
}

dsr_status dsr_scope_made(dsr_scope *s, dsr_place at, int *out) {
  dsr_draft_var var = {.of = -1, .at = at};
  return dsr_draft_var_add(s->author, s->draft, &var, out);
}

static dsr_draft_goal new_goal(dsr_goal_kind kind, dsr_place at) {
  dsr_draft_goal made = {.goal = {.kind = kind, .at = at}};
  for (int i = 0; i < DSR_WIDTH_MAX; i++) {
    made.goal.args[i].var = DSR_ARG_ANY;
    made.at[i] = at;
  }
  return made;
}

/* ---- terms ----------------------------------------------------------------------- */

static dsr_status parameter(dsr_scope *s, const dsr_term *term, dsr_arg *out) {
  dsr_rulebook *book = s->author->book;
  if (s->clause->kind != DSR_CLAUSE_QUERY) {
    return dsr_resolve_fail(s->r, term->at, DSR_ESYNTAX,
                            "a rule has no parameters: $%s stands in queries",
                            dsr_show(term->text).text);
  }
  size_t at = 0;
  while (at < book->parameters.len &&
         !dsr_str_eq(book->parameters.items[at].name, term->text)) {
    at++;
  }
  if (at == book->parameters.len) {
    dsr_rule_parameter made = {.at = term->at};
    made.name = dsr_arena_str(&book->arena, term->text);
    if (made.name.data == NULL || !VEC_PUSH(&book->parameters, made)) {
      return dsr_author_memory(s->author);
    }
  }
  *out = (dsr_arg){DSR_ARG_PARAMETER, at};
  return DSR_OK;
}

/* A constant that waits for the type of where it stands. */
static dsr_status wait(dsr_scope *s, const dsr_term *term, bool edtf, dsr_arg *out) {
  dsr_waiting_term waiting = {term, edtf};
  if (!VEC_PUSH(&s->author->terms, waiting)) return dsr_author_memory(s->author);
  *out = (dsr_arg){DSR_ARG_TERM, s->author->terms.len - 1};
  return DSR_OK;
}

static dsr_status flatten_call(dsr_scope *s, const dsr_term *term, dsr_arg *out) {
  const dsr_definition *defined =
      dsr_defined_find(s->author->source->defined, term->text);
  dsr_draft_goal call = new_goal(DSR_GOAL_CALL, term->at);
  call.goal.fn = dsr_builtin_find(term->text, term->n_args);
  bool fits =
      defined != NULL && defined->n_args == term->n_args && defined->n_results == 1;
  TRY(dsr_resolve_dashed(s->r, term));
  if (call.goal.fn == NULL && !fits) {
    if (dsr_author_trusts(s->author, s->r)) return DSR_ERELATION;
    return dsr_compound_call(s->r, term, s->author->source->defined, s->column);
  }
  if (call.goal.fn == NULL) call.goal.defined = term->text;
  call.goal.n_in = term->n_args;
  call.goal.n_args = term->n_args + 1;
  for (int i = 0; i < term->n_args; i++) {
    TRY(dsr_body_term(s, &term->args[i], true, &call.goal.args[i]));
    call.at[i] = term->args[i].at;
  }
  TRY(dsr_scope_made(s, term->at, &call.goal.args[term->n_args].var));
  *out = call.goal.args[term->n_args];
  return dsr_scope_push(s, &call);
}

dsr_status dsr_body_term(dsr_scope *s, const dsr_term *term, bool value, dsr_arg *out) {
  *out = (dsr_arg){DSR_ARG_ANY, 0};
  switch (term->kind) {
    case DSR_TERM_NONE:
      return DSR_OK;
    case DSR_TERM_ANYTHING:
      if (!value) return DSR_OK;
      return dsr_resolve_fail(
          s->r, term->at, DSR_ESYNTAX,
          "\"_\" stands for anything, and a value is needed here; name it as an atom "
          "does");
    case DSR_TERM_VARIABLE:
      return dsr_scope_var(s, term->var, &out->var);
    case DSR_TERM_PARAMETER:
      return parameter(s, term, out);
    case DSR_TERM_CALL:
      return flatten_call(s, term, out);
    case DSR_TERM_AGGREGATE:
      return dsr_nest_fold(s, term, &out->var);
    default:
      return wait(s, term, false, out);
  }
}

/* The argument for a column of an atom. */
static dsr_status column_term(dsr_scope *s, const dsr_term *term, bool value,
                              dsr_arg *out) {
  s->column = true;
  dsr_status rc = dsr_body_term(s, term, value, out);
  s->column = false;
  return rc;
}

/* A constant's word now, for a place that takes `type`. */
static dsr_status settle(dsr_scope *s, dsr_domain type, bool edtf, const char *what,
                         dsr_arg *arg) {
  if (arg->var != DSR_ARG_TERM) return DSR_OK;
  const dsr_term *term = s->author->terms.items[arg->word].term;
  dsr_spot spot = {.what = what};
  dsr_word word;
  TRY(dsr_resolve_term(s->r, term, type, edtf, DSR_INTERN_TEMP, spot, &word));
  *arg = (dsr_arg){DSR_ARG_CONSTANT, word};
  return DSR_OK;
}

/* ---- atoms ----------------------------------------------------------------------- */

/* An atom, and what its written time and grade have to come up to, which stands behind. */
typedef struct dated_atom {
  dsr_draft_goal atom;
  int n;
  dsr_draft_goal tests[2];
} dated_atom;

/* `@ 1994` is `@ T, T within 1994`; `@ f(X)` is `@ T, T = f(X)`. */
static dsr_status literal_time(dsr_scope *s, const dsr_term *term, dsr_arg *time,
                               dated_atom *whole) {
  dsr_draft_goal test = new_goal(DSR_GOAL_TIME, term->at);
  test.goal.test = DSR_WITHIN;
  test.goal.n_args = 2;
  if (term->kind == DSR_TERM_CALL) return dsr_body_term(s, term, true, time);
  TRY(dsr_body_term(s, term, true, &test.goal.args[1]));
  TRY(settle(s, DSR_COL_TIME, true, "the time after @", &test.goal.args[1]));
  TRY(dsr_scope_made(s, term->at, &time->var));
  test.goal.args[0] = *time;
  whole->tests[whole->n++] = test;
  return DSR_OK;
}

static dsr_status atom_time(dsr_scope *s, const dsr_term *term, dsr_arg *time,
                            dated_atom *whole) {
  if (term->kind == DSR_TERM_NONE) return DSR_OK;
  if (dsr_resolve_unknown_time(term)) {
    *time = (dsr_arg){DSR_ARG_CONSTANT, DSR_WORD_NONE};
    return DSR_OK;
  }
  whole->atom.goal.written_time = true;
  if (term->kind == DSR_TERM_ANYTHING) return DSR_OK;
  if (term->kind == DSR_TERM_VARIABLE) return dsr_body_term(s, term, true, time);
  return literal_time(s, term, time, whole);
}

/* A source that is named must be there. */
static dsr_status source_arg(dsr_scope *s, const dsr_term *term, dsr_arg *out) {
  if (term->kind != DSR_TERM_ENTITY) return dsr_body_term(s, term, false, out);
  out->var = DSR_ARG_CONSTANT;
  return dsr_resolve_source(s->r, term, &out->word);
}

/* A grade that is written, or given, is one that the claim's has the halves of. */
static dsr_status grade_arg(dsr_scope *s, const dsr_term *term, dsr_arg *out,
                            dated_atom *whole) {
  char letter, digit;
  dsr_str none = {NULL, 0};
  dsr_draft_goal test = new_goal(DSR_GOAL_GRADE, term->at);
  test.goal.n_args = 2;
  if (term->kind == DSR_TERM_VARIABLE || term->kind == DSR_TERM_ANYTHING) {
    return dsr_body_term(s, term, false, out);
  }
  if (term->kind == DSR_TERM_PARAMETER) {
    TRY(parameter(s, term, &test.goal.args[1]));
  } else {
    TRY(dsr_written_grade(s->r, term, &letter, &digit));
    test.goal.args[1].var = DSR_ARG_CONSTANT;
    TRY(dsr_text_word(dsr_facts_symbols(s->author->facts), term->text, none, none,
                      DSR_INTERN_TEMP, &test.goal.args[1].word));
  }
  TRY(dsr_scope_made(s, term->at, &out->var));
  test.goal.args[0] = *out;
  whole->tests[whole->n++] = test;
  return DSR_OK;
}

static dsr_status part_arg(dsr_scope *s, const dsr_claim_part *claim, int part,
                           int column, dated_atom *whole) {
  const dsr_term *const terms[DSR_PARTS] = {[DSR_PART_SOURCE] = &claim->source,
                                            [DSR_PART_LOCATOR] = &claim->locator,
                                            [DSR_PART_SPEAKER] = &claim->speaker,
                                            [DSR_PART_GRADE] = &claim->grade,
                                            [DSR_PART_QUOTATION] = &claim->quotation,
                                            [DSR_PART_CONFIDENCE] = &claim->confidence};
  dsr_arg *out = &whole->atom.goal.args[column];
  whole->atom.at[column] = terms[part]->at;
  if (part == DSR_PART_SOURCE) return source_arg(s, terms[part], out);
  if (part == DSR_PART_GRADE) return grade_arg(s, terms[part], out, whole);
  return dsr_body_term(s, terms[part], false, out);
}

/* The columns after the time. */
static dsr_status claim_args(dsr_scope *s, const dsr_claim_part *claim,
                             const dsr_predicate *p, dated_atom *whole) {
  int column = p->arity + p->timed;
  unsigned parts = p->use == DSR_USE_CLAIMED ? 1u << DSR_PART_SOURCE : p->parts;
  for (int part = 0; part < DSR_PARTS; part++) {
    if (parts >> part & 1) TRY(part_arg(s, claim, part, column++, whole));
  }
  return DSR_OK;
}

/* A function that stands as an atom: what it takes, then what it gives. */
static dsr_status call_atom(dsr_scope *s, const dsr_atom *atom,
                            const dsr_meaning *means, bool negated) {
  dsr_draft_goal call = new_goal(DSR_GOAL_CALL, atom->at);
  call.goal.negated = negated;
  call.goal.n_in = means->fn != NULL ? atom->n_args : means->definition->n_args;
  call.goal.n_args = atom->n_args;
  call.goal.fn = means->fn;
  if (means->fn == NULL) call.goal.defined = atom->name;
  for (int i = 0; i < atom->n_args; i++) {
    TRY(dsr_body_term(s, &atom->args[i], i < call.goal.n_in, &call.goal.args[i]));
    call.at[i] = atom->args[i].at;
  }
  if (means->fn != NULL) {
    call.goal.args[call.goal.n_args++] =
        (dsr_arg){DSR_ARG_CONSTANT, dsr_word_bool(true)};
  }
  return dsr_scope_push(s, &call);
}

static dsr_status add_atom(dsr_scope *s, const dsr_atom *atom, bool negated) {
  dsr_meaning means;
  TRY(dsr_meaning_find(s->author, s->r, atom, &means));
  if (means.predicate < 0) return call_atom(s, atom, &means, negated);
  const dsr_predicate p = *dsr_author_at(s->author, means.predicate);
  dated_atom whole = {.atom = new_goal(DSR_GOAL_ATOM, atom->at)};
  dsr_goal *goal = &whole.atom.goal;
  goal->negated = negated;
  goal->predicate = means.predicate;
  goal->n_args = p.width;
  for (int i = 0; i < atom->n_args; i++) {
    TRY(column_term(s, &atom->args[i], false, &goal->args[i]));
    whole.atom.at[i] = atom->args[i].at;
  }
  if (p.timed) {
    whole.atom.at[p.arity] = atom->time.at;
    TRY(atom_time(s, &atom->time, &goal->args[p.arity], &whole));
  }
  if (atom->claim.present) TRY(claim_args(s, &atom->claim, &p, &whole));
  TRY(dsr_scope_push(s, &whole.atom));
  for (int i = 0; i < whole.n; i++) TRY(dsr_scope_push(s, &whole.tests[i]));
  return DSR_OK;
}

/* ---- comparisons and tests ------------------------------------------------------- */

static dsr_status side(dsr_scope *s, const dsr_term *term, dsr_domain type,
                       dsr_arg *out) {
  if (term->kind == DSR_TERM_ANYTHING) {
    return dsr_resolve_fail(
        s->r, term->at, DSR_ESYNTAX,
        "\"_\" stands for anything, and a comparison needs a value; "
        "name it as an atom does");
  }
  TRY(dsr_body_term(s, term, true, out));
  const char *what = type == DSR_COL_TIME ? "a side of a test of time" : NULL;
  return settle(s, type, false, what, out);
}

static dsr_status add_test(dsr_scope *s, const dsr_literal *literal, bool negated) {
  bool times = literal->kind == DSR_LIT_TIME;
  dsr_domain type = times ? DSR_COL_TIME : DSR_COL_ANY;
  dsr_draft_goal goal = new_goal(times ? DSR_GOAL_TIME : DSR_GOAL_COMPARE, literal->at);
  goal.goal.negated = negated;
  goal.goal.op = literal->op;
  goal.goal.numeric = literal->numeric;
  goal.goal.test = literal->test;
  goal.goal.possibly = literal->possibly;
  goal.goal.n_args = 2;
  TRY(side(s, &literal->left, type, &goal.goal.args[0]));
  TRY(side(s, &literal->right, type, &goal.goal.args[1]));
  goal.at[0] = literal->left.at;
  goal.at[1] = literal->right.at;
  return dsr_scope_push(s, &goal);
}

/* ---- literals -------------------------------------------------------------------- */

dsr_status dsr_body_literal(dsr_scope *s, const dsr_literal *literal, bool asserted) {
  if (literal->negated && !asserted) {
    return VEC_PUSH(&s->negated, literal) ? DSR_OK : dsr_author_memory(s->author);
  }
  if (literal->kind == DSR_LIT_ATOM) return add_atom(s, literal->atom, false);
  return add_test(s, literal, false);
}

static bool is_plain(const dsr_term *term) {
  return term->kind != DSR_TERM_CALL && term->kind != DSR_TERM_AGGREGATE;
}

/* Is a time what a negated atom can ask for alone?  `@ _` asks that there be one. */
static bool is_plain_time(const dsr_term *term) {
  return term->kind == DSR_TERM_NONE || term->kind == DSR_TERM_VARIABLE ||
         dsr_resolve_unknown_time(term);
}

static bool is_plain_atom(const dsr_atom *atom) {
  dsr_term_kind grade = atom->claim.grade.kind;
  for (int i = 0; i < atom->n_args; i++) {
    if (!is_plain(&atom->args[i])) return false;
  }
  return is_plain_time(&atom->time) &&
         (grade == DSR_TERM_NONE || grade == DSR_TERM_ANYTHING ||
          grade == DSR_TERM_VARIABLE);
}

dsr_status dsr_body_negated(dsr_scope *s, const dsr_literal *literal) {
  if (literal->kind == DSR_LIT_ATOM) {
    if (!is_plain_atom(literal->atom)) return DSR_NOTHING;
    return add_atom(s, literal->atom, true);
  }
  if (!is_plain(&literal->left) || !is_plain(&literal->right)) return DSR_NOTHING;
  return add_test(s, literal, true);
}

/* ---- heads ----------------------------------------------------------------------- */

static dsr_status check_head(dsr_scope *s, const dsr_atom *head) {
  const dsr_claim_part *claim = &head->claim;
  const dsr_term *others[] = {&claim->locator, &claim->speaker, &claim->grade,
                              &claim->quotation, &claim->confidence};
  dsr_derived *derived;
  dsr_str name;
  const dsr_relation *relation;
  if (head->denied) {
    return dsr_resolve_fail(s->r, head->at, DSR_EUNSUPPORTED,
                            "a rule derives what holds; it denies nothing");
  }
  bool more = claim->present && claim->kind >= 0;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    more = more || others[i]->kind != DSR_TERM_NONE;
  }
  if (more) {
    return dsr_resolve_fail(s->r, head->at, DSR_EUNSUPPORTED,
                            "of a claim, what a rule derives has a source alone: "
                            "from S");
  }
  TRY(dsr_resolve_name(s->r, head, &name));
  derived = dsr_meaning_derived(s->author, name, head->n_args);
  if (derived == NULL || derived->relation != 0) return DSR_OK;
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    relation = dsr_relation_find(s->author->facts, name, arity);
    if (relation == NULL || !relation->declared) continue;
    return dsr_resolve_relation(s->r, head, false, &relation); /* fails */
  }
  return DSR_OK;
}

/* An argument of the head. */
static dsr_status head_arg(dsr_scope *s, const dsr_term *term, bool edtf, int column) {
  dsr_rule *rule = &s->draft->rule;
  s->draft->arg_at[column] = term->at;
  if (term->kind == DSR_TERM_ANYTHING) {
    return dsr_resolve_fail(
        s->r, term->at, DSR_ESYNTAX,
        "\"_\" stands for anything, and what is derived has a value "
        "here");
  }
  TRY(column_term(s, term, true, &rule->args[column]));
  if (edtf) {
    TRY(settle(s, DSR_COL_TIME, true, "the time after @", &rule->args[column]));
  }
  return DSR_OK;
}

/* What was derived is in view at its time; one that is unknown is so possibly. */
static dsr_status add_view(dsr_scope *s, const dsr_predicate *p, const dsr_term *time) {
  dsr_draft_goal goal = new_goal(DSR_GOAL_VIEW, time->at);
  goal.goal.relation = p->relation;
  goal.goal.n_args = 1;
  goal.goal.args[0] = s->draft->rule.args[p->arity];
  return dsr_scope_push(s, &goal);
}

static dsr_status head_time(dsr_scope *s, const dsr_predicate *p,
                            const dsr_term *time) {
  dsr_arg *arg = &s->draft->rule.args[p->arity];
  s->draft->arg_at[p->arity] = time->at;
  *arg = (dsr_arg){DSR_ARG_CONSTANT, DSR_WORD_NONE};
  if (time->kind == DSR_TERM_NONE) return DSR_OK;
  if (!dsr_resolve_unknown_time(time)) TRY(head_arg(s, time, true, p->arity));
  return s->author->dated ? add_view(s, p, time) : DSR_OK;
}

/* Sources stay with the facts of the predicate that has them; elsewhere they are only
** looked at. */
static dsr_status head_source(dsr_scope *s, const dsr_predicate *p,
                              const dsr_term *source) {
  dsr_arg arg = {DSR_ARG_ANY, 0};
  if (source->kind == DSR_TERM_NONE) return DSR_OK;
  if (source->kind == DSR_TERM_ANYTHING)
    return head_arg(s, source, false, p->width - 1);
  TRY(source_arg(s, source, &arg));
  if (p->use == DSR_USE_CLAIMED) {
    s->draft->rule.args[p->width - 1] = arg;
    s->draft->arg_at[p->width - 1] = source->at;
  }
  if (arg.var < 0 || p->use == DSR_USE_CLAIMED) return DSR_OK;
  dsr_draft_goal goal = new_goal(DSR_GOAL_COMPARE, source->at); /* that it is filled */
  goal.goal.op = DSR_EQ;
  goal.goal.n_args = 2;
  goal.goal.args[0] = goal.goal.args[1] = arg;
  return dsr_scope_push(s, &goal);
}

static dsr_status draft_head(dsr_scope *s, const dsr_predicate *p) {
  const dsr_atom *head = &s->clause->head;
  for (int i = 0; i < head->n_args; i++) {
    TRY(head_arg(s, &head->args[i], false, i));
  }
  if (p->timed) TRY(head_time(s, p, &head->time));
  return head_source(s, p, &head->claim.source);
}

/* ---- clauses --------------------------------------------------------------------- */

static dsr_status draft_literals(dsr_scope *s) {
  for (int i = 0; i < s->clause->n_body; i++) {
    dsr_literal_mark(&s->clause->body[i], false, s->own);
  }
  for (int i = 0; i < s->clause->n_body; i++) {
    TRY(dsr_body_literal(s, &s->clause->body[i], false));
  }
  return DSR_OK;
}

static dsr_status draft_rule(dsr_scope *s, int predicate) {
  const dsr_atom *head = &s->clause->head;
  const dsr_predicate p = *dsr_author_at(s->author, predicate);
  TRY(check_head(s, head));
  for (int i = 0; i < head->n_args; i++) {
    dsr_term_mark(&head->args[i], false, s->own);
  }
  dsr_term_mark(&head->time, false, s->own);
  dsr_term_mark(&head->claim.source, false, s->own);
  TRY(draft_literals(s));
  TRY(draft_head(s, &p));
  return dsr_nest_finish(s);
}

/* Draft into a predicate; where that fails its columns may be anything. */
static dsr_status begin(dsr_author *author, dsr_resolve *r, const dsr_clause *clause,
                        dsr_rule_origin origin, int predicate, dsr_scope *s) {
  dsr_draft *draft;
  dsr_resolve_clause(r, clause);
  TRY(dsr_author_draft(author, origin, predicate, &draft));
  draft->r = r;
  draft->rule.program = r->program;
  draft->rule.clause = clause;
  draft->rule.at = clause->at;
  return dsr_scope_start(s, author, r, clause, draft, NULL);
}

static dsr_status finish(dsr_scope *s, dsr_status rc) {
  if (rc < 0) {
    dsr_author_open(s->author, s->draft->rule.head);
    s->draft->rule.head = -1;
  }
  dsr_scope_stop(s);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_body_rule(dsr_author *author, dsr_resolve *r, const dsr_clause *clause,
                         int predicate) {
  dsr_scope s;
  TRY(begin(author, r, clause, DSR_ORIGIN_WRITTEN, predicate, &s));
  return finish(&s, draft_rule(&s, predicate));
}

/* Make the head's columns those variables of the clause that are asked for. */
static dsr_status draft_columns(dsr_scope *s, int predicate) {
  int slots[DSR_WIDTH_MAX + 1];
  int n = 0, *all = dsr_alloc(((size_t)s->clause->n_vars + 1) * sizeof *all);
  if (all == NULL) return dsr_author_memory(s->author);
  n = dsr_clause_columns(s->clause, all);
  for (int i = 0; i < n && i <= DSR_WIDTH_MAX; i++) slots[i] = all[i];
  dsr_free(all);
  if (n > DSR_WIDTH_MAX) {
    return dsr_resolve_fail(
        s->r, s->clause->var_at[slots[DSR_WIDTH_MAX]], DSR_ELIMIT,
        "too many variables are asked for: at most 16; _Name is not");
  }
  size_t room = (size_t)n + 1;
  dsr_str *names = dsr_arena_alloc(&s->author->book->arena, room * sizeof *names);
  if (names == NULL) return dsr_author_memory(s->author);
  dsr_predicate *p = dsr_author_at(s->author, predicate);
  p->arity = p->width = n;
  p->columns = names;
  for (int i = 0; i < n; i++) {
    names[i] = s->clause->vars[slots[i]];
    p->types[i] = (dsr_domain)DSR_COL_UNTOLD;
    s->draft->arg_at[i] = s->clause->var_at[slots[i]];
    TRY(dsr_scope_var(s, slots[i], &s->draft->rule.args[i].var));
  }
  return DSR_OK;
}

static dsr_status draft_question(dsr_scope *s, int predicate) {
  TRY(draft_literals(s));
  TRY(draft_columns(s, predicate));
  return dsr_nest_finish(s);
}

dsr_status dsr_body_query(dsr_author *author, dsr_resolve *r,
                          const dsr_clause *clause) {
  dsr_scope s;
  dsr_predicate spec = {
      .kind = DSR_PREDICATE_RULED, .use = DSR_USE_QUERY, .name = {"?", 1}};
  dsr_resolve_clause(r, clause);
  if (clause->kind != DSR_CLAUSE_QUERY) {
    return dsr_resolve_fail(r, clause->at, DSR_ESYNTAX,
                            "a query is due here, as in ?- joined(X, pfp) @ T.");
  }
  TRY(dsr_author_predicate(author, &spec, &author->book->query));
  TRY(begin(author, r, clause, DSR_ORIGIN_QUERY, author->book->query, &s));
  return finish(&s, draft_question(&s, author->book->query));
}

dsr_status dsr_body_constraint(dsr_author *author, dsr_resolve *r,
                               const dsr_clause *clause) {
  dsr_scope s;
  int predicate;
  dsr_predicate spec = {.kind = DSR_PREDICATE_RULED,
                        .use = DSR_USE_CONSTRAINT,
                        .name = {"constraint", 10}};
  TRY(dsr_author_predicate(author, &spec, &predicate));
  if (!VEC_PUSH(&author->book->constraints, predicate))
    return dsr_author_memory(author);
  TRY(begin(author, r, clause, DSR_ORIGIN_CONSTRAINT, predicate, &s));
  return finish(&s, draft_question(&s, predicate));
}
