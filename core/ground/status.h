/*
** status.h - how a call says what it came to.
**
** The codes themselves are public (dossier.h).  Inside, a dsr_error collects the words
** and the place of what went wrong; one belongs to each open base, and every room that
** serves the base is handed a pointer to it.  Its text is of fixed size, so that
** telling of a failure cannot fail.
*/
#ifndef DSR_GROUND_STATUS_H
#define DSR_GROUND_STATUS_H

#include <stdarg.h>
#include <stdbool.h>

#include "dossier.h"

enum { DSR_ERROR_TEXT = 8192, DSR_ERROR_MOST = 10 };

/* A place in a text: line and column from 1, columns in characters; 0 is nowhere. */
typedef struct dsr_place {
  int line;
  int column;
} dsr_place;

/* Is told of each error with a place: "did you mean" and all, no source line. */
typedef void (*dsr_error_told)(void *ud, dsr_status code, const char *file,
                               dsr_place place, const char *message);

typedef struct dsr_error {
  dsr_error_told told; /* NULL: errors with a place go to `text` as below; else to it
                       ** alone, however many, and are counted */
  void *ud;
  dsr_status code; /* of the first error told since the last clear */
  int count;       /* errors told with dsr_error_at since the last clear */
  char file[256];  /* of the first error with a place, cut to fit */
  dsr_place place;
  size_t len;
  char text[DSR_ERROR_TEXT];
} dsr_error;

/* Return from the caller with the status of `call` if it failed. */
#define TRY(call)                    \
  do {                               \
    dsr_status try_rc_ = (call);     \
    if (try_rc_ < 0) return try_rc_; \
  } while (0)

/* Forget what was told. */
void dsr_error_clear(dsr_error *error);

/* Tell of a failure without a place: replaces what was told.  Returns `code`. */
dsr_status dsr_fail(dsr_error *error, dsr_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for memory, always in the same words.  Returns DSR_ENOMEM. */
dsr_status dsr_fail_memory(dsr_error *error);

/*
** Tell of an error at a place: "file:line:column: message", then the source line and a
** caret.  `line_text` is the source line without its newline ({NULL, 0}: none shown);
** long lines are cut around the column.  Adds to what was told, up to DSR_ERROR_MOST;
** later ones are only counted, and a last line says how many.  Returns `code`.
*/
dsr_status dsr_error_at(dsr_error *error, dsr_status code, const char *file,
                        dsr_place place, dsr_str line_text, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
