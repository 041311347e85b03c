/*
** held.c - a text that was read from a file or a stream, whole, however long.
*/
#include "lua/held.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { READ_STEP = 65536, HELD_MOST = 32 << 20 /* bytes that stay in memory */ };

typedef struct reading {
  FILE *in;
  const char *name, *folder;
  dsr_pace *pace;
  dsr_error *error;
  VEC(char) bytes; /* that were not yet written */
  int file;        /* -1: none */
  size_t written;
} reading;

/* A read was cut short: by a signal, of which the host may know more. */
static dsr_status interrupted(reading *r) {
  int why = errno;
  if (why != EINTR) {
    return dsr_fail(r->error, DSR_EIO, "%s: cannot be read: %s", r->name,
                    strerror(why));
  }
  clearerr(r->in);
  return dsr_pace_ask(r->pace, 0, 0);
}

static dsr_status cannot_hold(const reading *r, int why) {
  return dsr_fail(r->error, DSR_EIO, "%s: there is no room for it in %s: %s", r->name,
                  r->folder, strerror(why));
}

/* A file that goes with its descriptor. */
static dsr_status open_file(reading *r) {
  char name[PATH_MAX + 32];
  r->file = open(r->folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
  if (r->file >= 0) return DSR_OK;
  snprintf(name, sizeof name, "%s/dossier-XXXXXX", r->folder);
  r->file = mkostemp(name, O_CLOEXEC);
  if (r->file < 0) return cannot_hold(r, errno);
  unlink(name);
  return DSR_OK;
}

/* Write what is there into the file. */
static dsr_status spill(reading *r) {
  if (r->file < 0) TRY(open_file(r));
  for (size_t done = 0; done < r->bytes.len;) {
    ssize_t n = write(r->file, r->bytes.items + done, r->bytes.len - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return cannot_hold(r, n < 0 ? errno : ENOSPC);
    done += (size_t)n;
  }
  r->written += r->bytes.len;
  r->bytes.len = 0;
  return DSR_OK;
}

static dsr_status map(reading *r, dsr_held_text *out) {
  void *at = mmap(NULL, r->written, PROT_READ, MAP_PRIVATE, r->file, 0);
  if (at == MAP_FAILED) return cannot_hold(r, errno);
  *out = (dsr_held_text){{at, r->written}, true};
  return DSR_OK;
}

static dsr_status read_all(reading *r) {
  bool more = true;
  while (more && r->written + r->bytes.len <= INT_MAX) {
    if (!VEC_RESERVE(&r->bytes, READ_STEP)) return dsr_fail_memory(r->error);
    size_t got = fread(r->bytes.items + r->bytes.len, 1, READ_STEP, r->in);
    r->bytes.len += got;
    more = got == READ_STEP || ferror(r->in);
    if (ferror(r->in)) TRY(interrupted(r));
    bool spills = r->file < 0 ? r->bytes.len > HELD_MOST : r->bytes.len > READ_STEP;
    if (spills) TRY(spill(r));
  }
  return r->file >= 0 ? spill(r) : DSR_OK;
}

dsr_status dsr_held_read(FILE *in, const char *name, const char *folder, dsr_pace *pace,
                         dsr_error *error, dsr_held_text *out) {
  reading r = {.in = in,
               .name = name,
               .folder = folder,
               .pace = pace,
               .error = error,
               .file = -1};
  dsr_status rc = read_all(&r);
  if (rc >= 0 && r.file >= 0) rc = map(&r, out);
  if (rc >= 0 && r.file < 0) {
    *out = (dsr_held_text){{r.bytes.items, r.bytes.len}, false};
    return DSR_OK;
  }
  VEC_FREE(&r.bytes);
  if (r.file >= 0) close(r.file); /* a map of it stays */
  return rc;
}

void dsr_held_free(dsr_held_text *text) {
  if (text->mapped) {
    munmap((char *)text->body.data, text->body.len);
  } else {
    dsr_free((char *)text->body.data);
  }
  *text = (dsr_held_text){{NULL, 0}, false};
}

void dsr_held_pass(dsr_str body, size_t from, size_t to) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t begin = from / page * page, end = to / page * page;
  if (end > begin) madvise((char *)body.data + begin, end - begin, MADV_DONTNEED);
}
