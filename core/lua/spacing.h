/*
** spacing.h - a clause as a row of units: tokens, and the blanks between them.
**
** What stands before each unit follows from the tokens around it alone: how many spaces,
** and how readily a line is broken there.  It does not depend on where the author broke
** lines, so one clause has one layout; only comments bring their lines with them.
**
** Cost: a few looks at each token.
*/
#ifndef DSR_LUA_SPACING_H
#define DSR_LUA_SPACING_H

#include "lua/token.h"

/* How readily a line is broken before a unit: low ranks first.  Each bracket that is
** open adds DSR_RANK_STEP, so that what is in brackets is parted later. */
enum {
  DSR_RANK_NEVER = 0,
  DSR_RANK_EACH = 1,   /* all of this rank or none: conditions, properties */
  DSR_RANK_PART = 2,   /* parts of a claim, attributes, columns */
  DSR_RANK_TIME = 3,   /* before @ */
  DSR_RANK_SIGN = 4,   /* behind an operator */
  DSR_RANK_RESORT = 5, /* only where that makes the rest fit */
  DSR_RANK_FORCED = 6, /* only where a comment ends the line */
  DSR_RANK_STEP = 8
};

typedef struct dsr_unit {
  dsr_token token;
  int gap; /* spaces before it */
  int rank;
  bool hard; /* it begins a line: a comment of its own line, what follows a comment */
  int width;
  long start;   /* its column, were all on one line */
  size_t hards; /* how many hard ones there are up to it */
} dsr_unit;

/* Fill in gap, rank and hard of the `n` > 0 units of a piece, of this kind. */
void dsr_spacing_set(dsr_str text, dsr_piece_kind kind, dsr_unit *units, size_t n);

/* Is the token a comment that goes over lines? */
bool dsr_spacing_has_lines(dsr_str text, const dsr_token *token);

#endif
