/*
** pipeline.h - a rule's body as operators that hand each other batches of bindings.
**
** A batch is a table of up to DSR_BATCH rows; its columns are *slots*, one for each
** variable (or part of a chunk) that some later operator still reads.  The first
** operator is the source; each further one takes a batch, and for every row of it makes
** none, one or many rows with more slots filled; the last one emits tuples into an
** extent.  Rows are handed on when an output batch is full or the input batch is used
** up, so memory is bounded by operators times batches, and there is one call for a
** thousand rows.
**
** An operator reads extents as they are when it gets there: tuples that a later
** operator of the same pipeline adds may be seen or not.  That is sound for semi-naive
** evaluation, since every tuple passes a tap after it was added (loop.h).  So after
** handing on a batch an operator asks for its ranges again.
**
** What an operator does to each row:
**   ONCE    source: one row without slots
**   SCAN    source or cross product: all tuples of an extent
**   DELTA   source: the tuples of the chunks that the run was given
**   CHUNK   source: the chunks themselves (of rows): key, from, to into slots
**   SLICE   for a row of CHUNK: the row's values from..to
**   JOIN    the tuples under a prefix of an index: of the columns after it all (`rest`)
**           or the next one only, each value once
**   MEET    values that all members have: the shortest range is walked, the others are
**           asked.  This is the step of a worst-case-optimal join (Ngo, Porat, Re,
**           Rudra 2012; as generic join, Ngo, Re, Rudra 2013)
**   HAS     keeps the row if there is a tuple (negated: if there is none) under a
**   prefix DEFAULT as JOIN for one column; where nothing is found, a given number
**   TEST    keeps the row if a function says so
**   CALL    a function's results, any number of rows of them
**   EMIT    adds a tuple to an extent
*/
#ifndef DSR_EVAL_PIPELINE_H
#define DSR_EVAL_PIPELINE_H

#include "eval/extent.h"

enum { DSR_BATCH = 1024, DSR_SLOTS = 64, DSR_MEMBERS = 8 };
enum { DSR_THREADS_MOST = 64 }; /* that evaluate together */

/* A number that an operator reads: of a slot (slot >= 0), or a constant. */
typedef struct dsr_ref {
  int slot;
  uint32_t number;
} dsr_ref;

/* What is done with a column that an operator comes by. */
typedef enum dsr_take_kind {
  DSR_TAKE_SKIP = 0,
  DSR_TAKE_FILL,  /* into slot ref.slot, which nothing filled before */
  DSR_TAKE_MATCH, /* the row is kept only where the column equals ref: a constant, a
                  ** slot filled by an earlier operator, or one that an earlier column
                  ** of this operator fills */
} dsr_take_kind;
typedef struct dsr_take {
  dsr_take_kind kind;
  dsr_ref ref;
} dsr_take;

/* A way into an extent: an index and the values of a prefix of its order. */
typedef struct dsr_way {
  dsr_index *index;
  int prefix;
  dsr_ref key[DSR_WIDTH_MAX];
} dsr_way;

/* Rows of results that a called function appends to. */
typedef struct dsr_results {
  int width;
  VEC(uint32_t) numbers; /* width of them a row; reserve before pushing */
  size_t rows;           /* counts also where width is 0 */
} dsr_results;

typedef dsr_status (*dsr_test_call)(void *ud, const uint32_t *args, bool *out);
typedef dsr_status (*dsr_op_call)(void *ud, const uint32_t *args, dsr_results *out);

typedef enum dsr_op_kind {
  DSR_OP_ONCE = 1,
  DSR_OP_SCAN,
  DSR_OP_DELTA,
  DSR_OP_CHUNK,
  DSR_OP_SLICE,
  DSR_OP_JOIN,
  DSR_OP_MEET,
  DSR_OP_HAS,
  DSR_OP_DEFAULT,
  DSR_OP_TEST,
  DSR_OP_CALL,
  DSR_OP_EMIT,
} dsr_op_kind;

typedef struct dsr_op {
  dsr_op_kind kind;
  dsr_extent *extent; /* SCAN, DELTA, CHUNK, SLICE, EMIT */
  int n_ways;         /* JOIN, HAS, DEFAULT: 1; MEET: its members */
  dsr_way ways[DSR_MEMBERS];
  /* SCAN, DELTA: by column of the extent.  CHUNK: key, from, to; of more columns than
  ** two then by column, that of the rows skipped.  SLICE: the value.
  ** JOIN: columns after the prefix, in the index's order (one of them unless `rest`).
  ** MEET, DEFAULT: one.  CALL: the results. */
  int n_takes;
  dsr_take takes[DSR_WIDTH_MAX + 3];
  bool rest;    /* JOIN */
  bool negated; /* HAS, TEST */
  /* SLICE: the three slots of the chunk.  TEST, CALL: arguments.  EMIT: columns. */
  int n_args;
  dsr_ref args[DSR_WIDTH_MAX];
  uint32_t otherwise; /* DEFAULT */
  bool
      shared; /* TEST, CALL: the function may be called by several threads, and leaves its
               ** words where the pipeline has its own if it fails */
  dsr_test_call test;
  dsr_op_call call;
  void *ud;
} dsr_op;

typedef struct dsr_pipeline dsr_pipeline;

/* What a pipeline came to so far. */
typedef struct dsr_pipeline_stats {
  uint64_t runs;
  uint64_t made;        /* tuples emitted */
  uint64_t kept;        /* of these, new */
  uint64_t nanoseconds; /* on a clock */
  uint64_t apart;       /* of the runs, those that several threads did together */
} dsr_pipeline_stats;

/* Limits and a call for help, looked at once a batch. */
typedef struct dsr_guard {
  dsr_status (*look)(void *ud); /* below zero ends the run */
  void *ud;
} dsr_guard;

/* Make a pipeline of `n` operators, which are copied; works out which slots are live
** where, and which operators can be done together (a last JOIN or SLICE with its EMIT
** adds whole rows).  DSR_ENOMEM. */
dsr_status dsr_pipeline_new(const dsr_op *ops, int n, dsr_error *error,
                            dsr_pipeline **out);
void dsr_pipeline_free(dsr_pipeline *pipeline);

/* Run it over the chunks (none for a source that needs none). */
dsr_status dsr_pipeline_run(dsr_pipeline *pipeline, dsr_chunk *chunks, size_t n,
                            const dsr_guard *guard);

/* Does it add to the very rows that it is fed with, and go on with what it added: then
** a run moves each chunk's `to` on to where it came. */
bool dsr_pipeline_goes_on(const dsr_pipeline *pipeline);
/* May a run of it fetch tuples of supplied extents (asked.h)?  Then it is for the thread
** that has the base. */
bool dsr_pipeline_asks(const dsr_pipeline *pipeline);
/* Have it keep to its chunks from now on. */
void dsr_pipeline_hold(dsr_pipeline *pipeline);

const dsr_pipeline_stats *dsr_pipeline_stats_of(const dsr_pipeline *pipeline);
int dsr_pipeline_length(const dsr_pipeline *pipeline);
const dsr_op *dsr_pipeline_op(const dsr_pipeline *pipeline, int i);

#endif
