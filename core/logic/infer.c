/*
** infer.c - types of variables and columns, and constants as words.
**
** A variable is what its places ask for: columns that are declared, functions, tests of
** time; an equation hands on what one side is.  Places that ask for different things are an
** error, told at the later one.  The columns of a derived relation that is not declared are
** what all its rules give alike: worked out from the rules together, beginning with nothing
** told, so that recursive rules tell as much as others.  Then constants become words, by the
** column that they stand in, as in a fact.
**
** Cost: every rule once for each round; a round tells at least one column.
*/
#include <string.h>

#include "logic/aggregate.h"
#include "logic/scope.h"

typedef struct inference {
  dsr_author *author;
  bool telling; /* the last round: clashes are told */
  bool more;    /* something was told of a variable of the draft */
  bool changed; /* of a column, or a parameter */
  dsr_draft *draft;
  unsigned *inferred; /* by predicate: columns that rules tell, a bit each */
} inference;

static const dsr_domain untold = (dsr_domain)DSR_COL_UNTOLD;

/* ---- one variable ----------------------------------------------------------------- */

/* What a constant looks like; a year where a time is due is one. */
static dsr_domain term_type(const dsr_term *term, dsr_domain due) {
  switch (term->kind) {
    case DSR_TERM_ENTITY:
      return DSR_COL_ENTITY;
    case DSR_TERM_TEXT:
      return DSR_COL_TEXT;
    case DSR_TERM_TIME:
      return DSR_COL_TIME;
    case DSR_TERM_BOOL:
      return DSR_COL_BOOL;
    case DSR_TERM_NUMBER:
      if (due == DSR_COL_TIME && dsr_four_digits(term->text)) return DSR_COL_TIME;
      if (memchr(term->text.data, '.', term->text.len) != NULL) return DSR_COL_NUMBER;
      return DSR_COL_INT;
    default:
      return DSR_COL_ANY;
  }
}

/* What an argument is known to be, where `due` is due. */
static dsr_domain arg_type(inference *f, const dsr_arg *arg, dsr_domain due) {
  if (arg->var >= 0) return f->draft->vars.items[arg->var].type;
  switch (arg->var) {
    case DSR_ARG_CONSTANT:
      return dsr_word_domain(dsr_facts_symbols(f->author->facts), arg->word);
    case DSR_ARG_PARAMETER:
      return f->author->book->parameters.items[arg->word].type;
    case DSR_ARG_TERM:
      return term_type(f->author->terms.items[arg->word].term, due);
    default:
      return DSR_COL_ANY;
  }
}

static bool arg_untold(inference *f, const dsr_arg *arg) {
  return arg->var >= 0 && f->draft->vars.items[arg->var].untold;
}

/* May what is said of it yet become more exact, as columns are told? */
static bool is_open(inference *f, const dsr_arg *arg, dsr_domain type) {
  return arg_untold(f, arg) && (type == DSR_COL_ANY || type == DSR_COL_NUMBER);
}

/* A name for messages: of a variable, or of a value that has none. */
static dsr_str name_of(const dsr_draft_var *var) {
  return var->name.len > 0 ? var->name : (dsr_str){"this value", 10};
}

static dsr_status clash(inference *f, const dsr_arg *arg, dsr_domain due,
                        dsr_place at) {
  if (!f->telling || f->draft->r == NULL) return DSR_OK;
  if (arg->var == DSR_ARG_PARAMETER) {
    const dsr_rule_parameter *p = &f->author->book->parameters.items[arg->word];
    return dsr_clash_variable(f->draft->r, at, "$", p->name, due, p->type, p->at);
  }
  const dsr_draft_var *var = &f->draft->vars.items[arg->var];
  return dsr_clash_variable(f->draft->r, at, "", name_of(var), due, var->type,
                            var->type_at);
}

static void wait_for(inference *f, dsr_draft_var *var) {
  f->more = f->more || !var->untold;
  var->untold = true;
}

/* An integer is one, and not a decimal that equals it. */
static bool is_firm(inference *f, const dsr_arg *arg) {
  return arg->var < 0 || f->draft->vars.items[arg->var].firm;
}

static void make_firm(inference *f, const dsr_arg *arg) {
  if (is_firm(f, arg)) return;
  f->draft->vars.items[arg->var].firm = true;
  f->more = true;
}

/* A place of the argument asks for `type`. */
static dsr_status ask(inference *f, const dsr_arg *arg, dsr_domain type, dsr_place at) {
  dsr_domain *have;
  dsr_place *told;
  if (arg->var >= 0) {
    dsr_draft_var *var = &f->draft->vars.items[arg->var];
    if (type == untold) wait_for(f, var);
    have = &var->type;
    told = &var->type_at;
  } else if (arg->var == DSR_ARG_PARAMETER) {
    dsr_rule_parameter *p = &f->author->book->parameters.items[arg->word];
    have = &p->type;
    told = &p->at;
  } else {
    return DSR_OK;
  }
  if (type == DSR_COL_ANY || type == untold || *have == type) return DSR_OK;
  if (*have != DSR_COL_ANY && !dsr_domain_meets(*have, type)) {
    return clash(f, arg, type, at);
  }
  if (*have == DSR_COL_INT) return DSR_OK;
  if (*have == DSR_COL_ANY) *told = at;
  *have = type;
  f->more = true;
  f->changed = f->changed || arg->var < 0;
  return DSR_OK;
}

/* ---- goals ------------------------------------------------------------------------ */

static dsr_status visit_atom(inference *f, const dsr_draft_goal *goal) {
  const dsr_predicate *p = dsr_author_at(f->author, goal->goal.predicate);
  for (int i = 0; i < goal->goal.n_args; i++) {
    TRY(ask(f, &goal->goal.args[i], p->types[i], goal->at[i]));
    if (p->types[i] == DSR_COL_INT) make_firm(f, &goal->goal.args[i]);
  }
  return DSR_OK;
}

/* What `from` is, `to` is, too, where the goal tells that. */
static dsr_status spread(inference *f, const dsr_draft_goal *goal, int from, int to) {
  bool equal = goal->goal.op == DSR_EQ && !goal->goal.negated;
  const dsr_arg *source = &goal->goal.args[from], *target = &goal->goal.args[to];
  if (!equal && target->var != DSR_ARG_PARAMETER) return DSR_OK;
  if (equal && target->var >= 0 && arg_untold(f, source)) {
    wait_for(f, &f->draft->vars.items[target->var]);
  }
  if (equal && goal->names && is_firm(f, source)) make_firm(f, target);
  if (arg_type(f, target, DSR_COL_ANY) != DSR_COL_ANY) return DSR_OK;
  return ask(f, target, arg_type(f, source, DSR_COL_ANY), goal->goal.at);
}

static dsr_status visit_compare(inference *f, const dsr_draft_goal *goal) {
  TRY(spread(f, goal, 0, 1));
  return spread(f, goal, 1, 0);
}

static dsr_status call_clash(inference *f, const dsr_draft_goal *goal,
                             const dsr_domain *have, int at) {
  char words[300];
  if (!f->telling || f->draft->r == NULL) return DSR_OK;
  dsr_builtin_clash(goal->goal.fn, at, have, words, sizeof words);
  return dsr_resolve_fail(f->draft->r, goal->at[at], DSR_ETYPE, "%s", words);
}

static dsr_status visit_builtin(inference *f, const dsr_draft_goal *goal) {
  const dsr_builtin *fn = goal->goal.fn;
  dsr_domain have[DSR_BUILTIN_ARGS], gives;
  bool waits = false, firm = true;
  int at;
  for (int i = 0; i < goal->goal.n_in; i++) {
    have[i] = arg_type(f, &goal->goal.args[i], fn->takes[i]);
    waits = waits || is_open(f, &goal->goal.args[i], have[i]);
    firm = firm && (have[i] != DSR_COL_INT || is_firm(f, &goal->goal.args[i]));
  }
  if (dsr_builtin_types(fn, have, &at, &gives) < 0) {
    return call_clash(f, goal, have, at);
  }
  for (int i = 0; i < goal->goal.n_in; i++) {
    TRY(ask(f, &goal->goal.args[i], fn->takes[i], goal->at[i]));
  }
  int out = goal->goal.n_in;
  if (gives == DSR_COL_INT && !waits && firm) make_firm(f, &goal->goal.args[out]);
  return ask(f, &goal->goal.args[out], waits ? untold : gives, goal->at[out]);
}

static dsr_status visit_call(inference *f, const dsr_draft_goal *goal) {
  if (goal->goal.fn != NULL) return visit_builtin(f, goal);
  const dsr_definition *defined =
      dsr_defined_find(f->author->source->defined, goal->goal.defined);
  for (int i = 0; defined != NULL && i < goal->goal.n_args; i++) {
    int result = i - goal->goal.n_in;
    TRY(ask(f, &goal->goal.args[i],
            result < 0 ? defined->takes[i] : defined->gives[result], goal->at[i]));
  }
  return DSR_OK;
}

static dsr_status visit(inference *f, const dsr_draft_goal *goal) {
  dsr_domain both = DSR_COL_TIME;
  switch (goal->goal.kind) {
    case DSR_GOAL_ATOM:
      return visit_atom(f, goal);
    case DSR_GOAL_COMPARE:
      return visit_compare(f, goal);
    case DSR_GOAL_CALL:
      return visit_call(f, goal);
    case DSR_GOAL_VIEW:
      return DSR_OK;
    case DSR_GOAL_GRADE:
      both = DSR_COL_TEXT;
      break;
    case DSR_GOAL_TIME:
      break;
  }
  TRY(ask(f, &goal->goal.args[0], both, goal->at[0]));
  return ask(f, &goal->goal.args[1], both, goal->at[1]);
}

/* ---- heads ------------------------------------------------------------------------ */

static bool is_number(dsr_domain type) {
  return type == DSR_COL_INT || type == DSR_COL_NUMBER;
}

/* A rule tells what a column is; columns only get wider. */
static void tell_column(inference *f, dsr_domain *column, dsr_domain type) {
  dsr_domain was = *column;
  if (was == type || was == DSR_COL_ANY) return;
  *column = DSR_COL_ANY;
  if (was == untold) *column = type;
  if (is_number(was) && is_number(type)) *column = DSR_COL_NUMBER;
  f->changed = f->changed || *column != was;
}

static dsr_status visit_head(inference *f) {
  const dsr_rule *rule = &f->draft->rule;
  dsr_predicate *p = dsr_author_at(f->author, rule->head);
  for (int i = 0; i < p->width; i++) {
    const dsr_arg *arg = &rule->args[i];
    if (!(f->inferred[rule->head] >> i & 1)) {
      bool more =
          f->more; /* what is told of a variable here is forgotten by the next look */
      TRY(ask(f, arg, p->types[i], f->draft->arg_at[i]));
      if (arg->var >= 0) f->more = more;
      continue;
    }
    dsr_domain type = arg_type(f, arg, DSR_COL_ANY);
    if (is_open(f, arg, type)) continue;
    if (type == DSR_COL_INT && !is_firm(f, arg)) type = DSR_COL_NUMBER;
    tell_column(f, &p->types[i], type);
  }
  return DSR_OK;
}

/* What an aggregate ranges over, and what it is. */
static dsr_status visit_fold(inference *f) {
  const dsr_rule *rule = &f->draft->rule;
  dsr_fold_kind kind = (dsr_fold_kind)rule->fold;
  dsr_draft_var *over = &f->draft->vars.items[rule->groups];
  dsr_domain takes = dsr_aggregate_takes(kind);
  if (!dsr_domain_meets(takes, over->type)) {
    if (!f->telling) return DSR_OK;
    return dsr_resolve_fail(f->draft->r, rule->at, DSR_ETYPE,
                            "%s is of numbers, and what is before the colon is %s",
                            dsr_aggregate_name(kind), dsr_domain_due(over->type));
  }
  dsr_domain gives = dsr_aggregate_gives(kind, over->type);
  const dsr_arg arg = {rule->groups, 0};
  bool waits = kind != DSR_FOLD_COUNT && is_open(f, &arg, over->type);
  if (kind == DSR_FOLD_COUNT || over->firm) make_firm(f, &rule->args[rule->groups]);
  return ask(f, &rule->args[rule->groups], waits ? untold : gives, rule->at);
}

/* Comparisons between what never compares. */
static dsr_status check_compares(inference *f) {
  for (size_t i = 0; i < f->draft->goals.len; i++) {
    const dsr_goal *goal = &f->draft->goals.items[i].goal;
    if (goal->kind != DSR_GOAL_COMPARE || f->draft->r == NULL) continue;
    TRY(dsr_clash_compare(f->draft->r, goal->at, goal->op, goal->numeric,
                          arg_type(f, &goal->args[0], DSR_COL_ANY),
                          arg_type(f, &goal->args[1], DSR_COL_ANY)));
  }
  return DSR_OK;
}

/* A time that nothing says is one must turn out to be: `T within T` holds of times. */
static dsr_status guard_time(inference *f) {
  const dsr_predicate *p = dsr_author_at(f->author, f->draft->rule.head);
  if (!p->timed || f->draft->rule.origin != DSR_ORIGIN_WRITTEN) return DSR_OK;
  const dsr_arg *time = &f->draft->rule.args[p->arity];
  if (time->var < 0 || arg_type(f, time, DSR_COL_ANY) != DSR_COL_ANY) return DSR_OK;
  dsr_draft_goal goal = {.goal = {.kind = DSR_GOAL_TIME, .test = DSR_WITHIN}};
  goal.goal.n_args = 2;
  goal.goal.args[0] = goal.goal.args[1] = *time;
  goal.goal.at = goal.at[0] = goal.at[1] = f->draft->arg_at[p->arity];
  return dsr_draft_push(f->author, f->draft, &goal);
}

/* ---- drafts ----------------------------------------------------------------------- */

static dsr_status visit_goals(inference *f) {
  for (size_t i = 0; i < f->draft->vars.len; i++) {
    f->draft->vars.items[i].type = DSR_COL_ANY;
    f->draft->vars.items[i].untold = f->draft->vars.items[i].firm = false;
  }
  do {
    f->more = false;
    for (size_t i = 0; i < f->draft->goals.len; i++) {
      TRY(visit(f, &f->draft->goals.items[i]));
    }
    if (f->draft->rule.origin == DSR_ORIGIN_FOLD) TRY(visit_fold(f));
  } while (f->more);
  return DSR_OK;
}

static dsr_status visit_draft(inference *f, dsr_draft *draft) {
  f->draft = draft;
  if (draft->rule.head < 0) return DSR_OK;
  if (draft->r != NULL && draft->rule.clause != NULL) {
    dsr_resolve_clause(draft->r, draft->rule.clause);
  }
  TRY(visit_goals(f));
  if (f->telling) TRY(guard_time(f));
  TRY(visit_head(f));
  return f->telling ? check_compares(f) : DSR_OK;
}

/* Rules later in the list are nearer to the base. */
static dsr_status infer_columns(inference *f) {
  do {
    f->changed = false;
    for (size_t i = f->author->drafts.len; i-- > 0;) {
      TRY(visit_draft(f, f->author->drafts.items[i]));
    }
  } while (f->changed);
  return DSR_OK;
}

static void settle_columns(dsr_author *author) {
  for (size_t i = 0; i < author->book->predicates.len; i++) {
    dsr_author_open(author, (int)i);
  }
}

/* ---- constants -------------------------------------------------------------------- */

static dsr_status make_word(inference *f, dsr_arg *arg, dsr_domain type,
                            dsr_spot spot) {
  dsr_word word;
  if (arg->var != DSR_ARG_TERM) return DSR_OK;
  const dsr_waiting_term *waiting = &f->author->terms.items[arg->word];
  TRY(dsr_resolve_term(f->draft->r, waiting->term, type, waiting->edtf, DSR_INTERN_TEMP,
                       spot, &word));
  *arg = (dsr_arg){DSR_ARG_CONSTANT, word};
  return DSR_OK;
}

/* A column of a predicate, for messages. */
static dsr_spot column_of(inference *f, const dsr_predicate *p, int column) {
  dsr_spot spot = {.column = column};
  const dsr_relation *relation =
      p->relation != 0 ? dsr_relation_get(f->author->facts, p->relation) : NULL;
  if (relation != NULL && column < p->arity) spot.relation = relation;
  return spot;
}

static dsr_status atom_words(inference *f, int predicate, dsr_arg *args) {
  const dsr_predicate *p = dsr_author_at(f->author, predicate);
  for (int i = 0; i < p->width; i++) {
    TRY(make_word(f, &args[i], p->types[i], column_of(f, p, i)));
  }
  return DSR_OK;
}

static dsr_status call_words(inference *f, dsr_goal *goal) {
  const dsr_definition *defined =
      dsr_defined_find(f->author->source->defined, goal->defined);
  for (int i = 0; i < goal->n_args; i++) {
    dsr_domain type = DSR_COL_ANY;
    int result = i - goal->n_in;
    if (goal->fn != NULL && result < 0) type = goal->fn->takes[i];
    if (goal->fn == NULL && defined != NULL) {
      type = result < 0 ? defined->takes[i] : defined->gives[result];
    }
    TRY(make_word(f, &goal->args[i], type, (dsr_spot){0}));
  }
  return DSR_OK;
}

static dsr_status draft_words(inference *f, dsr_draft *draft) {
  f->draft = draft;
  if (draft->rule.head < 0 || draft->r == NULL) return DSR_OK;
  dsr_resolve_clause(draft->r, draft->rule.clause);
  for (size_t i = 0; i < draft->goals.len; i++) {
    dsr_goal *goal = &draft->goals.items[i].goal;
    if (goal->kind == DSR_GOAL_ATOM) TRY(atom_words(f, goal->predicate, goal->args));
    if (goal->kind == DSR_GOAL_CALL) TRY(call_words(f, goal));
  }
  return atom_words(f, draft->rule.head, draft->rule.args);
}

/* Each clause tells its first clash, or its first constant that does not fit; one with a
** source in its head may have been drafted twice. */
static dsr_status tell_all(inference *f) {
  dsr_map told = {0};
  dsr_status rc = DSR_OK;
  bool fresh;
  f->telling = true;
  for (size_t i = 0; i < f->author->drafts.len && rc >= 0; i++) {
    dsr_draft *draft = f->author->drafts.items[i];
    uint64_t clause = (uint64_t)(uintptr_t)draft->rule.clause;
    if (clause != 0 && dsr_map_get(&told, clause) != NULL) continue;
    rc = visit_draft(f, draft);
    if (rc >= 0) rc = draft_words(f, draft);
    if (rc >= 0 || dsr_resolve_hard(rc)) continue;
    rc = DSR_OK;
    if (dsr_map_put(&told, clause, &fresh) == NULL) rc = dsr_author_memory(f->author);
  }
  dsr_map_free(&told);
  return rc;
}

dsr_status dsr_infer(dsr_author *author) {
  size_t n = author->book->predicates.len;
  inference f = {.author = author};
  f.inferred = dsr_alloc((n + 1) * sizeof *f.inferred);
  if (f.inferred == NULL) return dsr_author_memory(author);
  for (size_t i = 0; i < n; i++) {
    const dsr_predicate *p = &author->book->predicates.items[i];
    for (int k = 0; k < p->width; k++) {
      if (p->types[k] == untold) f.inferred[i] |= 1u << k;
    }
  }
  dsr_status rc = infer_columns(&f);
  if (rc >= 0) {
    settle_columns(author);
    rc = tell_all(&f);
  }
  dsr_free(f.inferred);
  return rc;
}
