/*
** load.h - a program's declarations, sources and facts, into the base.
**
** Declarations of all clauses come first, in any order, then prefixes, sources, facts,
** denials, verdicts and retractions in the order written, then rules and queries, which
** may speak of any of these and of one another.  Every clause is checked even
** after one fails, so that up to ten errors are told at once; then all is undone.
*/
#ifndef DSR_LOGIC_LOAD_H
#define DSR_LOGIC_LOAD_H

#include "facts/made.h"
#include "facts/view.h"
#include "logic/program.h"

/* What goes with a load; all zero: nothing. */
typedef struct dsr_loading {
  dsr_made *made; /* takes note of what each file of the program makes; NULL: nobody */
  dsr_pace *pace;
  dsr_load_note note; /* as in dossier.h */
  void *ud;
  const dsr_str
      *supposed;  /* relations that rules may read though nothing tells of them: */
  int n_supposed; /* tables, functions */
  dsr_load_query query; /* told of the queries by dsr_load_tell(); NULL: nobody */
  int64_t done, total;  /* clauses, for the pace */
  size_t memory;    /* bytes that facts may take before they are spilled; 0: 512 MB */
  int64_t idle;     /* out: retractions that found nothing */
  int64_t declared; /* out: relations that were not declared so before */
  int64_t queries;  /* out: queries that nobody was told of */
  int64_t skipped;  /* out: clauses that say nothing here, as #show */
} dsr_loading;

/* Load into the open transaction, which a failure dooms.  Rules are kept, queries checked.
** `how` may be NULL. */
dsr_status dsr_load_program(dsr_facts *facts, const dsr_program *program,
                            dsr_loading *how);

/* When all is well: tell of the queries, and of what is understood and says nothing. */
void dsr_load_tell(const dsr_program *program, dsr_loading *how);

struct dsr_resolve;

/* Load one clause, what declarations say being there already; not one that waits, see
** rules.h. */
dsr_status dsr_load_clause(struct dsr_resolve *r, const dsr_clause *clause,
                           dsr_loading *how);

/* Load clauses of the program from number *at on, up to those of a later transaction than
** `transaction`; what waits is passed over.  *at is then the next one's.  Below zero for
** hard failures only. */
dsr_status dsr_load_clauses(struct dsr_resolve *r, dsr_loading *how, int transaction,
                            size_t *at);

/* ---- single facts and claims ---------------------------------------------------- */

/* The word of a host's value in column `column` (from 0, for messages) of type `type`: an
** integer of four digits is a year where a date is due. */
dsr_status dsr_host_word(dsr_facts *facts, const dsr_value *value, dsr_domain type,
                         int column, dsr_intern_mode mode, dsr_word *out);
/* From a host's values to a tuple and a claim, with the same checks; messages without a
** place.  With `create`, an unknown relation is met (undeclared). */
dsr_status dsr_fact_tuple(dsr_facts *facts, const dsr_fact *fact, dsr_intern_mode mode,
                          bool create, dsr_tuple *out);
dsr_status dsr_claim_words(dsr_facts *facts, const dsr_claim *claim,
                           dsr_intern_mode mode, dsr_verb verb, dsr_claim_row *out);
/* One fact clause of a program ("joined(ukraine, pfp) @ 1994") to a tuple. */
dsr_status dsr_clause_tuple(dsr_facts *facts, const dsr_program *program,
                            const dsr_clause *clause, dsr_intern_mode mode, bool create,
                            dsr_tuple *out);

#endif
