/*
** roll.c - what may be a name, one after the other: identifiers, labels, aliases.
*/
#include "facts/roll.h"

#include "facts/engine.h"
#include "store/reel.h"

enum { TEXT_COLUMN = 1 };

/* ---- the roll ---------------------------------------------------------------------- */

void dsr_roll_free(dsr_roll *roll) {
  dsr_free(roll->texts[DSR_IS_LABEL]);
  dsr_free(roll->texts[DSR_IS_ALIAS]);
  *roll = (dsr_roll){0};
}

static void mark_texts(dsr_roll *roll, dsr_name_is kind, const dsr_stretch *stretch) {
  const uint64_t *texts = stretch->columns[TEXT_COLUMN];
  for (size_t i = 0; i < stretch->n; i++) {
    uint64_t number = dsr_word_payload(texts[i]);
    if (dsr_word_tag(texts[i]) != DSR_TAG_TEXT || number >= roll->end) continue;
    roll->texts[kind][number / 64] |= UINT64_C(1) << number % 64;
  }
}

static dsr_status mark_kind(dsr_facts *facts, dsr_roll *roll, dsr_name_is kind) {
  dsr_cursor *cursor;
  dsr_stretch stretch;
  roll->texts[kind] = dsr_alloc((roll->end / 64 + 1) * sizeof **roll->texts);
  if (roll->texts[kind] == NULL) return dsr_fail_memory(facts->error);
  TRY(dsr_cursor_start(facts->store, dsr_roll_relation(kind), DSR_ROLL_WIDTH, 0, NULL,
                       0, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_some(cursor, &stretch)) == DSR_ROW) {
    mark_texts(roll, kind, &stretch);
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_roll_make(dsr_facts *facts, dsr_roll *roll) {
  *roll = (dsr_roll){.end = dsr_symbols_next(facts->symbols)};
  dsr_status rc = mark_kind(facts, roll, DSR_IS_LABEL);
  if (rc >= 0) rc = mark_kind(facts, roll, DSR_IS_ALIAS);
  if (rc < 0) dsr_roll_free(roll);
  return rc;
}

/* ---- walking ----------------------------------------------------------------------- */

typedef struct walking {
  dsr_facts *facts;
  const dsr_roll *roll;
  dsr_roll_met *met;
  void *ud;
} walking;

static dsr_status meet(const walking *w, uint64_t number, dsr_symbol_kind kind,
                       dsr_str spelled) {
  dsr_str lang, datatype;
  if (kind == DSR_SYM_ENTITY) {
    return w->met(w->ud, dsr_word_make(DSR_TAG_ENTITY, number), spelled);
  }
  dsr_word word = dsr_word_make(DSR_TAG_TEXT, number);
  if (kind != DSR_SYM_TEXT || w->roll == NULL) return DSR_OK;
  if (!dsr_roll_has(w->roll, word, DSR_IS_LABEL) &&
      !dsr_roll_has(w->roll, word, DSR_IS_ALIAS)) {
    return DSR_OK;
  }
  dsr_text_parts(spelled, &spelled, &lang, &datatype);
  return w->met(w->ud, word, spelled);
}

/* A name record is the symbol's kind, a byte, and its spelling; one that was forgotten is
** empty. */
static dsr_status meet_stored(const walking *w, uint64_t from, const dsr_reel *reel) {
  for (size_t i = (size_t)(from - reel->first); i < reel->ends.len; i++) {
    dsr_str bytes = dsr_reel_record(reel, i);
    if (bytes.len == 0) continue;
    TRY(meet(w, reel->first + i, (dsr_symbol_kind)bytes.data[0],
             (dsr_str){bytes.data + 1, bytes.len - 1}));
  }
  return DSR_OK;
}

/* The symbols that the open transaction gave numbers to, from `number` on. */
static dsr_status meet_fresh(const walking *w, uint64_t number) {
  for (; number < dsr_symbols_next(w->facts->symbols); number++) {
    dsr_symbol_kind kind;
    dsr_str spelled;
    dsr_word word = dsr_word_make(DSR_TAG_ENTITY, number);
    dsr_status rc = dsr_facts_name(w->facts, word, &kind, &spelled);
    if (rc == DSR_OK) rc = meet(w, number, kind, spelled);
    if (rc < 0) return rc;
  }
  return DSR_OK;
}

dsr_status dsr_roll_each(dsr_facts *facts, const dsr_roll *roll, dsr_roll_met *met,
                         void *ud) {
  const walking w = {facts, roll, met, ud};
  dsr_reel reel = {0};
  uint64_t number = 1;
  dsr_status rc;
  while ((rc = dsr_reel_read(facts->store, DSR_REC_NAME, number, &reel)) == DSR_ROW) {
    rc = meet_stored(&w, number, &reel);
    if (rc < 0) break;
    number = reel.first + reel.ends.len;
  }
  dsr_reel_free(&reel);
  return rc < 0 ? rc : meet_fresh(&w, number);
}

dsr_status dsr_roll_called(dsr_facts *facts, dsr_name_is kind, dsr_word text,
                           dsr_status (*met)(void *ud, dsr_word entity), void *ud) {
  dsr_cursor *cursor;
  const uint64_t *row;
  uint64_t set;
  dsr_word last = DSR_WORD_NONE; /* with several times, it comes several times */
  TRY(dsr_cursor_start(facts->store, dsr_roll_relation(kind), DSR_ROLL_WIDTH,
                       TEXT_COLUMN, &text, 1, &cursor));
  dsr_status rc;
  while ((rc = dsr_cursor_next(cursor, &row, &set)) == DSR_ROW) {
    if (row[0] == last) continue;
    last = row[0];
    rc = met(ud, last);
    if (rc < 0) break;
  }
  dsr_cursor_stop(cursor);
  return rc < 0 ? rc : DSR_OK;
}

dsr_status dsr_roll_stands(dsr_facts *facts, dsr_view *view, dsr_name_is kind,
                           dsr_word entity, dsr_word written, bool *stands) {
  dsr_word pattern[2] = {entity, written};
  const dsr_match *match;
  dsr_scan *scan;
  if (kind == DSR_IS_IDENTIFIER) {
    return dsr_entity_stands(facts, view, entity, stands);
  }
  TRY(dsr_scan_start(facts, view, dsr_roll_relation(kind), pattern, DSR_WORD_NONE, 0,
                     &scan));
  dsr_status rc = dsr_scan_next(scan, &match);
  dsr_scan_stop(scan);
  *stands = rc == DSR_ROW;
  return rc < 0 ? rc : DSR_OK;
}
