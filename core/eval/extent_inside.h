/*
** extent_inside.h - what an extent is made of, for those whose inner loops may know.
**
** extent.h is the whole of what an extent promises; this header lets the operators of a
** pipeline ask for ranges, and add whole rows, without a call for each.  Only extent.c
** and tap.c write the fields; others use the inline functions.
*/
#ifndef DSR_EVAL_EXTENT_INSIDE_H
#define DSR_EVAL_EXTENT_INSIDE_H

#include <assert.h>

#include "eval/asked.h"
#include "eval/keys.h"
#include "eval/pairs.h"
#include "eval/trie.h"
#include "eval/tuples.h"

typedef enum dsr_extent_shape {
  DSR_SHAPE_TRIES = 1, /* stored */
  DSR_SHAPE_ASKED,     /* stored, and fetched as it is asked for */
  DSR_SHAPE_ROW,       /* made, one column */
  DSR_SHAPE_PAIRS,     /* made, two columns */
  DSR_SHAPE_TUPLES,    /* made, no or three columns and more; best */
  DSR_SHAPE_ROWS,      /* made, three columns and more, by rows of one of them */
} dsr_extent_shape;

typedef enum dsr_index_way {
  DSR_WAY_TRIE = 1,
  DSR_WAY_ASKED,
  DSR_WAY_ROW,     /* the one row of one column */
  DSR_WAY_PAIRS,   /* the first column leads */
  DSR_WAY_SWAPPED, /* the second leads */
  DSR_WAY_GROUPS,
  DSR_WAY_KEY,   /* of a best extent, the key: to the value that counts */
  DSR_WAY_REST,  /* in rows: all columns but the rows' */
  DSR_WAY_WHOLE, /* all columns are known */
} dsr_index_way;

struct dsr_index {
  dsr_index *next;
  dsr_extent *extent;
  dsr_index_way way;
  int prefix; /* the longest that was asked for */
  uint8_t order[DSR_WIDTH_MAX];
  dsr_trie *trie;
  dsr_asked *asked;
  dsr_grouping grouping;
};

/* A tap's own state; the log is the extent's. */
struct dsr_tap {
  dsr_tap *next;
  dsr_extent *extent;
  uint64_t taken;        /* tuples */
  uint64_t at;           /* in the log */
  VEC(dsr_chunk) before; /* what was handed out before it was there */
  size_t before_at;
};

struct dsr_extent {
  dsr_extent_kind kind;
  dsr_extent_shape shape;
  int width;
  dsr_error *error;
  dsr_index *indexes;
  dsr_pool pool; /* one column: of `row` */
  dsr_row row;
  dsr_pairs pairs; /* two columns; in rows: number of the key, value */
  int value;       /* in rows: the column that is in them */
  dsr_keys keys;   /* in rows: what is in the other columns, in their order */
  dsr_pairs swapped;
  bool files; /* what is new of a row is to be filed: in `swapped`; or, in rows, in
              ** `tuples`, a list that other indexes lead to */
  dsr_tuples tuples;
  /* stored: what was filled in, until it is sealed */
  VEC(uint32_t) columns[DSR_WIDTH_MAX];
  uint64_t filled;
  bool sealed;
  /* supplied: what fetching has cost, in tuples of a scan; what it failed with */
  dsr_supply supply;
  double spent;
  dsr_status failure;
  bool distinct;   /* what was filled in differs, all of it */
  bool only_count; /* and is not kept */
  dsr_tap *taps;
  /* two columns, several taps: the chunks that not all of them have taken */
  bool logged;
  VEC(dsr_chunk) log;
  uint64_t log_from; /* number of the first chunk that is still in it */
  /* two columns: where several threads put what they add (sink.h) */
  dsr_extent **sinks;
  int n_sinks;
  size_t sink_bytes; /* of all of them, when they were closed */
};

enum {
  DSR_HOW_SORTED = 1, /* search the items */
  DSR_HOW_ROW,        /* ask the row */
  DSR_HOW_SWAPPED,    /* ask the row of the value, for the key */
  DSR_HOW_KEYS,       /* is there a row of the value */
  DSR_HOW_GROUP,      /* ask the hash of all tuples */
  DSR_HOW_LONG,       /* ask the trie's level */
  DSR_HOW_FIRSTS,     /* ask the trie whether it has children */
};

/* Are tuples there that need no sorting to be counted and walked? */
static inline bool dsr_extent_is_open(const dsr_extent *extent) {
  return extent->distinct && !extent->indexes;
}

/* The index that a stored extent was sealed with; the list goes on behind it. */
static inline dsr_index *dsr_extent_first(const dsr_extent *extent) {
  return extent->indexes;
}

/* Have a stored extent sorted, in some order. */
dsr_status dsr_extent_seal(dsr_extent *extent);

/* Do tuples stand in rows of one column: what the second of two is, or one of more. */
static inline bool dsr_extent_in_rows(const dsr_extent *extent) {
  return extent->shape == DSR_SHAPE_PAIRS || extent->shape == DSR_SHAPE_ROWS;
}

/* ---- ranges ---------------------------------------------------------------------- */

static inline bool dsr_range_of_row(const dsr_row *row, dsr_range *out) {
  if (!row || row->n == 0) return false;
  *out = (dsr_range){.items = row->items, .n = row->n, .how = DSR_HOW_ROW, .row = row};
  return true;
}

static inline bool dsr_range_of_trie(const dsr_trie *trie, const uint32_t *prefix,
                                     int n, dsr_range *out) {
  uint32_t from, to;
  if (!dsr_trie_find(trie, prefix, n, &from, &to)) return false;
  *out = (dsr_range){.items = trie->levels[n].values + from,
                     .n = to - from,
                     .sorted = true,
                     .how = DSR_HOW_SORTED};
  if (out->n < DSR_LONG) return true;
  bool firsts = n == 0 && trie->firsts;
  out->how = firsts ? DSR_HOW_FIRSTS : DSR_HOW_LONG;
  out->row = firsts ? (const void *)trie : &trie->levels[n];
  return true;
}

/* Make the tries of a supplied extent that was filled. */
dsr_status dsr_extent_index_all(dsr_extent *extent);

/* The ranges of the other ways. */
bool dsr_index_range_other(const dsr_index *index, const uint32_t *prefix, int n,
                           dsr_range *out);

/* dsr_index_range() inline. */
static inline bool dsr_index_range_inside(const dsr_index *index,
                                          const uint32_t *prefix, int n,
                                          dsr_range *out) {
  if (index->way == DSR_WAY_TRIE) return dsr_range_of_trie(index->trie, prefix, n, out);
  if (index->way == DSR_WAY_PAIRS && n == 1) {
    return dsr_range_of_row(dsr_pairs_find(&index->extent->pairs, *prefix), out);
  }
  if (index->way == DSR_WAY_SWAPPED && n == 1) {
    const dsr_row *row = dsr_pairs_find(&index->extent->swapped, *prefix);
    if (!dsr_range_of_row(row, out)) return false;
    out->how = DSR_HOW_SWAPPED;
    out->row = &index->extent->pairs;
    out->key = *prefix;
    return true;
  }
  return dsr_index_range_other(index, prefix, n, out);
}

/* Is a value among n ascending ones. */
static inline bool dsr_sorted_has(const uint32_t *items, uint32_t n, uint32_t value) {
  uint32_t at = dsr_sorted_at(items, n, value);
  return at < n && items[at] == value;
}

bool dsr_range_has_other(const dsr_range *range, uint32_t value);

/* dsr_range_has() inline. */
static inline bool dsr_range_has_inside(const dsr_range *range, uint32_t value) {
  if (range->how == DSR_HOW_SORTED) {
    return dsr_sorted_has(range->items, range->n, value);
  }
  if (range->how == DSR_HOW_ROW) return dsr_row_has(range->row, value);
  if (range->how == DSR_HOW_LONG) {
    return dsr_level_has(range->row, range->items, range->n, value);
  }
  if (range->how == DSR_HOW_SWAPPED)
    return dsr_pairs_has(range->row, value, range->key);
  return dsr_range_has_other(range, value);
}

/* dsr_tap_more() inline, for whoever has the row of the chunk's key at hand. */
static inline bool dsr_tap_more_of_row(dsr_tap *tap, dsr_row *row, dsr_chunk *chunk) {
  if (row->taken == row->n) return false;
  if (tap->extent->logged) return dsr_tap_more(tap, chunk);
  chunk->from = row->taken;
  chunk->to = row->taken = row->n;
  tap->taken += chunk->to - chunk->from;
  return true;
}

/* Before a chunk is worked on, let it take in what was added to its row since it was
** taken, where that can be: so larger pieces of rows are handled, and fewer chunks. */
static inline void dsr_tap_widen(dsr_tap *tap, dsr_row *row, dsr_chunk *chunk) {
  if (row->taken != chunk->to || tap->extent->logged) return;
  tap->taken += row->n - chunk->to;
  chunk->to = row->taken = row->n;
}

/* ---- adding whole rows ----------------------------------------------------------- */

/*
** A row of a made extent that stands in rows, which is being added to: begin, add any number
** of times, end.  Between begin and end nothing else may be added to the extent; its
** ranges are good but for that of the row, whose items are to be asked for after each
** add.  Begun, it must be given at least one number and be ended, also after a failure
** to add.  A tap may go on with what is new of the row meanwhile (dsr_tap_more_of_row).
*/
typedef struct dsr_filling {
  dsr_extent *extent;
  dsr_row *row;
  uint32_t before;
} dsr_filling;

static inline dsr_status dsr_filling_begin(dsr_filling *filling, dsr_extent *extent,
                                           uint32_t first) {
  dsr_row *row = dsr_pairs_find(&extent->pairs, first);
  *filling = (dsr_filling){.extent = extent};
  if (!row) TRY(dsr_pairs_make(&extent->pairs, first, &row));
  filling->row = row;
  filling->before = row->n;
  return DSR_OK;
}

static inline dsr_status dsr_filling_add(dsr_filling *filling, const uint32_t *seconds,
                                         size_t n) {
  return dsr_row_extend(&filling->extent->pairs.pool, filling->row, seconds, n);
}

static inline dsr_status dsr_filling_add_one(dsr_filling *filling, uint32_t second) {
  return dsr_row_add(&filling->extent->pairs.pool, filling->row, second);
}

dsr_status dsr_extent_file_row(dsr_extent *extent, const dsr_row *row, uint32_t before);

/* Adds to *kept how many were new. */
static inline dsr_status dsr_filling_end(const dsr_filling *filling, uint64_t *kept) {
  dsr_extent *extent = filling->extent;
  *kept += filling->row->n - filling->before;
  dsr_pairs_grew(&extent->pairs, filling->row, filling->before);
  if (!extent->files) return DSR_OK;
  return dsr_extent_file_row(extent, filling->row, filling->before);
}

#endif
