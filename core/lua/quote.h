/*
** quote.h - what stands between quotes, with its escapes resolved.
*/
#ifndef DSR_LUA_QUOTE_H
#define DSR_LUA_QUOTE_H

#include "ground/mem.h"

/* Read what stands between two `quote`s: \n \t \r \b \f \" \' \\ \uXXXX
** \UXXXXXXXX, and in single quotes '' for one.  A slice of `raw` where it holds none of
** these, else in `arena`.  DSR_ENOMEM, untold, or DSR_ESYNTAX with the offset of the
** backslash that stands for no character in *bad_at. */
dsr_status dsr_quote_read(dsr_str raw, char quote, dsr_arena *arena, dsr_str *out,
                          size_t *bad_at);

#endif
