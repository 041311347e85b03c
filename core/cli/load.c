/*
** load.c - the command `load`: files in the language, into a base.
**
** A load can be stopped by Ctrl-C: the handler leaves a mark, which the load sees when it
** next tells how far it is, and takes everything back.  A second Ctrl-C ends the command
** as ever; the base is whole then, too.
*/
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "cli/target.h"

static const char load_help[] =
    "load: put files in the language on record in a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] load [--replace] [--dry-run] FILE...\n"
    "\n"
    "The base is made if it is not there yet.  All files are one transaction: where "
    "one\n"
    "has an error, up to ten are told and nothing is changed.  Declarations in one "
    "file\n"
    "count in all.  \"-\" is standard input.  What is on record already is left "
    "alone.\n"
    "\n"
    "  --replace   for files that were edited: what a file said when it was last\n"
    "              loaded, and no file says any more, is retracted; history keeps "
    "it.\n"
    "              Rules are dropped.  Claims that no file said stay\n"
    "  --dry-run   say what would be added (+) and retracted (-), and change nothing\n"
    "\n"
    "A file is known by its path as seen from the base's folder, so that the two can "
    "be\n"
    "moved together.  What has no effect is told, and no error: a retraction that "
    "finds\n"
    "nothing, a query (dossier query answers those).  Ctrl-C "
    "stops\n"
    "a load; the base is as it was then, and the exit code 130.\n"
    "\n"
    "  $ dossier -b my.kb load notes.dl\n"
    "  my.kb: 22 claims from 1 file\n"
    "  $ dossier -b my.kb load --replace notes.dl\n"
    "  my.kb: 3 claims added, 2 retracted from 1 file\n";

enum { REPLACE, DRY_RUN, LINES_MOST = 20, NOTES_MOST = 10 };

static const dsr_flag load_flags[] = {
    [REPLACE] = {"--replace", 0}, [DRY_RUN] = {"--dry-run", 0}, {NULL, 0}};

/* ---- what happens during a load -------------------------------------------------- */

/* Claims of one sign, the first ones in words. */
typedef struct claim_lines {
  char *line[LINES_MOST];
  long long n;
} claim_lines;

typedef struct loading {
  dsr_progress_line progress;
  claim_lines added, retracted;
} loading;

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  loading *l = ud;
  dsr_progress_show(&l->progress, what, done, total);
  return dsr_stop_asked() != 0;
}

static void on_note(void *ud, const char *text) {
  loading *l = ud;
  dsr_progress_clear(&l->progress);
  dsr_tell("note: %s", text);
}

static void on_change(void *ud, int change, dsr_str claim) {
  loading *l = ud;
  claim_lines *lines = change > 0 ? &l->added : &l->retracted;
  if (lines->n < LINES_MOST) {
    lines->line[lines->n] = strndup(claim.data, claim.len);
  }
  lines->n++;
}

static void print_lines(const claim_lines *lines, char sign) {
  for (long long i = 0; i < lines->n && i < LINES_MOST; i++) {
    if (lines->line[i] != NULL) dsr_out_say("%c %s", sign, lines->line[i]);
  }
  if (lines->n > LINES_MOST)
    dsr_out_say("%c and %lld more", sign, lines->n - LINES_MOST);
}

static void free_lines(claim_lines *lines) {
  for (int i = 0; i < LINES_MOST; i++) free(lines->line[i]);
}

/* ---- what came of it ------------------------------------------------------------- */

/* What goes beyond the notes that were told one by one. */
static void print_more(int64_t n, const char *one, const char *many) {
  long long more = (long long)n - NOTES_MOST;
  if (more > 0) dsr_tell("note: %lld more %s", more, more == 1 ? one : many);
}

static void print_notes(const dsr_load_report *report) {
  long long left_out = (long long)report->left_out;
  long long rules = (long long)report->rules_left_out;
  int files = report->files_new;
  print_more(report->idle, "clause found nothing to retract",
             "clauses found nothing to retract");
  print_more(report->queries, "query was not run", "queries were not run");
  print_more(report->skipped, "directive is skipped", "directives are skipped");
  if (left_out > 0) {
    dsr_tell(
        "note: %lld claim%s made by an earlier load %s not made any more; load "
        "--replace would retract %s",
        left_out, dsr_out_plural(left_out), left_out == 1 ? "is" : "are",
        left_out == 1 ? "it" : "them");
  }
  if (rules > 0) {
    dsr_tell(
        "note: %lld rule%s of an earlier load %s not said any more; load --replace "
        "would "
        "drop %s",
        rules, dsr_out_plural(rules), rules == 1 ? "is" : "are",
        rules == 1 ? "it" : "them");
  }
  if (files > 0) {
    dsr_tell("note: %d file%s not loaded into this base before; nothing to replace",
             files, files == 1 ? " was" : "s were");
  }
}

/* "2 relations", or nothing for none, between the words. */
static void say_some(char out[64], const char *before, int64_t n, const char *what,
                     const char *behind) {
  out[0] = '\0';
  if (n == 0) return;
  snprintf(out, 64, "%s%lld %s%s%s", before, (long long)n, what, dsr_out_plural(n),
           behind);
}

/* What a load came to besides claims. */
typedef struct beside {
  char relations[64], added[64], dropped[64];
} beside;

static void print_dry(const char *path, const dsr_load_report *report) {
  long long added = (long long)report->added, retracted = (long long)report->retracted;
  beside b;
  say_some(b.relations, ", and declare ", report->declared, "relation", "");
  say_some(b.added, ", and add ", report->rules_added, "rule", "");
  say_some(b.dropped, ", and drop ", report->rules_dropped, "rule", "");
  dsr_out_say("%s: would add %lld claim%s and retract %lld%s%s%s (nothing changed)",
              path, added, dsr_out_plural(added), retracted, b.relations, b.added,
              b.dropped);
}

static void print_report(const dsr_options *options, const char *path,
                         const dsr_load_report *report) {
  long long added = (long long)report->added, retracted = (long long)report->retracted;
  int files = options->n_arguments;
  bool changes = options->flag[REPLACE] != NULL || retracted > 0;
  beside b;
  say_some(b.relations, ", ", report->declared, "relation", " declared");
  say_some(b.added, changes ? ", " : " and ", report->rules_added, "rule",
           changes ? " added" : "");
  say_some(b.dropped, ", ", report->rules_dropped, "rule", " dropped");
  if (changes) {
    dsr_out_say("%s: %lld claim%s added, %lld retracted%s%s%s from %d file%s", path,
                added, dsr_out_plural(added), retracted, b.relations, b.added,
                b.dropped, files, dsr_out_plural(files));
  } else {
    dsr_out_say("%s: %lld claim%s%s from %d file%s", path, added, dsr_out_plural(added),
                b.added, files, dsr_out_plural(files));
  }
}

static int fail(const dsr_target *on, dsr_status rc) {
  int code = dsr_target_fail(on->base, rc);
  return rc == DSR_ESTOPPED ? dsr_stop_code() : code;
}

static int load(dsr_options *options, const dsr_target *on) {
  loading l = {0};
  dsr_load_report report;
  dsr_load_options how = {.replace = options->flag[REPLACE] != NULL,
                          .dry_run = options->flag[DRY_RUN] != NULL,
                          .progress = on_progress,
                          .note = on_note,
                          .ud = &l};
  dsr_progress_start(&l.progress);
  dsr_stop_watch();
  if (how.dry_run) dsr_watch(on->base, on_change, &l);
  dsr_status rc =
      dsr_load_with(on->base, options->arguments, options->n_arguments, &how, &report);
  dsr_progress_clear(&l.progress);
  if (rc >= 0) {
    print_lines(&l.added, '+');
    print_lines(&l.retracted, '-');
    print_notes(&report);
    if (how.dry_run) {
      print_dry(on->path, &report);
    } else {
      print_report(options, on->path, &report);
    }
  }
  free_lines(&l.added);
  free_lines(&l.retracted);
  return rc < 0 ? fail(on, rc) : DSR_EXIT_DONE;
}

static int run_load(dsr_options *options) {
  dsr_target on;
  if (options->n_arguments == 0) {
    return dsr_tell("load which files? try: dossier -b BASE load FILE.dl");
  }
  int code = dsr_target_write(options, 0, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = load(options, &on);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_load = {
    "load", "load FILE...       put files in the language on record in the base",
    run_load, load_help, load_flags};
