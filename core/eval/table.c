/*
** table.c - a tab-separated file as a stored extent.
**
** The file comes in blocks; a block ends with its last whole line, and what is left moves
** to the front of the next.  A line that is longer than a block makes the block longer.
**
** A *pass* takes all blocks and does one of two things with their lines: it narrows down
** what each column can hold, or it files tuples.  Filing, lines of which all columns are
** integers go through a loop that reads eight digits at a time and gives up on anything
** unusual; what it gives up on, and all other tables, are read field by field.  Tuples
** are collected by column and handed to the extent some thousand at a time; integers,
** names and texts get their numbers then, side by side, so that the misses of a look-up
** overlap.
*/
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "eval/table.h"
#include "ground/mem.h"
#include "ground/text.h"

enum {
  BLOCK = 256 * 1024, /* bytes: fits the cache that is next to the processor */
  PAD = 16,           /* readable bytes past a block's end */
  ROWS = 2048,        /* tuples collected */
};
#define LINE_MOST ((size_t)1 << 28)

typedef struct table_column {
  unsigned types; /* what it can be so far, a bit for each */
  bool dashed;    /* a field has a `-` past its first character */
  dsr_field_type type;
  int64_t *values;   /* ROWS integers that are not numbered yet */
  dsr_str *names;    /* ROWS names or texts that are not, in the block */
  uint32_t *numbers; /* ROWS */
  /* The field before, in this block, and its number: columns are often sorted. */
  dsr_str last;
  uint32_t last_number;
} table_column;

typedef struct reader {
  const char *path;
  dsr_symbols *symbols;
  dsr_numbers *numbers;
  const volatile int *stop;
  dsr_error *error;
  int file;
  bool ended;
  char *block; /* room + PAD bytes */
  size_t room, len;
  uint64_t line;  /* number of the line that is looked at, from 1 */
  uint64_t empty; /* empty lines just before it: at the end they say nothing */
  int width;      /* 0: no line was read */
  table_column columns[DSR_ARITY_MAX];
  bool integers; /* all columns are */
  dsr_extent *extent;
  size_t rows;          /* collected */
  size_t numbered;      /* of these, have numbers in all columns */
  uint64_t lines[ROWS]; /* where each collected tuple stands */
  dsr_word words[ROWS]; /* of a column that is being numbered */
} reader;

/* What a pass does with a line's fields; DSR_NOTHING ends the pass. */
typedef dsr_status (*take_line)(reader *r, const dsr_str *fields);

/* ---- failing ----------------------------------------------------------------------- */

static dsr_status fail_file(const reader *r, int why) {
  if (why == ENOENT) {
    return dsr_fail(r->error, DSR_EABSENT, "there is no file %s", r->path);
  }
  return dsr_fail(r->error, DSR_EIO, "%s cannot be read: %s", r->path, strerror(why));
}

#define FAIL_LINE(r, rc, format, ...)                     \
  dsr_fail((r)->error, rc, "%s:%llu: " format, (r)->path, \
           (unsigned long long)(r)->line, __VA_ARGS__)

/* In the words of the table of symbols, with the place. */
static dsr_status fail_symbol(const reader *r, dsr_status rc, int c) {
  char words[400];
  const dsr_error *told = dsr_symbols_error(r->symbols);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(r->error);
  snprintf(words, sizeof words, "%.390s", told ? told->text : "it cannot be kept");
  return FAIL_LINE(r, rc, "field %d: %s", c + 1, words);
}

static dsr_status heed_stop(const reader *r) {
  if (!r->stop || *r->stop == 0) return DSR_OK;
  return dsr_fail(r->error, DSR_ESTOPPED, "reading %s was stopped", r->path);
}

/* ---- blocks ------------------------------------------------------------------------- */

static dsr_status open_reader(reader *r) {
  r->file = open(r->path, O_RDONLY | O_CLOEXEC);
  if (r->file < 0) return fail_file(r, errno);
  r->room = BLOCK;
  r->block = dsr_resize(NULL, r->room + PAD);
  return r->block ? DSR_OK : dsr_fail_memory(r->error);
}

static void close_reader(reader *r) {
  if (r->file >= 0) close(r->file);
  dsr_free(r->block);
  for (int c = 0; c < DSR_ARITY_MAX; c++) {
    dsr_free(r->columns[c].values);
    dsr_free(r->columns[c].names);
    dsr_free(r->columns[c].numbers);
  }
}

static dsr_status longer_block(reader *r) {
  if (r->room >= LINE_MOST) {
    return FAIL_LINE(r, DSR_ELIMIT, "a line of more than %zu bytes", LINE_MOST);
  }
  char *longer = dsr_resize(r->block, r->room * 2 + PAD);
  if (!longer) return dsr_fail_memory(r->error);
  r->block = longer;
  r->room *= 2;
  return DSR_OK;
}

/* Read more behind what is there, until the block is full or the file has ended. */
static dsr_status fill_block(reader *r) {
  while (!r->ended && r->len < r->room) {
    TRY(heed_stop(r));
    ssize_t got = read(r->file, r->block + r->len, r->room - r->len);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_file(r, errno);
    if (got == 0) r->ended = true;
    r->len += (size_t)got;
  }
  /* The last line may lack its end; there is room in the pad. */
  if (r->ended && r->len > 0 && r->block[r->len - 1] != '\n') r->block[r->len++] = '\n';
  memset(r->block + r->len, 0, PAD - 1);
  return DSR_OK;
}

static uint64_t count_lines(const char *at, const char *end) {
  uint64_t n = 0;
  while ((at = memchr(at, '\n', (size_t)(end - at)))) {
    n++;
    at++;
  }
  return n;
}

/* No field can hold a NUL: a text could take it for the mark before a language. */
static dsr_status refuse_nul(reader *r, size_t from) {
  const char *nul = memchr(r->block + from, '\0', r->len - from);
  if (!nul) return DSR_OK;
  r->line += count_lines(r->block, nul);
  return FAIL_LINE(r, DSR_ESYNTAX, "%s", "a NUL; a table is text");
}

/* The next block of whole lines into [0, *end); *end is 0 at the end of the file. */
static dsr_status next_block(reader *r, size_t *end) {
  size_t known = r->len;
  for (;;) {
    TRY(fill_block(r));
    TRY(refuse_nul(r, known));
    const char *last = memrchr(r->block + known, '\n', r->len - known);
    if (last || r->ended) {
      *end = last ? (size_t)(last - r->block) + 1 : 0;
      return DSR_OK;
    }
    known = r->len;
    TRY(longer_block(r));
  }
}

/* What points into the block is good no longer. */
static void forget_last(reader *r) {
  for (int c = 0; c < r->width; c++) r->columns[c].last = (dsr_str){NULL, 0};
}

static void drop_lines(reader *r, size_t end) {
  memmove(r->block, r->block + end, r->len - end);
  r->len -= end;
  forget_last(r);
}

static dsr_status rewind_file(reader *r) {
  if (lseek(r->file, 0, SEEK_SET) < 0) {
    return FAIL_LINE(
        r, DSR_EIO, "%s",
        "what a column holds is another type here than in the lines before, "
        "and what is no file cannot be read twice: save it first");
  }
  r->ended = false;
  r->len = 0;
  r->line = 1;
  r->empty = 0;
  forget_last(r);
  return DSR_OK;
}

/* ---- lines --------------------------------------------------------------------------- */

/* The fields of a line from `at` to `end`, which is its newline; how many, or one more
** than there is room for. */
static int split(const char *at, const char *end, dsr_str *fields) {
  int n = 0;
  for (; n < DSR_ARITY_MAX; n++) {
    const char *tab = memchr(at, '\t', (size_t)(end - at));
    fields[n] = (dsr_str){at, (size_t)((tab ? tab : end) - at)};
    if (!tab) return n + 1;
    at = tab + 1;
  }
  return n + 1;
}

/* How many, where there are more than there is room for. */
static int count_fields(const char *at, const char *end) {
  int n = 1;
  while ((at = memchr(at, '\t', (size_t)(end - at)))) {
    n++;
    at++;
  }
  return n;
}

static dsr_status begin_width(reader *r, int width, const char *at, const char *end) {
  if (width > DSR_ARITY_MAX) {
    return FAIL_LINE(r, DSR_ELIMIT, "%d fields; a relation has at most %d columns",
                     count_fields(at, end), DSR_ARITY_MAX);
  }
  r->width = width;
  return DSR_OK;
}

/* Empty lines turned out to be in the middle: tuples of one empty field. */
static dsr_status take_empty(reader *r, take_line take) {
  const dsr_str none = {"", 0};
  uint64_t n = r->empty;
  if (n == 0) return DSR_OK;
  r->line -= n;
  r->empty = 0;
  if (r->width == 0) r->width = 1;
  if (r->width > 1) {
    return FAIL_LINE(r, DSR_ESYNTAX, "an empty line where the first line has %d fields",
                     r->width);
  }
  for (; n > 0; n--, r->line++) {
    dsr_status rc = take(r, &none);
    if (rc != DSR_OK) return rc;
  }
  return DSR_OK;
}

/* One line, of which `end` is the newline. */
static dsr_status read_line(reader *r, const char *at, const char *end,
                            take_line take) {
  dsr_str fields[DSR_ARITY_MAX];
  if (end > at && end[-1] == '\r') end--;
  if (at == end) {
    r->empty++;
    return DSR_OK;
  }
  dsr_status rc = take_empty(r, take);
  if (rc != DSR_OK) return rc;
  int n = split(at, end, fields);
  if (r->width == 0) TRY(begin_width(r, n, at, end));
  if (n != r->width) {
    n = count_fields(at, end);
    return FAIL_LINE(r, DSR_ESYNTAX, "%d field%s where the first line has %d", n,
                     n == 1 ? "" : "s", r->width);
  }
  return take(r, fields);
}

static const char *file_integers(reader *r, const char *at, const char *end);

/* All lines of a block. */
static dsr_status read_lines(reader *r, size_t size, take_line take, bool filing) {
  const char *at = r->block, *end = r->block + size;
  while (at < end) {
    if (filing && r->integers && r->empty == 0 && r->rows < ROWS) {
      at = file_integers(r, at, end);
      if (at == end) break;
    }
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    assert(newline);
    dsr_status rc = read_line(r, at, newline, take);
    if (rc != DSR_OK) return rc;
    r->line++;
    at = newline + 1;
  }
  return DSR_OK;
}

/* ---- what columns hold -------------------------------------------------------------- */

static void note_types(table_column *column, dsr_str field) {
  column->types &= dsr_field_types(field, column->types);
  if ((column->types & 1u << DSR_FIELD_TIME) && !column->dashed && field.len > 1) {
    column->dashed = memchr(field.data + 1, '-', field.len - 1) != NULL;
  }
}

static dsr_status take_types(reader *r, const dsr_str *fields) {
  for (int c = 0; c < r->width; c++) note_types(&r->columns[c], fields[c]);
  return DSR_OK;
}

static void settle_types(reader *r) {
  r->integers = r->width > 0;
  for (int c = 0; c < r->width; c++) {
    table_column *column = &r->columns[c];
    if (!column->dashed) column->types &= ~(1u << DSR_FIELD_TIME);
    int type = DSR_FIELD_BOOL;
    while (!(column->types & 1u << type)) type++; /* a text it can always be */
    column->type = (dsr_field_type)type;
    if (type != DSR_FIELD_INT) r->integers = false;
  }
}

static void forget_types(reader *r) {
  for (int c = 0; c < DSR_ARITY_MAX; c++) {
    r->columns[c].types = DSR_FIELD_ALL;
    r->columns[c].dashed = false;
  }
}

/* ---- filing --------------------------------------------------------------------------- */

static bool is_named(const table_column *column) {
  return column->type == DSR_FIELD_ENTITY || column->type == DSR_FIELD_TEXT;
}

/* Number the names or texts of a column, of the tuples from `from` on. */
static dsr_status number_names(reader *r, int c, size_t from) {
  table_column *column = &r->columns[c];
  size_t n = r->rows - from, done = 0;
  dsr_symbol_kind kind =
      column->type == DSR_FIELD_ENTITY ? DSR_SYM_ENTITY : DSR_SYM_TEXT;
  dsr_status rc =
      dsr_symbols_temps(r->symbols, kind, column->names + from, n, r->words, &done);
  if (rc < 0) {
    r->line = r->lines[from + done];
    return fail_symbol(r, rc, c);
  }
  return dsr_numbers_give_all(r->numbers, r->words, n, column->numbers + from);
}

/* Number what is collected and was not numbered when it came. */
static dsr_status number_rest(reader *r) {
  size_t from = r->numbered, n = r->rows - from;
  for (int c = 0; c < r->width && n > 0; c++) {
    table_column *column = &r->columns[c];
    if (is_named(column)) {
      TRY(number_names(r, c, from));
    } else if (r->integers) {
      TRY(dsr_numbers_give_ints(r->numbers, column->values + from, n,
                                column->numbers + from));
    }
  }
  r->numbered = r->rows;
  return DSR_OK;
}

/* Hand what is collected to the extent. */
static dsr_status flush(reader *r) {
  const uint32_t *columns[DSR_ARITY_MAX];
  TRY(number_rest(r));
  for (int c = 0; c < r->width; c++) columns[c] = r->columns[c].numbers;
  TRY(dsr_extent_fill_columns(r->extent, columns, r->rows));
  r->rows = r->numbered = 0;
  return DSR_OK;
}

static dsr_status number_field(reader *r, int c, dsr_str field, uint32_t *out) {
  table_column *column = &r->columns[c];
  dsr_word word;
  if (column->last.data && dsr_str_eq(column->last, field)) {
    *out = column->last_number;
    return DSR_OK;
  }
  dsr_status rc = dsr_field_word(r->symbols, column->type, field, &word);
  if (rc < 0) return fail_symbol(r, rc, c);
  if (rc == DSR_NOTHING) return rc;
  TRY(dsr_numbers_give(r->numbers, word, out));
  column->last = field;
  column->last_number = *out;
  return DSR_OK;
}

static dsr_status take_field(reader *r, int c, dsr_str field) {
  table_column *column = &r->columns[c];
  if (!is_named(column)) return number_field(r, c, field, &column->numbers[r->rows]);
  if (!(dsr_field_types(field, 1u << column->type))) return DSR_NOTHING;
  column->names[r->rows] = field;
  return DSR_OK;
}

/* DSR_NOTHING: a field is not what its column was taken for. */
static dsr_status take_tuple(reader *r, const dsr_str *fields) {
  if (r->rows == ROWS) TRY(flush(r));
  if (r->integers) TRY(number_rest(r));
  for (int c = 0; c < r->width; c++) {
    dsr_status rc = take_field(r, c, fields[c]);
    if (rc != DSR_OK) return rc;
  }
  r->lines[r->rows++] = r->line;
  if (r->integers) r->numbered = r->rows;
  return DSR_OK;
}

/* ---- lines of integers ------------------------------------------------------------------ */

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The digits at `at`, at most eight, as a number: eight bytes are looked at together, the
** first in the lowest byte.  How many digits. */
static inline int eight_digits(const char *at, uint64_t *value) {
  uint64_t bytes = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(&bytes, at, sizeof bytes);
#else
  for (int i = 7; i >= 0; i--) bytes = bytes << 8 | (unsigned char)at[i];
#endif
  bytes ^= EACH_BYTE('0'); /* digits are 0 to 9, other bytes more */
  uint64_t others = (bytes | (bytes + EACH_BYTE(6))) & EACH_BYTE(0xf0);
  int n = others == 0 ? 8 : __builtin_ctzll(others) / 8;
  if (n == 0) return 0;
  bytes <<= 64 - 8 * n; /* zeros in front */
  bytes = (bytes * (1 + (10 << 8))) >> 8 & UINT64_C(0x00ff00ff00ff00ff);
  bytes = (bytes * (1 + (100 << 16))) >> 16 & UINT64_C(0x0000ffff0000ffff);
  *value = (bytes * (1 + (UINT64_C(10000) << 32))) >> 32;
  return n;
}

/* The end of an integer without an idle zero; NULL where it is none, or long. */
static inline const char *read_digits(const char *at, int64_t *out) {
  static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  uint64_t value, low;
  bool negative = *at == '-';
  at += negative;
  int n = eight_digits(at, &value);
  if (n == 0 || (*at == '0' && n + negative > 1)) return NULL;
  at += n;
  if (n == 8 && (n = eight_digits(at, &low)) > 0) {
    if (n == 8) return NULL;
    value = value * powers[n] + low;
    at += n;
  }
  *out = negative ? -(int64_t)value : (int64_t)value;
  return at;
}

/* Collect lines of integers from `at` on; where it stopped: at what is unusual, at the
** end, or when the rows are full. */
static const char *file_integers(reader *r, const char *at, const char *end) {
  int last = r->width - 1;
  size_t rows = r->rows, first = rows;
  while (at < end && rows < ROWS) {
    const char *next = at;
    for (int c = 0; c <= last; c++) {
      next = read_digits(next, &r->columns[c].values[rows]);
      if (!next) goto unusual;
      if (c == last && *next == '\r') next++;
      if (*next++ != (c < last ? '\t' : '\n')) goto unusual;
    }
    at = next;
    rows++;
  }
unusual:
  r->rows = rows;
  r->line += rows - first;
  return at;
}

/* ---- passes ----------------------------------------------------------------------------- */

/* Over the rest of the file, from a block that is there. */
static dsr_status pass(reader *r, size_t end, take_line take, bool filing) {
  dsr_status rc = DSR_OK;
  while (end > 0 && rc == DSR_OK) {
    rc = read_lines(r, end, take, filing);
    if (rc == DSR_OK && filing) rc = number_rest(r); /* names lie in the block */
    if (rc != DSR_OK) return rc;
    drop_lines(r, end);
    rc = next_block(r, &end);
  }
  return rc;
}

static dsr_status begin_extent(reader *r) {
  TRY(dsr_extent_new(DSR_EXTENT_STORED, r->width, r->error, &r->extent));
  for (int c = 0; c < r->width; c++) {
    table_column *column = &r->columns[c];
    if (!column->values)
      column->values = dsr_resize(NULL, ROWS * sizeof *column->values);
    if (!column->names) column->names = dsr_resize(NULL, ROWS * sizeof *column->names);
    if (!column->numbers) {
      column->numbers = dsr_resize(NULL, ROWS * sizeof *column->numbers);
    }
    if (!column->values || !column->names || !column->numbers) {
      return dsr_fail_memory(r->error);
    }
  }
  r->rows = r->numbered = 0;
  return DSR_OK;
}

/* File all lines, the first block being there.  DSR_NOTHING: a column is not what it was
** taken for. */
static dsr_status file_all(reader *r, size_t end) {
  settle_types(r);
  dsr_status rc = begin_extent(r);
  if (rc == DSR_OK) rc = pass(r, end, take_tuple, true);
  if (rc == DSR_OK) rc = flush(r);
  if (rc != DSR_OK) {
    dsr_extent_free(r->extent);
    r->extent = NULL;
  }
  return rc;
}

static dsr_status first_block(reader *r, size_t *end) {
  r->line = 1;
  return next_block(r, end);
}

/* Look at all fields, then file. */
static dsr_status read_again(reader *r) {
  size_t end;
  TRY(rewind_file(r));
  forget_types(r);
  TRY(first_block(r, &end));
  TRY(pass(r, end, take_types, false));
  TRY(rewind_file(r));
  TRY(first_block(r, &end));
  dsr_status rc = file_all(r, end);
  if (rc != DSR_NOTHING) return rc;
  return dsr_fail(r->error, DSR_EIO, "%s changed while it was read", r->path);
}

static dsr_status read_table(reader *r) {
  size_t end;
  TRY(open_reader(r));
  TRY(first_block(r, &end));
  forget_types(r);
  TRY(read_lines(r, end, take_types, false));
  if (r->width == 0 && !r->ended) return read_again(r);
  r->line = 1;
  r->empty = 0;
  dsr_status rc = file_all(r, end);
  return rc == DSR_NOTHING ? read_again(r) : rc;
}

static void tell_shape(const reader *r, dsr_table_shape *shape) {
  *shape = (dsr_table_shape){.width = r->width};
  for (int c = 0; c < r->width; c++) shape->types[c] = r->columns[c].type;
  shape->lines = r->line - 1 - r->empty;
}

dsr_status dsr_table_read(const char *path, dsr_symbols *symbols, dsr_numbers *numbers,
                          const volatile int *stop, dsr_error *error,
                          dsr_table_shape *shape, dsr_extent **out) {
  reader r = {.path = path,
              .symbols = symbols,
              .numbers = numbers,
              .stop = stop,
              .error = error,
              .file = -1};
  dsr_status rc = read_table(&r);
  if (rc == DSR_OK) {
    tell_shape(&r, shape);
    *out = r.extent;
  }
  close_reader(&r);
  return rc;
}

/* ---- the width alone ------------------------------------------------------------------ */

static dsr_status take_width(reader *r, const dsr_str *fields) {
  (void)r, (void)fields;
  return DSR_NOTHING;
}

dsr_status dsr_table_width(const char *path, dsr_error *error, int *out) {
  reader r = {.path = path, .error = error, .file = -1};
  size_t end = 0;
  dsr_status rc = open_reader(&r);
  if (rc == DSR_OK) rc = first_block(&r, &end);
  if (rc == DSR_OK) rc = pass(&r, end, take_width, false);
  close_reader(&r);
  if (rc < 0) return rc;
  *out = r.width;
  return DSR_OK;
}
