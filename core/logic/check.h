/*
** check.h - what a load would refuse in a program, and what is allowed and looks wrong.
**
** A program is loaded into an open transaction, which the caller rolls back: what the
** load refuses are errors, all of them told; what it takes is then looked at again, fact
** by fact, beside what the base knows.  Nothing that is suspicious is certain to be
** wrong, so each sort of it has a word, a `kind`, by which it can be left out:
**
**   unknown-relation  a relation that is declared nowhere and that no fact in the base
**                     has: each use of it where one declared has a similar name, else
**                     the first; not told where nothing at all is declared
**   no-label          an entity that facts mention and that has no label, at its first
**                     mention; not told where nothing at all has a label; told once for
**                     all where more than twenty, and more than have one, have none
**   near-entity       an entity mentioned once, without a label, spelled almost as one
**                     that is mentioned often
**   no-source         a fact outside `from`, where sources are used; told once for facts
**                     that follow one another
**   unused-source     a source declared in the program of which nothing comes
**   date              a time more than ten years ahead; one after the date of the source
**                     that states it; one far from all others of its source
**   variable          a variable used once that in small letters is an entity
**   once              a variable that a rule uses once, and that does not begin with _
**   message           a variable in the message of a constraint, {X}, that its conditions
**                     do not have
**   same              a claim made twice
**
** Facts of the built-in relations say nothing of the world, and need no source; what a
** clause that cannot be read seems to speak of is not told to be missing.
**
** Cost: near linear in the program; a look at each entity of the base where some entity
** is mentioned once, at each claim where some source seems unused.
*/
#ifndef DSR_LOGIC_CHECK_H
#define DSR_LOGIC_CHECK_H

#include "logic/whole.h"

/* What was found, and in which of the program's files, to sort by. */
typedef struct dsr_found {
  dsr_finding told;
  int file;
} dsr_found;

typedef struct dsr_findings {
  dsr_program program; /* what is looked at; its files' names are the findings' */
  dsr_arena arena;     /* of the texts */
  VEC(dsr_found) items;
  bool lacking; /* memory ran out while an error was told */
} dsr_findings;

/* A dsr_error_told, to hear of errors in the program: `ud` is the findings. */
void dsr_findings_hear(void *ud, dsr_status code, const char *file, dsr_place place,
                       const char *message);

/* Load findings->program and look at it, at its rules with those that `whole` tells of.
** Needs a transaction, to be rolled back by the caller whatever comes back: below zero where
** the base failed, and it has the words. */
dsr_status dsr_check_program(dsr_facts *facts, const dsr_whole *whole,
                             dsr_findings *findings);

/* Put them in order of file, line and column, errors first; what is suspicious at the
** very place of an error goes. */
void dsr_findings_sort(dsr_findings *findings);

void dsr_findings_free(dsr_findings *findings); /* back to all zero */

/* What is seen through `view` of `from`, as facts in `to`, an empty base with an open
** transaction: declarations, facts held, and who claims them.  (copy.c) */
dsr_status dsr_facts_copy(dsr_facts *from, dsr_view *view, dsr_facts *to);

#endif
