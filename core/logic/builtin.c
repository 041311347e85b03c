/*
** builtin.c - the functions that are part of the language: the table, their types, and
** those on numbers.
**
** A function that takes several numbers of arguments stands in the table once for each.
** Finding one is a walk over the table: it is done when a rule is prepared.
*/
#include "logic/builtin.h"

#include <stdio.h>

#include "ground/text.h"
#include "logic/plan.h"
#include "value/reckon.h"

/* ---- numbers ---------------------------------------------------------------------- */

#define RECKON(name, op)                                                    \
  static dsr_status name(dsr_symbols *symbols, const dsr_word *args, int n, \
                         dsr_word *out) {                                   \
    (void)n;                                                                \
    return dsr_reckon(symbols, op, args[0], args[1], out);                  \
  }
RECKON(add, DSR_RECKON_ADD)
RECKON(subtract, DSR_RECKON_SUBTRACT)
RECKON(multiply, DSR_RECKON_MULTIPLY)
RECKON(divide, DSR_RECKON_DIVIDE)
RECKON(modulo, DSR_RECKON_MODULO)
RECKON(remainder_of, DSR_RECKON_REMAINDER)

static dsr_status negate(dsr_symbols *symbols, const dsr_word *args, int n,
                         dsr_word *out) {
  (void)n;
  return dsr_reckon(symbols, DSR_RECKON_SUBTRACT, dsr_word_int(0), args[0], out);
}

static dsr_status absolute(dsr_symbols *symbols, const dsr_word *args, int n,
                           dsr_word *out) {
  int order;
  if (!dsr_number_compare(symbols, args[0], dsr_word_int(0), &order)) {
    return DSR_NOTHING;
  }
  if (order < 0) return negate(symbols, args, n, out);
  *out = args[0];
  return DSR_OK;
}

static dsr_status round_down(dsr_symbols *symbols, const dsr_word *args, int n,
                             dsr_word *out) {
  (void)n;
  return dsr_reckon_whole(symbols, DSR_RECKON_FLOOR, args[0], out);
}

static dsr_status round_up(dsr_symbols *symbols, const dsr_word *args, int n,
                           dsr_word *out) {
  (void)n;
  return dsr_reckon_whole(symbols, DSR_RECKON_CEILING, args[0], out);
}

/* To an integer, or to a decimal with so many places. */
static dsr_status round_number(dsr_symbols *symbols, const dsr_word *args, int n,
                               dsr_word *out) {
  int64_t places;
  if (n == 1) return dsr_reckon_whole(symbols, DSR_RECKON_NEAREST, args[0], out);
  if (!dsr_word_integer(symbols, args[1], &places)) return DSR_NOTHING;
  return dsr_reckon_places(symbols, args[0], places, out);
}

static dsr_status to_decimal(dsr_symbols *symbols, const dsr_word *args, int n,
                             dsr_word *out) {
  (void)n;
  if (dsr_word_tag(args[0]) == DSR_TAG_DECIMAL) {
    *out = args[0];
    return DSR_OK;
  }
  return dsr_reckon_places(symbols, args[0], INT64_MAX, out);
}

/* ---- the lesser and the greater ------------------------------------------------------ */

/* Integers and decimals are of one kind. */
static dsr_domain kind_of(dsr_symbols *symbols, dsr_word word) {
  dsr_domain type = dsr_word_domain(symbols, word);
  return type == DSR_COL_INT ? DSR_COL_NUMBER : type;
}

static dsr_status pick(dsr_symbols *symbols, const dsr_word *args, int sign,
                       dsr_word *out) {
  int order;
  dsr_domain kind = kind_of(symbols, args[0]);
  if (kind == DSR_COL_ANY || kind != kind_of(symbols, args[1])) return DSR_NOTHING;
  TRY(dsr_value_compare(symbols, args[0], args[1], &order));
  *out = sign * order <= 0 ? args[0] : args[1];
  return DSR_OK;
}

static dsr_status lesser(dsr_symbols *symbols, const dsr_word *args, int n,
                         dsr_word *out) {
  (void)n;
  return pick(symbols, args, 1, out);
}

static dsr_status greater(dsr_symbols *symbols, const dsr_word *args, int n,
                          dsr_word *out) {
  (void)n;
  return pick(symbols, args, -1, out);
}

/* ---- the table --------------------------------------------------------------------- */

#define INT DSR_COL_INT
#define NUMBER DSR_COL_NUMBER
#define TEXT DSR_COL_TEXT
#define TIME DSR_COL_TIME
#define BOOL DSR_COL_BOOL
#define ANY DSR_COL_ANY

static const dsr_builtin table[] = {
    {"+", 2, {NUMBER, NUMBER}, NUMBER, false, true, add},
    {"-", 2, {NUMBER, NUMBER}, NUMBER, false, true, subtract},
    {"*", 2, {NUMBER, NUMBER}, NUMBER, false, true, multiply},
    {"/", 2, {NUMBER, NUMBER}, NUMBER, false, true, divide},
    {"mod", 2, {INT, INT}, INT, false, false, modulo},
    {"rem", 2, {INT, INT}, INT, false, false, remainder_of},
    {"neg", 1, {NUMBER}, NUMBER, false, true, negate},
    {"abs", 1, {NUMBER}, NUMBER, false, true, absolute},
    {"min", 2, {ANY, ANY}, ANY, true, false, lesser},
    {"max", 2, {ANY, ANY}, ANY, true, false, greater},
    {"floor", 1, {NUMBER}, INT, false, false, round_down},
    {"ceiling", 1, {NUMBER}, INT, false, false, round_up},
    {"round", 1, {NUMBER}, INT, false, false, round_number},
    {"round", 2, {NUMBER, INT}, NUMBER, false, false, round_number},
    {"decimal", 1, {NUMBER}, NUMBER, false, false, to_decimal},

    {"length", 1, {TEXT}, INT, false, false, dsr_builtin_length},
    {"lower", 1, {TEXT}, TEXT, false, false, dsr_builtin_lower},
    {"upper", 1, {TEXT}, TEXT, false, false, dsr_builtin_upper},
    {"trim", 1, {TEXT}, TEXT, false, false, dsr_builtin_trim},
    {"concat", 2, {ANY}, TEXT, false, false, dsr_builtin_concat},
    {"concat", 3, {ANY}, TEXT, false, false, dsr_builtin_concat},
    {"concat", 4, {ANY}, TEXT, false, false, dsr_builtin_concat},
    {"concat", 5, {ANY}, TEXT, false, false, dsr_builtin_concat},
    {"concat", 6, {ANY}, TEXT, false, false, dsr_builtin_concat},
    {"concat", 7, {ANY}, TEXT, false, false, dsr_builtin_concat},
    {"concat", 8, {ANY}, TEXT, false, false, dsr_builtin_concat},
    {"substring", 2, {TEXT, INT}, TEXT, false, false, dsr_builtin_substring},
    {"substring", 3, {TEXT, INT, INT}, TEXT, false, false, dsr_builtin_substring},
    {"replace", 3, {TEXT, TEXT, TEXT}, TEXT, false, false, dsr_builtin_replace},
    {"contains", 2, {TEXT, TEXT}, BOOL, false, false, dsr_builtin_contains},
    {"starts_with", 2, {TEXT, TEXT}, BOOL, false, false, dsr_builtin_starts_with},
    {"ends_with", 2, {TEXT, TEXT}, BOOL, false, false, dsr_builtin_ends_with},
    {"language", 1, {TEXT}, TEXT, false, false, dsr_builtin_language},
    {"text", 1, {ANY}, TEXT, false, false, dsr_builtin_text},
    {"number", 1, {ANY}, NUMBER, false, false, dsr_builtin_number},

    {"start", 1, {TIME}, TIME, false, false, dsr_builtin_start},
    {"end", 1, {TIME}, TIME, false, false, dsr_builtin_end},
    {"span", 2, {TIME, TIME}, TIME, false, false, dsr_builtin_span},
    {"intersect", 2, {TIME, TIME}, TIME, false, false, dsr_builtin_intersect},
    {"year", 1, {TIME}, INT, false, false, dsr_builtin_year},
    {"month", 1, {TIME}, INT, false, false, dsr_builtin_month},
    {"day", 1, {TIME}, INT, false, false, dsr_builtin_day},
    {"days", 1, {TIME}, INT, false, false, dsr_builtin_days},
    {"add_days", 2, {TIME, INT}, TIME, false, false, dsr_builtin_add_days},
    {"days_between", 2, {TIME, TIME}, INT, false, false, dsr_builtin_days_between},
    {"date", 1, {ANY}, TIME, false, false, dsr_builtin_date},
    {"date", 3, {INT, INT, INT}, TIME, false, false, dsr_builtin_date_of},
};
enum { FUNCTIONS = sizeof table / sizeof *table };

const dsr_builtin *dsr_builtin_at(int i) {
  return i >= 0 && i < FUNCTIONS ? &table[i] : NULL;
}

const dsr_builtin *dsr_builtin_named(dsr_str name) {
  for (int i = 0; i < FUNCTIONS; i++) {
    if (dsr_str_is(name, table[i].name)) return &table[i];
  }
  return NULL;
}

const dsr_builtin *dsr_builtin_find(dsr_str name, int n_args) {
  for (int i = 0; i < FUNCTIONS; i++) {
    if (table[i].n_args == n_args && dsr_str_is(name, table[i].name)) return &table[i];
  }
  return NULL;
}

const dsr_builtin *dsr_builtin_test(dsr_str name, int n_args) {
  const dsr_builtin *fn = dsr_builtin_find(name, n_args);
  return fn != NULL && fn->gives == DSR_COL_BOOL ? fn : NULL;
}

dsr_status dsr_builtin_call(const dsr_builtin *fn, dsr_symbols *symbols,
                            const dsr_word *args, dsr_word *out) {
  return fn->call(symbols, args, fn->n_args, out);
}

/* ---- types ------------------------------------------------------------------------- */

/* What both are, of which at least one is known to be a case of the other. */
static dsr_domain common(dsr_domain a, dsr_domain b) {
  if (a == DSR_COL_ANY || b == DSR_COL_ANY) return a == DSR_COL_ANY ? b : a;
  return a == b ? a : DSR_COL_NUMBER;
}

dsr_status dsr_builtin_types(const dsr_builtin *fn, const dsr_domain *have, int *at,
                             dsr_domain *gives) {
  bool integers = fn->integer;
  dsr_domain kind = DSR_COL_ANY;
  for (int i = 0; i < fn->n_args; i++) {
    bool meets = dsr_domain_meets(fn->takes[i], have[i]) &&
                 (!fn->alike || dsr_domain_meets(kind, have[i]));
    if (!meets) {
      *at = i;
      return DSR_ETYPE;
    }
    integers = integers && have[i] == DSR_COL_INT;
    kind = fn->alike ? common(kind, have[i]) : kind;
  }
  *gives = fn->alike ? kind : integers ? DSR_COL_INT : fn->gives;
  /* One that is not known may be a decimal, and then so may the result be. */
  for (int i = 0; fn->alike && i < fn->n_args; i++) {
    if (have[i] == DSR_COL_ANY && *gives == DSR_COL_INT) *gives = DSR_COL_NUMBER;
  }
  return DSR_OK;
}

/* What would make the wrong value right, or do instead. */
static const char *remedy(const dsr_builtin *fn, int at, dsr_domain have) {
  dsr_domain due = fn->takes[at];
  bool number = due == DSR_COL_NUMBER || due == DSR_COL_INT;
  if (have == DSR_COL_TIME && number) {
    return fn->name[0] == '-' && at == 1
               ? "; days_between(A, B) counts days, and add_days(T, -30) goes back"
               : "; add_days(T, 30) moves a date, and year(T) is a number";
  }
  if (have == DSR_COL_TEXT && number) return "; number(T) reads one";
  if (have == DSR_COL_TEXT && due == DSR_COL_TIME) return "; date(T) reads one";
  if (due == DSR_COL_TIME && dsr_domain_meets(DSR_COL_INT, have)) {
    return "; date(1994) makes one of a year";
  }
  return due == DSR_COL_TEXT ? "; text(X) makes one" : "";
}

void dsr_builtin_clash(const dsr_builtin *fn, int at, const dsr_domain *have, char *out,
                       size_t size) {
  static const char *const places[] = {"first", "second", "third",   "fourth",
                                       "fifth", "sixth",  "seventh", "eighth"};
  if (fn->alike) {
    snprintf(out, size, "\"%s\" takes values of one kind; came %s and %s", fn->name,
             dsr_domain_due(have[0]), dsr_domain_due(have[at]));
    return;
  }
  bool alone = fn->n_args == 1;
  snprintf(out, size, "\"%s\" takes %s as its %s%sargument; came %s%s", fn->name,
           dsr_domain_due(fn->takes[at]), alone ? "" : places[at], alone ? "" : " ",
           dsr_domain_due(have[at]), remedy(fn, at, have[at]));
}

/* ---- courses ------------------------------------------------------------------------ */

/* By the sign of a constant factor.  Zero makes 0 of 3 and 0.0 of 2.0, which comes after
** it: neither. */
static dsr_course by_sign(dsr_symbols *symbols, dsr_word factor) {
  int order;
  if (!dsr_number_compare(symbols, factor, dsr_word_int(0), &order) || order == 0) {
    return DSR_COURSE_NONE;
  }
  return order > 0 ? DSR_COURSE_RISES : DSR_COURSE_FALLS;
}

/* Division by an integer cuts integers and not decimals: 7 / 2 comes before 6.9 / 2. */
static dsr_course of_quotient(dsr_symbols *symbols, dsr_word divisor) {
  int64_t whole;
  bool exact = divisor != DSR_WORD_NONE && !dsr_word_integer(symbols, divisor, &whole);
  return exact ? by_sign(symbols, divisor) : DSR_COURSE_NONE;
}

dsr_course dsr_builtin_course(const dsr_builtin *fn, dsr_symbols *symbols,
                              const dsr_word *args, int at) {
  dsr_builtin_function call = fn->call;
  if (call == add || call == lesser || call == greater) return DSR_COURSE_RISES;
  if (call == subtract) return at == 0 ? DSR_COURSE_RISES : DSR_COURSE_FALLS;
  if (call == negate) return DSR_COURSE_FALLS;
  if (call == multiply) return by_sign(symbols, args[1 - at]);
  if (call == divide) return at == 0 ? of_quotient(symbols, args[1]) : DSR_COURSE_NONE;
  bool rounds = call == round_down || call == round_up || call == round_number ||
                call == to_decimal;
  return rounds && at == 0 ? DSR_COURSE_RISES : DSR_COURSE_NONE;
}
