/*
** api_watch.c - what a watcher is told.  Its argument is a file in the language, which
** is loaded into an empty base; every claim that is opened or closed on the way is
** written, "+ claim" or "- claim" a line, with the dot that ends a clause.
*/
#include "check.h"

static void print(void *ud, int change, dsr_str claim) {
  ++*(int *)ud;
  printf("%c %.*s.\n", change > 0 ? '+' : '-', (int)claim.len, claim.data);
}

/* Nobody is told after the watcher left, of what is undone again, or of nothing. */
static int quiet(dsr_base *base, const int *told) {
  int before = *told;
  dsr_base *view;
  dsr_view_options all = {0};
  CHECK_STATUS(DSR_NOTHING, base, dsr_retract(base, "source(nobody)", NULL));
  CHECK(dsr_load(base, "bad.dl", "fine(a). bad(", 13) < 0);
  CHECK(*told == before);
  CHECK_STATUS(DSR_OK, base, dsr_view_open(base, &all, &view));
  CHECK_STATUS(DSR_EREADONLY, view, dsr_watch(view, print, NULL));
  CHECK_STATUS(DSR_OK, view, dsr_close(view));
  CHECK_STATUS(DSR_OK, base, dsr_watch(base, NULL, NULL));
  CHECK_STATUS(DSR_OK, base, dsr_add(base, "unseen(a)", NULL));
  CHECK(*told == before);
  return 0;
}

int main(int argc, char **argv) {
  dsr_base *base;
  int told = 0;
  CHECK(argc == 2);
  CHECK(dsr_open(NULL, NULL, &base) == DSR_OK);
  CHECK_STATUS(DSR_OK, base, dsr_watch(base, print, &told));
  CHECK_STATUS(DSR_OK, base, dsr_load_files(base, (const char *const *)&argv[1], 1));
  CHECK(told == dsr_changes(base));
  if (quiet(base, &told)) return 1;
  CHECK_STATUS(DSR_OK, base, dsr_close(base));
  return 0;
}
