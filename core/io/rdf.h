/*
** rdf.h - reading RDF 1.1 and 1.2: N-Triples, N-Quads, Turtle and TriG.
**
** A document is pushed, quad by quad, to a sink.  Read is exactly what the grammars of the
** W3C's RDF 1.2 drafts allow (those of RDF 1.1 are parts of them), in UTF-8, which is
** checked; a byte order mark at the start is passed over.  Beyond the grammars: IRIs are
** absolute once resolved, languages are well formed (subtags of 1 to 8 characters, BCP 47
** 2.1), a base direction is "ltr" or "rtl", and rdf:langString and rdf:dirLangString are
** not written as datatypes.
**
** IRIs are resolved by RFC 3986, 5.2; absolute ones stay as they are written.  Escapes are
** decoded.  A blank node that was given a label has that label; one that was not ("[]",
** collections, reifiers) is called "-1", "-2", ...: no label begins so.
**
** Memory holds one span of the input (a megabyte, or twice the longest term) and the terms
** of the statement that are still needed, and the prefixes; it does not grow with the
** document.  Time is linear in its length.
*/
#ifndef DSR_IO_RDF_H
#define DSR_IO_RDF_H

#include "io/input.h"

/* What is read is refused with DSR_ELIMIT beyond these. */
enum {
  DSR_RDF_TERM_MOST = 16 << 20, /* bytes of a literal, as written */
  DSR_RDF_IRI_MOST = 64 << 10,  /* bytes of an IRI, a name or a label, as written */
  DSR_RDF_DEPTH_MOST = 200,     /* brackets of all kinds in one another */
  DSR_RDF_STATEMENT_MOST =
      64 << 20, /* bytes of a line of N-Triples; of the terms that a
                                     ** statement of Turtle keeps at one time */
};

typedef enum dsr_rdf_syntax {
  DSR_RDF_NTRIPLES,
  DSR_RDF_NQUADS,
  DSR_RDF_TURTLE,
  DSR_RDF_TRIG,
} dsr_rdf_syntax;

typedef enum dsr_rdf_kind {
  DSR_RDF_IRI = 1,
  DSR_RDF_BLANK,
  DSR_RDF_LITERAL,
  DSR_RDF_TRIPLE,
} dsr_rdf_kind;

typedef enum dsr_rdf_direction {
  DSR_RDF_UNDIRECTED,
  DSR_RDF_LTR,
  DSR_RDF_RTL,
} dsr_rdf_direction;

/* A term.  Its texts may hold any character, U+0000 in literals too. */
typedef struct dsr_rdf_term {
  dsr_rdf_kind kind;
  dsr_rdf_direction direction; /* of a literal with a language */
  dsr_str text;                /* IRI, label of a blank node, or lexical form */
  dsr_str datatype; /* IRI; none for xsd:string, written or not, and with a language */
  dsr_str language; /* as written; none unless the literal has one */
  const struct dsr_rdf_term *triple; /* subject, predicate, object; else NULL */
} dsr_rdf_term;

typedef struct dsr_rdf_quad {
  const dsr_rdf_term *subject;
  const dsr_rdf_term *predicate;
  const dsr_rdf_term *object;
  const dsr_rdf_term *graph; /* NULL: the default graph */
  int64_t line;              /* on which the quad was complete, from 1 */
} dsr_rdf_quad;

/*
** Who is told.  What is handed over is borrowed for the call.  A status below zero stops
** the reading and is what dsr_rdf_read() returns; the words are the sink's to tell.
** `prefix` and `base` are called where a document declares one, with the IRI resolved
** ("" is a label, too), and may be NULL.
*/
typedef struct dsr_rdf_sink {
  void *ud;
  dsr_status (*quad)(void *ud, const dsr_rdf_quad *quad);
  dsr_status (*prefix)(void *ud, dsr_str label, dsr_str iri);
  dsr_status (*base)(void *ud, dsr_str iri);
} dsr_rdf_sink;

/*
** Read all of `input`, from where it is, and push it to `sink`.
**
** `base` is what relative IRIs in Turtle and TriG begin with until the document says (an
** absolute IRI); {NULL, 0}: they are errors until then.  Lines have no base.
**
** An error is told as "FILE:LINE:COLUMN: expected ..., found ...", columns in characters,
** and ends the reading.  Of N-Triples and N-Quads, nothing of a bad line is pushed
** (unless only a comment at its end is bad); of a bad statement of Turtle and TriG, the
** quads that were complete before the error are.
**
** Returns DSR_OK; DSR_ESYNTAX, DSR_ELIMIT, DSR_ENOMEM, what dsr_input_more() returns, or
** the sink's own status.
*/
dsr_status dsr_rdf_read(dsr_input *input, dsr_rdf_syntax syntax, dsr_str base,
                        const dsr_rdf_sink *sink, dsr_error *error);

/* The syntax that a file's name tells by its ending (.nt, .nq, .ttl, .trig; with .gz, .zst
** or .zstd behind it), small or capital letters alike: true, or false and nothing set. */
bool dsr_rdf_syntax_of(const char *name, dsr_rdf_syntax *out);

#endif
