/*
** made.h - which claims the last load of each file made.
*/
#ifndef DSR_FACTS_MADE_H
#define DSR_FACTS_MADE_H

#include "facts/fact.h"

#endif
