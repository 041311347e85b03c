/*
** store.c - opening, snapshots, transactions, single rows.
**
** A handle's memory follows the root.  The root's row is read at the start of each
** snapshot; as long as its bytes are those read or written last, nothing has changed.
** Where only its last transaction has moved on, the runs in between are read; where a
** merge has come between, the tail is read anew and the directories are forgotten.
** Unpacked blocks stay: their ids are never used twice.
**
** A commit writes one run and the root, or, where the tail would grow past its bound,
** merges.  Memory is brought up to date only after SQLite has said that it is synced;
** whatever fails before that is rolled back, and what fails after it only makes the
** handle read the file again.
*/
#include <time.h>

#include "store/ahead.h"
#include "store/birth.h"
#include "store/glimpse.h"
#include "store/inside.h"

enum {
  MERGE_BOUND = 4096,
  BLOCK_BYTES = 8100,
  BLOCK_BYTES_LEAST = 64,
  RECORDS_A_ROW = 4, /* records in the tail that weigh as much as a row */
  STALE_MS = 100,
  /* A big base is merged less often: its tail may have one row in so many, up to so many
  ** times the usual bound. */
  TAIL_PART = 8,
  TAIL_TIMES = 4,
  /* A transaction of more rows than so many times the bound is folded as it grows. */
  FOLD_TIMES = 64,
};

static const size_t cache_bytes = (size_t)64 << 20;
static const size_t tail_bytes_most = (size_t)64 << 20; /* of records */

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static dsr_status misuse(dsr_store *store, const char *what) {
  return dsr_fail(store->error, DSR_EMISUSE, "%s", what);
}

/* ---- what the handle knows ------------------------------------------------------- */

/* Back to knowing nothing: an empty base. */
static void forget(dsr_store *store) {
  dsr_fresh_free(&store->tail);
  dsr_sequences_free(&store->sequences);
  store->root = (dsr_root){.format = DSR_FORMAT, .run_first = 1, .next_block = 1};
  for (int kind = 0; kind < DSR_REC_KINDS; kind++) {
    store->root.next[kind] = store->root.packed[kind] = 1;
  }
  dsr_fresh_start(&store->tail, store->root.packed);
  store->root_known = false;
}

static void forget_cached(dsr_store *store) {
  dsr_cache_free(&store->cache);
  dsr_probes_free(&store->probes);
  for (int kind = 0; kind < DSR_REC_KINDS; kind++) store->packs[kind].len = 0;
}

static void know_root(dsr_store *store, const dsr_root *root) {
  store->root = *root;
  dsr_root_write(root, store->root_bytes);
  store->root_known = true;
}

/* The root's row: DSR_NOTHING where it is the one that is known. */
static dsr_status read_root(dsr_store *store, dsr_root *root) {
  dsr_file *file = &store->file;
  dsr_str data;
  TRY(dsr_file_query(file, DSR_SQL_ROOT, 0, 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_ROOT);
  TRY(rc);
  if (rc != DSR_ROW) return dsr_file_damaged(file, "its root is missing");
  TRY(dsr_file_data(file, DSR_SQL_ROOT, &data));
  if (store->root_known && data.len == DSR_ROOT_SIZE &&
      memcmp(data.data, store->root_bytes, DSR_ROOT_SIZE) == 0) {
    return DSR_NOTHING;
  }
  if (!dsr_root_read(data, root)) {
    return dsr_file_damaged(file, "its root does not match its checksum");
  }
  return DSR_OK;
}

/* Read the runs from `id` on, which must follow on each other from `next`. */
static dsr_status read_runs(dsr_store *store, const dsr_root *root, int64_t id,
                            uint64_t next) {
  dsr_file *file = &store->file;
  dsr_str data;
  dsr_status rc;
  TRY(dsr_file_query(file, DSR_SQL_RUNS, id, 0));
  while ((rc = dsr_file_step(file, DSR_SQL_RUNS)) == DSR_ROW) {
    uint64_t txn = (uint64_t)dsr_file_id(file, DSR_SQL_RUNS);
    TRY(dsr_file_data(file, DSR_SQL_RUNS, &data));
    if (txn != next) return dsr_file_damaged(file, "a commit is missing");
    rc = dsr_run_read(txn, data, &store->tail);
    if (rc == DSR_ENOMEM) return dsr_fail_memory(store->error);
    if (rc < 0) return dsr_file_damaged(file, "a commit does not match its checksum");
    next++;
  }
  TRY(rc);
  if (next != root->txn + 1)
    return dsr_file_damaged(file, "the last commit is missing");
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    if (dsr_fresh_next(&store->tail, kind) != root->next[kind]) {
      return dsr_file_damaged(file, "it does not hold the records that it counts");
    }
  }
  return DSR_OK;
}

/* Bring memory to the state of `root`. */
static dsr_status follow(dsr_store *store, const dsr_root *root) {
  if (!store->root_known || root->merges != store->root.merges ||
      root->txn < store->root.txn) {
    dsr_fresh_free(&store->tail);
    dsr_sequences_free(&store->sequences);
    dsr_fresh_start(&store->tail, root->packed);
    return read_runs(store, root, INT64_MIN, root->run_first);
  }
  return read_runs(store, root, (int64_t)store->root.txn + 1, store->root.txn + 1);
}

/* In a transaction of SQLite's: know what it shows. */
static dsr_status refresh(dsr_store *store) {
  dsr_root root;
  dsr_status rc = read_root(store, &root);
  dsr_file_end(&store->file, DSR_SQL_ROOT);
  if (rc == DSR_NOTHING) return DSR_OK;
  if (rc >= 0) {
    rc = follow(store, &root);
    dsr_file_end(&store->file, DSR_SQL_RUNS);
  }
  store->moved = true;
  store->generation++;
  if (rc < 0) {
    forget(store);
    return rc;
  }
  if (root.next[0] != store->erasures) forget_cached(store);
  store->erasures = root.next[0];
  know_root(store, &root);
  return DSR_OK;
}

/* ---- snapshots ------------------------------------------------------------------- */

static void end_snapshot(dsr_store *store) {
  if (!store->snapshot) return;
  store->snapshot = false;
  if (store->file.db == NULL || sqlite3_get_autocommit(store->file.db)) return;
  sqlite3_stmt *commit = store->file.statements[DSR_SQL_COMMIT];
  if (commit != NULL) {
    sqlite3_step(commit);
    sqlite3_reset(commit);
  }
  dsr_file_rollback(&store->file); /* where that did not do */
}

/* Where there was no file, is there one now; has one without locks changed? */
static dsr_status look_again(dsr_store *store) {
  bool came, replaced = store->file.immutable;
  TRY(dsr_file_look_again(&store->file, &came));
  if (came && replaced) {
    forget(store);
    forget_cached(store);
  }
  return DSR_OK;
}

dsr_status dsr_store_ready(dsr_store *store) {
  if (store->snapshot || store->writing) return DSR_OK;
  TRY(look_again(store));
  if (store->file.db != NULL) {
    TRY(dsr_file_run(&store->file, DSR_SQL_BEGIN, 0, NULL, 0));
    dsr_status rc = refresh(store);
    if (rc < 0) {
      dsr_file_rollback(&store->file);
      return rc;
    }
  }
  store->snapshot = true;
  store->snapshot_ms = now_ms();
  return DSR_OK;
}

dsr_status dsr_store_read(dsr_store *store, bool newest, bool *moved) {
  if (store->snapshot && (newest || now_ms() - store->snapshot_ms >= STALE_MS)) {
    end_snapshot(store);
  }
  TRY(dsr_store_ready(store));
  *moved = store->moved;
  store->moved = false;
  return DSR_OK;
}

void dsr_store_idle(dsr_store *store) { end_snapshot(store); }

/* ---- opening and closing --------------------------------------------------------- */

/* A base in memory needs a root before it can be read. */
static dsr_status start_memory(dsr_store *store) {
  know_root(store, &store->root);
  TRY(dsr_file_change(&store->file, DSR_SQL_ROOT_SET, 1, store->root_bytes,
                      DSR_ROOT_SIZE));
  return dsr_file_run(&store->file, DSR_SQL_COMMIT, 0, NULL, 0);
}

static size_t setting(int value, size_t usual) {
  return value <= 0 ? usual : (size_t)value;
}

dsr_status dsr_store_open(const char *path, const dsr_open_options *options,
                          dsr_error *error, dsr_store **out) {
  static const dsr_open_options usual;
  if (options == NULL) options = &usual;
  dsr_store *store = dsr_alloc(sizeof *store);
  if (store == NULL) return dsr_fail_memory(error);
  store->error = error;
  store->merge_bound = setting(options->merge_bound, MERGE_BOUND);
  store->fixed_bound = options->merge_bound > 0;
  store->block_bytes = setting(options->block_bytes, BLOCK_BYTES);
  if (store->block_bytes > BLOCK_BYTES) store->block_bytes = BLOCK_BYTES;
  if (store->block_bytes < BLOCK_BYTES_LEAST) store->block_bytes = BLOCK_BYTES_LEAST;
  store->cache.limit = cache_bytes;
  forget(store);
  store->moved = true;
  dsr_status rc = dsr_file_open(&store->file, path, options, error);
  if (rc >= 0 && path == NULL) rc = start_memory(store);
  if (rc >= 0) rc = dsr_store_ready(store);
  if (rc < 0) {
    dsr_store_close(store);
    return rc;
  }
  *out = store;
  return DSR_OK;
}

void dsr_store_close(dsr_store *store) {
  if (store == NULL) return;
  if (store->writing) dsr_store_rollback(store);
  end_snapshot(store);
  dsr_file_close(&store->file);
  dsr_fresh_free(&store->tail);
  dsr_sequences_free(&store->sequences);
  dsr_cache_free(&store->cache);
  dsr_probes_free(&store->probes);
  for (int kind = 0; kind < DSR_REC_KINDS; kind++) VEC_FREE(&store->packs[kind]);
  VEC_FREE(&store->record);
  dsr_free(store->spare);
  dsr_free(store);
}

bool dsr_store_read_only(const dsr_store *store) { return store->file.read_only; }
const char *dsr_store_path(const dsr_store *store) { return store->file.path; }

/* ---- transactions ---------------------------------------------------------------- */

/* The write lock, on the base or, where there is none yet, on making one. */
static dsr_status lock(dsr_store *store) {
  bool born = true;
  TRY(look_again(store));
  if (store->file.db == NULL) {
    TRY(dsr_birth_begin(&store->file, &born));
    if (!born) return DSR_OK;
    TRY(look_again(store));
    if (store->file.db == NULL) {
      return dsr_fail(store->error, DSR_EIO, "%s: the file went away",
                      dsr_file_name(&store->file));
    }
  }
  TRY(dsr_file_begin_write(&store->file));
  dsr_status rc = refresh(store);
  if (rc < 0) dsr_file_rollback(&store->file);
  return rc;
}

dsr_status dsr_store_begin(dsr_store *store, int64_t now, bool *moved) {
  if (store->writing) return misuse(store, "a transaction is open already");
  end_snapshot(store);
  TRY(lock(store));
  uint64_t first[DSR_REC_KINDS] = {0};
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    first[kind] = dsr_fresh_next(&store->tail, kind);
  }
  dsr_fresh_start(&store->pending, first);
  store->stamp = (uint64_t)now;
  if (store->root.txn > 0 && now <= (int64_t)store->root.stamp) {
    store->stamp = store->root.stamp + 1;
  }
  store->writing = true;
  store->passed = 0;
  *moved = store->moved;
  store->moved = false;
  return DSR_OK;
}

/* The transaction that was rolled back had written blocks (fold.c). */
static void forget_folded(dsr_store *store) {
  store->folded = false;
  store->generation++;
  store->moved = true;
  forget(store);
  forget_cached(store);
}

void dsr_store_rollback(dsr_store *store) {
  if (!store->writing) return;
  if (store->pending.n_rows + store->pending.n_records > 0) store->generation++;
  dsr_file_rollback(&store->file);
  dsr_birth_give_up(&store->file);
  dsr_fresh_free(&store->pending);
  VEC_FREE(&store->room);
  store->writing = store->search.due = false;
  if (store->folded) forget_folded(store);
}

/* How many rows the tail may come to have. */
static size_t tail_bound(const dsr_store *store) {
  size_t least = store->merge_bound, most = least * TAIL_TIMES;
  uint64_t rows = 0;
  if (store->fixed_bound) return least;
  for (size_t i = 0; i < store->sequences.n_slots; i++) {
    const dsr_sequence *sequence = store->sequences.slots[i];
    if (sequence != NULL && (sequence->key & 15) == 0)
      rows += dsr_sequence_rows(sequence);
  }
  rows /= TAIL_PART;
  return rows < least ? least : rows > most ? most : (size_t)rows;
}

/* Would the tail, with what is pending, be past its bound? */
static bool merge_due(const dsr_store *store) {
  const dsr_fresh *tail = &store->tail, *pending = &store->pending;
  size_t bound = tail_bound(store);
  return store->passed > 0 || /* a run is of one transaction */
         tail->n_rows + pending->n_rows > bound ||
         (tail->n_records + pending->n_records) / RECORDS_A_ROW > bound ||
         tail->arena.total + pending->arena.total > tail_bytes_most;
}

static dsr_status write_run(dsr_store *store, const dsr_root *root) {
  dsr_bytes out = {NULL, 0, 0};
  dsr_status rc = dsr_run_write(root->txn, root->stamp, &store->pending, &out);
  if (rc < 0) {
    rc = dsr_fail_memory(store->error);
  } else {
    rc = dsr_file_run(&store->file, DSR_SQL_RUN_ADD, (int64_t)root->txn, out.items,
                      out.len);
  }
  VEC_FREE(&out);
  return rc;
}

/* The open transaction's own record. */
static dsr_status append_stamp(dsr_store *store) {
  char stamp[8];
  dsr_stamp_write(store->stamp, stamp);
  if (dsr_fresh_append(&store->pending, DSR_REC_TXN, (dsr_str){stamp, 8}) < 0) {
    return dsr_fail_memory(store->error);
  }
  return DSR_OK;
}

/* The root as it will be. */
static dsr_status next_root(dsr_store *store, dsr_root *root) {
  *root = store->root;
  root->format = DSR_FORMAT;
  root->txn += store->passed + 1;
  root->stamp = store->stamp;
  TRY(append_stamp(store));
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    root->next[kind] = dsr_fresh_next(&store->pending, kind);
  }
  return DSR_OK;
}

dsr_status dsr_store_upgrade(dsr_store *store) {
  if (store->root.format >= DSR_FORMAT) return DSR_OK;
  return dsr_file_run(&store->file, DSR_SQL_FORMAT_SET, 0, NULL, 0);
}

/* Write everything, up to and with SQLite's commit. */
static dsr_status write_all(dsr_store *store, dsr_root *root, bool merging,
                            dsr_merge *merge) {
  unsigned char bytes[DSR_ROOT_SIZE];
  if (store->file.db == NULL) TRY(dsr_birth_build(&store->file));
  TRY(dsr_store_upgrade(store));
  if (store->search.fill != NULL) TRY(store->search.fill(store->search.ud));
  if (merging) {
    TRY(dsr_merge_run(store, root, merge));
  } else {
    TRY(write_run(store, root));
  }
  dsr_root_write(root, bytes);
  TRY(dsr_file_change(&store->file, DSR_SQL_ROOT_SET, 1, bytes, DSR_ROOT_SIZE));
  if (!store->file.building) dsr_ahead_write(&store->file);
  TRY(dsr_file_run(&store->file, DSR_SQL_COMMIT, 0, NULL, 0));
  return store->file.building ? dsr_birth_finish(&store->file) : DSR_OK;
}

/* What is pending has landed: make it a part of what the handle knows. */
static void settle(dsr_store *store, const dsr_root *root, bool merging,
                   dsr_merge *merge) {
  know_root(store, root);
  if (merging) {
    dsr_merge_install(store, merge);
    dsr_fresh_free(&store->tail);
    dsr_fresh_start(&store->tail, root->packed);
  } else if (store->tail.n_rows + store->tail.n_records == 0) {
    dsr_fresh_free(&store->tail);
    store->tail = store->pending;
    memset(&store->pending, 0, sizeof store->pending);
  } else if (dsr_fresh_absorb(&store->tail, &store->pending) < 0) {
    forget(store);
  }
  dsr_fresh_free(&store->pending);
  VEC_FREE(&store->room);
  store->writing = store->folded = store->search.due = false;
  store->generation++;
}

/* Only the text search changes. */
static dsr_status commit_search(dsr_store *store) {
  dsr_status rc = DSR_OK;
  if (store->file.db != NULL && store->search.fill != NULL) {
    rc = store->search.fill(store->search.ud);
    if (rc >= 0) rc = dsr_file_run(&store->file, DSR_SQL_COMMIT, 0, NULL, 0);
  }
  dsr_store_rollback(store); /* of nothing, where it was committed */
  return rc;
}

dsr_status dsr_store_commit(dsr_store *store) {
  dsr_merge merge = {{NULL, 0, 0}};
  dsr_root root;
  if (!store->writing) return misuse(store, "no transaction is open");
  if (!store->folded && store->pending.n_rows + store->pending.n_records == 0) {
    if (store->search.due) return commit_search(store);
    dsr_store_rollback(store);
    return DSR_OK;
  }
  bool merging = merge_due(store);
  dsr_status rc = next_root(store, &root);
  if (rc >= 0) rc = write_all(store, &root, merging, &merge);
  if (rc < 0) {
    dsr_store_rollback(store);
  } else {
    settle(store, &root, merging, &merge);
  }
  dsr_merge_free(&merge);
  return rc;
}

uint64_t dsr_store_txn(const dsr_store *store) {
  return store->root.txn + (store->writing ? store->passed + 1 : 0);
}

dsr_status dsr_store_replay(dsr_store *store, int64_t stamp, bool next) {
  if (!store->writing) return misuse(store, "no transaction is open");
  int64_t before = (int64_t)(next ? store->stamp : store->root.stamp);
  bool first = !next && store->root.txn == 0 && store->passed == 0;
  if (!first && stamp <= before) {
    return misuse(store, "a transaction is stamped no later than the one before");
  }
  if (next) {
    TRY(append_stamp(store));
    store->passed++;
  }
  store->stamp = (uint64_t)stamp;
  return DSR_OK;
}

dsr_status dsr_store_stamp(dsr_store *store, uint64_t txn, int64_t *stamp) {
  uint64_t value = store->stamp;
  TRY(dsr_store_ready(store));
  if (!store->writing || txn != dsr_store_txn(store)) {
    dsr_str bytes;
    TRY(dsr_store_record(store, DSR_REC_TXN, txn, &bytes));
    if (!dsr_stamp_read(bytes, &value)) {
      return dsr_file_damaged(&store->file, "a transaction has no stamp");
    }
  }
  *stamp = (int64_t)value;
  return DSR_OK;
}

/* ---- records and rows ------------------------------------------------------------ */

uint64_t dsr_store_next(const dsr_store *store, dsr_record_kind kind) {
  return dsr_fresh_next(store->writing ? &store->pending : &store->tail, kind);
}

dsr_status dsr_store_append(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                            uint64_t *number) {
  if (!store->writing) return misuse(store, "no transaction is open");
  if (kind < DSR_REC_NAME || kind >= DSR_REC_KINDS || kind == DSR_REC_TXN) {
    return misuse(store, "no record of this kind can be appended");
  }
  if (bytes.len > DSR_RECORD_MOST) {
    return dsr_fail(store->error, DSR_ELIMIT, "a record of %zu bytes is too long",
                    bytes.len);
  }
  if (bytes.data == NULL) bytes = (dsr_str){"", 0};
  uint64_t next = dsr_store_next(store, kind);
  dsr_status rc = dsr_fresh_append(&store->pending, kind, bytes);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(store->error);
  if (rc < 0) {
    return dsr_fail(store->error, rc, "too many records in one transaction");
  }
  *number = next;
  return DSR_OK;
}

/* Its directory may be missing. */
static dsr_status find_sequence(dsr_store *store, uint32_t relation, int width,
                                int order, dsr_sequence **out) {
  if (!store->sequences.loaded) {
    TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  }
  dsr_sequence *sequence =
      dsr_sequences_find(&store->sequences, dsr_sequence_key(relation, order));
  if (sequence != NULL && sequence->extent.width != (uint64_t)width) {
    return misuse(store, "the relation has rows of another width");
  }
  *out = sequence;
  return DSR_OK;
}

dsr_status dsr_store_part(dsr_store *store, uint32_t relation, int width, int order,
                          const uint64_t *prefix, int n, dsr_sequence **out) {
  dsr_sequence *sequence = NULL, *part = NULL;
  TRY(find_sequence(store, relation, width, order, &sequence));
  if (sequence != NULL && !sequence->loaded) {
    TRY(dsr_glimpse(sequence, &store->file, prefix, n, &part));
    if (part == NULL) TRY(dsr_sequence_load(sequence, &store->file));
  }
  *out = part != NULL ? part : sequence;
  return DSR_OK;
}

dsr_status dsr_store_sequence(dsr_store *store, uint32_t relation, int width, int order,
                              dsr_sequence **out) {
  return dsr_store_part(store, relation, width, order, NULL, 0, out);
}

/* Do width and orders agree with the relation's rows in the tail and in blocks? */
static dsr_status check_shape(dsr_store *store, uint32_t relation, int width,
                              unsigned orders) {
  const dsr_rows *tail = dsr_fresh_find_rows(&store->tail, relation);
  TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  unsigned packed = 0;
  bool fits = tail == NULL || (tail->width == width && tail->orders == orders);
  for (int order = 0; order < DSR_ROW_MAX; order++) {
    const dsr_sequence *sequence =
        dsr_sequences_find(&store->sequences, dsr_sequence_key(relation, order));
    if (sequence == NULL) continue;
    packed |= 1u << order;
    fits = fits && sequence->extent.width == (uint64_t)width;
  }
  if (fits && (packed == 0 || packed == orders)) return DSR_OK;
  return misuse(store, "the relation has rows of another width or other orders");
}

dsr_status dsr_store_put(dsr_store *store, uint32_t relation, int width,
                         unsigned orders, const uint64_t *row, uint64_t set) {
  if (!store->writing) return misuse(store, "no transaction is open");
  if (relation == 0 || relation > DSR_RELATION_MOST || width < 1 ||
      width > DSR_ROW_MAX || orders == 0 || orders >> width != 0) {
    return misuse(store, "no such relation, width or order can be stored");
  }
  if (store->pending.n_rows >= store->merge_bound * FOLD_TIMES ||
      store->pending.arena.total > tail_bytes_most) {
    TRY(dsr_store_fold(store));
  }
  if (dsr_fresh_find_rows(&store->pending, relation) == NULL) {
    TRY(check_shape(store, relation, width, orders));
  }
  store->generation++;
  dsr_status rc =
      dsr_fresh_put(&store->pending, relation, width, orders, row, set, false);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(store->error);
  if (rc == DSR_EMISUSE) {
    return misuse(store, "the relation has rows of another width or other orders");
  }
  return rc < 0 ? dsr_fail(store->error, rc, "too many rows in one transaction") : rc;
}

/* A whole row in one level. */
static dsr_status get_level(dsr_store *store, const dsr_sequence *sequence, int width,
                            const uint64_t *row, uint64_t *set) {
  dsr_cached *cached;
  dsr_probe *probe;
  size_t i = dsr_sequence_seek(sequence, row, width);
  if (i == sequence->extent.blocks ||
      dsr_key_compare(dsr_sequence_first(sequence, i), row, width) > 0) {
    return DSR_NOTHING;
  }
  TRY(dsr_probes_at(&store->probes, sequence, &store->file, &store->cache, i, &probe));
  if (probe != NULL) {
    size_t from, to;
    dsr_probe_find(probe, row, width, &from, &to);
    if (from < to) *set = dsr_probe_word(probe, width, from);
    return from < to ? DSR_OK : DSR_NOTHING;
  }
  TRY(dsr_sequence_block(sequence, &store->file, &store->cache, i, &cached));
  const dsr_block *block = cached->block;
  size_t r = dsr_block_seek(block, row, width, false);
  for (int c = 0; c < width; c++) {
    if (r == block->rows || block->columns[c][r] != row[c]) return DSR_NOTHING;
  }
  *set = block->sets[r];
  return DSR_OK;
}

/* The same among all that is packed. */
static dsr_status get_packed(dsr_store *store, uint32_t relation, int width,
                             const uint64_t *row, uint64_t *set) {
  dsr_sequence *sequence;
  dsr_status rc = DSR_NOTHING;
  TRY(dsr_store_part(store, relation, width, 0, row, width, &sequence));
  if (sequence == NULL) return DSR_NOTHING;
  uint64_t hash = dsr_sieve_hash(row, width);
  for (int i = sequence->n_above; i >= 0 && rc == DSR_NOTHING; i--) {
    const dsr_sequence *level = dsr_sequence_level(sequence, i);
    if (!dsr_sieve_passes(&level->sieve, hash)) continue;
    rc = get_level(store, level, width, row, set);
  }
  return rc;
}

/* The same among fresh ones: DSR_EMISUSE where they are of another width. */
static dsr_status get_fresh(dsr_store *store, dsr_fresh *fresh, uint32_t relation,
                            int width, const uint64_t *row, uint64_t *set) {
  const dsr_rows *rows = dsr_fresh_find_rows(fresh, relation);
  if (rows == NULL) return DSR_NOTHING;
  if (rows->width != width) {
    return misuse(store, "the relation has rows of another width");
  }
  return dsr_rows_get(rows, row, set) ? DSR_OK : DSR_NOTHING;
}

dsr_status dsr_store_get(dsr_store *store, uint32_t relation, int width,
                         const uint64_t *row, uint64_t *set) {
  TRY(dsr_store_ready(store));
  dsr_status rc = DSR_NOTHING;
  if (store->writing) {
    rc = get_fresh(store, &store->pending, relation, width, row, set);
  }
  if (rc == DSR_NOTHING) {
    rc = get_fresh(store, &store->tail, relation, width, row, set);
  }
  return rc == DSR_NOTHING ? get_packed(store, relation, width, row, set) : rc;
}

void dsr_store_expect(dsr_store *store, uint32_t relation, int width,
                      const uint64_t *row) {
  dsr_rows *pending = dsr_fresh_find_rows(&store->pending, relation);
  dsr_rows *tail = dsr_fresh_find_rows(&store->tail, relation);
  dsr_sequence *sequence =
      dsr_sequences_find(&store->sequences, dsr_sequence_key(relation, 0));
  if (pending != NULL && pending->width == width) dsr_rows_expect(pending, row);
  if (tail != NULL && tail->width == width) dsr_rows_expect(tail, row);
  if (sequence == NULL) return;
  uint64_t hash = dsr_sieve_hash(row, width);
  for (int i = sequence->n_above; i >= 0; i--) {
    dsr_sieve_expect(&dsr_sequence_level(sequence, i)->sieve, hash);
  }
}

dsr_status dsr_store_rows(dsr_store *store, uint32_t relation, uint64_t *rows) {
  uint64_t n = 0;
  TRY(dsr_store_ready(store));
  TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  const dsr_rows *tail = dsr_fresh_find_rows(&store->tail, relation);
  if (tail != NULL) n += tail->n;
  const dsr_rows *pending =
      store->writing ? dsr_fresh_find_rows(&store->pending, relation) : NULL;
  if (pending != NULL) n += pending->n;
  for (int order = 0; order < DSR_ROW_MAX; order++) {
    const dsr_sequence *sequence =
        dsr_sequences_find(&store->sequences, dsr_sequence_key(relation, order));
    if (sequence == NULL) continue;
    n += dsr_sequence_rows(sequence);
    break;
  }
  *rows = n;
  return DSR_OK;
}

dsr_status dsr_store_spread(dsr_store *store, uint32_t relation, int width, int order,
                            uint64_t *words, uint64_t *blocks) {
  dsr_sequence *sequence;
  *words = *blocks = 0;
  TRY(dsr_store_ready(store));
  TRY(dsr_store_sequence(store, relation, width, order, &sequence));
  if (sequence == NULL) return DSR_OK;
  for (size_t i = 0; i < sequence->extent.blocks; i++) {
    *words += i == 0 ||
              *dsr_sequence_first(sequence, i) != *dsr_sequence_first(sequence, i - 1);
  }
  *blocks = sequence->extent.blocks;
  return DSR_OK;
}
