/*
** made.c - which claims the last load of each file made.
**
** A file is known by its path relative to the base's folder.  For each load of a file one
** record is appended: the path, and the 64-bit marks of the claims that the file makes,
** sorted and delta-coded.  The last record of a path counts.  A mark is the hash of a
** claim on a fact, by content: the relation's number, the canonical tuple and time, and
** the claim's number, so that the same claim has the same mark in every file.
**
** Cost: about seven bytes a claim, written once a load; a replacement reads the records of
** all files, and scans the base only where the file dropped something.
*/
#include "facts/made.h"

#include "facts/engine.h"
