/*
** ahead.h - room in the log, written before it is needed.
*/
#ifndef DSR_STORE_AHEAD_H
#define DSR_STORE_AHEAD_H

#include "store/file.h"

/* Keep count of the connection's log, and bring it into the base now and then, as SQLite
** does by itself where nobody watches. */
void dsr_ahead_watch(dsr_file *file);

/* With the write lock, before a commit: see that the log has room for one like the last.
** What fails is left alone; the commit goes on as it would without. */
void dsr_ahead_write(dsr_file *file);

#endif
