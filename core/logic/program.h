/*
** program.h - what a text in the language says, as a flat list of clauses.
**
** The parser (lua/grammar.c) fills a program; the loader and the query maker read it.
** It holds words as written, not yet values of a base: names are not resolved, no fact
** is checked against a declaration.  Everything lives in the program's arena.
**
** The whole language fits: rules, negation, aggregates and arithmetic have their nodes
** here, whether or not this version evaluates them.
*/
#ifndef DSR_LOGIC_PROGRAM_H
#define DSR_LOGIC_PROGRAM_H

#include "ground/mem.h"
#include "ground/vec.h"
#include "value/date.h"
#include "value/value.h"

enum { DSR_VARIABLES_MOST = 256 }; /* different ones in a clause */

typedef enum dsr_term_kind {
  DSR_TERM_NONE = 0,  /* not there */
  DSR_TERM_VARIABLE,  /* text: its name; var: its slot in the clause */
  DSR_TERM_ANYTHING,  /* _ : each its own */
  DSR_TERM_PARAMETER, /* $name; text: the name without $ */
  DSR_TERM_ENTITY,    /* text: identifier, IRI with brackets, CURIE as written */
  DSR_TERM_TEXT,      /* text: the string, escapes resolved; lang; datatype */
  DSR_TERM_NUMBER,    /* text: the numeral, sign included */
  DSR_TERM_TIME,      /* text: the date or interval as written */
  DSR_TERM_BOOL,      /* flag */
  DSR_TERM_CALL,      /* text: + - * / mod neg, or a function's name; args */
  DSR_TERM_AGGREGATE, /* text: count sum min max avg; args[0..n_args-1]: the tuple
                      ** before the colon; body: the literals after it */
  DSR_TERM_RANGE,     /* 1..5 in facts: args[0], args[1] */
} dsr_term_kind;

typedef struct dsr_literal dsr_literal;

typedef struct dsr_term {
  dsr_term_kind kind;
  dsr_place at;
  dsr_str text;
  dsr_str lang, datatype;
  bool flag;
  bool curie; /* DSR_TERM_ENTITY: prefix:local, to be resolved by declared prefixes */
  int var;    /* DSR_TERM_VARIABLE: 0 .. clause's n_vars - 1 */
  int n_args;
  struct dsr_term *args;
  int n_body;
  dsr_literal *body;
} dsr_term;

/* What is said of a claim, in facts as values, in bodies also as variables. */
typedef struct dsr_claim_part {
  bool lost;        /* it stands in a block whose head could not be read */
  bool present;     /* any part was written (or came from a `from` block) */
  int kind;         /* -1: not said; else a dsr_kind (stated p(X), assessed p(X)) */
  dsr_term source;  /* from S */
  dsr_term locator; /* the term after the source */
  dsr_term speaker; /* attributed(P) */
  dsr_term grade; /* grade 1, grade b2: DSR_TERM_TEXT with the letters, or a variable */
  dsr_term quotation;  /* quote "..." */
  dsr_term confidence; /* confidence 0.8 */
} dsr_claim_part;

typedef struct dsr_atom {
  dsr_place at;
  dsr_str name;
  bool curie; /* the name is prefix:local, as written */
  int n_args;
  dsr_term *args;
  dsr_term time; /* after @; DSR_TERM_NONE if none */
  bool denied;   /* deny p(X) */
  dsr_claim_part claim;
} dsr_atom;

typedef enum dsr_literal_kind {
  DSR_LIT_ATOM = 1,
  DSR_LIT_COMPARE, /* left op right; op: = != < <= > >= (=:= and =\= become = and !=,
                   ** flagged numeric) */
  DSR_LIT_TIME,    /* left test right, with `possibly` */
} dsr_literal_kind;

typedef enum dsr_compare {
  DSR_EQ = 1,
  DSR_NE,
  DSR_LT,
  DSR_LE,
  DSR_GT,
  DSR_GE,
} dsr_compare;

struct dsr_literal {
  dsr_literal_kind kind;
  dsr_place at;
  bool negated; /* not, \+ */
  dsr_atom *atom;
  dsr_compare op;
  bool numeric; /* =:= =\= and X is E: compare or bind as numbers */
  dsr_time_test test;
  bool possibly;
  dsr_term left, right;
};

typedef enum dsr_clause_kind {
  DSR_CLAUSE_FACT = 1,   /* head (head.denied: a denial) */
  DSR_CLAUSE_RULE,       /* head :- body */
  DSR_CLAUSE_CONSTRAINT, /* message :- body */
  DSR_CLAUSE_QUERY,      /* ?- body */
  DSR_CLAUSE_RELATION,   /* relation */
  DSR_CLAUSE_SOURCE,     /* source: name and properties */
  DSR_CLAUSE_PREFIX,     /* prefix ex: <http://...>. : name, text */
  DSR_CLAUSE_VERDICT,    /* prefer / deprecate head (its claim.source: whose claims are
                         ** judged) because text by name */
  DSR_CLAUSE_RETRACT,    /* retract head */
  DSR_CLAUSE_RETRACT_VERDICT, /* retract prefer / deprecate, as a verdict; reason and
                              ** author are those asked for, if any */
  DSR_CLAUSE_NOTE,  /* understood and skipped: #show, :- table ...; text says so */
  DSR_CLAUSE_FACTS, /* facts in a row, perhaps in blocks: they are read when they are
                    ** asked for, by dsr_clauses_next(); only in a program that gathers */
} dsr_clause_kind;

typedef struct dsr_property {
  dsr_place at;
  dsr_str name;
  dsr_term value;
} dsr_property;

/* A declaration as written. */
typedef struct dsr_declaration {
  int arity;
  dsr_str roles[DSR_ARITY_MAX];
  dsr_place role_at[DSR_ARITY_MAX];
  bool occurs, holds, once, symmetric;
  dsr_str inverse;
  dsr_place inverse_at;
  int n_keys;
  struct {
    dsr_place at;
    int n;
    dsr_str columns[DSR_ARITY_MAX]; /* a role, or a column's number from 1 */
  } keys[4];
  int n_is;
  struct {
    dsr_place at;
    dsr_str general;
    int n;
    int map[DSR_ARITY_MAX]; /* column numbers of this relation, from 1 */
  } is[4];
  dsr_str phrase;
} dsr_declaration;

/* One variable that answers are ordered by. */
typedef struct dsr_order_key {
  dsr_place at;
  int var; /* a slot of the clause; it stands in the body, and has a name to be told by */
  bool descending;
} dsr_order_key;

/* How the answers to a query are told: "order by T desc, X limit 10 offset $n". */
typedef struct dsr_telling {
  int n_keys;
  dsr_order_key *keys;
  dsr_term limit, offset; /* DSR_TERM_NUMBER: digits that fit in 63 bits;
                          ** DSR_TERM_PARAMETER; or DSR_TERM_NONE */
} dsr_telling;

/* A transaction that a text replays: `transaction 17 "2026-01-02T03:04:05Z" { ... }`. */
typedef struct dsr_replayed {
  int file;
  dsr_place at;
  int64_t number;
  int64_t stamp;
} dsr_replayed;

/* Facts that stand in a row: a part of their file's text, that is known to be in the
** language, and what holds where it begins. */
typedef struct dsr_gathered {
  size_t begin, end;    /* in the file's text */
  size_t n;             /* facts */
  dsr_claim_part gives; /* what the block around says */
} dsr_gathered;

typedef struct dsr_clause {
  dsr_clause_kind kind;
  int file; /* index into the program's files */
  dsr_place at;
  int transaction; /* of the program's, from 1, that it is a part of; 0: of none */
  dsr_str name;    /* relation, source or prefix declared; verdict: by whom */
  dsr_place name_at;
  dsr_str text;      /* message, reason, IRI, note */
  dsr_str written;   /* the whole clause with its dot: a slice of the file's text */
  dsr_str canonical; /* rule, constraint: its tokens with a blank between any two */
  bool prefers;      /* verdict: prefer, else deprecate */
  dsr_atom head;
  int n_body;
  dsr_literal *body;
  const dsr_telling *telling; /* query; NULL: nothing is said of it */
  int n_vars;
  const dsr_str *vars;     /* names by slot; "_" ones have none and no slot */
  const dsr_place *var_at; /* where each was first met */
  const int *var_uses;
  dsr_declaration *declaration;
  int n_properties;
  dsr_property *properties;
  const dsr_gathered *facts; /* DSR_CLAUSE_FACTS */
} dsr_clause;

struct dsr_program;

/* Who reads gathered facts again.  A clause is good until the next one is asked for. */
typedef struct dsr_reread {
  dsr_status (*start)(const struct dsr_program *program, const dsr_clause *facts,
                      dsr_error *error, void **out);
  dsr_status (*next)(void *reader, const dsr_clause **out); /* DSR_ROW; DSR_DONE */
  void (*stop)(void *reader);                               /* NULL is allowed */
} dsr_reread;

typedef struct dsr_program {
  dsr_arena arena;
  VEC(dsr_clause) clauses;
  VEC(dsr_replayed) transactions; /* numbers and stamps ascend */
  VEC(dsr_str) files;             /* their names, for messages */
  VEC(dsr_str) texts; /* their contents, borrowed: for source lines in messages */
  VEC(bool) maps;     /* is it mapped: need what was read of it not stay in memory? */
  bool mapped;        /* the next one is */
  VEC(int) firsts;    /* which line of its file each text begins with: 1, mostly */
  VEC(dsr_str)
  unread; /* what of them is not in the language and was told of; borrowed
                       ** like them */
  const dsr_reread *reread; /* NULL: each fact is a clause; else facts are gathered */
  int64_t facts;            /* how many were */
} dsr_program;

void dsr_program_free(dsr_program *program); /* back to all zero */

/* Line `line`, from 1, of one of the program's files, without its end; none where there
** is no such line.  Walks the text from its beginning. */
dsr_str dsr_program_line(const dsr_program *program, int file, int line);

/* A walk through clauses, gathered facts one by one. */
typedef struct dsr_clauses {
  const dsr_program *program;
  dsr_error *error;
  size_t at; /* of the clause after the one that is out */
  void *reader;
} dsr_clauses;

/* The clauses from number `at` on. */
dsr_clauses dsr_clauses_start(const dsr_program *program, size_t at, dsr_error *error);
/* DSR_ROW with the next one, good until the one after it is asked for; DSR_DONE. */
dsr_status dsr_clauses_next(dsr_clauses *walk, const dsr_clause **out);
/* Leave out the gathered facts that stand in a row with the one that is out. */
void dsr_clauses_skip(dsr_clauses *walk);
void dsr_clauses_stop(dsr_clauses *walk);

/* Set the flags of the variables in a term or literal: with `deep`, also of those in
** aggregates. */
void dsr_term_mark(const dsr_term *term, bool deep, bool *set);
void dsr_literal_mark(const dsr_literal *literal, bool deep, bool *set);

/* The variables of a clause's body that are asked for, in order of appearance: slots in
** `out`, which has room for n_vars; how many.  `_Name` is not asked for, nor what stands
** inside of aggregates alone. */
int dsr_clause_columns(const dsr_clause *clause, int *out);

/* Tell of an error at a place in one of the program's files, with its line and
** caret. */
dsr_status dsr_program_error(const dsr_program *program, int file, dsr_place at,
                             dsr_error *error, dsr_status code, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
