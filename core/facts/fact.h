/*
** fact.h - facts and the claims on them: what is recorded, by whom, since when.
**
** A fact is a tuple of a relation with a valid time as written.  It is stored once, in
** its canonical form: an inverse under the relation it was declared the inverse of, a
** symmetric pair in order of words.  With it goes the number of its claim set: the
** whole history of claims on it.  Sets and claims are immutable and interned, so a
** million facts that one source claims in one load share one set.
**
** To change what is claimed of a fact costs one look-up of its row, one of the new set,
** and one put.  Reading a row costs nothing here: the view (view.h) decides per set.
*/
#ifndef DSR_FACTS_FACT_H
#define DSR_FACTS_FACT_H

#include "facts/relation.h"
#include "store/store.h"
#include "value/symbol.h"

typedef struct dsr_facts dsr_facts;

/* A fact's identity, canonical where it came from the store. */
typedef struct dsr_tuple {
  uint32_t relation;
  int arity;
  dsr_word args[DSR_ARITY_MAX];
  dsr_word time; /* DSR_WORD_NONE: written without `@` */
} dsr_tuple;

/* What a claim does to a fact. */
typedef enum dsr_verb {
  DSR_ASSERTS = 1,
  DSR_DENIES,
  DSR_PREFERS,    /* verdict: of facts in conflict, this one */
  DSR_DEPRECATES, /* verdict: the claims on it by `target` (none: all) do not count */
} dsr_verb;

/* A claim as kept.  Words are DSR_WORD_NONE where there is none. */
typedef struct dsr_claim_row {
  dsr_verb verb;
  dsr_kind kind;
  char reliability;    /* 'a'..'f' of this claim's own grade, or 0 */
  char credibility;    /* '1'..'6', or 0 */
  dsr_word source;     /* never none; `base` where the text gave no source */
  dsr_word locator;    /* text */
  dsr_word speaker;    /* entity */
  dsr_word quotation;  /* text; of a verdict, its reason */
  dsr_word confidence; /* number */
  dsr_word target;     /* of a verdict: the source judged, or none */
} dsr_claim_row;

/* A claim in a set: the transactions that opened and closed it (0: live). */
typedef struct dsr_entry {
  uint64_t claim;
  uint64_t opened;
  uint64_t closed;
} dsr_entry;

typedef struct dsr_set {
  size_t n;
  const dsr_entry *entries; /* in order of opening */
} dsr_set;

/* Which live claims a retraction closes: those that agree with what is set. */
typedef struct dsr_claim_filter {
  dsr_verb verb; /* 0: assertions and denials */
  bool by_kind;
  dsr_kind kind;
  char reliability, credibility;     /* of the claim's own grade; 0: any */
  dsr_word source, locator, speaker; /* none: any */
  dsr_word quotation, confidence;
  dsr_word target;              /* of verdicts; none: any */
  const dsr_claim_row *exactly; /* the same in all, whatever is set above; NULL: any */
} dsr_claim_filter;

/* Something that reads while the base may change: told to take what it still needs. */
typedef struct dsr_reader {
  dsr_status (*drain)(struct dsr_reader *reader);
  dsr_facts *facts; /* set by joining, like the rest */
  struct dsr_reader *next, **prev;
} dsr_reader;

/* ---- the engine ---------------------------------------------------------------- */

dsr_status dsr_facts_open(const char *path, const dsr_open_options *options,
                          dsr_error *error, dsr_facts **out);
void dsr_facts_close(dsr_facts *facts);
dsr_symbols *dsr_facts_symbols(dsr_facts *facts);
dsr_store *dsr_facts_store(dsr_facts *facts);
dsr_error *dsr_facts_error(dsr_facts *facts);
dsr_word dsr_facts_base_source(dsr_facts *facts); /* the entity `base` */

/* Be ready to read: the snapshot is there and as fresh as the rules ask. */
dsr_status dsr_facts_read(dsr_facts *facts, bool newest);

/* As in dossier.h.  Before anything that readers see changes, each is drained once. */
dsr_status dsr_facts_begin(dsr_facts *facts);
dsr_status dsr_facts_commit(dsr_facts *facts);
/* The open transaction, which has changed nothing yet, is that of a history, recorded at
** `stamp`; with `next`, the one after it, which lands with it: dsr_store_replay(). */
dsr_status dsr_facts_replay(dsr_facts *facts, int64_t stamp, bool next);
dsr_status dsr_facts_rollback(dsr_facts *facts);
bool dsr_facts_writing(const dsr_facts *facts);
/* A failure after the first write: the transaction can only be rolled back. */
dsr_status dsr_facts_doom(dsr_facts *facts, dsr_status why);
/* The clock of the handle: microseconds since 1970 UTC. */
int64_t dsr_facts_now(const dsr_facts *facts);
/* Claims opened or closed in the open or last transaction. */
int64_t dsr_facts_changes(const dsr_facts *facts);
int64_t dsr_facts_opened(const dsr_facts *facts); /* of these, opened */
/* A count that moves when what this handle sees may have changed. */
uint64_t dsr_facts_generation(const dsr_facts *facts);

/* Have `watcher` told of each claim opened or closed, as in dossier.h; NULL ends it. */
void dsr_facts_watch(dsr_facts *facts, dsr_watcher watcher, void *ud);
bool dsr_facts_watched(const dsr_facts *facts);

void dsr_reader_join(dsr_facts *facts, dsr_reader *reader);
void dsr_reader_leave(dsr_reader *reader);

/* Where nobody reads or writes, let the snapshot go, so that this handle, should it be
** idle from now on, does not keep others' log from being reused.  The last reader to
** leave does so too, once its snapshot is 100 ms old. */
void dsr_facts_rest(dsr_facts *facts);

/* While held, once or more, the base can be read at the snapshot that it has, and neither be
** changed (DSR_EMISUSE) nor move to another: a function that a running query calls may
** look things up. */
void dsr_facts_hold(dsr_facts *facts, bool on);

/* ---- relations ----------------------------------------------------------------- */

/* By number (NULL: none), by name and arity, by place in the catalogue's order (0 ..;
** built-ins first, then by number; NULL past the end).  Good until a rollback or a
** snapshot that moved; numbers stay good. */
const dsr_relation *dsr_relation_get(dsr_facts *facts, uint32_t number);
const dsr_relation *dsr_relation_find(dsr_facts *facts, dsr_str name, int arity);
const dsr_relation *dsr_relation_at(dsr_facts *facts, size_t i);
/* The nearest name of a relation that is known (view.h), "" if none, and whether the name exists with another arity (that
** arity, or -1): for messages. */
dsr_str dsr_relation_nearest(dsr_facts *facts, dsr_str name, int *arity);

/*
** Declare a relation, or meet one in a fact (declared false).  `spec` has names in it,
** borrowed for the call; its number is ignored.  Declaring again with the same content
** is DSR_NOTHING.  DSR_EDECLARE, in words, where it breaks stored facts or other
** declarations.  Needs a transaction.
*/
dsr_status dsr_relation_declare(dsr_facts *facts, const dsr_relation *spec,
                                uint32_t *number);

/* ---- claims -------------------------------------------------------------------- */

/* Make `tuple` canonical: inverse and symmetric resolved. */
void dsr_tuple_canonical(dsr_facts *facts, dsr_tuple *tuple);

/* Do the words fit the declared column types?  DSR_ETYPE in words, with the column
** (from 0) in *column. */
dsr_status dsr_tuple_check(dsr_facts *facts, const dsr_tuple *tuple, int *column);

/* Record a claim: DSR_OK, or DSR_NOTHING where the same claim is live already.  The
** source must be declared (DSR_ESOURCE).  Needs a transaction. */
dsr_status dsr_claim_add(dsr_facts *facts, const dsr_tuple *tuple,
                         const dsr_claim_row *claim);
/* Close live claims on exactly this fact: DSR_OK, or DSR_NOTHING. */
dsr_status dsr_claim_retract(dsr_facts *facts, const dsr_tuple *tuple,
                             const dsr_claim_filter *filter);

/* As dsr_undo() of dossier.h, within the open transaction: `number` is of one before it.
** Claims that the open transaction itself made are told apart by their transaction. */
dsr_status dsr_transaction_undo(dsr_facts *facts, uint64_t number);

/* As dsr_rename() of dossier.h, within the open transaction: of an entity; of the
** relation `number`. */
dsr_status dsr_entity_named(dsr_facts *facts, dsr_str name); /* by a live fact or claim:
                                                             ** DSR_OK or DSR_NOTHING */
dsr_status dsr_entity_rename(dsr_facts *facts, dsr_str old, dsr_str name, bool merge);
dsr_status dsr_relation_rename(dsr_facts *facts, uint32_t number, dsr_str name);

/* Is the source declared, by a live claim (or is it `base`)? */
dsr_status dsr_source_declared(dsr_facts *facts, dsr_word source, bool *declared);
/* Tell that there is no such source: DSR_ESOURCE, with the nearest name. */
dsr_status dsr_source_unknown(dsr_facts *facts, dsr_str name);

/* The entries of set `number`; the claim of an entry.  Borrowed until the facts close
** or a rollback. */
dsr_status dsr_set_get(dsr_facts *facts, uint64_t number, dsr_set *out);
dsr_status dsr_claim_get(dsr_facts *facts, uint64_t number, const dsr_claim_row **out);
/* A claim's record, not kept; *there is false where it was erased. */
dsr_status dsr_claim_read(dsr_facts *facts, uint64_t number, dsr_claim_row *out,
                          bool *there);
/* The set of a (canonical) fact: DSR_OK, or DSR_NOTHING where it was never claimed. */
dsr_status dsr_fact_set(dsr_facts *facts, const dsr_tuple *tuple, uint64_t *set);

/* Parse a grade, "b2", "B" or "2"; false where it is none.  0 for the half not
** given. */
bool dsr_grade_parse(dsr_str text, char *reliability, char *credibility);
/* The word of a kind, "attributed", and back; false where there is none. */
const char *dsr_kind_word(dsr_kind kind);
bool dsr_kind_named(dsr_str word, dsr_kind *out);

/* "joined(ukraine, pfp) @ 1994" in `arena`. */
dsr_status dsr_tuple_write(dsr_facts *facts, const dsr_tuple *tuple, dsr_arena *arena,
                           dsr_str *out);

/* A claim in the language, without the final dot: "deny first(a, b) @ 1994 from record
** \"1994\" grade b2", "deprecate p(a) from s because \"...\" by t".  Loaded, it makes the
** same claim.  In `arena`. */
dsr_status dsr_claim_write(dsr_facts *facts, const dsr_tuple *tuple,
                           const dsr_claim_row *claim, dsr_arena *arena, dsr_str *out);

/* Microseconds since 1970 UTC <-> "2026-01-02T03:04:05.000006Z" (fraction as needed; a
** date alone means its last microsecond with `end`).  False where it is none. */
bool dsr_stamp_parse(dsr_str text, bool end, int64_t *out);
int dsr_stamp_format(int64_t stamp, char out[32]);

#endif
