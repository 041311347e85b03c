/*
** layers.h - rows that are being folded and the levels that they swallow, as one feed.
**
** Rows come in ascending order, each once: of the feed that is merged in where it has the
** row, else as the uppermost level has it.  What lies in levels below is for the merge to
** tell, as of any feed.
*/
#ifndef DSR_STORE_LAYERS_H
#define DSR_STORE_LAYERS_H

#include "store/levels.h"

typedef struct dsr_layers {
  dsr_inflow feed;
  dsr_inflow *over; /* NULL: levels alone */
  bool begun;
  bool over_done;
  int n; /* levels not over, the uppermost first */
  dsr_level_walk walks[DSR_LEVELS_MOST];
  /* of the row that is out */
  bool from_over;
  bool from_level;
  uint64_t set; /* in the uppermost level that has it */
} dsr_layers;

/* Feed the levels `from` and up of a sequence, and `over`, as layers->feed. */
dsr_status dsr_layers_start(dsr_layers *layers, dsr_store *store,
                            dsr_sequence *sequence, int from, dsr_inflow *over);
void dsr_layers_stop(dsr_layers *layers);

#endif
