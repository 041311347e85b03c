/*
** export.c - what dossier.h promises of exports and differences.
*/
#include "api/api.h"

dsr_status dsr_export(dsr_base *base, const dsr_export_options *options,
                      dsr_write write, void *ud) {
  TRY(dsr_api_enter(base));
  if (write == NULL) return dsr_api_misuse(base, "there is nobody to write to");
  return dsr_base_export(base, options, write, ud);
}

dsr_status dsr_diff(dsr_base *a, dsr_base *b, const dsr_diff_options *options,
                    dsr_difference_found found, void *ud) {
  TRY(dsr_api_enter(a));
  if (b == NULL) return dsr_api_misuse(a, "there is nothing to compare with");
  if (found == NULL) return dsr_api_misuse(a, "there is nobody to tell");
  return dsr_base_diff(a, b, options, found, ud);
}
