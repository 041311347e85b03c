/*
** undo.c - taking back what a transaction did.
*/
#include "facts/engine.h"
