/*
** care.c - the commands `compact`, `backup` and `forget`: keeping a base.
**
** Ctrl-C and a request to end leave a mark, which the work sees within a second; the base
** is whole then, and no half file is left.
*/
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/stop.h"
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

static const char forget_help[] =
    "forget: erase a source for good.\n"
    "\n"
    "Usage: dossier -b BASE forget SOURCE --dry-run\n"
    "       dossier -b BASE forget SOURCE [--yes]\n"
    "\n"
    "What the source ever claimed goes, verdicts on it, what declares it, and the "
    "names\n"
    "and texts that nothing else uses: from the file, its log, the text search and all "
    "of\n"
    "history.  This is no retraction, and nothing brings it back but a copy made "
    "before,\n"
    "which it does not reach.  Transactions keep their numbers and times; those until "
    "then\n"
    "cannot be undone any more.  Declarations of relations and rules stay; where a "
    "rule\n"
    "names what would go, it is refused.  Other sources' claims on the same facts "
    "stay.\n"
    "\n"
    "  --dry-run   only say what would go\n"
    "  --yes       on a terminal, where it would only say what to add: do it\n"
    "\n"
    "It waits some seconds for other programs that read or write, and gives up then.\n"
    "\n"
    "  $ dossier -b my.kb forget leak --yes\n"
    "  leak is forgotten: 12 claims, 9 facts, 31 names\n"
    "  my.kb: 90,112 bytes, 98,304 before\n";

enum { FORCE };

static const dsr_flag backup_flags[] = {[FORCE] = {"--force", 0}, {NULL, 0}};

enum { DRY_RUN, YES, LINES_MOST = 20 };

static const dsr_flag forget_flags[] = {
    [DRY_RUN] = {"--dry-run", 0}, [YES] = {"--yes", 0}, {NULL, 0}};

/* ---- being stopped --------------------------------------------------------------- */

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  dsr_progress_show(ud, what, done, total);
  return dsr_stop_asked() != 0;
}

static void start(dsr_progress_line *line) {
  dsr_progress_start(line);
  dsr_stop_watch();
}

static int fail(const dsr_target *on, dsr_status rc) {
  int code = dsr_target_fail(on->base, rc);
  return rc == DSR_ESTOPPED ? dsr_stop_code() : code;
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

/* ---- forget ----------------------------------------------------------------------- */

typedef struct forgetting {
  dsr_progress_line line; /* the first: what on_progress gets */
  long long told;
} forgetting;

static int on_gone(void *ud, dsr_str claim) {
  forgetting *f = ud;
  if (f->told++ < LINES_MOST) dsr_out_say("- %.*s", (int)claim.len, claim.data);
  return dsr_stop_asked() != 0;
}

static int forget(const dsr_options *options, const dsr_target *on) {
  forgetting f = {.told = 0};
  dsr_forget_report report;
  char before[32], after[32];
  const char *source = options->arguments[0];
  int dry = options->flag[DRY_RUN] != NULL;
  dsr_forget_options how = {dry, dry ? on_gone : NULL, on_progress, &f};
  start(&f.line);
  dsr_status rc = dsr_forget(on->base, source, &how, &report);
  dsr_progress_clear(&f.line);
  if (rc < 0) return fail(on, rc);
  if (f.told > LINES_MOST) dsr_out_say("- and %lld more", f.told - LINES_MOST);
  dsr_out_say("%s %s: %lld claim%s, %lld fact%s, %lld name%s%s", source,
              dry ? "would be forgotten" : "is forgotten", (long long)report.claims,
              dsr_out_plural(report.claims), (long long)report.facts,
              dsr_out_plural(report.facts), (long long)report.names,
              dsr_out_plural(report.names), dry ? " (nothing changed)" : "");
  if (!dry) {
    dsr_out_say("%s: %s bytes, %s before", on->path, grouped(report.after, after),
                grouped(report.before, before));
  }
  return DSR_EXIT_DONE;
}

static int run_forget(dsr_options *options) {
  dsr_target on;
  if (options->n_arguments != 1) {
    return dsr_tell(
        "forget which source? one at a time: dossier -b BASE forget SOURCE");
  }
  if (options->flag[DRY_RUN] == NULL && options->flag[YES] == NULL &&
      isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
    return dsr_tell(
        "nothing brings back what is forgotten: add --dry-run to see what "
        "would go, --yes to forget it");
  }
  int code = dsr_target_write(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  code = forget(options, &on);
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_compact = {
    "compact", "compact            make the base's file as small as it can be",
    run_compact, compact_help, NULL};
const dsr_command dsr_command_backup = {
    "backup", "backup FILE        copy the base, while others write to it", run_backup,
    backup_help, backup_flags};
const dsr_command dsr_command_forget = {
    "forget", "forget SOURCE      erase a source and all that only it said", run_forget,
    forget_help, forget_flags};
