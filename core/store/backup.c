/*
** backup.c - a base copied while others write to it.
**
** The copy is SQLite's online backup, page by page, of the one snapshot that this handle
** reads: what others commit meanwhile is not in it, and nothing is copied twice.  It goes
** to "PATH-copy" first, is read through and verified there, synced, and only then gets
** its name.
**
** Cost: the base is read once and its copy written and read once; memory is SQLite's page
** caches and what verifying takes.
*/
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/birth.h"
#include "store/inside.h"
#include "store/peek.h"

enum { PAGES_A_STEP = 256 };

typedef struct copying {
  dsr_store *store;
  dsr_pace *pace;
  bool replace;
  const char *name;         /* as it was given */
  char path[DSR_PATH_MOST]; /* never begins like a URI */
  char copy[DSR_PATH_MOST]; /* "PATH-copy" */
} copying;

static dsr_status cannot(const copying *c, const char *what) {
  return dsr_fail(c->store->error, DSR_EIO, "%s: cannot be written: %s", c->name, what);
}

static void remove_copy(const copying *c) {
  static const char *const beside[] = {"", "-wal", "-shm", "-journal"};
  char name[DSR_PATH_MOST + 16];
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
    snprintf(name, sizeof name, "%s%s", c->copy, beside[i]);
    unlink(name);
  }
}

/* ---- where it goes ---------------------------------------------------------------- */

static dsr_status check_there(copying *c) {
  struct stat there, base;
  const char *from = c->store->file.path;
  if (stat(c->path, &there) != 0) return DSR_OK;
  if (from != NULL && stat(from, &base) == 0 && base.st_ino == there.st_ino &&
      base.st_dev == there.st_dev) {
    return cannot(c, "it is the base itself");
  }
  if (!S_ISREG(there.st_mode)) return cannot(c, "it is no plain file");
  if (!c->replace) return cannot(c, "it is there already; --force replaces it");
  return DSR_OK;
}

/* A log that lies there would be taken for the copy's. */
static dsr_status check_log(copying *c) {
  static const char *const suffixes[] = {"-wal", "-journal"};
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    if (dsr_peek_beside(c->path, suffixes[i]) <= 0) continue;
    return cannot(c, "a log lies beside it, of a base in use there or gone");
  }
  return DSR_OK;
}

static dsr_status copying_start(copying *c, const char *path) {
  size_t len = strlen(path);
  if (len == 0 || len >= DSR_PATH_MOST - 16) {
    return dsr_fail(
        c->store->error, DSR_EIO, "%s",
        len == 0 ? "no name was given for the copy" : "the copy's path is too long");
  }
  snprintf(c->path, sizeof c->path, "%s%s", path[0] == '/' ? "" : "./", path);
  snprintf(c->copy, sizeof c->copy, "%.*s-copy", DSR_PATH_MOST - 16, c->path);
  TRY(check_there(c));
  return check_log(c);
}

/* ---- copying ---------------------------------------------------------------------- */

static dsr_status copy_pages(copying *c, sqlite3_backup *backup) {
  for (;;) {
    int rc = sqlite3_backup_step(backup, PAGES_A_STEP);
    if (rc == SQLITE_DONE) return DSR_OK;
    if (rc != SQLITE_OK) return cannot(c, sqlite3_errstr(rc));
    int64_t total = sqlite3_backup_pagecount(backup);
    int64_t done = total - sqlite3_backup_remaining(backup);
    if (c->pace != NULL && dsr_pace_due(c->pace)) {
      TRY(dsr_pace_ask(c->pace, done, total));
    }
  }
}

static dsr_status copy_into(copying *c, sqlite3 *to) {
  dsr_status rc;
  if (sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL,
                   NULL, NULL) != SQLITE_OK) {
    return cannot(c, sqlite3_errmsg(to));
  }
  sqlite3_backup *backup = sqlite3_backup_init(to, "main", c->store->file.db, "main");
  if (backup == NULL) return cannot(c, sqlite3_errmsg(to));
  rc = copy_pages(c, backup);
  if (sqlite3_backup_finish(backup) != SQLITE_OK && rc >= 0) {
    rc = cannot(c, sqlite3_errmsg(to));
  }
  return rc;
}

static dsr_status copy(copying *c) {
  sqlite3 *to = NULL;
  remove_copy(c);
  int rc = sqlite3_open_v2(
      c->copy, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      NULL);
  dsr_status status =
      rc == SQLITE_OK ? copy_into(c, to) : cannot(c, sqlite3_errstr(rc));
  rc = sqlite3_close(to);
  if (status >= 0 && rc != SQLITE_OK) status = cannot(c, sqlite3_errstr(rc));
  return status;
}

/* ---- verifying and landing -------------------------------------------------------- */

/* Is the copy, opened as any base is, whole, and the state that was to be copied? */
static dsr_status verify_copy(copying *c) {
  dsr_store *there = NULL;
  dsr_open_options how = {.read_only = 1, .must_exist = 1};
  dsr_pace_turn(c->pace, "verifying", "the copy");
  TRY(dsr_store_open(c->copy, &how, c->store->error, &there));
  dsr_status rc = dsr_store_verify(there);
  if (rc >= 0 && dsr_store_txn(there) != c->store->root.txn) {
    rc = dsr_fail(c->store->error, DSR_EDAMAGED, "%s: the copy is not what was copied",
                  c->name);
  }
  dsr_store_close(there);
  return rc;
}

static dsr_status sync_path(copying *c, const char *name, int flags) {
  int fd = open(name, O_RDONLY | O_CLOEXEC | flags);
  int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
  if (fd >= 0) close(fd);
  if (failed == EINVAL && (flags & O_DIRECTORY)) failed = 0;
  return failed == 0 ? DSR_OK : cannot(c, strerror(failed));
}

/* Give the copy its name; without `replace`, not another file's: link() does not. */
static dsr_status land(copying *c) {
  char folder[DSR_PATH_MOST];
  TRY(sync_path(c, c->copy, 0));
  if (c->replace) {
    if (rename(c->copy, c->path) != 0) return cannot(c, strerror(errno));
  } else if (link(c->copy, c->path) == 0) {
    unlink(c->copy);
  } else if (errno == EEXIST || rename(c->copy, c->path) != 0) {
    return cannot(c, strerror(errno)); /* or no links on this file system */
  }
  if (dsr_birth_folder(c->path, folder)) sync_path(c, folder, O_DIRECTORY);
  return DSR_OK;
}

dsr_status dsr_store_backup(dsr_store *store, const char *path, bool replace,
                            dsr_pace *pace, int64_t *bytes) {
  copying c = {.store = store, .pace = pace, .replace = replace, .name = path};
  struct stat info;
  TRY(copying_start(&c, path));
  TRY(dsr_store_ready(store));
  if (store->file.db == NULL) {
    return dsr_fail(store->error, DSR_EABSENT, "%s: there is nothing to copy yet",
                    dsr_file_name(&store->file));
  }
  dsr_status rc = copy(&c);
  if (rc >= 0) rc = verify_copy(&c);
  if (rc >= 0 && stat(c.copy, &info) == 0) *bytes = (int64_t)info.st_size;
  if (rc >= 0) rc = land(&c);
  remove_copy(&c);
  return rc;
}
