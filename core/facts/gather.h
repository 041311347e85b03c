/*
** gather.h - the words of many texts, on their way into the search.
**
** Texts come in order of their numbers, as their symbols are spelled; their words are what
** dsr_search_spell() makes of them.  What a word is, is worked out once and kept, as long
** as there is memory: of a million words some ten thousand differ.  What was gathered is
** laid out as segments (store/segment.h) whenever it takes the memory allowed.
**
** It works on memory of its own only, so that another thread may do it.  Cost: some 60 ns
** for a word.
*/
#ifndef DSR_FACTS_GATHER_H
#define DSR_FACTS_GATHER_H

#include <stdint.h>

#include "ground/mem.h"
#include "store/segment.h"

enum { DSR_GATHER_MANY = 500 }; /* texts that are worth it */

typedef struct dsr_gathering {
  struct dsr_gatherer *work;   /* NULL: nothing is under way */
  size_t memory;               /* bytes for what is under way, and for the segments */
  VEC(dsr_segment *) segments; /* what is done */
  size_t laid;                 /* bytes of them */
  uint64_t languages;          /* that texts were in, a bit each */
} dsr_gathering;

/* Back to all zero, as it starts but for `memory`. */
void dsr_gathering_free(dsr_gathering *gathering);

/* Gather a text.  DSR_ENOMEM, without words; nothing more can be done then. */
dsr_status dsr_gathering_add(dsr_gathering *gathering, uint64_t number,
                             dsr_str spelling);
/* Nothing more comes, or not for now: lay out what is under way. */
dsr_status dsr_gathering_end(dsr_gathering *gathering);
/* Do the segments take so much that they should go to the store first? */
bool dsr_gathering_full(const dsr_gathering *gathering);

#endif
