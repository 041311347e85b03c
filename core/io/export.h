/*
** export.h - a base, or a view of it, as a stream: one walk, and a sink for each format.
**
** The walk goes through what is in view in an order that depends on the contents alone,
** never on loading, merging or the numbers of things, and hands each item to the sink:
**
**   relations   declarations, by name and columns
**   prefixes    those that `base` declares plainly, by name
**   sources     the same, by identifier, each with its plain properties
**   facts       by relation (name, columns), then in order of values (rank.h); with each
**               its claims in view, in order of source, locator, then all that is left
**   verdicts    on facts, in the order of these
**   rules       by relation and canonical text, constraints last
**
** Queries are not kept and never come.  What went out as a prefix or a source does not come
** as a fact again where the sink takes prefixes or sources.
**
** A format plugs in with a row of the table in export.c and a function that fills in a
** dsr_sink.  A sink may leave out what it does not want.
**
** Cost: beside what the engine keeps anyway, the rows of one relation at a time.
*/
#ifndef DSR_IO_EXPORT_H
#define DSR_IO_EXPORT_H

#include "facts/kept.h"
#include "facts/trust.h"
#include "ground/pace.h"
#include "io/pen.h"

/* A claim as told. */
typedef struct dsr_out_claim {
  const dsr_claim_row *row;
  uint64_t number, opened, closed; /* closed: 0 while it is live */
} dsr_out_claim;

/* A fact as told: good until the call returns. */
typedef struct dsr_out_fact {
  const dsr_relation *relation;
  const dsr_word *args; /* of a symmetric relation the lesser of two goes first */
  dsr_word time;
  dsr_tuple tuple; /* the same, canonical */
  bool held;       /* asserted by some claim in view; else only denied or judged */
  size_t n_claims;
  const dsr_out_claim *claims; /* assertions and denials in view */
} dsr_out_fact;

/* A source as declared by `base`, without more ado. */
typedef struct dsr_out_property {
  const char *name;  /* "title": that of the declaration */
  uint32_t relation; /* DSR_REL_SOURCE_TITLE */
  dsr_word value;
} dsr_out_property;

typedef struct dsr_out_source {
  dsr_word entity;
  size_t n_properties;
  const dsr_out_property *properties;
} dsr_out_source;

typedef struct dsr_out_rule {
  const dsr_kept_rule *rule;
} dsr_out_rule;

/*
** What takes a walk's items; NULL: not wanted.  Below zero ends the walk.  What it writes
** goes through its pen, whose failures the walk looks at now and then.
*/
typedef struct dsr_sink {
  void *ud;
  dsr_status (*relation)(void *ud, const dsr_relation *relation);
  dsr_status (*prefix)(void *ud, dsr_word name, dsr_word iri);
  dsr_status (*source)(void *ud, const dsr_out_source *source);
  /* Sources that claims in view name and that no `source` item declared, in order of
  ** identifier: before the facts, and again, `after`, behind the verdicts. */
  dsr_status (*undeclared)(void *ud, const dsr_word *sources, size_t n, bool after);
  dsr_status (*fact)(void *ud, const dsr_out_fact *fact);
  /* Behind the facts of a relation that once had times and has none in view: its first
  ** fact; or NULL. */
  dsr_status (*relation_end)(void *ud, const dsr_relation *relation,
                             const dsr_out_fact *untimed);
  /* `alone`: no claim in view is on the fact. */
  dsr_status (*verdict)(void *ud, const dsr_out_fact *fact,
                        const dsr_out_claim *verdict, bool alone);
  dsr_status (*rule)(void *ud, const dsr_kept_rule *rule);
  /* With history: claims come transaction by transaction, in place of `fact`, `verdict`,
  ** `prefix`, `source`.  Of one transaction: what it closed, what it opened, and last the
  ** declarations of sources that it closed; each in the order above.  A sink that has no
  ** `transaction` gets, with history, facts with all the claims that were ever made. */
  dsr_status (*transaction)(void *ud, uint64_t number, int64_t stamp);
  dsr_status (*opened)(void *ud, const dsr_out_fact *fact, const dsr_out_claim *claim,
                       bool alone);
  dsr_status (*closed)(void *ud, const dsr_out_fact *fact, const dsr_out_claim *claim);
  dsr_status (*end)(void *ud); /* all has come */
} dsr_sink;

/* How to export: the options of dossier.h, looked into. */
typedef struct dsr_exporting {
  dsr_facts *facts;
  dsr_view *view;
  const dsr_export_options *options;
  const uint32_t *relations; /* numbers asked for, in any order */
  size_t n_relations;        /* 0: all */
  dsr_pen *pen;
  dsr_pace *pace;
} dsr_exporting;

/* Walk, handing items to the sink. */
dsr_status dsr_outwalk(const dsr_exporting *how, const dsr_sink *sink);

/* Export `view` of `facts`: as dsr_export() of dossier.h. */
dsr_status dsr_facts_export(dsr_facts *facts, dsr_view *view,
                            const dsr_export_options *options, dsr_write write,
                            void *ud);

/* ---- formats: each exports by filling in a sink and walking ----------------------- */

dsr_status dsr_export_dl(const dsr_exporting *how);
/* "lines": a line for each statement, whole: what tells it from others of its kind, a tab,
** the statement.  For comparing bases. */
dsr_status dsr_export_lines(const dsr_exporting *how);
dsr_status dsr_export_csv(const dsr_exporting *how);
dsr_status dsr_export_jsonl(const dsr_exporting *how);
dsr_status dsr_export_dot(const dsr_exporting *how);
dsr_status dsr_export_nt(const dsr_exporting *how);
dsr_status dsr_export_nq(const dsr_exporting *how);
dsr_status dsr_export_ttl(const dsr_exporting *how);
dsr_status dsr_export_trig(const dsr_exporting *how);

#endif
