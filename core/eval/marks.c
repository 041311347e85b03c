/*
** marks.c - a list of numbers drawn as a bitmap, to ask what is in it by a load.
*/
#include "eval/marks.h"

#include "ground/mem.h"

/* Room for a number, with a quarter more; what was there is all zero and may go. */
static dsr_status reach(dsr_marks *marks, uint32_t greatest) {
  if (greatest < marks->room) return DSR_OK;
  uint32_t n = greatest / 64 + 1 + greatest / 256;
  uint64_t *words = dsr_alloc(n * sizeof *words);
  if (words == NULL) return DSR_ENOMEM;
  dsr_free(marks->words);
  marks->words = words;
  marks->room = n > UINT32_MAX / 64 ? UINT32_MAX : n * 64;
  return DSR_OK;
}

dsr_status dsr_marks_draw(dsr_marks *marks, const uint32_t *numbers, uint32_t n) {
  TRY(reach(marks, numbers[n - 1]));
  for (uint32_t i = 0; i < n; i++) {
    marks->words[numbers[i] >> 6] |= UINT64_C(1) << (numbers[i] & 63);
  }
  return DSR_OK;
}

void dsr_marks_erase(dsr_marks *marks, const uint32_t *numbers, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) marks->words[numbers[i] >> 6] = 0;
}

void dsr_marks_free(dsr_marks *marks) {
  dsr_free(marks->words);
  *marks = (dsr_marks){0};
}
