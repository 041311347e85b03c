/*
** tell.c - what is said on standard error.
**
** A message is "dossier: " and its words; on a terminal the first stands out, and so does
** the caret under a place.  What the words quote may come from anywhere: nothing in them
** reaches the terminal that it would obey.  A pager is waited for, so that it cannot
** draw over what is said.
*/
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/buffer.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/pager.h"

static const char failed[] = "\033[1;31m", warned[] = "\033[1;33m";

/* Is the line at `text` of a caret under a place. */
static int is_caret(const char *text, size_t len) {
  size_t at = strspn(text, " ");
  return at + 1 == len && text[at] == '^';
}

/* Write the words, line by line, ended; `look` before a caret, NULL for none. */
static void write_words(char *words, const char *look) {
  const char *end = words + strlen(words);
  for (char *at = words; at < end; at++) {
    size_t size = dsr_control((dsr_str){at, (size_t)(end - at)});
    if (size > 0 && *at != '\n' && *at != '\t') memset(at, '?', size);
  }
  for (char *line = words; line != NULL;) {
    size_t len = strcspn(line, "\n");
    int caret = look != NULL && is_caret(line, len);
    fprintf(stderr, "%s%.*s%s\n", caret ? look : "", (int)len, line,
            caret ? "\033[0m" : "");
    line = line[len] != '\0' ? line + len + 1 : NULL;
  }
}

int dsr_tell(const char *format, ...) {
  char *words = NULL;
  va_list arguments;
  dsr_pager_stop(); /* so that the two keep their order on one terminal */
  va_start(arguments, format);
  int made = vasprintf(&words, format, arguments);
  va_end(arguments);
  if (made < 0) {
    fputs("dossier: out of memory\n", stderr);
    return DSR_EXIT_USAGE;
  }
  const char *look = strncmp(words, "warning:", 8) == 0 ? warned : failed;
  if (!dsr_out_colours(STDERR_FILENO)) look = NULL;
  fprintf(stderr, "%sdossier:%s ", look != NULL ? look : "",
          look != NULL ? "\033[0m" : "");
  write_words(words, look);
  free(words);
  return DSR_EXIT_USAGE;
}
