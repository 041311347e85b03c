/*
** birth.c - a base's first commit, which makes its file.
**
** The lock is flock() on a file of its own: the locks of SQLite's kind belong to the
** process and would be lost as soon as any handle on the same file is closed.  Whoever
** ends with the lock removes its file, so one who waited for it must look whether it
** still has its name.
**
** An empty file at the path counts as none; it is replaced.
**
** A log that lies at the path without its base is refused: SQLite would replay it into
** whatever file next has that name, and the new base would turn into the old one.
*/
#include "store/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/peek.h"

enum { WAIT_MS = 5 };

static const char *const beside_new[] = {"-new", "-new-wal", "-new-shm",
                                         "-new-journal"};

static void name_beside(const dsr_file *file, const char *suffix,
                        char name[DSR_PATH_MOST]) {
  snprintf(name, DSR_PATH_MOST, "%s%s", file->path, suffix);
}

static dsr_status cannot_make(dsr_file *file, int error) {
  bool forbidden = error == EACCES || error == EPERM || error == EROFS;
  return dsr_fail(file->error, forbidden ? DSR_EREADONLY : DSR_EIO,
                  "%s: cannot make the file: %s", dsr_file_name(file), strerror(error));
}

bool dsr_birth_folder(const char *path, char folder[DSR_PATH_MOST]) {
  const char *slash = strrchr(path, '/');
  size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
  if (len >= DSR_PATH_MOST) return false;
  memcpy(folder, slash == NULL ? "." : path, len);
  folder[len] = '\0';
  return true;
}

/* Does a log lie there without its base?  Looks at the base again, since another writer
** may have made it, and its log, in the meantime. */
static dsr_status check_left_log(dsr_file *file) {
  static const char *const suffixes[] = {"-wal", "-journal"};
  dsr_peek what;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    if (dsr_peek_beside(file->path, suffixes[i]) <= 0) continue;
    TRY(dsr_peek_at(file->path, file->error, &what));
    if (what == DSR_PEEK_BASE) return DSR_OK;
    return dsr_fail(
        file->error, DSR_EDAMAGED,
        "%s: the base is gone and its log is still there (%s%s); restore the "
        "base, or remove the log to begin a new one",
        dsr_file_name(file), dsr_file_name(file), suffixes[i]);
  }
  return DSR_OK;
}

dsr_status dsr_birth_check(dsr_file *file) {
  char folder[DSR_PATH_MOST];
  struct stat info;
  TRY(check_left_log(file));
  if (!dsr_birth_folder(file->path, folder)) return cannot_make(file, ENAMETOOLONG);
  if (stat(folder, &info) != 0) return cannot_make(file, errno);
  if (!S_ISDIR(info.st_mode)) return cannot_make(file, ENOTDIR);
  if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0) {
    return cannot_make(file, errno);
  }
  if (stat(file->path, &info) == 0 &&
      faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) != 0) {
    return cannot_make(file, errno);
  }
  return DSR_OK;
}

/* ---- the lock -------------------------------------------------------------------- */

static void unlock(dsr_file *file, const char *name) {
  unlink(name);
  close(file->lock);
  file->lock = -1;
}

/* Does the open lock still have its name? */
static bool named(int lock, const char *name) {
  struct stat held, there;
  return fstat(lock, &held) == 0 && stat(name, &there) == 0 &&
         held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

/* One try: DSR_OK with the lock, DSR_NOTHING where another holds it. */
static dsr_status try_lock(dsr_file *file, const char *name) {
  int lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock < 0) return cannot_make(file, errno);
  if (flock(lock, LOCK_EX | LOCK_NB) == 0 && named(lock, name)) {
    file->lock = lock;
    return DSR_OK;
  }
  close(lock);
  return DSR_NOTHING;
}

static void pause_briefly(void) {
  struct timespec pause = {0, WAIT_MS * 1000000L};
  nanosleep(&pause, NULL);
}

dsr_status dsr_birth_begin(dsr_file *file, bool *born) {
  char name[DSR_PATH_MOST];
  dsr_peek what;
  dsr_status rc;
  name_beside(file, "-lock", name);
  for (int waited = 0;; waited += WAIT_MS) {
    rc = try_lock(file, name);
    if (rc != DSR_NOTHING) break;
    if (waited >= file->busy_ms) return dsr_file_fail(file, SQLITE_BUSY);
    pause_briefly();
  }
  TRY(rc);
  rc = dsr_peek_at(file->path, file->error, &what);
  if (rc >= 0 && what != DSR_PEEK_BASE) rc = check_left_log(file);
  if (rc < 0 || what == DSR_PEEK_BASE) unlock(file, name);
  TRY(rc);
  *born = what == DSR_PEEK_BASE;
  return DSR_OK;
}

/* ---- the new file ---------------------------------------------------------------- */

static void remove_new(const dsr_file *file) {
  char name[DSR_PATH_MOST];
  for (size_t i = 0; i < sizeof beside_new / sizeof *beside_new; i++) {
    name_beside(file, beside_new[i], name);
    unlink(name);
  }
}

dsr_status dsr_birth_build(dsr_file *file) {
  char name[DSR_PATH_MOST];
  remove_new(file);
  name_beside(file, "-new", name);
  file->building = true;
  return dsr_file_make(file, name);
}

void dsr_birth_hasten(const dsr_file *file) {
#ifdef SYNC_FILE_RANGE_WRITE
  char name[DSR_PATH_MOST];
  name_beside(file, "-new", name);
  int fd = open(name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  close(fd);
#else
  (void)file;
#endif
}

static dsr_status sync_path(dsr_file *file, const char *name, int flags) {
  int fd = open(name, O_RDONLY | O_CLOEXEC | flags);
  if (fd < 0) return cannot_make(file, errno);
  int failed = fsync(fd) != 0 ? errno : 0;
  close(fd);
  /* Some file systems do not sync folders, and say so. */
  if (failed == EINVAL && (flags & O_DIRECTORY)) failed = 0;
  return failed == 0 ? DSR_OK : cannot_make(file, failed);
}

/* Give the new file the base's name, and no other file's: link() does not replace. */
static dsr_status rename_new(dsr_file *file, const char *name) {
  struct stat info;
  if (stat(file->path, &info) == 0 && info.st_size == 0) {
    chmod(name, info.st_mode & 07777);
    if (rename(name, file->path) == 0) return DSR_OK;
    return cannot_make(file, errno);
  }
  if (link(name, file->path) == 0) {
    unlink(name);
    return DSR_OK;
  }
  if (errno == EEXIST) return dsr_file_fail(file, SQLITE_BUSY);
  if (rename(name, file->path) == 0) return DSR_OK; /* no links on this file system */
  return cannot_make(file, errno);
}

dsr_status dsr_birth_finish(dsr_file *file) {
  char name[DSR_PATH_MOST], folder[DSR_PATH_MOST];
  name_beside(file, "-new", name);
  int rc = sqlite3_exec(file->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
  if (rc != SQLITE_OK) return dsr_file_fail(file, rc);
  dsr_file_disconnect(file);
  TRY(sync_path(file, name, 0));
  TRY(rename_new(file, name));
  /* The base is there: from here on nothing may say that it is not. */
  if (dsr_birth_folder(file->path, folder)) sync_path(file, folder, O_DIRECTORY);
  file->building = false;
  dsr_birth_give_up(file);
  return DSR_OK;
}

void dsr_birth_give_up(dsr_file *file) {
  char name[DSR_PATH_MOST];
  if (file->building) {
    dsr_file_rollback(file);
    dsr_file_disconnect(file);
    remove_new(file);
    file->building = false;
  }
  if (file->lock < 0) return;
  name_beside(file, "-lock", name);
  unlock(file, name);
}
