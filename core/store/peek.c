/*
** peek.c - what a file is, before SQLite is let near it.
**
** The bytes of an SQLite file's header that matter here (big-endian):
**
**   0  16  "SQLite format 3\0"        44  4  schema format: 4
**  16   2  page size: 8192            52  8  see 64: both 0, no vacuum by itself
**  18   2  1 or 2 each: versions      56  4  text encoding: 1, UTF-8
**  20   1  0: bytes kept free         60  4  user_version: the format of the base
**  24   4  change counter             64  4  0
**  28   4  size in pages              68  4  application_id: "DSR1"
**                                     92  4  change counter that 28 is right for
**
** A log beside the file may hold a newer size, so the size is only compared where there
** is none; and since another process may come or go between two looks, a file is called
** truncated only when a second look says the same.
*/
#include "store/peek.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ground/mem.h"
#include "store/format.h"

enum { HEADER = 100, LOOKS = 3, NAME_MOST = 4200 };

typedef struct look {
  unsigned char header[HEADER];
  long long size;
} look;

static uint32_t big32(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

long long dsr_peek_beside(const char *path, const char *suffix) {
  char name[NAME_MOST];
  struct stat info;
  int len = snprintf(name, sizeof name, "%s%s", path, suffix);
  if (len < 0 || (size_t)len >= sizeof name || stat(name, &info) != 0) return -1;
  return (long long)info.st_size;
}

/* ---- reading --------------------------------------------------------------------- */

/* Read the header and the size from an open file. */
static int look_inside(sqlite3_file *file, look *out) {
  sqlite3_int64 size = 0;
  memset(out, 0, sizeof *out);
  int rc = file->pMethods->xFileSize(file, &size);
  if (rc != SQLITE_OK) return rc;
  out->size = size;
  int want = size < HEADER ? (int)size : HEADER;
  return want == 0 ? SQLITE_OK : file->pMethods->xRead(file, out->header, want, 0);
}

static dsr_status unreadable(const char *path, dsr_error *error) {
  return dsr_fail(error, DSR_EIO, "%s: cannot read the file: %s", path,
                  strerror(errno != 0 ? errno : EIO));
}

static dsr_status look_at(const char *path, dsr_error *error, look *out) {
  sqlite3_vfs *vfs = sqlite3_initialize() == SQLITE_OK ? sqlite3_vfs_find(NULL) : NULL;
  if (vfs == NULL) return dsr_fail_memory(error);
  /* The VFS opens no symbolic link by that name: it wants where the link leads. */
  char *full = dsr_alloc((size_t)vfs->mxPathname + 2);
  int named = full ? vfs->xFullPathname(vfs, path, vfs->mxPathname + 1, full) : 0;
  sqlite3_filename name = full ? sqlite3_create_filename(full, "", "", 0, NULL) : NULL;
  sqlite3_file *file = dsr_alloc((size_t)vfs->szOsFile);
  dsr_status rc = DSR_OK;
  errno = 0;
  if ((named & 0xff) != SQLITE_OK) {
    rc = unreadable(path, error);
  } else if (name == NULL || file == NULL) {
    rc = dsr_fail_memory(error);
  } else if (vfs->xOpen(vfs, name, file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB,
                        NULL) != SQLITE_OK) {
    rc = unreadable(path, error);
  } else if (look_inside(file, out) != SQLITE_OK) {
    rc = unreadable(path, error);
  }
  if (file != NULL && file->pMethods != NULL) file->pMethods->xClose(file);
  dsr_free(file);
  sqlite3_free_filename(name);
  dsr_free(full);
  return rc;
}

/* ---- judging --------------------------------------------------------------------- */

static dsr_status foreign(const char *path, dsr_error *error, const char *what) {
  return dsr_fail(error, DSR_EFOREIGN, "%s: not a Dossier base: %s", path, what);
}

static dsr_status damaged(const char *path, dsr_error *error, const char *what) {
  return dsr_fail(error, DSR_EDAMAGED,
                  "%s: the file is damaged: %s; restore it from a copy", path, what);
}

static dsr_status judge_kind(const char *path, dsr_error *error, const look *seen) {
  static const char magic[16] = "SQLite format 3";
  size_t have = seen->size < HEADER ? (size_t)seen->size : HEADER;
  if (memcmp(seen->header, magic, have < 16 ? have : 16) != 0) {
    return foreign(path, error, "it does not begin like one");
  }
  if (have < HEADER) return damaged(path, error, "it is cut off in its header");
  if (big32(seen->header + 68) != DSR_APPLICATION) {
    return foreign(path, error, "it is an SQLite file of another program");
  }
  uint32_t format = big32(seen->header + 60);
  if (format > DSR_FORMAT) {
    return dsr_fail(error, DSR_EFOREIGN,
                    "%s: format %lu is newer than this version reads (%d); use a newer "
                    "dossier",
                    path, (unsigned long)format, DSR_FORMAT);
  }
  return format >= DSR_FORMAT_OLDEST ? DSR_OK
                                     : damaged(path, error, "it has no format");
}

static dsr_status judge_header(const char *path, dsr_error *error, const look *seen) {
  const unsigned char *at = seen->header;
  bool versions = at[18] >= 1 && at[18] <= 2 && at[19] >= 1 && at[19] <= 2;
  bool sizes = at[16] << 8 == DSR_PAGE_SIZE && at[17] == 0 && at[20] == 0;
  bool plain = big32(at + 44) == 4 && big32(at + 52) == 0 && big32(at + 56) == 1 &&
               big32(at + 64) == 0;
  if (versions && sizes && plain) return DSR_OK;
  return damaged(path, error, "its header was changed");
}

/* Is the size as the header says?  Not asked where a log beside may know better. */
static bool whole(const char *path, const look *seen) {
  if (dsr_peek_beside(path, "-wal") > 0 || dsr_peek_beside(path, "-journal") > 0) {
    return true;
  }
  if (seen->size % DSR_PAGE_SIZE != 0) return false;
  if (big32(seen->header + 24) != big32(seen->header + 92)) return true;
  return seen->size / DSR_PAGE_SIZE == (long long)big32(seen->header + 28);
}

/* What is to be said of a file without looking into it: DSR_DONE where that is all. */
static dsr_status judge_path(const char *path, dsr_error *error, struct stat *info,
                             dsr_peek *what) {
  if (stat(path, info) != 0) {
    if (errno != ENOENT) return unreadable(path, error);
    *what = DSR_PEEK_ABSENT;
    return DSR_DONE;
  }
  if (S_ISDIR(info->st_mode)) return foreign(path, error, "it is a directory");
  if (!S_ISREG(info->st_mode)) return foreign(path, error, "it is no regular file");
  return DSR_OK;
}

/* `file`: it is open already; or NULL. */
static dsr_status take_look(const char *path, sqlite3_file *file, dsr_error *error,
                            look *out) {
  if (file == NULL) return look_at(path, error, out);
  errno = 0;
  return look_inside(file, out) == SQLITE_OK ? DSR_OK : unreadable(path, error);
}

static dsr_status judge(const char *path, sqlite3_file *file, const struct stat *info,
                        dsr_error *error, dsr_peek *what) {
  look seen;
  for (int tries = 0; tries < LOOKS; tries++) {
    TRY(take_look(path, file, error, &seen));
    if (seen.size == 0 && info->st_size == 1) { /* SQLite takes one byte for none */
      return foreign(path, error, "it does not begin like one");
    }
    if (seen.size == 0) {
      *what = DSR_PEEK_EMPTY;
      return DSR_OK;
    }
    TRY(judge_kind(path, error, &seen));
    TRY(judge_header(path, error, &seen));
    if (whole(path, &seen)) {
      *what = DSR_PEEK_BASE;
      return DSR_OK;
    }
  }
  bool pages = seen.size % DSR_PAGE_SIZE == 0;
  return damaged(path, error,
                 pages && seen.size / DSR_PAGE_SIZE > big32(seen.header + 28)
                     ? "it is longer than its header says"
                     : "it is cut off");
}

dsr_status dsr_peek_at(const char *path, dsr_error *error, dsr_peek *what) {
  struct stat info;
  dsr_status rc = judge_path(path, error, &info, what);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  return judge(path, NULL, &info, error, what);
}

dsr_status dsr_peek_outside(const char *path, dsr_error *error, dsr_peek *what) {
  struct stat info;
  dsr_status rc = judge_path(path, error, &info, what);
  if (rc != DSR_OK) return rc < 0 ? rc : DSR_OK;
  *what = info.st_size == 0 ? DSR_PEEK_EMPTY : DSR_PEEK_BASE;
  return DSR_OK;
}

dsr_status dsr_peek_into(const char *path, sqlite3 *db, dsr_error *error) {
  struct stat info;
  dsr_peek what = DSR_PEEK_ABSENT;
  sqlite3_file *file = NULL;
  dsr_status rc = judge_path(path, error, &info, &what);
  sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file);
  if (file != NULL && file->pMethods == NULL) file = NULL;
  if (rc == DSR_OK) rc = judge(path, file, &info, error, &what);
  if (rc < 0 || what == DSR_PEEK_BASE) return rc;
  return foreign(path, error, "it went away as it was opened");
}
