/*
** text.h - UTF-8: is it valid, how long is it, what is it without case, what is near.
**
** Folding is Unicode's case folding over compatibility decomposition with marks kept
** (utf8proc), so "ÉCOLE" and "école" fold alike and "ecole" does not.
*/
#ifndef DSR_GROUND_TEXT_H
#define DSR_GROUND_TEXT_H

#include "ground/mem.h"
#include "ground/status.h"

/* A NUL-ended string as a dsr_str; NULL gives none. */
dsr_str dsr_str_of(const char *text);
bool dsr_str_eq(dsr_str a, dsr_str b);
bool dsr_str_is(dsr_str a, const char *text);
int dsr_str_cmp(dsr_str a, dsr_str b); /* bytewise, a prefix before what it begins */

/* The offset of the first byte that is not valid UTF-8 or is NUL; `text.len` if all is
** well.  Surrogates and overlong forms are not valid. */
size_t dsr_utf8_valid(dsr_str text);

/* Columns that `text` takes on a terminal: wide characters two, marks none, an emoji of
** several parts as one. */
int dsr_utf8_width(dsr_str text);

/* The longest beginning of `text`, in whole characters with their marks, that takes at
** most `most` columns: its bytes, and in *columns how many it takes. */
size_t dsr_utf8_fit(dsr_str text, int most, int *columns);

/* What the character at byte `at` of `text` may be in a name, and its bytes in *size (1
** where it is not UTF-8, which is DSR_CHAR_OTHER).  Letters without case are small. */
typedef enum dsr_char {
  DSR_CHAR_OTHER = 0, /* signs, spaces, controls */
  DSR_CHAR_SMALL,     /* a letter that is not a capital */
  DSR_CHAR_CAPITAL,   /* a capital or titlecase letter */
  DSR_CHAR_FOLLOW,    /* a digit, a mark, '_' */
} dsr_char;
dsr_char dsr_utf8_char(dsr_str text, size_t at, size_t *size);

/* `text` folded, in `arena`; data NULL where memory ran out or it is not UTF-8. */
dsr_str dsr_text_fold(dsr_arena *arena, dsr_str text);

/* How many characters (code points) valid UTF-8 has, and the byte at which the one after
** the first `n` begins (the length where there are not as many). */
size_t dsr_utf8_count(dsr_str text);
size_t dsr_utf8_skip(dsr_str text, size_t n);

/* Valid UTF-8 with each letter as its small or capital one, in `arena`; data NULL where
** memory ran out.  Letter by letter: none becomes two, "ß" is not "SS". */
dsr_str dsr_text_lower(dsr_arena *arena, dsr_str text);
dsr_str dsr_text_upper(dsr_arena *arena, dsr_str text);
/* Valid UTF-8 without white space (Unicode's) at its ends: a part of it. */
dsr_str dsr_text_trim(dsr_str text);

/* Edits (insert, drop, change, swap neighbours; in bytes) between two words, at most
** `limit` + 1.  Cost: |a| * |b|; words over 64 bytes count as far. */
int dsr_text_distance(dsr_str a, dsr_str b, int limit);

/* A race for the nearest name: offer candidates in any order, then read `best` (none if
** nothing was near enough: up to a third of the word's length in edits).  Equals: the
** first in byte order, so that the winner does not depend on the order of offers. */
typedef struct dsr_nearest {
  dsr_str word;
  dsr_str best; /* as offered: borrowed from the candidate */
  int distance;
} dsr_nearest;
void dsr_nearest_start(dsr_nearest *race, dsr_str word);
void dsr_nearest_offer(dsr_nearest *race, dsr_str candidate);

/* Hash of bytes, 64 bits (XXH3), the same on every machine: it is kept in files. */
uint64_t dsr_hash(const void *data, size_t len, uint64_t seed);

#endif
