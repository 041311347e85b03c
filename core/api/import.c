/*
** import.c - what dossier.h promises of imports.
*/
#include "api/api.h"

dsr_status dsr_import(dsr_base *base, const char *const *paths, int n,
                      const dsr_import_options *options, dsr_import_report *report) {
  TRY(dsr_api_enter(base));
  if (n < 0 || (n > 0 && paths == NULL)) {
    return dsr_api_misuse(base, "there are no paths to import");
  }
  for (int i = 0; i < n; i++) {
    if (paths[i] == NULL) return dsr_api_misuse(base, "a path to import is NULL");
  }
  return dsr_base_import(base, paths, n, options, report);
}
