/*
** facts_host.h - for hosts that call the facts themselves: checks that end the program with
** the words of `error`, and numbers at random from a seed.
*/
#ifndef DSR_EMBED_FACTS_HOST_H
#define DSR_EMBED_FACTS_HOST_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "ground/status.h"

static dsr_error error;

#define CHECK(condition)                                                              \
  do {                                                                                \
    if (!(condition)) {                                                               \
      printf("%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition, error.text); \
      exit(1);                                                                        \
    }                                                                                 \
  } while (0)
#define OK(call) CHECK((call) >= 0)

static uint64_t chance_state;

/* A number below n (splitmix64). */
static uint64_t chance(uint64_t n) {
  chance_state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = chance_state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (z ^ z >> 31) % n;
}

#endif
