/*
** clash.h - what cannot be, in the same words wherever it is found: values of two types
** that meet, variables that nothing fills.
*/
#ifndef DSR_LOGIC_CLASH_H
#define DSR_LOGIC_CLASH_H

#include "logic/resolve.h"

/* DSR_ETYPE at the place of a comparison between values that never compare, or that
** compares numbers where one side is none; with what would do. */
dsr_status dsr_clash_compare(dsr_resolve *r, dsr_place at, dsr_compare op, bool numeric,
                             dsr_domain left, dsr_domain right);
/* DSR_ETYPE: `name` (of a parameter: sigil "$") is asked to be `due` at `at`, and was told
** to be `have` at `have_at`. */
dsr_status dsr_clash_variable(dsr_resolve *r, dsr_place at, const char *sigil,
                              dsr_str name, dsr_domain due, dsr_domain have,
                              dsr_place have_at);
/* DSR_ESYNTAX: nothing fills variable `var` of the clause at work. */
dsr_status dsr_clash_unfilled(dsr_resolve *r, int var);

#endif
