/*
** layout.h - a text in the language, laid out canonically.
**
** The layout, in the words of `dossier format --help`:
** a clause stands on one line of at most 88 columns, or is broken before its parts,
** behind commas and operators, its further lines indented by two; a source's properties
** and a rule's conditions then have a line each.  Clauses that share a line stay together
** while all of them fit, two spaces between.  What a block holds is indented by two.
** Blank lines between clauses stay, one in a row at most, none at the ends of a block.
** Comments stay where they are, two spaces behind a clause; where those of lines that
** follow one another stand in one column, they go on to.  Texts, names and synonyms stay
** as they are written.  Lines end with LF; tabs outside texts become spaces.
*/
#ifndef DSR_LUA_LAYOUT_H
#define DSR_LUA_LAYOUT_H

#include "ground/bytes.h"
#include "lua/grammar.h"

enum { DSR_LAYOUT_WIDTH = 88 };

/* Lay `text` out, handing it on piece by piece.  It is read with `grammar` first: what a
** load would say of its syntax is told to `error`, the grammar's, and nothing is handed on.
** `name` is for messages.  DSR_ESTOPPED where `write` asks for it; without memory a part
** may have been handed on.
**
** Cost: reading the text, then a walk over its tokens; memory for the tokens of one
** clause, and for lines that follow one another with comments in one column. */
dsr_status dsr_layout_write(dsr_grammar *grammar, dsr_error *error, const char *name,
                            dsr_str text, dsr_write write, void *ud);

/* The same, appended to `out`, which is as it was where it fails. */
dsr_status dsr_layout(dsr_grammar *grammar, dsr_error *error, const char *name,
                      dsr_str text, dsr_bytes *out);

#endif
