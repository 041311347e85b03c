/*
** made.h - which claims and rules the loads of each file made.
**
** A file's path is spelled relative to the base's folder by whoever loads it.  While
** texts are loaded, every claim that they make is noted here by its mark, whether it was
** on record already or not; landing compares the marks with those of the last load.
*/
#ifndef DSR_FACTS_MADE_H
#define DSR_FACTS_MADE_H

#include "facts/fact.h"
#include "ground/pace.h"
#include "ground/vec.h"

typedef VEC(uint64_t) dsr_marks;

/* A file at work. */
typedef struct dsr_made_file {
  const char *path; /* NULL: what it makes is not remembered */
  dsr_word word;    /* its path, as a text of the base */
  dsr_marks marks;  /* of the claims and rules that it makes */
  dsr_marks rules;  /* those of the rules */
} dsr_made_file;

typedef struct dsr_made {
  int n;
  dsr_made_file *files;
  const int *at; /* which of them is at work */
} dsr_made;

/* Note all claims that are made from now on; NULL ends it. */
void dsr_facts_making(dsr_facts *facts, dsr_made *made);

/* What landing came to. */
typedef struct dsr_made_came {
  int files_new; /* files that were never remembered */
  int64_t
      left_out; /* without `replace`: live claims that a file made and makes no more */
  int64_t rules_left_out; /* the same, of rules */
} dsr_made_came;

/*
** Put on record, in the open transaction, that the files make what was noted.  With
** `replace`, they make nothing else from now on: live claims that one of them made before,
** and that no file makes any more, are closed; DSR_ESOURCE where a source would vanish
** that live claims name.  Where nothing has changed nothing is written.
*/
dsr_status dsr_made_land(dsr_facts *facts, dsr_made *made, bool replace, dsr_pace *pace,
                         dsr_made_came *out);

/* Put back what files make to what it was before transaction `number`, as far as no
** later load has changed it; in the open transaction.  Rules stay, and so does what is
** known of who makes them.  *some: there was something. */
dsr_status dsr_made_undo(dsr_facts *facts, uint64_t number, bool *some);

/* The mark of a claim on a canonical fact: what its rows have in their second column. */
uint64_t dsr_made_mark(const dsr_tuple *fact, uint64_t claim);

void dsr_made_free(dsr_made *made);

#endif
