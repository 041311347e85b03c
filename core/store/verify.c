/*
** verify.c - reading and verifying every row of every table.
**
** SQLite checks its pages; then every record, every block of every sequence, and the
** counts between them are read from the file, past the caches.  Orders of one relation
** must hold the same rows.  Memory: one block, and the directories.
*/
#include "store/inside.h"
#include "store/sort.h"

/* What the rows of one order come to, whatever their order. */
typedef struct tally {
  uint64_t rows;
  uint64_t sum;
} tally;

static dsr_status check_pages(dsr_file *file) {
  dsr_str words;
  TRY(dsr_file_query(file, DSR_SQL_CHECK, 0, 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_CHECK);
  TRY(rc);
  TRY(dsr_file_data(file, DSR_SQL_CHECK, &words));
  rc = DSR_OK;
  if (!dsr_str_is(words, "ok")) {
    /* The last line says what; those before say where it is about to be said. */
    size_t start = words.len;
    while (start > 0 && words.data[start - 1] != '\n') start--;
    size_t len = words.len - start;
    rc = dsr_file_damaged(file, "%.*s", (int)(len < 200 ? len : 200),
                          words.data + start);
  }
  dsr_file_end(file, DSR_SQL_CHECK);
  return rc;
}

/* ---- records --------------------------------------------------------------------- */

static dsr_status check_pack(dsr_store *store, uint64_t id, dsr_str data,
                             uint64_t next[DSR_REC_KINDS]) {
  dsr_pack *pack;
  uint64_t kind = id >> 48;
  dsr_status rc = dsr_record_unpack(id, data, &pack);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(store->error);
  if (rc < 0) {
    return dsr_file_damaged(&store->file,
                            "a block of records does not match its checksum");
  }
  bool follows = kind < DSR_REC_KINDS && pack->first == next[kind];
  if (follows) next[kind] += pack->n;
  dsr_pack_free(pack);
  if (follows) return DSR_OK;
  return dsr_file_damaged(&store->file, "its records do not follow on each other");
}

static dsr_status check_records(dsr_store *store) {
  dsr_file *file = &store->file;
  uint64_t next[DSR_REC_KINDS];
  dsr_str data;
  dsr_status rc;
  for (int kind = 0; kind < DSR_REC_KINDS; kind++) next[kind] = 1;
  TRY(dsr_file_query(file, DSR_SQL_RECORDS, 0, 0));
  while ((rc = dsr_file_step(file, DSR_SQL_RECORDS)) == DSR_ROW) {
    TRY(dsr_file_data(file, DSR_SQL_RECORDS, &data));
    TRY(check_pack(store, (uint64_t)dsr_file_id(file, DSR_SQL_RECORDS), data, next));
  }
  TRY(rc);
  for (int kind = 1; kind < DSR_REC_KINDS; kind++) {
    if (next[kind] != store->root.packed[kind]) {
      return dsr_file_damaged(file, "records are missing");
    }
  }
  return DSR_OK;
}

/* Does a content row lead to a record with its hash? */
static dsr_status check_content(dsr_store *store, dsr_record_kind kind,
                                const uint64_t *row) {
  dsr_str bytes;
  TRY(dsr_store_record(store, kind, row[1], &bytes));
  if (dsr_record_word(bytes) == row[0]) return DSR_OK;
  return dsr_file_damaged(&store->file, "a record is found by what it is not");
}

/* ---- sequences ------------------------------------------------------------------- */

static bool ascends(const dsr_block *block, size_t r) {
  for (int c = 0; c < block->width; c++) {
    uint64_t a = block->columns[c][r - 1], b = block->columns[c][r];
    if (a != b) return a < b;
  }
  return false;
}

/* Tally the rows of a block, in natural column order. */
static dsr_status check_block(dsr_store *store, uint32_t relation, int order,
                              const dsr_block *block, tally *sum) {
  uint64_t row[DSR_ROW_MAX + 1];
  size_t width = (size_t)block->width;
  for (size_t r = 0; r < block->rows; r++) {
    if (r > 0 && !ascends(block, r)) {
      return dsr_file_damaged(&store->file, "a block is out of order");
    }
    for (int place = 0; place < block->width; place++) {
      row[dsr_order_column(order, place)] = block->columns[place][r];
    }
    row[width] = block->sets[r];
    sum->sum += dsr_hash(row, (width + 1) * sizeof *row, 0);
    sum->rows++;
    if (relation > DSR_RELATION_MOST) {
      TRY(check_content(store, (dsr_record_kind)(relation - DSR_RELATION_MOST), row));
    }
  }
  return DSR_OK;
}

/* Every block of a level, read anew. */
static dsr_status check_level(dsr_store *store, const dsr_sequence *sequence,
                              tally *sum) {
  dsr_cache apart = {.limit = 0};
  dsr_status rc = DSR_OK;
  for (size_t i = 0; rc >= 0 && i < sequence->extent.blocks; i++) {
    dsr_cached *cached;
    rc = dsr_sequence_block(sequence, &store->file, &apart, i, &cached);
    if (rc < 0) break;
    rc = check_block(store, (uint32_t)(sequence->key >> 4), (int)(sequence->key & 15),
                     cached->block, sum);
  }
  dsr_cache_free(&apart);
  return rc;
}

/* Every block of a sequence; orders have the same rows in the same levels. */
static dsr_status check_sequence(dsr_store *store, dsr_sequence *sequence, tally *sum) {
  TRY(dsr_sequence_load(sequence, &store->file));
  for (int i = 0; i <= sequence->n_above; i++) {
    TRY(check_level(store, dsr_sequence_level(sequence, i), sum));
  }
  return DSR_OK;
}

/* Is this a sequence that a base has: a relation's, or one that finds all the records of
** a kind? */
static bool belongs(const dsr_store *store, const dsr_sequence *sequence) {
  uint64_t relation = sequence->key >> 4;
  if (relation <= DSR_RELATION_MOST) return relation > 0;
  if (relation > DSR_CONTENT_RELATION(DSR_REC_SET)) return false;
  return sequence->extent.width == DSR_CONTENT_WIDTH &&
         dsr_sequence_rows(sequence) + 1 ==
             store->root.packed[relation - DSR_RELATION_MOST];
}

/* One sequence, against the first order of its relation. */
static dsr_status check_against_first(dsr_store *store, dsr_sequence *sequence) {
  tally sum = {0, 0}, other = {0, 0};
  uint64_t relation = sequence->key >> 4;
  if (!belongs(store, sequence)) {
    return dsr_file_damaged(&store->file, "it has rows that no base has");
  }
  TRY(check_sequence(store, sequence, &sum));
  for (int order = 0; order < (int)(sequence->key & 15); order++) {
    uint64_t key = dsr_sequence_key((uint32_t)relation, order);
    dsr_sequence *first = dsr_sequences_find(&store->sequences, key);
    if (first == NULL) continue;
    TRY(check_sequence(store, first, &other));
    if (other.rows == sum.rows && other.sum == sum.sum) break;
    return dsr_file_damaged(&store->file, "two orders do not hold the same rows");
  }
  return DSR_OK;
}

static dsr_status count_rows(dsr_file *file, dsr_sql sql, uint64_t wanted) {
  TRY(dsr_file_query(file, sql, 0, 0));
  dsr_status rc = dsr_file_step(file, sql);
  TRY(rc);
  uint64_t n = (uint64_t)dsr_file_id(file, sql);
  dsr_file_end(file, sql);
  if (n == wanted) return DSR_OK;
  return dsr_file_damaged(file, "it holds blocks that belong to nothing");
}

static dsr_status check_sequences(dsr_store *store) {
  uint64_t blocks = 0;
  dsr_sequences_free(&store->sequences);
  TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  for (size_t i = 0; i < store->sequences.n_slots; i++) {
    dsr_sequence *sequence = store->sequences.slots[i];
    if (sequence == NULL) continue;
    TRY(check_against_first(store, sequence));
    for (int l = 0; l <= sequence->n_above; l++) {
      blocks += dsr_sequence_level(sequence, l)->extent.blocks;
    }
  }
  TRY(count_rows(&store->file, DSR_SQL_BLOCK_COUNT, blocks));
  return count_rows(&store->file, DSR_SQL_ENTRY_COUNT, blocks);
}

/* The runs once more, into a tail of their own. */
static dsr_status check_runs(dsr_store *store) {
  dsr_file *file = &store->file;
  dsr_fresh fresh;
  dsr_str data;
  uint64_t next = store->root.run_first;
  dsr_fresh_start(&fresh, store->root.packed);
  dsr_status rc = dsr_file_query(file, DSR_SQL_RUNS, INT64_MIN, 0);
  while (rc >= 0 && (rc = dsr_file_step(file, DSR_SQL_RUNS)) == DSR_ROW) {
    uint64_t txn = (uint64_t)dsr_file_id(file, DSR_SQL_RUNS);
    rc = dsr_file_data(file, DSR_SQL_RUNS, &data);
    if (rc >= 0) rc = txn == next++ ? dsr_run_read(txn, data, &fresh) : DSR_EDAMAGED;
    if (rc == DSR_EDAMAGED) rc = dsr_file_damaged(file, "a commit was changed");
  }
  dsr_file_end(file, DSR_SQL_RUNS);
  dsr_fresh_free(&fresh);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(store->error);
  TRY(rc);
  if (next == store->root.txn + 1) return DSR_OK;
  return dsr_file_damaged(file, "a commit is missing");
}

dsr_status dsr_store_verify(dsr_store *store) {
  TRY(dsr_store_ready(store));
  if (store->file.db == NULL) return DSR_OK;
  store->generation++; /* the directories that cursors stand on are read anew */
  TRY(check_pages(&store->file));
  TRY(check_runs(store));
  dsr_status rc = check_records(store);
  dsr_file_end(&store->file, DSR_SQL_RECORDS);
  TRY(rc);
  TRY(check_sequences(store));
  return dsr_store_search_verify(store);
}
