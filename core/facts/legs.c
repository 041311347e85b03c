/*
** legs.c - what a scan walks, and roughly how much that is.
**
** A *leg* is one stored relation with the columns it gives to the relation asked for, and a
** pattern of its own.  Legs come from the relation itself, from relations that `is` makes
** special cases of it, and from inverses; a symmetric relation has each leg twice, the
** second with its first two columns changed over; a constant that same_as joins with others
** has a leg for each of them.  Where several are, their legs would multiply: past a number
** of legs the rest is looked up by row.
*/
#include "facts/scan_inside.h"

enum { DEPTH_MOST = 32, CHOICES_MOST = 64 };

const uint8_t dsr_legs_identity[DSR_ARITY_MAX] = {0, 1, 2, 3, 4, 5, 6, 7};

/* ---- legs ----------------------------------------------------------------------- */

dsr_status dsr_legs_push(dsr_scan *scan, const dsr_leg *made) {
  if (!VEC_PUSH(&scan->legs, *made)) return dsr_fail_memory(scan->facts->error);
  return DSR_OK;
}

/* Are there legs that walk the same rows for the same columns: `is` and inverses may
** lead to one relation on several ways.  (Their patterns are of one making.) */
static bool has_legs(const dsr_scan *scan, const dsr_leg *made) {
  for (size_t i = 0; i < scan->legs.len; i++) {
    const dsr_leg *other = &scan->legs.items[i];
    if (other->stored == made->stored &&
        memcmp(other->map, made->map, (size_t)made->arity) == 0)
      return true;
  }
  return false;
}

static size_t joined_with(const dsr_words *same, dsr_word stands) {
  size_t n = 0;
  for (size_t k = 0; k < same->len; k += 2) n += same->items[k + 1] == stands;
  return n;
}

/* Push the leg for every choice of constants that same_as allows, from column `i` on;
** `n` is how many legs the columns before come to. */
static dsr_status push_choices(dsr_scan *scan, const dsr_leg *made,
                               const dsr_word *pattern, int i, size_t n) {
  while (i < made->arity && pattern[i] == DSR_WORD_NONE) i++;
  if (i == made->arity) return dsr_legs_push(scan, made);
  dsr_leg chosen = *made;
  dsr_word stands = pattern[i], *place = &chosen.pattern[made->map[i]],
           *whole = &chosen.stands[made->map[i]];
  const dsr_words *same = &scan->view->same;
  if (scan->joining) TRY(dsr_view_same(scan->view, pattern[i], &stands));
  if (*whole != DSR_WORD_NONE && *whole != stands) return DSR_OK;
  size_t joined = scan->joining ? joined_with(same, stands) : 0;
  if (joined > 0 && n > 1 && n * joined > CHOICES_MOST) {
    *whole = stands;
    return push_choices(scan, &chosen, pattern, i + 1, n);
  }
  if (joined == 0) {
    if (*place != DSR_WORD_NONE && *place != pattern[i]) return DSR_OK;
    *place = pattern[i];
    return push_choices(scan, &chosen, pattern, i + 1, n);
  }
  dsr_word before = *place;
  for (size_t k = 0; k < same->len; k += 2) {
    if (same->items[k + 1] != stands) continue;
    if (before != DSR_WORD_NONE && before != same->items[k]) continue;
    *place = same->items[k];
    TRY(push_choices(scan, &chosen, pattern, i + 1, n * joined));
  }
  return DSR_OK;
}

static uint8_t swapped_column(uint8_t column) {
  return column < 2 ? (uint8_t)(1 - column) : column;
}

/* A map as seen through a relation whose first two columns change places. */
static void swap_map(const uint8_t *map, int arity, uint8_t *out) {
  for (int i = 0; i < arity; i++) out[i] = swapped_column(map[i]);
}

static dsr_status add_stored(dsr_scan *scan, const dsr_asked_for *ask,
                             const dsr_relation *stored, const uint8_t *map,
                             const uint8_t *plain) {
  static const dsr_word free_pattern[DSR_ARITY_MAX];
  dsr_leg made = {
      .stored = stored, .arity = ask->arity, .about = -1, .mirrored = plain};
  memcpy(made.map, map, (size_t)ask->arity);
  if (plain) memcpy(made.plain, plain, (size_t)ask->arity);
  if (has_legs(scan, &made)) return DSR_OK;
  return push_choices(scan, &made, ask->pattern ? ask->pattern : free_pattern, 0, 1);
}

static dsr_status add_legs(dsr_scan *scan, const dsr_asked_for *ask,
                           const dsr_relation *relation, const uint8_t *map,
                           const uint8_t *plain, int depth);

/* Legs of the relations declared to be special cases of `relation`. */
static dsr_status add_special(dsr_scan *scan, const dsr_asked_for *ask,
                              const dsr_relation *relation, const uint8_t *map,
                              const uint8_t *plain, int depth) {
  if (scan->flags & DSR_SCAN_DENIED) return DSR_OK; /* that denies no general case */
  const dsr_catalogue *catalogue = &scan->facts->catalogue;
  for (size_t r = 0; relation->general && r < catalogue->all.len; r++) {
    const dsr_relation *special = catalogue->all.items[r];
    for (int k = 0; k < special->n_is; k++) {
      if (special->is[k].general != relation->number) continue;
      uint8_t through[DSR_ARITY_MAX], plain_through[DSR_ARITY_MAX];
      for (int i = 0; i < ask->arity; i++) {
        through[i] = special->is[k].map[map[i]];
        if (plain) plain_through[i] = special->is[k].map[plain[i]];
      }
      TRY(add_legs(scan, ask, special, through, plain ? plain_through : NULL,
                   depth + 1));
    }
  }
  return DSR_OK;
}

/* Legs of everything stored as `stored`: itself, and what its names have as special
** cases; an inverse is a name with the first two columns changed over. */
static dsr_status add_names(dsr_scan *scan, const dsr_asked_for *ask,
                            const dsr_relation *stored, const uint8_t *map,
                            const uint8_t *plain, int depth) {
  TRY(add_stored(scan, ask, stored, map, plain));
  if (scan->flags & DSR_SCAN_OWN) return DSR_OK;
  TRY(add_special(scan, ask, stored, map, plain, depth));
  if (!stored->named) return DSR_OK;
  uint8_t turned[DSR_ARITY_MAX], plain_turned[DSR_ARITY_MAX];
  swap_map(map, ask->arity, turned);
  if (plain) swap_map(plain, ask->arity, plain_turned);
  const dsr_catalogue *catalogue = &scan->facts->catalogue;
  for (size_t r = 0; r < catalogue->all.len; r++) {
    const dsr_relation *name = catalogue->all.items[r];
    if (name->inverse != stored->number) continue;
    TRY(add_special(scan, ask, name, turned, plain ? plain_turned : NULL, depth));
  }
  return DSR_OK;
}

static dsr_status add_legs(dsr_scan *scan, const dsr_asked_for *ask,
                           const dsr_relation *relation, const uint8_t *map,
                           const uint8_t *plain, int depth) {
  if (depth > DEPTH_MOST) return DSR_OK; /* declarations have no circles */
  bool swapped;
  const dsr_relation *stored = dsr_relation_stored(scan->facts, relation, &swapped);
  uint8_t own[DSR_ARITY_MAX], own_plain[DSR_ARITY_MAX], mirror[DSR_ARITY_MAX];
  memcpy(own, map, (size_t)ask->arity);
  if (plain) memcpy(own_plain, plain, (size_t)ask->arity);
  if (swapped) swap_map(map, ask->arity, own);
  if (swapped && plain) swap_map(plain, ask->arity, own_plain);
  TRY(add_names(scan, ask, stored, own, plain ? own_plain : NULL, depth));
  if (!stored->symmetric) return DSR_OK;
  swap_map(own, ask->arity, mirror);
  return add_names(scan, ask, stored, mirror, own, depth);
}

dsr_status dsr_legs_add(dsr_scan *scan, const dsr_asked_for *ask,
                        const dsr_relation *relation, const uint8_t *map) {
  return add_legs(scan, ask, relation, map, NULL, 0);
}

/* ---- estimate ------------------------------------------------------------------- */

/* The legs of a scan that knows nothing, to look at; VEC_FREE(&scan->legs) in any case. */
static dsr_status bare_legs(dsr_facts *facts, uint32_t relation, dsr_scan *scan) {
  const dsr_relation *found = dsr_relation_get(facts, relation);
  if (!found) return dsr_fail(facts->error, DSR_ERELATION, "no such relation");
  dsr_asked_for ask = {NULL, found->arity};
  dsr_catalogue_kin(facts);
  return dsr_legs_add(scan, &ask, found, dsr_legs_identity);
}

/* The first two columns of a stored relation begin an order each. */
dsr_status dsr_scan_leads(dsr_facts *facts, uint32_t relation, unsigned *columns) {
  dsr_view nothing = {.facts = facts};
  dsr_scan scan = {.facts = facts, .view = &nothing};
  dsr_status rc = bare_legs(facts, relation, &scan);
  unsigned all = ~0u;
  for (size_t i = 0; i < scan.legs.len; i++) {
    const dsr_leg *walked = &scan.legs.items[i];
    unsigned leads = 0;
    for (int c = 0; c < walked->arity; c++) {
      if (walked->map[c] < 2) leads |= 1u << c;
    }
    all &= leads;
  }
  if (rc >= 0) *columns = scan.legs.len > 0 ? all : 0;
  VEC_FREE(&scan.legs);
  return rc;
}

dsr_status dsr_scan_spread(dsr_facts *facts, uint32_t relation, int column,
                           uint64_t *values, uint64_t *blocks) {
  dsr_view nothing = {.facts = facts};
  dsr_scan scan = {.facts = facts, .view = &nothing};
  dsr_status rc = bare_legs(facts, relation, &scan);
  *values = *blocks = 0;
  for (size_t i = 0; i < scan.legs.len && rc >= 0; i++) {
    const dsr_leg *walked = &scan.legs.items[i];
    uint64_t some, in;
    if (column >= walked->arity || walked->map[column] > 1) continue;
    rc = dsr_store_spread(facts->store, walked->stored->number,
                          walked->stored->arity + 1, walked->map[column], &some, &in);
    *values += some;
    *blocks += in;
  }
  VEC_FREE(&scan.legs);
  return rc;
}

/* A known first or second column leaves a sixteenth of the rows, any other a quarter of
** what is then walked; all columns known leave one. */
dsr_status dsr_scan_estimate(dsr_facts *facts, uint32_t relation, unsigned bound,
                             uint64_t *rows) {
  dsr_view nothing = {.facts = facts};
  dsr_scan legs = {.facts = facts, .view = &nothing};
  dsr_status rc = bare_legs(facts, relation, &legs);
  uint64_t total = 0;
  for (size_t i = 0; rc >= 0 && i < legs.legs.len; i++) {
    const dsr_leg *walked = &legs.legs.items[i];
    uint64_t n;
    int known = 0;
    bool indexed = false;
    rc = dsr_store_rows(facts->store, walked->stored->number, &n);
    if (rc < 0) break;
    for (int c = 0; c < walked->arity; c++) {
      if (!(bound >> c & 1)) continue;
      known++;
      indexed |= walked->map[c] < 2;
    }
    if (known == walked->stored->arity) n = n > 0;
    if (indexed) n = n / 16 + 1;
    for (int c = indexed ? 1 : 0; c < known && n > 4; c++) n /= 4;
    total += n;
  }
  VEC_FREE(&legs.legs);
  if (rc < 0) return rc;
  *rows = total;
  return DSR_OK;
}
