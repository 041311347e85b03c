/*
** demand.c - magic sets: deriving only what is asked for.
**
** Each ruled predicate is copied for each set of columns that it is asked with (its
** *adornment*); a copy that is asked with some column bound has a *demand*, the predicate
** of the bound columns' values that were asked for, which stands first in each of its
** rules; and every rule that asks for it has a further rule that makes the demand from the
** goals that go before (sideways.c says which do).  A predicate that some rule asks for
** with nothing bound is derived *whole*, and is then whole for everybody.
**
** Negation and aggregates.  The demand for a negated predicate may depend on the very
** predicates whose rule negates it, so that the rewritten program has no strata in the
** usual sense.  It does not need them: what is negated lies in a lower stratum of the
** program as written, so it never needs what asks for it.  The goals before the negated one
** are kept as a predicate of their own (*begun*), the demand is made from that, and the
** rest of the rule reads it only after the lower stratum was run to its fixpoint for what
** was asked (a *call*, loop.h).  A tuple of a demanded predicate is complete for each
** demand that was there before the call, and more demand adds only other tuples; so
** what the negated goal sees is final.  Aggregates that give a value where nothing is found
** are read the same way.
**
** So that such a rule never reads a begun tuple too early, it has no other goal that may
** still grow; goals after it that may go on from a predicate that is begun again.
**
** What can be derived with demand alone (loose.c) is asked for with the columns that this
** takes, whatever else is known.
**
** Recursion that only passes on what it is asked (tail.h) is led along *ways* from its one
** demand to whatever that comes to, instead of being asked for anew on each step.  Whether
** there is one is found on the way: a demand that was taken to be the only one and turns
** out to be one of many has all begun anew.
**
** Each rule runs in the stratum of the rule that it was made of.
**
** Source: Bancilhon, Maier, Sagiv, Ullman 1986; Beeri and Ramakrishnan 1991 (supplementary
** magic sets); for the order of evaluation, Ross 1994 (modular stratification) and the
** calls among components of CORAL (Ramakrishnan et al. 1994).
*/
#include <stdio.h>
#include <string.h>

#include "logic/sideways.h"
#include "logic/tail.h"

/* A copy of a predicate for a set of bound columns. */
typedef struct adorned {
  int original;
  unsigned mask;
  int made;   /* the copy's number */
  int demand; /* the demand's, or -1: whole */
  int way;    /* from what was asked to what that comes to; -1: none is made */
} adorned;

/* A copy of which more than one thing may be asked. */
typedef struct many {
  int original;
  unsigned mask;
} many;

typedef struct demander {
  const dsr_rulebook *from;
  dsr_rulebook *to;
  dsr_error *error;
  bool *whole; /* by predicate of `from` */
  bool *small;
  bool again; /* something was found to be whole: all is begun anew */
  bool any;   /* some predicate has a demand */
  int *plain; /* by predicate of `from`: the copy of a base predicate or table, or -1 */
  VEC(adorned) done;
  bool tails;  /* ways may be made */
  bool relied; /* a copy was taken to be asked for one thing, and is asked for many */
  VEC(many) many; /* found so far, also before all was begun anew */
  int stratum;    /* of the rule at work */
  int begun;      /* how many were made, for names */
} demander;

static dsr_predicate *original(const demander *d, int predicate) {
  return &d->from->predicates.items[predicate];
}

/* ---- copies ---------------------------------------------------------------------- */

static dsr_status no_memory(demander *d) { return dsr_fail_memory(d->error); }

/* The string in the arena of the book that is made. */
static dsr_status keep(demander *d, dsr_str text, dsr_str *out) {
  if (text.data == NULL) {
    *out = text;
    return DSR_OK;
  }
  *out = dsr_arena_str(&d->to->arena, text);
  return out->data != NULL ? DSR_OK : no_memory(d);
}

static dsr_status add_predicate(demander *d, dsr_predicate *spec, dsr_str name,
                                int *out) {
  TRY(keep(d, name, &spec->name));
  spec->component = d->stratum;
  *out = dsr_rulebook_predicate(d->to, spec);
  if (*out < 0) return no_memory(d);
  if (spec->kind != DSR_PREDICATE_RULED) return DSR_OK;
  dsr_stratum *stratum = &d->to->strata.items[d->stratum];
  return VEC_PUSH(&stratum->predicates, *out) ? DSR_OK : no_memory(d);
}

/* The copy of a predicate that no rule derives. */
static dsr_status copy_plain(demander *d, int predicate, int *out) {
  if (d->plain[predicate] < 0) {
    dsr_predicate spec = *original(d, predicate);
    TRY(add_predicate(d, &spec, spec.name, &d->plain[predicate]));
  }
  *out = d->plain[predicate];
  return DSR_OK;
}

/* How many columns, from the first, may be bound by a demand. */
static int bindable(const demander *d, int predicate) {
  const dsr_predicate *p = original(d, predicate);
  switch (p->use) {
    case DSR_USE_RELATION:
    case DSR_USE_CLAIMED:
      return p->best != 0 && p->arity == p->width ? p->arity - 1 : p->arity;
    case DSR_USE_FOLDED:
      return p->width - 1;
    case DSR_USE_TUPLES:
      for (size_t i = 0; i < d->from->rules.len; i++) {
        const dsr_rule *rule = &d->from->rules.items[i];
        if (rule->origin == DSR_ORIGIN_FOLD && rule->goals[0].predicate == predicate) {
          return rule->groups;
        }
      }
      return 0;
    default:
      return p->asked != 0 ? p->width : 0;
  }
}

/* "reach[bf]", or the name alone where nothing is bound. */
static dsr_str adorned_name(const dsr_predicate *p, unsigned mask, char *buffer,
                            size_t size) {
  char marks[DSR_WIDTH_MAX + 3];
  int n = 0;
  marks[n++] = '[';
  for (int i = 0; i < p->arity && i < DSR_WIDTH_MAX; i++) {
    marks[n++] = mask >> i & 1 ? 'b' : 'f';
  }
  marks[n++] = ']';
  marks[n] = '\0';
  snprintf(buffer, size, "%.*s%s", (int)(p->name.len < 100 ? p->name.len : 100),
           p->name.data, mask != 0 ? marks : "");
  return (dsr_str){buffer, strlen(buffer)};
}

static dsr_status add_demand(demander *d, const dsr_predicate *p, unsigned mask,
                             dsr_str name, int *out) {
  char buffer[160];
  dsr_predicate spec = {.kind = DSR_PREDICATE_RULED, .use = DSR_USE_DEMAND};
  for (int i = 0; i < p->width; i++) {
    if (mask >> i & 1) spec.types[spec.width++] = p->types[i];
  }
  spec.arity = spec.width;
  snprintf(buffer, sizeof buffer, "demand of %.*s", (int)name.len, name.data);
  d->any = true;
  return add_predicate(d, &spec, (dsr_str){buffer, strlen(buffer)}, out);
}

static bool is_many(const demander *d, int predicate, unsigned mask) {
  for (size_t i = 0; i < d->many.len; i++) {
    const many *met = &d->many.items[i];
    if (met->original == predicate && met->mask == mask) return true;
  }
  return false;
}

/* A rule that says that what is asked for is come to by itself. */
static dsr_status begin_way(demander *d, const adorned *copy,
                            const dsr_predicate *way) {
  dsr_rule *rule = dsr_rulebook_rule(d->to, copy->way);
  int n = way->width / 2;
  if (rule == NULL) return no_memory(d);
  rule->origin = DSR_ORIGIN_DEMAND;
  rule->stratum = d->stratum;
  rule->n_goals = 1;
  rule->n_vars = n;
  rule->goals = dsr_arena_alloc(&d->to->arena, sizeof *rule->goals);
  rule->vars = dsr_arena_alloc(&d->to->arena, ((size_t)n + 1) * sizeof *rule->vars);
  rule->types = dsr_arena_alloc(&d->to->arena, ((size_t)n + 1) * sizeof *rule->types);
  if (rule->goals == NULL || rule->vars == NULL || rule->types == NULL) {
    return no_memory(d);
  }
  dsr_goal *goal = &rule->goals[0];
  *goal = (dsr_goal){.kind = DSR_GOAL_ATOM, .predicate = copy->demand, .n_args = n};
  for (int i = 0; i < n; i++) {
    rule->args[i] = rule->args[n + i] = goal->args[i] = (dsr_arg){i, DSR_WORD_NONE};
    rule->types[i] = way->types[i];
  }
  return DSR_OK;
}

/* The ways of a copy whose recursion is tails, if it is asked for one thing. */
static dsr_status add_way(demander *d, adorned *copy, dsr_str name) {
  char buffer[160];
  const dsr_predicate *p = original(d, copy->original);
  dsr_predicate spec = {.kind = DSR_PREDICATE_RULED, .use = DSR_USE_DEMAND};
  bool only;
  if (!d->tails || is_many(d, copy->original, copy->mask)) return DSR_OK;
  TRY(dsr_tail_only(d->from, copy->original, copy->mask, bindable(d, copy->original),
                    d->small, d->error, &only));
  if (!only || 2 * __builtin_popcount(copy->mask) > DSR_WIDTH_MAX) return DSR_OK;
  for (int twice = 0; twice < 2; twice++) {
    for (int i = 0; i < p->width; i++) {
      if (copy->mask >> i & 1) spec.types[spec.width++] = p->types[i];
    }
  }
  spec.arity = spec.width;
  snprintf(buffer, sizeof buffer, "way of %.*s", (int)name.len, name.data);
  TRY(add_predicate(d, &spec, (dsr_str){buffer, strlen(buffer)}, &copy->way));
  return begin_way(d, copy, &spec);
}

/* The copy of a ruled predicate for columns that are bound; *out is its place in `done`. */
static dsr_status adorn(demander *d, int predicate, unsigned mask, size_t *out) {
  char buffer[130];
  const dsr_predicate *p = original(d, predicate);
  if (mask == 0 && !d->whole[predicate]) d->whole[predicate] = d->again = true;
  if (d->whole[predicate]) mask = 0;
  for (*out = 0; *out < d->done.len; ++*out) {
    const adorned *met = &d->done.items[*out];
    if (met->original == predicate && met->mask == mask) return DSR_OK;
  }
  adorned copy = {predicate, mask, -1, -1, -1};
  dsr_predicate spec = *p;
  spec.copy_of = predicate + 1;
  int stratum = d->stratum;
  dsr_str name = adorned_name(p, mask, buffer, sizeof buffer);
  d->stratum = p->component;
  TRY(add_predicate(d, &spec, name, &copy.made));
  if (mask != 0) TRY(add_demand(d, p, mask, name, &copy.demand));
  if (mask != 0) TRY(add_way(d, &copy, name));
  d->stratum = stratum;
  return VEC_PUSH(&d->done, copy) ? DSR_OK : no_memory(d);
}

/* ---- rules ----------------------------------------------------------------------- */

/* The rule that is being rewritten: goals so far, and what they came to. */
typedef struct body {
  demander *d;
  const dsr_rule *rule;
  const dsr_sideways *way;
  dsr_goal *goals; /* of the book that is made */
  int n;
  bool guarded; /* some goal may be read only after a call */
  bool *used;   /* scratch: by variable */
  bool single;  /* one thing is asked of the head */
} body;

/* A rule of the new book with a head and the first `n` goals of the body. */
static dsr_status add_rule(body *b, dsr_rule_origin origin, int head,
                           const dsr_arg *args, int width, int n) {
  demander *d = b->d;
  const dsr_rule *from = b->rule;
  dsr_rule *rule = dsr_rulebook_rule(d->to, head);
  if (rule == NULL) return no_memory(d);
  size_t vars = (size_t)from->n_vars;
  rule->origin = origin;
  rule->program = from->program;
  rule->clause = from->clause;
  rule->at = from->at;
  rule->stratum = d->stratum;
  rule->fold = origin == DSR_ORIGIN_FOLD ? from->fold : 0;
  rule->groups = origin == DSR_ORIGIN_FOLD ? from->groups : 0;
  memcpy(rule->args, args, (size_t)width * sizeof *args);
  rule->goals = dsr_arena_alloc(&d->to->arena, (size_t)(n + 1) * sizeof *rule->goals);
  rule->vars = dsr_arena_alloc(&d->to->arena, (vars + 1) * sizeof *rule->vars);
  rule->types = dsr_arena_alloc(&d->to->arena, (vars + 1) * sizeof *rule->types);
  if (rule->goals == NULL || rule->vars == NULL || rule->types == NULL) {
    return no_memory(d);
  }
  if (n > 0) memcpy(rule->goals, b->goals, (size_t)n * sizeof *b->goals);
  rule->n_goals = n;
  rule->n_vars = from->n_vars;
  if (vars > 0) memcpy(rule->types, from->types, vars * sizeof *from->types);
  for (size_t i = 0; i < vars; i++) TRY(keep(d, from->vars[i], &rule->vars[i]));
  return DSR_OK;
}

static void push_goal(body *b, const dsr_goal *goal) { b->goals[b->n++] = *goal; }

/* An atom of a predicate of the new book over columns in `mask` of `args`. */
static dsr_goal atom_of(int predicate, dsr_place at, const dsr_arg *args, int width,
                        unsigned mask) {
  dsr_goal goal = {.kind = DSR_GOAL_ATOM, .at = at, .predicate = predicate};
  for (int i = 0; i < width; i++) {
    if (mask >> i & 1) goal.args[goal.n_args++] = args[i];
  }
  return goal;
}

/* Does the rule say "what is asked is asked"? */
static bool idle(const body *b, const dsr_goal *demand, int n) {
  if (n != 1 || b->goals[0].predicate != demand->predicate) return false;
  for (int i = 0; i < demand->n_args; i++) {
    const dsr_arg *x = &demand->args[i], *y = &b->goals[0].args[i];
    if (x->var != y->var || (x->var < 0 && x->word != y->word)) return false;
  }
  return true;
}

/* Do the first `n` goals ask for one thing at most? */
static bool asks_one(const body *b, const dsr_goal *demand, int n) {
  bool known = true;
  for (int i = 0; i < demand->n_args; i++) {
    known = known && dsr_arg_known(&demand->args[i]);
  }
  if (known || n != 1 || !b->single) return known;
  const dsr_predicate *first = &b->d->to->predicates.items[b->goals[0].predicate];
  return first->use == DSR_USE_DEMAND;
}

/* More than one thing may be asked of a copy. */
static dsr_status note_many(demander *d, const adorned *asked) {
  many fresh = {asked->original, asked->mask};
  if (is_many(d, asked->original, asked->mask)) return DSR_OK;
  d->relied = true;
  return VEC_PUSH(&d->many, fresh) ? DSR_OK : no_memory(d);
}

/* The goals so far ask for an atom with the columns of `mask` bound. */
static dsr_status ask(body *b, const adorned *asked, const dsr_goal *atom, int n) {
  if (asked->demand < 0) return DSR_OK;
  dsr_goal demand =
      atom_of(asked->demand, atom->at, atom->args, atom->n_args, asked->mask);
  if (idle(b, &demand, n)) return DSR_OK;
  if (!asks_one(b, &demand, n)) TRY(note_many(b->d, asked));
  return add_rule(b, DSR_ORIGIN_DEMAND, asked->demand, demand.args, demand.n_args, n);
}

static void use(body *b, const dsr_arg *arg) {
  if (arg->var >= 0) b->used[arg->var] = true;
}

/* Mark the variables that the head and the goals not passed yet (and `next`) read. */
static void mark_needed(body *b, const dsr_goal *next) {
  int width = b->d->from->predicates.items[b->rule->head].width;
  memset(b->used, 0, ((size_t)b->rule->n_vars + 1) * sizeof *b->used);
  for (int i = 0; i < width; i++) use(b, &b->rule->args[i]);
  for (int i = 0; i < b->rule->n_goals; i++) {
    const dsr_goal *goal = &b->rule->goals[i];
    if (b->way->placed[i] && goal != next) continue;
    for (int k = 0; k < goal->n_args; k++) use(b, &goal->args[k]);
  }
}

/* Keep the goals so far as a begun predicate, which then stands for them.  What is kept:
** the variables that are filled and still needed.  *fits false: they are too many. */
static dsr_status begin(body *b, const dsr_goal *next, bool *fits) {
  char name[40];
  demander *d = b->d;
  dsr_predicate spec = {.kind = DSR_PREDICATE_RULED, .use = DSR_USE_BEGUN};
  dsr_goal atom = {.kind = DSR_GOAL_ATOM, .at = next->at};
  mark_needed(b, next);
  for (int var = 0; var < b->rule->n_vars; var++) {
    if (!b->used[var] || !b->way->filled[var]) continue;
    *fits = atom.n_args < DSR_WIDTH_MAX;
    if (!*fits) return DSR_OK;
    spec.types[atom.n_args] = b->rule->types[var];
    atom.args[atom.n_args++] = (dsr_arg){var, DSR_WORD_NONE};
  }
  spec.width = spec.arity = atom.n_args;
  snprintf(name, sizeof name, "begun %d", ++d->begun);
  TRY(add_predicate(d, &spec, (dsr_str){name, strlen(name)}, &atom.predicate));
  TRY(add_rule(b, DSR_ORIGIN_DEMAND, atom.predicate, atom.args, atom.n_args, b->n));
  b->n = 0;
  b->guarded = false;
  push_goal(b, &atom);
  *fits = true;
  return DSR_OK;
}

/* Are the goals so far one begun atom, with nothing after it but what was called for? */
static bool begun_alone(const body *b, const dsr_goal *atom, unsigned mask) {
  if (b->n == 0) return false;
  const dsr_goal *first = &b->goals[0];
  if (b->d->to->predicates.items[first->predicate].use != DSR_USE_BEGUN) return false;
  for (int i = 0; i < atom->n_args; i++) {
    if (!(mask >> i & 1) || atom->args[i].var < 0) continue;
    bool found = false;
    for (int k = 0; k < first->n_args; k++) {
      found = found || first->args[k].var == atom->args[i].var;
    }
    if (!found) return false;
  }
  for (int i = 1; i < b->n; i++) {
    const dsr_goal *goal = &b->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || !(goal->negated || goal->otherwise)) {
      return false;
    }
  }
  return true;
}

/* A predicate cannot be asked for by parts: have it whole, where that can be. */
static dsr_status give_up(demander *d, int predicate) {
  d->whole[predicate] = d->again = true;
  if (original(d, predicate)->asked == 0) return DSR_OK;
  return dsr_fail(
      d->error, DSR_ELIMIT,
      "too many variables stand around an aggregate or a \"not\" that needs "
      "values of a loop: at most %d",
      DSR_WIDTH_MAX);
}

/* A negated or `otherwise` atom with a demand. */
static dsr_status pass_guarded(body *b, const adorned *asked, const dsr_goal *from,
                               dsr_goal *atom) {
  bool fits = true;
  if (!begun_alone(b, from, asked->mask)) TRY(begin(b, from, &fits));
  if (!fits) return give_up(b->d, asked->original);
  TRY(ask(b, asked, from, 1));
  push_goal(b, atom);
  b->guarded = true;
  return DSR_OK;
}

/* The stratum at work reads what `asked` is of. */
static dsr_status note_call(demander *d, const adorned *asked) {
  int callee = original(d, asked->original)->component;
  if (asked->demand < 0 || callee == d->stratum) return DSR_OK;
  dsr_stratum *stratum = &d->to->strata.items[d->stratum];
  for (size_t i = 0; i < stratum->calls.len; i++) {
    if (stratum->calls.items[i] == callee) return DSR_OK;
  }
  return VEC_PUSH(&stratum->calls, callee) ? DSR_OK : no_memory(d);
}

/* An atom of a ruled predicate. */
static dsr_status pass_ruled(body *b, const dsr_goal *from) {
  demander *d = b->d;
  size_t at;
  bool fits = true;
  int columns = bindable(d, from->predicate);
  unsigned mask = dsr_sideways_mask(b->way, from, columns);
  mask |= original(d, from->predicate)->asked;
  TRY(adorn(d, from->predicate, mask, &at));
  adorned asked = d->done.items[at];
  dsr_goal atom = *from;
  atom.predicate = asked.made;
  TRY(note_call(d, &asked));
  if (asked.demand >= 0 && (from->negated || from->otherwise)) {
    return pass_guarded(b, &asked, from, &atom);
  }
  if (b->guarded &&
      (asked.demand >= 0 || original(d, from->predicate)->component == d->stratum)) {
    TRY(begin(b, from, &fits));
    if (!fits) TRY(give_up(d, from->predicate));
  }
  TRY(ask(b, &asked, from, b->n));
  push_goal(b, &atom);
  return DSR_OK;
}

static dsr_status pass_goal(body *b, const dsr_goal *from) {
  demander *d = b->d;
  dsr_goal goal = *from;
  if (from->kind != DSR_GOAL_ATOM) {
    TRY(keep(d, from->defined, &goal.defined));
    push_goal(b, &goal);
    return DSR_OK;
  }
  if (original(d, from->predicate)->kind == DSR_PREDICATE_RULED) {
    return pass_ruled(b, from);
  }
  TRY(copy_plain(d, from->predicate, &goal.predicate));
  push_goal(b, &goal);
  return DSR_OK;
}

/* A fold asks for its tuples as it was asked itself. */
static dsr_status rewrite_fold(body *b, const adorned *head) {
  size_t at;
  demander *d = b->d;
  const dsr_goal *from = &b->rule->goals[0];
  TRY(adorn(d, from->predicate, head->mask, &at));
  adorned asked = d->done.items[at];
  TRY(note_call(d, &asked));
  if (head->demand >= 0) {
    dsr_goal demand =
        atom_of(head->demand, from->at, b->rule->args, b->rule->groups, head->mask);
    push_goal(b, &demand);
    TRY(ask(b, &asked, from, 1));
    b->n = 0;
  }
  dsr_goal atom = *from;
  atom.predicate = asked.made;
  push_goal(b, &atom);
  return add_rule(b, DSR_ORIGIN_FOLD, head->made, b->rule->args, b->rule->groups + 1,
                  1);
}

static dsr_status rewrite_body(body *b, dsr_sideways *way, const adorned *head) {
  int at, width = original(b->d, head->original)->width;
  if (head->demand >= 0) {
    dsr_goal demand =
        atom_of(head->demand, b->rule->at, b->rule->args, width, head->mask);
    push_goal(b, &demand);
  }
  while ((at = dsr_sideways_next(way)) >= 0 && !b->d->again) {
    way->placed[at] = true; /* what it reads, no later goal needs for its sake */
    TRY(pass_goal(b, &b->rule->goals[at]));
    dsr_sideways_pass(way, at);
  }
  if (b->d->again) return DSR_OK;
  return add_rule(b, b->rule->origin, head->made, b->rule->args, width, b->n);
}

/* ---- ways -------------------------------------------------------------------------- */

/* The rule with a further variable for each column that is bound, which stands in the head
** in its place: what was asked for first. */
static dsr_status widen(demander *d, const adorned *head, const dsr_rule *rule,
                        dsr_rule *out) {
  size_t n = (size_t)rule->n_vars, more = (size_t)__builtin_popcount(head->mask);
  const dsr_predicate *p = original(d, head->original);
  *out = *rule;
  out->vars = dsr_arena_alloc(&d->to->arena, (n + more) * sizeof *out->vars);
  out->types = dsr_arena_alloc(&d->to->arena, (n + more) * sizeof *out->types);
  if (out->vars == NULL || out->types == NULL) return no_memory(d);
  if (n > 0) memcpy(out->vars, rule->vars, n * sizeof *out->vars);
  if (n > 0) memcpy(out->types, rule->types, n * sizeof *out->types);
  for (int i = 0; i < p->width; i++) {
    if (!(head->mask >> i & 1)) continue;
    out->types[out->n_vars] = p->types[i];
    out->args[i] = (dsr_arg){out->n_vars++, DSR_WORD_NONE};
  }
  return DSR_OK;
}

/* An atom of the ways: from what the head of the widened rule has, to what `args` have. */
static dsr_goal way_atom(const body *b, const adorned *head, const dsr_arg *args) {
  int width = original(b->d, head->original)->width;
  dsr_goal goal = atom_of(head->way, b->rule->at, b->rule->args, width, head->mask);
  for (int i = 0; i < width; i++) {
    if (head->mask >> i & 1) goal.args[goal.n_args++] = args[i];
  }
  return goal;
}

/* The body of a rule from where a way has come to: the rule goes on to where its tail asks,
** or gives what it finds to what was asked for first. */
static dsr_status rewrite_way(body *b, dsr_sideways *way, const adorned *head,
                              const dsr_arg *args, int tail) {
  int at, width = original(b->d, head->original)->width;
  dsr_goal from = way_atom(b, head, args);
  push_goal(b, &from);
  for (int i = 0; i < width; i++) {
    if (!(head->mask >> i & 1) || args[i].var < 0) continue;
    way->filled[args[i].var] = way->restricted[args[i].var] = true;
  }
  while ((at = dsr_sideways_next(way)) >= 0 && at != tail && !b->d->again) {
    way->placed[at] = true;
    TRY(pass_goal(b, &b->rule->goals[at]));
    dsr_sideways_pass(way, at);
  }
  if (b->d->again) return DSR_OK;
  if (tail < 0) {
    return add_rule(b, b->rule->origin, head->made, b->rule->args, width, b->n);
  }
  dsr_goal to = way_atom(b, head, b->rule->goals[tail].args);
  return add_rule(b, DSR_ORIGIN_DEMAND, head->way, to.args, to.n_args, b->n);
}

static dsr_status rewrite(demander *d, const adorned *head, const dsr_rule *written) {
  int tail = DSR_TAIL_NONE;
  dsr_rule wide;
  const dsr_rule *rule = written;
  if (head->way >= 0) {
    TRY(dsr_tail_goal(d->from, written, head->mask, bindable(d, head->original),
                      d->small, d->error, &tail));
    TRY(widen(d, head, written, &wide));
    rule = &wide;
  }
  dsr_sideways way;
  body b = {.d = d, .rule = rule, .way = &way};
  b.single = head->demand >= 0 && !is_many(d, head->original, head->mask);
  d->stratum = original(d, rule->head)->component;
  TRY(dsr_sideways_start(&way, d->from, rule, head->mask, d->small, d->error));
  b.goals = dsr_alloc(((size_t)rule->n_goals + 2) * sizeof *b.goals);
  b.used = dsr_alloc((size_t)rule->n_vars + 1);
  dsr_status rc = b.goals != NULL && b.used != NULL ? DSR_OK : no_memory(d);
  if (rc >= 0) {
    rc = rule->origin == DSR_ORIGIN_FOLD ? rewrite_fold(&b, head)
         : head->way >= 0 ? rewrite_way(&b, &way, head, written->args, tail)
                          : rewrite_body(&b, &way, head);
  }
  dsr_free(b.goals);
  dsr_free(b.used);
  dsr_sideways_stop(&way);
  return rc;
}

/* ---- the whole ------------------------------------------------------------------- */

/* How many tuples a predicate that no rule derives has, roughly. */
static dsr_status size_of(const demander *d, const dsr_predicate *p, uint64_t *out) {
  *out = UINT64_MAX;
  if (p->kind == DSR_PREDICATE_BASE) {
    return dsr_scan_estimate(d->from->facts, p->relation, 0, out);
  }
  return p->kind == DSR_PREDICATE_TABLE ? dsr_extent_count(p->table, out) : DSR_OK;
}

/* Find what is small: a hundredth of the largest, at most. */
static dsr_status find_small(demander *d) {
  uint64_t largest = 0, size;
  for (size_t i = 0; i < d->from->predicates.len; i++) {
    TRY(size_of(d, original(d, (int)i), &size));
    if (size != UINT64_MAX && size > largest) largest = size;
  }
  for (size_t i = 0; i < d->from->predicates.len; i++) {
    TRY(size_of(d, original(d, (int)i), &size));
    d->small[i] = size <= largest / 100;
  }
  return DSR_OK;
}

/* An empty book with the strata of the one that it is made from.  Names of answers and
** parameters stay those of that one. */
static dsr_status start_book(demander *d) {
  dsr_rulebook_free(d->to);
  d->to = dsr_alloc(sizeof *d->to);
  if (d->to == NULL) return no_memory(d);
  d->to->facts = d->from->facts;
  d->to->query = -1;
  d->done.len = 0;
  d->again = d->any = d->relied = false;
  d->begun = 0;
  for (size_t i = 0; i < d->from->predicates.len; i++) d->plain[i] = -1;
  for (size_t i = 0; i < d->from->parameters.len; i++) {
    if (!VEC_PUSH(&d->to->parameters, d->from->parameters.items[i])) {
      return no_memory(d);
    }
  }
  for (size_t i = 0; i < d->from->answers.len; i++) {
    if (!VEC_PUSH(&d->to->answers, d->from->answers.items[i])) return no_memory(d);
  }
  for (size_t i = 0; i < d->from->strata.len; i++) {
    dsr_stratum stratum = {.recursive = d->from->strata.items[i].recursive};
    if (!VEC_PUSH(&d->to->strata, stratum)) return no_memory(d);
  }
  return DSR_OK;
}

/* The predicates that are asked for from outside. */
static dsr_status adorn_roots(demander *d) {
  size_t at;
  for (size_t i = 0; i < d->from->constraints.len; i++) {
    int predicate = d->from->constraints.items[i];
    d->whole[predicate] = true;
    TRY(adorn(d, predicate, 0, &at));
    if (!VEC_PUSH(&d->to->constraints, d->done.items[at].made)) return no_memory(d);
  }
  if (d->from->query < 0) return DSR_OK;
  d->whole[d->from->query] = true;
  TRY(adorn(d, d->from->query, 0, &at));
  d->to->query = d->done.items[at].made;
  return DSR_OK;
}

/* Rewrite from the roots on, until something turns out to be whole. */
static dsr_status rewrite_all(demander *d) {
  TRY(start_book(d));
  TRY(adorn_roots(d));
  for (size_t i = 0; i < d->done.len && !d->again; i++) {
    for (size_t k = 0; k < d->from->rules.len && !d->again; k++) {
      const adorned head = d->done.items[i];
      const dsr_rule *rule = &d->from->rules.items[k];
      if (rule->head == head.original) TRY(rewrite(d, &head, rule));
    }
  }
  return DSR_OK;
}

static bool has_way(const demander *d) {
  for (size_t i = 0; i < d->done.len; i++) {
    if (d->done.items[i].way >= 0) return true;
  }
  return false;
}

/* A stratum of which nothing is whole runs only when it is called. */
static void mark_called(demander *d) {
  for (size_t i = 0; i < d->to->strata.len; i++) d->to->strata.items[i].called = true;
  for (size_t i = 0; i < d->done.len; i++) {
    const adorned *copy = &d->done.items[i];
    if (copy->demand >= 0) continue;
    d->to->strata.items[original(d, copy->original)->component].called = false;
  }
}

/* With `least` only what must be is asked for by parts. */
static dsr_status run(demander *d, bool least) {
  TRY(find_small(d));
  for (size_t i = 0; i < d->from->predicates.len; i++) {
    d->whole[i] = least && original(d, (int)i)->asked == 0;
  }
  do TRY(rewrite_all(d));
  while (d->again || (d->relied && has_way(d)));
  mark_called(d);
  /* Rules that nothing asks for were left behind. */
  bool fewer = d->to->rules.len < d->from->rules.len;
  return d->any || fewer || d->from->asks ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_rulebook_demand(const dsr_rulebook *book, unsigned how, dsr_error *error,
                               dsr_rulebook **out) {
  demander d = {.from = book, .tails = (how & DSR_DEMAND_TAILS) != 0, .error = error};
  size_t n = book->predicates.len + 1;
  bool *flags = dsr_alloc(2 * n * sizeof *flags);
  d.plain = dsr_alloc(n * sizeof *d.plain);
  d.whole = flags;
  d.small = flags != NULL ? flags + n : NULL;
  dsr_status rc = flags != NULL && d.plain != NULL
                      ? run(&d, (how & DSR_DEMAND_LEAST) != 0)
                      : no_memory(&d);
  if (rc == DSR_OK) {
    *out = d.to;
  } else {
    dsr_rulebook_free(d.to);
  }
  VEC_FREE(&d.done);
  VEC_FREE(&d.many);
  dsr_free(flags);
  dsr_free(d.plain);
  return rc;
}
