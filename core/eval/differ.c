/*
** differ.c - telling from a pipeline's operators that what it emits differs.
**
** Rows differ after an operator if they differed before it, and what it finds for one row
** differs, and all of that is filled into slots or matched.  If then every slot that was
** filled stands in the head, the tuples differ as well.  An operator of which this is not
** known (a function that may give a row twice, a column that is skipped, tuples of which
** some are out of date) makes the answer no.
*/
#include "eval/differ.h"

/* Every column that the operator comes by is filled or matched; slots that are filled are
** marked. */
static bool takes_all(const dsr_op *op, bool *filled) {
  for (int i = 0; i < op->n_takes; i++) {
    if (op->takes[i].kind == DSR_TAKE_SKIP) return false;
    if (op->takes[i].kind == DSR_TAKE_FILL) filled[op->takes[i].ref.slot] = true;
  }
  return true;
}

static bool is_best(const dsr_extent *extent) {
  return dsr_extent_kind_of(extent) == DSR_EXTENT_BEST;
}

/* The columns after the prefix up to the last that is taken: as values each once, or, of
** tuples, all of them. */
static bool join_differs(const dsr_op *op) {
  const dsr_way *way = &op->ways[0];
  const dsr_extent *extent = dsr_index_extent(way->index);
  if (is_best(extent)) return false;
  return dsr_index_kind(way->index) == DSR_RANGE_VALUES ||
         way->prefix + op->n_takes == dsr_extent_width(extent);
}

static bool op_differs(const dsr_op *op, bool *filled) {
  switch (op->kind) {
    case DSR_OP_ONCE:
    case DSR_OP_HAS:
    case DSR_OP_TEST:
      return true;
    case DSR_OP_SCAN:
      return !is_best(op->extent) && takes_all(op, filled);
    case DSR_OP_JOIN:
      return join_differs(op) && takes_all(op, filled);
    case DSR_OP_MEET:
      return takes_all(op, filled);
    default:
      return false;
  }
}

bool dsr_ops_differ(const dsr_op *ops, int n) {
  bool filled[DSR_SLOTS] = {false};
  const dsr_op *emit = &ops[n - 1];
  for (int i = 0; i < n - 1; i++) {
    if (!op_differs(&ops[i], filled)) return false;
  }
  for (int i = 0; i < emit->n_args; i++) {
    if (emit->args[i].slot >= 0) filled[emit->args[i].slot] = false;
  }
  for (int slot = 0; slot < DSR_SLOTS; slot++) {
    if (filled[slot]) return false;
  }
  return true;
}
