/*
** ahead.c - room in the log, written before it is needed.
**
** A commit that makes the log longer asks more of the disk than one that writes over bytes
** that are there: beside the frames, the file system must note where they lie and where
** the file ends, and waits for the one before it begins with the other (measured: a half
** more on ext4 without a journal; with one, the journal is written, too).  So a log that
** grows is made longer by zeros, about as many as it has frames and at most AHEAD_MOST, and
** some tens of commits go where they are.  Once the log has been brought into the base it
** is filled anew from its start, and is as long as it needs to be.
**
** The file is asked for its length no oftener than it grows: a file that was asked has its
** times noted more finely by Linux, and each commit would wait for that to be written, too.
**
** Zeros are no frames: SQLite and log.c take what lies behind the last commit for frames
** of a filling of before, which have another salt.  They are written by the one who has
** the write lock, behind what the file has, so nobody reads or writes there meanwhile.
** Nothing is promised by them and they need no sync of their own: where power fails before
** the next commit's they are there or they are not.
**
** A base that is opened for a commit or two never has them: the first frames are its own.
*/
#include "store/ahead.h"

#include <string.h>

#include "store/log.h"

enum {
  CHECKPOINT = 192, /* frames; so many more where a reader keeps it from its start */
  AHEAD_LEAST = 8,  /* no fewer, and none before the log has as many */
  AHEAD_MOST = 128, /* a megabyte */
  PIECE = 4 * 4096,
};

/* After a commit; what a checkpoint comes to is for the next one. */
static int after_commit(void *ud, sqlite3 *db, const char *schema, int frames) {
  dsr_file *file = ud;
  bool anew = frames <= file->log_frames;
  if (anew) file->log_room = file->log_tried = 0; /* it may have been cut short, too */
  file->log_step = anew ? frames : frames - file->log_frames;
  file->log_frames = frames;
  if (frames - file->log_tried >= CHECKPOINT) {
    file->log_tried = frames;
    sqlite3_wal_checkpoint_v2(db, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  }
  return SQLITE_OK;
}

void dsr_ahead_watch(dsr_file *file) {
  file->log_frames = file->log_step = file->log_room = file->log_tried = 0;
  file->log_full = false;
  sqlite3_wal_hook(file->db, after_commit, file);
}

/* Write zeros from `at` to `end`; false where there is no room. */
static bool write_zeros(sqlite3_file *log, sqlite3_int64 at, sqlite3_int64 end) {
  char zeros[PIECE];
  memset(zeros, 0, sizeof zeros);
  for (; at < end; at += PIECE) {
    int n = end - at < PIECE ? (int)(end - at) : PIECE;
    if (log->pMethods->xWrite(log, zeros, n, at) != SQLITE_OK) return false;
  }
  return true;
}

static int clamp(int n, int least, int most) {
  return n < least ? least : n > most ? most : n;
}

void dsr_ahead_write(dsr_file *file) {
  sqlite3_file *log = NULL;
  sqlite3_int64 size;
  int needed = file->log_frames + clamp(file->log_step, 1, AHEAD_MOST);
  if (!file->logged || file->log_full || needed <= file->log_room ||
      file->log_frames < AHEAD_LEAST) {
    return;
  }
  if (sqlite3_file_control(file->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) !=
          SQLITE_OK ||
      log == NULL || log->pMethods == NULL ||
      log->pMethods->xFileSize(log, &size) != SQLITE_OK) {
    return;
  }
  file->log_room = dsr_log_frames(size);
  if (needed <= file->log_room) return;
  needed += clamp(file->log_frames, AHEAD_LEAST, AHEAD_MOST);
  if (write_zeros(log, size, dsr_log_bytes(needed))) {
    file->log_room = needed;
  } else {
    log->pMethods->xTruncate(log, size);
    file->log_full = true;
  }
}
