/*
** tellings.c - all that a base tells, in order of telling.
**
** A telling is a row of words:
**
**   0      relation, arity << 32, trust << 40, certain << 48, alone << 49,
**          several << 50: another of the list is of its tuple
**   1      the claim set of its finest fact
**   2      the fact's time
**   3      the number of its tuple, from 1 in stored order
**   4 ...  its columns
**
** There are far fewer dates than tellings: dates are told apart by a table, put in order
** and numbered, and the tellings are counted into their places by that number.  What is
** left is to sort those of one date by their words.
*/
#include "facts/tellings.h"

#include "facts/engine.h"
#include "facts/recorded.h"
#include "facts/standing.h"
#include "facts/worded.h"
#include "ground/mergesort.h"
#include "ground/text.h"

enum { HEAD = 4 };
#define SEVERAL ((uint64_t)1 << 50)

struct dsr_tellings {
  dsr_worded worded;
  dsr_standing standing;
  uint64_t generation; /* of the base, when the list was made */
  bool whole;          /* of each tuple it has all that was ever claimed */
  VEC(uint64_t) rows;
  VEC(size_t) places; /* where each telling's row begins, in order */
};

/* ---- dates ----------------------------------------------------------------------- */

typedef struct date {
  dsr_word when;
  dsr_time time;
  uint32_t number; /* in order of being met */
} date;

typedef struct gathering {
  dsr_facts *facts;
  dsr_tellings *list;
  VEC(uint32_t) dated; /* for each telling: the number of its date from 1; 0: none */
  VEC(date) dates;
  uint32_t *table; /* numbers from 1, by a hash of the date's word */
  size_t room;
  size_t last; /* where the row of the last telling begins */
  bool strewn; /* some row does not come behind the one before in stored order */
} gathering;

static uint32_t *slot_of(const gathering *g, dsr_word when) {
  size_t at = (size_t)(when * 0x9e3779b97f4a7c15u >> 32) & (g->room - 1);
  while (g->table[at] != 0 && g->dates.items[g->table[at] - 1].when != when) {
    at = (at + 1) & (g->room - 1);
  }
  return &g->table[at];
}

static bool grow_table(gathering *g) {
  size_t room = g->room == 0 ? 64 : 2 * g->room;
  uint32_t *grown = dsr_alloc(room * sizeof *grown);
  if (grown == NULL) return false;
  dsr_free(g->table);
  g->table = grown;
  g->room = room;
  for (size_t i = 0; i < g->dates.len; i++) {
    *slot_of(g, g->dates.items[i].when) = (uint32_t)i + 1;
  }
  return true;
}

/* The number of a date from 1; 0 of none. */
static dsr_status number_of(gathering *g, dsr_word when, uint32_t *out) {
  *out = 0;
  if (when == DSR_WORD_NONE) return DSR_OK;
  if (2 * g->dates.len >= g->room && !grow_table(g)) {
    return dsr_fail_memory(g->facts->error);
  }
  uint32_t *slot = slot_of(g, when);
  if (*slot == 0) {
    date made = {.when = when, .number = (uint32_t)g->dates.len};
    TRY(dsr_word_time(g->facts->symbols, when, &made.time));
    if (!VEC_PUSH(&g->dates, made)) return dsr_fail_memory(g->facts->error);
    *slot = (uint32_t)g->dates.len;
  }
  *out = *slot;
  return DSR_OK;
}

static dsr_status date_order(void *ud, const void *a, const void *b, int *order) {
  const gathering *g = ud;
  const date *x = a, *y = b;
  *order = dsr_time_compare(&x->time, &y->time);
  if (*order != 0) return DSR_OK;
  return dsr_value_compare(g->facts->symbols, x->when, y->when, order);
}

/* ---- gathering ------------------------------------------------------------------- */

static int arity_of(const uint64_t *row) { return (int)(row[0] >> 32 & 0xff); }

/* Order of tuples: by relation, then by words. */
static int tuple_order(const uint64_t *a, const uint64_t *b) {
  uint32_t x = (uint32_t)a[0], y = (uint32_t)b[0];
  int order = (x > y) - (x < y);
  for (int i = HEAD; order == 0 && i < HEAD + arity_of(a); i++) {
    order = (a[i] > b[i]) - (a[i] < b[i]);
  }
  return order;
}

/* Give a row the number of its tuple, as the one behind another: those of one tuple come
** together. */
static void number_behind(uint64_t *row, uint64_t *last, int order) {
  row[3] = last[3] + (order != 0);
  if (order != 0) return;
  row[0] |= SEVERAL;
  last[0] |= SEVERAL;
}

static void number_row(gathering *g, uint64_t *row) {
  uint64_t *last = g->list->rows.items + g->last;
  if (row == last) {
    row[3] = 1;
    return;
  }
  int order = tuple_order(row, last);
  number_behind(row, last, order);
  g->strewn |= order < 0 || (order == 0 && row[2] <= last[2]);
}

static dsr_status take(void *ud, const dsr_told_one *telling) {
  gathering *g = ud;
  dsr_tellings *list = g->list;
  const dsr_tuple *fact = telling->fact;
  uint32_t number;
  TRY(number_of(g, dsr_told_when(g->facts, fact), &number));
  size_t args = (size_t)fact->arity, at = list->rows.len;
  if (!VEC_RESERVE(&list->rows, HEAD + args) || !VEC_PUSH(&g->dated, number) ||
      !VEC_PUSH(&list->places, at)) {
    return dsr_fail_memory(g->facts->error);
  }
  uint64_t *row = list->rows.items + at;
  row[0] = fact->relation | (uint64_t)fact->arity << 32 |
           (uint64_t)telling->trust << 40 | (uint64_t)telling->certain << 48 |
           (uint64_t)(telling->n == 1) << 49;
  row[1] = telling->sets[0];
  row[2] = fact->time;
  for (size_t i = 0; i < args; i++) row[HEAD + i] = fact->args[i];
  number_row(g, row);
  g->last = at;
  list->rows.len += HEAD + args;
  return DSR_OK;
}

static void read_row(const uint64_t *row, dsr_tellings_item *out) {
  out->fact.relation = (uint32_t)row[0];
  out->fact.arity = arity_of(row);
  out->trust = (dsr_trust)(row[0] >> 40 & 0xff);
  out->certain = row[0] >> 48 & 1;
  out->alone = row[0] >> 49 & 1;
  out->set = row[1];
  out->fact.time = row[2];
  out->tuple = row[3];
  memcpy(out->fact.args, row + HEAD, (size_t)out->fact.arity * sizeof *row);
}

/* ---- those of one date ----------------------------------------------------------- */

typedef struct worded_one {
  size_t place, at, len; /* of the row; of the words in the buffer */
} worded_one;

typedef struct wording {
  gathering *g;
  dsr_bytes words;
  VEC(worded_one) items;
} wording;

static dsr_status compare_written(const gathering *g, size_t a, size_t b, int *order) {
  dsr_tellings_item one, other;
  dsr_arena arena = {0};
  dsr_str x = {NULL, 0}, y = x;
  read_row(g->list->rows.items + a, &one);
  read_row(g->list->rows.items + b, &other);
  dsr_status rc = dsr_tuple_write(g->facts, &one.fact, &arena, &x);
  if (rc >= 0) rc = dsr_tuple_write(g->facts, &other.fact, &arena, &y);
  if (rc >= 0) *order = dsr_str_cmp(x, y);
  dsr_arena_free(&arena);
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status word_order(void *ud, const void *a, const void *b, int *order) {
  const wording *w = ud;
  const worded_one *x = a, *y = b;
  const char *words = (const char *)w->words.items;
  *order =
      dsr_str_cmp((dsr_str){words + x->at, x->len}, (dsr_str){words + y->at, y->len});
  return *order == 0 ? compare_written(w->g, x->place, y->place, order) : DSR_OK;
}

/* Sort n places of rows of one date by words. */
static dsr_status sort_by_words(wording *w, size_t *places, size_t n) {
  dsr_facts *facts = w->g->facts;
  w->words.len = w->items.len = 0;
  for (size_t i = 0; i < n; i++) {
    dsr_tellings_item one;
    worded_one made = {.place = places[i], .at = w->words.len};
    read_row(w->g->list->rows.items + places[i], &one);
    TRY(dsr_worded_put(&w->g->list->worded, &one.fact, &w->words));
    made.len = w->words.len - made.at;
    if (!VEC_PUSH(&w->items, made)) return dsr_fail_memory(facts->error);
  }
  TRY(dsr_mergesort(w->items.items, n, sizeof(worded_one), word_order, w,
                    facts->error));
  for (size_t i = 0; i < n; i++) places[i] = w->items.items[i].place;
  return DSR_OK;
}

/* ---- the order of telling -------------------------------------------------------- */

/* Have in ends[k] where those begin that are of the k-th date, the undated behind all,
** and put every place where it belongs: ends[k] is then where they end. */
static void count_in(const gathering *g, const uint32_t *rank, size_t *ends,
                     size_t *sorted) {
  size_t before = 0;
  for (size_t i = 0; i < g->dated.len; i++) ends[rank[g->dated.items[i]]]++;
  for (size_t k = 0; k <= g->dates.len; k++) {
    size_t n = ends[k];
    ends[k] = before;
    before += n;
  }
  for (size_t i = 0; i < g->dated.len; i++) {
    sorted[ends[rank[g->dated.items[i]]]++] = g->list->places.items[i];
  }
}

static dsr_status sort_dates(gathering *g, size_t *ends, size_t *sorted) {
  wording w = {.g = g};
  dsr_status rc = DSR_OK;
  size_t from = 0;
  for (size_t k = 0; rc >= 0 && k <= g->dates.len; k++) {
    if (ends[k] - from > 1) rc = sort_by_words(&w, sorted + from, ends[k] - from);
    from = ends[k];
  }
  VEC_FREE(&w.words);
  VEC_FREE(&w.items);
  return rc;
}

static dsr_status sort(gathering *g) {
  size_t n = g->list->places.len, dates = g->dates.len;
  TRY(dsr_mergesort(g->dates.items, dates, sizeof(date), date_order, g,
                    g->facts->error));
  uint32_t *rank = dsr_alloc((dates + 1) * sizeof *rank); /* by number; 0: undated */
  size_t *ends = dsr_alloc((dates + 1) * sizeof *ends);
  size_t *sorted = dsr_alloc((n + 1) * sizeof *sorted);
  dsr_status rc = rank != NULL && ends != NULL && sorted != NULL
                      ? DSR_OK
                      : dsr_fail_memory(g->facts->error);
  if (rc >= 0) {
    rank[0] = (uint32_t)dates;
    for (size_t k = 0; k < dates; k++) rank[g->dates.items[k].number + 1] = (uint32_t)k;
    count_in(g, rank, ends, sorted);
    rc = sort_dates(g, ends, sorted);
  }
  if (rc >= 0) memcpy(g->list->places.items, sorted, n * sizeof *sorted);
  dsr_free(rank);
  dsr_free(ends);
  dsr_free(sorted);
  return rc;
}

/* ---- the list -------------------------------------------------------------------- */

static dsr_status take_recorded(void *ud, const dsr_tuple *fact, uint64_t set) {
  dsr_told_one alone = {.fact = fact, .sets = &set, .n = 1, .certain = true};
  return take(ud, &alone);
}

static dsr_status take_claimed(void *ud, const dsr_match *match) {
  dsr_told_one alone = {
      .fact = &match->fact, .sets = &match->set, .n = 1, .certain = match->certain};
  return take(ud, &alone);
}

/* ---- what did not come in stored order ------------------------------------------- */

/* Leave a fact of a sorted list that comes again out. */
static void drop_repeats(dsr_tellings *list) {
  size_t kept = 0;
  for (size_t i = 0; i < list->places.len; i++) {
    const uint64_t *row = list->rows.items + list->places.items[i];
    const uint64_t *last =
        kept == 0 ? NULL : list->rows.items + list->places.items[kept - 1];
    if (last != NULL && tuple_order(row, last) == 0 && row[2] == last[2]) continue;
    list->places.items[kept++] = list->places.items[i];
  }
  list->places.len = kept;
}

static dsr_status row_order(void *ud, const void *a, const void *b, int *order) {
  const gathering *g = ud;
  const uint64_t *rows = g->list->rows.items;
  *order = tuple_order(rows + *(const size_t *)a, rows + *(const size_t *)b);
  return DSR_OK;
}

/* Number the tuples as if they had come in stored order. */
static dsr_status number_anew(gathering *g) {
  dsr_tellings *list = g->list;
  size_t n = list->places.len;
  size_t *places = dsr_alloc((n + 1) * sizeof *places);
  if (places == NULL) return dsr_fail_memory(g->facts->error);
  memcpy(places, list->places.items, n * sizeof *places);
  dsr_status rc =
      dsr_mergesort(places, n, sizeof *places, row_order, g, g->facts->error);
  for (size_t i = 0; rc >= 0 && i < n; i++) {
    uint64_t *row = list->rows.items + places[i];
    row[0] &= ~SEVERAL;
    row[3] = 1;
    if (i == 0) continue;
    uint64_t *last = list->rows.items + places[i - 1];
    number_behind(row, last, tuple_order(row, last));
  }
  dsr_free(places);
  return rc < 0 ? rc : DSR_OK;
}

/* What is asked for: tellings, what transactions recorded, or what matches an atom. */
typedef struct wanted {
  const dsr_told_options *options;
  const dsr_claimed *claimed;
  uint64_t first, last; /* where both are NULL */
} wanted;

/* Are all times of a tuple asked for that one is asked for of? */
static bool asks_whole(const dsr_claimed *claimed) {
  return claimed->time == DSR_WORD_NONE && !claimed->timeless &&
         claimed->twin[claimed->arity] == claimed->arity;
}

static dsr_status gather(gathering *g, dsr_view *view, const wanted *what) {
  if (what->claimed != NULL) {
    g->list->whole = asks_whole(what->claimed);
    return dsr_claimed_each(g->facts, view, what->claimed, take_claimed, g);
  }
  if (what->options == NULL) {
    return dsr_recorded_each(g->facts, view, what->first, what->last, take_recorded, g);
  }
  dsr_told_options weighed = *what->options;
  weighed.weigh = true;
  return dsr_told_each(g->facts, view, &weighed, take, g);
}

static dsr_status list_those(dsr_facts *facts, dsr_view *view, const wanted *what,
                             dsr_tellings **out) {
  dsr_tellings *made = dsr_alloc(sizeof *made);
  if (made == NULL) return dsr_fail_memory(facts->error);
  made->worded.facts = facts;
  made->worded.view = view;
  made->standing.facts = facts;
  made->standing.view = view;
  gathering g = {.facts = facts, .list = made};
  dsr_status rc = gather(&g, view, what);
  made->generation = dsr_facts_generation(facts);
  if (rc >= 0 && made->places.len > 0) rc = sort(&g);
  if (rc >= 0 && what->claimed != NULL && g.strewn) {
    drop_repeats(made);
    rc = number_anew(&g);
  }
  VEC_FREE(&g.dated);
  VEC_FREE(&g.dates);
  dsr_free(g.table);
  if (rc < 0) {
    dsr_tellings_free(made);
    return rc;
  }
  *out = made;
  return DSR_OK;
}

dsr_status dsr_tellings_new(dsr_facts *facts, dsr_view *view,
                            const dsr_told_options *options, dsr_tellings **out) {
  return list_those(facts, view, &(wanted){.options = options}, out);
}

dsr_status dsr_tellings_recorded(dsr_facts *facts, dsr_view *view, uint64_t first,
                                 uint64_t last, dsr_tellings **out) {
  return list_those(facts, view, &(wanted){.first = first, .last = last}, out);
}

dsr_status dsr_tellings_claimed(dsr_facts *facts, dsr_view *view,
                                const dsr_claimed *claimed, dsr_tellings **out) {
  return list_those(facts, view, &(wanted){.claimed = claimed}, out);
}

void dsr_tellings_free(dsr_tellings *tellings) {
  if (tellings == NULL) return;
  dsr_worded_free(&tellings->worded);
  dsr_standing_free(&tellings->standing);
  VEC_FREE(&tellings->rows);
  VEC_FREE(&tellings->places);
  dsr_free(tellings);
}

size_t dsr_tellings_count(const dsr_tellings *tellings) { return tellings->places.len; }

void dsr_tellings_at(const dsr_tellings *tellings, size_t i, dsr_tellings_item *out) {
  read_row(tellings->rows.items + tellings->places.items[i], out);
}

dsr_status dsr_tellings_words(dsr_tellings *tellings, size_t i, dsr_bytes *out) {
  dsr_tellings_item one;
  dsr_tellings_at(tellings, i, &one);
  return dsr_worded_put(&tellings->worded, &one.fact, out);
}

dsr_status dsr_tellings_standing(dsr_tellings *tellings, size_t i, bool *held,
                                 dsr_trust *trust) {
  dsr_tellings_item one;
  const uint64_t *row = tellings->rows.items + tellings->places.items[i];
  dsr_tellings_at(tellings, i, &one);
  dsr_standing_fact known = {.fact = &one.fact,
                             .set = one.set,
                             .lone = tellings->whole && !(row[0] & SEVERAL),
                             .generation = tellings->generation};
  return dsr_standing_of(&tellings->standing, &known, held, trust);
}
