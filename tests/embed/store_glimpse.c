/*
** store_glimpse.c - questions to a base just opened, whose directories are large.
**
**   store_glimpse PATH [SEED [STEPS]]
**
** Rows in many small blocks, put in one transaction, then more of them in a few commits,
** packed anew at times.  After each, handles that open the base anew and ask for a few rows,
** prefixes and records, there or not, must say what a plain array does, whether they came
** upon single blocks or read the whole directory, and when allocations failed before.
** Where a row of the directory is gone, every answer is right or the damage is told.
**
** Prints its seed; exit code 1 where anything differs.
*/
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inside.h"
#include "chance.h"

enum { ROWS_MOST = 60000, RELATION = 3, WIDTH = 3, ORDERS = 3, NAMES_MOST = 20000 };

typedef struct model_row {
  uint64_t row[WIDTH], set;
} model_row;

static model_row model[ROWS_MOST], wanted[ROWS_MOST];
static size_t n_model, n_names;
static int glimpses, damages;
static const char *path;
static dsr_error error;
static dsr_open_options options = {.merge_bound = 100, .block_bytes = 256};

#define OK(call) CHECK((call) >= 0, "%s", error.text)

static int sort_order;

/* The column of an order in some place of it. */
static int column(int order, int place) {
  return place == 0 ? order : place <= order ? place - 1 : place;
}

static int by_order(const void *left, const void *right) {
  const model_row *a = left, *b = right;
  for (int i = 0; i < WIDTH; i++) {
    int c = column(sort_order, i);
    if (a->row[c] != b->row[c]) return a->row[c] < b->row[c] ? -1 : 1;
  }
  return 0;
}

static dsr_store *open_base(void) {
  dsr_store *store;
  OK(dsr_store_open(path, &options, &error, &store));
  return store;
}

/* A row; some first words have many. */
static void random_row(uint64_t *row) {
  row[0] = below(3) == 0 ? below(20) * 1000 : below(20000);
  row[1] = UINT64_C(1) << 60 | below(3000);
  row[2] = below(4);
}

/* ---- asking: DSR_OK, or DSR_EDAMAGED --------------------------------------------- */

static dsr_status same_prefix(dsr_store *store) {
  uint64_t prefix[WIDTH], row[WIDTH];
  int order = (int)below(2), n_prefix = 1 + (int)below(WIDTH);
  size_t n = 0, i = 0;
  random_row(row);
  if (below(3) > 0) memcpy(row, model[below(n_model)].row, sizeof row);
  for (int p = 0; p < WIDTH; p++) prefix[p] = row[column(order, p)];
  for (size_t k = 0; k < n_model; k++) {
    bool has = true;
    for (int p = 0; p < n_prefix; p++) {
      has = has && model[k].row[column(order, p)] == prefix[p];
    }
    if (has) wanted[n++] = model[k];
  }
  sort_order = order;
  qsort(wanted, n, sizeof *wanted, by_order);
  dsr_cursor *cursor;
  const uint64_t *found;
  uint64_t set;
  dsr_status rc =
      dsr_cursor_start(store, RELATION, WIDTH, order, prefix, n_prefix, &cursor);
  if (rc < 0) return rc;
  bool stretches = below(2);
  while (rc >= 0 && rc != DSR_DONE) {
    dsr_stretch some = {.n = 1};
    rc = stretches ? dsr_cursor_some(cursor, &some)
                   : dsr_cursor_next(cursor, &found, &set);
    for (size_t k = 0; rc == DSR_ROW && k < some.n; k++, i++) {
      CHECK(i < n, "too many rows");
      for (int c = 0; c < WIDTH; c++) {
        CHECK((stretches ? some.columns[c][k] : found[c]) == wanted[i].row[c],
              "another row");
      }
      CHECK((stretches ? some.sets[k] : set) == wanted[i].set, "another set");
    }
  }
  dsr_cursor_stop(cursor);
  if (rc < 0) return rc;
  CHECK(i == n, "order %d, %d words: %zu rows, not %zu", order, n_prefix, i, n);
  return DSR_OK;
}

static dsr_status same_get(dsr_store *store) {
  uint64_t row[WIDTH], set = 0;
  const model_row *there = NULL;
  random_row(row);
  if (below(2) == 0) memcpy(row, model[below(n_model)].row, sizeof row);
  for (size_t k = 0; k < n_model && there == NULL; k++) {
    if (memcmp(model[k].row, row, sizeof row) == 0) there = &model[k];
  }
  dsr_status rc = dsr_store_get(store, RELATION, WIDTH, row, &set);
  if (rc < 0) return rc;
  CHECK((rc == DSR_OK) == (there != NULL), "a row is there, or not");
  CHECK(there == NULL || there->set == set, "a row has another set");
  return DSR_OK;
}

static dsr_status same_name(dsr_store *store) {
  char text[32];
  uint64_t number = 0;
  size_t i = below(2 * n_names);
  int len = snprintf(text, sizeof text, "name %zu", i);
  dsr_status rc =
      dsr_store_find(store, DSR_REC_NAME, (dsr_str){text, (size_t)len}, &number);
  if (rc < 0) return rc;
  CHECK((rc == DSR_OK) == (i < n_names), "%s is found, or not", text);
  CHECK(rc != DSR_OK || number == i + 1, "%s has another number", text);
  return DSR_OK;
}

static dsr_status same_something(dsr_store *store) {
  uint64_t what = below(3);
  return what == 0   ? same_prefix(store)
         : what == 1 ? same_get(store)
                     : same_name(store);
}

/* A few questions of one who comes anew. */
static dsr_status ask(int times) {
  dsr_store *store = open_base();
  dsr_status rc = DSR_OK;
  while (rc >= 0 && times-- > 0) rc = same_something(store);
  for (int order = 0; order < 2; order++) {
    dsr_sequence *sequence =
        dsr_sequences_find(&store->sequences, dsr_sequence_key(RELATION, order));
    if (sequence != NULL) glimpses += sequence->n_glimpses;
  }
  dsr_store_close(store);
  return rc;
}

/* One allocation after the other fails: the answers behind it are right. */
static void ask_without_memory(void) {
  dsr_status rc = DSR_ENOMEM;
  uint64_t start = below(1000000);
  for (long n = 1; rc < 0; n++) {
    dsr_store *store = open_base();
    chance_state = start;
    dsr_mem_fail_at(n);
    rc = DSR_OK;
    for (int i = 0; rc >= 0 && i < 8; i++) rc = same_something(store);
    dsr_mem_fail_at(0);
    CHECK(rc >= 0 || rc == DSR_ENOMEM, "%s", error.text);
    for (int i = 0; i < 8; i++) OK(same_something(store));
    dsr_store_close(store);
  }
}

/* ---- changing -------------------------------------------------------------------- */

static void put(dsr_store *store) {
  model_row new = {.set = 1 + below(50)};
  random_row(new.row);
  size_t k = 0;
  while (k < n_model && memcmp(model[k].row, new.row, sizeof new.row) != 0) k++;
  if (k == ROWS_MOST) return;
  OK(dsr_store_put(store, RELATION, WIDTH, ORDERS, new.row, new.set));
  model[k] = new;
  if (k == n_model) n_model++;
}

static void add(int rows) {
  bool moved;
  char text[32];
  dsr_store *store = open_base();
  OK(dsr_store_begin(store, 0, &moved));
  for (int i = 0; i < rows; i++) {
    uint64_t number;
    put(store);
    if (n_names == NAMES_MOST) continue;
    int len = snprintf(text, sizeof text, "name %zu", n_names++);
    OK(dsr_store_append(store, DSR_REC_NAME, (dsr_str){text, (size_t)len}, &number));
  }
  OK(dsr_store_commit(store));
  if (below(3) == 0) {
    OK(dsr_store_begin(store, 0, &moved));
    OK(dsr_store_fold(store));
    OK(dsr_store_repack(store, NULL, NULL, NULL));
    OK(dsr_store_mend(store, false));
  }
  OK(dsr_store_verify(store));
  dsr_store_close(store);
}

/* ---- damage ---------------------------------------------------------------------- */

static void run_sql(sqlite3 *db, const char *text) {
  CHECK(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", text,
        sqlite3_errmsg(db));
}

/* Take a row out of the directory, ask, and put it back. */
static void lose_entry(void) {
  sqlite3 *db;
  char text[200];
  CHECK(sqlite3_open(path, &db) == SQLITE_OK, "no base");
  snprintf(text, sizeof text,
           "CREATE TEMP TABLE lost AS SELECT id, data FROM directory "
           "LIMIT 1 OFFSET (SELECT count(*) FROM directory) * %d / 1000",
           (int)below(1000));
  run_sql(db, text);
  run_sql(db, "DELETE FROM directory WHERE id IN (SELECT id FROM lost)");
  for (int i = 0; i < 6; i++) {
    dsr_status rc = ask(1 + (int)below(8));
    CHECK(rc >= 0 || rc == DSR_EDAMAGED, "%s", error.text);
    damages += rc < 0;
  }
  run_sql(db, "INSERT INTO directory SELECT id, data FROM lost");
  run_sql(db, "DROP TABLE lost");
  CHECK(sqlite3_close(db) == SQLITE_OK, "the file is not closed");
}

int main(int argc, char **argv) {
  uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)getpid();
  int steps = argc > 3 ? atoi(argv[3]) : 12;
  CHECK(argc > 1, "store_glimpse PATH [SEED [STEPS]]");
  path = argv[1];
  chance_state = seed;
  printf("store_glimpse: seed %" PRIu64 "\n", seed);
  add(6000);
  for (int i = 0; i < steps; i++) {
    for (int k = 0; k < 25; k++) OK(ask(1 + (int)below(k < 20 ? 12 : 80)));
    for (int k = 0; k < 4; k++) lose_entry();
    if (i % 4 == 1) ask_without_memory();
    add(1 + (int)below(below(2) == 0 ? 30 : 600));
  }
  CHECK(glimpses > 0, "no block was found by itself");
  CHECK(damages > 0, "no damage was told");
  printf("store_glimpse: agreed\n");
  return 0;
}
