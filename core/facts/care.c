/*
** care.c - a base packed anew.
**
** Runs are merged, unless there is nothing but a few, blocks and packs of records filled, and the file is written again
** without free pages.  The first half is one commit of SQLite's and the second another:
** a crash in either leaves a base with all that it had.
**
** Cost: the base is read and written twice; memory is a block and the directories.
*/
#include "facts/care.h"

#include "facts/engine.h"

static dsr_status pack(dsr_facts *facts, const dsr_erasing *erase, dsr_pace *pace) {
  dsr_store *store = facts->store;
  TRY(dsr_store_fold(store));
  TRY(dsr_store_repack(store, erase != NULL ? erase->sift : NULL,
                       erase != NULL ? erase->ud : NULL, pace));
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    dsr_record_edit *edit = erase != NULL ? erase->edit[kind] : NULL;
    TRY(dsr_store_edit(store, kind, edit, edit != NULL ? erase->ud : NULL));
  }
  return dsr_store_mend(store, erase != NULL);
}

dsr_status dsr_care_land(dsr_facts *facts, const dsr_erasing *erase, dsr_pace *pace) {
  dsr_status rc = pack(facts, erase, pace);
  dsr_error why = *facts->error;
  dsr_status ended = dsr_facts_rollback(facts); /* of nothing, where it landed */
  if (rc >= 0) return ended;
  *facts->error = why;
  return rc;
}

dsr_status dsr_care_alone(dsr_facts *facts, const char *what, bool only_reads) {
  if (facts->writing) {
    return dsr_fail(facts->error, DSR_EMISUSE,
                    "a transaction is open; commit it or roll it back before %s", what);
  }
  if (only_reads) return DSR_OK;
  TRY(dsr_facts_begin(facts)); /* readers of this handle take what they need */
  TRY(dsr_facts_rollback(facts));
  return dsr_store_alone(facts->store);
}

dsr_status dsr_facts_compact(dsr_facts *facts, dsr_pace *pace,
                             dsr_compact_report *out) {
  dsr_compact_report report = {0};
  report.before = dsr_store_bytes(facts->store);
  TRY(dsr_care_alone(facts, "the base is packed", false));
  if (dsr_store_txn(facts->store) == 0) return DSR_NOTHING;
  if (!dsr_store_loose(facts->store)) {
    TRY(dsr_facts_begin(facts));
    dsr_pace_turn(pace, "packing", "");
    TRY(dsr_care_land(facts, NULL, pace));
  }
  dsr_pace_turn(pace, "writing", "the file");
  TRY(dsr_store_squeeze(facts->store, pace));
  report.after = dsr_store_bytes(facts->store);
  *out = report;
  return dsr_facts_read(facts, true);
}
