/*
** even.c - columns that hold one word all over, shared by the blocks that have such.
**
** The last few are kept in a list and counted as used by it, too.  One that is too short
** makes way for a longer one; who has it keeps it.
*/
#include "store/even.h"

enum { LEAST = 64 };

void dsr_even_drop(dsr_even *even) {
  if (even != NULL && --even->users == 0) dsr_free(even);
}

static dsr_even *even_new(uint64_t word, size_t n) {
  size_t room = LEAST;
  while (room < n) room *= 2;
  size_t bytes = sizeof(dsr_even) + room * sizeof word;
  dsr_even *even = word == 0 ? dsr_alloc(bytes) : dsr_resize(NULL, bytes);
  if (even == NULL) return NULL;
  for (size_t i = 0; i < room && word != 0; i++) even->words[i] = word;
  even->users = 1;
  even->word = word;
  even->n = room;
  return even;
}

dsr_even *dsr_even_take(dsr_evens *evens, uint64_t word, size_t n, size_t *made) {
  unsigned at = 0;
  while (at < DSR_EVENS && (evens->kept[at] == NULL || evens->kept[at]->word != word)) {
    at++;
  }
  dsr_even *even = at < DSR_EVENS ? evens->kept[at] : NULL;
  *made = 0;
  if (even == NULL || even->n < n) {
    if (at == DSR_EVENS) at = evens->turn++ % DSR_EVENS;
    even = even_new(word, n);
    if (even == NULL) return NULL;
    *made = even->n * sizeof word;
    dsr_even_drop(evens->kept[at]);
    evens->kept[at] = even;
  }
  even->users++;
  return even;
}

void dsr_evens_free(dsr_evens *evens) {
  for (int i = 0; i < DSR_EVENS; i++) dsr_even_drop(evens->kept[i]);
  *evens = (dsr_evens){.turn = 0};
}
