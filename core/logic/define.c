/*
** define.c - functions that a host or a script defines, by name, and calls of them.
**
** There are few, so finding one is a walk; it is done when a rule is prepared.  Each has
** memory of its own that stays where it is until it goes.
*/
#include "logic/define.h"

#include "ground/text.h"
#include "logic/builtin.h"
#include "logic/plan.h"

struct dsr_defined {
  dsr_facts *facts;
  VEC(dsr_definition *) all;
  uint64_t age;
  int depth; /* of calls that run */
};

dsr_status dsr_defined_new(dsr_facts *facts, dsr_defined **out) {
  dsr_defined *defined = dsr_alloc(sizeof *defined);
  if (defined == NULL) return dsr_fail_memory(dsr_facts_error(facts));
  defined->facts = facts;
  *out = defined;
  return DSR_OK;
}

static void drop(dsr_definition *definition) {
  if (definition->drop != NULL) definition->drop(definition->ud);
  dsr_free((char *)definition->name.data);
  dsr_free(definition);
}

void dsr_defined_free(dsr_defined *defined) {
  if (defined == NULL) return;
  for (size_t i = 0; i < defined->all.len; i++) drop(defined->all.items[i]);
  VEC_FREE(&defined->all);
  dsr_free(defined);
}

/* ---- what may be defined -------------------------------------------------------------- */

/* A small letter, then letters, digits, marks and "_"; no word of the language. */
static bool may_be_called(dsr_str name) {
  size_t size, at = 0;
  if (name.len == 0 || dsr_utf8_char(name, 0, &size) != DSR_CHAR_SMALL) return false;
  for (; at < name.len; at += size) {
    if (dsr_utf8_char(name, at, &size) == DSR_CHAR_OTHER) return false;
  }
  return !dsr_str_is(name, "not") && !dsr_str_is(name, "true") &&
         !dsr_str_is(name, "false") && !dsr_str_is(name, "is");
}

static dsr_status check_name(dsr_facts *facts, dsr_str name) {
  dsr_error *error = dsr_facts_error(facts);
  if (name.len > DSR_NAME_MOST || !may_be_called(name)) {
    return dsr_fail(
        error, DSR_EMISUSE,
        "no rule could call a function \"%s\"; a name is a small letter, then "
        "letters, digits and _",
        dsr_show(name).text);
  }
  if (dsr_builtin_named(name) != NULL) {
    return dsr_fail(error, DSR_EDECLARE,
                    "\"%s\" is a function of the language; choose another name",
                    dsr_show(name).text);
  }
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    if (dsr_relation_find(facts, name, arity) == NULL) continue;
    return dsr_fail(error, DSR_EDECLARE,
                    "\"%s\" is a relation; a function needs a name of its own",
                    dsr_show(name).text);
  }
  return DSR_OK;
}

static dsr_status check(dsr_defined *defined, const dsr_definition *definition) {
  dsr_error *error = dsr_facts_error(defined->facts);
  int args = definition->n_args, results = definition->n_results;
  if (defined->depth > 0) {
    return dsr_fail(error, DSR_EMISUSE,
                    "functions cannot be defined while a query calls one");
  }
  if (args < 0 || results < 0 || args > DSR_ARITY_MAX ||
      results > DSR_ARITY_MAX - args) {
    return dsr_fail(
        error, DSR_EMISUSE,
        "a function takes and gives at most %d values together; came %d and "
        "%d",
        DSR_ARITY_MAX, args, results);
  }
  return check_name(defined->facts, definition->name);
}

/* ---- keeping ------------------------------------------------------------------------- */

static size_t place_of(const dsr_defined *defined, dsr_str name) {
  size_t i = 0;
  while (i < defined->all.len && !dsr_str_eq(defined->all.items[i]->name, name)) i++;
  return i;
}

dsr_status dsr_defined_put(dsr_defined *defined, const dsr_definition *definition) {
  TRY(check(defined, definition));
  dsr_error *error = dsr_facts_error(defined->facts);
  dsr_definition *kept = dsr_alloc(sizeof *kept);
  char *name = dsr_copy(definition->name.data, definition->name.len);
  if (kept == NULL || name == NULL || !VEC_RESERVE(&defined->all, 1)) {
    dsr_free(kept);
    dsr_free(name);
    return dsr_fail_memory(error);
  }
  *kept = *definition;
  kept->name.data = name;
  size_t at = place_of(defined, kept->name);
  if (at < defined->all.len) {
    drop(defined->all.items[at]);
  } else {
    defined->all.len++;
  }
  defined->all.items[at] = kept;
  defined->age++;
  return DSR_OK;
}

/* Take out the one at `at`; the others keep their order. */
static void take_out(dsr_defined *defined, size_t at) {
  dsr_definition *gone = defined->all.items[at];
  defined->all.len--;
  for (; at < defined->all.len; at++) {
    defined->all.items[at] = defined->all.items[at + 1];
  }
  defined->age++;
  drop(gone);
}

dsr_status dsr_defined_remove(dsr_defined *defined, dsr_str name) {
  size_t at = place_of(defined, name);
  if (defined->depth > 0) {
    return dsr_fail(dsr_facts_error(defined->facts), DSR_EMISUSE,
                    "functions cannot be removed while a query calls one");
  }
  if (at == defined->all.len) return DSR_NOTHING;
  take_out(defined, at);
  return DSR_OK;
}

void dsr_defined_disown(dsr_defined *defined, const void *owner) {
  if (defined == NULL) return;
  for (size_t i = defined->all.len; i > 0; i--) {
    if (defined->all.items[i - 1]->owner == owner) take_out(defined, i - 1);
  }
}

const dsr_definition *dsr_defined_find(const dsr_defined *defined, dsr_str name) {
  if (defined == NULL) return NULL;
  return dsr_defined_at(defined, place_of(defined, name));
}

const dsr_definition *dsr_defined_at(const dsr_defined *defined, size_t i) {
  return defined != NULL && i < defined->all.len ? defined->all.items[i] : NULL;
}

uint64_t dsr_defined_age(const dsr_defined *defined) {
  return defined != NULL ? defined->age : 0;
}

bool dsr_defined_busy(const dsr_defined *defined) {
  return defined != NULL && defined->depth > 0;
}

/* ---- calling ------------------------------------------------------------------------- */

/* Is each word what its column asks for; where not, *at. */
static bool fit(dsr_symbols *symbols, const dsr_domain *types, const dsr_word *words,
                int n, int *at) {
  for (*at = 0; *at < n; (*at)++) {
    dsr_domain due = types[*at];
    if (due == DSR_COL_ANY) continue;
    dsr_domain have = dsr_word_domain(symbols, words[*at]);
    bool fits = due == have || (due == DSR_COL_NUMBER && have == DSR_COL_INT);
    if (!fits) return false;
  }
  return true;
}

dsr_status dsr_defined_call(dsr_defined *defined, const dsr_definition *definition,
                            const dsr_word *args, dsr_emit *emit) {
  int at;
  dsr_symbols *symbols = dsr_facts_symbols(defined->facts);
  if (!fit(symbols, definition->takes, args, definition->n_args, &at)) return DSR_OK;
  if (defined->depth >= DSR_DEFINE_DEPTH) {
    return dsr_fail(
        dsr_facts_error(defined->facts), DSR_ELIMIT,
        "the function \"%s\" is called within calls %d deep: do functions ask "
        "queries that call them?",
        dsr_show(definition->name).text, DSR_DEFINE_DEPTH);
  }
  emit->of = definition;
  emit->facts = defined->facts;
  defined->depth++;
  dsr_facts_hold(defined->facts, true);
  dsr_status rc = definition->call(definition->ud, args, definition->n_args, emit);
  dsr_facts_hold(defined->facts, false);
  defined->depth--;
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_emit_row(dsr_emit *emit, const dsr_word *row) {
  int at;
  const dsr_definition *of = emit->of;
  dsr_symbols *symbols = dsr_facts_symbols(emit->facts);
  if (!fit(symbols, of->gives, row, of->n_results, &at)) {
    return dsr_fail(dsr_facts_error(emit->facts), DSR_ETYPE,
                    "the function \"%s\" gave %s as its result %d, which is to be %s",
                    dsr_show(of->name).text,
                    dsr_domain_due(dsr_word_domain(symbols, row[at])), at + 1,
                    dsr_domain_due(of->gives[at]));
  }
  TRY(emit->row(emit->ud, row));
  emit->rows++;
  return DSR_OK;
}
