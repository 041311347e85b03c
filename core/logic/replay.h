/*
** replay.h - the transactions of a history, one after the other, into an empty base.
*/
#ifndef DSR_LOGIC_REPLAY_H
#define DSR_LOGIC_REPLAY_H

#include "logic/load.h"
#include "logic/resolve.h"

/* Load the clauses of each of the program's transactions under its number and stamp;
** declarations of relations are there already.  Errors of the language are told with `r`;
** the result is below zero for hard failures. */
dsr_status dsr_replay(dsr_resolve *r, dsr_loading *how);

#endif
