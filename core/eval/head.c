/*
** head.c - putting what a pipeline finds into an extent.
**
** An EMIT adds a batch by column.  Where the last operator finds values of one column
** (a JOIN, a SLICE) and the head has that column, no batch is made of them: whole
** ranges are added to a row, or a number to the row of each value, right from where
** they lie.
**
** Input rows that go into the same row of the head stand together as a rule; such a row
** is begun once.  Short ranges are gathered before they are added, since a loop over
** many numbers costs less than many loops over few.
**
** Ranges may lie in the extent that is added to.  A range that is added while it is
** read moves nothing that it lies in but the row itself, which takes nothing from
** itself; but an index of the extent by its second column grows with each row that
** ends: so what is read from the head's own extent is copied before rows are begun and
** ended (FIRST).
*/
#include "eval/head.h"

#include "eval/cross.h"
#include "ground/mem.h"

/* ---- EMIT ------------------------------------------------------------------------ */

/* Failures without words have them told. */
static dsr_status tell(const dsr_pipeline *p, dsr_status rc) {
  return rc == DSR_ENOMEM ? dsr_fail_memory(p->error) : rc;
}

static bool is_pairs(const dsr_extent *extent) {
  return extent->shape == DSR_SHAPE_PAIRS;
}

/* Pairs in runs of equal first values, most of them of one pair. */
static dsr_status emit_pairs(dsr_pipeline *p, dsr_extent *extent, const uint32_t *first,
                             const uint32_t *second, size_t n) {
  for (size_t i = 0; i < n;) {
    dsr_filling filling;
    uint32_t x = first[i];
    size_t from = i;
    TRY(tell(p, dsr_filling_begin(&filling, extent, x)));
    for (i++; i < n && first[i] == x; i++) continue;
    dsr_status rc = i - from == 1 ? dsr_filling_add_one(&filling, second[from])
                                  : dsr_filling_add(&filling, second + from, i - from);
    TRY(dsr_filling_end(&filling, &p->stats.kept));
    TRY(tell(p, rc));
  }
  return DSR_OK;
}

/* n more in an extent that only counts. */
static dsr_status count_made(dsr_pipeline *p, dsr_extent *extent, uint64_t n) {
  uint64_t kept = 0;
  if (p->part != NULL) {
    dsr_part_count(p->part, n);
    return DSR_OK;
  }
  TRY(dsr_extent_add_columns(extent, NULL, (size_t)n, &kept));
  p->stats.kept += kept;
  return DSR_OK;
}

dsr_status dsr_head_emit(dsr_pipeline *p, int at, size_t n) {
  const dsr_op *op = &p->stages[at].op;
  uint32_t *const *in = dsr_pipeline_input(p, at);
  const uint32_t *columns[DSR_WIDTH_MAX];
  uint64_t kept = 0;
  p->stats.made += n;
  if (dsr_extent_only_counts(op->extent)) return count_made(p, op->extent, n);
  if (op->n_args == 0) {
    dsr_status rc = dsr_extent_add(op->extent, NULL);
    if (rc == DSR_OK) p->stats.kept++;
    return rc < 0 ? rc : DSR_OK;
  }
  for (int i = 0; i < op->n_args; i++) {
    columns[i] = op->args[i].slot >= 0 ? in[op->args[i].slot] : p->constants[i];
  }
  if (p->part != NULL && dsr_part_keeps(p->part)) {
    return dsr_part_keep(p, columns, n);
  }
  if (is_pairs(op->extent)) return emit_pairs(p, op->extent, columns[0], columns[1], n);
  dsr_status rc = dsr_extent_add_columns(op->extent, columns, n, &kept);
  p->stats.kept += kept;
  return rc;
}

/* ---- which operators may take an EMIT over --------------------------------------- */

/* Is the slot the rows' column, and no other? */
static dsr_head_kind head_of_rows(const dsr_op *emit, int slot) {
  for (int c = 0; c < emit->n_args; c++) {
    bool is = emit->args[c].slot == slot;
    if (is != (c == emit->extent->value)) return DSR_HEAD_NONE;
  }
  return DSR_HEAD_ROWS;
}

dsr_head_kind dsr_head_with(const dsr_op *op, const dsr_op *emit) {
  if (op->kind == DSR_OP_MEET && emit->kind == DSR_OP_EMIT && dsr_cross_fits(op) &&
      dsr_extent_only_counts(emit->extent)) {
    return DSR_HEAD_COUNT;
  }
  bool joins = op->kind == DSR_OP_JOIN && op->n_takes == 1 &&
               dsr_index_kind(op->ways[0].index) == DSR_RANGE_VALUES;
  if (!joins && op->kind != DSR_OP_SLICE) return DSR_HEAD_NONE;
  if (emit->kind != DSR_OP_EMIT || op->takes[0].kind != DSR_TAKE_FILL) {
    return DSR_HEAD_NONE;
  }
  int slot = op->takes[0].ref.slot;
  if (dsr_extent_only_counts(emit->extent)) return DSR_HEAD_COUNT;
  if (emit->extent->shape == DSR_SHAPE_ROW) {
    return emit->args[0].slot == slot ? DSR_HEAD_ONLY : DSR_HEAD_NONE;
  }
  if (emit->extent->shape == DSR_SHAPE_ROWS) return head_of_rows(emit, slot);
  if (!is_pairs(emit->extent)) return DSR_HEAD_NONE;
  bool first = emit->args[0].slot == slot, second = emit->args[1].slot == slot;
  if (first == second) return DSR_HEAD_NONE;
  return second ? DSR_HEAD_SECOND : DSR_HEAD_FIRST;
}

/* ---- what the operator finds ----------------------------------------------------- */

/* The values that the operator finds for a row of its input. */
static inline bool find(const dsr_stage *s, uint32_t *const *in, size_t row,
                        dsr_values *out) {
  if (s->op.kind == DSR_OP_JOIN) return dsr_way_values(&s->op.ways[0], in, row, out);
  dsr_chunk chunk = {dsr_ref_value(&s->op.args[0], in, row),
                     dsr_ref_value(&s->op.args[1], in, row),
                     dsr_ref_value(&s->op.args[2], in, row)};
  out->row = NULL;
  if (dsr_extent_in_rows(s->op.extent)) {
    out->row = dsr_pairs_find(&s->op.extent->pairs, chunk.key);
    out->items = out->row->items + chunk.from;
  } else {
    out->items = dsr_chunk_items(s->op.extent, &chunk);
  }
  out->n = chunk.to - chunk.from;
  return out->n > 0;
}

/* The column of keys by which memory is to be asked for ahead, or NULL. */
static const uint32_t *keys_ahead(const dsr_stage *s, uint32_t *const *in) {
  return s->far ? in[s->op.ways[0].key[0].slot] : NULL;
}

/* ---- values into one row --------------------------------------------------------- */

dsr_status dsr_gather_flush(dsr_gather *g) {
  enum { FEW = 3 };
  dsr_status rc = DSR_OK;
  if (g->n > FEW) {
    rc = dsr_row_append(g->pool, g->row, g->values, g->n);
  } else {
    for (uint32_t i = 0; i < g->n && rc >= 0; i++) {
      rc = dsr_row_add(g->pool, g->row, g->values[i]);
    }
  }
  g->n = 0;
  return rc;
}

/* Rows [*at, n) of the input as long as they go into the row of `first`: *at moves on.
** */
static dsr_status fill_second(dsr_pipeline *p, int at, uint32_t first,
                              const uint32_t *firsts, size_t *row, size_t n) {
  const dsr_stage *s = &p->stages[at];
  dsr_extent *extent = p->stages[at + 1].op.extent;
  uint32_t *const *in = dsr_pipeline_input(p, at);
  const uint32_t *ahead = keys_ahead(s, in);
  dsr_filling filling = {0};
  dsr_gather g;
  dsr_status rc = DSR_OK;
  size_t i = *row;
  for (; i < n && (firsts == NULL || firsts[i] == first) && rc >= 0; i++) {
    dsr_values range;
    if (ahead != NULL) dsr_way_ahead(&s->op.ways[0], ahead, i, n);
    if (!find(s, in, i, &range)) continue;
    if (filling.row == NULL) {
      TRY(tell(p, dsr_filling_begin(&filling, extent, first)));
      dsr_gather_start(&g, &extent->pairs.pool, filling.row);
      (void)find(s, in, i, &range); /* the row that it is of may have moved */
    }
    rc = dsr_gather_add(&g, &range);
    if (rc >= 0) rc = dsr_pipeline_count(p, range.n);
  }
  *row = i;
  if (filling.row == NULL) return rc;
  if (rc >= 0) rc = dsr_gather_flush(&g);
  TRY(dsr_filling_end(&filling, &p->stats.kept));
  return tell(p, rc);
}

static dsr_status run_second(dsr_pipeline *p, int at, size_t n) {
  const dsr_ref *first = &p->stages[at + 1].op.args[0];
  uint32_t *const *in = dsr_pipeline_input(p, at);
  const uint32_t *firsts = first->slot >= 0 ? in[first->slot] : NULL;
  for (size_t row = 0; row < n;) {
    uint32_t x = firsts != NULL ? firsts[row] : first->number;
    TRY(fill_second(p, at, x, firsts, &row, n));
  }
  return DSR_OK;
}

/* A row of three columns and more that is being filled, if `begun`. */
typedef struct wide_row {
  bool begun;
  uint32_t key[DSR_WIDTH_MAX];
  dsr_filling filling;
  dsr_gather gather;
} wide_row;

static dsr_status end_wide(dsr_pipeline *p, wide_row *w, dsr_status rc) {
  if (!w->begun) return rc;
  w->begun = false;
  if (rc >= 0) rc = dsr_gather_flush(&w->gather);
  TRY(dsr_filling_end(&w->filling, &p->stats.kept));
  return tell(p, rc);
}

/* Begin the row of the head that the row of the input leads to, unless that was done. */
static dsr_status begin_wide(dsr_pipeline *p, int at, size_t row, wide_row *w) {
  const dsr_op *emit = &p->stages[at + 1].op;
  dsr_extent *extent = emit->extent;
  uint32_t *const *in = dsr_pipeline_input(p, at);
  bool other = !w->begun;
  uint32_t number;
  for (int c = 0, k = 0; c < emit->n_args; c++) {
    if (c == extent->value) continue;
    uint32_t value = dsr_ref_value(&emit->args[c], in, row);
    other = other || w->key[k] != value;
    w->key[k++] = value;
  }
  if (!other) return DSR_OK;
  TRY(end_wide(p, w, DSR_OK));
  TRY(tell(p, dsr_keys_number(&extent->keys, w->key, &number)));
  TRY(tell(p, dsr_filling_begin(&w->filling, extent, number)));
  dsr_gather_start(&w->gather, &extent->pairs.pool, w->filling.row);
  w->begun = true;
  return DSR_OK;
}

static dsr_status run_wide(dsr_pipeline *p, int at, size_t n) {
  const dsr_stage *s = &p->stages[at];
  uint32_t *const *in = dsr_pipeline_input(p, at);
  const uint32_t *ahead = keys_ahead(s, in);
  dsr_status rc = DSR_OK;
  wide_row w = {.begun = false};
  for (size_t row = 0; row < n && rc >= 0; row++) {
    dsr_values range;
    if (ahead != NULL) dsr_way_ahead(&s->op.ways[0], ahead, row, n);
    if (!find(s, in, row, &range)) continue;
    rc = begin_wide(p, at, row, &w);
    /* what was begun may have moved the range, if it lies in the head's own extent */
    if (rc < 0 || !find(s, in, row, &range)) continue;
    rc = dsr_gather_add(&w.gather, &range);
    if (rc >= 0) rc = dsr_pipeline_count(p, range.n);
  }
  return end_wide(p, &w, rc);
}

/* ---- one number into many rows --------------------------------------------------- */

static dsr_status scatter(dsr_pipeline *p, dsr_extent *extent, const uint32_t *firsts,
                          size_t n, uint32_t second) {
  for (size_t i = 0; i < n; i++) {
    dsr_filling filling;
    TRY(tell(p, dsr_filling_begin(&filling, extent, firsts[i])));
    dsr_status rc = dsr_filling_add_one(&filling, second);
    TRY(dsr_filling_end(&filling, &p->stats.kept));
    TRY(tell(p, rc));
  }
  return dsr_pipeline_count(p, n);
}

static dsr_status run_first(dsr_pipeline *p, int at, size_t n) {
  enum { BLOCK = 256 };
  const dsr_stage *s = &p->stages[at];
  const dsr_op *emit = &p->stages[at + 1].op;
  uint32_t *const *in = dsr_pipeline_input(p, at);
  const uint32_t *ahead = keys_ahead(s, in);
  for (size_t row = 0; row < n; row++) {
    uint32_t block[BLOCK], done = 0, second = dsr_ref_value(&emit->args[1], in, row);
    dsr_values range;
    if (ahead != NULL) dsr_way_ahead(&s->op.ways[0], ahead, row, n);
    while (find(s, in, row, &range) && done < range.n) {
      uint32_t some = range.n - done < BLOCK ? range.n - done : BLOCK;
      memcpy(block, range.items + done, some * sizeof *block);
      TRY(scatter(p, emit->extent, block, some, second));
      done += some;
    }
  }
  return DSR_OK;
}

/* ---- one column ------------------------------------------------------------------ */

static dsr_status run_only(dsr_pipeline *p, int at, size_t n) {
  const dsr_stage *s = &p->stages[at];
  dsr_extent *extent = p->stages[at + 1].op.extent;
  uint32_t *const *in = dsr_pipeline_input(p, at);
  const uint32_t *ahead = keys_ahead(s, in);
  uint32_t before = extent->row.n;
  dsr_status rc = DSR_OK;
  dsr_gather g;
  dsr_gather_start(&g, &extent->pool, &extent->row);
  for (size_t row = 0; row < n && rc >= 0; row++) {
    dsr_values range;
    if (ahead != NULL) dsr_way_ahead(&s->op.ways[0], ahead, row, n);
    if (!find(s, in, row, &range)) continue;
    rc = dsr_gather_add(&g, &range);
    if (rc >= 0) rc = dsr_pipeline_count(p, range.n);
  }
  if (rc >= 0) rc = dsr_gather_flush(&g);
  p->stats.kept += extent->row.n - before;
  return tell(p, rc);
}

/* ---- no column ------------------------------------------------------------------- */

static dsr_status run_count(dsr_pipeline *p, int at, size_t n) {
  const dsr_stage *s = &p->stages[at];
  uint32_t *const *in = dsr_pipeline_input(p, at);
  uint64_t made = 0;
  if (s->op.kind == DSR_OP_MEET) {
    TRY(dsr_cross_count(p, at, n, &made));
  } else {
    const uint32_t *ahead = keys_ahead(s, in);
    for (size_t row = 0; row < n; row++) {
      dsr_values range;
      if (ahead != NULL) dsr_way_ahead(&s->op.ways[0], ahead, row, n);
      if (find(s, in, row, &range)) made += range.n;
    }
  }
  TRY(count_made(p, p->stages[at + 1].op.extent, made));
  return dsr_pipeline_count(p, made);
}

dsr_status dsr_head_run(dsr_pipeline *p, int at, size_t n) {
  switch (p->stages[at].head) {
    case DSR_HEAD_SECOND:
      TRY(run_second(p, at, n));
      break;
    case DSR_HEAD_ROWS:
      TRY(run_wide(p, at, n));
      break;
    case DSR_HEAD_FIRST:
      TRY(run_first(p, at, n));
      break;
    case DSR_HEAD_COUNT:
      TRY(run_count(p, at, n));
      break;
    default:
      TRY(run_only(p, at, n));
  }
  return dsr_pipeline_look(p);
}
