/*
** input.c - bytes of a file, of the standard input or of a buffer, in long spans.
**
** The span is a window in one block of memory; what is left of it moves to the front
** before more is read behind it, and the block doubles where less than half would be free.
** What is packed is read into a second block and unpacked from there.
**
** The first bytes decide how the rest is read: the packing is known once four bytes are
** there or the end.
*/
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "ground/mem.h"
#include "ground/text.h"
#include "io/input.h"

enum {
  SPAN_FIRST = 1 << 20,  /* bytes of the span at the start */
  PACKED_SIZE = 1 << 18, /* bytes that are read at a time of a packed file */
  MAGIC = 4
};

typedef enum packing { UNKNOWN, PLAIN, GZIP, ZSTD } packing;

struct dsr_input {
  char *name;
  int file;       /* -1: a buffer */
  dsr_str bytes;  /* what is left of the buffer */
  size_t piece;   /* 0: as much as fits */
  dsr_pace *pace; /* whose host a signal's interruption is told to, or NULL */
  bool ended;     /* there is nothing more to read from the file */
  int64_t done;
  int64_t total;

  char *data; /* the span's block: `from` and `len` say what of it is the span */
  size_t cap; /* without the pad */
  size_t from;
  size_t len;

  packing packing;
  bool inside; /* a member or frame has begun and not ended */
  char *packed;
  size_t packed_at;
  size_t packed_len;
  z_stream gzip;
  bool gzip_open;
  ZSTD_DStream *zstd;
};

/* ---- what is read as it is -------------------------------------------------------- */

static dsr_status fail_read(const dsr_input *in, dsr_error *error, int number) {
  return dsr_fail(error, DSR_EIO, "%s: cannot be read: %s", in->name, strerror(number));
}

static size_t take_bytes(dsr_input *in, char *to, size_t room) {
  size_t len = room < in->bytes.len ? room : in->bytes.len;
  if (in->piece > 0 && len > in->piece) len = in->piece;
  if (len > 0) memcpy(to, in->bytes.data, len);
  in->bytes.data += len;
  in->bytes.len -= len;
  return len;
}

/* Read up to `room` bytes: *got is 0 at the end alone. */
static dsr_status take(dsr_input *in, char *to, size_t room, dsr_error *error,
                       size_t *got) {
  ssize_t len = 0;
  *got = 0;
  if (in->ended) return DSR_OK;
  if (in->file < 0) {
    len = (ssize_t)take_bytes(in, to, room);
  } else {
    while ((len = read(in->file, to, room)) < 0) {
      if (errno != EINTR) return fail_read(in, error, errno);
      TRY(dsr_pace_ask(in->pace, in->done, in->total));
    }
  }
  if (len == 0) in->ended = true;
  in->done += len;
  *got = (size_t)len;
  return DSR_OK;
}

/* ---- what is packed --------------------------------------------------------------- */

static dsr_status fail_packed(const dsr_input *in, dsr_error *error, const char *what) {
  return dsr_fail(error, DSR_EDAMAGED, "%s: damaged %s data near byte %lld: %s",
                  in->name, in->packing == GZIP ? "gzip" : "zstd",
                  (long long)(in->done - (int64_t)(in->packed_len - in->packed_at)),
                  what);
}

static void *gzip_alloc(void *ud, unsigned items, unsigned size) {
  (void)ud;
  return dsr_alloc((size_t)items * size);
}

static void gzip_free(void *ud, void *memory) {
  (void)ud;
  dsr_free(memory);
}

/* Unpack what is there behind the span; members begin where others end. */
static dsr_status unpack_gzip(dsr_input *in, char *to, size_t room, dsr_error *error,
                              size_t *got) {
  z_stream *z = &in->gzip;
  unsigned least = room < (1u << 30) ? (unsigned)room : 1u << 30;
  if (!in->inside && inflateReset(z) != Z_OK)
    return fail_packed(in, error, "no header");
  z->next_in = (unsigned char *)in->packed + in->packed_at;
  z->avail_in = (unsigned)(in->packed_len - in->packed_at);
  z->next_out = (unsigned char *)to;
  z->avail_out = least;
  int rc = inflate(z, Z_NO_FLUSH);
  in->packed_at = in->packed_len - z->avail_in;
  in->inside = rc != Z_STREAM_END;
  *got = least - z->avail_out;
  if (rc == Z_MEM_ERROR) return dsr_fail_memory(error);
  if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
    return fail_packed(in, error, z->msg ? z->msg : "not of this format");
  }
  return DSR_OK;
}

static dsr_status unpack_zstd(dsr_input *in, char *to, size_t room, dsr_error *error,
                              size_t *got) {
  ZSTD_inBuffer from = {in->packed, in->packed_len, in->packed_at};
  ZSTD_outBuffer out = {to, room, 0};
  size_t rc = ZSTD_decompressStream(in->zstd, &out, &from);
  in->packed_at = from.pos;
  *got = out.pos;
  if (ZSTD_isError(rc)) return fail_packed(in, error, ZSTD_getErrorName(rc));
  in->inside = rc != 0;
  return DSR_OK;
}

/* As take(), unpacked.  What was unpacked may wait inside the library, so it is asked
** even where nothing is left to read. */
static dsr_status take_unpacked(dsr_input *in, char *to, size_t room, dsr_error *error,
                                size_t *got) {
  *got = 0;
  while (*got == 0) {
    if (in->packed_at == in->packed_len) {
      size_t len;
      TRY(take(in, in->packed, PACKED_SIZE, error, &len));
      in->packed_at = 0;
      in->packed_len = len;
      if (len == 0 && !in->inside) return DSR_OK;
    }
    size_t before = in->packed_at;
    TRY(in->packing == GZIP ? unpack_gzip(in, to, room, error, got)
                            : unpack_zstd(in, to, room, error, got));
    bool stuck = *got == 0 && in->packed_at == before;
    if (stuck && in->ended && in->inside) {
      return fail_packed(in, error, "it ends too early");
    }
    if (stuck && in->inside && before < in->packed_len) {
      return fail_packed(in, error, "not of this format");
    }
  }
  return DSR_OK;
}

static packing packing_of(const unsigned char *at, size_t len) {
  if (len >= 2 && at[0] == 0x1f && at[1] == 0x8b) return GZIP;
  if (len < MAGIC) return PLAIN;
  if (memcmp(at, "\x28\xb5\x2f\xfd", MAGIC) == 0) return ZSTD;
  /* A frame to skip may come first (RFC 8878, 3.1.2). */
  if ((at[0] & 0xf0) == 0x50 && memcmp(at + 1, "\x2a\x4d\x18", 3) == 0) return ZSTD;
  return PLAIN;
}

static bool open_gzip(dsr_input *in) {
  in->gzip.zalloc = gzip_alloc;
  in->gzip.zfree = gzip_free;
  in->gzip_open = inflateInit2(&in->gzip, 16 + MAX_WBITS) == Z_OK; /* gzip alone */
  return in->gzip_open;
}

static bool open_zstd(dsr_input *in) {
  in->zstd = ZSTD_createDStream();
  return in->zstd != NULL && !ZSTD_isError(ZSTD_initDStream(in->zstd));
}

/* Read until the packing is known.  The first bytes of a plain file are the span's, others
** wait to be unpacked. */
static dsr_status find_packing(dsr_input *in, dsr_error *error) {
  size_t got = 1;
  while (in->len < MAGIC && got > 0) {
    size_t at = in->from + in->len;
    TRY(take(in, in->data + at, in->cap - at, error, &got));
    in->len += got;
  }
  packing found = packing_of((unsigned char *)in->data + in->from, in->len);
  if (found != PLAIN) {
    size_t size = in->len > PACKED_SIZE ? in->len : PACKED_SIZE;
    if (!in->packed) in->packed = dsr_alloc(size);
    if (!in->packed) return dsr_fail_memory(error);
    if (!(found == GZIP ? open_gzip(in) : open_zstd(in))) return dsr_fail_memory(error);
    memcpy(in->packed, in->data + in->from, in->len);
    in->packed_len = in->len;
    in->len = 0;
    in->inside = true;
  }
  in->packing = found;
  return DSR_OK;
}

/* ---- the span --------------------------------------------------------------------- */

/* What is left goes to the front, and as much again is free behind it. */
static bool make_room(dsr_input *in) {
  if (in->from > 0 && in->len > 0) memmove(in->data, in->data + in->from, in->len);
  in->from = 0;
  size_t cap = in->cap > 0 ? in->cap : SPAN_FIRST;
  while (cap < 2 * in->len) cap *= 2;
  if (cap == in->cap) return true;
  char *data = dsr_resize(in->data, cap + DSR_INPUT_PAD);
  if (!data) return false;
  in->data = data;
  in->cap = cap;
  return true;
}

static dsr_status read_more(dsr_input *in, dsr_error *error) {
  size_t left = in->len, got = 1;
  if (in->packing == UNKNOWN) TRY(find_packing(in, error));
  while (got > 0 && (in->len == left || (in->piece == 0 && in->len < 2 * left))) {
    char *to = in->data + in->len;
    size_t room = in->cap - in->len;
    if (in->piece > 0 && room > in->piece) room = in->piece;
    TRY(in->packing == PLAIN ? take(in, to, room, error, &got)
                             : take_unpacked(in, to, room, error, &got));
    in->len += got;
  }
  return in->len > left ? DSR_OK : DSR_DONE;
}

dsr_status dsr_input_more(dsr_input *in, size_t used, dsr_error *error, dsr_str *span) {
  in->from += used;
  in->len -= used;
  if (!make_room(in)) return dsr_fail_memory(error);
  dsr_status rc = read_more(in, error);
  memset(in->data + in->len, 0, DSR_INPUT_PAD);
  if (rc < 0) return rc;
  *span = (dsr_str){in->data, in->len};
  return rc;
}

/* ---- opening and closing ---------------------------------------------------------- */

static dsr_input *new_input(const char *name) {
  dsr_input *in = dsr_alloc(sizeof *in);
  if (!in) return NULL;
  in->file = -1;
  in->total = -1;
  in->name = dsr_copy(name, strlen(name));
  if (!in->name) {
    dsr_free(in);
    return NULL;
  }
  return in;
}

static dsr_status open_file(dsr_input *in, const char *path, dsr_error *error) {
  struct stat status;
  in->file = open(path, O_RDONLY | O_CLOEXEC);
  if (in->file < 0) {
    dsr_status code = errno == ENOENT ? DSR_EABSENT : DSR_EIO;
    return dsr_fail(error, code, "%s: cannot be opened: %s", path, strerror(errno));
  }
  if (fstat(in->file, &status) != 0) return fail_read(in, error, errno);
  if (S_ISDIR(status.st_mode)) return fail_read(in, error, EISDIR);
  if (S_ISREG(status.st_mode)) in->total = (int64_t)status.st_size;
  return DSR_OK;
}

dsr_status dsr_input_open(const char *path, dsr_error *error, dsr_input **out) {
  bool standard = strcmp(path, "-") == 0;
  dsr_input *in = new_input(standard ? "stdin" : path);
  if (!in) return dsr_fail_memory(error);
  if (standard) {
    in->file = STDIN_FILENO;
  } else {
    dsr_status rc = open_file(in, path, error);
    if (rc < 0) {
      dsr_input_close(in);
      return rc;
    }
  }
  *out = in;
  return DSR_OK;
}

dsr_status dsr_input_bytes(dsr_str bytes, const char *name, size_t piece,
                           dsr_error *error, dsr_input **out) {
  dsr_input *in = new_input(name);
  if (!in) return dsr_fail_memory(error);
  in->bytes = bytes;
  in->piece = piece;
  in->total = (int64_t)bytes.len;
  *out = in;
  return DSR_OK;
}

void dsr_input_heed(dsr_input *in, dsr_pace *pace) { in->pace = pace; }

const char *dsr_input_name(const dsr_input *in) { return in->name; }

int64_t dsr_input_done(const dsr_input *in) { return in->done; }

int64_t dsr_input_total(const dsr_input *in) { return in->total; }

void dsr_input_close(dsr_input *in) {
  if (!in) return;
  if (in->file > STDIN_FILENO) close(in->file);
  if (in->gzip_open) inflateEnd(&in->gzip);
  ZSTD_freeDStream(in->zstd);
  dsr_free(in->packed);
  dsr_free(in->data);
  dsr_free(in->name);
  dsr_free(in);
}
