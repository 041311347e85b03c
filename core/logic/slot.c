/*
** slot.c - the values that a plan deals with.
**
** A constant that the base does not know yet is a temporary word; so that a plan may be
** prepared once and run whenever, constants and parameters keep their spelling and are
** found again when the base has moved.
*/
#include <string.h>

#include "logic/plan.h"

int dsr_slot_add(dsr_plan *plan, dsr_slot_kind kind, dsr_str name) {
  dsr_slot slot = {.kind = kind};
  if (name.len > 0) {
    slot.name = dsr_arena_str(&plan->arena, name);
    if (slot.name.data == NULL) goto fail;
  }
  if (!VEC_PUSH(&plan->slots, slot)) goto fail;
  return (int)plan->slots.len - 1;
fail:
  dsr_fail_memory(dsr_facts_error(plan->facts));
  return DSR_SLOT_NONE;
}

/* Keep a copy of the spelling, in the room there is. */
static dsr_status keep_spelling(dsr_plan *plan, dsr_slot *slot, dsr_str spelling) {
  if (spelling.len + 1 > slot->room) {
    char *grown = dsr_resize(slot->spelling, spelling.len + 1);
    if (grown == NULL) return dsr_fail_memory(dsr_facts_error(plan->facts));
    slot->spelling = grown;
    slot->room = spelling.len + 1;
  }
  if (spelling.len > 0) memcpy(slot->spelling, spelling.data, spelling.len);
  slot->len = spelling.len;
  return DSR_OK;
}

dsr_status dsr_slot_set(dsr_plan *plan, int at, dsr_word word) {
  dsr_slot *slot = &plan->slots.items[at];
  if (dsr_word_interned(word)) {
    dsr_symbol_kind kind;
    dsr_str spelling;
    TRY(dsr_symbols_get(dsr_facts_symbols(plan->facts), word, &kind, &spelling));
    TRY(keep_spelling(plan, slot, spelling));
    slot->symbol = kind;
  }
  slot->word = word;
  slot->given = true;
  return DSR_OK;
}

dsr_status dsr_slot_refresh(dsr_plan *plan) {
  dsr_symbols *symbols = dsr_facts_symbols(plan->facts);
  for (size_t i = 0; i < plan->slots.len; i++) {
    dsr_slot *slot = &plan->slots.items[i];
    if (slot->kind == DSR_SLOT_VARIABLE || !dsr_word_interned(slot->word)) continue;
    dsr_str spelling = {slot->spelling, slot->len};
    TRY(dsr_symbols_temp(symbols, slot->symbol, spelling, &slot->word));
  }
  return DSR_OK;
}

bool dsr_domain_meets(dsr_domain due, dsr_domain have) {
  if (due == DSR_COL_ANY || have == DSR_COL_ANY || due == have) return true;
  bool numbers = (due == DSR_COL_INT || due == DSR_COL_NUMBER) &&
                 (have == DSR_COL_INT || have == DSR_COL_NUMBER);
  return numbers;
}

dsr_domain dsr_word_domain(dsr_symbols *symbols, dsr_word word) {
  double number;
  switch (dsr_word_tag(word)) {
    case DSR_TAG_BOOL:
      return DSR_COL_BOOL;
    case DSR_TAG_INT:
      return DSR_COL_INT;
    case DSR_TAG_DECIMAL:
      return DSR_COL_NUMBER;
    case DSR_TAG_DAY:
      return DSR_COL_TIME;
    case DSR_TAG_ENTITY:
      return DSR_COL_ENTITY;
    case DSR_TAG_TEXT:
      return DSR_COL_TEXT;
    case DSR_TAG_OTHER:
      return dsr_word_double(symbols, word, &number) ? DSR_COL_NUMBER : DSR_COL_TIME;
    default:
      return DSR_COL_ANY;
  }
}
