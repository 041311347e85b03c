/*
** probe.h - a few rows looked for in a packed block, without unpacking it.
**
** Unpacking a block costs what some dozens of look-ups in its packed columns do.  Whoever
** asks for single rows here and there in a base that is larger than the cache of unpacked
** blocks comes back to few of them; so the first questions to a block are put to its bytes,
** which are an eighth as large, and only one that is asked often is unpacked.
**
** Kept are the bytes of some thousand blocks at most, each in one of a few places that its
** id says; blocks are immutable, so they never go stale.
*/
#ifndef DSR_STORE_PROBE_H
#define DSR_STORE_PROBE_H

#include "store/block.h"
#include "store/sequence.h"

typedef struct dsr_probe dsr_probe;

typedef struct dsr_probes {
  dsr_probe **slots; /* NULL until the first is kept */
  size_t n_slots;
  size_t kept; /* how many were put in, ever */
} dsr_probes;

/* Block `i` of a level made ready to be asked, good until the next call; NULL where it is
** to be unpacked, or is already. */
dsr_status dsr_probes_at(dsr_probes *probes, const dsr_sequence *sequence,
                         dsr_file *file, dsr_cache *cache, size_t i, dsr_probe **out);
/* The same for a strain (strain.h), which searches nothing and may ask as often as it
** likes; NULL where it is unpacked. */
dsr_status dsr_probes_packed(dsr_probes *probes, const dsr_sequence *sequence,
                             dsr_file *file, dsr_cache *cache, size_t i,
                             dsr_probe **out);
void dsr_probes_free(dsr_probes *probes);

/* The rows [*from, *to) whose first `n` words are those of `prefix`. */
void dsr_probe_find(const dsr_probe *probe, const uint64_t *prefix, int n, size_t *from,
                    size_t *to);
/* The word in a column of a row; behind the last column, the row's set. */
uint64_t dsr_probe_word(const dsr_probe *probe, int column, size_t row);

#endif
