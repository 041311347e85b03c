/*
** command.h - the commands there are, and what the main program knows of each.
**
** A command is a function from sorted options to an exit code.  It lives in the file of
** its name with its help; the table in main.c puts them together.
*/
#ifndef DSR_CLI_COMMAND_H
#define DSR_CLI_COMMAND_H

#include "cli/options.h"

typedef struct dsr_command {
  const char *name;
  const char *summary; /* a line for --help: "load FILE...       put ..." */
  int (*run)(dsr_options *options);
  const char *help;
  const dsr_flag *flags; /* options of its own; NULL: none */
} dsr_command;

/* All commands, in the order that help tells them; ended by a NULL name. */
extern const dsr_command *const dsr_commands[];

extern const dsr_command dsr_command_load;
extern const dsr_command dsr_command_export;
extern const dsr_command dsr_command_import;
extern const dsr_command dsr_command_query;
extern const dsr_command dsr_command_search;
extern const dsr_command dsr_command_add;
extern const dsr_command dsr_command_deny;
extern const dsr_command dsr_command_retract;
extern const dsr_command dsr_command_prefer;
extern const dsr_command dsr_command_deprecate;
extern const dsr_command dsr_command_undo;
extern const dsr_command dsr_command_rename;
extern const dsr_command dsr_command_rules;
extern const dsr_command dsr_command_why;
extern const dsr_command dsr_command_format;
extern const dsr_command dsr_command_diff;
extern const dsr_command dsr_command_compact; /* care.c, like the next ones */
extern const dsr_command dsr_command_backup;
extern const dsr_command dsr_command_forget;
extern const dsr_command dsr_command_check;
extern const dsr_command dsr_command_scripts;
extern const dsr_command dsr_command_complete; /* not told in help: for shells */

/* `run` and scripts by name read their words themselves: they may be a script's.  A name
** that no script has may have been meant for a command, which is told. */
int dsr_script_command(dsr_options *options, const char *name, const char *const *argv);
int dsr_run_command(dsr_options *options, const char *const *argv);
/* What a script says for --help, or where there is no such script why, which then is told
** in *status; to be freed.  NULL where there is no memory.  No base is needed. */
char *dsr_script_help(const char *name, dsr_status *status);

#endif
