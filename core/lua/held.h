/*
** held.h - a text that was read from a file or a stream, whole, however long.
**
** A long one lies in a file without a name, which is mapped: it looks like any other, but
** what was read of it need not stay in memory.  Nobody else can change or cut that file.
*/
#ifndef DSR_LUA_HELD_H
#define DSR_LUA_HELD_H

#include <stdio.h>

#include "ground/pace.h"
#include "logic/program.h"

typedef struct dsr_held_text {
  dsr_str body;
  bool mapped;
} dsr_held_text;

/* All that is left in `in`, called `name` in messages; no more than a little past what the
** grammar will take, so that a stream without an end has one.  `folder` is where the file
** is made, if one is needed. */
dsr_status dsr_held_read(FILE *in, const char *name, const char *folder, dsr_pace *pace,
                         dsr_error *error, dsr_held_text *out);
void dsr_held_free(dsr_held_text *text);

/* Bytes from `from` on, at most to `to`, will not be read soon: those of whole pages need
** not stay in memory.  Only of a text that is mapped. */
void dsr_held_pass(dsr_str body, size_t from, size_t to);

#endif
