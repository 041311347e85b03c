/*
** lex.c - what the readers of RDF share: the span they read in, the places of errors, and
** the tokens that are alike in all syntaxes.
**
** Scans run over plain bytes sixteen at a time and look at the others one by one.  Places
** are counted when they are told: the line of `at` is known, the rest is a walk from its
** start.
*/
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "ground/text.h"
#include "io/lex.h"

enum {
  NEAR = 400, /* bytes before an end that may move within which no error is sure: as
                   ** many as are shown behind one */
  LINE_KEPT = 4096, /* bytes of a line that are kept before `at`, to be shown */
  FOUND_MOST = 24   /* bytes that are shown of what was found */
};

#define F (DSR_LEX_FIRST | DSR_LEX_PART | DSR_LEX_LOCAL)
#define D (DSR_LEX_PART | DSR_LEX_DIGIT | DSR_LEX_HEX | DSR_LEX_LOCAL)
#define L (F | DSR_LEX_LETTER)
#define H (L | DSR_LEX_HEX)
const unsigned char dsr_lex_class[256] = {
    ['-'] = DSR_LEX_PART | DSR_LEX_LOCAL,
    [':'] = DSR_LEX_LOCAL,
    ['_'] = F,
    ['0'] = D,
    ['1'] = D,
    ['2'] = D,
    ['3'] = D,
    ['4'] = D,
    ['5'] = D,
    ['6'] = D,
    ['7'] = D,
    ['8'] = D,
    ['9'] = D,
    ['A'] = H,
    ['B'] = H,
    ['C'] = H,
    ['D'] = H,
    ['E'] = H,
    ['F'] = H,
    ['G'] = L,
    ['H'] = L,
    ['I'] = L,
    ['J'] = L,
    ['K'] = L,
    ['L'] = L,
    ['M'] = L,
    ['N'] = L,
    ['O'] = L,
    ['P'] = L,
    ['Q'] = L,
    ['R'] = L,
    ['S'] = L,
    ['T'] = L,
    ['U'] = L,
    ['V'] = L,
    ['W'] = L,
    ['X'] = L,
    ['Y'] = L,
    ['Z'] = L,
    ['a'] = H,
    ['b'] = H,
    ['c'] = H,
    ['d'] = H,
    ['e'] = H,
    ['f'] = H,
    ['g'] = L,
    ['h'] = L,
    ['i'] = L,
    ['j'] = L,
    ['k'] = L,
    ['l'] = L,
    ['m'] = L,
    ['n'] = L,
    ['o'] = L,
    ['p'] = L,
    ['q'] = L,
    ['r'] = L,
    ['s'] = L,
    ['t'] = L,
    ['u'] = L,
    ['v'] = L,
    ['w'] = L,
    ['x'] = L,
    ['y'] = L,
    ['z'] = L,
};
#undef F
#undef D
#undef L
#undef H

/* ---- characters ------------------------------------------------------------------- */

size_t dsr_lex_char(const char *at, const char *end, uint32_t *point) {
  const unsigned char *byte = (const unsigned char *)at;
  unsigned first = byte[0];
  *point = first;
  if (first < 0x80) return at < end ? 1 : 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if ((size_t)(end - at) < size) return 0;
  *point = first & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; i++) {
    if ((byte[i] & 0xc0) != 0x80) return 0;
    *point = *point << 6 | (byte[i] & 0x3f);
  }
  bool overlong = (size == 3 && *point < 0x800) || (size == 4 && *point < 0x10000);
  bool surrogate = *point >= 0xd800 && *point <= 0xdfff;
  return overlong || surrogate || *point > 0x10ffff ? 0 : size;
}

typedef struct range {
  uint32_t low, high;
} range;

static bool in_ranges(uint32_t point, const range *ranges, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (point <= ranges[i].high) return point >= ranges[i].low;
  }
  return false;
}

bool dsr_lex_base_point(uint32_t point) {
  static const range base[] = {{0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},
                               {0x370, 0x37d},   {0x37f, 0x1fff},  {0x200c, 0x200d},
                               {0x2070, 0x218f}, {0x2c00, 0x2fef}, {0x3001, 0xd7ff},
                               {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff}};
  return in_ranges(point, base, sizeof base / sizeof base[0]);
}

bool dsr_lex_part_point(uint32_t point) {
  static const range more[] = {{0xb7, 0xb7}, {0x300, 0x36f}, {0x203f, 0x2040}};
  return in_ranges(point, more, sizeof more / sizeof more[0]) ||
         dsr_lex_base_point(point);
}

/* ---- places and errors ------------------------------------------------------------ */

static bool breaks_line(const char *at) {
  return *at == '\n' || (*at == '\r' && at[1] != '\n');
}

static size_t count_characters(const char *from, const char *to) {
  size_t n = 0;
  for (; from < to; from++) n += ((unsigned char)*from & 0xc0) != 0x80;
  return n;
}

void dsr_lex_lines(dsr_lex *lex, const char *from, const char *to) {
  for (; from < to; from++) {
    if (breaks_line(from)) dsr_lex_line(lex, from + 1);
  }
}

static int clamp(int64_t n) { return n < INT_MAX ? (int)n : INT_MAX; }

/* Where `at` is, which may be lines behind the token's start; and its line. */
static dsr_place place_of(const dsr_lex *lex, const char *at, dsr_str *text) {
  const char *start = lex->line_start;
  int64_t line = lex->line, before = lex->line_before;
  for (const char *p = start; p < at; p++) {
    if (breaks_line(p)) {
      line++;
      start = p + 1;
      before = 0;
    }
  }
  const char *end = at;
  while (end < lex->end && *end != '\n' && *end != '\r') end++;
  *text = before == 0 ? (dsr_str){start, (size_t)(end - start)} : (dsr_str){NULL, 0};
  int64_t column = before + (int64_t)count_characters(start, at) + 1;
  return (dsr_place){clamp(line), clamp(column)};
}

static bool unsure(const dsr_lex *lex, const char *at) {
  return !lex->ended && lex->end - at < NEAR;
}

static dsr_status tell(dsr_lex *lex, dsr_status code, const char *at,
                       const char *message) {
  dsr_str text;
  dsr_place place = place_of(lex, at, &text);
  return dsr_error_at(lex->error, code, dsr_input_name(lex->input), place, text, "%s",
                      message);
}

dsr_status dsr_lex_wrong(dsr_lex *lex, dsr_status code, const char *at,
                         const char *format, ...) {
  char message[400];
  if (unsure(lex, at)) return DSR_LEX_SHORT;
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  return tell(lex, code, at, message);
}

/* What stands at `at`, in words. */
static void describe(const dsr_lex *lex, const char *at, char *out, size_t size) {
  uint32_t point;
  size_t len = 0, n;
  unsigned char c = (unsigned char)*at;
  if (at >= lex->end) {
    snprintf(out, size, "the end of the file");
  } else if (c == '\n' || c == '\r') {
    snprintf(out, size, "the end of the line");
  } else if (c == ' ' || c == '\t') {
    snprintf(out, size, "a %s", c == ' ' ? "space" : "tab");
  } else if (c < 0x20 || c == 0x7f) {
    snprintf(out, size, "the control character U+%04X", c);
  } else if (dsr_lex_char(at, lex->end, &point) == 0) {
    snprintf(out, size, "bytes that are not UTF-8");
  } else {
    while (len < FOUND_MOST && (unsigned char)at[len] > 0x20 && at[len] != 0x7f &&
           (n = dsr_lex_char(at + len, lex->end, &point)) > 0) {
      len += n;
    }
    const char *mark = memchr(at, '"', len) ? "'" : "\"";
    snprintf(out, size, "%s%.*s%s", mark, (int)len, at, mark);
  }
}

dsr_status dsr_lex_expected(dsr_lex *lex, const char *at, const char *wanted) {
  char found[100];
  if (unsure(lex, at)) return DSR_LEX_SHORT;
  describe(lex, at, found, sizeof found);
  return dsr_lex_wrong(lex, DSR_ESYNTAX, at, "expected %s, found %s", wanted, found);
}

static dsr_status not_utf8(dsr_lex *lex, const char *at) {
  return dsr_lex_wrong(lex, DSR_ESYNTAX, at, "expected UTF-8, found byte 0x%02X",
                       (unsigned)(unsigned char)*at);
}

static dsr_status too_long(dsr_lex *lex, const char *at, const char *what, int most) {
  return dsr_lex_wrong(lex, DSR_ELIMIT, at, "%s of more than %d KB", what, most / 1024);
}

/* ---- the span --------------------------------------------------------------------- */

dsr_status dsr_lex_more(dsr_lex *lex, const char *keep) {
  dsr_str span;
  if (lex->end - keep > DSR_RDF_STATEMENT_MOST) {
    return dsr_lex_wrong(lex, DSR_ELIMIT, keep, "a statement of more than %d MB",
                         DSR_RDF_STATEMENT_MOST >> 20);
  }
  int64_t skipped = 0;
  size_t line_at = 0, at = 0;
  if (keep > lex->line_start && keep - lex->line_start <= LINE_KEPT) {
    at = (size_t)(keep - lex->line_start);
    keep = lex->line_start;
  }
  if (keep > lex->line_start) {
    skipped = (int64_t)count_characters(lex->line_start, keep);
  } else {
    line_at = (size_t)(lex->line_start - keep);
  }
  dsr_status rc =
      dsr_input_more(lex->input, (size_t)(keep - lex->start), lex->error, &span);
  if (rc < 0) return rc;
  if (rc == DSR_DONE) lex->ended = true;
  lex->line_before += skipped;
  lex->start = span.data;
  lex->at = span.data + at;
  lex->end = span.data + span.len;
  lex->line_start = span.data + line_at;
  return DSR_OK;
}

dsr_status dsr_lex_start(dsr_lex *lex, dsr_input *input, dsr_error *error) {
  *lex = (dsr_lex){.input = input, .error = error, .line = 1};
  do {
    TRY(dsr_lex_more(lex, lex->at));
  } while (!lex->ended && lex->end - lex->at < 3);
  if (memcmp(lex->at, "\xef\xbb\xbf", 3) == 0) lex->at += 3;
  lex->line_start = lex->at;
  return DSR_OK;
}

void dsr_lex_stop(dsr_lex *lex) { dsr_stack_free(&lex->stack); }

dsr_status dsr_lex_comment(dsr_lex *lex) {
  uint32_t point;
  for (const char *at = lex->at;;) {
    size_t n = (unsigned char)*at < 0x80 ? 1 : dsr_lex_char(at, lex->end, &point);
    if (at >= lex->end || n == 0) {
      if (at >= lex->end && lex->ended) {
        lex->at = at;
        return DSR_OK;
      }
      dsr_status rc = at < lex->end ? not_utf8(lex, at) : DSR_LEX_SHORT;
      if (rc != DSR_LEX_SHORT) return rc;
      TRY(dsr_lex_more(lex, at));
      at = lex->at;
    } else if (*at == '\n' || *at == '\r') {
      lex->at = at;
      return DSR_OK;
    } else {
      at += n;
    }
  }
}

/* ---- escapes ---------------------------------------------------------------------- */

static int hex_of(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

/* The numeric escape at `at`, "\u" or "\U": its character and its bytes. */
static dsr_status numeric_escape(dsr_lex *lex, const char *at, uint32_t *point,
                                 size_t *size) {
  size_t digits = at[1] == 'u' ? 4 : 8;
  uint32_t value = 0;
  for (size_t i = 0; i < digits; i++) {
    char c = at[2 + i];
    if (!dsr_lex_is(c, DSR_LEX_HEX)) {
      return dsr_lex_expected(lex, at + 2 + i,
                              digits == 4 ? "four hexadecimal digits behind \\u"
                                          : "eight hexadecimal digits behind \\U");
    }
    value = value << 4 | (uint32_t)hex_of(c);
  }
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return dsr_lex_wrong(lex, DSR_ESYNTAX, at,
                         "expected a Unicode character, found the escape of U+%04X",
                         (unsigned)value);
  }
  *point = value;
  *size = 2 + digits;
  return DSR_OK;
}

static dsr_status string_escape(dsr_lex *lex, const char *at, uint32_t *point,
                                size_t *size) {
  static const char written[] = "tbnrf\"'\\", meant[] = "\t\b\n\r\f\"'\\";
  if (at[1] == 'u' || at[1] == 'U') return numeric_escape(lex, at, point, size);
  const char *which = at[1] != '\0' ? strchr(written, at[1]) : NULL;
  if (!which)
    return dsr_lex_expected(lex, at,
                            "an escape (\\t \\b \\n \\r \\f \\\" \\' \\\\ \\u \\U)");
  *point = (unsigned char)meant[which - written];
  *size = 2;
  return DSR_OK;
}

static dsr_status iri_escape(dsr_lex *lex, const char *at, uint32_t *point,
                             size_t *size) {
  if (at[1] != 'u' && at[1] != 'U') {
    return dsr_lex_expected(lex, at, "\\u or \\U, the only escapes in an IRI");
  }
  TRY(numeric_escape(lex, at, point, size));
  if (*point > 0x20 && (*point > 0x7f || !strchr("<>\"{}|^`\\", (int)*point))) {
    return DSR_OK;
  }
  return dsr_lex_wrong(lex, DSR_ESYNTAX, at,
                       "expected a character of IRIs, found the escape of U+%04X",
                       (unsigned)*point);
}

static size_t encode(uint32_t point, char *out) {
  if (point < 0x80) {
    out[0] = (char)point;
    return 1;
  }
  size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (size_t i = size - 1; i > 0; i--) {
    out[i] = (char)(0x80 | (point & 0x3f));
    point >>= 6;
  }
  out[0] = (char)((0xff00 >> size & 0xff) | point);
  return size;
}

/* The text from `from` to `to` with its escapes, which were checked, decoded: in the
** stack.  No escape is shorter than what it stands for. */
static dsr_status decode(dsr_lex *lex, const char *from, const char *to, dsr_str *out) {
  char *text = dsr_stack_take(&lex->stack, (size_t)(to - from));
  size_t len = 0;
  if (!text) return dsr_fail_memory(lex->error);
  while (from < to) {
    const char *slash = memchr(from, '\\', (size_t)(to - from));
    size_t plain = (size_t)((slash ? slash : to) - from), size;
    memcpy(text + len, from, plain);
    len += plain;
    from += plain;
    if (!slash) break;
    uint32_t point;
    TRY(string_escape(lex, from, &point, &size));
    len += encode(point, text + len);
    from += size;
  }
  *out = (dsr_str){text, len};
  return DSR_OK;
}

/* ---- tokens ----------------------------------------------------------------------- */

dsr_status dsr_lex_iri(dsr_lex *lex, const char *at, dsr_str *iri, const char **after) {
  const char *from = at + 1, *p = from;
  bool escaped = false;
  for (;;) {
    uint32_t point;
    size_t size = 1;
    p = dsr_lex_skip_iri(p);
    if (p - from > DSR_RDF_IRI_MOST) {
      return too_long(lex, at, "an IRI", DSR_RDF_IRI_MOST);
    }
    if (*p == '>') break;
    if (*p == '\\') {
      TRY(iri_escape(lex, p, &point, &size));
      escaped = true;
    } else if ((unsigned char)*p >= 0x80) {
      size = dsr_lex_char(p, lex->end, &point);
      if (size == 0) return not_utf8(lex, p);
    } else if (*p != '~' && *p != 0x7f) {
      return dsr_lex_expected(lex, p, "'>' at the end of the IRI");
    }
    p += size;
  }
  *after = p + 1;
  if (escaped) return decode(lex, from, p, iri);
  *iri = (dsr_str){from, (size_t)(p - from)};
  return DSR_OK;
}

/* Does the long string end at `at`, at its quote?  Its last three quotes count, so up to
** two belong to it. */
static bool ends_long(const char *at, char quote) {
  return at[0] == quote && at[1] == quote && at[2] == quote;
}

dsr_status dsr_lex_string(dsr_lex *lex, const char *at, bool longer, dsr_str *text,
                          const char **after) {
  char quote = *at;
  if (longer && lex->end - at < 3 && !lex->ended) return DSR_LEX_SHORT;
  bool lines = longer && ends_long(at, quote);
  const char *from = at + (lines ? 3 : 1), *p = from;
  bool escaped = false;
  for (;;) {
    uint32_t point;
    size_t size = 1;
    p = dsr_lex_skip_string(p, quote, lines);
    if (p - from > DSR_RDF_TERM_MOST) {
      return too_long(lex, at, "a literal", DSR_RDF_TERM_MOST);
    }
    if (p >= lex->end) {
      return dsr_lex_expected(lex, p, "the quote at the end of the string");
    }
    if (*p == quote && !lines) break;
    if (*p == quote) {
      if (lex->end - p < 3 && !lex->ended) return DSR_LEX_SHORT;
      if (ends_long(p, quote)) break;
    } else if (*p == '\\') {
      TRY(string_escape(lex, p, &point, &size));
      escaped = true;
    } else if ((unsigned char)*p >= 0x80) {
      size = dsr_lex_char(p, lex->end, &point);
      if (size == 0) return not_utf8(lex, p);
    } else if (*p != '\0') {
      return dsr_lex_expected(lex, p, "the quote at the end of the string");
    }
    p += size;
  }
  *after = p + (lines ? 3 : 1);
  if (escaped) return decode(lex, from, p, text);
  *text = (dsr_str){from, (size_t)(p - from)};
  return DSR_OK;
}

/* Is the direction of a language, at `at` behind its "--", one that there is? */
static dsr_status direction(dsr_lex *lex, const char *at, dsr_rdf_term *term,
                            const char **after) {
  const char *p = at;
  while (dsr_lex_is(*p, DSR_LEX_LETTER)) p++;
  if (dsr_lex_open(lex, p)) return DSR_LEX_SHORT;
  bool known = p - at == 3 && (memcmp(at, "ltr", 3) == 0 || memcmp(at, "rtl", 3) == 0);
  if (!known) return dsr_lex_expected(lex, at, "the direction ltr or rtl");
  term->direction = *at == 'l' ? DSR_RDF_LTR : DSR_RDF_RTL;
  *after = p;
  return DSR_OK;
}

dsr_status dsr_lex_language(dsr_lex *lex, const char *at, dsr_rdf_term *term,
                            const char **after) {
  const char *p = at + 1, *part = p;
  unsigned classes = DSR_LEX_LETTER; /* digits come from the second part on */
  for (;;) {
    while (dsr_lex_is(*p, classes)) p++;
    if (p - at > DSR_RDF_IRI_MOST) {
      return too_long(lex, at, "a language", DSR_RDF_IRI_MOST);
    }
    if (dsr_lex_open(lex, p)) return DSR_LEX_SHORT;
    if (p == part) return dsr_lex_expected(lex, p, "a language");
    if (p - part > 8) {
      return dsr_lex_expected(lex, part,
                              "a language whose parts have at most 8 characters");
    }
    if (p[0] != '-' || p[1] == '-') break;
    part = ++p;
    classes = DSR_LEX_LETTER | DSR_LEX_DIGIT;
  }
  if (*p == '-' && lex->end - p < 2 && !lex->ended) return DSR_LEX_SHORT;
  term->language = (dsr_str){at + 1, (size_t)(p - at - 1)};
  *after = p;
  return *p == '-' ? direction(lex, p + 2, term, after) : DSR_OK;
}

dsr_status dsr_lex_label(dsr_lex *lex, const char *at, dsr_str *label,
                         const char **after) {
  const char *from = at + 2, *p = from, *last = from;
  uint32_t point;
  if (at[1] != ':') return dsr_lex_expected(lex, at, "\"_:\"");
  for (;;) {
    size_t size = 1;
    unsigned char c = (unsigned char)*p;
    if (c >= 0x80) {
      size = dsr_lex_char(p, lex->end, &point);
      if (size == 0) return not_utf8(lex, p);
      if (!(p == from ? dsr_lex_base_point(point) : dsr_lex_part_point(point))) break;
    } else if (c != '.' || p == from) {
      unsigned classes = p == from ? DSR_LEX_FIRST | DSR_LEX_DIGIT : DSR_LEX_PART;
      if (!dsr_lex_is((char)c, classes)) break;
    }
    p += size;
    if (c != '.') last = p; /* a label does not end with '.' */
  }
  if (p - from > DSR_RDF_IRI_MOST)
    return too_long(lex, at, "a label", DSR_RDF_IRI_MOST);
  if (dsr_lex_open(lex, p)) return DSR_LEX_SHORT;
  if (last == from) return dsr_lex_expected(lex, from, "the label of a blank node");
  *label = (dsr_str){from, (size_t)(last - from)};
  *after = last;
  return DSR_OK;
}

dsr_status dsr_lex_datatype(dsr_lex *lex, const char *at, dsr_str iri,
                            dsr_rdf_term *term) {
  static const char rdf[] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
  static const char string[] = "http://www.w3.org/2001/XMLSchema#string";
  size_t len = sizeof rdf - 1;
  if (iri.len == sizeof string - 1 && memcmp(iri.data, string, iri.len) == 0) {
    iri = (dsr_str){NULL, 0};
  } else if (iri.len > len && memcmp(iri.data, rdf, len) == 0) {
    dsr_str name = {iri.data + len, iri.len - len};
    if (dsr_str_is(name, "langString") || dsr_str_is(name, "dirLangString")) {
      return dsr_lex_wrong(lex, DSR_ESYNTAX, at,
                           "expected a datatype that may be written, found rdf:%.*s, "
                           "which is a language's: \"...\"@en",
                           (int)name.len, name.data);
    }
  }
  term->datatype = iri;
  return DSR_OK;
}
