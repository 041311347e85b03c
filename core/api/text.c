/*
** text.c - what dossier.h promises of texts in the language: loading, checking, layout.
*/
#include "api/api.h"
#include "ground/text.h"
#include "lua/layout.h"

dsr_status dsr_load(dsr_base *base, const char *name, const char *text, size_t len) {
  TRY(dsr_api_enter(base));
  dsr_str body = {text, len};
  if (!dsr_api_str_ok(body)) return dsr_api_misuse(base, "there is no text to load");
  return dsr_base_load(base, name, body);
}

dsr_status dsr_load_files(dsr_base *base, const char *const *paths, int n) {
  return dsr_load_with(base, paths, n, NULL, NULL);
}

dsr_status dsr_load_with(dsr_base *base, const char *const *paths, int n,
                         const dsr_load_options *options, dsr_load_report *report) {
  TRY(dsr_api_enter(base));
  if (n < 0 || (n > 0 && paths == NULL)) {
    return dsr_api_misuse(base, "there are no paths to load");
  }
  for (int i = 0; i < n; i++) {
    if (paths[i] == NULL) return dsr_api_misuse(base, "a path to load is NULL");
  }
  return dsr_base_load_files(base, paths, n, options, report);
}

dsr_status dsr_check_files(dsr_base *base, const char *const *paths, int n,
                           dsr_finding_found found, void *ud) {
  TRY(dsr_api_enter(base));
  if (n < 0 || (n > 0 && paths == NULL)) {
    return dsr_api_misuse(base, "there are no paths to check");
  }
  for (int i = 0; i < n; i++) {
    if (paths[i] == NULL) return dsr_api_misuse(base, "a path to check is NULL");
  }
  if (found == NULL) return dsr_api_misuse(base, "there is nobody to tell");
  dsr_findings findings = {.lacking = false};
  dsr_status rc = dsr_base_check(base, paths, n, &findings);
  for (size_t i = 0; rc >= 0 && i < findings.items.len; i++) {
    found(ud, &findings.items.items[i].told);
  }
  dsr_findings_free(&findings);
  return rc;
}

dsr_status dsr_format(dsr_base *base, const char *name, const char *text, size_t len,
                      dsr_write write, void *ud) {
  TRY(dsr_api_enter(base));
  dsr_str body = {text, len};
  if (!dsr_api_str_ok(body)) return dsr_api_misuse(base, "there is no text to format");
  if (write == NULL) return dsr_api_misuse(base, "there is nobody to write to");
  dsr_grammar *grammar;
  TRY(dsr_base_grammar(base, &grammar));
  return dsr_layout_write(grammar, base->error, name != NULL ? name : "<text>", body,
                          write, ud);
}
