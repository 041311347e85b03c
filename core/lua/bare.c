/*
** bare.c - the facts that most of a large text is made of, read without the grammar.
**
** Each `pass_` moves behind one thing or says that it is not there; the first that fails
** leaves the clause to the grammar.  A token is taken only where what stands behind it
** shows that the grammar would end it there, too.
*/
#include "lua/bare.h"

#include <string.h>

#include "lua/scanner.h"

enum { TOKEN_MOST = 4096 }; /* bytes; what has more is seldom, and has limits */

typedef struct bare {
  const char *text;
  size_t at, len;
} bare;

enum { SMALL = 1, WORD = 2, DIGIT = 4, BLANK = 8, LETTER = 16 };

/* clang-format off */
static const unsigned char classes[256] = {
    ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK, [' '] = BLANK,
    ['0'] = WORD | DIGIT, ['1'] = WORD | DIGIT, ['2'] = WORD | DIGIT,
    ['3'] = WORD | DIGIT, ['4'] = WORD | DIGIT, ['5'] = WORD | DIGIT,
    ['6'] = WORD | DIGIT, ['7'] = WORD | DIGIT, ['8'] = WORD | DIGIT,
    ['9'] = WORD | DIGIT, ['_'] = WORD,
#define SMALL_LETTER(c) [c] = SMALL | WORD | LETTER, [(c) - 32] = WORD | LETTER
    SMALL_LETTER('a'), SMALL_LETTER('b'), SMALL_LETTER('c'), SMALL_LETTER('d'),
    SMALL_LETTER('e'), SMALL_LETTER('f'), SMALL_LETTER('g'), SMALL_LETTER('h'),
    SMALL_LETTER('i'), SMALL_LETTER('j'), SMALL_LETTER('k'), SMALL_LETTER('l'),
    SMALL_LETTER('m'), SMALL_LETTER('n'), SMALL_LETTER('o'), SMALL_LETTER('p'),
    SMALL_LETTER('q'), SMALL_LETTER('r'), SMALL_LETTER('s'), SMALL_LETTER('t'),
    SMALL_LETTER('u'), SMALL_LETTER('v'), SMALL_LETTER('w'), SMALL_LETTER('x'),
    SMALL_LETTER('y'), SMALL_LETTER('z'),
#undef SMALL_LETTER
};
/* clang-format on */

/* The byte at `at`, 0 behind the end. */
static inline unsigned char peek(const bare *b, size_t at) {
  return at < b->len ? (unsigned char)b->text[at] : 0;
}

static inline bool is(const bare *b, size_t at, int class) {
  return (classes[peek(b, at)] & class) != 0;
}

static inline void pass_blanks(bare *b) {
  while (is(b, b->at, BLANK)) b->at++;
}

static inline bool pass(bare *b, char sign) {
  if (peek(b, b->at) != (unsigned char)sign) return false;
  b->at++;
  return true;
}

static inline size_t pass_class(bare *b, int class) {
  size_t from = b->at;
  while (is(b, b->at, class)) b->at++;
  return b->at - from;
}

/* ---- tokens ---------------------------------------------------------------------- */

/* `attributed(x)` may go on with an atom, so it is left to the grammar, too. */
static bool is_reserved(const char *name, size_t len) {
  return (len == 3 && memcmp(name, "not", 3) == 0) ||
         (len == 4 && memcmp(name, "true", 4) == 0) ||
         (len == 5 && memcmp(name, "false", 5) == 0) ||
         (len == 10 && memcmp(name, "attributed", 10) == 0);
}

/* Behind a name's colon: the rest of a CURIE. */
static bool pass_local(bare *b) {
  if (!is(b, b->at, WORD)) return false;
  for (;;) {
    unsigned char c = peek(b, b->at);
    if ((c == '-' || c == '.') && is(b, b->at + 1, WORD)) {
      b->at++;
    } else if (!is(b, b->at, WORD)) {
      return c < 0x80;
    }
    b->at++;
  }
}

/* A name without quotes, or a CURIE. */
static bool pass_name(bare *b, dsr_bare_term *out) {
  size_t from = b->at;
  pass_class(b, WORD);
  if (peek(b, b->at) >= 0x80 || is_reserved(b->text + from, b->at - from)) return false;
  *out = (dsr_bare_term){.kind = DSR_TERM_ENTITY, .at = from, .begin = from};
  out->curie = pass(b, ':');
  if (out->curie && !pass_local(b)) return false;
  out->end = b->at;
  return true;
}

static bool pass_iri(bare *b, dsr_bare_term *out) {
  size_t from = b->at, end = dsr_scan_iri((dsr_str){b->text, b->len}, from);
  if (end == from) return false;
  *out =
      (dsr_bare_term){.kind = DSR_TERM_ENTITY, .at = from, .begin = from, .end = end};
  b->at = end;
  return true;
}

/* What stands between quotes without escapes. */
static bool pass_quoted(bare *b, dsr_term_kind kind, dsr_bare_term *out) {
  char quote = b->text[b->at];
  size_t from = ++b->at;
  for (;; b->at++) {
    unsigned char c = peek(b, b->at);
    if (c == 0 || c == '\n' || c == '\\') return false;
    if (c == (unsigned char)quote) break;
  }
  *out = (dsr_bare_term){.kind = kind, .at = from - 1, .begin = from, .end = b->at++};
  return peek(b, b->at) != (unsigned char)quote;
}

static bool pass_entity(bare *b, dsr_bare_term *out) {
  unsigned char c = peek(b, b->at);
  if (classes[c] & SMALL) return pass_name(b, out);
  if (c == '<') return pass_iri(b, out);
  return c == '\'' && pass_quoted(b, DSR_TERM_ENTITY, out) && out->end > out->begin;
}

/* A text, perhaps with its language. */
static bool pass_text(bare *b, dsr_bare_term *out) {
  if (!pass_quoted(b, DSR_TERM_TEXT, out)) return false;
  if (peek(b, b->at) == '^') return false;
  if (peek(b, b->at) != '@' || !is(b, b->at + 1, LETTER)) return true;
  b->at++;
  pass_class(b, LETTER);
  while (peek(b, b->at) == '-') {
    b->at++;
    if (pass_class(b, LETTER | DIGIT) == 0) return false;
  }
  out->lang = b->at;
  return true;
}

/* A year, a month or a day: how many numbers it has; 0: none of these. */
static int pass_date(bare *b) {
  int n = 1;
  if (pass_class(b, DIGIT) != 4) return 0;
  while (n < 3 && peek(b, b->at) == '-') {
    b->at++;
    if (pass_class(b, DIGIT) != 2) return 0;
    n++;
  }
  return n;
}

/* A number or a date.  Whether all of it was taken shows what comes behind. */
static bool pass_number(bare *b, dsr_bare_term *out) {
  size_t from = b->at;
  *out = (dsr_bare_term){.kind = DSR_TERM_NUMBER, .at = from, .begin = from};
  bool minus = pass(b, '-');
  size_t digits = pass_class(b, DIGIT);
  if (digits == 0) return false;
  if (!minus && digits == 4 && peek(b, b->at) == '-') {
    b->at = from;
    if (pass_date(b) == 0) return false;
    out->kind = DSR_TERM_TIME;
  } else if (peek(b, b->at) == '.') {
    b->at++;
    if (pass_class(b, DIGIT) == 0) return false;
  }
  out->end = b->at;
  return true;
}

/* The time after "@": a date, or an interval of two. */
static bool pass_time(bare *b, dsr_bare_term *out) {
  size_t from = b->at;
  if (pass_date(b) == 0) return false;
  if (pass(b, '/') && pass_date(b) == 0) return false;
  *out =
      (dsr_bare_term){.kind = DSR_TERM_TIME, .at = from, .begin = from, .end = b->at};
  return true;
}

static bool pass_term(bare *b, dsr_bare_term *out) {
  unsigned char c = peek(b, b->at);
  if (c == '"') return pass_text(b, out);
  if (c == '-' || (classes[c] & DIGIT)) return pass_number(b, out);
  return pass_entity(b, out);
}

/* ---- clauses --------------------------------------------------------------------- */

static bool pass_columns(bare *b, dsr_bare *out) {
  if (!pass(b, '(')) return false;
  do {
    if (out->n_args == DSR_ARITY_MAX) return false;
    pass_blanks(b);
    dsr_bare_term *term = &out->args[out->n_args++];
    if (!pass_term(b, term) || b->at - term->at > TOKEN_MOST) return false;
    pass_blanks(b);
  } while (pass(b, ','));
  return pass(b, ')');
}

/* `word`, and a blank. */
static bool pass_word(bare *b, const char *word, size_t len) {
  if (b->len - b->at < len || memcmp(b->text + b->at, word, len) != 0) return false;
  if (!is(b, b->at + len, BLANK)) return false;
  b->at += len;
  pass_blanks(b);
  return true;
}

static bool pass_source(bare *b, dsr_bare *out) {
  if (!pass_word(b, "from", 4)) return true;
  if (!pass_entity(b, &out->source)) return false;
  pass_blanks(b);
  if (peek(b, b->at) != '"') return true;
  if (!pass_text(b, &out->locator)) return false;
  pass_blanks(b);
  return b->at - out->source.at <= TOKEN_MOST;
}

/* The dot, where it is one that ends a clause: see scanner.c. */
static bool pass_stop(bare *b) {
  char before = b->text[b->at - 1];
  if (!pass(b, '.')) return false;
  unsigned char next = peek(b, b->at);
  if (next == 0 || (classes[next] & BLANK) || next == '%' || next == '}') return true;
  return before == ')' && ((classes[next] & LETTER) || next == '\'');
}

bool dsr_bare_read(dsr_str text, size_t from, dsr_bare *out) {
  bare b = {text.data, from, text.len};
  pass_blanks(&b);
  if (peek(&b, b.at) == '%' || peek(&b, b.at) == '/') b.at = dsr_scan_blank(text, b.at);
  out->begin = b.at;
  out->n_args = 0;
  out->time.kind = out->source.kind = out->locator.kind = DSR_TERM_NONE;
  if (!pass_entity(&b, &out->name) || b.at - out->begin > TOKEN_MOST) return false;
  if (!pass_columns(&b, out)) return false;
  size_t bracket = b.at;
  pass_blanks(&b);
  if (pass(&b, '@')) {
    pass_blanks(&b);
    if (!pass_time(&b, &out->time)) return false;
    if (peek(&b, b.at) != '.' && !is(&b, b.at, BLANK)) return false;
    pass_blanks(&b);
  } else if (b.at == bracket && peek(&b, b.at) != '.') {
    return false;
  }
  if (!pass_source(&b, out) || !pass_stop(&b)) return false;
  out->end = b.at;
  return true;
}
