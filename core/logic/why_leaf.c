/*
** why_leaf.c - the claims that a leaf of a proof rests on, and how much it is trusted.
**
** A tuple of a base predicate may be several facts: of other times, of entities that
** same_as joins, of special relations.  All of them are cited; the tuple is trusted as the
** most trusted of them is.
*/
#include <string.h>

#include "facts/trust.h"
#include "ground/text.h"
#include "logic/feed.h"
#include "logic/plan.h"
#include "logic/test.h"
#include "logic/why.h"

typedef struct leaf {
  dsr_account *why;
  dsr_facts *facts;
  dsr_view *view;
  dsr_error *error;
  const dsr_predicate *p;
  const dsr_word *words; /* of the tuple; all but the claim's parts may be none: any */
  bool any;
  VEC(dsr_why_claim) claims;
  int trust; /* -1: no fact was met */
  bool based;
  bool other; /* a fact of another relation, or with columns swapped */
  dsr_tuple first;
} leaf;

dsr_str dsr_why_trust(int trust) {
  static const dsr_trust trusts[] = {DSR_UNSUPPORTED, DSR_CONTESTED, DSR_SINGLE_SOURCE,
                                     DSR_CORROBORATED};
  if (trust < 0 || trust >= DSR_WHY_FREE) return (dsr_str){NULL, 0};
  return dsr_str_of(dsr_trust_word(trusts[trust]));
}

static int trust_rank(dsr_trust trust) {
  switch (trust) {
    case DSR_CONTESTED:
      return DSR_WHY_CONTESTED;
    case DSR_SINGLE_SOURCE:
      return DSR_WHY_SINGLE;
    case DSR_CORROBORATED:
      return DSR_WHY_CORROBORATED;
    default:
      return DSR_WHY_UNSUPPORTED;
  }
}

/* ---- claims -------------------------------------------------------------------------- */

/* The text of a word as hosts have it; none for none. */
static dsr_status text_of(leaf *l, dsr_word word, dsr_str *out) {
  char scratch[DSR_WORD_TEXT];
  dsr_value value;
  if (word == DSR_WORD_NONE) return DSR_OK;
  TRY(dsr_word_value(dsr_facts_symbols(l->facts), word, scratch, &value));
  *out = dsr_arena_str(&l->why->arena, value.text);
  return out->data != NULL ? DSR_OK : dsr_fail_memory(l->error);
}

/* Does the predicate read the claim, with these parts? */
static dsr_status reads(leaf *l, const dsr_claim_row *claim, bool *yes) {
  const dsr_predicate *p = l->p;
  const dsr_word *part_word = l->words + p->arity + p->timed;
  bool verdict = claim->verb != DSR_ASSERTS && claim->verb != DSR_DENIES;
  *yes = !verdict;
  if (verdict || !p->claimed) return DSR_OK;
  *yes = claim->verb == (dsr_verb)p->verb &&
         (p->manner < 0 || claim->kind == (dsr_kind)p->manner);
  for (int part = 0; part < DSR_PARTS && *yes; part++) {
    dsr_word word;
    if (!(p->parts >> part & 1)) continue;
    TRY(dsr_claim_part_word(l->facts, l->view, part, claim, &word));
    *yes = l->any || word == *part_word;
    part_word++;
  }
  return DSR_OK;
}

static dsr_status take_claim(void *ud, const dsr_claim_seen *seen) {
  leaf *l = ud;
  const dsr_claim_row *row = seen->claim;
  dsr_why_claim claim = {.denies = row->verb == DSR_DENIES};
  char grade[2];
  dsr_str letters = {grade, 0};
  bool yes;
  TRY(reads(l, row, &yes));
  if (!yes) return DSR_OK;
  TRY(dsr_claim_write(l->facts, &seen->on, row, &l->why->arena, &claim.text));
  TRY(dsr_tuple_write(l->facts, &seen->on, &l->why->arena, &claim.fact));
  TRY(text_of(l, row->source, &claim.source));
  TRY(text_of(l, row->locator, &claim.locator));
  TRY(text_of(l, row->speaker, &claim.speaker));
  claim.kind = dsr_str_of(dsr_kind_word(row->kind));
  if (row->reliability != 0) grade[letters.len++] = row->reliability;
  if (row->credibility != 0) grade[letters.len++] = row->credibility;
  if (letters.len > 0) {
    claim.grade = dsr_arena_str(&l->why->arena, letters);
    if (claim.grade.data == NULL) return dsr_fail_memory(l->error);
  }
  l->based = l->based && row->source == dsr_facts_base_source(l->facts);
  return VEC_PUSH(&l->claims, claim) ? DSR_OK : dsr_fail_memory(l->error);
}

/* ---- facts --------------------------------------------------------------------------- */

/* Is the match what the tuple says, once same_as has joined what it joins? */
static dsr_status fits(leaf *l, const dsr_match *match, bool *yes) {
  *yes = true;
  for (int i = 0; i < l->p->arity && *yes; i++) {
    dsr_word word;
    TRY(dsr_test_same(l->view, match->args[i], &word));
    *yes = l->words[i] == DSR_WORD_NONE || word == l->words[i];
  }
  if (l->p->timed && !l->any) *yes = *yes && match->time == l->words[l->p->arity];
  return DSR_OK;
}

/* Is the fact at a time that is in view?  A scan of every fact asks nobody. */
static dsr_status in_time(leaf *l, const dsr_tuple *fact, bool *yes) {
  bool certain;
  dsr_status rc = dsr_view_time(l->view, dsr_relation_get(l->facts, fact->relation),
                                fact->time, &certain);
  *yes = rc == DSR_ROW;
  return rc < 0 ? rc : DSR_OK;
}

static dsr_status take_match(leaf *l, const dsr_match *match) {
  dsr_tuple fact = match->fact;
  dsr_trust trust;
  bool yes;
  TRY(fits(l, match, &yes));
  if (yes && l->any) TRY(in_time(l, &fact, &yes));
  if (!yes) return DSR_OK;
  if (l->trust < 0) l->first = fact;
  l->other = l->other || fact.relation != l->p->relation;
  for (int i = 0; i < fact.arity && i < l->p->arity && !l->other; i++) {
    l->other = fact.args[i] != match->args[i];
  }
  TRY(dsr_trust_of(l->facts, l->view, &fact, &trust));
  if (trust_rank(trust) > l->trust) l->trust = trust_rank(trust);
  return dsr_claims_on(l->facts, l->view, &fact, false, take_claim, l);
}

static dsr_status walk(leaf *l) {
  const dsr_match *match;
  dsr_scan *scan;
  dsr_status rc;
  unsigned flags = l->any ? DSR_SCAN_EVERY : l->p->scan_flags;
  TRY(dsr_scan_start(l->facts, l->view, l->p->relation, l->words, DSR_WORD_NONE,
                     flags | DSR_SCAN_ONCE, &scan));
  while ((rc = dsr_scan_next(scan, &match)) == DSR_ROW) {
    dsr_match own = *match;
    rc = take_match(l, &own);
    if (rc < 0) break;
  }
  dsr_scan_stop(scan);
  return rc < 0 ? rc : DSR_OK;
}

/* ---- how the fact is kept -------------------------------------------------------------- */

/* By which declaration the fact of another name is this one. */
static const char *by_which(const leaf *l) {
  const dsr_relation *asked = dsr_relation_get(l->facts, l->p->relation);
  if (!l->other || l->trust < 0) return NULL;
  if (l->first.relation == l->p->relation) return asked->symmetric ? "symmetric" : NULL;
  if (asked->inverse == l->first.relation) return "inverse";
  return "is";
}

static dsr_status put_claims(leaf *l, dsr_why_step *step) {
  const char *how = by_which(l);
  size_t n = l->claims.len;
  dsr_why_claim *claims = dsr_arena_alloc(&l->why->arena, (n + 1) * sizeof *claims);
  if (claims == NULL) return dsr_fail_memory(l->error);
  if (n > 0) memcpy(claims, l->claims.items, n * sizeof *claims);
  step->claims = claims;
  step->n_claims = (int)n;
  if (how != NULL) step->how = dsr_str_of(how);
  return DSR_OK;
}

dsr_status dsr_why_leaf(dsr_account *why, dsr_world *world, dsr_instances *in,
                        int predicate, const uint32_t *tuple, bool any,
                        dsr_why_step *step, int *trust) {
  dsr_word words[DSR_WIDTH_MAX];
  leaf l = {.why = why,
            .facts = dsr_world_facts(world),
            .view = dsr_world_view(world),
            .error = in->error,
            .p = &in->book->predicates.items[predicate],
            .words = words,
            .any = any,
            .trust = -1,
            .based = true};
  for (int i = 0; i < l.p->width; i++) {
    words[i] = tuple[i] == DSR_NUMBER_NONE ? DSR_WORD_NONE
                                           : dsr_numbers_word(in->numbers, tuple[i]);
  }
  if (l.p->relation == 0) return DSR_OK;
  dsr_status rc = walk(&l);
  if (rc >= 0) rc = put_claims(&l, step);
  *trust = l.trust < 0 ? DSR_WHY_FREE : l.trust;
  if (l.p->scan_flags & DSR_SCAN_DENIED) {
    *trust = l.based ? DSR_WHY_UNSUPPORTED : DSR_WHY_SINGLE;
  }
  VEC_FREE(&l.claims);
  return rc;
}
