/*
** reckon.h - arithmetic on numbers as words, the same on every machine.
**
** Integers are exact in 64 bits; what does not fit is told (DSR_ELIMIT) and not quietly
** made a decimal, so that a result's type follows from the types alone.  With a decimal
** on either side the result is a decimal: exact where it has at most 19 digits, else
** rounded to 19.  A quotient that does not end within 19 digits is rounded to 15, as many
** as a double holds, so that hosts read back what they see.  Rounding goes to the nearest,
** half away from zero.  Digits past the thousandth after the point are dropped; a result
** of more than a thousand before it is DSR_ELIMIT.
**
** Division of two integers truncates toward zero, as in clingo, C and SQL: 7 / 2 is 3,
** -7 / 2 is -3; 7.0 / 2 is 3.5.  Where it is exact, SWI-Prolog agrees, too.  Modulo has the
** sign of the divisor, as in SWI-Prolog and mathematics, remainder that of the dividend:
** (X / Y) * Y + rem(X, Y) is X.  Division by zero has no result.
**
** Results are words as dsr_number_word() makes them, wide ones temporaries: equal results
** are equal words.
**
** Cost: a few instructions for numbers that words hold, microseconds for wider ones; a
** total allocates (2 KB) once it meets a wide number or overflows.
*/
#ifndef DSR_VALUE_RECKON_H
#define DSR_VALUE_RECKON_H

#include "value/symbol.h"

typedef enum dsr_reckon_op {
  DSR_RECKON_ADD = 1,
  DSR_RECKON_SUBTRACT,
  DSR_RECKON_MULTIPLY,
  DSR_RECKON_DIVIDE,
  DSR_RECKON_MODULO,    /* of integers */
  DSR_RECKON_REMAINDER, /* of integers */
} dsr_reckon_op;

/* *out = a op b.  DSR_NOTHING where there is no result: one is no number (or, of modulo
** and remainder, no integer), or the divisor is zero.  DSR_ELIMIT; DSR_ENOMEM. */
dsr_status dsr_reckon(dsr_symbols *symbols, dsr_reckon_op op, dsr_word a, dsr_word b,
                      dsr_word *out);

typedef enum dsr_reckon_way {
  DSR_RECKON_NEAREST = 1, /* half away from zero */
  DSR_RECKON_FLOOR,
  DSR_RECKON_CEILING,
} dsr_reckon_way;

/* The integer near a number.  DSR_NOTHING where it is none; DSR_ELIMIT past 64 bits. */
dsr_status dsr_reckon_whole(dsr_symbols *symbols, dsr_reckon_way way, dsr_word number,
                            dsr_word *out);
/* The decimal nearest to a number with at most `places` (below zero: hundreds, ...) after
** the point.  DSR_NOTHING where it is none. */
dsr_status dsr_reckon_places(dsr_symbols *symbols, dsr_word number, int64_t places,
                             dsr_word *out);

/* A sum as it grows, exact at every moment, so that its result does not depend on the
** order of adding.  All zero to begin with. */
typedef struct dsr_total {
  int64_t integers, millionths; /* of words of either kind */
  struct dsr_total_wide *wide;  /* all that these two did not hold; NULL: nothing */
  bool decimal;                 /* some number was one */
} dsr_total;

/* DSR_NOTHING, and nothing added, where the word is no number. */
dsr_status dsr_reckon_add(dsr_symbols *symbols, dsr_total *total, dsr_word number);
/* The sum: an integer where all were, 0 of nothing. */
dsr_status dsr_reckon_sum(dsr_symbols *symbols, const dsr_total *total, dsr_word *out);
/* The sum divided by `n` (at least 1), always a decimal. */
dsr_status dsr_reckon_mean(dsr_symbols *symbols, const dsr_total *total, int64_t n,
                           dsr_word *out);
void dsr_reckon_free(dsr_total *total); /* back to all zero */

#endif
