/*
** eval_loop.c - what components promise besides deriving: best tuples, calls, folds,
** limits.
**
**   eval_loop [SEED]
**
** Shortest paths against Floyd and Warshall's; a negation under demand, with a
** component that is called, against plain sets; folds of groups that go on growing;
** runs that end at a limit of tuples, bytes or time or are stopped, and say so.  Where
** the library was built with faults, allocations fail one by one.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "eval/loop.h"
#include "ground/mem.h"

enum { NODES = 12, FAR = 1000 };

typedef struct fixture {
  dsr_error error;
  dsr_numbers *numbers;
  dsr_eval *eval;
} fixture;

static dsr_status open_fixture(fixture *f) {
  memset(f, 0, sizeof *f);
  TRY(dsr_numbers_new(&f->error, &f->numbers));
  return dsr_eval_new(f->numbers, &f->error, &f->eval);
}

static void close_fixture(fixture *f) {
  dsr_eval_free(f->eval);
  dsr_numbers_free(f->numbers);
}

static uint64_t chance_state;

static uint32_t below(uint32_t n) {
  chance_state =
      chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963);
  return (uint32_t)(chance_state >> 33) % n;
}

/* ---- operators ------------------------------------------------------------------- */

static dsr_ref slot(int at) { return (dsr_ref){at, 0}; }
static dsr_ref number(uint32_t n) { return (dsr_ref){-1, n}; }
static dsr_take fills(int at) { return (dsr_take){DSR_TAKE_FILL, slot(at)}; }

/* SCAN or DELTA into slots from 0. */
static dsr_op source(dsr_op_kind kind, dsr_extent *extent) {
  dsr_op op = {.kind = kind, .extent = extent, .n_takes = dsr_extent_width(extent)};
  for (int i = 0; i < op.n_takes; i++) op.takes[i] = fills(i);
  return op;
}

/* JOIN by the first column, the others into slots from `out`; HAS where out is below 0.
** */
static dsr_status by_first(dsr_extent *extent, int key, int out, dsr_op *op) {
  uint8_t order[DSR_WIDTH_MAX];
  for (int i = 0; i < DSR_WIDTH_MAX; i++) order[i] = (uint8_t)i;
  *op = (dsr_op){.kind = out < 0 ? DSR_OP_HAS : DSR_OP_JOIN, .n_ways = 1, .rest = true};
  op->ways[0].prefix = 1;
  op->ways[0].key[0] = slot(key);
  if (out >= 0) op->n_takes = dsr_extent_width(extent) - 1;
  for (int i = 0; i < op->n_takes; i++) op->takes[i] = fills(out + i);
  return dsr_extent_index(extent, order, 1, false, &op->ways[0].index);
}

static dsr_op emit(dsr_extent *extent, dsr_ref a, dsr_ref b, dsr_ref c) {
  return (dsr_op){.kind = DSR_OP_EMIT,
                  .extent = extent,
                  .n_args = dsr_extent_width(extent),
                  .args = {a, b, c}};
}

static dsr_status add_numbers(void *ud, const uint32_t *args, dsr_results *out) {
  (void)ud;
  if (!VEC_PUSH(&out->numbers, args[0] + args[1])) return DSR_ENOMEM;
  out->rows = 1;
  return DSR_OK;
}

static dsr_op sum(int a, dsr_ref b, int out) {
  return (dsr_op){.kind = DSR_OP_CALL,
                  .n_args = 2,
                  .args = {slot(a), b},
                  .call = add_numbers,
                  .n_takes = 1,
                  .takes = {fills(out)}};
}

/* ---- best ------------------------------------------------------------------------ */

typedef struct roads {
  uint32_t length[NODES][NODES]; /* FAR: no road */
} roads;

static void make_roads(roads *r) {
  for (int i = 0; i < NODES; i++) {
    for (int k = 0; k < NODES; k++) {
      r->length[i][k] = below(4) == 0 ? 1 + below(20) : FAR;
    }
  }
}

static void shorten(roads *r) {
  for (int m = 0; m < NODES; m++) {
    for (int i = 0; i < NODES; i++) {
      for (int k = 0; k < NODES; k++) {
        uint32_t by = r->length[i][m] + r->length[m][k];
        if (by < r->length[i][k]) r->length[i][k] = by;
      }
    }
  }
}

/* d(X, Y, min L) :- road(X, Y, L).  d(X, Z, min L + M) :- d(X, Y, L), road(Y, Z, M). */
static dsr_status run_roads(fixture *f, const roads *r, dsr_extent **out) {
  dsr_extent *road;
  dsr_pipeline *made;
  int component;
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_STORED, 3, &road));
  for (uint32_t i = 0; i < NODES; i++) {
    for (uint32_t k = 0; k < NODES; k++) {
      uint32_t tuple[3] = {i, k, r->length[i][k]};
      if (tuple[2] < FAR) TRY(dsr_extent_fill(road, tuple, 1));
    }
  }
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_BEST, 3, out));
  TRY(dsr_eval_component(f->eval, &component));
  dsr_op first[] = {source(DSR_OP_SCAN, road), emit(*out, slot(0), slot(1), slot(2))};
  TRY(dsr_eval_once(f->eval, component, first, 2, &made));
  dsr_op next[] = {source(DSR_OP_DELTA, *out),
                   {0},
                   sum(2, slot(4), 5),
                   emit(*out, slot(0), slot(3), slot(5))};
  TRY(by_first(road, 1, 3, &next[1]));
  TRY(dsr_eval_feed(f->eval, component, *out, false, next, 4, &made));
  return dsr_eval_run(f->eval, component, NULL);
}

static dsr_status agree_roads(roads *r, bool *ok) {
  fixture f;
  dsr_extent *made;
  uint64_t count = 0, wanted = 0;
  dsr_status rc = open_fixture(&f);
  if (rc >= 0) rc = run_roads(&f, r, &made);
  if (rc >= 0) rc = dsr_extent_count(made, &count);
  if (rc >= 0) {
    *ok = true;
    shorten(r);
    for (uint32_t i = 0; i < NODES; i++) {
      for (uint32_t k = 0; k < NODES; k++) {
        uint32_t tuple[3] = {i, k, r->length[i][k]};
        if (tuple[2] >= FAR) continue;
        wanted++;
        *ok = *ok && dsr_extent_has(made, tuple);
      }
    }
    *ok = *ok && count == wanted;
  }
  close_fixture(&f);
  return rc;
}

static int test_best(void) {
  for (int i = 0; i < 50; i++) {
    roads r;
    bool ok;
    make_roads(&r);
    for (long at = 1;; at++) {
      roads copy = r;
      dsr_mem_fail_at(i % 10 == 0 ? at : 0);
      dsr_status rc = agree_roads(&copy, &ok);
      dsr_mem_fail_at(0);
      if (rc >= 0) break;
      CHECK(rc == DSR_ENOMEM);
    }
    CHECK(ok);
  }
  return 0;
}

/* ---- calls ----------------------------------------------------------------------- */

typedef struct graph {
  bool edge[NODES][NODES], end[NODES];
} graph;

/* dead(X): a way along edges leads from X to an end. */
static bool is_dead(const graph *g, uint32_t x, bool *seen) {
  if (seen[x]) return false;
  seen[x] = true;
  if (g->end[x]) return true;
  for (uint32_t y = 0; y < NODES; y++) {
    if (g->edge[x][y] && is_dead(g, y, seen)) return true;
  }
  return false;
}

/* live(0).  live(Y) :- live(X), edge(X, Y), not dead(Y). */
static void go(const graph *g, uint32_t x, bool *live) {
  live[x] = true;
  for (uint32_t y = 0; y < NODES; y++) {
    bool seen[NODES] = {false};
    if (g->edge[x][y] && !live[y] && !is_dead(g, y, seen)) go(g, y, live);
  }
}

static dsr_status fill_graph(fixture *f, const graph *g, dsr_extent **edge,
                             dsr_extent **end) {
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_STORED, 2, edge));
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_STORED, 1, end));
  for (uint32_t x = 0; x < NODES; x++) {
    if (g->end[x]) TRY(dsr_extent_fill(*end, &x, 1));
    for (uint32_t y = 0; y < NODES; y++) {
      uint32_t pair[2] = {x, y};
      if (g->edge[x][y]) TRY(dsr_extent_fill(*edge, pair, 1));
    }
  }
  return DSR_OK;
}

/* With demand: dead is derived for what is asked for only.
**   asked(Y) :- live(X), edge(X, Y).         live(Y) :- live(X), edge(X, Y), not
**   dead(Y). asked(Y) :- asked(X), edge(X, Y).        dead(X) :- asked(X), end(X).
**   dead(X) :- asked(X), edge(X, Y), dead(Y), also as fed by dead(Y). */
static dsr_status run_live(fixture *f, const graph *g, dsr_extent **live,
                           dsr_extent **asked) {
  dsr_extent *edge, *end, *dead;
  dsr_pipeline *made;
  int caller, callee;
  TRY(fill_graph(f, g, &edge, &end));
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_MADE, 1, live));
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_MADE, 1, asked));
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_MADE, 1, &dead));
  TRY(dsr_eval_component(f->eval, &callee));
  TRY(dsr_eval_component(f->eval, &caller));
  TRY(dsr_eval_calls(f->eval, caller, callee));
  dsr_op start[] = {{.kind = DSR_OP_ONCE}, emit(*live, number(0), slot(0), slot(0))};
  TRY(dsr_eval_once(f->eval, caller, start, 2, &made));
  dsr_op ask[] = {
      source(DSR_OP_DELTA, *live), {0}, emit(*asked, slot(1), slot(0), slot(0))};
  TRY(by_first(edge, 0, 1, &ask[1]));
  TRY(dsr_eval_feed(f->eval, caller, *live, false, ask, 3, &made));
  dsr_op move[] = {
      source(DSR_OP_DELTA, *live), {0}, {0}, emit(*live, slot(1), slot(0), slot(0))};
  TRY(by_first(edge, 0, 1, &move[1]));
  TRY(by_first(dead, 1, -1, &move[2]));
  move[2].negated = true;
  TRY(dsr_eval_feed(f->eval, caller, *live, true, move, 4, &made));
  dsr_op more[] = {
      source(DSR_OP_DELTA, *asked), {0}, emit(*asked, slot(1), slot(0), slot(0))};
  more[1] = ask[1];
  TRY(dsr_eval_feed(f->eval, callee, *asked, false, more, 3, &made));
  dsr_op ends[] = {
      source(DSR_OP_DELTA, *asked), {0}, emit(dead, slot(0), slot(0), slot(0))};
  TRY(by_first(end, 0, -1, &ends[1]));
  TRY(dsr_eval_feed(f->eval, callee, *asked, false, ends, 3, &made));
  dsr_op on[] = {
      source(DSR_OP_DELTA, *asked), {0}, {0}, emit(dead, slot(0), slot(0), slot(0))};
  TRY(by_first(edge, 0, 1, &on[1]));
  TRY(by_first(dead, 1, -1, &on[2]));
  TRY(dsr_eval_feed(f->eval, callee, *asked, false, on, 4, &made));
  dsr_op back[] = {
      source(DSR_OP_DELTA, dead), {0}, {0}, emit(dead, slot(1), slot(0), slot(0))};
  uint8_t order[] = {1, 0};
  TRY(by_first(edge, 0, 1, &back[1]));
  TRY(dsr_extent_index(edge, order, 1, false, &back[1].ways[0].index));
  TRY(by_first(*asked, 1, -1, &back[2]));
  TRY(dsr_eval_feed(f->eval, callee, dead, false, back, 4, &made));
  return dsr_eval_run(f->eval, caller, NULL);
}

static dsr_status agree_live(const graph *g, bool *ok) {
  fixture f;
  dsr_extent *live, *asked;
  bool wanted[NODES] = {false};
  dsr_status rc = open_fixture(&f);
  if (rc >= 0) rc = run_live(&f, g, &live, &asked);
  *ok = true;
  go(g, 0, wanted);
  for (uint32_t x = 0; x < NODES && rc >= 0; x++) {
    *ok = *ok && dsr_extent_has(live, &x) == wanted[x];
  }
  close_fixture(&f);
  return rc;
}

static int test_calls(void) {
  for (int i = 0; i < 300; i++) {
    graph g = {0};
    bool ok;
    for (int x = 0; x < NODES; x++) {
      g.end[x] = below(12) == 0;
      for (int y = 0; y < NODES; y++) g.edge[x][y] = below(10) < 2;
    }
    for (long at = 1;; at++) {
      dsr_mem_fail_at(i % 100 == 0 ? at : 0);
      dsr_status rc = agree_live(&g, &ok);
      dsr_mem_fail_at(0);
      if (rc >= 0) break;
      CHECK(rc == DSR_ENOMEM);
    }
    CHECK(ok);
  }
  return 0;
}

/* ---- folds ----------------------------------------------------------------------- */

/* The sum of the last column; none where it is odd. */
static dsr_status fold_sum(void *ud, const uint32_t *rows, size_t n, int width,
                           uint32_t *out) {
  uint32_t all = 0;
  ++*(int *)ud;
  for (size_t i = 0; i < n; i++) all += rows[i * (size_t)width + (size_t)width - 1];
  *out = all;
  return all % 2 == 0 ? DSR_OK : DSR_NOTHING;
}

/* Folds `width` columns by `group`: groups come mixed, and some after a first run. */
static int fold_case(int width, int group) {
  static fixture f;
  dsr_extent *from, *to;
  uint32_t sums[4][4] = {{0}};
  uint64_t count, wanted = 0;
  int component, calls = 0, groups = 0;
  CHECK(open_fixture(&f) >= 0);
  CHECK(dsr_eval_extent(f.eval, DSR_EXTENT_MADE, width, &from) >= 0);
  CHECK(dsr_eval_extent(f.eval, DSR_EXTENT_MADE, group + 1, &to) >= 0);
  CHECK(dsr_eval_component(f.eval, &component) >= 0);
  CHECK(dsr_eval_fold(f.eval, component, from, group, fold_sum, &calls, to) >= 0);
  for (uint32_t i = 0; i < 60; i++) {
    uint32_t tuple[4] = {i % 4, i % 3, i, i};
    tuple[width - 1] = i * i % 97 + 100 * i;
    CHECK(dsr_extent_add(from, tuple) == DSR_OK);
    sums[group > 0 ? tuple[0] : 0][group > 1 ? tuple[1] : 0] += tuple[width - 1];
  }
  CHECK(dsr_eval_run(f.eval, component, NULL) >= 0);
  for (uint32_t a = 0; a < 4; a++) {
    for (uint32_t b = 0; b < 4; b++) {
      uint32_t tuple[3] = {a, b, 0};
      if (sums[a][b] == 0) continue;
      tuple[group] = sums[a][b];
      groups++;
      wanted += sums[a][b] % 2 == 0;
      CHECK(dsr_extent_has(to, tuple) == (sums[a][b] % 2 == 0));
    }
  }
  CHECK(calls == groups); /* each group once, however its tuples came */
  CHECK(dsr_extent_count(to, &count) >= 0);
  CHECK(count == wanted);
  CHECK(dsr_eval_kept(f.eval) == wanted);
  uint32_t late[4] = {0, 0, 1000, 1000};
  late[width - 1] = 100003;
  CHECK(dsr_extent_add(from, late) == DSR_OK);
  CHECK(dsr_eval_run(f.eval, component, NULL) >= 0);
  CHECK(calls == groups + 1);
  close_fixture(&f);
  return 0;
}

static int test_folds(void) {
  return fold_case(4, 2) || fold_case(4, 1) || fold_case(3, 1) || fold_case(2, 1) ||
         fold_case(3, 0) || fold_case(1, 0);
}

/* ---- limits ---------------------------------------------------------------------- */

typedef struct stopper {
  volatile int stop;
  int after; /* calls; 0: never */
} stopper;

static dsr_status add_and_count(void *ud, const uint32_t *args, dsr_results *out) {
  stopper *s = ud;
  if (s->after > 0 && --s->after == 0) s->stop = 1;
  return add_numbers(NULL, args, out);
}

static void name_rule(void *ud, const dsr_at_work *at, char *out, size_t size) {
  if (at->pipeline == ud) snprintf(out, size, "rule n at count.dl:2");
}

/* n(0).  n(X + 1) :- n(X). */
static dsr_status run_forever(fixture *f, const dsr_bounds *bounds, stopper *s) {
  dsr_extent *n;
  dsr_pipeline *made;
  int component;
  TRY(dsr_eval_extent(f->eval, DSR_EXTENT_MADE, 1, &n));
  TRY(dsr_eval_component(f->eval, &component));
  dsr_op start[] = {{.kind = DSR_OP_ONCE}, emit(n, number(0), slot(0), slot(0))};
  TRY(dsr_eval_once(f->eval, component, start, 2, &made));
  dsr_op next[] = {source(DSR_OP_DELTA, n), sum(0, number(1), 1),
                   emit(n, slot(1), slot(0), slot(0))};
  next[1].call = add_and_count;
  next[1].ud = s;
  TRY(dsr_eval_feed(f->eval, component, n, false, next, 3, &made));
  dsr_eval_labels(f->eval, name_rule, made);
  return dsr_eval_run(f->eval, component, bounds);
}

static int ends(const dsr_bounds *bounds, stopper *s, dsr_status wanted,
                const char *words) {
  static fixture f;
  CHECK(open_fixture(&f) >= 0);
  dsr_status rc = run_forever(&f, bounds, s);
  CHECK(rc == wanted);
  if (strstr(f.error.text, words) == NULL) printf("%s\n", f.error.text);
  CHECK(strstr(f.error.text, words) != NULL);
  if (bounds->tuples > 0) CHECK(dsr_eval_kept(f.eval) < bounds->tuples + 20000);
  close_fixture(&f);
  return 0;
}

typedef struct watch {
  int calls, most; /* most: it is to stop then */
  int64_t done;    /* the last */
  int wrong;
} watch;

static int look_on(void *ud, const char *what, int64_t done, int64_t total) {
  watch *w = ud;
  w->wrong +=
      strcmp(what, "rule n at count.dl:2") != 0 || done <= w->done || total != 0;
  w->done = done;
  return ++w->calls == w->most;
}

static int test_limits(void) {
  stopper s = {0};
  dsr_bounds tuples = {.tuples = 5000}, bytes = {.bytes = 3 << 20},
             time = {.milliseconds = 20}, stop = {.stop = &s.stop};
  if (ends(&tuples, &s, DSR_ELIMIT,
           "stopped after 5,000 tuples (limit tuples): rule n at count.dl:2 was "
           "running; raise the limit")) {
    return 1;
  }
  if (ends(&bytes, &s, DSR_ELIMIT,
           "stopped at 3 MB of memory (limit memory): rule n at count.dl:2 was")) {
    return 1;
  }
  if (ends(&time, &s, DSR_ELIMIT,
           "stopped after 0.02 seconds (limit time): rule n at count.dl:2 was")) {
    return 1;
  }
  s.after = 1000;
  return ends(&stop, &s, DSR_ESTOPPED, "tuples: rule n at count.dl:2 was running");
}

/* A host is told from the first second on how far it is, and may end it. */
static int test_progress(void) {
  stopper s = {0};
  watch w = {.most = 3};
  dsr_bounds bounds = {.progress = look_on, .ud = &w};
  if (ends(&bounds, &s, DSR_ESTOPPED, "tuples: rule n at count.dl:2 was running")) {
    return 1;
  }
  CHECK(w.calls == 3 && w.wrong == 0);
  return 0;
}

/* A run that made more than it may in one go is refused, too. */
static int test_large_step(void) {
  static fixture f;
  dsr_extent *one, *two;
  dsr_pipeline *made;
  int component;
  dsr_bounds bounds = {.tuples = 1000};
  CHECK(open_fixture(&f) >= 0);
  CHECK(dsr_eval_extent(f.eval, DSR_EXTENT_STORED, 1, &one) >= 0);
  CHECK(dsr_eval_extent(f.eval, DSR_EXTENT_MADE, 2, &two) >= 0);
  CHECK(dsr_eval_component(f.eval, &component) >= 0);
  for (uint32_t i = 0; i < 100; i++) CHECK(dsr_extent_fill(one, &i, 1) >= 0);
  dsr_op ops[] = {source(DSR_OP_SCAN, one), source(DSR_OP_SCAN, one),
                  emit(two, slot(0), slot(1), slot(0))};
  ops[1].takes[0] = fills(1);
  CHECK(dsr_eval_once(f.eval, component, ops, 3, &made) >= 0);
  CHECK(dsr_eval_run(f.eval, component, &bounds) == DSR_ELIMIT);
  CHECK(strstr(f.error.text, "stopped after 1,000 tuples (limit tuples);") != NULL);
  close_fixture(&f);
  return 0;
}

int main(int argc, char **argv) {
  unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  chance_state = seed;
  if (test_best() || test_calls() || test_folds() || test_limits() || test_progress() ||
      test_large_step()) {
    printf("eval_loop: seed %llu: failed\n", seed);
    return 1;
  }
  printf("eval_loop: agreed, seed %llu\n", seed);
  return 0;
}
