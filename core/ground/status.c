/*
** status.c - how a call says what it came to.
**
** An error's text is a list of tellings, one after the other.  A telling with a place
** is up to three lines: the place and the message, the source line, a caret below it.
** Once DSR_ERROR_MOST have been told, the list ends in a line that counts the rest; it
** is rewritten as the count grows.  Room for that line is kept free, so that a text that
** is full still says how much it leaves out.
**
** What comes from a source file is shown as one harmless line: tabs and control bytes
** as spaces, bytes that are not UTF-8 as '?', and of a long line a window around the
** column.
*/
#include <stdio.h>
#include <string.h>

#include "ground/status.h"
#include "ground/text.h"

enum {
  WINDOW = 76,      /* characters shown of a source line */
  WINDOW_LEAD = 50, /* of these, before the column */
  TAIL_ROOM = 40    /* bytes kept for "... and N more errors" */
};

void dsr_error_clear(dsr_error *error) {
  error->code = DSR_OK;
  error->count = 0;
  error->file[0] = '\0';
  error->place = (dsr_place){0, 0};
  error->len = 0;
  error->text[0] = '\0';
}

/* `len` bytes of `text`, or fewer so that no character is cut. */
static size_t whole(const char *text, size_t len) {
  size_t end = len;
  while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80) end--;
  return end;
}

/* Is the byte at `at`, or the two there, a control that a terminal would obey?  Line
** breaks are not among them. */
static size_t control(const char *at) {
  unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];
  if (first == 0xc2 && second >= 0x80 && second < 0xa0) return 2;
  return (first < 0x20 && first != '\n' && first != '\0') || first == 0x7f;
}

/* Append as much of `data` as leaves room for the tail, controls as spaces: names from
** a file stand in messages, too. */
static void put(dsr_error *error, const char *data, size_t len) {
  size_t most = DSR_ERROR_TEXT - 1 - TAIL_ROOM;
  size_t room = error->len < most ? most - error->len : 0;
  if (len > room) len = whole(data, room);
  char *at = error->text + error->len;
  memcpy(at, data, len);
  error->len += len;
  error->text[error->len] = '\0';
  for (; *at != '\0'; at++) {
    if (control(at) > 0) memset(at, ' ', control(at));
  }
}

static void put_text(dsr_error *error, const char *text) {
  put(error, text, strlen(text));
}

static void put_format(dsr_error *error, const char *format, va_list args) {
  char message[DSR_ERROR_TEXT]; /* the arguments may lie in error->text */
  int len = vsnprintf(message, sizeof message, format, args);
  if (len < 0) return;
  put_text(error, message);
}

dsr_status dsr_fail(dsr_error *error, dsr_status code, const char *format, ...) {
  char message[DSR_ERROR_TEXT];
  va_list args;
  if (!error) return code;
  va_start(args, format);
  int len = vsnprintf(message, sizeof message, format, args);
  va_end(args);
  dsr_error_clear(error);
  error->code = code;
  if (len >= 0) put_text(error, message);
  return code;
}

dsr_status dsr_fail_memory(dsr_error *error) {
  return dsr_fail(error, DSR_ENOMEM, "out of memory");
}

/* ---- a source line and its caret ------------------------------------------------ */

/* Bytes of the character at `at`; 1 for a byte that is not UTF-8. */
static size_t step(dsr_str line, size_t at) {
  size_t size = 1;
  while (size < 4 && at + size < line.len &&
         ((unsigned char)line.data[at + size] & 0xc0) == 0x80) {
    size++;
  }
  dsr_str one = {line.data + at, size};
  return dsr_utf8_valid(one) == size ? size : 1;
}

/* Append one character of a source line, made harmless; its width. */
static int put_character(dsr_error *error, dsr_str line, size_t at, size_t size) {
  dsr_str one = {line.data + at, size};
  unsigned char byte = (unsigned char)line.data[at];
  if (byte < 0x20 || byte == 0x7f || (size == 2 && control(one.data) > 0)) {
    put(error, " ", 1);
    return 1;
  }
  if (dsr_utf8_valid(one) < size) {
    put(error, "?", 1);
    return 1;
  }
  put(error, one.data, size);
  return dsr_utf8_width(one);
}

/* The line, or a window of it, indented by two; then the caret. */
static void put_line(dsr_error *error, dsr_str line, int column) {
  int first = column > WINDOW_LEAD ? column - WINDOW_LEAD : 1;
  int caret = 0; /* columns before the caret; known once it is passed */
  int width = 2, at_column = 1;
  size_t at = 0;
  for (; at < line.len && at_column < first; at_column++) at += step(line, at);
  if (first > 1) width += 3;
  put_text(error, first > 1 ? "\n  ..." : "\n  ");
  for (; at < line.len && at_column < first + WINDOW; at_column++) {
    if (at_column == column) caret = width;
    size_t size = step(line, at);
    width += put_character(error, line, at, size);
    at += size;
  }
  if (at < line.len) put_text(error, "...");
  if (caret == 0) caret = width; /* just past the end of the line */
  put_text(error, "\n");
  for (int i = 0; i < caret; i++) put(error, " ", 1);
  put(error, "^", 1);
}

/* ---- errors with a place -------------------------------------------------------- */

/* Say at the end how many errors were counted only. */
static void put_rest(dsr_error *error) {
  int rest = error->count - DSR_ERROR_MOST;
  if (rest > 1) { /* rewrite the line that is there */
    char *last = strrchr(error->text, '\n');
    if (last) error->len = (size_t)(last - error->text);
  }
  int len = snprintf(error->text + error->len, DSR_ERROR_TEXT - error->len,
                     "\n... and %d more error%s", rest, rest == 1 ? "" : "s");
  if (len > 0) error->len += (size_t)len;
}

static void put_place(dsr_error *error, const char *file, dsr_place place) {
  char numbers[32];
  snprintf(numbers, sizeof numbers, "%d:%d: ", place.line, place.column);
  if (file && file[0]) {
    put_text(error, file);
    put_text(error, ":");
    if (place.line <= 0) put_text(error, " ");
  }
  if (place.line > 0) put_text(error, numbers);
}

static void keep_first(dsr_error *error, dsr_status code, const char *file,
                       dsr_place place) {
  if (error->code >= 0) error->code = code;
  if (error->count > 0) return;
  size_t len = file ? strlen(file) : 0;
  if (len >= sizeof error->file) len = whole(file, sizeof error->file - 1);
  memcpy(error->file, file ? file : "", len);
  error->file[len] = '\0';
  error->place = place;
}

static void tell(dsr_error *error, dsr_status code, const char *file, dsr_place place,
                 const char *format, va_list args) {
  char message[DSR_ERROR_TEXT];
  vsnprintf(message, sizeof message, format, args);
  error->told(error->ud, code, file, place, message);
}

dsr_status dsr_error_at(dsr_error *error, dsr_status code, const char *file,
                        dsr_place place, dsr_str line_text, const char *format, ...) {
  if (!error) return code;
  keep_first(error, code, file, place);
  error->count++;
  if (error->told != NULL) {
    va_list words;
    va_start(words, format);
    tell(error, code, file, place, format, words);
    va_end(words);
    return code;
  }
  if (error->count > DSR_ERROR_MOST) {
    put_rest(error);
    return code;
  }
  if (error->len > 0) put_text(error, "\n");
  put_place(error, file, place);
  va_list args;
  va_start(args, format);
  put_format(error, format, args);
  va_end(args);
  if (line_text.data && place.line > 0 && place.column > 0) {
    put_line(error, line_text, place.column);
  }
  return code;
}
