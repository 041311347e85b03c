/*
** care.c - what dossier.h promises of keeping a base: packing, copying, forgetting.
*/
#include "api/api.h"

#include "ground/text.h"

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

dsr_status dsr_forget(dsr_base *base, const char *source,
                      const dsr_forget_options *options, dsr_forget_report *report) {
  static const dsr_forget_options usual;
  dsr_forget_report none;
  TRY(dsr_api_enter(base));
  if (source == NULL) return dsr_api_misuse(base, "which source is to be forgotten?");
  return dsr_base_forget(base, dsr_str_of(source), options != NULL ? options : &usual,
                         report != NULL ? report : &none);
}
