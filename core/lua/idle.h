/*
** idle.h - prepared queries that nobody has now, kept for whoever asks the same text.
**
** A query that ends leaves its plan, as it was prepared: without parameters, answers and
** the memory that these took.  Who prepares the same text of the same base or view, letter
** by letter, gets it, if the base, the rules that it keeps, the functions and the tables
** are those that it was made for; so asking a text again costs neither parsing nor
** planning, and comes to what preparing it anew would.  Few are kept, the last used ones.
*/
#ifndef DSR_LUA_IDLE_H
#define DSR_LUA_IDLE_H

#include "logic/query.h"

struct dsr_base;

/* The plans of one base or view, the last used one last. */
typedef VEC(dsr_plan *) dsr_idle;

/* Take a plan of this text out, to be used as one that was just prepared; NULL. */
dsr_plan *dsr_idle_take(struct dsr_base *base, dsr_str text);
/* Note what a plan was just prepared from.  Without memory for it the plan is not kept
** later. */
void dsr_idle_note(struct dsr_base *base, dsr_plan *plan, dsr_str text);
/* A plan is no longer used: keep it, or free it. */
void dsr_idle_put(struct dsr_base *base, dsr_plan *plan);
void dsr_idle_free(struct dsr_base *base);

#endif
