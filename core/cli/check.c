/*
** check.c - the command `check`: what looks wrong in files, before they are loaded.
**
** A line for each finding, as compilers print them, so that editors can step through
** them; what is suspicious ends in its kind, by which it can be left out.  With --format,
** a row for each.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/target.h"

static const char check_help[] =
    "check: what looks wrong in files before they are loaded, or in a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] check [FILE...] [--except KIND,...]\n"
    "               [--format table|csv|tsv|json|md]\n"
    "\n"
    "The files are looked at as one text, as if they were to be loaded into the base "
    "of\n"
    "-b or of $DOSSIER_BASE, whose relations, sources and labels count; without one, "
    "on\n"
    "their own.  Nothing is changed.  \"-\" is standard input.  Every error that a "
    "load "
    "would\n"
    "be refused for is told, and what is allowed but suspicious:\n"
    "\n"
    "  unknown-relation  a relation that is not declared; perhaps one that is was "
    "meant\n"
    "  no-label          an entity without a label, where others have one\n"
    "  near-entity       an entity mentioned once, spelled almost as one mentioned "
    "often\n"
    "  no-source         a fact outside from SOURCE, where sources are used\n"
    "  unused-source     a source that is declared and claims nothing\n"
    "  date              a time more than ten years ahead, after the date of the "
    "source\n"
    "                    that states it, or far from all others of its source\n"
    "  variable          a variable that in small letters is an entity\n"
    "  same              a claim made twice\n"
    "\n"
    "Without files, the base itself is looked at: all of it is read and compared with "
    "its\n"
    "checksums, and its text search with what it should hold; and hints are given, up "
    "to "
    "a\n"
    "hundred:\n"
    "\n"
    "  twin-entity       two entities whose labels or aliases are the same but for "
    "case,\n"
    "                    accents, signs, order of words or a letter: perhaps they are "
    "one\n"
    "\n"
    "  --except KIND,... leaves out these kinds; errors are always told\n"
    "  --format F        a row for each finding instead of a line\n"
    "\n"
    "  $ dossier check data/*.dl --except no-label\n"
    "  a.dl:7:9: warning: ukrane is mentioned only here and has no label; did you "
    "mean\n"
    "  ukraine? [near-entity]\n"
    "\n"
    "Exit codes: 0 nothing found; 1 something found; 2 wrong usage, or a file that "
    "cannot\n"
    "be read.\n";

static const char *const kinds[] = {"unknown-relation", "no-label",      "near-entity",
                                    "no-source",        "unused-source", "date",
                                    "variable",         "same",          "twin-entity"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const dsr_flag check_flags[] = {{"--except", 1}, {NULL, 0}};
enum { FLAG_EXCEPT };

/* What is printed, and how much was. */
typedef struct telling {
  int leave_out[KINDS];
  dsr_rows *rows; /* NULL: lines are printed */
  long long errors, warnings, hints;
} telling;

static int kind_named(const char *word, size_t len) {
  int i = 0;
  while (i < KINDS && (strlen(kinds[i]) != len || memcmp(kinds[i], word, len) != 0)) {
    i++;
  }
  return i;
}

static int no_kind(const char *word, size_t len) {
  char name[64];
  dsr_near race;
  snprintf(name, sizeof name, "%.*s", (int)(len < 60 ? len : 60), word);
  dsr_near_start(&race, name);
  for (int i = 0; i < KINDS; i++) dsr_near_offer(&race, kinds[i]);
  if (race.best[0] != '\0') {
    return dsr_tell("--except: no kind \"%s\"; did you mean %s?", name, race.best);
  }
  return dsr_tell("--except: no kind \"%s\"; dossier check --help lists them", name);
}

/* Read "no-label,date".  An exit code. */
static int read_except(const char *words, telling *t) {
  while (words != NULL && *words != '\0') {
    size_t len = strcspn(words, ",");
    int kind = kind_named(words, len);
    if (kind == KINDS) return no_kind(words, len);
    t->leave_out[kind] = 1;
    words += len + (words[len] == ',');
  }
  return DSR_EXIT_DONE;
}

static void print_line(const dsr_finding *found) {
  int told = !found->error;
  dsr_out_say("%s:%d:%d: %s: %s%s%s%s", found->file, found->line, found->column,
              told ? "warning" : "error", found->text, told ? " [" : "",
              told ? found->kind : "", told ? "]" : "");
}

enum { COLUMNS = 6 };

static const char *const heads[COLUMNS] = {"file",  "line", "column",
                                           "level", "kind", "text"};

static dsr_value text_cell(const char *text) {
  return (dsr_value){.type = DSR_TEXT, .text = dsr_out_str(text)};
}

static void add_row(dsr_rows *rows, const dsr_finding *found) {
  char line[16], column[16];
  snprintf(line, sizeof line, "%d", found->line);
  snprintf(column, sizeof column, "%d", found->column);
  dsr_value cells[COLUMNS] = {
      text_cell(found->file),
      {.type = DSR_INT, .integer = found->line, .text = dsr_out_str(line)},
      {.type = DSR_INT, .integer = found->column, .text = dsr_out_str(column)},
      text_cell(found->error ? "error" : "warning"),
      text_cell(found->kind),
      text_cell(found->text)};
  for (int i = 0; i < COLUMNS; i++) dsr_rows_add(rows, &cells[i]);
}

static void tell_finding(void *ud, const dsr_finding *found) {
  telling *t = ud;
  int kind = found->error ? KINDS : kind_named(found->kind, strlen(found->kind));
  if (kind < KINDS && t->leave_out[kind]) return;
  if (found->error) {
    t->errors++;
  } else {
    t->warnings++;
  }
  if (t->rows != NULL) {
    add_row(t->rows, found);
  } else {
    print_line(found);
  }
}

/* The base of -b or of the environment, which may be one that can only be read; one in
** memory where none is named, or it is not there yet, as a load would make it. */
static int open_target(const dsr_options *options, dsr_target *on) {
  dsr_open_options how = {.must_exist = 1, .now = options->now};
  const char *path = dsr_target_path(options);
  *on = (dsr_target){.path = path};
  dsr_status rc = dsr_open(path, &how, &on->base);
  if (rc == DSR_EREADONLY) {
    dsr_close(on->base);
    how.read_only = 1;
    rc = dsr_open(path, &how, &on->base);
  }
  if (rc == DSR_EABSENT) {
    dsr_tell("note: %s is not there yet; the files are looked at on their own", path);
    dsr_close(on->base);
    rc = dsr_open(NULL, &how, &on->base);
  }
  if (rc >= 0) return DSR_EXIT_DONE;
  int code = dsr_target_fail(on->base, rc);
  dsr_target_close(on);
  return code;
}

/* Have rows where a format was asked for.  An exit code. */
static int start_rows(const dsr_options *options, telling *t) {
  dsr_rows_look look = {.width = dsr_out_width(), .colour = dsr_out_colour()};
  if (options->format == NULL) return DSR_EXIT_DONE;
  if (dsr_rows_format_of(options->format, &look.format) < 0) return DSR_EXIT_USAGE;
  t->rows = dsr_rows_new(stdout, COLUMNS, heads, &look);
  return t->rows != NULL ? DSR_EXIT_DONE : dsr_tell("out of memory");
}

/* Look, and tell how much was found. */
static int tell_all(const dsr_options *options, dsr_base *base, telling *t) {
  dsr_status rc =
      dsr_check_files(base, options->arguments, options->n_arguments, tell_finding, t);
  if (dsr_rows_end(t->rows, rc >= 0) < 0) return dsr_tell("out of memory");
  if (rc < 0) return dsr_target_fail(base, rc);
  if (t->errors + t->warnings == 0) return DSR_EXIT_DONE;
  fflush(stdout);
  fprintf(stderr, "%lld error%s, %lld warning%s\n", t->errors,
          dsr_out_plural(t->errors), t->warnings, dsr_out_plural(t->warnings));
  return DSR_EXIT_NOTHING;
}

/* ---- the base itself ----------------------------------------------------------------- */

static int tell_twins(void *ud, const dsr_twins *twins) {
  telling *t = ud;
  char text[600];
  snprintf(text, sizeof text,
           "%.*s (\"%.*s\") and %.*s (\"%.*s\") are called almost the same",
           (int)twins->entity.len, twins->entity.data, (int)twins->name.len,
           twins->name.data, (int)twins->other.len, twins->other.data,
           (int)twins->other_name.len, twins->other_name.data);
  if (t->rows != NULL) {
    dsr_finding found = {.file = "", .kind = "twin-entity", .text = text};
    add_row(t->rows, &found);
  } else {
    dsr_out_say("hint: %s [twin-entity]", text);
  }
  t->hints++;
  return 0;
}

/* Hints are no failures. */
static int check_base(const dsr_options *options, dsr_base *base, telling *t) {
  (void)options;
  dsr_status rc = dsr_verify(base);
  if (rc >= 0 && !t->leave_out[KINDS - 1]) rc = dsr_twin_each(base, 0, tell_twins, t);
  if (dsr_rows_end(t->rows, rc >= 0) < 0) return dsr_tell("out of memory");
  if (rc < 0) return dsr_target_fail(base, rc);
  fflush(stdout);
  if (t->hints > 0) {
    fprintf(stderr, "%lld hint%s; where two are one: same_as(A, B)\n", t->hints,
            dsr_out_plural(t->hints));
  }
  return DSR_EXIT_DONE;
}

/* ---- the command --------------------------------------------------------------------- */

static int run_check(dsr_options *options) {
  dsr_target on;
  telling t = {.errors = 0};
  if (options->n_arguments == 0 && dsr_target_path(options) == NULL) {
    return dsr_tell("check which files? try: dossier check FILE.dl");
  }
  if (options->has_view) {
    return dsr_tell("check reads no view; leave out its options");
  }
  int code = read_except(options->flag[FLAG_EXCEPT], &t);
  if (code == DSR_EXIT_DONE) code = open_target(options, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = start_rows(options, &t);
  if (code != DSR_EXIT_DONE) {
    dsr_target_close(&on);
    return code;
  }
  code = options->n_arguments > 0 ? tell_all(options, on.base, &t)
                                  : check_base(options, on.base, &t);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_check = {
    "check",
    "check FILE...      what looks wrong in files before they are loaded, or in a base",
    run_check, check_help, check_flags};
