/*
** script.c - running scripts, by path or name, and listing those that have a name.
**
** A name is run and not looked for first: what scripts there are is read only where it
** turns out to be of none.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/pager.h"
#include "cli/rows.h"
#include "cli/target.h"
#include "cli/template.h"

static const char run_help[] =
    "run: run a Lua script on a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] run SCRIPT [arguments]\n"
    "\n"
    "SCRIPT is a path (it holds a / or ends in .lua) or a name in the script path; a\n"
    "name may stand without run.  Where no base is named, files in the language among\n"
    "the arguments are loaded in memory.  See dossier run SCRIPT --help.\n"
    "\n"
    "A script whose first line is `#!/usr/bin/env -S dossier run` and that may be\n"
    "executed is run by its own name: ./mine.lua -b BASE ...\n"
    "\n"
    "  $ dossier -b nato.kb run ./mine.lua ukraine\n";

static const char scripts_help[] =
    "scripts: list the scripts that can be run by name, or begin one.\n"
    "\n"
    "Usage: dossier scripts [--format F] [NAME]\n"
    "       dossier scripts --new NAME\n"
    "\n"
    "They are those in the folders of $DOSSIER_PATH (separated by colons), in\n"
    "dossier/scripts in $XDG_DATA_HOME (without it ~/.local/share), and the bundled\n"
    "ones; the first of a name wins.  With a name, only where that one is.\n"
    "\n"
    "  --new NAME   write a small script that works into the first of these folders; "
    "a\n"
    "               NAME with a / or .lua is written there.  It never writes over a "
    "file\n"
    "\n"
    "  $ dossier scripts --new mine\n";

/* ---- names that no script has ---------------------------------------------------- */

/* Was `name` given where a command may stand, and is it no path. */
static int is_name(const dsr_options *options, const char *name) {
  size_t len = strlen(name);
  if (options->runs || strchr(name, '/') != NULL) return 0;
  return len <= 4 || strcmp(name + len - 4, ".lua") != 0;
}

typedef struct search {
  dsr_near near;
  int found;
} search;

static void meet_script(void *ud, const char *name, const char *where,
                        const char *summary) {
  search *for_name = ud;
  (void)where;
  (void)summary;
  if (strcmp(name, for_name->near.word) == 0) for_name->found = 1;
  dsr_near_offer(&for_name->near, name);
}

/* Is there a script `name`: they are all read. */
static int is_known(const char *name) {
  search for_name = {.near = {.word = name}};
  return dsr_script_each(meet_script, &for_name) >= 0 && for_name.found;
}

/* Tell that there is no command or script `name`, and what may have been meant. */
static int tell_unknown(const char *name) {
  search for_name = {0};
  dsr_near_start(&for_name.near, name);
  for (int i = 0; dsr_commands[i] != NULL; i++) {
    if (dsr_commands[i]->summary != NULL) {
      dsr_near_offer(&for_name.near, dsr_commands[i]->name);
    }
  }
  dsr_near_offer(&for_name.near, "run");
  dsr_status rc = dsr_script_each(meet_script, &for_name);
  if (rc < 0) return dsr_tell("%s", dsr_status_text(rc));
  if (for_name.near.best[0] == '\0') {
    return dsr_tell("no command or script called \"%s\"; see dossier --help", name);
  }
  return dsr_tell("no command or script called \"%s\"; did you mean \"%s\"?", name,
                  for_name.near.best);
}

/* ---- running --------------------------------------------------------------------- */

/* Takes a script's output into a stream of its own. */
static int write_to(void *ud, const char *text, size_t len) {
  return fwrite(text, 1, len, (FILE *)ud) == len ? 0 : 1;
}

char *dsr_script_help(const char *name, dsr_status *status) {
  static const char *const ask[] = {"--help", NULL};
  char *text = NULL;
  size_t len = 0;
  FILE *memory = open_memstream(&text, &len);
  if (memory == NULL) return NULL;
  dsr_script_options options = {.write = write_to, .ud = memory};
  *status = dsr_script_run(NULL, name, ask, &options, NULL);
  if (fclose(memory) == 0) return text;
  free(text);
  return NULL;
}

/* Print a script's help. */
static int help_script(const dsr_options *options, const char *name) {
  dsr_status status = DSR_OK;
  char *text = dsr_script_help(name, &status);
  int code = DSR_EXIT_DONE;
  if (text == NULL) return dsr_tell("out of memory");
  if (status >= 0) {
    dsr_pager_start(options);
    fputs(text, stdout);
  } else if (status == DSR_EABSENT && is_name(options, name)) {
    code = tell_unknown(name);
  } else {
    text[strcspn(text, "\n")] = '\0'; /* one message; the words end their line */
    code = dsr_tell("%s", text[0] != '\0' ? text : dsr_status_text(status));
  }
  free(text);
  return code;
}

/* Which script a command line is for, and its help once that was asked for. */
typedef struct script {
  const char *name;
  char *help;
  int asked;
} script;

/* Cut a script's help to its Usage line and the indented lines behind it. */
static void keep_usage(char *help) {
  char *at = strstr(help, "Usage:");
  if (at == NULL) at = help + strlen(help);
  memmove(help, at, strlen(at) + 1);
  char *end = strchr(help, '\n');
  while (end != NULL && end[1] == ' ') end = strchr(end + 1, '\n');
  if (end != NULL) *end = '\0';
}

/* Does the script's usage name the option: then it is the script's. */
static int script_takes(void *ud, const char *name) {
  script *of = ud;
  dsr_status status = DSR_OK;
  if (!of->asked) {
    of->asked = 1;
    of->help = dsr_script_help(of->name, &status);
    if (of->help != NULL) keep_usage(status >= 0 ? of->help : strcpy(of->help, ""));
  }
  size_t len = strlen(name);
  const char *at = of->help != NULL ? of->help : "";
  while ((at = strstr(at, name)) != NULL) {
    at += len;
    if (strchr(" ]=|)\n", at[0]) != NULL) return 1; /* the end of the text too */
  }
  return 0;
}

/* Does nothing on the command line or around it tell of a base. */
static int names_no_base(const dsr_options *options) {
  const char *path = getenv("DOSSIER_BASE");
  if (options->base != NULL || (path != NULL && path[0] != '\0')) return 0;
  for (int i = 0; i < options->n_arguments; i++) {
    if (dsr_target_names_file(options->arguments[i])) return 0;
  }
  return 1;
}

/* Run a script, with the options for its output set.  The exit code. */
static int run_on(dsr_base *base, dsr_options *options, const char *name) {
  dsr_script_options how = {.format = options->format,
                            .width = dsr_out_width(),
                            .colour = dsr_out_colour(),
                            .write = dsr_out_write,
                            .ud = options};
  int code = DSR_EXIT_DONE;
  dsr_status rc = dsr_script_run(base, name, options->arguments, &how, &code);
  if (rc >= 0) return code;
  if (ferror(stdout)) return DSR_EXIT_DONE; /* what that was is told at the end */
  if (rc == DSR_EABSENT && is_name(options, name)) return tell_unknown(name);
  return dsr_target_fail(base, rc);
}

int dsr_script_command(dsr_options *options, const char *name,
                       const char *const *argv) {
  script of = {.name = name};
  dsr_target on;
  int read = dsr_options_read(options, argv, 0, script_takes, &of, NULL);
  free(of.help);
  if (read < 0) return DSR_EXIT_USAGE;
  if (!options->runs && dsr_target_names_file(name)) {
    return dsr_tell("%s is a file; to load it: dossier -b BASE load %s", name, name);
  }
  if (options->help) return help_script(options, name);
  if (dsr_report_format(options->format) < 0) return DSR_EXIT_USAGE;
  if (names_no_base(options) && is_name(options, name) && !is_known(name)) {
    return tell_unknown(name); /* rather than that no base was named */
  }
  int code = dsr_target_open(options, 0, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = run_on(dsr_target_seen(&on), options, name);
  dsr_target_close(&on);
  return code;
}

int dsr_run_command(dsr_options *options, const char *const *argv) {
  int read;
  options->command = NULL;
  options->runs = 1;
  if (dsr_options_read(options, argv, 1, NULL, NULL, &read) < 0) return DSR_EXIT_USAGE;
  if (options->command != NULL) {
    return dsr_script_command(options, options->command, argv + read);
  }
  if (options->help) {
    dsr_pager_start(options);
    fputs(run_help, stdout);
    return DSR_EXIT_DONE;
  }
  return dsr_tell("run which script? dossier scripts lists those that have a name");
}

typedef struct listing {
  dsr_rows *rows;
  int in_table; /* where a person need not be told that a script is bundled */
} listing;

static void add_script(void *ud, const char *name, const char *where,
                       const char *summary) {
  const listing *to = ud;
  const char *place = to->in_table && strcmp(where, "bundled") == 0 ? "" : where;
  const char *const cells[] = {name, summary, place};
  for (int i = 0; i < 3; i++) {
    dsr_value cell = {.type = DSR_TEXT, .text = dsr_out_str(cells[i])};
    dsr_rows_add(to->rows, &cell); /* what fails is told at the end */
  }
}

static const dsr_flag scripts_flags[] = {{"--new", 1}, {NULL, 0}};

static int run_scripts(dsr_options *options) {
  static const char *const heads[] = {"name", "summary", "where"};
  dsr_rows_look look = {
      .headless = 1, .width = dsr_out_width(), .colour = dsr_out_colour()};
  if (options->flag[0] != NULL || options->n_arguments > 0) {
    return dsr_template_named(options->flag[0], options->arguments);
  }
  if (dsr_rows_format_of(options->format, &look.format) < 0) return DSR_EXIT_USAGE;
  dsr_pager_start(options);
  listing to = {dsr_rows_new(stdout, 3, heads, &look), look.format == DSR_ROWS_TABLE};
  dsr_status rc = to.rows == NULL ? DSR_ENOMEM : dsr_script_each(add_script, &to);
  if (dsr_rows_end(to.rows, rc >= 0) < 0) rc = DSR_ENOMEM;
  return rc < 0 ? dsr_tell("%s", dsr_status_text(rc)) : DSR_EXIT_DONE;
}

const dsr_command dsr_command_scripts = {
    "scripts",
    "scripts            list the scripts that can be run by name, or begin one",
    run_scripts, scripts_help, scripts_flags};
