/*
** kept.h - rules and constraints that a base keeps, as text.
**
** A rule is known by its canonical text (its tokens with a blank between any two), so that
** the same rule is kept once, whoever lays it out how.  It keeps the words that it was
** written in, and where they stood when it was last loaded.  Rules are like declarations:
** not versioned, in every view the same, part of the transaction that changes them, and
** not taken back by an undo.
**
** What a rule says is not known here; only which relation it derives.
*/
#ifndef DSR_FACTS_KEPT_H
#define DSR_FACTS_KEPT_H

#include "facts/fact.h"

typedef struct dsr_kept_rule {
  uint32_t number; /* from 1, never given again */
  bool constraint;
  dsr_str
      name; /* the relation that it derives, a CURIE spelled out; none: a constraint */
  int arity;
  dsr_str text; /* as written, with its dot */
  dsr_str canonical;
  dsr_str file; /* what its file was called when it was loaded */
  dsr_place at; /* and where in that it stood */
} dsr_kept_rule;

/* By place, in order of number (NULL past the end); by number (NULL: none).  Good until
** rules change, a rollback, or a snapshot that moved. */
const dsr_kept_rule *dsr_kept_at(dsr_facts *facts, size_t i);
const dsr_kept_rule *dsr_kept_get(dsr_facts *facts, uint32_t number);
/* The first rule that derives a relation of the name, and of `arity` unless that is below
** zero; NULL: none. */
const dsr_kept_rule *dsr_kept_deriving(dsr_facts *facts, dsr_str name, int arity);

/* A count that moves with each change of the rules that this handle sees. */
uint64_t dsr_kept_version(const dsr_facts *facts);
/* How many rules the open or last transaction added and dropped. */
int64_t dsr_kept_added(const dsr_facts *facts);
int64_t dsr_kept_dropped(const dsr_facts *facts);

/* Keep a rule, whose number is given here: DSR_OK, or DSR_NOTHING where it is kept
** already; then its words and place become those of `rule`, where no earlier call since
** dsr_kept_begin() said them.  Notes that the file at work makes it (made.h).  In a
** transaction. */
dsr_status dsr_kept_add(dsr_facts *facts, const dsr_kept_rule *rule);
/* A load begins. */
void dsr_kept_begin(dsr_facts *facts);
/* Was the rule said since the load began? */
bool dsr_kept_said(const dsr_facts *facts, uint32_t number);
/* Keep the rule no more: DSR_OK, or DSR_NOTHING.  In a transaction. */
dsr_status dsr_kept_drop(dsr_facts *facts, uint32_t number);

/* Of a schema record: DSR_ROW where it has words of a rule that is kept no more, or now
** has others, with what is to stand in its place; else DSR_OK. */
dsr_status dsr_kept_scrub(dsr_facts *facts, dsr_str record, dsr_bytes *out);

#endif
