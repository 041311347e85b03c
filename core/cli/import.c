/*
** import.c - the command `import`: files in other formats, into a base.
**
** Ctrl-C leaves a mark, which the import sees when it next tells how far it is, and takes
** everything back.  A second Ctrl-C ends the command as ever; the base is whole then, too.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "cli/target.h"

static const char import_help[] =
    "import: put files in other formats on record in a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] import [--format F] [--source S] [--as P] "
    "FILE...\n"
    "\n"
    "The base is made if it is not there yet.  All files are one transaction: where "
    "one\n"
    "has an error, it is told with its place, and nothing is changed.  \"-\" is "
    "standard\n"
    "input.  Files may be packed by gzip or zstd.  Ctrl-C stops an import; the base is "
    "as\n"
    "it was then, and the exit code 130.\n"
    "\n"
    "  --format F    nt, nq, ttl or trig: N-Triples, N-Quads, Turtle, TriG (RDF 1.1 "
    "and\n"
    "                1.2); csv, tsv, jsonl; needed where a file's name does not end "
    "so\n"
    "  --source S    whose claims they are, where the data does not say; it is "
    "declared\n"
    "                if it is not.  Without it, nobody's: the source base\n"
    "  --iri BASE    IRIs that begin with BASE are identifiers: with\n"
    "                http://example.org/, <http://example.org/nato> is nato\n"
    "  --keep-blank  blank nodes keep their labels: the same label in two loads is "
    "one\n"
    "                node.  Otherwise each load has its own\n"
    "  --memory MB   what rows may take before they are sorted through a file beside "
    "the\n"
    "                base: 512.  Names come on top\n"
    "\n"
    "A predicate is a relation of two columns named by its IRI; rdf:type is type, "
    "rdfs:label\n"
    "label, skos:altLabel alias, owl:sameAs same_as.  A named graph is a source, and "
    "its\n"
    "quads are that one's claims.  What export writes comes back: claims, times, "
    "grades.\n"
    "\n"
    "Tables, csv, tsv (tabs, no quotes; \\t \\n \\r \\\\ in fields) and jsonl (an "
    "object or "
    "an\n"
    "array a line):\n"
    "\n"
    "  --as PATTERN    what a row says, as in 'event(subject, object) @ date'; given "
    "again,\n"
    "                  a row says more\n"
    "  --header        the first row names the columns; --no-header: it does not.  As "
    "a\n"
    "                  rule it does where a pattern names some\n"
    "  --null TEXT     a field that is TEXT has no value, as an empty one\n"
    "  --skip-bad FILE bad rows are set aside in FILE, which is made; else the first "
    "one\n"
    "                  ends the import\n"
    "  --dry-run       show the first facts and the types of the columns; change "
    "nothing\n"
    "\n"
    "  In a pattern a word is a column; so are {Any Name}, and $1 or #1, the first.\n"
    "  Members of objects: place.name.  What is the same in all rows stands in quotes "
    "or "
    "is\n"
    "  a number: 'nato' is an entity, \"x\" a text.  {relation}(subject, object) takes "
    "the\n"
    "  relation's name from a column, \"@ begin/end\" an interval from two; behind it "
    "may\n"
    "  stand from, locator, grade, speaker, quote and confidence, each with a column.\n"
    "  A column is of the type that the relation declares, or that stands behind it:\n"
    "  size:int, :decimal, :date (also 19940208), :bool, :entity, :text, :text@uk; "
    "else\n"
    "  7 and 0.5 are numbers, 1994-02-08 and 1994/2004 dates, true and false "
    "booleans,\n"
    "  and all else entities.  A row without a value for an argument makes no fact.\n"
    "  Without --as, jsonl is what export writes.\n"
    "\n"
    "  $ dossier -b my.kb import --as '{relation}(subject, object) @ date' events.csv\n"
    "  my.kb: 500000 claims from 1 file in 0.9 s\n"
    "  $ dossier -b my.kb import --source wordnet wordnet.nt.gz\n"
    "  my.kb: 1000000 claims from 1 file in 0.4 s\n";

enum { MEMORY_MOST = 1 << 20 }; /* megabytes */

enum {
  FORMAT,
  SOURCE,
  IRI,
  KEEP_BLANK,
  AS,
  HEADER,
  NO_HEADER,
  NULL_TEXT,
  SKIP_BAD,
  DRY_RUN,
  MEMORY
};

static const dsr_flag import_flags[] = {[FORMAT] = {"--format", 1},
                                        [SOURCE] = {"--source", 1},
                                        [IRI] = {"--iri", 1},
                                        [KEEP_BLANK] = {"--keep-blank", 0},
                                        [AS] = {"--as", DSR_FLAG_LIST},
                                        [HEADER] = {"--header", 0},
                                        [NO_HEADER] = {"--no-header", 0},
                                        [NULL_TEXT] = {"--null", 1},
                                        [SKIP_BAD] = {"--skip-bad", 1},
                                        [DRY_RUN] = {"--dry-run", 0},
                                        [MEMORY] = {"--memory", 1},
                                        {NULL, 0}};

/* ---- what happens during an import ------------------------------------------------ */

typedef struct importing {
  dsr_progress_line progress;
  double began; /* the import, and what is at hand */
  double turned;
  char what[300];
} importing;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

/* "  45 %  120 MB/s  3 s left", as far as it can be told. */
static void show_reading(importing *im, const char *what, int64_t done, int64_t total) {
  char words[96];
  double spent = now() - im->turned, rate = spent > 0 ? (double)done / spent : 0;
  double left = rate > 0 ? (double)(total - done) / rate : 0;
  if (total > 0) {
    snprintf(words, sizeof words, "  %d %%  %.1f MB/s  %.0f s left",
             (int)(done * 100 / total), rate / 1e6, left);
  } else {
    snprintf(words, sizeof words, "  %.0f MB  %.1f MB/s", (double)done / 1e6,
             rate / 1e6);
  }
  dsr_progress_words(&im->progress, what, words);
}

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  importing *im = ud;
  if (strcmp(im->what, what) != 0) {
    snprintf(im->what, sizeof im->what, "%s", what);
    if (im->turned != im->began || strncmp(what, "reading", 7) != 0) im->turned = now();
  }
  if (strncmp(what, "reading", 7) == 0) {
    show_reading(im, what, done, total);
  } else {
    dsr_progress_show(&im->progress, what, done, total);
  }
  return dsr_stop_asked() != 0;
}

static void on_note(void *ud, const char *text) {
  importing *im = ud;
  dsr_progress_clear(&im->progress);
  dsr_tell("note: %s", text);
}

/* What a dry run shows is the command's answer. */
static void on_show(void *ud, const char *text) {
  importing *im = ud;
  dsr_progress_clear(&im->progress);
  dsr_out_say("%s", text);
}

/* ---- the command ------------------------------------------------------------------ */

static void print_report(const dsr_options *options, const char *path,
                         const dsr_import_report *report, double seconds) {
  char sources[64] = "", skipped[64] = "";
  long long claims = (long long)report->claims, made = (long long)report->sources;
  if (made > 0) {
    snprintf(sources, sizeof sources, ", %lld source%s declared,", made,
             dsr_out_plural(made));
  }
  if (report->skipped > 0) {
    snprintf(skipped, sizeof skipped, ", %lld bad row%s set aside,",
             (long long)report->skipped, dsr_out_plural(report->skipped));
  }
  dsr_out_say("%s: %s%lld claim%s%s%s from %d file%s in %.1f s", path,
              options->flag[DRY_RUN] ? "dry run, nothing is changed: " : "", claims,
              dsr_out_plural(claims), sources, skipped, options->n_arguments,
              dsr_out_plural(options->n_arguments), seconds);
}

static int fail(const dsr_target *on, dsr_status rc) {
  int code = dsr_target_fail(on->base, rc);
  return rc == DSR_ESTOPPED ? dsr_stop_code() : code;
}

/* --memory, or 0; -1 where it is no number, told. */
static int memory_of(const dsr_options *options) {
  char *end;
  const char *text = options->flag[MEMORY];
  if (text == NULL) return 0;
  long n = strtol(text, &end, 10);
  if (*text != '\0' && *end == '\0' && n >= 1 && n <= MEMORY_MOST) return (int)n;
  dsr_tell("--memory takes megabytes, from 1 to %d; came %s", MEMORY_MOST, text);
  return -1;
}

static int import(dsr_options *options, const dsr_target *on, int memory) {
  importing im = {.began = now()};
  dsr_import_report report;
  dsr_import_options how = {
      .format = options->flag[FORMAT],
      .source = options->flag[SOURCE],
      .iri = options->flag[IRI],
      .keep_blank = options->flag[KEEP_BLANK] != NULL,
      .as = options->listed,
      .header = (options->flag[HEADER] != NULL) - (options->flag[NO_HEADER] != NULL),
      .null = options->flag[NULL_TEXT],
      .skip_bad = options->flag[SKIP_BAD],
      .dry_run = options->flag[DRY_RUN] != NULL,
      .memory_mb = memory,
      .progress = on_progress,
      .note = on_note,
      .show = on_show,
      .ud = &im};
  im.turned = im.began;
  dsr_progress_start(&im.progress);
  dsr_stop_watch();
  dsr_status rc =
      dsr_import(on->base, options->arguments, options->n_arguments, &how, &report);
  dsr_progress_clear(&im.progress);
  if (rc < 0) return fail(on, rc);
  print_report(options, on->path, &report, now() - im.began);
  return DSR_EXIT_DONE;
}

/* The base; in a dry run without one, an empty one in memory, since none is made. */
static int open_base(dsr_options *options, dsr_target *on) {
  const char *path = dsr_target_path(options);
  if (options->flag[DRY_RUN] && path != NULL && access(path, F_OK) != 0) {
    dsr_open_options how = {.now = options->now};
    *on = (dsr_target){.path = path};
    dsr_status rc = dsr_open(NULL, &how, &on->base);
    if (rc >= 0) return DSR_EXIT_DONE;
    int code = dsr_target_fail(on->base, rc);
    dsr_target_close(on);
    return code;
  }
  return dsr_target_write(options, 0, on);
}

static int run_import(dsr_options *options) {
  dsr_target on;
  if (options->n_arguments == 0) {
    return dsr_tell("import which files? try: dossier -b BASE import FILE.ttl");
  }
  if (options->flag[HEADER] && options->flag[NO_HEADER]) {
    return dsr_tell("--header and --no-header exclude each other");
  }
  int memory = memory_of(options);
  if (memory < 0) return DSR_EXIT_USAGE;
  int code = open_base(options, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = import(options, &on, memory);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_import = {
    "import",
    "import FILE...     put files in other formats on record: RDF, csv, tsv, jsonl",
    run_import, import_help, import_flags};
