/*
** search.c - the command `search`: texts by their words, entities by their names.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/pager.h"
#include "cli/rows.h"
#include "cli/target.h"

static const char search_help[] =
    "search: texts by their words, entities by their names.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] search [FILE.dl...] WORD... [--limit N]\n"
    "               [--prefix] [--entity] [--rebuild] [--format F]\n"
    "\n"
    "Searches labels, aliases, titles, whatever texts facts hold, and quotations of "
    "claims.\n"
    "A text is found where it has all the words, in any form of theirs; where none in "
    "view\n"
    "has all, those that have some are told, which a note says.  Case and accents do "
    "not\n"
    "count.  \"...\" (within '...', for the shell) are words side by side, cyb* are "
    "words\n"
    "that begin so.  The best come first, by BM25 over the whole base.\n"
    "\n"
    "  --limit N   N hits at most (20), or all\n"
    "  --prefix    the last word need only be begun\n"
    "  --entity    the words are a name: find entities by identifier, label or alias, "
    "exactly\n"
    "              or nearly so, the best first (10 at most)\n"
    "  --rebuild   build the index of the search anew, where check says that it is "
    "damaged\n"
    "  --format F  table, csv, tsv, json or md\n"
    "\n"
    "  $ dossier -b nato.kb search cyber defence\n"
    "  $ dossier -b nato.kb --known-at 2026-01-01 search '\"open door\" summit*'\n"
    "  $ dossier -b nato.kb search --entity Stoltenburg\n"
    "\n"
    "Exit codes: 0 something found; 1 nothing found; 2 wrong usage.\n";

enum { LIMIT, PREFIX, ENTITY, REBUILD };

static const dsr_flag search_flags[] = {[LIMIT] = {"--limit", 1},
                                        [PREFIX] = {"--prefix", 0},
                                        [ENTITY] = {"--entity", 0},
                                        [REBUILD] = {"--rebuild", 0},
                                        {NULL, 0}};

enum { HITS = 20, NAMES = 10, COLUMNS = 5 };

/* What is printed. */
typedef struct printing {
  dsr_options *options;
  dsr_rows_look look;
  dsr_rows *rows; /* NULL: nothing was told yet */
  long long left; /* hits that may still be told; below 0: all */
  int more;       /* there are more */
  int some;       /* no text has all the words */
  int failed;     /* there is no memory */
} printing;

/* ---- rows ------------------------------------------------------------------------ */

/* Have rows under these heads, and room for one more: 0, or non-zero where it is not to be
** told. */
static int start_row(printing *to, const char *const *heads) {
  to->more = to->left == 0;
  if (to->more) return 1;
  if (to->left > 0) to->left--;
  if (to->rows == NULL) {
    dsr_pager_start(to->options);
    to->rows = dsr_rows_new(stdout, COLUMNS, heads, &to->look);
    to->failed = to->rows == NULL;
  }
  return to->failed;
}

static void add_cell(printing *to, dsr_type type, dsr_str text, dsr_str lang) {
  dsr_value cell = {.type = text.len > 0 ? type : DSR_NULL, .text = text, .lang = lang};
  to->failed |= dsr_rows_add(to->rows, &cell) < 0;
}

static void add_plain(printing *to, dsr_type type, dsr_str text) {
  add_cell(to, type, text, (dsr_str){NULL, 0});
}

/* "article background/2" */
static void add_citation(printing *to, const dsr_hit *hit) {
  size_t len = hit->source.len + hit->locator.len + 1;
  char *text = malloc(len + 1);
  if (text == NULL) {
    to->failed = 1;
    return;
  }
  int n = snprintf(text, len + 1, "%.*s%s%.*s", (int)hit->source.len,
                   hit->source.len > 0 ? hit->source.data : "",
                   hit->locator.len > 0 ? " " : "", (int)hit->locator.len,
                   hit->locator.len > 0 ? hit->locator.data : "");
  add_plain(to, DSR_TEXT, (dsr_str){text, (size_t)n});
  free(text);
}

static int tell_hit(void *ud, const dsr_hit *hit) {
  static const char *const heads[COLUMNS] = {"score", "entity", "text", "fact",
                                             "quoted"};
  printing *to = ud;
  char score[40];
  if (start_row(to, heads)) return 1;
  int n = snprintf(score, sizeof score, "%.2f", hit->score);
  add_plain(to, DSR_DECIMAL, (dsr_str){score, (size_t)n});
  add_plain(to, DSR_ENTITY, hit->entity);
  add_cell(to, DSR_TEXT, hit->text, hit->lang);
  add_plain(to, DSR_TEXT, hit->fact);
  add_citation(to, hit);
  to->some = hit->some;
  return to->failed || ferror(stdout);
}

static int tell_named(void *ud, const dsr_named *named) {
  static const char *const heads[COLUMNS] = {"entity", "name", "kind", "fit",
                                             "distance"};
  static const char *const fits[] = {"", "exact", "folded", "prefix", "words", "near"};
  printing *to = ud;
  char distance[16];
  if (start_row(to, heads)) return 1;
  snprintf(distance, sizeof distance, "%d", named->distance);
  dsr_value number = {
      .type = DSR_INT, .integer = named->distance, .text = dsr_out_str(distance)};
  add_plain(to, DSR_ENTITY, named->entity);
  add_plain(to, DSR_TEXT, named->name);
  add_plain(to, DSR_TEXT, dsr_out_str(named->kind));
  add_plain(to, DSR_TEXT, dsr_out_str(fits[named->fit]));
  to->failed |= dsr_rows_add(to->rows, &number) < 0;
  return to->failed || ferror(stdout);
}

/* ---- the command ----------------------------------------------------------------- */

/* The words with a space between, to be freed; NULL without memory. */
static char *join_words(const dsr_options *options) {
  size_t len = 1;
  for (int i = 0; i < options->n_arguments; i++)
    len += strlen(options->arguments[i]) + 1;
  char *words = calloc(len, 1);
  for (int i = 0; words != NULL && i < options->n_arguments; i++) {
    if (i > 0) strcat(words, " ");
    strcat(words, options->arguments[i]);
  }
  return words;
}

/* How many may be told: -1 for all, -2 where that is no number, told. */
static long long read_limit(const dsr_options *options) {
  const char *text = options->flag[LIMIT];
  char *end;
  if (text == NULL) return options->flag[ENTITY] != NULL ? NAMES : HITS;
  if (strcmp(text, "all") == 0) return -1;
  long long limit = strtoll(text, &end, 10);
  if (*end == '\0' && limit >= 1 && limit <= 1000000000) return limit;
  dsr_tell("--limit takes a number from 1 on, or all; came %s", text);
  return -2;
}

/* Ask for one more than is told, so as to know whether there are more. */
static dsr_status ask(dsr_base *base, const char *words, printing *to) {
  const dsr_options *options = to->options;
  if (options->flag[ENTITY] != NULL) {
    int limit = to->left < 0 ? 1000000000 : (int)to->left + 1;
    return dsr_find_entity(base, words, limit, tell_named, to);
  }
  dsr_search_options how = {to->left < 0 ? -1 : to->left + 1,
                            options->flag[PREFIX] != NULL};
  return dsr_search(base, words, &how, tell_hit, to);
}

static int count_named(void *ud, const dsr_named *named) {
  (void)named;
  *(int *)ud = 1;
  return 1;
}

/* No text has the words; an entity may. */
static void hint_entity(dsr_base *base, const char *words, const printing *to) {
  int some = 0;
  if (to->options->flag[ENTITY] != NULL) return;
  if (dsr_find_entity(base, words, 1, count_named, &some) < 0 || !some) return;
  dsr_tell(
      "note: no text has these words, but names of entities do, nearly at least: "
      "dossier search --entity");
}

static int print_found(dsr_base *base, const char *words, printing *to) {
  dsr_status rc = ask(base, words, to);
  int found = to->rows != NULL, table = to->look.format == DSR_ROWS_TABLE;
  if (rc >= 0 && !found && !to->failed && !table) {
    static const char *const none[COLUMNS] = {"score", "entity", "text", "fact",
                                              "quoted"};
    to->rows = dsr_rows_new(stdout, COLUMNS, none, &to->look);
  }
  if (dsr_rows_end(to->rows, rc >= 0) < 0 || to->failed) {
    return dsr_tell("out of memory");
  }
  if (rc < 0) return dsr_target_fail(base, rc);
  if (!found && table) puts("nothing found");
  fflush(stdout);
  if (!found) hint_entity(base, words, to);
  if (to->some) {
    dsr_tell("note: no text has all of these words; those told have some");
  }
  if (to->more) dsr_tell("note: there are more; --limit N tells more of them");
  return found ? DSR_EXIT_DONE : DSR_EXIT_NOTHING;
}

static int rebuild(dsr_options *options) {
  dsr_target on;
  if (options->n_arguments > 0) {
    return dsr_tell("--rebuild takes no words; came %s", options->arguments[0]);
  }
  int code = dsr_target_write(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = dsr_search_rebuild(on.base);
  if (rc < 0) code = dsr_target_fail(on.base, rc);
  dsr_target_close(&on);
  return code;
}

static int run_search(dsr_options *options) {
  dsr_target on;
  printing to = {.options = options,
                 .look = {.width = dsr_out_width(), .colour = dsr_out_colour()}};
  if (dsr_rows_format_of(options->format, &to.look.format) < 0) return DSR_EXIT_USAGE;
  if (options->flag[REBUILD] != NULL) return rebuild(options);
  to.left = read_limit(options);
  if (to.left < -1) return DSR_EXIT_USAGE;
  int code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  char *words = join_words(options);
  if (words == NULL) {
    code = dsr_tell("out of memory");
  } else if (options->n_arguments == 0) {
    code = dsr_tell("search for what? try: dossier search cyber defence");
  } else {
    code = print_found(dsr_target_seen(&on), words, &to);
  }
  free(words);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_search = {
    "search", "search WORD...     texts that have the words, entities by their names",
    run_search, search_help, search_flags};
