/*
** store_model.c - the store against a naive model, and against damage.
**
**   store_model [SEED [STEPS]]
**
** Random transactions of rows and records run on a file and on plain arrays; after each
** the two must agree: by look-up, by content, by every order and prefix, through a
** second handle, after a rollback, after reopening, after a process that died, and in
** another process.  Done at merge bounds 1, 8 and 4096 and block sizes 64 and 8100.
** Then bytes of the file are flipped and its end cut off: every answer must be right or
** refused.  Where the library was built with faults, allocations fail one by one.
**
** Prints its seed, and what differed; exit code 1 if anything did.
*/
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

enum { RELATIONS = 5, ROWS_MOST = 6000, RECORDS_MOST = 3000, PATH_ROOM = 512 };

/* width and orders of each relation, by number from 1 */
static const int widths[RELATIONS + 1] = {0, 1, 2, 3, 4, 9};
static const unsigned order_masks[RELATIONS + 1] = {0, 1, 3, 5, 11, 257};

typedef struct model_row {
  uint32_t relation;
  uint64_t row[DSR_ROW_MAX];
  uint64_t set;
} model_row;

typedef struct model_record {
  char bytes[40];
  size_t len;
} model_record;

typedef struct model {
  model_row rows[ROWS_MOST];
  size_t n_rows;
  model_record records[DSR_REC_KINDS][RECORDS_MOST];
  size_t n_records[DSR_REC_KINDS];
  int64_t stamps[RECORDS_MOST];
  size_t n_stamps;
} model;

typedef struct test {
  model now, committed;
  dsr_store *store, *second;
  dsr_error error, second_error;
  dsr_open_options options;
  const char *path;
  bool writing;
  int64_t stamp;
} test;

/* ---- chance ---------------------------------------------------------------------- */

static uint64_t chance_state;

static uint64_t chance(void) {
  chance_state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = chance_state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

static uint64_t below(uint64_t n) { return chance() % n; }

/* A word: mostly of few symbols, ints and days, sometimes anything. */
static uint64_t any_word(void) {
  switch (below(12)) {
    case 0:
      return chance();
    case 1:
      return 0;
    case 2:
      return UINT64_MAX - below(3);
    case 3:
      return UINT64_C(2) << 61 | ((UINT64_C(1) << 60) + below(20) - 10);
    case 4:
      return UINT64_C(4) << 61 | ((UINT64_C(1) << 60) + below(3000));
    case 5:
      return UINT64_C(6) << 61 | below(200);
    default:
      return UINT64_C(5) << 61 | below(12);
  }
}

/* ---- failing --------------------------------------------------------------------- */

static int failures;

#define CHECK(condition, ...)                                \
  do {                                                       \
    if (!(condition)) {                                      \
      failures++;                                            \
      printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
      printf(__VA_ARGS__);                                   \
      printf("\n");                                          \
      return false;                                          \
    }                                                        \
  } while (0)

#define MUST(call, error)                                                \
  do {                                                                   \
    dsr_status must_rc_ = (call);                                        \
    CHECK(must_rc_ >= 0, "status %d: %s", (int)must_rc_, (error)->text); \
  } while (0)

/* ---- the model ------------------------------------------------------------------- */

static int row_compare(const model_row *a, const model_row *b, int order) {
  int width = widths[a->relation];
  if (a->row[order] != b->row[order]) return a->row[order] < b->row[order] ? -1 : 1;
  for (int c = 0; c < width; c++) {
    if (a->row[c] != b->row[c]) return a->row[c] < b->row[c] ? -1 : 1;
  }
  return 0;
}

static int sort_order;

static int by_order(const void *a, const void *b) {
  return row_compare(a, b, sort_order);
}

static model_row *model_find(model *m, uint32_t relation, const uint64_t *row) {
  size_t size = (size_t)widths[relation] * sizeof *row;
  for (size_t i = 0; i < m->n_rows; i++) {
    if (m->rows[i].relation == relation && memcmp(m->rows[i].row, row, size) == 0) {
      return &m->rows[i];
    }
  }
  return NULL;
}

static void model_put(model *m, uint32_t relation, const uint64_t *row, uint64_t set) {
  model_row *found = model_find(m, relation, row);
  if (found == NULL) {
    found = &m->rows[m->n_rows++];
    memset(found, 0, sizeof *found);
    found->relation = relation;
    memcpy(found->row, row, (size_t)widths[relation] * sizeof *row);
  }
  found->set = set;
}

/* ---- comparing ------------------------------------------------------------------- */

static int column_at(int order, int place) {
  return place == 0 ? order : place <= order ? place - 1 : place;
}

/* One scan, against the model's rows that have the prefix of `like`. */
static bool same_scan(dsr_store *store, dsr_error *error, const model *m,
                      uint32_t relation, int order, const model_row *like,
                      int n_prefix) {
  static model_row wanted[ROWS_MOST];
  uint64_t prefix[DSR_ROW_MAX] = {0};
  size_t n = 0;
  for (int p = 0; p < n_prefix; p++) prefix[p] = like->row[column_at(order, p)];
  for (size_t i = 0; i < m->n_rows; i++) {
    bool in = m->rows[i].relation == relation;
    for (int p = 0; in && p < n_prefix; p++) {
      in = m->rows[i].row[column_at(order, p)] == prefix[p];
    }
    if (in) wanted[n++] = m->rows[i];
  }
  sort_order = order;
  qsort(wanted, n, sizeof *wanted, by_order);
  dsr_cursor *cursor = NULL;
  MUST(dsr_cursor_start(store, relation, widths[relation], order, prefix, n_prefix,
                        &cursor),
       error);
  dsr_status rc = DSR_OK;
  const uint64_t *row;
  uint64_t set;
  size_t i = 0;
  bool same = true;
  while (same && (rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    same = i < n && set == wanted[i].set &&
           memcmp(row, wanted[i].row, (size_t)widths[relation] * sizeof *row) == 0;
    i++;
  }
  dsr_cursor_stop(cursor);
  MUST(rc, error);
  CHECK(same && i == n, "relation %u order %d prefix %d: row %zu of %zu", relation,
        order, n_prefix, i, n);
  return true;
}

static bool same_scans(dsr_store *store, dsr_error *error, const model *m) {
  for (uint32_t relation = 1; relation <= RELATIONS; relation++) {
    for (int order = 0; order < widths[relation]; order++) {
      if ((order_masks[relation] >> order & 1) == 0) continue;
      if (!same_scan(store, error, m, relation, order, NULL, 0)) return false;
    }
  }
  for (int tries = 0; m->n_rows > 0 && tries < 8; tries++) {
    const model_row *like = &m->rows[below(m->n_rows)];
    int order = (int)below((uint64_t)widths[like->relation]);
    if ((order_masks[like->relation] >> order & 1) == 0) continue;
    int n_prefix = (int)below((uint64_t)widths[like->relation] + 1);
    if (!same_scan(store, error, m, like->relation, order, like, n_prefix))
      return false;
  }
  return true;
}

static bool same_record(dsr_store *store, dsr_error *error, const model *m,
                        dsr_record_kind kind, size_t i) {
  const model_record *wanted = &m->records[kind][i];
  dsr_str bytes;
  uint64_t number = 0;
  MUST(dsr_store_record(store, kind, i + 1, &bytes), error);
  CHECK(bytes.len == wanted->len && memcmp(bytes.data, wanted->bytes, bytes.len) == 0,
        "record %d/%zu", (int)kind, i + 1);
  if (kind > DSR_REC_SET) return true;
  dsr_status rc =
      dsr_store_find(store, kind, (dsr_str){wanted->bytes, wanted->len}, &number);
  MUST(rc, error);
  CHECK(rc == DSR_OK && number == i + 1, "found %d/%llu, not %zu", (int)kind,
        (unsigned long long)number, i + 1);
  return true;
}

static bool same_records(dsr_store *store, dsr_error *error, const model *m, bool all) {
  uint64_t number;
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    size_t n = m->n_records[kind];
    if (kind == DSR_REC_TXN) continue;
    CHECK(dsr_store_next(store, kind) == n + 1, "kind %d: next is %llu, not %zu",
          (int)kind, (unsigned long long)dsr_store_next(store, kind), n + 1);
    for (size_t i = 0; i < n; i++) {
      size_t at = all ? i : below(n);
      if (!same_record(store, error, m, kind, at)) return false;
      if (!all && i > 4) break;
    }
  }
  dsr_status rc = dsr_store_find(store, DSR_REC_NAME, (dsr_str){"absent", 6}, &number);
  MUST(rc, error);
  CHECK(rc == DSR_NOTHING, "found what is not there");
  for (size_t i = 0; i < m->n_stamps; i++) {
    int64_t stamp;
    MUST(dsr_store_stamp(store, i + 1, &stamp), error);
    CHECK(stamp == m->stamps[i], "stamp of %zu", i + 1);
  }
  return true;
}

static bool same_gets(dsr_store *store, dsr_error *error, model *m) {
  uint64_t row[DSR_ROW_MAX], set = 0;
  for (int tries = 0; tries < 20; tries++) {
    uint32_t relation = 1 + (uint32_t)below(RELATIONS);
    if (m->n_rows > 0 && below(2) == 0) {
      const model_row *like = &m->rows[below(m->n_rows)];
      relation = like->relation;
      memcpy(row, like->row, sizeof row);
    } else {
      for (int c = 0; c < widths[relation]; c++) row[c] = any_word();
    }
    const model_row *wanted = model_find(m, relation, row);
    dsr_status rc = dsr_store_get(store, relation, widths[relation], row, &set);
    MUST(rc, error);
    CHECK((rc == DSR_OK) == (wanted != NULL), "a get: status %d", (int)rc);
    CHECK(wanted == NULL || set == wanted->set, "a get: another set");
  }
  return true;
}

static bool same(dsr_store *store, dsr_error *error, model *m, bool all) {
  bool moved;
  MUST(dsr_store_read(store, true, &moved), error);
  return same_scans(store, error, m) && same_records(store, error, m, all) &&
         same_gets(store, error, m);
}

/* ---- steps ----------------------------------------------------------------------- */

static bool open_both(test *t) {
  MUST(dsr_store_open(t->path, &t->options, &t->error, &t->store), &t->error);
  MUST(dsr_store_open(t->path, &t->options, &t->second_error, &t->second),
       &t->second_error);
  return true;
}

static void close_both(test *t) {
  dsr_store_close(t->store);
  dsr_store_close(t->second);
  t->store = t->second = NULL;
}

static bool begin(test *t) {
  bool moved;
  t->stamp = (int64_t)below(1000000);
  MUST(dsr_store_begin(t->store, t->stamp, &moved), &t->error);
  if (t->now.n_stamps > 0 && t->stamp <= t->now.stamps[t->now.n_stamps - 1]) {
    t->stamp = t->now.stamps[t->now.n_stamps - 1] + 1;
  }
  t->writing = true;
  return true;
}

static bool put_row(test *t) {
  uint64_t row[DSR_ROW_MAX];
  uint32_t relation = 1 + (uint32_t)below(RELATIONS);
  uint64_t set = below(4) == 0 ? chance() : below(5);
  if (t->now.n_rows == ROWS_MOST) return true;
  for (int c = 0; c < widths[relation]; c++) row[c] = any_word();
  if (t->now.n_rows > 0 && below(5) == 0) { /* a row that is there */
    const model_row *again = &t->now.rows[below(t->now.n_rows)];
    relation = again->relation;
    memcpy(row, again->row, sizeof row);
  }
  MUST(dsr_store_put(t->store, relation, widths[relation], order_masks[relation], row,
                     set),
       &t->error);
  model_put(&t->now, relation, row, set);
  return true;
}

static bool append_record(test *t) {
  static const dsr_record_kind kinds[] = {DSR_REC_NAME, DSR_REC_CLAIM, DSR_REC_SET,
                                          DSR_REC_SCHEMA};
  dsr_record_kind kind = kinds[below(4)];
  size_t n = t->now.n_records[kind];
  uint64_t number;
  if (n == RECORDS_MOST) return true;
  model_record *record = &t->now.records[kind][n];
  record->len = (size_t)snprintf(record->bytes, sizeof record->bytes, "%s/%zu%s",
                                 below(2) == 0 ? "http://example.org/name" : "short", n,
                                 below(2) == 0 ? "" : "-tail");
  MUST(dsr_store_append(t->store, kind, (dsr_str){record->bytes, record->len}, &number),
       &t->error);
  CHECK(number == n + 1, "got number %llu, not %zu", (unsigned long long)number, n + 1);
  t->now.n_records[kind]++;
  return true;
}

static bool change(test *t) {
  size_t n = 1 + below(below(8) == 0 ? 200 : 6);
  for (size_t i = 0; i < n; i++) {
    if (!(below(3) == 0 ? append_record(t) : put_row(t))) return false;
  }
  return true;
}

static void model_copy(model *to, const model *from) { memcpy(to, from, sizeof *to); }

static bool commit(test *t) {
  MUST(dsr_store_commit(t->store), &t->error);
  t->now.stamps[t->now.n_stamps++] = t->stamp;
  model_copy(&t->committed, &t->now);
  t->writing = false;
  return true;
}

static void rollback(test *t) {
  dsr_store_rollback(t->store);
  model_copy(&t->now, &t->committed);
  t->writing = false;
}

/* Another process reads everything and verifies the file; with `die`, it leaves without
** closing, in the middle of a transaction. */
static bool other_process(test *t, bool die) {
  fflush(stdout);
  pid_t child = fork();
  CHECK(child >= 0, "fork failed");
  if (child == 0) {
    dsr_store *store;
    dsr_error error;
    bool moved;
    memset(&error, 0, sizeof error);
    if (dsr_store_open(t->path, &t->options, &error, &store) < 0) _exit(2);
    if (!same(store, &error, &t->committed, true)) _exit(3);
    if (dsr_store_verify(store) < 0) {
      printf("verify: %s\n", error.text);
      fflush(stdout);
      _exit(4);
    }
    if (die) {
      uint64_t row[1] = {1}, number;
      if (dsr_store_begin(store, 0, &moved) < 0) _exit(5);
      if (dsr_store_put(store, 1, 1, 1, row, 99) < 0) _exit(6);
      if (dsr_store_append(store, DSR_REC_NAME, (dsr_str){"lost", 4}, &number) < 0) {
        _exit(7);
      }
      _exit(0);
    }
    dsr_store_close(store);
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the other process: %d", status);
  return true;
}

static bool reopen(test *t) {
  char beside[PATH_ROOM];
  close_both(t);
  snprintf(beside, sizeof beside, "%s-wal", t->path);
  CHECK(access(beside, F_OK) != 0, "the last close left a log");
  if (!other_process(t, below(2) == 0)) return false;
  return open_both(t) && same(t->store, &t->error, &t->now, true);
}

static bool transaction(test *t) {
  if (!begin(t) || !change(t)) return false;
  if (below(3) == 0 && !same(t->store, &t->error, &t->now, false)) return false;
  if (below(4) == 0 && !same(t->second, &t->second_error, &t->committed, false)) {
    return false;
  }
  if (below(5) == 0) {
    rollback(t);
  } else if (!commit(t)) {
    return false;
  }
  return true;
}

static bool step(test *t, int number) {
  if (!transaction(t)) return false;
  if (below(4) == 0 && !same(t->store, &t->error, &t->now, false)) return false;
  if (below(6) == 0 && !same(t->second, &t->second_error, &t->now, false)) return false;
  if (below(6) == 0) { /* the handles take turns writing */
    dsr_store *store = t->store;
    t->store = t->second;
    t->second = store;
    dsr_error error = t->error;
    t->error = t->second_error;
    t->second_error = error;
    dsr_store_close(t->store);
    dsr_store_close(t->second);
    if (!open_both(t)) return false;
  }
  if (number % 25 == 24 && t->committed.n_stamps > 0) return reopen(t);
  return true;
}

static void remove_base(const char *path) {
  static const char *const suffixes[] = {"", "-wal", "-shm", "-new", "-lock"};
  char name[PATH_ROOM];
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
    unlink(name);
  }
}

static bool run_model(test *t, int merge_bound, int block_bytes, int steps) {
  memset(t, 0, sizeof *t);
  static char path[PATH_ROOM];
  /* In memory where there is such a folder: what is tested here is not the disk. */
  const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  snprintf(path, sizeof path, "%s/dsr-store-model-%ld.kb", folder, (long)getpid());
  t->path = path;
  t->options.merge_bound = merge_bound;
  t->options.block_bytes = block_bytes;
  remove_base(path);
  bool ok = open_both(t);
  for (int i = 0; ok && i < steps; i++) {
    ok = step(t, i);
    if (!ok) {
      printf("merge bound %d, block bytes %d, step %d\n", merge_bound, block_bytes, i);
    }
  }
  if (ok && t->committed.n_stamps > 0) ok = reopen(t);
  close_both(t);
  return ok;
}

/* ---- damage ---------------------------------------------------------------------- */

typedef struct bytes {
  unsigned char *data;
  size_t len;
} bytes;

static bytes read_whole(const char *path) {
  bytes out = {NULL, 0};
  struct stat info;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &info) != 0) return out;
  out.data = malloc((size_t)info.st_size + 1);
  out.len = (size_t)info.st_size;
  if (read(fd, out.data, out.len) != (ssize_t)out.len) out.len = 0;
  close(fd);
  return out;
}

static void write_whole(const char *path, const unsigned char *data, size_t len) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd >= 0 && write(fd, data, len) != (ssize_t)len) failures++;
  if (fd >= 0) close(fd);
}

static long n_refused, n_harmless; /* of files with a byte flipped */

static bool refusal(dsr_status rc) { return rc == DSR_EDAMAGED || rc == DSR_EFOREIGN; }

/* Read all rows of a scan: right rows in order, or a refusal. */
static dsr_status scan_damaged(dsr_store *store, model *m, uint32_t relation, int order,
                               bool *wrong) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  size_t n = 0, wanted = 0;
  dsr_status rc =
      dsr_cursor_start(store, relation, widths[relation], order, NULL, 0, &cursor);
  if (rc < 0) return rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    const model_row *found = model_find(m, relation, row);
    if (found == NULL || found->set != set) *wrong = true;
    n++;
  }
  dsr_cursor_stop(cursor);
  for (size_t i = 0; i < m->n_rows; i++) wanted += m->rows[i].relation == relation;
  if (rc == DSR_DONE && n != wanted) *wrong = true;
  return rc;
}

static dsr_status records_damaged(dsr_store *store, model *m, bool *wrong) {
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    for (size_t i = 0; kind != DSR_REC_TXN && i < m->n_records[kind]; i++) {
      const model_record *record = &m->records[kind][i];
      dsr_str there;
      uint64_t number = 0;
      TRY(dsr_store_record(store, kind, i + 1, &there));
      if (there.len != record->len ||
          memcmp(there.data, record->bytes, there.len) != 0) {
        *wrong = true;
      }
      if (kind > DSR_REC_SET) continue;
      dsr_str bytes_of = {record->bytes, record->len};
      dsr_status rc = dsr_store_find(store, kind, bytes_of, &number);
      TRY(rc);
      if (rc != DSR_OK || number != i + 1) *wrong = true;
    }
  }
  return DSR_OK;
}

/* Read everything of a file that may be damaged: the first refusal, or DSR_OK. */
static dsr_status read_damaged(const char *path, const dsr_open_options *options,
                               model *m, bool *wrong, dsr_error *error) {
  dsr_store *store;
  dsr_status worst = dsr_store_open(path, options, error, &store);
  if (worst < 0) return worst;
  for (uint32_t relation = 1; relation <= RELATIONS; relation++) {
    for (int order = 0; order < widths[relation]; order++) {
      if ((order_masks[relation] >> order & 1) == 0) continue;
      dsr_status rc = scan_damaged(store, m, relation, order, wrong);
      if (rc < 0) worst = rc;
    }
  }
  dsr_status rc = records_damaged(store, m, wrong);
  if (rc < 0) worst = rc;
  rc = dsr_store_verify(store);
  if (rc < 0 && worst >= 0) worst = rc;
  dsr_store_close(store);
  return worst;
}

static bool damaged_once(test *t, const char *path, const char *what, size_t at) {
  static dsr_error error;
  bool wrong = false;
  memset(&error, 0, sizeof error);
  t->options.read_only = 1;
  dsr_status rc = read_damaged(path, &t->options, &t->committed, &wrong, &error);
  t->options.read_only = 0;
  ++*(rc < 0 ? &n_refused : &n_harmless);
  CHECK(!wrong, "%s at byte %zu changed an answer", what, at);
  CHECK(rc >= 0 || refusal(rc), "%s at byte %zu: status %d: %s", what, at, (int)rc,
        error.text);
  CHECK(rc >= 0 || error.text[0] != '\0', "%s at byte %zu: no words", what, at);
  return true;
}

static bool run_damage(test *t, int flips, int cuts) {
  char path[PATH_ROOM];
  bytes whole = read_whole(t->path);
  CHECK(whole.len > 0, "cannot read the base");
  snprintf(path, sizeof path, "%s.damaged", t->path);
  bool ok = true;
  for (int i = 0; ok && i < flips; i++) {
    /* Half of the flips go where SQLite keeps its own: headers and cell pointers. */
    size_t at = below(whole.len);
    if (below(2) == 0) at = at / 8192 * 8192 + below(160);
    if (at >= whole.len) at = whole.len - 1;
    unsigned char before = whole.data[at];
    whole.data[at] ^= (unsigned char)(1 + below(255));
    write_whole(path, whole.data, whole.len);
    ok = damaged_once(t, path, "a flip", at);
    whole.data[at] = before;
    remove_base(path);
  }
  for (int i = 0; ok && i < cuts; i++) {
    size_t len =
        below(2) == 0 ? 1 + below(whole.len - 1) : 8192 * (1 + below(whole.len / 8192));
    if (len >= whole.len) continue;
    write_whole(path, whole.data, len);
    static dsr_error error;
    dsr_store *store = NULL;
    t->options.read_only = 1;
    dsr_status rc = dsr_store_open(path, &t->options, &error, &store);
    t->options.read_only = 0;
    if (rc >= 0) dsr_store_close(store);
    remove_base(path);
    CHECK(refusal(rc), "cut to %zu bytes: status %d", len, (int)rc);
  }
  free(whole.data);
  return ok;
}

/* ---- faults ---------------------------------------------------------------------- */

/* A commit and a read in which the n-th allocation fails: DSR_OK once none does. */
static dsr_status faulty(const char *path, const dsr_open_options *options,
                         dsr_error *error) {
  dsr_store *store;
  bool moved;
  uint64_t row[4] = {1, 2, 3, 4}, set, number;
  dsr_status rc = dsr_store_open(path, options, error, &store);
  if (rc < 0) return rc;
  rc = dsr_store_begin(store, 1, &moved);
  for (uint64_t i = 0; rc >= 0 && i < 40; i++) {
    row[0] = i;
    rc = dsr_store_put(store, 4, 4, order_masks[4], row, 7);
    if (rc >= 0) rc = dsr_store_append(store, DSR_REC_NAME, (dsr_str){"x", 1}, &number);
  }
  if (rc >= 0) rc = dsr_store_commit(store);
  if (rc >= 0) rc = dsr_store_get(store, 4, 4, row, &set);
  if (rc >= 0) rc = dsr_store_find(store, DSR_REC_NAME, (dsr_str){"x", 1}, &number);
  dsr_cursor *cursor = NULL;
  const uint64_t *there;
  if (rc >= 0) rc = dsr_cursor_start(store, 4, 4, 1, row + 1, 1, &cursor);
  while (rc >= 0 && (rc = dsr_cursor_next(cursor, &there, &set)) == DSR_ROW) continue;
  dsr_cursor_stop(cursor);
  dsr_store_close(store);
  return rc;
}

static bool run_faults(test *t, int merge_bound) {
  char path[PATH_ROOM];
  bytes whole = read_whole(t->path);
  t->options.merge_bound = merge_bound;
  snprintf(path, sizeof path, "%s.faulty", t->path);
  dsr_status rc = DSR_ENOMEM;
  for (long n = 1; rc == DSR_ENOMEM && n < 100000; n++) {
    static dsr_error error;
    memset(&error, 0, sizeof error);
    write_whole(path, whole.data, whole.len);
    dsr_mem_fail_at(n);
    rc = faulty(path, &t->options, &error);
    dsr_mem_fail_at(0);
    CHECK(rc >= 0 || (rc == DSR_ENOMEM && error.text[0] != '\0'),
          "allocation %ld: status %d: %s", n, (int)rc, error.text);
    dsr_store *store;
    MUST(dsr_store_open(path, &t->options, &error, &store), &error);
    MUST(dsr_store_verify(store), &error);
    uint64_t txn = dsr_store_txn(store);
    CHECK(txn == t->committed.n_stamps || txn == t->committed.n_stamps + 1,
          "allocation %ld: half a commit", n);
    if (txn == t->committed.n_stamps && !same_scans(store, &error, &t->committed)) {
      return false;
    }
    dsr_store_close(store);
    remove_base(path);
  }
  free(whole.data);
  return rc >= 0;
}

int main(int argc, char **argv) {
  static const int bounds[] = {1, 8, 4096}, sizes[] = {64, 8100};
  static test t;
  uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)getpid();
  int steps = argc > 2 ? atoi(argv[2]) : 60;
  bool ok = true;
  printf("store_model: seed %llu\n", (unsigned long long)seed);
  chance_state = seed;
  for (int b = 0; ok && b < 3; b++) {
    for (int s = 0; ok && s < 2; s++) {
      ok = run_model(&t, bounds[b], sizes[s], steps);
      if (ok) ok = run_damage(&t, steps, steps / 4);
      if (ok && s == 0) ok = run_faults(&t, bounds[b]);
      remove_base(t.path);
    }
  }
  printf("store_model: of flips %ld were refused, %ld did no harm\n", n_refused,
         n_harmless);
  if (n_refused == 0) ok = false; /* then none was looked at */
  printf(ok && failures == 0 ? "store_model: agreed\n" : "store_model: differed\n");
  return ok && failures == 0 ? 0 : 1;
}
