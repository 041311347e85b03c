/*
** strain.c - the rows of a packed block that a walk may not leave out.
**
** A column's frame tells mostly at once whether all of its words pass a test, or none do.
** If not, numbers of a framed column are held against the test's ends as they come out of
** their bits, without becoming words; other columns are unpacked.  Of the other columns
** only the rows that pass are made, one by one where they are few.  A block of which most
** rows pass is better unpacked and kept.
**
** Cost: that of reading the block's bytes, and about a ns for each row and test.
*/
#include "store/strain.h"

#include <string.h>

#include "store/probe_inside.h"
#include "store/strained.h"

struct dsr_strained {
  dsr_strain strain; /* columns are those of the block */
  dsr_block block;   /* what came of the last one */
  uint64_t *words;   /* its columns, `rows` words for each */
  uint32_t *rows;    /* lists of rows: what passes, by alternative and in all */
  bool *marks;
  size_t room;       /* rows that these have room for */
  unsigned unpacked; /* columns of which all words are there */
};

/* Rows that pass: all, or the first n of a list. */
typedef struct passing {
  bool all;
  size_t n;
} passing;

/* ---- starting -------------------------------------------------------------------- */

/* Where a natural column stands in an order. */
static int place_of(int order, int column) {
  if (column == order) return 0;
  return column < order ? column + 1 : column;
}

dsr_strained *dsr_strained_new(const dsr_strain *strain, int order) {
  dsr_strained *made = dsr_alloc(sizeof *made);
  if (made == NULL) return NULL;
  made->strain = *strain;
  for (int i = 0; i < strain->n; i++) {
    dsr_strain_test *test = &made->strain.tests[i];
    test->column = place_of(order, test->column);
  }
  return made;
}

void dsr_strained_free(dsr_strained *strained) {
  if (strained == NULL) return;
  dsr_free(strained->words);
  dsr_free(strained->rows);
  dsr_free(strained->marks);
  dsr_free(strained);
}

static bool have_room(dsr_strained *s, size_t rows, int width) {
  if (rows <= s->room) return true;
  size_t room = rows + rows / 8; /* those of an order are much alike */
  dsr_free(s->words);
  dsr_free(s->rows);
  dsr_free(s->marks);
  s->words = dsr_resize(NULL, room * (size_t)(width + 1) * sizeof *s->words);
  s->rows = dsr_resize(NULL, room * sizeof *s->rows);
  s->marks = dsr_resize(NULL, room * sizeof *s->marks);
  s->room = s->words && s->rows && s->marks ? room : 0;
  return s->room > 0;
}

/* ---- testing --------------------------------------------------------------------- */

static uint64_t *words_of(const dsr_strained *s, int c) {
  return s->words + (size_t)c * s->room;
}

static dsr_status unpack(dsr_strained *s, const dsr_probe *probe, int c) {
  if (s->unpacked >> c & 1) return DSR_OK;
  if (!dsr_column_unpack(&probe->columns[c], probe->rows, words_of(s, c))) {
    return DSR_EDAMAGED;
  }
  s->unpacked |= 1u << c;
  return DSR_OK;
}

/* The least and the greatest word that the column's frame allows; false: it says nothing. */
static bool frame_of(const dsr_column *in, uint64_t *least, uint64_t *most) {
  *least = *most = in->base;
  if (in->form == DSR_FORM_CONSTANT) {
    *least = *most = dsr_column_decoded(in, in->base);
    return true;
  }
  if (in->form == DSR_FORM_ASCENDING || in->coded || in->bits > 63) return false;
  *most += (UINT64_C(1) << in->bits) - 1;
  return *most >= *least;
}

typedef enum verdict { NONE, SOME, ALL } verdict;

/* What the frame says of a test; *framed: which words it is about. */
static verdict look(const dsr_column *in, const dsr_strain_range *range, bool *told) {
  uint64_t least, most;
  *told = frame_of(in, &least, &most) && dsr_strain_tells(range, least) &&
          dsr_strain_tells(range, most);
  if (!*told) return SOME;
  if (least >= range->lo && most <= range->hi) return ALL;
  return most < range->lo || least > range->hi ? NONE : SOME;
}

/* List the numbers of a framed column that are from lo to lo + span; there are DSR_COLUMN_SPARE
** bytes behind them. */
static size_t list_framed(const dsr_column *in, size_t rows, uint64_t lo, uint64_t span,
                          uint32_t *list) {
  const unsigned char *data = in->data;
  const size_t bits = (size_t)in->bits;
  const uint64_t mask = (UINT64_C(1) << bits) - 1;
  size_t n = 0, r = 0, bit = 0;
  for (; bits <= 28 && r + 2 <= rows; r += 2, bit += 2 * bits) {
    uint64_t two = dsr_load64(data + (bit >> 3)) >> (bit & 7);
    list[n] = (uint32_t)r;
    n += (two & mask) - lo <= span;
    list[n] = (uint32_t)r + 1;
    n += (two >> bits & mask) - lo <= span;
  }
  for (; r < rows; r++) {
    list[n] = (uint32_t)r;
    n += dsr_number_at(data, r, in->bits) - lo <= span;
  }
  return n;
}

static size_t list_words(const uint64_t *words, size_t rows,
                         const dsr_strain_range *range, uint32_t *list) {
  size_t n = 0;
  for (size_t r = 0; r < rows; r++) {
    list[n] = (uint32_t)r;
    n += dsr_strain_takes(range, words[r]);
  }
  return n;
}

/* List the rows that pass a test of which the frame does not say enough. */
static dsr_status list_all(dsr_strained *s, const dsr_probe *probe,
                           const dsr_strain_test *test, bool told, uint32_t *list,
                           size_t *n) {
  const dsr_column *in = &probe->columns[test->column];
  const dsr_strain_range *range = &test->range;
  if (told && in->form == DSR_FORM_FRAMED && !(s->unpacked >> test->column & 1)) {
    uint64_t lo = range->lo > in->base ? range->lo : in->base;
    *n = list_framed(in, probe->rows, lo - in->base, range->hi - lo, list);
    return DSR_OK;
  }
  TRY(unpack(s, probe, test->column));
  *n = list_words(words_of(s, test->column), probe->rows, range, list);
  return DSR_OK;
}

/* Can the word of a row be had without those before it? */
static bool is_open(const dsr_strained *s, const dsr_probe *probe, int c) {
  return s->unpacked >> c & 1 || probe->columns[c].form <= DSR_FORM_FRAMED;
}

static uint64_t word_at(const dsr_strained *s, const dsr_probe *probe, int c,
                        size_t row) {
  const dsr_column *in = &probe->columns[c];
  if (s->unpacked >> c & 1) return words_of(s, c)[row];
  return in->form == DSR_FORM_CONSTANT ? dsr_column_decoded(in, in->base)
                                       : dsr_column_framed(in, row);
}

/* Leave in a list what passes one more test. */
static dsr_status list_less(dsr_strained *s, const dsr_probe *probe,
                            const dsr_strain_test *test, uint32_t *list, size_t *n) {
  size_t kept = 0;
  if (!is_open(s, probe, test->column)) TRY(unpack(s, probe, test->column));
  for (size_t i = 0; i < *n; i++) {
    uint64_t word = word_at(s, probe, test->column, list[i]);
    list[kept] = list[i];
    kept += dsr_strain_takes(&test->range, word);
  }
  *n = kept;
  return DSR_OK;
}

/* What passes the tests [from, to), which are one alternative. */
static dsr_status pass_alternative(dsr_strained *s, const dsr_probe *probe,
                                   const dsr_strain_test *from,
                                   const dsr_strain_test *to, passing *out) {
  bool told;
  *out = (passing){.all = true};
  for (const dsr_strain_test *test = from; test < to; test++) {
    if (look(&probe->columns[test->column], &test->range, &told) == NONE) {
      *out = (passing){.n = 0};
      return DSR_OK;
    }
  }
  for (const dsr_strain_test *test = from; test < to; test++) {
    if (look(&probe->columns[test->column], &test->range, &told) == ALL) continue;
    TRY(out->all ? list_all(s, probe, test, told, s->rows, &out->n)
                 : list_less(s, probe, test, s->rows, &out->n));
    out->all = false;
  }
  return DSR_OK;
}

static void mark(const dsr_strained *s, size_t n) {
  for (size_t i = 0; i < n; i++) s->marks[s->rows[i]] = true;
}

static size_t list_marks(const dsr_strained *s, size_t rows) {
  size_t n = 0;
  for (size_t r = 0; r < rows; r++) {
    s->rows[n] = (uint32_t)r;
    n += s->marks[r];
  }
  return n;
}

/* What passes some alternative. */
static dsr_status pass(dsr_strained *s, const dsr_probe *probe, passing *out) {
  const dsr_strain_test *from = s->strain.tests, *end = from + s->strain.n;
  bool marked = false;
  while (from < end) {
    const dsr_strain_test *to = from;
    while (to < end && to->alternative == from->alternative) to++;
    TRY(pass_alternative(s, probe, from, to, out));
    if (out->all || (!marked && to == end)) return DSR_OK;
    if (!marked) memset(s->marks, 0, probe->rows * sizeof *s->marks);
    mark(s, out->n);
    marked = true;
    from = to;
  }
  out->n = list_marks(s, probe->rows);
  return DSR_OK;
}

/* ---- making ---------------------------------------------------------------------- */

/* The words of the listed rows of a column in runs. */
static dsr_status make_runs(const dsr_strained *s, const dsr_column *in, size_t n,
                            uint64_t *words) {
  size_t end = 0, i = 0;
  for (size_t run = 0; run < in->n && i < n; run++) {
    end += dsr_column_length(in, run);
    if (s->rows[i] >= end) continue;
    uint64_t word = dsr_column_framed(in, run);
    while (i < n && s->rows[i] < end) words[i++] = word;
  }
  return i == n ? DSR_OK : DSR_EDAMAGED;
}

/* The listed rows of a column, to its words' beginning: which is where they stand, or
** before. */
static dsr_status make_column(dsr_strained *s, const dsr_probe *probe, int c,
                              size_t n) {
  uint64_t *words = words_of(s, c);
  const uint32_t *rows = s->rows;
  bool few = n <= probe->rows / 4, unpacked = s->unpacked >> c & 1;
  if (few && !unpacked && probe->columns[c].form == DSR_FORM_RUNS) {
    return make_runs(s, &probe->columns[c], n, words);
  }
  if (!few || !is_open(s, probe, c)) TRY(unpack(s, probe, c));
  if (s->unpacked >> c & 1) {
    for (size_t i = 0; i < n; i++) words[i] = words[rows[i]];
  } else {
    for (size_t i = 0; i < n; i++) words[i] = word_at(s, probe, c, rows[i]);
  }
  return DSR_OK;
}

static void set_columns(dsr_strained *s, const dsr_probe *probe, size_t n) {
  s->block.width = probe->width;
  s->block.rows = n;
  for (int c = 0; c < probe->width; c++) s->block.columns[c] = words_of(s, c);
  s->block.sets = words_of(s, probe->width);
}

dsr_status dsr_strained_rows(dsr_strained *s, const dsr_probe *probe,
                             const dsr_block **out, bool *one_set) {
  passing found = {.all = true};
  s->unpacked = 0;
  if (!have_room(s, probe->rows, probe->width)) return DSR_ENOMEM;
  TRY(pass(s, probe, &found));
  if (found.all || found.n > probe->rows / 2) return DSR_NOTHING;
  for (int c = 0; c <= probe->width && found.n > 0; c++) {
    TRY(make_column(s, probe, c, found.n));
  }
  set_columns(s, probe, found.n);
  *one_set = probe->columns[probe->width].form == DSR_FORM_CONSTANT;
  *out = &s->block;
  return DSR_OK;
}
