/*
** tabling.h - from rows of a table to facts on record.
**
** A tabling is at work for all files of an import.  It keeps what the rows say
** (pattern.h), reads cells (cell.h), and gathers facts, so that their names become words
** many at a time; a row whose cells are bad is set aside whole, or ends the import.
**
** Cost: a fact takes some fifty bytes and its names until a thousand are gathered.
*/
#ifndef DSR_IO_TABLING_H
#define DSR_IO_TABLING_H

#include "io/cell.h"
#include "io/import.h"

/* The slots of a pattern in one order: also that of the cells of a fact. */
enum {
  DSR_SEAT_RELATION = 0,
  DSR_SEAT_ARG,
  DSR_SEAT_TIME = DSR_SEAT_ARG + DSR_ARITY_MAX,
  DSR_SEAT_TILL,
  DSR_SEAT_PART,
  DSR_SEATS = DSR_SEAT_PART + DSR_PARTS
};

const dsr_slot *dsr_pattern_slot(const dsr_pattern *pattern, int seat);

/* What a fact's claim is made of: words that are none are not said. */
typedef struct dsr_tabled_claim {
  dsr_verb verb;
  dsr_kind kind;
  char reliability, credibility;
  dsr_cell source, locator, speaker, quotation, confidence, target;
} dsr_tabled_claim;

typedef struct dsr_tabling dsr_tabling;

/* The tabling of this import, made at the first call: patterns are read, and the file for
** what is bad is made. */
dsr_status dsr_tabling_open(dsr_importing *im, dsr_tabling **out);
int dsr_tabling_patterns(const dsr_tabling *tabling);
const dsr_pattern *dsr_tabling_pattern(const dsr_tabling *tabling, int i);
dsr_arena *dsr_tabling_arena(dsr_tabling *tabling);

/* A file begins: what stands above what is set aside of it (a header), or none. */
dsr_status dsr_tabling_file(dsr_tabling *tabling, dsr_str header);

/*
** A fact of pattern `i`; cells[] is by seat, and cells of constants are not looked at.
** DSR_NOTHING where an argument has no value.  DSR_ETYPE, DSR_ETIME, DSR_ELIMIT or
** DSR_ESYNTAX where a cell is bad: *seat says which, `why` has the words.
*/
dsr_status dsr_tabling_fact(dsr_tabling *tabling, int i, const dsr_cell *cells,
                            int *seat, char why[DSR_CELL_WHY]);

/* A fact without a pattern, under its own claim.  As above; *seat is an argument, the
** time, or one of the parts. */
dsr_status dsr_tabling_claim(dsr_tabling *tabling, dsr_str relation,
                             const dsr_cell *args, int arity, const dsr_cell *time,
                             const dsr_tabled_claim *claim, int *seat,
                             char why[DSR_CELL_WHY]);

/* A row ends.  `rc` is how its cells were; its error has been told.  A bad one is set
** aside, `raw` as it is, or its code comes back. */
dsr_status dsr_tabling_row(dsr_tabling *tabling, dsr_status rc, dsr_str raw,
                           const dsr_input *input);

/* A file ends: what is still gathered goes on record.  And all were read, and the bulk load
** is finished: verdicts follow. */
dsr_status dsr_tabling_file_end(dsr_tabling *tabling);
dsr_status dsr_tabling_finish(dsr_tabling *tabling);

/* Let go of it; where the import came to nothing (`rc` below zero), or nothing was set
** aside, the file for what is bad is removed.  NULL is allowed. */
void dsr_tabling_close(dsr_tabling *tabling, dsr_status rc);

#endif
