/*
** block.c - sorted tuples packed into bytes, and back.
**
**   0      8  checksum of all that follows, seeded by the block's id, relation, order
**   8      1  width: columns of a row, without its set
**   9      n  number: rows
**          .  width + 1 columns, the rows' sets last; each one
**               1  form, plus 8 where the numbers below are codes of words (coding.h)
**               .  what the form asks for
**
**   form 0  constant   number: the word
**   form 1  framed     number: base;  1: bits;  rows * bits: word - base
**   form 2  ascending  number: first; 1: bits;  (rows - 1) * bits: step from the last
**   form 3  runs       number: runs;  number: base;  1: bits;  runs * bits: word - base;
**                      1: bits;  runs * bits: length of the run - 1
**
** Bits are packed low bits first and end on a whole byte.  The packer watches every
** column as rows are added and stops at the last row with which the smallest forms
** still fit; a column's cost never falls as rows are added, so that row is the right
** one.  A block has at most DSR_BLOCK_WORDS words unpacked, however well it packs.
*/
#include <assert.h>

#include "store/block.h"

#include "store/column.h"

enum {
  HEAD_SIZE = DSR_BLOCK_HEAD, /* checksum and width */
  FORM_CONSTANT = DSR_FORM_CONSTANT,
  FORM_FRAMED = DSR_FORM_FRAMED,
  FORM_ASCENDING = DSR_FORM_ASCENDING,
  FORM_RUNS = DSR_FORM_RUNS,
  FORM_CODED = DSR_FORM_CODED,
  PACK_STEP = 256, /* rows added between two looks at the size */
};

/* What must be known of a column's first rows to size every form of it. */
typedef struct column_fit {
  uint64_t first, last;
  uint64_t min, max;           /* of the words */
  uint64_t code_min, code_max; /* of their codes */
  uint64_t step_max;           /* while `ascending` */
  size_t runs;
  size_t run_len, run_max; /* of the run that is open; of the longest */
  bool ascending;
} column_fit;

/* ---- choosing a form ------------------------------------------------------------- */

static void fit_first(column_fit *fit, uint64_t word) {
  uint64_t code = dsr_code_of(word);
  *fit = (column_fit){.first = word, .last = word, .min = word, .max = word};
  fit->code_min = fit->code_max = code;
  fit->runs = fit->run_len = fit->run_max = 1;
  fit->ascending = true;
}

/* The least and the greatest of n words' codes. */
static void fit_codes(column_fit *fit, const uint64_t *at, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint64_t code = dsr_code_of(at[i]);
    fit->code_min = code < fit->code_min ? code : fit->code_min;
    fit->code_max = code > fit->code_max ? code : fit->code_max;
  }
}

/* Are the n words all the one that came last? */
static bool fit_same(const column_fit *fit, const uint64_t *at, size_t n) {
  uint64_t last = fit->last, differ = at[n - 1] ^ last;
  if (differ != 0) return false;
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    differ |=
        (at[i] ^ last) | (at[i + 1] ^ last) | (at[i + 2] ^ last) | (at[i + 3] ^ last);
  }
  for (; i < n; i++) differ |= at[i] ^ last;
  return differ == 0;
}

/* Are the codes of all words from min to max in the words' order? */
static bool codes_ascend(uint64_t min, uint64_t max) {
  unsigned tag = (unsigned)(min >> 61);
  if (tag != max >> 61) return false;
  return !dsr_code_signed(tag) || (min & DSR_CODE_BIAS) != 0;
}

/* Take the range of n words in, and that of their codes, which are looked at one by one
** only where they must be. */
static void fit_range(column_fit *fit, const uint64_t *at, size_t n, uint64_t min,
                      uint64_t max) {
  if (!codes_ascend(min, max)) {
    fit_codes(fit, at, n);
  } else {
    uint64_t code_min = dsr_code_of(min), code_max = dsr_code_of(max);
    if (code_min < fit->code_min) fit->code_min = code_min;
    if (code_max > fit->code_max) fit->code_max = code_max;
  }
  if (min < fit->min) fit->min = min;
  if (max > fit->max) fit->max = max;
}

/* Steps and runs of n words; are they ascending from the last one on?  No branch hangs
** on the words, which are as good as random to a processor. */
static bool fit_steps(column_fit *fit, const uint64_t *at, size_t n) {
  uint64_t last = fit->last, step_max = fit->step_max, falls = 0;
  size_t runs = fit->runs, run_len = fit->run_len, run_max = fit->run_max;
  for (size_t i = 0; i < n; i++) {
    uint64_t word = at[i], step = word - last;
    falls |= word < last;
    step_max = step > step_max ? step : step_max;
    run_len = (step == 0 ? run_len : 0) + 1;
    run_max = run_len > run_max ? run_len : run_max;
    runs += step != 0;
    last = word;
  }
  *fit =
      (column_fit){fit->first, last, fit->min, fit->max, fit->code_min, fit->code_max,
                   step_max,   runs, run_len,  run_max,  fit->ascending};
  return falls == 0;
}

/* Ranges and runs of n words in a column that does not ascend. */
static void fit_loose(column_fit *fit, const uint64_t *at, size_t n) {
  uint64_t min = at[0], max = min, last = fit->last;
  size_t runs = fit->runs, run_len = fit->run_len, run_max = fit->run_max;
  for (size_t i = 0; i < n; i++) {
    uint64_t word = at[i];
    min = word < min ? word : min;
    max = word > max ? word : max;
    run_len = (word == last ? run_len : 0) + 1;
    run_max = run_len > run_max ? run_len : run_max;
    runs += word != last;
    last = word;
  }
  fit->last = last;
  fit->runs = runs;
  fit->run_len = run_len;
  fit->run_max = run_max;
  fit_range(fit, at, n, min, max);
}

static void fit_words(column_fit *fit, const uint64_t *at, size_t n) {
  if (fit_same(fit, at, n)) {
    fit->run_len += n;
    if (fit->run_len > fit->run_max) fit->run_max = fit->run_len;
    return;
  }
  if (fit->ascending) {
    column_fit before = *fit;
    if (fit_steps(fit, at, n)) {
      fit_range(fit, at, n, at[0], at[n - 1]);
      return;
    }
    *fit = before;
    fit->ascending = false;
  }
  fit_loose(fit, at, n);
}

static void fit_add(column_fit *fit, const uint64_t *words, size_t from, size_t to) {
  if (from == 0) fit_first(fit, words[0]), from = 1;
  if (from < to) fit_words(fit, words + from, to - from);
}

static size_t packed_size(size_t n, int bits) { return (n * (size_t)bits + 7) / 8; }

static size_t framed_size(uint64_t base, uint64_t top, size_t n) {
  return dsr_number_size(base) + 1 + packed_size(n, dsr_bits(top - base));
}

/* Would codes frame the column's words, n of them, in less room than the words? */
static bool codes_win(const column_fit *fit, size_t n) {
  return framed_size(fit->code_min, fit->code_max, n) <
         framed_size(fit->min, fit->max, n);
}

static size_t best_frame(const column_fit *fit, size_t n) {
  if (codes_win(fit, n)) return framed_size(fit->code_min, fit->code_max, n);
  return framed_size(fit->min, fit->max, n);
}

/* The bytes of a column of n rows in its smallest form, and which form that is. */
static size_t best_form(const column_fit *fit, size_t n, int *form) {
  if (fit->runs == 1) {
    bool coded = dsr_number_size(fit->code_min) < dsr_number_size(fit->min);
    *form = FORM_CONSTANT | (coded ? FORM_CODED : 0);
    return 1 + dsr_number_size(coded ? fit->code_min : fit->min);
  }
  size_t best = 1 + best_frame(fit, n);
  *form = FORM_FRAMED | (codes_win(fit, n) ? FORM_CODED : 0);
  size_t size =
      1 + dsr_number_size(fit->first) + 1 + packed_size(n - 1, dsr_bits(fit->step_max));
  if (fit->ascending && size < best) best = size, *form = FORM_ASCENDING;
  size = 1 + dsr_number_size(fit->runs) + best_frame(fit, fit->runs) + 1 +
         packed_size(fit->runs, dsr_bits(fit->run_max - 1));
  if (size < best) {
    best = size;
    *form = FORM_RUNS | (codes_win(fit, fit->runs) ? FORM_CODED : 0);
  }
  return best;
}

/* ---- writing --------------------------------------------------------------------- */

/* Bits on their way out, low ones first.  What is held is written behind `out` each
** time, so there must be room for eight bytes more. */
typedef struct bit_writer {
  unsigned char *out;
  uint64_t held;
  int n_held; /* 0..7 */
} bit_writer;

static inline void bits_put_few(bit_writer *writer, uint64_t value, int bits) {
  writer->held |= value << writer->n_held;
  writer->n_held += bits;
  dsr_save64(writer->out, writer->held);
  writer->out += writer->n_held >> 3;
  writer->held >>= writer->n_held & 56;
  writer->n_held &= 7;
}

static inline void bits_put(bit_writer *writer, uint64_t value, int bits) {
  if (bits > 56) {
    bits_put_few(writer, value & 0xffffffff, 32);
    value >>= 32;
    bits -= 32;
  }
  bits_put_few(writer, value, bits);
}

static unsigned char *bits_end(const bit_writer *writer) {
  return writer->out + (writer->n_held > 0);
}

static uint64_t coded(uint64_t word, bool as_code) {
  return as_code ? dsr_code_of(word) : word;
}

static unsigned char *put_frame(unsigned char *out, const column_fit *fit,
                                bool as_code) {
  uint64_t base = as_code ? fit->code_min : fit->min;
  out += dsr_number_write(out, base);
  *out++ = (unsigned char)dsr_bits((as_code ? fit->code_max : fit->max) - base);
  return out;
}

static unsigned char *put_framed(unsigned char *out, const column_fit *fit,
                                 const uint64_t *words, size_t n, bool as_code) {
  uint64_t base = as_code ? fit->code_min : fit->min;
  out = put_frame(out, fit, as_code);
  int bits = out[-1];
  bit_writer writer = {out, 0, 0};
  if (as_code) {
    for (size_t r = 0; r < n; r++) {
      bits_put(&writer, dsr_code_of(words[r]) - base, bits);
    }
  } else {
    for (size_t r = 0; r < n; r++) {
      bits_put(&writer, words[r] - base, bits);
    }
  }
  return bits_end(&writer);
}

static unsigned char *put_ascending(unsigned char *out, const column_fit *fit,
                                    const uint64_t *words, size_t n) {
  int bits = dsr_bits(fit->step_max);
  out += dsr_number_write(out, fit->first);
  *out++ = (unsigned char)bits;
  bit_writer writer = {out, 0, 0};
  for (size_t r = 1; r < n; r++) {
    bits_put(&writer, words[r] - words[r - 1], bits);
  }
  return bits_end(&writer);
}

/* One past the last row of the run that begins at row r. */
static size_t run_end(const uint64_t *words, size_t r, size_t n) {
  uint64_t word = words[r];
  while (r < n && words[r] == word) r++;
  return r;
}

static unsigned char *put_runs(unsigned char *out, const column_fit *fit,
                               const uint64_t *words, size_t n, bool as_code) {
  uint64_t base = as_code ? fit->code_min : fit->min;
  out += dsr_number_write(out, fit->runs);
  out = put_frame(out, fit, as_code);
  int bits = out[-1];
  bit_writer heads = {out, 0, 0};
  for (size_t r = 0; r < n; r = run_end(words, r, n)) {
    bits_put(&heads, coded(words[r], as_code) - base, bits);
  }
  out = bits_end(&heads);
  bits = dsr_bits(fit->run_max - 1);
  *out++ = (unsigned char)bits;
  bit_writer lengths = {out, 0, 0};
  for (size_t r = 0, end; r < n; r = end) {
    end = run_end(words, r, n);
    bits_put(&lengths, end - r - 1, bits);
  }
  return bits_end(&lengths);
}

static unsigned char *put_column(unsigned char *out, const column_fit *fit,
                                 const uint64_t *words, size_t n) {
  int form;
  best_form(fit, n, &form);
  bool as_code = (form & FORM_CODED) != 0;
  *out++ = (unsigned char)form;
  switch (form & ~FORM_CODED) {
    case FORM_CONSTANT:
      return out + dsr_number_write(out, coded(fit->first, as_code));
    case FORM_FRAMED:
      return put_framed(out, fit, words, n, as_code);
    case FORM_ASCENDING:
      return put_ascending(out, fit, words, n);
    default:
      return put_runs(out, fit, words, n, as_code);
  }
}

/* ---- packing --------------------------------------------------------------------- */

typedef struct packer {
  int columns; /* the set's among them */
  const uint64_t *words[DSR_ARITY_MAX + 2];
  column_fit fits[DSR_ARITY_MAX + 2];
} packer;

static size_t packer_size(const packer *pack, size_t n) {
  int form;
  size_t size = HEAD_SIZE + dsr_number_size(n);
  for (int c = 0; c < pack->columns; c++) size += best_form(&pack->fits[c], n, &form);
  return size;
}

static void packer_add(packer *pack, size_t from, size_t to) {
  for (int c = 0; c < pack->columns; c++) {
    fit_add(&pack->fits[c], pack->words[c], from, to);
  }
}

/* Take rows while they fit, by smaller and smaller steps; how many were taken. */
static size_t packer_fill(packer *pack, size_t most, size_t max_bytes) {
  column_fit before[DSR_ARITY_MAX + 2];
  size_t taken = 0, used = (size_t)pack->columns * sizeof *before;
  for (size_t step = PACK_STEP; step > 0; step = step == 4 ? 1 : step / 8) {
    while (taken < most) {
      size_t next = most - taken < step ? most : taken + step;
      memcpy(before, pack->fits, used);
      packer_add(pack, taken, next);
      if (packer_size(pack, next) > max_bytes && !(step == 1 && taken == 0)) {
        memcpy(pack->fits, before, used);
        break;
      }
      taken = next;
    }
  }
  return taken;
}

static uint64_t block_seed(const dsr_block_key *key) {
  unsigned char bytes[16];
  dsr_save64(bytes, key->id);
  dsr_save64(bytes + 8, (uint64_t)key->relation << 8 | (unsigned)key->order);
  return dsr_hash(bytes, sizeof bytes, 0x626c6f636b); /* "block" */
}

static size_t most_rows(int width) { return DSR_BLOCK_WORDS / ((size_t)width + 1); }

dsr_status dsr_block_pack(const dsr_block_key *key, int width,
                          const uint64_t *const *columns, const uint64_t *sets,
                          size_t n, size_t max_bytes, unsigned char *out, size_t *len,
                          size_t *taken) {
  packer pack;
  memset(&pack, 0, sizeof pack);
  if (width < 1 || width > DSR_ARITY_MAX + 1 || n == 0) return DSR_EMISUSE;
  pack.columns = width + 1;
  for (int c = 0; c < width; c++) pack.words[c] = columns[c];
  pack.words[width] = sets;
  if (n > most_rows(width)) n = most_rows(width);
  n = packer_fill(&pack, n, max_bytes);
  unsigned char *end = out + 8;
  *end++ = (unsigned char)width;
  end += dsr_number_write(end, n);
  for (int c = 0; c < pack.columns; c++) {
    end = put_column(end, &pack.fits[c], pack.words[c], n);
  }
  assert((size_t)(end - out) == packer_size(&pack, n));
  dsr_save64(out, dsr_hash(out + 8, (size_t)(end - out) - 8, block_seed(key)));
  *len = (size_t)(end - out);
  *taken = n;
  return DSR_OK;
}

/* ---- unpacking ------------------------------------------------------------------- */

/* A count of bits, then n numbers of that size; false where that does not fit. */
static bool get_packed(dsr_bytes_reader *in, size_t n, uint64_t base, uint64_t *out) {
  unsigned bits = dsr_bytes_get_byte(in);
  if (bits > 64) return false;
  size_t avail = dsr_bytes_left(in);
  const unsigned char *data = dsr_bytes_get(in, packed_size(n, (int)bits));
  if (data == NULL) return false;
  dsr_bits_unpack(data, avail, n, (int)bits, base, out);
  return true;
}

static bool get_ascending(dsr_bytes_reader *in, size_t n, uint64_t *out) {
  uint64_t sum = out[0] = dsr_bytes_get_number(in);
  if (!get_packed(in, n - 1, 0, out + 1)) return false;
  for (size_t r = 1; r < n; r++) out[r] = sum += out[r];
  return true;
}

/* The number in place i of those packed from `data`. */
static inline uint64_t bits_at(const unsigned char *data, size_t avail, size_t i,
                               int bits) {
  size_t bit = i * (size_t)bits;
  if (bits > 56 || bit / 8 + 8 > avail) return dsr_bits_careful(data, avail, bit, bits);
  return dsr_load64(data + bit / 8) >> (bit & 7) & ((UINT64_C(1) << bits) - 1);
}

/* Runs: read into the column's own end and spread from its start, so that no other
** memory is needed; lengths are read as they are used. */
static bool get_runs(dsr_bytes_reader *in, size_t n, uint64_t *out) {
  uint64_t runs = dsr_bytes_get_number(in), base = dsr_bytes_get_number(in);
  if (runs == 0 || runs > n) return false;
  uint64_t *words = out + (n - runs);
  if (!get_packed(in, runs, base, words)) return false;
  int bits = (int)dsr_bytes_get_byte(in);
  if (bits > 64) return false;
  size_t avail = dsr_bytes_left(in), r = 0;
  const unsigned char *lengths = dsr_bytes_get(in, packed_size(runs, bits));
  if (lengths == NULL) return false;
  for (size_t i = 0; i < runs; i++) {
    uint64_t word = words[i], length = bits_at(lengths, avail, i, bits) + 1;
    /* Each run to come has a row at least: what is spread never reaches words[i + 1]. */
    if (length == 0 || length > n - r - (runs - 1 - i)) return false;
    for (size_t end = r + length; r < end; r++) out[r] = word;
  }
  return r == n;
}

static bool get_framed(dsr_bytes_reader *in, size_t n, uint64_t *out) {
  uint64_t base = dsr_bytes_get_number(in);
  return get_packed(in, n, base, out);
}

static bool get_column(dsr_bytes_reader *in, size_t n, uint64_t *out) {
  unsigned form = dsr_bytes_get_byte(in);
  bool ok = false;
  switch (form & ~(unsigned)FORM_CODED) {
    case FORM_FRAMED:
      ok = get_framed(in, n, out);
      break;
    case FORM_ASCENDING:
      ok = get_ascending(in, n, out);
      break;
    case FORM_RUNS:
      ok = get_runs(in, n, out);
      break;
    default:
      break;
  }
  if (ok && (form & FORM_CODED)) dsr_words_of_codes(out, n);
  return ok && !in->bad;
}

static void skip_packed(dsr_bytes_reader *in, size_t n) {
  unsigned bits = dsr_bytes_get_byte(in);
  dsr_bytes_get(in, bits > 64 ? SIZE_MAX : packed_size(n, (int)bits));
}

/* Read over a column; *even where it is one word, which goes to *word. */
static bool skip_column(dsr_bytes_reader *in, size_t n, bool *even, uint64_t *word) {
  unsigned form = dsr_bytes_get_byte(in), coding = form & FORM_CODED;
  uint64_t first = dsr_bytes_get_number(in);
  form -= coding;
  *even = form == FORM_CONSTANT;
  *word = coding ? dsr_code_word(first) : first;
  if (form == FORM_FRAMED) skip_packed(in, n);
  if (form == FORM_ASCENDING) skip_packed(in, n - 1);
  if (form == FORM_RUNS) { /* `first` counts them */
    if (first > n) return false;
    dsr_bytes_get_number(in);
    skip_packed(in, first);
    skip_packed(in, first);
  }
  return form <= FORM_RUNS && !in->bad;
}

/* What the bytes of a block say before its columns, and which of these are even. */
typedef struct outline {
  int columns; /* the set's among them */
  size_t rows;
  size_t own; /* columns that are not even */
  bool even[DSR_ARITY_MAX + 2];
  uint64_t word[DSR_ARITY_MAX + 2];
} outline;

/* Look through all of it; `in` is left at the first column.  False: damaged. */
static bool read_outline(dsr_bytes_reader *in, int width, outline *out) {
  uint64_t rows = dsr_bytes_get_number(in);
  if (in->bad || rows == 0 || rows > most_rows(width)) return false;
  dsr_bytes_reader over = *in;
  *out = (outline){.columns = width + 1, .rows = rows};
  for (int c = 0; c < out->columns; c++) {
    if (!skip_column(&over, rows, &out->even[c], &out->word[c])) return false;
    out->own += !out->even[c];
  }
  return dsr_bytes_left(&over) == 0;
}

static void set_column(dsr_block *block, int c, uint64_t *words) {
  *(c == block->width ? &block->sets : &block->columns[c]) = words;
}

/* One piece of memory for a block and its own columns, which hold garbage; the even ones
** are taken from where they are shared. */
static dsr_block *block_new(const outline *has, dsr_evens *evens) {
  size_t bytes = sizeof(dsr_block) + has->rows * has->own * sizeof(uint64_t), made;
  dsr_block *block = dsr_resize(NULL, bytes);
  if (block == NULL) return NULL;
  uint64_t *words = (uint64_t *)(void *)(block + 1);
  *block = (dsr_block){.width = has->columns - 1, .rows = has->rows, .bytes = bytes};
  for (int c = 0; c < has->columns; c++) {
    if (!has->even[c]) {
      set_column(block, c, words);
      words += has->rows;
      continue;
    }
    block->evens[c] = dsr_even_take(evens, has->word[c], has->rows, &made);
    if (block->evens[c] == NULL) {
      dsr_block_free(block);
      return NULL;
    }
    set_column(block, c, block->evens[c]->words);
    block->bytes += made;
  }
  return block;
}

static bool get_columns(dsr_bytes_reader *in, const outline *has, dsr_block *block) {
  for (int c = 0; c < has->columns; c++) {
    uint64_t *words = c == block->width ? block->sets : block->columns[c], word;
    bool even;
    if (!(has->even[c] ? skip_column(in, has->rows, &even, &word)
                       : get_column(in, has->rows, words))) {
      return false;
    }
  }
  return true;
}

bool dsr_block_whole(const dsr_block_key *key, int width, const void *data,
                     size_t len) {
  const unsigned char *bytes = data;
  return len > DSR_BLOCK_HEAD && bytes[8] == width &&
         dsr_load64(bytes) == dsr_hash(bytes + 8, len - 8, block_seed(key));
}

dsr_status dsr_block_unpack(const dsr_block_key *key, int width, const void *data,
                            size_t len, dsr_evens *evens, dsr_block **out) {
  const unsigned char *bytes = data;
  outline has;
  if (len < HEAD_SIZE || width < 1 || width > DSR_ARITY_MAX + 1) return DSR_EDAMAGED;
  if (dsr_load64(bytes) != dsr_hash(bytes + 8, len - 8, block_seed(key))) {
    return DSR_EDAMAGED;
  }
  dsr_bytes_reader in = {bytes + HEAD_SIZE, bytes + len, false};
  if (bytes[8] != width || !read_outline(&in, width, &has)) return DSR_EDAMAGED;
  dsr_block *block = block_new(&has, evens);
  if (block == NULL) return DSR_ENOMEM;
  if (!get_columns(&in, &has, block)) {
    dsr_block_free(block);
    return DSR_EDAMAGED;
  }
  *out = block;
  return DSR_OK;
}

void dsr_block_free(dsr_block *block) {
  if (block == NULL) return;
  for (int c = 0; c <= block->width; c++) dsr_even_drop(block->evens[c]);
  dsr_free(block);
}

/* ---- finding --------------------------------------------------------------------- */

/* The first of words[lo..hi) that is not below `word`, or with `past` above it. */
static size_t bound(const uint64_t *words, size_t lo, size_t hi, uint64_t word,
                    bool past) {
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (words[middle] < word || (past && words[middle] == word)) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo;
}

/* Draw [*lo, *hi), which bound() is to search, together by guessing where the word lies
** from those at its ends, a few times: of words that lie evenly, as those of entities
** often do, almost nothing is left, for a look into a few cache lines. */
static void close_in(const uint64_t *words, size_t *lo, size_t *hi, uint64_t word) {
  enum { FEW = 16, GUESSES = 3 };
  for (int i = 0; i<GUESSES && * hi - *lo> FEW; i++) {
    uint64_t first = words[*lo], last = words[*hi - 1];
    if (word <= first || word > last) {
      *(word <= first ? hi : lo) = word <= first ? *lo : *hi;
      return;
    }
    size_t n = *hi - *lo, off = n / 128 + FEW / 2;
    size_t at = *lo + (size_t)((double)(word - first) / (double)(last - first) *
                               (double)(n - 1));
    if (words[at] < word) {
      *lo = at + 1;
      if (*hi - *lo > off && words[at + off] >= word) *hi = at + off;
    } else {
      *hi = at;
      if (at - *lo > off && words[at - off] < word) *lo = at - off + 1;
    }
  }
}

/* One past the last of words[r..hi) that is `word`, as words[r] is: near by a short way. */
static size_t past_run(const uint64_t *words, size_t r, size_t hi, uint64_t word) {
  size_t step = 1;
  while (step < hi - r && words[r + step] == word) r += step, step *= 2;
  return bound(words, r, step < hi - r ? r + step : hi, word, true);
}

size_t dsr_block_seek(const dsr_block *block, const uint64_t *prefix, int n,
                      bool past) {
  size_t lo = 0, hi = block->rows;
  for (int c = 0; c < n; c++) {
    size_t low = lo, high = hi;
    close_in(block->columns[c], &low, &high, prefix[c]);
    size_t first = bound(block->columns[c], low, high, prefix[c], false);
    if (first == hi || block->columns[c][first] != prefix[c]) return first;
    hi = past_run(block->columns[c], first, hi, prefix[c]);
    lo = first;
  }
  return past ? hi : lo;
}
