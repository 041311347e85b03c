/*
** scanner.h - cutting a text in the language into clauses.
**
** The scanner knows just enough of the language to see where a clause ends: comments,
** quotes, IRIs, brackets, and the dots that end nothing (`1..5`, `0.8`).  What a clause
** says is the grammar's.  A piece with a problem (a quote that is not closed, brackets
** too deep, a token too long) is not worth matching; scanning goes on behind it.
**
** Cost: one walk over the bytes; memory only for quoted tokens with escapes.
*/
#ifndef DSR_LUA_SCANNER_H
#define DSR_LUA_SCANNER_H

#include "ground/mem.h"
#include "ground/status.h"

enum { DSR_NESTING_MOST = 200 };

/* A place that moves along a text.  Cost: one look at each byte passed. */
typedef struct dsr_along {
  size_t offset;
  dsr_place at; /* of the byte at `offset` */
} dsr_along;

dsr_along dsr_along_start(void);
/* Forward only: `offset` is not before the cursor's, nor past the text. */
void dsr_along_move(dsr_along *cursor, dsr_str text, size_t offset);

typedef enum dsr_piece_kind {
  DSR_PIECE_END = 0, /* nothing is left */
  DSR_PIECE_CLAUSE,  /* a clause with its dot, or what is left where that is missing */
  DSR_PIECE_BLOCK,   /* the head of a block, its `{` included */
  DSR_PIECE_CLOSE,   /* the `}` of a block */
} dsr_piece_kind;

typedef struct dsr_piece {
  dsr_piece_kind kind;
  size_t begin, end;    /* offsets in the text */
  dsr_status problem;   /* DSR_OK, or why the piece cannot be matched ... */
  size_t problem_at;    /* ... where ... */
  const char *complain; /* ... and in which words (static) */
} dsr_piece;

/* The next piece of `text` at or after `from`. */
dsr_piece dsr_scan_piece(dsr_str text, size_t from);

/* The end of the blanks and comments at `from`. */
size_t dsr_scan_blank(dsr_str text, size_t from);

/* Past the IRI at `from`, or `from` where there is none: a scheme, a colon, and nothing
** that an IRI cannot hold. */
size_t dsr_scan_iri(dsr_str text, size_t from);

/* Read what stands between two `quote`s: \n \t \r \b \f \" \' \\ \uXXXX
** \UXXXXXXXX, and in single quotes '' for one.  A slice of `raw` where it holds none of
** these, else in `arena`.  DSR_ENOMEM, untold, or DSR_ESYNTAX with the offset of the
** backslash that stands for no character in *bad_at. */
dsr_status dsr_scan_quoted(dsr_str raw, char quote, dsr_arena *arena, dsr_str *out,
                           size_t *bad_at);

#endif
