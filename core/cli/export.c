/*
** export.c - the command `export`: what is in view, as a file in some format.
**
** With -o the text goes to a new file beside the one that is named, which takes its place
** when all of it has landed: whatever goes wrong, the old one is there.  Ctrl-C and a
** request to end leave a mark, which the export sees between two pieces.
*/
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/folder.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "cli/target.h"

static const char export_help[] =
    "export: write out what is in view of a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] export [--format F] [--history]\n"
    "               [-o FILE] [--claims] [--columns LIST] [FILE.dl...] [RELATION...]\n"
    "\n"
    "All of it, or the facts of some relations (joined, or joined/2) and what is\n"
    "declared of them.\n"
    "\n"
    "  --format F      dl      the language, canonical: the same contents give the "
    "same\n"
    "                          bytes, and loading them gives an equal base (for none)\n"
    "                  csv     a table: a row for each fact that is held\n"
    "                  jsonl   an object a line: a fact with its claims\n"
    "                  dot     a drawing for Graphviz, of facts between entities\n"
    "                  nt      N-Triples, with claims as RDF 1.2 has them\n"
    "                  nq      N-Quads: the same, with a graph for each source\n"
    "                  ttl     Turtle, trig TriG: the same for people to read\n"
    "  --iri BASE      RDF: nato is <BASEnato>; without it, <urn:dossier:nato>\n"
    "  --rdf11         RDF: rdf:Statements in place of what is new in RDF 1.2\n"
    "  --history       closed claims, too.  dl writes transactions that a load "
    "replays\n"
    "                  into an empty base, csv and jsonl when claims were opened and\n"
    "                  closed\n"
    "  -o, --output FILE   write to FILE, which is replaced when all has gone well;\n"
    "                  - is standard output, as without it\n"
    "  --claims        csv: a row for each claim, denials too\n"
    "  --columns LIST  csv: these alone, with commas between: relation, args, valid "
    "and\n"
    "                  the names of a relation's columns; of facts sources, n_claims "
    "and\n"
    "                  trust; of claims verb, source, locator, kind, speaker, grade,\n"
    "                  quotation and confidence\n"
    "\n"
    "A view exports what is in view: facts at times that are, claims that pass.\n"
    "--settled leaves out what verdicts deprecate, --fold facts that a finer one "
    "says.\n"
    "Trust is worked out from the claims in view.  Declarations, prefixes, sources "
    "and\n"
    "rules come whatever the view.  Which file made a claim is not told.\n"
    "\n"
    "  $ dossier -b my.kb export -o my.dl\n"
    "  $ dossier -b my.kb export --format csv joined\n"
    "  subject,object,valid,sources,n_claims\n"
    "  ukraine,pfp,1994,article,1\n";

enum { HISTORY, OUTPUT, OUT, CLAIMS, COLUMNS, IRI, RDF11 };

static const dsr_flag export_flags[] = {[HISTORY] = {"--history", 0},
                                        [OUTPUT] = {"--output", 1},
                                        [OUT] = {"-o", 1},
                                        [CLAIMS] = {"--claims", 0},
                                        [COLUMNS] = {"--columns", 1},
                                        [IRI] = {"--iri", 1},
                                        [RDF11] = {"--rdf11", 0},
                                        {NULL, 0}};

/* ---- where it goes ---------------------------------------------------------------- */

typedef struct output {
  dsr_progress_line progress;
  FILE *to;
  int why;          /* errno of a write that failed */
  char *path;       /* NULL: standard output, or a device that is written as it is */
  char *unfinished; /* what is written, until it takes the place of `path` */
} output;

static int on_write(void *ud, const char *text, size_t len) {
  output *out = ud;
  if (dsr_stop_asked() != 0) return 1;
  errno = 0;
  if (fwrite(text, 1, len, out->to) == len) return 0;
  out->why = errno;
  return 1;
}

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  output *out = ud;
  if (out->path != NULL) dsr_progress_show(&out->progress, what, done, total);
  return dsr_stop_asked() != 0;
}

static int refuse(const char *path, int why) {
  return dsr_tell("%s: cannot be written: %s", path, strerror(why));
}

/* Make the file that will take the place of out->path, with its rights. */
static int open_beside(output *out) {
  struct stat old;
  mode_t mask = umask(0), rights = 0666 & ~mask;
  size_t room = strlen(out->path) + 8;
  umask(mask);
  if (stat(out->path, &old) == 0) rights = old.st_mode & 0777;
  out->unfinished = malloc(room);
  if (out->unfinished == NULL) return dsr_tell("out of memory");
  snprintf(out->unfinished, room, "%s.XXXXXX", out->path);
  int fd = mkstemp(out->unfinished);
  if (fd < 0) {
    int why = errno;
    free(out->unfinished);
    out->unfinished = NULL;
    return refuse(out->path, why);
  }
  (void)!fchmod(fd, rights);
  out->to = fdopen(fd, "wb");
  if (out->to != NULL) return DSR_EXIT_DONE;
  close(fd);
  return dsr_tell("out of memory");
}

/* Open what -o names; links are followed. */
static int open_output(const char *path, output *out) {
  struct stat about;
  out->to = stdout;
  if (path == NULL || strcmp(path, "-") == 0) return DSR_EXIT_DONE;
  int there = stat(path, &about) == 0;
  if (there && S_ISDIR(about.st_mode)) return refuse(path, EISDIR);
  if (there && !S_ISREG(about.st_mode)) {
    out->to = fopen(path, "wb");
    return out->to != NULL ? DSR_EXIT_DONE : refuse(path, errno);
  }
  out->path = there ? realpath(path, NULL) : strdup(path);
  if (out->path == NULL) return refuse(path, errno);
  if (there && access(out->path, W_OK) != 0) return refuse(path, errno);
  return open_beside(out);
}

/* All was written: let it land.  A crash may come right behind. */
static int land(output *out) {
  FILE *to = out->to;
  errno = 0;
  int failed = fflush(to) != 0;
  if (out->path != NULL) failed = failed || fsync(fileno(to)) != 0;
  int why = errno;
  out->to = NULL;
  if (to != stdout && fclose(to) != 0 && !failed) {
    why = errno;
    failed = 1;
  }
  if (to == stdout) return DSR_EXIT_DONE; /* told at the end, where it failed */
  if (!failed && out->path != NULL && rename(out->unfinished, out->path) != 0) {
    why = errno;
    failed = 1;
  }
  if (failed) return refuse(out->path != NULL ? out->path : "the file", why);
  if (out->path != NULL) dsr_folder_sync(out->path);
  free(out->unfinished);
  out->unfinished = NULL;
  return DSR_EXIT_DONE;
}

static void close_output(output *out) {
  if (out->to != NULL && out->to != stdout) fclose(out->to);
  if (out->unfinished != NULL) unlink(out->unfinished);
  free(out->unfinished);
  free(out->path);
}

/* ---- the command ------------------------------------------------------------------ */

/* Forget what waits to be written to standard output, and that writing failed: nobody may
** be there who takes it. */
static void drop_output(void) {
  __fpurge(stdout);
  clearerr(stdout);
}

/* Why it did not come to an end. */
static int fail(const dsr_target *on, const output *out, dsr_status rc) {
  if (rc != DSR_ESTOPPED) return dsr_target_fail(on->base, rc);
  if (dsr_stop_asked() != 0) {
    if (out->to == stdout) drop_output();
    dsr_tell("stopped%s", out->path != NULL ? "; the file is as it was" : "");
    return dsr_stop_code();
  }
  if (out->to == stdout) return DSR_EXIT_DONE; /* told at the end, if anybody reads */
  return refuse(out->path != NULL ? out->path : "the file", out->why);
}

static void on_note(void *ud, const char *text) {
  output *out = ud;
  dsr_progress_clear(&out->progress);
  dsr_tell("note: %s", text);
}

static int export(dsr_options *options, const dsr_target *on, output *out) {
  dsr_export_options how = {.format = options->format,
                            .history = options->flag[HISTORY] != NULL,
                            .claims = options->flag[CLAIMS] != NULL,
                            .columns = options->flag[COLUMNS],
                            .relations = options->arguments,
                            .iri = options->flag[IRI],
                            .rdf11 = options->flag[RDF11] != NULL,
                            .note = on_note,
                            .progress = on_progress,
                            .ud = out};
  dsr_progress_start(&out->progress);
  dsr_stop_watch();
  dsr_status rc = dsr_export(dsr_target_seen(on), &how, on_write, out);
  dsr_progress_clear(&out->progress);
  return rc < 0 ? fail(on, out, rc) : land(out);
}

static int run_export(dsr_options *options) {
  dsr_target on;
  output out = {.to = NULL};
  const char *path = options->flag[OUTPUT];
  if (path != NULL && options->flag[OUT] != NULL) {
    return dsr_tell("-o is given twice: %s and %s", path, options->flag[OUT]);
  }
  if (path == NULL) path = options->flag[OUT];
  int code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = open_output(path, &out);
  if (code == DSR_EXIT_DONE) code = export(options, &on, &out);
  close_output(&out);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_export = {
    "export",
    "export [RELATION...]  write out what is in view: dl, csv, jsonl, dot, RDF",
    run_export, export_help, export_flags};
