/*
** probe_inside.h - a packed block that is asked as it lies.
*/
#ifndef DSR_STORE_PROBE_INSIDE_H
#define DSR_STORE_PROBE_INSIDE_H

#include "store/column.h"
#include "store/probe.h"

struct dsr_probe {
  uint64_t block;
  int width;
  int asked;
  bool sampled; /* the columns' sums were made */
  size_t rows;
  dsr_column columns[DSR_ROW_MAX + 1];
  uint64_t *samples; /* of all columns */
  unsigned char bytes[];
};

#endif
