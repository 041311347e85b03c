/*
** number.h - a run's values, numbered densely in 32 bits.
**
** The evaluator joins, counts and compares numbers, not words: they are half as long, a
** set of them can be a bitmap, and a row of a relation is found by its first value in
** an array.  A numbering is grown by whatever is read or made; numbers are given in order
** of first use, from 0, and never change.  Equal words have equal numbers.
**
** Cost: 8 bytes a value for its word, and a hash slot; small integers, which tables are
** full of, are found in an array instead.
*/
#ifndef DSR_EVAL_NUMBER_H
#define DSR_EVAL_NUMBER_H

#include "ground/vec.h"
#include "value/value.h"

#define DSR_NUMBER_NONE UINT32_MAX

typedef struct dsr_numbers dsr_numbers;

dsr_status dsr_numbers_new(dsr_error *error, dsr_numbers **out);
void dsr_numbers_free(dsr_numbers *numbers);

/* The number of a word, given one if new.  DSR_ENOMEM; DSR_ELIMIT past 2^32 - 16. */
dsr_status dsr_numbers_give(dsr_numbers *numbers, dsr_word word, uint32_t *out);
/* The same for n words, in their order.  `out` is written as far as it went. */
dsr_status dsr_numbers_give_all(dsr_numbers *numbers, const dsr_word *words, size_t n,
                                uint32_t *out);
/* The same for n integers that fit a word, in their order: a load for each that is small
** and was seen before.  `out` is written as far as it went. */
dsr_status dsr_numbers_give_ints(dsr_numbers *numbers, const int64_t *values, size_t n,
                                 uint32_t *out);
/* The number of a word, or DSR_NUMBER_NONE. */
uint32_t dsr_numbers_find(const dsr_numbers *numbers, dsr_word word);
/* The word of a number that was given. */
dsr_word dsr_numbers_word(const dsr_numbers *numbers, uint32_t number);
/* The words by number: good until the next one is given. */
const dsr_word *dsr_numbers_words(const dsr_numbers *numbers);
uint32_t dsr_numbers_count(const dsr_numbers *numbers);
size_t dsr_numbers_bytes(const dsr_numbers *numbers);

#endif
