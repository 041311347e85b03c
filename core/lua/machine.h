/*
** machine.h - matching a text against the grammar that the build compiled.
**
** The machine is LPeg's parsing machine in small (Ierusalimschy, "A text pattern-matching
** tool based on parsing expression grammars"): an instruction looks at the next byte,
** goes elsewhere, or leaves a mark to come back to on failure.  What it gives are
** integers: offsets from 1 (POSITION) and constants, which are told below zero.
**
** The code is made from grammar.lua by core/lua/build/peg.lua, so a process that reads a
** text compiles no pattern and needs no Lua; only telling why one does not match does.
** What LPeg makes of the same grammar is the same, which a spec compares.
*/
#ifndef DSR_LUA_MACHINE_H
#define DSR_LUA_MACHINE_H

#include <stdint.h>

#include "ground/status.h"
#include "ground/text.h"
#include "ground/vec.h"

/* An instruction: its operation in the low byte, what goes with it above. */
typedef enum dsr_machine_op {
  DSR_MACHINE_END,     /* it matches */
  DSR_MACHINE_ANY,     /* a byte */
  DSR_MACHINE_SET,     /* a byte of the set, or fail */
  DSR_MACHINE_SPAN,    /* all the next bytes that are of the set */
  DSR_MACHINE_TEST,    /* where the next byte is of the set, skip what follows: */
  DSR_MACHINE_TO,      /* go there */
  DSR_MACHINE_JUMP,    /* go there */
  DSR_MACHINE_CHOICE,  /* leave a mark: on failure go there, with the text as now */
  DSR_MACHINE_COMMIT,  /* take the last mark away, go there */
  DSR_MACHINE_PARTIAL, /* have the last mark come back to here, go there */
  DSR_MACHINE_BACK,    /* take the last mark away, with the text as it was; go there */
  DSR_MACHINE_CALL,    /* go there, to return behind this */
  DSR_MACHINE_RETURN,  /* from the last call */
  DSR_MACHINE_FAIL,    /* go to the last mark */
  DSR_MACHINE_FAIL_TWICE, /* take the last mark away, and fail */
  DSR_MACHINE_POSITION,   /* give the offset of the next byte, from 1 */
  DSR_MACHINE_CONSTANT    /* give it, below zero */
} dsr_machine_op;

/* What a match may begin with. */
typedef enum dsr_start {
  DSR_START_CLAUSE,
  DSR_START_BLOCK,
  DSR_START_TRANSACTION,
  DSR_START_QUERY,
  DSR_START_FACT,
  DSR_START_COUNT
} dsr_start;

typedef struct dsr_machine_code {
  const uint32_t *code;
  const unsigned char (*sets)[32]; /* a bit for each byte */
  uint32_t entries[DSR_START_COUNT];
} dsr_machine_code;

extern const dsr_machine_code dsr_grammar_code; /* generated */

/* A mark or a call that is open. */
typedef struct dsr_machine_frame {
  uint32_t to;
  uint32_t given;       /* how many integers there were */
  const char *position; /* NULL: a call */
} dsr_machine_frame;

/* Room that is used anew by each match; all zero at first. */
typedef struct dsr_machine {
  VEC(int) given; /* by the last match */
  VEC(dsr_machine_frame) frames;
} dsr_machine;

/* Match a text of at most 2 GB from its begin.  DSR_OK with what it gives in `given`,
** DSR_NOTHING where it does not match, DSR_ENOMEM, or DSR_ELIMIT where more than 32,768
** marks and calls would be open at once: the text is nested too deep. */
dsr_status dsr_machine_match(dsr_machine *machine, const dsr_machine_code *code,
                             dsr_start start, dsr_str text);

void dsr_machine_free(dsr_machine *machine);

#endif
