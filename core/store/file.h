/*
** file.h - the base's SQLite file: its connection, its statements, its failures.
**
** Every table has the same two columns, `id` and `data`; what ids and data are is the
** business of the files that use them.  All SQL is here, and every SQLite code becomes
** a dsr_status in words here.
**
** A base that does not exist yet has no connection until its first commit (birth.h), or
** until someone else makes it.
*/
#ifndef DSR_STORE_FILE_H
#define DSR_STORE_FILE_H

#include <sqlite3.h>

#include "ground/mem.h"
#include "ground/status.h"

/* The statements, each prepared when first used. */
typedef enum dsr_sql {
  DSR_SQL_BEGIN,
  DSR_SQL_BEGIN_WRITE,
  DSR_SQL_COMMIT,
  DSR_SQL_ROLLBACK,
  DSR_SQL_ROOT,        /* -> data */
  DSR_SQL_ROOT_SET,    /* id 1, data */
  DSR_SQL_RUNS,        /* id -> runs from id on */
  DSR_SQL_RUN_ADD,     /* id, data */
  DSR_SQL_RUNS_DROP,   /* -> all */
  DSR_SQL_RECORD,      /* id -> the block with the greatest id up to it */
  DSR_SQL_RECORDS,     /* -> all, in order */
  DSR_SQL_RECORD_SET,  /* id, data */
  DSR_SQL_RECORD_DROP, /* id */
  DSR_SQL_BLOCK,       /* id -> data */
  DSR_SQL_BLOCK_ADD,   /* id, data */
  DSR_SQL_BLOCK_DROP,  /* id */
  DSR_SQL_ENTRY_UPTO,  /* id -> the entry with the greatest id up to it */
  DSR_SQL_ENTRIES,     /* first id, last id -> all between */
  DSR_SQL_ENTRY_ADD,   /* id, data */
  DSR_SQL_ENTRY_DROP,  /* id */
  DSR_SQL_EXTENTS,     /* -> all */
  DSR_SQL_EXTENT_SET,  /* id, data */
  DSR_SQL_BLOCK_COUNT, /* -> how many, as id */
  DSR_SQL_ENTRY_COUNT,
  DSR_SQL_CHECK, /* SQLite's own check: a message, "ok" */
  DSR_SQL_STATE, /* -> data of the search's state */
  DSR_SQL_STATE_SET,
  DSR_SQL_FORMAT_SET, /* in the header, to what this version writes */
  DSR_SQL_SEARCH_MAKE,
  DSR_SQL_SEARCH_ADD,   /* id, stems, words */
  DSR_SQL_SEARCH_CLEAR, /* everything that was added */
  DSR_SQL_SEARCH_MATCH, /* expression -> id, score: less is better */
  DSR_SQL_TERMS_MAKE,   /* a table of what the search holds, for this connection */
  DSR_SQL_TERMS,        /* -> term, id, column, offset */
  DSR_SQL_SIZES,        /* -> id, data: how many words are in each column */
  DSR_SQL_SEARCH_SHAPE, /* FTS5's version -> how many searches of it, as id: 0 or 1 */
  DSR_SQL_SEARCH_START, /* segment -> the page of the first term there may be, as id */
  DSR_SQL_SEARCH_PAGES, /* first id, last id -> all between */
  DSR_SQL_COUNT
} dsr_sql;

typedef struct dsr_file {
  sqlite3 *db; /* NULL: there is no file yet, or it could not be opened again */
  sqlite3_stmt *statements[DSR_SQL_COUNT];
  char *path; /* never begins like a URI; NULL: in memory */
  dsr_error *error;
  int busy_ms;
  bool asked_read_only; /* by the host */
  bool read_only;       /* that, or the file cannot be written */
  bool immutable;       /* opened without locks: nothing could be written beside it */
  bool logged;          /* the connection is known to keep a log */
  bool pieces;          /* the log ended with a commit in pieces when it was opened */
  bool building;        /* `db` is the file that birth.c makes */
  int log_frames;       /* of the log after the last commit (ahead.c) */
  int log_step;         /* that commit's share of them */
  int log_room;         /* how many frames the log's file has bytes for, at least */
  int log_tried;        /* its frames when it was last brought into the base */
  bool log_full;        /* the disk had no room to write ahead */
  int lock;             /* birth.c's, or -1 */
  long long seen_size, seen_time; /* of an immutable file when it was opened */
} dsr_file;

/* `file` all zero but for what it should be told of: see store.c.  Opens what is there;
** DSR_EABSENT where `must_exist` and nothing is. */
dsr_status dsr_file_open(dsr_file *file, const char *path,
                         const dsr_open_options *options, dsr_error *error);
void dsr_file_close(dsr_file *file);

/* Open the file again, or for the first time, where it has appeared since: *came.  For
** an immutable one: where it has changed. */
dsr_status dsr_file_look_again(dsr_file *file, bool *came);

/* Open `path` as a fresh connection that makes the base there; without durability of
** its own, for a file that counts only once it is renamed.  NULL: in memory. */
dsr_status dsr_file_make(dsr_file *file, const char *path);
/* Close the connection, the rest stays. */
void dsr_file_disconnect(dsr_file *file);

/* Take the write lock and begin; DSR_EBUSY, DSR_EREADONLY. */
dsr_status dsr_file_begin_write(dsr_file *file);
/* End whatever transaction is open, its changes dropped.  Cannot fail. */
void dsr_file_rollback(dsr_file *file);

/* A statement, prepared; the caller binds, steps and resets it. */
dsr_status dsr_file_statement(dsr_file *file, dsr_sql sql, sqlite3_stmt **out);
/* While on, a connection that only reads may make tables of its own, in memory. */
dsr_status dsr_file_scratch(dsr_file *file, bool on);

/* Run a statement that gives no rows; data NULL where it takes none. */
dsr_status dsr_file_run(dsr_file *file, dsr_sql sql, int64_t id, const void *data,
                        size_t len);
/* The same where exactly one row must change: DSR_EDAMAGED if not. */
dsr_status dsr_file_change(dsr_file *file, dsr_sql sql, int64_t id, const void *data,
                           size_t len);

/* Begin a statement that gives rows, step to one (DSR_ROW, DSR_DONE), read it, end it.
** A failing or finished step ends it by itself; ending twice is harmless. */
dsr_status dsr_file_query(dsr_file *file, dsr_sql sql, int64_t id, int64_t last);
dsr_status dsr_file_step(dsr_file *file, dsr_sql sql);
int64_t dsr_file_id(dsr_file *file, dsr_sql sql);
/* Borrowed until the next step or end. */
dsr_status dsr_file_data(dsr_file *file, dsr_sql sql, dsr_str *data);
void dsr_file_end(dsr_file *file, dsr_sql sql);

/* Run SQL that is used once. */
dsr_status dsr_file_execute(dsr_file *file, const char *text);

/* The name for messages; a failure of SQLite's in words; damage that we found. */
const char *dsr_file_name(const dsr_file *file);
dsr_status dsr_file_fail(dsr_file *file, int rc);
dsr_status dsr_file_damaged(dsr_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
