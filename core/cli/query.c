/*
** query.c - the command `query`: one query, its answers as rows.
*/
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/pager.h"
#include "cli/rows.h"
#include "cli/target.h"

static const char query_help[] =
    "query: answer a query.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] query [FILE.dl...] QUERY [--format F]\n"
    "\n"
    "The \"?-\" and the final dot may be left out.  A query with variables prints a "
    "table\n"
    "of its answers, one without prints yes or no.  Where files are given, they are\n"
    "loaded in memory and asked.\n"
    "\n"
    "  --format table  columns aligned; on a terminal they fit it (default)\n"
    "  --format csv    for spreadsheets; a text that begins with = + - or @ has a ' "
    "before\n"
    "                  it, so that none takes it for a formula\n"
    "  --format tsv    for programs; in values, tabs and line ends are \\t and \\n\n"
    "  --format json   an array of objects; numbers and booleans as such, an entity "
    "is\n"
    "                  {\"id\": ...}, a time {\"time\": ...}, a text with a language\n"
    "                  {\"text\": ..., \"lang\": ...}; true or false without "
    "variables\n"
    "  --format md     a Markdown table\n"
    "\n"
    "  $ dossier query data/*.dl '?- joined(X, pfp) @ T from S, T before 2000.'\n";

static int add_row(dsr_rows *rows, const dsr_query *query) {
  for (int i = 0; i < dsr_column_count(query); i++) {
    dsr_value cell = {.type = dsr_column_type(query, i),
                      .text = dsr_column_text(query, i),
                      .lang = dsr_column_lang(query, i)};
    if (dsr_rows_add(rows, &cell) < 0) return -1;
  }
  return 0;
}

/* What is done with the answers. */
typedef struct answers {
  const dsr_options *options;
  dsr_rows_look look;
  int found; /* is there one */
} answers;

/* Rows for the answers; NULL where there is no memory. */
static dsr_rows *new_rows(const dsr_query *query, const answers *to) {
  int columns = dsr_column_count(query);
  const char **names = calloc((size_t)columns, sizeof *names);
  if (names == NULL) return NULL;
  for (int i = 0; i < columns; i++) names[i] = dsr_column_name(query, i);
  dsr_rows *rows = dsr_rows_new(stdout, columns, names, &to->look);
  free(names);
  return rows;
}

/* Print the answers.  A status, or DSR_ENOMEM. */
static dsr_status print_rows(dsr_query *query, answers *to) {
  dsr_status rc = dsr_step(query);
  to->found = rc == DSR_ROW;
  if (rc < 0) return rc;
  dsr_pager_start(to->options);
  if (!to->found && to->look.format == DSR_ROWS_TABLE) {
    puts("no answers");
    return rc;
  }
  dsr_rows *rows = new_rows(query, to);
  if (rows == NULL) return DSR_ENOMEM;
  while (rc == DSR_ROW && !ferror(stdout)) {
    rc = add_row(rows, query) < 0 ? DSR_ENOMEM : dsr_step(query);
  }
  return dsr_rows_end(rows, rc == DSR_DONE) < 0 ? DSR_ENOMEM : rc;
}

static dsr_status print_answers(dsr_query *query, answers *to) {
  if (dsr_column_count(query) > 0) return print_rows(query, to);
  dsr_status rc = dsr_step(query);
  to->found = rc == DSR_ROW;
  if (rc < 0) return rc;
  if (to->look.format == DSR_ROWS_JSON) {
    puts(to->found ? "true" : "false");
  } else {
    puts(to->found ? "yes" : "no");
  }
  return rc;
}

/* Prepare the query `text` on the target and print its answers. */
static int answer(const dsr_target *on, const char *text, answers *to) {
  dsr_query *query;
  dsr_status rc = dsr_prepare(dsr_target_seen(on), text, &query);
  if (rc < 0) return dsr_target_fail(dsr_target_seen(on), rc);
  const char *warning = dsr_query_warning(query);
  if (warning[0] != '\0') dsr_tell("warning: %s", warning);
  rc = print_answers(query, to);
  int code = to->found ? DSR_EXIT_DONE : DSR_EXIT_NOTHING;
  if (rc < 0) code = dsr_target_fail(dsr_target_seen(on), rc);
  dsr_finalize(query);
  return code;
}

/* The one query among the arguments that the files have left, or NULL. */
static const char *only_query(const dsr_options *options) {
  if (options->n_arguments == 1 && !dsr_target_names_file(options->arguments[0])) {
    return options->arguments[0];
  }
  for (int i = 0; options->base != NULL && i < options->n_arguments; i++) {
    if (!dsr_target_names_file(options->arguments[i])) continue;
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
  dsr_target on;
  answers to = {.options = options,
                .look = {.width = dsr_out_width(), .colour = dsr_out_colour()}};
  if (dsr_rows_format_of(options->format, &to.look.format) < 0) return DSR_EXIT_USAGE;
  int code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  const char *text = only_query(options);
  code = text == NULL ? DSR_EXIT_USAGE : answer(&on, text, &to);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_query = {
    "query", "query QUERY        answer a query: dossier query data/*.dl '?- p(X, Y).'",
    run_query, query_help, NULL};
