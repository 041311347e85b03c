/*
** builtin.h - the functions that are part of the language, on words.
**
**   numbers  X + Y   X - Y   X * Y   X / Y   X mod Y   -X   rem(X, Y)   abs(X)
**            min(X, Y)   max(X, Y)   floor(X)   ceiling(X)   round(X)   round(X, PLACES)
**            decimal(X)
**   texts    length(T)   lower(T)   upper(T)   trim(T)   concat(X, Y, ...)
**            substring(T, FROM)   substring(T, FROM, COUNT)   replace(T, OLD, NEW)
**            contains(T, S)   starts_with(T, S)   ends_with(T, S)   language(T)
**            text(X)   number(T)
**   times    start(T)   end(T)   span(A, B)   intersect(A, B)   year(T)   month(T)   day(T)
**            days(T)   add_days(T, N)   days_between(A, B)   date(X)   date(Y, M, D)
**
** A function has one result or none; where it has none, the rule's body has no answer
** there, and nobody is told: division by zero, a time whose four days leave the result
** open, a text that is no number, a value of a type that the function does not take.
** What types say beforehand is an error at the place (dsr_builtin_types).
**
** Numbers are reckoned as value/reckon.h says; min and max are by the order of values, of
** numbers, of times, of texts or of entities alike.  Texts are counted in characters (code
** points) from 1; a result keeps the language of the first text, concat that of all where
** they have one.  text() gives an identifier, a numeral, EDTF, true or false.
**
** year, month and day are those in which the whole time lies; days counts first and last.
** start and end give days, where the time has no other; add_days moves a time whose first
** and last day are known, days_between counts from one known day to another (1 to the
** next, below zero backwards).  date() takes EDTF as a text, or the number of a year.
**
** Results that are texts, times or wide numbers are what the base has, else temporaries:
** equal results are equal words.  Nothing here keeps state but the table of symbols, so a
** call belongs to the thread that has the base.
*/
#ifndef DSR_LOGIC_BUILTIN_H
#define DSR_LOGIC_BUILTIN_H

#include "facts/relation.h"

enum { DSR_BUILTIN_ARGS = 8 };

typedef dsr_status (*dsr_builtin_function)(dsr_symbols *symbols, const dsr_word *args,
                                           int n, dsr_word *out);

typedef struct dsr_builtin {
  const char *name; /* as programs have it: "+", "mod", "neg", "length" */
  int n_args;
  dsr_domain takes[DSR_BUILTIN_ARGS];
  dsr_domain gives; /* as far as the arguments do not tell: see dsr_builtin_types() */
  bool alike;       /* all arguments are of one kind, which the result has, too */
  bool integer;     /* of integers alone it gives an integer */
  dsr_builtin_function call;
} dsr_builtin;

/* The function of that name and number of arguments; NULL where there is none. */
const dsr_builtin *dsr_builtin_find(dsr_str name, int n_args);
/* The same, where it is a test, true or false, which may stand as an atom. */
const dsr_builtin *dsr_builtin_test(dsr_str name, int n_args);
/* The first one of that name, whatever it takes; NULL where there is none. */
const dsr_builtin *dsr_builtin_named(dsr_str name);
/* All of them, from 0; NULL past the last.  One name stands several times in a row. */
const dsr_builtin *dsr_builtin_at(int i);

/* DSR_OK with *out; DSR_NOTHING where there is no result; DSR_ELIMIT (a result past 64
** bits, a text past 16 MB), DSR_ENOMEM or what reading the base came to, in words. */
dsr_status dsr_builtin_call(const dsr_builtin *fn, dsr_symbols *symbols,
                            const dsr_word *args, dsr_word *out);

/* What the result is, where the arguments are known to be `have` (DSR_COL_ANY: not known).
** DSR_ETYPE, not told, where argument *at can never be right. */
dsr_status dsr_builtin_types(const dsr_builtin *fn, const dsr_domain *have, int *at,
                             dsr_domain *gives);
/* That, in words: "+" takes a number as its first argument; came a date; ... */
void dsr_builtin_clash(const dsr_builtin *fn, int at, const dsr_domain *have, char *out,
                       size_t size);

/* How a result goes as one argument grows, the others staying as they are.  Rises and falls
** are not strict: the result may also stay. */
typedef enum dsr_course {
  DSR_COURSE_NONE = 0, /* it may do either */
  DSR_COURSE_RISES,
  DSR_COURSE_FALLS,
} dsr_course;

/* In argument `at`; `args` are those that are constants, DSR_WORD_NONE where one is not
** known: X * 2 rises in X, X * Y may do either. */
dsr_course dsr_builtin_course(const dsr_builtin *fn, dsr_symbols *symbols,
                              const dsr_word *args, int at);

/* ---- builtin_text.c, builtin_time.c ------------------------------------------------ */

dsr_status dsr_builtin_length(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_lower(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_upper(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_trim(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_concat(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_substring(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_replace(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_contains(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_starts_with(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_ends_with(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_language(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_text(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_number(dsr_symbols *, const dsr_word *, int, dsr_word *);

dsr_status dsr_builtin_start(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_end(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_span(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_intersect(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_year(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_month(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_day(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_days(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_add_days(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_days_between(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_date(dsr_symbols *, const dsr_word *, int, dsr_word *);
dsr_status dsr_builtin_date_of(dsr_symbols *, const dsr_word *, int, dsr_word *);

#endif
