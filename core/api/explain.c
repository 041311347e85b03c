/*
** explain.c - what dossier.h promises of explanations and conflicts.
*/
#include "api/api.h"

#include "ground/text.h"
#include "lua/breach.h"
#include "lua/conflicting.h"

dsr_status dsr_why(dsr_base *base, const char *fact, dsr_why_told told, void *ud) {
  dsr_account why = {0};
  TRY(dsr_api_enter(base));
  if (fact == NULL || told == NULL) {
    return dsr_api_misuse(base, "an explanation needs a fact and somebody to tell");
  }
  dsr_status rc = dsr_base_why(base, dsr_str_of(fact), &why);
  for (size_t i = 0; i < why.steps.len && rc >= 0; i++) {
    if (told(ud, &why.steps.items[i]) != 0) break;
  }
  dsr_why_free(&why);
  return rc;
}

dsr_status dsr_why_write(dsr_base *base, const char *fact, dsr_why_format format,
                         dsr_write write, void *ud) {
  dsr_account why = {0};
  dsr_bytes out = {0};
  TRY(dsr_api_enter(base));
  if (fact == NULL || write == NULL) {
    return dsr_api_misuse(base, "an explanation needs a fact and somebody to write to");
  }
  if (format < DSR_WHY_TEXT || format > DSR_WHY_MARKDOWN) {
    return dsr_api_misuse(base, "an explanation is text, JSON or Markdown");
  }
  dsr_status rc = dsr_base_why(base, dsr_str_of(fact), &why);
  if (rc >= 0 && !dsr_why_put(why.steps.items, why.steps.len, format, &out)) {
    rc = dsr_fail_memory(base->error);
  }
  if (rc >= 0 && write(ud, (const char *)out.items, out.len) != 0) {
    rc = dsr_fail(base->error, DSR_ESTOPPED, "writing was stopped");
  }
  VEC_FREE(&out);
  dsr_why_free(&why);
  return rc;
}

/* ---- conflicts ----------------------------------------------------------------------- */

typedef struct telling {
  dsr_base *base;
  dsr_discord_found found;
  void *ud;
  bool any, ended;
} telling;

static dsr_status tell_conflict(void *ud, const dsr_conflicting *conflict) {
  telling *to = ud;
  dsr_arena arena = {0};
  dsr_str facts[DSR_BREACH_FACTS];
  dsr_status rc = DSR_OK;
  if (to->ended) return DSR_OK;
  for (int i = 0; i < conflict->n_facts && rc >= 0; i++) {
    rc = dsr_tuple_write(to->base->facts, &conflict->facts[i], &arena, &facts[i]);
  }
  if (rc >= 0) {
    dsr_discord told = {.kind = conflict->kind,
                        .relation = conflict->relation,
                        .message = conflict->message,
                        .file = conflict->file,
                        .line = conflict->line,
                        .n_facts = conflict->n_facts,
                        .facts = facts};
    to->any = true;
    to->ended = to->found(to->ud, &told) != 0;
  }
  dsr_arena_free(&arena);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_conflict_each(dsr_base *base, dsr_discord_found found, void *ud) {
  telling to = {.base = base, .found = found, .ud = ud};
  TRY(dsr_api_enter(base));
  if (found == NULL) return dsr_api_misuse(base, "there is nobody to tell");
  TRY(dsr_base_conflicts(base, tell_conflict, &to));
  dsr_facts_rest(base->facts);
  return to.any ? DSR_OK : DSR_NOTHING;
}
