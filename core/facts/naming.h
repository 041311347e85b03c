/*
** naming.h - the names of a bulk load, until they are in the store.
**
** While a naming is at work, it gives the numbers of new symbols, in order of first
** mention, and keeps the spellings; the handle's symbols ask it for both, as they ask the
** store.  What they gave a number themselves it takes over.  Landed, the names are packed
** records of the open transaction, and the store knows them.
**
** A spelling costs a hash and two misses of the cache; many at once overlap theirs.  In
** memory a name takes its spelling and some thirty bytes.
*/
#ifndef DSR_FACTS_NAMING_H
#define DSR_FACTS_NAMING_H

#include "facts/fact.h"

/* A name as a caller has it. */
typedef struct dsr_naming_name {
  dsr_symbol_kind kind;
  dsr_str spelling;
} dsr_naming_name;

typedef struct dsr_naming dsr_naming;

/* In an open transaction. */
dsr_status dsr_naming_new(dsr_facts *facts, dsr_naming **out);
void dsr_naming_free(dsr_naming *naming); /* NULL is allowed */

/* The words of n names, each given a number if new.  *done is how many came out, also
** where one failed: DSR_ELIMIT, DSR_ESYNTAX, DSR_ENOMEM, or what the store fails with. */
dsr_status dsr_naming_words(dsr_naming *naming, const dsr_naming_name *names, size_t n,
                            dsr_word *out, size_t *done);

/* As a backing of symbols (symbol.h): DSR_NOTHING where it is none of these. */
dsr_status dsr_naming_by_number(dsr_naming *naming, uint64_t number,
                                dsr_symbol_kind *kind, dsr_str *spelling);
dsr_status dsr_naming_by_spelling(dsr_naming *naming, dsr_symbol_kind kind,
                                  dsr_str spelling, uint64_t *number);

/* Where the name of a number from this load lies, until the naming is freed; and what it
** is, for which the naming is not needed, so that another thread may ask. */
const void *dsr_naming_place(const dsr_naming *naming, uint64_t number);
dsr_symbol_kind dsr_naming_at(const void *place, dsr_str *spelling);

/* Write all new names; of what is pending and the tail nothing may be left.  The naming
** is then of no more use.  `memory` and `folder` are for what must be sorted. */
dsr_status dsr_naming_land(dsr_naming *naming, size_t memory, const char *folder);

#endif
