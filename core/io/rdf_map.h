/*
** rdf_map.h - RDF and Dossier: what is what, both ways.
**
** Namespaces: dsr: is urn:dossier:, v: is urn:dossier:v:, edtf: is
** http://id.loc.gov/datatypes/edtf/; prov:, xsd:, rdf:, rdfs:, owl:, skos: as usual.
**
**   entity <http://...>     that IRI
**   entity nato, 'Any One'  dsr:nato, dsr:Any%20One: RFC 3986's unreserved characters, all
**                           others as escapes of their UTF-8; with `iri`, behind that in
**                           place of urn:dossier:.  Read back only where the escapes are
**                           just these; other IRIs stay IRIs
**   blank node _:x          a blank node.  Read, a label is the load's own: _:n7-x, where 7
**                           is the first number of a symbol that the load found free, so
**                           that no two loads meet; with keep_blank, _:x
**   relation of two columns a predicate of that name, read by the rules for entities.
**                           rdf:type is type/2, rdfs:label label/2, skos:altLabel alias/2,
**                           owl:sameAs same_as/2 (which is symmetric: one direction is
**                           kept), where the object fits; else relations of these IRIs
**   other facts             a node with v:relation, v:arg1, v:arg2, ...: those of another
**                           number of columns, or with no entity in the first.  It is of
**                           type v:Fact, or of a claim's below with all a claim has
**   text                    literal, with language or datatype; of a language with a
**                           direction, text ^^v:lang:ar--rtl
**   integer, decimal, bool  xsd:integer, xsd:decimal (with a point), xsd:boolean, in the
**                           one form that Dossier writes; any other form is a text with
**                           that datatype
**   day, month, year        xsd:date, xsd:gYearMonth, xsd:gYear of years 0001 to 9999; all
**                           other times ^^edtf:EDTF
**   triple term as object   text ^^v:tripleTerm, its canonical N-Triples
**   source                  v:Source; its title dsr:source_title and so on
**   named graph             a source, declared if it is not; its quads are claims of it.
**                           The default graph is of the source that the import is for
**   prefix                  @prefix, in Turtle and TriG alone.  Those of the vocabulary
**                           (rdf:, xsd:, prov:, ...) go without saying and are not kept
**   declarations, rules     nothing; a note says so
**
** Claims.  Nodes of type v:Claim, v:Denial, v:Preference or v:Deprecation with rdf:reifies
** <<( s p o )>> (or rdf:subject, rdf:predicate, rdf:object; or v:relation) are claims of
** that fact, by the source of the node's graph, or
**
**   prov:hadPrimarySource    this source
**   v:locator, v:grade       text, "b2"
**   v:kind                   v:attributed, v:assessed
**   prov:wasAttributedTo     the speaker
**   prov:value               the quotation; v:because, of a verdict, the reason
**   v:confidence, v:target   number, source judged
**   v:valid                  the fact's valid time
**   prov:generatedAtTime     told of histories; passed over when read
**   prov:invalidatedAtTime   closed: such a claim is not read, and a note says so
**
** Terms of prov: alone make none: there must be a type or a term of v:.
**
** A triple that is asserted is a claim by itself, of its graph's source, unless a claim
** asserts it by a node that stands before it in the document or right behind it (as an
** annotation does).  In N-Quads and TriG claims stand in the graph of their source; with
** nothing beside the source to tell they are plain quads.  In N-Triples and Turtle a fact
** is a plain triple where `base` alone claims it and says no more.
**
** Why not dcterms:title and prov:wasDerivedFrom for sources: others' data has these of
** things that are no sources here, and must come out as it went in.
*/
#ifndef DSR_IO_RDF_MAP_H
#define DSR_IO_RDF_MAP_H

#include "facts/fact.h"
#include "io/rdf.h"

#define DSR_NS "urn:dossier:"
#define DSR_NS_V DSR_NS "v:"
#define DSR_NS_RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define DSR_NS_RDFS "http://www.w3.org/2000/01/rdf-schema#"
#define DSR_NS_XSD "http://www.w3.org/2001/XMLSchema#"
#define DSR_NS_OWL "http://www.w3.org/2002/07/owl#"
#define DSR_NS_SKOS "http://www.w3.org/2004/02/skos/core#"
#define DSR_NS_PROV "http://www.w3.org/ns/prov#"
#define DSR_NS_EDTF "http://id.loc.gov/datatypes/edtf/"

/* How names are read. */
typedef struct dsr_rdf_map {
  dsr_str iri;     /* IRIs that begin so are identifiers; none: no others do */
  char blank[24];  /* before the labels of blank nodes: "n7-" */
  bool keep_blank; /* but not before those that the document gave */
} dsr_rdf_map;

/* Append the spelling of the entity that an IRI or a blank node is; false: no memory. */
bool dsr_rdf_name(const dsr_rdf_map *map, const dsr_rdf_term *term, dsr_bytes *out);

/* The value of a literal: a word, or a symbol's kind and spelling (appended to `room`,
** from *start on).  DSR_OK with the word, DSR_ROW with a spelling; DSR_EUNSUPPORTED where
** it holds U+0000, DSR_ENOMEM; neither in words. */
dsr_status dsr_rdf_literal(const dsr_rdf_map *map, const dsr_rdf_term *term,
                           dsr_bytes *room, dsr_word *word, dsr_symbol_kind *kind);

/* Append a term in canonical N-Triples, blank nodes named as entities are. */
bool dsr_rdf_spell(const dsr_rdf_map *map, const dsr_rdf_term *term, dsr_bytes *out);

/* The built-in relation of two columns that an IRI is the predicate of, or 0; and back,
** NULL for none. */
uint32_t dsr_rdf_builtin(dsr_str iri);
const char *dsr_rdf_predicate(uint32_t relation);

/* Append the IRI of a name, without brackets; `base` in place of urn:dossier:.  *blank:
** it is a blank node, and its label was appended with "_:" before it. */
bool dsr_rdf_iri(dsr_str name, dsr_str base, dsr_bytes *out, bool *blank);

/* The same for a name that is neither an IRI nor a blank node. */
bool dsr_rdf_escape(dsr_str name, dsr_str base, dsr_bytes *out);

/* The datatype of a time as it is written. */
const char *dsr_rdf_time_type(dsr_str edtf);

#endif
