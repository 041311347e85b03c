/*
** data.c - the inputs of the benchmark, the same on every machine.
**
** Usage: data DIR            writes DIR/NAME.tsv for every input that is not there yet
**        data DIR SIZE       writes DIR/triples-SIZE.nt: SIZE million triples for stores
**
** Nodes are numbers.  Rows are distinct and in random order, as data is that nobody
** sorted.  The shapes are chosen so that the answers are about as many as the design says:
**
**   random    2,000 nodes with two edges each: a closure of 3.2 million
**   small     the same of 400 nodes, for what is cubic
**   chain     2,000 nodes in a row: 2.0 million
**   tree      a binary tree of 131,071 nodes: 1.97 million
**   level     a tree of six levels, 3 by 3 and then 7: 3.0 million pairs of one level
**   wide      a million nodes, three million edges: 0.94 million are reached from one
**   skew      a million edges between nodes some of which have thousands: triangles
**   dense     the same with fewer edges, for cycles and cliques of four
**   loose     fewer still, for bow-ties
**   triple    rows of three over the nodes of dense
**   new, copy, load, store    a program's statements on pointers: points-to
**   isa       80,000 synsets below others: a few parents have many, one in twenty two
**   node      the nodes of random
**
** Triples are drawn evenly: a fifth as many nodes, each taken twice, and ten predicates.
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint64_t next(void) { /* splitmix64 */
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint32_t below(uint32_t n) { return (uint32_t)((next() >> 32) * n >> 32); }

/* 0 .. n-1, small numbers far more often: the cube of an even draw. */
static uint32_t skewed(uint32_t n) {
  double u = (double)(next() >> 11) / 9007199254740992.0;
  uint32_t rank = (uint32_t)(u * u * u * n);
  return rank < n ? rank : n - 1;
}

/* Ranks get scattered numbers, so that the popular ones do not lie side by side. */
static uint32_t scattered(uint32_t rank, uint32_t n) {
  return (uint32_t)(rank * (uint64_t)1000003 % n);
}

typedef struct row_list {
  size_t n;
  uint32_t (*row)[3];
} row_list;

static void put(row_list *rows, uint32_t a, uint32_t b, uint32_t c) {
  if ((rows->n & (rows->n - 1)) == 0) {
    rows->row =
        realloc(rows->row, (rows->n == 0 ? 1 : 2 * rows->n) * sizeof *rows->row);
    if (rows->row == NULL) exit(1);
  }
  uint32_t row[3] = {a, b, c};
  memcpy(rows->row[rows->n++], row, sizeof row);
}

static int by_columns(const void *a, const void *b) {
  const uint32_t *x = a, *y = b;
  for (int i = 0; i < 3; i++) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}

/* Leave distinct rows, in random order. */
static void settle(row_list *rows) {
  qsort(rows->row, rows->n, sizeof *rows->row, by_columns);
  size_t kept = 0;
  for (size_t i = 0; i < rows->n; i++) {
    if (kept > 0 && by_columns(rows->row[kept - 1], rows->row[i]) == 0) continue;
    memmove(rows->row[kept++], rows->row[i], sizeof *rows->row);
  }
  rows->n = kept;
  for (size_t i = kept; i > 1; i--) {
    uint32_t *a = rows->row[i - 1], *b = rows->row[below((uint32_t)i)], row[3];
    memcpy(row, a, sizeof row);
    memmove(a, b, sizeof row);
    memcpy(b, row, sizeof row);
  }
}

/* ---- the inputs ------------------------------------------------------------------ */

static void two_each(row_list *out, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    uint32_t a = below(n), b = below(n - 1);
    put(out, i, a, 0);
    put(out, i, b < a ? b : b + 1, 0);
  }
}
static void make_random(row_list *out) { two_each(out, 2000); }
static void make_small(row_list *out) { two_each(out, 400); }

static void make_chain(row_list *out) {
  for (uint32_t i = 0; i < 1999; i++) put(out, i, i + 1, 0);
}

static void make_tree(row_list *out) {
  for (uint32_t i = 1; i < 131071; i++) put(out, (i - 1) / 2, i, 0);
}

static void make_level(row_list *out) {
  uint32_t first = 0, n = 1, free = 1;
  for (int depth = 0; depth < 6; depth++) {
    uint32_t width = depth < 5 ? 3 : 7;
    for (uint32_t i = 0; i < n * width; i++) put(out, first + i / width, free + i, 0);
    first = free;
    n *= width;
    free += n;
  }
}

static void make_wide(row_list *out) {
  for (int i = 0; i < 3000000; i++) put(out, below(1000000), below(1000000), 0);
}

static void skewed_edges(row_list *out, int n, uint32_t nodes) {
  for (int i = 0; i < n; i++) {
    put(out, scattered(skewed(nodes), nodes), scattered(skewed(nodes), nodes), 0);
  }
}
static void make_skew(row_list *out) { skewed_edges(out, 1020000, 610000); }
enum { DENSE_NODES = 20000 };
static void make_dense(row_list *out) { skewed_edges(out, 40000, DENSE_NODES); }

static void make_loose(row_list *out) { skewed_edges(out, 24000, DENSE_NODES); }

static void make_triple(row_list *out) {
  for (int i = 0; i < 200000; i++) {
    uint32_t at[3];
    for (int j = 0; j < 3; j++) at[j] = scattered(skewed(DENSE_NODES), DENSE_NODES);
    put(out, at[0], at[1], at[2]);
  }
}

enum { POINTERS = 8000, OBJECTS = 2000, FIELDS = 6 };
static void make_new(row_list *out) {
  for (uint32_t i = 0; i < OBJECTS; i++) put(out, below(POINTERS), i, 0);
}
static void make_copy(row_list *out) {
  for (int i = 0; i < 6600; i++) put(out, below(POINTERS), below(POINTERS), 0);
}
static void make_load(row_list *out) {
  for (int i = 0; i < 2000; i++)
    put(out, below(POINTERS), below(POINTERS), below(FIELDS));
}
static void make_store(row_list *out) {
  for (int i = 0; i < 900; i++)
    put(out, below(POINTERS), below(FIELDS), below(POINTERS));
}

static void make_isa(row_list *out) {
  for (uint32_t i = 1; i < 80000; i++) {
    uint32_t n = i < 20000 ? i : 20000; /* the first are above, the others leaves */
    put(out, i, (uint32_t)((uint64_t)below(n) * below(n) / n), 0);
    if (below(20) == 0) put(out, i, below(n), 0);
  }
}

static void make_node(row_list *out) {
  for (uint32_t i = 0; i < 2000; i++) put(out, i, 0, 0);
}

static const struct input {
  const char *name;
  int columns;
  void (*make)(row_list *);
} inputs[] = {
    {"random", 2, make_random}, {"small", 2, make_small}, {"chain", 2, make_chain},
    {"tree", 2, make_tree},     {"level", 2, make_level}, {"wide", 2, make_wide},
    {"skew", 2, make_skew},     {"dense", 2, make_dense}, {"loose", 2, make_loose},
    {"triple", 3, make_triple}, {"new", 2, make_new},     {"copy", 2, make_copy},
    {"load", 3, make_load},     {"store", 3, make_store}, {"isa", 2, make_isa},
    {"node", 1, make_node},
};

static void write_input(const struct input *input, const char *path) {
  row_list out = {0};
  state = 1;
  for (const char *c = input->name; *c != '\0'; c++) state = state * 31 + (uint64_t)*c;
  input->make(&out);
  settle(&out);
  FILE *file = fopen(path, "wb");
  if (file == NULL) exit(1);
  for (size_t i = 0; i < out.n; i++) {
    for (int j = 0; j < input->columns; j++) {
      fprintf(file, j == 0 ? "%u" : "\t%u", out.row[i][j]);
    }
    putc('\n', file);
  }
  if (fclose(file) != 0) exit(1);
  free(out.row);
}

static int write_triples(const char *dir, uint32_t millions) {
  char path[4096], part[4104];
  snprintf(path, sizeof path, "%s/triples-%u.nt", dir, millions);
  snprintf(part, sizeof part, "%s.part", path);
  FILE *file = fopen(path, "rb");
  if (file != NULL) return fclose(file);
  row_list out = {0};
  uint32_t n = millions * 1000000, nodes = n / 5;
  state = 10;
  for (uint32_t i = 0; i < n; i++) put(&out, below(nodes), below(10), below(nodes));
  settle(&out);
  file = fopen(part, "wb");
  if (file == NULL) return 1;
  for (size_t i = 0; i < out.n; i++) {
    fprintf(file,
            "<http://example.org/node/%u> <http://example.org/p/%u> "
            "<http://example.org/node/%u> .\n",
            out.row[i][0], out.row[i][1], out.row[i][2]);
  }
  free(out.row);
  return fclose(file) != 0 || rename(part, path) != 0;
}

int main(int argc, char **argv) {
  if (argc == 3) {
    int millions = atoi(argv[2]);
    if (millions >= 1 && millions <= 400)
      return write_triples(argv[1], (uint32_t)millions);
  }
  if (argc != 2) return fputs("usage: data DIR [SIZE]\n", stderr), 2;
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    char path[4096], part[4104];
    snprintf(path, sizeof path, "%s/%s.tsv", argv[1], inputs[i].name);
    snprintf(part, sizeof part, "%s.part", path);
    FILE *there = fopen(path, "rb");
    if (there != NULL) {
      fclose(there);
      continue;
    }
    write_input(&inputs[i], part);
    if (rename(part, path) != 0) return 1;
  }
  return 0;
}
