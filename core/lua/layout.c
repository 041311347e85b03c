/*
** layout.c - a text in the language, laid out canonically.
*/
#include "lua/layout.h"
