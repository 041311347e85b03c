/*
** file.c - the base's SQLite file: its connection, its statements, its failures.
**
** A file comes open in one of three ways:
**
**   the file and its folder can be written   with a log (WAL), though a handle that was
**                                            asked to read only never writes
**   they cannot, nothing lies beside         immutable: no locks, no log; looked at
**                                            again before each snapshot
**   they cannot, a log or its index lies     read only, through the log; refused, with
**   beside                                   the remedy, where that does not work
**
** Triggers and views are off and the schema is compared letter by letter, so a file
** made to do something when it is read does nothing.
*/
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/text.h"
#include "store/ahead.h"
#include "store/birth.h"
#include "store/format.h"
#include "store/log.h"
#include "store/peek.h"

enum { BUSY_MS = 5000, TABLES = 6, WORDS_MOST = 512 };

static const char *const table_names[TABLES] = {"root",  "run",       "record",
                                                "block", "directory", "extent"};

#define TEXT_OF_WORD(word) #word
#define TEXT_OF(word) TEXT_OF_WORD(word)

static const char table_shape[] =
    "CREATE TABLE %s(id INTEGER PRIMARY KEY, data BLOB NOT NULL)";

#define SEARCH_QUOTED(quote)                                                 \
  "search USING fts5(stems, words, content=" quote quote ", tokenize=" quote \
  "ascii" quote ")"
#define SEARCH SEARCH_QUOTED("'")
static const char search_shape[] = "CREATE VIRTUAL TABLE " SEARCH;

static const char *const sql_texts[DSR_SQL_COUNT] = {
    [DSR_SQL_BEGIN] = "BEGIN",
    [DSR_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [DSR_SQL_COMMIT] = "COMMIT",
    [DSR_SQL_ROLLBACK] = "ROLLBACK",
    [DSR_SQL_ROOT] = "SELECT id, data FROM root WHERE id = 1",
    [DSR_SQL_ROOT_SET] = "UPDATE root SET data = ?2 WHERE id = ?1",
    [DSR_SQL_RUNS] = "SELECT id, data FROM run WHERE id >= ?1 ORDER BY id",
    [DSR_SQL_RUN_ADD] = "INSERT INTO run(id, data) VALUES(?1, ?2)",
    [DSR_SQL_RUNS_DROP] = "DELETE FROM run",
    [DSR_SQL_RECORD] =
        "SELECT id, data FROM record WHERE id <= ?1 ORDER BY id DESC LIMIT 1",
    [DSR_SQL_RECORDS] = "SELECT id, data FROM record ORDER BY id",
    [DSR_SQL_RECORD_SET] = "REPLACE INTO record(id, data) VALUES(?1, ?2)",
    [DSR_SQL_RECORD_DROP] = "DELETE FROM record WHERE id = ?1",
    [DSR_SQL_BLOCK] = "SELECT id, data FROM block WHERE id = ?1",
    [DSR_SQL_BLOCK_ADD] = "INSERT INTO block(id, data) VALUES(?1, ?2)",
    [DSR_SQL_BLOCK_DROP] = "DELETE FROM block WHERE id = ?1",
    [DSR_SQL_ENTRY_UPTO] =
        "SELECT id, data FROM directory WHERE id <= ?1 ORDER BY id DESC LIMIT 1",
    [DSR_SQL_ENTRIES] =
        "SELECT id, data FROM directory WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    [DSR_SQL_ENTRY_ADD] = "INSERT INTO directory(id, data) VALUES(?1, ?2)",
    [DSR_SQL_ENTRY_DROP] = "DELETE FROM directory WHERE id = ?1",
    [DSR_SQL_EXTENTS] = "SELECT id, data FROM extent ORDER BY id",
    [DSR_SQL_EXTENT_SET] = "REPLACE INTO extent(id, data) VALUES(?1, ?2)",
    [DSR_SQL_BLOCK_COUNT] = "SELECT count(*), NULL FROM block",
    [DSR_SQL_ENTRY_COUNT] = "SELECT count(*), NULL FROM directory",
    [DSR_SQL_CHECK] = "SELECT 0, integrity_check FROM pragma_integrity_check(1)",
    [DSR_SQL_STATE] = "SELECT id, data FROM root WHERE id = 2",
    [DSR_SQL_STATE_SET] = "REPLACE INTO root(id, data) VALUES(?1, ?2)",
    [DSR_SQL_FORMAT_SET] = "PRAGMA user_version = " TEXT_OF(DSR_FORMAT),
    [DSR_SQL_SEARCH_MAKE] = "CREATE VIRTUAL TABLE IF NOT EXISTS " SEARCH,
    [DSR_SQL_SEARCH_ADD] = "INSERT INTO search(rowid, stems, words) VALUES(?1, ?2, ?3)",
    [DSR_SQL_SEARCH_CLEAR] = "INSERT INTO search(search) VALUES('delete-all')",
    [DSR_SQL_SEARCH_MATCH] =
        "SELECT rowid, bm25(search) FROM search WHERE search MATCH ?1",
    [DSR_SQL_TERMS_MAKE] =
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_terms "
        "USING fts5vocab(main, search, instance)",
    [DSR_SQL_TERMS] = "SELECT term, doc, col, offset FROM temp.search_terms",
    [DSR_SQL_SIZES] = "SELECT id, sz FROM search_docsize",
    [DSR_SQL_SEARCH_SHAPE] =
        "SELECT count(*), NULL FROM sqlite_schema, search_config "
        "WHERE type = 'table' AND name = 'search' AND k = 'version' AND v = ?1 "
        "AND sql = 'CREATE VIRTUAL TABLE " SEARCH_QUOTED("''") "'",
    [DSR_SQL_SEARCH_START] =
        "SELECT pgno, NULL FROM search_idx WHERE segid = ?1 AND term <= x'30' "
        "ORDER BY term DESC LIMIT 1",
    [DSR_SQL_SEARCH_PAGES] =
        "SELECT id, block FROM search_data WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
};

/* ---- words ----------------------------------------------------------------------- */

const char *dsr_file_name(const dsr_file *file) {
  if (file->path == NULL) return "base in memory";
  return strncmp(file->path, "./", 2) == 0 ? file->path + 2 : file->path;
}

dsr_status dsr_file_damaged(dsr_file *file, const char *format, ...) {
  char what[WORDS_MOST];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  return dsr_fail(file->error, DSR_EDAMAGED,
                  "%s: the file is damaged: %s; restore it from a copy",
                  dsr_file_name(file), what);
}

/* The dsr_status of an SQLite code. */
static dsr_status status_of(int rc) {
  if (rc == SQLITE_IOERR_NOMEM) return DSR_ENOMEM;
  if (rc == SQLITE_IOERR_SHORT_READ || rc == SQLITE_IOERR_CORRUPTFS) {
    return DSR_EDAMAGED;
  }
  switch (rc & 0xff) {
    case SQLITE_NOMEM:
      return DSR_ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return DSR_EBUSY;
    case SQLITE_READONLY:
      return DSR_EREADONLY;
    /* Our statements are right and what we write is of bounded size, so where SQLite
    ** finds them wrong or too big the file is. */
    case SQLITE_TOOBIG:
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_FORMAT:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return DSR_EDAMAGED;
    default:
      return DSR_EIO;
  }
}

/* SQLite says "out of memory" of some pages that were damaged, too: does its own check
** find any?  Slow, but nothing goes on after this anyway. */
static bool pages_damaged(dsr_file *file) {
  sqlite3_stmt *check = NULL;
  bool damaged = false;
  if (file->db == NULL) return false;
  if (sqlite3_prepare_v2(file->db, "PRAGMA quick_check(1)", -1, &check, NULL) ==
          SQLITE_OK &&
      sqlite3_step(check) == SQLITE_ROW) {
    const char *words = (const char *)sqlite3_column_text(check, 0);
    damaged = words != NULL && strcmp(words, "ok") != 0;
  }
  sqlite3_finalize(check);
  return damaged;
}

dsr_status dsr_file_fail(dsr_file *file, int rc) {
  const char *name = dsr_file_name(file);
  const char *words = file->db != NULL ? sqlite3_errmsg(file->db) : sqlite3_errstr(rc);
  dsr_status status = status_of(rc);
  if (status == DSR_ENOMEM && pages_damaged(file)) {
    return dsr_file_damaged(file, "its pages are not whole");
  }
  switch (status) {
    case DSR_ENOMEM:
      return dsr_fail_memory(file->error);
    case DSR_EBUSY:
      return dsr_fail(file->error, status,
                      "%s: another program is writing to the base; try again, or wait "
                      "longer with busy_ms",
                      name);
    case DSR_EDAMAGED:
      return dsr_file_damaged(file, "%s", words);
    case DSR_EREADONLY:
      return dsr_fail(file->error, status, "%s: the base cannot be written: %s", name,
                      words);
    default:
      return dsr_fail(file->error, status, "%s: the file cannot be used: %s", name,
                      words);
  }
}

/* ---- statements ------------------------------------------------------------------ */

static dsr_status prepare(dsr_file *file, dsr_sql sql) {
  if (file->statements[sql] != NULL) return DSR_OK;
  int rc = sqlite3_prepare_v3(file->db, sql_texts[sql], -1, SQLITE_PREPARE_PERSISTENT,
                              &file->statements[sql], NULL);
  return rc == SQLITE_OK ? DSR_OK : dsr_file_fail(file, rc);
}

dsr_status dsr_file_statement(dsr_file *file, dsr_sql sql, sqlite3_stmt **out) {
  TRY(prepare(file, sql));
  *out = file->statements[sql];
  return DSR_OK;
}

static dsr_status execute(dsr_file *file, const char *text) {
  int rc = sqlite3_exec(file->db, text, NULL, NULL, NULL);
  return rc == SQLITE_OK ? DSR_OK : dsr_file_fail(file, rc);
}

dsr_status dsr_file_scratch(dsr_file *file, bool on) {
  if (!file->read_only) return DSR_OK;
  return execute(file, on ? "PRAGMA query_only = 0" : "PRAGMA query_only = 1");
}

dsr_status dsr_file_execute(dsr_file *file, const char *text) {
  return execute(file, text);
}

dsr_status dsr_file_run(dsr_file *file, dsr_sql sql, int64_t id, const void *data,
                        size_t len) {
  TRY(prepare(file, sql));
  sqlite3_stmt *statement = file->statements[sql];
  int rc = SQLITE_OK, wanted = sqlite3_bind_parameter_count(statement);
  if (wanted >= 1) rc = sqlite3_bind_int64(statement, 1, id);
  if (wanted >= 2 && rc == SQLITE_OK) {
    rc = sqlite3_bind_blob64(statement, 2, data, len, SQLITE_STATIC);
  }
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  dsr_status status = DSR_OK;
  if (rc != SQLITE_DONE) status = dsr_file_fail(file, rc);
  sqlite3_reset(statement);
  return status;
}

dsr_status dsr_file_change(dsr_file *file, dsr_sql sql, int64_t id, const void *data,
                           size_t len) {
  TRY(dsr_file_run(file, sql, id, data, len));
  if (sqlite3_changes(file->db) == 1) return DSR_OK;
  return dsr_file_damaged(file, "a row is missing");
}

dsr_status dsr_file_query(dsr_file *file, dsr_sql sql, int64_t id, int64_t last) {
  TRY(prepare(file, sql));
  sqlite3_stmt *statement = file->statements[sql];
  int rc = SQLITE_OK, wanted = sqlite3_bind_parameter_count(statement);
  if (wanted >= 1) rc = sqlite3_bind_int64(statement, 1, id);
  if (wanted >= 2 && rc == SQLITE_OK) rc = sqlite3_bind_int64(statement, 2, last);
  return rc == SQLITE_OK ? DSR_OK : dsr_file_fail(file, rc);
}

dsr_status dsr_file_step(dsr_file *file, dsr_sql sql) {
  int rc = sqlite3_step(file->statements[sql]);
  if (rc == SQLITE_ROW) return DSR_ROW;
  dsr_status status = rc == SQLITE_DONE ? DSR_DONE : dsr_file_fail(file, rc);
  sqlite3_reset(file->statements[sql]);
  return status;
}

int64_t dsr_file_id(dsr_file *file, dsr_sql sql) {
  return sqlite3_column_int64(file->statements[sql], 0);
}

dsr_status dsr_file_data(dsr_file *file, dsr_sql sql, dsr_str *data) {
  const void *bytes = sqlite3_column_blob(file->statements[sql], 1);
  if (bytes == NULL && sqlite3_errcode(file->db) == SQLITE_NOMEM) {
    return dsr_fail_memory(file->error);
  }
  int len = sqlite3_column_bytes(file->statements[sql], 1);
  *data = bytes != NULL ? (dsr_str){bytes, (size_t)len} : (dsr_str){"", 0};
  return DSR_OK;
}

void dsr_file_end(dsr_file *file, dsr_sql sql) {
  if (file->statements[sql] != NULL) sqlite3_reset(file->statements[sql]);
}

/* ---- connecting ------------------------------------------------------------------ */

/* Can the file, and what must lie beside it, be written? */
static bool writable(const char *path) {
  char folder[DSR_PATH_MOST];
  return dsr_birth_folder(path, folder) &&
         faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 &&
         faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0;
}

/* "file:PATH?immutable=1", with what a URI cannot hold escaped; from dsr_alloc. */
static char *immutable_uri(const char *path) {
  static const char plain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-~";
  char *uri = dsr_alloc(3 * strlen(path) + sizeof "file:?immutable=1");
  if (uri == NULL) return NULL;
  char *out = uri + sprintf(uri, "file:");
  for (; *path != '\0'; path++) {
    if (strchr(plain, *path) != NULL) {
      *out++ = *path;
    } else {
      out += sprintf(out, "%%%02X", (unsigned char)*path);
    }
  }
  strcpy(out, "?immutable=1");
  return uri;
}

static dsr_status open_handle(dsr_file *file, const char *name, int flags) {
  int rc = sqlite3_open_v2(name, &file->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
  if (rc != SQLITE_OK) {
    dsr_status status = dsr_file_fail(file, rc);
    dsr_file_disconnect(file);
    return status;
  }
  sqlite3_extended_result_codes(file->db, 1);
  sqlite3_busy_timeout(file->db, file->busy_ms);
  return DSR_OK;
}

/* Settings that every connection has. */
static dsr_status harden(dsr_file *file) {
  static const int settings[][2] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
      {SQLITE_DBCONFIG_DQS_DDL, 0},        {SQLITE_DBCONFIG_DQS_DML, 0},
  };
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    int rc = sqlite3_db_config(file->db, settings[i][0], settings[i][1], (int *)NULL);
    if (rc != SQLITE_OK) return dsr_file_fail(file, rc);
  }
  return execute(file,
                 "PRAGMA mmap_size = 0; PRAGMA cell_size_check = 1;"
                 "PRAGMA synchronous = FULL; PRAGMA cache_size = -4096;"
                 "PRAGMA secure_delete = FAST; PRAGMA temp_store = MEMORY");
}

/* Is the row's name one of ours, and its text what we wrote?  Counts those that are. */
static void count_table(sqlite3_stmt *row, int *ours, int *right) {
  const char *name = (const char *)sqlite3_column_text(row, 0);
  const char *text = (const char *)sqlite3_column_text(row, 1);
  if (name != NULL && text != NULL && strcmp(name, "search") == 0) {
    *right += strcmp(text, search_shape) == 0 ? 0 : -1;
  }
  for (int i = 0; name != NULL && text != NULL && i < TABLES; i++) {
    char wanted[128];
    if (strcmp(name, table_names[i]) != 0) continue;
    snprintf(wanted, sizeof wanted, table_shape, name);
    *ours += 1;
    *right += strcmp(text, wanted) == 0;
  }
}

static dsr_status check_schema(dsr_file *file) {
  sqlite3_stmt *rows = NULL;
  int ours = 0, right = 0;
  int rc = sqlite3_prepare_v2(
      file->db, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'", -1, &rows,
      NULL);
  if (rc == SQLITE_OK) {
    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) count_table(rows, &ours, &right);
  }
  dsr_status status = DSR_OK;
  if (rc != SQLITE_DONE) {
    status = dsr_file_fail(file, rc);
  } else if (ours != TABLES || right != TABLES) {
    status = dsr_file_damaged(file, "its tables are not those of a base");
  }
  sqlite3_finalize(rows);
  return status;
}

static dsr_status refuse_log(dsr_file *file) {
  return dsr_fail(file->error, DSR_EREADONLY,
                  "%s: a log lies beside it and cannot be used here; open it once "
                  "where it can be written, or copy both files (%s-wal too)",
                  dsr_file_name(file), dsr_file_name(file));
}

static dsr_status connect_immutable(dsr_file *file) {
  struct stat info;
  char *uri = immutable_uri(file->path);
  if (uri == NULL) return dsr_fail_memory(file->error);
  dsr_status rc = open_handle(file, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  dsr_free(uri);
  TRY(rc);
  if (stat(file->path, &info) == 0) {
    file->seen_size = (long long)info.st_size;
    file->seen_time =
        (long long)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
  }
  return DSR_OK;
}

/* Settings and schema of a connection to a file that is there. */
static dsr_status settle(dsr_file *file) {
  TRY(harden(file));
  if (file->read_only) TRY(execute(file, "PRAGMA query_only = 1"));
  TRY(prepare(file, DSR_SQL_ROLLBACK));
  return check_schema(file);
}

/* Open what is there, and see that it and its log are a base's, before SQLite reads more
** than its header. */
static dsr_status connect_plain(dsr_file *file, bool can_write) {
  dsr_peek what;
  dsr_status rc = file->immutable ? connect_immutable(file)
                                  : open_handle(file, file->path,
                                                can_write ? SQLITE_OPEN_READWRITE
                                                          : SQLITE_OPEN_READONLY);
  if (rc == DSR_EIO) TRY(dsr_peek_at(file->path, file->error, &what)); /* it says why */
  TRY(rc);
  rc = dsr_peek_into(file->path, file->db, file->error);
  if (rc >= 0) rc = dsr_log_check(file);
  if (rc < 0) dsr_file_disconnect(file);
  return rc;
}

static dsr_status connect(dsr_file *file) {
  bool can_write = writable(file->path);
  bool beside = dsr_peek_beside(file->path, "-wal") > 0 ||
                dsr_peek_beside(file->path, "-shm") >= 0;
  file->read_only = file->asked_read_only || !can_write;
  file->immutable = !can_write && !beside;
  file->logged = false;
  TRY(connect_plain(file, can_write));
  dsr_status rc = settle(file);
  if (rc >= 0 && !file->read_only) dsr_ahead_watch(file);
  if (rc < 0) {
    dsr_file_disconnect(file);
    if (!can_write && beside && (rc == DSR_EIO || rc == DSR_EREADONLY)) {
      rc = refuse_log(file);
    }
  }
  return rc;
}

void dsr_file_disconnect(dsr_file *file) {
  for (int i = 0; i < DSR_SQL_COUNT; i++) {
    sqlite3_finalize(file->statements[i]);
    file->statements[i] = NULL;
  }
  /* A reader that goes last tidies up an empty log, and leaves one with content, and so
  ** the file itself, to the next writer. */
  if (file->db != NULL && file->read_only && file->path != NULL &&
      dsr_peek_beside(file->path, "-wal") > 0) {
    sqlite3_db_config(file->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
  }
  sqlite3_close(file->db);
  file->db = NULL;
}

/* ---- opening and closing --------------------------------------------------------- */

/* A file is not there, or is empty: may a base be made in its place? */
static dsr_status check_new(dsr_file *file, dsr_peek what, bool must_exist) {
  const char *name = dsr_file_name(file);
  if (what == DSR_PEEK_ABSENT && (must_exist || file->asked_read_only)) {
    return dsr_fail(file->error, DSR_EABSENT, "%s: there is no such file", name);
  }
  if (must_exist || file->asked_read_only) {
    return dsr_fail(file->error, DSR_EFOREIGN, "%s: not a Dossier base: it is empty",
                    name);
  }
  return dsr_birth_check(file);
}

dsr_status dsr_file_open(dsr_file *file, const char *path,
                         const dsr_open_options *options, dsr_error *error) {
  dsr_peek what = DSR_PEEK_ABSENT;
  memset(file, 0, sizeof *file);
  file->error = error;
  file->lock = -1;
  file->busy_ms = options->busy_ms == 0 ? BUSY_MS : options->busy_ms;
  if (file->busy_ms < 0) file->busy_ms = 0;
  file->asked_read_only = options->read_only != 0;
  if (path == NULL) {
    TRY(dsr_file_make(file, NULL));
    file->read_only = file->asked_read_only;
    return DSR_OK;
  }
  file->read_only = file->asked_read_only;
  size_t len = strlen(path);
  if (len == 0) return dsr_fail(error, DSR_EMISUSE, "no name was given for the base");
  if (len >= DSR_PATH_MOST - 16) {
    return dsr_fail(error, DSR_EIO, "the base's path is too long (%zu bytes)", len);
  }
  file->path = dsr_alloc(len + 3);
  if (file->path == NULL) return dsr_fail_memory(error);
  sprintf(file->path, "%s%s", path[0] == '/' ? "" : "./", path);
  TRY(dsr_peek_outside(file->path, error, &what));
  if (what == DSR_PEEK_BASE) return connect(file);
  return check_new(file, what, options->must_exist != 0);
}

void dsr_file_close(dsr_file *file) {
  dsr_file_rollback(file);
  dsr_birth_give_up(file);
  dsr_file_disconnect(file);
  dsr_free(file->path);
  file->path = NULL;
}

/* Has an immutable file changed under us, or come to be written by someone? */
static bool changed(const dsr_file *file) {
  struct stat info;
  if (stat(file->path, &info) != 0) return false;
  return (long long)info.st_size != file->seen_size ||
         (long long)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec !=
             file->seen_time ||
         dsr_peek_beside(file->path, "-wal") > 0;
}

dsr_status dsr_file_look_again(dsr_file *file, bool *came) {
  dsr_peek what;
  *came = false;
  if (file->path == NULL || (file->db != NULL && !file->immutable)) return DSR_OK;
  if (file->db != NULL && !changed(file)) return DSR_OK;
  TRY(dsr_peek_at(file->path, file->error, &what));
  if (what != DSR_PEEK_BASE) return DSR_OK;
  dsr_file_disconnect(file);
  TRY(connect(file));
  *came = true;
  return DSR_OK;
}

/* ---- making ---------------------------------------------------------------------- */

static dsr_status make_tables(dsr_file *file) {
  char text[256];
  TRY(execute(file, "BEGIN IMMEDIATE"));
  snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d",
           DSR_APPLICATION, DSR_FORMAT);
  TRY(execute(file, text));
  for (int i = 0; i < TABLES; i++) {
    snprintf(text, sizeof text, table_shape, table_names[i]);
    TRY(execute(file, text));
  }
  return execute(file, "INSERT INTO root(id, data) VALUES(1, zeroblob(8))");
}

dsr_status dsr_file_make(dsr_file *file, const char *path) {
  char text[64];
  TRY(open_handle(file, path != NULL ? path : ":memory:",
                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  snprintf(text, sizeof text, "PRAGMA page_size = %d", DSR_PAGE_SIZE);
  dsr_status rc = execute(file, text);
  /* The journal must be turned off before the connection is hardened against that. */
  if (rc >= 0 && path != NULL) rc = execute(file, "PRAGMA journal_mode = OFF");
  if (rc >= 0) rc = harden(file);
  if (rc >= 0 && path != NULL) rc = execute(file, "PRAGMA synchronous = OFF");
  if (rc >= 0) rc = prepare(file, DSR_SQL_ROLLBACK);
  if (rc >= 0) rc = make_tables(file);
  if (rc < 0) dsr_file_disconnect(file);
  return rc;
}

/* ---- transactions ---------------------------------------------------------------- */

/* A base keeps its log beside it; a tool may have switched that off. */
static dsr_status keep_log(dsr_file *file) {
  if (file->logged || file->path == NULL) return DSR_OK;
  sqlite3_stmt *statement = NULL;
  int rc =
      sqlite3_prepare_v2(file->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  dsr_status status = DSR_OK;
  if (rc != SQLITE_ROW) {
    status = dsr_file_fail(file, rc);
  } else if (strcmp((const char *)sqlite3_column_text(statement, 0), "wal") != 0) {
    status = dsr_fail(file->error, DSR_EIO,
                      "%s: no log can be kept beside the base on this file system",
                      dsr_file_name(file));
  }
  sqlite3_finalize(statement);
  TRY(status);
  /* Once all of a log is in the base, the next commit fills it anew (log.c). */
  if (file->pieces) TRY(execute(file, "PRAGMA wal_checkpoint(PASSIVE)"));
  file->pieces = false;
  file->logged = true;
  return DSR_OK;
}

dsr_status dsr_file_begin_write(dsr_file *file) {
  if (file->read_only) {
    return dsr_fail(file->error, DSR_EREADONLY,
                    file->asked_read_only
                        ? "%s: the base was opened to be read only"
                        : "%s: the base or its folder cannot be written",
                    dsr_file_name(file));
  }
  TRY(keep_log(file));
  return dsr_file_run(file, DSR_SQL_BEGIN_WRITE, 0, NULL, 0);
}

void dsr_file_rollback(dsr_file *file) {
  if (file->db == NULL || sqlite3_get_autocommit(file->db)) return;
  sqlite3_stmt *statement = file->statements[DSR_SQL_ROLLBACK];
  if (statement == NULL) return; /* the connection is about to be closed */
  sqlite3_step(statement);
  sqlite3_reset(statement);
}
