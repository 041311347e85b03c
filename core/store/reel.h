/*
** reel.h - all records of a kind, one after the other.
**
** For who looks at every record once: a block of them at a time is unpacked into memory
** that serves for the next, and nothing of it is kept in the cache.
**
** Cost: some 20 ns for each record and what reading the file does.
*/
#ifndef DSR_STORE_REEL_H
#define DSR_STORE_REEL_H

#include "ground/bytes.h"
#include "store/store.h"

/* Records that follow on each other; all zero before the first. */
typedef struct dsr_reel {
  uint64_t first; /* number of record 0 */
  VEC(size_t) ends;
  dsr_bytes bytes;
} dsr_reel;

/* The record `number` and those behind it that lie together: DSR_ROW, or DSR_DONE where
** there is no such record.  They are good until the next call on the reel. */
dsr_status dsr_reel_read(dsr_store *store, dsr_record_kind kind, uint64_t number,
                         dsr_reel *reel);
void dsr_reel_free(dsr_reel *reel); /* to all zero */

static inline dsr_str dsr_reel_record(const dsr_reel *reel, size_t i) {
  size_t start = i == 0 ? 0 : reel->ends.items[i - 1];
  return (dsr_str){(const char *)reel->bytes.items + start,
                   reel->ends.items[i] - start};
}

#endif
