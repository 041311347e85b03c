/*
** fold.c - packed blocks written before the commit.
**
** A fold is a merge (merge.c) without the commit: what is pending and the tail become
** blocks in SQLite's open transaction, and the handle's root, which no one else sees, is
** that of the merge.  The commit then writes the root, with what is pending since.  Rows
** and records fed go the same way without ever being pending.
**
** A rollback drops the blocks, whose ids and record numbers will be given again: all that
** is cached goes with them.
*/
#include <stdio.h>

#include "store/birth.h"
#include "store/inside.h"

/* The transaction writes from here on: a base that is not there yet gets its file. */
static dsr_status start_folding(dsr_store *store) {
  if (!store->writing) {
    return dsr_fail(store->error, DSR_EMISUSE, "no transaction is open");
  }
  store->folded = true;
  store->generation++;
  if (store->file.db == NULL) TRY(dsr_birth_build(&store->file));
  return DSR_OK;
}

/* Nothing is fresh any more, after `root`. */
static void start_fresh(dsr_store *store, const dsr_root *root) {
  store->root = *root;
  dsr_fresh_free(&store->tail);
  dsr_fresh_start(&store->tail, root->packed);
  dsr_fresh_free(&store->pending);
  dsr_fresh_start(&store->pending, root->packed);
}

dsr_status dsr_store_fold(dsr_store *store) {
  dsr_merge merge = {{NULL, 0, 0}};
  dsr_root root = store->root;
  TRY(start_folding(store));
  if (store->tail.n_rows + store->tail.n_records + store->pending.n_rows +
          store->pending.n_records ==
      0) {
    return DSR_OK;
  }
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    root.next[kind] = dsr_fresh_next(&store->pending, kind);
  }
  dsr_status rc = dsr_merge_run(store, &root, &merge);
  if (rc >= 0) {
    dsr_merge_install(store, &merge);
    start_fresh(store, &root);
  }
  dsr_merge_free(&merge);
  return rc;
}

static dsr_status not_folded(dsr_store *store) {
  return dsr_fail(store->error, DSR_EMISUSE, "what is fresh must be folded first");
}

dsr_status dsr_store_feed(dsr_store *store, uint32_t relation, int width, int order,
                          dsr_inflow *feed, uint64_t n) {
  dsr_merge merge = {{NULL, 0, 0}};
  TRY(start_folding(store));
  if (dsr_fresh_find_rows(&store->tail, relation) != NULL ||
      dsr_fresh_find_rows(&store->pending, relation) != NULL) {
    return not_folded(store);
  }
  TRY(dsr_sequences_load(&store->sequences, &store->file, &store->root));
  dsr_status rc = dsr_merge_feed(store, &store->root, relation, width, order, feed, n,
                                 true, &merge);
  if (rc >= 0 && dsr_sequences_reserve(&store->sequences, merge.made.len) < 0) {
    rc = dsr_fail_memory(store->error);
  }
  if (rc >= 0) {
    store->root.merges += merge.made.len;
    dsr_merge_install(store, &merge);
  }
  dsr_merge_free(&merge);
  return rc;
}

dsr_status dsr_store_pack(dsr_store *store, dsr_record_kind kind, dsr_record_next *next,
                          void *ud) {
  uint64_t n;
  TRY(start_folding(store));
  if (store->tail.records[kind].list.len + store->pending.records[kind].list.len > 0) {
    return not_folded(store);
  }
  TRY(dsr_record_pack(store, kind, next, ud, &n));
  store->root.next[kind] = store->root.packed[kind] += n;
  store->tail.records[kind].first = store->pending.records[kind].first =
      store->root.packed[kind];
  return DSR_OK;
}

uint64_t dsr_store_word(dsr_str bytes) { return dsr_record_word(bytes); }

dsr_status dsr_store_feed_found(dsr_store *store, dsr_record_kind kind,
                                dsr_inflow *feed, uint64_t n) {
  return dsr_store_feed(store, DSR_CONTENT_RELATION(kind), DSR_CONTENT_WIDTH, 0, feed,
                        n);
}

void dsr_store_hasten(const dsr_store *store) {
  if (store->file.building) dsr_birth_hasten(&store->file);
}

dsr_status dsr_store_folder(const dsr_store *store, char *folder, size_t room) {
  char name[DSR_PATH_MOST];
  const char *found = P_tmpdir;
  if (store->file.path != NULL && dsr_birth_folder(store->file.path, name)) {
    found = name;
  }
  if (strlen(found) >= room) return DSR_ELIMIT;
  strcpy(folder, found);
  return DSR_OK;
}
