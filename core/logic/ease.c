/*
** ease.c - extents of what rules derive, in shapes that cost less.
**
** Tuples of three columns and more are kept with a hash, which drops those that come twice
** and lets rules read what grows.  Two cases need none of that:
** - A head that one path alone fills, once, before anybody reads it, with tuples that all
**   differ, is a stored extent: columns that are sorted when somebody reads them.  Where
**   they are the query's answers and only their number is asked for, they are counted.
** - What is complete and is read by a cyclic body is copied into a stored extent, since
**   that can be read a column at a time, sorted; whoever is planned from then on reads the
**   copy.  Cost: a sort of its tuples for each order that is read, and their memory again.
*/
#include "logic/ease.h"

#include "eval/differ.h"
#include "ground/mem.h"
#include "logic/path.h"

enum {
  NARROW = 2
}; /* columns; such extents have rows, which are quick to read as they are */

/* ---- who reads and writes ---------------------------------------------------------- */

/* Rules that derive a predicate, that read it, and that do so through a tap. */
typedef struct dealings {
  int writers, readers, tapping;
  bool folded;
} dealings;

static dealings dealings_with(const dsr_router *router, int predicate) {
  dealings found = {0};
  for (size_t i = 0; i < router->book->rules.len; i++) {
    const dsr_rule *rule = &router->book->rules.items[i];
    bool fold = rule->origin == DSR_ORIGIN_FOLD;
    bool tapping = fold || dsr_route_grows(router, predicate, rule->stratum);
    found.writers += rule->head == predicate;
    for (int k = 0; k < rule->n_goals; k++) {
      const dsr_goal *goal = &rule->goals[k];
      if (goal->kind != DSR_GOAL_ATOM || goal->predicate != predicate) continue;
      found.readers++;
      found.tapping += tapping;
      found.folded = found.folded || fold;
    }
  }
  return found;
}

/* ---- heads ------------------------------------------------------------------------- */

void dsr_ease_head(const dsr_router *router, const dsr_routed *routed, dsr_op *ops,
                   int n) {
  int head = routed->rule->head;
  const dsr_predicate *p = &router->book->predicates.items[head];
  if (routed->first >= 0 || p->best != 0 || p->width == 0) return;
  dealings with = dealings_with(router, head);
  if (router->seats[head].grows || with.writers > 1 || with.tapping > 0) return;
  if (p->width <= NARROW && with.readers > 0) return;
  if (!dsr_ops_differ(ops, n)) return;
  bool only_count =
      router->only_count && head == router->book->query && with.readers == 0;
  dsr_extent_store(router->seats[head].extent, only_count);
  if (only_count) ops[n - 1].n_args = 0;
}

/* ---- bodies ------------------------------------------------------------------------ */

/* Is it complete, kept with a hash, and never handed out through a tap again? */
static bool may_be_sorted(const dsr_router *router, int predicate, int stratum) {
  const dsr_predicate *p = &router->book->predicates.items[predicate];
  if (p->kind != DSR_PREDICATE_RULED || p->best != 0 || p->width <= NARROW)
    return false;
  if (dsr_route_grows(router, predicate, stratum) || p->component > stratum)
    return false;
  if (router->book->strata.items[p->component].called) return false;
  return dsr_extent_kind_of(router->seats[predicate].extent) == DSR_EXTENT_MADE &&
         !dealings_with(router, predicate).folded;
}

static dsr_status copy_blocks(dsr_extent *from, dsr_extent *to, uint32_t *scratch) {
  enum { BLOCK = 1024 };
  uint32_t *columns[DSR_WIDTH_MAX];
  dsr_walk walk;
  size_t n = 1;
  for (int c = 0; c < DSR_WIDTH_MAX; c++) columns[c] = scratch + (size_t)c * BLOCK;
  TRY(dsr_walk_start(&walk, from));
  while (n > 0) {
    TRY(dsr_walk_next(&walk, columns, BLOCK, &n));
    TRY(dsr_extent_fill_columns(to, (const uint32_t *const *)columns, n));
  }
  return DSR_OK;
}

static dsr_status sort_predicate(dsr_router *router, int predicate) {
  enum { SCRATCH = 1024 * DSR_WIDTH_MAX };
  dsr_seat *seat = &router->seats[predicate];
  dsr_extent *sorted;
  TRY(dsr_eval_extent(router->eval, DSR_EXTENT_STORED, dsr_extent_width(seat->extent),
                      &sorted));
  uint32_t *scratch = dsr_resize(NULL, SCRATCH * sizeof *scratch);
  if (scratch == NULL) return dsr_fail_memory(router->error);
  dsr_status rc = copy_blocks(seat->extent, sorted, scratch);
  dsr_free(scratch);
  TRY(rc);
  seat->extent = sorted;
  seat->counted = false;
  return DSR_OK;
}

/* Do the atoms of the body make a circle? */
static dsr_status is_cyclic(dsr_router *router, const dsr_rule *rule, bool *out) {
  dsr_sketch body;
  TRY(dsr_sketch_start(&body, router, rule, -1));
  *out = dsr_sketch_cyclic(&body, 0);
  dsr_sketch_stop(&body);
  return DSR_OK;
}

static dsr_status ease_body(dsr_router *router, const dsr_rule *rule) {
  bool cyclic = false, asked = false;
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || goal->negated || goal->otherwise) continue;
    if (!may_be_sorted(router, goal->predicate, rule->stratum)) continue;
    if (!asked) TRY(is_cyclic(router, rule, &cyclic));
    asked = true;
    if (cyclic) TRY(sort_predicate(router, goal->predicate));
  }
  return DSR_OK;
}

dsr_status dsr_ease_bodies(dsr_router *router, int stratum) {
  for (size_t i = 0; i < router->book->rules.len; i++) {
    const dsr_rule *rule = &router->book->rules.items[i];
    if (rule->stratum != stratum || rule->origin == DSR_ORIGIN_FOLD) continue;
    TRY(ease_body(router, rule));
  }
  return DSR_OK;
}
