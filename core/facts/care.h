/*
** care.h - a base packed anew, and a source forgotten.
**
** Both write the file anew in the end.  Neither is a transaction of the base's: numbers
** and times of transactions stay what they were.
*/
#ifndef DSR_FACTS_CARE_H
#define DSR_FACTS_CARE_H

#include "facts/fact.h"
#include "ground/pace.h"

/* As dsr_compact() of dossier.h; no transaction may be open. */
dsr_status dsr_facts_compact(dsr_facts *facts, dsr_pace *pace, dsr_compact_report *out);

/* As dsr_forget() of dossier.h; no transaction may be open. */
dsr_status dsr_facts_forget(dsr_facts *facts, dsr_str source,
                            const dsr_forget_options *options, dsr_forget_report *out);

/* ---- what forgetting shares (care.c, forget.c) ------------------------------------ */

/* Everything packed is packed anew and lands, without what `erase` leaves out. */
typedef struct dsr_erasing {
  dsr_row_sift *sift;
  dsr_record_edit *edit[DSR_REC_KINDS]; /* NULL: kept as they are */
  void *ud;
} dsr_erasing;
/* No transaction is open (DSR_EMISUSE: before `what`) and, unless the base will not be
** changed, nobody reads an older state (DSR_EBUSY). */
dsr_status dsr_care_alone(dsr_facts *facts, const char *what, bool only_reads);
/* In the open transaction of the facts, which ends, well or not. */
dsr_status dsr_care_land(dsr_facts *facts, const dsr_erasing *erase, dsr_pace *pace);

#endif
