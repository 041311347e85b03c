/*
** trie.c - a stored extent sorted by one order of its columns.
*/
#include "eval/trie.h"

#include "ground/mem.h"

dsr_status dsr_trie_build(uint32_t **columns, size_t n, const uint8_t *order, int width,
                          dsr_error *error, dsr_trie **out) {
  (void)n, (void)order, (void)out;
  for (int c = 0; c < width; c++) {
    dsr_free(columns[c]);
    columns[c] = NULL;
  }
  return dsr_fail(error, DSR_EUNSUPPORTED, "stored extents are not there yet");
}

dsr_status dsr_trie_turn(const dsr_trie *trie, const uint8_t *order, dsr_error *error,
                         dsr_trie **out) {
  (void)trie, (void)order, (void)out;
  return dsr_fail(error, DSR_EUNSUPPORTED, "stored extents are not there yet");
}

void dsr_trie_free(dsr_trie *trie) { (void)trie; }

uint64_t dsr_trie_count(const dsr_trie *trie) {
  (void)trie;
  return 0;
}

uint32_t dsr_trie_distinct(const dsr_trie *trie, int n) {
  (void)trie, (void)n;
  return 0;
}

bool dsr_trie_find(const dsr_trie *trie, const uint32_t *prefix, int n, uint32_t *from,
                   uint32_t *to) {
  (void)trie, (void)prefix, (void)n, (void)from, (void)to;
  return false;
}

bool dsr_trie_has(const dsr_trie *trie, const uint32_t *prefix, int n) {
  (void)trie, (void)prefix, (void)n;
  return false;
}

size_t dsr_trie_walk(const dsr_trie *trie, uint64_t *at, uint32_t *const *columns,
                     size_t room) {
  (void)trie, (void)at, (void)columns, (void)room;
  return 0;
}
