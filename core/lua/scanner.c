/*
** scanner.c - cutting a text in the language into clauses.
**
** A clause ends at a dot that is followed by a blank, a comment, a closing brace or the
** end of the text, or that follows a closing bracket ("p(a).q(b)."); `..` is taken
** before such a dot.  A final dot ends the clause however many brackets are open, and a
** `}` that closes nothing in the clause closes the block around it, so that one slip
** costs one clause.  Texts do not go over lines: the line with a lost quote is given
** up.
**
** A block begins where a clause begins with `from` or `transaction` and a word, and has
** a `{` before any other bracket stays open.
*/
#include <stdint.h>
#include <string.h>

#include "ground/text.h"
#include "lua/scanner.h"
#include "value/symbol.h"

enum { TOKENS_MOST = 1000000 }; /* in a clause: what matching takes grows with them */

/* What a scan of one clause keeps. */
typedef struct scan {
  dsr_str text;
  size_t at;
  bool block; /* it may be the head of a block */
  int tokens;
  int depth;
  char open[DSR_NESTING_MOST]; /* the brackets that are open */
  dsr_piece *piece;
} scan;

/* The byte at `i`; 0, which no text holds, behind the end. */
static unsigned char byte_at(dsr_str text, size_t i) {
  return i < text.len ? (unsigned char)text.data[i] : 0;
}

static bool is_blank(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

static bool is_letter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(unsigned char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c >= 0x80;
}

/* ---- places --------------------------------------------------------------------- */

dsr_along dsr_along_start(void) { return (dsr_along){0, {1, 1}}; }

void dsr_along_move(dsr_along *cursor, dsr_str text, size_t offset) {
  int line = cursor->at.line, column = cursor->at.column;
  for (size_t i = cursor->offset; i < offset; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '\n') {
      line++;
      column = 1;
    } else if ((c & 0xc0) != 0x80) {
      column++;
    }
  }
  *cursor = (dsr_along){offset, {line, column}};
}

/* ---- tokens ---------------------------------------------------------------------- */

static size_t line_end(dsr_str text, size_t from) {
  if (from >= text.len) return text.len;
  const char *end = memchr(text.data + from, '\n', text.len - from);
  return end ? (size_t)(end - text.data) : text.len;
}

/* Past the block comment at `from`; the text's end and *closed false where it has
** none. */
static size_t comment_end(dsr_str text, size_t from, bool *closed) {
  for (size_t i = from + 2; i + 1 < text.len; i++) {
    if (text.data[i] == '*' && text.data[i + 1] == '/') return i + 2;
  }
  *closed = false;
  return text.len;
}

static size_t skip_blank(dsr_str text, size_t i, bool *closed) {
  for (;;) {
    unsigned char c = byte_at(text, i);
    if (is_blank(c)) {
      i++;
    } else if (c == '%') {
      i = line_end(text, i);
    } else if (c == '/' && byte_at(text, i + 1) == '*') {
      size_t start = i;
      i = comment_end(text, i, closed);
      if (!*closed) return start;
    } else {
      return i;
    }
  }
}

size_t dsr_scan_blank(dsr_str text, size_t from) {
  bool closed = true;
  return skip_blank(text, from, &closed);
}

size_t dsr_scan_iri(dsr_str text, size_t from) {
  size_t i = from + 1;
  if (!is_letter(byte_at(text, i))) return from;
  while (i < text.len && (is_letter(byte_at(text, i)) || is_digit(byte_at(text, i)) ||
                          strchr("+.-", text.data[i]))) {
    i++;
  }
  if (byte_at(text, i) != ':') return from;
  for (i++; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '>') return i + 1;
    if (c <= ' ' || strchr("<\"{}|^`\\", c)) return from;
  }
  return from;
}

/* Note what is wrong with the piece; the first finding stays. */
static void complain(scan *s, dsr_status problem, size_t at, const char *words) {
  if (s->piece->problem < 0) return;
  s->piece->problem = problem;
  s->piece->problem_at = at;
  s->piece->complain = words;
}

static void check_size(scan *s, size_t from, size_t size) {
  if (size <= DSR_NAME_MOST) return;
  complain(s, DSR_ELIMIT, from,
           "this token is too long: a name has at most 65535 bytes");
}

/* Past the quoted token at `from`, or the end of its line where it is not closed. */
static size_t quote_end(scan *s, size_t from) {
  char quote = s->text.data[from];
  size_t bytes = 0;
  for (size_t i = from + 1; i < s->text.len && s->text.data[i] != '\n'; i++, bytes++) {
    if (s->text.data[i] == quote) {
      if (quote == '\'') check_size(s, from, bytes);
      if (bytes > DSR_TEXT_MOST) {
        complain(s, DSR_ELIMIT, from,
                 "this text is too long: it may have at most 16777216 bytes");
      }
      return i + 1;
    }
    if (s->text.data[i] == '\\' && byte_at(s->text, i + 1) != '\n') i++;
  }
  complain(s, DSR_ESYNTAX, from,
           quote == '"' ? "this text is not closed on its line: add a \" (a line break "
                          "in a text is written \\n)"
                        : "this quoted name is not closed on its line: add a '");
  return line_end(s->text, from);
}

static size_t word_end(scan *s, size_t from) {
  size_t i = from;
  while (is_word(byte_at(s->text, i))) i++;
  check_size(s, from, i - from);
  return i;
}

/* ---- brackets ------------------------------------------------------------------- */

static void open_bracket(scan *s, char bracket) {
  if (s->depth == DSR_NESTING_MOST) {
    complain(s, DSR_ELIMIT, s->at,
             "brackets are nested too deep: at most 200 may be open at once");
  } else {
    s->open[s->depth++] = bracket;
  }
}

/* Close the innermost open `bracket` and what was left open inside it: false where
** there is none. */
static bool close_bracket(scan *s, char bracket) {
  for (int i = s->depth - 1; i >= 0; i--) {
    if (s->open[i] != bracket) continue;
    s->depth = i;
    return true;
  }
  return false;
}

/* ---- clauses ---------------------------------------------------------------------- */

/* Does the dot at `at` end a clause? */
static bool final_dot(const scan *s) {
  unsigned char next = byte_at(s->text, s->at + 1);
  if (next == 0 || is_blank(next) || next == '%' || next == '}') return true;
  return s->depth == 0 && s->at > s->piece->begin && s->text.data[s->at - 1] == ')' &&
         (is_letter(next) || next == '\'');
}

/* Does the text at `at` read `word`, and then something that a name is no part of? */
static bool begins_with(dsr_str text, size_t at, const char *word) {
  size_t len = strlen(word);
  return text.len - at >= len && memcmp(text.data + at, word, len) == 0 &&
         !is_word(byte_at(text, at + len));
}

/* May the head of a block be at `at`: `from` or `transaction`, and then a term? */
static bool maybe_block(dsr_str text, size_t at) {
  bool from = begins_with(text, at, "from");
  if (!from && !begins_with(text, at, "transaction")) return false;
  size_t next =
      dsr_scan_blank(text, at + (from ? strlen("from") : strlen("transaction")));
  unsigned char c = byte_at(text, next);
  return is_word(c) || (c != 0 && strchr("'\"<$", c) != NULL);
}

/* A closed quote moves on; one that is not gives up its line, and the clause too where
** the line ends like one.  True where the clause ended. */
static bool pass_quote(scan *s) {
  dsr_status before = s->piece->problem;
  size_t from = s->at;
  s->at = quote_end(s, from);
  if (before < 0 || s->piece->problem != DSR_ESYNTAX) return false;
  size_t last = s->at;
  while (last > from && is_blank((unsigned char)s->text.data[last - 1])) last--;
  return s->text.data[last - 1] == '.';
}

/* Pass one token or byte.  True where the clause ends before `at`. */
static bool pass(scan *s) {
  unsigned char c = (unsigned char)s->text.data[s->at];
  size_t end = s->at + 1;
  bool closed = true;
  switch (c) {
    case '"':
    case '\'':
      return pass_quote(s);
    case '%':
      end = line_end(s->text, s->at);
      break;
    case '/':
      if (byte_at(s->text, end) != '*') break;
      end = comment_end(s->text, s->at, &closed);
      if (!closed)
        complain(s, DSR_ESYNTAX, s->at, "this comment is not closed: add */");
      break;
    case '<':
      end = dsr_scan_iri(s->text, s->at);
      check_size(s, s->at, end - s->at);
      if (end == s->at) end++;
      break;
    case '(':
    case '[':
      open_bracket(s, (char)c);
      break;
    case '{':
      if (s->block && s->depth == 0) s->piece->kind = DSR_PIECE_BLOCK;
      open_bracket(s, '{');
      break;
    case ')':
      close_bracket(s, '(');
      break;
    case ']':
      close_bracket(s, '[');
      break;
    case '}':
      if (!close_bracket(s, '{')) return true;
      break;
    case '.':
      if (byte_at(s->text, end) == '.') {
        end++;
      } else if (final_dot(s)) {
        s->at = end;
        return true;
      }
      break;
    default:
      if (is_word(c)) end = word_end(s, s->at);
      break;
  }
  s->at = end;
  return s->piece->kind == DSR_PIECE_BLOCK;
}

/* The `}` of a block; a dot behind it says the same once more. */
static dsr_piece closing(dsr_str text, size_t at) {
  dsr_piece piece = {.kind = DSR_PIECE_CLOSE, .begin = at, .end = at + 1};
  unsigned char next = byte_at(text, at + 2);
  if (byte_at(text, at + 1) == '.' &&
      (next == 0 || is_blank(next) || next == '%' || next == '}')) {
    piece.end++;
  }
  return piece;
}

dsr_piece dsr_scan_piece(dsr_str text, size_t from) {
  bool closed = true;
  size_t at = skip_blank(text, from, &closed);
  dsr_piece piece = {.kind = DSR_PIECE_CLAUSE, .begin = at, .end = text.len};
  if (at == text.len) {
    piece.kind = DSR_PIECE_END;
    return piece;
  }
  if (text.data[at] == '}') return closing(text, at);
  scan s = {.text = text, .at = at, .piece = &piece};
  s.block = maybe_block(text, at);
  while (s.at < text.len && !pass(&s)) {
    if (++s.tokens == TOKENS_MOST) {
      complain(
          &s, DSR_ELIMIT, at,
          "this clause is too long: it may have at most a million words and signs");
    }
    while (is_blank(byte_at(text, s.at))) s.at++;
  }
  piece.end = s.at;
  return piece;
}

/* ---- what stands between quotes ---------------------------------------------------- */

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* The character that `digits` hex digits at `at` stand for; 0 where there is none. */
static uint32_t hex_character(dsr_str raw, size_t at, size_t digits) {
  uint32_t code = 0;
  if (raw.len - at < digits) return 0;
  for (size_t i = at; i < at + digits; i++) {
    int value = hex(raw.data[i]);
    if (value < 0) return 0;
    code = code << 4 | (uint32_t)value;
  }
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : code;
}

static size_t put_utf8(char *out, uint32_t code) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = n - 1; i > 0; i--) {
    out[i] = (char)(0x80 | (code & 0x3f));
    code >>= 6;
  }
  out[0] = (char)((0xf00 >> n & 0xff) | code);
  return n;
}

/* Read the escape at raw.data[*at], a backslash, into `out`: how many bytes, or 0. */
static size_t unescape_one(dsr_str raw, size_t *at, char *out) {
  static const char letters[] = "ntrbf\"'\\", meant[] = "\n\t\r\b\f\"'\\";
  char c = raw.data[*at + 1];
  const char *letter = strchr(letters, c);
  if (letter != NULL) {
    *at += 2;
    out[0] = meant[letter - letters];
    return 1;
  }
  size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
  uint32_t code = digits > 0 ? hex_character(raw, *at + 2, digits) : 0;
  if (code == 0) return 0;
  *at += 2 + digits;
  return put_utf8(out, code);
}

dsr_status dsr_scan_quoted(dsr_str raw, char quote, dsr_arena *arena, dsr_str *out,
                           size_t *bad_at) {
  size_t n = 0;
  bool plain = raw.len == 0 || (!memchr(raw.data, '\\', raw.len) &&
                                (quote == '"' || !memchr(raw.data, '\'', raw.len)));
  if (plain) {
    *out = raw;
    return DSR_OK;
  }
  char *copy = dsr_arena_alloc(arena, raw.len + 1);
  if (copy == NULL) return DSR_ENOMEM;
  for (size_t i = 0; i < raw.len;) {
    if (raw.data[i] == '\\') {
      size_t bytes = unescape_one(raw, &i, copy + n);
      *bad_at = i;
      if (bytes == 0) return DSR_ESYNTAX;
      n += bytes;
    } else {
      if (raw.data[i] == '\'' && quote == '\'') i++; /* '' */
      copy[n++] = raw.data[i++];
    }
  }
  *out = (dsr_str){copy, n};
  return DSR_OK;
}
