/*
** outwalk.h - what the files of the walk share: where it is, and the rows at hand.
*/
#ifndef DSR_IO_OUTWALK_H
#define DSR_IO_OUTWALK_H

#include "io/export.h"
#include "io/rank.h"

typedef struct dsr_outwalking {
  const dsr_exporting *how;
  const dsr_sink *sink;
  dsr_facts *facts;
  bool whole; /* the view lets all live claims through */
  bool every; /* claims that were closed count, too */

  VEC(const dsr_relation *) relations; /* whose facts go out, in their order */
  int64_t done, total;                 /* rows, for the pace */
  VEC(unsigned char) sets;             /* by number: what is known of each */
  VEC(unsigned char) used;             /* by symbol, a bit each: a source of claims */
  VEC(unsigned char) judged;           /* by place in `relations`: has it verdicts */
  unsigned met;                        /* what the sets of a relation have */
  dsr_rank rank;

  VEC(dsr_out_claim) claims; /* of the set at hand ... */
  struct {
    uint64_t set, flags;
    uint32_t relation;
  } claims_of;    /* ... which is this one; set 0: none is */
  size_t n_plain; /* of these: 1 where `base` asserts the fact plainly, else 0 */

  dsr_word subject; /* whose plain declarations are counted ... */
  int taken;        /* ... and how many went out as a heading */
} dsr_outwalking;

/* What of a relation's facts is gathered. */
enum { DSR_WANT_FACTS = 1, DSR_WANT_VERDICTS };

/* Note that a row was dealt with: DSR_ESTOPPED or what the pen failed with. */
dsr_status dsr_outwalk_step(dsr_outwalking *w);

/* Put `claims` in their order. */
dsr_status dsr_outwalk_sort_claims(dsr_facts *facts, dsr_out_claim *claims, size_t n);

/* A row of the rank as a fact, without claims. */
void dsr_outwalk_fact(const dsr_relation *relation, const uint64_t *row,
                      dsr_out_fact *out);

/* The relations of the base in order of name and columns, into w->relations. */
dsr_status dsr_outwalk_relations(dsr_outwalking *w);

/* ---- outwalk_head.c: declarations ---------------------------------------------------- */

dsr_status dsr_outwalk_declarations(dsr_outwalking *w);
dsr_status dsr_outwalk_prefixes(dsr_outwalking *w);
dsr_status dsr_outwalk_sources(dsr_outwalking *w);
dsr_status dsr_outwalk_rules(dsr_outwalking *w);

/* Mark the sources that claims in view name. */
dsr_status dsr_outwalk_used(dsr_outwalking *w);
/* Those that were not declared, through the sink. */
dsr_status dsr_outwalk_undeclared(dsr_outwalking *w, bool after);

/* Does the plain claim of `base` on the fact of a row, which has one, go out as a
** declaration?  Rows come in order. */
dsr_status dsr_outwalk_taken(dsr_outwalking *w, const dsr_relation *relation,
                             const uint64_t *row, bool *out);

/* Is the claim `base`'s, and nothing else said of it? */
bool dsr_outwalk_plain(const dsr_outwalking *w, const dsr_claim_row *claim);
/* Does `base`, in view, assert the fact with the set plainly? */
dsr_status dsr_outwalk_plain_set(dsr_outwalking *w, uint32_t relation, uint64_t set,
                                 bool *out);

/* Does a fact of the relation go out? */
dsr_status dsr_outwalk_lives(dsr_outwalking *w, const dsr_relation *relation,
                             bool *out);

/* Gather a relation's rows and put them in order. */
dsr_status dsr_outwalk_gather(dsr_outwalking *w, const dsr_relation *relation,
                              int want);

/* ---- outwalk_history.c: transaction by transaction ------------------------------------ */

dsr_status dsr_outwalk_history(dsr_outwalking *w);

#endif
