/*
** path.c - the search for an order of a body's steps.
**
** What a set of filled variables came to, in rows, hardly depends on the order in which they
** were filled; so the best way to each set is found from the best ways to smaller ones
** (dynamic programming over sets, as Selinger et al. 1979 for joins).  With more than
** SEARCHED variables to fill, the next step is the one with the fewest rows.
**
** The cost of a step is the rows that come out of it, a look into an index for each member,
** and what it costs to add to the head: little where whole ranges are added to one row.
*/
#include "logic/path.h"

#include <assert.h>
#include <string.h>

#include "ground/mem.h"

enum { SEARCHED = 9, MOVES = DSR_SKETCH_VARS + 64 };
static const double LOOK = 0.5;    /* of a look into an index, in rows */
static const double ASKING = 0.3;  /* of asking one more member about a value */
static const double ADD_ROW = 0.3; /* of a tuple that comes to the head in a range */
static const double PIECE = 8;     /* new tuples of a row that come together */
static const double SORTING = 1.5; /* of a tuple that is sorted for an order */
/* Of a supplied extent: of a fetch; of a tuple that is fetched, or read with all others. */
static const double FETCH = 300, FETCHED = 30;

/* A step that may come next: a variable from all members, or (`var` -1) what is left of an
** atom. */
typedef struct move {
  int var, goal;
} move;

/* What a step comes to. */
typedef struct weight {
  uint64_t filled;
  double rows, cost; /* rows out for each row in; cost of each row in */
  double once;       /* of making orders, however many rows there are */
} weight;

typedef struct search {
  const dsr_sketch *body;
  uint64_t all;   /* every needed variable */
  uint64_t given; /* filled by the source and what follows from it */
  int deferred;   /* the variable that is in the pieces, or -1 */
  bool cyclic;
  dsr_path_step *steps;
  int n, room;
  uint64_t filled;
  bool *done, *written; /* by goal */
  double rows;
} search;

static bool shuffled(const search *s) { return s->body->router->options->shuffle != 0; }

static uint64_t chance(const search *s, uint64_t n) {
  dsr_router *router = s->body->router;
  router->random =
      router->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (router->random >> 33) % n;
}

/* An atom that may fill something. */
static bool is_open(const search *s, int i, uint64_t filled) {
  const dsr_sketch_part *part = &s->body->parts[i];
  return part->kind == DSR_SKETCH_FILLS && i != s->body->first &&
         (part->fills & ~filled) != 0;
}

/* ---- members ---------------------------------------------------------------------- */

/* Does an atom take part in filling a variable, where another one brings the values?  If
** it is complete by that it must say yes or no in any case. */
static bool takes_part(const search *s, const dsr_sketch_part *part, uint64_t filled,
                       const dsr_member *member) {
  int var = part->vars[member->next];
  if ((part->fills & ~filled) == dsr_bit(var)) return true;
  if (shuffled(s)) return chance(s, 2) == 0;
  double share = dsr_sketch_share(s->body, part, member->known, member->next);
  if (!s->cyclic) return share < 0.5;
  return member->known != 0 || share < 0.8;
}

/* The atoms that fill a variable, the one with the fewest values first; how many. */
static int find_members(const search *s, uint64_t filled, int var, dsr_member *out) {
  int n = 0, driver = -1;
  double least = 0;
  for (int i = 0; i < s->body->n_parts; i++) {
    const dsr_sketch_part *part = &s->body->parts[i];
    int column = dsr_sketch_column(part, var);
    if (!is_open(s, i, filled) || !part->by_column || column < 0) continue;
    double fan = dsr_sketch_fan(part, dsr_sketch_known(part, filled), column);
    if (driver >= 0 && fan >= least) continue;
    driver = i;
    least = fan;
  }
  for (int i = 0; i < s->body->n_parts && driver >= 0; i++) {
    const dsr_sketch_part *part = &s->body->parts[i];
    dsr_member member = {i, dsr_sketch_known(part, filled),
                         dsr_sketch_column(part, var)};
    if (!is_open(s, i, filled) || !part->by_column || member.next < 0) continue;
    if (i != driver && (n == DSR_MEMBERS || !takes_part(s, part, filled, &member))) {
      continue;
    }
    if (i != driver) {
      out[n++] = member;
    } else {
      if (n == DSR_MEMBERS) n--;
      if (n > 0) out[n] = out[0];
      out[0] = member;
      n++;
    }
  }
  return n;
}

/* ---- weighing --------------------------------------------------------------------- */

/* Does the way need an order other than the columns' own? */
static bool is_turned(const dsr_member *member) {
  unsigned known = member->known;
  if ((known & (known + 1)) != 0) return true;
  return member->next >= 0 && member->next != __builtin_popcount(known);
}

/* A look into a supplied extent for each of `rows`. */
static void weigh_fetch(const dsr_sketch_part *part, const dsr_supply *supply,
                        unsigned known, double rows, weight *w) {
  if ((known & supply->columns) != 0) {
    w->cost += rows * (FETCH + FETCHED * dsr_sketch_fan(part, known, -1));
  } else {
    w->once += FETCHED * supply->count;
  }
}

static void weigh_order(const search *s, const dsr_member *member, weight *w) {
  const dsr_sketch_part *part = &s->body->parts[member->goal];
  const dsr_supply *supply = dsr_extent_supply_of(part->seat->extent);
  if (supply != NULL) weigh_fetch(part, supply, member->known, 1, w);
  if (!is_turned(member) || supply != NULL) return;
  bool stored = dsr_extent_kind_of(part->seat->extent) == DSR_EXTENT_STORED;
  w->once += s->body->first < 0 && stored ? SORTING * part->seat->count : 0.01;
}

/* Atoms that were no members and have nothing left to fill are asked. */
static void weigh_checks(const search *s, uint64_t before, const dsr_member *members,
                         int n, weight *w, bool *any) {
  for (int i = 0; i < s->body->n_parts; i++) {
    const dsr_sketch_part *part = &s->body->parts[i];
    bool member = false;
    if (!is_open(s, i, before) || is_open(s, i, w->filled)) continue;
    for (int m = 0; m < n; m++) member = member || members[m].goal == i;
    if (member && !part->twin) continue;
    *any = true;
    w->cost += w->rows * LOOK;
    unsigned known = dsr_sketch_known(part, before);
    const dsr_supply *supply = dsr_extent_supply_of(part->seat->extent);
    if (supply != NULL) {
      weigh_fetch(part, supply, dsr_sketch_known(part, w->filled), w->rows, w);
    }
    for (int c = 0; c < part->goal->n_args; c++) {
      if ((known >> c & 1) || part->vars[c] < 0) continue;
      w->rows *= dsr_sketch_share(s->body, part, known, c);
      known |= 1u << c;
    }
  }
}

static void weigh_fill(const search *s, uint64_t before, int var, weight *w,
                       bool *plain) {
  dsr_member members[DSR_MEMBERS];
  int n = find_members(s, before, var, members);
  *plain = n == 1;
  for (int m = 0; m < n; m++) {
    const dsr_sketch_part *part = &s->body->parts[members[m].goal];
    w->cost += LOOK;
    weigh_order(s, &members[m], w);
    if (m == 0) {
      w->rows = dsr_sketch_fan(part, members[m].known, members[m].next);
      /* Of a cyclic body an atom was asked when its known columns were filled. */
      bool sure = s->cyclic && __builtin_popcount(members[m].known) > 1;
      if (sure && w->rows < 1) w->rows = 1;
    } else {
      w->cost += w->rows * ASKING;
      w->rows *= dsr_sketch_share(s->body, part, members[m].known, members[m].next);
    }
  }
  w->filled = before | dsr_bit(var);
  bool any = false;
  weigh_checks(s, before, members, n, w, &any);
  *plain = *plain && !any;
}

static void weigh_rest(const search *s, uint64_t before, int goal, weight *w) {
  const dsr_sketch_part *part = &s->body->parts[goal];
  dsr_member member = {goal, dsr_sketch_known(part, before), -1};
  bool any;
  w->rows = dsr_sketch_fan(part, member.known, -1);
  w->cost += LOOK;
  weigh_order(s, &member, w);
  w->filled = before | part->fills;
  weigh_checks(s, before, &member, 1, w, &any);
}

static weight weigh(const search *s, uint64_t before, const move *m) {
  weight w = {0};
  bool plain = false;
  const dsr_sketch *body = s->body;
  if (m->var < 0) {
    weigh_rest(s, before, m->goal, &w);
  } else if (m->var == s->deferred) {
    w.rows = PIECE;
    w.filled = before | dsr_bit(m->var);
    bool any = false;
    weigh_checks(s, before, NULL, 0, &w, &any);
    plain = !any;
  } else {
    weigh_fill(s, before, m->var, &w, &plain);
  }
  uint64_t raw = w.filled;
  double rows = w.rows;
  w.cost += rows;
  w.filled = dsr_sketch_settle(body, before, w.filled, &w.rows);
  plain = plain && w.filled == raw && w.rows >= rows;
  if (w.filled == s->all) {
    bool whole =
        body->pairs && plain && m->var >= 0 && dsr_bit(m->var) == body->head_last;
    w.cost += w.rows * (whole ? ADD_ROW : 1);
  }
  /* Rows of the head are then added to one after the other. */
  if ((raw & ~before & body->head_first) != 0) {
    w.cost += 0.02 * w.rows * __builtin_popcountll(before);
  }
  return w;
}

/* The steps that may come next; how many. */
static int find_moves(const search *s, uint64_t filled, move *out) {
  int n = 0;
  for (int var = 0; var < s->body->n_vars; var++) {
    bool fills = var == s->deferred;
    if (filled >> var & 1) continue;
    for (int i = 0; i < s->body->n_parts && !fills; i++) {
      const dsr_sketch_part *part = &s->body->parts[i];
      fills = is_open(s, i, filled) && part->by_column && (part->fills >> var & 1);
    }
    if (fills) out[n++] = (move){var, -1};
  }
  for (int i = 0; i < s->body->n_parts && n < MOVES; i++) {
    const dsr_sketch_part *part = &s->body->parts[i];
    if (!is_open(s, i, filled) || (part->by_column && !shuffled(s))) continue;
    /* What is in the pieces is not filled from elsewhere. */
    if (s->deferred >= 0 && (part->fills & ~filled & dsr_bit(s->deferred)) != 0)
      continue;
    out[n++] = (move){-1, i};
  }
  return n;
}

/* ---- steps ------------------------------------------------------------------------ */

static dsr_path_step *push(search *s, dsr_path_kind kind, int goal) {
  assert(s->n < s->room);
  dsr_path_step *step = &s->steps[s->n++];
  *step = (dsr_path_step){.kind = kind, .goal = goal, .var = -1, .rows = s->rows};
  return step;
}

static void push_way(search *s, dsr_path_kind kind, int goal) {
  dsr_path_step *step = push(s, kind, goal);
  step->n_members = 1;
  step->members[0] =
      (dsr_member){goal, dsr_sketch_known(&s->body->parts[goal], s->filled), -1};
}

/* The variable of the written time that a goal's atom asks for; -1: none. */
static int written_var(const search *s, int goal) {
  const dsr_sketch_part *part = &s->body->parts[goal];
  if (part->goal->kind != DSR_GOAL_ATOM || !part->goal->written_time) return -1;
  if (part->kind != DSR_SKETCH_FILLS) return -1;
  const dsr_rulebook *book = s->body->router->book;
  return part->vars[book->predicates.items[part->goal->predicate].arity];
}

/* Do atoms, too, fill what an equation fills?  Then it is joined by word. */
static bool is_joined(const search *s, uint64_t bit) {
  return (bit & s->body->by_atoms) != 0 || s->body->rule->origin == DSR_ORIGIN_DEMAND;
}

static bool may_be_number(dsr_domain type) {
  return type == DSR_COL_ANY || type == DSR_COL_NUMBER;
}

static void push_equation(search *s, int goal) {
  const dsr_sketch_part *part = &s->body->parts[goal];
  int to = (part->sides[0] & ~s->filled) != 0 ? 0 : 1;
  if ((part->sides[to] & ~s->filled) == 0) {
    push(s, DSR_STEP_TEST, goal);
    return;
  }
  const dsr_arg *arg = &part->goal->args[to];
  bool call = part->goal->numeric || (is_joined(s, part->sides[to]) &&
                                      may_be_number(s->body->rule->types[arg->var]));
  dsr_path_step *step = push(s, call ? DSR_STEP_BIND : DSR_STEP_ALIAS, goal);
  step->var = s->body->dense[arg->var];
  step->from = 1 - to;
  s->filled |= dsr_bit(step->var);
}

static void push_goal(search *s, int goal) {
  const dsr_sketch_part *part = &s->body->parts[goal];
  s->done[goal] = true;
  switch (part->kind) {
    case DSR_SKETCH_EQUATES:
      push_equation(s, goal);
      break;
    case DSR_SKETCH_FILLS:
      push_way(s, DSR_STEP_HAS, goal);
      break;
    case DSR_SKETCH_GIVES:
      if (part->goal->kind == DSR_GOAL_CALL) {
        push(s, DSR_STEP_CALL, goal);
      } else {
        dsr_path_step *step = push(s, DSR_STEP_DEFAULT, goal);
        int last = part->goal->n_args - 1;
        step->n_members = 1;
        step->members[0] = (dsr_member){goal, (1u << last) - 1, last};
      }
      s->filled |= part->fills;
      break;
    case DSR_SKETCH_CHECKS:
      if (part->goal->kind == DSR_GOAL_ATOM) {
        push_way(s, DSR_STEP_HAS, goal);
      } else {
        push(s, DSR_STEP_TEST, goal);
      }
      break;
  }
}

/* What is cheap and throws rows away goes first. */
static int turn_of(const dsr_sketch_part *part) {
  if (part->kind == DSR_SKETCH_EQUATES) return 0;
  if (part->goal->kind == DSR_GOAL_ATOM) return part->goal->negated ? 3 : 2;
  if (part->kind == DSR_SKETCH_CHECKS) return part->goal->kind == DSR_GOAL_CALL ? 4 : 1;
  return 5;
}

static void push_written(search *s) {
  for (int i = 0; i < s->body->n_parts; i++) {
    int var = written_var(s, i);
    if (var < 0 || s->written[i] || !(s->filled >> var & 1)) continue;
    s->written[i] = true;
    push(s, DSR_STEP_WRITTEN, i)->var = var;
  }
}

/* Run whatever may run, until nothing more may. */
static void push_ready(search *s) {
  for (;;) {
    int best = -1;
    push_written(s);
    for (int i = 0; i < s->body->n_parts; i++) {
      const dsr_sketch_part *part = &s->body->parts[i];
      if (s->done[i] || !dsr_sketch_ready(part, s->filled)) continue;
      if (best < 0 || turn_of(part) < turn_of(&s->body->parts[best])) best = i;
    }
    if (best < 0) return;
    push_goal(s, best);
  }
}

static void push_fill(search *s, int var) {
  dsr_path_step *step = push(s, DSR_STEP_FILL, -1);
  step->var = var;
  step->n_members = find_members(s, s->filled, var, step->members);
  s->filled |= dsr_bit(var);
  for (int m = 0; m < step->n_members; m++) {
    int goal = step->members[m].goal;
    const dsr_sketch_part *part = &s->body->parts[goal];
    if (!part->twin && (part->fills & ~s->filled) == 0) s->done[goal] = true;
  }
}

static void push_move(search *s, const move *m) {
  weight w = weigh(s, s->filled, m);
  s->rows *= w.rows;
  if (m->var < 0) {
    push_way(s, DSR_STEP_REST, m->goal);
    s->done[m->goal] = true;
    s->filled |= s->body->parts[m->goal].fills;
  } else if (m->var == s->deferred) {
    push(s, DSR_STEP_SLICE, s->body->first)->var = m->var;
    s->filled |= dsr_bit(m->var);
  } else {
    push_fill(s, m->var);
  }
  push_ready(s);
}

/* ---- searching -------------------------------------------------------------------- */

/* The best way found to a set of variables. */
typedef struct reached {
  double cost, rows; /* cost < 0: none */
  int from;
  move by;
} reached;

/* Sets of the variables to fill, as bits of a number. */
typedef struct packing {
  int n;
  int vars[SEARCHED];
  uint64_t given;
} packing;

static uint64_t unpack(const packing *p, int set) {
  uint64_t filled = p->given;
  for (int i = 0; i < p->n; i++) {
    if (set >> i & 1) filled |= dsr_bit(p->vars[i]);
  }
  return filled;
}

static int pack(const packing *p, uint64_t filled) {
  int set = 0;
  for (int i = 0; i < p->n; i++) set |= (int)(filled >> p->vars[i] & 1) << i;
  return set;
}

static void reach_from(const search *s, const packing *p, reached *sets, int set) {
  move moves[MOVES];
  uint64_t filled = unpack(p, set);
  int n = find_moves(s, filled, moves);
  for (int i = 0; i < n; i++) {
    weight w = weigh(s, filled, &moves[i]);
    reached *to = &sets[pack(p, w.filled)];
    double cost = sets[set].cost + sets[set].rows * w.cost + w.once;
    if (to->cost >= 0 && to->cost <= cost) continue;
    *to = (reached){cost, sets[set].rows * w.rows, set, moves[i]};
  }
}

/* The moves of the best way, in order; how many. */
static int trace(const reached *sets, int set, move *out) {
  int n = 0;
  for (int at = set; at != 0; at = sets[at].from) n++;
  for (int at = set, i = n; at != 0; at = sets[at].from) out[--i] = sets[at].by;
  return n;
}

/* Find the best order of all; *found false: there are too many variables for that. */
static dsr_status search_all(search *s, bool *found) {
  move moves[SEARCHED];
  packing p = {.given = s->filled};
  *found = false;
  for (uint64_t open = s->all & ~s->filled; open != 0; open &= open - 1) {
    if (p.n == SEARCHED) return DSR_OK;
    p.vars[p.n++] = __builtin_ctzll(open);
  }
  size_t n_sets = (size_t)1 << p.n;
  reached *sets = dsr_alloc(n_sets * sizeof *sets);
  if (sets == NULL) return dsr_fail_memory(s->body->router->error);
  for (size_t i = 1; i < n_sets; i++) sets[i].cost = -1;
  sets[0].rows = 1;
  for (size_t i = 0; i < n_sets; i++) {
    if (sets[i].cost >= 0) reach_from(s, &p, sets, (int)i);
  }
  *found = sets[n_sets - 1].cost >= 0;
  int n = *found ? trace(sets, (int)n_sets - 1, moves) : 0;
  dsr_free(sets);
  for (int i = 0; i < n; i++) push_move(s, &moves[i]);
  return DSR_OK;
}

/* The next step, by what it alone comes to. */
static bool step_on(search *s) {
  move moves[MOVES];
  weight best = {0};
  int at = 0, n = find_moves(s, s->filled, moves);
  if (n == 0) return false;
  if (shuffled(s)) {
    push_move(s, &moves[chance(s, (uint64_t)n)]);
    return true;
  }
  for (int i = 0; i < n; i++) {
    weight w = weigh(s, s->filled, &moves[i]);
    if (i > 0 && (w.rows > best.rows || (w.rows == best.rows && w.cost >= best.cost))) {
      continue;
    }
    best = w;
    at = i;
  }
  push_move(s, &moves[at]);
  return true;
}

/* ---- sources ---------------------------------------------------------------------- */

/* Is the variable filled by atoms alone? */
static bool only_atoms_fill(const dsr_sketch *body, int var) {
  for (int i = 0; i < body->n_parts; i++) {
    const dsr_sketch_part *part = &body->parts[i];
    uint64_t fills = part->kind == DSR_SKETCH_EQUATES ? part->sides[0] | part->sides[1]
                     : part->kind == DSR_SKETCH_GIVES ? part->fills
                                                      : 0;
    if (fills >> var & 1) return false;
  }
  return true;
}

/* May new tuples come as pieces of rows? */
static bool in_pieces(const search *s, const dsr_sketch_part *part) {
  int column = dsr_extent_rows_of(part->seat->extent);
  if (column < 0 || part->twin) return false;
  if (part->vars[column] == DSR_VAR_KNOWN) return false;
  if (part->vars[column] >= 0 && !only_atoms_fill(s->body, part->vars[column])) {
    return false;
  }
  return !shuffled(s) || chance(s, 2) == 0;
}

static void push_source(search *s) {
  int first = s->body->first;
  s->rows = 1;
  if (first < 0) {
    push(s, DSR_STEP_ONCE, -1);
    push_ready(s);
    return;
  }
  const dsr_sketch_part *part = &s->body->parts[first];
  s->done[first] = true;
  s->filled = part->fills;
  if (!in_pieces(s, part)) {
    push(s, DSR_STEP_DELTA, first);
  } else {
    push(s, DSR_STEP_CHUNK, first);
    s->deferred = part->vars[dsr_extent_rows_of(part->seat->extent)];
    if (s->deferred >= 0) s->filled &= ~dsr_bit(s->deferred);
  }
  push_ready(s);
}

/* ---- putting steps together ------------------------------------------------------- */

/* Are whole ranges added by what is the last step? */
static bool adds_rows(const search *s, int at) {
  const dsr_path_step *step = &s->steps[at];
  return at == s->n - 1 && s->body->pairs && dsr_bit(step->var) == s->body->head_last;
}

/* Does the step fill a variable from this atom, with a few values, and ask others only
** whether they have the value at all?  *others: how many. */
static bool fills_from(const search *s, const dsr_path_step *step, int goal,
                       int *others) {
  enum { FEW = 8 };
  const dsr_member *member = &step->members[0];
  if (step->kind != DSR_STEP_FILL || member->goal != goal) return false;
  *others = step->n_members - 1;
  for (int m = 1; m < step->n_members; m++) {
    const dsr_sketch_part *part = &s->body->parts[step->members[m].goal];
    if (step->members[m].known != 0 || part->twin) return false;
  }
  const dsr_sketch_part *part = &s->body->parts[goal];
  return *others == 0 || dsr_sketch_fan(part, member->known, member->next) <= FEW;
}

/* Has the atom a column that is "any"?  Then it is better filled column by column, since
** values come once only. */
static bool has_any(const dsr_sketch_part *part) {
  for (int i = 0; i < part->goal->n_args; i++) {
    if (part->vars[i] == DSR_VAR_ANY) return true;
  }
  return false;
}

/* How many steps from `at` on fill one atom's variables, to the last, one after the other;
** 0 where they are better left alone.  *asked: members beside the atom, in all. */
static int run_length(const search *s, int at, int *asked) {
  int n = 1, goal = s->steps[at].members[0].goal, others;
  if (!fills_from(s, &s->steps[at], goal, asked) || *asked > 0) return 0;
  for (; at + n < s->n && fills_from(s, &s->steps[at + n], goal, &others); n++) {
    *asked += others;
  }
  const dsr_sketch_part *part = &s->body->parts[goal];
  unsigned filled = s->steps[at + n - 1].members[0].known;
  if (n == 1 || has_any(part) || part->twin || adds_rows(s, at + n - 1)) return 0;
  if (s->n - n + 1 + *asked > s->room) return 0;
  return __builtin_popcount(filled) + 1 == part->goal->n_args ? n : 0;
}

/* Steps [at, at + n) give way to `by` others. */
static void change_steps(search *s, int at, int n, int by) {
  memmove(&s->steps[at + by], &s->steps[at + n],
          (size_t)(s->n - at - n) * sizeof *s->steps);
  s->n += by - n;
}

static void drop_steps(search *s, int at, int n) { change_steps(s, at, n, 0); }

/* The other members of the steps of a run, each as a step that asks. */
static int ask_others(const dsr_path_step *run, int n, dsr_path_step *out) {
  int asked = 0;
  for (int i = 0; i < n; i++) {
    for (int m = 1; m < run[i].n_members; m++) {
      const dsr_member *member = &run[i].members[m];
      out[asked] = (dsr_path_step){.kind = DSR_STEP_HAS, .goal = member->goal};
      out[asked].var = -1;
      out[asked].rows = run[i].rows;
      out[asked].n_members = 1;
      out[asked++].members[0] = (dsr_member){member->goal, 1u << member->next, -1};
    }
  }
  return asked;
}

/* Fill all of an atom in one step where nothing stands between but questions that can be
** asked afterwards: a look into its index for each tuple costs more than these. */
static void join_runs(search *s) {
  dsr_path_step others[DSR_WIDTH_MAX * DSR_MEMBERS];
  for (int at = 0; at < s->n; at++) {
    int asked, n = run_length(s, at, &asked);
    if (n == 0) continue;
    dsr_path_step *step = &s->steps[at];
    (void)ask_others(step, n, others);
    step->rows = s->steps[at + n - 1].rows;
    step->kind = DSR_STEP_REST;
    step->goal = step->members[0].goal;
    step->members[0].next = -1;
    change_steps(s, at + 1, n - 1, asked);
    memcpy(step + 1, others, (size_t)asked * sizeof *others);
  }
}

/* Nothing known of an atom: it is walked. */
static void find_scans(search *s) {
  for (int at = 0; at < s->n; at++) {
    dsr_path_step *step = &s->steps[at];
    if (step->kind != DSR_STEP_REST || step->members[0].known != 0) continue;
    step->kind = DSR_STEP_SCAN;
    step->n_members = 0;
  }
  if (s->n > 1 && s->steps[0].kind == DSR_STEP_ONCE &&
      s->steps[1].kind == DSR_STEP_SCAN) {
    drop_steps(s, 0, 1);
  }
}

/* Pieces that are taken apart at once are tuples. */
static void find_delta(search *s) {
  if (s->n < 2 || s->steps[1].kind != DSR_STEP_SLICE || adds_rows(s, 1)) return;
  s->steps[0].kind = DSR_STEP_DELTA;
  s->steps[0].rows = s->steps[1].rows;
  drop_steps(s, 1, 1);
}

/* ---- the whole -------------------------------------------------------------------- */

static dsr_status find(search *s) {
  bool found = false;
  push_source(s);
  s->cyclic = dsr_sketch_cyclic(s->body, s->filled);
  if (!shuffled(s)) TRY(search_all(s, &found));
  while (!found && step_on(s)) {
  }
  if (s->filled != s->all) {
    return dsr_fail(s->body->router->error, DSR_EUNSUPPORTED,
                    "the rule at line %d has a variable that nothing fills",
                    s->body->rule->at.line);
  }
  join_runs(s);
  find_scans(s);
  find_delta(s);
  return DSR_OK;
}

dsr_status dsr_path_find(const dsr_sketch *body, dsr_path_step **steps, int *n) {
  size_t goals = (size_t)body->n_parts;
  search s = {.body = body, .deferred = -1};
  s.all = body->n_vars > 0 ? ~UINT64_C(0) >> (64 - body->n_vars) : 0;
  s.room = 2 * body->n_parts + body->n_vars + 2;
  s.steps = dsr_alloc((size_t)s.room * sizeof *s.steps);
  s.done = dsr_alloc(2 * (goals + 1) * sizeof *s.done);
  dsr_status rc = dsr_fail_memory(body->router->error);
  if (s.steps != NULL && s.done != NULL) {
    s.written = s.done + goals + 1;
    rc = find(&s);
  }
  dsr_free(s.done);
  if (rc < 0) {
    dsr_free(s.steps);
    return rc;
  }
  *steps = s.steps;
  *n = s.n;
  return DSR_OK;
}
