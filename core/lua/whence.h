/*
** whence.h - the name under which a base remembers a file.
*/
#ifndef DSR_LUA_WHENCE_H
#define DSR_LUA_WHENCE_H

#include <limits.h>
#include <stdbool.h>

/* The path of a regular file relative to the folder of the base at `base_path`, links
** followed on both sides; absolute for a base in memory (NULL).  False, and the file is
** not to be remembered, where it is no regular file or its path is too long. */
bool dsr_whence(const char *base_path, const char *path, char out[PATH_MAX]);

#endif
