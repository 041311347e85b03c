/*
** progress.c - a line on a terminal that says how far a long call is.
**
** It stands on standard error and is rewritten in place; where standard error is no
** terminal there is none.
*/
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/buffer.h"
#include "cli/out.h"

void dsr_progress_start(dsr_progress_line *line) {
  *line = (dsr_progress_line){.terminal = isatty(STDERR_FILENO)};
}

int dsr_progress_show(void *ud, const char *what, int64_t done, int64_t total) {
  dsr_progress_line *line = ud;
  if (!line->terminal) return 0;
  dsr_buffer shown = {0};
  dsr_buffer_show(&shown, dsr_out_str(what));
  fprintf(stderr, "\r%.*s", (int)(shown.len < 60 ? shown.len : 60), shown.data);
  dsr_buffer_free(&shown);
  if (total > 0) fprintf(stderr, "  %d %%", (int)(done * 100 / total));
  fputs("\033[K", stderr);
  fflush(stderr);
  line->shown = 1;
  return 0;
}

void dsr_progress_clear(dsr_progress_line *line) {
  if (line->shown) fputs("\r\033[K", stderr);
  line->shown = 0;
}
