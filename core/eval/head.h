/*
** head.h - gathering short ranges of numbers before they are added to a row.
*/
#ifndef DSR_EVAL_HEAD_H
#define DSR_EVAL_HEAD_H

#include "eval/operator.h"

enum { DSR_GATHER = 256, DSR_GATHER_SHORT = 16 };

typedef struct dsr_gather {
  dsr_pool *pool;
  dsr_row *row;
  uint32_t n;
  uint32_t values[DSR_GATHER + DSR_GATHER_SHORT];
} dsr_gather;

static inline void dsr_gather_start(dsr_gather *g, dsr_pool *pool, dsr_row *row) {
  g->pool = pool;
  g->row = row;
  g->n = 0;
}

/* What is gathered goes into the row.  DSR_ENOMEM, without words. */
dsr_status dsr_gather_flush(dsr_gather *g);

/* Values that are many of a row may bring all of it: it holds all the same. */
static inline dsr_status dsr_gather_add(dsr_gather *g, const dsr_values *some) {
  uint32_t n = some->n;
  if (n > DSR_GATHER_SHORT) {
    bool dense = some->row != NULL && g->row->kind == DSR_ROW_BITS &&
                 dsr_row_is_dense(some->row, n);
    return dense ? dsr_row_merge(g->pool, g->row, some->row)
                 : dsr_row_append(g->pool, g->row, some->items, n);
  }
  for (uint32_t i = 0; i < n; i++) g->values[g->n + i] = some->items[i];
  g->n += n;
  return g->n < DSR_GATHER ? DSR_OK : dsr_gather_flush(g);
}

#endif
