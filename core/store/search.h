/*
** search.h - a full-text index over the words of texts, in the base's own file.
**
** The index is a contentless FTS5 table, `search`, which a stock sqlite3 reads:
**
**   rowid   a number that the caller gives: that of the text's symbol
**   stems   the stems of its words, one for each word, in order, with a space between
**   words   further spellings that it is found by, in no order that counts
**
** Both hold small letters, digits and bytes over 0x7f only.  What the words of a text are
** is the caller's business (facts/search.h).
**
** SQLite's tables have no checksums: row 2 of the table `root` has, under one of its own,
** how many texts the index holds and a sum over every word of each, its place and its
** text.  dsr_store_verify() compares them with what the index really holds.  A search does
** not: where the file was damaged it may fail (DSR_EDAMAGED) or miss texts, until it is
** built anew.
**
**   0  8  checksum                     24  8  texts
**   8  8  version of stems and words   32  8  sum
**  16  8  languages met, a bit each
**
** The row is there once the index is whole; without it there is no index yet.  The index
** changes inside a commit only: SQLite's transaction is the store's.
**
** Cost: some microseconds for each word added, a tenth of that where many texts come in a
** segment (attach.c), about six bytes in the file; a search costs
** what SQLite's BM25 does, some microseconds for each text that matches.
*/
#ifndef DSR_STORE_SEARCH_H
#define DSR_STORE_SEARCH_H

#include "store/segment.h"
#include "store/store.h"

typedef struct dsr_search_state {
  uint64_t version;
  uint64_t languages;
  uint64_t texts;
  uint64_t sum;
} dsr_search_state;

/* The state as the snapshot or the open transaction has it: DSR_OK, or DSR_NOTHING where
** there is no index. */
dsr_status dsr_store_search_state(dsr_store *store, dsr_search_state *out);

/* Have `fill` called inside each commit that lands something, before it is synced: there
** the calls below are good.  Below zero it fails the commit.  NULL ends it. */
void dsr_store_search_fill(dsr_store *store, dsr_status (*fill)(void *ud), void *ud);
/* The open transaction is to be committed although no row changed: for the index alone.
** No transaction's number is used for that. */
void dsr_store_search_due(dsr_store *store);

/* Begin to change the index from `state`; with `clear`, from nothing. */
dsr_status dsr_store_search_start(dsr_store *store, bool clear,
                                  dsr_search_state *state);
/* Add a text of a number that is not there. */
dsr_status dsr_store_search_add(dsr_store *store, dsr_search_state *state, uint64_t id,
                                dsr_str stems, dsr_str words);
/* Add all texts of a segment at once, none of which is there.  DSR_NOTHING: this cannot be
** done here and now, and nothing was; they must be added one by one. */
dsr_status dsr_store_search_attach(dsr_store *store, dsr_search_state *state,
                                   const dsr_segment *segment);
/* Write the state: the index is whole. */
dsr_status dsr_store_search_finish(dsr_store *store, const dsr_search_state *state);

/* Call `found` for each text that matches an expression of FTS5's, in no order; a better
** one has more points.  Below zero it ends the search. */
typedef dsr_status (*dsr_search_found)(void *ud, uint64_t id, double points);
dsr_status dsr_store_search_match(dsr_store *store, dsr_str expression,
                                  dsr_search_found found, void *ud);

/* How many texts the index holds and the sum over them, by looking at all of it: on FTS5's
** pages (leaf.h), or as FTS5 gives it, which costs twenty times as much and has the last
** word.  With `pages` DSR_NOTHING where these are not as known; DSR_EDAMAGED. */
dsr_status dsr_store_search_held(dsr_store *store, bool pages, uint64_t *texts,
                                 uint64_t *sum);

#endif
