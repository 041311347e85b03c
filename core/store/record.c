/*
** record.c - records by number and by content, packed.
**
** A packed block of records is kept under kind << 48 | number of its first record:
**
**   0  8  checksum, seeded by the id
**   8  n  number: records
**      .  each: number: bytes it begins with in common with the one before
**               number: how many others follow, and these
**
** Records are packed in the order of their numbers, up to a block's size; one that is
** larger has a block of its own.  The last block of a kind is packed again with those
** that come, as long as it is not nearly full.
**
** NAME, CLAIM and SET are found by content: a sequence of (hash, number) rows, 40 bits
** of the hash since more would only cost bytes, leads to the few candidates, whose bytes
** decide.
*/
#include <assert.h>

#include "store/inside.h"

enum { WORD_SHIFT = 24, LOOKS_MOST = 4 };

static const size_t unpacked_most = DSR_RECORD_MOST;

uint64_t dsr_record_word(dsr_str bytes) {
  return dsr_hash(bytes.data, bytes.len, 0) >> WORD_SHIFT;
}

/* ---- unpacking ------------------------------------------------------------------- */

/* Walk the records without writing: how many bytes will they be?  False: damaged. */
static bool measure(dsr_bytes_reader in, uint64_t n, size_t *total) {
  size_t before = 0;
  *total = 0;
  for (uint64_t i = 0; i < n; i++) {
    uint64_t shared = dsr_bytes_get_number(&in);
    dsr_str rest = dsr_bytes_get_str(&in);
    if (in.bad || shared > before) return false;
    before = (size_t)shared + rest.len;
    *total += before;
    if (*total > unpacked_most) return false;
  }
  return dsr_bytes_left(&in) == 0;
}

static void fill(dsr_bytes_reader in, dsr_pack *pack) {
  size_t end = 0, before = 0; /* where the last record ends, and how long it is */
  for (size_t i = 0; i < pack->n; i++) {
    size_t shared = (size_t)dsr_bytes_get_number(&in);
    dsr_str rest = dsr_bytes_get_str(&in);
    memcpy(pack->bytes + end, pack->bytes + end - before, shared);
    memcpy(pack->bytes + end + shared, rest.data, rest.len);
    before = shared + rest.len;
    end += before;
    pack->ends[i] = end;
  }
}

dsr_status dsr_record_unpack(uint64_t id, dsr_str data, dsr_pack **out) {
  dsr_bytes_reader in;
  size_t total = 0;
  if (!dsr_format_open(DSR_ROW_RECORD, id, data, &in)) return DSR_EDAMAGED;
  uint64_t n = dsr_bytes_get_number(&in);
  if (n == 0 || n > dsr_bytes_left(&in) || !measure(in, n, &total)) return DSR_EDAMAGED;
  dsr_pack *pack = dsr_alloc(sizeof *pack);
  if (pack == NULL) return DSR_ENOMEM;
  pack->first = id & ((UINT64_C(1) << 48) - 1);
  pack->n = (size_t)n;
  pack->ends = dsr_resize(NULL, pack->n * sizeof *pack->ends);
  pack->bytes = dsr_resize(NULL, total + 1);
  pack->size = sizeof *pack + pack->n * sizeof *pack->ends + total;
  pack->packed = data.len;
  if (pack->ends == NULL || pack->bytes == NULL) {
    dsr_pack_free(pack);
    return DSR_ENOMEM;
  }
  fill(in, pack);
  *out = pack;
  return DSR_OK;
}

/* ---- by number ------------------------------------------------------------------- */

static bool covers(const dsr_pack *pack, uint64_t number) {
  return number >= pack->first && number - pack->first < pack->n;
}

/* How many of the packs met begin at `number` or before. */
static size_t packs_upto(const dsr_store *store, dsr_record_kind kind,
                         uint64_t number) {
  size_t lo = 0, hi = store->packs[kind].len;
  while (lo < hi) {
    size_t middle = lo + (hi - lo) / 2;
    if (store->packs[kind].items[middle] <= number) {
      lo = middle + 1;
    } else {
      hi = middle;
    }
  }
  return lo;
}

/* Remember that a pack begins at `first`.  Only a hint: it may fail. */
static void remember(dsr_store *store, dsr_record_kind kind, uint64_t first) {
  size_t at = packs_upto(store, kind, first);
  uint64_t *items = store->packs[kind].items;
  if (at > 0 && items[at - 1] == first) return;
  if (!VEC_RESERVE(&store->packs[kind], 1)) return;
  items = store->packs[kind].items;
  memmove(items + at + 1, items + at, (store->packs[kind].len - at) * sizeof *items);
  items[at] = first;
  store->packs[kind].len++;
}

static dsr_status read_pack(dsr_store *store, dsr_record_kind kind, uint64_t number,
                            dsr_pack **out) {
  dsr_file *file = &store->file;
  dsr_str data;
  dsr_pack *pack = NULL;
  TRY(dsr_file_query(file, DSR_SQL_RECORD, (int64_t)dsr_record_id(kind, number), 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_RECORD);
  TRY(rc);
  if (rc != DSR_ROW) return dsr_file_damaged(file, "a block of records is missing");
  uint64_t id = (uint64_t)dsr_file_id(file, DSR_SQL_RECORD);
  TRY(dsr_file_data(file, DSR_SQL_RECORD, &data));
  rc = id >> 48 == (uint64_t)kind ? dsr_record_unpack(id, data, &pack) : DSR_EDAMAGED;
  if (rc == DSR_ENOMEM) return dsr_fail_memory(file->error);
  if (rc >= 0 && !covers(pack, number)) {
    dsr_pack_free(pack);
    rc = DSR_EDAMAGED;
  }
  if (rc < 0) return dsr_file_damaged(file, "a block of records is not what it was");
  *out = pack;
  return DSR_OK;
}

/* The pack that holds a record that is packed. */
static dsr_status find_pack(dsr_store *store, dsr_record_kind kind, uint64_t number,
                            dsr_pack **out) {
  dsr_pack *pack = NULL;
  size_t met = packs_upto(store, kind, number);
  if (met > 0) {
    uint64_t id = dsr_record_id(kind, store->packs[kind].items[met - 1]);
    dsr_cached *cached = dsr_cache_find(&store->cache, id);
    if (cached != NULL && covers(cached->pack, number)) {
      *out = cached->pack;
      return DSR_OK;
    }
  }
  dsr_status rc = read_pack(store, kind, number, &pack);
  dsr_file_end(&store->file, DSR_SQL_RECORD);
  TRY(rc);
  uint64_t id = dsr_record_id(kind, pack->first);
  dsr_cached *cached = dsr_cache_find(&store->cache, id);
  if (cached != NULL) dsr_cache_drop(&store->cache, cached); /* it was shorter */
  remember(store, kind, pack->first);
  if (dsr_cache_add(&store->cache, id, NULL, pack, &cached) < 0) {
    return dsr_fail_memory(store->error);
  }
  *out = pack;
  return DSR_OK;
}

dsr_status dsr_store_record(dsr_store *store, dsr_record_kind kind, uint64_t number,
                            dsr_str *bytes) {
  TRY(dsr_store_ready(store));
  if (number == 0 || number >= dsr_store_next(store, kind)) {
    return dsr_file_damaged(&store->file, "it names record %llu of %llu",
                            (unsigned long long)number,
                            (unsigned long long)dsr_store_next(store, kind) - 1);
  }
  const dsr_fresh *fresh = &store->tail;
  if (store->writing && number >= store->pending.records[kind].first) {
    fresh = &store->pending;
  }
  if (number >= fresh->records[kind].first) {
    *bytes = dsr_fresh_record(fresh, kind, number);
    return DSR_OK;
  }
  dsr_pack *pack;
  TRY(find_pack(store, kind, number, &pack));
  *bytes = dsr_pack_record(pack, (size_t)(number - pack->first));
  return DSR_OK;
}

/* ---- by content ------------------------------------------------------------------ */

/* Is the record with a number, in a pack's bytes, one of these? */
static dsr_status match_in(dsr_bytes *record, uint64_t id, dsr_str data,
                           uint64_t number, dsr_str bytes) {
  dsr_bytes_reader in;
  uint64_t first = id & ((UINT64_C(1) << 48) - 1);
  if (!dsr_format_open(DSR_ROW_RECORD, id, data, &in)) return DSR_EDAMAGED;
  uint64_t n = dsr_bytes_get_number(&in);
  if (number < first || number - first >= n) return DSR_EDAMAGED;
  record->len = 0;
  for (uint64_t i = first; i <= number; i++) {
    uint64_t shared = dsr_bytes_get_number(&in);
    dsr_str rest = dsr_bytes_get_str(&in);
    if (in.bad || shared > record->len || shared + rest.len > unpacked_most) {
      return DSR_EDAMAGED;
    }
    record->len = (size_t)shared;
    if (!dsr_bytes_put(record, rest.data, rest.len)) return DSR_ENOMEM;
  }
  dsr_str there = {(const char *)record->items, record->len};
  return dsr_str_eq(there, bytes) ? DSR_OK : DSR_NOTHING;
}

/* Has the pack been looked into so often that it is better unpacked?  Who asks for a name
** or two unpacks none. */
static bool often_looked(dsr_store *store, uint64_t id) {
  size_t n = sizeof store->looks / sizeof *store->looks;
  dsr_looks *at = &store->looks[(id * UINT64_C(0x9e3779b97f4a7c15) >> 32) % n];
  if (at->id != id) *at = (dsr_looks){id, 0};
  return ++at->times > LOOKS_MOST;
}

/* Is the pack that a number may be in unpacked? */
static bool unpacked(dsr_store *store, dsr_record_kind kind, uint64_t number) {
  size_t met = packs_upto(store, kind, number);
  if (met == 0) return false;
  uint64_t id = dsr_record_id(kind, store->packs[kind].items[met - 1]);
  return dsr_cache_find(&store->cache, id) != NULL;
}

/* Look into the pack that the statement has come to. */
static dsr_status look_into(dsr_store *store, dsr_record_kind kind, uint64_t number,
                            dsr_str bytes) {
  dsr_str data;
  uint64_t id = (uint64_t)dsr_file_id(&store->file, DSR_SQL_RECORD);
  if (id >> 48 != (uint64_t)kind || often_looked(store, id)) return DSR_DONE;
  TRY(dsr_file_data(&store->file, DSR_SQL_RECORD, &data));
  return match_in(&store->record, id, data, number, bytes);
}

/* The same of a record that is packed: DSR_DONE where its pack is unpacked, or to be: what
** may be wrong with it is told then. */
static dsr_status match_packed(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                               uint64_t number) {
  dsr_file *file = &store->file;
  if (unpacked(store, kind, number)) return DSR_DONE;
  TRY(dsr_file_query(file, DSR_SQL_RECORD, (int64_t)dsr_record_id(kind, number), 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_RECORD);
  TRY(rc);
  if (rc == DSR_ROW) rc = look_into(store, kind, number, bytes);
  dsr_file_end(file, DSR_SQL_RECORD);
  return rc < 0 ? DSR_DONE : rc;
}

/* Is the record that a content row names one of these bytes? */
static dsr_status match(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                        uint64_t candidate, uint64_t *number) {
  dsr_str there;
  if (candidate >= store->root.packed[kind]) {
    return dsr_file_damaged(&store->file, "it finds a record that it does not hold");
  }
  dsr_status rc = match_packed(store, kind, bytes, candidate);
  if (rc == DSR_DONE) {
    TRY(dsr_store_record(store, kind, candidate, &there));
    rc = dsr_str_eq(there, bytes) ? DSR_OK : DSR_NOTHING;
  }
  if (rc == DSR_OK) *number = candidate;
  return rc;
}

/* Among the content rows of a block unpacked that have the word: which names a record of
** these bytes? */
static dsr_status match_block(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                              uint64_t word, dsr_cached *cached, uint64_t *number) {
  const dsr_block *block = cached->block;
  size_t r = dsr_block_seek(block, &word, 1, false);
  dsr_status rc = DSR_NOTHING;
  dsr_cache_pin(cached);
  for (; rc == DSR_NOTHING && r < block->rows && block->columns[0][r] == word; r++) {
    rc = match(store, kind, bytes, block->columns[1][r], number);
  }
  dsr_cache_unpin(cached);
  return rc;
}

/* The same in one that is packed. */
static dsr_status match_probe(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                              uint64_t word, const dsr_probe *probe, uint64_t *number) {
  size_t r, end;
  dsr_status rc = DSR_NOTHING;
  dsr_probe_find(probe, &word, 1, &r, &end);
  for (; rc == DSR_NOTHING && r < end; r++) {
    rc = match(store, kind, bytes, dsr_probe_word(probe, 1, r), number);
  }
  return rc;
}

static dsr_status find_in_level(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                                uint64_t word, const dsr_sequence *sequence,
                                uint64_t *number) {
  dsr_file *file = &store->file;
  dsr_status rc = DSR_NOTHING;
  for (size_t i = dsr_sequence_seek(sequence, &word, 1);
       rc == DSR_NOTHING && i < sequence->extent.blocks; i++) {
    dsr_cached *cached;
    dsr_probe *probe;
    if (*dsr_sequence_first(sequence, i) > word) break;
    TRY(dsr_probes_at(&store->probes, sequence, file, &store->cache, i, &probe));
    if (probe != NULL) {
      rc = match_probe(store, kind, bytes, word, probe, number);
    } else {
      TRY(dsr_sequence_block(sequence, file, &store->cache, i, &cached));
      rc = match_block(store, kind, bytes, word, cached, number);
    }
  }
  return rc;
}

static dsr_status find_packed(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                              uint64_t *number) {
  uint64_t word = dsr_record_word(bytes);
  dsr_sequence *sequence;
  dsr_status rc = DSR_NOTHING;
  TRY(dsr_store_part(store, DSR_CONTENT_RELATION(kind), DSR_CONTENT_WIDTH, 0, &word, 1,
                     &sequence));
  uint64_t hash = dsr_sieve_hash(&word, 1);
  for (int i = 0; sequence != NULL && i <= sequence->n_above && rc == DSR_NOTHING;
       i++) {
    const dsr_sequence *level = dsr_sequence_level(sequence, i);
    if (!dsr_sieve_passes(&level->sieve, hash)) continue;
    rc = find_in_level(store, kind, bytes, word, level, number);
  }
  return rc;
}

static bool by_content(dsr_record_kind kind) {
  return kind >= DSR_REC_NAME && kind <= DSR_REC_SET;
}

dsr_status dsr_store_find(dsr_store *store, dsr_record_kind kind, dsr_str bytes,
                          uint64_t *number) {
  if (!by_content(kind)) {
    return dsr_fail(store->error, DSR_EMISUSE, "these records have numbers only");
  }
  TRY(dsr_store_ready(store));
  if (store->writing && dsr_fresh_find(&store->pending, kind, bytes, number)) {
    return DSR_OK;
  }
  if (dsr_fresh_find(&store->tail, kind, bytes, number)) return DSR_OK;
  return find_packed(store, kind, bytes, number);
}

/* ---- packing --------------------------------------------------------------------- */

/* A block being filled. */
typedef struct packing {
  dsr_store *store;
  dsr_record_kind kind;
  uint64_t first;
  uint64_t n;
  dsr_bytes entries;
  dsr_str before; /* the last record, borrowed */
} packing;

static dsr_status packing_write(packing *pack) {
  dsr_bytes out = {NULL, 0, 0};
  if (pack->n == 0) return DSR_OK;
  uint64_t id = dsr_record_id(pack->kind, pack->first);
  dsr_status rc = DSR_OK;
  if (!dsr_bytes_put(&out, "checksum", 8) || !dsr_bytes_number(&out, pack->n) ||
      !dsr_bytes_put(&out, pack->entries.items, pack->entries.len)) {
    rc = dsr_fail_memory(pack->store->error);
  } else {
    dsr_format_seal(DSR_ROW_RECORD, id, out.items, out.len);
    rc = dsr_file_run(&pack->store->file, DSR_SQL_RECORD_SET, (int64_t)id, out.items,
                      out.len);
  }
  VEC_FREE(&out);
  pack->first += pack->n;
  pack->n = 0;
  pack->entries.len = 0;
  return rc;
}

static size_t shared_bytes(dsr_str a, dsr_str b) {
  size_t n = 0, most = a.len < b.len ? a.len : b.len;
  while (n < most && a.data[n] == b.data[n]) n++;
  return n;
}

static dsr_status packing_add(packing *pack, dsr_str record) {
  size_t head = 8 + DSR_NUMBER_MOST + 2 * DSR_NUMBER_MOST;
  size_t shared = pack->n == 0 ? 0 : shared_bytes(pack->before, record);
  if (pack->n > 0 &&
      head + pack->entries.len + record.len - shared > pack->store->block_bytes) {
    TRY(packing_write(pack));
    shared = 0;
  }
  dsr_str rest = {record.data + shared, record.len - shared};
  if (!dsr_bytes_number(&pack->entries, shared) ||
      !dsr_bytes_str(&pack->entries, rest)) {
    return dsr_fail_memory(pack->store->error);
  }
  pack->before = record;
  pack->n++;
  return DSR_OK;
}

/* Begin with the records of the kind's last block, unless that is nearly full. */
static dsr_status packing_reopen(packing *pack, const dsr_pack *last) {
  if (last->packed > pack->store->block_bytes / 4 * 3) return DSR_OK;
  pack->first = last->first;
  for (size_t i = 0; i < last->n; i++) {
    TRY(packing_add(pack, dsr_pack_record(last, i)));
  }
  return DSR_OK;
}

static dsr_status packing_add_all(packing *pack, const dsr_records *records) {
  for (size_t i = 0; i < records->list.len; i++) {
    TRY(packing_add(pack, records->list.items[i]));
  }
  return DSR_OK;
}

/* The kind's last pack must end where the fresh ones begin. */
static dsr_status last_pack(dsr_store *store, dsr_record_kind kind, dsr_pack **out) {
  uint64_t first = store->root.packed[kind];
  *out = NULL;
  if (first <= 1) return DSR_OK;
  TRY(find_pack(store, kind, first - 1, out));
  if ((*out)->first + (*out)->n == first) return DSR_OK;
  return dsr_file_damaged(&store->file, "it has records that it does not count");
}

dsr_status dsr_record_merge(dsr_store *store, dsr_record_kind kind) {
  packing pack = {.store = store, .kind = kind, .first = store->root.packed[kind]};
  if (dsr_fresh_next(&store->pending, kind) == pack.first) return DSR_OK;
  dsr_pack *last; /* good until another block is cached, which packing does not */
  TRY(last_pack(store, kind, &last));
  assert(store->tail.records[kind].first == pack.first);
  dsr_status rc = last != NULL ? packing_reopen(&pack, last) : DSR_OK;
  if (rc >= 0) rc = packing_add_all(&pack, &store->tail.records[kind]);
  if (rc >= 0) rc = packing_add_all(&pack, &store->pending.records[kind]);
  if (rc >= 0) rc = packing_write(&pack);
  VEC_FREE(&pack.entries);
  return rc;
}

dsr_status dsr_record_pack(dsr_store *store, dsr_record_kind kind,
                           dsr_record_next *next, void *ud, uint64_t *n) {
  packing pack = {.store = store, .kind = kind, .first = store->root.packed[kind]};
  dsr_pack *last;
  dsr_str record;
  dsr_status rc;
  *n = 0;
  TRY(last_pack(store, kind, &last));
  rc = last != NULL ? packing_reopen(&pack, last) : DSR_OK;
  while (rc >= 0 && (rc = next(ud, &record)) == DSR_ROW) {
    rc = packing_add(&pack, record);
    ++*n;
  }
  if (rc >= 0) rc = packing_write(&pack);
  VEC_FREE(&pack.entries);
  return rc;
}

/* ---- packing anew ---------------------------------------------------------------- */

/* A kind's records on their way from old packs to new ones. */
typedef struct repacking {
  packing to;
  dsr_record_edit *edit;
  bool (*changed)(void *ud, uint64_t number, dsr_str bytes);
  void *ud;
} repacking;

static dsr_status repack_record(repacking *r, uint64_t number, dsr_str bytes) {
  dsr_status rc = DSR_OK;
  if (r->edit != NULL) rc = r->edit(r->ud, number, &bytes);
  TRY(rc);
  if (rc == DSR_ROW && !r->changed(r->ud, number, bytes)) {
    return dsr_fail_memory(r->to.store->error);
  }
  return packing_add(&r->to, bytes);
}

/* Take the records of the pack that begins with `first` over, and drop it. */
static dsr_status repack_one(repacking *r, uint64_t first, dsr_pack **out) {
  dsr_store *store = r->to.store;
  dsr_pack *pack;
  dsr_status rc = read_pack(store, r->to.kind, first, &pack);
  dsr_file_end(&store->file, DSR_SQL_RECORD);
  TRY(rc);
  *out = pack;
  if (pack->first != first) {
    return dsr_file_damaged(&store->file, "its records do not follow on each other");
  }
  TRY(dsr_file_change(&store->file, DSR_SQL_RECORD_DROP,
                      (int64_t)dsr_record_id(r->to.kind, first), NULL, 0));
  for (size_t i = 0; i < pack->n; i++) {
    TRY(repack_record(r, first + i, dsr_pack_record(pack, i)));
  }
  return DSR_OK;
}

dsr_status dsr_record_repack(dsr_store *store, dsr_record_kind kind,
                             dsr_record_edit *edit,
                             bool (*changed)(void *ud, uint64_t number, dsr_str bytes),
                             void *ud) {
  repacking r = {{.store = store, .kind = kind, .first = 1}, edit, changed, ud};
  dsr_pack *before = NULL; /* the last record of it is still compared with */
  dsr_status rc = DSR_OK;
  uint64_t first = 1;
  while (rc >= 0 && first < store->root.packed[kind]) {
    dsr_pack *pack = NULL;
    rc = repack_one(&r, first, &pack);
    if (before != NULL) dsr_pack_free(before);
    before = pack;
    if (rc >= 0) first += pack->n;
  }
  if (rc >= 0) rc = packing_write(&r.to);
  if (before != NULL) dsr_pack_free(before);
  VEC_FREE(&r.to.entries);
  return rc;
}
