/*
** load.c - the command `load`: files in the language, into a base.
*/
#include <stdio.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

static const char load_help[] =
    "load: put files in the language on record in a base.\n"
    "\n"
    "Usage: dossier [-b BASE] [--now T] load FILE...\n"
    "\n"
    "The base is made if it is not there yet.  All files are one transaction: where "
    "one\n"
    "has an error, up to ten are told and nothing is changed.  Declarations in one "
    "file\n"
    "count in all.  \"-\" is standard input.  What is on record already is left "
    "alone.\n";

static int run_load(dsr_options *options) {
  dsr_target on;
  int files = options->n_arguments;
  if (files == 0) {
    return dsr_tell("load which files? try: dossier -b BASE load FILE.dl");
  }
  int code = dsr_target_write(options, 0, &on);
  if (code != DSR_EXIT_DONE) return code;
  dsr_status rc = dsr_load_files(on.base, options->arguments, files);
  if (rc < 0) {
    code = dsr_target_fail(on.base, rc);
  } else {
    long long claims = (long long)dsr_changes(on.base);
    printf("%s: %lld claim%s from %d file%s\n", on.path, claims, dsr_out_plural(claims),
           files, dsr_out_plural(files));
  }
  dsr_target_close(&on);
  return code;
}

const dsr_command dsr_command_load = {
    "load", "load FILE...       put files in the language on record in the base",
    run_load, load_help, NULL};
