/*
** chance.h - for hosts that are random: numbers of a seed, and a check that ends the host.
*/
#ifndef DSR_EMBED_CHANCE_H
#define DSR_EMBED_CHANCE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* End with 1, and tell, in words, where the condition does not hold. */
#define CHECK(condition, ...)                                \
  do {                                                       \
    if (!(condition)) {                                      \
      printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
      printf(__VA_ARGS__);                                   \
      printf("\n");                                          \
      exit(1);                                               \
    }                                                        \
  } while (0)

/* splitmix64 (Steele, Lea and Flood 2014): below n, from the state on. */
static uint64_t chance_state;

static inline uint64_t below(uint64_t n) {
  uint64_t z = (chance_state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (z ^ z >> 31) % n;
}

#endif
