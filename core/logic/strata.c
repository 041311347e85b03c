/*
** strata.c - which predicates need one another, and in which order they are derived.
**
** Predicates that need one another are a component (Tarjan 1972), found callees first, which
** is the order to derive them in.  What is negated or aggregated must be complete before it
** is read, so it lies in a lower component; where it does not, the way round is told.
**
** Cost: linear in the rules; nothing here calls itself, so long chains of rules are no harm.
*/
#include <stdio.h>
#include <string.h>

#include "logic/aggregate.h"
#include "logic/rule.h"

/* Which predicates the rules of each read, back to back. */
typedef struct graph {
  const dsr_rulebook *book;
  dsr_error *error;
  int n;
  int *first; /* by predicate: its first edge; first[n] is their number */
  int *to;
  /* of the search */
  int *order, *low; /* 0: not met */
  int *next;        /* the edge to go on with */
  int *stack, *path;
  bool *waits; /* on the stack */
} graph;

/* ---- edges -------------------------------------------------------------------------- */

static bool is_edge(const dsr_rulebook *book, const dsr_rule *rule,
                    const dsr_goal *goal) {
  return goal->kind == DSR_GOAL_ATOM && dsr_goal_counts(rule, goal) &&
         book->predicates.items[goal->predicate].kind == DSR_PREDICATE_RULED;
}

static dsr_status make_edges(graph *g) {
  const dsr_rulebook *book = g->book;
  g->first = dsr_alloc(((size_t)g->n + 2) * sizeof *g->first);
  if (g->first == NULL) return dsr_fail_memory(g->error);
  size_t total = 0;
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    for (int k = 0; k < rule->n_goals; k++) {
      if (!is_edge(book, rule, &rule->goals[k])) continue;
      g->first[rule->head + 2]++;
      total++;
    }
  }
  g->to = dsr_alloc((total + 1) * sizeof *g->to);
  if (g->to == NULL) return dsr_fail_memory(g->error);
  for (int i = 0; i < g->n; i++) g->first[i + 2] += g->first[i + 1];
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    for (int k = 0; k < rule->n_goals; k++) {
      if (!is_edge(book, rule, &rule->goals[k])) continue;
      g->to[g->first[rule->head + 1]++] = rule->goals[k].predicate;
    }
  }
  return DSR_OK;
}

static dsr_status start(graph *g, const dsr_rulebook *book, dsr_error *error) {
  *g = (graph){.book = book, .error = error, .n = (int)book->predicates.len};
  size_t n = (size_t)g->n + 1;
  g->order = dsr_alloc(5 * n * sizeof *g->order);
  g->waits = dsr_alloc(n * sizeof *g->waits);
  if (g->order == NULL || g->waits == NULL) return dsr_fail_memory(error);
  g->low = g->order + n;
  g->next = g->low + n;
  g->stack = g->next + n;
  g->path = g->stack + n;
  return make_edges(g);
}

static void stop(graph *g) {
  dsr_free(g->first);
  dsr_free(g->to);
  dsr_free(g->order);
  dsr_free(g->waits);
}

/* ---- components --------------------------------------------------------------------- */

static void free_strata(dsr_rulebook *book) {
  for (size_t i = 0; i < book->strata.len; i++) {
    VEC_FREE(&book->strata.items[i].predicates);
    VEC_FREE(&book->strata.items[i].calls);
  }
  book->strata.len = 0;
}

/* The predicates on the stack from `root` on are a component. */
static dsr_status close_component(graph *g, dsr_rulebook *book, int root, int *height) {
  dsr_stratum stratum = {.recursive = g->stack[*height - 1] != root};
  int at = (int)book->strata.len, predicate;
  if (!VEC_PUSH(&book->strata, stratum)) return dsr_fail_memory(g->error);
  dsr_stratum *made = &book->strata.items[at];
  do {
    predicate = g->stack[--*height];
    g->waits[predicate] = false;
    book->predicates.items[predicate].component = at;
    if (!VEC_PUSH(&made->predicates, predicate)) return dsr_fail_memory(g->error);
  } while (predicate != root);
  for (int e = g->first[root]; e < g->first[root + 1]; e++) {
    made->recursive = made->recursive || g->to[e] == root;
  }
  for (size_t i = 0; i < made->predicates.len; i++) {
    book->predicates.items[made->predicates.items[i]].recursive = made->recursive;
  }
  return DSR_OK;
}

/* Everything that `root` leads to; its own stack, so that depth costs memory alone. */
static dsr_status search(graph *g, dsr_rulebook *book, int root, int *met,
                         int *height) {
  int depth = 0;
  g->path[depth++] = root;
  while (depth > 0) {
    int at = g->path[depth - 1];
    if (g->order[at] == 0) {
      g->order[at] = g->low[at] = ++*met;
      g->next[at] = g->first[at];
      g->stack[(*height)++] = at;
      g->waits[at] = true;
    }
    int down = -1;
    while (g->next[at] < g->first[at + 1] && down < 0) {
      int to = g->to[g->next[at]];
      if (g->order[to] == 0) {
        down = to;
        break;
      }
      if (g->waits[to] && g->low[to] < g->low[at]) g->low[at] = g->low[to];
      g->next[at]++;
    }
    if (down >= 0) {
      g->path[depth++] = down;
      continue;
    }
    depth--;
    if (g->low[at] == g->order[at]) TRY(close_component(g, book, at, height));
  }
  return DSR_OK;
}

static dsr_status find_components(graph *g, dsr_rulebook *book) {
  int met = 0, height = 0;
  free_strata(book);
  for (int i = 0; i < g->n; i++) {
    book->predicates.items[i].component = -1;
    book->predicates.items[i].recursive = false;
  }
  for (int i = 0; i < g->n; i++) {
    bool ruled = book->predicates.items[i].kind == DSR_PREDICATE_RULED;
    if (!ruled || g->order[i] != 0) continue;
    TRY(search(g, book, i, &met, &height));
  }
  for (size_t i = 0; i < book->rules.len; i++) {
    dsr_rule *rule = &book->rules.items[i];
    rule->stratum = book->predicates.items[rule->head].component;
  }
  return DSR_OK;
}

static dsr_status components(dsr_rulebook *book, dsr_error *error) {
  graph g;
  dsr_status rc = start(&g, book, error);
  if (rc >= 0) rc = find_components(&g, book);
  stop(&g);
  return rc;
}

/* ---- what may not be in a loop -------------------------------------------------------- */

static bool in_loop(const dsr_rulebook *book, const dsr_rule *rule,
                    const dsr_goal *goal) {
  return is_edge(book, rule, goal) &&
         book->predicates.items[goal->predicate].component == rule->stratum;
}

/* Does the goal need all of what it reads? */
static bool needs_all(const dsr_rule *rule, const dsr_goal *goal) {
  return goal->negated || rule->origin == DSR_ORIGIN_FOLD;
}

/* The way from one predicate of a component to another, in words. */
typedef struct way {
  const dsr_rulebook *book;
  int *from; /* by predicate: the rule by which it was reached, plus one */
  int *goal;
  VEC(int) queue;
} way;

/* Find how `target` is reached from `start`. */
static bool find_way(way *w, int start_at, int target) {
  const dsr_rulebook *book = w->book;
  w->queue.items[w->queue.len++] = start_at;
  for (size_t at = 0; at < w->queue.len; at++) {
    int predicate = w->queue.items[at];
    if (predicate == target) return true;
    for (size_t i = 0; i < book->rules.len; i++) {
      const dsr_rule *rule = &book->rules.items[i];
      for (int k = 0; k < rule->n_goals && rule->head == predicate; k++) {
        int to = rule->goals[k].predicate;
        if (!in_loop(book, rule, &rule->goals[k]) || w->from[to] || to == start_at) {
          continue;
        }
        w->from[to] = (int)i + 1;
        w->goal[to] = k;
        w->queue.items[w->queue.len++] = to;
      }
    }
  }
  return false;
}

/* A predicate that the language has a name for. */
static bool is_named(const dsr_predicate *p) {
  return p->use == DSR_USE_RELATION || p->use == DSR_USE_CLAIMED;
}

typedef struct sentence {
  char text[900];
  size_t len;
} sentence;

static void say(sentence *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(sentence *s, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(s->text + s->len, sizeof s->text - s->len, format, args);
  va_end(args);
  if (n > 0) s->len += (size_t)n;
  if (s->len >= sizeof s->text) s->len = sizeof s->text - 1;
}

/* How a goal reads what it reads: "not ", "count of ", or "". */
static void say_reading(sentence *s, const dsr_rule *rule, const dsr_goal *goal) {
  if (rule->origin == DSR_ORIGIN_FOLD) {
    say(s, "%s of ", dsr_aggregate_name((dsr_fold_kind)rule->fold));
  } else if (goal->negated) {
    say(s, "not ");
  }
}

/* One step of the way; predicates that have no name are passed through. */
static void say_step(sentence *s, const dsr_rulebook *book, const dsr_rule *rule,
                     const dsr_goal *goal) {
  const dsr_predicate *head = &book->predicates.items[rule->head];
  const dsr_predicate *to = &book->predicates.items[goal->predicate];
  if (is_named(head)) {
    say(s, "%s%s needs ", s->len > 0 ? ", " : "", dsr_show(head->name).text);
  }
  say_reading(s, rule, goal);
  if (is_named(to)) say(s, "%s", dsr_show(to->name).text);
}

/* The steps from `start` to `target`, which were found backwards. */
static void say_way(sentence *s, way *w, int start_at, int target) {
  int n = 0;
  w->queue.len = 0;
  for (int at = target; at != start_at;) {
    w->queue.items[w->queue.len++] = at;
    at = w->book->rules.items[w->from[at] - 1].head;
    n++;
  }
  while (n-- > 0) {
    int at = w->queue.items[n];
    const dsr_rule *rule = &w->book->rules.items[w->from[at] - 1];
    say_step(s, w->book, rule, &rule->goals[w->goal[at]]);
  }
}

/* Put the loop into words, from its first named predicate on. */
static bool say_loop(sentence *s, way *w, const dsr_rule *rule, const dsr_goal *goal) {
  const dsr_rulebook *book = w->book;
  int head = rule->head;
  /* A predicate without a name is read by one rule alone: go up to a named one. */
  if (is_named(&book->predicates.items[head])) {
    say_step(s, book, rule, goal);
    if (!find_way(w, goal->predicate, head)) return false;
    say_way(s, w, goal->predicate, head);
    return true;
  }
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *above = &book->rules.items[i];
    for (int k = 0; k < above->n_goals; k++) {
      if (above->goals[k].predicate != head ||
          !in_loop(book, above, &above->goals[k])) {
        continue;
      }
      if (!is_named(&book->predicates.items[above->head])) continue;
      say_step(s, book, above, &above->goals[k]);
      say_reading(s, rule, goal);
      if (is_named(&book->predicates.items[goal->predicate])) {
        say(s, "%s", dsr_show(book->predicates.items[goal->predicate].name).text);
      }
      if (!find_way(w, goal->predicate, above->head)) return false;
      say_way(s, w, goal->predicate, above->head);
      return true;
    }
  }
  return false;
}

static dsr_status refuse(dsr_rulebook *book, dsr_error *error, const dsr_rule *rule,
                         const dsr_goal *goal) {
  way w = {.book = book};
  sentence s = {.len = 0};
  size_t n = book->predicates.len + 1;
  w.from = dsr_alloc(2 * n * sizeof *w.from);
  bool room = w.from != NULL && VEC_RESERVE(&w.queue, n);
  if (room) {
    w.goal = w.from + n;
    say_loop(&s, &w, rule, goal);
  }
  dsr_free(w.from);
  VEC_FREE(&w.queue);
  if (!room) return dsr_fail_memory(error);
  const char *what = rule->origin == DSR_ORIGIN_FOLD ? "an aggregate" : "\"not\"";
  const char *format =
      "%s cannot be part of a loop, since it needs all of what it is "
      "about: %s";
  if (rule->program == NULL) return dsr_fail(error, DSR_ESYNTAX, format, what, s.text);
  return dsr_program_error(rule->program, rule->clause->file, goal->at, error,
                           DSR_ESYNTAX, format, what, s.text);
}

/* Every loop is told once, at its first goal. */
static dsr_status check_loops(dsr_rulebook *book, dsr_error *error) {
  dsr_status rc = DSR_OK;
  bool *told = dsr_alloc((book->strata.len + 1) * sizeof *told);
  if (told == NULL) return dsr_fail_memory(error);
  for (size_t i = 0; i < book->rules.len; i++) {
    const dsr_rule *rule = &book->rules.items[i];
    for (int k = 0; k < rule->n_goals && !told[rule->stratum]; k++) {
      const dsr_goal *goal = &rule->goals[k];
      if (!in_loop(book, rule, goal) || !needs_all(rule, goal)) continue;
      told[rule->stratum] = true;
      rc = refuse(book, error, rule, goal);
      break;
    }
  }
  dsr_free(told);
  return rc;
}

dsr_status dsr_rulebook_stratify(dsr_rulebook *book, dsr_error *error) {
  TRY(components(book, error));
  dsr_status rc = dsr_rulebook_loosen(book, error);
  if (rc == DSR_OK) rc = components(book, error);
  TRY(rc);
  rc = dsr_rulebook_best(book, error);
  if (rc < 0) return rc;
  if (rc == DSR_OK) {
    TRY(dsr_rulebook_prune(book, true)); /* the folds that are rules now */
    TRY(components(book, error));
  }
  TRY(check_loops(book, error));
  return dsr_rulebook_monotone(book, error);
}
