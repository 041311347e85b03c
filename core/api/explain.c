/*
** explain.c - what dossier.h promises of explanations.
*/
#include "api/api.h"

#include "ground/text.h"

dsr_status dsr_why(dsr_base *base, const char *fact, dsr_why_told told, void *ud) {
  dsr_account why = {0};
  TRY(dsr_api_enter(base));
  if (fact == NULL || told == NULL) {
    return dsr_api_misuse(base, "an explanation needs a fact and somebody to tell");
  }
  dsr_status rc = dsr_base_why(base, dsr_str_of(fact), &why);
  for (size_t i = 0; i < why.steps.len && rc >= 0; i++) {
    if (told(ud, &why.steps.items[i]) != 0) break;
  }
  dsr_why_free(&why);
  return rc;
}

dsr_status dsr_why_write(dsr_base *base, const char *fact, dsr_why_format format,
                         dsr_write write, void *ud) {
  dsr_account why = {0};
  dsr_bytes out = {0};
  TRY(dsr_api_enter(base));
  if (fact == NULL || write == NULL) {
    return dsr_api_misuse(base, "an explanation needs a fact and somebody to write to");
  }
  if (format < DSR_WHY_TEXT || format > DSR_WHY_MARKDOWN) {
    return dsr_api_misuse(base, "an explanation is text, JSON or Markdown");
  }
  dsr_status rc = dsr_base_why(base, dsr_str_of(fact), &why);
  if (rc >= 0 && !dsr_why_put(why.steps.items, why.steps.len, format, &out)) {
    rc = dsr_fail_memory(base->error);
  }
  if (rc >= 0 && write(ud, (const char *)out.items, out.len) != 0) {
    rc = dsr_fail(base->error, DSR_ESTOPPED, "writing was stopped");
  }
  VEC_FREE(&out);
  dsr_why_free(&why);
  return rc;
}
