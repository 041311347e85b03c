/*
** shelf.c - numbers of what predicates say, and the extents that were derived for them.
**
** Numbers are places in a list of all that was said, found by a hash table over the bytes.
** Those that have an extent are, besides, in the list of all shelves of the handle, in order
** of last use.
*/
#include "logic/shelf.h"

#include <string.h>

#include "ground/mem.h"
#include "ground/text.h"

enum { TABLE_FIRST = 64, SAYINGS_SHARE = 8 };

typedef struct dsr_shelved {
  uint64_t *words; /* what it says */
  size_t n;
  uint64_t hash;
  dsr_extent *extent; /* or NULL; then all below is unused */
  size_t bytes;
  int borrowers;
  bool unsound; /* to go when the last borrower has done */
  struct dsr_shelved *newer, *older;
} shelved;

struct dsr_shelf {
  dsr_shelves *shelves;
  dsr_error *error;
  VEC(shelved *) all; /* by number, less one */
  size_t said;        /* bytes of the above */
  uint32_t *table;    /* numbers */
  size_t room;
};

dsr_status dsr_shelf_new(dsr_shelves *shelves, dsr_error *error, dsr_shelf **out) {
  dsr_shelf *shelf = dsr_alloc(sizeof *shelf);
  if (shelf == NULL) return dsr_fail_memory(error);
  shelf->shelves = shelves;
  shelf->error = error;
  *out = shelf;
  return DSR_OK;
}

/* ---- in order of use ---------------------------------------------------------------- */

static void unlink_one(dsr_shelves *in, shelved *one) {
  *(one->newer != NULL ? &one->newer->older : &in->newest) = one->older;
  *(one->older != NULL ? &one->older->newer : &in->oldest) = one->newer;
  one->newer = one->older = NULL;
}

static void link_newest(dsr_shelves *in, shelved *one) {
  one->older = in->newest;
  one->newer = NULL;
  *(in->newest != NULL ? &in->newest->newer : &in->oldest) = one;
  in->newest = one;
}

static void drop(dsr_shelves *in, shelved *one) {
  unlink_one(in, one);
  in->bytes -= one->bytes;
  dsr_extent_free(one->extent);
  one->extent = NULL;
}

/* Let go of what was used longest ago until all fits. */
static void make_fit(dsr_shelves *in) {
  shelved *next = in->oldest;
  while (in->bytes > in->limit && next != NULL) {
    shelved *one = next;
    next = one->newer;
    if (one->borrowers == 0) drop(in, one);
  }
}

void dsr_shelf_free(dsr_shelf *shelf) {
  if (shelf == NULL) return;
  for (size_t i = 0; i < shelf->all.len; i++) {
    shelved *one = shelf->all.items[i];
    if (one->extent != NULL) drop(shelf->shelves, one);
    dsr_free(one->words);
    dsr_free(one);
  }
  shelf->shelves->bytes -= shelf->said;
  VEC_FREE(&shelf->all);
  dsr_free(shelf->table);
  dsr_free(shelf);
}

bool dsr_shelf_full(const dsr_shelf *shelf) {
  return shelf->said > shelf->shelves->limit / SAYINGS_SHARE;
}

/* ---- numbers ------------------------------------------------------------------------ */

/* The place in the table where the words are, or would go. */
static size_t place_of(const dsr_shelf *shelf, const uint64_t *words, size_t n,
                       uint64_t hash) {
  size_t mask = shelf->room - 1, at = (size_t)hash & mask;
  for (; shelf->table[at] != 0; at = (at + 1) & mask) {
    const shelved *met = shelf->all.items[shelf->table[at] - 1];
    if (met->hash == hash && met->n == n &&
        memcmp(met->words, words, n * sizeof *words) == 0) {
      break;
    }
  }
  return at;
}

static bool grow(dsr_shelf *shelf) {
  if (shelf->all.len * 2 < shelf->room) return true;
  size_t room = shelf->room == 0 ? TABLE_FIRST : shelf->room * 2;
  uint32_t *table = dsr_alloc(room * sizeof *table);
  if (table == NULL) return false;
  dsr_free(shelf->table);
  shelf->table = table;
  shelf->room = room;
  for (size_t i = 0; i < shelf->all.len; i++) {
    const shelved *one = shelf->all.items[i];
    table[place_of(shelf, one->words, one->n, one->hash)] = (uint32_t)i + 1;
  }
  return true;
}

/* Write down what is said for the first time. */
static dsr_status write_down(dsr_shelf *shelf, const dsr_saying *saying, uint64_t hash,
                             size_t at) {
  shelved *one = dsr_alloc(sizeof *one);
  uint64_t *words = dsr_alloc(saying->len * sizeof *words);
  if (one == NULL || words == NULL || !VEC_PUSH(&shelf->all, one)) {
    dsr_free(one);
    dsr_free(words);
    return dsr_fail_memory(shelf->error);
  }
  memcpy(words, saying->items, saying->len * sizeof *words);
  *one = (shelved){.words = words, .n = saying->len, .hash = hash};
  size_t bytes = sizeof *one + saying->len * sizeof *words;
  shelf->said += bytes;
  shelf->shelves->bytes += bytes;
  shelf->table[at] = (uint32_t)shelf->all.len;
  return DSR_OK;
}

static dsr_status number_of(dsr_shelf *shelf, const dsr_saying *saying, uint32_t *out) {
  uint64_t hash = dsr_hash(saying->items, saying->len * sizeof *saying->items, 0);
  if (!grow(shelf)) return dsr_fail_memory(shelf->error);
  size_t at = place_of(shelf, saying->items, saying->len, hash);
  if (shelf->table[at] == 0) TRY(write_down(shelf, saying, hash, at));
  *out = shelf->table[at];
  return DSR_OK;
}

static dsr_status number_stratum(dsr_shelf *shelf, const dsr_rulebook *book,
                                 const dsr_stratum *stratum, dsr_saying *saying,
                                 uint32_t *out) {
  for (size_t i = 0; i < stratum->predicates.len; i++) {
    int predicate = stratum->predicates.items[i];
    dsr_status rc = dsr_saying_of(book, predicate, out, shelf->error, saying);
    if (rc == DSR_OK) rc = number_of(shelf, saying, &out[predicate]);
    if (rc < 0) return rc;
  }
  return DSR_OK;
}

dsr_status dsr_shelf_number(dsr_shelf *shelf, const dsr_rulebook *book, uint32_t *out) {
  dsr_saying saying = {0};
  dsr_status rc = DSR_OK;
  memset(out, 0, book->predicates.len * sizeof *out);
  for (size_t i = 0; i < book->strata.len && rc >= 0; i++) {
    rc = number_stratum(shelf, book, &book->strata.items[i], &saying, out);
  }
  VEC_FREE(&saying);
  return rc;
}

/* ---- extents ------------------------------------------------------------------------ */

dsr_extent *dsr_shelf_borrow(dsr_shelf *shelf, uint32_t number) {
  if (number == 0) return NULL;
  shelved *one = shelf->all.items[number - 1];
  if (one->extent == NULL || one->unsound) return NULL;
  one->borrowers++;
  unlink_one(shelf->shelves, one);
  link_newest(shelf->shelves, one);
  return one->extent;
}

/* Readers may have had indexes made: it is weighed anew. */
void dsr_shelf_give_back(dsr_shelf *shelf, uint32_t number, bool sound) {
  shelved *one = shelf->all.items[number - 1];
  size_t bytes = dsr_extent_bytes(one->extent);
  shelf->shelves->bytes += bytes - one->bytes;
  one->bytes = bytes;
  one->unsound = one->unsound || !sound;
  if (--one->borrowers > 0) return;
  if (one->unsound) drop(shelf->shelves, one);
  make_fit(shelf->shelves);
}

bool dsr_shelf_wants(const dsr_shelf *shelf, uint32_t number, size_t bytes) {
  return number != 0 && bytes <= shelf->shelves->limit &&
         shelf->all.items[number - 1]->extent == NULL;
}

void dsr_shelf_put(dsr_shelf *shelf, uint32_t number, dsr_extent *extent) {
  shelved *one = shelf->all.items[number - 1];
  one->extent = extent;
  one->bytes = dsr_extent_bytes(extent);
  one->borrowers = 1;
  one->unsound = false;
  shelf->shelves->bytes += one->bytes;
  link_newest(shelf->shelves, one);
  make_fit(shelf->shelves);
}
