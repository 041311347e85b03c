/*
** dossier.h - the public face of Dossier, an embeddable knowledge engine.
**
** A base is one file (or none: in memory) that holds facts, who claims each of them,
** and since when.  The habits are SQLite's: open a base, prepare a query, step through
** its rows, finalize it, close the base.
**
**   dsr_base *base;  dsr_query *query;
**   dsr_open("nato.kb", NULL, &base);
**   dsr_prepare(base, "?- joined(X, pfp) @ T.", &query);
**   while (dsr_step(query) == DSR_ROW) ... dsr_column_text(query, 0) ...
**   dsr_finalize(query);  dsr_close(base);
**
** Rules that hold everywhere:
** - Every call returns a status; below zero it failed, changed nothing, and
**   dsr_errmsg() has the words.  Outputs are written on success only.
** - Text is UTF-8.  What goes in is copied before the call returns.  What comes out as
**   a dsr_str is borrowed, and the comment says until when.
** - A handle belongs to one thread at a time.  Any number of handles, in threads and
**   processes, may have one file open: many readers beside one writer.
** - Savepoints are not offered: a transaction lands whole or not at all.
** - Nothing prints, nothing aborts, nothing is global.
*/
#ifndef DOSSIER_H
#define DOSSIER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DSR_API __attribute__((visibility("default")))
#else
#define DSR_API
#endif

#define DSR_VERSION "0.1.0"
#define DSR_ARITY_MAX 8 /* a relation has at most this many columns */

typedef struct dsr_base dsr_base;   /* a base, or a view of one */
typedef struct dsr_query dsr_query; /* a prepared query */

/*
** What a call came to.  Zero or more: the call did its work, and the number says
** what it found.  Below zero: it did not; dsr_errmsg() tells where and why.
*/
typedef enum dsr_status {
  DSR_OK = 0,          /* done */
  DSR_ROW = 1,         /* a row is ready to be read */
  DSR_DONE = 2,        /* there are no more rows */
  DSR_NOTHING = 3,     /* the call was right and found nothing to do */
  DSR_ENOMEM = -1,     /* an allocation failed */
  DSR_ESYNTAX = -2,    /* the text is not in the language */
  DSR_ESOURCE = -3,    /* a claim names a source that was never declared */
  DSR_ERELATION = -4,  /* no such relation, or its arity or columns do not fit */
  DSR_ETYPE = -5,      /* a value is of the wrong type for its place */
  DSR_ETIME = -6,      /* a date that does not exist, or an interval that ends early */
  DSR_EDECLARE = -7,   /* a declaration clashes with another or with stored facts */
  DSR_EIO = -8,        /* the file could not be read or written */
  DSR_EBUSY = -9,      /* another writer holds the base */
  DSR_EDAMAGED = -10,  /* the file is truncated or its bytes were changed */
  DSR_EFOREIGN = -11,  /* the file is no Dossier base, or of a newer format */
  DSR_EREADONLY = -12, /* the base, the view or the medium cannot be written */
  DSR_ELIMIT = -13,    /* a fixed limit or a set limit was passed */
  DSR_EMISUSE = -14,   /* the host called in the wrong order or with a bad argument */
  DSR_ESCRIPT = -15,   /* a Lua script failed */
  DSR_EABSENT = -16, /* a thing asked for by name (file, script, entity) is not there */
  DSR_EUNSUPPORTED = -17, /* the language has it, this version does not evaluate it */
  DSR_ESTOPPED = -18,     /* the host asked that the call be stopped */
} dsr_status;

/* A run of bytes, UTF-8, not ended by NUL unless said.  {NULL, 0} is "none". */
typedef struct dsr_str {
  const char *data;
  size_t len;
} dsr_str;

/* What a value or a column is. */
typedef enum dsr_type {
  DSR_NULL = 0,
  DSR_BOOL,
  DSR_INT,
  DSR_DECIMAL,
  DSR_TIME, /* an EDTF date or interval */
  DSR_ENTITY,
  DSR_TEXT,
} dsr_type;

/* A value as hosts pass it: `integer` for DSR_BOOL and DSR_INT, else `text`. */
typedef struct dsr_value {
  dsr_type type;
  int64_t integer;
  dsr_str text;     /* identifier, string, EDTF text, or a decimal's digits */
  dsr_str lang;     /* DSR_TEXT only: BCP 47 tag, or none */
  dsr_str datatype; /* DSR_TEXT only: datatype IRI, or none; never with `lang` */
} dsr_value;

/* A fact: a relation's name, its columns, and when it is valid (none: no `@`). */
typedef struct dsr_fact {
  dsr_str relation;
  int arity;
  const dsr_value *args;
  dsr_str valid; /* EDTF: "1994", "2014-10-01/2024-10-01" */
} dsr_fact;

/* In what manner a source claims something. */
typedef enum dsr_kind {
  DSR_STATED = 0, /* the source says it is so */
  DSR_ATTRIBUTED, /* the source reports that a speaker says so */
  DSR_ASSESSED,   /* the source's own judgement or forecast */
} dsr_kind;

/* Who says a fact, where, and in what manner.  All zero: the built-in source `base`. */
typedef struct dsr_claim {
  dsr_str source;    /* identifier of a declared source: "article" */
  dsr_str locator;   /* where in it, in its own terms: "background/2" */
  dsr_kind kind;     /* stated, attributed to `speaker`, or assessed */
  dsr_str speaker;   /* identifier of an entity; none unless attributed */
  dsr_str grade;     /* Admiralty code: "b2" or "2"; none is ungraded */
  dsr_str quotation; /* a short quotation, or none */
  double confidence; /* 0..1; with `has_confidence` only */
  int has_confidence;
  int has_kind; /* dsr_retract(): `kind` is set, also where it is DSR_STATED */
} dsr_claim;

/* How to open a base.  All zero: read and write, create if absent, wait 5 s. */
typedef struct dsr_open_options {
  int read_only;   /* never writes, and refuses what would */
  int must_exist;  /* a missing file is DSR_EABSENT instead of a new base */
  int busy_ms;     /* how long a writer waits for another; 0: 5000; below 0: not */
  const char *now; /* "2026-01-02T03:04:05Z": the clock of this handle; NULL: real */
  int merge_bound; /* fresh facts kept before a merge; 0: 4096, more in a big base */
  int block_bytes; /* greatest size of a packed block; 0: 8100 */
  int derived_mb;  /* memory for what rules derived, kept for further queries while the
                   ** base stands still, in MB; 0: 64; below 0: nothing is kept */
} dsr_open_options;

/* Which facts and claims a view lets through.  All zero lets all through.  Lists are
** arrays of identifiers ended by NULL.  Times are EDTF text; a coarse day of `as_of`
** means its last.  `known_at` is an instant or a date, or "#17", a transaction. */
typedef struct dsr_view_options {
  const char *as_of;    /* what holds on that day, and what happened by then */
  const char *since;    /* facts that may reach to this day or later */
  const char *until;    /* facts that may begin on this day or earlier */
  const char *known_at; /* what had been recorded by then */
  const char *const *sources;
  const char *const *kinds; /* "stated", "attributed", "assessed" */
  const char *const *speakers;
  const char *min_grade; /* "b2": A-B and 1-2; "b" or "2": that half only */
  int settled;           /* leave out what verdicts deprecate */
  int possible;          /* as_of keeps what possibly holds, too */
  int fold;              /* leave out a fact where a finer one in view says it */
} dsr_view_options;

/* The version of the library, "0.1.0": static. */
DSR_API const char *dsr_version(void);

/* A word or two for a status: "damaged", "busy"; each status has its own.  Static. */
DSR_API const char *dsr_status_text(dsr_status status);

/* The longest beginning of `text`, in whole characters with their marks, that takes at
** most `most` columns of a terminal (INT_MAX: all of it): its bytes, and in *columns how
** many it takes.  Wide characters and emoji take two.  Since 0.1. */
DSR_API size_t dsr_text_fit(dsr_str text, int most, int *columns);

/*
** Open the base in the file `path`, or a new one in memory where `path` is NULL.
** `options` may be NULL.
**
** A new file appears with its first commit.  Where the call fails, *out is a handle
** that can only be asked for dsr_errmsg() and be closed, or NULL when not even that
** could be allocated.
**
** Returns DSR_OK, DSR_EABSENT, DSR_EIO, DSR_EDAMAGED, DSR_EFOREIGN, DSR_EREADONLY,
** DSR_EMISUSE (a bad `now`) or DSR_ENOMEM.  Since 0.1.
*/
DSR_API dsr_status dsr_open(const char *path, const dsr_open_options *options,
                            dsr_base **out);

/*
** Close a base or a view.  NULL is allowed.  An open transaction is rolled back.
** DSR_EMISUSE, and nothing done, while a query or a view of it lives.
*/
DSR_API dsr_status dsr_close(dsr_base *base);

/* What went wrong in the last call on `base` that failed; "" if none.  Good until its
** next call.  Several errors in one text (up to ten) stand one after the other. */
DSR_API const char *dsr_errmsg(const dsr_base *base);

/* Where the last failed call met its first error.  `file` is borrowed until the next
** call; line and column count from 1, columns in characters; all zero if nowhere. */
DSR_API void dsr_errplace(const dsr_base *base, dsr_str *file, int *line, int *column);

/*
** Load text in the language: declarations, sources, facts, denials, verdicts, rules.  `name`
** stands for a file's name in messages.  All of it, or nothing: one transaction, or a
** part of the one that is open (which an error then dooms).  Queries in the text are
** checked and skipped.
**
** Returns DSR_OK or any failure; dsr_errmsg() holds up to ten errors.  Since 0.1.
*/
DSR_API dsr_status dsr_load(dsr_base *base, const char *name, const char *text,
                            size_t len);

/* Load files as dsr_load() does, all as one text: a declaration in one counts in every
** other, in any order.  "-" is standard input.  DSR_NOTHING where `n` is 0. */
DSR_API dsr_status dsr_load_files(dsr_base *base, const char *const *paths, int n);

/* How far a long call is: `done` of `total` steps of `what` ("reading a.dl", "storing"),
** told some ten times a second once a call has taken a second.  Non-zero stops the call:
** it changes nothing and returns DSR_ESTOPPED. */
typedef int (*dsr_progress)(void *ud, const char *what, int64_t done, int64_t total);

/* Told, a line each, of clauses that are allowed and of no effect, the first ten of each
** sort: "a.dl:3:1: nothing to retract: retract joined(a, b).", queries, #show.  Borrowed
** for the call, which must not call the base. */
typedef void (*dsr_load_note)(void *ud, const char *text);

/* Told of each query in the files, once all are loaded, in order: its text as written, its
** file and its line.  Borrowed for the call, which must not call the base. */
typedef void (*dsr_load_query)(void *ud, dsr_str text, const char *file, int line);

/* How to load files.  All zero: as dsr_load_files(). */
typedef struct dsr_load_options {
  int replace; /* claims that a file made when it was loaded before, that it no longer
               ** makes, and that no other file makes, are retracted */
  int dry_run; /* all is done, checked and told, then undone */
  dsr_progress progress; /* NULL: none */
  dsr_load_note note;    /* NULL: none; also where the load then fails */
  dsr_load_query query;  /* NULL: queries are checked and skipped */
  void *ud;
} dsr_load_options;

/* What a load came to. */
typedef struct dsr_load_report {
  int64_t added;       /* claims opened, sources' properties among them */
  int64_t retracted;   /* claims closed, by `retract` in the files or by `replace` */
  int64_t declared;    /* relations that were not declared, or not so, before */
  int64_t idle;        /* `retract` clauses that found nothing to close */
  int64_t left_out;    /* without `replace`: claims that a file made when it was loaded
                     ** before and no longer makes; they stay as they are */
  int files_new;       /* with `replace`: files that this base does not remember */
  int64_t rules_added; /* rules and constraints that were not kept before */
  int64_t rules_dropped;  /* with `replace`: that no file says any more */
  int64_t rules_left_out; /* without `replace`: as `left_out` */
  int64_t queries;        /* queries: checked, and neither told of nor run */
  int64_t skipped;        /* what other languages have and says nothing here: #show */
} dsr_load_report;

/*
** Load files with options; otherwise as dsr_load_files().  `options` and `report` may be
** NULL.
**
** A base remembers for each file which claims its loads made, under the file's path
** relative to the folder of the base ("-" and texts of dsr_load() are not remembered), so
** that base and files can be moved together.  With `replace` a file can be edited and
** loaded again: the base follows it, and history keeps what it no longer says.  Of several
** loads without `replace` all are remembered until the next with it.  A claim that another
** file makes stays, and one that no file made.  A file that is not remembered, like one
** that never made a claim, is loaded as without `replace`.  dsr_undo() of a load takes back
** what is remembered of it, too.
**
** DSR_ESOURCE, beside dsr_load_files()'s, where with `replace` a source would vanish that
** live claims name; DSR_EUNSUPPORTED for `dry_run` inside an open transaction;
** DSR_ESTOPPED.  Since 0.1.
*/
DSR_API dsr_status dsr_load_with(dsr_base *base, const char *const *paths, int n,
                                 const dsr_load_options *options,
                                 dsr_load_report *report);

/*
** What is wrong in a file, or looks so.  Kinds of errors: "syntax", "source", "relation",
** "type", "time", "declaration", "prefix", "limit", "unsupported".  Of the rest:
** "unknown-relation", "no-label", "near-entity", "no-source", "unused-source", "date",
** "variable", "once", "message", "same".
*/
typedef struct dsr_finding {
  const char *file; /* borrowed for the call */
  int line, column; /* from 1; columns in characters */
  int error;        /* a load would refuse it; else only suspicious */
  const char *kind; /* a word, see above: static */
  const char *text; /* what, and what would do: one line, borrowed for the call */
} dsr_finding;

typedef void (*dsr_finding_found)(void *ud, const dsr_finding *finding);

/*
** Look at files without loading them, as if they were to be loaded into `base`, whose
** relations, sources and labels count.  Tells of every error a load would be refused for,
** and of what is allowed but suspicious, in order of file, line and column: relations
** nowhere declared, entities without a label or misspelled, facts without a source,
** sources that claim nothing, dates far ahead, far from all others or after their source
** was written, variables that look like entities or that a rule uses once, messages of
** constraints that name what is not there, claims made twice.
**
** `base` may be one that cannot be written (opened to read, a view, with a transaction
** open, held by another writer): what it holds is then copied into memory, which costs
** what loading it would.  The base is as before.
**
** DSR_OK with something found, DSR_NOTHING without; DSR_EABSENT or DSR_EIO for a file
** that cannot be read.  Since 0.1.
*/
DSR_API dsr_status dsr_check_files(dsr_base *base, const char *const *paths, int n,
                                   dsr_finding_found found, void *ud);

/* Takes a piece of output: of dsr_format(), of a script.  Non-zero stops it. */
typedef int (*dsr_write)(void *ud, const char *text, size_t len);

/*
** Write a text in the language in its canonical layout: every comment kept, every clause
** the same in meaning and order, lines of at most 88 columns where tokens allow it.
** Formatting what was formatted changes nothing.  `name` is for messages.
**
** Returns DSR_OK; what a load would say, DSR_ESYNTAX, DSR_ELIMIT or DSR_EUNSUPPORTED, and
** nothing was written; DSR_ENOMEM, or DSR_ESTOPPED where `write` asked for it, and a part
** may have been.  It is written piece by piece, in little memory.  A text may be one that a
** load refuses for what it says, not for how.  Since 0.1.
*/
DSR_API dsr_status dsr_format(dsr_base *base, const char *name, const char *text,
                              size_t len, dsr_write write, void *ud);

/* How to export.  All zero: everything in view, in the language. */
typedef struct dsr_export_options {
  const char *format; /* "dl" (also for NULL), "csv", "jsonl", "dot", "nt", "nq", "ttl",
                      ** "trig", "lines" */
  int history; /* closed claims, too: "dl" writes transaction blocks, which replay
                      ** all of it into an empty base; the others tell when each claim was
                      ** opened and closed */
  int claims;  /* csv: a row for each claim; else one for each fact that is held */
  const char *columns; /* csv: these alone, "args,valid,trust"; NULL: the usual ones */
  const char *const
      *relations;        /* "joined" or "joined/2", ended by NULL; NULL: all.  What
                                ** is declared of them comes with them, rules do not */
  dsr_progress progress; /* NULL: none */
  void *ud;
  const char
      *iri;  /* RDF: plain identifiers are IRIs that begin so; NULL: urn:dossier: */
  int rdf11; /* RDF: nothing that is new in RDF 1.2 */
  dsr_load_note note; /* NULL: none; of what the format cannot hold */
} dsr_export_options;

/*
** Write out what is in view of `base`, through `write`, in pieces.  `options` may be NULL.
**
** "dl" is canonical: the same contents give the same bytes, whatever was loaded in which
** order; loading them into an empty base gives an equal one: facts and claims with all that
** is known of them, denials, verdicts, sources, prefixes, declarations, rules as they are
** laid out.  What files made which claims is not told.  "csv" is RFC 4180.  "jsonl" has an
** object a line, a fact with its claims.  "dot" is a drawing for Graphviz, of the facts of
** two columns that hold entities.  "lines" has a line for each declaration, claim, verdict
** and rule: "claim p(a) from s", a tab, the statement whole.  It is for comparing: what
** stands before the tab stays when a locator, a grade or a quotation changes.
**
** A view lets through what it does everywhere: verdicts that a settled view has applied,
** or facts folded into finer ones, are left out, and claims that do not pass.  Its
** declarations and rules are those of the base.
**
** Returns DSR_OK; DSR_EMISUSE for a format or column that is none, or options that the
** format does not have; DSR_ERELATION; DSR_EUNSUPPORTED for the history of a view, or in
** "dl" of some relations; DSR_ESTOPPED where `write` or `progress` asked for it; DSR_ENOMEM, or
** what reading the file came to.  What was written by then is not the whole.  The
** callbacks must not call the base.  Since 0.1.
*/
DSR_API dsr_status dsr_export(dsr_base *base, const dsr_export_options *options,
                              dsr_write write, void *ud);

/* One thing that differs; borrowed for the call. */
typedef struct dsr_difference {
  char sign;    /* '+': the second has it alone; '-': the first; '~': it is otherwise */
  dsr_str kind; /* "claim", "verdict", "relation", "prefix", "source", "rule" */
  dsr_str text; /* the statement: the second's, or, of '-', the first's */
  dsr_str before; /* '~': the first's; else none */
} dsr_difference;

/* Non-zero ends the telling. */
typedef int (*dsr_difference_found)(void *ud, const dsr_difference *difference);

/* All zero will do. */
typedef struct dsr_diff_options {
  dsr_progress progress; /* NULL: none */
  void *ud;
} dsr_diff_options;

/*
** Tell what differs between what is in view of `a` and of `b`: two bases, or views, also
** of one base.  Claims, verdicts, declarations, prefixes, sources and rules are compared
** as dsr_export() writes them in "lines", by what they say, whatever was loaded in which
** order.  One that has another locator, grade or quotation in `b`, or is declared
** otherwise there, is '~'.  They come in order of what they tell of.
**
** `options` may be NULL; its `ud` is for `progress`, that of the call for `found`.  Memory
** is eight bytes for each statement of either side, and what differs.
**
** DSR_OK with something told, DSR_NOTHING where nothing differs; DSR_ESTOPPED where `found`
** or `progress` asked for it; else as dsr_export().  The words of a failure are dsr_errmsg()
** of `a`.  The callbacks must not call either base.  Since 0.1.
*/
DSR_API dsr_status dsr_diff(dsr_base *a, dsr_base *b, const dsr_diff_options *options,
                            dsr_difference_found found, void *ud);

/* How to import.  All zero: formats by the names of the files, claims of `base`. */
typedef struct dsr_import_options {
  const char *
      format; /* "nt", "nq", "ttl", "trig", "csv", "tsv", "jsonl"; NULL: by the ending of the file's name,
                      ** with .gz or .zst behind it or not */
  const char
      *source;     /* whose claims they are, where the data does not say; declared if it
                      ** is not; NULL: `base` */
  const char *iri; /* RDF: IRIs that begin so are plain identifiers ("nato") */
  int keep_blank;  /* RDF: blank nodes keep their labels, so that the same label in
                      ** two loads is one node */
  const char *const *as; /* tables: what a row says, "event(subject, object) @ date";
                         ** several, ended by NULL, make a fact of a row each */
  int header;            /* tables: 1: the first row names the columns; -1: it does not;
                         ** 0: it does where `as` names some */
  const char *null;      /* tables: this text is no value */
  const char
      *skip_bad; /* rows that cannot be are set aside in this file; NULL: the first
                        ** ends the import */
  int dry_run;   /* all is done and checked, then taken back */
  int memory_mb; /* what rows may take, in MB, before they are sorted through a file
                      ** without a name beside the base; 0: 512.  Names are apart: each
                      ** takes its spelling and some thirty bytes until the end */
  dsr_progress
      progress;       /* NULL: none; `done` and `total` are bytes while files are read,
                         ** `total` below 0 where it is not known */
  dsr_load_note note; /* NULL: none; of what is allowed and was not kept as it stood */
  dsr_load_note show; /* NULL: none; of tables, with `dry_run`: the first facts, and of
                      ** which types the values of each column are */
  void *ud;
} dsr_import_options;

/* What an import came to. */
typedef struct dsr_import_report {
  int64_t rows;    /* statements or rows that were read */
  int64_t claims;  /* claims opened; what was claimed already is not counted */
  int64_t sources; /* sources declared */
  int64_t skipped; /* rows set aside */
  int64_t bytes;   /* of the files, packed ones as they are */
} dsr_import_report;

/*
** Put files in other formats on record: RDF (N-Triples, N-Quads, Turtle, TriG), and tables
** (CSV, TSV, JSON Lines), whose rows say what `as` does; without it JSON Lines are what
** dsr_export() writes.
**
** One transaction, or a part of the open one, which a failure then dooms; a transaction
** that is open may have changed things before.  "-" is standard input.  How RDF and tables
** become facts and claims is told in the manual.  Nothing remembers which file made which claim.
** `options` and `report` may be NULL.
**
** Returns DSR_OK, DSR_NOTHING where `n` is 0; DSR_ESYNTAX with the place; DSR_EABSENT, EIO
** or EDAMAGED for a file; DSR_EMISUSE for a format that is none, or a file whose name does
** not tell it; DSR_ETYPE, DSR_ELIMIT, DSR_EUNSUPPORTED for what the base cannot hold;
** DSR_ESTOPPED where `progress` asked for it; DSR_EREADONLY, DSR_EBUSY, DSR_ENOMEM.
** Since 0.1.
*/
DSR_API dsr_status dsr_import(dsr_base *base, const char *const *paths, int n,
                              const dsr_import_options *options,
                              dsr_import_report *report);

/* What packing came to: bytes of the base's file and its log. */
typedef struct dsr_compact_report {
  int64_t before, after; /* 0 of a base in memory */
} dsr_compact_report;

/*
** Pack a base: what commits left in pieces is merged, blocks are filled, and the file is
** written again without free pages.  Contents, history and numbers stay.  `progress` and
** `report` may be NULL.
**
** Waits, as long as a writer waits, for handles that read an older state or write.  A
** crash or a failure at any point leaves a whole base.
**
** Returns DSR_OK; DSR_NOTHING for a base that has no transactions; DSR_EMISUSE inside a
** transaction; DSR_EREADONLY; DSR_EBUSY; DSR_ESTOPPED where `progress` asked for it; DSR_EIO
** where the disk is too small: there must be room for the base twice more.  Since 0.1.
*/
DSR_API dsr_status dsr_compact(dsr_base *base, dsr_progress progress, void *ud,
                               dsr_compact_report *report);

/*
** Copy a base, as it is now, to the file `path`, while others go on writing.  The copy is
** one file.  It is made beside `path`, read through and verified there, and takes its name
** last: whatever goes wrong, what was at `path` is there still.  With `replace` non-zero
** that may be another file, which is then gone; DSR_EIO without, and always where `path` is
** the base, no plain file, or has a log beside it.  `progress` and *bytes, the size of the
** copy, may be NULL.
**
** Returns DSR_OK; DSR_EABSENT for a base that has no transactions; DSR_EIO; DSR_ESTOPPED
** where `progress` asked for it; DSR_EMISUSE inside a transaction; DSR_EDAMAGED where the
** base is.  A view copies its base.  Since 0.1.
*/
DSR_API dsr_status dsr_backup(dsr_base *base, const char *path, int replace,
                              dsr_progress progress, void *ud, int64_t *bytes);

/* Takes a line of text, borrowed for the call, which must not call the base; non-zero
** ends the telling. */
typedef int (*dsr_told)(void *ud, dsr_str text);

/* How to forget; all zero will do. */
typedef struct dsr_forget_options {
  int dry_run;   /* only tell what would go */
  dsr_told told; /* told of each claim that goes, in the language; NULL: nobody */
  dsr_progress progress; /* NULL: none */
  void *ud;
} dsr_forget_options;

/* What forgetting came to, or would. */
typedef struct dsr_forget_report {
  int64_t claims; /* live and closed ones that go */
  int64_t facts;  /* facts that nobody claims any more, now or in history */
  int64_t names;  /* entities, texts, times and numbers that nothing names any more */
  int64_t before, after; /* bytes, as in dsr_compact_report */
} dsr_forget_report;

/*
** Forget a source for good: what it ever claimed, the verdicts on it, what declares it
** (its title, what is derived from it) whoever said so, and all names and texts that
** nothing else in the base uses.  None of it is left in the file, its log or its history;
** `known_at` shows the past without it.  Labels, aliases and types of the source go with
** it unless something else names it.
**
** Transactions keep their numbers and times; those until then can no longer be undone.
** Declarations of relations and rules stay.  The text search is dropped, and built again
** from what is left.  Copies made before (dsr_backup(), dsr_export()) are beyond its
** reach, and so is what a file system keeps of a file's former bytes.  Handles that are open
** go on; an entity that they hold and that was forgotten has no name any more
** (DSR_EABSENT).
**
** It works like dsr_compact(), which it ends with, and waits for the same.  A failure before
** it lands changes nothing; one after it, in words that say so, leaves the source forgotten
** and the file to be packed.
**
** Returns DSR_OK; DSR_ESOURCE where there is no such source; DSR_EDECLARE for `base`, and
** where a rule names what would go; DSR_EMISUSE inside a transaction; otherwise as
** dsr_compact().  `options` and `report` may be NULL.  Since 0.1.
*/
DSR_API dsr_status dsr_forget(dsr_base *base, const char *source,
                              const dsr_forget_options *options,
                              dsr_forget_report *report);

/* A rule or a constraint that the base keeps. */
typedef struct dsr_written_rule {
  int64_t number;   /* from 1, never given again; the # of dsr_rule_drop() */
  int constraint;   /* a rule without a head: its answers are conflicts */
  dsr_str relation; /* that it derives; none of a constraint */
  int arity;
  dsr_str text;     /* as written, with its dot; perhaps over several lines */
  const char *file; /* what its file was called when it was last loaded ... */
  int line;         /* ... and where in it it begins, from 1 */
} dsr_written_rule;

/* Takes a rule, borrowed for the call, which must not call the base; non-zero ends the
** telling. */
typedef int (*dsr_rule_found)(void *ud, const dsr_written_rule *rule);

/*
** Tell of the rules and constraints that the base keeps, in order of number.  They come in
** by loading files or texts that hold them, each once however often it is loaded; a file
** that is loaded with `replace` and says one no more takes it out.  They are like
** declarations: every view has the same, history does not keep them, dsr_undo() leaves
** them as they are.
**
** Returns DSR_OK, DSR_NOTHING where there are none, or what reading the file came to.
** Since 0.1.
*/
DSR_API dsr_status dsr_rule_each(dsr_base *base, dsr_rule_found found, void *ud);

/*
** Keep rules no more: `which` is "#3", a number, or the relation that they derive,
** "aspirant" or "aspirant/1".  `dropped`, unless NULL, is told of each.  Files that say
** them bring them back when they are loaded.
**
** DSR_NOTHING where there is no such rule; DSR_EMISUSE for a number that is none;
** DSR_ESTOPPED where `dropped` asked for it; otherwise as dsr_retract().  Since 0.1.
*/
DSR_API dsr_status dsr_rule_drop(dsr_base *base, const char *which,
                                 dsr_rule_found dropped, void *ud);

/* Begin a writing transaction; its changes are seen by this handle at once and by
** others after dsr_commit().  DSR_EBUSY after the busy timeout. */
DSR_API dsr_status dsr_begin(dsr_base *base);

/* Make the open transaction's changes last: DSR_OK means synced to disk.  A failure
** rolls all of it back. */
DSR_API dsr_status dsr_commit(dsr_base *base);

/* Drop the open transaction's changes; DSR_EMISUSE if there is none. */
DSR_API dsr_status dsr_rollback(dsr_base *base);

/*
** Put on record that `claim` is made for `fact`, as in "joined(ukraine, pfp) @ 1994".
** Outside a transaction the call is one of its own.
**
** The same live claim made twice is held once (DSR_NOTHING); a second source adds a
** claim and leaves the fact as it is.  `claim` NULL is the source `base`.
*/
DSR_API dsr_status dsr_add(dsr_base *base, const char *fact, const dsr_claim *claim);
DSR_API dsr_status dsr_add_fact(dsr_base *base, const dsr_fact *fact,
                                const dsr_claim *claim);

/* Put on record that `claim` denies `fact`; otherwise as dsr_add(). */
DSR_API dsr_status dsr_deny(dsr_base *base, const char *fact, const dsr_claim *claim);
DSR_API dsr_status dsr_deny_fact(dsr_base *base, const dsr_fact *fact,
                                 const dsr_claim *claim);

/*
** Close the live claims on `fact`, at exactly its written time, that agree with the
** fields set in `claim` (NULL: all of them).  History keeps them.
** DSR_NOTHING where there was none.
*/
DSR_API dsr_status dsr_retract(dsr_base *base, const char *fact,
                               const dsr_claim *claim);
DSR_API dsr_status dsr_retract_fact(dsr_base *base, const dsr_fact *fact,
                                    const dsr_claim *claim);

/* An analyst's judgement on a fact, or on the claims that one source makes of it. */
typedef struct dsr_verdict {
  dsr_str of;      /* the source whose claims are judged; none: the fact, whoever */
  dsr_str because; /* the reason: a text */
  dsr_str by;      /* whose judgement: a declared source; none: the source `base` */
} dsr_verdict;

typedef enum dsr_judgement {
  DSR_JUDGE_PREFER = 1,      /* in a conflict a `settled` view keeps this fact */
  DSR_JUDGE_DEPRECATE,       /* a `settled` view leaves the claims out */
  DSR_JUDGE_WITHDRAW,        /* close the live verdicts that agree with what is set */
  DSR_JUDGE_WITHDRAW_PREFER, /* the same, of one sort only */
  DSR_JUDGE_WITHDRAW_DEPRECATE,
} dsr_judgement;

/*
** Put a verdict on record, or withdraw one.  `verdict` may be NULL.
**
** DSR_NOTHING where the same verdict is live already, or there is none to withdraw, or
** the fact was never claimed (so that a slip of the pen judges nothing).  DSR_ERELATION
** where there is no such relation.  Otherwise as dsr_add().  Since 0.1.
*/
DSR_API dsr_status dsr_judge(dsr_base *base, dsr_judgement what, const char *fact,
                             const dsr_verdict *verdict);

/* Which live claims in view dsr_claims_of() tells of. */
typedef enum dsr_claims {
  DSR_CLAIMS_ON = 1,  /* all on the fact, verdicts too */
  DSR_CLAIMS_AROUND,  /* all on the fact and on the same at other times */
  DSR_CLAIMS_FOR,     /* that assert it, or a finer fact within it */
  DSR_CLAIMS_AGAINST, /* that deny it, or assert what is in conflict with it */
} dsr_claims;

/*
** Tell of claims that bear on a fact, each in the language and as often as it bears on it.
**
** Returns DSR_OK; DSR_NOTHING where there are none; DSR_ESYNTAX, DSR_ERELATION, DSR_ETYPE
** or DSR_ETIME for the fact.  Since 0.1.
*/
DSR_API dsr_status dsr_claims_of(dsr_base *base, dsr_claims which, const char *fact,
                                 dsr_told told, void *ud);

/* What does not go together. */
typedef enum dsr_conflict_kind {
  DSR_CONFLICT_KEY = 1,    /* two values where a key allows one */
  DSR_CONFLICT_ONCE,       /* one happening of a `once` relation at two times */
  DSR_CONFLICT_DENIAL,     /* a fact that is asserted and denied */
  DSR_CONFLICT_CONSTRAINT, /* an answer to a rule without a head */
} dsr_conflict_kind;

/* A conflict, borrowed for the call that it is told in. */
typedef struct dsr_discord {
  dsr_conflict_kind kind;
  dsr_str relation; /* where the key or `once` is declared, or that of the denied fact;
                    ** none of a constraint */
  dsr_str message;  /* of a constraint: its words, variables filled in; else none ... */
  const char *file; /* ... and where it stands, as it was last loaded; else NULL */
  int line;
  int n_facts; /* two; of a constraint as many as its answer tells, at most 16 */
  const dsr_str *facts; /* in the language; of a denial the denied one last */
} dsr_discord;

/* Takes a conflict; it must not call the base.  Non-zero ends the telling. */
typedef int (*dsr_discord_found)(void *ud, const dsr_discord *conflict);

/*
** Tell of all conflicts in view, each once: those of two facts in a fixed order, then the
** answers to the constraints that the base keeps, by constraint.  `kb:conflicts()` in Lua
** tells of the same.  dsr_claims_of() has the claims on their facts.
**
** Returns DSR_OK; DSR_NOTHING where there are none; for constraints what preparing and
** answering a query may come to.  Since 0.1.
*/
DSR_API dsr_status dsr_conflict_each(dsr_base *base, dsr_discord_found found, void *ud);

/* A claim that an explanation cites; none where there is none. */
typedef struct dsr_why_claim {
  dsr_str text; /* the whole claim in the language, without its dot */
  dsr_str fact; /* what it is made on, as it is kept */
  dsr_str source, locator, speaker, grade;
  dsr_str kind; /* "stated", "attributed", "assessed" */
  int denies;   /* it denies the fact */
} dsr_why_claim;

/* What a step of an explanation is. */
typedef enum dsr_why_kind {
  DSR_WHY_FACT = 1,  /* a fact on record, with its claims */
  DSR_WHY_TABLE,     /* a row of a table */
  DSR_WHY_DERIVED,   /* it follows by `rule` from the steps below */
  DSR_WHY_SAME,      /* it is what is below: `how` is "is", "symmetric" or "inverse" */
  DSR_WHY_AGGREGATE, /* a value over the rows below */
  DSR_WHY_ROW,       /* a row of an aggregate */
  DSR_WHY_NOT,       /* nothing matches */
  DSR_WHY_COMPUTED,  /* a comparison, a test of time, a function */
  DSR_WHY_QUESTION,  /* several conditions that were asked together */
  DSR_WHY_AGAIN,     /* its proof stands above */
  DSR_WHY_MORE,      /* something is left out: `text` says what */
  DSR_WHY_ABSENT,    /* it does not hold */
  DSR_WHY_TRIED,     /* `rule` does not give it; `how` is what was bound */
  DSR_WHY_FAILS,     /* for want of this */
} dsr_why_kind;

/* A step: those that it rests on follow it, one deeper. */
typedef struct dsr_why_step {
  int depth; /* from 0 */
  dsr_why_kind kind;
  dsr_str text;  /* in the language */
  dsr_str how;   /* see above; or none */
  dsr_str rule;  /* as written, or none */
  dsr_str file;  /* where the rule is, or none */
  dsr_str trust; /* of the weakest leaf below: "corroborated", "single-source",
                 ** "contested", "unsupported"; none where nothing below has any */
  int line;
  int n_claims;
  const dsr_why_claim *claims;
} dsr_why_step;

/* Takes a step, borrowed for the call, which must not call the base; non-zero ends the
** telling. */
typedef int (*dsr_why_told)(void *ud, const dsr_why_step *step);

/*
** Tell why a fact holds: a proof of the least height, down to the claims in view.  `fact`
** is any query without parameters, "aspirant(ukraine)"; of several answers the first is
** explained.  Where it does not hold, tell of each rule what it is wanting.
**
** Returns DSR_OK; DSR_NOTHING where it does not hold; what preparing and answering a query
** may come to.  Since 0.1.
*/
DSR_API dsr_status dsr_why(dsr_base *base, const char *fact, dsr_why_told told,
                           void *ud);

/* How an explanation is written out. */
typedef enum dsr_why_format {
  DSR_WHY_TEXT = 1, /* a line for each step, rule and claim, indented */
  DSR_WHY_JSON, /* one object: kind, fact, how, rule, file, line, trust, claims, children */
  DSR_WHY_MARKDOWN, /* a list in lists */
} dsr_why_format;

/*
** Write out what dsr_why() tells, as the command `why` does.  In text and Markdown controls
** are shown as escapes, so that no terminal obeys them.
**
** Returns what dsr_why() does; DSR_EMISUSE for an unknown format; DSR_ESTOPPED where `write`
** asked for it.  Since 0.1.
*/
DSR_API dsr_status dsr_why_write(dsr_base *base, const char *fact,
                                 dsr_why_format format, dsr_write write, void *ud);

/*
** Tell of what would be new with a fact and looks like a slip: its relation, and entities,
** that nothing on record mentions, where something near is known.  A line for each: "no
** relation is called \"joind\" yet; did you mean \"joined\"?"
**
** Returns DSR_OK, DSR_NOTHING where there are none, or DSR_ESYNTAX.  Since 0.1.
*/
DSR_API dsr_status dsr_fact_slips(dsr_base *base, const char *fact, dsr_told told,
                                  void *ud);

/* When transaction `number` was (0: the last): "2026-01-02T03:04:05Z".  DSR_EABSENT where
** there is no such transaction. */
DSR_API dsr_status dsr_transaction_time(dsr_base *base, int64_t number, char time[32]);

/*
** Take back what transaction `number` did (0: the last one), in a transaction of its own,
** or as a part of the open one: claims that it opened and that are live since are closed,
** claims that it closed are made again where they are not live.  History keeps both;
** undoing an undo is a redo.  Declarations, rules and new names of relations stay.
**
** DSR_NOTHING where there is nothing left of it to take back; DSR_EABSENT where there is
** no such transaction; DSR_ESOURCE, and nothing done, where a source would vanish that
** live claims of other transactions name, or has vanished that claims to be made again
** name; DSR_EDECLARE where sources would be derived from one another in a circle.  Inside
** an open transaction these two doom it.  *undone, if not NULL, is the transaction's
** number.  Cost: a scan of the base.  Since 0.1.
*/
DSR_API dsr_status dsr_undo(dsr_base *base, int64_t number, int64_t *undone);

/*
** Rename an entity: every live claim on a fact that mentions `old`, and every claim that
** `old` makes as a source or a speaker, is closed and made again with `name` in its place,
** with all else kept.  What was known before still shows under the old name with
** `known_at`.  Both are identifiers as they are, without the quotes of the language.
**
** `old` may also be a relation, "joined" or "joined/2", where no entity is so called: then
** the relation has the new name, in all of its history and in every view; nothing is called
** the old one, until a fact or a declaration of that name makes a new relation.
**
** Rules that the base keeps stay as they were written: what one of them names is not
** renamed until it is dropped (dsr_rule_drop()).
**
** DSR_NOTHING where nothing is called `old`; DSR_EDECLARE where a rule names `old`, where
** something is called `name` already (for an entity, `merge` allows it: the two become one), where `old` or `name` is
** the source `base` or a relation that is built in, where `name` ends in another number of
** columns than the relation has, or where sources that become one are derived from one
** another; DSR_ERELATION where several relations are called `old`;
** DSR_ESYNTAX or DSR_ELIMIT for a name that is none.  Cost: two scans of the base for an
** entity.  Since 0.1.
*/
DSR_API dsr_status dsr_rename(dsr_base *base, const char *old, const char *name,
                              int merge);

/* Told of every claim that this handle opens or closes, as it does (the transaction may
** still be rolled back): +1 or -1, and the claim in the language,
** "deny first(a, b) from record \"1994\"", borrowed for the call.  The callback must not
** call the base. */
typedef void (*dsr_watcher)(void *ud, int change, dsr_str claim);

/* Have `watcher` told; NULL ends it.  DSR_EREADONLY where `base` is a view.  A claim that
** is told costs its writing; one that nobody is told costs nothing. */
DSR_API dsr_status dsr_watch(dsr_base *base, dsr_watcher watcher, void *ud);

/* A call of a function that a host defined, as long as the function runs. */
typedef struct dsr_call dsr_call;

/*
** A function for rules and queries: `args` are its `n` arguments, borrowed for the call.  It
** hands over each row of its results with dsr_give(), none, one or many, and returns DSR_OK;
** where it cannot, what dsr_refuse() returned, or what dsr_give() returned below zero.  The
** same arguments must give the same rows, whenever and how often it is called.  It may read
** the base (prepare and step queries of its own) and must not change or close it.
*/
typedef dsr_status (*dsr_function)(void *ud, const dsr_value *args, int n,
                                   dsr_call *call);

/* Hand over one row of results, as many values as were told to dsr_define(); copied.
** Below zero the function is to return what came: the query ends. */
DSR_API dsr_status dsr_give(dsr_call *call, const dsr_value *row);

/* Tell why the call fails; the query fails with these words.  Returns DSR_ESCRIPT. */
DSR_API dsr_status dsr_refuse(dsr_call *call, const char *why);

/*
** Define a function of `args` arguments and `results` results (both together at most
** DSR_ARITY_MAX) for the base, its views and all queries of this handle, in place of an
** earlier one of that name.  In a body it stands as an atom, its arguments first,
** `near(X, Y, Km)`, with one result also as a function, `Km = near(X, Y)`; without results
** it says yes with a row and no without.  Functions are not kept in the file.
**
** `drop`, if not NULL, is called with `ud` when the function goes: it was replaced or taken
** back, or the base closes; not where this call fails.
**
** Returns DSR_OK; DSR_EDECLARE where a relation or a function of the language has the name;
** DSR_EMISUSE for a name that rules could not write, or while a function is called;
** DSR_ENOMEM.  Since 0.1.
*/
DSR_API dsr_status dsr_define(dsr_base *base, const char *name, int args, int results,
                              dsr_function function, void *ud, void (*drop)(void *ud));

/* Take a function back: DSR_NOTHING where there is none of that name.  DSR_EMISUSE while a
** function is called. */
DSR_API dsr_status dsr_undefine(dsr_base *base, const char *name);

/* What the base can name. */
typedef enum dsr_name_kind {
  DSR_NAME_ENTITY = 1, /* entities that facts mention */
  DSR_NAME_RELATION,   /* relations, declared or met; not those built in */
  DSR_NAME_SOURCE,     /* declared sources */
} dsr_name_kind;

/* Takes a name; non-zero ends the telling. */
typedef int (*dsr_name_found)(void *ud, dsr_str name);

/*
** Tell of names in view that begin with `prefix` (NULL or "": all), in byte order, each
** once, as they are written in the language: 'Any Thing' in quotes, to which a prefix may
** belong or not.  An entity counts while a fact that mentions it is asserted or denied;
** one that stands in a third or later column only, also once that was retracted; a word for
** the kind or the reliability of a source alone does not.  For completion.
**
** Cost: of entities, a look at every one (some 30 ms for 100,000), then a short look for
** each that is told.  Returns DSR_OK, DSR_EMISUSE, DSR_ENOMEM, or what reading the file
** came to.  The callback must not call the base.  Since 0.1.
*/
DSR_API dsr_status dsr_name_each(dsr_base *base, dsr_name_kind kind, const char *prefix,
                                 dsr_name_found found, void *ud);

/* How to search. */
typedef struct dsr_search_options {
  int64_t limit; /* hits at most; 0: 20; below 0: all */
  int prefix;    /* the last word need only be begun: for search while typing */
} dsr_search_options;

/* A text that was searched for, where it stands; borrowed for the call that it is told in.
** None where there is none. */
typedef struct dsr_hit {
  double score; /* of BM25, over the whole base: more is better */
  int some;     /* no text has all that was asked for, and this has some of it */
  dsr_str text, lang;
  dsr_str entity; /* identifier of what the fact is about: its first entity */
  dsr_str label;  /* of the entity */
  dsr_str fact;   /* in the language: label(nato, "...") */
  dsr_str claim; /* that quotes the text, in the language; else it stands in the fact */
  dsr_str source, locator; /* of that claim */
} dsr_hit;

/* Takes a hit; it must not call the base.  Non-zero ends the telling. */
typedef int (*dsr_hit_found)(void *ud, const dsr_hit *hit);

/*
** Search all texts: labels, aliases, titles, whatever texts facts hold, and quotations of
** claims.  `words` are words that a text must have, in any form of theirs, "a phrase" in
** double quotes, and beginnings, cyb*; case and accents do not count.  Where no text in view
** has all of them, texts that have some are told, `some` set.
**
** A text is found where a fact that is held in view has it, or a claim in view quotes it: one
** hit for each entity that such facts are about.  Better hits come first, equals in order of
** text and entity.  What the open transaction adds is found once it is committed.  A base
** made before there was a search gets its index now, or with its next commit.
**
** Returns DSR_OK; DSR_NOTHING without hits; DSR_ESYNTAX where there is nothing to search for;
** DSR_ELIMIT for more than 64 words; DSR_EREADONLY where there is no index and the base
** cannot be written; DSR_EDAMAGED; DSR_ENOMEM.  Cost: some 3 us for each text that matches,
** in view or not.  Since 0.1.
*/
DSR_API dsr_status dsr_search(dsr_base *base, const char *words,
                              const dsr_search_options *options, dsr_hit_found found,
                              void *ud);

/*
** Build the index of the search anew, in a transaction of its own: for one that was damaged,
** as dsr_verify() tells.  DSR_EMISUSE while a transaction is open; DSR_EREADONLY.  Cost: a
** scan of the base and some 10 us a text.  Since 0.1.
*/
DSR_API dsr_status dsr_search_rebuild(dsr_base *base);

/*
** Read every row of the file and compare it with its checksum, and the index of the search
** with what was put into it.  DSR_OK, or DSR_EDAMAGED in words.  Cost: the whole file is
** read.  Since 0.1.
*/
DSR_API dsr_status dsr_verify(dsr_base *base);

/* How a name fits what was looked for, best first. */
typedef enum dsr_fit {
  DSR_FIT_EXACT = 1, /* letter by letter */
  DSR_FIT_FOLDED,    /* but for case, accents and signs */
  DSR_FIT_PREFIX,    /* it begins so */
  DSR_FIT_WORDS,     /* it has these words among others */
  DSR_FIT_NEAR,      /* but for a few letters */
} dsr_fit;

/* A name of an entity that fits; borrowed for the call that it is told in. */
typedef struct dsr_named {
  dsr_str
      entity;   /* its identifier; of several joined by same_as, the one that stands for
                  ** them */
  dsr_str name; /* that fits, as written: an identifier, a label or an alias */
  const char *kind; /* "identifier", "label" or "alias" */
  dsr_fit fit;
  int distance; /* edits between the two, in bytes; 0 unless near */
} dsr_named;

/* Takes a name; it must not call the base.  Non-zero ends the telling. */
typedef int (*dsr_named_found)(void *ud, const dsr_named *named);

/*
** Tell of entities that `name` may mean, the best first, each once and by its best name, at
** most `limit` (0: 10): by identifier, label or alias, exactly, then but for case, accents and
** signs, then by a beginning, by words, and at last by names a few letters away.  Names are
** read past the filters of a view but for known_at; identifiers are those that facts in view
** mention.
**
** Returns DSR_OK, or DSR_NOTHING.  Cost: a walk over all names as they lie in the file, some
** 100 ms for a million; from the second call on, until names are added, some 10 ms, and 40 MB
** for a million.  Since 0.1.
*/
DSR_API dsr_status dsr_find_entity(dsr_base *base, const char *name, int limit,
                                   dsr_named_found found, void *ud);

/* Two names so alike that their entities may be one; borrowed as above. */
typedef struct dsr_twins {
  dsr_str entity, name;
  dsr_str other, other_name;
} dsr_twins;
typedef int (*dsr_twins_found)(void *ud, const dsr_twins *twins);

/*
** Tell of pairs of entities, not joined by same_as, with a label or an alias each that are the
** same but for case, accents, signs and order of words, or for a letter or two in a long name;
** names with different numbers in them are different.  Each pair once, in order of names, at
** most `limit` (0: 100).  A hint, no more: some pairs that are alike may be missed, so that it
** takes seconds for a million names, not hours.
**
** Returns DSR_OK, or DSR_NOTHING.  Since 0.1.
*/
DSR_API dsr_status dsr_twin_each(dsr_base *base, int limit, dsr_twins_found found,
                                 void *ud);

/* How many claims the last load, add, deny, retract or commit opened or closed. */
DSR_API int64_t dsr_changes(const dsr_base *base);

/* See what others have committed.  A handle does so by itself when no query is
** stepping and 100 ms have passed. */
DSR_API dsr_status dsr_refresh(dsr_base *base);

/*
** A view: `base` seen through `options`, to be used as a base that cannot be written.
** Views of views let through what both do.  Close it before `base`.
**
** Returns DSR_OK; DSR_ETIME, DSR_ESOURCE, DSR_EABSENT (no such speaker) or DSR_EMISUSE
** for options that are wrong; DSR_ENOMEM; or what reading the file came to.  Since 0.1.
*/
DSR_API dsr_status dsr_view_open(dsr_base *base, const dsr_view_options *options,
                                 dsr_base **out);

/*
** Prepare a query, "?- joined(X, P) @ T, T before $limit." (the "?-" and the final dot
** may be left out).  Its columns are its named variables, in order of appearance.
** Rules for this query alone may stand before it: "a(X) :- b(X). ?- a(X)."
**
** How the answers are told may stand behind the conditions: "order by T desc, X limit 10
** offset $n".  Values are in the order of values, ties by the other columns from left to
** right; limit and offset are 0 or more.
**
** A query without named variables has no columns and at most one row.
**
** Returns DSR_OK, DSR_ESYNTAX, DSR_ERELATION, DSR_ETYPE, DSR_ETIME, DSR_ESOURCE,
** DSR_EABSENT (a CURIE's prefix), DSR_EUNSUPPORTED (rules' constructs), DSR_ELIMIT,
** DSR_ENOMEM, or what reading the file came to.  Since 0.1.
*/
DSR_API dsr_status dsr_prepare(dsr_base *base, const char *text, dsr_query **out);

/* What looks like a slip in a query that is allowed all the same: a variable used once
** that is an entity in lower case, "\"Ukraine\" is a variable: did you mean ukraine?", or
** an entity that the base does not know, with the nearest that it does.  "" where there
** is none; borrowed from the query until it is asked again.  The base is looked at when
** this is asked, not before. */
DSR_API const char *dsr_query_warning(dsr_query *query);

/* Set the parameter `name` ("$name" is taken, too), before the first step or after a
** reset.  A text is read as the entity or the text that the place asks for; where the
** place does not tell, DSR_ETYPE: use dsr_bind_entity().  DSR_EMISUSE if there is no
** such parameter. */
DSR_API dsr_status dsr_bind_int(dsr_query *query, const char *name, int64_t value);
DSR_API dsr_status dsr_bind_double(dsr_query *query, const char *name, double value);
DSR_API dsr_status dsr_bind_text(dsr_query *query, const char *name, const char *value);
DSR_API dsr_status dsr_bind_time(dsr_query *query, const char *name, const char *edtf);
DSR_API dsr_status dsr_bind_entity(dsr_query *query, const char *name, const char *id);

/*
** Let queries and rules read the tab-separated file `path` as the relation `name`, without
** loading it: every line is a tuple, no header, no quoting.  What a column holds is told by
** all of its fields: integers, decimals, EDTF dates (written with a `-`), else entities
** where each field is a plain name, else texts.  The file is read when a query is prepared,
** and again when the base has changed.  The table is this handle's and its views', and goes
** with it.
**
** DSR_EMISUSE where a name or path is missing, DSR_EDECLARE where a table has the name;
** what reading the file comes to is told by dsr_prepare().  Since 0.1.
*/
DSR_API dsr_status dsr_attach_table(dsr_base *base, const char *name, const char *path);

/* Bounds of what rules derive for one query.  0 is what holds unless it is set: no bound,
** and half of the machine's memory; below 0 is none.  A query that passes one ends with
** DSR_ELIMIT and changes nothing; dsr_errmsg() names the limit and the rule that was
** running. */
typedef struct dsr_limits {
  int64_t tuples;       /* derived, those of all rules together */
  int64_t bytes;        /* of memory for them */
  int64_t milliseconds; /* of a clock on the wall, for the query in all */
} dsr_limits;

/* Set the limits of this handle and its views, for all queries from now on; NULL: what
** holds unless they are set.
** Since 0.1. */
DSR_API dsr_status dsr_limit(dsr_base *base, const dsr_limits *limits);

/* Let rules be evaluated by up to n threads, 1 to 64, the caller's among them: this handle's
** and its views', for all queries from now on; 1 is where it begins.  Answers do not depend on
** it; threads work only where there is enough to do, and rules that compute new values, or call
** functions of the host, are left to one.  A handle still belongs to one thread at a time.
** DSR_EMISUSE where n is out of range.  Since 0.1. */
DSR_API dsr_status dsr_threads(dsr_base *base, int n);

/* Stop the query that is being answered with this handle, or the next one if none is: its
** call returns DSR_ESTOPPED.  May be called by another thread, or by a signal's handler.
** Since 0.1. */
DSR_API void dsr_interrupt(dsr_base *base);

/* Have `progress` told how far rules are with a query that takes over a second, some ten
** times a second: `what` is the rule at work ("rule reach at a.dl:12"), `done` how many
** tuples were derived, `total` 0.  Non-zero stops the query, as dsr_interrupt() does.  It is
** called by the thread that asked, and must not call the base.  For this handle and its
** views, from now on; NULL: nobody is told.  Since 0.1. */
DSR_API dsr_status dsr_on_progress(dsr_base *base, dsr_progress progress, void *ud);

/* How many answers the query has, `limit` and `offset` counted; faster than stepping where
** rules derive them.  The query is reset.  Since 0.1. */
DSR_API dsr_status dsr_count(dsr_query *query, int64_t *out);

/* Answer the query, and say how: strata, the rules as rewritten, and the operators of each
** with tuples made, kept and milliseconds; borrowed until the query is stepped or reset.
** DSR_NOTHING where it was answered by scans of the base, without rules.  Since 0.1. */
DSR_API dsr_status dsr_explain(dsr_query *query, dsr_str *out);

/* Tuples that rules derived for the last answers, what they were asked for among them; 0
** without rules.  Since 0.1. */
DSR_API int64_t dsr_tuples_kept(const dsr_query *query);

/* Facts of the base that rules read for the last answers.  Facts stay in memory until the
** base changes, and are then not read again; 0 without rules.  Since 0.1. */
DSR_API int64_t dsr_tuples_read(const dsr_query *query);

/* To the next row: DSR_ROW, DSR_DONE, or a failure.  The rows are a set, in a fixed
** order; they are those of the base as it was at the first step. */
DSR_API dsr_status dsr_step(dsr_query *query);

/* Back to before the first row; parameters stay. */
DSR_API dsr_status dsr_reset(dsr_query *query);

/* End a query.  NULL is allowed. */
DSR_API void dsr_finalize(dsr_query *query);

/* How many columns a query has, and the name of column `i`, from 0 (borrowed from the
** query; "" where there is no such column). */
DSR_API int dsr_column_count(const dsr_query *query);
DSR_API const char *dsr_column_name(const dsr_query *query, int i);

/* The row that dsr_step() reached, by column from 0.  The type is that of the value in
** this row.  Text: an entity gives its identifier, a text its string, any other value
** its form in the language.  Borrowed until the query's next step, reset or finalize.
** Where a value is of another type: 0, or none. */
DSR_API dsr_type dsr_column_type(const dsr_query *query, int i);
DSR_API int64_t dsr_column_int(const dsr_query *query, int i);
DSR_API double dsr_column_double(const dsr_query *query, int i);
DSR_API dsr_str dsr_column_text(const dsr_query *query, int i);
DSR_API dsr_str dsr_column_lang(const dsr_query *query, int i);
DSR_API dsr_str dsr_column_time(const dsr_query *query, int i);
DSR_API dsr_str dsr_column_entity(const dsr_query *query, int i);

/* How to run a script. */
typedef struct dsr_script_options {
  const char *format; /* of its report: "text" (also for NULL), "md", "json", ... */
  int width;          /* columns of the terminal; 0: do not wrap */
  int colour;         /* the text may hold ANSI codes for colour */
  dsr_write write;    /* receives the rendered report */
  void *ud;
} dsr_script_options;

/*
** Run the Lua script `name` on `base`: a path (it holds a '/' or ends in ".lua"), or a
** name looked up in the script path: the folders of $DOSSIER_PATH, then dossier/scripts in
** $XDG_DATA_HOME (~/.local/share where that is not set), then the bundled ones.  `argv`
** are its arguments, ended by NULL.  The script is trusted: it has all of Lua.
** *exit_code: 0, or 1 where it found nothing, or 2 for bad arguments.
**
** `base` may be NULL for "--help".  Returns DSR_OK, DSR_EABSENT, DSR_ESCRIPT (*exit_code
** is 2 then) or DSR_ENOMEM; the words are in `base`, or where that is NULL, go to
** `write`.
*/
DSR_API dsr_status dsr_script_run(dsr_base *base, const char *name,
                                  const char *const *argv,
                                  const dsr_script_options *options, int *exit_code);

/* A script in the path: its name, where it is ("bundled" or a path), its first line. */
typedef void (*dsr_script_found)(void *ud, const char *name, const char *where,
                                 const char *summary);

/* Tell `found` of every script in the path, by name; the first of a name wins. */
DSR_API dsr_status dsr_script_each(dsr_script_found found, void *ud);

#ifdef __cplusplus
}
#endif
#endif
