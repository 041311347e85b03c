/*
** expression.h - the terms, atoms and conditions of a clause that is being built, and what
** all operations share: places, strings, failures.
*/
#ifndef DSR_LUA_EXPRESSION_H
#define DSR_LUA_EXPRESSION_H

#include "lua/clause.h"

/* The operations from NAME to NOT, but for those that end a clause; the others are zero. */
extern const dsr_act dsr_expression_acts[DSR_OP_COUNT];

/* The place of an offset in the text; offsets mostly come in order. */
dsr_place dsr_builder_place(dsr_builder *builder, size_t offset);

/* Tell of an error at a place; dsr_builder_fail() does so at an offset. */
dsr_status dsr_builder_refuse(dsr_builder *builder, dsr_place at, dsr_status code,
                              const char *words);
dsr_status dsr_builder_memory(dsr_builder *builder);

/* The text between the last two offsets; the last term, popped. */
dsr_str dsr_builder_slice(const dsr_builder *builder);
dsr_term dsr_builder_pop(dsr_builder *builder);

/* The literals above `from`, popped, in the arena. */
dsr_status dsr_builder_literals(dsr_builder *builder, size_t from, dsr_literal **out,
                                int *count);

#endif
