/*
** script.h - the Lua states that scripts run in.
**
** A script is Lua source whose first comment is its help and whose Usage line says
** which arguments it takes (runner.lua).  Each run has a state of its own, with all of
** Lua and `require "dossier"`; the base it is given is the host's, and stays open.
*/
#ifndef DSR_LUA_SCRIPT_H
#define DSR_LUA_SCRIPT_H

#include "lua/base.h"

/* As dsr_script_run and dsr_script_each of dossier.h. */
dsr_status dsr_script_start(dsr_base *base, const char *name, const char *const *argv,
                            const dsr_script_options *options, int *exit_code);
dsr_status dsr_script_list(dsr_script_found found, void *ud);

#endif
