/*
** deriving.h - what bounds rules at work for a command, stops them, and shows how far they
** are.
**
** Commands that have rules derive take the same options: their flags begin with those of
** DSR_DERIVING_FLAGS.
*/
#ifndef DSR_CLI_DERIVING_H
#define DSR_CLI_DERIVING_H

#include "cli/options.h"

/* Places in the command's flags. */
enum {
  DSR_DERIVING_TUPLES,
  DSR_DERIVING_MEMORY,
  DSR_DERIVING_TIME,
  DSR_DERIVING_THREADS,
  DSR_DERIVING_QUIET,
  DSR_DERIVING_OWN, /* the first of the command alone */
};

/* clang-format off */
#define DSR_DERIVING_FLAGS                            \
  [DSR_DERIVING_TUPLES] = {"--limit-tuples", 1},      \
  [DSR_DERIVING_MEMORY] = {"--limit-memory", 1},      \
  [DSR_DERIVING_TIME] = {"--limit-time", 1},          \
  [DSR_DERIVING_THREADS] = {"--threads", 1},          \
  [DSR_DERIVING_QUIET] = {"--quiet", 0}

#define DSR_DERIVING_HELP                                                              \
  "  --limit-tuples N, --limit-memory MB, --limit-time SECONDS\n"                       \
  "                  end what derives more (unless given: half of the machine's\n"      \
  "                  memory); Ctrl-C ends it, too\n"                                    \
  "  --threads N     evaluate rules with up to N threads, 1 to 64 (default 1); "       \
  "answers\n"                                                                          \
  "                  do not depend on it\n"                                             \
  "  --quiet         do not show on the terminal how far a long derivation is\n"
/* clang-format on */

/* Bound what is derived with `base` by the options, have an interrupt stop it and, where
** standard error is a terminal, a line show how far it is.  0, or -1 where an option is
** wrong, told.  One at a time. */
int dsr_deriving_start(const dsr_options *options, dsr_base *base);
/* Take the line away: before anything is written to the terminal. */
void dsr_deriving_clear(void);
/* Before the base is closed. */
void dsr_deriving_end(void);

/* The exit code of a failure, `code` unless it was stopped. */
int dsr_deriving_code(dsr_status status, int code);

#endif
