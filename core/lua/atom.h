/*
** atom.h - one atom in the language, as a pattern of what was ever claimed.
*/
#ifndef DSR_LUA_ATOM_H
#define DSR_LUA_ATOM_H

#include "facts/claimed.h"
#include "lua/base.h"

/* Read "joined(ukraine, X) @ T".  DSR_NOTHING where it names what the base has never met;
** DSR_ESYNTAX, ERELATION and the like, in words, where it is no such atom. */
dsr_status dsr_base_read_atom(dsr_base *base, dsr_str text, dsr_claimed *out);

#endif
