/*
** bare.h - the facts that most of a large text is made of, read without the grammar.
**
** A bare fact is a clause that holds constants and nothing that must be unescaped:
**
**   joined(ukraine, pfp) @ 1994-02-08 from record "annex 3".
**
** What is read here the grammar reads alike; what is not (other parts, comments inside, a
** word that is reserved, letters beyond ASCII outside of texts, anything wrong) is left to
** it.  So this decides nothing about the language, and is only some ten times faster; a
** spec compares the two.
**
** Cost: a look at each byte; no memory.
*/
#ifndef DSR_LUA_BARE_H
#define DSR_LUA_BARE_H

#include "logic/program.h"

/* A constant, by offsets in the text. */
typedef struct dsr_bare_term {
  dsr_term_kind kind;
  bool curie;
  size_t at;         /* where it begins, its quote included */
  size_t begin, end; /* of what it says */
  size_t lang;       /* of a text: where its language ends; 0: it has none */
} dsr_bare_term;

typedef struct dsr_bare {
  size_t begin, end; /* the clause, with its dot */
  dsr_bare_term name;
  int n_args;
  dsr_bare_term args[DSR_ARITY_MAX];
  dsr_bare_term time, source, locator; /* DSR_TERM_NONE: not there */
} dsr_bare;

/* The bare fact at `from`, behind blanks and comments.  False where there is none. */
bool dsr_bare_read(dsr_str text, size_t from, dsr_bare *out);

#endif
