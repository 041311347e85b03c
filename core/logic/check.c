/*
** check.c - what is allowed in a program, and looks wrong all the same.
*/
#include "logic/check.h"
