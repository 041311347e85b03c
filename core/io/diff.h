/*
** diff.h - what differs between two bases, views, or states of one.
**
** Each side is written out as lines, one for each statement (export.h), and never kept:
** the first time a hash of each line is, the second time the lines whose hash the other
** side does not have.  Lines that tell of the same thing, as their keys say, are a change.
**
** Cost: writing out each side that has something of its own twice, the other once; eight
** bytes for each statement, and what differs.  Of a million statements on both sides two
** lines that differ would be taken for one in one run of some 20 million.
*/
#ifndef DSR_IO_DIFF_H
#define DSR_IO_DIFF_H

#include "facts/view.h"

enum { DSR_SIDES = 2 };

/* What is compared: the first side is the older one. */
typedef struct dsr_diffing {
  dsr_facts *facts[DSR_SIDES];
  dsr_view *view[DSR_SIDES];
  const dsr_diff_options *options;
  dsr_difference_found found;
  void *ud;
} dsr_diffing;

/* As dsr_diff() of dossier.h; what fails is told to `error`. */
dsr_status dsr_facts_diff(const dsr_diffing *how, dsr_error *error);

#endif
