/*
** bulk_text.c - what the search must know of the texts of a bulk load.
**
** Each text in a column of a new fact, and each quotation of a claim that was added, has a
** row in DSR_REL_TEXT (search.h).  The rows wait in a pile of their own until the facts
** are stored, and are stored in order after them.  A text that the base had before is
** looked up when it comes, while nothing of DSR_REL_TEXT is being stored.
**
** A load without texts and quotations pays a test of each column's tag.
*/
#include "facts/bulk_inside.h"

/* Rows on their way into the store. */
typedef struct text_stream {
  dsr_inflow feed;
  dsr_bulk *bulk;
  dsr_word last; /* text that was met last */
} text_stream;

dsr_status dsr_bulk_text_put(dsr_bulk *bulk, const dsr_word *args, int arity) {
  for (int i = 0; i < arity; i++) {
    uint64_t number = dsr_word_payload(args[i]);
    if (dsr_word_tag(args[i]) != DSR_TAG_TEXT || number < bulk->texts_from) continue;
    TRY(dsr_search_gather(bulk->facts, args[i]));
    if (number >= bulk->texts_to) bulk->texts_to = number + 1;
    bulk->n_texts++;
  }
  return DSR_OK;
}

/* The work of another thread: bulk->texts_from becomes the first that it has not got to. */
static dsr_status gather(void *ud) {
  dsr_bulk *bulk = ud;
  const dsr_facts *facts = bulk->facts;
  dsr_gathering *gathering = &bulk->facts->indexing.gathering;
  for (; bulk->texts_from < bulk->texts_to; bulk->texts_from++) {
    dsr_symbol_kind kind;
    dsr_str spelling;
    if (!dsr_search_gathered(facts, dsr_word_make(DSR_TAG_TEXT, bulk->texts_from))) {
      continue;
    }
    if (dsr_gathering_full(gathering)) break;
    TRY(dsr_naming_by_number(facts->naming, bulk->texts_from, &kind, &spelling));
    TRY(dsr_gathering_add(gathering, bulk->texts_from, spelling));
  }
  return dsr_gathering_end(gathering);
}

dsr_status dsr_bulk_text_gather(dsr_bulk *bulk) {
  if (bulk->n_texts < DSR_GATHER_MANY) return DSR_OK;
  TRY(dsr_naming_settle(bulk->facts->naming));
  bulk->facts->indexing.gathering.memory = bulk->memory / 8;
  dsr_aside_start(&bulk->gathering, gather, bulk);
  return DSR_OK;
}

dsr_status dsr_bulk_text_gathered(dsr_bulk *bulk) {
  dsr_facts *facts = bulk->facts;
  dsr_status rc = dsr_aside_wait(&bulk->gathering);
  if (rc < 0) return dsr_fail_memory(facts->error);
  for (; bulk->texts_from < bulk->texts_to; bulk->texts_from++) {
    dsr_word text = dsr_word_make(DSR_TAG_TEXT, bulk->texts_from);
    if (dsr_search_gathered(facts, text)) TRY(dsr_search_ungather(facts, text));
  }
  return DSR_OK;
}

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
