/*
** api.c - what dossier.h promises of bases: opening, loading, changing, views, scripts.
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

/* ---- loading and transactions --------------------------------------------------- */

dsr_status dsr_load(dsr_base *base, const char *name, const char *text, size_t len) {
  TRY(dsr_api_enter(base));
  dsr_str body = {text, len};
  if (!dsr_api_str_ok(body)) return dsr_api_misuse(base, "there is no text to load");
  return dsr_base_load(base, name, body);
}

dsr_status dsr_load_files(dsr_base *base, const char *const *paths, int n) {
  TRY(dsr_api_enter(base));
  if (n < 0 || (n > 0 && paths == NULL)) {
    return dsr_api_misuse(base, "there are no paths to load");
  }
  for (int i = 0; i < n; i++) {
    if (paths[i] == NULL) return dsr_api_misuse(base, "a path to load is NULL");
  }
  return dsr_base_load_files(base, paths, n);
}

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

/* ---- changes -------------------------------------------------------------------- */

static bool value_ok(const dsr_value *value) {
  if (value->type < DSR_NULL || value->type > DSR_TEXT) return false;
  if (value->lang.len > 0 && value->datatype.len > 0) return false;
  return dsr_api_str_ok(value->text) && dsr_api_str_ok(value->lang) &&
         dsr_api_str_ok(value->datatype);
}

static dsr_status check_fact(dsr_base *base, const dsr_fact *fact) {
  if (fact == NULL || fact->relation.data == NULL || fact->relation.len == 0) {
    return dsr_api_misuse(base, "a fact needs a relation");
  }
  if (fact->arity < 0 || fact->arity > DSR_ARITY_MAX) {
    return dsr_fail(base->error, DSR_EMISUSE, "a fact has 0 to %d columns, not %d",
                    DSR_ARITY_MAX, fact->arity);
  }
  if (fact->arity > 0 && fact->args == NULL) {
    return dsr_api_misuse(base, "a fact's columns are NULL");
  }
  if (!dsr_api_str_ok(fact->valid)) {
    return dsr_api_misuse(base, "a fact's time has a length and no text");
  }
  for (int i = 0; i < fact->arity; i++) {
    if (value_ok(&fact->args[i])) continue;
    return dsr_fail(base->error, DSR_EMISUSE, "column %d of the fact is no value",
                    i + 1);
  }
  return DSR_OK;
}

static dsr_status check_claim(dsr_base *base, const dsr_claim *claim) {
  if (claim == NULL) return DSR_OK;
  if (claim->kind < DSR_STATED || claim->kind > DSR_ASSESSED) {
    return dsr_fail(base->error, DSR_EMISUSE, "there is no kind of claim numbered %d",
                    (int)claim->kind);
  }
  if (claim->has_confidence && !(claim->confidence >= 0 && claim->confidence <= 1)) {
    return dsr_fail(base->error, DSR_EMISUSE, "a confidence is 0 to 1, not %g",
                    claim->confidence);
  }
  if (dsr_api_str_ok(claim->source) && dsr_api_str_ok(claim->locator) &&
      dsr_api_str_ok(claim->speaker) && dsr_api_str_ok(claim->grade) &&
      dsr_api_str_ok(claim->quotation)) {
    return DSR_OK;
  }
  return dsr_api_misuse(base, "a part of the claim has a length and no text");
}

static dsr_status change_text(dsr_base *base, dsr_change change, const char *fact,
                              const dsr_claim *claim) {
  TRY(dsr_api_enter(base));
  if (fact == NULL) return dsr_api_misuse(base, "the fact is NULL");
  TRY(check_claim(base, claim));
  return dsr_base_change_text(base, change, fact, claim);
}

static dsr_status change_fact(dsr_base *base, dsr_change change, const dsr_fact *fact,
                              const dsr_claim *claim) {
  TRY(dsr_api_enter(base));
  TRY(check_fact(base, fact));
  TRY(check_claim(base, claim));
  return dsr_base_change(base, change, fact, claim);
}

dsr_status dsr_add(dsr_base *base, const char *fact, const dsr_claim *claim) {
  return change_text(base, DSR_CHANGE_ADD, fact, claim);
}

dsr_status dsr_add_fact(dsr_base *base, const dsr_fact *fact, const dsr_claim *claim) {
  return change_fact(base, DSR_CHANGE_ADD, fact, claim);
}

dsr_status dsr_deny(dsr_base *base, const char *fact, const dsr_claim *claim) {
  return change_text(base, DSR_CHANGE_DENY, fact, claim);
}

dsr_status dsr_deny_fact(dsr_base *base, const dsr_fact *fact, const dsr_claim *claim) {
  return change_fact(base, DSR_CHANGE_DENY, fact, claim);
}

dsr_status dsr_retract(dsr_base *base, const char *fact, const dsr_claim *claim) {
  return change_text(base, DSR_CHANGE_RETRACT, fact, claim);
}

dsr_status dsr_retract_fact(dsr_base *base, const dsr_fact *fact,
                            const dsr_claim *claim) {
  return change_fact(base, DSR_CHANGE_RETRACT, fact, claim);
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
