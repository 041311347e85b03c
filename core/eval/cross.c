/*
** cross.c - the values that all members of a MEET have, where all are stored and sorted.
**
** Rows of a batch come in runs: what was filled early stays the same for many rows.  So
** members are put in order, those whose keys change least often first, and what the first k
** of them have in common is found once for as long as their keys last.  For each row there
** is left to cross that list with the range of the last member.
**
** Two lists are crossed in one of three ways: where the first lasts long enough to pay for
** it, it is drawn as a bitmap and the second is walked; where one is much the longer, the
** other is walked and each value is searched in it; else both are walked side by side.
**
** Cost: as a worst-case-optimal join's.  For each row a look into an index, and the shorter
** of two lists times a load (drawn) or a search.
*/
#include "eval/cross.h"

#include "ground/mem.h"

enum {
  LONGER = 16,    /* a list so many times as long is searched, not walked */
  PER_USE = 8,    /* numbers that may be drawn for each time a bitmap is used */
  USED_AGAIN = 2, /* and for each row where many rows are one use */
};

/* What the first members up to this one have in common. */
typedef struct level {
  const dsr_way *way;
  const uint32_t
      *keys;  /* by row: the one key that leads to the range at once; or NULL */
  size_t end; /* the row at which what is known so far ends */
  dsr_range list;
  uint32_t *items; /* the list's, where it is not the range itself */
  uint32_t room;
  dsr_marks marks;
  bool drawn; /* the list is in the marks, which are zero otherwise */
} level;

struct dsr_cross {
  int n;
  level levels[DSR_MEMBERS];
};

bool dsr_cross_fits(const dsr_op *op) {
  for (int i = 0; i < op->n_ways; i++) {
    if (op->ways[i].index->way != DSR_WAY_TRIE) return false;
  }
  return op->n_ways > 1;
}

void dsr_cross_free(dsr_cross *cross) {
  if (cross == NULL) return;
  for (int i = 0; i < DSR_MEMBERS; i++) {
    dsr_free(cross->levels[i].items);
    dsr_marks_free(&cross->levels[i].marks);
  }
  dsr_free(cross);
}

/* ---- keys ------------------------------------------------------------------------- */

/* Do two rows lead to the same range? */
static inline bool alike(const level *l, uint32_t *const *in, size_t a, size_t b) {
  if (l->keys != NULL) return l->keys[a] == l->keys[b];
  for (int i = 0; i < l->way->prefix; i++) {
    int slot = l->way->key[i].slot;
    if (slot >= 0 && in[slot][a] != in[slot][b]) return false;
  }
  return true;
}

static size_t run_end(const level *l, uint32_t *const *in, size_t row, size_t most) {
  size_t end = row + 1;
  while (end < most && alike(l, in, row, end)) end++;
  return end;
}

static inline __attribute__((always_inline)) bool range_at(const level *l,
                                                           uint32_t *const *in,
                                                           size_t row, dsr_range *out) {
  const dsr_trie *trie = l->way->index->trie;
  if (l->keys == NULL) return dsr_way_range(l->way, in, row, out);
  uint32_t key = l->keys[row];
  if (key >= trie->n_firsts) return false;
  uint32_t from = trie->firsts[key];
  out->n = trie->firsts[key + 1] - from;
  out->items = trie->levels[1].values + from;
  out->sorted = true;
  out->how = out->n < DSR_LONG ? DSR_HOW_SORTED : DSR_HOW_LONG;
  out->row = &trie->levels[1];
  return out->n > 0;
}

/* Put the members in order for a batch of n rows. */
static void arrange(dsr_cross *cross, const dsr_op *op, uint32_t *const *in, size_t n) {
  size_t runs[DSR_MEMBERS];
  cross->n = op->n_ways;
  for (int i = 0; i < op->n_ways; i++) {
    const dsr_way *way = &op->ways[i];
    bool direct = way->prefix == 1 && way->key[0].slot >= 0 && way->index->trie->firsts;
    level met = {.way = way, .keys = direct ? in[way->key[0].slot] : NULL};
    size_t changes = 0;
    for (size_t row = 1; row < n; row++) changes += !alike(&met, in, row - 1, row);
    int to = i;
    for (; to > 0 && changes < runs[to - 1]; to--) {
      runs[to] = runs[to - 1];
      cross->levels[to].way = cross->levels[to - 1].way;
      cross->levels[to].keys = cross->levels[to - 1].keys;
    }
    runs[to] = changes;
    cross->levels[to].way = way;
    cross->levels[to].keys = met.keys;
  }
  for (int i = 0; i < cross->n; i++) cross->levels[i].end = 0;
}

/* ---- bitmaps ---------------------------------------------------------------------- */

static void erase(level *l) {
  if (l->drawn) dsr_marks_erase(&l->marks, l->list.items, l->list.n);
  l->drawn = false;
}

static dsr_status draw(level *l) {
  TRY(dsr_marks_draw(&l->marks, l->list.items, l->list.n));
  l->drawn = true;
  return DSR_OK;
}

/* ---- crossing two lists ----------------------------------------------------------- */

/* Where crossing has come: items of the first and of the second list. */
typedef struct place {
  uint32_t a, b;
} place;

/* Each of these goes on from *at until `room` values are out or the lists are used up, and
** returns how many came out.  Values are written before it is known whether they stay. */

static inline uint32_t cross_marked(const level *l, const dsr_range *b, place *at,
                                    uint32_t *out, uint32_t room) {
  const uint64_t *marks = l->marks.words;
  uint32_t n = 0, i = at->b;
  while (i < b->n && n < room) {
    uint32_t to = b->n - i < room - n ? b->n : i + (room - n);
    for (; i < to; i++) {
      uint32_t value = b->items[i];
      out[n] = value;
      n += dsr_marks_has(marks, value);
    }
  }
  at->b = i;
  return n;
}

static uint32_t cross_both(const dsr_range *a, const dsr_range *b, place *at,
                           uint32_t *out, uint32_t room) {
  uint32_t n = 0, i = at->a, k = at->b;
  while (i < a->n && k < b->n && n < room) {
    uint32_t x = a->items[i], y = b->items[k];
    out[n] = x;
    n += x == y;
    i += x <= y;
    k += y <= x;
  }
  *at = (place){i, k};
  if (i == a->n || k == b->n) *at = (place){a->n, b->n};
  return n;
}

/* Walk `few`, from *i on. */
static uint32_t cross_asking(const dsr_range *few, const dsr_range *many, uint32_t *i,
                             uint32_t *out, uint32_t room) {
  uint32_t n = 0;
  for (; *i < few->n && n < room; ++*i) {
    out[n] = few->items[*i];
    n += dsr_range_has_inside(many, few->items[*i]);
  }
  return n;
}

/* How a level's list is crossed with a range. */
typedef enum manner { MARKED, BOTH, ASK_RANGE, ASK_LIST } manner;

static inline manner choose(const level *l, dsr_range *range) {
  const dsr_range *list = &l->list;
  if (range->n / LONGER > list->n) return ASK_RANGE;
  if (l->drawn) {
    if (range->items[range->n - 1] >= l->marks.room) {
      range->n = dsr_sorted_at(range->items, range->n, l->marks.room);
    }
    return MARKED;
  }
  return list->n / LONGER > range->n ? ASK_LIST : BOTH;
}

static uint64_t count_marked(const level *l, const dsr_range *b) {
  const uint64_t *marks = l->marks.words;
  uint64_t n = 0;
  for (uint32_t i = 0; i < b->n; i++) n += dsr_marks_has(marks, b->items[i]);
  return n;
}

/* False: there is more. */
static inline bool cross_some(const level *l, const dsr_range *range, manner how,
                              place *at, uint32_t *out, uint32_t room, uint32_t *n) {
  switch (how) {
    case MARKED:
      *n = cross_marked(l, range, at, out, room);
      return at->b == range->n;
    case BOTH:
      *n = cross_both(&l->list, range, at, out, room);
      return at->a == l->list.n;
    case ASK_RANGE:
      *n = cross_asking(&l->list, range, &at->a, out, room);
      return at->a == l->list.n;
    default:
      *n = cross_asking(range, &l->list, &at->b, out, room);
      return at->b == range->n;
  }
}

/* ---- lists of the first members --------------------------------------------------- */

static dsr_status list_room(level *l, uint32_t n) {
  if (n <= l->room) return DSR_OK;
  uint32_t *items = dsr_resize(NULL, n * sizeof *items);
  if (items == NULL) return DSR_ENOMEM;
  dsr_free(l->items);
  l->items = items;
  l->room = n;
  return DSR_OK;
}

/* The list of a level from that before it and the range of its member. */
static dsr_status cross_level(level *l, dsr_range *range) {
  const level *before = l - 1;
  place at = {0, 0};
  uint32_t n = 0;
  uint32_t room = range->n < before->list.n ? range->n : before->list.n;
  TRY(list_room(l, room + 1)); /* one is written past the last that stays */
  (void)cross_some(before, range, choose(before, range), &at, l->items, room + 1, &n);
  l->list =
      (dsr_range){.items = l->items, .n = n, .sorted = true, .how = DSR_HOW_SORTED};
  return DSR_OK;
}

/* Draw the list of a level that is crossed with something for `rows` rows to come. */
static dsr_status may_draw(level *l, size_t rows, unsigned per_row) {
  if (l->drawn || rows < 2 || l->list.n > rows * per_row) return DSR_OK;
  return draw(l);
}

/* Have the lists of all levels but the last for a row of n.  *out: up to which row they
** hold; *some: they are not empty until then. */
static dsr_status prepare(dsr_cross *cross, uint32_t *const *in, size_t row, size_t n,
                          size_t *out, bool *some) {
  size_t most = n;
  *some = true;
  for (int i = 0; i < cross->n - 1 && *some; i++) {
    level *l = &cross->levels[i];
    if (row >= l->end) {
      dsr_range range;
      erase(l);
      l->list.n = 0;
      l->end = run_end(l, in, row, most);
      if (range_at(l, in, row, &range)) {
        if (i == 0) {
          l->list = range;
        } else {
          TRY(may_draw(l - 1, most - row, USED_AGAIN));
          TRY(cross_level(l, &range));
        }
      }
    }
    *some = l->list.n > 0;
    most = l->end;
  }
  *out = most;
  return DSR_OK;
}

/* ---- rows ------------------------------------------------------------------------- */

static inline void put_source(dsr_stage *s, uint32_t n, size_t row) {
  for (uint32_t i = 0; i < n; i++) s->source[s->n + i] = (uint32_t)row;
  s->n += n;
}

/* Cross the list of the last level but one with the last member's range for a row: into the
** batch, or only to count what comes out. */
static inline dsr_status cross_row(dsr_pipeline *p, int at, const level *l,
                                   dsr_range *range, size_t row, uint32_t *column) {
  dsr_stage *s = &p->stages[at];
  manner how = choose(l, range);
  place to = {0, 0};
  uint32_t n = 0;
  for (;;) {
    bool done =
        cross_some(l, range, how, &to, column + s->n, DSR_BATCH - (uint32_t)s->n, &n);
    put_source(s, n, row);
    if (s->n == DSR_BATCH) TRY(dsr_pipeline_pass(p, at));
    if (done) return DSR_OK;
  }
}

static inline uint64_t count_row(const level *l, dsr_range *range, uint32_t *spare) {
  manner how = choose(l, range);
  if (how == MARKED) return count_marked(l, range);
  place to = {0, 0};
  uint64_t all = 0;
  for (bool done = false; !done;) {
    uint32_t n;
    done = cross_some(l, range, how, &to, spare, DSR_BATCH, &n);
    all += n;
  }
  return all;
}

/* `count` NULL: into the batch. */
static dsr_status cross_rows(dsr_pipeline *p, int at, dsr_cross *cross, size_t n,
                             uint32_t *column, uint64_t *count) {
  uint32_t *const *in = dsr_pipeline_input(p, at);
  level *last = &cross->levels[cross->n - 1], *l = last - 1;
  for (size_t row = 0, end; row < n; row = end) {
    bool some;
    TRY(prepare(cross, in, row, n, &end, &some));
    if (!some) continue;
    TRY(may_draw(l, end - row, PER_USE));
    for (; row < end; row++) {
      dsr_range range;
      if (!range_at(last, in, row, &range)) continue;
      if (count != NULL) {
        *count += count_row(l, &range, column);
      } else {
        TRY(cross_row(p, at, l, &range, row, column));
      }
    }
  }
  return DSR_OK;
}

static dsr_status run(dsr_pipeline *p, int at, size_t n, uint32_t *column,
                      uint64_t *count) {
  dsr_stage *s = &p->stages[at];
  uint32_t spare[DSR_BATCH];
  if (s->cross == NULL) s->cross = dsr_alloc(sizeof *s->cross);
  if (s->cross == NULL) return dsr_fail_memory(p->error);
  arrange(s->cross, &s->op, dsr_pipeline_input(p, at), n);
  dsr_status rc =
      cross_rows(p, at, s->cross, n, column != NULL ? column : spare, count);
  for (int i = 0; i < s->cross->n; i++) erase(&s->cross->levels[i]);
  return rc == DSR_ENOMEM ? dsr_fail_memory(p->error) : rc;
}

dsr_status dsr_cross_run(dsr_pipeline *p, int at, size_t n) {
  const dsr_stage *s = &p->stages[at];
  const dsr_take *take = &s->op.takes[0];
  return run(p, at, n, take->kind == DSR_TAKE_FILL ? s->columns[take->ref.slot] : NULL,
             NULL);
}

dsr_status dsr_cross_count(dsr_pipeline *p, int at, size_t n, uint64_t *out) {
  *out = 0;
  return run(p, at, n, NULL, out);
}
