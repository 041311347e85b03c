/*
** buffer.c - a growing text, and what is done to controls in it.
*/
#include "cli/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dsr_buffer_free(dsr_buffer *buffer) {
  free(buffer->data);
  *buffer = (dsr_buffer){0};
}

void dsr_buffer_add(dsr_buffer *buffer, const char *data, size_t len) {
  if (buffer->failed || len == 0) return;
  if (len > buffer->room - buffer->len) {
    size_t room = buffer->room < 256 ? 256 : buffer->room;
    while (room - buffer->len < len) room *= 2;
    char *grown = realloc(buffer->data, room);
    if (grown == NULL) {
      buffer->failed = 1;
      return;
    }
    buffer->data = grown;
    buffer->room = room;
  }
  memcpy(buffer->data + buffer->len, data, len);
  buffer->len += len;
}

void dsr_buffer_put(dsr_buffer *buffer, const char *text) {
  dsr_buffer_add(buffer, text, strlen(text));
}

size_t dsr_control(dsr_str text) {
  const unsigned char *at = (const unsigned char *)text.data;
  if (text.len == 0) return 0;
  if (at[0] < 0x20 || at[0] == 0x7f) return 1;
  if (at[0] == 0xc2 && text.len > 1) return at[1] < 0xa0 ? 2 : 0;
  if (at[0] != 0xe2 || text.len < 3) return 0;
  int turns = (at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
              (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
  return turns ? 3 : 0;
}

size_t dsr_until_control(dsr_str text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte >= 0x20 && byte < 0x7f) continue;
    if (dsr_control((dsr_str){text.data + i, text.len - i}) > 0) return i;
  }
  return text.len;
}

unsigned dsr_control_point(const char *control, size_t size) {
  unsigned point = (unsigned char)control[0];
  if (size > 1) point &= size == 2 ? 0x1f : 0x0f;
  for (size_t i = 1; i < size; i++) point = point << 6 | (control[i] & 0x3f);
  return point;
}

/* Add a control as an escape. */
static void escape(dsr_buffer *buffer, const char *control, size_t size) {
  char made[16];
  unsigned point = dsr_control_point(control, size);
  if (point == '\n' || point == '\t' || point == '\r') {
    snprintf(made, sizeof made, "\\%c",
             point == '\n'   ? 'n'
             : point == '\t' ? 't'
                             : 'r');
  } else if (size == 1) {
    snprintf(made, sizeof made, "\\x%02x", point);
  } else {
    snprintf(made, sizeof made, "\\u{%x}", point);
  }
  dsr_buffer_put(buffer, made);
}

void dsr_buffer_show(dsr_buffer *buffer, dsr_str text) {
  while (text.len > 0) {
    size_t size = dsr_until_control(text);
    dsr_buffer_add(buffer, text.data, size);
    text = (dsr_str){text.data + size, text.len - size};
    size = dsr_control(text);
    if (size > 0) escape(buffer, text.data, size);
    text = (dsr_str){text.data + size, text.len - size};
  }
}

void dsr_buffer_plain(dsr_buffer *buffer, dsr_str text) {
  size_t start = buffer->len;
  int space = 0; /* one is due before the next */
  while (text.len > 0) {
    size_t size = dsr_control(text);
    if (size == 1 || text.data[0] == ' ') {
      space = 1;
      size = 1;
    } else if (size == 0) {
      if (space && buffer->len > start) dsr_buffer_add(buffer, " ", 1);
      space = 0;
      dsr_buffer_add(buffer, text.data, size = 1);
    }
    text = (dsr_str){text.data + size, text.len - size};
  }
}
