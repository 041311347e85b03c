/*
** reel.c - all records of a kind, one after the other.
*/
#include "store/reel.h"

#include "store/coding.h"
#include "store/inside.h"

enum { FRESH_SOME = 256 }; /* records of the tail that are given at once */

static dsr_status no_memory(dsr_store *store) { return dsr_fail_memory(store->error); }

/* Room behind what is there, so that short pieces are copied whole words at a time. */
enum { SLACK = 32 };

/* Append what a record shares with the one before it, `before` bytes long, and the rest,
** behind which `beyond` more bytes may be read. */
static inline bool append(dsr_reel *reel, size_t before, size_t shared, dsr_str rest,
                          size_t beyond) {
  size_t len = shared + rest.len;
  if (reel->bytes.cap - reel->bytes.len < len + SLACK &&
      !VEC_RESERVE(&reel->bytes, len + SLACK)) {
    return false;
  }
  unsigned char *to = reel->bytes.items + reel->bytes.len;
  unsigned char piece[SLACK];
  if (shared > SLACK) {
    memcpy(to, to - before, shared);
  } else if (shared > 0) {
    memcpy(piece, to - before, SLACK);
    memcpy(to, piece, SLACK);
  }
  if (rest.len > SLACK || rest.len + beyond < SLACK) {
    if (rest.len > 0) memcpy(to + shared, rest.data, rest.len);
  } else {
    memcpy(to + shared, rest.data, SLACK);
  }
  reel->bytes.len += len;
  reel->ends.items[reel->ends.len++] = reel->bytes.len;
  return true;
}

/* The records of a block, as record.c draws it.  DSR_EDAMAGED, DSR_ENOMEM: no words. */
static dsr_status unroll(dsr_bytes_reader in, dsr_reel *reel) {
  uint64_t n = dsr_bytes_get_number(&in);
  size_t before = 0;
  if (n == 0 || n > dsr_bytes_left(&in)) return DSR_EDAMAGED;
  if (!VEC_RESERVE(&reel->ends, n)) return DSR_ENOMEM;
  for (uint64_t i = 0; i < n; i++) {
    uint64_t shared = dsr_bytes_get_number(&in);
    dsr_str rest = dsr_bytes_get_str(&in);
    if (in.bad || shared > before) return DSR_EDAMAGED;
    if (reel->bytes.len + shared + rest.len > DSR_RECORD_MOST) return DSR_EDAMAGED;
    size_t beyond = (size_t)(in.end - in.at);
    if (!append(reel, before, (size_t)shared, rest, beyond)) return DSR_ENOMEM;
    before = (size_t)shared + rest.len;
  }
  return dsr_bytes_left(&in) == 0 ? DSR_OK : DSR_EDAMAGED;
}

/* The block that the statement has come to.  The records before `number` stay in it: who
** reads goes from block to block. */
static dsr_status read_block(dsr_store *store, dsr_record_kind kind, uint64_t number,
                             dsr_reel *reel) {
  dsr_file *file = &store->file;
  dsr_str data;
  dsr_bytes_reader in;
  uint64_t id = (uint64_t)dsr_file_id(file, DSR_SQL_RECORD);
  TRY(dsr_file_data(file, DSR_SQL_RECORD, &data));
  reel->first = id & ((UINT64_C(1) << 48) - 1);
  bool fits =
      id >> 48 == (uint64_t)kind && dsr_format_open(DSR_ROW_RECORD, id, data, &in);
  dsr_status rc = fits ? unroll(in, reel) : DSR_EDAMAGED;
  if (rc == DSR_ENOMEM) return no_memory(store);
  if (rc >= 0 && number - reel->first >= reel->ends.len) rc = DSR_EDAMAGED;
  if (rc < 0) return dsr_file_damaged(file, "a block of records is not what it was");
  return DSR_ROW;
}

static dsr_status read_packed(dsr_store *store, dsr_record_kind kind, uint64_t number,
                              dsr_reel *reel) {
  dsr_file *file = &store->file;
  TRY(dsr_file_query(file, DSR_SQL_RECORD, (int64_t)dsr_record_id(kind, number), 0));
  dsr_status rc = dsr_file_step(file, DSR_SQL_RECORD);
  if (rc == DSR_DONE) rc = dsr_file_damaged(file, "a block of records is missing");
  if (rc >= 0) rc = read_block(store, kind, number, reel);
  dsr_file_end(file, DSR_SQL_RECORD);
  return rc;
}

static dsr_status read_fresh(dsr_store *store, const dsr_fresh *fresh,
                             dsr_record_kind kind, uint64_t number, dsr_reel *reel) {
  uint64_t end = dsr_fresh_next(fresh, kind);
  if (end - number > FRESH_SOME) end = number + FRESH_SOME;
  reel->first = number;
  if (!VEC_RESERVE(&reel->ends, end - number)) return no_memory(store);
  for (; number < end; number++) {
    dsr_str bytes = dsr_fresh_record(fresh, kind, number);
    if (!append(reel, 0, 0, bytes, 0)) return no_memory(store);
  }
  return DSR_ROW;
}

dsr_status dsr_reel_read(dsr_store *store, dsr_record_kind kind, uint64_t number,
                         dsr_reel *reel) {
  TRY(dsr_store_ready(store));
  if (number == 0 || number >= dsr_store_next(store, kind)) return DSR_DONE;
  reel->ends.len = reel->bytes.len = 0;
  const dsr_fresh *fresh = &store->tail;
  if (store->writing && number >= store->pending.records[kind].first) {
    fresh = &store->pending;
  }
  if (number >= fresh->records[kind].first) {
    return read_fresh(store, fresh, kind, number, reel);
  }
  return read_packed(store, kind, number, reel);
}

void dsr_reel_free(dsr_reel *reel) {
  VEC_FREE(&reel->ends);
  VEC_FREE(&reel->bytes);
}
