/*
** export_rdf.h - what RDF's writers share: facts with their claims, as rdf_map.h says.
**
** Facts of one tuple that differ in their time are one triple, so they are gathered, with
** their claims, before anything of them is written.
*/
#ifndef DSR_IO_EXPORT_RDF_H
#define DSR_IO_EXPORT_RDF_H

#include "io/export.h"
#include "io/rdf_pen.h"

/* A claim of a group. */
typedef struct dsr_rdf_claim {
  dsr_word time;
  dsr_out_claim claim;
} dsr_rdf_claim;

/* Facts of one tuple, and the claims on them. */
typedef struct dsr_rdf_group {
  const dsr_relation *relation; /* NULL: there is none */
  dsr_word args[DSR_ARITY_MAX];
  bool plain; /* its triples alone say all */
  size_t n;
  const dsr_rdf_claim *claims;
} dsr_rdf_group;

typedef struct dsr_rdf_out {
  const dsr_exporting *how;
  dsr_facts *facts;
  dsr_pen *pen;
  dsr_rdf_pen terms;
  bool graphs; /* a graph for each source */
  dsr_word base;
  VEC(dsr_rdf_claim) claims; /* of the group at hand */
  dsr_rdf_group group;
  VEC(dsr_word) bare; /* sources of which nothing is declared but that they are ... */
  dsr_bytes seen;     /* ... and, by symbol, a bit each, those that have a graph */
  VEC(dsr_word)
  claimed; /* sources that are so by others' claims, too: these are told */
  int64_t declarations, rules, alone;
  dsr_status (*prefix)(void *ud, dsr_word name, dsr_word iri);
  dsr_status (*write)(struct dsr_rdf_out *out, const dsr_rdf_group *group);
  dsr_status (*declare)(struct dsr_rdf_out *out, dsr_word source,
                        const dsr_out_source *of);
} dsr_rdf_out;

/* Is the fact a triple: two columns, an entity in the first? */
bool dsr_rdf_is_triple(const dsr_rdf_group *group);
/* Does a claim assert, and is it live? */
bool dsr_rdf_asserts(const dsr_rdf_claim *claim);
/* The graph of a claim: its source, or none for the default graph. */
dsr_word dsr_rdf_graph_of(const dsr_rdf_out *out, const dsr_rdf_claim *claim);

/* Tell what a node of a claim has, one by one: a predicate and then its value, which the
** caller writes by dsr_rdf_value(). */
typedef struct dsr_rdf_said {
  const char *predicate; /* IRI; NULL: v:arg1 and so on */
  int arg;
  enum {
    DSR_SAID_IRI,
    DSR_SAID_WORD,
    DSR_SAID_TEXT,
    DSR_SAID_STAMP,
    DSR_SAID_RELATION
  } as;
  const char *text;
  dsr_word word;
  const dsr_relation *relation;
} dsr_rdf_said;
enum { DSR_RDF_SAID_MOST = 24 };
int dsr_rdf_say(const dsr_rdf_out *out, const dsr_rdf_group *group,
                const dsr_rdf_claim *claim, char scratch[3][32],
                dsr_rdf_said said[DSR_RDF_SAID_MOST]);
void dsr_rdf_predicate_of(dsr_rdf_out *out, const dsr_rdf_said *said);
void dsr_rdf_value(dsr_rdf_out *out, const dsr_rdf_said *said);

/* Walk, with `write` told of groups; the rest of *out is set. */
dsr_status dsr_rdf_walk(dsr_rdf_out *out, bool turtle,
                        dsr_status (*prefix)(void *ud, dsr_word name, dsr_word iri));
void dsr_rdf_out_free(dsr_rdf_out *out);
/* All has come: say of what was left out. */
void dsr_rdf_notes(dsr_rdf_out *out);

#endif
