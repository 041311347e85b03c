/*
** segment.h - what was gathered (postings.h), laid out as a segment of an FTS5 index.
**
** FTS5 takes documents only, one by one, and a text costs it 17 µs; laid out here and
** written where FTS5 keeps its segments (attach.c), it costs a tenth.  What the pages hold
** is described at the head of SQLite's ext/fts5/fts5_index.c, points 3 to 5; it is as
** steady as all of SQLite's file format.
**
** Memory only, so another thread may do it.
*/
#ifndef DSR_STORE_SEGMENT_H
#define DSR_STORE_SEGMENT_H

#include "ground/bytes.h"
#include "store/postings.h"

/* A page of it, in `data`. */
typedef struct dsr_segment_row {
  uint64_t id; /* without the segment's own number, which stands above all of it */
  size_t start, len;
} dsr_segment_row;

/* The page where terms from this one on are: `page` is twice its number, and 1 where its
** last term has pages of its own that say where its texts are. */
typedef struct dsr_segment_split {
  uint64_t page;
  size_t start, len; /* the term in `data`, cut */
} dsr_segment_split;

enum { DSR_SEGMENT_SHIFT = 37 }; /* where the segment's number stands in a row's id */

typedef struct dsr_segment {
  dsr_bytes data;
  VEC(dsr_segment_row) leaves; /* numbers 1, 2, 3 ... */
  VEC(dsr_segment_row) skips;  /* what leads to the pages of long lists */
  VEC(dsr_segment_split) splits;
  VEC(dsr_text_sizes) texts;
  uint64_t words[DSR_SEARCH_COLUMNS]; /* of all texts together */
  uint64_t sum;
} dsr_segment;

/* Lay out what was gathered, to which nothing can be put any more.  DSR_ENOMEM, without
** words. */
dsr_status dsr_segment_build(dsr_postings *postings, dsr_segment **out);
void dsr_segment_free(dsr_segment *segment); /* NULL is allowed */
size_t dsr_segment_memory(const dsr_segment *segment);

#endif
