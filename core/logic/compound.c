/*
** compound.c - what is written as a function's call, where no function can be called.
**
** Only words for errors are here: a look at all names of functions for each.
*/
#include "logic/compound.h"

#include <stdio.h>

#include "ground/text.h"
#include "logic/builtin.h"

/* What may come yet, where nothing near is there. */
static const char later[] =
    "; a script's own is defined, with kb:define, before the rules that use it";

/* `; did you mean "length"?`, or nothing. */
static void offer_nearest(dsr_str name, const dsr_defined *defined, char *out,
                          size_t size) {
  dsr_nearest race;
  const dsr_builtin *fn;
  const dsr_definition *d;
  dsr_nearest_start(&race, name);
  for (int i = 0; (fn = dsr_builtin_at(i)) != NULL; i++) {
    dsr_nearest_offer(&race, dsr_str_of(fn->name));
  }
  for (size_t i = 0; (d = dsr_defined_at(defined, i)) != NULL; i++) {
    dsr_nearest_offer(&race, d->name);
  }
  out[0] = '\0';
  if (race.best.len > 0) {
    snprintf(out, size, "; did you mean \"%s\"?", dsr_show(race.best).text);
  }
}

/* No function has the name.  One that nothing is near may be a script's, yet to come. */
static dsr_status no_function(dsr_resolve *r, const dsr_term *call,
                              const dsr_defined *defined, bool column) {
  char nearest[120];
  dsr_shown name = dsr_show(call->text);
  offer_nearest(call->text, defined, nearest, sizeof nearest);
  return dsr_resolve_fail(
      r, call->at, DSR_ERELATION, "%s%s%sno function called \"%s\"%s",
      column ? "compound terms (\"" : "", column ? name.text : "",
      column ? "(...)\") are not in the language, and there is " : "", name.text,
      nearest[0] != '\0' ? nearest : later);
}

dsr_status dsr_compound_call(dsr_resolve *r, const dsr_term *call,
                             const dsr_defined *defined, bool column) {
  const dsr_definition *own = dsr_defined_find(defined, call->text);
  const dsr_builtin *fn = dsr_builtin_named(call->text);
  if (fn == NULL && own == NULL) return no_function(r, call, defined, column);
  int takes = own != NULL ? own->n_args : fn->n_args;
  if (takes != call->n_args) {
    return dsr_resolve_fail(r, call->at, DSR_ERELATION,
                            "\"%s\" takes %d argument%s, and here %s %d",
                            dsr_show(call->text).text, takes, takes == 1 ? "" : "s",
                            call->n_args == 1 ? "is" : "are", call->n_args);
  }
  return dsr_resolve_fail(
      r, call->at, DSR_ERELATION,
      "\"%s\" gives %d values, and here stands for one: write it as "
      "an atom, with what it gives after what it takes",
      dsr_show(call->text).text, own->n_results);
}

dsr_status dsr_compound_atom(dsr_resolve *r, const dsr_atom *atom, dsr_str name) {
  char why[120];
  bool query = r->clause != NULL && r->clause->kind == DSR_CLAUSE_QUERY;
  dsr_relation_unknown(name, atom->n_args, why, sizeof why);
  return dsr_resolve_fail(r, atom->at, DSR_ERELATION, "no relation called \"%s\": %s%s",
                          dsr_show(name).text, why, query ? "" : later);
}

static bool is_name(dsr_str text) {
  size_t size;
  return text.len > 0 && dsr_utf8_char(text, 0, &size) == DSR_CHAR_SMALL &&
         !dsr_str_is(text, "mod") && !dsr_str_is(text, "neg");
}

dsr_status dsr_compound_fact(dsr_resolve *r, const dsr_term *call) {
  char nearest[120];
  dsr_shown name = dsr_show(call->text);
  if (!is_name(call->text)) {
    return dsr_resolve_fail(
        r, call->at, DSR_ESYNTAX,
        "nothing is worked out in a fact: write what this comes to");
  }
  if (dsr_builtin_named(call->text) != NULL) {
    return dsr_resolve_fail(r, call->at, DSR_ESYNTAX,
                            "nothing is worked out in a fact: write what %s(...) comes "
                            "to, or a rule that has it in its head",
                            name.text);
  }
  offer_nearest(call->text, NULL, nearest, sizeof nearest);
  return dsr_resolve_fail(r, call->at, DSR_ESYNTAX,
                          "compound terms (\"%s(...)\") are not in the language: a "
                          "column holds one value%s",
                          name.text, nearest);
}
