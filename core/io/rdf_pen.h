/*
** rdf_pen.h - writing terms of RDF: in full, or as Turtle has them shorter.
**
** A pen for RDF writes to a pen (pen.h).  In Turtle, IRIs under a prefix that is known go as
** prefixed names, where what is left needs no escapes; the prefixes of the vocabulary are
** declared when they are first used, before the statement at hand.
*/
#ifndef DSR_IO_RDF_PEN_H
#define DSR_IO_RDF_PEN_H

#include "io/pen.h"
#include "io/rdf_map.h"

typedef struct dsr_rdf_prefix {
  dsr_str label, iri;
  bool used, written;
} dsr_rdf_prefix;

typedef struct dsr_rdf_pen {
  dsr_facts *facts;
  dsr_pen *to;     /* where terms go: `out`, or the statement at hand */
  dsr_str iri;     /* in place of urn:dossier:; none: that */
  bool turtle;     /* write short forms */
  bool old;        /* RDF 1.1: no triple terms */
  dsr_arena arena; /* of prefixes */
  VEC(dsr_rdf_prefix) prefixes;
  dsr_bytes room;
} dsr_rdf_pen;

void dsr_rdf_pen_start(dsr_rdf_pen *pen, dsr_facts *facts, dsr_pen *to, bool turtle);
void dsr_rdf_pen_free(dsr_rdf_pen *pen);

/* Know a prefix, which was `written` or is when it has been used.  One whose label is known,
** or that not every reader takes, is not taken: *taken. */
dsr_status dsr_rdf_pen_prefix(dsr_rdf_pen *pen, dsr_str label, dsr_str iri,
                              bool written, bool *taken);

/* Write what was used and not written yet to `out`. */
void dsr_rdf_pen_prefixes(dsr_rdf_pen *pen, dsr_pen *out);
/* Is it one of the vocabulary's, which go without saying? */
bool dsr_rdf_pen_knows(dsr_str label, dsr_str iri);

void dsr_rdf_pen_iri(dsr_rdf_pen *pen, dsr_str iri);   /* without brackets */
void dsr_rdf_pen_name(dsr_rdf_pen *pen, dsr_str name); /* of an entity or a relation */
void dsr_rdf_pen_relation(dsr_rdf_pen *pen, const dsr_relation *relation);
void dsr_rdf_pen_word(dsr_rdf_pen *pen, dsr_word word); /* any value */
void dsr_rdf_pen_literal(dsr_rdf_pen *pen, dsr_str text, const char *datatype);

#endif
