/*
** plan.h - what a query was made into: goals, the steps that order makes of them, and
** the slots that they read and write.
**
** Every value that a plan deals with has a slot: a variable, a constant, a parameter.
** A goal says what must hold and names slots; it does not say which of them are known.
** Ordering turns goals into steps: each step knows which slots the ones before it have
** filled, so whether a slot is filled is never asked at run time.
**
** A further kind of goal (a negated atom, an aggregate, a call) is a kind of step here,
** a case in order.c that says when it may run and what it fills, and one in run.c.
*/
#ifndef DSR_LOGIC_PLAN_H
#define DSR_LOGIC_PLAN_H

#include "logic/derive.h"
#include "logic/query.h"
#include "logic/resolve.h"
#include "logic/sorted.h"

enum { DSR_SLOT_NONE = -1 };

typedef enum dsr_slot_kind {
  DSR_SLOT_VARIABLE = 1,
  DSR_SLOT_CONSTANT,
  DSR_SLOT_PARAMETER,
} dsr_slot_kind;

typedef struct dsr_slot {
  dsr_slot_kind kind;
  dsr_str name;    /* of a variable or a parameter; none for one without a name */
  dsr_domain type; /* what its places ask for, as far as they tell */
  dsr_place at;    /* where the type was told, for messages */
  dsr_word word;   /* what it holds */
  bool given;      /* a parameter: it was bound */
  /* Of a constant or parameter that is a symbol: its spelling, to find it again when
  ** the base has moved. */
  dsr_symbol_kind symbol;
  char *spelling;
  size_t len, room;
} dsr_slot;

/* The parts of a claim that may be asked for. */
enum {
  DSR_PART_SOURCE,
  DSR_PART_LOCATOR,
  DSR_PART_SPEAKER,
  DSR_PART_GRADE,
  DSR_PART_QUOTATION,
  DSR_PART_CONFIDENCE,
  DSR_PARTS
};

typedef enum dsr_stage_kind {
  DSR_STAGE_SCAN = 1, /* the facts of a relation */
  DSR_STAGE_CLAIM,    /* the claims on the fact that the scan before it found */
  DSR_STAGE_COMPARE,  /* left op right */
  DSR_STAGE_TEST,     /* left test right, of times */
  DSR_STAGE_BIND,     /* left becomes right */
} dsr_stage_kind;

typedef struct dsr_stage {
  dsr_stage_kind kind;
  dsr_place at;
  bool negated;

  /* scan; args are slots by column, none matches anything */
  uint32_t relation;
  dsr_str name;
  int arity;
  int args[DSR_ARITY_MAX];
  int time; /* slot of the written time, or none */
  enum { DSR_WHEN_ANY, DSR_WHEN_WRITTEN, DSR_WHEN_UNKNOWN } when;
  unsigned flags; /* of the scan */
  bool claimed;   /* a claim step comes with it, and reads what follows */

  /* claim */
  dsr_verb verb;
  int manner; /* a dsr_kind, or -1 */
  int parts[DSR_PARTS];

  /* compare, test, bind: slots */
  int left, right;
  dsr_compare op;
  bool numeric;
  dsr_time_test test;
  bool possibly;

  /* told by the order */
  unsigned known;  /* args filled before this step, a bit each */
  unsigned repeat; /* args that an earlier column of the same atom fills */
  bool known_time, repeat_time;
  unsigned known_parts;
} dsr_stage;

/* Where a step stands while the plan runs. */
typedef struct dsr_cell {
  dsr_scan *scan;
  uint32_t relation; /* of the fact that the scan found, and its set */
  uint64_t set;
  size_t entry;  /* of a claim step: the next one to look at */
  bool strained; /* in this run; then: rows that the scan may leave out */
  dsr_strain strain;
} dsr_cell;

typedef enum dsr_plan_state {
  DSR_PLAN_IDLE = 0,
  DSR_PLAN_RUNNING, /* the steps are at work */
  DSR_PLAN_ENDED,   /* all answers are in `rows` */
  DSR_PLAN_FAILED,
} dsr_plan_state;

/* An interned word of a row, spelled out. */
typedef struct dsr_kept {
  dsr_symbol_kind kind;
  dsr_str spelling; /* data NULL: the word is not interned */
} dsr_kept;

/* A name in a query that the base may not know. */
typedef struct dsr_asked_name {
  dsr_str name;
  int arity; /* of the relation; -1: of an entity */
} dsr_asked_name;

struct dsr_plan {
  dsr_reader reader; /* first: a reader is a plan */
  dsr_facts *facts;
  dsr_view *view;
  dsr_arena arena;
  char warning[300];     /* "" where all is well, or nobody asked */
  dsr_asked_name *named; /* what the query's facts name */
  size_t n_named;
  bool hinted;        /* the warning is of the query's own text */
  bool looked;        /* or it is of the base, */
  uint64_t looked_at; /* as it was then */

  /* Answered by rules: what derives the answers, and the text that it borrows.  There are
  ** no goals and no steps then. */
  dsr_realm *realm; /* NULL: the plan is only checked */
  dsr_derivation *derivation;
  dsr_program *program;
  char *text;
  dsr_plan_note note;

  VEC(dsr_slot) slots;
  VEC(dsr_stage) goals; /* as written */
  VEC(dsr_stage) steps; /* as ordered */
  VEC(int) columns;     /* slots */
  VEC(int) parameters;  /* slots */
  bool ordered;         /* all answers are put in order before the first is told */
  VEC(dsr_sorted_key) keys;
  int limit, offset; /* slots, or none */
  dsr_cell *cells;   /* one a step */
  int cut; /* the last step that an answer depends on: past it one solution will do */
  bool unique;         /* no two solutions are one answer */
  bool fitted;         /* order and constants are those of `generation` */
  uint64_t generation; /* of the facts */

  dsr_plan_state state;
  dsr_status failure;
  int level;          /* the step to go on with */
  bool back;          /* it is to look for its next solution */
  uint64_t most;      /* answers that are worked out: offset and limit */
  bool whole;         /* all of them are there, in order */
  VEC(dsr_word) rows; /* the answers so far, and which was given last */
  size_t n_rows, given;
  size_t *table; /* a hash set of them: index plus one; 0 is free */
  size_t n_table;
  /* Rows taken out of a transaction that may yet be rolled back, and with it the words
  ** of its symbols: from `kept_from` on they are spelled out. */
  VEC(dsr_kept) kept;
  size_t kept_from;
  dsr_arena kept_arena;
  VEC(dsr_word) row; /* the one given, where it was kept */
};

/* Make a plan of a query clause; errors are told with `r`.  `world` NULL: a query that
** needs rules is not looked into, and its plan is not to be run. */
dsr_status dsr_plan_compile(dsr_resolve *r, dsr_view *view, dsr_world *world,
                            dsr_plan **out);
/* Check a query clause of a program: as compiling it. */
dsr_status dsr_plan_check(dsr_resolve *r, const dsr_clause *clause);

/* ---- order.c -------------------------------------------------------------------- */

/* Which slots get filled if every goal runs: a bool for each slot, in `filled`. */
void dsr_order_filled(const dsr_plan *plan, bool *filled);
/* Put the goals into steps. */
dsr_status dsr_order_steps(dsr_plan *plan);

/* ---- slot.c --------------------------------------------------------------------- */

/* A further slot; DSR_SLOT_NONE where memory ran out, which is told. */
int dsr_slot_add(dsr_plan *plan, dsr_slot_kind kind, dsr_str name);
/* Let a slot hold a word, its spelling kept. */
dsr_status dsr_slot_set(dsr_plan *plan, int slot, dsr_word word);
/* Find the words of all spellings again. */
dsr_status dsr_slot_refresh(dsr_plan *plan);
/* Does a value of type `have` do where `due` is asked for? */
bool dsr_domain_meets(dsr_domain due, dsr_domain have);
/* What a word is. */
dsr_domain dsr_word_domain(dsr_symbols *symbols, dsr_word word);

/* ---- run.c ---------------------------------------------------------------------- */

/* Run to the next solution: DSR_ROW with the slots filled, or DSR_DONE. */
dsr_status dsr_run_next(dsr_plan *plan);
/* Stop every scan. */
void dsr_run_stop(dsr_plan *plan);

#endif
