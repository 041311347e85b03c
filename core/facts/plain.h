/*
** plain.h - names without case, accents and signs, and how near two are.
**
** A plain name is its words with a space between, "jens stoltenberg"; of a text without
** words the folded text.  Its *letters* are 64 bits that say which letters it has: an edit
** takes a letter away from one of two names, gives one to the other, or both, so names a
** few edits apart differ in few of these bits, and most that are not need no look.
*/
#ifndef DSR_FACTS_PLAIN_H
#define DSR_FACTS_PLAIN_H

#include "ground/mem.h"

enum {
  DSR_PLAIN_COMPARED = 64, /* bytes; longer names are not near to anything */
  DSR_PLAIN_WORDS = 16,    /* of a name, where they are looked at one by one */
};

/* The plain name in `arena`, or a part of the text; data NULL without memory. */
dsr_str dsr_plain_name(dsr_arena *arena, dsr_str text);
/* The next word of a plain name, by its spaces. */
bool dsr_plain_next(dsr_str plain, size_t *at, dsr_str *word);
bool dsr_plain_begins(dsr_str text, dsr_str with);

uint64_t dsr_plain_letters(dsr_str plain);
/* For each byte of a text as it is written, letters that its plain name may have of it. */
void dsr_plain_table(uint64_t table[256]);

/* Edits between two, at most limit + 1. */
int dsr_plain_edits(dsr_str a, dsr_str b, int limit);

/* Are more than `n` bits set?  There are few. */
static inline bool dsr_plain_more(uint64_t bits, int n) {
  while (n-- > 0) bits &= bits - 1;
  return bits != 0;
}
/* May names of these letters be so few edits apart? */
static inline bool dsr_plain_may_be_near(uint64_t a, uint64_t b, int limit) {
  return !dsr_plain_more(a & ~b, limit) && !dsr_plain_more(b & ~a, limit);
}

#endif
