/*
** store_strain.c - walks that leave out rows, against walks that do not.
**
**   store_strain [SEED [STEPS]]
**
** Relations with columns of all kinds, so that blocks have them in all forms, in one level
** or several, packed or fresh.  Of random strains: what a walk with one gives is in order,
** is among what a walk without gives, and lacks nothing that is wanted.
**
** Prints its seed; exit code 1 where anything differs.
*/
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "facts_host.h"
#include "ground/vec.h"
#include "store/inside.h"

enum { WIDTH_MOST = 5, RELATION = 3, ROWS_MOST = 6000 };

typedef struct fact {
  uint64_t row[WIDTH_MOST], set;
} fact;
typedef VEC(fact) facts;

static uint64_t skipped, given;

/* ---- words ----------------------------------------------------------------------- */

static uint64_t word(unsigned tag, uint64_t payload) {
  return (uint64_t)tag << 61 | payload;
}

/* A word of a column of some kind, of row i. */
static uint64_t column_word(int kind, size_t i) {
  const uint64_t zero = UINT64_C(1) << 60;
  switch (kind) {
    case 0:
      return word(5, 77);
    case 1:
      return word(5, 1000 + chance(300)); /* entities */
    case 2:
      return word(4, zero + 9000 + chance(9000)); /* days */
    case 3:
      return word(2, zero + chance(100) - 50); /* integers about 0 */
    case 4:
      return chance(4) > 0 ? word(4, zero + chance(50)) : word(7, chance(40));
    case 5:
      return word(2, zero + i * (1 + chance(2))); /* mostly ascending */
    case 6:
      return word((unsigned)(1 + chance(7)), chance(UINT64_C(1) << 61));
    case 7:
      return chance(9) > 0 ? 0 : word(4, zero + chance(9));
    default:
      return word(5, i / 100); /* runs */
  }
}

/* ---- strains --------------------------------------------------------------------- */

static void swap_up(uint64_t *a, uint64_t *b) {
  uint64_t least = *a < *b ? *a : *b, most = *a < *b ? *b : *a;
  *a = least;
  *b = most;
}

/* About the words of some rows, mostly. */
static dsr_strain_range random_range(const facts *all, int c) {
  dsr_strain_range range = {0, UINT64_MAX, 0, 0};
  uint64_t some = all->items[chance(all->len)].row[c];
  range.lo = some;
  range.hi = chance(3) == 0 ? some : all->items[chance(all->len)].row[c];
  swap_up(&range.lo, &range.hi);
  if (chance(2) == 0) range.from = word((unsigned)(some >> 61), 0);
  if (chance(2) == 0) range.to = word((unsigned)(some >> 61), (UINT64_C(1) << 61) - 1);
  if (chance(8) == 0) range.from = 1, range.to = 0;
  if (chance(8) == 0 && range.from > 0) range.lo = range.hi = range.from - 1;
  return range;
}

static dsr_strain random_strain(const facts *all, int width) {
  dsr_strain made = {.n = (int)chance(5)};
  int alternative = 0;
  for (int i = 0; i < made.n; i++) {
    int c = (int)chance((uint64_t)width);
    if (i > 0 && chance(2) == 0) alternative++;
    made.tests[i] = (dsr_strain_test){alternative, c, random_range(all, c)};
  }
  return made;
}

static bool test_takes(const dsr_strain_test *test, const uint64_t *row) {
  uint64_t at = row[test->column];
  bool told = at >= test->range.from && at <= test->range.to;
  return !told || (at >= test->range.lo && at <= test->range.hi);
}

static bool wanted(const dsr_strain *strain, const uint64_t *row) {
  bool in[8] = {false}, failed[8] = {false};
  for (int i = 0; i < strain->n; i++) {
    const dsr_strain_test *test = &strain->tests[i];
    in[test->alternative] = true;
    failed[test->alternative] |= !test_takes(test, row);
  }
  for (int i = 0; i < 8; i++) {
    if (in[i] && !failed[i]) return true;
  }
  return strain->n == 0;
}

/* ---- walks ----------------------------------------------------------------------- */

static void add_stretch(facts *to, const dsr_stretch *some, int width) {
  CHECK(some->n > 0);
  for (size_t r = 0; r < some->n; r++) {
    fact one = {.set = some->sets[r]};
    for (int c = 0; c < width; c++) one.row[c] = some->columns[c][r];
    CHECK(!some->one_set || one.set == some->sets[0]);
    CHECK(VEC_PUSH(to, one));
  }
}

static facts walk(dsr_store *store, int width, int order, const uint64_t *prefix, int n,
                  const dsr_strain *strain) {
  facts all = {0};
  dsr_cursor *cursor;
  dsr_stretch some;
  dsr_status rc = DSR_ROW;
  OK(dsr_cursor_start(store, RELATION, width, order, prefix, n, &cursor));
  if (strain) dsr_cursor_strain(cursor, strain);
  while (rc == DSR_ROW) {
    if (chance(5) == 0) {
      const uint64_t *row;
      fact one = {.set = 0};
      OK(rc = dsr_cursor_next(cursor, &row, &one.set));
      if (rc != DSR_ROW) break;
      memcpy(one.row, row, (size_t)width * sizeof *row);
      CHECK(VEC_PUSH(&all, one));
    } else {
      OK(rc = dsr_cursor_some(cursor, &some));
      if (rc == DSR_ROW) add_stretch(&all, &some, width);
      skipped += some.skipped;
    }
  }
  dsr_cursor_stop(cursor);
  return all;
}

static void check_strain(dsr_store *store, const facts *all, int width, int order) {
  dsr_strain strain = random_strain(all, width);
  uint64_t prefix = all->items[chance(all->len)].row[order];
  int n = chance(4) == 0;
  bool cached = chance(6) == 0; /* unpack it first */
  facts whole = {0}, some;
  if (cached) whole = walk(store, width, order, &prefix, n, NULL);
  some = walk(store, width, order, &prefix, n, &strain);
  if (!cached) whole = walk(store, width, order, &prefix, n, NULL);
  size_t at = 0;
  for (size_t i = 0; i < whole.len; i++) {
    const fact *one = &whole.items[i];
    bool there = at < some.len && memcmp(&some.items[at], one, sizeof *one) == 0;
    at += there;
    CHECK(there || !wanted(&strain, one->row));
  }
  CHECK(at == some.len);
  given += at;
  VEC_FREE(&whole);
  VEC_FREE(&some);
}

/* ---- bases ----------------------------------------------------------------------- */

static void check_base(void) {
  dsr_open_options options = {.merge_bound = 1 + (int)chance(900),
                              .block_bytes = chance(2) == 0 ? 600 : 0};
  dsr_store *store;
  bool moved;
  facts all = {0};
  int width = 1 + (int)chance(WIDTH_MOST), kinds[WIDTH_MOST];
  bool one_set = chance(2) == 0;
  for (int c = 0; c < WIDTH_MOST; c++) kinds[c] = (int)chance(9);
  OK(dsr_store_open(NULL, &options, &error, &store));
  for (size_t load = 1 + chance(4); load > 0; load--) {
    OK(dsr_store_begin(store, 0, &moved));
    for (size_t n = 1 + chance(ROWS_MOST); n > 0; n--) {
      fact one = {.set = one_set ? 1 : 1 + chance(20)};
      for (int c = 0; c < width; c++) one.row[c] = column_word(kinds[c], all.len);
      OK(dsr_store_put(store, RELATION, width, width > 1 ? 3 : 1, one.row, one.set));
      CHECK(VEC_PUSH(&all, one));
    }
    if (chance(2) == 0) OK(dsr_store_fold(store));
    OK(dsr_store_commit(store));
    for (int i = 0; i < 6; i++) {
      check_strain(store, &all, width, width > 1 ? (int)chance(2) : 0);
    }
  }
  VEC_FREE(&all);
  dsr_store_close(store);
}

int main(int argc, char **argv) {
  uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)getpid();
  int steps = argc > 2 ? atoi(argv[2]) : 60;
  printf("store_strain: seed %" PRIu64 "\n", seed);
  for (int i = 0; i < steps; i++) {
    chance_state = seed + (uint64_t)i;
    check_base();
  }
  CHECK(skipped > 0 && given > 0);
  printf("store_strain: agreed\n");
  return 0;
}
