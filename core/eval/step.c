/*
** step.c - operators that take a batch and find tuples, or ask functions, row by row.
**
** A range is asked for again after a batch was passed, since what it lies in may have
** grown and moved; it is gone on with where it was, since ranges grow at their ends
** only.  Rows of one key that stand together ask for a range of a stored extent once.
*/
#include "eval/operator.h"

#include "ground/mem.h"

/* ---- JOIN ------------------------------------------------------------------------ */

/* One value column, nothing to match. */
static dsr_status join_values(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  uint32_t *const *in = dsr_pipeline_input(p, at);
  const uint32_t *ahead = s->far ? in[way->key[0].slot] : NULL;
  for (size_t row = 0; row < n; row++) {
    uint32_t done = 0;
    dsr_values range;
    if (ahead != NULL) dsr_way_ahead(way, ahead, row, n);
    while (dsr_way_values(way, in, row, &range) && done < range.n) {
      uint32_t some = range.n - done, room = DSR_BATCH - (uint32_t)s->n;
      if (some > room) some = room;
      dsr_stage_fill(s, range.items + done, some, row);
      done += some;
      if (s->n < DSR_BATCH) break;
      TRY(dsr_pipeline_pass(p, at));
    }
  }
  return DSR_OK;
}

/* Values under a prefix, and under each of them those of the columns after it. */
static dsr_status descend(dsr_pipeline *p, int at, size_t row, uint32_t *key, int n,
                          uint32_t *values) {
  dsr_stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  dsr_range range;
  int column = n - way->prefix;
  bool last = column == s->op.n_takes - 1;
  for (uint32_t i = 0; dsr_index_range(way->index, key, n, &range) && i < range.n;) {
    for (; i < range.n; i++) {
      values[column] = key[n] = range.items[i];
      if (!last) {
        if (!dsr_stage_fits(s, column, key[n], values, dsr_pipeline_input(p, at), row))
          continue;
        TRY(descend(p, at, row, key, n + 1, values));
        i++;
        break; /* ask for the range again */
      }
      dsr_stage_put(s, values, dsr_pipeline_input(p, at), row);
      if (s->n < DSR_BATCH) continue;
      TRY(dsr_pipeline_pass(p, at));
      i++;
      break;
    }
  }
  return DSR_OK;
}

/* The tuples whose numbers a range has. */
static dsr_status join_tuples(dsr_pipeline *p, int at, size_t row,
                              const uint32_t *key) {
  dsr_stage *s = &p->stages[at];
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
      dsr_stage_put(s, values, dsr_pipeline_input(p, at), row);
    }
    TRY(dsr_pipeline_room(p, at));
  }
  return DSR_OK;
}

/* Values of one level of a trie, each as often as level `last` has values among [from, to)
** under it, into `out` unless that is NULL; *position, which is where the level stands,
** moves on. */
static void spread(const dsr_trie *trie, int level, int last, uint32_t *position,
                   uint32_t from, uint32_t to, uint32_t *out) {
  const uint32_t *values = trie->levels[level].values;
  while (from < to) {
    uint32_t end = *position + 1;
    for (int i = level; i < last; i++) end = trie->levels[i].starts[end];
    uint32_t stop = end < to ? end : to, value = values[*position];
    if (out == NULL) from = stop;
    while (from < stop) {
      *out++ = value;
      from++;
    }
    *position += stop == end;
  }
}

/* All that stands under a row's prefix of a trie, where nothing is to be matched. */
static dsr_status join_spread(dsr_pipeline *p, int at, size_t row,
                              const uint32_t *key) {
  dsr_stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  const dsr_trie *trie = way->index->trie;
  uint32_t positions[DSR_WIDTH_MAX], from, to;
  int first = way->prefix, last = first + s->op.n_takes - 1;
  if (!dsr_trie_find(trie, key, first, &from, &to)) return DSR_OK;
  for (int level = first; level < last; level++) {
    positions[level] = from;
    from = trie->levels[level].starts[from];
    to = trie->levels[level].starts[to];
  }
  while (from < to) {
    uint32_t some = to - from, room = DSR_BATCH - (uint32_t)s->n;
    if (some > room) some = room;
    for (int i = 0; i < s->op.n_takes; i++) {
      uint32_t *column = dsr_stage_column(s, i);
      if (column != NULL) column += s->n;
      if (first + i < last) {
        spread(trie, first + i, last, &positions[first + i], from, from + some, column);
      } else if (column != NULL) {
        const uint32_t *values = trie->levels[last].values + from;
        for (uint32_t k = 0; k < some; k++) column[k] = values[k];
      }
    }
    for (uint32_t k = 0; k < some; k++) s->source[s->n + k] = (uint32_t)row;
    s->n += some;
    from += some;
    TRY(dsr_pipeline_room(p, at));
  }
  return DSR_OK;
}

dsr_status dsr_step_join(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  bool spreads = way->index->way == DSR_WAY_TRIE && !s->matches && s->op.n_takes > 0;
  bool tuples = dsr_index_kind(way->index) == DSR_RANGE_TUPLES;
  if (!tuples && s->op.n_takes == 1 && !s->matches) return join_values(p, at, n);
  for (size_t row = 0; row < n; row++) {
    uint32_t key[DSR_WIDTH_MAX + 1], values[DSR_WIDTH_MAX];
    dsr_way_key(way, dsr_pipeline_input(p, at), row, key);
    if (spreads) {
      TRY(join_spread(p, at, row, key));
    } else {
      TRY(tuples ? join_tuples(p, at, row, key)
                 : descend(p, at, row, key, way->prefix, values));
    }
  }
  return DSR_OK;
}

/* ---- HAS ------------------------------------------------------------------------- */

/* Keep the rows that have (negated: have not) a tuple; without a branch on which. */
#define KEEP(HAS)                              \
  for (; row < n && s->n < DSR_BATCH; row++) { \
    s->source[s->n] = (uint32_t)row;           \
    s->n += (HAS) != s->op.negated;            \
  }

/* One column known of pairs, or of a stored extent by one column. */
static inline bool has_one(const dsr_way *way, uint32_t key) {
  const dsr_index *index = way->index;
  uint32_t from, to;
  if (index->way == DSR_WAY_ROW) return dsr_row_has(&index->extent->row, key);
  if (index->way == DSR_WAY_TRIE && index->trie->firsts != NULL) {
    return dsr_trie_find(index->trie, &key, 1, &from, &to);
  }
  return dsr_index_has(index, &key, 1);
}

static inline bool has_two(const dsr_way *way, uint32_t a, uint32_t b) {
  const dsr_index *index = way->index;
  uint32_t key[2] = {a, b}, from, to;
  if (index->way == DSR_WAY_PAIRS) return dsr_pairs_has(&index->extent->pairs, a, b);
  if (index->way == DSR_WAY_SWAPPED) return dsr_pairs_has(&index->extent->pairs, b, a);
  if (index->way == DSR_WAY_TRIE && index->trie->width == 2) {
    return dsr_trie_find(index->trie, &a, 1, &from, &to) &&
           dsr_sorted_has(index->trie->levels[1].values + from, to - from, b);
  }
  return dsr_index_has(index, key, 2);
}

static size_t keep_rows(dsr_stage *s, uint32_t *const *in, size_t row, size_t n) {
  const dsr_way *way = &s->op.ways[0];
  uint32_t key[DSR_WIDTH_MAX];
  if (way->prefix == 1) {
    KEEP(has_one(way, dsr_ref_value(&way->key[0], in, row)))
  } else if (way->prefix == 2) {
    KEEP(has_two(way, dsr_ref_value(&way->key[0], in, row),
                 dsr_ref_value(&way->key[1], in, row)))
  } else {
    KEEP((dsr_way_key(way, in, row, key), dsr_index_has(way->index, key, way->prefix)))
  }
  return row;
}

dsr_status dsr_step_has(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  for (size_t row = 0; row < n;) {
    row = keep_rows(s, dsr_pipeline_input(p, at), row, n);
    TRY(dsr_pipeline_room(p, at));
  }
  return DSR_OK;
}

/* ---- DEFAULT --------------------------------------------------------------------- */

/* The values under a prefix, or the one that stands for none. */
dsr_status dsr_step_default(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  const dsr_way *way = &s->op.ways[0];
  uint32_t *const *in = dsr_pipeline_input(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t key[DSR_WIDTH_MAX + 1], values[DSR_WIDTH_MAX];
    dsr_way_key(way, in, row, key);
    if (dsr_index_has(way->index, key, way->prefix)) {
      if (dsr_index_kind(way->index) == DSR_RANGE_TUPLES) {
        TRY(join_tuples(p, at, row, key));
      } else {
        TRY(descend(p, at, row, key, way->prefix, values));
      }
      continue;
    }
    dsr_stage_put(s, &s->op.otherwise, in, row);
    TRY(dsr_pipeline_room(p, at));
  }
  return DSR_OK;
}

/* ---- functions ------------------------------------------------------------------- */

static void read_args(const dsr_stage *s, uint32_t *const *in, size_t row,
                      uint32_t *args) {
  for (int i = 0; i < s->op.n_args; i++)
    args[i] = dsr_ref_value(&s->op.args[i], in, row);
}

dsr_status dsr_step_test(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  uint32_t *const *in = dsr_pipeline_input(p, at);
  for (size_t row = 0; row < n; row++) {
    uint32_t args[DSR_WIDTH_MAX];
    bool holds;
    read_args(s, in, row, args);
    TRY(s->op.test(s->op.ud, args, &holds));
    if (holds == s->op.negated) continue;
    s->source[s->n++] = (uint32_t)row;
    TRY(dsr_pipeline_room(p, at));
  }
  return DSR_OK;
}

dsr_status dsr_step_call(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  uint32_t *const *in = dsr_pipeline_input(p, at);
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
      dsr_stage_put(s, results.numbers.items + i * (size_t)results.width, in, row);
      rc = dsr_pipeline_room(p, at);
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
