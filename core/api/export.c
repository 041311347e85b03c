/*
** export.c - what dossier.h promises of exports.
*/
#include "api/api.h"

dsr_status dsr_export(dsr_base *base, const dsr_export_options *options,
                      dsr_write write, void *ud) {
  TRY(dsr_api_enter(base));
  if (write == NULL) return dsr_api_misuse(base, "there is nobody to write to");
  return dsr_base_export(base, options, write, ud);
}
