/*
** mergesort.h - sorting where a comparison may fail.
**
** A bottom-up merge sort: stable, n log n comparisons, and room for as many items again.
** What fails leaves the items in some order, none of them lost.
*/
#ifndef DSR_GROUND_MERGESORT_H
#define DSR_GROUND_MERGESORT_H

#include <stddef.h>

#include "ground/status.h"

/* *order below, at or above zero; a status below zero ends the sort. */
typedef dsr_status dsr_comparing(void *ud, const void *a, const void *b, int *order);

/* Sort n items of `size` bytes.  What `compare` failed with, or DSR_ENOMEM, in words. */
dsr_status dsr_mergesort(void *items, size_t n, size_t size, dsr_comparing *compare,
                         void *ud, dsr_error *error);

#endif
