/*
** out.c - standard output: a terminal or not, and whether all of it arrived.
*/
#include "cli/out.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/buffer.h"
#include "cli/pager.h"

/* Has whoever read the output left. */
static int reader_left(void) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

int dsr_out_finish(int code) {
  int failed = ferror(stdout);
  errno = 0;
  if (fflush(stdout) != 0) failed = 1;
  int why = errno;
  int quiet = !failed || why == EPIPE || reader_left();
  dsr_pager_stop();
  if (quiet) return code;
  return dsr_tell("the output could not be written%s%s", why != 0 ? ": " : "",
                  why != 0 ? strerror(why) : "");
}

int dsr_out_write(void *ud, const char *text, size_t len) {
  dsr_pager_start(ud);
  return fwrite(text, 1, len, stdout) == len ? 0 : 1;
}

void dsr_out_say(const char *format, ...) {
  char *words = NULL;
  dsr_buffer line = {0};
  va_list arguments;
  va_start(arguments, format);
  int made = vasprintf(&words, format, arguments);
  va_end(arguments);
  if (made >= 0) {
    dsr_buffer_show(&line, dsr_out_str(words));
    free(words);
  }
  dsr_buffer_add(&line, "\n", 1);
  if (made < 0 || line.failed) {
    dsr_tell("out of memory: not all of it was shown");
  } else {
    fwrite(line.data, 1, line.len, stdout);
  }
  dsr_buffer_free(&line);
}

int dsr_out_width(void) {
  struct winsize size;
  int to = dsr_pager_behind();
  if (!isatty(to) || ioctl(to, TIOCGWINSZ, &size) < 0) return 0;
  return size.ws_col;
}

int dsr_out_colours(int descriptor) {
  const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
  if (!isatty(descriptor) || (no != NULL && no[0] != '\0')) return 0;
  return terminal != NULL && strcmp(terminal, "dumb") != 0;
}

int dsr_out_colour(void) { return dsr_out_colours(dsr_pager_behind()); }
