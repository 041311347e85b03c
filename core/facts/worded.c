/*
** worded.c - facts in words, as people read them.
**
** Labels lie in an open-addressed table that is at most half full.  Past LABELS_MOST all are
** let go, and those that are still in use are soon there again.
*/
#include "facts/worded.h"

#include "facts/engine.h"

enum { LABELS_FIRST = 64, LABELS_MOST = 1 << 18 };

struct dsr_worded_label {
  dsr_word entity;
  dsr_str text;
  bool set;
};

/* ---- labels ---------------------------------------------------------------------- */

static dsr_worded_label *place_of(dsr_worded_label *labels, size_t room,
                                  dsr_word entity) {
  uint64_t hash = entity * 0x9e3779b97f4a7c15u;
  size_t at = (size_t)(hash >> 32) & (room - 1);
  while (labels[at].set && labels[at].entity != entity) at = (at + 1) & (room - 1);
  return &labels[at];
}

static bool grow(dsr_worded *worded) {
  size_t room = worded->room == 0 ? LABELS_FIRST : 2 * worded->room;
  dsr_worded_label *grown = dsr_alloc(room * sizeof *grown);
  if (grown == NULL) return false;
  for (size_t i = 0; i < worded->room; i++) {
    const dsr_worded_label *one = &worded->labels[i];
    if (one->set) *place_of(grown, room, one->entity) = *one;
  }
  dsr_free(worded->labels);
  worded->labels = grown;
  worded->room = room;
  return true;
}

/* An entity's label, or its identifier, from the base. */
static dsr_status look_up(dsr_worded *worded, dsr_word entity, dsr_str *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_str text = {NULL, 0};
  dsr_status rc = dsr_entity_label(worded->facts, worded->view, entity, text, &text);
  if (rc < 0) return rc;
  if (rc == DSR_NOTHING) {
    TRY(dsr_word_value(worded->facts->symbols, entity, scratch, &value));
    text = value.text;
  }
  *out = dsr_arena_str(&worded->arena, text);
  return out->data != NULL ? DSR_OK : dsr_fail_memory(worded->facts->error);
}

static dsr_status label_of(dsr_worded *worded, dsr_word entity, dsr_str *out) {
  if (worded->n_labels >= LABELS_MOST) dsr_worded_free(worded);
  if (2 * worded->n_labels >= worded->room && !grow(worded)) {
    return dsr_fail_memory(worded->facts->error);
  }
  dsr_worded_label *at = place_of(worded->labels, worded->room, entity);
  if (!at->set) {
    TRY(look_up(worded, entity, &at->text));
    at->entity = entity;
    at->set = true;
    worded->n_labels++;
  }
  *out = at->text;
  return DSR_OK;
}

/* ---- words ----------------------------------------------------------------------- */

static dsr_status put_text(dsr_worded *worded, dsr_bytes *out, dsr_str text) {
  return dsr_bytes_put(out, text.data, text.len)
             ? DSR_OK
             : dsr_fail_memory(worded->facts->error);
}

static dsr_status put_column(dsr_worded *worded, dsr_word word, dsr_bytes *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  dsr_str text;
  if (dsr_word_tag(word) == DSR_TAG_ENTITY) {
    TRY(label_of(worded, word, &text));
    return put_text(worded, out, text);
  }
  if (dsr_word_tag(word) < DSR_TAG_ENTITY) {
    text = (dsr_str){scratch, (size_t)dsr_word_format(word, scratch)};
    return put_text(worded, out, text);
  }
  TRY(dsr_word_value(worded->facts->symbols, word, scratch, &value));
  return put_text(worded, out, value.text);
}

dsr_status dsr_worded_put(dsr_worded *worded, const dsr_tuple *fact, dsr_bytes *out) {
  dsr_facts *facts = worded->facts;
  dsr_wording piece = {.relation = dsr_relation_get(facts, fact->relation)};
  if (!piece.relation) return dsr_fail(facts->error, DSR_ERELATION, "no such relation");
  while (dsr_wording_next(&piece)) {
    TRY(piece.column < 0 ? put_text(worded, out, piece.text)
                         : put_column(worded, fact->args[piece.column], out));
  }
  return DSR_OK;
}

void dsr_worded_free(dsr_worded *worded) {
  dsr_free(worded->labels);
  dsr_arena_free(&worded->arena);
  worded->labels = NULL;
  worded->n_labels = worded->room = 0;
}
