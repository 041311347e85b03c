/*
** token.h - cutting a clause into tokens, for its layout.
**
** The reader knows where a blank may stand and where it may not: texts with their
** language, CURIEs, times and signed numbers are one token each.  It is exact for clauses
** that the grammar reads.  Where only the grammar could tell (`x -1` is a difference, and
** in `before -1` the number has a sign) the bytes that touch stay one token, so that a
** layout which sets tokens apart and never parts them changes no meaning.
**
** Cost: a look at each byte, a second one at the beginnings of numbers.
*/
#ifndef DSR_LUA_TOKEN_H
#define DSR_LUA_TOKEN_H

#include "lua/scanner.h"

typedef enum dsr_token_kind {
  DSR_TOKEN_NONE = 0,
  DSR_TOKEN_WORD,  /* a name without quotes, a word of the language, a CURIE, #count */
  DSR_TOKEN_NAME,  /* a name in quotes, an IRI */
  DSR_TOKEN_VALUE, /* a variable, a number, a time, a text, $name */
  DSR_TOKEN_OPEN,  /* ( [ */
  DSR_TOKEN_CLOSE, /* ) ] */
  DSR_TOKEN_BRACE, /* { */
  DSR_TOKEN_UNBRACE, /* } */
  DSR_TOKEN_COMMA,
  DSR_TOKEN_COLON,
  DSR_TOKEN_AT,
  DSR_TOKEN_RANGE,  /* .. between numbers */
  DSR_TOKEN_IF,     /* :- */
  DSR_TOKEN_ASK,    /* ?- */
  DSR_TOKEN_INFIX,  /* a sign between terms */
  DSR_TOKEN_PREFIX, /* \+, and - before a term */
  DSR_TOKEN_STOP,   /* the final dot */
  DSR_TOKEN_OTHER,  /* a byte that the language has no use for: in #show */
  DSR_TOKEN_REMARK, /* a comment to the end of its line */
  DSR_TOKEN_ASIDE,  /* a comment with an end */
} dsr_token_kind;

typedef struct dsr_token {
  dsr_token_kind kind;
  size_t begin, end; /* offsets in the text */
  bool spaced;       /* something stands between it and the token before: a blank ... */
  bool fresh;        /* ... with a line break in it */
} dsr_token;

/* A reader of the tokens of one piece. */
typedef struct dsr_tokens {
  dsr_str text; /* up to the piece's end, or its final dot */
  size_t at, end;
  int n;               /* tokens so far, comments left out */
  dsr_token_kind last; /* the kind of the last one */
  bool source;         /* the piece began with the word `source` */
  bool properties;     /* and its brace is open */
} dsr_tokens;

dsr_tokens dsr_tokens_of(dsr_str text, const dsr_piece *piece);
/* The next token; its kind is DSR_TOKEN_NONE at the piece's end. */
dsr_token dsr_tokens_next(dsr_tokens *tokens);

/* All tokens of the piece but comments, with a blank between any two, in `arena`; data
** NULL without memory. */
dsr_str dsr_tokens_join(dsr_str text, const dsr_piece *piece, dsr_arena *arena);

/* The end of the comment at `at`, its line break left out, or `at` where none begins. */
size_t dsr_token_comment(dsr_str text, size_t at);

static inline bool dsr_token_is_comment(dsr_token_kind kind) {
  return kind == DSR_TOKEN_REMARK || kind == DSR_TOKEN_ASIDE;
}

#endif
