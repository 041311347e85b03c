/*
** feed.h - base facts as numbers: what a base predicate reads, put into an extent.
**
** One scan of the relation through the view, so `is`, `symmetric`, `inverse` and the view's
** filters are those of every other reader.  Entities that `same_as` joins are read as the
** one that stands for them, so that rules join them.  A predicate that reads claims has a
** tuple for each live claim in view.
*/
#ifndef DSR_LOGIC_FEED_H
#define DSR_LOGIC_FEED_H

#include "eval/asked.h"
#include "logic/narrow.h"

/* What is read, and into which numbers. */
typedef struct dsr_feed {
  dsr_facts *facts;
  dsr_view *view;
  const dsr_predicate *predicate;
  dsr_numbers *numbers;
  uint64_t *read;           /* grows by the facts that were read */
  uint32_t *gave;           /* grows by the numbers that were given */
  const dsr_narrow *narrow; /* rows that it leaves out are no tuples; NULL: all are */
} dsr_feed;

/* Append the tuples to a stored extent of the predicate's width. */
dsr_status dsr_feed_base(const dsr_feed *feed, dsr_extent *out);
/* Append those of the facts that match a pattern (dsr_scan_start); *walked as
** dsr_scan_walked() tells. */
dsr_status dsr_feed_some(const dsr_feed *feed, const dsr_word *pattern,
                         dsr_fetched *out, uint64_t *walked);

/* One part of a claim (DSR_PART_*) as a word, DSR_WORD_NONE where it has none. */
dsr_status dsr_claim_part_word(dsr_facts *facts, dsr_view *view, int part,
                               const dsr_claim_row *claim, dsr_word *out);

#endif
