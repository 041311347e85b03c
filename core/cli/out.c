/*
** out.c - standard output: a terminal or not, and whether all of it arrived.
*/
#include "cli/out.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Has whoever read the output left. */
static int reader_left(void) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

int dsr_out_finish(int code) {
  int failed = ferror(stdout);
  errno = 0;
  if (fflush(stdout) != 0) failed = 1;
  if (!failed || errno == EPIPE || reader_left()) return code;
  return dsr_tell("the output could not be written%s%s", errno != 0 ? ": " : "",
                  errno != 0 ? strerror(errno) : "");
}

int dsr_out_write(void *ud, const char *text, size_t len) {
  (void)ud;
  return fwrite(text, 1, len, stdout) == len ? 0 : 1;
}

int dsr_out_width(void) {
  struct winsize size;
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0) return 0;
  return size.ws_col;
}

int dsr_out_colour(void) {
  const char *no = getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) && (no == NULL || no[0] == '\0');
}
