/*
** caring.c - a base packed, copied, and sources forgotten.
**
** The work is done in facts/care.h and the store; here is what a base adds: which base it
** is, that it stays open meanwhile, and its pace.
*/
#include "facts/care.h"

#include "lua/base.h"

dsr_status dsr_base_compact(dsr_base *base, dsr_progress progress, void *ud,
                            dsr_compact_report *out) {
  dsr_pace pace;
  TRY(dsr_base_writable(base));
  dsr_pace_start(&pace, progress, ud, base->error);
  base->children++; /* the callback runs meanwhile: it must not close */
  dsr_status rc = dsr_facts_compact(base->facts, &pace, out);
  base->children--;
  return rc;
}

dsr_status dsr_base_backup(dsr_base *base, const char *path, bool replace,
                           dsr_progress progress, void *ud, int64_t *bytes) {
  dsr_pace pace;
  TRY(dsr_base_enter(base));
  if (dsr_facts_writing(base->facts)) {
    return dsr_fail(
        base->error, DSR_EMISUSE,
        "a transaction is open; commit it or roll it back before the base is "
        "copied");
  }
  TRY(dsr_facts_read(base->facts, true));
  dsr_pace_start(&pace, progress, ud, base->error);
  dsr_pace_turn(&pace, "copying", path);
  base->children++;
  dsr_status rc =
      dsr_store_backup(dsr_facts_store(base->facts), path, replace, &pace, bytes);
  base->children--;
  return rc;
}

dsr_status dsr_base_forget(dsr_base *base, dsr_str source,
                           const dsr_forget_options *options, dsr_forget_report *out) {
  TRY(dsr_base_writable(base));
  base->children++;
  dsr_status rc = dsr_facts_forget(base->facts, source, options, out);
  base->children--;
  return rc;
}
