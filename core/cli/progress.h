/*
** progress.h - a line on a terminal that says how far a long call is.
*/
#ifndef DSR_CLI_PROGRESS_H
#define DSR_CLI_PROGRESS_H

#include "cli/options.h"

typedef struct dsr_progress_line {
  int terminal; /* there is one to show it on */
  int shown;
} dsr_progress_line;

void dsr_progress_start(dsr_progress_line *line);
/* "reading a.dl  45 %", in place of what the line showed.  A dsr_progress whose `ud` is
** the line; it stops nothing. */
int dsr_progress_show(void *line, const char *what, int64_t done, int64_t total);
/* The same with other words than a share behind `what`, which are told whole. */
void dsr_progress_words(dsr_progress_line *line, const char *what, const char *words);
/* Take the line away, before anything else is written there. */
void dsr_progress_clear(dsr_progress_line *line);

#endif
