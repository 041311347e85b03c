/*
** bulk_store.c - the end of a bulk load: everything that it holds goes into the store.
**
** What else the transaction did is folded into blocks, so that nothing fresh stands above
** them; then the names land, and the piles are read in order, a relation at a time.  Rows
** of one fact come together: with the set that the fact had, which the merge finds on its
** way, they make the set that comes after.  Facts whose set changed go on into a second
** pile, in the second order, and those that are new leave their entities among the
** mentions.
**
** Where nothing of a relation is stored yet, rows go by column, hundreds at a time.
**
** Another thread sorts: the rows while names are written, and a relation's second order
** while others are stored.  What is stored in which order does not hang on it.
*/
#include "facts/bulk_inside.h"

/* ---- sets ------------------------------------------------------------------------ */

enum { ASIDE = 1 << 12 }; /* rows that are worth a thread to sort them */
enum { WINDOW = 512, WINDOW_COLUMNS = DSR_PILE_WIDTH + 1 };

/* A relation's rows on their way from a pile into the store. */
typedef struct stream {
  dsr_inflow feed;
  dsr_bulk *bulk;
  dsr_pile *pile;
  uint64_t *window; /* columns of WINDOW words each; the value is behind the last */
  size_t at, n;     /* the row that is out; n == at: there is none */
  int front;        /* 1 where the pile's rows begin with their relation */
  uint32_t relation;
  int width;
  size_t place;     /* among those mentioned, of the relation's first column */
  dsr_words claims; /* of the fact at hand, as they came */
  dsr_word named[DSR_ARITY_MAX]; /* entities mentioned last, by column */
  VEC(dsr_entry) entries;
  int64_t done, total;
} stream;

static inline uint64_t *window_column(const stream *in, int c) {
  return in->window + (size_t)c * WINDOW;
}

/* Column c of the facts: a time is the last, the value behind it. */
static inline uint64_t *fact_column(const stream *in, int c) {
  return window_column(in, in->front + c);
}

static dsr_status fill_window(stream *in) {
  uint64_t *columns[WINDOW_COLUMNS];
  for (int c = 0; c <= in->front + in->width; c++) columns[c] = window_column(in, c);
  in->at = 0;
  return dsr_pile_take(in->pile, columns, WINDOW, &in->n);
}

static inline dsr_status step_stream(stream *in) {
  return ++in->at < in->n ? DSR_OK : fill_window(in);
}

/* Is the row that is out one of the relation at hand? */
static inline bool is_out(const stream *in) {
  return in->at < in->n &&
         (in->front == 0 || window_column(in, 0)[in->at] == in->relation);
}

static dsr_status refuse_verdict(stream *in) {
  dsr_facts *facts = in->bulk->facts;
  dsr_arena arena = {0};
  dsr_str text;
  dsr_tuple fact = {.relation = in->relation, .arity = in->width - 1};
  memcpy(fact.args, in->feed.row, (size_t)fact.arity * sizeof *fact.args);
  fact.time = in->feed.row[fact.arity];
  dsr_status rc = dsr_tuple_write(facts, &fact, &arena, &text);
  if (rc >= 0) {
    rc = dsr_fail(facts->error, DSR_EABSENT, "there is no claim on %.*s to judge",
                  (int)(text.len < 200 ? text.len : 200), text.data);
  }
  dsr_arena_free(&arena);
  return rc;
}

static bool is_live(const stream *in, uint64_t claim) {
  for (size_t i = 0; i < in->entries.len; i++) {
    const dsr_entry *entry = &in->entries.items[i];
    if (entry->claim == claim && entry->closed == 0) return true;
  }
  return false;
}

/* Remember that a fact of the relation is preferred. */
static dsr_status note_preferred(stream *in) {
  dsr_words *list = &in->bulk->preferred;
  dsr_word word = dsr_word_int(in->relation);
  if (list->len > 0 && list->items[list->len - 1] == word) return DSR_OK;
  return VEC_PUSH(list, word) ? DSR_OK : dsr_fail_memory(in->bulk->facts->error);
}

/* Add a claim to the entries, unless it is live; *added. */
static dsr_status add_claim(stream *in, uint64_t number, bool *added) {
  dsr_facts *facts = in->bulk->facts;
  uint64_t claim = number >> 1;
  if (is_live(in, claim)) return DSR_OK;
  if (number & DSR_BULK_VERDICT) {
    const dsr_claim_row *row;
    if (in->entries.len == 0) return refuse_verdict(in);
    TRY(dsr_claim_get(facts, claim, &row));
    if (row->verb == DSR_PREFERS) TRY(note_preferred(in));
  }
  dsr_entry entry = {claim, dsr_store_txn(facts->store), 0};
  if (!VEC_PUSH(&in->entries, entry)) return dsr_fail_memory(facts->error);
  in->bulk->opened++;
  *added = true;
  return DSR_OK;
}

/* The set after `before` with the claims on the fact at hand. */
static dsr_status set_after(stream *in, uint64_t before, uint64_t *after) {
  dsr_facts *facts = in->bulk->facts;
  dsr_bulk *bulk = in->bulk;
  dsr_set old = {0};
  bool added = false;
  bool one = in->claims.len == 1 && (in->claims.items[0] & DSR_BULK_VERDICT) == 0;
  if (one && bulk->last.after != 0 && bulk->last.before == before &&
      bulk->last.claim == in->claims.items[0]) {
    *after = bulk->last.after;
    bulk->opened += before != *after;
    return DSR_OK;
  }
  if (before != 0) TRY(dsr_set_get(facts, before, &old));
  in->entries.len = 0;
  if (!VEC_RESERVE(&in->entries, old.n + 1)) return dsr_fail_memory(facts->error);
  if (old.n > 0) memcpy(in->entries.items, old.entries, old.n * sizeof *old.entries);
  in->entries.len = old.n;
  for (size_t i = 0; i < in->claims.len; i++) {
    TRY(add_claim(in, in->claims.items[i], &added));
  }
  *after = before;
  if (added) TRY(dsr_set_intern(facts, in->entries.items, in->entries.len, after));
  if (one) {
    bulk->last.before = before;
    bulk->last.claim = in->claims.items[0];
    bulk->last.after = *after;
  }
  return DSR_OK;
}

/* ---- feeding --------------------------------------------------------------------- */

static dsr_status mention(stream *in, int column, dsr_word word) {
  if (dsr_word_tag(word) != DSR_TAG_ENTITY || in->named[column] == word) return DSR_OK;
  in->named[column] = word;
  return dsr_mentioned_put(in->bulk->mentions, in->place + (size_t)column, word);
}

/* `n` rows more were stored, in some order; they are counted in the first one. */
static dsr_status pace(stream *in, size_t n) {
  if (in->front == 1) in->done += (int64_t)n;
  return dsr_pace_steps(in->bulk->pace, n, in->done, in->total);
}

/* Is the row that is out the feed's? */
static bool is_fed(const stream *in) {
  for (int c = 0; c < in->width; c++) {
    if (fact_column(in, c)[in->at] != in->feed.row[c]) return false;
  }
  return true;
}

static void feed_row(stream *in) {
  for (int c = 0; c < in->width; c++) in->feed.row[c] = fact_column(in, c)[in->at];
}

/* The next fact of the relation, with all claims on it. */
static dsr_status next_fact(dsr_inflow *feed) {
  stream *in = (stream *)feed;
  if (!is_out(in)) return DSR_DONE;
  feed_row(in);
  in->claims.len = 0;
  do {
    if (!VEC_PUSH(&in->claims, fact_column(in, in->width)[in->at])) {
      return dsr_fail_memory(in->bulk->facts->error);
    }
    TRY(step_stream(in));
  } while (is_out(in) && is_fed(in));
  TRY(pace(in, in->claims.len));
  return DSR_ROW;
}

/* Tell the search of the fact at hand: its texts if it is new, and those of its claims. */
static dsr_status note_texts(stream *in, const uint64_t *row, bool fresh) {
  dsr_tuple fact = {.relation = in->relation, .arity = in->width - 1};
  memcpy(fact.args, row, (size_t)fact.arity * sizeof *row);
  if (fresh) TRY(dsr_bulk_text_fact(in->bulk, &fact));
  for (size_t i = 0; in->bulk->quotes && i < in->claims.len; i++) {
    TRY(dsr_bulk_text_claim(in->bulk, &fact, in->claims.items[i] >> 1));
  }
  return DSR_OK;
}

/* The same for new facts by column, of claims that quote nothing. */
static dsr_status note_columns(stream *in, uint64_t *const *columns, size_t n) {
  int arity = in->width - 1;
  for (size_t i = 0; i < n; i++) {
    bool any = false;
    for (int c = 0; c < arity; c++) {
      any = any || dsr_word_tag(columns[c][i]) == DSR_TAG_TEXT;
    }
    if (!any) continue;
    dsr_tuple fact = {.relation = in->relation, .arity = arity};
    for (int c = 0; c < arity; c++) fact.args[c] = columns[c][i];
    TRY(dsr_bulk_text_fact(in->bulk, &fact));
  }
  return DSR_OK;
}

static dsr_status settle_fact(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  stream *in = (stream *)feed;
  int arity = in->width - 1;
  TRY(set_after(in, old, set));
  if (*set == old) return DSR_OK;
  TRY(note_texts(in, feed->row, old == 0));
  if (old == 0) {
    for (int i = 0; i < arity; i++) {
      if (i != 1) TRY(mention(in, i, feed->row[i]));
    }
  }
  if (arity < 2) return DSR_OK;
  uint64_t row[DSR_ROW_MAX];
  memcpy(row, feed->row, (size_t)in->width * sizeof *row);
  row[0] = feed->row[1];
  row[1] = feed->row[0];
  return dsr_pile_put(in->bulk->second, row, *set << 1 | (old == 0 ? DSR_BULK_NEW : 0));
}

/* Are row i of the window and the next one the same fact? */
static inline bool is_doubled(const stream *in, size_t i) {
  for (int c = in->width; c-- > 0;) { /* the time, mostly none, is looked at last */
    const uint64_t *column = fact_column(in, c == 0 ? in->width - 1 : c - 1);
    if (column[i] != column[i + 1]) return false;
  }
  return true;
}

/* How many rows from the one that is out on, at most `most`, are new facts of one claim,
** the same that was the last one. */
static size_t plain_rows(const stream *in, size_t most) {
  const dsr_bulk *bulk = in->bulk;
  const uint64_t *values = fact_column(in, in->width);
  const uint64_t *relations = window_column(in, 0);
  size_t i = in->at, end = in->n - 1;
  if (bulk->last.after == 0 || bulk->last.before != 0) return 0;
  if (end > in->at + most) end = in->at + most;
  while (i < end && values[i] == bulk->last.claim && relations[i] == in->relation &&
         !is_doubled(in, i)) {
    i++;
  }
  return i - in->at;
}

/* New facts by column go on: what they mention, and to the second order. */
static dsr_status pass_facts(stream *in, uint64_t *const *columns, const uint64_t *sets,
                             size_t n) {
  uint64_t values[WINDOW];
  const uint64_t *swapped[WINDOW_COLUMNS];
  int arity = in->width - 1;
  TRY(note_columns(in, columns, n));
  for (int c = 0; c < arity; c++) {
    for (size_t i = 0; c != 1 && i < n; i++) TRY(mention(in, c, columns[c][i]));
  }
  if (arity < 2) return DSR_OK;
  for (size_t i = 0; i < n; i++) values[i] = sets[i] << 1 | DSR_BULK_NEW;
  for (int c = 0; c < in->width; c++) swapped[c] = columns[c];
  swapped[0] = columns[1];
  swapped[1] = columns[0];
  swapped[in->width] = values;
  return dsr_pile_put_some(in->bulk->second, swapped, n);
}

/* Take plain rows; none of the relation's others are asked for. */
static dsr_status take_plain(stream *in, uint64_t *const *columns, uint64_t *sets,
                             size_t n) {
  for (int c = 0; c < in->width; c++) {
    memcpy(columns[c], fact_column(in, c) + in->at, n * sizeof **columns);
  }
  for (size_t i = 0; i < n; i++) sets[i] = in->bulk->last.after;
  in->bulk->opened += (int64_t)n;
  in->at += n;
  return pace(in, n);
}

/* Take one fact of any kind. */
static dsr_status take_fact(stream *in, size_t to, uint64_t *const *columns,
                            uint64_t *sets) {
  TRY(next_fact(&in->feed));
  for (int c = 0; c < in->width; c++) columns[c][to] = in->feed.row[c];
  return set_after(in, 0, &sets[to]);
}

static dsr_status some_facts(dsr_inflow *feed, uint64_t *const *columns, uint64_t *sets,
                             size_t room, size_t *n) {
  stream *in = (stream *)feed;
  uint64_t *rest[DSR_ROW_MAX];
  if (room > WINDOW) room = WINDOW;
  for (*n = 0; *n < room && is_out(in);) {
    size_t plain = plain_rows(in, room - *n);
    if (plain == 0) {
      TRY(take_fact(in, *n, columns, sets));
      ++*n;
      continue;
    }
    for (int c = 0; c < in->width; c++) rest[c] = columns[c] + *n;
    TRY(take_plain(in, rest, sets + *n, plain));
    *n += plain;
  }
  return pass_facts(in, columns, sets, *n);
}

static dsr_status next_second(dsr_inflow *feed) {
  stream *in = (stream *)feed;
  if (!is_out(in)) return DSR_DONE;
  feed_row(in);
  in->claims.items[0] = fact_column(in, in->width)[in->at];
  TRY(step_stream(in));
  TRY(pace(in, 1));
  return DSR_ROW;
}

static dsr_status settle_second(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  stream *in = (stream *)feed;
  uint64_t value = in->claims.items[0];
  (void)old;
  *set = value >> 1;
  return (value & DSR_BULK_NEW) ? mention(in, 1, feed->row[0]) : DSR_OK;
}

/* Rows of the second order, which all are new where the order is. */
static dsr_status some_seconds(dsr_inflow *feed, uint64_t *const *columns,
                               uint64_t *sets, size_t room, size_t *n) {
  stream *in = (stream *)feed;
  *n = in->n - in->at < room ? in->n - in->at : room;
  for (int c = 0; c < in->width; c++) {
    memcpy(columns[c], fact_column(in, c) + in->at, *n * sizeof **columns);
  }
  for (size_t i = 0; i < *n; i++) {
    sets[i] = fact_column(in, in->width)[in->at + i] >> 1;
    TRY(mention(in, 1, columns[0][i]));
  }
  TRY(pace(in, *n));
  in->at += *n;
  return in->at < in->n ? DSR_OK : fill_window(in);
}

static dsr_status next_mention(dsr_inflow *feed) {
  stream *in = (stream *)feed;
  uint64_t *const columns[DSR_MENTION_WIDTH] = {feed->row, feed->row + 1,
                                                feed->row + 2};
  size_t n;
  TRY(dsr_mentioned_take(in->bulk->mentions, columns, 1, &n));
  if (n == 0) return DSR_DONE;
  TRY(pace(in, 1));
  return DSR_ROW;
}

static dsr_status some_mentions(dsr_inflow *feed, uint64_t *const *columns,
                                uint64_t *sets, size_t room, size_t *n) {
  stream *in = (stream *)feed;
  TRY(dsr_mentioned_take(in->bulk->mentions, columns, room, n));
  for (size_t i = 0; i < *n; i++) sets[i] = 1;
  return pace(in, *n);
}

static dsr_status settle_mention(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  (void)feed, (void)old;
  *set = 1;
  return DSR_OK;
}

/* ---- finishing ------------------------------------------------------------------- */

static dsr_status sort_pile(void *ud) { return dsr_pile_sort(ud); }

/* Have another thread sort a pile, where that pays. */
static dsr_status start_sort(dsr_bulk *bulk, dsr_pile *pile) {
  if (dsr_pile_rows(pile) < ASIDE) return dsr_pile_sort(pile);
  dsr_pile_report(pile, &bulk->aside_error);
  dsr_aside_start(&bulk->aside, sort_pile, pile);
  return DSR_OK;
}

/* Wait until it is. */
static dsr_status end_sort(dsr_bulk *bulk, dsr_pile *pile) {
  dsr_status rc = dsr_aside_wait(&bulk->aside);
  if (pile != NULL) dsr_pile_report(pile, bulk->facts->error);
  if (rc < 0) *bulk->facts->error = bulk->aside_error;
  return rc;
}

/* The second order of a relation, which is sorted. */
static dsr_status feed_second(const stream *first, uint32_t relation) {
  uint64_t window[WINDOW_COLUMNS * WINDOW];
  dsr_bulk *bulk = first->bulk;
  stream in = {.bulk = bulk, .pile = bulk->sorting, .width = first->width};
  in.feed =
      (dsr_inflow){.next = next_second, .settle = settle_second, .some = some_seconds};
  in.window = window;
  in.relation = relation;
  in.place = bulk->layouts.items[relation].place;
  in.claims = first->claims;
  in.done = first->done;
  in.total = first->total;
  TRY(fill_window(&in));
  TRY(dsr_store_feed(bulk->facts->store, relation, in.width, 1, &in.feed,
                     dsr_pile_rows(in.pile)));
  dsr_pile_clear(in.pile);
  return DSR_OK;
}

/* The first order of a relation. */
static dsr_status feed_first(stream *in) {
  dsr_bulk *bulk = in->bulk;
  in->relation = (uint32_t)window_column(in, 0)[in->at];
  dsr_layout of = bulk->layouts.items[in->relation];
  in->place = of.place;
  memset(in->named, 0, sizeof in->named);
  return dsr_store_feed(bulk->facts->store, in->relation, in->width, 0, &in->feed,
                        of.rows);
}

/* All relations of an arity: while one's first order is stored and the second one of the
** relation before, its own second one is sorted. */
static dsr_status feed_relations(stream *in) {
  dsr_bulk *bulk = in->bulk;
  uint32_t before = 0; /* the relation whose second order is to be stored; 0: none */
  for (;;) {
    bool more = in->at < in->n;
    if (more) TRY(feed_first(in));
    if (in->width <= 2) {
      if (more) continue;
      return DSR_OK;
    }
    TRY(end_sort(bulk, bulk->sorting));
    dsr_pile *ready = bulk->sorting;
    if (before != 0) TRY(feed_second(in, before));
    if (!more) return DSR_OK;
    bulk->sorting = bulk->second;
    bulk->second = ready;
    TRY(start_sort(bulk, bulk->sorting));
    before = in->relation;
  }
}

/* Take note, for each relation that has its first time, that it has times. */
static dsr_status note_timed(dsr_bulk *bulk) {
  for (size_t i = 0; i < bulk->layouts.len; i++) {
    if (bulk->layouts.items[i].timed) {
      TRY(dsr_catalogue_timed(bulk->facts, (uint32_t)i));
    }
  }
  return DSR_OK;
}

static void free_seconds(dsr_bulk *bulk) {
  dsr_pile_free(bulk->second);
  dsr_pile_free(bulk->sorting);
  bulk->second = bulk->sorting = NULL;
}

/* Rows come in the first order, so they are sorted by what the second begins with. */
static dsr_status new_second(dsr_bulk *bulk, int arity, dsr_pile **out) {
  if (arity < 2) return DSR_OK;
  return dsr_pile_new(arity + 1, 1, bulk->memory / 8, bulk->folder, bulk->facts->error,
                      out);
}

/* The rows of an arity, which are sorted. */
static dsr_status feed_arity(dsr_bulk *bulk, int arity, int64_t *done) {
  uint64_t window[WINDOW_COLUMNS * WINDOW];
  dsr_pile *pile = bulk->piles[arity];
  stream in = {.bulk = bulk, .pile = pile, .width = arity + 1, .done = *done};
  in.feed = (dsr_inflow){.next = next_fact, .settle = settle_fact, .some = some_facts};
  if (bulk->quotes) in.feed.some = NULL; /* what a fact's claims quote is looked at */
  in.window = window;
  in.front = 1;
  in.total = (int64_t)bulk->rows;
  dsr_status rc = new_second(bulk, arity, &bulk->second);
  if (rc >= 0) rc = new_second(bulk, arity, &bulk->sorting);
  if (rc >= 0) rc = fill_window(&in);
  if (rc >= 0) rc = feed_relations(&in);
  if (rc < 0) dsr_aside_wait(&bulk->aside);
  *done = in.done;
  VEC_FREE(&in.claims);
  VEC_FREE(&in.entries);
  free_seconds(bulk);
  dsr_pile_free(pile);
  bulk->piles[arity] = NULL;
  return rc;
}

/* Number the columns of all relations that have rows. */
static dsr_status start_mentions(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  size_t places = 0;
  uint64_t puts = 0;
  for (size_t i = 0; i < bulk->layouts.len; i++) {
    dsr_layout *of = &bulk->layouts.items[i];
    if (of->rows == 0) continue;
    of->place = places;
    for (int c = 0; c < of->arity; c++) {
      TRY(dsr_mentioned_place(bulk->mentions, (uint32_t)i, c));
    }
    places += of->arity;
    puts += of->rows * of->arity;
  }
  return dsr_mentioned_start(bulk->mentions, dsr_symbols_next(facts->symbols), puts);
}

static dsr_status feed_mentions(dsr_bulk *bulk, int64_t done) {
  stream in = {.bulk = bulk};
  uint64_t n;
  in.feed = (dsr_inflow){
      .next = next_mention, .settle = settle_mention, .some = some_mentions};
  in.done = done;
  in.total = (int64_t)bulk->rows;
  TRY(dsr_mentioned_sort(bulk->mentions, &n));
  return dsr_store_feed(bulk->facts->store, DSR_REL_MENTION, DSR_MENTION_WIDTH, 0,
                        &in.feed, n);
}

static dsr_status put_preferred(dsr_bulk *bulk) {
  for (size_t i = 0; i < bulk->preferred.len; i++) {
    TRY(dsr_store_put(bulk->facts->store, DSR_REL_PREFERRED, 1, 1u,
                      &bulk->preferred.items[i], 1));
  }
  return DSR_OK;
}

/* Write the names while the largest pile is sorted, then sort the others. */
static dsr_status land_names(dsr_bulk *bulk) {
  dsr_pile *largest = NULL;
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    dsr_pile *pile = bulk->piles[arity];
    if (pile == NULL) continue;
    if (largest == NULL || dsr_pile_rows(pile) > dsr_pile_rows(largest)) largest = pile;
  }
  if (largest != NULL) TRY(start_sort(bulk, largest));
  dsr_status rc = dsr_naming_land(bulk->facts->naming, bulk->memory / 4, bulk->folder);
  if (rc < 0) dsr_aside_wait(&bulk->aside);
  TRY(rc);
  TRY(end_sort(bulk, largest));
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    dsr_pile *pile = bulk->piles[arity];
    if (pile != NULL && pile != largest) TRY(dsr_pile_sort(pile));
  }
  return DSR_OK;
}

static dsr_status store_rows(dsr_bulk *bulk) {
  int64_t done = 0;
  TRY(start_mentions(bulk));
  for (int arity = 0; arity <= DSR_ARITY_MAX; arity++) {
    if (bulk->piles[arity]) TRY(feed_arity(bulk, arity, &done));
  }
  TRY(feed_mentions(bulk, done));
  TRY(dsr_bulk_text_store(bulk));
  return note_timed(bulk);
}

/* The names are there until their texts are gathered. */
static dsr_status store_all(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  TRY(land_names(bulk));
  dsr_store_hasten(facts->store);
  if (bulk->gathering.work == NULL) {
    dsr_naming_free(facts->naming);
    facts->naming = NULL;
  }
  TRY(store_rows(bulk));
  dsr_store_hasten(facts->store);
  return DSR_OK;
}

dsr_status dsr_bulk_store(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  dsr_pace_turn(bulk->pace, "storing", "");
  TRY(dsr_facts_change(facts));
  TRY(dsr_store_fold(facts->store));
  TRY(dsr_bulk_text_gather(bulk));
  dsr_status rc = store_all(bulk);
  dsr_status gathered = dsr_bulk_text_gathered(bulk);
  TRY(rc);
  TRY(gathered);
  dsr_naming_free(facts->naming);
  facts->naming = NULL;
  facts->named++;
  return put_preferred(bulk);
}
