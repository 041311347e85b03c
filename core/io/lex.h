/*
** lex.h - what the readers of RDF share: the span they read in, the places of errors, and
** the tokens that are alike in all syntaxes.
**
** A token is scanned where it lies in the span.  A scan that reaches the span's end before
** it knows gives DSR_LEX_SHORT; its caller asks for more with dsr_lex_more(), which keeps
** the bytes from the token's start (at another address), and scans anew from there.  Since
** zeroes stand behind the span, no scanner has to ask where it ends: it looks when it has
** stopped.  An error that is found within a few bytes of an end that may move is SHORT
** too, so that what is told does not depend on where the span was cut.
**
** Texts of tokens lie in the span where they were written without escapes, else in the
** stack.  Lines end at LF, CR LF or CR.
*/
#ifndef DSR_IO_LEX_H
#define DSR_IO_LEX_H

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "ground/mem.h"
#include "io/stack.h"
#include "io/rdf.h"

/* No status of dossier.h: it never leaves the readers. */
#define DSR_LEX_SHORT ((dsr_status)-1000)

typedef struct dsr_lex {
  const char *at;  /* what comes next */
  const char *end; /* of the span */
  bool ended;      /* nothing comes behind the span */
  const char *start;
  const char
      *line_start; /* where the line of `at` begins, or the span if that is later */
  int64_t line;
  int64_t line_before; /* characters of the line before line_start */
  dsr_input *input;
  dsr_error *error;
  dsr_stack stack;
} dsr_lex;

/* Point to the first bytes of `input`, behind a byte order mark.  dsr_lex_stop() also
** where it failed. */
dsr_status dsr_lex_start(dsr_lex *lex, dsr_input *input, dsr_error *error);
void dsr_lex_stop(dsr_lex *lex);

/* Keep the bytes from `keep` on, read more behind them, and set `at` to where they are
** now.  Where nothing comes any more, `ended` is set, and that is no error. */
dsr_status dsr_lex_more(dsr_lex *lex, const char *keep);

/* A line begins at `at`, behind its break. */
static inline void dsr_lex_line(dsr_lex *lex, const char *at) {
  lex->line++;
  lex->line_start = at;
  lex->line_before = 0;
}

/* Count the line breaks in the token from `from` to `to`, which holds some. */
void dsr_lex_lines(dsr_lex *lex, const char *from, const char *to);

/* ---- what is wrong; all return what they told, or DSR_LEX_SHORT ------------------- */

/* "expected WANTED, found ..." at `at`. */
dsr_status dsr_lex_expected(dsr_lex *lex, const char *at, const char *wanted);

/* In words of its own, where what is there is complete and yet wrong. */
dsr_status dsr_lex_wrong(dsr_lex *lex, dsr_status code, const char *at,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Is it still open what stands at `at`? */
static inline bool dsr_lex_open(const dsr_lex *lex, const char *at) {
  return at >= lex->end && !lex->ended;
}

/* ---- characters ------------------------------------------------------------------- */

/* The character at `at`: its bytes, 0 where they are not UTF-8 (or are cut). */
size_t dsr_lex_char(const char *at, const char *end, uint32_t *point);

/* ASCII characters by what they may be part of. */
enum {
  DSR_LEX_FIRST = 1,  /* PN_CHARS_U: begins a name's local part, a label */
  DSR_LEX_PART = 2,   /* PN_CHARS: goes on in a name */
  DSR_LEX_DIGIT = 4,  /* 0-9 */
  DSR_LEX_LETTER = 8, /* a-z, A-Z: begins a prefix, is in a language */
  DSR_LEX_HEX = 16,
  DSR_LEX_LOCAL = 32, /* goes on in a local part: PN_CHARS and ':' */
};
extern const unsigned char dsr_lex_class[256];

static inline bool dsr_lex_is(char c, unsigned classes) {
  return (dsr_lex_class[(unsigned char)c] & classes) != 0;
}

/* Is a character beyond ASCII of PN_CHARS_BASE, of PN_CHARS? */
bool dsr_lex_base_point(uint32_t point);
bool dsr_lex_part_point(uint32_t point);

#ifdef __SSE2__
static inline __m128i dsr_lex_load(const char *at) {
  return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* The first byte at or behind `at` that does not simply go on in an IRI: its end, what may
** not be in it, escapes, beyond ASCII, the span's end; '~' too, to save an instruction. */
static inline const char *dsr_lex_skip_iri(const char *at) {
  const __m128i low = _mm_set1_epi8(0x21), two = _mm_set1_epi8(2);
  const __m128i angle = _mm_set1_epi8('>'), caret = _mm_set1_epi8('^');
  const __m128i high = _mm_set1_epi8('z'), quote = _mm_set1_epi8('"');
  const __m128i grave = _mm_set1_epi8('`');
  for (;; at += 16) {
    __m128i x = dsr_lex_load(at);
    __m128i paired = _mm_or_si128(x, two); /* '<' as '>', '\\' as '^' */
    __m128i hit = _mm_or_si128(_mm_cmplt_epi8(x, low), _mm_cmpgt_epi8(x, high));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(paired, angle));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(paired, caret));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(x, quote));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(x, grave));
    int mask = _mm_movemask_epi8(hit);
    if (mask != 0) return at + __builtin_ctz((unsigned)mask);
  }
}

/* The same for a string between `quote`s: its end, escapes, beyond ASCII, NUL, and line
** breaks unless it is a long one. */
static inline const char *dsr_lex_skip_string(const char *at, char quote, bool lines) {
  const __m128i one = _mm_set1_epi8(1), slash = _mm_set1_epi8('\\');
  const __m128i end = _mm_set1_epi8(quote);
  const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
  for (;; at += 16) {
    __m128i x = dsr_lex_load(at);
    __m128i hit = _mm_or_si128(_mm_cmplt_epi8(x, one), _mm_cmpeq_epi8(x, slash));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(x, end));
    if (!lines) {
      hit = _mm_or_si128(hit, _mm_cmpeq_epi8(x, lf));
      hit = _mm_or_si128(hit, _mm_cmpeq_epi8(x, cr));
    }
    int mask = _mm_movemask_epi8(hit);
    if (mask != 0) return at + __builtin_ctz((unsigned)mask);
  }
}
#else
static inline const char *dsr_lex_skip_iri(const char *at) {
  for (;; at++) {
    signed char c = (signed char)*at;
    if (c <= 0x20 || c > 'z' || strchr("<>\"^`\\", c)) return at;
  }
}

static inline const char *dsr_lex_skip_string(const char *at, char quote, bool lines) {
  for (;; at++) {
    signed char c = (signed char)*at;
    if (c < 1 || c == '\\' || c == quote) return at;
    if (!lines && (c == '\n' || c == '\r')) return at;
  }
}
#endif

/* ---- tokens ----------------------------------------------------------------------- */
/* Each begins at `at`, at what its first character must be, and sets *after to the byte
** behind it. */

/* IRIREF, without its brackets, as written but for escapes. */
dsr_status dsr_lex_iri(dsr_lex *lex, const char *at, dsr_str *iri, const char **after);

/* STRING_LITERAL_QUOTE or SINGLE_QUOTE; with `longer`, the LONG ones, too.  The caller
** counts lines where the token may have some (*after - at > 6 and `longer`). */
dsr_status dsr_lex_string(dsr_lex *lex, const char *at, bool longer, dsr_str *text,
                          const char **after);

/* LANG_DIR, into the language and the direction of `term`. */
dsr_status dsr_lex_language(dsr_lex *lex, const char *at, dsr_rdf_term *term,
                            const char **after);

/* BLANK_NODE_LABEL, without its "_:". */
dsr_status dsr_lex_label(dsr_lex *lex, const char *at, dsr_str *label,
                         const char **after);

/* Give `term` the datatype `iri`, written at `at`. */
dsr_status dsr_lex_datatype(dsr_lex *lex, const char *at, dsr_str iri,
                            dsr_rdf_term *term);

/* Pass a comment, whose '#' is at lex->at, up to its line break.  Reads more itself. */
dsr_status dsr_lex_comment(dsr_lex *lex);

#endif
