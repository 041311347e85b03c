/*
** query.c - the command `query`: one query, its answers as rows.
*/
#include <stdio.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/table.h"
#include "cli/target.h"

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
    dsr_str name = dsr_out_str(dsr_column_name(query, i));
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
static int answer(const dsr_target *on, const char *text) {
  dsr_query *query;
  int found = 0;
  dsr_status rc = dsr_prepare(dsr_target_seen(on), text, &query);
  if (rc < 0) return dsr_target_fail(dsr_target_seen(on), rc);
  const char *warning = dsr_query_warning(query);
  if (warning[0] != '\0') dsr_tell("warning: %s", warning);
  rc = print_answers(query, &found);
  int code = found ? DSR_EXIT_DONE : DSR_EXIT_NOTHING;
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
  int code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  const char *text = only_query(options);
  code = text == NULL ? DSR_EXIT_USAGE : answer(&on, text);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_query = {
    "query", "query QUERY        answer a query: dossier query data/*.dl '?- p(X, Y).'",
    run_query, query_help, NULL};
