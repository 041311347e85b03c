/*
** check.h - for host programs under test: a check that tells where it failed.
*/
#ifndef DSR_EMBED_CHECK_H
#define DSR_EMBED_CHECK_H

#include <stdio.h>
#include <string.h>

#include "dossier.h"

/* Return 1 from the caller, and tell, where `what` does not hold. */
#define CHECK(what)                                             \
  do {                                                          \
    if (!(what)) {                                              \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
      return 1;                                                 \
    }                                                           \
  } while (0)

/* The same for a call that must come to `status`; tells the words of `base` too. */
#define CHECK_STATUS(status, base, call)                                     \
  do {                                                                       \
    dsr_status came_ = (call);                                               \
    if (came_ != (status)) {                                                 \
      printf("%s:%d: %s: came \"%s\" (%d): %s\n", __FILE__, __LINE__, #call, \
             dsr_status_text(came_), (int)came_, dsr_errmsg(base));          \
      return 1;                                                              \
    }                                                                        \
  } while (0)

static inline int check_text(dsr_str text, const char *wanted) {
  return text.len == strlen(wanted) && memcmp(text.data, wanted, text.len) == 0;
}

#endif
