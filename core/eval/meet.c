/*
** meet.c - the values that all members of a MEET have.
**
** The shortest range is walked and the others are asked.  Two ways are quicker where
** they can be taken:
** - A member whose key stays the same from row to row, of a stored extent, is asked
**   often: its range is drawn as a bitmap, once what was walked beside it would have
**   paid for that, and asking is a load.  Then, of two members, the other range is
**   walked, unless it is much the longer.
** - Two ascending ranges of like length are walked side by side.
**
** Cost: as a worst-case-optimal join's, the shortest range times a search in the
** others; the bitmap is as long as the greatest number in a range that was drawn.
*/
#include "eval/cross.h"

enum { LONGER = 16 }; /* a range so many times as long is searched, not walked */

typedef struct members {
  int n;
  dsr_range ranges[DSR_MEMBERS];
  uint32_t keys[DSR_MEMBERS][DSR_WIDTH_MAX];
  bool found[DSR_MEMBERS]; /* keys and ranges are those of the last row */
  uint64_t spent
      [DSR_MEMBERS]; /* steps since the key is the same: what drawing it may cost */
  int drawn;         /* the member whose range is in the bitmap, or -1 */
} members;

/* ---- the bitmap ------------------------------------------------------------------ */

static void erase(dsr_stage *s, members *m) {
  if (m->drawn < 0) return;
  const dsr_range *range = &m->ranges[m->drawn];
  dsr_marks_erase(&s->marks, range->items, range->n);
  m->drawn = -1;
}

static dsr_status draw(dsr_stage *s, members *m, int member) {
  const dsr_range *range = &m->ranges[member];
  TRY(dsr_marks_draw(&s->marks, range->items, range->n));
  m->drawn = member;
  return DSR_OK;
}

static inline bool marked(const dsr_stage *s, uint32_t value) {
  return value < s->marks.room && dsr_marks_has(s->marks.words, value);
}

/* ---- ranges ---------------------------------------------------------------------- */

/* The ranges of a row of the input; false: one is empty.  *same: a member of a stored
** extent whose key is that of the row before, or -1. */
static bool find(dsr_stage *s, members *m, uint32_t *const *in, size_t row, int *same) {
  bool all = true;
  *same = -1;
  for (int i = 0; i < m->n && all; i++) {
    const dsr_way *way = &s->op.ways[i];
    bool trie = way->index->way == DSR_WAY_TRIE;
    uint32_t key[DSR_WIDTH_MAX];
    size_t bytes = (size_t)way->prefix * sizeof *key;
    dsr_way_key(way, in, row, key);
    if (trie && m->found[i] && memcmp(key, m->keys[i], bytes) == 0) {
      if (*same < 0) *same = i;
      continue;
    }
    if (m->drawn == i) erase(s, m);
    m->spent[i] = 0;
    m->found[i] = all =
        dsr_index_range_inside(way->index, key, way->prefix, &m->ranges[i]);
    memcpy(m->keys[i], key, bytes);
  }
  return all;
}

/* ---- walking --------------------------------------------------------------------- */

static inline void keep(dsr_stage *s, uint32_t *column, uint32_t value, size_t row,
                        bool kept) {
  column[s->n] = value;
  s->source[s->n] = (uint32_t)row;
  s->n += kept;
}

/* Each of these walks from *at on until the batch is full or the range is used up. */

static void walk_marked(dsr_stage *s, const dsr_range *range, uint32_t *at,
                        uint32_t *column, size_t row) {
  uint32_t i = *at;
  for (; i < range->n && s->n < DSR_BATCH; i++) {
    keep(s, column, range->items[i], row, marked(s, range->items[i]));
  }
  *at = i;
}

/* Both ranges ascend; *other is where the second is. */
static void walk_both(dsr_stage *s, const dsr_range *a, const dsr_range *b,
                      uint32_t *at, uint32_t *other, uint32_t *column, size_t row) {
  uint32_t i = *at, k = *other;
  while (i < a->n && k < b->n && s->n < DSR_BATCH) {
    uint32_t x = a->items[i], y = b->items[k];
    keep(s, column, x, row, x == y);
    i += x <= y;
    k += y <= x;
  }
  *other = k;
  *at = k == b->n ? a->n : i;
}

static bool in_others(const dsr_stage *s, const members *m, int walked,
                      uint32_t value) {
  for (int i = 0; i < m->n; i++) {
    if (i == walked) continue;
    if (i == m->drawn ? !marked(s, value)
                      : !dsr_range_has_inside(&m->ranges[i], value)) {
      return false;
    }
  }
  return true;
}

static void walk_asking(dsr_stage *s, const members *m, int walked, uint32_t *at,
                        uint32_t *column, size_t row) {
  const dsr_range *range = &m->ranges[walked];
  uint32_t i = *at;
  for (; i < range->n && s->n < DSR_BATCH; i++) {
    keep(s, column, range->items[i], row, in_others(s, m, walked, range->items[i]));
  }
  *at = i;
}

/* ---- the whole ------------------------------------------------------------------- */

static int shortest(const members *m) {
  int best = 0;
  for (int i = 1; i < m->n; i++) {
    if (m->ranges[i].n < m->ranges[best].n) best = i;
  }
  return best;
}

/* How the values of a row are found; the member that is walked stays the same while the
** row lasts, since ranges may grow. */
typedef struct course {
  enum { MARKED, BOTH, ASKING } how;
  int walked;
} course;

static dsr_status choose(dsr_stage *s, members *m, int same, course *out) {
  int walked = shortest(m);
  *out = (course){ASKING, walked};
  if (same >= 0 && same != m->drawn) {
    m->spent[same] += 4 * (uint64_t)m->ranges[walked].n;
    if (m->spent[same] >= m->ranges[same].n) {
      erase(s, m);
      TRY(draw(s, m, same));
    }
  }
  if (m->n != 2) return DSR_OK;
  int other = 1 - walked;
  const dsr_range *a = &m->ranges[walked], *b = &m->ranges[other];
  if (m->drawn == other) {
    out->how = MARKED;
  } else if (m->drawn == walked && b->n / LONGER <= a->n) {
    *out = (course){MARKED, other};
  } else if (a->sorted && b->sorted && b->n / LONGER <= a->n) {
    out->how = BOTH;
  }
  return DSR_OK;
}

static dsr_status run_row(dsr_pipeline *p, int at, members *m, size_t row, int same,
                          uint32_t *column) {
  dsr_stage *s = &p->stages[at];
  uint32_t i = 0, other = 0;
  course c;
  TRY(choose(s, m, same, &c));
  for (;;) {
    const dsr_range *range = &m->ranges[c.walked];
    if (c.how == MARKED) {
      walk_marked(s, range, &i, column, row);
    } else if (c.how == BOTH) {
      walk_both(s, range, &m->ranges[1 - c.walked], &i, &other, column, row);
    } else {
      walk_asking(s, m, c.walked, &i, column, row);
    }
    if (s->n < DSR_BATCH) return DSR_OK;
    TRY(dsr_pipeline_pass(p, at));
    if (!find(s, m, dsr_pipeline_input(p, at), row, &same)) return DSR_OK;
  }
}

dsr_status dsr_meet_run(dsr_pipeline *p, int at, size_t n) {
  dsr_stage *s = &p->stages[at];
  if (dsr_cross_fits(&s->op)) return dsr_cross_run(p, at, n);
  uint32_t *const *in = dsr_pipeline_input(p, at);
  uint32_t spare[DSR_BATCH + 1];
  uint32_t *column =
      s->op.takes[0].kind == DSR_TAKE_FILL ? s->columns[s->op.takes[0].ref.slot] : NULL;
  members m = {.n = s->op.n_ways, .drawn = -1};
  dsr_status rc = DSR_OK;
  if (column == NULL) column = spare;
  for (size_t row = 0; row < n && rc >= 0; row++) {
    int same;
    if (find(s, &m, in, row, &same)) rc = run_row(p, at, &m, row, same, column);
  }
  erase(s, &m);
  return rc == DSR_ENOMEM ? dsr_fail_memory(p->error) : rc;
}
