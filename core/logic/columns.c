/*
** columns.c - orders of columns that serve all paths of a stratum.
**
** A way into an extent needs the columns that are known first, in any order, and maybe one
** certain column after them.  An order that is settled only as far as ways ask (blocks of
** columns) takes on a further way where that splits a block.  So few orders serve many ways:
** as many as the longest chain-free set of them at least (Subotic, Jordan, Chang, Fekete,
** Scholz 2018: automatic index selection); here each way goes to the first order that
** it fits, those that serve it as they are before those that it changes.
**
** This is for sorted extents and made ones of two columns, where one order is one index.
** Of the others, that are hashed, each set of known columns is an index of its own.
*/
#include "logic/path.h"

#include <string.h>

/* Does the order have a boundary after exactly these columns?  *in: the block that the
** boundary would split, -1: it lies across blocks. */
static bool has_boundary(const dsr_columns *order, unsigned columns, int *in) {
  unsigned before = 0;
  *in = -1;
  if (columns == 0) return true;
  for (int i = 0; i < order->n_blocks; i++) {
    if ((before & ~columns) != 0) return false;
    if ((columns & ~(before | order->blocks[i])) == 0) {
      if (columns == (before | order->blocks[i])) return true;
      *in = i;
      return false;
    }
    before |= order->blocks[i];
  }
  return false;
}

static void split(dsr_columns *order, int at, unsigned columns) {
  int after = order->n_blocks - at - 1;
  unsigned block = order->blocks[at];
  memmove(&order->blocks[at + 2], &order->blocks[at + 1],
          (size_t)after * sizeof *order->blocks);
  order->blocks[at] = block & columns;
  order->blocks[at + 1] = block & ~columns;
  order->n_blocks++;
}

/* Have the boundary; false: it does not fit. */
static bool settle(dsr_columns *order, unsigned columns) {
  int in;
  if (has_boundary(order, columns, &in)) return true;
  if (in < 0) return false;
  for (int i = 0; i < in; i++) {
    if ((order->blocks[i] & ~columns) != 0) return false;
  }
  if ((order->blocks[in] & columns) == 0) return false;
  split(order, in, columns);
  return true;
}

static unsigned with(unsigned known, int next) {
  return next >= 0 ? known | 1u << next : known;
}

/* Does the order serve the way as it is? */
static bool serves(const dsr_columns *order, unsigned known, int next) {
  int in;
  return has_boundary(order, known, &in) && has_boundary(order, with(known, next), &in);
}

/* Change the order so that it serves the way; false, and nothing changed: it cannot. */
static bool adapt(dsr_columns *order, unsigned known, int next) {
  dsr_columns changed = *order;
  if (!settle(&changed, known) || !settle(&changed, with(known, next))) return false;
  *order = changed;
  return true;
}

/* Are all the columns' ways one index? */
static bool is_sorted(const dsr_extent *extent) {
  dsr_extent_kind kind = dsr_extent_kind_of(extent);
  return kind == DSR_EXTENT_STORED ||
         (kind == DSR_EXTENT_MADE && dsr_extent_width(extent) == 2);
}

dsr_status dsr_columns_want(dsr_router *router, dsr_extent *extent, unsigned known,
                            int next) {
  int width = dsr_extent_width(extent);
  unsigned all = (1u << width) - 1;
  if (width < 2 || !is_sorted(extent)) return DSR_OK;
  for (size_t i = 0; i < router->columns.len; i++) {
    const dsr_columns *order = &router->columns.items[i];
    if (order->extent == extent && serves(order, known, next)) return DSR_OK;
  }
  for (size_t i = 0; i < router->columns.len; i++) {
    dsr_columns *order = &router->columns.items[i];
    if (order->extent == extent && adapt(order, known, next)) return DSR_OK;
  }
  dsr_columns fresh = {.extent = extent, .n_blocks = 1, .blocks = {all}};
  (void)adapt(&fresh, known, next);
  return VEC_PUSH(&router->columns, fresh) ? DSR_OK : dsr_fail_memory(router->error);
}

static int flatten(unsigned block, uint8_t *order) {
  int n = 0;
  for (; block != 0; block &= block - 1) order[n++] = (uint8_t)__builtin_ctz(block);
  return n;
}

void dsr_columns_order(const dsr_router *router, dsr_extent *extent, unsigned known,
                       int next, uint8_t *order) {
  unsigned all = (1u << dsr_extent_width(extent)) - 1;
  for (size_t i = 0; i < router->columns.len; i++) {
    const dsr_columns *met = &router->columns.items[i];
    if (met->extent != extent || !serves(met, known, next)) continue;
    for (int b = 0, n = 0; b < met->n_blocks; b++) {
      n += flatten(met->blocks[b], order + n);
    }
    return;
  }
  int n = flatten(known, order);
  if (next >= 0) order[n++] = (uint8_t)next;
  (void)flatten(all & ~with(known, next), order + n);
}

dsr_status dsr_columns_want_all(dsr_router *router, const dsr_routed *routed) {
  for (int i = 0; i < routed->n_steps; i++) {
    const dsr_path_step *step = &routed->steps[i];
    for (int m = 0; m < step->n_members; m++) {
      const dsr_member *member = &step->members[m];
      const dsr_goal *goal = &routed->rule->goals[member->goal];
      TRY(dsr_columns_want(router, router->seats[goal->predicate].extent, member->known,
                           member->next));
    }
  }
  return DSR_OK;
}

dsr_status dsr_columns_have(dsr_router *router, dsr_extent *extent) {
  dsr_columns own = {.extent = extent, .n_blocks = dsr_extent_width(extent)};
  for (int i = 0; i < own.n_blocks; i++) own.blocks[i] = 1u << i;
  if (own.n_blocks < 2) return DSR_OK;
  return VEC_PUSH(&router->columns, own) ? DSR_OK : dsr_fail_memory(router->error);
}

void dsr_columns_fix(dsr_router *router) {
  for (size_t i = 0; i < router->columns.len; i++) {
    dsr_columns *order = &router->columns.items[i];
    uint8_t columns[DSR_WIDTH_MAX];
    int n = 0;
    for (int b = 0; b < order->n_blocks; b++)
      n += flatten(order->blocks[b], columns + n);
    for (int c = 0; c < n; c++) order->blocks[c] = 1u << columns[c];
    order->n_blocks = n;
  }
}
