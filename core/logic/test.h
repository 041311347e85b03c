/*
** test.h - comparisons and tests of time, on words.
**
** Words are compared by value: numbers as numbers (2 = 2.0), times by their four days,
** entities that same_as joins in the view as one, all else by what it is; the order is that
** of dsr_value_compare().  With `numeric` (=:= =\= is) what is no number compares with
** nothing.  Whether one is less than the other is never answered of a date and a number:
** that is DSR_ETYPE, in words.
**
** Cost: two integers and equal words are answered from the words alone.
*/
#ifndef DSR_LOGIC_TEST_H
#define DSR_LOGIC_TEST_H

#include "facts/view.h"
#include "logic/program.h"

/* The word that stands for an entity and those joined with it in the view; any other word
** itself.  `view` NULL: nothing is joined. */
dsr_status dsr_test_same(dsr_view *view, dsr_word word, dsr_word *out);

/* Is `order` (below zero, 0, above) as `op` asks. */
bool dsr_test_order(dsr_compare op, int order);

/* Does a op b hold. */
dsr_status dsr_test_compare(dsr_symbols *symbols, dsr_view *view, dsr_compare op,
                            bool numeric, dsr_word a, dsr_word b, bool *out);

/* Is the test certain of two times, or with `possibly` possible; false where one is no
** time. */
dsr_status dsr_test_time(dsr_symbols *symbols, dsr_time_test test, bool possibly,
                         dsr_word a, dsr_word b, bool *out);

#endif
