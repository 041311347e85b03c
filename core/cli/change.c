/*
** change.c - the commands that change a base by hand: add, deny, retract, prefer,
** deprecate, undo, rename.
*/
#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

static int not_yet(dsr_options *options) {
  return dsr_tell("%s is not built yet", options->command);
}

const dsr_command dsr_command_add = {"add", NULL, not_yet, "", NULL};
const dsr_command dsr_command_deny = {"deny", NULL, not_yet, "", NULL};
const dsr_command dsr_command_retract = {"retract", NULL, not_yet, "", NULL};
const dsr_command dsr_command_prefer = {"prefer", NULL, not_yet, "", NULL};
const dsr_command dsr_command_deprecate = {"deprecate", NULL, not_yet, "", NULL};
const dsr_command dsr_command_undo = {"undo", NULL, not_yet, "", NULL};
const dsr_command dsr_command_rename = {"rename", NULL, not_yet, "", NULL};
