/*
** path.h - a way through a rule's body, step by step, before it is made of operators.
**
**   sketch.c     what the planner knows of a body: which variables its goals read and fill,
**              and how many rows filling them is expected to give
**   path.c     the search for an order, and the steps that it comes to
**   columns.c  orders of columns that serve the steps of all paths
**   lower.c    steps -> operators
**
** Only variables that stand somewhere twice are filled (the *needed* ones, numbered anew);
** any other is "any".  Sets of needed variables are bits of 64.
*/
#ifndef DSR_LOGIC_PATH_H
#define DSR_LOGIC_PATH_H

#include "logic/route.h"

enum { DSR_SKETCH_VARS = DSR_SLOTS - 4 };

typedef enum dsr_path_kind {
  DSR_STEP_ONCE = 1, /* source: one row */
  DSR_STEP_SCAN,     /* all tuples of an atom of which nothing is known */
  DSR_STEP_DELTA,    /* source: new tuples of an atom */
  DSR_STEP_CHUNK,    /* source: new pieces of rows: the first column */
  DSR_STEP_SLICE,    /* their second column */
  DSR_STEP_FILL,     /* a variable, from all members */
  DSR_STEP_REST,     /* all that is left of an atom */
  DSR_STEP_HAS,      /* is there a tuple (negated atom: is there none) */
  DSR_STEP_DEFAULT,  /* an atom with a value for nothing */
  DSR_STEP_TEST,     /* a goal that compares or tests, or a negated call */
  DSR_STEP_WRITTEN,  /* the goal's time is a written one */
  DSR_STEP_CALL,
  DSR_STEP_BIND,  /* a comparison with = that fills a side, by a call */
  DSR_STEP_ALIAS, /* the same, where nothing has to be done for it */
} dsr_path_kind;

/* Part of an atom in a step: the columns that are known, and the one that is filled next
** or -1. */
typedef struct dsr_member {
  int goal;
  unsigned known;
  int next;
} dsr_member;

typedef struct dsr_path_step {
  dsr_path_kind kind;
  int goal; /* whose step it is; -1: once, fill */
  int var;  /* slice, fill, bind, alias: the needed variable that is filled */
  int from; /* bind, alias: which of the goal's arguments it comes from */
  int n_members;
  dsr_member members[DSR_MEMBERS];
  double rows; /* expected after it, for each tuple or piece that is fed */
} dsr_path_step;

/* What a goal is to the search. */
typedef enum dsr_sketch_kind {
  DSR_SKETCH_FILLS = 1, /* a positive atom */
  DSR_SKETCH_CHECKS,    /* reads, fills nothing */
  DSR_SKETCH_GIVES,   /* reads, then fills: a call, an atom with a value for nothing */
  DSR_SKETCH_EQUATES, /* either side fills the other */
} dsr_sketch_kind;

typedef struct dsr_sketch_part {
  const dsr_goal *goal;
  dsr_sketch_kind kind;
  uint64_t reads, fills;
  uint64_t may;               /* equates: what it may fill */
  uint64_t sides[2];          /* equates: of its arguments */
  int8_t vars[DSR_WIDTH_MAX]; /* atom: needed variable by column, or one of below */
  bool by_column;             /* atom: it may be filled one variable at a time */
  int time;  /* atom: one more than the variable made for a time that must be written */
  bool twin; /* atom: some variable stands in it twice */
  const dsr_seat *seat;
} dsr_sketch_part;
enum { DSR_VAR_KNOWN = -1, DSR_VAR_ANY = -2 };

typedef struct dsr_sketch {
  dsr_router *router;
  const dsr_rule *rule;
  int first;
  int n_parts;
  dsr_sketch_part *parts; /* by goal */
  int n_vars;
  int *dense; /* by variable of the rule: its number, or -1: not needed */
  int vars[DSR_SKETCH_VARS];      /* by number: the rule's, -1: made here */
  uint64_t by_atoms;              /* variables that positive atoms have */
  uint64_t by_calls;              /* results of calls, and values for nothing */
  uint64_t head_first, head_last; /* of the head's columns */
  bool pairs; /* the head takes whole rows: of head_last, a variable of its own */
  double domain[DSR_SKETCH_VARS]; /* values that a variable may have */
} dsr_sketch;

/* ---- sketch.c ----------------------------------------------------------------------- */

dsr_status dsr_sketch_start(dsr_sketch *body, dsr_router *router, const dsr_rule *rule,
                            int first);
void dsr_sketch_stop(dsr_sketch *body);

static inline uint64_t dsr_bit(int var) { return UINT64_C(1) << var; }
/* Columns of an atom that are known once `filled` are. */
unsigned dsr_sketch_known(const dsr_sketch_part *part, uint64_t filled);
/* The first column that holds a needed variable; -1. */
int dsr_sketch_column(const dsr_sketch_part *part, int var);
/* Is the goal ready to run: what it reads is filled, and of an atom everything. */
bool dsr_sketch_ready(const dsr_sketch_part *part, uint64_t filled);
/* Fill what follows from what is filled; *rows changes as it is expected to. */
uint64_t dsr_sketch_settle(const dsr_sketch *body, uint64_t before, uint64_t filled,
                           double *rows);
/* How many values there are in a column under the known ones (column -1: tuples). */
double dsr_sketch_fan(const dsr_sketch_part *part, unsigned known, int column);
/* The part of a variable's values that an atom is expected to have. */
double dsr_sketch_share(const dsr_sketch *body, const dsr_sketch_part *part,
                        unsigned known, int column);
/* Do the atoms over variables that are not filled make a circle? */
bool dsr_sketch_cyclic(const dsr_sketch *body, uint64_t filled);

/* ---- path.c ----------------------------------------------------------------------- */

/* The steps of a body, in *steps, from dsr_alloc. */
dsr_status dsr_path_find(const dsr_sketch *body, dsr_path_step **steps, int *n);

/* ---- columns.c -------------------------------------------------------------------- */

/* See to it that some order serves the way: has the known columns first and then `next`. */
dsr_status dsr_columns_want(dsr_router *router, dsr_extent *extent, unsigned known,
                            int next);
/* The order that serves it. */
void dsr_columns_order(const dsr_router *router, dsr_extent *extent, unsigned known,
                       int next, uint8_t *order);
/* The columns' own order is there already. */
dsr_status dsr_columns_have(dsr_router *router, dsr_extent *extent);
/* Indexes were made: what was open in their orders no longer is. */
void dsr_columns_fix(dsr_router *router);
/* What of the steps' ways is to be served. */
dsr_status dsr_columns_want_all(dsr_router *router, const dsr_routed *routed);

/* ---- lower.c ---------------------------------------------------------------------- */

enum { DSR_PATH_OPS = 256 };

/* The operators of a path; *n is how many. */
dsr_status dsr_lower_path(const dsr_sketch *body, const dsr_path_step *steps,
                          int n_steps, dsr_op *ops, int *n);

#endif
