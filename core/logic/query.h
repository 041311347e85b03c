/*
** query.h - answering a query: atoms joined with comparisons and tests of time.
**
** Preparing resolves names and constants, orders the atoms so that each is entered with
** as many columns known as can be (by the relations' sizes), and places every
** comparison right after the atom that binds its last variable.  Stepping runs nested
** loops over scans and keeps the answers met so far, since answers are a set.  With `limit`
** or `offset` answers are counted in value order of their columns, as derived ones are,
** unless `order by` says otherwise.
**
** Cost: one scan per row of the loop above; memory for the distinct answers, with a limit
** for some more than are told.
*/
#ifndef DSR_LOGIC_QUERY_H
#define DSR_LOGIC_QUERY_H

#include "logic/load.h"
#include "logic/world.h"

typedef struct dsr_plan dsr_plan; /* one prepared query */

/*
** Prepare the query clause of `program`; its rules, those of the world's realm, tables and
** functions count.  A query that needs none of them, and no negation, aggregate or function,
** is answered by scans of the base, step by step, unless it joins many facts without naming
** anything; any other is derived at its first step.
** The program and `text` (what it was read from; may be NULL where the program has no rules)
** are the plan's from now on, also where this fails; both come from dsr_alloc.  The world
** must outlive the plan.
*/
dsr_status dsr_plan_new(dsr_world *world, dsr_program *program,
                        const dsr_clause *clause, char *text, dsr_plan **out);
void dsr_plan_free(dsr_plan *plan);

/* What whoever keeps plans notes of one; nothing at first. */
typedef struct dsr_plan_note {
  dsr_str text; /* from dsr_alloc; the plan's */
  uint64_t generation, rules_version, defined_age;
  size_t n_tables;
} dsr_plan_note;
dsr_plan_note *dsr_plan_noted(dsr_plan *plan);
/* Be as just prepared: no parameter is set, and what answers took is let go. */
void dsr_plan_rest(dsr_plan *plan);

/* What looks like a slip though it is allowed: a variable used once that is an entity in
** lower case, or an entity that the base does not know.  "" where there is none; borrowed
** from the plan until it is asked for again.  Looks when asked, not before. */
const char *dsr_plan_warning(dsr_plan *plan);

int dsr_plan_columns(const dsr_plan *plan);
dsr_str dsr_plan_column(const dsr_plan *plan, int i); /* the variable's name */
int dsr_plan_parameters(const dsr_plan *plan);
dsr_str dsr_plan_parameter(const dsr_plan *plan, int i); /* without the $ */
/* What the places of a parameter ask for: entity, text, time, ... or DSR_COL_ANY. */
dsr_domain dsr_plan_parameter_domain(const dsr_plan *plan, int i);

/* Set a parameter: DSR_EMISUSE where there is none of the name or the plan is
** stepping. */
dsr_status dsr_plan_bind(dsr_plan *plan, dsr_str name, dsr_word value);
/* Bind a plain string as the place asks: see dsr_bind_text in dossier.h. */
dsr_status dsr_plan_bind_text(dsr_plan *plan, dsr_str name, dsr_str value);

/* DSR_ROW with one word per column (good until the next call), or DSR_DONE.  A
** parameter that was never bound is DSR_EMISUSE.  Answers come in a fixed order. */
dsr_status dsr_plan_step(dsr_plan *plan, const dsr_word **row);
void dsr_plan_reset(dsr_plan *plan);

/* How many answers there are; the plan is reset.  Derived answers are neither sorted nor
** kept for it. */
dsr_status dsr_plan_count(dsr_plan *plan, uint64_t *out);
/* Answer, and say how: the plan in words, borrowed until the plan is reset.  DSR_NOTHING for
** a query that is answered by scans. */
dsr_status dsr_plan_explain(dsr_plan *plan, dsr_str *out);
/* Tuples that rules derived for the last answers, demands among them; 0 without rules. */
uint64_t dsr_plan_kept(const dsr_plan *plan);
/* Facts of the base that rules read for them. */
uint64_t dsr_plan_read(const dsr_plan *plan);

#endif
