/*
** complete.c - what may stand next on a command line: for the shells that ask.
*/
#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

static int not_yet(dsr_options *options) {
  return dsr_tell("%s is not built yet", options->command);
}

const dsr_command dsr_command_complete = {"complete", NULL, not_yet, "", NULL};
