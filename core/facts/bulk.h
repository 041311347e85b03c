/*
** bulk.h - millions of facts into a base, as values.
**
** A bulk load is open within a transaction.  Names become words, claims numbers, and rows
** are put under the claim at hand; nothing is seen of them until the load is finished:
** then all is sorted and written as packed blocks, within the transaction, which makes
** the same base as dsr_claim_add() on each row in turn:
**
**   - a claim that is live on its fact already changes nothing, another gives it a new set
**   - inverse and symmetric relations are stored as they were declared
**   - column types are checked row by row, keys and `once` are not, as ever
**   - undo, history and known_at see one transaction
**
** but that watchers are not told.
**
** What does not fit in the memory allowed goes through a file without a name in the
** base's folder.  A row costs some two thousand instructions, names, sorting and packing
** about alike, and eight to sixteen bytes of memory while there is room; a name takes its
** spelling and some thirty bytes and is kept in memory until the load ends; a claim that
** only one row has costs as much as ever.  Another thread gathers the words of texts for the
** search while rows come, some 60 ns a word, and sorts to finish.
**
**   dsr_facts_begin(facts);
**   dsr_bulk_open(facts, NULL, &bulk);
**   dsr_bulk_claim(bulk, &claim);                       once for the rows that follow
**   dsr_bulk_relation(bulk, name, 2, &relation);        for each row
**   dsr_bulk_name(bulk, DSR_SYM_ENTITY, text, &args[0]); ...
**   dsr_bulk_put(bulk, relation, args, DSR_WORD_NONE);
**   dsr_bulk_finish(bulk);
**   dsr_bulk_drop(bulk);
**   dsr_facts_commit(facts);
*/
#ifndef DSR_FACTS_BULK_H
#define DSR_FACTS_BULK_H

#include "facts/naming.h"
#include "ground/pace.h"

/* All zero will do. */
typedef struct dsr_bulk_options {
  size_t memory; /* bytes that the load may take, names and cache apart; 0: 512 MB */
  const char *folder; /* for what does not fit; NULL: the base's, or the system's */
  dsr_pace *pace;     /* told of the finishing, and may stop it; kept; NULL: nobody */
} dsr_bulk_options;

typedef struct dsr_bulk dsr_bulk;

/* Open a bulk load in the open transaction; there is one at a time.  Facts that the
** transaction puts by other ways are seen at once, as ever. */
dsr_status dsr_bulk_open(dsr_facts *facts, const dsr_bulk_options *options,
                         dsr_bulk **out);

/* The word of a name, given a number if new: entities and texts as they are spelled in
** symbol.h, wide numbers and times too.  DSR_ESYNTAX or DSR_ELIMIT where it cannot be
** one: nothing has changed then, and the load goes on. */
dsr_status dsr_bulk_name(dsr_bulk *bulk, dsr_symbol_kind kind, dsr_str spelling,
                         dsr_word *out);
/* The same for a text with a language or a datatype (either may be none, not both). */
dsr_status dsr_bulk_text(dsr_bulk *bulk, dsr_str string, dsr_str lang, dsr_str datatype,
                         dsr_word *out);
/* The same for n names, several times faster where there are millions: ask for those of
** ten rows or more at once.  *done is how many came out, also where one failed. */
dsr_status dsr_bulk_names(dsr_bulk *bulk, const dsr_naming_name *names, size_t n,
                          dsr_word *out, size_t *done);

/* The number of a relation, which is met, undeclared, where there is none of that name and
** arity.  One that is there cannot be declared otherwise while the load is open. */
dsr_status dsr_bulk_relation(dsr_bulk *bulk, dsr_str name, int arity, uint32_t *number);

/* The claim that the rows that follow are made under.  Its source must be declared:
** DSR_ESOURCE. */
dsr_status dsr_bulk_claim(dsr_bulk *bulk, const dsr_claim_row *claim);

/* A row under the claim at hand: as many args as the relation has columns.  DSR_ETYPE, in
** words that begin with the row's number (from 1, of those put), where one does not fit
** its column; nothing has changed then.  What fails otherwise dooms the transaction. */
dsr_status dsr_bulk_put(dsr_bulk *bulk, uint32_t relation, const dsr_word *args,
                        dsr_word time);
uint64_t dsr_bulk_rows(const dsr_bulk *bulk); /* how many were put */

/* Sort and write everything: it is a part of the transaction then.  A failure, also
** DSR_ESTOPPED, dooms the transaction.  A verdict on a fact that nobody claims is
** DSR_EABSENT, as ever. */
dsr_status dsr_bulk_finish(dsr_bulk *bulk);

/* Let go of a load; of one not finished nothing comes, and the transaction is doomed, since
** its names may be in use.  NULL is allowed; it may be done after the transaction's end. */
void dsr_bulk_drop(dsr_bulk *bulk);

#endif
