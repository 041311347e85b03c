/*
** format.c - the bytes of the root, of runs, of directory entries and of extents.
**
** `c` is the checksum, `8` eight bytes with the low one first, `n` a number (bytes.h).
**
**   root    c, then one 8 for each field of dsr_root, in order
**   entry   c, n rows, then the first and the last key: n a word, as codes; n level,
**           where it is not the lowest, 0
**   extent  c, n width, then for each level, the lowest first:  n blocks, n rows, 8 sum
**   run     c, n transaction, n stamp
**           for each kind of record but transactions:  n records; each n length, bytes
**           n relations; each:  n relation, n width, n orders, n rows
**             each row:  n a word, then n for its set: differences from the row before,
**             codes of words, folded
**
** Runs are small and short-lived; they are written to be read at once, whole.
*/
#include "store/format.h"

/* ---- checksums ------------------------------------------------------------------- */

uint64_t dsr_format_checksum(dsr_row_kind kind, uint64_t id, const void *data,
                             size_t len) {
  unsigned char seed[16];
  dsr_save64(seed, (uint64_t)kind);
  dsr_save64(seed + 8, id);
  return dsr_hash(data, len, dsr_hash(seed, sizeof seed, 0x646f737369657231));
}

uint64_t dsr_format_kept(dsr_str bytes) {
  return bytes.len < 8 ? 0 : dsr_load64((const unsigned char *)bytes.data);
}

void dsr_format_seal(dsr_row_kind kind, uint64_t id, unsigned char *data, size_t len) {
  dsr_save64(data, dsr_format_checksum(kind, id, data + 8, len - 8));
}

bool dsr_format_open(dsr_row_kind kind, uint64_t id, dsr_str bytes,
                     dsr_bytes_reader *in) {
  if (bytes.len < 8) return false;
  *in = dsr_bytes_read(bytes);
  return dsr_bytes_get_64(in) ==
         dsr_format_checksum(kind, id, bytes.data + 8, bytes.len - 8);
}

/* ---- the root -------------------------------------------------------------------- */

void dsr_root_write(const dsr_root *root, unsigned char out[DSR_ROOT_SIZE]) {
  const uint64_t fields[8] = {root->format,    root->txn,        root->stamp,
                              root->run_first, root->merges,     root->next_block,
                              root->extents,   root->extents_sum};
  unsigned char *at = out + 8;
  for (int i = 0; i < 8; i++, at += 8) dsr_save64(at, fields[i]);
  for (int kind = 0; kind < DSR_REC_KINDS; kind++, at += 16) {
    dsr_save64(at, root->next[kind]);
    dsr_save64(at + 8, root->packed[kind]);
  }
  dsr_format_seal(DSR_ROW_ROOT, 1, out, DSR_ROOT_SIZE);
}

bool dsr_root_read(dsr_str bytes, dsr_root *out) {
  dsr_bytes_reader in;
  dsr_root root;
  if (bytes.len != DSR_ROOT_SIZE) return false;
  if (!dsr_format_open(DSR_ROW_ROOT, 1, bytes, &in)) return false;
  root.format = dsr_bytes_get_64(&in);
  root.txn = dsr_bytes_get_64(&in);
  root.stamp = dsr_bytes_get_64(&in);
  root.run_first = dsr_bytes_get_64(&in);
  root.merges = dsr_bytes_get_64(&in);
  root.next_block = dsr_bytes_get_64(&in);
  root.extents = dsr_bytes_get_64(&in);
  root.extents_sum = dsr_bytes_get_64(&in);
  bool ok = root.run_first >= 1 && root.run_first <= root.txn + 1;
  for (int kind = 0; kind < DSR_REC_KINDS; kind++) {
    root.next[kind] = dsr_bytes_get_64(&in);
    root.packed[kind] = dsr_bytes_get_64(&in);
    ok = ok && root.packed[kind] <= root.next[kind];
  }
  if (!ok || root.next[DSR_REC_TXN] != root.txn + 1) return false;
  *out = root;
  return true;
}

/* ---- runs ------------------------------------------------------------------------ */

static bool write_records(const dsr_records *records, dsr_bytes *out) {
  bool ok = dsr_bytes_number(out, records->list.len);
  for (size_t i = 0; ok && i < records->list.len; i++) {
    ok = dsr_bytes_str(out, records->list.items[i]);
  }
  return ok;
}

static bool write_rows(const dsr_rows *rows, dsr_bytes *out) {
  uint64_t before[DSR_ROW_MAX] = {0}, set_before = 0;
  size_t most = (size_t)(rows->width + 1) * DSR_NUMBER_MOST; /* bytes of a row */
  if (!dsr_bytes_number(out, rows->relation) ||
      !dsr_bytes_number(out, (uint64_t)rows->width) ||
      !dsr_bytes_number(out, rows->orders) || !dsr_bytes_number(out, rows->n)) {
    return false;
  }
  for (size_t i = 0; i < rows->n; i++) {
    const uint64_t *row = dsr_rows_at(rows, i);
    if (!VEC_RESERVE(out, most)) return false;
    unsigned char *at = out->items + out->len;
    for (int c = 0; c < rows->width; c++) {
      uint64_t code = dsr_code_of(row[c]);
      at += dsr_number_write(at, dsr_fold(code - before[c]));
      before[c] = code;
    }
    at += dsr_number_write(at, dsr_fold(rows->sets[i] - set_before));
    set_before = rows->sets[i];
    out->len = (size_t)(at - out->items);
  }
  return true;
}

dsr_status dsr_run_write(uint64_t txn, uint64_t stamp, const dsr_fresh *fresh,
                         dsr_bytes *out) {
  bool ok = dsr_bytes_put(out, "checksum", 8) && dsr_bytes_number(out, txn) &&
            dsr_bytes_number(out, stamp);
  for (int kind = 1; ok && kind < DSR_REC_KINDS; kind++) {
    if (kind != DSR_REC_TXN) ok = write_records(&fresh->records[kind], out);
  }
  ok = ok && dsr_bytes_number(out, fresh->relations.len);
  for (size_t i = 0; ok && i < fresh->relations.len; i++) {
    ok = write_rows(fresh->relations.items[i], out);
  }
  if (!ok) return DSR_ENOMEM;
  dsr_format_seal(DSR_ROW_RUN, txn, out->items, out->len);
  return DSR_OK;
}

/* What a failing put means for a run: only memory is not the file's fault. */
static dsr_status blame(dsr_status rc) {
  return rc >= 0 || rc == DSR_ENOMEM ? rc : DSR_EDAMAGED;
}

static dsr_status read_records(dsr_bytes_reader *in, dsr_record_kind kind,
                               dsr_fresh *fresh) {
  uint64_t n = dsr_bytes_get_number(in);
  if (n > dsr_bytes_left(in)) return DSR_EDAMAGED;
  for (uint64_t i = 0; i < n; i++) {
    dsr_str bytes = dsr_bytes_get_str(in);
    if (in->bad) return DSR_EDAMAGED;
    TRY(blame(dsr_fresh_append(fresh, kind, bytes)));
  }
  return DSR_OK;
}

static dsr_status read_rows(dsr_bytes_reader *in, dsr_fresh *fresh) {
  uint64_t before[DSR_ROW_MAX] = {0}, row[DSR_ROW_MAX], set = 0;
  uint64_t relation = dsr_bytes_get_number(in), width = dsr_bytes_get_number(in);
  uint64_t orders = dsr_bytes_get_number(in), n = dsr_bytes_get_number(in);
  if (relation == 0 || relation > DSR_RELATION_MOST || width == 0 ||
      width > DSR_ROW_MAX || orders == 0 || orders >> width != 0 ||
      n > dsr_bytes_left(in)) {
    return DSR_EDAMAGED;
  }
  for (uint64_t i = 0; i < n; i++) {
    for (uint64_t c = 0; c < width; c++) {
      before[c] += dsr_unfold(dsr_bytes_get_number(in));
      row[c] = dsr_code_word(before[c]);
    }
    set += dsr_unfold(dsr_bytes_get_number(in));
    if (in->bad) return DSR_EDAMAGED;
    TRY(blame(dsr_fresh_put(fresh, (uint32_t)relation, (int)width, (unsigned)orders,
                            row, set, false)));
  }
  return DSR_OK;
}

dsr_status dsr_run_read(uint64_t txn, dsr_str bytes, dsr_fresh *fresh) {
  dsr_bytes_reader in;
  char stamp[8];
  if (!dsr_format_open(DSR_ROW_RUN, txn, bytes, &in)) return DSR_EDAMAGED;
  if (dsr_bytes_get_number(&in) != txn) return DSR_EDAMAGED;
  dsr_stamp_write(dsr_bytes_get_number(&in), stamp);
  for (dsr_record_kind kind = 1; kind < DSR_REC_KINDS; kind++) {
    if (kind != DSR_REC_TXN) TRY(read_records(&in, kind, fresh));
  }
  TRY(blame(dsr_fresh_append(fresh, DSR_REC_TXN, (dsr_str){stamp, 8})));
  uint64_t relations = dsr_bytes_get_number(&in);
  for (uint64_t i = 0; i < relations && !in.bad; i++) TRY(read_rows(&in, fresh));
  return in.bad || dsr_bytes_left(&in) > 0 ? DSR_EDAMAGED : DSR_OK;
}

/* ---- entries and extents --------------------------------------------------------- */

bool dsr_entry_write(uint64_t id, const dsr_entry_row *entry, int width,
                     dsr_bytes *out) {
  bool ok = dsr_bytes_put(out, "checksum", 8) && dsr_bytes_number(out, entry->rows);
  for (int c = 0; ok && c < width; c++) {
    ok = dsr_bytes_number(out, dsr_code_of(entry->first[c]));
  }
  for (int c = 0; ok && c < width; c++) {
    ok = dsr_bytes_number(out, dsr_code_of(entry->last[c]));
  }
  if (ok && entry->level > 0) ok = dsr_bytes_number(out, entry->level);
  if (ok) dsr_format_seal(DSR_ROW_ENTRY, id, out->items, out->len);
  return ok;
}

bool dsr_entry_read(uint64_t id, dsr_str bytes, int width, dsr_entry_row *out) {
  dsr_bytes_reader in;
  if (!dsr_format_open(DSR_ROW_ENTRY, id, bytes, &in)) return false;
  out->rows = dsr_bytes_get_number(&in);
  for (int c = 0; c < width; c++) {
    out->first[c] = dsr_code_word(dsr_bytes_get_number(&in));
  }
  for (int c = 0; c < width; c++) {
    out->last[c] = dsr_code_word(dsr_bytes_get_number(&in));
  }
  out->level = dsr_bytes_left(&in) > 0 ? dsr_bytes_get_number(&in) : 0;
  return !in.bad && dsr_bytes_left(&in) == 0;
}

bool dsr_extent_write(uint64_t id, const dsr_extent_row *levels, int n,
                      dsr_bytes *out) {
  unsigned char sum[8];
  bool ok = dsr_bytes_put(out, "checksum", 8) && dsr_bytes_number(out, levels->width);
  for (int i = 0; ok && i < n; i++) {
    dsr_save64(sum, levels[i].sum);
    ok = dsr_bytes_number(out, levels[i].blocks) &&
         dsr_bytes_number(out, levels[i].rows) && dsr_bytes_put(out, sum, 8);
  }
  if (ok) dsr_format_seal(DSR_ROW_EXTENT, id, out->items, out->len);
  return ok;
}

bool dsr_extent_read(uint64_t id, dsr_str bytes, dsr_extent_row *levels, int *n) {
  dsr_bytes_reader in;
  if (!dsr_format_open(DSR_ROW_EXTENT, id, bytes, &in)) return false;
  uint64_t width = dsr_bytes_get_number(&in);
  for (*n = 0; *n == 0 || (!in.bad && dsr_bytes_left(&in) > 0); ++*n) {
    if (*n == DSR_LEVELS_MOST) return false;
    dsr_extent_row *level = &levels[*n];
    level->width = width;
    level->blocks = dsr_bytes_get_number(&in);
    level->rows = dsr_bytes_get_number(&in);
    level->sum = dsr_bytes_get_64(&in);
  }
  return !in.bad && width >= 1 && width <= DSR_ROW_MAX;
}

/* ---- stamps ---------------------------------------------------------------------- */

void dsr_stamp_write(uint64_t stamp, char out[8]) {
  for (int i = 0; i < 8; i++) out[i] = (char)(stamp >> (56 - 8 * i));
}

bool dsr_stamp_read(dsr_str bytes, uint64_t *stamp) {
  if (bytes.len != 8) return false;
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | (unsigned char)bytes.data[i];
  *stamp = value;
  return true;
}
