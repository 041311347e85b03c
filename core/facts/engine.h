/*
** engine.h - what the files of this room share: the struct behind dsr_facts.
**
** Everything here is a cache of the store or the state of the open transaction.  Claims
** and sets are kept once met, by number, since they never change; the catalogue is kept
** whole.  A rollback drops what the transaction added.
*/
#ifndef DSR_FACTS_ENGINE_H
#define DSR_FACTS_ENGINE_H

#include "facts/bulk.h"
#include "facts/kept.h"
#include "facts/made.h"
#include "facts/naming.h"
#include "facts/nearby.h"
#include "facts/search.h"
#include "facts/trust.h"
#include "facts/view.h"
#include "ground/bytes.h"

/* The catalogue: all relations, in order of number, and a hash of name and arity. */
typedef struct dsr_catalogue {
  dsr_arena arena;
  VEC(dsr_relation *) all;
  uint32_t *slots; /* index into `all` plus one; 0 is free */
  size_t n_slots;
  VEC(dsr_kept_rule) rules; /* in order of number */
  uint32_t next_rule;
  uint64_t next_record; /* the first schema record not read yet */
  uint64_t kin_at;      /* next_record when `general` and `named` were worked out */
  uint32_t next_number;
} dsr_catalogue;

/* A mention that is in the store for certain: the entity, and relation << 8 | column. */
typedef struct dsr_mention {
  dsr_word entity;
  uint64_t where;
} dsr_mention;
enum { DSR_MENTIONS = 1024 };

struct dsr_facts {
  dsr_error *error;
  dsr_store *store;
  dsr_symbols *symbols;
  dsr_catalogue catalogue;

  dsr_arena arena;             /* of claims and sets */
  VEC(dsr_claim_row *) claims; /* by number; NULL: not met yet */
  VEC(dsr_set *) sets;

  bool fixed_clock;
  int64_t now;

  bool writing;
  dsr_status doomed; /* below zero: only a rollback is left */
  dsr_error why;     /* the words of what doomed it */
  bool wrote_schema; /* the open transaction changed the catalogue */
  bool wrote_made;   /* and what a file makes */
  int64_t changes;
  int64_t opened; /* those of the changes that opened a claim */
  struct {
    uint64_t version; /* moves with each change of the rules */
    int64_t added, dropped;
    VEC(uint32_t) said; /* rules that the load at work has said, by number */
  } rules;
  dsr_made *making; /* takes note of the claims that are made; NULL: nobody does */
  uint64_t marked_symbols, marked_claims,
      marked_sets; /* first numbers of the open one */
  uint64_t moves;  /* counts snapshots that moved and changes */
  int64_t read_at; /* milliseconds: when the snapshot was last looked after */

  /* What the last claim did, so that a bulk of like claims is looked up once. */
  struct {
    dsr_claim_row row;
    uint64_t claim;
    uint64_t from_set, to_set;
    dsr_word source; /* known to be declared */
  } last;

  /* Met last, by hash: facts that follow each other often speak of the same.  NULL: none
  ** is kept. */
  dsr_mention *mentions;

  dsr_indexing indexing; /* texts for the search */
  uint64_t named;        /* moves when an entity gets a name or a first mention */
  dsr_nearby *nearby;    /* the book of names; NULL: nobody asked yet */

  dsr_watcher watcher; /* told of each claim opened or closed; NULL: nobody */
  void *watcher_ud;

  dsr_bulk *bulk;     /* the bulk load that is open, or NULL */
  dsr_naming *naming; /* its names, until they have landed */

  dsr_reader *readers;
  dsr_scan *spare;   /* one that stopped, kept for the next; or NULL */
  int held;          /* calls of functions that run while a query waits for them */
  bool resting;      /* the snapshot was let go */
  uint64_t erasures; /* of the store, as what is kept here knows it */
  dsr_bytes scratch;
};

typedef VEC(dsr_word) dsr_words;
typedef VEC(unsigned char) dsr_seen;

struct dsr_view {
  dsr_facts *facts;
  const dsr_view *parent;

  bool has_as_of, has_since, has_until;
  dsr_day as_of, since, until;
  bool has_known_at;
  uint64_t known_at; /* the last transaction in view */
  bool has_sources, has_speakers, has_kinds;
  dsr_words sources, speakers;
  unsigned kinds; /* a bit for each kind let through */
  char min_reliability, min_credibility;
  bool settled, possible, fold;

  dsr_seen filtered, bare; /* what each set says, by number */
  uint64_t built_at;       /* the generation that the tables belong to */

  bool same_known; /* `same` is that of generation same_at */
  uint64_t same_at;
  dsr_words same; /* pairs: an entity, and the one that stands for it; in order */
};

/* ---- catalogue.c ---------------------------------------------------------------- */

dsr_status dsr_catalogue_open(dsr_facts *facts);   /* built-ins, then what is stored */
dsr_status dsr_catalogue_follow(dsr_facts *facts); /* schema records not read yet */
void dsr_catalogue_free(dsr_facts *facts);
/* Append the relation as a schema record and put it into the catalogue. */
dsr_status dsr_catalogue_record(dsr_facts *facts, const dsr_relation *relation);
/* Append a schema record and read it: in a transaction, which a failure dooms. */
dsr_status dsr_catalogue_append(dsr_facts *facts, dsr_str bytes);
/* A fact with a written time was claimed: remember that the relation is timed. */
dsr_status dsr_catalogue_timed(dsr_facts *facts, uint32_t number);

/* Have the relations' `general` and `named` as the catalogue is now. */
void dsr_catalogue_kin(dsr_facts *facts);

/* The relation that facts of `relation` are stored under; *swapped where the first two
** columns change places on the way. */
const dsr_relation *dsr_relation_stored(dsr_facts *facts, const dsr_relation *relation,
                                        bool *swapped);

/* ---- claim.c -------------------------------------------------------------------- */

/* The number of a claim or of a set of entries, given one if new; in a transaction. */
dsr_status dsr_claim_intern(dsr_facts *facts, const dsr_claim_row *row,
                            uint64_t *number);
dsr_status dsr_set_intern(dsr_facts *facts, const dsr_entry *entries, size_t n,
                          uint64_t *number);
/* Forget claims and sets that a rolled back transaction added. */
void dsr_claims_rollback(dsr_facts *facts);

/* ---- made.c --------------------------------------------------------------------- */

/* A claim is made for a canonical fact, be it live already or not. */
dsr_status dsr_made_note(dsr_facts *facts, const dsr_tuple *fact, uint64_t claim);

/* The rule of this canonical text is made, be it kept already or not. */
dsr_status dsr_made_note_rule(dsr_facts *facts, dsr_str canonical);

/* ---- bulk.c --------------------------------------------------------------------- */

/* DSR_EMISUSE while a bulk load is open: it must end before the transaction does. */
dsr_status dsr_bulk_check(dsr_facts *facts);
/* The transaction was rolled back: the bulk load that is open can only be dropped. */
void dsr_bulk_cut(dsr_facts *facts);

/* ---- kept.c --------------------------------------------------------------------- */

/* Take over a rule's record, read up to behind its 0.  DSR_EDAMAGED has no words yet. */
dsr_status dsr_kept_read(dsr_facts *facts, dsr_bytes_reader *in);

/* ---- source.c -------------------------------------------------------------------- */

/* DSR_EDECLARE where `child` derived from `parent` would make a circle. */
dsr_status dsr_source_check_derivation(dsr_facts *facts, dsr_word child,
                                       dsr_word parent);

/* ---- trust.c -------------------------------------------------------------------- */

/* A fact of the same tuple, whatever its time, held or not. */
typedef struct dsr_sibling {
  dsr_tuple fact;
  uint64_t set;
  dsr_time time;
  unsigned sees; /* what its set says in view; not held where it lost a conflict */
  bool in_time;  /* its time is in view */
} dsr_sibling;
typedef VEC(dsr_sibling) dsr_siblings;

/* Add the siblings of a canonical fact, itself among them, to `out`. */
dsr_status dsr_siblings_of(dsr_facts *facts, dsr_view *view, const dsr_tuple *tuple,
                           dsr_siblings *out);
/* In a settled view a fact that lost a conflict is not held. */
dsr_status dsr_sibling_settle(dsr_facts *facts, dsr_view *view, dsr_sibling *sibling);
/* Does a live denial in view on `denied` reach `held`: on itself, or on a coarser time
** (unless a verdict prefers the fact, in a settled view). */
bool dsr_sibling_reached(const dsr_view *view, const dsr_sibling *held,
                         const dsr_sibling *denied, bool occurs);

/* ---- view.c --------------------------------------------------------------------- */

/* Are sets of the relation read past the filters? */
bool dsr_relation_bare(uint32_t relation);

/* Marks a set that a view remembers, beside what it sees in it. */
enum { DSR_VIEW_KNOWS = 128 };

/* What a set says under a view, past the filters or not, where the view remembers it. */
static inline bool dsr_view_recall(const dsr_view *view, bool bare, uint64_t set,
                                   unsigned *sees) {
  const dsr_seen *seen = bare ? &view->bare : &view->filtered;
  if (view->built_at != view->facts->moves || set >= seen->len) return false;
  *sees = seen->items[set] & ~(unsigned)DSR_VIEW_KNOWS;
  return seen->items[set] & DSR_VIEW_KNOWS;
}

/* What the assertions in view of several claim sets come to, denials aside; for many such
** questions: origins of sources that were met are kept.  VEC_FREE(&weighing.origins). */
typedef struct dsr_weighing {
  dsr_facts *facts;
  dsr_view *view;
  dsr_words origins; /* pairs: a source, its origin; in order */
} dsr_weighing;
dsr_status dsr_weigh_sets(dsr_weighing *weighing, uint32_t relation,
                          const uint64_t *sets, size_t n, dsr_trust *out);
/* Is the canonical fact in a conflict that no denial makes. */
dsr_status dsr_trust_clashes(dsr_facts *facts, dsr_view *view, const dsr_tuple *fact,
                             bool *out);

/* ---- same.c, scan.c, conflict.c ------------------------------------------------- */

/* Have view->same as the base is now. */
dsr_status dsr_view_same_build(dsr_view *view);

/* What a set says past the filters: what was known and, in a settled view, not overruled.
 */
dsr_status dsr_view_bare(dsr_view *view, uint64_t set, unsigned *sees);

/* Further flags of a scan. */
enum {
  DSR_SCAN_UNSETTLED = 64, /* facts that lost a conflict or fold away are let through */
  DSR_SCAN_BARE = 128,     /* facts are seen past the filters, whatever their time */
};
void dsr_scan_spare_free(dsr_facts *facts);

/* By relation, columns, time: an order of words, 0 for the same fact only. */
int dsr_tuple_order(const dsr_tuple *a, const dsr_tuple *b);

/* Is there a key or `once` where facts of the relation may be in conflict? */
dsr_status dsr_conflict_checked(dsr_facts *facts, const dsr_relation *relation,
                                bool *out);

/* Is the fact in conflict with one that a live verdict prefers, and not preferred? */
dsr_status dsr_conflict_lost(dsr_facts *facts, dsr_view *view, const dsr_tuple *fact,
                             bool *lost);

/* ---- fact.c --------------------------------------------------------------------- */

/* Checks before a change: a transaction is open and sound; readers take what they
** need. */
dsr_status dsr_facts_change(dsr_facts *facts);

/* Put a canonical fact with the set that comes after `before` (0: it is new). */
dsr_status dsr_fact_put(dsr_facts *facts, const dsr_tuple *tuple, uint64_t before,
                        uint64_t set);

/* Tell whoever watches that a claim was opened (+1) or closed (-1). */
dsr_status dsr_facts_tell(dsr_facts *facts, int change, const dsr_tuple *fact,
                          const dsr_claim_row *claim);

/* The symbol of an interned word, without keeping it: borrowed until the next call on the
** store or the symbols.  For who looks at all of them. */
dsr_status dsr_facts_name(dsr_facts *facts, dsr_word word, dsr_symbol_kind *kind,
                          dsr_str *spelling);

#endif
