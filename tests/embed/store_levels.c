/*
** store_levels.c - an order of a relation in many levels, against a plain array.
**
**   store_levels PATH [SEED [STEPS]]
**
** Small commits of random rows, some of them there already with another set, on a base
** whose tail is short, so that most commits are folded: levels come, and swallow each
** other.  Scans of both orders, of prefixes, single rows and records by content must agree
** with the array throughout: as the handle that wrote sees them, another one, and one that
** opens the base anew; the file is verified.  Packed anew it is one level.  A base of
** format 2 is read, and becomes one of the newest with the next commit.
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

enum { ROWS_MOST = 40000, RELATION = 3, WIDTH = 3, ORDERS = 3, NAMES_MOST = 20000 };

typedef struct model_row {
  uint64_t row[WIDTH], set;
} model_row;

static model_row model[ROWS_MOST], sorted[ROWS_MOST];
static size_t n_model, n_names;
static int max_above;
static const char *path;
static dsr_error error;
static dsr_open_options options = {.merge_bound = 24, .block_bytes = 512};

#define OK(call) CHECK((call) >= 0, "%s", error.text)

static int sort_order;

static int by_order(const void *left, const void *right) {
  const model_row *a = left, *b = right;
  if (sort_order == 1 && a->row[1] != b->row[1]) return a->row[1] < b->row[1] ? -1 : 1;
  for (int c = 0; c < WIDTH; c++) {
    if (a->row[c] != b->row[c]) return a->row[c] < b->row[c] ? -1 : 1;
  }
  return 0;
}

static model_row *find(const uint64_t *row) {
  for (size_t i = n_model; i-- > 0;) {
    if (memcmp(model[i].row, row, sizeof model[i].row) == 0) return &model[i];
  }
  return NULL;
}

/* ---- agreeing -------------------------------------------------------------------- */

/* A scan from the model's row `like` (NULL: of all) by its first column in the order. */
static void same_scan(dsr_store *store, int order, const uint64_t *prefix) {
  size_t n = 0, i = 0;
  for (size_t k = 0; k < n_model; k++) {
    if (prefix == NULL || model[k].row[order] == *prefix) sorted[n++] = model[k];
  }
  sort_order = order;
  qsort(sorted, n, sizeof *sorted, by_order);
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  dsr_status rc;
  OK(dsr_cursor_start(store, RELATION, WIDTH, order, prefix, prefix != NULL, &cursor));
  for (; (rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW; i++) {
    CHECK(i < n && memcmp(row, sorted[i].row, sizeof sorted[i].row) == 0,
          "order %d: row %zu of %zu is another", order, i, n);
    CHECK(set == sorted[i].set, "order %d: row %zu has the set %" PRIu64, order, i,
          set);
  }
  OK(rc);
  CHECK(i == n, "order %d: %zu rows, not %zu", order, i, n);
  dsr_cursor_stop(cursor);
}

static void same_gets(dsr_store *store, int tries) {
  while (tries-- > 0) {
    uint64_t row[WIDTH] = {below(400), below(50), below(3)}, set = 0;
    if (below(2) == 0 && n_model > 0) {
      memcpy(row, model[below(n_model)].row, sizeof row);
    }
    const model_row *wanted = find(row);
    dsr_status rc = dsr_store_get(store, RELATION, WIDTH, row, &set);
    OK(rc);
    CHECK((rc == DSR_OK) == (wanted != NULL), "a row is there, or not");
    CHECK(wanted == NULL || wanted->set == set, "a row has another set");
  }
}

static size_t name(size_t i, char out[32]) {
  return (size_t)snprintf(out, 32, "name %zu", i);
}

static void same_names(dsr_store *store, int tries) {
  char text[32];
  uint64_t number = 0;
  for (; n_names > 0 && tries-- > 0;) {
    size_t i = below(n_names), len = name(i, text);
    dsr_status rc = dsr_store_find(store, DSR_REC_NAME, (dsr_str){text, len}, &number);
    OK(rc);
    CHECK(rc == DSR_OK && number == i + 1, "%s is not found", text);
    len = name(n_names + i, text);
    CHECK(dsr_store_find(store, DSR_REC_NAME, (dsr_str){text, len}, &number) ==
              DSR_NOTHING,
          "%s is found", text);
  }
}

static void same(dsr_store *store) {
  bool moved;
  OK(dsr_store_read(store, true, &moved));
  for (int order = 0; order < 2; order++) {
    uint64_t prefix = below(60);
    same_scan(store, order, NULL);
    same_scan(store, order, &prefix);
  }
  same_gets(store, 60);
  same_names(store, 60);
}

/* ---- steps ----------------------------------------------------------------------- */

static int levels_above(dsr_store *store, uint32_t relation, int order) {
  dsr_sequence *sequence;
  OK(dsr_store_ready(store));
  OK(dsr_store_sequence(store, relation, relation == RELATION ? WIDTH : 2, order,
                        &sequence));
  return sequence == NULL ? 0 : sequence->n_above;
}

static void put(dsr_store *store) {
  uint64_t row[WIDTH] = {below(400), below(50), below(3)}, set = below(1000);
  if (n_model > 0 && below(4) == 0) memcpy(row, model[below(n_model)].row, sizeof row);
  model_row *there = find(row);
  if (there == NULL && n_model == ROWS_MOST) return;
  OK(dsr_store_put(store, RELATION, WIDTH, ORDERS, row, set));
  if (there == NULL) there = &model[n_model++];
  memcpy(there->row, row, sizeof row);
  there->set = set;
}

static void append(dsr_store *store) {
  char text[32];
  uint64_t number;
  size_t len = name(n_names, text);
  if (n_names == NAMES_MOST) return;
  OK(dsr_store_append(store, DSR_REC_NAME, (dsr_str){text, len}, &number));
  CHECK(number == ++n_names, "another number");
}

static void change(dsr_store *store) {
  bool moved;
  OK(dsr_store_begin(store, 0, &moved));
  for (size_t n = 1 + below(30); n > 0; n--) {
    put(store);
    if (below(3) == 0) append(store);
  }
  if (below(20) == 0) same(store);
  OK(dsr_store_commit(store));
  int above = levels_above(store, RELATION, 0);
  CHECK(above == levels_above(store, RELATION, 1), "two orders have other levels");
  CHECK(above <= DSR_LEVELS_ABOVE, "%d levels", above);
  if (above > max_above) max_above = above;
}

/* What is put and rolled back was never there. */
static void take_back(dsr_store *store) {
  bool moved;
  OK(dsr_store_begin(store, 0, &moved));
  for (int i = 0; i < 40; i++) {
    uint64_t row[WIDTH] = {below(400), below(50), below(3)};
    OK(dsr_store_put(store, RELATION, WIDTH, ORDERS, row, 5000));
  }
  if (below(2) == 0) OK(dsr_store_fold(store));
  dsr_store_rollback(store);
}

static dsr_store *open_base(void) {
  dsr_store *store;
  OK(dsr_store_open(path, &options, &error, &store));
  return store;
}

static void run(int steps) {
  dsr_store *store = open_base(), *other = open_base();
  for (int i = 0; i < steps; i++) {
    change(store);
    if (below(40) == 0) take_back(store);
    if (below(20) == 0) same(other);
    if (below(40) == 0) same(store);
    if (below(100) == 0) OK(dsr_store_verify(other));
    if (below(60) == 0) {
      dsr_store_close(store);
      store = open_base();
    }
  }
  same(store);
  same(other);
  OK(dsr_store_verify(store));
  dsr_store_close(other);
  dsr_store_close(store);
}

/* ---- one level ------------------------------------------------------------------- */

static void repack(void) {
  bool moved;
  dsr_store *store = open_base();
  OK(dsr_store_begin(store, 0, &moved));
  OK(dsr_store_fold(store));
  OK(dsr_store_repack(store, NULL, NULL, NULL));
  OK(dsr_store_mend(store, false));
  same(store);
  CHECK(levels_above(store, RELATION, 0) == 0 && levels_above(store, RELATION, 1) == 0,
        "packed anew it has levels");
  CHECK(levels_above(store, DSR_CONTENT_RELATION(DSR_REC_NAME), 0) == 0,
        "the names have levels");
  OK(dsr_store_verify(store));
  dsr_store_close(store);
}

/* ---- an older format ------------------------------------------------------------- */

static int64_t header_format(void) {
  sqlite3 *db;
  sqlite3_stmt *ask;
  CHECK(sqlite3_open(path, &db) == SQLITE_OK, "no base");
  CHECK(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &ask, NULL) == SQLITE_OK &&
            sqlite3_step(ask) == SQLITE_ROW,
        "no format");
  int64_t format = sqlite3_column_int64(ask, 0);
  sqlite3_finalize(ask);
  sqlite3_close(db);
  return format;
}

/* Make the base, which has one level, one of format 2. */
static void make_older(void) {
  sqlite3 *db;
  sqlite3_stmt *at;
  dsr_root root;
  unsigned char bytes[DSR_ROOT_SIZE];
  CHECK(sqlite3_open(path, &db) == SQLITE_OK, "no base");
  CHECK(sqlite3_prepare_v2(db, "SELECT data FROM root WHERE id = 1", -1, &at, NULL) ==
                SQLITE_OK &&
            sqlite3_step(at) == SQLITE_ROW,
        "no root");
  dsr_str data = {sqlite3_column_blob(at, 0), (size_t)sqlite3_column_bytes(at, 0)};
  CHECK(dsr_root_read(data, &root), "the root cannot be read");
  sqlite3_finalize(at);
  root.format = 2;
  dsr_root_write(&root, bytes);
  CHECK(sqlite3_prepare_v2(db, "UPDATE root SET data = ? WHERE id = 1", -1, &at,
                           NULL) == SQLITE_OK,
        "no update");
  sqlite3_bind_blob(at, 1, bytes, sizeof bytes, SQLITE_STATIC);
  CHECK(sqlite3_step(at) == SQLITE_DONE, "no update");
  sqlite3_finalize(at);
  CHECK(sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL) == SQLITE_OK,
        "no format");
  sqlite3_close(db);
}

static void upgrade(void) {
  make_older();
  dsr_store *store = open_base();
  same(store);
  CHECK(store->root.format == 2, "reading made it another format");
  change(store);
  same(store);
  CHECK(store->root.format == DSR_FORMAT, "a commit left the format");
  dsr_store_close(store);
  CHECK(header_format() == DSR_FORMAT, "a commit left the format in the header");
}

int main(int argc, char **argv) {
  uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)getpid();
  int steps = argc > 3 ? atoi(argv[3]) : 400;
  CHECK(argc > 1, "store_levels PATH [SEED [STEPS]]");
  path = argv[1];
  chance_state = seed;
  printf("store_levels: seed %" PRIu64 "\n", seed);
  run(steps);
  CHECK(max_above >= 2, "there were at most %d levels", max_above + 1);
  repack();
  upgrade();
  run(steps / 4);
  printf("store_levels: agreed\n");
  return 0;
}
