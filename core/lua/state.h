/*
** state.h - what the Lua states that the library makes have in common.
*/
#ifndef DSR_LUA_STATE_H
#define DSR_LUA_STATE_H

#include <lua.h>

#include "lua/embed.h"

/* A new state whose memory comes from ground/mem; NULL where there is none. */
lua_State *dsr_state_new(void);

/* Push the chunk that travels inside the library as `name`, which messages call `called`
** ("=grammar").  May raise. */
void dsr_state_load(lua_State *L, const char *name, const char *called);

/* The Lua source that travels inside the library as `name`; NULL where none does. */
const dsr_embedded *dsr_state_source(const char *name);

#endif
