/*
** store.h - one SQLite file: transactions, records by number, ordered tuples.
**
** The store keeps two things and knows nothing of what they mean.
**
**   records  a kind and a number (dense, from 1) give some bytes; append-only.  Names,
**            claims, claim sets, transactions and declarations are records.
**   tuples   relation (a number) and a row of 1..9 words, unique, give a set number.  A
**            relation files its rows under one or more orders: order k sorts by column
**            k first, then by the others from left to right.
**
** A commit appends what is new as one checksummed *run*; a handle reads the runs into
** memory, the *tail*, and looks there first: the newest word on a row wins.  When the
** tail outgrows the merge bound, a commit folds it into packed blocks (block.h).
**
**   table root       one row: counters, format, all under a checksum
**   table run        id -> bytes of one commit not merged yet
**   table record     kind << 48 | first number -> packed block of records
**   table block      id -> packed block of sorted tuples; immutable, no id used twice
**   table directory  (relation, order, block) -> rows, first and last key, level, checksum
**   table extent     (relation, order) -> of each level how many blocks and rows, sum of
**                    checksums (sequence.h)
**
** Every row carries a checksum over its bytes and its key, and every list a count: a
** byte changed anywhere gives DSR_EDAMAGED or changes no answer.
**
** Promises: a commit is whole or absent, and synced when it returns.  Opening to read
** changes no byte of the file.  Opening costs the same at any size.
*/
#ifndef DSR_STORE_STORE_H
#define DSR_STORE_STORE_H

#include "ground/mem.h"
#include "ground/pace.h"
#include "ground/status.h"
#include "store/strain.h"

typedef struct dsr_store dsr_store;

enum { DSR_ROW_MAX = DSR_ARITY_MAX + 1 };

typedef enum dsr_record_kind {
  DSR_REC_NAME = 1, /* found by content too */
  DSR_REC_CLAIM,    /* found by content too */
  DSR_REC_SET,      /* found by content too */
  DSR_REC_TXN,      /* written by commit itself: 8 bytes, the stamp, big-endian */
  DSR_REC_SCHEMA,
  DSR_REC_KINDS
} dsr_record_kind;

/* ---- the file ------------------------------------------------------------------ */

/* As dsr_open() of dossier.h; path NULL is in memory.  `error` is kept. */
dsr_status dsr_store_open(const char *path, const dsr_open_options *options,
                          dsr_error *error, dsr_store **out);
void dsr_store_close(dsr_store *store); /* rolls back what is open; NULL is allowed */
bool dsr_store_read_only(const dsr_store *store);
const char *dsr_store_path(const dsr_store *store); /* NULL: in memory; borrowed */

/*
** Have a snapshot to read from: begins one where there is none.  With `newest`, or
** where 100 ms have passed since it began, moves on to what others have committed; the
** caller must have no live cursor that it still needs.  *moved tells that contents may
** have changed since the last call.  Cheap when nothing changed.
*/
dsr_status dsr_store_read(dsr_store *store, bool newest, bool *moved);
/* Let the snapshot go, so that an idle handle holds nothing back. */
void dsr_store_idle(dsr_store *store);

/* ---- transactions -------------------------------------------------------------- */

/* Take the write lock (DSR_EBUSY after the timeout), move to the newest state; *moved
** as above.  `now` is microseconds since 1970 UTC; the stamp is max(now, last + 1). */
dsr_status dsr_store_begin(dsr_store *store, int64_t now, bool *moved);
/* Land the changes, or on failure roll back.  Nothing put: nothing is written and no
** transaction number is used. */
dsr_status dsr_store_commit(dsr_store *store);
void dsr_store_rollback(dsr_store *store);

/* For a history that is replayed.  The open transaction is stamped `stamp`, later than
** the last; DSR_EMISUSE else.  With `next`, a transaction ends here and another begins, to
** land with it: what was put so far is the one's, what comes the other's. */
dsr_status dsr_store_replay(dsr_store *store, int64_t stamp, bool next);

/* The number of the open transaction, or where none is open of the last one; its
** stamp. */
uint64_t dsr_store_txn(const dsr_store *store);
/* The stamp of transaction `txn`, 1..last (or the open one). */
dsr_status dsr_store_stamp(dsr_store *store, uint64_t txn, int64_t *stamp);

/* ---- records ------------------------------------------------------------------- */

/* The first number of the kind not in use: records are 1 .. next - 1. */
uint64_t dsr_store_next(const dsr_store *store, dsr_record_kind kind);
/* The bytes of a record, borrowed until the next call on the store.  A number beyond
** `next` is DSR_EDAMAGED: only a damaged file holds one. */
dsr_status dsr_store_record(dsr_store *store, dsr_record_kind kind, uint64_t number,
                            dsr_str *bytes);
/* The number of the record with these bytes: DSR_OK, or DSR_NOTHING. */
dsr_status dsr_store_find(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                          uint64_t *number);
/* Append a record, in a transaction: it gets the number `next`.  Does not look for an
** equal one. */
dsr_status dsr_store_append(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                            uint64_t *number);

/* ---- tuples -------------------------------------------------------------------- */

/*
** Put a row, `width` words in natural column order, with its set; in a transaction.  It
** is filed under each order of the bit mask `orders`, which, like the width, must be
** the same for every row of a relation.  A row already there gets the new set.
** Relations are 1 .. 2^24; 0 and the numbers above are the store's own.
*/
dsr_status dsr_store_put(dsr_store *store, uint32_t relation, int width,
                         unsigned orders, const uint64_t *row, uint64_t set);

/* The set of a row: DSR_OK, or DSR_NOTHING.  Order 0 must be among its orders. */
dsr_status dsr_store_get(dsr_store *store, uint32_t relation, int width,
                         const uint64_t *row, uint64_t *set);

/* The row will be asked for, and perhaps put: ask memory for what that reads first. */
void dsr_store_expect(dsr_store *store, uint32_t relation, int width,
                      const uint64_t *row);

/* How many rows the relation has, counting twice what the tail or a level has of a row
** that lies below, too. */
dsr_status dsr_store_rows(dsr_store *store, uint32_t relation, uint64_t *rows);

/* Of the packed blocks of one order, how many there are, and how many different words begin
** their first rows: of a column whose values have many rows each, nearly all of them. */
dsr_status dsr_store_spread(dsr_store *store, uint32_t relation, int width, int order,
                            uint64_t *words, uint64_t *blocks);

/*
** A cursor over the rows of one order whose first `n_prefix` words, in that order, are
** `prefix`.  Rows come in ascending order of words in that order, given in natural
** column order.  A cursor that outlives a change of the generation gives DSR_EMISUSE.
*/
typedef struct dsr_cursor dsr_cursor;
dsr_status dsr_cursor_start(dsr_store *store, uint32_t relation, int width, int order,
                            const uint64_t *prefix, int n_prefix, dsr_cursor **out);
/* Let it leave out rows that are not wanted, before the first step: it does where they
** lie packed in blocks that the prefix has whole.  The strain is borrowed until it stops. */
void dsr_cursor_strain(dsr_cursor *cursor, const dsr_strain *strain);
/* DSR_ROW with the row (borrowed until the next call) and its set, or DSR_DONE. */
dsr_status dsr_cursor_next(dsr_cursor *cursor, const uint64_t **row, uint64_t *set);

/* Rows that follow on each other, by column, in natural column order. */
typedef struct dsr_stretch {
  size_t n;
  const uint64_t *columns[DSR_ROW_MAX];
  const uint64_t *sets;
  bool one_set;     /* they all have the same */
  uint64_t skipped; /* rows before these that were left out; at the end, too */
} dsr_stretch;
/* DSR_ROW with the next row and those behind it that lie ready, up to the end of their
** block (borrowed until the next call), or DSR_DONE.  Costs some tens of ns, however many
** they are. */
dsr_status dsr_cursor_some(dsr_cursor *cursor, dsr_stretch *out);
void dsr_cursor_stop(dsr_cursor *cursor); /* NULL is allowed */

/* ---- very many at once (fold.c) ------------------------------------------------ */

/*
** What a transaction holds is in memory until it commits, or until it is so much that it
** is folded.  These calls write packed blocks within the open transaction instead: whatever is read from then on sees them, a
** rollback or a crash leaves nothing of them.  After one that fails, the transaction can
** only be rolled back.
*/

/* Write what is pending, and the tail, so that nothing fresh is left. */
dsr_status dsr_store_fold(dsr_store *store);

/* Rows in ascending order, each once, given in the column order of the order that they
** are for.  `settle` tells the set that a row gets in place of `old` (0: it is new), and
** may read and append records.  Embedded in what the functions need. */
typedef struct dsr_inflow {
  dsr_status (*next)(
      struct dsr_inflow *feed); /* DSR_ROW: `row` is the next; DSR_DONE */
  dsr_status (*settle)(struct dsr_inflow *feed, uint64_t old, uint64_t *set);
  /* Where nothing of the order is packed yet, instead: *n of the next rows at once, each
  ** new, by column and with their sets; at most `room`, none at the end.  May be NULL. */
  dsr_status (*some)(struct dsr_inflow *feed, uint64_t *const *columns, uint64_t *sets,
                     size_t room, size_t *n);
  uint64_t row[DSR_ROW_MAX];
} dsr_inflow;

/* Merge the rows, at most n, into one order of a relation of which nothing is fresh.  It
** is for the caller to feed the same rows to each of the relation's orders. */
dsr_status dsr_store_feed(dsr_store *store, uint32_t relation, int width, int order,
                          dsr_inflow *feed, uint64_t n);

/* The next record: DSR_ROW, its bytes borrowed until the one after the next is asked
** for; DSR_DONE. */
typedef dsr_status dsr_record_next(void *ud, dsr_str *bytes);

/* Append records as dsr_store_append() does, of a kind of which nothing is fresh.  Those
** of kinds that are found by content take part in that once `found` is fed: (word,
** number) of each, in order, as the caller sorts them. */
dsr_status dsr_store_pack(dsr_store *store, dsr_record_kind kind, dsr_record_next *next,
                          void *ud);
enum { DSR_FOUND_WIDTH = 2 };
uint64_t dsr_store_word(dsr_str bytes);
dsr_status dsr_store_feed_found(dsr_store *store, dsr_record_kind kind,
                                dsr_inflow *feed, uint64_t n);

/* Much was written and more is to come: where the transaction makes the base, have the disk
** begin with it.  A hint: nothing hangs on it. */
void dsr_store_hasten(const dsr_store *store);

/* The folder that the base's file is in, for what does not fit in memory. */
dsr_status dsr_store_folder(const dsr_store *store, char *folder, size_t room);

/* ---- care ---------------------------------------------------------------------- */

/* Read and verify every row of every table.  Slow: the whole file. */
dsr_status dsr_store_verify(dsr_store *store);

/*
** Packing anew and erasing (care.c).  Like a fold, these calls write in the open
** transaction, of which nothing is fresh; it ends by dsr_store_mend(), which uses no
** transaction number, or by a rollback.
*/

/* Told of a row, in natural column order: DSR_OK keeps it, DSR_NOTHING leaves it out. */
typedef dsr_status dsr_row_sift(void *ud, uint32_t relation, int width,
                                const uint64_t *row, uint64_t set);
/* Pack all rows of all relations, full, but for those that `sift` (NULL: none) leaves
** out: it is asked for each of a relation's orders and must say the same. */
dsr_status dsr_store_repack(dsr_store *store, dsr_row_sift *sift, void *ud,
                            dsr_pace *pace);

/* Told of a record: DSR_ROW where *bytes, good until the call after the next, are to
** stand in its place, perhaps none at all: then nothing may name its number any more,
** which is not given again.  DSR_OK keeps it. */
typedef dsr_status dsr_record_edit(void *ud, uint64_t number, dsr_str *bytes);
/* Pack all records of a kind, full, some of them edited. */
dsr_status dsr_store_edit(dsr_store *store, dsr_record_kind kind, dsr_record_edit *edit,
                          void *ud);

/* Commit without a transaction of the base's.  With `erased`, the text search is dropped,
** and every handle forgets what it keeps of records. */
dsr_status dsr_store_mend(dsr_store *store, bool erased);

/* A count that moves when records were edited, and the last transaction when they were
** last, 0: never. */
uint64_t dsr_store_erasures(const dsr_store *store, uint64_t *txn);

/* Is what a base has, and it is little, in a few runs that would grow if it were packed? */
bool dsr_store_loose(const dsr_store *store);

/* Is nobody reading an older state?  DSR_EBUSY, in words, after the busy time. */
dsr_status dsr_store_alone(dsr_store *store);

/* Write the file anew without free pages, and empty its log; no transaction may be open.
** What was erased is in neither then. */
dsr_status dsr_store_squeeze(dsr_store *store, dsr_pace *pace);

/* Bytes of the file and what lies beside it. */
int64_t dsr_store_bytes(const dsr_store *store);
/* Tell `met` of each table of the file, in order of name, and its bytes in whole pages: a
** look at each page.  Nothing where there is no file yet, or SQLite cannot tell. */
dsr_status dsr_store_tables(dsr_store *store,
                            dsr_status (*met)(void *ud, dsr_str name, int64_t bytes),
                            void *ud);

/*
** Copy the base as it is now to `path`, while others write (backup.c).  The copy is made
** in a file beside it, verified and synced before it gets its name: whatever goes wrong,
** what was at `path` is there.  Without `replace`, nothing may be (DSR_EIO).  *bytes is the
** copy's size.
*/
dsr_status dsr_store_backup(dsr_store *store, const char *path, bool replace,
                            dsr_pace *pace, int64_t *bytes);

#endif
