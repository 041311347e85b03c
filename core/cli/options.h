/*
** options.h - what stands on the command line, sorted.
**
** The dossier command's own options (the base, the clock, the view) may stand before
** the command's name and after it.  What belongs to nobody here is kept in order as the
** command's arguments.
*/
#ifndef DSR_CLI_OPTIONS_H
#define DSR_CLI_OPTIONS_H

#include "dossier.h"

enum { DSR_EXIT_DONE = 0, DSR_EXIT_NOTHING = 1, DSR_EXIT_USAGE = 2 };

/* An option that a command has of its own; it goes before one of the same name that all
** commands have.  A list ends with a NULL name. */
typedef struct dsr_flag {
  const char *name; /* "--replace" */
  int takes_value;  /* DSR_FLAG_LIST: and may be given again */
} dsr_flag;

enum { DSR_FLAGS_MOST = 16, DSR_FLAG_LIST = 2 };

typedef struct dsr_options {
  const char *base; /* -b; NULL: not given */
  const char *now;
  const char *format; /* --format; NULL: not given */
  int no_pager;
  const dsr_flag *flags;            /* the command's own; NULL: none */
  const char *flag[DSR_FLAGS_MOST]; /* by place in `flags`: its value, or "" where it
                                    ** takes none; NULL: not given */
  dsr_view_options view;
  int has_view; /* some option of the view was given */
  int help, version;
  int runs; /* the command is `run`: what follows is a script's name and no command's */
  const char *command;    /* NULL: none */
  const char **arguments; /* what is left, ended by NULL */
  int n_arguments;
  const char **listed; /* values of the command's DSR_FLAG_LIST */
  int n_listed;
  const char **sources, **kinds, **speakers; /* the lists of `view` */
  int n_sources, n_kinds, n_speakers;
} dsr_options;

/* Make room for what `argc` words may hold: 0, or -1 where there is no memory. */
int dsr_options_new(dsr_options *options, int argc);
void dsr_options_free(dsr_options *options);

/* Does a script take the option `name` ("--since") itself? */
typedef int (*dsr_options_taken)(void *ud, const char *name);

/*
** Sort the words at `argv`, which end with NULL.  With `command`, the first that is no
** option is the command's name and the reading ends behind it; *read tells how many
** words were read.  With `taken`, an option that it claims, or that is not known here,
** is left as an argument, and so is everything behind "--".
**
** 0, or -1 where an option is wrong, which was told on standard error.
*/
int dsr_options_read(dsr_options *options, const char *const *argv, int command,
                     dsr_options_taken taken, void *ud, int *read);

/* The options as help shows them. */
extern const char dsr_options_help[];

/* An option that all commands have, for completion. */
typedef struct dsr_option_shape {
  const char *name; /* "--base" */
  char letter;      /* 'b', or 0 */
  int takes_value;
} dsr_option_shape;

/* The one at `place`, from 0; its name is NULL past the end. */
dsr_option_shape dsr_options_at(int place);

/* ---- telling -------------------------------------------------------------------- */

/* "dossier: message" on standard error.  Returns DSR_EXIT_USAGE. */
int dsr_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A race for the word nearest to `word`: offer candidates in any order.  `best` is
** empty until one is near enough. */
typedef struct dsr_near {
  const char *word;
  int distance;
  char best[64];
} dsr_near;
void dsr_near_start(dsr_near *race, const char *word);
void dsr_near_offer(dsr_near *race, const char *candidate);

#endif
