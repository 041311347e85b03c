/*
** pile.c - any number of rows, put in any order and given back sorted, in bounded memory.
**
** Rows gather on a stage, column by column.  A full stage is packed: a *frame* knows, for
** each column, which words occur (for each tag, the three bits on top, the least and the
** greatest), and maps them in order onto 0, 1, 2 ...; where the columns' numbers together
** need no more than 64 bits, a row becomes one such *key*, its value in the lowest bits.
** To sort, all keys are brought into one frame and sorted by digits, the value's bits
** left out: that keeps equal rows as they came.
**
** Where 64 bits do not do, the rows of a run are kept as they are, and row numbers are
** sorted (sort.h).
**
** A run in the file is keys, or rows each followed by its value; its frame stays in
** memory.  Runs are merged through a heap, equal rows by age of their runs.
*/
#include "store/pile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ground/vec.h"
#include "store/coding.h"
#include "store/sort.h"

enum {
  STAGE = 4096, /* rows packed together, at most */
  STAGE_LEAST = 64,
  TAGS = 8,
  TAG_SHIFT = 61,
  COLUMNS = DSR_PILE_WIDTH + 1, /* the value is the last one */
  DIGIT_MOST = 11,
  DIGIT_FEW = 8,
  PASSES_MOST = 8,
  FEW = 1 << 10,
  INSERT_MOST = 24,
  CACHED = 1 << 15, /* keys, twice, that a core's own cache holds */
  PART_BITS = 8,
  PARTS = 1 << PART_BITS,
  GIVEN = 128,       /* rows unpacked together */
  RUN_BUFFER = 4096, /* words of a run in memory, while runs are merged */
};

/* The words of a column, numbered in order: word w of tag t is w + add[t]. */
typedef struct column_frame {
  uint64_t least[TAGS], most[TAGS]; /* least > most: no such tag */
  uint64_t add[TAGS];
  uint64_t start[TAGS]; /* the number of the tag's least word */
  uint64_t mask;
  int bits;
  int shift; /* where the column's number stands in a key */
  int tag;   /* the only one, or -1 */
} column_frame;

typedef struct frame {
  column_frame columns[COLUMNS];
  bool fits; /* all numbers together in 64 bits */
  int bits;
} frame;

/* Sorted rows in the file. */
typedef struct run {
  bool wide;
  frame *frame; /* NULL where wide */
  uint64_t rows;
  off_t at;         /* where the next words to be read are */
  uint64_t *buffer; /* from dsr_alloc */
  size_t next, n;   /* words of the buffer */
  uint64_t head[COLUMNS];
} run;

struct dsr_pile {
  int width, lead;
  size_t memory;
  const char *folder;
  dsr_error *error;
  uint64_t put;

  uint64_t *stage; /* columns of STAGE words */
  size_t batch;    /* rows packed together: fewer where memory is short */
  size_t staged;

  VEC(frame) frames; /* of each `batch` keys */
  VEC(uint64_t) keys;
  bool wide; /* the rows at hand are below, not in keys */
  VEC(uint64_t) rows;
  VEC(uint64_t) values;

  int fd; /* of the runs, or -1 */
  off_t size;
  VEC(run) runs;
  VEC(uint32_t) heap; /* runs that are not at their ends, the least on top */

  frame *sorted; /* the frame of all keys at hand; from dsr_alloc */
  uint32_t *numbers;
  size_t at; /* the next of the rows at hand */
  uint64_t head[COLUMNS];
  uint64_t given[GIVEN * COLUMNS]; /* rows unpacked, each with its value */
  size_t n_given, next_given;
};

static dsr_status no_memory(const dsr_pile *pile) {
  return dsr_fail_memory(pile->error);
}

/* ---- frames ---------------------------------------------------------------------- */

static void frame_start(frame *f) {
  memset(f, 0, sizeof *f);
  for (int c = 0; c < COLUMNS; c++) {
    memset(f->columns[c].least, 0xff, sizeof f->columns[c].least);
  }
}

static void frame_widen(column_frame *column, unsigned tag, uint64_t least,
                        uint64_t most) {
  if (least < column->least[tag]) column->least[tag] = least;
  if (most > column->most[tag]) column->most[tag] = most;
}

/* Take account of n words.  One tag only is the usual case, and a tight loop. */
static void frame_meet(column_frame *column, const uint64_t *words, size_t n) {
  uint64_t least = words[0], most = words[0];
  for (size_t i = 1; i < n; i++) {
    least = words[i] < least ? words[i] : least;
    most = words[i] > most ? words[i] : most;
  }
  unsigned tag = (unsigned)(least >> TAG_SHIFT);
  if (tag == most >> TAG_SHIFT) {
    frame_widen(column, tag, least, most);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    frame_widen(column, (unsigned)(words[i] >> TAG_SHIFT), words[i], words[i]);
  }
}

static void frame_join(frame *f, const frame *other, int columns) {
  for (int c = 0; c < columns; c++) {
    for (unsigned tag = 0; tag < TAGS; tag++) {
      const column_frame *from = &other->columns[c];
      if (from->least[tag] > from->most[tag]) continue;
      frame_widen(&f->columns[c], tag, from->least[tag], from->most[tag]);
    }
  }
}

/* Number a column's words; false where they are more than 2^62. */
static bool frame_number(column_frame *column) {
  uint64_t next = 0;
  int tags = 0;
  for (int tag = 0; tag < TAGS; tag++) {
    column->start[tag] = next;
    if (column->least[tag] > column->most[tag]) continue;
    column->add[tag] = next - column->least[tag];
    next += column->most[tag] - column->least[tag] + 1;
    if (next > UINT64_C(1) << 62) return false;
    column->tag = tag;
    tags++;
  }
  if (tags != 1) column->tag = tags == 0 ? 0 : -1;
  column->bits = next == 0 ? 0 : dsr_bits(next - 1);
  column->mask = (UINT64_C(1) << column->bits) - 1;
  return true;
}

/* Lay the columns out in a key, the last at the bottom. */
static void frame_lay(frame *f, int columns) {
  f->bits = 0;
  f->fits = true;
  for (int c = columns - 1; f->fits && c >= 0; c--) {
    f->fits = frame_number(&f->columns[c]);
    f->columns[c].shift = f->bits & 63; /* one of no bits stands anywhere */
    f->bits += f->columns[c].bits;
    f->fits = f->fits && f->bits <= 64;
  }
}

static inline uint64_t frame_word(const column_frame *column, uint64_t key) {
  uint64_t number = key >> column->shift & column->mask;
  int tag = column->tag;
  if (tag < 0) {
    for (tag = TAGS - 1;
         number < column->start[tag] || column->least[tag] > column->most[tag];) {
      tag--;
    }
  }
  return number - column->add[tag];
}

/* Put a column of words into keys. */
static void frame_put(const column_frame *column, const uint64_t *words, size_t n,
                      uint64_t *keys) {
  int shift = column->shift;
  if (column->bits == 0) return;
  if (column->tag >= 0) {
    uint64_t add = column->add[column->tag];
    for (size_t i = 0; i < n; i++) keys[i] |= (words[i] + add) << shift;
    return;
  }
  for (size_t i = 0; i < n; i++) {
    keys[i] |= (words[i] + column->add[words[i] >> TAG_SHIFT]) << shift;
  }
}

/* And take it out again. */
static void frame_take(const column_frame *column, const uint64_t *keys, size_t n,
                       uint64_t *words) {
  for (size_t i = 0; i < n; i++) words[i] = frame_word(column, keys[i]);
}

/* ---- life ------------------------------------------------------------------------ */

dsr_status dsr_pile_new(int width, int lead, size_t memory, const char *folder,
                        dsr_error *error, dsr_pile **out) {
  dsr_pile *pile = dsr_alloc(sizeof *pile);
  if (pile == NULL) return dsr_fail_memory(error);
  *pile = (dsr_pile){.width = width,
                     .lead = lead,
                     .memory = memory,
                     .folder = folder,
                     .error = error,
                     .fd = -1};
  pile->batch = memory / ((size_t)(width + 1) * sizeof *pile->stage);
  if (pile->batch > STAGE) pile->batch = STAGE;
  if (pile->batch < STAGE_LEAST) pile->batch = STAGE_LEAST;
  pile->stage = dsr_resize(NULL, (size_t)(width + 1) * STAGE * sizeof *pile->stage);
  pile->sorted = dsr_alloc(sizeof *pile->sorted);
  if (pile->stage == NULL || pile->sorted == NULL) {
    dsr_pile_free(pile);
    return dsr_fail_memory(error);
  }
  *out = pile;
  return DSR_OK;
}

static void drop_runs(dsr_pile *pile) {
  for (size_t i = 0; i < pile->runs.len; i++) {
    dsr_free(pile->runs.items[i].frame);
    dsr_free(pile->runs.items[i].buffer);
  }
  pile->runs.len = pile->heap.len = 0;
  if (pile->fd >= 0) close(pile->fd);
  pile->fd = -1;
  pile->size = 0;
}

/* The rows at hand are done with. */
static void drop_rows(dsr_pile *pile) {
  pile->staged = pile->at = pile->n_given = pile->next_given = 0;
  pile->frames.len = pile->keys.len = pile->rows.len = pile->values.len = 0;
  pile->wide = false;
  dsr_free(pile->numbers);
  pile->numbers = NULL;
}

void dsr_pile_clear(dsr_pile *pile) {
  drop_runs(pile);
  drop_rows(pile);
  pile->put = 0;
}

void dsr_pile_free(dsr_pile *pile) {
  if (pile == NULL) return;
  dsr_pile_clear(pile);
  VEC_FREE(&pile->frames);
  VEC_FREE(&pile->keys);
  VEC_FREE(&pile->rows);
  VEC_FREE(&pile->values);
  VEC_FREE(&pile->runs);
  VEC_FREE(&pile->heap);
  dsr_free(pile->sorted);
  dsr_free(pile->stage);
  dsr_free(pile);
}

void dsr_pile_report(dsr_pile *pile, dsr_error *error) { pile->error = error; }

uint64_t dsr_pile_rows(const dsr_pile *pile) { return pile->put; }

/* ---- the rows at hand ------------------------------------------------------------ */

static uint64_t *stage_column(const dsr_pile *pile, int column) {
  return pile->stage + (size_t)column * STAGE;
}

/* Append a row and its value to the wide ones. */
static dsr_status put_wide(dsr_pile *pile, const uint64_t *row) {
  size_t width = (size_t)pile->width;
  if (!VEC_RESERVE(&pile->rows, width) || !VEC_RESERVE(&pile->values, 1)) {
    return no_memory(pile);
  }
  memcpy(pile->rows.items + pile->rows.len, row, width * sizeof *row);
  pile->rows.len += width;
  pile->values.items[pile->values.len++] = row[width];
  return DSR_OK;
}

/* The keys become rows again. */
static dsr_status widen(dsr_pile *pile) {
  uint64_t row[COLUMNS];
  pile->wide = true;
  for (size_t i = 0; i < pile->keys.len; i++) {
    const frame *f = &pile->frames.items[i / pile->batch];
    for (int c = 0; c <= pile->width; c++) {
      row[c] = frame_word(&f->columns[c], pile->keys.items[i]);
    }
    TRY(put_wide(pile, row));
  }
  pile->keys.len = pile->frames.len = 0;
  return DSR_OK;
}

static dsr_status pack_wide(dsr_pile *pile) {
  uint64_t row[COLUMNS];
  if (!pile->wide) TRY(widen(pile));
  for (size_t i = 0; i < pile->staged; i++) {
    for (int c = 0; c <= pile->width; c++) row[c] = stage_column(pile, c)[i];
    TRY(put_wide(pile, row));
  }
  pile->staged = 0;
  return DSR_OK;
}

/* Empty the stage.  All but the last stage of the rows at hand are full. */
static dsr_status pack_stage(dsr_pile *pile) {
  size_t n = pile->staged;
  if (n == 0) return DSR_OK;
  if (pile->wide) return pack_wide(pile);
  if (!VEC_RESERVE(&pile->frames, 1) || !VEC_RESERVE(&pile->keys, n)) {
    return no_memory(pile);
  }
  frame *f = &pile->frames.items[pile->frames.len];
  frame_start(f);
  for (int c = 0; c <= pile->width; c++) {
    frame_meet(&f->columns[c], stage_column(pile, c), n);
  }
  frame_lay(f, pile->width + 1);
  if (!f->fits) return pack_wide(pile);
  uint64_t *keys = pile->keys.items + pile->keys.len;
  memset(keys, 0, n * sizeof *keys);
  for (int c = 0; c <= pile->width; c++) {
    frame_put(&f->columns[c], stage_column(pile, c), n, keys);
  }
  pile->keys.len += n;
  pile->frames.len++;
  pile->staged = 0;
  return DSR_OK;
}

/* ---- sorting --------------------------------------------------------------------- */

/* Take a column out of keys in one frame and put it into those of another. */
static void frame_move(const column_frame *from, const column_frame *to,
                       const uint64_t *keys, size_t n, uint64_t *words,
                       uint64_t *fresh) {
  if (from->tag < 0 || to->tag < 0) {
    frame_take(from, keys, n, words);
    frame_put(to, words, n, fresh);
    return;
  }
  int down = from->shift, up = to->shift;
  uint64_t mask = from->mask, add = to->add[to->tag] - from->add[from->tag];
  for (size_t i = 0; i < n; i++) fresh[i] |= ((keys[i] >> down & mask) + add) << up;
}

/* Bring all keys into one frame; the stage, empty, is where columns pass through. */
static void reframe(dsr_pile *pile) {
  uint64_t fresh[STAGE];
  for (size_t i = 0; i < pile->frames.len; i++) {
    uint64_t *keys = pile->keys.items + i * pile->batch;
    size_t left = pile->keys.len - i * pile->batch;
    size_t n = left < pile->batch ? left : pile->batch;
    memset(fresh, 0, n * sizeof *fresh);
    for (int c = 0; c <= pile->width; c++) {
      if (pile->sorted->columns[c].bits == 0) continue;
      frame_move(&pile->frames.items[i].columns[c], &pile->sorted->columns[c], keys, n,
                 pile->stage, fresh);
    }
    memcpy(keys, fresh, n * sizeof *keys);
  }
}

/* How many keys have each value of a digit, then where the next of them goes. */
typedef struct digits {
  uint32_t counts[PASSES_MOST][1 << DIGIT_MOST];
} digits;

/* From counts to places; false where all n keys have the same value. */
static bool place_digits(uint32_t *counts, uint64_t mask, size_t n) {
  uint32_t sum = 0;
  for (size_t i = 0; i <= mask; i++) {
    uint32_t count = counts[i];
    if (count == n) return false;
    counts[i] = sum;
    sum += count;
  }
  return true;
}

/* Sort few keys by their bits [from, to), digit by digit from below; equal ones stay as
** they are.  They come to lie in `keys`; `room` is as long. */
static void sort_part(digits *d, uint64_t *keys, uint64_t *room, size_t n, int from,
                      int to) {
  int most = n < FEW ? DIGIT_FEW : DIGIT_MOST;
  int passes = (to - from + most - 1) / most;
  int bits = passes == 0 ? 0 : (to - from + passes - 1) / passes;
  uint64_t mask = (UINT64_C(1) << bits) - 1;
  uint64_t *at = keys, *other = room;
  for (int p = 0; p < passes; p++) {
    memset(d->counts[p], 0, ((size_t)1 << bits) * sizeof d->counts[p][0]);
  }
  for (size_t i = 0; i < n; i++) {
    uint64_t key = keys[i] >> from;
    for (int p = 0; p < passes; p++, key >>= bits) d->counts[p][key & mask]++;
  }
  for (int p = 0; p < passes; p++) {
    uint32_t *counts = d->counts[p];
    int shift = from + p * bits;
    if (!place_digits(counts, mask, n)) continue;
    for (size_t i = 0; i < n; i++) other[counts[at[i] >> shift & mask]++] = at[i];
    uint64_t *swap = at;
    at = other;
    other = swap;
  }
  if (at != keys) memcpy(keys, at, n * sizeof *keys);
}

static void insert_keys(uint64_t *keys, size_t n, int from) {
  for (size_t i = 1; i < n; i++) {
    uint64_t key = keys[i];
    size_t at = i;
    for (; at > 0 && keys[at - 1] >> from > key >> from; at--) keys[at] = keys[at - 1];
    keys[at] = key;
  }
}

/* Many keys are parted by their top digit first, so that the rest happens in the cache.
** They come to lie in `keys`; all keys' bits from `to` on are the same. */
static void sort_keys(digits *d, uint64_t *keys, uint64_t *room, size_t n, int from,
                      int to) {
  if (n <= INSERT_MOST) {
    insert_keys(keys, n, from);
    return;
  }
  if (n <= CACHED || to - from <= PART_BITS) {
    sort_part(d, keys, room, n, from, to);
    return;
  }
  int shift = to - PART_BITS;
  size_t ends[PARTS] = {0}, sum = 0;
  for (size_t i = 0; i < n; i++) ends[keys[i] >> shift & (PARTS - 1)]++;
  for (size_t i = 0; i < PARTS; i++) {
    size_t count = ends[i];
    ends[i] = sum;
    sum += count;
  }
  for (size_t i = 0; i < n; i++) room[ends[keys[i] >> shift & (PARTS - 1)]++] = keys[i];
  memcpy(keys, room, n * sizeof *keys);
  for (size_t i = 0, start = 0; i < PARTS; start = ends[i++]) {
    sort_keys(d, keys + start, room + start, ends[i] - start, from, shift);
  }
}

static bool keys_sorted(const uint64_t *keys, size_t n, int from) {
  for (size_t i = 1; i < n; i++) {
    if (keys[i] >> from < keys[i - 1] >> from) return false;
  }
  return true;
}

static dsr_status sort_narrow(dsr_pile *pile) {
  size_t n = pile->keys.len;
  int from = 0, to = pile->sorted->bits;
  for (int c = pile->lead; c <= pile->width; c++) from += pile->sorted->columns[c].bits;
  reframe(pile);
  if (from >= to || keys_sorted(pile->keys.items, n, from)) return DSR_OK;
  digits *d = dsr_resize(NULL, sizeof *d);
  uint64_t *room = dsr_resize(NULL, n * sizeof *room);
  if (d == NULL || room == NULL) {
    dsr_free(d);
    dsr_free(room);
    return no_memory(pile);
  }
  sort_keys(d, pile->keys.items, room, n, from, to);
  dsr_free(room);
  dsr_free(d);
  return DSR_OK;
}

static dsr_status sort_wide(dsr_pile *pile) {
  size_t n = pile->values.len;
  pile->numbers = dsr_resize(NULL, (n + 1) * sizeof *pile->numbers);
  if (pile->numbers == NULL) return no_memory(pile);
  for (size_t i = 0; i < n; i++) pile->numbers[i] = (uint32_t)i;
  if (dsr_sort(pile->rows.items, pile->width, 0, pile->numbers, n) < 0) {
    return no_memory(pile);
  }
  return DSR_OK;
}

/* Sort the rows at hand. */
static dsr_status sort_rows(dsr_pile *pile) {
  TRY(pack_stage(pile));
  if (!pile->wide) {
    frame_start(pile->sorted);
    for (size_t i = 0; i < pile->frames.len; i++) {
      frame_join(pile->sorted, &pile->frames.items[i], pile->width + 1);
    }
    frame_lay(pile->sorted, pile->width + 1);
    if (pile->sorted->fits) return pile->keys.len == 0 ? DSR_OK : sort_narrow(pile);
    TRY(widen(pile));
  }
  return sort_wide(pile);
}

static size_t rows_at_hand(const dsr_pile *pile) {
  return pile->wide ? pile->values.len : pile->keys.len;
}

/* Row `i` of the sorted ones, its value behind it. */
static void row_at_hand(const dsr_pile *pile, size_t i, uint64_t *row) {
  size_t width = (size_t)pile->width;
  if (pile->wide) {
    memcpy(row, pile->rows.items + pile->numbers[i] * width, width * sizeof *row);
    row[width] = pile->values.items[pile->numbers[i]];
    return;
  }
  uint64_t key = pile->keys.items[i];
  for (size_t c = 0; c <= width; c++) {
    row[c] = frame_word(&pile->sorted->columns[c], key);
  }
}

/* ---- the file -------------------------------------------------------------------- */

static dsr_status file_failed(const dsr_pile *pile, int code) {
  return dsr_fail(pile->error, DSR_EIO,
                  "%s: what does not fit in memory cannot be kept there: %s",
                  pile->folder, strerror(code));
}

/* A file that goes with its descriptor. */
static dsr_status open_file(dsr_pile *pile) {
  char name[4096 + 32];
  if (pile->fd >= 0) return DSR_OK;
  pile->fd = open(pile->folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
  if (pile->fd < 0) {
    int len = snprintf(name, sizeof name, "%s/dossier-XXXXXX", pile->folder);
    if (len >= (int)sizeof name) return file_failed(pile, ENAMETOOLONG);
    pile->fd = mkostemp(name, O_CLOEXEC);
    if (pile->fd >= 0) unlink(name);
  }
  return pile->fd >= 0 ? DSR_OK : file_failed(pile, errno);
}

static dsr_status write_words(dsr_pile *pile, const uint64_t *words, size_t n) {
  const char *at = (const char *)words;
  size_t left = n * sizeof *words;
  while (left > 0) {
    ssize_t done = pwrite(pile->fd, at, left, pile->size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return file_failed(pile, done < 0 ? errno : ENOSPC);
    at += done;
    left -= (size_t)done;
    pile->size += done;
  }
  return DSR_OK;
}

static dsr_status write_wide(dsr_pile *pile) {
  uint64_t buffer[RUN_BUFFER];
  size_t columns = (size_t)pile->width + 1, held = 0;
  for (size_t i = 0; i < pile->values.len; i++) {
    if (held + columns > RUN_BUFFER) {
      TRY(write_words(pile, buffer, held));
      held = 0;
    }
    row_at_hand(pile, i, buffer + held);
    held += columns;
  }
  return write_words(pile, buffer, held);
}

/* Sort the rows at hand and write them out as a run. */
static dsr_status spill(dsr_pile *pile) {
  TRY(sort_rows(pile));
  TRY(open_file(pile));
  run made = {.wide = pile->wide, .rows = rows_at_hand(pile), .at = pile->size};
  if (!VEC_RESERVE(&pile->runs, 1)) return no_memory(pile);
  if (!pile->wide) {
    made.frame = dsr_resize(NULL, sizeof *made.frame);
    if (made.frame == NULL) return no_memory(pile);
    *made.frame = *pile->sorted;
  }
  pile->runs.items[pile->runs.len++] = made;
  TRY(pile->wide ? write_wide(pile)
                 : write_words(pile, pile->keys.items, pile->keys.len));
  drop_rows(pile);
  return DSR_OK;
}

/* What the rows at hand take, once they are sorted. */
static size_t memory_taken(const dsr_pile *pile) {
  if (!pile->wide) return pile->keys.len * 2 * sizeof(uint64_t);
  size_t row = ((size_t)pile->width + 1) * sizeof(uint64_t);
  return pile->values.len * (row + sizeof(uint32_t) + 2 * (2 * sizeof(uint64_t)));
}

/* Have room on the stage. */
static dsr_status clear_stage(dsr_pile *pile) {
  TRY(pack_stage(pile));
  return memory_taken(pile) >= pile->memory ? spill(pile) : DSR_OK;
}

dsr_status dsr_pile_put_some(dsr_pile *pile, const uint64_t *const *columns, size_t n) {
  for (size_t at = 0, some; at < n; at += some) {
    if (pile->staged == pile->batch) TRY(clear_stage(pile));
    some = pile->batch - pile->staged;
    if (some > n - at) some = n - at;
    for (int c = 0; c <= pile->width; c++) {
      memcpy(stage_column(pile, c) + pile->staged, columns[c] + at,
             some * sizeof(uint64_t));
    }
    pile->staged += some;
    pile->put += some;
  }
  return DSR_OK;
}

dsr_status dsr_pile_put(dsr_pile *pile, const uint64_t *row, uint64_t value) {
  if (pile->staged == pile->batch) TRY(clear_stage(pile));
  uint64_t *to = pile->stage + pile->staged++;
  for (int c = 0; c < pile->width; c++, to += STAGE) *to = row[c];
  *to = value;
  pile->put++;
  return DSR_OK;
}

/* ---- merging runs ---------------------------------------------------------------- */

/* Have words in the run's buffer. */
static dsr_status run_fill(dsr_pile *pile, run *r) {
  size_t columns = r->wide ? (size_t)pile->width + 1 : 1;
  size_t n = RUN_BUFFER / columns;
  if (n > r->rows) n = (size_t)r->rows;
  char *to = (char *)r->buffer;
  for (size_t left = n * columns * sizeof(uint64_t); left > 0;) {
    ssize_t got = pread(pile->fd, to, left, r->at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return file_failed(pile, got < 0 ? errno : EIO);
    to += got;
    r->at += got;
    left -= (size_t)got;
  }
  r->next = 0;
  r->n = n * columns;
  return DSR_OK;
}

/* The run's next row into its head: DSR_ROW, or DSR_DONE. */
static dsr_status run_step(dsr_pile *pile, run *r) {
  if (r->rows == 0) return DSR_DONE;
  if (r->next == r->n) TRY(run_fill(pile, r));
  r->rows--;
  if (r->wide) {
    size_t columns = (size_t)pile->width + 1;
    memcpy(r->head, r->buffer + r->next, columns * sizeof *r->head);
    r->next += columns;
    return DSR_ROW;
  }
  uint64_t key = r->buffer[r->next++];
  for (int c = 0; c <= pile->width; c++) {
    r->head[c] = frame_word(&r->frame->columns[c], key);
  }
  return DSR_ROW;
}

/* Does run a come before run b? */
static bool run_below(const dsr_pile *pile, uint32_t a, uint32_t b) {
  const uint64_t *x = pile->runs.items[a].head, *y = pile->runs.items[b].head;
  for (int c = 0; c < pile->width; c++) {
    if (x[c] != y[c]) return x[c] < y[c];
  }
  return a < b;
}

static void sift_down(dsr_pile *pile, size_t at) {
  uint32_t *heap = pile->heap.items;
  uint32_t moved = heap[at];
  size_t n = pile->heap.len;
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && run_below(pile, heap[child + 1], heap[child])) child++;
    if (run_below(pile, moved, heap[child])) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

static dsr_status start_runs(dsr_pile *pile) {
  for (size_t i = 0; i < pile->runs.len; i++) {
    run *r = &pile->runs.items[i];
    r->buffer = dsr_resize(NULL, RUN_BUFFER * sizeof *r->buffer);
    if (r->buffer == NULL || !VEC_PUSH(&pile->heap, (uint32_t)i)) {
      return no_memory(pile);
    }
    TRY(run_step(pile, r));
  }
  for (size_t i = pile->heap.len / 2; i-- > 0;) sift_down(pile, i);
  return DSR_OK;
}

static dsr_status next_of_runs(dsr_pile *pile, const uint64_t **row, uint64_t *value) {
  if (pile->heap.len == 0) return DSR_DONE;
  run *r = &pile->runs.items[pile->heap.items[0]];
  memcpy(pile->head, r->head, sizeof pile->head);
  dsr_status rc = run_step(pile, r);
  if (rc < 0) return rc;
  if (rc == DSR_DONE) pile->heap.items[0] = pile->heap.items[--pile->heap.len];
  if (pile->heap.len > 1) sift_down(pile, 0);
  *row = pile->head;
  *value = pile->head[pile->width];
  return DSR_ROW;
}

dsr_status dsr_pile_sort(dsr_pile *pile) {
  if (pile->runs.len == 0) return sort_rows(pile);
  if (rows_at_hand(pile) + pile->staged > 0) TRY(spill(pile));
  VEC_FREE(&pile->keys);
  VEC_FREE(&pile->rows);
  VEC_FREE(&pile->values);
  return start_runs(pile);
}

/* A column of n keys, each word `stride` after the last. */
static void give_column(const column_frame *column, const uint64_t *keys, size_t n,
                        uint64_t *to, size_t stride) {
  if (column->tag < 0) {
    for (size_t i = 0; i < n; i++, to += stride) *to = frame_word(column, keys[i]);
    return;
  }
  uint64_t mask = column->mask, add = column->add[column->tag];
  int shift = column->shift;
  for (size_t i = 0; i < n; i++, to += stride) *to = (keys[i] >> shift & mask) - add;
}

/* Unpack some of the rows at hand; false where there are no more. */
static bool give_some(dsr_pile *pile) {
  size_t left = rows_at_hand(pile) - pile->at, n = left < GIVEN ? left : GIVEN;
  if (pile->wide) {
    size_t columns = (size_t)pile->width + 1;
    for (size_t i = 0; i < n; i++) {
      row_at_hand(pile, pile->at + i, pile->given + i * columns);
    }
  } else {
    size_t stride = (size_t)pile->width + 1;
    for (int c = 0; c <= pile->width; c++) {
      give_column(&pile->sorted->columns[c], pile->keys.items + pile->at, n,
                  pile->given + c, stride);
    }
  }
  pile->at += n;
  pile->n_given = n;
  pile->next_given = 0;
  return n > 0;
}

dsr_status dsr_pile_next(dsr_pile *pile, const uint64_t **row, uint64_t *value) {
  if (pile->runs.len > 0) return next_of_runs(pile, row, value);
  if (pile->next_given == pile->n_given && !give_some(pile)) return DSR_DONE;
  *row = pile->given + pile->next_given++ * ((size_t)pile->width + 1);
  *value = (*row)[pile->width];
  return DSR_ROW;
}

/* Rows one by one, until the columns are full. */
static dsr_status take_rows(dsr_pile *pile, uint64_t *const *columns, size_t room,
                            size_t *n) {
  const uint64_t *row;
  uint64_t value;
  for (*n = 0; *n < room; ++*n) {
    dsr_status rc = dsr_pile_next(pile, &row, &value);
    if (rc == DSR_DONE) return DSR_OK;
    TRY(rc);
    for (int c = 0; c <= pile->width; c++) columns[c][*n] = row[c];
  }
  return DSR_OK;
}

dsr_status dsr_pile_take(dsr_pile *pile, uint64_t *const *columns, size_t room,
                         size_t *n) {
  if (pile->runs.len > 0 || pile->wide) return take_rows(pile, columns, room, n);
  size_t left = pile->keys.len - pile->at;
  *n = left < room ? left : room;
  for (int c = 0; c <= pile->width; c++) {
    give_column(&pile->sorted->columns[c], pile->keys.items + pile->at, *n, columns[c],
                1);
  }
  pile->at += *n;
  return DSR_OK;
}
