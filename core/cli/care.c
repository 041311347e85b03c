/*
** care.c - the commands `compact` and `backup`: keeping a base small and safe.
**
** Ctrl-C and a request to end leave a mark, which the work sees within a second; the base
** is whole then, and no half file is left.
*/
#include <signal.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/target.h"

static const char compact_help[] =
    "compact: make a base as small as it can be.\n"
    "\n"
    "Usage: dossier -b BASE compact\n"
    "\n"
    "What commits left in pieces is merged, blocks are filled, and the file is "
    "written\n"
    "again without free pages.  Contents, history and numbers stay.  There must be "
    "room\n"
    "for the base twice more.  It waits some seconds for other programs that read or\n"
    "write, and gives up then; it can be stopped at any time.\n"
    "\n"
    "  $ dossier -b my.kb compact\n"
    "  my.kb: 1,220,608 bytes, 3,407,872 before\n";

static const char backup_help[] =
    "backup: copy a base, while others write to it.\n"
    "\n"
    "Usage: dossier -b BASE backup FILE [--force]\n"
    "\n"
    "The copy is one file with all that was committed when it began.  It is made "
    "beside\n"
    "FILE, read through and verified there, and takes its name last: whatever goes "
    "wrong,\n"
    "FILE is as it was.\n"
    "\n"
    "  --force   replace FILE, where it is there already\n"
    "\n"
    "  $ dossier -b my.kb backup monday.kb\n"
    "  monday.kb: 1,220,608 bytes, verified\n";

enum { FORCE, EXIT_STOPPED = 130 };

static const dsr_flag backup_flags[] = {[FORCE] = {"--force", 0}, {NULL, 0}};

/* ---- being stopped --------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number) { interrupted = number; }

/* A shell that runs it in the background has it ignore the signal: so it stays. */
static void watch(int number) {
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESETHAND};
  struct sigaction before;
  sigemptyset(&action.sa_mask);
  if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return;
  sigaction(number, &action, NULL);
}

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  dsr_progress_show(ud, what, done, total);
  return interrupted != 0;
}

static void start(dsr_progress_line *line) {
  dsr_progress_start(line);
  watch(SIGINT);
  watch(SIGTERM);
}

static int fail(const dsr_target *on, dsr_status rc) {
  int code = dsr_target_fail(on->base, rc);
  if (rc != DSR_ESTOPPED) return code;
  return interrupted == SIGTERM ? 128 + SIGTERM : EXIT_STOPPED;
}

/* ---- figures ---------------------------------------------------------------------- */

/* 1220608 as "1,220,608". */
static const char *grouped(int64_t n, char out[32]) {
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%lld", (long long)n), to = 0;
  for (int i = 0; i < len; i++) {
    if (i > 0 && (len - i) % 3 == 0) out[to++] = ',';
    out[to++] = digits[i];
  }
  out[to] = '\0';
  return out;
}

/* ---- compact ---------------------------------------------------------------------- */

static int compact(const dsr_target *on) {
  dsr_progress_line line;
  dsr_compact_report report = {0, 0};
  char before[32], after[32];
  start(&line);
  dsr_status rc = dsr_compact(on->base, on_progress, &line, &report);
  dsr_progress_clear(&line);
  if (rc < 0) return fail(on, rc);
  if (rc == DSR_NOTHING) {
    dsr_out_say("%s: it has no transactions yet", on->path);
    return DSR_EXIT_NOTHING;
  }
  dsr_out_say("%s: %s bytes, %s before", on->path, grouped(report.after, after),
              grouped(report.before, before));
  return DSR_EXIT_DONE;
}

static int run_compact(dsr_options *options) {
  dsr_target on;
  if (options->n_arguments > 0) {
    return dsr_tell("compact takes no words; came %s", options->arguments[0]);
  }
  int code = dsr_target_write(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = compact(&on);
  dsr_target_close(&on);
  return code;
}

/* ---- backup ----------------------------------------------------------------------- */

static int backup(const dsr_target *on, const char *path, int force) {
  dsr_progress_line line;
  char size[32];
  int64_t bytes = 0;
  start(&line);
  dsr_status rc = dsr_backup(on->base, path, force, on_progress, &line, &bytes);
  dsr_progress_clear(&line);
  if (rc < 0) return fail(on, rc);
  dsr_out_say("%s: %s bytes, verified", path, grouped(bytes, size));
  return DSR_EXIT_DONE;
}

static int run_backup(dsr_options *options) {
  dsr_target on;
  if (options->n_arguments != 1) {
    return dsr_tell("a backup goes to one file: dossier -b BASE backup FILE");
  }
  if (dsr_target_path(options) == NULL) {
    return dsr_tell("a backup of which base? say -b BASE");
  }
  char *path = (char *)options->arguments[0];
  options->n_arguments = 0; /* FILE is no file to load, whatever it is called */
  options->arguments[0] = NULL;
  int code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = backup(&on, path, options->flag[FORCE] != NULL);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_compact = {
    "compact", "compact            make the base's file as small as it can be",
    run_compact, compact_help, NULL};
const dsr_command dsr_command_backup = {
    "backup", "backup FILE        copy the base, while others write to it", run_backup,
    backup_help, backup_flags};
