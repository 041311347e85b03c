/*
** scan_inside.h - what a scan is, for the files that make it up.
*/
#ifndef DSR_FACTS_SCAN_INSIDE_H
#define DSR_FACTS_SCAN_INSIDE_H

#include "facts/engine.h"

typedef struct dsr_leg {
  const dsr_relation *stored;
  int arity;                    /* columns of the relation asked for */
  uint8_t map[DSR_ARITY_MAX];   /* column i comes from stored column map[i] */
  uint8_t plain[DSR_ARITY_MAX]; /* of a mirrored leg: the map that it mirrors */
  bool mirrored;
  dsr_word pattern[DSR_ARITY_MAX]; /* by stored column */
  dsr_word stands[DSR_ARITY_MAX];  /* or: who stands for all that it may hold */
  int about; /* dsr_scan_about: the column that must hold the entity; else -1 */
} dsr_leg;

struct dsr_scan {
  dsr_reader reader; /* first: a reader is a scan */
  dsr_facts *facts;
  dsr_view *view;
  unsigned flags;
  dsr_word time;
  VEC(dsr_leg) legs;
  size_t leg;               /* the one being walked */
  dsr_cursor *cursor;       /* NULL: the leg is not begun */
  int lead;                 /* the column whose order a leg without a pattern takes */
  const dsr_strain *strain; /* by column of the relation asked for; NULL: none */
  bool preferring;          /* verdicts may rule facts out */
  bool joining;             /* same_as joins some entities */
  bool dated;               /* the view looks at valid times */
  bool sifting;       /* rows of the leg need more than their place in its order */
  bool plain;         /* and nothing else but their set decides on them */
  size_t at;          /* the next row of the run to be looked at */
  size_t ready;       /* those before, from `at` on, are matches */
  size_t reach;       /* how many of them are looked at for the next span */
  uint64_t moves;     /* the generation in which they were given */
  bool bare;          /* the leg's sets are read past the filters */
  struct {            /* what the set of the last row came to */
    uint64_t set, at; /* at which generation; set 0: not yet */
    bool in;
  } last;
  uint64_t walked; /* rows that were looked at, or strained out */
  uint64_t strained;
  bool drained;
  VEC(dsr_match) taken; /* what was taken into memory, and how much of it was given */
  size_t given;
  /* What a scan does not begin with. */
  dsr_stretch run; /* rows that the cursor gave */
  dsr_match match;
  dsr_strain own; /* of the leg's stored columns */
};

/* The columns as they are. */
extern const uint8_t dsr_legs_identity[DSR_ARITY_MAX];

/* What legs are to give. */
typedef struct dsr_asked_for {
  const dsr_word *pattern; /* by column of the relation asked for; NULL: all free */
  int arity;
} dsr_asked_for;

dsr_status dsr_legs_push(dsr_scan *scan, const dsr_leg *made);
/* All legs of a relation, its columns given by `map` (dsr_legs_identity); DSR_ENOMEM. */
dsr_status dsr_legs_add(dsr_scan *scan, const dsr_asked_for *ask,
                        const dsr_relation *relation, const uint8_t *map);

#endif
