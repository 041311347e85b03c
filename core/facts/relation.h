/*
** relation.h - the catalogue: which relations there are and what was declared of them.
**
** A relation is known by name and arity, has a number that never changes, and a column
** layout.  Declarations are kept as DSR_REC_SCHEMA records, one for each change; the
** last one of a relation counts.  (Rules have records of that kind, too: kept.c.)  The catalogue is read whole when a base opens and is
** small. The built-in relations have fixed numbers and stand in every base.
*/
#ifndef DSR_FACTS_RELATION_H
#define DSR_FACTS_RELATION_H

#include "ground/vec.h"
#include "value/symbol.h"

enum { DSR_KEYS_MAX = 4, DSR_IS_MAX = 4 };

/* Relations that the core itself reads. */
enum {
  DSR_REL_LABEL = 1,        /* label(entity, text) */
  DSR_REL_ALIAS,            /* alias(entity, text) */
  DSR_REL_TYPE,             /* type(entity, entity) */
  DSR_REL_PREFIX,           /* prefix(text, text): CURIE prefix, IRI */
  DSR_REL_SAME_AS,          /* same_as(entity, entity), symmetric */
  DSR_REL_SOURCE,           /* source(entity) */
  DSR_REL_SOURCE_TITLE,     /* source_title(entity, text) */
  DSR_REL_SOURCE_KIND,      /* source_kind(entity, entity) */
  DSR_REL_SOURCE_DATE,      /* source_date(entity, date) */
  DSR_REL_SOURCE_GRADE,     /* source_reliability(entity, entity): a .. f */
  DSR_REL_DERIVED_FROM,     /* derived_from(entity, entity) */
  DSR_REL_SOURCE_URL,       /* source_url(entity, text) */
  DSR_REL_SOURCE_AUTHOR,    /* source_author(entity, text) */
  DSR_REL_SOURCE_PUBLISHER, /* source_publisher(entity, text) */
  DSR_REL_BUILTINS,
  DSR_REL_MENTION = 32, /* the mention order: (entity, relation, column); not by name */
  DSR_REL_PREFERRED, /* (relation) that some verdict prefers a fact of; not by name */
  DSR_REL_MADE,      /* (path of a file, mark of a claim): made.c; not by name */
  DSR_REL_TEXT,      /* where texts stand: search.h; not by name */
  DSR_REL_FIRST = 64 /* the first number for declared relations */
};

typedef enum dsr_domain {
  DSR_COL_ANY = 0,
  DSR_COL_BOOL,
  DSR_COL_INT,
  DSR_COL_NUMBER, /* integer or decimal */
  DSR_COL_TIME,
  DSR_COL_ENTITY,
  DSR_COL_TEXT,
} dsr_domain;

/* "This relation is a special case of that one": column c of the general relation is
** column map[c] (from 0) of this one. */
typedef struct dsr_is {
  uint32_t general;
  uint8_t map[DSR_ARITY_MAX];
} dsr_is;

typedef struct dsr_relation {
  uint32_t number;
  dsr_str name;
  int arity;
  bool declared; /* else met in a fact only: columns are any */
  bool timed;    /* some fact of it was ever written with `@` */
  bool occurs;   /* happenings; else holds, where timed */
  bool once;
  bool symmetric;   /* in its first two columns */
  uint32_t inverse; /* 0, or the relation under which its facts are stored, swapped */
  dsr_domain types[DSR_ARITY_MAX];
  dsr_str roles[DSR_ARITY_MAX]; /* as declared: "event", "date"; none if undeclared */
  unsigned keys[DSR_KEYS_MAX];  /* masks of key columns; 0 is none */
  int n_is;
  dsr_is is[DSR_IS_MAX];
  dsr_str phrase; /* "{1} joined {2}", or none */
  bool general;   /* worked out, not kept: some relation is declared a case of it */
  bool named;     /* worked out, not kept: some relation is declared its inverse */
} dsr_relation;

/* The column type that a word in a declaration means: "date", "text", "int", ...; any
** other word names a role of entities. */
dsr_domain dsr_domain_named(dsr_str word);
const char *dsr_domain_word(dsr_domain type);

/* A fact in words, piece by piece: its relation's phrase, or its name and columns.  Begins
** with all zero but the relation; each piece is a column, or where that is below 0 text. */
typedef struct dsr_wording {
  const dsr_relation *relation;
  size_t at;
  int column;
  dsr_str text;
} dsr_wording;
bool dsr_wording_next(dsr_wording *wording); /* false: there are no more */

/* The orders a relation's rows are filed under: one led by each of its first two
 * columns. */
static inline unsigned dsr_relation_orders(int arity) { return arity > 1 ? 3u : 1u; }

#endif
