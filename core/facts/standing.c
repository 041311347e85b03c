/*
** standing.c - which facts are held, and how far they are to be trusted: of many.
*/
#include "facts/standing.h"

/* Have what was remembered be of the base as it is. */
static dsr_status begin(dsr_standing *s) {
  uint64_t generation = dsr_facts_generation(s->facts);
  if (s->begun && s->generation == generation) return DSR_OK;
  dsr_standing_free(s);
  TRY(dsr_view_joins(s->view, &s->joins));
  s->weighing.facts = s->facts;
  s->weighing.view = s->view;
  s->generation = generation;
  s->begun = true;
  return DSR_OK;
}

static dsr_status keep(dsr_standing *s, uint64_t set, dsr_trust trust) {
  if (set >= s->trusts.len) {
    size_t more = (size_t)set + 1 - s->trusts.len;
    if (!VEC_RESERVE(&s->trusts, more)) return dsr_fail_memory(s->facts->error);
    memset(s->trusts.items + s->trusts.len, 0, more);
    s->trusts.len = (size_t)set + 1;
  }
  s->trusts.items[set] = (unsigned char)(trust + 1);
  return DSR_OK;
}

/* The trust of a set whose claims alone bear on its fact. */
static dsr_status trust_of_set(dsr_standing *s, uint32_t relation, uint64_t set,
                               dsr_trust *out) {
  unsigned sees;
  if (set < s->trusts.len && s->trusts.items[set] != 0) {
    *out = (dsr_trust)(s->trusts.items[set] - 1);
    return DSR_OK;
  }
  TRY(dsr_view_set(s->view, relation, set, &sees));
  if (sees & DSR_SEES_DENIED) {
    *out = DSR_CONTESTED;
  } else {
    TRY(dsr_weigh_sets(&s->weighing, relation, &set, 1, out));
  }
  return keep(s, set, *out);
}

/* May a fact of the relation be in a conflict that no denial makes? */
static dsr_status check_relation(dsr_standing *s, uint32_t number) {
  if (s->relation == number) return DSR_OK;
  TRY(dsr_conflict_checked(s->facts, dsr_relation_get(s->facts, number), &s->checked));
  s->relation = number;
  return DSR_OK;
}

/* Those of built-in relations are read in another way, so that nothing is kept of them. */
static dsr_status weigh(dsr_standing *s, const dsr_standing_fact *known,
                        dsr_trust *out) {
  const dsr_tuple *fact = known->fact;
  bool clashes = false;
  if (!known->lone || s->joins || fact->relation < DSR_REL_FIRST) {
    return dsr_trust_of(s->facts, s->view, fact, out);
  }
  TRY(trust_of_set(s, fact->relation, known->set, out));
  if (*out == DSR_CONTESTED) return DSR_OK;
  TRY(check_relation(s, fact->relation));
  if (s->checked) TRY(dsr_trust_clashes(s->facts, s->view, fact, &clashes));
  if (clashes) *out = DSR_CONTESTED;
  return DSR_OK;
}

dsr_status dsr_standing_of(dsr_standing *standing, const dsr_standing_fact *known,
                           bool *held, dsr_trust *trust) {
  bool holds;
  dsr_trust came = DSR_UNSUPPORTED;
  TRY(dsr_facts_read(standing->facts, false));
  TRY(begin(standing));
  if (known->generation == standing->generation) {
    TRY(dsr_view_holds_by(standing->view, known->fact, known->set, &holds));
    if (holds) TRY(weigh(standing, known, &came));
  } else {
    TRY(dsr_view_holds(standing->view, known->fact, &holds));
    if (holds) TRY(dsr_trust_of(standing->facts, standing->view, known->fact, &came));
  }
  *held = holds;
  if (holds) *trust = came;
  return DSR_OK;
}

void dsr_standing_free(dsr_standing *standing) {
  VEC_FREE(&standing->trusts);
  VEC_FREE(&standing->weighing.origins);
  standing->begun = false;
  standing->relation = 0;
}
