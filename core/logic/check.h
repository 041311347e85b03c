/*
** check.h - what is allowed in a program, and looks wrong all the same.
*/
#ifndef DSR_LOGIC_CHECK_H
#define DSR_LOGIC_CHECK_H

#include "logic/resolve.h"

#endif
