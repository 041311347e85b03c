/*
** grammar.h - from text in the language to a program.
**
** A C scanner checks UTF-8, NUL bytes, nesting and token length, and finds where each
** clause ends; the LPeg grammar (grammar.lua), in a Lua state of its own that scripts
** never see, reads one clause at a time; an error is told with its place and what was
** expected, and reading goes on at the next clause, up to ten errors.
**
** Cost: some microseconds a clause; the state is made at the first text.
*/
#ifndef DSR_LUA_GRAMMAR_H
#define DSR_LUA_GRAMMAR_H

#include "ground/pace.h"
#include "logic/program.h"

typedef struct dsr_grammar dsr_grammar;

dsr_status dsr_grammar_new(dsr_error *error, dsr_grammar **out);
void dsr_grammar_free(dsr_grammar *grammar); /* NULL is allowed */

/* Read a file's text, appending its clauses to `program`, which borrows `text`.  Goes
** on past errors; the result is the first one's code.  May be called for several
** files. */
dsr_status dsr_grammar_read(dsr_grammar *grammar, const char *name, dsr_str text,
                            dsr_program *program);

/* The same of a part of a file that begins with its line `line`: places are the file's. */
dsr_status dsr_grammar_read_from(dsr_grammar *grammar, const char *name, int line,
                                 dsr_str text, dsr_program *program);

/* Have `pace` stepped from clause to clause of the texts read from now on; NULL ends it. */
void dsr_grammar_pace(dsr_grammar *grammar, dsr_pace *pace);

/* Read one query ("?-" and the final dot may be missing), which rules may stand before,
** or, with `fact`, one fact without claim parts ("joined(a, b) @ 1994", the dot may be
** missing). */
dsr_status dsr_grammar_read_one(dsr_grammar *grammar, const char *name, dsr_str text,
                                bool fact, dsr_program *program);

#endif
