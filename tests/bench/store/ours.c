/*
** ours.c - Dossier.  See kit.h.
**
** Loads, commits and joins go through the public header: an import, and prepared queries
** whose answers are counted, worked out anew in each round; the facts are in memory after
** the first.  Lookups go by words, as rules and bindings do, as a part of the core.
*/
#include "kit.h"
#include "lua/base.h"

enum { NODES = 40000, RELATIONS = 10 };

typedef struct base {
  dsr_base *base;
  dsr_facts *facts;
  dsr_view *view;
  dsr_error error;
  struct {
    uint32_t relation;
    dsr_word s;
  } * pairs;
  int n_pairs;
  uint32_t scanned;
  dsr_query *star, *path, *lookup;
  uint64_t chance;
} base;

#define OK(call) CHECK((call) >= 0)

static char *path_of(const char *dir) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/base.kb", dir);
  return path;
}

static void load(const char *file, const char *dir) {
  dsr_import_report report;
  dsr_base *into;
  OK(dsr_open(path_of(dir), NULL, &into));
  OK(dsr_import(into, &file, 1, NULL, &report));
  OK(dsr_close(into));
  kit_tell("rows", (double)report.rows);
  kit_tell("disk", kit_disk(dir));
}

static uint64_t count_scan(base *b, uint32_t relation, const dsr_word *pattern) {
  dsr_scan *scan;
  const dsr_match *match;
  dsr_status rc;
  uint64_t n = 0, sum = 0;
  OK(dsr_scan_start(b->facts, b->view, relation, pattern, DSR_WORD_NONE, 0, &scan));
  for (; (rc = dsr_scan_next(scan, &match)) == DSR_ROW; n++) {
    sum += match->args[0] + match->args[1];
  }
  OK(rc);
  dsr_scan_stop(scan);
  CHECK(sum > 0);
  return n;
}

static uint64_t lookup(void *ud) {
  base *b = ud;
  uint64_t n = 0;
  for (int i = 0; i < b->n_pairs; i++) {
    dsr_word pattern[DSR_ARITY_MAX] = {b->pairs[i].s, DSR_WORD_NONE};
    n += count_scan(b, b->pairs[i].relation, pattern);
  }
  return n;
}

/* Whole columns at a time, as rules read relations. */
static uint64_t scan(void *ud) {
  base *b = ud;
  dsr_scan *scan;
  dsr_matches some;
  dsr_status rc;
  uint64_t n = 0, sum = 0;
  OK(dsr_scan_start(b->facts, b->view, b->scanned, NULL, DSR_WORD_NONE, 0, &scan));
  for (; (rc = dsr_scan_some(scan, &some)) == DSR_ROW; n += some.n) {
    for (size_t i = 0; i < some.n; i++) sum += some.args[0][i] + some.args[1][i];
  }
  OK(rc);
  dsr_scan_stop(scan);
  CHECK(sum > 0);
  return n;
}

static uint64_t answers(dsr_query *query) {
  int64_t n;
  OK(dsr_count(query, &n));
  return (uint64_t)n;
}
static uint64_t star(void *ud) { return answers(((base *)ud)->star); }
static uint64_t path(void *ud) { return answers(((base *)ud)->path); }

/* The number of a predicate; an import calls rdfs:label `label`. */
static uint32_t relation_of(base *b, const char *text, size_t len) {
  static const char tail[] = "#label>";
  size_t behind = sizeof tail - 1;
  dsr_str name = {text, len};
  if (len > behind && memcmp(text + len - behind, tail, behind) == 0) {
    name = (dsr_str){"label", 5};
  }
  const dsr_relation *found = dsr_relation_find(b->facts, name, 2);
  CHECK(found != NULL);
  return found->number;
}

static void pair(void *ud, kit_text s, kit_text p) {
  base *b = ud;
  dsr_word word;
  CHECK(dsr_symbols_find(dsr_facts_symbols(b->facts), DSR_SYM_ENTITY,
                         (dsr_str){s.at, s.len}, &word) == DSR_OK);
  b->pairs[b->n_pairs].s = word;
  b->pairs[b->n_pairs++].relation = relation_of(b, p.at, p.len);
}

static dsr_query *prepare(base *b, const char *text) {
  char filled[1024];
  dsr_query *query;
  snprintf(filled, sizeof filled, text, asked_relations[0], asked_relations[1],
           asked_relations[2]);
  if (dsr_prepare(b->base, filled, &query) < 0) {
    fprintf(stderr, "%s: %s\n", filled, dsr_errmsg(b->base));
    exit(1);
  }
  return query;
}

static void read_all(const char *file, const char *dir) {
  base b = {.pairs = malloc(LOOKUPS * sizeof *b.pairs)};
  dsr_open_options options = {.must_exist = 1};
  dsr_query *query;
  CHECK(b.pairs != NULL);
  double start = kit_seconds();
  OK(dsr_open(path_of(dir), &options, &b.base));
  OK(dsr_prepare(b.base, "?- <http://example.org/p/0>(<http://example.org/node/1>, X).",
                 &query));
  kit_tell("open_ms", (kit_seconds() - start) * 1e3);
  dsr_finalize(query);
  b.facts = b.base->facts;
  b.view = b.base->view;
  kit_pairs(file, pair, &b);
  b.scanned =
      relation_of(&b, asked_relations[SCANNED], strlen(asked_relations[SCANNED]));
  b.star = prepare(&b, "?- %s(X, A), %s(X, B), %s(X, C).");
  b.path = prepare(&b, "?- %s(A, B), %s(B, C), %s(C, D).");
  kit_questions questions = {lookup, scan, star, path, b.n_pairs};
  kit_ask(&questions, &b);
}

/* The names are made before the clock runs. */
static char names[NODES + RELATIONS][16];

static void make_names(void) {
  for (int i = 0; i < NODES; i++) snprintf(names[i], sizeof *names, "node_%d", i);
  for (int i = 0; i < RELATIONS; i++) {
    snprintf(names[NODES + i], sizeof *names, "p%d", i);
  }
}

static void add_random(base *b) {
  const char *relation = names[NODES + kit_chance(&b->chance) % RELATIONS];
  dsr_value args[2] = {{.type = DSR_ENTITY}, {.type = DSR_ENTITY}};
  for (int i = 0; i < 2; i++) {
    const char *name = names[kit_chance(&b->chance) % NODES];
    args[i].text = (dsr_str){name, strlen(name)};
  }
  dsr_fact fact = {{relation, strlen(relation)}, 2, args, {NULL, 0}};
  OK(dsr_add_fact(b->base, &fact, NULL));
}

static void commit(void *ud, int n) {
  base *b = ud;
  OK(dsr_begin(b->base));
  for (int i = 0; i < n; i++) add_random(b);
  OK(dsr_commit(b->base));
}

int main(int argc, char **argv) {
  CHECK(argc >= 3);
  if (strcmp(argv[1], "load") == 0) load(argv[2], argv[3]);
  if (strcmp(argv[1], "read") == 0) read_all(argv[2], argv[3]);
  if (strcmp(argv[1], "commit") == 0) {
    base b = {0};
    OK(dsr_open(path_of(argv[2]), NULL, &b.base));
    make_names();
    kit_commits(argv[2], commit, &b);
    OK(dsr_close(b.base));
  }
  return 0;
}
