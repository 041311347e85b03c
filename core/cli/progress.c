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

enum { WIDE = 48 }; /* bytes of what is done: with the words it fits eighty columns */

void dsr_progress_start(dsr_progress_line *line) {
  *line = (dsr_progress_line){.terminal = isatty(STDERR_FILENO)};
}

void dsr_progress_words(dsr_progress_line *line, const char *what, const char *words) {
  if (!line->terminal) return;
  dsr_buffer shown = {0};
  dsr_buffer_show(&shown, dsr_out_str(what));
  fprintf(stderr, "\r%.*s%s\033[K", (int)(shown.len < WIDE ? shown.len : WIDE),
          shown.data, words);
  dsr_buffer_free(&shown);
  fflush(stderr);
  line->shown = 1;
}

int dsr_progress_show(void *line, const char *what, int64_t done, int64_t total) {
  char words[32] = "";
  if (total > 0) snprintf(words, sizeof words, "  %d %%", (int)(done * 100 / total));
  dsr_progress_words(line, what, words);
  return 0;
}

void dsr_progress_clear(dsr_progress_line *line) {
  if (line->shown) fputs("\r\033[K", stderr);
  line->shown = 0;
}
