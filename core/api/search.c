/*
** search.c - what dossier.h promises of searches: texts by words, entities by name.
*/
#include "api/api.h"
#include "facts/nearby.h"
#include "facts/search.h"
#include "facts/seek.h"
#include "facts/twins.h"
#include "ground/text.h"

/* ---- texts ----------------------------------------------------------------------- */

static dsr_status value_of(dsr_base *base, dsr_word word, dsr_value *out) {
  char scratch[DSR_WORD_TEXT];
  *out = (dsr_value){0};
  if (!dsr_word_interned(word)) return DSR_OK;
  return dsr_word_value(dsr_facts_symbols(base->facts), word, scratch, out);
}

/* What tells of the claim that quotes the text. */
static dsr_status tell_claim(dsr_base *base, const dsr_sought *sought, dsr_arena *arena,
                             dsr_hit *hit) {
  const dsr_claim_row *claim;
  dsr_value value;
  if (sought->claim == 0) return DSR_OK;
  TRY(dsr_claim_get(base->facts, sought->claim, &claim));
  TRY(dsr_claim_write(base->facts, &sought->fact, claim, arena, &hit->claim));
  TRY(value_of(base, claim->source, &value));
  hit->source = value.text;
  TRY(value_of(base, claim->locator, &value));
  hit->locator = value.text;
  return DSR_OK;
}

static dsr_status tell_hit(dsr_base *base, const dsr_sought *sought, dsr_arena *arena,
                           dsr_hit *hit) {
  dsr_value value;
  TRY(value_of(base, sought->text, &value));
  hit->score = sought->points;
  hit->text = value.text;
  hit->lang = value.lang;
  TRY(value_of(base, sought->entity, &value));
  hit->entity = value.text;
  if (sought->entity) {
    dsr_status rc = dsr_entity_label(base->facts, base->view, sought->entity,
                                     (dsr_str){NULL, 0}, &hit->label);
    if (rc < 0) return rc;
  }
  TRY(dsr_tuple_write(base->facts, &sought->fact, arena, &hit->fact));
  return tell_claim(base, sought, arena, hit);
}

/* All are written before the first is told: nobody reads the base while telling. */
static dsr_status tell_hits(dsr_base *base, const dsr_seek *seek, dsr_arena *arena,
                            dsr_hit_found found, void *ud) {
  dsr_hit *hits = dsr_arena_alloc(arena, (seek->hits.len + 1) * sizeof *hits);
  if (hits == NULL) return dsr_fail_memory(base->error);
  for (size_t i = 0; i < seek->hits.len; i++) {
    TRY(tell_hit(base, &seek->hits.items[i], arena, &hits[i]));
    hits[i].some = seek->some;
  }
  for (size_t i = 0; i < seek->hits.len; i++) {
    if (found(ud, &hits[i]) != 0) break;
  }
  return DSR_OK;
}

dsr_status dsr_search(dsr_base *base, const char *words,
                      const dsr_search_options *options, dsr_hit_found found,
                      void *ud) {
  TRY(dsr_api_enter(base));
  if (words == NULL || found == NULL) {
    return dsr_api_misuse(base, "a search needs words, and somebody to be told");
  }
  dsr_seek_options how = {0};
  if (options != NULL) how = (dsr_seek_options){options->limit, options->prefix != 0};
  dsr_seek seek = {.some = false};
  dsr_arena arena = {0};
  dsr_status rc =
      dsr_seek_texts(base->facts, base->view, dsr_str_of(words), &how, &seek);
  if (rc == DSR_OK) rc = tell_hits(base, &seek, &arena, found, ud);
  dsr_seek_free(&seek);
  dsr_arena_free(&arena);
  return rc;
}

dsr_status dsr_search_rebuild(dsr_base *base) {
  TRY(dsr_api_enter(base));
  TRY(dsr_base_writable(base));
  return dsr_search_renew(base->facts);
}

dsr_status dsr_verify(dsr_base *base) {
  TRY(dsr_api_enter(base));
  return dsr_search_verify(base->facts);
}

/* ---- entities -------------------------------------------------------------------- */

dsr_status dsr_find_entity(dsr_base *base, const char *name, int limit,
                           dsr_named_found found, void *ud) {
  TRY(dsr_api_enter(base));
  if (name == NULL || found == NULL || limit < 0) {
    return dsr_api_misuse(base,
                          "a name to be found, a limit of 0 or more, and somebody "
                          "to be told are due");
  }
  return dsr_nearby_find(base->facts, base->view, dsr_str_of(name), limit, found, ud);
}

dsr_status dsr_twin_each(dsr_base *base, int limit, dsr_twins_found found, void *ud) {
  TRY(dsr_api_enter(base));
  if (found == NULL || limit < 0) {
    return dsr_api_misuse(base, "a limit of 0 or more and somebody to be told are due");
  }
  return dsr_twins_each(base->facts, base->view, limit, found, ud);
}
