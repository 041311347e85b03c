/*
** compound.h - what is written as a function's call, where no function can be called.
**
** f(X) is a call where a function is called f.  Elsewhere it is what other languages have
** compound terms for, and this one has not; which of the two was meant only the name tells.
*/
#ifndef DSR_LOGIC_COMPOUND_H
#define DSR_LOGIC_COMPOUND_H

#include "logic/define.h"
#include "logic/resolve.h"

/* Refuse a call in a fact, where nothing is worked out. */
dsr_status dsr_compound_fact(dsr_resolve *r, const dsr_term *call);

/* Refuse a call in a rule or a query whose function is none, or takes or gives something
** else; `column`: it stands in the column of an atom.  `defined` may be NULL. */
dsr_status dsr_compound_call(dsr_resolve *r, const dsr_term *call,
                             const dsr_defined *defined, bool column);

/* Refuse an atom whose name, a CURIE spelled out, is no relation's and no function's, nor
** near to one. */
dsr_status dsr_compound_atom(dsr_resolve *r, const dsr_atom *atom, dsr_str name);

#endif
