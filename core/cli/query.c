/*
** query.c - the command `query`: queries of files and of the command line, their answers
** as rows, or how many there are.
**
** Queries are answered in order: those of the files, as these are given, then the one on
** the command line.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/deriving.h"
#include "cli/out.h"
#include "cli/pager.h"
#include "cli/rows.h"
#include "cli/target.h"

static const char query_help[] =
    "query: answer queries.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] query [FILE.dl...] [QUERY] [--format F]\n"
    "\n"
    "The \"?-\" and the final dot may be left out.  A query with variables prints a "
    "table\n"
    "of its answers, one without prints yes or no.  Where files are given, they are\n"
    "loaded in memory and asked: first what they ask themselves, then QUERY.  Of "
    "several\n"
    "queries each is printed before its answers, in tables and Markdown.\n"
    "\n"
    "Behind the conditions may stand how answers are told:\n"
    "  ... order by T desc, X limit 10 offset 20\n"
    "\n"
    "  --count         print only how many answers there are, a line for each query\n"
    "  --table N=FILE  read a tab-separated file as the relation N, without loading "
    "it;\n"
    "                  may be given again\n"
    "  --explain       print how each query is answered: the rules as rewritten, the\n"
    "                  operators of each, tuples made and kept, "
    "milliseconds\n" DSR_DERIVING_HELP
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

enum { COUNT = DSR_DERIVING_OWN, TABLE, EXPLAIN };

static const dsr_flag query_flags[] = {DSR_DERIVING_FLAGS,
                                       [COUNT] = {"--count", 0},
                                       [TABLE] = {"--table", DSR_FLAG_LIST},
                                       [EXPLAIN] = {"--explain", 0},
                                       {NULL, 0}};

/* ---- answers ----------------------------------------------------------------------- */

/* What is done with the answers. */
typedef struct answers {
  const dsr_options *options;
  dsr_rows_look look;
  int found; /* is there one */
  int any;   /* has one of the queries one */
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
  dsr_deriving_clear();
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
  dsr_deriving_clear();
  to->found = rc == DSR_ROW;
  if (rc < 0) return rc;
  if (to->look.format == DSR_ROWS_JSON) {
    puts(to->found ? "true" : "false");
  } else {
    puts(to->found ? "yes" : "no");
  }
  return rc;
}

static dsr_status print_count(dsr_query *query, answers *to) {
  int64_t n = 0;
  dsr_status rc = dsr_count(query, &n);
  dsr_deriving_clear();
  to->found = n > 0;
  if (rc >= 0) printf("%lld\n", (long long)n);
  return rc;
}

/* How the query was answered. */
static dsr_status print_plan(dsr_query *query, answers *to) {
  dsr_str plan;
  dsr_status rc = dsr_explain(query, &plan);
  dsr_deriving_clear();
  to->found = 1;
  if (rc < 0) return rc;
  dsr_pager_start(to->options);
  if (rc == DSR_NOTHING) {
    puts("answered by scans of the base, without rules");
  } else {
    printf("%.*s", (int)plan.len, plan.data);
  }
  return rc;
}

/* Prepare the query `text` on the target and print its answers.  0, or an exit code. */
static int answer(const dsr_target *on, const char *text, answers *to) {
  dsr_query *query;
  int code = 0, counts = to->options->flag[COUNT] != NULL;
  dsr_status rc = dsr_prepare(dsr_target_seen(on), text, &query);
  if (rc < 0) return dsr_target_fail(dsr_target_seen(on), rc);
  const char *warning = dsr_query_warning(query);
  if (warning[0] != '\0') dsr_tell("warning: %s", warning);
  if (to->options->flag[EXPLAIN] != NULL) {
    rc = print_plan(query, to);
  } else {
    rc = counts ? print_count(query, to) : print_answers(query, to);
  }
  to->any |= to->found;
  if (rc < 0) code = dsr_deriving_code(rc, dsr_target_fail(dsr_target_seen(on), rc));
  dsr_finalize(query);
  return code;
}

/* ---- several queries --------------------------------------------------------------- */

/* Print a query before its answers; `first`: nothing stands above. */
static void say_query(const char *text, const answers *to, int first) {
  int told = to->look.format == DSR_ROWS_TABLE || to->look.format == DSR_ROWS_MD;
  if (to->options->flag[COUNT] != NULL) return;
  if (told) dsr_pager_start(to->options);
  if (!first && to->look.format != DSR_ROWS_JSON) puts("");
  while (told && *text != '\0') {
    int len = (int)strcspn(text, "\n");
    dsr_out_say("%.*s", len, text);
    text += len + (text[len] == '\n');
  }
  if (to->look.format == DSR_ROWS_MD) puts("");
}

/* Answer the queries of the files, then `last`, unless that is NULL.  An exit code. */
static int answer_all(const dsr_target *on, const char *last, answers *to) {
  int n = on->n_queries + (last != NULL), code = 0;
  for (int i = 0; i < n && code == 0 && !ferror(stdout); i++) {
    const char *text = i < on->n_queries ? on->queries[i] : last;
    if (n > 1) say_query(text, to, i == 0);
    code = answer(on, text, to);
  }
  if (code != 0) return code;
  return to->any ? DSR_EXIT_DONE : DSR_EXIT_NOTHING;
}

/* The one query among the arguments that the files have left: 0, or -1 where that is
** wrong, told; NULL where the files alone ask. */
static int only_query(const dsr_options *options, const dsr_target *on,
                      const char **out) {
  *out = options->n_arguments > 0 ? options->arguments[0] : NULL;
  if (options->n_arguments == 0 && on->n_queries > 0) return 0;
  if (options->n_arguments == 1 && !dsr_target_names_file(*out)) return 0;
  for (int i = 0; options->base != NULL && i < options->n_arguments; i++) {
    if (!dsr_target_names_file(options->arguments[i])) continue;
    dsr_tell("%s: with -b, files are loaded by: dossier -b %s load %s",
             options->arguments[i], options->base, options->arguments[i]);
    return -1;
  }
  if (options->n_arguments == 0) {
    dsr_tell("which query? try: dossier query '?- label(X, L).'");
  } else {
    dsr_tell("one query at a time; after %s came %s", options->arguments[0],
             options->arguments[1]);
  }
  return -1;
}

static int run_query(dsr_options *options) {
  dsr_target on;
  const char *text;
  answers to = {.options = options,
                .look = {.width = dsr_out_width(), .colour = dsr_out_colour()}};
  if (dsr_rows_format_of(options->format, &to.look.format) < 0) return DSR_EXIT_USAGE;
  int code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  if (only_query(options, &on, &text) < 0 || dsr_deriving_start(options, on.base) < 0) {
    code = DSR_EXIT_USAGE;
  } else {
    code = answer_all(&on, text, &to);
  }
  dsr_deriving_end();
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_query = {
    "query", "query QUERY        answer queries: dossier query data/*.dl '?- p(X, Y).'",
    run_query, query_help, query_flags};
