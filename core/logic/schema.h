/*
** schema.h - the relation declarations of a program, into the catalogue.
*/
#ifndef DSR_LOGIC_SCHEMA_H
#define DSR_LOGIC_SCHEMA_H

#include "logic/resolve.h"

/* Declare every relation that the program declares.  Errors of the language are told
** with `r` and do not end it; the result is below zero for hard failures only.
** *changed counts those that were not declared so before. */
dsr_status dsr_schema_declare(dsr_resolve *r, int64_t *changed);

#endif
