/*
** rename.c - another identifier for an entity, or another name for a relation.
*/
#include "facts/engine.h"
