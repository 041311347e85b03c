/*
** floor.c - the benchmark's workloads by hand: what a C program needs that knows its input.
**
** Usage: floor WORKLOAD DIR    reads DIR/NAME.tsv and prints the number of answers; then,
**                              where it is another, that of all tuples that rules derive
**
** Each loop visits every answer once.  Nodes are the numbers 0 .. n-1, edges two arrays of
** neighbours, sorted.  Closures search from every node; joins mark one list
** and walk another, or search in the longer list where it is much longer; points-to
** propagates what is new along edges that loads and stores add.
*/
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

static void *need(size_t size) {
  void *p = calloc(size + 1, 1);
  if (p == NULL) exit(1);
  return p;
}

/* ---- reading --------------------------------------------------------------------- */

typedef struct table {
  size_t n; /* rows */
  int width;
  uint32_t *cells;
  uint32_t top; /* above every number */
} table;

static char *read_file(const char *name, size_t *size) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.tsv", folder, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL) exit(1);
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  char *text = need(*size);
  if (fread(text, 1, *size, file) != *size) exit(1);
  fclose(file);
  return text;
}

static table read_table(const char *name, int width) {
  size_t size, room = 0, n = 0;
  char *text = read_file(name, &size);
  for (size_t i = 0; i < size; i++) room += text[i] == '\n';
  table t = {.n = room, .width = width, .cells = need(room * (size_t)width * 4)};
  for (const char *at = text; n < room * (size_t)width; at++) {
    uint32_t value = 0;
    for (; *at >= '0'; at++) value = value * 10 + (uint32_t)(*at - '0');
    t.cells[n++] = value;
    if (value >= t.top) t.top = value + 1;
  }
  free(text);
  return t;
}

/* ---- neighbours ------------------------------------------------------------------ */

/* to[start[a]] .. to[start[a + 1] - 1] are the neighbours of a. */
typedef struct graph {
  uint32_t n;
  uint32_t *start, *to;
} graph;

static graph neighbours(const table *t, int from, int to, uint32_t n) {
  graph g = {.n = n, .start = need(((size_t)n + 2) * 4), .to = need(t->n * 4)};
  const uint32_t *row = t->cells;
  for (size_t i = 0; i < t->n; i++, row += t->width) g.start[row[from] + 2]++;
  for (uint32_t a = 2; a < n + 2; a++) g.start[a] += g.start[a - 1];
  row = t->cells;
  for (size_t i = 0; i < t->n; i++, row += t->width) {
    g.to[g.start[row[from] + 1]++] = row[to];
  }
  return g;
}

static uint32_t degree(const graph *g, uint32_t a) {
  return g->start[a + 1] - g->start[a];
}

static bool has(const graph *g, uint32_t a, uint32_t b) {
  uint32_t low = g->start[a], high = g->start[a + 1];
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (g->to[middle] < b) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < g->start[a + 1] && g->to[low] == b;
}

#define EACH(g, a, b)                     \
  for (uint32_t b##_i = (g)->start[a], b; \
       b##_i < (g)->start[(a) + 1] && (b = (g)->to[b##_i], true); b##_i++)

static graph read_graph(const char *name) {
  table t = read_table(name, 2);
  graph g = neighbours(&t, 0, 1, t.top);
  free(t.cells);
  return g;
}

/* The edges the other way round; whatever their order was, lists are sorted. */
static graph turned(const graph *g) {
  graph back = {.n = g->n,
                .start = need(((size_t)g->n + 2) * 4),
                .to = need((size_t)g->start[g->n] * 4)};
  for (uint32_t i = 0; i < g->start[g->n]; i++) back.start[g->to[i] + 2]++;
  for (uint32_t a = 2; a < g->n + 2; a++) back.start[a] += back.start[a - 1];
  for (uint32_t a = 0; a < g->n; a++) {
    EACH(g, a, b) back.to[back.start[b + 1]++] = a;
  }
  return back;
}

/* The graph, with sorted lists, and the same turned. */
static graph read_sorted(const char *name, graph *back) {
  graph g = read_graph(name);
  *back = turned(&g);
  free(g.start);
  free(g.to);
  g = turned(back);
  return g;
}

/* ---- closures -------------------------------------------------------------------- */

static uint64_t derived; /* tuples that the rules derive; 0: the answers alone */

static bool add_bit(uint64_t *set, size_t bit) {
  uint64_t mask = (uint64_t)1 << (bit & 63), had = set[bit >> 6] & mask;
  set[bit >> 6] |= mask;
  return had == 0;
}

static bool has_bit(const uint64_t *set, size_t bit) {
  return set[bit >> 6] >> (bit & 63) & 1;
}

/* What a search needs: the nodes seen, none between searches, and found in order. */
typedef struct search {
  uint64_t *seen;
  uint32_t *queue;
} search;

static search new_search(uint32_t n) {
  return (search){.seen = need((size_t)n / 8 + 8), .queue = need((size_t)n * 4)};
}

/* Nodes that one or more steps lead to from `from`. */
static uint32_t reach(const graph *g, uint32_t from, search *s) {
  uint32_t n = 0, done = 0, at = from;
  for (;;) {
    EACH(g, at, b) {
      s->queue[n] = b;
      n += add_bit(s->seen, b);
    }
    if (done == n) return n;
    at = s->queue[done++];
  }
}

static void forget(search *s, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) s->seen[s->queue[i] >> 6] = 0;
}

static uint64_t closure_of(const char *name) {
  graph g = read_graph(name);
  search s = new_search(g.n + 1);
  uint64_t n = 0;
  for (uint32_t a = 0; a < g.n; a++) {
    uint32_t found = reach(&g, a, &s);
    forget(&s, found);
    n += found;
  }
  return n;
}

static uint64_t closure(void) { return closure_of("random"); }
static uint64_t chain(void) { return closure_of("chain"); }
static uint64_t tree(void) { return closure_of("tree"); }
static uint64_t small(void) { return closure_of("small"); }
static uint64_t isa(void) { return closure_of("isa"); }

static uint64_t wide(void) {
  graph g = read_graph("wide");
  search s = new_search(g.n + 1);
  return reach(&g, 0, &s);
}

static uint64_t negation(void) {
  graph g = read_graph("random");
  search s = new_search(g.n + 1);
  uint64_t n = 0;
  for (uint32_t a = 0; a < g.n; a++) {
    uint32_t found = reach(&g, a, &s);
    for (uint32_t b = 0; b < g.n; b++) n += !has_bit(s.seen, b);
    forget(&s, found);
  }
  derived = (uint64_t)g.n * g.n;
  return n;
}

static uint64_t generation(void) {
  graph g = read_graph("level");
  size_t n = g.n, made = 0, done = 0;
  uint64_t *has_pair = need(n * n / 8 + 8);
  uint32_t(*pair)[2] = need(n * n * sizeof *pair);
  for (uint32_t p = 0; p <= n; p++) { /* siblings, then the children of each pair */
    bool first = p < n;
    while (first || done < made) {
      uint32_t a = first ? p : pair[done][0], b = first ? p : pair[done][1];
      if (!first) done++;
      EACH(&g, a, x) {
        EACH(&g, b, y) {
          if (!add_bit(has_pair, x * n + y)) continue;
          pair[made][0] = x;
          pair[made++][1] = y;
        }
      }
      if (first) break;
    }
  }
  return made;
}

/* ---- cyclic joins ---------------------------------------------------------------- */

typedef struct marks {
  uint64_t *set;
} marks;

static marks new_marks(uint32_t n) { return (marks){.set = need((size_t)n / 8 + 8)}; }

static void mark(marks *m, const graph *g, uint32_t a) {
  EACH(g, a, b) m->set[b >> 6] |= (uint64_t)1 << (b & 63);
}

static void unmark(marks *m, const graph *g, uint32_t a) {
  EACH(g, a, b) m->set[b >> 6] = 0;
}

/* Those of `list` among the marked, which are g's neighbours of `marked`: into out. */
static uint32_t common(const marks *m, const graph *g, uint32_t marked,
                       const graph *list, uint32_t a, uint32_t *out) {
  uint32_t n = 0;
  if (degree(list, a) > 8 * degree(g, marked)) {
    EACH(g, marked, b) {
      if (has(list, a, b)) out[n++] = b;
    }
  } else {
    EACH(list, a, b) {
      out[n] = b;
      n += has_bit(m->set, b);
    }
  }
  return n;
}

static uint64_t triangles(void) {
  graph back, g = read_sorted("skew", &back);
  marks m = new_marks(g.n);
  uint32_t *out = need((size_t)g.n * 4);
  uint64_t n = 0;
  for (uint32_t a = 0; a < g.n; a++) {
    mark(&m, &g, a);
    EACH(&g, a, b) n += common(&m, &g, a, &g, b, out);
    unmark(&m, &g, a);
  }
  return n;
}

static uint64_t cycle4(void) {
  graph back, g = read_sorted("dense", &back);
  marks m = new_marks(g.n);
  uint32_t *out = need((size_t)g.n * 4);
  uint64_t n = 0;
  for (uint32_t a = 0; a < g.n; a++) {
    if (degree(&back, a) == 0) continue;
    mark(&m, &back, a);
    EACH(&g, a, b) { EACH(&g, b, c) n += common(&m, &back, a, &g, c, out); }
    unmark(&m, &back, a);
  }
  return n;
}

static uint64_t clique4(void) {
  graph back, g = read_sorted("dense", &back);
  marks m = new_marks(g.n);
  uint32_t *out = need((size_t)g.n * 4);
  uint64_t n = 0;
  for (uint32_t a = 0; a < g.n; a++) {
    mark(&m, &g, a);
    EACH(&g, a, b) {
      uint32_t k = common(&m, &g, a, &g, b, out);
      for (uint32_t i = 0; i < k; i++) {
        for (uint32_t j = 0; j < k; j++) n += has(&g, out[i], out[j]);
      }
    }
    unmark(&m, &g, a);
  }
  return n;
}

/* A set of answers of five numbers, which are found once each: a list. */
static struct {
  size_t n, room;
  uint32_t (*row)[5];
} found;

static void answer(const uint32_t row[5]) {
  if (found.n == found.room) {
    found.room = found.room == 0 ? 1024 : 2 * found.room;
    found.row = realloc(found.row, found.room * sizeof *found.row);
    if (found.row == NULL) exit(1);
  }
  memcpy(found.row[found.n++], row, sizeof *found.row);
}

/* Of all workloads here the one whose answers are many to a visit: counting them without
** making them would be a multiplication. */
static uint64_t bowtie(void) {
  graph back, g = read_sorted("loose", &back);
  marks m = new_marks(g.n);
  uint32_t *out = need((size_t)g.n * 4);
  uint32_t(*pair)[2] = need((size_t)1 << 26);
  for (uint32_t a = 0; a < g.n; a++) {
    size_t k = 0;
    mark(&m, &g, a);
    EACH(&g, a, b) {
      uint32_t some = common(&m, &g, a, &g, b, out);
      for (uint32_t i = 0; i < some; i++) {
        pair[k][0] = b;
        pair[k++][1] = out[i];
      }
    }
    unmark(&m, &g, a);
    for (size_t i = 0; i < k; i++) {
      for (size_t j = 0; j < k; j++) {
        answer((uint32_t[]){a, pair[i][0], pair[i][1], pair[j][0], pair[j][1]});
      }
    }
  }
  return found.n;
}

/* triple(A, B, C), dense(C, D), dense(D, A) */
static uint64_t ternary(void) {
  table t = read_table("triple", 3), e = read_table("dense", 2);
  uint32_t n = t.top > e.top ? t.top : e.top;
  graph any = neighbours(&e, 0, 1, n), back = turned(&any), g = turned(&back);
  graph rows = {.n = n, .start = need(((size_t)n + 2) * 4), .to = need(t.n * 4)};
  uint32_t *row = t.cells, *out = need((size_t)n * 4);
  for (size_t i = 0; i < t.n; i++, row += 3) rows.start[row[0] + 2]++;
  for (uint32_t a = 2; a < n + 2; a++) rows.start[a] += rows.start[a - 1];
  row = t.cells;
  for (size_t i = 0; i < t.n; i++, row += 3) rows.to[rows.start[row[0] + 1]++] = row[2];
  marks m = new_marks(n);
  uint64_t answers = 0;
  for (uint32_t a = 0; a < n; a++) {
    if (degree(&back, a) == 0) continue;
    mark(&m, &back, a);
    EACH(&rows, a, c) answers += common(&m, &back, a, &g, c, out);
    unmark(&m, &back, a);
  }
  return answers;
}

/* ---- points-to ------------------------------------------------------------------- */

/* Holders are pointers, then the fields of objects.  Each has a set of objects, and edges
** along which what it holds flows. */
typedef struct list {
  uint32_t n, room, *items;
} list;

static void push(list *l, uint32_t item) {
  if (l->n == l->room) {
    l->room = l->room == 0 ? 4 : 2 * l->room;
    l->items = realloc(l->items, l->room * sizeof *l->items);
    if (l->items == NULL) exit(1);
  }
  l->items[l->n++] = item;
}

static struct {
  uint32_t pointers, objects, fields, holders;
  size_t words;          /* of a set of objects */
  uint64_t *holds, *new; /* a set for each holder; what of it was not passed on */
  bool *waits;           /* in the queue */
  list *flows, queue;
} pt;

/* Let `holder` have a set of objects, too. */
static void hold(uint32_t holder, const uint64_t *objects) {
  uint64_t *holds = pt.holds + holder * pt.words, *new = pt.new + holder *pt.words;
  uint64_t any = 0;
  for (size_t i = 0; i < pt.words; i++) {
    uint64_t more = objects[i] & ~holds[i];
    holds[i] |= more;
    new[i] |= more;
    any |= more;
  }
  if (any == 0 || pt.waits[holder]) return;
  pt.waits[holder] = true;
  push(&pt.queue, holder);
}

static void flow(uint32_t from, uint32_t to) {
  push(&pt.flows[from], to);
  hold(to, pt.holds + from * pt.words);
}

/* An object that the pointer x now holds: its fields flow to and from x's loads and
** stores, which are pairs of a pointer and a field. */
static void open_fields(uint32_t object, const list *loads, const list *stores) {
  uint32_t field = pt.pointers + object * pt.fields;
  for (uint32_t i = 0; i < loads->n; i += 2) {
    flow(field + loads->items[i + 1], loads->items[i]);
  }
  for (uint32_t i = 0; i < stores->n; i += 2) {
    flow(stores->items[i], field + stores->items[i + 1]);
  }
}

static void pass_on(uint32_t x, uint64_t *some, const list *loads, const list *stores) {
  memcpy(some, pt.new + x *pt.words, pt.words * 8);
  memset(pt.new + x *pt.words, 0, pt.words * 8);
  for (uint32_t i = 0; i < pt.flows[x].n; i++) hold(pt.flows[x].items[i], some);
  if (x >= pt.pointers || loads[x].n + stores[x].n == 0) return;
  for (uint32_t o = 0; o < pt.objects; o++) {
    if (has_bit(some, o)) open_fields(o, &loads[x], &stores[x]);
  }
}

static list *pairs_of(const table *t, int of, int pointer, int field) {
  list *lists = need(pt.pointers * sizeof(list));
  for (size_t i = 0; i < t->n; i++) {
    const uint32_t *row = t->cells + 3 * i;
    push(&lists[row[of]], row[pointer]);
    push(&lists[row[of]], row[field]);
  }
  return lists;
}

static uint64_t points(void) {
  table made = read_table("new", 2), copy = read_table("copy", 2);
  table load = read_table("load", 3), store = read_table("store", 3);
  const table *all[] = {&made, &copy, &load, &store};
  for (int i = 0; i < 4; i++) {
    if (all[i]->top > pt.pointers) pt.pointers = all[i]->top;
  }
  for (size_t i = 0; i < made.n; i++) {
    if (made.cells[2 * i + 1] >= pt.objects) pt.objects = made.cells[2 * i + 1] + 1;
  }
  pt.fields = 6;
  pt.holders = pt.pointers + pt.objects * pt.fields;
  pt.words = pt.objects / 64 + 1;
  pt.holds = need(pt.holders * pt.words * 8);
  pt.new = need(pt.holders * pt.words * 8);
  pt.waits = need(pt.holders);
  pt.flows = need(pt.holders * sizeof(list));
  list *loads = pairs_of(&load, 1, 0, 2), *stores = pairs_of(&store, 0, 2, 1);
  uint64_t *some = need(pt.words * 8), n = 0;
  for (size_t i = 0; i < copy.n; i++) flow(copy.cells[2 * i + 1], copy.cells[2 * i]);
  for (size_t i = 0; i < made.n; i++) {
    memset(some, 0, pt.words * 8);
    add_bit(some, made.cells[2 * i + 1]);
    hold(made.cells[2 * i], some);
  }
  for (uint32_t done = 0; done < pt.queue.n; done++) {
    pt.waits[pt.queue.items[done]] = false;
    pass_on(pt.queue.items[done], some, loads, stores);
  }
  for (size_t i = 0; i < pt.holders * pt.words; i++) {
    derived += (uint64_t)__builtin_popcountll(pt.holds[i]);
    if (i + 1 == pt.pointers * pt.words) n = derived;
  }
  return n;
}

/* ---- by name --------------------------------------------------------------------- */

static const struct workload {
  const char *name;
  uint64_t (*run)(void);
} workloads[] = {
    {"closure", closure}, {"chain", chain},
    {"tree", tree},       {"generation", generation},
    {"wide", wide},       {"triangles", triangles},
    {"cycle4", cycle4},   {"clique4", clique4},
    {"bowtie", bowtie},   {"ternary", ternary},
    {"points", points},   {"negation", negation},
    {"isa", isa},         {"right", closure},
    {"both", small},      {"bothtree", tree},
};

int main(int argc, char **argv) {
  if (argc != 3) return fputs("usage: floor WORKLOAD DIR\n", stderr), 2;
  folder = argv[2];
  for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
    if (strcmp(argv[1], workloads[i].name) != 0) continue;
    printf("%llu", (unsigned long long)workloads[i].run());
    if (derived > 0) printf(" %llu", (unsigned long long)derived);
    putchar('\n');
    return 0;
  }
  fprintf(stderr, "floor: no workload called %s\n", argv[1]);
  return 2;
}
