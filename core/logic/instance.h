/*
** instance.h - the instances of a rule: the ways in which its body holds.
**
** For `why`, which looks at a few rules of few tuples: one rule at a time is gone through
** by backtracking over extents, what is known first.  An instance is a
** value for each variable and a tuple for each atom that is not negated.
**
** Cost: an index for each set of known columns, once for an extent; then what the way
** through the body costs, the goal with the most known columns first.
*/
#ifndef DSR_LOGIC_INSTANCE_H
#define DSR_LOGIC_INSTANCE_H

#include "logic/call.h"

/* What is done with a goal that is a test or a function, made at first use. */
typedef struct dsr_instance_call {
  const dsr_goal *goal;
  int how;
  dsr_test_call test;
  dsr_op_call call;
  void *ud;
} dsr_instance_call;

/* Where rules are looked at.  All is borrowed but `made`. */
typedef struct dsr_instances {
  const dsr_rulebook *book;
  dsr_extent **extents; /* by predicate of the book: stored ones, or supplied */
  dsr_calls *calls;
  dsr_numbers *numbers;
  dsr_error *error;
  const dsr_guard *guard; /* looked at for each goal; NULL: nothing bounds it */
  VEC(dsr_instance_call) made;
} dsr_instances;

typedef struct dsr_instance {
  uint32_t *values;                  /* by variable; DSR_NUMBER_NONE: any */
  bool *done;                        /* by goal: it holds */
  bool *empty;                       /* by goal: `otherwise`, and there is no tuple */
  uint32_t (*tuples)[DSR_WIDTH_MAX]; /* by goal */
} dsr_instance;

/* An instance of the rule of which nothing is known yet, in `arena`. */
dsr_status dsr_instance_new(const dsr_rule *rule, dsr_arena *arena, dsr_error *error,
                            dsr_instance *out);
/* Know that the arguments are this tuple: false where they cannot be. */
dsr_status dsr_instance_match(dsr_instances *in, dsr_instance *at, const dsr_arg *args,
                              int n, const uint32_t *tuple, bool *fits);
/* The tuple that the arguments are: false where one of them is not known. */
dsr_status dsr_instance_tuple(dsr_instances *in, const dsr_instance *at,
                              const dsr_arg *args, int n, uint32_t *out, bool *known);

typedef struct dsr_instance_watch {
  /* May the atom be this tuple; NULL: all may. */
  bool (*admit)(void *ud, const dsr_goal *goal, const uint32_t *tuple);
  /* Told of an instance; below zero ends the search, DSR_DONE too, which is none. */
  dsr_status (*found)(void *ud, const dsr_instance *instance);
  void *ud;
} dsr_instance_watch;

/* Find all instances that agree with what `at` knows and whose goals that are not done
** hold; `at` is in the end as it was.  DSR_DONE where `found` ended it. */
dsr_status dsr_instance_each(dsr_instances *in, const dsr_rule *rule, dsr_instance *at,
                             const dsr_instance_watch *watch);
void dsr_instances_stop(dsr_instances *in);

#endif
