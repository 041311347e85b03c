/*
** pattern.c - from the text of a pattern to its slots: one pass, by descent.
*/
#include "io/pattern.h"

#include <stdio.h>
#include <string.h>

#include "ground/text.h"

typedef struct reader {
  const char *p, *end;
  dsr_pattern *pattern;
  dsr_arena *arena;
  dsr_error *error;
} reader;

static const char *const part_words[DSR_PARTS] = {
    [DSR_PART_SOURCE] = "from",     [DSR_PART_LOCATOR] = "locator",
    [DSR_PART_GRADE] = "grade",     [DSR_PART_SPEAKER] = "speaker",
    [DSR_PART_QUOTATION] = "quote", [DSR_PART_CONFIDENCE] = "confidence",
};

static const struct {
  const char *word;
  dsr_slot_type type;
} types[] = {
    {"entity", DSR_SLOT_AS_ENTITY}, {"text", DSR_SLOT_AS_TEXT},
    {"int", DSR_SLOT_AS_INT},       {"decimal", DSR_SLOT_AS_DECIMAL},
    {"date", DSR_SLOT_AS_DATE},     {"bool", DSR_SLOT_AS_BOOL},
};
enum { TYPES = sizeof types / sizeof *types };

dsr_status dsr_pattern_fail(const dsr_pattern *pattern, size_t at, dsr_error *error,
                            const char *format, ...) {
  char words[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  size_t column = dsr_utf8_count((dsr_str){pattern->text.data, at}) + 1;
  return dsr_error_at(error, DSR_EMISUSE, "pattern", (dsr_place){1, (int)column},
                      pattern->text, "%s", words);
}

static size_t offset(const reader *r, const char *p) {
  return (size_t)(p - r->pattern->text.data);
}

static dsr_status expected(reader *r, const char *what) {
  if (r->p == r->end) {
    return dsr_pattern_fail(r->pattern, offset(r, r->p), r->error,
                            "expected %s, and the pattern ends", what);
  }
  size_t len = dsr_utf8_skip((dsr_str){r->p, (size_t)(r->end - r->p)}, 1);
  return dsr_pattern_fail(r->pattern, offset(r, r->p), r->error,
                          "expected %s, found \"%.*s\"", what, (int)len, r->p);
}

static void pass_space(reader *r) {
  while (r->p < r->end && strchr(" \t\r\n", *r->p)) r->p++;
}

static bool passes(reader *r, char c) {
  pass_space(r);
  if (r->p == r->end || *r->p != c) return false;
  r->p++;
  return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool in_word(char c, bool first) {
  bool letter =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
  return letter || (!first && (is_digit(c) || c == '.' || c == '-'));
}

/* {NULL, 0} where no word begins here. */
static dsr_str take_word(reader *r) {
  const char *from = r->p;
  while (r->p < r->end && in_word(*r->p, r->p == from)) r->p++;
  return r->p > from ? (dsr_str){from, (size_t)(r->p - from)} : (dsr_str){NULL, 0};
}

/* ---- what stands in quotes or brackets -------------------------------------------- */

/* Up to `close`, which may be in it behind a backslash; escapes as in the language. */
static dsr_status take_quoted(reader *r, char close, const char *what, dsr_str *out) {
  const char *open = r->p++;
  char *to = dsr_arena_alloc(r->arena, (size_t)(r->end - r->p) + 1);
  if (!to) return dsr_fail_memory(r->error);
  *out = (dsr_str){to, 0};
  for (; r->p < r->end && *r->p != close; r->p++) {
    char c = *r->p;
    if (c == '\\' && close != '}' && close != '>' && r->p + 1 < r->end) {
      c = *++r->p;
      c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    to[out->len++] = c;
  }
  if (r->p == r->end) {
    return dsr_pattern_fail(r->pattern, offset(r, open), r->error,
                            "this %s is not closed with %c", what, close);
  }
  r->p++;
  if (out->len > 0) return DSR_OK;
  return dsr_pattern_fail(r->pattern, offset(r, open), r->error, "an empty %s", what);
}

/* With its brackets: as an entity is spelled. */
static dsr_status take_iri(reader *r, dsr_str *out) {
  const char *from = r->p;
  TRY(take_quoted(r, '>', "IRI", out));
  *out = (dsr_str){from, (size_t)(r->p - from)};
  return DSR_OK;
}

static dsr_status take_language(reader *r, dsr_str *out) {
  r->p++;
  const char *from = r->p;
  while (r->p < r->end && (in_word(*r->p, false) && *r->p != '.' && *r->p != '_'))
    r->p++;
  if (r->p == from) return expected(r, "a language, as in \"uk\"");
  *out = (dsr_str){from, (size_t)(r->p - from)};
  return DSR_OK;
}

/* ---- slots ------------------------------------------------------------------------ */

static dsr_status take_type(reader *r, dsr_slot *out) {
  pass_space(r);
  const char *from = r->p;
  dsr_str word = take_word(r);
  for (int i = 0; i < TYPES; i++) {
    if (!dsr_str_is(word, types[i].word)) continue;
    out->type = types[i].type;
    bool tagged = out->type == DSR_SLOT_AS_TEXT && r->p < r->end && *r->p == '@';
    return tagged ? take_language(r, &out->lang) : DSR_OK;
  }
  r->p = from;
  return expected(r, "a type: entity, text, text@LANG, int, decimal, date or bool");
}

static dsr_status take_number(reader *r, dsr_slot *out) {
  int value = 0;
  r->p++;
  while (r->p < r->end && is_digit(*r->p) && value < 1000000) {
    value = value * 10 + (*r->p++ - '0');
  }
  if (value == 0) return expected(r, "the number of a column, from 1");
  out->kind = DSR_SLOT_NUMBER;
  out->number = value;
  return DSR_OK;
}

/* A number or a date: what it is, its form tells; behind "@" it is a date. */
static void take_figures(reader *r, bool time, dsr_slot *out) {
  const char *from = r->p++;
  bool date = time;
  while (r->p < r->end && !strchr(" \t\r\n,)", *r->p)) {
    if (*r->p == '/' && r->p + 1 < r->end && !strchr("0123456789-.X", r->p[1])) break;
    date |= *r->p == '-' || *r->p == '/';
    r->p++;
  }
  out->kind = date ? DSR_SLOT_TIME : DSR_SLOT_NUMERAL;
  out->text = (dsr_str){from, (size_t)(r->p - from)};
}

static dsr_status take_text(reader *r, dsr_slot *out) {
  out->kind = DSR_SLOT_TEXT;
  TRY(take_quoted(r, '"', "text", &out->text));
  return r->p < r->end && *r->p == '@' ? take_language(r, &out->lang) : DSR_OK;
}

static dsr_status take_constant(reader *r, bool time, dsr_slot *out) {
  char c = r->p < r->end ? *r->p : '\0';
  if (c == '"') return take_text(r, out);
  if (c == '\'' || c == '<') {
    out->kind = DSR_SLOT_ENTITY;
    return c == '<' ? take_iri(r, &out->text)
                    : take_quoted(r, '\'', "name", &out->text);
  }
  if (is_digit(c) || (c == '-' && r->p + 1 < r->end && is_digit(r->p[1]))) {
    take_figures(r, time, out);
    return DSR_OK;
  }
  return expected(r, "a column, or a constant: \"text\", 'entity', 12");
}

static dsr_status take_slot(reader *r, bool time, dsr_slot *out) {
  pass_space(r);
  *out = (dsr_slot){.at = offset(r, r->p)};
  char c = r->p < r->end ? *r->p : '\0';
  if (c == '{') {
    out->kind = DSR_SLOT_COLUMN;
    TRY(take_quoted(r, '}', "column's name", &out->text));
  } else if (c == '$' || c == '#') {
    TRY(take_number(r, out));
  } else if (in_word(c, true) && c != '\0') {
    out->text = take_word(r);
    out->kind = DSR_SLOT_COLUMN;
    if (dsr_str_is(out->text, "true") || dsr_str_is(out->text, "false")) {
      out->kind = DSR_SLOT_BOOL;
    }
  } else {
    TRY(take_constant(r, time, out));
  }
  bool column = out->kind == DSR_SLOT_COLUMN || out->kind == DSR_SLOT_NUMBER;
  return column && passes(r, ':') ? take_type(r, out) : DSR_OK;
}

static dsr_status take_relation(reader *r, dsr_slot *out) {
  pass_space(r);
  *out = (dsr_slot){.at = offset(r, r->p), .kind = DSR_SLOT_ENTITY};
  char c = r->p < r->end ? *r->p : '\0';
  if (c == '{' || c == '$' || c == '#') return take_slot(r, false, out);
  if (c == '<') return take_iri(r, &out->text);
  if (c == '\'') return take_quoted(r, '\'', "name", &out->text);
  out->text = take_word(r);
  if (out->text.len > 0) return DSR_OK;
  return expected(r, "a relation's name, as in event(subject, object) @ date");
}

static dsr_status take_args(reader *r) {
  dsr_pattern *pattern = r->pattern;
  if (!passes(r, '(')) return expected(r, "\"(\" behind the relation's name");
  do {
    if (pattern->arity == DSR_ARITY_MAX) {
      return dsr_pattern_fail(pattern, offset(r, r->p), r->error,
                              "a fact has at most %d arguments", DSR_ARITY_MAX);
    }
    TRY(take_slot(r, false, &pattern->args[pattern->arity]));
    pattern->arity++;
  } while (passes(r, ','));
  return passes(r, ')') ? DSR_OK : expected(r, "\",\" or \")\"");
}

static dsr_status take_parts(reader *r) {
  for (pass_space(r); r->p < r->end; pass_space(r)) {
    const char *from = r->p;
    dsr_str word = take_word(r);
    int part = 0;
    while (part < DSR_PARTS && !dsr_str_is(word, part_words[part])) part++;
    if (part == DSR_PARTS) {
      r->p = from;
      return expected(r, "@, from, locator, grade, speaker, quote or confidence");
    }
    if (r->pattern->parts[part].kind != DSR_SLOT_NONE) {
      return dsr_pattern_fail(r->pattern, offset(r, from), r->error, "a second \"%s\"",
                              part_words[part]);
    }
    TRY(take_slot(r, false, &r->pattern->parts[part]));
  }
  return DSR_OK;
}

dsr_status dsr_pattern_parse(dsr_str text, dsr_arena *arena, dsr_error *error,
                             dsr_pattern *out) {
  dsr_pattern pattern = {.text = dsr_arena_str(arena, text)};
  reader r = {.pattern = &pattern, .arena = arena, .error = error};
  if (!pattern.text.data) return dsr_fail_memory(error);
  size_t good = dsr_utf8_valid(pattern.text);
  if (good < pattern.text.len) {
    return dsr_fail(error, DSR_EMISUSE, "the pattern is not UTF-8 at byte %zu",
                    good + 1);
  }
  r.p = pattern.text.data;
  r.end = r.p + pattern.text.len;
  TRY(take_relation(&r, &pattern.relation));
  TRY(take_args(&r));
  if (passes(&r, '@')) {
    TRY(take_slot(&r, true, &pattern.time));
    if (passes(&r, '/')) TRY(take_slot(&r, true, &pattern.till));
  }
  TRY(take_parts(&r));
  *out = pattern;
  return DSR_OK;
}
