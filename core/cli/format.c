/*
** format.c - the command `format`: files in the language, laid out canonically.
**
** A file is rewritten by way of a new one beside it, synced and then renamed, so that
** there is the old text or the new one, whatever happens in between.  It keeps its
** permissions and, where that is allowed, its owner; a link is followed to the file that
** it names.  A file that is in its layout already is not touched.
*/
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/target.h"

static const char format_help[] =
    "format: lay files in the language out in the canonical way.\n"
    "\n"
    "Usage: dossier format FILE... [--check | --stdout]\n"
    "\n"
    "Files are rewritten in place, and those that change are named.  A file with an "
    "error\n"
    "is left as it is; the others are done.  \"-\" is standard input, laid out on "
    "standard\n"
    "output.  No base is needed.\n"
    "\n"
    "      --check        only name the files that would change; the exit code is 1 "
    "then\n"
    "      --stdout       write to standard output and leave the files alone\n"
    "\n"
    "The layout:\n"
    "- A clause stands on one line, of at most 88 columns.  One that is longer is "
    "broken\n"
    "  before its parts (from, quote, phrase, ...) and behind commas and operators, "
    "with\n"
    "  an indent of two; a source's properties and a rule's conditions then get a "
    "line\n"
    "  each.\n"
    "- Clauses that share a line stay on it, two spaces between, if all of them fit;\n"
    "  otherwise each gets its own.\n"
    "- The facts of a block are indented by two.\n"
    "- A space stands behind commas and around operators, :- and @, none inside "
    "brackets.\n"
    "- Blank lines stay between clauses, one in a row; none at the ends of a block.\n"
    "- Comments stay where they are, two spaces behind what they follow; those of "
    "lines\n"
    "  that follow one another keep their common column.\n"
    "- Texts and names are kept letter by letter, other languages' spellings (#count, "
    "\\+)\n"
    "  too.  Lines end with LF; tabs outside texts become spaces.\n"
    "\n"
    "Laying out twice changes nothing more, and what a load makes of the file stays "
    "the\n"
    "same.\n"
    "\n"
    "  $ dossier format --check data/*.dl && echo all in order\n"
    "  all in order\n";

enum { CHECK, STDOUT };

static const dsr_flag format_flags[] = {{"--check", 0}, {"--stdout", 0}, {NULL, 0}};

/* Bytes that grow; `data` is free()d by whoever has them. */
typedef struct bytes {
  char *data;
  size_t len, cap;
} bytes;

static int add(void *ud, const char *text, size_t len) {
  bytes *b = ud;
  if (b->cap - b->len < len) {
    size_t cap = b->cap < 65536 ? 65536 : b->cap;
    while (cap - b->len < len) {
      if (cap > SIZE_MAX / 2) return -1;
      cap *= 2;
    }
    char *data = realloc(b->data, cap);
    if (data == NULL) return -1;
    b->data = data;
    b->cap = cap;
  }
  if (len > 0) memcpy(b->data + b->len, text, len);
  b->len += len;
  return 0;
}

/* A file at work. */
typedef struct work {
  dsr_base *base;
  const char *name; /* as it was given, for messages */
  char *path;       /* links followed; NULL: standard input */
  struct stat about;
  bytes text, laid;
} work;

/* ---- reading --------------------------------------------------------------------- */

static int read_all(work *w, int file) {
  char piece[65536];
  ssize_t got;
  while ((got = read(file, piece, sizeof piece)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return dsr_tell("%s: cannot be read: %s", w->name, strerror(errno));
    if (w->text.len > INT_MAX) {
      return dsr_tell("%s: a text may have at most 2 GB: split it", w->name);
    }
    if (add(&w->text, piece, (size_t)got) != 0) return dsr_tell("out of memory");
  }
  return DSR_EXIT_DONE;
}

static int read_file(work *w) {
  if (w->path == NULL) return read_all(w, STDIN_FILENO);
  int file = open(w->path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return dsr_tell("%s: cannot be opened: %s", w->name, strerror(errno));
  }
  int code = read_all(w, file);
  close(file);
  return code;
}

/* Find the file itself, and see that it is one. */
static int find_file(work *w, const char *name) {
  w->name = name;
  if (strcmp(name, "-") == 0) {
    w->name = "<stdin>";
    return DSR_EXIT_DONE;
  }
  w->path = realpath(name, NULL);
  if (w->path == NULL && errno == ENOENT) {
    return dsr_tell("%s: there is no such file", name);
  }
  if (w->path == NULL || stat(w->path, &w->about) < 0) {
    return dsr_tell("%s: cannot be opened: %s", name, strerror(errno));
  }
  if (S_ISDIR(w->about.st_mode)) {
    return dsr_tell("%s: is a directory; name the files in it, as in %s/*.dl", name,
                    name);
  }
  if (S_ISREG(w->about.st_mode)) return DSR_EXIT_DONE;
  return dsr_tell("%s: is no ordinary file; - reads standard input", name);
}

/* ---- writing --------------------------------------------------------------------- */

/* Put the laid out text into the open file, with the old one's marks, on the disk. */
static int fill(const work *w, int file) {
  for (size_t done = 0; done < w->laid.len;) {
    ssize_t n = write(file, w->laid.data + done, w->laid.len - done);
    if (n < 0 && errno != EINTR) return -1;
    if (n > 0) done += (size_t)n;
  }
  /* Only root may give a file away; the owner's bits are set after that clears some. */
  if (fchown(file, w->about.st_uid, w->about.st_gid) < 0 && errno != EPERM) return -1;
  if (fchmod(file, w->about.st_mode & 07777) < 0) return -1;
  return fsync(file);
}

/* See that a folder's new name for a file lasts.  The file is whole either way. */
static void sync_folder(char *path) {
  char *slash = strrchr(path, '/');
  if (slash == NULL) return;
  *slash = '\0';
  int folder = open(path[0] != '\0' ? path : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  *slash = '/';
}

static int cannot_write(const work *w) {
  return dsr_tell("%s: cannot be rewritten, and is as it was: %s", w->name,
                  strerror(errno));
}

/* Fill a new file at `beside`, a pattern for mkstemp, and give it the old one's name. */
static int replace_by(const work *w, char *beside) {
  int file = mkstemp(beside);
  if (file < 0) {
    return dsr_tell("%s: cannot be rewritten: no file can be made beside it: %s",
                    w->name, strerror(errno));
  }
  int bad = fill(w, file) < 0;
  int why = errno;
  if (close(file) < 0 && !bad) {
    bad = 1;
    why = errno;
  }
  if (!bad && rename(beside, w->path) == 0) {
    sync_folder(w->path);
    dsr_out_say("formatted %s", w->name);
    return DSR_EXIT_DONE;
  }
  if (!bad) why = errno;
  unlink(beside);
  errno = why;
  return cannot_write(w);
}

static int replace(const work *w) {
  if ((w->about.st_mode & 0222) == 0) {
    return dsr_tell("%s: would change, but is read-only", w->name);
  }
  if (access(w->path, W_OK) < 0) return cannot_write(w);
  size_t room = strlen(w->path) + sizeof ".XXXXXX";
  char *beside = malloc(room);
  if (beside == NULL) return dsr_tell("out of memory");
  snprintf(beside, room, "%s.XXXXXX", w->path);
  int code = replace_by(w, beside);
  free(beside);
  return code;
}

/* ---- one file after the other ----------------------------------------------------- */

static int lay_out(work *w) {
  dsr_status rc =
      dsr_format(w->base, w->name, w->text.data, w->text.len, add, &w->laid);
  return rc < 0 ? dsr_target_fail(w->base, rc) : DSR_EXIT_DONE;
}

/* Do what was asked with a file that is laid out. */
static int settle(const work *w, dsr_options *options) {
  int same = w->text.len == w->laid.len &&
             (w->text.len == 0 || memcmp(w->text.data, w->laid.data, w->text.len) == 0);
  if (options->flag[CHECK] != NULL) {
    if (!same) dsr_out_say("%s", w->name);
    return same ? DSR_EXIT_DONE : DSR_EXIT_NOTHING;
  }
  if (options->flag[STDOUT] != NULL || w->path == NULL) {
    if (w->laid.len > 0) dsr_out_write(options, w->laid.data, w->laid.len);
    return DSR_EXIT_DONE;
  }
  return same ? DSR_EXIT_DONE : replace(w);
}

static int format_file(dsr_base *base, dsr_options *options, const char *name) {
  work w = {.base = base};
  int code = find_file(&w, name);
  if (code == DSR_EXIT_DONE) code = read_file(&w);
  if (code == DSR_EXIT_DONE) code = lay_out(&w);
  if (code == DSR_EXIT_DONE) code = settle(&w, options);
  free(w.path);
  free(w.text.data);
  free(w.laid.data);
  return code;
}

static int run_format(dsr_options *options) {
  if (options->n_arguments == 0) {
    return dsr_tell("format which files? try: dossier format FILE.dl");
  }
  if (options->flag[CHECK] != NULL && options->flag[STDOUT] != NULL) {
    return dsr_tell("--check writes no text and --stdout does: give one of them");
  }
  if (options->has_view) {
    return dsr_tell("format reads no view; leave out its options");
  }
  if (options->format != NULL) {
    return dsr_tell("format knows one layout, and takes no --format");
  }
  dsr_base *base;
  dsr_status rc = dsr_open(NULL, NULL, &base);
  if (rc < 0) return dsr_target_fail(base, rc);
  int worst = DSR_EXIT_DONE;
  for (int i = 0; i < options->n_arguments; i++) {
    int code = format_file(base, options, options->arguments[i]);
    if (code > worst) worst = code;
  }
  dsr_close(base);
  return worst;
}

const dsr_command dsr_command_format = {
    "format", "format FILE...     lay files in the language out, keeping every comment",
    run_format, format_help, format_flags};
