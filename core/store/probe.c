/*
** probe.c - a few rows looked for in a packed block, without unpacking it.
**
** What the columns' forms are, block.c draws.  Numbers of a framed column are found at
** once, so rows are searched by halves.  Those of an ascending one are added up, and the
** lengths of runs, too: once when the block is first asked, when each SAMPLE-th sum is kept,
** and then from the sum before.  The bytes were held against their checksum; whatever they
** say, nothing behind them is read.
*/
#include <string.h>

#include "store/probe_inside.h"

enum {
  PROBES = 4096,      /* blocks kept: at most 40 MB */
  PROBES_FIRST = 128, /* places at first */
  ASKED_MOST = 32,    /* times that a block is asked before it is unpacked */
  ASKED_FULL = 512,   /* the same where another unpacked one would have to go */
  SAMPLE = 32,
  WAYS = 4,
};

/* ---- making ready ---------------------------------------------------------------- */

static void sample_column(dsr_column *in) {
  uint64_t sum = in->form == DSR_FORM_RUNS ? 0 : in->base;
  for (size_t i = 0; i < in->n_samples * SAMPLE; i++) {
    if (i % SAMPLE == 0) in->samples[i / SAMPLE] = sum;
    if (i >= in->n) break;
    sum += in->form == DSR_FORM_RUNS ? dsr_column_length(in, i)
                                     : dsr_number_at(in->data, i, in->bits);
  }
}

/* Have sums ready, unless they are. */
static bool sample(dsr_probe *probe) {
  size_t n = 0;
  if (probe->sampled) return true;
  for (int c = 0; c <= probe->width; c++) {
    dsr_column *in = &probe->columns[c];
    bool sums = in->form == DSR_FORM_RUNS || in->form == DSR_FORM_ASCENDING;
    n += in->n_samples = sums ? in->n / SAMPLE + 1 : 0;
  }
  uint64_t *samples = probe->samples = dsr_resize(NULL, (n + 1) * sizeof *samples);
  if (samples == NULL) return false;
  for (int c = 0; c <= probe->width; c++) {
    dsr_column *in = &probe->columns[c];
    in->samples = samples;
    samples += in->n_samples;
    sample_column(in);
  }
  probe->sampled = true;
  return true;
}

static void probe_free(dsr_probe *probe) {
  if (probe != NULL) dsr_free(probe->samples);
  dsr_free(probe);
}

/* Rows of another number than `rows` are damage, too: the caller's directory knows. */
static dsr_status probe_new(const dsr_block_key *key, int width, uint64_t rows,
                            dsr_str data, dsr_probe **out) {
  if (!dsr_block_whole(key, width, data.data, data.len)) return DSR_EDAMAGED;
  dsr_probe *probe = dsr_resize(NULL, sizeof *probe + data.len + DSR_COLUMN_SPARE);
  if (probe == NULL) return DSR_ENOMEM;
  memset(probe, 0, sizeof *probe);
  memcpy(probe->bytes, data.data, data.len);
  memset(probe->bytes + data.len, 0, DSR_COLUMN_SPARE);
  probe->block = key->id;
  probe->width = width;
  dsr_bytes_reader in = {probe->bytes + DSR_BLOCK_HEAD, probe->bytes + data.len, false};
  probe->rows = dsr_bytes_get_number(&in);
  in.bad |= probe->rows != rows || rows > DSR_BLOCK_WORDS;
  for (int c = 0; c <= width && !in.bad; c++) {
    dsr_column_read(&in, probe->rows, &probe->columns[c]);
  }
  if (in.bad || dsr_bytes_left(&in) > 0) {
    probe_free(probe);
    return DSR_EDAMAGED;
  }
  *out = probe;
  return DSR_OK;
}

/* ---- narrowing ------------------------------------------------------------------- */

/* The first of framed words [lo, hi), which ascend, that is not below `word`. */
static size_t framed_bound(const dsr_column *in, size_t lo, size_t hi, uint64_t word) {
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (dsr_column_framed(in, middle) < word) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo;
}

/* Rows [lo, hi), among which the column ascends, and whose words before are all alike. */
typedef struct range {
  size_t lo, hi;
} range;

static range narrow_framed(const dsr_column *in, range of, uint64_t word) {
  size_t lo = framed_bound(in, of.lo, of.hi, word), step = 1, end = lo;
  if (lo == of.hi || dsr_column_framed(in, lo) != word) return (range){lo, lo};
  while (lo + step < of.hi && dsr_column_framed(in, lo + step) == word) {
    end = lo + step;
    step *= 2;
  }
  size_t most = lo + step < of.hi ? lo + step : of.hi;
  uint64_t next = word + 1; /* no word is the greatest number and has one above it */
  return (range){lo, next == 0 ? of.hi : framed_bound(in, end + 1, most, next)};
}

/* The last sample that is below `sum`, or the first. */
static size_t sample_below(const dsr_column *in, uint64_t sum) {
  size_t lo = 0, hi = in->n_samples;
  while (hi - lo > 1) {
    size_t middle = lo + (hi - lo) / 2;
    if (in->samples[middle] < sum) {
      lo = middle;
    } else {
      hi = middle;
    }
  }
  return lo;
}

static range narrow_ascending(const dsr_column *in, range of, uint64_t word) {
  size_t at = sample_below(in, word), r = at * SAMPLE;
  if (r < of.lo) at = of.lo / SAMPLE, r = at * SAMPLE;
  uint64_t value = in->samples[at];
  while (r < of.hi && (r < of.lo || value < word)) {
    if (r < in->n) value += dsr_number_at(in->data, r, in->bits);
    r++;
  }
  range out = {r, r};
  for (; r < of.hi && value == word; out.hi = r) {
    if (r < in->n) value += dsr_number_at(in->data, r, in->bits);
    r++;
  }
  return out;
}

/* The run that row r is in, and the row that it begins with. */
static size_t run_of(const dsr_column *in, size_t r, size_t *start) {
  size_t at = sample_below(in, r + 1), run = at * SAMPLE;
  for (*start = in->samples[at]; run + 1 < in->n; run++) {
    size_t end = *start + dsr_column_length(in, run);
    if (end > r) break;
    *start = end;
  }
  return run;
}

static range narrow_runs(const dsr_column *in, range of, size_t rows, uint64_t word) {
  size_t start, run;
  if (of.lo == 0 && of.hi == rows) {
    run = framed_bound(in, 0, in->n, word);
    if (run == in->n) return (range){rows, rows};
    start = in->samples[run / SAMPLE];
    for (size_t i = run / SAMPLE * SAMPLE; i < run; i++)
      start += dsr_column_length(in, i);
  } else {
    run = run_of(in, of.lo, &start);
  }
  for (; run < in->n && start < of.hi; run++) {
    size_t end = start + dsr_column_length(in, run);
    uint64_t head = dsr_column_framed(in, run);
    if (end > of.lo && head >= word) {
      size_t lo = start > of.lo ? start : of.lo, hi = end < of.hi ? end : of.hi;
      return lo < hi && head == word ? (range){lo, hi} : (range){lo, lo};
    }
    start = end;
  }
  return (range){of.hi, of.hi};
}

void dsr_probe_find(const dsr_probe *probe, const uint64_t *prefix, int n, size_t *from,
                    size_t *to) {
  range found = {0, probe->rows};
  for (int c = 0; c < n && found.lo < found.hi; c++) {
    const dsr_column *in = &probe->columns[c];
    switch (in->form) {
      case DSR_FORM_CONSTANT:
        if (dsr_column_decoded(in, in->base) != prefix[c]) found.hi = found.lo;
        break;
      case DSR_FORM_FRAMED:
        found = narrow_framed(in, found, prefix[c]);
        break;
      case DSR_FORM_ASCENDING:
        found = narrow_ascending(in, found, prefix[c]);
        break;
      default:
        found = narrow_runs(in, found, probe->rows, prefix[c]);
    }
  }
  *from = found.lo;
  *to = found.hi;
}

uint64_t dsr_probe_word(const dsr_probe *probe, int c, size_t row) {
  const dsr_column *in = &probe->columns[c];
  size_t from = row / SAMPLE, start;
  uint64_t value = in->base;
  switch (in->form) {
    case DSR_FORM_CONSTANT:
      return dsr_column_decoded(in, value);
    case DSR_FORM_FRAMED:
      return dsr_column_framed(in, row);
    case DSR_FORM_ASCENDING:
      value = in->samples[from];
      for (size_t r = from * SAMPLE; r < row; r++) {
        value += dsr_number_at(in->data, r, in->bits);
      }
      return value;
    default:
      return dsr_column_framed(in, run_of(in, row, &start));
  }
}

/* ---- keeping --------------------------------------------------------------------- */

static dsr_status read_probe(const dsr_sequence *sequence, dsr_file *file, size_t i,
                             dsr_probe **out) {
  const dsr_entry_place *place = &sequence->places[i];
  dsr_block_key key = {place->block, (uint32_t)(sequence->key >> 4),
                       (int)(sequence->key & 15)};
  dsr_str data;
  TRY(dsr_file_query(file, DSR_SQL_BLOCK, (int64_t)place->block, 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_BLOCK);
  TRY(rc);
  if (rc != DSR_ROW) return dsr_file_damaged(file, "a block is missing");
  TRY(dsr_file_data(file, DSR_SQL_BLOCK, &data));
  rc = probe_new(&key, (int)sequence->extent.width, place->rows, data, out);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(file->error);
  if (rc < 0) return dsr_file_damaged(file, "a block does not match its checksum");
  return DSR_OK;
}

/* The WAYS slots that a block's bytes may be in, the latest first. */
static dsr_probe **slots_of(const dsr_probes *probes, uint64_t block) {
  uint64_t mixed = block * UINT64_C(0x9e3779b97f4a7c15);
  return &probes->slots[((mixed ^ mixed >> 32) & (probes->n_slots / WAYS - 1)) * WAYS];
}

/* Make a block the latest of its slots. */
static void keep(const dsr_probes *probes, dsr_probe *probe) {
  dsr_probe **slots = slots_of(probes, probe->block);
  probe_free(slots[WAYS - 1]);
  memmove(&slots[1], &slots[0], (WAYS - 1) * sizeof *slots);
  slots[0] = probe;
}

/* More slots where half of them may be taken: who asks for one block needs few. */
static bool grow(dsr_probes *probes) {
  if (probes->n_slots == PROBES || probes->kept < probes->n_slots / 2) return true;
  size_t n_slots = probes->n_slots == 0 ? PROBES_FIRST : probes->n_slots * 2;
  dsr_probes more = {dsr_alloc(n_slots * sizeof *more.slots), n_slots, probes->kept};
  if (more.slots == NULL) return false;
  for (size_t i = probes->n_slots; i-- > 0;) {
    if (probes->slots[i] != NULL) keep(&more, probes->slots[i]);
  }
  dsr_free(probes->slots);
  *probes = more;
  return true;
}

/* Take one out of its slots. */
static void drop(dsr_probe **slots, int i) {
  probe_free(slots[i]);
  memmove(&slots[i], &slots[i + 1], (size_t)(WAYS - 1 - i) * sizeof *slots);
  slots[WAYS - 1] = NULL;
}

/* Find block `i`, or read it, and put it first among its slots. */
static dsr_status have_probe(dsr_probes *probes, const dsr_sequence *sequence,
                             dsr_file *file, size_t i, dsr_probe ***out, int *at) {
  uint64_t block = sequence->places[i].block;
  int way = 0;
  if (!grow(probes)) return dsr_fail_memory(file->error);
  dsr_probe **slots = slots_of(probes, block);
  while (way < WAYS && slots[way] != NULL && slots[way]->block != block) way++;
  if (way == WAYS || slots[way] == NULL) {
    dsr_probe *probe = NULL;
    dsr_status rc = read_probe(sequence, file, i, &probe);
    dsr_file_end(file, DSR_SQL_BLOCK);
    TRY(rc);
    keep(probes, probe);
    probes->kept++;
    way = 0;
  }
  *out = slots;
  *at = way;
  return DSR_OK;
}

dsr_status dsr_probes_at(dsr_probes *probes, const dsr_sequence *sequence,
                         dsr_file *file, dsr_cache *cache, size_t i, dsr_probe **out) {
  dsr_probe **slots;
  int way;
  *out = NULL;
  if (dsr_cache_find(cache, sequence->places[i].block) != NULL) return DSR_OK;
  TRY(have_probe(probes, sequence, file, i, &slots, &way));
  if (slots[way]->asked++ >= (dsr_cache_full(cache) ? ASKED_FULL : ASKED_MOST)) {
    drop(slots, way);
    return DSR_OK;
  }
  if (!sample(slots[way])) return dsr_fail_memory(file->error);
  *out = slots[way];
  return DSR_OK;
}

dsr_status dsr_probes_packed(dsr_probes *probes, const dsr_sequence *sequence,
                             dsr_file *file, dsr_cache *cache, size_t i,
                             dsr_probe **out) {
  dsr_probe **slots;
  int way;
  *out = NULL;
  if (dsr_cache_find(cache, sequence->places[i].block) != NULL) return DSR_OK;
  TRY(have_probe(probes, sequence, file, i, &slots, &way));
  *out = slots[way];
  return DSR_OK;
}

void dsr_probes_free(dsr_probes *probes) {
  for (size_t i = 0; i < probes->n_slots; i++) {
    probe_free(probes->slots[i]);
  }
  dsr_free(probes->slots);
  *probes = (dsr_probes){NULL, 0, 0};
}
