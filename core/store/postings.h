/*
** postings.h - which words stand where, gathered in memory for many texts at once.
**
** Texts come in order of their numbers, each with the words of its columns in order.  A word
** is a *term*, which is numbered once; each time that it stands somewhere costs four bytes.
** What was gathered goes into a segment (segment.h).  No other memory than its own is
** touched, so another thread may do it.
**
** Terms are read in the order of their bytes, some of them at a time: each time all that was
** gathered is passed over, and what these terms have of it is put where it belongs, in
** memory for a quarter of all.
**
** Cost: some 15 ns for a word of a text, to put and to read it; a term takes some 30 bytes.
*/
#ifndef DSR_STORE_POSTINGS_H
#define DSR_STORE_POSTINGS_H

#include <stdint.h>

#include "ground/bytes.h"

enum { DSR_SEARCH_COLUMNS = 2, DSR_TERM_MOST = 1000 /* bytes */ };

/* How many words a text has in each column. */
typedef struct dsr_text_sizes {
  uint32_t id;
  uint32_t words[DSR_SEARCH_COLUMNS];
} dsr_text_sizes;

typedef struct dsr_postings dsr_postings;

/* NULL where there is no memory, as DSR_ENOMEM below: without words. */
dsr_postings *dsr_postings_new(void);
void dsr_postings_free(dsr_postings *postings); /* NULL is allowed */

/* The number of a term, which is new if it was not there; it is not empty. */
dsr_status dsr_postings_term(dsr_postings *postings, dsr_str word, uint32_t *term);

/* A text, of a greater number than the one before and at most 2^32 - 1, whose columns have
** the terms at `terms`, one column's after the other's.  One without words leaves
** nothing. */
dsr_status dsr_postings_put(dsr_postings *postings, const dsr_text_sizes *text,
                            const uint32_t *const terms[DSR_SEARCH_COLUMNS]);

/* Bytes taken so far; with 2^34 of them nothing more is to be put. */
size_t dsr_postings_memory(const dsr_postings *postings);
/* Texts so far, in order, and how many of them. */
const dsr_text_sizes *dsr_postings_texts(const dsr_postings *postings, size_t *n);

/* The parts of the sum over what is there (search.h): of a word at its place, by its own
** hash, too, and of a text's counts of words. */
uint64_t dsr_postings_hash(dsr_str word);
static inline uint64_t dsr_postings_sum_part(uint64_t hash, uint64_t id, int column,
                                             uint64_t place) {
  uint64_t at = (id << 28 ^ place) * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)column;
  at = (at ^ hash ^ at >> 32) * UINT64_C(0xd1342543de82ef95);
  return at ^ at >> 29;
}
uint64_t dsr_postings_sum_word(uint64_t id, int column, uint64_t place, dsr_str word);
uint64_t dsr_postings_sum_sizes(uint64_t id, const uint64_t sizes[DSR_SEARCH_COLUMNS]);

/* ---- reading --------------------------------------------------------------------- */

/* Where a word stands. */
typedef struct dsr_posting {
  uint32_t text;  /* its number */
  uint32_t place; /* in the column, from 0; and DSR_POSTING_SECOND in the second one */
} dsr_posting;

static const uint32_t DSR_POSTING_SECOND = UINT32_C(1) << 31;

typedef struct dsr_postings_reader {
  const dsr_postings *postings;
  uint32_t *order;   /* terms by their bytes */
  uint32_t *ends;    /* of those terms: how many there are, or where they end */
  size_t at, to;     /* the next term, and where those that are laid out end */
  dsr_posting *laid; /* of these terms */
  size_t room;       /* for so many */
  size_t start;      /* the next term's */
} dsr_postings_reader;

/* Begin to read; nothing can be put any more, and it cannot be read again. */
dsr_status dsr_postings_read(dsr_postings *postings, dsr_postings_reader *reader);
/* The next term, and where it stands, in order, good until the next call.  DSR_ROW,
** DSR_DONE, DSR_ENOMEM. */
dsr_status dsr_postings_next(dsr_postings_reader *reader, dsr_str *word,
                             const dsr_posting **list, size_t *n);
void dsr_postings_stop(dsr_postings_reader *reader);

#endif
