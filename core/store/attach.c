/*
** attach.c - a segment (segment.h) goes into the text search, as FTS5 itself would write it.
**
** FTS5 keeps what it knows of its segments in memory, too, and would not see what is
** written behind its back: at a savepoint it writes what it holds, counts included, and an
** empty merge makes it take part in the transaction, and forget.  Then rows go into its
** tables,
**
**   search_data     1           texts, and words of each column in all of them
**                   10          the segments, by level
**                   n << 37..   pages of segment n
**   search_idx      (n, term, page)
**   search_docsize  words of each column, by text
**
** which a connection that is open defensively does not allow, so that it is not while it
** happens.
**
** A segment goes to a level where FTS5 merges seldom.  FTS5 of another version, or with
** another table of segments than is known here, is left alone.
*/
#include "store/inside.h"
#include "store/search.h"
#include "store/segment.h"
#include "store/varint.h"

enum {
  AVERAGES = 1,
  STRUCTURE = 10,
  COOKIE = 4,
  SEGMENT_MOST = 2000,
  LEVEL_LEAST = 3,
  LEVEL_MOST = 60,
  LEVEL_FULL = 12, /* segments, before FTS5 has to merge all of them at once */
  VERSION = 4,
  SIZES_ROWS = 250,
  SIZES_MOST = DSR_SEARCH_COLUMNS * DSR_VARINT_MOST,
};

static const unsigned char other_structure[] = {0xff, 0, 0, 1};

typedef struct level {
  uint64_t merging, n; /* of its n segments so many are being merged into the next */
  size_t first;        /* of its segments */
} level;

/* A segment as the structure has it: number, first and last page. */
typedef struct entry {
  uint64_t words[3];
} entry;

typedef struct attaching {
  dsr_file *file;
  const dsr_segment *segment;
  unsigned char cookie[COOKIE];
  uint64_t writes;
  VEC(level) levels;
  VEC(entry) entries; /* level by level */
  uint64_t number;    /* of the new segment */
  size_t to;          /* its level */
  dsr_bytes scratch;
} attaching;

/* ---- statements ------------------------------------------------------------------ */

static dsr_status no_memory(const attaching *a) {
  return dsr_fail_memory(a->file->error);
}

static dsr_status prepare(attaching *a, const char *sql, sqlite3_stmt **out) {
  int rc = sqlite3_prepare_v2(a->file->db, sql, -1, out, NULL);
  return rc == SQLITE_OK ? DSR_OK : dsr_file_fail(a->file, rc);
}

static dsr_status run(attaching *a, sqlite3_stmt *statement, int rc) {
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  dsr_status status = rc == SQLITE_DONE ? DSR_OK : dsr_file_fail(a->file, rc);
  sqlite3_reset(statement);
  return status;
}

static dsr_status write_row(attaching *a, sqlite3_stmt *statement, uint64_t id,
                            const void *data, size_t len) {
  int rc = sqlite3_bind_int64(statement, 1, (int64_t)id);
  if (rc == SQLITE_OK) {
    rc = sqlite3_bind_blob64(statement, 2, data, len, SQLITE_STATIC);
  }
  return run(a, statement, rc);
}

/* The row of search_data in `scratch`; empty where there is none. */
static dsr_status read_data(attaching *a, uint64_t id) {
  sqlite3_stmt *statement = NULL;
  a->scratch.len = 0;
  TRY(prepare(a, "SELECT block FROM search_data WHERE id = ?1", &statement));
  int rc = sqlite3_bind_int64(statement, 1, (int64_t)id);
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  dsr_status status = DSR_OK;
  if (rc == SQLITE_ROW) {
    const void *data = sqlite3_column_blob(statement, 0);
    size_t len = data != NULL ? (size_t)sqlite3_column_bytes(statement, 0) : 0;
    if (!dsr_bytes_put(&a->scratch, data, len)) status = no_memory(a);
  } else if (rc != SQLITE_DONE) {
    status = dsr_file_fail(a->file, rc);
  }
  sqlite3_finalize(statement);
  return status;
}

static bool put_number(attaching *a, uint64_t number) {
  unsigned char bytes[DSR_VARINT_MOST];
  return dsr_bytes_put(&a->scratch, bytes, dsr_varint_put(bytes, number));
}

static bool put_string(attaching *a, const char *text) {
  return dsr_bytes_put(&a->scratch, text, strlen(text));
}

/* ---- the structure --------------------------------------------------------------- */

static dsr_status read_version(attaching *a, bool *known) {
  sqlite3_stmt *statement = NULL;
  TRY(prepare(a, "SELECT v FROM search_config WHERE k = 'version'", &statement));
  int rc = sqlite3_step(statement);
  *known = rc == SQLITE_ROW && sqlite3_column_int(statement, 0) == VERSION;
  sqlite3_finalize(statement);
  return rc == SQLITE_ROW || rc == SQLITE_DONE ? DSR_OK : dsr_file_fail(a->file, rc);
}

static dsr_status read_level(attaching *a, const unsigned char **at,
                             const unsigned char *end, bool *known) {
  level made = {.first = a->entries.len};
  *known = *known && dsr_varint_get(at, end, &made.merging) &&
           dsr_varint_get(at, end, &made.n);
  for (uint64_t i = 0; *known && i < made.n; i++) {
    entry one;
    for (int k = 0; k < 3; k++) {
      *known = *known && dsr_varint_get(at, end, &one.words[k]);
    }
    if (*known && !VEC_PUSH(&a->entries, one)) return no_memory(a);
  }
  if (*known && !VEC_PUSH(&a->levels, made)) return no_memory(a);
  return DSR_OK;
}

/* Read which segments there are; DSR_NOTHING where that is not what is known here. */
static dsr_status read_structure(attaching *a) {
  bool known;
  uint64_t levels, all;
  TRY(read_version(a, &known));
  if (!known) return DSR_NOTHING;
  TRY(read_data(a, STRUCTURE));
  size_t len = a->scratch.len;
  if (len < COOKIE) return DSR_NOTHING;
  const unsigned char *at = a->scratch.items, *end = at + len;
  memcpy(a->cookie, at, COOKIE);
  at += COOKIE;
  if (len >= 2 * COOKIE && memcmp(at, other_structure, COOKIE) == 0) return DSR_NOTHING;
  known = dsr_varint_get(&at, end, &levels) && dsr_varint_get(&at, end, &all) &&
          dsr_varint_get(&at, end, &a->writes) && levels <= LEVEL_MOST;
  for (uint64_t i = 0; known && i < levels; i++) {
    TRY(read_level(a, &at, end, &known));
  }
  return known && a->entries.len == all ? DSR_OK : DSR_NOTHING;
}

static bool is_taken(const attaching *a, uint64_t number) {
  for (size_t i = 0; i < a->entries.len; i++) {
    if (a->entries.items[i].words[0] == number) return true;
  }
  return false;
}

/* Choose a number and a level, which is none that a merge writes to. */
static dsr_status choose(attaching *a) {
  a->number = 1;
  while (is_taken(a, a->number)) a->number++;
  while (a->levels.len <= LEVEL_LEAST) {
    if (!VEC_PUSH(&a->levels, ((level){.first = a->entries.len}))) return no_memory(a);
  }
  a->to = LEVEL_LEAST;
  while (a->to < a->levels.len && a->levels.items[a->to - 1].merging > 0) a->to++;
  if (a->to == a->levels.len || a->to >= LEVEL_MOST || a->number > SEGMENT_MOST) {
    return DSR_NOTHING;
  }
  return a->levels.items[a->to].n < LEVEL_FULL ? DSR_OK : DSR_NOTHING;
}

static bool put_entry(attaching *a, const entry *one) {
  bool ok = true;
  for (int k = 0; k < 3; k++) ok = ok && put_number(a, one->words[k]);
  return ok;
}

/* The structure with the new segment, the youngest of its level. */
static dsr_status put_structure(attaching *a) {
  entry made = {{a->number, 1, a->segment->leaves.len}};
  a->scratch.len = 0;
  bool ok = dsr_bytes_put(&a->scratch, a->cookie, COOKIE) &&
            put_number(a, a->levels.len) && put_number(a, a->entries.len + 1) &&
            put_number(a, a->writes);
  for (size_t i = 0; ok && i < a->levels.len; i++) {
    const level *at = &a->levels.items[i];
    bool here = i == a->to;
    ok = put_number(a, at->merging) && put_number(a, at->n + here);
    for (uint64_t k = 0; ok && k < at->n; k++) {
      ok = put_entry(a, &a->entries.items[at->first + k]);
    }
    if (ok && here) ok = put_entry(a, &made);
  }
  return ok ? DSR_OK : no_memory(a);
}

/* The texts and words of all, with the new ones. */
static dsr_status put_averages(attaching *a) {
  uint64_t all[1 + DSR_SEARCH_COLUMNS] = {0};
  TRY(read_data(a, AVERAGES));
  const unsigned char *at = a->scratch.items, *end = at + a->scratch.len;
  for (int i = 0; i <= DSR_SEARCH_COLUMNS && at < end; i++) {
    if (!dsr_varint_get(&at, end, &all[i])) {
      return dsr_file_damaged(a->file, "its text search has no counts");
    }
  }
  all[0] += a->segment->texts.len;
  for (int c = 0; c < DSR_SEARCH_COLUMNS; c++) all[1 + c] += a->segment->words[c];
  a->scratch.len = 0;
  for (int i = 0; i <= DSR_SEARCH_COLUMNS; i++) {
    if (!put_number(a, all[i])) return no_memory(a);
  }
  return DSR_OK;
}

/* ---- rows ------------------------------------------------------------------------ */

static dsr_status write_pages(attaching *a, sqlite3_stmt *statement) {
  const dsr_segment *segment = a->segment;
  uint64_t above = a->number << DSR_SEGMENT_SHIFT;
  for (size_t i = 0; i < segment->leaves.len + segment->skips.len; i++) {
    bool leaf = i < segment->leaves.len;
    const dsr_segment_row *row = leaf ? &segment->leaves.items[i]
                                      : &segment->skips.items[i - segment->leaves.len];
    TRY(write_row(a, statement, above | row->id, segment->data.items + row->start,
                  row->len));
  }
  TRY(put_averages(a));
  TRY(write_row(a, statement, AVERAGES, a->scratch.items, a->scratch.len));
  TRY(put_structure(a));
  return write_row(a, statement, STRUCTURE, a->scratch.items, a->scratch.len);
}

static dsr_status write_splits(attaching *a, sqlite3_stmt *statement) {
  const dsr_segment *segment = a->segment;
  for (size_t i = 0; i < segment->splits.len; i++) {
    const dsr_segment_split *split = &segment->splits.items[i];
    int rc = sqlite3_bind_int64(statement, 1, (int64_t)a->number);
    if (rc == SQLITE_OK) {
      rc = sqlite3_bind_blob64(statement, 2, segment->data.items + split->start,
                               split->len, SQLITE_STATIC);
    }
    if (rc == SQLITE_OK) rc = sqlite3_bind_int64(statement, 3, (int64_t)split->page);
    TRY(run(a, statement, rc));
  }
  return DSR_OK;
}

/* Bind the sizes of text i as row `at` of a statement; `room` is for all of these. */
static int bind_sizes(attaching *a, sqlite3_stmt *statement, size_t i, int at,
                      unsigned char *room) {
  const dsr_text_sizes *text = &a->segment->texts.items[i];
  unsigned char *sizes = room + (size_t)at * SIZES_MOST;
  size_t len = 0;
  for (int c = 0; c < DSR_SEARCH_COLUMNS; c++) {
    len += dsr_varint_put(sizes + len, text->words[c]);
  }
  int rc = sqlite3_bind_int64(statement, 2 * at + 1, (int64_t)text->id);
  if (rc != SQLITE_OK) return rc;
  return sqlite3_bind_blob64(statement, 2 * at + 2, sizes, len, SQLITE_STATIC);
}

/* Write sizes, `rows` at a time, from text *i on while there are as many. */
static dsr_status write_sizes_by(attaching *a, int rows, size_t *i) {
  unsigned char room[SIZES_ROWS * SIZES_MOST];
  sqlite3_stmt *statement = NULL;
  size_t n = a->segment->texts.len;
  dsr_status status = DSR_OK;
  a->scratch.len = 0;
  bool ok = put_string(a, "INSERT INTO search_docsize(id, sz) VALUES");
  for (int k = 0; k < rows; k++) ok = ok && put_string(a, k == 0 ? "(?,?)" : ",(?,?)");
  if (!ok || !dsr_bytes_put(&a->scratch, "", 1)) return no_memory(a);
  TRY(prepare(a, (const char *)a->scratch.items, &statement));
  while (status >= 0 && n - *i >= (size_t)rows) {
    int rc = SQLITE_OK;
    for (int k = 0; k < rows && rc == SQLITE_OK; k++) {
      rc = bind_sizes(a, statement, (*i)++, k, room);
    }
    status = run(a, statement, rc);
  }
  sqlite3_finalize(statement);
  return status;
}

/* A statement for each row would find its place anew: many rows in one are three times as
** fast. */
static dsr_status write_sizes(attaching *a) {
  size_t i = 0;
  TRY(write_sizes_by(a, SIZES_ROWS, &i));
  return write_sizes_by(a, 1, &i);
}

static dsr_status write_with(attaching *a, const char *sql,
                             dsr_status (*write)(attaching *, sqlite3_stmt *)) {
  sqlite3_stmt *statement = NULL;
  TRY(prepare(a, sql, &statement));
  dsr_status rc = write(a, statement);
  sqlite3_finalize(statement);
  return rc;
}

static dsr_status write_all(attaching *a) {
  TRY(write_with(a, "REPLACE INTO search_data(id, block) VALUES(?1, ?2)", write_pages));
  TRY(write_with(a, "INSERT INTO search_idx(segid, term, pgno) VALUES(?1, ?2, ?3)",
                 write_splits));
  return write_sizes(a);
}

static dsr_status guard(dsr_file *file, int on) {
  int rc = sqlite3_db_config(file->db, SQLITE_DBCONFIG_DEFENSIVE, on, (int *)NULL);
  return rc == SQLITE_OK ? DSR_OK : dsr_file_fail(file, rc);
}

static dsr_status write_unguarded(attaching *a) {
  TRY(guard(a->file, 0));
  dsr_status rc = write_all(a);
  dsr_status after = guard(a->file, 1);
  return rc < 0 ? rc : after;
}

dsr_status dsr_store_search_attach(dsr_store *store, dsr_search_state *state,
                                   const dsr_segment *segment) {
  attaching a = {.file = &store->file, .segment = segment};
  if (segment->texts.len == 0) return DSR_OK;
  if (state->texts == 0) {
    TRY(dsr_file_run(&store->file, DSR_SQL_SEARCH_MAKE, 0, NULL, 0));
  }
  TRY(dsr_file_execute(&store->file,
                       "SAVEPOINT attach; RELEASE attach;"
                       "INSERT INTO search(search, rank) VALUES('merge', 0)"));
  dsr_status rc = read_structure(&a);
  if (rc == DSR_OK) rc = choose(&a);
  if (rc == DSR_OK) rc = write_unguarded(&a);
  VEC_FREE(&a.levels);
  VEC_FREE(&a.entries);
  VEC_FREE(&a.scratch);
  if (rc != DSR_OK) return rc;
  state->texts += segment->texts.len;
  state->sum += segment->sum;
  return DSR_OK;
}
