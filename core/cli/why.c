/*
** why.c - the command `why`: a proof as a tree, or what each rule is wanting.
*/
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/deriving.h"
#include "cli/out.h"
#include "cli/target.h"

static const char why_help[] =
    "why: why something holds, or why not.\n"
    "\n"
    "Usage: dossier [-b BASE] [view options] why [FILE.dl...] FACT [--format F]\n"
    "\n"
    "Tells the shortest proof of FACT: each derived fact with its rule, down to facts "
    "on\n"
    "record and the claims in view on them.  A derived fact is trusted as the weakest "
    "fact\n"
    "that the proof rests on.  FACT may be any query; of several answers the first one "
    "is\n"
    "explained.  Where it does not hold, each rule that might give it is told with the "
    "first\n"
    "condition that fails, and the exit code is 1.\n"
    "\n"
    "  --table N=FILE  read a tab-separated file as the relation N\n" DSR_DERIVING_HELP
    "  --format F      text (default), json or md\n"
    "\n"
    "  $ dossier why notes.dl 'aspirant(ukraine)'\n"
    "  aspirant(ukraine)  (single-source)\n"
    "    by aspirant(X) :- seeks(X, nato), not member(X, nato).  [notes.dl:12]\n"
    "    seeks(ukraine, nato)  (single-source)\n"
    "      - article \"conclusion/2\", grade b2\n"
    "    not member(ukraine, nato)\n";

static const dsr_flag why_flags[] = {
    DSR_DERIVING_FLAGS,
    [DSR_DERIVING_OWN] = {"--table", DSR_FLAG_LIST},
    {NULL, 0},
};

/* ---- the command --------------------------------------------------------------------- */

/* The format of a name: 0, or an exit code. */
static int find_format(const char *name, dsr_why_format *out) {
  *out = DSR_WHY_TEXT;
  if (name == NULL || strcmp(name, "text") == 0) return 0;
  *out = DSR_WHY_JSON;
  if (strcmp(name, "json") == 0) return 0;
  *out = DSR_WHY_MARKDOWN;
  if (strcmp(name, "md") == 0) return 0;
  return dsr_tell("no format %s; there are text, json and md", name);
}

/* What looks like a slip of the pen in what does not hold. */
static int say_slip(void *ud, dsr_str text) {
  (void)ud;
  dsr_tell("%.*s", (int)text.len, text.data);
  return 0;
}

static int write_out(void *options, const char *text, size_t len) {
  dsr_deriving_clear();
  return dsr_out_write(options, text, len);
}

static int explain(dsr_base *base, const char *fact, dsr_why_format format,
                   dsr_options *options) {
  dsr_status rc = dsr_why_write(base, fact, format, write_out, options);
  dsr_deriving_clear();
  if (rc == DSR_ESTOPPED && ferror(stdout)) return DSR_EXIT_DONE;
  if (rc < 0) return dsr_deriving_code(rc, dsr_target_fail(base, rc));
  if (rc == DSR_NOTHING) dsr_fact_slips(base, fact, say_slip, NULL);
  return rc == DSR_NOTHING ? DSR_EXIT_NOTHING : DSR_EXIT_DONE;
}

static int run_why(dsr_options *options) {
  dsr_target on;
  dsr_why_format format;
  int code = find_format(options->format, &format);
  if (code != 0) return code;
  code = dsr_target_open(options, 1, &on);
  if (code != DSR_EXIT_DONE) return code;
  if (dsr_deriving_start(options, on.base) < 0) {
    code = DSR_EXIT_USAGE;
  } else if (options->n_arguments == 1) {
    code = explain(dsr_target_seen(&on), options->arguments[0], format, options);
  } else if (options->n_arguments == 0) {
    code = dsr_tell("why what? try: dossier why 'joined(ukraine, pfp)'");
  } else {
    code = dsr_tell("one fact at a time; after %s came %s", options->arguments[0],
                    options->arguments[1]);
  }
  dsr_deriving_end();
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_why = {
    "why", "why FACT           a proof of something, or what is wanting for it",
    run_why, why_help, why_flags};
