/*
** pipeline.c - running a row of operators over batches.
**
** Each operator but the last has an output batch: an array for each slot that something
** after it reads, and for each row of it the input row that it came from.  Slots that were
** filled before are copied to it by that number, all rows of one slot at a time, when the
** batch is handed on or the input is used up; so a batch fills up over many inputs, and
** what is left in the batches is handed on at the end of the run.
**
** A last JOIN or SLICE whose value is the second column of a two-column head is done
** together with its EMIT: whole ranges go into one row, and nothing is written between.
*/
#include "eval/pipeline.h"

#include <string.h>
#include <time.h>

#include "ground/mem.h"

typedef struct stage {
  dsr_op op;
  bool fused; /* the EMIT after it is done here */
  /* Where a MATCH finds what it compares with: an earlier column of this operator, or -1:
  ** the input or a constant. */
  int twin[DSR_WIDTH_MAX];
  bool matches; /* some column is a MATCH */
  int n_carry;
  uint8_t carry[DSR_SLOTS];
  uint32_t *columns[DSR_SLOTS]; /* of slots that are read later */
  uint32_t *source;
  size_t n, copied; /* rows in the batch; those whose carried slots are there */
} stage;

struct dsr_pipeline {
  dsr_error *error;
  int n;
  stage *stages;
  dsr_pipeline_stats stats;
  dsr_results results;
  uint32_t *scratch[DSR_WIDTH_MAX]; /* a batch of tuples that a walk reads */
  uint32_t *constants[DSR_WIDTH_MAX];
  const dsr_chunk *chunks; /* of the run */
  size_t n_chunks;
  const dsr_guard *guard;
};

static dsr_status hand_on(dsr_pipeline *p, int at);

/* ---- making ---------------------------------------------------------------------- */

static void need(bool *live, const dsr_ref *ref) {
  if (ref->slot >= 0) live[ref->slot] = true;
}

/* Mark what an operator reads of its input. */
static void mark_reads(const dsr_op *op, bool *live) {
  for (int i = 0; i < op->n_ways; i++) {
    for (int k = 0; k < op->ways[i].prefix; k++) need(live, &op->ways[i].key[k]);
  }
  for (int i = 0; i < op->n_takes; i++) {
    if (op->takes[i].kind == DSR_TAKE_MATCH) need(live, &op->takes[i].ref);
  }
  for (int i = 0; i < op->n_args; i++) need(live, &op->args[i]);
}

static void unmark_fills(const dsr_op *op, bool *live) {
  for (int i = 0; i < op->n_takes; i++) {
    if (op->takes[i].kind == DSR_TAKE_FILL) live[op->takes[i].ref.slot] = false;
  }
}

/* Find the columns that match an earlier column of the same operator. */
static void find_twins(stage *s) {
  for (int i = 0; i < s->op.n_takes; i++) {
    s->twin[i] = -1;
    if (s->op.takes[i].kind != DSR_TAKE_MATCH) continue;
    s->matches = true;
    for (int k = 0; k < i; k++) {
      const dsr_take *take = &s->op.takes[k];
      if (take->kind == DSR_TAKE_FILL && take->ref.slot == s->op.takes[i].ref.slot) {
        s->twin[i] = k;
      }
    }
  }
}

static uint32_t *new_column(void) { return dsr_alloc(DSR_BATCH * sizeof(uint32_t)); }

/* Give the stage the columns that are `live` after it. */
static dsr_status make_batch(stage *s, const bool *live) {
  bool own[DSR_SLOTS] = {false};
  for (int i = 0; i < s->op.n_takes; i++) {
    if (s->op.takes[i].kind == DSR_TAKE_FILL) own[s->op.takes[i].ref.slot] = true;
  }
  s->source = new_column();
  if (s->source == NULL) return DSR_ENOMEM;
  for (int slot = 0; slot < DSR_SLOTS; slot++) {
    if (!live[slot]) continue;
    s->columns[slot] = new_column();
    if (s->columns[slot] == NULL) return DSR_ENOMEM;
    if (!own[slot]) s->carry[s->n_carry++] = (uint8_t)slot;
  }
  return DSR_OK;
}

/* May the operator be done together with the EMIT after it? */
static bool fuses(const dsr_op *op, const dsr_op *emit) {
  if (emit->kind != DSR_OP_EMIT || emit->n_args != 2) return false;
  if (dsr_extent_kind_of(emit->extent) != DSR_EXTENT_MADE) return false;
  bool joins =
      op->kind == DSR_OP_JOIN && dsr_index_kind(op->ways[0].index) == DSR_RANGE_VALUES;
  if (!joins && op->kind != DSR_OP_SLICE) return false;
  if (op->n_takes != 1 || op->takes[0].kind != DSR_TAKE_FILL) return false;
  int slot = op->takes[0].ref.slot;
  return emit->args[1].slot == slot && emit->args[0].slot != slot;
}

static dsr_status make_stages(dsr_pipeline *p, const dsr_op *ops) {
  bool live[DSR_SLOTS] = {false};
  for (int i = p->n - 1; i >= 0; i--) {
    stage *s = &p->stages[i];
    s->op = ops[i];
    find_twins(s);
    s->fused = i == p->n - 2 && fuses(&ops[i], &ops[i + 1]);
    if (i < p->n - 1 && !s->fused && make_batch(s, live) < 0) return DSR_ENOMEM;
    unmark_fills(&ops[i], live);
    mark_reads(&ops[i], live);
    for (int k = 0; k < s->op.n_takes; k++) {
      if (s->twin[k] >= 0) live[s->op.takes[k].ref.slot] = false;
    }
  }
  return DSR_OK;
}

/* Columns of constants for the EMIT, and of scratch for walks. */
static dsr_status make_columns(dsr_pipeline *p) {
  const dsr_op *emit = &p->stages[p->n - 1].op;
  for (int i = 0; i < emit->n_args; i++) {
    if (emit->args[i].slot >= 0) continue;
    p->constants[i] = new_column();
    if (p->constants[i] == NULL) return DSR_ENOMEM;
    for (int k = 0; k < DSR_BATCH; k++) p->constants[i][k] = emit->args[i].number;
  }
  for (int i = 0; i < p->n; i++) {
    if (p->stages[i].op.kind != DSR_OP_SCAN) continue;
    for (int k = 0; k < p->stages[i].op.n_takes; k++) {
      if (p->scratch[k] == NULL) p->scratch[k] = new_column();
      if (p->scratch[k] == NULL) return DSR_ENOMEM;
    }
  }
  return DSR_OK;
}

dsr_status dsr_pipeline_new(const dsr_op *ops, int n, dsr_error *error,
                            dsr_pipeline **out) {
  dsr_pipeline *p = dsr_alloc(sizeof *p);
  if (p == NULL) return dsr_fail_memory(error);
  p->error = error;
  p->n = n;
  p->stages = dsr_alloc((size_t)n * sizeof *p->stages);
  if (p->stages == NULL || make_stages(p, ops) < 0 || make_columns(p) < 0) {
    dsr_pipeline_free(p);
    return dsr_fail_memory(error);
  }
  *out = p;
  return DSR_OK;
}

void dsr_pipeline_free(dsr_pipeline *p) {
  if (p == NULL) return;
  for (int i = 0; p->stages != NULL && i < p->n; i++) {
    dsr_free(p->stages[i].source);
    for (int k = 0; k < DSR_SLOTS; k++) dsr_free(p->stages[i].columns[k]);
  }
  for (int i = 0; i < DSR_WIDTH_MAX; i++) {
    dsr_free(p->scratch[i]);
    dsr_free(p->constants[i]);
  }
  VEC_FREE(&p->results.numbers);
  dsr_free(p->stages);
  dsr_free(p);
}

const dsr_pipeline_stats *dsr_pipeline_stats_of(const dsr_pipeline *p) {
  return &p->stats;
}
int dsr_pipeline_length(const dsr_pipeline *p) { return p->n; }
const dsr_op *dsr_pipeline_op(const dsr_pipeline *p, int i) { return &p->stages[i].op; }

/* ---- batches --------------------------------------------------------------------- */

/* The columns of the input of stage `at`. */
static uint32_t *const *input_of(dsr_pipeline *p, int at) {
  return p->stages[at - 1].columns;
}

static inline uint32_t ref_value(const dsr_ref *ref, uint32_t *const *in, size_t row) {
  return ref->slot >= 0 ? in[ref->slot][row] : ref->number;
}

/* Copy the carried slots of the rows that do not have them yet. */
static void carry(dsr_pipeline *p, int at) {
  stage *s = &p->stages[at];
  if (at > 0) {
    uint32_t *const *in = input_of(p, at);
    for (int c = 0; c < s->n_carry; c++) {
      const uint32_t *from = in[s->carry[c]];
      uint32_t *to = s->columns[s->carry[c]];
      for (size_t i = s->copied; i < s->n; i++) to[i] = from[s->source[i]];
    }
  }
  s->copied = s->n;
}

/* Give the batch of stage `at` to the next one, and empty it. */
static dsr_status pass(dsr_pipeline *p, int at) {
  stage *s = &p->stages[at];
  carry(p, at);
  if (p->guard != NULL) TRY(p->guard->look(p->guard->ud));
  dsr_status rc = hand_on(p, at + 1);
  s->n = s->copied = 0;
  return rc;
}

static inline dsr_status make_room(dsr_pipeline *p, int at) {
  return p->stages[at].n == DSR_BATCH ? pass(p, at) : DSR_OK;
}

/* Does a column match what is asked of it? */
static inline bool fits(const stage *s, int i, uint32_t value, const uint32_t *values,
                        uint32_t *const *in, size_t row) {
  if (s->op.takes[i].kind != DSR_TAKE_MATCH) return true;
  if (s->twin[i] >= 0) return values[s->twin[i]] == value;
  return ref_value(&s->op.takes[i].ref, in, row) == value;
}

/* Put one row of columns into the batch, if it matches.  There is room. */
static void put(stage *s, const uint32_t *values, uint32_t *const *in, size_t row) {
  for (int i = 0; s->matches && i < s->op.n_takes; i++) {
    if (!fits(s, i, values[i], values, in, row)) return;
  }
  for (int i = 0; i < s->op.n_takes; i++) {
    const dsr_take *take = &s->op.takes[i];
    if (take->kind != DSR_TAKE_FILL || s->columns[take->ref.slot] == NULL) continue;
    s->columns[take->ref.slot][s->n] = values[i];
  }
  s->source[s->n++] = (uint32_t)row;
}

/* ---- ranges ---------------------------------------------------------------------- */

static void read_key(const dsr_way *way, uint32_t *const *in, size_t row,
                     uint32_t *key) {
  for (int i = 0; i < way->prefix; i++) key[i] = ref_value(&way->key[i], in, row);
}

/* Put the values of a range, from *done on, as far as there is room. */
static void put_values(stage *s, const dsr_range *range, uint32_t *done, size_t row) {
  size_t n = range->n - *done, room = DSR_BATCH - s->n;
  int slot = s->op.takes[0].ref.slot;
  if (n > room) n = room;
  if (s->op.takes[0].kind == DSR_TAKE_FILL && s->columns[slot] != NULL) {
    memcpy(s->columns[slot] + s->n, range->items + *done, n * sizeof *range->items);
  }
  for (size_t i = 0; i < n; i++) s->source[s->n + i] = (uint32_t)row;
  s->n += n;
  *done += (uint32_t)n;
}

/* One value column, nothing to match. */
static dsr_status join_values(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  uint32_t *const *in = input_of(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t key[DSR_WIDTH_MAX], done = 0;
    dsr_range range;
    read_key(way, in, row, key);
    while (dsr_index_range(way->index, key, way->prefix, &range) && done < range.n) {
      put_values(s, &range, &done, row);
      if (s->n < DSR_BATCH) break;
      TRY(pass(p, at));
    }
  }
  return DSR_OK;
}

/* Values under a prefix, and under each of them those of the columns after it. */
static dsr_status descend(dsr_pipeline *p, int at, size_t row, uint32_t *key, int n,
                          uint32_t *values) {
  stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  dsr_range range;
  int column = n - way->prefix;
  bool last = column == s->op.n_takes - 1;
  for (uint32_t i = 0; dsr_index_range(way->index, key, n, &range) && i < range.n;) {
    for (; i < range.n; i++) {
      values[column] = key[n] = range.items[i];
      if (!last) {
        if (!fits(s, column, key[n], values, input_of(p, at), row)) continue;
        TRY(descend(p, at, row, key, n + 1, values));
        i++;
        break; /* ask for the range again */
      }
      put(s, values, input_of(p, at), row);
      if (s->n < DSR_BATCH) continue;
      TRY(pass(p, at));
      i++;
      break;
    }
  }
  return DSR_OK;
}

/* The tuples whose numbers a range has. */
static dsr_status join_tuples(dsr_pipeline *p, int at, size_t row,
                              const uint32_t *key) {
  stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  const uint8_t *order = dsr_index_order(way->index) + way->prefix;
  const dsr_extent *extent = dsr_index_extent(way->index);
  uint32_t values[DSR_WIDTH_MAX];
  dsr_range range;
  for (uint32_t i = 0;
       dsr_index_range(way->index, key, way->prefix, &range) && i < range.n;) {
    for (; i < range.n && s->n < DSR_BATCH; i++) {
      if (!dsr_extent_counts(extent, range.items[i])) continue;
      const uint32_t *tuple = dsr_extent_tuple(extent, range.items[i]);
      for (int c = 0; c < s->op.n_takes; c++) values[c] = tuple[order[c]];
      put(s, values, input_of(p, at), row);
    }
    TRY(make_room(p, at));
  }
  return DSR_OK;
}

static dsr_status run_join(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  bool tuples = dsr_index_kind(way->index) == DSR_RANGE_TUPLES;
  if (!tuples && s->op.n_takes == 1 && !s->matches) return join_values(p, at, n);
  for (size_t row = 0; row < n; row++) {
    uint32_t key[DSR_WIDTH_MAX + 1], values[DSR_WIDTH_MAX];
    read_key(way, input_of(p, at), row, key);
    TRY(tuples ? join_tuples(p, at, row, key)
               : descend(p, at, row, key, way->prefix, values));
  }
  return DSR_OK;
}

/* Ranges of all members in the order of `turn`; false: one is empty. */
static bool meet_ranges(const stage *s, uint32_t *const *in, size_t row,
                        const uint8_t *turn, dsr_range *ranges) {
  for (int m = 0; m < s->op.n_ways; m++) {
    uint32_t key[DSR_WIDTH_MAX];
    const dsr_way *way = &s->op.ways[turn[m]];
    read_key(way, in, row, key);
    if (!dsr_index_range(way->index, key, way->prefix, &ranges[m])) return false;
  }
  return true;
}

/* Have the shortest range first: for good, since ranges may grow while this row lasts. */
static void shortest_first(uint8_t *turn, dsr_range *ranges, int n) {
  int best = 0;
  for (int m = 1; m < n; m++) {
    if (ranges[m].n < ranges[best].n) best = m;
  }
  dsr_range range = ranges[0];
  uint8_t first = turn[0];
  ranges[0] = ranges[best];
  ranges[best] = range;
  turn[0] = turn[best];
  turn[best] = first;
}

static inline bool in_all(const dsr_range *ranges, int n, uint32_t value) {
  for (int m = 1; m < n; m++) {
    if (!dsr_range_has(&ranges[m], value)) return false;
  }
  return true;
}

/* Both ranges ascend and are of like length: walk them side by side. */
static uint32_t merge_two(stage *s, const dsr_range *ranges, uint32_t *other,
                          uint32_t i, uint32_t *column, size_t row) {
  const uint32_t *a = ranges[0].items, *b = ranges[1].items;
  uint32_t k = *other, n = ranges[1].n;
  for (; i < ranges[0].n && k < n && s->n < DSR_BATCH;) {
    uint32_t x = a[i], y = b[k];
    if (x == y) {
      if (column != NULL) column[s->n] = x;
      s->source[s->n++] = (uint32_t)row;
    }
    i += x <= y;
    k += y <= x;
  }
  *other = k;
  return k == n ? ranges[0].n : i;
}

/* Merging costs a step for each of both, asking one for each of the shorter. */
static bool merges(const dsr_range *ranges, int n) {
  return n == 2 && ranges[0].sorted && ranges[1].sorted &&
         ranges[1].n / 8 <= ranges[0].n;
}

/* Walk the first range and ask the others. */
static uint32_t ask_all(stage *s, const dsr_range *ranges, uint32_t i, uint32_t *column,
                        size_t row) {
  for (; i < ranges[0].n && s->n < DSR_BATCH; i++) {
    if (!in_all(ranges, s->op.n_ways, ranges[0].items[i])) continue;
    if (column != NULL) column[s->n] = ranges[0].items[i];
    s->source[s->n++] = (uint32_t)row;
  }
  return i;
}

static dsr_status run_meet(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  uint32_t *const *in = input_of(p, at);
  uint32_t *column = s->columns[s->op.takes[0].ref.slot];
  for (size_t row = 0; row < n; row++) {
    dsr_range ranges[DSR_MEMBERS];
    uint8_t turn[DSR_MEMBERS] = {0, 1, 2, 3, 4, 5, 6, 7};
    uint32_t i = 0, other = 0;
    if (!meet_ranges(s, in, row, turn, ranges)) continue;
    shortest_first(turn, ranges, s->op.n_ways);
    while (i < ranges[0].n) {
      if (merges(ranges, s->op.n_ways)) {
        i = merge_two(s, ranges, &other, i, column, row);
      } else {
        i = ask_all(s, ranges, i, column, row);
      }
      if (s->n < DSR_BATCH) break;
      TRY(pass(p, at));
      if (!meet_ranges(s, in, row, turn, ranges)) break;
    }
  }
  return DSR_OK;
}

static dsr_status run_has(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  uint32_t *const *in = input_of(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t key[DSR_WIDTH_MAX];
    read_key(way, in, row, key);
    if (dsr_index_has(way->index, key, way->prefix) == s->op.negated) continue;
    s->source[s->n++] = (uint32_t)row;
    TRY(make_room(p, at));
  }
  return DSR_OK;
}

/* The values under a prefix, or the one that stands for none. */
static dsr_status run_default(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  uint32_t *const *in = input_of(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t key[DSR_WIDTH_MAX + 1], values[DSR_WIDTH_MAX];
    read_key(way, in, row, key);
    if (dsr_index_has(way->index, key, way->prefix)) {
      if (dsr_index_kind(way->index) == DSR_RANGE_TUPLES) {
        TRY(join_tuples(p, at, row, key));
      } else {
        TRY(descend(p, at, row, key, way->prefix, values));
      }
      continue;
    }
    put(s, &s->op.otherwise, in, row);
    TRY(make_room(p, at));
  }
  return DSR_OK;
}

/* ---- functions ------------------------------------------------------------------- */

static void read_args(const stage *s, uint32_t *const *in, size_t row, uint32_t *args) {
  for (int i = 0; i < s->op.n_args; i++) args[i] = ref_value(&s->op.args[i], in, row);
}

static dsr_status run_test(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  uint32_t *const *in = input_of(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t args[DSR_WIDTH_MAX];
    bool holds;
    read_args(s, in, row, args);
    TRY(s->op.test(s->op.ud, args, &holds));
    if (holds == s->op.negated) continue;
    s->source[s->n++] = (uint32_t)row;
    TRY(make_room(p, at));
  }
  return DSR_OK;
}

static dsr_status run_call(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  uint32_t *const *in = input_of(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t args[DSR_WIDTH_MAX];
    /* Its own results: a CALL later in the pipeline runs before these are used up. */
    dsr_results results = p->results;
    p->results = (dsr_results){0};
    results.width = s->op.n_takes;
    results.numbers.len = results.rows = 0;
    read_args(s, in, row, args);
    dsr_status rc = s->op.call(s->op.ud, args, &results);
    for (size_t i = 0; i < results.rows && rc >= 0; i++) {
      put(s, results.numbers.items + i * (size_t)results.width, in, row);
      rc = make_room(p, at);
    }
    if (p->results.numbers.items == NULL) {
      p->results = results;
    } else {
      VEC_FREE(&results.numbers);
    }
    TRY(rc);
  }
  return DSR_OK;
}

/* ---- sources --------------------------------------------------------------------- */

/* All tuples of an extent, beside one row of the input. */
static dsr_status scan_beside(dsr_pipeline *p, int at, uint32_t *const *in,
                              size_t row) {
  stage *s = &p->stages[at];
  dsr_walk walk;
  size_t n;
  TRY(dsr_walk_start(&walk, s->op.extent));
  for (;;) {
    uint32_t *columns[DSR_WIDTH_MAX];
    for (int c = 0; c < s->op.n_takes; c++) {
      columns[c] = s->op.takes[c].kind == DSR_TAKE_SKIP ? NULL : p->scratch[c];
    }
    TRY(dsr_walk_next(&walk, columns, DSR_BATCH, &n));
    if (n == 0) return DSR_OK;
    for (size_t i = 0; i < n; i++) {
      uint32_t values[DSR_WIDTH_MAX];
      for (int c = 0; c < s->op.n_takes; c++) {
        values[c] = columns[c] != NULL ? columns[c][i] : 0;
      }
      put(s, values, in, row);
    }
    if (s->n > 0) TRY(pass(p, at)); /* a SCAN further on uses the same scratch */
  }
}

static dsr_status run_scan(dsr_pipeline *p, int at, size_t n) {
  uint32_t *none[DSR_SLOTS] = {NULL};
  stage *s = &p->stages[at];
  if (at == 0) return scan_beside(p, 0, none, 0);
  for (size_t row = 0; row < n; row++) {
    if (s->n > 0) TRY(pass(p, at)); /* so that a whole block has room */
    TRY(scan_beside(p, at, input_of(p, at), row));
  }
  return DSR_OK;
}

/* The tuples of one chunk of an extent of one or two columns. */
static dsr_status delta_rows(dsr_pipeline *p, const dsr_chunk *chunk) {
  stage *s = &p->stages[0];
  uint32_t *none[DSR_SLOTS] = {NULL};
  bool pair = dsr_extent_width(s->op.extent) == 2;
  uint32_t values[2] = {chunk->key, 0};
  for (uint32_t i = chunk->from; i < chunk->to;) {
    const uint32_t *items = dsr_chunk_items(s->op.extent, chunk);
    for (; i < chunk->to && s->n < DSR_BATCH; i++) {
      values[pair] = items[i - chunk->from];
      put(s, values, none, 0);
    }
    TRY(make_room(p, 0));
  }
  return DSR_OK;
}

/* Both columns into slots, nothing to match: the common case. */
static dsr_status delta_pairs(dsr_pipeline *p, const dsr_chunk *chunk) {
  stage *s = &p->stages[0];
  uint32_t *keys = s->columns[s->op.takes[0].ref.slot];
  uint32_t *values = s->columns[s->op.takes[1].ref.slot];
  for (uint32_t done = chunk->from; done < chunk->to;) {
    const uint32_t *items = dsr_chunk_items(s->op.extent, chunk) + (done - chunk->from);
    size_t n = chunk->to - done, room = DSR_BATCH - s->n;
    if (n > room) n = room;
    if (keys != NULL) {
      for (size_t i = 0; i < n; i++) keys[s->n + i] = chunk->key;
    }
    if (values != NULL) memcpy(values + s->n, items, n * sizeof *items);
    s->n += n;
    done += (uint32_t)n;
    TRY(make_room(p, 0));
  }
  return DSR_OK;
}

static dsr_status delta_tuples(dsr_pipeline *p, const dsr_chunk *chunk) {
  stage *s = &p->stages[0];
  uint32_t *none[DSR_SLOTS] = {NULL};
  for (uint32_t i = chunk->from; i < chunk->to;) {
    for (; i < chunk->to && s->n < DSR_BATCH; i++) {
      if (!dsr_extent_counts(s->op.extent, i)) continue;
      put(s, dsr_extent_tuple(s->op.extent, i), none, 0);
    }
    TRY(make_room(p, 0));
  }
  return DSR_OK;
}

static bool plain_pair(const stage *s) {
  return s->op.n_takes == 2 && s->op.takes[0].kind == DSR_TAKE_FILL &&
         s->op.takes[1].kind == DSR_TAKE_FILL;
}

static dsr_status run_delta(dsr_pipeline *p) {
  const stage *s = &p->stages[0];
  int width = dsr_extent_width(s->op.extent);
  bool whole =
      width > 2 || width == 0 || dsr_extent_kind_of(s->op.extent) == DSR_EXTENT_BEST;
  for (size_t i = 0; i < p->n_chunks; i++) {
    const dsr_chunk *chunk = &p->chunks[i];
    if (whole) {
      TRY(delta_tuples(p, chunk));
    } else {
      TRY(width == 2 && plain_pair(s) ? delta_pairs(p, chunk) : delta_rows(p, chunk));
    }
  }
  return DSR_OK;
}

static dsr_status run_chunk(dsr_pipeline *p) {
  stage *s = &p->stages[0];
  uint32_t *none[DSR_SLOTS] = {NULL};
  for (size_t i = 0; i < p->n_chunks; i++) {
    const dsr_chunk *chunk = &p->chunks[i];
    uint32_t values[3] = {chunk->key, chunk->from, chunk->to};
    put(s, values, none, 0);
    TRY(make_room(p, 0));
  }
  return DSR_OK;
}

static dsr_chunk slice_of(const stage *s, uint32_t *const *in, size_t row) {
  return (dsr_chunk){ref_value(&s->op.args[0], in, row),
                     ref_value(&s->op.args[1], in, row),
                     ref_value(&s->op.args[2], in, row)};
}

static dsr_status run_slice(dsr_pipeline *p, int at, size_t n) {
  stage *s = &p->stages[at];
  uint32_t *const *in = input_of(p, at);
  for (size_t row = 0; row < n; row++) {
    dsr_chunk chunk = slice_of(s, in, row);
    for (uint32_t i = chunk.from; i < chunk.to;) {
      const uint32_t *items = dsr_chunk_items(s->op.extent, &chunk);
      for (; i < chunk.to && s->n < DSR_BATCH; i++) {
        put(s, &items[i - chunk.from], in, row);
      }
      TRY(make_room(p, at));
    }
  }
  return DSR_OK;
}

/* ---- heads ----------------------------------------------------------------------- */

static dsr_status run_emit(dsr_pipeline *p, int at, size_t n) {
  const dsr_op *op = &p->stages[at].op;
  uint32_t *const *in = input_of(p, at);
  const uint32_t *columns[DSR_WIDTH_MAX];
  uint64_t kept = 0;
  p->stats.made += n;
  if (op->n_args == 0) {
    dsr_status rc = dsr_extent_add(op->extent, NULL);
    if (rc == DSR_OK) p->stats.kept++;
    return rc < 0 ? rc : DSR_OK;
  }
  for (int i = 0; i < op->n_args; i++) {
    columns[i] = op->args[i].slot >= 0 ? in[op->args[i].slot] : p->constants[i];
  }
  TRY(dsr_extent_add_columns(op->extent, columns, n, &kept));
  p->stats.kept += kept;
  return DSR_OK;
}

/* Ranges go whole into the rows of the head. */
static dsr_status run_fused(dsr_pipeline *p, int at, size_t n) {
  const stage *s = &p->stages[at];
  const dsr_op *emit = &p->stages[at + 1].op;
  const dsr_way *way = &s->op.ways[0];
  uint32_t *const *in = input_of(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t key[DSR_WIDTH_MAX];
    dsr_range range;
    uint64_t kept = 0;
    if (s->op.kind == DSR_OP_SLICE) {
      dsr_chunk chunk = slice_of(s, in, row);
      range.items = dsr_chunk_items(s->op.extent, &chunk);
      range.n = chunk.to - chunk.from;
    } else {
      read_key(way, in, row, key);
      if (!dsr_index_range(way->index, key, way->prefix, &range)) continue;
    }
    TRY(dsr_extent_add_row(emit->extent, ref_value(&emit->args[0], in, row),
                           range.items, range.n, &kept));
    p->stats.made += range.n;
    p->stats.kept += kept;
  }
  return p->guard != NULL ? p->guard->look(p->guard->ud) : DSR_OK;
}

/* ---- running --------------------------------------------------------------------- */

static dsr_status run_stage(dsr_pipeline *p, int at, size_t n) {
  if (p->stages[at].fused) return run_fused(p, at, n);
  switch (p->stages[at].op.kind) {
    case DSR_OP_ONCE:
      p->stages[0].n = 1;
      return DSR_OK;
    case DSR_OP_SCAN:
      return run_scan(p, at, n);
    case DSR_OP_DELTA:
      return run_delta(p);
    case DSR_OP_CHUNK:
      return run_chunk(p);
    case DSR_OP_SLICE:
      return run_slice(p, at, n);
    case DSR_OP_JOIN:
      return run_join(p, at, n);
    case DSR_OP_MEET:
      return run_meet(p, at, n);
    case DSR_OP_HAS:
      return run_has(p, at, n);
    case DSR_OP_DEFAULT:
      return run_default(p, at, n);
    case DSR_OP_TEST:
      return run_test(p, at, n);
    case DSR_OP_CALL:
      return run_call(p, at, n);
    case DSR_OP_EMIT:
      return run_emit(p, at, n);
  }
  return DSR_EMISUSE;
}

/* Stage `at` takes the batch of the one before it. */
static dsr_status hand_on(dsr_pipeline *p, int at) {
  TRY(run_stage(p, at, p->stages[at - 1].n));
  if (at < p->n - 1 && !p->stages[at].fused) carry(p, at);
  return DSR_OK;
}

static dsr_status run_all(dsr_pipeline *p) {
  TRY(run_stage(p, 0, 0));
  for (int at = 0; at < p->n - 1 && !p->stages[at].fused; at++) {
    if (p->stages[at].n > 0) TRY(pass(p, at));
  }
  return DSR_OK;
}

static int64_t thread_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

dsr_status dsr_pipeline_run(dsr_pipeline *p, const dsr_chunk *chunks, size_t n,
                            const dsr_guard *guard) {
  int64_t began = thread_time();
  p->chunks = chunks;
  p->n_chunks = n;
  p->guard = guard;
  for (int i = 0; i < p->n; i++) p->stages[i].n = p->stages[i].copied = 0;
  dsr_status rc = run_all(p);
  p->stats.runs++;
  p->stats.nanoseconds += (uint64_t)(thread_time() - began);
  return rc;
}
