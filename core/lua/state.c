/*
** state.c - what the Lua states that the library makes have in common.
**
** Their memory is ground/mem's, and what they run besides a user's script travels inside
** the library: compiled, since a tenth of the time goes into loading that, and as the
** source, for a Lua of another release that takes nothing else.
*/
#include "lua/state.h"

#include <lauxlib.h>
#include <string.h>

#include "ground/mem.h"

/* Lua counts on a block that shrinks to come back. */
static void *allocate(void *ud, void *old, size_t old_size, size_t size) {
  (void)ud;
  if (size == 0) {
    dsr_free(old);
    return NULL;
  }
  void *memory = dsr_resize(old, size);
  return memory == NULL && old != NULL && size <= old_size ? old : memory;
}

lua_State *dsr_state_new(void) { return lua_newstate(allocate, NULL); }

const dsr_embedded *dsr_state_source(const char *name) {
  for (const dsr_embedded *file = dsr_embedded_files; file->name != NULL; file++) {
    if (strcmp(file->name, name) == 0) return file;
  }
  return NULL;
}

void dsr_state_load(lua_State *L, const char *name, const char *called) {
  const dsr_embedded *file = dsr_state_source(name);
  if (file == NULL) luaL_error(L, "\"%s\" was left out of the library", name);
  int rc = luaL_loadbufferx(L, file->code, file->code_len, called, "b");
  if (rc == LUA_ERRSYNTAX) {
    lua_pop(L, 1);
    rc = luaL_loadbufferx(L, file->data, file->len, called, "t");
  }
  if (rc != LUA_OK) lua_error(L);
}
