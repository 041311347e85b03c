/*
** bulk_text.c - what the search must know of the texts of a bulk load.
**
** Each text in a column of a new fact, and each quotation of a claim that was added, has a
** row in DSR_REL_TEXT (search.h).  The rows wait in a pile of their own until the facts
** are stored, and are stored in order after them.  A text that the base had before is
** looked up when it comes, while nothing of DSR_REL_TEXT is being stored.
**
** The load's own texts are in no index yet, so their words are gathered (gather.h) by another
** thread while the rows come: a text, once a row with it is put.  If that takes more memory
** than allowed, the rest is left to the commit.
**
** A load without texts and quotations pays a test of each column's tag.
*/
#include "facts/bulk_inside.h"

enum { GIVEN_TOGETHER = 1 << 13 /* texts that are worth a thread */ };

/* Rows on their way into the store. */
typedef struct text_stream {
  dsr_inflow feed;
  dsr_bulk *bulk;
  dsr_word last; /* text that was met last */
} text_stream;

/* The work of another thread: as many of those taken as there is room for. */
static dsr_status gather(void *ud) {
  dsr_bulk *bulk = ud;
  dsr_gathering *gathering = &bulk->facts->indexing.gathering;
  for (; bulk->taken_at < bulk->taken.len; bulk->taken_at++) {
    const dsr_given_text *text = &bulk->taken.items[bulk->taken_at];
    dsr_str spelling;
    if (dsr_gathering_full(gathering)) break;
    if (dsr_naming_at(text->place, &spelling) != DSR_SYM_TEXT) continue;
    TRY(dsr_gathering_add(gathering, text->number, spelling));
  }
  return bulk->texts_end ? dsr_gathering_end(gathering) : DSR_OK;
}

/* What is handed over when depends on the rows alone, so that the same texts come together
** however fast the other thread is. */
static dsr_status hand_over(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  for (; bulk->texts_from < bulk->texts_to; bulk->texts_from++) {
    dsr_given_text text = {bulk->texts_from, NULL};
    if (!dsr_search_gathered(facts, dsr_word_make(DSR_TAG_TEXT, text.number))) continue;
    text.place = dsr_naming_place(facts->naming, text.number);
    if (!VEC_PUSH(&bulk->given, text)) return dsr_fail_memory(facts->error);
  }
  bulk->n_texts = 0;
  return DSR_OK;
}

/* Wait until those taken are gathered, or there is no more room for them. */
static dsr_status end_taken(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  dsr_status rc = dsr_aside_wait(&bulk->gathering);
  if (rc < 0) return dsr_fail_memory(facts->error);
  for (; bulk->taken_at < bulk->taken.len; bulk->taken_at++) {
    uint64_t number = bulk->taken.items[bulk->taken_at].number;
    TRY(dsr_search_ungather(facts, dsr_word_make(DSR_TAG_TEXT, number)));
  }
  bulk->taken.len = bulk->taken_at = 0;
  return DSR_OK;
}

/* Have another thread take what was handed over; none is at work. */
static void start_taken(dsr_bulk *bulk) {
  dsr_given empty = bulk->taken;
  bulk->taken = bulk->given;
  bulk->given = empty;
  bulk->facts->indexing.gathering.memory = bulk->memory / 8;
  dsr_aside_start(&bulk->gathering, gather, bulk);
}

dsr_status dsr_bulk_text_put(dsr_bulk *bulk, const dsr_word *args, int arity) {
  dsr_facts *facts = bulk->facts;
  for (int i = 0; i < arity; i++) {
    uint64_t number = dsr_word_payload(args[i]);
    if (dsr_word_tag(args[i]) != DSR_TAG_TEXT || number < bulk->texts_first) continue;
    if (number < bulk->texts_from) { /* named before its row came */
      if (!dsr_search_gathered(facts, args[i])) TRY(dsr_search_add(facts, args[i]));
      continue;
    }
    TRY(dsr_search_gather(facts, args[i]));
    if (number >= bulk->texts_to) bulk->texts_to = number + 1;
    bulk->n_texts++;
  }
  if (bulk->n_texts < GIVEN_TOGETHER) return DSR_OK;
  TRY(hand_over(bulk));
  if (!dsr_aside_done(&bulk->gathering)) return DSR_OK;
  TRY(end_taken(bulk));
  start_taken(bulk);
  return DSR_OK;
}

dsr_status dsr_bulk_text_gather(dsr_bulk *bulk) {
  bool few = bulk->n_texts < DSR_GATHER_MANY && bulk->texts_from == bulk->texts_first;
  TRY(hand_over(bulk));
  TRY(end_taken(bulk));
  if (!few) {
    bulk->texts_end = true;
    start_taken(bulk);
    return DSR_OK;
  }
  for (size_t i = 0; i < bulk->given.len; i++) {
    dsr_word text = dsr_word_make(DSR_TAG_TEXT, bulk->given.items[i].number);
    TRY(dsr_search_ungather(bulk->facts, text));
  }
  bulk->given.len = 0;
  return DSR_OK;
}

dsr_status dsr_bulk_text_gathered(dsr_bulk *bulk) { return end_taken(bulk); }

static dsr_status put_row(dsr_bulk *bulk, const dsr_tuple *fact, dsr_word text,
                          int column) {
  uint64_t row[DSR_TEXT_WIDTH];
  dsr_facts *facts = bulk->facts;
  bool older, known;
  if (bulk->texts == NULL) {
    TRY(dsr_pile_new(DSR_TEXT_WIDTH, DSR_TEXT_WIDTH, bulk->memory / 8, bulk->folder,
                     facts->error, &bulk->texts));
  }
  if (text != bulk->last_text) {
    TRY(dsr_search_known(facts, text, &older, &known));
    if (older && !known) TRY(dsr_search_add(facts, text));
    bulk->last_text = text;
  }
  dsr_search_row(fact, text, column, row);
  return dsr_pile_put(bulk->texts, row, 0);
}

dsr_status dsr_bulk_text_fact(dsr_bulk *bulk, const dsr_tuple *fact) {
  for (int i = 0; i < fact->arity; i++) {
    if (dsr_word_tag(fact->args[i]) != DSR_TAG_TEXT) continue;
    TRY(put_row(bulk, fact, fact->args[i], i));
  }
  return DSR_OK;
}

dsr_status dsr_bulk_text_claim(dsr_bulk *bulk, const dsr_tuple *fact, uint64_t number) {
  const dsr_claim_row *claim;
  TRY(dsr_claim_get(bulk->facts, number, &claim));
  if (dsr_word_tag(claim->quotation) != DSR_TAG_TEXT) return DSR_OK;
  return put_row(bulk, fact, claim->quotation, DSR_TEXT_QUOTED);
}

static dsr_status next_row(dsr_inflow *feed) {
  text_stream *in = (text_stream *)feed;
  const uint64_t *row;
  uint64_t value;
  dsr_status rc;
  do {
    rc = dsr_pile_next(in->bulk->texts, &row, &value);
    if (rc != DSR_ROW) return rc;
  } while (memcmp(row, feed->row, DSR_TEXT_WIDTH * sizeof *row) == 0);
  memcpy(feed->row, row, DSR_TEXT_WIDTH * sizeof *row);
  return DSR_ROW;
}

static dsr_status settle_row(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  text_stream *in = (text_stream *)feed;
  dsr_word text = feed->row[0];
  *set = 1;
  if (old != 0 || text == in->last) return DSR_OK;
  in->last = text;
  if (dsr_word_payload(text) < in->bulk->facts->marked_symbols) return DSR_OK;
  if (dsr_search_gathered(in->bulk->facts, text)) return DSR_OK;
  return dsr_search_add(in->bulk->facts, text);
}

dsr_status dsr_bulk_text_store(dsr_bulk *bulk) {
  text_stream in = {.feed = {.next = next_row, .settle = settle_row}, .bulk = bulk};
  if (bulk->texts == NULL) return DSR_OK;
  TRY(dsr_pile_sort(bulk->texts));
  return dsr_store_feed(bulk->facts->store, DSR_REL_TEXT, DSR_TEXT_WIDTH, 0, &in.feed,
                        dsr_pile_rows(bulk->texts));
}
