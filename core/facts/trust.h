/*
** trust.h - what the claims say together: trust, and conflicts.
**
** Trust counts independent origins of the live assertions in view on a fact and on
** finer facts within it.  Sources that share an ancestor through `derived_from` are one
** origin; so are sources that attribute to the same speaker.  `base` is no origin.
**
** Nothing is stored: both are worked out from the claims in view when asked.  The trust
** of a fact costs a scan of the facts with its tuple, and one per key of its relation.
*/
#ifndef DSR_FACTS_TRUST_H
#define DSR_FACTS_TRUST_H

#include "facts/view.h"

typedef enum dsr_trust {
  DSR_UNSUPPORTED = 0,
  DSR_SINGLE_SOURCE,
  DSR_CORROBORATED,
  DSR_CONTESTED,
} dsr_trust;
const char *dsr_trust_word(dsr_trust trust); /* "single-source" */

/* "key", "once", "denial", "constraint" */
const char *dsr_conflict_word(dsr_conflict_kind kind);

/* Two facts that do not go together; for a denial, `b` is the denied fact (the same as
** `a`, or a coarser one).  `relation` is where the key or `once` was declared. */
typedef struct dsr_conflict {
  dsr_conflict_kind kind;
  uint32_t relation;
  unsigned key; /* DSR_CONFLICT_KEY: which columns agree, a bit each */
  dsr_tuple a, b;
} dsr_conflict;

dsr_status dsr_trust_of(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                        dsr_trust *out);

/* Call `found` for each conflict that `tuple` (NULL: any fact in view) is part of; each
** pair once, `a` before `b`; over all facts in a fixed order.  A result below zero from
** `found` ends it and is returned. */
typedef dsr_status (*dsr_conflict_found)(void *ud, const dsr_conflict *conflict);
dsr_status dsr_conflicts(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                         dsr_conflict_found found, void *ud);

/* Those of `tuple` that no denial makes. */
dsr_status dsr_conflict_cases(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                              dsr_conflict_found found, void *ud);

/* Call `found` for each claim in view on `tuple` (assertions, denials, verdicts), for
** each denial of a coarser time, which reaches it, and, with `finer`, for each
** assertion of
** a finer one, which supports it.  Ordered by source identifier, locator,
** transaction. */
typedef struct dsr_claim_seen {
  const dsr_claim_row *claim;
  uint64_t number;
  uint64_t opened, closed;
  dsr_tuple on; /* the fact that it was made on */
} dsr_claim_seen;
typedef dsr_status (*dsr_claim_found)(void *ud, const dsr_claim_seen *claim);
dsr_status dsr_claims_on(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                         bool finer, dsr_claim_found found, void *ud);

/* Every claim ever made on exactly this fact, closed ones too, in order of
** transaction. */
dsr_status dsr_history_of(dsr_facts *facts, const dsr_tuple *tuple,
                          dsr_claim_found found, void *ud);

/* The origin of a source: the least of its ancestors' and its own identifiers that
** names its group of related sources, under the view's `known_at`.  For reports. */
dsr_status dsr_source_origin(dsr_facts *facts, dsr_view *view, dsr_word source,
                             dsr_word *out);

#endif
