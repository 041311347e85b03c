/*
** claimed.c - facts that were ever claimed and match an atom, held or not.
*/
#include "facts/claimed.h"

static bool twins_agree(const dsr_claimed *claimed, const dsr_match *match) {
  for (int i = 0; i <= claimed->arity; i++) {
    if (claimed->twin[i] == i) continue;
    dsr_word word = i == claimed->arity ? match->time : match->args[i];
    if (word != match->args[claimed->twin[i]]) return false;
  }
  return true;
}

dsr_status dsr_claimed_start(dsr_facts *facts, dsr_view *view,
                             const dsr_claimed *claimed, dsr_scan **out) {
  return dsr_scan_start(facts, view, claimed->relation, claimed->args, claimed->time,
                        DSR_SCAN_EVERY | DSR_SCAN_ONCE, out);
}

dsr_status dsr_claimed_fits(dsr_facts *facts, const dsr_claimed *claimed,
                            const dsr_match *match, bool *fits) {
  dsr_set set;
  *fits = !(claimed->timeless && match->time != DSR_WORD_NONE) &&
          (!claimed->twins || twins_agree(claimed, match));
  if (!*fits) return DSR_OK;
  TRY(dsr_set_get(facts, match->set, &set));
  *fits = set.n > 0;
  return DSR_OK;
}

dsr_status dsr_claimed_each(dsr_facts *facts, dsr_view *view,
                            const dsr_claimed *claimed, dsr_claimed_met *met,
                            void *ud) {
  dsr_scan *scan;
  const dsr_match *match;
  TRY(dsr_facts_read(facts, false));
  TRY(dsr_claimed_start(facts, view, claimed, &scan));
  dsr_status rc;
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    bool fits;
    rc = dsr_claimed_fits(facts, claimed, match, &fits);
    if (rc >= 0 && fits) rc = met(ud, match);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}
