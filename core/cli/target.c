/*
** target.c - opening what a command works on.
*/
#include "cli/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"

dsr_base *dsr_target_seen(const dsr_target *on) {
  return on->view ? on->view : on->base;
}

int dsr_target_fail(dsr_base *base, dsr_status status) {
  const char *words = dsr_errmsg(base);
  return dsr_tell("%s", words[0] != '\0' ? words : dsr_status_text(status));
}

void dsr_target_close(dsr_target *on) {
  for (int i = 0; i < on->n_queries; i++) free(on->queries[i]);
  free(on->queries);
  dsr_close(on->view);
  dsr_close(on->base);
  *on = (dsr_target){0};
}

/* Name the tables of `--table NAME=FILE`.  An exit code. */
static int name_tables(const dsr_options *options, dsr_target *on) {
  for (int i = 0; i < options->n_listed; i++) {
    char name[256];
    const char *word = options->listed[i], *equals = strchr(word, '=');
    if (equals == NULL || equals == word || equals[1] == '\0' ||
        equals - word >= (long)sizeof name) {
      dsr_target_close(on);
      return dsr_tell("--table takes NAME=FILE, as in --table edge=edges.tsv; came %s",
                      word);
    }
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    dsr_status rc = dsr_attach_table(on->base, name, equals + 1);
    if (rc >= 0) continue;
    int code = dsr_target_fail(on->base, rc);
    dsr_target_close(on);
    return code;
  }
  return DSR_EXIT_DONE;
}

/* Open the file `path`, or a base in memory.  An exit code, 0 where it is open. */
static int open_path(const dsr_options *options, const char *path, int read_only,
                     int must_exist, dsr_target *on) {
  dsr_open_options how = {
      .read_only = read_only, .must_exist = must_exist, .now = options->now};
  dsr_status rc = dsr_open(path, &how, &on->base);
  if (rc == DSR_EREADONLY && !read_only && must_exist) {
    dsr_close(on->base); /* what cannot be written may still be read */
    on->base = NULL;
    how.read_only = 1;
    rc = dsr_open(path, &how, &on->base);
  }
  if (rc >= 0) return DSR_EXIT_DONE;
  int code = dsr_target_fail(on->base, rc);
  dsr_target_close(on);
  return code;
}

/* The same to ask of it, with the command's tables. */
static int open_to_ask(const dsr_options *options, const char *path, int read_only,
                       int must_exist, dsr_target *on) {
  int code = open_path(options, path, read_only, must_exist, on);
  return code == DSR_EXIT_DONE ? name_tables(options, on) : code;
}

static int open_view(const dsr_options *options, dsr_target *on) {
  if (!options->has_view) return DSR_EXIT_DONE;
  dsr_status rc = dsr_view_open(on->base, &options->view, &on->view);
  if (rc >= 0) return DSR_EXIT_DONE;
  int code = dsr_target_fail(on->base, rc);
  dsr_target_close(on);
  return code;
}

const char *dsr_target_path(const dsr_options *options) {
  if (options->base != NULL) return options->base;
  const char *path = getenv("DOSSIER_BASE");
  return path != NULL && path[0] != '\0' ? path : NULL;
}

int dsr_target_names_file(const char *word) {
  size_t len = strlen(word);
  return strcmp(word, "-") == 0 || (len > 3 && strcmp(word + len - 3, ".dl") == 0);
}

/* Take the files out of the arguments, keeping the order of both; how many there
** are. */
static int split_files(dsr_options *options, const char **files) {
  int n = 0, kept = 0;
  for (int i = 0; i < options->n_arguments; i++) {
    const char *word = options->arguments[i];
    if (dsr_target_names_file(word)) {
      files[n++] = word;
    } else {
      options->arguments[kept++] = word;
    }
  }
  options->n_arguments = kept;
  options->arguments[kept] = NULL;
  return n;
}

/* What a load of files tells. */
typedef struct telling {
  dsr_progress_line line;
  dsr_target *on;
  int lacking; /* memory ran out: a query is missing */
} telling;

static int on_progress(void *ud, const char *what, int64_t done, int64_t total) {
  telling *t = ud;
  return dsr_progress_show(&t->line, what, done, total);
}

static void on_query(void *ud, dsr_str text, const char *file, int line) {
  telling *t = ud;
  dsr_target *on = t->on;
  char **grown = realloc(on->queries, ((size_t)on->n_queries + 1) * sizeof *grown);
  (void)file, (void)line;
  if (grown != NULL) on->queries = grown;
  char *copy = grown != NULL ? strndup(text.data, text.len) : NULL;
  if (copy != NULL) on->queries[on->n_queries++] = copy;
  t->lacking |= copy == NULL;
}

static int open_files(dsr_options *options, const char **files, int n, dsr_target *on) {
  int code = open_to_ask(options, NULL, 0, 0, on);
  if (code != DSR_EXIT_DONE) return code;
  telling t = {.on = on};
  dsr_load_options how = {.progress = on_progress, .query = on_query, .ud = &t};
  dsr_progress_start(&t.line);
  dsr_status rc = dsr_load_with(on->base, files, n, &how, NULL);
  dsr_progress_clear(&t.line);
  if (rc >= 0 && !t.lacking) return DSR_EXIT_DONE;
  if (rc >= 0) dsr_tell("out of memory");
  if (rc >= 0) dsr_target_close(on);
  if (rc >= 0) return DSR_EXIT_USAGE;
  code = dsr_target_fail(on->base, rc);
  dsr_target_close(on);
  return code;
}

int dsr_target_open(dsr_options *options, int read_only, dsr_target *on) {
  const char **files = NULL;
  int n = 0, code;
  *on = (dsr_target){0};
  if (options->base == NULL) {
    files = calloc((size_t)options->n_arguments + 1, sizeof *files);
    if (files == NULL) return dsr_tell("out of memory");
    n = split_files(options, files);
  }
  const char *path = dsr_target_path(options);
  if (n > 0) {
    code = open_files(options, files, n, on);
  } else if (path != NULL || options->n_listed > 0) {
    code = open_to_ask(options, path, read_only, path != NULL, on);
  } else {
    code = dsr_tell(
        "which base? name one with -b BASE or in $DOSSIER_BASE, or give "
        "files in the language (*.dl)");
  }
  free(files);
  return code != DSR_EXIT_DONE ? code : open_view(options, on);
}

int dsr_target_write(dsr_options *options, int must_exist, dsr_target *on) {
  const char *path = dsr_target_path(options);
  *on = (dsr_target){0};
  if (options->has_view) {
    return dsr_tell("%s reads no view; leave out its options", options->command);
  }
  if (options->format != NULL) {
    return dsr_tell("%s prints lines, and takes no --format", options->command);
  }
  if (path == NULL) {
    return dsr_tell("which base? name one with -b BASE or in $DOSSIER_BASE");
  }
  int code = open_path(options, path, 0, must_exist, on);
  if (code == DSR_EXIT_DONE) on->path = path;
  return code;
}
