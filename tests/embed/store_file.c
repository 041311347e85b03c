/*
** store_file.c - what the store makes of files: new, foreign, cut, locked, read only.
**
**   store_file FOLDER
**
** FOLDER is empty and stays so.  Prints what was not as it should be; exit code 1 if
** anything was.
*/
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

enum { PATH_ROOM = 1024, NOBODY = 65534 };

static const char *folder;
static dsr_error error;

#define CHECK(condition)                                                              \
  do {                                                                                \
    if (!(condition)) {                                                               \
      printf("%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition, error.text); \
      return 1;                                                                       \
    }                                                                                 \
  } while (0)

/* The call comes to `status`, and its message holds `words`. */
#define CHECK_FAILS(status, words, call)                                        \
  do {                                                                          \
    memset(&error, 0, sizeof error);                                            \
    dsr_status came_ = (call);                                                  \
    if (came_ != (status) || strstr(error.text, (words)) == NULL) {             \
      printf("%s:%d: %s: came %d: %s\n", __FILE__, __LINE__, #call, (int)came_, \
             error.text);                                                       \
      return 1;                                                                 \
    }                                                                           \
  } while (0)

/* ---- files ----------------------------------------------------------------------- */

static const char *in_folder(const char *name) {
  static char paths[4][PATH_ROOM];
  static int turn;
  char *path = paths[turn++ % 4];
  snprintf(path, PATH_ROOM, "%s/%s", folder, name);
  return path;
}

static void write_file(const char *path, const void *data, size_t len) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || write(fd, data, len) != (ssize_t)len) printf("cannot write %s\n", path);
  if (fd >= 0) close(fd);
}

static unsigned char *read_file(const char *path, size_t *len) {
  struct stat info;
  int fd = open(path, O_RDONLY);
  *len = 0;
  if (fd < 0 || fstat(fd, &info) != 0) return NULL;
  unsigned char *data = malloc((size_t)info.st_size + 1);
  if (read(fd, data, (size_t)info.st_size) == (ssize_t)info.st_size) {
    *len = (size_t)info.st_size;
  }
  close(fd);
  return data;
}

static bool there(const char *name) { return access(in_folder(name), F_OK) == 0; }

static void sweep(void) {
  static const char *const names[] = {"base",      "base-wal", "base-shm", "base-new",
                                      "base-lock", "copy",     "copy-wal", "copy-shm"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(in_folder(names[i]));
}

/* ---- stores ---------------------------------------------------------------------- */

static dsr_status open_base(const char *name, int read_only, int must_exist,
                            dsr_store **out) {
  dsr_open_options options = {.read_only = read_only, .must_exist = must_exist};
  options.busy_ms = -1;
  *out = NULL;
  return dsr_store_open(in_folder(name), &options, &error, out);
}

static dsr_status try_open(const char *name, int read_only, int must_exist) {
  dsr_store *store;
  dsr_status rc = open_base(name, read_only, must_exist, &store);
  if (rc >= 0) dsr_store_close(store);
  return rc;
}

static dsr_status put(dsr_store *store, uint64_t from, uint64_t n) {
  for (uint64_t i = from; i < from + n; i++) {
    uint64_t row[2] = {i, i % 7};
    TRY(dsr_store_put(store, 1, 2, 3, row, 1));
  }
  return DSR_OK;
}

static dsr_status add(dsr_store *store, uint64_t from, uint64_t n) {
  bool moved;
  TRY(dsr_store_begin(store, 1, &moved));
  TRY(put(store, from, n));
  return dsr_store_commit(store);
}

/* A base of n rows, closed. */
static dsr_status make(const char *name, uint64_t n) {
  dsr_store *store;
  TRY(open_base(name, 0, 0, &store));
  dsr_status rc = add(store, 0, n);
  dsr_store_close(store);
  return rc;
}

static uint64_t rows_of(dsr_store *store) {
  uint64_t rows = 0;
  bool moved;
  if (dsr_store_read(store, true, &moved) < 0) return 0;
  return dsr_store_rows(store, 1, &rows) < 0 ? 0 : rows;
}

static bool has_row(dsr_store *store, uint64_t i) {
  uint64_t row[2] = {i, i % 7}, set;
  return dsr_store_get(store, 1, 2, row, &set) == DSR_OK;
}

/* ---- cases ----------------------------------------------------------------------- */

static int a_new_base(void) {
  dsr_store *store, *other;
  bool moved;
  CHECK(open_base("base", 0, 0, &store) == DSR_OK);
  CHECK(!there("base"));
  CHECK(rows_of(store) == 0);
  CHECK(dsr_store_begin(store, 1, &moved) == DSR_OK);
  CHECK(put(store, 0, 3) == DSR_OK);
  CHECK(!there("base"));
  dsr_store_rollback(store);
  CHECK(!there("base") && !there("base-lock") && !there("base-new"));
  CHECK(dsr_store_begin(store, 1, &moved) == DSR_OK);
  CHECK(dsr_store_commit(store) == DSR_OK); /* of nothing */
  CHECK(!there("base") && !there("base-lock"));

  CHECK(open_base("base", 0, 0, &other) == DSR_OK);
  CHECK(dsr_store_begin(store, 1, &moved) == DSR_OK);
  CHECK_FAILS(DSR_EBUSY, "another program", dsr_store_begin(other, 1, &moved));
  CHECK(put(store, 0, 3) == DSR_OK && dsr_store_commit(store) == DSR_OK);
  CHECK(there("base") && !there("base-lock") && !there("base-new"));
  CHECK(rows_of(store) == 3 && rows_of(other) == 3);
  CHECK(add(other, 3, 2) == DSR_OK && rows_of(store) == 5);
  dsr_store_close(store);
  dsr_store_close(other);
  CHECK(there("base") && !there("base-wal") && !there("base-shm"));
  sweep();

  write_file(in_folder("base"), "", 0); /* an empty file is a new base, too */
  CHECK(make("base", 4) == DSR_OK);
  CHECK(open_base("base", 1, 1, &store) == DSR_OK);
  CHECK(rows_of(store) == 4);
  dsr_store_close(store);
  sweep();
  return 0;
}

static int what_is_no_base(void) {
  size_t len;
  char text[200];
  memset(text, 'x', sizeof text);
  CHECK_FAILS(DSR_EABSENT, "no such file", try_open("base", 0, 1));
  CHECK_FAILS(DSR_EABSENT, "no such file", try_open("base", 1, 0));
  CHECK_FAILS(DSR_EIO, "cannot make", try_open("no/such/folder", 0, 0));
  CHECK_FAILS(DSR_EFOREIGN, "directory", try_open(".", 0, 0));
  write_file(in_folder("base"), "", 0);
  CHECK_FAILS(DSR_EFOREIGN, "empty", try_open("base", 1, 0));
  write_file(in_folder("base"), text, sizeof text);
  CHECK_FAILS(DSR_EFOREIGN, "not a Dossier base", try_open("base", 0, 0));
  write_file(in_folder("base"), text, 5);
  CHECK_FAILS(DSR_EFOREIGN, "not a Dossier base", try_open("base", 0, 0));
  sweep();
  CHECK(make("base", 10) == DSR_OK);
  unsigned char *data = read_file(in_folder("base"), &len);
  data[71] ^= 1;
  write_file(in_folder("base"), data, len);
  CHECK_FAILS(DSR_EFOREIGN, "another program", try_open("base", 0, 0));
  data[71] ^= 1;
  data[63] = 4;
  write_file(in_folder("base"), data, len);
  CHECK_FAILS(DSR_EFOREIGN, "format 4 is newer", try_open("base", 0, 0));
  data[63] = 3;
  write_file(in_folder("base"), data, 60);
  CHECK_FAILS(DSR_EDAMAGED, "cut off", try_open("base", 0, 0));
  write_file(in_folder("base"), data, len - 8192);
  CHECK_FAILS(DSR_EDAMAGED, "cut off", try_open("base", 0, 0));
  write_file(in_folder("base"), data, len - 1);
  CHECK_FAILS(DSR_EDAMAGED, "cut off", try_open("base", 0, 0));
  free(data);
  sweep();
  return 0;
}

static int reading_only(void) {
  size_t len, later;
  dsr_store *store;
  bool moved;
  CHECK(make("base", 5000) == DSR_OK);
  unsigned char *before = read_file(in_folder("base"), &len);
  CHECK(open_base("base", 1, 0, &store) == DSR_OK);
  CHECK(dsr_store_read_only(store) && rows_of(store) == 5000 && has_row(store, 17));
  CHECK_FAILS(DSR_EREADONLY, "read only", dsr_store_begin(store, 1, &moved));
  dsr_store_close(store);
  CHECK(!there("base-wal") && !there("base-shm"));
  unsigned char *after = read_file(in_folder("base"), &later);
  CHECK(len == later && memcmp(before, after, len) == 0);
  free(before);
  free(after);
  sweep();
  return 0;
}

/* Be a user who may write nothing here; false where that one cannot even look. */
static bool become_stranger(void) {
  if (geteuid() == 0 && setuid(NOBODY) != 0) return false;
  return access(folder, X_OK) == 0;
}

/* As a user who may write neither file nor folder. */
static int as_stranger(void) {
  dsr_store *store;
  bool moved;
  if (!become_stranger()) return 0;
  CHECK(open_base("base", 0, 0, &store) == DSR_OK);
  CHECK(dsr_store_read_only(store) && rows_of(store) == 5000 && has_row(store, 17));
  CHECK_FAILS(DSR_EREADONLY, "cannot be written", dsr_store_begin(store, 1, &moved));
  dsr_store_close(store);
  CHECK_FAILS(DSR_EREADONLY, "a log lies beside it", try_open("copy", 1, 0));
  CHECK_FAILS(DSR_EREADONLY, "cannot make", try_open("fresh", 0, 0));
  return 0;
}

static int not_readable(void) {
  if (!become_stranger()) return 0;
  CHECK_FAILS(DSR_EIO, "cannot read", try_open("base", 0, 0));
  return 0;
}

static int in_child(int (*what)(void)) {
  int status = 1;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int failed = what();
    fflush(stdout);
    _exit(failed);
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* Commit, and be gone without closing: the log stays. */
static int leave_a_log(void) {
  dsr_store *store;
  CHECK(open_base("copy", 0, 0, &store) == DSR_OK);
  CHECK(add(store, 9000, 5) == DSR_OK);
  _exit(0);
}

static int read_only_media(void) {
  size_t len;
  dsr_store *store;
  CHECK(make("base", 5000) == DSR_OK);
  CHECK(make("copy", 5) == DSR_OK);
  CHECK(in_child(leave_a_log) == 0);
  CHECK(there("copy-wal"));
  unlink(in_folder("copy-shm"));
  chmod(in_folder("base"), 0444);
  chmod(folder, 0555);
  int failed = in_child(as_stranger);
  chmod(folder, 0755);
  chmod(in_folder("base"), 0);
  failed += in_child(not_readable);
  CHECK(failed == 0);
  /* Where it can be written the log is taken up, and its commit is there; one who may
  ** only read leaves the file as it is. */
  unsigned char *before = read_file(in_folder("copy"), &len);
  size_t later;
  CHECK(open_base("copy", 1, 0, &store) == DSR_OK);
  CHECK(rows_of(store) == 10 && has_row(store, 9003));
  dsr_store_close(store);
  unsigned char *after = read_file(in_folder("copy"), &later);
  CHECK(len == later && memcmp(before, after, len) == 0);
  free(before);
  free(after);
  CHECK(open_base("copy", 0, 0, &store) == DSR_OK);
  CHECK(rows_of(store) == 10);
  dsr_store_close(store);
  CHECK(!there("copy-wal"));
  sweep();
  return 0;
}

static int writers_take_turns(void) {
  dsr_store *one, *two;
  bool moved;
  CHECK(make("base", 5) == DSR_OK);
  CHECK(open_base("base", 0, 0, &one) == DSR_OK);
  CHECK(open_base("base", 0, 0, &two) == DSR_OK);
  CHECK(dsr_store_begin(one, 1, &moved) == DSR_OK);
  CHECK_FAILS(DSR_EMISUSE, "open already", dsr_store_begin(one, 1, &moved));
  CHECK_FAILS(DSR_EBUSY, "another program", dsr_store_begin(two, 1, &moved));
  CHECK(put(one, 5, 5000) == DSR_OK);
  CHECK(rows_of(two) == 5);
  CHECK(dsr_store_commit(one) == DSR_OK); /* a merge, while `two` reads */
  CHECK(has_row(two, 3) && !has_row(two, 4000));
  CHECK(dsr_store_begin(two, 1, &moved) == DSR_OK && moved);
  CHECK(has_row(two, 4000));
  dsr_store_rollback(two);
  dsr_store_close(one);
  dsr_store_close(two);
  sweep();
  return 0;
}

static int scans_end_with_a_change(void) {
  dsr_store *store;
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  bool moved;
  CHECK(make("base", 5000) == DSR_OK);
  CHECK(open_base("base", 0, 0, &store) == DSR_OK);
  CHECK(dsr_cursor_start(store, 1, 2, 0, NULL, 0, &cursor) == DSR_OK);
  CHECK(dsr_cursor_next(cursor, &row, &set) == DSR_ROW && row[0] == 0);
  dsr_store_idle(store);
  CHECK(dsr_cursor_next(cursor, &row, &set) == DSR_ROW && row[0] == 1);
  CHECK(dsr_store_begin(store, 1, &moved) == DSR_OK);
  CHECK(dsr_cursor_next(cursor, &row, &set) == DSR_ROW && row[0] == 2);
  CHECK(put(store, 1, 1) == DSR_OK);
  CHECK_FAILS(DSR_EMISUSE, "changed", dsr_cursor_next(cursor, &row, &set));
  dsr_cursor_stop(cursor);
  CHECK_FAILS(DSR_EMISUSE, "another width",
              dsr_cursor_start(store, 1, 3, 0, NULL, 0, &cursor));
  CHECK_FAILS(DSR_EMISUSE, "no cursor",
              dsr_cursor_start(store, 1, 2, 3, NULL, 0, &cursor));
  CHECK_FAILS(DSR_EMISUSE, "another width", dsr_store_put(store, 1, 1, 1, row, 1));
  CHECK_FAILS(DSR_EMISUSE, "no such relation", dsr_store_put(store, 0, 1, 1, row, 1));
  dsr_store_rollback(store);
  CHECK_FAILS(DSR_EMISUSE, "no transaction", dsr_store_put(store, 1, 2, 3, row, 1));
  CHECK_FAILS(DSR_EMISUSE, "no transaction", dsr_store_commit(store));
  dsr_store_close(store);
  sweep();
  return 0;
}

/* Texts of 16 MB, among small ones, in a run and packed. */
static int large_records(void) {
  const size_t large = (size_t)16 << 20;
  dsr_store *store;
  bool moved;
  uint64_t number;
  dsr_str there_now;
  char *text = malloc(large);
  for (size_t i = 0; i < large; i++) text[i] = (char)(i * 7919 >> 5);
  for (int bound = 1; bound <= 4096; bound *= 4096) {
    dsr_open_options options = {.merge_bound = bound};
    CHECK(dsr_store_open(in_folder("base"), &options, &error, &store) == DSR_OK);
    CHECK(dsr_store_begin(store, 1, &moved) == DSR_OK);
    for (int i = 0; i < 12; i++) {
      dsr_str record = {text, i == 5 ? large : (size_t)i * 700};
      CHECK(dsr_store_append(store, DSR_REC_NAME, record, &number) == DSR_OK);
    }
    CHECK(put(store, 0, 2) == DSR_OK && dsr_store_commit(store) == DSR_OK);
    dsr_store_close(store);
    CHECK(dsr_store_open(in_folder("base"), &options, &error, &store) == DSR_OK);
    for (int i = 0; i < 12; i++) {
      dsr_str record = {text, i == 5 ? large : (size_t)i * 700};
      CHECK(dsr_store_record(store, DSR_REC_NAME, (uint64_t)i + 1, &there_now) ==
            DSR_OK);
      CHECK(there_now.len == record.len &&
            memcmp(there_now.data, text, record.len) == 0);
      CHECK(dsr_store_find(store, DSR_REC_NAME, record, &number) == DSR_OK);
      CHECK(number == (uint64_t)i + 1);
    }
    CHECK_FAILS(DSR_EDAMAGED, "record 99",
                dsr_store_record(store, DSR_REC_NAME, 99, &there_now));
    CHECK(dsr_store_verify(store) == DSR_OK);
    dsr_store_close(store);
    sweep();
  }
  free(text);
  return 0;
}

/* Two processes add to one base while this one reads: it sees whole commits only. */
static int add_many(void) {
  dsr_open_options options = {.merge_bound = 40, .block_bytes = 200, .busy_ms = 60000};
  dsr_store *store;
  CHECK(dsr_store_open(in_folder("base"), &options, &error, &store) == DSR_OK);
  for (uint64_t i = 0; i < 60; i++) {
    uint64_t first = ((uint64_t)getpid() * 1000 + i) * 10;
    CHECK(add(store, first, 10) == DSR_OK);
  }
  dsr_store_close(store);
  return 0;
}

static int processes_share(void) {
  dsr_store *store;
  pid_t children[2];
  int status, failed = 0, live = 2;
  CHECK(make("base", 10) == DSR_OK);
  fflush(stdout);
  for (int i = 0; i < 2; i++) {
    children[i] = fork();
    if (children[i] == 0) {
      int result = add_many();
      fflush(stdout);
      _exit(result);
    }
  }
  CHECK(open_base("base", 1, 0, &store) == DSR_OK);
  while (live > 0) {
    uint64_t n = rows_of(store), seen = 0, set;
    const uint64_t *row;
    dsr_cursor *cursor;
    dsr_status rc;
    CHECK(n % 10 == 0 && n >= 10);
    CHECK(dsr_cursor_start(store, 1, 2, 1, NULL, 0, &cursor) == DSR_OK);
    while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) seen++;
    dsr_cursor_stop(cursor);
    CHECK(rc == DSR_DONE && seen == n);
    if (waitpid(-1, &status, WNOHANG) > 0) {
      failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
      live--;
    }
  }
  CHECK(failed == 0);
  CHECK(rows_of(store) == 1210);
  CHECK(dsr_store_verify(store) == DSR_OK);
  dsr_store_close(store);
  sweep();
  return 0;
}

/* The copy as power that fails would leave it: the log's first `len` bytes, the base. */
static void fail_power(const unsigned char *base, size_t base_len,
                       const unsigned char *log, size_t len) {
  unlink(in_folder("copy-shm"));
  write_file(in_folder("copy"), base, base_len);
  write_file(in_folder("copy-wal"), log, len);
}

/* Commits of one row each write their log ahead: it stays short, what is in it is the
** commits up to where it was cut off, and it goes with the last handle. */
static int log_written_ahead(void) {
  enum { COMMITS = 400, FRAME = 8192 + 24, LOG_MOST = 400 * FRAME };
  size_t base_len, len;
  uint64_t before = 0;
  dsr_store *store, *copy;
  CHECK(make("base", 1) == DSR_OK);
  CHECK(open_base("base", 0, 0, &store) == DSR_OK);
  for (uint64_t i = 1; i <= COMMITS; i++) {
    CHECK(add(store, i, 1) == DSR_OK);
    if (i % 97 != 0) continue;
    unsigned char *base = read_file(in_folder("base"), &base_len);
    unsigned char *log = read_file(in_folder("base-wal"), &len);
    CHECK(len > 32 && len < LOG_MOST);
    fail_power(base, base_len, log, len);
    CHECK(open_base("copy", 0, 0, &copy) == DSR_OK);
    CHECK(rows_of(copy) == i + 1 && has_row(copy, i) && !has_row(copy, i + 1));
    CHECK(dsr_store_verify(copy) == DSR_OK);
    CHECK(add(copy, i + 1, 1) == DSR_OK && rows_of(copy) == i + 2);
    dsr_store_close(copy);
    CHECK(!there("copy-wal"));
    before = 0;
    for (size_t cut = 0; cut <= len; cut += FRAME * 13 / 2) {
      fail_power(base, base_len, log, cut);
      CHECK(open_base("copy", 0, 0, &copy) == DSR_OK);
      uint64_t rows = rows_of(copy);
      CHECK(rows >= before && rows <= i + 1 && has_row(copy, rows - 1));
      CHECK(dsr_store_verify(copy) == DSR_OK);
      before = rows;
      dsr_store_close(copy);
    }
    free(base);
    free(log);
  }
  dsr_store_close(store);
  CHECK(there("base") && !there("base-wal") && !there("base-shm"));
  return 0;
}

/* The file of a log may have so many bytes more than it has: commits go on while there is
** room for them, and one that finds none leaves those before it. */
static int on_a_disk_that_is_full(void) {
  struct rlimit limit;
  struct stat info;
  uint64_t landed = 0;
  dsr_store *store;
  dsr_status rc = DSR_OK;
  CHECK(make("base", 1) == DSR_OK);
  signal(SIGXFSZ, SIG_IGN);
  CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK(stat(in_folder("base"), &info) == 0);
  limit.rlim_cur = (rlim_t)info.st_size + 40 * 8216;
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK(open_base("base", 0, 0, &store) == DSR_OK);
  while (landed < 500 && (rc = add(store, landed + 1, 1)) >= 0) landed++;
  CHECK(rc == DSR_EIO && landed >= 15);
  CHECK(rows_of(store) == landed + 1);
  dsr_store_close(store);
  CHECK(open_base("base", 0, 0, &store) == DSR_OK);
  CHECK(rows_of(store) == landed + 1 && dsr_store_verify(store) == DSR_OK);
  CHECK(add(store, landed + 1, 1) == DSR_OK);
  dsr_store_close(store);
  return 0;
}

static int full_disk(void) { return in_child(on_a_disk_that_is_full); }

/* A word of column `c` of row `i`, in some shape: spread over all bits, over the highest or
** the lowest, one of a few, always the same, descending. */
static uint64_t shaped(unsigned shape, uint64_t i, uint64_t c) {
  uint64_t spread = (i * 3 + c + 1) * UINT64_C(0x9e3779b97f4a7c15);
  spread ^= spread >> 31;
  switch (shape) {
    case 0:
      return spread;
    case 1:
      return spread & UINT64_C(0xfff) << 52;
    case 2:
      return spread & 0xffff;
    case 3:
      return spread % 5 << 40;
    case 4:
      return 7;
    default:
      return UINT64_MAX - i;
  }
}

/* Rows that are fresh are walked in each order, however many they are and whatever their
** columns have in common. */
static int orders_of_fresh_rows(void) {
  static const uint64_t sizes[] = {1, 2, 13, 95, 96, 97, 700, 2047, 2048, 5000};
  dsr_store *store;
  bool moved;
  uint32_t relation = 1;
  CHECK(open_base("base", 0, 0, &store) == DSR_OK);
  CHECK(dsr_store_begin(store, 1, &moved) == DSR_OK);
  for (unsigned shapes = 0; shapes < 36; shapes++) {
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++, relation++) {
      for (uint64_t i = 0; i < sizes[s]; i++) {
        uint64_t row[3] = {shaped(shapes % 6, i, 0), shaped(shapes / 6, i, 1), i};
        CHECK(dsr_store_put(store, relation, 3, 7, row, 1) == DSR_OK);
      }
      for (int order = 0; order < 3; order++) {
        uint64_t n = 0, set, before[3];
        const uint64_t *row;
        dsr_cursor *cursor;
        dsr_status rc;
        CHECK(dsr_cursor_start(store, relation, 3, order, NULL, 0, &cursor) == DSR_OK);
        while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
          uint64_t key[3] = {row[order], row[order == 0], row[order == 2 ? 1 : 2]};
          int c = 0;
          while (n > 0 && c < 3 && key[c] == before[c]) c++;
          CHECK(n == 0 || (c < 3 && key[c] > before[c]));
          memcpy(before, key, sizeof before);
          n++;
        }
        dsr_cursor_stop(cursor);
        CHECK(rc == DSR_DONE && n == sizes[s]);
      }
    }
  }
  dsr_store_rollback(store);
  dsr_store_close(store);
  return 0;
}

int main(int argc, char **argv) {
  static int (*const cases[])(void) = {
      a_new_base,      what_is_no_base,      reading_only,
      read_only_media, writers_take_turns,   scans_end_with_a_change,
      large_records,   processes_share,      log_written_ahead,
      full_disk,       orders_of_fresh_rows,
  };
  int failed = 0;
  if (argc != 2) return 2;
  folder = argv[1];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    failed += cases[i]();
    sweep();
  }
  return failed == 0 ? 0 : 1;
}
