/*
** eval_bench.c - what the executor takes beside loops written by hand.
**
**   eval_bench [PERCENT [RUNS [WORKLOAD [THREADS]]]]
**
** Each workload makes its edges (at PERCENT of their usual number), runs them through
** pipelines put together as a planner would, and through a floor: a loop that knows
** what it is given.  Prints answers, the least milliseconds of RUNS of both, and the
** bytes that the evaluator held; exit code 1 where the two do not count the same.
** Making the stored extents and their indexes is timed apart.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eval/loop.h"
#include "ground/mem.h"

enum { S0, S1, S2, S3, S4 };

typedef struct edges {
  uint32_t nodes;
  uint32_t *from, *to;
  size_t n;
} edges;

/* Successors side by side. */
typedef struct successors {
  uint32_t *starts, *to;
} successors;

typedef struct bench {
  dsr_numbers *numbers;
  dsr_eval *eval;
  int component;
  uint64_t answers;
} bench;

typedef struct workload {
  const char *name;
  void (*make)(int percent, edges *out);
  dsr_status (*run)(bench *b, const edges *e, dsr_extent *stored, dsr_extent **out);
  uint64_t (*floor)(const edges *e);
} workload;

static dsr_error error;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void *need(void *memory) {
  if (memory == NULL) exit(2);
  return memory;
}

/* ---- graphs ---------------------------------------------------------------------- */

static uint64_t chance_state;

static uint32_t below(uint32_t n) {
  chance_state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = chance_state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (uint32_t)((z ^ z >> 31) % n);
}

static void make_edges(edges *out, size_t nodes, size_t n) {
  chance_state = 7;
  out->nodes = (uint32_t)nodes;
  out->n = n;
  out->from = need(dsr_alloc(n * sizeof(uint32_t)));
  out->to = need(dsr_alloc(n * sizeof(uint32_t)));
}

static size_t share(size_t n, int percent) {
  n = n * (size_t)percent / 100;
  return n < 8 ? 8 : n;
}

static void make_random(int percent, edges *out) {
  size_t nodes = share(2000, percent);
  make_edges(out, nodes, 2 * nodes);
  for (size_t i = 0; i < out->n; i++) {
    out->from[i] = below(out->nodes);
    out->to[i] = below(out->nodes);
  }
}

static void make_chain(int percent, edges *out) {
  size_t nodes = share(2000, percent);
  make_edges(out, nodes, nodes - 1);
  for (size_t i = 0; i < out->n; i++) {
    out->from[i] = (uint32_t)i;
    out->to[i] = (uint32_t)i + 1;
  }
}

static void make_tree(int percent, edges *out) {
  size_t nodes = share(131071, percent);
  make_edges(out, nodes, nodes - 1);
  for (size_t i = 0; i < out->n; i++) {
    out->from[i] = (uint32_t)(i / 2);
    out->to[i] = (uint32_t)i + 1;
  }
}

/* Generations of some five hundred, children with one or two parents. */
static void make_generations(int percent, edges *out) {
  uint32_t wide = (uint32_t)share(550, percent);
  make_edges(out, (size_t)wide * 11, (size_t)wide * 20);
  for (size_t i = 0; i < out->n; i++) {
    uint32_t layer = (uint32_t)(i % 10);
    out->from[i] = layer * wide + below(wide);
    out->to[i] = (layer + 1) * wide + below(wide);
  }
}

static void make_large(int percent, edges *out) {
  size_t nodes = share(1000000, percent);
  make_edges(out, nodes, 3 * nodes);
  for (size_t i = 0; i < out->n; i++) {
    out->from[i] = below(out->nodes);
    out->to[i] = below(out->nodes);
  }
}

/* The first nodes have most of the edges. */
static uint32_t skewed(uint32_t nodes) {
  uint64_t a = below(1 << 20);
  return (uint32_t)((a * a >> 20) * nodes >> 20);
}

static void make_skewed(int percent, edges *out) {
  size_t n = share(1000000, percent);
  make_edges(out, n / 8, n);
  for (size_t i = 0; i < out->n; i++) {
    out->from[i] = below(3) == 0 ? below(out->nodes) : skewed(out->nodes);
    out->to[i] = below(3) == 0 ? below(out->nodes) : skewed(out->nodes);
  }
}

/* A graph that doubling does not take minutes for. */
static void make_few(int percent, edges *out) { make_random(percent / 5 + 1, out); }

/* Distinct successors, ascending; back: predecessors. */
static successors sort_edges(const edges *e, bool back) {
  const uint32_t *from = back ? e->to : e->from, *to = back ? e->from : e->to;
  size_t nodes = e->nodes;
  uint32_t *other = need(dsr_alloc((nodes + 2) * sizeof *other));
  uint32_t *by_to = need(dsr_alloc(e->n * 2 * sizeof *by_to));
  successors s = {need(dsr_alloc((nodes + 2) * sizeof(uint32_t))),
                  need(dsr_alloc(e->n * sizeof(uint32_t)))};
  for (size_t i = 0; i < e->n; i++) other[to[i] + 1]++, s.starts[from[i] + 1]++;
  for (size_t i = 0; i < nodes; i++) {
    other[i + 1] += other[i];
    s.starts[i + 1] += s.starts[i];
  }
  for (size_t i = 0; i < e->n; i++) {
    uint32_t at = other[to[i]]++;
    by_to[2 * (size_t)at] = from[i];
    by_to[2 * (size_t)at + 1] = to[i];
  }
  for (size_t i = 0; i < e->n; i++) s.to[s.starts[by_to[2 * i]]++] = by_to[2 * i + 1];
  uint32_t n = 0, begin = 0;
  for (size_t x = 0; x < nodes; x++) {
    uint32_t end = s.starts[x];
    s.starts[x] = n;
    for (uint32_t i = begin; i < end; i++) {
      if (i == begin || s.to[i] != s.to[i - 1]) s.to[n++] = s.to[i];
    }
    begin = end;
  }
  s.starts[nodes] = n;
  dsr_free(other);
  dsr_free(by_to);
  return s;
}

static void free_successors(successors *s) {
  dsr_free(s->starts);
  dsr_free(s->to);
}

/* ---- floors ---------------------------------------------------------------------- */

/* Which nodes each node reaches: a search from each, a mark by node. */
static uint64_t floor_closure(const edges *e) {
  successors s = sort_edges(e, false);
  uint32_t *mark = need(dsr_alloc(e->nodes * sizeof *mark));
  uint32_t *queue = need(dsr_alloc((e->nodes + 1) * sizeof *queue));
  uint64_t answers = 0;
  for (uint32_t x = 0; x < e->nodes; x++) {
    uint32_t n = 0, at = 0, node = x;
    for (;;) {
      for (uint32_t i = s.starts[node]; i < s.starts[node + 1]; i++) {
        uint32_t y = s.to[i];
        queue[n] = y;
        n += mark[y] != x + 1;
        mark[y] = x + 1;
      }
      if (at == n) break;
      node = queue[at++];
    }
    answers += n;
  }
  free_successors(&s);
  dsr_free(mark);
  dsr_free(queue);
  return answers;
}

static uint64_t floor_reach(const edges *e) {
  successors s = sort_edges(e, false);
  bool *mark = need(dsr_alloc(e->nodes));
  uint32_t *queue = need(dsr_alloc((e->nodes + 1) * sizeof *queue));
  uint32_t n = 0, at = 0;
  queue[n++] = 0;
  mark[0] = true;
  while (at < n) {
    uint32_t x = queue[at++];
    for (uint32_t i = s.starts[x]; i < s.starts[x + 1]; i++) {
      if (mark[s.to[i]]) continue;
      mark[s.to[i]] = true;
      queue[n++] = s.to[i];
    }
  }
  free_successors(&s);
  dsr_free(mark);
  dsr_free(queue);
  return n;
}

/* Pairs of one generation in a bitmap; new ones in a queue. */
static uint64_t floor_generation(const edges *e) {
  successors s = sort_edges(e, false);
  size_t words = (size_t)e->nodes * e->nodes / 64 + 1;
  uint64_t *has = need(dsr_alloc(words * sizeof *has));
  size_t room = 1 << 20, n = 0;
  uint64_t *queue = need(dsr_alloc(room * sizeof *queue));
  for (size_t at = 0; at <= n; at++) {
    uint32_t p = 0, q = 0;
    if (at > 0) {
      p = (uint32_t)(queue[at - 1] >> 32);
      q = (uint32_t)queue[at - 1];
    }
    for (uint32_t x = at > 0 ? p : 0; x < (at > 0 ? p + 1 : e->nodes); x++) {
      uint32_t other = at > 0 ? q : x;
      for (uint32_t i = s.starts[x]; i < s.starts[x + 1]; i++) {
        for (uint32_t k = s.starts[other]; k < s.starts[other + 1]; k++) {
          uint64_t bit = (uint64_t)s.to[i] * e->nodes + s.to[k];
          if (has[bit >> 6] >> (bit & 63) & 1) continue;
          has[bit >> 6] |= UINT64_C(1) << (bit & 63);
          if (n == room) queue = need(dsr_resize(queue, (room *= 2) * sizeof *queue));
          queue[n++] = (uint64_t)s.to[i] << 32 | s.to[k];
        }
      }
    }
  }
  free_successors(&s);
  dsr_free(has);
  dsr_free(queue);
  return n;
}

/* For each edge x, y the shorter list of successors against marks of x's, or a search.
** */
static uint64_t floor_triangles(const edges *e) {
  successors s = sort_edges(e, false);
  uint32_t *mark = need(dsr_alloc(e->nodes * sizeof *mark));
  uint64_t answers = 0;
  for (uint32_t x = 0; x < e->nodes; x++) {
    for (uint32_t i = s.starts[x]; i < s.starts[x + 1]; i++) mark[s.to[i]] = x + 1;
    for (uint32_t i = s.starts[x]; i < s.starts[x + 1]; i++) {
      uint32_t y = s.to[i], a = s.starts[x], n = s.starts[x + 1];
      uint32_t b = s.starts[y], m = s.starts[y + 1];
      if (m - b <= 8 * (n - a)) {
        for (; b < m; b++) answers += mark[s.to[b]] == x + 1;
        continue;
      }
      for (; a < n; a++) {
        uint32_t low = b, len = m - b;
        while (len > 1) {
          low += s.to[low + len / 2] <= s.to[a] ? len / 2 : 0;
          len -= len / 2;
        }
        answers += len == 1 && s.to[low] == s.to[a];
      }
    }
  }
  free_successors(&s);
  dsr_free(mark);
  return answers;
}

/* ---- operators ------------------------------------------------------------------- */

static dsr_ref slot(int at) { return (dsr_ref){at, 0}; }
static dsr_take fills(int at) { return (dsr_take){DSR_TAKE_FILL, slot(at)}; }

/* SCAN or DELTA of two columns into slots. */
static dsr_op source(dsr_op_kind kind, dsr_extent *extent, int a, int b) {
  return (dsr_op){
      .kind = kind, .extent = extent, .n_takes = 2, .takes = {fills(a), fills(b)}};
}

static dsr_op chunk(dsr_extent *extent, int key, int from, int to) {
  return (dsr_op){.kind = DSR_OP_CHUNK,
                  .extent = extent,
                  .n_takes = 3,
                  .takes = {fills(key), fills(from), fills(to)}};
}

static dsr_op slice(dsr_extent *extent, int key, int from, int to, int out) {
  return (dsr_op){.kind = DSR_OP_SLICE,
                  .extent = extent,
                  .n_args = 3,
                  .args = {slot(key), slot(from), slot(to)},
                  .n_takes = 1,
                  .takes = {fills(out)}};
}

/* The index of a pair by its first (back: second) column. */
static dsr_index *index_of(dsr_extent *extent, bool back) {
  uint8_t order[2] = {back, !back};
  dsr_index *index;
  if (dsr_extent_index(extent, order, 1, true, &index) < 0) exit(2);
  return index;
}

static dsr_op join(dsr_extent *extent, bool back, int key, int out) {
  return (dsr_op){.kind = DSR_OP_JOIN,
                  .n_ways = 1,
                  .ways = {{index_of(extent, back), 1, {slot(key)}}},
                  .n_takes = 1,
                  .takes = {fills(out)}};
}

static dsr_op emit(dsr_extent *extent, int n, int a, int b, int c) {
  return (dsr_op){.kind = DSR_OP_EMIT,
                  .extent = extent,
                  .n_args = n,
                  .args = {slot(a), slot(b), slot(c)}};
}

static dsr_status once(bench *b, const dsr_op *ops, int n) {
  dsr_pipeline *made;
  return dsr_eval_once(b->eval, b->component, ops, n, &made);
}

static dsr_status feed(bench *b, dsr_extent *extent, const dsr_op *ops, int n) {
  dsr_pipeline *made;
  return dsr_eval_feed(b->eval, b->component, extent, false, ops, n, &made);
}

/* ---- workloads ------------------------------------------------------------------- */

static dsr_status copy_edges(bench *b, dsr_extent *e, dsr_extent **out) {
  TRY(dsr_eval_extent(b->eval, DSR_EXTENT_MADE, 2, out));
  dsr_op ops[] = {source(DSR_OP_SCAN, e, S0, S1), emit(*out, 2, S0, S1, 0)};
  return once(b, ops, 2);
}

/* r(X, Z) :- r(X, Y), e(Y, Z). */
static dsr_status run_left(bench *b, const edges *e, dsr_extent *stored,
                           dsr_extent **out) {
  (void)e;
  TRY(copy_edges(b, stored, out));
  dsr_op ops[] = {source(DSR_OP_DELTA, *out, S0, S1), join(stored, false, S1, S2),
                  emit(*out, 2, S0, S2, 0)};
  return feed(b, *out, ops, 3);
}

/* r(X, Z) :- e(X, Y), r(Y, Z). */
static dsr_status run_right(bench *b, const edges *e, dsr_extent *stored,
                            dsr_extent **out) {
  (void)e;
  TRY(copy_edges(b, stored, out));
  dsr_op ops[] = {chunk(*out, S0, S1, S2), join(stored, true, S0, S3),
                  slice(*out, S0, S1, S2, S4), emit(*out, 2, S3, S4, 0)};
  return feed(b, *out, ops, 4);
}

/* r(X, Z) :- r(X, Y), r(Y, Z). */
static dsr_status run_double(bench *b, const edges *e, dsr_extent *stored,
                             dsr_extent **out) {
  (void)e;
  TRY(copy_edges(b, stored, out));
  dsr_op left[] = {source(DSR_OP_DELTA, *out, S0, S1), join(*out, false, S1, S2),
                   emit(*out, 2, S0, S2, 0)};
  dsr_op right[] = {chunk(*out, S0, S1, S2), join(*out, true, S0, S3),
                    slice(*out, S0, S1, S2, S4), emit(*out, 2, S3, S4, 0)};
  TRY(feed(b, *out, left, 3));
  return feed(b, *out, right, 4);
}

/* s(X, Y) :- e(P, X), e(P, Y).  s(X, Y) :- s(P, Q), e(P, X), e(Q, Y).  By chunks of P:
** for each X all Q at once. */
static dsr_status run_generation(bench *b, const edges *e, dsr_extent *stored,
                                 dsr_extent **out) {
  (void)e;
  TRY(dsr_eval_extent(b->eval, DSR_EXTENT_MADE, 2, out));
  dsr_op first[] = {source(DSR_OP_SCAN, stored, S0, S1), join(stored, false, S0, S2),
                    emit(*out, 2, S1, S2, 0)};
  dsr_op next[] = {chunk(*out, S0, S1, S2), join(stored, false, S0, S3),
                   slice(*out, S0, S1, S2, S4), join(stored, false, S4, 5),
                   emit(*out, 2, S3, 5, 0)};
  TRY(once(b, first, 3));
  return feed(b, *out, next, 5);
}

/* r(0).  r(Y) :- r(X), e(X, Y). */
static dsr_status run_reach(bench *b, const edges *e, dsr_extent *stored,
                            dsr_extent **out) {
  (void)e;
  TRY(dsr_eval_extent(b->eval, DSR_EXTENT_MADE, 1, out));
  dsr_op first[] = {
      {.kind = DSR_OP_ONCE},
      {.kind = DSR_OP_EMIT, .extent = *out, .n_args = 1, .args = {{-1, 0}}}};
  dsr_op next[] = {
      {.kind = DSR_OP_DELTA, .extent = *out, .n_takes = 1, .takes = {fills(S0)}},
      join(stored, false, S0, S1),
      emit(*out, 1, S1, 0, 0)};
  TRY(once(b, first, 2));
  return feed(b, *out, next, 3);
}

/* t(X, Y, Z) :- e(X, Y), e(Y, Z), e(X, Z). */
static dsr_status run_triangles(bench *b, const edges *e, dsr_extent *stored,
                                dsr_extent **out) {
  (void)e;
  TRY(dsr_eval_extent(b->eval, DSR_EXTENT_MADE, 3, out));
  dsr_index *index = index_of(stored, false);
  dsr_op ops[] = {source(DSR_OP_SCAN, stored, S0, S1),
                  {.kind = DSR_OP_MEET,
                   .n_ways = 2,
                   .ways = {{index, 1, {slot(S1)}}, {index, 1, {slot(S0)}}},
                   .n_takes = 1,
                   .takes = {fills(S2)}},
                  emit(*out, 3, S0, S1, S2)};
  return once(b, ops, 3);
}

static const workload workloads[] = {
    {"random, left", make_random, run_left, floor_closure},
    {"random, right", make_random, run_right, floor_closure},
    {"few, double", make_few, run_double, floor_closure},
    {"chain, left", make_chain, run_left, floor_closure},
    {"chain, right", make_chain, run_right, floor_closure},
    {"tree, left", make_tree, run_left, floor_closure},
    {"tree, right", make_tree, run_right, floor_closure},
    {"same generation", make_generations, run_generation, floor_generation},
    {"reach from one", make_large, run_reach, floor_reach},
    {"triangles", make_skewed, run_triangles, floor_triangles},
};

/* ---- running --------------------------------------------------------------------- */

typedef struct figures {
  double load, run, floor;
  uint64_t answers, wanted, made, apart;
  size_t bytes;
} figures;

static void least(double *figure, double value) {
  if (*figure == 0 || value < *figure) *figure = value;
}

static dsr_status run_work(const workload *w, const edges *e, int threads, bench *b,
                           figures *out) {
  dsr_extent *stored, *made;
  double began = now();
  TRY(dsr_eval_component(b->eval, &b->component));
  TRY(dsr_eval_extent(b->eval, DSR_EXTENT_STORED, 2, &stored));
  const uint32_t *columns[] = {e->from, e->to};
  TRY(dsr_extent_fill_columns(stored, columns, e->n));
  TRY(w->run(b, e, stored, &made));
  least(&out->load, now() - began);
  began = now();
  dsr_bounds bounds = {.threads = threads};
  TRY(dsr_eval_run(b->eval, b->component, &bounds));
  least(&out->run, now() - began);
  out->bytes = dsr_eval_bytes(b->eval);
  out->made = dsr_eval_made(b->eval);
  out->apart = dsr_eval_apart(b->eval);
  return dsr_extent_count(made, &out->answers);
}

static int run_workload(const workload *w, int percent, int runs, int threads) {
  edges e;
  figures f = {0};
  w->make(percent, &e);
  for (int i = 0; i < runs; i++) {
    bench b = {0};
    dsr_status rc = dsr_numbers_new(&error, &b.numbers);
    if (rc >= 0) rc = dsr_eval_new(b.numbers, &error, &b.eval);
    if (rc >= 0) rc = run_work(w, &e, threads, &b, &f);
    dsr_eval_free(b.eval);
    dsr_numbers_free(b.numbers);
    if (rc < 0) {
      printf("%s: %d: %s\n", w->name, (int)rc, error.text);
      return 1;
    }
    double began = now();
    f.wanted = w->floor(&e);
    least(&f.floor, now() - began);
  }
  printf(
      "%-18s %9llu of %9llu  load %7.2f  run %7.2f  floor %7.2f ms  %5.2f  %4zu MB  "
      "%llu apart\n",
      w->name, (unsigned long long)f.answers, (unsigned long long)f.made, f.load, f.run,
      f.floor, f.run / f.floor, f.bytes >> 20, (unsigned long long)f.apart);
  dsr_free(e.from);
  dsr_free(e.to);
  if (f.answers == f.wanted) return 0;
  printf("the floor counts %llu\n", (unsigned long long)f.wanted);
  return 1;
}

int main(int argc, char **argv) {
  int percent = argc > 1 ? atoi(argv[1]) : 100, runs = argc > 2 ? atoi(argv[2]) : 3;
  int threads = argc > 4 ? atoi(argv[4]) : 1, failed = 0;
  for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
    if (argc > 3 && strstr(workloads[i].name, argv[3]) == NULL) continue;
    failed |= run_workload(&workloads[i], percent, runs, threads);
  }
  if (failed == 0) printf("eval_bench: agreed\n");
  return failed;
}
