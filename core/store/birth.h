/*
** birth.h - a base's first commit, which makes its file.
**
** Until then nothing lies at the base's path.  The transaction holds a lock on a file
** beside it ("PATH-lock"), so that two first writers take turns.  Its commit builds the
** whole base in another ("PATH-new"), syncs it and gives it its name: the base appears
** with its first commit in it, or not at all.  What a crash leaves beside is used again
** or overwritten by the next first writer.
*/
#ifndef DSR_STORE_BIRTH_H
#define DSR_STORE_BIRTH_H

#include "store/file.h"

enum { DSR_PATH_MOST = 4096 };

/* The folder that `path` is in; false where it is too long. */
bool dsr_birth_folder(const char *path, char folder[DSR_PATH_MOST]);

/* Could a file be made at the path?  DSR_EIO, DSR_EREADONLY, or DSR_EDAMAGED where the
** log of a base that is gone lies there, in words. */
dsr_status dsr_birth_check(dsr_file *file);

/* Take the lock, waiting as long as the file's busy time.  *born where the base has
** appeared meanwhile: the lock is not held, and the file must be opened. */
dsr_status dsr_birth_begin(dsr_file *file, bool *born);

/* With the lock: a connection to the new file, a transaction open on it. */
dsr_status dsr_birth_build(dsr_file *file);

/* Have what was written to it go to the disk meanwhile, which is less to wait for at the
** end.  A hint: nothing hangs on it. */
void dsr_birth_hasten(const dsr_file *file);

/* After that transaction's commit: close, sync, give the file its name, let go of the
** lock.  The file is then to be opened at its path.  A failure leaves no base. */
dsr_status dsr_birth_finish(dsr_file *file);

/* Drop what was built and the lock, if any. */
void dsr_birth_give_up(dsr_file *file);

#endif
