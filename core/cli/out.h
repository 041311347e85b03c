/*
** out.h - standard output: what it goes to, and how it ends.
*/
#ifndef DSR_CLI_OUT_H
#define DSR_CLI_OUT_H

#include <string.h>

#include "cli/options.h"

/* Send on what was written, and end the pager.  Where that fails the exit code is 2 and
** it is told, unless nobody reads any more. */
int dsr_out_finish(int code);

/* Takes a script's output; `ud` is the dsr_options that tell of the pager. */
int dsr_out_write(void *ud, const char *text, size_t len);

/* Print a line, which is ended here.  What it quotes may come from anywhere: controls in it
** are shown as escapes, so that no terminal obeys them. */
void dsr_out_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Columns of the terminal that the output goes to, through a pager or not; 0 where it is
** none. */
int dsr_out_width(void);

/* May the output be coloured: it goes to a terminal that is not dumb, and NO_COLOR is
** not set. */
int dsr_out_colour(void);

/* The same of any open descriptor. */
int dsr_out_colours(int descriptor);

static inline dsr_str dsr_out_str(const char *text) {
  return (dsr_str){text, strlen(text)};
}

/* "" for 1, else "s". */
static inline const char *dsr_out_plural(long long n) { return n == 1 ? "" : "s"; }

#endif
