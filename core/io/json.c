/*
** json.c - a line of JSON into nodes: by descent, strings without escapes as they stand in
** the line, the others decoded into room that is made for the whole line at once.
**
** Cost: a look at each byte, and a node of some forty bytes for each value and name.
*/
#include "io/json.h"

#include <stdio.h>

#include "ground/text.h"

struct dsr_jsonl {
  dsr_input *input;
  dsr_error *error;
  bool started, last; /* last: nothing comes behind the span */
  dsr_str span;
  size_t at, next; /* of the line in the span, and of what comes behind it */
  int64_t line;
  dsr_str raw;
  VEC(dsr_json) nodes;
  dsr_bytes room;
  /* while a line is parsed */
  const char *p, *begin, *end;
  int depth;
};

/* ---- errors ----------------------------------------------------------------------- */

static dsr_status fail_at(dsr_jsonl *lines, size_t at, dsr_status code,
                          const char *words) {
  dsr_str raw = lines->raw;
  raw.len = dsr_utf8_valid(raw);
  size_t column = dsr_utf8_count((dsr_str){raw.data, at < raw.len ? at : raw.len}) + 1;
  dsr_place place = {lines->line > INT32_MAX ? INT32_MAX : (int)lines->line,
                     column > INT32_MAX ? INT32_MAX : (int)column};
  return dsr_error_at(lines->error, code, dsr_input_name(lines->input), place, raw,
                      "%s", words);
}

dsr_status dsr_jsonl_fail(dsr_jsonl *lines, const dsr_json *node, dsr_status code,
                          const char *format, ...) {
  char words[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  return fail_at(lines, node ? node->at : 0, code, words);
}

static dsr_status bad(dsr_jsonl *lines, const char *at, const char *words) {
  return fail_at(lines, (size_t)(at - lines->begin), DSR_ESYNTAX, words);
}

/* At the place that is reached. */
static dsr_status expected(dsr_jsonl *lines, const char *what) {
  char words[160];
  if (lines->p == lines->end) {
    snprintf(words, sizeof words, "expected %s, and the line ends", what);
  } else {
    dsr_str rest = {lines->p, (size_t)(lines->end - lines->p)};
    size_t len = dsr_utf8_skip(rest, 1);
    snprintf(words, sizeof words, "expected %s, found \"%.*s\"", what, (int)len,
             lines->p);
  }
  return bad(lines, lines->p, words);
}

/* ---- values ----------------------------------------------------------------------- */

static void pass_space(dsr_jsonl *lines) {
  const char *p = lines->p;
  while (p < lines->end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) p++;
  lines->p = p;
}

static dsr_status push(dsr_jsonl *lines, dsr_json_kind kind, const char *at,
                       dsr_str text) {
  dsr_json node = {kind, 1, (size_t)(at - lines->begin), text};
  return VEC_PUSH(&lines->nodes, node) ? DSR_OK : dsr_fail_memory(lines->error);
}

static bool four_digits(const char *p, const char *end, unsigned *out) {
  unsigned value = 0;
  if (end - p < 4) return false;
  for (int i = 0; i < 4; i++) {
    char c = p[i];
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return false;
    value = value << 4 | (unsigned)digit;
  }
  *out = value;
  return true;
}

/* UTF-8 of a code point, never longer than the escapes that it comes from. */
static void put_point(dsr_bytes *room, unsigned c) {
  unsigned char *to = room->items + room->len;
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n; i-- > 1; c >>= 6) to[i] = (unsigned char)(0x80 | (c & 0x3f));
  to[0] = (unsigned char)(first[n] | c);
  room->len += n;
}

/* Behind "\u": four digits, and another escape where they are half of a pair. */
static dsr_status read_point(dsr_jsonl *lines, const char **at) {
  const char *p = *at;
  unsigned c, low;
  if (!four_digits(p, lines->end, &c)) {
    return bad(lines, p - 2, "\\u is followed by four hexadecimal digits");
  }
  p += 4;
  if (c == 0) return bad(lines, p - 6, "\\u0000: a base cannot hold U+0000");
  if (c >= 0xd800 && c < 0xe000) {
    bool pair = c < 0xdc00 && lines->end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
                four_digits(p + 2, lines->end, &low) && low >= 0xdc00 && low < 0xe000;
    if (!pair) return bad(lines, p - 6, "half of a surrogate pair");
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    p += 6;
  }
  put_point(&lines->room, c);
  *at = p;
  return DSR_OK;
}

static dsr_status read_escape(dsr_jsonl *lines, const char **at) {
  static const char named[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
  const char *p = *at + 1;
  if (p < lines->end && *p == 'u') {
    *at = p + 1;
    return read_point(lines, at);
  }
  for (const char *n = named; p < lines->end && *n != '\0'; n += 2) {
    if (*n != *p) continue;
    lines->room.items[lines->room.len++] = (unsigned char)n[1];
    *at = p + 1;
    return DSR_OK;
  }
  return bad(lines, *at,
             "no such escape; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
}

static dsr_status read_string(dsr_jsonl *lines) {
  const char *open = lines->p, *p = open + 1, *from = p;
  bool coded = false;
  size_t begin = lines->room.len;
  for (;;) {
    while (p < lines->end && *p != '"' && *p != '\\' && (unsigned char)*p >= ' ') p++;
    if (p == lines->end) return bad(lines, open, "this string is not closed");
    if ((unsigned char)*p < ' ') {
      return bad(lines, p,
                 "a control character in a string; written \\t, \\n, \\u001f");
    }
    if (*p == '"' && !coded) break;
    /* There is room for the whole line. */
    memcpy(lines->room.items + lines->room.len, from, (size_t)(p - from));
    lines->room.len += (size_t)(p - from);
    if (*p == '"') break;
    coded = true;
    TRY(read_escape(lines, &p));
    from = p;
  }
  lines->p = p + 1;
  dsr_str text = {from, (size_t)(p - from)};
  if (coded) {
    text = (dsr_str){(const char *)lines->room.items + begin, lines->room.len - begin};
  }
  return push(lines, DSR_JSON_STRING, open, text);
}

static size_t pass_digits(dsr_jsonl *lines) {
  const char *from = lines->p;
  while (lines->p < lines->end && *lines->p >= '0' && *lines->p <= '9') lines->p++;
  return (size_t)(lines->p - from);
}

static dsr_status read_number(dsr_jsonl *lines) {
  const char *from = lines->p;
  if (*lines->p == '-') lines->p++;
  bool zero = lines->p < lines->end && *lines->p == '0';
  const char *digits = lines->p;
  if (pass_digits(lines) == 0) return expected(lines, "a digit");
  if (zero && lines->p - digits > 1) {
    return bad(lines, from, "a number that begins with 0; a string is written \"007\"");
  }
  if (lines->p < lines->end && *lines->p == '.') {
    lines->p++;
    if (pass_digits(lines) == 0) return expected(lines, "a digit");
  }
  if (lines->p < lines->end && (*lines->p == 'e' || *lines->p == 'E')) {
    lines->p++;
    if (lines->p < lines->end && (*lines->p == '+' || *lines->p == '-')) lines->p++;
    if (pass_digits(lines) == 0) return expected(lines, "a digit");
  }
  return push(lines, DSR_JSON_NUMBER, from, (dsr_str){from, (size_t)(lines->p - from)});
}

static dsr_status read_word(dsr_jsonl *lines) {
  static const struct {
    const char *word;
    dsr_json_kind kind;
  } words[] = {
      {"true", DSR_JSON_TRUE}, {"false", DSR_JSON_FALSE}, {"null", DSR_JSON_NULL}};
  size_t left = (size_t)(lines->end - lines->p);
  for (int i = 0; i < 3; i++) {
    size_t len = strlen(words[i].word);
    if (left < len || memcmp(lines->p, words[i].word, len) != 0) continue;
    lines->p += len;
    return push(lines, words[i].kind, lines->p - len, (dsr_str){NULL, 0});
  }
  return expected(lines, "a value");
}

static dsr_status read_value(dsr_jsonl *lines);

static dsr_status read_member(dsr_jsonl *lines) {
  if (lines->p == lines->end || *lines->p != '"') {
    return expected(lines, "a name in quotes");
  }
  TRY(read_string(lines));
  pass_space(lines);
  if (lines->p == lines->end || *lines->p != ':') return expected(lines, "\":\"");
  lines->p++;
  return read_value(lines);
}

/* An array or an object, at its bracket. */
static dsr_status read_whole(dsr_jsonl *lines) {
  bool object = *lines->p == '{';
  char close = object ? '}' : ']';
  size_t node = lines->nodes.len;
  if (++lines->depth > DSR_JSON_DEPTH_MOST) {
    return fail_at(lines, (size_t)(lines->p - lines->begin), DSR_ELIMIT,
                   "more than 100 arrays and objects in one another");
  }
  TRY(push(lines, object ? DSR_JSON_OBJECT : DSR_JSON_ARRAY, lines->p,
           (dsr_str){NULL, 0}));
  lines->p++;
  pass_space(lines);
  bool empty = lines->p < lines->end && *lines->p == close;
  while (!empty) {
    pass_space(lines);
    TRY(object ? read_member(lines) : read_value(lines));
    if (lines->p < lines->end && *lines->p == close) break;
    if (lines->p == lines->end || *lines->p != ',') {
      return expected(lines, object ? "\",\" or \"}\"" : "\",\" or \"]\"");
    }
    lines->p++;
  }
  lines->p++;
  lines->depth--;
  lines->nodes.items[node].skip = (uint32_t)(lines->nodes.len - node);
  return DSR_OK;
}

/* With the space around it. */
static dsr_status read_value(dsr_jsonl *lines) {
  pass_space(lines);
  char c = lines->p < lines->end ? *lines->p : '\0';
  if (c == '{' || c == '[') {
    TRY(read_whole(lines));
  } else if (c == '"') {
    TRY(read_string(lines));
  } else if (c == '-' || (c >= '0' && c <= '9')) {
    TRY(read_number(lines));
  } else {
    TRY(read_word(lines));
  }
  pass_space(lines);
  return DSR_OK;
}

static dsr_status parse(dsr_jsonl *lines) {
  lines->nodes.len = lines->room.len = 0;
  lines->begin = lines->p = lines->raw.data;
  lines->end = lines->begin + lines->raw.len;
  lines->depth = 0;
  size_t good = dsr_utf8_valid(lines->raw);
  if (good < lines->raw.len) {
    return bad(lines, lines->begin + good,
               lines->raw.data[good] == '\0' ? "a NUL byte" : "this is not UTF-8");
  }
  if (!VEC_RESERVE(&lines->room, lines->raw.len)) return dsr_fail_memory(lines->error);
  TRY(read_value(lines));
  return lines->p == lines->end ? DSR_OK : expected(lines, "the line's end");
}

/* ---- lines ------------------------------------------------------------------------ */

static dsr_status more(dsr_jsonl *lines) {
  dsr_status rc = dsr_input_more(lines->input, lines->next, lines->error, &lines->span);
  if (rc < 0) return rc;
  lines->next = 0;
  lines->last = rc == DSR_DONE;
  return DSR_OK;
}

static dsr_status start(dsr_jsonl *lines) {
  do {
    TRY(more(lines));
  } while (lines->span.len < 3 && !lines->last);
  if (lines->span.len >= 3 && memcmp(lines->span.data, "\xef\xbb\xbf", 3) == 0) {
    lines->next = 3;
  }
  lines->started = true;
  return DSR_OK;
}

/* The next line's bytes: DSR_DONE where there is none. */
static dsr_status take_line(dsr_jsonl *lines) {
  const char *from, *p;
  for (;;) {
    from = lines->span.data + lines->next;
    size_t left = lines->span.len - lines->next;
    p = left > 0 ? memchr(from, '\n', left) : NULL;
    if (p || lines->last || left > DSR_JSON_LINE_MOST) break;
    TRY(more(lines));
  }
  const char *end = lines->span.data + lines->span.len;
  if (!p && from == end) return DSR_DONE;
  lines->line++;
  lines->raw = (dsr_str){from, (size_t)((p ? p : end) - from)};
  lines->next = (size_t)((p ? p + 1 : end) - lines->span.data);
  if (lines->raw.len > 0 && from[lines->raw.len - 1] == '\r') lines->raw.len--;
  return DSR_OK;
}

static bool is_empty(dsr_str line) {
  size_t i = 0;
  while (i < line.len && (line.data[i] == ' ' || line.data[i] == '\t')) i++;
  return i == line.len;
}

dsr_status dsr_jsonl_next(dsr_jsonl *lines, dsr_jsonl_row *out) {
  dsr_status rc;
  if (!lines->started) TRY(start(lines));
  do {
    rc = take_line(lines);
    if (rc < 0 || rc == DSR_DONE) return rc;
  } while (is_empty(lines->raw));
  rc = lines->raw.len > DSR_JSON_LINE_MOST
           ? fail_at(lines, 0, DSR_ELIMIT, "a line of more than 64 MB")
           : parse(lines);
  if (rc < 0 && rc != DSR_ESYNTAX && rc != DSR_ELIMIT) return rc;
  *out = (dsr_jsonl_row){rc < 0 ? NULL : lines->nodes.items, lines->raw, lines->line};
  return rc < 0 ? rc : DSR_ROW;
}

dsr_status dsr_jsonl_new(dsr_input *input, dsr_error *error, dsr_jsonl **out) {
  dsr_jsonl *lines = dsr_alloc(sizeof *lines);
  if (!lines) return dsr_fail_memory(error);
  lines->input = input;
  lines->error = error;
  *out = lines;
  return DSR_OK;
}

void dsr_jsonl_free(dsr_jsonl *lines) {
  if (!lines) return;
  VEC_FREE(&lines->nodes);
  VEC_FREE(&lines->room);
  dsr_free(lines);
}

/* ---- looking ---------------------------------------------------------------------- */

const dsr_json *dsr_json_first(const dsr_json *whole) {
  bool holds = whole->kind >= DSR_JSON_ARRAY && whole->skip > 1;
  return holds ? whole + 1 : NULL;
}

const dsr_json *dsr_json_after(const dsr_json *whole, const dsr_json *node) {
  const dsr_json *next = node + node->skip;
  return next < whole + whole->skip ? next : NULL;
}

const dsr_json *dsr_json_member(const dsr_json *object, dsr_str name, bool *twice) {
  const dsr_json *found = NULL;
  if (object->kind != DSR_JSON_OBJECT) return NULL;
  for (const dsr_json *key = dsr_json_first(object); key;) {
    const dsr_json *value = key + 1;
    if (dsr_str_eq(key->text, name)) {
      if (found) *twice = true;
      if (!found) found = value;
    }
    key = dsr_json_after(object, value);
  }
  return found;
}
