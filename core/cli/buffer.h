/*
** buffer.h - a text that grows, and texts put so that a terminal obeys nothing in them.
*/
#ifndef DSR_CLI_BUFFER_H
#define DSR_CLI_BUFFER_H

#include <stddef.h>

#include "dossier.h"

/* All zero: empty.  Once memory has run out it stays as it is, and says so. */
typedef struct dsr_buffer {
  char *data;
  size_t len, room;
  int failed;
} dsr_buffer;

void dsr_buffer_free(dsr_buffer *buffer);

/* Add bytes, or a NUL-ended text. */
void dsr_buffer_add(dsr_buffer *buffer, const char *data, size_t len);
void dsr_buffer_put(dsr_buffer *buffer, const char *text);

/* Bytes at the beginning of `text` that are to be taken for a control, which a terminal
** may obey: C0, DEL, C1, and what turns the direction of writing.  0: it begins with
** something else. */
size_t dsr_control(dsr_str text);

/* How many bytes at the beginning of `text` have no control among them. */
size_t dsr_until_control(dsr_str text);

/* The character of a control that takes `size` bytes. */
unsigned dsr_control_point(const char *control, size_t size);

/* Add `text` on one line, its controls as escapes: \n, \t, \x1b, \u{202e}. */
void dsr_buffer_show(dsr_buffer *buffer, dsr_str text);

/* Add `text` on one line, its C0 controls and spaces as one space, without the others,
** and without spaces at its ends. */
void dsr_buffer_plain(dsr_buffer *buffer, dsr_str text);

#endif
