/*
** state.c - what the Lua states that the library makes have in common.
**
** Their memory is ground/mem's, and what they run besides a user's script is source
** that travels inside the library.
*/
#include "lua/state.h"

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
