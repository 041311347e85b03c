/*
** loading.c - files and texts in the language, into a base.
**
** Files are read whole before the first is parsed: loading costs their size in memory.
** All that is loaded together is one program and one transaction, or a part of the open
** one, which a load that fails dooms.
*/
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ground/text.h"
#include "lua/base.h"

enum { READ_STEP = 65536 };

/* A text to load, and the name that messages call it by. */
typedef struct text {
  const char *name;
  dsr_str body;
} text;

/* Read the texts into one program; all are read, so that each tells its errors. */
static dsr_status read_texts(dsr_base *base, const text *texts, int n,
                             dsr_program *program) {
  dsr_grammar *grammar;
  dsr_status first = DSR_OK;
  TRY(dsr_base_grammar(base, &grammar));
  for (int i = 0; i < n; i++) {
    dsr_status rc = dsr_grammar_read(grammar, texts[i].name, texts[i].body, program);
    if (rc < 0 && first >= 0) first = rc;
    if (rc == DSR_ENOMEM) break;
  }
  return first;
}

static dsr_status load_program(dsr_base *base, const dsr_program *program) {
  bool own;
  TRY(dsr_base_begin(base, &own));
  return dsr_base_end(base, own, dsr_load_program(base->facts, program));
}

/* Load texts as one program in one transaction. */
static dsr_status load_texts(dsr_base *base, const text *texts, int n) {
  dsr_program program = {0};
  dsr_status rc = read_texts(base, texts, n, &program);
  rc = rc < 0 ? dsr_base_doom(base, rc) : load_program(base, &program);
  dsr_program_free(&program);
  return rc;
}

dsr_status dsr_base_load(dsr_base *base, const char *name, dsr_str body) {
  TRY(dsr_base_writable(base));
  char made[32];
  if (name == NULL) {
    snprintf(made, sizeof made, "<text %d>", ++dsr_base_root(base)->loads);
    name = made;
  }
  return load_texts(base, &(text){name, body}, 1);
}

/* All that is left in `in`, with room to grow doubled as it comes; no more than a little
** past what the grammar will take, so that a stream without an end has one. */
static dsr_status read_stream(dsr_base *base, const char *name, FILE *in,
                              dsr_str *out) {
  VEC(char) bytes = {0};
  size_t got;
  do {
    if (!VEC_RESERVE(&bytes, READ_STEP)) {
      VEC_FREE(&bytes);
      return dsr_fail_memory(base->error);
    }
    got = fread(bytes.items + bytes.len, 1, READ_STEP, in);
    bytes.len += got;
  } while (got == READ_STEP && bytes.len <= INT_MAX);
  if (ferror(in)) {
    int why = errno;
    VEC_FREE(&bytes);
    return dsr_fail(base->error, DSR_EIO, "%s: cannot be read: %s", name,
                    strerror(why));
  }
  *out = (dsr_str){bytes.items, bytes.len};
  return DSR_OK;
}

/* Open `path` to read, or say why it cannot be. */
static dsr_status open_file(dsr_base *base, const char *path, FILE **out) {
  struct stat about;
  FILE *in = fopen(path, "rb");
  if (in == NULL && errno == ENOENT) {
    return dsr_fail(base->error, DSR_EABSENT, "%s: there is no such file", path);
  }
  if (in == NULL) {
    return dsr_fail(base->error, DSR_EIO, "%s: cannot be opened: %s", path,
                    strerror(errno));
  }
  if (fstat(fileno(in), &about) == 0 && S_ISDIR(about.st_mode)) {
    fclose(in);
    return dsr_fail(base->error, DSR_EIO,
                    "%s: is a directory; name the files in it, as in %s/*.dl", path,
                    path);
  }
  *out = in;
  return DSR_OK;
}

/* The contents of a file, "-" being standard input. */
static dsr_status read_file(dsr_base *base, const char *path, text *out) {
  FILE *in = stdin;
  bool standard = strcmp(path, "-") == 0;
  out->name = standard ? "<stdin>" : path;
  if (!standard) TRY(open_file(base, path, &in));
  dsr_status rc = read_stream(base, out->name, in, &out->body);
  if (!standard) fclose(in);
  return rc;
}

dsr_status dsr_base_read_file(dsr_base *base, const char *path, const char **name,
                              dsr_str *body) {
  text read;
  TRY(read_file(base, path, &read));
  *name = read.name;
  *body = read.body;
  return DSR_OK;
}

static void free_texts(text *texts, int n) {
  for (int i = 0; i < n; i++) dsr_free((char *)texts[i].body.data);
  dsr_free(texts);
}

dsr_status dsr_base_load_files(dsr_base *base, const char *const *paths, int n) {
  TRY(dsr_base_writable(base));
  if (n <= 0) return DSR_NOTHING;
  text *texts = dsr_alloc((size_t)n * sizeof *texts);
  if (texts == NULL) return dsr_fail_memory(base->error);
  dsr_status rc = DSR_OK;
  for (int i = 0; i < n && rc >= 0; i++) rc = read_file(base, paths[i], &texts[i]);
  rc = rc < 0 ? dsr_base_doom(base, rc) : load_texts(base, texts, n);
  free_texts(texts, n);
  return rc;
}
