/*
** worded.h - facts in words, as people read them.
**
** A fact reads as its relation's phrase has it, or as name and columns: an entity by its
** label in the view, a text by its string, any other value as it is written.  Labels are
** remembered, so that many facts about few things cost one look-up for each thing and a
** copy for each fact; of very many labels only the last ones are kept.
*/
#ifndef DSR_FACTS_WORDED_H
#define DSR_FACTS_WORDED_H

#include "facts/view.h"
#include "ground/bytes.h"

typedef struct dsr_worded_label dsr_worded_label;

/* All zero but the first two at first. */
typedef struct dsr_worded {
  dsr_facts *facts;
  dsr_view *view;
  dsr_worded_label *labels; /* by a hash of the entity; its word is 0 where none is */
  size_t n_labels, room;
  dsr_arena arena; /* what the labels are in */
} dsr_worded;

/* Add a fact's words to `out`.  Labels are as they were when each was first met. */
dsr_status dsr_worded_put(dsr_worded *worded, const dsr_tuple *fact, dsr_bytes *out);

void dsr_worded_free(dsr_worded *worded);

#endif
