/*
** define.h - functions that a host or a script defines, by name, and calls of them.
**
** A definition takes so many values and gives rows of so many others: none, one or many
** rows a call.  In a body it stands as a function, Y = f(X), where it gives one value a row,
** and as an atom with what it takes before what it gives, f(X, Y), f(X) where it gives
** nothing but yes or no.  One name has one definition.  It must give the same rows for the
** same arguments, in any order: it is called as often as it pleases the evaluator, by the
** thread that has the base.
**
** While one runs, the base is held: it can be read, not changed, and the definitions stay
** as they are.  Calls within calls (a function that asks a query that calls one) end at
** DSR_DEFINE_DEPTH.
*/
#ifndef DSR_LOGIC_DEFINE_H
#define DSR_LOGIC_DEFINE_H

#include "facts/fact.h"

enum { DSR_DEFINE_DEPTH = 16 };

/* Where the rows of a call go.  Filled in by whoever calls. */
typedef struct dsr_emit {
  dsr_status (*row)(void *ud, const dsr_word *row); /* below zero ends the call */
  void *ud;
  const struct dsr_definition *of; /* set by dsr_defined_call() */
  dsr_facts *facts;
  size_t rows; /* handed over so far */
} dsr_emit;

typedef struct dsr_definition {
  dsr_str name;
  int n_args, n_results;
  dsr_domain takes[DSR_ARITY_MAX]; /* a call with another type gives nothing */
  dsr_domain gives[DSR_ARITY_MAX]; /* a row with another type is DSR_ETYPE */
  /* Gives rows by dsr_emit_row(), whose failures it hands back.  Its own are told in the
  ** base's error. */
  dsr_status (*call)(void *ud, const dsr_word *args, int n, dsr_emit *emit);
  void (*drop)(void *ud); /* told once, when the definition goes; may be NULL */
  void *ud;
  const void *owner; /* for dsr_defined_disown() */
} dsr_definition;

typedef struct dsr_defined dsr_defined;

dsr_status dsr_defined_new(dsr_facts *facts, dsr_defined **out);
void dsr_defined_free(dsr_defined *defined); /* drops all; NULL is allowed */

/*
** Define, in place of what the name meant so far.  DSR_EMISUSE for a name that no program
** can call, or for too many columns (both together are at most DSR_ARITY_MAX) or while a
** definition is called; DSR_EDECLARE where a built-in function or a relation has the name.
** On failure nothing changes, and `drop` is not told.
*/
dsr_status dsr_defined_put(dsr_defined *defined, const dsr_definition *definition);
/* Drop one: DSR_NOTHING where there is none. */
dsr_status dsr_defined_remove(dsr_defined *defined, dsr_str name);
/* Drop all that `owner` made. */
void dsr_defined_disown(dsr_defined *defined, const void *owner);

/* Borrowed until something is put, removed or disowned; NULL where there is none.
** `defined` may be NULL. */
const dsr_definition *dsr_defined_find(const dsr_defined *defined, dsr_str name);
const dsr_definition *dsr_defined_at(const dsr_defined *defined, size_t i);
/* Counts changes: what was prepared when it was less is out of date. */
uint64_t dsr_defined_age(const dsr_defined *defined);
/* Is one being called. */
bool dsr_defined_busy(const dsr_defined *defined);

/* Call it: its rows go to `emit`.  DSR_OK, what it or emit->row came to below zero, or
** DSR_ELIMIT for calls within calls; the words are in the base's error. */
dsr_status dsr_defined_call(dsr_defined *defined, const dsr_definition *definition,
                            const dsr_word *args, dsr_emit *emit);

/* For definitions: hand over a row of n_results words. */
dsr_status dsr_emit_row(dsr_emit *emit, const dsr_word *row);

#endif
