/*
** postings.h - which words stand where, gathered in memory for many texts at once.
**
** Texts come in order of their numbers, the words of each column in order of their places.
** A word is a *term*, which is numbered once; each time that it stands somewhere costs two
** to four bytes.  What was gathered goes into a segment (segment.h).  No other memory than
** its own is touched, so another thread may do it.
**
** Cost: some 20 ns for a word of a text; a term takes some 100 bytes.
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

/* Begin a text, of a greater number than the one before and at most 2^32 - 1; then put
** its words, those of the first column first. */
void dsr_postings_start(dsr_postings *postings, uint64_t id);
dsr_status dsr_postings_put(dsr_postings *postings, int column, uint32_t term);
/* Have the cache ready for n terms that will be put. */
void dsr_postings_ready(const dsr_postings *postings, const uint32_t *terms, size_t n);
/* The text is over; one without words leaves nothing. */
dsr_status dsr_postings_end(dsr_postings *postings);

/* Bytes taken so far, and the sum over what is there (search.h). */
size_t dsr_postings_memory(const dsr_postings *postings);
uint64_t dsr_postings_sum(const dsr_postings *postings);
/* Texts so far, in order, and how many of them. */
const dsr_text_sizes *dsr_postings_texts(const dsr_postings *postings, size_t *n);

/* The parts of the sum: of a word at its place, and of a text's counts of words. */
uint64_t dsr_postings_sum_word(uint64_t id, int column, uint64_t place, dsr_str word);
uint64_t dsr_postings_sum_sizes(uint64_t id, const uint64_t sizes[DSR_SEARCH_COLUMNS]);

/* ---- reading --------------------------------------------------------------------- */

/* All terms in the order of their bytes.  `order` has their numbers, from dsr_free(). */
dsr_status dsr_postings_sort(const dsr_postings *postings, uint32_t **order, size_t *n);
dsr_str dsr_postings_spelling(const dsr_postings *postings, uint32_t term);

/* Where a term stands, text by text. */
typedef struct dsr_postings_walk {
  const struct dsr_postings_chunk *chunk;
  const unsigned char *at, *end, *last;
  uint64_t id;   /* of the text at hand */
  uint64_t next; /* of the one after it; 0: there is none */
} dsr_postings_walk;
void dsr_postings_walk_start(const dsr_postings *postings, uint32_t term,
                             dsr_postings_walk *walk);
/* The next text with the term; *id, and its places as FTS5 has them in a position list,
** appended to `places`.  DSR_ROW, DSR_DONE, DSR_ENOMEM. */
dsr_status dsr_postings_walk_next(dsr_postings_walk *walk, uint64_t *id,
                                  dsr_bytes *places);

#endif
