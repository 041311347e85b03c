/*
** layout.h - a text in the language, laid out canonically.
*/
#ifndef DSR_LUA_LAYOUT_H
#define DSR_LUA_LAYOUT_H

#include "lua/scanner.h"

#endif
