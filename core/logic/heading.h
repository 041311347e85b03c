/*
** heading.h - what a text says of itself: its prefixes and its sources, into the base.
*/
#ifndef DSR_LOGIC_HEADING_H
#define DSR_LOGIC_HEADING_H

#include "logic/resolve.h"

/* Record every prefix, then every source with its properties.  Errors of the language
** are told with `r` and do not end it; the result is below zero for hard failures. */
dsr_status dsr_heading_prefixes(dsr_resolve *r);
dsr_status dsr_heading_sources(dsr_resolve *r);

#endif
