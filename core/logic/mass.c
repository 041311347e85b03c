/*
** mass.c - facts of a program, put in bulk.
**
** The claim of a block is worked out once for the facts that share it.  Entities get their
** numbers from the bulk load, so that the handle does not keep their names as well.
**
** Finishing costs a pass over the blocks that the facts go into, so it is worth while
** where they are many, and not too few beside what is there.
*/
#include "logic/mass.h"

#include "logic/written.h"

enum { MASS_LEAST = 4096, MASS_SHARE = 16 };

struct dsr_mass {
  dsr_resolve *r;
  dsr_bulk *bulk;
  bool known; /* `claim` is that of `part` and `denied`, and at hand */
  bool denied;
  dsr_claim_part part;
  dsr_claim_row claim;
};

/* How many facts there are in all. */
static dsr_status count_rows(dsr_facts *facts, uint64_t *out) {
  const dsr_relation *relation;
  *out = 0;
  for (size_t i = 0; (relation = dsr_relation_at(facts, i)) != NULL; i++) {
    uint64_t rows;
    TRY(dsr_store_rows(dsr_facts_store(facts), relation->number, &rows));
    *out += rows;
  }
  return DSR_OK;
}

dsr_status dsr_mass_start(dsr_resolve *r, const dsr_loading *how, size_t n,
                          dsr_mass **out) {
  uint64_t rows;
  if (n < MASS_LEAST || dsr_facts_watched(r->facts)) return DSR_OK;
  TRY(count_rows(r->facts, &rows));
  if (n < rows / MASS_SHARE) return DSR_OK;
  dsr_mass *mass = dsr_alloc(sizeof *mass);
  if (mass == NULL) return dsr_fail_memory(dsr_facts_error(r->facts));
  mass->r = r;
  dsr_bulk_options options = {.memory = how->memory, .pace = how->pace};
  dsr_status rc = dsr_bulk_open(r->facts, &options, &mass->bulk);
  if (rc < 0) {
    dsr_free(mass);
    return rc;
  }
  r->bulk = mass->bulk;
  *out = mass;
  return DSR_OK;
}

/* The same token of the text, or none in both. */
static bool same_term(const dsr_term *a, const dsr_term *b) {
  return a->kind == b->kind && a->text.data == b->text.data &&
         a->text.len == b->text.len;
}

static bool same_part(const dsr_claim_part *a, const dsr_claim_part *b) {
  return a->present == b->present && a->kind == b->kind &&
         same_term(&a->source, &b->source) && same_term(&a->locator, &b->locator) &&
         same_term(&a->speaker, &b->speaker) && same_term(&a->grade, &b->grade) &&
         same_term(&a->quotation, &b->quotation) &&
         same_term(&a->confidence, &b->confidence);
}

/* Have the claim of the atom at hand. */
static dsr_status take_claim(dsr_mass *mass, const dsr_atom *atom) {
  bool same = mass->known && mass->denied == atom->denied &&
              same_part(&mass->part, &atom->claim);
  if (same) return DSR_OK;
  mass->known = false;
  TRY(dsr_written_claim(mass->r, atom, &mass->claim));
  TRY(dsr_resolve_retell(mass->r, atom->at, dsr_bulk_claim(mass->bulk, &mass->claim)));
  mass->part = atom->claim;
  mass->denied = atom->denied;
  mass->known = true;
  return DSR_OK;
}

static dsr_status put_tuple(void *ud, const dsr_tuple *tuple) {
  dsr_mass *mass = ud;
  TRY(dsr_bulk_put(mass->bulk, tuple->relation, tuple->args, tuple->time));
  if (tuple->relation == DSR_REL_PREFIX || tuple->relation == DSR_REL_SOURCE) {
    dsr_resolve_forget(mass->r);
    mass->known = false;
  }
  return DSR_OK;
}

dsr_status dsr_mass_load(dsr_mass *mass, const dsr_clause *clause) {
  dsr_resolve *r = mass->r;
  TRY(take_claim(mass, &clause->head));
  int told = r->error->count;
  dsr_status rc = dsr_written_each(r, &clause->head, DSR_INTERN, true, put_tuple, mass);
  if (rc < 0 && r->error->count > told) return rc;
  return dsr_resolve_retell(r, clause->head.at, rc);
}

dsr_status dsr_mass_finish(dsr_mass *mass) {
  mass->r->bulk = NULL;
  return dsr_bulk_finish(mass->bulk);
}

void dsr_mass_free(dsr_mass *mass) {
  if (mass == NULL) return;
  dsr_error *error = dsr_facts_error(mass->r->facts), cause = *error;
  mass->r->bulk = NULL;
  dsr_bulk_drop(mass->bulk);
  *error = cause; /* not that it was dropped */
  dsr_free(mass);
}
