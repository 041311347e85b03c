/*
** operator.h - what a pipeline is made of, for the files that run its operators.
**
** Each operator but the last has an output batch: an array for each slot that something
** after it reads, and for each row of it the input row that it came from.  Slots that
** were filled before are copied to it by that number, all rows of one slot at a time,
** when the batch is handed on or the input is used up; so a batch fills up over many
** inputs, and what is left in the batches is handed on at the end of the run.
**
** An operator with `head` set takes the EMIT after it over: what it finds goes into the
** extent at once, and nothing is written between (head.c).  A pipeline with `straight`
** set runs without batches at all (straight.c).
*/
#ifndef DSR_EVAL_OPERATOR_H
#define DSR_EVAL_OPERATOR_H

#include <string.h>

#include "eval/extent_inside.h"
#include "eval/marks.h"
#include "eval/pipeline.h"

/* How an operator that finds values of one column puts them into the head. */
typedef enum dsr_head_kind {
  DSR_HEAD_NONE = 0,
  DSR_HEAD_SECOND, /* two columns, the value is the second: whole ranges into one row */
  DSR_HEAD_ROWS,   /* the same of more columns, in rows */
  DSR_HEAD_FIRST,  /* two columns, the value is the first: one number into many rows */
  DSR_HEAD_ONLY,   /* one column */
  DSR_HEAD_COUNT,  /* tuples are only counted */
} dsr_head_kind;

typedef enum dsr_straight_kind {
  DSR_STRAIGHT_NONE = 0,
  DSR_STRAIGHT_ROW,   /* DELTA, JOIN, EMIT into the rows that are read: to their ends */
  DSR_STRAIGHT_ONLY,  /* the same for one column */
  DSR_STRAIGHT_CHUNK, /* CHUNK, JOIN, SLICE, EMIT: chunks go whole into rows */
} dsr_straight_kind;

typedef struct dsr_cross dsr_cross; /* what a MEET of sorted members keeps (cross.c) */

typedef struct dsr_stage {
  dsr_op op;
  dsr_head_kind head;
  bool far; /* what the way leads to is larger than caches: ask for it ahead */
  /* Where a MATCH finds what it compares with: an earlier column of this operator, or
  ** -1: the input or a constant. */
  int twin[DSR_WIDTH_MAX + 3];
  bool matches; /* some column is a MATCH */
  int n_carry;
  uint8_t carry[DSR_SLOTS];
  uint32_t *columns[DSR_SLOTS]; /* of slots that are read later */
  uint32_t *source;
  size_t n, copied; /* rows in the batch; those whose carried slots are there */
  dsr_marks marks;  /* MEET: a range as a bitmap (meet.c) */
  dsr_cross *cross;
} dsr_stage;

/* A part of a pipeline that a thread runs: which rows are its, and where what it makes
** goes (apart.c). */
typedef struct dsr_part dsr_part;
/* A pipeline's parts, and how it may be run by several threads. */
typedef struct dsr_apart dsr_apart;

struct dsr_pipeline {
  dsr_error *error;
  int n;
  dsr_stage *stages;
  dsr_straight_kind straight;
  bool held; /* it keeps to its chunks */
  bool asks; /* some extent was a supplied one when it was made */
  dsr_pipeline_stats stats;
  dsr_results results;
  uint32_t *scratch[DSR_WIDTH_MAX]; /* a batch of tuples that a walk reads */
  uint32_t *constants[DSR_WIDTH_MAX];
  dsr_chunk *chunks; /* of the run */
  size_t n_chunks;
  const dsr_guard *guard;
  uint64_t unseen;  /* tuples made since the guard looked */
  dsr_part *part;   /* NULL: it is a whole one */
  dsr_apart *apart; /* NULL: not asked yet */
};

/* ---- batches --------------------------------------------------------------------- */

/* Give the batch of stage `at` to the next one, and empty it. */
dsr_status dsr_pipeline_pass(dsr_pipeline *p, int at);

/* Nanoseconds of a clock that never goes back. */
int64_t dsr_pipeline_clock(void);
/* Have stage `at` run on n rows of its input. */
dsr_status dsr_pipeline_stage(dsr_pipeline *p, int at, size_t n);
/* Hand on what is left in the batches from stage `at` on. */
dsr_status dsr_pipeline_flush(dsr_pipeline *p, int at);
/* The same operators again as a part of `p`.  Its tuples go to `sink` (NULL: to the part
** alone); where the first operator is to read that, too, `own`. */
dsr_status dsr_pipeline_part(const dsr_pipeline *p, dsr_part *part, dsr_extent *sink,
                             bool own, dsr_error *error, dsr_pipeline **out);

static inline dsr_status dsr_pipeline_look(dsr_pipeline *p) {
  p->unseen = 0;
  return p->guard != NULL ? p->guard->look(p->guard->ud) : DSR_OK;
}

/* Count tuples made where no batch is passed; now and then the guard is to look. */
static inline dsr_status dsr_pipeline_count(dsr_pipeline *p, uint64_t made) {
  enum { EVERY = 32768 };
  p->stats.made += made;
  p->unseen += made;
  return p->unseen < EVERY ? DSR_OK : dsr_pipeline_look(p);
}

static inline dsr_status dsr_pipeline_room(dsr_pipeline *p, int at) {
  return p->stages[at].n == DSR_BATCH ? dsr_pipeline_pass(p, at) : DSR_OK;
}

/* The columns of the input of stage `at`. */
static inline uint32_t *const *dsr_pipeline_input(const dsr_pipeline *p, int at) {
  return p->stages[at - 1].columns;
}

static inline uint32_t dsr_ref_value(const dsr_ref *ref, uint32_t *const *in,
                                     size_t row) {
  return ref->slot >= 0 ? in[ref->slot][row] : ref->number;
}

/* Does a column match what is asked of it? */
static inline bool dsr_stage_fits(const dsr_stage *s, int i, uint32_t value,
                                  const uint32_t *values, uint32_t *const *in,
                                  size_t row) {
  if (s->op.takes[i].kind != DSR_TAKE_MATCH) return true;
  if (s->twin[i] >= 0) return values[s->twin[i]] == value;
  return dsr_ref_value(&s->op.takes[i].ref, in, row) == value;
}

/* Put one row of columns into the batch, if it matches.  There is room. */
static inline void dsr_stage_put(dsr_stage *s, const uint32_t *values,
                                 uint32_t *const *in, size_t row) {
  for (int i = 0; s->matches && i < s->op.n_takes; i++) {
    if (!dsr_stage_fits(s, i, values[i], values, in, row)) return;
  }
  for (int i = 0; i < s->op.n_takes; i++) {
    const dsr_take *take = &s->op.takes[i];
    if (take->kind != DSR_TAKE_FILL || s->columns[take->ref.slot] == NULL) continue;
    s->columns[take->ref.slot][s->n] = values[i];
  }
  s->source[s->n++] = (uint32_t)row;
}

/* Put n values of the operator's one column, for one row of the input.  There is room.
** */
static inline void dsr_stage_fill(dsr_stage *s, const uint32_t *values, size_t n,
                                  size_t row) {
  uint32_t *column =
      s->op.takes[0].kind == DSR_TAKE_FILL ? s->columns[s->op.takes[0].ref.slot] : NULL;
  uint32_t *source = s->source + s->n;
  if (column != NULL) {
    column += s->n;
    if (n < 16) {
      for (size_t i = 0; i < n; i++) column[i] = values[i];
    } else {
      memcpy(column, values, n * sizeof *values);
    }
  }
  for (size_t i = 0; i < n; i++) source[i] = (uint32_t)row;
  s->n += n;
}

/* The batch's column for what the operator's column `i` fills; NULL: nobody reads it.
** */
static inline uint32_t *dsr_stage_column(const dsr_stage *s, int i) {
  const dsr_take *take = &s->op.takes[i];
  return take->kind == DSR_TAKE_FILL ? s->columns[take->ref.slot] : NULL;
}

/* ---- ways ------------------------------------------------------------------------ */

static inline void dsr_way_key(const dsr_way *way, uint32_t *const *in, size_t row,
                               uint32_t *key) {
  for (int i = 0; i < way->prefix; i++) key[i] = dsr_ref_value(&way->key[i], in, row);
}

/* The range of the way for a row of the input. */
static inline bool dsr_way_range(const dsr_way *way, uint32_t *const *in, size_t row,
                                 dsr_range *out) {
  uint32_t key[DSR_WIDTH_MAX];
  dsr_way_key(way, in, row, key);
  return dsr_index_range_inside(way->index, key, way->prefix, out);
}

/* A range's values and no more.  If they are those of a row, or part of them, it may be
** that the whole row is as quickly added. */
typedef struct dsr_values {
  const uint32_t *items;
  uint32_t n;
  const dsr_row *row; /* NULL: of none that is a set */
} dsr_values;

/* What a range has of a row that is a set. */
static inline const dsr_row *dsr_range_row(const dsr_range *range) {
  return range->how == DSR_HOW_ROW ? range->row : NULL;
}

/* The values under one key.  False: none. */
static inline bool dsr_values_under(const dsr_index *index, uint32_t key,
                                    dsr_values *out) {
  const dsr_row *row;
  dsr_range range;
  if (index->way == DSR_WAY_TRIE && index->trie->firsts != NULL) {
    const uint32_t *firsts = index->trie->firsts;
    if (key >= index->trie->n_firsts) return false;
    out->items = index->trie->levels[1].values + firsts[key];
    out->n = firsts[key + 1] - firsts[key];
    out->row = NULL;
    return out->n > 0;
  }
  if (index->way == DSR_WAY_PAIRS || index->way == DSR_WAY_SWAPPED) {
    row = dsr_pairs_find(
        index->way == DSR_WAY_PAIRS ? &index->extent->pairs : &index->extent->swapped,
        key);
    if (row == NULL) return false;
    *out = (dsr_values){row->items, row->n, row};
    return row->n > 0;
  }
  if (!dsr_index_range_inside(index, &key, 1, &range)) return false;
  *out = (dsr_values){range.items, range.n, dsr_range_row(&range)};
  return true;
}

/* The values of the way for a row of the input. */
static inline bool dsr_way_values(const dsr_way *way, uint32_t *const *in, size_t row,
                                  dsr_values *out) {
  dsr_range range;
  if (way->prefix == 1) {
    return dsr_values_under(way->index, dsr_ref_value(&way->key[0], in, row), out);
  }
  if (!dsr_way_range(way, in, row, &range)) return false;
  *out = (dsr_values){range.items, range.n, dsr_range_row(&range)};
  return true;
}

/* Have the memory that a range of the way is looked up in ready when it is wanted:
** `near` says that the first part of that was asked for before. */
static inline void dsr_way_await(const dsr_way *way, uint32_t key, bool near) {
  const dsr_trie *trie = way->index->trie;
  if (key >= trie->n_firsts) return;
  if (near) {
    __builtin_prefetch(trie->levels[1].values + trie->firsts[key]);
  } else {
    __builtin_prefetch(trie->firsts + key);
  }
}

enum { DSR_AHEAD = 12 }; /* rows between the two parts of a look-up, and its use */

/* Before row `row` of `n` of the input is looked up by its first key, a slot's column.
** */
static inline void dsr_way_ahead(const dsr_way *way, const uint32_t *keys, size_t row,
                                 size_t n) {
  if (row + 2 * DSR_AHEAD < n) dsr_way_await(way, keys[row + 2 * DSR_AHEAD], false);
  if (row + DSR_AHEAD < n) dsr_way_await(way, keys[row + DSR_AHEAD], true);
}

/* ---- parts ----------------------------------------------------------------------- */

/* Does a batch of stage `at` have to be shared out. */
bool dsr_part_shares(const dsr_part *part, int at);
/* May the part run straight through. */
bool dsr_part_straight(const dsr_part *part);
/* Give the rows of the batch that are the part's to the next stage; it is not emptied. */
dsr_status dsr_part_pass(dsr_pipeline *p, int at);
/* Does the part keep what it makes; and let it keep n tuples, by column. */
bool dsr_part_keeps(const dsr_part *part);
/* Of an extent that only counts: so many more. */
void dsr_part_count(dsr_part *part, uint64_t made);
dsr_status dsr_part_keep(dsr_pipeline *p, const uint32_t *const *columns, size_t n);
void dsr_apart_free(dsr_apart *apart);

/* ---- operators ------------------------------------------------------------------- */

/* Each takes the n rows of the batch before it.  Sources take the run's chunks. */
dsr_status dsr_source_run(dsr_pipeline *p, int at,
                          size_t n); /* SCAN, also further on */
dsr_status dsr_source_slice(dsr_pipeline *p, int at, size_t n);
dsr_status dsr_step_join(dsr_pipeline *p, int at, size_t n);
dsr_status dsr_step_has(dsr_pipeline *p, int at, size_t n);
dsr_status dsr_step_default(dsr_pipeline *p, int at, size_t n);
dsr_status dsr_step_test(dsr_pipeline *p, int at, size_t n);
dsr_status dsr_step_call(dsr_pipeline *p, int at, size_t n);
dsr_status dsr_meet_run(dsr_pipeline *p, int at, size_t n);
dsr_status dsr_head_emit(dsr_pipeline *p, int at, size_t n);
/* An operator whose `head` is set, EMIT and all. */
dsr_status dsr_head_run(dsr_pipeline *p, int at, size_t n);
/* How the operator may be done together with the EMIT after it. */
dsr_head_kind dsr_head_with(const dsr_op *op, const dsr_op *emit);
/* A pipeline whose `straight` is set; and whether one may be. */
dsr_status dsr_straight_run(dsr_pipeline *p);
dsr_straight_kind dsr_straight_of(const dsr_stage *stages, int n);

#endif
