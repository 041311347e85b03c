/*
** main.c - the dossier command: arguments in, exit code out.
**
** It is a host program like any other and knows dossier.h only.  Each command opens
** what it needs, does its work, and closes; what it finds goes to standard output, what
** goes wrong to standard error as "dossier: message".
**
** Exit codes: 0 done; 1 nothing found, or a check failed; 2 wrong usage or bad input.
** Where the reader of a pipe has left, the command ends quietly.
*/
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/pager.h"

const dsr_command *const dsr_commands[] = {&dsr_command_load,
                                           &dsr_command_export,
                                           &dsr_command_import,
                                           &dsr_command_query,
                                           &dsr_command_search,
                                           &dsr_command_add,
                                           &dsr_command_deny,
                                           &dsr_command_retract,
                                           &dsr_command_prefer,
                                           &dsr_command_deprecate,
                                           &dsr_command_undo,
                                           &dsr_command_rename,
                                           &dsr_command_rules,
                                           &dsr_command_why,
                                           &dsr_command_format,
                                           &dsr_command_check,
                                           &dsr_command_diff,
                                           &dsr_command_compact,
                                           &dsr_command_backup,
                                           &dsr_command_forget,
                                           &dsr_command_scripts,
                                           &dsr_command_complete,
                                           NULL};

static void print_help(void) {
  fputs(
      "dossier: facts, who claims them, and reports that cite them.\n"
      "\n"
      "Usage: dossier [-b BASE] [options] COMMAND ...\n"
      "\n"
      "Commands:\n",
      stdout);
  for (int i = 0; dsr_commands[i] != NULL; i++) {
    if (dsr_commands[i]->summary != NULL) printf("  %s\n", dsr_commands[i]->summary);
  }
  fputs(
      "  run SCRIPT ...     run a Lua script\n"
      "  info               what the base holds, in figures\n"
      "  NAME ...           run the script NAME: summary, timeline, profile, ...\n"
      "\n",
      stdout);
  fputs(dsr_options_help, stdout);
  fputs(
      "\n"
      "Options may stand before the command or after it.  An option that a script "
      "takes\n"
      "itself (see dossier NAME --help) is the script's when it stands after the "
      "name.\n"
      "\n"
      "dossier COMMAND --help tells more, dossier --version the version.\n"
      "Exit codes: 0 done; 1 nothing found, or a check failed; 2 wrong usage or "
      "input.\n",
      stdout);
}

/* Run one of the commands, with the words at `argv`. */
static int run_command(const dsr_command *what, dsr_options *options,
                       const char *const *argv) {
  options->flags = what->flags;
  if (dsr_options_read(options, argv, 0, NULL, NULL, NULL) < 0) return DSR_EXIT_USAGE;
  if (!options->help) return what->run(options);
  dsr_pager_start(options);
  fputs(what->help, stdout);
  return DSR_EXIT_DONE;
}

static int run_named(dsr_options *options, const char *const *argv) {
  const char *name = options->command;
  for (int i = 0; dsr_commands[i] != NULL; i++) {
    if (strcmp(name, dsr_commands[i]->name) == 0) {
      return run_command(dsr_commands[i], options, argv);
    }
  }
  if (strcmp(name, "run") == 0) return dsr_run_command(options, argv);
  return dsr_script_command(options, name, argv);
}

static int dispatch(dsr_options *options, const char *const *argv) {
  int read;
  if (dsr_options_read(options, argv, 1, NULL, NULL, &read) < 0) return DSR_EXIT_USAGE;
  if (options->version) {
    printf("dossier %s\n", dsr_version());
    return DSR_EXIT_DONE;
  }
  if (options->command != NULL) return run_named(options, argv + read);
  if (options->help) {
    dsr_pager_start(options);
    print_help();
    return DSR_EXIT_DONE;
  }
  return dsr_tell("what is to be done? dossier --help lists the commands");
}

int main(int argc, char **argv) {
  dsr_options options;
  signal(SIGPIPE, SIG_IGN); /* a write fails instead, and the base is closed well */
  if (dsr_options_new(&options, argc) < 0) return dsr_tell("out of memory");
  int code = dispatch(&options, (const char *const *)argv + (argc > 0));
  dsr_options_free(&options);
  return dsr_out_finish(code);
}
