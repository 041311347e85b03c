/*
** slots.c - finding numbered things by what they are: an open-addressing hash of
** numbers.
*/
#include "eval/slots.h"
#include "ground/mem.h"

enum { LOG_LEAST = 4, LOG_MOST = 31 };

static uint32_t room_of(int log) {
  uint32_t size = UINT32_C(1) << log;
  return size / 2 + size / 8;
}

dsr_status dsr_slots_make(dsr_slots *slots, uint32_t n) {
  int log = LOG_LEAST;
  while (log <= LOG_MOST && room_of(log) < n) log++;
  if (log > LOG_MOST) return DSR_ELIMIT;
  uint32_t *fresh = dsr_alloc(sizeof *fresh << log);
  if (!fresh) return DSR_ENOMEM;
  dsr_free(slots->slots);
  *slots = (dsr_slots){.slots = fresh, .log = log, .room = room_of(log)};
  return DSR_OK;
}

void dsr_slots_free(dsr_slots *slots) {
  dsr_free(slots->slots);
  *slots = (dsr_slots){0};
}
