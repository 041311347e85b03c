/*
** api.h - what the files behind dossier.h share: a query's struct, and the checks that
** every call makes before it trusts its arguments.
*/
#ifndef DSR_API_API_H
#define DSR_API_API_H

#include "lua/base.h"

/* Text that may be handed in: none at all, or bytes behind it. */
static inline bool dsr_api_str_ok(dsr_str text) {
  return text.data != NULL || text.len == 0;
}

/* Forget the last error.  DSR_EMISUSE where `base` is NULL or never opened; then its
** words stay those of the failed open. */
dsr_status dsr_api_enter(dsr_base *base);

/* Tell of a host's mistake.  Returns DSR_EMISUSE. */
dsr_status dsr_api_misuse(dsr_base *base, const char *what);

#endif
