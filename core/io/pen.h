/*
** pen.h - writing out what is exported: bytes gathered, words in the language.
**
** A pen gathers what is put and hands it to the host in large pieces.  A failure, of memory
** or of the host who wants no more, stays with the pen: what is put after it goes nowhere,
** and dsr_pen_end() tells.  So writing needs no checks on the way.
**
** Cost: a copy of the bytes; a word of plain ASCII costs a look at each of its bytes.
*/
#ifndef DSR_IO_PEN_H
#define DSR_IO_PEN_H

#include <string.h>

#include "facts/view.h"
#include "ground/vec.h"

typedef struct dsr_pen {
  dsr_facts *facts;
  dsr_write write;
  void *ud;
  dsr_status failed; /* the first failure, its words told */
  VEC(char) bytes;
  dsr_arena arena;            /* for what is seldom written */
  unsigned char classes[256]; /* what each byte may be in */
} dsr_pen;

void dsr_pen_start(dsr_pen *pen, dsr_facts *facts, dsr_write write, void *ud);
/* Send on what is left; the first failure, if there was one. */
dsr_status dsr_pen_end(dsr_pen *pen);
void dsr_pen_free(dsr_pen *pen);

void dsr_pen_bytes(dsr_pen *pen, const char *data, size_t len);
void dsr_pen_format(dsr_pen *pen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline void dsr_pen_str(dsr_pen *pen, dsr_str text) {
  dsr_pen_bytes(pen, text.data, text.len);
}
static inline void dsr_pen_text(dsr_pen *pen, const char *text) {
  dsr_pen_bytes(pen, text, strlen(text));
}

/* Note a failure, if it is one. */
void dsr_pen_fail(dsr_pen *pen, dsr_status rc);

/* A word as the language has it in a column of type `type`. */
void dsr_pen_word(dsr_pen *pen, dsr_word word, dsr_domain type);
/* A time as it stands behind "@". */
void dsr_pen_time(dsr_pen *pen, dsr_word time);
/* A name of a relation or a column, in quotes where it needs them. */
void dsr_pen_name(dsr_pen *pen, dsr_str name);
/* "text" with escapes. */
void dsr_pen_quoted(dsr_pen *pen, dsr_str text);

/* The kind and the spelling of a value; none where it fails. */
dsr_value dsr_pen_value(dsr_pen *pen, dsr_word word, char scratch[DSR_WORD_TEXT]);

#endif
