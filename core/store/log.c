/*
** log.c - is the log beside a base the one that was written?
**
** The bytes of SQLite's log (big-endian, but for what checksums add up):
**
**   0  4  magic: 0x377f0682, or ..83 where checksums add up big-endian words
**   4  4  version: 3007000              16  8  salt: another for each filling
**   8  4  page size                     24  8  checksum of the 24 bytes before
**  12  4  how often it was filled
**
** then frames, each a header and a page:
**
**   0  4  page number                    8  8  salt: that of the log
**   4  4  pages in the base, where       16  8  checksum of the 8 bytes at 0 and of the
**         the frame ends a commit; 0            page, going on from the frame before
**
** Each commit is synced before the next one begins.  So power that fails leaves at most
** one commit in pieces, and it is the last: where a frame is not what it was and two
** commits end there or behind it, the frame was changed later.  A changed frame of the
** last commit cannot be told from one that a crash cut short; nor can an end that is
** missing.  Frames with another salt are those of an earlier filling, and count for
** nothing.  Pieces with the right one may outlive the next commits, and would make a
** second crash look like damage; so the next writer sees to it that the log is filled
** anew (dsr_file_begin_write).
**
** Another process may write while this one looks, and a frame half written be followed
** by whole ones a moment later; so only what is seen twice is believed.
*/
#include "store/log.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/birth.h"
#include "store/peek.h"

enum {
  HEAD = 32,
  FRAME_HEAD = 24,
  FRAME = FRAME_HEAD + DSR_PAGE_SIZE,
  VERSION = 3007000,
  LOOKS = 3,
};

static const uint32_t magic = 0x377f0682; /* its low bit: checksums are big-endian */

typedef struct log_sum {
  uint32_t a, b;
} log_sum;

/* What one look found: the first frame that is not what it was, from 1, and how many
** commits end there or behind it. */
typedef struct log_look {
  unsigned char salt[8];
  long long bad; /* 0: none; -1: the log's own header */
  int commits;
} log_look;

static uint32_t big32(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t little32(const unsigned char *at) {
  return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Go on with a sum over `len` bytes, a multiple of 8. */
static log_sum add(log_sum sum, bool big, const unsigned char *data, size_t len) {
  for (size_t i = 0; i < len; i += 8) {
    sum.a += (big ? big32(data + i) : little32(data + i)) + sum.b;
    sum.b += (big ? big32(data + i + 4) : little32(data + i + 4)) + sum.a;
  }
  return sum;
}

static log_sum kept(const unsigned char *at) {
  return (log_sum){big32(at), big32(at + 4)};
}

static bool same(log_sum x, log_sum y) { return x.a == y.a && x.b == y.b; }

static bool good_head(const unsigned char *head) {
  bool big = head[3] & 1;
  return (big32(head) & ~UINT32_C(1)) == magic && big32(head + 4) == VERSION &&
         big32(head + 8) == DSR_PAGE_SIZE &&
         same(add((log_sum){0, 0}, big, head, 24), kept(head + 24));
}

/* Is the frame of this log, and what it was when it was written after one with `before`
** as its sum? */
static bool good_frame(const unsigned char *frame, const unsigned char *head,
                       log_sum before) {
  bool big = head[3] & 1;
  if (memcmp(frame + 8, head + 16, 8) != 0) return false;
  log_sum sum = add(before, big, frame, 8);
  return same(add(sum, big, frame + FRAME_HEAD, DSR_PAGE_SIZE), kept(frame + 16));
}

/* Walk the frames.  Those behind a bad one count by their salt: more of them may be bad. */
static void look_at_frames(int fd, long long n, const unsigned char *head,
                           unsigned char *frame, log_look *out) {
  log_sum before = kept(head + 24);
  for (long long i = 0; i < n && out->commits < 2; i++) {
    if (pread(fd, frame, FRAME, HEAD + i * FRAME) != FRAME) return;
    if (out->bad == 0 && !good_frame(frame, head, before)) out->bad = i + 1;
    bool ends = big32(frame + 4) != 0 && memcmp(frame + 8, head + 16, 8) == 0;
    if (out->bad != 0) out->commits += ends;
    before = kept(frame + 16);
  }
}

static void look_at(int fd, unsigned char *frame, log_look *out) {
  unsigned char head[HEAD];
  struct stat info;
  memset(out, 0, sizeof *out);
  if (fstat(fd, &info) != 0 || info.st_size < HEAD + FRAME) return;
  if (pread(fd, head, HEAD, 0) != HEAD) return;
  memcpy(out->salt, head + 16, 8);
  if (good_head(head)) {
    look_at_frames(fd, (info.st_size - HEAD) / FRAME, head, frame, out);
  } else {
    out->bad = -1; /* it is synced before the first frame is written */
    out->commits = 2;
  }
}

/* Do two looks in a row find the same damage?  *pieces where the last commit is in
** pieces. */
static bool damaged(int fd, unsigned char *frame, bool *pieces) {
  log_look seen, before = {.bad = 0};
  for (int tries = 0; tries < LOOKS; tries++) {
    look_at(fd, frame, &seen);
    *pieces = seen.commits == 1;
    if (seen.commits < 2) return false;
    if (seen.bad == before.bad && memcmp(seen.salt, before.salt, 8) == 0) return true;
    before = seen;
  }
  return false;
}

dsr_status dsr_log_check(dsr_file *file) {
  char name[DSR_PATH_MOST];
  file->pieces = false;
  if (dsr_peek_beside(file->path, "-wal") <= 0) return DSR_OK;
  snprintf(name, sizeof name, "%s-wal", file->path);
  int fd = open(name, O_RDONLY | O_CLOEXEC); /* SQLite keeps no locks on a log */
  if (fd < 0) return DSR_OK;                 /* gone again, or SQLite says why not */
  unsigned char *frame = dsr_alloc(FRAME);
  bool bad = frame != NULL && damaged(fd, frame, &file->pieces);
  close(fd);
  dsr_free(frame);
  if (frame == NULL) return dsr_fail_memory(file->error);
  if (!bad) return DSR_OK;
  return dsr_file_damaged(file, "its log (%s-wal) was changed", dsr_file_name(file));
}

long long dsr_log_bytes(int frames) { return HEAD + (long long)frames * FRAME; }

int dsr_log_frames(long long bytes) {
  long long frames = (bytes - HEAD) / FRAME;
  return bytes < HEAD ? 0 : frames > INT_MAX ? INT_MAX : (int)frames;
}
