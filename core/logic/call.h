/*
** call.h - what goals do at run time, on numbers: comparisons, tests of time, functions.
**
** An operator has numbers, a function has words: what stands between them lives here.  A
** call is made once for each goal and pipeline and belongs to the calls; the evaluator gets a
** function and a pointer.  Goals and rulebook must outlive them.
**
** Comparisons and + - * of integers are done on the words alone.  All else goes through the
** symbols, which are for one thread at a time: tests take turns there, and may be asked by
** several threads (dsr_calls_shares).  What gives values gives them numbers, in the order in
** which they come, and what the host defines may do anything: these belong to the thread that
** has the base.
*/
#ifndef DSR_LOGIC_CALL_H
#define DSR_LOGIC_CALL_H

#include "eval/loop.h"
#include "logic/rule.h"

typedef struct dsr_calls dsr_calls;

/* `view` is for goals on the view's time, `defined` for functions of the host (NULL: none);
** all are borrowed. */
dsr_status dsr_calls_new(dsr_numbers *numbers, dsr_facts *facts, dsr_view *view,
                         const struct dsr_defined *defined, dsr_error *error,
                         dsr_calls **out);
void dsr_calls_free(dsr_calls *calls);

/* Facts may be looked up (lookup.h): that nothing has a number for a word does not say that
** no fact has it. */
void dsr_calls_open(dsr_calls *calls);
/* How many numbers were given so far. */
uint32_t dsr_calls_numbers(const dsr_calls *calls);
/* The number of a constant: of an entity, that of the one which stands for all that
** `same_as` joins with it, as facts are read. */
dsr_status dsr_calls_number(dsr_calls *calls, dsr_word word, uint32_t *out);

/* What a comparison with = does where one side is to be filled: the value itself, none
** where the goal asks for numbers and it is none.  Comparing is by value and joining by
** word: where the variable is `joined` with columns that others fill, a number is also given
** in its other form (2 and 2.0), if anything has that. */
dsr_status dsr_calls_bind(dsr_calls *calls, const dsr_goal *goal, bool joined,
                          dsr_op_call *call, void **ud);
/* The test that a goal is; the arguments are the goal's.  COMPARE, TIME, VIEW, GRADE; and
** CALL: does some row of results match the others (DSR_NUMBER_NONE: anything does). */
dsr_status dsr_calls_test(dsr_calls *calls, const dsr_goal *goal, dsr_test_call *test,
                          void **ud);
/* May the test of the goal be asked by several threads, while none gives a number? */
bool dsr_calls_shares(const dsr_goal *goal);
/* Is its one argument a written time; as a test, it may be asked by several threads. */
dsr_status dsr_calls_written(dsr_calls *calls, dsr_test_call *test, void **ud);
/* The function that a goal of kind CALL calls: n_in arguments, rows of the others. */
dsr_status dsr_calls_function(dsr_calls *calls, const dsr_goal *goal, dsr_op_call *call,
                              void **ud);
/* The fold of a rule of origin FOLD; what is better for a best extent (fold min or max). */
dsr_status dsr_calls_fold(dsr_calls *calls, int fold, dsr_fold_call *call, void **ud);
dsr_status dsr_calls_better(dsr_calls *calls, int fold, dsr_better *better, void **ud);
/* What finding the better of two values failed with: its caller cannot tell. */
dsr_status dsr_calls_failure(const dsr_calls *calls);

#endif
