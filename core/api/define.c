/*
** define.c - what dossier.h promises of functions that a host defines.
**
** Between the host's values and the evaluator's words.  A definition keeps the base at the
** root, whose handle outlives all calls.
*/
#include "api/api.h"
#include "ground/text.h"
#include "logic/load.h"
#include "logic/resolve.h"

/* What a definition is made of: the `ud` of the one in the table. */
typedef struct function {
  dsr_base *base;
  dsr_function call;
  void (*drop)(void *ud);
  void *ud;
} function;

struct dsr_call {
  dsr_base *base;
  dsr_emit *emit;
  dsr_status failed; /* its words are told */
};

/* ---- calls ------------------------------------------------------------------------ */

static dsr_status fail_call(dsr_call *call, dsr_status code, const char *why) {
  call->failed = dsr_fail(call->base->error, code, "the function \"%s\" failed: %s",
                          dsr_show(call->emit->of->name).text, why);
  return code;
}

dsr_status dsr_refuse(dsr_call *call, const char *why) {
  if (call == NULL) return DSR_EMISUSE;
  return fail_call(call, DSR_ESCRIPT, why != NULL ? why : "it does not say why");
}

static bool may_be_read(const dsr_value *value) {
  return dsr_api_str_ok(value->text) && dsr_api_str_ok(value->lang) &&
         dsr_api_str_ok(value->datatype);
}

static dsr_status read_row(dsr_call *call, const dsr_value *row, dsr_word *words) {
  const dsr_definition *of = call->emit->of;
  for (int i = 0; i < of->n_results; i++) {
    if (row == NULL || row[i].type == DSR_NULL || !may_be_read(&row[i])) {
      return fail_call(call, DSR_EMISUSE, "a result has no value");
    }
    dsr_status rc = dsr_host_word(call->base->facts, &row[i], of->gives[i], i,
                                  DSR_INTERN_TEMP, &words[i]);
    if (rc < 0) {
      call->failed = rc;
      return rc;
    }
  }
  return DSR_OK;
}

dsr_status dsr_give(dsr_call *call, const dsr_value *row) {
  dsr_word words[DSR_ARITY_MAX];
  if (call == NULL) return DSR_EMISUSE;
  if (call->failed < 0) return call->failed;
  TRY(read_row(call, row, words));
  dsr_status rc = dsr_emit_row(call->emit, words);
  if (rc < 0) call->failed = rc;
  return rc;
}

/* A function that failed, by its own account or by that of a call that it ignored. */
static dsr_status came_to(dsr_call *call, dsr_status rc) {
  if (call->failed < 0) return call->failed;
  if (rc >= 0) return DSR_OK;
  return fail_call(call, rc, dsr_status_text(rc));
}

static dsr_status run(void *ud, const dsr_word *args, int n, dsr_emit *emit) {
  char scratch[DSR_ARITY_MAX][DSR_WORD_TEXT];
  dsr_value values[DSR_ARITY_MAX];
  const function *of = ud;
  dsr_call call = {of->base, emit, DSR_OK};
  dsr_symbols *symbols = dsr_facts_symbols(of->base->facts);
  for (int i = 0; i < n; i++) {
    TRY(dsr_word_value(symbols, args[i], scratch[i], &values[i]));
  }
  return came_to(&call, of->call(of->ud, values, n, &call));
}

/* ---- definitions ------------------------------------------------------------------ */

static void drop(void *ud) {
  function *gone = ud;
  if (gone->drop != NULL) gone->drop(gone->ud);
  dsr_free(gone);
}

dsr_status dsr_define(dsr_base *base, const char *name, int args, int results,
                      dsr_function call, void *ud, void (*dropped)(void *ud)) {
  TRY(dsr_api_enter(base));
  if (name == NULL || call == NULL) {
    return dsr_api_misuse(base, "a function needs a name and what to call");
  }
  function *made = dsr_alloc(sizeof *made);
  if (made == NULL) return dsr_fail_memory(base->error);
  *made = (function){dsr_base_root(base), call, dropped, ud};
  dsr_definition definition = {.name = dsr_str_of(name),
                               .n_args = args,
                               .n_results = results,
                               .call = run,
                               .drop = drop,
                               .ud = made};
  dsr_status rc = dsr_base_define(base, &definition);
  if (rc < 0) dsr_free(made);
  return rc;
}

dsr_status dsr_undefine(dsr_base *base, const char *name) {
  TRY(dsr_api_enter(base));
  if (name == NULL) return dsr_api_misuse(base, "the function has no name");
  return dsr_base_undefine(base, dsr_str_of(name));
}
