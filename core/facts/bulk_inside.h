/*
** bulk_inside.h - what an open bulk load is, for the files that make it up.
**
** bulk.c takes names, claims and rows in; bulk_store.c has them sorted and stored,
** bulk_text.c what the search must know of them.
*/
#ifndef DSR_FACTS_BULK_INSIDE_H
#define DSR_FACTS_BULK_INSIDE_H

#include "facts/bulk.h"
#include "facts/engine.h"
#include "facts/mentioned.h"
#include "ground/aside.h"
#include "store/pile.h"

/* What must be known of a relation for each of its rows. */
typedef struct dsr_layout {
  bool known;
  bool swap, symmetric;
  bool apart; /* goes the ordinary way */
  bool timed; /* a row with a time came */
  uint8_t arity;
  uint32_t stored;
  uint8_t admits[DSR_ARITY_MAX]; /* a bit for each tag that fits the column for sure */
  uint64_t rows;                 /* of a stored one: put under it */
  size_t place;                  /* of its first column among those mentioned */
} dsr_layout;

enum { DSR_KNOWN_BITS = 8, DSR_KNOWN = 1 << DSR_KNOWN_BITS };

/* A relation that was asked for: good while the catalogue stays as it is. */
typedef struct dsr_known_relation {
  dsr_str name; /* the catalogue's */
  int arity;
  uint32_t number;
} dsr_known_relation;

/* Texts to be gathered. */
typedef struct dsr_given_text {
  uint64_t number;
  const void *place; /* naming.h */
} dsr_given_text;
typedef VEC(dsr_given_text) dsr_given;

struct dsr_bulk {
  dsr_facts *facts; /* NULL: the transaction is over */
  dsr_pace *pace;
  size_t memory;
  char folder[4096];
  bool finished;
  dsr_pile *piles[DSR_ARITY_MAX + 1]; /* by arity; NULL: none yet */
  int n_piles;
  /* Rows of one relation in its second order, with set and DSR_BULK_NEW: those that come, and those
  ** of the relation before, which are sorted meanwhile. */
  dsr_pile *second, *sorting;
  dsr_aside aside;       /* a pile is sorted by another thread, which tells here */
  dsr_error aside_error; /* what fails */
  dsr_mentioned *mentions;
  dsr_pile *texts; /* rows of DSR_REL_TEXT; NULL: none yet */
  dsr_word last_text;
  uint64_t texts_first;          /* the load's own are from this number on */
  uint64_t texts_from, texts_to; /* those that are yet to be handed over */
  size_t n_texts;                /* rows with such texts, since the last were */
  dsr_given given, taken;        /* handed over, and those of the other thread */
  size_t taken_at;               /* it has got that far */
  bool texts_end;                /* no more rows come */
  dsr_aside gathering;
  bool quotes;                         /* a claim with a quotation came */
  VEC(dsr_layout) layouts;             /* by number */
  uint64_t layouts_at;                 /* catalogue record up to which they hold */
  dsr_known_relation known[DSR_KNOWN]; /* by guess_slot() */
  uint64_t known_at;                   /* as layouts_at */
  dsr_claim_row claim;
  dsr_word declared; /* the source last found to be declared */
  uint64_t
      number; /* of the claim at hand, shifted, and DSR_BULK_VERDICT; 0: none yet */
  uint64_t rows;
  int64_t opened;
  dsr_words preferred; /* relations of which a fact was preferred */
  dsr_bytes scratch;
  struct {
    uint64_t before, claim, after; /* after 0: nothing yet */
  } last;
};

/* Behind a claim's number in a pile, and behind a set's in the second one. */
enum { DSR_BULK_VERDICT = 1, DSR_BULK_NEW = 1 };

/* Sort and write everything, within the transaction, which is doomed where it fails. */
dsr_status dsr_bulk_store(dsr_bulk *bulk);

/* ---- bulk_text.c ----------------------------------------------------------------- */

/* A row with texts is put. */
dsr_status dsr_bulk_text_put(dsr_bulk *bulk, const dsr_word *args, int arity);
/* A canonical fact is new; a claim was added to one. */
dsr_status dsr_bulk_text_fact(dsr_bulk *bulk, const dsr_tuple *fact);
dsr_status dsr_bulk_text_claim(dsr_bulk *bulk, const dsr_tuple *fact, uint64_t number);
/* No more rows come: have another thread gather what is left of the load's own texts, from
** its names; and wait for it. */
dsr_status dsr_bulk_text_gather(dsr_bulk *bulk);
dsr_status dsr_bulk_text_gathered(dsr_bulk *bulk);
/* Store what was noted; the facts are stored. */
dsr_status dsr_bulk_text_store(dsr_bulk *bulk);

#endif
