/*
** import_rdf.h - what the files of RDF's import share: the batch, and claims told by nodes.
*/
#ifndef DSR_IO_IMPORT_RDF_H
#define DSR_IO_IMPORT_RDF_H

#include "io/import.h"
#include "io/rdf_map.h"

enum { DSR_RDF_BATCH = 128 }; /* rows whose names are asked for together */

/* What a predicate says. */
typedef enum dsr_rdf_says {
  DSR_SAYS_FACT = 0,
  DSR_SAYS_TYPE, /* a fact, but for types of v: and rdf:Statement */
  DSR_SAYS_REIFIES,
  DSR_SAYS_PART,  /* rdf:subject and so on */
  DSR_SAYS_CLAIM, /* a term of a claim or a fact node */
} dsr_rdf_says;

/* The terms of a claim or a fact node; arguments are DSR_TERM_ARG and the seven behind. */
typedef enum dsr_rdf_claim_term {
  DSR_TERM_SOURCE,
  DSR_TERM_SPEAKER,
  DSR_TERM_QUOTATION,
  DSR_TERM_OPENED,
  DSR_TERM_CLOSED,
  DSR_TERM_BECAUSE, /* from here on they are v:'s */
  DSR_TERM_LOCATOR,
  DSR_TERM_KIND,
  DSR_TERM_GRADE,
  DSR_TERM_CONFIDENCE,
  DSR_TERM_TARGET,
  DSR_TERM_VALID,
  DSR_TERM_RELATION,
  DSR_TERM_ARG,
  DSR_TERMS = DSR_TERM_ARG + DSR_ARITY_MAX
} dsr_rdf_claim_term;

typedef struct dsr_rdf_meaning {
  dsr_rdf_says says;
  int term;                /* of PART, CLAIM: which */
  uint32_t plain, builtin; /* relations; 0: not looked up yet, or none */
  uint32_t builtin_of;     /* the built-in one that its IRI means, or 0 */
  uint64_t hash;
  dsr_str iri;
} dsr_rdf_meaning;

typedef struct dsr_rdf_row {
  dsr_rdf_meaning *meaning;
  uint32_t graph;   /* place in `graphs` */
  uint32_t subject; /* place in `names` */
  uint32_t object;  /* the same, or where `word` is set nothing */
  dsr_word word;
  int64_t line;
} dsr_rdf_row;

typedef struct dsr_rdf_graph {
  dsr_str name; /* none: the default graph */
  uint64_t hash;
  dsr_word source;
} dsr_rdf_graph;

typedef struct dsr_rdf_nodes dsr_rdf_nodes;

typedef struct dsr_rdf_loading {
  dsr_importing *im;
  dsr_input *input;
  dsr_rdf_map map;
  dsr_arena arena; /* of graphs, predicates */
  VEC(dsr_rdf_meaning *) meanings;
  dsr_rdf_meaning **slots;
  size_t n_slots;
  dsr_rdf_meaning *last;
  VEC(dsr_rdf_graph) graphs;
  uint32_t *graph_slots; /* by hash of the name: its place; 0 is free */
  size_t n_graph_slots;
  dsr_bytes name;     /* of the graph at hand */
  uint32_t graph, at; /* that of the last quad; that of the claim at hand */

  dsr_bytes room; /* spellings of the batch */
  dsr_rdf_row rows[DSR_RDF_BATCH];
  size_t n_rows;
  dsr_naming_name names[2 * DSR_RDF_BATCH]; /* spellings are offsets until asked for */
  size_t offsets[2 * DSR_RDF_BATCH];
  size_t n_names;
  dsr_rdf_nodes *nodes; /* NULL: none yet */
} dsr_rdf_loading;

/* Find what a predicate says. */
dsr_status dsr_rdf_meaning_of(dsr_rdf_loading *l, dsr_str iri, dsr_rdf_meaning **out);
/* The relation of a row: by whether its object, of kind `tag`, fits a built-in one. */
dsr_status dsr_rdf_relation(dsr_rdf_loading *l, dsr_rdf_meaning *meaning, bool entity,
                            int tag, uint32_t *out);
/* Make claims that follow the source's of a graph. */
dsr_status dsr_rdf_turn(dsr_rdf_loading *l, uint32_t graph);
/* The word of a term. */
dsr_status dsr_rdf_word(dsr_rdf_loading *l, const dsr_rdf_term *term, int64_t line,
                        dsr_word *out);
/* Put words before what failed: the file and the line. */
dsr_status dsr_rdf_at(dsr_rdf_loading *l, int64_t line, dsr_status rc);
/* Put a fact, at once. */
dsr_status dsr_rdf_put(dsr_rdf_loading *l, uint32_t graph, const dsr_rdf_term *subject,
                       dsr_rdf_meaning *meaning, const dsr_rdf_term *object,
                       int64_t line);

/* ---- import_nodes.c --------------------------------------------------------------- */

/* Keep a quad that may tell of a claim until the end: DSR_OK; DSR_NOTHING where it is a
** plain fact after all. */
dsr_status dsr_rdf_keep(dsr_rdf_loading *l, const dsr_rdf_meaning *meaning,
                        const dsr_rdf_quad *quad);
/* Is the triple reified?  Then it is noted as asserted: DSR_OK, else DSR_NOTHING. */
dsr_status dsr_rdf_reified(dsr_rdf_loading *l, const dsr_rdf_quad *quad);
/* All has come: make the claims, and what was none. */
dsr_status dsr_rdf_nodes_end(dsr_rdf_loading *l);
void dsr_rdf_nodes_free(dsr_rdf_nodes *nodes);

#endif
