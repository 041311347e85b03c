/*
** height.c - the rounds of an evaluation, found after it.
**
** Tuples are numbered, with a hash over predicate and columns.  Rounds are lists of numbers:
** a tuple that is taken from round n goes through every atom that reads its predicate, and
** heads that are met for the first time make round n + 1.  So every instance is met when
** the highest of its tuples is taken, and not before.
*/
#include "logic/height.h"

#include <string.h>

#include "ground/mem.h"
#include "ground/text.h"
#include "logic/strategy.h"

enum { BLOCK = 1024 };

typedef struct entry {
  int predicate;
  int height;       /* -1: not known */
  uint32_t first;   /* in the pool */
  uint32_t waiting; /* folded: tuples of the group whose height is not known */
} entry;

typedef VEC(uint32_t) numbers;

struct dsr_heights {
  dsr_world *world;
  dsr_rulebook *book;
  dsr_error *error;
  dsr_instances in;
  VEC(entry) entries;
  numbers pool;
  uint32_t *table; /* numbers of entries, plus one */
  size_t room;
  size_t *counts; /* by predicate */
  /* the rounds */
  int now;
  numbers round, next;
  dsr_strategy strategy;
  dsr_evaluation run;
};

static dsr_predicate *predicate_at(const dsr_heights *h, int predicate) {
  return &h->book->predicates.items[predicate];
}

static bool is_ruled(const dsr_heights *h, int predicate) {
  return predicate_at(h, predicate)->kind == DSR_PREDICATE_RULED;
}

/* ---- the table --------------------------------------------------------------------- */

static uint64_t hash_of(int predicate, const uint32_t *tuple, int width) {
  return dsr_hash(tuple, (size_t)width * sizeof *tuple, (uint64_t)predicate);
}

static size_t place_of(const dsr_heights *h, int predicate, const uint32_t *tuple) {
  int width = predicate_at(h, predicate)->width;
  size_t mask = h->room - 1, at = (size_t)hash_of(predicate, tuple, width) & mask;
  for (; h->table[at] != 0; at = (at + 1) & mask) {
    const entry *met = &h->entries.items[h->table[at] - 1];
    if (met->predicate == predicate &&
        memcmp(h->pool.items + met->first, tuple, (size_t)width * sizeof *tuple) == 0) {
      break;
    }
  }
  return at;
}

int64_t dsr_heights_find(const dsr_heights *h, int predicate, const uint32_t *tuple) {
  return h->room == 0 ? -1 : (int64_t)h->table[place_of(h, predicate, tuple)] - 1;
}

static bool grow(dsr_heights *h) {
  if (h->entries.len * 2 < h->room) return true;
  size_t room = h->room == 0 ? 256 : h->room * 2;
  uint32_t *table = dsr_alloc(room * sizeof *table);
  if (table == NULL) return false;
  dsr_free(h->table);
  h->table = table;
  h->room = room;
  for (size_t i = 0; i < h->entries.len; i++) {
    const entry *e = &h->entries.items[i];
    table[place_of(h, e->predicate, h->pool.items + e->first)] = (uint32_t)i + 1;
  }
  return true;
}

static dsr_status add(dsr_heights *h, int predicate, const uint32_t *tuple) {
  size_t width = (size_t)predicate_at(h, predicate)->width;
  entry fresh = {.predicate = predicate, .height = -1, .first = (uint32_t)h->pool.len};
  if (!grow(h) || !VEC_RESERVE(&h->pool, width + 1)) return dsr_fail_memory(h->error);
  size_t at = place_of(h, predicate, tuple);
  if (h->table[at] != 0) return DSR_OK;
  if (h->pool.len + width >= UINT32_MAX || h->entries.len >= UINT32_MAX - 1) {
    return dsr_fail(h->error, DSR_ELIMIT, "too much is derived to be explained");
  }
  if (!VEC_PUSH(&h->entries, fresh)) return dsr_fail_memory(h->error);
  if (width > 0) memcpy(h->pool.items + h->pool.len, tuple, width * sizeof *tuple);
  h->pool.len += width;
  h->table[at] = (uint32_t)h->entries.len;
  h->counts[predicate]++;
  return DSR_OK;
}

/* ---- what was derived -------------------------------------------------------------- */

static dsr_status take_block(dsr_heights *h, int predicate, uint32_t *const *columns,
                             size_t n) {
  uint32_t tuple[DSR_WIDTH_MAX];
  int width = predicate_at(h, predicate)->width;
  for (size_t i = 0; i < n; i++) {
    for (int c = 0; c < width; c++) tuple[c] = columns[c][i];
    TRY(add(h, predicate, tuple));
  }
  return DSR_OK;
}

static dsr_status take_extent(dsr_heights *h, int predicate, dsr_extent *from,
                              uint32_t *scratch) {
  dsr_walk walk;
  uint32_t *columns[DSR_WIDTH_MAX];
  uint64_t count;
  size_t n = 1;
  TRY(dsr_extent_count(from, &count));
  if (count == 0) return DSR_OK;
  if (predicate_at(h, predicate)->width == 0) return add(h, predicate, scratch);
  for (int c = 0; c < DSR_WIDTH_MAX; c++) columns[c] = scratch + c * BLOCK;
  TRY(dsr_walk_start(&walk, from));
  while (n > 0) {
    TRY(dsr_walk_next(&walk, columns, BLOCK, &n));
    TRY(take_block(h, predicate, columns, n));
  }
  return DSR_OK;
}

/* All copies of derived predicates, numbered as in the book. */
static dsr_status take_all(dsr_heights *h) {
  const dsr_rulebook *book = h->run.book;
  uint32_t *scratch = dsr_alloc((size_t)DSR_WIDTH_MAX * BLOCK * sizeof *scratch);
  dsr_status rc = scratch != NULL ? DSR_OK : dsr_fail_memory(h->error);
  for (size_t i = 0; i < book->predicates.len && rc >= 0; i++) {
    const dsr_predicate *p = &book->predicates.items[i];
    int of = book == h->book ? (int)i : p->copy_of - 1;
    if (p->kind != DSR_PREDICATE_RULED || of < 0) continue;
    rc = take_extent(h, of, h->run.router.seats[i].extent, scratch);
  }
  dsr_free(scratch);
  return rc;
}

/* A stored extent for each derived predicate. */
static dsr_status make_extents(dsr_heights *h) {
  size_t n = h->book->predicates.len;
  for (size_t i = 0; i < n; i++) {
    dsr_predicate *p = predicate_at(h, (int)i);
    if (p->kind == DSR_PREDICATE_BASE) {
      TRY(dsr_world_base(h->world, p, true, &h->in.extents[i]));
      dsr_calls_open(h->in.calls);
    } else if (p->kind == DSR_PREDICATE_TABLE) {
      h->in.extents[i] = p->table;
    } else {
      TRY(dsr_extent_new(DSR_EXTENT_STORED, p->width, h->error, &h->in.extents[i]));
    }
  }
  for (size_t i = 0; i < h->entries.len; i++) {
    const entry *e = &h->entries.items[i];
    TRY(dsr_extent_fill(h->in.extents[e->predicate], h->pool.items + e->first, 1));
  }
  return DSR_OK;
}

/* ---- rounds ------------------------------------------------------------------------ */

static dsr_status settle(dsr_heights *h, int64_t at, int height, numbers *list) {
  entry *e = &h->entries.items[at];
  if (e->height >= 0) return DSR_OK;
  e->height = height;
  return VEC_PUSH(list, (uint32_t)at) ? DSR_OK : dsr_fail_memory(h->error);
}

/* The heads of a rule's instances, and where they go. */
typedef struct heading {
  dsr_heights *h;
  const dsr_rule *rule;
  int height;
  numbers *list;
} heading;

/* Only tuples up to the round at work take part. */
static bool admit(void *ud, const dsr_goal *goal, const uint32_t *tuple) {
  const dsr_heights *h = ((const heading *)ud)->h;
  if (!is_ruled(h, goal->predicate)) return true;
  int64_t at = dsr_heights_find(h, goal->predicate, tuple);
  if (at < 0) return false;
  int height = h->entries.items[at].height;
  return height >= 0 && height <= h->now;
}

static dsr_status found_head(void *ud, const dsr_instance *instance) {
  const heading *to = ud;
  uint32_t tuple[DSR_WIDTH_MAX];
  bool known;
  TRY(dsr_instance_tuple(&to->h->in, instance, to->rule->args,
                         predicate_at(to->h, to->rule->head)->width, tuple, &known));
  int64_t at = known ? dsr_heights_find(to->h, to->rule->head, tuple) : -1;
  return at < 0 ? DSR_OK : settle(to->h, at, to->height, to->list);
}

static dsr_status found_first(void *ud, const dsr_instance *instance) {
  dsr_status rc = found_head(ud, instance);
  return rc < 0 ? rc : DSR_DONE;
}

static bool reads_derived(const dsr_heights *h, const dsr_rule *rule) {
  for (int i = 0; i < rule->n_goals; i++) {
    const dsr_goal *goal = &rule->goals[i];
    if (goal->kind != DSR_GOAL_ATOM || goal->negated || goal->otherwise) continue;
    if (is_ruled(h, goal->predicate)) return true;
  }
  return false;
}

/* Is the tuple the head of some instance?  One is enough. */
static dsr_status begin_tuple(dsr_heights *h, const dsr_rule *rule,
                              const uint32_t *tuple, dsr_arena *arena) {
  bool base = rule->origin == DSR_ORIGIN_BASE, fits;
  heading to = {h, rule, base ? 0 : 1, base ? &h->round : &h->next};
  dsr_instance_watch watch = {admit, found_first, &to};
  dsr_instance at;
  TRY(dsr_instance_new(rule, arena, h->error, &at));
  TRY(dsr_instance_match(&h->in, &at, rule->args, predicate_at(h, rule->head)->width,
                         tuple, &fits));
  return fits ? dsr_instance_each(&h->in, rule, &at, &watch) : DSR_OK;
}

/* Rules that read nothing derived: the first rounds.  Only tuples that were derived are
** looked at, however many instances the base has. */
static dsr_status begin_rule(dsr_heights *h, const dsr_rule *rule) {
  if (rule->origin == DSR_ORIGIN_FOLD || reads_derived(h, rule)) return DSR_OK;
  for (size_t i = 0; i < h->entries.len; i++) {
    const entry *e = &h->entries.items[i];
    dsr_arena arena = {0};
    if (e->predicate != rule->head || e->height >= 0) continue;
    dsr_status rc = begin_tuple(h, rule, h->pool.items + e->first, &arena);
    dsr_arena_free(&arena);
    if (rc < 0) return rc;
  }
  return DSR_OK;
}

/* The folded tuple of a tuple's group; -1. */
static int64_t folded_of(dsr_heights *h, const dsr_rule *rule, const uint32_t *tuple) {
  uint32_t folded[DSR_WIDTH_MAX];
  uint8_t order[DSR_WIDTH_MAX];
  dsr_index *index;
  dsr_range range;
  for (int i = 0; i <= rule->groups; i++) order[i] = (uint8_t)i;
  memcpy(folded, tuple, (size_t)rule->groups * sizeof *folded);
  if (dsr_extent_index(h->in.extents[rule->head], order, rule->groups, true, &index) <
          0 ||
      !dsr_index_range(index, folded, rule->groups, &range) || range.n == 0) {
    return -1;
  }
  folded[rule->groups] = range.items[0];
  return dsr_heights_find(h, rule->head, folded);
}

static void count_waiting(dsr_heights *h) {
  for (size_t r = 0; r < h->book->rules.len; r++) {
    const dsr_rule *rule = &h->book->rules.items[r];
    if (rule->origin != DSR_ORIGIN_FOLD) continue;
    for (size_t i = 0; i < h->entries.len; i++) {
      const entry *e = &h->entries.items[i];
      if (e->predicate != rule->goals[0].predicate) continue;
      int64_t at = folded_of(h, rule, h->pool.items + e->first);
      if (at >= 0) h->entries.items[at].waiting++;
    }
  }
}

static dsr_status pass_fold(dsr_heights *h, const dsr_rule *rule, int64_t tuple) {
  const entry *e = &h->entries.items[tuple];
  if (e->predicate != rule->goals[0].predicate) return DSR_OK;
  int64_t at = folded_of(h, rule, h->pool.items + e->first);
  if (at < 0 || --h->entries.items[at].waiting > 0) return DSR_OK;
  return settle(h, at, h->now + 1, &h->next);
}

/* Let a tuple of the round at work through one atom of a rule. */
static dsr_status pass_goal(dsr_heights *h, const dsr_rule *rule, int goal,
                            const uint32_t *tuple, dsr_arena *arena) {
  heading to = {h, rule, h->now + 1, &h->next};
  const dsr_goal *atom = &rule->goals[goal];
  const dsr_predicate *p = predicate_at(h, atom->predicate);
  dsr_instance at;
  bool fits;
  uint32_t none;
  TRY(dsr_calls_number(h->in.calls, DSR_WORD_NONE, &none));
  if (atom->written_time && tuple[p->arity] == none) return DSR_OK;
  TRY(dsr_instance_new(rule, arena, h->error, &at));
  TRY(dsr_instance_match(&h->in, &at, atom->args, atom->n_args, tuple, &fits));
  at.done[goal] = true;
  if (p->width > 0) memcpy(at.tuples[goal], tuple, (size_t)p->width * sizeof *tuple);
  dsr_instance_watch watch = {admit, found_head, &to};
  return fits ? dsr_instance_each(&h->in, rule, &at, &watch) : DSR_OK;
}

static dsr_status pass(dsr_heights *h, int64_t tuple) {
  uint32_t columns[DSR_WIDTH_MAX];
  int predicate = h->entries.items[tuple].predicate;
  memcpy(columns, h->pool.items + h->entries.items[tuple].first,
         (size_t)predicate_at(h, predicate)->width * sizeof *columns);
  for (size_t r = 0; r < h->book->rules.len; r++) {
    const dsr_rule *rule = &h->book->rules.items[r];
    if (rule->origin == DSR_ORIGIN_FOLD) {
      TRY(pass_fold(h, rule, tuple));
      continue;
    }
    for (int i = 0; i < rule->n_goals; i++) {
      const dsr_goal *goal = &rule->goals[i];
      if (goal->kind != DSR_GOAL_ATOM || goal->negated) continue;
      if (goal->predicate != predicate) continue;
      dsr_arena arena = {0};
      dsr_status rc = pass_goal(h, rule, i, columns, &arena);
      dsr_arena_free(&arena);
      if (rc < 0) return rc;
    }
  }
  return DSR_OK;
}

static dsr_status run_rounds(dsr_heights *h) {
  count_waiting(h);
  h->now = -1; /* nothing derived is admitted yet */
  for (int pass_base = 1; pass_base >= 0; pass_base--) {
    for (size_t i = 0; i < h->book->rules.len; i++) {
      const dsr_rule *rule = &h->book->rules.items[i];
      if ((rule->origin == DSR_ORIGIN_BASE) == pass_base) TRY(begin_rule(h, rule));
    }
  }
  for (h->now = 0; h->round.len > 0 || h->next.len > 0; h->now++) {
    for (size_t i = 0; i < h->round.len; i++) TRY(pass(h, h->round.items[i]));
    numbers done = h->round;
    h->round = h->next;
    h->next = done;
    h->next.len = 0;
  }
  return DSR_OK;
}

/* ---- the whole --------------------------------------------------------------------- */

static dsr_status run_all(dsr_heights *h, bool heights) {
  size_t n = h->book->predicates.len + 1;
  h->counts = dsr_alloc(n * sizeof *h->counts);
  h->in.extents = dsr_alloc(n * sizeof *h->in.extents);
  if (h->counts == NULL || h->in.extents == NULL) return dsr_fail_memory(h->error);
  dsr_strategy_start(&h->strategy, h->book, true);
  h->strategy.whole = true;
  TRY(dsr_evaluation_run(&h->run, h->world, &h->strategy, false));
  h->in.calls = h->run.calls;
  h->in.guard = dsr_eval_guard(h->run.eval, &dsr_world_realm(h->world)->bounds,
                               "the explanation");
  TRY(take_all(h));
  TRY(make_extents(h));
  return heights ? run_rounds(h) : DSR_OK;
}

dsr_status dsr_heights_new(dsr_world *world, dsr_rulebook *book, bool heights,
                           dsr_heights **out) {
  dsr_error *error = dsr_facts_error(dsr_world_facts(world));
  dsr_heights *h = dsr_alloc(sizeof *h);
  if (h == NULL) return dsr_fail_memory(error);
  h->world = world;
  h->book = book;
  h->error = h->in.error = error;
  h->in.book = book;
  h->in.numbers = dsr_world_numbers(world);
  dsr_status rc = run_all(h, heights);
  if (rc == DSR_ESTOPPED) dsr_world_realm(world)->stop = 0;
  if (rc < 0) {
    dsr_heights_free(h);
    return rc;
  }
  *out = h;
  return DSR_OK;
}

void dsr_heights_free(dsr_heights *h) {
  if (h == NULL) return;
  for (size_t i = 0; h->in.extents != NULL && i < h->book->predicates.len; i++) {
    if (is_ruled(h, (int)i)) dsr_extent_free(h->in.extents[i]);
  }
  dsr_instances_stop(&h->in);
  dsr_evaluation_stop(&h->run);
  dsr_strategy_stop(&h->strategy);
  dsr_free(h->in.extents);
  dsr_free(h->counts);
  dsr_free(h->table);
  VEC_FREE(&h->entries);
  VEC_FREE(&h->pool);
  VEC_FREE(&h->round);
  VEC_FREE(&h->next);
  dsr_free(h);
}

dsr_instances *dsr_heights_in(dsr_heights *h) { return &h->in; }

size_t dsr_heights_count(const dsr_heights *h, int predicate) {
  return h->counts[predicate];
}

int dsr_heights_of(const dsr_heights *h, int64_t at) {
  return h->entries.items[at].height;
}

int dsr_heights_predicate(const dsr_heights *h, int64_t at) {
  return h->entries.items[at].predicate;
}

const uint32_t *dsr_heights_tuple(const dsr_heights *h, int64_t at) {
  return h->pool.items + h->entries.items[at].first;
}

int64_t dsr_heights_all(const dsr_heights *h) { return (int64_t)h->entries.len; }
