/*
** written.h - the facts and claims that a clause writes, in words of the base.
*/
#ifndef DSR_LOGIC_WRITTEN_H
#define DSR_LOGIC_WRITTEN_H

#include "logic/load.h"
#include "logic/resolve.h"

enum { DSR_RANGE_MOST = 1000000 }; /* facts that the ranges of one clause make */

/* Call `found` for each tuple that the atom stands for: one, or what its ranges make.
** The relation is met last, so that a fact that is refused leaves none behind; with
** DSR_INTERN_FIND, a tuple with a word that the base has never met is passed over.  A
** result below zero from `found` ends it and is returned. */
typedef dsr_status (*dsr_written_found)(void *ud, const dsr_tuple *tuple);
dsr_status dsr_written_each(dsr_resolve *r, const dsr_atom *atom, dsr_intern_mode mode,
                            bool create, dsr_written_found found, void *ud);

/* The claim that an atom's parts make. */
dsr_status dsr_written_claim(dsr_resolve *r, const dsr_atom *atom, dsr_claim_row *out);

/* The claims that a retraction's parts choose; DSR_NOTHING where they name what the
** base has never met. */
dsr_status dsr_written_filter(dsr_resolve *r, const dsr_atom *atom,
                              dsr_claim_filter *out);

/* The halves of a grade as written; DSR_ETYPE at its place. */
dsr_status dsr_written_grade(dsr_resolve *r, const dsr_term *term, char *reliability,
                             char *credibility);

#endif
