/*
** lua_export.c - kb:export, for Lua: what is in view as a string, or into a file.
*/
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ground/text.h"
#include "lua/lua_aid.h"

static const char *const export_keys[] = {"format",  "history",   "claims",
                                          "columns", "relations", "path",
                                          "iri",     "rdf11",     NULL};

/* Where an export goes: into a bag, or a file. */
typedef struct output {
  dsr_lua_bag *bag;
  FILE *file;
  bool no_memory;
  int why;
} output;

static int on_write(void *ud, const char *text, size_t len) {
  output *out = ud;
  if (out->file != NULL) {
    errno = 0;
    if (fwrite(text, 1, len, out->file) == len) return 0;
    out->why = errno;
    return 1;
  }
  dsr_lua_bag *bag = out->bag;
  if (!dsr_vec_reserve(&bag->items, &bag->cap, bag->len + len, 1)) {
    out->no_memory = true;
    return 1;
  }
  memcpy((char *)bag->items + bag->len, text, len);
  bag->len += len;
  return 0;
}

static dsr_status cannot(dsr_lua_home *home, const char *path, int why) {
  return dsr_fail(home->base->error, DSR_EIO, "%s: cannot be written: %s", path,
                  strerror(why));
}

/* Write into a file beside `path`, which then takes its place.  `beside` has its name. */
static dsr_status export_to(dsr_lua_home *home, const dsr_export_options *options,
                            const char *path, const char *beside) {
  output out = {.file = fopen(beside, "wbx")};
  if (out.file == NULL) return cannot(home, path, errno);
  dsr_status rc = dsr_base_export(home->base, options, on_write, &out);
  if (rc == DSR_ESTOPPED) rc = cannot(home, path, out.why);
  errno = 0;
  bool failed = fflush(out.file) != 0 || fsync(fileno(out.file)) != 0;
  int why = errno;
  failed = fclose(out.file) != 0 || failed;
  if (rc >= 0 && failed) rc = cannot(home, path, why);
  if (rc >= 0 && rename(beside, path) != 0) rc = cannot(home, path, errno);
  if (rc < 0) unlink(beside);
  return rc;
}

/* kb:export(options) -> text | true | nil, message, code */
static int base_export(lua_State *L) {
  dsr_export_options options = {0};
  const char *path = NULL;
  dsr_lua_home *home = dsr_lua_check_home(L, 1);
  lua_settop(L, 2);
  if (!lua_isnil(L, 2)) {
    dsr_lua_check_keys(L, 2, export_keys);
    luaL_checkstack(L, 20, NULL);
    options.format = dsr_lua_option(L, 2, "format", false);
    options.columns = dsr_lua_option(L, 2, "columns", false);
    options.iri = dsr_lua_option(L, 2, "iri", false);
    options.rdf11 = dsr_lua_option_bool(L, 2, "rdf11");
    options.relations = dsr_lua_option_list(L, 2, "relations");
    options.history = dsr_lua_option_bool(L, 2, "history");
    options.claims = dsr_lua_option_bool(L, 2, "claims");
    path = dsr_lua_option(L, 2, "path", false);
  }
  if (path != NULL) {
    const char *beside = lua_pushfstring(L, "%s.%I", path, (LUAI_UACINT)getpid());
    dsr_status rc = export_to(home, &options, path, beside);
    if (rc < 0) return dsr_lua_fail(L, home, rc);
    lua_pushboolean(L, 1);
    return 1;
  }
  output out = {.bag = dsr_lua_push_bag(L)};
  dsr_status rc = dsr_base_export(home->base, &options, on_write, &out);
  if (out.no_memory) rc = dsr_fail_memory(home->base->error);
  if (rc < 0) return dsr_lua_fail(L, home, rc);
  lua_pushlstring(L, out.bag->items != NULL ? out.bag->items : "", out.bag->len);
  return 1;
}

const luaL_Reg dsr_lua_export_methods[] = {{"export", base_export}, {NULL, NULL}};
