/*
** inside.h - what an open store is, for the files that make it up.
**
** What a handle sees is the pending rows and records of its own transaction, over the
** tail, over the packed blocks; each layer newer than the next.
*/
#ifndef DSR_STORE_INSIDE_H
#define DSR_STORE_INSIDE_H

#include "store/cache.h"
#include "store/file.h"
#include "store/format.h"
#include "store/fresh.h"
#include "store/probe.h"
#include "store/sequence.h"

/* The relation that finds records of a kind by content: (hash, number). */
#define DSR_CONTENT_RELATION(kind) (DSR_RELATION_MOST + (uint32_t)(kind))
enum { DSR_CONTENT_WIDTH = 2 };

/* How often a pack of records was asked without being unpacked. */
typedef struct dsr_looks {
  uint64_t id;
  uint64_t times;
} dsr_looks;

struct dsr_store {
  dsr_file file;
  dsr_error *error;
  size_t merge_bound;
  bool fixed_bound; /* by the host */
  size_t block_bytes;

  dsr_root root; /* of the snapshot, or the last one */
  bool root_known;
  unsigned char root_bytes[DSR_ROOT_SIZE]; /* as read or written last */
  dsr_fresh tail;
  dsr_sequences sequences;
  dsr_cache cache;
  dsr_probes probes;
  VEC(uint64_t) packs[DSR_REC_KINDS]; /* first numbers of packs met, ascending */
  dsr_looks looks[64];                /* at packs, by hash */
  dsr_bytes record;                   /* that was looked at last */

  bool snapshot; /* a read transaction is open, or there is no file to read */
  int64_t snapshot_ms;
  bool writing;
  bool moved; /* and nobody was told yet */
  dsr_fresh pending;
  bool folded;     /* the open transaction has written blocks already (fold.c) */
  uint64_t stamp;  /* of the open transaction */
  uint64_t passed; /* transactions that ended and wait to land with the open one */
  uint64_t generation;
  uint64_t erasures; /* of the root, as what is cached knows it */
  VEC(uint64_t)
  room;              /* where a merge puts its rows, kept while a transaction is open */
  size_t enough;     /* rows that were enough to fill the last block: a merge's guess */
  dsr_cursor *spare; /* one that stopped, kept for the next */
  struct {
    dsr_status (*fill)(void *ud); /* called in each commit; NULL: nobody */
    void *ud;
    bool due; /* the open transaction changes the text search, if nothing else */
  } search;
};

/* Have a snapshot, as dsr_store_read() does, without moving on. */
dsr_status dsr_store_ready(dsr_store *store);

/* The open transaction writes: where the base is of an older format, its header is to say
** the newest.  The root does so, too, as the transaction leaves it. */
dsr_status dsr_store_upgrade(dsr_store *store);

/* The sequence of (relation, order), its directory loaded; NULL where nothing of it is
** packed.  DSR_EMISUSE where it is packed with another width. */
dsr_status dsr_store_sequence(dsr_store *store, uint32_t relation, int width, int order,
                              dsr_sequence **out);

/* The same for who asks for rows whose first `n` words are `prefix`: a part of the
** sequence that has them all, where that spares reading its directory. */
dsr_status dsr_store_part(dsr_store *store, uint32_t relation, int width, int order,
                          const uint64_t *prefix, int n, dsr_sequence **out);

/* ---- records (record.c) ---------------------------------------------------------- */

static inline uint64_t dsr_record_id(dsr_record_kind kind, uint64_t first) {
  return (uint64_t)kind << 48 | first;
}
/* The word that a record is found by. */
uint64_t dsr_record_word(dsr_str bytes);
/* Unpack; DSR_EDAMAGED, without words, or DSR_ENOMEM. */
dsr_status dsr_record_unpack(uint64_t id, dsr_str data, dsr_pack **out);
static inline dsr_str dsr_pack_record(const dsr_pack *pack, size_t i) {
  size_t start = i == 0 ? 0 : pack->ends[i - 1];
  return (dsr_str){pack->bytes + start, pack->ends[i] - start};
}
/* Pack the records of a kind that are fresh. */
dsr_status dsr_record_merge(dsr_store *store, dsr_record_kind kind);
/* Pack the records that `next` gives; *n counts them.  None of the kind are fresh. */
dsr_status dsr_record_pack(dsr_store *store, dsr_record_kind kind,
                           dsr_record_next *next, void *ud, uint64_t *n);

/* Does the text search hold what was written to it (search.c)?  DSR_EDAMAGED. */
dsr_status dsr_store_search_verify(dsr_store *store);

/* Pack all packed records of a kind anew, with `edit` (NULL: as they are) and `changed`
** told of each that it edited. */
dsr_status dsr_record_repack(dsr_store *store, dsr_record_kind kind,
                             dsr_record_edit *edit,
                             bool (*changed)(void *ud, uint64_t number, dsr_str bytes),
                             void *ud);

/* ---- merging (merge.c) ----------------------------------------------------------- */

/* The levels of sequences that a merge has made, to be installed once it is committed. */
typedef struct dsr_merge {
  VEC(dsr_sequence *) made;
} dsr_merge;

/* Merge the feed's rows, at most n, into one order of a relation; with `whole`, into all
** of it, so that the feed is told the set that each row had. */
dsr_status dsr_merge_feed(dsr_store *store, dsr_root *root, uint32_t relation,
                          int width, int order, dsr_inflow *feed, uint64_t n,
                          bool whole, dsr_merge *merge);
/* Pack one order of a relation anew, full, without the rows that `sift` leaves out. */
dsr_status dsr_merge_sift(dsr_store *store, dsr_root *root, uint64_t key,
                          dsr_row_sift *sift, void *ud, dsr_merge *merge);
/* Fold the tail and what is pending into packed blocks; `root` is told what changed. */
dsr_status dsr_merge_run(dsr_store *store, dsr_root *root, dsr_merge *merge);
void dsr_merge_install(dsr_store *store, dsr_merge *merge);
void dsr_merge_free(dsr_merge *merge);

#endif
