/*
** facts_bulk.c - bulk loads: against claims added one by one, and failing.
**
**   facts_bulk agree FOLDER SEED STEPS   random bases both ways, compared claim by claim
**   facts_bulk fault FOLDER              failing memory, files and hosts change nothing
**
** Prints what was not as it should be; exit code 1 if anything was.
*/
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "facts/bulk.h"
#include "facts/engine.h"
#include "ground/text.h"
#include "facts_host.h"

enum { NAMES = 40, CLAIMS = 12, ROWS_MOST = 400 };

/* ---- what a base holds, as text -------------------------------------------------- */

typedef struct lines {
  VEC(char *) list;
} lines;

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void lines_free(lines *of) {
  for (size_t i = 0; i < of->list.len; i++) free(of->list.items[i]);
  VEC_FREE(&of->list);
}

static void add_line(lines *to, const char *text) {
  CHECK(VEC_PUSH(&to->list, strdup(text)));
}

static void put_word(dsr_facts *facts, dsr_arena *arena, dsr_word word, char *out,
                     size_t room) {
  dsr_str text = {"-", 1};
  if (word != DSR_WORD_NONE) OK(dsr_word_write(facts->symbols, word, arena, &text));
  snprintf(out, room, "%.*s", (int)text.len, text.data);
}

/* One row of a relation with the claims of its set. */
static void add_row(dsr_facts *facts, const dsr_relation *relation, int order,
                    const uint64_t *row, uint64_t number, lines *to) {
  char line[4096];
  dsr_arena arena = {0};
  dsr_str text;
  dsr_set set;
  dsr_tuple fact = {.relation = relation->number, .arity = relation->arity};
  memcpy(fact.args, row, (size_t)relation->arity * sizeof *row);
  fact.time = row[relation->arity];
  OK(dsr_set_get(facts, number, &set));
  for (size_t i = 0; i < set.n; i++) {
    const dsr_claim_row *claim;
    OK(dsr_claim_get(facts, set.entries[i].claim, &claim));
    OK(dsr_claim_write(facts, &fact, claim, &arena, &text));
    snprintf(line, sizeof line, "%d %.*s #%zu %llu-%llu", order, (int)text.len,
             text.data, i, (unsigned long long)set.entries[i].opened,
             (unsigned long long)set.entries[i].closed);
    add_line(to, line);
  }
  dsr_arena_free(&arena);
}

static void add_relation(dsr_facts *facts, const dsr_relation *relation, lines *to) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set, before[DSR_ROW_MAX] = {0};
  int width = relation->arity + 1;
  char line[300];
  snprintf(line, sizeof line, "relation %.*s/%d%s", (int)relation->name.len,
           relation->name.data, relation->arity, relation->timed ? " timed" : "");
  add_line(to, line);
  for (int order = 0; order < (relation->arity > 1 ? 2 : 1); order++) {
    size_t n = 0;
    OK(dsr_cursor_start(facts->store, relation->number, width, order, NULL, 0,
                        &cursor));
    while (dsr_cursor_next(cursor, &row, &set) == DSR_ROW) {
      if (n++ > 0) {
        CHECK(before[order] < row[order] ||
              (before[order] == row[order] &&
               memcmp(before, row, (size_t)width * sizeof *row) != 0));
      }
      memcpy(before, row, (size_t)width * sizeof *row);
      add_row(facts, relation, order, row, set, to);
    }
    dsr_cursor_stop(cursor);
  }
}

static void add_pairs(dsr_facts *facts, uint32_t hidden, int width, lines *to) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  char line[600], word[400] = "";
  dsr_arena arena = {0};
  OK(dsr_cursor_start(facts->store, hidden, width, 0, NULL, 0, &cursor));
  while (dsr_cursor_next(cursor, &row, &set) == DSR_ROW) {
    const uint64_t *number = width > 1 ? row + 1 : row;
    const dsr_relation *relation =
        dsr_relation_get(facts, (uint32_t)dsr_word_signed(*number));
    if (width > 1) put_word(facts, &arena, row[0], word, sizeof word);
    snprintf(line, sizeof line, "hidden %u %s %.*s %lld = %llu", hidden, word,
             (int)relation->name.len, relation->name.data,
             width > 1 ? (long long)dsr_word_signed(row[2]) : 0,
             (unsigned long long)set);
    add_line(to, line);
  }
  dsr_cursor_stop(cursor);
  dsr_arena_free(&arena);
}

/* All that is recorded, in order of text. */
static lines dump(dsr_facts *facts) {
  lines out = {{NULL, 0, 0}};
  const dsr_relation *relation;
  OK(dsr_facts_read(facts, true));
  for (size_t i = 0; (relation = dsr_relation_at(facts, i)) != NULL; i++) {
    add_relation(facts, relation, &out);
  }
  add_pairs(facts, DSR_REL_MENTION, 3, &out);
  add_pairs(facts, DSR_REL_PREFERRED, 1, &out);
  if (out.list.len > 0) {
    qsort(out.list.items, out.list.len, sizeof *out.list.items, by_text);
  }
  return out;
}

static void compare(const char *what, const lines *a, const lines *b) {
  size_t i = 0;
  while (i < a->list.len && i < b->list.len &&
         strcmp(a->list.items[i], b->list.items[i]) == 0) {
    i++;
  }
  if (i == a->list.len && i == b->list.len) return;
  printf("%s: line %zu of %zu and %zu differs:\n  %s\n  %s\n", what, i, a->list.len,
         b->list.len, i < a->list.len ? a->list.items[i] : "(end)",
         i < b->list.len ? b->list.items[i] : "(end)");
  exit(1);
}

static void compare_bases(const char *what, dsr_facts *a, dsr_facts *b) {
  lines left = dump(a), right = dump(b);
  compare(what, &left, &right);
  lines_free(&left);
  lines_free(&right);
}

/* ---- rows at random -------------------------------------------------------------- */

static const struct {
  const char *name;
  int arity;
} shapes[] = {{"p", 2},           {"q", 2},     {"r", 2},       {"u", 1},
              {"w", 3},           {"z", 0},     {"dated", 2},   {"eight", 8},
              {"num", 2},         {"label", 2}, {"same_as", 2}, {"source", 1},
              {"derived_from", 2}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* A row as numbers that either way of loading makes the same words of. */
typedef struct plan {
  int shape;
  int args[DSR_ARITY_MAX];
  int time; /* 0: none */
  int claim;
} plan;

/* Either way of making names. */
typedef struct maker {
  dsr_facts *facts;
  dsr_bulk *bulk;
} maker;

static dsr_word name_word(const maker *m, dsr_symbol_kind kind, const char *text) {
  dsr_word word = 0;
  dsr_str spelling = dsr_str_of(text);
  if (m->bulk == NULL) {
    OK(dsr_symbols_intern(m->facts->symbols, kind, spelling, &word));
  } else {
    OK(dsr_bulk_name(m->bulk, kind, spelling, &word));
  }
  return word;
}

static dsr_word text_word(const maker *m, const char *text, const char *lang) {
  dsr_word word = 0;
  dsr_str none = {NULL, 0}, string = dsr_str_of(text), language = dsr_str_of(lang);
  if (m->bulk == NULL) {
    OK(dsr_text_word(m->facts->symbols, string, language, none, DSR_INTERN, &word));
  } else {
    OK(dsr_bulk_text(m->bulk, string, language, none, &word));
  }
  return word;
}

static dsr_word any_word(const maker *m, int n) {
  char text[64];
  dsr_word word;
  snprintf(text, sizeof text, "name_%d", n);
  if (n % 7 == 3) return text_word(m, text, n % 2 ? "uk" : NULL);
  if (n % 7 == 5) return dsr_word_int((int64_t)n * 1000003);
  if (n % 7 == 6) {
    OK(dsr_int_word(m->facts->symbols, INT64_MAX - n, DSR_INTERN, &word));
    return word;
  }
  return name_word(m, DSR_SYM_ENTITY, text);
}

static dsr_word arg_word(const maker *m, const plan *row, int i) {
  char text[64];
  int n = row->args[i];
  dsr_word word;
  snprintf(text, sizeof text, row->shape >= 11 ? "s%d" : "entity_%d",
           row->shape >= 11 ? n % 4 : n);
  switch (row->shape) {
    case 6:
      if (i == 0) break;
      snprintf(text, sizeof text, n % 2 ? "19%02d" : "19%02d-02-03", n);
      OK(dsr_time_word(m->facts->symbols, dsr_str_of(text), DSR_INTERN, &word));
      return word;
    case 8:
      return dsr_word_int(i == 0 ? n : (n % 2 ? 1 : -1) * (INT64_C(1) << (n + 19)) + n);
    case 9:
      if (i == 0) break;
      return text_word(m, text, n % 3 ? "de" : NULL);
    case 4:
    case 7:
      return any_word(m, n);
    default:
      break;
  }
  return name_word(m, DSR_SYM_ENTITY, text);
}

static dsr_word time_word(const maker *m, int n) {
  static const char *const times[] = {"1994", "1994-02-08", "1990/2000", "2001~"};
  dsr_word word = DSR_WORD_NONE;
  if (n == 0) return word;
  OK(dsr_time_word(m->facts->symbols, dsr_str_of(times[n - 1]), DSR_INTERN, &word));
  return word;
}

static dsr_claim_row claim_row(const maker *m, int n) {
  dsr_claim_row claim = {.verb = DSR_ASSERTS};
  char text[16];
  snprintf(text, sizeof text, "s%d", n % 4);
  claim.source =
      n % 4 == 3 ? dsr_facts_base_source(m->facts) : name_word(m, DSR_SYM_ENTITY, text);
  if (n == 4) claim.verb = DSR_DENIES;
  if (n == 5) claim.locator = text_word(m, "page 5", NULL);
  if (n == 6) claim.credibility = '2';
  if (n == 9) claim.kind = DSR_ASSESSED;
  if (n == 10) claim.verb = DSR_PREFERS;
  if (n == 11) claim.verb = DSR_DEPRECATES;
  return claim;
}

static plan random_plan(const plan *before, size_t n) {
  plan row = {.shape = (int)chance(chance(8) > 0 ? 9 : SHAPES)};
  if (row.shape == SHAPES - 1) row.shape = 11; /* circles are another test's */
  for (int i = 0; i < DSR_ARITY_MAX; i++) row.args[i] = (int)chance(NAMES);
  row.time = chance(3) == 0 ? (int)chance(5) : 0;
  row.claim = (int)chance(10);
  if (n > 0 && chance(4) == 0) {
    row = before[chance(n)];
    row.claim = (int)chance(CLAIMS);
  }
  if (row.shape >= 11) {
    row.claim = 3;
    row.time = 0;
  }
  return row;
}

static uint32_t relation_number(const maker *m, int shape) {
  uint32_t number;
  dsr_str name = dsr_str_of(shapes[shape].name);
  int arity = shapes[shape].arity;
  if (m->bulk != NULL) {
    OK(dsr_bulk_relation(m->bulk, name, arity, &number));
    return number;
  }
  const dsr_relation *found = dsr_relation_find(m->facts, name, arity);
  if (found != NULL) return found->number;
  OK(dsr_relation_declare(m->facts, &(dsr_relation){.name = name, .arity = arity},
                          &number));
  return number;
}

/* Put a row; what it came to. */
static dsr_status put_plan(const maker *m, const plan *row) {
  dsr_tuple fact = {.relation = relation_number(m, row->shape),
                    .arity = shapes[row->shape].arity};
  for (int i = 0; i < fact.arity; i++) fact.args[i] = arg_word(m, row, i);
  fact.time = time_word(m, row->time);
  dsr_claim_row claim = claim_row(m, row->claim);
  if (m->bulk == NULL) return dsr_claim_add(m->facts, &fact, &claim);
  dsr_status rc = dsr_bulk_claim(m->bulk, &claim);
  return rc < 0 ? rc : dsr_bulk_put(m->bulk, fact.relation, fact.args, fact.time);
}

/* The declarations and sources that the rows need. */
static void prepare(dsr_facts *facts) {
  maker m = {facts, NULL};
  uint32_t number, p;
  char name[16];
  OK(dsr_facts_begin(facts));
  dsr_relation p_spec = {.name = dsr_str_of("p"), .arity = 2, .declared = true};
  OK(dsr_relation_declare(facts, &p_spec, &p));
  dsr_relation q = {.name = dsr_str_of("q"), .arity = 2, .declared = true};
  q.symmetric = true;
  OK(dsr_relation_declare(facts, &q, &number));
  dsr_relation r = {.name = dsr_str_of("r"), .arity = 2, .declared = true};
  r.inverse = p;
  OK(dsr_relation_declare(facts, &r, &number));
  dsr_relation dated = {.name = dsr_str_of("dated"), .arity = 2, .declared = true};
  dated.types[0] = DSR_COL_ENTITY;
  dated.types[1] = DSR_COL_TIME;
  OK(dsr_relation_declare(facts, &dated, &number));
  for (int i = 0; i < 3; i++) {
    snprintf(name, sizeof name, "s%d", i);
    dsr_claim_row claim = {.verb = DSR_ASSERTS};
    claim.source = dsr_facts_base_source(facts);
    dsr_tuple source = {.relation = DSR_REL_SOURCE, .arity = 1};
    source.args[0] = name_word(&m, DSR_SYM_ENTITY, name);
    OK(dsr_claim_add(facts, &source, &claim));
  }
  OK(dsr_facts_commit(facts));
}

/* ---- both ways ------------------------------------------------------------------- */

static void retract_some(dsr_facts *facts, const plan *row) {
  maker m = {facts, NULL};
  dsr_tuple fact = {.relation = relation_number(&m, row->shape),
                    .arity = shapes[row->shape].arity};
  for (int i = 0; i < fact.arity; i++) fact.args[i] = arg_word(&m, row, i);
  fact.time = time_word(&m, row->time);
  dsr_claim_filter filter = {.source = dsr_facts_base_source(facts)};
  OK(dsr_claim_retract(facts, &fact, &filter));
}

/* Rows [from, to) of the plan, in bulk. */
static dsr_status put_bulk(dsr_facts *facts, const plan *rows, size_t from, size_t to,
                           const dsr_bulk_options *options) {
  maker m = {facts, NULL};
  TRY(dsr_bulk_open(facts, options, &m.bulk));
  dsr_status rc = DSR_OK;
  for (size_t i = from; rc >= 0 && i < to; i++) rc = put_plan(&m, &rows[i]);
  if (rc >= 0) rc = dsr_bulk_finish(m.bulk);
  dsr_bulk_drop(m.bulk);
  return rc;
}

static void put_singly(dsr_facts *facts, const plan *rows, size_t from, size_t to) {
  maker m = {facts, NULL};
  for (size_t i = from; i < to; i++) OK(put_plan(&m, &rows[i]));
}

/* A transaction of both bases: singly in `a`; in `b` some rows in bulk between others. */
static void both(dsr_facts *a, dsr_facts *b, const char *folder, const plan *rows,
                 size_t n, size_t memory) {
  dsr_bulk_options options = {.memory = memory, .folder = folder};
  size_t first = chance(2) ? 0 : chance(n + 1), last = chance(2) ? n : first;
  if (last < n) last = first + chance(n - first + 1);
  OK(dsr_facts_begin(a));
  put_singly(a, rows, 0, n);
  OK(dsr_facts_commit(a));
  OK(dsr_facts_begin(b));
  put_singly(b, rows, 0, first);
  OK(put_bulk(b, rows, first, last, &options));
  put_singly(b, rows, last, n);
  CHECK(dsr_facts_changes(a) == dsr_facts_changes(b));
  OK(dsr_facts_commit(b));
}

/* A transaction that comes to nothing. */
static void abandon(dsr_facts *b, const char *folder, const plan *rows, size_t n,
                    size_t memory) {
  dsr_bulk_options options = {.memory = memory, .folder = folder};
  lines was = dump(b);
  OK(dsr_facts_begin(b));
  if (chance(2)) put_singly(b, rows, 0, n / 2);
  maker m = {b, NULL};
  OK(dsr_bulk_open(b, &options, &m.bulk));
  for (size_t i = 0; i < n; i++) OK(put_plan(&m, &rows[i]));
  CHECK(dsr_facts_commit(b) == DSR_EMISUSE);
  if (chance(2)) OK(dsr_bulk_finish(m.bulk));
  if (chance(2)) {
    dsr_bulk_drop(m.bulk);
    m.bulk = NULL;
  }
  OK(dsr_facts_rollback(b));
  dsr_bulk_drop(m.bulk);
  lines is = dump(b);
  compare("after a rollback", &was, &is);
  lines_free(&was);
  lines_free(&is);
}

static const char *in_folder(const char *folder, const char *name) {
  static char paths[4][1024];
  static int turn;
  char *path = paths[turn++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static void sweep(const char *folder) {
  static const char *const names[] = {"a",      "a-wal",  "a-shm",        "a-new",
                                      "a-lock", "b",      "b-wal",        "b-shm",
                                      "b-new",  "b-lock", "b-new-journal"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    unlink(in_folder(folder, names[i]));
  }
}

/* Change both bases once more. */
static void step(dsr_facts *a, dsr_facts *b, const char *folder, plan *rows,
                 size_t *planned) {
  static const size_t memories[] = {1, 20000, 0};
  size_t memory = memories[chance(3)];
  size_t n = 1 + chance(chance(3) ? 30 : ROWS_MOST);
  plan fresh[ROWS_MOST];
  for (size_t i = 0; i < n; i++) {
    fresh[i] = random_plan(*planned > 0 ? rows : fresh, *planned > 0 ? *planned : i);
    /* Nobody may judge what nobody claims. */
    if (*planned == 0 && fresh[i].claim >= 10) fresh[i].claim = 0;
  }
  if (chance(4) == 0) abandon(b, folder, fresh, n, memory);
  both(a, b, folder, fresh, n, memory);
  for (size_t i = 0; i < n; i++) {
    if (fresh[i].claim < 10) rows[(*planned)++ % ROWS_MOST] = fresh[i];
    if (*planned > ROWS_MOST) *planned = ROWS_MOST;
  }
  if (chance(3) == 0) {
    OK(dsr_facts_begin(a));
    OK(dsr_facts_begin(b));
    const plan *row = &rows[chance(*planned)];
    if (row->shape < 11) retract_some(a, row), retract_some(b, row);
    OK(dsr_facts_commit(a));
    OK(dsr_facts_commit(b));
  }
  if (chance(4) == 0) {
    OK(dsr_facts_begin(a));
    OK(dsr_facts_begin(b));
    uint64_t txn = dsr_store_txn(a->store) - 1;
    CHECK(txn == dsr_store_txn(b->store) - 1);
    dsr_status x = dsr_transaction_undo(a, txn), y = dsr_transaction_undo(b, txn);
    CHECK(x == y);
    OK(x < 0 ? dsr_facts_rollback(a) : dsr_facts_commit(a));
    OK(y < 0 ? dsr_facts_rollback(b) : dsr_facts_commit(b));
  }
}

static int agree(const char *folder, uint64_t seed, int steps) {
  dsr_facts *a, *b;
  plan rows[ROWS_MOST + 1];
  size_t planned = 0;
  chance_state = seed;
  sweep(folder);
  const char *path = chance(4) ? in_folder(folder, "b") : NULL;
  dsr_open_options options = {.now = "2026-01-01", .merge_bound = 1 + (int)chance(300)};
  if (chance(2)) options.block_bytes = 80 + (int)chance(900);
  OK(dsr_facts_open(NULL, &options, &error, &a));
  OK(dsr_facts_open(path, &options, &error, &b));
  prepare(a);
  prepare(b);
  for (int i = 0; i < steps; i++) {
    step(a, b, folder, rows, &planned);
    compare_bases("singly and in bulk", a, b);
    if (path != NULL && chance(3) == 0) {
      dsr_facts_close(b);
      OK(dsr_facts_open(path, &options, &error, &b));
      compare_bases("singly and in bulk, opened again", a, b);
    }
    OK(dsr_store_verify(b->store));
    dsr_facts_rest(b);
  }
  dsr_facts_close(a);
  dsr_facts_close(b);
  sweep(folder);
  printf("facts_bulk: agreed\n");
  return 0;
}

/* ---- what fails ------------------------------------------------------------------ */

static size_t plan_many(plan *rows, size_t n) {
  for (size_t i = 0; i < n; i++) {
    rows[i] = random_plan(rows, i);
    if (rows[i].claim >= 10) rows[i].claim = 0;
  }
  return n;
}

/* A bulk load as a transaction of its own. */
static dsr_status load_plan(dsr_facts *facts, const plan *rows, size_t n,
                            const dsr_bulk_options *options) {
  TRY(dsr_facts_begin(facts));
  dsr_status rc = put_bulk(facts, rows, 0, n, options);
  if (rc >= 0) return dsr_facts_commit(facts);
  OK(dsr_facts_rollback(facts));
  return rc;
}

/* put_plan() takes failures of its own names for the test's, so words are made first. */
typedef struct ready {
  uint32_t relation;
  dsr_word args[2];
} ready;

static dsr_status load_ready(dsr_facts *facts, const dsr_bulk_options *options,
                             size_t n) {
  dsr_bulk *bulk = NULL;
  dsr_claim_row claim = {.verb = DSR_ASSERTS};
  char text[32];
  dsr_status rc = dsr_facts_begin(facts);
  if (rc < 0) return rc;
  claim.source = dsr_facts_base_source(facts);
  rc = dsr_bulk_open(facts, options, &bulk);
  if (rc >= 0) rc = dsr_bulk_claim(bulk, &claim);
  for (size_t i = 0; rc >= 0 && i < n; i++) {
    ready row;
    snprintf(text, sizeof text, "of_%zu", i * 7919 % 300);
    rc = dsr_bulk_relation(bulk, dsr_str_of(i % 3 ? "p" : "fresh"), 2, &row.relation);
    if (rc >= 0) {
      rc = dsr_bulk_name(bulk, DSR_SYM_ENTITY, dsr_str_of(text), &row.args[0]);
    }
    snprintf(text, sizeof text, "to_%zu", i);
    if (rc >= 0) {
      rc = dsr_bulk_name(bulk, DSR_SYM_ENTITY, dsr_str_of(text), &row.args[1]);
    }
    if (rc >= 0) rc = dsr_bulk_put(bulk, row.relation, row.args, DSR_WORD_NONE);
  }
  if (rc >= 0) rc = dsr_bulk_finish(bulk);
  dsr_bulk_drop(bulk);
  if (rc >= 0) return dsr_facts_commit(facts);
  if (dsr_facts_writing(facts)) {
    dsr_status undone = dsr_facts_rollback(facts);
    if (undone == DSR_ENOMEM) undone = DSR_OK; /* the caches are read again later */
    OK(undone);
  }
  return rc;
}

static dsr_facts *open_base(const char *path) {
  dsr_facts *facts;
  dsr_open_options options = {
      .now = "2026-01-01", .merge_bound = 50, .block_bytes = 400};
  OK(dsr_facts_open(path, &options, &error, &facts));
  return facts;
}

static void check_same(const char *what, const char *path, const lines *was) {
  dsr_facts *facts = open_base(path);
  lines is = dump(facts);
  compare(what, was, &is);
  OK(dsr_store_verify(facts->store));
  lines_free(&is);
  dsr_facts_close(facts);
}

/* Allocations fail one after the other until a load gets through. */
static void fail_memory(const char *path, const lines *was) {
  dsr_bulk_options options = {.memory = 4000};
  dsr_status rc = DSR_ENOMEM;
  for (long n = 1; rc < 0; n += 1 + n / 40) {
    dsr_facts *facts = open_base(path);
    dsr_mem_fail_at(n);
    rc = load_ready(facts, &options, 700);
    dsr_mem_fail_at(0);
    CHECK(rc == DSR_ENOMEM || rc >= 0);
    if (rc < 0) {
      lines is = dump(facts);
      compare("after a failed allocation, the same handle", was, &is);
      lines_free(&is);
    }
    dsr_facts_close(facts);
    if (rc < 0) check_same("after a failed allocation", path, was);
  }
}

/* Files may grow no further than so many bytes. */
static void limit_files(rlim_t bytes) {
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

static void fail_writes(const char *path, const lines *was) {
  dsr_bulk_options options = {.memory = 4000};
  dsr_status rc = DSR_EIO;
  int failed = 0;
  for (rlim_t bytes = 1000; rc < 0; bytes += bytes / 5) {
    dsr_facts *facts = open_base(path);
    limit_files(bytes);
    rc = load_ready(facts, &options, 3000);
    limit_files(RLIM_INFINITY);
    failed += rc < 0;
    if (rc < 0) {
      lines is = dump(facts);
      compare("after a failed write, the same handle", was, &is);
      lines_free(&is);
    }
    dsr_facts_close(facts);
    if (rc < 0) check_same("after a failed write", path, was);
  }
  CHECK(failed > 5);
}

static int stop_at_once(void *ud, const char *what, int64_t done, int64_t total) {
  (void)what, (void)done, (void)total;
  ++*(int *)ud;
  return 1;
}

static void stop(const char *path, const lines *was) {
  dsr_pace pace;
  int told = 0;
  dsr_bulk_options options = {.memory = 4000, .pace = &pace};
  dsr_facts *facts = open_base(path);
  dsr_pace_start(&pace, stop_at_once, &told, &error);
  pace.due = 0;
  CHECK(load_ready(facts, &options, 3000) == DSR_ESTOPPED);
  CHECK(told == 1);
  dsr_facts_close(facts);
  check_same("after a stop", path, was);
}

/* Rows, claims and names that are wrong are told, and the load goes on. */
static void refuse(const char *path) {
  dsr_facts *facts = open_base(path);
  maker m = {facts, NULL};
  uint32_t dated;
  dsr_word word, args[2];
  dsr_claim_row claim = {.verb = DSR_ASSERTS};
  OK(dsr_facts_begin(facts));
  OK(dsr_bulk_open(facts, NULL, &m.bulk));
  dsr_bulk *second;
  CHECK(dsr_bulk_open(facts, NULL, &second) == DSR_EMISUSE);
  OK(dsr_bulk_relation(m.bulk, dsr_str_of("dated"), 2, &dated));
  uint32_t u;
  OK(dsr_bulk_relation(m.bulk, dsr_str_of("u"), 1, &u));
  dsr_relation again = {.name = dsr_str_of("u"), .arity = 1, .declared = true};
  CHECK(dsr_relation_declare(facts, &again, &u) == DSR_EDECLARE);
  CHECK(strstr(error.text, "bulk load is open") != NULL);
  args[0] = name_word(&m, DSR_SYM_ENTITY, "someone");
  args[1] = args[0];
  CHECK(dsr_bulk_put(m.bulk, dated, args, DSR_WORD_NONE) == DSR_EMISUSE);
  claim.source = name_word(&m, DSR_SYM_ENTITY, "nobody");
  CHECK(dsr_bulk_claim(m.bulk, &claim) == DSR_ESOURCE);
  CHECK(strstr(error.text, "nobody") != NULL);
  claim.source = dsr_facts_base_source(facts);
  OK(dsr_bulk_claim(m.bulk, &claim));
  CHECK(dsr_bulk_put(m.bulk, dated, args, DSR_WORD_NONE) == DSR_ETYPE);
  CHECK(strstr(error.text, "row 1: column 2 of dated/2 is declared date") != NULL);
  CHECK(strstr(error.text, "someone") != NULL);
  CHECK(dsr_bulk_name(m.bulk, DSR_SYM_ENTITY, (dsr_str){"\xff", 1}, &word) ==
        DSR_ESYNTAX);
  CHECK(dsr_bulk_name(m.bulk, DSR_SYM_ENTITY, (dsr_str){"", 0}, &word) == DSR_ESYNTAX);
  args[1] = DSR_WORD_NONE;
  CHECK(dsr_bulk_put(m.bulk, dated, args, DSR_WORD_NONE) == DSR_EMISUSE);
  args[1] = dsr_word_day(0);
  OK(dsr_bulk_put(m.bulk, dated, args, DSR_WORD_NONE));
  OK(dsr_bulk_finish(m.bulk));
  CHECK(dsr_bulk_put(m.bulk, dated, args, DSR_WORD_NONE) == DSR_EMISUSE);
  dsr_bulk_drop(m.bulk);
  CHECK(dsr_facts_opened(facts) == 1);
  OK(dsr_facts_commit(facts));
  OK(dsr_facts_begin(facts));
  OK(dsr_bulk_open(facts, NULL, &m.bulk));
  claim.verb = DSR_PREFERS;
  OK(dsr_bulk_claim(m.bulk, &claim));
  args[1] = dsr_word_day(1);
  OK(dsr_bulk_put(m.bulk, dated, args, DSR_WORD_NONE));
  CHECK(dsr_bulk_finish(m.bulk) == DSR_EABSENT);
  CHECK(strstr(error.text, "no claim on dated(someone, 1970-01-02)") != NULL);
  dsr_bulk_drop(m.bulk);
  CHECK(dsr_facts_commit(facts) == DSR_EABSENT);
  dsr_facts_close(facts);
}

static int fault(const char *folder) {
  plan rows[200];
  char path[1024];
  dsr_bulk_options options = {.memory = 1};
  snprintf(path, sizeof path, "%s/a", folder);
  signal(SIGXFSZ, SIG_IGN);
  chance_state = 7;
  sweep(folder);
  lines nothing = {{NULL, 0, 0}};
  dsr_facts *facts = open_base(path);
  nothing = dump(facts);
  dsr_facts_close(facts);
  fail_writes(path, &nothing); /* a base being born */
  sweep(folder);
  stop(path, &nothing);
  fail_memory(path, &nothing);
  sweep(folder);
  facts = open_base(path);
  prepare(facts);
  OK(load_plan(facts, rows, plan_many(rows, 200), &options));
  lines was = dump(facts);
  dsr_facts_close(facts);
  stop(path, &was);
  fail_memory(path, &was);
  facts = open_base(path);
  lines is = dump(facts);
  dsr_facts_close(facts);
  /* One more transaction, so that what it would change is not there. */
  sweep(folder);
  facts = open_base(path);
  prepare(facts);
  lines_free(&was);
  was = dump(facts);
  dsr_facts_close(facts);
  fail_writes(path, &was);
  sweep(folder);
  facts = open_base(path);
  prepare(facts);
  dsr_facts_close(facts);
  refuse(path);
  lines_free(&nothing);
  lines_free(&was);
  lines_free(&is);
  sweep(folder);
  printf("facts_bulk: nothing lost\n");
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 2 ? argv[1] : "";
  if (strcmp(what, "agree") == 0 && argc == 5) {
    return agree(argv[2], strtoull(argv[3], NULL, 10), atoi(argv[4]));
  }
  if (strcmp(what, "fault") == 0) return fault(argv[2]);
  printf("facts_bulk agree FOLDER SEED STEPS | fault FOLDER\n");
  return 1;
}
