/*
** clause.h - from what the grammar matched to a clause of a program.
**
** A match is a list of integers: offsets in the clause, from 1, and operations, below
** zero, that use the offsets before them.  The builder runs it as the code of a stack
** machine: terms and literals are pushed, calls, atoms and aggregates pop what stands
** above the mark of their beginning.  What is kept goes to the program's arena.
**
** Cost: a step for each integer; memory only for what the clause holds.
*/
#ifndef DSR_LUA_CLAUSE_H
#define DSR_LUA_CLAUSE_H

#include "logic/program.h"
#include "lua/scanner.h"

/* The operations, as grammar.lua names them; [n] is how many offsets each uses.
**
** Names [2], for the operation behind them: NAME, QUOTED, CURIE.
** Terms, pushed: VARIABLE [2] to IRI; LANGUAGE to DATATYPE_CURIE [2] alter the last one.
** Sums: RANGE to NEGATE pop one or two terms; CALL and AGGREGATE mark, .._END pop.
** Atoms: ATOM marks, ATOM_END makes the atom that STATED to CONFIDENCE add to.
** Literals: LITERAL takes the atom, EQ to TEST pop two terms (TEST a WORD between them),
** POSSIBLY and NOT alter the last one.
** ASCENDING to OFFSET pop what the answers to a query are ordered by, or how many of them
** are told.  HEAD takes the atom.  The rest fill in and end the clause. */
/* clang-format off */
#define DSR_OPERATIONS(X)                                                            \
  X(NAME) X(QUOTED) X(CURIE)                                                         \
  X(VARIABLE) X(ANYTHING) X(PARAMETER) X(ENTITY) X(ENTITY_QUOTED) X(ENTITY_CURIE)    \
  X(TEXT) X(LANGUAGE) X(DATATYPE) X(DATATYPE_CURIE) X(NUMBER) X(TIME) X(TRUE)        \
  X(FALSE) X(GRADE) X(LETTER) X(WORD) X(IRI)                                         \
  X(RANGE) X(ADD) X(SUBTRACT) X(MULTIPLY) X(DIVIDE) X(MODULO) X(NEGATE)              \
  X(CALL) X(CALL_END) X(AGGREGATE) X(AGGREGATE_END)                                  \
  X(ATOM) X(ATOM_END) X(STATED) X(ASSESSED) X(SPEAKER) X(DENY) X(AT) X(SOURCE)       \
  X(LOCATOR) X(GRADED) X(QUOTATION) X(CONFIDENCE)                                    \
  X(LITERAL) X(EQ) X(NE) X(LT) X(LE) X(GT) X(GE) X(EQ_NUMBER) X(NE_NUMBER) X(IS)     \
  X(TEST) X(POSSIBLY) X(NOT)                                                         \
  X(HEAD) X(FACT) X(RULE) X(CONSTRAINT) X(CONSTRAINT_BARE) X(QUERY) X(RETRACT)       \
  X(RETRACT_VERDICT) X(PREFER) X(DEPRECATE) X(REASON) X(AUTHOR) X(VERDICT)           \
  X(RELATION) X(ROLE) X(OCCURS) X(HOLDS) X(ONCE) X(SYMMETRIC) X(INVERSE) X(KEY)      \
  X(KEY_COLUMN) X(IS_A) X(IS_COLUMN) X(PHRASE) X(RELATION_END)                       \
  X(SOURCE_NAME) X(PROPERTY) X(PROPERTY_VALUE) X(SOURCE_END) X(PREFIX) X(DIRECTIVE)  \
  X(BLOCK) X(ASCENDING) X(DESCENDING) X(LIMIT) X(OFFSET)       \
  X(TRANSACTION)
/* clang-format on */

typedef enum dsr_operation {
#define DSR_OPERATION(name) DSR_OP_##name,
  DSR_OP_NONE,
  DSR_OPERATIONS(DSR_OPERATION) DSR_OP_COUNT
#undef DSR_OPERATION
} dsr_operation;

/* A term on the stack. */
typedef struct dsr_held {
  dsr_term term;
  int depth; /* of calls and aggregates inside it */
} dsr_held;

/* Something that was begun. */
typedef struct dsr_mark {
  dsr_str name;
  dsr_place at;
  bool curie;
  size_t terms, literals; /* how many there were */
} dsr_mark;

/* A block that is open. */
typedef struct dsr_block {
  dsr_place at;
  dsr_claim_part gives; /* to facts inside that name no source */
  int transaction;      /* that it is, or is inside of: as in a clause */
} dsr_block;

/* What the clauses of a text are built with; all zero but for the first five. */
typedef struct dsr_builder {
  dsr_program *program;
  dsr_error *error;
  int file;
  dsr_str text;
  dsr_along cursor; /* where places are counted from: forward, clause by clause */

  size_t begin, end; /* the clause's offsets in the text */
  dsr_along start;   /* its place */
  size_t offsets[2]; /* in the text, not yet used by an operation */
  int n_offsets;
  VEC(dsr_held) terms;
  VEC(dsr_literal) literals;
  VEC(dsr_mark) marks;
  VEC(dsr_property) properties;
  VEC(dsr_block) blocks; /* those that are open */
  VEC(dsr_order_key) keys;
  dsr_telling telling;

  dsr_mark name; /* the last name */
  dsr_atom atom;
  dsr_clause clause;
  dsr_place range_at; /* of the first range, if any */
  int n_vars;
  dsr_str vars[DSR_VARIABLES_MOST];
  dsr_place var_at[DSR_VARIABLES_MOST];
  int var_uses[DSR_VARIABLES_MOST];
} dsr_builder;

/* An operation of the table: what it runs, and a number that tells its kind apart. */
typedef struct dsr_act {
  dsr_status (*run)(dsr_builder *builder, int what);
  int what;
} dsr_act;

/* Begin with a clause at offsets `begin` to `end` of the text. */
void dsr_builder_start(dsr_builder *builder, size_t begin, size_t end);

/* Run what the grammar matched.  A failure is told at its place. */
dsr_status dsr_builder_run(dsr_builder *builder, const int *code, size_t n);

/* The transaction that what comes is a part of, or 0. */
int dsr_builder_transaction(const dsr_builder *builder);
/* What the innermost open block says; all zero where none is open. */
dsr_claim_part dsr_builder_gives(const dsr_builder *builder);
/* Open a block that says `gives`, as a part of the `transaction`th one. */
dsr_status dsr_builder_inside(dsr_builder *builder, const dsr_claim_part *gives,
                              int transaction);
/* Make of a bare fact (bare.h) what the grammar and dsr_builder_run() would: `args` has
** room for its columns.  Only what differs from fact to fact is set in `out`, which was
** once made by dsr_builder_fact_start(), and again when blocks opened or closed. */
struct dsr_bare;
void dsr_builder_fact_start(const dsr_builder *builder, dsr_clause *out);
void dsr_builder_fact(dsr_builder *builder, const struct dsr_bare *bare, dsr_term *args,
                      dsr_clause *out);

/* A block opens whose head could not be read; the innermost ends. */
dsr_status dsr_builder_open(dsr_builder *builder);
void dsr_builder_close(dsr_builder *builder);

/* Tell of an error at an offset of the text, no earlier than the clause's. */
dsr_status dsr_builder_fail(dsr_builder *builder, size_t offset, dsr_status code,
                            const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void dsr_builder_stop(dsr_builder *builder);

#endif
