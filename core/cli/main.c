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
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/table.h"

/* ---- opening -------------------------------------------------------------------- */

/* What a command works on: a base, and perhaps a view of it. */
typedef struct target {
  dsr_base *base;
  dsr_base *view; /* NULL: none was asked for */
} target;

static dsr_base *seen(const target *on) { return on->view ? on->view : on->base; }

/* Tell what went wrong with `base`.  Returns the exit code. */
static int tell_status(dsr_base *base, dsr_status status) {
  const char *words = dsr_errmsg(base);
  return dsr_tell("%s", words[0] != '\0' ? words : dsr_status_text(status));
}

static void close_target(target *on) {
  dsr_close(on->view);
  dsr_close(on->base);
  *on = (target){0};
}

/* Open the file `path`, or a base in memory.  An exit code, 0 where it is open. */
static int open_path(const dsr_options *options, const char *path, int read_only,
                     int must_exist, target *on) {
  dsr_open_options how = {
      .read_only = read_only, .must_exist = must_exist, .now = options->now};
  dsr_status rc = dsr_open(path, &how, &on->base);
  if (rc == DSR_EREADONLY && !read_only && must_exist) {
    dsr_close(on->base); /* what cannot be written may still be read */
    on->base = NULL;
    how.read_only = 1;
    rc = dsr_open(path, &how, &on->base);
  }
  if (rc >= 0) return DSR_EXIT_DONE;
  int code = tell_status(on->base, rc);
  close_target(on);
  return code;
}

static int open_view(const dsr_options *options, target *on) {
  if (!options->has_view) return DSR_EXIT_DONE;
  dsr_status rc = dsr_view_open(on->base, &options->view, &on->view);
  if (rc >= 0) return DSR_EXIT_DONE;
  int code = tell_status(on->base, rc);
  close_target(on);
  return code;
}

/* The base that the environment names, or NULL. */
static const char *default_base(void) {
  const char *path = getenv("DOSSIER_BASE");
  return path != NULL && path[0] != '\0' ? path : NULL;
}

/* Is the word a file in the language, by its name. */
static int names_file(const char *word) {
  size_t len = strlen(word);
  return strcmp(word, "-") == 0 || (len > 3 && strcmp(word + len - 3, ".dl") == 0);
}

/* Take the files out of the arguments, keeping the order of both; how many there
** are. */
static int split_files(dsr_options *options, const char **files) {
  int n = 0, kept = 0;
  for (int i = 0; i < options->n_arguments; i++) {
    const char *word = options->arguments[i];
    if (names_file(word)) {
      files[n++] = word;
    } else {
      options->arguments[kept++] = word;
    }
  }
  options->n_arguments = kept;
  options->arguments[kept] = NULL;
  return n;
}

static int open_files(dsr_options *options, const char **files, int n, target *on) {
  int code = open_path(options, NULL, 0, 0, on);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = dsr_load_files(on->base, files, n);
  if (rc >= 0) return DSR_EXIT_DONE;
  code = tell_status(on->base, rc);
  close_target(on);
  return code;
}

/*
** Open what the command line means: the base of -b; else the files among the arguments,
** in memory; else the base of the environment.  Files beside -b stay arguments.
*/
static int open_target(dsr_options *options, int read_only, target *on) {
  const char **files = NULL;
  int n = 0, code;
  *on = (target){0};
  if (options->base == NULL) {
    files = calloc((size_t)options->n_arguments + 1, sizeof *files);
    if (files == NULL) return dsr_tell("out of memory");
    n = split_files(options, files);
  }
  const char *path = options->base != NULL ? options->base : default_base();
  if (n > 0) {
    code = open_files(options, files, n, on);
  } else if (path != NULL) {
    code = open_path(options, path, read_only, 1, on);
  } else {
    code = dsr_tell(
        "which base? name one with -b BASE or in $DOSSIER_BASE, or give "
        "files in the language (*.dl)");
  }
  free(files);
  return code != DSR_EXIT_DONE ? code : open_view(options, on);
}

/* ---- writing -------------------------------------------------------------------- */

/* Has whoever read the output left. */
static int reader_left(void) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

/* Send on what was written.  Where that fails the exit code is 2 and it is told, unless
** nobody reads any more. */
static int finish_output(int code) {
  int failed = ferror(stdout);
  errno = 0;
  if (fflush(stdout) != 0) failed = 1;
  if (!failed || errno == EPIPE || reader_left()) return code;
  return dsr_tell("the output could not be written%s%s", errno != 0 ? ": " : "",
                  errno != 0 ? strerror(errno) : "");
}

/* Takes a script's output. */
static int write_out(void *ud, const char *text, size_t len) {
  (void)ud;
  return fwrite(text, 1, len, stdout) == len ? 0 : 1;
}

/* Columns of the terminal that the output goes to; 0 where it is none. */
static int terminal_width(void) {
  struct winsize size;
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0) return 0;
  return size.ws_col;
}

static dsr_str str(const char *text) { return (dsr_str){text, strlen(text)}; }

/* ---- load ----------------------------------------------------------------------- */

static const char load_help[] =
    "load: put files in the language on record in a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] load FILE...\n"
    "\n"
    "The base is made if it is not there yet.  All files are one transaction: where "
    "one\n"
    "has an error, up to ten are told and nothing is changed.  Declarations in one "
    "file\n"
    "count in all.  \"-\" is standard input.  What is on record already is left "
    "alone.\n";

/* "1 claim", "2 claims". */
static const char *plural(long long n) { return n == 1 ? "" : "s"; }

static int run_load(dsr_options *options) {
  const char *path = options->base != NULL ? options->base : default_base();
  target on = {0};
  if (options->has_view) return dsr_tell("load reads no view; leave out its options");
  if (path == NULL) {
    return dsr_tell("which base? name one with -b BASE or in $DOSSIER_BASE");
  }
  if (options->n_arguments == 0) {
    return dsr_tell("load which files? try: dossier -b %s load FILE.dl", path);
  }
  int code = open_path(options, path, 0, 0, &on);
  if (code != DSR_EXIT_DONE) return code;
  int files = options->n_arguments;
  dsr_status rc = dsr_load_files(on.base, options->arguments, files);
  if (rc < 0) {
    code = tell_status(on.base, rc);
  } else {
    long long claims = (long long)dsr_changes(on.base);
    printf("%s: %lld claim%s from %d file%s\n", path, claims, plural(claims), files,
           plural(files));
  }
  close_target(&on);
  return code;
}

/* ---- query ---------------------------------------------------------------------- */

static const char query_help[] =
    "query: answer a query.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] query [FILE.dl...] QUERY\n"
    "\n"
    "The \"?-\" and the final dot may be left out.  A query with variables prints a "
    "table\n"
    "of its answers, one without prints yes or no.  Where files are given, they are\n"
    "loaded in memory and asked.\n"
    "\n"
    "  $ dossier query data/*.dl '?- joined(X, pfp) @ T from S, T before 2000.'\n";

static int add_header(dsr_table *table, const dsr_query *query) {
  for (int i = 0; i < dsr_column_count(query); i++) {
    dsr_str name = str(dsr_column_name(query, i));
    if (dsr_table_add(table, name, (dsr_str){NULL, 0}, 0) < 0) return -1;
  }
  return 0;
}

static int add_row(dsr_table *table, const dsr_query *query) {
  for (int i = 0; i < dsr_column_count(query); i++) {
    dsr_type type = dsr_column_type(query, i);
    int number = type == DSR_INT || type == DSR_DECIMAL;
    dsr_str text = dsr_column_text(query, i);
    if (dsr_table_add(table, text, dsr_column_lang(query, i), number) < 0) return -1;
  }
  return 0;
}

/* Print the answers; *found tells whether there was one.  A status, or DSR_ENOMEM. */
static dsr_status print_rows(dsr_query *query, int *found) {
  dsr_table *table = dsr_table_new(stdout, dsr_column_count(query));
  dsr_status rc = table == NULL ? DSR_ENOMEM : dsr_step(query);
  *found = rc == DSR_ROW;
  if (*found && add_header(table, query) < 0) rc = DSR_ENOMEM;
  while (rc == DSR_ROW && !ferror(stdout)) {
    rc = add_row(table, query) < 0 ? DSR_ENOMEM : dsr_step(query);
  }
  dsr_table_end(table);
  return rc;
}

static dsr_status print_answers(dsr_query *query, int *found) {
  if (dsr_column_count(query) > 0) {
    dsr_status rc = print_rows(query, found);
    if (rc == DSR_DONE && !*found) puts("no answers");
    return rc;
  }
  dsr_status rc = dsr_step(query);
  *found = rc == DSR_ROW;
  if (rc >= 0) puts(*found ? "yes" : "no");
  return rc;
}

/* Prepare the query `text` on the target and print its answers. */
static int answer(const target *on, const char *text) {
  dsr_query *query;
  int found = 0;
  dsr_status rc = dsr_prepare(seen(on), text, &query);
  if (rc < 0) return tell_status(seen(on), rc);
  const char *warning = dsr_query_warning(query);
  if (warning[0] != '\0') dsr_tell("warning: %s", warning);
  rc = print_answers(query, &found);
  int code = found ? DSR_EXIT_DONE : DSR_EXIT_NOTHING;
  if (rc < 0) code = tell_status(seen(on), rc);
  dsr_finalize(query);
  return code;
}

/* The one query among the arguments that the files have left, or NULL. */
static const char *only_query(const dsr_options *options) {
  if (options->n_arguments == 1 && !names_file(options->arguments[0])) {
    return options->arguments[0];
  }
  for (int i = 0; options->base != NULL && i < options->n_arguments; i++) {
    if (!names_file(options->arguments[i])) continue;
    dsr_tell("%s: with -b, files are loaded by: dossier -b %s load %s",
             options->arguments[i], options->base, options->arguments[i]);
    return NULL;
  }
  if (options->n_arguments == 0) {
    dsr_tell("which query? try: dossier query '?- label(X, L).'");
  } else {
    dsr_tell("one query at a time; after %s came %s", options->arguments[0],
             options->arguments[1]);
  }
  return NULL;
}

static int run_query(dsr_options *options) {
  target on;
  int code = open_target(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  const char *text = only_query(options);
  code = text == NULL ? DSR_EXIT_USAGE : answer(&on, text);
  close_target(&on);
  return code;
}

/* ---- scripts -------------------------------------------------------------------- */

static const char run_help[] =
    "run: run a Lua script on a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] run SCRIPT [arguments]\n"
    "\n"
    "SCRIPT is a path (it holds a / or ends in .lua) or a name in the script path; a\n"
    "name may stand without run.  Where no base is named, files in the language among\n"
    "the arguments are loaded in memory.  See dossier run SCRIPT --help.\n";

static const char scripts_help[] =
    "scripts: list the scripts that can be run by name.\n"
    "\n"
    "Usage: dossier scripts\n"
    "\n"
    "They are those in the folders of $DOSSIER_PATH (separated by colons), in\n"
    "~/.local/share/dossier/scripts, and the bundled ones; the first of a name wins.\n";

/* Takes a script's output into a stream of its own. */
static int write_to(void *ud, const char *text, size_t len) {
  return fwrite(text, 1, len, (FILE *)ud) == len ? 0 : 1;
}

/* What the script says for --help, or why it does not, to be freed; NULL where there is
** no memory.  No base is needed. */
static char *read_help(const char *name, dsr_status *status) {
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
static int help_script(const char *name) {
  dsr_status status = DSR_OK;
  char *text = read_help(name, &status);
  int code = DSR_EXIT_DONE;
  if (text == NULL) return dsr_tell("out of memory");
  if (status >= 0) {
    fputs(text, stdout);
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
    of->help = read_help(of->name, &status);
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

/* Run a script, with the options for its output set.  The exit code. */
static int run_on(dsr_base *base, const char *name, const char *const *arguments) {
  dsr_script_options how = {.width = terminal_width(), .write = write_out};
  int code = DSR_EXIT_DONE;
  dsr_status rc = dsr_script_run(base, name, arguments, &how, &code);
  return rc >= 0 || ferror(stdout) ? code : tell_status(base, rc);
}

/* Run the script `name` with the words at `argv`. */
static int run_script(dsr_options *options, const char *name, const char *const *argv) {
  script of = {.name = name};
  target on;
  int read = dsr_options_read(options, argv, 0, script_takes, &of, NULL);
  free(of.help);
  if (read < 0) return DSR_EXIT_USAGE;
  if (options->help) return help_script(name);
  int code = open_target(options, 0, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = run_on(seen(&on), name, options->arguments);
  close_target(&on);
  return code;
}

/* `run`: its own options and the script's name, then the script's words. */
static int run_run(dsr_options *options, const char *const *argv) {
  int read;
  options->command = NULL;
  if (dsr_options_read(options, argv, 1, NULL, NULL, &read) < 0) return DSR_EXIT_USAGE;
  if (options->command != NULL) {
    return run_script(options, options->command, argv + read);
  }
  if (options->help) {
    fputs(run_help, stdout);
    return DSR_EXIT_DONE;
  }
  return dsr_tell("run which script? dossier scripts lists those that have a name");
}

static void add_script(void *ud, const char *name, const char *where,
                       const char *summary) {
  dsr_table *table = ud;
  dsr_str none = {NULL, 0};
  const char *place = strcmp(where, "bundled") == 0 ? "" : where;
  dsr_table_add(table, str(name), none, 0);
  dsr_table_add(table, str(summary), none, 0);
  dsr_table_add(table, str(place), none, 0);
}

static int run_scripts(dsr_options *options) {
  if (options->n_arguments > 0) {
    return dsr_tell("scripts takes no arguments; came %s", options->arguments[0]);
  }
  dsr_table *table = dsr_table_new(stdout, 3);
  dsr_status rc = table == NULL ? DSR_ENOMEM : dsr_script_each(add_script, table);
  dsr_table_end(table);
  return rc < 0 ? dsr_tell("%s", dsr_status_text(rc)) : DSR_EXIT_DONE;
}

/* ---- commands ------------------------------------------------------------------- */

typedef struct command {
  const char *name;
  int (*run)(dsr_options *options);
  const char *help;
} command;

static const command commands[] = {
    {"load", run_load, load_help},
    {"query", run_query, query_help},
    {"scripts", run_scripts, scripts_help},
};

static void print_help(void) {
  fputs(
      "dossier: facts, who claims them, and reports that cite them.\n"
      "\n"
      "Usage: dossier [-b BASE] [options] COMMAND ...\n"
      "\n"
      "Commands:\n"
      "  load FILE...       put files in the language on record in the base\n"
      "  query QUERY        answer a query: dossier query data/*.dl '?- p(X, Y).'\n"
      "  run SCRIPT ...     run a Lua script\n"
      "  scripts            list the scripts that can be run by name\n"
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

/* Is there a script `name`?  Else an exit code, told with what may have been meant. */
static int find_script(const char *name) {
  search for_name = {0};
  size_t len = strlen(name);
  if (names_file(name)) {
    return dsr_tell("%s is a file; to load it: dossier -b BASE load %s", name, name);
  }
  if (strchr(name, '/') != NULL || (len > 4 && strcmp(name + len - 4, ".lua") == 0)) {
    return DSR_EXIT_DONE; /* a path: running it will tell */
  }
  dsr_near_start(&for_name.near, name);
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    dsr_near_offer(&for_name.near, commands[i].name);
  }
  dsr_near_offer(&for_name.near, "run");
  dsr_status rc = dsr_script_each(meet_script, &for_name);
  if (for_name.found) return DSR_EXIT_DONE;
  if (rc < 0) return dsr_tell("%s", dsr_status_text(rc));
  if (for_name.near.best[0] == '\0') {
    return dsr_tell("no command or script called \"%s\"; see dossier --help", name);
  }
  return dsr_tell("no command or script called \"%s\"; did you mean \"%s\"?", name,
                  for_name.near.best);
}

/* Run one of `commands`, with the words at `argv`. */
static int run_command(const command *what, dsr_options *options,
                       const char *const *argv) {
  if (dsr_options_read(options, argv, 0, NULL, NULL, NULL) < 0) return DSR_EXIT_USAGE;
  if (!options->help) return what->run(options);
  fputs(what->help, stdout);
  return DSR_EXIT_DONE;
}

static int run_named(dsr_options *options, const char *const *argv) {
  const char *name = options->command;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(name, commands[i].name) == 0) {
      return run_command(&commands[i], options, argv);
    }
  }
  if (strcmp(name, "run") == 0) return run_run(options, argv);
  int code = find_script(name);
  return code != DSR_EXIT_DONE ? code : run_script(options, name, argv);
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
  return finish_output(code);
}
