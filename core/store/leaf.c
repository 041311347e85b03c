/*
** leaf.c - what the text search holds, summed from the pages that FTS5 keeps it on.
**
** Pages are as segment.c draws them, after the head of SQLite's ext/fts5/fts5_index.c; which
** there are is in row 10 of search_data, the structure:
**
**   0  4  cookie
**   4  .  numbers: levels, segments, writes; for each level how many of its segments are
**         being merged, and how many it has; for each of these its own number, its first
**         page and its last, both 0 where all of it has been merged into another
**
** Nothing is taken on trust that FTS5 goes by as it reads all: every number stands where it
** must and leads where the next one begins, and every page is there.  So what is summed here
** is what FTS5 would give, or is not summed.  Where two segments have the same text FTS5
** gives the younger one's words only, and here those of both are summed; but no text enters
** the search twice, so that sum is no good one's.  Of pages that lead elsewhere (skips,
** search_idx) FTS5 uses one row here, the one that its first term is found by.
**
** Cost: a page in memory at a time, and some 10 ns for a word of a text.
*/
#include "store/leaf.h"

#include <string.h>

#include "store/postings.h"
#include "store/segment.h"
#include "store/varint.h"

enum {
  STRUCTURE = 10,
  COOKIE = 4,
  VERSION = 4,
  SEGMENT_MOST = 2000,
  HEAD = 4,
  TERM_MARK = '0',
  NEXT_COLUMN = 1,
  STEPPED = 2, /* what is added to the distance between places */
};

static const uint64_t PLACE_MOST = (UINT64_C(1) << 31) - 1;

/* What a list of places may go on with. */
typedef enum place_state { ANY, COLUMN, FIRST } place_state;

typedef struct leaf_reader {
  const unsigned char *page;
  size_t end;                        /* where its footer begins */
  const unsigned char *footer, *all; /* what is left of it */
  size_t next_term;                  /* where it begins; 0: no more on the page */
  dsr_bytes term;                    /* the last one, with its mark */
  uint64_t hash;                     /* of its word */
  uint64_t text;
  bool any_text; /* of the term */
  size_t left;   /* bytes of places, on the next page */
  place_state state;
  int column;
  uint64_t place;
  uint64_t sum;
} leaf_reader;

typedef struct leaf_segment {
  uint64_t number, first, last;
} leaf_segment;

/* ---- a page ---------------------------------------------------------------------- */

static size_t get_16(const unsigned char *at) { return (size_t)at[0] << 8 | at[1]; }

/* Sum the words of places whose numbers are all of `at` to `end`. */
static bool sum_places(leaf_reader *in, const unsigned char *at,
                       const unsigned char *end) {
  uint64_t number;
  while (at < end) {
    if (*at < 0x80) {
      number = *at++;
    } else if (!dsr_varint_get(&at, end, &number)) {
      return false;
    }
    if (in->state == COLUMN) {
      if (number != 1) return false;
      in->column = 1;
      in->place = 0;
      in->state = FIRST;
    } else if (number >= STEPPED) {
      in->place += number - STEPPED;
      if (in->place > PLACE_MOST) return false;
      in->sum += dsr_postings_sum_part(in->hash, in->text, in->column, in->place);
      in->state = ANY;
    } else if (number == NEXT_COLUMN && in->state == ANY && in->column == 0) {
      in->state = COLUMN;
    } else {
      return false;
    }
  }
  return true;
}

/* Sum places from *at on, as many as are left and stand before `stop`. */
static bool read_places(leaf_reader *in, size_t *at, size_t stop) {
  size_t some = in->left < stop - *at ? in->left : stop - *at;
  if (!sum_places(in, in->page + *at, in->page + *at + some)) return false;
  *at += some;
  in->left -= some;
  return in->left > 0 || in->state == ANY;
}

/* Where the next term of the page begins, by the footer. */
static bool find_term(leaf_reader *in) {
  uint64_t step;
  if (in->footer == in->all) {
    in->next_term = 0;
    return true;
  }
  if (!dsr_varint_get(&in->footer, in->all, &step) || step == 0) return false;
  if (step >= in->end - in->next_term) return false;
  in->next_term += step;
  return true;
}

/* The term at *at, `whole` where it is the page's first. */
static bool read_term(leaf_reader *in, size_t *at, bool whole, bool *full) {
  const unsigned char *from = in->page + *at, *end = in->page + in->end;
  uint64_t same = 0, more;
  if (in->term.len > 0 && !in->any_text) return false;
  if (!whole && !dsr_varint_get(&from, end, &same)) return false;
  if (!dsr_varint_get(&from, end, &more)) return false;
  if (same > in->term.len || more == 0 || more > (size_t)(end - from)) return false;
  in->term.len = same;
  *full = !dsr_bytes_put(&in->term, from, more);
  if (*full || in->term.len < 2 || in->term.items[0] != TERM_MARK) return false;
  dsr_str word = {(const char *)in->term.items + 1, in->term.len - 1};
  in->hash = dsr_postings_hash(word);
  in->any_text = false;
  *at = (size_t)(from - in->page) + more;
  return find_term(in);
}

/* The text at *at, with its places; its number is `whole` or a distance. */
static bool read_text(leaf_reader *in, size_t *at, bool whole) {
  size_t stop = in->next_term > 0 ? in->next_term : in->end;
  const unsigned char *from = in->page + *at, *end = in->page + stop;
  uint64_t number, size;
  if (in->term.len == 0) return false;
  if (!dsr_varint_get(&from, end, &number) || !dsr_varint_get(&from, end, &size)) {
    return false;
  }
  if (!whole) number += in->text;
  if (in->any_text && number <= in->text) return false;
  if (size < 2 || size % 2 == 1) return false; /* an odd one is dropped by FTS5 */
  in->text = number;
  in->any_text = true;
  in->left = size / 2;
  in->state = ANY;
  in->column = 0;
  in->place = 0;
  *at = (size_t)(from - in->page);
  return read_places(in, at, stop) && (in->left == 0 || in->next_term == 0);
}

static bool read_all(leaf_reader *in, size_t first_text, bool *full) {
  size_t at = HEAD, first = 0;
  bool any_term = false;
  size_t stop = in->next_term > 0 ? in->next_term : in->end;
  if (!read_places(in, &at, stop)) return false;
  if (in->left > 0 && at < in->end) return false;
  while (at < in->end) {
    if (at == in->next_term) {
      if (!read_term(in, &at, !any_term, full)) return false;
      any_term = true;
    } else {
      bool leads = !any_term && first == 0;
      if (leads) first = at;
      if (!read_text(in, &at, leads || !in->any_text)) return false;
    }
  }
  return first == first_text && in->next_term == 0;
}

/* Sum the words of a page; *full: there is no memory. */
static bool read_page(leaf_reader *in, dsr_str bytes, bool *full) {
  if (bytes.len <= HEAD) return false;
  in->page = (const unsigned char *)bytes.data;
  in->end = get_16(in->page + 2);
  if (in->end <= HEAD || in->end > bytes.len) return false;
  in->footer = in->page + in->end;
  in->all = in->page + bytes.len;
  in->next_term = 0;
  if (!find_term(in) || (in->next_term > 0 && in->next_term < HEAD)) return false;
  return read_all(in, get_16(in->page), full);
}

/* ---- segments -------------------------------------------------------------------- */

static bool get_numbers(const unsigned char **at, const unsigned char *end,
                        uint64_t *out, int n) {
  for (int i = 0; i < n; i++) {
    if (!dsr_varint_get(at, end, &out[i])) return false;
  }
  return true;
}

/* Which segments there are; room for `most`. */
static bool read_structure(dsr_str bytes, leaf_segment *out, size_t most, size_t *n) {
  const unsigned char *at = (const unsigned char *)bytes.data, *end = at + bytes.len;
  uint64_t head[3], level[2] = {0}, one[3], merging = 0;
  *n = 0;
  if (bytes.len < COOKIE) return false;
  at += COOKIE;
  if (!get_numbers(&at, end, head, 3) || head[1] > most) return false;
  for (uint64_t l = 0; l < head[0]; l++) {
    if (!get_numbers(&at, end, level, 2)) return false;
    if (level[0] > level[1] || level[1] > head[1] - *n) return false;
    if (merging > 0 && level[1] == 0) return false;
    merging = level[0];
    for (uint64_t i = 0; i < level[1]; i++) {
      if (!get_numbers(&at, end, one, 3)) return false;
      if (one[0] == 0 || one[0] > SEGMENT_MOST) return false;
      if (one[2] < one[1] || one[2] >> 31 > 0 || (one[1] == 0 && one[2] > 0)) {
        return false;
      }
      out[(*n)++] = (leaf_segment){one[0], one[1], one[2]};
    }
  }
  return *n == head[1] && merging == 0 && at == end;
}

/* Does FTS5 find the first term of a segment on its first page, or none where all of it
** has been merged? */
static dsr_status check_start(dsr_file *file, const leaf_segment *segment) {
  TRY(dsr_file_query(file, DSR_SQL_SEARCH_START, (int64_t)segment->number, 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_SEARCH_START);
  TRY(rc);
  if (rc == DSR_DONE) return segment->first > 0 ? DSR_OK : DSR_NOTHING;
  int64_t page = dsr_file_id(file, DSR_SQL_SEARCH_START) >> 1;
  dsr_file_end(file, DSR_SQL_SEARCH_START);
  bool leads = segment->first > 0 ? page <= (int64_t)segment->first
                                  : page > 0 && page < INT32_MAX;
  return leads ? DSR_OK : DSR_NOTHING;
}

static dsr_status sum_segment(dsr_file *file, const leaf_segment *segment,
                              leaf_reader *in) {
  uint64_t above = segment->number << DSR_SEGMENT_SHIFT, next = segment->first;
  dsr_str bytes;
  dsr_status rc;
  in->term.len = 0;
  in->any_text = false;
  in->left = 0;
  in->state = ANY;
  TRY(dsr_file_query(file, DSR_SQL_SEARCH_PAGES, (int64_t)(above | segment->first),
                     (int64_t)(above | segment->last)));
  while ((rc = dsr_file_step(file, DSR_SQL_SEARCH_PAGES)) == DSR_ROW) {
    bool full = false;
    uint64_t id = (uint64_t)dsr_file_id(file, DSR_SQL_SEARCH_PAGES);
    TRY(dsr_file_data(file, DSR_SQL_SEARCH_PAGES, &bytes));
    if (id != (above | next++)) return DSR_NOTHING;
    if (read_page(in, bytes, &full)) continue;
    return full ? dsr_fail_memory(file->error) : DSR_NOTHING;
  }
  TRY(rc);
  bool whole = next == segment->last + 1 && in->any_text && in->left == 0;
  return whole ? DSR_OK : DSR_NOTHING;
}

/* Is it a table of FTS5's as this version made it, in a format that is known? */
static dsr_status check_shape(dsr_file *file) {
  TRY(dsr_file_query(file, DSR_SQL_SEARCH_SHAPE, VERSION, 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_SEARCH_SHAPE);
  TRY(rc);
  bool known = rc == DSR_ROW && dsr_file_id(file, DSR_SQL_SEARCH_SHAPE) == 1;
  dsr_file_end(file, DSR_SQL_SEARCH_SHAPE);
  return known ? DSR_OK : DSR_NOTHING;
}

static dsr_status list_segments(dsr_file *file, leaf_segment *out, size_t *n) {
  dsr_str bytes;
  TRY(dsr_file_query(file, DSR_SQL_SEARCH_PAGES, STRUCTURE, STRUCTURE));
  dsr_status rc = dsr_file_step(file, DSR_SQL_SEARCH_PAGES);
  if (rc != DSR_ROW) return rc < 0 ? rc : DSR_NOTHING;
  TRY(dsr_file_data(file, DSR_SQL_SEARCH_PAGES, &bytes));
  return read_structure(bytes, out, SEGMENT_MOST, n) ? DSR_OK : DSR_NOTHING;
}

static dsr_status sum_segments(dsr_file *file, leaf_segment *segments,
                               leaf_reader *in) {
  size_t n;
  dsr_status rc = check_shape(file);
  if (rc == DSR_OK) rc = list_segments(file, segments, &n);
  dsr_file_end(file, DSR_SQL_SEARCH_PAGES);
  for (size_t i = 0; rc == DSR_OK && i < n; i++) {
    rc = check_start(file, &segments[i]);
    if (rc == DSR_OK && segments[i].first > 0) {
      rc = sum_segment(file, &segments[i], in);
    }
    dsr_file_end(file, DSR_SQL_SEARCH_PAGES);
  }
  return rc;
}

dsr_status dsr_leaf_sum(dsr_file *file, uint64_t *sum) {
  leaf_reader in = {0};
  leaf_segment *segments = dsr_alloc(SEGMENT_MOST * sizeof *segments);
  if (segments == NULL) return dsr_fail_memory(file->error);
  dsr_status rc = sum_segments(file, segments, &in);
  VEC_FREE(&in.term);
  dsr_free(segments);
  if (rc == DSR_EDAMAGED) rc = DSR_NOTHING;
  if (rc == DSR_OK) *sum += in.sum;
  return rc;
}
