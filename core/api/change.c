/*
** change.c - what dossier.h promises of changes: claims made, judged and taken back.
**
** Like all of this room it looks at the arguments, as far as a mistake can be seen, and
** hands them on to lua/changing.c.
*/
#include "api/api.h"

#include "ground/text.h"

static bool value_ok(const dsr_value *value) {
  if (value->type < DSR_NULL || value->type > DSR_TEXT) return false;
  if (value->lang.len > 0 && value->datatype.len > 0) return false;
  return dsr_api_str_ok(value->text) && dsr_api_str_ok(value->lang) &&
         dsr_api_str_ok(value->datatype);
}

static dsr_status check_fact(dsr_base *base, const dsr_fact *fact) {
  if (fact == NULL || fact->relation.data == NULL || fact->relation.len == 0) {
    return dsr_api_misuse(base, "a fact needs a relation");
  }
  if (fact->arity < 0 || fact->arity > DSR_ARITY_MAX) {
    return dsr_fail(base->error, DSR_EMISUSE, "a fact has 0 to %d columns, not %d",
                    DSR_ARITY_MAX, fact->arity);
  }
  if (fact->arity > 0 && fact->args == NULL) {
    return dsr_api_misuse(base, "a fact's columns are NULL");
  }
  if (!dsr_api_str_ok(fact->valid)) {
    return dsr_api_misuse(base, "a fact's time has a length and no text");
  }
  for (int i = 0; i < fact->arity; i++) {
    if (value_ok(&fact->args[i])) continue;
    return dsr_fail(base->error, DSR_EMISUSE, "column %d of the fact is no value",
                    i + 1);
  }
  return DSR_OK;
}

static dsr_status check_claim(dsr_base *base, const dsr_claim *claim) {
  if (claim == NULL) return DSR_OK;
  if (claim->kind < DSR_STATED || claim->kind > DSR_ASSESSED) {
    return dsr_fail(base->error, DSR_EMISUSE, "there is no kind of claim numbered %d",
                    (int)claim->kind);
  }
  if (claim->has_confidence && !(claim->confidence >= 0 && claim->confidence <= 1)) {
    return dsr_fail(base->error, DSR_EMISUSE, "a confidence is 0 to 1, not %g",
                    claim->confidence);
  }
  if (dsr_api_str_ok(claim->source) && dsr_api_str_ok(claim->locator) &&
      dsr_api_str_ok(claim->speaker) && dsr_api_str_ok(claim->grade) &&
      dsr_api_str_ok(claim->quotation)) {
    return DSR_OK;
  }
  return dsr_api_misuse(base, "a part of the claim has a length and no text");
}

static dsr_status change_text(dsr_base *base, dsr_change change, const char *fact,
                              const dsr_claim *claim) {
  TRY(dsr_api_enter(base));
  if (fact == NULL) return dsr_api_misuse(base, "the fact is NULL");
  TRY(check_claim(base, claim));
  return dsr_base_change_text(base, change, fact, claim);
}

static dsr_status change_fact(dsr_base *base, dsr_change change, const dsr_fact *fact,
                              const dsr_claim *claim) {
  TRY(dsr_api_enter(base));
  TRY(check_fact(base, fact));
  TRY(check_claim(base, claim));
  return dsr_base_change(base, change, fact, claim);
}

dsr_status dsr_add(dsr_base *base, const char *fact, const dsr_claim *claim) {
  return change_text(base, DSR_CHANGE_ADD, fact, claim);
}

dsr_status dsr_add_fact(dsr_base *base, const dsr_fact *fact, const dsr_claim *claim) {
  return change_fact(base, DSR_CHANGE_ADD, fact, claim);
}

dsr_status dsr_deny(dsr_base *base, const char *fact, const dsr_claim *claim) {
  return change_text(base, DSR_CHANGE_DENY, fact, claim);
}

dsr_status dsr_deny_fact(dsr_base *base, const dsr_fact *fact, const dsr_claim *claim) {
  return change_fact(base, DSR_CHANGE_DENY, fact, claim);
}

dsr_status dsr_retract(dsr_base *base, const char *fact, const dsr_claim *claim) {
  return change_text(base, DSR_CHANGE_RETRACT, fact, claim);
}

dsr_status dsr_retract_fact(dsr_base *base, const dsr_fact *fact,
                            const dsr_claim *claim) {
  return change_fact(base, DSR_CHANGE_RETRACT, fact, claim);
}

dsr_status dsr_judge(dsr_base *base, dsr_judgement what, const char *fact,
                     const dsr_verdict *verdict) {
  TRY(dsr_api_enter(base));
  if (fact == NULL) return dsr_api_misuse(base, "the fact is NULL");
  if (what < DSR_JUDGE_PREFER || what > DSR_JUDGE_WITHDRAW_DEPRECATE) {
    return dsr_fail(base->error, DSR_EMISUSE, "there is no judgement numbered %d",
                    (int)what);
  }
  if (verdict != NULL && !(dsr_api_str_ok(verdict->of) && dsr_api_str_ok(verdict->by) &&
                           dsr_api_str_ok(verdict->because))) {
    return dsr_api_misuse(base, "a part of the verdict has a length and no text");
  }
  return dsr_base_judge_text(base, what, fact, verdict);
}

dsr_status dsr_claims_of(dsr_base *base, dsr_claims which, const char *fact,
                         dsr_told told, void *ud) {
  TRY(dsr_api_enter(base));
  if (fact == NULL || told == NULL) {
    return dsr_api_misuse(base, "claims need a fact, and somebody to be told");
  }
  return dsr_base_claims_of(base, which, fact, told, ud);
}

dsr_status dsr_fact_slips(dsr_base *base, const char *fact, dsr_told told, void *ud) {
  TRY(dsr_api_enter(base));
  if (fact == NULL || told == NULL) {
    return dsr_api_misuse(base, "slips need a fact, and somebody to be told");
  }
  return dsr_base_fact_slips(base, fact, told, ud);
}

dsr_status dsr_transaction_time(dsr_base *base, int64_t number, char time[32]) {
  TRY(dsr_api_enter(base));
  if (time == NULL) return dsr_api_misuse(base, "the time needs a place");
  dsr_store *store = dsr_facts_store(base->facts);
  TRY(dsr_facts_read(base->facts, false));
  int64_t last = (int64_t)dsr_store_txn(store) - dsr_facts_writing(base->facts), stamp;
  if (number == 0) number = last;
  if (number < 1 || number > last) {
    return dsr_fail(base->error, DSR_EABSENT,
                    "there is no transaction %lld; the last is %lld", (long long)number,
                    (long long)last);
  }
  TRY(dsr_store_stamp(store, (uint64_t)number, &stamp));
  dsr_stamp_format(stamp, time);
  return DSR_OK;
}

dsr_status dsr_undo(dsr_base *base, int64_t number, int64_t *undone) {
  TRY(dsr_api_enter(base));
  return dsr_base_undo(base, number, undone);
}

dsr_status dsr_rename(dsr_base *base, const char *old, const char *name, int merge) {
  TRY(dsr_api_enter(base));
  if (old == NULL || name == NULL) {
    return dsr_api_misuse(base, "a renaming needs the old name and the new one");
  }
  return dsr_base_rename(base, dsr_str_of(old), dsr_str_of(name), merge != 0);
}

dsr_status dsr_rule_each(dsr_base *base, dsr_rule_found found, void *ud) {
  TRY(dsr_api_enter(base));
  if (found == NULL) return dsr_api_misuse(base, "there is nobody to tell");
  return dsr_base_rule_each(base, found, ud);
}

dsr_status dsr_rule_drop(dsr_base *base, const char *which, dsr_rule_found dropped,
                         void *ud) {
  TRY(dsr_api_enter(base));
  if (which == NULL || which[0] == '\0') {
    return dsr_api_misuse(base, "which rule? a number, \"#3\", or a relation");
  }
  return dsr_base_rule_drop(base, dsr_str_of(which), dropped, ud);
}

dsr_status dsr_watch(dsr_base *base, dsr_watcher watcher, void *ud) {
  TRY(dsr_api_enter(base));
  TRY(dsr_base_writable(base));
  dsr_facts_watch(base->facts, watcher, ud);
  return DSR_OK;
}
