/*
** extent.h - the tuples of one predicate in a run, and the ways to find them.
**
** A *stored* extent is filled first and only read afterwards (facts of a base, a
** table).  A *made* extent grows while rules run.  A *best* extent is a made one of
** which, among tuples alike in all columns but the last, only the one with the least
** (or greatest) last column counts.
**
** How tuples are kept follows from the width and from who fills them; readers go
** through an index and need not know:
** - stored, any width: tries.  For an order of columns, the sorted distinct tuples,
**   level by level, each level one array of values, children side by side (trie.c).
**   The first order that is asked for drops duplicates; every further one costs a sort.
** - stored and supplied: fetched as it is asked for, until it is all there (asked.h).
** - made, two columns: for each first value a row: the second values in order of
**   arrival and a membership set, which is nothing while the row is short, then a hash,
**   then a bitmap (row.c, pairs.c).  What is new of a row is its tail.  An index by the
**   second column is the same with columns swapped, without membership.
** - made, one column: one row.  No column: a flag.
** - made, three columns and more: the same, if asked for (dsr_extent_by_rows), with the
**   tuple of the other columns numbered in place of the first value (keys.c).
** - else made, three columns and more, and best: tuples back to back in order of arrival,
**   with a hash over all of them (best: over the key), and for each index a hash from
**   the known columns to the numbers of their tuples (tuples.c).
**
** An *index* leads from the values of its first columns (a prefix) to a *range*: the
** distinct values of the next column, or numbers of tuples.  A *tap* hands out every
** tuple of a made extent once, in chunks: what a semi-naive step calls delta.
**
** Tuples are visible to readers as soon as they are added.  Adding moves arrays: a
** range is good until the next tuple is added to this extent; whoever goes on reading
** after that asks for the range again and goes on where it was, since ranges of made
** extents only grow at the end.
**
** Nothing here checks limits; the loop does, by dsr_extent_bytes and counts.
*/
#ifndef DSR_EVAL_EXTENT_H
#define DSR_EVAL_EXTENT_H

#include <stdbool.h>

#include "eval/number.h"

enum { DSR_WIDTH_MAX = 16 }; /* columns of a tuple */

typedef enum dsr_extent_kind {
  DSR_EXTENT_STORED = 1,
  DSR_EXTENT_MADE,
  DSR_EXTENT_BEST,
} dsr_extent_kind;

typedef struct dsr_extent dsr_extent;
typedef struct dsr_index dsr_index;
typedef struct dsr_tap dsr_tap;

/* Is the value `a` better than `b` as the last column of a best extent. */
typedef bool (*dsr_better)(void *ud, uint32_t a, uint32_t b);

dsr_status dsr_extent_new(dsr_extent_kind kind, int width, dsr_error *error,
                          dsr_extent **out);
void dsr_extent_free(dsr_extent *extent);
void dsr_extent_order_best(dsr_extent *extent, dsr_better better, void *ud);

/* Let a made extent of three columns and more, that nothing was asked of yet, stand in
** rows: for each tuple of the other columns the values of `column`, as of two columns
** the second.  Then an index by the other columns costs nothing, what is new comes as
** pieces of rows, and whole rows are added at once.  Worth it where such an index is
** wanted.  DSR_OK, or DSR_NOTHING: it stays as it is. */
dsr_status dsr_extent_by_rows(dsr_extent *extent, int column);
/* The column of which its rows are; -1: it does not stand in rows. */
int dsr_extent_rows_of(const dsr_extent *extent);

int dsr_extent_width(const dsr_extent *extent);
dsr_extent_kind dsr_extent_kind_of(const dsr_extent *extent);
/* Distinct tuples (best: those that count).  A stored extent is sorted for it, unless its
** tuples are known to differ. */
dsr_status dsr_extent_count(dsr_extent *extent, uint64_t *out);
size_t dsr_extent_bytes(const dsr_extent *extent);
/* Did sorting a stored extent fail?  What was filled is gone: it can only be freed. */
bool dsr_extent_lost(const dsr_extent *extent);

/* ---- filling a stored extent ----------------------------------------------------- */

/* Append `n` tuples, one after the other in `values`; duplicates are allowed. */
dsr_status dsr_extent_fill(dsr_extent *extent, const uint32_t *values, size_t n);
/* The same, column by column: `columns[c]` has n values. */
dsr_status dsr_extent_fill_columns(dsr_extent *extent, const uint32_t *const *columns,
                                   size_t n);

/*
** Have an empty made extent, which nobody has an index or a tap of, be a stored one that
** a single pipeline fills, whose tuples all differ: no hash is needed to tell.  Readers
** come after all are there.  `only_count`: nobody reads the tuples, they are counted and
** let go.
*/
void dsr_extent_store(dsr_extent *extent, bool only_count);
bool dsr_extent_only_counts(const dsr_extent *extent);

/* ---- adding to a made or best extent --------------------------------------------- */

/* After a failure to add (DSR_ENOMEM, DSR_ELIMIT) some tuples may be there that an
** index does not lead to: the extent is to be freed. */

/* DSR_OK: it is new (best: it is better than what was there); DSR_NOTHING. */
dsr_status dsr_extent_add(dsr_extent *extent, const uint32_t *tuple);
/* Add n tuples by column; *kept: how many were new.  Also to what dsr_extent_store() made
** (where it only counts, `columns` is not looked at). */
dsr_status dsr_extent_add_columns(dsr_extent *extent, const uint32_t *const *columns,
                                  size_t n, uint64_t *kept);
/* Two columns: add (first, seconds[i]) for each i.  `seconds` may lie in the extent
** itself. */
dsr_status dsr_extent_add_row(dsr_extent *extent, uint32_t first,
                              const uint32_t *seconds, size_t n, uint64_t *kept);

bool dsr_extent_has(const dsr_extent *extent, const uint32_t *tuple);

/* ---- finding -------------------------------------------------------------------- */

/*
** An index by the first `prefix` columns of `order`, a permutation of the columns.
** Asked for before the extent is read; a made extent keeps it up from then on (tuples
** that are there already are filed at once).  Asking again gives the same one; an order
** that serves several prefixes is one index: for stored extents of any width and made
** ones of two columns `prefix` may be anything when reading; else it is the one that
** was asked for, or with dsr_index_has also the width.  `distinct` asks that ranges be
** of distinct values of column order[prefix], which a made extent of three columns and
** more cannot give (DSR_EUNSUPPORTED) unless prefix is width - 1, nor a best one
** unless, besides, the last column of `order` is its last: then the range is the value
** that counts.
*/
dsr_status dsr_extent_index(dsr_extent *extent, const uint8_t *order, int prefix,
                            bool distinct, dsr_index **out);

/* What an index leads to. */
typedef enum dsr_range_kind {
  DSR_RANGE_VALUES = 1, /* distinct values of the column after the prefix */
  DSR_RANGE_TUPLES, /* numbers of tuples, for dsr_extent_tuple(); of a best extent some
                    ** may be out of date: dsr_extent_counts() tells */
} dsr_range_kind;

typedef struct dsr_range {
  const uint32_t *items;
  uint32_t n;
  bool sorted; /* values in ascending order, each once */
  /* for dsr_range_has, which alone reads them */
  uint8_t how;
  uint32_t key;
  const void *row;
} dsr_range;

dsr_range_kind dsr_index_kind(const dsr_index *index);
/* Whose it is, and the order that it has (asked for, or one that serves as well up to
** the prefix): all columns. */
dsr_extent *dsr_index_extent(const dsr_index *index);
const uint8_t *dsr_index_order(const dsr_index *index);
/* The range under `prefix` values (`n` of them, fewer than the width).  False:
** empty. */
bool dsr_index_range(const dsr_index *index, const uint32_t *prefix, int n,
                     dsr_range *out);
/* Is `value` in a range of values: constant time or a binary search.  Good as long as
** the range is. */
bool dsr_range_has(const dsr_range *range, uint32_t value);
/* Is there a tuple that begins with the `n` values; n may be the width. */
bool dsr_index_has(const dsr_index *index, const uint32_t *prefix, int n);

/* For statistics, free to ask for of a sealed or made extent: how many distinct values
** stand in the first `n` columns of the index's order (an estimate will do where it is
** not known). */
double dsr_index_distinct(const dsr_index *index, int n);

/* Tuple number `at` of an extent that is kept back to back; NULL for other extents. */
const uint32_t *dsr_extent_tuple(const dsr_extent *extent, uint32_t at);
/* Best: is this tuple the one that counts for its key. */
bool dsr_extent_counts(const dsr_extent *extent, uint32_t at);

/* ---- walking all of it ----------------------------------------------------------- */

/* A walk over all tuples that are there when it reaches them: in order for stored ones,
** else in a fixed order that depends on nothing but the order of adding. */
typedef struct dsr_walk {
  dsr_extent *extent;
  uint64_t at[3]; /* where it is, as the extent sees it */
  uint32_t path[DSR_WIDTH_MAX];
} dsr_walk;
dsr_status dsr_walk_start(dsr_walk *walk, dsr_extent *extent);
/* Up to `room` tuples into `columns[c]` (NULL: the column is not wanted); *n 0: the
** end.
*/
dsr_status dsr_walk_next(dsr_walk *walk, uint32_t *const *columns, size_t room,
                         size_t *n);

/* ---- what is new ----------------------------------------------------------------- */

/* A piece of what is new: of a made extent that stands in rows, items [from, to) of row
** `key` (which is, of more columns than two, a number, see dsr_chunk_key); of the others, tuples [from, to) (key 0). */
typedef struct dsr_chunk {
  uint32_t key, from, to;
} dsr_chunk;

/* A tap on a made extent, given to one reader: through it passes every tuple once,
** those that are there already, too.  The first tap of an extent costs a mark a row;
** further ones a log of chunks. */
dsr_status dsr_extent_tap(dsr_extent *extent, dsr_tap **out);
/* Take up to `room` chunks, of some `tuples` tuples together (at least one chunk where
** there is any); how many.  They count as handed out. */
dsr_status dsr_tap_take(dsr_tap *tap, dsr_chunk *out, size_t room, size_t tuples,
                        size_t *n);
/* Whoever is done with a chunk of a made extent of two columns, the last that was taken
** or not, asks whether its row has grown meanwhile: true, and *chunk is what is new of
** the row, which counts as handed out.  So a row that a rule feeds from itself is done
** in one go, while it is in the cache, and is not queued for each tuple.  False of
** other extents, and where another tap must see other chunks first. */
bool dsr_tap_more(dsr_tap *tap, dsr_chunk *chunk);
bool dsr_tap_dry(const dsr_tap *tap);
/* Of more than two columns that stand in rows: the key's values go into `columns` by
** column; that of the rows is set to 0. */
void dsr_chunk_key(const dsr_extent *extent, uint32_t key, uint32_t *columns);
/* The items of a chunk: second values, the rows' values, or for one column the values; NULL for extents
** kept back to back (dsr_extent_tuple).  Good until the next tuple is added. */
const uint32_t *dsr_chunk_items(const dsr_extent *extent, const dsr_chunk *chunk);

#endif
