/*
** latest.c - the last of what a base tells.
**
** The last ones wait in a heap whose first is the earliest of them: most of the others
** are told from it by their time alone.
*/
#include "facts/latest.h"

#include "facts/engine.h"
#include "facts/worded.h"
#include "ground/mergesort.h"
#include "ground/text.h"

/* ---- the order of telling -------------------------------------------------------- */

/* One of the last; what it tells is with its facts, not here. */
typedef struct late {
  dsr_tuple fact;
  dsr_word when;
  dsr_time time;
  dsr_trust trust;
  bool certain;
  dsr_arena *words; /* NULL: not asked for yet */
  dsr_str text;
} late;

typedef struct latest {
  dsr_facts *facts;
  dsr_worded *worded;
  size_t most;
  uint64_t all;
  VEC(late) heap; /* the first is the earliest */
} latest;

static void drop_words(late *one) {
  if (one->words == NULL) return;
  dsr_arena_free(one->words);
  dsr_free(one->words);
  one->words = NULL;
}

/* A fact as people read it, with labels as the view has them; in `arena`. */
static dsr_status tuple_words(const latest *l, const dsr_tuple *fact, dsr_arena *arena,
                              dsr_str *out) {
  dsr_bytes bytes = {0};
  dsr_status rc = dsr_worded_put(l->worded, fact, &bytes);
  if (rc >= 0) {
    dsr_str made =
        dsr_arena_str(arena, (dsr_str){(const char *)bytes.items, bytes.len});
    if (made.data == NULL) rc = dsr_fail_memory(l->facts->error);
    if (rc >= 0) *out = made;
  }
  VEC_FREE(&bytes);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status have_words(const latest *l, late *one) {
  if (one->words != NULL) return DSR_OK;
  one->words = dsr_alloc(sizeof *one->words);
  if (one->words == NULL) return dsr_fail_memory(l->facts->error);
  dsr_status rc = tuple_words(l, &one->fact, one->words, &one->text);
  if (rc < 0) drop_words(one);
  return rc;
}

static dsr_status compare_written(const latest *l, const late *a, const late *b,
                                  int *order) {
  dsr_arena arena = {0};
  dsr_str x = {NULL, 0}, y = x;
  dsr_status rc = dsr_tuple_write(l->facts, &a->fact, &arena, &x);
  if (rc >= 0) rc = dsr_tuple_write(l->facts, &b->fact, &arena, &y);
  if (rc >= 0) *order = dsr_str_cmp(x, y);
  dsr_arena_free(&arena);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status compare(const latest *l, late *a, late *b, int *order) {
  *order = dsr_time_compare(&a->time, &b->time);
  if (*order == 0) {
    TRY(dsr_value_compare(l->facts->symbols, a->when, b->when, order));
  }
  if (*order != 0) return DSR_OK;
  TRY(have_words(l, a));
  TRY(have_words(l, b));
  *order = dsr_str_cmp(a->text, b->text);
  return *order == 0 ? compare_written(l, a, b, order) : DSR_OK;
}

/* ---- the heap -------------------------------------------------------------------- */

static void swap_late(late *a, late *b) {
  late held = *a;
  *a = *b;
  *b = held;
}

/* The last item goes up to where it belongs. */
static dsr_status rise(latest *l) {
  for (size_t at = l->heap.len - 1; at > 0;) {
    size_t up = (at - 1) / 2;
    int order;
    TRY(compare(l, &l->heap.items[at], &l->heap.items[up], &order));
    if (order >= 0) break;
    swap_late(&l->heap.items[at], &l->heap.items[up]);
    at = up;
  }
  return DSR_OK;
}

/* The first goes down. */
static dsr_status sink(latest *l) {
  for (size_t at = 0;;) {
    size_t least = at;
    for (size_t down = 2 * at + 1; down <= 2 * at + 2 && down < l->heap.len; down++) {
      int order;
      TRY(compare(l, &l->heap.items[down], &l->heap.items[least], &order));
      if (order < 0) least = down;
    }
    if (least == at) return DSR_OK;
    swap_late(&l->heap.items[at], &l->heap.items[least]);
    at = least;
  }
}

/* Put one in the place of the earliest, if it is later. */
static dsr_status replace_first(latest *l, late *made) {
  int order;
  dsr_status rc = compare(l, made, &l->heap.items[0], &order);
  if (rc < 0 || order <= 0) {
    drop_words(made);
    return rc;
  }
  drop_words(&l->heap.items[0]);
  l->heap.items[0] = *made;
  return sink(l);
}

static dsr_status take(void *ud, const dsr_told_one *telling) {
  latest *l = ud;
  late made = {
      .fact = *telling->fact, .trust = telling->trust, .certain = telling->certain};
  l->all++;
  if (l->most == 0) return DSR_OK;
  made.when = dsr_told_when(l->facts, telling->fact);
  TRY(dsr_word_time(l->facts->symbols, made.when, &made.time));
  if (l->heap.len == l->most) return replace_first(l, &made);
  if (!VEC_PUSH(&l->heap, made)) return dsr_fail_memory(l->facts->error);
  return rise(l);
}

/* The later one first.  Words are there before a sort copies what may have them. */
static dsr_status later_first(void *ud, const void *a, const void *b, int *order) {
  late x = *(const late *)a, y = *(const late *)b;
  TRY(compare(ud, &y, &x, order));
  return DSR_OK;
}

static dsr_status sort_latest(latest *l) {
  for (size_t i = 0; i < l->heap.len; i++) TRY(have_words(l, &l->heap.items[i]));
  return dsr_mergesort(l->heap.items, l->heap.len, sizeof(late), later_first, l,
                       l->facts->error);
}

dsr_status dsr_told_latest(dsr_facts *facts, dsr_view *view,
                           const dsr_told_options *options, size_t most,
                           dsr_told_met *met, void *ud, uint64_t *all) {
  dsr_worded worded = {.facts = facts, .view = view};
  latest l = {.facts = facts, .worded = &worded, .most = most};
  dsr_told_options dated = *options;
  dated.dated = true;
  dsr_status rc = dsr_told_each(facts, view, &dated, take, &l);
  if (rc >= 0) rc = sort_latest(&l);
  for (size_t i = 0; rc >= 0 && i < l.heap.len; i++) {
    const late *one = &l.heap.items[i];
    dsr_told_one telling = {
        .fact = &one->fact, .trust = one->trust, .certain = one->certain};
    rc = met(ud, &telling);
  }
  for (size_t i = 0; i < l.heap.len; i++) drop_words(&l.heap.items[i]);
  VEC_FREE(&l.heap);
  dsr_worded_free(&worded);
  if (rc >= 0) *all = l.all;
  return rc < 0 ? rc : DSR_OK;
}
