/*
** differing.c - what differs between two bases, or views of one.
**
** Comparing is core/io's; here is what bases add: their views and their errors.
*/
#include "io/diff.h"
#include "lua/base.h"

dsr_status dsr_base_diff(dsr_base *a, dsr_base *b, const dsr_diff_options *options,
                         dsr_difference_found found, void *ud) {
  dsr_diffing how = {.options = options, .found = found, .ud = ud};
  dsr_base *sides[DSR_SIDES] = {a, b};
  for (int side = 0; side < DSR_SIDES; side++) {
    dsr_status rc = dsr_base_enter(sides[side]);
    if (rc < 0 && sides[side]->error != a->error) *a->error = *sides[side]->error;
    TRY(rc);
    how.facts[side] = sides[side]->facts;
    how.view[side] = sides[side]->view;
  }
  a->children++; /* the callbacks run while they are read: they must not close */
  b->children++;
  dsr_status rc = dsr_facts_diff(&how, a->error);
  a->children--;
  b->children--;
  return rc;
}
