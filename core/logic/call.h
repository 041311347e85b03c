/*
** call.h - what goals do at run time, on numbers: comparisons, tests of time, functions.
**
** An operator has numbers, a function has words: what stands between them lives here.  A
** call is made once for each goal and kept by the world; the evaluator gets a function and
** a pointer.  Comparisons of two integers and of equal numbers are answered from the words
** alone.
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

/* How many numbers were given so far. */
uint32_t dsr_calls_numbers(const dsr_calls *calls);
/* The number of a constant: of an entity, that of the one which stands for all that
** `same_as` joins with it, as facts are read. */
dsr_status dsr_calls_number(dsr_calls *calls, dsr_word word, uint32_t *out);

/* What a comparison with = does where one side is to be filled: the value itself, none
** where the goal asks for numbers and it is none. */
dsr_status dsr_calls_bind(dsr_calls *calls, const dsr_goal *goal, dsr_op_call *call,
                          void **ud);
/* The test that a goal of kind COMPARE, TIME or VIEW is; the arguments are the goal's. */
dsr_status dsr_calls_test(dsr_calls *calls, const dsr_goal *goal, dsr_test_call *test,
                          void **ud);
/* The function that a goal of kind CALL calls: n_in arguments, rows of the others. */
dsr_status dsr_calls_function(dsr_calls *calls, const dsr_goal *goal, dsr_op_call *call,
                              void **ud);
/* The fold of a rule of origin FOLD; what is better for a best extent (fold min or max). */
dsr_status dsr_calls_fold(dsr_calls *calls, int fold, dsr_fold_call *call, void **ud);
dsr_better dsr_calls_better(dsr_calls *calls, int fold, void **ud);

#endif
