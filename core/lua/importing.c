/*
** importing.c - files in other formats, into a base.
**
** The readers are core/io's; here is what a base adds: its transaction, which an import
** that fails takes back or, where the host began it, dooms.
*/
#include "io/import.h"
#include "lua/base.h"

dsr_status dsr_base_import(dsr_base *base, const char *const *paths, int n,
                           const dsr_import_options *options,
                           dsr_import_report *report) {
  static const dsr_import_options plain;
  dsr_import_report came = {0};
  bool own;
  TRY(dsr_base_writable(base));
  if (n == 0) return DSR_NOTHING;
  if (options && options->dry_run && dsr_facts_writing(base->facts)) {
    return dsr_fail(base->error, DSR_EMISUSE,
                    "a dry run takes all back, which it cannot within a transaction");
  }
  TRY(dsr_base_begin(base, &own));
  dsr_status rc = dsr_facts_import(base->facts, paths, n,
                                   options != NULL ? options : &plain, &came);
  if (rc < 0 && !own) rc = dsr_base_doom(base, rc);
  if (rc >= 0 && options && options->dry_run) {
    TRY(dsr_facts_rollback(base->facts));
  } else {
    TRY(dsr_base_end(base, own, rc));
  }
  if (report != NULL) *report = came;
  return DSR_OK;
}
