/*
** idle.c - plans by their texts.
**
** They are few enough to be gone through.
*/
#include "lua/idle.h"

#include <string.h>

#include "facts/kept.h"
#include "ground/text.h"
#include "lua/base.h"

enum { IDLE_MOST = 32, TEXT_MOST = 1 << 14 };

/* What plans that are made now are made for. */
static dsr_plan_note now(dsr_base *base) {
  const dsr_base *root = dsr_base_root(base);
  return (dsr_plan_note){.generation = dsr_facts_generation(base->facts),
                         .rules_version = dsr_kept_version(base->facts),
                         .defined_age = dsr_defined_age(root->defined),
                         .n_tables = root->realm.tables.len};
}

static bool is_current(const dsr_plan_note *note, const dsr_plan_note *now_is) {
  return note->text.data != NULL && note->generation == now_is->generation &&
         note->rules_version == now_is->rules_version &&
         note->defined_age == now_is->defined_age && note->n_tables == now_is->n_tables;
}

static dsr_plan *take_out(dsr_idle *idle, size_t at) {
  dsr_plan *plan = idle->items[at];
  idle->len--;
  memmove(idle->items + at, idle->items + at + 1,
          (idle->len - at) * sizeof *idle->items);
  return plan;
}

dsr_plan *dsr_idle_take(dsr_base *base, dsr_str text) {
  dsr_plan_note now_is = now(base);
  for (size_t i = base->idle.len; i > 0; i--) {
    const dsr_plan_note *note = dsr_plan_noted(base->idle.items[i - 1]);
    if (!is_current(note, &now_is) || !dsr_str_eq(note->text, text)) continue;
    return take_out(&base->idle, i - 1);
  }
  return NULL;
}

void dsr_idle_note(dsr_base *base, dsr_plan *plan, dsr_str text) {
  dsr_plan_note *note = dsr_plan_noted(plan);
  *note = now(base);
  if (text.len > TEXT_MOST) return;
  note->text = (dsr_str){dsr_copy(text.data, text.len), text.len};
}

/* What is out of date will not be asked for again; of one text one is enough. */
static void tidy(dsr_idle *idle, const dsr_plan_note *now_is, dsr_str text) {
  for (size_t i = idle->len; i > 0; i--) {
    const dsr_plan_note *note = dsr_plan_noted(idle->items[i - 1]);
    if (is_current(note, now_is) && !dsr_str_eq(note->text, text)) continue;
    dsr_plan_free(take_out(idle, i - 1));
  }
}

void dsr_idle_put(dsr_base *base, dsr_plan *plan) {
  dsr_plan_note now_is = now(base);
  const dsr_plan_note *note = dsr_plan_noted(plan);
  if (!is_current(note, &now_is)) {
    dsr_plan_free(plan);
    return;
  }
  tidy(&base->idle, &now_is, note->text);
  if (base->idle.len == IDLE_MOST) dsr_plan_free(take_out(&base->idle, 0));
  dsr_plan_rest(plan);
  if (!VEC_PUSH(&base->idle, plan)) dsr_plan_free(plan);
}

void dsr_idle_free(dsr_base *base) {
  for (size_t i = 0; i < base->idle.len; i++) dsr_plan_free(base->idle.items[i]);
  VEC_FREE(&base->idle);
}
