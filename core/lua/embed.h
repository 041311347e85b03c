/*
** embed.h - the Lua half that travels inside the library.
**
** The build turns core/lua/NAME.lua into an entry "NAME" and scripts/NAME.lua into
** "scripts/NAME" (a generated file, in order of name): the text, and what Lua compiles
** it to, lines kept.
*/
#ifndef DSR_LUA_EMBED_H
#define DSR_LUA_EMBED_H

#include <stddef.h>

typedef struct dsr_embedded {
  const char *name;
  const char *data; /* the source, not ended by NUL */
  size_t len;
  const char *code; /* the source compiled */
  size_t code_len;
} dsr_embedded;

extern const dsr_embedded dsr_embedded_files[]; /* ends with a NULL name */

#endif
