/*
** why.h - explanations: a proof of an answer, or what each rule is wanting for it.
**
** A proof is of the least height (height.h); of the rules that give it the first one in
** the order of the program, of a rule's instances the least by the values of its atoms,
** from left to right.  A tuple that was proved above is referred to.  What is beyond
** WHY_STEPS steps or WHY_DEPTH levels is left out, and that is said.
**
** Why something does not hold is told of each rule that might give it: its goals are asked
** for in the order written (what computes, tests or negates waits for its variables), and
** the first without which there are answers and with which there are none is named, with
** the first of these answers.
**
** Cost: height.h's; of a missing fact an evaluation for each goal of its rules.
*/
#ifndef DSR_LOGIC_WHY_H
#define DSR_LOGIC_WHY_H

#include "ground/bytes.h"
#include "logic/height.h"

enum { DSR_WHY_STEPS = 2000, DSR_WHY_DEPTH = 400, DSR_WHY_ROWS = 10 };

/* Steps in the order in which they are told; all zero: none. */
typedef struct dsr_account {
  dsr_arena arena;
  VEC(dsr_why_step) steps;
} dsr_account;

/* Explain the query clause of a program.  DSR_NOTHING: it does not hold, and the steps say
** why not. */
dsr_status dsr_why_explain(dsr_world *world, const dsr_program *program,
                           const dsr_clause *query, dsr_account *out);
void dsr_why_free(dsr_account *why); /* back to all zero */

/* ---- why_write.c ----------------------------------------------------------------------- */

const char *dsr_why_kind_word(dsr_why_kind kind); /* "derived" */
/* Add steps to `out`, written out; false where memory ran out.  Steps may be any tree told
** from its root down. */
bool dsr_why_put(const dsr_why_step *steps, size_t n, dsr_why_format format,
                 dsr_bytes *out);

/* ---- why_text.c: what steps say -------------------------------------------------------- */

/* A goal with what is known of it filled in.  `tuple` NULL: from the values. */
dsr_status dsr_why_goal(dsr_account *why, dsr_instances *in, const dsr_rule *rule,
                        const dsr_goal *goal, const uint32_t *values,
                        const uint32_t *tuple, dsr_str *out);
/* A tuple of a predicate. */
dsr_status dsr_why_tuple(dsr_account *why, dsr_instances *in, int predicate,
                         const uint32_t *tuple, dsr_str *out);
/* Numbers `from` to `to` as values between commas. */
dsr_status dsr_why_values(dsr_account *why, dsr_instances *in, const uint32_t *tuple,
                          int from, int to, dsr_str *out);
/* A step, in the language; the rule's text and place are set, unless that is NULL. */
dsr_status dsr_why_step_add(dsr_account *why, dsr_instances *in, int depth,
                            dsr_why_kind kind, dsr_str text, const dsr_rule *rule);
/* An answer's order: below zero where `a` is before `b`. */
dsr_status dsr_why_order(dsr_instances *in, uint32_t a, uint32_t b, int *out);

/* The declaration that a rule is made from: "is", "symmetric", "inverse"; else NULL. */
const char *dsr_why_way(dsr_rule_origin origin); /* why.c */

/* ---- why_leaf.c ------------------------------------------------------------------------ */

/* How much a step is trusted: the less the weaker. */
enum {
  DSR_WHY_UNSUPPORTED,
  DSR_WHY_CONTESTED,
  DSR_WHY_SINGLE,
  DSR_WHY_CORROBORATED,
  DSR_WHY_FREE /* nothing bears on it */
};
dsr_str dsr_why_trust(int trust);
/* The claims in view on the facts that a tuple of a base predicate is; `any`: also on what
** does not hold. */
dsr_status dsr_why_leaf(dsr_account *why, dsr_world *world, dsr_instances *in,
                        int predicate, const uint32_t *tuple, bool any,
                        dsr_why_step *step, int *trust);

/* ---- why_not.c ------------------------------------------------------------------------- */

dsr_status dsr_why_not(dsr_account *why, dsr_world *world, dsr_rulebook *book,
                       const dsr_clause *query);

#endif
