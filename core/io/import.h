/*
** import.h - files in other formats, into a base: one transaction, and a reader for each
** format.
**
** dsr_facts_import() opens each file in turn, finds the reader by the format's name (or by
** the ending of the file's), and hands it the input and the bulk load that all files
** share (facts/bulk.h).  What a reader puts is on record once all have come to an end.
**
** A format plugs in with a row of the table in import.c and a function
** `dsr_status read(dsr_importing *, dsr_input *)`, which reads the input to its end:
**
**   - it calls dsr_import_step() for each row or statement, or for some dozen of them
**   - it tells errors with dsr_error_at(im->error, ...), as FILE:LINE:COLUMN
**   - it makes claims of im->source unless the data says otherwise
**   - it counts into im->report what it read; claims are counted for it
**
** Cost: that of the bulk load.
*/
#ifndef DSR_IO_IMPORT_H
#define DSR_IO_IMPORT_H

#include "facts/bulk.h"
#include "ground/pace.h"
#include "io/input.h"

typedef struct dsr_importing {
  dsr_facts *facts;
  const dsr_import_options *options; /* never NULL */
  dsr_import_report *report;         /* never NULL */
  dsr_error *error;
  dsr_bulk *bulk;
  dsr_word source; /* claims are this one's, unless the data says; declared */
  dsr_pace pace;
  const char *name;            /* of the file at hand, for messages */
  const char *format;          /* its name: "nt" */
  struct dsr_tabling *tabling; /* tabling.h; NULL: no table was read */
  VEC(dsr_word) prefixes;      /* labels that files declared */
} dsr_importing;

/* Note that rows were read: DSR_ESTOPPED, in words, where the host stops the call. */
dsr_status dsr_import_step(dsr_importing *im, const dsr_input *input);

/* Tell of what is allowed and of no effect: options->note, if there is one. */
void dsr_import_note(dsr_importing *im, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Have claims of `source`, an entity, that is declared (by `base`) where it is not. */
dsr_status dsr_import_source(dsr_importing *im, dsr_word source);

/* As dsr_import() of dossier.h, within the open transaction, which a failure dooms. */
dsr_status dsr_facts_import(dsr_facts *facts, const char *const *paths, int n,
                            const dsr_import_options *options,
                            dsr_import_report *report);

/* ---- formats ---------------------------------------------------------------------- */

dsr_status dsr_import_nt(dsr_importing *im, dsr_input *input);
dsr_status dsr_import_nq(dsr_importing *im, dsr_input *input);
dsr_status dsr_import_ttl(dsr_importing *im, dsr_input *input);
dsr_status dsr_import_trig(dsr_importing *im, dsr_input *input);
dsr_status dsr_import_csv(dsr_importing *im, dsr_input *input); /* and "tsv" */
dsr_status dsr_import_jsonl(dsr_importing *im, dsr_input *input);

#endif
