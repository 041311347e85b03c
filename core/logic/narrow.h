/*
** narrow.h - which rows of a base relation a run can use at all.
**
** A large relation that nothing leads to (lookup.h) is read by a scan.  Where each atom of it
** has constants among its columns, or variables that are compared or tested against constants
** (`T within 2010`, `N > 5`), rows that no atom can match are left out while they are read,
** for a twentieth of what numbering and filing them costs.  Nothing is decided here: all
** goals are asked of the rows that stay.
**
** Each atom makes an alternative: tests that a row must all pass.  A row stays where it
** passes those of some atom, or where a test of it fails with an error, which is then the
** goal's to tell.
**
** Numbers and days come in ranges, so that for most words a test is two comparisons, made
** where rows lie packed (store/strain.h), and made again here, where all else is asked, too:
** once for each word of some thousand that came last.
**
** Cost: a look at each rule; a few ns for each row, a test of time for each other word.
*/
#ifndef DSR_LOGIC_NARROW_H
#define DSR_LOGIC_NARROW_H

#include "facts/view.h"
#include "logic/rule.h"
#include "store/strain.h"

/* One test of a column. */
typedef struct dsr_narrow_test {
  int alternative;
  int column;         /* of the predicate: the time comes after the relation's own */
  dsr_goal_kind kind; /* ATOM: the column is the word; COMPARE; TIME */
  dsr_compare op;
  dsr_time_test test;
  bool numeric, possibly;
  bool turned; /* the constant stands on the left */
  dsr_word word;
  bool timed; /* the constant is a time: its days */
  dsr_time time;
  dsr_strain_range range; /* what it says of words without asking */
} dsr_narrow_test;

/* Finish a test of which all but its last three parts are there, its word is known. */
dsr_status dsr_narrow_test_ready(dsr_symbols *symbols, dsr_narrow_test *test);

/* All tests, alternative by alternative; none: all rows stay. */
typedef struct dsr_narrow {
  VEC(dsr_narrow_test) tests;
  bool exact; /* each alternative has a constant column: an index would find its rows */
} dsr_narrow;

/* What the atoms of a base predicate ask of it: DSR_OK, or DSR_NOTHING where one of them may
** match any row.  Parameters must have been given. */
dsr_status dsr_narrow_make(const dsr_rulebook *book, int predicate, dsr_view *view,
                           dsr_narrow *out);
void dsr_narrow_free(dsr_narrow *narrow);
bool dsr_narrow_equal(const dsr_narrow *a, const dsr_narrow *b);

/* What it says of rows by their words alone; no tests where that is nothing. */
void dsr_narrow_strain(const dsr_narrow *narrow, dsr_strain *out);

/* What tests said of words, by test and word; all zero at first. */
typedef struct dsr_narrow_memory {
  struct dsr_narrow_said *said; /* NULL: nothing was asked, or there is no memory */
} dsr_narrow_memory;
void dsr_narrow_forget(dsr_narrow_memory *memory);

/* Does a row of words, in the predicate's columns, stay?  `view` as for dsr_test_compare(). */
bool dsr_narrow_keeps(const dsr_narrow *narrow, dsr_symbols *symbols, dsr_view *view,
                      const dsr_word *words);
/* The same of rows [from, to), at most DSR_NARROW_ROWS, by column: those that stay are
** listed in `rows`, in order; how many.  One memory serves one narrowing and one view. */
enum { DSR_NARROW_ROWS = 4096 };
size_t dsr_narrow_sift(const dsr_narrow *narrow, dsr_narrow_memory *memory,
                       dsr_symbols *symbols, dsr_view *view,
                       const dsr_word *const *columns, size_t from, size_t to,
                       uint32_t *rows);

#endif
