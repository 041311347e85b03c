/*
** target.h - the base that a command works on, and perhaps a view of it.
*/
#ifndef DSR_CLI_TARGET_H
#define DSR_CLI_TARGET_H

#include "cli/options.h"

typedef struct dsr_target {
  dsr_base *base;
  dsr_base *view;   /* NULL: none was asked for */
  const char *path; /* NULL: in memory */
  char **queries;   /* in the files that were loaded, as written, in order */
  int n_queries;
} dsr_target;

/* The base that -b names, or else the environment; NULL: none. */
const char *dsr_target_path(const dsr_options *options);

/* What is to be read: the view where there is one. */
dsr_base *dsr_target_seen(const dsr_target *on);

/* Tell what went wrong with `base`.  Returns the exit code. */
int dsr_target_fail(dsr_base *base, dsr_status status);

/*
** Open what the command line means: the base of -b; else the files among the arguments,
** in memory; else the base of the environment.  Files beside -b stay arguments.  An exit
** code, 0 where it is open.
*/
int dsr_target_open(dsr_options *options, int read_only, dsr_target *on);

/* Open the base of -b or of the environment to change it, and no view.  `must_exist`:
** it is not made.  An exit code. */
int dsr_target_write(dsr_options *options, int must_exist, dsr_target *on);

void dsr_target_close(dsr_target *on);

/* Is the word a file in the language, by its name. */
int dsr_target_names_file(const char *word);

#endif
