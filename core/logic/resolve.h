/*
** resolve.h - from words as written to words of the base, with errors at their places.
**
** A resolver serves one program: it knows where errors are told, and keeps what is
** asked for again and again (a view to read names through, the prefixes met).  Errors
** of the language are told at their place and counted, so that the caller may go on to
** the next clause; failures of the machine ("hard": memory, the file) are not, and end
** the work.
*/
#ifndef DSR_LOGIC_RESOLVE_H
#define DSR_LOGIC_RESOLVE_H

#include "facts/bulk.h"
#include "facts/view.h"
#include "logic/program.h"

typedef struct dsr_prefix {
  dsr_str name, iri; /* as long as the symbols */
} dsr_prefix;

typedef struct dsr_resolve {
  dsr_facts *facts;
  const dsr_program *program;
  const dsr_clause *clause; /* the one at work: its file, and its variables for hints */
  int file;
  dsr_error *error; /* where errors with a place are told */
  dsr_view *view;   /* of the whole base, made when first needed */
  dsr_bulk *bulk;   /* what gives new entities their numbers; NULL: the symbols */
  VEC(dsr_prefix) prefixes;
  VEC(char) scratch;
  bool
      closing; /* claims that are closed: their sources need not be declared any more */
  dsr_str source; /* the source last found to be declared, and its word */
  dsr_word source_word;
  int refused_file; /* where the source last found not to be declared stands: a block's */
  dsr_place refused_at; /* facts share it, and it is told once */
} dsr_resolve;

/* Where a constant stands, for messages: a column of a relation, or `what` ("a
** locator"), or neither. */
typedef struct dsr_spot {
  const dsr_relation *relation;
  int column;
  const char *what;
} dsr_spot;

/* `error` may be the facts' own; then only the last error is kept. */
void dsr_resolve_start(dsr_resolve *r, dsr_facts *facts, const dsr_program *program,
                       dsr_error *error);
void dsr_resolve_stop(dsr_resolve *r);

/* The first variable of a query that is used once and looks like an entity, in words;
** "" where there is none. */
void dsr_resolve_hint(dsr_resolve *r, char *out, size_t size);
/* Turn to the next clause. */
void dsr_resolve_clause(dsr_resolve *r, const dsr_clause *clause);

/* ---- telling --------------------------------------------------------------------- */

/* A failure that no other clause would escape: the work is over. */
bool dsr_resolve_hard(dsr_status rc);
/* Tell of an error at a place of the clause's file.  Returns `code`. */
dsr_status dsr_resolve_fail(dsr_resolve *r, dsr_place at, dsr_status code,
                            const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* What a call to the facts failed with, told again at a place; other results pass. */
dsr_status dsr_resolve_retell(dsr_resolve *r, dsr_place at, dsr_status rc);

/* A name cut to fit a message, at a character: dsr_show(name).text. */
typedef struct dsr_shown {
  char text[84];
} dsr_shown;
dsr_shown dsr_show(dsr_str name);
/* The form of a relation that a message names, "joined/2". */
dsr_shown dsr_show_relation(dsr_str name, int arity);
/* What a domain takes: "a date".  For DSR_COL_ANY: "a value". */
const char *dsr_domain_due(dsr_domain type);

/* ---- finding -------------------------------------------------------------------- */

/*
** The word of a constant term for column `type`, by the rules of the language: a bare
** four-digit integer is a year where a time is due; CURIEs by declared prefix; a wrong
** type is DSR_ETYPE at its place.  `edtf` is true after `@` (1994/2004 is an interval
** there).
*/
dsr_status dsr_resolve_term(dsr_resolve *r, const dsr_term *term, dsr_domain type,
                            bool edtf, dsr_intern_mode mode, dsr_spot spot,
                            dsr_word *out);
/* Refuse what may be a name with signs in it, read as names with a minus between. */
dsr_status dsr_resolve_dashed(dsr_resolve *r, const dsr_term *term);
/* `@ unknown`, which is what a fact without `@` has. */
bool dsr_resolve_unknown_time(const dsr_term *term);
/* The name of an atom's relation, a CURIE spelled out (then borrowed until the next one
** is); DSR_EABSENT at its place where there is no such prefix. */
dsr_status dsr_resolve_name(dsr_resolve *r, const dsr_atom *atom, dsr_str *out);
/* The relation that an atom names, by its IRI where it is a CURIE; NULL where there is
** none yet. */
dsr_status dsr_resolve_known(dsr_resolve *r, const dsr_atom *atom,
                             const dsr_relation **out);
/* The relation that an atom names; DSR_ERELATION at its place, with the nearest name.
** With `create`, a name that is unknown in every arity that was
** declared is met, and stands in the catalogue from then on. */
dsr_status dsr_resolve_relation(dsr_resolve *r, const dsr_atom *atom, bool create,
                                const dsr_relation **out);
/* The word of a declared source; DSR_ESOURCE at its place, with the nearest, where it
** is none. */
dsr_status dsr_resolve_source(dsr_resolve *r, const dsr_term *term, dsr_word *out);
/* Forget the prefixes and the source met: they may have changed. */
void dsr_resolve_forget(dsr_resolve *r);

/* A view of the whole base to read through. */
dsr_status dsr_resolve_view(dsr_resolve *r, dsr_view **out);

/* Why there is no relation of a name near to which none is: the end of an objection. */
void dsr_relation_unknown(dsr_str name, int arity, char *why, size_t size);

/* The relation that a fact of `name` and `arity` belongs to, met if need be.  The words
** of a failure are in the facts' error, without a place. */
dsr_status dsr_relation_meet(dsr_facts *facts, dsr_str name, int arity, bool create,
                             const dsr_relation **out);
/* Is a numeral one that may stand for a year? */
bool dsr_four_digits(dsr_str text);

#endif
