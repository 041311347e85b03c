/*
** care.c - a base packed anew, records erased, the file without free pages.
**
** Repacking goes through every block and every pack of records in the open transaction
** and writes them again, full; rows and records that are to go are left out on the way.
** A record that goes leaves its number behind with no bytes, and is found by what no
** bytes hash to, so that records and the rows that find them keep their counts.  The
** transaction ends without a number of the base's: contents are what they were, or less.
**
** Erasing moves a count in the root (in the place of records of no kind).  A handle that
** finds it moved forgets all records that it has kept.  Then the file is written anew by
** SQLite's VACUUM, since free pages hold what once was, and the log is emptied.
**
** Memory: a block, a pack, the directories, and two words for each record edited.
*/
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/birth.h"
#include "store/inside.h"

enum { STEPS_A_LOOK = 100000, COUNT_BITS = 24, RUNS_FEW = 16 };

/* ---- rows ------------------------------------------------------------------------ */

static int by_key(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return a < b ? -1 : a > b;
}

/* One order, from `sift` on; what a merge makes is installed at once. */
static dsr_status repack_order(dsr_store *store, uint64_t key, dsr_row_sift *sift,
                               void *ud) {
  dsr_merge merge = {{NULL, 0, 0}};
  dsr_status rc = dsr_merge_sift(store, &store->root, key, sift, ud, &merge);
  if (rc >= 0 && dsr_sequences_reserve(&store->sequences, merge.made.len) < 0) {
    rc = dsr_fail_memory(store->error);
  }
  if (rc >= 0) {
    store->root.merges++;
    store->generation++;
    dsr_merge_install(store, &merge);
  }
  dsr_merge_free(&merge);
  return rc;
}

dsr_status dsr_store_repack(dsr_store *store, dsr_row_sift *sift, void *ud,
                            dsr_pace *pace) {
  VEC(uint64_t) keys = {NULL, 0, 0};
  dsr_status rc = DSR_OK;
  TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  for (size_t i = 0; i < store->sequences.n_slots; i++) {
    const dsr_sequence *sequence = store->sequences.slots[i];
    if (sequence == NULL) continue;
    if (!VEC_PUSH(&keys, sequence->key)) rc = dsr_fail_memory(store->error);
  }
  if (keys.len > 0) qsort(keys.items, keys.len, sizeof *keys.items, by_key);
  for (size_t i = 0; rc >= 0 && i < keys.len; i++) {
    bool found = keys.items[i] >> 4 > DSR_RELATION_MOST; /* rows that find records */
    rc = repack_order(store, keys.items[i], found ? NULL : sift, ud);
    if (rc >= 0 && pace != NULL && dsr_pace_due(pace)) {
      rc = dsr_pace_ask(pace, (int64_t)i, (int64_t)keys.len);
    }
  }
  VEC_FREE(&keys);
  return rc;
}

/* ---- records --------------------------------------------------------------------- */

/* A record that was edited: what it is found by now. */
typedef struct edited {
  uint64_t word, number;
} edited;

typedef struct editing {
  dsr_record_edit *edit;
  void *ud;
  VEC(edited) list; /* by number, and then by word */
} editing;

static dsr_status edit_record(void *ud, uint64_t number, dsr_str *bytes) {
  editing *e = ud;
  return e->edit(e->ud, number, bytes);
}

static bool note_edited(void *ud, uint64_t number, dsr_str bytes) {
  editing *e = ud;
  return VEC_PUSH(&e->list, ((edited){dsr_record_word(bytes), number}));
}

/* Leaves out the rows that find records by what they were. */
static dsr_status sift_found(void *ud, uint32_t relation, int width,
                             const uint64_t *row, uint64_t set) {
  const editing *e = ud;
  size_t lo = 0, hi = e->list.len;
  (void)relation, (void)width, (void)set;
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (e->list.items[middle].number < row[1]) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  bool gone = lo < e->list.len && e->list.items[lo].number == row[1];
  return gone ? DSR_NOTHING : DSR_OK;
}

static int by_word(const void *left, const void *right) {
  const edited *a = left, *b = right;
  if (a->word != b->word) return a->word < b->word ? -1 : 1;
  return a->number < b->number ? -1 : a->number > b->number;
}

typedef struct edited_feed {
  dsr_inflow feed;
  const editing *from;
  size_t at;
} edited_feed;

static dsr_status next_edited(dsr_inflow *feed) {
  edited_feed *f = (edited_feed *)feed;
  if (f->at == f->from->list.len) return DSR_DONE;
  feed->row[0] = f->from->list.items[f->at].word;
  feed->row[1] = f->from->list.items[f->at++].number;
  return DSR_ROW;
}

static dsr_status settle_edited(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  (void)feed, (void)old;
  *set = 0;
  return DSR_OK;
}

/* Have the edited records found by what they are now. */
static dsr_status find_edited(dsr_store *store, dsr_record_kind kind, editing *e) {
  uint32_t relation = DSR_CONTENT_RELATION(kind);
  size_t n = e->list.len;
  TRY(repack_order(store, dsr_sequence_key(relation, 0), sift_found, e));
  qsort(e->list.items, n, sizeof *e->list.items, by_word);
  edited_feed from = {{.next = next_edited, .settle = settle_edited}, e, 0};
  return dsr_store_feed_found(store, kind, &from.feed, n);
}

dsr_status dsr_store_edit(dsr_store *store, dsr_record_kind kind, dsr_record_edit *edit,
                          void *ud) {
  editing e = {edit, ud, {NULL, 0, 0}};
  dsr_record_edit *how = edit != NULL ? edit_record : NULL;
  TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  dsr_status rc = dsr_record_repack(store, kind, how, note_edited, &e);
  if (rc >= 0 && kind <= DSR_REC_SET && e.list.len > 0) {
    rc = find_edited(store, kind, &e);
  }
  VEC_FREE(&e.list);
  return rc;
}

/* ---- ending ---------------------------------------------------------------------- */

/* What the text search holds of texts cannot be taken out word by word once these are
** gone: all of it goes, and whoever asked for that builds it again. */
static dsr_status drop_search(dsr_file *file) {
  sqlite3_stmt *look = NULL;
  int rc = sqlite3_prepare_v2(
      file->db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'search'",
      -1, &look, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_step(look);
  dsr_status status =
      rc == SQLITE_ROW || rc == SQLITE_DONE ? DSR_OK : dsr_file_fail(file, rc);
  sqlite3_finalize(look);
  if (rc != SQLITE_ROW) return status;
  TRY(dsr_file_execute(file, "INSERT INTO search(search) VALUES('delete-all')"));
  return dsr_file_execute(file, "DELETE FROM root WHERE id = 2");
}

uint64_t dsr_store_erasures(const dsr_store *store, uint64_t *txn) {
  if (txn != NULL) *txn = store->root.next[0] >> COUNT_BITS;
  return store->root.next[0];
}

static dsr_status write_root(dsr_store *store, bool erased) {
  unsigned char bytes[DSR_ROOT_SIZE];
  dsr_root *root = &store->root;
  root->merges++;
  TRY(dsr_store_upgrade(store));
  root->format = DSR_FORMAT;
  if (erased) {
    uint64_t count = root->next[0] + 1; /* within the bits of the count */
    root->next[0] = root->txn << COUNT_BITS | (count & ((1u << COUNT_BITS) - 1));
    root->packed[0] = 0;
    TRY(drop_search(&store->file));
  }
  dsr_root_write(root, bytes);
  TRY(dsr_file_change(&store->file, DSR_SQL_ROOT_SET, 1, bytes, DSR_ROOT_SIZE));
  return dsr_file_run(&store->file, DSR_SQL_COMMIT, 0, NULL, 0);
}

dsr_status dsr_store_mend(dsr_store *store, bool erased) {
  dsr_status rc = write_root(store, erased);
  dsr_store_rollback(store); /* of nothing, where it was committed: all is read anew */
  return rc;
}

bool dsr_store_loose(const dsr_store *store) {
  return store->root.extents == 0 && store->root.txn - store->root.run_first < RUNS_FEW;
}

/* ---- the file -------------------------------------------------------------------- */

/* Bring the log into the base and empty it. */
static dsr_status empty_log(dsr_file *file) {
  if (file->path == NULL) return DSR_OK;
  int rc =
      sqlite3_wal_checkpoint_v2(file->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (rc == SQLITE_OK) return DSR_OK;
  if ((rc & 0xff) != SQLITE_BUSY) return dsr_file_fail(file, rc);
  return dsr_fail(file->error, DSR_EBUSY,
                  "%s: another program is reading from the base or writing to it, and "
                  "its log cannot be emptied; try again when it is done",
                  dsr_file_name(file));
}

/* A page in the log, so that emptying it waits for all who read what was before. */
static dsr_status touch(dsr_file *file) {
  TRY(dsr_file_begin_write(file));
  dsr_status rc = dsr_file_execute(file, /* an update to the same would write nothing */
                                   "INSERT INTO run(id, data) VALUES(-1, zeroblob(8));"
                                   "DELETE FROM run WHERE id = -1");
  if (rc >= 0) rc = dsr_file_run(file, DSR_SQL_COMMIT, 0, NULL, 0);
  if (rc < 0) dsr_file_rollback(file);
  return rc;
}

dsr_status dsr_store_alone(dsr_store *store) {
  TRY(dsr_store_ready(store));
  dsr_store_idle(store);
  if (store->file.db == NULL) return DSR_OK;
  TRY(touch(&store->file));
  return empty_log(&store->file);
}

typedef struct vacuum {
  dsr_pace *pace;
  dsr_status rc;
} vacuum;

static int look_up(void *ud) {
  vacuum *v = ud;
  if (dsr_pace_due(v->pace)) v->rc = dsr_pace_ask(v->pace, 0, 0);
  return v->rc < 0;
}

dsr_status dsr_store_squeeze(dsr_store *store, dsr_pace *pace) {
  dsr_file *file = &store->file;
  vacuum v = {pace, DSR_OK};
  dsr_store_idle(store);
  if (file->db == NULL) return DSR_OK;
  /* The copy may be larger than memory. */
  TRY(dsr_file_execute(file, "PRAGMA temp_store = FILE"));
  if (pace != NULL) sqlite3_progress_handler(file->db, STEPS_A_LOOK, look_up, &v);
  dsr_status rc = dsr_file_execute(file, "VACUUM");
  sqlite3_progress_handler(file->db, 0, NULL, NULL);
  if (v.rc < 0) rc = dsr_pace_ask(pace, 0, 0) < 0 ? v.rc : rc;
  dsr_status after = dsr_file_execute(file, "PRAGMA temp_store = MEMORY");
  if (rc >= 0) rc = after;
  return rc < 0 ? rc : empty_log(file);
}

int64_t dsr_store_bytes(const dsr_store *store) {
  static const char *const beside[] = {"", "-wal"};
  char name[DSR_PATH_MOST];
  struct stat info;
  int64_t bytes = 0;
  if (store->file.path == NULL) return 0;
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
    snprintf(name, sizeof name, "%s%s", store->file.path, beside[i]);
    if (stat(name, &info) == 0) bytes += (int64_t)info.st_size;
  }
  return bytes;
}

dsr_status dsr_store_tables(dsr_store *store,
                            dsr_status (*met)(void *ud, dsr_str name, int64_t bytes),
                            void *ud) {
  sqlite3_stmt *look = NULL;
  dsr_status status = DSR_OK;
  TRY(dsr_store_ready(store));
  if (store->file.db == NULL || store->file.path == NULL) return DSR_OK;
  int rc = sqlite3_prepare_v2(
      store->file.db, "SELECT name, pgsize FROM dbstat('main', 1) ORDER BY name", -1,
      &look, NULL);
  if (rc == SQLITE_ERROR) return DSR_OK; /* built without that table */
  while (rc == SQLITE_OK && status >= 0 && sqlite3_step(look) == SQLITE_ROW) {
    dsr_str name = dsr_str_of((const char *)sqlite3_column_text(look, 0));
    status = met(ud, name, sqlite3_column_int64(look, 1));
  }
  int ended = sqlite3_finalize(look);
  if (status < 0) return status;
  if (rc == SQLITE_OK) rc = ended;
  return rc == SQLITE_OK ? DSR_OK : dsr_file_fail(&store->file, rc);
}
