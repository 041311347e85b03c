/*
** api.c - what dossier.h promises of bases: opening, views, transactions, names, scripts.
**
** The work is done in lua/base.c, which the Lua binding uses too, so that the two
** cannot differ.  Here each call looks at its arguments, as far as a mistake can be
** seen, and hands them on.  A mistake is told in the base's own words where there is a
** base.
**
** Costs nothing beside what it calls.
*/
#include "api/api.h"

#include "ground/text.h"
#include "lua/script.h"

dsr_status dsr_api_enter(dsr_base *base) {
  if (base == NULL || base->facts == NULL) return DSR_EMISUSE;
  dsr_error_clear(base->error);
  return DSR_OK;
}

dsr_status dsr_api_misuse(dsr_base *base, const char *what) {
  return dsr_fail(base->error, DSR_EMISUSE, "%s", what);
}

/* ---- opening and closing --------------------------------------------------------- */

dsr_status dsr_open(const char *path, const dsr_open_options *options, dsr_base **out) {
  if (out == NULL) return DSR_EMISUSE;
  return dsr_base_open(path, options, out);
}

dsr_status dsr_close(dsr_base *base) { return dsr_base_close(base); }

dsr_status dsr_view_open(dsr_base *base, const dsr_view_options *options,
                         dsr_base **out) {
  TRY(dsr_api_enter(base));
  if (out == NULL) return dsr_api_misuse(base, "a view needs a place to be written to");
  return dsr_base_view(base, options, out);
}

dsr_status dsr_refresh(dsr_base *base) {
  TRY(dsr_api_enter(base));
  /* A writer holds the newest state until it ends. */
  if (dsr_facts_writing(base->facts)) return DSR_OK;
  return dsr_facts_read(base->facts, true);
}

/* ---- what went wrong ------------------------------------------------------------ */

const char *dsr_errmsg(const dsr_base *base) {
  /* Only where memory ran out is there no base to ask. */
  return base == NULL ? dsr_status_text(DSR_ENOMEM) : base->error->text;
}

void dsr_errplace(const dsr_base *base, dsr_str *file, int *line, int *column) {
  dsr_place place = {0, 0};
  dsr_str name = {NULL, 0};
  if (base != NULL && base->error->place.line > 0) {
    place = base->error->place;
    name = dsr_str_of(base->error->file);
  }
  if (file != NULL) *file = name;
  if (line != NULL) *line = place.line;
  if (column != NULL) *column = place.column;
}

/* ---- transactions --------------------------------------------------------------- */

dsr_status dsr_begin(dsr_base *base) {
  TRY(dsr_api_enter(base));
  TRY(dsr_base_writable(base));
  if (dsr_facts_writing(base->facts)) {
    return dsr_api_misuse(base, "a transaction is open; commit it or roll it back");
  }
  return dsr_facts_begin(base->facts);
}

/* May a transaction be ended through `base`, and is there one. */
static dsr_status check_writing(dsr_base *base) {
  TRY(dsr_api_enter(base));
  TRY(dsr_base_writable(base));
  if (dsr_facts_writing(base->facts)) return DSR_OK;
  return dsr_api_misuse(base, "no transaction is open; begin one first");
}

dsr_status dsr_commit(dsr_base *base) {
  TRY(check_writing(base));
  return dsr_facts_commit(base->facts);
}

dsr_status dsr_rollback(dsr_base *base) {
  TRY(check_writing(base));
  return dsr_facts_rollback(base->facts);
}

int64_t dsr_changes(const dsr_base *base) {
  return base == NULL || base->facts == NULL ? 0 : dsr_facts_changes(base->facts);
}

/* ---- names ---------------------------------------------------------------------- */

dsr_status dsr_name_each(dsr_base *base, dsr_name_kind kind, const char *prefix,
                         dsr_name_found found, void *ud) {
  TRY(dsr_api_enter(base));
  if (kind < DSR_NAME_ENTITY || kind > DSR_NAME_SOURCE) {
    return dsr_api_misuse(base, "names are of entities, relations or sources");
  }
  if (found == NULL) return dsr_api_misuse(base, "names need someone to be told");
  return dsr_names_each(base->facts, base->view, kind, dsr_str_of(prefix), found, ud);
}

/* ---- scripts -------------------------------------------------------------------- */

/* Takes a script's output where the host wants none. */
static int discard(void *ud, const char *text, size_t len) {
  (void)ud;
  (void)text;
  (void)len;
  return 0;
}

dsr_status dsr_script_run(dsr_base *base, const char *name, const char *const *argv,
                          const dsr_script_options *options, int *exit_code) {
  static const char *const no_arguments[] = {NULL};
  dsr_script_options how = {0};
  int code;
  if (base != NULL) TRY(dsr_api_enter(base));
  if (name == NULL) {
    return base == NULL ? DSR_EMISUSE : dsr_api_misuse(base, "the script has no name");
  }
  if (options != NULL) how = *options;
  if (how.write == NULL) how.write = discard;
  return dsr_script_start(base, name, argv != NULL ? argv : no_arguments, &how,
                          exit_code != NULL ? exit_code : &code);
}

dsr_status dsr_script_each(dsr_script_found found, void *ud) {
  if (found == NULL) return DSR_EMISUSE;
  return dsr_script_list(found, ud);
}
