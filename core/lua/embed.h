/*
** embed.h - the Lua sources that travel inside the library.
**
** The build turns core/lua/NAME.lua into an entry "NAME" and scripts/NAME.lua into
** "scripts/NAME" (a generated file, in order of name).
*/
#ifndef DSR_LUA_EMBED_H
#define DSR_LUA_EMBED_H

#include <stddef.h>

typedef struct dsr_embedded {
  const char *name;
  const char *data; /* the source, not ended by NUL */
  size_t len;
} dsr_embedded;

extern const dsr_embedded dsr_embedded_files[]; /* ends with a NULL name */

#endif
