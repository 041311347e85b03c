/*
** format.c - the command `format`: files in the language, laid out canonically.
**
** A file is rewritten by way of a new one beside it, synced and then renamed, so that
** there is the old text or the new one, whatever happens in between.  It keeps its
** permissions and, where that is allowed, its owner; a link is followed to the file that
** it names.  A file that is in its layout already is not touched: the new one is begun where
** the layout first differs from the text.
**
** Cost: the text in memory, once.
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
#include "cli/folder.h"
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
  bytes text;
  dsr_options *options;
  size_t same;  /* how far the layout is the text, */
  int differs;  /* and whether it ends there */
  int file;     /* the new file; -1: none is begun */
  char *beside; /* its path; NULL: it has another by now */
  int code;     /* what cannot be done was told; DSR_EXIT_DONE: nothing */
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
  if (w->about.st_size > 0 && w->about.st_size < INT_MAX) {
    w->text.cap = (size_t)w->about.st_size + 1; /* no more than it takes */
    w->text.data = malloc(w->text.cap);
    if (w->text.data == NULL) return dsr_tell("out of memory");
  }
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

static int cannot_write(const work *w, int why) {
  return dsr_tell("%s: cannot be rewritten, and is as it was: %s", w->name,
                  strerror(why));
}

static int fill(const work *w, const char *text, size_t len) {
  for (size_t done = 0; done < len;) {
    ssize_t n = write(w->file, text + done, len - done);
    if (n < 0 && errno != EINTR) return cannot_write(w, errno);
    if (n > 0) done += (size_t)n;
  }
  return DSR_EXIT_DONE;
}

/* Begin the new file, with what does not change. */
static int begin_file(work *w) {
  if ((w->about.st_mode & 0222) == 0) {
    return dsr_tell("%s: would change, but is read-only", w->name);
  }
  if (access(w->path, W_OK) < 0) return cannot_write(w, errno);
  size_t room = strlen(w->path) + sizeof ".XXXXXX";
  w->beside = malloc(room);
  if (w->beside == NULL) return dsr_tell("out of memory");
  snprintf(w->beside, room, "%s.XXXXXX", w->path);
  w->file = mkstemp(w->beside);
  if (w->file >= 0) return fill(w, w->text.data, w->same);
  int why = errno;
  free(w->beside);
  w->beside = NULL;
  return dsr_tell("%s: cannot be rewritten: no file can be made beside it: %s", w->name,
                  strerror(why));
}

/* Give the new file the old one's marks, put it on the disk, and close it. */
static int end_file(work *w) {
  /* Only root may give a file away; the owner's bits are set after that clears some. */
  int bad = fchown(w->file, w->about.st_uid, w->about.st_gid) < 0 && errno != EPERM;
  bad = bad || fchmod(w->file, w->about.st_mode & 07777) < 0 || fsync(w->file) < 0;
  int why = errno;
  if (close(w->file) < 0 && !bad) {
    bad = 1;
    why = errno;
  }
  w->file = -1;
  return bad ? cannot_write(w, why) : DSR_EXIT_DONE;
}

/* Give the new file the old one's name. */
static int land_file(work *w) {
  int code = end_file(w);
  if (code != DSR_EXIT_DONE) return code;
  if (rename(w->beside, w->path) < 0) return cannot_write(w, errno);
  free(w->beside);
  w->beside = NULL;
  dsr_folder_sync(w->path);
  dsr_out_say("formatted %s", w->name);
  return DSR_EXIT_DONE;
}

static void drop_file(work *w) {
  if (w->file >= 0) close(w->file);
  if (w->beside != NULL) unlink(w->beside);
  free(w->beside);
}

/* ---- one file after the other ----------------------------------------------------- */

static int to_output(const work *w) {
  return w->options->flag[STDOUT] != NULL || w->path == NULL;
}

/* The layout is not the text: is its new file wanted? */
static int differ(work *w) {
  w->differs = 1;
  return w->options->flag[CHECK] != NULL ? DSR_EXIT_DONE : begin_file(w);
}

/* A piece of the layout comes. */
static int on_piece(void *ud, const char *text, size_t len) {
  work *w = ud;
  size_t same = 0, left = w->text.len - w->same;
  if (to_output(w) && w->options->flag[CHECK] == NULL) {
    return dsr_out_write(w->options, text, len);
  }
  if (!w->differs) {
    const char *old = w->text.data + w->same;
    while (same < len && same < left && old[same] == text[same]) same++;
    w->same += same;
    if (same < len) w->code = differ(w);
  }
  if (w->file >= 0 && w->code == DSR_EXIT_DONE) {
    w->code = fill(w, text + same, len - same);
  }
  return w->code != DSR_EXIT_DONE;
}

/* All pieces came: do what was asked with the file. */
static int settle(work *w) {
  int check = w->options->flag[CHECK] != NULL;
  if (to_output(w) && !check) return DSR_EXIT_DONE;
  if (!w->differs && w->same < w->text.len) w->code = differ(w);
  if (w->code != DSR_EXIT_DONE || !w->differs) return w->code;
  if (!check) return land_file(w);
  dsr_out_say("%s", w->name);
  return DSR_EXIT_NOTHING;
}

static int lay_out(work *w) {
  dsr_status rc = dsr_format(w->base, w->name, w->text.data, w->text.len, on_piece, w);
  if (rc == DSR_ESTOPPED) return w->code; /* told, or nobody reads any more */
  return rc < 0 ? dsr_target_fail(w->base, rc) : settle(w);
}

static int format_file(dsr_base *base, dsr_options *options, const char *name) {
  work w = {.base = base, .options = options, .file = -1};
  int code = find_file(&w, name);
  if (code == DSR_EXIT_DONE) code = read_file(&w);
  if (code == DSR_EXIT_DONE) code = lay_out(&w);
  drop_file(&w);
  free(w.path);
  free(w.text.data);
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
