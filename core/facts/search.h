/*
** search.h - which texts the search finds, and what keeps it in step with the facts.
**
** Every text that stands in a column of a fact, and every quotation of a claim (the reason
** of a verdict is one), is indexed once, in the transaction that first records it.  Texts
** stay in the index as they stay in the base: a view on what was known before finds what
** was retracted since.  Locators are not indexed.
**
** Two things are kept:
**
**   the index (store/search.h)   the words of each text, by the number of its symbol
**   the relation DSR_REL_TEXT    where texts stand: (text, relation, column, lead, second)
**
** so that from a text that matches one comes to its facts.  In columns 1 and 2 an order of
** the relation leads from the text to them, and lead and second are none; elsewhere they are
** the fact's first two columns.  Of a quotation the column is DSR_TEXT_QUOTED.
**
** A commit without new texts touches none of it, but for the first one ever, which writes
** a row.  A new text costs some 10 µs and 60 bytes for ten words, and a tenth of that where
** hundreds come at once, which are gathered first (gather.h).  A rollback drops what
** was noted; undoing, retracting and renaming need nothing but what they put anyway.
**
** A base that was made before there was a search has no index: the first commit to it
** builds one, with a pass over all of it; so does the first search, where the base can be
** written.  dsr_search_renew() does the same at any time, for an index that was damaged.
*/
#ifndef DSR_FACTS_SEARCH_H
#define DSR_FACTS_SEARCH_H

#include "facts/gather.h"
#include "facts/view.h"
#include "ground/stem.h"
#include "store/search.h"

enum { DSR_TEXT_WIDTH = 5, DSR_TEXT_QUOTED = 8 /* no column has that number */ };

/* What the engine keeps for it. */
typedef struct dsr_indexing {
  bool ready;              /* the base is known to have an index */
  bool whole;              /* the open transaction builds it from nothing */
  VEC(dsr_word) fresh;     /* texts that the open transaction is to add; some twice */
  dsr_gathering gathering; /* texts that it is to add, gathered already */
  VEC(uint64_t)
  gathered; /* a bit for each of these, from the transaction's first name */
  dsr_stemmers stemmers;
} dsr_indexing;

/* A canonical fact was put that was never there; a claim was made on one. */
dsr_status dsr_search_put(dsr_facts *facts, const dsr_tuple *fact);
dsr_status dsr_search_quote(dsr_facts *facts, const dsr_tuple *fact,
                            const dsr_claim_row *claim);

/* The row of DSR_REL_TEXT for a text in a column of a fact, or DSR_TEXT_QUOTED. */
void dsr_search_row(const dsr_tuple *fact, dsr_word text, int column,
                    uint64_t row[DSR_TEXT_WIDTH]);
/* Was the text there before the open transaction, and does the index have it? */
dsr_status dsr_search_known(dsr_facts *facts, dsr_word text, bool *older, bool *known);
/* Have the commit add a text; whoever calls puts its rows. */
dsr_status dsr_search_add(dsr_facts *facts, dsr_word text);

/* The same for a text whose number the open transaction gave, which somebody gathers
** (gather.h) into facts->indexing; and have the commit add it after all. */
dsr_status dsr_search_gather(dsr_facts *facts, dsr_word text);
dsr_status dsr_search_ungather(dsr_facts *facts, dsr_word text);
bool dsr_search_gathered(const dsr_facts *facts, dsr_word text);

/* Before the store commits: see whether there is an index to go on with. */
dsr_status dsr_search_commit(dsr_facts *facts);
/* The open transaction has ended, either way. */
void dsr_search_end(dsr_facts *facts);
void dsr_search_open(dsr_facts *facts);
void dsr_search_close(dsr_facts *facts);

/* Build the index anew, in a transaction of its own (DSR_EMISUSE where one is open). */
dsr_status dsr_search_renew(dsr_facts *facts);
/* As dsr_verify() of dossier.h. */
dsr_status dsr_search_verify(dsr_facts *facts);
/* Have an index to search.  DSR_NOTHING: the base is empty.  DSR_EREADONLY, in words,
** where one must be built first and cannot be. */
dsr_status dsr_search_ready(dsr_facts *facts);

/* ---- words ---------------------------------------------------------------------- */

/* How one word is spelled in the index, for one language: its stem, and the word and the
** word without accents where they differ from it and from each other (else none). */
typedef struct dsr_spelling {
  dsr_str stem, word, bare;
} dsr_spelling;
/* The word is folded; all in `arena`, or parts of the word.  dsr_spell(): DSR_ENOMEM,
** without words. */
dsr_status dsr_spell(dsr_stemmers *stemmers, int language, dsr_str word,
                     dsr_arena *arena, dsr_spelling *out);
dsr_status dsr_search_spell(dsr_facts *facts, int language, dsr_str word,
                            dsr_arena *arena, dsr_spelling *out);

#endif
