/*
** log.h - is the log beside a base the one that was written?
**
** SQLite reads a log up to the first frame that does not match its checksum, and takes
** what follows for a commit that a crash cut short.  After damage that would be silence
** over lost commits, so the log is looked at before SQLite is.
*/
#ifndef DSR_STORE_LOG_H
#define DSR_STORE_LOG_H

#include "store/file.h"

/* DSR_EDAMAGED where the log at the base's path, if there is one, was changed before its
** last commit; else file->pieces tells whether that was cut short.  Costs one pass over
** the log. */
dsr_status dsr_log_check(dsr_file *file);

/* The bytes of a log of so many frames, and how many frames have room in so many. */
long long dsr_log_bytes(int frames);
int dsr_log_frames(long long bytes);

#endif
