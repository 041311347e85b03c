/*
** why_not.c - what each rule is wanting for something that does not hold.
**
** A further query is added to the book, whose goals are the beginning of a rule's body, the
** head's values put in; the longest beginning that has answers shows which goal fails.  So
** nothing is derived but what that beginning asks for.
*/
#include <string.h>

#include "ground/mem.h"
#include "ground/text.h"
#include "logic/plan.h"
#include "logic/why.h"

/* What is asked, and what came of it. */
typedef struct probe {
  dsr_account *why;
  dsr_world *world;
  dsr_rulebook *book;
  int query;        /* the predicate of what is asked */
  size_t rule;      /* its rule, in the book */
  dsr_rule body;    /* the rule that is looked at, its goals in order, values put in */
  uint32_t *values; /* of its variables, by the first answer so far; in... */
  dsr_word *words;  /* ...the numbers of a heights that is gone: as words */
} probe;

static dsr_error *error_of(const probe *p) {
  return dsr_facts_error(dsr_world_facts(p->world));
}

static dsr_status no_memory(const probe *p) { return dsr_fail_memory(error_of(p)); }

/* ---- the order of goals ---------------------------------------------------------------- */

static bool filled(const bool *known, const dsr_arg *arg) {
  return arg->var < 0 || known[arg->var];
}

static bool all_filled(const bool *known, const dsr_goal *goal, int n) {
  for (int i = 0; i < n; i++) {
    if (!filled(known, &goal->args[i])) return false;
  }
  return true;
}

/* May the goal run when these variables are known? */
static bool ready(const bool *known, const dsr_goal *goal) {
  if (goal->negated) return all_filled(known, goal, goal->n_args);
  switch (goal->kind) {
    case DSR_GOAL_ATOM:
      return !goal->otherwise || all_filled(known, goal, goal->n_args - 1);
    case DSR_GOAL_COMPARE:
      if (all_filled(known, goal, 2)) return true;
      return goal->op == DSR_EQ &&
             (filled(known, &goal->args[0]) || filled(known, &goal->args[1]));
    case DSR_GOAL_CALL:
      return all_filled(known, goal, goal->n_in);
    case DSR_GOAL_VIEW:
      return all_filled(known, goal, 1);
    default:
      return all_filled(known, goal, 2);
  }
}

/* Put the goals in an order in which each may run; as written, as far as that goes. */
static void put_in_order(dsr_goal *goals, int n, bool *known) {
  for (int i = 0; i < n; i++) {
    int next = i;
    while (next < n && !ready(known, &goals[next])) next++;
    if (next == n) next = i;
    dsr_goal goal = goals[next];
    memmove(&goals[i + 1], &goals[i], (size_t)(next - i) * sizeof goal);
    goals[i] = goal;
    for (int k = 0; k < goal.n_args && !goal.negated; k++) {
      if (goal.args[k].var >= 0) known[goal.args[k].var] = true;
    }
  }
}

/* ---- asking ---------------------------------------------------------------------------- */

/* Make the first `n` goals the body of the query; its columns: their named variables. */
static void set_query(probe *p, int n) {
  dsr_rule *rule = &p->book->rules.items[p->rule];
  dsr_predicate *asked = &p->book->predicates.items[p->query];
  rule->goals = p->body.goals;
  rule->n_goals = n;
  rule->vars = p->body.vars;
  rule->types = p->body.types;
  rule->n_vars = p->body.n_vars;
  asked->width = 0;
  for (int i = 0; i < n; i++) {
    const dsr_goal *goal = &p->body.goals[i];
    for (int k = 0; k < goal->n_args && !goal->negated; k++) {
      int var = goal->args[k].var;
      bool met = var < 0 || asked->width == DSR_WIDTH_MAX;
      for (int c = 0; c < asked->width; c++) met = met || rule->args[c].var == var;
      if (met) continue;
      asked->types[asked->width] = DSR_COL_ANY;
      rule->args[asked->width++] = (dsr_arg){var, DSR_WORD_NONE};
    }
  }
  asked->arity = asked->width;
  p->book->query = p->query;
}

/* Take the first answer's values. */
static dsr_status take_first(probe *p, dsr_heights *h) {
  dsr_instances *in = dsr_heights_in(h);
  const dsr_rule *rule = &p->book->rules.items[p->rule];
  const uint32_t *best = NULL;
  int width = p->book->predicates.items[p->query].width;
  for (int64_t i = 0; i < dsr_heights_all(h); i++) {
    int order = -1;
    if (dsr_heights_predicate(h, i) != p->query) continue;
    const uint32_t *tuple = dsr_heights_tuple(h, i);
    for (int k = 0; k < width && best != NULL; k++) {
      TRY(dsr_why_order(in, tuple[k], best[k], &order));
      if (order != 0) break;
    }
    if (best == NULL || order < 0) best = tuple;
  }
  for (int k = 0; k < width && best != NULL; k++) {
    p->words[rule->args[k].var] = dsr_numbers_word(in->numbers, best[k]);
    p->values[rule->args[k].var] = best[k];
  }
  return DSR_OK;
}

/* Do the first `n` goals have an answer? */
static dsr_status ask(probe *p, int n, bool *out) {
  dsr_heights *h;
  set_query(p, n);
  dsr_status rc = dsr_rulebook_stratify(p->book, error_of(p));
  if (rc < 0) return rc;
  TRY(dsr_heights_new(p->world, p->book, false, &h));
  *out = dsr_heights_count(h, p->query) > 0;
  rc = *out ? take_first(p, h) : DSR_OK;
  dsr_heights_free(h);
  return rc;
}

/* ---- telling --------------------------------------------------------------------------- */

/* What stands in for the heights that are gone: numbers of the world. */
static dsr_status borrow(probe *p, dsr_calls **calls, dsr_instances *in) {
  const dsr_realm *realm = dsr_world_realm(p->world);
  *in = (dsr_instances){
      .book = p->book, .numbers = dsr_world_numbers(p->world), .error = error_of(p)};
  TRY(dsr_calls_new(in->numbers, dsr_world_facts(p->world), dsr_world_view(p->world),
                    realm->defined, in->error, calls));
  in->calls = *calls;
  return DSR_OK;
}

/* "X = ukraine, T = 1994": the variables with names that are known. */
static dsr_status tell_bound(probe *p, dsr_instances *in, dsr_str *out) {
  VEC(char) text = {0};
  bool fine = true;
  for (int i = 0; i < p->body.n_vars && fine; i++) {
    dsr_str value, name = p->body.vars[i];
    if (name.len == 0 || name.data[0] == '_' || p->values[i] == DSR_NUMBER_NONE)
      continue;
    dsr_status rc = dsr_why_values(p->why, in, &p->values[i], 0, 1, &value);
    if (rc < 0) {
      VEC_FREE(&text);
      return rc;
    }
    fine = VEC_RESERVE(&text, name.len + value.len + 5);
    if (!fine) break;
    if (text.len > 0) {
      memcpy(text.items + text.len, ", ", 2);
      text.len += 2;
    }
    memcpy(text.items + text.len, name.data, name.len);
    memcpy(text.items + text.len + name.len, " = ", 3);
    memcpy(text.items + text.len + name.len + 3, value.data, value.len);
    text.len += name.len + value.len + 3;
  }
  if (fine && text.len > 0) {
    *out = dsr_arena_str(&p->why->arena, (dsr_str){text.items, text.len});
    fine = out->data != NULL;
  }
  VEC_FREE(&text);
  return fine ? DSR_OK : no_memory(p);
}

/* The claims, denials too, on what a failing atom of the base says. */
static dsr_status tell_claims(probe *p, dsr_instances *in, const dsr_goal *goal,
                              dsr_why_step *step) {
  uint32_t tuple[DSR_WIDTH_MAX];
  const dsr_predicate *predicate = &p->book->predicates.items[goal->predicate];
  int trust;
  if (goal->kind != DSR_GOAL_ATOM || goal->negated ||
      predicate->kind != DSR_PREDICATE_BASE) {
    return DSR_OK;
  }
  for (int i = 0; i < goal->n_args; i++) {
    const dsr_arg *arg = &goal->args[i];
    tuple[i] = arg->var >= 0 ? p->values[arg->var] : DSR_NUMBER_NONE;
    if (dsr_arg_known(arg)) {
      TRY(dsr_calls_number(in->calls, dsr_arg_word(p->book, arg), &tuple[i]));
    }
    if (i < predicate->arity && tuple[i] == DSR_NUMBER_NONE) return DSR_OK;
  }
  return dsr_why_leaf(p->why, p->world, in, goal->predicate, tuple, true, step, &trust);
}

/* What is wanting; `way`: of the declaration by which the rule is one, or NULL. */
static dsr_status tell_failure(probe *p, dsr_instances *in, int depth, int failing,
                               const char *way) {
  dsr_str text;
  dsr_why_step claims = {0};
  if (failing == p->body.n_goals) {
    text = dsr_str_of("all of it holds, but a better value is derived");
  } else {
    const dsr_goal *goal = &p->body.goals[failing];
    TRY(dsr_why_goal(p->why, in, &p->body, goal, p->values, NULL, &text));
    TRY(tell_claims(p, in, goal, &claims));
  }
  TRY(dsr_why_step_add(p->why, in, depth, DSR_WHY_FAILS, text, NULL));
  dsr_why_step *step = &p->why->steps.items[p->why->steps.len - 1];
  step->claims = claims.claims;
  step->n_claims = claims.n_claims;
  if (way != NULL) step->how = dsr_str_of(way);
  return DSR_OK;
}

/* ---- a rule ------------------------------------------------------------------------------ */

/* The variable `var` is `arg` in all goals. */
static void put_in(dsr_rule *body, int var, const dsr_arg *arg) {
  for (int i = 0; i < body->n_goals; i++) {
    for (int k = 0; k < body->goals[i].n_args; k++) {
      if (body->goals[i].args[k].var == var) body->goals[i].args[k] = *arg;
    }
  }
}

/* A copy of a rule; arrays by variable for what is found. */
static dsr_status take_rule(probe *p, const dsr_rule *rule) {
  size_t n = (size_t)rule->n_goals, vars = (size_t)rule->n_vars + 1;
  p->body = *rule;
  p->body.goals = dsr_arena_alloc(&p->why->arena, (n + 1) * sizeof *rule->goals);
  p->values = dsr_arena_alloc(&p->why->arena, vars * sizeof *p->values);
  p->words = dsr_arena_alloc(&p->why->arena, vars * sizeof *p->words);
  if (p->body.goals == NULL || p->values == NULL || p->words == NULL) {
    return no_memory(p);
  }
  if (n > 0) memcpy(p->body.goals, rule->goals, n * sizeof *rule->goals);
  for (size_t i = 0; i < vars; i++) p->values[i] = DSR_NUMBER_NONE;
  return DSR_OK;
}

/* Put what an atom asks of the head into the body: false where they do not go together. */
static dsr_status put_head(probe *p, dsr_instances *in, const dsr_goal *goal,
                           bool *fits) {
  *fits = true;
  for (int i = 0; goal != NULL && i < goal->n_args && *fits; i++) {
    const dsr_arg *have = &p->body.args[i], *want = &goal->args[i];
    uint32_t number, other = DSR_NUMBER_NONE;
    if (!dsr_arg_known(want)) continue;
    TRY(dsr_calls_number(in->calls, dsr_arg_word(p->book, want), &number));
    if (dsr_arg_known(have)) {
      TRY(dsr_calls_number(in->calls, dsr_arg_word(p->book, have), &other));
    } else if (have->var >= 0) {
      other = p->values[have->var];
      if (other == DSR_NUMBER_NONE) {
        p->values[have->var] = other = number;
        put_in(&p->body, have->var, want);
      }
    }
    *fits = other == DSR_NUMBER_NONE || other == number;
  }
  return DSR_OK;
}

/* The first goal without which there are answers and with which there are none. */
static dsr_status find_failing(probe *p, int *out) {
  bool *known = dsr_arena_alloc(&p->why->arena, (size_t)p->body.n_vars + 1);
  if (known == NULL) return no_memory(p);
  put_in_order(p->body.goals, p->body.n_goals, known);
  for (*out = 0; *out < p->body.n_goals; ++*out) {
    bool holds;
    TRY(ask(p, *out + 1, &holds));
    if (!holds) break;
  }
  return DSR_OK;
}

/* Say what a rule is wanting to give what the atom asks for (NULL: to hold at all). */
static dsr_status tell_rule(probe *p, dsr_instances *in, const dsr_rule *rule,
                            const dsr_goal *goal, int depth, bool *told) {
  bool fits;
  int failing;
  *told = false;
  TRY(take_rule(p, rule));
  TRY(put_head(p, in, goal, &fits));
  if (!fits) return DSR_OK;
  TRY(find_failing(p, &failing));
  in->book = p->book;
  if (rule->clause != NULL && rule->origin == DSR_ORIGIN_WRITTEN) {
    TRY(dsr_why_step_add(p->why, in, depth, DSR_WHY_TRIED, (dsr_str){NULL, 0},
                         &p->body));
    TRY(tell_bound(p, in, &p->why->steps.items[p->why->steps.len - 1].how));
    depth++;
  }
  *told = true;
  return tell_failure(p, in, depth, failing, dsr_why_way(rule->origin));
}

/* The last step repeats what was asked.  It says no more than that nothing is on record,
** unless claims are told with it; where `others` say more, it goes. */
static void say_no_record(probe *p, bool others) {
  dsr_why_step *last = &p->why->steps.items[p->why->steps.len - 1];
  if (last->n_claims > 0) return;
  last->text = dsr_str_of("nothing on record says so");
  if (others) p->why->steps.len--;
}

/* Do rules as written, or declarations, give what the atom asks for? */
static bool has_rules(const probe *p, const dsr_goal *goal) {
  for (size_t i = 0; i < p->book->rules.len; i++) {
    const dsr_rule *rule = &p->book->rules.items[i];
    if (i == p->rule || rule->head != goal->predicate) continue;
    if (rule->origin != DSR_ORIGIN_BASE && rule->origin != DSR_ORIGIN_FOLD) return true;
  }
  return false;
}

/* The rules that might give what the atom asks for. */
static dsr_status tell_rules(probe *p, dsr_instances *in, const dsr_goal *goal,
                             int depth) {
  size_t n = p->book->rules.len;
  bool any = false, others = has_rules(p, goal);
  for (size_t i = 0; i < n; i++) {
    bool told;
    dsr_rule rule = p->book->rules.items[i];
    if (i == p->rule || rule.head != goal->predicate) continue;
    if (rule.origin == DSR_ORIGIN_FOLD) continue;
    TRY(tell_rule(p, in, &rule, goal, depth, &told));
    if (told && rule.origin == DSR_ORIGIN_BASE) say_no_record(p, others);
    any = any || told;
  }
  if (any) return DSR_OK;
  dsr_str text = dsr_str_of("nothing on record says so, and no rule gives it");
  return dsr_why_step_add(p->why, in, depth, DSR_WHY_FAILS, text, NULL);
}

/* ---- the whole --------------------------------------------------------------------------- */

/* A further query, still empty. */
static dsr_status add_query(probe *p, const dsr_rule *like) {
  dsr_predicate spec = {
      .kind = DSR_PREDICATE_RULED, .use = DSR_USE_QUERY, .name = {"?", 1}};
  p->query = dsr_rulebook_predicate(p->book, &spec);
  if (p->query < 0) return no_memory(p);
  p->rule = p->book->rules.len;
  dsr_rule *rule = dsr_rulebook_rule(p->book, p->query);
  if (rule == NULL) return no_memory(p);
  rule->origin = DSR_ORIGIN_QUERY;
  if (like == NULL) return DSR_OK;
  rule->program = like->program;
  rule->clause = like->clause;
  rule->at = like->at;
  return DSR_OK;
}

/* The rule of the query as written: the one of its predicate; none where the query is one
** atom with a variable in each column. */
static const dsr_rule *query_rule(const dsr_rulebook *book) {
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    if (rule->head == book->query && rule->origin == DSR_ORIGIN_QUERY) return rule;
  }
  return NULL;
}

static bool is_ruled(const probe *p, const dsr_goal *goal) {
  return goal->kind == DSR_GOAL_ATOM && !goal->negated && !goal->otherwise &&
         p->book->predicates.items[goal->predicate].kind == DSR_PREDICATE_RULED;
}

/* What of the query fails; then, of a derived relation, why. */
static dsr_status tell_query(probe *p, dsr_instances *in, const dsr_rule *rule) {
  int failing;
  dsr_goal goal;
  TRY(take_rule(p, rule));
  TRY(find_failing(p, &failing));
  in->book = p->book;
  if (failing == p->body.n_goals) return DSR_OK;
  goal = p->body.goals[failing];
  if (failing > 0 || p->body.n_goals > 1 || !is_ruled(p, &goal)) {
    TRY(tell_failure(p, in, 1, failing, NULL));
    bool base = goal.kind == DSR_GOAL_ATOM && !goal.negated;
    if (base && failing == 0 && p->body.n_goals == 1) say_no_record(p, false);
  }
  for (int k = 0; k < goal.n_args; k++) {
    int var = goal.args[k].var;
    if (var < 0 || p->values[var] == DSR_NUMBER_NONE) continue;
    goal.args[k] = (dsr_arg){DSR_ARG_CONSTANT, p->words[var]};
  }
  bool alone = failing == 0 && p->body.n_goals == 1;
  return is_ruled(p, &goal) ? tell_rules(p, in, &goal, alone ? 1 : 2) : DSR_OK;
}

static dsr_str bare(dsr_str text) {
  if (text.len > 2 && memcmp(text.data, "?-", 2) == 0) {
    text.data += 2;
    text.len -= 2;
  }
  while (text.len > 0 && text.data[0] == ' ') {
    text.data++;
    text.len--;
  }
  while (text.len > 0 && strchr(". \n\r\t", text.data[text.len - 1]) != NULL)
    text.len--;
  return text;
}

dsr_status dsr_why_not(dsr_account *why, dsr_world *world, dsr_rulebook *book,
                       const dsr_clause *query) {
  probe p = {.why = why, .world = world, .book = book};
  const dsr_rule *found = query_rule(book);
  dsr_rule own = found != NULL ? *found : (dsr_rule){0};
  int asked = book->query;
  dsr_calls *calls = NULL;
  dsr_instances in;
  TRY(borrow(&p, &calls, &in));
  dsr_status rc = add_query(&p, found != NULL ? &own : NULL);
  if (rc >= 0) {
    dsr_str text = dsr_arena_str(&why->arena, bare(query->written));
    rc = text.data == NULL ? no_memory(&p)
                           : dsr_why_step_add(why, &in, 0, DSR_WHY_ABSENT, text, NULL);
  }
  if (rc >= 0 && found == NULL) {
    dsr_goal goal = {.kind = DSR_GOAL_ATOM, .predicate = asked};
    goal.n_args = book->predicates.items[asked].width;
    for (int i = 0; i < goal.n_args; i++) goal.args[i].var = DSR_ARG_ANY;
    rc = tell_rules(&p, &in, &goal, 1);
  } else if (rc >= 0) {
    rc = tell_query(&p, &in, &own);
  }
  dsr_calls_free(calls);
  return rc;
}
