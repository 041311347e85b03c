/*
** api_drain.c - a query that steps while a change begins, and memory runs out.
**
** Beginning a change makes a live query take its remaining answers into memory.  Where
** that fails, the change does not begin; the query gives every answer, or says that it
** failed and gives them after a reset.  It never ends early as if that were all.
*/
#include "check.h"
#include "ground/mem.h"

enum { ANSWERS = 500, FAILURES = 60 };

/* Step to the end; the rows counted on from `rows`. */
static dsr_status step_on(dsr_query *query, int *rows) {
  dsr_status rc;
  while ((rc = dsr_step(query)) == DSR_ROW) ++*rows;
  return rc;
}

static int steps_on(long nth) {
  dsr_base *base;
  dsr_query *query;
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_load(base, NULL, "p(1..500).", 10));
  CHECK_STATUS(DSR_OK, base, dsr_prepare(base, "p(X)", &query));
  CHECK_STATUS(DSR_ROW, base, dsr_step(query));
  dsr_mem_fail_at(nth);
  dsr_status began = dsr_begin(base);
  dsr_mem_fail_at(0);
  CHECK(began == DSR_OK || began == DSR_ENOMEM);
  int rows = 1;
  dsr_status rc = step_on(query, &rows);
  CHECK(rc == DSR_DONE || rc == DSR_ENOMEM);
  if (rc == DSR_ENOMEM) {
    rows = 0;
    CHECK_STATUS(DSR_OK, base, dsr_reset(query));
    CHECK_STATUS(DSR_DONE, base, step_on(query, &rows));
  }
  CHECK(rows == ANSWERS);
  dsr_finalize(query);
  CHECK(dsr_close(base) == DSR_OK);
  return 0;
}

int main(void) {
  for (long nth = 1; nth <= FAILURES; nth++) {
    if (steps_on(nth) != 0) return 1;
  }
  puts("all given");
  return 0;
}
