/*
** store_leaf.c - what the text search holds, summed from its pages and as FTS5 gives it.
**
**   store_leaf PATH [SEED [STEPS]]
**
** Texts at random enter it one by one and many at once, with pages of many sizes; now and
** then FTS5 merges its segments, some or all.  Each time both sums must be the one that was
** written.  Then a copy is damaged, a byte, a row or a text at a time: where the pages still
** sum to what was written FTS5 must give that, too, and the base is found damaged exactly
** where FTS5 gives another.
**
** Prints its seed; exit code 1 where anything differs.
*/
#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "facts_host.h"
#include "store/inside.h"
#include "store/search.h"

enum { RELATION = 3, WORDS_MOST = 600, WORD_MOST = 160, ALPHABET = 400, DAMAGES = 8 };

static char base_path[4096], copy_path[4096];
static uint64_t next_text = 1;
static size_t found, missed;

/* ---- SQL ------------------------------------------------------------------------- */

static sqlite3 *connect(const char *path) {
  sqlite3 *db;
  CHECK(sqlite3_open(path, &db) == SQLITE_OK);
  return db;
}

/* Run a statement, whose parameters are numbers at random. */
static void run_sql(const char *path, const char *sql) {
  sqlite3 *db = connect(path);
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  for (int i = sqlite3_bind_parameter_count(statement); i > 0; i--) {
    sqlite3_bind_int64(statement, i, (int64_t)chance(1 << 30));
  }
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  if (rc != SQLITE_DONE) {
    printf("%s: %s\n", sql, sqlite3_errmsg(db));
    exit(1);
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
}

static void remove_base(const char *path) {
  char beside[4200];
  unlink(path);
  snprintf(beside, sizeof beside, "%s-wal", path);
  unlink(beside);
  snprintf(beside, sizeof beside, "%s-shm", path);
  unlink(beside);
}

static void copy_base(void) {
  char sql[9000];
  remove_base(copy_path);
  snprintf(sql, sizeof sql, "VACUUM INTO '%s'", copy_path);
  run_sql(base_path, sql);
}

/* ---- texts ----------------------------------------------------------------------- */

static size_t make_word(char *out) {
  unsigned n = (unsigned)chance(chance(3) == 0 ? ALPHABET : 3);
  size_t len =
      (size_t)sprintf(out, "%c%c%u", 'a' + (int)(n % 7), 'a' + (int)(n % 3), n);
  while (n % 41 == 40 && len < 130) out[len++] = 'q';
  return len;
}

/* Words, and how many they are; mostly few. */
static size_t make_column(char *out, size_t *n) {
  size_t len = 0;
  *n = chance(30) == 0 ? chance(WORDS_MOST) : chance(9);
  for (size_t i = 0; i < *n; i++) {
    len += make_word(out + len);
    out[len++] = ' ';
  }
  return len > 0 ? len - 1 : 0;
}

typedef struct made_text {
  char columns[2][WORDS_MOST * WORD_MOST];
  size_t lens[2], n[2];
} made_text;

static made_text made;

static uint64_t make_text(void) {
  do {
    for (int c = 0; c < 2; c++) made.lens[c] = make_column(made.columns[c], &made.n[c]);
  } while (made.n[0] == 0);
  next_text += 1 + chance(chance(50) == 0 ? 100000 : 3);
  return next_text;
}

static dsr_status add_one(dsr_store *store, dsr_search_state *state) {
  uint64_t id = make_text();
  return dsr_store_search_add(store, state, id,
                              (dsr_str){made.columns[0], made.lens[0]},
                              (dsr_str){made.columns[1], made.lens[1]});
}

static dsr_status gather_one(dsr_postings *postings) {
  uint32_t terms[2][WORDS_MOST];
  dsr_text_sizes text = {.id = (uint32_t)make_text()};
  for (int c = 0; c < 2; c++) {
    const char *at = made.columns[c];
    text.words[c] = (uint32_t)made.n[c];
    for (size_t i = 0; i < made.n[c]; i++) {
      size_t rest = made.lens[c] - (size_t)(at - made.columns[c]);
      const char *end = memchr(at, ' ', rest);
      size_t len = end != NULL ? (size_t)(end - at) : rest;
      TRY(dsr_postings_term(postings, (dsr_str){at, len}, &terms[c][i]));
      at += len + 1;
    }
  }
  return dsr_postings_put(postings, &text, (const uint32_t *[]){terms[0], terms[1]});
}

static dsr_status add_many(dsr_store *store, dsr_search_state *state, size_t n) {
  dsr_postings *postings = dsr_postings_new();
  dsr_segment *segment = NULL;
  CHECK(postings != NULL);
  for (size_t i = 0; i < n; i++) OK(gather_one(postings));
  OK(dsr_segment_build(postings, &segment));
  dsr_status rc = dsr_store_search_attach(store, state, segment);
  dsr_segment_free(segment);
  dsr_postings_free(postings);
  return rc;
}

/* In a commit: more texts. */
static dsr_status fill(void *ud) {
  dsr_store *store = ud;
  dsr_search_state state;
  TRY(dsr_store_search_start(store, false, &state));
  if (chance(3) == 0) {
    TRY(add_many(store, &state, 1 + chance(chance(3) == 0 ? 1500 : 60)));
  } else {
    for (size_t n = 1 + chance(20); n > 0; n--) TRY(add_one(store, &state));
  }
  return dsr_store_search_finish(store, &state);
}

static void add_texts(dsr_store *store) {
  bool moved;
  OK(dsr_store_begin(store, 1, &moved));
  OK(dsr_store_put(store, RELATION, 1, 1, &(uint64_t){next_text}, 1));
  OK(dsr_store_commit(store));
}

/* ---- comparing ------------------------------------------------------------------- */

static dsr_store *open_base(const char *path) {
  dsr_store *store;
  dsr_open_options options = {0};
  OK(dsr_store_open(path, &options, &error, &store));
  return store;
}

static void compare_whole(dsr_store *store) {
  dsr_search_state state;
  uint64_t texts[2], sums[2];
  OK(dsr_store_read(store, true, &(bool){false}));
  CHECK(dsr_store_search_state(store, &state) == DSR_OK);
  for (int pages = 0; pages < 2; pages++) {
    CHECK(dsr_store_search_held(store, pages, &texts[pages], &sums[pages]) == DSR_OK);
    CHECK(texts[pages] == state.texts && sums[pages] == state.sum);
  }
  OK(dsr_store_verify(store));
}

/* What a look at a damaged base comes to: DSR_OK, all is there; DSR_EDAMAGED, it is not. */
static dsr_status look(dsr_store *store, const dsr_search_state *state, bool pages) {
  uint64_t texts, sum;
  dsr_status rc = dsr_store_search_held(store, pages, &texts, &sum);
  if (rc == DSR_OK && (texts != state->texts || sum != state->sum)) rc = DSR_EDAMAGED;
  return rc;
}

/* FTS5 has no memory, as it says, for some numbers that were changed. */
static void compare_damaged(const char *what) {
  dsr_search_state state;
  dsr_store *store = open_base(copy_path);
  OK(dsr_store_read(store, true, &(bool){false}));
  CHECK(dsr_store_search_state(store, &state) == DSR_OK);
  dsr_status by_pages = look(store, &state, true), given = look(store, &state, false);
  dsr_status rc = dsr_store_verify(store);
  bool known = given == DSR_OK || given == DSR_EDAMAGED || given == DSR_ENOMEM;
  if (!known || rc != given || (by_pages == DSR_OK && given != DSR_OK) ||
      (by_pages < 0 && by_pages != DSR_EDAMAGED)) {
    printf("%s: by its pages %d, as given %d, verified %d (%s)\n", what, by_pages,
           given, rc, error.text);
    exit(1);
  }
  dsr_store_close(store);
  found += given != DSR_OK;
  missed += given == DSR_OK;
}

/* ---- damage ---------------------------------------------------------------------- */

#define SOME(table, n)                                          \
  " = (SELECT id FROM " table " ORDER BY id LIMIT 1 OFFSET ?" n \
  " % (SELECT count(*) FROM " table "))"

/* A page of the search at random: its number, and a copy of its bytes. */
static int64_t pick_page(sqlite3 *db, unsigned char **out, int *len) {
  sqlite3_stmt *row;
  const char *sql =
      "SELECT id, block FROM search_data WHERE id" SOME("search_data", "1");
  if (chance(6) == 0) {
    sql =
        "SELECT id, block FROM search_data WHERE id IN (1, 10) OR id >> 36 & 1 "
        "ORDER BY id * ?1 % 1009 LIMIT 1";
  }
  CHECK(sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK);
  sqlite3_bind_int64(row, 1, (int64_t)chance(1 << 30));
  CHECK(sqlite3_step(row) == SQLITE_ROW);
  int64_t id = sqlite3_column_int64(row, 0);
  *len = sqlite3_column_bytes(row, 1);
  *out = malloc((size_t)*len + 1);
  CHECK(*out != NULL);
  memcpy(*out, sqlite3_column_blob(row, 1), (size_t)*len);
  sqlite3_finalize(row);
  return id;
}

static void write_page(sqlite3 *db, int64_t id, const unsigned char *bytes, int len) {
  sqlite3_stmt *row;
  const char *sql = "UPDATE search_data SET block = ?2 WHERE id = ?1";
  CHECK(sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK);
  sqlite3_bind_int64(row, 1, id);
  sqlite3_bind_blob(row, 2, bytes, len, SQLITE_STATIC);
  CHECK(sqlite3_step(row) == SQLITE_DONE);
  sqlite3_finalize(row);
}

/* Change a byte anywhere, at the page's start or in its footer; or cut or lengthen it. */
static void damage_page(char *what, size_t room) {
  sqlite3 *db = connect(copy_path);
  unsigned char *bytes;
  int len;
  int64_t id = pick_page(db, &bytes, &len);
  int at = (int)chance((uint64_t)len), how = (int)chance(8);
  if (how == 0) at = (int)chance(len < 6 ? (uint64_t)len : 6);
  if (how == 1 && len > 10) at = len - 1 - (int)chance(6);
  if (how == 2) {
    len = at;
  } else if (how == 3) {
    bytes[len++] = (unsigned char)chance(256);
  } else {
    unsigned char flip = (unsigned char)(1 + chance(255));
    bytes[at] ^= chance(2) == 0 ? flip : (unsigned char)(1 << chance(8));
  }
  write_page(db, id, bytes, len);
  free(bytes);
  sqlite3_close(db);
  snprintf(what, room, "page %" PRId64 ", way %d, byte %d", id, how, at);
}

static const char *const ways[] = {
    "DELETE FROM search_data WHERE id" SOME("search_data", "1"),
    "DELETE FROM search_docsize WHERE id" SOME("search_docsize", "1"),
    "UPDATE search_docsize SET sz = x'0300' WHERE id" SOME("search_docsize", "1"),
    "INSERT INTO search_docsize VALUES(4000000000, x'0100')",
    "INSERT INTO search(rowid, stems, words) VALUES(4000000000, 'foreign', '')",
    "INSERT INTO search(rowid, stems, words) SELECT id, 'aa0', 'aa0' FROM "
    "search_docsize "
    "WHERE id" SOME("search_docsize", "1"),
    "INSERT INTO search(search, rowid, stems, words) SELECT 'delete', id, 'aa0 bb1', "
    "'' "
    "FROM search_docsize WHERE id" SOME("search_docsize", "1"),
    "UPDATE search_data SET block = (SELECT block FROM search_data WHERE id" SOME(
        "search_data", "1") ") WHERE id" SOME("search_data", "1"),
    "UPDATE search_data SET id = id + 1000000 WHERE id" SOME("search_data", "1"),
    "INSERT INTO search(search) VALUES('delete-all')",
    "DELETE FROM search_idx",
    "DELETE FROM search_idx WHERE length(term) = 0",
    "UPDATE search_idx SET pgno = pgno + 2 WHERE length(term) = 0",
    "UPDATE search_idx SET pgno = pgno + 2",
    "INSERT OR REPLACE INTO search_idx SELECT segid, x'2f', 6 FROM search_idx LIMIT 1",
    "INSERT OR REPLACE INTO search_idx SELECT segid, 'text', 6 FROM search_idx LIMIT 1",
    "UPDATE search_config SET v = 5 WHERE k = 'version'",
    "DELETE FROM search_config",
    "DELETE FROM search_data WHERE id = 10",
    "UPDATE search_data SET block = x'' WHERE id = 10",
};
enum { WAYS = sizeof ways / sizeof *ways };

static void damage_copy(void) {
  char what[100];
  const char *said = what;
  copy_base();
  if (chance(3) > 0) {
    damage_page(what, sizeof what);
  } else {
    said = ways[chance(WAYS)];
    run_sql(copy_path, said);
  }
  compare_damaged(said);
}

/* ---- steps ----------------------------------------------------------------------- */

/* What changes how segments are cut, and nothing else. */
static void recut(void) {
  static const int sizes[] = {32, 64, 100, 333, 1000, 4050};
  char sql[200];
  switch (chance(4)) {
    case 0:
      snprintf(sql, sizeof sql, "INSERT INTO search(search, rank) VALUES('pgsz', %d)",
               sizes[chance(sizeof sizes / sizeof *sizes)]);
      break;
    case 1:
      snprintf(sql, sizeof sql, "INSERT INTO search(search) VALUES('optimize')");
      break;
    default:
      snprintf(sql, sizeof sql, "INSERT INTO search(search, rank) VALUES('merge', %d)",
               (int)chance(40) - 20);
  }
  run_sql(base_path, sql);
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  snprintf(base_path, sizeof base_path, "%s", argv[1]);
  snprintf(copy_path, sizeof copy_path, "%s.copy", argv[1]);
  uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 4711;
  size_t steps = argc > 3 ? (size_t)strtoull(argv[3], NULL, 10) : 12;
  printf("store_leaf: seed %" PRIu64 "\n", seed);
  chance_state = seed;
  dsr_store *store = open_base(base_path);
  dsr_store_search_fill(store, fill, store);
  for (size_t i = 0; i < steps; i++) {
    add_texts(store);
    compare_whole(store);
    if (chance(2) == 0) recut();
    compare_whole(store);
    for (int k = 0; k < DAMAGES; k++) damage_copy();
  }
  dsr_store_close(store);
  CHECK(found >= steps && missed > 0);
  printf("store_leaf: agreed, %zu found, %zu without harm\n", found, missed);
  return 0;
}
