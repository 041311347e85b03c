/*
** check.c - the command `check`: what looks wrong in files, before they are loaded.
*/
#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

static int not_yet(dsr_options *options) {
  return dsr_tell("%s is not built yet", options->command);
}

const dsr_command dsr_command_check = {"check", NULL, not_yet, "", NULL};
