/*
** rereading.h - gathered facts, read again when they are asked for.
**
** A program that gathers (logic/program.h) keeps no clause of a fact, but which part of
** the text holds facts in a row; here they are read once more, one at a time.  Nothing can
** be wrong with them any more, but that memory runs out.
*/
#ifndef DSR_LUA_REREADING_H
#define DSR_LUA_REREADING_H

#include "logic/program.h"

extern const dsr_reread dsr_rereading;

#endif
