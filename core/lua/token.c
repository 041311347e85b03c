/*
** token.c - cutting a clause into tokens, for its layout.
**
** The patterns of numbers and times are those of grammar.lua, alternative by
** alternative; each function gives the end of what it matches, or 0.
**
** `-`, `/` and `<` begin a term or join two, by what stands before them.  Behind a word
** it may be either; then what touches it decides.
*/
#include <string.h>

#include "ground/text.h"
#include "lua/token.h"

typedef enum due { A_TERM, A_SIGN, EITHER } due;

static unsigned char byte_at(dsr_str text, size_t i) {
  return i < text.len ? (unsigned char)text.data[i] : 0;
}

static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

static bool is_letter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(unsigned char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c >= 0x80;
}

/* Is `c` one of `set`, and not the 0 behind the end? */
static bool among(unsigned char c, const char *set) {
  return c != 0 && strchr(set, c) != NULL;
}

static size_t word_end(dsr_str t, size_t i) {
  while (is_word(byte_at(t, i))) i++;
  return i;
}

/* ---- times and numbers ----------------------------------------------------------- */

static bool is_dx(unsigned char c) { return is_digit(c) || c == 'X'; }

static size_t year_end(dsr_str t, size_t i) {
  bool year = is_digit(byte_at(t, i)) && is_dx(byte_at(t, i + 1)) &&
              is_dx(byte_at(t, i + 2)) && is_dx(byte_at(t, i + 3));
  return year ? i + 4 : 0;
}

static size_t plain_year_end(dsr_str t, size_t i) {
  size_t end = year_end(t, i);
  return end == 0 || memchr(t.data + i, 'X', 4) != NULL ? 0 : end;
}

static size_t marks_end(dsr_str t, size_t i) {
  while (among(byte_at(t, i), "?~")) i++;
  return i;
}

/* "-05", "-XX", "-1?": the part of a date behind the year. */
static size_t date_part_end(dsr_str t, size_t i) {
  if (byte_at(t, i) != '-') return 0;
  bool unknown = byte_at(t, i + 1) == 'X';
  if (!is_dx(byte_at(t, i + 1)) || (unknown && !is_dx(byte_at(t, i + 2)))) return 0;
  for (i++; is_dx(byte_at(t, i));) i++;
  return marks_end(t, i);
}

static size_t clock_end(dsr_str t, size_t i) {
  if (byte_at(t, i) != 'T' || !is_digit(byte_at(t, i + 1))) return i;
  for (i++;; i++) {
    unsigned char c = byte_at(t, i);
    bool point = c == '.' && is_digit(byte_at(t, i + 1));
    if (!is_digit(c) && !among(c, "Z:+-") && !point) return i;
  }
}

static size_t dashed_end(dsr_str t, size_t i) {
  size_t year = year_end(t, i + (byte_at(t, i) == '-'));
  if (year == 0) return 0;
  year = marks_end(t, year);
  size_t end = year, next;
  while ((next = date_part_end(t, end)) != 0) end = next;
  return end == year ? 0 : clock_end(t, end);
}

static size_t marked_end(dsr_str t, size_t i) {
  size_t year = year_end(t, i);
  if (year == 0) return 0;
  size_t end = marks_end(t, year);
  return end > year || plain_year_end(t, i) == 0 ? end : 0;
}

static size_t date_end(dsr_str t, size_t i) {
  size_t end = dashed_end(t, i);
  return end != 0 ? end : marked_end(t, i);
}

static size_t strong_end(dsr_str t, size_t i) {
  size_t end = date_end(t, i);
  if (end != 0) return end;
  return byte_at(t, i) == '.' && byte_at(t, i + 1) == '.' ? i + 2 : 0;
}

/* A time without regard to what follows. */
static size_t bare_time_end(dsr_str t, size_t i) {
  size_t first = strong_end(t, i), second;
  if (first != 0 && byte_at(t, first) == '/') {
    second = strong_end(t, first + 1);
    if (second == 0) second = plain_year_end(t, first + 1);
    return second != 0 ? second : first + 1;
  }
  first = plain_year_end(t, i);
  if (first != 0 && byte_at(t, first) == '/') {
    second = strong_end(t, first + 1);
    if (second != 0) return second;
  }
  return date_end(t, i + (byte_at(t, i) == '/'));
}

/* `end`, unless a name goes on there. */
static size_t closed(dsr_str t, size_t end) {
  return end != 0 && !is_word(byte_at(t, end)) ? end : 0;
}

static size_t time_end(dsr_str t, size_t i) { return closed(t, bare_time_end(t, i)); }

static size_t year_pair_end(dsr_str t, size_t i) {
  size_t first = plain_year_end(t, i);
  if (first == 0 || byte_at(t, first) != '/') return 0;
  return closed(t, plain_year_end(t, first + 1));
}

static bool begins_valid_time(dsr_str t, size_t i) {
  unsigned char c = byte_at(t, i), next = byte_at(t, i + 1);
  if (is_digit(c) || (c == '-' && is_digit(next))) return true;
  if (c == '.') return next == '.' && byte_at(t, i + 2) == '/';
  bool open = next == '.' && byte_at(t, i + 2) == '.';
  return c == '/' && (is_digit(next) || next == '-' || open);
}

/* How many bytes at `i` go on with a time that stands behind "@". */
static size_t valid_time_step(dsr_str t, size_t i) {
  unsigned char c = byte_at(t, i), next = byte_at(t, i + 1);
  if (is_digit(c) || among(c, "XTZ?~")) return 1;
  if (c == '/') return next != '*';
  if (c == '.' && next == '.') return 2;
  if (among(c, ".:+") && is_digit(next)) return 2;
  return c == '-' && is_dx(next) ? 2 : 0;
}

static size_t valid_time_end(dsr_str t, size_t i) {
  if (!begins_valid_time(t, i)) return 0;
  size_t step;
  while ((step = valid_time_step(t, i)) != 0) i += step;
  return closed(t, i);
}

static size_t digits_end(dsr_str t, size_t i) {
  while (is_digit(byte_at(t, i))) i++;
  return i;
}

static size_t number_end(dsr_str t, size_t i) {
  size_t digits = i + (byte_at(t, i) == '-'), end = digits_end(t, digits);
  if (end == digits) return 0;
  if (byte_at(t, end) != '.' || !is_digit(byte_at(t, end + 1))) return end;
  return digits_end(t, end + 1);
}

/* ---- quotes, names, comments ----------------------------------------------------- */

static size_t quote_end(dsr_str t, size_t i) {
  char quote = t.data[i++];
  while (i < t.len && t.data[i] != '\n' && t.data[i] != quote) {
    i += t.data[i] == '\\' && i + 1 < t.len && t.data[i + 1] != '\n' ? 2 : 1;
  }
  return byte_at(t, i) == (unsigned char)quote ? i + 1 : i;
}

/* A name in quotes, in which '' is one. */
static size_t quoted_name_end(dsr_str t, size_t i) {
  do {
    i = quote_end(t, i);
  } while (byte_at(t, i) == '\'');
  return i;
}

/* The `:local` of a CURIE at `i`, or `i`. */
static size_t local_end(dsr_str t, size_t i) {
  if (byte_at(t, i) != ':' || !is_word(byte_at(t, i + 1))) return i;
  for (i += 2;;) {
    bool joined = among(byte_at(t, i), "-.") && is_word(byte_at(t, i + 1));
    if (!is_word(byte_at(t, i)) && !joined) return i;
    i++;
  }
}

/* The "@uk" of a text at `i`, or `i`. */
static size_t language_end(dsr_str t, size_t i) {
  if (!is_letter(byte_at(t, i + 1))) return i;
  for (i += 2; is_letter(byte_at(t, i));) i++;
  for (;;) {
    size_t part = i + 1;
    while (is_letter(byte_at(t, part)) || is_digit(byte_at(t, part))) part++;
    if (byte_at(t, i) != '-' || part == i + 1) return i;
    i = part;
  }
}

/* The "^^<...>" or "^^xsd:integer" of a text at `i`, or `i`. */
static size_t datatype_end(dsr_str t, size_t i) {
  if (byte_at(t, i + 1) != '^') return i;
  if (byte_at(t, i + 2) == '<') return dsr_scan_iri(t, i + 2);
  return local_end(t, word_end(t, i + 2));
}

static size_t text_end(dsr_str t, size_t i) {
  size_t end = quote_end(t, i);
  if (byte_at(t, end) == '@') return language_end(t, end);
  return byte_at(t, end) == '^' ? datatype_end(t, end) : end;
}

size_t dsr_token_comment(dsr_str text, size_t at) {
  if (byte_at(text, at) == '%') {
    const char *end = memchr(text.data + at, '\n', text.len - at);
    return end != NULL ? (size_t)(end - text.data) : text.len;
  }
  if (byte_at(text, at) != '/' || byte_at(text, at + 1) != '*') return at;
  for (size_t i = at + 2; i + 1 < text.len; i++) {
    if (text.data[i] == '*' && text.data[i + 1] == '/') return i + 2;
  }
  return text.len;
}

/* ---- tokens ---------------------------------------------------------------------- */

static due what_is_due(const dsr_tokens *s) {
  switch (s->last) {
    case DSR_TOKEN_WORD:
      return EITHER;
    case DSR_TOKEN_NAME:
    case DSR_TOKEN_VALUE:
    case DSR_TOKEN_CLOSE:
    case DSR_TOKEN_UNBRACE:
      return A_SIGN;
    default:
      return A_TERM;
  }
}

static dsr_token_kind take(dsr_tokens *s, size_t end, dsr_token_kind kind) {
  s->at = end;
  return kind;
}

static bool is_capital(dsr_str t, size_t i) {
  size_t size;
  if (byte_at(t, i) >= 0x80) return dsr_utf8_char(t, i, &size) == DSR_CHAR_CAPITAL;
  return byte_at(t, i) == '_' || (byte_at(t, i) >= 'A' && byte_at(t, i) <= 'Z');
}

/* A name, a variable, a CURIE, #count.  What a colon joins to a variable beyond ASCII
** stays with it: which letters are capitals is the grammar's to know. */
static dsr_token_kind take_word(dsr_tokens *s) {
  dsr_str t = s->text;
  unsigned char first = byte_at(t, s->at);
  dsr_token_kind kind = is_capital(t, s->at) ? DSR_TOKEN_VALUE : DSR_TOKEN_WORD;
  size_t end = word_end(t, s->at + (first == '#'));
  bool curie = first == '_' || first >= 0x80 || kind == DSR_TOKEN_WORD;
  bool property =
      s->properties && (s->last == DSR_TOKEN_BRACE || s->last == DSR_TOKEN_COMMA);
  if (curie && !property && first != '#') end = local_end(t, end);
  dsr_str word = {t.data + s->at, end - s->at};
  if (dsr_str_is(word, "true") || dsr_str_is(word, "false")) kind = DSR_TOKEN_VALUE;
  return take(s, end, kind);
}

/* The end of the time or number at `i`; 0 where there is none. */
static size_t quantity_end(dsr_str t, size_t i) {
  size_t end = time_end(t, i);
  return end != 0 ? end : number_end(t, i);
}

/* A number or a time, with its sign where one is due; DSR_TOKEN_NONE where there is
** none.  Where a sign may also join it to the word before, the token ends where both
** readings are over, and leaves open what is due next. */
static dsr_token_kind take_number(dsr_tokens *s) {
  dsr_str t = s->text;
  size_t end = 0;
  due expected = what_is_due(s);
  bool plain = is_digit(byte_at(t, s->at));
  if (s->last == DSR_TOKEN_AT) end = valid_time_end(t, s->at);
  bool value = s->properties && s->last == DSR_TOKEN_COLON;
  if (end == 0 && value) end = year_pair_end(t, s->at);
  if (end == 0 && (plain || expected != A_SIGN)) end = quantity_end(t, s->at);
  if (end == 0) return DSR_TOKEN_NONE;
  if (plain || expected == A_TERM) return take(s, end, DSR_TOKEN_VALUE);
  size_t joined = quantity_end(t, s->at + 1);
  return take(s, joined > end ? joined : end, DSR_TOKEN_WORD);
}

/* How many bytes the sign at `at` has; 0 where it is none. */
static size_t sign_length(dsr_str t, size_t at) {
  static const char *const signs[] = {"=:=", "=\\=", "\\==", "=<", "==", "\\=",
                                      "!=",  "<>",   "<=",   ">=", "=",  "<",
                                      ">",   "+",    "-",    "*",  "/"};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t len = strlen(signs[i]);
    if (t.len - at >= len && memcmp(t.data + at, signs[i], len) == 0) return len;
  }
  return 0;
}

static dsr_token_kind take_sign(dsr_tokens *s) {
  unsigned char c = byte_at(s->text, s->at), next = byte_at(s->text, s->at + 1);
  due expected = what_is_due(s);
  if (c == '<' && (expected != A_SIGN || s->last == DSR_TOKEN_CLOSE)) {
    size_t end = dsr_scan_iri(s->text, s->at);
    if (end > s->at) return take(s, end, DSR_TOKEN_NAME);
  }
  if (c == '.' && next == '.') return take(s, s->at + 2, DSR_TOKEN_RANGE);
  if (c == '?' && next == '-') return take(s, s->at + 2, DSR_TOKEN_ASK);
  if (c == '\\' && next == '+') return take(s, s->at + 2, DSR_TOKEN_PREFIX);
  if (c == '-' && expected == A_TERM) return take(s, s->at + 1, DSR_TOKEN_PREFIX);
  size_t length = sign_length(s->text, s->at);
  if (length > 0) return take(s, s->at + length, DSR_TOKEN_INFIX);
  return take(s, s->at + 1, DSR_TOKEN_OTHER);
}

static dsr_token_kind take_brace(dsr_tokens *s) {
  s->properties = s->source && s->n == 2;
  return take(s, s->at + 1, DSR_TOKEN_BRACE);
}

static dsr_token_kind take_unbrace(dsr_tokens *s) {
  s->properties = false;
  return take(s, s->at + 1, DSR_TOKEN_UNBRACE);
}

static dsr_token_kind take_any(dsr_tokens *s) {
  dsr_str t = s->text;
  unsigned char c = byte_at(t, s->at);
  switch (c) {
    case '"':
      return take(s, text_end(t, s->at), DSR_TOKEN_VALUE);
    case '\'':
      return take(s, quoted_name_end(t, s->at), DSR_TOKEN_NAME);
    case '(':
    case '[':
      return take(s, s->at + 1, DSR_TOKEN_OPEN);
    case ')':
    case ']':
      return take(s, s->at + 1, DSR_TOKEN_CLOSE);
    case '{':
      return take_brace(s);
    case '}':
      return take_unbrace(s);
    case ',':
      return take(s, s->at + 1, DSR_TOKEN_COMMA);
    case '@':
      return take(s, s->at + 1, DSR_TOKEN_AT);
    case '$':
      return take(s, word_end(t, s->at + 1), DSR_TOKEN_VALUE);
    case ':':
      if (byte_at(t, s->at + 1) == '-' && !s->properties) {
        return take(s, s->at + 2, DSR_TOKEN_IF);
      }
      return take(s, s->at + 1, DSR_TOKEN_COLON);
    default:
      break;
  }
  if (among(c, "0123456789-/.")) {
    dsr_token_kind kind = take_number(s);
    if (kind != DSR_TOKEN_NONE) return kind;
  }
  return is_word(c) || c == '#' ? take_word(s) : take_sign(s);
}

dsr_tokens dsr_tokens_of(dsr_str text, const dsr_piece *piece) {
  bool stop = piece->kind == DSR_PIECE_CLAUSE && text.data[piece->end - 1] == '.';
  dsr_str body = {text.data, piece->end - stop};
  return (dsr_tokens){.text = body, .at = piece->begin, .end = piece->end};
}

/* Pass what is blank, and tell the token of it. */
static void pass_blanks(dsr_tokens *s, dsr_token *token) {
  while (among(byte_at(s->text, s->at), " \t\r\n\v\f")) {
    token->spaced = true;
    if (s->text.data[s->at++] == '\n') token->fresh = true;
  }
}

dsr_token dsr_tokens_next(dsr_tokens *s) {
  dsr_token token = {0};
  pass_blanks(s, &token);
  token.begin = s->at;
  size_t comment = dsr_token_comment(s->text, s->at);
  if (comment > s->at) {
    token.kind = s->text.data[s->at] == '%' ? DSR_TOKEN_REMARK : DSR_TOKEN_ASIDE;
    s->at = comment;
  } else if (s->at < s->text.len) {
    token.kind = take_any(s);
    dsr_str word = {s->text.data + token.begin, s->at - token.begin};
    if (s->n == 0) s->source = word.len == 6 && memcmp(word.data, "source", 6) == 0;
    s->n++;
    s->last = token.kind;
  } else if (s->at < s->end) {
    token.kind = DSR_TOKEN_STOP;
    s->at = s->end;
  }
  token.end = s->at;
  return token;
}

dsr_str dsr_tokens_join(dsr_str text, const dsr_piece *piece, dsr_arena *arena) {
  dsr_tokens tokens = dsr_tokens_of(text, piece);
  char *bytes = dsr_arena_alloc(arena, 2 * (piece->end - piece->begin) + 1);
  size_t len = 0;
  if (bytes == NULL) return (dsr_str){NULL, 0};
  for (;;) {
    dsr_token token = dsr_tokens_next(&tokens);
    if (token.kind == DSR_TOKEN_NONE) break;
    if (dsr_token_is_comment(token.kind)) continue;
    if (len > 0) bytes[len++] = ' ';
    memcpy(bytes + len, text.data + token.begin, token.end - token.begin);
    len += token.end - token.begin;
  }
  return (dsr_str){bytes, len};
}
