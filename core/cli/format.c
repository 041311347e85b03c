/*
** format.c - the command `format`: files in the language, laid out canonically.
*/
#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

static int not_yet(dsr_options *options) {
  return dsr_tell("%s is not built yet", options->command);
}

const dsr_command dsr_command_format = {"format", NULL, not_yet, "", NULL};
