/*
** care.c - what dossier.h promises of keeping a base: packing, copying, forgetting.
*/
#include "api/api.h"

dsr_status dsr_compact(dsr_base *base, dsr_progress progress, void *ud,
                       dsr_compact_report *report) {
  dsr_compact_report none;
  TRY(dsr_api_enter(base));
  return dsr_base_compact(base, progress, ud, report != NULL ? report : &none);
}

dsr_status dsr_backup(dsr_base *base, const char *path, int replace,
                      dsr_progress progress, void *ud, int64_t *bytes) {
  int64_t none;
  TRY(dsr_api_enter(base));
  if (path == NULL) return dsr_api_misuse(base, "the copy needs a path");
  return dsr_base_backup(base, path, replace != 0, progress, ud,
                         bytes != NULL ? bytes : &none);
}
